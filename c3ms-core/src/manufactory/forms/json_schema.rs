//! A format as JSON Schema 2020-12, with what a plain validator ignores under `c3ms:`.

use serde_json::{Map, Value, json};

use super::{
    Field, Format, Kind,
    exchange::{words_of_field, words_of_format},
    paying::Paying,
    validate::MOST_WHOLE,
};

/// The address of the dialect that adds all members of a format and its fields to JSON Schema, `c3ms:kind`,
/// `c3ms:label`, `c3ms:relevant`, and `c3ms:order` with the order of the properties; a validator that does not know
/// them ignores them, [`from_json_schema`](super::exchange::from_json_schema) reads the format back by them.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A day that exists: months of their length, leap years as Gregory made them.
const DAY: &str = "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)";
const CLOCK: &str = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.](0{1,2}|000[0-9]*))?)?";
const OFFSET: &str = "([Zz]|[+-]([01][0-9]|2[0-3]):?([0-5][0-9])?)";
const ZONE: &str = r"\[[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*\]";
/// Spaces, control characters and quotes, which no address has.
const UNFIT: &str =
    r#"\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"<>\\^`{|}"#;
const NAME: &str = r"[\p{Alphabetic}\p{N}!#$%&'*+\-/=?^_`{|}~]";
const HOST: &str = r"[\p{Alphabetic}\p{N}\-]";
const BETWEEN: &str = r"[ \u00a0+().\/\-]";

/// Writes a format as a JSON Schema for any validator.
///
/// The schema accepts what [`Validator`](super::Validator) accepts, but for what lies behind a link and what an
/// expression asks for.
///
/// # Source
/// JSON Schema 2020-12, core and validation. Refereed in `conformance/` by the `jsonschema` crate.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, json_schema};
/// let format = Format::parse(r#"{"cube": "venue", "label": {"en": "Venue"}, "title": "name",
///   "fields": [{"id": "n", "name": "name", "kind": {"type": "text"}, "required": true, "label": {"en": "Name"}}]}"#)?;
/// let schema = json_schema(&format);
/// assert_eq!(schema["properties"]["name"]["type"], "string");
/// assert_eq!(schema["required"][0], "name");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn json_schema(format: &Format) -> Value {
    let mut schema = object(&format.fields, format);
    schema.insert("$schema".to_owned(), json!(DIALECT));
    schema.insert("$id".to_owned(), json!(format!("urn:c3ms:format:{}", format.shape())));
    schema.insert("title".to_owned(), json!(format.label.in_language("en").unwrap_or(&format.cube)));
    if !format.help.is_empty() {
        schema.insert("description".to_owned(), json!(format.help.in_language("en")));
    }
    if let Some(paying) = Paying::of(format) {
        schema.extend(paying.schema());
    }
    schema.extend(words_of_format(format));
    Value::Object(schema)
}

fn object(fields: &[Field], format: &Format) -> Map<String, Value> {
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.clone(), property(field, format))).collect();
    let required: Vec<&str> =
        fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    let order: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    schema.insert("c3ms:order".to_owned(), json!(order));
    schema
}

pub(super) fn property(field: &Field, format: &Format) -> Value {
    let one = kind(&field.kind, format);
    let mut schema = match field.many {
        None => one,
        Some(most) => {
            let mut list = Map::new();
            list.insert("type".to_owned(), json!("array"));
            list.insert("items".to_owned(), Value::Object(one));
            list.insert("maxItems".to_owned(), json!(most));
            if field.required {
                list.insert("minItems".to_owned(), json!(1));
            }
            list
        }
    };
    schema.insert("title".to_owned(), json!(field.label.in_language("en").unwrap_or(&field.name)));
    if !field.help.is_empty() {
        schema.insert("description".to_owned(), json!(field.help.in_language("en")));
    }
    if let Some(default) = &field.default {
        schema.insert("default".to_owned(), default.clone());
    }
    if field.read_only {
        schema.insert("readOnly".to_owned(), json!(true));
    }
    schema.extend(words_of_field(field, &["name", "required", "default", "read-only"]));
    Value::Object(schema)
}

fn kind(kind: &Kind, format: &Format) -> Map<String, Value> {
    let schema = match kind {
        Kind::Text { languages, min_length, max_length, pattern } => {
            let mut text = Map::new();
            text.insert("type".to_owned(), json!("string"));
            for (name, bound) in [("minLength", min_length), ("maxLength", max_length)] {
                if let Some(bound) = bound {
                    text.insert(name.to_owned(), json!(bound));
                }
            }
            if let Some(pattern) = pattern {
                text.insert("pattern".to_owned(), json!(pattern));
            }
            if *languages {
                json!({
                    "type": "object", "minProperties": 1, "additionalProperties": text,
                    "propertyNames": { "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$" }
                })
            } else {
                Value::Object(text)
            }
        }
        // As far as every reader of JSON keeps whole numbers.
        Kind::Integer { minimum, maximum } => {
            let (least, most) = (minimum.unwrap_or(-MOST_WHOLE), maximum.unwrap_or(MOST_WHOLE));
            bounds("integer", json!(least.max(-MOST_WHOLE)), json!(most.min(MOST_WHOLE)))
        }
        Kind::Decimal { minimum, maximum } => bounds("number", json!(minimum), json!(maximum)),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Moment => {
            json!({ "type": "string", "pattern": format!("^{DAY}([Tt ]{CLOCK}({OFFSET}|{ZONE})?)?$") })
        }
        Kind::Date => json!({ "type": "string", "format": "date", "pattern": format!("^{DAY}$") }),
        Kind::Time => json!({ "type": "string", "pattern": format!("^{CLOCK}$") }),
        Kind::Money => json!({
            "type": "object", "required": ["cents", "currency"], "additionalProperties": false,
            "properties": {
                "cents": { "type": "integer", "minimum": -MOST_WHOLE, "maximum": MOST_WHOLE },
                "currency": { "type": "string", "pattern": "^[A-Z]{3}$" }
            }
        }),
        Kind::Url => json!({ "type": "string", "pattern": format!("^https?://[^/?#{UNFIT}][^{UNFIT}]*$") }),
        Kind::Email => {
            json!({ "type": "string", "pattern": format!("^{NAME}+([.]{NAME}+)*@{HOST}+([.]{HOST}+)*$") })
        }
        Kind::Phone => {
            json!({ "type": "string", "pattern": format!("^{BETWEEN}*([0-9]{BETWEEN}*){{3,20}}$") })
        }
        Kind::Language => json!({ "type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$" }),
        Kind::Code { vocabulary, .. } => {
            let list = format.vocabularies.get(vocabulary);
            let mut codes: Vec<&str> = Vec::new();
            for code in list.into_iter().flat_map(|list| &list.codes) {
                // A code may stand twice with other attributes; neighbours, where a person listed them.
                if codes.last() != Some(&code.code.as_str()) && !codes.contains(&code.code.as_str()) {
                    codes.push(&code.code);
                }
            }
            json!({ "type": "string", "enum": codes })
        }
        Kind::Position => position(),
        Kind::Path => json!({ "type": "array", "minItems": 2, "items": position() }),
        Kind::Area => json!({ "type": "array", "minItems": 3, "items": position() }),
        Kind::File { accept } => match accept {
            Some(accept) => json!({ "type": "string", "minLength": 1, "contentMediaType": accept }),
            None => json!({ "type": "string", "minLength": 1 }),
        },
        Kind::Note => json!({ "not": {} }),
        Kind::Link { cube } => {
            json!({ "type": "string", "pattern": "^[0-7][0-9a-hjkmnp-tv-z]{25}$", "c3ms:cube": cube })
        }
        Kind::Group { fields } => Value::Object(object(fields, format)),
    };
    match schema {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn position() -> Value {
    json!({
        "type": "object", "required": ["latitude", "longitude"], "additionalProperties": false,
        "properties": {
            "latitude": { "type": "number", "minimum": -90, "maximum": 90 },
            "longitude": { "type": "number", "minimum": -180, "maximum": 180 }
        }
    })
}

fn bounds(kind: &str, minimum: Value, maximum: Value) -> Value {
    let mut schema = json!({ "type": kind });
    if let Some(members) = schema.as_object_mut() {
        for (name, bound) in [("minimum", minimum), ("maximum", maximum)] {
            if !bound.is_null() {
                members.insert(name.to_owned(), bound);
            }
        }
    }
    schema
}
