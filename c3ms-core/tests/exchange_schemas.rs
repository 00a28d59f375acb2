//! Formats from and for schema languages: nothing is lost without being told.

use std::collections::BTreeMap;

use c3ms_core::{
    Error,
    forms::{
        Field, Format, Kind, Validator,
        exchange::{
            SchemaReport, from_json_schema, from_table_schema, json_forms_ui, json_ld_context, table_schema,
        },
        json_schema, live_performance,
    },
};
use serde_json::{Value, json};

/// A format with everything a format can say.
fn everything() -> Format {
    let kinds = [
        json!({ "type": "text" }),
        json!({ "type": "text", "languages": true, "min-length": 1, "max-length": 9, "pattern": "^[a-z]+$" }),
        json!({ "type": "integer", "minimum": -3, "maximum": 7 }),
        json!({ "type": "integer" }),
        json!({ "type": "decimal", "minimum": 2.0, "maximum": 7.5 }),
        json!({ "type": "boolean" }),
        json!({ "type": "moment" }),
        json!({ "type": "date" }),
        json!({ "type": "time" }),
        json!({ "type": "money" }),
        json!({ "type": "url" }),
        json!({ "type": "email" }),
        json!({ "type": "phone" }),
        json!({ "type": "language" }),
        json!({ "type": "code", "vocabulary": "genre", "filter": "region = ${k0}", "ranked": true }),
        json!({ "type": "position" }),
        json!({ "type": "path" }),
        json!({ "type": "area" }),
        json!({ "type": "file", "accept": "image/*" }),
        json!({ "type": "note" }),
        json!({ "type": "link", "cube": "venue" }),
        json!({ "type": "group", "fields": [
            { "id": "z", "name": "z", "kind": { "type": "boolean" }, "required": true },
            { "id": "a/b~c", "name": "a", "kind": { "type": "group", "fields": [
                { "id": "deep", "name": "deep", "kind": { "type": "link", "cube": "thing" } }
            ] } }
        ] }),
    ];
    let mut fields = Vec::new();
    // Backwards, so that the order of the fields is not that of their names.
    for (index, kind) in kinds.iter().enumerate().rev() {
        fields.push(json!({ "id": format!("id-{index}"), "name": format!("k{index}"), "kind": kind }));
        fields.push(json!({
            "id": format!("many-{index}"), "name": format!("m{index}"), "kind": without_ids(kind, index),
            "many": 1 + index, "required": index % 2 == 0, "required-when": "${k3} > 1",
            "required-help": { "fr": "Il le faut." }, "count": "${k3}", "relevant": "selected(${k14}, 'bal')",
            "constraint": ". != ''", "constraint-help": { "en": "Say it." }, "calculation": "1 + 1",
            "default": [index], "initial": "today()", "read-only": true, "label": { "fr": "Nom", "oc": "Nom" },
            "help": { "fr": "Aide" }, "term": "https://schema.org/name", "visibility": "members",
            "extensions": { "xlsform:appearance": "minimal", "other": { "deep": [null] } }
        }));
    }
    Format::parse(
        &json!({
            "cube": "thing", "label": { "fr": "Chose", "en": "Thing" }, "help": { "fr": "Une chose." },
            "term": "https://schema.org/Thing", "languages": ["fr", "oc"], "dialect": "xforms", "title": "k0",
            "fields": fields, "extensions": { "xlsform:version": 7 },
            "vocabularies": {
                "genre": { "label": { "fr": "Genre" }, "extensions": { "a": 1 }, "codes": [
                    { "code": "bal", "label": { "fr": "Bal" }, "term": "https://example.org/bal",
                      "attributes": { "region": "sud" }, "extensions": { "b": [] } },
                    { "code": "conte" }
                ] },
                "unused": { "codes": [] }
            }
        })
        .to_string(),
    )
    .unwrap()
}

fn without_ids(kind: &Value, index: usize) -> Value {
    let text = kind.to_string().replace("\"id\":\"", &format!("\"id\":\"{index}-"));
    serde_json::from_str(&text).unwrap()
}

fn read(schema: &Value) -> (Format, SchemaReport) {
    from_json_schema(schema, "foreign").unwrap()
}

/// The losses as "path keyword".
fn lost(report: &SchemaReport) -> Vec<String> {
    report.lost.iter().map(|lost| format!("{} {}", lost.path, lost.keyword)).collect()
}

/// The keywords of all schemas that are reached by `properties` and `items`: counted by another walk.
fn keywords(schema: &Value) -> usize {
    let Some(members) = schema.as_object() else { return 1 };
    let inner =
        members.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(_, one)| one);
    members.len() + inner.chain(members.get("items")).map(keywords).sum::<usize>()
}

fn counted(report: &SchemaReport) -> usize {
    report.interpreted + report.kept.len() + report.lost.len()
}

#[test]
fn a_format_comes_back_from_its_json_schema_equal() {
    let mut formats = live_performance().unwrap().formats;
    formats.push(everything());
    for format in formats {
        let written = serde_json::to_string(&json_schema(&format)).unwrap();
        let (back, report) = read(&serde_json::from_str(&written).unwrap());
        assert_eq!(back, format);
        assert_eq!(back.digest(), format.digest());
        assert!(report.lost.is_empty() && report.kept.is_empty(), "{report:?}");
    }
}

#[test]
fn a_change_beside_our_words_is_told() {
    let mut schema = json_schema(&everything());
    *schema.pointer_mut("/properties/k2/maximum").unwrap() = json!(9);
    schema["properties"]["k3"]["multipleOf"] = json!(2);
    schema["properties"]["k3"]["examples"] = json!([4]);
    schema["properties"]["new"] = json!({ "type": "string", "maxLength": 3 });
    schema["properties"]["k21"]["properties"]["z"]["x-note"] = json!("seen");
    let (format, report) = read(&schema);
    assert_eq!(lost(&report), ["/properties/k2 maximum", "/properties/k3 multipleOf"]);
    let kept: Vec<&str> = report.kept.iter().map(|kept| kept.keyword.as_str()).collect();
    assert_eq!(kept, ["x-note", "examples"]);
    assert_eq!(format.field("k3").unwrap().extensions["json-schema:examples"], json!([4]));
    assert_eq!(format.field("new").unwrap().label, c3ms_core::base::Text::default());
}

#[test]
fn a_foreign_schema_is_read_as_far_as_a_format_can_say_it() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.org/show.json",
        "title": "Spectacle", "description": "Une œuvre.", "type": "object",
        "required": ["titre", "dates", "tags"],
        "properties": {
            "titre": { "type": "string", "minLength": 1, "maxLength": 80, "title": "Titre", "description": "Court.", "examples": ["Bal"] },
            "genre": { "$ref": "#/$defs/genre" },
            "genre2": { "$ref": "#/$defs/genre", "title": "Second" },
            "statut": { "oneOf": [{ "const": "ok", "title": "Prévu" }, { "const": "no", "title": "Annulé" }] },
            "age": { "type": "integer", "exclusiveMinimum": 2, "maximum": 12.5, "default": 3 },
            "prix": { "type": ["number", "null"], "minimum": 0, "multipleOf": 0.5 },
            "code": { "type": "string", "pattern": "^(?!x)y" },
            "site": { "type": "string", "format": "uri" },
            "quand": { "type": "string", "format": "date-time", "readOnly": true },
            "dates": { "type": "array", "minItems": 1, "maxItems": 9, "items": { "type": "string", "format": "date" } },
            "tags": { "type": "array", "items": { "type": "string" }, "uniqueItems": true },
            "lieu": { "type": "object", "additionalProperties": false, "properties": { "ville": { "type": "string" } }, "required": ["ville"] },
            "choix": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
            "vide": { "anyOf": [{ "type": "boolean" }, { "type": "null" }] },
            "libre": true,
            "prénom usuel": { "type": "string", "x-widget": "big" }
        },
        "$defs": {
            "genre": { "type": "string", "enum": ["conte", "bal"], "title": "Genre" },
            "unused": { "type": "string" }
        }
    });
    let (format, report) = read(&schema);
    let kind = |name: &str| format.field(name).unwrap().kind.clone();
    assert_eq!(format.label.exactly("und"), Some("Spectacle"));
    assert!(format.field("titre").unwrap().required);
    assert_eq!(kind("genre"), Kind::Code { vocabulary: "genre".into(), filter: None, ranked: false });
    assert_eq!(kind("genre2"), kind("genre"));
    assert_eq!(format.field("genre2").unwrap().label.exactly("und"), Some("Second"));
    let codes = &format.vocabularies["statut"].codes;
    assert_eq!(codes[1].label.exactly("und"), Some("Annulé"));
    assert_eq!(kind("age"), Kind::Integer { minimum: Some(3), maximum: Some(12) });
    assert_eq!(kind("prix"), Kind::Decimal { minimum: Some(0.0), maximum: None });
    assert_eq!((kind("site"), kind("quand"), kind("vide")), (Kind::Url, Kind::Moment, Kind::Boolean));
    let dates = format.field("dates").unwrap();
    assert_eq!((dates.many, dates.required, &dates.kind), (Some(9), true, &Kind::Date));
    assert!(!format.field("tags").unwrap().required, "it may be an empty list there");
    assert!(format.field_at(&["lieu", "ville"]).unwrap().required);
    assert!(format.field("choix").is_none() && format.field("libre").is_none());
    assert_eq!(report.renamed[0].name, "prénom_usuel");
    assert_eq!(
        lost(&report),
        [
            " required",
            "/$defs/genre title",
            "/$defs/unused type",
            "/properties/choix anyOf",
            "/properties/code pattern",
            "/properties/libre ",
            "/properties/prix multipleOf",
            "/properties/prix type",
            "/properties/tags uniqueItems",
            "/properties/vide/anyOf/1 type",
        ]
    );
    let kept: Vec<&str> = report.kept.iter().map(|kept| kept.keyword.as_str()).collect();
    assert_eq!(kept, ["$id", "x-widget", "examples"]);
    // By hand: $defs hold 4 keywords, the alternatives with labels 4, those with null 2.
    assert_eq!(counted(&report), keywords(&schema) + 4 + 4 + 2);
}

#[test]
fn a_schema_in_draft_7_is_read_too() {
    let (format, report) = read(&json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": { "name": { "type": "string", "maxLength": 5 } },
        "type": "object",
        "properties": { "name": { "$ref": "#/definitions/name", "maxLength": 3 }, "pair": { "type": "array", "items": [{}, {}] } },
        "dependencies": { "name": ["pair"] }
    }));
    let bound = Kind::Text { languages: false, min_length: None, max_length: Some(5), pattern: None };
    assert_eq!(format.field("name").unwrap().kind, bound, "what stands beside $ref asserts nothing");
    assert_eq!(
        lost(&report),
        [" dependencies", "/properties/name maxLength", "/properties/pair items", "/properties/pair type"]
    );
}

#[test]
fn all_of_is_one_schema_and_the_tightest_bound_holds() {
    let (format, report) = read(&json!({
        "allOf": [{ "$ref": "#/$defs/base" }, { "properties": { "b": { "type": "integer", "allOf": [{ "minimum": 2 }, { "minimum": 5 }] } }, "required": ["b"] }],
        "$defs": { "base": { "type": "object", "properties": { "a": { "$ref": "#word" } } }, "w": { "$anchor": "word", "type": "string" } }
    }));
    assert_eq!(format.field("b").unwrap().kind, Kind::Integer { minimum: Some(5), maximum: None });
    assert!(format.field("b").unwrap().required && format.field("a").is_some());
    assert!(report.lost.is_empty(), "{report:?}");
}

#[test]
fn what_holds_itself_is_lost_with_the_reason() {
    let (format, report) = read(&json!({
        "$ref": "#/$defs/node",
        "$defs": { "node": { "type": "object", "properties": {
            "name": { "type": "string" }, "children": { "type": "array", "items": { "$ref": "#/$defs/node" } },
            "mirror": { "$ref": "#/$defs/mirror" }, "away": { "$ref": "https://example.org/x.json" }
        } }, "mirror": { "$ref": "#/$defs/mirror" } }
    }));
    let names: Vec<&str> = format.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["name"]);
    let of = |path: &str| report.lost.iter().find(|lost| lost.path.ends_with(path)).unwrap().reason.clone();
    assert!(of("/children").contains("holds itself"), "{}", of("/children"));
    assert!(of("/mirror").contains("does not say"), "{}", of("/mirror"));
    assert!(of("/away").contains("another document"), "{}", of("/away"));
}

#[test]
fn huge_and_deep_schemas_end() {
    let wide: BTreeMap<String, Value> =
        (0..10_000).map(|number| (format!("p{number}"), json!({ "type": "string", "not": {} }))).collect();
    let schema = json!({ "type": "object", "properties": wide });
    let (format, report) = read(&schema);
    assert_eq!((format.fields.len(), report.lost.len()), (10_000, 10_000));
    assert_eq!(counted(&report), keywords(&schema));

    let mut deep = json!({ "type": "string" });
    for _ in 0..50 {
        deep = json!({ "type": "object", "properties": { "in": deep } });
    }
    let (format, report) = read(&deep);
    assert!(format.check().is_ok());
    assert!(report.lost[0].reason.contains("deep"), "{report:?}");

    // Each definition has ten fields of the next: 10^7 fields, were they all written out.
    let mut definitions = serde_json::Map::new();
    for level in 0..7 {
        let next = json!({ "$ref": format!("#/$defs/d{}", level + 1) });
        let inner: BTreeMap<String, Value> =
            (0..10).map(|number| (format!("n{number}"), next.clone())).collect();
        definitions.insert(format!("d{level}"), json!({ "properties": inner }));
    }
    definitions.insert("d7".to_owned(), json!({ "type": "string" }));
    let refused = from_json_schema(&json!({ "$ref": "#/$defs/d0", "$defs": definitions }), "x").unwrap_err();
    assert_eq!(Error::from(refused).report("en").code.as_str(), "forms.schema-unreadable");

    // Each one of a chain is two of the next: 2^200, were they not known when they come again.
    let mut chain = serde_json::Map::new();
    for level in 0..200 {
        let next = json!({ "$ref": format!("#/$defs/c{}", level + 1) });
        chain.insert(format!("c{level}"), json!({ "allOf": [next, next] }));
    }
    chain.insert("c200".to_owned(), json!({ "properties": { "end": { "type": "boolean" } } }));
    let (format, report) = read(&json!({ "$ref": "#/$defs/c0", "$defs": chain }));
    assert_eq!((format.fields.len(), report.lost.len()), (1, 0));
}

#[test]
fn what_is_no_schema_of_records_is_refused() {
    let code =
        |schema: Value| Error::from(from_json_schema(&schema, "x").unwrap_err()).report("en").code.as_str();
    assert_eq!(code(json!([])), "forms.schema-unreadable");
    assert_eq!(code(json!({ "type": "string" })), "forms.schema-unreadable");
    assert_eq!(code(json!({ "properties": { "a": 7 } })), "forms.schema-unreadable");
    assert_eq!(
        code(json!({ "c3ms:cube": "a", "properties": { "a": { "c3ms:kind": { "type": "text" } } } })),
        "forms.schema-unreadable"
    );
    assert_eq!(
        code(json!({ "c3ms:cube": "a", "c3ms:future": 1, "properties": {} })),
        "forms.schema-unreadable"
    );
    let refused = from_json_schema(&json!({ "properties": {} }), "No Name").unwrap_err();
    assert_eq!(Error::from(refused).report("en").code.as_str(), "forms.format-unsound");
    let refused = from_table_schema(&json!({ "fields": [{ "type": "string" }] }), "x").unwrap_err();
    assert_eq!(Error::from(refused).report("en").path, "/fields/0");
}

#[test]
fn what_a_foreign_schema_became_accepts_its_records() {
    let (format, _) = read(&json!({
        "type": "array", "items": { "properties": {
            "name": { "type": "string" }, "parts": { "type": "array", "items": { "properties": { "n": { "type": "integer" } } } }
        } }
    }));
    let validator = Validator::new(&format).unwrap();
    assert!(validator.is_valid(&json!({ "name": "Bal", "parts": [{ "n": 1 }, {}] })));
    assert!(!validator.is_valid(&json!({ "parts": [{ "n": "1" }] })));
}

#[test]
fn a_format_comes_back_from_its_table_schema_but_for_notes() {
    let mut formats = live_performance().unwrap().formats;
    formats.push(everything());
    for format in formats {
        let (schema, told) = table_schema(&format);
        let (back, report) = from_table_schema(&schema, "x").unwrap();
        let fields =
            format.fields.iter().filter(|field| !matches!(field.kind, Kind::Note)).cloned().collect();
        assert_eq!(back, Format { fields, ..format.clone() });
        assert!(report.lost.is_empty() && report.kept.is_empty(), "{report:?}");
        let notes = format.fields.iter().any(|field| matches!(field.kind, Kind::Note));
        assert_eq!(told.lost.is_empty(), !notes);
    }
}

#[test]
fn a_foreign_table_schema_is_read_as_far_as_a_format_can_say_it() {
    let (format, report) = from_table_schema(
        &json!({
            "missingValues": ["", "NA"], "primaryKey": "code", "title": "Lieux",
            "foreignKeys": [{ "fields": "ville", "reference": { "resource": "villes", "fields": "code" } }],
            "fields": [
                { "name": "code", "type": "string", "constraints": { "pattern": "[a-z]|[0-9]", "unique": true } },
                { "name": "ville", "title": "Ville", "rdfType": "https://schema.org/addressLocality" },
                { "name": "genre", "type": "string", "constraints": { "enum": ["a", "b", 3] } },
                { "name": "jauge", "type": "integer", "bareNumber": false, "constraints": { "minimum": "1" } },
                { "name": "où", "type": "geopoint" },
                { "name": "quoi", "type": "object" },
                { "name": "liste", "type": "array", "arrayItem": { "type": "number", "constraints": { "minimum": 2 } } },
                { "name": "jour", "type": "date", "format": "%d/%m/%Y" },
                { "name": "1er étage", "type": "boolean" }
            ]
        }),
        "lieu",
    )
    .unwrap();
    let code = format.field("code").unwrap();
    let pattern = Some("^(?:[a-z]|[0-9])$".to_owned());
    assert_eq!(code.kind, Kind::Text { languages: false, min_length: None, max_length: None, pattern });
    assert!(code.required);
    assert_eq!(format.field("jauge").unwrap().kind, Kind::Integer { minimum: Some(1), maximum: None });
    assert_eq!(format.field("liste").unwrap().kind, Kind::Decimal { minimum: Some(2.0), maximum: None });
    assert_eq!(format.field("jour").unwrap().extensions["table-schema:format"], "%d/%m/%Y");
    assert_eq!(format.field("_1er_étage").unwrap().extensions["table-schema:name"], "1er étage");
    assert_eq!(
        lost(&report),
        [
            " foreignKeys",
            " primaryKey",
            "/fields/0/constraints unique",
            "/fields/2/constraints enum",
            "/fields/4 type",
            "/fields/5 name",
            "/fields/5 type",
        ]
    );
}

#[test]
fn a_form_of_json_forms_shows_what_is_relevant() {
    let mut format = everything();
    let mut asked = |name: &str, relevant: &str| {
        let mut field = Field::new(name, Kind::Boolean);
        field.relevant = Some(relevant.to_owned());
        format.fields.push(field);
    };
    asked("one", "selected(${k14}, 'bal')");
    asked("two", "${k4} >= 2.5");
    asked("three", "${k0} = \"it's\"");
    asked("four", "${k0} = ''");
    asked("five", "${k4} > 1 and ${k4} < 2");
    asked("six", "selected(${m14}, 'conte')");
    let (ui, report) = json_forms_ui(&format, "fr");
    let rule = |name: &str| {
        let scope = format!("#/properties/{name}");
        let elements = ui["elements"].as_array().unwrap();
        elements.iter().find(|element| element["scope"] == scope.as_str()).unwrap()["rule"]["condition"]
            .clone()
    };
    assert_eq!(
        rule("one"),
        json!({ "scope": "#/properties/k14", "schema": { "const": "bal" }, "failWhenUndefined": true })
    );
    assert_eq!(rule("two")["schema"], json!({ "minimum": 2.5 }));
    assert_eq!(rule("three")["schema"], json!({ "const": "it's" }));
    assert!(rule("four").is_null() && rule("five").is_null());
    assert_eq!(rule("six")["schema"], json!({ "contains": { "const": "conte" } }));
    let unsaid = report.lost.iter().filter(|lost| lost.keyword == "relevant").count();
    assert_eq!(unsaid, 2);
    let group = ui["elements"].as_array().unwrap().iter().find(|one| one["type"] == "Group").unwrap();
    assert_eq!(group["elements"][1]["elements"][0]["scope"], "#/properties/k21/properties/a/properties/deep");
}

#[test]
fn a_context_says_what_names_mean() {
    let event = live_performance().unwrap().formats.remove(0);
    let (context, report) = json_ld_context(&event);
    let context = &context["@context"];
    for field in &event.fields {
        assert_eq!(
            context.get(&field.name).is_some_and(Value::is_object),
            field.term.is_some(),
            "{}",
            field.name
        );
    }
    assert_eq!(
        report.lost.iter().filter(|lost| lost.path.matches('/').count() == 2).count(),
        event.fields.iter().filter(|field| field.term.is_none()).count()
    );
}
