//! How a sample was drawn: strata and stages, and what each respondent stands for by the draw alone.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    Categories, Column, SecondPhaseSpec, SurveyError, Table,
    phases::SecondPhase,
    table::Beside,
    unequal::{PpsSpec, Unequal},
    variance::real,
};

/// How a sample was drawn, in the names of its variables.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct DesignSpec {
    /// The units drawn, stage by stage; none where each respondent was drawn alone.
    pub ids: Vec<String>,
    /// The strata in which they were drawn, stage by stage.
    pub strata: Vec<String>,
    /// What each respondent stands for; where nobody says, what the fractions of the stages give.
    pub weights: Option<String>,
    /// How many units there are in each stratum, or which share of them was drawn, stage by stage.
    pub fpc: Vec<String>,
    /// How many units of the first stage were drawn in each stratum, where some have no row: nobody was there, and they
    /// add nothing to totals but to their variance. Those that have rows are counted where nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn: Option<String>,
    /// Two units of one id in two strata are two units.
    pub nest: bool,
    /// What is done with a stratum of which only one unit was drawn.
    pub single_psu: SinglePsu,
    /// Units were drawn with unequal probabilities, without replacement, in one stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pps: Option<PpsSpec>,
    /// Some of the rows were drawn again, and asked for more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_phase: Option<SecondPhaseSpec>,
}

/// What is done with a stratum of which only one unit was drawn: nothing tells how much units differ in it.
///
/// It belongs to the design, and is never set for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SinglePsu {
    /// It is an error that names the stratum.
    #[default]
    Fail,
    /// It adds nothing to the variance.
    Remove,
    /// It was sure to be drawn, and adds nothing.
    Certainty,
    /// It is held against the mean of all strata.
    Adjust,
    /// It has the mean variance of the other strata.
    Average,
}

/// A design, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    weights: Vec<f64>,
    stages: Vec<Stage>,
    single_psu: SinglePsu,
    unequal: Option<Unequal>,
    /// Of each respondent the unit of the last stage that adds to the variance.
    finest: Vec<u32>,
    /// Of each unit of the finest stage that of the first.
    first_of_finest: Vec<u32>,
    /// The draw out of those who were drawn; then each row is a unit of the finest stage by itself.
    second: Option<Box<SecondPhase>>,
}

/// One stage of a design that adds to the variance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stage {
    /// Of each unit its stratum.
    pub(super) stratum_of: Vec<u32>,
    /// Of each unit the unit of the stage before.
    pub(super) parent_of: Vec<u32>,
    pub(super) strata: Vec<Stratum>,
    /// What the variance of the other strata is multiplied with, to stand for those of a single unit too.
    pub(super) raised: f64,
}

/// A stratum of a stage.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stratum {
    /// Units drawn.
    pub(super) units: usize,
    /// The share of its units that was drawn; 0 where drawn with replacement or nobody says.
    pub(super) fraction: f64,
    /// The shares drawn at the stages before, multiplied.
    pub(super) above: f64,
    /// A respondent of it, to name it by.
    pub(super) row: usize,
}

impl Stage {
    /// The units of each stratum.
    pub(super) fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.strata.len()];
        for (unit, stratum) in self.stratum_of.iter().enumerate() {
            if let Some(members) = members.get_mut(*stratum as usize) {
                members.push(unit);
            }
        }
        members
    }
}

impl Design {
    /// Reads a design out of a table.
    ///
    /// Populations of `fpc` are counts where one of them is more than 1, else shares. The variance follows the stages as
    /// far as their populations are known, the first stage always.
    ///
    /// # Errors
    /// [`SurveyError::VariableUnknown`], [`SurveyError::NotNumeric`]; [`SurveyError::MissingInDesign`] where a
    /// respondent lacks a unit, stratum, weight or population; [`SurveyError::NumberUnfit`] for a weight that is not
    /// positive; [`SurveyError::UnitsCrossStrata`]; [`SurveyError::PopulationUnfit`] where a population is smaller
    /// than its sample or not the same in a stratum; [`SurveyError::SinglePsu`] where single units fail.
    ///
    /// # Source
    /// Särndal, Swensson and Wretman (1992), "Model Assisted Survey Sampling", chapter 4.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::survey::{Design, DesignSpec, Table};
    /// let table = Table::parse("evening,of,spent\n1,10,12\n1,10,8\n2,10,20\n")?;
    /// let spec = DesignSpec { ids: vec!["evening".into()], fpc: vec!["of".into()], ..DesignSpec::default() };
    /// assert_eq!(Design::new(&spec, &table)?.weights(), [5.0, 5.0, 5.0], "two evenings of ten");
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn new(spec: &DesignSpec, table: &Table) -> Result<Self, SurveyError> {
        Self::with(spec, table, &Beside::new())
    }

    /// As [`Design::new`], where the design names files besides the answers.
    ///
    /// # Errors
    /// As [`Design::new`]; [`SurveyError::FileUnknown`] for a file that is not given; [`SurveyError::DesignUnfit`] for
    /// unequal probabilities in more than one stage or phase, or a second phase of several stages;
    /// [`SurveyError::DomainEmpty`] where nobody is in the second phase, or in a stratum of it.
    pub fn with(spec: &DesignSpec, table: &Table, beside: &Beside) -> Result<Self, SurveyError> {
        let mut design = Self::of_phase(spec, table, beside, None)?;
        if let Some(second) = &spec.second_phase {
            if spec.pps.is_some() {
                let reason = "it is of one phase: leave pps or second_phase out";
                return Err(SurveyError::DesignUnfit { design: "pps", reason });
            }
            let second = SecondPhase::new(second, &design, table)?;
            design.weights = second.weights().to_vec();
            design.first_of_finest = design.first_of_rows();
            design.finest = (0_u32..).take(table.rows()).collect();
            design.second = Some(Box::new(second));
        }
        Ok(design)
    }

    /// One phase of a design; of a second `within` says which rows are in it, and the units of all rows are its
    /// population where nobody says.
    pub(super) fn of_phase(
        spec: &DesignSpec,
        table: &Table,
        beside: &Beside,
        within: Option<&[bool]>,
    ) -> Result<Self, SurveyError> {
        let rows = table.rows();
        let mut stages = Vec::new();
        let mut finest = Vec::new();
        let mut shares = vec![1.0; rows];
        let mut complete = !spec.fpc.is_empty() || within.is_some();
        let depth = spec.ids.len().max(1);
        let mut above: Vec<u32> = vec![0; rows];
        let mut fractions_above = vec![1.0];
        for stage in 0..depth {
            let strata = match spec.strata.get(stage) {
                Some(name) => Some(Keys::of(table, name)?),
                None => None,
            };
            let ids = match spec.ids.get(stage) {
                Some(name) => Some(Keys::of(table, name)?),
                None => None,
            };
            let stratum_codes = strata.as_ref().map(|keys| keys.codes.as_slice());
            let (strata_of, strata_rows) = joined(&above, stratum_codes, rows);
            let (units_of, unit_rows) = match &ids {
                None => ((0_u32..).take(rows).collect(), (0..rows).collect()),
                Some(ids) => joined(&strata_of, Some(&ids.codes), rows),
            };
            if let (Some(name), Some(ids), 0, false) = (spec.ids.first(), &ids, stage, spec.nest) {
                check_nested(name, ids, unit_rows.len(), table)?;
            }
            let population = match spec.fpc.get(stage) {
                Some(name) => Some((name, table.numbers(name)?)),
                None => None,
            };
            let stratum_of: Vec<u32> =
                unit_rows.iter().map(|row| strata_of.get(*row).copied().unwrap_or(0)).collect();
            let all = counts(&stratum_of, strata_rows.len(), |_| true);
            let drawn = match (within, spec.drawn.as_ref().filter(|_| stage == 0)) {
                (None, None) => all.clone(),
                (None, Some(name)) => drawn_told(name, table.numbers(name)?, &strata_of, &all, &strata_rows)?,
                (Some(within), _) => {
                    let taken = taken(&units_of, stratum_of.len(), within);
                    counts(&stratum_of, strata_rows.len(), |unit| taken.get(unit) == Some(&true))
                }
            };
            let fractions = match population {
                Some((name, numbers)) => fractions(name, numbers, &strata_of, &drawn, &strata_rows)?,
                None if within.is_some() => {
                    drawn.iter().zip(&all).map(|(drawn, all)| real(*drawn) / real(*all)).collect()
                }
                None => vec![0.0; drawn.len()],
            };
            let known = population.is_some() || within.is_some();
            if known {
                for (share, stratum) in shares.iter_mut().zip(&strata_of) {
                    *share *= fractions.get(*stratum as usize).copied().unwrap_or(1.0);
                }
            }
            complete &= known || stage >= spec.ids.len();
            // A later stage adds to the variance where the stage before it is known to be drawn without replacement.
            if stages.len() == stage && spec.fpc.len() >= stage {
                let parent_of: Vec<u32> =
                    unit_rows.iter().map(|row| above.get(*row).copied().unwrap_or(0)).collect();
                let strata: Vec<Stratum> = strata_rows
                    .iter()
                    .zip(&drawn)
                    .zip(&fractions)
                    .map(|((row, units), fraction)| Stratum {
                        units: *units,
                        fraction: *fraction,
                        above: above
                            .get(*row)
                            .and_then(|unit| fractions_above.get(*unit as usize))
                            .copied()
                            .unwrap_or(1.0),
                        row: *row,
                    })
                    .collect();
                fractions_above = stratum_of
                    .iter()
                    .map(|stratum| {
                        strata.get(*stratum as usize).map_or(0.0, |stratum| stratum.above * stratum.fraction)
                    })
                    .collect();
                finest.clone_from(&units_of);
                let raised = if spec.single_psu == SinglePsu::Average { raised(&strata) } else { 1.0 };
                stages.push(Stage { stratum_of, parent_of, strata, raised });
            }
            above = units_of;
        }
        let drawn = spec.pps.as_ref().map(|pps| unequal(pps, spec, (table, beside), &finest)).transpose()?;
        let weights = match (&spec.weights, &drawn) {
            (Some(name), _) => weights(name, table.numbers(name)?, within)?,
            (None, Some((_, probabilities))) => probabilities.iter().map(|share| 1.0 / share).collect(),
            (None, None) if complete => shares.iter().map(|share| 1.0 / share).collect(),
            (None, None) => vec![1.0; rows],
        };
        let unequal = drawn.map(|(unequal, _)| unequal);
        let first_of_finest = first_of_finest(&stages);
        let single_psu = spec.single_psu;
        let design = Self { weights, stages, single_psu, unequal, finest, first_of_finest, second: None };
        design.check_single(table, spec)?;
        Ok(design)
    }

    /// What each respondent stands for.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// How many respondents.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.weights.len()
    }

    pub(super) fn stages(&self) -> &[Stage] {
        &self.stages
    }

    pub(super) const fn unequal(&self) -> Option<&Unequal> {
        self.unequal.as_ref()
    }

    pub(super) const fn single_psu(&self) -> SinglePsu {
        self.single_psu
    }

    pub(super) fn finest(&self) -> &[u32] {
        &self.finest
    }

    /// How many units of the finest stage there are.
    pub(super) const fn units(&self) -> usize {
        self.first_of_finest.len()
    }

    pub(super) fn second(&self) -> Option<&SecondPhase> {
        self.second.as_deref()
    }

    /// The unit of the first stage of each unit of the finest.
    pub(super) fn first_of_finest(&self) -> &[u32] {
        &self.first_of_finest
    }

    /// The unit of the first stage of each respondent.
    pub(super) fn first_of_rows(&self) -> Vec<u32> {
        let first = |finest: &u32| self.first_of_finest.get(*finest as usize).copied().unwrap_or(0);
        self.finest.iter().map(first).collect()
    }

    fn check_single(&self, table: &Table, spec: &DesignSpec) -> Result<(), SurveyError> {
        if self.single_psu != SinglePsu::Fail || self.unequal.is_some() {
            return Ok(());
        }
        for (number, stage) in self.stages.iter().enumerate() {
            let single = stage.strata.iter().find(|stratum| stratum.units == 1 && stratum.fraction < 1.0);
            if let Some(stratum) = single {
                let name = spec.strata.get(number).or_else(|| spec.ids.get(number.saturating_sub(1)));
                let value = name.map(|name| named(table, name, stratum.row)).unwrap_or_default();
                return Err(SurveyError::SinglePsu { stage: number + 1, stratum: value });
            }
        }
        Ok(())
    }
}

/// How many units of each stratum there are of those that count.
fn counts(stratum_of: &[u32], strata: usize, counted: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut counts = vec![0; strata];
    for (unit, stratum) in stratum_of.iter().enumerate() {
        if let Some(count) = counts.get_mut(*stratum as usize).filter(|_| counted(unit)) {
            *count += 1;
        }
    }
    counts
}

/// Of each unit whether any of its rows is within.
fn taken(units_of: &[u32], units: usize, within: &[bool]) -> Vec<bool> {
    let mut taken = vec![false; units];
    for (unit, within) in units_of.iter().zip(within) {
        if let Some(taken) = taken.get_mut(*unit as usize) {
            *taken |= within;
        }
    }
    taken
}

/// The unit of the first stage of each unit of the finest.
fn first_of_finest(stages: &[Stage]) -> Vec<u32> {
    let units = stages.last().map_or(0, |stage| stage.stratum_of.len());
    let mut first: Vec<u32> = (0_u32..).take(units).collect();
    for stage in stages.iter().skip(1).rev() {
        for unit in &mut first {
            *unit = stage.parent_of.get(*unit as usize).copied().unwrap_or(0);
        }
    }
    first
}

/// All strata over those of more than one unit.
fn raised(strata: &[Stratum]) -> f64 {
    match strata.iter().filter(|stratum| stratum.units > 1).count() {
        0 => 1.0,
        known => real(strata.len()) / real(known),
    }
}

/// A variable as whole numbers, equal where it says the same.
struct Keys {
    codes: Vec<u32>,
}

impl Keys {
    fn of(table: &Table, name: &str) -> Result<Self, SurveyError> {
        let missing = |row: usize| SurveyError::MissingInDesign { name: name.to_owned(), row };
        let codes = match table.column(name)? {
            Column::Categories(categories) => {
                if let Some(row) = categories.codes.iter().position(|code| *code == Categories::MISSING) {
                    return Err(missing(row));
                }
                categories.codes.clone()
            }
            Column::Numbers(numbers) => {
                if let Some(row) = numbers.iter().position(|number| number.is_nan()) {
                    return Err(missing(row));
                }
                dense(numbers.iter().map(|number| number.to_bits()), numbers.len()).0
            }
        };
        Ok(Self { codes })
    }
}

/// Numbers keys in the order in which they first come; gives also the row where each first comes.
fn dense(keys: impl Iterator<Item = u64>, rows: usize) -> (Vec<u32>, Vec<usize>) {
    let mut numbers: HashMap<u64, u32> = HashMap::new();
    let mut codes = Vec::with_capacity(rows);
    let mut first = Vec::new();
    let mut last: Option<(u64, u32)> = None;
    for (row, key) in keys.enumerate() {
        // Files are often in the order of their units.
        let code = match last {
            Some((known, code)) if known == key => code,
            _ => *numbers.entry(key).or_insert_with(|| {
                first.push(row);
                u32::try_from(first.len() - 1).unwrap_or(u32::MAX)
            }),
        };
        last = Some((key, code));
        codes.push(code);
    }
    (codes, first)
}

/// Two variables as one.
fn joined(outer: &[u32], inner: Option<&[u32]>, rows: usize) -> (Vec<u32>, Vec<usize>) {
    let zeros;
    let inner = if let Some(inner) = inner {
        inner
    } else {
        zeros = vec![0; rows];
        &zeros
    };
    dense(outer.iter().zip(inner).map(|(outer, inner)| u64::from(*outer) << 32 | u64::from(*inner)), rows)
}

/// Stops where one id stands in two strata.
fn check_nested(name: &str, ids: &Keys, units: usize, table: &Table) -> Result<(), SurveyError> {
    let (codes, first) = dense(ids.codes.iter().map(|code| u64::from(*code)), ids.codes.len());
    if first.len() == units {
        return Ok(());
    }
    let row = codes.len().saturating_sub(1);
    Err(SurveyError::UnitsCrossStrata { name: name.to_owned(), example: named(table, name, row) })
}

/// The probabilities of units that were drawn with unequal ones, and those of the respondents in them.
fn unequal(
    pps: &PpsSpec,
    spec: &DesignSpec,
    (table, beside): (&Table, &Beside),
    unit_of: &[u32],
) -> Result<(Unequal, Vec<f64>), SurveyError> {
    if spec.ids.len() > 1 || !spec.fpc.is_empty() {
        let reason = "it is of one stage, and knows how many units there are by their probabilities: no fpc";
        return Err(SurveyError::DesignUnfit { design: "pps", reason });
    }
    let own = table.numbers(&pps.probability)?;
    let unfit = |at: usize, expected: &'static str| SurveyError::NumberUnfit {
        what: pps.probability.clone(),
        value: own.get(at).copied().unwrap_or(f64::NAN),
        at,
        expected,
    };
    let mut of_units: Vec<f64> = Vec::new();
    for (row, (share, unit)) in own.iter().zip(unit_of).enumerate() {
        if !(*share > 0.0 && *share <= 1.0) {
            return Err(unfit(row, "a probability above 0 and at most 1"));
        }
        // Units are numbered as they first come.
        match of_units.get(*unit as usize) {
            None => of_units.push(*share),
            Some(known) if known.to_bits() == share.to_bits() => {}
            Some(_) => return Err(unfit(row, "the same for all of a unit")),
        }
    }
    let joint = pps.joint.as_ref().map(|name| beside_matrix(beside, name)).transpose()?;
    Ok((Unequal::new(pps, of_units, joint)?, own.to_vec()))
}

/// The numbers of a table that a document names besides the answers, by rows.
pub(super) fn beside_matrix(beside: &Beside, name: &str) -> Result<Vec<Vec<f64>>, SurveyError> {
    beside.get(name).ok_or_else(|| SurveyError::FileUnknown { name: name.to_owned() })?.matrix()
}

pub(super) fn named(table: &Table, name: &str, row: usize) -> String {
    match table.column(name) {
        Ok(Column::Numbers(numbers)) => numbers.get(row).map(ToString::to_string).unwrap_or_default(),
        Ok(Column::Categories(categories)) => categories.level(row).unwrap_or_default().to_owned(),
        Err(_) => String::new(),
    }
}

fn weights(name: &str, numbers: &[f64], within: Option<&[bool]>) -> Result<Vec<f64>, SurveyError> {
    let counts = |row: usize| within.is_none_or(|within| within.get(row) == Some(&true));
    let unfit = |(row, weight): (usize, &f64)| counts(row) && !(*weight > 0.0 && weight.is_finite());
    match numbers.iter().enumerate().position(unfit) {
        Some(row) => Err(SurveyError::NumberUnfit {
            what: name.to_owned(),
            value: numbers.get(row).copied().unwrap_or(f64::NAN),
            at: row,
            expected: "a weight above 0",
        }),
        None => Ok(numbers.to_vec()),
    }
}

/// The share drawn in each stratum.
fn fractions(
    name: &str,
    numbers: &[f64],
    strata_of: &[u32],
    drawn: &[usize],
    first: &[usize],
) -> Result<Vec<f64>, SurveyError> {
    let unfit = |row: usize, reason: &'static str| SurveyError::PopulationUnfit {
        name: name.to_owned(),
        row,
        value: numbers.get(row).copied().unwrap_or(f64::NAN),
        reason,
    };
    let share = numbers.iter().all(|number| *number <= 1.0);
    let mut known = Vec::with_capacity(drawn.len());
    for (row, drawn) in first.iter().zip(drawn) {
        let population = numbers.get(*row).copied().unwrap_or(f64::NAN);
        if population.is_nan() || population <= 0.0 {
            return Err(unfit(*row, "it is missing or not above 0"));
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of units is exact")]
        let units = *drawn as f64;
        if !share && population < units {
            return Err(unfit(*row, "it is smaller than the sample"));
        }
        known.push((population, if share { population } else { units / population }));
    }
    same_in_strata(name, numbers, strata_of, first)?;
    Ok(known.into_iter().map(|(_, fraction)| fraction).collect())
}

/// How many units were drawn in each stratum, as a variable tells it.
fn drawn_told(
    name: &str,
    numbers: &[f64],
    strata_of: &[u32],
    with_rows: &[usize],
    first: &[usize],
) -> Result<Vec<usize>, SurveyError> {
    let unfit = |row: usize, value: f64, reason: &'static str| SurveyError::PopulationUnfit {
        name: name.to_owned(),
        row,
        value,
        reason,
    };
    let told = first.iter().zip(with_rows).map(|(row, units)| {
        let value = numbers.get(*row).copied().unwrap_or(f64::NAN);
        if value.is_nan() || value <= 0.0 {
            return Err(unfit(*row, value, "it is missing or not above 0"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of units")]
        let drawn = value as usize;
        if drawn < *units { Err(unfit(*row, value, "it is smaller than the sample")) } else { Ok(drawn) }
    });
    let told = told.collect::<Result<_, _>>()?;
    same_in_strata(name, numbers, strata_of, first)?;
    Ok(told)
}

/// Checks that a variable says the same in all of a stratum; `first` is a row of each.
fn same_in_strata(
    name: &str,
    numbers: &[f64],
    strata_of: &[u32],
    first: &[usize],
) -> Result<(), SurveyError> {
    let known = |stratum: &u32| first.get(*stratum as usize).and_then(|row| numbers.get(*row));
    let differs = |(number, stratum): (&f64, &u32)| {
        known(stratum).is_none_or(|known| known.to_bits() != number.to_bits())
    };
    match numbers.iter().zip(strata_of).position(differs) {
        Some(row) => Err(SurveyError::PopulationUnfit {
            name: name.to_owned(),
            row,
            value: numbers.get(row).copied().unwrap_or(f64::NAN),
            reason: "it is not the same in the whole stratum",
        }),
        None => Ok(()),
    }
}
