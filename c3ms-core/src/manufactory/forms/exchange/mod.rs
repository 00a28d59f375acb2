//! Forms and schemas of other tools: read into a format, written from one.

mod beside;
mod error;
mod loss;
mod parameters;
mod references;
mod schema;
mod types;
#[cfg(feature = "office")]
pub(super) mod workbook;
mod xform;
#[cfg(feature = "office")]
mod xlsform;

pub(super) use beside::{Beside, Preload};
pub use error::{ExchangeError, Place};
pub use loss::{Loss, LossReport, Unread};
pub use schema::{
    KeptKeyword, LostKeyword, RenamedPart, SchemaReport, from_json_schema, from_table_schema, json_forms_ui,
    json_ld_context, table_schema,
};
pub(super) use schema::{words_of_field, words_of_format};
pub use xform::xform;
#[cfg(feature = "office")]
pub use xlsform::{FormOptions, ImportedForm, format_from_xlsform};

/// The name under which a format keeps what XLSForm says and C3MS does not interpret.
fn extension(name: &str) -> String {
    format!("xlsform:{name}")
}
