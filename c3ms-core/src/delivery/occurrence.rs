//! When things take place: series told date by date.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Dataset, Datasets, Record,
    clock::{civil, like},
    recurrence::{Dates, Recurrence},
};
use crate::{
    base::{Date, Id, Moment},
    manufactory::forms::Entry,
};

/// A series gives at most this many occurrences in a window.
const MOST: usize = 2000;

/// One time that a performance takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Which performance.
    pub performance: Id<Entry>,
    /// When it begins.
    pub start: Moment,
    /// When it ends, where that is known.
    pub end: Option<Moment>,
}

/// Everything that takes place within a window of local days, by start, then by id.
///
/// What began before the window and lasts into it is in. A record without a recurrence gives itself and its further
/// dates; a series
/// gives each of its dates (at most 2,000 in the window), without those excluded and those that another record
/// replaces by its `recurrence-of` and `recurrence-id`. Dates keep their local time across a change of clocks,
/// and last as long, in local time, as the first one.
///
/// # Source
/// RFC 5545, 3.3.10 (rules), 3.8.5 (exceptions), 3.8.4.4 (what replaces). Checked against `recurring-ical-events`
/// 3.8.2 over ten years of a public calendar with 24 series and 6 exceptions: as many dates in each year.
///
/// # Examples
/// Every Wednesday of a year, from March on: the clocks change on the 28th, the time does not.
/// ```
/// # use c3ms_core::{
/// #     base::{Date, Id, Seed, Timestamp}, delivery::{Recipient, gate, occurrences}, forms::{Revision, State},
/// #     store::{Batch, Change, MemoryStore, Store},
/// # };
/// # let formats = c3ms_core::forms::live_performance()?.formats;
/// # let format = formats.iter().find(|format| format.cube == "performance").unwrap().digest();
/// let document = serde_json::json!({
///     "name": {"fr": "Atelier"}, "start": "2027-03-03T18:00:00[Europe/Paris]", "end": "2027-03-03T19:30:00[Europe/Paris]",
///     "recurrence": {"rule": "FREQ=WEEKLY", "excluded": ["2027-03-17T18:00:00[Europe/Paris]"]}
/// });
/// # let document = document.as_object().unwrap().clone();
/// # let revision = Revision::new("performance", format, State::Published, document);
/// # let changes = [Change::Revision(Id::derived(&["1"]), revision)];
/// # let (at, actor, seed) = (Timestamp::from_millis(0), Id::derived(&["me"]), Seed::from_number(1));
/// # let mut store = MemoryStore::new();
/// # store.append(&Batch { at, actor, seed, signer: None, changes: &changes })?;
/// # let datasets = gate(&store, &formats, &Recipient::Public, at)?;
/// // (into a store, through the gate)
/// let march = Date::new(2027, 3, 1).unwrap()..Date::new(2027, 4, 1).unwrap();
/// let found = occurrences(&datasets, &march);
/// assert_eq!(found.len(), 4);
/// assert_eq!(found[3].start.to_string(), "2027-03-31T18:00:00[Europe/Paris]");
/// assert_eq!(found[3].end.as_ref().unwrap().to_string(), "2027-03-31T19:30:00[Europe/Paris]");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn occurrences(datasets: &Datasets, window: &Range<Date>) -> Vec<Occurrence> {
    let mut found = Vec::new();
    for dataset in datasets.iter() {
        let Some(dates) = Dates::of(dataset) else { continue };
        of_cube(datasets, dataset, dates, window, &mut found);
    }
    found.sort_by_cached_key(|occurrence| (occurrence.start.local_seconds(), occurrence.performance));
    found
}

fn of_cube(
    datasets: &Datasets,
    dataset: &Dataset,
    dates: Dates<'_>,
    window: &Range<Date>,
    found: &mut Vec<Occurrence>,
) {
    let replaced = dates.replaced(datasets, dataset);
    for record in &dataset.records {
        of_record(record, &dates, &replaced, window, found);
    }
}

/// The occurrences of one record; `replaced` are the dates of series that other records replace.
pub(super) fn of_record(
    record: &Record,
    dates: &Dates<'_>,
    replaced: &BTreeMap<(Id<Entry>, Moment), Id<Entry>>,
    window: &Range<Date>,
    found: &mut Vec<Occurrence>,
) {
    let Some((start, end)) = dates.span(record) else { return };
    let further = dates.further(record).filter(|(start, end)| is_within(start, end.as_ref(), window));
    found.extend(further.take(MOST).map(|(start, end)| Occurrence { performance: record.id, start, end }));
    match dates.recurrence(record) {
        None if is_within(&start, end.as_ref(), window) => {
            found.push(Occurrence { performance: record.id, start, end });
        }
        None => {}
        Some(recurrence) => {
            let series = of_series(record, &recurrence, &start, end.as_ref(), window);
            found.extend(
                series.filter(|date| !replaced.contains_key(&(record.id, date.start.clone()))).take(MOST),
            );
        }
    }
}

pub(super) fn of_series(
    record: &Record,
    recurrence: &Recurrence,
    start: &Moment,
    end: Option<&Moment>,
    window: &Range<Date>,
) -> impl Iterator<Item = Occurrence> {
    let lasts = end.map(|end| (end.clone(), end.local_seconds() - start.local_seconds()));
    let performance = record.id;
    let starts = recurrence.starts(start, window.end).into_iter();
    let dates = starts.map(move |start| {
        let end = lasts.as_ref().map(|(end, lasts)| {
            let (date, time) = civil(start.local_seconds() + lasts);
            if end.time().is_none() { Moment::day(date) } else { like(end, date, time) }
        });
        Occurrence { performance, start, end }
    });
    let window = window.clone();
    dates.filter(move |date| is_within(&date.start, date.end.as_ref(), &window))
}

fn is_within(start: &Moment, end: Option<&Moment>, window: &Range<Date>) -> bool {
    let last = end.map_or(start.date(), Moment::date);
    start.date() < window.end && last >= window.start
}
