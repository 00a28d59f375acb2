//! A format made ready to be filled in: what a page or a phone is sent in its place.

use std::{cell::Cell, sync::Arc};

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::{Format, FormsError, Validator, Violation, play::Rules, validate::Members};

/// What the bytes of a form begin with; the last is the version of the rest.
const MARK: &[u8; 5] = b"c3mf\x01";

/// How deep what comes from outside may lie in itself: readers recurse.
const DEEPEST: usize = 600;

/// A format made ready to be filled in: its kinds compiled, its expressions read, checked and put in order.
///
/// A page is sent its bytes instead of the format: it then needs neither the reader of formats nor that of
/// expressions, a third of the code. They are made anew with each version of C3MS, never kept.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Form, Format};
/// let format = Format::parse(r#"{"cube": "visit", "label": {"en": "Visit"}, "fields": [
///   {"id": "a", "name": "age", "kind": {"type": "integer"}, "constraint": ". < 120"}]}"#)?;
/// let bytes = Form::new(&format)?.to_bytes();
/// assert!(bytes.starts_with(b"c3mf"));
/// let found = Form::from_bytes(&bytes)?.validate(&serde_json::json!({ "age": 130 }));
/// assert_eq!(found[0].code.as_str(), "forms.constraint-unmet");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Form {
    /// Of the kinds alone.
    pub(super) kinds: Validator,
    pub(super) rules: Arc<Rules>,
    has_conditions: bool,
}

impl Form {
    /// Makes a format ready that was checked, as [`Format::parse`] does.
    ///
    /// # Errors
    /// [`FormsError::ExpressionUnsound`] with the place in the format of an expression that is none,
    /// [`FormsError::ExpressionCycle`] with the fields that rest on each other.
    pub fn new(format: &Format) -> Result<Self, FormsError> {
        Ok(Self {
            kinds: Validator::of_kinds(format),
            rules: Arc::new(Rules::new(format)?),
            has_conditions: Rules::are_needed(format),
        })
    }

    /// The form as bytes, for [`Form::from_bytes`] of the same version.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let form = (self.kinds.members(), &*self.rules, self.has_conditions);
        // Into memory, of sequences whose length is known: nothing can fail.
        postcard::to_extend(&form, MARK.to_vec()).unwrap_or_default()
    }

    /// Reads the bytes of a form, whoever sent them.
    ///
    /// # Errors
    /// [`FormsError::FormUnreadable`] for what is no form of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormsError> {
        Self::read(bytes).ok_or(FormsError::FormUnreadable)
    }

    /// As [`Form::from_bytes`], without words: a page has its own.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let form = bytes.strip_prefix(MARK)?;
        let (form, rest) = postcard::take_from_bytes::<(Members, Rules, bool)>(form).ok()?;
        let (kinds, rules, has_conditions) = form;
        let form = Self { kinds: Validator::of(kinds), rules: Arc::new(rules), has_conditions };
        (rest.is_empty() && form.rules.is_sound()).then_some(form)
    }

    /// What checks entries: kinds and conditions.
    #[must_use]
    pub fn validator(&self) -> Validator {
        if self.has_conditions { self.kinds.with(Arc::clone(&self.rules)) } else { self.kinds.clone() }
    }

    /// Finds what is wrong in a document, see [`Validator::validate`].
    #[must_use]
    pub fn validate(&self, document: &Value) -> Vec<Violation> {
        self.validator().validate(document)
    }
}

/// Reads what comes from outside and may lie in itself, but not deeper than a stack holds.
pub(super) fn shallow<'de, T: Deserialize<'de>, D: Deserializer<'de>>(reader: D) -> Result<T, D::Error> {
    thread_local!(static DEPTH: Cell<usize> = const { Cell::new(0) });
    let depth = DEPTH.get();
    if depth > DEEPEST {
        return Err(de::Error::custom("too deep"));
    }
    DEPTH.set(depth + 1);
    let read = T::deserialize(reader);
    DEPTH.set(depth);
    read
}
