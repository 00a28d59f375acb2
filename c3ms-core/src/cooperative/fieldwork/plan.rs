//! A wave launched, or planned anew where the programme changed: which slots interviewers go to, and with which chance.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{Act, Acting, edit::format_of_cube, kept, settings},
    Frame, FrameRow, FrameSpec, Purpose, Quota, Round, Slot, SlotState, Wave, frame,
    wave::local,
};
use crate::{
    Error,
    base::{Digest, Id, Timestamp, Zone, canonical},
    governance::Role,
    store::{RecordKind, Store},
    survey::{
        SurveyError, read_document,
        sample::{Bounds, PermanentNumbers, allocate, inclusion_probabilities, proportional_shares},
    },
};

/// How a wave is fielded, as a document: the same for its launch and for planning it anew.
///
/// # Examples
/// ```
/// use c3ms_core::cooperative::PlanSpec;
/// let spec = PlanSpec::parse(r#"{"wave": "summer-2027", "questionnaire": "audience", "seed": 2027, "size": 12,
///     "interviews": 15, "frame": {"from": "2027-07-01", "to": "2027-08-01", "strata": ["day"]}}"#)?;
/// assert_eq!((spec.size, spec.least), (12, 2));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanSpec {
    /// The name of the wave: `summer-2027`.
    pub wave: String,
    /// The cube of the format that asks.
    pub questionnaire: String,
    /// What its frame holds.
    pub frame: FrameSpec,
    /// The seed: the same one gives the same draw, everywhere.
    pub seed: u64,
    /// How many slots are drawn, in all.
    pub size: usize,
    /// How many in each stratum at least; 2, else nothing tells how much slots differ.
    #[serde(default = "two")]
    pub least: usize,
    /// By what slots are shared out among the strata.
    #[serde(default)]
    pub allocation: PlanAllocation,
    /// How many interviews are aimed at in a slot.
    pub interviews: u32,
    /// What answers may be used for, by a short name.
    #[serde(default)]
    pub purposes: BTreeMap<String, Purpose>,
    /// How many answers are wanted at most of some kinds of people.
    #[serde(default)]
    pub quotas: Vec<Quota>,
}

const fn two() -> usize {
    2
}

/// By what slots are shared out among the strata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PlanAllocation {
    /// By the visitors expected: each visit has about the same chance.
    #[default]
    Visitors,
    /// By the number of slots.
    Slots,
    /// The same for each.
    Equal,
}

/// What planning did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Planned {
    /// The wave as it is kept now.
    pub wave: Wave,
    /// Whether it was planned anew: it had been launched before.
    pub again: bool,
    /// What became of each stratum that still has slots to come.
    pub strata: Vec<StratumPlanned>,
    /// Slots that interviewers go to now and did not before.
    pub gained: Vec<Id<FrameRow>>,
    /// Slots that they do not go to any more: cancelled, moved, or others were drawn.
    pub lost: Vec<Id<FrameRow>>,
    /// Slots that were cancelled or moved since.
    pub withdrawn: Vec<Id<FrameRow>>,
    /// Slots of which the programme knew nothing before they had begun, or that were over when the wave was launched: they
    /// had no chance, and no figure stands for them.
    pub missed: Vec<Id<FrameRow>>,
}

/// A stratum as it was planned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StratumPlanned {
    /// Its name.
    pub stratum: String,
    /// Its slots to come.
    pub slots: usize,
    /// Their expected visitors.
    pub expected: f64,
    /// How many are drawn.
    pub drawn: usize,
}

impl PlanSpec {
    /// Reads a document.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        let spec: Self = read_document(json)?;
        let _checked = FrameSpec::parse(&json!(spec.frame).to_string())?;
        let wrong = |reason: &str| Err(SurveyError::SpecUnreadable { reason: reason.to_owned() });
        if spec.wave.trim().is_empty() {
            return wrong("`wave` is a name");
        }
        if spec.size == 0 || spec.interviews == 0 {
            return wrong("`size` and `interviews` are 1 at least");
        }
        Ok(spec)
    }

    /// The JSON Schema of the document.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}

/// Launches a wave, or plans it anew where it was launched before: slots are drawn from the programme as it is.
///
/// Slots are drawn by Pareto sampling in each stratum, with probabilities proportional to the visitors expected; each has a
/// number of chance of its own, made from the seed and its name, which it keeps: what does not change is drawn again as far
/// as it can be. Planned anew, slots that have begun keep the probabilities with which they were drawn or not; those to
/// come have their chance again, with those of the programme as it is now. How many of them are drawn depends on the
/// visitors expected, never on which slots were drawn before: so every slot has a known probability, and totals by
/// Horvitz and Thompson stay without bias. A slot that is cancelled before the plan is made anew is in no frame any more; one
/// that is cancelled later keeps its probability, and its visitors are none.
///
/// # Errors
/// [`SurveyError::SpecUnreadable`] where the questionnaire of a wave would change; [`SurveyError`] of the frame and the
/// draw; [`FormsError::FormatUnknown`](crate::manufactory::forms::FormsError::FormatUnknown) for its cube;
/// [`CooperativeError::NotPermitted`](super::super::CooperativeError::NotPermitted) for all but editors.
///
/// # Source
/// Rosén (1997), "On sampling with probability proportional to size"; Ohlsson (1995), "Coordination of samples using
/// permanent random numbers".
pub fn plan(store: &mut dyn Store, spec: &PlanSpec, act: &Act<'_>, language: &str) -> Result<Planned, Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Editor, "launch a survey")?;
        let format = format_of_cube(store, &spec.questionnaire)?;
        let zone = settings(store)?.zone;
        let from = stamp(act.now, &zone);
        let found = frame(store, &spec.frame, act.now, language)?;
        let before = kept::read::<Wave>(store, RecordKind::Wave, &spec.wave)?;
        let again = before.is_some();
        let wave = match before {
            Some(wave) if wave.questionnaire != spec.questionnaire => {
                let reason = format!("{} asks {}: launch another wave", wave.name, wave.questionnaire);
                return Err(SurveyError::SpecUnreadable { reason }.into());
            }
            Some(wave) => wave,
            None => Wave {
                name: spec.wave.clone(),
                questionnaire: spec.questionnaire.clone(),
                version: format.digest(),
                launched: act.now,
                frame: spec.frame.clone(),
                rounds: Vec::new(),
                slots: Vec::new(),
                purposes: BTreeMap::new(),
                quotas: Vec::new(),
            },
        };
        let planned = planned(wave, spec, &found, (act.now, &from), again)?;
        Ok((kept::change_where_new(store, RecordKind::Wave, &spec.wave, &planned.wave)?, planned))
    })
}

/// A wave with another round.
fn planned(
    mut wave: Wave,
    spec: &PlanSpec,
    found: &Frame,
    (now, from): (Timestamp, &str),
    again: bool,
) -> Result<Planned, Error> {
    let before: BTreeSet<Id<FrameRow>> = going(&wave).map(|slot| slot.row.slot).collect();
    // Nothing had its chance before the first round: it draws from all that is not over.
    let (now_here, from) = (from, if again { from } else { "" });
    let is_still = |row: &FrameRow| {
        if again { row.begin.as_str() >= from } else { row.end.as_str() > now_here }
    };
    let still: BTreeMap<Id<FrameRow>, &FrameRow> =
        found.rows.iter().filter(|row| is_still(row)).map(|row| (row.slot, row)).collect();
    let (begun, to_come): (Vec<Slot>, Vec<Slot>) =
        std::mem::take(&mut wave.slots).into_iter().partition(|slot| slot.row.begin.as_str() < from);
    let mut slots = begun;
    let mut withdrawn = Vec::new();
    let now_known: BTreeSet<Id<FrameRow>> = found.rows.iter().map(|row| row.slot).collect();
    // What lies outside of the days that are planned now was not asked about.
    let days = spec.frame.from..spec.frame.to;
    let asked = |slot: &&mut Slot| slot.state == SlotState::Planned && days.contains(&slot.row.date);
    for slot in slots.iter_mut().filter(asked) {
        if !now_known.contains(&slot.row.slot) {
            slot.state = SlotState::Withdrawn;
            withdrawn.push(slot.row.slot);
        }
    }
    for slot in to_come {
        if !still.contains_key(&slot.row.slot) {
            withdrawn.extend((slot.state == SlotState::Planned).then_some(slot.row.slot));
            slots.push(Slot { state: SlotState::Withdrawn, drawn: false, interval: 0, first: 0, ..slot });
        }
    }
    let known: BTreeSet<Id<FrameRow>> = slots.iter().map(|slot| slot.row.slot).collect();
    let missed = found.rows.iter().filter(|row| !is_still(row) && !known.contains(&row.slot));
    let missed = missed.map(|row| row.slot).collect();
    let rows: Vec<&FrameRow> = still.into_values().collect();
    let (sizes, strata) = sizes(spec, &rows, &slots)?;
    let frame = Digest::of(&[canonical(&rows).unwrap_or_default().as_bytes()]);
    // The same slots, drawn by the same numbers, are the same draw.
    let is_same = |last: &Round| last.frame == frame && last.seed == spec.seed && last.sizes == sizes;
    let is_new = !wave.rounds.last().is_some_and(is_same);
    let round = wave.rounds.len() - usize::from(!is_new);
    for stratum in &strata {
        let own: Vec<&FrameRow> = rows.iter().copied().filter(|row| row.stratum == stratum.stratum).collect();
        slots.extend(drawn(spec, &own, stratum.drawn, round)?);
    }
    slots.sort_by(|one, other| {
        (&one.row.begin, &one.row.venue, one.row.slot).cmp(&(
            &other.row.begin,
            &other.row.venue,
            other.row.slot,
        ))
    });
    if is_new {
        wave.rounds.push(Round { at: now, seed: spec.seed, from: from.to_owned(), sizes, frame });
    }
    wave.slots = slots;
    wave.frame = spec.frame.clone();
    wave.purposes.clone_from(&spec.purposes);
    wave.quotas.clone_from(&spec.quotas);
    let after: BTreeSet<Id<FrameRow>> = going(&wave).map(|slot| slot.row.slot).collect();
    Ok(Planned {
        again,
        strata,
        gained: after.difference(&before).copied().collect(),
        lost: before.difference(&after).copied().collect(),
        withdrawn,
        missed,
        wave,
    })
}

/// The slots to which interviewers go.
fn going(wave: &Wave) -> impl Iterator<Item = &Slot> {
    wave.slots.iter().filter(|slot| slot.drawn && slot.state == SlotState::Planned)
}

/// How many of the slots to come are drawn, by stratum.
///
/// The whole is shared out over all slots that have or had a chance; of each stratum those to come have the part of their
/// expected visitors.
fn sizes(
    spec: &PlanSpec,
    rows: &[&FrameRow],
    had: &[Slot],
) -> Result<(BTreeMap<String, usize>, Vec<StratumPlanned>), SurveyError> {
    #[derive(Default)]
    struct Counts {
        to_come: (usize, f64),
        all: (usize, f64),
    }
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for row in rows {
        let own = counts.entry(&row.stratum).or_default();
        own.to_come = (own.to_come.0 + 1, own.to_come.1 + row.expected);
        own.all = (own.all.0 + 1, own.all.1 + row.expected);
    }
    for slot in had.iter().filter(|slot| slot.state == SlotState::Planned) {
        let own = counts.entry(&slot.row.stratum).or_default();
        own.all = (own.all.0 + 1, own.all.1 + slot.row.expected);
    }
    let most: Vec<usize> = counts.values().map(|own| own.all.0).collect();
    let shares = match spec.allocation {
        PlanAllocation::Visitors => counts.values().map(|own| own.all.1).collect(),
        PlanAllocation::Slots => proportional_shares(&most),
        PlanAllocation::Equal => vec![1.0; counts.len()],
    };
    let size = spec.size.min(most.iter().sum());
    let all = allocate(size, &shares, Bounds { least: spec.least, most: &most })?;
    let (mut sizes, mut strata) = (BTreeMap::new(), Vec::new());
    for ((stratum, own), units) in counts.into_iter().zip(all.units) {
        let (slots, expected) = own.to_come;
        if slots == 0 {
            continue;
        }
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of slots"
        )]
        let drawn = if own.all.0 == slots {
            units
        } else {
            ((units as f64 * expected / own.all.1).round() as usize).max(spec.least)
        };
        let drawn = drawn.min(slots);
        sizes.insert(stratum.to_owned(), drawn);
        strata.push(StratumPlanned { stratum: stratum.to_owned(), slots, expected, drawn });
    }
    Ok((sizes, strata))
}

/// The slots of a stratum, drawn or not.
fn drawn(spec: &PlanSpec, rows: &[&FrameRow], count: usize, round: usize) -> Result<Vec<Slot>, SurveyError> {
    let expected: Vec<f64> = rows.iter().map(|row| row.expected).collect();
    let probabilities = inclusion_probabilities(&expected, count)?;
    let numbers: Vec<f64> = rows.iter().map(|row| number(spec.seed, row.slot, "slot")).collect();
    let drawn: BTreeSet<usize> =
        PermanentNumbers::new(numbers.clone())?.pareto(&probabilities)?.into_iter().collect();
    let slots = rows.iter().zip(numbers).zip(probabilities.values()).enumerate();
    let slot = |(place, ((row, number_of), probability)): (usize, ((&&FrameRow, f64), &f64))| {
        let (interval, first) = if drawn.contains(&place) { steps(spec, row) } else { (0, 0) };
        Slot {
            row: (*row).clone(),
            round,
            number: number_of,
            probability: *probability,
            drawn: drawn.contains(&place),
            interval,
            first,
            state: SlotState::Planned,
        }
    };
    Ok(slots.map(slot).collect())
}

/// One visitor out of so many, and the first one.
fn steps(spec: &PlanSpec, row: &FrameRow) -> (u32, u32) {
    let aimed = row.expected / f64::from(spec.interviews);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to a million")]
    let interval = aimed.round().clamp(1.0, 1e6) as u32;
    let start = number(spec.seed, row.slot, "visitor") * f64::from(interval);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the interval")]
    let first = start.floor() as u32 + 1;
    (interval, first.min(interval))
}

/// A number from 0 to below 1 that a slot has for ever: the first 53 bits of SHA-256 over what it is for, the seed and the
/// slot's id.
fn number(seed: u64, slot: Id<FrameRow>, of: &str) -> f64 {
    let digest =
        Digest::of(&[b"c3ms number of a ", of.as_bytes(), b"\0", &seed.to_be_bytes(), slot.as_bytes()]);
    let bits = digest.0.iter().take(8).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte)) >> 11;
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a number holds")]
    let number = bits as f64;
    number / 9_007_199_254_740_992.0
}

/// The local time of an instant, as slots write theirs.
fn stamp(now: Timestamp, zone: &Zone) -> String {
    let here = local(now, zone).map_or_else(|| now.to_string(), |here| here.to_string());
    here.chars().take(16).collect::<String>().replace('T', " ")
}
