//! Balanced draws: the sample gives the known totals of the frame, as nearly as whole units allow.

use super::{EDGE, Landing, Probabilities, SurveyError, at, at_least, put, same_length};
use crate::survey::Stream;

/// Draws units so that estimated totals of known columns equal their true totals, nearly (cube method).
///
/// Each unit keeps exactly its probability. Give the probabilities themselves as the first column for a fixed size,
/// then the columns from the most to the least important. The units are put in an order by chance; the work grows in
/// proportion to their number.
///
/// # Shapes and units
/// `balance[p][n]`, one column after another, each in any unit.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] where a column is not as long as the frame, [`SurveyError::NumberUnfit`] where a
/// value is not finite.
///
/// # Source
/// Deville and Tillé (2004), "Efficient balanced sampling: the cube method", Biometrika 91(4), 893-912; Chauvet and
/// Tillé (2006), "A fast algorithm for balanced sampling", Computational Statistics 21, 53-62.
///
/// # Examples
/// Two people of 20 and two of 50: the sample of 2 has the mean age of all, one of each.
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Landing, cube, equal_probabilities}}};
/// let probabilities = equal_probabilities(4, 2)?;
/// let balance = [probabilities.values().to_vec(), vec![20.0, 20.0, 50.0, 50.0]];
/// let drawn = cube(&probabilities, &balance, Landing::Enumeration, &mut Stream::new(&Seed::from_number(1)))?;
/// assert!(drawn[0] < 2 && drawn[1] >= 2);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn cube(
    probabilities: &Probabilities,
    balance: &[Vec<f64>],
    landing: Landing,
    stream: &mut Stream,
) -> Result<Vec<usize>, SurveyError> {
    let mut flight = Flight::new(probabilities, balance)?;
    let mut queue = probabilities.open();
    stream.shuffle(&mut queue);
    let left = flight.fly(&queue, balance.len(), stream);
    flight.land(left, landing, stream);
    Ok(flight.taken())
}

/// Draws balanced units in each stratum, balanced over all strata together too.
///
/// The size of each stratum is fixed where its probabilities sum to a whole number. Each stratum flies on its own;
/// what is left of them flies together, then lands.
///
/// # Shapes and units
/// As [`cube`]; `strata[n]` numbers the stratum of each unit.
///
/// # Errors
/// As [`cube`].
///
/// # Source
/// Chauvet (2009), "Stratified balanced sampling", Survey Methodology 35(1), 115-119.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Landing, cube_in_strata, equal_probabilities}}};
/// let ages = [vec![20.0, 30.0, 40.0, 25.0, 35.0, 45.0]];
/// let mut stream = Stream::new(&Seed::from_number(1));
/// let probabilities = equal_probabilities(6, 2)?;
/// let drawn = cube_in_strata(&probabilities, &ages, &[0, 0, 0, 1, 1, 1], Landing::DropVariables, &mut stream)?;
/// assert!(drawn[0] < 3 && drawn[1] >= 3);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn cube_in_strata(
    probabilities: &Probabilities,
    balance: &[Vec<f64>],
    strata: &[usize],
    landing: Landing,
    stream: &mut Stream,
) -> Result<Vec<usize>, SurveyError> {
    same_length("strata", strata.len(), "probabilities", probabilities.values().len())?;
    let groups = super::selection::groups(strata);
    let mut own = vec![probabilities.values().to_vec()];
    own.extend_from_slice(balance);
    let mut flight = Flight::new(probabilities, &own)?;
    let mut left = Vec::new();
    for units in &groups {
        let mut queue: Vec<usize> = units.iter().copied().filter(|&unit| !flight.decided(unit)).collect();
        stream.shuffle(&mut queue);
        left.extend(flight.fly(&queue, own.len(), stream));
    }
    // The columns of what is left: the size of all, one for each stratum that is still open, those to balance.
    let mut columns = vec![probabilities.values().to_vec()];
    for units in &groups {
        if units.iter().any(|&unit| !flight.decided(unit)) {
            let mut column = vec![0.0; strata.len()];
            for &unit in units {
                put(&mut column, unit, at(probabilities.values(), unit));
            }
            columns.push(column);
        }
    }
    columns.extend_from_slice(balance);
    let mut together = Flight::new(probabilities, &columns)?;
    together.values = flight.values;
    let left = together.fly(&left, columns.len(), stream);
    together.land(left, landing, stream);
    Ok(together.taken())
}

/// A draw on its way: probabilities that move, along directions that keep the balance.
pub(super) struct Flight {
    /// Where each unit is, from 0 to 1.
    values: Vec<f64>,
    /// What a unit adds to each total, divided by its probability, scaled by column.
    rows: Vec<f64>,
    /// How many totals.
    variables: usize,
    matrix: Vec<f64>,
    direction: Vec<f64>,
}

impl Flight {
    pub(super) fn new(probabilities: &Probabilities, balance: &[Vec<f64>]) -> Result<Self, SurveyError> {
        let values = probabilities.values().to_vec();
        let variables = balance.len();
        let mut rows = vec![0.0; values.len() * variables];
        for (variable, column) in balance.iter().enumerate() {
            same_length("balance", column.len(), "probabilities", values.len())?;
            at_least("balance", column, f64::MIN, "a finite number")?;
            let mut largest: f64 = 0.0;
            for (unit, (value, probability)) in column.iter().zip(&values).enumerate() {
                if *probability > 0.0 {
                    let value = value / probability;
                    largest = largest.max(value.abs());
                    put(&mut rows, unit * variables + variable, value);
                }
            }
            if largest > 0.0 {
                rows.iter_mut().skip(variable).step_by(variables).for_each(|value| *value /= largest);
            }
        }
        Ok(Self { values, rows, variables, matrix: Vec::new(), direction: Vec::new() })
    }

    /// Whether a unit is in or out already.
    pub(super) fn decided(&self, unit: usize) -> bool {
        super::pivotal::decided(at(&self.values, unit))
    }

    /// Where a unit is.
    pub(super) fn value(&self, unit: usize) -> f64 {
        at(&self.values, unit)
    }

    /// Puts a unit in or out.
    pub(super) fn decide(&mut self, unit: usize, drawn: bool) {
        put(&mut self.values, unit, f64::from(u8::from(drawn)));
    }

    /// How many totals are kept.
    pub(super) const fn variables(&self) -> usize {
        self.variables
    }

    /// What a unit adds to each total.
    pub(super) fn row(&self, unit: usize) -> &[f64] {
        self.rows.get(unit * self.variables..(unit + 1) * self.variables).unwrap_or_default()
    }

    /// What each unit adds to each total.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.rows.chunks_exact(self.variables.max(1))
    }

    /// The units that are in.
    pub(super) fn taken(&self) -> Vec<usize> {
        super::pivotal::taken(&self.values)
    }

    /// Flies over the units in their order, keeping the first `variables` totals; gives those left undecided.
    pub(super) fn fly(&mut self, queue: &[usize], variables: usize, stream: &mut Stream) -> Vec<usize> {
        let mut queue = queue.iter().copied();
        let mut active: Vec<usize> = queue.by_ref().take(variables + 1).collect();
        while !active.is_empty() && self.step(&active, variables, stream) {
            active.retain(|&unit| !self.decided(unit));
            active.extend(queue.by_ref().take(variables + 1 - active.len()));
        }
        active
    }

    /// Moves some units along a direction that keeps the totals, until one is decided; false where there is none.
    pub(super) fn step(&mut self, active: &[usize], variables: usize, stream: &mut Stream) -> bool {
        if !self.find_direction(active, variables) {
            return false;
        }
        let (mut ahead, mut back) = (f64::INFINITY, f64::INFINITY);
        for (&unit, &direction) in active.iter().zip(&self.direction) {
            let value = at(&self.values, unit);
            if direction > 0.0 {
                ahead = ahead.min((1.0 - value) / direction);
                back = back.min(value / direction);
            } else if direction < 0.0 {
                ahead = ahead.min(value / -direction);
                back = back.min((1.0 - value) / -direction);
            }
        }
        let way = if stream.unit() * (ahead + back) < back { ahead } else { -back };
        let mut moved = false;
        let mut nearest = (f64::INFINITY, 0, 0.0);
        for (&unit, &direction) in active.iter().zip(&self.direction) {
            let value = at(&self.values, unit) + way * direction;
            let end = if value < 0.5 { 0.0 } else { 1.0 };
            let far = (value - end).abs();
            if direction != 0.0 && far < nearest.0 {
                nearest = (far, unit, end);
            }
            moved |= far < EDGE;
            put(&mut self.values, unit, if far < EDGE { end } else { value });
        }
        if !moved {
            // Rounding left the first one a little beside its end.
            put(&mut self.values, nearest.1, nearest.2);
        }
        true
    }

    /// Solves for a direction in which the first `variables` totals of the active units stay.
    fn find_direction(&mut self, active: &[usize], variables: usize) -> bool {
        let columns = active.len();
        let mut matrix = std::mem::take(&mut self.matrix);
        matrix.clear();
        matrix.resize(variables * columns, 0.0);
        for (column, &unit) in active.iter().enumerate() {
            let slots = matrix.iter_mut().skip(column).step_by(columns.max(1));
            for (slot, value) in slots.zip(self.row(unit)) {
                *slot = *value;
            }
        }
        let found = kernel(&mut matrix, variables, columns, &mut self.direction);
        self.matrix = matrix;
        found
    }
}

/// A vector that a matrix takes to zero, by elimination; false where only zero is.
fn kernel(matrix: &mut [f64], rows: usize, columns: usize, direction: &mut Vec<f64>) -> bool {
    direction.clear();
    direction.resize(columns, 0.0);
    // The columns before are independent: column and rank are one number.
    for column in 0..columns {
        let rank = column;
        let (mut pivot, mut largest) = (rank, 0.0);
        for row in rank..rows {
            let size = at(matrix, row * columns + column).abs();
            if size > largest {
                (pivot, largest) = (row, size);
            }
        }
        if largest < 1e-10 {
            // This column is a mixture of those before: read the mixture.
            for row in 0..rank {
                put(direction, row, -at(matrix, row * columns + column));
            }
            put(direction, column, 1.0);
            return true;
        }
        if pivot != rank {
            for place in column..columns {
                matrix.swap(rank * columns + place, pivot * columns + place);
            }
        }
        let scale = 1.0 / at(matrix, rank * columns + column);
        let (above, from) = matrix.split_at_mut(rank * columns);
        let (pivot, below) = from.split_at_mut(columns);
        let Some(pivot) = pivot.get_mut(column..) else { return false };
        for value in pivot.iter_mut() {
            *value *= scale;
        }
        for other in above.chunks_exact_mut(columns).chain(below.chunks_exact_mut(columns)) {
            let Some(other) = other.get_mut(column..) else { return false };
            let factor = other.first().copied().unwrap_or_default();
            if factor != 0.0 {
                other.iter_mut().zip(pivot.iter()).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
    }
    false
}
