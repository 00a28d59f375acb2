//! Formats and the records filled in by them: design, validate, keep.

mod entry;
mod error;
mod exchange;
mod field;
mod format;
pub mod intake;
mod json_schema;
mod profile;
mod validate;

pub use entry::{Document, Entry, Origin, Revision, State};
pub use error::FormsError;
pub use exchange::{ExchangeError, Loss, LossReport, Place, Unread, xform};
#[cfg(feature = "office")]
pub use exchange::{FormOptions, ImportedForm, format_from_xlsform};
pub use field::{Extensions, Field, Kind, Visibility};
pub use format::{Code as VocabularyCode, Dialect, Format, Vocabulary};
pub use json_schema::json_schema;
pub use profile::{Profile, live_performance};
pub use validate::{Validator, Violation, ViolationCode};
