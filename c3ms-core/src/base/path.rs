//! Where something stands in a document.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A JSON Pointer: the path of a value in a document, `/offers/0/price`.
///
/// # Source
/// RFC 6901: `~` is written `~0` and `/` is written `~1`.
///
/// # Examples
/// ```
/// use c3ms_core::base::Pointer;
/// let path = Pointer::root().child("offers").item(0).child("a/b");
/// assert_eq!(path.to_string(), "/offers/0/a~1b");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    #[must_use]
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// A pointer as it is written.
    #[must_use]
    pub fn new(written: impl Into<String>) -> Self {
        Self(written.into())
    }

    /// The member `name` of this object.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        let mut path = String::with_capacity(self.0.len() + name.len() + 1);
        path.push_str(&self.0);
        path.push('/');
        for letter in name.chars() {
            match letter {
                '~' => path.push_str("~0"),
                '/' => path.push_str("~1"),
                other => path.push(other),
            }
        }
        Self(path)
    }

    /// The element `index` of this array, from 0.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
