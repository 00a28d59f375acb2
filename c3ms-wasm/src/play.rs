//! Forms as they are filled in, and what is wrong in what was filled in.
//!
//! A form is the bytes that `c3ms form compile` makes of a format: a page needs no reader of formats.

#[cfg(feature = "play")]
use c3ms_core::forms::{
    FormsError,
    play::{self, Setting},
};
use c3ms_core::{Code, forms::Form};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Refused;

/// Finds what is wrong in a document, as a JSON list of `{code, path, expected}`; empty where it is valid.
///
/// # Errors
/// `forms.form-unreadable`; `import.json-broken` for an entry that is no JSON.
#[wasm_bindgen]
pub fn validate(form: &[u8], entry: &str) -> Result<String, Refused> {
    let form = Form::read(form).ok_or_else(no_form)?;
    let entry = serde_json::from_str(entry).map_err(|error| Refused::no_json(&error))?;
    written(&form.validate(&entry))
}

/// Plays a form: JSON steps in, what is asked, required and wrong after each out, as JSON.
///
/// # Errors
/// `forms.form-unreadable`, `forms.answers-unreadable`, `forms.step-unsound`.
#[cfg(feature = "play")]
#[wasm_bindgen]
pub fn play(form: &[u8], answers: &str) -> Result<String, Refused> {
    let form = Form::read(form).ok_or_else(no_form)?;
    written(&play::play(&form, answers, &Setting::default()).map_err(|error| refused(&error))?)
}

/// A page says in its own words what a code means.
fn no_form() -> Refused {
    let code = Code::FormUnreadable.as_str();
    Refused::bare(code, &code)
}

#[cfg(feature = "play")]
fn refused(error: &FormsError) -> Refused {
    let code = error.code().as_str();
    Refused::at(error.path(), code, &code)
}

fn written<T: Serialize>(value: &T) -> Result<String, Refused> {
    serde_json::to_string(value).map_err(|error| Refused::no_json(&error))
}
