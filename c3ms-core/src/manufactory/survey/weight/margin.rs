//! A margin: the category of each row, and how many people of the whole public each category has.

use std::sync::Arc;

use super::values::{finite, place, setting};
use crate::survey::SurveyError;

/// The category of each row, and how many people of the whole public each category has.
///
/// Copies share their columns.
///
/// # Shapes and units
/// `categories[n]`: codes from 0; `totals[c]` in people, by code. A category may have a total of 0 only where
/// no row has it.
///
/// # Examples
/// ```
/// use c3ms_core::survey::weight::Margin;
/// let age = Margin::new("age", &[0, 1, 1], &[400.0, 600.0])?;
/// assert_eq!(age.sum(), 1000.0);
/// assert!(Margin::new("age", &[0, 0, 0], &[400.0, 600.0]).is_err());
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    name: Arc<str>,
    /// What each category is called; its code where nobody says.
    levels: Arc<[String]>,
    categories: Arc<[u32]>,
    totals: Arc<[f64]>,
}

impl Margin {
    /// Takes the category of each row and the total of each category.
    ///
    /// # Errors
    /// [`SurveyError::SettingUnfit`] for a total that is negative or not finite; [`SurveyError::MarginUnmet`] for a
    /// category without a total, with a total and no rows, or with rows and a total of 0.
    pub fn new(name: &str, categories: &[u32], totals: &[f64]) -> Result<Self, SurveyError> {
        Self::named(name, &[], categories, totals)
    }

    /// As [`Margin::new`], with what each category is called: so it is named where its total cannot be met.
    ///
    /// # Errors
    /// As [`Margin::new`].
    pub fn named(
        name: &str,
        levels: &[String],
        categories: &[u32],
        totals: &[f64],
    ) -> Result<Self, SurveyError> {
        let margin = Self { levels: levels.into(), ..Self::sound(name, categories, totals) };
        for (category, total) in totals.iter().enumerate() {
            let what = format!("{name} = {}", margin.level(category));
            setting(&what, *total, "a total of 0 or more", |total| total.is_finite() && total >= 0.0)?;
        }
        let mut present = vec![false; totals.len()];
        for category in categories {
            match present.get_mut(place(*category)) {
                Some(seen) => *seen = true,
                None => return Err(margin.unmet(place(*category), "it has rows and no total")),
            }
        }
        for (category, (seen, total)) in present.iter().zip(totals).enumerate() {
            if *seen && *total == 0.0 {
                return Err(margin.unmet(category, "it has rows and a total of 0"));
            }
            if !*seen && *total > 0.0 {
                return Err(margin.unmet(category, NOBODY));
            }
        }
        Ok(margin)
    }

    /// The same margin with its totals brought to another sum: shares or percentages into people.
    ///
    /// # Errors
    /// [`SurveyError::SettingUnfit`] for a sum that is not finite or not above 0.
    pub fn scaled(&self, sum: f64) -> Result<Self, SurveyError> {
        setting(&self.name, sum, "a sum above 0", |sum| sum.is_finite() && sum > 0.0)?;
        let factor = sum / self.sum();
        let totals: Vec<f64> = self.totals.iter().map(|total| total * factor).collect();
        finite(&self.name, &totals)?;
        Ok(Self { totals: totals.into(), ..self.clone() })
    }

    /// A margin known to be sound.
    pub(super) fn sound(name: &str, categories: &[u32], totals: &[f64]) -> Self {
        Self {
            name: name.into(),
            levels: Arc::default(),
            categories: categories.into(),
            totals: totals.into(),
        }
    }

    /// The same of other rows.
    pub(super) fn of(&self, categories: &[u32]) -> Self {
        Self { categories: categories.into(), ..self.clone() }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a category is called; its code where nobody says.
    #[must_use]
    pub fn level(&self, category: usize) -> String {
        self.levels.get(category).cloned().unwrap_or_else(|| category.to_string())
    }

    /// The category of each row.
    #[must_use]
    pub fn categories(&self) -> &[u32] {
        &self.categories
    }

    /// How many people each category has.
    #[must_use]
    pub fn totals(&self) -> &[f64] {
        &self.totals
    }

    /// How many people all categories have.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.totals.iter().sum()
    }

    /// The categories, to be kept beside other columns.
    pub(super) fn shared_categories(&self) -> Arc<[u32]> {
        Arc::clone(&self.categories)
    }

    /// The sum of weights in each category.
    pub(super) fn sums(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.totals.len()];
        for (category, weight) in self.categories.iter().zip(weights) {
            if let Some(sum) = sums.get_mut(place(*category)) {
                *sum += weight;
            }
        }
        sums
    }

    /// A category that cannot have its total.
    pub(super) fn unmet(&self, category: usize, reason: &'static str) -> SurveyError {
        SurveyError::MarginUnmet { margin: self.name().to_owned(), category: self.level(category), reason }
    }
}

/// What is wrong with a category nobody can stand for.
pub(super) const NOBODY: &str = "it has a total and nobody in the sample";
