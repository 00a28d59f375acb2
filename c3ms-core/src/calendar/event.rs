//! The events and time zones of a calendar, read from its lines.

use std::collections::BTreeSet;

use super::{
    CalendarError, Rule,
    clock::{Clocks, Observance, Time},
    rule::{Until, date_of, time_of},
    starts::DAY,
};
use crate::manufactory::forms::intake::{ContentLine, content_lines, unescape};

/// One `VEVENT`, as far as it says when.
#[derive(Debug, Default, Clone)]
pub(super) struct Event {
    /// The line it begins on.
    pub(super) line: usize,
    pub(super) uid: Option<String>,
    pub(super) title: Option<String>,
    pub(super) start: Option<Time>,
    pub(super) end: Option<Time>,
    pub(super) duration: Option<i64>,
    pub(super) rules: Vec<(usize, Rule)>,
    pub(super) added: Vec<(Time, Option<Length>)>,
    pub(super) excluded: Vec<Time>,
    /// Which date of a series it replaces.
    pub(super) replaces: Option<Time>,
    /// It replaces those after that date too.
    pub(super) and_future: bool,
    pub(super) sequence: i64,
    /// It has rules, added or excluded dates, read or not.
    pub(super) recurs: bool,
}

/// How long a period lasts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    Until(Time),
    Seconds(i64),
}

/// What was read of a calendar.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    pub(super) events: Vec<Event>,
    pub(super) clocks: Clocks,
    pub(super) notes: Vec<CalendarError>,
}

/// A component that is open, and what was said in it.
struct Open {
    name: String,
    line: usize,
    lines: Vec<ContentLine>,
}

/// A time zone as it is described, before it is known how far it is needed.
#[derive(Default)]
struct Described {
    name: Option<String>,
    line: usize,
    parts: Vec<(String, usize, Vec<ContentLine>)>,
}

/// Reads a calendar; zones it describes are followed up to `to`, in seconds since 1970.
pub(super) fn read(text: &str, to: i64) -> Result<Calendar, CalendarError> {
    let mut calendar = Calendar::default();
    let mut open: Vec<Open> = Vec::new();
    let mut events: Vec<(usize, Vec<ContentLine>)> = Vec::new();
    let mut zones: Vec<Described> = Vec::new();
    let mut own_zone = None;
    let mut described = Described::default();
    let mut any = false;
    for content in content_lines(text) {
        let content = match content {
            Ok(content) => content,
            Err((line, reason)) => {
                if open.is_empty() {
                    return Err(CalendarError::Unreadable { line, reason });
                }
                calendar.notes.push(CalendarError::LineUnreadable { line, reason });
                continue;
            }
        };
        let line = content.line;
        match content.name.as_str() {
            "BEGIN" => {
                let name = content.value.trim().to_ascii_uppercase();
                if open.is_empty() && name != "VCALENDAR" {
                    let reason = format!("{name} begins outside a calendar");
                    if name == "VCARD" {
                        return Err(CalendarError::Unreadable { line, reason });
                    }
                    calendar.notes.push(CalendarError::Outside { line, name: name.clone() });
                }
                any = true;
                if name == "VTIMEZONE" {
                    described = Described { line, ..Described::default() };
                }
                open.push(Open { name, line, lines: Vec::new() });
            }
            "END" => {
                let Some(closed) = open.pop() else {
                    let reason = format!("{} ends, never begun", content.value);
                    return Err(CalendarError::Unreadable { line, reason });
                };
                let name = content.value.trim().to_ascii_uppercase();
                if name != closed.name {
                    let reason = format!("{name} ends within {}", closed.name);
                    // A name nobody began is a slip of the pen; one that lies further out is left open by another.
                    if open.iter().any(|outer| outer.name == name) {
                        return Err(CalendarError::Unreadable { line, reason });
                    }
                    calendar.notes.push(CalendarError::LineUnreadable { line, reason });
                }
                match closed.name.as_str() {
                    "VEVENT" => events.push((closed.line, closed.lines)),
                    "STANDARD" | "DAYLIGHT" => described.parts.push((closed.name, closed.line, closed.lines)),
                    "VTIMEZONE" => {
                        described.name =
                            named(&closed.lines, "TZID").map(|line| line.value.trim().to_owned());
                        zones.push(std::mem::take(&mut described));
                    }
                    _ => {}
                }
            }
            name => {
                let inner = open.len();
                let Some(within) = open.last_mut() else {
                    if name == "X-COMMENT" {
                        continue;
                    }
                    return Err(CalendarError::Unreadable {
                        line,
                        reason: format!("{name} stands outside a calendar"),
                    });
                };
                if inner == 1 && name == "CALSCALE" && !content.value.trim().eq_ignore_ascii_case("GREGORIAN")
                {
                    return Err(CalendarError::ScaleUnknown { line, scale: content.value });
                }
                if inner == 1 && name == "X-WR-TIMEZONE" && !content.value.trim().is_empty() {
                    own_zone = Some((line, content.value.trim().to_owned()));
                } else {
                    within.lines.push(content);
                }
            }
        }
    }
    if let Some(open) = open.pop() {
        let reason = format!("{} begins here and never ends", open.name);
        return Err(CalendarError::Unreadable { line: open.line, reason });
    }
    if !any {
        return Err(CalendarError::Unreadable {
            line: 1,
            reason: "there is no calendar in this file".to_owned(),
        });
    }
    let mut left = MOST_ONSETS;
    for zone in zones {
        describe(&mut calendar, zone, to, &mut left);
    }
    let mut reader = Reader { calendar: &mut calendar, unknown: BTreeSet::new() };
    for (line, lines) in &events {
        let event = reader.event(*line, lines);
        reader.calendar.events.push(event);
    }
    if let Some((line, zone)) = own_zone {
        match calendar.clocks.named(&zone) {
            Some(clock) => in_own_zone(&mut calendar, clock),
            None => calendar.notes.push(CalendarError::ZoneUnknown { line, zone }),
        }
    }
    calendar.notes.sort_by_key(CalendarError::line);
    Ok(calendar)
}

fn named<'a>(lines: &'a [ContentLine], name: &str) -> Option<&'a ContentLine> {
    lines.iter().find(|line| line.name == name)
}

/// Understands UTC and floating times as times of the zone the calendar calls its own (`X-WR-TIMEZONE`).
fn in_own_zone(calendar: &mut Calendar, clock: usize) {
    let Calendar { events, clocks, .. } = calendar;
    let convert = |time: Time| match time.clock {
        _ if time.is_day => time,
        None => time.on(Some(clock)),
        Some(_) if clocks.name(time).is_some_and(|name| name == "UTC" || name == "Etc/UTC") => {
            clocks.at(clocks.instant(time), clock)
        }
        Some(_) => time,
    };
    for event in events {
        let single = [&mut event.start, &mut event.end, &mut event.replaces];
        for time in single.into_iter().flatten() {
            *time = convert(*time);
        }
        for time in &mut event.excluded {
            *time = convert(*time);
        }
        for (time, length) in &mut event.added {
            if length.is_none() {
                *time = convert(*time);
            }
        }
    }
}

/// The zones that a calendar describes change their clocks at most this many times.
const MOST_ONSETS: usize = 100_000;

fn describe(calendar: &mut Calendar, described: Described, to: i64, left: &mut usize) {
    let line = described.line;
    let Some(name) = described.name else {
        calendar.notes.push(CalendarError::ZoneUnreadable { line, reason: "it has no TZID".to_owned() });
        return;
    };
    let mut parts = Vec::new();
    for (kind, line, lines) in described.parts {
        match observance(&kind, &lines, to, *left) {
            Ok(part) => {
                *left = left.saturating_sub(part.onsets.len());
                parts.push(part);
            }
            Err(reason) => calendar.notes.push(CalendarError::ZoneUnreadable { line, reason }),
        }
    }
    calendar.clocks.describe(&name, parts);
}

fn observance(kind: &str, lines: &[ContentLine], to: i64, most: usize) -> Result<Observance, String> {
    let value = |name: &str| {
        named(lines, name).map(|line| line.value.trim()).ok_or_else(|| format!("{name} is missing"))
    };
    let start = value("DTSTART")?;
    let start = local(start).ok_or_else(|| format!("DTSTART {start:?} cannot be read"))?;
    let offset = value("TZOFFSETTO")?;
    let offset = offset_of(offset).ok_or_else(|| format!("TZOFFSETTO {offset:?} cannot be read"))?;
    let mut rules = Vec::new();
    for line in lines.iter().filter(|line| line.name == "RRULE") {
        let rule = Rule::parse(&line.value).map_err(|error| error.to_string())?;
        let until = match rule.until {
            Some(Until::Day(date)) => date.days() * DAY,
            Some(Until::Local(date, time) | Until::Utc(date, time)) => date.days() * DAY + time.seconds(),
            None => i64::MAX,
        };
        rules.push((rule, until));
    }
    let dates = lines.iter().filter(|line| line.name == "RDATE");
    let dates: Vec<i64> = dates.flat_map(|line| line.value.split(',').filter_map(local)).collect();
    let mut part = Observance { is_daylight: kind == "DAYLIGHT", offset, onsets: Vec::new() };
    part.begin(start, &rules, &dates, to, most);
    if part.onsets.len() > most {
        return Err(format!("the zones of this calendar change their clocks more than {MOST_ONSETS} times"));
    }
    Ok(part)
}

/// A local time, `20261123T203000`, or the beginning of a day.
fn local(text: &str) -> Option<i64> {
    let text = text.trim();
    let date = date_of(text.get(..8)?)?;
    let time = match text.get(8..)? {
        "" => 0,
        rest => time_of(rest.strip_prefix(['T', 't'])?.trim_end_matches(['Z', 'z']))?.seconds(),
    };
    Some(date.days() * DAY + time)
}

/// `+0100`, `-033000`, in seconds.
fn offset_of(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => (1, text),
    };
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u8>().ok().map(i32::from);
    let seconds = if digits.len() == 6 { number(4..6)? } else { 0 };
    let (hours, minutes) = (number(0..2)?, number(2..4)?);
    (matches!(digits.len(), 4 | 6) && hours < 24 && minutes < 60 && seconds < 60)
        .then_some(sign * (hours * 3600 + minutes * 60 + seconds))
}

/// `P1DT2H`, in seconds.
pub(super) fn duration(text: &str) -> Option<i64> {
    let upper = text.trim().to_ascii_uppercase();
    let (sign, rest) = match upper.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, upper.strip_prefix('+').unwrap_or(&upper)),
    };
    let mut rest = rest.strip_prefix('P')?;
    let (mut total, mut within_day, mut number) = (0_i64, false, String::new());
    while let Some(letter) = rest.chars().next() {
        rest = rest.get(letter.len_utf8()..)?;
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let unit = match (letter, within_day) {
            ('T', false) if number.is_empty() => {
                within_day = true;
                continue;
            }
            ('W', false) => 7 * DAY,
            ('D', false) => DAY,
            ('H', true) => 3600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return None,
        };
        let count: i64 = number.parse().ok()?;
        total = total.checked_add(count.checked_mul(unit)?)?;
        number.clear();
    }
    // A duration beyond all years is none.
    (number.is_empty() && total < 10_000 * 366 * DAY).then_some(sign * total)
}

/// Reads events, and remembers what could not be read.
struct Reader<'a> {
    calendar: &'a mut Calendar,
    unknown: BTreeSet<String>,
}

impl Reader<'_> {
    fn event(&mut self, line: usize, lines: &[ContentLine]) -> Event {
        let mut event = Event { line, sequence: -1, ..Event::default() };
        for content in lines {
            let value = content.value.trim();
            match content.name.as_str() {
                "UID" if event.uid.is_none() => event.uid = Some(unescape(&content.value)),
                "SUMMARY" if event.title.is_none() => event.title = Some(unescape(value)),
                "DTSTART" if event.start.is_none() => event.start = self.time(content, value),
                "DTEND" if event.end.is_none() => event.end = self.time(content, value),
                "DURATION" if event.duration.is_none() => {
                    event.duration = duration(value);
                    if event.duration.is_none() {
                        self.unreadable(content, value);
                    }
                }
                "RECURRENCE-ID" if event.replaces.is_none() => {
                    event.replaces = self.time(content, value);
                    event.and_future = content.parameter("RANGE") == Some("THISANDFUTURE");
                }
                "SEQUENCE" => event.sequence = value.parse().unwrap_or(-1),
                "RRULE" => {
                    event.recurs = true;
                    self.rule(&mut event, content);
                }
                "RDATE" => {
                    event.recurs = true;
                    for item in value.split(',').filter(|item| !item.trim().is_empty()) {
                        event.added.extend(self.added(content, item.trim()));
                    }
                }
                "EXDATE" => {
                    event.recurs = true;
                    for item in value.split(',').filter(|item| !item.trim().is_empty()) {
                        event.excluded.extend(self.time(content, item.trim()));
                    }
                }
                "EXRULE" => self.calendar.notes.push(CalendarError::ExceptionRule { line: content.line }),
                _ => {}
            }
        }
        event
    }

    fn rule(&mut self, event: &mut Event, content: &ContentLine) {
        match Rule::parse(&content.value) {
            Ok(rule) if event.rules.iter().any(|(_, known)| *known == rule) => {}
            Ok(rule) => event.rules.push((content.line, rule)),
            Err(CalendarError::RuleUnreadable { rule, reason, .. }) => {
                self.calendar.notes.push(CalendarError::RuleUnreadable { line: content.line, rule, reason });
            }
            Err(other) => self.calendar.notes.push(other),
        }
    }

    fn added(&mut self, content: &ContentLine, item: &str) -> Option<(Time, Option<Length>)> {
        let Some((start, end)) = item.split_once('/') else {
            return Some((self.time(content, item)?, None));
        };
        let start = self.time(content, start)?;
        if let Some(seconds) = duration(end) {
            return Some((start, Some(Length::Seconds(seconds))));
        }
        Some((start, Some(Length::Until(self.time(content, end)?))))
    }

    /// A day, a local time, a time in UTC, or a time in the zone the parameter names.
    fn time(&mut self, content: &ContentLine, value: &str) -> Option<Time> {
        // `TZID=Europe/Paris:20261123T203000`, as some write it into the value.
        let plain = value.rsplit(':').next().unwrap_or(value);
        let clock = match content.parameter("TZID") {
            Some(zone) => self.zone(content.line, zone),
            None => None,
        };
        let read = plain.get(..8).and_then(date_of).and_then(|date| {
            let midnight = date.days() * DAY;
            let rest = plain.get(8..)?;
            if rest.is_empty() {
                return Some(if clock.is_some() {
                    Time::local(midnight, clock)
                } else {
                    Time::day(midnight)
                });
            }
            let rest = rest.strip_prefix(['T', 't'])?;
            let (digits, is_utc) =
                rest.strip_suffix(['Z', 'z']).map_or((rest, false), |digits| (digits, true));
            let local = midnight + time_of(digits)?.seconds();
            let clock = if clock.is_none() && is_utc { self.calendar.clocks.utc() } else { clock };
            Some(Time::local(local, clock))
        });
        if read.is_none() {
            self.unreadable(content, value);
        }
        read
    }

    fn zone(&mut self, line: usize, zone: &str) -> Option<usize> {
        let found = self.calendar.clocks.named(zone);
        if found.is_none() && !zone.is_empty() && self.unknown.insert(zone.to_owned()) {
            self.calendar.notes.push(CalendarError::ZoneUnknown { line, zone: zone.to_owned() });
        }
        found
    }

    fn unreadable(&mut self, content: &ContentLine, value: &str) {
        let (line, property, value) = (content.line, content.name.clone(), value.to_owned());
        self.calendar.notes.push(CalendarError::ValueUnreadable { line, property, value });
    }
}
