//! From the file of a source to filled records, with an account of every value.
//!
//! [`Source::read`] takes a file apart into values, each with its place; a [`Mapping`] says where each goes
//! ([`propose`] makes one); [`fill`] applies it and says of every value whether it was taken, changed (how)
//! or refused (why). Nothing here touches a store: what a link points to is asked of a [`Resolver`].

mod account;
mod calendar;
mod damage;
mod draft;
mod feed;
mod fill;
mod finish;
mod join;
mod known;
mod leaves;
mod linked;
mod mapping;
mod markup;
mod moment;
mod offer;
mod plan;
mod propose;
mod series;
mod source;
#[cfg(feature = "office")]
mod spreadsheet;
mod synonyms;
mod table;
mod tree;
mod value;
mod written;

pub use account::{Account, Counts, Fate, Fates, Line, Note, RecordCounts};
#[cfg(feature = "zones")]
pub(crate) use calendar::{ContentLine, content_lines, unescape};
pub(crate) use damage::{keep_undamaged, same_digits};
pub use fill::{Filled, Filling, Resolver, fill};
pub use leaves::{Leaf, Leaves};
pub use mapping::{Mapping, Offsets, Rule, Target};
pub(super) use propose::header_words;
pub use propose::{Hints, propose};
pub use source::{Items, Scalar, Source, SourceKind, SourceRecord, SourceValue};
pub use written::{Written, WrittenRevision};
