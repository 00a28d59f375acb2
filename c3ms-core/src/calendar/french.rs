//! Dates in French.

use super::{
    Weekday,
    hours::{Season, Span},
    schedule::{Every, Pattern},
    words::{Tongue, by_month, list, name, row, stretches},
};
use crate::base::{Date, TimeOfDay};

/// French, as the Imprimerie nationale sets it.
pub(super) struct French;

pub(crate) const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

pub(crate) const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// `1er`, `2`.
fn day_number(day: u8) -> String {
    if day == 1 { "1er".to_owned() } else { day.to_string() }
}

/// `20 h 30`, `midi`.
pub(super) fn time(time: TimeOfDay) -> String {
    match time.parts() {
        (0, 0, _) => "minuit".to_owned(),
        (12, 0, _) => "midi".to_owned(),
        (hour, 0, _) => format!("{hour}\u{a0}h"),
        (hour, minute, _) => format!("{hour}\u{a0}h\u{a0}{minute:02}"),
    }
}

/// `3 mars 2026`, without the year where it is known.
fn date(date: Date, known: Option<i16>) -> String {
    let (year, month, day) = date.parts();
    let month = name(&MONTHS, month);
    let day = day_number(day);
    if known == Some(year) { format!("{day} {month}") } else { format!("{day} {month} {year}") }
}

/// `du 3 au 5 mars 2026`.
fn span(first: Date, last: Date, known: Option<i16>) -> String {
    let ((year, month, day), (other_year, other_month, _)) = (first.parts(), last.parts());
    let end = date(last, known);
    if (year, month) == (other_year, other_month) {
        format!("du {} au {end}", day_number(day))
    } else if year == other_year {
        format!("du {} {} au {end}", day_number(day), name(&MONTHS, month))
    } else {
        format!("du {} au {end}", date(first, known))
    }
}

/// `en juillet et en août`, `de juin à septembre`.
fn months(months: &[u8]) -> String {
    if let Some((first, last)) = row(months) {
        return format!("{} à {}", of(name(&MONTHS, first)), name(&MONTHS, last));
    }
    list(&months.iter().map(|month| format!("en {}", name(&MONTHS, *month))).collect::<Vec<_>>(), "et")
}

/// `de mars`, `d’avril`.
fn of(word: &str) -> String {
    if word.starts_with(['a', 'o', 'é']) { format!("d’{word}") } else { format!("de {word}") }
}

/// `1er`, `3e`, `dernier`, `avant-dernier`.
fn ordinal(nth: i16) -> String {
    match nth {
        1 => "1er".to_owned(),
        -1 => "dernier".to_owned(),
        -2 => "avant-dernier".to_owned(),
        nth if nth < 0 => format!("{}e avant la fin,", -nth),
        nth => format!("{nth}e"),
    }
}

/// `le 1er et le 3e jeudi`, `le 1er lundi et le dernier vendredi`.
fn numbered(days: &[Weekday]) -> String {
    let mut days = days.to_vec();
    days.sort_by_key(|day| (day.nth < 0, day.nth, day.day));
    let same = days.first().is_some_and(|first| days.iter().all(|day| day.day == first.day));
    let item = |day: &Weekday| {
        if same {
            format!("le {}", ordinal(day.nth))
        } else {
            format!("le {} {}", ordinal(day.nth), name(&DAYS, day.day))
        }
    };
    let text = list(&days.iter().map(item).collect::<Vec<_>>(), "et");
    match days.first() {
        Some(first) if same => format!("{text} {}", name(&DAYS, first.day)),
        _ => text,
    }
}

/// `le 1er et le 15`, `le dernier jour`.
fn of_month(days: &[i16]) -> String {
    let mut days = days.to_vec();
    days.sort_by_key(|day| (*day < 0, *day));
    let item = |day: &i16| match u8::try_from(*day) {
        Ok(day) => format!("le {}", day_number(day)),
        Err(_) => format!("le {} jour", ordinal(*day)),
    };
    list(&days.iter().map(item).collect::<Vec<_>>(), "et")
}

/// `le lundi et le mercredi`, `du lundi au vendredi`.
pub(super) fn on_weekdays(days: &[u8]) -> String {
    if let Some((first, last)) = row(days) {
        return format!("du {} au {}", name(&DAYS, first), name(&DAYS, last));
    }
    list(&days.iter().map(|day| format!("le {}", name(&DAYS, *day))).collect::<Vec<_>>(), "et")
}

/// `tous les mardis et jeudis`, `tous les jours sauf le lundi`, `un mardi sur deux`.
fn weekdays(days: &[u8], weeks: u32) -> String {
    let every = match (days, weeks) {
        ([_, _, _, _, _, _, _], 1) => return "tous les jours".to_owned(),
        ([_, _, _, _, _, _], 1) => {
            let closed: Vec<u8> = (1..=7).filter(|day| !days.contains(day)).collect();
            return format!("tous les jours sauf {}", on_weekdays(&closed));
        }
        (_, 1) if row(days).is_some() => return on_weekdays(days),
        (_, 1) => {
            let plural: Vec<String> = days.iter().map(|day| format!("{}s", name(&DAYS, *day))).collect();
            return format!("tous les {}", list(&plural, "et"));
        }
        ([day], 2) => return format!("un {} sur deux", name(&DAYS, *day)),
        (_, 2) => "une semaine sur deux".to_owned(),
        (_, weeks) => format!("toutes les {weeks} semaines"),
    };
    format!("{every}, {}", on_weekdays(days))
}

/// Before what is said of a month: nothing, `un mois sur deux, `.
fn every_month(months: u32) -> String {
    match months {
        1 => String::new(),
        2 => "un mois sur deux, ".to_owned(),
        months => format!("tous les {months} mois, "),
    }
}

fn every_year(years: u32) -> String {
    match years {
        1 => "chaque année, ".to_owned(),
        2 => "un an sur deux, ".to_owned(),
        years => format!("tous les {years} ans, "),
    }
}

fn counted(days: &[Date], year: i16, most: usize, plural: &str) -> String {
    if days.len() > most { format!("{} {plural}", days.len()) } else { French.on_days(days, Some(year)) }
}

impl Tongue for French {
    fn pattern(&self, pattern: &Pattern) -> String {
        let said = match &pattern.every {
            Every::Days(1) => "tous les jours".to_owned(),
            Every::Days(2) => "un jour sur deux".to_owned(),
            Every::Days(days) => format!("tous les {days} jours"),
            Every::Weekdays(days, weeks) => weekdays(days, *weeks),
            Every::OfMonth(days, 1) => format!("{} du mois", numbered(days)),
            Every::OfMonth(days, months) => every_month(*months) + &numbered(days),
            Every::Monthly(days, 1) if days.iter().all(|day| *day < 0) => {
                format!("{} du mois", of_month(days))
            }
            Every::Monthly(days, 1) => format!("{} de chaque mois", of_month(days)),
            Every::Monthly(days, months) => every_month(*months) + &of_month(days),
            Every::Workday(position, months) => {
                let which = if *position < 0 { "dernier" } else { "premier" };
                format!("{}le {which} jour ouvré du mois", every_month(*months))
            }
            Every::Yearly(months, days, years) => {
                let each = months.iter().map(|month| {
                    let month = name(&MONTHS, *month);
                    if days.iter().all(|day| *day > 0) {
                        format!("{} {month}", of_month(days))
                    } else {
                        format!("{} {}", of_month(days), of(month))
                    }
                });
                every_year(*years) + &list(&each.collect::<Vec<_>>(), "et")
            }
            Every::OfYear(months, days, years) => {
                let each = months.iter().map(|month| of(name(&MONTHS, *month)));
                format!("{}{} {}", every_year(*years), numbered(days), list(&each.collect::<Vec<_>>(), "et"))
            }
            Every::Hours(1) => "toutes les heures".to_owned(),
            Every::Hours(hours) => format!("toutes les {hours} heures"),
            Every::Minutes(1) => "toutes les minutes".to_owned(),
            Every::Minutes(minutes) => format!("toutes les {minutes} minutes"),
        };
        if pattern.months.is_empty() { said } else { format!("{said}, {}", months(&pattern.months)) }
    }

    fn at(&self, times: &[TimeOfDay]) -> String {
        let said: Vec<String> = times.iter().map(|one| format!("à {}", time(*one))).collect();
        format!(" {}", list(&said, "et"))
    }

    fn lasting(&self, start: TimeOfDay, end: TimeOfDay) -> String {
        format!(" de {} à {}", time(start), time(end))
    }

    fn on_one(&self, day: Date) -> String {
        format!("le {} {}", name(&DAYS, day.weekday()), date(day, None))
    }

    fn on_days(&self, days: &[Date], year: Option<i16>) -> String {
        let (mut said, mut single): (Vec<String>, Vec<Date>) = (Vec::new(), Vec::new());
        let tell = |single: &mut Vec<Date>, said: &mut Vec<String>| {
            for ((of_year, month), days) in by_month(single) {
                let numbers: Vec<String> = days.iter().map(|day| day_number(*day)).collect();
                let article = if numbers.len() > 1 { "les" } else { "le" };
                let of_year = if year == Some(of_year) { String::new() } else { format!(" {of_year}") };
                said.push(format!("{article} {} {}{of_year}", list(&numbers, "et"), name(&MONTHS, month)));
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
        list(&said, "et")
    }

    fn span(&self, first: Date, last: Date) -> String {
        span(first, last, None)
    }

    fn long(&self, start: (Date, TimeOfDay), end: (Date, TimeOfDay)) -> String {
        format!("du {} à {} au {} à {}", date(start.0, None), time(start.1), date(end.0, None), time(end.1))
    }

    fn except(&self, days: &[Date], year: i16, most: usize) -> String {
        if days.is_empty() { String::new() } else { format!(", sauf {}", counted(days, year, most, "dates")) }
    }

    fn also(&self, days: &[Date], year: i16, most: usize) -> String {
        if days.is_empty() {
            String::new()
        } else {
            format!(", ainsi que {}", counted(days, year, most, "autres dates"))
        }
    }

    fn times_from(&self, count: u32, first: Date) -> String {
        match count {
            0 | 1 => format!(", une fois, le {}", date(first, None)),
            count => format!(", {count} fois à partir du {}", date(first, None)),
        }
    }

    fn more(&self, count: usize, last: Date) -> String {
        format!(", et {count} autres dates jusqu’au {}", date(last, None))
    }

    fn and_so_on(&self) -> &'static str {
        ", etc."
    }

    fn never(&self) -> &'static str {
        "aucune date"
    }

    fn between(&self) -> &'static str {
        "\u{a0}; "
    }

    fn on_weekdays(&self, days: &[u8]) -> String {
        on_weekdays(days)
    }

    fn open_days(&self, days: &[u8]) -> String {
        if days.len() > 5 { weekdays(days, 1) } else { on_weekdays(days) }
    }

    fn spans(&self, spans: &[Span]) -> String {
        if let [(TimeOfDay::MIDNIGHT, TimeOfDay::MIDNIGHT)] = spans {
            return " 24\u{a0}h sur 24".to_owned();
        }
        let said = spans.iter().map(|(opens, closes)| format!("de {} à {}", time(*opens), time(*closes)));
        format!(" {}", list(&said.collect::<Vec<_>>(), "et"))
    }

    fn closed(&self, when: &str) -> String {
        if when.is_empty() { "fermé".to_owned() } else { format!("fermé {when}") }
    }

    fn season(&self, season: Season) -> String {
        let of_year = |(month, day): (u8, u8)| format!("{} {}", day_number(day), name(&MONTHS, month));
        match season {
            Season::Always => String::new(),
            Season::Yearly(first, last) if first == last => format!("le {}", of_year(first)),
            Season::Yearly((month, day), (other, last)) if month == other => {
                format!("du {} au {}", day_number(day), of_year((other, last)))
            }
            Season::Yearly(first, last) => format!("du {} au {}", of_year(first), of_year(last)),
            Season::Dates(first, None) => format!("à partir du {}", date(first, None)),
            Season::Dates(first, Some(last)) if first == last => format!("le {}", date(first, None)),
            Season::Dates(first, Some(last)) if first.parts().0 == 0 => {
                format!("jusqu’au {}", date(last, None))
            }
            Season::Dates(first, Some(last)) => span(first, last, None),
        }
    }

    fn colon(&self) -> &'static str {
        "\u{a0}: "
    }
}
