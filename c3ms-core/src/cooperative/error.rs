//! What can be wrong with a command.

use crate::Code;

/// Why a command could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CooperativeError {
    /// The store holds no cooperative.
    #[error("the store holds no settings of a cooperative")]
    SettingsMissing,
    /// A source lost more than a third of its records: a filter, an export that broke off, another file.
    #[error("{source_name} has {now} records, and had {before}: more than a third would go")]
    SourceShrank {
        /// The name of the source.
        source_name: String,
        /// How many records it had.
        before: usize,
        /// How many of them it still has.
        now: usize,
    },
    /// There is no such entry.
    #[error("there is no entry {id}")]
    EntryMissing {
        /// The id asked for.
        id: String,
    },
    /// An entry cannot be changed so.
    #[error("{id}: {reason}")]
    EntryRefused {
        /// Which entry.
        id: String,
        /// Why.
        reason: String,
    },
}

impl CooperativeError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::SettingsMissing => Code::StoreMissing,
            Self::SourceShrank { .. } => Code::SourceShrank,
            Self::EntryMissing { .. } => Code::EntryMissing,
            Self::EntryRefused { .. } => Code::EntryRefused,
        }
    }
}
