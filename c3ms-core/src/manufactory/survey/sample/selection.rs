//! A design as a document, and what is built from designs: strata, stages, clusters, quotas.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Landing, Probabilities, SurveyError, at, bernoulli, brewer, cube, cube_in_strata, elimination,
    equal_probabilities, inclusion_probabilities, local_cube, local_pivotal, maximum_entropy, midzuno,
    ordered_pivotal, pareto, poisson, put, random_pivotal, same_length, sampford, sequential_poisson,
    simple_random, simple_random_with_replacement, systematic_unequal,
};
use crate::survey::Stream;

/// How units are drawn, by name: `{"method": "sampford"}`.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Listing, Selection, inclusion_probabilities}}};
/// let selection: Selection = serde_json::from_str(r#"{"method": "sampford"}"#).expect("a design");
/// let probabilities = inclusion_probabilities(&[800.0, 100.0, 60.0, 40.0], 2)?;
/// let listing = Listing { probabilities: &probabilities, balance: &[], places: &[] };
/// assert_eq!(selection.draw(listing, &mut Stream::new(&Seed::from_number(1)))?.len(), 2);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Selection {
    #[default]
    /// All samples of the size equally likely.
    SimpleRandom,
    /// The same, units put back.
    SimpleRandomWithReplacement,
    /// Each unit on its own, with the same probability.
    Bernoulli,
    /// Each unit on its own, with its probability.
    Poisson,
    /// At equal distances along the frame.
    Systematic,
    /// Pivotal, along the frame.
    OrderedPivotal,
    /// Pivotal, in an order by chance.
    RandomPivotal,
    /// Sampford's design.
    Sampford,
    /// By Pareto ranks.
    Pareto,
    /// By sequential Poisson ranks.
    SequentialPoisson,
    /// Brewer's design.
    Brewer,
    /// Tillé's elimination.
    Elimination,
    /// Generalized Midzuno.
    Midzuno,
    /// Conditional Poisson.
    MaximumEntropy,
    /// Balanced on columns; the size is kept too.
    Cube {
        /// How the last units are decided.
        #[serde(default)]
        landing: Landing,
    },
    /// Spread over places.
    LocalPivotal,
    /// Balanced and spread; the size is kept too.
    LocalCube {
        /// How the last units are decided.
        #[serde(default)]
        landing: Landing,
    },
    /// People as they come until each kind is complete: not drawn by chance, see [`quota`].
    Quota,
}

/// A frame to draw from, column by column.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// The probability of each unit.
    pub probabilities: &'a Probabilities,
    /// Columns to balance, for [`Selection::Cube`] and [`Selection::LocalCube`].
    pub balance: &'a [Vec<f64>],
    /// Coordinates, for [`Selection::LocalPivotal`] and [`Selection::LocalCube`].
    pub places: &'a [Vec<f64>],
}

impl Selection {
    /// Whether units are drawn by chance with known probabilities, so that precision can be computed.
    #[must_use]
    pub const fn by_chance(&self) -> bool {
        !matches!(self, Self::Quota)
    }

    /// Draws units of a frame: their places, sorted.
    ///
    /// # Errors
    /// Those of the function of the design; [`SurveyError::DesignUnfit`] where equal probabilities or places are
    /// needed and not given, and for quotas.
    pub fn draw(&self, listing: Listing<'_>, stream: &mut Stream) -> Result<Vec<usize>, SurveyError> {
        let Listing { probabilities, balance, places } = listing;
        let units = probabilities.values().len();
        match self {
            Self::SimpleRandom => {
                equal(probabilities, "simple random")?;
                simple_random(units, probabilities.size()?, stream)
            }
            Self::SimpleRandomWithReplacement => {
                equal(probabilities, "simple random with replacement")?;
                simple_random_with_replacement(units, probabilities.size()?, stream)
            }
            Self::Bernoulli => bernoulli(units, equal(probabilities, "Bernoulli")?, stream),
            Self::Poisson => Ok(poisson(probabilities, stream)),
            Self::Systematic => Ok(systematic_unequal(probabilities, stream)),
            Self::OrderedPivotal => Ok(ordered_pivotal(probabilities, stream)),
            Self::RandomPivotal => Ok(random_pivotal(probabilities, stream)),
            Self::Sampford => sampford(probabilities, stream),
            Self::Pareto => pareto(probabilities, stream),
            Self::SequentialPoisson => sequential_poisson(probabilities, stream),
            Self::Brewer => brewer(probabilities, stream),
            Self::Elimination => elimination(probabilities, stream),
            Self::Midzuno => midzuno(probabilities, stream),
            Self::MaximumEntropy => maximum_entropy(probabilities, stream),
            Self::Cube { landing } => cube(probabilities, &sized(probabilities, balance), *landing, stream),
            Self::LocalPivotal => local_pivotal(probabilities, placed(places)?, stream),
            Self::LocalCube { landing } => {
                local_cube(probabilities, &sized(probabilities, balance), placed(places)?, *landing, stream)
            }
            Self::Quota => Err(SurveyError::DesignUnfit {
                design: "quota",
                reason: "people are taken as they come, not drawn by chance",
            }),
        }
    }
}

/// The probability that all units share.
fn equal(probabilities: &Probabilities, design: &'static str) -> Result<f64, SurveyError> {
    let values = probabilities.values();
    let first = values.first().copied().unwrap_or_default();
    if values.iter().any(|value| (value - first).abs() > 1e-12) {
        return Err(SurveyError::DesignUnfit { design, reason: "the probabilities differ" });
    }
    Ok(first)
}

/// The columns to balance, the probabilities first so that the size is kept.
fn sized(probabilities: &Probabilities, balance: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut columns = vec![probabilities.values().to_vec()];
    columns.extend_from_slice(balance);
    columns
}

fn placed(places: &[Vec<f64>]) -> Result<&[Vec<f64>], SurveyError> {
    if places.is_empty() {
        return Err(SurveyError::DesignUnfit { design: "local", reason: "no places are given" });
    }
    Ok(places)
}

/// The units of each group, the groups by number.
pub(super) fn groups(numbers: &[usize]) -> Vec<Vec<usize>> {
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (unit, &group) in numbers.iter().enumerate() {
        found.entry(group).or_default().push(unit);
    }
    found.into_values().collect()
}

fn parts(columns: &[Vec<f64>], units: &[usize]) -> Vec<Vec<f64>> {
    columns.iter().map(|column| units.iter().map(|&unit| at(column, unit)).collect()).collect()
}

/// Draws in each stratum by the same design, the strata by number; a balanced draw is balanced over all too.
///
/// # Shapes and units
/// `strata[n]` numbers the stratum of each unit.
///
/// # Errors
/// Those of [`Selection::draw`]; [`SurveyError::LengthsDiffer`] where a unit has no stratum.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Listing, Probabilities, Selection, by_strata}}};
/// let probabilities = Probabilities::new(vec![0.5, 0.5, 0.25, 0.25, 0.25, 0.25])?;
/// let listing = Listing { probabilities: &probabilities, balance: &[], places: &[] };
/// let mut stream = Stream::new(&Seed::from_number(1));
/// let drawn = by_strata(Selection::SimpleRandom, listing, &[0, 0, 1, 1, 1, 1], &mut stream)?;
/// assert!(drawn[0] < 2 && drawn[1] >= 2);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn by_strata(
    selection: Selection,
    listing: Listing<'_>,
    strata: &[usize],
    stream: &mut Stream,
) -> Result<Vec<usize>, SurveyError> {
    let Listing { probabilities, balance, places } = listing;
    same_length("strata", strata.len(), "probabilities", probabilities.values().len())?;
    if let Selection::Cube { landing } = selection {
        return cube_in_strata(probabilities, balance, strata, landing, stream);
    }
    let mut drawn = Vec::new();
    for units in groups(strata) {
        let own = Listing {
            probabilities: &probabilities.among(&units),
            balance: &parts(balance, &units),
            places: &parts(places, &units),
        };
        drawn.extend(selection.draw(own, stream)?.into_iter().map(|place| at(&units, place)));
    }
    drawn.sort_unstable();
    Ok(drawn)
}

/// All units of the clusters drawn, sorted: everyone of a group is asked.
///
/// # Shapes and units
/// `clusters[n]` numbers the cluster of each unit, `drawn` lists clusters.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::by_whole_clusters;
/// assert_eq!(by_whole_clusters(&[4, 7, 4, 9], &[4, 9]), [0, 2, 3]);
/// ```
#[must_use]
pub fn by_whole_clusters(clusters: &[usize], drawn: &[usize]) -> Vec<usize> {
    let drawn: BTreeSet<&usize> = drawn.iter().collect();
    let units = clusters.iter().enumerate();
    units.filter(|(_, cluster)| drawn.contains(cluster)).map(|(unit, _)| unit).collect()
}

/// A stage of a draw: which clusters there are, and how some of them are drawn within each cluster of the stage before.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The cluster of each unit at this stage; at the last stage usually the unit itself.
    pub clusters: Vec<usize>,
    /// The size of each unit, for probabilities in proportion to the size of its cluster; empty for equal ones.
    pub sizes: Vec<f64>,
    /// How clusters are drawn.
    pub selection: Selection,
    /// How many clusters in each cluster of the stage before; one that has fewer is taken whole.
    pub count: usize,
}

/// A unit drawn, with the probability that led to it at each stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawn {
    /// Its place in the frame.
    pub unit: usize,
    /// The probability of its cluster at each stage, within the stage before.
    pub stages: Vec<f64>,
    /// The probability of the unit: their product.
    pub probability: f64,
}

/// Draws by stages: venues, days within venues, groups within days.
///
/// # Shapes and units
/// Each stage has one cluster (and one size or none) for each unit of the frame.
///
/// # Errors
/// Those of [`Selection::draw`]; [`SurveyError::LengthsDiffer`] where a stage has other units than the first;
/// [`SurveyError::SampleTooLarge`] where too few clusters have a size.
///
/// # Examples
/// Two of three venues, then one visitor in each.
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Selection, Stage, by_stages}}};
/// let venues = Stage {
///     clusters: vec![0, 0, 1, 1, 2, 2], sizes: vec![], selection: Selection::SimpleRandom, count: 2,
/// };
/// let visitors = Stage { clusters: (0..6).collect(), count: 1, ..venues.clone() };
/// let drawn = by_stages(&[venues, visitors], &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!(drawn.len(), 2);
/// assert!((drawn[0].probability - 2.0 / 3.0 / 2.0).abs() < 1e-15);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn by_stages(stages: &[Stage], stream: &mut Stream) -> Result<Vec<Drawn>, SurveyError> {
    let units = stages.first().map_or(0, |stage| stage.clusters.len());
    let mut within: Vec<(Vec<usize>, Vec<f64>)> = vec![((0..units).collect(), Vec::new())];
    for stage in stages {
        same_length("clusters of a stage", stage.clusters.len(), "units", units)?;
        if !stage.sizes.is_empty() {
            same_length("sizes of a stage", stage.sizes.len(), "units", units)?;
        }
        let mut next = Vec::new();
        for (parent, path) in &within {
            let numbers: Vec<usize> = parent.iter().map(|&unit| at(&stage.clusters, unit)).collect();
            let clusters = groups(&numbers);
            let probabilities = if stage.sizes.is_empty() {
                equal_probabilities(clusters.len(), stage.count.min(clusters.len()))?
            } else {
                let size = |place: &usize| at(&stage.sizes, at(parent, *place));
                let sizes: Vec<f64> = clusters.iter().map(|units| units.iter().map(size).sum()).collect();
                inclusion_probabilities(&sizes, stage.count.min(clusters.len()))?
            };
            let listing = Listing { probabilities: &probabilities, balance: &[], places: &[] };
            for cluster in stage.selection.draw(listing, stream)? {
                let members = clusters.get(cluster).map_or(&[] as &[usize], Vec::as_slice);
                let mut path = path.clone();
                path.push(at(probabilities.values(), cluster));
                next.push((members.iter().map(|&place| at(parent, place)).collect(), path));
            }
        }
        within = next;
    }
    let mut drawn: Vec<Drawn> = within
        .into_iter()
        .flat_map(|(members, stages)| {
            let probability = stages.iter().product();
            members.into_iter().map(move |unit| Drawn { unit, stages: stages.clone(), probability })
        })
        .collect();
    drawn.sort_by_key(|drawn| drawn.unit);
    Ok(drawn)
}

/// Takes people as they come until each kind has its number: **no probability sample**.
///
/// Nothing is known of those who were not met; no standard error can be computed ([`Selection::by_chance`] is false).
///
/// # Shapes and units
/// `kinds[n]` numbers the kind of each person met, in the order of meeting; `wanted[k]` people of each kind.
///
/// # Source
/// Neyman (1934), Journal of the Royal Statistical Society 97(4), on what purposive selection cannot tell.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::quota;
/// assert_eq!(quota(&[0, 0, 0, 1, 2, 1], &[2, 1]), [0, 1, 3]);
/// ```
#[must_use]
pub fn quota(kinds: &[usize], wanted: &[usize]) -> Vec<usize> {
    let mut left = wanted.to_vec();
    let mut taken = Vec::new();
    for (person, &kind) in kinds.iter().enumerate() {
        let open = at(&left, kind);
        if open > 0 {
            put(&mut left, kind, open - 1);
            taken.push(person);
        }
    }
    taken
}
