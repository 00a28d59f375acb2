//! What is filled in, as text: a record waits for its turn in a tenth of the memory of its tree.

use crate::manufactory::forms::Document;

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
pub struct Written(Box<str>);

impl Written {
    /// Writes a document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        // Texts, numbers, lists and objects by name can always be written.
        Self(serde_json::to_string(document).unwrap_or_default().into_boxed_str())
    }

    /// Reads the document.
    #[must_use]
    pub fn read(&self) -> Document {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// As it is written.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        &self.0
    }
}
