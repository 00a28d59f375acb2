//! What a variance must know of weights that were made to fit: only what the known totals do not explain varies.

use super::{
    Columns, Margin,
    normal::Normal,
    values::{paired, place},
};
use crate::survey::SurveyError;

/// How weights were made to fit, with the weights before and after, one for each row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Adjustment {
    /// By one margin.
    PostStratified {
        /// The margin.
        margin: Margin,
        /// The old weights.
        before: Vec<f64>,
        /// The new weights.
        after: Vec<f64>,
    },
    /// By several margins in turn.
    Raked {
        /// The margins.
        margins: Vec<Margin>,
        /// The old weights.
        before: Vec<f64>,
        /// The new weights.
        after: Vec<f64>,
    },
    /// By totals of variables.
    Calibrated {
        /// The variables.
        columns: Columns,
        /// How much each row could move.
        scale: Option<Vec<f64>>,
        /// The old weights.
        before: Vec<f64>,
        /// The new weights.
        after: Vec<f64>,
    },
}

/// How often the margins of a raking are gone through for its residuals.
const ROUNDS: usize = 10;

impl Adjustment {
    /// Replaces scores by what the known totals leave of them; their variance under the design is that of the estimate.
    ///
    /// A score is the new weight of a row times what the row adds to the estimate. Post-stratification takes the mean of
    /// its category from it, weighted by the old weights; raking, over all margins, ten times, the plain mean; calibration takes
    /// the regression on its variables, weighted by the old weights (divided by the scale).
    ///
    /// # Shapes and units
    /// `scores[n * width]`, row after row, in the unit of the estimates, of which there are `width`.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] when a row lacks a score.
    ///
    /// # Source
    /// Deville and Särndal (1992), JASA 87(418), 376-382, section 3, with the residuals multiplied by the new weights as
    /// in Särndal, Swensson and Wretman (1989), Biometrika 76(3), 527-537. Checked against the R package survey.
    ///
    /// # Examples
    /// What depends on the category alone no longer varies: the number of young people is known.
    /// ```
    /// use c3ms_core::survey::weight::{Margin, Weights, post_stratify};
    /// let age = Margin::new("age", &[0, 1, 1], &[40.0, 60.0])?;
    /// let fitted = post_stratify(&Weights::new(vec![10.0; 3])?, &age)?;
    /// let mut scores = vec![40.0, 0.0, 0.0];
    /// fitted.adjustment.residuals(&mut scores, 1)?;
    /// assert_eq!(scores, [0.0, 0.0, 0.0]);
    /// # Ok::<(), c3ms_core::survey::SurveyError>(())
    /// ```
    pub fn residuals(&self, scores: &mut [f64], width: usize) -> Result<(), SurveyError> {
        let (before, after) = self.weights();
        paired("scores", scores.len(), "rows times width", before.len() * width)?;
        if width == 0 {
            return Ok(());
        }
        match self {
            Self::PostStratified { margin, .. } => take_means(margin, before, after, scores, width),
            Self::Raked { margins, .. } => {
                // As in R's `rake`, the means of categories count every row alike.
                let alike: Vec<f64> = after.iter().map(|after| f64::from(u8::from(*after != 0.0))).collect();
                for _ in 0..ROUNDS {
                    for margin in margins {
                        take_means(margin, &alike, after, scores, width);
                    }
                }
            }
            Self::Calibrated { columns, scale, .. } => {
                let regression = match scale {
                    Some(scale) => before.iter().zip(scale).map(|(weight, scale)| weight / scale).collect(),
                    None => before.to_vec(),
                };
                take_regression(columns, &regression, after, scores, width);
            }
        }
        Ok(())
    }

    /// The new weight of each row as a multiple of its old one.
    #[must_use]
    pub fn ratios(&self) -> Vec<f64> {
        let (before, after) = self.weights();
        before.iter().zip(after).map(|(before, after)| after / before).collect()
    }

    /// The weights before and after.
    fn weights(&self) -> (&[f64], &[f64]) {
        match self {
            Self::PostStratified { before, after, .. }
            | Self::Raked { before, after, .. }
            | Self::Calibrated { before, after, .. } => (before, after),
        }
    }
}

/// Takes the mean of its category from each row, in units of the new weight.
fn take_means(margin: &Margin, before: &[f64], after: &[f64], scores: &mut [f64], width: usize) {
    let counts = margin.sums(before);
    let mut means = vec![0.0; counts.len() * width];
    for (((category, before), after), row) in
        margin.categories().iter().zip(before).zip(after).zip(scores.chunks_exact(width))
    {
        let from = place(*category) * width;
        // A row whose new weight is 0 has no score and tells nothing.
        if *after != 0.0 {
            for (mean, score) in means.iter_mut().skip(from).zip(row) {
                *mean += before * score / after;
            }
        }
    }
    for (row, count) in means.chunks_exact_mut(width).zip(counts) {
        for mean in row.iter_mut().filter(|_| count != 0.0) {
            *mean /= count;
        }
    }
    for ((category, after), row) in margin.categories().iter().zip(after).zip(scores.chunks_exact_mut(width))
    {
        let means = means.get(place(*category) * width..).unwrap_or(&[]);
        for (score, mean) in row.iter_mut().zip(means) {
            *score -= after * mean;
        }
    }
}

/// Takes the regression on the columns from each row, in units of the new weight; twice, for what rounding left.
fn take_regression(columns: &Columns, regression: &[f64], after: &[f64], scores: &mut [f64], width: usize) {
    // A row whose new weight is 0 has no score and tells nothing.
    let used = |regression: &f64, after: &f64| if *after == 0.0 { 0.0 } else { *regression };
    let weights: Vec<f64> = regression.iter().zip(after).map(|(one, after)| used(one, after)).collect();
    let normal = Normal::new(&columns.cross_products(&weights), columns.width());
    for column in 0..width {
        for _ in 0..2 {
            let products: Vec<f64> = scores
                .iter()
                .skip(column)
                .step_by(width)
                .zip(&weights)
                .zip(after)
                .map(|((score, weight), after)| if *after == 0.0 { 0.0 } else { score / after * weight })
                .collect();
            let explained = columns.combined(&normal.solve(&columns.sums(&products)));
            for ((score, explained), after) in
                scores.iter_mut().skip(column).step_by(width).zip(explained).zip(after)
            {
                *score -= after * explained;
            }
        }
    }
}
