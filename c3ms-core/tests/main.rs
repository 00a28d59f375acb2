//! The tests of the core, one binary.

mod base;
mod intake;
mod store;
