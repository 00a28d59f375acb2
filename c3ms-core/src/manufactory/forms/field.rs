//! One slot of a format and what it accepts.

use serde::{Deserialize, Serialize};

use crate::base::Text;

/// One slot of a [`Format`](super::Format).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What this field is for ever, in all versions of the format; never used again for another.
    pub id: String,
    /// The name of the member that holds it; may change from version to version.
    pub name: String,
    /// What it accepts.
    pub kind: Kind,
    /// An entry without it is incomplete.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// It holds a list, of at most this many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub many: Option<u32>,
    /// Its name for people.
    pub label: Text,
    /// What to write in it, said where it is written.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub help: Text,
    /// What it means: the address of a term, `https://schema.org/startDate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Visibility::is_public")]
    pub visibility: Visibility,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// Who may see a field by default; rules of dissemination may open more, never by accident.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// Members of the cooperative.
    Members,
    /// Those who keep the record.
    Private,
}

impl Visibility {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    const fn is_public(&self) -> bool {
        matches!(self, Self::Public)
    }
}

/// What a field accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Kind {
    /// Words. With `languages`, one text per language: `{"fr": "…", "en": "…"}`.
    Text {
        /// One text per language instead of one text.
        #[serde(default, skip_serializing_if = "is_false")]
        languages: bool,
        /// At least this many characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_length: Option<u32>,
        /// At most this many characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<u32>,
        /// A pattern somewhere in the text (anchor it with `^` and `$`): no backtracking, no look-around.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
    },
    /// A whole number.
    Integer {
        /// At least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum: Option<i64>,
        /// At most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
    },
    /// A number.
    Decimal {
        /// At least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum: Option<f64>,
        /// At most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<f64>,
    },
    /// Yes or no.
    Boolean,
    /// A day or a day and a time, see [`Moment`](crate::base::Moment).
    Moment,
    /// A day, `2026-11-23`.
    Date,
    /// A time of the day, `20:30:00`.
    Time,
    /// An amount, `{"cents": 1250, "currency": "EUR"}`.
    Money,
    /// A web address, `http` or `https`.
    Url,
    /// A mail address.
    Email,
    /// A telephone number: digits, spaces and `+-.()/`.
    Phone,
    /// A language by its tag.
    Language,
    /// One code of a vocabulary of the format.
    Code {
        /// Which one.
        vocabulary: String,
    },
    /// A point on the Earth, `{"latitude": 44.9, "longitude": 6.6}`.
    Position,
    /// An entry of another cube, by its id.
    Link {
        /// Which cube.
        cube: String,
    },
    /// Fields that belong together.
    Group {
        /// The fields, in order.
        fields: Vec<Field>,
    },
}

impl Kind {
    /// The name of the kind, as it is written in a format.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Integer { .. } => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Boolean => "boolean",
            Self::Moment => "moment",
            Self::Date => "date",
            Self::Time => "time",
            Self::Money => "money",
            Self::Url => "url",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Language => "language",
            Self::Code { .. } => "code",
            Self::Position => "position",
            Self::Link { .. } => "link",
            Self::Group { .. } => "group",
        }
    }
}
