//! What can be wrong with a command.

use crate::Code;

/// Why a command could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CooperativeError {
    /// The store holds no cooperative.
    #[error("the store holds no settings of a cooperative")]
    SettingsMissing,
}

impl CooperativeError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::SettingsMissing => Code::StoreMissing,
        }
    }
}
