//! Totals, means, ratios and their precision, for the whole public and for domains of it.

use serde::Serialize;

use super::{
    Design, DomainSums, Domains, SurveyError,
    design::Stratum,
    distribution::student_quantile,
    domain::Pass,
    variance::{Sums, covariance, real},
    weight::Adjustment,
};

/// A figure with its precision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure, in the unit of the answers.
    pub value: f64,
    /// Its standard error, in the same unit; NaN where the variance is negative, as some estimators allow.
    pub se: f64,
    /// Its variance.
    pub variance: f64,
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

/// What a reader of a figure should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Flag {
    /// Fewer than 30 answers.
    FewAnswers,
    /// Fewer than 8 degrees of freedom: the interval rests on few units.
    FewUnits,
    /// All answers come from one unit of the first stage: nothing tells how much units differ. The standard error of a
    /// mean is then 0, or that within the unit.
    SingleUnit,
    /// A coefficient of variation above 0.3.
    Imprecise,
    /// Some did not answer, and are left out.
    AnswersMissing,
    /// Some weights are negative.
    NegativeWeights,
    /// The variance is estimated as negative, which its estimator allows: there is no standard error.
    NegativeVariance,
}

/// The share of samples whose interval holds the true figure.
pub(super) const LEVEL: f64 = 0.95;

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

impl Survey<'_> {
    /// Weighted sums of variables and of ones, by domain.
    ///
    /// # Shapes and units
    /// Each variable has one number per respondent, NaN where none is known: then the respondent is left out of the
    /// domain. The sums are those of the variables in order, and of the weights last.
    #[must_use]
    pub fn sums(&self, variables: &[&[f64]], domains: &Domains) -> Vec<DomainSums> {
        let mut pass = Pass::new(self.design);
        (0..domains.count()).map(|domain| self.sums_of(&mut pass, variables, domains.rows(domain))).collect()
    }

    pub(super) fn sums_of(&self, pass: &mut Pass, variables: &[&[f64]], rows: &[u32]) -> DomainSums {
        let mut domain = pass.sums(self.design, self.weights, variables, rows);
        if !self.adjustments.is_empty() {
            domain.sums = self.unexplained(variables, rows);
        }
        domain
    }

    /// The sums by unit of what the known totals leave unexplained: only that varies.
    fn unexplained(&self, variables: &[&[f64]], rows: &[u32]) -> Sums {
        let width = variables.len() + 1;
        let mut scores = vec![0.0; self.weights.len() * width];
        let answer = |variable: &[f64], row: usize| variable.get(row).copied().unwrap_or(f64::NAN);
        for row in rows {
            let row = *row as usize;
            if variables.iter().any(|variable| answer(variable, row).is_nan()) {
                continue;
            }
            let weight = self.weights.get(row).copied().unwrap_or(0.0);
            let Some(slots) = scores.get_mut(row * width..(row + 1) * width) else { continue };
            for (score, variable) in slots.iter_mut().zip(variables) {
                *score = weight * answer(variable, row);
            }
            if let Some(last) = slots.last_mut() {
                *last = weight;
            }
        }
        for adjustment in self.adjustments.iter().rev() {
            // One score for each respondent: the lengths are equal.
            if adjustment.residuals(&mut scores, width).is_err() {
                scores.fill(f64::NAN);
            }
        }
        let units = self.design.units();
        let mut values = vec![0.0; units * width];
        for (scores, unit) in scores.chunks_exact(width.max(1)).zip(self.design.finest()) {
            let from = *unit as usize * width;
            let slots = values.get_mut(from..from + width).unwrap_or_default();
            slots.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
        }
        Sums::of_all(units, width, values)
    }

    /// The degrees of freedom of a domain: the units of the first stage that have answers, less their strata; of two
    /// phases the lesser, where strata of which the second took everybody do not count.
    #[must_use]
    pub fn freedom(&self, domain: &DomainSums) -> f64 {
        let first = freedom(self.design, domain.answered.iter().copied(), |_| true);
        let Some(second) = self.design.second() else { return first };
        let of_rows = second.design().finest();
        let units = domain.answered.iter().filter_map(|row| of_rows.get(*row as usize)).copied();
        first.min(freedom(second.design(), units, |stratum| stratum.fraction < 1.0))
    }

    fn is_of_one_unit(&self, domain: &DomainSums) -> bool {
        let mut units = first_units(self.design, domain.answered.iter().copied());
        units.next().is_some_and(|first| units.all(|unit| unit == first))
    }

    /// The covariance of figures that are linear in the sums of a domain: each figure is a row of `slopes`, one slope
    /// for each sum.
    #[must_use]
    pub fn covariance(&self, domain: &DomainSums, slopes: &[Vec<f64>]) -> Vec<f64> {
        covariance(self.design, scores(domain, slopes))
    }

    /// The covariance of sums of figures over several domains: each is a list of a domain and its slopes.
    pub(super) fn covariance_across(&self, figures: &[Vec<(&DomainSums, Vec<f64>)>]) -> Vec<f64> {
        let (units, width) = (self.design.units(), figures.len());
        let mut values = vec![0.0; units * width];
        for (place, parts) in figures.iter().enumerate() {
            for (domain, slopes) in parts {
                for (unit, row) in domain.sums.rows() {
                    if let Some(slot) = values.get_mut(unit as usize * width + place) {
                        *slot += slopes.iter().zip(row).map(|(slope, value)| slope * value).sum::<f64>();
                    }
                }
            }
        }
        covariance(self.design, Sums::of_all(units, width, values))
    }

    /// Figures of the sums of a domain, with their covariance.
    pub(super) fn figures(&self, domain: &DomainSums, of: OfSums) -> Figures {
        let covariance = self.covariance(domain, &of.slopes(&domain.totals));
        Figures { values: of.values(&domain.totals), covariance }
    }

    /// The totals of variables over a domain.
    #[must_use]
    pub fn totals(&self, domain: &DomainSums) -> Figures {
        self.figures(domain, OfSums::Totals)
    }

    /// The means of variables over a domain.
    ///
    /// # Source
    /// Särndal, Swensson and Wretman (1992), 5.7: a mean is a ratio of two totals.
    #[must_use]
    pub fn means(&self, domain: &DomainSums) -> Figures {
        self.figures(domain, OfSums::Means)
    }

    /// The ratio of the totals of the first variable to those of the second, over a domain.
    ///
    /// # Source
    /// Särndal, Swensson and Wretman (1992), result 5.6.2.
    #[must_use]
    pub fn ratio(&self, domain: &DomainSums) -> Figures {
        self.figures(domain, OfSums::Ratio)
    }

    /// An estimate out of a figure and its variance, with as many degrees of freedom as are told, else those of the
    /// domain; of the given variable of the sums the design effect is told, of its total where `total` says.
    pub(super) fn estimate(
        &self,
        (value, variance): (f64, f64),
        (domain, df): (&DomainSums, Option<f64>),
        effect: Option<(usize, bool)>,
        rule: &'static str,
    ) -> Estimate {
        // What rounding leaves of nothing is nothing.
        let rounding = 1e-14 * value * value;
        let variance = if variance < 0.0 && variance > -rounding { 0.0 } else { variance };
        let se = variance.sqrt();
        let df = df.unwrap_or_else(|| self.freedom(domain));
        let size = domain.totals.last().copied().unwrap_or(f64::NAN);
        let n = real(domain.n);
        let simple = effect.and_then(|(variable, total)| {
            Some(domain.spreads.get(variable)? / n * if total { size * size } else { 1.0 })
        });
        let over = |simple: f64| Some(variance / simple).filter(|effect| effect.is_finite());
        let deff_replace = simple.and_then(over);
        let deff = simple.filter(|_| n < size).and_then(|simple| over(simple * (1.0 - n / size)));
        let ci = (df >= 1.0 && se.is_finite()).then(|| {
            let reach = student_quantile(f64::midpoint(1.0, LEVEL), df) * se;
            [value - reach, value + reach]
        });
        let cv = Some(se / value.abs()).filter(|cv| cv.is_finite());
        let flags = [
            (domain.n < 30, Flag::FewAnswers),
            (df < 8.0, Flag::FewUnits),
            (self.is_of_one_unit(domain), Flag::SingleUnit),
            (cv.is_some_and(|cv| cv > 0.3), Flag::Imprecise),
            (domain.missing > 0, Flag::AnswersMissing),
            (domain.negative, Flag::NegativeWeights),
            (variance < 0.0, Flag::NegativeVariance),
        ];
        Estimate {
            value,
            se,
            variance,
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

    /// Of each figure how much it changes with each sum.
    pub(super) fn slopes(self, totals: &[f64]) -> Vec<Vec<f64>> {
        let width = totals.len().saturating_sub(1);
        let size = totals.last().copied().unwrap_or(f64::NAN);
        let own = |figure: usize, slope: f64, last: f64| {
            (0..width).map(|sum| if sum == figure { slope } else { 0.0 }).chain([last]).collect()
        };
        match self {
            Self::Totals => (0..width).map(|figure| own(figure, 1.0, 0.0)).collect(),
            Self::Means => {
                let means = totals.iter().take(width).map(|total| total / size).enumerate();
                means.map(|(figure, mean)| own(figure, 1.0 / size, -mean / size)).collect()
            }
            Self::Ratio => {
                let below = totals.get(1).copied().unwrap_or(f64::NAN);
                let ratio = totals.first().copied().unwrap_or(f64::NAN) / below;
                vec![vec![1.0 / below, -ratio / below, 0.0]]
            }
        }
    }
}

/// Of each of some units of the finest stage that of the first in which it is.
fn first_units(design: &Design, finest: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    finest.map(|finest| design.first_of_finest().get(finest as usize).copied().unwrap_or(0))
}

/// The units of the first stage of some of the finest, less those of their strata that count.
fn freedom(design: &Design, finest: impl Iterator<Item = u32>, counts: impl Fn(&Stratum) -> bool) -> f64 {
    let Some(first) = design.stages().first() else { return 0.0 };
    let mut units: Vec<u32> = first_units(design, finest).collect();
    units.sort_unstable();
    units.dedup();
    let stratum = |unit: &u32| first.stratum_of.get(*unit as usize).copied().unwrap_or(0);
    let mut strata: Vec<u32> = units.iter().map(stratum).collect();
    strata.sort_unstable();
    strata.dedup();
    strata.retain(|stratum| first.strata.get(*stratum as usize).is_some_and(&counts));
    real(units.len()) - real(strata.len())
}

/// Of each unit of a domain what it adds to each figure.
fn scores(domain: &DomainSums, slopes: &[Vec<f64>]) -> Sums {
    let mut values = Vec::with_capacity(domain.sums.units.len() * slopes.len());
    for (_, row) in domain.sums.rows() {
        let score =
            |slopes: &Vec<f64>| slopes.iter().zip(row).map(|(slope, value)| slope * value).sum::<f64>();
        values.extend(slopes.iter().map(score));
    }
    Sums { width: slopes.len(), units: domain.sums.units.clone(), values }
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
