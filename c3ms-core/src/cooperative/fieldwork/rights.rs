//! What people may ask of their answers: to see them, to have them erased; and how long they are kept.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    super::{Act, Acting, CooperativeError, kept},
    answers::responses,
    kept::{KeptResponse, Quarantine, Remainder, State},
    response::{Disposition, Response},
    wave::{Wave, waves},
};
use crate::{
    Error,
    base::{Date, Id, Timestamp},
    governance::Role,
    store::{Change, Erasure, ErasureReason, RecordKind, Store},
};

/// What was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ErasedAnswers {
    /// Answers, in all their states.
    pub answers: usize,
    /// Messages that waited for a person.
    pub messages: usize,
}

/// What ran out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Expired {
    /// Answers that were erased: all they had been agreed to be used for ran out.
    pub erased: usize,
    /// Answers that go on for other purposes.
    pub dropped: usize,
    /// Messages that waited for a person in vain.
    pub messages: usize,
}

/// Days after which a message that waits for a person is erased.
const WAITS: i64 = 90;
/// A clock that is three hours ahead is wrong.
const AHEAD: i64 = 3 * 60 * 60 * 1000;

/// All that is kept of a respondent, for her: her answers in all their states with context, consents, flags and times,
/// messages that wait, and which records of the log are about them. She is named by her id or that of an answer.
///
/// # Errors
/// [`CooperativeError::RespondentMissing`] where nothing is kept of her;
/// [`StoreError`](crate::store::StoreError) where it cannot be read.
pub fn export(store: &dyn Store, respondent: &str) -> Result<Value, Error> {
    let own = of_respondent(store, respondent)?;
    let mut subjects = BTreeSet::new();
    let mut answers = Vec::new();
    for (id, kept) in &own.answers {
        subjects.insert((RecordKind::Response, id.to_string()));
        let wave = kept.newest().map(|(_, state)| state.response.wave.clone()).unwrap_or_default();
        let read = responses(store, &wave).ok();
        let now = read.and_then(|read| read.answers.into_iter().find(|answer| answer.id == *id));
        answers.push(json!({
            "id": id, "wave": wave, "now": now, "states": kept.states, "purposes-ran-out": kept.dropped,
        }));
    }
    let mut waiting = Vec::new();
    for (subject, quarantine) in &own.waiting {
        subjects.insert((RecordKind::Quarantine, subject.clone()));
        waiting.extend(quarantine.messages.iter().filter(|message| names(&message.message, &own.names)));
    }
    let mut records = Vec::new();
    store.log(1, &mut |record| {
        if subjects.contains(&(record.kind, record.subject.clone())) {
            records.push(json!({
                "position": record.position, "at": record.at, "kind": record.kind, "subject": record.subject,
            }));
        }
        Ok(())
    })?;
    Ok(json!({ "respondent": respondent, "answers": answers, "waiting": waiting, "records": records }))
}

/// Erases all that is kept of a respondent: her answers in all their states, and messages that wait. She is named by her
/// id or that of an answer.
///
/// Of each answer remains that one more in its slot came to what it came to (complete, refusal, …), so that response
/// rates stay what they are; it is nobody's any more. Messages of hers that come again are not taken.
///
/// # Errors
/// [`CooperativeError::NotPermitted`] for all but coordinators; [`CooperativeError::RespondentMissing`] where nothing is
/// kept of her; [`StoreError`](crate::store::StoreError) where it cannot be written.
pub fn erase(
    store: &mut dyn Store,
    respondent: &str,
    reason: ErasureReason,
    act: &Act<'_>,
) -> Result<ErasedAnswers, Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Coordinator, "erase answers")?;
        let own = of_respondent(store, respondent)?;
        let mut remainders = Remainders::default();
        let mut subjects = own.names.clone();
        for (id, kept) in &own.answers {
            remainders.add(store, kept)?;
            subjects.insert(id.to_string());
        }
        let mut changes = vec![Change::Erasure(Erasure::of(RecordKind::Response, subjects, reason))];
        let mut messages = 0;
        if !own.waiting.is_empty() {
            let waiting = own.waiting.iter().map(|(subject, _)| subject.clone());
            changes.push(Change::Erasure(Erasure::of(RecordKind::Quarantine, waiting, reason)));
        }
        for (subject, mut quarantine) in own.waiting {
            let before = quarantine.messages.len();
            quarantine.messages.retain(|message| !names(&message.message, &own.names));
            messages += before - quarantine.messages.len();
            if !quarantine.messages.is_empty() {
                changes.push(kept::change(RecordKind::Quarantine, &subject, &quarantine));
            }
        }
        changes.extend(remainders.changes());
        Ok((changes, ErasedAnswers { answers: own.answers.len(), messages }))
    })
}

/// Erases the answers whose purposes have all run out by a day, and drops from the others the purposes that ran out. An
/// answer is kept for a purpose until so many days after it was given have passed; what a wave without purposes asked is
/// kept until somebody erases it. A refused message waits for a person ninety days.
///
/// # Errors
/// [`CooperativeError::NotPermitted`] for all but coordinators; [`StoreError`](crate::store::StoreError) where it cannot
/// be read or written.
pub fn expire(store: &mut dyn Store, today: Date, act: &Act<'_>) -> Result<Expired, Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Coordinator, "erase answers")?;
        let waves = waves(store)?;
        let (mut expired, mut remainders, mut changes) =
            (Expired::default(), Remainders::default(), Vec::new());
        let mut gone = BTreeSet::new();
        for (subject, mut own) in kept::read_all::<KeptResponse>(store, RecordKind::Response)? {
            let Some((_, newest)) = own.newest() else { continue };
            let Some(wave) = waves.iter().find(|wave| wave.name == newest.response.wave) else { continue };
            let agreed: BTreeSet<String> = newest
                .response
                .consent
                .iter()
                .filter(|purpose| wave.purposes.contains_key(*purpose))
                .cloned()
                .collect();
            let out = ran_out(wave, newest, &agreed, today);
            if out.is_empty() {
                continue;
            }
            if out.len() == agreed.len() {
                expired.erased += 1;
                remainders.add(store, &own)?;
                gone.insert(subject);
                continue;
            }
            expired.dropped += 1;
            for state in own.states.values_mut() {
                state.response.consent.retain(|purpose| !out.contains(purpose));
            }
            own.dropped.extend(out);
            changes.push(kept::change(RecordKind::Response, &subject, &own));
        }
        let mut erasures = Vec::new();
        if !gone.is_empty() {
            let reason = ErasureReason::Expired;
            erasures.push(Change::Erasure(Erasure::of(RecordKind::Response, gone, reason)));
        }
        let mut waited = BTreeSet::new();
        for (subject, mut quarantine) in kept::read_all::<Quarantine>(store, RecordKind::Quarantine)? {
            let before = quarantine.messages.len();
            quarantine.messages.retain(|message| today.days() - message.at.date().days() <= WAITS);
            if quarantine.messages.len() < before {
                expired.messages += before - quarantine.messages.len();
                if !quarantine.messages.is_empty() {
                    changes.push(kept::change(RecordKind::Quarantine, &subject, &quarantine));
                }
                waited.insert(subject);
            }
        }
        if !waited.is_empty() {
            let reason = ErasureReason::Expired;
            erasures.push(Change::Erasure(Erasure::of(RecordKind::Quarantine, waited, reason)));
        }
        erasures.extend(changes);
        erasures.extend(remainders.changes());
        Ok((erasures, expired))
    })
}

/// The purposes of an answer that ran out by a day.
fn ran_out(wave: &Wave, newest: &State, agreed: &BTreeSet<String>, today: Date) -> BTreeSet<String> {
    let State { received, response, .. } = newest;
    // A clock that is wrong neither ends nor prolongs anything.
    let latest = Timestamp::from_millis(received.millis().saturating_add(AHEAD));
    let is_sound = wave.launched <= response.ended && response.ended <= latest;
    let given = if is_sound { response.ended } else { *received };
    let age = today.days() - given.date().days();
    let keep = |purpose: &String| wave.purposes.get(purpose).map(|purpose| i64::from(purpose.keep_days));
    agreed.iter().filter(|purpose| keep(purpose).is_some_and(|days| age > days)).cloned().collect()
}

/// What is kept of a respondent.
struct OfRespondent {
    answers: Vec<(Id<Response>, KeptResponse)>,
    waiting: Vec<(String, Quarantine)>,
    /// Her ids, and those of her answers.
    names: BTreeSet<String>,
}

fn of_respondent(store: &dyn Store, respondent: &str) -> Result<OfRespondent, Error> {
    let mut names_of = BTreeSet::from([respondent.to_owned()]);
    let all = kept::read_all::<KeptResponse>(store, RecordKind::Response)?;
    let respondents = |own: &KeptResponse| -> BTreeSet<String> {
        own.states.values().filter_map(|state| state.response.respondent.map(|own| own.to_string())).collect()
    };
    // Named by an answer: hers are those of the same respondent.
    for (_, own) in all.iter().filter(|(subject, _)| subject == respondent) {
        names_of.extend(respondents(own));
    }
    let mut answers = Vec::new();
    for (subject, own) in all {
        let is_hers = names_of.contains(&subject) || !respondents(&own).is_disjoint(&names_of);
        if let Some(id) = Id::parse(&subject).filter(|_| is_hers) {
            names_of.insert(subject);
            answers.push((id, own));
        }
    }
    let waiting = kept::read_all::<Quarantine>(store, RecordKind::Quarantine)?;
    let waiting: Vec<_> = waiting
        .into_iter()
        .filter(|(_, own)| own.messages.iter().any(|message| names(&message.message, &names_of)))
        .collect();
    if answers.is_empty() && waiting.is_empty() {
        return Err(CooperativeError::RespondentMissing { id: respondent.to_owned() }.into());
    }
    Ok(OfRespondent { answers, waiting, names: names_of })
}

/// Whether a message names one of these ids as its respondent or answer.
fn names(message: &Value, ids: &BTreeSet<String>) -> bool {
    let member = |name: &str| message.get("response").and_then(|own| own.get(name)).and_then(Value::as_str);
    ["respondent", "id"].into_iter().filter_map(member).any(|own| ids.contains(own))
}

/// What remains of answers that are erased, by wave.
#[derive(Default)]
struct Remainders(std::collections::BTreeMap<String, Remainder>);

impl Remainders {
    fn add(&mut self, store: &dyn Store, own: &KeptResponse) -> Result<(), Error> {
        let Some((_, state)) = own.newest() else { return Ok(()) };
        let (name, slot, disposition): (_, _, Disposition) =
            (&state.response.wave, state.response.slot, state.response.disposition);
        if !self.0.contains_key(name) {
            let known = kept::read::<Remainder>(store, RecordKind::Remainder, name)?.unwrap_or_default();
            self.0.insert(name.clone(), known);
        }
        if let Some(remainder) = self.0.get_mut(name) {
            *remainder.0.entry(slot).or_default().entry(disposition).or_default() += 1;
        }
        Ok(())
    }

    fn changes(self) -> impl Iterator<Item = Change> {
        self.0.into_iter().map(|(name, own)| kept::change(RecordKind::Remainder, &name, &own))
    }
}
