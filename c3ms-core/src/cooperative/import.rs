//! A source into the store: what is new, what changed, what stays; with the account of every value.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Act, formats, settings};
use crate::{
    Code, Error,
    base::{Digest, Id, fold},
    manufactory::forms::{
        Document, Entry, Format, Origin, Revision, State,
        intake::{Account, Fate, Filled, Filling, Hints, Mapping, Resolver, Source, fill, propose},
    },
    store::{Change, Lookup, RecordKind, Store},
};

/// How a source is imported.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportOptions {
    /// The name of the source: its identity from one import to the next.
    pub name: String,
    /// The cube it fills, where it is said.
    pub into: Option<String>,
    /// The mapping, where one is given; it is kept.
    pub mapping: Option<Mapping>,
    /// Nothing is written.
    pub dry_run: bool,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Imported {
    /// What became of every value and record.
    pub account: Account,
    /// The mapping that was used.
    pub mapping: Mapping,
}

/// As many changes as one commit takes: what a crash can undo is at most this, and none of it was told.
const BATCH: usize = 100;

/// The mapping an import would use: the one given, the one kept for this source, else one proposed.
///
/// # Errors
/// As [`propose`], and where the store cannot be read.
pub fn proposed_mapping(
    store: &dyn Store,
    source: &Source,
    options: &ImportOptions,
) -> Result<Mapping, Error> {
    if let Some(mapping) = &options.mapping {
        return Ok(mapping.clone());
    }
    if options.into.is_none()
        && let Some(kept) = store.document(RecordKind::Mapping, &options.name)?
        && let Ok(mapping) = serde_json::from_value::<Mapping>(kept)
        && mapping.kind == source.kind
    {
        return Ok(mapping);
    }
    let settings = settings(store)?;
    let known = Known::new(store);
    let hints = Hints {
        name: &options.name,
        into: options.into.as_deref(),
        zone: Some(&settings.zone),
        language: Some(&settings.language),
        known: &|cube, text| !known.candidates(cube, text).is_empty(),
    };
    Ok(propose(source, &formats(store)?, &hints)?)
}

/// Imports a source; tells `progress` after each durable step how many of its records are safe.
///
/// Each record has the id its key gives it, so a second import finds what the first made: what is equal stays,
/// what the source changed is changed, what others added stays. An address as key (`@id`) is the same record
/// in every source; the source that describes it keeps it, one that only mentions it changes nothing in it.
///
/// # Errors
/// Where the source or its mapping cannot be read, nothing is written. Where the store fails, what `progress`
/// told is kept, and the import can be run again.
pub fn import(
    store: &mut dyn Store,
    source: &Source,
    options: &ImportOptions,
    act: &Act<'_>,
    progress: &mut dyn FnMut(usize),
) -> Result<Imported, Error> {
    store.verify_chain()?;
    let mapping = proposed_mapping(store, source, options)?;
    let formats = formats(store)?;
    let mut filling = fill(source, &options.name, &mapping, &formats, &Known::new(store))?;
    let mut account = Account {
        source: options.name.clone(),
        notes: std::mem::take(&mut filling.notes),
        ..Account::default()
    };
    account.summary.records.refused = filling.refused.len();

    keep_mapping(store, options, &mapping, act)?;
    let covered = covered(&mapping);
    let digests: BTreeMap<&String, Digest> =
        formats.iter().map(|(cube, format)| (cube, format.digest())).collect();
    let mut done = 0;
    let mut changes = Vec::with_capacity(BATCH);
    let filled = std::mem::take(&mut filling.filled);
    let length = filled.len();
    for (index, next) in filled.into_iter().enumerate() {
        let Some((format, digest)) = formats.get(&next.cube).zip(digests.get(&next.cube)) else { continue };
        let known = store.entry(next.id)?;
        let sort = Sort { format, digest: *digest, covered: covered.get(next.cube.as_str()) };
        match revised(known.as_ref(), &next, &sort, &options.name, &mut filling) {
            None => account.summary.records.unchanged += 1,
            Some(revision) => {
                match known {
                    None => account.summary.records.created += 1,
                    Some(_) => account.summary.records.updated += 1,
                }
                changes.push(Change::Revision(next.id, revision));
            }
        }
        if (index + 1) % BATCH == 0 || index + 1 == length {
            if !options.dry_run {
                if !changes.is_empty() {
                    act.write(store, &changes)?;
                }
                done = index + 1;
                progress(done);
            }
            changes.clear();
        }
    }
    debug_assert!(options.dry_run || done == length);
    tell(&mut account, source, filling);
    Ok(Imported { account, mapping })
}

fn keep_mapping(
    store: &mut dyn Store,
    options: &ImportOptions,
    mapping: &Mapping,
    act: &Act<'_>,
) -> Result<(), Error> {
    let body = json!(mapping);
    if options.dry_run || store.document(RecordKind::Mapping, &options.name)?.as_ref() == Some(&body) {
        return Ok(());
    }
    act.write(store, &[Change::Document { kind: RecordKind::Mapping, subject: options.name.clone(), body }])?;
    Ok(())
}

/// The fields of each cube that the source itself fills, when it describes such a record.
fn covered(mapping: &Mapping) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut covered: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for target in &mapping.targets {
        let fields = covered.entry(&target.cube).or_default();
        fields.extend(target.rules.iter().filter_map(|rule| rule.to.split('/').next()));
    }
    if let Some(root) = mapping.targets.first() {
        let links = mapping.targets.iter().filter_map(|target| target.link.as_deref());
        covered.entry(&root.cube).or_default().extend(links.chain(["recurrence-of"]));
    }
    covered
}

/// What is the same for all records of a cube.
struct Sort<'a> {
    format: &'a Format,
    digest: Digest,
    covered: Option<&'a BTreeSet<&'a str>>,
}

/// The next revision of an entry; `None` where it stays as it is.
fn revised(
    known: Option<&Entry>,
    next: &Filled,
    sort: &Sort<'_>,
    source: &str,
    filling: &mut Filling,
) -> Option<Revision> {
    let own = Origin { source: source.to_owned(), key: next.key.clone(), mentioned: next.mentioned };
    let Some(entry) = known else {
        let state = state(next.private, next.incomplete);
        let fresh = Revision::new(&next.cube, sort.digest, state, next.document.clone());
        return Some(Revision { origin: Some(own), ..fresh });
    };
    let kept = &entry.revision;
    let ours = kept.origin.as_ref().is_none_or(|origin| origin.source == source);
    let takes_over = !ours && !next.mentioned && kept.origin.as_ref().is_some_and(|origin| origin.mentioned);
    if !ours && !takes_over {
        refuse_what_differs(&kept.document, next, kept.origin.as_ref(), filling);
        return None;
    }
    let mut document = kept.document.clone();
    if !next.mentioned {
        // What the source could fill and does not say is gone; what others filled stays.
        document.retain(|name, _| {
            sort.covered.is_none_or(|covered| !covered.contains(name.as_str()))
                || next.document.contains_key(name)
        });
    }
    for (name, value) in &next.document {
        document.insert(name.clone(), value.clone());
    }
    let origin = match &kept.origin {
        // A source that described a record and now only mentions it still is the one that describes it.
        Some(origin) if ours && !origin.mentioned => origin.clone(),
        _ => own,
    };
    let incomplete =
        sort.format.fields.iter().any(|field| field.required && !document.contains_key(&field.name));
    let state = match kept.state {
        State::Withdrawn => State::Withdrawn,
        State::Draft | State::Published => state(next.private, incomplete),
    };
    let revision = Revision { format: sort.digest, state, origin: Some(origin), document, ..kept.clone() };
    (revision != *kept).then_some(revision)
}

const fn state(private: bool, incomplete: bool) -> State {
    if private || incomplete { State::Draft } else { State::Published }
}

/// A record that another source keeps is not changed; where this one says otherwise, the account says so.
fn refuse_what_differs(document: &Document, next: &Filled, origin: Option<&Origin>, filling: &mut Filling) {
    let keeper = origin.map(|origin| origin.source.clone()).unwrap_or_default();
    let (kept, said) = (Value::Object(document.clone()), Value::Object(next.document.clone()));
    for leaf in &next.leaves {
        if leaf.in_document(&kept) != leaf.in_document(&said)
            && let Some((record, value)) = leaf.value
            && let Some(fate) = filling.fates.get_mut(record).and_then(|fates| fates.get_mut(value))
        {
            *fate = Fate::Refused(Code::ValueOwnedElsewhere, keeper.clone());
        }
    }
}

/// Writes the fate of every value into the account, in the order of the source.
fn tell(account: &mut Account, source: &Source, filling: Filling) {
    for (value, fate) in source.outside.iter().zip(filling.outside) {
        let at = || {
            if value.line > 0 { format!("line {}", value.line) } else { source.selector(value).to_owned() }
        };
        account.tell(at, source.selector(value), &value.scalar.text(), fate);
    }
    for (record, fates) in source.records.iter().zip(filling.fates) {
        for (value, fate) in record.values.iter().zip(fates) {
            account.tell(|| source.place(record, value), source.selector(value), &value.scalar.text(), fate);
        }
    }
}

/// Finds entries by key or title in a store; remembers what it found.
struct Known<'a> {
    store: &'a dyn Store,
    found: RefCell<Found>,
}

/// The entries found for a text in a cube.
type Found = BTreeMap<(String, String), Vec<Id<Entry>>>;

impl<'a> Known<'a> {
    fn new(store: &'a dyn Store) -> Self {
        Self { store, found: RefCell::default() }
    }

    /// The one entry with this key, else those with this title.
    fn candidates(&self, cube: &str, text: &str) -> Vec<Id<Entry>> {
        let asked = (cube.to_owned(), text.to_owned());
        if let Some(known) = self.found.borrow().get(&asked) {
            return known.clone();
        }
        // A store that cannot be read fails at the next step of the import, with its own error.
        let mut found = self.store.find(cube, Lookup::Key(text)).unwrap_or_default();
        if found.len() != 1 {
            found = self.store.find(cube, Lookup::Title(&fold(text))).unwrap_or_default();
        }
        self.found.borrow_mut().insert(asked, found.clone());
        found
    }
}

impl Resolver for Known<'_> {
    fn resolve(&self, cube: &str, text: &str, from: Option<(Id<Entry>, &str)>) -> Option<Id<Entry>> {
        let candidates = self.candidates(cube, text);
        if let [one] = candidates.as_slice() {
            return Some(*one);
        }
        let (id, field) = from.filter(|_| candidates.len() > 1)?;
        let linked = self.store.entry(id).ok().flatten()?.revision.document.remove(field)?;
        candidates.into_iter().find(|candidate| {
            let written = candidate.to_string();
            linked
                .as_array()
                .map_or(std::slice::from_ref(&linked), Vec::as_slice)
                .iter()
                .any(|link| *link == written.as_str())
        })
    }
}
