//! Views: what rules open and keep back of single records, what time and merges bring into view.

use c3ms_core::{
    base::{Date, Id, Timestamp},
    delivery::{Recipient, View},
    forms::{Format, State, Visibility, live_performance},
    governance::{Rule, check_rules},
    store::{Change, Erasure, ErasureReason, MemoryStore, RecordKind},
};
use serde_json::{Map, Value, json};

use crate::dissemination::{DAY, NOW, Records, append, id, now, revision, store};

/// A day or a time comes, nobody writes: what was kept back is seen.
#[test]
fn time_alone_brings_into_view() {
    let formats: Vec<Format> = live_performance()
        .unwrap()
        .formats
        .into_iter()
        .filter(|format| format.cube == "performance")
        .collect();
    let rule = |name: &str, fields: &[&str], effect: Value| -> Rule {
        serde_json::from_value(json!({
            "name": name, "to": ["public"], "cube": "performance", "fields": fields, "effect": effect,
        }))
        .unwrap()
    };
    let day = |days: i64| Date::from_days(NOW / DAY + days).to_string();
    let until = Timestamp::from_millis(NOW + 2 * DAY);
    let rules = [
        rule("prices", &["offers"], json!({ "embargo": { "until": until } })),
        rule("early", &[], json!({ "embargo": { "days-before": 10 } })),
    ];
    check_rules(&rules, &formats).unwrap();
    let document = |start: String| {
        let document = json!({ "name": { "fr": "Le Bal" }, "start": start, "status": "scheduled", "free": true,
            "offers": [{ "price": { "cents": 0, "currency": "EUR" } }] });
        document.as_object().unwrap().clone()
    };
    let records: Records =
        [5, 15].map(|days| ("performance".to_owned(), State::Published, document(day(days)))).into();
    let store = store(&formats, &rules, &records);
    let mut view = View::of(&store, &formats, &Recipient::Public, now()).unwrap();
    let seen = |view: &View, place: usize, name: &str| {
        view.record(id(place)).is_some_and(|record| record.document.contains_key(name))
    };
    assert_eq!((view.len(), seen(&view, 0, "offers"), seen(&view, 0, "free")), (1, false, false));
    view.catch_up(&store, Timestamp::from_millis(NOW + 3 * DAY)).unwrap();
    assert_eq!((view.len(), seen(&view, 0, "offers"), seen(&view, 0, "free")), (1, true, true));
    let token = view.token();
    view.catch_up(&store, Timestamp::from_millis(NOW + 6 * DAY)).unwrap();
    assert_eq!(view.len(), 2);
    assert_eq!(view.since(view.number_of(&token).unwrap()).count(), 1);
}

/// Opening some records to some people takes nothing from those who see it anyway, and one rule nothing from another.
#[test]
fn opening_takes_nothing_away() {
    let wanted = |format: &Format| format.cube == "venue";
    let mut formats: Vec<Format> = live_performance().unwrap().formats.into_iter().filter(wanted).collect();
    for field in &mut formats[0].fields {
        if ["phone", "address"].contains(&field.name.as_str()) {
            field.visibility = Visibility::Members;
        }
    }
    let kinds: Vec<String> = ["museum", "theatre"].map(str::to_owned).into();
    let rule = |name: &str, fields: &[&str], kind: &str| -> Rule {
        serde_json::from_value(json!({
            "name": name, "to": ["everybody"], "cube": "venue", "fields": fields, "records": { "kind": [kind] },
            "effect": { "open": {} },
        }))
        .unwrap()
    };
    let rules =
        [rule("museums", &["phone", "address"], &kinds[0]), rule("streets", &["address.street"], &kinds[1])];
    check_rules(&rules, &formats).unwrap();
    let document = |kind: &String| {
        let document = json!({ "name": { "fr": kind }, "kind": kind, "phone": "04 92 00 00 00",
            "address": { "street": "12 rue du Rempart", "locality": "Briançon" } });
        document.as_object().unwrap().clone()
    };
    let records: Records =
        kinds.iter().map(|kind| ("venue".to_owned(), State::Published, document(kind))).collect();
    let store = store(&formats, &rules, &records);
    let seen = |recipient: &Recipient, place: usize| {
        let view = View::of(&store, &formats, recipient, now()).unwrap();
        let document = view.record(id(place)).unwrap().document;
        let address = document.get("address").map(|address| address.as_object().unwrap().len());
        (document.contains_key("phone"), address)
    };
    assert_eq!([0, 1].map(|place| seen(&Recipient::Member, place)), [(true, Some(2)), (true, Some(2))]);
    assert_eq!([0, 1].map(|place| seen(&Recipient::Public, place)), [(true, Some(2)), (false, Some(1))]);
}

/// A merge that is undone, or an erasure, is a change of what links to it.
#[test]
fn links_change_with_what_stands_for_their_end() {
    let wanted = |format: &Format| ["performance", "venue"].contains(&format.cube.as_str());
    let formats: Vec<Format> = live_performance().unwrap().formats.into_iter().filter(wanted).collect();
    let document = |value: Value| value.as_object().unwrap().clone();
    let venue = |name: &str| document(json!({ "name": { "fr": name }, "kind": "theatre" }));
    let date =
        document(json!({ "name": { "fr": "Le Bal" }, "start": "2027-03-03", "venue": id(0).to_string() }));
    let published =
        |cube: &str, document: &Map<String, Value>| (cube.to_owned(), State::Published, document.clone());
    let records: Records = vec![
        published("venue", &venue("A")),
        published("venue", &venue("B")),
        published("performance", &date),
    ];
    let hides: Rule = serde_json::from_value(json!({
        "name": "theatres", "to": ["public"], "cube": "venue", "records": { "kind": ["museum"] }, "effect": { "withhold": {} },
    }))
    .unwrap();
    let mut store = store(&formats, &[hides], &records);
    let mut view = View::of(&store, &formats, &Recipient::Public, now()).unwrap();
    let link = |view: &View| {
        let link = view.record(id(2)).unwrap().document.get("venue").cloned();
        link.and_then(|link| Id::parse(link.as_str().unwrap()))
    };
    let follow = |store: &MemoryStore, view: &mut View| {
        let before = view.token();
        view.catch_up(store, now()).unwrap();
        view.since(view.number_of(&before).unwrap()).any(|seen| seen.id == id(2))
    };
    let mut merged = revision(&formats, &("venue".to_owned(), State::Withdrawn, venue("A")));
    merged.merged = Some(id(1));
    append(&mut store, NOW - 2 * DAY, &[Change::Revision(id(0), merged.clone())]);
    assert!(follow(&store, &mut view));
    assert_eq!(link(&view), Some(id(1)));
    // It comes back, and as what the public does not see.
    let museum = document(json!({ "name": { "fr": "A" }, "kind": "museum" }));
    let back = revision(&formats, &published("venue", &museum));
    append(&mut store, NOW - DAY, &[Change::Revision(id(0), back)]);
    assert!(follow(&store, &mut view));
    assert_eq!(link(&view), None);
    append(&mut store, NOW - DAY, &[Change::Revision(id(0), merged)]);
    assert!(follow(&store, &mut view));
    assert_eq!(link(&view), Some(id(1)));
    let erasure = Erasure::of(RecordKind::Revision, [id(0).to_string()], ErasureReason::Mistake);
    append(&mut store, NOW - DAY, &[Change::Erasure(erasure)]);
    assert!(follow(&store, &mut view));
    assert_eq!(link(&view), None);
}
