//! What waits for an editor.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    Conflict, Request, SameEntry, Wanted, edit::stands_against, formats, identity::text, requests,
    same_entries, withdrawal::links,
};
use crate::{
    Error,
    base::{Actor, Date, Id, Timestamp},
    manufactory::forms::{
        Entry, Format, State,
        design::{Need, Target, lacks},
        identity::DuplicateOptions,
    },
    store::{Filter, Store},
};

/// What waits for an editor.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Queue {
    /// Entries handed in, the oldest first.
    pub entries: Vec<WaitingEntry>,
    /// What somebody wants done, the oldest first.
    pub requests: Vec<WaitingRequest>,
    /// Entries that are probably the same thing, the most probable first; what people told apart is not among them.
    pub duplicates: Vec<SameEntry>,
}

/// An entry that waits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaitingEntry {
    /// Which.
    pub entry: Id<Entry>,
    /// Its cube.
    pub cube: String,
    /// What it is called.
    pub title: String,
    /// Since when.
    pub since: Timestamp,
    /// Who handed it in.
    pub by: Id<Actor>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Id<Actor>>,
    /// What it lacks that a target requires, by target.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lacks: BTreeMap<&'static str, Vec<&'static str>>,
}

/// A request that waits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaitingRequest {
    /// What is wanted, and by whom.
    #[serde(flatten)]
    pub request: Request,
    /// What the entry is called.
    pub title: String,
    /// What others did meanwhile to the same places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

/// What waits for an editor today, in one cube or in each; duplicates where they are asked for.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where something cannot be read.
pub fn queue(
    store: &dyn Store,
    cube: Option<&str>,
    today: Date,
    duplicates: Option<DuplicateOptions>,
) -> Result<Queue, Error> {
    let formats = formats(store)?;
    let mut queue = Queue::default();
    let wanted = Filter { cube: cube.map(str::to_owned), state: Some(State::Submitted) };
    let mut handed_in = Vec::new();
    store.entries(&wanted, &mut |entry| {
        handed_in.push(entry);
        Ok(())
    })?;
    handed_in.sort_by_key(|entry| (entry.at, entry.id));
    let linked = linked(store, &formats, &handed_in)?;
    for entry in handed_in {
        queue.entries.push(WaitingEntry {
            entry: entry.id,
            cube: entry.revision.cube.clone(),
            title: title(&formats, &entry),
            since: entry.at,
            by: entry.actor,
            owner: entry.revision.owner,
            lacks: lacking(&formats, &linked, &entry, today),
        });
    }
    let open = requests(store)?.into_iter().filter(|request| request.decided.is_none());
    for request in open.filter(|request| cube.is_none_or(|cube| cube == request.cube)) {
        let entry = store.entry(request.entry)?;
        let title = entry.as_ref().map(|entry| title(&formats, entry)).unwrap_or_default();
        let conflicts = match (&request.wanted, &entry) {
            (Wanted::Changes(edits), Some(entry)) => stands_against(entry, edits),
            (Wanted::Changes(_), None) | (Wanted::Ownership, _) => Vec::new(),
        };
        queue.requests.push(WaitingRequest { request, title, conflicts });
    }
    if let Some(options) = duplicates {
        let mut found = same_entries(store, cube, options)?.pairs;
        found.retain(|pair| pair.found.veto.is_none());
        queue.duplicates = found;
    }
    Ok(queue)
}

/// What an entry lacks that a target requires.
fn lacking(
    formats: &BTreeMap<String, Format>,
    linked: &BTreeMap<String, Entry>,
    entry: &Entry,
    today: Date,
) -> BTreeMap<&'static str, Vec<&'static str>> {
    let Some(format) = formats.get(&entry.revision.cube) else { return BTreeMap::new() };
    let resolve = |cube: &str, id: &str| {
        let entry = linked.get(id).filter(|entry| entry.revision.cube == cube)?;
        Some((formats.get(cube)?, &entry.revision.document))
    };
    let targets = Target::ALL.into_iter().filter(|target| target.takes(format));
    let lacks = targets.map(|target| {
        let lacks = lacks(format, &entry.revision.document, target, today, &resolve);
        let required = lacks.into_iter().filter(|lack| lack.need == Need::Required).map(|lack| lack.property);
        (target.as_str(), required.collect::<Vec<_>>())
    });
    lacks.filter(|(_, lacks)| !lacks.is_empty()).collect()
}

/// The entries that these link to, by id.
fn linked(
    store: &dyn Store,
    formats: &BTreeMap<String, Format>,
    entries: &[Entry],
) -> Result<BTreeMap<String, Entry>, Error> {
    let mut ids = BTreeSet::new();
    for entry in entries {
        if let Some(format) = formats.get(&entry.revision.cube) {
            links(&format.fields, &entry.revision.document, &mut |id| {
                ids.insert(id);
            });
        }
    }
    let mut linked = BTreeMap::new();
    for id in ids {
        linked.extend(store.entry(id)?.map(|entry| (id.to_string(), entry)));
    }
    Ok(linked)
}

fn title(formats: &BTreeMap<String, Format>, entry: &Entry) -> String {
    let title =
        formats.get(&entry.revision.cube).and_then(|format| entry.revision.document.get(&format.title));
    title.map(text).unwrap_or_default()
}
