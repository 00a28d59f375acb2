//! What became of each cell of a form that was read: the loss report.

use std::collections::BTreeMap;

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

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is part of the model.
    Interpreted,
    /// It is kept without effect.
    Kept,
    /// It is gone.
    Lost(&'static str),
}

/// Where a value stands: the number of its sheet, its row and its column.
pub(super) type Address = (usize, usize, usize);

/// The fates of all values, while a form is read.
#[derive(Debug, Default)]
pub(super) struct Fates {
    values: BTreeMap<Address, (String, Option<Fate>)>,
}

impl Fates {
    /// A value that waits for its fate.
    pub(super) fn add(&mut self, at: Address, value: &str) {
        self.values.insert(at, (value.to_owned(), None));
    }

    /// The fate of a value; a second one stands only over "kept".
    pub(super) fn set(&mut self, at: Address, fate: Fate) {
        if let Some((_, known)) = self.values.get_mut(&at)
            && matches!(known, None | Some(Fate::Kept))
        {
            *known = Some(fate);
        }
    }

    /// The fate of each value of these that has none yet.
    pub(super) fn rest(&mut self, at: impl Iterator<Item = Address>, fate: Fate) {
        for at in at {
            if let Some((_, known @ None)) = self.values.get_mut(&at) {
                *known = Some(fate);
            }
        }
    }

    /// Adds up; `name` tells the sheet and column of an address.
    pub(super) fn report(
        self,
        unread: Vec<Unread>,
        name: &dyn Fn(Address) -> (String, String),
    ) -> LossReport {
        let mut report = LossReport { values: self.values.len(), unread, ..LossReport::default() };
        for (at, (value, fate)) in self.values {
            match fate.unwrap_or(Fate::Lost("no part of a form says this")) {
                Fate::Interpreted => report.interpreted += 1,
                Fate::Kept => report.kept += 1,
                Fate::Lost(reason) => {
                    let (sheet, column) = name(at);
                    report.lost.push(Loss { sheet, row: at.1, column, value, reason });
                }
            }
        }
        report
    }
}
