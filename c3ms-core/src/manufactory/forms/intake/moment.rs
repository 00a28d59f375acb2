//! A moment as sources write it: with a zone, an offset, neither, or as people type it.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    Mapping, Offsets,
    value::{Beside, Read, Reading, changed, unreadable},
};
use crate::{
    base::{Date, Moment, TimeOfDay, Zone},
    manufactory::forms::Kind,
};

/// Reads a moment; what its zone makes of it is told.
pub(super) fn moment(text: &str, kind: &Kind, mapping: &Mapping, beside: &Beside<'_>) -> Reading {
    if let Some((moment, zone)) = with_both(text) {
        return offset(&moment, None, Some(&zone), mapping);
    }
    let (moment, mut how) = match Moment::parse(text) {
        Some(moment) => (moment, None),
        None => match basic(text).or_else(|| loose_moment(text)) {
            Some((moment, how)) => (moment, how),
            None => return unreadable(kind),
        },
    };
    if beside.exclusive_end && moment.time().is_none() {
        return changed(Value::String(moment.date().plus_days(-1).to_string()), "end-made-inclusive");
    }
    // A calendar names the zone beside the value; it was looked up when the source was opened.
    let named = beside.zone.and_then(|name| mapping.zones.get(name).cloned().or_else(|| Zone::parse(name)));
    if let (Some(zone), None, None) = (&named, moment.zone(), moment.offset()) {
        let local = moment.in_zone(zone);
        return Ok(Read { value: written(&local), how: None, note: odd(&local) });
    }
    if moment.offset().is_some() {
        let read = offset(&moment, how, named.as_ref().or(beside.place), mapping)?;
        // A time in UTC is in no other zone: one of the two is wrong, and nobody can tell which.
        let twice = named.map(|zone| ("offset-disagrees", format!("{moment} stands beside the zone {zone}")));
        return Ok(Read { note: twice.or(read.note), ..read });
    }
    match (beside.place.or(mapping.zone.as_ref()), moment.time(), moment.zone()) {
        (Some(zone), Some(_), None) => {
            how = Some("zone-added");
            let local = moment.in_zone(zone);
            Ok(Read { value: written(&local), how, note: odd(&local) })
        }
        _ => Ok(Read { value: written(&moment), how, note: odd(&moment) }),
    }
}

/// A moment as it stands in a document; room for a long one is made at once.
pub(super) fn written(moment: &Moment) -> Value {
    let mut text = String::with_capacity(40);
    let _written = write!(text, "{moment}");
    Value::String(text)
}

/// A time with an offset and its zone, `2027-07-14T20:30:00+02:00[Europe/Paris]`.
fn with_both(text: &str) -> Option<(Moment, Zone)> {
    let (instant, zone) = text.strip_suffix(']')?.split_once('[')?;
    let moment = Moment::parse(instant).filter(|moment| moment.offset().is_some())?;
    Some((moment, Zone::parse(zone)?))
}

/// A time with an offset alone: the local time of its zone where the two agree, kept and noted where not.
///
/// The zone is that of its place, else the mapping's; of a source whose offsets are mostly not the mapping's the others
/// are kept too.
#[cfg(feature = "zones")]
fn offset(moment: &Moment, how: Option<&'static str>, place: Option<&Zone>, mapping: &Mapping) -> Reading {
    use crate::base::{Resolved, offset_of, resolve};
    let kept = |note| Ok(Read { value: written(moment), how, note });
    let Some(zone) = place.or(mapping.zone.as_ref()) else { return kept(None) };
    let resolves = place.is_some() || mapping.offsets == Offsets::Resolve;
    let instant = |moment: &Moment| {
        moment.local_seconds() - offset_of(moment).map_or(0, |minutes| i64::from(minutes) * 60)
    };
    match resolve(moment, zone) {
        Some(Resolved::Disagrees) => {
            kept(Some(("offset-disagrees", format!("{moment} is not a time of {zone}"))))
        }
        // The second of two equal hours: only its offset tells it from the first.
        Some(Resolved::Agrees(local) | Resolved::Converted(local))
            if resolves && instant(&local) != instant(moment) =>
        {
            kept(Some(("time-exists-twice", moment.to_string())))
        }
        Some(Resolved::Agrees(local) | Resolved::Converted(local)) if resolves => {
            changed(written(&local), "zone-resolved")
        }
        Some(Resolved::Agrees(_) | Resolved::Converted(_)) | None => kept(None),
    }
}

#[cfg(not(feature = "zones"))]
fn offset(moment: &Moment, how: Option<&'static str>, _: Option<&Zone>, mapping: &Mapping) -> Reading {
    let note = matches!(mapping.offsets, Offsets::Resolve).then(|| ("zones-missing", moment.to_string()));
    Ok(Read { value: written(moment), how, note })
}

/// A local time that a change of clocks skips, or makes twice: then the first is meant.
#[cfg(feature = "zones")]
pub(super) fn odd(moment: &Moment) -> Option<(&'static str, String)> {
    moment.time()?;
    if crate::base::in_gap(moment) {
        return Some(("time-does-not-exist", moment.to_string()));
    }
    crate::base::in_fold(moment).then(|| ("time-exists-twice", moment.to_string()))
}

#[cfg(not(feature = "zones"))]
pub(super) fn odd(_: &Moment) -> Option<(&'static str, String)> {
    None
}

/// The basic format of calendars: `20190228T190000Z`, `20190228`; decoding is no change.
fn basic(text: &str) -> Option<(Moment, Option<&'static str>)> {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    if date.len() != 8 || !date.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part =
        |text: &str, from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u8>().ok());
    let date = Date::new(date.get(..4)?.parse().ok()?, part(date, 4, 6)?, part(date, 6, 8)?)?;
    if time.is_empty() {
        return (!text.contains('T')).then(|| (Moment::day(date), None));
    }
    let (digits, utc) = time.strip_suffix('Z').map_or((time, false), |digits| (digits, true));
    if digits.len() != 6 {
        return None;
    }
    let time = TimeOfDay::new(part(digits, 0, 2)?, part(digits, 2, 4)?, part(digits, 4, 6)?)?;
    let moment = if utc { Moment::with_offset(date, time, 0)? } else { Moment::local(date, time) };
    Some((moment, None))
}

/// What people type: `04/12/2026 20h30`, `4.12.2026`, `2026-12-04 à 20:30`.
fn loose_moment(text: &str) -> Option<(Moment, Option<&'static str>)> {
    let (date, rest) = loose_date(text)?;
    let rest = rest
        .trim_start_matches(|letter: char| letter.is_whitespace() || ",-àaT".contains(letter))
        .trim_start();
    if rest.is_empty() {
        return Some((Moment::day(date), Some("date-rewritten")));
    }
    Some((Moment::local(date, loose_time(rest)?), Some("date-rewritten")))
}

/// A day at the beginning of a text, day first as Europe writes it, and what follows.
pub(super) fn loose_date(text: &str) -> Option<(Date, &str)> {
    let end =
        text.find(|letter: char| !letter.is_ascii_digit() && !"/.-".contains(letter)).unwrap_or(text.len());
    let (day, rest) = text.split_at_checked(end)?;
    let parts: Vec<&str> = day.trim_end_matches('.').split(['/', '.', '-']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    if year.len() != 4 {
        return None;
    }
    Some((Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?, rest))
}

/// `20h30`, `20 h`, `20:30`, `20H`, `20h30min`.
pub(super) fn loose_time(text: &str) -> Option<TimeOfDay> {
    let compact: String =
        text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase();
    let (hour, minute) = compact.split_once(['h', ':'])?;
    let minute = minute.trim_end_matches("min");
    let minute = if minute.is_empty() { "0" } else { minute };
    TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?, 0)
}
