//! Where a page ended, as a text that means nothing to whoever hands it back.

use serde::{Deserialize, Serialize};

use super::Query;
use crate::{
    base::{Date, Digest, Id, canonical},
    delivery::DeliveryError,
    manufactory::forms::Entry,
};

/// By what hits are ordered: numbers, then a text, then the id; each hit has a key of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) numbers: [i64; 3],
    pub(super) text: String,
    pub(super) id: Id<Entry>,
}

/// Where a page ended, and all on which the order rests that other records could change: how rare the words were, and
/// which day it was. So what is added meanwhile comes in its place, and nothing comes twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    query: String,
    pub(super) today: Date,
    pub(super) rarities: Vec<u32>,
    pub(super) key: Key,
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Cursor {
    pub(super) fn new(query: &Query, today: Date, rarities: Vec<u32>, key: Key) -> Self {
        Self { query: told(query), today, rarities, key }
    }

    /// The cursor as a text of letters that need no escape in an address (RFC 4648, 5).
    pub(super) fn write(&self) -> String {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        let mut text = String::with_capacity(bytes.len() * 4 / 3 + 3);
        for group in bytes.chunks(3) {
            let value = group.iter().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
            let value = value << (8 * (3 - group.len()));
            for place in 0..=group.len() {
                let index = value >> (18 - 6 * place) & 63;
                text.extend(LETTERS.get(index as usize).map(|letter| char::from(*letter)));
            }
        }
        text
    }

    /// Reads the cursor of this query.
    pub(super) fn read(text: &str, query: &Query) -> Result<Self, DeliveryError> {
        let digits: Option<Vec<u32>> = text
            .bytes()
            .map(|letter| {
                LETTERS.iter().position(|known| *known == letter).and_then(|at| u32::try_from(at).ok())
            })
            .collect();
        let mut bytes = Vec::with_capacity(text.len());
        for group in digits.unwrap_or_default().chunks(4) {
            let value = group.iter().fold(0_u32, |value, digit| value << 6 | digit);
            let value = value << (6 * (4 - group.len()));
            let [_, all @ ..] = value.to_be_bytes();
            bytes.extend(all.into_iter().take(group.len().saturating_sub(1)));
        }
        let cursor: Option<Self> = serde_json::from_slice(&bytes).ok();
        cursor.filter(|cursor| cursor.query == told(query)).ok_or(DeliveryError::CursorForeign)
    }
}

/// What makes it the same query: all but the page.
fn told(query: &Query) -> String {
    let whole = Query { after: None, limit: None, order: Some(query.ordered()), ..query.clone() };
    let text = canonical(&whole).unwrap_or_default();
    Digest::of(&[text.as_bytes()]).to_string().chars().take(16).collect()
}
