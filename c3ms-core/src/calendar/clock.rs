//! Times as calendars tell them, and what each clock makes of them.

use std::{cmp::Ordering, collections::BTreeMap, fmt};

use jiff::{
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Serialize, Serializer};

use super::{
    Rule,
    starts::{DAY, of_seconds},
};
use crate::base::{Date, windows_zone};

/// A day, or a local time with its offset where one is known.
///
/// Written as RFC 3339 writes it, without the offset where there is none. A time that a change of clocks skips has
/// the offset from before it, which is the instant jiff calls compatible: `2027-03-28T02:30:00+01:00` in Paris is
/// 03:30 on the clocks there. A time that comes twice is the first one.
///
/// # Source
/// RFC 5545, 3.3.5: the offset before a gap, the first time of a fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    pub(super) seconds: i64,
    pub(super) is_day: bool,
    pub(super) offset: Option<i32>,
}

impl LocalTime {
    /// The local day.
    #[must_use]
    pub fn date(&self) -> Date {
        Date::from_days(self.seconds.div_euclid(DAY))
    }

    /// Tells whether it is a whole day.
    #[must_use]
    pub const fn is_day(&self) -> bool {
        self.is_day
    }

    /// Seconds since 1970 in local time.
    #[must_use]
    pub const fn local_seconds(&self) -> i64 {
        self.seconds
    }

    /// Seconds east of UTC, where they are known.
    #[must_use]
    pub const fn offset(&self) -> Option<i32> {
        self.offset
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())?;
        if self.is_day {
            return Ok(());
        }
        write!(f, "T{}", of_seconds(self.seconds))?;
        let Some(offset) = self.offset else { return Ok(()) };
        let (sign, east) = (if offset < 0 { '-' } else { '+' }, offset.abs());
        write!(f, "{sign}{:02}:{:02}", east / 3600, east / 60 % 60)?;
        if east % 60 == 0 { Ok(()) } else { write!(f, ":{:02}", east % 60) }
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A time while a calendar is expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    /// Seconds since 1970 in local time.
    pub(super) local: i64,
    pub(super) is_day: bool,
    /// Which clock; none for days and floating times.
    pub(super) clock: Option<usize>,
    /// The second of two equal local times.
    pub(super) later: bool,
}

impl Time {
    pub(super) const fn day(date_seconds: i64) -> Self {
        Self { local: date_seconds, is_day: true, clock: None, later: false }
    }

    pub(super) const fn local(local: i64, clock: Option<usize>) -> Self {
        Self { local, is_day: false, clock, later: false }
    }

    /// So much later on the same clock; what is a day is moved by whole days.
    pub(super) const fn plus(self, seconds: i64) -> Self {
        if seconds == 0 {
            return self;
        }
        let seconds = if self.is_day { seconds.div_euclid(DAY) * DAY } else { seconds };
        Self { local: self.local.saturating_add(seconds), later: false, ..self }
    }

    /// As a time on a clock: a day is its first moment, a floating time that time there.
    pub(super) const fn on(self, clock: Option<usize>) -> Self {
        match (self.clock, clock) {
            (Some(_), Some(_)) => self,
            _ => Self { clock, is_day: false, later: false, ..self },
        }
    }
}

/// The rules of one clock.
#[derive(Debug)]
enum Rules {
    /// A zone of the IANA database.
    Known(String, TimeZone),
    /// A zone that the calendar describes itself.
    Own(Vec<Observance>),
}

/// A `STANDARD` or `DAYLIGHT` part of a `VTIMEZONE`.
#[derive(Debug, Default, Clone)]
pub(super) struct Observance {
    pub(super) is_daylight: bool,
    pub(super) offset: i32,
    /// When it begins, in local time before, in order.
    pub(super) onsets: Vec<i64>,
}

impl Observance {
    /// Adds when it begins: at its start, by its rules, on its dates; no rule is followed
    /// further than one time more than `most`.
    pub(super) fn begin(&mut self, start: i64, rules: &[(Rule, i64)], dates: &[i64], to: i64, most: usize) {
        self.onsets.push(start);
        self.onsets.extend(dates);
        for (rule, until) in rules {
            self.onsets.extend(rule.starts(start, start, to.min(*until)).take(most + 1));
        }
        self.onsets.sort_unstable();
        self.onsets.dedup();
    }
}

/// All clocks of a calendar, found by the names it uses.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    rules: Vec<Rules>,
    by_name: BTreeMap<String, Option<usize>>,
}

impl Clocks {
    /// The clock of a zone: the database first, then what the calendar describes.
    pub(super) fn named(&mut self, name: &str) -> Option<usize> {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let found = self.known(name);
        self.by_name.insert(name.to_owned(), found);
        found
    }

    pub(super) fn utc(&mut self) -> Option<usize> {
        self.named("UTC")
    }

    /// A zone that the calendar describes; the database knows better where it has one of just this name.
    pub(super) fn describe(&mut self, name: &str, parts: Vec<Observance>) {
        let clean = name.trim_matches('/');
        let is_known = TimeZone::get(clean).is_ok_and(|zone| zone.iana_name() == Some(clean));
        if is_known || self.by_name.contains_key(clean) || parts.is_empty() {
            return;
        }
        self.rules.push(Rules::Own(parts));
        self.by_name.insert(clean.to_owned(), Some(self.rules.len() - 1));
    }

    fn known(&mut self, name: &str) -> Option<usize> {
        let clean = name.trim_matches('/');
        if let Some(Some(described)) = self.by_name.get(clean) {
            return Some(*described);
        }
        if let Some(found) = self.database(clean) {
            return Some(found);
        }
        if let Some(found) = windows_zone(clean).and_then(|zone| self.database(zone)) {
            return Some(found);
        }
        // A globally unique name, `/vendor/Europe/Paris`: what follows the vendor.
        let mut rest = name.strip_prefix('/')?.trim_matches('/');
        while let Some((_, after)) = rest.split_once('/') {
            if let Some(Some(described)) = self.by_name.get(after) {
                return Some(*described);
            }
            if let Some(found) = self.database(after) {
                return Some(found);
            }
            rest = after;
        }
        None
    }

    fn database(&mut self, name: &str) -> Option<usize> {
        let zone = TimeZone::get(name).ok()?;
        let name = zone.iana_name().unwrap_or(name).to_owned();
        let same = |rules: &Rules| matches!(rules, Rules::Known(known, _) if *known == name);
        if let Some(known) = self.rules.iter().position(same) {
            return Some(known);
        }
        self.rules.push(Rules::Known(name, zone));
        Some(self.rules.len() - 1)
    }

    /// The IANA name of the clock a time is told on.
    pub(super) fn name(&self, time: Time) -> Option<&str> {
        match self.rules.get(time.clock?)? {
            Rules::Known(name, _) => Some(name),
            Rules::Own(_) => None,
        }
    }

    /// Seconds east of UTC at a time; none for days and floating times.
    pub(super) fn offset(&self, time: Time) -> Option<i32> {
        match self.rules.get(time.clock?)? {
            Rules::Known(_, zone) => {
                let offset = match zone.to_ambiguous_timestamp(civil(time.local)?).offset() {
                    AmbiguousOffset::Unambiguous { offset } => offset,
                    AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
                        if time.later {
                            after
                        } else {
                            before
                        }
                    }
                };
                Some(offset.seconds())
            }
            Rules::Own(parts) => Some(own_offset(parts, time.local)),
        }
    }

    /// Seconds since 1970 in UTC; as if in UTC where nothing says the offset.
    pub(super) fn instant(&self, time: Time) -> i64 {
        time.local - i64::from(self.offset(time).unwrap_or(0))
    }

    /// An instant on a clock.
    pub(super) fn at(&self, instant: i64, clock: usize) -> Time {
        // The offset at an instant is that of a local time which is as much away: tried, then corrected.
        let offset = |local: i64, later: bool| {
            i64::from(self.offset(Time { local, is_day: false, clock: Some(clock), later }).unwrap_or(0))
        };
        if let Some(Rules::Known(_, zone)) = self.rules.get(clock)
            && let Ok(timestamp) = jiff::Timestamp::from_second(instant)
        {
            let local = instant + i64::from(zone.to_offset(timestamp).seconds());
            return Time {
                local,
                is_day: false,
                clock: Some(clock),
                later: local - offset(local, false) != instant,
            };
        }
        let first = instant + offset(instant, false);
        Time::local(instant + offset(first, false), Some(clock))
    }

    /// How two times compare: on one clock by what it shows, else by instants; where one has no clock it is read on
    /// the other's.
    pub(super) fn compare(&self, one: Time, other: Time) -> Ordering {
        if one.clock == other.clock {
            return one.local.cmp(&other.local);
        }
        let (one, other) = (one.on(one.clock.or(other.clock)), other.on(other.clock.or(one.clock)));
        if one.clock == other.clock {
            return one.local.cmp(&other.local);
        }
        self.instant(one).cmp(&self.instant(other))
    }

    /// How much later one time is than another, by what [`Clocks::compare`] compares.
    pub(super) fn between(&self, earlier: Time, later: Time) -> i64 {
        let clock = earlier.clock.or(later.clock);
        let (earlier, later) = (earlier.on(clock), later.on(later.clock.or(clock)));
        if earlier.clock == later.clock {
            return later.local - earlier.local;
        }
        self.instant(later) - self.instant(earlier)
    }

    /// As it is told to the outside.
    pub(super) fn told(&self, time: Time) -> LocalTime {
        let offset = if time.is_day { None } else { self.offset(time) };
        LocalTime { seconds: time.local, is_day: time.is_day, offset }
    }
}

/// What the part says that began last; before all of them the first that is not daylight time.
fn own_offset(parts: &[Observance], local: i64) -> i32 {
    let mut last: Option<(i64, i32)> = None;
    for part in parts {
        let begun = part.onsets.partition_point(|onset| *onset <= local);
        let onset = begun.checked_sub(1).and_then(|index| part.onsets.get(index)).copied();
        if let Some(onset) = onset
            && last.is_none_or(|(before, _)| before < onset)
        {
            last = Some((onset, part.offset));
        }
    }
    let before =
        || parts.iter().find(|part| !part.is_daylight).or(parts.first()).map_or(0, |part| part.offset);
    last.map_or_else(before, |(_, offset)| offset)
}

fn civil(local: i64) -> Option<DateTime> {
    let (year, month, day) = Date::from_days(local.div_euclid(DAY)).parts();
    let (hour, minute, second) = of_seconds(local).parts();
    let signed = |number: u8| i8::try_from(number).ok();
    DateTime::new(year, signed(month)?, signed(day)?, signed(hour)?, signed(minute)?, signed(second)?, 0).ok()
}
