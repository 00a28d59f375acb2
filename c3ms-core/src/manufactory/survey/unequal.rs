//! Variance of units that were drawn once each, with unequal probabilities and without replacement.

use serde::{Deserialize, Serialize};

use super::{
    SurveyError,
    error::same_length,
    variance::{Sums, real},
};

/// How the variance of a draw with unequal probabilities is estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PpsSpec {
    /// The estimator.
    pub method: PpsMethod,
    /// The variable of the inclusion probabilities: above 0, at most 1.
    pub probability: String,
    /// A file of the joint probabilities, one row and one column for each unit in the order in which units first come,
    /// the first line naming the columns: for the first two estimators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<String>,
    /// For Hartley and Rao: the sum of the squared probabilities of the whole population, over the units drawn; what the
    /// units drawn tell of it where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub psum: Option<f64>,
    /// For Hartley and Rao, and Overton: the sum over pairs in the form of Yates and Grundy, which is not negative.
    #[serde(default)]
    pub differences: bool,
}

/// An estimator of the variance of a Horvitz-Thompson total.
///
/// With `z` the weighted sums of units, `p` their probabilities, `n` units in the stratum, all sums over pairs of units
/// of one stratum unless the joint probabilities are given.
///
/// # Source
/// Horvitz and Thompson (1952), JASA 47; Yates and Grundy (1953), JRSS B 15; Hartley and Rao (1962), Annals of
/// Mathematical Statistics 33; Overton (1985) in Stehman and Overton (1994), JASA 89; Brewer (2002), "Combined Survey
/// Sampling Inference", chapter 9; Deville (1999), Survey Methodology 25; compared with R's `survey` and `sampling`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PpsMethod {
    /// `Σ (1 − pᵢpⱼ/pᵢⱼ) zᵢzⱼ`; may be negative.
    HorvitzThompson,
    /// `½ Σ (pᵢpⱼ/pᵢⱼ − 1) (zᵢ − zⱼ)²`, for samples of fixed size.
    YatesGrundy,
    /// `n/(n−1) Σ (1 − pᵢ) (zᵢ − z̄)²`.
    Brewer,
    /// `Σ (1 − pᵢ) (zᵢ − A)² / (1 − Σ aᵢ²)`, `a` the shares of the `1 − pᵢ`, `A = Σ aᵢzᵢ`.
    Deville,
    /// As Horvitz and Thompson, with `1 − pᵢpⱼ/pᵢⱼ = 1 − (n − pᵢ − pⱼ + s)/(n−1)`, `s = Σp²/n` over the population or, as
    /// it is estimated, `Σp/n` over the units drawn; may be negative.
    HartleyRao,
    /// As Horvitz and Thompson, with `1 − pᵢpⱼ/pᵢⱼ = 1 − (n − (pᵢ + pⱼ)/2)/(n−1)`; may be negative.
    Overton,
    /// `Σ (1 − pᵢ) zᵢ²`: each unit drawn on its own.
    Poisson,
}

/// Units drawn with unequal probabilities, checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unequal {
    method: PpsMethod,
    psum: Option<f64>,
    differences: bool,
    probabilities: Vec<f64>,
    /// By rows; empty where the method needs none.
    joint: Vec<Vec<f64>>,
}

impl Unequal {
    /// Probabilities are of the units of the first stage.
    pub(super) fn new(
        spec: &PpsSpec,
        probabilities: Vec<f64>,
        joint: Option<Vec<Vec<f64>>>,
    ) -> Result<Self, SurveyError> {
        let method = spec.method;
        let unfit = |reason: &'static str| SurveyError::DesignUnfit { design: method.name(), reason };
        let approximate = matches!(method, PpsMethod::HartleyRao | PpsMethod::Overton);
        if spec.psum.is_some() && method != PpsMethod::HartleyRao || spec.differences && !approximate {
            return Err(unfit("psum is of Hartley and Rao's, differences of theirs and Overton's"));
        }
        if let Some(value) = spec.psum.filter(|psum| !(*psum > 0.0 && *psum <= 1.0)) {
            let (what, expected) = ("psum".to_owned(), "above 0 and at most 1");
            return Err(SurveyError::SettingUnfit { what, value, expected });
        }
        let needs = matches!(method, PpsMethod::HorvitzThompson | PpsMethod::YatesGrundy);
        let joint = match joint {
            Some(_) if !needs => return Err(unfit("joint probabilities are given, and it uses none")),
            None if needs => return Err(unfit("it needs the joint probabilities: name their file (joint)")),
            None => Vec::new(),
            Some(joint) => joint,
        };
        for rows in joint.iter().map(Vec::len).chain(needs.then_some(joint.len())) {
            same_length("the joint probabilities", rows, "the units drawn", probabilities.len())?;
        }
        for (at, (row, own)) in joint.iter().zip(&probabilities).enumerate() {
            let value = row.get(at).copied().unwrap_or(f64::NAN);
            if (value / own - 1.0).abs() > 1e-6 {
                let expected = "the unit's own probability, on the diagonal";
                return Err(SurveyError::NumberUnfit { what: "joint".to_owned(), value, at, expected });
            }
            if let Some(value) = row.iter().find(|value| !(**value > 0.0 && **value <= own * (1.0 + 1e-6))) {
                let expected = "above 0 and at most the unit's own probability";
                return Err(SurveyError::NumberUnfit {
                    what: "joint".to_owned(),
                    value: *value,
                    at,
                    expected,
                });
            }
        }
        Ok(Self { method, psum: spec.psum, differences: spec.differences, probabilities, joint })
    }

    /// The covariance of totals, of which each unit adds its sum: `width` × `width`, by rows.
    pub(super) fn covariance(&self, sums: &Sums, members: &[Vec<usize>]) -> Vec<f64> {
        let rows: Vec<&[f64]> = sums.rows().map(|(_, row)| row).collect();
        let mut all = vec![0.0; sums.width * sums.width];
        if self.joint.is_empty() {
            for own in members {
                self.of_stratum(own, &rows, &mut all);
            }
        } else {
            let everyone: Vec<usize> = (0..rows.len()).collect();
            let check = |one: usize, other: usize| {
                let joint = self.joint.get(one).and_then(|row| row.get(other)).copied().unwrap_or(f64::NAN);
                if one == other {
                    1.0 - self.probability(one)
                } else {
                    1.0 - self.probability(one) * self.probability(other) / joint
                }
            };
            self.of_pairs(&everyone, &rows, check, &mut all);
        }
        all
    }

    fn probability(&self, unit: usize) -> f64 {
        self.probabilities.get(unit).copied().unwrap_or(f64::NAN)
    }

    fn of_stratum(&self, own: &[usize], rows: &[&[f64]], all: &mut [f64]) {
        let n = real(own.len());
        let left = |unit: &usize| 1.0 - self.probability(*unit);
        match self.method {
            PpsMethod::HorvitzThompson | PpsMethod::YatesGrundy => {}
            PpsMethod::Poisson => around(own, rows, &[], |unit| left(&unit), all),
            PpsMethod::Brewer if own.len() > 1 => {
                let center = mean(own, rows, |_| 1.0 / n);
                around(own, rows, &center, |unit| left(&unit) * n / (n - 1.0), all);
            }
            PpsMethod::Deville => {
                let whole: f64 = own.iter().map(left).sum();
                let shares = own.iter().map(|unit| left(unit) / whole);
                let squares: f64 = shares.map(|share| share * share).sum();
                if whole > 0.0 {
                    let center = mean(own, rows, |unit| left(&unit) / whole);
                    around(own, rows, &center, |unit| left(&unit) / (1.0 - squares), all);
                }
            }
            PpsMethod::HartleyRao | PpsMethod::Overton | PpsMethod::Brewer => {
                let own_average = own.iter().map(|unit| self.probability(*unit)).sum::<f64>() / n;
                let average = self.psum.unwrap_or(own_average);
                let check = |one: usize, other: usize| {
                    let both = self.probability(one) + self.probability(other);
                    if one == other {
                        left(&one)
                    } else if self.method == PpsMethod::Overton {
                        1.0 - (n - both / 2.0) / (n - 1.0)
                    } else {
                        1.0 - (n - both + average) / (n - 1.0)
                    }
                };
                self.of_pairs(own, rows, check, all);
            }
        }
    }

    fn of_pairs(&self, own: &[usize], rows: &[&[f64]], check: impl Fn(usize, usize) -> f64, all: &mut [f64]) {
        let apart = self.differences || self.method == PpsMethod::YatesGrundy;
        for one in own {
            for other in own {
                let (Some(ones), Some(others)) = (rows.get(*one), rows.get(*other)) else { continue };
                let factor = check(*one, *other);
                for (slots, place) in all.chunks_exact_mut(ones.len().max(1)).zip(0..) {
                    let at = |row: &[f64], place: usize| row.get(place).copied().unwrap_or(0.0);
                    let distance = at(ones, place) - at(others, place);
                    for (column, slot) in slots.iter_mut().enumerate() {
                        *slot += if apart {
                            -0.5 * factor * distance * (at(ones, column) - at(others, column))
                        } else {
                            factor * at(ones, place) * at(others, column)
                        };
                    }
                }
            }
        }
    }
}

impl PpsMethod {
    const fn name(self) -> &'static str {
        match self {
            Self::HorvitzThompson => "the variance of Horvitz and Thompson",
            Self::YatesGrundy => "the variance of Yates and Grundy",
            Self::Brewer => "the variance of Brewer",
            Self::Deville => "the variance of Deville",
            Self::HartleyRao => "the variance of Hartley and Rao",
            Self::Overton => "the variance of Overton",
            Self::Poisson => "the variance of Poisson sampling",
        }
    }
}

fn mean(own: &[usize], rows: &[&[f64]], share: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut center = vec![0.0; rows.first().map_or(0, |row| row.len())];
    for unit in own {
        let row = rows.get(*unit).copied().unwrap_or_default();
        center.iter_mut().zip(row).for_each(|(sum, value)| *sum += share(*unit) * value);
    }
    center
}

/// Adds the products of the distances to a center, or to nothing.
fn around(own: &[usize], rows: &[&[f64]], center: &[f64], factor: impl Fn(usize) -> f64, all: &mut [f64]) {
    for unit in own {
        let row = rows.get(*unit).copied().unwrap_or_default();
        let apart: Vec<f64> = row
            .iter()
            .enumerate()
            .map(|(place, value)| value - center.get(place).copied().unwrap_or(0.0))
            .collect();
        for (slots, one) in all.chunks_exact_mut(row.len().max(1)).zip(&apart) {
            slots.iter_mut().zip(&apart).for_each(|(slot, other)| *slot += factor(*unit) * one * other);
        }
    }
}
