//! Two JSON Schemas compared: labelled cases, and verdicts held against generated instances.

use c3ms_core::forms::{Compatibility, compare_schemas};
use serde_json::Value;

use crate::{
    instances::{Chance, Maker},
    random_schemas,
};

/// A labelled pair.
struct Case {
    name: String,
    label: Compatibility,
    old: Value,
    new: Value,
}

fn labelled() -> Option<Vec<Case>> {
    let file = conformance::data("schema-compatibility/compatibility-test-data.json")?;
    let mut tests: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let tests = tests["tests"].as_array_mut().unwrap().drain(..).enumerate();
    let case = |(index, mut test): (usize, Value)| Case {
        name: format!("{index} {}", test["id"].as_str().unwrap()),
        label: match test["compatibility"].as_str().unwrap() {
            "both" => Compatibility::Full,
            "backward" => Compatibility::Backward,
            _ => Compatibility::None,
        },
        old: test["original"].take(),
        new: test["updated"].take(),
    };
    Some(tests.map(case).collect())
}

#[test]
fn verdicts_agree_with_the_labels_and_none_is_falsely_compatible() {
    let Some(cases) = labelled() else { return };
    assert_eq!(cases.len(), 145);
    let mut differing = Vec::new();
    for case in &cases {
        let found = compare_schemas(&case.old, &case.new).unwrap();
        let verdict = found.compatibility;
        if verdict != case.label {
            println!("{}: {:?}, labelled {:?} {:?}", case.name, verdict, case.label, found.reasons);
            differing.push(case.name.as_str());
        }
        assert!(!verdict.is_backward() || case.label.is_backward(), "{}", case.name);
        assert!(!verdict.is_forward() || case.label.is_forward(), "{}", case.name);
    }
    let agree = cases.len() - differing.len();
    // The best public tool, PyPI jsonsubschema 0.0.8, agrees with 118.
    println!("bench labelled-schemas ours={agree} peer=118 (of {} labels)", cases.len());
    assert!((cases.len() - differing.len()) * 100 >= cases.len() * 97);
}

/// The same drafts for the referee: the one of draft 4 is told that a limit may be strict.
fn referee(schema: &Value) -> jsonschema::Validator {
    let mut options = jsonschema::options();
    if schema["$schema"].as_str().is_none_or(|dialect| !dialect.contains("draft-04"))
        && (schema["exclusiveMinimum"].is_boolean() || schema["exclusiveMaximum"].is_boolean())
    {
        options = options.with_draft(jsonschema::Draft::Draft4);
    }
    options.build(schema).unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// Makes up to `count` values that pass `from` and tells the first that does not pass `to`; with how many it made.
fn counterexample(from: &Value, to: &Value, seed: u64, count: usize) -> (usize, Option<Value>) {
    let (gives, takes) = (referee(from), referee(to));
    // Values made for the one, and a few made for the other: they come close to where the two differ.
    let makers = [Maker::new(from, &[to]), Maker::new(to, &[from])];
    let mut chance = Chance::new(seed);
    let mut made = 0;
    for _ in 0..count * 30 {
        let value = makers[usize::from(chance.once_in(4))].make(&mut chance);
        if gives.is_valid(&value) {
            made += 1;
            if !takes.is_valid(&value) {
                return (made, Some(value));
            }
            if made == count {
                break;
            }
        }
    }
    (made, None)
}

#[test]
fn generated_values_confirm_every_direction_that_was_shown() {
    let Some(cases) = labelled() else { return };
    let count = conformance::repetitions(1000);
    let (mut barren, mut values) = (0, 0);
    for (index, case) in cases.iter().enumerate() {
        let verdict = compare_schemas(&case.old, &case.new).unwrap().compatibility;
        let seed = u64::try_from(index).unwrap();
        let directions =
            [(verdict.is_backward(), &case.old, &case.new), (verdict.is_forward(), &case.new, &case.old)];
        for (shown, from, to) in directions {
            if !shown {
                continue;
            }
            let (made, against) = counterexample(from, to, seed, count);
            assert_eq!(against, None, "{} passes the one, not the other", case.name);
            barren += usize::from(made == 0);
            values += made;
            assert!(made == count || made == 0, "{}: {made} values", case.name);
        }
    }
    // They accept nothing: an `enum` without values, and texts that shall be an array.
    assert_eq!(barren, 4);
    println!(
        "bench values-of-labelled-schemas ours={values} (values; {count} a direction shown, none against)"
    );
}

/// What generated values say against verdicts on random pairs: nothing.
#[test]
fn random_schemas_are_never_falsely_compatible() {
    let pairs = conformance::repetitions(20_000);
    let mut shown = 0;
    let mut values = 0;
    for pair in 0..pairs {
        let seed = u64::try_from(pair).unwrap();
        let mut chance = Chance::new(seed);
        let old = random_schemas::schema(&mut chance);
        let new = random_schemas::changed(&old, &mut chance);
        let verdict =
            compare_schemas(&old, &new).unwrap_or_else(|error| panic!("{error}: {old} {new}")).compatibility;
        for (holds, from, to) in [(verdict.is_backward(), &old, &new), (verdict.is_forward(), &new, &old)] {
            if holds && old != new {
                let (made, against) = counterexample(from, to, seed, 60);
                assert_eq!(against, None, "pair {pair}: {from} in {to}");
                shown += 1;
                values += made;
            }
        }
    }
    println!(
        "bench values-of-random-schemas ours={values} (values; {shown} directions of {pairs} pairs shown, none against)"
    );
}
