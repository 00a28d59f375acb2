//! What is filled in, as text: a record waits for its turn in a tenth of the memory of its tree.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde::de::IgnoredAny;

use super::tree::Name;
use crate::manufactory::forms::{Document, Revision};

/// A document as it is written: JSON, the members by name.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Document, intake::Written};
/// let document = Document::from_iter([("seats".to_owned(), 80.into()), ("name".to_owned(), "Le Bal".into())]);
/// let written = Written::of(&document);
/// assert_eq!(written.as_str(), r#"{"name":"Le Bal","seats":80}"#);
/// assert_eq!(written.read(), document);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written(Arc<str>);

impl Written {
    /// Writes a document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        // Texts, numbers, lists and objects by name can always be written.
        Self(serde_json::to_string(document).unwrap_or_default().into())
    }

    /// Reads the document.
    #[must_use]
    pub fn read(&self) -> Document {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// The names of its members; nothing else of it is read.
    pub(crate) fn names(&self) -> Vec<Cow<'_, str>> {
        #[expect(clippy::zero_sized_map_values, reason = "the values are passed over")]
        let members: BTreeMap<Name<'_>, IgnoredAny> = serde_json::from_str(&self.0).unwrap_or_default();
        members.into_keys().map(|Name(name)| name).collect()
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A revision whose document is written already: it goes into the log as it is, and no tree is made of it.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Digest, forms::{Document, Revision, State, intake::{Written, WrittenRevision}}};
/// let document = Document::from_iter([("name".to_owned(), "Le Bal".into())]);
/// let revision = Revision::new("venue", Digest::ZERO, State::Draft, document);
/// let written = WrittenRevision::new(revision.clone(), Written::of(&revision.document));
/// assert_eq!(written.text(), serde_json::to_string(&revision).unwrap());
/// assert_eq!(written.read(), revision);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenRevision {
    bare: Revision,
    document: Written,
}

impl WrittenRevision {
    /// A revision with this document; what the revision itself holds is let go.
    #[must_use]
    pub fn new(revision: Revision, document: Written) -> Self {
        Self { bare: Revision { document: Document::new(), ..revision }, document }
    }

    /// All but the document, which is empty.
    #[must_use]
    pub const fn bare(&self) -> &Revision {
        &self.bare
    }

    /// The document.
    #[must_use]
    pub const fn document(&self) -> &Written {
        &self.document
    }

    /// The words in which the whole is written into the log.
    #[must_use]
    pub fn text(&self) -> String {
        let bare = serde_json::to_string(&self.bare).unwrap_or_default();
        // Within a text the quotation marks would be escaped.
        let (head, tail) = bare.split_once(r#""document":{}"#).unwrap_or_default();
        [head, r#""document":"#, self.document.as_str(), tail].concat()
    }

    /// Reads the whole.
    #[must_use]
    pub fn read(&self) -> Revision {
        Revision { document: self.document.read(), ..self.bare.clone() }
    }
}
