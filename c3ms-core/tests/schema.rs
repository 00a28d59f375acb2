//! Two JSON Schemas compared: by keyword, with references, and what nobody should write.

use c3ms_core::forms::{Compatibility, Direction, FormsError, Side, compare_schemas};
use serde_json::{Map, Value, json};

use Compatibility::{Backward, Forward, Full, None as Neither};

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "literals are given")]
fn compares(old: Value, new: Value, expected: Compatibility) {
    let found = compare_schemas(&old, &new).unwrap();
    assert_eq!(found.compatibility, expected, "{old} {new} {:?}", found.reasons);
    assert_eq!(found.reasons.is_empty(), expected == Full, "{old} {new}");
    let turned = match expected {
        Backward => Forward,
        Forward => Backward,
        same => same,
    };
    assert_eq!(compare_schemas(&new, &old).unwrap().compatibility, turned, "{new} {old}");
    assert_eq!(compare_schemas(&old, &old).unwrap().compatibility, Full);
}

#[test]
fn numbers_are_compared_without_rounding() {
    compares(json!({ "type": "integer" }), json!({ "type": "number", "multipleOf": 1 }), Full);
    compares(json!({ "type": "integer", "minimum": 1, "maximum": 3 }), json!({ "enum": [1, 2.0, 3] }), Full);
    compares(
        json!({ "type": "integer", "exclusiveMinimum": 0 }),
        json!({ "type": "integer", "minimum": 1 }),
        Full,
    );
    compares(
        json!({ "type": "number", "exclusiveMinimum": 0 }),
        json!({ "type": "number", "minimum": 1 }),
        Forward,
    );
    compares(json!({ "multipleOf": 0.3 }), json!({ "multipleOf": 0.1 }), Backward);
    compares(
        json!({ "allOf": [{ "multipleOf": 4 }, { "multipleOf": 6 }] }),
        json!({ "multipleOf": 12 }),
        Full,
    );
    let large = 9_007_199_254_740_993_u64;
    compares(json!({ "const": large }), json!({ "const": large - 1 }), Neither);
    compares(json!({ "maximum": 1e300 }), json!({ "maximum": large }), Forward);
    compares(json!({ "type": "number", "minimum": 2, "maximum": 2 }), json!({ "const": 2 }), Full);
}

#[test]
fn patterns_are_compared_by_their_texts_languages() {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    compares(text("^[a-z]+$"), text("^[a-z0-9]+$"), Backward);
    compares(text("^(ab|cd)$"), json!({ "enum": ["ab", "cd"] }), Full);
    compares(text("^[0-9]{4}-[0-9]{2}$"), text(r"^\d+-\d+$"), Backward);
    compares(text("^a"), text("a"), Backward);
    compares(text("^.{2,3}$"), json!({ "type": "string", "minLength": 2, "maxLength": 3 }), Backward);
    compares(text("^a{3}$"), json!({ "type": "string", "maxLength": 4 }), Backward);
    compares(text("colou?r"), text("colou?r"), Full);
    // Outside what is read: equal by text alone.
    compares(text("(?=a)b"), text("(?=a)b"), Full);
    compares(text("(?=a)b"), text("(?=a)c"), Neither);
    // Nobody means a pattern that every text has.
    compares(text("[a-z]*"), text("[A-Z]*"), Neither);
    compares(text("[a-z]*"), json!({ "type": "string" }), Backward);
    compares(text("^[a-z]*$"), json!({ "type": "string" }), Backward);
}

#[test]
fn formats_and_encodings_are_known_by_name() {
    compares(json!({ "format": "uri" }), json!({ "format": "uri-reference" }), Backward);
    compares(json!({ "format": "date" }), json!({ "format": "date-time" }), Neither);
    compares(json!({ "contentEncoding": "base64" }), json!({}), Backward);
    compares(json!({ "title": "A", "default": 1 }), json!({ "description": "B", "examples": [2] }), Full);
}

#[test]
fn arrays_are_compared_item_by_item() {
    let tuple =
        |items: Value| json!({ "type": "array", "prefixItems": [{ "type": "string" }], "items": items });
    compares(
        tuple(json!(false)),
        json!({ "type": "array", "maxItems": 1, "items": { "type": "string" } }),
        Full,
    );
    compares(tuple(json!({ "type": "integer" })), tuple(json!({ "type": "number" })), Backward);
    compares(
        json!({ "type": "array", "contains": { "const": 1 }, "minContains": 2 }),
        json!({ "type": "array", "contains": { "type": "integer" }, "minItems": 2 }),
        Backward,
    );
    compares(json!({ "contains": true, "maxContains": 3 }), json!({ "contains": true, "maxItems": 3 }), Full);
    compares(
        json!({ "type": "array", "items": { "enum": ["a", "b"] }, "uniqueItems": true }),
        json!({ "type": "array", "items": { "enum": ["a", "b"] }, "maxItems": 2 }),
        Backward,
    );
    compares(
        json!({ "prefixItems": [{ "type": "string" }], "unevaluatedItems": false }),
        json!({ "prefixItems": [{ "type": "string" }], "items": false }),
        Full,
    );
    let seventh = "http://json-schema.org/draft-07/schema#";
    compares(
        json!({ "$schema": seventh, "items": [{ "type": "string" }], "additionalItems": false }),
        json!({ "prefixItems": [{ "type": "string" }], "items": false }),
        Full,
    );
    // A word of 2020-12 says nothing in draft 7.
    compares(json!({ "$schema": seventh, "prefixItems": [{ "type": "string" }] }), json!({}), Full);
}

#[test]
fn objects_are_compared_member_by_member() {
    let closed = |properties: Value| json!({ "type": "object", "properties": properties, "additionalProperties": false });
    compares(closed(json!({ "a": true })), closed(json!({ "a": true, "b": true })), Backward);
    compares(
        closed(json!({ "a": true, "b": true })),
        json!({ "type": "object", "maxProperties": 2 }),
        Backward,
    );
    compares(
        closed(json!({ "a": { "type": "string" } })),
        json!({ "additionalProperties": { "type": "string" } }),
        Backward,
    );
    compares(
        json!({ "patternProperties": { "^S_": { "type": "string" } } }),
        json!({ "properties": { "S_a": { "type": "string" } } }),
        Backward,
    );
    compares(
        json!({ "patternProperties": { "^a": { "minimum": 3 }, "b$": { "minimum": 5 } } }),
        json!({ "patternProperties": { "^ab$": { "minimum": 5 } } }),
        Backward,
    );
    compares(
        json!({ "propertyNames": { "pattern": "^[a-c]$" } }),
        json!({ "patternProperties": { "^[^a-c]": false } }),
        Backward,
    );
    compares(
        json!({ "propertyNames": { "enum": ["a", "b"] } }),
        json!({ "propertyNames": { "enum": ["a", "b", "c"] } }),
        Backward,
    );
    compares(
        json!({ "dependentRequired": { "a": ["b", "c"] } }),
        json!({ "dependentSchemas": { "a": { "required": ["b"] } } }),
        Backward,
    );
    compares(
        json!({ "required": ["a"], "dependentRequired": { "a": ["b"] } }),
        json!({ "required": ["a", "b"] }),
        Full,
    );
    compares(
        json!({ "allOf": [{ "properties": { "a": true } }], "unevaluatedProperties": false }),
        json!({ "properties": { "a": true }, "additionalProperties": false }),
        Full,
    );
    let either = json!([{ "properties": { "a": true } }, { "properties": { "b": { "type": "null" } } }]);
    compares(
        json!({ "anyOf": either, "unevaluatedProperties": { "type": "integer" } }),
        json!({ "anyOf": either, "unevaluatedProperties": { "type": "number" } }),
        Backward,
    );
}

#[test]
fn branches_are_compared_case_by_case() {
    compares(
        json!({ "type": ["string", "null"] }),
        json!({ "anyOf": [{ "type": "null" }, { "type": "string" }] }),
        Full,
    );
    compares(json!({ "type": "boolean" }), json!({ "enum": [true, false] }), Full);
    compares(json!({ "not": { "type": "number" } }), json!({ "not": { "type": "integer" } }), Backward);
    compares(json!({ "not": { "not": { "minimum": 3 } } }), json!({ "minimum": 3 }), Full);
    let kinds = |first: Value| {
        json!({ "oneOf": [
            { "type": "object", "properties": { "kind": { "const": "a" }, "x": first }, "required": ["kind"] },
            { "type": "object", "properties": { "kind": { "const": "b" } }, "required": ["kind"] },
        ] })
    };
    compares(kinds(json!({ "type": "integer" })), kinds(json!({ "type": "number" })), Backward);
    compares(
        json!({ "type": "object", "properties": { "k": { "enum": ["a", "b"] } } }),
        json!({ "anyOf": [{ "properties": { "k": { "const": "a" } } }, { "properties": { "k": { "const": "b" } } }] }),
        Backward,
    );
    compares(
        json!({ "required": ["a", "b"] }),
        json!({ "if": { "required": ["a"] }, "then": { "required": ["b"] } }),
        Backward,
    );
    compares(
        json!({ "if": { "type": "string" }, "then": { "maxLength": 3 }, "else": { "type": "integer" } }),
        json!({ "type": ["string", "number"] }),
        Backward,
    );
    // Logic alone would call these one way or the other: a type is missing where its author thought of one.
    compares(
        json!({ "anyOf": [{ "type": "string" }, { "maxLength": 5 }] }),
        json!({ "anyOf": [{ "type": "string" }, { "maxLength": 9 }] }),
        Backward,
    );
    compares(json!({ "type": "string", "const": 1 }), json!({ "type": "string", "const": 2 }), Neither);
}

#[test]
fn references_lead_to_what_they_mean() {
    let list = |items: &str| json!({ "type": "object", "properties": { "value": { "type": items }, "next": { "$ref": "#" } } });
    compares(list("integer"), list("number"), Backward);
    compares(
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$anchor": "here", "type": "string" } } }),
        json!({ "$ref": "#here", "$defs": { "b": { "$anchor": "here", "type": "string" } } }),
        Full,
    );
    compares(
        json!({ "$id": "https://a.example/x/", "$ref": "../y", "$defs": { "a": { "$id": "/y", "type": "string" } } }),
        json!({ "type": "string" }),
        Full,
    );
    compares(
        json!({ "properties": { "a": { "$ref": "https://elsewhere.example/a" } }, "required": ["a"] }),
        json!({ "properties": { "a": { "$ref": "https://elsewhere.example/a" } } }),
        Backward,
    );
    // Beside a reference, draft 7 hears nothing; 2020-12 does.
    let beside = |dialect: &str| {
        json!({ "$schema": dialect, "properties": { "a": { "$ref": "#/$defs/a", "maxLength": 3 } },
            "$defs": { "a": { "type": "string" } } })
    };
    let plain = json!({ "properties": { "a": { "type": "string" } } });
    compares(beside("http://json-schema.org/draft-07/schema#"), plain.clone(), Full);
    compares(beside("https://json-schema.org/draft/2020-12/schema"), plain, Backward);
    let tree = |leaf: &str| {
        json!({ "$dynamicAnchor": "node", "type": "object",
            "properties": { "leaf": { "type": leaf }, "left": { "$dynamicRef": "#node" } } })
    };
    compares(tree("integer"), tree("number"), Backward);
}

#[test]
fn a_reason_tells_direction_document_path_and_keyword() {
    let old = json!({ "properties": { "a": { "type": "array", "items": { "type": "number" } } } });
    let new = json!({ "allOf": [{ "$ref": "#/$defs/one" }], "$defs": { "one": {
        "properties": { "a": { "type": "array", "items": { "type": "number", "minimum": 0 } } }, "required": ["a"] } } });
    let found = compare_schemas(&old, &new).unwrap();
    assert_eq!(found.compatibility, Forward);
    let reasons: Vec<_> = found
        .reasons
        .iter()
        .map(|reason| (reason.direction, reason.side, reason.path.as_str(), reason.keyword.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [
            (Direction::Backward, Side::New, "/$defs/one/properties/a/items", "minimum"),
            (Direction::Backward, Side::New, "/$defs/one", "required"),
        ]
    );
    assert_eq!(serde_json::to_value(&found).unwrap()["compatibility"], "forward");
    assert_eq!(
        found.reasons[1].message("fr"),
        "nouveau /$defs/one required : Ce mot-clé refuse, ou peut-être refuse, des données que l’autre version accepte."
    );
}

#[test]
fn what_is_no_schema_is_refused_with_its_place() {
    let refused = |new: Value| {
        let error = compare_schemas(&json!({}), &new).unwrap_err();
        (error.code().as_str(), error.path())
    };
    let unsound = |path: &str| ("forms.schema-unsound", path.to_owned());
    assert_eq!(refused(json!(3)), unsound(""));
    assert_eq!(refused(json!({ "properties": { "a": { "type": "text" } } })), unsound("/properties/a/type"));
    assert_eq!(refused(json!({ "minLength": -1 })), unsound("/minLength"));
    assert_eq!(refused(json!({ "multipleOf": 0 })), unsound("/multipleOf"));
    assert_eq!(refused(json!({ "items": { "required": "a" } })), unsound("/items/required"));
    assert_eq!(refused(json!({ "anyOf": [{ "allOf": 1 }] })), unsound("/anyOf/0/allOf"));
    for circle in [
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } } }),
        json!({ "anyOf": [{ "type": "null" }, { "not": { "$ref": "#" } }] }),
    ] {
        assert_eq!(refused(circle).0, "forms.schema-circular");
    }
    for missing in ["#/$defs/b", "#b", "b.json", "#/%GG"] {
        let error = compare_schemas(&json!({ "not": { "$ref": missing } }), &json!({})).unwrap_err();
        assert_eq!(
            error,
            FormsError::SchemaReferenceMissing {
                schema: "old".to_owned(),
                path: "/not".to_owned(),
                reference: missing.to_owned()
            }
        );
    }
}

#[test]
fn ten_thousand_properties_are_compared_one_by_one() {
    let wide = |changed: usize, kind: &str| {
        let properties: Map<String, Value> = (0..10_000)
            .map(|index| {
                (format!("p{index}"), json!({ "type": if index == changed { kind } else { "string" } }))
            })
            .collect();
        let required: Vec<&String> = properties.keys().collect();
        json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
    };
    let (old, new) = (wide(7000, "integer"), wide(7000, "number"));
    let found = compare_schemas(&old, &new).unwrap();
    assert_eq!(found.compatibility, Backward);
    assert_eq!(found.reasons.len(), 1);
    assert_eq!(found.reasons[0].path.as_str(), "/properties/p7000");
}

#[test]
fn hostile_schemas_are_answered_or_refused_without_harm() {
    // Deeper than any reader of JSON goes.
    let deep = |depth: usize, leaf: Value| (0..depth).fold(leaf, |inner, _| json!({ "items": inner }));
    assert!(matches!(
        compare_schemas(&deep(1000, json!(true)), &json!({})),
        Err(FormsError::SchemaUnsound { .. })
    ));
    let found =
        compare_schemas(&deep(100, json!({ "type": "integer" })), &deep(100, json!({ "type": "number" })));
    assert_ne!(found.unwrap().compatibility, Forward);
    let found =
        compare_schemas(&deep(30, json!({ "type": "integer" })), &deep(30, json!({ "type": "number" })));
    assert_eq!(found.unwrap().compatibility, Backward);
    let woven = |leaf: &str| {
        (0..30).fold(json!({ "type": leaf }), |inner, _| {
            json!({ "anyOf": [{ "properties": { "a": inner }, "required": ["a"] }, { "type": "null" }] })
        })
    };
    let _ = compare_schemas(&woven("integer"), &woven("number")).unwrap();
    // Each definition twice the one before; and a chain of ten thousand.
    for (count, twice) in [(60, true), (10_000, false)] {
        let defs: Map<String, Value> = (0..count)
            .map(|index| {
                let next = json!({ "$ref": format!("#/$defs/d{}", index + 1) });
                let parts =
                    if twice { json!([next, { "allOf": [next], "minLength": 1 }]) } else { json!([next]) };
                (format!("d{index}"), json!({ "anyOf": parts, "maxLength": 70_000 - index }))
            })
            .chain([(format!("d{count}"), json!({ "type": "string" }))])
            .collect();
        let old = json!({ "$ref": "#/$defs/d0", "$defs": defs });
        let mut new = old.clone();
        new["$defs"][format!("d{count}")] = json!({ "type": ["string", "null"], "enum": ["a", null] });
        let _ = compare_schemas(&old, &new).unwrap();
    }
    // A product of many branches, none of which decides.
    let product = |count: usize| {
        let parts: Vec<Value> = (0..count)
            .map(|index| {
                let property = format!("p{index}");
                json!({ "oneOf": [{ "required": [property] }, { "properties": { property: { "minLength": index } } },
                    { "minProperties": index }] })
            })
            .collect();
        json!({ "type": "object", "allOf": parts })
    };
    let _ = compare_schemas(&product(24), &product(25)).unwrap();
    // Patterns with very many states.
    for (one, other) in [
        ("(a*)*b", "(a|a)*b"),
        ("^(.*a.{30})$", "^(.*b.{30})$"),
        ("^a{1,900}$", "^a{1,899}$"),
        ("((a{90}){90}){90}", "a"),
    ] {
        let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
        let _ = compare_schemas(&text(one), &text(other)).unwrap();
    }
}
