//! Which of a text's languages is shown to whom.

use serde::Serialize;

use super::super::Format;
use crate::base::{Language, Text};

/// A text of a format as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Words {
    /// The text.
    pub text: String,
    /// Its language; nothing where the format has no text and a name stands in its stead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// It is in another language than the first one asked for: `en` where `fr` was asked, not `fr` where
    /// `fr-CA` was.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fallback: bool,
}

/// Languages in the order they are looked for.
#[derive(Debug, Clone)]
pub(super) struct Chain<'a> {
    asked: &'a [&'a str],
    declared: &'a [Language],
}

impl<'a> Chain<'a> {
    pub(super) fn new(asked: &'a [&'a str], format: &'a Format) -> Self {
        Self { asked, declared: &format.languages }
    }

    /// The text as it is shown; nothing where there is none in any language.
    pub(super) fn find<'t>(&self, text: &'t Text) -> Option<(&'t Language, &'t str)> {
        let asked = self.asked.iter().find_map(|tag| {
            let mut shorter = Some(*tag);
            while let Some(tag) = shorter {
                if let Some(found) = exactly(text, tag) {
                    return Some(found);
                }
                shorter = shortened(tag);
            }
            said(text).find(|(language, _)| same_language(language.as_str(), tag))
        });
        asked
            .or_else(|| self.declared.iter().find_map(|language| exactly(text, language.as_str())))
            .or_else(|| said(text).next())
    }

    pub(super) fn words(&self, text: &Text) -> Option<Words> {
        let (language, text) = self.find(text)?;
        let fallback = self.asked.first().is_some_and(|tag| !same_language(language.as_str(), tag));
        Some(Words { text: text.to_owned(), language: Some(language.clone()), fallback })
    }

    /// The text, or this name where there is none.
    pub(super) fn words_or(&self, text: &Text, name: &str) -> Words {
        let named = || Words { text: name.to_owned(), language: None, fallback: !self.asked.is_empty() };
        self.words(text).unwrap_or_else(named)
    }
}

/// The languages of a text that say something in it.
pub(super) fn said(text: &Text) -> impl Iterator<Item = (&Language, &str)> {
    text.iter().filter(|(_, words)| !words.trim().is_empty())
}

fn exactly<'t>(text: &'t Text, tag: &str) -> Option<(&'t Language, &'t str)> {
    said(text).find(|(language, _)| language.as_str().eq_ignore_ascii_case(tag))
}

/// The tag without its last part, and without a single letter that stands last then: RFC 4647, section 3.4.
fn shortened(tag: &str) -> Option<&str> {
    let (shorter, _) = tag.rsplit_once('-')?;
    match shorter.rsplit_once('-') {
        Some((before, last)) if last.len() == 1 => Some(before),
        _ => Some(shorter),
    }
}

fn same_language(one: &str, other: &str) -> bool {
    let first = |tag: &'_ str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    first(one) == first(other)
}
