//! Domains: parts of a public, and the sums of what is known of those in them.

use std::collections::BTreeSet;

use super::{
    Categories, Design,
    variance::{Sums, real},
};

/// The parts of a public in which anybody is: for each the respondents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domains {
    /// Respondents by domain.
    rows: Vec<u32>,
    /// Where those of each domain begin, and the end.
    starts: Vec<usize>,
    /// Of each domain the codes of its categories.
    codes: Vec<Vec<u32>>,
}

impl Domains {
    /// One domain: everybody, or those of whom it is told.
    #[must_use]
    pub fn one(rows: usize, mask: Option<&[bool]>) -> Self {
        let all = (0_u32..).take(rows);
        let rows: Vec<u32> = match mask {
            None => all.collect(),
            Some(mask) => all.zip(mask).filter(|(_, within)| **within).map(|(row, _)| row).collect(),
        };
        Self { starts: vec![0, rows.len()], rows, codes: vec![Vec::new()] }
    }

    /// The crossings of categories, of those of whom it is told; the first category changes fastest.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::survey::{Categories, Domains};
    /// let genre = Categories::of(["dance", "jazz", "dance"].into_iter());
    /// let domains = Domains::crossed(&[&genre], None);
    /// assert_eq!((domains.count(), domains.rows(0)), (2, &[0, 2][..]));
    /// ```
    #[must_use]
    pub fn crossed(categories: &[&Categories], mask: Option<&[bool]>) -> Self {
        let rows = categories.first().map_or(0, |categories| categories.codes.len());
        let within = |row: usize| mask.is_none_or(|mask| mask.get(row) == Some(&true));
        let mut of: Vec<u32> =
            (0..rows).map(|row| if within(row) { 0 } else { Categories::MISSING }).collect();
        let mut labels: Vec<Vec<u32>> = vec![Vec::new()];
        for categories in categories {
            let count = labels.len() as u64;
            let key = |of: u32, code: u32| {
                (of != Categories::MISSING && code != Categories::MISSING)
                    .then(|| u64::from(code) * count + u64::from(of))
            };
            let keys: Vec<Option<u64>> =
                of.iter().zip(&categories.codes).map(|(of, code)| key(*of, *code)).collect();
            let table = count.saturating_mul(categories.levels.len() as u64);
            let present: Vec<u64> = if table <= rows.max(1024) as u64 {
                let mut seen = vec![false; usize::try_from(table).unwrap_or(0)];
                for key in keys.iter().flatten() {
                    if let Some(seen) = usize::try_from(*key).ok().and_then(|key| seen.get_mut(key)) {
                        *seen = true;
                    }
                }
                (0_u64..).zip(seen).filter(|(_, seen)| *seen).map(|(key, _)| key).collect()
            } else {
                keys.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect()
            };
            let numbered = |key: u64| {
                let place = present.binary_search(&key).ok();
                place.and_then(|place| u32::try_from(place).ok()).unwrap_or(Categories::MISSING)
            };
            labels = present
                .iter()
                .map(|key| {
                    let outer = usize::try_from(key % count).ok().and_then(|place| labels.get(place));
                    let own = u32::try_from(key / count).unwrap_or(Categories::MISSING);
                    outer.into_iter().flatten().copied().chain([own]).collect()
                })
                .collect();
            of = keys.into_iter().map(|key| key.map_or(Categories::MISSING, numbered)).collect();
        }
        Self::grouped(&of, labels)
    }

    /// Respondents by domain, in the order in which they stand.
    fn grouped(of: &[u32], codes: Vec<Vec<u32>>) -> Self {
        let mut starts = vec![0_usize; codes.len() + 1];
        for domain in of {
            if let Some(count) = starts.get_mut((*domain as usize).saturating_add(1)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut rows = vec![0_u32; sum];
        for (row, domain) in (0_u32..).zip(of) {
            if let Some(place) = next.get_mut(*domain as usize)
                && let Some(slot) = rows.get_mut(*place)
            {
                *slot = row;
                *place += 1;
            }
        }
        Self { rows, starts, codes }
    }

    /// How many domains there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.codes.len()
    }

    /// The respondents of a domain.
    #[must_use]
    pub fn rows(&self, domain: usize) -> &[u32] {
        let bounds = self.starts.get(domain).zip(self.starts.get(domain + 1));
        bounds.and_then(|(from, upto)| self.rows.get(*from..*upto)).unwrap_or_default()
    }

    /// Of each category the code that a domain has.
    #[must_use]
    pub fn codes(&self, domain: usize) -> &[u32] {
        self.codes.get(domain).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Sums over a domain: by unit, and what they come to.
#[derive(Debug, Clone)]
pub struct DomainSums {
    /// Of the variables in order, of the weights last; what varies of them, where known totals explain a part.
    pub(super) sums: Sums,
    /// The units that have answers.
    pub(super) answered: Vec<u32>,
    /// The sums over all units.
    pub(super) totals: Vec<f64>,
    /// Of each variable its variance within the domain: `n/(n−1)` times the weighted mean of the squared distances
    /// to the mean.
    pub(super) spreads: Vec<f64>,
    /// Answers.
    pub n: usize,
    /// Left out, since one of the answers is missing.
    pub missing: usize,
    /// Whether a weight is negative.
    pub(super) negative: bool,
}

impl DomainSums {
    /// Of nobody.
    pub(super) const fn none() -> Self {
        Self {
            sums: Sums { width: 0, units: Vec::new(), values: Vec::new() },
            answered: Vec::new(),
            totals: Vec::new(),
            spreads: Vec::new(),
            n: 0,
            missing: 0,
            negative: false,
        }
    }
}

/// What a pass over the respondents of a domain keeps from one domain to the next.
pub(super) struct Pass {
    /// Of each unit its place among those of the domain.
    places: Vec<u32>,
}

/// A unit that has no place yet.
const NOWHERE: u32 = u32::MAX;

impl Pass {
    pub(super) fn new(design: &Design) -> Self {
        Self { places: vec![NOWHERE; design.units()] }
    }

    /// Weighted sums of variables over some respondents; one whose weight is 0 stands for nobody.
    pub(super) fn sums(
        &mut self,
        design: &Design,
        weights: &[f64],
        variables: &[&[f64]],
        rows: &[u32],
    ) -> DomainSums {
        let width = variables.len() + 1;
        let mut sums = Sums { width, units: Vec::new(), values: Vec::new() };
        let (mut totals, mut answers) = (vec![0.0; width], vec![0.0; width - 1]);
        let (mut n, mut missing, mut negative) = (0, 0, false);
        for row in rows {
            let row = *row as usize;
            let weight = weights.get(row).copied().unwrap_or(0.0);
            if weight == 0.0 {
                continue;
            }
            negative |= weight < 0.0;
            let mut known = true;
            for (answer, variable) in answers.iter_mut().zip(variables) {
                *answer = variable.get(row).copied().unwrap_or(f64::NAN);
                known &= !answer.is_nan();
            }
            if !known {
                missing += 1;
                continue;
            }
            n += 1;
            let unit = design.finest().get(row).copied().unwrap_or(0);
            let Some(place) = self.places.get_mut(unit as usize) else { continue };
            if *place == NOWHERE {
                *place = u32::try_from(sums.units.len()).unwrap_or(NOWHERE);
                sums.units.push(unit);
                sums.values.resize(sums.values.len() + width, 0.0);
            }
            let from = *place as usize * width;
            let Some(slots) = sums.values.get_mut(from..from + width) else { continue };
            for (slot, answer) in slots.iter_mut().zip(&answers) {
                *slot += weight * answer;
            }
            if let Some(last) = slots.last_mut() {
                *last += weight;
            }
        }
        for (unit, row) in sums.rows() {
            totals.iter_mut().zip(row).for_each(|(total, value)| *total += value);
            if let Some(place) = self.places.get_mut(unit as usize) {
                *place = NOWHERE;
            }
        }
        let spreads = spreads(weights, variables, rows, &totals, n);
        DomainSums { answered: sums.units.clone(), sums, totals, spreads, n, missing, negative }
    }
}

/// A second pass: the squared distances to the means.
fn spreads(weights: &[f64], variables: &[&[f64]], rows: &[u32], totals: &[f64], n: usize) -> Vec<f64> {
    let size = totals.last().copied().unwrap_or(f64::NAN);
    let mut spreads = vec![0.0; variables.len()];
    let answer = |variable: &[f64], row: u32| variable.get(row as usize).copied().unwrap_or(f64::NAN);
    for row in rows {
        let weight = weights.get(*row as usize).copied().unwrap_or(0.0);
        if weight == 0.0 || variables.iter().any(|variable| answer(variable, *row).is_nan()) {
            continue;
        }
        for ((spread, variable), total) in spreads.iter_mut().zip(variables).zip(totals) {
            let apart = answer(variable, *row) - total / size;
            *spread += weight * apart * apart;
        }
    }
    let freed = real(n) / (real(n) - 1.0);
    spreads.into_iter().map(|spread| spread / size * freed).collect()
}
