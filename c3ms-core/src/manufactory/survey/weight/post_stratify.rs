//! Post-stratification: one margin, met exactly.

use super::{
    Adjustment, Convergence, Margin, Reweighted, Weights,
    margin::NOBODY,
    values::{paired, place},
};
use crate::survey::SurveyError;

/// Brings the weights of each category to its known total.
///
/// Every weight of a category is multiplied by `total / sum(weights of the category)`.
///
/// # Shapes and units
/// `weights[n]` and `margin.categories()[n]` in the same order; new weights in the unit of the totals.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] when a row lacks a weight or a category.
///
/// # Source
/// Holt and Smith (1979), JRSS A 142(1), 33-46.
///
/// # Examples
/// Three visitors stand for 10 people each; it is known that 40 are young and 60 are not.
/// ```
/// use c3ms_core::survey::weight::{Margin, Weights, post_stratify};
/// let age = Margin::new("age", &[0, 1, 1], &[40.0, 60.0])?;
/// let fitted = post_stratify(&Weights::new(vec![10.0; 3])?, &age)?;
/// assert_eq!(fitted.weights.values(), [40.0, 30.0, 30.0]);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
pub fn post_stratify(weights: &Weights, margin: &Margin) -> Result<Reweighted<Weights>, SurveyError> {
    let mut values = weights.values().to_vec();
    let convergence = in_place(&mut values, margin)?;
    let weights_after = Weights::new(values)?;
    let adjustment = Adjustment::PostStratified {
        margin: margin.clone(),
        before: weights.values().to_vec(),
        after: weights_after.values().to_vec(),
    };
    Ok(Reweighted { weights: weights_after, convergence, adjustment })
}

/// The same on weights of which some may be 0.
pub(super) fn in_place(weights: &mut [f64], margin: &Margin) -> Result<Convergence, SurveyError> {
    paired(margin.name(), margin.categories().len(), "weights", weights.len())?;
    let factors = factors(margin, &margin.sums(weights))?;
    for (weight, category) in weights.iter_mut().zip(margin.categories()) {
        *weight *= factors.get(place(*category)).copied().unwrap_or(1.0);
    }
    Ok(Convergence { iterations: 1, deviation: 0.0 })
}

/// What each category must be multiplied by.
pub(super) fn factors(margin: &Margin, sums: &[f64]) -> Result<Vec<f64>, SurveyError> {
    let factor = |(category, (total, sum)): (usize, (&f64, &f64))| {
        if *total == 0.0 {
            return Ok(1.0);
        }
        let factor = total / sum;
        if factor.is_finite() { Ok(factor) } else { Err(margin.unmet(category, NOBODY)) }
    };
    margin.totals().iter().zip(sums).enumerate().map(factor).collect()
}
