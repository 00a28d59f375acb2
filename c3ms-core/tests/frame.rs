//! Frames of surveys, taken from the programme.

use std::path::PathBuf;

use c3ms_core::{
    base::{Date, Id, Seed, Timestamp},
    cooperative::{Frame, FrameSpec, ImportOptions, SlotKind, frame, import},
    delivery::{Recipient, gate, occurrences},
    forms::{Entry, Revision, State, intake::Source, live_performance},
    store::{Batch, Change, MemoryStore, Store as _},
    survey::{
        Table,
        task::{Answer, Question, Task},
    },
};
use serde_json::{Value, json};

use crate::intake::{act, cooperative};

fn now() -> Timestamp {
    Timestamp::parse("2027-01-01T00:00:00Z").unwrap()
}

fn taken(store: &MemoryStore, spec: &Value) -> Frame {
    let spec = FrameSpec::parse(&spec.to_string()).unwrap();
    frame(store, &spec, now(), "fr").unwrap()
}

fn write(store: &mut MemoryStore, entries: &[(&str, &str, Value)]) {
    let formats = live_performance().unwrap().formats;
    let change = |(cube, name, document): &(&str, &str, Value)| {
        let format = formats.iter().find(|format| format.cube == *cube).unwrap().digest();
        let document = document.as_object().unwrap().clone();
        Change::Revision(id(name), Revision::new(*cube, format, State::Published, document))
    };
    let changes: Vec<Change> = entries.iter().map(change).collect();
    let (at, actor, seed) = (Timestamp::from_millis(0), Id::derived(&["me"]), Seed::from_number(1));
    store.append(&Batch { at, actor, seed, signer: None, changes: &changes }).unwrap();
}

fn id(name: &str) -> Id<Entry> {
    Id::derived(&[name])
}

/// A house of 200 seats with a play, a tour that is cancelled, a workshop that comes back, an exhibition.
fn season() -> MemoryStore {
    let mut store = cooperative();
    let evening = |name: &str, more: Value| {
        let mut document = json!({ "name": { "fr": name }, "venue": id("rempart") });
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        document
    };
    let paris = |text: &str| format!("{text}[Europe/Paris]");
    write(
        &mut store,
        &[
            (
                "venue",
                "rempart",
                json!({
                    "name": { "fr": "Le Rempart" }, "capacity": 200, "address": { "locality": "Briançon" },
                    "position": { "latitude": 44.9, "longitude": 6.64 }
                }),
            ),
            (
                "venue",
                "musee",
                json!({ "name": { "fr": "Le Musée" }, "opening": { "fr": "Tu-Su 10:00-12:00,14:00-18:00" } }),
            ),
            (
                "performance",
                "play",
                evening(
                    "La Nuit",
                    json!({
                        "start": paris("2027-03-28T20:30:00"), "end": paris("2027-03-28T22:00:00"), "genres": ["theatre"],
                        "offers": [{ "price": { "cents": 1800, "currency": "EUR" } }, { "price": { "cents": 950, "currency": "EUR" } }]
                    }),
                ),
            ),
            (
                "performance",
                "club",
                evening(
                    "Le Club",
                    json!({
                        "start": paris("2027-03-29T00:15:00"), "capacity": 80, "free": true, "genres": ["musique"]
                    }),
                ),
            ),
            (
                "performance",
                "atelier",
                evening(
                    "L’Atelier",
                    json!({
                        "start": paris("2027-03-03T10:00:00"), "end": paris("2027-03-03T11:30:00"),
                        "recurrence": { "rule": "FREQ=WEEKLY", "excluded": [paris("2027-03-17T10:00:00")] }
                    }),
                ),
            ),
            (
                "performance",
                "tour",
                evening(
                    "La Tournée",
                    json!({
                        "start": paris("2027-03-27T20:30:00"), "status": "cancelled"
                    }),
                ),
            ),
            ("performance", "day", evening("Le Jour", json!({ "start": "2027-03-20" }))),
            (
                "performance",
                "nowhere",
                json!({ "name": { "fr": "Nulle part" }, "start": paris("2027-03-21T18:00:00") }),
            ),
            (
                "performance",
                "show",
                evening(
                    "L’Exposition",
                    json!({
                        "start": paris("2027-03-02T10:00:00"), "end": paris("2027-03-30T18:00:00")
                    }),
                ),
            ),
        ],
    );
    store
}

#[test]
fn each_date_of_the_programme_gives_a_slot_or_says_why_not() {
    let store = season();
    let march = json!({ "from": "2027-03-01", "to": "2027-04-01", "strata": ["day", "band"] });
    let found = taken(&store, &march);
    // Wednesdays of March but the 17th, the play, the club.
    let shown: Vec<(&str, &str, &str, f64, &str)> = found
        .rows
        .iter()
        .map(|row| {
            (row.title.as_str(), row.begin.as_str(), row.end.as_str(), row.expected, row.stratum.as_str())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("L’Atelier", "2027-03-03 09:30", "2027-03-03 11:30", 120.0, "week / morning"),
            ("L’Atelier", "2027-03-10 09:30", "2027-03-10 11:30", 120.0, "week / morning"),
            ("L’Atelier", "2027-03-24 09:30", "2027-03-24 11:30", 120.0, "week / morning"),
            ("La Nuit", "2027-03-28 20:00", "2027-03-28 22:00", 120.0, "weekend / evening"),
            // Sunday night still; interviewers come before midnight; what has no end lasts two hours; its own seats count.
            ("Le Club", "2027-03-28 23:45", "2027-03-29 02:15", 48.0, "weekend / evening"),
            ("L’Atelier", "2027-03-31 09:30", "2027-03-31 11:30", 120.0, "week / morning"),
        ]
    );
    let play = &found.rows[3];
    assert_eq!(
        (play.genre.as_str(), play.price.as_str(), play.locality.as_str()),
        ("theatre", "9.50", "Briançon")
    );
    assert_eq!((play.latitude, play.capacity, found.rows[4].price.as_str()), (Some(44.9), Some(200), "0.00"));
    let mut left: Vec<(&str, &str)> =
        found.left_out.iter().map(|left| (left.reason, left.title.as_str())).collect();
    left.sort_unstable();
    assert_eq!(
        left,
        [
            ("cancelled", "La Tournée"),
            ("no-hour", "Le Jour"),
            ("no-venue", "Nulle part"),
            ("several-days", "L’Exposition"),
        ]
    );
}

#[test]
fn opening_hours_are_cut_into_equal_slots() {
    let store = season();
    let week = json!({
        "from": "2027-03-22", "to": "2027-03-29", "strata": ["kind"],
        "opening": { "minutes": 120, "venues": { "Le Musée": null } }, "expected": { "per_hour": 15 }
    });
    let found = taken(&store, &week);
    let open: Vec<_> = found.rows.iter().filter(|row| row.kind == SlotKind::Opening).collect();
    // Six days of two and of four hours: the clocks change on the last, the doors do not.
    assert_eq!(open.len(), 18);
    assert!(open.iter().all(|row| row.expected.to_bits() == 30.0_f64.to_bits() && row.stratum == "opening"));
    assert_eq!((open[17].begin.as_str(), open[17].end.as_str()), ("2027-03-28 16:00", "2027-03-28 18:00"));
    let mut said = week.clone();
    said["opening"]["venues"] = json!({ "Le Musée": "Sa 10:00-15:00" });
    let saturday = taken(&store, &said);
    let open: Vec<&str> = saturday
        .rows
        .iter()
        .filter(|row| row.kind == SlotKind::Opening)
        .map(|row| row.end.as_str())
        .collect();
    assert_eq!(
        open,
        ["2027-03-27 11:40", "2027-03-27 13:20", "2027-03-27 15:00"],
        "300 minutes, three times 100"
    );
    said["opening"]["venues"] = json!({ "Le Rempart": null });
    let left = taken(&store, &said).left_out;
    assert!(left.iter().any(|left| left.reason == "hours-unreadable" && left.title == "Le Rempart"));
    said["opening"]["venues"] = json!({ "Le Palais": null });
    let spec = FrameSpec::parse(&said.to_string()).unwrap();
    let unknown = frame(&store, &spec, now(), "fr").unwrap_err();
    assert_eq!(unknown.code().as_str(), "survey.spec-unreadable");
}

#[test]
fn documents_of_frames_are_refused_with_what_is_wrong() {
    let days = r#""from": "2027-03-01", "to": "2027-04-01""#;
    for (document, wrong) in [
        (r#"{"from": "2027-03-01"}"#.to_owned(), "to"),
        (r#"{"from": "2027-02-30", "to": "2027-04-01"}"#.to_owned(), "2027-03-28"),
        (r#"{"from": "2027-04-01", "to": "2027-04-01"}"#.to_owned(), "later than"),
        (format!(r#"{{{days}, "expected": {{"filling": 1.5}}}}"#), "filling"),
        (format!(r#"{{{days}, "expected": {{"per_hour": 0}}}}"#), "per_hour"),
        (format!(r#"{{{days}, "lasts": 0}}"#), "a minute"),
        (format!(r#"{{{days}, "strata": ["colour"]}}"#), "colour"),
        (format!(r#"{{{days}, "until": 3}}"#), "until"),
    ] {
        let refused = FrameSpec::parse(&document).unwrap_err();
        assert!(refused.to_string().contains(wrong), "{document}: {refused}");
    }
}

#[test]
fn a_slot_keeps_its_name_while_its_date_stays() {
    let mut store = season();
    let march = json!({ "from": "2027-03-01", "to": "2027-04-01" });
    let before = taken(&store, &march);
    let moved = json!({ "name": { "fr": "La Nuit" }, "venue": id("rempart"), "start": "2027-03-30T20:30:00[Europe/Paris]" });
    write(&mut store, &[("performance", "play", moved)]);
    let after = taken(&store, &march);
    let names = |frame: &Frame| frame.rows.iter().map(|row| row.slot).collect::<Vec<_>>();
    let (before, after) = (names(&before), names(&after));
    assert_eq!((before.len(), after.len()), (6, 6));
    assert_eq!(after.iter().filter(|slot| !before.contains(slot)).count(), 1, "the one that moved");
}

/// Of the territory of the examples: the frame counts what the delivery counts, and a draw from it is of known
/// probabilities.
#[test]
fn the_frame_of_a_territory_is_its_programme_and_is_drawn_from() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/grand-brianconnais");
    let mut store = cooperative();
    for name in [
        "venues.csv",
        "organizers.csv",
        "companies.csv",
        "shows.csv",
        "programme.csv",
        "theatre-du-rempart.ics",
    ] {
        let source = Source::read(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        let options = ImportOptions { name: name.to_owned(), ..ImportOptions::default() };
        import(&mut store, &source, &options, &act(), &mut |_| {}).unwrap();
    }
    let spec = json!({ "from": "2027-01-01", "to": "2028-01-01", "strata": ["day"] });
    let found = taken(&store, &spec);
    let formats = live_performance().unwrap().formats;
    let datasets = gate(&store, &formats, &Recipient::Member, now()).unwrap();
    let year = Date::new(2027, 1, 1).unwrap()..Date::new(2028, 1, 1).unwrap();
    let dates =
        occurrences(&datasets, &year).into_iter().filter(|date| year.contains(&date.start.date())).count();
    assert!(dates > 100, "{dates}");
    assert_eq!(found.rows.len() + found.left_out.len(), dates);

    let draw = json!({
        "data": "slots.csv", "seed": 7, "strata": "stratum", "size": 12, "selection": { "method": "pareto" },
        "time_location": { "venue": "venue", "begin": "begin", "end": "end", "expected": "expected", "interviews": 10 }
    });
    let tables = [("slots.csv".to_owned(), Table::parse(&found.to_csv()).unwrap())].into();
    let ask = |question| {
        let task = Task::parse(question, &draw.to_string()).unwrap();
        task.find(&tables, &|_, _| std::ops::ControlFlow::Continue(())).unwrap()
    };
    let (drawn, all): (Answer, Answer) = (ask(Question::Sample), ask(Question::Inclusion));
    let (drawn, all) = (drawn.told().unwrap(), all.told().unwrap());
    assert_eq!(drawn["sheet"].as_array().unwrap().len(), 24, "twelve of the week, twelve of weekends");
    let sum: f64 = all["probabilities"].as_array().unwrap().iter().map(|share| share.as_f64().unwrap()).sum();
    assert!((sum - 24.0).abs() < 1e-9, "{sum}");
}
