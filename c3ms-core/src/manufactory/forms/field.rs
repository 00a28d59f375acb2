//! One slot of a format and what it accepts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::base::Text;

/// What other tools say of a part and C3MS keeps without reading it, by a name that tells whose it is:
/// `xlsform:appearance`.
pub type Extensions = BTreeMap<String, Value>;

/// One slot of a [`Format`](super::Format).
///
/// What depends on other answers is an expression, see [`expression`](super::expression): `${age} >= 18`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
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
    /// An entry without it is incomplete where this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_when: Option<String>,
    /// What to tell who leaves it out.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub required_help: Text,
    /// It holds a list, of at most this many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub many: Option<u32>,
    /// How many items the list has, where other answers tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
    /// It is asked where this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant: Option<String>,
    /// What its value must fulfil besides its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// What to tell who breaks the constraint.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub constraint_help: Text,
    /// How its value follows from others; nobody types it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calculation: Option<String>,
    /// The value it has where nobody gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// How its first value follows from others, once, when the entry or the item is begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<String>,
    /// It is shown, not typed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
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
    /// What other tools say of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: Extensions,
}

/// The terms of a format are addresses of schema.org behind this.
pub(super) const SCHEMA_ORG: &str = "https://schema.org/";

impl Field {
    /// The property of schema.org that it means: `startDate`.
    pub(crate) fn property(&self) -> Option<&str> {
        self.term.as_deref()?.strip_prefix(SCHEMA_ORG)
    }

    /// A field whose id is its name, optional, without a label.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        let name = name.into();
        Self {
            id: name.clone(),
            name,
            kind,
            required: false,
            required_when: None,
            required_help: Text::default(),
            many: None,
            count: None,
            relevant: None,
            constraint: None,
            constraint_help: Text::default(),
            calculation: None,
            default: None,
            initial: None,
            read_only: false,
            label: Text::default(),
            help: Text::default(),
            term: None,
            visibility: Visibility::default(),
            extensions: Extensions::new(),
        }
    }
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
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[serde(try_from = "WrittenKind")]
#[non_exhaustive]
pub enum Kind {
    /// Words. With `languages`, one text per language: `{"fr": "…", "en": "…"}`.
    Text {
        /// One text per language instead of one text.
        #[serde(skip_serializing_if = "is_false")]
        languages: bool,
        /// At least this many characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        min_length: Option<u32>,
        /// At most this many characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        max_length: Option<u32>,
        /// A pattern somewhere in the text (anchor it with `^` and `$`): no backtracking, no look-around.
        #[serde(skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
    },
    /// A whole number.
    Integer {
        /// At least.
        #[serde(skip_serializing_if = "Option::is_none")]
        minimum: Option<i64>,
        /// At most.
        #[serde(skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
    },
    /// A number.
    Decimal {
        /// At least.
        #[serde(skip_serializing_if = "Option::is_none")]
        minimum: Option<f64>,
        /// At most.
        #[serde(skip_serializing_if = "Option::is_none")]
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
        /// Which of its codes are offered: an expression in which a bare name is an attribute of the code.
        #[serde(skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
        /// The order of the list means something: the first is preferred.
        #[serde(skip_serializing_if = "is_false")]
        ranked: bool,
    },
    /// A point on the Earth, `{"latitude": 44.9, "longitude": 6.6}`.
    Position,
    /// A line on the Earth: two points or more.
    Path,
    /// A surface on the Earth: the three points or more around it.
    Area,
    /// A file given with the entry, by its name or address.
    File {
        /// Which kinds of file: `image/*`.
        #[serde(skip_serializing_if = "Option::is_none")]
        accept: Option<String>,
    },
    /// Words to read; holds no value.
    Note,
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
            Self::Path => "path",
            Self::Area => "area",
            Self::File { .. } => "file",
            Self::Note => "note",
            Self::Link { .. } => "link",
            Self::Group { .. } => "group",
        }
    }
}

/// All that a kind may say, as it is written: read at once, where serde would keep a copy of everything until it
/// knows the type, and no longer know the line of what is wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenKind {
    r#type: String,
    languages: Option<bool>,
    min_length: Option<u32>,
    max_length: Option<u32>,
    pattern: Option<String>,
    minimum: Option<Number>,
    maximum: Option<Number>,
    vocabulary: Option<String>,
    filter: Option<String>,
    ranked: Option<bool>,
    accept: Option<String>,
    cube: Option<String>,
    fields: Option<Vec<Field>>,
}

impl TryFrom<WrittenKind> for Kind {
    type Error = String;

    fn try_from(mut written: WrittenKind) -> Result<Self, String> {
        let name = std::mem::take(&mut written.r#type);
        let lacks = |member: &str| ["a ", &name, " lacks ", member].concat();
        let whole = |number: Option<Number>| match number {
            None => Ok(None),
            Some(number) => number.as_i64().map(Some).ok_or("a bound of an integer is a whole number"),
        };
        let kind = match name.as_str() {
            "text" => Self::Text {
                languages: written.languages.take().unwrap_or_default(),
                min_length: written.min_length.take(),
                max_length: written.max_length.take(),
                pattern: written.pattern.take(),
            },
            "integer" => Self::Integer {
                minimum: whole(written.minimum.take())?,
                maximum: whole(written.maximum.take())?,
            },
            "decimal" => Self::Decimal {
                minimum: written.minimum.take().and_then(|number| number.as_f64()),
                maximum: written.maximum.take().and_then(|number| number.as_f64()),
            },
            "boolean" => Self::Boolean,
            "moment" => Self::Moment,
            "date" => Self::Date,
            "time" => Self::Time,
            "money" => Self::Money,
            "url" => Self::Url,
            "email" => Self::Email,
            "phone" => Self::Phone,
            "language" => Self::Language,
            "code" => Self::Code {
                vocabulary: written.vocabulary.take().ok_or_else(|| lacks("vocabulary"))?,
                filter: written.filter.take(),
                ranked: written.ranked.take().unwrap_or_default(),
            },
            "position" => Self::Position,
            "path" => Self::Path,
            "area" => Self::Area,
            "file" => Self::File { accept: written.accept.take() },
            "note" => Self::Note,
            "link" => Self::Link { cube: written.cube.take().ok_or_else(|| lacks("cube"))? },
            "group" => Self::Group { fields: written.fields.take().ok_or_else(|| lacks("fields"))? },
            _ => return Err(["there is no kind ", &name].concat()),
        };
        match written.left() {
            None => Ok(kind),
            Some(member) => Err(["a ", &name, " has no ", member].concat()),
        }
    }
}

impl WrittenKind {
    /// A member that no part of the kind has taken.
    fn left(&self) -> Option<&'static str> {
        [
            ("languages", self.languages.is_some()),
            ("min-length", self.min_length.is_some()),
            ("max-length", self.max_length.is_some()),
            ("pattern", self.pattern.is_some()),
            ("minimum", self.minimum.is_some()),
            ("maximum", self.maximum.is_some()),
            ("vocabulary", self.vocabulary.is_some()),
            ("filter", self.filter.is_some()),
            ("ranked", self.ranked.is_some()),
            ("accept", self.accept.is_some()),
            ("cube", self.cube.is_some()),
            ("fields", self.fields.is_some()),
        ]
        .into_iter()
        .find_map(|(name, is_left)| is_left.then_some(name))
    }
}
