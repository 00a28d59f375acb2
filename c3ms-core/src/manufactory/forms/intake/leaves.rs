//! Which value of a source stands where in a document.

use serde_json::Value;

use super::{draft::Placed, fill::escaped};

/// A value of a source at its place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// Where, from the root of the document: a JSON Pointer (RFC 6901).
    pub path: &'a str,
    /// The record and value of the source; none for a link to a part of it.
    pub value: Option<(usize, usize)>,
}

impl<'a> Leaf<'a> {
    /// What a document says at this place; `None` where it says nothing.
    #[must_use]
    pub fn in_document<'d>(&self, document: &'d Value) -> Option<&'d Value> {
        document.pointer(self.path)
    }

    /// Whether it stands in this field of the record.
    #[must_use]
    pub fn is_in(&self, field: &str) -> bool {
        self.steps().next().is_some_and(|first| first == field)
    }

    pub(super) fn steps(self) -> impl Iterator<Item = compact_str::CompactString> + use<'a> {
        let plain = |step: &str| {
            if step.contains('~') { step.replace("~1", "/").replace("~0", "~").into() } else { step.into() }
        };
        self.path.split('/').skip(1).map(plain)
    }
}

/// The leaves of a record, which wait until all records are filled: their paths are one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaves {
    paths: String,
    /// Of each leaf where its path ends, and its value.
    ends: Vec<(u32, Option<(u32, u32)>)>,
}

impl Leaves {
    /// Those of a record that is filled, in no more room than they need.
    pub(super) fn of(placed: &[Placed]) -> Self {
        let mut leaves = Self { paths: String::new(), ends: Vec::with_capacity(placed.len()) };
        for leaf in placed {
            for step in &leaf.path {
                leaves.paths.push('/');
                leaves.paths.push_str(&escaped(step));
            }
            leaves.end(leaf.value);
        }
        leaves.paths.shrink_to_fit();
        leaves
    }

    /// Adds a leaf, by its path as a leaf has it.
    pub(super) fn push(&mut self, Leaf { path, value }: Leaf<'_>) {
        self.paths.push_str(path);
        self.end(value);
    }

    fn end(&mut self, value: Option<(usize, usize)>) {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        self.ends.push((small(self.paths.len()), value.map(|(record, value)| (small(record), small(value)))));
    }

    /// The leaves in the order in which they were filled.
    pub fn iter(&self) -> impl Iterator<Item = Leaf<'_>> {
        let mut start = 0;
        self.ends.iter().map(move |(end, value)| {
            let end = *end as usize;
            let path = self.paths.get(start..end).unwrap_or_default();
            start = end;
            Leaf { path, value: value.map(|(record, value)| (record as usize, value as usize)) }
        })
    }
}
