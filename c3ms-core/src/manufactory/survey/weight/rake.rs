//! Raking: several margins in turn, until all are met.

use super::{
    Adjustment, Convergence, Margin, Reweighted, Weights,
    post_stratify::factors,
    values::{paired, place},
};
use crate::survey::SurveyError;

/// When raking ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RakeOptions {
    /// The gap left in a category, as a share of its total, with which one is content.
    pub tolerance: f64,
    /// How many rounds over all margins are made at most.
    pub iterations: u32,
}

impl Default for RakeOptions {
    /// A billionth, and 500 rounds.
    fn default() -> Self {
        Self { tolerance: 1e-9, iterations: 500 }
    }
}

/// Margins that can be raked together: same rows, same sum.
///
/// # Examples
/// ```
/// use c3ms_core::survey::{SurveyError, weight::{Margin, Rake, RakeOptions}};
/// let age = Margin::new("age", &[0, 1], &[40.0, 60.0])?;
/// let town = Margin::new("town", &[0, 1], &[70.0, 50.0])?;
/// let refused = Rake::new(vec![age, town], RakeOptions::default()).unwrap_err();
/// assert!(matches!(refused, SurveyError::MarginsDisagree { .. }));
/// # Ok::<(), SurveyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rake {
    margins: Vec<Margin>,
    crossing: Option<Crossing>,
    options: RakeOptions,
}

/// The cells in which rows of the same categories lie: all that raking needs to look at.
#[derive(Debug, Clone, PartialEq)]
struct Crossing {
    cells: Margin,
    margins: Vec<Margin>,
}

impl Rake {
    /// Takes margins of the same rows.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] for margins of other rows; [`SurveyError::MarginsDisagree`] for margins whose
    /// sums differ by more than the tolerance.
    pub fn new(margins: Vec<Margin>, options: RakeOptions) -> Result<Self, SurveyError> {
        if let Some((first, others)) = margins.split_first() {
            for other in others {
                paired(first.name(), first.categories().len(), other.name(), other.categories().len())?;
                let (one_sum, other_sum) = (first.sum(), other.sum());
                if (one_sum - other_sum).abs() > options.tolerance.max(1e-12) * one_sum.max(other_sum) {
                    return Err(SurveyError::MarginsDisagree {
                        one: first.name().to_owned(),
                        one_sum,
                        other: other.name().to_owned(),
                        other_sum,
                    });
                }
            }
        }
        let crossing = Crossing::new(&margins);
        Ok(Self { margins, crossing, options })
    }

    /// The margins.
    #[must_use]
    pub fn margins(&self) -> &[Margin] {
        &self.margins
    }

    /// Rakes weights of which some may be 0.
    pub(super) fn in_place(&self, weights: &mut [f64]) -> Result<Convergence, SurveyError> {
        for margin in self.margins.iter().take(1) {
            paired(margin.name(), margin.categories().len(), "weights", weights.len())?;
        }
        let Some(crossing) = &self.crossing else {
            return rounds(weights, &self.margins, &self.options);
        };
        let before = crossing.cells.sums(weights);
        let mut after = before.clone();
        let convergence = rounds(&mut after, &crossing.margins, &self.options)?;
        let ratios: Vec<f64> = before
            .iter()
            .zip(&after)
            .map(|(before, after)| if *before > 0.0 { after / before } else { 1.0 })
            .collect();
        for (weight, cell) in weights.iter_mut().zip(crossing.cells.categories()) {
            *weight *= ratios.get(place(*cell)).copied().unwrap_or(1.0);
        }
        Ok(convergence)
    }
}

impl Crossing {
    /// The cells, where they are much fewer than the rows.
    fn new(margins: &[Margin]) -> Option<Self> {
        let rows = margins.first()?.categories().len();
        let count = margins.iter().try_fold(1_usize, |cells, margin| {
            cells.checked_mul(margin.totals().len()).filter(|cells| *cells <= rows / 4)
        })?;
        u32::try_from(count).ok()?;
        let mut cells = vec![0_u32; rows];
        let mut stride = count;
        let mut crossed = Vec::with_capacity(margins.len());
        for margin in margins {
            let levels = margin.totals().len();
            stride /= levels.max(1);
            let step = u32::try_from(stride).ok()?;
            for (cell, category) in cells.iter_mut().zip(margin.categories()) {
                *cell += step * category;
            }
            let of_cell = |cell: usize| u32::try_from(cell / stride.max(1) % levels.max(1)).ok();
            let categories: Vec<u32> = (0..count).map(of_cell).collect::<Option<_>>()?;
            crossed.push(margin.of(&categories));
        }
        Some(Self { cells: Margin::sound("cells", &cells, &vec![0.0; count]), margins: crossed })
    }
}

/// Brings the weights to the known totals of several margins, one after another, until all are met.
///
/// The weights stay in proportion within every crossing of categories, and above 0.
///
/// # Shapes and units
/// `weights[n]` and the categories of each margin, in the same order; new weights in the unit of the totals.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] when a row lacks a weight; [`SurveyError::NoConvergence`] with the category that is
/// furthest off: often two categories no row has together.
///
/// # Source
/// Deming and Stephan (1940), Annals of Mathematical Statistics 11(4), 427-444; Deville, Särndal and Sautory (1993),
/// JASA 88(423), 1013-1020.
///
/// # Examples
/// Two margins of halves and quarters that do not depend on each other are met by their product.
/// ```
/// use c3ms_core::survey::weight::{Margin, Rake, RakeOptions, Weights, rake};
/// let age = Margin::new("age", &[0, 0, 1, 1], &[50.0, 50.0])?;
/// let town = Margin::new("town", &[0, 1, 0, 1], &[25.0, 75.0])?;
/// let margins = Rake::new(vec![age, town], RakeOptions::default())?;
/// let raked = rake(&Weights::new(vec![1.0; 4])?, &margins)?;
/// assert_eq!(raked.weights.values(), [12.5, 37.5, 12.5, 37.5]);
/// assert_eq!(raked.convergence.iterations, 2);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
pub fn rake(weights: &Weights, margins: &Rake) -> Result<Reweighted<Weights>, SurveyError> {
    let mut values = weights.values().to_vec();
    let convergence = margins.in_place(&mut values)?;
    let after = Weights::new(values)?;
    let adjustment = Adjustment::Raked {
        margins: margins.margins.clone(),
        before: weights.values().to_vec(),
        after: after.values().to_vec(),
    };
    Ok(Reweighted { weights: after, convergence, adjustment })
}

/// Rounds over all margins. Each pass applies the factors of one margin and sums up for the next.
fn rounds(
    weights: &mut [f64],
    margins: &[Margin],
    options: &RakeOptions,
) -> Result<Convergence, SurveyError> {
    let Some(first) = margins.first() else { return Ok(Convergence { iterations: 0, deviation: 0.0 }) };
    let mut sums = first.sums(weights);
    let mut worst = (0.0, first, 0);
    for iteration in 1..=options.iterations {
        worst = (0.0, first, 0);
        for (margin, next) in margins.iter().zip(margins.iter().cycle().skip(1)) {
            let factors = factors(margin, &sums)?;
            for (category, (total, sum)) in margin.totals().iter().zip(&sums).enumerate() {
                let deviation = if *total > 0.0 { (sum - total).abs() / total } else { 0.0 };
                if deviation > worst.0 {
                    worst = (deviation, margin, category);
                }
            }
            sums = multiply_and_sum(weights, margin, &factors, next);
        }
        if worst.0 <= options.tolerance {
            return Ok(Convergence { iterations: iteration, deviation: worst.0 });
        }
    }
    let (deviation, margin, category) = worst;
    Err(SurveyError::NoConvergence {
        what: "raking",
        place: format!("{} = {}", margin.name(), margin.level(category)),
        deviation,
        iterations: options.iterations,
    })
}

/// Applies the factors of a margin and gives the sums of the next.
fn multiply_and_sum(weights: &mut [f64], margin: &Margin, factors: &[f64], next: &Margin) -> Vec<f64> {
    let mut sums = vec![0.0; next.totals().len()];
    for ((weight, category), following) in weights.iter_mut().zip(margin.categories()).zip(next.categories())
    {
        *weight *= factors.get(place(*category)).copied().unwrap_or(1.0);
        if let Some(sum) = sums.get_mut(place(*following)) {
            *sum += *weight;
        }
    }
    sums
}
