//! The end of a balanced draw: the few units that cannot move any more without losing the balance are decided.

use serde::{Deserialize, Serialize};

use super::{at, count, cube::Flight, put};
use crate::survey::Stream;

/// How the last units of a balanced draw are decided; each keeps its probability either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Landing {
    /// The columns are let go one after another, the last first: any number of columns.
    #[default]
    DropVariables,
    /// Among all samples of the last units those nearest to balance are mixed, by linear programming; with more than
    /// 12 units left, columns are let go first.
    Enumeration,
}

/// How many units are left at most where all their samples are listed.
const LISTED: usize = 12;

impl Flight {
    /// Decides the units that are left.
    pub(super) fn land(&mut self, left: Vec<usize>, landing: Landing, stream: &mut Stream) {
        let least = match landing {
            Landing::DropVariables => 0,
            Landing::Enumeration => LISTED,
        };
        let mut left = left;
        for variables in (0..self.variables()).rev() {
            if left.len() <= least {
                break;
            }
            left = self.fly(&left, variables, stream);
        }
        let sum: f64 = left.iter().map(|&unit| self.value(unit)).sum();
        match left.as_slice() {
            [] => {}
            &[only] if (sum - sum.round()).abs() < super::WHOLE => self.decide(only, sum > 0.5),
            _ => self.enumerate(&left, stream),
        }
    }

    /// Mixes the samples of the last units that are nearest to balance.
    ///
    /// # Source
    /// Deville and Tillé (2004), Biometrika 91(4), section 5: the cost of a sample is its distance to balance,
    /// `(s - φ)' A' (A A')⁻¹ A (s - φ)`.
    fn enumerate(&mut self, left: &[usize], stream: &mut Stream) {
        let values: Vec<f64> = left.iter().map(|&unit| self.value(unit)).collect();
        let costs = self.costs(left, &values);
        let chance = stream.unit();
        let mut sum = 0.0;
        let mut chosen = 0;
        for (sample, probability) in cheapest_mixture(&values, &costs) {
            if probability > super::EDGE {
                chosen = sample;
                sum += probability;
                if chance < sum {
                    break;
                }
            }
        }
        for (place, &unit) in left.iter().enumerate() {
            self.decide(unit, chosen >> place & 1 == 1);
        }
    }

    /// The cost of each sample of the last units, a unit being a bit of its number.
    fn costs(&self, left: &[usize], values: &[f64]) -> Vec<f64> {
        let variables = self.variables();
        let mut gram = vec![0.0; variables * variables];
        for row in self.rows() {
            for (one, line) in row.iter().zip(gram.chunks_exact_mut(variables.max(1))) {
                line.iter_mut().zip(row).for_each(|(value, other)| *value += one * other);
            }
        }
        let lower = root(&gram, variables);
        let parts: Vec<Vec<f64>> =
            left.iter().map(|&unit| solved(&lower, variables, self.row(unit))).collect();
        let size: f64 = values.iter().sum();
        let whole = (size - size.round()).abs() < super::WHOLE;
        let (least, most) = if whole {
            (count(size.round()), count(size.round()))
        } else {
            (count(size.floor()), count(size.ceil()))
        };
        let mut costs: Vec<f64> = (0..1_usize << left.len())
            .map(|sample| {
                let mut apart = vec![0.0; variables];
                for (place, (part, value)) in parts.iter().zip(values).enumerate() {
                    let by = if sample >> place & 1 == 1 { 1.0 - value } else { -value };
                    apart.iter_mut().zip(part).for_each(|(apart, part)| *apart += by * part);
                }
                apart.iter().map(|apart| apart * apart).sum()
            })
            .collect();
        // A sample of another size comes only where no other mixture is possible.
        let beyond = 1e3 * (1.0 + costs.iter().copied().fold(0.0, f64::max));
        for (sample, cost) in costs.iter_mut().enumerate() {
            let size = sample.count_ones() as usize;
            if size < least || size > most {
                *cost += beyond;
            }
        }
        costs
    }
}

/// The triangle whose square is a matrix, with lines of zeros where a column adds nothing.
fn root(matrix: &[f64], size: usize) -> Vec<f64> {
    let mut lower = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..=row {
            let mut rest = at(matrix, row * size + column);
            for place in 0..column {
                rest -= at(&lower, row * size + place) * at(&lower, column * size + place);
            }
            let value = if row == column {
                let own = at(matrix, row * size + row);
                if rest > 1e-12 * own { rest.sqrt() } else { 0.0 }
            } else {
                let pivot: f64 = at(&lower, column * size + column);
                if pivot > 0.0 { rest / pivot } else { 0.0 }
            };
            put(&mut lower, row * size + column, value);
        }
    }
    lower
}

/// Solves a triangle for a vector; lines of zeros give zero.
fn solved(lower: &[f64], size: usize, vector: &[f64]) -> Vec<f64> {
    let mut found = vec![0.0; size];
    for row in 0..size {
        let mut rest = at(vector, row);
        for place in 0..row {
            rest -= at(lower, row * size + place) * at(&found, place);
        }
        let pivot: f64 = at(lower, row * size + row);
        put(&mut found, row, if pivot > 0.0 { rest / pivot } else { 0.0 });
    }
    found
}

/// The mixture of samples of least cost that gives each unit its probability: the simplex method on all samples.
///
/// It starts from the nested samples of the likeliest units, which always are a mixture; wherever it stops, the
/// probabilities are met.
///
/// # Source
/// Dantzig (1963), *Linear Programming and Extensions*, chapter 9 (revised simplex).
fn cheapest_mixture(values: &[f64], costs: &[f64]) -> Vec<(usize, f64)> {
    let units = values.len();
    let size = units + 1;
    let mut order: Vec<usize> = (0..units).collect();
    order.sort_by(|&one, &other| at(values, other).total_cmp(&at(values, one)));
    // The basis: samples, and the inverse of the matrix of their members (rows: samples, columns: units then all).
    let mut samples = vec![0_usize];
    for &unit in &order {
        samples.push(samples.last().copied().unwrap_or_default() | 1 << unit);
    }
    let mut inverse = vec![0.0; size * size];
    for rank in 0..size {
        // Sample `rank` has the weight of its last unit less that of the next.
        let own = if rank == 0 { units } else { at(&order, rank - 1) };
        put(&mut inverse, rank * size + own, 1.0);
        if rank < units {
            put(&mut inverse, rank * size + at(&order, rank), -1.0);
        }
    }
    let line = |inverse: &[f64], rank: usize, column: &dyn Fn(usize) -> f64| -> f64 {
        (0..size).map(|place| at(inverse, rank * size + place) * column(place)).sum()
    };
    let wanted = |place: usize| if place < units { at(values, place) } else { 1.0 };
    let largest = costs.iter().copied().fold(0.0, f64::max);
    for _ in 0..2000 {
        let prices: Vec<f64> = (0..size)
            .map(|place| {
                let lines = samples.iter().enumerate();
                lines.map(|(rank, sample)| at(costs, *sample) * at(&inverse, rank * size + place)).sum()
            })
            .collect();
        let mut best = (-1e-12 * (1.0 + largest), None);
        for (sample, cost) in costs.iter().enumerate() {
            let members = prices.iter().take(units).enumerate();
            let paid: f64 =
                members.filter(|(place, _)| sample >> place & 1 == 1).map(|(_, price)| price).sum();
            let gain = cost - paid - at(&prices, units);
            if gain < best.0 {
                best = (gain, Some(sample));
            }
        }
        let Some(entering) = best.1 else { break };
        let member = |place: usize| if place == units || entering >> place & 1 == 1 { 1.0 } else { 0.0 };
        let moves: Vec<f64> = (0..size).map(|rank| line(&inverse, rank, &member)).collect();
        let mut leaving = (f64::INFINITY, None);
        for (rank, &by) in moves.iter().enumerate() {
            if by > 1e-9 {
                let ratio = line(&inverse, rank, &wanted).max(0.0) / by;
                if ratio < leaving.0 {
                    leaving = (ratio, Some(rank));
                }
            }
        }
        let Some(leaving) = leaving.1 else { break };
        put(&mut samples, leaving, entering);
        let pivot = at(&moves, leaving);
        for place in 0..size {
            let value = at(&inverse, leaving * size + place) / pivot;
            put(&mut inverse, leaving * size + place, value);
            for rank in (0..size).filter(|&rank| rank != leaving) {
                let less = at(&inverse, rank * size + place) - at(&moves, rank) * value;
                put(&mut inverse, rank * size + place, less);
            }
        }
    }
    samples.iter().enumerate().map(|(rank, &sample)| (sample, line(&inverse, rank, &wanted))).collect()
}
