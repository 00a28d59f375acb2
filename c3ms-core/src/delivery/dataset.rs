//! What a recipient may see: records that passed the gate.

use std::collections::BTreeMap;

use serde::{Deserialize as _, Serialize};
use serde_json::Value;

use crate::{
    base::{Digest, Id, Moment, Text, Timestamp},
    manufactory::forms::{Document, Entry, Field, Format, Kind},
};

#[cfg(feature = "zones")]
use crate::base::Position;

/// A record as its recipient may see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// The id of the entry.
    pub id: Id<Entry>,
    /// When it was last changed.
    pub updated: Timestamp,
    /// What it says, as far as the recipient may see it.
    pub document: Document,
}

impl Record {
    /// The text in this field, by language; a text without a language counts as undetermined (`und`).
    #[must_use]
    pub fn text(&self, field: &str) -> Option<Text> {
        match self.document.get(field)? {
            Value::String(text) => {
                crate::base::Language::parse("und").map(|language| Text::new(language, text.clone()))
            }
            object => Text::deserialize(object).ok().filter(|text| !text.is_empty()),
        }
    }

    /// The moment in this field.
    #[must_use]
    pub fn moment(&self, field: &str) -> Option<Moment> {
        self.document.get(field)?.as_str().and_then(Moment::parse)
    }

    /// The entries this field links to: none, one or many.
    #[must_use]
    pub fn links(&self, field: &str) -> Vec<Id<Entry>> {
        values(self.document.get(field)).filter_map(Value::as_str).filter_map(Id::parse).collect()
    }

    /// The words of this field without a copy: in this language if there are any, else as [`Text::in_language`].
    pub(super) fn said<'a>(&'a self, field: &str, language: &str) -> Option<(Option<&'a str>, &'a str)> {
        said(self.document.get(field)?, language)
    }
}

/// A value that may be a list, one by one.
pub(super) fn values(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (list, one) = match value {
        Some(Value::Array(list)) => (list.as_slice(), None),
        other => (&[][..], other),
    };
    list.iter().chain(one)
}

/// The words of a value, and their language where it is said.
pub(super) fn said<'a>(value: &'a Value, language: &str) -> Option<(Option<&'a str>, &'a str)> {
    match value {
        Value::String(text) => Some((None, text)),
        Value::Object(texts) => {
            let wider = language.split('-').next().unwrap_or(language);
            [language, wider, "fr", "en"]
                .iter()
                .find_map(|wanted| texts.get_key_value(*wanted))
                .or_else(|| texts.iter().next())
                .and_then(|(tag, text)| Some((Some(tag.as_str()), text.as_str()?)))
        }
        _ => None,
    }
}

/// The records of one cube that a recipient may see.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The format, with the fields the recipient may see only.
    pub format: Format,
    /// The hash of what the whole format says, see [`Format::shape`].
    pub version: Digest,
    /// The license that a rule gives these records instead of that of the cooperative.
    pub license: Option<String>,
    /// No count of fewer records than this is told.
    pub least: u32,
    /// What takes place by its start, everything else by its title; then by id.
    pub records: Vec<Record>,
}

impl Dataset {
    /// By what a record is called; its id where it has no title.
    #[must_use]
    pub fn title(&self, record: &Record, language: &str) -> String {
        let title = record.said(&self.format.title, language);
        title.map_or_else(|| record.id.to_string(), |(_, title)| title.to_owned())
    }

    /// When the newest of its records was changed.
    #[must_use]
    pub fn updated(&self) -> Option<Timestamp> {
        self.records.iter().map(|record| record.updated).max()
    }

    #[cfg(feature = "zones")]
    /// The name of the first field that means this property of schema.org.
    pub(crate) fn named(&self, property: &str) -> Option<&str> {
        self.meaning(property).map(|field| field.name.as_str())
    }

    /// The first field that means this property of schema.org.
    pub(crate) fn meaning(&self, property: &str) -> Option<&Field> {
        self.format.fields.iter().find(|field| field.property() == Some(property))
    }

    /// The name of the field that says when its records begin, where they take place at all.
    pub(super) fn start(&self) -> Option<&str> {
        let field = self.meaning("startDate")?;
        (field.kind == Kind::Moment && field.many.is_none()).then_some(field.name.as_str())
    }
}

/// Everything a recipient may see, cube by cube; made by [`gate`](super::gate) only.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Datasets {
    all: Vec<Dataset>,
    places: BTreeMap<Id<Entry>, (usize, usize)>,
}

impl Datasets {
    pub(super) fn new(all: Vec<Dataset>) -> Self {
        let mut places = BTreeMap::new();
        for (cube, dataset) in all.iter().enumerate() {
            places.extend(dataset.records.iter().enumerate().map(|(row, record)| (record.id, (cube, row))));
        }
        Self { all, places }
    }

    /// Each dataset, in the order of the formats.
    pub fn iter(&self) -> impl Iterator<Item = &Dataset> {
        self.all.iter()
    }

    /// The dataset of a cube.
    #[must_use]
    pub fn dataset(&self, cube: &str) -> Option<&Dataset> {
        self.all.iter().find(|dataset| dataset.format.cube == cube)
    }

    /// The record of this id and the dataset it belongs to; `None` where the recipient may not see it.
    #[must_use]
    pub fn record(&self, id: Id<Entry>) -> Option<(&Dataset, &Record)> {
        let (cube, row) = self.places.get(&id)?;
        let dataset = self.all.get(*cube)?;
        Some((dataset, dataset.records.get(*row)?))
    }

    #[cfg(feature = "zones")]
    /// What the first link in this field leads to.
    pub(crate) fn linked(&self, record: &Record, field: Option<&str>) -> Option<(&Dataset, &Record)> {
        values(record.document.get(field?)).find_map(|link| self.record(Id::parse(link.as_str()?)?))
    }

    #[cfg(feature = "zones")]
    /// Where a record lies: its own position, else that of the place it links to.
    pub(crate) fn position(&self, dataset: &Dataset, record: &Record) -> Option<Position> {
        own_position(dataset, record).or_else(|| {
            let (places, place) = self.linked(record, dataset.named("location"))?;
            own_position(places, place)
        })
    }
}

#[cfg(feature = "zones")]
fn own_position(dataset: &Dataset, record: &Record) -> Option<Position> {
    let field = dataset.format.fields.iter().find(|field| field.kind == Kind::Position)?;
    let value = values(record.document.get(&field.name)).next()?;
    Position::deserialize(value).ok()
}
