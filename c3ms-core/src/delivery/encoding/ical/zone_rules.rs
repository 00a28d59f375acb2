//! `VTIMEZONE`: what the clocks of each zone did while its times were used (RFC 5545, 3.6.5).

use std::collections::BTreeMap;

use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};

use crate::{
    base::{Date, Moment, TimeOfDay},
    delivery::{encoding::text_line::Lines, recurrence::compact},
};

/// For how many years after its start the rules of a series without a last date are written.
const GOES_ON: i64 = 20;
/// More changes of clocks than these no reader of calendars wants: 200 years.
const MOST: usize = 400;
const YEAR: i64 = 31_557_600;

/// The zones used so far, with the span of time they are used in; `None` for one without rules.
#[derive(Debug, Default)]
pub(super) struct ZoneRules(BTreeMap<String, Option<Span>>);

#[derive(Debug)]
struct Span {
    rules: TimeZone,
    from: i64,
    to: i64,
}

impl ZoneRules {
    /// Notes that a moment is told in its zone; `false` where it has none, or nobody knows its rules.
    pub(super) fn uses(&mut self, moment: &Moment) -> bool {
        let Some(zone) = moment.zone() else { return false };
        let seconds = moment.local_seconds();
        if !self.0.contains_key(zone.as_str()) {
            let rules = TimeZone::get(zone.as_str()).ok();
            let span = rules.map(|rules| Span { rules, from: seconds, to: seconds });
            self.0.insert(zone.as_str().to_owned(), span);
        }
        let Some(Some(span)) = self.0.get_mut(zone.as_str()) else { return false };
        span.from = span.from.min(seconds);
        span.to = span.to.max(seconds);
        true
    }

    /// Notes that a series goes on in the zone of its start, for some years or until its last moment.
    pub(super) fn goes_on(&mut self, start: &Moment, until: Option<&Moment>) {
        if let Some(Some(span)) = start.zone().and_then(|zone| self.0.get_mut(zone.as_str())) {
            let far = start.local_seconds() + GOES_ON * YEAR;
            span.to = span.to.max(until.map_or(far, |until| far.min(until.local_seconds())));
        }
    }

    /// Writes each zone that has rules.
    pub(super) fn write(&self, lines: &mut Lines) {
        for (name, span) in &self.0 {
            let Some(span) = span else { continue };
            lines.raw("BEGIN", "VTIMEZONE");
            lines.raw("TZID", name);
            for (observance, onsets) in span.observances() {
                observance.write(lines, &onsets);
            }
            lines.raw("END", "VTIMEZONE");
        }
    }
}

/// A way the clocks are set: the offset before, the offset from then on, what it is called.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Observance {
    is_summer: bool,
    from: i32,
    to: i32,
    name: String,
}

impl Span {
    /// The observances from the one in force a year before the first use to a year after the last one, each
    /// with its onsets in local seconds, by the offset before (RFC 5545, 3.8.3).
    fn observances(&self) -> BTreeMap<Observance, Vec<i64>> {
        let instant = |seconds: i64| Timestamp::from_second(seconds).unwrap_or_default();
        let (first, last) = (instant(self.from - YEAR), instant(self.to + YEAR));
        let mut found = BTreeMap::<Observance, Vec<i64>>::new();
        let before = self.rules.preceding(first).next();
        let mut offset = if let Some(transition) = &before {
            self.offset_before(transition.timestamp())
        } else {
            // Nothing ever changed before: so it has been since 1970, or since the first use if that was earlier.
            let info = self.rules.to_offset_info(first);
            let offset = info.offset().seconds();
            let name = info.abbreviation().to_owned();
            let observance = Observance { is_summer: info.dst().is_dst(), from: offset, to: offset, name };
            found.insert(observance, vec![self.midnight_before()]);
            info.offset()
        };
        let following =
            self.rules.following(first).take_while(|transition| transition.timestamp() <= last).take(MOST);
        for transition in before.into_iter().chain(following) {
            let observance = Observance {
                is_summer: transition.dst().is_dst(),
                from: offset.seconds(),
                to: transition.offset().seconds(),
                name: transition.abbreviation().to_owned(),
            };
            let onset = transition.timestamp().as_second() + i64::from(offset.seconds());
            found.entry(observance).or_default().push(onset);
            offset = transition.offset();
        }
        found
    }

    fn offset_before(&self, onset: Timestamp) -> Offset {
        let before = Timestamp::from_second(onset.as_second() - 1).unwrap_or(onset);
        self.rules.to_offset(before)
    }

    fn midnight_before(&self) -> i64 {
        let day = Date::from_days((self.from - YEAR).div_euclid(86_400));
        Moment::local(day, TimeOfDay::MIDNIGHT).local_seconds().min(0)
    }
}

impl Observance {
    fn write(&self, lines: &mut Lines, onsets: &[i64]) {
        let kind = if self.is_summer { "DAYLIGHT" } else { "STANDARD" };
        let Some((first, others)) = onsets.split_first() else { return };
        lines.raw("BEGIN", kind);
        lines.raw("DTSTART", &compact(*first));
        if !others.is_empty() {
            let others: Vec<String> = others.iter().map(|onset| compact(*onset)).collect();
            lines.raw("RDATE", &others.join(","));
        }
        lines.raw("TZOFFSETFROM", &written(self.from));
        lines.raw("TZOFFSETTO", &written(self.to));
        lines.text("TZNAME", &self.name);
        lines.raw("END", kind);
    }
}

/// `+0100`, with seconds where there are some (RFC 5545, 3.3.14).
fn written(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.unsigned_abs();
    let minutes = format!("{sign}{:02}{:02}", size / 3600, size / 60 % 60);
    if size.is_multiple_of(60) { minutes } else { format!("{minutes}{:02}", size % 60) }
}
