//! How complete a format is in each language, and an entry by its format.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{
    super::{Document, Field, Format, Kind},
    chain::said,
    draft::{Conditions, is_typed},
    walk::{is_blank, nothing, texts},
};
use crate::base::{Language, Pointer};

/// How many of the texts of a format are there in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LanguageReport {
    /// The language.
    pub language: Language,
    /// The format says that it is written in it.
    pub declared: bool,
    /// How many texts there are in it.
    pub present: usize,
    /// How many there should be.
    pub wanted: usize,
    /// Where there is none, in the document of the format: `/fields/3/label`; the first thousand.
    pub missing: Vec<Pointer>,
}

/// Counts the texts of a format in each language that it declares or uses: the declared ones first, then
/// those of most texts, a hundred in all.
///
/// Wanted are every label (of the format, its fields, its lists, their codes), and every help text and message that
/// is there in any language.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, design::languages};
/// let venue = Format::parse(r#"{"cube": "venue", "label": {"fr": "Lieu", "en": "Venue"}, "fields": [
///   {"id": "n", "name": "name", "kind": {"type": "text"}, "label": {"fr": "Nom"}}]}"#)?;
/// let reports = languages(&venue);
/// assert_eq!((reports[0].language.as_str(), reports[0].present, reports[0].wanted), ("fr", 2, 2));
/// assert_eq!((reports[1].language.as_str(), reports[1].present, reports[1].wanted), ("en", 1, 2));
/// assert_eq!(reports[1].missing[0].as_str(), "/fields/0/label");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn languages(format: &Format) -> Vec<LanguageReport> {
    let mut wanted = texts(format);
    wanted.retain(|(_, text, is_label)| *is_label || said(text).next().is_some());
    let mut present: BTreeMap<&Language, usize> = BTreeMap::new();
    for (language, _) in wanted.iter().flat_map(|(_, text, _)| said(text)) {
        *present.entry(language).or_default() += 1;
    }
    let mut order: Vec<&Language> = Vec::new();
    for language in &format.languages {
        if !order.contains(&language) && order.len() < MOST_LANGUAGES {
            order.push(language);
        }
    }
    let declared = order.len();
    let mut others: Vec<_> = present.iter().filter(|(language, _)| !order.contains(language)).collect();
    others.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    order.extend(others.into_iter().map(|(language, _)| *language).take(MOST_LANGUAGES - declared));
    let report = |(index, language): (usize, &Language)| {
        let lacks = |text| !said(text).any(|(tag, _)| tag == language);
        let missing = wanted.iter().filter(|(_, text, _)| lacks(text)).map(|(path, ..)| path.clone());
        LanguageReport {
            language: language.clone(),
            declared: index < declared,
            present: present.get(language).copied().unwrap_or_default(),
            wanted: wanted.len(),
            missing: missing.take(MOST_PATHS).collect(),
        }
    };
    order.into_iter().enumerate().map(report).collect()
}

/// Nobody writes a format in more languages.
const MOST_LANGUAGES: usize = 100;

/// Places named one by one.
const MOST_PATHS: usize = 1000;

/// How complete an entry is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Score {
    /// The weighted share that is filled in, in percent, rounded down: 100 only where all is.
    pub percent: u8,
    /// The required fields; each weighs 4.
    pub required: Share,
    /// Those that have a term, so that other tools read them; each weighs 2.
    pub recommended: Share,
    /// The others; each weighs 1.
    pub optional: Share,
    /// The fields that say nothing, the weightiest first, then in the order of the form.
    pub missing: Vec<Pointer>,
}

/// How many of some fields are filled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Share {
    /// Filled in.
    pub filled: usize,
    /// All.
    pub all: usize,
}

/// Scores an entry by its format: which weight of the fields is filled in.
///
/// A required field weighs 4, one with a term 2, any other 1. Not counted are notes, what nobody types (calculated
/// or read-only) and what is not relevant. A group that says nothing counts as one field; one that is begun counts its fields instead, those of
/// each item where it repeats. An entry of a format that asks nothing is complete.
///
/// # Examples
/// A required name (4) and an address (2) of two are filled in, a remark (1) is not: 6 of 7.
/// ```
/// use c3ms_core::forms::{Format, design::score};
/// let venue = Format::parse(r#"{"cube": "venue", "label": {"en": "Venue"}, "fields": [
///   {"id": "n", "name": "name", "kind": {"type": "text"}, "required": true},
///   {"id": "u", "name": "url", "kind": {"type": "url"}, "term": "https://schema.org/url"},
///   {"id": "r", "name": "remark", "kind": {"type": "text"}}]}"#)?;
/// let entry = serde_json::json!({ "name": "Le Cube", "url": "https://example.org" });
/// let score = score(&venue, entry.as_object().unwrap());
/// assert_eq!((score.percent, score.required.filled, score.missing[0].as_str()), (85, 1, "/remark"));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn score(format: &Format, document: &Document) -> Score {
    let conditions = Conditions::new(format, document);
    let mut counting =
        Counting { conditions, shares: <[Share; 3]>::default(), missing: <[Vec<Pointer>; 3]>::default() };
    counting.fields(&format.fields, document, &Pointer::root());
    let Counting { shares, missing, .. } = counting;
    let weight = |count: fn(&Share) -> usize| -> usize {
        WEIGHTS.iter().zip(&shares).map(|(weight, share)| weight * count(share)).sum()
    };
    let (filled, all) = (weight(|share| share.filled), weight(|share| share.all));
    let percent = (filled * 100).checked_div(all).unwrap_or(100);
    let [required, recommended, optional] = shares;
    Score {
        percent: u8::try_from(percent).unwrap_or(100),
        required,
        recommended,
        optional,
        missing: missing.into_iter().flatten().collect(),
    }
}

/// Of a required field, one with a term, another.
const WEIGHTS: [usize; 3] = [4, 2, 1];

struct Counting {
    conditions: Conditions,
    shares: [Share; 3],
    missing: [Vec<Pointer>; 3],
}

impl Counting {
    fn fields(&mut self, fields: &[Field], document: &Document, at: &Pointer) {
        for field in fields.iter().filter(|field| is_typed(field)) {
            let path = at.child(&field.name);
            if !self.conditions.asks(field, &path) {
                continue;
            }
            let value = document.get(&field.name).unwrap_or(&Value::Null);
            match (&field.kind, value) {
                (Kind::Group { fields }, Value::Object(inner)) if !is_blank(value) => {
                    self.fields(fields, inner, &path);
                }
                (Kind::Group { fields }, Value::Array(items)) if !is_blank(value) => {
                    for (index, item) in items.iter().enumerate() {
                        self.fields(fields, item.as_object().unwrap_or(nothing()), &path.item(index));
                    }
                }
                _ => self.count(field, is_blank(value), path),
            }
        }
    }

    fn count(&mut self, field: &Field, is_missing: bool, path: Pointer) {
        let level =
            if self.conditions.requires(field, &path) { 0 } else { 1 + usize::from(field.term.is_none()) };
        let [required, recommended, optional] = &mut self.shares;
        let [required_missing, recommended_missing, optional_missing] = &mut self.missing;
        let (share, missing) = match level {
            0 => (required, required_missing),
            1 => (recommended, recommended_missing),
            _ => (optional, optional_missing),
        };
        share.all += 1;
        if is_missing {
            missing.push(path);
        } else {
            share.filled += 1;
        }
    }
}
