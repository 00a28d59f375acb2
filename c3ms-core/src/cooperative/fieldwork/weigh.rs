//! The answers of a wave with what each stands for: the table and the design that analyses begin with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    super::kept,
    Disposition, FrameRow, Slot, SlotState,
    answers::{known, of_wave},
    kept::{Door, door_subject},
    table::refused,
};
use crate::{
    Error,
    base::Id,
    store::{RecordKind, Store},
    survey::{AnalysisSpec, DesignSpec, SinglePsu, SurveyError, WeightingStep, read_document},
};

/// How the answers of a wave are weighted, as a document.
///
/// # Examples
/// ```
/// use c3ms_core::cooperative::WeighSpec;
/// let spec = WeighSpec::parse(r#"{"wave": "summer-2027", "weighting": [
///     {"step": "response-classes", "responded": "answered", "classes": ["observed_age"]},
///     {"step": "weight-share", "visits": "visits"}, {"step": "trim", "upper": 400}]}"#)?;
/// assert_eq!(spec.weighting.len(), 3);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WeighSpec {
    /// The name of the wave.
    pub wave: String,
    /// Variables computed from others, in the language of forms.
    #[serde(default)]
    pub compute: BTreeMap<String, String>,
    /// What is done to the weights of visits, step by step, as in an analysis: usually `response-classes` by what
    /// interviewers see of everybody, `post-stratify` on counted admissions, `weight-share` from visits to visitors, `rake` on
    /// the margins of a census, `trim`.
    #[serde(default)]
    pub weighting: Vec<WeightingStep>,
}

/// The answers of a wave, ready to be analyzed.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The table, CSV (RFC 4180): that of [`Responses::to_csv`](super::Responses::to_csv), those too who refused at the
    /// door, with `person` (a number), `draw` (stratum and round), `draw_units` (slots drawn, those too
    /// in which nobody was), `draw_share` and `visit_share` (which part of the slots and of their visits was drawn), `probability` (of the slot) and `base_weight` (of the visit).
    pub table: String,
    /// The analysis that reads it: its design and weighting.
    pub analysis: AnalysisSpec,
    /// What came of each slot that was drawn.
    pub slots: Vec<SlotWeighed>,
}

/// A slot that was drawn, and what its visits stand for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SlotWeighed {
    /// Which.
    pub slot: Id<FrameRow>,
    /// Its venue.
    pub venue: String,
    /// When it begins.
    pub begin: String,
    /// The probability with which it was drawn.
    pub probability: f64,
    /// The probability with which one of its visits was: approached of counted, else one over the interval.
    pub visit_probability: f64,
    /// How many people are in the table.
    pub people: usize,
    /// How many of them answered.
    pub answered: usize,
    /// Why nobody is: `withdrawn`, `not-held`, `no-answers`; nothing where somebody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty: Option<&'static str>,
}

impl WeighSpec {
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
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}

/// Makes the table of a wave with the weights of visits, and the design that says how precise figures are.
///
/// A visit stands for one over the probability of its slot times that of being approached there. Slots are the units of the
/// first stage, those who were approached of the second; each round of each stratum is a stratum, and its slots that were sure
/// to be drawn are another. The share of the slots drawn is the mean of their probabilities, by which the variance of draws
/// of high entropy is reduced (Hájek). A stratum of one slot has the mean variance of the others. Who is not of the
/// public, and who was met in a slot that was not drawn, is not in the table. `data` is what the table will be called.
///
/// # Errors
/// [`CooperativeError::WaveMissing`](super::super::CooperativeError::WaveMissing);
/// [`StoreError`](crate::store::StoreError) where something cannot be read.
///
/// # Source
/// Karon and Wejnert (2012), "Statistical methods for the analysis of time-location sampling data"; Hájek (1964),
/// "Asymptotic theory of rejective sampling with varying probabilities from a finite population".
pub fn weigh(store: &dyn Store, spec: &WeighSpec, data: &str) -> Result<Weighed, Error> {
    let wave = known(store, &spec.wave)?;
    let found = of_wave(store, &wave)?;
    let table = found.to_csv();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let broken = |error: csv::Error| SurveyError::TableUnreadable { line: 0, reason: error.to_string() };
    let header = reader.headers().map_err(broken)?.clone();
    let place = |name: &str| header.iter().position(|own| own == name);
    let asked: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().map_err(broken)?;
    let mut of_slot: BTreeMap<Id<FrameRow>, Vec<Vec<String>>> = BTreeMap::new();
    for (answer, row) in found.answers.iter().zip(&asked) {
        if answer.disposition != Disposition::NotEligible {
            of_slot.entry(answer.slot).or_default().push(row.iter().map(str::to_owned).collect());
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Into memory: nothing can fail.
    let _header = writer.write_record(header.iter().chain(ADDED));
    let mut slots = Vec::new();
    let mut shares: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for slot in wave.slots.iter().filter(|slot| slot.drawn) {
        let (sum, count) = shares.entry(draw_of(slot)).or_default();
        (*sum, *count) = (*sum + slot.probability.min(1.0), *count + 1.0);
    }
    let mut persons = 0;
    for slot in wave.slots.iter().filter(|slot| slot.drawn) {
        let own = slot.row.slot;
        let mut people = of_slot.remove(&own).unwrap_or_default();
        let door = kept::read::<Door>(store, RecordKind::DoorLog, &door_subject(&wave.name, own))?;
        let refusals = door.iter().flat_map(Door::newest).flat_map(|log| &log.refusals);
        people.extend(refusals.map(|refusal| refused(slot, refusal, header.len())));
        let counted = found.slots.iter().find(|count| count.slot == own);
        let visit_probability =
            visit_probability(slot, counted.and_then(|count| count.counted.zip(count.approached)));
        let answered = place("answered").map_or(0, |column| {
            people.iter().filter(|row| row.get(column).is_some_and(|cell| cell == "1")).count()
        });
        let draw = draw_of(slot);
        let (sum, units) = shares.get(&draw).copied().unwrap_or((1.0, 1.0));
        let weight = 1.0 / (slot.probability * visit_probability);
        for row in &people {
            persons += 1;
            let numbers = [units, sum / units, visit_probability, slot.probability, weight];
            let numbers = numbers.map(|number| number.to_string());
            let added = [persons.to_string(), draw.clone()].into_iter().chain(numbers);
            let _written = writer.write_record(row.iter().cloned().chain(added));
        }
        let empty = people.is_empty().then_some(match (slot.state, counted.and_then(|count| count.held)) {
            (SlotState::Withdrawn, _) => "withdrawn",
            (SlotState::Planned, Some(false)) => "not-held",
            (SlotState::Planned, Some(true) | None) => "no-answers",
        });
        slots.push(SlotWeighed {
            slot: own,
            venue: slot.row.venue.clone(),
            begin: slot.row.begin.clone(),
            probability: slot.probability,
            visit_probability,
            people: people.len(),
            answered,
            empty,
        });
    }
    let table = String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default();
    Ok(Weighed { table, analysis: analysis(spec, data), slots })
}

/// The analysis that reads the table.
fn analysis(spec: &WeighSpec, data: &str) -> AnalysisSpec {
    let design = DesignSpec {
        ids: vec!["slot".to_owned(), "person".to_owned()],
        strata: vec!["draw".to_owned()],
        drawn: Some("draw_units".to_owned()),
        fpc: vec!["draw_share".to_owned(), "visit_share".to_owned()],
        weights: Some("base_weight".to_owned()),
        single_psu: SinglePsu::Average,
        ..DesignSpec::default()
    };
    AnalysisSpec {
        data: Some(data.to_owned()),
        compute: spec.compute.clone(),
        design,
        weighting: spec.weighting.clone(),
        ..AnalysisSpec::default()
    }
}

/// What is put beside the answers.
const ADDED: [&str; 7] =
    ["person", "draw", "draw_units", "draw_share", "visit_share", "probability", "base_weight"];

/// The stratum in which a slot was drawn: that of the frame and the round; those that were sure to be drawn by themselves.
fn draw_of(slot: &Slot) -> String {
    let sure = if slot.probability >= 1.0 { " · sure" } else { "" };
    format!("{} · {}{sure}", slot.row.stratum, slot.round + 1)
}

/// The probability with which a visit of a slot was approached.
fn visit_probability(slot: &Slot, counted: Option<(u64, u64)>) -> f64 {
    match counted {
        #[expect(clippy::cast_precision_loss, reason = "no evening has so many visitors")]
        Some((counted, approached)) if approached > 0 && approached <= counted => {
            approached as f64 / counted as f64
        }
        Some(_) | None => 1.0 / f64::from(slot.interval.max(1)),
    }
}
