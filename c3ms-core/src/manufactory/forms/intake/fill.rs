//! A mapping applied to a source: filled records, and the fate of every value.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use compact_str::format_compact;
use serde_json::json;

use super::{
    Fate, Fates, Items, Mapping, Note, Rule, Source, SourceKind, SourceRecord, SourceValue, Target, damage,
    draft::{Draft, Placed, Slot, Steps},
    join::join,
    leaves::Leaves,
    markup,
    offer::category_of,
    plan::{Plan, Planned, check_zones, outside_fate, plans, zone_is_known},
    series::link_overrides,
    value::{Beside, Read, read},
    written::Written,
};
use crate::{
    Code,
    base::{Digest, Id, Language, Zone, fold, of_each, processors},
    manufactory::forms::{Document, Entry, Field, Format, FormsError, Kind, Validator},
};

/// Finds what a link means: an entry of a cube by the key or the name that a source gives. Records are filled side by
/// side, and all ask it.
pub trait Resolver: Sync {
    /// The one entry of this cube with this key, or else this title; of several the one to which `from` links
    /// already by this field; else `None`.
    fn resolve(&self, cube: &str, text: &str, from: Option<(Id<Entry>, &str)>) -> Option<Id<Entry>>;
}

/// A record filled from a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// The id it has for ever: from its key alone where that is an address, else with its source.
    pub id: Id<Entry>,
    /// Its cube.
    pub cube: String,
    /// Its key in the source.
    pub key: String,
    /// The source only names it in passing.
    pub mentioned: bool,
    /// The source says that it is not for the public.
    pub private: bool,
    /// Something required is missing.
    pub incomplete: bool,
    /// What is filled in.
    pub document: Written,
    /// Which value of the source stands where in the document.
    pub leaves: Leaves,
    /// Fields of which a value came damaged out of a spreadsheet: what an entry has there stays.
    pub damaged: BTreeSet<String>,
}

/// A step of a JSON Pointer as it is written.
pub(super) fn escaped(step: &str) -> Cow<'_, str> {
    if step.contains(['~', '/']) {
        Cow::Owned(step.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(step)
    }
}

/// What a mapping makes of a source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filling {
    /// The records, those the source describes before those it mentions.
    pub filled: Vec<Filled>,
    /// The fate of each value.
    pub fates: Fates,
    /// The fate of each value outside records.
    pub outside: Vec<Fate>,
    /// Records of which nothing could be taken, as indexes.
    pub refused: Vec<usize>,
    /// What a person should look at.
    pub notes: Vec<Note>,
}

/// Fills records from a source by a mapping.
///
/// # Errors
/// [`FormsError::MappingUnsound`] as [`Mapping::check`]; [`FormsError::ZoneUnknown`] where a calendar names a
/// zone that neither the IANA list nor the mapping knows.
pub fn fill(
    source: &Source,
    name: &str,
    mapping: &Mapping,
    formats: &BTreeMap<String, Format>,
    resolver: &dyn Resolver,
) -> Result<Filling, FormsError> {
    mapping.check(formats)?;
    check_zones(source, mapping)?;
    let mut validators = BTreeMap::new();
    for target in &mapping.targets {
        if let Some(format) = formats.get(&target.cube) {
            validators.insert(target.cube.as_str(), Validator::new(format)?);
        }
    }
    let work =
        Work { source, name, mapping, formats, resolver, plans: plans(source, mapping, formats), validators };
    let mut filling = Filling {
        outside: source
            .outside
            .iter()
            .map(|value| outside_fate(source, source.selector(value), mapping))
            .collect(),
        ..Filling::default()
    };
    let (mut described, mut mentioned) = (Vec::new(), Vec::new());
    let stretch = source.records.len().div_ceil(8 * processors()).max(SHORTEST);
    let stretches = source.records.len().div_ceil(stretch);
    for made in of_each(stretches, |number| work.stretch(number * stretch, stretch)) {
        filling.fates.append(made.fates);
        filling.notes.extend(made.notes);
        filling.refused.extend(made.refused);
        described.extend(made.described);
        mentioned.extend(made.mentioned);
    }
    work.part_equal_keys(&mut described, &mut filling.notes);
    if source.kind == SourceKind::ICalendar {
        link_overrides(&mut described, formats);
    }
    let mut places: BTreeMap<Id<Entry>, usize> = BTreeMap::new();
    for next in described.into_iter().chain(mentioned) {
        if let Some(kept) = places.get(&next.id).and_then(|place| filling.filled.get_mut(*place)) {
            join(kept, &next, &mut filling.fates);
        } else {
            places.insert(next.id, filling.filled.len());
            filling.filled.push(next);
        }
    }
    Ok(filling)
}

/// So many records at least are filled one after the other: fewer are done before another processor would begin.
const SHORTEST: usize = 64;

/// What grows while the records of a stretch of a source are filled.
pub(super) struct Making {
    pub(super) fates: Fates,
    pub(super) notes: Vec<Note>,
    refused: Vec<usize>,
    described: Vec<Filled>,
    mentioned: Vec<Filled>,
    /// What links name by a text alone, by cube and text: many records name the same place.
    named: BTreeMap<String, BTreeMap<String, Named>>,
}

/// What a link names by a text alone.
struct Named {
    name: String,
    /// The id of a record that has nothing but this name.
    own: Id<Entry>,
    /// There is one.
    is_made: bool,
}

pub(super) struct Work<'a> {
    pub(super) source: &'a Source,
    pub(super) name: &'a str,
    pub(super) mapping: &'a Mapping,
    pub(super) formats: &'a BTreeMap<String, Format>,
    pub(super) resolver: &'a dyn Resolver,
    pub(super) plans: Vec<Plan<'a>>,
    pub(super) validators: BTreeMap<&'a str, Validator>,
}

impl<'a> Work<'a> {
    /// Fills the records of a stretch of the source, one after the other.
    fn stretch(&self, first: usize, length: usize) -> Making {
        let records = || self.source.records.iter().enumerate().skip(first).take(length);
        let mut making = Making {
            fates: Fates::new(first, records().map(|(_, record)| record.values.len())),
            notes: Vec::new(),
            refused: Vec::new(),
            described: Vec::new(),
            mentioned: Vec::new(),
            named: BTreeMap::new(),
        };
        for (index, record) in records() {
            match self.record(index, record, &mut making) {
                Some(filled) => making.described.push(filled),
                None => making.refused.push(index),
            }
        }
        making
    }

    /// Fills the record itself and its parts; `None` where nothing of it could be taken.
    fn record(&self, index: usize, record: &SourceRecord, making: &mut Making) -> Option<Filled> {
        let (target, plan) = self.target_at("", &record.values, &[])?;
        let key = key(plan, &record.values, &[]).unwrap_or_else(|| self.fingerprint(record));
        let id = Some(self.id(&target.cube, &key));
        let mut draft = Draft { id, ..self.draft(record) };
        let whole = 0..record.values.len();
        self.take_part(target, plan, index, record, (&[], whole), &mut draft, making);
        let mut parts = BTreeSet::new();
        for (part, plan) in self.mapping.targets.iter().zip(&self.plans) {
            if !part.at.is_empty() && parts.insert(part.at.as_str()) {
                self.parts((part.at.as_str(), plan), target, index, record, &mut draft, making);
            }
        }
        if draft.leaves.is_empty() {
            making.fates.set_all(index, Fate::Refused(Code::ValueRecordRefused, Box::default()));
            return None;
        }
        Some(self.finish(target, key, record.private, false, draft, making))
    }

    /// Fills the parts of a record that are records of their own, and links to them.
    fn parts(
        &self,
        (at, plan): (&str, &Plan<'_>),
        root: &Target,
        index: usize,
        record: &SourceRecord,
        draft: &mut Draft,
        making: &mut Making,
    ) {
        let depth = plan.depth;
        // The values of an instance stand together.
        let mut instances: BTreeMap<Items, Range<usize>> = BTreeMap::new();
        for (number, value) in record.values.iter().enumerate() {
            let within = plan.within.get(value.selector()) == Some(&true);
            if within && let Some(items) = value.items.get(..depth) {
                instances.entry(items.into()).or_insert(number..number).end = number + 1;
            }
        }
        for (items, range) in instances {
            let range = if depth == 0 { 0..record.values.len() } else { range };
            let values = record.values.get(range.clone()).unwrap_or_default();
            let Some((target, plan)) = self.target_at(at, values, &items) else { continue };
            let mut part = Draft { zone: draft.zone.clone(), place: draft.place.clone(), ..Draft::default() };
            self.take_part(target, plan, index, record, (&items, range), &mut part, making);
            let title = self.formats.get(&target.cube).and_then(|format| part.document.get(&format.title));
            let by_name = title.map(|title| fold(&title.to_string()));
            let Some(key) = key(plan, values, &items).or(by_name) else { continue };
            let filled = self.finish(target, key, record.private, true, part, making);
            if let Some(link) = &target.link {
                self.link(root, link, filled.id, None, draft);
            }
            making.mentioned.push(filled);
        }
    }

    /// The target for a part of a record, by its types.
    fn target_at(&self, at: &str, values: &[SourceValue], items: &[usize]) -> Option<(&Target, &Plan<'a>)> {
        let mut candidates =
            self.mapping.targets.iter().zip(&self.plans).filter(|(target, _)| target.at == at).peekable();
        let named = candidates.peek().map_or(&[][..], |(_, plan)| plan.types.as_slice());
        let is_type =
            |value: &&SourceValue| named.contains(&value.selector()) && value.items.starts_with(items);
        let types: Vec<Cow<'_, str>> = if named.is_empty() {
            Vec::new()
        } else {
            values.iter().filter(is_type).map(|value| value.scalar.text()).collect()
        };
        let fits = |target: &Target| {
            // A part without a type is a reference: what it is, its place says.
            target.when.is_empty()
                || (types.is_empty() && !at.is_empty())
                || target.when.iter().any(|wanted| types.iter().any(|known| same_type(known, wanted)))
        };
        candidates.find(|(target, _)| fits(target))
    }

    /// Takes the values of a record, or of one instance of a part of it (its items, where its values stand), by the
    /// rules of a target.
    #[expect(clippy::too_many_arguments, reason = "the two halves of an import meet here")]
    fn take_part(
        &self,
        target: &Target,
        plan: &Plan<'_>,
        index: usize,
        record: &SourceRecord,
        (instance, range): (&[usize], Range<usize>),
        draft: &mut Draft,
        making: &mut Making,
    ) {
        let Some(format) = self.formats.get(&target.cube) else { return };
        let passes: &[bool] = if plan.has_clock { &[false, true] } else { &[false] };
        let values = || record.values.iter().enumerate().skip(range.start).take(range.len());
        for (clocks, (number, value)) in
            passes.iter().flat_map(|clocks| values().map(|value| (*clocks, value)))
        {
            let Some(rules) = plan.rules.get(value.selector()) else { continue };
            let structural = !clocks && plan.structural.get(value.selector()) == Some(&true);
            let within = instance.is_empty() || value.items.starts_with(instance);
            if (rules.is_empty() && !structural) || !within {
                continue;
            }
            let mut fate = structural.then_some(Fate::Taken);
            for planned in rules.iter().filter(|planned| planned.is_clock() == clocks) {
                let items = value.items.get(plan.depth..).unwrap_or_default();
                let told = self.take(format, target, planned, (index, number), items, draft, making);
                fate = Some(match (fate, told) {
                    // Several rules for one value: it was taken if one took it.
                    (Some(kept @ (Fate::Taken | Fate::Changed(_))), Fate::Refused(..)) => kept,
                    (_, told) => told,
                });
            }
            if let Some(fate) = fate {
                making.fates.set((index, number), fate);
            }
        }
        self.take_parameters(index, record, making);
    }

    /// Parameters that say how a property is read share its fate.
    fn take_parameters(&self, index: usize, record: &SourceRecord, making: &mut Making) {
        if self.source.kind != SourceKind::ICalendar {
            return;
        }
        let fates = &mut making.fates;
        let mut taken = None;
        for (number, value) in record.values.iter().enumerate() {
            let selector = self.source.selector(value);
            match selector.split_once(';') {
                None => {
                    let kept =
                        fates.get((index, number)).is_some_and(|fate| !matches!(fate, Fate::Refused(..)));
                    taken = kept.then_some((selector, value.line()));
                }
                Some((property, "TZID" | "VALUE" | "LANGUAGE"))
                    if taken == Some((property, value.line())) =>
                {
                    fates.set((index, number), Fate::Taken);
                }
                Some(_) => {}
            }
        }
    }

    /// Takes one value by one rule.
    #[expect(clippy::too_many_arguments, reason = "the two halves of an import meet here")]
    fn take(
        &self,
        format: &Format,
        target: &Target,
        planned: &Planned<'_>,
        (index, number): (usize, usize),
        items: &[usize],
        draft: &mut Draft,
        making: &mut Making,
    ) -> Fate {
        let Planned { rule, slot, .. } = planned;
        let refused = |code| Fate::Refused(code, Box::default());
        let Some(record) = self.source.records.get(index) else { return refused(Code::ValueUnmapped) };
        let Some(value) = record.values.get(number) else { return refused(Code::ValueUnmapped) };
        let place = draft.place.clone();
        let beside = Beside { place: place.as_ref(), ..self.beside(record, number) };
        let first = rule.after.as_ref().map(|after| self.sibling(record, value, after));
        let joined = match &first {
            None => Cow::Borrowed(&value.scalar),
            // The end of an address alone is none.
            Some(None) => return Fate::Refused(Code::ValueUnreadable, slot.kind().name().into()),
            Some(Some((_, first))) => {
                Cow::Owned(super::Scalar::Text(format_compact!("{first}{}", value.scalar.text().trim())))
            }
        };
        // References end in a semicolon, which may also part values.
        let whole = rule.split.as_ref().map_or_else(String::new, |_| markup::plain(&joined.text()).0);
        // "Livre, littérature" is one word of a vocabulary, though a comma parts words.
        let one = || read(&joined, slot.kind(), format, rule, self.mapping, &beside).is_ok();
        let pieces: Vec<&str> = match &rule.split {
            Some(sign)
                if whole.contains(sign.as_str()) && !(matches!(slot.kind(), Kind::Code { .. }) && one()) =>
            {
                whole.split(sign.as_str()).map(str::trim).filter(|piece| !piece.is_empty()).collect()
            }
            _ => Vec::new(),
        };
        let parted: Vec<super::Scalar> =
            pieces.iter().map(|piece| super::Scalar::Text((*piece).into())).collect();
        let parted = if pieces.is_empty() { std::slice::from_ref(&*joined) } else { parted.as_slice() };
        let mut fate = match (&first, pieces.is_empty()) {
            (Some(_), _) => Fate::Changed("joined"),
            (None, true) => Fate::Taken,
            (None, false) => Fate::Changed("split"),
        };
        let mut some = false;
        for scalar in parted {
            if let Slot::Field(Field { kind: Kind::Link { cube }, .. }) = slot {
                let from = draft.id.map(|id| (id, rule.to.as_str()));
                match self.linked(cube, scalar.text().trim(), from, rule, record.private, making) {
                    Some(id) => {
                        self.link(target, &rule.to, id, Some((index, number)), draft);
                        (some, fate) = (true, Fate::Changed("linked"));
                    }
                    None if scalar.text().trim().is_empty() => fate = refused(Code::ValueEmpty),
                    None => fate = Fate::Refused(Code::ValueLinkUnknown, cube.as_str().into()),
                }
                continue;
            }
            match read(scalar, slot.kind(), format, rule, self.mapping, &beside) {
                Ok(Read { value: said, how, note }) => {
                    if let Some(how) = how {
                        fate = Fate::Changed(how);
                    }
                    let at = || self.source.place(record, value);
                    if let Some((note, detail)) = note {
                        if note == "text-made-a-date" {
                            draft.damaged.extend(rule.to.split('/').next().map(str::to_owned));
                        }
                        making.notes.push(Note { note, at: at(), detail });
                    }
                    // A word that says nothing is understood.
                    if said.is_null() {
                        continue;
                    }
                    match draft.set(planned, items, said, (index, number)) {
                        Ok(()) => some = true,
                        Err(code) => fate = refused(code),
                    }
                    if some
                        && matches!(slot, Slot::Clock)
                        && let Some((note, detail)) = draft.last_oddity()
                    {
                        making.notes.push(Note { note, at: at(), detail });
                    }
                }
                // `entrée au chapeau` is no amount, but says how one pays.
                Err(_) if let Some((to, code)) = category_of(format, rule, slot, &scalar.text()) => {
                    let rule = Rule { to, ..Rule::default() };
                    let Some(planned) = Planned::of(format, &rule) else { continue };
                    match draft.set(&planned, items, json!(code), (index, number)) {
                        Ok(()) => (some, fate) = (true, Fate::Changed("read-as-category")),
                        Err(code) => fate = refused(code),
                    }
                }
                Err((code, detail)) => {
                    if code == Code::ValueFormulaFailed {
                        draft.damaged.extend(rule.to.split('/').next().map(str::to_owned));
                    }
                    fate = Fate::Refused(code, detail.into());
                }
            }
        }
        if let (true, Some(Some((other, _)))) = (some, first) {
            let path = draft.leaves.last().map(|leaf| leaf.path.clone()).unwrap_or_default();
            draft.leaves.push(Placed { path, value: Some((index, other)) });
            making.fates.set((index, other), Fate::Changed("joined"));
        }
        match fate {
            // Of several pieces some were taken: the value is, changed; what is missing is said by its code.
            Fate::Refused(..) if some => Fate::Changed("split-in-part"),
            told => told,
        }
    }

    /// The value of a record that stands beside another, with its number.
    fn sibling(&self, record: &SourceRecord, value: &SourceValue, selector: &str) -> Option<(usize, String)> {
        let is_it =
            |other: &SourceValue| other.items == value.items && self.source.selector(other) == selector;
        let (number, other) = record.values.iter().enumerate().find(|(_, other)| is_it(other))?;
        let text = other.scalar.text().trim().to_owned();
        (!text.is_empty()).then_some((number, text))
    }

    /// A record in which nothing is filled yet; its zone is that of its place where the source names it, else the
    /// mapping's.
    fn draft(&self, record: &SourceRecord) -> Draft {
        let place = self.place_zone(record);
        let zone = place.clone().or_else(|| self.mapping.zone.clone());
        Draft { zone, place, ..Draft::default() }
    }

    fn place_zone(&self, record: &SourceRecord) -> Option<Zone> {
        if self.source.kind != SourceKind::OpenAgenda {
            return None;
        }
        let named = record
            .values
            .iter()
            .find(|value| matches!(self.source.selector(value), "/location/timezone" | "/timezone"))?;
        Zone::parse(&named.scalar.text()).filter(zone_is_known)
    }

    /// What stands beside a value and says how to read it.
    fn beside<'r>(&self, record: &'r SourceRecord, number: usize) -> Beside<'r> {
        let mut beside = Beside::default();
        let Some(value) = record.values.get(number) else { return beside };
        let selector = self.source.selector(value);
        if self.source.kind == SourceKind::ICalendar {
            for other in record.values.get(number + 1..).unwrap_or_default() {
                let Some(parameter) = self
                    .source
                    .selector(other)
                    .strip_prefix(selector)
                    .and_then(|rest| rest.strip_prefix(';'))
                else {
                    break;
                };
                match (parameter, &other.scalar) {
                    ("TZID", super::Scalar::Text(zone)) => beside.zone = Some(zone),
                    ("LANGUAGE", super::Scalar::Text(tag)) => beside.language = Language::parse(tag),
                    _ => {}
                }
            }
            beside.exclusive_end = selector == "DTEND";
        } else if let Some(word) = selector.strip_suffix("/@value") {
            let language = format!("{word}/@language");
            // Members are sorted: the language stands a little before.
            let before = record.values.get(..number).unwrap_or_default().iter().rev();
            let tag = before
                .take_while(|other| {
                    other.items == value.items && self.source.selector(other).starts_with(word)
                })
                .find(|other| self.source.selector(other) == language);
            beside.language = tag.and_then(|tag| Language::parse(&tag.scalar.text()));
        }
        beside
    }

    /// The entry a link means; a new one of that name where the rule says so.
    fn linked(
        &self,
        cube: &str,
        text: &str,
        from: Option<(Id<Entry>, &str)>,
        rule: &Rule,
        private: bool,
        making: &mut Making,
    ) -> Option<Id<Entry>> {
        if !making.named.contains_key(cube) {
            making.named.insert(cube.to_owned(), BTreeMap::new());
        }
        let by_cube = making.named.get_mut(cube)?;
        if !by_cube.contains_key(text) {
            // A name is a text too: markup that leaked into it is none of it.
            let (name, _) = markup::plain(&damage::without_marks(text));
            let own = self.id(cube, &fold(&name));
            by_cube.insert(text.to_owned(), Named { name, own, is_made: false });
        }
        let named = by_cube.get_mut(text).filter(|named| !named.name.is_empty())?;
        // One that this source made is told again; where the mapping makes none any more it is still the one meant.
        let known = self.resolver.resolve(cube, &named.name, from);
        if let Some(known) = known.filter(|known| *known != named.own || !rule.create) {
            return Some(known);
        }
        let format = self.formats.get(cube).filter(|_| rule.create)?;
        if !named.is_made {
            named.is_made = true;
            making.mentioned.push(self.of_name(format, named, private));
        }
        Some(named.own)
    }

    /// A record of which a source says nothing but its name.
    fn of_name(&self, format: &Format, Named { name, own, .. }: &Named, private: bool) -> Filled {
        let language = self.mapping.language.clone().unwrap_or_else(Language::french);
        let title = match format.field(&format.title).map(|field| &field.kind) {
            Some(Kind::Text { languages: true, .. }) => json!({ language.as_str(): name }),
            _ => json!(name),
        };
        let document = Document::from_iter([(format.title.clone(), title)]);
        Filled {
            id: *own,
            cube: format.cube.clone(),
            key: fold(name),
            mentioned: true,
            private,
            incomplete: format
                .fields
                .iter()
                .any(|field| field.required && !document.contains_key(&field.name)),
            document: Written::of(&document),
            leaves: Leaves::default(),
            damaged: BTreeSet::new(),
        }
    }

    /// Writes a link into a record, once.
    fn link(
        &self,
        target: &Target,
        field: &str,
        id: Id<Entry>,
        value: Option<(usize, usize)>,
        draft: &mut Draft,
    ) {
        let many = self
            .formats
            .get(&target.cube)
            .and_then(|format| format.field(field))
            .is_some_and(|field| field.many.is_some());
        let id = json!(id);
        if many {
            let list = draft.document.entry(field.to_owned()).or_insert_with(|| json!([]));
            if let Some(list) = list.as_array_mut().filter(|list| !list.contains(&id)) {
                list.push(id);
            }
        } else {
            draft.document.entry(field.to_owned()).or_insert(id);
        }
        draft.leaves.push(Placed { path: Steps::from_iter([field.into()]), value });
    }

    /// The key of a record that has none: what it says.
    fn fingerprint(&self, record: &SourceRecord) -> String {
        let said: Vec<String> = record
            .values
            .iter()
            .map(|value| format!("{}={:?}={}", self.source.selector(value), value.items, value.scalar.text()))
            .collect();
        short(&Digest::of(&[said.join("\n").as_bytes()]))
    }

    pub(super) fn id(&self, cube: &str, key: &str) -> Id<Entry> {
        let global = key.starts_with("http://") || key.starts_with("https://") || key.starts_with("urn:");
        if global {
            Id::derived(&["entry", cube, key])
        } else {
            Id::derived(&["entry", cube, self.name, key])
        }
    }
}

/// The key of a record, or of one instance of a part of it.
fn key(plan: &Plan<'_>, values: &[SourceValue], items: &[usize]) -> Option<String> {
    let mut key = String::new();
    for wanted in &plan.key {
        let values =
            values.iter().filter(|value| value.selector() == *wanted && value.items.starts_with(items));
        let mut last: Option<&SourceValue> = None;
        for value in values {
            let text = value.scalar.text();
            // Of a member that stands twice the first is kept.
            let again = value.line() == 0 && last.is_some_and(|last| last.items == value.items);
            last = Some(value);
            if !text.trim().is_empty() && !again {
                if !key.is_empty() {
                    key.push('|');
                }
                key.push_str(text.trim());
            }
        }
    }
    (!key.is_empty()).then_some(key)
}

/// The same word of schema.org, with or without its address.
fn same_type(known: &str, wanted: &str) -> bool {
    known.rsplit(['/', '#', ':']).next() == Some(wanted)
}

pub(super) fn short(digest: &Digest) -> String {
    digest.to_string().chars().take(12).collect()
}
