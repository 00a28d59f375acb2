//! The answers of those who are studied: questions and categories; respondents who answer alike taken together.

use std::collections::HashMap;

use super::{
    correspondence::{McaSpec, MissingAnswers},
    grid::{add, at},
};
use crate::manufactory::survey::{Categories, SurveyError, Table, error::same_length, variance::real};

/// Those who are studied, and how much each of them weighs.
#[derive(Debug, Clone)]
pub(super) struct Studied {
    /// Their rows in the table.
    pub(super) rows: Vec<usize>,
    pub(super) weights: Vec<f64>,
    /// Their weights as shares of the whole.
    pub(super) shares: Vec<f64>,
    /// What all of them weigh.
    pub(super) weight: f64,
}

/// A variable of categories, as those who are studied answered it.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) name: String,
    /// Of each of them the category.
    pub(super) codes: Vec<u32>,
    pub(super) choices: Vec<Choice>,
}

/// A category that somebody chose.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// Its level; nothing where the answer is missing.
    pub(super) level: Option<String>,
    /// The share of the whole that chose it.
    pub(super) share: f64,
    /// How many chose it.
    pub(super) n: usize,
    /// Its place among all active categories; nothing where it is passive.
    pub(super) place: Option<usize>,
}

/// Respondents who answer alike, taken together.
#[derive(Debug, Clone)]
pub(super) struct Profiles {
    /// Of each respondent the profile.
    pub(super) of: Vec<u32>,
    /// Of each profile the first respondent.
    pub(super) first: Vec<usize>,
    pub(super) weights: Vec<f64>,
    /// Of each profile the share of the whole.
    pub(super) shares: Vec<f64>,
}

impl Studied {
    pub(super) fn new(weights: &[f64], rows: usize, mask: Option<&[bool]>) -> Result<Self, SurveyError> {
        same_length("weights", weights.len(), "rows", rows)?;
        let rows: Vec<usize> = (0..rows)
            .filter(|row| mask.is_none_or(|mask| mask.get(*row) == Some(&true)) && at(weights, *row) != 0.0)
            .collect();
        let own: Vec<f64> = rows.iter().map(|row| at(weights, *row)).collect();
        if let Some(place) = own.iter().position(|weight| !(*weight > 0.0 && weight.is_finite())) {
            let row = rows.get(place).copied().unwrap_or(0);
            return Err(SurveyError::WeightNotPositive { at: row, value: at(weights, row) });
        }
        let weight: f64 = own.iter().sum();
        let shares = own.iter().map(|own| own / weight).collect();
        Ok(Self { rows, weights: own, shares, weight })
    }

    /// How many they are.
    pub(super) fn n(&self) -> f64 {
        real(self.rows.len())
    }
}

impl Question {
    /// Reads a variable; all of its categories are passive.
    pub(super) fn new(name: &str, table: &Table, studied: &Studied) -> Result<Self, SurveyError> {
        let categories = table.categories(name)?;
        let missing = categories.levels.len();
        let code = |row: &usize| match categories.codes.get(*row) {
            Some(code) if *code != Categories::MISSING => *code as usize,
            Some(_) | None => missing,
        };
        let own: Vec<usize> = studied.rows.iter().map(code).collect();
        let mut weights = vec![0.0; missing + 1];
        let mut counts = vec![0_usize; missing + 1];
        for (code, weight) in own.iter().zip(&studied.weights) {
            add(&mut weights, *code, *weight);
            if let Some(count) = counts.get_mut(*code) {
                *count += 1;
            }
        }
        // Levels that nobody chose are no categories.
        let mut places = vec![Categories::MISSING; missing + 1];
        let mut choices = Vec::new();
        for ((level, n), place) in counts.iter().enumerate().zip(&mut places) {
            if *n > 0 {
                *place = u32::try_from(choices.len()).unwrap_or(Categories::MISSING);
                let text = categories.levels.get(level).cloned();
                let share = at(&weights, level) / studied.weight;
                choices.push(Choice { level: text, share, n: *n, place: None });
            }
        }
        let codes =
            own.iter().map(|code| places.get(*code).copied().unwrap_or(Categories::MISSING)).collect();
        Ok(Self { name: name.to_owned(), codes, choices })
    }

    /// The category of a respondent.
    pub(super) fn choice(&self, respondent: usize) -> Option<&Choice> {
        self.choices.get(*self.codes.get(respondent)? as usize)
    }
}

/// Reads the active variables and says which of their categories are passive; gives also how many are active.
pub(super) fn active(
    id: &str,
    spec: &McaSpec,
    table: &Table,
    studied: &Studied,
) -> Result<(Vec<Question>, usize), SurveyError> {
    let unfit = |reason: String| SurveyError::GeometryUnfit { analysis: id.to_owned(), reason };
    if spec.active.len() < 2 {
        return Err(unfit("there are not two active variables".to_owned()));
    }
    if let Some(name) = spec.passive.keys().find(|name| !spec.active.contains(name)) {
        return Err(SurveyError::VariableUnknown { name: name.clone(), known: spec.active.join(", ") });
    }
    let mut width = 0;
    let mut questions: Vec<Question> = Vec::with_capacity(spec.active.len());
    for name in &spec.active {
        if questions.iter().any(|known| known.name == *name) {
            return Err(unfit(format!("the variable {name:?} is active twice")));
        }
        let mut question = Question::new(name, table, studied)?;
        let passive = spec.passive.get(name).map(Vec::as_slice).unwrap_or_default();
        let levels = table.categories(name)?;
        if let Some(level) = passive.iter().find(|level| !levels.levels.contains(level)) {
            return Err(SurveyError::LevelUnknown {
                variable: name.clone(),
                level: level.clone(),
                known: levels.levels.join(", "),
            });
        }
        let before = width;
        for choice in &mut question.choices {
            let named = match &choice.level {
                Some(level) => !passive.contains(level),
                None => spec.missing == MissingAnswers::Active,
            };
            if named && choice.share >= spec.minimum {
                choice.place = Some(width);
                width += 1;
            }
        }
        if width == before {
            return Err(unfit(format!("no category of {name:?} is active")));
        }
        questions.push(question);
    }
    Ok((questions, width))
}

impl Profiles {
    /// Takes those together who chose the same active categories.
    pub(super) fn new(questions: &[Question], studied: &Studied) -> Self {
        let mut of = vec![0_u32; studied.rows.len()];
        for question in questions {
            let mut numbers: HashMap<u64, u32> = HashMap::new();
            for (profile, code) in of.iter_mut().zip(&question.codes) {
                let place = question.choices.get(*code as usize).and_then(|choice| choice.place);
                let place = place.and_then(|place| u32::try_from(place).ok()).unwrap_or(Categories::MISSING);
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *profile = *numbers.entry(u64::from(*profile) << 32 | u64::from(place)).or_insert(next);
            }
        }
        let mut profiles = Self { of, first: Vec::new(), weights: Vec::new(), shares: Vec::new() };
        for (respondent, (profile, weight)) in profiles.of.iter().zip(&studied.weights).enumerate() {
            // Profiles are numbered as they first come.
            if *profile as usize == profiles.first.len() {
                profiles.first.push(respondent);
                profiles.weights.push(0.0);
            }
            add(&mut profiles.weights, *profile as usize, *weight);
        }
        profiles.shares = profiles.weights.iter().map(|weight| weight / studied.weight).collect();
        profiles
    }
}
