//! The probability of each unit to be in the sample.

use super::{SurveyError, WHOLE, at, at_least, count, number};

/// The probability of each unit of a frame to be drawn, from 0 (never) to 1 (always).
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::Probabilities;
/// let drawn = Probabilities::new(vec![0.5, 1.0, 0.5])?;
/// assert_eq!(drawn.size()?, 2);
/// assert_eq!(drawn.certain(), [1]);
/// assert!(Probabilities::new(vec![1.5]).is_err());
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Probabilities(Vec<f64>);

impl Probabilities {
    /// Probabilities of a frame, in its order.
    ///
    /// # Errors
    /// [`SurveyError::NumberUnfit`] where one is not from 0 to 1.
    pub fn new(values: Vec<f64>) -> Result<Self, SurveyError> {
        match values.iter().enumerate().find(|(_, value)| !(0.0..=1.0).contains(*value)) {
            None => Ok(Self(values)),
            Some((at, &value)) => Err(SurveyError::NumberUnfit {
                what: "probability".into(),
                value,
                at,
                expected: "from 0 to 1",
            }),
        }
    }

    /// The probabilities, in the order of the frame.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// How many units are expected in a sample.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.0.iter().sum()
    }

    /// How many units are in every sample of a design of fixed size.
    ///
    /// # Errors
    /// [`SurveyError::DesignUnfit`] where the sum of the probabilities is not whole (to 10⁻⁶).
    pub fn size(&self) -> Result<usize, SurveyError> {
        let expected = self.expected();
        if (expected - expected.round()).abs() > WHOLE {
            return Err(SurveyError::DesignUnfit {
                design: "fixed size",
                reason: "the sum of the probabilities is not a whole number",
            });
        }
        Ok(count(expected.round()))
    }

    /// The units that are drawn always.
    #[must_use]
    pub fn certain(&self) -> Vec<usize> {
        self.places(|probability| probability >= 1.0)
    }

    /// The units that may be drawn or not.
    pub(super) fn open(&self) -> Vec<usize> {
        self.places(|probability| probability > 0.0 && probability < 1.0)
    }

    /// Those of some units, in their order.
    pub(in super::super) fn among(&self, units: &[usize]) -> Self {
        Self(units.iter().map(|&unit| at(&self.0, unit)).collect())
    }

    fn places(&self, kept: impl Fn(f64) -> bool) -> Vec<usize> {
        self.0.iter().enumerate().filter(|(_, value)| kept(**value)).map(|(place, _)| place).collect()
    }
}

/// The same probability for every unit: `count` of `units`.
///
/// # Errors
/// [`SurveyError::SampleTooLarge`] where fewer units are there.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::equal_probabilities;
/// assert_eq!(equal_probabilities(4, 1)?.values(), [0.25; 4]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn equal_probabilities(units: usize, count: usize) -> Result<Probabilities, SurveyError> {
    if count > units {
        return Err(SurveyError::SampleTooLarge { wanted: count, units });
    }
    let probability = if units == 0 { 0.0 } else { number(count) / number(units) };
    Ok(Probabilities(vec![probability; units]))
}

/// Probabilities in proportion to a size, such as the seats of a venue.
///
/// A unit whose share would exceed 1 is taken always, and the others share what is left, until none exceeds 1.
///
/// # Shapes and units
/// `sizes[n]` in any unit, the same for all; a size of 0 is never drawn. The values sum to `count`.
///
/// # Errors
/// [`SurveyError::NumberUnfit`] where a size is negative or not finite; [`SurveyError::SampleTooLarge`] where fewer
/// than `count` units have a size.
///
/// # Source
/// Särndal, Swensson and Wretman (1992), *Model Assisted Survey Sampling*, 3.6.2. Checked against
/// `inclusionprobabilities` of the R package `sampling`.
///
/// # Examples
/// Two of four venues: the hall of 800 seats is taken always, the others share one place in proportion.
/// ```
/// use c3ms_core::survey::sample::inclusion_probabilities;
/// let drawn = inclusion_probabilities(&[800.0, 100.0, 60.0, 40.0], 2)?;
/// assert_eq!(drawn.values(), [1.0, 0.5, 0.3, 0.2]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn inclusion_probabilities(sizes: &[f64], count: usize) -> Result<Probabilities, SurveyError> {
    at_least("size", sizes, 0.0, "a number from 0 on")?;
    let scale = Scale::new(sizes);
    if count > scale.order.len() {
        return Err(SurveyError::SampleTooLarge { wanted: count, units: scale.order.len() });
    }
    let mut certain = 0;
    while certain < count && !scale.holds(certain, count) {
        certain += 1;
    }
    let rest = scale.rest(certain);
    let factor = if rest > 0.0 { number(count - certain) / rest } else { 0.0 };
    let mut values: Vec<f64> = sizes.iter().map(|size| (factor * size).min(1.0)).collect();
    for &unit in scale.order.iter().take(certain) {
        super::put(&mut values, unit, 1.0);
    }
    Ok(Probabilities(values))
}

/// Sizes from the largest to the smallest, with what remains after each.
pub(super) struct Scale {
    /// The units with a size, the largest first.
    pub(super) order: Vec<usize>,
    sizes: Vec<f64>,
    rests: Vec<f64>,
}

impl Scale {
    pub(super) fn new(values: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..values.len()).filter(|&unit| at(values, unit) > 0.0).collect();
        order.sort_by(|&one, &other| at(values, other).total_cmp(&at(values, one)));
        let sizes: Vec<f64> = order.iter().map(|&unit| at(values, unit)).collect();
        let mut rests = vec![0.0; sizes.len() + 1];
        let mut sum = 0.0;
        for place in (0..sizes.len()).rev() {
            sum += at(&sizes, place);
            super::put(&mut rests, place, sum);
        }
        Self { order, sizes, rests }
    }

    /// The size at a rank, the largest first.
    pub(super) fn size(&self, rank: usize) -> f64 {
        at(&self.sizes, rank)
    }

    /// The sum of the sizes from a rank on.
    pub(super) fn rest(&self, rank: usize) -> f64 {
        at(&self.rests, rank)
    }

    /// Whether no unit from the rank `certain` on exceeds 1 in a sample of `count`, those before it being taken.
    pub(super) fn holds(&self, certain: usize, count: usize) -> bool {
        number(count.saturating_sub(certain)) * self.size(certain) <= self.rest(certain)
    }
}
