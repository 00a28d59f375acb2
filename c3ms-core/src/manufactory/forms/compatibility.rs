//! The verdict on two versions: whose data the other one accepts, and why not.

use serde::Serialize;

use crate::{Code, base::Pointer};

/// Which data written under one version are accepted under the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compatibility {
    /// Each version accepts all data of the other.
    Full,
    /// All data of the old version are accepted under the new one.
    Backward,
    /// All data of the new version are accepted under the old one.
    Forward,
    /// Neither could be shown.
    None,
}

impl Compatibility {
    /// The verdict from its two halves.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::forms::Compatibility;
    /// assert_eq!(Compatibility::of(true, false), Compatibility::Backward);
    /// ```
    #[must_use]
    pub const fn of(backward: bool, forward: bool) -> Self {
        match (backward, forward) {
            (true, true) => Self::Full,
            (true, false) => Self::Backward,
            (false, true) => Self::Forward,
            (false, false) => Self::None,
        }
    }

    /// All data of the old version are accepted under the new one.
    #[must_use]
    pub const fn is_backward(self) -> bool {
        matches!(self, Self::Full | Self::Backward)
    }

    /// All data of the new version are accepted under the old one.
    #[must_use]
    pub const fn is_forward(self) -> bool {
        matches!(self, Self::Full | Self::Forward)
    }
}

/// From which version data come to the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Old data are read under the new version.
    Backward,
    /// New data are read under the old version.
    Forward,
}

/// One of two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The one before.
    Old,
    /// The one after.
    New,
}

impl Side {
    /// As it is written: `old` or `new`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

/// Why data of one version are not, or not surely, accepted under the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The stable name of the cause.
    pub code: Code,
    /// The direction it breaks.
    pub direction: Direction,
    /// In which version it stands.
    pub side: Side,
    /// Where in that version.
    pub path: Pointer,
    /// The keyword or the operation at fault: `required`, `maxLength`.
    pub keyword: String,
}

impl Reason {
    /// The reason in words, French (`fr`) or English (any other tag).
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::forms::compare_schemas;
    /// use serde_json::json;
    /// let found = compare_schemas(&json!({ "type": "string" }), &json!({ "type": "string", "maxLength": 9 }))?;
    /// assert!(found.reasons[0].message("en").starts_with("new / maxLength: "));
    /// assert!(found.reasons[0].message("fr").starts_with("nouveau / maxLength : "));
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    #[must_use]
    pub fn message(&self, language: &str) -> String {
        let french = language == "fr" || language.starts_with("fr-");
        let side = match (self.side, french) {
            (Side::Old, true) => "ancien",
            (Side::New, true) => "nouveau",
            (side, false) => side.as_str(),
        };
        let colon = if french { " :" } else { ":" };
        let place = if self.path.as_str().is_empty() { "/" } else { self.path.as_str() };
        let gap = if self.keyword.is_empty() { "" } else { " " };
        format!("{side} {place}{gap}{}{colon} {}", self.keyword, self.code.advice(language))
    }
}

/// What comparing two versions found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The verdict.
    pub compatibility: Compatibility,
    /// What stands against the halves of the verdict that are missing; empty where it is full.
    pub reasons: Vec<Reason>,
}
