//! The plain draws: simple random, Bernoulli, Poisson, systematic.

use std::collections::BTreeSet;

use super::{Probabilities, SurveyError, at, count as whole, number, shared_out};
use crate::survey::Stream;

/// Draws `count` of `units`, all samples equally likely.
///
/// # Errors
/// [`SurveyError::SampleTooLarge`] where fewer units are there.
///
/// # Source
/// Bentley and Floyd (1987), "A sample of brilliance", CACM 30(9): one number of chance for each unit drawn.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::simple_random}};
/// let drawn = simple_random(100, 10, &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!(drawn.len(), 10);
/// assert!(drawn.is_sorted() && drawn.iter().all(|&unit| unit < 100));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn simple_random(units: usize, count: usize, stream: &mut Stream) -> Result<Vec<usize>, SurveyError> {
    if count > units {
        return Err(SurveyError::SampleTooLarge { wanted: count, units });
    }
    let mut drawn = BTreeSet::new();
    for last in units - count..units {
        let unit = stream.below(last + 1);
        if !drawn.insert(unit) {
            drawn.insert(last);
        }
    }
    Ok(drawn.into_iter().collect())
}

/// Draws `count` times one of `units`; a unit may come more than once.
///
/// # Errors
/// [`SurveyError::SampleTooLarge`] where there is no unit to draw.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::simple_random_with_replacement}};
/// let drawn = simple_random_with_replacement(2, 5, &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!(drawn.len(), 5);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn simple_random_with_replacement(
    units: usize,
    count: usize,
    stream: &mut Stream,
) -> Result<Vec<usize>, SurveyError> {
    if units == 0 && count > 0 {
        return Err(SurveyError::SampleTooLarge { wanted: count, units });
    }
    let mut drawn: Vec<usize> = (0..count).map(|_| stream.below(units)).collect();
    drawn.sort_unstable();
    Ok(drawn)
}

/// Draws each of `units` with the same probability, each on its own: the size varies.
///
/// # Errors
/// [`SurveyError::NumberUnfit`] where the probability is not from 0 to 1.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::bernoulli}};
/// assert_eq!(bernoulli(3, 1.0, &mut Stream::new(&Seed::from_number(1)))?, [0, 1, 2]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn bernoulli(units: usize, probability: f64, stream: &mut Stream) -> Result<Vec<usize>, SurveyError> {
    Probabilities::new(vec![probability])?;
    Ok((0..units).filter(|_| stream.unit() < probability).collect())
}

/// Draws each unit with its own probability, each on its own: the size varies.
///
/// # Source
/// Hájek (1981), *Sampling from a Finite Population*.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Probabilities, poisson}}};
/// let probabilities = Probabilities::new(vec![1.0, 0.0, 1.0])?;
/// assert_eq!(poisson(&probabilities, &mut Stream::new(&Seed::from_number(1))), [0, 2]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn poisson(probabilities: &Probabilities, stream: &mut Stream) -> Vec<usize> {
    let values = probabilities.values().iter().enumerate();
    values.filter(|(_, probability)| stream.unit() < **probability).map(|(unit, _)| unit).collect()
}

/// Draws `count` of `units` at equal distances along the frame, from a start by chance.
///
/// The order of the frame matters: sorted by place or by hour, the sample spreads over it. Each unit has exactly the
/// probability `count / units`, also where the distance is not whole.
///
/// # Errors
/// [`SurveyError::SampleTooLarge`] where fewer units are there.
///
/// # Source
/// Madow and Madow (1944), Annals of Mathematical Statistics 15(1), 1-24, with a distance that need not be whole.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::systematic}};
/// let drawn = systematic(12, 3, &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!((drawn[1] - drawn[0], drawn[2] - drawn[1]), (4, 4));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn systematic(units: usize, count: usize, stream: &mut Stream) -> Result<Vec<usize>, SurveyError> {
    if count > units {
        return Err(SurveyError::SampleTooLarge { wanted: count, units });
    }
    let start = stream.below(units);
    Ok((0..count).map(|step| shared_out(start, step, units, count)).collect())
}

/// Draws units by their probabilities at distances of 1 along their sums, from a start by chance.
///
/// Of fixed size where the probabilities sum to a whole number, else of the one size or the next.
///
/// # Source
/// Madow (1949), "On the theory of systematic sampling, II", Annals of Mathematical Statistics 20(3), 333-354.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Probabilities, systematic_unequal}}};
/// let probabilities = Probabilities::new(vec![0.5, 0.5, 1.0, 0.5, 0.5])?;
/// let drawn = systematic_unequal(&probabilities, &mut Stream::new(&Seed::from_number(1)));
/// assert_eq!(drawn.len(), 3);
/// assert!(drawn.contains(&2));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn systematic_unequal(probabilities: &Probabilities, stream: &mut Stream) -> Vec<usize> {
    let start = stream.unit();
    systematic_from(&sums(probabilities), start)
}

/// The running sums of the probabilities, whole at the end where they should be.
pub(super) fn sums(probabilities: &Probabilities) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums: Vec<f64> = probabilities
        .values()
        .iter()
        .map(|probability| {
            sum += probability;
            sum
        })
        .collect();
    if let (Ok(size), Some(last)) = (probabilities.size(), sums.last_mut()) {
        let end = *last;
        let size = number(size);
        // Units at the end may have a probability of 0: they stay empty.
        for sum in sums.iter_mut().rev().take_while(|sum| **sum >= end.min(size)) {
            *sum = size;
        }
    }
    sums
}

/// The units met by `start`, `start + 1`, `start + 2`, … along the sums.
pub(super) fn systematic_from(sums: &[f64], start: f64) -> Vec<usize> {
    let mut met = 0;
    let mut drawn = Vec::with_capacity(whole(at(sums, sums.len().saturating_sub(1))) + 1);
    for (unit, sum) in sums.iter().enumerate() {
        if number(met) + start < *sum {
            drawn.push(unit);
            met += 1;
        }
    }
    drawn
}
