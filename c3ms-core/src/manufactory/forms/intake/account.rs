//! What became of every value of a source.

use std::collections::HashMap;

use serde::Serialize;

use crate::Code;

/// What became of one value of a source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It stands in a record as it stood in the source, or served to find its record.
    Taken,
    /// It stands in a record otherwise than in the source; how.
    Changed(&'static str),
    /// It stands in no record; why.
    Refused(Code, Box<str>),
}

/// The fates of the values of a source, by record and value. There are few, each written once: an agenda of a region
/// has a quarter of a million values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fates {
    /// Each fate there is, and its number.
    numbers: HashMap<Fate, u32>,
    /// The fates by their number.
    told: Vec<Fate>,
    /// The number of the first record of these.
    first: usize,
    /// Of each value of each record the number of its fate.
    of: Vec<Vec<u32>>,
}

impl Fates {
    /// Of the records from this one on, with so many values each: none is mapped yet.
    pub(super) fn new(first: usize, values: impl Iterator<Item = usize>) -> Self {
        let mut fates = Self { first, ..Self::default() };
        let unmapped = fates.number(Fate::Refused(Code::ValueUnmapped, Box::default()));
        fates.of = values.map(|values| vec![unmapped; values]).collect();
        fates
    }

    /// Adds the fates of the records that follow.
    pub(super) fn append(&mut self, mut further: Self) {
        let numbers: Vec<u32> = further.told.drain(..).map(|fate| self.number(fate)).collect();
        for number in further.of.iter_mut().flatten() {
            *number = numbers.get(*number as usize).copied().unwrap_or(*number);
        }
        self.of.append(&mut further.of);
    }

    fn number(&mut self, fate: Fate) -> u32 {
        if let Some(number) = self.numbers.get(&fate) {
            return *number;
        }
        let number = u32::try_from(self.told.len()).unwrap_or(u32::MAX);
        self.told.push(fate.clone());
        self.numbers.insert(fate, number);
        number
    }

    fn record(&mut self, record: usize) -> Option<&mut Vec<u32>> {
        self.of.get_mut(record.checked_sub(self.first)?)
    }

    /// Says what became of a value, by its record and its place in it.
    pub fn set(&mut self, (record, value): (usize, usize), fate: Fate) {
        let number = self.number(fate);
        if let Some(slot) = self.record(record).and_then(|of| of.get_mut(value)) {
            *slot = number;
        }
    }

    /// Says what became of all values of a record.
    pub(super) fn set_all(&mut self, record: usize, fate: Fate) {
        let number = self.number(fate);
        if let Some(of) = self.record(record) {
            of.fill(number);
        }
    }

    /// What became of each value of a record.
    pub fn of(&self, record: usize) -> impl Iterator<Item = &Fate> {
        let of = self.numbers_of(record).into_iter().flatten();
        of.filter_map(|number| self.told.get(*number as usize))
    }

    /// What became of a value.
    pub(super) fn get(&self, (record, value): (usize, usize)) -> Option<&Fate> {
        self.told.get(*self.numbers_of(record)?.get(value)? as usize)
    }

    fn numbers_of(&self, record: usize) -> Option<&Vec<u32>> {
        self.of.get(record.checked_sub(self.first)?)
    }
}

/// The account of an import: for every value of the source, what became of it.
///
/// `taken + changed + refused` is the number of values of the source, always. Members are in the order of their
/// names, as in all JSON that is written here.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Account {
    /// One line per changed or refused value, in the order of the source.
    pub lines: Vec<Line>,
    /// What a person should look at though no value was lost.
    pub notes: Vec<Note>,
    /// The name of the source.
    pub source: String,
    /// The counts.
    pub summary: Counts,
}

/// The counts of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Taken, changed.
    pub changed: usize,
    /// Records, of all cubes the source fills.
    pub records: RecordCounts,
    /// Not taken.
    pub refused: usize,
    /// Values in the source.
    pub source_values: usize,
    /// Taken as they are.
    pub taken: usize,
}

/// What became of the records of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RecordCounts {
    /// New in the cooperative.
    pub created: usize,
    /// Not taken: nothing in them could be.
    pub refused: usize,
    /// As they were.
    pub unchanged: usize,
    /// Changed in it.
    pub updated: usize,
    /// No longer in the source: kept, not delivered.
    pub withdrawn: usize,
}

/// A value that was changed or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Where it stands in the source.
    pub at: String,
    /// What the cause is about: the bound, the kind, the name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// `changed` or `refused`.
    pub fate: &'static str,
    /// How it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<&'static str>,
    /// What the source calls it.
    pub selector: String,
    /// The value, its first 200 characters.
    pub value: String,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Code>,
}

/// What a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Where it stands in the source.
    pub at: String,
    /// What was found.
    pub detail: String,
    /// A stable name: `offset-disagrees`, `key-not-unique`.
    pub note: &'static str,
}

impl Counts {
    /// Counts the fate of one value.
    pub const fn count(&mut self, fate: &Fate) {
        self.source_values += 1;
        match fate {
            Fate::Taken => self.taken += 1,
            Fate::Changed(_) => self.changed += 1,
            Fate::Refused(..) => self.refused += 1,
        }
    }
}

impl Line {
    /// The line of a value; none for one that was taken as it is.
    #[must_use]
    pub fn of(at: impl FnOnce() -> String, selector: &str, value: &str, fate: &Fate) -> Option<Self> {
        let (fate, how, why, detail) = match fate {
            Fate::Taken => return None,
            Fate::Changed(how) => ("changed", Some(*how), None, String::new()),
            Fate::Refused(why, detail) => ("refused", None, Some(*why), detail.to_string()),
        };
        let value = value.chars().take(200).collect();
        Some(Self { at: at(), detail, fate, how, selector: selector.to_owned(), value, why })
    }
}
