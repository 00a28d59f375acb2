//! Commands that join the doors: found, import, check, deliver. The only door that composes the others.

#[cfg(feature = "zones")]
mod clashes;
#[cfg(all(feature = "zones", feature = "templates"))]
mod deliver;
mod edit;
mod error;
mod identity;
mod import;
#[cfg(all(feature = "zones", feature = "templates"))]
mod inventory;
mod migrate;
mod readiness;
mod settings;
mod withdrawal;

use std::collections::BTreeMap;

use serde::Serialize;

#[cfg(feature = "zones")]
pub use clashes::{Clash, ClashQuery, Party, clashes};
#[cfg(all(feature = "zones", feature = "templates"))]
pub use deliver::{Delivered, deliver, deliver_as};
pub use edit::{Edit, FieldChange, Step, edit, history, merge, revert, standing_for, unmerge};
pub use error::CooperativeError;
pub use identity::{SameEntries, SameEntry, same_entries};
pub use import::{ImportOptions, Imported, import, proposed_mapping};
#[cfg(all(feature = "zones", feature = "templates"))]
pub use inventory::{Count, Inventory, Place, Shared, SourceState, inventory, inventory_page};
pub use migrate::{Failing, Migration, migrate, migration, version, versions};
pub use readiness::{Readiness, readiness};
pub use settings::Settings;

use crate::{
    Error,
    base::{Actor, Id, Seed, Timestamp},
    governance::SecretKey,
    manufactory::forms::{Format, Profile, Validator, Violation},
    store::{Batch, Change, Filter, RecordKind, Store, StoreError},
};

/// Who does a command, when, and with which secret chance.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// When.
    pub now: Timestamp,
    /// Who.
    pub actor: Id<Actor>,
    /// Whence salts come: secret, drawn anew for each command.
    pub seed: Seed,
    /// Signs what is written, where the actor has a key.
    pub signer: Option<&'a SecretKey>,
}

impl Act<'_> {
    /// Writes changes as one batch.
    pub(crate) fn write(&self, store: &mut dyn Store, changes: &[Change]) -> Result<(), StoreError> {
        let batch = Batch { at: self.now, actor: self.actor, seed: self.seed, signer: self.signer, changes };
        store.append(&batch).map(drop)
    }
}

/// Founds a cooperative in an empty store: its settings and the formats of a profile.
///
/// # Errors
/// [`StoreError`] where the store cannot be written.
pub fn found(
    store: &mut dyn Store,
    settings: &Settings,
    profile: &Profile,
    act: &Act<'_>,
) -> Result<(), Error> {
    let mut changes = vec![settings.change()];
    changes.extend(profile.formats.iter().cloned().map(Change::Format));
    act.write(store, &changes)?;
    Ok(())
}

/// The newest formats, by cube.
///
/// # Errors
/// [`StoreError`] where they cannot be read.
pub fn formats(store: &dyn Store) -> Result<BTreeMap<String, Format>, Error> {
    Ok(store.formats()?.into_iter().map(|format| (format.cube.clone(), format)).collect())
}

/// What a check of all entries found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Checked {
    /// Entries looked at.
    pub entries: usize,
    /// Those in which nothing is wrong.
    pub valid: usize,
    /// Those that lack something, or hold what their format no longer takes.
    pub incomplete: usize,
    /// How many there are in each state.
    pub states: BTreeMap<&'static str, usize>,
}

/// Checks every entry against the newest format of its cube; tells each violation to `each`.
///
/// # Errors
/// [`StoreError`] where an entry cannot be read.
pub fn validate(
    store: &dyn Store,
    each: &mut dyn FnMut(&crate::manufactory::forms::Entry, &Violation),
) -> Result<Checked, Error> {
    let mut validators = BTreeMap::new();
    for (cube, format) in formats(store)? {
        validators.insert(cube, Validator::new(&format)?);
    }
    let mut checked = Checked::default();
    store.entries(&Filter::default(), &mut |entry| {
        let violations = validators
            .get(&entry.revision.cube)
            .map(|validator| validator.validate_document(&entry.revision.document))
            .unwrap_or_default();
        checked.entries += 1;
        *checked.states.entry(entry.revision.state.as_str()).or_default() += 1;
        if violations.is_empty() {
            checked.valid += 1;
        } else {
            checked.incomplete += 1;
        }
        for violation in &violations {
            each(&entry, violation);
        }
        Ok(())
    })?;
    Ok(checked)
}

/// The settings of the cooperative.
///
/// # Errors
/// [`CooperativeError::SettingsMissing`] in a store in which none was founded.
pub fn settings(store: &dyn Store) -> Result<Settings, Error> {
    let kept = store.document(RecordKind::Settings, Settings::SUBJECT)?;
    let kept = kept.ok_or(CooperativeError::SettingsMissing)?;
    Ok(serde_json::from_value(kept).map_err(|_| CooperativeError::SettingsMissing)?)
}
