//! Formats from and for schema languages: JSON Schema, Table Schema, JSON Forms, JSON-LD.

mod foreign;
mod json_forms;
mod json_ld_context;
mod kinds;
mod name;
mod own;
mod report;
mod table_in;
mod table_out;
mod view;
mod words;

pub use foreign::from_json_schema;
pub use json_forms::json_forms_ui;
pub use json_ld_context::json_ld_context;
pub use report::{KeptKeyword, LostKeyword, RenamedPart, SchemaReport};
pub use table_in::from_table_schema;
pub use table_out::table_schema;
pub(in crate::manufactory::forms) use words::{words_of_field, words_of_format};

use serde_json::Value;

use super::super::{Format, FormsError, pattern::Pattern};

/// More fields are no format that anybody could fill in.
const MOST_FIELDS: usize = 20_000;

/// Groups deeper than a format holds are not read.
const DEEPEST: usize = 8;

/// A list without an end is read as one of at most this many.
const MOST_ITEMS: u32 = 1_000_000;

fn unreadable(path: impl Into<String>, reason: impl Into<String>) -> FormsError {
    FormsError::SchemaUnreadable { path: path.into(), reason: reason.into() }
}

/// Tells whether a text is a pattern that a format can have.
fn is_pattern(pattern: &str) -> bool {
    Pattern::new(pattern).is_ok()
}

/// A format of which only the cube is known.
fn blank(cube: &str) -> Result<Format, FormsError> {
    serde_json::from_value(serde_json::json!({ "cube": cube, "label": {}, "fields": [] }))
        .map_err(|error| unreadable("", error.to_string()))
}

/// Tells whether two values say the same, also where a number is written `2.0` once and `2` the other time.
fn same(one: &Value, other: &Value) -> bool {
    one == other || (one.is_number() && other.is_number() && one.as_f64() == other.as_f64())
}
