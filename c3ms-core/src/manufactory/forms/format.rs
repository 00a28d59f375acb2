//! A versioned definition of a kind of record.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Extensions, Field, FormsError, Kind, evolve::Operation, field::SCHEMA_ORG, pattern::Pattern, play::Rules,
};
use crate::base::{Digest, Language, Text, digest_of};

/// A versioned definition of a kind of record ("cube"): an event, a venue, a festival.
///
/// A format is data: read from JSON by [`Format::parse`], which checks it, written as canonical JSON, known
/// by its hash. It holds its vocabularies, so that it can be understood alone.
///
/// # Examples
/// ```
/// use c3ms_core::forms::Format;
/// let format = Format::parse(r#"{
///   "cube": "venue", "label": {"fr": "Lieu", "en": "Venue"}, "title": "name",
///   "fields": [{"id": "name", "name": "name", "kind": {"type": "text"}, "required": true,
///               "label": {"fr": "Nom", "en": "Name"}}]
/// }"#)?;
/// assert_eq!(format.fields.len(), 1);
/// assert_eq!(format.digest().to_string().len(), 64);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// The kind of record, a short name: `venue`.
    pub cube: String,
    /// The hash of the version before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// What was done to that version to make this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<Operation>,
    /// The kind of record for people.
    pub label: Text,
    /// What such a record is.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub help: Text,
    /// What it means: the address of a type, `https://schema.org/Event`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// The languages it is written in, the first first where a text lacks in the one asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Language>,
    /// How its expressions read what nobody answered.
    #[serde(default, skip_serializing_if = "Dialect::is_own")]
    pub dialect: Dialect,
    /// The name of the field by which a record is called in lists; nothing where it is called by its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The fields, in the order of the form.
    pub fields: Vec<Field>,
    /// The vocabularies its fields use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vocabularies: BTreeMap<String, Vocabulary>,
    /// What other tools say of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: Extensions,
}

/// How the expressions of a format read what nobody answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Dialect {
    /// As unknown: what rests on it is unknown too.
    #[default]
    Own,
    /// As ODK does in its forms: as an empty text.
    Xforms,
}

impl Dialect {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    const fn is_own(&self) -> bool {
        matches!(self, Self::Own)
    }
}

/// A closed list of codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// What the list is of.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub label: Text,
    /// The codes, in the order they are offered.
    pub codes: Vec<Code>,
    /// What other tools say of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: Extensions,
}

/// One code of a vocabulary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The code as it is stored.
    pub code: String,
    /// The code for people.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub label: Text,
    /// What it means: the address of a term, `https://schema.org/EventCancelled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// What a filter may ask of it: its region, its level.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// What other tools say of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: Extensions,
}

/// Deeper formats are refused: nobody could fill them in, and readers recurse.
pub(super) const DEEPEST: usize = 8;

impl Format {
    /// Reads a format from JSON and checks it.
    ///
    /// # Errors
    /// [`FormsError::FormatUnreadable`] where it is no such JSON, [`FormsError::FormatUnsound`] where a name
    /// or id stands twice, a vocabulary or title is missing, a pattern cannot be had, bounds cross; as
    /// [`Format::check`] for its expressions.
    pub fn parse(json: &str) -> Result<Self, FormsError> {
        let format: Self = serde_json::from_str(json)
            .map_err(|error| FormsError::FormatUnreadable { reason: error.to_string() })?;
        format.check()?;
        Ok(format)
    }

    /// Checks that the format is sound; see [`Format::parse`].
    ///
    /// # Errors
    /// [`FormsError::FormatUnsound`] with the path of what is wrong and the reason;
    /// [`FormsError::ExpressionUnsound`] and [`FormsError::ExpressionCycle`] for its expressions.
    pub fn check(&self) -> Result<(), FormsError> {
        let unsound = |path: &str, reason: String| FormsError::FormatUnsound {
            cube: self.cube.clone(),
            path: path.to_owned(),
            reason,
        };
        if !is_name(&self.cube) {
            return Err(unsound("/cube", "a cube is called by small letters, digits and hyphens".to_owned()));
        }
        let mut ids = BTreeSet::new();
        self.check_fields(&self.fields, "/fields", 0, &mut ids, &unsound)?;
        let title = self.fields.iter().find(|field| field.name == self.title);
        if !self.title.is_empty()
            && !title.is_some_and(|field| matches!(field.kind, Kind::Text { .. }) && field.many.is_none())
        {
            return Err(unsound("/title", format!("no single text field is called {:?}", self.title)));
        }
        for (name, vocabulary) in &self.vocabularies {
            let mut seen = BTreeSet::new();
            if let Some(twice) =
                vocabulary.codes.iter().find(|code| !seen.insert((&code.code, &code.attributes)))
            {
                let path = format!("/vocabularies/{name}");
                return Err(unsound(&path, format!("the code {:?} stands twice", twice.code)));
            }
        }
        Rules::check(self)
    }

    fn check_fields<'a>(
        &'a self,
        fields: &'a [Field],
        path: &str,
        depth: usize,
        ids: &mut BTreeSet<&'a str>,
        unsound: &dyn Fn(&str, String) -> FormsError,
    ) -> Result<(), FormsError> {
        if depth >= DEEPEST {
            return Err(unsound(path, format!("groups lie {DEEPEST} deep: flatten them")));
        }
        let mut names = BTreeSet::new();
        for (index, field) in fields.iter().enumerate() {
            let path = format!("{path}/{index}");
            if !is_field_name(&field.name) {
                let reason = format!(
                    "{:?} is no name: a letter, then at most {LONGEST} letters, digits, '-', '_', '.'",
                    field.name
                );
                return Err(unsound(&path, reason));
            }
            if !names.insert(&field.name) {
                return Err(unsound(&path, format!("the name {:?} stands twice", field.name)));
            }
            if !ids.insert(&field.id) {
                return Err(unsound(&path, format!("the id {:?} stands twice", field.id)));
            }
            self.check_kind(&field.kind, &path, depth, ids, unsound)?;
        }
        Ok(())
    }

    fn check_kind<'a>(
        &'a self,
        kind: &'a Kind,
        path: &str,
        depth: usize,
        ids: &mut BTreeSet<&'a str>,
        unsound: &dyn Fn(&str, String) -> FormsError,
    ) -> Result<(), FormsError> {
        let crossed = || unsound(path, "the least is more than the most".to_owned());
        match kind {
            Kind::Text { min_length, max_length, pattern, .. } => {
                if let (Some(least), Some(most)) = (min_length, max_length)
                    && least > most
                {
                    return Err(crossed());
                }
                if let Some(pattern) = pattern {
                    Pattern::new(pattern)
                        .map_err(|error| unsound(path, format!("the pattern cannot be had: {error}")))?;
                }
            }
            Kind::Integer { minimum: Some(least), maximum: Some(most) } if least > most => {
                return Err(crossed());
            }
            Kind::Decimal { minimum: Some(least), maximum: Some(most) } if least > most => {
                return Err(crossed());
            }
            Kind::Code { vocabulary, .. } if !self.vocabularies.contains_key(vocabulary) => {
                return Err(unsound(path, format!("no vocabulary is called {vocabulary:?}")));
            }
            Kind::Group { fields } => {
                self.check_fields(fields, &format!("{path}/kind/fields"), depth + 1, ids, unsound)?;
            }
            Kind::Integer { .. }
            | Kind::Decimal { .. }
            | Kind::Code { .. }
            | Kind::Boolean
            | Kind::Moment
            | Kind::Date
            | Kind::Time
            | Kind::Money
            | Kind::Url
            | Kind::Email
            | Kind::Phone
            | Kind::Language
            | Kind::Position
            | Kind::Path
            | Kind::Area
            | Kind::File { .. }
            | Kind::Note
            | Kind::Link { .. } => {}
        }
        Ok(())
    }

    /// The hash of the format: SHA-256 over its canonical JSON.
    #[must_use]
    pub fn digest(&self) -> Digest {
        // A checked format has text keys and finite numbers only, so it always has canonical JSON.
        digest_of(self).unwrap_or(Digest::ZERO)
    }

    /// The hash of what the format says, whichever way it came to say so: a version that was undone and its
    /// model have the same.
    #[must_use]
    pub fn shape(&self) -> Digest {
        digest_of(&Self { previous: None, operations: Vec::new(), ..self.clone() }).unwrap_or(Digest::ZERO)
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field at a path of names from the format's root; lists and groups on the way are looked through.
    #[must_use]
    pub fn field_at(&self, path: &[&str]) -> Option<&Field> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.field(first)?, |field, name| match &field.kind {
            Kind::Group { fields } => fields.iter().find(|inner| inner.name == *name),
            _ => None,
        })
    }

    /// The type of schema.org of its records: `Event`.
    pub(crate) fn type_of_thing(&self) -> Option<&str> {
        self.term.as_deref()?.strip_prefix(SCHEMA_ORG)
    }

    /// The first field that means this: `https://schema.org/startDate`.
    #[must_use]
    pub fn field_meaning(&self, term: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.term.as_deref() == Some(term))
    }
}

/// The most bytes in the name of a field after the first.
const LONGEST: usize = 127;

/// Names of fields are what XML, SQL, CSV and expressions can all hold.
pub(super) fn is_field_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && name.len() <= LONGEST + 1
        && letters.all(|letter| letter.is_alphanumeric() || "-_.".contains(letter))
}

fn is_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
        && name.len() <= 64
        && name.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-')
}
