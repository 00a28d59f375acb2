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
    /// A change cannot be made.
    #[error("{path}: {reason}")]
    EditRefused {
        /// Where.
        path: String,
        /// Why.
        reason: String,
    },
    /// Somebody else changed meanwhile what is to be changed.
    #[error("{id}: somebody else changed {path} meanwhile")]
    EntryConflict {
        /// Which entry.
        id: String,
        /// Where.
        path: String,
    },
    /// The one who acts may not do that.
    #[error("a {role} may not {what}")]
    NotPermitted {
        /// The role of the one who acts.
        role: String,
        /// What they wanted to do.
        what: String,
    },
    /// There is no such member.
    #[error("there is no one member {name:?}")]
    MemberMissing {
        /// The name or id asked for.
        name: String,
    },
    /// A member cannot be written down so.
    #[error("the member {name:?}: {reason}")]
    MemberRefused {
        /// The name.
        name: String,
        /// Why.
        reason: String,
    },
    /// No request of this id waits.
    #[error("no request {id} waits")]
    RequestMissing {
        /// The id asked for.
        id: String,
    },
    /// There is no such wave of a survey.
    #[error("no wave is called {name:?}")]
    WaveMissing {
        /// The name asked for.
        name: String,
    },
    /// Nobody takes data over under this name.
    #[error("no re-user is called {name:?}")]
    ReuserMissing {
        /// The name asked for.
        name: String,
    },
    /// Nothing is kept of such a respondent.
    #[error("nothing is kept of the respondent {id}")]
    RespondentMissing {
        /// The id asked for.
        id: String,
    },
    /// A link for entering something does not hold.
    #[error("the link {reason}")]
    InvitationRefused {
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
            Self::EntryRefused { .. } | Self::EditRefused { .. } => Code::EntryRefused,
            Self::EntryConflict { .. } => Code::EntryConflict,
            Self::NotPermitted { .. } => Code::NotPermitted,
            Self::MemberMissing { .. } => Code::MemberMissing,
            Self::MemberRefused { .. } => Code::MemberRefused,
            Self::RequestMissing { .. } => Code::RequestMissing,
            Self::WaveMissing { .. } => Code::WaveUnknown,
            Self::ReuserMissing { .. } => Code::ReuserUnknown,
            Self::RespondentMissing { .. } => Code::RespondentUnknown,
            Self::InvitationRefused { .. } => Code::InvitationRefused,
        }
    }
}
