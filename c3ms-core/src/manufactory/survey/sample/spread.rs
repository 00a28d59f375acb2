//! Draws that spread over a territory, or over any space of known columns.

use super::{Landing, Probabilities, SurveyError, at, at_least, cube::Flight, neighbors::Neighbors, pivotal};
use super::{put, same_length};
use crate::survey::Stream;

/// Draws units that are far from each other: a unit and its nearest neighbor meet, one of them is decided.
///
/// Neighbors resemble each other, so each visited place adds something new. Of fixed size where the probabilities sum
/// to a whole number. Put columns of different units (kilometres, seats) on a common scale first.
///
/// # Shapes and units
/// `places[d][n]`, one column for each dimension: `x` and `y` on a map, or more.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] where a column is not as long as the frame, [`SurveyError::NumberUnfit`] where a
/// value is not finite.
///
/// # Source
/// Grafström, Lundström and Schelin (2012), "Spatially balanced sampling through the pivotal method", Biometrics 68(2),
/// 514-520: the second method (LPM2).
///
/// # Examples
/// Two pairs of neighbors, two units to draw: one of each pair.
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{equal_probabilities, local_pivotal}}};
/// let places = [vec![0.0, 0.1, 9.0, 9.1]];
/// let drawn = local_pivotal(&equal_probabilities(4, 2)?, &places, &mut Stream::new(&Seed::from_number(1)))?;
/// assert!(drawn[0] < 2 && drawn[1] >= 2);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn local_pivotal(
    probabilities: &Probabilities,
    places: &[Vec<f64>],
    stream: &mut Stream,
) -> Result<Vec<usize>, SurveyError> {
    let mut values = probabilities.values().to_vec();
    let mut open = Open::new(probabilities, places, stream)?;
    while let Some(unit) = open.any(stream) {
        let Some(other) = open.tree.nearest(unit, stream) else {
            let drawn = pivotal::settle(at(&values, unit), stream);
            put(&mut values, unit, f64::from(u8::from(drawn)));
            break;
        };
        let (one, two) = pivotal::meet(at(&values, unit), at(&values, other), stream);
        put(&mut values, unit, one);
        put(&mut values, other, two);
        for unit in [unit, other] {
            if pivotal::decided(at(&values, unit)) {
                open.remove(unit);
            }
        }
    }
    Ok(pivotal::taken(&values))
}

/// Draws units that are far from each other and give the known totals, nearly.
///
/// A unit and its nearest neighbors move together, one more than there are columns to balance. Give the probabilities
/// themselves as the first column for a fixed size.
///
/// # Shapes and units
/// `balance[p][n]` as in [`cube`](super::cube), `places[d][n]` as in [`local_pivotal`].
///
/// # Errors
/// As [`local_pivotal`].
///
/// # Source
/// Grafström and Tillé (2013), "Doubly balanced spatial sampling with spreading and restitution of auxiliary totals",
/// Environmetrics 24(2), 120-131.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Landing, equal_probabilities, local_cube}}};
/// let probabilities = equal_probabilities(4, 2)?;
/// let balance = [probabilities.values().to_vec()];
/// let mut stream = Stream::new(&Seed::from_number(1));
/// let places = [vec![0.0, 0.1, 9.0, 9.1]];
/// let drawn = local_cube(&probabilities, &balance, &places, Landing::DropVariables, &mut stream)?;
/// assert!(drawn[0] < 2 && drawn[1] >= 2);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn local_cube(
    probabilities: &Probabilities,
    balance: &[Vec<f64>],
    places: &[Vec<f64>],
    landing: Landing,
    stream: &mut Stream,
) -> Result<Vec<usize>, SurveyError> {
    let mut flight = Flight::new(probabilities, balance)?;
    let mut open = Open::new(probabilities, places, stream)?;
    let variables = balance.len();
    while open.units.len() > variables {
        let Some(unit) = open.any(stream) else { break };
        let mut group = vec![unit];
        if variables > 0 {
            group.extend(open.tree.nearest_many(unit, variables));
        }
        if !flight.step(&group, variables, stream) {
            break;
        }
        for unit in group {
            if flight.decided(unit) {
                open.remove(unit);
            }
        }
    }
    let left = flight.fly(&open.units, variables, stream);
    flight.land(left, landing, stream);
    Ok(flight.taken())
}

/// The units that are not decided yet: one by chance, or the nearest to one.
struct Open {
    units: Vec<usize>,
    ranks: Vec<usize>,
    tree: Neighbors,
}

impl Open {
    fn new(
        probabilities: &Probabilities,
        places: &[Vec<f64>],
        stream: &mut Stream,
    ) -> Result<Self, SurveyError> {
        let frame = probabilities.values().len();
        for column in places {
            same_length("places", column.len(), "probabilities", frame)?;
            at_least("place", column, f64::MIN, "a finite number")?;
        }
        let mut units = probabilities.open();
        stream.shuffle(&mut units);
        let tree = Neighbors::new(places, &units, frame);
        let mut ranks = vec![0; frame];
        for (rank, &unit) in units.iter().enumerate() {
            put(&mut ranks, unit, rank);
        }
        Ok(Self { units, ranks, tree })
    }

    fn any(&self, stream: &mut Stream) -> Option<usize> {
        self.units.get(stream.below(self.units.len())).copied()
    }

    fn remove(&mut self, unit: usize) {
        let rank = at(&self.ranks, unit);
        if at(&self.units, rank) == unit && rank < self.units.len() {
            self.units.swap_remove(rank);
            if let Some(&moved) = self.units.get(rank) {
                put(&mut self.ranks, moved, rank);
            }
            self.tree.remove(unit);
        }
    }
}
