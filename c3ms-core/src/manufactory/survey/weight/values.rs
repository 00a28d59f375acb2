//! Weights as they come from a design, and as they leave a calibration.

use super::Adjustment;
pub(super) use crate::manufactory::survey::error::same_length as paired;
use crate::survey::SurveyError;

/// How many people (or visits) each row stands for, by design: finite and above 0.
///
/// # Examples
/// ```
/// use c3ms_core::survey::weight::Weights;
/// assert_eq!(Weights::new(vec![30.0, 50.0])?.sum(), 80.0);
/// assert!(Weights::new(vec![30.0, 0.0]).is_err());
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Weights(Vec<f64>);

impl Weights {
    /// Takes weights that are all finite and above 0.
    ///
    /// # Errors
    /// [`SurveyError::WeightNotPositive`] at the first that is not.
    pub fn new(values: Vec<f64>) -> Result<Self, SurveyError> {
        let unfit = values.iter().position(|value| !(value.is_finite() && *value > 0.0));
        match unfit.and_then(|at| values.get(at).map(|value| (at, *value))) {
            Some((at, value)) => Err(SurveyError::WeightNotPositive { at, value }),
            None => Ok(Self(values)),
        }
    }

    /// The weights, in the order of the rows.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The weights, given away.
    #[must_use]
    pub fn into_values(self) -> Vec<f64> {
        self.0
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many people the rows stand for together.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.0.iter().sum()
    }
}

/// Weights after a calibration: finite, and where no bound forbids it some may fall below 0.
///
/// # Examples
/// ```
/// use c3ms_core::survey::weight::CalibratedWeights;
/// let weights = CalibratedWeights::new(vec![3.0, -0.5])?;
/// assert_eq!((weights.negatives(), weights.sum()), (1, 2.5));
/// assert!(weights.positive().is_err());
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CalibratedWeights(Vec<f64>);

impl CalibratedWeights {
    /// Takes weights that are all finite.
    ///
    /// # Errors
    /// [`SurveyError::NumberUnfit`] at the first that is not.
    pub fn new(values: Vec<f64>) -> Result<Self, SurveyError> {
        finite("calibrated weight", &values)?;
        Ok(Self(values))
    }

    /// The weights, in the order of the rows.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The weights, given away.
    #[must_use]
    pub fn into_values(self) -> Vec<f64> {
        self.0
    }

    /// How many weights are below 0.
    #[must_use]
    pub fn negatives(&self) -> usize {
        self.0.iter().filter(|value| **value < 0.0).count()
    }

    /// How many people the rows stand for together.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.0.iter().sum()
    }

    /// The same weights where all are above 0, for a further step.
    ///
    /// # Errors
    /// [`SurveyError::WeightNotPositive`] at the first that is not.
    pub fn positive(self) -> Result<Weights, SurveyError> {
        Weights::new(self.0)
    }
}

impl From<Weights> for CalibratedWeights {
    fn from(weights: Weights) -> Self {
        Self(weights.0)
    }
}

/// How a search for weights ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// Rounds that were made.
    pub iterations: u32,
    /// The largest gap between a sum of weights and what it must be, as a share of the latter.
    pub deviation: f64,
}

/// Weights that were made to fit, how the search ended, and what a variance must know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reweighted<W> {
    /// The new weights.
    pub weights: W,
    /// How the search ended.
    pub convergence: Convergence,
    /// What a variance must know of it.
    pub adjustment: Adjustment,
}

impl<W> Reweighted<W> {
    /// The new weight of each row as a multiple of its old one.
    #[must_use]
    pub fn ratios(&self) -> Vec<f64> {
        self.adjustment.ratios()
    }
}

/// Refuses the first number that is not finite.
pub(super) fn finite(what: &str, values: &[f64]) -> Result<(), SurveyError> {
    fit(what, values, "finite", f64::is_finite)
}

/// Refuses the first number that is not as expected.
pub(super) fn fit(
    what: &str,
    values: &[f64],
    expected: &'static str,
    accepts: impl Fn(f64) -> bool,
) -> Result<(), SurveyError> {
    match values.iter().enumerate().find(|(_, value)| !accepts(**value)) {
        Some((at, value)) => {
            Err(SurveyError::NumberUnfit { what: what.to_owned(), value: *value, at, expected })
        }
        None => Ok(()),
    }
}

/// Refuses a number of a document that is not as expected.
pub(super) fn setting(
    what: &str,
    value: f64,
    expected: &'static str,
    accepts: impl Fn(f64) -> bool,
) -> Result<(), SurveyError> {
    let what = what.to_owned();
    if accepts(value) { Ok(()) } else { Err(SurveyError::SettingUnfit { what, value, expected }) }
}

/// A code as a place in a table.
pub(super) const fn place(code: u32) -> usize {
    code as usize
}
