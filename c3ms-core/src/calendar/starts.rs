//! The starts that a rule gives, in local time: period by period, in order.

use super::rule::{Frequency, Rule, Weekday};
use crate::base::{Date, Moment, TimeOfDay};

pub(super) const DAY: i64 = 86_400;

/// A rule gives at most this many periods and starts, counted from where it is begun.
const MOST: u32 = 1_000_000;

/// The last day there is, in days since 1970: 9999-12-31.
const LAST: i64 = 2_932_896;

/// What a rule gives, in seconds since 1970, as if local time were UTC.
#[derive(Debug, Clone)]
pub(crate) struct Starts<'a> {
    rule: &'a Rule,
    start: i64,
    to: i64,
    /// What the start says where the rule is silent.
    by_month: Vec<u8>,
    by_month_day: Vec<i16>,
    by_day: Vec<Weekday>,
    /// The times of each day, in seconds; empty where the rule comes back within the day.
    of_day: Vec<i64>,
    /// The number of the next period.
    period: i64,
    days: Vec<i64>,
    times: Vec<i64>,
    /// Which of the days and times, where the rule names positions.
    picks: Option<Vec<usize>>,
    at: usize,
    given: u32,
    steps: u32,
}

impl<'a> Starts<'a> {
    pub(super) fn new(rule: &'a Rule, start: i64, from: i64, to: i64) -> Self {
        let (date, time) = (Date::from_days(start.div_euclid(DAY)), start.rem_euclid(DAY));
        let (_, month, day) = date.parts();
        let silent = rule.by_week.is_empty()
            && rule.by_year_day.is_empty()
            && rule.by_month_day.is_empty()
            && rule.by_day.is_empty();
        let mut starts = Self {
            rule,
            start,
            to,
            by_month: rule.by_month.clone(),
            by_month_day: rule.by_month_day.clone(),
            by_day: rule.by_day.clone(),
            of_day: Vec::new(),
            period: 0,
            days: Vec::new(),
            times: Vec::new(),
            picks: None,
            at: 0,
            given: 0,
            steps: 0,
        };
        match rule.frequency {
            Frequency::Yearly if silent => {
                if starts.by_month.is_empty() {
                    starts.by_month = vec![month];
                }
                starts.by_month_day = vec![i16::from(day)];
            }
            Frequency::Monthly if silent => starts.by_month_day = vec![i16::from(day)],
            Frequency::Weekly if silent => starts.by_day = vec![Weekday { nth: 0, day: date.weekday() }],
            _ => {}
        }
        if rule.frequency < Frequency::Hourly {
            let hours = or(&rule.by_hour, time / 3600);
            starts.of_day =
                times(&hours, &or(&rule.by_minute, time / 60 % 60), &or(&rule.by_second, time % 60));
        }
        starts.forward(from);
        starts
    }

    /// Tells whether it stopped because of its own limit.
    #[cfg(feature = "zones")]
    pub(crate) const fn gave_up(&self) -> bool {
        self.steps >= MOST
    }

    /// Leaves out the periods before a time, where they need not be counted.
    fn forward(&mut self, from: i64) {
        let passed = (self.number(from) - 1).max(0);
        if self.rule.count.is_none() {
            self.period = passed;
        } else if self.gives_one_each() {
            self.period = passed;
            self.given = u32::try_from(passed).unwrap_or(u32::MAX);
        }
    }

    /// Every period gives just one start, the first period the first.
    fn gives_one_each(&self) -> bool {
        let rule = self.rule;
        let plain = rule.by_month.is_empty()
            && rule.by_month_day.is_empty()
            && rule.by_year_day.is_empty()
            && rule.by_week.is_empty()
            && rule.by_day.is_empty()
            && rule.by_hour.is_empty()
            && rule.by_minute.is_empty()
            && rule.by_second.is_empty()
            && rule.by_position.is_empty();
        plain && rule.frequency >= Frequency::Weekly
    }

    fn interval(&self) -> i64 {
        i64::from(self.rule.interval)
    }

    /// The length of what the rule counts, where it is always the same.
    const fn unit(&self) -> i64 {
        match self.rule.frequency {
            Frequency::Yearly | Frequency::Monthly => 0,
            Frequency::Weekly => 7 * DAY,
            Frequency::Daily => DAY,
            Frequency::Hourly => 3600,
            Frequency::Minutely => 60,
            Frequency::Secondly => 1,
        }
    }

    /// Where the period of the start begins.
    fn begin(&self) -> i64 {
        match self.rule.frequency {
            Frequency::Yearly | Frequency::Monthly => 0,
            Frequency::Weekly => {
                let day = self.start.div_euclid(DAY);
                let after = i64::from(Date::from_days(day).weekday()) - i64::from(self.rule.week_start);
                (day - after.rem_euclid(7)) * DAY
            }
            _ => self.start - self.start.rem_euclid(self.unit()),
        }
    }

    /// The number of the last period that begins at a time or before.
    fn number(&self, time: i64) -> i64 {
        let months = |time: i64| {
            let (year, month, _) = Date::from_days(time.div_euclid(DAY)).parts();
            i64::from(year) * 12 + i64::from(month) - 1
        };
        let passed = match self.rule.frequency {
            Frequency::Yearly => months(time).div_euclid(12) - months(self.start).div_euclid(12),
            Frequency::Monthly => months(time) - months(self.start),
            _ => (time - self.begin()).div_euclid(self.unit()),
        };
        passed.div_euclid(self.interval())
    }

    /// The days and times of the next period that has any; `false` at the end.
    fn advance(&mut self) -> bool {
        loop {
            self.steps += 1;
            if self.steps >= MOST {
                return false;
            }
            let begun =
                if self.rule.frequency < Frequency::Hourly { self.of_days() } else { self.within_day() };
            if !begun {
                return false;
            }
            self.at = 0;
            self.picks = None;
            if self.days.is_empty() || self.times.is_empty() {
                continue;
            }
            if !self.rule.by_position.is_empty() {
                self.pick();
            }
            return true;
        }
    }

    fn pick(&mut self) {
        let all = self.days.len() * self.times.len();
        let picked = self.rule.by_position.iter().filter_map(|position| {
            let position = isize::from(*position);
            let at = if position > 0 {
                position.checked_sub(1)
            } else {
                isize::try_from(all).ok()?.checked_add(position)
            };
            usize::try_from(at?).ok().filter(|at| *at < all)
        });
        let mut picks: Vec<usize> = picked.collect();
        picks.sort_unstable();
        picks.dedup();
        self.picks = Some(picks);
    }

    /// A period of whole days: a year, a month, a week, a day.
    fn of_days(&mut self) -> bool {
        let number = self.period * self.interval();
        let start = self.start.div_euclid(DAY);
        let (year, month, _) = Date::from_days(start).parts();
        let (first, last) = match self.rule.frequency {
            Frequency::Yearly => {
                let year = i64::from(year) + number;
                (first_of(year, 1), first_of(year + 1, 1))
            }
            Frequency::Monthly => {
                let months = i64::from(year) * 12 + i64::from(month) - 1 + number;
                let next = months + 1;
                (
                    first_of(months.div_euclid(12), months.rem_euclid(12) + 1),
                    first_of(next.div_euclid(12), next.rem_euclid(12) + 1),
                )
            }
            Frequency::Weekly => {
                let first = self.begin().div_euclid(DAY) + number * 7;
                // The first week begins with the start, for positions too.
                (Some(first.max(start)), Some(first + 7))
            }
            _ => (Some(start + number), Some(start + number + 1)),
        };
        let (Some(first), Some(last)) = (first, last) else { return false };
        if first > LAST || first * DAY > self.to {
            return false;
        }
        self.period += 1;
        self.days.clear();
        if self.rule.frequency == Frequency::Yearly && !self.by_month.is_empty() {
            let (year, ..) = Date::from_days(first).parts();
            for month in self.by_month.clone() {
                let bounds = first_of(i64::from(year), i64::from(month))
                    .zip(first_of(i64::from(year) + i64::from(month == 12), i64::from(month % 12) + 1));
                if let Some((first, last)) = bounds {
                    self.keep(first, last);
                }
            }
        } else {
            self.keep(first, last);
        }
        self.times.clone_from(&self.of_day);
        true
    }

    fn keep(&mut self, first: i64, last: i64) {
        for day in first..last.min(LAST + 1) {
            if self.has(day) {
                self.days.push(day);
            }
        }
    }

    /// A period within a day: an hour, a minute, a second. Those that cannot match are leapt over.
    fn within_day(&mut self) -> bool {
        let unit = self.unit();
        let begin = self.begin();
        let time = begin + self.period * self.interval() * unit;
        if time > self.to || time.div_euclid(DAY) > LAST {
            return false;
        }
        self.days.clear();
        self.times.clear();
        let (day, of_day) = (time.div_euclid(DAY), time.rem_euclid(DAY));
        let lacks = |wanted: &[u8], value: i64| {
            !wanted.is_empty() && !wanted.iter().any(|one| i64::from(*one) == value)
        };
        let next = if !self.has(day) {
            Some((day + 1) * DAY)
        } else if lacks(&self.rule.by_hour, of_day / 3600) {
            Some(time - time.rem_euclid(3600) + 3600)
        } else if unit < 3600 && lacks(&self.rule.by_minute, of_day / 60 % 60) {
            Some(time - time.rem_euclid(60) + 60)
        } else if unit == 1 && lacks(&self.rule.by_second, of_day % 60) {
            Some(time + 1)
        } else {
            None
        };
        if let Some(next) = next {
            let step = self.interval() * unit;
            self.period = (next - begin + step - 1).div_euclid(step).max(self.period + 1);
            return true;
        }
        self.period += 1;
        self.days.push(day);
        let start = self.start.rem_euclid(DAY);
        let one = |value: i64| u8::try_from(value).map_or_else(|_| Vec::new(), |value| vec![value]);
        let minutes =
            if unit == 3600 { or(&self.rule.by_minute, start / 60 % 60) } else { one(of_day / 60 % 60) };
        let seconds = if unit == 1 { one(of_day % 60) } else { or(&self.rule.by_second, start % 60) };
        self.times = times(&one(of_day / 3600), &minutes, &seconds);
        true
    }

    /// Tells whether the rule may give something on a day, in days since 1970.
    fn has(&self, day: i64) -> bool {
        let rule = self.rule;
        let date = Date::from_days(day);
        let (year, month, of_month) = date.parts();
        if !self.by_month.is_empty() && !self.by_month.contains(&month) {
            return false;
        }
        let weekday = date.weekday();
        if !self.by_day.is_empty() && !self.by_day.iter().any(|wanted| self.is(*wanted, date, weekday)) {
            return false;
        }
        if !self.by_month_day.is_empty() {
            let of_month = i16::from(of_month);
            let from_end = of_month - i16::from(length(year, month)) - 1;
            if !self.by_month_day.iter().any(|wanted| *wanted == of_month || *wanted == from_end) {
                return false;
            }
        }
        if !rule.by_year_day.is_empty() {
            let (of_year, length) = of_year(date);
            if !rule.by_year_day.iter().any(|wanted| *wanted == of_year || *wanted == of_year - length - 1) {
                return false;
            }
        }
        if rule.by_week.is_empty() {
            return true;
        }
        let (week, weeks) = week(day, rule.week_start);
        rule.by_week.iter().any(|wanted| *wanted == week || *wanted == week - weeks - 1)
    }

    /// The n-th Tuesday of the month, or of the year where the rule names no months; every one in shorter periods.
    fn is(&self, wanted: Weekday, date: Date, weekday: u8) -> bool {
        if wanted.day != weekday {
            return false;
        }
        if wanted.nth == 0 || self.rule.frequency > Frequency::Monthly {
            return true;
        }
        let (year, month, of_month) = date.parts();
        let of_whole_year = self.rule.frequency == Frequency::Yearly && self.rule.by_month.is_empty();
        let (at, length) =
            if of_whole_year { of_year(date) } else { (i16::from(of_month), i16::from(length(year, month))) };
        if wanted.nth > 0 { (at - 1) / 7 + 1 == wanted.nth } else { (length - at) / 7 + 1 == -wanted.nth }
    }
}

impl Iterator for Starts<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        loop {
            let index = match &self.picks {
                Some(picks) => picks.get(self.at).copied(),
                None => Some(self.at),
            };
            let many = self.times.len().max(1);
            let found = index
                .and_then(|index| Some(self.days.get(index / many)? * DAY + self.times.get(index % many)?));
            let Some(found) = found else {
                if !self.advance() {
                    return None;
                }
                continue;
            };
            self.at += 1;
            if found < self.start {
                continue;
            }
            if found > self.to {
                return None;
            }
            self.steps += 1;
            if self.rule.count.is_some_and(|count| self.given >= count) || self.steps >= MOST {
                return None;
            }
            self.given += 1;
            return Some(found);
        }
    }
}

impl Rule {
    /// The dates from a first one on, before a day, told as the first one is; `UNTIL` is compared in local time.
    ///
    /// A change of clocks moves none of them. The first one is among them only where the rule gives it.
    pub fn dates<'a>(&'a self, first: &'a Moment, before: Date) -> impl Iterator<Item = Moment> + 'a {
        use super::rule::Until;
        let start = first.local_seconds();
        let last = match self.until {
            Some(Until::Day(date)) => date.days() * DAY,
            Some(Until::Local(date, time) | Until::Utc(date, time)) => date.days() * DAY + time.seconds(),
            None => i64::MAX,
        };
        let last = last.min(before.days() * DAY - 1);
        self.starts(start, start, last).map(move |seconds| moment(first, seconds))
    }
}

/// A local time told as another is.
fn moment(like: &Moment, seconds: i64) -> Moment {
    let (date, time) = (Date::from_days(seconds.div_euclid(DAY)), of_seconds(seconds));
    if like.time().is_none() {
        return Moment::day(date);
    }
    match like.zone() {
        Some(zone) => Moment::zoned(date, time, zone.clone()),
        None => like
            .offset()
            .and_then(|minutes| Moment::with_offset(date, time, minutes))
            .unwrap_or(Moment::local(date, time)),
    }
}

/// The time of the day of a local time.
pub(super) fn of_seconds(seconds: i64) -> TimeOfDay {
    let of_day = seconds.rem_euclid(DAY);
    let small = |value: i64| u8::try_from(value).unwrap_or(0);
    TimeOfDay::new(small(of_day / 3600), small(of_day / 60 % 60), small(of_day % 60))
        .unwrap_or(TimeOfDay::MIDNIGHT)
}

fn or(wanted: &[u8], of_start: i64) -> Vec<u8> {
    if wanted.is_empty() { u8::try_from(of_start).into_iter().collect() } else { wanted.to_vec() }
}

fn times(hours: &[u8], minutes: &[u8], seconds: &[u8]) -> Vec<i64> {
    let mut times = Vec::with_capacity(hours.len() * minutes.len() * seconds.len());
    for hour in hours {
        for minute in minutes {
            // A leap second is no time of a civil day.
            for second in seconds.iter().filter(|second| **second < 60) {
                times.push(i64::from(*hour) * 3600 + i64::from(*minute) * 60 + i64::from(*second));
            }
        }
    }
    times
}

fn first_of(year: i64, month: i64) -> Option<i64> {
    if year == 10_000 && month == 1 {
        return Some(LAST + 1);
    }
    Date::new(i16::try_from(year).ok()?, u8::try_from(month).ok()?, 1).map(|date| date.days())
}

fn length(year: i16, month: u8) -> u8 {
    (28..=31).rev().find(|day| Date::new(year, month, *day).is_some()).unwrap_or(28)
}

/// The number of a day in its year, from 1, and how many days the year has.
fn of_year(date: Date) -> (i16, i16) {
    let (year, ..) = date.parts();
    let first = first_of(i64::from(year), 1).unwrap_or(0);
    let length = if Date::new(year, 2, 29).is_some() { 366 } else { 365 };
    (i16::try_from(date.days() - first + 1).unwrap_or(0), length)
}

/// The number of the week a day lies in, and how many weeks the year of that week has: the first week is the one
/// with four days or more in the year (ISO 8601, with any first day).
fn week(day: i64, week_start: u8) -> (i16, i16) {
    let weekday = i64::from(Date::from_days(day).weekday());
    let first = day - (weekday - i64::from(week_start)).rem_euclid(7);
    // The week belongs to the year its fourth day lies in.
    let (year, ..) = Date::from_days(first + 3).parts();
    let begin = |year: i64| {
        let fourth = first_of(year, 1).unwrap_or(0) + 3;
        fourth - (i64::from(Date::from_days(fourth).weekday()) - i64::from(week_start)).rem_euclid(7)
    };
    let (this, next) = (begin(i64::from(year)), begin(i64::from(year) + 1));
    let small = |value: i64| i16::try_from(value).unwrap_or(0);
    (small((first - this) / 7 + 1), small((next - this) / 7))
}
