//! Waves planned from the programme, planned anew, and their sheets.

use std::{collections::BTreeMap, path::PathBuf};

use c3ms_core::{
    base::{Id, Timestamp},
    cooperative::{
        Act, FrameRow, ImportOptions, PlanSpec, Planned, SheetSpec, SlotState, WeighSpec, capture, import,
        plan, read_queue, sheets, sheets_page, wave, weigh,
    },
    forms::{Revision, intake::Source},
    store::{Batch, Change, MemoryStore, Store as _},
    survey::Table,
};
use serde_json::{Value, json};

use crate::{
    hostile::messages::questionnaire,
    intake::{act, cooperative},
};

fn at(time: &str) -> Act<'static> {
    Act { now: Timestamp::parse(time).unwrap(), ..act() }
}

fn write(store: &mut MemoryStore, changes: &[Change]) {
    let Act { now: at, actor, seed, signer } = act();
    store.append(&Batch { at, actor, seed, signer, changes }).unwrap();
}

/// The territory of the examples, with a questionnaire.
fn territory() -> MemoryStore {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/grand-brianconnais");
    let mut store = cooperative();
    for name in ["venues.csv", "companies.csv", "shows.csv", "programme.csv"] {
        let source = Source::read(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        let options = ImportOptions { name: name.to_owned(), ..ImportOptions::default() };
        import(&mut store, &source, &options, &act(), &mut |_| {}).unwrap();
    }
    write(&mut store, &[Change::Format(questionnaire())]);
    store
}

fn spec(seed: u64, more: &Value) -> PlanSpec {
    let mut spec = json!({
        "wave": "season", "questionnaire": "visit", "seed": seed, "size": 20, "interviews": 10,
        "frame": { "from": "2027-01-01", "to": "2028-01-01", "strata": ["day"] },
        "purposes": { "study": { "text": { "en": "to study audiences" }, "keep_days": 365 } }
    });
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    PlanSpec::parse(&spec.to_string()).unwrap()
}

fn planned(store: &mut MemoryStore, seed: u64, time: &str) -> Planned {
    plan(store, &spec(seed, &json!({})), &at(time), "fr").unwrap()
}

const BEFORE: &str = "2026-12-01T08:00:00Z";
const SPRING: &str = "2027-04-15T06:00:00Z";

/// Every third of the performances that are still to come in spring is cancelled.
fn cancelled(store: &MemoryStore, first: &Planned) -> (Vec<Change>, Vec<Id<FrameRow>>) {
    let to_come = first.wave.slots.iter().filter(|slot| slot.row.begin.as_str() > "2027-04-16");
    let some: Vec<_> = to_come.step_by(3).collect();
    let change = |id| {
        let revision = store.entry(id).unwrap().unwrap().revision;
        let mut document = revision.document.clone();
        document.insert("status".to_owned(), json!("cancelled"));
        Change::Revision(id, Revision { document, ..revision })
    };
    let gone: Vec<_> = first
        .wave
        .slots
        .iter()
        .filter(|slot| some.iter().any(|gone| gone.row.entry == slot.row.entry))
        .filter(|slot| slot.row.begin.as_str() > "2027-04-16")
        .map(|slot| slot.row.slot)
        .collect();
    let mut entries: Vec<_> = some.iter().map(|slot| slot.row.entry).collect();
    entries.dedup();
    (entries.into_iter().map(change).collect(), gone)
}

#[test]
fn the_same_seed_plans_the_same() {
    let mut store = territory();
    let first = planned(&mut store, 7, BEFORE);
    assert!(!first.again && first.lost.is_empty() && first.missed.is_empty());
    assert_eq!(first.gained.len(), 20);
    for stratum in &first.strata {
        let own: Vec<_> =
            first.wave.slots.iter().filter(|slot| slot.row.stratum == stratum.stratum).collect();
        let sum: f64 = own.iter().map(|slot| slot.probability).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count of slots")]
        let drawn = stratum.drawn as f64;
        assert!((sum - drawn).abs() < 1e-9, "{stratum:?}: {sum}");
        assert_eq!(own.iter().filter(|slot| slot.drawn).count(), stratum.drawn);
        // Proportional to the visitors expected, where no slot is sure to be drawn.
        for slot in
            own.iter().filter(|slot| slot.probability < 1.0 && !own.iter().any(|own| own.probability >= 1.0))
        {
            assert!((slot.probability - drawn * slot.row.expected / stratum.expected).abs() < 1e-9);
        }
    }
    for slot in first.wave.slots.iter().filter(|slot| slot.drawn) {
        assert!(slot.interval >= 1 && (1..=slot.interval).contains(&slot.first), "{slot:?}");
    }
    let mut other = territory();
    assert_eq!(planned(&mut other, 7, BEFORE).wave, first.wave);
    assert_ne!(planned(&mut territory(), 8, BEFORE).gained, first.gained);
    // Nothing changed: nobody goes elsewhere.
    let again = planned(&mut store, 7, "2026-12-02T08:00:00Z");
    assert!(again.again);
    assert_eq!((again.gained.len(), again.lost.len(), again.withdrawn.len()), (0, 0, 0));
    assert_eq!(wave(&store, "season").unwrap().unwrap(), again.wave);
    // The same draw is no other round, and nothing is written.
    assert_eq!(again.wave, first.wave);
    let head = store.head().unwrap();
    planned(&mut store, 7, "2026-12-03T08:00:00Z");
    assert_eq!(store.head().unwrap(), head);
}

#[test]
fn what_is_over_at_the_launch_is_missed() {
    let launched = planned(&mut territory(), 7, SPRING);
    let here = "2027-04-15 08:00";
    assert!(!launched.missed.is_empty());
    assert!(launched.wave.slots.iter().all(|slot| slot.row.end.as_str() > here));
    let all = planned(&mut territory(), 7, BEFORE).wave.slots;
    assert_eq!(launched.missed.len() + launched.wave.slots.len(), all.len());
}

#[test]
fn days_that_are_not_planned_any_more_withdraw_nothing_that_has_begun() {
    let mut store = territory();
    let first = planned(&mut store, 7, BEFORE);
    let fewer = spec(7, &json!({ "frame": { "from": "2027-04-15", "to": "2028-01-01", "strata": ["day"] } }));
    let second = plan(&mut store, &fewer, &at(SPRING), "fr").unwrap();
    assert_eq!(second.withdrawn, []);
    for before in first.wave.slots.iter().filter(|slot| slot.row.begin.as_str() < "2027-04-15 08:00") {
        assert_eq!(second.wave.slot(before.row.slot), Some(before));
    }
}

#[test]
fn what_has_begun_keeps_its_chance_and_what_is_cancelled_has_none() {
    let mut store = territory();
    let first = planned(&mut store, 7, BEFORE);
    let (changes, gone) = cancelled(&store, &first);
    assert!(!gone.is_empty());
    write(&mut store, &changes);
    let second = planned(&mut store, 7, SPRING);
    let mut withdrawn = second.withdrawn.clone();
    let (mut expected, key) = (gone.clone(), |id: &Id<FrameRow>| id.to_string());
    withdrawn.sort_by_key(key);
    expected.sort_by_key(key);
    assert_eq!(withdrawn, expected);
    let mut kept = 0;
    for before in &first.wave.slots {
        let now = second.wave.slot(before.row.slot).unwrap();
        if before.row.begin.as_str() < "2027-04-15 08:00" {
            assert_eq!(now, before);
        } else if gone.contains(&before.row.slot) {
            assert_eq!((now.state, now.drawn), (SlotState::Withdrawn, false));
        } else {
            assert_eq!((now.round, now.number), (1, before.number));
            kept += usize::from(now.drawn && before.drawn);
        }
    }
    let to_come = |planned: &Planned| {
        let drawn =
            planned.wave.slots.iter().filter(|slot| slot.drawn && slot.row.begin.as_str() > "2027-04-15");
        drawn.filter(|slot| !gone.contains(&slot.row.slot)).count()
    };
    assert!(kept * 2 > to_come(&first), "numbers are kept: {kept} of {}", to_come(&first));
    assert_eq!(second.wave.rounds.len(), 2);
    let refused = plan(&mut store, &spec(7, &json!({ "questionnaire": "venue" })), &at(SPRING), "fr");
    assert!(refused.unwrap_err().to_string().contains("another wave"));
}

/// Over many draws, planned anew in spring, what Horvitz and Thompson estimate is what took place.
#[test]
fn planned_anew_totals_stay_without_bias() {
    let times = if std::env::var_os("C3MS_FULL").is_some() { 4_000 } else { 200 };
    let store = territory();
    let first = planned(&mut store.clone(), 1, BEFORE);
    let (changes, gone) = cancelled(&store, &first);
    // What is counted at a date: not in proportion to what was expected.
    let count = |slot: Id<FrameRow>| 20.0 + f64::from(slot.as_bytes()[3]);
    let all = first.wave.slots.iter().filter(|slot| !gone.contains(&slot.row.slot));
    let truth: f64 = all.map(|slot| count(slot.row.slot)).sum();
    let (mut sum, mut squares) = (0.0, 0.0);
    for seed in 0..times {
        let mut store = store.clone();
        planned(&mut store, seed, BEFORE);
        write(&mut store, &changes);
        let wave = planned(&mut store, seed, SPRING).wave;
        let drawn = wave.slots.iter().filter(|slot| slot.drawn && slot.state == SlotState::Planned);
        let estimate: f64 = drawn.map(|slot| count(slot.row.slot) / slot.probability).sum();
        sum += estimate / truth;
        squares += estimate / truth * (estimate / truth);
    }
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let times = times as f64;
    let mean = sum / times;
    let error = ((squares / times - mean * mean) / times).sqrt();
    assert!((mean - 1.0).abs() < 4.0 * error + 0.005, "{mean} ± {error}");
}

#[test]
fn sheets_say_whom_to_approach() {
    let mut store = territory();
    planned(&mut store, 7, BEFORE);
    let spec = SheetSpec::parse(r#"{"wave": "season", "rows": 5}"#).unwrap();
    let found = sheets(&store, &spec).unwrap();
    assert_eq!(found.len(), 20);
    for sheet in &found {
        let (first, interval) = (sheet.first, sheet.interval);
        let expected =
            [first, first + interval, first + 2 * interval, first + 3 * interval, first + 4 * interval];
        assert_eq!(sheet.visitors, expected);
    }
    let french = sheets_page(&store, &spec, &found, "fr").unwrap();
    let english = sheets_page(&store, &spec, &found, "en").unwrap();
    assert!(french.contains("personne qui entre") && english.contains("through the door"));
    assert_eq!(french.matches("<section").count(), 20);
    assert!(!french.contains("://"), "a page that stands alone");
    let week = json!({ "wave": "season", "from": found[3].date, "to": found[9].date });
    let week = sheets(&store, &SheetSpec::parse(&week.to_string()).unwrap()).unwrap();
    assert!(!week.is_empty() && week.len() < 20);
    let missing = SheetSpec::parse(r#"{"wave": "winter"}"#).unwrap();
    assert!(sheets(&store, &missing).unwrap_err().to_string().contains("winter"));
}

/// A visit stands for one over the chance of its slot times that of being approached: counted over approached.
#[test]
fn answers_stand_for_visits() {
    let mut store = territory();
    let wave = planned(&mut store, 7, BEFORE).wave;
    let drawn: Vec<_> = wave.slots.iter().filter(|slot| slot.drawn).collect();
    let device = Id::<()>::derived(&["phone"]);
    let mut queue = String::new();
    let mut sequence = 0;
    let mut hand_in = |what: &str, body: Value| {
        sequence += 1;
        queue += &json!({ "device": device, "sequence": sequence, what: body }).to_string();
        queue.push('\n');
    };
    for (number, slot) in drawn.iter().enumerate() {
        let time = format!("{}T12:00:00Z", slot.row.date);
        // Nobody came on the first evening.
        let counted = if number == 0 { 0 } else { 90 };
        for person in 0..if number == 0 { 0 } else { 2 } {
            let id = |of: &str| Id::<()>::derived(&[of, &number.to_string(), &person.to_string()]);
            hand_in(
                "response",
                json!({ "id": id("r"), "respondent": id("p"), "wave": "season", "slot": slot.row.slot,
                    "version": questionnaire().digest(), "language": "fr", "begun": time, "ended": time,
                    "disposition": "complete", "observed": { "age": "old" }, "consent": ["study"],
                    "answers": { "taste": "jazz", "spent": 10 } }),
            );
        }
        let refusals =
            if number == 0 { json!([]) } else { json!([{ "at": time, "observed": { "age": "old" } }]) };
        hand_in(
            "slot",
            json!({ "wave": "season", "slot": slot.row.slot, "held": true, "counted": counted,
                "approached": if number == 0 { 0 } else { 3 }, "refusals": refusals }),
        );
    }
    let taken = capture(&mut store, &at("2028-01-02T08:00:00Z"), &read_queue("q", queue.as_bytes())).unwrap();
    assert_eq!((taken.taken, taken.doors, taken.refused.len()), (38, 20, 0));
    let spec = json!({ "wave": "season", "weighting": [
        { "step": "response-classes", "responded": "answered", "classes": ["observed_age"] }] });
    let weighed = weigh(&store, &WeighSpec::parse(&spec.to_string()).unwrap(), "answers.csv").unwrap();
    let table = Table::parse(&weighed.table).unwrap();
    assert_eq!(table.rows(), 19 * 3);
    let weights = table.numbers("base_weight").unwrap();
    let known: BTreeMap<String, f64> =
        drawn.iter().map(|slot| (slot.row.slot.to_string(), 30.0 / slot.probability)).collect();
    let slots = table.categories("slot").unwrap();
    for (row, weight) in weights.iter().enumerate() {
        let name = &slots.levels[slots.codes[row] as usize];
        assert!((weight - known[name]).abs() < 1e-9);
    }
    assert_eq!(weighed.slots.iter().filter(|slot| slot.empty.is_some()).count(), 1);
    let units: f64 = table.numbers("draw_units").unwrap().iter().copied().fold(0.0, f64::max);
    assert!(units > 2.0);
}
