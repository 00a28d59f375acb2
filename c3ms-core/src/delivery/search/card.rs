//! What the index takes of a record.

use crate::{
    base::{Id, Position, Timestamp},
    manufactory::forms::Entry,
};

/// A text of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What it says.
    pub text: String,
    /// Whether it is what the record is called.
    pub is_title: bool,
}

/// When something takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Seconds since 1970 in local time.
    pub start: i64,
    /// Days since 1970 of the last day on which it goes on.
    pub last: i32,
}

/// What the index takes of a record: words, codes, dates and a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The id of the record.
    pub id: Id<Entry>,
    /// Its cube.
    pub cube: String,
    /// What it is called, as it is ordered by.
    pub title: String,
    /// What it says.
    pub texts: Vec<Said>,
    /// What it is filtered and counted by: name and value.
    pub tags: Vec<(String, String)>,
    /// When it takes place.
    pub spans: Vec<Span>,
    /// Where it lies.
    pub position: Option<Position>,
    /// When it was changed.
    pub updated: Timestamp,
}

impl Card {
    pub(super) const CUBE: &'static str = "@cube";
    pub(super) const GENRE: &'static str = "@genre";
    pub(super) const ACCESSIBILITY: &'static str = "@accessibility";
    pub(super) const COMMUNE: &'static str = "@commune";

    /// The facets that are counted by a tag, and by which.
    pub(super) const FACETS: [(&'static str, &'static str); 4] = [
        ("genre", Self::GENRE),
        ("commune", Self::COMMUNE),
        ("venue", "@venue"),
        ("accessibility", Self::ACCESSIBILITY),
    ];

    /// A record of which nothing is known but its id and its cube.
    #[must_use]
    pub fn new(id: Id<Entry>, cube: impl Into<String>) -> Self {
        Self {
            id,
            cube: cube.into(),
            title: String::new(),
            texts: Vec::new(),
            tags: Vec::new(),
            spans: Vec::new(),
            position: None,
            updated: Timestamp::from_millis(0),
        }
    }

    /// With what it is called; the first of several titles is what it is ordered by.
    #[must_use]
    pub fn titled(mut self, text: &str) -> Self {
        if self.title.is_empty() {
            text.clone_into(&mut self.title);
        }
        self.texts.push(Said { text: text.to_owned(), is_title: true });
        self
    }

    /// With a text that is no title.
    #[must_use]
    pub fn saying(mut self, text: &str) -> Self {
        self.texts.push(Said { text: text.to_owned(), is_title: false });
        self
    }

    /// With a value it is filtered or counted by.
    #[must_use]
    pub fn tagged(mut self, name: &str, value: &str) -> Self {
        self.tags.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With the value of a facet: `genre`, `commune`, `venue` or `accessibility`; any other is no facet.
    #[must_use]
    pub fn counted(mut self, facet: &str, value: &str) -> Self {
        let known = Self::FACETS.iter().find(|(name, _)| *name == facet);
        self.tags.extend(known.map(|(_, tag)| ((*tag).to_owned(), value.to_owned())));
        self
    }
}
