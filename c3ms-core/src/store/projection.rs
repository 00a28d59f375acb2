//! What the read tables say of an entry, derived from its revision and its format alone.

use serde_json::Value;

use crate::{
    base::fold,
    manufactory::forms::{Document, Field, Kind, Revision, Visibility, evolve::Lineage},
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
