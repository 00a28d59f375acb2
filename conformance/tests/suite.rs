//! The official test suite of JSON Schema, draft 2020-12, through our own door.

use std::{collections::BTreeMap, fs, path::Path};

use c3ms_core::forms::{ForeignOptions, ForeignSchema};
use serde_json::Value;

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The documents that tests refer to, by the addresses under which the suite has them.
fn remotes(folder: &Path, address: &str, found: &mut BTreeMap<String, Value>) {
    for path in files(folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            remotes(&path, &format!("{address}/{name}"), found);
        } else {
            found.insert(format!("{address}/{name}"), read(&path));
        }
    }
}

/// Runs the tests of the files of a folder; gives how many there are and those that are answered otherwise.
fn run(folder: &Path, options: &ForeignOptions) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for path in files(folder).into_iter().filter(|path| path.is_file()) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let options =
            ForeignOptions { asserts_formats: options.asserts_formats, resources: options.resources.clone() };
        for case in read(&path).as_array().unwrap() {
            let compiled = ForeignSchema::compile(&case["schema"], options.clone());
            for test in case["tests"].as_array().unwrap() {
                count += 1;
                let answer = compiled.as_ref().map(|schema| schema.is_valid(&test["data"]));
                let told = compiled.as_ref().map(|schema| schema.validate(&test["data"]).is_empty());
                if answer != Ok(test["valid"].as_bool().unwrap()) || answer != told {
                    wrong.push(format!(
                        "{name}: {}: {}: {answer:?}",
                        case["description"], test["description"]
                    ));
                }
            }
        }
    }
    (count, wrong)
}

#[test]
fn the_official_suite_is_answered_as_it_says() {
    let Some(suite) = conformance::data("json-schema-test-suite") else { return };
    let mut resources = BTreeMap::new();
    remotes(&suite.join("remotes"), "http://localhost:1234", &mut resources);
    let folder = suite.join("tests/draft2020-12");
    let plain = ForeignOptions { resources: resources.clone(), asserts_formats: false };
    let asserting = ForeignOptions { resources, asserts_formats: true };
    // How many there are: PROVENANCE.md of the data.
    for (folder, options, expected) in [
        (folder.clone(), &plain, 1299),
        (folder.join("optional"), &plain, 162),
        (folder.join("optional/format"), &asserting, 764),
    ] {
        let (count, wrong) = run(&folder, options);
        assert_eq!(wrong, Vec::<String>::new(), "{}", folder.display());
        assert_eq!(count, expected, "{}", folder.display());
    }
}

#[test]
fn a_pattern_that_goes_back_for_ever_is_given_up() {
    let schema = serde_json::json!({ "pattern": "^(?=a)(a+)+$" });
    let schema = ForeignSchema::compile(&schema, ForeignOptions::default()).unwrap();
    assert!(!schema.is_valid(&Value::String(format!("{}!", "a".repeat(60)))));
}

#[test]
fn nothing_is_fetched_and_what_is_missing_is_named() {
    let schema = serde_json::json!({ "$ref": "https://example.org/event.json" });
    let refused = ForeignSchema::compile(&schema, ForeignOptions::default()).unwrap_err();
    assert_eq!(refused.code().as_str(), "forms.schema-reference-missing");
    assert!(refused.to_string().contains("https://example.org/event.json"));
    let unsound =
        ForeignSchema::compile(&serde_json::json!({ "type": 3 }), ForeignOptions::default()).unwrap_err();
    assert_eq!((unsound.code().as_str(), unsound.path().as_str()), ("forms.schema-unsound", "/type"));
}
