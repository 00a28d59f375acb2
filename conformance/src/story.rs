//! A format grows and shrinks again under many entries: the story a cooperative lives, at any size.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a story that stops has failed"
)]

use std::{path::Path, time::Duration};

use c3ms_core::{
    base::{Date, Id, Seed, Timestamp},
    cooperative::{Act, Migration, Settings, deliver, deliver_as, found, migrate, migration},
    delivery::{Files, Recipient},
    forms::{
        Compatibility, Field, Format, Kind, Profile, Revision, State,
        evolve::{Division, Operation, amended},
    },
    store::{Batch, Change, SqliteStore, Store as _},
};
use cpu_time::ProcessTime;
use rusqlite::Connection;
use serde_json::{Value, json};

/// An event as a small territory describes it: one price, no word on its audience.
#[must_use]
pub fn event() -> Format {
    let format = json!({
        "cube": "event", "label": { "fr": "Événement", "en": "Event" }, "term": "https://schema.org/Event",
        "title": "name",
        "fields": [
            { "id": "name", "name": "name", "kind": { "type": "text", "languages": true }, "required": true,
              "label": { "fr": "Titre", "en": "Title" }, "term": "https://schema.org/name" },
            { "id": "start", "name": "start", "kind": { "type": "moment" }, "required": true,
              "label": { "fr": "Début", "en": "Start" }, "term": "https://schema.org/startDate" },
            { "id": "description", "name": "description", "kind": { "type": "text", "languages": true },
              "label": { "fr": "Description", "en": "Description" }, "term": "https://schema.org/description" },
            { "id": "price", "name": "price", "kind": { "type": "money" },
              "label": { "fr": "Tarif", "en": "Price" }, "term": "https://schema.org/price" },
            { "id": "seats", "name": "seats", "kind": { "type": "integer", "minimum": 0 },
              "label": { "fr": "Jauge", "en": "Seats" } }
        ]
    });
    Format::parse(&format.to_string()).unwrap()
}

fn act() -> Act<'static> {
    let now = Timestamp::parse("2026-11-24T08:00:00Z").unwrap();
    Act { now, actor: Id::derived(&["member", "story"]), seed: Seed::from_number(3), signer: None }
}

/// What the story took, in processor time.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Bringing the new version into force: every entry read by it, checked, the read tables brought up to date.
    pub migration: Duration,
    /// Taking it back.
    pub rollback: Duration,
}

/// What may not change when a version came and went: the read tables and every delivered byte.
#[derive(PartialEq)]
struct Seen {
    tables: Vec<String>,
    files: Files,
}

fn seen(store: &SqliteStore, file: &Path) -> Seen {
    let connection = Connection::open(file).unwrap();
    connection
        .execute_batch("CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, search, instance)")
        .unwrap();
    let mut tables = Vec::new();
    for sql in [
        "SELECT number || ' ' || id || ' ' || position || ' ' || cube || ' ' || state || ' ' || key || ' ' || title FROM entry ORDER BY number",
        "SELECT term || ' ' || doc || ' ' || col FROM words ORDER BY term, doc, col",
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        tables.extend(rows.map(Result::unwrap));
    }
    Seen { tables, files: deliver(store, act().now).unwrap().files }
}

/// Tells the story over `count` entries in a folder: a field for young audiences comes and the price is split
/// into tariffs; readers of the older version see what they saw; then all is taken back.
///
/// # Errors
/// What was not as it must be.
pub fn tell(count: usize, folder: &Path) -> Result<Told, String> {
    let file = folder.join("story.sqlite");
    let mut store = SqliteStore::create(&file).unwrap();
    let older = event();
    let settings: Settings = serde_json::from_value(json!({
        "name": "Essai", "zone": "Europe/Paris", "language": "fr", "license": "https://example.org/license"
    }))
    .unwrap();
    let profile =
        Profile { name: "story".to_owned(), label: older.label.clone(), formats: vec![older.clone()] };
    found(&mut store, &settings, &profile, &act()).unwrap();
    fill(&mut store, count, &older);
    let before = seen(&store, &file);
    let log_before = store.head().unwrap().position;

    let tariff = |name: &str, french: &str, english: &str| {
        let label = serde_json::from_value(json!({ "fr": french, "en": english })).unwrap();
        Field { label, ..Field::new(name, Kind::Money) }
    };
    let young = Field { default: Some(json!(false)), ..Field::new("young-audience", Kind::Boolean) };
    let newer = amended(
        &older,
        vec![
            Operation::Add { field: Box::new(young), within: None, at: 3 },
            Operation::Split {
                field: "price".to_owned(),
                into: vec![
                    tariff("full-price", "Plein tarif", "Full price"),
                    tariff("reduced-price", "Tarif réduit", "Reduced price"),
                ],
                by: Division::First,
            },
        ],
    )
    .map_err(|error| error.to_string())?;

    let dry = migration(&store, &newer).map_err(|error| error.to_string())?;
    if store.head().unwrap().position != log_before {
        return Err("a dry run wrote into the log".to_owned());
    }
    let start = ProcessTime::now();
    let done = migrate(&mut store, &newer, &act()).map_err(|error| error.to_string())?;
    let migration = start.elapsed();
    check(&dry, &done, count)?;

    let entry = store.entry(Id::derived(&["story", "0"])).unwrap().unwrap();
    let document = &entry.revision.document;
    if document.get("young-audience") != Some(&json!(false))
        || document.get("full-price") != Some(&price(0))
        || document.contains_key("price")
    {
        return Err(format!("not carried: {document:?}"));
    }
    // Whoever still reads the older version sees every byte as before.
    let for_the_old = deliver_as(&store, std::slice::from_ref(&older), &Recipient::Public, act().now)
        .map_err(|error| error.to_string())?;
    if for_the_old.files != before.files {
        return Err(differing(&before.files, &for_the_old.files));
    }
    let for_the_new = deliver(&store, act().now).map_err(|error| error.to_string())?;
    if for_the_new.files == before.files {
        return Err("the new version changed nothing".to_owned());
    }

    let start = ProcessTime::now();
    migrate(&mut store, &older, &act()).map_err(|error| error.to_string())?;
    let rollback = start.elapsed();
    let after = seen(&store, &file);
    if after.tables != before.tables {
        return Err("the read tables differ".to_owned());
    }
    if after.files != before.files {
        return Err(differing(&before.files, &after.files));
    }
    if store.head().unwrap().position != log_before + 2 {
        return Err("the log did not grow by the two versions".to_owned());
    }
    store.verify().map_err(|error| error.to_string())?;
    Ok(Told { migration, rollback })
}

fn check(dry: &Migration, done: &Migration, count: usize) -> Result<(), String> {
    if dry != done {
        return Err("the dry run told something else".to_owned());
    }
    let counts: Vec<_> = done.counts.iter().map(|(name, count)| (name.to_owned(), count.changed)).collect();
    let expected = [("add young-audience".to_owned(), count), ("split price".to_owned(), count - count / 10)];
    if done.entries != count || counts != expected || !done.failing.is_empty() {
        return Err(format!("{} entries, {counts:?}, {} failing", done.entries, done.failing.len()));
    }
    // Older consumers can be given every new record, but a second tariff would be lost on them.
    if done.compatibility != Compatibility::Full {
        return Err(format!("{:?} {:?}", done.compatibility, done.reasons));
    }
    Ok(())
}

fn differing(before: &Files, after: &Files) -> String {
    let names: Vec<&str> = before
        .iter()
        .zip(after)
        .filter(|(before, after)| before != after)
        .map(|((name, _), _)| name.as_str())
        .collect();
    format!("delivered otherwise: {names:?}")
}

fn price(number: usize) -> Value {
    json!({ "cents": 100 * (5 + number % 40), "currency": "EUR" })
}

/// Entries of about the length of real ones; every tenth is free and says no price.
fn fill(store: &mut SqliteStore, count: usize, format: &Format) {
    let digest = format.digest();
    let words = ["conte", "bal", "montagne", "nuit", "rivière", "chœur", "jonglage", "marionnette"];
    let numbers: Vec<usize> = (0..count).collect();
    for chunk in numbers.chunks(500) {
        let changes: Vec<Change> = chunk
            .iter()
            .map(|&number| {
                let word = |step: usize| words.get((number / step.max(1) + step) % words.len()).unwrap_or(&"bal");
                let day = Date::from_days(20_700 + i64::try_from(number % 700).unwrap_or(0));
                let mut document = json!({
                    "name": { "fr": format!("{} et {} n° {number}", word(1), word(7)) },
                    "start": format!("{day}T20:30:00[Europe/Paris]"),
                    "description": { "fr": format!("Un {} de {} {} {}", word(3), word(11), word(5), word(2)) },
                    "seats": number % 300,
                });
                if number % 10 != 9 {
                    document["price"] = price(number);
                }
                let revision = Revision::new("event", digest, State::Published, document.as_object().unwrap().clone());
                Change::Revision(Id::derived(&["story", &number.to_string()]), revision)
            })
            .collect();
        let act = act();
        let batch = Batch { at: act.now, actor: act.actor, seed: act.seed, signer: None, changes: &changes };
        store.append(&batch).unwrap();
    }
}
