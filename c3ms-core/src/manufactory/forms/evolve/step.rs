//! What one operation does to a record, in both directions, with what each direction cannot hold.
//!
//! A step looks at a few slots of a record, its *part*: it computes the part after it from the part before it,
//! and back. Where going back from what was computed would not give the part as it was, both parts are
//! remembered; a part found as remembered gets its other side back exactly. So there and back is the identity
//! in both directions, whatever the step computes (`PutGet` and `GetPut` of Foster et al., 2007, for symmetric
//! lenses as in Hofmann, Pierce and Wagner, 2011).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    super::Kind,
    convert::{converted, divided, joined},
    operation::Division,
};

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// The value of the first slot goes into the second; then come the groups on the way to each.
    Move { from: usize, into: usize },
    /// The slot is emptied.
    Drop,
    /// A slot is new; where it is empty it gets a value.
    Fill(Option<Value>),
    /// An empty slot gets a value.
    Default(Value),
    /// The value becomes one of another kind.
    Convert { from: Kind, to: Kind, language: String },
    /// The value becomes the first of a list.
    Wrap,
    /// The list becomes its first value.
    Unwrap,
    /// The value of the first slot is divided among the others.
    Split { by: Division, kind: Kind },
    /// The values of the slots but the first are joined in the first.
    Merge { by: Division, kind: Kind },
    /// Codes are replaced; `older` are those there were before.
    Codes { codes: BTreeMap<String, String>, older: BTreeSet<String> },
}

/// A group on the way to a record's slots.
pub(super) type Hop = String;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    /// The value at a path of names.
    Value(Vec<String>),
    /// Whether a group is there at a path of names, and holds other things than the slot named.
    Group(Vec<String>, String),
}

/// What one operation does to a record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    /// The groups to walk through, all items of those that are lists.
    pub(super) hops: Vec<Hop>,
    pub(super) slots: Vec<Slot>,
    pub(super) change: Change,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

impl Direction {
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// The values of the slots of a step: by the number of the slot, those that hold something.
type Part = Vec<Option<Value>>;

/// Both sides of a step on one group of a record, where one does not follow from the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Both {
    older: BTreeMap<usize, Value>,
    newer: BTreeMap<usize, Value>,
}

/// What a step remembers of a record, by the place of the group in lists: `/2/0`.
pub(super) type Memory = BTreeMap<String, Both>;

fn kept(part: &Part) -> BTreeMap<usize, Value> {
    part.iter().enumerate().filter_map(|(slot, value)| Some((slot, value.clone()?))).collect()
}

fn equal(part: &Part, kept: &BTreeMap<usize, Value>) -> bool {
    part.iter().flatten().count() == kept.len()
        && part.iter().enumerate().all(|(slot, value)| value.as_ref() == kept.get(&slot))
}

fn part_of(kept: &BTreeMap<usize, Value>, slots: usize) -> Part {
    (0..slots).map(|slot| kept.get(&slot).cloned()).collect()
}

impl Both {
    const fn side(&self, direction: Direction) -> (&BTreeMap<usize, Value>, &BTreeMap<usize, Value>) {
        match direction {
            Direction::Forward => (&self.older, &self.newer),
            Direction::Backward => (&self.newer, &self.older),
        }
    }
}

/// What became of the record in a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Something of it was changed.
    pub(super) touched: bool,
    /// Something cannot be held on this side and is kept beside.
    pub(super) kept: bool,
}

impl Step {
    /// Carries a record over the step; `memory` is what the step remembers of it.
    pub(super) fn carry(
        &self,
        document: &mut Map<String, Value>,
        direction: Direction,
        memory: &mut Memory,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        if self.hops.is_empty() {
            let part = self.take(document);
            let before = memory.remove("");
            let (after, both) = self.crossed(&part, direction, before.as_ref());
            outcome.touched = part != after;
            if let Some(both) = both {
                outcome.kept = true;
                memory.insert(String::new(), both);
            }
            self.put(document, after);
            return outcome;
        }
        let mut parts = Vec::new();
        visit(document, &self.hops, "", &mut |group, place| parts.push((place.to_owned(), self.take(group))));
        let remembered = std::mem::take(memory);
        let matches = matched(&parts, &remembered, direction);
        let mut crossed = Vec::with_capacity(parts.len());
        for ((place, part), found) in parts.iter().zip(matches) {
            let (after, both) = self.crossed(part, direction, found.and_then(|place| remembered.get(place)));
            outcome.touched |= *part != after;
            if let Some(both) = both {
                outcome.kept = true;
                memory.insert(place.clone(), both);
            }
            crossed.push(after);
        }
        let mut crossed = crossed.into_iter();
        visit(document, &self.hops, "", &mut |group, _| {
            if let Some(after) = crossed.next() {
                self.put(group, after);
            }
        });
        outcome
    }

    /// The part on the other side, and both where the one does not follow from the other.
    fn crossed(&self, part: &Part, direction: Direction, memory: Option<&Both>) -> (Part, Option<Both>) {
        if let Some(both) = memory {
            let (here, there) = both.side(direction);
            if equal(part, here) {
                let after = part_of(there, part.len());
                let follows = self.change.compute(&after, direction.turned(), None) == *part;
                return (after, (!follows).then(|| both.clone()));
            }
        }
        let there = memory.map(|both| part_of(both.side(direction).1, part.len()));
        let after = self.change.compute(part, direction, there.as_ref());
        if self.change.compute(&after, direction.turned(), None) == *part {
            return (after, None);
        }
        let (older, newer) = match direction {
            Direction::Forward => (kept(part), kept(&after)),
            Direction::Backward => (kept(&after), kept(part)),
        };
        (after, Some(Both { older, newer }))
    }

    /// Takes the values of the slots out of a group.
    fn take(&self, group: &mut Map<String, Value>) -> Part {
        // Groups first: they tell what lies in them besides the slots.
        let seen: Vec<Option<Value>> = self
            .slots
            .iter()
            .map(|slot| match slot {
                Slot::Value(_) => None,
                Slot::Group(path, besides) => look(group, path).map(|value| match value {
                    Value::Object(members) => Value::Bool(members.keys().any(|member| member != besides)),
                    other => Value::Array(vec![other.clone()]),
                }),
            })
            .collect();
        self.slots
            .iter()
            .zip(seen)
            .map(|(slot, seen)| match slot {
                Slot::Value(path) => match path.split_last() {
                    Some((name, way)) => walk(group, way)?.remove(name),
                    None => None,
                },
                Slot::Group(..) => seen,
            })
            .collect()
    }

    /// Puts values into the slots of a group.
    fn put(&self, group: &mut Map<String, Value>, part: Part) {
        let (values, groups): (Vec<_>, Vec<_>) =
            self.slots.iter().zip(part).partition(|(slot, _)| matches!(slot, Slot::Value(_)));
        // Values first, then groups from the inside outwards: one that is left empty goes.
        for (slot, value) in values.into_iter().chain(groups.into_iter().rev()) {
            match (slot, value) {
                (Slot::Value(path), Some(value)) => {
                    if let Some((name, way)) = path.split_last()
                        && let Some(members) = make(group, way)
                    {
                        members.insert(name.clone(), value);
                    }
                }
                (Slot::Value(_), None) => {}
                (Slot::Group(path, _), Some(Value::Array(mut other))) => {
                    if let (Some((name, way)), Some(other)) = (path.split_last(), other.pop())
                        && let Some(members) = make(group, way)
                    {
                        members.insert(name.clone(), other);
                    }
                }
                (Slot::Group(path, _), Some(_)) => {
                    let _made = make(group, path);
                }
                (Slot::Group(path, _), None) => {
                    if let Some((name, way)) = path.split_last()
                        && let Some(members) = walk(group, way)
                        && members.get(name).and_then(Value::as_object).is_some_and(Map::is_empty)
                    {
                        members.remove(name);
                    }
                }
            }
        }
    }
}

impl Change {
    /// The part on the other side; `there` is what was there before, where the part here was changed since.
    fn compute(&self, part: &Part, direction: Direction, there: Option<&Part>) -> Part {
        let forward = direction == Direction::Forward;
        let first = part.first().and_then(Option::as_ref);
        match self {
            Self::Move { from, into } => moved(part, forward, *from, *into),
            Self::Drop => vec![None],
            Self::Fill(value) => {
                if forward {
                    vec![part.first().cloned().flatten().or_else(|| value.clone())]
                } else {
                    vec![None]
                }
            }
            Self::Default(value) => {
                let held = first.or_else(|| forward.then_some(value));
                vec![held.cloned()]
            }
            Self::Convert { from, to, language } => {
                let (from, to) = if forward { (from, to) } else { (to, from) };
                let texts = |value: &Value| {
                    let before = there.and_then(|part| part.first()?.as_ref());
                    let fresh = each(value, |value| converted(value, from, to, language));
                    beside(fresh, before, to)
                };
                vec![first.map(texts)]
            }
            Self::Wrap if forward => vec![first.map(|value| wrapped(value, there))],
            Self::Unwrap if !forward => vec![first.map(|value| wrapped(value, there))],
            Self::Wrap | Self::Unwrap => vec![first.and_then(unwrapped)],
            Self::Split { by, kind } if forward => spread(part, by, kind),
            Self::Merge { by, kind } if !forward => spread(part, by, kind),
            Self::Split { by, kind } | Self::Merge { by, kind } => gathered(part, by, kind),
            Self::Codes { codes, older } => {
                let exchanged = |value: &Value| {
                    let Some(code) = value.as_str() else { return value.clone() };
                    let found = if forward {
                        codes.get(code).map(String::as_str)
                    } else if older.contains(code) {
                        None
                    } else {
                        codes.iter().find(|(_, new)| *new == code).map(|(old, _)| old.as_str())
                    };
                    found.map_or_else(|| value.clone(), Value::from)
                };
                vec![first.map(|value| each(value, exchanged))]
            }
        }
    }
}

/// Texts of a language that was not shown on the other side stay beside the one that was.
fn beside(fresh: Value, before: Option<&Value>, kind: &Kind) -> Value {
    match (kind, fresh, before) {
        (Kind::Text { languages: true, .. }, Value::Object(mut texts), Some(Value::Object(before))) => {
            for (language, text) in before {
                texts.entry(language.clone()).or_insert_with(|| text.clone());
            }
            Value::Object(texts)
        }
        (_, fresh, _) => fresh,
    }
}

/// A list item by item, anything else as one.
fn each(value: &Value, change: impl Fn(&Value) -> Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(change).collect()),
        one => change(one),
    }
}

fn wrapped(value: &Value, there: Option<&Part>) -> Value {
    let mut list = vec![value.clone()];
    if let Some(Some(Value::Array(before))) = there.and_then(|part| part.first()) {
        list.extend(before.iter().skip(1).cloned());
    }
    Value::Array(list)
}

fn unwrapped(value: &Value) -> Option<Value> {
    match value {
        Value::Array(items) => items.first().cloned(),
        other => Some(other.clone()),
    }
}

/// Slot 0 divided among the others.
fn spread(part: &Part, by: &Division, kind: &Kind) -> Part {
    let parts = part.len().saturating_sub(1);
    let mut after = vec![None];
    let first = part.first().and_then(Option::as_ref);
    match first.map(|value| in_language(value, kind, |value| divided(value, by, parts), parts)) {
        Some(Some(values)) => after.extend(values),
        // What cannot be divided goes whole into the first, where it can be seen.
        Some(None) => {
            after.push(first.cloned());
            after.resize(parts + 1, None);
        }
        None => after.resize(parts + 1, None),
    }
    after
}

/// Divides each text of a text by language.
fn in_language(
    value: &Value,
    kind: &Kind,
    divide: impl Fn(&Value) -> Option<Vec<Option<Value>>>,
    parts: usize,
) -> Option<Vec<Option<Value>>> {
    let (Kind::Text { languages: true, .. }, Value::Object(texts)) = (kind, value) else {
        return divide(value);
    };
    let mut into: Vec<Map<String, Value>> = vec![Map::new(); parts];
    for (language, text) in texts {
        for (place, part) in into.iter_mut().zip(divide(text)?) {
            if let Some(part) = part {
                place.insert(language.clone(), part);
            }
        }
    }
    Some(into.into_iter().map(|texts| (!texts.is_empty()).then_some(Value::Object(texts))).collect())
}

/// The slots but the first joined in slot 0.
fn gathered(part: &Part, by: &Division, kind: &Kind) -> Part {
    let parts = part.get(1..).unwrap_or_default();
    let whole = if matches!(kind, Kind::Text { languages: true, .. }) && *by != Division::First {
        let languages: BTreeSet<&String> =
            parts.iter().flatten().filter_map(Value::as_object).flat_map(Map::keys).collect();
        let texts: Map<String, Value> = languages
            .into_iter()
            .filter_map(|language| {
                let said: Vec<Option<Value>> =
                    parts.iter().map(|part| part.as_ref()?.get(language).cloned()).collect();
                Some((language.clone(), joined(&said, by, &Kind::Language)?))
            })
            .collect();
        (!texts.is_empty()).then_some(Value::Object(texts))
    } else {
        joined(parts, by, kind)
    };
    let mut after = vec![None; part.len()];
    // What cannot be joined is kept beside, but for the first that holds something.
    if let Some(place) = after.first_mut() {
        *place = whole.or_else(|| parts.iter().flatten().next().cloned());
    }
    after
}

/// The value of the first value slot into the second, and what becomes of the groups on the way.
///
/// The slots of a move: the older value, the newer one, the older groups (outermost first), the newer ones.
fn moved(part: &Part, forward: bool, from: usize, into: usize) -> Part {
    let mut after = part.clone();
    let older = 2..2 + from;
    let newer = 2 + from..2 + from + into;
    let (here, there, left, entered) = if forward { (0, 1, older, newer) } else { (1, 0, newer, older) };
    let value = part.get(here).cloned().flatten();
    let is_blocked = part.get(entered.clone()).unwrap_or_default().iter().flatten().any(Value::is_array);
    if value.is_some() && is_blocked {
        return after;
    }
    let moves = value.is_some();
    if let Some(place) = after.get_mut(there) {
        *place = value;
    }
    if !moves {
        return after;
    }
    if let Some(place) = after.get_mut(here) {
        *place = None;
    }
    for group in after.get_mut(entered).unwrap_or_default().iter_mut().filter(|group| group.is_none()) {
        *group = Some(Value::Bool(false));
    }
    // A group that held nothing else goes, from the inside outwards.
    for group in after.get_mut(left).unwrap_or_default().iter_mut().rev() {
        if *group != Some(Value::Bool(false)) {
            break;
        }
        *group = None;
    }
    after
}

/// In longer lists items that changed places are not looked for.
const MOST_SOUGHT: usize = 500;

/// Which memory belongs to which part: that in which it stands as it is; for what was changed, that of its place,
/// unless another claims it.
fn matched<'a>(
    parts: &[(String, Part)],
    remembered: &'a Memory,
    direction: Direction,
) -> Vec<Option<&'a String>> {
    let mut matches: Vec<Option<&String>> = vec![None; parts.len()];
    if remembered.is_empty() {
        return matches;
    }
    let mut claimed = BTreeSet::new();
    let is_it = |part: &Part, both: &Both| equal(part, both.side(direction).0);
    for (found, (place, part)) in matches.iter_mut().zip(parts) {
        if let Some((place, both)) = remembered.get_key_value(place)
            && is_it(part, both)
        {
            claimed.insert(place);
            *found = Some(place);
        }
    }
    let unplaced = matches.iter_mut().zip(parts).filter(|(found, _)| found.is_none());
    for (found, (_, part)) in unplaced.take(if remembered.len() > MOST_SOUGHT { 0 } else { usize::MAX }) {
        let moved = remembered.iter().find(|(place, both)| !claimed.contains(place) && is_it(part, both));
        if let Some((place, _)) = moved {
            claimed.insert(place);
            *found = Some(place);
        }
    }
    for (found, (place, _)) in matches.iter_mut().zip(parts).filter(|(found, _)| found.is_none()) {
        if let Some((place, _)) = remembered.get_key_value(place)
            && claimed.insert(place)
        {
            *found = Some(place);
        }
    }
    matches
}

/// Goes to each group at the end of the hops.
fn visit(
    members: &mut Map<String, Value>,
    hops: &[Hop],
    place: &str,
    each: &mut dyn FnMut(&mut Map<String, Value>, &str),
) {
    let Some((hop, rest)) = hops.split_first() else { return each(members, place) };
    match members.get_mut(hop) {
        Some(Value::Object(inner)) => visit(inner, rest, place, each),
        Some(Value::Array(items)) => {
            for (index, item) in items.iter_mut().enumerate() {
                if let Value::Object(inner) = item {
                    visit(inner, rest, &format!("{place}/{index}"), each);
                }
            }
        }
        _ => {}
    }
}

fn look<'a>(members: &'a Map<String, Value>, path: &[String]) -> Option<&'a Value> {
    let (name, way) = path.split_last()?;
    way.iter().try_fold(members, |members, name| members.get(name)?.as_object())?.get(name)
}

fn walk<'a>(members: &'a mut Map<String, Value>, way: &[String]) -> Option<&'a mut Map<String, Value>> {
    way.iter().try_fold(members, |members, name| members.get_mut(name)?.as_object_mut())
}

/// The group at a path, made where it is not there; `None` where something else stands there.
fn make<'a>(members: &'a mut Map<String, Value>, way: &[String]) -> Option<&'a mut Map<String, Value>> {
    way.iter().try_fold(members, |members, name| {
        members.entry(name.clone()).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
    })
}
