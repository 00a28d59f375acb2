//! One record of the log, and how it follows the one before.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Change, Head, StoreError};
use crate::{
    base::{Actor, Digest, Id, Seed, Timestamp},
    governance::Signature,
    manufactory::forms::{Revision, evolve::Lineage},
};

/// What a record of the log is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RecordKind {
    /// The settings of the cooperative.
    Settings,
    /// A version of a format; the subject is its cube.
    Format,
    /// The mapping of a source; the subject is the source's name.
    Mapping,
    /// What is known of a source besides its entries: how many records it had; the subject is its name.
    Source,
    /// A member; the subject is its id.
    Member,
    /// A state of an entry; the subject is its id.
    Revision,
    /// Who may bring the entries of a cube from state to state; the subject is the cube.
    Workflow,
    /// What somebody wants done to an entry; the subject is the request's id.
    Request,
    /// A link by which somebody without an account enters something once; the subject is its id.
    Invitation,
    /// Two entries that a person told apart; the subject is their two ids.
    Distinct,
    /// A register of places: communes and the territories they make; the subject is its name.
    Register,
    /// A wave of a survey; the subject is its name.
    Wave,
    /// An answer to a survey; the subject is its id.
    Response,
    /// What interviewers counted at the door of a slot of a wave; the subject is the wave and the slot.
    DoorLog,
    /// Which messages of a device arrived; the subject is the device and a page of its numbers.
    Arrivals,
    /// Messages of a device that were refused and wait for a person; the subject is the device and their number.
    Quarantine,
    /// How many answers of a wave were erased, by slot and outcome; the subject is the wave.
    Remainder,
    /// What was erased, and why; the subject is its kind.
    Erasure,
    /// The rules of dissemination, all together; the subject is what they are about.
    Rule,
    /// Who takes data over under a name; the subject is the name.
    Reuser,
}

impl RecordKind {
    const ALL: [Self; 20] = [
        Self::Settings,
        Self::Format,
        Self::Mapping,
        Self::Source,
        Self::Member,
        Self::Revision,
        Self::Workflow,
        Self::Request,
        Self::Invitation,
        Self::Distinct,
        Self::Register,
        Self::Wave,
        Self::Response,
        Self::DoorLog,
        Self::Arrivals,
        Self::Quarantine,
        Self::Remainder,
        Self::Erasure,
        Self::Rule,
        Self::Reuser,
    ];

    /// The kind as it is written.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Format => "format",
            Self::Mapping => "mapping",
            Self::Source => "source",
            Self::Member => "member",
            Self::Revision => "revision",
            Self::Workflow => "workflow",
            Self::Request => "request",
            Self::Invitation => "invitation",
            Self::Distinct => "distinct",
            Self::Register => "register",
            Self::Wave => "wave",
            Self::Response => "response",
            Self::DoorLog => "door-log",
            Self::Arrivals => "arrivals",
            Self::Quarantine => "quarantine",
            Self::Remainder => "remainder",
            Self::Erasure => "erasure",
            Self::Rule => "rule",
            Self::Reuser => "reuser",
        }
    }

    /// Reads a kind as it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether bodies of this kind may be erased: nothing that others rest on.
    #[must_use]
    pub const fn is_erasable(&self) -> bool {
        match self {
            Self::Revision | Self::Response | Self::Quarantine => true,
            Self::Settings
            | Self::Format
            | Self::Mapping
            | Self::Source
            | Self::Member
            | Self::Workflow
            | Self::Request
            | Self::Invitation
            | Self::Distinct
            | Self::Register
            | Self::Wave
            | Self::DoorLog
            | Self::Arrivals
            | Self::Remainder
            | Self::Erasure
            | Self::Rule
            | Self::Reuser => false,
        }
    }
}

/// One record of the log: who wrote what about which subject, as a commitment, chained to the one before.
///
/// It names no person and holds no content: the body lies beside the log with its salt and can be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRecord {
    /// Its position, from 1, without gaps.
    pub position: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub actor: Id<Actor>,
    /// What it is about.
    pub kind: RecordKind,
    /// Which one of its kind.
    pub subject: String,
    /// SHA-256 over the salt (32 bytes) and the body.
    pub commitment: Digest,
    /// The hash of the record before.
    pub previous: Digest,
    /// The hash of this record.
    pub hash: Digest,
    /// The actor's signature over the hash, where the actor has a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

impl LogRecord {
    /// The hash this record must have: SHA-256 over its other members, each of a fixed length or preceded by
    /// its length, the previous hash last.
    #[must_use]
    pub fn computed_hash(&self) -> Digest {
        let kind = self.kind.as_str();
        Digest::of(&[
            b"c3ms log 1\0",
            &self.position.to_be_bytes(),
            &self.at.millis().to_be_bytes(),
            self.actor.as_bytes(),
            &length(kind),
            kind.as_bytes(),
            &length(&self.subject),
            self.subject.as_bytes(),
            &self.commitment.0,
            &self.previous.0,
        ])
    }

    /// Checks that the record follows this end of the log and gives the new end.
    ///
    /// # Errors
    /// [`StoreError::LogBroken`] where position, previous hash or hash do not hold.
    pub fn follows(&self, head: Head) -> Result<Head, StoreError> {
        let broken =
            |reason: &str| StoreError::LogBroken { position: self.position, reason: reason.to_owned() };
        if self.position != head.position + 1 {
            return Err(StoreError::LogBroken {
                position: head.position + 1,
                reason: format!("is missing; record {} follows", self.position),
            });
        }
        if self.previous != head.hash {
            return Err(broken("does not follow the record before it"));
        }
        if self.hash != self.computed_hash() {
            return Err(broken("was altered"));
        }
        Ok(Head { position: self.position, hash: self.hash })
    }

    /// Checks a body and its salt against the commitment.
    ///
    /// # Errors
    /// [`StoreError::BodyBroken`] where they are not what was written.
    pub fn check_body(&self, salt: &[u8], body: &[u8]) -> Result<(), StoreError> {
        if commitment(salt, body) == self.commitment {
            return Ok(());
        }
        Err(StoreError::BodyBroken { position: self.position, reason: "was altered".to_owned() })
    }
}

/// As [`change_of`], from the bytes of the body; a state of an entry by the newest version of its format.
pub(super) fn change_read(record: &LogRecord, body: &[u8], lineage: &Lineage) -> Result<Change, StoreError> {
    let broken = |reason: String| StoreError::BodyBroken { position: record.position, reason };
    if record.kind != RecordKind::Revision {
        return change_of(record, serde_json::from_slice(body).map_err(|error| broken(error.to_string()))?);
    }
    let id = Id::parse(&record.subject).ok_or_else(|| broken("its subject is no id".to_owned()))?;
    let mut revision: Revision = serde_json::from_slice(body).map_err(|error| broken(error.to_string()))?;
    lineage.lift(&mut revision);
    Ok(Change::Revision(id, revision))
}

/// Reads the change that a record and its body say: what [`seal`] wrote.
pub(super) fn change_of(record: &LogRecord, body: Value) -> Result<Change, StoreError> {
    let broken = |reason: String| StoreError::BodyBroken { position: record.position, reason };
    Ok(match record.kind {
        RecordKind::Revision => {
            let id = Id::parse(&record.subject).ok_or_else(|| broken("its subject is no id".to_owned()))?;
            Change::Revision(id, serde_json::from_value(body).map_err(|error| broken(error.to_string()))?)
        }
        RecordKind::Format => {
            Change::Format(serde_json::from_value(body).map_err(|error| broken(error.to_string()))?)
        }
        RecordKind::Erasure => {
            Change::Erasure(serde_json::from_value(body).map_err(|error| broken(error.to_string()))?)
        }
        kind @ (RecordKind::Settings
        | RecordKind::Mapping
        | RecordKind::Source
        | RecordKind::Member
        | RecordKind::Workflow
        | RecordKind::Request
        | RecordKind::Invitation
        | RecordKind::Distinct
        | RecordKind::Register
        | RecordKind::Wave
        | RecordKind::Response
        | RecordKind::DoorLog
        | RecordKind::Arrivals
        | RecordKind::Quarantine
        | RecordKind::Remainder
        | RecordKind::Rule
        | RecordKind::Reuser) => Change::Document { kind, subject: record.subject.clone(), body },
    })
}

fn length(text: &str) -> [u8; 8] {
    u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes()
}

pub(super) fn commitment(salt: &[u8], body: &[u8]) -> Digest {
    Digest::of(&[salt, body])
}

/// What a change says, and the commitment to it: what comes before it does not matter.
pub(super) struct Content {
    position: u64,
    kind: RecordKind,
    subject: String,
    commitment: Digest,
    pub(super) salt: [u8; 32],
    pub(super) body: String,
}

/// Writes down what a change says that is to be at this position.
pub(super) fn content(change: &Change, position: u64, seed: &Seed) -> Result<Content, StoreError> {
    let (kind, subject, body) = match change {
        Change::Revision(id, revision) => {
            (RecordKind::Revision, id.to_string(), serde_json::to_string(revision))
        }
        Change::Written(id, revision) => (RecordKind::Revision, id.to_string(), Ok(revision.text())),
        Change::Format(format) => (RecordKind::Format, format.cube.clone(), serde_json::to_string(format)),
        Change::Document { kind, subject, body } => (*kind, subject.clone(), serde_json::to_string(body)),
        Change::Erasure(erasure) => {
            erasure.check()?;
            (RecordKind::Erasure, erasure.kind.as_str().to_owned(), serde_json::to_string(erasure))
        }
    };
    let body = body.map_err(|error| StoreError::BodyBroken { position, reason: error.to_string() })?;
    let salt = seed.bytes(position);
    let commitment = commitment(&salt, body.as_bytes());
    Ok(Content { position, kind, subject, commitment, salt, body })
}

/// Makes the record of a content that follows this end of the log, at the next position.
pub(super) fn seal(content: &Content, previous: Digest, batch: &super::Batch<'_>) -> LogRecord {
    let mut record = LogRecord {
        position: content.position,
        at: batch.at,
        actor: batch.actor,
        kind: content.kind,
        subject: content.subject.clone(),
        commitment: content.commitment,
        previous,
        hash: Digest::ZERO,
        signature: None,
    };
    record.hash = record.computed_hash();
    record.signature = batch.signer.map(|key| key.sign(&record.hash.0));
    record
}

/// The tombstone of another log, as it follows this end: same time, actor, salt and words, signed by nobody here.
#[cfg(feature = "sqlite")]
pub(super) fn carried(tombstone: &LogRecord, head: Head) -> LogRecord {
    let mut record =
        LogRecord { position: head.position + 1, previous: head.hash, signature: None, ..tombstone.clone() };
    record.hash = record.computed_hash();
    record
}
