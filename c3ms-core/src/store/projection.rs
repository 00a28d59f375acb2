//! What the read tables say of an entry, derived from its revision and its format alone.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use crate::{
    base::fold,
    manufactory::forms::{
        Document, Field, Format, Kind, Revision, Visibility, evolve::Lineage, intake::WrittenRevision,
    },
};

/// One row of the read tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) cube: String,
    pub(super) state: &'static str,
    pub(super) key: String,
    /// The source that describes it and still has it.
    pub(super) source: String,
    /// The title, folded, every language on its own.
    pub(super) title: String,
    /// The public texts, for the search index.
    pub(super) text: String,
}

impl Row {
    /// The row of a revision, as the newest version of its format reads it.
    pub(super) fn of(revision: &Revision, lineage: &Lineage) -> Self {
        let mut lifted;
        let mut revision = revision;
        if lineage.is_older(revision) {
            lifted = revision.clone();
            lineage.lift(&mut lifted);
            revision = &lifted;
        }
        let format = lineage.get(revision.format);
        let title = format
            .and_then(|format| revision.document.get(&format.title))
            .map(|title| {
                let mut words = String::new();
                gather(title, &mut words);
                fold(&words)
            })
            .unwrap_or_default();
        let mut text = String::new();
        if let Some(format) = format {
            public_texts(&revision.document, &format.fields, &format.title, &mut text);
        }
        Self {
            cube: revision.cube.clone(),
            state: revision.state.as_str(),
            source: revision
                .origin
                .as_ref()
                .filter(|origin| !origin.mentioned && !origin.gone)
                .map(|origin| origin.source.clone())
                .unwrap_or_default(),
            key: revision.origin.as_ref().map(|origin| origin.key.clone()).unwrap_or_default(),
            title,
            text,
        }
    }

    /// As [`Row::of`]; of the document only that is read which the row shows.
    pub(super) fn of_written(written: &WrittenRevision, lineage: &Lineage) -> Self {
        let bare = written.bare();
        let shown = |format: &Format| {
            let texts = Texts { fields: &format.fields, title: &format.title };
            texts.deserialize(&mut serde_json::Deserializer::from_str(written.document().as_str())).ok()
        };
        let current = lineage.get(bare.format).filter(|_| !lineage.is_older(bare));
        match current.and_then(shown) {
            Some(document) => Self::of(&Revision { document, ..bare.clone() }, lineage),
            None => Self::of(&written.read(), lineage),
        }
    }
}

/// Reads the title and the public texts of a document or of its groups, and passes over the rest.
#[derive(Clone, Copy)]
struct Texts<'f> {
    fields: &'f [Field],
    title: &'f str,
}

impl<'de> DeserializeSeed<'de> for Texts<'_> {
    type Value = Document;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Document, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Texts<'_> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Document, A::Error> {
        let mut document = Document::new();
        while let Some(field) = members.next_key_seed(Named(self.fields))? {
            let value = match field.map(|field| (field, &field.kind)) {
                Some((Field { name, .. }, _)) if name == self.title => members.next_value()?,
                Some((Field { visibility: Visibility::Public, .. }, Kind::Text { .. })) => {
                    members.next_value()?
                }
                Some((Field { visibility: Visibility::Public, .. }, Kind::Group { fields })) => {
                    members.next_value_seed(Groups(Texts { fields, title: "" }))?
                }
                Some(_) | None => {
                    members.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            document.extend(field.map(|field| (field.name.clone(), value)));
        }
        Ok(document)
    }
}

/// The field of a member, where there is one of its name.
struct Named<'f>(&'f [Field]);

impl<'de, 'f> DeserializeSeed<'de> for Named<'f> {
    type Value = Option<&'f Field>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'f> Visitor<'_> for Named<'f> {
    type Value = Option<&'f Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|field| field.name == name))
    }
}

/// The texts of a group, or of each of a list of groups.
struct Groups<'f>(Texts<'f>);

impl<'de> DeserializeSeed<'de> for Groups<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Groups<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a group or a list of groups")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Value, A::Error> {
        self.0.visit_map(members).map(Value::Object)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut groups = Vec::new();
        while let Some(group) = items.next_element_seed(self.0)? {
            // Most have none: the dates of an event.
            if !group.is_empty() {
                groups.push(Value::Object(group));
            }
        }
        Ok(Value::Array(groups))
    }
}

fn public_texts(document: &Document, fields: &[Field], title: &str, text: &mut String) {
    for field in fields {
        if field.visibility != Visibility::Public || field.name == title {
            continue;
        }
        let Some(value) = document.get(&field.name) else { continue };
        match &field.kind {
            Kind::Text { .. } => gather(value, text),
            Kind::Group { fields } => {
                for group in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
                    if let Some(members) = group.as_object() {
                        public_texts(members, fields, "", text);
                    }
                }
            }
            _ => {}
        }
    }
}

fn gather(value: &Value, text: &mut String) {
    match value {
        Value::String(words) => {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(words);
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, text)),
        Value::Object(members) => members.values().for_each(|member| gather(member, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
