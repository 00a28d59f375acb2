//! What a source no longer has: withdrawn, but for what began already and what others rest on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Acting;
use crate::{
    Error,
    base::{Id, Moment, Timestamp},
    manufactory::forms::{Document, Entry, Field, Format, Kind, Origin, Revision, State},
    store::{Change, Described, Filter, Store},
};

/// What a source described once and does not hold now.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// Those that go.
    pub(super) withdrawn: Vec<Gone>,
    /// How many of the source could go at all: those to come, those without dates.
    pub(super) living: usize,
}

/// An entry that goes.
#[derive(Debug)]
pub(super) struct Gone {
    pub(super) id: Id<Entry>,
    /// Its key in the source.
    pub(super) key: String,
}

impl Gone {
    /// What withdraws it, as it is now.
    pub(super) fn change(&self, store: &dyn Store) -> Result<Option<Change>, Error> {
        let Some(entry) = store.entry(self.id)? else { return Ok(None) };
        let origin = entry.revision.origin.clone().map(|origin| Origin { gone: true, ..origin });
        let revision = Revision { origin, ..entry.revision.in_state(State::Withdrawn) };
        Ok(Some(Change::Revision(self.id, revision)))
    }
}

impl Lost {
    /// Sorts what a source lacks: `missing` of the entries it described, beside `kept` that it still has.
    pub(super) fn find(
        store: &dyn Store,
        missing: Vec<Described>,
        kept: usize,
        formats: &BTreeMap<String, Format>,
        acting: &Acting,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let mut lost = Self { living: kept, ..Self::default() };
        if missing.is_empty() {
            return Ok(lost);
        }
        let today = now.date();
        let asked: BTreeSet<Id<Entry>> = missing.iter().map(|missing| missing.id).collect();
        let rests = rests_on(store, &asked, formats)?;
        for described in missing {
            let Some(entry) = store.entry(described.id)? else { continue };
            let Some(format) = formats.get(&entry.revision.cube) else { continue };
            if entry.revision.state == State::Withdrawn && entry.revision.merged.is_none() {
                continue;
            }
            // What began is part of what was; nobody takes that back.
            let began = dated(format, &entry.revision.document)
                .is_some_and(|starts| starts.iter().any(|start| start.date() < today));
            if began {
                continue;
            }
            lost.living += 1;
            if rests.contains(&described.id) || !acting.keeps(&entry.revision) {
                continue;
            }
            lost.withdrawn.push(Gone { id: described.id, key: described.key });
        }
        Ok(lost)
    }
}

/// Of these entries those that others link to, and those that stand for another that a source still has.
fn rests_on(
    store: &dyn Store,
    asked: &BTreeSet<Id<Entry>>,
    formats: &BTreeMap<String, Format>,
) -> Result<BTreeSet<Id<Entry>>, Error> {
    let mut found = BTreeSet::new();
    store.entries(&Filter::default(), &mut |entry| {
        let revision = &entry.revision;
        if let Some(standing) = revision.merged.filter(|standing| asked.contains(standing)) {
            if revision.origin.as_ref().is_some_and(|origin| !origin.gone) && !asked.contains(&entry.id) {
                found.insert(standing);
            }
            return Ok(());
        }
        // What goes itself holds nothing.
        if revision.state != State::Withdrawn
            && !asked.contains(&entry.id)
            && let Some(format) = formats.get(&revision.cube)
        {
            links(&format.fields, &revision.document, &mut |id| {
                if asked.contains(&id) {
                    found.insert(id);
                }
            });
        }
        Ok(())
    })?;
    Ok(found)
}

/// Tells each link of a document.
pub(super) fn links(fields: &[Field], document: &Document, each: &mut dyn FnMut(Id<Entry>)) {
    for field in fields {
        let Some(value) = document.get(&field.name) else { continue };
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            match (&field.kind, value) {
                (Kind::Link { .. }, Value::String(text)) => {
                    if let Some(id) = Id::parse(text) {
                        each(id);
                    }
                }
                (Kind::Group { fields }, Value::Object(inner)) => links(fields, inner, each),
                _ => {}
            }
        }
    }
}

/// When a record takes place, every date that it names; nothing for what has no dates.
fn dated(format: &Format, document: &Document) -> Option<Vec<Moment>> {
    let named = |property: &str| format.fields.iter().find(|field| field.property() == Some(property));
    let start = named("startDate")?;
    let moment = |value: &Value| value.as_str().and_then(Moment::parse);
    let own = document.get(&start.name).and_then(moment);
    let more = named("subEvent").and_then(|list| document.get(&list.name)?.as_array());
    let more = more.into_iter().flatten().filter_map(|item| item.get("start").and_then(moment));
    Some(own.into_iter().chain(more).collect())
}
