//! Variance by replicates: the same figure from many samples that could have been drawn from the sample.

use serde::{Deserialize, Serialize};

use super::{
    Design, DomainSums, Stream, SurveyError, Table, design::beside_matrix, error::same_length,
    estimate::Figures, table::Beside, variance::real,
};
use crate::base::Seed;

/// How replicates are made of a design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ReplicateMethod {
    /// Each unit left out in turn, where there are no strata.
    Jk1,
    /// Each unit left out in turn, within its stratum.
    Jkn,
    /// Half samples, balanced: strata of two units each.
    Brr,
    /// Half samples of which the other half keeps a share.
    Fay {
        /// The share that is kept, from 0 to below 1.
        rho: f64,
    },
    /// Rao and Wu's bootstrap: one unit less than there are in each stratum is drawn, with replacement.
    RaoWu {
        /// How many replicates.
        replicates: usize,
        /// The seed of the draws.
        seed: u64,
    },
    /// Replicates that came with the answers.
    Given(GivenReplicates),
}

/// Replicates that somebody else made, respondent by respondent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct GivenReplicates {
    /// A variable of the answers for each replicate.
    pub columns: Vec<String>,
    /// Or a file with a column for each replicate and a row for each respondent, the first line naming the columns.
    pub file: Option<String>,
    /// They are weights; else what the weights are multiplied with.
    pub combined: bool,
    /// What the sum of squares is multiplied with: 1/R for half samples, 1/(R−1) for a bootstrap.
    pub scale: f64,
    /// What each square is multiplied with besides; 1 where nothing is told.
    pub scales: Vec<f64>,
    /// Squares around the figure of the whole sample, not around the mean of the replicates.
    pub around_estimate: bool,
    /// Degrees of freedom; the units of the first stage less strata where nothing is told.
    pub df: Option<f64>,
}

/// Replicates of a design: what the weights are multiplied with, one replicate at a time.
#[derive(Debug, Clone)]
pub struct Replicates {
    factors: Factors,
    /// What the sum of squares is multiplied with.
    scale: f64,
    /// What each square is multiplied with.
    scales: Vec<f64>,
    around_estimate: bool,
    /// Degrees of freedom, where somebody says.
    pub(super) df: Option<f64>,
}

#[derive(Debug, Clone)]
enum Factors {
    /// One unit left out at a time, the others of its stratum standing for it: by replicate the unit.
    LeaveOut { out: Vec<u32>, stratum_of: Vec<u32>, counts: Vec<usize> },
    /// By stratum its two units, by Sylvester's matrix; the half that is not taken keeps a share.
    HalfSamples { members: Vec<Vec<usize>>, rho: f64, units: usize },
    /// By replicate where its draws begin in the stream.
    Bootstrap { members: Vec<Vec<usize>>, streams: Vec<Stream>, units: usize },
    /// By replicate a factor for each unit.
    OfUnits(Vec<Vec<f64>>),
    /// By replicate a factor for each respondent.
    OfRows(Vec<Vec<f64>>),
}

impl Replicates {
    /// Makes the replicates of a design.
    ///
    /// # Errors
    /// [`SurveyError::ReplicatesUnfit`] for balanced half samples of strata that have not two units each, JK1 with strata,
    /// a stratum of one unit, fewer than two replicates, a share outside of 0 to 1, units drawn with unequal
    /// probabilities, two phases; [`SurveyError::LengthsDiffer`], [`SurveyError::NumberUnfit`] and
    /// [`SurveyError::FileUnknown`] for replicates that are given.
    ///
    /// # Source
    /// Wolter (2007), "Introduction to Variance Estimation", chapters 3 and 4; Rao and Wu (1988), "Resampling
    /// Inference with Complex Survey Data", JASA 83; Fay in Judkins (1990), Journal of Official Statistics 6.
    pub fn new(
        method: &ReplicateMethod,
        design: &Design,
        (table, beside): (&Table, &Beside),
    ) -> Result<Self, SurveyError> {
        let Some(first) = design.stages().first() else { return Err(unfit("the design has no units")) };
        if design.second().is_some() {
            let reason = "none are known of two phases: leave replicates out, or second_phase where those given are of both";
            return Err(unfit(reason));
        }
        if let ReplicateMethod::Given(given) = method {
            return given.read(design, table, beside);
        }
        if design.unequal().is_some() {
            return Err(unfit("no replicates are known of units drawn with unequal probabilities (pps)"));
        }
        let members = first.members();
        let units = first.stratum_of.len();
        let fractions: Vec<f64> = first.strata.iter().map(|stratum| stratum.fraction).collect();
        match method {
            ReplicateMethod::Jk1 if members.len() > 1 => Err(unfit("JK1 is for designs without strata: JKn")),
            ReplicateMethod::Jk1 | ReplicateMethod::Jkn => jackknife(&members, &fractions, &first.stratum_of),
            ReplicateMethod::Brr => half_samples(members, units, 0.0),
            ReplicateMethod::Fay { rho } if (0.0..1.0).contains(rho) => half_samples(members, units, *rho),
            ReplicateMethod::Fay { .. } => Err(unfit("Fay's share is from 0 to below 1")),
            ReplicateMethod::RaoWu { replicates, seed } => bootstrap(members, units, *replicates, *seed),
            ReplicateMethod::Given(_) => Err(unfit("they are read from what is given")),
        }
    }

    /// How many replicates.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.scales.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// What the sum of squares is multiplied with.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.scale
    }

    /// Whether all respondents of a unit of the first stage have one factor.
    pub(super) const fn by_unit(&self) -> bool {
        !matches!(self.factors, Factors::OfRows(_))
    }

    /// The factors of one replicate, by unit of the first stage; where they are by respondent, by respondent.
    fn fill(&self, replicate: usize, factors: &mut Vec<f64>) {
        factors.clear();
        match &self.factors {
            Factors::OfUnits(rows) | Factors::OfRows(rows) => {
                factors.extend_from_slice(rows.get(replicate).map(Vec::as_slice).unwrap_or_default());
            }
            Factors::LeaveOut { out, stratum_of, counts } => {
                let out = out.get(replicate).copied().unwrap_or(0);
                let own = stratum_of.get(out as usize).copied();
                let count = own.and_then(|own| counts.get(own as usize)).copied().unwrap_or(2);
                let raised = real(count) / real(count - 1);
                factors.extend((0_u32..).zip(stratum_of).map(|(unit, stratum)| {
                    if unit == out {
                        0.0
                    } else if Some(*stratum) == own {
                        raised
                    } else {
                        1.0
                    }
                }));
            }
            Factors::HalfSamples { members, rho, units } => {
                factors.resize(*units, 1.0);
                for (stratum, own) in members.iter().enumerate() {
                    let turned = (replicate & (stratum + 1)).count_ones() % 2 == 1;
                    for (place, unit) in own.iter().enumerate() {
                        if let Some(factor) = factors.get_mut(*unit) {
                            *factor = if (place == 0) == turned { *rho } else { 2.0 - rho };
                        }
                    }
                }
            }
            Factors::Bootstrap { members, streams, units } => {
                factors.resize(*units, 0.0);
                let Some(mut stream) = streams.get(replicate).cloned() else { return };
                draw(members, &mut stream, |unit, share| {
                    if let Some(factor) = factors.get_mut(unit) {
                        *factor += share;
                    }
                });
            }
        }
    }

    /// The weights of one replicate, by respondent.
    pub(super) fn weights(&self, replicate: usize, weights: &[f64], first_of_rows: &[u32]) -> Vec<f64> {
        let mut factors = Vec::new();
        self.fill(replicate, &mut factors);
        if self.by_unit() {
            let factor = |unit: &u32| factors.get(*unit as usize).copied().unwrap_or(1.0);
            weights.iter().zip(first_of_rows).map(|(weight, unit)| weight * factor(unit)).collect()
        } else {
            weights.iter().zip(factors).map(|(weight, factor)| weight * factor).collect()
        }
    }

    /// The totals of a domain in each replicate: computed anew from the sums of the units, without looking at a
    /// respondent again; for replicates by unit.
    pub(super) fn totals(&self, design: &Design, domain: &DomainSums) -> Vec<Vec<f64>> {
        let width = domain.totals.len();
        let sums = domain.sums.rolled_up(design.first_of_finest());
        if let Factors::LeaveOut { out, stratum_of, counts } = &self.factors {
            return left_out(out, stratum_of, counts, &sums, &domain.totals);
        }
        let mut factors = Vec::new();
        (0..self.len())
            .map(|replicate| {
                self.fill(replicate, &mut factors);
                let mut totals = vec![0.0; width];
                for (unit, row) in sums.rows() {
                    let factor = factors.get(unit as usize).copied().unwrap_or(0.0);
                    totals.iter_mut().zip(row).for_each(|(total, value)| *total += factor * value);
                }
                totals
            })
            .collect()
    }

    /// The covariance of figures of which each replicate gave its own.
    pub(super) fn figures(&self, values: Vec<f64>, replicated: &[Vec<f64>]) -> Figures {
        let width = values.len();
        let mut center = values.clone();
        if !self.around_estimate {
            let counted = real(replicated.len());
            center = vec![0.0; width];
            for row in replicated {
                center.iter_mut().zip(row).for_each(|(sum, value)| *sum += value / counted);
            }
        }
        let mut covariance = vec![0.0; width * width];
        for (row, scale) in replicated.iter().zip(&self.scales) {
            let apart: Vec<f64> = row.iter().zip(&center).map(|(value, center)| value - center).collect();
            for (slots, one) in covariance.chunks_exact_mut(width.max(1)).zip(&apart) {
                slots
                    .iter_mut()
                    .zip(&apart)
                    .for_each(|(sum, other)| *sum += self.scale * scale * one * other);
            }
        }
        Figures { values, covariance }
    }
}

impl GivenReplicates {
    fn read(&self, design: &Design, table: &Table, beside: &Beside) -> Result<Replicates, SurveyError> {
        if !(self.scale > 0.0 && self.scale.is_finite()) {
            return Err(unfit("say with what the sum of squares is multiplied (scale), above 0"));
        }
        let mut columns: Vec<Vec<f64>> = match &self.file {
            Some(_) if !self.columns.is_empty() => return Err(unfit("they stand in columns or in a file")),
            Some(name) => turned(&beside_matrix(beside, name)?),
            None => {
                let column = |name: &String| table.numbers(name).map(<[f64]>::to_vec);
                self.columns.iter().map(column).collect::<Result<_, SurveyError>>()?
            }
        };
        if columns.len() < 2 {
            return Err(unfit("at least two replicates"));
        }
        if !self.scales.is_empty() && self.scales.len() != columns.len() {
            return Err(unfit(format!("{} scales for {} replicates", self.scales.len(), columns.len())));
        }
        for (replicate, column) in columns.iter_mut().enumerate() {
            same_length("a replicate", column.len(), "the answers", design.rows())?;
            for (at, (value, weight)) in column.iter_mut().zip(design.weights()).enumerate() {
                if !value.is_finite() {
                    let what = format!("replicate {}", replicate + 1);
                    return Err(SurveyError::NumberUnfit { what, value: *value, at, expected: "a number" });
                }
                if self.combined {
                    *value /= weight;
                }
            }
        }
        let scales = if self.scales.is_empty() { vec![1.0; columns.len()] } else { self.scales.clone() };
        let factors = of_units(&columns, design).map_or(Factors::OfRows(columns), Factors::OfUnits);
        let (scale, around_estimate, df) = (self.scale, self.around_estimate, self.df);
        Ok(Replicates { factors, scale, scales, around_estimate, df })
    }
}

/// Columns of rows.
fn turned(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|place| rows.iter().filter_map(|row| row.get(place)).copied().collect()).collect()
}

/// Factors by unit of the first stage, where all respondents of a unit share theirs.
fn of_units(columns: &[Vec<f64>], design: &Design) -> Option<Vec<Vec<f64>>> {
    let first_of_rows = design.first_of_rows();
    let units = design.stages().first()?.stratum_of.len();
    columns
        .iter()
        .map(|column| {
            let mut factors = vec![f64::NAN; units];
            for (factor, unit) in column.iter().zip(&first_of_rows) {
                let slot = factors.get_mut(*unit as usize)?;
                if !slot.is_nan() && (*slot - factor).abs() > 1e-12 * factor.abs() {
                    return None;
                }
                *slot = *factor;
            }
            Some(factors)
        })
        .collect()
}

/// The totals without each unit in turn: those of its stratum less what it had, the others raised.
fn left_out(
    out: &[u32],
    stratum_of: &[u32],
    counts: &[usize],
    sums: &super::variance::Sums,
    totals: &[f64],
) -> Vec<Vec<f64>> {
    let width = totals.len();
    let of_strata = sums.rolled_up(stratum_of);
    let of_strata = of_strata.dense(counts.len());
    let of_units = sums.dense(stratum_of.len());
    let row = |values: &[f64], place: u32, at: usize| {
        values.get(place as usize * width + at).copied().unwrap_or(0.0)
    };
    out.iter()
        .map(|unit| {
            let stratum = stratum_of.get(*unit as usize).copied().unwrap_or(0);
            let count = counts.get(stratum as usize).copied().unwrap_or(2);
            let raised = real(count) / real(count - 1);
            let total = |(at, total): (usize, &f64)| {
                let own = row(&of_strata, stratum, at);
                total - own + raised * (own - row(&of_units, *unit, at))
            };
            totals.iter().enumerate().map(total).collect()
        })
        .collect()
}

/// More replicates than these tell nothing more.
const MOST: usize = 100_000;

fn unfit(reason: impl Into<String>) -> SurveyError {
    SurveyError::ReplicatesUnfit { reason: reason.into() }
}

fn jackknife(
    members: &[Vec<usize>],
    fractions: &[f64],
    stratum_of: &[u32],
) -> Result<Replicates, SurveyError> {
    let single = members.len() == 1;
    let (mut out, mut scales) = (Vec::new(), Vec::new());
    let mut scale = 1.0;
    for (own, fraction) in members.iter().zip(fractions) {
        if own.len() < 2 {
            return Err(unfit("a stratum of one unit cannot leave it out"));
        }
        let count = real(own.len());
        let left = (count - 1.0) / count * (1.0 - fraction);
        out.extend(own.iter().filter_map(|unit| u32::try_from(*unit).ok()));
        scales.extend(own.iter().map(|_| if single { 1.0 } else { left }));
        if single {
            scale = left;
        }
    }
    let counts = members.iter().map(Vec::len).collect();
    let factors = Factors::LeaveOut { out, stratum_of: stratum_of.to_vec(), counts };
    Ok(Replicates { factors, scale, scales, around_estimate: false, df: None })
}

fn half_samples(members: Vec<Vec<usize>>, units: usize, rho: f64) -> Result<Replicates, SurveyError> {
    if members.iter().any(|own| own.len() != 2) {
        return Err(unfit("balanced half samples are of strata of two units each"));
    }
    // Sylvester's matrix of the next power of two; its first column is the same everywhere, and serves no stratum.
    let size = (members.len() + 1).next_power_of_two().max(2);
    let scale = 1.0 / (real(size) * (1.0 - rho) * (1.0 - rho));
    let factors = Factors::HalfSamples { members, rho, units };
    Ok(Replicates { factors, scale, scales: vec![1.0; size], around_estimate: false, df: None })
}

/// Draws one unit less than there are in each stratum, with replacement.
fn draw(members: &[Vec<usize>], stream: &mut Stream, mut take: impl FnMut(usize, f64)) {
    for own in members {
        let share = real(own.len()) / real(own.len() - 1);
        for _ in 1..own.len() {
            take(own.get(stream.below(own.len())).copied().unwrap_or(0), share);
        }
    }
}

fn bootstrap(
    members: Vec<Vec<usize>>,
    units: usize,
    replicates: usize,
    seed: u64,
) -> Result<Replicates, SurveyError> {
    if !(2..=MOST).contains(&replicates) {
        return Err(unfit(format!("from 2 to {MOST} replicates")));
    }
    if members.iter().any(|own| own.len() < 2) {
        return Err(unfit("a stratum of one unit cannot be drawn from anew"));
    }
    let mut stream = Stream::new(&Seed::from_number(seed));
    let mut streams = Vec::with_capacity(replicates.min(100_000));
    for _ in 0..replicates {
        streams.push(stream.clone());
        draw(&members, &mut stream, |_, _| {});
    }
    let scale = 1.0 / (real(replicates) - 1.0);
    let factors = Factors::Bootstrap { members, streams, units };
    Ok(Replicates { factors, scale, scales: vec![1.0; replicates], around_estimate: false, df: None })
}
