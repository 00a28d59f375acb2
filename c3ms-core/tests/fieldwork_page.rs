//! The page on which a wave is asked: what it holds follows from the wave and its questionnaire alone.

use c3ms_core::{
    Code, Error,
    cooperative::{Page, PageSpec, page},
    forms::Form,
    store::MemoryStore,
};
use serde_json::Value;

use crate::{
    fieldwork_capture::memory,
    hostile::messages::{PLACES, WAVE, questionnaire},
};

fn written(store: &MemoryStore, spec: &str, player: &[(&str, &str)]) -> Page {
    let spec = PageSpec::parse(spec).unwrap();
    let player: Vec<(String, Vec<u8>)> =
        player.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    page(store, &spec, &player).unwrap()
}

fn file(page: &Page, name: &str) -> String {
    let found = page.files.iter().find(|(path, _)| path == name).unwrap();
    String::from_utf8_lossy(&found.1).into_owned()
}

fn spec() -> String {
    format!(r#"{{"wave": "{WAVE}", "mode": "face-to-face"}}"#)
}

#[test]
fn a_page_asks_the_newest_questionnaire_where_interviewers_go() {
    let page = written(&memory(), &spec(), &[("questionnaire.js", "play"), ("sw.js", "keep")]);
    let wave: Value = serde_json::from_str(&file(&page, "wave.json")).unwrap();
    assert_eq!(wave["version"], questionnaire().digest().to_string());
    let slots: Vec<&str> =
        wave["slots"].as_array().unwrap().iter().filter_map(|slot| slot["slot"].as_str()).collect();
    // One was not drawn, one was cancelled.
    let goes: Vec<String> = PLACES.iter().take(2).map(ToString::to_string).collect();
    assert_eq!(slots, goes);
    assert_eq!((wave["slots"][0]["interval"].as_u64(), page.slots), (Some(4), 2));
    assert_eq!(wave["purposes"]["study"]["keep_days"], 730);
    assert_eq!(wave["quotas"][0]["most"], 2);
    assert_eq!(wave["violations"]["fr"]["forms.required"], Code::Required.advice("fr"));
    assert_eq!(wave["layouts"]["en"]["items"][0]["label"]["text"], "taste");
    let form = page.files.iter().find(|(path, _)| path == "wave.form").unwrap();
    assert_eq!(form.1, Form::new(&questionnaire()).unwrap().to_bytes());
}

#[test]
fn a_browser_keeps_all_files_by_their_digest() {
    let store = memory();
    let page = written(&store, &spec(), &[("questionnaire.js", "play"), ("sw.js", "keep")]);
    let worker = file(&page, "sw.js");
    let (told, script) = worker.strip_prefix("self.KEPT=").unwrap().split_once(";\n").unwrap();
    assert_eq!(script, "keep");
    let told: Value = serde_json::from_str(told).unwrap();
    let mut kept: Vec<&str> = told["files"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(told["digest"], page.digest.to_string());
    kept.push("sw.js");
    let files: Vec<&str> = page.files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(kept, files);
    assert_eq!(written(&store, &spec(), &[("questionnaire.js", "play"), ("sw.js", "keep")]), page);
    let other = written(&store, &spec(), &[("questionnaire.js", "played"), ("sw.js", "keep")]);
    assert_ne!(other.digest, page.digest);
}

#[test]
fn a_title_is_no_markup() {
    let spec =
        format!(r#"{{"wave": "{WAVE}", "mode": "self-administered", "languages": ["en"], "title": "<i>&"}}"#);
    let page = file(&written(&memory(), &spec, &[]), "index.html");
    assert!(page.contains("<title>&lt;i&gt;&amp;</title>") && page.contains(r#"<html lang="en">"#), "{page}");
}

#[test]
fn a_page_of_nothing_is_refused() {
    for spec in [
        r#"{"wave": "summer", "mode": "paper"}"#,
        r#"{"wave": "summer", "mode": "face-to-face", "languages": []}"#,
        r#"{"wave": "summer", "mode": "face-to-face", "languages": ["fr", "fr"]}"#,
        r#"{"wave": "summer", "mode": "face-to-face", "languages": ["it"]}"#,
    ] {
        let refused = Error::from(PageSpec::parse(spec).unwrap_err()).report("en");
        assert_eq!(refused.code, Code::SpecUnreadable, "{spec}");
    }
    let spec = PageSpec::parse(r#"{"wave": "winter", "mode": "face-to-face"}"#).unwrap();
    assert_eq!(page(&memory(), &spec, &[]).unwrap_err().report("en").code, Code::SpecUnreadable);
}
