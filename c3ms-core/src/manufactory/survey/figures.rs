//! The figures that an analysis asks for, domain by domain, with their precision.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Analysis, Categories, Column, Covariance, DomainSums, Domains, Estimate, Figures, Flag, NamedEstimate,
    Survey, SurveyError, Table,
    analysis::{Work, rows_where},
    check_domain,
    estimate::OfSums,
    moments::MomentOf,
    proportion::{ProportionInterval, proportion_interval},
    quantile::{self, QuantileInterval, QuantileRule},
    unique::unique,
};

/// What is computed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct EstimateSpec {
    /// What it is called; its number where nobody says.
    pub id: Option<String>,
    /// Which figure.
    pub statistic: Statistic,
    /// Of which variables; each level of one that holds categories is counted.
    pub variables: Vec<String>,
    /// These variables hold categories though their values are numbers.
    pub categories: Vec<String>,
    /// For each crossing of these categories by itself.
    pub by: Vec<String>,
    /// Of those for whom this holds, in the language of forms: `${age} >= 18`.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// The shares of which a quantile is the bound.
    pub probabilities: Vec<f64>,
    /// How a quantile is read between two answers.
    pub quantile_rule: QuantileRule,
    /// How the interval of a quantile is made.
    pub quantile_interval: QuantileInterval,
    /// How the interval of a proportion is made.
    pub interval: ProportionInterval,
    /// Sums of its figures, each with a coefficient: differences between domains, of totals, means, proportions, ratios.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contrasts: Vec<ContrastSpec>,
}

/// A sum of figures, each with a coefficient: a difference where these are 1 and −1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContrastSpec {
    /// What it is called.
    pub id: String,
    /// The figures.
    pub terms: Vec<ContrastTerm>,
}

/// A figure of a contrast.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ContrastTerm {
    /// What the figure is multiplied with.
    pub coefficient: f64,
    /// Its variable; the only one where nobody says.
    pub variable: Option<String>,
    /// Its level, of a variable that holds categories.
    pub level: Option<String>,
    /// Its domain; the only one where nobody says.
    #[serde(deserialize_with = "unique")]
    pub by: BTreeMap<String, String>,
}

/// A figure of a public.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Statistic {
    /// The sum over the public.
    #[default]
    Total,
    /// The sum over the public, for each person.
    Mean,
    /// The mean of a condition, in an interval that stays between 0 and 1.
    Proportion,
    /// The total of the first variable over the total of the second.
    Ratio,
    /// How much a variable differs within the public; with several variables also how much two differ together.
    Variance,
    /// How far two variables go together: Pearson's correlation of each pair.
    Correlation,
    /// How unequally a quantity is spread: 0 where all have the same, near 1 where one has all.
    Gini,
    /// The bound below which a share of the public lies.
    Quantile,
}

/// A variable as it is computed with.
struct Variable {
    name: String,
    level: Option<String>,
    values: Vec<f64>,
}

impl Variable {
    fn label(&self) -> String {
        match &self.level {
            Some(level) => format!("{}={level}", self.name),
            None => self.name.clone(),
        }
    }
}

/// The domains of an estimate, with what each is called.
struct Parts {
    domains: Domains,
    by: Vec<BTreeMap<String, String>>,
}

impl Parts {
    fn new(spec: &EstimateSpec, table: &Table) -> Result<Self, SurveyError> {
        let mask = rows_where(spec.condition.as_deref(), table)?;
        if spec.by.is_empty() {
            return Ok(Self {
                domains: Domains::one(table.rows(), mask.as_deref()),
                by: vec![BTreeMap::new()],
            });
        }
        let groups =
            spec.by.iter().map(|name| table.categories(name)).collect::<Result<Vec<_>, SurveyError>>()?;
        let borrowed: Vec<&Categories> = groups.iter().map(|group| &**group).collect();
        let domains = Domains::crossed(&borrowed, mask.as_deref());
        let named = |domain: usize| {
            let codes = spec.by.iter().zip(&borrowed).zip(domains.codes(domain));
            let level = |group: &Categories, code: &u32| group.levels.get(*code as usize).cloned();
            codes
                .map(|((name, group), code)| (name.clone(), level(group, code).unwrap_or_default()))
                .collect()
        };
        Ok(Self { by: (0..domains.count()).map(named).collect(), domains })
    }
}

impl EstimateSpec {
    pub(super) fn carry_out(
        &self,
        id: &str,
        work: &Work<'_>,
        analysis: &mut Analysis,
    ) -> Result<(), SurveyError> {
        let refused =
            |reason: &str| SurveyError::FigureUnfit { figure: id.to_owned(), reason: reason.to_owned() };
        let of_sums = self.of_sums();
        match (self.statistic, self.variables.as_slice()) {
            (_, []) => return Err(refused("it names no variable")),
            (Statistic::Ratio, [_] | [_, _, _, ..]) => {
                return Err(refused("a ratio is of two variables: what is above, what is below"));
            }
            (Statistic::Correlation, [_]) => {
                return Err(refused("a correlation is of two variables or more"));
            }
            _ if !self.contrasts.is_empty() && of_sums.is_none() => {
                return Err(refused("contrasts are of totals, means, proportions and ratios"));
            }
            _ => {}
        }
        if self.probabilities.iter().any(|share| !(0.0..=1.0).contains(share)) {
            return Err(refused("the shares of a quantile are from 0 to 1"));
        }
        let parts = Parts::new(self, work.table)?;
        let variables = self.variables(work.table)?;
        if self.statistic == Statistic::Proportion {
            let outside = |value: &f64| !value.is_nan() && !(0.0..=1.0).contains(value);
            if let Some(variable) = variables.iter().find(|variable| variable.values.iter().any(outside)) {
                return Err(refused(&format!(
                    "{} is no condition: its values are not 0 or 1",
                    variable.name
                )));
            }
        }
        let mut of = Of { id, spec: self, work, parts: &parts, variables: &variables, analysis };
        match (self.statistic, of_sums) {
            (_, Some(of_sums)) => of.linear(of_sums),
            (Statistic::Quantile, None) => of.quantiles(),
            (Statistic::Variance, None) => of.pairs(MomentOf::Covariance, "×"),
            (Statistic::Correlation, None) => of.pairs(MomentOf::Correlation, "~"),
            (Statistic::Gini, None) => {
                for variable in &variables {
                    of.moment(MomentOf::Gini, (variable, variable), variable.name.clone())?;
                }
                Ok(())
            }
            (Statistic::Total | Statistic::Mean | Statistic::Proportion | Statistic::Ratio, None) => Ok(()),
        }
    }

    /// Which figure it is of the sums of a domain, where it is one.
    const fn of_sums(&self) -> Option<OfSums> {
        match self.statistic {
            Statistic::Total => Some(OfSums::Totals),
            Statistic::Mean | Statistic::Proportion => Some(OfSums::Means),
            Statistic::Ratio => Some(OfSums::Ratio),
            Statistic::Variance | Statistic::Correlation | Statistic::Gini | Statistic::Quantile => None,
        }
    }

    fn variables(&self, table: &Table) -> Result<Vec<Variable>, SurveyError> {
        let mut variables = Vec::new();
        let counted = matches!(self.statistic, Statistic::Total | Statistic::Mean | Statistic::Proportion);
        for name in &self.variables {
            let is_words = matches!(table.column(name)?, Column::Categories(_));
            if counted && (is_words || self.categories.contains(name)) {
                let categories = table.categories(name)?;
                for (code, level) in (0_u32..).zip(&categories.levels) {
                    let values = categories.indicator(code);
                    variables.push(Variable { name: name.clone(), level: Some(level.clone()), values });
                }
            } else {
                let values = table.numbers(name)?.to_vec();
                variables.push(Variable { name: name.clone(), level: None, values });
            }
        }
        Ok(variables)
    }
}

/// An estimate at work.
struct Of<'a> {
    id: &'a str,
    spec: &'a EstimateSpec,
    work: &'a Work<'a>,
    parts: &'a Parts,
    variables: &'a [Variable],
    analysis: &'a mut Analysis,
}

/// Figures of all domains, and those of each replicate by domain.
struct Linear {
    figures: Vec<Figures>,
    replicated: Vec<Vec<Vec<f64>>>,
}

impl Of<'_> {
    fn columns(&self) -> Vec<&[f64]> {
        self.variables.iter().map(|variable| variable.values.as_slice()).collect()
    }

    fn check(&self, domain: &DomainSums) -> Result<(), SurveyError> {
        if self.spec.by.is_empty() {
            check_domain(domain, self.spec.condition.as_deref().unwrap_or("of everybody"))?;
        }
        Ok(())
    }

    /// What is said of how a figure came to be.
    fn rule(&self, taylor: &'static str, replicates: &'static str) -> &'static str {
        if self.work.replicates.is_some() { replicates } else { taylor }
    }

    fn tell(&mut self, domain: usize, variable: &Variable, share: Option<f64>, estimate: Estimate) {
        self.analysis.estimates.push(NamedEstimate {
            id: self.id.to_owned(),
            variable: variable.name.clone(),
            level: variable.level.clone(),
            probability: share,
            by: self.parts.by.get(domain).cloned().unwrap_or_default(),
            estimate,
        });
    }

    /// Figures of the sums of the domains.
    fn linear(&mut self, of: OfSums) -> Result<(), SurveyError> {
        let survey = self.work.survey;
        let sums = survey.sums(&self.columns(), &self.parts.domains);
        let linear = self.of_all(of, &sums)?;
        let named = match of {
            OfSums::Totals => self.rule("total, Taylor linearization", "total, replicates"),
            OfSums::Means => self.rule("mean, Taylor linearization", "mean, replicates"),
            OfSums::Ratio => self.rule("combined ratio, Taylor linearization", "combined ratio, replicates"),
        };
        let ratio: Vec<&str> = self.variables.iter().map(|variable| variable.name.as_str()).collect();
        let ratio = Variable { name: ratio.join("/"), level: None, values: Vec::new() };
        for (number, (domain, figures)) in sums.iter().zip(&linear.figures).enumerate() {
            self.check(domain)?;
            if domain.n == 0 {
                continue;
            }
            for (place, value) in figures.values.iter().enumerate() {
                let effect = (of != OfSums::Ratio).then_some((place, of == OfSums::Totals));
                let found = (*value, figures.variance(place));
                let mut estimate = survey.estimate(found, (domain, self.work.df()), effect, named);
                if self.spec.statistic == Statistic::Proportion {
                    let (ci, rule) = proportion_interval(&estimate, self.spec.interval);
                    (estimate.ci, estimate.rule) = (ci, rule);
                }
                let variable = if of == OfSums::Ratio { Some(&ratio) } else { self.variables.get(place) };
                self.tell(number, variable.unwrap_or(&ratio), None, estimate);
            }
            if of != OfSums::Ratio {
                self.analysis.covariances.push(Covariance {
                    id: self.id.to_owned(),
                    by: self.parts.by.get(number).cloned().unwrap_or_default(),
                    order: self.variables.iter().map(Variable::label).collect(),
                    matrix: figures
                        .covariance
                        .chunks(figures.values.len().max(1))
                        .map(<[f64]>::to_vec)
                        .collect(),
                });
            }
        }
        self.contrasts(of, &sums, &linear)
    }

    fn of_all(&self, of: OfSums, sums: &[DomainSums]) -> Result<Linear, SurveyError> {
        let survey = self.work.survey;
        let Some(replicates) = self.work.replicates else {
            let figures = sums.iter().map(|domain| survey.figures(domain, of)).collect();
            return Ok(Linear { figures, replicated: Vec::new() });
        };
        let figures: Vec<Vec<Vec<f64>>> = if replicates.by_unit() && !self.work.weighted.is_adjusted() {
            let of_domain = |domain| replicates.totals(survey.design, domain);
            let totals = sums.iter().map(of_domain);
            totals.map(|totals| totals.iter().map(|totals| of.values(totals)).collect()).collect()
        } else {
            let columns = self.columns();
            self.replicated(|survey| {
                let sums = survey.sums(&columns, &self.parts.domains);
                sums.iter().map(|domain| of.values(&domain.totals)).collect()
            })?
        };
        let of_domain =
            |(domain, own): (&DomainSums, &Vec<Vec<f64>>)| replicates.figures(of.values(&domain.totals), own);
        Ok(Linear { figures: sums.iter().zip(&figures).map(of_domain).collect(), replicated: figures })
    }

    /// Sums of figures, also of different domains: what they have in common is counted once.
    fn contrasts(&mut self, of: OfSums, sums: &[DomainSums], linear: &Linear) -> Result<(), SurveyError> {
        for contrast in &self.spec.contrasts {
            if contrast.terms.is_empty() {
                let (figure, reason) =
                    (contrast.id.clone(), "a contrast is of figures: name them (terms)".to_owned());
                return Err(SurveyError::FigureUnfit { figure, reason });
            }
            let terms = contrast
                .terms
                .iter()
                .map(|term| self.place(term, sums).map(|place| (place, term.coefficient)))
                .collect::<Result<Vec<_>, SurveyError>>()?;
            let value = |figures: &dyn Fn(usize, usize) -> f64| -> f64 {
                terms.iter().map(|((domain, place), factor)| factor * figures(*domain, *place)).sum()
            };
            let own = |domain: usize, place: usize| {
                let figures = linear.figures.get(domain);
                figures.and_then(|figures| figures.values.get(place)).copied().unwrap_or(f64::NAN)
            };
            let whole = value(&own);
            let variance = if let Some(replicates) = self.work.replicates {
                let of_replicate = |replicate: usize| {
                    let one = |domain: usize, place: usize| {
                        let figures = linear.replicated.get(domain).and_then(|own| own.get(replicate));
                        figures.and_then(|figures| figures.get(place)).copied().unwrap_or(f64::NAN)
                    };
                    vec![value(&one)]
                };
                let each: Vec<Vec<f64>> = (0..replicates.len()).map(of_replicate).collect();
                replicates.figures(vec![whole], &each).variance(0)
            } else {
                let part = |((domain, place), factor): &((usize, usize), f64)| {
                    let domain = sums.get(*domain)?;
                    let slopes = of.slopes(&domain.totals).into_iter().nth(*place)?;
                    Some((domain, slopes.into_iter().map(|slope| slope * factor).collect()))
                };
                let parts: Vec<(&DomainSums, Vec<f64>)> = terms.iter().filter_map(part).collect();
                self.work.survey.covariance_across(&[parts]).first().copied().unwrap_or(f64::NAN)
            };
            let united = united(terms.iter().filter_map(|((domain, _), _)| sums.get(*domain)));
            let found = (whole, variance);
            let rule = self.rule("contrast, Taylor linearization", "contrast, replicates");
            let mut estimate = self.work.survey.estimate(found, (&united, self.work.df()), None, rule);
            // A difference near nothing is not imprecise for that.
            estimate.cv = None;
            estimate.flags.retain(|flag| *flag != Flag::Imprecise);
            self.analysis.estimates.push(NamedEstimate {
                id: self.id.to_owned(),
                variable: contrast.id.clone(),
                level: None,
                probability: None,
                by: BTreeMap::new(),
                estimate,
            });
        }
        Ok(())
    }

    /// The domain and the place of a figure that a contrast names.
    fn place(&self, term: &ContrastTerm, sums: &[DomainSums]) -> Result<(usize, usize), SurveyError> {
        let refused = |reason: String| SurveyError::FigureUnfit { figure: self.id.to_owned(), reason };
        let fits =
            |by: &BTreeMap<String, String>| term.by.iter().all(|(name, level)| by.get(name) == Some(level));
        let mut domains =
            self.parts.by.iter().enumerate().filter(|(_, by)| fits(by)).map(|(domain, _)| domain);
        let (Some(domain), None) = (domains.next(), domains.next()) else {
            return Err(refused(format!(
                "no one domain of the contrast is {:?}: name each category of it",
                term.by
            )));
        };
        if sums.get(domain).is_none_or(|domain| domain.n == 0) {
            return Err(SurveyError::DomainEmpty { domain: format!("{:?}", term.by) });
        }
        if self.spec.statistic == Statistic::Ratio {
            return Ok((domain, 0));
        }
        let fits = |variable: &Variable| {
            term.variable.as_ref().is_none_or(|name| *name == variable.name)
                && term.level.as_ref().is_none_or(|level| Some(level) == variable.level.as_ref())
        };
        let mut places =
            self.variables.iter().enumerate().filter(|(_, own)| fits(own)).map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok((domain, place)),
            _ => Err(refused(format!(
                "no one figure of the contrast is {}: name its variable, and its level where it has any",
                term.variable.as_deref().unwrap_or("meant")
            ))),
        }
    }

    /// A figure of each pair of variables.
    fn pairs(&mut self, of: MomentOf, sign: &str) -> Result<(), SurveyError> {
        for (number, one) in self.variables.iter().enumerate() {
            for (other_number, other) in self.variables.iter().enumerate() {
                if of == MomentOf::Correlation && other_number <= number {
                    continue;
                }
                self.moment(of, (one, other), format!("{}{sign}{}", one.name, other.name))?;
            }
        }
        Ok(())
    }

    fn moment(
        &mut self,
        of: MomentOf,
        (one, other): (&Variable, &Variable),
        name: String,
    ) -> Result<(), SurveyError> {
        let (work, parts) = (self.work, self.parts);
        let (survey, domains) = (work.survey, &parts.domains);
        let named = Variable { name, level: None, values: Vec::new() };
        let columns = (one.values.as_slice(), other.values.as_slice());
        // The figure of each domain, and what each row adds to it: domains have nobody in common, one column serves all.
        let values = |survey: Survey<'_>| -> (Vec<f64>, Vec<f64>) {
            let mut influences = vec![f64::NAN; work.table.rows()];
            let of_domain = |domain| of.of(columns, survey.weights, domains.rows(domain), &mut influences);
            ((0..domains.count()).map(of_domain).collect(), influences)
        };
        let each =
            self.replicated(|survey| values(survey).0.into_iter().map(|value| vec![value]).collect())?;
        let (found, influences) = values(survey);
        let sums = survey.sums(&[&influences], domains);
        let rule = match of {
            MomentOf::Covariance => self.rule("variance, Taylor linearization", "variance, replicates"),
            MomentOf::Correlation => {
                self.rule("correlation, Taylor linearization", "correlation, replicates")
            }
            MomentOf::Gini => self.rule("Gini, Taylor linearization", "Gini, replicates"),
        };
        for (number, (domain, value)) in sums.iter().zip(found).enumerate() {
            self.check(domain)?;
            if domain.n == 0 {
                continue;
            }
            let variance = match (&work.replicates, each.get(number)) {
                (Some(replicates), Some(own)) => replicates.figures(vec![value], own).variance(0),
                _ => survey.totals(domain).variance(0),
            };
            let estimate = survey.estimate((value, variance), (domain, work.df()), None, rule);
            self.tell(number, &named, None, estimate);
        }
        Ok(())
    }

    /// Figures of each domain in each replicate; nothing where there are no replicates.
    fn replicated(
        &self,
        figures: impl Fn(Survey<'_>) -> Vec<Vec<f64>> + Sync,
    ) -> Result<Vec<Vec<Vec<f64>>>, SurveyError> {
        let Some(replicates) = self.work.replicates else { return Ok(Vec::new()) };
        let each = self.work.each(replicates, |survey| Ok(figures(survey)))?;
        Ok(by_domain(each, self.parts.domains.count()))
    }

    fn quantiles(&mut self) -> Result<(), SurveyError> {
        let (work, parts, variables) = (self.work, self.parts, self.variables);
        let (survey, domains) = (work.survey, &parts.domains);
        let median = [0.5];
        let shares =
            if self.spec.probabilities.is_empty() { &median[..] } else { self.spec.probabilities.as_slice() };
        let rules = (self.spec.quantile_rule, self.spec.quantile_interval);
        for variable in variables {
            let in_order = |domain| quantile::answers(&variable.values, survey.weights, domains.rows(domain));
            let answers: Vec<_> = (0..domains.count()).map(in_order).collect();
            for share in shares {
                let found: Vec<f64> =
                    answers.iter().map(|answers| quantile::read(answers, *share, rules.0)).collect();
                // Of each whether the answer is not above the quantile of the domain; domains have nobody in common.
                let mut below = vec![f64::NAN; work.table.rows()];
                for (domain, value) in found.iter().enumerate() {
                    for row in domains.rows(domain) {
                        let answer = variable.values.get(*row as usize).filter(|answer| !answer.is_nan());
                        if let (Some(slot), Some(answer)) = (below.get_mut(*row as usize), answer) {
                            *slot = f64::from(u8::from(answer <= value));
                        }
                    }
                }
                let of_shares = |survey: Survey<'_>| -> Vec<Vec<f64>> {
                    let sums = survey.sums(&[&below], domains);
                    sums.iter().map(|domain| OfSums::Means.values(&domain.totals)).collect()
                };
                let each = self.replicated(of_shares)?;
                let sums = survey.sums(&[&below], domains);
                for (number, ((domain, value), answers)) in sums.iter().zip(found).zip(&answers).enumerate() {
                    self.check(domain)?;
                    if domain.n == 0 {
                        continue;
                    }
                    let figures = match (&work.replicates, each.get(number)) {
                        (Some(replicates), Some(own)) => {
                            replicates.figures(OfSums::Means.values(&domain.totals), own)
                        }
                        _ => survey.means(domain),
                    };
                    let below = (figures.values.first().copied().unwrap_or(f64::NAN), figures.variance(0));
                    let of_share = survey.estimate(below, (domain, work.df()), None, rules.0.name());
                    let estimate = quantile::woodruff(answers, value, &of_share, rules);
                    self.tell(number, variable, Some(*share), estimate);
                }
            }
        }
        Ok(())
    }
}

/// Figures by replicate and domain as by domain and replicate.
fn by_domain(each: Vec<Vec<Vec<f64>>>, domains: usize) -> Vec<Vec<Vec<f64>>> {
    let mut turned = vec![Vec::with_capacity(each.len()); domains];
    for of_replicate in each {
        for (into, figures) in turned.iter_mut().zip(of_replicate) {
            into.push(figures);
        }
    }
    turned
}

/// Several domains as one, as far as answers and degrees of freedom go.
fn united<'a>(domains: impl Iterator<Item = &'a DomainSums>) -> DomainSums {
    let mut all: Option<DomainSums> = None;
    for domain in domains {
        let Some(own) = &mut all else {
            all = Some(domain.clone());
            continue;
        };
        own.answered.extend(&domain.answered);
        own.n += domain.n;
        own.missing += domain.missing;
        own.negative |= domain.negative;
    }
    all.unwrap_or_else(DomainSums::none)
}
