//! Takes over what devices say, exactly once: in whatever order, however often, whatever is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{Act, Acting, kept},
    answers::responses,
    kept::{
        Arrival, Context, Door, Drawer, KeptResponse, MOST_COUNTS, MOST_STATES, Page, Quarantine,
        Quarantined, Seen, State, door_subject, page_of,
    },
    quality::{Checker, Flag, QuotaState},
    response::{Device, DoorLog, Message, QueueLine, Refusal, Response},
    wave::{Wave, wave},
};
use crate::{
    Code, Error,
    base::{Id, Timestamp},
    governance::Role,
    store::{Change, Erasure, ErasureReason, RecordKind, Store},
    survey::{SurveyError, read_document},
};

/// Which queues are taken over, as a document.
///
/// # Examples
/// ```
/// use c3ms_core::cooperative::CaptureSpec;
/// let spec = CaptureSpec::parse(r#"{"wave": "summer-2027", "queues": ["phone-1.ndjson"]}"#)?;
/// assert_eq!(spec.queues, ["phone-1.ndjson"]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaptureSpec {
    /// A wave that must be launched before anything is taken; messages of other waves are taken, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wave: Option<String>,
    /// The files of the devices, beside the document: one message a line.
    pub queues: Vec<String>,
}

impl CaptureSpec {
    /// Reads a document.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        read_document(json)
    }

    /// The JSON Schema of the document.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> Value {
        schemars::schema_for!(Self).to_value()
    }
}

/// What became of messages.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Captured {
    /// New answers.
    pub taken: usize,
    /// New states of answers that were known.
    pub revised: usize,
    /// States of answers of which a newer one is known: kept beneath it.
    pub older: usize,
    /// Logs of doors.
    pub doors: usize,
    /// Messages that had arrived before.
    pub duplicates: usize,
    /// Messages of people whose answers were erased: nothing of them is kept.
    pub erased: usize,
    /// What was not taken, and why.
    pub refused: Vec<RefusedMessage>,
    /// Answers taken in which something is odd.
    pub flagged: Vec<FlaggedAnswer>,
    /// What each device may forget, and what it must send again.
    pub devices: Vec<Acknowledged>,
    /// How full the quotas of the waves are.
    pub quotas: Vec<QuotaState>,
}

/// A message that was not taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RefusedMessage {
    /// The queue it came in.
    pub queue: String,
    /// Which line.
    pub line: usize,
    /// The stable name of the cause.
    pub code: Code,
    /// What is wrong.
    pub reason: String,
    /// It waits in the cooperative for a person; else the device still has it alone.
    pub kept: bool,
    /// What it says; the beginning of its text where it is no JSON.
    pub message: Value,
}

/// An answer in which something is odd.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlaggedAnswer {
    /// Which.
    pub response: Id<Response>,
    /// What.
    pub flags: Vec<Flag>,
}

/// What arrived of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    /// Which.
    pub device: Id<Device>,
    /// All messages up to this number arrived; 0 where the first lacks.
    pub through: u64,
    /// The highest number that arrived.
    pub highest: u64,
    /// What lacks between them, from the first to the last number of each gap; the first hundred.
    pub missing: Vec<(u64, u64)>,
}

/// Takes over the queues of devices.
///
/// A message is known by its device and number, an answer by its id: what comes again is acknowledged and not written
/// again. A later number of the same device is a newer state of the same answer, and an earlier one never takes its
/// place, so that the order in which messages arrive does not matter. What contradicts what is known, or cannot be
/// read, is refused with a code and kept for a person to see, where its sender agreed that anything be kept. What is
/// only odd is taken and flagged.
///
/// # Errors
/// As for every act of a member; [`StoreError`](crate::store::StoreError) where the store cannot be written: then
/// nothing is taken, and the queues can be handed over again.
pub fn capture(store: &mut dyn Store, act: &Act<'_>, lines: &[QueueLine]) -> Result<Captured, Error> {
    let (mut captured, touched, waves) = act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Contributor, "hand in answers")?;
        let mut taking = Taking::new(store, act);
        for line in lines {
            taking.take(line)?;
        }
        taking.done()
    })?;
    for wave in waves {
        let read = responses(store, &wave)?;
        captured.quotas.extend(read.quotas);
        let own = read.answers.into_iter().filter(|answer| !answer.flags.is_empty());
        let own = own.filter(|answer| touched.contains(&answer.id));
        captured.flagged.extend(own.map(|answer| FlaggedAnswer { response: answer.id, flags: answer.flags }));
    }
    Ok(captured)
}

/// Messages being taken over: what they alter, until it is written.
struct Taking<'s> {
    store: &'s dyn Store,
    act: &'s Act<'s>,
    captured: Captured,
    waves: BTreeMap<String, Option<(Wave, Checker)>>,
    responses: Drawer<KeptResponse>,
    doors: Drawer<Door>,
    pages: Drawer<Page>,
    seen: Drawer<Seen>,
    quarantine: Drawer<Quarantine>,
    touched: BTreeSet<Id<Response>>,
    devices: BTreeSet<Id<Device>>,
    erasures: Vec<Erasure>,
}

impl<'s> Taking<'s> {
    fn new(store: &'s dyn Store, act: &'s Act<'s>) -> Self {
        Self {
            store,
            act,
            captured: Captured::default(),
            waves: BTreeMap::new(),
            responses: Drawer::new(RecordKind::Response),
            doors: Drawer::new(RecordKind::DoorLog),
            pages: Drawer::new(RecordKind::Arrivals),
            seen: Drawer::new(RecordKind::Arrivals),
            quarantine: Drawer::new(RecordKind::Quarantine),
            touched: BTreeSet::new(),
            devices: BTreeSet::new(),
            erasures: Vec::new(),
        }
    }

    fn take(&mut self, line: &QueueLine) -> Result<(), Error> {
        let message = match &line.message {
            Ok(message) => message,
            Err(refusal) => return self.refuse_unread(line, refusal),
        };
        self.devices.insert(message.device);
        let taken = match (&message.response, &message.slot) {
            (Some(response), _) => self.response(message, response)?,
            (None, Some(door)) => self.door(message, door)?,
            (None, None) => Ok(()),
        };
        match taken {
            Ok(()) => Ok(()),
            Err(refusal) => {
                let consents = match &message.response {
                    Some(response) => self.may_keep(response)?,
                    None => true,
                };
                let kept = if consents { line.raw.clone() } else { json!(stripped(message)) };
                let known = self.arrival(message)?;
                self.arrived(message.device, message.sequence, known.unwrap_or(Arrival::Refused))?;
                self.refuse(line, &refusal, Some((message.device, message.sequence, kept)))
            }
        }
    }

    /// The wave with what checks its answers; nothing where there is none.
    fn wave(&mut self, name: &str) -> Result<Option<&mut (Wave, Checker)>, Error> {
        if !self.waves.contains_key(name) {
            let known = match wave(self.store, name)? {
                Some(wave) => {
                    let checker = Checker::new(self.store, &wave)?;
                    Some((wave, checker))
                }
                None => None,
            };
            self.waves.insert(name.to_owned(), known);
        }
        Ok(self.waves.get_mut(name).and_then(Option::as_mut))
    }

    /// Whether the answers of a message may be kept at all; of an unknown wave nobody knows the purposes.
    fn may_keep(&mut self, response: &Response) -> Result<bool, Error> {
        let known = self.wave(&response.wave)?.map(|(wave, _)| wave.agreed(&response.consent));
        Ok(known.unwrap_or(!response.consent.is_empty()))
    }

    fn response(&mut self, message: &Message, own: &Response) -> Result<Result<(), Refusal>, Error> {
        let subject = own.id.to_string();
        let arrival = self.arrival(message)?;
        let reused = || Ok(Err(Refusal::new(Code::SequenceReused, "another message had this number")));
        if arrival.as_ref().is_some_and(|arrival| !arrival.may_be(&Arrival::Response(own.id))) {
            return reused();
        }
        let is_known = self.responses.get(self.store, &subject)?.is_some();
        let tombstones = own.respondent.map(|own| own.to_string()).into_iter().chain([subject.clone()]);
        let mut is_erased = false;
        for tombstone in tombstones {
            is_erased |= self.store.erased(RecordKind::Response, &tombstone)?.is_some();
        }
        if is_erased && !is_known {
            self.captured.erased += 1;
            self.arrived(message.device, message.sequence, Arrival::Response(own.id))?;
            return Ok(Ok(()));
        }
        let now = self.act.now;
        let state = match self.wave(&own.wave)? {
            Some((wave, checker)) => match state(wave, checker, own, now) {
                Ok(state) => state,
                Err(refusal) => return Ok(Err(refusal)),
            },
            None => return Ok(Err(unknown_wave(&own.wave))),
        };
        let kept = self.responses.get(self.store, &subject)?;
        let Some(known) = kept else {
            *kept = Some(KeptResponse {
                device: message.device,
                dropped: BTreeSet::new(),
                states: BTreeMap::from([(message.sequence, state)]),
            });
            self.captured.taken += 1;
            return self.took(message, &subject, own.id).map(Ok);
        };
        if known.device != message.device {
            return Ok(Err(Refusal::new(Code::ResponseOfAnother, "another device gave this answer")));
        }
        let newest = known.states.last_key_value().map_or(0, |(sequence, _)| *sequence);
        let mut state = known.less(state);
        if known.took_back_after(message.sequence) {
            state.strip();
        }
        if let Some(same) = known.states.get(&message.sequence) {
            if same.response == state.response {
                self.captured.duplicates += 1;
                return Ok(Ok(()));
            }
            return reused();
        }
        if known.states.len() >= MOST_STATES {
            let reason = format!("the answer has {MOST_STATES} states already");
            return Ok(Err(Refusal::new(Code::TooManyStates, reason)));
        }
        let takes_back = !state.agreed;
        known.states.insert(message.sequence, state);
        if newest > message.sequence {
            self.captured.older += 1;
        } else {
            self.captured.revised += 1;
        }
        if takes_back && known.strip_before(message.sequence) {
            // She takes back what she agreed to: what was written before goes.
            let subjects = [subject.clone()];
            self.erasures.push(Erasure::of(RecordKind::Response, subjects, ErasureReason::Request));
        }
        self.took(message, &subject, own.id).map(Ok)
    }

    /// Writes down that an answer was taken.
    fn took(&mut self, message: &Message, subject: &str, id: Id<Response>) -> Result<(), Error> {
        self.responses.touch(subject);
        self.touched.insert(id);
        self.let_go(message)?;
        self.arrived(message.device, message.sequence, Arrival::Response(id))
    }

    fn door(&mut self, message: &Message, own: &DoorLog) -> Result<Result<(), Refusal>, Error> {
        let subject = door_subject(&own.wave, own.slot);
        let arrival = self.arrival(message)?;
        let reused = || Ok(Err(Refusal::new(Code::SequenceReused, "another message had this number")));
        if arrival.as_ref().is_some_and(|arrival| !arrival.may_be(&Arrival::Door(subject.clone()))) {
            return reused();
        }
        match self.wave(&own.wave)? {
            None => return Ok(Err(unknown_wave(&own.wave))),
            Some((wave, _)) if wave.slot(own.slot).is_none() => return Ok(Err(unknown_slot(own.slot))),
            Some(_) => {}
        }
        let door = self.doors.get(self.store, &subject)?.get_or_insert_default();
        let states = door.devices.entry(message.device.to_string()).or_default();
        match states.get(&message.sequence) {
            Some(same) if same == own => {
                self.captured.duplicates += 1;
                return Ok(Ok(()));
            }
            Some(_) => return reused(),
            None if states.len() >= MOST_COUNTS => {
                let reason = format!("the log has {MOST_COUNTS} states already");
                return Ok(Err(Refusal::new(Code::TooManyStates, reason)));
            }
            None => states.insert(message.sequence, own.clone()),
        };
        self.doors.touch(&subject);
        self.captured.doors += 1;
        self.let_go(message)?;
        self.arrived(message.device, message.sequence, Arrival::Door(subject))?;
        Ok(Ok(()))
    }

    /// A line of which only pieces can be read, if any.
    fn refuse_unread(&mut self, line: &QueueLine, refusal: &Refusal) -> Result<(), Error> {
        let text = |name: &str| line.raw.get(name).and_then(Value::as_str);
        let device = text("device").and_then(Id::<Device>::parse);
        let sequence = line.raw.get("sequence").and_then(Value::as_u64);
        let (Some(device), Some(sequence @ 1..=9_007_199_254_740_991)) = (device, sequence) else {
            return self.refuse(line, refusal, None);
        };
        self.devices.insert(device);
        let consent = line.raw.pointer("/response/consent").and_then(Value::as_array);
        let agreed = line.raw.get("slot").is_some() || consent.is_some_and(|consent| !consent.is_empty());
        let kept = if agreed { line.raw.clone() } else { bare(&line.raw) };
        let known = self.page(device, sequence)?.seen.get(&sequence).cloned();
        self.arrived(device, sequence, known.unwrap_or(Arrival::Refused))?;
        self.refuse(line, refusal, Some((device, sequence, kept)))
    }

    fn refuse(
        &mut self,
        line: &QueueLine,
        refusal: &Refusal,
        keep: Option<(Id<Device>, u64, Value)>,
    ) -> Result<(), Error> {
        let mut is_kept = false;
        if let Some((device, sequence, message)) = keep {
            let (code, reason, at) = (refusal.code.as_str().to_owned(), refusal.reason.clone(), self.act.now);
            let subject = format!("{device}/{sequence}");
            let waiting = self.quarantine.get(self.store, &subject)?.get_or_insert_default();
            is_kept = waiting.messages.iter().any(|known| known.message == message);
            if !is_kept && waiting.messages.len() < MOST_STATES {
                waiting.messages.push(Quarantined { code, reason, at, message });
                is_kept = true;
                self.quarantine.touch(&subject);
            }
        }
        self.captured.refused.push(RefusedMessage {
            queue: line.queue.clone(),
            line: line.line,
            code: refusal.code,
            reason: refusal.reason.clone(),
            kept: is_kept,
            message: line.raw.clone(),
        });
        Ok(())
    }

    /// What waited under this number and is taken now waits no more: its wave was launched meanwhile.
    fn let_go(&mut self, message: &Message) -> Result<(), Error> {
        if self.arrival(message)? != Some(Arrival::Refused) {
            return Ok(());
        }
        let subject = format!("{}/{}", message.device, message.sequence);
        let waiting = self.quarantine.get(self.store, &subject)?;
        let Some(known) = waiting else { return Ok(()) };
        let bare = stripped(message);
        known.messages.retain(|waiting| {
            let own = serde_json::from_value::<Message>(waiting.message.clone()).ok();
            own.is_none_or(|own| own != *message && own != bare)
        });
        if known.messages.is_empty() {
            *waiting = None;
        } else {
            self.quarantine.touch(&subject);
        }
        self.erasures.push(Erasure::of(RecordKind::Quarantine, [subject], ErasureReason::Superseded));
        Ok(())
    }

    fn page(&mut self, device: Id<Device>, sequence: u64) -> Result<&mut Page, Error> {
        Ok(self.pages.get(self.store, &page_of(device, sequence))?.get_or_insert_default())
    }

    fn arrival(&mut self, message: &Message) -> Result<Option<Arrival>, Error> {
        Ok(self.page(message.device, message.sequence)?.seen.get(&message.sequence).cloned())
    }

    fn arrived(&mut self, device: Id<Device>, sequence: u64, arrival: Arrival) -> Result<(), Error> {
        let page = self.page(device, sequence)?;
        if page.seen.get(&sequence) != Some(&arrival) {
            page.seen.insert(sequence, arrival);
            self.pages.touch(&page_of(device, sequence));
            let subject = device.to_string();
            if self.seen.get(self.store, &subject)?.get_or_insert_default().insert(sequence) {
                self.seen.touch(&subject);
            }
        }
        Ok(())
    }

    /// What is to be written, and what is to be told.
    #[expect(clippy::type_complexity, reason = "what `carry_out` wants")]
    fn done(mut self) -> Result<(Vec<Change>, (Captured, BTreeSet<Id<Response>>, Vec<String>)), Error> {
        for device in &self.devices {
            let seen = self.seen.get(self.store, &device.to_string())?.get_or_insert_default();
            self.captured.devices.push(seen.acknowledged(*device));
        }
        let mut changes: Vec<Change> = self.erasures.into_iter().map(Change::Erasure).collect();
        changes.extend(self.responses.changes());
        changes.extend(self.doors.changes());
        changes.extend(self.quarantine.changes());
        changes.extend(self.pages.changes());
        changes.extend(self.seen.changes());
        let waves = self.waves.into_iter().filter_map(|(name, known)| known.map(|_| name)).collect();
        Ok((changes, (self.captured, self.touched, waves)))
    }
}

/// The state of an answer as it is kept, or why it is not.
fn state(wave: &Wave, checker: &mut Checker, own: &Response, received: Timestamp) -> Result<State, Refusal> {
    let Some(slot) = wave.slot(own.slot) else { return Err(unknown_slot(own.slot)) };
    let violations = match own.version {
        Some(version) => checker.violations(version, &own.answers).ok_or_else(|| {
            let reason = format!("no version {version} of the questionnaire {} is known", wave.questionnaire);
            Refusal::new(Code::QuestionnaireUnknown, reason)
        })?,
        None => Vec::new(),
    };
    let context = Context::of(&slot.row);
    let agreed = wave.agreed(&own.consent);
    let mut state = State { received, response: own.clone(), context, agreed, violations };
    if !agreed {
        state.strip();
    }
    Ok(state)
}

/// A message without what nobody agreed to be kept.
fn stripped(message: &Message) -> Message {
    let mut bare = message.clone();
    if let Some(response) = &mut bare.response {
        response.strip();
    }
    bare
}

/// What is kept of a line in which a message can be made out, and not read, where nobody agreed to more.
fn bare(raw: &Value) -> Value {
    let mut kept = serde_json::Map::new();
    for name in ["device", "sequence"] {
        kept.extend(raw.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    let mut own = serde_json::Map::new();
    for name in ["id", "wave", "slot", "disposition"] {
        let value = raw.get("response").and_then(|response| response.get(name)).and_then(Value::as_str);
        let short = value.filter(|text| text.len() <= 128);
        own.extend(short.map(|text| (name.to_owned(), Value::from(text))));
    }
    kept.insert("response".to_owned(), Value::Object(own));
    Value::Object(kept)
}

fn unknown_wave(name: &str) -> Refusal {
    Refusal::new(Code::WaveUnknown, format!("no wave is called {name:?}"))
}

fn unknown_slot(slot: Id<super::FrameRow>) -> Refusal {
    Refusal::new(Code::SlotUnknown, format!("the wave has no slot {slot}"))
}

/// Every message that waits for a person.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where they cannot be read.
pub fn quarantined(store: &dyn Store) -> Result<Vec<Quarantined>, Error> {
    let all = kept::read_all::<Quarantine>(store, RecordKind::Quarantine)?;
    Ok(all.into_iter().flat_map(|(_, waiting)| waiting.messages).collect())
}
