//! Linear, logistic and Poisson models of a public, fitted on a sample of it.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::{
    Categories, Column, Domains, Survey, SurveyError, Table, fisher_tail, student_quantile, student_tails,
};

/// A model: what depends on what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
struct Regressor {
    term: String,
    level: Option<String>,
    values: Vec<f64>,
}

/// As many rounds as a model takes at most.
const ROUNDS: usize = 100;

/// Fits a model by weighted scores; its covariance is that of the scores over the design.
///
/// # Errors
/// [`SurveyError::VariableUnknown`], [`SurveyError::NotNumeric`]; [`SurveyError::ModelUnfit`] where the terms cannot be
/// told apart, where the response is none of the family, and where the rounds come to no end.
///
/// # Source
/// Binder (1983), "On the Variances of Asymptotically Normal Estimators from Complex Surveys", International
/// Statistical Review 51; `McCullagh` and Nelder (1989) for the rounds.
pub fn fit(
    id: &str,
    spec: &ModelSpec,
    table: &Table,
    survey: Survey<'_>,
    mask: Option<&[bool]>,
) -> Result<Model, SurveyError> {
    let unfit = |reason: &str| SurveyError::ModelUnfit { model: id.to_owned(), reason: reason.to_owned() };
    let response = table.numbers(&spec.response)?;
    let offset = spec.offset.as_deref().map(|name| table.numbers(name)).transpose()?;
    let regressors = regressors(spec, table)?;
    let (width, rows) = (regressors.len(), table.rows());
    let known = |row: usize| {
        let numbers = regressors.iter().map(|regressor| regressor.values.get(row));
        let others = [response.get(row), offset.map_or(Some(&0.0), |offset| offset.get(row))];
        mask.is_none_or(|mask| mask.get(row) == Some(&true))
            && numbers.chain(others).all(|number| number.is_some_and(|number| number.is_finite()))
    };
    let used: Vec<usize> = (0..rows).filter(|row| known(*row)).collect();
    let asked = mask.map_or(rows, |mask| mask.iter().filter(|within| **within).count());
    let value = |row: usize| response.get(row).copied().unwrap_or(0.0);
    let in_range = |response: f64| match spec.family {
        Family::Gaussian => true,
        Family::Binomial => (0.0..=1.0).contains(&response),
        Family::Poisson => response >= 0.0,
    };
    if used.iter().any(|row| !in_range(value(*row))) {
        return Err(unfit("the response is outside of what its family allows: 0 to 1, or not negative"));
    }
    let regressors_of = |row: usize| -> Vec<f64> {
        regressors.iter().map(|regressor| regressor.values.get(row).copied().unwrap_or(0.0)).collect()
    };
    let added = |row: usize| offset.and_then(|offset| offset.get(row)).copied().unwrap_or(0.0);
    let weight = |row: usize| survey.weights.get(row).copied().unwrap_or(0.0);

    let mut coefficients = DVector::<f64>::zeros(width);
    let mut iterations = 0;
    let mut last = f64::INFINITY;
    let information = loop {
        let mut crossed = DMatrix::<f64>::zeros(width, width);
        let mut right = DVector::<f64>::zeros(width);
        for row in &used {
            let x = regressors_of(*row);
            let sum: f64 = x.iter().zip(coefficients.iter()).map(|(x, slope)| x * slope).sum();
            let (mean, slope) = if iterations == 0 {
                spec.family.begin(value(*row))
            } else {
                spec.family.mean(sum + added(*row))
            };
            let eta = if iterations == 0 { spec.family.link(mean) } else { sum + added(*row) };
            // In these families the variance is the slope of the mean.
            let working = eta - added(*row) + (value(*row) - mean) / slope;
            let load = weight(*row) * slope;
            for (at, one) in x.iter().enumerate() {
                if let Some(entry) = right.get_mut(at) {
                    *entry += load * one * working;
                }
                for (other_at, other) in x.iter().enumerate() {
                    if let Some(entry) = crossed.get_mut((at, other_at)) {
                        *entry += load * one * other;
                    }
                }
            }
        }
        let Some(inverse) = inverted(&crossed) else {
            return Err(unfit("its terms cannot be told apart: one of them is the sum of others"));
        };
        let next = &inverse * right;
        let moved = (&next - &coefficients).amax() / next.amax().max(1e-300);
        coefficients = next;
        iterations += 1;
        if !moved.is_finite() || iterations >= ROUNDS {
            return Err(unfit("the rounds come to no end: a term may tell the response for sure"));
        }
        if moved < 1e-13 || (moved < 1e-9 && moved >= last) {
            break inverse;
        }
        last = moved;
    };

    let mut scores: Vec<Vec<f64>> = vec![vec![f64::NAN; rows]; width];
    let mut of = vec![Categories::MISSING; rows];
    for row in &used {
        let x = regressors_of(*row);
        let sum: f64 = x.iter().zip(coefficients.iter()).map(|(x, slope)| x * slope).sum();
        let (mean, _) = spec.family.mean(sum + added(*row));
        if let Some(of) = of.get_mut(*row) {
            *of = 0;
        }
        for (column, x) in scores.iter_mut().zip(x) {
            if let Some(score) = column.get_mut(*row) {
                *score = x * (value(*row) - mean);
            }
        }
    }
    let columns: Vec<&[f64]> = scores.iter().map(Vec::as_slice).collect();
    let sums = survey.sums(&columns, &Domains { of, count: 1 });
    let Some(domain) = sums.first() else { return Err(unfit("nobody answered")) };
    let slopes: Vec<Vec<f64>> =
        information.row_iter().map(|row| row.iter().copied().chain([0.0]).collect()).collect();
    let covariance = survey.covariance(domain, &slopes);
    #[expect(clippy::cast_precision_loss, reason = "a count of coefficients is exact")]
    let df = survey.freedom(domain) + 1.0 - width as f64;
    Ok(told(
        id,
        &regressors,
        &coefficients,
        &covariance,
        Left { df, n: used.len(), missing: asked - used.len(), iterations },
    ))
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

fn regressors(spec: &ModelSpec, table: &Table) -> Result<Vec<Regressor>, SurveyError> {
    let constant = vec![1.0; table.rows()];
    let mut all = vec![Regressor { term: "(Intercept)".to_owned(), level: None, values: constant }];
    for term in &spec.terms {
        let is_words = matches!(table.column(term)?, Column::Categories(_));
        if !is_words && !spec.categories.contains(term) {
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
