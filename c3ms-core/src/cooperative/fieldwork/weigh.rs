//! The answers of a wave with what each stands for: the table and the design that analyses begin with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    super::kept,
    Disposition, DoorRefusal, FrameRow, Slot, SlotState,
    answers::responses,
    kept::{Door, door_subject},
    wave,
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
    /// door, with `draw` (stratum and round), `probability` (of the slot) and `base_weight` (of the visit).
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
    pub fn schema() -> Value {
        schemars::schema_for!(Self).to_value()
    }
}

/// Makes the table of a wave with the weights of visits, and the design that says how precise figures are.
///
/// A visit stands for one over the probability of its slot times that of being approached there. Slots are the units drawn,
/// each round of each stratum is a stratum; with one slot it has the mean variance of the others. Who is not of the
/// public, and who was met in a slot that was not drawn, is not in the table. `data` is what the table will be called.
///
/// # Errors
/// [`CooperativeError::WaveMissing`](super::super::CooperativeError::WaveMissing);
/// [`StoreError`](crate::store::StoreError) where something cannot be read.
///
/// # Source
/// Karon and Wejnert (2012), "Statistical methods for the analysis of time-location sampling data".
pub fn weigh(store: &dyn Store, spec: &WeighSpec, data: &str) -> Result<Weighed, Error> {
    let found = responses(store, &spec.wave)?;
    let Some(wave) = wave(store, &spec.wave)? else { return Ok(Weighed::none(spec, data)) };
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
    let _header = writer.write_record(header.iter().chain(["draw", "probability", "base_weight"]));
    let mut slots = Vec::new();
    for slot in wave.slots.iter().filter(|slot| slot.drawn) {
        let own = slot.row.slot;
        let mut people = of_slot.remove(&own).unwrap_or_default();
        let door = kept::read::<Door>(store, RecordKind::DoorLog, &door_subject(&wave.name, own))?;
        let refused = door.iter().flat_map(Door::newest).flat_map(|log| &log.refusals);
        people.extend(refused.map(|refusal| refused_at(slot, refusal, header.len(), &place)));
        let counted = found.slots.iter().find(|count| count.slot == own);
        let visit_probability =
            visit_probability(slot, counted.and_then(|count| count.counted.zip(count.approached)));
        let answered = place("answered").map_or(0, |column| {
            people.iter().filter(|row| row.get(column).is_some_and(|cell| cell == "1")).count()
        });
        let draw = format!("{} · {}", slot.row.stratum, slot.round + 1);
        let weight = 1.0 / (slot.probability * visit_probability);
        for row in &people {
            let added = [draw.clone(), slot.probability.to_string(), weight.to_string()];
            let _written = writer.write_record(row.iter().chain(&added));
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
    Ok(Weighed { table, slots, ..Weighed::none(spec, data) })
}

impl Weighed {
    fn none(spec: &WeighSpec, data: &str) -> Self {
        let design = DesignSpec {
            ids: vec!["slot".to_owned()],
            strata: vec!["draw".to_owned()],
            weights: Some("base_weight".to_owned()),
            single_psu: SinglePsu::Average,
            ..DesignSpec::default()
        };
        let analysis = AnalysisSpec {
            data: Some(data.to_owned()),
            compute: spec.compute.clone(),
            design,
            weighting: spec.weighting.clone(),
            ..AnalysisSpec::default()
        };
        Self { table: String::new(), analysis, slots: Vec::new() }
    }
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

/// The row of somebody who refused at the door.
fn refused_at(
    slot: &Slot,
    refusal: &DoorRefusal,
    columns: usize,
    place: &dyn Fn(&str) -> Option<usize>,
) -> Vec<String> {
    let mut row = vec![String::new(); columns];
    let mut put = |name: &str, text: String| {
        if let Some(cell) = place(name).and_then(|column| row.get_mut(column)) {
            *cell = text;
        }
    };
    let FrameRow { venue, locality, title, genre, price, stratum, .. } = slot.row.clone();
    for (name, text) in [
        ("slot", slot.row.slot.to_string()),
        ("disposition", Disposition::Refusal.as_str().to_owned()),
        ("answered", "0".to_owned()),
        ("begun", refusal.at.to_string()),
        ("observed_age", refusal.observed.age.clone().unwrap_or_default()),
        ("observed_sex", refusal.observed.sex.clone().unwrap_or_default()),
        ("stratum", stratum),
        ("kind", slot.row.kind.as_str().to_owned()),
        ("venue", venue),
        ("locality", locality),
        ("title", title),
        ("genre", genre),
        ("price", price),
        ("date", slot.row.date.to_string()),
        ("day", slot.row.day.as_str().to_owned()),
        ("band", slot.row.band.as_str().to_owned()),
    ] {
        put(name, text);
    }
    row
}
