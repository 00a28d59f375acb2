//! Hostile sources: wrong types in every field, cuts, shuffles, circles, floods. Each value is found again in the
//! account, nothing panics, nothing is dropped silently.
#![expect(clippy::indexing_slicing, reason = "a test stops where its own material is wrong")]

pub(crate) mod bodies;
pub(crate) mod messages;
mod seeds;
mod surveys;

use std::collections::{BTreeMap, BTreeSet};

use c3ms_core::{
    Code,
    base::Date,
    calendar::expand,
    cooperative::deliver,
    delivery::{Recipient, gate},
    forms::{Entry, intake::Source},
    store::{MemoryStore, Store as _},
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use bodies::{act, expand_holds, import_holds, import_into_holds, link_holds, texts};
use seeds::{Lines, SEEDS};
use surveys::survey_holds;

/// How often to do what is done `full` times with `C3MS_FULL=1`: else a twentieth.
fn repeats(full: u32) -> u32 {
    if std::env::var("C3MS_FULL").as_deref() == Ok("1") { full } else { full.div_ceil(20) }
}

/// Every how many of them one is tried.
fn step() -> usize {
    if std::env::var("C3MS_FULL").as_deref() == Ok("1") { 1 } else { 19 }
}

/// Texts that no field wants.
const TEXTS: &[&str] = &[
    "null",
    "true",
    "-1",
    "1e308",
    "99999999999999999999999999",
    "{\"a\":[1]}",
    "2027-02-30",
    "2027-02-29T20:30:00+01:00",
    "2027-03-28T02:30:00",
    "2026-10-25T02:30:00",
    "25:61",
    "31/02/2027 26h70",
    "<script>alert(31337)</script>",
    "<img src=x onerror=alert(31337)>",
    "Bal <img src='a>b' onerror=\"alert(31337)\"> d’été",
    "<svg/onload=alert(31337)><b>Bal</b>",
    "Bal <a href='javascript:alert(31337)'>ici</a>",
    "&lt;script&gt;alert(31337)&lt;/script&gt;",
    "&amp;lt;img src=x onerror=alert(31337)&amp;gt;",
    "<ScRiPt src=//x.example/31337.js",
    "<p>Un <b>bal<p> &eacute;t&#233; &#x26; &nope; &#0; &#1114112;",
    "<a onmouseover=alert(31337)",
    "http://x.example/<script>alert(31337)</script>",
    "\u{202e}gpj.tiaf-nu\u{202c}",
    "\u{200f}\u{200e}",
    "\u{feff}\u{200b}",
    "#REF!",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE entry; --",
    "../../../etc/passwd",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
];

/// Values that no field of a JSON source wants.
fn values() -> Vec<Value> {
    let mut values = vec![
        Value::Null,
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(1e308),
        json!(u64::MAX),
        json!(0.1),
        json!(""),
        json!(" \t\n"),
        json!("\u{0}\u{7}\u{1b}[31m"),
        json!("é".repeat(200_000)),
        json!([]),
        json!({}),
        json!([[]]),
        json!([null, [null, {}], "x"]),
        json!({ "a": { "b": [1, { "c": null }] } }),
        json!([{ "@id": "x" }, { "@id": "x" }]),
        json!({ "@value": "x", "@language": 7 }),
    ];
    values.extend(TEXTS.iter().map(|text| json!(text)));
    values
}

/// The leaves of JSON documents as their texts, counted by another reader than ours.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(members) => members.values().for_each(|member| leaves(member, found)),
        Value::String(text) => found.push(text.clone()),
        other => found.push(other.to_string()),
    }
}

fn recounted(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    leaves(document, &mut found);
    found.sort();
    found
}

/// What the gate lets through holds no program.
fn lets_no_program_through(store: &MemoryStore, told: &str) {
    if !told.contains("31337") {
        return;
    }
    let datasets = gate(store, &store.formats().unwrap(), &Recipient::Public, act().now).unwrap();
    for record in datasets.iter().flat_map(|dataset| &dataset.records) {
        let text = Value::Object(record.document.clone()).to_string().to_ascii_lowercase();
        let is_program = |sign: &&&str| text.contains(*sign);
        assert_eq!(PROGRAMS.iter().find(is_program), None, "{told}: {text}");
    }
}

/// What marks the programs of [`TEXTS`].
const PROGRAMS: &[&str] = &["<script", "onerror", "onmouseover", "onload", "javascript:", "31337"];

/// The files that go out hold no program.
fn delivers_no_program(store: &MemoryStore, told: &str) {
    for (path, bytes) in deliver(store, act().now).unwrap().files {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        assert!(!text.contains("onerror") && !text.contains("javascript:alert"), "{path}: {told}");
        // The page has scripts of its own; none of them is that of a source.
        if std::path::Path::new(&path).extension().is_none_or(|end| end != "html") {
            assert!(!text.contains("<script") && !text.contains("31337"), "{path}: {told}");
        }
        assert!(!text.contains("<script>alert") && !text.contains("alert(31337)"), "{path}: {told}");
    }
}

/// Every place of a document, the branches too.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), found));
        }
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            places(member, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        _ => {}
    }
}

#[test]
fn wrong_types_in_every_field_of_json_are_accounted_for() {
    let wrong = values();
    let (mut turn, often) = (0, if step() == 1 { 1 } else { 97 });
    for (name, seed) in SEEDS.iter().filter_map(|seed| Some((seed.name, seed.json()?))) {
        let mut known = Vec::new();
        places(&seed, "", &mut known);
        for place in &known {
            for value in &wrong {
                turn += 1;
                if turn % often != 0 {
                    continue;
                }
                let mut document = seed.clone();
                *document.pointer_mut(place).unwrap() = value.clone();
                let told =
                    format!("{name}{place} = {}", value.to_string().chars().take(80).collect::<String>());
                let bytes = document.to_string();
                let Some((source, _, store)) = holds(bytes.as_bytes(), &told) else { continue };
                assert_eq!(texts(&source), recounted(&document), "{told}");
                lets_no_program_through(&store, &told);
            }
        }
    }
}

/// As [`import_holds`]; a panic says which case it was.
fn holds(bytes: &[u8], told: &str) -> Option<(Source, c3ms_core::cooperative::Imported, MemoryStore)> {
    let is_table = !bytes.starts_with(b"<") && !bytes.starts_with(b"{") && !bytes.starts_with(b"[");
    let into = is_table.then_some("performance");
    let result = std::panic::catch_unwind(|| import_into_holds(bytes, into));
    result.unwrap_or_else(|cause| {
        println!("it was {told}");
        std::panic::resume_unwind(cause)
    })
}

#[test]
fn wrong_texts_in_every_field_of_the_others_are_accounted_for() {
    let mut turn = 0;
    for seed in SEEDS.iter().filter(|seed| seed.json().is_none()) {
        for field in 0..seed.fields() {
            for text in TEXTS {
                turn += 1;
                if turn % step() != 0 {
                    continue;
                }
                let (bytes, count) = seed.with(field, text);
                let told = format!("{} {field} = {text}", seed.name);
                let Some((source, _, store)) = holds(&bytes, &told) else { continue };
                assert_eq!(source.value_count(), count, "{told}");
                lets_no_program_through(&store, &told);
            }
        }
    }
}

/// Every text of a source is a program: its files hold none.
#[test]
fn what_is_all_program_goes_out_without() {
    for seed in SEEDS {
        for text in TEXTS.iter().filter(|text| text.contains("31337")).step_by(step().div_ceil(3)) {
            let bytes = match seed.json() {
                Some(mut document) => {
                    all_texts(&mut document, text);
                    document.to_string().into_bytes()
                }
                None => {
                    (0..seed.fields()).step_by(step()).fold(Vec::new(), |_, field| seed.with(field, text).0)
                }
            };
            let Some((_, _, store)) = holds(&bytes, seed.name) else { continue };
            delivers_no_program(&store, &format!("{} = {text}", seed.name));
        }
    }
}

/// Writes a text over each text but those that say what a thing is, and when.
fn all_texts(value: &mut Value, text: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| all_texts(item, text)),
        Value::Object(members) => {
            let kept = ["@type", "@id", "@language", "startDate", "start", "begin"];
            members
                .iter_mut()
                .filter(|(name, _)| !kept.contains(&name.as_str()))
                .for_each(|(_, member)| all_texts(member, text));
        }
        Value::String(kept) => text.clone_into(kept),
        _ => {}
    }
}

#[test]
fn a_file_cut_anywhere_is_read_or_refused() {
    for seed in SEEDS {
        let bytes = seed.bytes();
        for end in (0..bytes.len()).step_by(step()) {
            holds(&bytes[..end], &format!("{} cut at {end}", seed.name));
        }
    }
}

/// The same records in another order are the same entries.
#[test]
fn the_order_of_records_and_members_changes_nothing() {
    let entries = |store: &MemoryStore| -> BTreeMap<String, Value> {
        ["performance", "venue", "event", "organizer", "festival", "artist", "company"]
            .iter()
            .flat_map(|cube| crate::intake::entries(store, cube))
            .map(|Entry { id, revision, .. }| (id.to_string(), Value::Object(revision.document)))
            .collect()
    };
    for seed in SEEDS {
        let (_, _, plain) = holds(&seed.bytes(), seed.name).unwrap();
        for turn in 1..=repeats(60) {
            let shuffled = seed.shuffled(u64::from(turn));
            let Some((_, _, store)) = holds(&shuffled, seed.name) else {
                panic!("{}: {}", seed.name, String::from_utf8_lossy(&shuffled))
            };
            assert_eq!(entries(&store), entries(&plain), "{}: {turn}", seed.name);
        }
    }
}

/// Lines in any order are no file of any kind; they are read or refused.
#[test]
fn lines_in_any_order_are_read_or_refused() {
    for seed in SEEDS {
        for turn in 0..repeats(200) {
            holds(&Lines::of(&seed.bytes()).shuffled(u64::from(turn)), seed.name);
        }
    }
}

fn refused(bytes: &[u8]) -> Code {
    Source::read(bytes).unwrap_err().code()
}

#[test]
fn floods_are_refused() {
    let deep = 100_000;
    assert_eq!(refused("[".repeat(deep).as_bytes()), Code::JsonBroken);
    assert_eq!(refused(("[".repeat(deep) + &"]".repeat(deep)).as_bytes()), Code::JsonBroken);
    assert_eq!(
        refused(("{\"location\":".repeat(deep) + "1" + &"}".repeat(deep)).as_bytes()),
        Code::JsonBroken
    );
    assert_eq!(refused(("<rss>".to_owned() + &"<a>".repeat(deep)).as_bytes()), Code::FeedBroken);
    let parts = "BEGIN:X\r\nNAME:x\r\n".repeat(deep);
    assert_eq!(refused(("BEGIN:VCALENDAR\r\n".to_owned() + &parts).as_bytes()), Code::CalendarBroken);

    let million: Vec<String> = (0..1_000_000).map(|column| format!("c{column}")).collect();
    assert_eq!(refused((million.join(";") + "\n1;2\n").as_bytes()), Code::SourceTooLong);
    let narrow = ";".repeat(1_000_000) + "\n1;2\n";
    assert_eq!(refused(narrow.as_bytes()), Code::TableTooWide);
    let members: Vec<String> = million.iter().map(|name| format!("\"{name}\":1")).collect();
    let node = format!("{{\"@type\":\"Event\",\"name\":\"Bal\",{}}}", members.join(","));
    assert_eq!(refused(node.as_bytes()), Code::TableTooWide);
    let elements: Vec<String> = million.iter().map(|name| format!("<{name}>1</{name}>")).collect();
    let elements = elements.concat();
    assert_eq!(
        refused(format!("<rss><channel><item>{elements}</item></channel></rss>").as_bytes()),
        Code::TableTooWide
    );
    let lines: Vec<String> = million.iter().map(|name| format!("X-{name}:1\r\n")).collect();
    let lines = lines.concat();
    let calendar = format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n");
    assert_eq!(refused(calendar.as_bytes()), Code::TableTooWide);
}

/// A hundred thousand performers of one evening, and as many words: found again, in reasonable time.
#[test]
fn a_crowd_in_one_record_is_accounted_for() {
    let many = usize::try_from(repeats(400_000)).unwrap();
    let crowd: Vec<Value> = (0..many)
        .map(|one| json!({ "@type": "Person", "@id": format!("https://x.example/{one}"), "name": "Ada" }))
        .collect();
    let words: Vec<Value> = (0..many).map(|_| json!({ "@value": "Bal", "@language": "fr" })).collect();
    let event = json!([{ "@type": "Event", "@id": "https://x.example/e", "name": "Bal", "startDate": "2027-01-01",
        "performer": crowd, "description": words }]);
    let (source, imported, _) = import_holds(event.to_string().as_bytes()).unwrap();
    assert_eq!(texts(&source), recounted(&event));
    assert_eq!(imported.account.summary.records.refused, 0);
}

#[test]
fn circles_end() {
    let id = |name: &str| json!({ "@id": format!("https://x.example/{name}") });
    let event = |name: &str, other: &str| {
        json!({ "@type": "Event", "@id": format!("https://x.example/{name}"), "name": name, "startDate": "2027-01-01T20:30:00+01:00",
            "superEvent": id(other), "subEvent": [id(name), id(other)], "workPerformed": id(name), "organizer": id(name),
            "location": { "@type": "Place", "@id": format!("https://x.example/{name}"), "name": "Salle", "containedInPlace": id(name) } })
    };
    let place = json!({ "@type": "Place", "@id": "https://x.example/p", "name": "Lieu", "containedInPlace": id("p"), "sameAs": "https://x.example/p" });
    let festival =
        json!({ "@type": "Festival", "@id": "https://x.example/f", "name": "Fête", "superEvent": id("f") });
    let document = json!({ "@context": "https://schema.org", "@graph": [event("a", "a"), event("b", "c"), event("c", "b"), place, festival] });
    let (source, imported, store) = import_holds(document.to_string().as_bytes()).unwrap();
    assert_eq!(texts(&source), recounted(&document));
    assert_eq!(imported.account.summary.records.refused, 0);
    delivers_no_program(&store, "circles");
}

/// Of a member that stands twice both values are told: one is taken, the other refused.
#[test]
fn a_member_that_stands_twice_is_told_twice() {
    let twice = br#"[{"@type": "Event", "@id": "https://x.example/a", "@id": "https://x.example/b", "name": "Un", "name": "Deux",
        "startDate": "2027-01-01"}]"#;
    let (source, imported, store) = import_holds(twice).unwrap();
    assert_eq!(source.value_count(), 6);
    assert_eq!(imported.account.summary.refused, 1);
    assert_eq!(
        crate::intake::entries(&store, "performance")[0].revision.document["name"],
        json!({ "fr": "Deux" })
    );
}

/// Times that do not exist are refused or told, those that exist twice too.
#[test]
fn times_that_do_not_exist_are_told() {
    let notes = |start: &str| {
        let event =
            json!([{ "@type": "Event", "@id": "https://x.example/e", "name": "Bal", "startDate": start }]);
        let (_, imported, store) = import_holds(event.to_string().as_bytes()).unwrap();
        delivers_no_program(&store, start);
        let kept = crate::intake::entries(&store, "performance")[0].revision.document.get("start").cloned();
        let told: Vec<_> = imported.account.notes.iter().map(|note| note.note).collect();
        (kept.and_then(|kept| kept.as_str().map(str::to_owned)), told)
    };
    let some = |text: &str| Some(text.to_owned());
    // Paris leaps from 02:00 to 03:00 on 28 March 2027, and goes through 02:00 to 03:00 twice on 25 October 2026.
    for (start, kept, told) in [
        ("2027-02-30T20:30:00", None, vec![]),
        ("2027-01-01T25:61:00", None, vec![]),
        ("2027-03-28T02:30:00", some("2027-03-28T02:30:00[Europe/Paris]"), vec!["time-does-not-exist"]),
        ("2026-10-25T02:30:00", some("2026-10-25T02:30:00[Europe/Paris]"), vec!["time-exists-twice"]),
        ("2026-10-25T02:30:00+02:00", some("2026-10-25T02:30:00[Europe/Paris]"), vec![]),
        ("2026-10-25T02:30:00+01:00", some("2026-10-25T02:30:00+01:00"), vec!["time-exists-twice"]),
        ("2026-10-25T01:30:00Z", some("2026-10-25T01:30:00Z"), vec!["time-exists-twice"]),
        // An exporter that gives all its times the offset of winter.
        ("2027-07-14T20:30:00+01:00", some("2027-07-14T20:30:00+01:00"), vec!["offset-disagrees"]),
        ("2027-07-14T20:30:00+02:00", some("2027-07-14T20:30:00[Europe/Paris]"), vec![]),
        ("2027-07-14T18:30:00Z", some("2027-07-14T20:30:00[Europe/Paris]"), vec![]),
        ("2027-07-14T20:30:00+02:00[Europe/Paris]", some("2027-07-14T20:30:00[Europe/Paris]"), vec![]),
        (
            "2027-07-14T20:30:00+01:00[Europe/Paris]",
            some("2027-07-14T20:30:00+01:00"),
            vec!["offset-disagrees"],
        ),
    ] {
        assert_eq!(notes(start), (kept, told), "{start}");
    }
    // A zone beside a time in UTC: one of them is wrong.
    let calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Bal\r\nDTSTART;TZID=Europe/Paris:20270714T203000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let (_, imported, _) = import_holds(calendar.as_bytes()).unwrap();
    assert_eq!(imported.account.notes[0].note, "offset-disagrees");
}

/// A short file whose rules give dates without end, over and over, comes to an end and says what it left out.
#[test]
fn rules_without_an_end_come_to_one() {
    let event = |uid: usize, lines: &str| {
        format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20260101T000000\r\n{lines}END:VEVENT\r\n")
    };
    let expanded = |parts: &str| {
        let day = |year| Date::new(year, 1, 1).unwrap();
        let file = format!("BEGIN:VCALENDAR\r\n{parts}END:VCALENDAR\r\n");
        let found = expand(file.as_bytes(), &(day(2026)..day(2028))).unwrap();
        let codes: BTreeSet<_> = found.notes.iter().map(|note| note.code().as_str()).collect();
        (found.instances.len(), codes.into_iter().collect::<Vec<_>>())
    };
    let many = ["calendar.too-many-dates"];
    // Dense series, one after another.
    let series: String = (0..400).map(|uid| event(uid, "RRULE:FREQ=SECONDLY\r\n")).collect();
    let (dates, told) = expanded(&series);
    assert!((900_000..=1_000_400).contains(&dates), "{dates}");
    assert_eq!(told, many);
    // One series by many rules that give the same dates.
    let rules: Vec<String> =
        (0..400).map(|more| format!("RRULE:FREQ=SECONDLY;COUNT={}\r\n", 150_000 + more)).collect();
    assert_eq!(expanded(&event(1, &rules.concat())).1, many);
    // Replacements of an older state, each to be looked for among the dates; those not looked for stay.
    let replacing: String = (0..400)
        .map(|minute| {
            let at = format!(
                "RECURRENCE-ID:202605{:02}T00{:02}00\r\nRRULE:FREQ=DAILY\r\n",
                1 + minute / 60,
                minute % 60
            );
            event(1, &at)
        })
        .collect();
    let (dates, told) = expanded(&(event(1, "SEQUENCE:5\r\nRRULE:FREQ=SECONDLY\r\n") + &replacing));
    assert!(dates >= 200_000, "{dates}");
    assert_eq!(told, many);
    // A zone that changes its clock every second since the year 1.
    let part = "BEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n";
    let zone = format!("BEGIN:VTIMEZONE\r\nTZID:Ville\r\n{}END:VTIMEZONE\r\n", part.repeat(400));
    assert_eq!(expanded(&(zone + &event(1, ""))), (1, vec!["calendar.zone-unreadable"]));
}

/// Bytes of a seed, some of them changed.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0..6_u8, any::<u8>(), 0..40_usize);
    (0..SEEDS.len(), vec(change, 1..6)).prop_map(|(seed, changes)| {
        let mut bytes = SEEDS[seed].bytes();
        for (at, kind, byte, length) in changes {
            let at = at.index(bytes.len().max(1)).min(bytes.len());
            let end = (at + length).min(bytes.len());
            match kind {
                0 => bytes.insert(at, byte),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
                3 => bytes.insert(at, b"\"{}[]<>&;:,\n\\"[usize::from(byte) % 13]),
                4 => drop(bytes.splice(at..at, TEXTS[usize::from(byte) % TEXTS.len()].bytes())),
                _ if at < bytes.len() => bytes[at] = byte,
                _ => {}
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(repeats(20_000)))]
    /// The bodies of the fuzz targets, on seeds that were changed here and there.
    #[test]
    fn changed_seeds_are_read_or_refused(bytes in mutated(), other in mutated()) {
        import_holds(&bytes);
        expand_holds(&bytes);
        link_holds(&[bytes, vec![0], other].concat());
    }
}

/// What the fuzz targets begin with (CONTRIBUTING.md, "Bytes by chance").
#[test]
#[ignore = "writes into fuzz/corpus"]
fn seeds_of_the_fuzz_targets_are_written() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        std::fs::create_dir_all(corpus.join(target)).unwrap();
        std::fs::write(corpus.join(target).join(name.replace(' ', "-")), bytes).unwrap();
    };
    for seed in SEEDS {
        for target in ["read", "import", "expand"] {
            write(target, seed.name, &seed.bytes());
        }
        write("link", seed.name, &[seed.bytes(), vec![0], seed.shuffled(1)].concat());
    }
    for (number, seed) in messages::message_seeds().iter().enumerate() {
        write("messages", &format!("queue-{number}"), seed.as_bytes());
    }
    for (number, seed) in surveys::SEEDS.iter().enumerate() {
        write("survey", &format!("{}-{number}", seed.0), &surveys::bytes(*seed));
    }
}

#[test]
fn seeds_of_surveys_are_answered() {
    use c3ms_core::survey::task::{Question, Task};
    for (question, spec, table) in surveys::SEEDS {
        let task = Task::parse(Question::named(question).unwrap(), spec).unwrap();
        let files = std::collections::BTreeMap::from([("data".to_owned(), (*table).to_owned())]);
        if let Err(refused) = task.answer(&files) {
            panic!("{spec}: {refused}");
        }
    }
}

/// Documents and tables of which parts were replaced by others.
fn changed_survey() -> impl Strategy<Value = Vec<u8>> {
    let parts = [
        "0",
        "-1",
        "1e308",
        "1e-308",
        "null",
        "[]",
        "{}",
        "\"\"",
        "\"x\"",
        "\"k\"",
        "NaN",
        "9999999999",
        "0.5",
        ",",
        "\n",
        "é",
    ];
    let edits = vec((any::<prop::sample::Index>(), 0_usize..6, 0..parts.len()), 1..4);
    (0..surveys::SEEDS.len(), edits).prop_map(move |(seed, edits)| {
        let mut bytes = surveys::bytes(surveys::SEEDS[seed]);
        for (place, taken, part) in edits {
            let from = place.index(bytes.len());
            let upto = (from + taken).min(bytes.len());
            bytes.splice(from..upto, parts[part].bytes());
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(repeats(40_000)))]

    #[test]
    fn changed_surveys_are_answered_or_refused(bytes in changed_survey()) {
        survey_holds(&bytes);
    }
}
