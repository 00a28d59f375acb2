//! Formats and the records filled in by them: design, validate, keep.

mod compatibility;
pub mod design;
mod entry;
mod error;
pub mod evolve;
pub mod exchange;
pub mod expression;
mod field;
#[cfg(feature = "json-schema")]
mod foreign;
mod form;
mod format;
pub mod identity;
pub mod intake;
mod json_schema;
mod outline;
mod pattern;
mod paying;
mod picture;
pub mod play;
mod profile;
mod schema;
mod validate;

pub use compatibility::{Comparison, Compatibility, Direction, Reason, Side};
pub use entry::{Correction, Document, Entry, Origin, Revision, State};
pub use error::FormsError;
pub use exchange::{ExchangeError, Loss, LossReport, Place, Unread, xform};
#[cfg(feature = "office")]
pub use exchange::{FormOptions, ImportedForm, format_from_xlsform};
pub use field::{Extensions, Field, Kind, Visibility};
#[cfg(feature = "json-schema")]
pub use foreign::{ForeignOptions, ForeignSchema, ForeignViolation};
pub use form::Form;
pub use format::{Code as VocabularyCode, Dialect, Format, Vocabulary};
pub use json_schema::json_schema;
pub use outline::Outline;
pub(crate) use paying::Paying;
pub(crate) use picture::{ALTERNATIVE_TEXT, Bar, bars};
pub use profile::{Profile, live_performance};
pub use schema::compare_schemas;
pub use validate::{Validator, Violation, ViolationCode};
