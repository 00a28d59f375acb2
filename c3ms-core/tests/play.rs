//! Forms as they are played.

use c3ms_core::{
    Error,
    base::{Moment, Seed},
    forms::{
        Form, Format, Validator,
        play::{Play, Setting, play},
    },
};
use serde_json::{Value, json};

fn format(fields: &Value) -> Format {
    Format::parse(&json!({"cube": "visit", "label": {"en": "Visit"}, "fields": fields,
        "vocabularies": {
            "towns": {"codes": [
                {"code": "gap", "attributes": {"county": "05"}}, {"code": "briancon", "attributes": {"county": "05"}},
                {"code": "nice", "attributes": {"county": "06"}}]},
            "counties": {"codes": [{"code": "05"}, {"code": "06"}]}}
    }).to_string()).unwrap()
}

fn number(name: &str) -> Value {
    json!({"id": name, "name": name, "kind": {"type": "integer"}})
}

/// A field with further members.
fn with(mut field: Value, more: &Value) -> Value {
    let members = field.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    field
}

fn at(seconds: &str) -> Setting {
    Setting { now: Moment::parse(seconds), seed: Some(Seed::from_number(7)), ..Setting::default() }
}

fn relevant(play: &Play, path: &str) -> bool {
    play.questions().iter().find(|question| question.path.as_str() == path).unwrap().relevant
}

#[test]
fn what_is_not_asked_counts_as_blank_is_kept_and_comes_back() {
    let format = format(&json!([
        {"id": "came", "name": "came", "kind": {"type": "boolean"}},
        {"id": "group", "name": "group", "relevant": "${came}", "kind": {"type": "group", "fields": [number("people")]}},
        with(number("price"), &json!({"calculation": "${people} * 12"})),
        {"id": "why", "name": "why", "kind": {"type": "text"}, "relevant": "not(known(${people}))"},
    ]));
    let mut visit = Play::new(&format, &Setting::default()).unwrap();
    assert!(relevant(&visit, "/why") && !relevant(&visit, "/group/people"));
    visit.set("/came", true.into()).unwrap();
    visit.set("/group/people", 3.into()).unwrap();
    assert_eq!(json!(visit.document()), json!({"came": true, "group": {"people": 3}, "price": 36}));
    visit.set("/came", false.into()).unwrap();
    assert!(relevant(&visit, "/why"));
    assert_eq!(json!(visit.document()), json!({"came": false}));
    visit.set("/came", true.into()).unwrap();
    assert_eq!(json!(visit.document()), json!({"came": true, "group": {"people": 3}, "price": 36}));
}

#[test]
fn items_of_lists_see_their_own_fields_and_sums_see_all() {
    let format = format(&json!([
        number("people"),
        {"id": "children", "name": "children", "many": 9, "count": "${people} - 1", "kind": {"type": "group", "fields": [
            with(number("age"), &json!({"constraint": ". < 18"})),
            {"id": "school", "name": "school", "kind": {"type": "text"}, "relevant": "${age} > 5", "required-when": "true()"},
            with(number("rank"), &json!({"calculation": "position(..)"}))]}},
        with(number("ages"), &json!({"calculation": "sum(${age})"})),
        with(number("old"), &json!({"calculation": "max(${age})"})),
    ]));
    let mut visit = Play::new(&format, &Setting::default()).unwrap();
    visit.set("/people", 3.into()).unwrap();
    visit.set("/children/0/age", 4.into()).unwrap();
    visit.set("/children/1/age", 7.into()).unwrap();
    assert!(!relevant(&visit, "/children/0/school") && relevant(&visit, "/children/1/school"));
    assert_eq!(
        json!(visit.calculated()),
        json!({
        "/children/0/rank": 1, "/children/1/rank": 2, "/ages": 11, "/old": 7})
    );
    let wrong: Vec<(String, Value)> = visit
        .questions()
        .into_iter()
        .filter(|question| !question.valid)
        .map(|question| (question.path.to_string(), json!(question.violations)))
        .collect();
    assert_eq!(wrong, [("/children/1/school".to_owned(), json!(["forms.required"]))]);
    visit.set("/children/0/age", 40.into()).unwrap();
    let first =
        visit.questions().into_iter().find(|question| question.path.as_str() == "/children/0/age").unwrap();
    assert_eq!(json!(first.violations), json!(["forms.constraint-unmet"]));
    visit.set("/people", 2.into()).unwrap();
    assert_eq!(json!(visit.calculated()), json!({"/children/0/rank": 1, "/ages": 40, "/old": 40}));
}

#[test]
fn lists_grow_and_shrink_by_hand() {
    let format = format(&json!([
        {"id": "guests", "name": "guests", "many": 2, "kind": {"type": "group", "fields": [
            with(number("place"), &json!({"initial": "position(..) * 10"})),
            with(number("rank"), &json!({"calculation": "position(..)"}))]}},
        with(number("count"), &json!({"calculation": "count(${guests})"})),
    ]));
    let mut visit = Play::new(&format, &Setting::default()).unwrap();
    assert_eq!(json!(visit.document()), json!({"count": 0}));
    visit.add("/guests").unwrap();
    visit.add("/guests").unwrap();
    let full = json!({"count": 2, "guests": [{"place": 10, "rank": 1}, {"place": 20, "rank": 2}]});
    assert_eq!(json!(visit.document()), full);
    let refused = Error::from(visit.add("/guests").unwrap_err()).report("fr");
    assert_eq!((refused.code.as_str(), refused.path.as_str()), ("forms.step-unsound", "/guests"));
    visit.remove("/guests/0").unwrap();
    assert_eq!(json!(visit.document()), json!({"count": 1, "guests": [{"place": 20, "rank": 1}]}));
}

#[test]
fn codes_are_offered_by_other_answers() {
    let format = format(&json!([
        {"id": "county", "name": "county", "kind": {"type": "code", "vocabulary": "counties"}},
        {"id": "town", "name": "town", "kind": {"type": "code", "vocabulary": "towns", "filter": "county = ${county}"}},
        {"id": "shown", "name": "shown", "kind": {"type": "text"}, "calculation": "coalesce(${town}, 'nowhere')"},
    ]));
    let mut visit = Play::new(&format, &Setting::default()).unwrap();
    let offered = |visit: &Play| visit.questions()[1].choices.clone().unwrap();
    assert_eq!(offered(&visit), Vec::<String>::new());
    visit.set("/county", "05".into()).unwrap();
    assert_eq!(offered(&visit), ["gap", "briancon"]);
    visit.set("/town", "gap".into()).unwrap();
    assert_eq!(visit.document()["shown"], "gap");
    visit.set("/county", "06".into()).unwrap();
    assert_eq!(offered(&visit), ["nice"]);
    assert_eq!(visit.document()["shown"], "nowhere", "what is no longer offered counts as blank");
}

#[test]
fn time_and_chance_come_from_outside() {
    let format = format(&json!([
        {"id": "on", "name": "on", "kind": {"type": "date"}, "initial": "today()"},
        {"id": "until", "name": "until", "kind": {"type": "date"}, "calculation": "${on} + 10"},
        {"id": "number", "name": "number", "kind": {"type": "text"}, "calculation": "uuid()"},
        {"id": "late", "name": "late", "kind": {"type": "boolean"}, "calculation": "now() > date-time('2026-11-23T12:00:00Z')"},
    ]));
    let document = |setting: &Setting| json!(Play::new(&format, setting).unwrap().document());
    let evening = document(&at("2026-11-23T20:30:00+01:00"));
    assert_eq!(evening["on"], "2026-11-23");
    assert_eq!(evening["until"], "2026-12-03");
    assert_eq!(evening["late"], true);
    assert_eq!(evening["number"].as_str().unwrap().len(), 36);
    assert_eq!(evening, document(&at("2026-11-23T20:30:00+01:00")), "the same each time");
    assert_eq!(document(&Setting::default()), json!({}), "nobody said when it is");
}

#[test]
fn what_cannot_work_is_refused_with_its_place() {
    let refused = |fields: Value| {
        let parsed =
            Format::parse(&json!({"cube": "visit", "label": {"en": "Visit"}, "fields": fields}).to_string());
        let report = Error::from(parsed.unwrap_err()).report("fr");
        (report.code.as_str().to_owned(), report.path)
    };
    let code = |code: &str, path: &str| (format!("forms.expression-{code}"), path.to_owned());
    assert_eq!(
        refused(json!([with(number("a"), &json!({"relevant": "${b} >"}))])),
        code("incomplete", "/fields/0/relevant")
    );
    assert_eq!(
        refused(json!([with(number("a"), &json!({"constraint": "${b} > 1"}))])),
        code("name-unknown", "/fields/0/constraint")
    );
    let circle = json!([
        with(number("a"), &json!({"calculation": "${b} + 1"})),
        with(number("b"), &json!({"calculation": "${c}"})),
        with(number("c"), &json!({"relevant": "${a} > 1"}))
    ]);
    assert_eq!(refused(circle), code("cycle", "/a"));
    let itself = json!([with(number("a"), &json!({"calculation": ". + 1"}))]);
    assert_eq!(refused(itself), code("cycle", "/a"));
    let form = Form::new(&format(&json!([number("a")]))).unwrap();
    let step = |answers: &str| {
        let report = Error::from(play(&form, answers, &Setting::default()).unwrap_err()).report("en");
        (report.code.as_str(), report.path)
    };
    assert_eq!(step("[{\"put\": 1}]").0, "forms.answers-unreadable");
    assert_eq!(step("{"), ("forms.answers-unreadable", String::new()));
    assert_eq!(
        step(r#"[{"set": "/a", "value": 1}, {"set": "/b"}]"#),
        ("forms.step-unsound", "/steps/1".to_owned())
    );
    assert_eq!(step(r#"[{"add": "/a"}]"#), ("forms.step-unsound", "/steps/0".to_owned()));
}

/// A format with something of every kind, and logic.
fn rich() -> Format {
    format(&json!([
        {"id": "came", "name": "came", "kind": {"type": "boolean"}},
        {"id": "mail", "name": "mail", "kind": {"type": "text", "pattern": "^[a-z]+@(ville|mairie)\\.fr$"}, "relevant": "${came}"},
        {"id": "county", "name": "county", "kind": {"type": "code", "vocabulary": "counties"}, "default": "05"},
        {"id": "town", "name": "town", "kind": {"type": "code", "vocabulary": "towns", "filter": "county = ${county}"}},
        {"id": "children", "name": "children", "many": 9, "kind": {"type": "group", "fields": [
            with(number("age"), &json!({"constraint": ". >= 0 and . < 130"})),
            {"id": "school", "name": "school", "kind": {"type": "text"}, "required-when": "${age} < 18"}]}},
        with(number("places"), &json!({"calculation": "count(${children}) + 1"})),
        {"id": "since", "name": "since", "kind": {"type": "date"}, "initial": "today()", "constraint": ". <= today()"},
        {"id": "code", "name": "code", "kind": {"type": "text"}, "constraint": "regex(., '[A-Z]{2}[0-9]{3,5}')"},
    ]))
}

const ANSWERS: &str = r#"[{"set": "/came", "value": true}, {"set": "/mail", "value": "ada@ville.fr"}, {"set": "/town", "value": "gap"},
    {"add": "/children"}, {"set": "/children/0/age", "value": 4}, {"add": "/children"}, {"remove": "/children/0"},
    {"set": "/code", "value": "AB12"}, {"language": "en"}, {"set": "/came", "value": false}]"#;

#[test]
fn a_compiled_form_is_the_form() {
    let entry = json!({"came": true, "county": "05", "mail": "ada@elsewhere.fr", "town": "nice", "children": [{"age": 4}, {"age": 130}], "code": "x"});
    let form = Form::new(&rich()).unwrap();
    let bytes = form.to_bytes();
    let again = Form::from_bytes(&bytes).unwrap();
    assert_eq!(again.to_bytes(), bytes);
    let found = again.validate(&entry);
    assert_eq!(found, Validator::new(&rich()).unwrap().validate(&entry));
    assert_eq!(found.len(), 4, "{found:?}");
    let played = |form: &Form| json!(play(form, ANSWERS, &at("2026-11-23T20:30:00+01:00")).unwrap());
    assert_eq!(played(&again), played(&form));
}

#[test]
fn a_damaged_form_is_refused_or_plays_on() {
    let entry = json!({"came": true, "mail": "ada@elsewhere.fr", "town": "nice", "children": [{"age": 4}], "code": "x"});
    let bytes = Form::new(&rich()).unwrap().to_bytes();
    let unreadable = |bytes: &[u8]| {
        let Err(refused) = Form::from_bytes(bytes) else { return false };
        assert_eq!(refused.code().as_str(), "forms.form-unreadable");
        true
    };
    for length in 0..bytes.len() {
        assert!(unreadable(&bytes[..length]), "cut after {length}");
    }
    assert!(unreadable(&[bytes.as_slice(), b"x"].concat()), "something behind");
    let mut refused = 0;
    for place in 0..bytes.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut damaged = bytes.clone();
            damaged[place] ^= change;
            if unreadable(&damaged) {
                refused += 1;
                continue;
            }
            let form = Form::from_bytes(&damaged).unwrap();
            let _ = form.validate(&entry);
            let _ = play(&form, ANSWERS, &Setting::default());
        }
    }
    assert!(refused > bytes.len() / 4, "{refused}");
}

/// A form may lie as deep as a format can, and no deeper than the two megabytes of a thread hold.
#[test]
fn depth_has_an_end() {
    let deep = format!("{}1{}", "(".repeat(60), ")".repeat(60));
    let filtered = (0..30).fold("${a}".to_owned(), |inner, _| format!("sum((${{a}})[{inner} > 1])"));
    for expression in
        [deep, filtered, format!("{}1", "- ".repeat(60)), format!("{}1{}", "abs(".repeat(60), ")".repeat(60))]
    {
        let mut field = with(number("a"), &json!({"constraint": format!("{expression} > 0")}));
        for depth in 0..7 {
            field = json!({"id": format!("g{depth}"), "name": format!("g{depth}"), "kind": {"type": "group", "fields": [field]}});
        }
        let form = Form::new(&format(&json!([field]))).unwrap();
        assert!(Form::from_bytes(&form.to_bytes()).is_ok(), "{expression}");
    }
    // A member that begins as the last of its list holds, again and again, what it is in: the bytes of groups in groups.
    let group = Form::new(&format(
        &json!([{"id": "g", "name": "g", "kind": {"type": "group", "fields": [number("a")]}}]),
    ))
    .unwrap();
    let bytes = group.to_bytes();
    let slot = bytes.windows(2).position(|pair| pair == [1, b'g']).unwrap();
    let inner = bytes.windows(2).position(|pair| pair == [1, b'a']).unwrap();
    let mut nested = bytes[..slot].to_vec();
    for _ in 0..100_000 {
        nested.extend(&bytes[slot..inner]);
    }
    nested.extend(&bytes[inner..]);
    assert!(Form::from_bytes(&nested).is_err());
}

#[test]
fn doubling_texts_do_not_fill_the_memory() {
    let fields: Vec<Value> = (0..64)
        .map(|index| {
            let before = if index == 0 { "'0123456789'".to_owned() } else { format!("${{f{}}}", index - 1) };
            json!({"id": format!("f{index}"), "name": format!("f{index}"), "kind": {"type": "text"},
                   "calculation": format!("concat({before}, {before})")})
        })
        .collect();
    let visit = Play::new(&format(&json!(fields)), &Setting::default()).unwrap();
    assert!(json!(visit.document()).to_string().len() < 1 << 20);
}

#[test]
fn entries_are_held_against_their_conditions() {
    let format = format(&json!([
        with(number("age"), &json!({"constraint": ". >= 0 and . < 130"})),
        {"id": "school", "name": "school", "kind": {"type": "text"}, "required": true, "relevant": "${age} < 18"},
        {"id": "work", "name": "work", "kind": {"type": "text"}, "required-when": "${age} >= 18"},
        {"id": "on", "name": "on", "kind": {"type": "date"}, "constraint": ". <= today()"},
    ]));
    let validator = Validator::new(&format).unwrap();
    let codes = |document: Value| {
        let found = validator.validate(&document);
        found
            .iter()
            .map(|violation| format!("{} {}", violation.path, violation.code.as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(json!({})), Vec::<String>::new(), "unknown is no violation");
    assert_eq!(codes(json!({"age": 12})), ["/school forms.required"]);
    assert_eq!(codes(json!({"age": 30})), ["/work forms.required"]);
    assert_eq!(codes(json!({"age": 30, "work": "x", "school": "kept"})), Vec::<String>::new());
    assert_eq!(codes(json!({"age": 130, "work": "x"})), ["/age forms.constraint-unmet"]);
    assert_eq!(codes(json!({"on": "2999-01-01"})), Vec::<String>::new(), "a validator has no clock");
}

#[test]
fn ten_thousand_questions_answer_in_milliseconds() {
    let fields: Vec<Value> = (0..10_000)
        .map(|index| match index % 4 {
            0 => number(&format!("q{index}")),
            1 => with(number(&format!("q{index}")), &json!({"relevant": format!("${{q{}}} > 3", index - 1)})),
            2 => with(
                number(&format!("q{index}")),
                &json!({"calculation": format!("${{q{}}} + 1", index - 1)}),
            ),
            _ => {
                with(number(&format!("q{index}")), &json!({"constraint": format!(". > ${{q{}}}", index - 1)}))
            }
        })
        .collect();
    let format = format(&json!(fields));
    let mut long = Play::new(&format, &Setting::default()).unwrap();
    let start = std::time::Instant::now();
    for index in 0..100 {
        long.set(&format!("/q{}", index * 4), 5.into()).unwrap();
        long.set(&format!("/q{}", index * 4 + 1), 7.into()).unwrap();
    }
    let each = start.elapsed() / 200;
    assert_eq!(long.document()["q2"], 8);
    println!("10,000 questions: {each:?} for each answer");
    assert!(each.as_millis() < 20, "{each:?}");
}

/// A field with what XLSForm says beside it.
fn beside(mut field: Value, name: &str, said: &str) -> Value {
    let members = field.as_object_mut().unwrap();
    let extensions = members.entry("extensions").or_insert_with(|| json!({}));
    extensions.as_object_mut().unwrap().insert(format!("xlsform:{name}"), json!(said));
    field
}

#[test]
fn the_device_answers_what_a_form_asks_of_it() {
    let text = |name: &str| json!({"id": name, "name": name, "kind": {"type": "text"}});
    let format = format(&json!([
        beside(json!({"id": "a", "name": "start", "kind": {"type": "moment"}}), "type", "start"),
        beside(json!({"id": "b", "name": "today", "kind": {"type": "date"}}), "type", "today"),
        beside(text("device"), "type", "deviceid"),
        beside(text("user"), "type", "username"),
        beside(json!({"id": "e", "name": "end", "kind": {"type": "moment"}}), "type", "end"),
    ]));
    let properties = [("deviceid".to_owned(), "tablet 3".to_owned())].into();
    let mut visit = Play::new(&format, &Setting { properties, ..at("2026-11-24T20:30:00+01:00") }).unwrap();
    assert_eq!(
        json!(visit.document()),
        json!({"start": "2026-11-24T20:30:00+01:00", "today": "2026-11-24", "device": "tablet 3"})
    );
    assert!(visit.questions().iter().all(|question| question.read_only));
    assert!(visit.set("/device", "another".into()).is_err());
}

#[test]
fn a_change_of_a_question_sets_others() {
    let format = format(&json!([
        number("people"),
        {"id": "children", "name": "children", "many": 9, "kind": {"type": "group", "fields": [
            number("age"),
            beside(beside(number("fee"), "trigger", "${age}"), "calculation", "${age} * 2"),
            beside(json!({"id": "why", "name": "why", "kind": {"type": "text"}}), "trigger", "${people}")]}},
    ]));
    let mut visit = Play::new(&format, &Setting::default()).unwrap();
    visit.add("/children").unwrap();
    visit.add("/children").unwrap();
    visit.set("/children/1/age", 4.into()).unwrap();
    visit.set("/children/0/why", "late".into()).unwrap();
    assert_eq!(json!(visit.document()), json!({"children": [{"why": "late"}, {"age": 4, "fee": 8}]}));
    visit.set("/children/1/fee", 5.into()).unwrap();
    visit.set("/children/1/age", 4.into()).unwrap();
    assert_eq!(json!(visit.document())["children"][1]["fee"], 5, "the same again is no change");
    visit.set("/people", 2.into()).unwrap();
    assert_eq!(json!(visit.document())["children"][0], json!({}), "what has no calculation is taken back");
}

/// Expected: the order in which `@getodk/xforms-engine` 0.22.0 offers the genres of `widgets/test/forms/evening.csv`.
#[test]
fn codes_are_offered_in_an_order_of_chance() {
    let genres = ["theatre", "opera", "dance", "circus", "jazz"].map(|code| json!({"code": code}));
    let offered = |parameters: &str, setting: &Setting| {
        let format = json!({"cube": "visit", "label": {"en": "Visit"}, "dialect": "xforms",
            "vocabularies": {"genres": {"codes": genres}},
            "fields": [beside(json!({"id": "g", "name": "genre", "kind": {"type": "code", "vocabulary": "genres"}}), "parameters", parameters)]});
        let visit = Play::new(&Format::parse(&format.to_string()).unwrap(), setting).unwrap();
        visit.questions()[0].choices.clone().unwrap()
    };
    let seeded = offered("randomize=true, seed=42", &Setting::default());
    assert_eq!(seeded, ["theatre", "jazz", "dance", "opera", "circus"]);
    assert_eq!(offered("randomize=true", &Setting::default())[0], "theatre", "no chance is given");
    let by_chance = offered("randomize=true", &at("2026-11-24"));
    assert_eq!(by_chance, offered("randomize=true", &at("2026-11-24")));
    assert_ne!(by_chance, offered("randomize=false", &at("2026-11-24")));
}

/// Expected: what `@getodk/xforms-engine` 0.22.0 does with the templates that pyxform writes.
#[test]
fn items_that_are_added_begin_with_empty_lists() {
    let clubs = json!({"id": "clubs", "name": "clubs", "many": 9, "kind": {"type": "group", "fields": [number("fee")]}});
    let format = json!({"cube": "visit", "label": {"en": "Visit"}, "dialect": "xforms", "fields": [
        {"id": "people", "name": "people", "many": 9, "kind": {"type": "group", "fields": [number("age"), clubs]}}]});
    let mut visit = Play::new(&Format::parse(&format.to_string()).unwrap(), &Setting::default()).unwrap();
    visit.add("/people").unwrap();
    let paths = |visit: &Play| -> Vec<String> {
        visit.questions().iter().map(|question| question.path.to_string()).collect()
    };
    assert_eq!(paths(&visit), ["/people/0/age", "/people/0/clubs/0/fee", "/people/1/age"]);
    visit.add("/people/1/clubs").unwrap();
    assert_eq!(paths(&visit)[3], "/people/1/clubs/0/fee");
}
