//! Calendars expanded: every date of every event in a window.

use std::{collections::BTreeMap, ops::Range};

use serde::Serialize;

use super::{
    CalendarError, Schedule,
    clock::{Clocks, LocalTime, Time},
    event::{self, Event},
    series::{Bounds, Found, MOST_OF_ALL, Series},
    starts::{DAY, of_seconds},
};
use crate::base::{Date, Moment};

/// One time that something takes place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instance {
    /// The event's `UID`, where it has one.
    pub uid: Option<String>,
    /// When it begins.
    pub start: LocalTime,
    /// When it ends; for days the day after the last.
    pub end: LocalTime,
    /// The IANA name of its zone; `UTC` for times told in UTC, none for floating times, days and zones that only the
    /// calendar knows.
    pub zone: Option<String>,
}

/// A calendar in a window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expansion {
    /// Everything that takes place, by start.
    pub instances: Vec<Instance>,
    /// The series it comes from, in the order of the file.
    pub series: Vec<SeriesOf>,
    /// What could not be read or followed, by line.
    pub notes: Vec<CalendarError>,
}

/// What is said of one series besides its dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesOf {
    /// The `UID`, where there is one.
    pub uid: Option<String>,
    /// The `SUMMARY`.
    pub title: Option<String>,
    /// When it takes place, as a whole, in local time.
    pub schedule: Option<Schedule>,
    /// How many of the instances are its own.
    pub instances: usize,
}

/// Expands an iCalendar file: every date of its events in a window of local days, the last one out.
///
/// What began before the window and lasts into it is in. The window is read on the clock of each event. Cancelled
/// events are in: a calendar that wants them away leaves them out or excludes them. Of several events with one
/// `UID` the one of the highest `SEQUENCE` counts, the first where they are equal; those with a `RECURRENCE-ID`
/// replace a date, or with `RANGE=THISANDFUTURE` move it and all that follow. Zones are looked up in the IANA
/// database by their names (Windows names too), then among the `VTIMEZONE`s; UTC and floating times are in the
/// zone of `X-WR-TIMEZONE`, where there is one. An `UNTIL` that is a day ends at its first moment, in UTC for
/// times with a zone. Dates keep their local time across a change of clocks.
///
/// Nothing is dropped without a word: what could not be read is in [`Expansion::notes`], with its line. A series
/// gives at most 200,000 dates in a window, the rules of a calendar are followed for a million; one more is told.
///
/// # Errors
/// [`CalendarError::Unreadable`] where the file is no calendar or its parts do not close,
/// [`CalendarError::ScaleUnknown`] for other scales than the Gregorian one, [`CalendarError::WindowBackwards`].
///
/// # Source
/// RFC 5545, 3.3.10 and 3.8.5; where it is silent or often broken, as the package `recurring-ical-events` 3.8.2 for Python does.
/// Checked against that package by `conformance/python/check_calendars.py`.
///
/// # Examples
/// Every evening of the change of clocks: the time stays, its offset does not.
/// ```
/// use c3ms_core::{base::Date, calendar::expand};
/// let file = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Paris:20190330T200000\r\n\
///     DTEND;TZID=Europe/Paris:20190330T213000\r\nRRULE:FREQ=DAILY;COUNT=3\r\n\
///     EXDATE;TZID=Europe/Paris:20190401T200000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
/// let window = Date::new(2019, 1, 1).unwrap()..Date::new(2020, 1, 1).unwrap();
/// let found = expand(file, &window)?;
/// assert_eq!(found.instances.len(), 2);
/// assert_eq!(found.instances[0].start.to_string(), "2019-03-30T20:00:00+01:00");
/// assert_eq!(found.instances[1].end.to_string(), "2019-03-31T21:30:00+02:00");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn expand(bytes: &[u8], window: &Range<Date>) -> Result<Expansion, CalendarError> {
    if window.start > window.end {
        let (from, to) = (window.start.to_string(), window.end.to_string());
        return Err(CalendarError::WindowBackwards { from, to });
    }
    let bounds = Bounds { from: window.start.days() * DAY, to: window.end.days() * DAY };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let mut calendar = event::read(&text, bounds.to.saturating_add(400 * DAY))?;
    let mut notes = std::mem::take(&mut calendar.notes);
    if let Err(error) = std::str::from_utf8(bytes) {
        let before = bytes.iter().take(error.valid_up_to());
        notes
            .push(CalendarError::BytesUnreadable { line: 1 + before.filter(|byte| **byte == b'\n').count() });
    }
    let mut expansion = Expansion::default();
    let mut order: Vec<(i64, i64)> = Vec::new();
    let mut left = MOST_OF_ALL;
    for events in by_uid(&calendar.events, &mut notes) {
        let series = Series::new(&events, &calendar.clocks);
        let found = series.within(bounds, &mut left, &mut notes);
        expansion.series.extend(series.first().map(|event| told(event, &calendar.clocks, found.len())));
        for Found { event, span } in found {
            order.push((calendar.clocks.instant(span.start), calendar.clocks.instant(span.end)));
            expansion.instances.push(Instance {
                uid: event.uid.clone(),
                start: calendar.clocks.told(span.start),
                end: calendar.clocks.told(span.end),
                zone: calendar.clocks.name(span.start).map(str::to_owned),
            });
        }
    }
    let mut keyed: Vec<_> = order.into_iter().zip(expansion.instances).collect();
    keyed.sort_by(|(one, first), (other, second)| one.cmp(other).then_with(|| first.uid.cmp(&second.uid)));
    expansion.instances = keyed.into_iter().map(|(_, instance)| instance).collect();
    notes.sort_by_key(CalendarError::line);
    notes.dedup();
    expansion.notes = notes;
    Ok(expansion)
}

/// The events that belong together, in the order of the file; one without a UID stands alone.
fn by_uid<'a>(events: &'a [Event], notes: &mut Vec<CalendarError>) -> Vec<Vec<&'a Event>> {
    let mut all: Vec<Vec<&Event>> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events {
        if event.start.is_none() {
            notes.push(CalendarError::StartMissing { line: event.line });
            continue;
        }
        let Some(uid) = &event.uid else {
            all.push(vec![event]);
            continue;
        };
        let at = *known.entry(uid).or_insert(all.len());
        match all.get_mut(at) {
            Some(series) => series.push(event),
            None => all.push(vec![event]),
        }
    }
    all
}

fn told(event: &Event, clocks: &Clocks, instances: usize) -> SeriesOf {
    let schedule = event.span(clocks).map(|span| {
        let (start, end) = (moment(span.start), moment(span.end));
        // For people the end of days is the last one.
        let end = if end.time().is_none() { Moment::day(end.date().plus_days(-1)) } else { end };
        Schedule {
            end: (end.local_seconds() > start.local_seconds()).then_some(end),
            start,
            rules: event.rules.iter().map(|(_, rule)| rule.clone()).collect(),
            added: event.added.iter().map(|(start, _)| moment(*start)).collect(),
            excluded: event.excluded.iter().map(|time| moment(*time)).collect(),
        }
    });
    SeriesOf { uid: event.uid.clone(), title: event.title.clone(), schedule, instances }
}

fn moment(time: Time) -> Moment {
    let date = Date::from_days(time.local.div_euclid(DAY));
    if time.is_day { Moment::day(date) } else { Moment::local(date, of_seconds(time.local)) }
}
