//! Answers from the field: what devices hand in, in whatever order and whatever is wrong with it, counts once.
#![expect(clippy::indexing_slicing, reason = "a test stops where its own material is wrong")]

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZero,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use c3ms_core::{
    Code,
    base::{Digest, Id, Timestamp},
    cooperative::{
        Act, Answer, Captured, FlagName, Responses, Wave, capture, found, quarantined, read_queue, responses,
    },
    forms::{Format, live_performance},
    store::{Batch, Change, MemoryStore, RecordKind, SqliteStore, Store},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::hostile::{
    bodies::{act, settings},
    messages::{DEVICE, PLACES, WAVE, message_seeds, messages_hold, questionnaire, wave_document},
};

const NOW: &str = "2027-07-15T10:00:00Z";

pub(crate) fn now() -> Act<'static> {
    at(NOW)
}

fn at(time: &str) -> Act<'static> {
    Act { now: Timestamp::parse(time).unwrap(), ..act() }
}

pub(crate) fn write(store: &mut dyn Store, changes: &[Change]) {
    let Act { now: at, actor, seed, signer } = now();
    store.append(&Batch { at, actor, seed, signer, changes }).unwrap();
}

pub(crate) fn launch(store: &mut dyn Store, wave: Value) {
    let wave: Wave = serde_json::from_value(wave).unwrap();
    let body = json!(wave);
    write(store, &[Change::Document { kind: RecordKind::Wave, subject: wave.name, body }]);
}

/// A cooperative with a questionnaire and a wave.
pub(crate) fn prepare(store: &mut dyn Store) {
    found(store, &settings(), &live_performance().unwrap(), &act()).unwrap();
    write(store, &[Change::Format(questionnaire())]);
    launch(store, wave_document(&questionnaire()));
}

pub(crate) fn memory() -> MemoryStore {
    let mut store = MemoryStore::new();
    prepare(&mut store);
    store
}

/// Runs a law on every kind of store, in which a wave was launched.
pub(crate) fn everywhere(law: impl Fn(&mut dyn Store)) {
    law(&mut memory());
    let folder = TempDir::new().unwrap();
    let mut sqlite = SqliteStore::create(&folder.path().join("c.sqlite")).unwrap();
    prepare(&mut sqlite);
    law(&mut sqlite);
}

pub(crate) fn id(parts: &[&str]) -> String {
    Id::<()>::derived(parts).to_string()
}

/// A message of the device `phone` about the answer `name`, complete unless `more` says otherwise.
#[expect(clippy::needless_pass_by_value, reason = "most are written where they are given")]
pub(crate) fn answer(phone: &str, sequence: u64, name: &str, more: Value) -> Value {
    static VERSION: LazyLock<String> = LazyLock::new(|| questionnaire().digest().to_string());
    let mut response = json!({
        "id": id(&["answer", name]), "wave": WAVE, "slot": PLACES[0].to_string(),
        "respondent": id(&["respondent", name]), "version": *VERSION, "language": "fr",
        "begun": "2027-07-14T18:10:00Z", "ended": "2027-07-14T18:15:00Z", "disposition": "complete",
        "answers": { "taste": "dance", "age": "young", "spent": 12.5 }, "consent": ["study"],
    });
    response.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    response.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    json!({ "device": id(&["device", phone]), "sequence": sequence, "response": response })
}

#[expect(clippy::needless_pass_by_value, reason = "most are written where they are given")]
pub(crate) fn door(phone: &str, sequence: u64, more: Value) -> Value {
    let mut slot = json!({ "wave": WAVE, "slot": PLACES[0].to_string(), "counted": 120, "approached": 12 });
    slot.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "device": id(&["device", phone]), "sequence": sequence, "slot": slot })
}

pub(crate) fn lines(messages: &[Value]) -> String {
    let mut lines: Vec<String> = messages.iter().map(Value::to_string).collect();
    lines.push(String::new());
    lines.join("\n")
}

pub(crate) fn hand_in(store: &mut dyn Store, messages: &[Value]) -> Captured {
    capture(store, &now(), &read_queue("phone", lines(messages).as_bytes())).unwrap()
}

pub(crate) fn read(store: &dyn Store) -> Responses {
    responses(store, WAVE).unwrap()
}

pub(crate) fn flags(answer: &Answer) -> BTreeSet<FlagName> {
    answer.flags.iter().map(|flag| flag.flag).collect()
}

/// The flags of one answer that is handed in alone.
fn flags_of(more: Value) -> Vec<&'static str> {
    let mut store = memory();
    let captured = hand_in(&mut store, &[answer("a", 1, "one", more)]);
    assert_eq!((captured.taken, captured.refused.len()), (1, 0), "{captured:?}");
    flags(&read(&store).answers[0]).into_iter().map(FlagName::as_str).collect()
}

/// The code with which one message is refused.
pub(crate) fn refused(store: &mut dyn Store, message: &Value) -> Code {
    let captured = hand_in(store, std::slice::from_ref(message));
    assert_eq!((captured.taken, captured.revised, captured.doors), (0, 0, 0));
    captured.refused[0].code
}

#[test]
fn an_answer_is_taken_once_with_its_context() {
    everywhere(|store| {
        let messages = [answer("a", 1, "one", json!({})), door("a", 2, json!({}))];
        let captured = hand_in(store, &messages);
        assert_eq!((captured.taken, captured.doors, captured.refused.len()), (1, 1, 0));
        assert_eq!(captured.flagged, []);
        assert_eq!((captured.devices[0].through, captured.devices[0].highest), (2, 2));
        let head = store.head().unwrap();
        let again = hand_in(store, &messages);
        assert_eq!((again.taken, again.doors, again.duplicates), (0, 0, 2));
        assert_eq!(again.devices, captured.devices);
        assert_eq!(store.head().unwrap(), head, "nothing is written again");
        let all = read(store);
        let own = &all.answers[0];
        assert_eq!((own.context.venue.as_str(), own.context.genre.as_str()), ("Le Rempart", "dance"));
        assert_eq!((own.context.title.as_str(), own.context.price.as_str()), ("Le Bal", "12.00"));
        assert_eq!(own.answers["spent"], 12.5);
        assert_eq!(
            (all.slots[0].counted, all.slots[0].approached, all.slots[0].interviews()),
            (Some(120), Some(12), 1)
        );
        store.verify().unwrap();
    });
}

#[test]
fn a_later_number_is_a_newer_state_and_an_earlier_one_never_takes_its_place() {
    let states = [1, 2, 3].map(|n| answer("a", n, "one", json!({ "answers": { "spent": n } })));
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        everywhere(|store| {
            for place in order {
                hand_in(store, std::slice::from_ref(&states[place]));
            }
            let all = read(store).answers;
            assert_eq!((all.len(), &all[0].answers["spent"]), (1, &json!(3)), "{order:?}");
        });
    }
}

#[test]
fn what_contradicts_what_is_known_is_refused_and_waits() {
    everywhere(|store| {
        hand_in(store, &[answer("a", 1, "one", json!({}))]);
        let other = answer("b", 1, "one", json!({ "answers": { "spent": 99 } }));
        assert_eq!(refused(store, &other), Code::ResponseOfAnother);
        let reused = answer("a", 1, "one", json!({ "answers": { "spent": 98 } }));
        assert_eq!(refused(store, &reused), Code::SequenceReused);
        let reused = answer("a", 1, "two", json!({}));
        assert_eq!(refused(store, &reused), Code::SequenceReused);
        assert_eq!(refused(store, &door("a", 1, json!({}))), Code::SequenceReused);
        let waiting = quarantined(store).unwrap();
        assert_eq!(waiting.len(), 4);
        assert!(
            waiting
                .iter()
                .any(|waiting| waiting.message == other && waiting.code == "survey.response-of-another")
        );
        let head = store.head().unwrap();
        assert_eq!(refused(store, &other), Code::ResponseOfAnother);
        assert_eq!(store.head().unwrap(), head, "it waits already");
        let captured = hand_in(store, &[other]);
        assert_eq!(captured.devices[0].through, 1, "it arrived");
        assert_eq!(read(store).answers[0].answers["spent"], 12.5);
        store.verify().unwrap();
    });
}

#[test]
fn a_device_learns_what_lacks() {
    let mut store = memory();
    let numbers = [2, 3, 7, 9_007_199_254_740_991];
    let messages: Vec<Value> =
        numbers.iter().map(|number| answer("a", *number, &number.to_string(), json!({}))).collect();
    let device = hand_in(&mut store, &messages).devices.remove(0);
    assert_eq!((device.through, device.highest), (0, 9_007_199_254_740_991));
    assert_eq!(device.missing, [(1, 1), (4, 6), (8, 9_007_199_254_740_990)]);
    let device = hand_in(&mut store, &[answer("a", 1, "first", json!({}))]).devices.remove(0);
    assert_eq!(device.through, 3);
}

#[test]
fn lines_that_cannot_be_read_harm_no_other() {
    everywhere(|store| {
        let good = answer("a", 1, "one", json!({})).to_string();
        let torn = answer("a", 2, "two", json!({})).to_string();
        let long = answer("a", 3, "three", json!({ "answers": { "spent": "x".repeat(10 << 20) } }));
        let deep = answer("a", 4, "four", json!({ "answers": { "spent": "@" } })).to_string();
        let deep = deep.replace("\"@\"", &("[".repeat(100) + &"]".repeat(100)));
        let deeper = good.replace("12.5", &"[".repeat(5000));
        let twice = good.replace("\"sequence\":1", "\"sequence\":1,\"sequence\":9");
        let bad: Vec<String> = vec![
            "not json".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            "7".to_owned(),
            long.to_string(),
            deep,
            deeper,
            twice,
            good.replace("complete", "perhaps"),
            good.replace("2027-07-14T18:10:00Z", "yesterday"),
            good.replace("\"sequence\":1", "\"sequence\":0"),
            good.replace("\"sequence\":1", "\"sequence\":-1"),
            good.replace("\"sequence\":1", "\"sequence\":9007199254740992"),
            good.replace("\"language\"", "\"langage\""),
            answer("a", 5, "five", json!({ "respondent": null })).to_string(),
            answer("a", 6, "six", json!({ "version": null })).to_string(),
            answer("a", 7, "seven", json!({ "respondent": id(&["answer", "seven"]) })).to_string(),
            answer("a", 8, "eight", json!({ "observed": { "age": "\u{7}" } })).to_string(),
        ];
        let mut bytes: Vec<u8> = Vec::new();
        for line in &bad {
            bytes.extend(line.as_bytes());
            bytes.push(b'\n');
        }
        bytes.extend(b"\xff\xfe\xfd\n\n   \n");
        bytes.extend(good.as_bytes());
        bytes.push(b'\n');
        bytes.extend(&torn.as_bytes()[..torn.len() / 2]);
        let captured = capture(store, &now(), &read_queue("phone", &bytes)).unwrap();
        assert_eq!((captured.taken, captured.refused.len()), (1, bad.len() + 2), "{captured:?}");
        let last = captured.refused.last().unwrap();
        assert_eq!((last.code, last.line), (Code::MessageTorn, bad.len() + 5));
        assert_eq!(captured.refused[4].code, Code::MessageTooLong);
        assert!(captured.refused.iter().all(|refused| refused.message.to_string().len() < 2000));
        let code = |place: usize| captured.refused[place].code;
        assert!(
            (0..bad.len()).filter(|place| *place != 4).all(|place| code(place) == Code::MessageUnreadable)
        );
        assert_eq!(read(store).answers.len(), 1);
        assert_eq!(captured.devices[0].missing, [(2, 3)], "what could not be read did not arrive");
        let whole = [torn, "\n".to_owned()].concat();
        let captured = capture(store, &now(), &read_queue("phone", whole.as_bytes())).unwrap();
        assert_eq!(captured.taken, 1, "the device had it still");
        store.verify().unwrap();
    });
}

#[test]
fn what_names_nothing_known_waits_until_it_is_known() {
    everywhere(|store| {
        let unknown = Digest::of(&[b"none"]).to_string();
        assert_eq!(refused(store, &answer("a", 1, "one", json!({ "wave": "winter" }))), Code::WaveUnknown);
        assert_eq!(refused(store, &answer("a", 2, "two", json!({ "slot": id(&["no"]) }))), Code::SlotUnknown);
        let version = answer("a", 3, "three", json!({ "version": unknown }));
        assert_eq!(refused(store, &version), Code::QuestionnaireUnknown);
        assert_eq!(refused(store, &door("a", 4, json!({ "wave": "winter" }))), Code::WaveUnknown);
        assert_eq!(refused(store, &door("a", 5, json!({ "slot": id(&["no"]) }))), Code::SlotUnknown);
        assert_eq!(quarantined(store).unwrap().len(), 5);
        // Who refused agreed to nothing, and said nothing that would need it: her refusal waits whole.
        let refusal = json!({
            "slot": id(&["no"]), "disposition": "refusal", "answers": null, "version": null, "respondent": null,
            "consent": null, "observed": { "age": "old" },
        });
        let refusal = answer("b", 1, "refusal", refusal);
        assert_eq!(refused(store, &refusal), Code::SlotUnknown);
        let waiting = quarantined(store).unwrap();
        let kept = waiting.iter().find(|own| own.message["response"]["disposition"] == "refusal").unwrap();
        assert_eq!(
            (&kept.message["response"]["observed"], kept.message["response"]["ended"].is_string()),
            (&json!({ "age": "old" }), true)
        );
        // The wave is launched: the same message is taken now, and waits no more.
        let mut winter = wave_document(&questionnaire());
        winter["name"] = json!("winter");
        launch(store, winter);
        let captured = hand_in(store, &[answer("a", 1, "one", json!({ "wave": "winter" }))]);
        assert_eq!((captured.taken, captured.devices[0].through), (1, 5));
        assert_eq!(quarantined(store).unwrap().len(), 5);
        assert_eq!(responses(store, "winter").unwrap().answers.len(), 1);
        assert!(responses(store, "spring").is_err());
        store.verify().unwrap();
    });
}

#[test]
fn what_is_odd_is_taken_and_flagged() {
    assert_eq!(flags_of(json!({})), [""; 0]);
    assert_eq!(flags_of(json!({ "ended": "2027-07-14T18:09:59Z" })), ["clock-reversed"]);
    let early = json!({ "begun": "1970-01-01T00:00:00Z", "ended": "1970-01-01T00:05:00Z" });
    assert_eq!(flags_of(early), ["before-launch", "outside-slot"]);
    let late = json!({ "begun": "2027-07-15T13:00:01Z", "ended": "2027-07-15T13:10:00Z" });
    assert_eq!(flags_of(late), ["in-future", "outside-slot"]);
    let hour = json!({ "begun": "2027-07-14T21:30:00Z", "ended": "2027-07-14T21:40:00Z" });
    assert_eq!(flags_of(hour), ["outside-slot"], "22:30 in Paris is half an hour after, 23:30 is not");
    assert_eq!(flags_of(json!({ "slot": PLACES[2].to_string() })), ["slot-not-drawn"]);
    assert_eq!(flags_of(json!({ "slot": PLACES[3].to_string() })), ["slot-withdrawn"]);
    assert_eq!(flags_of(json!({ "answers": { "spent": -1 } })), ["invalid"]);
    assert_eq!(flags_of(json!({ "answers": { "spent": "many", "no": 1, "taste": "opera" } })), ["invalid"]);
    assert_eq!(flags_of(json!({ "answers": { "came_before": false, "often": 3 } })), ["not-asked"]);
    assert_eq!(flags_of(json!({ "answers": { "came_before": true, "often": 3 } })), [""; 0]);
    assert_eq!(flags_of(json!({ "consent": ["study", "war"] })), ["purpose-unknown"]);
    let hostile =
        json!({ "answers": { "note": "<script>alert(1)</script>\u{0}\u{7}\u{202e}'; DROP TABLE log; --" } });
    assert_eq!(flags_of(hostile), [""; 0]);
}

#[test]
fn every_violation_is_told_with_its_place_and_the_answer_is_kept() {
    let mut store = memory();
    let captured =
        hand_in(&mut store, &[answer("a", 1, "one", json!({ "answers": { "spent": -1, "age": 7 } }))]);
    let told: Vec<_> =
        captured.flagged[0].flags.iter().map(|flag| (flag.path.as_str(), flag.detail.as_str())).collect();
    assert_eq!(told, [("/age", "forms.wrong-kind"), ("/spent", "forms.too-small")]);
    assert_eq!(read(&store).answers[0].answers["spent"], -1);
}

#[test]
fn counts_that_contradict_each_other_are_flagged() {
    everywhere(|store| {
        let mut messages: Vec<Value> =
            (1..=3).map(|n| answer("a", n, &n.to_string(), json!({ "consent": ["study"] }))).collect();
        messages.push(door("a", 4, json!({ "approached": 2, "counted": 1 })));
        hand_in(store, &messages);
        let all = read(store);
        let of_slot: Vec<&str> = all.slots[0].flags.iter().map(|flag| flag.flag.as_str()).collect();
        assert_eq!(of_slot, ["more-than-approached", "more-than-counted"]);
        assert_eq!(all.slots[0].flags[0].detail, "3 > 2");
        assert!(all.answers.iter().all(|answer| flags(answer).contains(&FlagName::MoreThanApproached)));
        // Another phone stood at the door too; the first corrects itself.
        hand_in(
            store,
            &[
                door("b", 1, json!({ "approached": 4, "counted": 60 })),
                door("a", 5, json!({ "held": false })),
            ],
        );
        let all = read(store);
        assert_eq!((all.slots[0].approached, all.slots[0].held), (Some(16), Some(true)));
        assert_eq!(all.slots[0].flags, []);
        hand_in(store, &[door("b", 2, json!({ "held": false }))]);
        assert!(flags(&read(store).answers[0]).contains(&FlagName::SlotNotHeld));
    });
}

#[test]
fn a_full_quota_is_told_and_who_comes_after_is_flagged() {
    everywhere(|store| {
        let minute = |n: u64| json!({ "ended": format!("2027-07-14T18:{:02}:00Z", 10 + n) });
        let two = hand_in(store, &[answer("a", 3, "three", minute(3)), answer("a", 2, "two", minute(2))]);
        assert_eq!((two.quotas[0].answers, two.quotas[0].full), (2, true));
        assert_eq!(two.flagged, []);
        let third = hand_in(store, &[answer("b", 1, "one", minute(1))]);
        assert_eq!(third.quotas[0].answers, 3);
        let late: Vec<bool> =
            read(store).answers.iter().map(|answer| flags(answer).contains(&FlagName::QuotaFull)).collect();
        assert_eq!(late.iter().filter(|late| **late).count(), 1, "the last by the time of the answer");
        let refusal =
            json!({ "disposition": "refusal", "answers": null, "version": null, "respondent": null });
        assert_eq!(hand_in(store, &[answer("b", 2, "no", refusal)]).quotas[0].answers, 3);
    });
}

#[test]
fn who_answers_twice_in_a_slot_is_flagged() {
    let mut store = memory();
    let same = json!({ "respondent": id(&["respondent", "one"]) });
    hand_in(&mut store, &[answer("a", 1, "one", json!({})), answer("b", 1, "two", same)]);
    assert!(read(&store).answers.iter().all(|answer| flags(answer).contains(&FlagName::SameRespondent)));
    let elsewhere = json!({
        "respondent": id(&["respondent", "three"]), "slot": PLACES[1].to_string(),
        "begun": "2027-07-15T18:10:00Z", "ended": "2027-07-15T18:15:00Z",
    });
    let mut store = memory();
    hand_in(&mut store, &[answer("a", 1, "three", json!({})), answer("a", 2, "four", elsewhere)]);
    assert!(read(&store).answers.iter().all(|answer| !flags(answer).contains(&FlagName::SameRespondent)));
}

/// Numbers by chance, the same for a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place + 1));
        }
    }
}

/// What a phone was told last: up to where all arrived, which lack, from where on nothing is known.
#[derive(Clone)]
struct Told {
    through: u64,
    missing: Vec<(u64, u64)>,
    unknown: u64,
}

/// Phones fill in answers, correct some and count at doors; the network loses, repeats and reorders what they send; they
/// send again what is not acknowledged. In the end each answer is there once, as it was said last.
fn survives(store: &mut dyn Store, seed: u64, answers: usize, at_once: usize) {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9).wrapping_add(1));
    let phones = ["a", "b", "c", "d"];
    let mut queues: Vec<Vec<Value>> = vec![Vec::new(); phones.len()];
    let mut wanted = BTreeMap::new();
    for number in 0..answers {
        let phone = chance.below(phones.len());
        let name = format!("{seed}-{number}");
        let states = 1 + usize::from(chance.below(5) == 0) + usize::from(chance.below(25) == 0);
        for state in 0..states {
            let sequence = u64::try_from(queues[phone].len() + 1).unwrap();
            let spent = json!({ "answers": { "taste": "dance", "spent": number * 10 + state } });
            wanted.insert(id(&["answer", &name]), json!(number * 10 + state));
            queues[phone].push(answer(phones[phone], sequence, &name, spent));
            if chance.below(20 + answers / 10) == 0 {
                let sequence = sequence + 1;
                queues[phone].push(door(
                    phones[phone],
                    sequence,
                    json!({ "approached": sequence, "counted": 9_999_999 }),
                ));
            }
        }
    }
    let mut told = vec![Told { through: 0, missing: Vec::new(), unknown: 1 }; phones.len()];
    let mut taken = 0;
    for round in 0..200 {
        let mut sent: Vec<Value> = Vec::new();
        for (queue, Told { missing, unknown, .. }) in queues.iter().zip(&told) {
            let lacks = |number: u64| {
                number >= *unknown || missing.iter().any(|(first, last)| (*first..=*last).contains(&number))
            };
            let open = (1..).zip(queue).filter(|(number, _)| lacks(*number)).take(at_once);
            for (_, message) in open {
                match if round > 40 { 1 } else { chance.below(4) } {
                    0 => {}
                    3 => sent.extend([message.clone(), message.clone()]),
                    _ => sent.push(message.clone()),
                }
            }
        }
        if sent.is_empty() && told.iter().zip(&queues).all(|(told, queue)| told.through == queue.len() as u64)
        {
            break;
        }
        chance.shuffle(&mut sent);
        let captured = hand_in(store, &sent);
        assert_eq!(captured.refused, []);
        taken += captured.taken;
        for device in captured.devices {
            let place =
                phones.iter().position(|phone| id(&["device", phone]) == device.device.to_string()).unwrap();
            // An acknowledgement may be lost, too.
            if chance.below(4) > 0 || round > 40 {
                // A hundred gaps are told: after the last of them more may lack.
                let last = device.missing.get(99).map(|(_, last)| last + 1);
                told[place] = Told {
                    through: device.through,
                    missing: device.missing,
                    unknown: last.unwrap_or(device.highest + 1),
                };
            }
        }
    }
    assert_eq!(taken, answers, "seed {seed}");
    let all = read(store);
    let found: BTreeMap<String, Value> =
        all.answers.iter().map(|answer| (answer.id.to_string(), answer.answers["spent"].clone())).collect();
    assert_eq!(found, wanted, "seed {seed}");
    assert_eq!(all.slots[0].interviews(), u32::try_from(answers).unwrap());
    store.verify().unwrap();
}

/// Whether all is repeated as often as it can be.
fn in_full() -> bool {
    std::env::var("C3MS_FULL").as_deref() == Ok("1")
}

#[test]
fn queues_are_synced_exactly_once_whatever_the_network_does() {
    let seeds = if in_full() { 1000 } else { 50 };
    for seed in 0..seeds {
        survives(&mut memory(), seed, 25, 12);
        if seed % 10 == 0 {
            let folder = TempDir::new().unwrap();
            let mut sqlite = SqliteStore::create(&folder.path().join("c.sqlite")).unwrap();
            prepare(&mut sqlite);
            survives(&mut sqlite, seed, 25, 12);
        }
    }
}

#[test]
fn ten_thousand_answers_are_synced_exactly_once() {
    let seeds = if in_full() { 1000 } else { 1 };
    let next = AtomicU64::new(0);
    let work = || {
        while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < seeds) {
            survives(&mut memory(), 4242 + seed, 10_000, 10_000);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(work);
        }
    });
}

#[test]
fn any_bytes_are_read_or_refused() {
    for seed in message_seeds() {
        messages_hold(seed.as_bytes());
        let bytes = seed.as_bytes();
        for step in 0..40 {
            let at = step * bytes.len() / 40;
            messages_hold(&bytes[..at]);
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 1 << (step % 8);
            messages_hold(&damaged);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever order messages come in and however they are parted into queues: the cooperative knows the same.
    #[test]
    fn order_does_not_matter(
        steps in proptest::collection::vec((0_usize..2, 0_usize..4, 0_u8..3, any::<bool>()), 1..14),
        order in any::<u64>(),
        cut in 0_usize..14,
    ) {
        let mut numbers = [0_u64; 2];
        let messages: Vec<Value> = steps.iter().map(|(phone, name, taste, agrees)| {
            numbers[*phone] += 1;
            let consent = if *agrees { json!(["study"]) } else { json!([]) };
            let taste = ["dance", "jazz", "opera"][usize::from(*taste)];
            // An answer belongs to one phone.
            let more = json!({ "answers": { "taste": taste }, "consent": consent });
            answer(["a", "b"][*phone], numbers[*phone], &format!("{phone}-{name}"), more)
        }).collect();
        let mut shuffled = messages.clone();
        Chance(order).shuffle(&mut shuffled);
        let (mut one, mut other) = (memory(), memory());
        let captured = hand_in(&mut one, &messages);
        prop_assert_eq!(captured.refused, vec![]);
        let (first, second) = shuffled.split_at(cut.min(shuffled.len()));
        for part in [first, second, first] {
            prop_assert_eq!(hand_in(&mut other, part).refused, vec![]);
        }
        prop_assert_eq!(json!(read(&one)), json!(read(&other)));
        prop_assert_eq!(read(&one).to_csv(), read(&other).to_csv());
        other.verify().unwrap();
    }
}

#[test]
fn the_wave_of_the_tests_is_sound() {
    let wave: Wave = serde_json::from_value(wave_document(&questionnaire())).unwrap();
    assert_eq!(wave.version, questionnaire().digest());
    assert!(Format::parse(&json!(questionnaire()).to_string()).is_ok());
    assert_eq!(DEVICE.len(), 26);
}
