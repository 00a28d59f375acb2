//! The answers of a wave, all versions of its questionnaire read as the newest, and the table they make.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{
    super::{kept, settings},
    FrameRow,
    kept::{Context, Door, KeptResponse, Remainder, State, door_subject},
    quality::{Flag, QuotaState, SlotCount, Violated, flag_quotas, flag_twice, lineage, oddities},
    response::{Device, Disposition, Mode, Observed, Respondent, Response},
    table::Sheet,
    wave::{Wave, wave},
};
use crate::{
    Error,
    base::{Digest, Id, Language, Timestamp},
    cooperative::CooperativeError,
    manufactory::forms::{
        Document, Format,
        evolve::{Complement, Lens, Lineage},
    },
    store::{RecordKind, Store},
    survey::{OutcomeRates, Outcomes, outcome_rates},
};

/// An answer as it stands now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Its id.
    pub id: Id<Response>,
    /// The slot.
    pub slot: Id<FrameRow>,
    /// Who answered; nothing where nothing of it is kept.
    pub respondent: Option<Id<Respondent>>,
    /// The device it came from.
    pub device: Id<Device>,
    /// What came of the approach.
    pub disposition: Disposition,
    /// How it was asked.
    pub mode: Mode,
    /// In which language.
    pub language: Option<Language>,
    /// The version that was played.
    pub version: Option<Digest>,
    /// When it was begun, by the clock of the device.
    pub begun: Timestamp,
    /// When it was ended.
    pub ended: Timestamp,
    /// When it arrived.
    pub received: Timestamp,
    /// What the interviewer saw.
    pub observed: Observed,
    /// The purposes agreed to that have not run out.
    pub consent: std::collections::BTreeSet<String>,
    /// Where, when and at what it was given.
    pub context: Context,
    /// What was answered, read as the newest version of the questionnaire.
    pub answers: Document,
    /// What that version cannot hold of it.
    #[serde(skip_serializing_if = "Complement::is_empty")]
    pub complement: Complement,
    /// What is odd.
    pub flags: Vec<Flag>,
}

/// The answers of a wave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Responses {
    /// The wave.
    pub wave: String,
    /// The answers, by slot and beginning.
    pub answers: Vec<Answer>,
    /// What came of each slot that was drawn, or in which something came about.
    pub slots: Vec<SlotCount>,
    /// How full its quotas are.
    pub quotas: Vec<QuotaState>,
    /// The newest version of its questionnaire, by which the answers are read.
    #[serde(skip)]
    format: Option<Format>,
}

/// The outcome rates of a wave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WaveRates {
    /// What came of the people who were approached.
    pub outcomes: Outcomes,
    /// Their rates.
    pub rates: OutcomeRates,
    /// Of the visitors they stand for.
    pub weighted_outcomes: Outcomes,
    /// The rates of these.
    pub weighted_rates: OutcomeRates,
}

/// The answers of a wave as they stand now, each read as the newest version of the questionnaire: what was answered to an
/// older one is carried to it, and what it cannot hold lies beside.
///
/// Flags are worked out of all that is there, so that they do not depend on the order in which messages came.
///
/// # Errors
/// [`CooperativeError::WaveMissing`] for an unknown wave; [`StoreError`](crate::store::StoreError) where it cannot be read.
pub fn responses(store: &dyn Store, name: &str) -> Result<Responses, Error> {
    of_wave(store, &known(store, name)?)
}

/// The wave of a name.
pub(super) fn known(store: &dyn Store, name: &str) -> Result<Wave, Error> {
    Ok(wave(store, name)?.ok_or_else(|| CooperativeError::WaveMissing { name: name.to_owned() })?)
}

/// The answers of a wave.
pub(super) fn of_wave(store: &dyn Store, wave: &Wave) -> Result<Responses, Error> {
    let lineage = lineage(store, &wave.questionnaire)?;
    let zone = settings(store)?.zone;
    let newest = lineage.newest(&wave.questionnaire);
    let mut lenses = Lenses { lineage: &lineage, newest: newest.map(Format::digest), known: BTreeMap::new() };
    let mut answers = Vec::new();
    for (id, own) in kept_of(store, &wave.name)? {
        let device = own.device;
        let Some((_, state)) = own.states.into_iter().next_back() else { continue };
        let flags = state.violations.iter().map(Violated::flag).collect();
        let mut answer = answer(id, device, state, &mut lenses);
        answer.flags = flags;
        answer.flags.extend(oddities(wave, &zone, wave.slot(answer.slot), &answer));
        answers.push(answer);
    }
    answers.sort_by(|one, other| {
        let key = |answer: &Answer| (answer.begun, answer.id);
        one.context
            .begin
            .cmp(&other.context.begin)
            .then(one.slot.cmp(&other.slot))
            .then(key(one).cmp(&key(other)))
    });
    flag_twice(&mut answers);
    let quotas = flag_quotas(wave, &mut answers);
    let slots = count(store, wave, &answers)?;
    let odd: BTreeMap<Id<FrameRow>, &Vec<Flag>> = slots.iter().map(|slot| (slot.slot, &slot.flags)).collect();
    for answer in &mut answers {
        answer.flags.extend(odd.get(&answer.slot).into_iter().flat_map(|flags| flags.iter().cloned()));
    }
    Ok(Responses { wave: wave.name.clone(), answers, slots, quotas, format: newest.cloned() })
}

/// What is kept of the answers of a wave.
pub(super) fn kept_of(store: &dyn Store, wave: &str) -> Result<Vec<(Id<Response>, KeptResponse)>, Error> {
    let all = kept::read_all::<KeptResponse>(store, RecordKind::Response)?;
    let of_wave = |own: &KeptResponse| own.newest().is_some_and(|(_, state)| state.response.wave == wave);
    let read = all.into_iter().filter(|(_, own)| of_wave(own));
    Ok(read.filter_map(|(subject, own)| Some((Id::parse(&subject)?, own))).collect())
}

/// The way of answers from the version that was played to the newest, worked out once for each version.
struct Lenses<'l> {
    lineage: &'l Lineage,
    newest: Option<Digest>,
    known: BTreeMap<Digest, Option<Lens>>,
}

impl Lenses<'_> {
    /// Nothing where there is no way.
    fn of(&mut self, version: Digest) -> Option<&Lens> {
        let newest = self.newest?;
        let lens = || self.lineage.lens(version, newest).ok();
        self.known.entry(version).or_insert_with(lens).as_ref()
    }
}

/// An answer read as the newest version of its questionnaire.
fn answer(id: Id<Response>, device: Id<Device>, state: State, lenses: &mut Lenses<'_>) -> Answer {
    let State { received, response, context, agreed: _, violations: _ } = state;
    let (mut answers, mut complement) = (response.answers, Complement::default());
    if let Some(lens) = response.version.and_then(|version| lenses.of(version)) {
        lens.carry(&mut answers, &mut complement);
    }
    Answer {
        id,
        slot: response.slot,
        respondent: response.respondent,
        device,
        disposition: response.disposition,
        mode: response.mode,
        language: response.language,
        version: response.version,
        begun: response.begun,
        ended: response.ended,
        received,
        observed: response.observed,
        consent: response.consent,
        context,
        answers,
        complement,
        flags: Vec::new(),
    }
}

/// What came of each slot.
fn count(store: &dyn Store, wave: &Wave, answers: &[Answer]) -> Result<Vec<SlotCount>, Error> {
    let erased = kept::read::<Remainder>(store, RecordKind::Remainder, &wave.name)?.unwrap_or_default();
    let mut of_slot: BTreeMap<Id<FrameRow>, BTreeMap<Disposition, u32>> = BTreeMap::new();
    for answer in answers {
        *of_slot.entry(answer.slot).or_default().entry(answer.disposition).or_default() += 1;
    }
    let mut slots = Vec::new();
    for slot in &wave.slots {
        let id = slot.row.slot;
        let door = kept::read::<Door>(store, RecordKind::DoorLog, &door_subject(&wave.name, id))?;
        let mut dispositions = of_slot.remove(&id).unwrap_or_default();
        let mut gone = 0;
        for (disposition, count) in erased.0.get(&id).into_iter().flatten() {
            *dispositions.entry(*disposition).or_default() += count;
            gone += count;
        }
        let logs: Vec<_> = door.iter().flat_map(Door::newest).collect();
        let refusals: usize = logs.iter().map(|log| log.refusals.len()).sum();
        if refusals > 0 {
            *dispositions.entry(Disposition::Refusal).or_default() +=
                u32::try_from(refusals).unwrap_or(u32::MAX);
        }
        if !slot.drawn && logs.is_empty() && dispositions.is_empty() {
            continue;
        }
        let sum = |counts: Vec<Option<u32>>| {
            let counts: Vec<u64> = counts.into_iter().flatten().map(u64::from).collect();
            (!counts.is_empty()).then(|| counts.iter().sum())
        };
        let mut own = SlotCount {
            slot: id,
            begin: slot.row.begin.clone(),
            venue: slot.row.venue.clone(),
            title: slot.row.title.clone(),
            drawn: slot.drawn,
            weight: (slot.drawn && slot.interval > 0 && slot.probability > 0.0)
                .then(|| f64::from(slot.interval) / slot.probability),
            held: (!logs.is_empty()).then(|| logs.iter().any(|log| log.held)),
            counted: sum(logs.iter().map(|log| log.counted).collect()),
            approached: sum(logs.iter().map(|log| log.approached).collect()),
            dispositions,
            erased: gone,
            flags: Vec::new(),
        };
        own.flags = own.contradictions();
        slots.push(own);
    }
    Ok(slots)
}

impl Responses {
    /// How many approaches came to what, answers that were erased included.
    #[must_use]
    pub fn dispositions(&self) -> BTreeMap<Disposition, u32> {
        let mut all = BTreeMap::new();
        for (disposition, count) in self.slots.iter().flat_map(|slot| &slot.dispositions) {
            *all.entry(*disposition).or_default() += count;
        }
        all
    }

    /// What came of all approaches, each counted once; the weights are those of slots, see [`SlotCount::weight`].
    fn outcomes(&self, weight: impl Fn(&SlotCount) -> f64) -> Outcomes {
        let mut all = Outcomes::default();
        for slot in &self.slots {
            for (disposition, count) in &slot.dispositions {
                let place = match disposition {
                    Disposition::Complete => &mut all.complete,
                    Disposition::Partial => &mut all.partial,
                    Disposition::BreakOff | Disposition::Refusal => &mut all.refusal,
                    Disposition::NonContact => &mut all.non_contact,
                    Disposition::Other | Disposition::LanguageBarrier => &mut all.other,
                    Disposition::UnknownEligibility => &mut all.unknown,
                    Disposition::NotEligible => &mut all.not_eligible,
                };
                *place += weight(slot) * f64::from(*count);
            }
        }
        all
    }

    /// The outcome rates of the wave: of the people approached, and of the visitors they stand for by the weights of
    /// their slots (slots that were not drawn stand for none).
    ///
    /// # Errors
    /// [`SurveyError`](crate::survey::SurveyError) where a weight is no number of people.
    pub fn rates(&self) -> Result<WaveRates, Error> {
        let people = self.outcomes(|_| 1.0);
        let weighted = self.outcomes(|slot| slot.weight.unwrap_or(0.0));
        Ok(WaveRates {
            outcomes: people,
            rates: outcome_rates(&people)?,
            weighted_outcomes: weighted,
            weighted_rates: outcome_rates(&weighted)?,
        })
    }

    /// The answers as a table, CSV (RFC 4180): one row each, what interviews and analyses share first, then the context,
    /// then what was answered, each question a column; of several choices each a column of 0 and 1. Lists of groups are
    /// tables of their own: [`Responses::lists`].
    #[must_use]
    pub fn to_csv(&self) -> String {
        Sheet::of(self.format.as_ref()).rows(&self.answers)
    }

    /// The tables of the lists of groups that were asked, by the name of the list: the id of the answer, the place in the
    /// list from 1, the questions.
    #[must_use]
    pub fn lists(&self) -> BTreeMap<String, String> {
        Sheet::lists(self.format.as_ref(), &self.answers)
    }
}

/// The value of an answer at a path of names.
pub(super) fn at<'v>(answers: &'v Document, path: &[String]) -> Option<&'v Value> {
    let (first, others) = path.split_first()?;
    others.iter().try_fold(answers.get(first)?, |value, name| value.get(name))
}
