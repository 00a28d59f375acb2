//! Totals, means, ratios and their precision, for the whole public and for domains of it.

use serde::Serialize;

use super::{
    Categories, Design, SurveyError,
    distribution::student_quantile,
    variance::{Sums, covariance, real},
    weight::Adjustment,
};

/// A figure with its precision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure, in the unit of the answers.
    pub value: f64,
    /// Its standard error, in the same unit.
    pub se: f64,
    /// Degrees of freedom: units of the first stage less strata, of the domain where it is one.
    pub df: f64,
    /// The interval, by Student's t; none where there are no degrees of freedom.
    pub ci: Option<[f64; 2]>,
    /// The design effect against simple random sampling without replacement.
    pub deff: Option<f64>,
    /// The design effect against simple random sampling with replacement.
    pub deff_replace: Option<f64>,
    /// Respondents who answered.
    pub n: usize,
    /// How many of a simple random sample would tell as much.
    pub n_effective: Option<f64>,
    /// The standard error over the figure.
    pub cv: Option<f64>,
    /// What was computed how.
    pub rule: &'static str,
    /// What a reader should know: few answers, wide intervals.
    pub flags: Vec<Flag>,
}

impl Estimate {
    /// Nothing is known.
    pub(super) const fn unknown(rule: &'static str) -> Self {
        Self {
            value: f64::NAN,
            se: f64::NAN,
            df: 0.0,
            ci: None,
            deff: None,
            deff_replace: None,
            n: 0,
            n_effective: None,
            cv: None,
            rule,
            flags: Vec::new(),
        }
    }
}

/// What a reader of a figure should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Flag {
    /// Fewer than 30 answers.
    FewAnswers,
    /// Fewer than 8 degrees of freedom: the interval rests on few units.
    FewUnits,
    /// A coefficient of variation above 0.3.
    Imprecise,
    /// Some did not answer, and are left out.
    AnswersMissing,
    /// Some weights are negative.
    NegativeWeights,
}

/// The share of samples whose interval holds the true figure.
const LEVEL: f64 = 0.95;

/// Answers weighted as they were drawn.
#[derive(Debug, Clone, Copy)]
pub struct Survey<'a> {
    /// How they were drawn.
    pub design: &'a Design,
    /// What each stands for.
    pub weights: &'a [f64],
    /// What was done to the weights so that they fit what is known, in order.
    pub adjustments: &'a [Adjustment],
}

/// Sums over a domain: by unit, and what they come to.
#[derive(Debug, Clone)]
pub struct DomainSums {
    pub(super) sums: Sums,
    /// Answers by unit.
    counts: Vec<u32>,
    /// The sums over all units.
    pub(super) totals: Vec<f64>,
    /// Answers.
    pub n: usize,
    /// Left out, since one of the answers is missing.
    pub missing: usize,
}

impl DomainSums {
    /// The sums of the units of the first stage, by rows.
    pub(super) fn by_first_stage(&self, design: &Design) -> Vec<f64> {
        let units = design.stages().first().map_or(0, |stage| stage.stratum_of.len());
        let mut sums = Sums::zero(units, self.sums.width);
        for (unit, row) in design.first_of_finest().iter().zip(self.sums.rows()) {
            sums.add(*unit, row);
        }
        sums.values
    }
}

/// The parts of a public: of each respondent which; [`Categories::MISSING`] for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domains {
    /// The domain of each respondent.
    pub of: Vec<u32>,
    /// How many domains there are.
    pub count: usize,
}

impl Domains {
    /// One domain: everybody, or those of whom it is told.
    #[must_use]
    pub fn one(rows: usize, mask: Option<&[bool]>) -> Self {
        let of = match mask {
            None => vec![0; rows],
            Some(mask) => mask.iter().map(|within| if *within { 0 } else { Categories::MISSING }).collect(),
        };
        Self { of, count: 1 }
    }

    /// The crossings of categories, of those of whom it is told; the first category changes fastest.
    #[must_use]
    pub fn crossed(categories: &[&Categories], mask: Option<&[bool]>) -> Self {
        let rows = categories.first().map_or(0, |categories| categories.codes.len());
        let mut domains = Self::one(rows, mask);
        for categories in categories {
            let step = u32::try_from(domains.count).unwrap_or(u32::MAX);
            for (domain, code) in domains.of.iter_mut().zip(&categories.codes) {
                *domain = if *domain == Categories::MISSING || *code == Categories::MISSING {
                    Categories::MISSING
                } else {
                    *domain + step * code
                };
            }
            domains.count *= categories.levels.len();
        }
        domains
    }
}

impl Survey<'_> {
    /// Weighted sums of variables and of ones, by domain, in one pass over the answers.
    ///
    /// # Shapes and units
    /// Each variable has one number per respondent, NaN where none is known: then the respondent is left out of the
    /// domain. The sums are those of the variables in order, and of the weights last.
    #[must_use]
    pub fn sums(&self, variables: &[&[f64]], domains: &Domains) -> Vec<DomainSums> {
        let mut all = self.raw_sums(variables, domains);
        if !self.adjustments.is_empty() {
            for (number, domain) in (0_u32..).zip(&mut all) {
                self.leave_unexplained(variables, (number, domains), &mut domain.sums);
            }
        }
        all
    }

    /// Puts in the place of the sums by unit those of what the known totals leave unexplained: only that varies.
    fn leave_unexplained(&self, variables: &[&[f64]], (number, domains): (u32, &Domains), sums: &mut Sums) {
        let width = sums.width;
        let mut scores = vec![0.0; self.weights.len() * width];
        let rows = scores.chunks_exact_mut(width.max(1)).zip(self.weights).zip(&domains.of).enumerate();
        for (row, ((scores, weight), of)) in rows {
            let answer = |variable: &&[f64]| variable.get(row).copied().unwrap_or(f64::NAN);
            if *of != number || variables.iter().any(|variable| answer(variable).is_nan()) {
                continue;
            }
            for (score, variable) in scores.iter_mut().zip(variables) {
                *score = weight * answer(variable);
            }
            if let Some(last) = scores.last_mut() {
                *last = *weight;
            }
        }
        for adjustment in self.adjustments.iter().rev() {
            // One score for each respondent: the lengths are equal.
            if adjustment.residuals(&mut scores, width).is_err() {
                scores.fill(f64::NAN);
            }
        }
        sums.values.fill(0.0);
        for (scores, unit) in scores.chunks_exact(width.max(1)).zip(self.design.finest()) {
            sums.add(*unit, scores);
        }
    }

    fn raw_sums(&self, variables: &[&[f64]], domains: &Domains) -> Vec<DomainSums> {
        let (units, width) = (self.design.units(), variables.len() + 1);
        let mut all: Vec<DomainSums> = (0..domains.count)
            .map(|_| DomainSums {
                sums: Sums::zero(units, width),
                counts: vec![0; units],
                totals: vec![0.0; width],
                n: 0,
                missing: 0,
            })
            .collect();
        let rows = domains.of.iter().zip(self.weights).zip(self.design.finest()).enumerate();
        for (row, ((domain, weight), unit)) in rows {
            let Some(into) = all.get_mut(*domain as usize) else { continue };
            let answer = |variable: &&[f64]| variable.get(row).copied().unwrap_or(f64::NAN);
            if variables.iter().any(|variable| answer(variable).is_nan()) {
                into.missing += 1;
                continue;
            }
            into.n += 1;
            if let Some(count) = into.counts.get_mut(*unit as usize) {
                *count += 1;
            }
            let from = *unit as usize * width;
            let Some(slots) = into.sums.values.get_mut(from..from + width) else { continue };
            for (slot, variable) in slots.iter_mut().zip(variables) {
                *slot += weight * answer(variable);
            }
            if let Some(last) = slots.last_mut() {
                *last += weight;
            }
        }
        for domain in &mut all {
            let mut totals = vec![0.0; width];
            for row in domain.sums.rows() {
                totals.iter_mut().zip(row).for_each(|(total, value)| *total += value);
            }
            domain.totals = totals;
        }
        all
    }

    /// The degrees of freedom of a domain: the units of the first stage that have answers, less their strata.
    #[must_use]
    pub fn freedom(&self, domain: &DomainSums) -> f64 {
        let Some(first) = self.design.stages().first() else { return 0.0 };
        let mut units = vec![false; first.stratum_of.len()];
        for (unit, count) in self.design.first_of_finest().iter().zip(&domain.counts) {
            if let Some(has) = units.get_mut(*unit as usize).filter(|_| *count > 0) {
                *has = true;
            }
        }
        let mut strata = vec![false; first.strata.len()];
        for (stratum, has) in first.stratum_of.iter().zip(&units) {
            if let Some(seen) = strata.get_mut(*stratum as usize).filter(|_| *has) {
                *seen = true;
            }
        }
        let count = |of: &[bool]| real(of.iter().filter(|has| **has).count());
        count(&units) - count(&strata)
    }

    /// The covariance of figures that are linear in the sums of a domain: each figure is a row of `slopes`, one slope
    /// for each sum.
    #[must_use]
    pub fn covariance(&self, domain: &DomainSums, slopes: &[Vec<f64>]) -> Vec<f64> {
        let mut scores = Sums::zero(self.design.units(), slopes.len());
        for (scores, row) in scores.values.chunks_exact_mut(slopes.len().max(1)).zip(domain.sums.rows()) {
            for (score, slopes) in scores.iter_mut().zip(slopes) {
                *score = slopes.iter().zip(row).map(|(slope, value)| slope * value).sum();
            }
        }
        covariance(self.design, scores)
    }

    /// The totals of variables over a domain.
    #[must_use]
    pub fn totals(&self, domain: &DomainSums) -> Figures {
        let width = domain.totals.len().saturating_sub(1);
        let slopes: Vec<Vec<f64>> = (0..width)
            .map(|figure| (0..=width).map(|sum| f64::from(u8::from(sum == figure))).collect())
            .collect();
        let values = domain.totals.iter().take(width).copied().collect();
        Figures { values, covariance: self.covariance(domain, &slopes) }
    }

    /// The means of variables over a domain.
    ///
    /// # Source
    /// Särndal, Swensson and Wretman (1992), 5.7: a mean is a ratio of two totals.
    #[must_use]
    pub fn means(&self, domain: &DomainSums) -> Figures {
        let width = domain.totals.len().saturating_sub(1);
        let size = domain.totals.last().copied().unwrap_or(f64::NAN);
        let values: Vec<f64> = domain.totals.iter().take(width).map(|total| total / size).collect();
        let slopes: Vec<Vec<f64>> = values
            .iter()
            .enumerate()
            .map(|(figure, mean)| {
                let own = |sum: usize| if sum == figure { 1.0 / size } else { 0.0 };
                (0..width).map(own).chain([-mean / size]).collect()
            })
            .collect();
        Figures { covariance: self.covariance(domain, &slopes), values }
    }

    /// The ratio of the totals of the first variable to those of the second, over a domain.
    ///
    /// # Source
    /// Särndal, Swensson and Wretman (1992), result 5.6.2.
    #[must_use]
    pub fn ratio(&self, domain: &DomainSums) -> Figures {
        let (above, below) = match domain.totals.as_slice() {
            [above, below, ..] => (*above, *below),
            _ => (f64::NAN, f64::NAN),
        };
        let ratio = above / below;
        let slopes = vec![vec![1.0 / below, -ratio / below, 0.0]];
        Figures { values: vec![ratio], covariance: self.covariance(domain, &slopes) }
    }

    /// The variance of a variable within the public, for the design effect: `n/(n−1)` times the weighted mean of
    /// the squared distances to the mean.
    #[must_use]
    pub fn spread(&self, variable: &[f64], domain: u32, domains: &Domains) -> f64 {
        let of_domain = || {
            let rows = domains.of.iter().zip(self.weights).zip(variable);
            rows.filter(|((of, _), value)| **of == domain && !value.is_nan())
        };
        let (mut count, mut weights, mut sum) = (0_usize, 0.0, 0.0);
        for ((_, weight), value) in of_domain() {
            count += 1;
            weights += weight;
            sum += weight * value;
        }
        let mean = sum / weights;
        let apart: f64 =
            of_domain().map(|((_, weight), value)| weight * (value - mean) * (value - mean)).sum();
        apart / weights * real(count) / (real(count) - 1.0)
    }

    /// An estimate out of a figure and its variance; `spread` gives the design effect, of a total where `total` says.
    #[must_use]
    pub fn estimate(
        &self,
        (value, variance): (f64, f64),
        domain: &DomainSums,
        effect: Option<(f64, bool)>,
        rule: &'static str,
    ) -> Estimate {
        let se = variance.max(0.0).sqrt();
        let df = self.freedom(domain);
        let size = domain.totals.last().copied().unwrap_or(f64::NAN);
        let n = real(domain.n);
        let simple = effect.map(|(spread, total)| spread / n * if total { size * size } else { 1.0 });
        let over = |simple: f64| Some(variance / simple).filter(|effect| effect.is_finite());
        let deff_replace = simple.and_then(over);
        let deff = simple.and_then(|simple| over(simple * (1.0 - n / size)));
        let ci = (df >= 1.0).then(|| {
            let reach = student_quantile(f64::midpoint(1.0, LEVEL), df) * se;
            [value - reach, value + reach]
        });
        let cv = Some(se / value.abs()).filter(|cv| cv.is_finite());
        let flags = [
            (domain.n < 30, Flag::FewAnswers),
            (df < 8.0, Flag::FewUnits),
            (cv.is_some_and(|cv| cv > 0.3), Flag::Imprecise),
            (domain.missing > 0, Flag::AnswersMissing),
            (self.weights.iter().any(|weight| *weight < 0.0), Flag::NegativeWeights),
        ];
        Estimate {
            value,
            se,
            df,
            ci,
            deff,
            deff_replace,
            n: domain.n,
            n_effective: deff_replace.map(|effect| n / effect),
            cv,
            rule,
            flags: flags.into_iter().filter(|(holds, _)| *holds).map(|(_, flag)| flag).collect(),
        }
    }
}

/// Which figure of the sums of a domain: the sums of variables in order, that of the weights last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfSums {
    Totals,
    Means,
    Ratio,
}

impl OfSums {
    pub(super) fn values(self, totals: &[f64]) -> Vec<f64> {
        let Some((size, totals)) = totals.split_last() else { return Vec::new() };
        match self {
            Self::Totals => totals.to_vec(),
            Self::Means => totals.iter().map(|total| total / size).collect(),
            Self::Ratio => match totals {
                [above, below, ..] => vec![above / below],
                [] | [_] => vec![f64::NAN],
            },
        }
    }
}

/// Figures with their covariance, by rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// The figures.
    pub values: Vec<f64>,
    /// Their covariance.
    pub covariance: Vec<f64>,
}

impl Figures {
    /// The variance of a figure.
    #[must_use]
    pub fn variance(&self, figure: usize) -> f64 {
        self.covariance.get(figure * (self.values.len() + 1)).copied().unwrap_or(f64::NAN)
    }
}

/// Stops where a domain has nobody.
///
/// # Errors
/// [`SurveyError::DomainEmpty`].
pub fn check_domain(domain: &DomainSums, name: &str) -> Result<(), SurveyError> {
    if domain.n == 0 { Err(SurveyError::DomainEmpty { domain: name.to_owned() }) } else { Ok(()) }
}
