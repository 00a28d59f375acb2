//! New versions of formats: what they would do to the entries, and their entry into force.

use serde::Serialize;

use super::{Act, Acting};
use crate::{
    Error,
    base::{Digest, Id},
    governance::Role,
    manufactory::forms::{
        Compatibility, Entry, Format, FormsError, Reason, Validator, Violation,
        evolve::{Lineage, Operation, Tally, amended, compare_formats, reverted},
    },
    store::{Change, Filter, Store, StoreError},
};

/// What a new version of a format means for the entries of its cube.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Migration {
    /// The cube.
    pub cube: String,
    /// The version before.
    pub from: Digest,
    /// The new version.
    pub to: Digest,
    /// The verdict.
    pub compatibility: Compatibility,
    /// What stands against it.
    pub reasons: Vec<Reason>,
    /// What is done.
    pub operations: Vec<Operation>,
    /// Entries looked at.
    pub entries: usize,
    /// Entries that read otherwise in the new version.
    pub changed: usize,
    /// How many entries each operation changed, and of how many it keeps something beside.
    pub counts: Tally,
    /// Entries that were valid and are not so in the new version; they are kept as they are.
    pub failing: Vec<Failing>,
    /// Entries that are not valid before either.
    pub incomplete_before: usize,
}

/// An entry that a new version makes invalid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failing {
    /// Which entry.
    pub entry: Id<Entry>,
    /// The key it has in its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What is wrong.
    pub violations: Vec<Violation>,
}

/// The version of a format that a name means: the beginning of its hash, or its number in the order of versions,
/// from 1.
///
/// # Errors
/// [`FormsError::FormatUnknown`], [`FormsError::VersionUnknown`].
pub fn version(store: &dyn Store, cube: &str, name: &str) -> Result<Format, Error> {
    let versions = versions(store, cube)?;
    let by_number = name.parse::<usize>().ok().and_then(|number| versions.get(number.checked_sub(1)?));
    let by_hash = || {
        let mut named = versions
            .iter()
            .filter(|format| name.len() >= LEAST_OF_A_HASH && format.digest().to_string().starts_with(name));
        named.next().filter(|_| named.next().is_none())
    };
    let found = by_number.or_else(by_hash).cloned();
    Ok(found.ok_or_else(|| FormsError::VersionUnknown { version: name.to_owned() })?)
}

/// As many letters of a hash name one version among those of a cube.
const LEAST_OF_A_HASH: usize = 6;

/// The versions of the format of a cube, the oldest first.
///
/// # Errors
/// [`FormsError::FormatUnknown`] where there is no such cube; [`StoreError`] where they cannot be read.
pub fn versions(store: &dyn Store, cube: &str) -> Result<Vec<Format>, Error> {
    let mut versions = store.versions(cube)?;
    if versions.is_empty() {
        let known: Vec<String> = store.formats()?.into_iter().map(|format| format.cube).collect();
        let (cube, known) = (cube.to_owned(), known.join(", "));
        return Err(FormsError::FormatUnknown { cube, known }.into());
    }
    versions.reverse();
    Ok(versions)
}

/// Tells what a format would do as the next version of its cube; writes nothing.
///
/// A format that is an older version of the cube takes back all that came after it. One that names the newest
/// version as its `previous`, and its operations, is taken at its word; of any other the operations are found.
///
/// # Errors
/// [`FormsError::FormatUnsound`] where the format contradicts itself, or its operations do not lead to it;
/// [`StoreError`] where an entry cannot be read.
pub fn migration(store: &dyn Store, wanted: &Format) -> Result<Migration, Error> {
    prepared(store, wanted).map(|(_, migration)| migration)
}

/// Makes a format the next version of its cube.
///
/// Entries stay as they were written: from now on they are read by the new version, and what it cannot hold of
/// them is kept beside. So nothing is lost, and the version before can come back to all of it.
///
/// # Errors
/// As [`migration`], and where the store cannot be written;
/// [`CooperativeError::NotPermitted`](super::CooperativeError::NotPermitted) for all but coordinators.
pub fn migrate(store: &mut dyn Store, wanted: &Format, act: &Act<'_>) -> Result<Migration, Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Coordinator, "change a format")?;
        let (next, migration) = prepared(store, wanted)?;
        let changes = if migration.from == migration.to { Vec::new() } else { vec![Change::Format(next)] };
        Ok((changes, migration))
    })
}

/// Takes the first version of a format of a new cube into the cooperative: a questionnaire, a kind of record of its own.
///
/// # Errors
/// [`FormsError::FormatUnsound`] where the format contradicts itself, or the cooperative has its cube: then it is a version
/// to [`migrate`] to; [`CooperativeError::NotPermitted`](super::CooperativeError::NotPermitted) for all but coordinators.
pub fn adopt(store: &mut dyn Store, wanted: &Format, act: &Act<'_>) -> Result<(), Error> {
    wanted.check()?;
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Coordinator, "adopt a format")?;
        if !store.versions(&wanted.cube)?.is_empty() {
            let reason = "the cooperative has this cube already: migrate it to this version".to_owned();
            let (cube, path) = (wanted.cube.clone(), "/cube".to_owned());
            return Err(FormsError::FormatUnsound { cube, path, reason }.into());
        }
        let first = Format { previous: None, operations: Vec::new(), ..wanted.clone() };
        Ok((vec![Change::Format(first)], ()))
    })
}

fn prepared(store: &dyn Store, wanted: &Format) -> Result<(Format, Migration), Error> {
    wanted.check()?;
    let versions = versions(store, &wanted.cube)?;
    let Some(newest) = versions.last() else {
        return Err(StoreError::ProjectionBroken { reason: "a cube without versions".to_owned() }.into());
    };
    let (next, operations, comparison) = next(newest, &versions, wanted)?;
    let lens =
        Lineage::of(versions.iter().cloned().chain([next.clone()])).lens(newest.digest(), next.digest())?;
    let (before, after) = (Validator::new(newest)?, Validator::new(&next)?);
    let mut migration = Migration {
        cube: next.cube.clone(),
        from: newest.digest(),
        to: next.digest(),
        compatibility: comparison.compatibility,
        reasons: comparison.reasons,
        operations,
        entries: 0,
        changed: 0,
        counts: Tally::default(),
        failing: Vec::new(),
        incomplete_before: 0,
    };
    let wanted = Filter { cube: Some(next.cube.clone()), state: None };
    store.entries(&wanted, &mut |entry| {
        migration.entries += 1;
        let was_valid = before.validate_document(&entry.revision.document).is_empty();
        let (mut document, mut complement) = (entry.revision.document, entry.revision.complement);
        let mut changed = false;
        lens.carry_telling(&mut document, &mut complement, &mut |carried| {
            changed = true;
            migration.counts.count(carried);
        });
        migration.changed += usize::from(changed);
        if was_valid {
            let violations = after.validate_document(&document);
            if !violations.is_empty() {
                let key = entry.revision.origin.map(|origin| origin.key);
                migration.failing.push(Failing { entry: entry.id, key, violations });
            }
        } else {
            migration.incomplete_before += 1;
        }
        Ok(())
    })?;
    Ok((next, migration))
}

/// The next version, what is done, and the verdict.
fn next(
    newest: &Format,
    versions: &[Format],
    wanted: &Format,
) -> Result<(Format, Vec<Operation>, crate::manufactory::forms::Comparison), FormsError> {
    let digest = wanted.digest();
    let (operations, comparison) = compare_formats(newest, wanted)?;
    if digest == newest.digest() || wanted.shape() == newest.shape() {
        return Ok((newest.clone(), Vec::new(), comparison));
    }
    if versions.iter().any(|version| version.digest() == digest) {
        let next = reverted(newest, wanted);
        return Ok((next.clone(), next.operations, comparison));
    }
    let next = amended(newest, operations.clone())?;
    if next.shape() != wanted.shape() {
        let reason =
            "its operations do not lead to it: leave `operations` out, they will be found".to_owned();
        let (cube, path) = (wanted.cube.clone(), "/operations".to_owned());
        return Err(FormsError::FormatUnsound { cube, path, reason });
    }
    Ok((next, operations, comparison))
}
