//! A survey of the example's territory, over and over: launched, planned anew, asked at the doors, taken over, weighed,
//! estimated. How often do its intervals hold what is true?
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a story that stops has failed"
)]

use std::{collections::BTreeMap, ops::ControlFlow, path::PathBuf};

use c3ms_core::{
    base::{Digest, Id, Seed, Timestamp},
    cooperative::{
        Act, DayKind, FrameRow, FrameSpec, ImportOptions, PlanSpec, Settings, SlotState, WeighSpec, capture,
        found, frame, import, plan, read_queue, weigh,
    },
    forms::{Format, Revision, State, intake::Source, live_performance},
    store::{Batch, Change, MemoryStore, Store as _},
    survey::{
        Table,
        task::{Question, Task},
    },
};
use serde_json::{Value, json};

use crate::survey::Coverage;

const WAVE: &str = "season-2027";
/// The programme changes on that day.
const CHANGES: &str = "2027-04-15T06:00:00Z";
const REFUSING: [(&str, f64); 2] = [("young", 0.5), ("old", 0.2)];

/// A territory, its public, what is true of it.
#[derive(Debug)]
pub struct Territory {
    store: MemoryStore,
    cancelled: Vec<Change>,
    /// Of each date the visitors who come, in their order; of those cancelled at the last moment none.
    visits: BTreeMap<Id<FrameRow>, Vec<Visit>>,
    truth: Truth,
}

#[derive(Debug, Clone, Copy)]
struct Visit {
    age: usize,
    local: bool,
    spent: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Truth {
    visits: f64,
    /// Those of the weekend: the box office knows both.
    weekend: f64,
    spent: f64,
    local: f64,
    young: f64,
    young_spent: f64,
}

/// A number from 0 to below 1, the same for the same words.
fn chance(words: &[&str]) -> f64 {
    let parts: Vec<&[u8]> = words.iter().flat_map(|word| [word.as_bytes(), b"\0".as_slice()]).collect();
    let bytes: [u8; 4] = Digest::of(&parts).0[..4].try_into().unwrap();
    f64::from(u32::from_be_bytes(bytes)) / 4_294_967_296.0
}

fn act(time: &str) -> Act<'static> {
    let now = Timestamp::parse(time).unwrap();
    Act { now, actor: Id::derived(&["member", "simulation"]), seed: Seed::from_number(11), signer: None }
}

fn frame_spec() -> Value {
    json!({ "from": "2027-01-01", "to": "2028-01-01", "strata": ["day"] })
}

fn questionnaire() -> Format {
    Format::parse(
        &json!({
            "cube": "audience", "label": { "fr": "Public", "en": "Audience" }, "fields": [
                { "id": "age", "name": "age", "kind": { "type": "code", "vocabulary": "age" } },
                { "id": "local", "name": "local", "kind": { "type": "boolean" } },
                { "id": "spent", "name": "spent", "kind": { "type": "decimal", "minimum": 0 } }],
            "vocabularies": { "age": { "codes": [
                { "code": "young", "label": { "fr": "Jeune", "en": "Young" } },
                { "code": "old", "label": { "fr": "Âgé", "en": "Old" } }] } }
        })
        .to_string(),
    )
    .unwrap()
}

/// The territory of the examples, with a public that is the same each time.
#[must_use]
pub fn territory() -> Territory {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/grand-brianconnais");
    let mut store = MemoryStore::new();
    let act = act("2026-12-01T08:00:00Z");
    let settings: Settings = serde_json::from_value(json!({
        "name": "Grand Briançonnais", "zone": "Europe/Paris", "language": "fr", "license": "https://example.org/license"
    }))
    .unwrap();
    found(&mut store, &settings, &live_performance().unwrap(), &act).unwrap();
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
        import(&mut store, &source, &options, &act, &mut |_| {}).unwrap();
    }
    append(&mut store, &act, &[Change::Format(questionnaire())]);
    let spec = FrameSpec::parse(&frame_spec().to_string()).unwrap();
    let now = Timestamp::parse("2026-12-01T00:00:00Z").unwrap();
    let rows = frame(&store, &spec, now, "fr").unwrap().rows;
    // What is cancelled in spring: one performance in twelve of those that are still to come.
    let mut cancelled = Vec::new();
    let mut gone = Vec::new();
    for row in rows.iter().filter(|row| row.begin.as_str() > "2027-04-16") {
        if chance(&["cancelled", &row.entry.to_string()]) < 1.0 / 12.0 && !gone.contains(&row.entry) {
            let entry = store.entry(row.entry).unwrap().unwrap();
            let mut document = entry.revision.document.clone();
            document.insert("status".to_owned(), json!("cancelled"));
            let state = State::Published;
            cancelled.push(Change::Revision(row.entry, Revision { document, state, ..entry.revision }));
            gone.push(row.entry);
        }
    }
    let mut visits = BTreeMap::new();
    let mut truth = Truth::default();
    for row in rows.iter().filter(|row| !gone.contains(&row.entry)) {
        let own = public(row);
        for visit in &own {
            let young = if visit.age == 0 { 1.0 } else { 0.0 };
            truth.visits += 1.0;
            truth.weekend += if row.day == DayKind::Weekend { 1.0 } else { 0.0 };
            truth.spent += visit.spent;
            truth.local += if visit.local { 1.0 } else { 0.0 };
            truth.young += young;
            truth.young_spent += young * visit.spent;
        }
        visits.insert(row.slot, own);
    }
    Territory { store, cancelled, visits, truth }
}

/// Who comes: as many as are expected, more or less; what they are like differs from date to date and from venue to venue. One
/// date in thirty does not take place, and nobody knew.
fn public(row: &FrameRow) -> Vec<Visit> {
    let slot = row.slot.to_string();
    if chance(&["storm", &slot]) < 1.0 / 30.0 {
        return Vec::new();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "visitors of an evening")]
    let count = (row.expected * (0.6 + 0.7 * chance(&["count", &slot]))).round() as usize;
    let near = 0.25 + 0.3 * chance(&["near", &row.venue]) + 0.2 * chance(&["near", &slot]);
    let youth = 0.2 + 0.4 * chance(&["youth", &slot]);
    let price = 8.0 + 10.0 * chance(&["price", &row.venue]) + 4.0 * chance(&["price", &slot]);
    let visit = |number: usize| {
        let of = |what: &str| chance(&[what, &slot, &number.to_string()]);
        let age = usize::from(of("age") >= youth);
        let local = of("local") < near;
        let spent = price * (0.4 + 1.8 * of("spent") * of("spent")) * if local { 0.8 } else { 1.2 };
        Visit { age, local, spent: (spent * 100.0).round() / 100.0 }
    };
    (0..count).map(visit).collect()
}

fn append(store: &mut MemoryStore, act: &Act<'_>, changes: &[Change]) {
    let Act { now: at, actor, seed, signer } = *act;
    store.append(&Batch { at, actor, seed, signer, changes }).unwrap();
}

impl Territory {
    /// What one survey finds: figures with their intervals.
    #[must_use]
    pub fn survey(&self, seed: u64) -> Vec<(String, f64, [f64; 2])> {
        let mut store = self.store.clone();
        let spec = PlanSpec::parse(
            &json!({
                "wave": WAVE, "questionnaire": "audience", "frame": frame_spec(), "seed": seed, "size": 40,
                "interviews": 12, "purposes": { "study": { "text": { "fr": "étudier les publics" }, "keep_days": 365 } }
            })
            .to_string(),
        )
        .unwrap();
        plan(&mut store, &spec, &act("2026-12-20T08:00:00Z"), "fr").unwrap();
        append(&mut store, &act(CHANGES), &self.cancelled);
        let wave = plan(&mut store, &spec, &act(CHANGES), "fr").unwrap().wave;
        let device = Id::<()>::derived(&["phone", &seed.to_string()]);
        let version = questionnaire().digest();
        let mut queue = String::new();
        let mut sequence = 0;
        let mut hand_in = |what: &str, body: Value| {
            sequence += 1;
            let message = json!({ "device": device, "sequence": sequence, what: body });
            queue.push_str(&message.to_string());
            queue.push('\n');
        };
        for slot in wave.slots.iter().filter(|slot| slot.drawn && slot.state == SlotState::Planned) {
            let visits = &self.visits[&slot.row.slot];
            let at = format!("{}T12:00:00Z", slot.row.date);
            let mut refusals = Vec::new();
            let mut approached = 0;
            let first = usize::try_from(slot.first - 1).unwrap();
            let interval = usize::try_from(slot.interval).unwrap();
            for (number, visit) in visits.iter().enumerate().skip(first).step_by(interval) {
                approached += 1;
                let (age, refusing) = REFUSING[visit.age];
                let name = [seed.to_string(), slot.row.slot.to_string(), number.to_string()];
                if chance(&["refuses", &name[0], &name[1], &name[2]]) < refusing {
                    refusals.push(json!({ "at": at, "observed": { "age": age } }));
                    continue;
                }
                let id = |what: &str| Id::<()>::derived(&[what, &name[0], &name[1], &name[2]]);
                hand_in(
                    "response",
                    json!({
                        "id": id("response"), "respondent": id("respondent"), "wave": WAVE, "slot": slot.row.slot,
                        "version": version, "language": "fr", "begun": at, "ended": at, "disposition": "complete",
                        "observed": { "age": age }, "consent": ["study"],
                        "answers": { "age": age, "local": visit.local, "spent": visit.spent }
                    }),
                );
            }
            hand_in(
                "slot",
                json!({
                    "wave": WAVE, "slot": slot.row.slot, "held": !visits.is_empty(), "counted": visits.len(),
                    "approached": approached, "refusals": refusals
                }),
            );
        }
        let captured =
            capture(&mut store, &act("2028-01-02T08:00:00Z"), &read_queue("phone", queue.as_bytes()))
                .unwrap();
        assert!(captured.refused.is_empty(), "{:?}", captured.refused.first());
        self.figures(&store)
    }

    /// The answers weighed and estimated, as the commands do it.
    fn figures(&self, store: &MemoryStore) -> Vec<(String, f64, [f64; 2])> {
        let Truth { visits, weekend, .. } = self.truth;
        let spec = json!({ "wave": WAVE, "weighting": [
            { "step": "response-classes", "responded": "answered", "classes": ["observed_age"] },
            { "step": "post-stratify", "variable": "day",
              "totals": { "week": visits - weekend, "weekend": weekend } }] });
        let weighed = weigh(store, &WeighSpec::parse(&spec.to_string()).unwrap(), "answers.csv").unwrap();
        let mut analysis = json!(weighed.analysis);
        analysis["estimates"] = json!([
            { "id": "takings", "statistic": "total", "variables": ["spent"] },
            { "id": "visits of locals", "statistic": "total", "variables": ["local"] },
            { "id": "spent", "statistic": "mean", "variables": ["spent"] },
            { "id": "local", "statistic": "mean", "variables": ["local"] },
            { "id": "spent by the young", "statistic": "mean", "variables": ["spent"], "where": "${age} = 'young'" }
        ]);
        let tables = [("answers.csv".to_owned(), Table::parse(&weighed.table).unwrap())].into();
        let task = Task::parse(Question::Estimate, &analysis.to_string()).unwrap();
        let told = task.find(&tables, &|_, _| ControlFlow::Continue(())).unwrap().told().unwrap();
        let number = |value: &Value| value.as_f64().unwrap();
        let figure = |figure: &Value| {
            let ci = [number(&figure["ci"][0]), number(&figure["ci"][1])];
            (figure["id"].as_str().unwrap().to_owned(), number(&figure["value"]), ci)
        };
        told["estimates"].as_array().unwrap().iter().map(figure).collect()
    }
}

/// How often the 95 % intervals of the main figures hold what is true, and how far the figures are off on average.
#[must_use]
pub fn coverage(surveys: usize) -> Vec<(Coverage, f64)> {
    let territory = territory();
    let Truth { visits, spent, local, young, young_spent, .. } = territory.truth;
    let truth = BTreeMap::from([
        ("visits of locals", local),
        ("takings", spent),
        ("spent", spent / visits),
        ("local", local / visits),
        ("spent by the young", young_spent / young),
    ]);
    let mut held: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for seed in 1..=u64::try_from(surveys).unwrap() {
        for (id, value, [from, to]) in territory.survey(seed) {
            let (name, true_value) = truth.get_key_value(id.as_str()).unwrap();
            let (count, off) = held.entry(name).or_default();
            *count += if (from..=to).contains(true_value) { 1.0 } else { 0.0 };
            *off += value / true_value - 1.0;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let all = surveys as f64;
    let covered =
        |(name, (count, off)): (&'static str, (f64, f64))| (Coverage { name, share: count / all }, off / all);
    held.into_iter().map(covered).collect()
}
