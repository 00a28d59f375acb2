//! What C3MS wrote as JSON Schema, read back.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    foreign::{Place, Reader},
    name::below,
    same, unreadable,
    view::is_annotation,
};
use crate::manufactory::forms::{Field, Format, FormsError, Kind, json_schema};

/// The keywords that follow from the words under `c3ms:`.
const WRITTEN: [&str; 28] = [
    "if",
    "then",
    "$schema",
    "$id",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "title",
    "description",
    "minLength",
    "maxLength",
    "pattern",
    "minProperties",
    "propertyNames",
    "minimum",
    "maximum",
    "format",
    "enum",
    "not",
    "contentMediaType",
    "allOf",
    "anyOf",
    "default",
    "readOnly",
];

impl<'a> Reader<'a> {
    /// The whole format.
    pub(super) fn own_format(&mut self, members: &'a Map<String, Value>) -> Result<Format, FormsError> {
        let mut header = self.own_words("", members);
        header.entry("label").or_insert_with(|| json!({}));
        header.insert("fields".to_owned(), json!([]));
        self.foreign_words("", members, &mut header);
        let mut format: Format = serde_json::from_value(Value::Object(header))
            .map_err(|error| unreadable("", error.to_string()))?;
        self.vocabulary_names.extend(format.vocabularies.keys().cloned());
        self.own.push((String::new(), String::new()));
        format.fields = self.own_fields("", members, Place { within: "", depth: 0 })?;
        Ok(format)
    }

    /// A field that tells its kind itself.
    pub(super) fn own_field(
        &mut self,
        name: &str,
        at: &str,
        members: &'a Map<String, Value>,
        required: bool,
        place: Place<'_>,
    ) -> Result<Field, FormsError> {
        let mut words = self.own_words(at, members);
        words.insert("name".to_owned(), json!(name));
        words.insert("required".to_owned(), json!(required));
        for (word, name) in [("default", "default"), ("readOnly", "read-only")] {
            if let Some(value) = members.get(word) {
                words.insert(name.to_owned(), value.clone());
            }
        }
        self.foreign_words(at, members, &mut words);
        let is_group = words.get("kind").and_then(|kind| kind.get("type")) == Some(&json!("group"));
        if is_group && let Some(kind) = words.get_mut("kind").and_then(Value::as_object_mut) {
            kind.insert("fields".to_owned(), json!([]));
        }
        let mut field: Field = serde_json::from_value(Value::Object(words))
            .map_err(|error| unreadable(at, error.to_string()))?;
        self.own.push((at.to_owned(), field.id.clone()));
        if is_group {
            if place.depth + 1 >= super::DEEPEST {
                return Err(unreadable(at, format!("groups lie {} deep: flatten them", super::DEEPEST)));
            }
            let items = members.get("items").and_then(Value::as_object).filter(|_| field.many.is_some());
            let (at, inner) = match items {
                Some(items) => (below(at, "items"), items),
                None => (at.to_owned(), members),
            };
            let place = Place { within: &field.id, depth: place.depth + 1 };
            field.kind = Kind::Group { fields: self.own_fields(&at, inner, place)? };
        }
        Ok(field)
    }

    fn own_fields(
        &mut self,
        at: &str,
        members: &'a Map<String, Value>,
        place: Place<'_>,
    ) -> Result<Vec<Field>, FormsError> {
        // Only what speaks of fields: all else of this object is judged by what we write ourselves.
        let mut view = super::view::View::default();
        for word in ["properties", "required", "c3ms:order"] {
            if let Some((word, value)) = members.get_key_value(word) {
                view.add(word, (at.to_owned(), value));
            }
        }
        self.fields(&mut view, place)
    }

    /// The members under `c3ms:`.
    fn own_words(&mut self, at: &str, members: &Map<String, Value>) -> Map<String, Value> {
        let mut words = Map::new();
        for (word, value) in members {
            if let Some(name) = word.strip_prefix("c3ms:") {
                self.ledger.interpreted(at, word);
                // The cube of a link stands in its kind too; the order is read with the properties.
                if name != "order" && (name != "cube" || at.is_empty()) {
                    words.insert(name.to_owned(), value.clone());
                }
            }
        }
        words
    }

    /// What others wrote beside our words: kept where it asserts nothing, else lost.
    fn foreign_words(&mut self, at: &str, members: &Map<String, Value>, words: &mut Map<String, Value>) {
        for (word, value) in members {
            if word.starts_with("c3ms:") || WRITTEN.contains(&word.as_str()) {
                continue;
            }
            if !is_annotation(word) {
                self.ledger.lost(at, word, "C3MS writes no such keyword: a constraint can say it");
                continue;
            }
            self.ledger.kept(at, word);
            let extensions = words.entry("extensions").or_insert_with(|| json!({}));
            if let Some(extensions) = extensions.as_object_mut() {
                extensions.insert(format!("json-schema:{word}"), value.clone());
            }
        }
    }

    /// Holds what was read by our words against the keywords beside them: where somebody changed one, our words
    /// stand and the change is lost.
    pub(super) fn hold_own(&mut self, schema: &Value, format: &Format) {
        if self.own.is_empty() {
            return;
        }
        let mut fields = BTreeMap::new();
        index(&format.fields, &mut fields);
        for (at, id) in std::mem::take(&mut self.own) {
            let Some(theirs) = schema.pointer(&at).and_then(Value::as_object) else { continue };
            let ours = match fields.get(id.as_str()) {
                _ if at.is_empty() => Some(json_schema(format)),
                Some(field) => Some(super::super::super::json_schema::property(field, format)),
                None => None,
            };
            let ours = ours.as_ref().and_then(Value::as_object);
            self.hold(&at, theirs, ours);
        }
    }

    fn hold(&mut self, at: &str, theirs: &Map<String, Value>, ours: Option<&Map<String, Value>>) {
        for (word, value) in theirs {
            let known = ours.and_then(|ours| ours.get(word));
            match (word.as_str(), known) {
                ("properties" | "$schema" | "$id", _) => self.ledger.interpreted(at, word),
                (own, _) if own.starts_with("c3ms:") => self.ledger.interpreted(at, word),
                (other, _) if !WRITTEN.contains(&other) => {}
                // The fields of a list of groups were read one by one.
                ("items", Some(known)) if known.get("properties").is_some() && value.is_object() => {
                    self.ledger.interpreted(at, word);
                    if let Some(value) = value.as_object() {
                        self.hold(&below(at, word), value, known.as_object());
                    }
                }
                (_, Some(known)) if same(known, value) => self.ledger.interpreted(at, word),
                (_, Some(_) | None) => {
                    self.ledger.lost(at, word, "it was changed: what stands under c3ms: says otherwise");
                }
            }
        }
    }
}

fn index<'f>(fields: &'f [Field], out: &mut BTreeMap<&'f str, &'f Field>) {
    for field in fields {
        out.insert(&field.id, field);
        if let Kind::Group { fields } = &field.kind {
            index(fields, out);
        }
    }
}
