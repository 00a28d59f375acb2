//! Whether a figure changed from one wave to another.

use super::{
    super::{
        distribution::{student_quantile, student_tails},
        variance::real,
    },
    told::{Comparison, Figure, Indicator},
};

/// How often a difference is taken for one where there is none, over all comparisons together.
const ALPHA: f64 = 0.05;

/// How a published figure differs from an earlier one; nothing where one of them is left out or has no precision.
///
/// Waves are drawn independently of each other: the variance of a difference is the sum of the variances; degrees of freedom
/// are those of Satterthwaite (1946), Biometrics Bulletin 2(6), 110-114.
fn compared(earlier: &Figure, later: &Figure) -> Option<Comparison> {
    let difference = later.value? - earlier.value?;
    let ([one, other], freedoms) = ([earlier.se?, later.se?], [earlier.df?, later.df?]);
    let variances = [one * one, other * other];
    let variance: f64 = variances.iter().sum();
    if variance <= 0.0 || !variance.is_finite() || freedoms.iter().any(|df| *df < 1.0) {
        return None;
    }
    let parts: f64 = variances.iter().zip(freedoms).map(|(own, df)| own * own / df).sum();
    let (se, df) = (variance.sqrt(), variance * variance / parts);
    let reach = student_quantile(1.0 - ALPHA / 2.0, df) * se;
    let p = student_tails(difference / se, df);
    Some(Comparison {
        from: earlier.wave.clone(),
        to: later.wave.clone(),
        by: later.by.clone(),
        member: later.member.clone(),
        level: later.level.clone(),
        difference,
        se,
        interval: [difference - reach, difference + reach],
        df,
        p,
        p_adjusted: p,
        significant: false,
    })
}

/// Compares the waves of all indicators.
pub(super) fn compare(indicators: &mut [Indicator], pairs: &[[String; 2]]) {
    for indicator in &mut *indicators {
        let mut found = Vec::new();
        for [from, to] in pairs {
            for later in indicator.figures.iter().filter(|figure| figure.wave == *to) {
                let is_it = |figure: &&Figure| {
                    figure.wave == *from
                        && (&figure.by, &figure.member, &figure.level)
                            == (&later.by, &later.member, &later.level)
                };
                let earlier = indicator.figures.iter().find(is_it);
                found.extend(earlier.and_then(|earlier| compared(earlier, later)));
            }
        }
        indicator.comparisons = found;
    }
    let mut all: Vec<&mut Comparison> =
        indicators.iter_mut().flat_map(|indicator| &mut indicator.comparisons).collect();
    let adjusted = holm(&all.iter().map(|comparison| comparison.p).collect::<Vec<_>>());
    for (comparison, p) in all.iter_mut().zip(adjusted) {
        comparison.p_adjusted = p;
        comparison.significant = p <= ALPHA;
    }
}

/// Probabilities of a family of tests, so that one of them is wrong by chance as seldom as a single test would be.
///
/// The least is multiplied by the number of tests, the next by one less, and so on; none falls below the one before.
///
/// # Source
/// Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70; R's `p.adjust(p, "holm")`.
///
/// # Examples
/// ```
/// use c3ms_core::survey::observatory::holm;
/// assert_eq!(holm(&[0.04, 0.01, 0.03]), [0.06, 0.03, 0.06]);
/// ```
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = p.iter().copied().zip(0..).collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut adjusted = vec![f64::NAN; p.len()];
    let (mut left, mut least) = (real(p.len()), 0.0_f64);
    for (own, place) in order {
        least = least.max(own * left).min(1.0);
        left -= 1.0;
        if let Some(slot) = adjusted.get_mut(place) {
            *slot = least;
        }
    }
    adjusted
}
