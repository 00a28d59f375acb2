//! Systems of normal equations, of few unknowns, some of which may add nothing.

/// A symmetric matrix without negative directions, taken apart so that many systems can be solved.
///
/// A column that is a sum of multiples of earlier ones (the last category of a second margin) is left out and gets 0:
/// the solution is the one of a generalized inverse.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Normal {
    /// Rows of the upper triangle after elimination; of a column left out, nothing.
    rows: Vec<Option<Vec<f64>>>,
}

/// What is left of a column that earlier ones explain, as a share of its square.
const EXPLAINED: f64 = 1e-11;

impl Normal {
    /// Takes `matrix[width * width]`, row after row, of which only the upper triangle is read.
    pub(super) fn new(matrix: &[f64], width: usize) -> Self {
        let mut left: Vec<Vec<f64>> =
            matrix.chunks_exact(width.max(1)).enumerate().map(|(at, row)| tail(row, at).to_vec()).collect();
        let squares: Vec<f64> = left.iter().map(|row| first(row)).collect();
        let mut rows = Vec::with_capacity(width);
        for (at, square) in squares.iter().enumerate() {
            let Some((row, below)) = left.get_mut(at..).and_then(<[_]>::split_first_mut) else { break };
            let pivot = first(row);
            if pivot.is_nan() || pivot <= EXPLAINED * square {
                rows.push(None);
                continue;
            }
            for (lower, offset) in below.iter_mut().zip(1..) {
                let factor = row.get(offset).copied().unwrap_or(0.0) / pivot;
                for (value, above) in lower.iter_mut().zip(tail(row, offset)) {
                    *value -= factor * above;
                }
            }
            rows.push(Some(std::mem::take(row)));
        }
        Self { rows }
    }

    /// Solves the system for one right side.
    pub(super) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut left = right.to_vec();
        for (at, row) in self.rows.iter().enumerate() {
            let Some((row, (value, below))) =
                row.as_ref().zip(left.get_mut(at..).and_then(<[_]>::split_first_mut))
            else {
                continue;
            };
            let factor = *value / first(row);
            for (lower, above) in below.iter_mut().zip(tail(row, 1)) {
                *lower -= factor * above;
            }
        }
        for (at, row) in self.rows.iter().enumerate().rev() {
            let Some((value, below)) = left.get_mut(at..).and_then(<[_]>::split_first_mut) else { continue };
            *value = row.as_ref().map_or(0.0, |row| {
                let known: f64 = tail(row, 1).iter().zip(&*below).map(|(one, other)| one * other).sum();
                (*value - known) / first(row)
            });
        }
        left
    }
}

fn first(row: &[f64]) -> f64 {
    row.first().copied().unwrap_or(0.0)
}

fn tail(row: &[f64], from: usize) -> &[f64] {
    row.get(from..).unwrap_or(&[])
}
