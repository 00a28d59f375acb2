//! Moments as other notations want them: with an offset, in UTC, like another.

use crate::base::{Date, Moment, Resolved, TimeOfDay, Timestamp, Zone, offset_of, resolve};

const DAY: i64 = 86_400;

/// A local date and time told as one moment is: in its zone, at its offset, or with neither.
pub(super) fn like(model: &Moment, date: Date, time: TimeOfDay) -> Moment {
    if let Some(zone) = model.zone() {
        return Moment::zoned(date, time, zone.clone());
    }
    model
        .offset()
        .and_then(|minutes| Moment::with_offset(date, time, minutes))
        .unwrap_or(Moment::local(date, time))
}

/// A moment of a series told as the start of the series is: the same zone, a day where that is a day.
///
/// A day stands for the start's time on that day; a time on another clock is converted.
pub(super) fn aligned(start: &Moment, other: &Moment) -> Moment {
    let Some(of_day) = start.time() else { return Moment::day(other.date()) };
    let Some(time) = other.time() else { return like(start, other.date(), of_day) };
    let same_clock = other.offset().is_none() && (other.zone().is_none() || other.zone() == start.zone());
    if same_clock || offset_of(start).is_none() || offset_of(other).is_none() {
        return like(start, other.date(), time);
    }
    from_utc(start, instant(other))
}

/// Seconds since 1970 in local time, as date and time.
pub(super) fn civil(seconds: i64) -> (Date, TimeOfDay) {
    let of_day = seconds.rem_euclid(DAY);
    let small = |value: i64| u8::try_from(value).unwrap_or(0);
    let time = TimeOfDay::new(small(of_day / 3600), small(of_day / 60 % 60), small(of_day % 60));
    (Date::from_days(seconds.div_euclid(DAY)), time.unwrap_or(TimeOfDay::MIDNIGHT))
}

/// An instant told as one moment is.
pub(super) fn from_utc(model: &Moment, seconds: i64) -> Moment {
    if let Some(minutes) = model.offset() {
        let (date, time) = civil(seconds + i64::from(minutes) * 60);
        return like(model, date, time);
    }
    let (date, time) = civil(seconds);
    let utc = Moment::with_offset(date, time, 0);
    match model.zone().zip(utc).and_then(|(zone, utc)| resolve(&utc, zone)) {
        Some(Resolved::Converted(local) | Resolved::Agrees(local)) => local,
        Some(Resolved::Disagrees) | None => like(model, date, time),
    }
}

/// The instant in seconds since 1970; as if in UTC where nothing says the offset.
pub(super) fn instant(moment: &Moment) -> i64 {
    moment.local_seconds() - offset_of(moment).map_or(0, |minutes| i64::from(minutes) * 60)
}

/// Tells whether one moment comes after another, by what both say: instants, else local times, else days.
pub(super) fn is_after(later: &Moment, earlier: &Moment) -> bool {
    if later.time().is_none() || earlier.time().is_none() {
        return later.date() > earlier.date();
    }
    match (offset_of(later), offset_of(earlier)) {
        (Some(_), Some(_)) => instant(later) > instant(earlier),
        _ => later.local_seconds() > earlier.local_seconds(),
    }
}

/// ISO 8601 with the offset of that moment; a day as a date, without an offset where none is known.
pub(super) fn iso(moment: &Moment) -> String {
    let Some(time) = moment.time() else { return moment.date().to_string() };
    let local = format!("{}T{time}", moment.date());
    match offset_of(moment) {
        None => local,
        Some(0) => local + "Z",
        Some(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{local}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
    }
}

/// The day it is in a zone, in UTC where there is none.
pub(super) fn today(now: Timestamp, zone: Option<&Zone>) -> Date {
    let (date, time) = civil(now.millis().div_euclid(1000));
    let utc = Moment::with_offset(date, time, 0);
    match utc.zip(zone).and_then(|(utc, zone)| resolve(&utc, zone)) {
        Some(Resolved::Converted(local) | Resolved::Agrees(local)) => local.date(),
        Some(Resolved::Disagrees) | None => date,
    }
}
