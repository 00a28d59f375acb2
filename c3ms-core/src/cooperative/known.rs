//! What the links of a source mean in a store.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
    sync::{Mutex, PoisonError},
};

use crate::{
    base::{Id, fold},
    manufactory::forms::{Entry, intake::Resolver},
    store::{Lookup, Store},
};

/// Finds entries by key or title in a store; remembers what it found. Of those who ask side by side one does at a time.
pub(super) struct Known<S>(Mutex<Finder<S>>);

struct Finder<S> {
    store: S,
    found: BTreeMap<(String, String), Vec<Id<Entry>>>,
}

impl<'a, S: Deref<Target = dyn Store + 'a>> Known<S> {
    pub(super) const fn new(store: S) -> Self {
        Self(Mutex::new(Finder { store, found: BTreeMap::new() }))
    }

    /// The one entry with this key, else those with this title.
    pub(super) fn candidates(&self, cube: &str, text: &str) -> Vec<Id<Entry>> {
        self.finding(|finder| finder.candidates(cube, text))
    }

    fn finding<T>(&self, find: impl FnOnce(&mut Finder<S>) -> T) -> T {
        find(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<'a, S: Deref<Target = dyn Store + 'a>> Finder<S> {
    fn candidates(&mut self, cube: &str, text: &str) -> Vec<Id<Entry>> {
        let asked = (cube.to_owned(), text.to_owned());
        if let Some(known) = self.found.get(&asked) {
            return known.clone();
        }
        // A store that cannot be read fails at the next step of the import, with its own error.
        let standing = |found: Vec<Id<Entry>>| {
            let found: BTreeSet<Id<Entry>> = found
                .into_iter()
                .filter_map(|id| super::standing_for(&*self.store, id).ok().flatten())
                .collect();
            found.into_iter().collect::<Vec<_>>()
        };
        let mut found = standing(self.store.find(cube, Lookup::Key(text)).unwrap_or_default());
        if found.len() != 1 {
            found = standing(self.store.find(cube, Lookup::Title(&fold(text))).unwrap_or_default());
        }
        self.found.insert(asked, found.clone());
        found
    }

    fn resolve(&mut self, cube: &str, text: &str, from: Option<(Id<Entry>, &str)>) -> Option<Id<Entry>> {
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

impl<'a, S: Deref<Target = dyn Store + 'a> + Send> Resolver for Known<S> {
    fn resolve(&self, cube: &str, text: &str, from: Option<(Id<Entry>, &str)>) -> Option<Id<Entry>> {
        self.finding(|finder| finder.resolve(cube, text, from))
    }
}
