//! What can go wrong on the way out.

use crate::Code;

/// Why something could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// A record could not be written.
    #[error("a record could not be written: {reason}")]
    EncodingFailed {
        /// What is wrong.
        reason: String,
    },
}

impl DeliveryError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::EncodingFailed { .. } => Code::EncodingFailed,
        }
    }
}
