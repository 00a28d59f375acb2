//! Variance by replicates: the same figure from many samples that could have been drawn from the sample.

use serde::{Deserialize, Serialize};

use super::{Design, DomainSums, Stream, SurveyError, estimate::Figures, variance::real};
use crate::base::Seed;

/// How replicates are made of a design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ReplicateMethod {
    /// Each unit left out in turn, where there are no strata.
    Jk1,
    /// Each unit left out in turn, within its stratum.
    Jkn,
    /// Half samples, balanced: strata of two units each.
    Brr,
    /// Half samples of which the other half keeps a share.
    Fay {
        /// The share that is kept, from 0 to below 1.
        rho: f64,
    },
    /// Rao and Wu's bootstrap: one unit less than there are in each stratum is drawn, with replacement.
    RaoWu {
        /// How many replicates.
        replicates: usize,
        /// The seed of the draws.
        seed: u64,
    },
}

/// Replicates of a design: factors of the weights, by unit of the first stage, never by respondent.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// One row for each replicate, one factor for each unit.
    factors: Vec<Vec<f64>>,
    /// What the sum of squares is multiplied with.
    scale: f64,
    /// What each square is multiplied with.
    scales: Vec<f64>,
    /// Squares around the figure of the whole sample, not around the mean of the replicates.
    pub around_estimate: bool,
}

impl Replicates {
    /// Makes the replicates of a design.
    ///
    /// # Errors
    /// [`SurveyError::ReplicatesUnfit`] for balanced half samples of strata that have not two units each, JK1 with strata,
    /// a stratum of one unit, fewer than two replicates, a share outside of 0 to 1.
    ///
    /// # Source
    /// Wolter (2007), "Introduction to Variance Estimation", chapters 3 and 4; Rao and Wu (1988), "Resampling
    /// Inference with Complex Survey Data", JASA 83; Fay in Judkins (1990), Journal of Official Statistics 6.
    pub fn new(method: &ReplicateMethod, design: &Design) -> Result<Self, SurveyError> {
        let Some(first) = design.stages().first() else { return Err(unfit("the design has no units")) };
        let members = by_stratum(&first.stratum_of, first.strata.len());
        let units = first.stratum_of.len();
        let fractions: Vec<f64> = first.strata.iter().map(|stratum| stratum.fraction).collect();
        match method {
            ReplicateMethod::Jk1 if members.len() > 1 => Err(unfit("JK1 is for designs without strata: JKn")),
            ReplicateMethod::Jk1 | ReplicateMethod::Jkn => jackknife(&members, &fractions, units),
            ReplicateMethod::Brr => half_samples(&members, units, 0.0),
            ReplicateMethod::Fay { rho } if (0.0..1.0).contains(rho) => half_samples(&members, units, *rho),
            ReplicateMethod::Fay { .. } => Err(unfit("Fay's share is from 0 to below 1")),
            ReplicateMethod::RaoWu { replicates, seed } => bootstrap(&members, units, *replicates, *seed),
        }
    }

    /// Replicates that somebody else made: one row of factors for each replicate.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] where a row has not one factor for each unit of the first stage.
    pub fn given(factors: Vec<Vec<f64>>, scale: f64, design: &Design) -> Result<Self, SurveyError> {
        let units = design.stages().first().map_or(0, |stage| stage.stratum_of.len());
        if let Some(row) = factors.iter().find(|row| row.len() != units) {
            return Err(SurveyError::LengthsDiffer {
                one: "a replicate".to_owned(),
                ones: row.len(),
                other: "the first stage".to_owned(),
                others: units,
            });
        }
        let scales = vec![1.0; factors.len()];
        Ok(Self { factors, scale, scales, around_estimate: false })
    }

    /// How many replicates.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.factors.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.factors.is_empty()
    }

    /// What the sum of squares is multiplied with.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.scale
    }

    /// The weights of one replicate, by respondent.
    pub(super) fn weights(&self, replicate: usize, weights: &[f64], first_of_rows: &[u32]) -> Vec<f64> {
        let factors = self.factors.get(replicate).map_or(&[][..], Vec::as_slice);
        let factor = |unit: &u32| factors.get(*unit as usize).copied().unwrap_or(1.0);
        weights.iter().zip(first_of_rows).map(|(weight, unit)| weight * factor(unit)).collect()
    }

    /// Figures that rest on the sums of a domain alone: computed anew from the sums of the units, without looking at a
    /// respondent again.
    #[must_use]
    pub fn of_sums(
        &self,
        design: &Design,
        domain: &DomainSums,
        figure: impl Fn(&[f64]) -> Vec<f64>,
    ) -> Figures {
        let width = domain.totals.len();
        let sums = domain.by_first_stage(design);
        let mut totals = vec![0.0; width];
        let replicated: Vec<Vec<f64>> = self
            .factors
            .iter()
            .map(|factors| {
                totals.fill(0.0);
                for (factor, row) in factors.iter().zip(sums.chunks_exact(width.max(1))) {
                    totals.iter_mut().zip(row).for_each(|(total, value)| *total += factor * value);
                }
                figure(&totals)
            })
            .collect();
        self.figures(figure(&domain.totals), &replicated)
    }

    /// The covariance of figures of which each replicate gave its own.
    pub(super) fn figures(&self, values: Vec<f64>, replicated: &[Vec<f64>]) -> Figures {
        let width = values.len();
        let mut center = values.clone();
        if !self.around_estimate {
            let counted = real(replicated.len());
            center = vec![0.0; width];
            for row in replicated {
                center.iter_mut().zip(row).for_each(|(sum, value)| *sum += value / counted);
            }
        }
        let mut covariance = vec![0.0; width * width];
        for (row, scale) in replicated.iter().zip(&self.scales) {
            let apart: Vec<f64> = row.iter().zip(&center).map(|(value, center)| value - center).collect();
            for (slots, one) in covariance.chunks_exact_mut(width.max(1)).zip(&apart) {
                slots
                    .iter_mut()
                    .zip(&apart)
                    .for_each(|(sum, other)| *sum += self.scale * scale * one * other);
            }
        }
        Figures { values, covariance }
    }
}

fn unfit(reason: impl Into<String>) -> SurveyError {
    SurveyError::ReplicatesUnfit { reason: reason.into() }
}

/// The units of each stratum.
fn by_stratum(stratum_of: &[u32], strata: usize) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); strata];
    for (unit, stratum) in stratum_of.iter().enumerate() {
        if let Some(members) = members.get_mut(*stratum as usize) {
            members.push(unit);
        }
    }
    members
}

fn jackknife(members: &[Vec<usize>], fractions: &[f64], units: usize) -> Result<Replicates, SurveyError> {
    let single = members.len() == 1;
    let mut factors = Vec::with_capacity(units);
    let mut scales = Vec::with_capacity(units);
    let mut scale = 1.0;
    for (own, fraction) in members.iter().zip(fractions) {
        if own.len() < 2 {
            return Err(unfit("a stratum of one unit cannot leave it out"));
        }
        let count = real(own.len());
        let left = (count - 1.0) / count * (1.0 - fraction);
        for out in own {
            let mut row = vec![1.0; units];
            for unit in own {
                if let Some(factor) = row.get_mut(*unit) {
                    *factor = if unit == out { 0.0 } else { count / (count - 1.0) };
                }
            }
            factors.push(row);
            scales.push(if single { 1.0 } else { left });
        }
        if single {
            scale = left;
        }
    }
    Ok(Replicates { factors, scale, scales, around_estimate: false })
}

fn half_samples(members: &[Vec<usize>], units: usize, rho: f64) -> Result<Replicates, SurveyError> {
    if members.iter().any(|own| own.len() != 2) {
        return Err(unfit("balanced half samples are of strata of two units each"));
    }
    // Sylvester's matrix of the next power of two; its first column is the same everywhere, and serves no stratum.
    let size = (members.len() + 1).next_power_of_two().max(2);
    let factors: Vec<Vec<f64>> = (0..size)
        .map(|replicate| {
            let mut row = vec![1.0; units];
            for (stratum, own) in members.iter().enumerate() {
                let turned = (replicate & (stratum + 1)).count_ones() % 2 == 1;
                for (place, unit) in own.iter().enumerate() {
                    if let Some(factor) = row.get_mut(*unit) {
                        *factor = if (place == 0) == turned { rho } else { 2.0 - rho };
                    }
                }
            }
            row
        })
        .collect();
    let scale = 1.0 / (real(size) * (1.0 - rho) * (1.0 - rho));
    Ok(Replicates { scales: vec![1.0; factors.len()], factors, scale, around_estimate: false })
}

fn bootstrap(
    members: &[Vec<usize>],
    units: usize,
    replicates: usize,
    seed: u64,
) -> Result<Replicates, SurveyError> {
    if replicates < 2 {
        return Err(unfit("at least two replicates"));
    }
    if members.iter().any(|own| own.len() < 2) {
        return Err(unfit("a stratum of one unit cannot be drawn from anew"));
    }
    let mut stream = Stream::new(&Seed::from_number(seed));
    let factors: Vec<Vec<f64>> = (0..replicates)
        .map(|_| {
            let mut row = vec![0.0; units];
            for own in members {
                let share = real(own.len()) / real(own.len() - 1);
                for _ in 1..own.len() {
                    let drawn = own.get(stream.below(own.len())).copied().unwrap_or(0);
                    if let Some(factor) = row.get_mut(drawn) {
                        *factor += share;
                    }
                }
            }
            row
        })
        .collect();
    let scale = 1.0 / (real(replicates) - 1.0);
    Ok(Replicates { scales: vec![1.0; replicates], factors, scale, around_estimate: false })
}
