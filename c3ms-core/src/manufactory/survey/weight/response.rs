//! Those who answered stand for those who did not.

use super::{
    Weights,
    values::{paired, place},
};
use crate::survey::SurveyError;

/// Those who answered, with weights that stand for all.
#[derive(Debug, Clone, PartialEq)]
pub struct Respondents {
    /// Their rows among all that were asked, rising.
    pub rows: Vec<usize>,
    /// Their new weights.
    pub weights: Weights,
    /// By what the weight of each was multiplied.
    pub factors: Vec<f64>,
}

/// Lets those who answered stand for all of their class.
///
/// Every weight is multiplied by `sum(weights of the class) / sum(weights of those of the class who answered)`.
///
/// # Shapes and units
/// `weights[n]`, `responded[n]`, `classes[n]` in the same order; classes are codes from 0.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] when a row lacks something; [`SurveyError::MarginUnmet`] for a class in which nobody
/// answered.
///
/// # Source
/// Oh and Scheuren (1983), in Incomplete Data in Sample Surveys 2, 143-184.
///
/// # Examples
/// One of two young people answered, and the only one who is not young.
/// ```
/// use c3ms_core::survey::weight::{Weights, response_classes};
/// let found = response_classes(&Weights::new(vec![10.0; 3])?, &[true, false, true], &[0, 0, 1])?;
/// assert_eq!(found.rows, [0, 2]);
/// assert_eq!(found.weights.values(), [20.0, 10.0]);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
pub fn response_classes(
    weights: &Weights,
    responded: &[bool],
    classes: &[u32],
) -> Result<Respondents, SurveyError> {
    paired("weights", weights.len(), "classes", classes.len())?;
    paired("weights", weights.len(), "responded", responded.len())?;
    let count = classes.iter().max().map_or(0, |most| place(*most) + 1);
    // A class number far beyond the rows is a slip, not a class.
    if count > weights.len().saturating_mul(1000) {
        return Err(unmet((count - 1).to_string(), "its code is far beyond the number of rows"));
    }
    let factors = class_factors(weights.values(), responded, classes, count, |class| class.to_string())?;
    kept(weights, responded, classes.iter().map(|class| factors.get(place(*class)).copied().unwrap_or(1.0)))
}

fn unmet(category: String, reason: &'static str) -> SurveyError {
    SurveyError::MarginUnmet { margin: "response class".to_owned(), category, reason }
}

/// By class its weights over those of who answered; of weights some may be 0.
pub(in super::super) fn class_factors(
    weights: &[f64],
    responded: &[bool],
    classes: &[u32],
    count: usize,
    name: impl Fn(usize) -> String,
) -> Result<Vec<f64>, SurveyError> {
    let mut sums = vec![(0.0, 0.0); count];
    for ((weight, class), answered) in weights.iter().zip(classes).zip(responded) {
        if let Some((all, of_those)) = sums.get_mut(place(*class)) {
            *all += weight;
            *of_those += if *answered { *weight } else { 0.0 };
        }
    }
    if let Some(class) = sums.iter().position(|(all, of_those)| *all > 0.0 && *of_those == 0.0) {
        return Err(unmet(name(class), "nobody in it answered"));
    }
    Ok(sums.into_iter().map(|(all, of_those)| if of_those > 0.0 { all / of_those } else { 1.0 }).collect())
}

/// The rows that answered, their weights multiplied by their factors.
pub(super) fn kept(
    weights: &Weights,
    responded: &[bool],
    factors: impl Iterator<Item = f64>,
) -> Result<Respondents, SurveyError> {
    paired("weights", weights.len(), "responded", responded.len())?;
    let (mut rows, mut values, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for (((row, weight), answered), factor) in weights.values().iter().enumerate().zip(responded).zip(factors)
    {
        if *answered {
            rows.push(row);
            values.push(weight * factor);
            kept.push(factor);
        }
    }
    Ok(Respondents { rows, weights: Weights::new(values)?, factors: kept })
}
