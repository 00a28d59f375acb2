//! Two phases: of those who were drawn some are drawn again, with what the first phase told of them, and asked for more.

use serde::{Deserialize, Serialize};

use super::{
    Categories, Column, Design, DesignSpec, SinglePsu, SurveyError, Table,
    design::named,
    table::Beside,
    variance::Sums,
    weight::{Adjustment, Auxiliaries, Calibration, CalibrationOptions, Distance, Margin, Reweighting},
    weighting::told,
};

/// The second phase of a design, in one stage: simple random, in strata, of units or of rows.
///
/// The table holds the rows of the first phase; those that are not in the second stand for nobody, and may lack all that
/// was asked there.
///
/// # Source
/// Särndal, Swensson and Wretman (1992), "Model Assisted Survey Sampling", chapter 9; Neyman (1938), JASA 33.
///
/// # Examples
/// Six of thirty visitors told where they live; of the near ones two, of the far ones all were asked what they spent.
/// ```
/// use c3ms_core::survey::{AnalysisSpec, Table};
/// let table = Table::parse("of,far,asked,spent\n30,0,1,2\n30,0,1,4\n30,0,0,\n30,0,0,\n30,1,1,9\n30,1,1,7\n")?;
/// let spec = AnalysisSpec::parse(
///     r#"{"design": {"fpc": ["of"], "second_phase": {"subset": "asked", "strata": ["far"]}},
///         "estimates": [{"statistic": "total", "variables": ["spent"]}]}"#,
/// )?;
/// let total = &spec.carry_out(&table)?.estimates[0].estimate;
/// assert_eq!(total.value, 5.0 * (2.0 * (2.0 + 4.0) + 9.0 + 7.0), "a near one asked stands for two, of thirty for ten");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct SecondPhaseSpec {
    /// The variable that is 1 (or true) for the rows of the second phase, 0 (or false) for the others.
    pub subset: String,
    /// The units drawn; none where each row was drawn alone.
    #[serde(default)]
    pub ids: Vec<String>,
    /// The strata in which they were drawn: what the first phase told of all its rows.
    #[serde(default)]
    pub strata: Vec<String>,
    /// How many rows of the first phase each stands for; where nobody says, one over the share that was drawn.
    #[serde(default)]
    pub weights: Option<String>,
    /// How many units there are in each stratum, or which share of them was drawn; where nobody says, those of the first
    /// phase are counted.
    #[serde(default)]
    pub fpc: Vec<String>,
    /// Two units of one id in two strata are two units.
    #[serde(default)]
    pub nest: bool,
    /// What is done with a stratum of which only one unit was drawn.
    #[serde(default)]
    pub single_psu: SinglePsu,
    /// Variables of the first phase whose totals there the weights are calibrated to, each category of one that holds
    /// categories counted: the regression estimator.
    #[serde(default)]
    pub calibrate: Vec<String>,
}

/// The second phase of a design, checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SecondPhase {
    /// How it was drawn from the first.
    design: Design,
    /// Of each row whether it is in the second phase.
    within: Vec<bool>,
    /// Of each row its unit of the finest stage of the first phase.
    of_first: Vec<u32>,
    /// What each row stands for by both phases; 0 of those outside of the second.
    weights: Vec<f64>,
    /// What the totals of the first phase explain.
    adjustment: Option<Adjustment>,
}

impl SecondPhase {
    pub(super) fn new(spec: &SecondPhaseSpec, first: &Design, table: &Table) -> Result<Self, SurveyError> {
        if [&spec.ids, &spec.strata, &spec.fpc].into_iter().any(|names| names.len() > 1) {
            let reason = "it is of one stage: ids, strata and fpc name one variable at most";
            return Err(SurveyError::DesignUnfit { design: "second phase", reason });
        }
        let within = told(table, &spec.subset, &vec![true; table.rows()])?;
        let nobody = |domain: String| SurveyError::DomainEmpty { domain };
        if !within.contains(&true) {
            return Err(nobody(format!("second phase ({})", spec.subset)));
        }
        let own = DesignSpec {
            ids: spec.ids.clone(),
            strata: spec.strata.clone(),
            weights: spec.weights.clone(),
            fpc: spec.fpc.clone(),
            nest: spec.nest,
            single_psu: spec.single_psu,
            ..DesignSpec::default()
        };
        let design = Design::of_phase(&own, table, &Beside::new(), Some(&within)).map_err(of_second)?;
        let mut strata = design.stages().iter().flat_map(|stage| &stage.strata);
        if let (Some(stratum), Some(name)) = (strata.find(|own| own.units == 0), spec.strata.first()) {
            let level = named(table, name, stratum.row);
            return Err(nobody(format!("second phase, {name} {level}: join it to another stratum")));
        }
        let both =
            |((first, second), within): ((&f64, &f64), &bool)| if *within { first * second } else { 0.0 };
        let mut weights: Vec<f64> =
            first.weights().iter().zip(design.weights()).zip(&within).map(both).collect();
        let mut adjustment = None;
        if !spec.calibrate.is_empty() {
            let fitted = regression(&spec.calibrate, first.weights(), table)?.apply(&weights)?;
            weights = fitted.weights.into_values();
            adjustment = Some(fitted.adjustment);
        }
        Ok(Self { design, within, of_first: first.finest().to_vec(), weights, adjustment })
    }

    pub(super) const fn design(&self) -> &Design {
        &self.design
    }

    pub(super) fn weights(&self) -> &[f64] {
        &self.weights
    }

    pub(super) fn of_first(&self) -> &[u32] {
        &self.of_first
    }

    /// Whether a row is in the second phase.
    pub(super) fn has(&self, row: u32) -> bool {
        self.within.get(row as usize) == Some(&true)
    }

    /// What the totals of the first phase leave of the sums of rows: only that varies with the second.
    pub(super) fn unexplained(&self, rows: &Sums) -> Sums {
        let mut left = rows.clone();
        if let Some(adjustment) = &self.adjustment {
            let mut scores = rows.dense(self.within.len());
            // One score for each row: the lengths are equal.
            if adjustment.residuals(&mut scores, rows.width).is_err() {
                scores.fill(f64::NAN);
            }
            let own = scores.chunks_exact(rows.width.max(1)).zip(0_u32..).filter(|(_, row)| self.has(*row));
            (left.units, left.values) = (Vec::new(), Vec::new());
            for (scores, row) in own {
                left.units.push(row);
                left.values.extend_from_slice(scores);
            }
        }
        left
    }
}

/// The same, said of the second phase.
fn of_second(error: SurveyError) -> SurveyError {
    if let SurveyError::SinglePsu { stage, stratum } = error {
        return SurveyError::SinglePsu { stage, stratum: format!("second phase, {stratum}") };
    }
    error
}

/// The weights of the second phase calibrated to what the first says of these variables.
fn regression(names: &[String], weights: &[f64], table: &Table) -> Result<Reweighting, SurveyError> {
    let mut known = Auxiliaries::new(table.rows()).count(weights.iter().sum())?;
    for name in names {
        known = match table.column(name)? {
            Column::Numbers(numbers) => {
                let total = numbers.iter().zip(weights).map(|(number, weight)| number * weight).sum();
                known.number(name, numbers, total)?
            }
            Column::Categories(categories) => {
                if let Some(row) = categories.codes.iter().position(|code| *code == Categories::MISSING) {
                    return Err(SurveyError::MissingInDesign { name: name.clone(), row });
                }
                let mut totals = vec![0.0; categories.levels.len()];
                for (code, weight) in categories.codes.iter().zip(weights) {
                    if let Some(total) = totals.get_mut(*code as usize) {
                        *total += weight;
                    }
                }
                known.margin(&Margin::new(name, &categories.codes, &totals)?)?
            }
        };
    }
    let options = CalibrationOptions { tolerance: 1e-12, ..CalibrationOptions::new(Distance::Linear) };
    Ok(Reweighting::Calibrate(Calibration::new(known, options)?))
}
