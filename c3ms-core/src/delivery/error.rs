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
    /// The end of a page is none, or that of another query.
    #[error("what was given as the end of a page is none of this query")]
    CursorForeign,
    /// A parameter stands twice.
    #[error("the parameter {parameter:?} stands twice")]
    ParameterRepeated {
        /// Its name.
        parameter: String,
    },
    /// A query asks for something that does not exist, or in a way that cannot be read.
    #[error("{value:?} is no value for {parameter:?}: {expected} is expected")]
    QueryMalformed {
        /// What was asked by.
        parameter: String,
        /// What it said, or why it cannot be read.
        value: String,
        /// What it could say.
        expected: &'static str,
    },
    /// The template of a page could not be read or filled.
    #[error("the page template is damaged: {reason}")]
    TemplateBroken {
        /// What is wrong, and where.
        reason: String,
    },
    /// There are no rules for the zone of the territory.
    #[error("there is no time zone called {zone:?}")]
    ZoneUnknown {
        /// Its name.
        zone: String,
    },
}

impl DeliveryError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::EncodingFailed { .. } => Code::EncodingFailed,
            Self::CursorForeign => Code::CursorForeign,
            Self::ParameterRepeated { .. } => Code::ParameterRepeated,
            Self::QueryMalformed { .. } => Code::QueryMalformed,
            Self::TemplateBroken { .. } => Code::TemplateBroken,
            Self::ZoneUnknown { .. } => Code::ZoneUnknown,
        }
    }
}
