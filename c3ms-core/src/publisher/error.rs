//! What can go wrong between a page and its agenda.

use crate::Code;

/// Why an agenda could not be read or asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublisherError {
    /// The bundle is not the JSON it should be, or points outside itself.
    #[error("the agenda bundle cannot be read: {reason}")]
    BundleUnreadable {
        /// What is wrong, and where.
        reason: String,
    },
    /// The query is not the JSON it should be.
    #[error("the agenda query cannot be read: {reason}")]
    QueryUnreadable {
        /// What is wrong, and where.
        reason: String,
    },
}

impl PublisherError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::BundleUnreadable { .. } => Code::BundleUnreadable,
            Self::QueryUnreadable { .. } => Code::QueryUnreadable,
        }
    }
}
