//! A draw as a document: a frame, how many of it, with which probabilities, by which design.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{
    Categories, Stream, SurveyError, Table,
    analysis::rows_where,
    sample::{
        Coordination, Joint, Listing, PermanentNumbers, Probabilities, Selection, SheetRow, Slot, Stage,
        TimeLocation, by_stages, by_strata, equal_probabilities, inclusion_probabilities,
        joint_probabilities, quota,
    },
    unique::unique,
};
use crate::base::Seed;

/// A draw from a frame, a table with one row for each unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SampleSpec {
    /// The file of the frame, beside this document.
    pub data: Option<String>,
    /// The units of the frame for which this holds, in the language of forms; all where nothing is said.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// The seed: the same seed gives the same draw, everywhere.
    pub seed: u64,
    /// How units are drawn; at random, where probabilities differ by the pivotal method, where nothing is said.
    pub selection: Option<Selection>,
    /// How many; in each stratum, where there are any.
    pub size: Option<usize>,
    /// The variable of the strata.
    pub strata: Option<String>,
    /// How many in each stratum, by its name, in place of one number for all.
    #[serde(deserialize_with = "unique")]
    pub sizes: BTreeMap<String, usize>,
    /// The variable to whose numbers probabilities are in proportion; equal where neither this nor `probability` is said.
    pub proportional_to: Option<String>,
    /// The variable of the probabilities themselves.
    pub probability: Option<String>,
    /// The variable of what each row stands for already, where the frame was drawn itself: this draw is then its second
    /// phase, and weights are those of both.
    pub weights: Option<String>,
    /// Variables whose totals are kept, for the cube.
    pub balance: Vec<String>,
    /// Variables of coordinates, for local draws.
    pub places: Vec<String>,
    /// The draw in stages, in place of one: units within units.
    pub stages: Vec<StageSpec>,
    /// Numbers of chance that units keep from one draw to the next.
    pub permanent: Option<PermanentSpec>,
    /// Rows are slots of time at venues: visitors are drawn at the door.
    pub time_location: Option<SlotColumns>,
    /// The variable of kinds, for a quota: how many of each in `sizes`.
    pub kinds: Option<String>,
    /// Whose pairs are asked for; that of the selection where nothing is said.
    pub joint: Option<Joint>,
}

/// A stage of a draw.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StageSpec {
    /// The variable of the units of this stage; rows themselves where nothing is said.
    pub unit: Option<String>,
    /// How many in each unit of the stage before; one that has fewer is taken whole.
    pub size: usize,
    /// The variable to whose sums over a unit probabilities are in proportion.
    pub proportional_to: Option<String>,
    /// How units are drawn; as above where nothing is said.
    pub selection: Option<Selection>,
}

/// Numbers of chance that units keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PermanentSpec {
    /// Their variable: from 0 to below 1.
    pub numbers: String,
    /// Where one begins on the circle from 0 to 1: a panel rotates as this moves on.
    #[serde(default)]
    pub start: f64,
    /// How this draw overlaps with one that began at the same place.
    #[serde(default = "positive")]
    pub coordination: Coordination,
}

const fn positive() -> Coordination {
    Coordination::Positive
}

/// The variables of slots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SlotColumns {
    /// The venue.
    pub venue: String,
    /// When interviewers begin.
    pub begin: String,
    /// When they end.
    pub end: String,
    /// How many visitors are expected.
    pub expected: String,
    /// How many interviews are aimed at in a slot.
    pub interviews: usize,
}

/// Who was drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrawTold {
    /// The stream of chance.
    pub stream: &'static str,
    /// The seed.
    pub seed: u64,
    /// Units of the frame.
    pub frame: usize,
    /// Units drawn, each time one is drawn.
    pub size: usize,
    /// Whether units were drawn by chance with known probabilities: else no precision can be told.
    pub by_chance: bool,
    /// The units drawn, in the order of the frame.
    pub units: Vec<UnitTold>,
    /// The sheet of the interviewers, where slots were drawn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sheet: Vec<SheetRow>,
}

/// A unit drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnitTold {
    /// Its row in the frame, from 0.
    pub row: usize,
    /// Its probability; how often it is expected, where units are put back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What it stands for; by both phases, where the frame has weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Its probability at each stage, within the stage before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<f64>,
}

/// The probabilities of a frame.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InclusionTold {
    /// By row of the frame; 0 for those of whom the condition does not hold.
    pub probabilities: Vec<f64>,
    /// How many are expected.
    pub sum: f64,
    /// The rows that are drawn for sure.
    pub certain: Vec<usize>,
}

/// The probabilities of pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JointTold {
    /// Whose pairs.
    pub design: Joint,
    /// The rows of the frame that are paired, in order.
    pub rows: Vec<usize>,
    /// The probability of each.
    pub probabilities: Vec<f64>,
    /// Of each pair, by rows; of a unit with itself its own.
    pub joint: Vec<Vec<f64>>,
}

/// More units than these are not paired at once: their pairs are more than 100 million.
const PAIRED: usize = 10_000;

/// The part of the frame that is drawn from.
struct Frame<'a> {
    table: &'a Table,
    /// Of each unit its row in the table.
    rows: Vec<usize>,
    /// Of each unit its stratum.
    strata: Vec<usize>,
    strata_names: Vec<String>,
    /// What each unit stands for already.
    weights: Vec<f64>,
}

impl Frame<'_> {
    fn numbers(&self, name: &str) -> Result<Vec<f64>, SurveyError> {
        let all = self.table.numbers(name)?;
        let own: Vec<f64> = self.rows.iter().filter_map(|row| all.get(*row)).copied().collect();
        match own.iter().position(|value| !value.is_finite()) {
            Some(place) => Err(SurveyError::MissingInDesign {
                name: name.to_owned(),
                row: self.rows.get(place).copied().unwrap_or(place),
            }),
            None => Ok(own),
        }
    }

    fn codes(&self, name: &str) -> Result<(Vec<usize>, Vec<String>), SurveyError> {
        let categories = self.table.categories(name)?;
        let code = |row: &usize| match categories.codes.get(*row) {
            Some(code) if *code != Categories::MISSING => Ok(*code as usize),
            Some(_) | None => Err(SurveyError::MissingInDesign { name: name.to_owned(), row: *row }),
        };
        let codes = self.rows.iter().map(code).collect::<Result<Vec<usize>, SurveyError>>()?;
        Ok((codes, categories.levels.clone()))
    }

    /// The units of each stratum that has any.
    fn by_strata(&self) -> Vec<(usize, Vec<usize>)> {
        let mut units: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (unit, stratum) in self.strata.iter().enumerate() {
            units.entry(*stratum).or_default().push(unit);
        }
        units.into_iter().collect()
    }
}

fn unfit(reason: &'static str) -> SurveyError {
    SurveyError::DesignUnfit { design: "draw", reason }
}

impl SampleSpec {
    /// Draws from a frame.
    ///
    /// # Errors
    /// [`SurveyError::VariableUnknown`], [`SurveyError::NotNumeric`], [`SurveyError::MissingInDesign`] for what the
    /// frame lacks; [`SurveyError::DesignUnfit`] where the document contradicts itself; those of the selection.
    pub fn draw(&self, table: &Table) -> Result<DrawTold, SurveyError> {
        let frame = self.frame(table)?;
        let mut stream = Stream::new(&Seed::from_number(self.seed));
        if let Some(slots) = &self.time_location {
            return self.slots(slots, &frame, &mut stream);
        }
        if self.selection() == Selection::Quota {
            return self.quota(&frame);
        }
        let mut units = if self.stages.is_empty() {
            let probabilities = self.probabilities(&frame)?;
            let drawn = if let Some(permanent) = &self.permanent {
                self.by_permanent(permanent, &frame, &probabilities)?
            } else {
                let (balance, places) = (columns(&frame, &self.balance)?, columns(&frame, &self.places)?);
                let listing = Listing { probabilities: &probabilities, balance: &balance, places: &places };
                by_strata(self.selection(), listing, &frame.strata, &mut stream)?
            };
            drawn
                .into_iter()
                .map(|unit| (unit, probabilities.values().get(unit).copied().unwrap_or(0.0), Vec::new()))
                .collect()
        } else {
            self.by_stages(&frame, &mut stream)?
        };
        units.sort_by_key(|(unit, _, _)| *unit);
        Ok(self.told(&frame, units, Vec::new()))
    }

    /// The probability of each row of a frame.
    ///
    /// # Errors
    /// As [`SampleSpec::draw`]; [`SurveyError::DesignUnfit`] for draws in stages, whose units have a probability within
    /// what was drawn before.
    pub fn inclusion(&self, table: &Table) -> Result<InclusionTold, SurveyError> {
        let frame = self.frame(table)?;
        if !self.stages.is_empty() {
            return Err(unfit("in stages a unit's probability is told when it is drawn: ask for the sample"));
        }
        let own = match &self.time_location {
            Some(slots) => self.slots_design(slots, &frame)?.slot_probabilities()?,
            None => self.probabilities(&frame)?,
        };
        let mut probabilities = vec![0.0; table.rows()];
        let mut certain = Vec::new();
        for (row, share) in frame.rows.iter().zip(own.values()) {
            if let Some(slot) = probabilities.get_mut(*row) {
                *slot = *share;
            }
            if *share >= 1.0 {
                certain.push(*row);
            }
        }
        Ok(InclusionTold { sum: own.values().iter().sum(), probabilities, certain })
    }

    /// The probability of each pair of a frame, of units in different strata the product of theirs.
    ///
    /// # Errors
    /// As [`SampleSpec::draw`]; [`SurveyError::DesignUnfit`] where the pairs of a selection have no known probability:
    /// name an approximation in `joint`; [`SurveyError::SampleTooLarge`] for more than 10,000 units.
    pub fn joint(&self, table: &Table) -> Result<JointTold, SurveyError> {
        let frame = self.frame(table)?;
        if frame.rows.len() > PAIRED {
            return Err(SurveyError::SampleTooLarge { wanted: frame.rows.len(), units: PAIRED });
        }
        let design = match self.joint {
            Some(design) => design,
            None => pairs_of(self.selection())
                .ok_or_else(|| unfit("the pairs of this selection have no exact probability: say joint"))?,
        };
        let all = self.probabilities(&frame)?;
        let own = all.values().to_vec();
        let mut joint: Vec<Vec<f64>> =
            own.iter().map(|one| own.iter().map(|other| one * other).collect()).collect();
        for (_, units) in frame.by_strata() {
            let among = all.among(&units);
            let places: Vec<usize> = (0..units.len()).collect();
            let found = joint_probabilities(design, &among, &places)?;
            for (unit, pairs) in units.iter().zip(found.rows()) {
                let Some(row) = joint.get_mut(*unit) else { continue };
                for (other, share) in units.iter().zip(pairs) {
                    if let Some(slot) = row.get_mut(*other) {
                        *slot = *share;
                    }
                }
            }
        }
        Ok(JointTold { design, rows: frame.rows, probabilities: own, joint })
    }

    fn selection(&self) -> Selection {
        let differ =
            self.proportional_to.is_some() || self.probability.is_some() || self.time_location.is_some();
        by_default(self.selection, differ)
    }

    fn frame<'a>(&self, table: &'a Table) -> Result<Frame<'a>, SurveyError> {
        let rows: Vec<usize> = match rows_where(self.condition.as_deref(), table)? {
            None => (0..table.rows()).collect(),
            Some(mask) => {
                mask.iter().enumerate().filter(|(_, within)| **within).map(|(row, _)| row).collect()
            }
        };
        if rows.is_empty() {
            return Err(unfit("no unit is in the frame"));
        }
        let (strata, weights) = (vec![0; rows.len()], vec![1.0; rows.len()]);
        let mut frame = Frame { table, rows, strata, strata_names: Vec::new(), weights };
        if let Some(name) = &self.weights {
            if !self.selection().by_chance() {
                return Err(unfit("a quota is no second phase: leave weights out"));
            }
            frame.weights = frame.numbers(name)?;
            if let Some(place) = frame.weights.iter().position(|weight| *weight <= 0.0) {
                let at = frame.rows.get(place).copied().unwrap_or(place);
                let value = frame.weights.get(place).copied().unwrap_or(f64::NAN);
                return Err(SurveyError::NumberUnfit {
                    what: name.clone(),
                    value,
                    at,
                    expected: "a weight above 0",
                });
            }
        }
        if let Some(name) = &self.strata {
            (frame.strata, frame.strata_names) = frame.codes(name)?;
            if let Some(stranger) = self.sizes.keys().find(|name| !frame.strata_names.contains(name)) {
                return Err(SurveyError::MarginUnmet {
                    margin: name.clone(),
                    category: stranger.clone(),
                    reason: "it has a size and no units",
                });
            }
        } else if self.kinds.is_none() && !self.sizes.is_empty() {
            return Err(unfit("sizes are of strata: name their variable (strata)"));
        }
        Ok(frame)
    }

    /// How many are drawn in a stratum.
    fn size_of(&self, frame: &Frame<'_>, stratum: usize) -> Result<usize, SurveyError> {
        let name = frame.strata_names.get(stratum).cloned().unwrap_or_default();
        self.sizes.get(&name).copied().or(self.size).ok_or_else(|| {
            if self.sizes.is_empty() {
                unfit("say how many are drawn (size)")
            } else {
                let margin = self.strata.clone().unwrap_or_default();
                SurveyError::MarginUnmet { margin, category: name, reason: "it has units and no size" }
            }
        })
    }

    fn probabilities(&self, frame: &Frame<'_>) -> Result<Probabilities, SurveyError> {
        if let Some(name) = &self.probability {
            if self.proportional_to.is_some() || self.size.is_some() || !self.sizes.is_empty() {
                return Err(unfit("probabilities are given: they say how many, no size besides"));
            }
            return Probabilities::new(frame.numbers(name)?)
                .map_err(|error| error.of_rows(&frame.rows).of_variable(name));
        }
        let sizes = self.proportional_to.as_ref().map(|name| frame.numbers(name)).transpose()?;
        let mut all = vec![0.0; frame.rows.len()];
        for (stratum, units) in frame.by_strata() {
            let count = self.size_of(frame, stratum)?;
            let with_replacement = self.selection() == Selection::SimpleRandomWithReplacement;
            let own = match &sizes {
                Some(sizes) => {
                    let own: Vec<f64> = units.iter().filter_map(|unit| sizes.get(*unit)).copied().collect();
                    inclusion_probabilities(&own, count).map_err(|error| {
                        let name = self.proportional_to.as_deref().unwrap_or_default();
                        error.of_rows(&units).of_rows(&frame.rows).of_variable(name)
                    })?
                }
                None if with_replacement && count > units.len() => {
                    return Err(SurveyError::SampleTooLarge { wanted: count, units: units.len() });
                }
                None => equal_probabilities(units.len(), count)?,
            };
            for (unit, share) in units.iter().zip(own.values()) {
                if let Some(slot) = all.get_mut(*unit) {
                    *slot = *share;
                }
            }
        }
        Probabilities::new(all)
    }

    fn by_permanent(
        &self,
        permanent: &PermanentSpec,
        frame: &Frame<'_>,
        probabilities: &Probabilities,
    ) -> Result<Vec<usize>, SurveyError> {
        let numbers = PermanentNumbers::new(frame.numbers(&permanent.numbers)?)
            .map_err(|error| error.of_rows(&frame.rows).of_variable(&permanent.numbers))?;
        let numbers = numbers.shifted(permanent.start).coordinated(permanent.coordination);
        let mut drawn = Vec::new();
        for (_, units) in frame.by_strata() {
            let own = units.iter().filter_map(|unit| numbers.values().get(*unit)).copied().collect();
            let own = PermanentNumbers::new(own)?;
            let among = probabilities.among(&units);
            let places = match self.selection() {
                Selection::SimpleRandom => own.simple_random(among.size()?)?,
                Selection::Poisson => own.poisson(&among)?,
                Selection::Pareto => own.pareto(&among)?,
                Selection::SequentialPoisson => own.sequential_poisson(&among)?,
                Selection::SimpleRandomWithReplacement
                | Selection::Bernoulli
                | Selection::Systematic
                | Selection::OrderedPivotal
                | Selection::RandomPivotal
                | Selection::Sampford
                | Selection::Brewer
                | Selection::Elimination
                | Selection::Midzuno
                | Selection::MaximumEntropy
                | Selection::Cube { .. }
                | Selection::LocalPivotal
                | Selection::LocalCube { .. }
                | Selection::Quota => {
                    return Err(unfit(
                        "permanent numbers serve simple random, Poisson, Pareto and sequential Poisson draws",
                    ));
                }
            };
            drawn.extend(places.into_iter().filter_map(|place| units.get(place)).copied());
        }
        Ok(drawn)
    }

    fn by_stages(
        &self,
        frame: &Frame<'_>,
        stream: &mut Stream,
    ) -> Result<Vec<(usize, f64, Vec<f64>)>, SurveyError> {
        if self.size.is_some() || !self.sizes.is_empty() || self.probability.is_some() {
            return Err(unfit("each stage says how many it draws: no size besides"));
        }
        let mut all = Vec::new();
        for (_, units) in frame.by_strata() {
            let mut stages = Vec::with_capacity(self.stages.len());
            for stage in &self.stages {
                let clusters = match &stage.unit {
                    Some(name) => frame.codes(name)?.0,
                    None => (0..frame.rows.len()).collect(),
                };
                let sizes = match &stage.proportional_to {
                    Some(name) => frame.numbers(name)?,
                    None => Vec::new(),
                };
                let own =
                    |values: &[usize]| units.iter().filter_map(|unit| values.get(*unit)).copied().collect();
                stages.push(Stage {
                    clusters: own(&clusters),
                    sizes: units.iter().filter_map(|unit| sizes.get(*unit)).copied().collect(),
                    selection: by_default(stage.selection, stage.proportional_to.is_some()),
                    count: stage.size,
                });
            }
            for drawn in by_stages(&stages, stream)? {
                if let Some(unit) = units.get(drawn.unit) {
                    all.push((*unit, drawn.probability, drawn.stages));
                }
            }
        }
        Ok(all)
    }

    fn slots_design(&self, columns: &SlotColumns, frame: &Frame<'_>) -> Result<TimeLocation, SurveyError> {
        let text = |name: &String| -> Result<Vec<String>, SurveyError> {
            let categories = frame.table.categories(name)?;
            Ok(frame.rows.iter().map(|row| categories.level(*row).unwrap_or_default().to_owned()).collect())
        };
        let expected = frame.numbers(&columns.expected)?;
        let (venues, begins, ends) = (text(&columns.venue)?, text(&columns.begin)?, text(&columns.end)?);
        let at = |texts: &[String], place: usize| texts.get(place).cloned().unwrap_or_default();
        let slot = |(place, (expected, stratum)): (usize, (f64, &usize))| Slot {
            venue: at(&venues, place),
            begin: at(&begins, place),
            end: at(&ends, place),
            expected,
            stratum: *stratum,
        };
        let slots = expected.into_iter().zip(&frame.strata).enumerate().map(slot).collect();
        let strata = frame.strata.iter().max().map_or(0, |most| most + 1);
        let mut counts = vec![0; strata];
        for (stratum, _) in frame.by_strata() {
            if let Some(count) = counts.get_mut(stratum) {
                *count = self.size_of(frame, stratum)?;
            }
        }
        Ok(TimeLocation { slots, counts, interviews: columns.interviews, selection: self.selection() })
    }

    fn slots(
        &self,
        columns: &SlotColumns,
        frame: &Frame<'_>,
        stream: &mut Stream,
    ) -> Result<DrawTold, SurveyError> {
        let mut sheet = self.slots_design(columns, frame)?.draw(stream)?;
        let units = sheet.iter().map(|row| (row.slot, row.slot_probability, Vec::new())).collect();
        let told = self.told(frame, units, Vec::new());
        for row in &mut sheet {
            row.slot = frame.rows.get(row.slot).copied().unwrap_or(row.slot);
        }
        Ok(DrawTold { sheet, ..told })
    }

    fn quota(&self, frame: &Frame<'_>) -> Result<DrawTold, SurveyError> {
        let Some(name) = &self.kinds else { return Err(unfit("a quota is of kinds: name their variable")) };
        let (kinds, names) = frame.codes(name)?;
        let wanted: Vec<usize> =
            names.iter().map(|name| self.sizes.get(name).copied().unwrap_or(0)).collect();
        let units = quota(&kinds, &wanted).into_iter().map(|unit| (unit, f64::NAN, Vec::new())).collect();
        Ok(self.told(frame, units, Vec::new()))
    }

    fn told(&self, frame: &Frame<'_>, units: Vec<(usize, f64, Vec<f64>)>, sheet: Vec<SheetRow>) -> DrawTold {
        let by_chance = self.selection().by_chance();
        let unit = |(unit, share, stages): (usize, f64, Vec<f64>)| UnitTold {
            row: frame.rows.get(unit).copied().unwrap_or(unit),
            probability: by_chance.then_some(share),
            weight: by_chance.then(|| frame.weights.get(unit).copied().unwrap_or(1.0) / share),
            stages,
        };
        let units: Vec<UnitTold> = units.into_iter().map(unit).collect();
        DrawTold {
            stream: Stream::NAME,
            seed: self.seed,
            frame: frame.rows.len(),
            size: units.len(),
            by_chance,
            units,
            sheet,
        }
    }
}

/// The selection that is said, else one that fits equal probabilities or others.
fn by_default(said: Option<Selection>, differ: bool) -> Selection {
    let fitting = if differ { Selection::RandomPivotal } else { Selection::SimpleRandom };
    said.unwrap_or(fitting)
}

/// The exact pairs of a selection, where they are known.
const fn pairs_of(selection: Selection) -> Option<Joint> {
    match selection {
        Selection::SimpleRandom => Some(Joint::SimpleRandom),
        Selection::Bernoulli | Selection::Poisson => Some(Joint::Poisson),
        Selection::Systematic => Some(Joint::Systematic),
        Selection::Sampford => Some(Joint::Sampford),
        Selection::Elimination => Some(Joint::Elimination),
        Selection::Midzuno => Some(Joint::Midzuno),
        Selection::MaximumEntropy => Some(Joint::MaximumEntropy),
        Selection::SimpleRandomWithReplacement
        | Selection::OrderedPivotal
        | Selection::RandomPivotal
        | Selection::Pareto
        | Selection::SequentialPoisson
        | Selection::Brewer
        | Selection::Cube { .. }
        | Selection::LocalPivotal
        | Selection::LocalCube { .. }
        | Selection::Quota => None,
    }
}

fn columns(frame: &Frame<'_>, names: &[String]) -> Result<Vec<Vec<f64>>, SurveyError> {
    names.iter().map(|name| frame.numbers(name)).collect()
}
