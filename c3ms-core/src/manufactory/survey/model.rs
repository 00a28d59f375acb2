//! Linear, logistic and Poisson models of a public, fitted on a sample of it.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::{
    Column, Survey, SurveyError, Table,
    analysis::{Work, rows_where},
    domain::Pass,
    fisher_tail, student_quantile, student_tails,
    variance::real,
};

/// A model: what depends on what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct ModelSpec {
    /// What it is called.
    pub id: Option<String>,
    /// The variable that depends on the others: numbers; 0 or 1 for a logistic model.
    pub response: String,
    /// The variables it depends on; one of categories has a coefficient for each level but the first.
    pub terms: Vec<String>,
    /// These terms hold categories though their values are numbers.
    pub categories: Vec<String>,
    /// What is known to be added: a variable whose coefficient is 1.
    pub offset: Option<String>,
    /// How the response is distributed around what is expected.
    pub family: Family,
    /// Of those for whom this holds, in the language of forms.
    #[serde(rename = "where")]
    pub condition: Option<String>,
}

/// How a response depends on the sum of its terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Family {
    /// It is the sum.
    #[default]
    Gaussian,
    /// The logarithm of its odds is the sum.
    Binomial,
    /// The logarithm of its mean is the sum.
    Poisson,
}

/// A model that was fitted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Model {
    /// What it is called.
    pub id: String,
    /// The coefficients in order, that of the constant first.
    pub coefficients: Vec<Coefficient>,
    /// Their covariance, by rows.
    pub covariance: Vec<Vec<f64>>,
    /// Degrees of freedom that are left: those of the design less the coefficients but the constant.
    pub df: f64,
    /// A test of each term: that none of its coefficients is other than nothing.
    pub tests: Vec<TermTest>,
    /// Respondents who answered all.
    pub n: usize,
    /// Left out, since an answer is missing.
    pub missing: usize,
    /// Rounds until nothing changed.
    pub iterations: usize,
}

/// One coefficient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coefficient {
    /// Its term; `(Intercept)` for the constant.
    pub term: String,
    /// Its level, of a term that holds categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The coefficient.
    pub value: f64,
    /// Its standard error.
    pub se: f64,
    /// The coefficient over its standard error.
    pub t: f64,
    /// How likely one as far from nothing is, if it were nothing.
    pub p: f64,
    /// The interval by Student's t.
    pub ci: [f64; 2],
}

/// Wald's test of a term.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermTest {
    /// The term.
    pub term: String,
    /// The statistic.
    pub f: f64,
    /// Coefficients of the term.
    pub df: f64,
    /// Degrees of freedom that are left.
    pub ddf: f64,
    /// The tail beyond the statistic.
    pub p: f64,
}

/// A column of a model.
pub(super) struct Regressor {
    pub(super) term: String,
    pub(super) level: Option<String>,
    pub(super) values: Vec<f64>,
}

/// As many rounds as a model takes at most.
const ROUNDS: usize = 100;

/// A model ready to be fitted with any weights: the respondents who answered all.
struct Prepared {
    family: Family,
    regressors: Vec<Regressor>,
    /// The respondents.
    used: Vec<u32>,
    /// By rows, one number for each coefficient.
    matrix: Vec<f64>,
    responses: Vec<f64>,
    offsets: Vec<f64>,
}

/// Coefficients, the inverse of the information, and the rounds.
struct Solved {
    coefficients: DVector<f64>,
    inverse: DMatrix<f64>,
    iterations: usize,
}

/// Fits a model by weighted scores; its covariance is that of the scores over the design, or of the coefficients over
/// the replicates.
///
/// # Errors
/// [`SurveyError::VariableUnknown`], [`SurveyError::NotNumeric`]; [`SurveyError::ModelUnfit`] where the terms cannot be
/// told apart, where the response is none of the family, and where the rounds come to no end.
///
/// # Source
/// Binder (1983), "On the Variances of Asymptotically Normal Estimators from Complex Surveys", International
/// Statistical Review 51; `McCullagh` and Nelder (1989) for the rounds.
pub(super) fn fit(id: &str, spec: &ModelSpec, work: &Work<'_>) -> Result<Model, SurveyError> {
    let mask = rows_where(spec.condition.as_deref(), work.table)?;
    fit_rows(id, spec, (work.table, mask.as_deref()), work.survey, Some(work))
}

/// As [`fit`], of those of whom it is told; replicates only where there is an analysis at work.
pub(super) fn fit_rows(
    id: &str,
    spec: &ModelSpec,
    (table, mask): (&Table, Option<&[bool]>),
    survey: Survey<'_>,
    work: Option<&Work<'_>>,
) -> Result<Model, SurveyError> {
    let unfit = |reason: &str| SurveyError::ModelUnfit { model: id.to_owned(), reason: reason.to_owned() };
    let asked = (0..table.rows())
        .filter(|row| mask.is_none_or(|mask| mask.get(*row) == Some(&true)))
        .filter(|row| survey.weights.get(*row).is_some_and(|weight| *weight != 0.0));
    let asked: Vec<usize> = asked.collect();
    let prepared = Prepared::new(spec, table, &asked)?;
    if prepared.responses.iter().any(|response| !spec.family.allows(*response)) {
        return Err(unfit("the response is outside of what its family allows: 0 to 1, or not negative"));
    }
    let solved = prepared.solve(survey.weights, None).map_err(unfit)?;

    let scores = prepared.scores(&solved.coefficients, table.rows());
    let columns: Vec<&[f64]> = scores.iter().map(Vec::as_slice).collect();
    let domain = survey.sums_of(&mut Pass::new(survey.design), &columns, &prepared.used);
    let replicates = work.and_then(|work| work.replicates.map(|replicates| (work, replicates)));
    let covariance = match replicates {
        None => {
            let rows = solved.inverse.row_iter();
            let slopes: Vec<Vec<f64>> = rows.map(|row| row.iter().copied().chain([0.0]).collect()).collect();
            survey.covariance(&domain, &slopes)
        }
        Some((work, replicates)) => {
            let each = work.each(replicates, |survey| {
                let again = prepared.solve(survey.weights, Some(&solved.coefficients)).map_err(unfit)?;
                Ok(again.coefficients.iter().copied().collect())
            })?;
            replicates.figures(solved.coefficients.iter().copied().collect(), &each).covariance
        }
    };
    let df = work.and_then(Work::df).unwrap_or_else(|| survey.freedom(&domain));
    let left = Left {
        df: df + 1.0 - real(prepared.regressors.len()),
        n: prepared.used.len(),
        missing: asked.len() - prepared.used.len(),
        iterations: solved.iterations,
    };
    Ok(told(id, &prepared.regressors, &solved.coefficients, &covariance, left))
}

impl Prepared {
    fn new(spec: &ModelSpec, table: &Table, asked: &[usize]) -> Result<Self, SurveyError> {
        let response = table.numbers(&spec.response)?;
        let offset = spec.offset.as_deref().map(|name| table.numbers(name)).transpose()?;
        let regressors = regressors(table, &spec.terms, &spec.categories)?;
        let mut prepared = Self {
            family: spec.family,
            used: Vec::with_capacity(asked.len()),
            matrix: Vec::with_capacity(asked.len() * regressors.len()),
            responses: Vec::with_capacity(asked.len()),
            offsets: Vec::with_capacity(asked.len()),
            regressors: Vec::new(),
        };
        let at = |values: &[f64], row: usize| values.get(row).copied().unwrap_or(f64::NAN);
        for row in asked {
            let response = at(response, *row);
            let offset = offset.map_or(0.0, |offset| at(offset, *row));
            let known = regressors.iter().all(|regressor| at(&regressor.values, *row).is_finite());
            if !known || !response.is_finite() || !offset.is_finite() {
                continue;
            }
            prepared.matrix.extend(regressors.iter().map(|regressor| at(&regressor.values, *row)));
            prepared.responses.push(response);
            prepared.offsets.push(offset);
            prepared.used.push(u32::try_from(*row).unwrap_or(u32::MAX));
        }
        prepared.regressors = regressors;
        Ok(prepared)
    }

    /// The numbers of each respondent, the response and the offset.
    fn rows(&self) -> impl Iterator<Item = (u32, &[f64], f64, f64)> {
        let rows = self.matrix.chunks_exact(self.regressors.len().max(1));
        let rest = self.responses.iter().zip(&self.offsets);
        self.used
            .iter()
            .zip(rows)
            .zip(rest)
            .map(|((row, x), (response, offset))| (*row, x, *response, *offset))
    }

    /// Rounds of weighted least squares, from given coefficients or from the responses.
    fn solve(&self, weights: &[f64], from: Option<&DVector<f64>>) -> Result<Solved, &'static str> {
        let width = self.regressors.len();
        let mut coefficients = from.cloned().unwrap_or_else(|| DVector::zeros(width));
        let (mut iterations, mut last) = (0, f64::INFINITY);
        loop {
            let mut crossed = vec![0.0; width * width];
            let mut right = vec![0.0; width];
            for (row, x, response, offset) in self.rows() {
                let weight = weights.get(row as usize).copied().unwrap_or(0.0);
                if weight == 0.0 {
                    continue;
                }
                let sum = x.iter().zip(coefficients.iter()).map(|(x, slope)| x * slope).sum::<f64>() + offset;
                let begins = iterations == 0 && from.is_none();
                let (mean, slope) = if begins { self.family.begin(response) } else { self.family.mean(sum) };
                let eta = if begins { self.family.link(mean) } else { sum };
                // In these families the variance is the slope of the mean.
                let working = eta - offset + (response - mean) / slope;
                let load = weight * slope;
                for ((one, entry), entries) in
                    x.iter().zip(&mut right).zip(crossed.chunks_exact_mut(width.max(1)))
                {
                    *entry += load * one * working;
                    let loaded = load * one;
                    entries.iter_mut().zip(x).for_each(|(entry, other)| *entry += loaded * other);
                }
            }
            let crossed = DMatrix::from_row_slice(width, width, &crossed);
            let Some(inverse) = inverted(&crossed) else {
                return Err("its terms cannot be told apart: one of them is the sum of others");
            };
            let next = &inverse * DVector::from_vec(right);
            let moved = (&next - &coefficients).amax() / next.amax().max(1e-300);
            coefficients = next;
            iterations += 1;
            if !moved.is_finite() || iterations >= ROUNDS {
                return Err("the rounds come to no end: a term may tell the response for sure");
            }
            if moved < 1e-13 || (moved < 1e-9 && moved >= last) {
                return Ok(Solved { coefficients, inverse, iterations });
            }
            last = moved;
        }
    }

    /// Of each coefficient the scores of all respondents.
    fn scores(&self, coefficients: &DVector<f64>, rows: usize) -> Vec<Vec<f64>> {
        let mut scores = vec![vec![f64::NAN; rows]; self.regressors.len()];
        for (row, x, response, offset) in self.rows() {
            let sum = x.iter().zip(coefficients.iter()).map(|(x, slope)| x * slope).sum::<f64>() + offset;
            let (mean, _) = self.family.mean(sum);
            for (column, x) in scores.iter_mut().zip(x) {
                if let Some(score) = column.get_mut(row as usize) {
                    *score = x * (response - mean);
                }
            }
        }
        scores
    }
}

#[derive(Clone, Copy)]
struct Left {
    df: f64,
    n: usize,
    missing: usize,
    iterations: usize,
}

fn told(id: &str, regressors: &[Regressor], found: &DVector<f64>, covariance: &[f64], left: Left) -> Model {
    let width = regressors.len();
    let reach = student_quantile(0.975, left.df);
    let coefficients: Vec<Coefficient> = regressors
        .iter()
        .zip(found.iter())
        .enumerate()
        .map(|(at, (regressor, value))| {
            let se = covariance.get(at * (width + 1)).copied().unwrap_or(f64::NAN).max(0.0).sqrt();
            let t = value / se;
            Coefficient {
                term: regressor.term.clone(),
                level: regressor.level.clone(),
                value: *value,
                se,
                t,
                p: student_tails(t, left.df),
                ci: [value - reach * se, value + reach * se],
            }
        })
        .collect();
    let matrix = DMatrix::from_row_slice(width, width, covariance);
    let mut terms: Vec<&str> = Vec::new();
    for regressor in regressors.iter().skip(1) {
        if !terms.contains(&regressor.term.as_str()) {
            terms.push(&regressor.term);
        }
    }
    let tests = terms
        .into_iter()
        .filter_map(|term| {
            let own: Vec<usize> = (0..width)
                .filter(|at| regressors.get(*at).is_some_and(|regressor| regressor.term == term))
                .collect();
            let values =
                DVector::from_iterator(own.len(), own.iter().filter_map(|at| found.get(*at)).copied());
            let part = matrix.select_rows(&own).select_columns(&own);
            let quadratic = (values.transpose() * inverted(&part)? * &values).sum();
            #[expect(clippy::cast_precision_loss, reason = "a count of coefficients is exact")]
            let df = own.len() as f64;
            let f = quadratic / df;
            Some(TermTest { term: term.to_owned(), f, df, ddf: left.df, p: fisher_tail(f, df, left.df) })
        })
        .collect();
    Model {
        id: id.to_owned(),
        coefficients,
        covariance: covariance.chunks(width.max(1)).map(<[f64]>::to_vec).collect(),
        df: left.df,
        tests,
        n: left.n,
        missing: left.missing,
        iterations: left.iterations,
    }
}

/// The constant and the columns of the terms, in order.
pub(super) fn regressors(
    table: &Table,
    terms: &[String],
    categories: &[String],
) -> Result<Vec<Regressor>, SurveyError> {
    let constant = vec![1.0; table.rows()];
    let mut all = vec![Regressor { term: "(Intercept)".to_owned(), level: None, values: constant }];
    for term in terms {
        let is_words = matches!(table.column(term)?, Column::Categories(_));
        if !is_words && !categories.contains(term) {
            all.push(Regressor { term: term.clone(), level: None, values: table.numbers(term)?.to_vec() });
            continue;
        }
        let categories = table.categories(term)?;
        for (code, level) in (0_u32..).zip(&categories.levels).skip(1) {
            let values = categories.indicator(code);
            all.push(Regressor { term: term.clone(), level: Some(level.clone()), values });
        }
    }
    Ok(all)
}

impl Family {
    fn allows(self, response: f64) -> bool {
        match self {
            Self::Gaussian => true,
            Self::Binomial => (0.0..=1.0).contains(&response),
            Self::Poisson => response >= 0.0,
        }
    }

    /// The mean at a sum of terms, and its slope.
    fn mean(self, sum: f64) -> (f64, f64) {
        match self {
            Self::Gaussian => (sum, 1.0),
            Self::Binomial => {
                let mean = 1.0 / (1.0 + libm::exp(-sum));
                (mean, (mean * (1.0 - mean)).max(1e-300))
            }
            Self::Poisson => {
                let mean = libm::exp(sum.min(700.0));
                (mean, mean.max(1e-300))
            }
        }
    }

    /// A first guess of the mean, drawn a little away from the ends.
    fn begin(self, response: f64) -> (f64, f64) {
        match self {
            Self::Gaussian => (response, 1.0),
            Self::Binomial => {
                let mean = f64::midpoint(response, 0.5);
                (mean, mean * (1.0 - mean))
            }
            Self::Poisson => (response + 0.1, response + 0.1),
        }
    }

    /// The sum of terms at a mean.
    fn link(self, mean: f64) -> f64 {
        match self {
            Self::Gaussian => mean,
            Self::Binomial => libm::log(mean / (1.0 - mean)),
            Self::Poisson => libm::log(mean),
        }
    }
}

/// The inverse of a symmetric matrix, its rows brought to one scale first; nothing where it has none.
pub(super) fn inverted(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let scales = DVector::from_iterator(matrix.nrows(), matrix.diagonal().iter().map(|own| 1.0 / own.sqrt()));
    if scales.iter().any(|scale| !scale.is_finite()) {
        return None;
    }
    let scaling = DMatrix::from_diagonal(&scales);
    let inverse = (&scaling * matrix * &scaling).cholesky()?.inverse();
    // A term that is nearly the sum of others leaves nothing to divide by.
    (inverse.amax() < 1e13).then(|| &scaling * inverse * &scaling)
}
