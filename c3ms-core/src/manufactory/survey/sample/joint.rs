//! The probability of each pair of units to be in the sample together: what exact variances need.

use serde::{Deserialize, Serialize};

use super::{
    Probabilities, SurveyError, at, entropy_odds,
    inclusion::Scale,
    number, put, simple,
    spectrum::{self, Complex},
    successive,
};

/// The design whose pairs are asked for; the last ones are approximations, for designs that have no exact form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Joint {
    /// Simple random sampling: `n(n - 1) / (N(N - 1))`.
    SimpleRandom,
    /// Each unit on its own: `p·q`.
    Poisson,
    /// Sampford's design, exact.
    Sampford,
    /// Conditional Poisson, exact.
    MaximumEntropy,
    /// Tillé's elimination, exact.
    Elimination,
    /// Generalized Midzuno, exact.
    Midzuno,
    /// Systematic along the frame, exact; many pairs have 0.
    Systematic,
    /// Hájek's approximation for designs of high entropy: `p·q·(1 - (1 - p)(1 - q) / Σp(1 - p))`.
    HajekApproximation,
    /// Brewer's and Donadio's approximation, `p·q·(c + d) / 2` with `c = (n - 1) / (n - p)`.
    BrewerApproximation,
    /// The same with `c = (n - 1) / (n - 2p + Σp² / n)`: it fits Hartley's and Rao's systematic draw.
    HartleyRaoApproximation,
    /// The same with `c = (n - 1) / (n - p(2n - 1) / (n - 1) + Σp² / (n - 1))`: it fits conditional Poisson closest.
    BrewerDonadioApproximation,
}

/// Probabilities of pairs, in the order of the units asked for; a unit with itself has its own probability.
#[derive(Debug, Clone, PartialEq)]
pub struct JointProbabilities {
    size: usize,
    values: Vec<f64>,
}

impl JointProbabilities {
    /// How many units are paired.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.size
    }

    /// Whether no unit is paired.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// The probability of two units together, by their places among the units asked for; 0 beyond them.
    #[must_use]
    pub fn at(&self, one: usize, other: usize) -> f64 {
        if one < self.size && other < self.size { at(&self.values, one * self.size + other) } else { 0.0 }
    }

    /// The rows, one for each unit asked for.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.size.max(1))
    }

    fn filled(own: &[f64], mut pair: impl FnMut(usize, usize) -> f64) -> Self {
        let size = own.len();
        let mut values = vec![0.0; size * size];
        for one in 0..size {
            put(&mut values, one * size + one, at(own, one));
            for other in 0..one {
                let found = pair(one, other);
                put(&mut values, one * size + other, found);
                put(&mut values, other * size + one, found);
            }
        }
        Self { size, values }
    }
}

/// The probabilities of pairs among some units of a frame, by design.
///
/// Ask for the units drawn to estimate a variance, for the whole frame to compare designs. For a design of fixed size
/// the pairs of a unit over the whole frame sum to `(n - 1)·p`.
///
/// # Shapes and units
/// `probabilities[N]` of the whole frame, `units[k]` places in it; the value is `k × k`.
///
/// # Errors
/// [`SurveyError::NumberUnfit`] where a unit is not in the frame; [`SurveyError::DesignUnfit`] where a design of fixed
/// size has no whole size, or simple random sampling no equal probabilities.
///
/// # Source
/// Sampford (1967), Biometrika 54; Chen, Dempster and Liu (1994), Biometrika 81(3); Tillé (1996), Biometrika 83(1);
/// Madow (1949), Annals of Mathematical Statistics 20(3); Hájek (1964), Annals of Mathematical Statistics 35(4); Brewer
/// and Donadio (2003), "The high entropy variance of the Horvitz-Thompson estimator", Survey Methodology 29(2),
/// 189-196. Checked against the `UP…pi2` functions of the R package `sampling`.
///
/// # Examples
/// Two of three units, all alike: each pair has one chance in three.
/// ```
/// use c3ms_core::survey::sample::{Joint, equal_probabilities, joint_probabilities};
/// let pairs = joint_probabilities(Joint::Sampford, &equal_probabilities(3, 2)?, &[0, 1, 2])?;
/// assert!((pairs.at(0, 1) - 1.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn joint_probabilities(
    design: Joint,
    probabilities: &Probabilities,
    units: &[usize],
) -> Result<JointProbabilities, SurveyError> {
    let frame = probabilities.values();
    if let Some((at, unit)) = units.iter().enumerate().find(|(_, unit)| **unit >= frame.len()) {
        return Err(SurveyError::NumberUnfit {
            what: "unit".into(),
            value: number(*unit),
            at,
            expected: "a place in the frame",
        });
    }
    let own: Vec<f64> = units.iter().map(|&unit| at(frame, unit)).collect();
    let pairs = match design {
        Joint::SimpleRandom => {
            let size = number(probabilities.size()?);
            let all = number(frame.len());
            if frame.iter().any(|value| (value - size / all).abs() > 1e-12) {
                return Err(SurveyError::DesignUnfit {
                    design: "simple random",
                    reason: "the probabilities differ",
                });
            }
            JointProbabilities::filled(&own, |_, _| size * (size - 1.0) / (all * (all - 1.0)))
        }
        Joint::Poisson => JointProbabilities::filled(&own, |one, other| at(&own, one) * at(&own, other)),
        Joint::Sampford => sampford(probabilities, &own)?,
        Joint::MaximumEntropy => maximum_entropy(probabilities, units, &own)?,
        Joint::Elimination => elimination(probabilities, units, &own)?,
        Joint::Midzuno => {
            let others = successive::others(probabilities)?;
            let out: Vec<f64> = own.iter().map(|value| 1.0 - value).collect();
            let left = elimination(&others, units, &out)?;
            JointProbabilities::filled(&own, |one, other| {
                (left.at(one, other) + at(&own, one) + at(&own, other) - 1.0).max(0.0)
            })
        }
        Joint::Systematic => systematic(probabilities, units, &own)?,
        Joint::HajekApproximation => {
            probabilities.size()?;
            let variance: f64 = frame.iter().map(|value| value * (1.0 - value)).sum();
            JointProbabilities::filled(&own, |one, other| {
                let (one, other) = (at(&own, one), at(&own, other));
                let both = (1.0 - one) * (1.0 - other);
                one * other * if both > 0.0 { 1.0 - both / variance } else { 1.0 }
            })
        }
        Joint::BrewerApproximation => factors(probabilities, &own, |size, value, _| size - value)?,
        Joint::HartleyRaoApproximation => {
            factors(probabilities, &own, |size, value, squares| size - 2.0 * value + squares / size)?
        }
        Joint::BrewerDonadioApproximation => factors(probabilities, &own, |size, value, squares| {
            if size > 1.0 {
                size - value * (2.0 * size - 1.0) / (size - 1.0) + squares / (size - 1.0)
            } else {
                size
            }
        })?,
    };
    Ok(pairs)
}

/// `p·q·(c + d) / 2` with `c = (n - 1) / below`.
fn factors(
    probabilities: &Probabilities,
    own: &[f64],
    below: impl Fn(f64, f64, f64) -> f64,
) -> Result<JointProbabilities, SurveyError> {
    let size = number(probabilities.size()?);
    let squares: f64 = probabilities.values().iter().map(|value| value * value).sum();
    let factor = |value: f64| (size - 1.0) / below(size, value, squares);
    Ok(JointProbabilities::filled(own, |one, other| {
        let (one, other) = (at(own, one), at(own, other));
        one * other * (factor(one) + factor(other)) / 2.0
    }))
}

/// Reads the coefficient of `zⁿ` in `Σ_i p_i(1 - p_i)·z·Π_{j≠i}(1 - p_j + p_j·z)` with both units in.
fn sampford(probabilities: &Probabilities, own: &[f64]) -> Result<JointProbabilities, SurveyError> {
    let size = probabilities.size()?;
    let frame = probabilities.values();
    if probabilities.open().is_empty() {
        return Ok(JointProbabilities::filled(own, |one, other| at(own, one) * at(own, other)));
    }
    let points = spectrum::points(frame, size);
    let part = |point: &spectrum::Point, value: f64| {
        (point.place * point.factor(value).inverse()).times(value * (1.0 - value))
    };
    let mut whole = 0.0;
    let mut sums = Vec::with_capacity(points.len());
    let mut table = Vec::with_capacity(points.len() * own.len());
    for point in &points {
        let sum = frame.iter().fold(Complex::default(), |sum, &value| sum + part(point, value));
        whole += (point.read * sum).real;
        sums.push((point.read, sum));
    }
    for &value in own {
        table.extend(points.iter().map(|point| {
            let with = (point.place * point.factor(value).inverse()).times(value);
            (with, Complex::real(1.0 - value) - part(point, value))
        }));
    }
    let rows: Vec<&[(Complex, Complex)]> = table.chunks_exact(points.len().max(1)).collect();
    Ok(JointProbabilities::filled(own, |one, other| {
        let pairs = at(&rows, one).iter().zip(at(&rows, other));
        let sum: f64 = pairs
            .zip(&sums)
            .map(|((one, other), (read, sum))| (*read * one.0 * other.0 * (*sum + one.1 + other.1)).real)
            .sum();
        (sum / whole).max(0.0)
    }))
}

/// Reads the coefficient of `zⁿ` with both units in.
fn maximum_entropy(
    probabilities: &Probabilities,
    units: &[usize],
    own: &[f64],
) -> Result<JointProbabilities, SurveyError> {
    let size = probabilities.size()?;
    let odds = entropy_odds(probabilities)?;
    let points = spectrum::points(&odds, size);
    let whole: f64 = points.iter().map(|point| point.read.real).sum();
    let mut table = Vec::with_capacity(points.len() * own.len());
    for &unit in units {
        let value = at(&odds, unit);
        table.extend(points.iter().map(|point| (point.place * point.factor(value).inverse()).times(value)));
    }
    let rows: Vec<&[Complex]> = table.chunks_exact(points.len().max(1)).collect();
    Ok(JointProbabilities::filled(own, |one, other| {
        let pairs = at(&rows, one).iter().zip(at(&rows, other));
        let sum: f64 =
            pairs.zip(&points).map(|((one, other), point)| (point.read * *one * *other).real).sum();
        (sum / whole).max(0.0)
    }))
}

/// The product over the steps of `1 - r - s`, each unit leaving a step with its own probability.
///
/// All units that are not certain any more leave alike, so that only the steps where a unit ceases to be certain are
/// looked at for each pair; the others are multiplied once.
fn elimination(
    probabilities: &Probabilities,
    units: &[usize],
    own: &[f64],
) -> Result<JointProbabilities, SurveyError> {
    let scale = Scale::new(probabilities.values());
    let steps: Vec<successive::Step> = successive::steps(&scale, probabilities.size()?).collect();
    let factor = |step: usize| steps.get(step).map_or(0.0, |step| step.factor);
    // The probability of two such units to stay from each step on.
    let mut stays = vec![1.0; steps.len() + 1];
    for step in (1..steps.len()).rev() {
        let away = 1.0 - factor(step) / factor(step - 1);
        let after: f64 = at(&stays, step + 1);
        put(&mut stays, step, after * (1.0 - 2.0 * away).max(0.0));
    }
    let mut ranks = vec![usize::MAX; probabilities.values().len()];
    for (rank, &unit) in scale.order.iter().enumerate() {
        put(&mut ranks, unit, rank);
    }
    // The size of each unit, and the step after which it is not certain any more.
    let ends: Vec<(f64, usize)> = units
        .iter()
        .map(|&unit| {
            let rank = at(&ranks, unit);
            (scale.size(rank), steps.partition_point(|step| rank < step.certain))
        })
        .collect();
    Ok(JointProbabilities::filled(own, |one, other| {
        if at(own, one) <= 0.0 || at(own, other) <= 0.0 {
            return 0.0;
        }
        let (first, last) = if at(&ends, one).1 <= at(&ends, other).1 { (one, other) } else { (other, one) };
        let ((size, begin), (late, step)) = (at(&ends, first), at(&ends, last));
        if step >= steps.len() {
            return at(own, first);
        }
        let before = if begin < step { factor(step - 1) * size } else { 1.0 };
        let away = (1.0 - factor(step) * size / before) + (1.0 - factor(step) * late);
        before * (1.0 - away).max(0.0) * at(&stays, step + 1)
    }))
}

/// Between two neighbors among the remainders of the sums every start gives the same sample: their distance is its
/// probability.
fn systematic(
    probabilities: &Probabilities,
    units: &[usize],
    own: &[f64],
) -> Result<JointProbabilities, SurveyError> {
    probabilities.size()?;
    let sums = simple::sums(probabilities);
    let mut starts: Vec<f64> = sums.iter().map(|sum| sum - sum.floor()).chain([0.0, 1.0]).collect();
    starts.sort_by(f64::total_cmp);
    let mut places = vec![usize::MAX; probabilities.values().len()];
    for (place, &unit) in units.iter().enumerate() {
        put(&mut places, unit, place);
    }
    let mut pairs = JointProbabilities::filled(own, |_, _| 0.0);
    let size = pairs.size;
    for (from, to) in starts.iter().zip(starts.iter().skip(1)) {
        let length = to - from;
        if length < 1e-14 {
            continue;
        }
        let drawn = simple::systematic_from(&sums, from + length / 2.0);
        let drawn: Vec<usize> =
            drawn.into_iter().map(|unit| at(&places, unit)).filter(|&place| place < size).collect();
        for &one in &drawn {
            for &other in drawn.iter().filter(|&&other| other != one) {
                if let Some(value) = pairs.values.get_mut(one * size + other) {
                    *value += length;
                }
            }
        }
    }
    Ok(pairs)
}
