//! What became of each keyword of a schema: the loss report.

use std::collections::BTreeMap;

use serde::Serialize;

/// What became of everything a schema says; or, the other way, of everything a format says.
///
/// `interpreted + kept.len() + lost.len()` is the number of keywords in the schemas that were reached. A keyword
/// that is kept or lost takes with it what lies below it, and counts once. A schema `true` or `false` in the
/// place of an object counts as one keyword without a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SchemaReport {
    /// How many keywords the other side says with its own means.
    pub interpreted: usize,
    /// The keywords that are kept without effect, so that nothing is forgotten.
    pub kept: Vec<KeptKeyword>,
    /// The keywords that the other side does not have, with the reason.
    pub lost: Vec<LostKeyword>,
    /// The parts that are called otherwise now.
    pub renamed: Vec<RenamedPart>,
}

/// A keyword that is kept without effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptKeyword {
    /// The JSON Pointer of the object it stands in.
    pub path: String,
    /// The keyword.
    pub keyword: String,
}

/// A keyword that the other side does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LostKeyword {
    /// The JSON Pointer of the object it stands in.
    pub path: String,
    /// The keyword; empty for a schema that is `true` or `false`.
    pub keyword: String,
    /// Why it is lost, all of it or a part.
    pub reason: String,
}

/// A part whose name no format can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenamedPart {
    /// Its JSON Pointer in the schema.
    pub path: String,
    /// What it is called in the format.
    pub name: String,
}

/// More reasons than these are not told of one keyword.
const MOST_REASONS: usize = 20;

#[derive(Debug)]
enum Fate {
    Interpreted,
    Kept,
    Lost(Vec<String>),
}

/// The fates of all keywords, while a schema is read.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    fates: BTreeMap<(String, String), Fate>,
    renamed: Vec<RenamedPart>,
}

impl Ledger {
    /// A keyword is part of the format; what was said worse of it before stands.
    pub(super) fn interpreted(&mut self, at: &str, keyword: &str) {
        self.fates.entry((at.to_owned(), keyword.to_owned())).or_insert(Fate::Interpreted);
    }

    /// A keyword is kept without effect.
    pub(super) fn kept(&mut self, at: &str, keyword: &str) {
        let fate = self.fates.entry((at.to_owned(), keyword.to_owned())).or_insert(Fate::Kept);
        if matches!(fate, Fate::Interpreted) {
            *fate = Fate::Kept;
        }
    }

    /// A keyword, or a part of it, is lost.
    pub(super) fn lost(&mut self, at: &str, keyword: &str, reason: impl Into<String>) {
        let reason = reason.into();
        match self.fates.entry((at.to_owned(), keyword.to_owned())).or_insert(Fate::Lost(Vec::new())) {
            Fate::Lost(reasons) => {
                if reasons.len() < MOST_REASONS && !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
            fate @ (Fate::Interpreted | Fate::Kept) => *fate = Fate::Lost(vec![reason]),
        }
    }

    /// Tells whether anything is known of an object.
    pub(super) fn knows(&self, at: &str) -> bool {
        let from = (at.to_owned(), String::new());
        self.fates.range(from..).next().is_some_and(|((path, _), _)| path == at)
    }

    /// A part is called otherwise.
    pub(super) fn renamed(&mut self, path: String, name: &str) {
        self.renamed.push(RenamedPart { path, name: name.to_owned() });
    }

    /// Adds up.
    pub(super) fn report(self) -> SchemaReport {
        let mut report = SchemaReport { renamed: self.renamed, ..SchemaReport::default() };
        for ((path, keyword), fate) in self.fates {
            match fate {
                Fate::Interpreted => report.interpreted += 1,
                Fate::Kept => report.kept.push(KeptKeyword { path, keyword }),
                Fate::Lost(reasons) => {
                    report.lost.push(LostKeyword { path, keyword, reason: reasons.join("; ") });
                }
            }
        }
        report
    }
}
