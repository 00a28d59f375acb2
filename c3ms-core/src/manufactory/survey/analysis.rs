//! An analysis as one document: data, design, weighting, estimates; the same digits wherever it is carried out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Categories, Column, Design, DesignSpec, DomainSums, Domains, Estimate, Figures, Model, ModelSpec,
    ReplicateMethod, Replicates, Survey, SurveyError, Table, TestResult, TestSpec, WeightingStep,
    check_domain,
    estimate::OfSums,
    fit,
    proportion::{ProportionInterval, proportion_interval},
    quantile::{QuantileInterval, QuantileRule, quantile},
    weighting::Weighted,
};
use crate::manufactory::forms::{Dialect, expression::Expression};

/// An analysis: what is computed of which answers, drawn and weighted how.
///
/// # Examples
/// ```
/// use c3ms_core::survey::{AnalysisSpec, Table};
/// let table = Table::parse("evening,of,spent\n1,10,12\n1,10,8\n2,10,20\n")?;
/// let spec = AnalysisSpec::parse(
///     r#"{"design": {"ids": ["evening"], "fpc": ["of"]},
///         "estimates": [{"statistic": "mean", "variables": ["spent"]}]}"#,
/// )?;
/// let analysis = spec.carry_out(&table)?;
/// assert_eq!(analysis.estimates[0].estimate.value, 40.0 / 3.0);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct AnalysisSpec {
    /// The file of the answers, beside this document.
    pub data: Option<String>,
    /// Variables computed from others, in the language of forms: `${spent} * 1.2`.
    pub compute: BTreeMap<String, String>,
    /// How the answers were drawn.
    pub design: DesignSpec,
    /// What is done to the weights, step by step.
    pub weighting: Vec<WeightingStep>,
    /// The variance of totals, means, proportions and ratios by replicates of the design; else, and of all other figures, by
    /// Taylor linearization.
    pub replicates: Option<ReplicateMethod>,
    /// What is computed.
    pub estimates: Vec<EstimateSpec>,
    /// What is modelled.
    pub models: Vec<ModelSpec>,
    /// What is tested.
    pub tests: Vec<TestSpec>,
}

/// What is computed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
}

/// A figure of a public.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How much a variable differs within the public.
    Variance,
    /// The bound below which a share of the public lies.
    Quantile,
}

/// What an analysis found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Analysis {
    /// The figures.
    pub estimates: Vec<NamedEstimate>,
    /// The covariance of figures that were computed together, by the name of what computed them.
    pub covariances: Vec<Covariance>,
    /// The models.
    pub models: Vec<Model>,
    /// The tests.
    pub tests: Vec<TestResult>,
}

/// A figure with its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedEstimate {
    /// What computed it.
    pub id: String,
    /// Its variable.
    pub variable: String,
    /// Its level, of a variable that holds categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The share of which it is the bound, of a quantile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Its domain: of each variable the category.
    pub by: BTreeMap<String, String>,
    /// The figure.
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// The covariance of figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Covariance {
    /// What computed them.
    pub id: String,
    /// Their domain.
    pub by: BTreeMap<String, String>,
    /// The figures in order: the variable, and its level.
    pub order: Vec<String>,
    /// By rows.
    pub matrix: Vec<Vec<f64>>,
}

/// A variable as it is computed with.
struct Variable {
    name: String,
    level: Option<String>,
    values: Vec<f64>,
}

impl AnalysisSpec {
    /// Reads an analysis.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        serde_json::from_str(json).map_err(|error| SurveyError::SpecUnreadable { reason: error.to_string() })
    }

    /// Carries an analysis out.
    ///
    /// # Errors
    /// As [`Design::new`]; [`SurveyError::ExpressionUnreadable`]; [`SurveyError::VariableUnknown`];
    /// [`SurveyError::DomainEmpty`].
    pub fn carry_out(&self, table: &Table) -> Result<Analysis, SurveyError> {
        let computed;
        let table = if self.compute.is_empty() {
            table
        } else {
            computed = self.computed(table)?;
            &computed
        };
        let design = Design::new(&self.design, table)?;
        let weighted = Weighted::new(design.weights(), &self.weighting, table)?;
        let survey =
            Survey { design: &design, weights: &weighted.weights, adjustments: &weighted.adjustments };
        let replicates =
            self.replicates.as_ref().map(|method| Replicates::new(method, &design)).transpose()?;
        let mut analysis = Analysis::default();
        for (number, spec) in self.estimates.iter().enumerate() {
            let id = spec.id.clone().unwrap_or_else(|| number.to_string());
            spec.carry_out(&id, table, (survey, replicates.as_ref(), &weighted), &mut analysis)?;
        }
        for (number, spec) in self.models.iter().enumerate() {
            let id = spec.id.clone().unwrap_or_else(|| number.to_string());
            let mask = rows_where(spec.condition.as_deref(), table)?;
            analysis.models.push(fit(&id, spec, table, survey, mask.as_deref())?);
        }
        for test in &self.tests {
            analysis.tests.push(test.carry_out(table, survey)?);
        }
        Ok(analysis)
    }

    fn computed(&self, table: &Table) -> Result<Table, SurveyError> {
        let mut table = table.clone();
        for (name, text) in &self.compute {
            let values = table.computed(&expression(text)?)?;
            table.add(name, Column::Numbers(values))?;
        }
        Ok(table)
    }
}

impl EstimateSpec {
    fn carry_out(
        &self,
        id: &str,
        table: &Table,
        (survey, replicates, weighted): (Survey<'_>, Option<&Replicates>, &Weighted),
        analysis: &mut Analysis,
    ) -> Result<(), SurveyError> {
        let mask = rows_where(self.condition.as_deref(), table)?;
        let groups =
            self.by.iter().map(|name| table.categories(name)).collect::<Result<Vec<_>, SurveyError>>()?;
        let domains = if groups.is_empty() {
            Domains::one(table.rows(), mask.as_deref())
        } else {
            let groups: Vec<&Categories> = groups.iter().map(|group| &**group).collect();
            Domains::crossed(&groups, mask.as_deref())
        };
        let variables = self.variables(table)?;
        let columns: Vec<&[f64]> = variables.iter().map(|variable| variable.values.as_slice()).collect();
        let sums = survey.sums(&columns, &domains);
        for (number, domain) in (0_u32..).zip(&sums) {
            let by = self.named(number, &groups);
            if groups.is_empty() {
                check_domain(domain, self.condition.as_deref().unwrap_or("of everybody"))?;
            }
            if domain.n == 0 {
                continue;
            }
            let of = Of { id, by, survey, replicates, weighted, domain, number, domains: &domains };
            self.of_domain(&of, &variables, analysis)?;
        }
        Ok(())
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

    /// The categories of a domain.
    fn named(&self, number: u32, groups: &[std::borrow::Cow<'_, Categories>]) -> BTreeMap<String, String> {
        let mut rest = number as usize;
        let mut by = BTreeMap::new();
        for (name, group) in self.by.iter().zip(groups) {
            let count = group.levels.len().max(1);
            by.insert(name.clone(), group.levels.get(rest % count).cloned().unwrap_or_default());
            rest /= count;
        }
        by
    }

    fn of_domain(
        &self,
        of: &Of<'_>,
        variables: &[Variable],
        analysis: &mut Analysis,
    ) -> Result<(), SurveyError> {
        let Of { survey, domain, .. } = *of;
        match self.statistic {
            Statistic::Total | Statistic::Mean | Statistic::Proportion => {
                let is_total = self.statistic == Statistic::Total;
                let figures = of.figures(variables, if is_total { OfSums::Totals } else { OfSums::Means })?;
                for (place, variable) in variables.iter().enumerate() {
                    let spread = survey.spread(&variable.values, of.number, of.domains);
                    let value = figures.values.get(place).copied().unwrap_or(f64::NAN);
                    let rule = match (is_total, of.replicates) {
                        (true, None) => "total, Taylor linearization",
                        (false, None) => "mean, Taylor linearization",
                        (true, Some(_)) => "total, replicates",
                        (false, Some(_)) => "mean, replicates",
                    };
                    let found = (value, figures.variance(place));
                    let mut estimate = survey.estimate(found, domain, Some((spread, is_total)), rule);
                    if self.statistic == Statistic::Proportion {
                        let (ci, rule) = proportion_interval(&estimate, self.interval);
                        (estimate.ci, estimate.rule) = (ci, rule);
                    }
                    analysis.estimates.push(of.told(variable, None, estimate));
                }
                analysis.covariances.push(of.covariance(variables, &figures));
            }
            Statistic::Ratio => {
                let figures = of.figures(variables, OfSums::Ratio)?;
                let value = figures.values.first().copied().unwrap_or(f64::NAN);
                let rule = match of.replicates {
                    None => "combined ratio, Taylor linearization",
                    Some(_) => "combined ratio, replicates",
                };
                let estimate = survey.estimate((value, figures.variance(0)), domain, None, rule);
                let names: Vec<&str> = variables.iter().map(|variable| variable.name.as_str()).collect();
                let ratio = Variable { name: names.join("/"), level: None, values: Vec::new() };
                analysis.estimates.push(of.told(&ratio, None, estimate));
            }
            Statistic::Variance => Self::variances(of, variables, analysis),
            Statistic::Quantile => {
                for variable in variables {
                    for probability in &self.probabilities {
                        let rules = (self.quantile_rule, self.quantile_interval);
                        let estimate =
                            quantile(survey, &variable.values, (of.number, of.domains), *probability, rules);
                        analysis.estimates.push(of.told(variable, Some(*probability), estimate));
                    }
                }
            }
        }
        Ok(())
    }

    /// Variances and covariances: the means of the products of the distances to the means, times `n/(n−1)`.
    fn variances(of: &Of<'_>, variables: &[Variable], analysis: &mut Analysis) {
        let means = of.survey.means(of.domain).values;
        let n = super::variance::real(of.domain.n);
        let mut products = Vec::new();
        for (one, mean) in variables.iter().zip(&means) {
            for (other, other_mean) in variables.iter().zip(&means) {
                let product =
                    |(one, other): (&f64, &f64)| (one - mean) * (other - other_mean) * n / (n - 1.0);
                products.push(Variable {
                    name: format!("{}×{}", one.name, other.name),
                    level: None,
                    values: one.values.iter().zip(&other.values).map(product).collect(),
                });
            }
        }
        let columns: Vec<&[f64]> = products.iter().map(|product| product.values.as_slice()).collect();
        let sums = of.survey.sums(&columns, of.domains);
        let Some(domain) = sums.get(of.number as usize) else { return };
        let figures = of.survey.means(domain);
        for (place, product) in products.iter().enumerate() {
            let value = figures.values.get(place).copied().unwrap_or(f64::NAN);
            let found = (value, figures.variance(place));
            let estimate = of.survey.estimate(found, domain, None, "variance, Taylor linearization");
            analysis.estimates.push(of.told(product, None, estimate));
        }
    }
}

/// A domain of which figures are told.
struct Of<'a> {
    id: &'a str,
    by: BTreeMap<String, String>,
    survey: Survey<'a>,
    replicates: Option<&'a Replicates>,
    weighted: &'a Weighted,
    domain: &'a DomainSums,
    number: u32,
    domains: &'a Domains,
}

impl Of<'_> {
    /// Figures of the sums of the domain.
    fn figures(&self, variables: &[Variable], of_sums: OfSums) -> Result<Figures, SurveyError> {
        if let Some(replicates) = self.replicates.filter(|_| self.weighted.is_adjusted()) {
            return self.adjusted(replicates, variables, of_sums);
        }
        Ok(match (self.replicates, of_sums) {
            (Some(replicates), _) => {
                replicates.of_sums(self.survey.design, self.domain, |totals| of_sums.values(totals))
            }
            (None, OfSums::Totals) => self.survey.totals(self.domain),
            (None, OfSums::Means) => self.survey.means(self.domain),
            (None, OfSums::Ratio) => self.survey.ratio(self.domain),
        })
    }

    /// Figures of replicates whose weights are made to fit again, one after another.
    fn adjusted(
        &self,
        replicates: &Replicates,
        variables: &[Variable],
        of_sums: OfSums,
    ) -> Result<Figures, SurveyError> {
        let design = self.survey.design;
        let first = design.first_of_finest();
        let unit = |finest: &u32| first.get(*finest as usize).copied().unwrap_or(0);
        let first_of_rows: Vec<u32> = design.finest().iter().map(unit).collect();
        let columns: Vec<&[f64]> = variables.iter().map(|variable| variable.values.as_slice()).collect();
        let one = |replicate: usize| {
            let weights = replicates.weights(replicate, design.weights(), &first_of_rows);
            let weights = self.weighted.again(replicate, weights)?;
            let survey = Survey { design, weights: &weights, adjustments: &[] };
            let sums = survey.sums(&columns, self.domains);
            Ok(sums.get(self.number as usize).map_or_else(Vec::new, |sums| of_sums.values(&sums.totals)))
        };
        let each = (0..replicates.len()).map(one).collect::<Result<Vec<_>, SurveyError>>()?;
        Ok(replicates.figures(of_sums.values(&self.domain.totals), &each))
    }

    fn told(&self, variable: &Variable, probability: Option<f64>, estimate: Estimate) -> NamedEstimate {
        NamedEstimate {
            id: self.id.to_owned(),
            variable: variable.name.clone(),
            level: variable.level.clone(),
            probability,
            by: self.by.clone(),
            estimate,
        }
    }

    fn covariance(&self, variables: &[Variable], figures: &Figures) -> Covariance {
        let name = |variable: &Variable| match &variable.level {
            Some(level) => format!("{}={level}", variable.name),
            None => variable.name.clone(),
        };
        let width = figures.values.len().max(1);
        Covariance {
            id: self.id.to_owned(),
            by: self.by.clone(),
            order: variables.iter().map(name).collect(),
            matrix: figures.covariance.chunks(width).map(<[f64]>::to_vec).collect(),
        }
    }
}

/// Of each respondent whether a condition holds, where there is one.
fn rows_where(condition: Option<&str>, table: &Table) -> Result<Option<Vec<bool>>, SurveyError> {
    condition.map(|text| table.rows_where(&expression(text)?)).transpose()
}

fn expression(text: &str) -> Result<Expression, SurveyError> {
    Expression::parse(text, Dialect::Own).map_err(|problem| SurveyError::ExpressionUnreadable {
        expression: text.to_owned(),
        reason: problem.message("en"),
    })
}
