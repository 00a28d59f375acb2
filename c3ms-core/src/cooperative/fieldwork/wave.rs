//! A wave of a survey, as the cooperative keeps it from its launch on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FrameRow, FrameSpec};
use crate::{
    Error,
    base::{Digest, Id, Moment, Resolved, Text, Timestamp, Zone, resolve},
    store::{RecordKind, Store},
};

use super::super::kept;

/// A wave of a survey: what was launched. The questionnaire may have newer versions since, the programme may have
/// changed: what is here was copied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// Its name: `summer-2027`.
    pub name: String,
    /// The cube of the format that asks.
    pub questionnaire: String,
    /// The version of that format at launch.
    pub version: Digest,
    /// When it was launched.
    pub launched: Timestamp,
    /// What its frame holds.
    pub frame: FrameSpec,
    /// The draws, the first that of the launch, each later one a replanning.
    pub rounds: Vec<Round>,
    /// Every slot that was ever in its frame, by its beginning.
    pub slots: Vec<Slot>,
    /// What answers may be used for, by a short name; who answers agrees to each by itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub purposes: BTreeMap<String, Purpose>,
    /// How many answers are wanted at most of some kinds of people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<Quota>,
}

/// A draw of a wave: with the slots of its round it can be done again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// When.
    pub at: Timestamp,
    /// The seed of the numbers that slots keep.
    pub seed: u64,
    /// Slots that begin before this local time (`2027-07-14 20:00`) had their chance in earlier rounds and keep it.
    pub from: String,
    /// How many slots were drawn, by stratum.
    pub sizes: BTreeMap<String, usize>,
    /// The digest of the rows of the frame it was drawn from, as canonical JSON.
    pub frame: Digest,
}

/// A slot of a wave, with its chance to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// Where, when, what: the context that every answer given in it has.
    #[serde(flatten)]
    pub row: FrameRow,
    /// The round, from 0, by which it has or has not been drawn.
    pub round: usize,
    /// The number of chance it keeps from round to round, from 0 to below 1.
    pub number: f64,
    /// The probability with which it was drawn in that round.
    pub probability: f64,
    /// Whether interviewers go there.
    pub drawn: bool,
    /// One visitor out of so many is approached; 0 where it was not drawn.
    pub interval: u32,
    /// The first one approached, from 1.
    pub first: u32,
    /// What the programme says of it now.
    pub state: SlotState,
}

/// What the programme says of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlotState {
    /// It takes place as planned.
    Planned,
    /// It was cancelled, or moved to another time, before it began.
    Withdrawn,
}

/// What answers may be used for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// What people agree to, by language.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub text: Text,
    /// How many days after their answer it is kept for this purpose.
    pub keep_days: u32,
}

/// How many answers are wanted at most of people who say one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// The field of the questionnaire.
    pub field: String,
    /// What it says.
    pub value: String,
    /// How many at most.
    pub most: u32,
}

impl Wave {
    /// The slot of an id.
    #[must_use]
    pub fn slot(&self, id: Id<FrameRow>) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.row.slot == id)
    }
}

/// The local time of an instant; nothing where no rules of the zone are known.
pub(super) fn local(at: Timestamp, zone: &Zone) -> Option<Moment> {
    match resolve(&Moment::parse(&at.to_string())?, zone)? {
        Resolved::Converted(local) => Some(local),
        Resolved::Agrees(_) | Resolved::Disagrees => None,
    }
}

/// The wave of a name.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where it cannot be read.
pub fn wave(store: &dyn Store, name: &str) -> Result<Option<Wave>, Error> {
    kept::read(store, RecordKind::Wave, name)
}

/// All waves, by name.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where one cannot be read.
pub fn waves(store: &dyn Store) -> Result<Vec<Wave>, Error> {
    Ok(kept::read_all(store, RecordKind::Wave)?.into_iter().map(|(_, wave)| wave).collect())
}
