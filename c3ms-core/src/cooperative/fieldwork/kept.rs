//! What the cooperative keeps of messages: answers in all their states, logs of doors, what arrived, what waits.

use std::collections::{BTreeMap, BTreeSet, btree_map};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    super::kept,
    Band, DayKind, FrameRow, SlotKind, Wave,
    capture::Acknowledged,
    quality::Violated,
    response::{Device, Disposition, DoorLog, Response},
};
use crate::{
    Error,
    base::{Date, Id, Timestamp},
    manufactory::forms::Entry,
    store::{Change, RecordKind, Store},
};

/// So many states an answer or a log may have, and so many messages one number.
pub(super) const MOST_STATES: usize = 100;
/// So many states the log of a door may have of one device.
pub(super) const MOST_COUNTS: usize = 500;
/// So many numbers of a device stand on a page.
const PAGE: u64 = 64;
/// So many gaps are told.
const GAPS: usize = 100;

/// An answer in all its states, by the numbers of their messages; the last counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptResponse {
    pub(super) device: Id<Device>,
    /// Purposes that ran out.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) dropped: BTreeSet<String>,
    pub(super) states: BTreeMap<u64, State>,
}

/// One state of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// When it arrived.
    pub(super) received: Timestamp,
    pub(super) response: Response,
    pub(super) context: Context,
    /// Whether she agreed to anything, when it came.
    pub(super) agreed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) violations: Vec<Violated>,
}

/// Where, when and at what an answer was given, as the programme said it when the answer came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// The stratum of the slot.
    pub stratum: String,
    /// What the slot is of.
    pub kind: SlotKind,
    /// The venue.
    pub venue: String,
    /// Its town.
    pub locality: String,
    /// What is shown.
    pub title: String,
    /// The entry: of the performance, else of the venue.
    pub entry: Id<Entry>,
    /// The first of its genres.
    pub genre: String,
    /// The lowest price.
    pub price: String,
    /// The day.
    pub date: Date,
    /// Weekday or weekend.
    pub day: DayKind,
    /// The part of the day.
    pub band: Band,
    /// When interviewers begin, in local time.
    pub begin: String,
}

impl Context {
    pub(super) fn of(row: &FrameRow) -> Self {
        Self {
            stratum: row.stratum.clone(),
            kind: row.kind,
            venue: row.venue.clone(),
            locality: row.locality.clone(),
            title: row.title.clone(),
            entry: row.entry,
            genre: row.genre.clone(),
            price: row.price.clone(),
            date: row.date,
            day: row.day,
            band: row.band,
            begin: row.begin.clone(),
        }
    }
}

impl State {
    /// Takes out what nobody agreed to be kept; whether there was any.
    pub(super) fn strip(&mut self) -> bool {
        self.violations = Vec::new();
        self.response.strip()
    }
}

impl KeptResponse {
    /// The state that counts.
    pub(super) fn newest(&self) -> Option<(u64, &State)> {
        self.states.last_key_value().map(|(sequence, state)| (*sequence, state))
    }

    /// Whether she took back, after the state of this number, what she had agreed to.
    pub(super) fn took_back_after(&self, sequence: u64) -> bool {
        self.states.iter().any(|(number, state)| *number > sequence && !state.agreed)
    }

    /// Takes out of every state before this number what is not agreed to any more; whether there was any.
    pub(super) fn strip_before(&mut self, sequence: u64) -> bool {
        let mut had = false;
        for (_, state) in self.states.range_mut(..sequence) {
            had |= state.strip();
        }
        had
    }

    /// A state without the purposes that ran out.
    pub(super) fn less(&self, mut state: State) -> State {
        state.response.consent.retain(|purpose| !self.dropped.contains(purpose));
        state
    }
}

impl Wave {
    /// Whether somebody agreed to anything; a wave without purposes asks for no agreement.
    pub(super) fn agreed(&self, consent: &BTreeSet<String>) -> bool {
        self.purposes.is_empty() || consent.iter().any(|purpose| self.purposes.contains_key(purpose))
    }
}

/// What devices counted at a door: by device and number, the last of each counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Door {
    pub(super) devices: BTreeMap<String, BTreeMap<u64, DoorLog>>,
}

impl Door {
    /// The newest log of each device.
    pub(super) fn newest(&self) -> impl Iterator<Item = &DoorLog> {
        self.devices.values().filter_map(|states| states.last_key_value().map(|(_, log)| log))
    }
}

/// What the log of a door is kept under.
pub(super) fn door_subject(wave: &str, slot: Id<FrameRow>) -> String {
    format!("{wave}/{slot}")
}

/// What arrived under a number of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Arrival {
    /// A state of an answer.
    Response(Id<Response>),
    /// The log of a door.
    Door(String),
    /// What was refused.
    Refused,
}

impl Arrival {
    /// Whether a message about this may come under the number again: the same, or what was refused and might be taken now.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        self == other || *self == Self::Refused
    }
}

/// Some numbers of a device, with what arrived under them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    pub(super) seen: BTreeMap<u64, Arrival>,
}

/// What the page of a number is kept under.
pub(super) fn page_of(device: Id<Device>, sequence: u64) -> String {
    format!("{device}/{}", sequence / PAGE)
}

/// Which numbers of a device arrived: ranges from first to last, apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    ranges: Vec<(u64, u64)>,
}

impl Seen {
    /// Adds a number; whether it is new.
    pub(super) fn insert(&mut self, number: u64) -> bool {
        let after = self.ranges.partition_point(|(first, _)| *first <= number);
        let before = after.checked_sub(1);
        let ends = before.and_then(|before| self.ranges.get(before)).map(|(_, last)| *last);
        if ends.is_some_and(|last| last >= number) {
            return false;
        }
        let joins_next = self.ranges.get(after).is_some_and(|(first, _)| *first == number + 1);
        match before.filter(|_| ends == Some(number - 1)) {
            Some(before) => {
                let last = if joins_next { self.ranges.remove(after).1 } else { number };
                if let Some(range) = self.ranges.get_mut(before) {
                    range.1 = last;
                }
            }
            None if joins_next => {
                if let Some(range) = self.ranges.get_mut(after) {
                    range.0 = number;
                }
            }
            None => self.ranges.insert(after, (number, number)),
        }
        true
    }

    /// What is told to the device.
    pub(super) fn acknowledged(&self, device: Id<Device>) -> Acknowledged {
        let through = self.ranges.first().filter(|(first, _)| *first == 1).map_or(0, |(_, last)| *last);
        let mut missing: Vec<(u64, u64)> = Vec::new();
        let mut next = 1;
        for (first, last) in &self.ranges {
            if *first > next && missing.len() < GAPS {
                missing.push((next, first - 1));
            }
            next = last + 1;
        }
        Acknowledged { device, through, highest: next - 1, missing }
    }
}

/// Messages that were refused under one number of a device.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quarantine {
    pub(super) messages: Vec<Quarantined>,
}

/// A message that was refused and waits for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quarantined {
    /// The stable name of the cause.
    pub code: String,
    /// What is wrong.
    pub reason: String,
    /// When it came.
    pub at: Timestamp,
    /// What it says; nothing of the answers where nobody agreed to anything.
    pub message: Value,
}

/// How many answers of a wave were erased: by slot and disposition, of nobody any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Remainder(pub(super) BTreeMap<Id<FrameRow>, BTreeMap<Disposition, u32>>);

/// Documents of a kind that are read once and written once.
pub(super) struct Drawer<T> {
    kind: RecordKind,
    documents: BTreeMap<String, Option<T>>,
    touched: BTreeSet<String>,
}

impl<T: Serialize + DeserializeOwned> Drawer<T> {
    pub(super) const fn new(kind: RecordKind) -> Self {
        Self { kind, documents: BTreeMap::new(), touched: BTreeSet::new() }
    }

    /// The document, as it will be.
    pub(super) fn get(&mut self, store: &dyn Store, subject: &str) -> Result<&mut Option<T>, Error> {
        match self.documents.entry(subject.to_owned()) {
            btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            btree_map::Entry::Vacant(place) => Ok(place.insert(kept::read(store, self.kind, subject)?)),
        }
    }

    /// It is to be written.
    pub(super) fn touch(&mut self, subject: &str) {
        self.touched.insert(subject.to_owned());
    }

    /// What is to be written.
    pub(super) fn changes(&self) -> impl Iterator<Item = Change> {
        self.touched.iter().filter_map(|subject| {
            let document = self.documents.get(subject)?.as_ref()?;
            Some(kept::change(self.kind, subject, document))
        })
    }
}
