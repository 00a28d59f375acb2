//! When something takes place, as a whole: its first date, the rules it comes back by, dates added and taken out.

use super::{
    Frequency, Rule, Until, Weekday,
    words::{self, Tongue},
};
use crate::base::{Date, Moment, TimeOfDay};

/// Dates are named one by one up to this many.
const NAMED: usize = 12;

/// Exceptions are named one by one up to this many.
const EXCEPTIONS: usize = 6;

/// A rule without plain words is told by its first dates, this many.
const FIRST: usize = 6;

/// When something takes place: once, on several dates, by rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// When it begins, the first time.
    pub start: Moment,
    /// When it ends, the first time; for days the last day.
    pub end: Option<Moment>,
    /// By which rules it comes back.
    pub rules: Vec<Rule>,
    /// Dates besides those.
    pub added: Vec<Moment>,
    /// Dates that are none.
    pub excluded: Vec<Moment>,
}

impl Schedule {
    /// Something that takes place once.
    #[must_use]
    pub const fn once(start: Moment, end: Option<Moment>) -> Self {
        Self { start, end, rules: Vec::new(), added: Vec::new(), excluded: Vec::new() }
    }

    /// Says in a line when it takes place, in French (`fr`) or English (any other language).
    ///
    /// Times are local. A year is left out where it is that of the first date. A rule that has no plain words is
    /// told by its first dates; more than 6 exceptions or 12 dates are counted.
    ///
    /// # Source
    /// French: Lexique des règles typographiques en usage à l’Imprimerie nationale (`20 h 30`, `1er`, spaces that do
    /// not break).
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::{base::Moment, calendar::{Rule, Schedule}};
    /// let moment = |text| Moment::parse(text).unwrap();
    /// let mut shows = Schedule::once(moment("2026-09-01T20:00"), None);
    /// shows.rules = vec![Rule::parse("FREQ=WEEKLY;BYDAY=TU")?];
    /// shows.excluded = vec![moment("2026-12-22T20:00")];
    /// assert_eq!(shows.summary("fr"), "tous les mardis à 20\u{a0}h, sauf le 22 décembre");
    /// assert_eq!(shows.summary("en"), "every Tuesday at 8\u{a0}pm, except 22 December");
    ///
    /// let festival = Schedule::once(moment("2026-03-03"), Some(moment("2026-03-05")));
    /// assert_eq!(festival.summary("fr"), "du 3 au 5 mars 2026");
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    #[must_use]
    pub fn summary(&self, language: &str) -> String {
        let tongue = words::tongue(language);
        if self.rules.is_empty() {
            let mut dates = vec![self.start.clone()];
            dates.extend(self.added.iter().cloned());
            dates.retain(|date| !self.is_out(date));
            return self.of_dates(tongue, dates);
        }
        let mut said: Vec<String> = self.rules.iter().map(|rule| self.of_rule(tongue, rule)).collect();
        said.dedup();
        let mut text = said.join(tongue.between());
        let year = self.start.date().parts().0;
        let out: Vec<Date> = self.excluded.iter().map(Moment::date).collect();
        let (out, added) = (unique(out), unique(self.added.iter().map(Moment::date).collect()));
        text += &tongue.except(&out, year, EXCEPTIONS);
        text += &tongue.also(&added, year, EXCEPTIONS);
        text
    }

    fn is_out(&self, date: &Moment) -> bool {
        self.excluded.iter().any(|out| match out.time() {
            Some(_) => out.local_seconds() == date.local_seconds(),
            None => out.date() == date.date(),
        })
    }

    /// How long it lasts: until a time of that night at most, or for days.
    fn time(&self, tongue: &dyn Tongue, start: &Moment) -> String {
        let Some(time) = start.time() else { return String::new() };
        let lasts = self.end.as_ref().map(|end| end.local_seconds() - self.start.local_seconds());
        let end = lasts.filter(|lasts| (1..=12 * 3600).contains(lasts));
        match end.map(|lasts| super::starts::of_seconds(start.local_seconds() + lasts)) {
            Some(end) => tongue.lasting(time, end),
            None => tongue.at(&[time]),
        }
    }

    fn of_dates(&self, tongue: &dyn Tongue, mut dates: Vec<Moment>) -> String {
        dates.sort_by_key(Moment::local_seconds);
        dates.dedup();
        if let [only] = dates.as_slice() {
            return self.of_one(tongue, only);
        }
        let Some(last) = dates.last().map(Moment::date) else { return tongue.never().to_owned() };
        let more = dates.len().saturating_sub(NAMED);
        dates.truncate(if more == 0 { NAMED } else { FIRST });
        // Dates of one time of the day belong together.
        let mut groups: Vec<(Option<TimeOfDay>, Vec<Moment>)> = Vec::new();
        for date in dates {
            match groups.iter_mut().find(|(time, _)| *time == date.time()) {
                Some((_, group)) => group.push(date),
                None => groups.push((date.time(), vec![date])),
            }
        }
        let said = groups.iter().map(|(_, group)| {
            let days: Vec<Date> = group.iter().map(Moment::date).collect();
            let time = group.first().map(|first| self.time(tongue, first)).unwrap_or_default();
            tongue.on_days(&days, None) + &time
        });
        let mut text = said.collect::<Vec<_>>().join(tongue.between());
        if more > 0 {
            text += &tongue.more(more + NAMED - FIRST, last);
        }
        text
    }

    fn of_one(&self, tongue: &dyn Tongue, start: &Moment) -> String {
        let lasts = self.end.as_ref().map_or(0, |end| end.local_seconds() - self.start.local_seconds());
        let last = Date::from_days((start.local_seconds() + lasts).div_euclid(super::starts::DAY));
        if start.time().is_none() && last > start.date() {
            return tongue.span(start.date(), last);
        }
        if let Some(time) = start.time()
            && lasts > 12 * 3600
        {
            let end = super::starts::of_seconds(start.local_seconds() + lasts);
            return tongue.long((start.date(), time), (last, end));
        }
        tongue.on_one(start.date()) + &self.time(tongue, start)
    }

    fn of_rule(&self, tongue: &dyn Tongue, rule: &Rule) -> String {
        let Some(pattern) = Pattern::of(rule, &self.start) else {
            let all = Date::from_days(i64::MAX);
            let mut dates: Vec<Moment> = rule.dates(&self.start, all).take(FIRST + 1).collect();
            if dates.is_empty() {
                return self.of_one(tongue, &self.start);
            }
            let goes_on = dates.len() > FIRST;
            dates.truncate(FIRST);
            let text = self.of_dates(tongue, dates);
            return if goes_on { text + tongue.and_so_on() } else { text };
        };
        let mut text = tongue.pattern(&pattern);
        text += &match (rule.by_hour.len().max(1) * rule.by_minute.len().max(1), self.start.time()) {
            (_, None) => String::new(),
            _ if matches!(pattern.every, Every::Hours(_) | Every::Minutes(_)) => String::new(),
            (1, Some(_)) if rule.by_hour.is_empty() && rule.by_minute.is_empty() => {
                self.time(tongue, &self.start)
            }
            _ => tongue.at(&pattern.times),
        };
        let first = self.start.date();
        match (rule.until, rule.count) {
            (Some(Until::Day(last) | Until::Local(last, _) | Until::Utc(last, _)), _) if last > first => {
                text += tongue.comma();
                text += &tongue.span(first, last);
            }
            (Some(_), _) | (None, None) => {}
            (None, Some(count)) => text += &tongue.times_from(count, first),
        }
        text
    }
}

fn unique(mut dates: Vec<Date>) -> Vec<Date> {
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// A rule that has plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) every: Every,
    /// Only in these months; all where there are none.
    pub(super) months: Vec<u8>,
    /// At these times, where the rule names some.
    pub(super) times: Vec<TimeOfDay>,
}

/// How often, in the ways that have words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Every {
    /// Every so many days.
    Days(u32),
    /// On days of the week, every so many weeks.
    Weekdays(Vec<u8>, u32),
    /// On numbered days of the week of a month (0 from the end is the last), every so many months.
    OfMonth(Vec<Weekday>, u32),
    /// On days of the month, every so many months.
    Monthly(Vec<i16>, u32),
    /// On the first or last working day of the month.
    Workday(i16, u32),
    /// On days of some months, every so many years.
    Yearly(Vec<u8>, Vec<i16>, u32),
    /// On numbered days of the week of some months, every so many years.
    OfYear(Vec<u8>, Vec<Weekday>, u32),
    /// Every so many hours.
    Hours(u32),
    /// Every so many minutes.
    Minutes(u32),
}

impl Pattern {
    /// What has words; `None` for a rule that has not.
    fn of(rule: &Rule, start: &Moment) -> Option<Self> {
        if !rule.by_week.is_empty() || !rule.by_year_day.is_empty() || !rule.by_second.is_empty() {
            return None;
        }
        let interval = rule.interval;
        let plain: Option<Vec<u8>> =
            rule.by_day.iter().map(|day| (day.nth == 0).then_some(day.day)).collect();
        let (_, month, day) = start.date().parts();
        let mut months = rule.by_month.clone();
        let no_days = rule.by_day.is_empty() && rule.by_month_day.is_empty();
        if !rule.by_position.is_empty() && rule.frequency != Frequency::Monthly {
            return None;
        }
        let every = match rule.frequency {
            Frequency::Daily if no_days => Every::Days(interval),
            Frequency::Daily if interval == 1 && rule.by_month_day.is_empty() => Every::Weekdays(plain?, 1),
            Frequency::Weekly if no_days => Every::Weekdays(vec![start.date().weekday()], interval),
            Frequency::Weekly if rule.by_month_day.is_empty() => {
                Every::Weekdays(unnumbered(&rule.by_day), interval)
            }
            Frequency::Monthly => of_month(rule, i16::from(day), plain)?,
            Frequency::Yearly if rule.by_month.is_empty() => {
                match (rule.by_day.as_slice(), rule.by_month_day.as_slice()) {
                    ([], []) => Every::Yearly(vec![month], vec![i16::from(day)], interval),
                    ([], _) if interval == 1 => Every::Monthly(rule.by_month_day.clone(), 1),
                    (_, []) if interval == 1 => Every::Weekdays(plain?, 1),
                    _ => return None,
                }
            }
            Frequency::Yearly => {
                let named = std::mem::take(&mut months);
                match (rule.by_day.as_slice(), rule.by_month_day.as_slice()) {
                    ([], []) => Every::Yearly(named, vec![i16::from(day)], interval),
                    ([], days) => Every::Yearly(named, days.to_vec(), interval),
                    (days, []) if days.iter().all(|day| day.nth != 0) => {
                        Every::OfYear(named, days.to_vec(), interval)
                    }
                    (_, []) if interval == 1 => {
                        months = named;
                        Every::Weekdays(plain?, 1)
                    }
                    _ => return None,
                }
            }
            Frequency::Hourly if no_days && rule.by_hour.is_empty() && rule.by_minute.is_empty() => {
                Every::Hours(interval)
            }
            Frequency::Minutely if no_days && rule.by_hour.is_empty() && rule.by_minute.is_empty() => {
                Every::Minutes(interval)
            }
            _ => return None,
        };
        let (hour, minute, _) = start.time().unwrap_or(TimeOfDay::MIDNIGHT).parts();
        let or = |named: &[u8], own: u8| if named.is_empty() { vec![own] } else { named.to_vec() };
        let minutes = or(&rule.by_minute, minute);
        let times: Vec<TimeOfDay> = or(&rule.by_hour, hour)
            .iter()
            .flat_map(|hour| minutes.iter().filter_map(|minute| TimeOfDay::new(*hour, *minute, 0)))
            .collect();
        (times.len() <= 6).then_some(Self { every, months, times })
    }
}

fn unnumbered(days: &[Weekday]) -> Vec<u8> {
    let mut days: Vec<u8> = days.iter().map(|day| day.day).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn of_month(rule: &Rule, day: i16, plain: Option<Vec<u8>>) -> Option<Every> {
    let interval = rule.interval;
    match (rule.by_day.as_slice(), rule.by_month_day.as_slice(), rule.by_position.as_slice()) {
        ([], [], []) => Some(Every::Monthly(vec![day], interval)),
        ([], days, []) => Some(Every::Monthly(days.to_vec(), interval)),
        (days, [], []) if days.iter().all(|day| day.nth != 0) => {
            Some(Every::OfMonth(days.to_vec(), interval))
        }
        (_, [], []) if interval == 1 => Some(Every::Weekdays(plain?, 1)),
        // `BYDAY=TH;BYSETPOS=1,3` is `BYDAY=1TH,3TH`.
        (_, [], positions) => match (plain?.as_slice(), positions) {
            ([day], _) => {
                let of = positions.iter().map(|nth| Weekday { nth: *nth, day: *day }).collect();
                Some(Every::OfMonth(of, interval))
            }
            ([1, 2, 3, 4, 5], [position @ (1 | -1)]) => Some(Every::Workday(*position, interval)),
            ([1, 2, 3, 4, 5, 6, 7], _) => Some(Every::Monthly(positions.to_vec(), interval)),
            _ => None,
        },
        _ => None,
    }
}
