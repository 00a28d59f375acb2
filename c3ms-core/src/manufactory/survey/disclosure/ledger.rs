//! What is out already: tables of earlier publications, with what they left out.

use serde::{Deserialize, Serialize};

use super::spec::Place;

/// What was published so far. It holds what was left out too: to be kept as safe as the answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Ledger {
    /// One after the other.
    pub publications: Vec<Publication>,
}

/// Tables that came out together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Who was asked, and when.
    pub population: String,
    /// The tables.
    pub tables: Vec<LedgerTable>,
}

/// A table that came out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LedgerTable {
    /// What its numbers are: `people`, or the variable that is summed, with the one of weights.
    pub measure: String,
    /// The variables that make its cells.
    pub dimensions: Vec<String>,
    /// All its cells, totals too.
    pub cells: Vec<LedgerCell>,
}

/// A cell that came out, or was left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LedgerCell {
    /// The member of each dimension, `null` for the total over it.
    pub at: Place,
    /// Its number, known to the reader or not.
    pub value: f64,
    /// Whether it was left out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub suppressed: bool,
    /// How far below and above its number a reader must be kept, where it is sensitive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<[f64; 2]>,
    /// Who is alone in it and knows its number, where it was left out: a contributor by name, or somebody (empty).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
