//! C3MS: a data cooperative of culture as a library.
//!
//! The doors, from the ground up; each knows only those before it:
//!
//! | door | what it holds |
//! |---|---|
//! | [`base`] | shared words without a domain: ids, texts, times, places, hashes |
//! | [`manufactory`] | [`manufactory::forms`]: formats, entries, validation, intake of sources; [`manufactory::survey`]: samples, weights, estimates |
//! | [`calendar`] | when things happen: rules, calendars expanded, opening hours, in words |
//! | [`governance`] | members and their signatures |
//! | [`store`] | the log that is the truth, and what is read from it |
//! | [`delivery`] | the one way out: what a recipient may see, in many encodings |
//! | [`publisher`] | what a page shows: the agenda and its query |
//! | [`cooperative`] | commands that join the doors: import, validate, deliver, verify |
//!
//! The core does no I/O by itself (only `store/sqlite.rs` touches a disk), has no clock and no randomness:
//! `now` and secrets are arguments. Same inputs, same bytes, on every platform.

pub mod base;
pub mod calendar;
mod code;
pub mod cooperative;
pub mod delivery;
mod error;
pub mod governance;
pub mod manufactory;
pub mod publisher;
pub mod store;

pub use code::Code;
pub use error::{Error, Report};
pub use manufactory::{forms, survey};
