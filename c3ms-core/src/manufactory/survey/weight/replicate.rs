//! The same again on each replicate weight, so that their spread knows of it.

use super::{Adjustment, CalibratedWeights, Calibration, Convergence, Margin, Rake, Reweighted};
#[cfg(doc)]
use super::{calibrate, post_stratify, rake};
use crate::survey::SurveyError;

/// One way of making weights fit, ready to be applied to any weights of the same rows.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reweighting {
    /// As [`post_stratify`].
    PostStratify(Margin),
    /// As [`rake`].
    Rake(Rake),
    /// As [`calibrate`].
    Calibrate(Calibration),
}

impl Reweighting {
    /// Makes the weights of a sample fit; a row of weight 0 stands for nobody, and stays so.
    ///
    /// # Errors
    /// [`SurveyError::NumberUnfit`] for a weight below 0 or not finite, and those of [`post_stratify`], [`rake`] or
    /// [`calibrate`].
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::survey::weight::{Margin, Reweighting};
    /// let by_age = Reweighting::PostStratify(Margin::new("age", &[0, 1, 1], &[40.0, 60.0])?);
    /// assert_eq!(by_age.apply(&[10.0; 3])?.weights.values(), [40.0, 30.0, 30.0]);
    /// assert_eq!(by_age.apply(&[10.0, 10.0, 0.0])?.weights.values(), [40.0, 60.0, 0.0]);
    /// # Ok::<(), c3ms_core::survey::SurveyError>(())
    /// ```
    pub fn apply(&self, weights: &[f64]) -> Result<Reweighted<CalibratedWeights>, SurveyError> {
        let mut values = weights.to_vec();
        let convergence = self.in_place(&mut values)?;
        let (before, after) = (weights.to_vec(), values.clone());
        let adjustment = match self {
            Self::PostStratify(margin) => {
                Adjustment::PostStratified { margin: margin.clone(), before, after }
            }
            Self::Rake(rake) => Adjustment::Raked { margins: rake.margins().to_vec(), before, after },
            Self::Calibrate(calibration) => calibration.adjustment(before, after),
        };
        Ok(Reweighted { weights: CalibratedWeights::new(values)?, convergence, adjustment })
    }

    /// Makes replicate weights fit, one after another, as they are asked for: they are never all in memory.
    ///
    /// Replicate weights may be 0 where a replicate leaves a row out.
    ///
    /// # Shapes and units
    /// Each replicate is `[n]`, the weights of all rows in it (not factors of the weights of the sample).
    ///
    /// # Errors
    /// Each replicate that is refused is [`SurveyError::ReplicateUnfit`], with its number and the reason: it may leave out
    /// the only rows of a category.
    ///
    /// # Source
    /// Rust and Rao (1996), Statistical Methods in Medical Research 5(3), 283-310, section 4.
    ///
    /// # Examples
    /// The jackknife leaves the second row out: the third then stands for all 60.
    /// ```
    /// use c3ms_core::survey::weight::{Margin, Reweighting};
    /// let by_age = Reweighting::PostStratify(Margin::new("age", &[0, 1, 1], &[40.0, 60.0])?);
    /// let mut fitted = by_age.replicates([vec![15.0, 0.0, 15.0]]);
    /// assert_eq!(fitted.next(), Some(Ok(vec![40.0, 0.0, 60.0])));
    /// # Ok::<(), c3ms_core::survey::SurveyError>(())
    /// ```
    pub fn replicates<I>(&self, replicates: I) -> impl Iterator<Item = Result<Vec<f64>, SurveyError>>
    where
        I: IntoIterator<Item = Vec<f64>>,
    {
        replicates.into_iter().enumerate().map(|(replicate, mut weights)| match self.in_place(&mut weights) {
            Ok(_) => Ok(weights),
            Err(reason) => Err(SurveyError::ReplicateUnfit { replicate, reason: Box::new(reason) }),
        })
    }

    /// Makes replicate weights fit where they lie.
    ///
    /// # Errors
    /// [`SurveyError::NumberUnfit`] for a weight below 0 or not finite, and those of [`post_stratify`], [`rake`] or
    /// [`calibrate`].
    pub fn in_place(&self, weights: &mut [f64]) -> Result<Convergence, SurveyError> {
        super::values::fit("replicate weight", weights, "0 or more", |weight| {
            weight.is_finite() && weight >= 0.0
        })?;
        match self {
            Self::PostStratify(margin) => super::post_stratify::in_place(weights, margin),
            Self::Rake(margins) => margins.in_place(weights),
            Self::Calibrate(calibration) => calibration.in_place(weights),
        }
    }
}
