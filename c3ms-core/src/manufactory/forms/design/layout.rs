//! How a format is asked to a person: its fields in order, each with the way it is typed.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{
    super::{Field, Format, Kind, Visibility, VocabularyCode},
    chain::{Chain, Words},
    walk::names,
};
use crate::base::Language;

/// A form compiled from a [`Format`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Layout {
    /// The kind of record.
    pub cube: String,
    /// What it is called.
    pub label: Words,
    /// What such a record is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Words>,
    /// The name of the field by which a record is called; empty where there is none.
    pub title: String,
    /// Every field of the format, in order.
    pub items: Vec<Item>,
    /// The lists that choices are made from, by name.
    pub lists: BTreeMap<String, Vec<Choice>>,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Item {
    /// The field, by what it is for ever.
    pub id: String,
    /// The member of the document that holds it.
    pub name: String,
    /// What it is called; its name where the format has no label.
    pub label: Words,
    /// What to write in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Words>,
    /// What to tell who leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_help: Option<Words>,
    /// What to tell who breaks its constraint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint_help: Option<Words>,
    /// How it is typed.
    pub input: Input,
    /// It is typed several times, at most this many; a group that repeats says so in its input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// How many items its list has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Condition>,
    /// An entry without it is incomplete.
    pub required: bool,
    /// An entry without it is incomplete where this holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_when: Option<Condition>,
    /// It is shown where this holds; always where there is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relevant: Option<Condition>,
    /// What its value must fulfil.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint: Option<Condition>,
    /// How its value follows from others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calculation: Option<Condition>,
    /// How its first value follows from others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial: Option<Condition>,
    /// It is shown, not typed: said so in the format, or calculated.
    pub read_only: bool,
    /// The value it has where nobody gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Who may see what is typed.
    pub visibility: Visibility,
}

/// An expression and the names it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Condition {
    /// As it is written.
    pub expression: String,
    /// The names of the fields it rests on, each once.
    pub asks: Vec<String>,
}

/// How a field is typed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "as", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum Input {
    /// One line of text: of at most 255 characters, or of a pattern.
    Line {
        /// How long and of which pattern.
        #[serde(flatten)]
        bounds: Bounds,
    },
    /// Several lines.
    LongText {
        /// How long.
        #[serde(flatten)]
        bounds: Bounds,
    },
    /// One text per language.
    Texts {
        /// Several lines each.
        long: bool,
        /// The languages offered first; any other may be added.
        languages: Vec<Language>,
        /// How long each and of which pattern.
        #[serde(flatten)]
        bounds: Bounds,
    },
    /// A whole number.
    Integer {
        /// At least.
        #[serde(skip_serializing_if = "Option::is_none")]
        minimum: Option<i64>,
        /// At most.
        #[serde(skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
    },
    /// A number.
    Decimal {
        /// At least.
        #[serde(skip_serializing_if = "Option::is_none")]
        minimum: Option<f64>,
        /// At most.
        #[serde(skip_serializing_if = "Option::is_none")]
        maximum: Option<f64>,
    },
    /// Yes, no, or nothing said.
    YesNo,
    /// A day.
    Date,
    /// A time of the day.
    Time,
    /// A day, and a time where one is known.
    DateTime,
    /// An amount and its currency.
    Money,
    /// A web address.
    Url,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A language.
    Language,
    /// A choice from a list.
    Choice {
        /// In which way.
        shown: Shown,
        /// The name of the list in [`Layout::lists`].
        list: String,
        /// Which of them are offered: an expression asked of each.
        #[serde(skip_serializing_if = "Option::is_none")]
        filter: Option<Condition>,
    },
    /// A point chosen on a map or typed.
    Position,
    /// A line drawn on a map.
    Path,
    /// A surface drawn on a map.
    Area,
    /// A file.
    File {
        /// Which kinds of file.
        #[serde(skip_serializing_if = "Option::is_none")]
        accept: Option<String>,
    },
    /// Words to read.
    Note,
    /// A record of another cube, found by its title.
    Link {
        /// Which cube.
        cube: String,
    },
    /// Fields under one heading.
    Section {
        /// The fields, in order.
        items: Vec<Item>,
    },
    /// Fields under one heading, as often as needed.
    Repeat {
        /// At least.
        least: u32,
        /// At most.
        most: u32,
        /// The fields, in order.
        items: Vec<Item>,
    },
}

/// What a text must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Bounds {
    /// At least this many characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// At most this many characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// A pattern somewhere in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// In which way choices are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Shown {
    /// All at once, one of them: up to seven choices.
    Radio,
    /// In a list that opens, one of them: more than seven.
    Select,
    /// All at once, several of them.
    Boxes,
    /// All at once, to be put in order.
    Ranked,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Choice {
    /// As it is stored.
    pub code: String,
    /// What it is called; the code where the format has no label.
    pub label: Words,
    /// What a filter may ask of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// With more choices than these, a list that opens is shorter than buttons.
const MOST_BUTTONS: usize = 7;

/// What a line on a screen takes.
const LONGEST_LINE: u32 = 255;

/// Compiles the form of a format, its texts in the languages asked for. Every field is in it.
///
/// For each text the first of these that says something is taken: each language asked for in turn, its shorter
/// tags (`pt` for `pt-BR`), another variety of it (`pt-PT`); the languages of the format in their order; any. A
/// text in another language than the first asked for is marked.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, design::layout};
/// let venue = Format::parse(r#"{"cube": "venue", "label": {"fr": "Lieu", "en": "Venue"}, "fields": [
///   {"id": "s", "name": "seats", "kind": {"type": "integer", "minimum": 0}, "label": {"fr": "Jauge"},
///    "relevant": "${kind} = 'hall'"}, {"id": "k", "name": "kind", "kind": {"type": "text"}}]}"#)?;
/// let form = serde_json::to_value(layout(&venue, &["en-GB", "fr"])).unwrap_or_default();
/// assert_eq!(form["label"], serde_json::json!({ "text": "Venue", "language": "en" }));
/// assert_eq!(form["items"][0]["label"], serde_json::json!({ "text": "Jauge", "language": "fr", "fallback": true }));
/// assert_eq!(form["items"][0]["input"], serde_json::json!({ "as": "integer", "minimum": 0 }));
/// assert_eq!(form["items"][0]["relevant"]["asks"], serde_json::json!(["kind"]));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
///
/// # Source
/// The shorter tags: RFC 4647, section 3.4.
#[must_use]
pub fn layout(format: &Format, languages: &[&str]) -> Layout {
    let compiler = Compiler { format, chain: Chain::new(languages, format) };
    Layout {
        cube: format.cube.clone(),
        label: compiler.chain.words_or(&format.label, &format.cube),
        help: compiler.chain.words(&format.help),
        title: format.title.clone(),
        items: compiler.items(&format.fields),
        lists: format
            .vocabularies
            .iter()
            .map(|(name, list)| (name.clone(), list.codes.iter().map(|code| compiler.choice(code)).collect()))
            .collect(),
    }
}

struct Compiler<'a> {
    format: &'a Format,
    chain: Chain<'a>,
}

impl Compiler<'_> {
    fn items(&self, fields: &[Field]) -> Vec<Item> {
        fields.iter().map(|field| self.item(field)).collect()
    }

    fn item(&self, field: &Field) -> Item {
        let is_group = matches!(field.kind, Kind::Group { .. });
        Item {
            id: field.id.clone(),
            name: field.name.clone(),
            label: self.chain.words_or(&field.label, &field.name),
            help: self.chain.words(&field.help),
            required_help: self.chain.words(&field.required_help),
            constraint_help: self.chain.words(&field.constraint_help),
            input: self.input(field),
            most: field.many.filter(|_| !is_group),
            count: self.condition(field.count.as_ref()),
            required: field.required,
            required_when: self.condition(field.required_when.as_ref()),
            relevant: self.condition(field.relevant.as_ref()),
            constraint: self.condition(field.constraint.as_ref()),
            calculation: self.condition(field.calculation.as_ref()),
            initial: self.condition(field.initial.as_ref()),
            read_only: field.read_only || field.calculation.is_some(),
            default: field.default.clone(),
            visibility: field.visibility,
        }
    }

    fn input(&self, field: &Field) -> Input {
        match &field.kind {
            Kind::Text { languages, min_length, max_length, pattern } => {
                let bounds =
                    Bounds { min_length: *min_length, max_length: *max_length, pattern: pattern.clone() };
                let long = pattern.is_none() && max_length.is_none_or(|most| most > LONGEST_LINE);
                match (languages, long) {
                    (true, long) => Input::Texts { long, languages: self.format.languages.clone(), bounds },
                    (false, true) => Input::LongText { bounds },
                    (false, false) => Input::Line { bounds },
                }
            }
            Kind::Integer { minimum, maximum } => Input::Integer { minimum: *minimum, maximum: *maximum },
            Kind::Decimal { minimum, maximum } => Input::Decimal { minimum: *minimum, maximum: *maximum },
            Kind::Boolean => Input::YesNo,
            Kind::Moment => Input::DateTime,
            Kind::Date => Input::Date,
            Kind::Time => Input::Time,
            Kind::Money => Input::Money,
            Kind::Url => Input::Url,
            Kind::Email => Input::Email,
            Kind::Phone => Input::Phone,
            Kind::Language => Input::Language,
            Kind::Code { vocabulary, filter, ranked } => {
                let choices = self.format.vocabularies.get(vocabulary).map_or(0, |list| list.codes.len());
                let shown = match (field.many, ranked) {
                    (Some(_), true) => Shown::Ranked,
                    (Some(_), false) => Shown::Boxes,
                    (None, _) if choices > MOST_BUTTONS => Shown::Select,
                    (None, _) => Shown::Radio,
                };
                Input::Choice { shown, list: vocabulary.clone(), filter: self.condition(filter.as_ref()) }
            }
            Kind::Position => Input::Position,
            Kind::Path => Input::Path,
            Kind::Area => Input::Area,
            Kind::File { accept } => Input::File { accept: accept.clone() },
            Kind::Note => Input::Note,
            Kind::Link { cube } => Input::Link { cube: cube.clone() },
            Kind::Group { fields } => match field.many {
                None => Input::Section { items: self.items(fields) },
                Some(most) => {
                    Input::Repeat { least: u32::from(field.required), most, items: self.items(fields) }
                }
            },
        }
    }

    fn choice(&self, code: &VocabularyCode) -> Choice {
        Choice {
            code: code.code.clone(),
            label: self.chain.words_or(&code.label, &code.code),
            attributes: code.attributes.clone(),
        }
    }

    fn condition(&self, expression: Option<&String>) -> Option<Condition> {
        expression.map(|expression| Condition {
            expression: expression.clone(),
            asks: names(expression, self.format.dialect),
        })
    }
}
