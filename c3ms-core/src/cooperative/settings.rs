//! What a cooperative says of itself.

use serde::{Deserialize, Serialize};

use super::kept;
use crate::{
    base::{Language, Zone},
    store::{Change, RecordKind},
};

/// What a cooperative says of itself; a document in its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Its name, for people.
    pub name: String,
    /// The time zone of its territory.
    pub zone: Zone,
    /// The language in which its members write where they say none.
    pub language: Language,
    /// The license of its open data, an address.
    pub license: String,
    /// Where its site is served, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Settings {
    /// The subject under which the log keeps them.
    pub(super) const SUBJECT: &'static str = "cooperative";

    pub(super) fn change(&self) -> Change {
        kept::change(RecordKind::Settings, Self::SUBJECT, self)
    }
}
