//! The log that is the truth, and what is read from it.
//!
//! A [`Store`] appends [`Change`]s to a log chained by hashes. The log holds salted commitments only; the
//! bodies lie beside it, so that one can be erased (an [`Erasure`] says so) and the chain still verifies. Everything
//! else (which entry says what now, the search index) is a projection that can be made anew from the two.

mod chain;
mod erasure;
mod error;
mod memory;
mod projection;
#[cfg(feature = "sqlite")]
mod sqlite;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use chain::{LogRecord, RecordKind};
pub use erasure::{Erasure, ErasureReason};
pub use error::StoreError;
pub use memory::MemoryStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use crate::{
    base::{Actor, Digest, Id, Seed, Timestamp},
    governance::SecretKey,
    manufactory::forms::{Entry, Format, Revision, State, intake::WrittenRevision},
};

/// One thing to write into the log.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A new state of an entry.
    Revision(Id<Entry>, Revision),
    /// A new state of an entry, its document written already.
    Written(Id<Entry>, WrittenRevision),
    /// A new version of a format.
    Format(Format),
    /// A new version of a document of the cooperative: its settings, the mapping of a source.
    Document {
        /// Which kind of document.
        kind: RecordKind,
        /// Which one of its kind.
        subject: String,
        /// What it says.
        body: Value,
    },
    /// The end of all that was written about some subjects.
    Erasure(Erasure),
}

/// Changes written together: all of them or none.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Id<Actor>,
    /// Whence the salts come: secret, drawn anew for each run.
    pub seed: Seed,
    /// Signs each record, where the actor has a key.
    pub signer: Option<&'a SecretKey>,
    /// What is written, in this order.
    pub changes: &'a [Change],
}

/// The end of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The position of the last record; 0 for an empty log.
    pub position: u64,
    /// Its hash: who knows it can tell whether anything before was altered.
    pub hash: Digest,
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this cube.
    pub cube: Option<String>,
    /// Only in this state.
    pub state: Option<State>,
}

/// By what an entry is looked up within its cube.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// The key it has in its source.
    Key(&'a str),
    /// Its title, folded by [`fold`](crate::base::fold).
    Title(&'a str),
}

/// An entry that a source describes, as the read tables know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Which entry.
    pub id: Id<Entry>,
    /// Its cube.
    pub cube: String,
    /// Its key in the source.
    pub key: String,
}

/// What a verification went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Records of the log whose chain holds.
    pub records: u64,
    /// Bodies that match their commitments: one for each record that was not erased.
    pub bodies: u64,
    /// Entries whose read tables say what the log says.
    pub entries: u64,
    /// The end of the log.
    pub head: Head,
}

/// Is told a record of the log and what it says, where [`Store::replay`] gives that.
pub type Told<'a> = dyn FnMut(&LogRecord, Option<Change>) -> Result<(), StoreError> + 'a;

/// A place where a cooperative keeps its log, and reads from it.
///
/// Every store passes the same tests (`c3ms-core/tests/store.rs`). Several threads may ask it, one at a time.
pub trait Store: Send {
    /// Appends changes; when this returns they are durable. Gives the new end of the log.
    ///
    /// # Errors
    /// [`StoreError`] where the place cannot be written; then nothing of the batch is.
    fn append(&mut self, batch: &Batch<'_>) -> Result<Head, StoreError>;

    /// As [`Store::append`], where the log still ends at `head`: what was read before still holds then.
    ///
    /// # Errors
    /// [`StoreError::Moved`] where somebody else wrote meanwhile; as [`Store::append`] else.
    fn append_after(&mut self, head: Head, batch: &Batch<'_>) -> Result<Head, StoreError>;

    /// The end of the log.
    ///
    /// # Errors
    /// [`StoreError`] where the place cannot be read.
    fn head(&self) -> Result<Head, StoreError>;

    /// The entry of this id as it is now, read by the newest version of its format.
    ///
    /// # Errors
    /// [`StoreError::BodyBroken`] where what is kept is not what was written; [`StoreError`] else.
    fn entry(&self, id: Id<Entry>) -> Result<Option<Entry>, StoreError>;

    /// Whether the last revision of an entry was written in the very words that `body` gives (its body in the log, to the
    /// byte); `None` where there is no such entry, and nobody asks for the words. Nothing is parsed: an import asks this
    /// of each record.
    ///
    /// # Errors
    /// [`StoreError::BodyBroken`] where these words stand there and are not what was written; [`StoreError`] else.
    fn says(&self, id: Id<Entry>, body: &dyn Fn() -> String) -> Result<Option<bool>, StoreError>;

    /// Gives each wanted entry as it is now, in the order of ids; stops at the first error.
    ///
    /// # Errors
    /// As [`Store::entry`], and what `each` returns.
    fn entries(
        &self,
        wanted: &Filter,
        each: &mut dyn FnMut(Entry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// The ids of the entries of a cube that have this key or title, in the order of ids.
    ///
    /// # Errors
    /// [`StoreError`] where the place cannot be read.
    fn find(&self, cube: &str, by: Lookup<'_>) -> Result<Vec<Id<Entry>>, StoreError>;

    /// The entries that a source describes and still has, in the order of ids.
    ///
    /// # Errors
    /// [`StoreError`] where the place cannot be read.
    fn of_source(&self, source: &str) -> Result<Vec<Described>, StoreError>;

    /// Every state of an entry, the oldest first, read by the newest version of its format.
    ///
    /// # Errors
    /// As [`Store::entry`].
    fn history(&self, id: Id<Entry>) -> Result<Vec<Entry>, StoreError>;

    /// The ids of published entries whose texts hold words that begin with all of these, best first.
    ///
    /// # Errors
    /// [`StoreError`] where the place cannot be read.
    fn search(&self, words: &str, most: usize) -> Result<Vec<Id<Entry>>, StoreError>;

    /// The newest version of every format, by cube.
    ///
    /// # Errors
    /// As [`Store::entry`].
    fn formats(&self) -> Result<Vec<Format>, StoreError>;

    /// The versions of the format of a cube, the newest first, each before the one it was made from.
    ///
    /// # Errors
    /// As [`Store::entry`].
    fn versions(&self, cube: &str) -> Result<Vec<Format>, StoreError>;

    /// The newest version of a document.
    ///
    /// # Errors
    /// As [`Store::entry`].
    fn document(&self, kind: RecordKind, subject: &str) -> Result<Option<Value>, StoreError>;

    /// The newest version of every document of a kind, by subject.
    ///
    /// # Errors
    /// As [`Store::entry`].
    fn documents(&self, kind: RecordKind) -> Result<Vec<(String, Value)>, StoreError>;

    /// The position of the last tombstone of a subject: what was written about it before is gone.
    ///
    /// # Errors
    /// [`StoreError`] where the place cannot be read.
    fn erased(&self, kind: RecordKind, subject: &str) -> Result<Option<u64>, StoreError>;

    /// Gives each record of the log from a position on, in order.
    ///
    /// # Errors
    /// [`StoreError::LogBroken`] where a record cannot be read, and what `each` returns.
    fn log(
        &self,
        from: u64,
        each: &mut dyn FnMut(&LogRecord) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Gives each record of the log from a position on, in order, with what it says where it is a state of an entry
    /// (read by the newest version of its format) or an erasure; nothing of a state that was erased.
    ///
    /// # Errors
    /// As [`Store::entry`] and [`Store::log`].
    fn replay(&self, from: u64, each: &mut Told<'_>) -> Result<(), StoreError>;

    /// Checks that the log is one unbroken chain; reads no bodies.
    ///
    /// # Errors
    /// [`StoreError::LogBroken`] with the first position that does not hold.
    fn verify_chain(&self) -> Result<Head, StoreError> {
        let mut head = Head { position: 0, hash: Digest::ZERO };
        self.log(1, &mut |record| {
            head = record.follows(head)?;
            Ok(())
        })?;
        Ok(head)
    }

    /// Checks everything: the chain, each body against its commitment, the read tables against the log. A body lacks
    /// where a later tombstone says so, and nowhere else.
    ///
    /// # Errors
    /// [`StoreError::LogBroken`], [`StoreError::BodyBroken`], [`StoreError::ProjectionBroken`].
    fn verify(&self) -> Result<Verified, StoreError>;

    /// Makes the read tables anew from the log.
    ///
    /// # Errors
    /// As [`Store::verify`], and where the place cannot be written.
    fn rebuild(&mut self) -> Result<(), StoreError>;
}
