//! What somebody wants done to an entry and may not do, or could not yet: it waits, and is never lost.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Act, Acting, Conflict, CooperativeError, Edit, Fresh,
    document::changed,
    edit::{changes, edited, first, known, refused, stands_against},
    kept, workflow,
    workflow::gives_away,
};
use crate::{
    Error,
    base::{Actor, Id, Timestamp},
    governance::Role,
    manufactory::forms::{Document, Entry, Revision},
    store::{Change, RecordKind, Store},
};

/// What somebody wants done to an entry; a document of the cooperative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Its id.
    pub id: Id<Request>,
    /// The entry.
    pub entry: Id<Entry>,
    /// Its cube.
    pub cube: String,
    /// Who wants it.
    pub by: Id<Actor>,
    /// When they said so.
    pub at: Timestamp,
    /// What they want.
    pub wanted: Wanted,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What was decided; nothing while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Wanted {
    /// These changes of what it says; a new entry where there is none.
    Changes(Vec<Edit>),
    /// To own it.
    Ownership,
}

/// What was decided of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// It is done.
    pub accepted: bool,
    /// Who decided.
    pub by: Id<Actor>,
    /// When.
    pub at: Timestamp,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A change made where there was no connection, as its device keeps it until it is handed over.
///
/// # Examples
/// One line of a queue.
/// ```
/// use c3ms_core::cooperative::Queued;
/// let line = r#"{"id": "01h455vb4pex5vsknk084sn02q", "entry": "01h455vb4pex5vsknk084sn02r", "cube": "event",
///     "at": "2027-03-01T10:00:00Z", "edits": [{"path": "/name/fr", "value": "Le Bal", "was": null}]}"#;
/// let queued: Queued = serde_json::from_str(line)?;
/// assert_eq!(queued.edits[0].was, Some(serde_json::Value::Null));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Queued {
    /// Its id, drawn by the device: handed over twice, it counts once.
    pub id: Id<Request>,
    /// The entry; its id is drawn by the device where it is new.
    pub entry: Id<Entry>,
    /// The cube.
    pub cube: String,
    /// When the person did it, by the clock of the device.
    pub at: Timestamp,
    /// The changes, each with what the person saw.
    pub edits: Vec<Edit>,
    /// A new entry is handed in, not kept as a draft.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hand_in: bool,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// What became of a queued change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Synced {
    /// Which.
    pub id: Id<Request>,
    /// The entry.
    pub entry: Id<Entry>,
    /// What became of it.
    pub outcome: Outcome,
    /// What others did meanwhile to the same places; the change waits then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// Why it waits, where it is for something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What became of a queued change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// It is done.
    Written,
    /// It waits for a person.
    Waits,
    /// It was handed over before.
    Known,
}

impl Request {
    /// A request for changes of an entry.
    pub(super) fn change(act: &Act<'_>, entry: &Entry, edits: Vec<Edit>) -> Self {
        Self::new(act, entry, Wanted::Changes(edits), None)
    }

    fn new(act: &Act<'_>, entry: &Entry, wanted: Wanted, words: Option<&str>) -> Self {
        let id = act.fresh_id(&[&entry.id.to_string(), &json!(wanted).to_string()]);
        let (cube, words) = (entry.revision.cube.clone(), words.map(str::to_owned));
        Self { id, entry: entry.id, cube, by: act.actor, at: act.now, wanted, words, decided: None }
    }

    /// The change of the log that says it.
    pub(super) fn change_of_log(&self) -> Change {
        kept::change(RecordKind::Request, &self.id.to_string(), self)
    }

    fn decided(self, accepted: bool, act: &Act<'_>, reason: Option<&str>) -> Self {
        let reason = reason.map(str::to_owned);
        Self { decided: Some(Decided { accepted, by: act.actor, at: act.now, reason }), ..self }
    }
}

/// All requests, decided ones too, the oldest first.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where they cannot be read.
pub fn requests(store: &dyn Store) -> Result<Vec<Request>, Error> {
    let kept = kept::read_all(store, RecordKind::Request)?;
    let mut requests: Vec<Request> = kept.into_iter().map(|(_, request)| request).collect();
    requests.sort_by_key(|request| (request.at, request.id));
    Ok(requests)
}

fn find(store: &dyn Store, id: Id<Request>) -> Result<Option<Request>, Error> {
    kept::read(store, RecordKind::Request, &id.to_string())
}

fn open(store: &dyn Store, id: Id<Request>) -> Result<Request, Error> {
    let found = find(store, id)?.filter(|request| request.decided.is_none());
    Ok(found.ok_or_else(|| CooperativeError::RequestMissing { id: id.to_string() })?)
}

/// Asks to own an entry.
///
/// # Errors
/// [`CooperativeError::EntryMissing`]; [`CooperativeError::EntryRefused`] where it is theirs already;
/// [`CooperativeError::NotPermitted`] for a reader.
pub fn claim(
    store: &mut dyn Store,
    id: Id<Entry>,
    words: Option<&str>,
    act: &Act<'_>,
) -> Result<Request, Error> {
    act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
        acting.at_least(Role::Contributor, "own entries")?;
        let entry = known(store, id)?;
        if entry.revision.owner == Some(act.actor) {
            return Err(refused(id, "it is yours already"));
        }
        let own = |request: &Request| {
            request.decided.is_none()
                && request.entry == id
                && request.by == act.actor
                && request.wanted == Wanted::Ownership
        };
        if let Some(asked) = requests(store)?.into_iter().find(own) {
            return Ok((Vec::new(), asked));
        }
        let request = Request::new(act, &entry, Wanted::Ownership, words);
        Ok((vec![request.change_of_log()], request))
    })
}

/// Does what a request wants.
///
/// # Errors
/// [`CooperativeError::RequestMissing`] for one that does not wait; [`CooperativeError::NotPermitted`] for who may not do it;
/// [`CooperativeError::EntryConflict`] where it goes into a list that another changed meanwhile;
/// [`CooperativeError::EntryRefused`] with what would be wrong.
pub fn accept(store: &mut dyn Store, id: Id<Request>, act: &Act<'_>) -> Result<Entry, Error> {
    let entry = act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
        let request = open(store, id)?;
        let mut done = match &request.wanted {
            Wanted::Changes(edits) => accepted(store, &request, edits, &acting)?,
            Wanted::Ownership => {
                let entry = known(store, request.entry)?;
                if !gives_away(&acting, &entry) {
                    return Err(acting.not_permitted("give this entry away"));
                }
                changes(&entry, Revision { owner: Some(request.by), ..entry.revision.clone() })
            }
        };
        let entry = request.entry;
        done.push(request.decided(true, act, None).change_of_log());
        Ok((done, entry))
    })?;
    known(store, entry)
}

/// The changes of the log by which a request for changes is done.
fn accepted(
    store: &dyn Store,
    request: &Request,
    edits: &[Edit],
    acting: &Acting,
) -> Result<Vec<Change>, Error> {
    let Some(entry) = store.entry(request.entry)? else {
        acting.at_least(Role::Editor, "take in this entry")?;
        let revision = first(store, request.entry, &fresh(request, edits, false)?, acting)?;
        let owner = super::member(store, &request.by.to_string()).ok().map(|member| member.id);
        return Ok(vec![Change::Revision(request.entry, Revision { owner, ..revision })]);
    };
    if entry.revision.merged.is_some() {
        return Err(refused(entry.id, "it was merged into another: change that one, and refuse this"));
    }
    let workflow = workflow(store, &entry.revision.cube)?;
    if !acting.writes(&workflow, &entry, edits, store)? {
        return Err(acting.not_permitted("change this entry"));
    }
    // The place in a list that was meant may be another's by now.
    let against = stands_against(&entry, edits);
    let lists: BTreeSet<&str> =
        edits.iter().filter(|edit| edit.compared() != edit.path).map(Edit::compared).collect();
    if let Some(conflict) = against.iter().find(|conflict| lists.contains(conflict.path.as_str())) {
        let (id, path) = (entry.id.to_string(), conflict.path.clone());
        return Err(CooperativeError::EntryConflict { id, path }.into());
    }
    Ok(changes(&entry, edited(store, &entry, edits)?))
}

fn fresh(request: &Request, edits: &[Edit], hand_in: bool) -> Result<Fresh, Error> {
    let document = changed(&Document::new(), edits)
        .map_err(|(path, reason)| refused(request.entry, &format!("{path}: {reason}")))?;
    Ok(Fresh { id: Some(request.entry), cube: request.cube.clone(), document, hand_in })
}

/// Leaves what a request wants undone, and says why.
///
/// # Errors
/// [`CooperativeError::RequestMissing`]; [`CooperativeError::NotPermitted`] for who could not do it either, but for the one
/// who asked, who may take it back.
pub fn refuse(
    store: &mut dyn Store,
    id: Id<Request>,
    reason: Option<&str>,
    act: &Act<'_>,
) -> Result<Request, Error> {
    act.carry_out(store, |store| {
        let acting = Acting::of(store, act)?;
        let request = open(store, id)?;
        let may = match (&request.wanted, store.entry(request.entry)?) {
            (Wanted::Ownership, Some(entry)) => gives_away(&acting, &entry),
            (Wanted::Changes(_), Some(entry)) => acting.keeps(&entry.revision),
            (Wanted::Ownership | Wanted::Changes(_), None) => acting.0.role >= Role::Editor,
        };
        if !may && request.by != act.actor {
            return Err(acting.not_permitted("refuse this"));
        }
        let request = request.decided(false, act, reason);
        Ok((vec![request.change_of_log()], request))
    })
}

/// Takes over what a device did without connection: by the time of the device, then by id, each once.
///
/// Where nobody else touched the same place meanwhile, a change is done; else it waits as a [`Request`], beside what
/// stands there. So whatever the order in which devices come back, nothing anybody wrote is written over unseen,
/// and every change is in the entry, in its history, or waits.
///
/// # Errors
/// As for every act of a member; where the store cannot be written, what was taken over stays so, and the queue can
/// be handed over again.
pub fn sync(store: &mut dyn Store, mut queue: Vec<Queued>, act: &Act<'_>) -> Result<Vec<Synced>, Error> {
    queue.sort_by_key(|queued| (queued.at, queued.id));
    queue.into_iter().map(|queued| act.carry_out(store, |store| take_over(store, &queued, act))).collect()
}

fn take_over(store: &dyn Store, queued: &Queued, act: &Act<'_>) -> Result<(Vec<Change>, Synced), Error> {
    let acting = Acting::of(store, act)?;
    acting.at_least(Role::Contributor, "enter anything")?;
    let mut synced = Synced {
        id: queued.id,
        entry: queued.entry,
        outcome: Outcome::Known,
        conflicts: Vec::new(),
        reason: None,
    };
    if find(store, queued.id)?.is_some() {
        return Ok((Vec::new(), synced));
    }
    let request = Request {
        id: queued.id,
        entry: queued.entry,
        cube: queued.cube.clone(),
        by: act.actor,
        at: queued.at,
        wanted: Wanted::Changes(queued.edits.clone()),
        words: queued.words.clone(),
        decided: None,
    };
    let done = match store.entry(queued.entry)? {
        None => made(store, queued, &request, &acting),
        Some(entry) => {
            synced.conflicts = stands_against(&entry, &queued.edits);
            if synced.conflicts.is_empty() {
                accepted(store, &request, &queued.edits, &acting)
            } else {
                Ok(Vec::new())
            }
        }
    };
    let request = match done {
        Ok(mut done) if synced.conflicts.is_empty() => {
            synced.outcome = Outcome::Written;
            done.push(request.decided(true, act, None).change_of_log());
            return Ok((done, synced));
        }
        Ok(_) => request,
        Err(Error::Store(error)) => return Err(error.into()),
        Err(error) => {
            synced.reason = Some(error.to_string());
            request
        }
    };
    synced.outcome = Outcome::Waits;
    Ok((vec![request.change_of_log()], synced))
}

/// A new entry of a device: handed in where it is complete, a draft else.
fn made(
    store: &dyn Store,
    queued: &Queued,
    request: &Request,
    acting: &Acting,
) -> Result<Vec<Change>, Error> {
    let complete = first(store, queued.entry, &fresh(request, &queued.edits, queued.hand_in)?, acting);
    let revision = match complete {
        Err(Error::Cooperative(_)) if queued.hand_in => {
            first(store, queued.entry, &fresh(request, &queued.edits, false)?, acting)?
        }
        other => other?,
    };
    Ok(vec![Change::Revision(queued.entry, revision)])
}
