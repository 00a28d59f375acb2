//! How many people share what identifies them, and how much what is sensitive differs among them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    super::{Categories, SurveyError, Table, error::line},
    count::unfit,
};

/// Answers that might be handed on: what could identify somebody, and what should not be known of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AnonymitySpec {
    /// The file of the answers, beside this document.
    pub data: Option<String>,
    /// The variables by which somebody could be found: age, commune, trade.
    pub identifiers: Vec<String>,
    /// The variables that should not be known of anybody.
    pub sensitive: Vec<String>,
    /// How many must share what identifies them; classes below are listed.
    pub k: usize,
    /// What an identifier that is missing means.
    pub missing: Missing,
}

impl Default for AnonymitySpec {
    fn default() -> Self {
        let (identifiers, sensitive) = (Vec::new(), Vec::new());
        Self { data: None, identifiers, sensitive, k: 5, missing: Missing::Value }
    }
}

/// What an identifier that is missing means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Missing {
    /// A value of its own: those who lack it are a class.
    #[default]
    Value,
    /// The row is left out.
    LeaveOut,
}

/// How anonymous answers are.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AnonymityTold {
    /// How many rows were looked at.
    pub rows: usize,
    /// How many were left out, as an identifier is missing.
    pub left_out: usize,
    /// How many classes there are: rows with the same identifiers.
    pub classes: usize,
    /// The size of the smallest class; 0 without rows.
    pub k: usize,
    /// How many rows are alone in their class.
    pub uniques: usize,
    /// How many rows are in classes below the `k` that is asked for.
    pub below: usize,
    /// Of each sensitive variable how many different values the class with fewest has.
    pub diversity: Vec<Diversity>,
    /// The classes below the `k` that is asked for, the smallest first.
    pub small: Vec<AnonymityClass>,
}

/// How many different values of a sensitive variable classes have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diversity {
    /// The variable.
    pub variable: String,
    /// The fewest different values in a class; values that are missing are none.
    pub l: usize,
    /// How many classes have a single one, or none: who is in them is known.
    pub uniform: usize,
}

/// A class of few rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnonymityClass {
    /// What they share; `null` for what is missing.
    pub identifiers: BTreeMap<String, Option<String>>,
    /// How many they are.
    pub size: usize,
    /// Their lines, as a spreadsheet counts: the first names the columns.
    pub lines: Vec<usize>,
}

impl AnonymitySpec {
    /// Tells how many people share what identifies them (k-anonymity), and how many different sensitive values those who
    /// share it have (distinct l-diversity).
    ///
    /// # Errors
    /// [`SurveyError::DisclosureUnfit`] without identifiers; [`SurveyError::VariableUnknown`].
    ///
    /// # Source
    /// Samarati (2001), IEEE TKDE 13(6); Sweeney (2002), IJUFKS 10(5); Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam
    /// (2007), ACM TKDD 1(1).
    ///
    /// # Examples
    /// Two from Gap share their answer: who knows that somebody is one of them knows it too.
    /// ```
    /// use c3ms_core::survey::{Table, disclosure::AnonymitySpec};
    /// let answers = Table::parse("commune,goes\nGap,yes\nGap,yes\nNice,no\nNice,yes\nNice,no\n")?;
    /// let spec = AnonymitySpec {
    ///     identifiers: vec!["commune".to_owned()],
    ///     sensitive: vec!["goes".to_owned()],
    ///     k: 3,
    ///     ..AnonymitySpec::default()
    /// };
    /// let told = spec.carry_out(&answers)?;
    /// assert_eq!((told.k, told.below, told.diversity[0].l), (2, 2, 1));
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn carry_out(&self, answers: &Table) -> Result<AnonymityTold, SurveyError> {
        if self.identifiers.is_empty() {
            return Err(unfit("no variable identifies anybody (identifiers)"));
        }
        let columns = |names: &[String]| {
            let columns = names.iter().map(|name| answers.categories(name));
            columns.collect::<Result<Vec<_>, _>>()
        };
        let (identifiers, sensitive) = (columns(&self.identifiers)?, columns(&self.sensitive)?);
        let codes = |columns: &[std::borrow::Cow<'_, Categories>], row: usize| -> Vec<u32> {
            columns.iter().map(|own| own.codes.get(row).copied().unwrap_or(Categories::MISSING)).collect()
        };
        let mut classes: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
        let mut left_out = 0;
        for row in 0..answers.rows() {
            let own = codes(&identifiers, row);
            match self.missing {
                Missing::LeaveOut if own.contains(&Categories::MISSING) => left_out += 1,
                Missing::LeaveOut | Missing::Value => classes.entry(own).or_default().push(row),
            }
        }
        let values = |place: usize, rows: &[usize]| {
            let own = rows.iter().filter_map(|row| codes(&sensitive, *row).get(place).copied());
            own.filter(|code| *code != Categories::MISSING).collect::<BTreeSet<u32>>().len()
        };
        let diversity = self.sensitive.iter().enumerate().map(|(place, variable)| {
            let counts: Vec<usize> = classes.values().map(|rows| values(place, rows)).collect();
            let uniform = counts.iter().filter(|count| **count < 2).count();
            Diversity { variable: variable.clone(), l: counts.into_iter().min().unwrap_or(0), uniform }
        });
        let named = |codes: &[u32]| {
            let levels = codes.iter().zip(&identifiers);
            let levels = levels.map(|(code, own)| own.levels.get(*code as usize).cloned());
            self.identifiers.iter().cloned().zip(levels).collect()
        };
        let small = classes.iter().filter(|(_, rows)| rows.len() < self.k);
        let mut small: Vec<AnonymityClass> = small
            .map(|(codes, rows)| AnonymityClass {
                identifiers: named(codes),
                size: rows.len(),
                lines: rows.iter().map(|row| line(*row)).collect(),
            })
            .collect();
        small.sort_by_key(|class| class.size);
        Ok(AnonymityTold {
            rows: answers.rows() - left_out,
            left_out,
            classes: classes.len(),
            k: classes.values().map(Vec::len).min().unwrap_or(0),
            uniques: classes.values().filter(|rows| rows.len() == 1).count(),
            below: small.iter().map(|class| class.size).sum(),
            diversity: diversity.collect(),
            small,
        })
    }
}
