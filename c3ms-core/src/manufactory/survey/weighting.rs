//! What is done to the weights of a sample, step by step, as an analysis says it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Categories, SurveyError, Table,
    weight::{
        Adjustment, Auxiliaries, Calibration, CalibrationOptions, Distance, Margin, Rake, RakeOptions,
        Reweighting, Trimming, Weights, trim,
    },
};

/// One step of a weighting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum WeightingStep {
    /// The categories of one variable are brought to known totals.
    PostStratify(MarginSpec),
    /// The categories of several variables are brought to known totals, in turn.
    Rake {
        /// The variables.
        margins: Vec<MarginSpec>,
    },
    /// Totals of variables are met while the weights change as little as they can.
    Calibrate {
        /// What is kept small.
        #[serde(default)]
        distance: DistanceName,
        /// The least ratio of new to old weight.
        #[serde(default)]
        lower: Option<f64>,
        /// The largest ratio of new to old weight.
        #[serde(default)]
        upper: Option<f64>,
        /// How many people there are.
        #[serde(default)]
        count: Option<f64>,
        /// Totals of variables of numbers.
        #[serde(default)]
        totals: BTreeMap<String, f64>,
        /// Totals of categories.
        #[serde(default)]
        margins: Vec<MarginSpec>,
    },
    /// Weights beyond a bound are brought to it, the others make up for it.
    Trim {
        /// The least weight.
        #[serde(default)]
        lower: f64,
        /// The largest weight.
        #[serde(default)]
        upper: Option<f64>,
        /// Again until none is beyond.
        #[serde(default)]
        strict: bool,
    },
}

/// Known totals of the categories of a variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarginSpec {
    /// The variable.
    pub variable: String,
    /// How many people are in each category.
    pub totals: BTreeMap<String, f64>,
}

/// What a calibration keeps small.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DistanceName {
    /// Squares: the regression estimator.
    #[default]
    Linear,
    /// Exponential: raking.
    Raking,
    /// Between two bounds, by a curve.
    Logit,
    /// Linear between two bounds.
    Truncated,
}

/// Weights after all steps, and what a variance must know of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Weighted {
    pub(super) weights: Vec<f64>,
    pub(super) adjustments: Vec<Adjustment>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Reweight(Box<Reweighting>),
    Trim(Trimming),
}

impl Weighted {
    /// Carries the steps out, one after another.
    pub(super) fn new(weights: &[f64], steps: &[WeightingStep], table: &Table) -> Result<Self, SurveyError> {
        let mut weighted = Self { weights: weights.to_vec(), ..Self::default() };
        for step in steps {
            let step = step.read(table)?;
            match &step {
                Step::Trim(bounds) => {
                    let trimmed = trim(&Weights::new(weighted.weights)?, bounds)?;
                    weighted.weights = trimmed.weights.values().to_vec();
                }
                Step::Reweight(reweighting) => {
                    let fitted = reweighting.apply(&Weights::new(weighted.weights)?)?;
                    weighted.weights = fitted.weights.values().to_vec();
                    weighted.adjustments.push(fitted.adjustment);
                }
            }
            weighted.steps.push(step);
        }
        Ok(weighted)
    }

    /// The same steps on the weights of a replicate; trimming is not done again, since it knows no weight of 0.
    pub(super) fn again(&self, replicate: usize, mut weights: Vec<f64>) -> Result<Vec<f64>, SurveyError> {
        for step in &self.steps {
            if let Step::Reweight(reweighting) = step {
                reweighting
                    .in_place(&mut weights)
                    .map_err(|reason| SurveyError::ReplicateUnfit { replicate, reason: Box::new(reason) })?;
            }
        }
        Ok(weights)
    }

    pub(super) const fn is_adjusted(&self) -> bool {
        !self.steps.is_empty()
    }
}

impl WeightingStep {
    fn read(&self, table: &Table) -> Result<Step, SurveyError> {
        let reweighting = match self {
            Self::PostStratify(margin) => Reweighting::PostStratify(margin.read(table)?),
            Self::Rake { margins } => {
                let margins = margins.iter().map(|margin| margin.read(table)).collect::<Result<_, _>>()?;
                Reweighting::Rake(Rake::new(
                    margins,
                    RakeOptions { tolerance: 1e-11, ..RakeOptions::default() },
                )?)
            }
            Self::Calibrate { distance, lower, upper, count, totals, margins } => {
                let mut auxiliaries = Auxiliaries::new(table.rows());
                if let Some(count) = count {
                    auxiliaries = auxiliaries.count(*count)?;
                }
                for (name, total) in totals {
                    auxiliaries = auxiliaries.number(name, table.numbers(name)?, *total)?;
                }
                for margin in margins {
                    auxiliaries = auxiliaries.margin(&margin.read(table)?)?;
                }
                let (lower, upper) = (lower.unwrap_or(0.0), upper.unwrap_or(f64::INFINITY));
                let distance = match distance {
                    DistanceName::Linear => Distance::Linear,
                    DistanceName::Raking => Distance::Raking,
                    DistanceName::Logit => Distance::Logit { lower, upper },
                    DistanceName::Truncated => Distance::Truncated { lower, upper },
                };
                let options = CalibrationOptions { tolerance: 1e-12, ..CalibrationOptions::new(distance) };
                Reweighting::Calibrate(Calibration::new(auxiliaries, options)?)
            }
            Self::Trim { lower, upper, strict } => {
                let upper = upper.unwrap_or(f64::INFINITY);
                return Ok(Step::Trim(Trimming { lower: *lower, upper, strict: *strict }));
            }
        };
        Ok(Step::Reweight(Box::new(reweighting)))
    }
}

impl MarginSpec {
    fn read(&self, table: &Table) -> Result<Margin, SurveyError> {
        let categories = table.categories(&self.variable)?;
        if let Some(row) = categories.codes.iter().position(|code| *code == Categories::MISSING) {
            return Err(SurveyError::MissingInDesign { name: self.variable.clone(), row });
        }
        let unmet = |category: &str, reason: &'static str| SurveyError::MarginUnmet {
            margin: self.variable.clone(),
            category: category.to_owned(),
            reason,
        };
        if let Some(level) = self.totals.keys().find(|level| !categories.levels.contains(level)) {
            return Err(unmet(level, "it has a total and no rows"));
        }
        let total = |level: &String| {
            self.totals.get(level).copied().ok_or_else(|| unmet(level, "it has rows and no total"))
        };
        let totals = categories.levels.iter().map(total).collect::<Result<Vec<f64>, SurveyError>>()?;
        Margin::new(&self.variable, &categories.codes, &totals)
    }
}
