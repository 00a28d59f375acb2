//! What can be wrong with a key, a signature, a rule or a workflow.

use crate::Code;

/// Why a key, a signature, a rule or a workflow was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GovernanceError {
    /// The text is no key.
    #[error("the key is not 64 hexadecimal digits of a point on the curve")]
    KeyUnreadable,
    /// The signature does not belong to these bytes and this key.
    #[error("the signature does not match")]
    SignatureWrong,
    /// The key was revoked before.
    #[error("the key was revoked on {revoked}")]
    MemberRevoked {
        /// When.
        revoked: String,
    },
    /// A rule of dissemination says nothing that can be done.
    #[error("{path}: {reason}")]
    RuleUnsound {
        /// Where.
        path: String,
        /// What does not hold.
        reason: String,
    },
    /// The workflow contradicts itself, or names what there is not.
    #[error("{path}: {reason}")]
    WorkflowUnsound {
        /// Where.
        path: String,
        /// What does not hold.
        reason: String,
    },
}

impl GovernanceError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::KeyUnreadable => Code::KeyUnreadable,
            Self::SignatureWrong => Code::SignatureWrong,
            Self::MemberRevoked { .. } => Code::MemberRevoked,
            Self::RuleUnsound { .. } => Code::RuleUnsound,
            Self::WorkflowUnsound { .. } => Code::WorkflowUnsound,
        }
    }
}
