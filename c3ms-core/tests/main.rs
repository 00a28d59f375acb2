//! The tests of the core, one binary.
#![expect(clippy::unwrap_used, reason = "a test that stops has failed")]

mod base;
mod delivery;
mod evolve;
<<<<<<< HEAD
mod exchange;
=======
mod expression;
>>>>>>> a8b97b3 (Expressions: read, checked, worked out in two dialects, written as XPath; forms are played by them)
mod intake;
mod play;
mod publisher;
mod store;
