//! The shared cases, natively; and our validator against the `jsonschema` crate.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that stops has failed"
)]

mod compatibility;
mod dissemination;
mod exchange;
mod instances;
mod linkage;
mod random_schemas;
mod suite;
mod views;

use c3ms_core::{
    Error,
    base::{Moment, canonical},
    forms::{
        Format, Outline, Validator, json_schema, live_performance,
        play::{Play, Setting},
    },
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

/// The 95 % intervals of each design hold the truth in 93 to 97 of a hundred samples; of few samples within four
/// standard errors of that.
#[test]
fn intervals_hold_what_is_true() {
    let samples = conformance::repetitions(10_000);
    let slack = if samples < 10_000 { slack(samples) } else { 0.0 };
    for covered in conformance::survey::coverage(samples) {
        println!("{}: {:.4}", covered.name, covered.share);
        assert!((0.93 - slack..=0.97 + slack).contains(&covered.share), "{covered:?}");
    }
}

/// Four standard errors of a share of 95 % among so many.
fn slack(samples: usize) -> f64 {
    4.0 * (0.05 * 0.95 / f64::from(u32::try_from(samples).unwrap())).sqrt()
}

/// A survey of a territory, from its programme to figures, dates cancelled and people who refuse along the way: its 95 %
/// intervals hold the truth in 93 to 97 of a hundred, its figures are right on average.
#[test]
fn surveys_of_a_territory_hold_what_is_true() {
    let surveys = conformance::repetitions(1_000);
    let slack = if surveys < 1_000 { slack(surveys) } else { 0.0 };
    for (covered, off) in conformance::fieldwork::coverage(surveys) {
        let (name, share) = (covered.name.replace(' ', "-"), covered.share * 1000.0);
        println!(
            "bench interval-of-{name} ours={share:.0} peer=950 ratio={:.2} (of 1000 intervals that hold the truth, {surveys} surveys, asked 930 to 970; off by {off:+.4})",
            covered.share / 0.95
        );
        assert!((0.93 - slack..=0.97 + slack).contains(&covered.share), "{covered:?}");
        assert!(off.abs() < 0.01 + slack / 4.0, "{}: {off}", covered.name);
    }
}

#[test]
fn every_case_is_answered_with_the_same_bytes() {
    let cases = conformance::cases("forms").unwrap();
    assert!(cases.len() >= 29);
    for (name, case) in cases {
        let parsed = Format::parse(&case["format"].to_string());
        if let Some(refused) = case.get("refused") {
            let report = Error::from(parsed.unwrap_err()).report("en");
            assert_eq!(json!({ "code": report.code, "path": report.path }), *refused, "{name}");
            continue;
        }
        let format = parsed.unwrap();
        let found = Validator::new(&format).unwrap().validate(&case["entry"]);
        assert_eq!(json!(found), case["violations"], "{name}");
        for language in ["fr", "en"] {
            let messages: Vec<String> = found.iter().map(|violation| violation.message(language)).collect();
            assert_eq!(json!(messages), case["messages"][language], "{name}");
        }
        assert_eq!(canonical(&case["entry"]).unwrap(), case["canonical"].as_str().unwrap(), "{name}");
        assert_eq!(format.digest().to_string(), case["digest"].as_str().unwrap(), "{name}");
    }
}

/// A number is the same where it differs in the sixteenth digit.
fn same(one: &str, other: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    one == other
        || number(one)
            .zip(number(other))
            .is_some_and(|(one, other)| (one - other).abs() <= 1e-12 * other.abs())
}

#[test]
fn every_expression_is_worked_out_alike() {
    let mut count = 0;
    for (name, file) in conformance::cases("expressions").unwrap() {
        let format = Format::parse(&file["format"].to_string()).unwrap();
        let setting = Setting { now: file["now"].as_str().and_then(Moment::parse), ..Setting::default() };
        let play = Play::resume(&format, file["entry"].as_object().unwrap(), &setting).unwrap();
        let outline = Outline::new(&format);
        for case in file["cases"].as_array().unwrap() {
            count += 1;
            let (at, text) = (case["at"].as_str().unwrap(), case["expression"].as_str().unwrap());
            let told = format!("{name}: {at}: {text}");
            if let Some(problems) = case.get("problems") {
                let field = outline.at(at).unwrap();
                let filter = case.get("filter").is_some();
                let found = outline.problems(field, text, format.dialect, filter);
                assert_eq!(
                    json!(found.iter().map(|one| one.told("fr")).collect::<Vec<_>>()),
                    *problems,
                    "{told}"
                );
                continue;
            }
            let found = play.evaluate(at, text).unwrap_or_else(|error| panic!("{told}: {error}"));
            if let Some(value) = case.get("value") {
                assert_eq!(found.value, *value, "{told}");
            }
            if let Some(text) = case.get("text").and_then(Value::as_str) {
                assert!(same(&found.text, text), "{told}: {} instead of {text}", found.text);
            }
            if let Some(holds) = case.get("holds") {
                assert_eq!(json!(found.holds), *holds, "{told}");
            }
        }
    }
    assert!(count >= 1100, "{count}");
}

#[test]
fn the_schemas_of_the_profile_are_sound_for_the_referee() {
    for format in live_performance().unwrap().formats {
        let schema = json_schema(&format);
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{}: {error}", format.cube));
    }
}

#[test]
fn the_referee_and_we_accept_the_same_performance() {
    let (ours, theirs) = both("performance");
    let document = conformance::performance(7);
    assert_eq!(document.to_string().len() / 100, 13, "about 1.4 KB");
    assert_eq!(ours.validate(&document), []);
    assert!(theirs.is_valid(&document));
}

fn both(cube: &str) -> (Validator, jsonschema::Validator) {
    let profile = live_performance().unwrap();
    let format = profile.formats.iter().find(|format| format.cube == cube).unwrap();
    (Validator::new(format).unwrap(), jsonschema::validator_for(&json_schema(format)).unwrap())
}

/// Any small JSON value, often one that a field could have.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-5_i64..3000).prop_map(Value::from),
        (-200.0_f64..200.0).prop_map(Value::from),
        "[a-zé ]{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "mi",
            "scheduled",
            "theatre",
            "EUR",
            "fr",
            "2026-11-23",
            "2026-11-23T20:30:00[Europe/Paris]",
            "20:30",
            "https://theatre.example/x",
            "a@b.fr",
            "04 92 00 00 00",
            "7nvt0ewrr116phdhrr922y4yc9",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(
                prop::sample::select(vec![
                    "fr",
                    "en",
                    "cents",
                    "currency",
                    "latitude",
                    "longitude",
                    "price",
                    "url",
                    "disabilities",
                    "autre"
                ]),
                inner,
                0..4
            )
            .prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<Value>()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]
    /// A valid performance of which up to three members were replaced by anything: both say the same.
    #[test]
    fn the_referee_and_we_agree_on_damaged_performances(
        number in 0_usize..1000,
        damage in vec((0_usize..21, any_value()), 0..4),
    ) {
        thread_local!(static BOTH: (Validator, jsonschema::Validator) = both("performance"));
        let mut document = conformance::performance(number);
        let members = document.as_object_mut().unwrap();
        let names: Vec<String> = members.keys().cloned().chain(["nouveau".to_owned()]).collect();
        for (which, value) in damage {
            members.insert(names[which % names.len()].clone(), value);
        }
        BOTH.with(|(ours, theirs)| {
            let violations = ours.validate(&document);
            prop_assert_eq!(violations.is_empty(), theirs.is_valid(&document), "{:?} {}", violations, document);
            Ok(())
        })?;
    }
}

/// 5,000 chains here, 100,000 by `cargo xtask bench`.
#[test]
fn the_laws_of_versions_hold_on_chains_of_operations() {
    let (mut operations, mut promises) = (0, 0);
    for seed in 0..5000 {
        let held = conformance::evolution::hold(seed).unwrap_or_else(|law| panic!("{law}"));
        operations += held.operations;
        promises += held.promises;
    }
    // Chains that refuse everything would prove nothing.
    assert!(operations > 25_000, "{operations} operations");
    assert!(promises > 15_000, "{promises} promises");
}

/// 5,000 entries here, 100,000 by `cargo xtask bench`.
#[test]
fn a_format_grows_and_shrinks_again_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    conformance::story::tell(5000, folder.path()).unwrap_or_else(|wrong| panic!("{wrong}"));
}

/// 5,000 entries of 250 formats here, 100,000 of 5,000 by `cargo xtask bench`.
#[test]
fn the_referee_and_we_agree_on_formats_made_by_chance() {
    let referee = |schema: &Value| jsonschema::validator_for(schema).unwrap();
    let mut valid = 0;
    for seed in 0..250 {
        let counted = conformance::agreement::ask(seed, referee, |referee, entry| referee.is_valid(entry));
        valid += counted.unwrap_or_else(|entry| panic!("{entry}"));
    }
    assert!((1500..4500).contains(&valid), "{valid} of 5000 are valid: both answers must be asked for");
}
