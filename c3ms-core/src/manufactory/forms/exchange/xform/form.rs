//! What of a format belongs to the whole form: its languages, settings and lists.

use serde_json::Value;

use super::tree::Words;
use crate::{
    base::{Language, Text},
    manufactory::forms::{
        Extensions, Field, Format, Kind, Vocabulary, VocabularyCode,
        exchange::{extension, references::has_reference},
    },
};

/// The languages of a form, by the names an XForm gives them.
pub(super) struct Tongues {
    /// The name of the language where a text lacks in the one asked for.
    pub(super) default: String,
    /// The tag of texts that need no translation.
    plain: Option<String>,
    /// Each tag with its name, in the order they are listed.
    names: Vec<(String, String)>,
    /// The languages of the format; where it names none, those its labels are written in.
    pub(super) tags: Vec<Language>,
}

impl Tongues {
    pub(super) fn new(format: &Format) -> Self {
        let names: Vec<(String, String)> = format
            .extensions
            .get(&extension("languages"))
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|one| {
                Some((one.get("tag")?.as_str()?.to_owned(), one.get("name")?.as_str()?.to_owned()))
            })
            .collect();
        let tags = tags(format);
        let first = tags.first().map(|tag| tag.as_str().to_owned());
        let from_form = !names.is_empty();
        let default = match said(&format.extensions, "default_language") {
            Some(name) => name.to_owned(),
            None if from_form => "default".to_owned(),
            None => first.clone().unwrap_or_else(|| "default".to_owned()),
        };
        let plain = if from_form {
            names.iter().find(|(_, name)| *name == default).map(|(tag, _)| tag.clone())
        } else {
            first
        };
        Self { default, plain, names, tags }
    }

    fn name<'a>(&'a self, tag: &'a str) -> &'a str {
        self.names.iter().find(|(known, _)| known == tag).map_or(tag, |(_, name)| name)
    }

    fn place(&self, tag: &str) -> usize {
        let known = self.names.iter().position(|(known, _)| known == tag);
        let own = || self.tags.iter().position(|known| known.as_str() == tag);
        known.or_else(|| own().map(|place| self.names.len() + place)).unwrap_or(usize::MAX)
    }

    fn sorted(&self, mut texts: Vec<(String, String)>) -> Words {
        texts.sort_by_key(|(tag, _)| self.place(tag));
        Words::Translated(texts.into_iter().map(|(tag, text)| (self.name(&tag).to_owned(), text)).collect())
    }

    /// A text; `marked` where it names its language though it has but the plain one.
    pub(super) fn words(&self, text: &Text, marked: bool) -> Words {
        let texts: Vec<(String, String)> =
            text.iter().map(|(tag, text)| (tag.as_str().to_owned(), text.to_owned())).collect();
        match texts.as_slice() {
            [] => Words::None,
            [(tag, text)] if !marked && (self.plain.is_none() || self.plain.as_ref() == Some(tag)) => {
                Words::Plain(text.clone())
            }
            _ => self.sorted(texts),
        }
    }

    /// A text that is kept: in no language, or by tags.
    pub(super) fn kept(&self, value: &Value) -> Words {
        match value {
            Value::String(text) => Words::Plain(text.clone()),
            Value::Object(texts) => self.sorted(
                texts
                    .iter()
                    .filter_map(|(tag, text)| Some((tag.clone(), text.as_str()?.to_owned())))
                    .collect(),
            ),
            _ => Words::None,
        }
    }

    /// The words for this, in each language of the form that has a word for it.
    pub(super) fn own(&self, french: &str, english: &str) -> Words {
        let word = |tag: &Language| {
            if tag.as_str() == "fr" || tag.as_str().starts_with("fr-") { french } else { english }
        };
        let texts: Text = self.tags.iter().map(|tag| (tag.clone(), word(tag).to_owned())).collect();
        if texts.is_empty() { Words::Plain(english.to_owned()) } else { self.words(&texts, false) }
    }
}

/// The languages of a format: those it names, else those its labels are written in, French and English first.
fn tags(format: &Format) -> Vec<Language> {
    if !format.languages.is_empty() {
        return format.languages.clone();
    }
    let mut tags: Vec<Language> = Vec::new();
    let mut waiting: Vec<&Field> = format.fields.iter().collect();
    let mut texts = vec![&format.label];
    while let Some(field) = waiting.pop() {
        texts.extend([&field.label, &field.help]);
        if let Kind::Group { fields } = &field.kind {
            waiting.extend(fields);
        }
    }
    texts.extend(format.vocabularies.values().flat_map(|list| &list.codes).map(|code| &code.label));
    for (tag, _) in texts.into_iter().flat_map(Text::iter) {
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    tags.sort_by_key(|tag| match tag.as_str() {
        "fr" => (0, String::new()),
        "en" => (1, String::new()),
        other => (2, other.to_owned()),
    });
    tags
}

/// What is kept as a text under a name.
pub(super) fn said<'a>(extensions: &'a Extensions, name: &str) -> Option<&'a str> {
    extensions.get(&extension(name)).and_then(Value::as_str)
}

/// What is kept under names that begin so, by the rest of the name.
pub(super) fn below<'a>(
    extensions: &'a Extensions,
    name: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let begin = extension(name);
    extensions.iter().filter_map(move |(known, value)| Some((known.strip_prefix(&begin)?, value)))
}

/// A word is marked as one that names its language.
pub(super) fn marked(extensions: &Extensions, name: &str) -> bool {
    let marked = extensions.get(&extension("itext")).and_then(Value::as_array);
    marked.is_some_and(|marked| marked.iter().any(|one| one == name))
}

/// Pictures, sounds and films, by their kind.
pub(super) fn media(extensions: &Extensions, tongues: &Tongues) -> Vec<(String, Words)> {
    let media = extensions.get(&extension("media")).and_then(Value::as_array);
    let one = |one: &Value| {
        let words = tongues.kept(one.get(1)?);
        Some((one.get(0)?.as_str()?.to_owned(), words)).filter(|(_, words)| !words.is_none())
    };
    media.into_iter().flatten().filter_map(one).collect()
}

/// A list of choices.
pub(super) struct List {
    pub(super) name: String,
    pub(super) choices: Vec<Choice>,
    /// Its labels stand among the translated texts.
    pub(super) in_itext: bool,
    /// Its choices are written where they are asked for, not as data.
    pub(super) inline: bool,
}

/// A choice.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) label: Words,
    pub(super) media: Vec<(String, Words)>,
    /// What filters may ask of it, in order.
    pub(super) attributes: Vec<(String, String)>,
}

impl List {
    pub(super) fn new(name: &str, choices: Vec<Choice>) -> Self {
        let in_itext = choices.iter().any(|choice| {
            !choice.media.is_empty()
                || match &choice.label {
                    Words::Translated(_) => true,
                    Words::Plain(text) => has_reference(text),
                    Words::None => false,
                }
        });
        Self { name: name.to_owned(), choices, in_itext, inline: false }
    }
}

/// The lists of a form, in the order it has them.
pub(super) fn lists(format: &Format, tongues: &Tongues) -> Vec<List> {
    let strings = |name: &str| -> Vec<&str> {
        let list = format.extensions.get(&extension(name)).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let (order, columns) = (strings("lists"), strings("choice-columns"));
    let mut named: Vec<(&String, &Vocabulary)> = format.vocabularies.iter().collect();
    named.sort_by_key(|(name, _)| order.iter().position(|known| known == name).unwrap_or(usize::MAX));
    let list = |(name, vocabulary): (&String, &Vocabulary)| {
        let mut codes: Vec<VocabularyCode> = vocabulary.codes.clone();
        for again in
            vocabulary.extensions.get(&extension("repeated")).and_then(Value::as_array).into_iter().flatten()
        {
            let at = again.get("at").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
            let code = again.get("code").cloned().map(serde_json::from_value);
            if let (Some(at), Some(Ok(code))) = (at, code) {
                codes.insert(at.min(codes.len()), code);
            }
        }
        let choices = codes.iter().map(|code| choice(code, &columns, tongues)).collect();
        List::new(name, choices)
    };
    named.into_iter().map(list).collect()
}

fn choice(code: &VocabularyCode, columns: &[&str], tongues: &Tongues) -> Choice {
    let place = |name: &str| columns.iter().position(|known| *known == name).unwrap_or(usize::MAX);
    let mut attributes: Vec<(String, String)> =
        code.attributes.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    attributes.sort_by_key(|(name, _)| place(name));
    attributes.extend(
        said(&code.extensions, "sms_option").map(|option| ("sms_option".to_owned(), option.to_owned())),
    );
    Choice {
        name: code.code.clone(),
        label: tongues.words(&code.label, marked(&code.extensions, "label")),
        media: media(&code.extensions, tongues),
        attributes,
    }
}
