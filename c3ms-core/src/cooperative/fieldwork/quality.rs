//! What is odd in answers: told beside them, never a reason to lose one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Slot, SlotState, Wave, answers::Answer, response::Disposition, wave::local};
use crate::{
    Error,
    base::{Digest, Id, Moment, Timestamp, Zone},
    cooperative::fieldwork::FrameRow,
    manufactory::forms::{
        Document, Form, Validator,
        evolve::Lineage,
        play::{Play, Setting},
    },
    store::Store,
};

/// Something odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flag {
    /// What.
    pub flag: FlagName,
    /// Where in the answers; empty where it is about all of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The figure, purpose or code it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FlagName {
    /// It ended before it began.
    ClockReversed,
    /// It began before the wave was launched.
    BeforeLaunch,
    /// It arrived hours before it took place.
    InFuture,
    /// It was begun at another time than that of its slot.
    OutsideSlot,
    /// Nobody was to go to its slot.
    SlotNotDrawn,
    /// Its slot was cancelled or moved.
    SlotWithdrawn,
    /// The log of the door says that nobody worked there.
    SlotNotHeld,
    /// More interviews in the slot than people approached.
    MoreThanApproached,
    /// More people approached in the slot than visitors counted.
    MoreThanCounted,
    /// There were enough of such people.
    QuotaFull,
    /// An answer is not what its question takes.
    Invalid,
    /// A question is answered that was not to be asked.
    NotAsked,
    /// The same person answered twice in the slot.
    SameRespondent,
    /// She agreed to nothing: her answers are not kept.
    NoConsent,
    /// She agreed to something the wave has not.
    PurposeUnknown,
}

impl FlagName {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClockReversed => "clock-reversed",
            Self::BeforeLaunch => "before-launch",
            Self::InFuture => "in-future",
            Self::OutsideSlot => "outside-slot",
            Self::SlotNotDrawn => "slot-not-drawn",
            Self::SlotWithdrawn => "slot-withdrawn",
            Self::SlotNotHeld => "slot-not-held",
            Self::MoreThanApproached => "more-than-approached",
            Self::MoreThanCounted => "more-than-counted",
            Self::QuotaFull => "quota-full",
            Self::Invalid => "invalid",
            Self::NotAsked => "not-asked",
            Self::SameRespondent => "same-respondent",
            Self::NoConsent => "no-consent",
            Self::PurposeUnknown => "purpose-unknown",
        }
    }
}

impl Flag {
    pub(super) fn new(flag: FlagName) -> Self {
        Self { flag, path: String::new(), detail: String::new() }
    }

    fn about(flag: FlagName, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..Self::new(flag) }
    }
}

/// What is wrong in an answer, as its questionnaire sees it: found once, when it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Violated {
    /// The code of a violation; nothing where the question was not to be asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    code: String,
    path: String,
}

impl Violated {
    pub(super) fn flag(&self) -> Flag {
        let flag = if self.code.is_empty() { FlagName::NotAsked } else { FlagName::Invalid };
        Flag { flag, path: self.path.clone(), detail: self.code.clone() }
    }
}

/// So many violations of one answer are kept.
const MOST_VIOLATIONS: usize = 50;

/// Checks answers by the version of the questionnaire that was played.
pub(super) struct Checker {
    lineage: Lineage,
    versions: BTreeMap<Digest, Option<(Validator, Form)>>,
    cube: String,
}

impl Checker {
    pub(super) fn new(store: &dyn Store, wave: &Wave) -> Result<Self, Error> {
        let lineage = lineage(store, &wave.questionnaire)?;
        Ok(Self { lineage, versions: BTreeMap::new(), cube: wave.questionnaire.clone() })
    }

    /// What a version of the questionnaire finds wrong; nothing where there is no such version.
    pub(super) fn violations(&mut self, version: Digest, answers: &Document) -> Option<Vec<Violated>> {
        let format = self.lineage.get(version).filter(|format| format.cube == self.cube)?;
        let compiled = || Some((Validator::new(format).ok()?, Form::new(format).ok()?));
        let compiled = self.versions.entry(version).or_insert_with(compiled);
        let Some((validator, form)) = compiled else { return Some(Vec::new()) };
        if answers.is_empty() {
            return Some(Vec::new());
        }
        let wrong = validator.validate_document(answers).into_iter().map(|violation| Violated {
            code: violation.code.as_str().to_owned(),
            path: violation.path.as_str().to_owned(),
        });
        let mut found: Vec<Violated> = wrong.take(MOST_VIOLATIONS).collect();
        let play = Play::of(form, Some(answers), &Setting::default());
        let unasked = play
            .questions()
            .into_iter()
            .filter(|question| !question.relevant && !question.read_only && !question.value.is_null())
            .map(|question| Violated { code: String::new(), path: question.path.as_str().to_owned() });
        found.extend(unasked.take(MOST_VIOLATIONS));
        Some(found)
    }
}

/// All versions of a questionnaire.
pub(super) fn lineage(store: &dyn Store, cube: &str) -> Result<Lineage, Error> {
    Ok(Lineage::of(store.versions(cube)?.into_iter().rev()))
}

/// How full a quota is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuotaState {
    /// The wave.
    pub wave: String,
    /// The field of the questionnaire.
    pub field: String,
    /// What it says.
    pub value: String,
    /// How many at most.
    pub most: u32,
    /// How many there are.
    pub answers: u32,
    /// Nobody more is to be asked.
    pub full: bool,
}

/// What came of a slot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SlotCount {
    /// The slot.
    pub slot: Id<FrameRow>,
    /// When interviewers begin, in local time.
    pub begin: String,
    /// The venue.
    pub venue: String,
    /// What is shown.
    pub title: String,
    /// Interviewers were to go there.
    pub drawn: bool,
    /// How many visitors one who was approached stands for before anything is known of who answered: one visitor in so
    /// many, over the probability of the slot; nothing where it was not drawn.
    pub weight: Option<f64>,
    /// Whether they worked there; nothing where no log of the door came.
    pub held: Option<bool>,
    /// Visitors who passed, all devices together.
    pub counted: Option<u64>,
    /// Visitors who were approached.
    pub approached: Option<u64>,
    /// What came of them: of answers, of refusals in the log of the door, of answers that were erased.
    pub dispositions: BTreeMap<Disposition, u32>,
    /// How many of these were erased.
    pub erased: u32,
    /// What contradicts.
    pub flags: Vec<Flag>,
}

impl SlotCount {
    /// Complete and partial interviews.
    #[must_use]
    pub fn interviews(&self) -> u32 {
        let own = self.dispositions.iter().filter(|(disposition, _)| disposition.is_interview());
        own.map(|(_, count)| count).sum()
    }

    /// Whether its counts contradict each other.
    pub(super) fn contradictions(&self) -> Vec<Flag> {
        let mut flags = Vec::new();
        if let Some(approached) = self.approached {
            let interviews = self.interviews();
            if u64::from(interviews) > approached {
                flags.push(Flag::about(FlagName::MoreThanApproached, format!("{interviews} > {approached}")));
            }
            if let Some(counted) = self.counted.filter(|counted| approached > *counted) {
                flags.push(Flag::about(FlagName::MoreThanCounted, format!("{approached} > {counted}")));
            }
        }
        if self.held == Some(false) && self.dispositions.keys().any(|disposition| disposition.is_interview())
        {
            flags.push(Flag::new(FlagName::SlotNotHeld));
        }
        flags
    }
}

/// An hour before and after a slot, answers are still of it.
const TOLERANCE: i64 = 60 * 60;
/// A clock that is three hours ahead is wrong.
const AHEAD: i64 = 3 * 60 * 60 * 1000;

/// What is odd in an answer by itself and by its slot.
pub(super) fn oddities(wave: &Wave, zone: &Zone, slot: Option<&Slot>, answer: &Answer) -> Vec<Flag> {
    let mut flags = Vec::new();
    let mut add = |odd: bool, flag: FlagName| {
        if odd {
            flags.push(Flag::new(flag));
        }
    };
    add(answer.ended < answer.begun, FlagName::ClockReversed);
    add(answer.begun < wave.launched, FlagName::BeforeLaunch);
    let latest = answer.begun.max(answer.ended).millis();
    add(latest > answer.received.millis().saturating_add(AHEAD), FlagName::InFuture);
    if let Some(slot) = slot {
        add(!within(slot, zone, answer.begun), FlagName::OutsideSlot);
        add(!slot.drawn, FlagName::SlotNotDrawn);
        add(slot.state == SlotState::Withdrawn, FlagName::SlotWithdrawn);
    }
    let agreed = wave.agreed(&answer.consent);
    let answered = answer.disposition.is_interview() || answer.disposition == Disposition::BreakOff;
    add(!agreed && answered, FlagName::NoConsent);
    let unknown = answer.consent.iter().filter(|purpose| !wave.purposes.contains_key(*purpose));
    flags.extend(unknown.map(|purpose| Flag::about(FlagName::PurposeUnknown, purpose.clone())));
    flags
}

/// Whether an instant lies in a slot, or an hour around it.
fn within(slot: &Slot, zone: &Zone, at: Timestamp) -> bool {
    let Some(local) = local(at, zone) else { return true };
    let stamp = |text: &str| Moment::parse(&format!("{}:00", text.replace(' ', "T")));
    let (Some(begin), Some(end)) = (stamp(&slot.row.begin), stamp(&slot.row.end)) else { return true };
    let at = local.local_seconds();
    begin.local_seconds() - TOLERANCE <= at && at <= end.local_seconds() + TOLERANCE
}

/// Flags those who answered twice in a slot.
pub(super) fn flag_twice(answers: &mut [Answer]) {
    let mut known = BTreeSet::new();
    let mut twice = BTreeSet::new();
    for answer in answers.iter().filter(|answer| answer.disposition.is_interview()) {
        if let Some(respondent) = answer.respondent.map(|own| own.to_string())
            && !known.insert((answer.slot, respondent.clone()))
        {
            twice.insert((answer.slot, respondent));
        }
    }
    for answer in answers {
        let key = answer.respondent.map(|own| (answer.slot, own.to_string()));
        if key.is_some_and(|key| twice.contains(&key)) {
            answer.flags.push(Flag::new(FlagName::SameRespondent));
        }
    }
}

/// Counts the quotas of a wave, and flags the answers that came when one was full: by the time of their end.
pub(super) fn flag_quotas(wave: &Wave, answers: &mut [Answer]) -> Vec<QuotaState> {
    let mut by_end: Vec<&mut Answer> =
        answers.iter_mut().filter(|answer| answer.disposition.is_interview()).collect();
    by_end.sort_by_key(|answer| (answer.ended, answer.id));
    let mut states = Vec::new();
    for quota in &wave.quotas {
        let mut count = 0_u32;
        for answer in &mut by_end {
            if says(answer.answers.get(&quota.field), &quota.value) {
                count += 1;
                if count > quota.most {
                    let detail = format!("{} = {}", quota.field, quota.value);
                    answer.flags.push(Flag::about(FlagName::QuotaFull, detail));
                }
            }
        }
        states.push(QuotaState {
            wave: wave.name.clone(),
            field: quota.field.clone(),
            value: quota.value.clone(),
            most: quota.most,
            answers: count,
            full: count >= quota.most,
        });
    }
    states
}

/// Whether an answer says a value, alone or among others.
fn says(answer: Option<&Value>, value: &str) -> bool {
    match answer {
        Some(Value::String(own)) => own == value,
        Some(Value::Array(own)) => own.iter().any(|own| says(Some(own), value)),
        Some(other @ (Value::Number(_) | Value::Bool(_))) => {
            let own = other.to_string();
            own == value
        }
        Some(Value::Object(_) | Value::Null) | None => false,
    }
}
