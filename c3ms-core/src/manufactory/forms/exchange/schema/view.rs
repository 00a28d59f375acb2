//! All that holds at one place of a JSON Schema: its own keywords, those it refers to, those of `allOf`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

use super::{name::below, report::Ledger, unreadable};
use crate::manufactory::forms::FormsError;

/// More steps than these are no schema, but one that refers to itself in ever more ways.
const MOST_STEPS: usize = 1_000_000;

/// Keywords that say where a schema is found, not what it accepts.
const NAMING: [&str; 6] = ["$schema", "$anchor", "$dynamicAnchor", "$defs", "definitions", "$vocabulary"];

/// A keyword's value with the place it stands at.
pub(super) type Said<'a> = (String, &'a Value);

/// A schema document, with what is needed to follow its references.
pub(super) struct Library<'a> {
    root: &'a Value,
    /// Draft 7 and before: what stands beside `$ref` asserts nothing.
    lone_references: bool,
    anchors: BTreeMap<String, String>,
    steps: usize,
}

/// All that holds at one place.
#[derive(Default)]
pub(super) struct View<'a> {
    /// The objects it was gathered from, the nearest first.
    pub(super) places: Vec<String>,
    words: BTreeMap<&'a str, Vec<Said<'a>>>,
    /// A schema that is `true` or `false`.
    pub(super) bare: Option<bool>,
}

impl<'a> Library<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        let draft = root.get("$schema").and_then(Value::as_str).unwrap_or_default();
        let lone_references = ["draft-07", "draft-06", "draft-04"].iter().any(|old| draft.contains(old));
        Self { root, lone_references, anchors: anchors(root), steps: 0 }
    }

    /// Gathers what holds at a place; each object is taken once, whatever refers to it.
    pub(super) fn view(
        &mut self,
        at: &str,
        schema: &'a Value,
        ledger: &mut Ledger,
    ) -> Result<View<'a>, FormsError> {
        let mut view = View::default();
        let mut seen = BTreeSet::new();
        let mut waiting = VecDeque::from([(at.to_owned(), schema)]);
        while let Some((at, schema)) = waiting.pop_front() {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(unreadable(at, "its references lead to more than a million schemas"));
            }
            if !seen.insert(at.clone()) {
                continue;
            }
            let members = match schema {
                Value::Object(members) => members,
                Value::Bool(bare) => {
                    ledger.interpreted(&at, "");
                    view.bare = Some(*bare);
                    continue;
                }
                Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                    return Err(unreadable(at, "a schema is an object, true or false"));
                }
            };
            self.gather(&at, members, &mut view, &mut waiting, ledger);
            view.places.push(at);
        }
        Ok(view)
    }

    fn gather(
        &self,
        at: &str,
        members: &'a Map<String, Value>,
        view: &mut View<'a>,
        waiting: &mut VecDeque<(String, &'a Value)>,
        ledger: &mut Ledger,
    ) {
        let alone = self.lone_references && members.contains_key("$ref");
        for (word, value) in members {
            match (word.as_str(), value) {
                ("$ref", reference) => match self.resolve(reference) {
                    Ok(target) => {
                        ledger.interpreted(at, word);
                        waiting.push_back(target);
                    }
                    Err(reason) => ledger.lost(at, word, reason),
                },
                (word, _) if alone && !is_annotation(word) && !NAMING.contains(&word) => {
                    ledger.lost(at, word, "in this draft, what stands beside $ref asserts nothing");
                }
                ("allOf", Value::Array(all)) => {
                    ledger.interpreted(at, word);
                    let at = below(at, word);
                    waiting.extend(all.iter().enumerate().map(|(i, one)| (format!("{at}/{i}"), one)));
                }
                ("anyOf" | "oneOf", Value::Array(all)) if only(all).is_some() => {
                    ledger.interpreted(at, word);
                    let at = below(at, word);
                    for (index, one) in all.iter().enumerate() {
                        let at = format!("{at}/{index}");
                        if is_null(one) {
                            ledger.lost(&at, "type", NULL);
                        } else {
                            waiting.push_back((at, one));
                        }
                    }
                }
                ("$id", _) if at.is_empty() => {
                    view.words.entry(word).or_default().push((at.to_owned(), value));
                }
                (word, _) if NAMING.contains(&word) || word == "$id" => ledger.interpreted(at, word),
                (word, _) => view.words.entry(word).or_default().push((at.to_owned(), value)),
            }
        }
    }

    fn resolve(&self, reference: &Value) -> Result<(String, &'a Value), String> {
        let text = reference.as_str().ok_or("a reference is a text")?;
        let own = self.root.get("$id").and_then(Value::as_str).unwrap_or_default();
        let own = own.split('#').next().unwrap_or_default();
        let (document, fragment) = text.split_once('#').unwrap_or((text, ""));
        let base = match self.anchors.get(document) {
            _ if document.is_empty() || document == own => "",
            Some(base) => base,
            None => return Err(format!("{text} lies in another document, and nothing is fetched")),
        };
        let fragment = decoded(fragment);
        let pointer = if fragment.is_empty() || fragment.starts_with('/') {
            format!("{base}{fragment}")
        } else {
            self.anchors.get(&format!("#{fragment}")).cloned().unwrap_or_else(|| format!("/{fragment}"))
        };
        match self.root.pointer(&pointer) {
            Some(schema @ (Value::Object(_) | Value::Bool(_))) => Ok((pointer, schema)),
            Some(_) | None => Err(format!("{text} leads to no schema")),
        }
    }
}

/// What a format says of a value that is absent.
pub(super) const NULL: &str = "what has no value is left out, not written as null";

fn is_null(schema: &Value) -> bool {
    schema.as_object().is_some_and(|members| {
        members.len() == 1 && members.get("type").is_some_and(|kind| kind.as_str() == Some("null"))
    })
}

/// The only one that is not null.
fn only(all: &[Value]) -> Option<&Value> {
    let mut others = all.iter().filter(|one| !is_null(one));
    others.next().filter(|_| others.next().is_none())
}

/// A keyword that asserts nothing: what stands in no list of the standard asserts nothing either.
pub(super) fn is_annotation(word: &str) -> bool {
    const ASSERTS: [&str; 44] = [
        "type",
        "enum",
        "const",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxContains",
        "minContains",
        "maxProperties",
        "minProperties",
        "required",
        "dependentRequired",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "dependentSchemas",
        "prefixItems",
        "items",
        "contains",
        "properties",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "dependencies",
        "additionalItems",
        "$ref",
        "$dynamicRef",
        "$recursiveRef",
        "extends",
        "disallow",
    ];
    !ASSERTS.contains(&word)
}

impl<'a> View<'a> {
    pub(super) fn add(&mut self, word: &'a str, said: Said<'a>) {
        self.words.entry(word).or_default().push(said);
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// What stands first under a word, left where it is.
    pub(super) fn peek(&self, word: &str) -> Option<&'a Value> {
        self.words.get(word).and_then(|said| said.first()).map(|(_, value)| *value)
    }

    /// All that is said under a word; each is part of the format now.
    pub(super) fn take_all(&mut self, word: &str, ledger: &mut Ledger) -> Vec<Said<'a>> {
        let all = self.words.remove(word).unwrap_or_default();
        for (at, _) in &all {
            ledger.interpreted(at, word);
        }
        all
    }

    /// The first that is said under a word; others that say otherwise are lost.
    pub(super) fn take(&mut self, word: &str, ledger: &mut Ledger) -> Option<Said<'a>> {
        let mut all = self.take_all(word, ledger).into_iter();
        let first = all.next()?;
        for (at, other) in all {
            if !super::same(other, first.1) {
                ledger.lost(&at, word, "another one that stands nearer is read instead");
            }
        }
        Some(first)
    }

    /// What nobody took.
    pub(super) fn rest(self) -> impl Iterator<Item = (&'a str, Said<'a>)> {
        self.words.into_iter().flat_map(|(word, all)| all.into_iter().map(move |said| (word, said)))
    }
}

/// Where the names lie that references may use, `#name` and whole addresses.
fn anchors(root: &Value) -> BTreeMap<String, String> {
    let mut anchors = BTreeMap::new();
    let mut waiting = vec![(String::new(), root)];
    while let Some((at, value)) = waiting.pop() {
        match value {
            Value::Object(members) => {
                for word in ["$anchor", "$id"] {
                    match members.get(word).and_then(Value::as_str) {
                        Some(name) if word == "$anchor" => anchors.insert(format!("#{name}"), at.clone()),
                        Some(name) if at.is_empty() || name.is_empty() || name.starts_with('#') => {
                            anchors.insert(name.to_owned(), at.clone())
                        }
                        Some(name) => anchors.insert(name.trim_end_matches('#').to_owned(), at.clone()),
                        None => None,
                    };
                }
                let inner = members.iter().filter(|(_, value)| value.is_object() || value.is_array());
                waiting.extend(inner.map(|(name, value)| (below(&at, name), value)));
            }
            Value::Array(items) => {
                let inner = items.iter().enumerate().filter(|(_, value)| value.is_object());
                waiting.extend(inner.map(|(index, value)| (format!("{at}/{index}"), value)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    anchors
}

/// The fragment of an address, `%25` as `%`.
fn decoded(fragment: &str) -> String {
    let mut out = Vec::with_capacity(fragment.len());
    let mut bytes = fragment.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let code = match (byte, ahead.next(), ahead.next()) {
            (b'%', Some(high), Some(low)) => hex(high).zip(hex(low)),
            _ => None,
        };
        if let Some((high, low)) = code {
            out.push(high * 16 + low);
            bytes = ahead;
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| fragment.to_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
