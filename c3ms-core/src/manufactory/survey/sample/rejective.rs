//! Draws of fixed size that keep what chance gives only where it fits: Sampford, and the most random of all.

use super::{Probabilities, SurveyError, at, spectrum};
use crate::survey::Stream;

/// Draws units by Sampford's design: fixed size, exact probabilities, known probabilities of pairs.
///
/// One unit is drawn by `p(1 - p)`, the others each on its own; the draw is kept where the size is met. This takes
/// about `2.5·√Σp(1 - p)` tries whatever the sizes are, where drawing with replacement until all differ never ends on
/// large samples. Units of probability 1 are taken.
///
/// # Errors
/// [`SurveyError::DesignUnfit`] where the probabilities do not sum to a whole number.
///
/// # Source
/// Sampford (1967), "On sampling without replacement with unequal probabilities of selection", Biometrika 54, 499-513;
/// the law is that of Hájek (1981), *Sampling from a Finite Population*, chapter 8.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{inclusion_probabilities, sampford}}};
/// let probabilities = inclusion_probabilities(&[800.0, 100.0, 60.0, 40.0], 2)?;
/// let drawn = sampford(&probabilities, &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!((drawn.len(), drawn[0]), (2, 0));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn sampford(probabilities: &Probabilities, stream: &mut Stream) -> Result<Vec<usize>, SurveyError> {
    let size = probabilities.size()?;
    let mut drawn = probabilities.certain();
    let open = probabilities.open();
    let Some(rest) = size.checked_sub(drawn.len()).filter(|_| !open.is_empty()) else { return Ok(drawn) };
    let values: Vec<f64> = open.iter().map(|&unit| at(probabilities.values(), unit)).collect();
    let mut sum = 0.0;
    let sums: Vec<f64> = values
        .iter()
        .map(|value| {
            sum += value * (1.0 - value);
            sum
        })
        .collect();
    let places = tries(&values, "Sampford", || {
        let chance = stream.unit() * sum;
        let first = sums.partition_point(|sum| *sum <= chance).min(values.len() - 1);
        trial(&values, Some(first), rest, stream)
    })?;
    drawn.extend(places.into_iter().map(|place| at(&open, place)));
    drawn.sort_unstable();
    Ok(drawn)
}

/// Draws each place on its own beside one that is drawn already; the places, where there are `count` of them.
fn trial(values: &[f64], first: Option<usize>, count: usize, stream: &mut Stream) -> Option<Vec<usize>> {
    let mut places = Vec::with_capacity(count + 1);
    places.extend(first);
    for (place, value) in values.iter().enumerate() {
        if Some(place) != first && stream.unit() < *value {
            places.push(place);
            if places.len() > count {
                break;
            }
        }
    }
    (places.len() == count).then_some(places)
}

/// Draws units by the most random of all designs of fixed size with these probabilities (conditional Poisson).
///
/// # Errors
/// [`SurveyError::DesignUnfit`] where the probabilities do not sum to a whole number, or are so extreme that no odds
/// are found for them.
///
/// # Source
/// Hájek (1964), Annals of Mathematical Statistics 35(4), 1491-1523; Chen, Dempster and Liu (1994), "Weighted finite
/// population sampling to maximize entropy", Biometrika 81(3), 457-469.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{inclusion_probabilities, maximum_entropy}}};
/// let probabilities = inclusion_probabilities(&[800.0, 100.0, 60.0, 40.0], 2)?;
/// let drawn = maximum_entropy(&probabilities, &mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!((drawn.len(), drawn[0]), (2, 0));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn maximum_entropy(
    probabilities: &Probabilities,
    stream: &mut Stream,
) -> Result<Vec<usize>, SurveyError> {
    let size = probabilities.size()?;
    let mut drawn = probabilities.certain();
    let open = probabilities.open();
    let Some(rest) = size.checked_sub(drawn.len()).filter(|_| !open.is_empty()) else { return Ok(drawn) };
    let odds = entropy_odds(probabilities)?;
    let values: Vec<f64> = open.iter().map(|&unit| at(&odds, unit)).collect();
    let places = tries(&values, "maximum entropy", || trial(&values, None, rest, stream))?;
    drawn.extend(places.into_iter().map(|place| at(&open, place)));
    drawn.sort_unstable();
    Ok(drawn)
}

/// The probabilities with which to draw each unit on its own so that, the size being met, the given ones come out.
///
/// # Errors
/// As [`maximum_entropy`].
///
/// # Source
/// Chen, Dempster and Liu (1994), Biometrika 81(3), 457-469; the steps are those of Deville (2000) on the logarithms
/// of the odds, the laws are read through their Fourier transform and stay exact for large samples.
///
/// # Examples
/// With equal probabilities nothing changes.
/// ```
/// use c3ms_core::survey::sample::{entropy_odds, equal_probabilities};
/// let odds = entropy_odds(&equal_probabilities(4, 2)?)?;
/// assert!(odds.iter().all(|odds| (odds - 0.5).abs() < 1e-12));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn entropy_odds(probabilities: &Probabilities) -> Result<Vec<f64>, SurveyError> {
    let size = probabilities.size()?;
    let open = probabilities.open();
    let mut found = probabilities.values().to_vec();
    if open.is_empty() {
        return Ok(found);
    }
    let rest = size.saturating_sub(probabilities.certain().len());
    let wanted: Vec<f64> = open.iter().map(|&unit| at(probabilities.values(), unit)).collect();
    let mut logits: Vec<f64> = wanted.iter().map(|value| logit(*value)).collect();
    let mut step = 1.0;
    let mut before = f64::INFINITY;
    for _ in 0..500 {
        let values: Vec<f64> = logits.iter().map(|logit| 1.0 / (1.0 + libm::exp(-logit))).collect();
        let given = given_size(&values, rest);
        let far = wanted.iter().zip(&given).map(|(wanted, given)| (wanted - given).abs()).fold(0.0, f64::max);
        // Rounding alone leaves about this much.
        if far < 1e-13 || (far < 1e-10 && far >= before) {
            for (&unit, value) in open.iter().zip(values) {
                super::put(&mut found, unit, value);
            }
            return Ok(found);
        }
        if !far.is_finite() {
            break;
        }
        if far > 0.7 * before {
            step = 0.5;
        }
        before = far;
        for ((value, wanted), given) in logits.iter_mut().zip(&wanted).zip(&given) {
            *value += step * (logit(*wanted) - logit(*given));
        }
    }
    Err(SurveyError::DesignUnfit {
        design: "maximum entropy",
        reason: "the probabilities are too extreme: no odds are found for them",
    })
}

fn logit(probability: f64) -> f64 {
    libm::log(probability / (1.0 - probability))
}

/// The probability of each unit where each is drawn on its own and the size is met.
fn given_size(values: &[f64], size: usize) -> Vec<f64> {
    let points = spectrum::points(values, size);
    let whole: f64 = points.iter().map(|point| point.read.real).sum();
    values
        .iter()
        .map(|&value| {
            let with =
                points.iter().map(|point| (point.read * point.place * point.factor(value).inverse()).real);
            value * with.sum::<f64>() / whole
        })
        .collect()
}

/// Tries until a draw meets the size; chance all but never exhausts the tries.
fn tries(
    values: &[f64],
    design: &'static str,
    mut once: impl FnMut() -> Option<Vec<usize>>,
) -> Result<Vec<usize>, SurveyError> {
    let variance: f64 = values.iter().map(|value| value * (1.0 - value)).sum();
    let most = super::count(1000.0 * (1.0 + variance.sqrt()));
    (0..most)
        .find_map(|_| once())
        .ok_or(SurveyError::DesignUnfit { design, reason: "no draw of this size was met by chance" })
}
