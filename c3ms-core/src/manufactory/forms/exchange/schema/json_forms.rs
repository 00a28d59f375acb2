//! A format as a UI schema of JSON Forms.

use serde_json::{Map, Value, json};

use super::{
    name::below,
    report::{Ledger, SchemaReport},
};
use crate::manufactory::forms::{Field, Format, Kind};

/// Longer texts are typed in a box of several lines.
const ONE_LINE: u32 = 255;

/// Writes a format as a UI schema of JSON Forms, its labels in a language; to be used with
/// [`json_schema`](super::super::super::json_schema), which says what values are accepted.
///
/// Groups become `Group`, lists of groups a `Control` with its `detail`, notes a `Label`. `i18n` holds
/// `CUBE.ID`, by which a translator finds the texts of other languages. Relevance becomes a rule where it is
/// `${x} = 'y'`, `selected(${x}, 'y')`, or `${x}` compared with a number, of a field that the rule can reach;
/// any other is lost, and so are calculations and conditions between fields. What the schema says already counts
/// as interpreted.
///
/// # Source
/// JSON Forms 3, "UI Schema" and "Rules". Checked by hand with `@jsonforms/core` 3.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, exchange::json_forms_ui};
/// let format = Format::parse(r#"{"cube": "show", "label": {}, "fields": [
///   {"id": "young", "name": "young", "kind": {"type": "boolean"}, "label": {"en": "For children"}},
///   {"id": "age", "name": "age", "kind": {"type": "integer"}},
///   {"id": "why", "name": "why", "kind": {"type": "text"}, "relevant": "${age} > 12"}]}"#)?;
/// let (ui, report) = json_forms_ui(&format, "en");
/// assert_eq!(ui["elements"][0]["scope"], "#/properties/young");
/// assert_eq!(ui["elements"][2]["rule"]["condition"]["schema"]["exclusiveMinimum"], 12);
/// assert!(report.lost.is_empty());
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn json_forms_ui(format: &Format, language: &str) -> (Value, SchemaReport) {
    let mut writer = Writer { format, language, ledger: Ledger::default() };
    for (word, _) in super::words_of_format(format) {
        writer.ledger.interpreted("", word.trim_start_matches("c3ms:"));
    }
    let elements =
        writer.elements(&format.fields, "/fields", &Scope { around: None, fields: &format.fields, at: "#" });
    let ui = json!({ "type": "VerticalLayout", "elements": elements });
    (ui, writer.ledger.report())
}

/// The fields that a rule can reach: those of the record or of the item of a list, by the way to them.
struct Scope<'a> {
    around: Option<&'a Scope<'a>>,
    fields: &'a [Field],
    at: &'a str,
}

impl<'a> Scope<'a> {
    /// The nearest field of this name, and its scope.
    fn find(&self, name: &str) -> Option<(&'a Field, String)> {
        match self.fields.iter().find(|field| field.name == name) {
            Some(field) => Some((field, scope(self.at, name))),
            None => self.around.and_then(|around| around.find(name)),
        }
    }
}

fn scope(at: &str, name: &str) -> String {
    below(&format!("{at}/properties"), name)
}

struct Writer<'a> {
    format: &'a Format,
    language: &'a str,
    ledger: Ledger,
}

impl Writer<'_> {
    fn elements(&mut self, fields: &[Field], path: &str, around: &Scope<'_>) -> Vec<Value> {
        let each = fields.iter().enumerate();
        each.map(|(index, field)| self.element(field, &format!("{path}/{index}"), around)).collect()
    }

    fn element(&mut self, field: &Field, path: &str, around: &Scope<'_>) -> Value {
        let at = scope(around.at, &field.name);
        let label = field.label.in_language(self.language).unwrap_or(&field.name);
        let inside = format!("{path}/kind/fields");
        let mut element = Map::new();
        let mut options = Map::new();
        match (&field.kind, field.many) {
            (Kind::Note, _) => {
                element.insert("type".to_owned(), json!("Label"));
                element.insert("text".to_owned(), json!(label));
            }
            (Kind::Group { fields }, None) => {
                let inner = Scope { around: Some(around), fields, at: &at };
                element.insert("type".to_owned(), json!("Group"));
                element.insert("elements".to_owned(), Value::Array(self.elements(fields, &inside, &inner)));
            }
            (Kind::Group { fields }, Some(_)) => {
                // In an item, a scope begins at the item: nothing around can be reached.
                let inner = Scope { around: None, fields, at: "#" };
                let elements = self.elements(fields, &inside, &inner);
                element.insert("type".to_owned(), json!("Control"));
                element.insert("scope".to_owned(), json!(at));
                options
                    .insert("detail".to_owned(), json!({ "type": "VerticalLayout", "elements": elements }));
            }
            (kind, _) => {
                element.insert("type".to_owned(), json!("Control"));
                element.insert("scope".to_owned(), json!(at));
                if let Kind::Text { languages: false, max_length, .. } = kind
                    && max_length.is_none_or(|most| most > ONE_LINE)
                {
                    options.insert("multi".to_owned(), json!(true));
                }
            }
        }
        if !matches!(field.kind, Kind::Note) {
            element.insert("label".to_owned(), json!(label));
        }
        element.insert("i18n".to_owned(), json!(format!("{}.{}", self.format.cube, field.id)));
        if field.read_only {
            options.insert("readonly".to_owned(), json!(true));
        }
        if !options.is_empty() {
            element.insert("options".to_owned(), Value::Object(options));
        }
        let rule = field.relevant.as_deref().and_then(|relevant| condition(relevant, around));
        self.account(field, path, rule.is_some());
        if let Some(condition) = rule {
            element.insert("rule".to_owned(), json!({ "effect": "SHOW", "condition": condition }));
        }
        Value::Object(element)
    }

    fn account(&mut self, field: &Field, path: &str, ruled: bool) {
        for (word, _) in super::words_of_field(field, &[]) {
            match word.trim_start_matches("c3ms:") {
                word @ "relevant" if ruled => self.ledger.interpreted(path, word),
                word @ "relevant" => self.ledger.lost(
                    path,
                    word,
                    "a rule compares one field within reach with one value: it is always shown",
                ),
                word @ ("constraint" | "constraint-help" | "calculation" | "initial" | "count"
                | "required-when" | "required-help") => {
                    self.ledger.lost(path, word, "JSON Forms reckons nothing");
                }
                // All else the schema says beside the form.
                word => self.ledger.interpreted(path, word),
            }
        }
    }
}

/// The condition of a rule, where an expression is one comparison of a field with a value.
fn condition(expression: &str, around: &Scope<'_>) -> Option<Value> {
    let text = expression.trim();
    if let Some(inner) = text.strip_prefix("selected(").and_then(|rest| rest.strip_suffix(')')) {
        let (name, rest) = reference(inner)?;
        let code = quoted(rest.trim_start().strip_prefix(',')?)?;
        let (field, scope) = around.find(name)?;
        let schema = match (&field.kind, field.many) {
            (Kind::Code { .. } | Kind::Text { languages: false, .. }, Some(_)) => {
                json!({ "contains": { "const": code } })
            }
            (Kind::Code { .. }, None) => json!({ "const": code }),
            _ => return None,
        };
        return Some(shown(&scope, &schema));
    }
    let (name, rest) = reference(text)?;
    let (field, scope) = around.find(name)?;
    if field.many.is_some() {
        return None;
    }
    let rest = rest.trim_start();
    let (word, value) = [
        ("<=", "maximum"),
        (">=", "minimum"),
        ("=", "const"),
        ("<", "exclusiveMaximum"),
        (">", "exclusiveMinimum"),
    ]
    .into_iter()
    .find_map(|(sign, word)| Some((word, rest.strip_prefix(sign)?.trim())))?;
    let value = match &field.kind {
        Kind::Code { .. } | Kind::Text { languages: false, .. } if word == "const" => json!(quoted(value)?),
        Kind::Integer { .. } | Kind::Decimal { .. } => number(value)?,
        _ => return None,
    };
    let schema = Value::Object(Map::from_iter([(word.to_owned(), value)]));
    Some(shown(&scope, &schema))
}

/// A condition that does not hold where nobody answered.
fn shown(scope: &str, schema: &Value) -> Value {
    json!({ "scope": scope, "schema": schema, "failWhenUndefined": true })
}

/// `${name}` and what follows.
fn reference(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix("${")?.split_once('}')
}

/// What stands between quotes, where nothing else does; an empty text means "not answered" and is no value.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim();
    ['\'', '"'].into_iter().find_map(|mark| {
        let inner = text.strip_prefix(mark)?.strip_suffix(mark)?;
        (!inner.is_empty() && !inner.contains(mark)).then_some(inner)
    })
}

fn number(text: &str) -> Option<Value> {
    let plain = text.strip_prefix('-').unwrap_or(text);
    if !plain.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    serde_json::from_str(text).ok().filter(Value::is_number)
}
