//! What a source says of one record in several places, joined.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Fate, Fates, Filled,
    draft::{place, prune},
    written::Written,
};
use crate::Code;

/// Joins what a source says of a record in another place: what is missing is added, what differs refused.
pub(super) fn join(kept: &mut Filled, next: &Filled, fates: &mut Fates) {
    kept.mentioned &= next.mentioned;
    // A place that many events name, in the same words.
    if kept.document == next.document {
        return;
    }
    let mut refused: BTreeSet<&str> = BTreeSet::new();
    let (mut joined, document) = (kept.document.read(), Value::Object(next.document.read()));
    for leaf in next.leaves.iter() {
        let Some(said) = leaf.in_document(&document) else { continue };
        let place = place(&mut joined, &leaf.steps().collect::<Vec<_>>());
        if place.is_null() {
            *place = said.clone();
            kept.leaves.push(leaf);
        } else if place != said && !is_part(place, said) {
            refused.insert(leaf.path);
        }
    }
    for leaf in next.leaves.iter() {
        if refused.contains(leaf.path)
            && let Some(value) = leaf.value
        {
            fates.set(value, Fate::Refused(Code::ValueConflict, kept.key.as_str().into()));
        }
    }
    joined.retain(|_, value| prune(value));
    kept.document = Written::of(&joined);
}

/// A list of links says more than another that it holds.
fn is_part(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(whole), Value::Array(part)) => part.iter().all(|item| whole.contains(item)),
        _ => false,
    }
}
