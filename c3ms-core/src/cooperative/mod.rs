//! Commands that join the doors: found, import, check, deliver. The only door that composes the others.

#[cfg(feature = "zones")]
mod clashes;
#[cfg(all(feature = "zones", feature = "templates"))]
mod deliver;
mod dissemination;
mod document;
mod edit;
mod error;
#[cfg(all(feature = "zones", feature = "templates"))]
mod fieldwork;
mod identity;
mod import;
#[cfg(all(feature = "zones", feature = "templates"))]
mod inventory;
mod invitation;
mod kept;
mod known;
mod members;
mod merge;
mod migrate;
#[cfg(all(feature = "zones", feature = "templates", feature = "disclosure"))]
mod observatory;
mod places;
mod queue;
mod readiness;
mod request;
mod settings;
mod withdrawal;
mod workflow;

use std::collections::BTreeMap;

use serde::Serialize;

#[cfg(feature = "zones")]
pub use clashes::{Clash, ClashQuery, Party, clashes};
#[cfg(all(feature = "zones", feature = "templates"))]
pub use deliver::{Delivered, deliver, deliver_as};
pub use dissemination::{put_reuser, recipient, reuser, reusers, rules, set_rules};
pub use document::{Conflict, Edit, with_edits};
pub use edit::{Edited, FieldChange, Fresh, Step, conflicts, create, edit, history, revert, seen_at};
pub use error::CooperativeError;
#[cfg(all(feature = "zones", feature = "templates"))]
pub use fieldwork::{
    Acknowledged, Answer, Band, CaptureSpec, Captured, Context, DayKind, Device, Disposition, DoorLog,
    DoorRefusal, ErasedAnswers, ExpectedSpec, Expired, Flag, FlagName, FlaggedAnswer, Frame, FrameRow,
    FrameSpec, LeftOut, Message, Mode, Observed, OpeningSpec, Page, PageSpec, PlanAllocation, PlanSpec,
    Planned, Purpose, Quarantined, QueueLine, Quota, QuotaState, Refusal, RefusedMessage, Respondent,
    Response, Responses, Round, Sheet, SheetSpec, Slot, SlotCount, SlotKind, SlotState, SlotWeighed,
    StratifiedBy, StratumPlanned, Wave, WaveRates, WeighSpec, Weighed, capture, erase, expire, export, frame,
    page, plan, quarantined, read_queue, responses, sheets, sheets_page, wave, waves, weigh,
};
pub use identity::{Alike, SameEntries, SameEntry, alike, same_entries};
pub use import::{ImportOptions, Imported, Listeners, import, import_telling, proposed_mapping};
#[cfg(all(feature = "zones", feature = "templates"))]
pub use inventory::{Count, Inventory, Place, Shared, SourceState, inventory, inventory_page};
pub use invitation::{Answered, Invitation, Invite, Offered, answer, invitations, invite, offered};
use members::Acting;
pub use members::{member, members, put_member};
pub use merge::{Distinct, Pair, merge, standing_for, tell_apart, told_apart, unmerge};
pub use migrate::{Failing, Migration, adopt, migrate, migration, version, versions};
#[cfg(all(feature = "zones", feature = "templates", feature = "disclosure"))]
pub use observatory::observatory_page;
pub use places::{FoundPlace, Placed, locate_all, places, register, set_register};
pub use queue::{Queue, WaitingEntry, WaitingRequest, queue};
pub use readiness::{Readiness, readiness};
pub use request::{Decided, Outcome, Queued, Request, Synced, Wanted, accept, claim, refuse, requests, sync};
pub use settings::Settings;
pub use workflow::{bring, set_workflow, steps, transfer, workflow};

use crate::{
    Error,
    base::{Actor, Digest, Id, Seed, Timestamp},
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

    /// Does a piece of work: what it read still holds when its changes are written, else it is done anew.
    ///
    /// # Errors
    /// What the work gives; [`StoreError::Moved`] where others write without end.
    pub(crate) fn carry_out<T>(
        &self,
        store: &mut dyn Store,
        work: impl Fn(&dyn Store) -> Result<(Vec<Change>, T), Error>,
    ) -> Result<T, Error> {
        for attempt in 1.. {
            let head = store.head()?;
            let (changes, done) = work(store)?;
            if changes.is_empty() {
                return Ok(done);
            }
            let Self { now: at, actor, seed, signer } = *self;
            match store.append_after(head, &Batch { at, actor, seed, signer, changes: &changes }) {
                Ok(_) => return Ok(done),
                Err(StoreError::Moved { .. }) if attempt < ATTEMPTS => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Moved { position: store.head()?.position }.into())
    }

    /// An id by chance for something new, told from others of the same act by what it is about.
    #[must_use]
    pub fn fresh_id<T>(&self, about: &[&str]) -> Id<T> {
        let seed = Digest(self.seed.0).to_string();
        let parts: Vec<&str> = std::iter::once(seed.as_str()).chain(about.iter().copied()).collect();
        Id::derived(&parts)
    }
}

/// So often a piece of work is begun anew where others write at the same time.
const ATTEMPTS: usize = 64;

/// Founds a cooperative in an empty store: its settings, the formats of a profile, and its founder as coordinator.
///
/// # Errors
/// [`StoreError`] where the store cannot be written.
pub fn found(
    store: &mut dyn Store,
    settings: &Settings,
    profile: &Profile,
    act: &Act<'_>,
) -> Result<(), Error> {
    let mut changes = vec![settings.change(), members::record(&members::founder(settings, act))];
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
