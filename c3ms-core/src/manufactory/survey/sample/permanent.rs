//! Permanent random numbers: samples that overlap as wished, and panels that rotate.

use super::{Probabilities, SurveyError, at, order, same_length};
use crate::survey::Stream;

/// How the sample of one survey overlaps with that of another on the same numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Coordination {
    /// As many units as possible in both: the same people follow.
    Positive,
    /// As few units as possible in both: the burden is shared.
    Negative,
}

/// One number of chance for each unit of a frame, kept from survey to survey.
///
/// # Source
/// Ohlsson (1995), "Coordination of samples using permanent random numbers", in *Business Survey Methods*, chapter 9.
///
/// # Examples
/// The same numbers give the same sample again, the turned ones another.
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::PermanentNumbers}};
/// let numbers = PermanentNumbers::drawn(100, &mut Stream::new(&Seed::from_number(1)));
/// let first = numbers.simple_random(10)?;
/// assert_eq!(numbers.simple_random(10)?, first);
/// let second = numbers.shifted(0.5).simple_random(10)?;
/// assert!(first.iter().all(|unit| !second.contains(unit)));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PermanentNumbers(Vec<f64>);

impl PermanentNumbers {
    /// Numbers that are kept already.
    ///
    /// # Errors
    /// [`SurveyError::NumberUnfit`] where one is not from 0 to below 1.
    pub fn new(numbers: Vec<f64>) -> Result<Self, SurveyError> {
        match numbers.iter().enumerate().find(|(_, number)| !(0.0..1.0).contains(*number)) {
            None => Ok(Self(numbers)),
            Some((at, &value)) => Err(SurveyError::NumberUnfit {
                what: "permanent random number".into(),
                value,
                at,
                expected: "from 0 to below 1",
            }),
        }
    }

    /// New numbers for so many units; units that are born later get theirs from the same stream.
    #[must_use]
    pub fn drawn(units: usize, stream: &mut Stream) -> Self {
        Self((0..units).map(|_| stream.unit()).collect())
    }

    /// The numbers, in the order of the frame.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The numbers counted from a start on, around the circle from 0 to 1.
    ///
    /// Two samples of rates `a` and `b` overlap least where the starts are at least `a` and `b` apart; a panel rotates
    /// where the start moves on.
    #[must_use]
    pub fn shifted(&self, start: f64) -> Self {
        Self(
            self.0
                .iter()
                .map(|number| {
                    let turned = number - start;
                    let turned = turned - turned.floor();
                    if turned < 1.0 { turned } else { 0.0 }
                })
                .collect(),
        )
    }

    /// The numbers for a second survey, so that its sample overlaps with that of the first as wished.
    ///
    /// [`Coordination::Negative`] counts from the other end: `1 - u`.
    #[must_use]
    pub fn coordinated(&self, coordination: Coordination) -> Self {
        match coordination {
            Coordination::Positive => self.clone(),
            Coordination::Negative => Self(
                // The largest number below 1 stands for 0.
                self.0.iter().map(|number| (1.0 - number).min(1.0 - f64::EPSILON / 2.0)).collect(),
            ),
        }
    }

    /// Draws the `count` units of the smallest numbers: simple random sampling.
    ///
    /// # Errors
    /// [`SurveyError::SampleTooLarge`] where fewer units are there.
    pub fn simple_random(&self, count: usize) -> Result<Vec<usize>, SurveyError> {
        if count > self.0.len() {
            return Err(SurveyError::SampleTooLarge { wanted: count, units: self.0.len() });
        }
        let mut drawn = self.ranked();
        drawn.truncate(count);
        drawn.sort_unstable();
        Ok(drawn)
    }

    /// Draws the units whose number is below their probability: Poisson sampling, of varying size.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] where a unit lacks a number.
    pub fn poisson(&self, probabilities: &Probabilities) -> Result<Vec<usize>, SurveyError> {
        self.fits(probabilities)?;
        let pairs = self.0.iter().zip(probabilities.values()).enumerate();
        Ok(pairs.filter(|(_, (number, probability))| number < probability).map(|(unit, _)| unit).collect())
    }

    /// Draws a fixed number of units by Pareto ranks, see [`pareto`](super::pareto).
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] where a unit lacks a number, [`SurveyError::DesignUnfit`] where the
    /// probabilities do not sum to a whole number.
    pub fn pareto(&self, probabilities: &Probabilities) -> Result<Vec<usize>, SurveyError> {
        self.fits(probabilities)?;
        order::smallest(probabilities, &self.0, order::pareto_rank)
    }

    /// Draws a fixed number of units by sequential Poisson ranks, see
    /// [`sequential_poisson`](super::sequential_poisson).
    ///
    /// # Errors
    /// As [`PermanentNumbers::pareto`].
    pub fn sequential_poisson(&self, probabilities: &Probabilities) -> Result<Vec<usize>, SurveyError> {
        self.fits(probabilities)?;
        order::smallest(probabilities, &self.0, order::poisson_rank)
    }

    fn fits(&self, probabilities: &Probabilities) -> Result<(), SurveyError> {
        same_length("permanent random numbers", self.0.len(), "probabilities", probabilities.values().len())
    }

    fn ranked(&self) -> Vec<usize> {
        let mut units: Vec<usize> = (0..self.0.len()).collect();
        units.sort_by(|&one, &other| at(&self.0, one).total_cmp(&at(&self.0, other)));
        units
    }
}

/// The rotation group of each unit, from 0: groups of equal size (to one), by the order of the numbers.
///
/// # Errors
/// [`SurveyError::DesignUnfit`] where there is no group.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::{PermanentNumbers, rotation_groups};
/// let numbers = PermanentNumbers::new(vec![0.9, 0.1, 0.5, 0.3])?;
/// assert_eq!(rotation_groups(&numbers, 2)?, [1, 0, 1, 0]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn rotation_groups(numbers: &PermanentNumbers, groups: usize) -> Result<Vec<usize>, SurveyError> {
    if groups == 0 {
        return Err(SurveyError::DesignUnfit { design: "rotation", reason: "there is no group" });
    }
    let units = numbers.values().len();
    let mut found = vec![0; units];
    for (rank, unit) in numbers.ranked().into_iter().enumerate() {
        super::put(&mut found, unit, super::shared_out(0, rank, groups, units));
    }
    Ok(found)
}

/// The units in the panel at a period: `stay` groups, one leaves and one enters at each period.
///
/// # Shapes and units
/// `groups[n]` from [`rotation_groups`], `of` groups in all, `stay` at once.
///
/// # Errors
/// [`SurveyError::SampleTooLarge`] where more groups should stay than there are.
///
/// # Examples
/// Four groups, two in the panel at once: half of the units are in two periods that follow each other.
/// ```
/// use c3ms_core::survey::sample::panel;
/// assert_eq!(panel(&[0, 1, 2, 3], 4, 2, 0)?, [0, 1]);
/// assert_eq!(panel(&[0, 1, 2, 3], 4, 2, 1)?, [1, 2]);
/// assert_eq!(panel(&[0, 1, 2, 3], 4, 2, 3)?, [0, 3]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn panel(groups: &[usize], of: usize, stay: usize, period: usize) -> Result<Vec<usize>, SurveyError> {
    if stay > of || of == 0 {
        return Err(SurveyError::SampleTooLarge { wanted: stay, units: of });
    }
    let first = period % of;
    let inside = |group: usize| (group + of - first) % of < stay;
    let units = groups.iter().enumerate();
    Ok(units.filter(|(_, group)| inside(**group % of)).map(|(unit, _)| unit).collect())
}
