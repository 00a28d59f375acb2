//! What people see of a format: its words, its form, what weakens it, and what an entry still lacks.
//!
//! Texts of the format are said in the language asked for, else as [`layout`] tells; what is said besides is
//! French (`fr`, `fr-CA`) or English (any other tag).

mod asking;
mod chain;
mod change;
mod completeness;
mod draft;
mod explain;
mod finding;
mod habit;
mod layout;
mod lint;
mod target;
mod voice;
mod walk;
mod words;

pub use chain::Words;
pub use completeness::{LanguageReport, Score, Share, languages, score};
pub use draft::{missing, prefill};
pub use explain::explain;
pub use layout::{Bounds, Choice, Condition, Input, Item, Layout, Shown, layout};
pub use lint::{Warning, lint};
pub use target::{Cause, Lack, Need, Resolver, Target, lacks};
pub use words::{say, say_all};
