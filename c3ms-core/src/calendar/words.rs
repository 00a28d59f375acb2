//! What both languages share in saying dates: how they are put together.

use super::{
    english::English,
    french::French,
    hours::{Season, Span},
    schedule::Pattern,
};
use crate::base::{Date, TimeOfDay};

/// A language that says dates.
pub(super) trait Tongue {
    /// What is said of a rule, without its times: `tous les mardis`.
    fn pattern(&self, pattern: &Pattern) -> String;
    /// With a space in front: ` à 20 h`.
    fn at(&self, times: &[TimeOfDay]) -> String;
    /// With a space in front: ` de 20 h à 22 h`.
    fn lasting(&self, start: TimeOfDay, end: TimeOfDay) -> String;
    /// One day with its weekday.
    fn on_one(&self, day: Date) -> String;
    /// Several days; their year is left out where it is this one.
    fn on_days(&self, days: &[Date], year: Option<i16>) -> String;
    /// From a day to another.
    fn span(&self, first: Date, last: Date) -> String;
    /// From a time of a day to a time of another.
    fn long(&self, start: (Date, TimeOfDay), end: (Date, TimeOfDay)) -> String;
    /// Days taken out, empty where there are none, counted above a number.
    fn except(&self, days: &[Date], year: i16, most: usize) -> String;
    /// Days added, empty where there are none, counted above a number.
    fn also(&self, days: &[Date], year: i16, most: usize) -> String;
    /// So many times from a day on.
    fn times_from(&self, count: u32, first: Date) -> String;
    /// So many dates more, until a day.
    fn more(&self, count: usize, last: Date) -> String;
    /// The list goes on.
    fn and_so_on(&self) -> &'static str;
    /// No date is left.
    fn never(&self) -> &'static str;
    /// Between two rules.
    fn between(&self) -> &'static str;
    /// Days of the week, as a place in time: `le mardi`.
    fn on_weekdays(&self, days: &[u8]) -> String;
    /// Days of the week on which it is open: `du lundi au vendredi`.
    fn open_days(&self, days: &[u8]) -> String;
    /// With a space in front: ` de 10 h à 12 h et de 14 h à 18 h`.
    fn spans(&self, spans: &[Span]) -> String;
    /// Closed then.
    fn closed(&self, when: &str) -> String;
    /// A part of the year; empty for all of it.
    fn season(&self, season: Season) -> String;
    /// Between a season and what holds in it.
    fn colon(&self) -> &'static str;
    /// Between two parts of a sentence.
    fn comma(&self) -> &'static str {
        ", "
    }
}

pub(super) fn tongue(tag: &str) -> &'static dyn Tongue {
    if tag == "fr" || tag.starts_with("fr-") { &French } else { &English }
}

/// `a, b et c`.
pub(super) fn list(items: &[String], and: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

/// The n-th of a few names, from 1.
pub(super) fn name(names: &[&'static str], number: u8) -> &'static str {
    names.get(usize::from(number).saturating_sub(1)).copied().unwrap_or("")
}

/// Numbers in a row, three or more: first and last.
pub(super) fn row(numbers: &[u8]) -> Option<(u8, u8)> {
    let (first, last) = (*numbers.first()?, *numbers.last()?);
    let whole = usize::from(last.saturating_sub(first)) + 1 == numbers.len();
    (whole && numbers.len() > 2).then_some((first, last))
}

/// Days as stretches of days in a row.
pub(super) fn stretches(days: &[Date]) -> Vec<(Date, Date)> {
    let mut stretches: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match stretches.last_mut() {
            Some((_, last)) if last.plus_days(1) == *day => *last = *day,
            _ => stretches.push((*day, *day)),
        }
    }
    stretches
}

/// Days by the month they lie in.
pub(super) fn by_month(days: &[Date]) -> Vec<((i16, u8), Vec<u8>)> {
    let mut months: Vec<((i16, u8), Vec<u8>)> = Vec::new();
    for date in days {
        let (year, month, day) = date.parts();
        match months.last_mut() {
            Some((known, days)) if *known == (year, month) => days.push(day),
            _ => months.push(((year, month), vec![day])),
        }
    }
    months
}
