//! What a source says of one record in several places, joined.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Fate, Filled,
    draft::{place, prune},
};
use crate::{Code, base::Pointer};

/// Joins what a source says of a record in another place: what is missing is added, what differs refused.
pub(super) fn join(kept: &mut Filled, next: Filled, fates: &mut [Vec<Fate>]) {
    let mut refused: BTreeSet<Pointer> = BTreeSet::new();
    let document = Value::Object(next.document.clone());
    for leaf in &next.leaves {
        let Some(said) = leaf.in_document(&document) else { continue };
        let place = place(&mut kept.document, &leaf.steps().collect::<Vec<_>>());
        if place.is_null() {
            *place = said.clone();
            kept.leaves.push(leaf.clone());
        } else if place != said && !is_part(place, said) {
            refused.insert(leaf.path.clone());
        }
    }
    for leaf in next.leaves {
        if refused.contains(&leaf.path)
            && let Some((index, number)) = leaf.value
            && let Some(fate) = fates.get_mut(index).and_then(|fates| fates.get_mut(number))
        {
            *fate = Fate::Refused(Code::ValueConflict, kept.key.clone());
        }
    }
    kept.document.retain(|_, value| prune(value));
    kept.mentioned &= next.mentioned;
}

/// A list of links says more than another that it holds.
fn is_part(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(whole), Value::Array(part)) => part.iter().all(|item| whole.contains(item)),
        _ => false,
    }
}
