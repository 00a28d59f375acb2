//! How many units of each stratum: by share, by precision, within bounds.

use serde::Serialize;

use super::{SurveyError, at, at_least, count as whole, number, put, same_length};

/// What a stratum takes at least and at most.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::Bounds;
/// let bounds = Bounds { least: 2, most: &[25, 48, 1] };
/// # let _ = bounds;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a> {
    /// How many units each stratum takes at least; one that has fewer is taken whole.
    pub least: usize,
    /// How many units each stratum has.
    pub most: &'a [usize],
}

/// How many units each stratum takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Allocation {
    /// Before rounding.
    pub exact: Vec<f64>,
    /// Whole units.
    pub units: Vec<usize>,
    /// The part of each allowed variance that the exact allocation uses, from 0 to 1; empty where no precision is
    /// asked for.
    pub used: Vec<f64>,
}

/// Shares alike for every stratum: all are described equally well.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::{Bounds, allocate, equal_shares};
/// assert_eq!(allocate(10, &equal_shares(3), Bounds { least: 0, most: &[9, 9, 2] })?.units, [4, 4, 2]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn equal_shares(strata: usize) -> Vec<f64> {
    vec![1.0; strata]
}

/// Shares by the number of units: every unit has the same chance.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::{Bounds, allocate, proportional_shares};
/// let shares = proportional_shares(&[60, 30, 10]);
/// assert_eq!(allocate(10, &shares, Bounds { least: 0, most: &[60, 30, 10] })?.units, [6, 3, 1]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn proportional_shares(sizes: &[usize]) -> Vec<f64> {
    sizes.iter().map(|&size| number(size)).collect()
}

/// Shares by the number of units times their standard deviation: the total of all strata is most precise.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] where a stratum lacks a deviation, [`SurveyError::NumberUnfit`] where one is negative.
///
/// # Source
/// Neyman (1934), Journal of the Royal Statistical Society 97(4), 558-625.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::neyman_shares;
/// assert_eq!(neyman_shares(&[100, 50], &[1.0, 4.0])?, [100.0, 200.0]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn neyman_shares(sizes: &[usize], deviations: &[f64]) -> Result<Vec<f64>, SurveyError> {
    same_length("sizes", sizes.len(), "deviations", deviations.len())?;
    at_least("deviation", deviations, 0.0, "a number from 0 on")?;
    Ok(sizes.iter().zip(deviations).map(|(&size, deviation)| number(size) * deviation).collect())
}

/// Shares by the number of units times their deviation, divided by the root of what a unit costs.
///
/// # Errors
/// As [`neyman_shares`]; a cost must exceed 0.
///
/// # Source
/// Cochran (1977), *Sampling Techniques*, 5.5.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::optimal_shares;
/// assert_eq!(optimal_shares(&[100, 50], &[1.0, 4.0], &[1.0, 4.0])?, [100.0, 100.0]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn optimal_shares(sizes: &[usize], deviations: &[f64], costs: &[f64]) -> Result<Vec<f64>, SurveyError> {
    same_length("sizes", sizes.len(), "costs", costs.len())?;
    at_least("cost", costs, f64::MIN_POSITIVE, "a number above 0")?;
    let shares = neyman_shares(sizes, deviations)?;
    Ok(shares.iter().zip(costs).map(|(share, cost)| share / cost.sqrt()).collect())
}

/// Shares by a total raised to a power, times the coefficient of variation: between equal precision in each stratum
/// (power 0) and the best precision over all (power 1).
///
/// # Errors
/// As [`neyman_shares`].
///
/// # Source
/// Bankier (1988), "Power allocations: determining sample sizes for subnational areas", The American Statistician
/// 42(3), 174-177.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::power_shares;
/// assert_eq!(power_shares(&[100.0, 400.0], &[1.0, 0.5], 0.5)?, [10.0, 10.0]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn power_shares(totals: &[f64], variations: &[f64], power: f64) -> Result<Vec<f64>, SurveyError> {
    same_length("totals", totals.len(), "variations", variations.len())?;
    at_least("total", totals, 0.0, "a number from 0 on")?;
    at_least("variation", variations, 0.0, "a number from 0 on")?;
    Ok(totals.iter().zip(variations).map(|(total, variation)| libm::pow(*total, power) * variation).collect())
}

/// Shares out `count` units within bounds; what a bound cuts goes to the others in proportion.
///
/// The whole units sum to `count` exactly: the largest remainders are rounded up.
///
/// # Shapes and units
/// `shares[h]` from one of the `..._shares` functions, in any unit.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] where a stratum lacks a share; [`SurveyError::SampleTooLarge`] where the strata have
/// fewer units; [`SurveyError::DesignUnfit`] where the least sizes exceed `count`, or only strata without a share
/// could take what is left.
///
/// # Source
/// Särndal, Swensson and Wretman (1992), *Model Assisted Survey Sampling*, 3.7.
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::{Bounds, allocate};
/// let found = allocate(10, &[8.0, 1.0, 1.0], Bounds { least: 2, most: &[5, 20, 20] })?;
/// assert_eq!((found.exact, found.units), (vec![5.0, 2.5, 2.5], vec![5, 3, 2]));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn allocate(count: usize, shares: &[f64], bounds: Bounds<'_>) -> Result<Allocation, SurveyError> {
    same_length("shares", shares.len(), "strata", bounds.most.len())?;
    at_least("share", shares, 0.0, "a number from 0 on")?;
    let most: Vec<f64> = bounds.most.iter().map(|&most| number(most)).collect();
    let least: Vec<f64> = bounds.most.iter().map(|&most| number(bounds.least.min(most))).collect();
    let all = bounds.most.iter().sum();
    if count > all {
        return Err(SurveyError::SampleTooLarge { wanted: count, units: all });
    }
    if least.iter().sum::<f64>() > number(count) {
        return Err(unfit("the least sizes of the strata exceed the sample"));
    }
    let mut exact = vec![f64::NAN; shares.len()];
    loop {
        let free: Vec<usize> = (0..shares.len()).filter(|&place| at(&exact, place).is_nan()).collect();
        let rest = number(count) - exact.iter().filter(|value| !value.is_nan()).sum::<f64>();
        let sum: f64 = free.iter().map(|&place| at(shares, place)).sum();
        let own = |place: usize| if sum > 0.0 { rest * (at(shares, place) / sum) } else { 0.0 };
        let bounded = |place: usize| own(place).min(at(&most, place)).max(at(&least, place));
        let over: f64 = free.iter().map(|&place| bounded(place) - own(place)).sum();
        // The side on which the bounds weigh more is certain: it is settled first.
        let settled = |place: usize| match over {
            over if over > 0.0 => own(place) < at(&least, place),
            over if over < 0.0 => own(place) > at(&most, place),
            _ => true,
        };
        let done: Vec<(usize, f64)> =
            free.iter().filter(|&&place| settled(place)).map(|&place| (place, bounded(place))).collect();
        if done.is_empty() {
            break;
        }
        for (place, value) in done {
            put(&mut exact, place, value);
        }
    }
    if exact.iter().any(|value| value.is_nan())
        || (exact.iter().sum::<f64>() - number(count)).abs() > super::WHOLE
    {
        return Err(unfit("only strata without a share could take what is left"));
    }
    let units = round_allocation(&exact);
    Ok(Allocation { exact, units, used: Vec::new() })
}

/// Rounds so that the sum stays: the largest remainders go up, the first of equals.
///
/// # Source
/// The method of largest remainders (Hamilton).
///
/// # Examples
/// ```
/// use c3ms_core::survey::sample::round_allocation;
/// assert_eq!(round_allocation(&[2.5, 3.4, 4.1]), [3, 3, 4]);
/// ```
#[must_use]
pub fn round_allocation(exact: &[f64]) -> Vec<usize> {
    // What rounding of sums left below a whole number counts as that number.
    let floor = |value: f64| (value + 1e-9).floor();
    let mut units: Vec<usize> = exact.iter().map(|value| whole(floor(*value))).collect();
    let sum = whole(exact.iter().sum::<f64>().round());
    let missing = sum.saturating_sub(units.iter().sum());
    let mut order: Vec<usize> = (0..exact.len()).collect();
    let remainder = |place: usize| at(exact, place) - floor(at(exact, place));
    order.sort_by(|&one, &other| remainder(other).total_cmp(&remainder(one)));
    for place in order.into_iter().take(missing) {
        if let Some(units) = units.get_mut(place) {
            *units += 1;
        }
    }
    units
}

/// How precise the total of one answer should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Precision {
    /// The variance of the answer in each stratum, `S²`.
    pub variances: Vec<f64>,
    /// The total over all strata.
    pub total: f64,
    /// The coefficient of variation allowed for the estimated total: 0.05 for 5 %.
    pub variation: f64,
}

/// The cheapest allocation that estimates every answer as precisely as asked.
///
/// A stratum is never asked for more units than it has, nor for fewer than `bounds.least`. The whole units are rounded
/// up, so that they are precise enough too.
///
/// # Shapes and units
/// `costs[h]`: what a unit of a stratum costs, in any currency, or its minutes; 1 for each minimizes the sample.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] where a stratum lacks a variance or a cost; [`SurveyError::NumberUnfit`] where a
/// variance is negative, a cost or a variation not above 0, or a total 0.
///
/// # Source
/// Chromy (1987), "Design optimization with multiple objectives", Proceedings of the Survey Research Methods Section,
/// ASA, 194-199; Bethel (1989), "Sample allocation in multivariate surveys", Survey Methodology 15(1), 47-57.
///
/// # Examples
/// One stratum of 100 with `S = 1`, a total of 100, 10 % allowed: `n = N²S² / (V + N·S²) = 10000 / (100 + 100)`.
/// ```
/// use c3ms_core::survey::sample::{Bounds, Precision, precise_allocation};
/// let wanted = [Precision { variances: vec![1.0], total: 100.0, variation: 0.1 }];
/// let found = precise_allocation(&wanted, &[1.0], Bounds { least: 2, most: &[100] })?;
/// assert_eq!(found.units, [50]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn precise_allocation(
    wanted: &[Precision],
    costs: &[f64],
    bounds: Bounds<'_>,
) -> Result<Allocation, SurveyError> {
    same_length("costs", costs.len(), "strata", bounds.most.len())?;
    at_least("cost", costs, f64::MIN_POSITIVE, "a number above 0")?;
    let sizes: Vec<f64> = bounds.most.iter().map(|&most| number(most)).collect();
    let least: Vec<f64> = bounds.most.iter().map(|&most| number(bounds.least.min(most))).collect();
    // The part of the allowed variance that one unit in each stratum uses.
    let mut parts = Vec::with_capacity(wanted.len());
    for precision in wanted {
        parts.push(precision_parts(precision, &sizes)?);
    }
    let used = |exact: &[f64]| -> Vec<f64> {
        let ratio = |(part, units): (&f64, &f64)| if *part > 0.0 { part / units } else { 0.0 };
        parts.iter().map(|parts| parts.iter().zip(exact).map(ratio).sum()).collect()
    };
    let bounded = |place: usize, value: f64| value.min(at(&sizes, place)).max(at(&least, place));
    let mut prices: Vec<f64> = parts
        .iter()
        .map(|parts| {
            let alone: f64 = parts.iter().zip(costs).map(|(part, cost)| (part * cost).sqrt()).sum();
            alone * alone
        })
        .collect();
    let mut best: Option<(f64, Vec<f64>)> = None;
    for _ in 0..20_000 {
        let exact: Vec<f64> = (0..sizes.len())
            .map(|place| {
                let paid: f64 =
                    parts.iter().zip(&prices).map(|(parts, price)| price * at(parts, place)).sum();
                bounded(place, (paid / at(costs, place)).sqrt())
            })
            .collect();
        let taken = used(&exact);
        let cost = |exact: &[f64]| -> f64 { exact.iter().zip(costs).map(|(units, cost)| units * cost).sum() };
        let below =
            cost(&exact) + prices.iter().zip(&taken).map(|(price, part)| price * (part - 1.0)).sum::<f64>();
        // Enlarged until precise enough, it is an answer; the prices tell how much cheaper any other could be.
        let enough = enlarged(exact, &used, &bounded);
        let dear = cost(&enough);
        if best.as_ref().is_none_or(|(cheapest, _)| dear < *cheapest) {
            best = Some((dear, enough));
        }
        if best.as_ref().is_some_and(|(cheapest, _)| cheapest - below <= 1e-9 * cheapest) {
            break;
        }
        prices.iter_mut().zip(&taken).for_each(|(price, part)| *price *= part * part);
    }
    let exact = best.map_or_else(|| least.clone(), |(_, exact)| exact);
    let units =
        exact.iter().zip(bounds.most).map(|(value, most)| whole((value - 1e-6).ceil()).min(*most)).collect();
    let used = used(&exact);
    Ok(Allocation { exact, units, used })
}

fn precision_parts(precision: &Precision, sizes: &[f64]) -> Result<Vec<f64>, SurveyError> {
    let Precision { variances, total, variation } = precision;
    same_length("variances", variances.len(), "strata", sizes.len())?;
    at_least("variance", variances, 0.0, "a number from 0 on")?;
    let allowed = (variation * total) * (variation * total);
    if !(allowed > 0.0 && allowed.is_finite() && *variation > 0.0) {
        return Err(SurveyError::SettingUnfit {
            what: "allowed variance of a total".into(),
            value: allowed,
            expected: "a number above 0",
        });
    }
    let census: f64 = sizes.iter().zip(variances).map(|(size, variance)| size * variance).sum();
    Ok(sizes
        .iter()
        .zip(variances)
        .map(|(size, variance)| size * size * variance / (allowed + census))
        .collect())
}

/// Multiplies an allocation within its bounds until no allowed variance is exceeded.
fn enlarged(
    mut exact: Vec<f64>,
    used: &impl Fn(&[f64]) -> Vec<f64>,
    bounded: &impl Fn(usize, f64) -> f64,
) -> Vec<f64> {
    for _ in 0..100 {
        let most = used(&exact).into_iter().fold(0.0, f64::max);
        if most <= 1.0 + 1e-12 {
            break;
        }
        for (place, value) in exact.iter_mut().enumerate() {
            *value = bounded(place, *value * most);
        }
    }
    exact
}

const fn unfit(reason: &'static str) -> SurveyError {
    SurveyError::DesignUnfit { design: "allocation", reason }
}
