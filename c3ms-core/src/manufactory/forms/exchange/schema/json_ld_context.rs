//! A format as a JSON-LD context: what its names mean.

use serde_json::{Map, Value, json};

use super::report::{Ledger, SchemaReport};
use crate::manufactory::forms::{Field, Format, Kind, Vocabulary};

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
const SCHEMA_ORG: &str = "https://schema.org/";

/// Writes what the names of a format mean as a JSON-LD 1.1 context, so that a record as C3MS keeps it, with this
/// context before it, is linked data.
///
/// Each field is its term; texts by language are a language map, lists a set (ranked ones a list), days and
/// times have their type, web addresses and links are `@id`, codes are the terms of their vocabulary where all
/// have one. A group carries the context of its own fields. `id` is the record: give a base, or write it as an
/// address. A field without a term means nothing to others and is lost; so is the type of the record, which a
/// context cannot say.
///
/// # Source
/// JSON-LD 1.1 (W3C 2020), 4 and 9.15. Refereed in `conformance/python/validate_exchange.py` by `rdflib`.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, exchange::json_ld_context};
/// let format = Format::parse(r#"{"cube": "venue", "label": {}, "fields": [
///   {"id": "n", "name": "name", "kind": {"type": "text", "languages": true}, "term": "https://schema.org/name"},
///   {"id": "s", "name": "secret", "kind": {"type": "text"}}]}"#)?;
/// let (context, report) = json_ld_context(&format);
/// assert_eq!(context["@context"]["name"]["@container"], "@language");
/// assert!(context["@context"]["secret"].is_null());
/// assert_eq!(report.lost[0].path, "/fields/1");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn json_ld_context(format: &Format) -> (Value, SchemaReport) {
    let mut writer = Writer { format, ledger: Ledger::default() };
    for (word, _) in super::words_of_format(format) {
        let word = word.trim_start_matches("c3ms:");
        if word == "term" {
            writer.ledger.lost("", word, "a context says what names mean: the record says its @type itself");
        }
    }
    let mut context = writer.terms(&format.fields, "/fields");
    context.insert("@version".to_owned(), json!(1.1));
    context.entry("id").or_insert_with(|| json!("@id"));
    (json!({ "@context": context }), writer.ledger.report())
}

struct Writer<'a> {
    format: &'a Format,
    ledger: Ledger,
}

impl Writer<'_> {
    fn terms(&mut self, fields: &[Field], path: &str) -> Map<String, Value> {
        let mut context = Map::new();
        for (index, field) in fields.iter().enumerate() {
            let term = self.term(field, &format!("{path}/{index}"));
            context.insert(field.name.clone(), term.unwrap_or(Value::Null));
        }
        context
    }

    /// What a name means; nothing where its field means nothing to others.
    fn term(&mut self, field: &Field, path: &str) -> Option<Value> {
        if matches!(field.kind, Kind::Note) {
            self.ledger.lost(path, "kind", "a note holds no value");
            return None;
        }
        let Some(term) = field.term.as_deref() else {
            self.ledger.lost(path, "name", "the field has no term: it means nothing to others");
            return None;
        };
        if !is_address(term) {
            self.ledger.lost(path, "term", "it is no address");
            return None;
        }
        let by_language = matches!(field.kind, Kind::Text { languages: true, .. });
        if by_language && field.many.is_some() {
            self.ledger.lost(path, "many", "a list of texts by language is no language map");
            return None;
        }
        self.ledger.interpreted(path, "name");
        self.ledger.interpreted(path, "term");
        self.ledger.interpreted(path, "kind");
        let mut out = Map::new();
        out.insert("@id".to_owned(), json!(term));
        if field.many.is_some() {
            let ranked = matches!(field.kind, Kind::Code { ranked: true, .. });
            out.insert("@container".to_owned(), json!(if ranked { "@list" } else { "@set" }));
            self.ledger.interpreted(path, "many");
        }
        let mut typed = |kind: String| drop(out.insert("@type".to_owned(), Value::from(kind)));
        let inner = match &field.kind {
            Kind::Text { languages: true, .. } => {
                out.insert("@container".to_owned(), json!("@language"));
                None
            }
            Kind::Date => {
                typed(format!("{XSD}date"));
                None
            }
            Kind::Time => {
                typed(format!("{XSD}time"));
                None
            }
            Kind::Url | Kind::Link { .. } => {
                typed("@id".to_owned());
                None
            }
            Kind::Code { vocabulary, .. } => {
                let codes = self.format.vocabularies.get(vocabulary).and_then(codes);
                if codes.is_some() {
                    typed("@vocab".to_owned());
                }
                codes
            }
            Kind::Position => Some(position()),
            Kind::Path | Kind::Area => {
                out.insert("@container".to_owned(), json!("@list"));
                if field.many.is_some() {
                    self.ledger.lost(path, "many", "lists of lists are one list each, in no order");
                }
                Some(position())
            }
            Kind::Money => {
                self.ledger.lost(path, "kind", "an amount in cents has no term: its currency alone is said");
                Some(Map::from_iter([
                    ("cents".to_owned(), Value::Null),
                    ("currency".to_owned(), json!(format!("{SCHEMA_ORG}currency"))),
                ]))
            }
            Kind::Group { fields } => {
                let inside = format!("{path}/kind/fields");
                Some(self.terms(fields, &inside))
            }
            Kind::Text { .. }
            | Kind::Integer { .. }
            | Kind::Decimal { .. }
            | Kind::Boolean
            | Kind::Moment
            | Kind::Email
            | Kind::Phone
            | Kind::Language
            | Kind::File { .. }
            | Kind::Note => None,
        };
        if let Some(inner) = inner {
            out.insert("@context".to_owned(), Value::Object(inner));
        }
        Some(Value::Object(out))
    }
}

fn position() -> Map<String, Value> {
    let degrees = |name: &str| (name.to_owned(), json!(format!("{SCHEMA_ORG}{name}")));
    Map::from_iter([degrees("latitude"), degrees("longitude")])
}

/// The codes with their terms, where all have one.
fn codes(vocabulary: &Vocabulary) -> Option<Map<String, Value>> {
    let term = |term: &String| is_address(term).then(|| json!(term));
    let all = vocabulary.codes.iter();
    all.map(|code| Some((code.code.clone(), term(code.term.as_ref()?)?))).collect()
}

/// Tells whether a term is a whole address.
fn is_address(term: &str) -> bool {
    let scheme = term.split_once(':').map(|(scheme, rest)| (scheme, !rest.is_empty()));
    scheme.is_some_and(|(scheme, rest)| {
        rest && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"+-.".contains(&letter))
    }) && !term.contains(|letter: char| {
        letter.is_whitespace() || letter.is_control() || "<>\"{}|\\^`".contains(letter)
    })
}
