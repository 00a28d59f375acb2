//! Records that take place more than once: the first of their dates, and what replaces one of a series.

use std::collections::BTreeMap;

use compact_str::{CompactString, ToCompactString};
use serde_json::{Value, json};

use super::{Filled, draft::Draft, written::Written};
use crate::{
    base::{Id, Moment},
    manufactory::forms::{Entry, Field, Format},
};

/// Links each exception of a series (same UID, with a RECURRENCE-ID) to the series.
pub(super) fn link_overrides(described: &mut [Filled], formats: &BTreeMap<String, Format>) {
    let series: BTreeMap<(String, String), Id<Entry>> =
        described.iter().map(|filled| ((filled.cube.clone(), filled.key.clone()), filled.id)).collect();
    for filled in described {
        let Some((uid, _)) = filled.key.split_once('|') else { continue };
        let knows = formats.get(&filled.cube).is_some_and(|format| format.field("recurrence-of").is_some());
        if let Some(id) = series.get(&(filled.cube.clone(), uid.to_owned())).filter(|_| knows) {
            let mut document = filled.document.read();
            document.insert("recurrence-of".to_owned(), json!(id));
            filled.document = Written::of(&document);
        }
    }
}

/// Of several dates in a list the first is the record's own, the others follow in their order.
pub(super) fn first_date(format: &Format, draft: &mut Draft) {
    let meaning = |property: &str| {
        let named = |field: &&Field| field.property() == Some(property);
        format.fields.iter().find(named).map(|field| field.name.clone())
    };
    let (Some(start), Some(list)) = (meaning("startDate"), meaning("subEvent")) else { return };
    if draft.document.contains_key(&start) {
        return;
    }
    let Some(Value::Array(items)) = draft.document.remove(&list) else { return };
    let begins = |item: &Value| item.get("start").and_then(Value::as_str).and_then(Moment::parse);
    // What has no start goes last, and back to the account with what it lacks.
    let mut order: Vec<(bool, Option<Moment>, usize)> = items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let begins = begins(item);
            (begins.is_none(), begins, index)
        })
        .collect();
    order.sort();
    let mut places = vec![0; order.len()];
    for (place, (.., index)) in order.iter().enumerate() {
        if let Some(known) = places.get_mut(*index) {
            *known = place;
        }
    }
    let mut items: Vec<Option<Value>> = items.into_iter().map(Some).collect();
    let mut sorted = order.iter().filter_map(|(.., index)| items.get_mut(*index)?.take());
    if let Some(Value::Object(first)) = sorted.next() {
        for (name, value) in first {
            draft.document.entry(name).or_insert(value);
        }
    }
    let rest: Vec<Value> = sorted.collect();
    if !rest.is_empty() {
        draft.document.insert(list.clone(), Value::Array(rest));
    }
    for leaf in &mut draft.leaves {
        if leaf.path.first().is_none_or(|first| *first != list) {
            continue;
        }
        let place = |index: &CompactString| places.get(index.parse::<usize>().ok()?).copied();
        let Some(place) = leaf.path.get(1).and_then(place) else { continue };
        match place.checked_sub(1) {
            None => drop(leaf.path.drain(..2)),
            Some(place) => {
                if let Some(step) = leaf.path.get_mut(1) {
                    *step = place.to_compact_string();
                }
            }
        }
    }
}
