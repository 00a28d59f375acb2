//! Order draws: each unit gets a rank by chance and size, the smallest are drawn.

use super::{Probabilities, SurveyError, at};
use crate::survey::Stream;

/// Draws a fixed number of units by ranks `U / (1 - U) · (1 - p) / p`, the smallest first.
///
/// Very fast, and each unit can keep its number of chance from one survey to the next
/// ([`PermanentNumbers`](super::PermanentNumbers)). The probabilities are met closely, not exactly: the larger the
/// sample, the closer.
///
/// # Errors
/// [`SurveyError::DesignUnfit`] where the probabilities do not sum to a whole number.
///
/// # Source
/// Rosén (1997), "On sampling with probability proportional to size", Journal of Statistical Planning and Inference
/// 62(2), 159-191.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Probabilities, pareto}}};
/// let probabilities = Probabilities::new(vec![1.0, 0.5, 0.3, 0.2])?;
/// let drawn = pareto(&probabilities, &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!((drawn.len(), drawn[0]), (2, 0));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn pareto(probabilities: &Probabilities, stream: &mut Stream) -> Result<Vec<usize>, SurveyError> {
    let numbers: Vec<f64> = probabilities.values().iter().map(|_| stream.unit()).collect();
    smallest(probabilities, &numbers, pareto_rank)
}

/// Draws a fixed number of units by ranks `U / p`, the smallest first.
///
/// # Errors
/// [`SurveyError::DesignUnfit`] where the probabilities do not sum to a whole number.
///
/// # Source
/// Ohlsson (1998), "Sequential Poisson sampling", Journal of Official Statistics 14(2), 149-162.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Probabilities, sequential_poisson}}};
/// let probabilities = Probabilities::new(vec![1.0, 0.5, 0.3, 0.2])?;
/// assert_eq!(sequential_poisson(&probabilities, &mut Stream::new(&Seed::from_number(1)))?.len(), 2);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn sequential_poisson(
    probabilities: &Probabilities,
    stream: &mut Stream,
) -> Result<Vec<usize>, SurveyError> {
    let numbers: Vec<f64> = probabilities.values().iter().map(|_| stream.unit()).collect();
    smallest(probabilities, &numbers, poisson_rank)
}

/// The rank of Pareto sampling.
pub(super) fn pareto_rank(number: f64, probability: f64) -> f64 {
    number / (1.0 - number) * ((1.0 - probability) / probability)
}

/// The rank of sequential Poisson sampling.
pub(super) fn poisson_rank(number: f64, probability: f64) -> f64 {
    number / probability
}

/// The certain units, and those of the smallest ranks up to the size.
pub(super) fn smallest(
    probabilities: &Probabilities,
    numbers: &[f64],
    rank: impl Fn(f64, f64) -> f64,
) -> Result<Vec<usize>, SurveyError> {
    let size = probabilities.size()?;
    let mut drawn = probabilities.certain();
    let rest = size.saturating_sub(drawn.len());
    let mut ranks: Vec<(f64, usize)> = probabilities
        .open()
        .into_iter()
        .map(|unit| (rank(at(numbers, unit), at(probabilities.values(), unit)), unit))
        .collect();
    if rest > 0 && rest < ranks.len() {
        ranks.select_nth_unstable_by(rest - 1, |one, other| {
            one.0.total_cmp(&other.0).then(one.1.cmp(&other.1))
        });
        ranks.truncate(rest);
    }
    drawn.extend(ranks.iter().take(rest).map(|(_, unit)| *unit));
    drawn.sort_unstable();
    Ok(drawn)
}
