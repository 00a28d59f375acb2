//! Pivotal draws: two units meet, one of them is decided.

use super::{EDGE, Probabilities, WHOLE, at, put};
use crate::survey::Stream;

/// Lets two units meet: one of them leaves with 0 or 1, the other keeps the rest; neither probability changes on
/// average.
///
/// # Source
/// Deville and Tillé (1998), "Unequal probability sampling without replacement through a splitting method",
/// Biometrika 85(1), 89-101.
pub(super) fn meet(one: f64, other: f64, stream: &mut Stream) -> (f64, f64) {
    let sum = one + other;
    if sum < 1.0 {
        if stream.unit() * sum < other { (0.0, sum) } else { (sum, 0.0) }
    } else if stream.unit() * (2.0 - sum) < 1.0 - other {
        (1.0, sum - 1.0)
    } else {
        (sum - 1.0, 1.0)
    }
}

/// Decides the last unit: by chance, or at once where the size is fixed and only rounding is left.
pub(super) fn settle(probability: f64, stream: &mut Stream) -> bool {
    if !(WHOLE..=1.0 - WHOLE).contains(&probability) {
        return probability > 0.5;
    }
    stream.unit() < probability
}

/// Whether a probability is decided.
pub(super) fn decided(probability: f64) -> bool {
    !(EDGE..=1.0 - EDGE).contains(&probability)
}

/// The units at 1.
pub(super) fn taken(values: &[f64]) -> Vec<usize> {
    values.iter().enumerate().filter(|(_, value)| **value > 0.5).map(|(unit, _)| unit).collect()
}

/// Draws units by letting each meet the next along the frame: the sample spreads over its order.
///
/// Of fixed size where the probabilities sum to a whole number. Neighbors in the frame are seldom drawn together.
///
/// # Source
/// Deville and Tillé (1998), Biometrika 85(1), 89-101; Chauvet (2012), "On a characterization of ordered pivotal
/// sampling", Bernoulli 18(4), 1320-1340.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{equal_probabilities, ordered_pivotal}}};
/// let drawn = ordered_pivotal(&equal_probabilities(100, 10)?, &mut Stream::new(&Seed::from_number(1)));
/// assert_eq!(drawn.len(), 10);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn ordered_pivotal(probabilities: &Probabilities, stream: &mut Stream) -> Vec<usize> {
    pivotal_along(probabilities, &probabilities.open(), stream)
}

/// Draws units by letting them meet in an order by chance.
///
/// Of fixed size where the probabilities sum to a whole number; fast, and close to the most random of all draws with
/// these probabilities.
///
/// # Source
/// Deville and Tillé (1998), Biometrika 85(1), 89-101.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{equal_probabilities, random_pivotal}}};
/// let drawn = random_pivotal(&equal_probabilities(100, 10)?, &mut Stream::new(&Seed::from_number(1)));
/// assert_eq!(drawn.len(), 10);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn random_pivotal(probabilities: &Probabilities, stream: &mut Stream) -> Vec<usize> {
    let mut order = probabilities.open();
    stream.shuffle(&mut order);
    pivotal_along(probabilities, &order, stream)
}

fn pivotal_along(probabilities: &Probabilities, order: &[usize], stream: &mut Stream) -> Vec<usize> {
    let mut values = probabilities.values().to_vec();
    let mut waiting: Option<usize> = None;
    for &unit in order {
        let Some(before) = waiting else {
            waiting = Some(unit);
            continue;
        };
        let (one, other) = meet(at(&values, before), at(&values, unit), stream);
        put(&mut values, before, one);
        put(&mut values, unit, other);
        waiting = [before, unit].into_iter().find(|&unit| !decided(at(&values, unit)));
    }
    if let Some(last) = waiting {
        let drawn = settle(at(&values, last), stream);
        put(&mut values, last, f64::from(u8::from(drawn)));
    }
    taken(&values)
}
