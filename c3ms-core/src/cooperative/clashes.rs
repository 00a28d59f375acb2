//! Dates of different organizers that stand in each other's way: what programmers look at before they fix theirs.

use std::{collections::BTreeMap, ops::Range};

use serde::Serialize;
use serde_json::Value;

use super::formats;
use crate::{
    Error,
    base::{Date, Id, Moment, Position},
    delivery::{Dataset, Datasets, Occurrence, Record, occurrences, planned},
    manufactory::forms::Entry,
    store::Store,
};

/// What counts as a clash.
#[derive(Debug, Clone, PartialEq)]
pub struct ClashQuery {
    /// The days looked at, the last one left out.
    pub days: Range<Date>,
    /// How near two dates must lie, in kilometers.
    pub within: f64,
    /// Only clashes of this organizer.
    pub organizer: Option<Id<Entry>>,
    /// The language of names.
    pub language: String,
}

/// Two dates that stand in each other's way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Clash {
    /// The day: `2027-03-27`.
    pub date: String,
    /// How much they do, from 0 to 1: the same public on the same evening next door is 1.
    pub score: f64,
    /// Why: `same-day`, `same-hours`, `same-venue`, `same-locality`, `near`, `same-genre`, `same-audience`.
    pub reasons: Vec<&'static str>,
    /// How far apart, in whole kilometers; nothing for a draft, whose place is nobody's business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kilometers: Option<u32>,
    /// The one.
    pub a: Party,
    /// The other.
    pub b: Party,
}

/// One of two dates that clash.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Party {
    /// One that everybody may see.
    Public {
        /// The performance.
        id: Id<Entry>,
        /// What it is called.
        title: String,
        /// When it begins.
        start: Moment,
        /// Who puts it on.
        #[serde(skip_serializing_if = "Option::is_none")]
        organizer: Option<String>,
        /// Where.
        #[serde(skip_serializing_if = "Option::is_none")]
        venue: Option<String>,
    },
    /// One that is not public yet: it counts, and nothing of it is shown.
    Draft {
        /// Always true.
        draft: bool,
    },
}

/// One date with what a clash is told by.
struct Planned<'a> {
    occurrence: Occurrence,
    dataset: &'a Dataset,
    record: &'a Record,
    /// Who puts it on: the organizer, else the source it comes from.
    by: String,
    place: Option<Position>,
    venue: Option<Id<Entry>>,
    locality: Option<String>,
    genres: Vec<String>,
    audience: Vec<String>,
    is_draft: bool,
}

/// Finds the dates of different organizers that stand in each other's way, the worst first.
///
/// Two dates clash on the same day within some kilometers, or in the same locality where a position lacks. What lasts
/// longer than a night (an exhibition) clashes with nothing. Drafts count without being shown; two drafts are
/// nobody's business but their owners'.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where an entry cannot be read.
pub fn clashes(store: &dyn Store, query: &ClashQuery) -> Result<Vec<Clash>, Error> {
    let formats: Vec<_> = formats(store)?.into_values().collect();
    let (datasets, drafts) = planned(store, &formats)?;
    let mut known: BTreeMap<Id<Entry>, String> = BTreeMap::new();
    let mut by_day: BTreeMap<Date, Vec<Planned<'_>>> = BTreeMap::new();
    for occurrence in occurrences(&datasets, &query.days) {
        let day = occurrence.start.date();
        let lasts = occurrence.end.as_ref().map_or(0, |end| end.date().days() - day.days());
        if lasts > 1 || !query.days.contains(&day) {
            continue;
        }
        let Some((dataset, record)) = datasets.record(occurrence.performance) else { continue };
        if said(dataset, record, "eventStatus")
            .iter()
            .any(|status| status == "cancelled" || status == "postponed")
        {
            continue;
        }
        let is_draft = drafts.contains(&record.id);
        let by = match known.get(&record.id) {
            Some(by) => by.clone(),
            None => who(store, &datasets, dataset, record)?,
        };
        known.entry(record.id).or_insert_with(|| by.clone());
        by_day.entry(day).or_default().push(plan(&datasets, dataset, record, occurrence, by, is_draft));
    }
    let mut found = Vec::new();
    for (date, planned) in &by_day {
        for (index, one) in planned.iter().enumerate() {
            for other in planned.iter().skip(index + 1) {
                // A draft is the other one.
                let (one, other) = if one.is_draft { (other, one) } else { (one, other) };
                if let Some(clash) = between(*date, one, other, &datasets, query) {
                    found.push(clash);
                }
            }
        }
    }
    found.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.date.cmp(&other.date)));
    Ok(found)
}

fn who(store: &dyn Store, datasets: &Datasets, dataset: &Dataset, record: &Record) -> Result<String, Error> {
    if let Some((_, organizer)) = datasets.linked(record, dataset.named("organizer")) {
        return Ok(organizer.id.to_string());
    }
    let entry = store.entry(record.id)?;
    let source = entry.and_then(|entry| entry.revision.origin).map(|origin| origin.source);
    Ok(source.unwrap_or_else(|| record.id.to_string()))
}

fn plan<'a>(
    datasets: &'a Datasets,
    dataset: &'a Dataset,
    record: &'a Record,
    occurrence: Occurrence,
    by: String,
    is_draft: bool,
) -> Planned<'a> {
    let venue = datasets.linked(record, dataset.named("location"));
    let work = datasets.linked(record, dataset.named("workPerformed"));
    let of_both = |property: &str| {
        let mut found = said(dataset, record, property);
        found.extend(work.map(|(works, work)| said(works, work, property)).unwrap_or_default());
        found
    };
    let locality = venue.and_then(|(places, place)| {
        let address = place.document.get(places.named("address").unwrap_or("address"))?;
        Some(crate::base::fold(address.get("locality")?.as_str()?))
    });
    Planned {
        dataset,
        record,
        by,
        place: datasets.position(dataset, record),
        venue: venue.map(|(_, place)| place.id),
        locality,
        genres: of_both("genre"),
        audience: of_both("audience"),
        is_draft,
        occurrence,
    }
}

/// The codes or texts that a record has for a property.
pub(super) fn said(dataset: &Dataset, record: &Record, property: &str) -> Vec<String> {
    let value = dataset.named(property).and_then(|name| record.document.get(name));
    let list = value.map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice));
    list.unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn between(
    date: Date,
    one: &Planned<'_>,
    other: &Planned<'_>,
    datasets: &Datasets,
    query: &ClashQuery,
) -> Option<Clash> {
    let asked = query.organizer.map(|organizer| organizer.to_string());
    let concerns = asked.is_none_or(|asked| one.by == asked || other.by == asked);
    if one.by == other.by || one.record.id == other.record.id || !concerns || (one.is_draft && other.is_draft)
    {
        return None;
    }
    let same_venue = one.venue.is_some() && one.venue == other.venue;
    let same_locality = one.locality.is_some() && one.locality == other.locality;
    let distance = one.place.zip(other.place).map(|(one, other)| one.kilometers_to(other));
    let distance = match distance {
        Some(distance) => distance,
        None if same_venue || same_locality => 0.0,
        None => return None,
    };
    if distance > query.within {
        return None;
    }
    let mut reasons = vec!["same-day"];
    // A third for the place, a third for the public, a third for the hours.
    let mut score = (1.0 - distance / query.within.max(1.0)) / 3.0;
    for (holds, reason, worth) in [
        (overlap(&one.occurrence, &other.occurrence), "same-hours", 1.0 / 3.0),
        (same_venue, "same-venue", 0.0),
        (same_locality, "same-locality", 0.0),
        (!same_venue && !same_locality, "near", 0.0),
        (one.genres.iter().any(|genre| other.genres.contains(genre)), "same-genre", 1.0 / 6.0),
        (one.audience.iter().any(|public| other.audience.contains(public)), "same-audience", 1.0 / 6.0),
    ] {
        if holds {
            reasons.push(reason);
            score += worth;
        }
    }
    let hidden = one.is_draft || other.is_draft;
    if hidden {
        // Where and what a draft is could be found out by asking again and again.
        reasons.retain(|reason| *reason == "same-day");
        score = 1.0 / 3.0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kilometers on the Earth")]
    let kilometers = (!hidden).then_some(distance as u32);
    let party = |planned: &Planned<'_>| party(planned, datasets, &query.language);
    Some(Clash {
        date: date.to_string(),
        score: (score * 1000.0).floor() / 1000.0,
        reasons,
        kilometers,
        a: party(one),
        b: party(other),
    })
}

fn party(planned: &Planned<'_>, datasets: &Datasets, language: &str) -> Party {
    if planned.is_draft {
        return Party::Draft { draft: true };
    }
    let named = |property: &str| {
        let (dataset, record) = datasets.linked(planned.record, planned.dataset.named(property))?;
        Some(dataset.title(record, language))
    };
    Party::Public {
        id: planned.record.id,
        title: planned.dataset.title(planned.record, language),
        start: planned.occurrence.start.clone(),
        organizer: named("organizer"),
        venue: named("location"),
    }
}

/// Two hours are taken for what does not say how long it lasts; what says no time may be at any.
fn overlap(one: &Occurrence, other: &Occurrence) -> bool {
    let span = |occurrence: &Occurrence| {
        occurrence.start.time()?;
        let start = occurrence.start.local_seconds();
        let end = occurrence.end.as_ref().filter(|end| end.time().is_some()).map(Moment::local_seconds);
        Some((start, end.unwrap_or(start + 7200)))
    };
    match span(one).zip(span(other)) {
        Some(((start, end), (from, to))) => start < to && from < end,
        None => true,
    }
}
