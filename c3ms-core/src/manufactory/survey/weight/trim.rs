//! Weights held within bounds, and what unequal weights cost.

use super::{Weights, values::setting};
use crate::survey::SurveyError;

/// Within what weights are held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trimming {
    /// The least weight, 0 for none.
    pub lower: f64,
    /// The largest weight, [`f64::INFINITY`] for none.
    pub upper: f64,
    /// Whether it is done again until what was given away lifts no weight beyond a bound.
    pub strict: bool,
}

/// Weights held within bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Trimmed {
    /// The new weights.
    pub weights: Weights,
    /// How many rows were brought to a bound in the first round.
    pub trimmed: usize,
    /// Rounds that were made.
    pub rounds: u32,
}

/// Brings weights beyond a bound to it and shares what they lose (or gain) equally among the others.
///
/// The sum of weights stays. What is given away may bring others beyond a bound: where this is strict, the round is
/// repeated until none is. Strict or not, it is repeated while a weight is left at zero or below, as it is where many
/// are lifted to the least weight and few are left to give: a row would stand for less than nobody.
///
/// # Shapes and units
/// `weights[n]` and bounds in people per row.
///
/// # Errors
/// [`SurveyError::SettingUnfit`] for bounds between which the mean weight does not lie: the sum could not stay.
///
/// # Source
/// Potter (1990), Proceedings of the Section on Survey Research Methods of the American Statistical Association, 225-230.
/// Checked against `trimWeights` of the R package survey, which leaves negative weights where it is not strict.
///
/// # Examples
/// ```
/// use c3ms_core::survey::weight::{Trimming, Weights, trim};
/// let bounds = Trimming { lower: 0.0, upper: 40.0, strict: false };
/// let held = trim(&Weights::new(vec![10.0, 30.0, 60.0])?, &bounds)?;
/// // 20 people of the third are shared by the two others.
/// assert_eq!(held.weights.values(), [20.0, 40.0, 40.0]);
/// // Three are lifted to 5; the fourth alone would pay for them and fall to -5: a second round has the fifth pay.
/// let bounds = Trimming { lower: 5.0, upper: 20.0, strict: false };
/// let held = trim(&Weights::new(vec![1.0, 1.0, 1.0, 6.0, 21.0])?, &bounds)?;
/// assert_eq!(held.weights.values(), [5.0, 5.0, 5.0, 5.0, 10.0]);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
pub fn trim(weights: &Weights, bounds: &Trimming) -> Result<Trimmed, SurveyError> {
    let Trimming { lower, upper, strict } = *bounds;
    #[expect(clippy::cast_precision_loss, reason = "a number of rows")]
    let mean = weights.sum() / weights.len().max(1) as f64;
    if !weights.is_empty() {
        setting("lower bound", lower, "at most the mean weight", |lower| lower <= mean)?;
        setting("upper bound", upper, "at least the mean weight", |upper| upper >= mean)?;
    }
    let mut values = weights.values().to_vec();
    let trimmed = round(&mut values, lower, upper);
    let mut rounds = 1;
    let negative = |values: &[f64]| values.iter().any(|value| *value <= 0.0);
    while (strict || negative(&values)) && rounds < 10_000 && round(&mut values, lower, upper) > 0 {
        rounds += 1;
    }
    Ok(Trimmed { weights: Weights::new(values)?, trimmed, rounds })
}

/// One round; gives how many weights were beyond a bound.
fn round(values: &mut [f64], lower: f64, upper: f64) -> usize {
    // What rounding lifts beyond a bound is not beyond it.
    let slack = 1e-12;
    let beyond = |value: f64| value < lower * (1.0 - slack) || value > upper * (1.0 + slack);
    let count = values.iter().filter(|value| beyond(**value)).count();
    if count == 0 {
        return 0;
    }
    let excess: f64 = values.iter().map(|value| value - value.clamp(lower, upper)).sum();
    // Those that were within bounds take what others lose or gain; where there are none, all that still have room.
    let has_room = |value: f64| if excess > 0.0 { value < upper } else { value > lower };
    let within = |value: f64| !beyond(value) && has_room(value);
    let all = !values.iter().any(|value| within(*value));
    let takes = |value: f64| if all { has_room(value.clamp(lower, upper)) } else { within(value) };
    #[expect(clippy::cast_precision_loss, reason = "a number of rows")]
    let sharing = values.iter().filter(|value| takes(**value)).count() as f64;
    let share = if sharing > 0.0 { excess / sharing } else { 0.0 };
    for value in values.iter_mut() {
        *value = value.clamp(lower, upper) + if takes(*value) { share } else { 0.0 };
    }
    count
}

/// By what unequal weights alone multiply the variance of a mean: `n * sum(weight²) / sum(weight)²`.
///
/// 1 for equal weights, and for no rows.
///
/// # Source
/// Kish (1965), Survey Sampling, Wiley, section 11.7; Kish (1992), Journal of Official Statistics 8(2), 183-200.
///
/// # Examples
/// ```
/// use c3ms_core::survey::weight::{Weights, design_effect};
/// assert_eq!(design_effect(&Weights::new(vec![1.0, 3.0])?), 1.25);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
#[must_use]
pub fn design_effect(weights: &Weights) -> f64 {
    if weights.is_empty() {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a number of rows")]
    let rows = weights.len() as f64;
    rows / effective_size(weights)
}

/// How many rows of equal weight would say as much: `sum(weight)² / sum(weight²)`.
///
/// # Source
/// Kish (1965), Survey Sampling, Wiley, section 11.7.
///
/// # Examples
/// ```
/// use c3ms_core::survey::weight::{Weights, effective_size};
/// assert_eq!(effective_size(&Weights::new(vec![1.0, 3.0])?), 1.6);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
#[must_use]
pub fn effective_size(weights: &Weights) -> f64 {
    let squares: f64 = weights.values().iter().map(|weight| weight * weight).sum();
    let sum = weights.sum();
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}
