//! What can be wrong with the place where a cooperative is kept.

use crate::Code;

/// Why the store could not be opened, read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is none.
    #[error("{path} holds no cooperative")]
    Missing {
        /// Where it was looked for.
        path: String,
    },
    /// There is one already.
    #[error("{path} holds a cooperative already")]
    Exists {
        /// Where.
        path: String,
    },
    /// It was written by a newer program.
    #[error("{path} is of version {found}, this program knows up to {known}")]
    Newer {
        /// Which file.
        path: String,
        /// Its version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The file is damaged, or no database.
    #[error("{path} cannot be read as a database: {reason}")]
    Unreadable {
        /// Which file.
        path: String,
        /// What the database says.
        reason: String,
    },
    /// It may not be written.
    #[error("{path} cannot be written")]
    ReadOnly {
        /// Which file.
        path: String,
    },
    /// Another program writes.
    #[error("{path} is being written by another program")]
    Busy {
        /// Which file.
        path: String,
    },
    /// No room is left.
    #[error("the disk of {path} is full")]
    Full {
        /// Which file.
        path: String,
    },
    /// The database refused for another reason.
    #[error("{path}: {reason}")]
    Failed {
        /// Which file.
        path: String,
        /// What the database says.
        reason: String,
    },
    /// Somebody else wrote since the end of the log was read.
    #[error("the log has {position} records now: another program wrote meanwhile")]
    Moved {
        /// How many records it has.
        position: u64,
    },
    /// The log was altered.
    #[error("log record {position}: {reason}")]
    LogBroken {
        /// Which record, from 1.
        position: u64,
        /// What does not hold.
        reason: String,
    },
    /// A body is not what was written.
    #[error("the body of log record {position}: {reason}")]
    BodyBroken {
        /// Which record, from 1.
        position: u64,
        /// What does not hold.
        reason: String,
    },
    /// Records of this kind are never erased.
    #[error("records of the kind {kind} are never erased")]
    EraseRefused {
        /// Which kind.
        kind: String,
    },
    /// The read tables are not what the log says.
    #[error("the read tables differ from the log: {reason}")]
    ProjectionBroken {
        /// What differs.
        reason: String,
    },
}

impl StoreError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Missing { .. } => Code::StoreMissing,
            Self::Exists { .. } => Code::StoreExists,
            Self::Newer { .. } => Code::StoreNewer,
            Self::Unreadable { .. } => Code::StoreUnreadable,
            Self::ReadOnly { .. } => Code::StoreReadOnly,
            Self::Busy { .. } => Code::StoreBusy,
            Self::Full { .. } => Code::StoreFull,
            Self::Failed { .. } => Code::StoreFailed,
            Self::Moved { .. } => Code::StoreMoved,
            Self::LogBroken { .. } => Code::LogBroken,
            Self::BodyBroken { .. } => Code::BodyBroken,
            Self::EraseRefused { .. } => Code::EraseRefused,
            Self::ProjectionBroken { .. } => Code::ProjectionBroken,
        }
    }
}
