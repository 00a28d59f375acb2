//! Draws of fixed size, one unit after another: Brewer, elimination, Midzuno.

use super::{Probabilities, SurveyError, at, inclusion::Scale, number, put};
use crate::survey::Stream;

/// Draws units one after another, by probabilities made anew at each step (Brewer).
///
/// Fixed size, exact probabilities, any size of sample; the work is that of the units times the size.
///
/// # Errors
/// [`SurveyError::DesignUnfit`] where the probabilities do not sum to a whole number.
///
/// # Source
/// Brewer (1975), "A simple procedure for πpswor", Australian Journal of Statistics 17(3), 166-172.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{brewer, inclusion_probabilities}}};
/// let probabilities = inclusion_probabilities(&[800.0, 100.0, 60.0, 40.0], 2)?;
/// let drawn = brewer(&probabilities, &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!((drawn.len(), drawn[0]), (2, 0));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn brewer(probabilities: &Probabilities, stream: &mut Stream) -> Result<Vec<usize>, SurveyError> {
    let size = probabilities.size()?;
    let mut drawn = probabilities.certain();
    let mut pool: Vec<(f64, usize)> =
        probabilities.open().into_iter().map(|unit| (at(probabilities.values(), unit), unit)).collect();
    // The size of what is left to draw, less the probabilities of the units drawn.
    let mut rest: f64 = pool.iter().map(|(value, _)| value).sum::<f64>().round();
    let steps = size.saturating_sub(drawn.len());
    let mut sums = vec![0.0; pool.len()];
    for step in 0..steps {
        let left = number(steps - step);
        let mut sum = 0.0;
        for ((value, _), slot) in pool.iter().zip(sums.iter_mut()) {
            let below = rest - value * left;
            // Below 0 by rounding alone: the unit must come now.
            sum += if below > 0.0 { value * (rest - value) / below } else { f64::MAX / 1e9 };
            *slot = sum;
        }
        let chance = stream.unit() * sum;
        let sums = sums.get(..pool.len()).unwrap_or_default();
        let place = sums.partition_point(|sum| *sum <= chance).min(pool.len().saturating_sub(1));
        if place < pool.len() {
            let (value, unit) = pool.remove(place);
            rest -= value;
            drawn.push(unit);
        }
    }
    drawn.sort_unstable();
    Ok(drawn)
}

/// Draws units by taking out the others one after another (Tillé).
///
/// Fixed size, exact probabilities, known and positive probabilities of pairs.
///
/// # Errors
/// [`SurveyError::DesignUnfit`] where the probabilities do not sum to a whole number.
///
/// # Source
/// Tillé (1996), "An elimination procedure for unequal probability sampling without replacement", Biometrika 83(1),
/// 238-241. All units that are not taken always leave alike at each step, so that a step takes no search.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{elimination, inclusion_probabilities}}};
/// let probabilities = inclusion_probabilities(&[800.0, 100.0, 60.0, 40.0], 2)?;
/// let drawn = elimination(&probabilities, &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!((drawn.len(), drawn[0]), (2, 0));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn elimination(probabilities: &Probabilities, stream: &mut Stream) -> Result<Vec<usize>, SurveyError> {
    let size = probabilities.size()?;
    let scale = Scale::new(probabilities.values());
    // Ranks of those that may leave; those before `certain` cannot yet.
    let mut pool: Vec<usize> = Vec::new();
    let mut certain = scale.order.len();
    for step in steps(&scale, size) {
        // Those that were certain until now leave with their own probability.
        let mut chance = stream.unit();
        let mut leaves = None;
        for rank in step.certain..certain {
            let away = 1.0 - step.factor * scale.size(rank);
            if leaves.is_none() && chance < away {
                leaves = Some(rank);
            }
            chance -= away;
        }
        let others = pool.len();
        pool.extend((step.certain..certain).filter(|rank| Some(*rank) != leaves));
        certain = step.certain;
        if leaves.is_none() {
            // Only rounding leaves no one here.
            let among = if others > 0 { others } else { pool.len() };
            if among > 0 {
                pool.swap_remove(stream.below(among));
            }
        }
    }
    let mut drawn: Vec<usize> = (0..certain).chain(pool).map(|rank| at(&scale.order, rank)).collect();
    drawn.sort_unstable();
    Ok(drawn)
}

/// Draws units as the others of an elimination on `1 - p` (generalized Midzuno).
///
/// # Errors
/// [`SurveyError::DesignUnfit`] where the probabilities do not sum to a whole number.
///
/// # Source
/// Midzuno (1952), Annals of the Institute of Statistical Mathematics 3, 99-107; Deville and Tillé (1998), Biometrika
/// 85(1), 89-101.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{inclusion_probabilities, midzuno}}};
/// let probabilities = inclusion_probabilities(&[800.0, 100.0, 60.0, 40.0], 2)?;
/// let drawn = midzuno(&probabilities, &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!((drawn.len(), drawn[0]), (2, 0));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn midzuno(probabilities: &Probabilities, stream: &mut Stream) -> Result<Vec<usize>, SurveyError> {
    probabilities.size()?;
    let mut left = vec![true; probabilities.values().len()];
    for unit in elimination(&others(probabilities)?, stream)? {
        put(&mut left, unit, false);
    }
    Ok(left.into_iter().enumerate().filter(|(_, left)| *left).map(|(unit, _)| unit).collect())
}

/// The probabilities of not being drawn.
pub(super) fn others(probabilities: &Probabilities) -> Result<Probabilities, SurveyError> {
    Probabilities::new(probabilities.values().iter().map(|value| 1.0 - value).collect())
}

/// A step of an elimination, towards a sample of one unit less.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// How many of the largest are certain after it.
    pub(super) certain: usize,
    /// What makes a size a probability after it.
    pub(super) factor: f64,
}

/// The steps from all units with a size down to `count`.
pub(super) fn steps(scale: &Scale, count: usize) -> impl Iterator<Item = Step> {
    let mut certain = scale.order.len();
    (count..scale.order.len()).rev().map(move |left| {
        certain = certain.min(left);
        while certain > 0 && scale.holds(certain - 1, left) {
            certain -= 1;
        }
        let rest = scale.rest(certain);
        let factor = if rest > 0.0 { number(left - certain) / rest } else { 0.0 };
        Step { certain, factor }
    })
}
