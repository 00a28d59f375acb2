//! Values made to pass a JSON Schema, most of them; a referee picks those that do.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "small numbers, made here"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    string::string_regex,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};

const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/// Chance, the same for the same seed.
pub(crate) struct Chance {
    state: u64,
    runner: TestRunner,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self { state: seed, runner: TestRunner::new_with_rng(Config::default(), rng) }
    }

    /// The stream of splitmix64.
    pub(crate) fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.number() % u64::try_from(count.max(1)).unwrap()).unwrap()
    }

    pub(crate) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn pick<'v, T>(&mut self, from: &'v [T]) -> Option<&'v T> {
        from.get(self.below(from.len()))
    }

    /// A text that has a pattern, where the maker of texts can read it.
    fn text_of(&mut self, pattern: &str) -> Option<String> {
        let inner = pattern.trim_start_matches('^').trim_end_matches('$');
        Some(string_regex(inner).ok()?.new_tree(&mut self.runner).ok()?.current())
    }
}

/// Makes values for one schema, with words and figures from others besides.
pub(crate) struct Maker<'v> {
    root: &'v Value,
    texts: Vec<String>,
    numbers: Vec<f64>,
    values: Vec<Value>,
    names: Vec<String>,
}

/// The keywords that a value must obey together.
#[derive(Default)]
struct Wanted<'v> {
    types: Option<BTreeSet<&'v str>>,
    values: Vec<&'v Value>,
    least: Vec<f64>,
    most: Vec<f64>,
    steps: Vec<f64>,
    patterns: Vec<&'v str>,
    formats: Vec<&'v str>,
    lengths: (u64, u64),
    sizes: (u64, u64),
    prefix: Vec<Vec<&'v Value>>,
    items: Vec<&'v Value>,
    contains: Vec<&'v Value>,
    unique: bool,
    properties: BTreeMap<&'v str, Vec<&'v Value>>,
    pattern_properties: Vec<(&'v str, &'v Value)>,
    additional: Vec<&'v Value>,
    required: BTreeSet<&'v str>,
    counts: (u64, u64),
}

impl<'v> Maker<'v> {
    /// `others` are schemas whose words and figures are put in too: those of a schema the values are tried on later.
    pub(crate) fn new(root: &'v Value, others: &[&Value]) -> Self {
        let mut maker =
            Self { root, texts: Vec::new(), numbers: Vec::new(), values: Vec::new(), names: Vec::new() };
        for schema in others.iter().chain([&root]) {
            maker.learn(schema);
        }
        maker.texts.extend(["", "a", "abc", "ABC", "x1", "lower", "zzzzzzzzzzzz"].map(str::to_owned));
        maker.numbers.extend([0.0, 1.0, -1.0, 0.5, 7.0, 1e6]);
        maker.names.extend(["other", "S_1", "x"].map(str::to_owned));
        maker
    }

    fn learn(&mut self, schema: &Value) {
        match schema {
            Value::Object(members) => {
                for (keyword, value) in members {
                    match (keyword.as_str(), value) {
                        ("enum", Value::Array(values)) => self.values.extend(values.iter().cloned()),
                        ("const", value) => self.values.push(value.clone()),
                        ("properties" | "dependencies" | "dependentSchemas", Value::Object(inner)) => {
                            self.names.extend(inner.keys().cloned());
                        }
                        ("required", Value::Array(names)) => {
                            self.names.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
                        }
                        (_, Value::Number(number)) => {
                            let number = number.as_f64().unwrap();
                            self.numbers.extend([
                                number,
                                number + 1.0,
                                number - 1.0,
                                number + 0.5,
                                number * 2.0,
                            ]);
                            if (0.0..40.0).contains(&number) {
                                let length = number as usize;
                                self.texts.extend([length, length + 1].map(|length| "a".repeat(length)));
                            }
                        }
                        _ => {}
                    }
                    self.learn(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            _ => {}
        }
    }

    /// Makes a value.
    pub(crate) fn make(&self, chance: &mut Chance) -> Value {
        self.value(&[self.root], chance, 0)
    }

    fn target(&self, reference: &str) -> Option<&'v Value> {
        if let Some(pointer) = reference.strip_prefix('#')
            && (pointer.is_empty() || pointer.starts_with('/'))
        {
            return self.root.pointer(pointer);
        }
        let name = reference.rsplit('#').next()?;
        find(self.root, &|members| {
            let named =
                |keyword: &str, name: &str| members.get(keyword).and_then(Value::as_str) == Some(name);
            named("$anchor", name) || named("$id", &format!("#{name}")) || named("$id", reference)
        })
    }

    fn want(&self, schema: &'v Value, wanted: &mut Wanted<'v>, chance: &mut Chance, depth: usize) {
        let Some(members) = schema.as_object() else { return };
        if depth > 12 {
            return;
        }
        let one = |keyword: &str| members.get(keyword);
        let list = |keyword: &str| members.get(keyword).and_then(Value::as_array);
        let number = |keyword: &str| members.get(keyword).and_then(Value::as_f64);
        let size = |keyword: &str| members.get(keyword).and_then(Value::as_f64).map(|size| size as u64);
        if let Some(target) = one("$ref").and_then(Value::as_str).and_then(|reference| self.target(reference))
        {
            self.want(target, wanted, chance, depth + 1);
        }
        match one("type") {
            Some(Value::String(name)) => wanted.restrict([name.as_str()]),
            Some(Value::Array(names)) => wanted.restrict(names.iter().filter_map(Value::as_str)),
            _ => {}
        }
        wanted.values.extend(list("enum").into_iter().flatten().chain(one("const")));
        wanted.least.extend(number("minimum").into_iter().chain(number("exclusiveMinimum")));
        wanted.most.extend(number("maximum").into_iter().chain(number("exclusiveMaximum")));
        wanted.steps.extend(number("multipleOf"));
        wanted.patterns.extend(one("pattern").and_then(Value::as_str));
        wanted.formats.extend(one("format").and_then(Value::as_str));
        for (pair, least, most) in [
            (&mut wanted.lengths, "minLength", "maxLength"),
            (&mut wanted.sizes, "minItems", "maxItems"),
            (&mut wanted.counts, "minProperties", "maxProperties"),
        ] {
            pair.0 = pair.0.max(size(least).unwrap_or(0));
            pair.1 = pair.1.max(size(most).map_or(0, |most| 1_000_000 - most.min(1_000_000)));
        }
        let tuple = list("prefixItems").or_else(|| list("items"));
        for (index, item) in tuple.into_iter().flatten().enumerate() {
            if wanted.prefix.len() <= index {
                wanted.prefix.resize_with(index + 1, Vec::new);
            }
            wanted.prefix[index].push(item);
        }
        let rest = if list("items").is_some() { one("additionalItems") } else { one("items") };
        wanted.items.extend(rest.into_iter().chain(one("unevaluatedItems")));
        wanted.contains.extend(one("contains"));
        wanted.unique |= one("uniqueItems") == Some(&Value::Bool(true));
        for (name, property) in one("properties").and_then(Value::as_object).into_iter().flatten() {
            wanted.properties.entry(name).or_default().push(property);
        }
        for (pattern, property) in one("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            wanted.pattern_properties.push((pattern, property));
        }
        wanted.additional.extend(one("additionalProperties").into_iter().chain(one("unevaluatedProperties")));
        wanted.required.extend(list("required").into_iter().flatten().filter_map(Value::as_str));
        for part in list("allOf").into_iter().flatten() {
            self.want(part, wanted, chance, depth + 1);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(part) = list(keyword).and_then(|parts| chance.pick(parts)) {
                self.want(part, wanted, chance, depth + 1);
            }
        }
        if let Some(condition) = one("if") {
            if chance.once_in(2) {
                self.want(condition, wanted, chance, depth + 1);
                if let Some(part) = one("then") {
                    self.want(part, wanted, chance, depth + 1);
                }
            } else if let Some(part) = one("else") {
                self.want(part, wanted, chance, depth + 1);
            }
        }
        for keyword in ["dependentSchemas", "dependencies", "dependentRequired"] {
            for (name, part) in one(keyword).and_then(Value::as_object).into_iter().flatten() {
                if wanted.required.contains(name.as_str()) || chance.once_in(2) {
                    self.want(part, wanted, chance, depth + 1);
                    wanted.required.extend(part.as_array().into_iter().flatten().filter_map(Value::as_str));
                }
            }
        }
    }

    fn value(&self, schemas: &[&'v Value], chance: &mut Chance, depth: usize) -> Value {
        let mut wanted = Wanted::default();
        for schema in schemas {
            self.want(schema, &mut wanted, chance, 0);
        }
        if !wanted.values.is_empty() && !chance.once_in(12) {
            return (*chance.pick(&wanted.values).unwrap()).clone();
        }
        if chance.once_in(15)
            && let Some(value) = chance.pick(&self.values)
        {
            return value.clone();
        }
        let types: Vec<&str> = match &wanted.types {
            Some(types) if !chance.once_in(40) => types.iter().copied().collect(),
            _ if chance.once_in(3) => TYPES.to_vec(),
            _ => wanted.likely_types().unwrap_or_else(|| TYPES.to_vec()),
        };
        match chance.pick(&types).copied().unwrap_or("null") {
            "boolean" => Value::Bool(chance.once_in(2)),
            "integer" => whole(self.number(&wanted, chance, 1.0)),
            "number" => {
                let number = self.number(&wanted, chance, 0.25);
                if chance.once_in(2) { whole(number) } else { json!(number) }
            }
            "string" => Value::String(self.text(&wanted, chance)),
            "array" => self.array(&wanted, chance, depth),
            "object" => self.object(&wanted, chance, depth),
            _ => Value::Null,
        }
    }

    fn number(&self, wanted: &Wanted<'_>, chance: &mut Chance, grain: f64) -> f64 {
        let least = wanted.least.iter().copied().fold(f64::MIN, f64::max);
        let most = wanted.most.iter().copied().fold(f64::MAX, f64::min);
        let mut number = match chance.below(4) {
            0 if least > f64::MIN => least + grain * chance.below(5) as f64,
            1 if most < f64::MAX => most - grain * chance.below(5) as f64,
            2 => *chance.pick(&self.numbers).unwrap(),
            _ if least > f64::MIN && most < f64::MAX => {
                least + (most - least) * chance.below(101) as f64 / 100.0
            }
            _ if least > f64::MIN => least + chance.below(2000) as f64 * grain,
            _ if most < f64::MAX => most - chance.below(2000) as f64 * grain,
            _ => chance.below(4000) as f64 * grain - 200.0,
        };
        for step in &wanted.steps {
            number = (number / step).round() * step;
        }
        number
    }

    fn text(&self, wanted: &Wanted<'_>, chance: &mut Chance) -> String {
        let mut text = match chance.below(5) {
            0 => chance.pick(&self.texts).unwrap().clone(),
            1 => chance.pick(&self.names).unwrap().clone(),
            _ => {
                let pattern = chance.pick(&wanted.patterns).and_then(|pattern| chance.text_of(pattern));
                let format = chance.pick(&wanted.formats).and_then(|format| example(format, chance));
                pattern.or(format).unwrap_or_else(|| {
                    let length = chance.below(14);
                    (0..length).map(|_| *chance.pick(&['a', 'b', 'Z', '0', '_', 'é', ' ']).unwrap()).collect()
                })
            }
        };
        let most = 1_000_000 - wanted.lengths.1;
        while (text.chars().count() as u64) < wanted.lengths.0.min(200) {
            text.push(*chance.pick(&['a', 'b', 'Z', '0']).unwrap());
        }
        if wanted.lengths.1 > 0 && text.chars().count() as u64 > most && !chance.once_in(20) {
            text = text.chars().take(most as usize).collect();
        }
        text
    }

    fn array(&self, wanted: &Wanted<'v>, chance: &mut Chance, depth: usize) -> Value {
        let most = 1_000_000 - wanted.sizes.1;
        let least = wanted.sizes.0.min(60);
        let spread = if depth > 4 { 1 } else { 5 };
        let mut count = least as usize + chance.below(spread);
        if chance.once_in(3) {
            count = count.max(wanted.prefix.len() + chance.below(2));
        }
        if wanted.sizes.1 > 0 {
            count = count.min(most as usize);
        }
        let mut items: Vec<Value> = (0..count)
            .map(|index| {
                let schemas = wanted.prefix.get(index).unwrap_or(&wanted.items);
                self.value(schemas, chance, depth + 1)
            })
            .collect();
        for contained in &wanted.contains {
            let mut schemas = wanted.items.clone();
            schemas.push(contained);
            for _ in 0..=chance.below(2) {
                let value = self.value(&schemas, chance, depth + 1);
                let at = chance.below(items.len() + 1);
                if items.is_empty() || chance.once_in(2) {
                    items.insert(at, value);
                } else {
                    let end = items.len() - 1;
                    items[at.min(end)] = value;
                }
            }
        }
        if wanted.unique {
            let mut seen = BTreeSet::new();
            items.retain(|item| seen.insert(item.to_string()));
        }
        Value::Array(items)
    }

    fn object(&self, wanted: &Wanted<'v>, chance: &mut Chance, depth: usize) -> Value {
        let mut members = Map::new();
        for (name, schemas) in &wanted.properties {
            let needed = wanted.required.contains(name);
            let keep = if depth > 6 { chance.once_in(6) } else { chance.once_in(2) };
            if needed || keep {
                members.insert((*name).to_owned(), self.value(schemas, chance, depth + 1));
            }
        }
        for name in &wanted.required {
            if !members.contains_key(*name) {
                let value = self.value(&wanted.additional, chance, depth + 1);
                members.insert((*name).to_owned(), value);
            }
        }
        for (pattern, schema) in &wanted.pattern_properties {
            if chance.once_in(2)
                && let Some(name) = chance.text_of(pattern)
            {
                members.insert(name, self.value(&[schema], chance, depth + 1));
            }
        }
        let closed = wanted.additional.contains(&&Value::Bool(false));
        let least = wanted.counts.0.min(60) as usize;
        let more = if depth > 5 || (closed && !chance.once_in(10)) { 0 } else { chance.below(3) };
        for index in 0..more.max(least.saturating_sub(members.len())) {
            let name = match chance.below(3) {
                0 => chance.pick(&self.names).unwrap().clone(),
                1 => self.text(&Wanted::default(), chance),
                _ => format!("member_{index:05}"),
            };
            let value = self.value(&wanted.additional, chance, depth + 1);
            members.entry(name).or_insert(value);
        }
        let most = (1_000_000 - wanted.counts.1) as usize;
        while wanted.counts.1 > 0 && members.len() > most {
            let name = members.keys().nth(chance.below(members.len())).unwrap().clone();
            members.remove(&name);
        }
        Value::Object(members)
    }
}

impl<'v> Wanted<'v> {
    fn restrict(&mut self, names: impl IntoIterator<Item = &'v str>) {
        let names: BTreeSet<&str> = names.into_iter().collect();
        self.types = Some(match self.types.take() {
            None => names,
            Some(known) => known
                .iter()
                .filter(|one| names.contains(*one) || (**one == "integer" && names.contains("number")))
                .chain(names.iter().filter(|one| **one == "integer" && known.contains("number")))
                .copied()
                .collect(),
        });
    }

    /// The types that the keywords speak of.
    fn likely_types(&self) -> Option<Vec<&'static str>> {
        let mut types = Vec::new();
        if !self.least.is_empty() || !self.most.is_empty() || !self.steps.is_empty() {
            types.extend(["integer", "number"]);
        }
        if !self.patterns.is_empty() || self.lengths != (0, 0) || !self.formats.is_empty() {
            types.push("string");
        }
        if !self.prefix.is_empty()
            || !self.items.is_empty()
            || self.sizes != (0, 0)
            || !self.contains.is_empty()
        {
            types.push("array");
        }
        if !self.properties.is_empty() || !self.required.is_empty() || self.counts != (0, 0) {
            types.push("object");
        }
        (!types.is_empty()).then(|| {
            types.extend(["string", "null"]);
            types
        })
    }
}

fn whole(number: f64) -> Value {
    json!(number.round() as i64)
}

fn find<'v>(value: &'v Value, wanted: &dyn Fn(&Map<String, Value>) -> bool) -> Option<&'v Value> {
    match value {
        Value::Object(members) if wanted(members) => Some(value),
        Value::Object(members) => members.values().find_map(|inner| find(inner, wanted)),
        Value::Array(items) => items.iter().find_map(|inner| find(inner, wanted)),
        _ => None,
    }
}

fn example(format: &str, chance: &mut Chance) -> Option<String> {
    Some(match format {
        "date-time" => {
            format!("20{:02}-0{}-1{}T20:30:00Z", chance.below(90), chance.below(8) + 1, chance.below(9))
        }
        "date" => format!("20{:02}-0{}-1{}", chance.below(90), chance.below(8) + 1, chance.below(9)),
        "time" => format!("2{}:30:00Z", chance.below(4)),
        "email" => format!("a{}@b.fr", chance.below(99)),
        "uri" => format!("https://theatre.example/{}", chance.below(99)),
        "uuid" => format!("3fa85f64-5717-4562-b3fc-2c963f66af{:02}", chance.below(90)),
        "ipv4" => format!("10.0.0.{}", chance.below(250)),
        "hostname" => format!("h{}.example", chance.below(99)),
        _ => return None,
    })
}
