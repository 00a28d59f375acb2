//! Quantiles and tails of the distributions that intervals and tests rest on.

use statrs::distribution::{Beta, Continuous, ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// The quantile of Student's t; of the normal where the degrees of freedom are infinite.
///
/// # Source
/// The tail of `statrs`, whose inverse is made exact here by Newton's steps.
#[must_use]
pub fn student_quantile(probability: f64, freedom: f64) -> f64 {
    if freedom.is_infinite() {
        return polished(probability, &Normal::standard());
    }
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |student| polished(probability, &student))
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
    fn quantiles_are_those_of_r() {
        // qt(0.975, 14), qt(0.975, 199), qnorm(0.975), qbeta(0.025, 2, 5), pf(3, 2, 10, lower = FALSE) in R 4.2.
        let close = |one: f64, other: f64| assert!((one / other - 1.0).abs() < 1e-12, "{one} {other}");
        close(student_quantile(0.975, 14.0), 2.144_786_687_916_93);
        close(student_quantile(0.975, f64::INFINITY), 1.959_963_984_540_05);
        close(beta_quantile(0.025, 2.0, 5.0), 0.043_271_868_292_646_7);
        close(fisher_tail(3.0, 2.0, 10.0), 0.095_367_431_640_625);
    }
}
