//! What became of every value of a source.

use serde::Serialize;

use crate::Code;

/// What became of one value of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stands in a record as it stood in the source, or served to find its record.
    Taken,
    /// It stands in a record otherwise than in the source; how.
    Changed(&'static str),
    /// It stands in no record; why.
    Refused(Code, String),
}

/// The account of an import: for every value of the source, what became of it.
///
/// `taken + changed + refused` is the number of values of the source, always.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Account {
    /// The name of the source.
    pub source: String,
    /// The counts.
    pub summary: Counts,
    /// One line per changed or refused value, in the order of the source.
    pub lines: Vec<Line>,
    /// What a person should look at though no value was lost.
    pub notes: Vec<Note>,
}

/// The counts of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Values in the source.
    pub source_values: usize,
    /// Taken as they are.
    pub taken: usize,
    /// Taken, changed.
    pub changed: usize,
    /// Not taken.
    pub refused: usize,
    /// Records, of all cubes the source fills.
    pub records: RecordCounts,
}

/// What became of the records of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RecordCounts {
    /// New in the cooperative.
    pub created: usize,
    /// Changed in it.
    pub updated: usize,
    /// As they were.
    pub unchanged: usize,
    /// No longer in the source: kept, not delivered.
    pub withdrawn: usize,
    /// Not taken: nothing in them could be.
    pub refused: usize,
}

/// A value that was changed or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Where it stands in the source.
    pub at: String,
    /// What the source calls it.
    pub selector: String,
    /// The value, its first 200 characters.
    pub value: String,
    /// `changed` or `refused`.
    pub fate: &'static str,
    /// How it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<&'static str>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Code>,
    /// What the cause is about: the bound, the kind, the name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// A stable name: `offset-disagrees`, `key-not-unique`.
    pub note: &'static str,
    /// Where it stands in the source.
    pub at: String,
    /// What was found.
    pub detail: String,
}

impl Account {
    /// Counts the fate of one value.
    pub fn tell(&mut self, at: impl FnOnce() -> String, selector: &str, value: &str, fate: Fate) {
        self.summary.source_values += 1;
        let (fate, how, why, detail) = match fate {
            Fate::Taken => {
                self.summary.taken += 1;
                return;
            }
            Fate::Changed(how) => {
                self.summary.changed += 1;
                ("changed", Some(how), None, String::new())
            }
            Fate::Refused(why, detail) => {
                self.summary.refused += 1;
                ("refused", None, Some(why), detail)
            }
        };
        let mut value: String = value.chars().take(200).collect();
        value.shrink_to_fit();
        let mut at = at();
        at.shrink_to_fit();
        self.lines.push(Line { at, selector: selector.to_owned(), value, fate, how, why, detail });
    }
}
