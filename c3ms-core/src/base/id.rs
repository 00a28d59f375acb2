//! Ids that cannot be mixed up.

use std::{cmp::Ordering, fmt, hash, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Digest;

/// The id of a `T`: 128 bits, written as 26 letters and digits (Crockford's base 32).
///
/// An id is derived from what makes a thing one thing (its source and its key there, or a secret drawn by
/// the caller), so that the same source gives the same ids on every machine.
///
/// # Examples
/// ```
/// use c3ms_core::base::Id;
/// struct Venue;
/// let id: Id<Venue> = Id::derived(&["venues.csv", "V001"]);
/// assert_eq!(id.to_string().len(), 26);
/// assert_eq!(Id::parse(&id.to_string()), Some(id));
/// assert_ne!(id, Id::derived(&["venues.cs", "vV001"]));
/// ```
pub struct Id<T> {
    bytes: [u8; 16],
    of: PhantomData<fn() -> T>,
}

/// Who writes into a log, as far as an id says; governance knows the member behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What each byte stands for; 32 and more for what is no digit.
const DIGITS: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        #[expect(
            clippy::indexing_slicing,
            clippy::cast_possible_truncation,
            reason = "checked when it is compiled"
        )]
        {
            digits[ALPHABET[value] as usize] = value as u8;
        }
        value += 1;
    }
    digits
};

fn digit(letter: u8) -> Option<u8> {
    DIGITS.get(usize::from(letter)).copied().filter(|digit| *digit < 32)
}

impl<T> Id<T> {
    /// Derives an id from what identifies the thing; parts are kept apart.
    #[must_use]
    pub fn derived(parts: &[&str]) -> Self {
        let mut bytes = Vec::with_capacity(64);
        for part in parts {
            bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        let Digest(hash) = Digest::of(&[&bytes]);
        let mut short = [0; 16];
        short.copy_from_slice(hash.first_chunk::<16>().unwrap_or(&[0; 16]));
        Self::from_bytes(short)
    }

    /// An id made of 16 given bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self { bytes, of: PhantomData }
    }

    /// Its 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.bytes
    }

    /// Reads 26 letters and digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 26 {
            return None;
        }
        let mut value = 0_u128;
        for (place, letter) in text.bytes().enumerate() {
            let digit = u128::from(digit(letter)?);
            if place == 0 && digit > 7 {
                return None;
            }
            value = value << 5 | digit;
        }
        Some(Self::from_bytes(value.to_be_bytes()))
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}
impl<T> hash::Hash for Id<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = u128::from_be_bytes(self.bytes);
        (0..26).rev().try_for_each(|place| {
            let digit = usize::try_from(value >> (place * 5) & 31).unwrap_or(0);
            fmt::Write::write_char(f, char::from(ALPHABET.get(digit).copied().unwrap_or(b'0')))
        })
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("an id is 26 letters and digits"))
    }
}
