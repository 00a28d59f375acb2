//! Full text, filters and facets over what a recipient may see.
//!
//! An [`Index`] is made of the records that passed the gate, and kept up record by record. It is in memory, and told
//! the same way on every platform: weights are whole numbers, and no order rests on how a map hashes.
//!
//! A word that is asked for stands for itself and its other forms in French and English (accents are taken off
//! before stems are made, so it does not matter whether they were typed), the last one also for those it begins, and
//! where nobody has any of these for those with an error of typing or two. Hits have at least one of the words; they are
//! ranked as BM25 does, the title counting three times.

mod card;
mod cursor;
mod find;
mod geography;
mod index;
mod lexicon;
mod query;
mod record;
mod words;

pub use card::{Card, Said, Span};
pub use find::{Count, Facet, Found, Hit};
pub use geography::Near;
pub use index::Index;
pub use query::{Order, Query};
