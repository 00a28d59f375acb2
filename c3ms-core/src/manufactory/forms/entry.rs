//! A filled record and its states.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::evolve::Complement;
use crate::base::{Actor, Digest, Id, Timestamp};

/// What is filled in: the members of a JSON object, by the names of the format.
pub type Document = Map<String, Value>;

/// A filled record: what is known of it in the end, behind it a chain of [`Revision`]s in the log.
///
/// Used as the mark of an id, `Id<Entry>`, and as what a reader gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id, for ever.
    pub id: Id<Entry>,
    /// The position in the log of its last revision.
    pub position: u64,
    /// Who wrote that revision.
    pub actor: Id<Actor>,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub revision: Revision,
}

/// One state of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// The kind of record.
    pub cube: String,
    /// The version of the format it was filled in by.
    pub format: Digest,
    /// How far it has come.
    pub state: State,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What is filled in.
    pub document: Document,
    /// What a person wrote over what the source says, by the ids of the fields: it stays when the source comes again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub corrections: BTreeMap<String, Correction>,
    /// The entry that stands for this one since the two were merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Id<Entry>>,
    /// Whose it is: that member keeps it up to date. Where nobody is named, the editors do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Id<Actor>>,
    /// Why it came into its state, in the words of who brought it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What other versions of the format hold of it and this one cannot.
    #[serde(default, skip_serializing_if = "Complement::is_empty")]
    pub complement: Complement,
}

impl Revision {
    /// A revision of no source.
    #[must_use]
    pub fn new(cube: impl Into<String>, format: Digest, state: State, document: Document) -> Self {
        let complement = Complement::default();
        Self {
            cube: cube.into(),
            format,
            state,
            origin: None,
            document,
            corrections: BTreeMap::new(),
            merged: None,
            owner: None,
            reason: None,
            complement,
        }
    }

    /// The revision in another state; the reason of the state it leaves goes.
    #[must_use]
    pub fn in_state(self, state: State) -> Self {
        let reason = if state == self.state { self.reason } else { None };
        Self { state, reason, ..self }
    }
}

/// What a source said of a field when a person wrote over it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The value; nothing where it said none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Value>,
}

/// Where an entry comes from: a source and the key it has there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The name of the source, by default a file's name.
    pub source: String,
    /// The key in that source.
    pub key: String,
    /// The source only names it in passing (the place of an event); a source that describes it takes it over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mentioned: bool,
    /// The source no longer has it; it comes back when the source has it again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

/// How far an entry has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum State {
    /// Not ready: something required is missing, or nobody has published it.
    Draft,
    /// Handed in: waits for an editor.
    Submitted,
    /// Goes out to those who may see it.
    Published,
    /// Sent back by an editor, who said why.
    Rejected,
    /// Taken back by its source or its keepers; kept, never delivered.
    Withdrawn,
}

impl State {
    /// Every state, in the order in which an entry comes to them.
    pub const ALL: [Self; 5] =
        [Self::Draft, Self::Submitted, Self::Published, Self::Rejected, Self::Withdrawn];

    /// The state as it is written.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Published => "published",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads a state as it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state in words, in French (`fr`) or English.
    #[must_use]
    pub fn text(&self, language: &str) -> &'static str {
        let (french, english) = match self {
            Self::Draft => ("brouillon", "draft"),
            Self::Submitted => ("à relire", "to review"),
            Self::Published => ("publiée", "published"),
            Self::Rejected => ("renvoyée", "sent back"),
            Self::Withdrawn => ("retirée", "withdrawn"),
        };
        if language.starts_with("fr") { french } else { english }
    }
}
