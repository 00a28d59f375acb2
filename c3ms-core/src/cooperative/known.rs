//! What the links of a source mean in a store.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    base::{Id, fold},
    manufactory::forms::{Entry, intake::Resolver},
    store::{Lookup, Store},
};

/// Finds entries by key or title in a store; remembers what it found.
pub(super) struct Known<'a> {
    store: &'a dyn Store,
    found: RefCell<Found>,
}

/// The entries found for a text in a cube.
type Found = BTreeMap<(String, String), Vec<Id<Entry>>>;

impl<'a> Known<'a> {
    pub(super) fn new(store: &'a dyn Store) -> Self {
        Self { store, found: RefCell::default() }
    }

    /// The one entry with this key, else those with this title.
    pub(super) fn candidates(&self, cube: &str, text: &str) -> Vec<Id<Entry>> {
        let asked = (cube.to_owned(), text.to_owned());
        if let Some(known) = self.found.borrow().get(&asked) {
            return known.clone();
        }
        // A store that cannot be read fails at the next step of the import, with its own error.
        let standing = |found: Vec<Id<Entry>>| {
            let found: BTreeSet<Id<Entry>> = found
                .into_iter()
                .filter_map(|id| super::standing_for(self.store, id).ok().flatten())
                .collect();
            found.into_iter().collect::<Vec<_>>()
        };
        let mut found = standing(self.store.find(cube, Lookup::Key(text)).unwrap_or_default());
        if found.len() != 1 {
            found = standing(self.store.find(cube, Lookup::Title(&fold(text))).unwrap_or_default());
        }
        self.found.borrow_mut().insert(asked, found.clone());
        found
    }
}

impl Resolver for Known<'_> {
    fn resolve(&self, cube: &str, text: &str, from: Option<(Id<Entry>, &str)>) -> Option<Id<Entry>> {
        let candidates = self.candidates(cube, text);
        if let [one] = candidates.as_slice() {
            return Some(*one);
        }
        let (id, field) = from.filter(|_| candidates.len() > 1)?;
        let linked = self.store.entry(id).ok().flatten()?.revision.document.remove(field)?;
        candidates.into_iter().find(|candidate| {
            let written = candidate.to_string();
            linked
                .as_array()
                .map_or(std::slice::from_ref(&linked), Vec::as_slice)
                .iter()
                .any(|link| *link == written.as_str())
        })
    }
}
