//! Rules of dissemination: what a recipient may not see changes by chance, and nothing that he gets changes; what he
//! follows change by change is what he gets as a whole.

use std::collections::{BTreeMap, BTreeSet};

use c3ms_core::{
    base::{Id, Language, Moment, Seed, Timestamp, Zone},
    delivery::{
        Context, Encoding, Recipient, View, encode, files, occurrences,
        search::{Index, Query},
    },
    forms::{Entry, Field, Format, Kind, Revision, State, Visibility, live_performance},
    governance::{Audience, Effect, Rule, check_rules},
    store::{Batch, Change, Erasure, ErasureReason, MemoryStore, RecordKind, Store},
};
use conformance::chance::Chance;
use serde_json::{Map, Value, json};

pub(crate) const NOW: i64 = 1_800_000_000_000;
pub(crate) const DAY: i64 = 86_400_000;

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(NOW)
}

pub(crate) fn id(number: usize) -> Id<Entry> {
    Id::derived(&["leak", &number.to_string()])
}

pub(crate) fn append(store: &mut MemoryStore, at: i64, changes: &[Change]) {
    let (at, actor, seed) = (Timestamp::from_millis(at), Id::derived(&["me"]), Seed::from_number(7));
    store.append(&Batch { at, actor, seed, signer: None, changes }).unwrap();
}

fn context() -> Context {
    Context {
        name: "Scènes des Alpes".to_owned(),
        zone: Zone::parse("Europe/Paris"),
        language: Language::french(),
        license: "https://creativecommons.org/licenses/by/4.0/".to_owned(),
        address: Some("https://agenda.example.org/".to_owned()),
        now: now(),
    }
}

/// The formats of the profile, each field of a class by chance.
fn formats(chance: &mut Chance) -> Vec<Format> {
    fn classes(chance: &mut Chance, fields: &mut [Field], title: &str) {
        for field in fields {
            field.visibility = match chance.below(10) {
                0 | 1 => Visibility::Members,
                2 => Visibility::Private,
                _ => Visibility::Public,
            };
            if field.name == title || field.required {
                field.visibility = Visibility::Public;
            }
            if let Kind::Group { fields } = &mut field.kind {
                classes(chance, fields, "");
            }
        }
    }
    let wanted = ["performance", "venue", "event"];
    let all = live_performance().unwrap().formats.into_iter();
    let mut formats: Vec<Format> = all.filter(|format| wanted.contains(&format.cube.as_str())).collect();
    for format in &mut formats {
        let title = format.title.clone();
        classes(chance, &mut format.fields, &title);
        let sound = Format::parse(&json!(format).to_string()).unwrap();
        *format = sound;
    }
    formats
}

/// Every path of names in some fields.
fn paths(fields: &[Field], above: &str) -> Vec<(String, Field)> {
    let mut all = Vec::new();
    for field in fields {
        let path = if above.is_empty() { field.name.clone() } else { format!("{above}.{}", field.name) };
        if let Kind::Group { fields } = &field.kind {
            all.extend(paths(fields, &path));
        }
        all.push((path, field.clone()));
    }
    all
}

/// Some rules that may stand together.
fn rules(chance: &mut Chance, formats: &[Format]) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for number in 0..chance.below(7) {
        let format = chance.of(formats);
        let all = paths(&format.fields, "");
        let coded: Vec<&(String, Field)> = all
            .iter()
            .filter(|(_, field)| {
                matches!(field.kind, Kind::Code { .. }) && field.visibility == Visibility::Public
            })
            .collect();
        let mut records = BTreeMap::new();
        if chance.happens(50) && !coded.is_empty() {
            let (path, field) = *chance.of(&coded);
            let Kind::Code { vocabulary, .. } = &field.kind else { continue };
            let all_codes = &format.vocabularies[vocabulary].codes;
            records.insert(
                path.clone(),
                (0..3).map(|_| chance.of(all_codes).code.clone()).collect::<BTreeSet<_>>(),
            );
        }
        let fields: Vec<String> = (0..chance.below(4)).map(|_| chance.of(&all).0.clone()).collect();
        let effect = match chance.below(6) {
            0 => Effect::Open {},
            1 | 2 => Effect::Withhold {},
            3 => Effect::Embargo {
                until: Some(Timestamp::from_millis(
                    NOW + DAY * (3 - i64::try_from(chance.below(7)).unwrap()),
                )),
                days_before: None,
            },
            4 => {
                Effect::Embargo { until: None, days_before: Some(u16::try_from(chance.below(400)).unwrap()) }
            }
            _ => Effect::Coarsen { decimals: u8::try_from(chance.below(4)).unwrap() },
        };
        let to = match chance.below(4) {
            0 => vec![Audience::Everybody],
            1 => vec![Audience::Public, Audience::Reusers],
            2 => vec![Audience::Reuser("radio".to_owned()), Audience::Members],
            _ => vec![Audience::Public],
        };
        let purposes = if chance.happens(20) { ["press".to_owned()].into() } else { BTreeSet::new() };
        rules.push(Rule {
            name: format!("rule-{number}"),
            label: c3ms_core::base::Text::default(),
            to,
            purposes,
            cube: Some(format.cube.clone()),
            fields,
            records,
            effect,
        });
        if check_rules(&rules, formats).is_err() {
            rules.pop();
        }
    }
    rules
}

/// What the test knows by itself of who sees what: written apart from what it tests.
struct Sight<'a> {
    rules: Vec<&'a Rule>,
    member: bool,
}

impl<'a> Sight<'a> {
    fn of(rules: &'a [Rule], recipient: &Recipient) -> Self {
        let named = |rule: &Rule| {
            rule.to.iter().any(|to| match (to, recipient) {
                (Audience::Everybody, _)
                | (Audience::Public, Recipient::Public)
                | (Audience::Members, Recipient::Member)
                | (Audience::Reusers, Recipient::Reuser { .. }) => true,
                (Audience::Reuser(wanted), Recipient::Reuser { name, .. }) => wanted == name,
                _ => false,
            })
        };
        let serves = |rule: &Rule| match recipient {
            Recipient::Reuser { purposes, .. } => {
                rule.purposes.is_empty() || purposes.is_subset(&rule.purposes)
            }
            _ => rule.purposes.is_empty(),
        };
        let rules = rules.iter().filter(|rule| named(rule) && serves(rule)).collect();
        Self { rules, member: *recipient == Recipient::Member }
    }

    fn holds(rule: &Rule, document: &Map<String, Value>) -> bool {
        fn found(value: &Value, path: &[&str], wanted: &BTreeSet<String>) -> bool {
            match (value, path) {
                (Value::Array(items), _) => items.iter().any(|item| found(item, path, wanted)),
                (Value::Object(members), [first, rest @ ..]) => {
                    members.get(*first).is_some_and(|value| found(value, rest, wanted))
                }
                (Value::String(text), []) => wanted.contains(text),
                _ => false,
            }
        }
        let document = Value::Object(document.clone());
        rule.records
            .iter()
            .all(|(path, wanted)| found(&document, &path.split('.').collect::<Vec<_>>(), wanted))
    }

    /// Whether a rule that holds for a record keeps it back, or what it names of it.
    fn keeps_back(rule: &Rule, document: &Map<String, Value>, start: &str) -> bool {
        let begins = || document.get(start)?.as_str().and_then(Moment::parse);
        match &rule.effect {
            Effect::Withhold {} => true,
            Effect::Embargo { until: Some(until), .. } => now() < *until,
            Effect::Embargo { days_before: Some(days), .. } => {
                begins().is_some_and(|start: Moment| NOW < (start.date().days() - i64::from(*days)) * DAY)
            }
            _ => false,
        }
    }

    /// Whether nothing of a record is seen.
    fn hides_all(&self, cube: &str, document: &Map<String, Value>, start: &str) -> bool {
        self.rules.iter().any(|rule| {
            rule.cube.as_deref() == Some(cube)
                && rule.fields.is_empty()
                && Self::holds(rule, document)
                && Self::keeps_back(rule, document, start)
        })
    }

    /// Whether what lies at a path is hidden in a record.
    fn hides(
        &self,
        cube: &str,
        document: &Map<String, Value>,
        path: &str,
        class: Visibility,
        start: &str,
    ) -> Hidden {
        let of = self
            .rules
            .iter()
            .filter(|rule| rule.cube.as_deref() == Some(cube) && Self::holds(rule, document));
        let within = |other: &String| path == other || path.starts_with(&format!("{other}."));
        let inside = |other: &String| other.starts_with(&format!("{path}."));
        let (mut opened, mut opened_inside, mut kept_back) = (false, false, false);
        for rule in of {
            let opens = rule.effect == Effect::Open {};
            opened |= opens && rule.fields.iter().any(within);
            opened_inside |= opens && rule.fields.iter().any(inside);
            kept_back |= rule.fields.iter().any(within) && Self::keeps_back(rule, document, start);
        }
        let seen = match class {
            Visibility::Public => true,
            Visibility::Members => self.member || opened || opened_inside,
            _ => false,
        };
        if seen && !kept_back { Hidden::Not } else { Hidden::Wholly }
    }
}

/// The cube, state and document of each record.
pub(crate) type Records = Vec<(String, State, Map<String, Value>)>;

fn records(chance: &mut Chance, formats: &[Format]) -> Records {
    let mut records = Records::new();
    while records.len() < 30 {
        let format = chance.of(formats);
        let state = if chance.happens(85) { State::Published } else { State::Draft };
        if let Some(document) = conformance::formats::entry(chance, format) {
            records.push((format.cube.clone(), state, document));
        }
    }
    // Links lead somewhere.
    let of_cube: Vec<String> = records.iter().map(|(cube, ..)| cube.clone()).collect();
    for (cube, _, document) in &mut records {
        let format = formats.iter().find(|format| format.cube == *cube).unwrap();
        for field in &format.fields {
            let Kind::Link { cube: to } = &field.kind else { continue };
            let targets: Vec<usize> = (0..of_cube.len()).filter(|place| of_cube[*place] == *to).collect();
            if targets.is_empty() {
                document.remove(&field.name);
            } else if let Some(value) = document.get_mut(&field.name) {
                let link = json!(id(*chance.of(&targets)).to_string());
                *value = if field.many.is_some() { json!([link]) } else { link };
            }
        }
    }
    records
}

/// Changes what is hidden of a record; how many values were changed.
fn disturb(
    chance: &mut Chance,
    format: &Format,
    document: &mut Map<String, Value>,
    hides: &dyn Fn(&str, Visibility) -> Hidden,
) -> usize {
    fn members(
        chance: &mut Chance,
        format: &Format,
        fields: &[Field],
        above: &str,
        class: Visibility,
        document: &mut Map<String, Value>,
        hides: &dyn Fn(&str, Visibility) -> Hidden,
    ) -> usize {
        let mut changed = 0;
        for field in fields {
            let path = if above.is_empty() { field.name.clone() } else { format!("{above}.{}", field.name) };
            let class = stricter(class, field.visibility);
            if hides(&path, class) == Hidden::Wholly {
                changed += 1;
                match conformance::formats::refilled(chance, field, format).filter(|_| chance.happens(80)) {
                    Some(value) => drop(document.insert(field.name.clone(), value)),
                    None => drop(document.remove(&field.name)),
                }
                continue;
            }
            let Kind::Group { fields } = &field.kind else { continue };
            let items: &mut [Value] = match document.get_mut(&field.name) {
                Some(Value::Array(items)) => items,
                Some(one) => std::slice::from_mut(one),
                None => continue,
            };
            for item in items {
                if let Value::Object(inner) = item {
                    changed += members(chance, format, fields, &path, class, inner, hides);
                }
            }
        }
        changed
    }
    members(chance, format, &format.fields, "", Visibility::Public, document, hides)
}

/// How much of what lies at a path is hidden.
#[derive(PartialEq, Eq)]
enum Hidden {
    Wholly,
    /// Of what lies in it something may be seen.
    Not,
}

fn stricter(one: Visibility, other: Visibility) -> Visibility {
    let order = [Visibility::Public, Visibility::Members, Visibility::Private];
    let place = |class: Visibility| order.iter().position(|known| *known == class);
    if place(one) > place(other) { one } else { other }
}

pub(crate) fn revision(
    formats: &[Format],
    (cube, state, document): &(String, State, Map<String, Value>),
) -> Revision {
    let format = formats.iter().find(|format| format.cube == *cube).unwrap();
    Revision::new(cube.as_str(), format.digest(), *state, document.clone())
}

pub(crate) fn store(formats: &[Format], rules: &[Rule], records: &Records) -> MemoryStore {
    let mut store = MemoryStore::new();
    let mut changes: Vec<Change> = formats.iter().cloned().map(Change::Format).collect();
    let (kind, subject) = (RecordKind::Rule, "dissemination".to_owned());
    changes.push(Change::Document { kind, subject, body: json!(rules) });
    append(&mut store, NOW - 9 * DAY, &changes);
    for (place, record) in records.iter().enumerate() {
        let at = NOW - 8 * DAY + i64::try_from(place).unwrap();
        append(&mut store, at, &[Change::Revision(id(place), revision(formats, record))]);
    }
    store
}

/// All that goes out of a view: every encoding of every cube, and the files of a site.
fn delivered(view: &View) -> Vec<(String, Vec<u8>)> {
    let (datasets, context) = (view.datasets(), context());
    let mut all = vec![("number".to_owned(), view.number().to_string().into_bytes())];
    for seen in view.since(0) {
        all.push((format!("change {}", seen.number), format!("{seen:?}").into_bytes()));
    }
    for dataset in datasets.iter() {
        for encoding in Encoding::ALL.into_iter().filter(|encoding| encoding.fits(dataset, &datasets)) {
            let written = encode(encoding, dataset, &datasets, &context).unwrap();
            all.push((format!("{} {encoding:?}", dataset.format.cube), written));
        }
    }
    let year = now().date()..now().date().plus_days(365);
    let index = Index::of(&datasets, &year);
    for words in [
        "",
        "q=bal",
        "q=conte%20nuits&order=title",
        "q=abcdefg",
        "order=change&limit=1000",
        "from=2027-01-01",
    ] {
        let found = index.search(&Query::from_parameters(words).unwrap(), now().date(), 3).unwrap();
        all.push((format!("search {words}"), format!("{found:?}").into_bytes()));
    }
    all.extend(files(&datasets, &context, &occurrences(&datasets, &year)).unwrap());
    all.push(("token".to_owned(), view.token().into_bytes()));
    all
}

fn recipients() -> [Recipient; 3] {
    let reuser = Recipient::Reuser { name: "radio".to_owned(), purposes: ["press".to_owned()].into() };
    [Recipient::Public, Recipient::Member, reuser]
}

/// For at least 10,000 triples of rules, record and encoding: what is hidden of the record is changed by chance, in
/// another store that says so from the start and in a revision later, and every byte that goes out stays.
#[test]
fn what_is_hidden_changes_nothing_that_goes_out() {
    let (mut triples, mut hidden, mut shown) = (0, 0, 0);
    for seed in 0.. {
        let mut chance = Chance::new(seed);
        let formats = formats(&mut chance);
        let rules = rules(&mut chance, &formats);
        let before = records(&mut chance, &formats);
        let recipient = &recipients()[chance.below(3)];
        let sight = Sight::of(&rules, recipient);
        let mut after = before.clone();
        let mut touched = Vec::new();
        for (cube, state, document) in &mut after {
            let format = formats.iter().find(|format| format.cube == *cube).unwrap();
            let start = format
                .fields
                .iter()
                .find(|field| field.term.as_deref() == Some("https://schema.org/startDate"));
            let start = start.map(|field| field.name.clone()).unwrap_or_default();
            let whole = document.clone();
            // What a condition asks stays: by it a record is kept back.
            let asked = |path: &str| {
                let of = rules.iter().filter(|rule| rule.cube.as_deref() == Some(cube));
                path == start
                    || of
                        .flat_map(|rule| rule.records.keys())
                        .any(|asked| asked.split('.').next() == path.split('.').next())
            };
            let changed = if *state == State::Published && !sight.hides_all(cube, &whole, &start) {
                disturb(&mut chance, format, document, &|path, class| {
                    sight.hides(cube, &whole, path, class, &start)
                })
            } else {
                disturb(&mut chance, format, document, &|path, _| {
                    if *state == State::Draft || !asked(path) { Hidden::Wholly } else { Hidden::Not }
                })
            };
            hidden += changed;
            touched.extend((changed > 0).then(|| cube.clone()));
        }
        let one = store(&formats, &rules, &before);
        let mut view = View::of(&one, &formats, recipient, now()).unwrap();
        let expected = delivered(&view);
        shown += view.len();
        let compare = |other: &View, how: &str| {
            let found = delivered(other);
            for ((name, was), (other, is)) in expected.iter().zip(&found) {
                assert_eq!(name, other, "seed {seed}, {how}");
                if was != is {
                    let (was, is) = (String::from_utf8_lossy(was), String::from_utf8_lossy(is));
                    let at = was.bytes().zip(is.bytes()).take_while(|(one, other)| one == other).count();
                    let near =
                        |text: &str| text.chars().skip(at.saturating_sub(200)).take(400).collect::<String>();
                    panic!(
                        "seed {seed}, {how}, {recipient:?}, {name}:\n{}\n{}\n{rules:#?}",
                        near(&was),
                        near(&is)
                    );
                }
            }
            assert_eq!(expected.len(), found.len(), "seed {seed}, {how}");
        };
        // Links to what is not seen lead elsewhere, to what is not seen either.
        for (cube, _, document) in &mut after {
            let format = formats.iter().find(|format| format.cube == *cube).unwrap();
            for field in format.fields.iter().filter(|field| matches!(field.kind, Kind::Link { .. })) {
                let items: &mut [Value] = match document.get_mut(&field.name) {
                    Some(Value::Array(items)) => items,
                    Some(one) => std::slice::from_mut(one),
                    None => continue,
                };
                for item in items {
                    let target = item.as_str().and_then(Id::parse).unwrap();
                    if view.record(target).is_none() {
                        *item = json!(id(1000 + chance.below(9)).to_string());
                    }
                }
            }
        }
        let two = store(&formats, &rules, &after);
        compare(&View::of(&two, &formats, recipient, now()).unwrap(), "from the start");
        let mut later = one.clone();
        for (place, record) in after.iter().enumerate() {
            append(&mut later, NOW - DAY, &[Change::Revision(id(place), revision(&formats, record))]);
        }
        view.catch_up(&later, now()).unwrap();
        compare(&view, "by a revision");
        let datasets = view.datasets();
        let fitting = |cube: &String| {
            let dataset = datasets.dataset(cube).unwrap();
            Encoding::ALL.into_iter().filter(|encoding| encoding.fits(dataset, &datasets)).count()
        };
        triples += touched.iter().map(fitting).sum::<usize>();
        if triples >= conformance::repetitions(200_000) {
            break;
        }
    }
    // Where nothing is hidden, or nothing shown, nothing is proved.
    assert!(hidden > 5_000 && shown > 500, "{hidden} values hidden, {shown} records shown");
}

/// What was written and taken back in any order: who follows the changes has what a view made anew shows, and from
/// nothing the changes give the whole.
#[test]
fn following_the_changes_gives_the_whole() {
    for seed in 0..u64::try_from(conformance::repetitions(400)).unwrap() {
        let mut chance = Chance::new(1_000 + seed);
        let formats = formats(&mut chance);
        let rules = rules(&mut chance, &formats);
        let all = records(&mut chance, &formats);
        let mut store = store(&formats, &rules, &Records::new());
        let recipient = &recipients()[chance.below(3)];
        let mut time = NOW - 5 * DAY;
        let mut view = View::of(&store, &formats, recipient, Timestamp::from_millis(time)).unwrap();
        let mut copy: BTreeMap<Id<Entry>, Value> = BTreeMap::new();
        let (mut token, mut erased) = (view.token(), false);
        for step in 0..80 {
            time += i64::try_from(chance.below(usize::try_from(DAY / 8).unwrap())).unwrap();
            let place = chance.below(all.len());
            let mut record = all[place].clone();
            if chance.happens(30) {
                record.1 = *chance.of(&[State::Draft, State::Withdrawn, State::Published]);
            }
            let mut revision = revision(&formats, &record);
            if record.1 == State::Withdrawn && chance.happens(50) {
                let same: Vec<usize> =
                    (0..all.len()).filter(|other| *other != place && all[*other].0 == record.0).collect();
                revision.merged = (!same.is_empty()).then(|| id(*chance.of(&same)));
            }
            let written = if chance.happens(6) {
                erased = true;
                let subjects = [id(place).to_string()];
                Change::Erasure(Erasure::of(RecordKind::Revision, subjects, ErasureReason::Mistake))
            } else {
                Change::Revision(id(place), revision)
            };
            append(&mut store, time, &[written]);
            let at = Timestamp::from_millis(time);
            view.catch_up(&store, at).unwrap();
            // Where a time has come for all records, who follows begins anew.
            let known = view.number_of(&token).unwrap_or_else(|| {
                copy.clear();
                0
            });
            for seen in view.since(known) {
                match seen.record {
                    Some(record) => copy.insert(seen.id, json!(record)),
                    None => copy.remove(&seen.id),
                };
            }
            let whole = |view: &View| -> BTreeMap<Id<Entry>, Value> {
                let datasets = view.datasets();
                let records = datasets.iter().flat_map(|dataset| dataset.records.iter());
                records.map(|record| (record.id, json!(record))).collect()
            };
            assert!(copy == whole(&view), "seed {seed}");
            token = view.token();
            if step % 5 > 0 {
                continue;
            }
            let anew = View::of(&store, &formats, recipient, at).unwrap();
            let documents = |whole: BTreeMap<Id<Entry>, Value>| -> Vec<Value> {
                whole.into_values().map(|record| record["document"].clone()).collect()
            };
            assert!(documents(whole(&anew)) == documents(copy.clone()), "seed {seed}");
            // Made anew, it is led there by the same changes; where something was erased, by others.
            assert!(erased || anew.number_of(&token) == Some(view.number()), "seed {seed}");
        }
        assert!(view.number() > 10, "seed {seed}: {token}");
    }
}
