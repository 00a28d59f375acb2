//! Finding that two records are the same thing: probabilistic record linkage.
//!
//! Pairs that share something seldom are compared ([`link`] for two tables); each property agrees to some level,
//! and what a level tells is learnt from the data: how often it is reached by pairs that are the same (m) and by
//! pairs that are not (u), after Fellegi and Sunter (1969) with the EM of Winkler (1988). To agree on what many
//! have tells less. Nothing is ever merged here: what is found are suggestions with their probability.

mod block;
mod compare;
mod link;
mod meaning;
mod model;
mod table;
mod thing;
mod words;

pub use link::{Link, link};
pub use thing::{Thing, kilometres};
pub use words::{jaro_winkler, town, words};
