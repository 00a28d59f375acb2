//! What is taken out of a store for good, and the record that says so.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{RecordKind, StoreError};

/// Takes out for good all that was written about some subjects of a kind before: bodies and salts go, the records of the
/// log stay, and with them the chain.
///
/// It is itself a record of the log, a tombstone, which names subjects (random ids) and no person. A backup that is
/// restored takes over those that the store in its place has.
///
/// # Examples
/// ```
/// use c3ms_core::{base::{Id, Seed, Timestamp}, store::*};
/// let mut store = MemoryStore::new();
/// let mut write = |change: Change| {
///     let (at, actor) = (Timestamp::from_millis(0), Id::derived(&["actor"]));
///     store.append(&Batch { at, actor, seed: Seed([7; 32]), signer: None, changes: &[change] })
/// };
/// let body = serde_json::json!({"spent": 12});
/// write(Change::Document { kind: RecordKind::Response, subject: "r1".to_owned(), body })?;
/// write(Change::Erasure(Erasure::of(RecordKind::Response, ["r1".to_owned()], ErasureReason::Request)))?;
/// assert_eq!(store.document(RecordKind::Response, "r1")?, None);
/// assert_eq!(store.erased(RecordKind::Response, "r1")?, Some(2));
/// let verified = store.verify()?;
/// assert_eq!((verified.records, verified.bodies), (2, 1));
/// # Ok::<(), c3ms_core::store::StoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The kind of what is erased.
    pub kind: RecordKind,
    /// Which ones of their kind.
    pub subjects: BTreeSet<String>,
    /// Why.
    pub reason: ErasureReason,
}

/// Why something is erased: a word of this list, for free words could tell of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErasureReason {
    /// The person it is about asked for it, or took back what she had agreed to.
    Request,
    /// It was to be kept until now.
    Expired,
    /// It should never have been written down.
    Mistake,
    /// An authority ordered it.
    Order,
    /// What it held stands elsewhere now.
    Superseded,
}

impl ErasureReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [Self::Request, Self::Expired, Self::Mistake, Self::Order, Self::Superseded];

    /// The reason as it is written.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Expired => "expired",
            Self::Mistake => "mistake",
            Self::Order => "order",
            Self::Superseded => "superseded",
        }
    }
}

impl Erasure {
    /// The erasure of these subjects.
    pub fn of(kind: RecordKind, subjects: impl IntoIterator<Item = String>, reason: ErasureReason) -> Self {
        Self { kind, subjects: subjects.into_iter().collect(), reason }
    }

    /// Whether the log lives without such records.
    ///
    /// # Errors
    /// [`StoreError::EraseRefused`] where it does not: formats, settings, members, tombstones.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        if self.kind.is_erasable() {
            return Ok(());
        }
        Err(StoreError::EraseRefused { kind: self.kind.as_str().to_owned() })
    }
}
