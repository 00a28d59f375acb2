//! The core of C3MS for browsers and Node.js: conversions only, no decisions.
//!
//! Documents cross as JSON text, which is faster than walking JavaScript objects. What the core refuses is
//! thrown as an `Error` with `code`, `path` and `advice` (none from the agenda and the player of forms).

mod error;
#[cfg(feature = "design")]
mod forms;
#[cfg(feature = "validate")]
mod play;
#[cfg(feature = "agenda")]
mod publisher;
#[cfg(feature = "survey")]
mod survey;

#[cfg(feature = "design")]
pub use forms::{canonical, compile_form, evaluate, format_digest, json_schema, messages, problems};
#[cfg(feature = "play")]
pub use play::play;
#[cfg(feature = "validate")]
pub use play::validate;
#[cfg(feature = "agenda")]
pub use publisher::Agenda;
#[cfg(feature = "survey")]
pub use survey::survey;
