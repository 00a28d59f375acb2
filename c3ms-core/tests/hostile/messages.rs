//! What must hold of any queue of a device: the body of a fuzz target, which the tests run on seeds.
#![expect(clippy::indexing_slicing, reason = "a test stops where its own material is wrong")]

use std::sync::LazyLock;

use c3ms_core::{
    base::{Id, Timestamp},
    cooperative::{Act, FrameRow, capture, found, read_queue, responses},
    forms::{Format, live_performance},
    store::{Batch, Change, MemoryStore, RecordKind, Store as _},
};
use serde_json::{Value, json};

use super::bodies::{act, settings};

/// The wave of the tests.
pub(crate) const WAVE: &str = "summer";

/// A device of the seeds.
pub(crate) const DEVICE: &str = "01h455vb4pex5vsknk084sn02d";

/// Its slots: two that were drawn, one that was not, one that was cancelled.
pub(crate) static PLACES: LazyLock<[Id<FrameRow>; 4]> =
    LazyLock::new(|| ["1", "2", "3", "4"].map(|number| Id::derived(&["slot", number])));

/// What is asked.
pub(crate) fn questionnaire() -> Format {
    static FORMAT: LazyLock<Format> = LazyLock::new(|| {
        Format::parse(
            r#"{"cube": "visit", "label": {"en": "Visit"}, "fields": [
            {"id": "taste", "name": "taste", "kind": {"type": "code", "vocabulary": "taste"}},
            {"id": "age", "name": "age", "kind": {"type": "code", "vocabulary": "age"}},
            {"id": "spent", "name": "spent", "kind": {"type": "decimal", "minimum": 0}},
            {"id": "means", "name": "means", "many": 3, "kind": {"type": "code", "vocabulary": "means"}},
            {"id": "companions", "name": "companions", "many": 5, "kind": {"type": "group", "fields": [
              {"id": "companion-age", "name": "age", "kind": {"type": "integer"}}]}},
            {"id": "came", "name": "came_before", "kind": {"type": "boolean"}},
            {"id": "often", "name": "often", "kind": {"type": "integer"}, "relevant": "${came_before}"},
            {"id": "note", "name": "note", "kind": {"type": "text"}}],
            "vocabularies": {
              "taste": {"codes": [{"code": "dance", "label": {"en": "Dance"}}, {"code": "jazz", "label": {"en": "Jazz"}}]},
              "age": {"codes": [{"code": "young", "label": {"en": "Young"}}, {"code": "old", "label": {"en": "Old"}}]},
              "means": {"codes": [{"code": "car", "label": {"en": "Car"}}, {"code": "bus", "label": {"en": "Bus"}},
                {"code": "foot", "label": {"en": "On foot"}}]}}}"#,
        )
        .unwrap()
    });
    FORMAT.clone()
}

/// A wave with its four slots, two purposes, and a quota of two young people.
pub(crate) fn wave_document(format: &Format) -> Value {
    let slot = |number: usize,
                day: &str,
                hour: u32,
                drawn: bool,
                interval: u32,
                probability: f64,
                state: &str| {
        json!({
            "slot": PLACES[number], "stratum": "dance", "kind": "performance", "venue": "Le Rempart",
            "venue_id": Id::<()>::derived(&["rempart"]), "locality": "Briançon", "latitude": 44.9, "longitude": 6.64,
            "title": "Le Bal", "entry": Id::<()>::derived(&["bal"]), "genre": "dance", "price": "12.00", "date": day,
            "day": "week", "band": "evening", "begin": format!("{day} {hour:02}:00"),
            "end": format!("{day} {:02}:00", hour + 2), "capacity": 200, "expected": 120.0, "round": 0, "number": 0.5,
            "probability": probability, "drawn": drawn, "interval": interval, "first": u32::from(drawn), "state": state,
        })
    };
    json!({
        "name": WAVE, "questionnaire": "visit", "version": format.digest(), "launched": "2027-07-01T00:00:00Z",
        "frame": { "from": "2027-07-01", "to": "2027-08-01" },
        "rounds": [{ "at": "2027-07-01T00:00:00Z", "seed": 7, "from": "2027-07-01 00:00", "sizes": { "dance": 2 },
            "frame": format.digest() }],
        "slots": [
            slot(0, "2027-07-14", 20, true, 4, 0.5, "planned"), slot(1, "2027-07-15", 10, true, 2, 1.0, "planned"),
            slot(2, "2027-07-14", 20, false, 0, 0.5, "planned"), slot(3, "2027-07-14", 20, true, 4, 0.5, "withdrawn"),
        ],
        "purposes": {
            "study": { "text": { "en": "The study of audiences" }, "keep_days": 730 },
            "contact": { "text": { "en": "To be asked again" }, "keep_days": 30 },
        },
        "quotas": [{ "field": "age", "value": "young", "most": 2 }],
    })
}

fn field() -> MemoryStore {
    static FIELD: LazyLock<MemoryStore> = LazyLock::new(|| {
        let mut store = MemoryStore::new();
        found(&mut store, &settings(), &live_performance().unwrap(), &act()).unwrap();
        let body = wave_document(&questionnaire());
        let wave = Change::Document { kind: RecordKind::Wave, subject: WAVE.to_owned(), body };
        let Act { now: at, actor, seed, signer } = act();
        let changes = [Change::Format(questionnaire()), wave];
        store.append(&Batch { at, actor, seed, signer, changes: &changes }).unwrap();
        store
    });
    FIELD.clone()
}

/// Queues to begin with.
pub(crate) fn message_seeds() -> Vec<String> {
    let slot = PLACES[0];
    let version = questionnaire().digest();
    let answer = format!(
        r#"{{"device":"{DEVICE}","sequence":1,"response":{{"id":"01h455vb4pex5vsknk084sn02q","wave":"{WAVE}","slot":"{slot}",
"respondent":"01h455vb4pex5vsknk084sn02r","version":"{version}","language":"fr","begun":"2027-07-14T18:10:00Z",
"ended":"2027-07-14T18:15:00Z","disposition":"complete","observed":{{"age":"old"}},"consent":["study"],"mode":"web",
"answers":{{"taste":"dance","means":["car"],"companions":[{{"age":7}}],"came_before":false,"often":1}}}}}}"#
    )
    .replace('\n', "");
    let door = format!(
        r#"{{"device":"{DEVICE}","sequence":2,"slot":{{"wave":"{WAVE}","slot":"{slot}","held":true,"counted":9,"approached":12,"refusals":[{{"at":"2027-07-14T18:10:00Z"}}]}}}}"#
    );
    let other = answer.replace("\"sequence\":1", "\"sequence\":3").replace("dance", "jazz");
    vec![format!("{answer}\n{door}\n{other}\n"), format!("{answer}\n{}", door.split_at(60).0)]
}

/// Each line is taken, known or refused; a second time nothing is taken; the store still verifies.
pub(crate) fn messages_hold(bytes: &[u8]) {
    let mut store = field();
    let lines = read_queue("queue", bytes);
    let act = Act { now: Timestamp::from_millis(1_815_000_000_000), ..act() };
    let captured = capture(&mut store, &act, &lines).unwrap();
    let done = captured.taken + captured.revised + captured.older + captured.doors + captured.duplicates;
    assert_eq!(done + captured.refused.len(), lines.len());
    let again = capture(&mut store, &act, &lines).unwrap();
    assert_eq!((again.taken, again.revised, again.older, again.doors), (0, 0, 0, 0));
    assert_eq!(again.devices, captured.devices);
    let all = responses(&store, WAVE).unwrap();
    assert!(all.to_csv().lines().count() > all.answers.len());
    store.verify().unwrap();
}
