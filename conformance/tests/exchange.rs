//! Formats by chance go to schemas and come back.

use std::collections::BTreeMap;

use c3ms_core::{
    base::{Language, Text},
    forms::{
        Dialect, Field, Format, Kind, Validator, Visibility,
        exchange::{from_json_schema, from_table_schema, json_forms_ui, json_ld_context, table_schema},
        json_schema,
    },
};
use conformance::{chance::Chance, formats};
use serde_json::{Value, json};

/// A format of every shape, with all that a field can say besides its kind.
fn format(chance: &mut Chance) -> Format {
    let mut format = formats::format(chance, "f");
    format.help = text(chance);
    format.term = word(chance, &["https://schema.org/Event"]);
    if chance.happens(30) {
        format.dialect = Dialect::Xforms;
    }
    format.languages = Language::parse("oc").filter(|_| chance.happens(50)).into_iter().collect();
    if let Some(first) = format.vocabularies.values_mut().next() {
        first.label = text(chance);
        for code in &mut first.codes {
            code.label = text(chance);
            code.term = word(chance, &["https://schema.org/EventScheduled"]);
            code.attributes = BTreeMap::from([("region".to_owned(), "sud".to_owned())]);
        }
    }
    for field in &mut format.fields {
        dress(chance, field);
    }
    // The order of the names is not that of the fields.
    format.fields.reverse();
    format
}

fn text(chance: &mut Chance) -> Text {
    let tag = *chance.of(&["fr", "en", "pt-BR", "und"]);
    let text = *chance.of(&["Nom", "", "L’été, « bal »", "a\nb"]);
    let known = Language::parse(tag).filter(|_| chance.happens(60));
    known.map(|language| Text::new(language, text)).unwrap_or_default()
}

fn word(chance: &mut Chance, words: &[&str]) -> Option<String> {
    chance.happens(30).then(|| (*chance.of(words)).to_owned())
}

fn dress(chance: &mut Chance, field: &mut Field) {
    field.label = text(chance);
    field.help = text(chance);
    field.required_help = text(chance);
    field.constraint_help = text(chance);
    field.term = word(chance, &["https://schema.org/name", "no address"]);
    field.required_when = word(chance, &["2 > 1"]);
    field.relevant = word(chance, &["selected('a b', 'a')", "1 = 1 or 2 > 3"]);
    field.constraint = word(chance, &["count(.) < 5"]);
    field.calculation = word(chance, &["1 + 1"]);
    field.initial = word(chance, &["today()"]);
    field.count = word(chance, &["3"]);
    field.read_only = chance.happens(20);
    field.visibility = *chance.of(&[Visibility::Public, Visibility::Members, Visibility::Private]);
    if chance.happens(20) {
        field.extensions.insert("xlsform:appearance".to_owned(), json!({ "deep": [null, 1.5] }));
    }
    match &mut field.kind {
        Kind::Code { filter, ranked, .. } => {
            *filter = word(chance, &["name != ''"]);
            *ranked = chance.happens(50);
        }
        Kind::File { accept } => *accept = word(chance, &["image/*"]),
        Kind::Group { fields } => fields.iter_mut().for_each(|field| dress(chance, field)),
        _ if chance.happens(5) => {
            field.kind = Kind::Note;
            field.default = None;
        }
        _ => {}
    }
}

#[test]
fn formats_come_back_from_their_json_schema_equal() {
    for seed in 0..200 {
        let mut chance = Chance::new(seed);
        let format = format(&mut chance);
        format.check().unwrap();
        // As text, as it travels.
        let written: Value = serde_json::from_str(&json_schema(&format).to_string()).unwrap();
        let (back, report) = from_json_schema(&written, "other").unwrap();
        assert_eq!(back, format, "seed {seed}");
        assert!(report.lost.is_empty() && report.kept.is_empty(), "seed {seed}: {report:?}");
    }
}

#[test]
fn formats_come_back_from_their_table_schema_but_for_notes() {
    for seed in 0..200 {
        let mut format = format(&mut Chance::new(seed));
        let written: Value = serde_json::from_str(&table_schema(&format).0.to_string()).unwrap();
        let (back, report) = from_table_schema(&written, "other").unwrap();
        format.fields.retain(|field| !matches!(field.kind, Kind::Note));
        assert_eq!(back, format, "seed {seed}");
        assert!(report.lost.is_empty() && report.kept.is_empty(), "seed {seed}: {report:?}");
    }
}

/// Without our words, what is left says less; but what it makes accepts every entry of the format.
#[test]
fn a_schema_without_our_words_accepts_the_same_entries() {
    let (mut held, mut fields) = (0, 0);
    for seed in 0..100 {
        let mut chance = Chance::new(seed);
        let mut format = formats::format(&mut chance, "f");
        plain(&mut format.fields);
        let mut schema = json_schema(&format);
        strip(&mut schema);
        let (foreign, report) = from_json_schema(&schema, "thing").unwrap();
        let validator = Validator::new(&foreign).unwrap();
        fields += foreign.fields.len();
        for _ in 0..5 {
            let Some(entry) = formats::entry(&mut chance, &format) else { continue };
            let found = validator.validate_document(&entry);
            assert_eq!(found, [], "seed {seed}: {} {report:?}", json!(entry));
            held += 1;
        }
    }
    assert!(held > 150 && fields > 100, "{held} entries, {fields} fields");
}

/// Kinds that a plain schema can tell: the others are objects and lists of no one kind.
fn plain(fields: &mut Vec<Field>) {
    fields.retain(|field| {
        !matches!(
            field.kind,
            Kind::Text { languages: true, .. } | Kind::Path | Kind::Area | Kind::Note | Kind::Moment
        )
    });
    for field in fields {
        if let Kind::Group { fields } = &mut field.kind {
            plain(fields);
        }
    }
}

/// Takes out every word under `c3ms:`.
fn strip(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|name, _| !name.starts_with("c3ms:"));
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[test]
fn what_is_written_is_sound_for_the_referee() {
    for seed in 0..300 {
        let format = format(&mut Chance::new(seed));
        let schema = json_schema(&format);
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        // Every scope of the form leads to a property of the schema.
        let (form, _) = json_forms_ui(&format, "fr");
        scopes(&form, &schema);
        let (context, _) = json_ld_context(&format);
        assert!(context["@context"].is_object());
    }
}

/// The parts of a form that JSON Forms knows, and where their scopes lead.
fn scopes(element: &Value, schema: &Value) {
    let at = |scope: &Value| schema.pointer(scope.as_str().unwrap().trim_start_matches('#')).cloned();
    let kind = element["type"].as_str().unwrap();
    assert!(["VerticalLayout", "Group", "Control", "Label"].contains(&kind), "{kind}");
    assert_eq!(kind == "Control", element.get("scope").is_some());
    if let Some(rule) = element.get("rule") {
        assert_eq!(rule["effect"], "SHOW");
        let condition = &rule["condition"];
        assert!(at(&condition["scope"]).is_some(), "{condition}");
        jsonschema::meta::validate(&condition["schema"]).unwrap();
    }
    for inner in element.get("elements").and_then(Value::as_array).into_iter().flatten() {
        scopes(inner, schema);
    }
    if let Some(scope) = element.get("scope") {
        let property = at(scope).unwrap_or_else(|| panic!("{scope} leads nowhere"));
        if let Some(detail) = element.pointer("/options/detail") {
            scopes(detail, &property["items"]);
        }
    }
}
