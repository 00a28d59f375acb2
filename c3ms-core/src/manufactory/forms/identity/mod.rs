//! Finding that two records are the same thing: probabilistic record linkage.
//!
//! Pairs that share something seldom are compared ([`link()`] for two tables, [`duplicates`] within a set, an [`Index`] while somebody types); each property agrees to some level,
//! and what a level tells is learnt from the data: how often it is reached by pairs that are the same (m) and by
//! pairs that are not (u), after Fellegi and Sunter (1969) with the EM of Winkler (1988). To agree on what many
//! have tells less. Nothing is ever merged here: what is found are suggestions with their probability.

mod block;
mod commune;
mod compare;
mod duplicate;
mod hint;
mod link;
mod meaning;
mod model;
mod table;
mod thing;
mod veto;
mod words;

pub use commune::{Commune, Communes, Ground, Reconciled, Said};
pub use duplicate::{Duplicate, DuplicateOptions, Likewise, clusters, duplicates};
pub use hint::{Hint, Index};
pub use link::{Link, link};
pub use thing::Thing;
pub use veto::Veto;
pub use words::{jaro_winkler, town, words};
