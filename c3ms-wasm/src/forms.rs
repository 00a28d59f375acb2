//! Formats and entries: validation, canonical bytes, JSON Schema.

use c3ms_core::{
    base::{self, Moment},
    forms::{
        Form, Format, Outline, Validator,
        play::{Play, Setting},
    },
};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Refused;

/// Compiles a format for the page in which it is filled in: what `validate` and `play` take.
///
/// # Errors
/// `forms.format-unreadable`, `forms.format-unsound`, `forms.expression-…`.
#[wasm_bindgen(js_name = compileForm)]
pub fn compile_form(format: &str) -> Result<Vec<u8>, Refused> {
    Ok(Form::new(&Format::parse(format)?)?.to_bytes())
}

/// Says what is wrong in a document in a language (`fr`, else English), as a JSON list of sentences.
///
/// # Errors
/// As `compileForm`; `import.json-broken` for an entry that is no JSON.
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

/// Works out an expression at a place of an entry, as JSON `{value, text, holds}`; `now` may be empty.
///
/// # Errors
/// As `compileForm`; `import.json-broken` for an entry that is no JSON.
#[wasm_bindgen]
pub fn evaluate(
    format: &str,
    entry: &str,
    path: &str,
    expression: &str,
    now: &str,
) -> Result<String, Refused> {
    let setting = Setting { now: Moment::parse(now), ..Setting::default() };
    let entry = serde_json::from_str(entry).map_err(|error| Refused::no_json(&error))?;
    written(&Play::resume(&Format::parse(format)?, &entry, &setting)?.evaluate(path, expression)?)
}

/// Finds what is wrong with an expression of the field at a path, as a JSON list of `{code, position, found,
/// hint}`, each with its `message` in the language; `filter`: of the filter of its codes.
///
/// # Errors
/// `forms.format-unreadable`, `forms.format-unsound`.
#[wasm_bindgen]
pub fn problems(
    format: &str,
    path: &str,
    expression: &str,
    filter: bool,
    language: &str,
) -> Result<String, Refused> {
    let format = Format::parse(format)?;
    let outline = Outline::new(&format);
    let field = outline.at(path).unwrap_or(0);
    let found = outline.problems(field, expression, format.dialect, filter);
    written(&found.iter().map(|problem| problem.told(language)).collect::<Vec<_>>())
}

fn read(json: &str) -> Result<Value, Refused> {
    serde_json::from_str(json).map_err(|error| Refused::no_json(&error))
}

fn written<T: Serialize>(value: &T) -> Result<String, Refused> {
    serde_json::to_string(value).map_err(|error| Refused::no_json(&error))
}
