//! An analysis as one document: data, design, weighting, estimates; the same digits wherever it is carried out.

use std::{borrow::Cow, collections::BTreeMap, ops::ControlFlow};

use serde::{Deserialize, Serialize};

use super::{
    Design, DesignSpec, Estimate, EstimateSpec, Imputation, ImputationSpec, ImputedColumn, Model, ModelSpec,
    ReplicateMethod, Replicates, StepReport, Survey, SurveyError, Table, TestResult, TestSpec, WeightingStep,
    error::read_document,
    geometry::{Geometry, GeometrySpec},
    model::fit,
    table::Beside,
    unique::unique,
    weighting::Weighted,
};
use crate::{
    base::{of_each, processors},
    manufactory::forms::{Dialect, expression::Expression},
};

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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct AnalysisSpec {
    /// The file of the answers, beside this document.
    pub data: Option<String>,
    /// Variables computed from others, in the language of forms: `${spent} * 1.2`.
    #[serde(deserialize_with = "unique")]
    pub compute: BTreeMap<String, String>,
    /// How the answers were drawn.
    pub design: DesignSpec,
    /// Answers that are missing, filled in from others before anything else is computed of them.
    pub imputations: Vec<ImputationSpec>,
    /// What is done to the weights, step by step.
    pub weighting: Vec<WeightingStep>,
    /// The variance by replicates of the design; else by Taylor linearization. Tests are by linearization always.
    pub replicates: Option<ReplicateMethod>,
    /// What is computed.
    pub estimates: Vec<EstimateSpec>,
    /// What is modelled.
    pub models: Vec<ModelSpec>,
    /// What is tested.
    pub tests: Vec<TestSpec>,
    /// Along which axes the public differs, and the classes it falls into.
    pub geometry: Vec<GeometrySpec>,
}

/// What an analysis found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Analysis {
    /// How many answers were filled in, by variable.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub imputed: BTreeMap<String, usize>,
    /// What each step of the weighting did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weighting: Vec<StepReport>,
    /// The figures.
    pub estimates: Vec<NamedEstimate>,
    /// The covariance of figures that were computed together, by the name of what computed them.
    pub covariances: Vec<Covariance>,
    /// The models.
    pub models: Vec<Model>,
    /// The tests.
    pub tests: Vec<TestResult>,
    /// The axes and classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub geometry: Vec<Geometry>,
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

/// Asked now and then whether to go on, with the replicates that are done and all there are of the figure at work.
pub type Watch<'a> = dyn Fn(usize, usize) -> ControlFlow<()> + 'a;

/// What figures are computed of.
pub(super) struct Work<'a> {
    pub(super) table: &'a Table,
    pub(super) survey: Survey<'a>,
    pub(super) replicates: Option<&'a Replicates>,
    pub(super) weighted: &'a Weighted,
    watch: &'a Watch<'a>,
}

impl Work<'_> {
    /// The same once for each replicate, with its weights: some at once where there are several processors. None of them
    /// knows of another, and they come in their order: the digits are those of one after the other.
    pub(super) fn each<T: Send>(
        &self,
        replicates: &Replicates,
        of: impl Fn(Survey<'_>) -> Result<T, SurveyError> + Sync,
    ) -> Result<Vec<T>, SurveyError> {
        let (design, weighted, all) = (self.survey.design, self.weighted, replicates.len());
        let first_of_rows = design.first_of_rows();
        let one = |replicate: usize| {
            let weights = replicates.weights(replicate, design.weights(), &first_of_rows);
            let weights = weighted.again(replicate, weights)?;
            of(Survey { design, weights: &weights, adjustments: &[] })
        };
        let at_once = if processors() > 1 { 4 * processors() } else { 1 };
        let mut found = Vec::with_capacity(all);
        while found.len() < all {
            let first = found.len();
            let count = at_once.min(all - first);
            if (first..first + count).any(|replicate| (self.watch)(replicate, all).is_break()) {
                return Err(SurveyError::Stopped);
            }
            for made in of_each(count, |next| one(first + next)) {
                found.push(made?);
            }
        }
        Ok(found)
    }

    /// Degrees of freedom, where replicates tell them.
    pub(super) fn df(&self) -> Option<f64> {
        self.replicates.and_then(|replicates| replicates.df)
    }
}

impl AnalysisSpec {
    /// Reads an analysis.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        read_document(json)
    }

    /// The files that it names besides the answers.
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        let joint = self.design.pps.as_ref().and_then(|pps| pps.joint.as_deref());
        let replicates = match &self.replicates {
            Some(ReplicateMethod::Given(given)) => given.file.as_deref(),
            Some(
                ReplicateMethod::Jk1
                | ReplicateMethod::Jkn
                | ReplicateMethod::Brr
                | ReplicateMethod::Fay { .. }
                | ReplicateMethod::RaoWu { .. },
            )
            | None => None,
        };
        joint.into_iter().chain(replicates).collect()
    }

    /// The answers and their weights, of which nothing is computed.
    pub(super) fn bare(&self) -> Self {
        let (data, compute, design) = (self.data.clone(), self.compute.clone(), self.design.clone());
        let (imputations, weighting) = (self.imputations.clone(), self.weighting.clone());
        let replicates = self.replicates.clone();
        Self { data, compute, design, imputations, weighting, replicates, ..Self::default() }
    }

    /// Carries an analysis out that names no file besides the answers.
    ///
    /// # Errors
    /// As [`AnalysisSpec::carry_out_with`].
    pub fn carry_out(&self, table: &Table) -> Result<Analysis, SurveyError> {
        self.carry_out_with(table, &Beside::new(), &|_, _| ControlFlow::Continue(()))
    }

    /// Carries an analysis out; `watch` is asked before each replicate whether to go on.
    ///
    /// # Errors
    /// As [`Design::with`], [`Replicates::new`]; [`SurveyError::ExpressionUnreadable`];
    /// [`SurveyError::VariableUnknown`]; [`SurveyError::DomainEmpty`]; [`SurveyError::FigureUnfit`];
    /// [`SurveyError::Stopped`].
    pub fn carry_out_with(
        &self,
        table: &Table,
        beside: &Beside,
        watch: &Watch<'_>,
    ) -> Result<Analysis, SurveyError> {
        let Ready { table, design, weighted, imputed } = self.ready(table, beside)?;
        let survey =
            Survey { design: &design, weights: &weighted.weights, adjustments: &weighted.adjustments };
        let made = self.replicates.as_ref().map(|method| Replicates::new(method, &design, (&table, beside)));
        let replicates = made.transpose()?;
        let count = |column: &ImputedColumn| (column.variable.clone(), column.filled);
        let imputed: BTreeMap<String, usize> =
            imputed.iter().flat_map(|imputation| imputation.columns.iter().map(count)).collect();
        let work =
            Work { table: &table, survey, replicates: replicates.as_ref(), weighted: &weighted, watch };
        let mut analysis = Analysis { weighting: weighted.reports.clone(), imputed, ..Analysis::default() };
        for (number, spec) in self.estimates.iter().enumerate() {
            spec.carry_out(&named(spec.id.as_ref(), number), &work, &mut analysis)?;
        }
        for (number, spec) in self.models.iter().enumerate() {
            analysis.models.push(fit(&named(spec.id.as_ref(), number), spec, &work)?);
        }
        for (number, test) in self.tests.iter().enumerate() {
            analysis.tests.push(test.carry_out(&named(test.id.as_ref(), number), &table, survey)?);
        }
        for (number, geometry) in self.geometry.iter().enumerate() {
            let id = named(geometry.id.as_ref(), number);
            analysis.geometry.push(geometry.carry_out(&id, &table, survey.weights)?);
        }
        Ok(analysis)
    }

    /// The weights of all respondents after the weighting, each as a multiple of what it was by design, and what each
    /// step did.
    ///
    /// # Errors
    /// Those of [`Design::with`] and of the steps.
    pub fn weights(&self, table: &Table, beside: &Beside) -> Result<WeightsTold, SurveyError> {
        let Ready { design, weighted, .. } = self.ready(table, beside)?;
        let ratio = |(after, before): (&f64, &f64)| if *before == 0.0 { 0.0 } else { after / before };
        let ratios = weighted.weights.iter().zip(design.weights()).map(ratio).collect();
        Ok(WeightsTold { weights: weighted.weights, ratios, weighting: weighted.reports })
    }

    /// The answers that are missing, filled in: by imputation the columns, with a flag for each row.
    ///
    /// # Errors
    /// As [`ImputationSpec::carry_out`].
    pub fn impute(&self, table: &Table, beside: &Beside) -> Result<Vec<Imputation>, SurveyError> {
        Ok(self.ready(table, beside)?.imputed)
    }

    pub(super) fn ready<'a>(&self, table: &'a Table, beside: &Beside) -> Result<Ready<'a>, SurveyError> {
        let mut table = self.computed(table)?;
        let design = Design::with(&self.design, &table, beside)?;
        let mut imputed = Vec::with_capacity(self.imputations.len());
        for (number, spec) in self.imputations.iter().enumerate() {
            let found = spec.carry_out(&named(spec.id.as_ref(), number), &table, design.weights())?;
            found.add_to(table.to_mut())?;
            imputed.push(found);
        }
        if !imputed.is_empty() {
            // What is computed of answers is computed of the filled ones too.
            table = Cow::Owned(self.computed(&table)?.into_owned());
        }
        let weighted = Weighted::new(design.weights(), &self.weighting, &table)?;
        Ok(Ready { table, design, weighted, imputed })
    }

    /// The variables that are computed, each after those that it is computed of.
    fn computed<'a>(&self, table: &'a Table) -> Result<Cow<'a, Table>, SurveyError> {
        let mut table = Cow::Borrowed(table);
        let mut left: Vec<(&String, Expression)> = Vec::with_capacity(self.compute.len());
        for (name, text) in &self.compute {
            left.push((name, expression(text)?));
        }
        while !left.is_empty() {
            let waits = |own: &str, of: &Expression| {
                let others = || left.iter().map(|(name, _)| name.as_str()).filter(|name| *name != own);
                of.names().into_iter().any(|name| others().any(|other| other == name))
            };
            let next = left.iter().position(|(name, of)| !waits(name, of));
            // Where each waits for another, the first says which name is unknown.
            let (name, of) = left.remove(next.unwrap_or(0));
            let column = table.computed(&of)?;
            table.to_mut().add(name, column)?;
        }
        Ok(table)
    }
}

/// Answers ready to be summed up.
pub(super) struct Ready<'a> {
    pub(super) table: Cow<'a, Table>,
    pub(super) design: Design,
    pub(super) weighted: Weighted,
    imputed: Vec<Imputation>,
}

/// Weights, and how they came to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightsTold {
    /// What each respondent stands for.
    pub weights: Vec<f64>,
    /// The same over the weight by design (g-weights).
    pub ratios: Vec<f64>,
    /// What each step did.
    pub weighting: Vec<StepReport>,
}

/// What something is called; its number where nobody says.
fn named(id: Option<&String>, number: usize) -> String {
    id.cloned().unwrap_or_else(|| number.to_string())
}

/// Of each respondent whether a condition holds, where there is one.
pub(super) fn rows_where(condition: Option<&str>, table: &Table) -> Result<Option<Vec<bool>>, SurveyError> {
    condition.map(|text| table.rows_where(&expression(text)?)).transpose()
}

pub(super) fn expression(text: &str) -> Result<Expression, SurveyError> {
    Expression::parse(text, Dialect::Own).map_err(|problem| SurveyError::ExpressionUnreadable {
        expression: text.to_owned(),
        reason: problem.message("en"),
    })
}
