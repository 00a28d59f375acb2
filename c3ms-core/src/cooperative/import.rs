//! A source into the store: what is new, what changed, what stays; with the account of every value.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Act, Acting, CooperativeError, formats, kept, known::Known, places::locate, register, settings,
    withdrawal::Lost, workflow,
};
use crate::{
    Code, Error,
    base::{Digest, Id},
    governance::Role,
    manufactory::forms::{
        Correction, Document, Entry, Format, Origin, Revision, State,
        intake::{
            Account, Fate, Filled, Filling, Hints, Leaf, Line, Mapping, Note, Source, SourceValue, Written,
            WrittenRevision, fill, keep_undamaged, propose, same_digits,
        },
    },
    store::{Change, Described, RecordKind, Store, StoreError},
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
    /// A source that lost more than a third of its records is meant to.
    pub accept_shrink: bool,
    /// The file is only a part of the source: what it does not hold is not withdrawn.
    pub partial: bool,
}

/// Who is told how an import goes on.
pub struct Listeners<'a> {
    /// Told after each durable step how many of the records are safe.
    pub committed: &'a mut dyn FnMut(usize),
    /// Told each line of the account, in the order of the source, after the last commit; nobody, where nobody reads
    /// the lines.
    pub line: Option<&'a mut dyn FnMut(Line)>,
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
const BATCH: usize = 250;

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
/// What a person corrected stays; where the source says otherwise since, the account says so. What a spreadsheet
/// damaged is no change. What the source no longer has is withdrawn, but for what began already, what others
/// link to, and what another source has too.
///
/// # Errors
/// Where the source or its mapping cannot be read, nothing is written;
/// [`CooperativeError::SourceShrank`] where more than a third of its records would go, likewise. Where the store fails, what `progress`
/// told is kept, and the import can be run again.
pub fn import(
    store: &mut dyn Store,
    source: &Source,
    options: &ImportOptions,
    act: &Act<'_>,
    progress: &mut dyn FnMut(usize),
) -> Result<Imported, Error> {
    let mut lines = Vec::new();
    let mut keep = |line| lines.push(line);
    let listeners = Listeners { committed: progress, line: Some(&mut keep) };
    let mut imported = import_telling(store, source, options, act, listeners)?;
    imported.account.lines = lines;
    Ok(imported)
}

/// Imports a source as [`import`] does, and tells each line of the account instead of keeping them all: an agenda of
/// fifty thousand dates has twice as many lines.
///
/// # Errors
/// As [`import`].
pub fn import_telling(
    store: &mut dyn Store,
    source: &Source,
    options: &ImportOptions,
    act: &Act<'_>,
    listeners: Listeners<'_>,
) -> Result<Imported, Error> {
    store.verify_chain()?;
    let acting = Acting::of(store, act)?;
    may_import(store, options, &acting)?;
    let mapping = proposed_mapping(store, source, options)?;
    let formats = formats(store)?;
    let mut filling = fill(source, &options.name, &mapping, &formats, &Known::new(&mut *store))?;
    let mut account = Account {
        source: options.name.clone(),
        notes: std::mem::take(&mut filling.notes),
        ..Account::default()
    };
    account.summary.records.refused = filling.refused.len();
    if let Some(communes) = register(store)? {
        for next in &mut filling.filled {
            if let Some(format) = formats.get(&next.cube) {
                let mut document = next.document.read();
                if locate(&communes, format, &mut document) {
                    next.document = Written::of(&document);
                }
            }
        }
    }
    let mut known = store.of_source(&options.name)?;
    find_by_damaged_keys(&mut filling.filled, &known);
    let described: BTreeSet<Id<Entry>> =
        filling.filled.iter().filter(|filled| !filled.mentioned).map(|filled| filled.id).collect();
    let records = described.len();
    let had = known.len();
    known.retain(|known| !described.contains(&known.id));
    let kept = had - known.len();
    let lost = if options.partial {
        Lost::default()
    } else {
        Lost::find(store, known, kept, &formats, &acting, act.now)?
    };
    check_shrink(store, options, records, had, &lost)?;

    keep_mapping(store, options, &mapping, act)?;
    let sorts = sorts(store, &formats, &mapping, options, &acting)?;
    let mut done = 0;
    let mut filled = std::mem::take(&mut filling.filled).into_iter();
    loop {
        let batch: Vec<Filled> = filled.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let work = |store: &dyn Store| {
            let mut batched = Batched::default();
            let mut changes = Vec::with_capacity(batch.len());
            for next in &batch {
                let Some(sort) = sorts.get(next.cube.as_str()) else { continue };
                match stepped(store, next, sort, &options.name, &mut batched.refused)? {
                    Step::Unchanged => batched.unchanged += 1,
                    Step::Created(revision) => {
                        batched.created += 1;
                        changes.push(Change::Written(next.id, revision));
                    }
                    Step::Updated(revision) => {
                        batched.updated += 1;
                        changes.push(Change::Revision(next.id, revision));
                    }
                }
            }
            Ok((changes, batched))
        };
        let batched = if options.dry_run { work(store)?.1 } else { act.carry_out(store, work)? };
        account.summary.records.created += batched.created;
        account.summary.records.updated += batched.updated;
        account.summary.records.unchanged += batched.unchanged;
        for (value, fate) in batched.refused {
            filling.fates.set(value, fate);
        }
        done += batch.len();
        if !options.dry_run {
            (listeners.committed)(done);
        }
    }
    account.summary.records.withdrawn = lost.withdrawn.len();
    account.notes.extend(lost.withdrawn.iter().map(|entry| Note {
        note: "withdrawn",
        at: entry.key.clone(),
        detail: entry.id.to_string(),
    }));
    if !options.dry_run {
        for gone in lost.withdrawn.chunks(BATCH) {
            act.carry_out(store, |store| {
                let changes = gone.iter().filter_map(|entry| entry.change(store).transpose());
                Ok((changes.collect::<Result<_, _>>()?, ()))
            })?;
        }
        if !options.partial {
            keep_size(store, options, records, &acting, act)?;
        }
    }
    tell(&mut account, source, &filling, listeners.line);
    Ok(Imported { account, mapping })
}

/// A contributor imports sources of their own: the first who imports one has it.
fn may_import(store: &dyn Store, options: &ImportOptions, acting: &Acting) -> Result<(), Error> {
    acting.at_least(Role::Contributor, "import")?;
    let known = store.document(RecordKind::Source, &options.name)?;
    let owner = known.as_ref().and_then(|known| known.get("owner")?.as_str()).and_then(Id::parse);
    let fresh = known.is_none() && store.of_source(&options.name)?.is_empty();
    if acting.owner().is_none() || owner == acting.owner() || fresh {
        return Ok(());
    }
    Err(acting.not_permitted("import the source of another"))
}

fn keep_mapping(
    store: &mut dyn Store,
    options: &ImportOptions,
    mapping: &Mapping,
    act: &Act<'_>,
) -> Result<(), Error> {
    if !options.dry_run {
        let changes = kept::change_where_new(store, RecordKind::Mapping, &options.name, mapping)?;
        write_some(store, &changes, act)?;
    }
    Ok(())
}

fn write_some(store: &mut dyn Store, changes: &[Change], act: &Act<'_>) -> Result<(), StoreError> {
    if changes.is_empty() { Ok(()) } else { act.write(store, changes) }
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
    covered: Option<BTreeSet<&'a str>>,
    /// Who imports.
    acting: &'a Acting,
    /// The state of what is complete and comes from this source.
    handed_in: State,
}

fn sorts<'a>(
    store: &dyn Store,
    formats: &'a BTreeMap<String, Format>,
    mapping: &'a Mapping,
    options: &ImportOptions,
    acting: &'a Acting,
) -> Result<BTreeMap<&'a str, Sort<'a>>, Error> {
    let mut covered = covered(mapping);
    let sort = |(cube, format): (&'a String, &'a Format)| {
        let workflow = workflow(store, cube)?;
        let trusted = workflow.trusted_sources.contains(&options.name);
        let handed_in =
            if trusted { State::Published } else { workflow.handed_in(acting.as_owner(&workflow)) };
        let covered = covered.remove(cube.as_str());
        Ok((cube.as_str(), Sort { format, digest: format.digest(), covered, acting, handed_in }))
    };
    formats.iter().map(sort).collect()
}

/// What was done with a batch of records: done anew where somebody else wrote meanwhile.
#[derive(Default)]
struct Batched {
    created: usize,
    updated: usize,
    unchanged: usize,
    refused: Refused,
}

/// The values that the store's side refuses, by record and value.
type Refused = Vec<((usize, usize), Fate)>;

/// What an import does with an entry.
enum Step {
    Created(WrittenRevision),
    Updated(Revision),
    Unchanged,
}

/// What an import does with a record of its source.
///
/// Most of what comes again is as it was: where the last revision was written in the very words in which a new entry
/// would be, nobody has corrected, merged or added anything, the format is the same, and nothing is read.
fn stepped(
    store: &dyn Store,
    next: &Filled,
    sort: &Sort<'_>,
    source: &str,
    refused: &mut Refused,
) -> Result<Step, Error> {
    let names = if next.incomplete { next.document.names() } else { Vec::new() };
    let lacking =
        next.incomplete && lacks_something(sort.format, |name| names.iter().any(|known| known == name));
    let again = fresh(next, sort, source, lacking);
    let Some(same) = store.says(next.id, &|| again.text())? else {
        let new = if lacking == next.incomplete { again } else { fresh(next, sort, source, next.incomplete) };
        return Ok(Step::Created(new));
    };
    let mut step = || {
        let entry = store.entry(next.id)?;
        Ok(entry.and_then(|entry| revised(&entry, next, sort, source, refused)))
    };
    if same {
        debug_assert_eq!(step().map_err(|error: Error| error.to_string()), Ok(None));
        return Ok(Step::Unchanged);
    }
    Ok(step()?.map_or(Step::Unchanged, Step::Updated))
}

/// A revision of which nobody but its source has said anything.
fn fresh(next: &Filled, sort: &Sort<'_>, source: &str, incomplete: bool) -> WrittenRevision {
    let state = state(next.private, incomplete, sort.handed_in);
    let bare = Revision::new(&next.cube, sort.digest, state, Document::new());
    let bare = Revision { origin: Some(own_origin(next, source)), owner: sort.acting.owner(), ..bare };
    WrittenRevision::new(bare, next.document.clone())
}

fn own_origin(next: &Filled, source: &str) -> Origin {
    Origin { source: source.to_owned(), key: next.key.clone(), mentioned: next.mentioned, gone: false }
}

fn lacks_something(format: &Format, has: impl Fn(&str) -> bool) -> bool {
    format.fields.iter().any(|field| field.required && !has(&field.name))
}

/// The next revision of an entry; `None` where it stays as it is.
fn revised(
    entry: &Entry,
    next: &Filled,
    sort: &Sort<'_>,
    source: &str,
    refused: &mut Refused,
) -> Option<Revision> {
    let kept = &entry.revision;
    let ours = sort.acting.keeps(kept) && kept.origin.as_ref().is_none_or(|origin| origin.source == source);
    let takes_over = !ours && !next.mentioned && kept.origin.as_ref().is_some_and(|origin| origin.mentioned);
    if !ours && !takes_over {
        refuse_what_differs(&kept.document, next, kept.origin.as_ref(), refused);
        return None;
    }
    let mut said = next.document.read();
    keep_undamaged(&kept.document, &mut said);
    let mut document = kept.document.clone();
    if !next.mentioned {
        // What the source could fill and does not say is gone; what others filled stays, and what came damaged.
        document.retain(|name, _| {
            sort.covered.as_ref().is_none_or(|covered| !covered.contains(name.as_str()))
                || said.contains_key(name)
                || next.damaged.contains(name)
        });
    }
    for (name, value) in &said {
        if !(next.damaged.contains(name) && document.contains_key(name)) {
            document.insert(name.clone(), value.clone());
        }
    }
    let corrections = if next.mentioned {
        kept.corrections.clone()
    } else {
        keep_corrections(kept, &said, &mut document, sort.format, next, refused)
    };
    let origin = match &kept.origin {
        // A source that described a record and now only mentions it still is the one that describes it.
        Some(origin) if ours && !origin.mentioned => {
            Origin { gone: origin.gone && next.mentioned, ..origin.clone() }
        }
        _ => own_origin(next, source),
    };
    let incomplete = lacks_something(sort.format, |name| document.contains_key(name));
    let came_back = !origin.gone && kept.origin.as_ref().is_some_and(|origin| origin.gone);
    let state = match kept.state {
        State::Withdrawn if kept.merged.is_some() || !came_back => State::Withdrawn,
        // What was sent back and comes otherwise is looked at again; what was published stays so.
        State::Rejected if document == kept.document => State::Rejected,
        State::Published => state(next.private, incomplete, State::Published),
        State::Draft | State::Submitted | State::Rejected | State::Withdrawn => {
            state(next.private, incomplete, sort.handed_in)
        }
    };
    let (format, origin) = (sort.digest, Some(origin));
    let revision = Revision { format, origin, document, corrections, ..kept.clone().in_state(state) };
    (revision != *kept).then_some(revision)
}

const fn state(private: bool, incomplete: bool, handed_in: State) -> State {
    if private || incomplete { State::Draft } else { handed_in }
}

/// Keeps what a person wrote over what the source said, as long as nobody undoes it; gives the corrections that
/// still are some. Where the source says otherwise since, the account says so.
fn keep_corrections(
    kept: &Revision,
    said: &Document,
    document: &mut Document,
    format: &Format,
    next: &Filled,
    refused: &mut Refused,
) -> BTreeMap<String, Correction> {
    let mut corrections = kept.corrections.clone();
    corrections.retain(|id, correction| {
        let Some(field) = format.fields.iter().find(|field| field.id == *id) else { return true };
        let (now, before) = (said.get(&field.name), kept.document.get(&field.name));
        if now == before && now != correction.said.as_ref() {
            return false;
        }
        match before {
            Some(value) => drop(document.insert(field.name.clone(), value.clone())),
            None => drop(document.remove(&field.name)),
        }
        if now != correction.said.as_ref() {
            for leaf in next.leaves.iter().filter(|leaf| leaf.is_in(&field.name)) {
                refuse(&leaf, Code::ValueCorrected, &field.name, refused);
            }
        }
        true
    });
    corrections
}

fn refuse(leaf: &Leaf<'_>, code: Code, detail: &str, refused: &mut Refused) {
    refused.extend(leaf.value.map(|value| (value, Fate::Refused(code, detail.into()))));
}

/// Finds records whose keys lost their leading zeros in a spreadsheet: `7` is the one that was `007`.
fn find_by_damaged_keys(filled: &mut [Filled], known: &[Described]) {
    let bare = |key: &str| {
        let parts = key.split('|').map(|part| {
            if same_digits(part, part) { part.trim_start_matches('0').to_owned() } else { part.to_owned() }
        });
        parts.collect::<Vec<_>>().join("|")
    };
    let ids: BTreeSet<Id<Entry>> = filled.iter().map(|filled| filled.id).collect();
    let mut lacking: BTreeMap<(&str, String), Vec<&Described>> = BTreeMap::new();
    for known in known.iter().filter(|known| !ids.contains(&known.id)) {
        lacking.entry((&known.cube, bare(&known.key))).or_default().push(known);
    }
    if lacking.is_empty() {
        return;
    }
    let old: BTreeSet<Id<Entry>> = known.iter().map(|known| known.id).collect();
    for next in filled.iter_mut().filter(|next| !next.mentioned && !old.contains(&next.id)) {
        let found = lacking.get(&(next.cube.as_str(), bare(&next.key))).map(Vec::as_slice);
        if let Some([one]) = found {
            next.id = one.id;
            next.key.clone_from(&one.key);
        }
    }
}

/// Stops where a source lost more than a third of what it had: of its records, or of those that would be withdrawn.
fn check_shrink(
    store: &dyn Store,
    options: &ImportOptions,
    records: usize,
    had: usize,
    lost: &Lost,
) -> Result<(), Error> {
    if options.partial || options.accept_shrink || had == 0 {
        return Ok(());
    }
    let size = store.document(RecordKind::Source, &options.name)?;
    let size = size.and_then(|known| usize::try_from(known.get("records")?.as_u64()?).ok());
    let before = size.unwrap_or(had);
    let would_go = lost.withdrawn.len();
    let (before, now) = if records * 3 < before * 2 {
        (before, records)
    } else if would_go * 3 > lost.living {
        (lost.living, lost.living - would_go)
    } else {
        return Ok(());
    };
    Err(CooperativeError::SourceShrank { source_name: options.name.clone(), before, now }.into())
}

/// Writes how many records the source had, where that changed.
fn keep_size(
    store: &mut dyn Store,
    options: &ImportOptions,
    records: usize,
    acting: &Acting,
    act: &Act<'_>,
) -> Result<(), Error> {
    let known = store.document(RecordKind::Source, &options.name)?;
    let owner = known.as_ref().and_then(|known| known.get("owner").cloned());
    let owner = owner.or_else(|| acting.owner().map(|owner| json!(owner)));
    let mut body = json!({ "records": records });
    if let (Some(members), Some(owner)) = (body.as_object_mut(), owner) {
        members.insert("owner".to_owned(), owner);
    }
    let changes = kept::change_where_new(store, RecordKind::Source, &options.name, &body)?;
    Ok(write_some(store, &changes, act)?)
}

/// A record that another source keeps is not changed; where this one says otherwise, the account says so.
fn refuse_what_differs(document: &Document, next: &Filled, origin: Option<&Origin>, refused: &mut Refused) {
    let keeper = origin.map(|origin| origin.source.clone()).unwrap_or_default();
    let (kept, said) = (Value::Object(document.clone()), Value::Object(next.document.read()));
    for leaf in next.leaves.iter() {
        if leaf.in_document(&kept) != leaf.in_document(&said) {
            refuse(&leaf, Code::ValueOwnedElsewhere, &keeper, refused);
        }
    }
}

/// Counts the fate of every value, and tells its line, in the order of the source.
fn tell(
    account: &mut Account,
    source: &Source,
    filling: &Filling,
    mut listener: Option<&mut dyn FnMut(Line)>,
) {
    let mut one = |value: &SourceValue, at: &dyn Fn() -> String, fate: &Fate| {
        account.summary.count(fate);
        let Some(listener) = listener.as_mut().filter(|_| *fate != Fate::Taken) else { return };
        if let Some(line) = Line::of(at, source.selector(value), &value.scalar.text(), fate) {
            listener(line);
        }
    };
    for (value, fate) in source.outside.iter().zip(&filling.outside) {
        let at = || {
            if value.line() > 0 {
                format!("line {}", value.line())
            } else {
                source.selector(value).to_owned()
            }
        };
        one(value, &at, fate);
    }
    for (number, record) in source.records.iter().enumerate() {
        for (value, fate) in record.values.iter().zip(filling.fates.of(number)) {
            one(value, &|| source.place(record, value), fate);
        }
    }
}
