//! Surveys: a document and its tables in, the answer out.

use std::collections::BTreeMap;

use c3ms_core::survey::{
    SurveyError,
    task::{Question, Task},
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Refused;

/// Answers what is asked of surveys, as `c3ms survey` does: `estimate`, `weights`, `test`, `model`, `sample`,
/// `inclusion`, `joint`, `allocate`.
///
/// `files` is a JSON object of the text of each table by the name that the document gives it; `data` where it gives
/// none.
///
/// # Errors
/// `survey.…`; `import.json-broken` where `files` is no JSON.
#[wasm_bindgen]
pub fn survey(question: &str, spec: &str, files: &str) -> Result<String, Refused> {
    let question = Question::named(question)
        .ok_or_else(|| SurveyError::SpecUnreadable { reason: format!("nothing is called {question:?}") })?;
    let files: BTreeMap<String, String> =
        serde_json::from_str(files).map_err(|error| Refused::no_json(&error))?;
    Ok(Task::parse(question, spec)?.answer(&files)?.to_string())
}
