//! What comes back regularly: the rule of a series, its exceptions, and what replaces them.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::Value;

use super::{
    Dataset, Datasets, Record,
    clock::{aligned, civil, instant, like},
    dataset::values,
};
use crate::{
    base::{Date, Id, Moment, TimeOfDay},
    calendar,
    manufactory::forms::Entry,
};

/// A series gives at most this many dates, counted from its start: 54 years of every day.
const MOST: usize = 20_000;

/// The parts a rule may have (RFC 5545, 3.3.10, and RFC 7529).
const PARTS: [&str; 16] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYSECOND",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "RSCALE",
    "SKIP",
];

/// The fields that say when the records of a cube take place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates<'a> {
    pub(super) start: &'a str,
    end: Option<&'a str>,
    recurrence: Option<&'a str>,
    further: Option<&'a str>,
}

impl<'a> Dates<'a> {
    /// `None` for a cube whose records do not take place.
    pub(super) fn of(dataset: &'a Dataset) -> Option<Self> {
        let (end, recurrence) = (dataset.named("endDate"), dataset.named("eventSchedule"));
        let further = dataset.named("subEvent");
        dataset.start().map(|start| Self { start, end, recurrence, further })
    }

    /// When a record begins and ends; an end before the start, or none, is no end.
    pub(super) fn span(&self, record: &Record) -> Option<(Moment, Option<Moment>)> {
        let start = record.moment(self.start)?;
        let end = self.end.and_then(|end| record.moment(end));
        let end = end.filter(|end| *end != start && !super::clock::is_after(&start, end));
        Some((start, end))
    }

    /// The further dates of a record, each with its own end; without those that are cancelled.
    pub(super) fn further<'r>(
        &self,
        record: &'r Record,
    ) -> impl Iterator<Item = (Moment, Option<Moment>)> + use<'r> {
        let held = self.every_further(record).filter(|(.., status)| *status != Some("cancelled"));
        held.map(|(start, end, _)| (start, end))
    }

    /// The further dates of a record, each with its own end and status.
    pub(super) fn every_further<'r>(
        &self,
        record: &'r Record,
    ) -> impl Iterator<Item = (Moment, Option<Moment>, Option<&'r str>)> + use<'r> {
        let list = self.further.and_then(|list| record.document.get(list)?.as_array());
        list.into_iter().flatten().filter_map(|item| {
            let said = |name: &str| item.get(name).and_then(Value::as_str);
            let start = said("start").and_then(Moment::parse)?;
            let end = said("end").and_then(Moment::parse);
            let end = end.filter(|end| *end != start && !super::clock::is_after(&start, end));
            Some((start, end, said("status")))
        })
    }

    /// How a record comes back, where it does.
    pub(super) fn recurrence(&self, record: &Record) -> Option<Recurrence> {
        let group = record.document.get(self.recurrence?)?.as_object()?;
        let moments = |name: &str| {
            let texts = values(group.get(name)).filter_map(Value::as_str);
            texts.filter_map(Moment::parse).collect::<Vec<_>>()
        };
        let rule = group.get("rule").and_then(Value::as_str).and_then(Rule::parse);
        let recurrence = Recurrence { rule, added: moments("added"), excluded: moments("excluded") };
        (recurrence.rule.is_some() || !recurrence.added.is_empty()).then_some(recurrence)
    }

    /// The dates of series that another record replaces, the first one where there are several: by series and
    /// date, the record that does.
    pub(super) fn replaced(
        &self,
        datasets: &Datasets,
        dataset: &Dataset,
    ) -> BTreeMap<(Id<Entry>, Moment), Id<Entry>> {
        let mut replaced = BTreeMap::new();
        for record in &dataset.records {
            let Some(moment) = record.moment("recurrence-id") else { continue };
            let Some((of, series)) = datasets.linked(record, Some("recurrence-of")) else { continue };
            if of.format.cube == dataset.format.cube
                && series.id != record.id
                && self.recurrence(series).is_some()
                && let Some(start) = series.moment(self.start)
            {
                replaced.entry((series.id, aligned(&start, &moment))).or_insert(record.id);
            }
        }
        replaced
    }
}

/// How something comes back.
#[derive(Debug, Clone)]
pub(super) struct Recurrence {
    pub(super) rule: Option<Rule>,
    pub(super) added: Vec<Moment>,
    pub(super) excluded: Vec<Moment>,
}

impl Recurrence {
    /// Every start of the series before a day, in order, exceptions taken out; each told as the first one is.
    ///
    /// A rule that cannot be followed gives its first date only.
    pub(super) fn starts(&self, start: &Moment, before: Date) -> Vec<Moment> {
        let by_rule = self.rule.as_ref().and_then(|rule| rule.starts(start, before));
        let mut starts = by_rule.unwrap_or_else(|| vec![start.clone()]);
        starts.extend(
            self.added.iter().map(|added| aligned(start, added)).filter(|added| added.date() < before),
        );
        let excluded: Vec<Moment> = self.excluded.iter().map(|excluded| aligned(start, excluded)).collect();
        starts.retain(|start| !excluded.contains(start));
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

/// A rule of RFC 5545 (3.3.10), taken apart: known names and plain values only.
#[derive(Debug, Clone)]
pub(super) struct Rule(Vec<(String, String)>);

impl Rule {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let parts =
            text.strip_prefix("RRULE:").unwrap_or(&text).split(';').filter(|part| !part.trim().is_empty());
        let parts = parts.map(|part| {
            let (name, value) = part.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            let plain = |letter: u8| letter.is_ascii_alphanumeric() || b",+-".contains(&letter);
            let is_sound = PARTS.contains(&name) && !value.is_empty() && value.bytes().all(plain);
            is_sound.then(|| (name.to_owned(), value.to_owned()))
        });
        let rule = Self(parts.collect::<Option<_>>()?);
        rule.part("FREQ").is_some().then_some(rule)
    }

    pub(super) fn part(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The last moment it may give, told as the start is; the end of the day where it is a day.
    pub(super) fn until(&self, start: &Moment) -> Option<Moment> {
        let (date, rest) = self.part("UNTIL")?.split_at_checked(8)?;
        let date = date_of(date)?;
        let Some(time) = rest.strip_prefix('T') else {
            let end = TimeOfDay::new(23, 59, 59)?;
            return Some(if start.time().is_none() { Moment::day(date) } else { like(start, date, end) });
        };
        let (time, is_utc) = time.strip_suffix('Z').map_or((time, false), |time| (time, true));
        let time = time_of(time)?;
        let said = if is_utc { Moment::with_offset(date, time, 0)? } else { like(start, date, time) };
        Some(aligned(start, &said))
    }

    /// The rule as RFC 5545 wants it beside this start: `UNTIL` a day where that is one, in UTC where that has
    /// a zone or an offset, local else.
    pub(super) fn written(&self, start: &Moment) -> String {
        let parts = self.0.iter().map(|(name, value)| {
            let until = if name == "UNTIL" { self.until(start) } else { None };
            let value = match &until {
                None => Cow::Borrowed(value.as_str()),
                Some(until) => Cow::Owned(match until.time() {
                    None => compact_day(until.date()),
                    Some(_) if until.zone().is_none() && until.offset().is_none() => {
                        compact(until.local_seconds())
                    }
                    Some(_) => compact(instant(until)) + "Z",
                }),
            };
            format!("{name}={value}")
        });
        parts.collect::<Vec<_>>().join(";")
    }

    /// The starts before a day, in local time, so that a change of clocks moves none of them.
    fn starts(&self, start: &Moment, before: Date) -> Option<Vec<Moment>> {
        let last = Moment::local(before, TimeOfDay::MIDNIGHT).local_seconds() - 1;
        let until = self.until(start).map_or(last, |until| {
            let end_of_day = if until.time().is_none() { 86_399 } else { 0 };
            last.min(until.local_seconds() + end_of_day)
        });
        if until < start.local_seconds() {
            return Some(Vec::new());
        }
        let parts = self.0.iter().filter(|(name, _)| name != "UNTIL");
        let rule = parts.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";");
        let rule = calendar::Rule::parse(&rule).ok()?;
        let starts = rule.starts(start.local_seconds(), start.local_seconds(), until).take(MOST);
        let starts = starts.map(|seconds| {
            let (date, time) = civil(seconds);
            if start.time().is_none() { Moment::day(date) } else { like(start, date, time) }
        });
        Some(starts.collect())
    }
}

/// `20261123T203000`, from local seconds since 1970.
pub(super) fn compact(seconds: i64) -> String {
    let (date, time) = civil(seconds);
    let (hour, minute, second) = time.parts();
    let mut text = compact_day(date);
    text.push('T');
    for part in [hour, minute, second] {
        two_digits(&mut text, part);
    }
    text
}

/// `20261123`.
pub(super) fn compact_day(date: Date) -> String {
    let (year, month, day) = date.parts();
    let year = u16::try_from(year).unwrap_or(0);
    let mut text = String::with_capacity(16);
    for part in [year / 100, year % 100] {
        two_digits(&mut text, u8::try_from(part).unwrap_or(0));
    }
    two_digits(&mut text, month);
    two_digits(&mut text, day);
    text
}

fn two_digits(text: &mut String, number: u8) {
    text.push(char::from(b'0' + number / 10 % 10));
    text.push(char::from(b'0' + number % 10));
}

fn date_of(digits: &str) -> Option<Date> {
    let [year, month, day] = [digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?];
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn time_of(digits: &str) -> Option<TimeOfDay> {
    let [hour, minute, second] = [digits.get(..2)?, digits.get(2..4)?, digits.get(4..)?];
    TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?, second.parse().ok()?)
}
