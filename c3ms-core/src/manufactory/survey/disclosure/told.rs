//! What is found: tables for the public, a report for those who publish, the ledger for the next time.

use serde::Serialize;

use super::{ledger::Ledger, rules::Rule, spec::Place};

/// Tables as they can be published, and what only those who publish should read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Disclosed {
    /// For the public.
    pub tables: Vec<PublishedTable>,
    /// For those who publish alone: it tells what the tables do not.
    pub report: DisclosureReport,
    /// What is out from now on, for the next publication; for those who publish alone. None where numbers are rounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Ledger>,
}

/// A table as it can be published.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedTable {
    /// What its numbers are: `people`, or the variable that is summed, with the one of weights.
    pub measure: String,
    /// The variables that make its cells.
    pub dimensions: Vec<String>,
    /// All its cells, totals too.
    pub cells: Vec<PublishedCell>,
}

/// A cell as it can be published.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedCell {
    /// The member of each dimension, `null` for the total over it.
    pub at: Place,
    /// Its number; `null` where it is left out.
    pub value: Option<f64>,
    /// Whether it is left out; never why.
    pub suppressed: bool,
}

/// What was left out and why, and what a reader can find out.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DisclosureReport {
    /// How many different cells the tables have, totals too.
    pub cells: usize,
    /// How many are left out of them.
    pub suppressed: usize,
    /// Sensitive cells, those of earlier publications too.
    pub primary: Vec<PrimaryCell>,
    /// Cells that are left out to protect those.
    pub secondary: Vec<SecondaryCell>,
    /// What the pattern and its proof took.
    pub work: DisclosureWork,
    /// By how much rounding changed a number at most, where that is the method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_change: Option<f64>,
}

/// A sensitive cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrimaryCell {
    /// What its number is.
    pub measure: String,
    /// Where it stands.
    pub at: Place,
    /// Its number.
    pub value: f64,
    /// By which rules it is sensitive.
    pub rules: Vec<Rule>,
    /// What a reader must hold possible by the rules, from and to.
    pub protection: [f64; 2],
    /// What a reader must hold possible, as the audit found: from and to, to `null` where nothing bounds it. It is all a
    /// reader can find out where `work.exact` says so, else a part of what is possible.
    pub attacker: [Option<f64>; 2],
}

/// A cell that is left out to protect others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SecondaryCell {
    /// What its number is.
    pub measure: String,
    /// Where it stands.
    pub at: Place,
    /// Its number.
    pub value: f64,
}

/// What a pattern and its proof took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DisclosureWork {
    /// Cells protected by a hypercube.
    pub cubes: usize,
    /// Cells protected by a linear program.
    pub programs: usize,
    /// Cells protected against somebody who is alone in another.
    pub guarded: usize,
    /// Cells, not sensitive themselves, that somebody alone in another can work out, as earlier publications have it.
    pub unguarded: usize,
    /// Whether the intervals of the audit are all that is possible, not just enough: for up to 600 cells left out.
    pub exact: bool,
    /// Linear programs of the audit.
    pub audit_programs: usize,
    /// Cells the audit found short and protected further.
    pub repaired: usize,
}
