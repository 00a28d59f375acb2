//! Quantiles and tails of the distributions that intervals and tests rest on, to the same digit on every platform.
//!
//! Logarithms and exponentials are those of `libm`: the machine's differ in their last digits.

/// The upper tail of the normal distribution.
#[must_use]
pub fn normal_tail(value: f64) -> f64 {
    0.5 * libm::erfc(value * std::f64::consts::FRAC_1_SQRT_2)
}

/// The quantile of the normal distribution; not a number outside of 0 to 1.
///
/// # Examples
/// ```
/// use c3ms_core::survey::normal_quantile;
/// assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
/// ```
#[must_use]
pub fn normal_quantile(probability: f64) -> f64 {
    if probability > 0.5 {
        return -normal_quantile(1.0 - probability);
    }
    // Far out in the tail the distance is about the root of twice the logarithm.
    let far = -(-2.0 * libm::log(probability)).max(0.0).sqrt() - 1.0;
    solved(|value| normal_tail(-value), normal_density, probability, (far, 0.0))
}

fn normal_density(value: f64) -> f64 {
    libm::exp(-0.5 * value * value) / (2.0 * std::f64::consts::PI).sqrt()
}

/// The quantile of Student's t; of the normal where the degrees of freedom are infinite.
///
/// # Examples
/// ```
/// use c3ms_core::survey::student_quantile;
/// assert!((student_quantile(0.975, 14.0) - 2.144_786_687_917_804).abs() < 1e-13);
/// ```
#[must_use]
pub fn student_quantile(probability: f64, freedom: f64) -> f64 {
    if freedom.is_infinite() {
        return normal_quantile(probability);
    }
    if freedom.is_nan() || freedom <= 0.0 || !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability < 0.5 {
        return -student_quantile(1.0 - probability, freedom);
    }
    let tail = 1.0 - probability;
    let above = |value: f64| 0.5 * student_tails(value, freedom);
    let mut far = 2.0;
    while above(far) > tail && far < 1e300 {
        far *= 2.0;
    }
    // Of the tail the slope is less than nothing: turned round, it rises.
    -solved(|value| above(-value), |value| student_density(value, freedom), tail, (-far, 0.0))
}

fn student_density(value: f64, freedom: f64) -> f64 {
    // The beta density of its square, on its own scale.
    let part = freedom / (freedom + value * value);
    if value == 0.0 {
        return student_density(1e-8, freedom);
    }
    beta_power(freedom / 2.0, 0.5, part, 1.0 - part) / value.abs()
}

/// Both tails of Student's t beyond a statistic.
#[must_use]
pub fn student_tails(statistic: f64, freedom: f64) -> f64 {
    if freedom.is_infinite() {
        return 2.0 * normal_tail(statistic.abs());
    }
    let square = statistic * statistic;
    beta_below(freedom / 2.0, 0.5, (freedom / (freedom + square), square / (freedom + square)))
}

/// The upper tail of Fisher's F.
///
/// # Examples
/// ```
/// use c3ms_core::survey::fisher_tail;
/// assert!((fisher_tail(3.0, 2.0, 10.0) / 0.095_367_431_640_625 - 1.0).abs() < 1e-14);
/// ```
#[must_use]
pub fn fisher_tail(statistic: f64, above: f64, below: f64) -> f64 {
    if statistic <= 0.0 {
        return 1.0;
    }
    if below.is_infinite() {
        return chi_square_tail(statistic * above, above);
    }
    let whole = below + above * statistic;
    beta_below(below / 2.0, above / 2.0, (below / whole, above * statistic / whole))
}

/// The upper tail of the chi-square.
///
/// # Source
/// DLMF 8.7.1 (series) and 8.9.2 (continued fraction).
#[must_use]
pub fn chi_square_tail(statistic: f64, freedom: f64) -> f64 {
    let (shape, value) = (freedom / 2.0, statistic / 2.0);
    if shape.is_nan() || shape <= 0.0 || value.is_nan() {
        return f64::NAN;
    }
    if value <= 0.0 {
        return 1.0;
    }
    // value^shape e^(−value) / Γ(shape + 1), as a Poisson probability.
    let density = poisson(shape, value);
    if value < shape + 1.0 {
        let (mut term, mut sum, mut place) = (1.0, 1.0, shape);
        while term > sum * 1e-17 {
            place += 1.0;
            term *= value / place;
            sum += term;
        }
        return 1.0 - density * sum;
    }
    let fraction = lentz(|step| {
        let step = f64::from(step);
        if step == 0.0 {
            (1.0, value + 1.0 - shape)
        } else {
            (step * (shape - step), value + 2.0 * step + 1.0 - shape)
        }
    });
    density * shape * fraction
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
    let below = |value: f64| beta_below(one, other, (value, 1.0 - value));
    let density = |value: f64| beta_power(one, other, value, 1.0 - value) / (value * (1.0 - value));
    solved(below, density, probability, (0.0, 1.0))
}

/// Where a rising function reaches what is wanted: Newton's steps, halving where these lead astray.
fn solved(
    of: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
    wanted: f64,
    (mut low, mut high): (f64, f64),
) -> f64 {
    let mut value = f64::midpoint(low, high);
    for _ in 0..400 {
        let apart = of(value) - wanted;
        if apart == 0.0 {
            return value;
        }
        if apart < 0.0 {
            low = value;
        } else {
            high = value;
        }
        let step = value - apart / slope(value);
        let next = if step > low && step < high { step } else { f64::midpoint(low, high) };
        if (next - value).abs() <= f64::EPSILON * value.abs() {
            return next;
        }
        value = next;
    }
    value
}

/// The share of the beta distribution below a value that is told with what it lacks to 1.
fn beta_below(one: f64, other: f64, (value, rest): (f64, f64)) -> f64 {
    if !(one > 0.0 && other > 0.0) || value.is_nan() || rest.is_nan() {
        return f64::NAN;
    }
    if value <= 0.0 {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    if value > one / (one + other) {
        return 1.0 - beta_fraction(other, one, rest, value);
    }
    beta_fraction(one, other, value, rest)
}

/// By a continued fraction whose parts do not cancel each other near 0 and 1.
///
/// # Source
/// `DiDonato` and Morris (1992), "Algorithm 708: Significant Digit Computation of the Incomplete Beta Function Ratios", ACM
/// TOMS 18, `bfrac`.
fn beta_fraction(one: f64, other: f64, value: f64, rest: f64) -> f64 {
    let whole = one + other;
    let apart = if value <= 0.5 { one - whole * value } else { whole * rest - other };
    let first = 1.0 + apart;
    let (ratio, after) = (other / one, 1.0 + 1.0 / one);
    let (mut part, mut sum) = (1.0, one + 1.0);
    let (mut above, mut below, mut next_above, mut next_below) = (0.0, 1.0, 1.0, first / after);
    let mut fraction = after / first;
    for step in 1..100_000 {
        let n = f64::from(step);
        let (share, weight, portion) = (n / one, n * (other - n) * value, one / sum);
        let alpha = part * (part + ratio) * portion * portion * (weight * value);
        let beta = n + weight / sum + (share + 1.0) / (after + 2.0 * share) * (first + n * (rest + 1.0));
        part = share + 1.0;
        sum += 2.0;
        (above, next_above) = (next_above, alpha * above + beta * next_above);
        (below, next_below) = (next_below, alpha * below + beta * next_below);
        let last = fraction;
        fraction = next_above / next_below;
        if (fraction - last).abs() <= f64::EPSILON * fraction {
            break;
        }
        above /= next_below;
        below /= next_below;
        (next_above, next_below) = (fraction, 1.0);
    }
    beta_power(one, other, value, rest) * fraction
}

/// A continued fraction of numerators and denominators.
///
/// # Source
/// Lentz (1976), Applied Optics 15, as modified by Thompson and Barnett (1986).
fn lentz(part: impl Fn(u32) -> (f64, f64)) -> f64 {
    const TINY: f64 = 1e-300;
    let (numerator, denominator) = part(0);
    let mut value = denominator.max(TINY);
    let (mut up, mut down) = (value, 0.0);
    for step in 1..100_000 {
        let (above, below) = part(step);
        down = below + above * down;
        up = below + above / up;
        down = 1.0 / if down.abs() < TINY { TINY } else { down };
        up = if up.abs() < TINY { TINY } else { up };
        let change = up * down;
        value *= change;
        if (change - 1.0).abs() < 2.0 * f64::EPSILON {
            break;
        }
    }
    numerator / value
}

/// `value^one rest^other / B(one, other)`, without losing digits to large logarithms.
///
/// # Source
/// Loader (2000), "Fast and Accurate Computation of Binomial Probabilities".
fn beta_power(one: f64, other: f64, value: f64, rest: f64) -> f64 {
    let whole = one + other;
    let exponent = stirling_error(whole)
        - stirling_error(one)
        - stirling_error(other)
        - deviance(one, whole * value)
        - deviance(other, whole * rest);
    let binomial = libm::exp(exponent) * (whole / (2.0 * std::f64::consts::PI * one * other)).sqrt();
    one * other / whole * binomial
}

/// `mean^count e^(−mean) / Γ(count + 1)`.
fn poisson(count: f64, mean: f64) -> f64 {
    libm::exp(-stirling_error(count) - deviance(count, mean)) / (2.0 * std::f64::consts::PI * count).sqrt()
}

/// What Stirling's formula lacks of `ln Γ(n + 1)`.
fn stirling_error(n: f64) -> f64 {
    if n < 15.0 {
        // ln √(2π)
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - 0.918_938_533_204_672_8;
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square)
        / n
}

/// `x ln(x/m) + m − x`.
fn deviance(x: f64, mean: f64) -> f64 {
    let apart = x - mean;
    if apart.abs() > 0.1 * (x + mean) {
        return x * libm::log(x / mean) + mean - x;
    }
    let ratio = apart / (x + mean);
    let mut sum = apart * ratio;
    let mut term = 2.0 * x * ratio;
    for place in 1..1000 {
        term *= ratio * ratio;
        let next = sum + term / f64::from(2 * place + 1);
        if next.to_bits() == sum.to_bits() {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Beta, ChiSquared, ContinuousCDF as _, FisherSnedecor, StudentsT};

    fn close(one: f64, other: f64, far: f64) {
        assert!((one / other - 1.0).abs() < far, "{one} {other}");
    }

    #[test]
    fn figures_are_those_of_r() {
        // R 4.2: qt(.975, 1e6), qt(.6, 3), qt(.995, 1), pt(-40, 7), pf(1e-3, 3, 50, lower = FALSE), pf(12, 2.5, 1e5,
        // lower = FALSE), pchisq(90, 30, lower = FALSE), pchisq(.2, 5, lower = FALSE), qbeta(.025, .2, 300.5), qnorm(1e-12).
        close(student_quantile(0.975, 1e6), R[0], 1e-13);
        close(student_quantile(0.6, 3.0), R[1], 1e-13);
        close(student_quantile(0.995, 1.0), R[2], 1e-13);
        close(student_tails(40.0, 7.0) / 2.0, R[3], 1e-13);
        close(fisher_tail(1e-3, 3.0, 50.0), R[4], 1e-13);
        close(fisher_tail(12.0, 2.5, 1e5), R[5], 1e-12);
        close(chi_square_tail(90.0, 30.0), R[6], 1e-13);
        close(chi_square_tail(0.2, 5.0), R[7], 1e-13);
        close(beta_quantile(0.025, 0.2, 300.5), R[8], 1e-12);
        close(normal_quantile(1e-12), R[9], 1e-13);
    }

    const R: [f64; 10] = [
        1.959_966_356_814_106_6,
        0.276_670_662_332_689_83,
        63.656_741_162_871_526,
        7.951_089_992_425_214e-10,
        0.999_955_688_621_336_8,
        6.762_199_837_707_066e-07,
        6.567_326_820_001_495e-08,
        0.999_113_861_211_187_4,
        2.123_471_206_136_42e-11,
        -7.034_483_825_301_132,
    ];

    #[test]
    fn tails_are_those_of_another_library() {
        for freedom in [1.0, 2.5, 14.0, 333.0] {
            for value in [0.01, 0.7, 2.0, 9.0] {
                let student = StudentsT::new(0.0, 1.0, freedom).unwrap();
                close(student_tails(value, freedom), 2.0 * student.cdf(-value), 1e-11);
                close(
                    chi_square_tail(value * 3.0, freedom),
                    ChiSquared::new(freedom).unwrap().sf(value * 3.0),
                    1e-11,
                );
                close(
                    fisher_tail(value, freedom, 7.5),
                    FisherSnedecor::new(freedom, 7.5).unwrap().sf(value),
                    1e-11,
                );
            }
            let beta = Beta::new(freedom, 3.2).unwrap();
            for share in [0.025, 0.5, 0.975] {
                close(beta.cdf(beta_quantile(share, freedom, 3.2)), share, 1e-11);
            }
        }
    }
}
