//! Who is drawn: how many, with which probability, by which design.
//!
//! | file | subject |
//! |---|---|
//! | `inclusion` | the probability of each unit |
//! | `simple`, `order`, `pivotal`, `successive`, `rejective` | draws by these probabilities |
//! | `cube`, `spread` | draws that respect known totals, or that spread over a territory |
//! | `permanent` | draws that overlap as wished, this year and next |
//! | `joint` | the probability of each pair |
//! | `allocation` | how many units for each stratum |
//! | `selection` | a design as a document, by stratum, by stages |

mod allocation;
mod cube;
mod inclusion;
mod joint;
mod landing;
mod neighbors;
mod order;
mod permanent;
mod pivotal;
mod rejective;
mod selection;
mod simple;
mod spectrum;
mod spread;
mod successive;
mod time_location;

pub use allocation::{
    Allocation, Bounds, Precision, allocate, equal_shares, neyman_shares, optimal_shares, power_shares,
    precise_allocation, proportional_shares, round_allocation,
};
pub use cube::{cube, cube_in_strata};
pub use inclusion::{Probabilities, equal_probabilities, inclusion_probabilities};
pub use joint::{Joint, JointProbabilities, joint_probabilities};
pub use landing::Landing;
pub use order::{pareto, sequential_poisson};
pub use permanent::{Coordination, PermanentNumbers, panel, rotation_groups};
pub use pivotal::{ordered_pivotal, random_pivotal};
pub use rejective::{entropy_odds, maximum_entropy, sampford};
pub use selection::{Drawn, Listing, Selection, Stage, by_stages, by_strata, by_whole_clusters, quota};
pub use simple::{
    bernoulli, poisson, simple_random, simple_random_with_replacement, systematic, systematic_unequal,
};
pub use spread::{local_cube, local_pivotal};
pub use successive::{brewer, elimination, midzuno};
pub use time_location::{SheetRow, Slot, TimeLocation};

use super::{SurveyError, error::same_length};

/// What rounding may leave of a probability that is 0 or 1.
const EDGE: f64 = 1e-11;

/// How far a sum of probabilities may be from a whole number and still mean it.
const WHOLE: f64 = 1e-6;

/// The value at a place; the callers keep their places within bounds.
fn at<T: Copy + Default>(values: &[T], place: usize) -> T {
    values.get(place).copied().unwrap_or_default()
}

/// Writes a value at a place; the callers keep their places within bounds.
fn put<T>(values: &mut [T], place: usize, value: T) {
    if let Some(found) = values.get_mut(place) {
        *found = value;
    }
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "a frame has fewer than 2⁵³ units")]
const fn number(count: usize) -> f64 {
    count as f64
}

/// A number as a count, down to the next whole one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast stops at both ends")]
const fn count(number: f64) -> usize {
    number as usize
}

/// Refuses numbers that are not finite, or below a bound.
fn at_least(what: &str, values: &[f64], least: f64, expected: &'static str) -> Result<(), SurveyError> {
    match values.iter().enumerate().find(|(_, value)| !(value.is_finite() && **value >= least)) {
        None => Ok(()),
        Some((at, &value)) => Err(SurveyError::NumberUnfit { what: what.into(), value, at, expected }),
    }
}

/// `(add + one * other) / by`, rounded down, also where the product exceeds what a 32-bit machine counts.
fn shared_out(add: usize, one: usize, other: usize, by: usize) -> usize {
    let wide = (add as u128 + one as u128 * other as u128) / (by as u128).max(1);
    usize::try_from(wide).unwrap_or(usize::MAX)
}
