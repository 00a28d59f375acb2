//! Figures that are no ratio of totals: covariance, correlation, Gini; each with how far one respondent moves it.

use super::variance::real;

/// Which figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MomentOf {
    /// `n/(n−1)` times the mean of the products of the distances to the means.
    Covariance,
    /// Pearson's.
    Correlation,
    /// Twice the area between the Lorenz curve and equality; of the first variable.
    Gini,
}

impl MomentOf {
    /// The figure over some respondents, of two variables (or twice the same); writes of each its influence: how much one
    /// more like them moves the figure. The variance of the figure is that of the total of the influences.
    ///
    /// # Source
    /// Deville (1999), "Variance Estimation for Complex Statistics and Estimators", Survey Methodology 25; Särndal, Swensson
    /// and Wretman (1992), 5.9; Langel and Tillé (2013), "Variance estimation of the Gini index: revisiting a result several
    /// times published", JRSS A 176.
    pub(super) fn of(
        self,
        (one, other): (&[f64], &[f64]),
        weights: &[f64],
        rows: &[u32],
        influences: &mut [f64],
    ) -> f64 {
        let used: Vec<Used> = rows
            .iter()
            .map(|row| {
                let at = |values: &[f64]| values.get(*row as usize).copied().unwrap_or(f64::NAN);
                Used { row: *row, one: at(one), other: at(other), weight: at(weights) }
            })
            .filter(|used| !used.one.is_nan() && !used.other.is_nan() && used.weight != 0.0)
            .collect();
        let (value, own) = match self {
            Self::Covariance => covariance(&used),
            Self::Correlation => correlation(&used),
            Self::Gini => gini(&used),
        };
        for (used, influence) in used.iter().zip(own) {
            if let Some(slot) = influences.get_mut(used.row as usize) {
                *slot = influence;
            }
        }
        value
    }
}

struct Used {
    row: u32,
    one: f64,
    other: f64,
    weight: f64,
}

fn size(used: &[Used]) -> f64 {
    used.iter().map(|used| used.weight).sum()
}

/// The means of both variables.
fn means(used: &[Used]) -> (f64, f64) {
    let size = size(used);
    let sums = used.iter().fold((0.0, 0.0), |(one, other), used| {
        (one + used.weight * used.one, other + used.weight * used.other)
    });
    (sums.0 / size, sums.1 / size)
}

fn covariance(used: &[Used]) -> (f64, Vec<f64>) {
    let (one, other) = means(used);
    let freed = real(used.len()) / (real(used.len()) - 1.0);
    let product = |used: &Used| (used.one - one) * (used.other - other) * freed;
    let value = used.iter().map(|used| used.weight * product(used)).sum::<f64>() / size(used);
    let size = size(used);
    (value, used.iter().map(|used| (product(used) - value) / size).collect())
}

fn correlation(used: &[Used]) -> (f64, Vec<f64>) {
    let (one, other) = means(used);
    let size = size(used);
    let spread = |apart: &dyn Fn(&Used) -> f64| {
        (used.iter().map(|used| used.weight * apart(used) * apart(used)).sum::<f64>() / size).sqrt()
    };
    let (of_one, of_other) = (spread(&|used| used.one - one), spread(&|used| used.other - other));
    let scaled = |used: &Used| ((used.one - one) / of_one, (used.other - other) / of_other);
    let product = |used: &Used| {
        let (one, other) = scaled(used);
        one * other
    };
    let value = used.iter().map(|used| used.weight * product(used)).sum::<f64>() / size;
    let influence = |used: &Used| {
        let (one, other) = scaled(used);
        (one * other - value * (one * one + other * other) / 2.0) / size
    };
    (value, used.iter().map(influence).collect())
}

fn gini(used: &[Used]) -> (f64, Vec<f64>) {
    let mut order: Vec<usize> = (0..used.len()).collect();
    let value = |place: usize| used.get(place).map_or(f64::NAN, |used| used.one);
    order.sort_by(|one, other| value(*one).total_cmp(&value(*other)));
    let size = size(used);
    let total: f64 = used.iter().map(|used| used.weight * used.one).sum();
    // The sum over all pairs of the larger of the two answers.
    let mut larger = 0.0;
    let mut slopes = vec![0.0; used.len()];
    let (mut below, mut below_total) = (0.0, 0.0);
    for equal in order.chunk_by(|one, other| value(*one).total_cmp(&value(*other)).is_eq()) {
        let own: f64 = equal.iter().filter_map(|place| used.get(*place)).map(|used| used.weight).sum();
        let answer = equal.first().map_or(f64::NAN, |place| value(*place));
        larger += answer * own * (2.0 * below + own);
        below += own;
        below_total += own * answer;
        for place in equal {
            if let Some(slope) = slopes.get_mut(*place) {
                *slope = 2.0 * (answer * below + total - below_total);
            }
        }
    }
    let all = size * total;
    let gini = larger / all - 1.0;
    let influence = |(used, slope): (&Used, f64)| (slope - (gini + 1.0) * (total + size * used.one)) / all;
    (gini, used.iter().zip(slopes).map(influence).collect())
}
