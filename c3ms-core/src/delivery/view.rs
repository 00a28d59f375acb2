//! What one recipient sees, and what of it changed when: kept up to date record by record of the log.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Dataset, Datasets, Recipient, Record,
    gate::{redirect, sort, unlink, visible_links, way},
    mask::{Mask, Masked},
};
use crate::{
    base::{Digest, Id, Timestamp},
    governance::Rule,
    manufactory::forms::{
        Document, Entry, Format, Revision, State,
        evolve::{Complement, Lens},
    },
    store::{Change, Erasure, RecordKind, Store, StoreError},
};

/// What a recipient sees of the records of some formats, with a number for each change of it.
///
/// Numbers count what the recipient can see, after rules and projection: a revision of which he sees nothing new makes
/// no change, no number and no date. A [`token`](View::token) names the last change together with all before it: a view
/// made anew, on another machine too, knows it as long as it was led there by the same changes. Where rules, formats or
/// an erasure made others of them it does not, and who followed begins anew.
///
/// # Examples
/// Nobody outside sees the mail address, nor that it changed.
/// ```
/// use c3ms_core::{
///     base::{Id, Seed, Timestamp}, delivery::{Recipient, View}, forms::{Format, Revision, State},
///     store::{Batch, Change, MemoryStore, Store},
/// };
/// let format = Format::parse(r#"{"cube": "venue", "label": {"en": "Venue"}, "title": "name", "fields": [
///     {"id": "name", "name": "name", "kind": {"type": "text"}, "label": {"en": "Name"}},
///     {"id": "email", "name": "email", "kind": {"type": "email"}, "label": {"en": "Mail"}, "visibility": "members"}
/// ]}"#)?;
/// let venue = |email: &str| {
///     let document = [("name", "Le Cadran"), ("email", email)].map(|(name, text)| (name.into(), text.into()));
///     let document = document.into_iter().collect();
///     Change::Revision(Id::derived(&["1"]), Revision::new("venue", format.digest(), State::Published, document))
/// };
/// let mut store = MemoryStore::new();
/// let mut write = |changes: &[Change], at| {
///     let (actor, seed) = (Id::derived(&["me"]), Seed::from_number(at));
///     let at = Timestamp::from_millis(at as i64);
///     store.append(&Batch { at, actor, seed, signer: None, changes }).map(|_| store.clone())
/// };
/// let store = write(&[Change::Format(format.clone()), venue("one@example.org")], 1000)?;
/// let mut view = View::of(&store, &store.formats()?, &Recipient::Public, Timestamp::from_millis(1000))?;
/// assert_eq!((view.number(), view.len()), (1, 1));
///
/// let store = write(&[venue("two@example.org")], 2000)?;
/// view.catch_up(&store, Timestamp::from_millis(2000))?;
/// assert_eq!(view.number(), 1);
/// assert_eq!(view.record(Id::derived(&["1"])).unwrap().updated, Timestamp::from_millis(1000));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub struct View {
    recipient: Recipient,
    states: Vec<State>,
    rules: Vec<Rule>,
    cubes: Vec<Cube>,
    places: BTreeMap<String, usize>,
    /// The position of the log up to which it knows everything.
    through: u64,
    /// For each change the beginning of a hash of it and all before it.
    chain: Vec<u64>,
    rows: BTreeMap<Id<Entry>, Row>,
    gone: BTreeMap<Id<Entry>, Gone>,
    changes: BTreeMap<u64, Id<Entry>>,
    referrers: BTreeMap<Id<Entry>, BTreeSet<Id<Entry>>>,
    merged: BTreeMap<Id<Entry>, Id<Entry>>,
    due: BTreeSet<(Timestamp, Id<Entry>)>,
    /// When fields of all records come into view.
    anew: Option<Timestamp>,
}

/// What is known of a cube.
struct Cube {
    /// The format asked for, with the fields that are seen.
    format: Format,
    version: Digest,
    mask: Mask,
    /// Where an older version is asked for: that, and the way of records to it.
    older: Option<(Format, Lens)>,
}

/// A record that is seen.
struct Row {
    cube: usize,
    number: u64,
    updated: Timestamp,
    /// The document as JSON, its links not yet followed.
    own: Box<str>,
    links: Box<[Id<Entry>]>,
    /// What is seen of it, its links followed.
    shown: Digest,
    draft: bool,
    due: Option<Timestamp>,
}

/// A record that was seen and is no more.
struct Gone {
    cube: usize,
    number: u64,
    at: Timestamp,
}

/// A change of what a recipient sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Its number, from 1.
    pub number: u64,
    /// The cube.
    pub cube: String,
    /// Which record.
    pub id: Id<Entry>,
    /// When.
    pub at: Timestamp,
    /// What is seen of it now; nothing where it is seen no more.
    pub record: Option<Record>,
}

impl View {
    /// What a recipient sees now.
    ///
    /// # Errors
    /// [`StoreError`] where a record cannot be read.
    pub fn of(
        store: &dyn Store,
        formats: &[Format],
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        Self::in_states(store, formats, recipient, now, &[State::Published])
    }

    /// What is seen of entries in some states.
    pub(super) fn in_states(
        store: &dyn Store,
        formats: &[Format],
        recipient: &Recipient,
        now: Timestamp,
        states: &[State],
    ) -> Result<Self, StoreError> {
        let rules = rules(store)?;
        let mut view = Self {
            recipient: recipient.clone(),
            states: states.to_vec(),
            cubes: Vec::with_capacity(formats.len()),
            places: BTreeMap::new(),
            through: 0,
            chain: Vec::new(),
            rows: BTreeMap::new(),
            gone: BTreeMap::new(),
            changes: BTreeMap::new(),
            referrers: BTreeMap::new(),
            merged: BTreeMap::new(),
            due: BTreeSet::new(),
            anew: Mask::due(&rules, now),
            rules,
        };
        for format in formats {
            if view.places.contains_key(&format.cube) {
                continue;
            }
            let mut versions = store.versions(&format.cube)?;
            let newest = versions.first().unwrap_or(format);
            let mask = Mask::of(newest, &view.rules, recipient, now);
            let is_newest = newest.digest() == format.digest();
            let open = if is_newest {
                mask.fields.clone()
            } else {
                Mask::of(format, &view.rules, recipient, now).fields
            };
            versions.reverse();
            let older = (!is_newest).then(|| (format.clone(), way(versions, format)));
            view.places.insert(format.cube.clone(), view.cubes.len());
            let version = format.shape();
            view.cubes.push(Cube { format: Format { fields: open, ..format.clone() }, version, mask, older });
        }
        view.follow(store, now)?;
        Ok(view)
    }

    /// Takes in what was written since, and what time alone brings into view or out of it.
    ///
    /// # Errors
    /// [`StoreError`] where a record cannot be read.
    pub fn catch_up(&mut self, store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
        let mut is_anew = self.anew.is_some_and(|anew| anew <= now);
        if !is_anew {
            store.log(self.through + 1, &mut |record| {
                is_anew |= matches!(record.kind, RecordKind::Format | RecordKind::Rule);
                Ok(())
            })?;
        }
        if is_anew {
            let newest = store.formats()?;
            // What was asked for in an older version goes on in that one.
            let asked = |cube: &Cube| match &cube.older {
                Some((format, _)) => Some(format.clone()),
                None => newest.iter().find(|format| format.cube == cube.format.cube).cloned(),
            };
            let formats: Vec<Format> = self.cubes.iter().filter_map(asked).collect();
            *self = Self::in_states(store, &formats, &self.recipient, now, &self.states)?;
            return Ok(());
        }
        self.follow(store, now)?;
        while let Some((at, id)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.remove(&(at, id));
            if let Some(entry) = store.entry(id)? {
                self.take(id, entry.revision, at, now);
            }
        }
        Ok(())
    }

    fn follow(&mut self, store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
        let from = self.through + 1;
        store.replay(from, &mut |record, change| {
            self.through = record.position;
            match change {
                Some(Change::Revision(id, revision)) => self.take(id, revision, record.at, now),
                Some(Change::Erasure(Erasure { kind: RecordKind::Revision, subjects, .. })) => {
                    for id in subjects.iter().filter_map(|subject| Id::parse(subject)) {
                        let stood = self.merged.remove(&id).is_some();
                        self.hide(id, record.at);
                        if stood {
                            self.bump_referrers(id, record.at);
                        }
                    }
                }
                Some(
                    Change::Erasure(_) | Change::Written(..) | Change::Format(_) | Change::Document { .. },
                )
                | None => {}
            }
            Ok(())
        })
    }

    /// Takes in a state of an entry.
    fn take(&mut self, id: Id<Entry>, revision: Revision, at: Timestamp, now: Timestamp) {
        let Revision { cube, state, document, mut complement, merged, .. } = revision;
        let stands = match merged.filter(|_| state == State::Withdrawn) {
            Some(standing) => self.merged.insert(id, standing) != Some(standing),
            None => self.merged.remove(&id).is_some(),
        };
        let place = self.places.get(&cube).copied().filter(|_| self.states.contains(&state));
        let known = place.and_then(|place| Some((place, self.cubes.get(place)?)));
        let masked = known.map(|(_, cube)| cube.mask.show(&document, now));
        let Masked { document, due } = masked.unwrap_or(Masked { document: None, due: None });
        let (Some((place, cube)), Some(mut document)) = (known, document) else {
            self.hide(id, at);
            self.wait(id, due);
            if stands {
                self.bump_referrers(id, at);
            }
            return;
        };
        if let Some((_, way)) = &cube.older {
            if cube.mask.hides {
                complement = Complement::default();
            }
            way.carry(&mut document, &mut complement);
            document = super::gate::open_members(&cube.format.fields, &document, now.date());
        }
        let links = visible_links(&cube.format.fields, &document);
        let own = Value::Object(document).to_string().into_boxed_str();
        let draft = state == State::Draft;
        let known = self.rows.get(&id).map(|row| (row.cube, row.number, row.updated, row.shown));
        for target in &links {
            self.referrers.entry(*target).or_default().insert(id);
        }
        let before = self.rows.get(&id).and_then(|row| row.due);
        let shown = Digest::ZERO;
        let row =
            Row { cube: place, number: 0, updated: at, own, links: links.into(), shown, draft, due: before };
        let shown = self.shown(&row);
        // What is kept of it may differ, and nothing of what is seen.
        let (number, updated) = match known {
            Some((cube, number, updated, same)) if same == shown && cube == place => (number, updated),
            Some(_) | None => (self.next(id, shown), at),
        };
        self.rows.insert(id, Row { number, updated, shown, ..row });
        self.wait(id, due);
        if known.is_none() || stands {
            self.bump_referrers(id, at);
        }
    }

    fn shown(&self, row: &Row) -> Digest {
        if row.links.is_empty() {
            return Digest::of(&[row.own.as_bytes()]);
        }
        Digest::of(&[Value::Object(self.read(row)).to_string().as_bytes()])
    }

    /// The number of a change of a record; what it had before counts no more.
    fn next(&mut self, id: Id<Entry>, shown: Digest) -> u64 {
        let before = self.rows.get(&id).map(|row| row.number);
        let gone = self.gone.remove(&id).map(|gone| gone.number);
        for number in [before, gone].into_iter().flatten() {
            self.changes.remove(&number);
        }
        let last = self.chain.last().copied().unwrap_or_default();
        let Digest(hash) = Digest::of(&[&last.to_be_bytes(), id.as_bytes(), &shown.0]);
        self.chain.push(hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first)));
        let number = self.number();
        self.changes.insert(number, id);
        number
    }

    /// A record is seen no more.
    fn hide(&mut self, id: Id<Entry>, at: Timestamp) {
        let Some(row) = self.rows.get(&id) else { return };
        let (cube, due) = (row.cube, row.due);
        if let Some(due) = due {
            self.due.remove(&(due, id));
        }
        let number = self.next(id, Digest::ZERO);
        self.rows.remove(&id);
        self.gone.insert(id, Gone { cube, number, at });
        self.bump_referrers(id, at);
    }

    /// What links to a record shows another link now, or none.
    fn bump_referrers(&mut self, id: Id<Entry>, at: Timestamp) {
        let mut targets = vec![id];
        targets.extend(self.merged.keys().copied().filter(|merged| self.leads_through(*merged, id)));
        let referring: BTreeSet<Id<Entry>> =
            targets.iter().filter_map(|target| self.referrers.get(target)).flatten().copied().collect();
        for referrer in referring {
            let Some(row) = self.rows.get(&referrer) else { continue };
            let shown = self.shown(row);
            if shown == row.shown {
                continue;
            }
            let number = self.next(referrer, shown);
            if let Some(row) = self.rows.get_mut(&referrer) {
                (row.number, row.updated, row.shown) = (number, at, shown);
            }
        }
    }

    /// Whether what was merged is led through another to what stands for it.
    fn leads_through(&self, first: Id<Entry>, other: Id<Entry>) -> bool {
        let mut at = first;
        for _ in 0..self.merged.len() {
            match self.merged.get(&at) {
                Some(next) if *next == other => return true,
                Some(next) => at = *next,
                None => return false,
            }
        }
        false
    }

    /// When a record is to be looked at again.
    fn wait(&mut self, id: Id<Entry>, due: Option<Timestamp>) {
        if let Some(row) = self.rows.get_mut(&id)
            && let Some(before) = std::mem::replace(&mut row.due, due)
        {
            self.due.remove(&(before, id));
        }
        self.due.extend(due.map(|due| (due, id)));
    }

    /// What stands for an entry in the end.
    fn standing(&self, first: Id<Entry>) -> Id<Entry> {
        // No merge makes a circle; one that damage made is not followed for ever.
        let follow = (0..self.merged.len()).try_fold(first, |at, _| self.merged.get(&at).copied().ok_or(at));
        follow.unwrap_or_else(|end| end)
    }

    /// The number of the last change; 0 where there was none.
    #[must_use]
    pub fn number(&self) -> u64 {
        u64::try_from(self.chain.len()).unwrap_or(u64::MAX)
    }

    /// What names the last change to who follows.
    #[must_use]
    pub fn token(&self) -> String {
        self.token_of(self.number())
    }

    /// What names a change.
    #[must_use]
    pub fn token_of(&self, number: u64) -> String {
        format!("{number}-{:016x}", self.link(number).unwrap_or_default())
    }

    /// The number of the change that a token names; nothing where this view was not led there.
    #[must_use]
    pub fn number_of(&self, token: &str) -> Option<u64> {
        let (number, link) = token.split_once('-')?;
        let number: u64 = number.parse().ok()?;
        (self.link(number)? == u64::from_str_radix(link, 16).ok()?).then_some(number)
    }

    fn link(&self, number: u64) -> Option<u64> {
        match number.checked_sub(1) {
            None => Some(0),
            Some(place) => self.chain.get(usize::try_from(place).ok()?).copied(),
        }
    }

    /// How many records are seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing is seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The record of an id, as it is seen.
    #[must_use]
    pub fn record(&self, id: Id<Entry>) -> Option<Record> {
        let row = self.rows.get(&id)?;
        Some(self.record_of(id, row))
    }

    fn record_of(&self, id: Id<Entry>, row: &Row) -> Record {
        Record { id, updated: row.updated, document: self.read(row) }
    }

    /// What is seen of a record, its links followed.
    fn read(&self, row: &Row) -> Document {
        let mut document: Document = serde_json::from_str(&row.own).unwrap_or_default();
        if let Some(cube) = self.cubes.get(row.cube).filter(|_| !row.links.is_empty()) {
            let fields = &cube.format.fields;
            if !self.merged.is_empty() {
                redirect(fields, &mut document, &|id| {
                    let end = self.standing(id);
                    (end != id).then_some(end)
                });
            }
            unlink(fields, &mut document, &|id, wanted| {
                let cube = self.rows.get(&id).and_then(|row| self.cubes.get(row.cube));
                cube.is_some_and(|cube| cube.format.cube == wanted)
            });
        }
        document
    }

    /// What changed after a number, in order, each record once, as it is now.
    pub fn since(&self, number: u64) -> impl Iterator<Item = Seen> {
        let later = self.changes.range(number.saturating_add(1)..);
        later.filter_map(|(number, id)| {
            let (cube, at, record) = match (self.rows.get(id), self.gone.get(id)) {
                (Some(row), _) => (row.cube, row.updated, Some(self.record_of(*id, row))),
                (None, Some(gone)) => (gone.cube, gone.at, None),
                (None, None) => return None,
            };
            let cube = self.cubes.get(cube)?.format.cube.clone();
            Some(Seen { number: *number, cube, id: *id, at, record })
        })
    }

    /// Everything that is seen, cube by cube, in order.
    #[must_use]
    pub fn datasets(&self) -> Datasets {
        let mut datasets: Vec<Dataset> = self
            .cubes
            .iter()
            .map(|cube| Dataset {
                format: cube.format.clone(),
                version: cube.version,
                license: cube.mask.license.clone(),
                least: cube.mask.least,
                records: Vec::new(),
            })
            .collect();
        for (id, row) in &self.rows {
            if let Some(dataset) = datasets.get_mut(row.cube) {
                dataset.records.push(self.record_of(*id, row));
            }
        }
        datasets.iter_mut().for_each(sort);
        Datasets::new(datasets)
    }

    /// The drafts among what is seen.
    pub(super) fn drafts(&self) -> BTreeSet<Id<Entry>> {
        self.rows.iter().filter(|(_, row)| row.draft).map(|(id, _)| *id).collect()
    }
}

/// The rules of dissemination of a cooperative.
pub(crate) fn rules(store: &dyn Store) -> Result<Vec<Rule>, StoreError> {
    let Some(body) = store.document(RecordKind::Rule, Rule::SUBJECT)? else { return Ok(Vec::new()) };
    let broken =
        |error: serde_json::Error| StoreError::ProjectionBroken { reason: format!("the rules: {error}") };
    serde_json::from_value(body).map_err(broken)
}
