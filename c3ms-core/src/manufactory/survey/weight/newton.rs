//! Newton's method for weighted sums that must meet totals: calibration and logistic regression alike.

use super::{Columns, Convergence, normal::Normal};

/// What is to be solved: coefficients with `sum(weight * curve(combined / scale) * column) = total` for each column.
pub(super) struct Equations<'a> {
    /// The columns.
    pub(super) columns: &'a Columns,
    /// The weight of each row.
    pub(super) weights: &'a [f64],
    /// By what the combined columns of each row are divided, if at all.
    pub(super) scale: Option<&'a [f64]>,
    /// The total of each column.
    pub(super) totals: &'a [f64],
}

/// Coefficients that meet the totals.
pub(super) struct Solution {
    pub(super) coefficients: Vec<f64>,
    /// The curve at each row.
    pub(super) values: Vec<f64>,
    pub(super) convergence: Convergence,
}

/// The column that is furthest off where no coefficients were found.
pub(super) struct Stuck {
    pub(super) column: usize,
    pub(super) convergence: Convergence,
}

/// How often a step that leads astray is halved.
const HALVINGS: u32 = 40;

struct State {
    coefficients: Vec<f64>,
    values: Vec<f64>,
    slopes: Vec<f64>,
    gaps: Vec<f64>,
}

impl Equations<'_> {
    /// Looks for coefficients from 0 on. `curve` gives value and slope, and never falls.
    pub(super) fn solve(
        &self,
        curve: impl Fn(f64) -> (f64, f64),
        tolerance: f64,
        iterations: u32,
    ) -> Result<Solution, Stuck> {
        let sizes = self.columns.sizes(self.weights);
        let scales: Vec<f64> = self
            .totals
            .iter()
            .zip(sizes)
            .map(|(total, size)| total.abs().max(size))
            .map(|scale| if scale > 0.0 { scale } else { 1.0 })
            .collect();
        let mut state = self.at(vec![0.0; self.columns.width()], &curve);
        let mut iteration = 0;
        loop {
            let (column, deviation) = largest(&state.gaps, &scales);
            let convergence = Convergence { iterations: iteration, deviation };
            if deviation <= tolerance {
                let State { coefficients, values, .. } = state;
                return Ok(Solution { coefficients, values, convergence });
            }
            let next = if iteration < iterations { self.step(&state, &scales, &curve) } else { None };
            state = next.ok_or(Stuck { column, convergence })?;
            iteration += 1;
        }
    }

    /// One step, halved until it leads nearer.
    fn step(&self, state: &State, scales: &[f64], curve: &impl Fn(f64) -> (f64, f64)) -> Option<State> {
        let normal = Normal::new(&self.columns.cross_products(&state.slopes), self.columns.width());
        let step = normal.solve(&state.gaps);
        let (misfit, slope) = (misfit(&state.gaps, scales), product(&state.gaps, &step));
        let mut share = 1.0;
        for _ in 0..HALVINGS {
            let coefficients =
                state.coefficients.iter().zip(&step).map(|(one, move_by)| one + share * move_by).collect();
            let next = self.at(coefficients, curve);
            // Nearer, or lower on the convex function of which the gaps are the slope.
            let nearer = self::misfit(&next.gaps, scales) < misfit;
            let along = product(&next.gaps, &step);
            if nearer || (along >= 0.0 && along <= 0.5 * slope) {
                return Some(next);
            }
            share *= 0.5;
        }
        None
    }

    fn at(&self, coefficients: Vec<f64>, curve: &impl Fn(f64) -> (f64, f64)) -> State {
        let mut values = self.columns.combined(&coefficients);
        let mut slopes = vec![0.0; values.len()];
        let mut weighted = self.weights.to_vec();
        match self.scale {
            Some(scale) => {
                for (((value, slope), weight), scale) in
                    values.iter_mut().zip(&mut slopes).zip(&mut weighted).zip(scale)
                {
                    let (height, steepness) = curve(*value / scale);
                    *value = height;
                    *slope = *weight * steepness / scale;
                    *weight *= height;
                }
            }
            None => {
                for ((value, slope), weight) in values.iter_mut().zip(&mut slopes).zip(&mut weighted) {
                    let (height, steepness) = curve(*value);
                    *value = height;
                    *slope = *weight * steepness;
                    *weight *= height;
                }
            }
        }
        let sums = self.columns.sums(&weighted);
        let gaps = self.totals.iter().zip(sums).map(|(total, sum)| total - sum).collect();
        State { coefficients, values, slopes, gaps }
    }
}

/// The column with the largest gap as a share of its scale. What is no number counts as endlessly large.
fn largest(gaps: &[f64], scales: &[f64]) -> (usize, f64) {
    let mut worst = (0, 0.0);
    for (column, (gap, scale)) in gaps.iter().zip(scales).enumerate() {
        let share = gap.abs() / scale;
        let share = if share.is_nan() { f64::INFINITY } else { share };
        if share > worst.1 {
            worst = (column, share);
        }
    }
    worst
}

fn misfit(gaps: &[f64], scales: &[f64]) -> f64 {
    gaps.iter().zip(scales).map(|(gap, scale)| (gap / scale) * (gap / scale)).sum()
}

fn product(ones: &[f64], others: &[f64]) -> f64 {
    ones.iter().zip(others).map(|(one, other)| one * other).sum()
}
