//! Every field of a format with its place, every text, and what a value holds.

use std::sync::LazyLock;

use serde_json::Value;

use super::super::{Dialect, Document, Field, Format, Kind, expression::Expression};
use crate::base::{Pointer, Text};

/// A field and where it lies.
#[derive(Debug, Clone)]
pub(super) struct Stop<'a> {
    pub(super) field: &'a Field,
    /// In the document of the format: `/fields/3/kind/fields/0`.
    pub(super) path: Pointer,
    /// The names from the root, with points: `offers.price`.
    pub(super) names: String,
}

/// Every field in the order of the form, groups before what is in them.
pub(super) fn stops(format: &Format) -> Vec<Stop<'_>> {
    let mut stops = Vec::new();
    let root = Pointer::root().child("fields");
    walk(&format.fields, &root, "", &mut stops);
    stops
}

fn walk<'a>(fields: &'a [Field], path: &Pointer, names: &str, stops: &mut Vec<Stop<'a>>) {
    for (index, field) in fields.iter().enumerate() {
        let path = path.item(index);
        let names = if names.is_empty() { field.name.clone() } else { format!("{names}.{}", field.name) };
        let inner = path.child("kind").child("fields");
        stops.push(Stop { field, path, names: names.clone() });
        walk(inside(field), &inner, &names, stops);
    }
}

/// The fields of a group; of any other field, none.
pub(super) fn inside(field: &Field) -> &[Field] {
    match &field.kind {
        Kind::Group { fields } => fields,
        _ => &[],
    }
}

/// A text of a format, where it lies, and whether it is a label.
pub(super) type Said<'a> = (Pointer, &'a Text, bool);

/// Every place of a format where a text may stand.
pub(super) fn texts(format: &Format) -> Vec<Said<'_>> {
    let root = Pointer::root();
    let mut texts =
        vec![(root.child("label"), &format.label, true), (root.child("help"), &format.help, false)];
    for Stop { field, path, .. } in stops(format) {
        texts.push((path.child("label"), &field.label, true));
        texts.push((path.child("help"), &field.help, false));
        texts.push((path.child("required-help"), &field.required_help, false));
        texts.push((path.child("constraint-help"), &field.constraint_help, false));
    }
    for (name, vocabulary) in &format.vocabularies {
        let path = root.child("vocabularies").child(name);
        texts.push((path.child("label"), &vocabulary.label, true));
        for (index, code) in vocabulary.codes.iter().enumerate() {
            texts.push((path.child("codes").item(index).child("label"), &code.label, true));
        }
    }
    texts
}

/// Whether a value says nothing: blank texts, empty lists, groups of nothing but these.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Object(members) => members.values().all(is_blank),
    }
}

/// The values of a field, one by one, whether it holds a list or one.
pub(super) fn values(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (list, one) = match value {
        Some(Value::Array(list)) => (list.as_slice(), None),
        other => (&[][..], other),
    };
    list.iter().chain(one).filter(|value| !is_blank(value))
}

/// The names in `${…}` of an expression, each once; none where it cannot be read.
pub(super) fn names(expression: &str, dialect: Dialect) -> Vec<String> {
    let read = Expression::parse(expression, dialect);
    read.map(|read| read.names().into_iter().map(str::to_owned).collect()).unwrap_or_default()
}

/// A document that says nothing.
pub(super) fn nothing() -> &'static Document {
    static NOTHING: LazyLock<Document> = LazyLock::new(Document::new);
    &NOTHING
}
