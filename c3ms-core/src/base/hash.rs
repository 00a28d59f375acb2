//! Hashes and canonical JSON: the same value has the same bytes everywhere.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash, written as 64 hexadecimal digits.
///
/// # Source
/// FIPS 180-4. The example is its one-block test message.
///
/// # Examples
/// ```
/// use c3ms_core::base::Digest;
/// assert_eq!(
///     Digest::of(&[b"abc"]).to_string(),
///     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest before the first record of a chain: 32 zero bytes.
    pub const ZERO: Self = Self([0; 32]);

    /// Hashes the parts one after the other, as if they were one.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// Reads 64 hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 64 {
            return None;
        }
        let mut out = [0_u8; 32];
        for (slot, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
            let [high, low] = pair else { return None };
            *slot = hex(*high)? << 4 | hex(*low)?;
        }
        Some(Self(out))
    }
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every record of a log is written with several.
        const DIGITS: [u8; 16] = *b"0123456789abcdef";
        let digit = |half: u8| DIGITS.get(usize::from(half & 15)).copied().unwrap_or_default();
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte)]);
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a hash is 64 hexadecimal digits, lower case"))
    }
}

/// Writes a value as canonical JSON: keys sorted, no spaces, one way to write each number.
///
/// # Errors
/// A message from the serializer when the value cannot be JSON (a map with keys that are no text,
/// a number that is not finite).
///
/// # Source
/// RFC 8785 (JSON Canonicalization Scheme); the example shortens its section 3.2.2.
///
/// # Examples
/// ```
/// use c3ms_core::base::canonical;
/// let value = serde_json::json!({ "peach": 1e21, "apple": [4.50, 2e-3] });
/// assert_eq!(canonical(&value).unwrap(), r#"{"apple":[4.5,0.002],"peach":1e+21}"#);
/// ```
pub fn canonical<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    serde_json_canonicalizer::to_string(value)
}

/// The hash of a value: SHA-256 over its canonical JSON.
///
/// # Errors
/// As [`canonical`].
///
/// # Examples
/// ```
/// use c3ms_core::base::{Digest, digest_of};
/// assert_eq!(digest_of(&serde_json::json!({}))?, Digest::of(&[b"{}"]));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn digest_of<T: Serialize>(value: &T) -> Result<Digest, serde_json::Error> {
    canonical(value).map(|text| Digest::of(&[text.as_bytes()]))
}
