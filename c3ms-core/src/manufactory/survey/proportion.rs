//! Intervals of proportions that stay between 0 and 1.

use serde::{Deserialize, Serialize};

use super::{Estimate, beta_quantile, student_quantile, variance::real};

/// How the interval of a proportion is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProportionInterval {
    /// On the scale of the logarithm of the odds.
    #[default]
    Logit,
    /// Where the likelihood, scaled by the design effect, is not much lower than at the estimate.
    Likelihood,
    /// On the scale of the arcsine of the square root, which has the same variance everywhere.
    Asin,
    /// Clopper and Pearson's, for the effective sample size.
    Beta,
    /// The mean, more or less: may leave 0 to 1.
    Mean,
}

/// The interval of a proportion, and the name of its rule; none without degrees of freedom.
///
/// # Source
/// Korn and Graubard (1998), "Confidence Intervals for Proportions with Small Expected Number of Positive Counts
/// Estimated from Survey Data", Survey Methodology 24; Rao and Scott (1984) for the likelihood.
#[must_use]
pub fn proportion_interval(
    estimate: &Estimate,
    rule: ProportionInterval,
) -> (Option<[f64; 2]>, &'static str) {
    let (share, se) = (estimate.value, estimate.se);
    let name = match rule {
        ProportionInterval::Logit => "proportion, logit interval",
        ProportionInterval::Likelihood => "proportion, scaled likelihood interval",
        ProportionInterval::Asin => "proportion, arcsine interval",
        ProportionInterval::Beta => "proportion, Korn-Graubard beta interval",
        ProportionInterval::Mean => "proportion, Student interval",
    };
    if estimate.df < 1.0 {
        return (None, name);
    }
    let within = share > 0.0 && share < 1.0;
    let reach = student_quantile(0.975, estimate.df);
    let ci = match rule {
        ProportionInterval::Mean => [share - reach * se, share + reach * se],
        ProportionInterval::Beta => beta(share, se, estimate),
        // At 0 and 1 the other scales have no end.
        ProportionInterval::Logit | ProportionInterval::Likelihood | ProportionInterval::Asin if !within => {
            return (None, name);
        }
        ProportionInterval::Logit => {
            let odds = libm::log(share / (1.0 - share));
            let far = reach * se / (share * (1.0 - share));
            [odds - far, odds + far].map(|odds| 1.0 / (1.0 + libm::exp(-odds)))
        }
        ProportionInterval::Asin => {
            let angle = libm::asin(share.sqrt());
            let far = reach * se / (2.0 * (share * (1.0 - share)).sqrt());
            // An angle beyond the end turns back from it, as in R.
            [angle - far, angle + far].map(|angle| libm::sin(angle) * libm::sin(angle))
        }
        ProportionInterval::Likelihood => likelihood(share, se, reach),
    };
    (Some(ci), name)
}

/// For as many answers as a simple random sample would need, corrected for the degrees of freedom.
fn beta(share: f64, se: f64, estimate: &Estimate) -> [f64; 2] {
    let n = real(estimate.n);
    let effective = share * (1.0 - share) / (se * se);
    let corrected = student_quantile(0.975, n - 1.0) / student_quantile(0.975, estimate.df);
    let size = effective * corrected * corrected;
    let size = if size.is_finite() { size } else { n };
    [
        beta_quantile(0.025, size * share, size * (1.0 - share) + 1.0),
        beta_quantile(0.975, size * share + 1.0, size * (1.0 - share)),
    ]
}

/// The two shares at which twice the distance of the likelihoods reaches Student's bound.
fn likelihood(share: f64, se: f64, reach: f64) -> [f64; 2] {
    let size = share * (1.0 - share) / (se * se);
    let distance = |other: f64| {
        2.0 * size
            * (share * libm::log(share / other) + (1.0 - share) * libm::log((1.0 - share) / (1.0 - other)))
    };
    let bound = |mut near: f64, mut far: f64| {
        for _ in 0..200 {
            let middle = f64::midpoint(near, far);
            if distance(middle) < reach * reach {
                near = middle;
            } else {
                far = middle;
            }
        }
        f64::midpoint(near, far)
    };
    [bound(share, 0.0), bound(share, 1.0)]
}
