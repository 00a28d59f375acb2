//! Quantiles: the bounds below which shares of the public lie.

use serde::{Deserialize, Serialize};

use super::{Estimate, Flag, ProportionInterval, proportion::proportion_interval, student_quantile};

/// How a quantile is read where it lies between two answers.
///
/// # Source
/// Hyndman and Fan (1996), "Sample Quantiles in Statistical Packages", The American Statistician 50; with weights in
/// the place of counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum QuantileRule {
    /// The least answer at or below which at least the share lies: `inf{x: F(x) >= p}`, Hyndman and Fan's first.
    #[default]
    Math,
    /// As schools do: the mean of two answers where the share lies between them, their second.
    School,
    /// Their fourth: straight lines through the shares.
    Hf4,
    /// Their fifth.
    Hf5,
    /// Their sixth.
    Hf6,
    /// Their seventh, that of spreadsheets.
    Hf7,
    /// Their eighth.
    Hf8,
    /// Their ninth.
    Hf9,
}

/// How the interval of a quantile is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum QuantileInterval {
    /// Woodruff's: the quantiles of the ends of the interval of the share.
    #[default]
    Mean,
    /// As Woodruff's, the share's interval on the scale of the odds.
    Xlogit,
    /// As Woodruff's, the share's interval by the beta distribution.
    Beta,
}

/// The answers of some respondents in order, each with its weight.
pub(super) fn answers(variable: &[f64], weights: &[f64], rows: &[u32]) -> Vec<(f64, f64)> {
    let at = |values: &[f64], row: u32| values.get(row as usize).copied().unwrap_or(f64::NAN);
    let all = rows.iter().map(|row| (at(variable, *row), at(weights, *row)));
    let mut answers: Vec<(f64, f64)> =
        all.filter(|(value, weight)| !value.is_nan() && *weight != 0.0).collect();
    // Equal answers stay in the order of the rows, as in R: the rules between answers can tell.
    answers.sort_by(|one, other| one.0.total_cmp(&other.0));
    answers
}

/// A quantile with its interval, out of the estimate of the share that is not above it.
///
/// # Source
/// Woodruff (1952), "Confidence Intervals for Medians and Other Position Measures", JASA 47.
pub(super) fn woodruff(
    answers: &[(f64, f64)],
    value: f64,
    of_share: &Estimate,
    (rule, interval): (QuantileRule, QuantileInterval),
) -> Estimate {
    let by = match interval {
        QuantileInterval::Mean => ProportionInterval::Mean,
        QuantileInterval::Xlogit => ProportionInterval::Logit,
        QuantileInterval::Beta => ProportionInterval::Beta,
    };
    let (shares, _) = proportion_interval(of_share, by);
    let ci = shares.map(|shares| shares.map(|share| read(answers, share.clamp(0.0, 1.0), rule)));
    let reach = student_quantile(0.975, of_share.df);
    let se = ci.map_or(f64::NAN, |[low, high]| (high - low) / (2.0 * reach));
    let cv = Some(se / value.abs()).filter(|cv| cv.is_finite());
    // The precision of the share is not that of the quantile.
    let imprecise = cv.is_some_and(|cv| cv > 0.3);
    let mut flags: Vec<Flag> =
        of_share.flags.iter().copied().filter(|flag| *flag != Flag::Imprecise).collect();
    flags.extend(imprecise.then_some(Flag::Imprecise));
    Estimate {
        value,
        se,
        variance: se * se,
        ci,
        cv,
        flags,
        deff: None,
        deff_replace: None,
        n_effective: None,
        ..of_share.clone()
    }
}

impl QuantileRule {
    /// The rule as it is named in a result.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Math => "quantile, rule math, Woodruff interval",
            Self::School => "quantile, rule school, Woodruff interval",
            Self::Hf4 => "quantile, rule hf4, Woodruff interval",
            Self::Hf5 => "quantile, rule hf5, Woodruff interval",
            Self::Hf6 => "quantile, rule hf6, Woodruff interval",
            Self::Hf7 => "quantile, rule hf7, Woodruff interval",
            Self::Hf8 => "quantile, rule hf8, Woodruff interval",
            Self::Hf9 => "quantile, rule hf9, Woodruff interval",
        }
    }
}

/// Reads a quantile off answers in order, each with its weight.
pub(super) fn read(answers: &[(f64, f64)], probability: f64, rule: QuantileRule) -> f64 {
    let places = answers;
    let all: f64 = places.iter().map(|(_, weight)| weight).sum();
    let count = places.len();
    let value =
        |place: usize| places.get(place.min(count.saturating_sub(1))).map_or(f64::NAN, |(value, _)| *value);
    let mut upto = Vec::with_capacity(count);
    let mut sum = 0.0;
    for (_, weight) in places {
        sum += weight;
        upto.push(sum);
    }
    let last = places.last().map_or(0.0, |(_, weight)| *weight);
    // A share that rounding put a hair beyond a bound is on it.
    let hair = 4.0 * f64::EPSILON * all;
    match rule {
        QuantileRule::Math | QuantileRule::School => {
            let wanted = probability * all;
            let place =
                upto.iter().position(|upto| *upto >= wanted - hair).unwrap_or(count.saturating_sub(1));
            let on_bound = upto.get(place).is_some_and(|upto| (upto - wanted).abs() <= hair);
            if rule == QuantileRule::School && on_bound && place + 1 < count {
                f64::midpoint(value(place), value(place + 1))
            } else {
                value(place)
            }
        }
        QuantileRule::Hf4
        | QuantileRule::Hf5
        | QuantileRule::Hf6
        | QuantileRule::Hf7
        | QuantileRule::Hf8
        | QuantileRule::Hf9 => {
            // The share at which each answer stands.
            let share = |place: usize| {
                let upto = upto.get(place).copied().unwrap_or(all);
                let own = places.get(place).map_or(0.0, |(_, weight)| *weight);
                match rule {
                    QuantileRule::Hf5 => (upto - own / 2.0) / all,
                    QuantileRule::Hf6 => upto / (all + last),
                    QuantileRule::Hf7 => (upto - own) / (all - last),
                    QuantileRule::Hf8 => (upto - own / 3.0) / (all + last / 3.0),
                    QuantileRule::Hf9 => (upto - own * 3.0 / 8.0) / (all + last / 4.0),
                    QuantileRule::Math | QuantileRule::School | QuantileRule::Hf4 => upto / all,
                }
            };
            let after = (0..count).find(|place| share(*place) >= probability);
            match after {
                None => value(count.saturating_sub(1)),
                Some(0) => value(0),
                Some(after) => {
                    let (low, high) = (share(after - 1), share(after));
                    let part = (probability - low) / (high - low);
                    value(after - 1) + part * (value(after) - value(after - 1))
                }
            }
        }
    }
}
