//! One schema document: where its parts are, by address, anchor and pointer.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use serde_json::Value;

use super::{super::FormsError, uri};
use crate::{base::Pointer, manufactory::forms::Side};

/// The version of JSON Schema a part is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dialect {
    Four,
    Six,
    Seven,
    TwentyNineteen,
    TwentyTwenty,
}

impl Dialect {
    fn of(address: &str) -> Option<Self> {
        let address = address.trim_end_matches('#');
        let rest = address.strip_prefix("http://").or_else(|| address.strip_prefix("https://"))?;
        match rest.strip_prefix("json-schema.org/")? {
            "draft-03/schema" | "draft-04/schema" => Some(Self::Four),
            "draft-06/schema" => Some(Self::Six),
            "draft-07/schema" => Some(Self::Seven),
            "draft/2019-09/schema" => Some(Self::TwentyNineteen),
            "draft/2020-12/schema" => Some(Self::TwentyTwenty),
            _ => None,
        }
    }

    /// What stands beside a `$ref` is ignored.
    pub(super) fn refers_alone(self) -> bool {
        self <= Self::Seven
    }
}

/// Deeper documents are refused, as by the reader of JSON.
const DEEPEST: usize = 128;

/// Keywords that hold a schema, a list of schemas, or schemas by name.
const ONE: [&str; 11] = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
const LISTS: [&str; 5] = ["allOf", "anyOf", "items", "oneOf", "prefixItems"];
const MAPS: [&str; 6] =
    ["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

/// Where a part stands: the address of its resource and the dialect.
#[derive(Debug, Clone)]
pub(super) struct Place {
    base: Rc<str>,
    pub(super) dialect: Dialect,
}

/// What a reference points to.
pub(super) enum Target {
    /// A part of this document.
    Here(String),
    /// Something of this address, elsewhere.
    Elsewhere(String),
}

/// A schema document with its index.
pub(super) struct Document<'a> {
    pub(super) side: Side,
    root: &'a Value,
    places: BTreeMap<String, Place>,
    /// Pointers by address.
    resources: BTreeMap<String, String>,
    /// Pointers by address and name.
    anchors: BTreeMap<(String, String), String>,
    /// Pointers of dynamic anchors by name.
    dynamic: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Document<'a> {
    /// Indexes a document.
    pub(super) fn new(side: Side, root: &'a Value) -> Result<Self, FormsError> {
        let mut document = Self {
            side,
            root,
            places: BTreeMap::new(),
            resources: BTreeMap::from([(String::new(), String::new())]),
            anchors: BTreeMap::new(),
            dynamic: BTreeMap::new(),
        };
        document.check_depth()?;
        document.walk(String::new(), Place { base: "".into(), dialect: Dialect::TwentyTwenty });
        Ok(document)
    }

    /// The refusal of a part.
    pub(super) fn unsound(&self, path: &str, reason: impl Into<String>) -> FormsError {
        FormsError::SchemaUnsound {
            schema: self.side.as_str().to_owned(),
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    fn check_depth(&self) -> Result<(), FormsError> {
        let mut waiting = vec![(self.root, 0)];
        while let Some((value, depth)) = waiting.pop() {
            if depth > DEEPEST {
                return Err(self.unsound("", format!("it is nested deeper than {DEEPEST}")));
            }
            match value {
                Value::Array(items) => waiting.extend(items.iter().map(|item| (item, depth + 1))),
                Value::Object(members) => waiting.extend(members.values().map(|item| (item, depth + 1))),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        Ok(())
    }

    /// Tells whether no part has an address of its own.
    pub(super) fn is_one_resource(&self) -> bool {
        self.resources.values().all(String::is_empty)
    }

    /// The part at a pointer.
    pub(super) fn part(&self, pointer: &str) -> Option<&'a Value> {
        self.root.pointer(pointer)
    }

    /// Where a part stands; one that no keyword leads to is of the resource around it.
    pub(super) fn place(&mut self, pointer: &str) -> Place {
        if let Some(place) = self.places.get(pointer) {
            return place.clone();
        }
        let mut around = pointer;
        let place = loop {
            around = around.rfind('/').and_then(|at| around.get(..at)).unwrap_or_default();
            if let Some(place) = self.places.get(around) {
                break place.clone();
            }
            if around.is_empty() {
                break Place { base: "".into(), dialect: Dialect::TwentyTwenty };
            }
        };
        self.walk(pointer.to_owned(), place.clone());
        self.places.get(pointer).cloned().unwrap_or(place)
    }

    /// Notes addresses and anchors of a part and of all that its keywords lead to.
    fn walk(&mut self, pointer: String, place: Place) {
        let mut waiting = vec![(pointer, place)];
        while let Some((pointer, mut place)) = waiting.pop() {
            if self.places.contains_key(&pointer) {
                continue;
            }
            let members = self.part(&pointer).and_then(Value::as_object);
            if let Some(members) = members {
                let text = |name: &str| members.get(name).and_then(Value::as_str);
                let named = members.contains_key("$id") || pointer.is_empty() || members.contains_key("id");
                if let Some(dialect) = text("$schema").filter(|_| named) {
                    place.dialect = Dialect::of(dialect).unwrap_or(Dialect::TwentyTwenty);
                }
                self.note(&pointer, &mut place, &text);
                let path = Pointer::new(pointer.as_str());
                for (keyword, value) in members {
                    let (name, below) = (keyword.as_str(), path.child(keyword));
                    match value {
                        Value::Object(inner) if MAPS.contains(&name) => waiting.extend(
                            inner.keys().map(|key| (below.child(key).as_str().to_owned(), place.clone())),
                        ),
                        Value::Object(_) if ONE.contains(&name) => {
                            waiting.push((below.as_str().to_owned(), place.clone()));
                        }
                        Value::Array(items) if LISTS.contains(&name) => waiting.extend(
                            (0..items.len())
                                .map(|item| (below.item(item).as_str().to_owned(), place.clone())),
                        ),
                        _ => {}
                    }
                }
            }
            self.places.insert(pointer, place);
        }
    }

    fn note<'t>(&mut self, pointer: &str, place: &mut Place, text: &impl Fn(&str) -> Option<&'t str>) {
        let alone = place.dialect.refers_alone() && text("$ref").is_some();
        let id = text(if place.dialect == Dialect::Four { "id" } else { "$id" });
        if let Some(id) = id.filter(|_| !alone) {
            let (address, fragment) = uri::split(id);
            if !address.is_empty() {
                place.base = uri::resolve(&place.base, address).into();
                self.resources.insert(place.base.to_string(), pointer.to_owned());
            }
            if place.dialect <= Dialect::Seven && !fragment.is_empty() {
                self.anchors.insert((place.base.to_string(), fragment.to_owned()), pointer.to_owned());
            }
        }
        if place.dialect >= Dialect::TwentyNineteen {
            for keyword in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = text(keyword) {
                    self.anchors.insert((place.base.to_string(), name.to_owned()), pointer.to_owned());
                }
            }
            if let Some(name) = text("$dynamicAnchor") {
                self.dynamic.entry(name.to_owned()).or_default().insert(pointer.to_owned());
            }
        }
    }

    /// Finds what a `$ref` at a pointer points to.
    pub(super) fn resolve(&mut self, pointer: &str, reference: &str) -> Result<Target, FormsError> {
        let missing = |side: Side| FormsError::SchemaReferenceMissing {
            schema: side.as_str().to_owned(),
            path: pointer.to_owned(),
            reference: reference.to_owned(),
        };
        let place = self.place(pointer);
        let (address, fragment) = uri::split(reference);
        let address = uri::resolve(&place.base, address);
        let fragment = uri::decoded(fragment).ok_or_else(|| missing(self.side))?;
        let Some(resource) = self.resources.get(&address) else {
            if uri::is_absolute(&address) {
                return Ok(Target::Elsewhere(format!("{address}#{fragment}")));
            }
            return Err(missing(self.side));
        };
        let target = if fragment.is_empty() {
            resource.clone()
        } else if fragment.starts_with('/') {
            format!("{resource}{fragment}")
        } else {
            self.anchors.get(&(address, fragment)).cloned().ok_or_else(|| missing(self.side))?
        };
        match self.part(&target) {
            Some(Value::Object(_) | Value::Bool(_)) => Ok(Target::Here(target)),
            _ => Err(missing(self.side)),
        }
    }

    /// Finds what a `$dynamicRef` points to whatever came before it; [`None`] where that decides.
    pub(super) fn resolve_dynamic(
        &mut self,
        pointer: &str,
        reference: &str,
    ) -> Result<Option<Target>, FormsError> {
        let target = self.resolve(pointer, reference)?;
        let (_, fragment) = uri::split(reference);
        let bound = matches!(&target, Target::Here(place)
            if self.dynamic.get(fragment).is_some_and(|places| places.contains(place)));
        let several = self.dynamic.get(fragment).is_some_and(|places| places.len() > 1);
        Ok((!(bound && several)).then_some(target))
    }
}
