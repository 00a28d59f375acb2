//! The languages of a form: by names of its own in XLSForm, `French (fr)`, by tags in a format.

use serde_json::{Map, Value};

use crate::base::{Language, Text, fold};

/// The language of texts that name none, as XForms call it.
pub(in crate::manufactory::forms::exchange) const DEFAULT: &str = "default";

/// What a cell or several say in one or several languages, by the names of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// One text; no language is named.
    Plain(String),
    /// A text for each language, in the order of the columns.
    InLanguages(Vec<(String, String)>),
}

/// The languages of a form, in the order they are met.
#[derive(Debug)]
pub(super) struct Languages {
    /// The name of the language of texts that name none.
    pub(super) default: String,
    /// Its tag, where who reads the form knows it.
    known: Option<Language>,
    met: Vec<(String, Language)>,
    /// The names of those that texts are translated into, in the order an XForm lists them.
    order: Vec<String>,
}

impl Languages {
    pub(super) fn new(default: Option<&str>, known: Option<Language>) -> Self {
        Self { default: default.unwrap_or(DEFAULT).to_owned(), known, met: Vec::new(), order: Vec::new() }
    }

    /// The tag of a language by its name.
    pub(super) fn tag(&mut self, name: &str) -> Language {
        if let Some((_, tag)) = self.met.iter().find(|(known, _)| known == name) {
            return tag.clone();
        }
        let undetermined = || Language::parse("und");
        let tag = if name == self.default && self.known.is_some() { self.known.clone() } else { None };
        let tag = tag.or_else(|| if name == DEFAULT { undetermined() } else { guess(name) });
        let tag = self.unique(tag, name);
        self.met.push((name.to_owned(), tag.clone()));
        tag
    }

    /// A tag that no other language of the form has.
    fn unique(&self, guessed: Option<Language>, name: &str) -> Language {
        let free = |tag: &Language| !self.met.iter().any(|(_, known)| known == tag);
        if let Some(tag) = guessed.clone().filter(free) {
            return tag;
        }
        let letters: String = fold(name).chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let first = guessed.map_or_else(|| "und".to_owned(), |tag| tag.as_str().to_owned());
        let own = (!letters.is_empty()).then(|| format!("{first}-x-{letters}"));
        let numbered = (2..).map(|number| format!("{first}-x-{number}"));
        own.into_iter()
            .chain(numbered)
            .filter_map(|tag| Language::parse(&tag))
            .find(free)
            .unwrap_or_else(Language::french)
    }

    /// What is said as a text, and whether it names a language though it says nothing but the default text.
    pub(super) fn text(&mut self, said: &Said) -> (Text, bool) {
        match said {
            Said::Plain(text) => {
                let default = self.default.clone();
                (Text::new(self.tag(&default), text.clone()), false)
            }
            Said::InLanguages(texts) => {
                let texts: Vec<_> = texts.iter().map(|(name, text)| (self.tag(name), text.clone())).collect();
                let default = self.default.clone();
                let alone = match texts.as_slice() {
                    [(tag, _)] => *tag == self.tag(&default),
                    _ => false,
                };
                (texts.into_iter().collect(), alone)
            }
        }
    }

    /// What is said as a value to keep: a text, or a text for each tag.
    pub(super) fn value(&mut self, said: &Said) -> Value {
        match said {
            Said::Plain(text) => Value::String(text.clone()),
            Said::InLanguages(texts) => texts
                .iter()
                .map(|(name, text)| (self.tag(name).as_str().to_owned(), Value::String(text.clone())))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    /// Notes that something is translated: an XForm lists languages in the order it meets them.
    pub(super) fn meet(&mut self, said: &Said) {
        let names: Vec<&String> = match said {
            Said::Plain(_) => vec![&self.default],
            Said::InLanguages(texts) => texts.iter().map(|(name, _)| name).collect(),
        };
        let fresh: Vec<String> =
            names.into_iter().filter(|name| !self.order.contains(name)).cloned().collect();
        self.order.extend(fresh);
    }

    /// Each language of the form with its tag: those of translations first, in their order.
    pub(super) fn all(&self) -> Vec<(&str, &Language)> {
        let place = |name: &String| self.order.iter().position(|known| known == name).unwrap_or(usize::MAX);
        let mut all: Vec<&(String, Language)> = self.met.iter().collect();
        all.sort_by_key(|(name, _)| place(name));
        all.into_iter().map(|(name, tag)| (name.as_str(), tag)).collect()
    }
}

/// The tag of a language by its name: what it says in brackets, the name as people write it, a tag.
fn guess(name: &str) -> Option<Language> {
    let small = |tag: &str| {
        let (first, rest) = tag.split_once('-').map_or((tag, None), |(first, rest)| (first, Some(rest)));
        let first = first.to_lowercase();
        Language::parse(&rest.map_or_else(|| first.clone(), |rest| format!("{first}-{rest}")))
    };
    let bracketed = name.trim_end().strip_suffix(')').and_then(|name| name.rsplit_once('('));
    if let Some(tag) = bracketed.and_then(|(_, tag)| small(tag.trim())) {
        return Some(tag);
    }
    let folded = fold(name);
    let named = NAMES.iter().find(|(names, _)| names.split(' ').any(|known| known == folded));
    named.and_then(|(_, tag)| Language::parse(tag)).or_else(|| {
        let first = name.split('-').next().unwrap_or_default();
        if matches!(first.len(), 2 | 3) { small(name) } else { None }
    })
}

/// Languages by the names people give them: in English, in French, in themselves; accents folded.
const NAMES: &[(&str, &str)] = &[
    ("english anglais", "en"),
    ("french francais", "fr"),
    ("spanish espanol espagnol castellano", "es"),
    ("portuguese portugues portugais", "pt"),
    ("german deutsch allemand", "de"),
    ("italian italiano italien", "it"),
    ("dutch nederlands neerlandais", "nl"),
    ("catalan catala", "ca"),
    ("occitan", "oc"),
    ("breton brezhoneg", "br"),
    ("basque euskara euskera", "eu"),
    ("corsican corsu corse", "co"),
    ("arabic arabe العربية", "ar"),
    ("chinese chinois mandarin 中文", "zh"),
    ("japanese japonais 日本語", "ja"),
    ("korean coreen 한국어", "ko"),
    ("russian russe русский", "ru"),
    ("ukrainian ukrainien українська", "uk"),
    ("turkish turc turkce", "tr"),
    ("hindi हिन्दी", "hi"),
    ("bengali bangla বাংলা", "bn"),
    ("urdu ourdou اردو", "ur"),
    ("nepali nepalais नेपाली", "ne"),
    ("persian farsi persan فارسی", "fa"),
    ("swahili kiswahili", "sw"),
    ("amharic amharique አማርኛ", "am"),
    ("hausa haoussa", "ha"),
    ("yoruba", "yo"),
    ("somali", "so"),
    ("wolof", "wo"),
    ("creole kreyol", "ht"),
    ("malagasy malgache", "mg"),
    ("indonesian indonesien", "id"),
    ("vietnamese vietnamien", "vi"),
    ("thai", "th"),
    ("burmese birman မြန်မာ", "my"),
    ("khmer", "km"),
    ("lao", "lo"),
    ("polish polonais polski", "pl"),
    ("romanian roumain romana", "ro"),
    ("greek grec ελληνικα", "el"),
    ("esperanto", "eo"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_tags_by_their_names() {
        let mut languages = Languages::new(None, None);
        let names =
            ["English (en)", "French", "PT-br", "english", "default", "Klingon-ish", "日本", "chinese"];
        let tags = names.map(|name| languages.tag(name).as_str().to_owned());
        assert_eq!(tags, ["en", "fr", "pt-br", "en-x-english", "und", "und-x-klingoni", "und-x-2", "zh"]);
    }
}
