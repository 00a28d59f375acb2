//! Formats and entries: validation, canonical bytes, JSON Schema.

use c3ms_core::{
    base,
    forms::{Format, Validator},
};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Refused;

/// Finds what is wrong in a document, as a JSON list of `{code, path, expected}`; empty where it is valid.
///
/// # Errors
/// `forms.format-unreadable`, `forms.format-unsound`; `import.json-broken` for an entry that is no JSON.
#[wasm_bindgen]
pub fn validate(format: &str, entry: &str) -> Result<String, Refused> {
    written(&Validator::new(&Format::parse(format)?)?.validate(&read(entry)?))
}

/// Says what is wrong in a document in a language (`fr`, else English), as a JSON list of sentences.
///
/// # Errors
/// As `validate`.
#[wasm_bindgen]
pub fn messages(format: &str, entry: &str, language: &str) -> Result<String, Refused> {
    let found = Validator::new(&Format::parse(format)?)?.validate(&read(entry)?);
    written(&found.iter().map(|violation| violation.message(language)).collect::<Vec<_>>())
}

/// Writes a value as canonical JSON: keys sorted, no spaces, one way to write each number.
///
/// # Errors
/// `import.json-broken` for what is no JSON.
#[wasm_bindgen]
pub fn canonical(json: &str) -> Result<String, Refused> {
    base::canonical(&read(json)?).map_err(|error| Refused::no_json(&error))
}

/// The JSON Schema of a format, for tools that know no formats.
///
/// # Errors
/// `forms.format-unreadable`, `forms.format-unsound`.
#[wasm_bindgen(js_name = jsonSchema)]
pub fn json_schema(format: &str) -> Result<String, Refused> {
    written(&c3ms_core::forms::json_schema(&Format::parse(format)?))
}

/// The hash by which a format is known: SHA-256 over its canonical JSON.
///
/// # Errors
/// `forms.format-unreadable`, `forms.format-unsound`.
#[wasm_bindgen(js_name = formatDigest)]
pub fn format_digest(format: &str) -> Result<String, Refused> {
    Ok(Format::parse(format)?.digest().to_string())
}

fn read(json: &str) -> Result<Value, Refused> {
    serde_json::from_str(json).map_err(|error| Refused::no_json(&error))
}

fn written<T: Serialize>(value: &T) -> Result<String, Refused> {
    serde_json::to_string(value).map_err(|error| Refused::no_json(&error))
}
