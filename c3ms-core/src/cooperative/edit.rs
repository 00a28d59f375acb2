//! What people do to single entries: make, correct, look back, take back.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{
    Act, Acting, Conflict, CooperativeError, Edit, Request,
    document::{between, changed},
    formats, workflow,
};
use crate::{
    Error,
    base::{Actor, Id, Timestamp},
    governance::Role,
    manufactory::forms::{
        Correction, Document, Entry, Format, FormsError, Revision, State, Validator, ViolationCode,
    },
    store::{Change, Store},
};

/// What became of a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Edited {
    /// It is done; so the entry is now.
    Written(Box<Entry>),
    /// Who wants it may not do it: it waits for those who keep the entry.
    Waits(Box<Request>),
}

/// An entry made by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// Its id, where it was given one already; else one by chance.
    pub id: Option<Id<Entry>>,
    /// Its cube.
    pub cube: String,
    /// What it says.
    pub document: Document,
    /// It is handed in at once, else it is a draft.
    pub hand_in: bool,
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
    /// Why it came there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whose it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Id<Actor>>,
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

/// Makes an entry by hand. A contributor's is the contributor's own.
///
/// # Errors
/// [`FormsError::FormatUnknown`]; [`CooperativeError::NotPermitted`] for a reader;
/// [`CooperativeError::EntryRefused`] with the first thing that is wrong, or lacking where it is handed in, and for
/// an id that is another's.
pub fn create(store: &mut dyn Store, fresh: &Fresh, act: &Act<'_>) -> Result<Entry, Error> {
    let id = fresh
        .id
        .unwrap_or_else(|| act.fresh_id(&[&fresh.cube, &Value::Object(fresh.document.clone()).to_string()]));
    act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
        if store.entry(id)?.is_some() {
            return Err(refused(id, "there is an entry of this id already"));
        }
        let revision = first(store, id, fresh, &acting)?;
        Ok((vec![Change::Revision(id, revision)], ()))
    })?;
    known(store, id)
}

/// The first revision of an entry made by hand.
pub(super) fn first(
    store: &dyn Store,
    id: Id<Entry>,
    fresh: &Fresh,
    acting: &Acting,
) -> Result<Revision, Error> {
    let format = format_of_cube(store, &fresh.cube)?;
    let workflow = workflow(store, &fresh.cube)?;
    acting.at_least(Role::Contributor, "enter anything")?;
    let violations = Validator::new(&format)?.validate_document(&fresh.document);
    if let Some(violation) =
        violations.iter().find(|violation| fresh.hand_in || violation.code != ViolationCode::Required)
    {
        return Err(refused(id, &violation.message("en")));
    }
    let standing = acting.as_owner(&workflow);
    let mut written = format.fields.iter().filter(|field| fresh.document.contains_key(&field.name));
    if let Some(field) = written.find(|field| !workflow.writes(&field.id, State::Draft, standing)) {
        return Err(acting.not_permitted(&format!("write the field {}", field.name)));
    }
    let state = if fresh.hand_in { workflow.handed_in(standing) } else { State::Draft };
    let fresh = Revision::new(&fresh.cube, format.digest(), state, fresh.document.clone());
    Ok(Revision { owner: acting.owner(), ..fresh })
}

/// Changes fields of an entry by hand; what its source says of them no longer counts, until `revert`.
///
/// Who may not change them asks so: the change waits as a [`Request`] for those who keep the entry.
///
/// # Errors
/// [`CooperativeError::EntryMissing`]; [`CooperativeError::EntryConflict`] where another changed meanwhile what the
/// person saw ([`conflicts`] shows it), nothing is written then; [`CooperativeError::EntryRefused`] with the first thing
/// that would be wrong; [`CooperativeError::NotPermitted`] for a reader.
pub fn edit(store: &mut dyn Store, id: Id<Entry>, edits: &[Edit], act: &Act<'_>) -> Result<Edited, Error> {
    let waits = act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
        let entry = known(store, id)?;
        let workflow = workflow(store, &entry.revision.cube)?;
        acting.at_least(Role::Contributor, "enter anything")?;
        if let Some(standing) = entry.revision.merged {
            return Err(refused(id, &format!("it was merged into {standing}: change that one")));
        }
        if let Some(conflict) = stands_against(&entry, edits).first() {
            return Err(
                CooperativeError::EntryConflict { id: id.to_string(), path: conflict.path.clone() }.into()
            );
        }
        let revision = edited(store, &entry, edits)?;
        if !acting.writes(&workflow, &entry, edits, store)? {
            let seen = |edit: &Edit| {
                if edit.was.is_some() { edit.clone() } else { edit.clone().seen_in(&entry.revision.document) }
            };
            let request = Request::change(act, &entry, edits.iter().map(seen).collect());
            return Ok((vec![request.change_of_log()], Some(request)));
        }
        Ok((changes(&entry, revision), None))
    })?;
    Ok(match waits {
        Some(request) => Edited::Waits(Box::new(request)),
        None => Edited::Written(Box::new(known(store, id)?)),
    })
}

/// What others did meanwhile to the places of these changes.
///
/// # Errors
/// [`CooperativeError::EntryMissing`].
pub fn conflicts(store: &dyn Store, id: Id<Entry>, edits: &[Edit]) -> Result<Vec<Conflict>, Error> {
    Ok(stands_against(&known(store, id)?, edits))
}

/// The changes as made by somebody who saw the entry as it was at a position of its history.
///
/// # Errors
/// [`CooperativeError::EntryMissing`]; [`CooperativeError::EntryRefused`] where its history has no such position.
pub fn seen_at(store: &dyn Store, id: Id<Entry>, position: u64, edits: &[Edit]) -> Result<Vec<Edit>, Error> {
    let past = store.history(id)?;
    let seen = past.iter().rfind(|entry| entry.position <= position).ok_or_else(|| {
        if past.is_empty() { missing(id) } else { refused(id, "its history has no such position") }
    })?;
    Ok(edits.iter().map(|edit| edit.clone().seen_in(&seen.revision.document)).collect())
}

pub(super) fn stands_against(entry: &Entry, edits: &[Edit]) -> Vec<Conflict> {
    edits.iter().filter_map(|edit| edit.conflict(&entry.revision.document)).collect()
}

/// The revision that these changes make; what was wrong before may stay so.
pub(super) fn edited(store: &dyn Store, entry: &Entry, edits: &[Edit]) -> Result<Revision, Error> {
    let format = format_of(store, entry)?;
    let kept = &entry.revision;
    let document = changed(&kept.document, edits)
        .map_err(|(path, reason)| refused(entry.id, &format!("{path}: {reason}")))?;
    let validator = Validator::new(&format)?;
    let before = validator.validate_document(&kept.document);
    let wrong = validator.validate_document(&document);
    if let Some(violation) = wrong.iter().find(|violation| !before.contains(violation)) {
        return Err(refused(entry.id, &violation.message("en")));
    }
    Ok(written_over(kept, document, kept.state, &format))
}

/// What is written for a revision: nothing where it says what is there.
pub(super) fn changes(entry: &Entry, revision: Revision) -> Vec<Change> {
    if revision == entry.revision { Vec::new() } else { vec![Change::Revision(entry.id, revision)] }
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
            reason: entry.revision.reason.clone(),
            owner: entry.revision.owner,
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
/// another entry stands for it; [`CooperativeError::NotPermitted`] for who may not write what differs.
pub fn revert(store: &mut dyn Store, id: Id<Entry>, to: Option<u64>, act: &Act<'_>) -> Result<Entry, Error> {
    act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
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
        let (kept, wanted) = (&entry.revision, &target.revision);
        let workflow = workflow(store, &kept.cube)?;
        let may = acting.writes(&workflow, &entry, &between(&kept.document, &wanted.document), store)?
            && (kept.state == wanted.state
                || workflow.step(kept.state, wanted.state, acting.standing(&workflow, kept)).is_some());
        if !may {
            return Err(acting.not_permitted("bring this entry back"));
        }
        let format = format_of(store, &entry)?;
        Ok((changes(&entry, written_over(kept, wanted.document.clone(), wanted.state, &format)), ()))
    })?;
    known(store, id)
}

/// The revision that says this document by hand: each field that differs is a correction of what was said.
pub(super) fn written_over(kept: &Revision, document: Document, state: State, format: &Format) -> Revision {
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
    Revision { format: format.digest(), document, corrections, ..kept.clone().in_state(state) }
}

pub(super) fn known(store: &dyn Store, id: Id<Entry>) -> Result<Entry, Error> {
    store.entry(id)?.ok_or_else(|| missing(id))
}

pub(super) fn format_of(store: &dyn Store, entry: &Entry) -> Result<Format, Error> {
    format_of_cube(store, &entry.revision.cube)
}

pub(super) fn format_of_cube(store: &dyn Store, cube: &str) -> Result<Format, Error> {
    let mut formats = formats(store)?;
    let known = formats.keys().cloned().collect::<Vec<_>>().join(", ");
    Ok(formats.remove(cube).ok_or_else(|| FormsError::FormatUnknown { cube: cube.to_owned(), known })?)
}

pub(super) fn missing(id: Id<Entry>) -> Error {
    CooperativeError::EntryMissing { id: id.to_string() }.into()
}

pub(super) fn refused(id: Id<Entry>, reason: &str) -> Error {
    CooperativeError::EntryRefused { id: id.to_string(), reason: reason.to_owned() }.into()
}
