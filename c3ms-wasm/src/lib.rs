//! The core of C3MS for browsers and Node.js: conversions only, no decisions.
//!
//! Documents cross as JSON text, which is faster than walking JavaScript objects. What the core refuses is
//! thrown as an `Error` with `code`, `path` and `advice` (none from the agenda).

mod error;
#[cfg(feature = "forms")]
mod forms;
mod publisher;

#[cfg(feature = "forms")]
pub use forms::{canonical, evaluate, format_digest, json_schema, messages, play, problems, validate};
pub use publisher::Agenda;
