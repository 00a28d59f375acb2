//! Quantiles and tails of the distributions that intervals and tests rest on.

use statrs::distribution::{Beta, Continuous, ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// The quantile of Student's t; of the normal where the degrees of freedom are infinite.
///
/// # Source
/// The tail of `statrs`, whose inverse is made exact here by Newton's steps.
#[must_use]
pub fn student_quantile(probability: f64, freedom: f64) -> f64 {
    if freedom.is_infinite() {
        return normal_quantile(probability);
    }
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |student| polished(probability, &student))
}

/// The upper tail of the normal distribution.
#[must_use]
pub fn normal_tail(value: f64) -> f64 {
    0.5 * libm::erfc(value * std::f64::consts::FRAC_1_SQRT_2)
}

/// The quantile of the normal distribution.
///
/// # Source
/// The inverse of `statrs`, made exact by Newton's steps on `libm`'s error function.
#[must_use]
pub fn normal_quantile(probability: f64) -> f64 {
    let mut quantile = Normal::standard().inverse_cdf(probability);
    for _ in 0..4 {
        let density = libm::exp(-0.5 * quantile * quantile) / (2.0 * std::f64::consts::PI).sqrt();
        if density > 0.0 && quantile.is_finite() {
            quantile += (normal_tail(quantile) - (1.0 - probability)) / density;
        }
    }
    quantile
}

/// Both tails of Student's t beyond a statistic.
#[must_use]
pub fn student_tails(statistic: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |student| 2.0 * student.cdf(-statistic.abs()))
}

/// The upper tail of Fisher's F.
#[must_use]
pub fn fisher_tail(statistic: f64, above: f64, below: f64) -> f64 {
    FisherSnedecor::new(above, below).map_or(f64::NAN, |fisher| fisher.sf(statistic))
}

/// The quantile of the beta distribution; 0 and 1 where one of its parts is nothing.
#[must_use]
pub fn beta_quantile(probability: f64, one: f64, other: f64) -> f64 {
    if one <= 0.0 {
        return 0.0;
    }
    if other <= 0.0 {
        return 1.0;
    }
    let Ok(beta) = Beta::new(one, other) else { return f64::NAN };
    let (mut low, mut high) = (0.0, 1.0);
    // Halving is sure where the density is nothing or without bound.
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if beta.cdf(middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

fn polished(probability: f64, distribution: &(impl ContinuousCDF<f64, f64> + Continuous<f64, f64>)) -> f64 {
    let mut quantile = distribution.inverse_cdf(probability);
    for _ in 0..4 {
        let density = distribution.pdf(quantile);
        if density > 0.0 && quantile.is_finite() {
            quantile -= (distribution.cdf(quantile) - probability) / density;
        }
    }
    quantile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_another_library() {
        // SciPy 1: t.ppf(.975, 14), norm.ppf(.975), beta.ppf(.025, 2, 5), f.sf(3, 2, 10).
        let close = |one: f64, other: f64| assert!((one / other - 1.0).abs() < 1e-12, "{one} {other}");
        close(student_quantile(0.975, 14.0), 2.144_786_687_917_804);
        close(student_quantile(0.975, f64::INFINITY), 1.959_963_984_540_054);
        close(beta_quantile(0.025, 2.0, 5.0), 0.043_271_868_292_741_676);
        close(fisher_tail(3.0, 2.0, 10.0), 0.095_367_431_640_625);
    }
}
