//! What can be done to a format, one thing at a time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{Dialect, Extensions, Field, Kind, Visibility, Vocabulary};
use crate::base::{Digest, Language, Text};

/// One change of a format. Fields are named by their ids, which never change.
///
/// # Examples
/// ```
/// use c3ms_core::forms::evolve::Operation;
/// let operation: Operation = serde_json::from_str(r#"{"do": "rename", "field": "seats", "to": "capacity"}"#)?;
/// assert_eq!(operation.name(), "rename");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Operation {
    /// A new field; entries get its default, where it has one.
    Add {
        /// The field.
        field: Box<Field>,
        /// The group it goes into; the format itself where none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
        /// Before how many others it stands.
        at: usize,
    },
    /// A field goes, with the fields in it; what entries hold in it is kept beside them.
    Remove {
        /// Which field.
        field: String,
    },
    /// A field gets another name.
    Rename {
        /// Which field.
        field: String,
        /// The name.
        to: String,
    },
    /// A field goes to another place in the order, or into another group.
    Move {
        /// Which field.
        field: String,
        /// The group it goes into; the format itself where none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
        /// Before how many others it stands.
        at: usize,
    },
    /// A field becomes of another kind; what cannot be read as that kind stays as it is, and is told.
    Retype {
        /// Which field.
        field: String,
        /// The kind.
        kind: Kind,
        /// The language of texts that had none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<Language>,
    },
    /// A field holds a list from now on; what it held is the first of it.
    Wrap {
        /// Which field.
        field: String,
        /// How many the list may hold.
        most: u32,
    },
    /// A field holds one from now on, the first of its list; the others are kept beside.
    Unwrap {
        /// Which field.
        field: String,
    },
    /// Several fields stand where one stood.
    Split {
        /// Which field.
        field: String,
        /// The new fields.
        into: Vec<Field>,
        /// Which of them gets what.
        by: Division,
    },
    /// One field stands where the first of several stood.
    Merge {
        /// Which fields, of one group.
        fields: Vec<String>,
        /// The new field.
        into: Box<Field>,
        /// What it gets from which.
        by: Division,
    },
    /// A vocabulary is added, changed or removed; entries that use a code which another replaces get that one.
    MapVocabulary {
        /// Which vocabulary.
        vocabulary: String,
        /// What it is from now on; nothing where it goes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Vocabulary>,
        /// Which code replaces which.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        codes: BTreeMap<String, String>,
    },
    /// A field gets another default.
    SetDefault {
        /// Which field.
        field: String,
        /// The default; none where it loses it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Value>,
        /// Entries that hold nothing in the field get it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fill: bool,
    },
    /// A field accepts less, or not only more.
    Tighten {
        /// Which field.
        field: String,
        /// What it accepts.
        limits: Limits,
    },
    /// A field accepts more.
    Loosen {
        /// Which field.
        field: String,
        /// What it accepts.
        limits: Limits,
    },
    /// A field is called otherwise; entries stay as they are.
    Relabel {
        /// Which field.
        field: String,
        /// The words.
        wording: Wording,
    },
    /// The format is called otherwise; entries stay as they are.
    RelabelFormat {
        /// The words.
        wording: FormatWording,
    },
    /// A field is asked, calculated or begun otherwise; entries stay as they are.
    SetLogic {
        /// Which field.
        field: String,
        /// When and how.
        logic: Logic,
    },
    /// Others may see a field by default.
    SetVisibility {
        /// Which field.
        field: String,
        /// Who.
        visibility: Visibility,
    },
    /// All is undone that was done since an older version; entries get back what was kept beside them.
    Revert {
        /// The hash of that version.
        to: Digest,
    },
}

/// Which part of a value goes into which field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Division {
    /// All of it into the first; merged, the first field that holds something.
    First,
    /// What stands between separators, in order, the rest into the last.
    Separator {
        /// The separator, `, `.
        separator: String,
    },
    /// A moment as its date and its time; an amount as its cents and its currency; a position as its degrees.
    Parts,
}

/// What a field accepts, besides its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// An entry without it is incomplete.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// An entry without it is incomplete where this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_when: Option<String>,
    /// The most its list holds; of a field that holds one, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub many: Option<u32>,
    /// The kind with its bounds, of the same type as before; a group keeps its fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// What a value must fulfil.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// How many items the list has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
}

impl Limits {
    /// The limits of a field.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        Self {
            required: field.required,
            required_when: field.required_when.clone(),
            many: field.many,
            kind: (!matches!(field.kind, Kind::Group { .. })).then(|| field.kind.clone()),
            constraint: field.constraint.clone(),
            count: field.count.clone(),
        }
    }
}

/// How a field is called.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Wording {
    /// Its name for people.
    pub label: Text,
    /// What to write in it.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub help: Text,
    /// What to tell who leaves it out.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub required_help: Text,
    /// What to tell who breaks its constraint.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub constraint_help: Text,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// What other tools say of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: Extensions,
}

impl Wording {
    /// The words of a field.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        Self {
            label: field.label.clone(),
            help: field.help.clone(),
            required_help: field.required_help.clone(),
            constraint_help: field.constraint_help.clone(),
            term: field.term.clone(),
            extensions: field.extensions.clone(),
        }
    }
}

/// How a format is called.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FormatWording {
    /// The kind of record for people.
    pub label: Text,
    /// What such a record is.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub help: Text,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// The id of the field by which a record is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The languages it is written in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Language>,
    /// How its expressions read what nobody answered.
    pub dialect: Dialect,
    /// What other tools say of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: Extensions,
}

/// When a field is asked, and what fills it in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Logic {
    /// It is asked where this holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relevant: Option<String>,
    /// How its value follows from others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calculation: Option<String>,
    /// How its first value follows from others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial: Option<String>,
    /// It is shown, not typed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
}

impl Logic {
    /// The logic of a field.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        Self {
            relevant: field.relevant.clone(),
            calculation: field.calculation.clone(),
            initial: field.initial.clone(),
            read_only: field.read_only,
        }
    }
}

impl Operation {
    /// The name of the operation, as it is written.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Add { .. } => "add",
            Self::Remove { .. } => "remove",
            Self::Rename { .. } => "rename",
            Self::Move { .. } => "move",
            Self::Retype { .. } => "retype",
            Self::Wrap { .. } => "wrap",
            Self::Unwrap { .. } => "unwrap",
            Self::Split { .. } => "split",
            Self::Merge { .. } => "merge",
            Self::MapVocabulary { .. } => "map-vocabulary",
            Self::SetDefault { .. } => "set-default",
            Self::Tighten { .. } => "tighten",
            Self::Loosen { .. } => "loosen",
            Self::Relabel { .. } => "relabel",
            Self::RelabelFormat { .. } => "relabel-format",
            Self::SetLogic { .. } => "set-logic",
            Self::SetVisibility { .. } => "set-visibility",
            Self::Revert { .. } => "revert",
        }
    }

    /// What it is done to: the id of a field, the name of a vocabulary, nothing for the format itself.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::Add { field, .. } => &field.id,
            Self::Remove { field }
            | Self::Rename { field, .. }
            | Self::Move { field, .. }
            | Self::Retype { field, .. }
            | Self::Wrap { field, .. }
            | Self::Unwrap { field }
            | Self::Split { field, .. }
            | Self::SetDefault { field, .. }
            | Self::Tighten { field, .. }
            | Self::Loosen { field, .. }
            | Self::Relabel { field, .. }
            | Self::SetLogic { field, .. }
            | Self::SetVisibility { field, .. } => field,
            Self::Merge { into, .. } => &into.id,
            Self::MapVocabulary { vocabulary, .. } => vocabulary,
            Self::RelabelFormat { .. } | Self::Revert { .. } => "",
        }
    }
}
