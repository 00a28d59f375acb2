//! What is wrong in an expression, for those who wrote it.

use std::fmt;

use serde::Serialize;

use crate::Code;

/// What is wrong in an expression, and where.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Dialect, expression::Expression};
/// let problem = Expression::parse("${age} >= 18 and (${town} = 'Gap'", Dialect::Own).unwrap_err();
/// assert_eq!(problem.code.as_str(), "forms.expression-parenthesis-open");
/// assert_eq!(problem.position, 17);
/// assert_eq!(problem.message("fr"), "Caractère 18, « ( » : Il manque une parenthèse fermante après ceci.");
/// assert_eq!(problem.message("en"), "Character 18, \"(\": A closing parenthesis is missing after this.");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The stable name of the cause.
    pub code: Code,
    /// How many characters stand before it.
    pub position: usize,
    /// What stands there.
    pub found: String,
    /// What could stand there, or what was expected; empty where nobody knows.
    pub hint: String,
}

impl Problem {
    /// The problem in words, French (`fr`) or English (any other tag).
    #[must_use]
    pub fn message(&self, language: &str) -> String {
        let french = language == "fr" || language.starts_with("fr-");
        let mut words = String::from(if french { "Caractère " } else { "Character " });
        words.push_str(&(self.position + 1).to_string());
        let (before, after, colon) = if french { (", « ", " »", " : ") } else { (", \"", "\"", ": ") };
        if !self.found.is_empty() {
            words.extend([before, &self.found, after]);
        }
        words.extend([colon, self.code.advice(language)]);
        let asked = match self.code {
            Code::ExpressionParenthesisOpen
            | Code::ExpressionBracketOpen
            | Code::ExpressionBraceOpen
            | Code::ExpressionQuoteOpen => return words,
            Code::ExpressionUnexpected
            | Code::ExpressionNameUnknown
            | Code::ExpressionFunctionUnknown
            | Code::ExpressionCodeUnknown => true,
            _ => false,
        };
        if !self.hint.is_empty() {
            match (asked, french) {
                (true, true) => words.extend([" Vouliez-vous dire « ", &self.hint, " » ?"]),
                (true, false) => words.extend([" Did you mean \"", &self.hint, "\"?"]),
                (false, _) => words.extend([" (", &self.hint, ")"]),
            }
        }
        words
    }

    /// The problem as plain data, with its words in a language.
    #[must_use]
    pub fn told(&self, language: &str) -> serde_json::Value {
        let mut told = serde_json::Map::new();
        told.insert("code".to_owned(), self.code.as_str().into());
        told.insert("position".to_owned(), self.position.into());
        told.insert("found".to_owned(), self.found.clone().into());
        told.insert("hint".to_owned(), self.hint.clone().into());
        told.insert("message".to_owned(), self.message(language).into());
        told.into()
    }

    /// The expression can be used all the same: what it asks for will be unknown.
    #[must_use]
    pub const fn is_harmless(&self) -> bool {
        matches!(self.code, Code::ExpressionFunctionUnsupported)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message("en"))
    }
}

impl std::error::Error for Problem {}

/// Of some names the nearest to a misspelt one; nothing where none is near.
pub(super) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let most = wanted.chars().count().div_ceil(3).min(4);
    let nearest = names
        .into_iter()
        .filter_map(|name| distance(wanted, name, most).map(|distance| (distance, name)))
        .min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// How many letters must be changed, added, left out or exchanged with the next; nothing where it is more than
/// `most`.
fn distance(one: &str, other: &str, most: usize) -> Option<usize> {
    let lower = |text: &str| text.chars().take(64).flat_map(char::to_lowercase).collect::<Vec<char>>();
    let (one, other) = (lower(one), lower(other));
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let cell = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (count, letter) in one.iter().enumerate() {
        let mut next = vec![count + 1];
        for (place, against) in other.iter().enumerate() {
            let changed = cell(&row, place) + usize::from(letter != against);
            let mut best = changed.min(cell(&row, place + 1) + 1).min(cell(&next, place) + 1);
            let crossed = count > 0
                && place > 0
                && one.get(count - 1) == Some(against)
                && other.get(place - 1) == Some(letter);
            if crossed {
                best = best.min(cell(&before, place - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|distance| *distance <= most)
}
