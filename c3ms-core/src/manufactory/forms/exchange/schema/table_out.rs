//! A format as a Frictionless Table Schema.

use serde_json::{Map, Value, json};

use super::report::{Ledger, SchemaReport};
use crate::manufactory::forms::{Field, Format, Kind};

/// Keywords of a field that Table Schema has words for.
const SAID: [&str; 7] = ["id", "name", "kind", "required", "label", "help", "term"];

/// Writes a format as a Table Schema: a column per field, groups and texts by language as objects, lists as
/// arrays, links as foreign keys to `id`, which each entry has.
///
/// What Table Schema has no word for stands under `c3ms:`, which its readers pass over and
/// [`from_table_schema`](super::from_table_schema) reads back; the report tells it as kept. Where a value can be
/// written in more ways than Table Schema knows (a moment, a web address with accents), the column is a text.
/// A note holds no value and is no column: it is lost.
///
/// # Source
/// Frictionless Table Schema 1.0 and 2.0. Refereed in `conformance/python/validate_exchange.py` by `frictionless`.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, exchange::table_schema};
/// let format = Format::parse(r#"{"cube": "venue", "label": {"en": "Venue"}, "fields": [
///   {"id": "n", "name": "name", "kind": {"type": "text", "max-length": 80}, "required": true}]}"#)?;
/// let (schema, report) = table_schema(&format);
/// assert_eq!(schema["fields"][1]["constraints"], serde_json::json!({ "required": true, "maxLength": 80 }));
/// assert_eq!(schema["primaryKey"][0], "id");
/// assert!(report.lost.is_empty());
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn table_schema(format: &Format) -> (Value, SchemaReport) {
    let mut ledger = Ledger::default();
    let mut schema = Map::new();
    let mut columns = Vec::with_capacity(format.fields.len() + 1);
    let has_id = format.fields.iter().any(|field| field.name == "id");
    if !has_id {
        columns.push(json!({
            "name": "id", "type": "string", "constraints": { "required": true, "unique": true }, "c3ms:entry": true
        }));
        schema.insert("primaryKey".to_owned(), json!(["id"]));
    }
    let mut links = Vec::new();
    for (index, field) in format.fields.iter().enumerate() {
        let at = format!("/fields/{index}");
        account(field, &at, &mut ledger);
        if matches!(field.kind, Kind::Note) {
            continue;
        }
        columns.push(column(field, format));
        if let Kind::Link { cube } = &field.kind
            && field.many.is_none()
        {
            links
                .push(json!({ "fields": [field.name], "reference": { "resource": cube, "fields": ["id"] } }));
        }
    }
    schema.insert("fields".to_owned(), Value::Array(columns));
    schema.insert("missingValues".to_owned(), json!([""]));
    if !links.is_empty() {
        schema.insert("foreignKeys".to_owned(), Value::Array(links));
    }
    schema.insert("title".to_owned(), json!(format.label.in_language("en").unwrap_or(&format.cube)));
    if let Some(help) = format.help.in_language("en") {
        schema.insert("description".to_owned(), json!(help));
    }
    for (word, value) in super::words_of_format(format) {
        match word.as_str() {
            "c3ms:label" | "c3ms:help" => ledger.interpreted("", word.trim_start_matches("c3ms:")),
            _ => ledger.kept("", word.trim_start_matches("c3ms:")),
        }
        schema.insert(word, value);
    }
    (Value::Object(schema), ledger.report())
}

fn account(field: &Field, at: &str, ledger: &mut Ledger) {
    let words = super::words_of_field(field, &[]);
    for name in words.iter().map(|(word, _)| word.trim_start_matches("c3ms:")) {
        if matches!(field.kind, Kind::Note) {
            ledger.lost(at, name, "a note holds no value: it is no column");
        } else if SAID.contains(&name) || (name == "many" && field.many.is_some()) {
            ledger.interpreted(at, name);
        } else {
            ledger.kept(at, name);
        }
    }
}

fn column(field: &Field, format: &Format) -> Value {
    let mut column = Map::new();
    let mut rules = Map::new();
    if field.required {
        rules.insert("required".to_owned(), json!(true));
    }
    let kind = if let Some(most) = field.many {
        rules.insert("maxLength".to_owned(), json!(most));
        if field.required {
            rules.insert("minLength".to_owned(), json!(1));
        }
        "array"
    } else {
        kind(&field.kind, format, &mut rules)
    };
    column.insert("name".to_owned(), json!(field.name));
    column.insert("type".to_owned(), json!(kind));
    if kind == "time" {
        column.insert("format".to_owned(), json!("any"));
    }
    column.insert("title".to_owned(), json!(field.label.in_language("en").unwrap_or(&field.name)));
    if let Some(help) = field.help.in_language("en") {
        column.insert("description".to_owned(), json!(help));
    }
    if let Some(term) = &field.term {
        column.insert("rdfType".to_owned(), json!(term));
    }
    if !rules.is_empty() {
        column.insert("constraints".to_owned(), Value::Object(rules));
    }
    column.extend(super::words_of_field(field, &["name", "required", "kind"]));
    column.insert("c3ms:kind".to_owned(), json!(field.kind));
    Value::Object(column)
}

fn kind(kind: &Kind, format: &Format, rules: &mut Map<String, Value>) -> &'static str {
    let mut rule = |name: &str, value: Value| {
        if !value.is_null() {
            rules.insert(name.to_owned(), value);
        }
    };
    match kind {
        Kind::Text { languages: false, min_length, max_length, pattern } => {
            rule("minLength", json!(min_length));
            rule("maxLength", json!(max_length));
            rule("pattern", json!(pattern.as_deref().map(whole)));
            "string"
        }
        Kind::Integer { minimum, maximum } => {
            rule("minimum", json!(minimum));
            rule("maximum", json!(maximum));
            "integer"
        }
        Kind::Decimal { minimum, maximum } => {
            rule("minimum", json!(minimum));
            rule("maximum", json!(maximum));
            "number"
        }
        Kind::Boolean => "boolean",
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::Code { vocabulary, .. } => {
            let codes = format.vocabularies.get(vocabulary).map(|list| list.codes.as_slice());
            let codes: Vec<&str> = codes.unwrap_or_default().iter().map(|code| code.code.as_str()).collect();
            rule("enum", if codes.is_empty() { Value::Null } else { json!(codes) });
            "string"
        }
        Kind::Url => {
            rule("pattern", json!("https?://.+"));
            "string"
        }
        Kind::Email => {
            rule("pattern", json!("[^@]+@[^@]+"));
            "string"
        }
        Kind::Moment | Kind::Phone | Kind::Language | Kind::File { .. } | Kind::Link { .. } | Kind::Note => {
            "string"
        }
        Kind::Path | Kind::Area => "array",
        Kind::Text { languages: true, .. } | Kind::Money | Kind::Position | Kind::Group { .. } => "object",
    }
}

/// A pattern that stands somewhere in a text, as one that the whole text must have.
fn whole(pattern: &str) -> String {
    let inner = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$'));
    match inner {
        Some(inner) if !inner.contains(['|', '\\']) => inner.to_owned(),
        _ => format!("[\\s\\S]*({pattern})[\\s\\S]*"),
    }
}
