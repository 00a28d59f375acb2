//! Calibration: weights as near to the old ones as can be that meet known totals.

use super::{
    Adjustment, CalibratedWeights, Columns, Convergence, Margin, Reweighted, Weights,
    columns::check_scale,
    newton::Equations,
    values::{finite, paired, setting},
};
use crate::survey::SurveyError;

/// Variables known for each row, with their totals in the whole public.
///
/// Variables may repeat each other (the count of people is the sum of any margin) as long as their totals agree.
///
/// # Examples
/// ```
/// use c3ms_core::survey::weight::{Auxiliaries, Margin};
/// let age = Margin::new("age", &[0, 1, 1], &[40.0, 60.0])?;
/// let known = Auxiliaries::new(3).margin(&age)?.number("visits", &[1.0, 2.0, 5.0], 260.0)?;
/// assert_eq!(known.totals(), [40.0, 60.0, 260.0]);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Auxiliaries {
    columns: Columns,
    totals: Vec<f64>,
    names: Vec<String>,
}

impl Auxiliaries {
    /// Nothing known yet, for so many rows.
    #[must_use]
    pub const fn new(rows: usize) -> Self {
        Self { columns: Columns::new(rows), totals: Vec::new(), names: Vec::new() }
    }

    /// How many people there are in all.
    ///
    /// # Errors
    /// [`SurveyError::SettingUnfit`] for a total that is not finite.
    pub fn count(self, total: f64) -> Result<Self, SurveyError> {
        let ones = vec![1.0; self.columns.rows()];
        self.number("number of people", &ones, total)
    }

    /// A number known for each row, and its sum over the whole public.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] for another number of rows; [`SurveyError::NumberUnfit`] for a number or a total
    /// that is not finite.
    pub fn number(mut self, name: &str, values: &[f64], total: f64) -> Result<Self, SurveyError> {
        paired(name, values.len(), "rows", self.columns.rows())?;
        finite(name, values)?;
        setting(&format!("total of {name}"), total, "finite", f64::is_finite)?;
        self.columns = self.columns.number(values)?;
        self.totals.push(total);
        self.names.push(name.to_owned());
        Ok(self)
    }

    /// A category known for each row, and how many people of the whole public each category has.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] for another number of rows.
    pub fn margin(mut self, margin: &Margin) -> Result<Self, SurveyError> {
        paired(margin.name(), margin.categories().len(), "rows", self.columns.rows())?;
        self.columns = self.columns.shared_categories(margin.shared_categories(), margin.totals().len());
        self.totals.extend(margin.totals());
        let name = |category| format!("{} = {}", margin.name(), margin.level(category));
        self.names.extend((0..margin.totals().len()).map(name));
        Ok(self)
    }

    /// The totals, one for each number and each category, in the order in which they were given.
    #[must_use]
    pub fn totals(&self) -> &[f64] {
        &self.totals
    }

    /// The variables.
    #[must_use]
    pub const fn columns(&self) -> &Columns {
        &self.columns
    }
}

/// How far a weight is from its old one, and thus which new weights can be had.
///
/// The new weight is `old * F(x)`; `F` is 1 at 0 with slope 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Distance {
    /// `F(x) = 1 + x`: the regression estimator. Weights may fall below 0.
    Linear,
    /// `F(x) = exp(x)`: raking. Weights stay above 0 and may become large.
    Raking,
    /// A curve that stays between two bounds of the ratio of new to old weight.
    Logit {
        /// Below 1.
        lower: f64,
        /// Above 1.
        upper: f64,
    },
    /// Linear between two bounds of the ratio of new to old weight, and held there.
    Truncated {
        /// Below 1.
        lower: f64,
        /// Above 1.
        upper: f64,
    },
}

impl Distance {
    fn check(self) -> Result<(), SurveyError> {
        match self {
            Self::Linear | Self::Raking => Ok(()),
            Self::Logit { lower, upper } | Self::Truncated { lower, upper } => {
                setting("lower bound", lower, "below 1", |bound| bound.is_finite() && bound < 1.0)?;
                setting("upper bound", upper, "above 1", |bound| bound.is_finite() && bound > 1.0)
            }
        }
    }

    /// The ratio of new to old weight and its slope.
    fn curve(self) -> impl Fn(f64) -> (f64, f64) {
        move |x| match self {
            Self::Linear => (1.0 + x, 1.0),
            Self::Raking => {
                let ratio = libm::exp(x);
                (ratio, ratio)
            }
            Self::Logit { lower, upper } => {
                let steepness = (upper - lower) / ((1.0 - lower) * (upper - 1.0));
                // The share of the way from the lower to the upper bound, by an exponential that cannot overflow.
                let small = libm::exp(-(steepness * x).abs());
                let (near, far) = if x > 0.0 { (1.0, small) } else { (small, 1.0) };
                let share = (1.0 - lower) * near / ((upper - 1.0) * far + (1.0 - lower) * near);
                let rest = (upper - 1.0) * far / ((upper - 1.0) * far + (1.0 - lower) * near);
                (lower + (upper - lower) * share, (upper - lower) * steepness * share * rest)
            }
            Self::Truncated { lower, upper } => {
                let ratio = 1.0 + x;
                (ratio.clamp(lower, upper), if lower < ratio && ratio < upper { 1.0 } else { 0.0 })
            }
        }
    }
}

/// How a calibration is done.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationOptions {
    /// What is kept small.
    pub distance: Distance,
    /// How much each row may move: `F(x / scale)`, above 0; all alike where it is `None`. With the size of a venue here, a
    /// linear calibration on that size alone gives the ratio estimator.
    pub scale: Option<Vec<f64>>,
    /// The gap left in a total, as a share of it (or of what the rows make without signs, where that is more), with which
    /// one is content.
    pub tolerance: f64,
    /// How many steps are made at most.
    pub iterations: u32,
}

impl CalibrationOptions {
    /// This distance, no scale, a tolerance of a billionth, 100 steps.
    #[must_use]
    pub const fn new(distance: Distance) -> Self {
        Self { distance, scale: None, tolerance: 1e-9, iterations: 100 }
    }
}

/// A calibration that can be done: what is known, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    auxiliaries: Auxiliaries,
    options: CalibrationOptions,
}

impl Calibration {
    /// Takes what is known and how to calibrate.
    ///
    /// # Errors
    /// [`SurveyError::NumberUnfit`] for bounds that do not hold 1 between them, or a scale that is not above 0;
    /// [`SurveyError::LengthsDiffer`] for a scale of other rows.
    pub fn new(auxiliaries: Auxiliaries, options: CalibrationOptions) -> Result<Self, SurveyError> {
        options.distance.check()?;
        if let Some(scale) = &options.scale {
            check_scale("scale", scale, auxiliaries.columns.rows())?;
        }
        Ok(Self { auxiliaries, options })
    }

    /// What is known.
    #[must_use]
    pub const fn auxiliaries(&self) -> &Auxiliaries {
        &self.auxiliaries
    }

    /// What a variance must know of weights that were calibrated so.
    pub(super) fn adjustment(&self, before: Vec<f64>, after: Vec<f64>) -> Adjustment {
        let (columns, scale) = (self.auxiliaries.columns.clone(), self.options.scale.clone());
        Adjustment::Calibrated { columns, scale, before, after }
    }

    /// Calibrates weights of which some may be 0.
    pub(super) fn in_place(&self, weights: &mut [f64]) -> Result<Convergence, SurveyError> {
        paired("weights", weights.len(), "rows", self.auxiliaries.columns.rows())?;
        let CalibrationOptions { distance, scale, tolerance, iterations } = &self.options;
        let equations = Equations {
            columns: &self.auxiliaries.columns,
            weights,
            scale: scale.as_deref(),
            totals: &self.auxiliaries.totals,
        };
        let solution = equations.solve(distance.curve(), *tolerance, *iterations).map_err(|stuck| {
            SurveyError::NoConvergence {
                what: "calibration",
                place: self.auxiliaries.names.get(stuck.column).cloned().unwrap_or_default(),
                deviation: stuck.convergence.deviation,
                iterations: stuck.convergence.iterations,
            }
        })?;
        for (weight, ratio) in weights.iter_mut().zip(&solution.values) {
            *weight *= ratio;
        }
        Ok(solution.convergence)
    }
}

/// Looks for the weights nearest to the old ones that meet the totals of all auxiliary variables.
///
/// Newton's method, each step halved where it would lead astray.
///
/// # Shapes and units
/// `weights[n]` in the order of the rows of the auxiliary variables; new weights in people per row.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] when a row lacks a weight; [`SurveyError::NoConvergence`] with the variable that is
/// furthest off: bounds that are too narrow, or totals that contradict each other.
///
/// # Source
/// Deville and Särndal (1992), JASA 87(418), 376-382; Deville, Särndal and Sautory (1993), JASA 88(423), 1013-1020.
///
/// # Examples
/// Two rows stand for 10 people each; it is known that they are 20 and have made 50 visits.
/// ```
/// use c3ms_core::survey::weight::{Auxiliaries, Calibration, CalibrationOptions, Distance, Weights, calibrate};
/// let known = Auxiliaries::new(2).count(20.0)?.number("visits", &[1.0, 3.0], 50.0)?;
/// let calibration = Calibration::new(known, CalibrationOptions::new(Distance::Linear))?;
/// let fitted = calibrate(&Weights::new(vec![10.0, 10.0])?, &calibration)?;
/// // 5 people made 1 visit, 15 made 3.
/// let exact = fitted.weights.values().iter().zip([5.0, 15.0]).all(|(found, sought)| (found - sought).abs() < 1e-9);
/// assert!(exact);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
pub fn calibrate(
    weights: &Weights,
    calibration: &Calibration,
) -> Result<Reweighted<CalibratedWeights>, SurveyError> {
    let mut values = weights.values().to_vec();
    let convergence = calibration.in_place(&mut values)?;
    let after = CalibratedWeights::new(values)?;
    let adjustment = calibration.adjustment(weights.values().to_vec(), after.values().to_vec());
    Ok(Reweighted { weights: after, convergence, adjustment })
}
