//! Tests: whether two variables go together, whether groups differ.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::{
    Categories, DomainSums, Domains, Family, ModelSpec, Survey, SurveyError, Table,
    analysis::rows_where,
    chi_square_tail,
    domain::Pass,
    fisher_tail,
    model::{fit_rows, inverted},
    normal_quantile, normal_tail, student_tails,
    variance::real,
};

/// A test.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct TestSpec {
    /// What it is called; its number where nobody says.
    pub id: Option<String>,
    /// Which test.
    pub test: TestName,
    /// Whose mean or ranks are compared.
    pub variable: Option<String>,
    /// The two groups.
    pub group: Option<String>,
    /// The one of two variables that may go together.
    pub rows: Option<String>,
    /// The other.
    pub columns: Option<String>,
    /// How the distance from independence is judged.
    pub method: AssociationMethod,
    /// What is made of the ranks.
    pub score: RankScore,
    /// Of those for whom this holds, in the language of forms.
    #[serde(rename = "where")]
    pub condition: Option<String>,
}

/// Which test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TestName {
    /// Whether two variables of categories go together: `rows` and `columns`.
    #[default]
    Association,
    /// Whether the mean of a variable is other in two groups; without a group, whether it is other than 0.
    T,
    /// Whether the ranks of a variable are other in two groups.
    Rank,
}

/// How the distance of a table from independence is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AssociationMethod {
    /// Rao and Scott's second correction, by Fisher's F.
    #[default]
    F,
    /// Rao and Scott's first correction, by the chi-square.
    ChiSquare,
    /// Wald's, by the covariance of the design alone.
    Wald,
    /// Wald's, for few units.
    AdjustedWald,
    /// The distribution of the sum of chi-squares itself, by its saddlepoint.
    Saddlepoint,
}

/// What is made of ranks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RankScore {
    /// The ranks themselves.
    #[default]
    Wilcoxon,
    /// The quantiles of the normal distribution.
    VanDerWaerden,
    /// Whether they are above the middle.
    Median,
}

/// What a test found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestResult {
    /// What it is called.
    pub id: String,
    /// The name of the test.
    pub test: &'static str,
    /// Its statistic.
    pub statistic: f64,
    /// How likely one as far is, if there were nothing.
    pub p: f64,
    /// Its degrees of freedom.
    pub df: Vec<f64>,
    /// The difference of the groups, or the mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
    /// Its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// The weighted table, by rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub table: Vec<Vec<f64>>,
}

impl TestSpec {
    /// Carries a test out.
    ///
    /// # Errors
    /// [`SurveyError::VariableUnknown`], [`SurveyError::NotNumeric`]; [`SurveyError::ModelUnfit`] where there are not
    /// two groups, or not two categories of each variable.
    ///
    /// # Source
    /// Rao and Scott (1984), "On Chi-Squared Tests for Multiway Contingency Tables", Annals of Statistics 12; Lumley
    /// and Scott (2013), "Two-sample rank tests under complex sampling", Biometrika 100; Kuonen (1999), Biometrika 86.
    pub(super) fn carry_out(
        &self,
        id: &str,
        table: &Table,
        survey: Survey<'_>,
    ) -> Result<TestResult, SurveyError> {
        let needs = |value: &Option<String>, name: &str| {
            value.clone().ok_or_else(|| unfit(id, &format!("it needs {name:?}")))
        };
        let strangers = match self.test {
            TestName::Association => [("variable", &self.variable), ("group", &self.group)],
            TestName::T | TestName::Rank => [("rows", &self.rows), ("columns", &self.columns)],
        };
        if let Some((name, _)) = strangers.iter().find(|(_, value)| value.is_some()) {
            return Err(unfit(id, &format!("{name:?} is of another test")));
        }
        let mask = rows_where(self.condition.as_deref(), table)?;
        let of = Tested { id, table, mask: mask.as_deref(), survey };
        match self.test {
            TestName::Association => {
                let (rows, columns) = (needs(&self.rows, "rows")?, needs(&self.columns, "columns")?);
                let (rows, columns) = (table.categories(&rows)?, table.categories(&columns)?);
                of.association(&rows, &columns, self.method)
            }
            TestName::T => {
                let variable = needs(&self.variable, "variable")?;
                match &self.group {
                    None => of.other_than_nothing(table.numbers(&variable)?),
                    Some(group) => of.difference("t", &variable, group),
                }
            }
            TestName::Rank => {
                let (variable, group) = (needs(&self.variable, "variable")?, needs(&self.group, "group")?);
                let ranks = of.ranks(table.numbers(&variable)?, self.score);
                let mut ranked = Table::default();
                ranked.add("rank", super::Column::Numbers(ranks))?;
                ranked.add(&group, table.column(&group)?.clone())?;
                Tested { table: &ranked, ..of }.difference(self.score.name(), "rank", &group)
            }
        }
    }
}

/// A test at work.
#[derive(Clone, Copy)]
struct Tested<'a> {
    id: &'a str,
    table: &'a Table,
    mask: Option<&'a [bool]>,
    survey: Survey<'a>,
}

impl RankScore {
    const fn name(self) -> &'static str {
        match self {
            Self::Wilcoxon => "rank, Wilcoxon",
            Self::VanDerWaerden => "rank, van der Waerden",
            Self::Median => "rank, median",
        }
    }
}

fn unfit(id: &str, reason: &str) -> SurveyError {
    SurveyError::ModelUnfit { model: format!("test {id}"), reason: reason.to_owned() }
}

impl Tested<'_> {
    fn told(&self, test: &'static str, statistic: f64, p: f64, df: Vec<f64>) -> TestResult {
        let id = self.id.to_owned();
        TestResult { id, test, statistic, p, df, difference: None, se: None, table: Vec::new() }
    }

    fn domain(&self, variables: &[&[f64]]) -> Result<DomainSums, SurveyError> {
        let domains = Domains::one(self.table.rows(), self.mask);
        let domain = self.survey.sums_of(&mut Pass::new(self.survey.design), variables, domains.rows(0));
        if domain.n == 0 { Err(unfit(self.id, "nobody answered")) } else { Ok(domain) }
    }

    fn other_than_nothing(&self, variable: &[f64]) -> Result<TestResult, SurveyError> {
        let domain = self.domain(&[variable])?;
        let figures = self.survey.means(&domain);
        let mean = figures.values.first().copied().unwrap_or(f64::NAN);
        let se = figures.variance(0).max(0.0).sqrt();
        let df = self.survey.freedom(&domain) - 1.0;
        let told = self.told("t", mean / se, student_tails(mean / se, df), vec![df]);
        Ok(TestResult { difference: Some(mean), se: Some(se), ..told })
    }

    /// The difference of two groups, as the slope of a linear model.
    fn difference(&self, test: &'static str, variable: &str, group: &str) -> Result<TestResult, SurveyError> {
        let spec = ModelSpec {
            response: variable.to_owned(),
            terms: vec![group.to_owned()],
            categories: vec![group.to_owned()],
            family: Family::Gaussian,
            ..ModelSpec::default()
        };
        let model =
            fit_rows(&format!("test {}", self.id), &spec, (self.table, self.mask), self.survey, None)?;
        let [_, slope] = model.coefficients.as_slice() else {
            return Err(unfit(self.id, "there are not two groups"));
        };
        let told = self.told(test, slope.t, slope.p, vec![model.df]);
        Ok(TestResult { difference: Some(slope.value), se: Some(slope.se), ..told })
    }

    /// The share of the public below each answer, half of the equal ones counted; or what is made of it.
    fn ranks(&self, variable: &[f64], score: RankScore) -> Vec<f64> {
        let within = |row: usize| self.mask.is_none_or(|mask| mask.get(row) == Some(&true));
        let mut order: Vec<(f64, f64, usize)> = variable
            .iter()
            .zip(self.survey.weights)
            .enumerate()
            .filter(|(row, (value, weight))| !value.is_nan() && **weight != 0.0 && within(*row))
            .map(|(row, (value, weight))| (*value, *weight, row))
            .collect();
        order.sort_by(|one, other| one.0.total_cmp(&other.0));
        let all: f64 = order.iter().map(|(_, weight, _)| weight).sum();
        let mut ranks = vec![f64::NAN; variable.len()];
        let mut below = 0.0;
        for equal in order.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
            // The mean of what each of the equal ones would have, one after another.
            let mut sum = 0.0;
            for (_, weight, _) in equal {
                sum += below + weight / 2.0;
                below += weight;
            }
            let rank = sum / real(equal.len()) / all;
            let scored = match score {
                RankScore::Wilcoxon => rank,
                RankScore::VanDerWaerden => normal_quantile(rank),
                RankScore::Median => f64::from(u8::from(rank > 0.5)),
            };
            for (_, _, row) in equal {
                if let Some(slot) = ranks.get_mut(*row) {
                    *slot = scored;
                }
            }
        }
        ranks
    }

    fn association(
        &self,
        rows: &Categories,
        columns: &Categories,
        method: AssociationMethod,
    ) -> Result<TestResult, SurveyError> {
        let (high, wide) = (rows.levels.len(), columns.levels.len());
        if high < 2 || wide < 2 {
            return Err(unfit(self.id, "each of the two variables has two categories at least"));
        }
        let cell = |(row, column): (&u32, &u32)| {
            (*row != Categories::MISSING && *column != Categories::MISSING)
                .then(|| (*row as usize) * wide + *column as usize)
        };
        let cells: Vec<Option<usize>> = rows.codes.iter().zip(&columns.codes).map(cell).collect();
        let indicators: Vec<Vec<f64>> = (0..high * wide)
            .map(|wanted| {
                let holds =
                    |cell: &Option<usize>| cell.map_or(f64::NAN, |cell| f64::from(u8::from(cell == wanted)));
                cells.iter().map(holds).collect()
            })
            .collect();
        let indicators: Vec<&[f64]> = indicators.iter().map(Vec::as_slice).collect();
        let domain = self.domain(&indicators)?;
        let figures = self.survey.means(&domain);
        let (n, freedom) = (real(domain.n), self.survey.freedom(&domain));
        let shares = DVector::from_column_slice(&figures.values);
        let covariance = DMatrix::from_row_slice(high * wide, high * wide, &figures.covariance);
        let crossed = Crossed { high, wide, shares };
        let totals: Vec<f64> = domain.totals.iter().take(high * wide).copied().collect();
        let told = |test, statistic, p, df| TestResult {
            table: totals.chunks(wide).map(<[f64]>::to_vec).collect(),
            ..self.told(test, statistic, p, df)
        };
        let free = real((high - 1) * (wide - 1));
        if matches!(method, AssociationMethod::Wald | AssociationMethod::AdjustedWald) {
            let totals = self.survey.totals(&domain);
            let covariance = DMatrix::from_row_slice(high * wide, high * wide, &totals.covariance);
            let size = domain.totals.last().copied().unwrap_or(f64::NAN);
            let wald = crossed
                .wald(&covariance, size)
                .ok_or_else(|| unfit(self.id, "a cell of the table is empty"))?;
            return Ok(if method == AssociationMethod::Wald {
                let f = wald / free;
                told("association, Wald", f, fisher_tail(f, free, freedom), vec![free, freedom])
            } else {
                let below = freedom - free + 1.0;
                let f = wald * below / (free * freedom);
                told("association, adjusted Wald", f, fisher_tail(f, free, below), vec![free, below])
            });
        }
        let pearson = crossed.pearson(n);
        let effects = crossed
            .effects(&covariance, n)
            .ok_or_else(|| unfit(self.id, "a row or column of the table is empty"))?;
        let sum: f64 = effects.iter().sum();
        let squares: f64 = effects.iter().map(|effect| effect * effect).sum();
        let above = sum * sum / squares;
        Ok(match method {
            AssociationMethod::ChiSquare => {
                let p = chi_square_tail(pearson / (sum / free), free);
                told("association, Rao-Scott chi-square", pearson, p, vec![free])
            }
            AssociationMethod::Saddlepoint => {
                let below = above * freedom;
                told("association, saddlepoint", pearson, saddlepoint(pearson, &effects, below), vec![below])
            }
            AssociationMethod::F | AssociationMethod::Wald | AssociationMethod::AdjustedWald => {
                let (f, df) = (pearson / sum, vec![above, above * freedom]);
                told("association, Rao-Scott F", f, fisher_tail(f, above, above * freedom), df)
            }
        })
    }
}

/// The shares of a table's cells, by rows.
struct Crossed {
    high: usize,
    wide: usize,
    shares: DVector<f64>,
}

impl Crossed {
    fn share(&self, row: usize, column: usize) -> f64 {
        self.shares.get(row * self.wide + column).copied().unwrap_or(0.0)
    }

    fn row(&self, row: usize) -> f64 {
        (0..self.wide).map(|column| self.share(row, column)).sum()
    }

    fn column(&self, column: usize) -> f64 {
        (0..self.high).map(|row| self.share(row, column)).sum()
    }

    /// Pearson's distance, as if `n` were a simple random sample.
    fn pearson(&self, n: f64) -> f64 {
        let mut sum = 0.0;
        for row in 0..self.high {
            for column in 0..self.wide {
                let expected = self.row(row) * self.column(column);
                if expected > 0.0 {
                    let apart = self.share(row, column) - expected;
                    sum += n * apart * apart / expected;
                }
            }
        }
        sum
    }

    /// The generalized design effects: of each way in which a table can be off independence.
    fn effects(&self, covariance: &DMatrix<f64>, n: f64) -> Option<Vec<f64>> {
        let cells = self.high * self.wide;
        let at = |cell: usize| (cell / self.wide, cell % self.wide);
        let main = DMatrix::from_fn(cells, self.high + self.wide - 1, |cell, term| {
            let (row, column) = at(cell);
            let holds = match term {
                0 => true,
                term if term < self.high => row == term,
                term => column == term - self.high + 1,
            };
            f64::from(u8::from(holds))
        });
        let crossed = DMatrix::from_fn(cells, (self.high - 1) * (self.wide - 1), |cell, term| {
            let (row, column) = at(cell);
            let holds = row == term / (self.wide - 1) + 1 && column == term % (self.wide - 1) + 1;
            f64::from(u8::from(holds))
        });
        // What the crossing adds to rows and columns.
        let inverse = inverted(&(main.transpose() * &main))?;
        let contrasts = &crossed - &main * (inverse * (main.transpose() * &crossed));
        let weighing =
            DMatrix::from_diagonal(&self.shares.map(|share| if share > 0.0 { 1.0 / share } else { 0.0 }));
        let simple = contrasts.transpose() * &weighing * &contrasts / n;
        let weighed = &weighing * &contrasts;
        let designed = weighed.transpose() * covariance * &weighed;
        // The same eigenvalues as of the product, of a symmetric matrix.
        let root = simple.cholesky()?.l().try_inverse()?;
        let symmetric = &root * designed * root.transpose();
        Some(symmetric.symmetric_eigenvalues().iter().copied().collect())
    }

    /// Wald's distance of the cells from the products of their margins, linearized where there is independence;
    /// `covariance` is that of the cells' totals, of which there are `size` in all.
    fn wald(&self, covariance: &DMatrix<f64>, size: f64) -> Option<f64> {
        let free: Vec<(usize, usize)> =
            (0..self.high - 1).flat_map(|row| (0..self.wide - 1).map(move |column| (row, column))).collect();
        let expected = |(row, column): (usize, usize)| self.row(row) * self.column(column);
        let apart = DVector::from_iterator(
            free.len(),
            free.iter().map(|(row, column)| self.share(*row, *column) - expected((*row, *column))),
        );
        let slopes = DMatrix::from_fn(free.len(), self.high * self.wide, |number, cell| {
            let (row, column) = free.get(number).copied().unwrap_or_default();
            let (own_row, own_column) = (cell / self.wide, cell % self.wide);
            let holds = |holds: bool| f64::from(u8::from(holds));
            let slope = holds(own_row == row && own_column == column)
                - holds(own_row == row) * self.column(column)
                - holds(own_column == column) * self.row(row)
                + expected((row, column));
            slope / size
        });
        let inverse = inverted(&(&slopes * covariance * slopes.transpose()))?;
        Some((apart.transpose() * inverse * &apart).sum())
    }
}

/// How likely a sum of chi-squares, each with one degree of freedom and its factor, is beyond a statistic that is
/// itself as uncertain as `freedom` degrees tell.
///
/// The sum less the statistic times a chi-square over its degrees of freedom is beyond nothing: by its saddlepoint, of as
/// many chi-squares as there are whole degrees, as in R's `pFsum`.
fn saddlepoint(statistic: f64, factors: &[f64], freedom: f64) -> f64 {
    let largest = factors.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let parts: Vec<(f64, f64)> = factors
        .iter()
        .map(|factor| (factor / largest, 1.0))
        .chain([(-statistic / largest / freedom, freedom.floor().max(1.0))])
        .collect();
    let sum = |part: &dyn Fn(f64) -> f64| parts.iter().map(|(factor, df)| df * part(*factor)).sum::<f64>();
    let slope = |zeta: f64| sum(&|factor| factor / (1.0 - 2.0 * zeta * factor));
    // Where the mean is below nothing the saddlepoint is above it, and the other way round.
    let (mut low, mut high) = if slope(0.0) < 0.0 {
        (0.0, 0.5 * (1.0 - 1e-15))
    } else {
        (-0.5 * largest * freedom / statistic * (1.0 - 1e-15), 0.0)
    };
    for _ in 0..400 {
        let middle = f64::midpoint(low, high);
        if slope(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    let zeta = f64::midpoint(low, high);
    let cumulant = -0.5 * sum(&|factor| libm::log(1.0 - 2.0 * zeta * factor));
    let curvature = sum(&|factor| {
        let one = factor / (1.0 - 2.0 * zeta * factor);
        2.0 * one * one
    });
    let w = (-2.0 * cumulant).max(0.0).sqrt() * zeta.signum();
    let v = zeta * curvature.sqrt();
    normal_tail(w + libm::log(v / w) / w)
}
