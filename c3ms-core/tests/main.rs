//! The tests of the core, one binary.
#![expect(clippy::unwrap_used, reason = "a test that stops has failed")]

mod base;
mod calendar;
mod cowriting;
mod delivery;
mod design;
mod disclosure;
mod encodings;
mod evolve;
mod exchange;
mod exchange_schemas;
mod expression;
mod fieldwork_answers;
mod fieldwork_capture;
mod fieldwork_page;
mod fieldwork_plan;
mod frame;
mod geometry;
mod hostile;
mod identity;
mod intake;
mod observatory;
mod offers;
mod partners;
mod phases;
mod places;
mod play;
mod programme;
mod publisher;
mod sampling;
mod schema;
#[cfg(feature = "search")]
mod search;
mod store;
mod survey;
mod survey_tables;
mod weighting;
