//! Formats from and for other tools.

mod schema;

pub use schema::{
    KeptKeyword, LostKeyword, RenamedPart, SchemaReport, from_json_schema, from_table_schema, json_forms_ui,
    json_ld_context, table_schema,
};
pub(super) use schema::{words_of_field, words_of_format};
