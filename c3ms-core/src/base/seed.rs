//! Where chance comes from: never from the machine, always from an argument.

use serde::{Deserialize, Serialize};

/// The seed of everything drawn: 32 bytes, so that one seed also serves to make salts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Seed(pub [u8; 32]);

impl Seed {
    /// A seed from a number, for draws that are to be repeated by hand.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(super::Digest::of(&[b"c3ms seed", &number.to_be_bytes()]).0)
    }

    /// The 32 bytes that belong to `index` in the stream of this seed.
    ///
    /// SHA-256 over the seed and the index: without the seed nothing tells one from the next.
    #[must_use]
    pub fn bytes(&self, index: u64) -> [u8; 32] {
        super::Digest::of(&[b"c3ms stream", &self.0, &index.to_be_bytes()]).0
    }
}
