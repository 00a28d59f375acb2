//! Schemas at random, small and full of keywords, and others that differ a little from them.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::only_used_in_recursion,
    reason = "small numbers, made here; the depth is told to whoever reads a trace"
)]

use serde_json::{Map, Value, json};

use crate::instances::Chance;

const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
const NAMES: [&str; 4] = ["a", "b", "S_x", "ab"];
const PATTERNS: [&str; 8] = ["^a", "^[ab]+$", "^[a-z]*$", "b$", "^S_", "^(a|ab)$", "[a-z]*", "^.{1,3}$"];

/// Keywords that test values of one type.
const PLAIN: [&str; 26] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "items",
    "prefixItems",
    "contains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "required",
    "dependentRequired",
    "dependentSchemas",
    "minProperties",
    "maxProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "properties",
];
const JOINING: [&str; 7] = ["allOf", "anyOf", "oneOf", "not", "if", "$ref", "enum"];

/// A schema with `$defs` that refer to themselves.
pub(crate) fn schema(chance: &mut Chance) -> Value {
    let mut root = part(chance, 0);
    while !root.is_object() {
        root = part(chance, 0);
    }
    let defs: Map<String, Value> =
        ["p", "q"].map(|name| (name.to_owned(), definition(chance))).into_iter().collect();
    root["$defs"] = Value::Object(defs);
    root
}

/// Refers to definitions only through a part, never in a circle on the spot.
fn definition(chance: &mut Chance) -> Value {
    let mut members = Map::new();
    let typed = if chance.once_in(2) { "object" } else { "array" };
    members.insert("type".to_owned(), json!(typed));
    if typed == "object" {
        members.insert("properties".to_owned(), json!({ "a": part(chance, 2), "b": leaf(chance) }));
        if chance.once_in(2) {
            members.insert("required".to_owned(), json!(["b"]));
        }
        if chance.once_in(3) {
            members.insert("additionalProperties".to_owned(), json!(false));
        }
    } else {
        members.insert("items".to_owned(), part(chance, 2));
        if chance.once_in(2) {
            members.insert("maxItems".to_owned(), json!(chance.below(3)));
        }
    }
    Value::Object(members)
}

fn leaf(chance: &mut Chance) -> Value {
    match chance.below(8) {
        0 => json!(true),
        1 => json!(false),
        2 => json!({ "const": value(chance) }),
        3 => json!({ "enum": [value(chance), value(chance)] }),
        _ => json!({ "type": *chance.pick(&TYPES).unwrap() }),
    }
}

fn value(chance: &mut Chance) -> Value {
    match chance.below(9) {
        0 => json!(null),
        1 => json!(chance.once_in(2)),
        2 => json!(chance.below(4)),
        3 => json!(f64::from(u32::try_from(chance.below(8)).unwrap()) / 2.0),
        4 => json!([]),
        5 => json!([chance.below(2)]),
        6 => json!({ "a": chance.below(2) }),
        _ => json!(*chance.pick(&["", "a", "ab", "b", "S_x", "Z"]).unwrap()),
    }
}

fn part(chance: &mut Chance, depth: usize) -> Value {
    if depth > 3 || chance.once_in(4) {
        return if depth > 0 && chance.once_in(5) {
            json!({ "$ref": reference(chance) })
        } else {
            leaf(chance)
        };
    }
    let mut members = Map::new();
    if !chance.once_in(3) {
        if chance.once_in(4) {
            members.insert("type".to_owned(), json!([chance.pick(&TYPES), "string"]));
            if members["type"][0] == "string" {
                members.insert("type".to_owned(), json!("string"));
            }
        } else {
            members.insert("type".to_owned(), json!(chance.pick(&TYPES)));
        }
    }
    for _ in 0..=chance.below(3) {
        let joining = chance.once_in(3);
        let keyword = if joining { *chance.pick(&JOINING).unwrap() } else { *chance.pick(&PLAIN).unwrap() };
        keyword_into(&mut members, keyword, chance, depth);
    }
    Value::Object(members)
}

fn reference(chance: &mut Chance) -> &'static str {
    if chance.once_in(2) { "#/$defs/p" } else { "#/$defs/q" }
}

fn keyword_into(members: &mut Map<String, Value>, keyword: &str, chance: &mut Chance, depth: usize) {
    let below = depth + 1;
    let name = |chance: &mut Chance| *chance.pick(&NAMES).unwrap();
    let value = match keyword {
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
            json!(f64::from(u32::try_from(chance.below(9)).unwrap()) / 2.0)
        }
        "multipleOf" => json!(*chance.pick(&[1.0, 2.0, 0.5, 3.0, 4.0, 1.5]).unwrap()),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            json!(chance.below(4))
        }
        "pattern" => json!(chance.pick(&PATTERNS)),
        "items"
        | "contains"
        | "additionalProperties"
        | "unevaluatedProperties"
        | "unevaluatedItems"
        | "not" => {
            if keyword == "contains" && chance.once_in(3) {
                members.insert("maxContains".to_owned(), json!(chance.below(3)));
                members.insert("minContains".to_owned(), json!(chance.below(3)));
            }
            part(chance, below)
        }
        "prefixItems" => Value::Array((0..=chance.below(2)).map(|_| part(chance, below)).collect()),
        "allOf" | "anyOf" | "oneOf" => {
            Value::Array((0..=chance.below(3)).map(|_| part(chance, below)).collect())
        }
        "uniqueItems" => json!(true),
        "properties" | "dependentSchemas" => {
            (0..=chance.below(2)).map(|_| (name(chance).to_owned(), part(chance, below))).collect()
        }
        "patternProperties" => (0..=chance.below(2))
            .map(|_| ((*chance.pick(&PATTERNS).unwrap()).to_owned(), part(chance, below)))
            .collect(),
        "propertyNames" => json!({ "pattern": chance.pick(&PATTERNS) }),
        "required" => json!([name(chance)]),
        "dependentRequired" => json!({ name(chance): [name(chance)] }),
        "if" => {
            members.insert("then".to_owned(), part(chance, below));
            if chance.once_in(2) {
                members.insert("else".to_owned(), part(chance, below));
            }
            part(chance, below)
        }
        "$ref" => json!(reference(chance)),
        _ => json!([value(chance), value(chance)]),
    };
    members.insert(keyword.to_owned(), value);
}

/// A schema that differs from another in one to three places.
pub(crate) fn changed(schema: &Value, chance: &mut Chance) -> Value {
    let mut changed = schema.clone();
    for _ in 0..=chance.below(3) {
        change(&mut changed, chance, 0);
    }
    changed
}

fn change(schema: &mut Value, chance: &mut Chance, depth: usize) {
    let Value::Object(members) = schema else {
        *schema = leaf(chance);
        return;
    };
    let keywords: Vec<String> = members.keys().cloned().collect();
    match (chance.below(5), chance.pick(&keywords)) {
        (0, Some(keyword)) if keyword != "$defs" => {
            members.remove(keyword);
        }
        (1, _) => {
            let keyword = *chance.pick(&PLAIN).unwrap();
            keyword_into(members, keyword, chance, 3);
        }
        (2, Some(keyword)) if keyword != "$defs" => {
            let keyword = keyword.clone();
            if PLAIN.contains(&keyword.as_str()) || JOINING.contains(&keyword.as_str()) {
                keyword_into(members, &keyword, chance, 3);
            }
        }
        (_, Some(keyword)) => match &mut members[keyword.as_str()] {
            Value::Object(inner)
                if ["properties", "patternProperties", "$defs", "dependentSchemas"]
                    .contains(&keyword.as_str()) =>
            {
                let names: Vec<String> = inner.keys().cloned().collect();
                if let Some(name) = chance.pick(&names) {
                    if keyword == "$defs" {
                        // Its shape stays, that it may never refer to itself on the spot.
                        if let Some(deep) = inner[name].get_mut("properties").and_then(|map| map.get_mut("b"))
                        {
                            *deep = leaf(chance);
                        }
                    } else {
                        change(&mut inner[name], chance, depth + 1);
                    }
                }
            }
            Value::Array(items) if ["allOf", "anyOf", "oneOf", "prefixItems"].contains(&keyword.as_str()) => {
                let at = chance.below(items.len());
                if let Some(item) = items.get_mut(at) {
                    change(item, chance, depth + 1);
                }
            }
            inner @ Value::Object(_) if keyword != "dependentRequired" => change(inner, chance, depth + 1),
            Value::Number(number) => {
                let moved = number.as_f64().unwrap() + [1.0, -1.0, 0.5][chance.below(3)];
                let whole = keyword.starts_with("max") || keyword.starts_with("min");
                if keyword == "multipleOf" || moved < 0.0 {
                    return;
                }
                members.insert(
                    keyword.clone(),
                    if whole && keyword.len() > 7 { json!(moved as u64) } else { json!(moved) },
                );
            }
            _ => {}
        },
        (_, None) => *schema = leaf(chance),
    }
}
