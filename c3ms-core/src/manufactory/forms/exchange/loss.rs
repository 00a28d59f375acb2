//! What became of each cell of a form that was read: the loss report.

use serde::Serialize;

/// What became of everything a file of another tool says.
///
/// `interpreted + kept + lost.len()` is the number of values the read sheets hold, headers included: nothing
/// disappears without being told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LossReport {
    /// Values in all, of the sheets that were read.
    pub values: usize,
    /// Values that are now part of the format's own model.
    pub interpreted: usize,
    /// Values that are kept under `extensions`, so that the form can be written again, without other effect.
    pub kept: usize,
    /// Values that are in the format no longer, with the reason.
    pub lost: Vec<Loss>,
    /// Sheets or parts that no form has, and were not read.
    pub unread: Vec<Unread>,
}

/// A value that is in the format no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// The sheet; for a schema, empty.
    pub sheet: String,
    /// The row, from 1; for a schema 0.
    pub row: usize,
    /// The column by its header or letters; for a schema the JSON Pointer.
    pub column: String,
    /// What it says.
    pub value: String,
    /// Why it is lost.
    pub reason: &'static str,
}

/// A sheet that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Its name.
    pub sheet: String,
    /// How many values it holds.
    pub values: usize,
}
