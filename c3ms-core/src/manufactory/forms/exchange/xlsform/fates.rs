//! What becomes of each cell while a form is read.

use std::collections::BTreeMap;

use crate::manufactory::forms::exchange::{Loss, LossReport, Unread};

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
