//! Answers from the field, read: all versions together, as tables and rates; consent, erasure, retention.

use std::collections::BTreeMap;

use c3ms_core::{
    Code,
    base::{Date, Id},
    cooperative::{Act, Disposition, FlagName, capture, erase, expire, export, read_queue},
    forms::evolve::{Operation, amended},
    store::{Change, ErasureReason, RecordKind, SqliteStore, Store as _},
    survey::{Outcomes, Table, outcome_rates},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    fieldwork_capture::{
        answer, door, everywhere, flags, hand_in, id, lines, memory, now, prepare, read, refused, write,
    },
    hostile::messages::{PLACES, questionnaire},
};

#[test]
fn without_consent_the_outcome_is_kept_and_nothing_else() {
    for consent in [json!([]), json!(["war"])] {
        everywhere(|store| {
            let message =
                answer("a", 1, "one", json!({ "consent": consent, "answers": { "note": "a secret" } }));
            assert_eq!(hand_in(store, std::slice::from_ref(&message)).taken, 1);
            assert_eq!(hand_in(store, &[message]).duplicates, 1);
            let all = read(store);
            assert!(flags(&all.answers[0]).contains(&FlagName::NoConsent));
            assert!(all.answers[0].answers.is_empty() && all.answers[0].respondent.is_none());
            assert_eq!(all.dispositions(), BTreeMap::from([(Disposition::Complete, 1)]));
            // Refused, it does not wait with its answers either.
            let unknown =
                json!({ "slot": id(&["no"]), "consent": consent, "answers": { "note": "a secret" } });
            assert_eq!(refused(store, &answer("a", 2, "two", unknown)), Code::SlotUnknown);
            let kept = json!(store.documents(RecordKind::Quarantine).unwrap()).to_string();
            assert!(!kept.contains("secret") && !kept.contains(&id(&["respondent", "two"])), "{kept}");
        });
    }
}

#[test]
fn who_takes_back_her_consent_is_forgotten() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("c.sqlite");
    let mut store = SqliteStore::create(&path).unwrap();
    prepare(&mut store);
    let said = |sequence: u64, consent: Value, note: &str| {
        answer("a", sequence, "one", json!({ "consent": consent, "answers": { "note": note } }))
    };
    hand_in(&mut store, &[said(1, json!(["study"]), "a confidence")]);
    assert!(holds(&folder, "a confidence"));
    hand_in(&mut store, &[said(3, json!([]), "another confidence")]);
    // An older state with her consent comes late: she took it back since.
    let late = hand_in(&mut store, &[said(2, json!(["study"]), "a late confidence")]);
    assert_eq!((late.older, late.devices[0].through), (1, 3));
    let again = [said(1, json!(["study"]), "a confidence"), said(2, json!(["study"]), "a late confidence")];
    assert_eq!(hand_in(&mut store, &again).duplicates, 2);
    assert!(!holds(&folder, "confidence"));
    // She agrees again: from now on, not to what she took back.
    hand_in(&mut store, &[said(4, json!(["study"]), "a new word")]);
    assert_eq!(hand_in(&mut store, &again).duplicates, 2);
    assert_eq!(read(&store).answers[0].answers["note"], "a new word");
    assert!(!holds(&folder, "confidence"));
    assert_eq!(read(&store).dispositions()[&Disposition::Complete], 1);
    store.verify().unwrap();
    store.rebuild().unwrap();
    store.verify().unwrap();
}

/// Whether any file of a folder holds these words.
fn holds(folder: &TempDir, words: &str) -> bool {
    std::fs::read_dir(folder.path()).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        String::from_utf8_lossy(&bytes).contains(words)
    })
}

#[test]
fn versions_of_a_questionnaire_are_read_together() {
    everywhere(|store| {
        let older = questionnaire();
        hand_in(
            store,
            &[
                answer("a", 1, "one", json!({})),
                answer("a", 2, "two", json!({ "answers": { "taste": "jazz" } })),
            ],
        );
        // In the middle of the field a choice is renamed, a question too, and another goes.
        let mut vocabulary = older.vocabularies["taste"].clone();
        vocabulary.codes[0].code = "ballet".to_owned();
        let newer = amended(
            &older,
            vec![
                Operation::MapVocabulary {
                    vocabulary: "taste".to_owned(),
                    to: Some(vocabulary),
                    codes: BTreeMap::from([("dance".to_owned(), "ballet".to_owned())]),
                },
                Operation::Rename { field: "spent".to_owned(), to: "expenses".to_owned() },
                Operation::Remove { field: "age".to_owned() },
            ],
        )
        .unwrap();
        write(store, &[Change::Format(newer.clone())]);
        let version = json!({
            "version": newer.digest().to_string(), "answers": { "taste": "ballet", "expenses": 7 },
        });
        // A phone that has not heard of it goes on with the older one.
        let captured = hand_in(store, &[answer("b", 1, "three", version), answer("b", 2, "four", json!({}))]);
        assert_eq!((captured.taken, captured.refused.len()), (2, 0));
        let all = read(store);
        assert_eq!(all.answers.len(), 4);
        let said = |name: &str| {
            all.answers.iter().find(|answer| answer.id.to_string() == id(&["answer", name])).unwrap()
        };
        for name in ["one", "four"] {
            assert_eq!(
                (&said(name).answers["taste"], &said(name).answers["expenses"]),
                (&json!("ballet"), &json!(12.5))
            );
            assert!(
                !said(name).answers.contains_key("age")
                    && json!(said(name).complement).to_string().contains("young")
            );
        }
        assert_eq!(said("two").answers["taste"], "jazz");
        assert_eq!(said("three").answers["expenses"], 7);
        let table = Table::parse(&all.to_csv()).unwrap();
        assert_eq!(table.categories("taste").unwrap().levels, ["ballet", "jazz"]);
        assert_eq!(
            table.numbers("expenses").unwrap().iter().filter(|own| (**own - 12.5).abs() < 1e-9).count(),
            2
        );
    });
}

#[test]
fn answers_make_a_table_for_analyses() {
    let mut store = memory();
    let full = json!({ "answers": {
        "taste": "dance", "means": ["car", "foot"], "came_before": true, "often": 2,
        "companions": [{ "age": 7 }, { "age": 41 }], "note": "a \"quoted\", long\nnote",
    } });
    let refusal = json!({
        "disposition": "refusal", "answers": null, "version": null, "respondent": null, "consent": [],
        "observed": { "age": "old", "sex": "f" },
    });
    let later = json!({ "begun": "2027-07-14T18:20:00Z", "ended": "2027-07-14T18:21:00Z", "observed": { "age": "old", "sex": "f" } });
    let mut no = answer("a", 2, "two", refusal);
    no["response"].as_object_mut().unwrap().extend(later.as_object().unwrap().clone());
    hand_in(&mut store, &[answer("a", 1, "one", full), no]);
    let all = read(&store);
    let table = Table::parse(&all.to_csv()).unwrap();
    assert_eq!(table.rows(), 2);
    let numbers = |name: &str| table.numbers(name).unwrap().to_vec();
    assert_eq!(numbers("answered"), [1.0, 0.0]);
    assert_eq!((numbers("means_car")[0], numbers("means_bus")[0], numbers("means_foot")[0]), (1.0, 0.0, 1.0));
    assert!(numbers("means_car")[1].is_nan(), "who was not asked said neither");
    assert_eq!((numbers("came_before")[0], numbers("often")[0]), (1.0, 2.0));
    assert_eq!(table.categories("observed_sex").unwrap().levels, ["f"]);
    assert_eq!(table.categories("genre").unwrap().levels, ["dance"]);
    let lists = all.lists();
    let companions = Table::parse(&lists["companions"]).unwrap();
    assert_eq!(companions.numbers("age").unwrap(), [7.0, 41.0]);
    assert_eq!(companions.numbers("place").unwrap(), [1.0, 2.0]);
}

#[test]
fn rates_are_those_of_the_formulas() {
    // By hand: e = 820 / 900, so that 180 unknown count as 164.
    let outcomes = Outcomes {
        complete: 400.0,
        partial: 50.0,
        refusal: 250.0,
        non_contact: 100.0,
        other: 20.0,
        unknown: 180.0,
        not_eligible: 80.0,
    };
    let rates = outcome_rates(&outcomes).unwrap();
    let near = |found: &[Option<f64>], wanted: &[f64]| {
        assert_eq!(found.len(), wanted.len());
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found.unwrap() - wanted).abs() < 5e-5, "{found:?} {wanted}");
        }
    };
    near(&[rates.eligible], &[0.9111]);
    near(&rates.response, &[0.4, 0.45, 0.4065, 0.4573, 0.4878, 0.5488]);
    near(&rates.cooperation, &[0.5556, 0.625, 0.5714, 0.6429]);
    near(&rates.refusal, &[0.25, 0.2541, 0.3049]);
    near(&rates.contact, &[0.72, 0.7317, 0.8780]);
    // The example that the R package outcomerate 1.0.1 publishes, with `e = eligibility_rate(freq)`; UH and UO together.
    let outcomes = Outcomes {
        complete: 4.0,
        partial: 2.0,
        refusal: 1.0,
        non_contact: 1.0,
        other: 1.0,
        unknown: 2.0,
        not_eligible: 1.0,
    };
    let rates = outcome_rates(&outcomes).unwrap();
    let told = |rates: &[Option<f64>]| {
        rates.iter().map(|rate| format!("{:.3}", rate.unwrap())).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(told(&rates.response), "0.364 0.545 0.370 0.556 0.444 0.667");
    assert_eq!(told(&rates.cooperation), "0.500 0.750 0.571 0.857");
    assert_eq!(told(&rates.refusal), "0.091 0.093 0.111");
    assert_eq!(told(&rates.contact), "0.727 0.741 0.889");
    let nobody = outcome_rates(&Outcomes::default()).unwrap();
    assert_eq!((nobody.response, nobody.eligible), ([None; 6], None));
    assert!(outcome_rates(&Outcomes { complete: -1.0, ..Outcomes::default() }).is_err());
    assert!(outcome_rates(&Outcomes { unknown: f64::NAN, ..Outcomes::default() }).is_err());
}

proptest! {
    /// Each rate is a share, stricter ones are lower, and weights that are all alike change nothing.
    #[test]
    fn rates_are_shares(counts in proptest::array::uniform7(0_u32..1000), weight in 0.01_f64..100.0) {
        let of = |weight: f64| {
            let [complete, partial, refusal, non_contact, other, unknown, not_eligible] =
                counts.map(|count| f64::from(count) * weight);
            outcome_rates(&Outcomes { complete, partial, refusal, non_contact, other, unknown, not_eligible }).unwrap()
        };
        let (plain, weighted) = (of(1.0), of(weight));
        let all = |rates: &c3ms_core::survey::OutcomeRates| {
            rates.response.iter().chain(&rates.cooperation).chain(&rates.refusal).chain(&rates.contact).copied().collect::<Vec<_>>()
        };
        for (one, other) in all(&plain).into_iter().zip(all(&weighted)) {
            prop_assert!(one.is_none_or(|rate| (0.0..=1.0).contains(&rate)));
            prop_assert!(one.is_none() == other.is_none());
            if let (Some(one), Some(other)) = (one, other) { prop_assert!((one - other).abs() < 1e-12); }
        }
        let [one, two, three, four, five, six] = plain.response.map(|rate| rate.unwrap_or(0.0));
        prop_assert!(one <= three + 1e-12 && three <= five + 1e-12 && two <= four + 1e-12 && four <= six + 1e-12 && one <= two);
    }
}

#[test]
fn rates_of_a_wave_count_doors_and_are_weighted_by_slots() {
    let mut store = memory();
    let refusals =
        json!({ "refusals": [{ "at": "2027-07-14T18:00:00Z" }, { "at": "2027-07-14T18:01:00Z" }] });
    let other = json!({
        "slot": PLACES[1].to_string(), "begun": "2027-07-15T08:10:00Z", "ended": "2027-07-15T08:15:00Z",
    });
    hand_in(
        &mut store,
        &[answer("a", 1, "one", json!({})), door("a", 2, refusals), answer("a", 3, "two", other)],
    );
    let rates = read(&store).rates().unwrap();
    assert_eq!((rates.outcomes.complete, rates.outcomes.refusal), (2.0, 2.0));
    assert_eq!(rates.rates.response[0], Some(0.5));
    // The first slot: one visitor in 4, drawn with 1/2; the second: one in 2, drawn surely.
    assert_eq!((rates.weighted_outcomes.complete, rates.weighted_outcomes.refusal), (10.0, 16.0));
    assert_eq!(rates.weighted_rates.response[0], Some(10.0 / 26.0));
}

#[test]
fn a_respondent_sees_and_erases_all_that_is_kept_of_her() {
    let folder = TempDir::new().unwrap();
    let mut store = SqliteStore::create(&folder.path().join("c.sqlite")).unwrap();
    prepare(&mut store);
    let her = id(&["respondent", "one"]);
    let secret = json!({ "answers": { "note": "her confidence" } });
    let waiting = json!({ "slot": id(&["no"]), "respondent": her, "answers": { "note": "her confidence" } });
    let hers = [
        answer("a", 1, "one", secret.clone()),
        answer("a", 2, "one", json!({ "answers": { "note": "her second confidence" } })),
        answer("a", 3, "waits", waiting),
    ];
    hand_in(&mut store, &hers);
    hand_in(&mut store, &[answer("a", 4, "another", json!({ "answers": { "note": "of another" } }))]);
    let before = read(&store).rates().unwrap();
    let told = export(&store, &her).unwrap();
    assert_eq!(told["answers"][0]["states"].as_object().unwrap().len(), 2);
    assert_eq!(told["answers"][0]["now"]["context"]["venue"], "Le Rempart");
    assert_eq!(
        (told["waiting"].as_array().unwrap().len(), told["records"].as_array().unwrap().len()),
        (1, 2)
    );
    assert!(!told.to_string().contains("of another"));
    assert_eq!(export(&store, &id(&["answer", "one"])).unwrap()["answers"], told["answers"]);

    let gone = erase(&mut store, &her, ErasureReason::Request, &now()).unwrap();
    assert_eq!((gone.answers, gone.messages), (1, 1));
    assert!(
        !holds(&folder, "her confidence") && !holds(&folder, "her second") && holds(&folder, "of another")
    );
    store.verify().unwrap();
    store.rebuild().unwrap();
    store.verify().unwrap();
    let all = read(&store);
    assert_eq!((all.answers.len(), all.slots[0].erased), (1, 1));
    assert!(!all.to_csv().contains(&her));
    assert_eq!(all.rates().unwrap(), before, "the rates stay");
    assert!(
        export(&store, &her).is_err() && erase(&mut store, &her, ErasureReason::Request, &now()).is_err()
    );
    // What her device sends again is not taken, nor another answer of hers; it may forget them.
    let head = store.head().unwrap();
    let again = hand_in(&mut store, &hers);
    assert_eq!((again.erased, again.taken, again.refused.len()), (3, 0, 0));
    assert_eq!(again.devices[0].through, 4);
    let third = json!({ "respondent": her });
    let later = hand_in(&mut store, &[answer("b", 1, "third", third)]);
    assert_eq!((later.erased, later.devices[0].through), (1, 1));
    assert!(store.head().unwrap().position <= head.position + 4, "numbers that arrived are written down");
    assert_eq!(read(&store).answers.len(), 1);
    assert!(!holds(&folder, "her confidence"));
}

#[test]
fn only_coordinators_erase() {
    use c3ms_core::{
        cooperative::put_member,
        governance::{Member, Role},
    };
    let mut store = memory();
    hand_in(&mut store, &[answer("a", 1, "one", json!({}))]);
    let phone = Id::derived(&["member", "interviewer"]);
    let member = Member {
        id: phone,
        name: "interviewer".to_owned(),
        role: Role::Contributor,
        public_key: None,
        revoked_at: None,
    };
    put_member(&mut store, &member, &now()).unwrap();
    let interviewer = Act { actor: phone, ..now() };
    let queue = read_queue("phone", lines(&[answer("b", 1, "two", json!({}))]).as_bytes());
    assert_eq!(capture(&mut store, &interviewer, &queue).unwrap().taken, 1);
    let her = id(&["respondent", "one"]);
    let error = erase(&mut store, &her, ErasureReason::Request, &interviewer).unwrap_err();
    assert_eq!(error.code(), Code::NotPermitted);
    assert!(expire(&mut store, Date::new(2030, 1, 1).unwrap(), &interviewer).is_err());
    let stranger = Act { actor: Id::derived(&["nobody"]), ..now() };
    assert!(capture(&mut store, &stranger, &queue).is_err());
}

#[test]
fn what_was_agreed_to_runs_out() {
    everywhere(|store| {
        let both = json!({ "consent": ["study", "contact"] });
        let contact = json!({ "consent": ["contact"] });
        let wrong = json!({ "consent": ["contact"], "begun": "1970-01-01T00:00:00Z", "ended": "1970-01-01T00:00:00Z" });
        let messages = [
            answer("a", 1, "one", both),
            answer("a", 2, "two", contact),
            answer("a", 3, "three", wrong),
            answer("a", 4, "four", json!({ "wave": "winter" })),
        ];
        hand_in(store, &messages);
        let day = |text: &str| Date::parse(text).unwrap();
        let none = expire(store, day("2027-08-13"), &now()).unwrap();
        assert_eq!((none.erased, none.dropped, none.messages), (0, 0, 0), "thirty days are not over");
        let some = expire(store, day("2027-08-14"), &now()).unwrap();
        assert_eq!(
            (some.erased, some.dropped),
            (1, 1),
            "a clock that is wrong ends nothing: the third arrived a day later"
        );
        let all = read(store);
        assert_eq!(all.answers.len(), 2);
        let one = all.answers.iter().find(|answer| answer.id.to_string() == id(&["answer", "one"])).unwrap();
        assert_eq!(one.consent.iter().collect::<Vec<_>>(), ["study"]);
        // Sent again, nothing comes back.
        let again = hand_in(store, &messages[..2]);
        assert_eq!((again.duplicates, again.erased, again.taken), (1, 1, 0));
        assert_eq!(
            expire(store, day("2027-08-14"), &now()).unwrap(),
            c3ms_core::cooperative::Expired::default()
        );
        let end = expire(store, day("2032-01-01"), &now()).unwrap();
        assert_eq!((end.erased, end.dropped, end.messages), (2, 0, 1));
        let all = read(store);
        assert_eq!((all.answers.len(), all.dispositions()[&Disposition::Complete]), (0, 3));
        store.verify().unwrap();
    });
}
