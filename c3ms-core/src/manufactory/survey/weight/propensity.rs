//! Who answers: the probability of each row, by logistic regression.

use super::{
    Columns, Convergence, Respondents, Weights,
    newton::Equations,
    response::kept,
    values::{finite, paired, setting},
};
use crate::survey::SurveyError;

/// The probability with which each row answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Propensity {
    /// The constant, then one for each column; 0 for a column that earlier ones explain.
    pub coefficients: Vec<f64>,
    /// The probability of each row.
    pub probabilities: Vec<f64>,
    /// How the search ended.
    pub convergence: Convergence,
}

/// A row whose odds are beyond this exponent is told apart with certainty.
const CERTAIN: f64 = 25.0;

/// Estimates with which probability each row answers, from what is known of those who did and did not.
///
/// # Shapes and units
/// `responded[n]` and the rows of `columns` in the same order; with `weights`, each row counts by its weight. A constant
/// is added to the columns.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] when a row lacks something; [`SurveyError::NoConvergence`] where a column tells with
/// certainty who answers.
///
/// # Source
/// Rosenbaum and Rubin (1983), Biometrika 70(1), 41-55; Little (1986), International Statistical Review 54(2), 139-157.
///
/// # Examples
/// Of four people in the first town two answered, of four in the second three.
/// ```
/// use c3ms_core::survey::weight::{Columns, response_propensity};
/// let columns = Columns::new(8).number(&[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0])?;
/// let found = response_propensity(&[true, true, false, false, true, true, true, false], &columns, None)?;
/// let last = found.probabilities.last().copied().unwrap_or_default();
/// assert!((last - 0.75).abs() < 1e-9);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
pub fn response_propensity(
    responded: &[bool],
    columns: &Columns,
    weights: Option<&Weights>,
) -> Result<Propensity, SurveyError> {
    let rows = responded.len();
    paired("responded", rows, "rows", columns.rows())?;
    let with_constant = Columns::new(rows).number(&vec![1.0; rows])?.and(columns);
    let values = match weights {
        Some(weights) => weights.values().to_vec(),
        None => vec![1.0; rows],
    };
    paired("responded", rows, "weights", values.len())?;
    let answered: Vec<f64> = values
        .iter()
        .zip(responded)
        .map(|(weight, answered)| if *answered { *weight } else { 0.0 })
        .collect();
    let totals = with_constant.sums(&answered);
    let equations = Equations { columns: &with_constant, weights: &values, scale: None, totals: &totals };
    let refused = |deviation, iterations| SurveyError::NoConvergence {
        what: "response propensity",
        place: "who answers".to_owned(),
        deviation,
        iterations,
    };
    let solution = equations
        .solve(logistic, 1e-11, 100)
        .map_err(|stuck| refused(stuck.convergence.deviation, stuck.convergence.iterations))?;
    if with_constant.combined(&solution.coefficients).iter().any(|odds| odds.abs() > CERTAIN) {
        return Err(refused(solution.convergence.deviation, solution.convergence.iterations));
    }
    Ok(Propensity {
        coefficients: solution.coefficients,
        probabilities: solution.values,
        convergence: solution.convergence,
    })
}

/// The logistic curve and its slope.
fn logistic(odds: f64) -> (f64, f64) {
    let small = libm::exp(-odds.abs());
    let (less, more) = (small / (1.0 + small), 1.0 / (1.0 + small));
    (if odds > 0.0 { more } else { less }, less * more)
}

impl Propensity {
    /// Those who answered, each weight divided by the probability of answering.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] when a row lacks a weight or whether it answered.
    ///
    /// # Examples
    /// Who answers with probability 0.5 also stands for somebody who did not.
    /// ```
    /// use c3ms_core::survey::weight::{Columns, Weights, response_propensity};
    /// let responded = [true, false];
    /// let found = response_propensity(&responded, &Columns::new(2), None)?;
    /// assert_eq!(found.inverse(&Weights::new(vec![10.0, 10.0])?, &responded)?.weights.values(), [20.0]);
    /// # Ok::<(), c3ms_core::survey::SurveyError>(())
    /// ```
    pub fn inverse(&self, weights: &Weights, responded: &[bool]) -> Result<Respondents, SurveyError> {
        paired("weights", weights.len(), "probabilities", self.probabilities.len())?;
        let factors = self.probabilities.iter().map(|probability| 1.0 / probability);
        kept(weights, responded, factors)
    }

    /// Classes of about as many rows each, by rising probability: what is wrong with the regression then matters less.
    ///
    /// Equal probabilities are in the same class.
    ///
    /// # Source
    /// Rosenbaum and Rubin (1984), JASA 79(387), 516-524: five classes take away nine tenths of the bias.
    ///
    /// # Errors
    /// [`SurveyError::SettingUnfit`] for no classes, [`SurveyError::NumberUnfit`] for a probability that is not finite.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::survey::weight::{Convergence, Propensity};
    /// let convergence = Convergence { iterations: 0, deviation: 0.0 };
    /// let found = Propensity { coefficients: vec![], probabilities: vec![0.9, 0.2, 0.8, 0.3], convergence };
    /// assert_eq!(found.classes(2)?, [1, 0, 1, 0]);
    /// # Ok::<(), c3ms_core::survey::SurveyError>(())
    /// ```
    pub fn classes(&self, count: u32) -> Result<Vec<u32>, SurveyError> {
        setting("number of classes", f64::from(count), "1 or more", |count| count >= 1.0)?;
        finite("probability", &self.probabilities)?;
        let mut order: Vec<(f64, usize)> = self.probabilities.iter().copied().zip(0..).collect();
        order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let rows = order.len() as u128;
        let mut classes = vec![0; order.len()];
        let mut current = (f64::NAN, 0);
        for (rank, (probability, row)) in (0_u128..).zip(order) {
            if current.0 < probability || current.0.is_nan() {
                current = (probability, u32::try_from(rank * u128::from(count) / rows).unwrap_or(0));
            }
            if let Some(class) = classes.get_mut(row) {
                *class = current.1;
            }
        }
        Ok(classes)
    }
}
