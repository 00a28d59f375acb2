//! Dates in English.

use super::{
    Weekday,
    hours::{Season, Span},
    schedule::{Every, Pattern},
    words::{Tongue, by_month, list, name, row, stretches},
};
use crate::base::{Date, TimeOfDay};

/// English, as it is written in Europe: the day before the month.
pub(super) struct English;

pub(crate) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `8:30 pm`, `noon`.
pub(super) fn time(time: TimeOfDay) -> String {
    let (hour, minute, _) = time.parts();
    let half = if hour < 12 { "am" } else { "pm" };
    let of_half = if hour % 12 == 0 { 12 } else { hour % 12 };
    match (hour, minute) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "noon".to_owned(),
        (_, 0) => format!("{of_half}\u{a0}{half}"),
        _ => format!("{of_half}:{minute:02}\u{a0}{half}"),
    }
}

fn date(date: Date, known: Option<i16>) -> String {
    let (year, month, day) = date.parts();
    let month = name(&MONTHS, month);
    if known == Some(year) { format!("{day} {month}") } else { format!("{day} {month} {year}") }
}

fn span(first: Date, last: Date, known: Option<i16>) -> String {
    let ((year, month, day), (other_year, other_month, _)) = (first.parts(), last.parts());
    let end = date(last, known);
    if (year, month) == (other_year, other_month) {
        format!("from {day} to {end}")
    } else if year == other_year {
        format!("from {day} {} to {end}", name(&MONTHS, month))
    } else {
        format!("from {} to {end}", date(first, known))
    }
}

fn months(months: &[u8]) -> String {
    if let Some((first, last)) = row(months) {
        return format!("from {} to {}", name(&MONTHS, first), name(&MONTHS, last));
    }
    let names: Vec<String> = months.iter().map(|month| name(&MONTHS, *month).to_owned()).collect();
    format!("in {}", list(&names, "and"))
}

/// `1st`, `2nd`, `last`.
fn ordinal(nth: i16) -> String {
    let ending = match (nth.abs() % 10, nth.abs() % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    match nth {
        -1 => "last".to_owned(),
        -2 => "last but one".to_owned(),
        nth if nth < 0 => format!("{}{ending} last", -nth),
        nth => format!("{nth}{ending}"),
    }
}

fn numbered(days: &[Weekday]) -> String {
    let mut days = days.to_vec();
    days.sort_by_key(|day| (day.nth < 0, day.nth, day.day));
    let same = days.first().is_some_and(|first| days.iter().all(|day| day.day == first.day));
    let item = |day: &Weekday| {
        if same { ordinal(day.nth) } else { format!("{} {}", ordinal(day.nth), name(&DAYS, day.day)) }
    };
    let text = list(&days.iter().map(item).collect::<Vec<_>>(), "and");
    match days.first() {
        Some(first) if same => format!("the {text} {}", name(&DAYS, first.day)),
        _ => format!("the {text}"),
    }
}

fn of_month(days: &[i16]) -> String {
    let mut days = days.to_vec();
    days.sort_by_key(|day| (*day < 0, *day));
    let item = |day: &i16| if *day < 0 { format!("{} day", ordinal(*day)) } else { ordinal(*day) };
    format!("the {}", list(&days.iter().map(item).collect::<Vec<_>>(), "and"))
}

pub(super) fn on_weekdays(days: &[u8]) -> String {
    if let Some((first, last)) = row(days) {
        return format!("{} to {}", name(&DAYS, first), name(&DAYS, last));
    }
    list(&days.iter().map(|day| name(&DAYS, *day).to_owned()).collect::<Vec<_>>(), "and")
}

fn weekdays(days: &[u8], weeks: u32) -> String {
    let every = match (days, weeks) {
        ([_, _, _, _, _, _, _], 1) => return "every day".to_owned(),
        ([_, _, _, _, _, _], 1) => {
            let closed: Vec<u8> = (1..=7).filter(|day| !days.contains(day)).collect();
            return format!("every day except {}", on_weekdays(&closed));
        }
        (_, 1) if row(days).is_some() => return on_weekdays(days),
        (_, 1) => return format!("every {}", on_weekdays(days)),
        ([day], 2) => return format!("every other {}", name(&DAYS, *day)),
        (_, 2) => "every other week".to_owned(),
        (_, weeks) => format!("every {weeks} weeks"),
    };
    format!("{every} on {}", on_weekdays(days))
}

fn every_month(months: u32) -> String {
    match months {
        1 => "of the month".to_owned(),
        2 => "of every other month".to_owned(),
        months => format!("every {months} months"),
    }
}

fn every_year(years: u32) -> String {
    match years {
        1 => "every year on ".to_owned(),
        2 => "every other year on ".to_owned(),
        years => format!("every {years} years on "),
    }
}

fn counted(days: &[Date], year: i16, most: usize, plural: &str) -> String {
    if days.len() > most {
        return format!("{} {plural}", days.len());
    }
    English.on_days(days, Some(year))
}

impl Tongue for English {
    fn pattern(&self, pattern: &Pattern) -> String {
        let said = match &pattern.every {
            Every::Days(1) => "every day".to_owned(),
            Every::Days(2) => "every other day".to_owned(),
            Every::Days(days) => format!("every {days} days"),
            Every::Weekdays(days, weeks) => weekdays(days, *weeks),
            Every::OfMonth(days, months) => format!("{} {}", numbered(days), every_month(*months)),
            Every::Monthly(days, months) => format!("{} {}", of_month(days), every_month(*months)),
            Every::Workday(position, months) => {
                let which = if *position < 0 { "last" } else { "first" };
                format!("the {which} working day {}", every_month(*months))
            }
            Every::Yearly(months, days, years) => {
                let each = months.iter().map(|month| {
                    let month = name(&MONTHS, *month);
                    if days.iter().all(|day| *day > 0) {
                        let days: Vec<String> = days.iter().map(ToString::to_string).collect();
                        format!("{} {month}", list(&days, "and"))
                    } else {
                        format!("{} of {month}", of_month(days))
                    }
                });
                every_year(*years) + &list(&each.collect::<Vec<_>>(), "and")
            }
            Every::OfYear(months, days, years) => {
                let each: Vec<String> = months.iter().map(|month| name(&MONTHS, *month).to_owned()).collect();
                format!("{}{} of {}", every_year(*years), numbered(days), list(&each, "and"))
            }
            Every::Hours(1) => "every hour".to_owned(),
            Every::Hours(hours) => format!("every {hours} hours"),
            Every::Minutes(1) => "every minute".to_owned(),
            Every::Minutes(minutes) => format!("every {minutes} minutes"),
        };
        if pattern.months.is_empty() { said } else { format!("{said}, {}", months(&pattern.months)) }
    }

    fn at(&self, times: &[TimeOfDay]) -> String {
        let said: Vec<String> = times.iter().map(|one| time(*one)).collect();
        format!(" at {}", list(&said, "and"))
    }

    fn lasting(&self, start: TimeOfDay, end: TimeOfDay) -> String {
        format!(" from {} to {}", time(start), time(end))
    }

    fn on_one(&self, day: Date) -> String {
        format!("{} {}", name(&DAYS, day.weekday()), date(day, None))
    }

    fn on_days(&self, days: &[Date], year: Option<i16>) -> String {
        let (mut said, mut single): (Vec<String>, Vec<Date>) = (Vec::new(), Vec::new());
        let tell = |single: &mut Vec<Date>, said: &mut Vec<String>| {
            for ((of_year, month), days) in by_month(single) {
                let numbers: Vec<String> = days.iter().map(ToString::to_string).collect();
                let of_year = if year == Some(of_year) { String::new() } else { format!(" {of_year}") };
                said.push(format!("{} {}{of_year}", list(&numbers, "and"), name(&MONTHS, month)));
            }
            single.clear();
        };
        for (first, last) in stretches(days) {
            if last.days() - first.days() < 2 {
                single.extend((first.days()..=last.days()).map(Date::from_days));
            } else {
                tell(&mut single, &mut said);
                said.push(span(first, last, year));
            }
        }
        tell(&mut single, &mut said);
        list(&said, "and")
    }

    fn span(&self, first: Date, last: Date) -> String {
        span(first, last, None)
    }

    fn long(&self, start: (Date, TimeOfDay), end: (Date, TimeOfDay)) -> String {
        format!(
            "from {} at {} to {} at {}",
            date(start.0, None),
            time(start.1),
            date(end.0, None),
            time(end.1)
        )
    }

    fn except(&self, days: &[Date], year: i16, most: usize) -> String {
        if days.is_empty() {
            String::new()
        } else {
            format!(", except {}", counted(days, year, most, "dates"))
        }
    }

    fn also(&self, days: &[Date], year: i16, most: usize) -> String {
        if days.is_empty() {
            String::new()
        } else {
            format!(", and also {}", counted(days, year, most, "other dates"))
        }
    }

    fn times_from(&self, count: u32, first: Date) -> String {
        match count {
            0 | 1 => format!(", once, on {}", date(first, None)),
            count => format!(", {count} times from {}", date(first, None)),
        }
    }

    fn more(&self, count: usize, last: Date) -> String {
        format!(", and {count} more dates until {}", date(last, None))
    }

    fn and_so_on(&self) -> &'static str {
        ", and so on"
    }

    fn never(&self) -> &'static str {
        "no date"
    }

    fn between(&self) -> &'static str {
        "; "
    }

    fn on_weekdays(&self, days: &[u8]) -> String {
        on_weekdays(days)
    }

    fn open_days(&self, days: &[u8]) -> String {
        if days.len() > 5 { weekdays(days, 1) } else { on_weekdays(days) }
    }

    fn spans(&self, spans: &[Span]) -> String {
        if let [(TimeOfDay::MIDNIGHT, TimeOfDay::MIDNIGHT)] = spans {
            return " around the clock".to_owned();
        }
        let said = spans.iter().map(|(opens, closes)| format!("from {} to {}", time(*opens), time(*closes)));
        format!(" {}", list(&said.collect::<Vec<_>>(), "and"))
    }

    fn closed(&self, when: &str) -> String {
        if when.is_empty() { "closed".to_owned() } else { format!("closed {when}") }
    }

    fn season(&self, season: Season) -> String {
        let of_year = |(month, day): (u8, u8)| format!("{day} {}", name(&MONTHS, month));
        match season {
            Season::Always => String::new(),
            Season::Yearly(first, last) if first == last => of_year(first),
            Season::Yearly((month, day), (other, last)) if month == other => {
                format!("from {day} to {}", of_year((other, last)))
            }
            Season::Yearly(first, last) => format!("from {} to {}", of_year(first), of_year(last)),
            Season::Dates(first, None) => format!("from {} on", date(first, None)),
            Season::Dates(first, Some(last)) if first == last => date(first, None),
            Season::Dates(first, Some(last)) if first.parts().0 == 0 => format!("until {}", date(last, None)),
            Season::Dates(first, Some(last)) => span(first, last, None),
        }
    }

    fn colon(&self) -> &'static str {
        ": "
    }
}
