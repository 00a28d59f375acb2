//! A record while it is being filled: values written at paths, and taken back.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::{CompactString, ToCompactString};
use serde_json::{Value, json};
use smallvec::SmallVec;

use super::{
    moment::odd,
    plan::{Planned, Step},
};
use crate::{
    Code,
    base::{Id, Moment, TimeOfDay, Zone},
    manufactory::forms::{Document, Entry, Field, Format, Kind},
};

/// The steps to a place of a document: few have more, and none of those is kept on the heap.
pub(super) type Steps = SmallVec<[CompactString; 4]>;

/// A record while it is being filled.
#[derive(Default)]
pub(super) struct Draft {
    /// Its id, where it is a record the source describes.
    pub(super) id: Option<Id<Entry>>,
    pub(super) document: Document,
    pub(super) leaves: Vec<Placed>,
    /// The items of lists in the order they were first filled: `offers/1` may be the first there is.
    pub(super) items: BTreeMap<Steps, BTreeMap<usize, usize>>,
    /// The zone of days to which a time is added.
    pub(super) zone: Option<Zone>,
    /// The zone of its place, where the source names it.
    pub(super) place: Option<Zone>,
    /// Fields of which a value came damaged out of a spreadsheet.
    pub(super) damaged: BTreeSet<String>,
}

/// Which value of the source stands at a place of a record being filled.
pub(super) struct Placed {
    /// The steps to it.
    pub(super) path: Steps,
    /// The record and value of the source; none for a link to a part of it.
    pub(super) value: Option<(usize, usize)>,
}

/// What a rule fills: a field, or a part of a value that has parts.
#[derive(Clone, Copy)]
pub(super) enum Slot<'a> {
    Field(&'a Field),
    Degrees,
    Currency,
    /// The time of a moment whose day stands in another value.
    Clock,
}

impl Slot<'_> {
    pub(super) const fn kind(&self) -> &Kind {
        match self {
            Self::Field(field) => &field.kind,
            Self::Degrees => &Kind::Decimal { minimum: None, maximum: None },
            Self::Clock => &Kind::Time,
            Self::Currency => {
                &Kind::Text { languages: false, min_length: None, max_length: None, pattern: None }
            }
        }
    }
}

/// What a rule's `to` fills.
pub(super) fn field_of<'a>(format: &'a Format, to: &str) -> Option<Slot<'a>> {
    let names: Vec<&str> =
        to.split('/').filter(|part| !matches!(*part, "*" | "**") && part.parse::<usize>().is_err()).collect();
    if let Some(field) = format.field_at(&names) {
        return Some(Slot::Field(field));
    }
    let (last, rest) = names.split_last()?;
    match (&format.field_at(rest)?.kind, *last) {
        (Kind::Position, "latitude" | "longitude") => Some(Slot::Degrees),
        (Kind::Money, "currency") => Some(Slot::Currency),
        (Kind::Moment, "time") => Some(Slot::Clock),
        _ => None,
    }
}

impl Draft {
    /// Writes a value where a rule says; a place that is filled keeps what it has.
    pub(super) fn set(
        &mut self,
        Planned { slot, steps, .. }: &Planned<'_>,
        items: &[usize],
        value: Value,
        from: (usize, usize),
    ) -> Result<(), Code> {
        let mut items = items.iter();
        let mut path = Steps::new();
        let mut next = || items.next().copied().unwrap_or(0);
        for step in steps {
            let asked = match step {
                Step::Member(name) => {
                    path.push(name.clone());
                    continue;
                }
                Step::Item => next(),
                Step::ItemOfItem => next().saturating_mul(10_000).saturating_add(next()),
                Step::At(place) => *place,
            };
            if !self.items.contains_key(&path) {
                self.items.insert(path.clone(), BTreeMap::new());
            }
            let Some(places) = self.items.get_mut(&path) else { continue };
            let next = places.len();
            path.push(places.entry(asked).or_insert(next).to_compact_string());
        }
        // A list of single values grows at its end, each value once.
        let listed =
            matches!(slot, Slot::Field(field) if field.many.is_some()) && steps.last() != Some(&Step::Item);
        let in_languages =
            matches!(slot, Slot::Field(Field { kind: Kind::Text { languages: true, .. }, .. }));
        if matches!(slot, Slot::Clock) {
            // `…/start/time` is written into `…/start`.
            path.pop();
        }
        let place = place(&mut self.document, &path);
        if matches!(slot, Slot::Clock) {
            add_time(place, &value, self.zone.as_ref())?;
        } else if listed {
            if place.is_null() {
                *place = json!([]);
            }
            if let Some(list) = place.as_array_mut()
                && !list.contains(&value)
            {
                path.push(list.len().to_compact_string());
                list.push(value);
            }
        } else if in_languages && let Value::Object(texts) = value {
            if place.is_null() {
                *place = json!({});
            }
            for (language, text) in texts {
                let Some(members) = place.as_object_mut() else { return Err(Code::ValueConflict) };
                if members.get(&language).is_some_and(|kept| *kept != text) {
                    return Err(Code::ValueConflict);
                }
                path.push(language.as_str().into());
                members.insert(language, text);
            }
        } else if matches!(slot, Slot::Currency) || place.is_null() {
            *place = value;
        } else if *place != value {
            return Err(Code::ValueConflict);
        }
        self.leaves.push(Placed { path, value: Some(from) });
        Ok(())
    }

    /// What is odd about the moment that was written last.
    pub(super) fn last_oddity(&self) -> Option<(&'static str, String)> {
        let (first, rest) = self.leaves.last()?.path.split_first()?;
        let value = rest.iter().try_fold(self.document.get(first.as_str())?, |at, step| match at {
            Value::Array(list) => list.get(step.parse::<usize>().ok()?),
            other => other.get(step.as_str()),
        });
        odd(&Moment::parse(value?.as_str()?)?)
    }

    pub(super) fn remove(&mut self, path: &[CompactString]) {
        if let Some((last, rest)) = path.split_last() {
            let mut at: Option<&mut Value> = None;
            for step in rest {
                at = match at {
                    None => self.document.get_mut(step.as_str()),
                    Some(Value::Object(members)) => members.get_mut(step.as_str()),
                    Some(Value::Array(list)) => {
                        step.parse().ok().and_then(|index: usize| list.get_mut(index))
                    }
                    Some(_) => return,
                };
            }
            match at {
                None => drop(self.document.remove(last.as_str())),
                Some(Value::Object(members)) => drop(members.remove(last.as_str())),
                Some(Value::Array(list)) => {
                    // The place stays until all is removed, so that the other paths keep their numbers.
                    if let Some(item) = last.parse().ok().and_then(|index: usize| list.get_mut(index)) {
                        *item = Value::Null;
                    }
                }
                Some(_) => {}
            }
        }
    }
}

/// Gives a day its time, in a zone where one is known.
fn add_time(place: &mut Value, time: &Value, zone: Option<&Zone>) -> Result<(), Code> {
    let time = time.as_str().and_then(TimeOfDay::parse).ok_or(Code::ValueUnreadable)?;
    let moment = place.as_str().and_then(Moment::parse).ok_or(Code::ValueUnreadable)?;
    match moment.time() {
        None => {
            let local = Moment::local(moment.date(), time);
            *place =
                Value::String(zone.map_or_else(|| local.clone(), |zone| local.in_zone(zone)).to_string());
            Ok(())
        }
        Some(known) if known == time => Ok(()),
        Some(_) => Err(Code::ValueConflict),
    }
}

/// The value at a path, made where there is none.
pub(super) fn place<'a>(document: &'a mut Document, path: &[CompactString]) -> &'a mut Value {
    let mut steps = path.iter();
    let mut at = member(document, steps.next().map_or("", CompactString::as_str));
    for step in steps {
        at = if let Ok(index) = step.parse::<usize>() {
            if !at.is_array() {
                *at = json!([]);
            }
            match at {
                Value::Array(list) => {
                    if list.len() <= index {
                        list.resize(index + 1, Value::Null);
                    }
                    #[expect(clippy::indexing_slicing, reason = "the list was just made long enough")]
                    &mut list[index]
                }
                other => other,
            }
        } else {
            if !at.is_object() {
                *at = json!({});
            }
            match at {
                Value::Object(members) => member(members, step),
                other => other,
            }
        };
    }
    at
}

fn member<'a>(members: &'a mut Document, name: &str) -> &'a mut Value {
    // Most are there already: their names are not written again.
    if !members.contains_key(name) {
        members.insert(name.to_owned(), Value::Null);
    }
    &mut members[name]
}

/// Takes out what is empty, and tells the leaves their places then.
pub(super) fn close_up(document: &mut Document, leaves: &mut [Placed]) {
    if document.values().any(has_nothing) {
        renumber(document, leaves);
        document.retain(|_, value| prune(value));
    }
}

fn renumber(document: &Document, leaves: &mut [Placed]) {
    for leaf in leaves {
        let mut steps = leaf.path.iter_mut();
        let mut at = steps.next().and_then(|first| document.get(first.as_str()));
        for step in steps {
            at = match at {
                Some(Value::Array(list)) => {
                    let Ok(index) = step.parse::<usize>() else { break };
                    *step =
                        list.iter().take(index).filter(|item| !is_nothing(item)).count().to_compact_string();
                    list.get(index)
                }
                Some(Value::Object(members)) => members.get(step.as_str()),
                _ => break,
            };
        }
    }
}

/// Whether something within says nothing.
fn has_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty() || list.iter().any(has_nothing),
        Value::Object(members) => members.is_empty() || members.values().any(has_nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().all(is_nothing),
        Value::Object(members) => members.values().all(is_nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Takes out what is empty; tells whether anything is left.
pub(super) fn prune(value: &mut Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => {
            list.retain_mut(prune);
            !list.is_empty()
        }
        Value::Object(members) => {
            members.retain(|_, member| prune(member));
            !members.is_empty()
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}
