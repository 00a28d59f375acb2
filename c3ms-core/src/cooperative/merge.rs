//! Two entries of one thing made one, and parted again; two alike told apart.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Act, Acting,
    edit::{format_of, known, missing, refused, written_over},
    kept,
};
use crate::{
    Error,
    base::Id,
    governance::Role,
    manufactory::forms::{Document, Entry, Revision, State},
    store::{Change, RecordKind, Store},
};

/// Merges an entry into another, which stands for it from then on: it gets what it lacks, links lead to it, and
/// what the sources of both say later stays apart.
///
/// # Errors
/// [`CooperativeError::EntryMissing`](super::CooperativeError::EntryMissing);
/// [`CooperativeError::EntryRefused`](super::CooperativeError::EntryRefused) for entries of two cubes, the same one
/// twice, or one that stands for the other already.
pub fn merge(store: &mut dyn Store, keep: Id<Entry>, gone: Id<Entry>, act: &Act<'_>) -> Result<Entry, Error> {
    let keep = act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Editor, "merge entries")?;
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
        if told_apart(store)?.contains(&pair(keep, gone)) {
            return Err(refused(gone, &format!("somebody told it apart from {keep}: take that back first")));
        }
        let format = format_of(store, &kept)?;
        let mut document = kept.revision.document.clone();
        for (name, value) in &twin.revision.document {
            document.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let revision = written_over(&kept.revision, document, kept.revision.state, &format);
        let merged = Revision { merged: Some(keep), ..twin.revision.in_state(State::Withdrawn) };
        // Both in one batch, the one that stays first: so the two are found again.
        Ok((vec![Change::Revision(keep, revision), Change::Revision(gone, merged)], keep))
    })?;
    known(store, keep)
}

/// Parts again what was merged: the one that stood for it gives back what it only had from it.
///
/// # Errors
/// [`CooperativeError::EntryMissing`](super::CooperativeError::EntryMissing); [`CooperativeError::EntryRefused`](super::CooperativeError::EntryRefused) for one that was not merged.
pub fn unmerge(store: &mut dyn Store, gone: Id<Entry>, act: &Act<'_>) -> Result<Entry, Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Editor, "part entries")?;
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
        let parted = Revision { merged: None, ..twin.revision.in_state(state) };
        Ok((vec![Change::Revision(keep, revision), Change::Revision(gone, parted)], ()))
    })?;
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

/// A decision about two entries that are alike; a document of the cooperative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distinct {
    /// They are not the same thing; where it is false, somebody took that back.
    pub distinct: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Tells two entries apart: they are proposed as duplicates no more. Or takes that back.
///
/// # Errors
/// [`CooperativeError::EntryMissing`](super::CooperativeError::EntryMissing);
/// [`CooperativeError::EntryRefused`](super::CooperativeError::EntryRefused) for one entry twice, or two that are merged;
/// [`CooperativeError::NotPermitted`](super::CooperativeError::NotPermitted) below an editor.
pub fn tell_apart(
    store: &mut dyn Store,
    (one, other): (Id<Entry>, Id<Entry>),
    decision: &Distinct,
    act: &Act<'_>,
) -> Result<(), Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Editor, "tell entries apart")?;
        let (first, second) = (known(store, one)?, known(store, other)?);
        if one == other {
            return Err(refused(one, "it is the same entry twice"));
        }
        if first.revision.merged == Some(other) || second.revision.merged == Some(one) {
            return Err(refused(one, "the two are merged: unmerge them first"));
        }
        let (a, b) = pair(one, other);
        Ok((kept::change_where_new(store, RecordKind::Distinct, &format!("{a} {b}"), decision)?, ()))
    })
}

/// Two entries, the smaller id first.
pub type Pair = (Id<Entry>, Id<Entry>);

/// The pairs that people told apart.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where they cannot be read.
pub fn told_apart(store: &dyn Store) -> Result<BTreeSet<Pair>, Error> {
    let decisions: Vec<(String, Distinct)> = kept::read_all(store, RecordKind::Distinct)?;
    let decisions = decisions.into_iter().filter_map(|(subject, decision)| {
        let (a, b) = subject.split_once(' ')?;
        decision.distinct.then_some((Id::parse(a)?, Id::parse(b)?))
    });
    Ok(decisions.collect())
}

fn pair(one: Id<Entry>, other: Id<Entry>) -> Pair {
    if one <= other { (one, other) } else { (other, one) }
}
