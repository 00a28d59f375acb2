//! The one way out: what a recipient may see, in many encodings.
//!
//! [`gate`] is the only function here that reads a store; everything else takes the [`Datasets`] it gives, so
//! nothing leaves that did not pass it. The rest is pure: same datasets, same [`Context`], same bytes.

#[cfg(feature = "zones")]
mod catalog;
#[cfg(feature = "zones")]
mod clock;
mod dataset;
#[cfg(feature = "zones")]
mod encoding;
mod error;
mod gate;
#[cfg(feature = "zones")]
mod occurrence;
#[cfg(feature = "zones")]
mod recurrence;
#[cfg(feature = "search")]
pub mod search;
#[cfg(all(feature = "zones", feature = "templates"))]
mod site;
#[cfg(all(feature = "zones", feature = "templates"))]
mod words;

#[cfg(feature = "zones")]
pub use catalog::{Distribution, catalog};
pub use dataset::{Dataset, Datasets, Record};
#[cfg(feature = "zones")]
pub use encoding::{Context, Encoding, encode};
pub use error::DeliveryError;
#[cfg(feature = "zones")]
pub(crate) use gate::planned;
pub use gate::{Recipient, gate};
#[cfg(feature = "zones")]
pub use occurrence::{Occurrence, occurrences};
#[cfg(all(feature = "zones", feature = "templates"))]
pub(crate) use site::format_escaped;
#[cfg(all(feature = "zones", feature = "templates"))]
pub use site::{Files, files, index_html};
#[cfg(all(feature = "zones", feature = "templates"))]
pub(crate) use words::Words;
