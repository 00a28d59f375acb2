//! Forms as they are filled in, and what is wrong in what was filled in.
//!
//! The formats are those that a cooperative gives out: they were checked where they were designed, and are not
//! checked again here. What cannot be read is refused all the same.

use c3ms_core::forms::{
    Format, FormsError, Validator,
    play::{self, Setting},
};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Refused;

/// Finds what is wrong in a document, as a JSON list of `{code, path, expected}`; empty where it is valid.
///
/// # Errors
/// `forms.format-unreadable`; `forms.expression-…` for an expression that is none; `import.json-broken` for an
/// entry that is no JSON.
#[wasm_bindgen]
pub fn validate(format: &str, entry: &str) -> Result<String, Refused> {
    let validator = Format::parse_standing(format)
        .and_then(|format| Validator::of_checked(&format))
        .map_err(|e| refused(&e))?;
    let entry = serde_json::from_str(entry).map_err(|error| Refused::no_json(&error))?;
    written(&validator.validate(&entry))
}

/// Plays a form: JSON steps in, what is asked, required and wrong after each out, as JSON.
///
/// # Errors
/// `forms.answers-unreadable`, `forms.step-unsound`; `forms.format-unreadable`, and `forms.expression-…` for a
/// format whose expressions cannot be used.
#[wasm_bindgen]
pub fn play(format: &str, answers: &str) -> Result<String, Refused> {
    let played =
        Format::parse_standing(format).and_then(|format| play::play(&format, answers, &Setting::default()));
    written(&played.map_err(|error| refused(&error))?)
}

/// A page says in its own words what a code means.
fn refused(error: &FormsError) -> Refused {
    let code = error.code().as_str();
    Refused::at(error.path(), code, &code)
}

fn written<T: Serialize>(value: &T) -> Result<String, Refused> {
    serde_json::to_string(value).map_err(|error| Refused::no_json(&error))
}
