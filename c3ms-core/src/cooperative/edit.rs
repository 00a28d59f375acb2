//! What people do to single entries: correct, look back, take back, merge, part again.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{Act, CooperativeError, formats};
use crate::{
    Error,
    base::{Actor, Id, Timestamp},
    manufactory::forms::{Correction, Document, Entry, Format, Revision, State, Validator},
    store::{Change, Store},
};

/// One change of an entry by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Where: `/capacity`, `/name/fr`, `/offers/0/price`.
    pub path: String,
    /// The value; nothing takes out what is there.
    pub value: Option<Value>,
}

/// One step of the history of an entry: a revision, and what it changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Its position in the log: what `revert` is told.
    pub position: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Id<Actor>,
    /// The source that the entry comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How far it had come.
    pub state: State,
    /// The entry that stands for it from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<Id<Entry>>,
    /// What it changed, by field.
    pub changes: Vec<FieldChange>,
}

/// What a revision changed in a field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// What it held.
    pub before: Value,
    /// What it holds.
    pub after: Value,
    /// By hand, over what the source says.
    pub corrected: bool,
}

/// Corrects fields of an entry by hand; what its source says of them no longer counts, until `revert`.
///
/// # Errors
/// [`CooperativeError::EntryMissing`]; [`CooperativeError::EntryRefused`] with the first thing that would be wrong.
pub fn edit(store: &mut dyn Store, id: Id<Entry>, edits: &[Edit], act: &Act<'_>) -> Result<Entry, Error> {
    let entry = known(store, id)?;
    let format = format_of(store, &entry)?;
    let mut document = Value::Object(entry.revision.document.clone());
    for edit in edits {
        write(&mut document, &edit.path, edit.value.clone())
            .map_err(|reason| refused(id, &format!("{}: {reason}", edit.path)))?;
    }
    let Value::Object(document) = document else { return Ok(entry) };
    let validator = Validator::new(&format)?;
    let before = validator.validate_document(&entry.revision.document);
    let wrong = validator.validate_document(&document);
    if let Some(violation) = wrong.iter().find(|violation| !before.contains(violation)) {
        return Err(refused(id, &violation.message("en")));
    }
    let revision = written_over(&entry.revision, document, entry.revision.state, &format);
    store_revision(store, id, &entry, revision, act)
}

/// Every state of an entry, the oldest first, each with what it changed.
///
/// # Errors
/// [`CooperativeError::EntryMissing`].
pub fn history(store: &dyn Store, id: Id<Entry>) -> Result<Vec<Step>, Error> {
    let entries = store.history(id)?;
    if entries.is_empty() {
        return Err(missing(id));
    }
    let formats = formats(store)?;
    let mut steps = Vec::with_capacity(entries.len());
    let nothing = Document::new();
    let mut before: Option<&Entry> = None;
    for entry in &entries {
        let old = before.map_or(&nothing, |before| &before.revision.document);
        let new = &entry.revision.document;
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let format = formats.get(&entry.revision.cube);
        let changes = names.into_iter().filter(|name| old.get(*name) != new.get(*name)).map(|name| {
            let id = format.and_then(|format| format.field(name)).map(|field| field.id.as_str());
            let value = |document: &Document| document.get(name).cloned().unwrap_or_default();
            FieldChange {
                field: name.clone(),
                before: value(old),
                after: value(new),
                corrected: id.is_some_and(|id| entry.revision.corrections.contains_key(id)),
            }
        });
        steps.push(Step {
            position: entry.position,
            at: entry.at,
            actor: entry.actor,
            source: entry.revision.origin.as_ref().map(|origin| origin.source.clone()),
            state: entry.revision.state,
            merged: entry.revision.merged,
            changes: changes.collect(),
        });
        before = Some(entry);
    }
    Ok(steps)
}

/// Brings an entry back to what it said at a position of its history, or before its last change; what its source
/// says otherwise is written over.
///
/// # Errors
/// [`CooperativeError::EntryMissing`]; [`CooperativeError::EntryRefused`] where its history has no such position, or
/// another entry stands for it.
pub fn revert(store: &mut dyn Store, id: Id<Entry>, to: Option<u64>, act: &Act<'_>) -> Result<Entry, Error> {
    let entry = known(store, id)?;
    if let Some(standing) = entry.revision.merged {
        return Err(refused(id, &format!("it was merged into {standing}: unmerge it first")));
    }
    let past = store.history(id)?;
    let target = match to {
        Some(position) => past.iter().find(|entry| entry.position == position),
        None => past.len().checked_sub(2).and_then(|place| past.get(place)),
    };
    let target = target.ok_or_else(|| refused(id, "its history has no such position"))?;
    let format = format_of(store, &entry)?;
    let revision =
        written_over(&entry.revision, target.revision.document.clone(), target.revision.state, &format);
    store_revision(store, id, &entry, revision, act)
}

/// Merges an entry into another, which stands for it from then on: it gets what it lacks, links lead to it, and
/// what the sources of both say later stays apart.
///
/// # Errors
/// [`CooperativeError::EntryMissing`]; [`CooperativeError::EntryRefused`] for entries of two cubes, the same one
/// twice, or one that stands for the other already.
pub fn merge(store: &mut dyn Store, keep: Id<Entry>, gone: Id<Entry>, act: &Act<'_>) -> Result<Entry, Error> {
    let keep = standing_for(store, keep)?.ok_or_else(|| missing(keep))?;
    let (kept, twin) = (known(store, keep)?, known(store, gone)?);
    if keep == gone {
        return Err(refused(gone, "it stands for the other already, or is the same one"));
    }
    if let Some(standing) = twin.revision.merged {
        return Err(refused(gone, &format!("it was merged into {standing}: unmerge it first")));
    }
    if kept.revision.cube != twin.revision.cube {
        return Err(refused(gone, &format!("it is no {}", kept.revision.cube)));
    }
    let format = format_of(store, &kept)?;
    let mut document = kept.revision.document.clone();
    for (name, value) in &twin.revision.document {
        document.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let revision = written_over(&kept.revision, document, kept.revision.state, &format);
    let merged = Revision { merged: Some(keep), state: State::Withdrawn, ..twin.revision };
    // Both in one batch, the one that stays first: so the two are found again.
    act.write(store, &[Change::Revision(keep, revision), Change::Revision(gone, merged)])?;
    known(store, keep)
}

/// Parts again what was merged: the one that stood for it gives back what it only had from it.
///
/// # Errors
/// [`CooperativeError::EntryMissing`]; [`CooperativeError::EntryRefused`] for one that was not merged.
pub fn unmerge(store: &mut dyn Store, gone: Id<Entry>, act: &Act<'_>) -> Result<Entry, Error> {
    let twin = known(store, gone)?;
    let Some(keep) = twin.revision.merged else { return Err(refused(gone, "it was not merged")) };
    let past = store.history(gone)?;
    let at = past.iter().rposition(|entry| entry.revision.merged.is_none()).unwrap_or(0);
    let state = past.get(at).map_or(State::Draft, |before| before.revision.state);
    let merging = past.get(at + 1).map(|entry| entry.position);
    let kept = known(store, keep)?;
    let format = format_of(store, &kept)?;
    // What the merge gave: the revision written just before the twin's, beside the one before that.
    let theirs = store.history(keep)?;
    let given = merging.and_then(|position| {
        let place = theirs.iter().position(|entry| entry.position + 1 == position)?;
        let before = place.checked_sub(1).and_then(|place| theirs.get(place))?;
        let after = theirs.get(place)?;
        let had = |name: &String| before.revision.document.contains_key(name);
        Some(
            after
                .revision
                .document
                .iter()
                .filter(|(name, _)| !had(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect::<Document>(),
        )
    });
    let mut document = kept.revision.document.clone();
    for (name, value) in given.unwrap_or_default() {
        if document.get(&name) == Some(&value) {
            document.remove(&name);
        }
    }
    let revision = written_over(&kept.revision, document, kept.revision.state, &format);
    let parted = Revision { merged: None, state, ..twin.revision };
    act.write(store, &[Change::Revision(keep, revision), Change::Revision(gone, parted)])?;
    known(store, gone)
}

/// The entry that stands for another since they were merged: itself where it was not.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where an entry cannot be read.
pub fn standing_for(store: &dyn Store, id: Id<Entry>) -> Result<Option<Id<Entry>>, Error> {
    let mut passed = BTreeSet::new();
    let mut at = id;
    while passed.insert(at) {
        let Some(entry) = store.entry(at)? else { return Ok(None) };
        match entry.revision.merged {
            Some(next) => at = next,
            None => return Ok(Some(at)),
        }
    }
    // A circle, which no merge makes: it stands for itself.
    Ok(Some(id))
}

/// The revision that says this document by hand: each field that differs is a correction of what was said.
fn written_over(kept: &Revision, document: Document, state: State, format: &Format) -> Revision {
    let mut corrections: BTreeMap<String, Correction> = kept.corrections.clone();
    if kept.origin.is_some() {
        for field in &format.fields {
            let (before, after) = (kept.document.get(&field.name), document.get(&field.name));
            if before == after {
                continue;
            }
            let said = match corrections.get(&field.id) {
                Some(known) => known.said.clone(),
                None => before.cloned(),
            };
            if said.as_ref() == after {
                corrections.remove(&field.id);
            } else {
                corrections.insert(field.id.clone(), Correction { said });
            }
        }
    }
    let lacks = format.fields.iter().any(|field| field.required && !document.contains_key(&field.name));
    let state = if lacks && state == State::Published { State::Draft } else { state };
    Revision { format: format.digest(), state, document, corrections, ..kept.clone() }
}

fn store_revision(
    store: &mut dyn Store,
    id: Id<Entry>,
    entry: &Entry,
    revision: Revision,
    act: &Act<'_>,
) -> Result<Entry, Error> {
    if revision != entry.revision {
        act.write(store, &[Change::Revision(id, revision)])?;
    }
    known(store, id)
}

/// Writes a value at a path, or takes out what is there.
fn write(document: &mut Value, path: &str, value: Option<Value>) -> Result<(), &'static str> {
    let mut steps = path.strip_prefix('/').ok_or("a path begins with a slash")?.split('/').peekable();
    let mut at = document;
    loop {
        let Some(step) = steps.next() else { return Err("a path names a field") };
        let step = step.replace("~1", "/").replace("~0", "~");
        let is_last = steps.peek().is_none();
        if at.is_null() {
            *at = if step.parse::<usize>().is_ok() {
                Value::Array(Vec::new())
            } else {
                Value::Object(Document::new())
            };
        }
        let next = match at {
            Value::Object(members) if is_last => {
                match value {
                    Some(value) => drop(members.insert(step, value)),
                    None => drop(members.remove(&step)),
                }
                return Ok(());
            }
            Value::Object(members) => members.entry(step).or_insert(Value::Null),
            Value::Array(items) => {
                let index: usize = step.parse().map_err(|_| "it is a list: name an item by its number")?;
                if index > items.len() {
                    return Err("the list is not so long");
                }
                if is_last {
                    match value {
                        Some(value) if index == items.len() => items.push(value),
                        Some(value) => {
                            if let Some(item) = items.get_mut(index) {
                                *item = value;
                            }
                        }
                        None if index < items.len() => drop(items.remove(index)),
                        None => {}
                    }
                    return Ok(());
                }
                if index == items.len() {
                    items.push(Value::Null);
                }
                items.get_mut(index).ok_or("the list is not so long")?
            }
            _ => return Err("what lies there has no parts"),
        };
        at = next;
    }
}

fn known(store: &dyn Store, id: Id<Entry>) -> Result<Entry, Error> {
    store.entry(id)?.ok_or_else(|| missing(id))
}

fn format_of(store: &dyn Store, entry: &Entry) -> Result<Format, Error> {
    formats(store)?
        .remove(&entry.revision.cube)
        .ok_or_else(|| refused(entry.id, "the format of its cube is not there"))
}

fn missing(id: Id<Entry>) -> Error {
    CooperativeError::EntryMissing { id: id.to_string() }.into()
}

fn refused(id: Id<Entry>, reason: &str) -> Error {
    CooperativeError::EntryRefused { id: id.to_string(), reason: reason.to_owned() }.into()
}
