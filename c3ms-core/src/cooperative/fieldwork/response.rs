//! What a device in the field says: an answer, or what was counted at the door; and how its lines are read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FrameRow;
use crate::{
    Code,
    base::{Digest, Id, Language, Timestamp},
    manufactory::forms::Document,
};

/// A phone or tablet of interviewers, as far as an id says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {}

/// Who answers, as far as a random id says: nobody can tell who it is, and she can be found again by it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Respondent {}

/// A message of a device: one line of its queue, an answer or the log of a door.
///
/// # Examples
/// ```
/// use c3ms_core::cooperative::Message;
/// let line = r#"{"device": "01h455vb4pex5vsknk084sn02d", "sequence": 7, "response": {
///     "id": "01h455vb4pex5vsknk084sn02q", "wave": "summer", "slot": "01h455vb4pex5vsknk084sn02s",
///     "begun": "2027-07-14T18:10:00Z", "ended": "2027-07-14T18:11:00Z", "disposition": "refusal",
///     "observed": {"age": "30-44", "sex": "f"}}}"#;
/// let message: Message = serde_json::from_str(line)?;
/// assert_eq!((message.sequence, message.response.is_some()), (7, true));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The device, by an id that it drew once.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub device: Id<Device>,
    /// Its number in the queue of the device, from 1, without gaps; never used for another message.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 9_007_199_254_740_991_u64)))]
    pub sequence: u64,
    /// A state of an answer, in full; either this or `slot`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// A state of the log of a door, in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<DoorLog>,
}

/// An answer to a survey, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// Its id, drawn by the device.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub id: Id<Response>,
    /// The wave.
    pub wave: String,
    /// The slot in which the person was approached.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub slot: Id<FrameRow>,
    /// Who answers: an id drawn at random for her, another one than that of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub respondent: Option<Id<Respondent>>,
    /// The version of the questionnaire that was played; wherever there are answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub version: Option<Digest>,
    /// The language in which it was played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub language: Option<Language>,
    /// When it was begun, by the clock of the device.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub begun: Timestamp,
    /// When it was ended.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub ended: Timestamp,
    /// What came of it.
    pub disposition: Disposition,
    /// What the interviewer sees, of those who refuse too.
    #[serde(default, skip_serializing_if = "Observed::is_empty")]
    pub observed: Observed,
    /// A document of the questionnaire.
    #[serde(default, skip_serializing_if = "Document::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, Value>"))]
    pub answers: Document,
    /// The purposes of the wave that she agreed to.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub consent: BTreeSet<String>,
    /// How it was asked.
    #[serde(default)]
    pub mode: Mode,
}

impl Response {
    /// Takes out what nobody agreed to be kept, answers and who gave them; whether there was any.
    pub(super) fn strip(&mut self) -> bool {
        let had = !self.answers.is_empty() || self.respondent.is_some();
        self.answers = Document::new();
        self.respondent = None;
        had
    }
}

/// What came of an approach.
///
/// # Source
/// AAPOR (2023), Standard Definitions, 10th edition: the groups of its final dispositions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// A complete interview (I, 1.1).
    Complete,
    /// A partial interview, enough of it to be counted (P, 1.2).
    Partial,
    /// Broken off: too little was answered (R, 2.12).
    BreakOff,
    /// Refused (R, 2.11).
    Refusal,
    /// Nobody was spoken to (NC, 2.2).
    NonContact,
    /// Eligible and neither refused nor answered (O, 2.3).
    Other,
    /// Eligible, in a language nobody there speaks (O, 2.33).
    LanguageBarrier,
    /// Nobody knows whether eligible (UO, 3).
    UnknownEligibility,
    /// Not of the public that is asked (4).
    NotEligible,
}

impl Disposition {
    /// Every disposition.
    pub const ALL: [Self; 9] = [
        Self::Complete,
        Self::Partial,
        Self::BreakOff,
        Self::Refusal,
        Self::NonContact,
        Self::Other,
        Self::LanguageBarrier,
        Self::UnknownEligibility,
        Self::NotEligible,
    ];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::BreakOff => "break-off",
            Self::Refusal => "refusal",
            Self::NonContact => "non-contact",
            Self::Other => "other",
            Self::LanguageBarrier => "language-barrier",
            Self::UnknownEligibility => "unknown-eligibility",
            Self::NotEligible => "not-eligible",
        }
    }

    /// Whether it counts as an answer: a complete or a partial one.
    #[must_use]
    pub const fn is_interview(self) -> bool {
        matches!(self, Self::Complete | Self::Partial)
    }
}

/// What an interviewer sees of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// The class of ages, by a short name of the wave's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<String>,
    /// The sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
}

impl Observed {
    fn is_empty(&self) -> bool {
        self.age.is_none() && self.sex.is_none()
    }
}

/// How a questionnaire is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// An interviewer asks.
    #[default]
    FaceToFace,
    /// The person holds the tablet herself.
    SelfAdministered,
    /// On her own device, by an address or a code to scan.
    Web,
    /// On paper, typed in afterwards.
    Paper,
}

impl Mode {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FaceToFace => "face-to-face",
            Self::SelfAdministered => "self-administered",
            Self::Web => "web",
            Self::Paper => "paper",
        }
    }
}

/// What a device counted at the door of a slot. Several devices at one door count apart: their figures are added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DoorLog {
    /// The wave.
    pub wave: String,
    /// The slot.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub slot: Id<FrameRow>,
    /// Whether interviewers worked there: no where it rained, nobody came, the doors stayed shut.
    #[serde(default = "yes")]
    pub held: bool,
    /// When they really began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub begin: Option<Timestamp>,
    /// When they really ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub end: Option<Timestamp>,
    /// How many visitors passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<u32>,
    /// How many of them were approached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approached: Option<u32>,
    /// Those who refused and of whom there is no message of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<DoorRefusal>,
}

const fn yes() -> bool {
    true
}

/// Somebody who refused at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DoorRefusal {
    /// When.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub at: Timestamp,
    /// What the interviewer saw.
    #[serde(default, skip_serializing_if = "Observed::is_empty")]
    pub observed: Observed,
}

impl Message {
    /// The JSON Schema of a message.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> Value {
        schemars::schema_for!(Self).to_value()
    }

    /// What its types let through and is wrong.
    fn wrong(&self) -> Option<&'static str> {
        let observed = |observed: &Observed| {
            [&observed.age, &observed.sex].into_iter().flatten().all(|text| is_short(text))
        };
        if self.sequence == 0 || self.sequence > MOST_SEQUENCE {
            return Some("`sequence` counts from 1 to 2^53 - 1");
        }
        match (&self.response, &self.slot) {
            (Some(response), None) => {
                let has_answers = !response.answers.is_empty();
                let same = response.respondent.is_some_and(|own| own.as_bytes() == response.id.as_bytes());
                if has_answers && response.respondent.is_none() {
                    Some("answers need a `respondent`")
                } else if has_answers && response.version.is_none() {
                    Some("answers need the `version` of their questionnaire")
                } else if same {
                    Some("`respondent` is another id than that of the answer")
                } else if !observed(&response.observed) || !response.consent.iter().all(|own| is_short(own)) {
                    Some("`observed` and `consent` hold short names")
                } else if !is_short(&response.wave) {
                    Some("`wave` is a short name")
                } else if depth(&response.answers, 0) > DEEPEST {
                    Some("the answers lie deeper in each other than a questionnaire goes")
                } else {
                    None
                }
            }
            (None, Some(door)) => {
                if door.refusals.len() > MOST_REFUSALS {
                    Some("more refusals than a slot has minutes")
                } else if !is_short(&door.wave)
                    || !door.refusals.iter().all(|refusal| observed(&refusal.observed))
                {
                    Some("`wave` and `observed` hold short names")
                } else {
                    None
                }
            }
            (Some(_), Some(_)) | (None, None) => Some("a message has either `response` or `slot`"),
        }
    }
}

/// The bytes of the longest message.
const LONGEST: usize = 1 << 20;
const MOST_SEQUENCE: u64 = (1 << 53) - 1;
const DEEPEST: usize = 32;
const MOST_REFUSALS: usize = 5_000;
/// So much of a line that cannot be read is told.
const TOLD: usize = 200;

fn is_short(text: &str) -> bool {
    text.len() <= 128 && !text.chars().any(char::is_control)
}

fn depth(members: &Document, above: usize) -> usize {
    members.values().map(|value| value_depth(value, above + 1)).max().unwrap_or(above)
}

fn value_depth(value: &Value, above: usize) -> usize {
    if above > DEEPEST {
        return above;
    }
    match value {
        Value::Array(items) => items.iter().map(|item| value_depth(item, above + 1)).max().unwrap_or(above),
        Value::Object(members) => depth(members, above),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => above,
    }
}

/// A line of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueLine {
    /// The file or device it came from, for people.
    pub queue: String,
    /// Which line, from 1.
    pub line: usize,
    /// What it says, or why it cannot be read.
    pub message: Result<Message, Refusal>,
    /// What it says as it stands, where it is JSON; else the beginning of its text.
    pub raw: Value,
}

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The stable name of the cause.
    pub code: Code,
    /// What is wrong, for people.
    pub reason: String,
}

impl Refusal {
    pub(super) fn new(code: Code, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// Reads the queue of a device: one message a line (NDJSON). Blank lines are passed over; a line that cannot be read does
/// not keep the others from being read.
///
/// # Examples
/// The battery went empty while the second line was written.
/// ```
/// use c3ms_core::{Code, cooperative::read_queue};
/// let lines = read_queue("phone-1.ndjson", b"{\"device\": 1}\n{\"device\": \"01h4");
/// let code = |line: usize| lines[line].message.as_ref().unwrap_err().code;
/// assert_eq!((code(0), code(1)), (Code::MessageUnreadable, Code::MessageTorn));
/// ```
#[must_use]
pub fn read_queue(queue: &str, bytes: &[u8]) -> Vec<QueueLine> {
    let is_torn = !bytes.is_empty() && !bytes.ends_with(b"\n");
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let all: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let last = all.len();
    let mut lines = Vec::new();
    for (line, bytes) in (1..).zip(all) {
        let bytes = bytes.trim_ascii();
        if !bytes.is_empty() {
            let (message, raw) = read_line(bytes, is_torn && line == last);
            lines.push(QueueLine { queue: queue.to_owned(), line, message, raw });
        }
    }
    lines
}

fn read_line(bytes: &[u8], is_torn: bool) -> (Result<Message, Refusal>, Value) {
    let told = || {
        let shown: String =
            String::from_utf8_lossy(bytes.get(..TOLD * 4).unwrap_or(bytes)).chars().take(TOLD).collect();
        Value::String(shown)
    };
    if bytes.len() > LONGEST {
        let reason = format!("it has {} bytes; {LONGEST} at most", bytes.len());
        return (Err(Refusal::new(Code::MessageTooLong, reason)), told());
    }
    let raw: Value = match serde_json::from_slice(bytes) {
        Ok(raw) => raw,
        Err(error) if is_torn && error.is_eof() => {
            return (Err(Refusal::new(Code::MessageTorn, "the line breaks off")), told());
        }
        Err(error) => return (Err(Refusal::new(Code::MessageUnreadable, error.to_string())), told()),
    };
    // From the text, not from the value: a member that stands twice is no message.
    let message = match serde_json::from_slice::<Message>(bytes) {
        Ok(message) => match message.wrong() {
            None => Ok(message),
            Some(reason) => Err(Refusal::new(Code::MessageUnreadable, reason)),
        },
        Err(error) => Err(Refusal::new(Code::MessageUnreadable, error.to_string())),
    };
    (message, raw)
}
