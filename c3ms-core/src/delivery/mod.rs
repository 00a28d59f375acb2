//! The one way out: what a recipient may see, in many encodings.
//!
//! [`View`] is the only thing here that reads a store; everything else takes the [`Datasets`] it gives, so nothing leaves
//! that did not pass it. The rest is pure: same datasets, same [`Context`], same bytes.

#[cfg(feature = "zones")]
mod catalog;
#[cfg(feature = "zones")]
mod clock;
#[cfg(feature = "zones")]
mod data_package;
mod dataset;
#[cfg(feature = "zones")]
mod encoding;
mod error;
mod gate;
mod mask;
#[cfg(feature = "zones")]
mod occurrence;
#[cfg(feature = "zones")]
mod recurrence;
#[cfg(feature = "search")]
pub mod search;
#[cfg(all(feature = "zones", feature = "templates"))]
mod site;
#[cfg(feature = "zones")]
mod sitemap;
mod view;
#[cfg(feature = "zones")]
mod words;

#[cfg(feature = "zones")]
pub use catalog::{Distribution, catalog, catalog_turtle};
#[cfg(feature = "zones")]
pub use data_package::data_package;
pub use dataset::{Dataset, Datasets, Record};
#[cfg(feature = "zones")]
pub use encoding::{Context, Encoding, encode};
pub use error::DeliveryError;
pub use gate::gate;
#[cfg(feature = "zones")]
pub(crate) use gate::planned;
pub use mask::Recipient;
#[cfg(feature = "zones")]
pub use occurrence::{Occurrence, occurrences};
#[cfg(all(feature = "zones", feature = "templates"))]
pub(crate) use site::format_escaped;
#[cfg(all(feature = "zones", feature = "templates"))]
pub use site::{Files, files, index_html};
#[cfg(feature = "zones")]
pub use sitemap::sitemap;
pub(crate) use view::rules;
pub use view::{Seen, View};
#[cfg(all(feature = "zones", feature = "templates"))]
pub(crate) use words::Words;
