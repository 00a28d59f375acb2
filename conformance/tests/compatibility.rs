//! Two JSON Schemas compared: labelled cases, and verdicts held against generated instances.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that stops has failed")]

use c3ms_core::forms::{Compatibility, compare_schemas};
use serde_json::Value;

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
    println!("{} of {} agree", cases.len() - differing.len(), cases.len());
    assert!((cases.len() - differing.len()) * 100 >= cases.len() * 97);
}
