//! Opening hours: read, given day by day, said in words.

use std::ops::Range;

use serde_json::Value;

use super::{CalendarError, words, words::Tongue};
use crate::base::{Date, Moment, TimeOfDay};

/// A window gives at most this many days of opening hours: a hundred years.
const MOST_DAYS: i64 = 36_600;

/// Opening hours by days of the week and by seasons.
///
/// A later rule takes the place of earlier ones on the days it names, as in OpenStreetMap's `opening_hours`, of
/// which this reads a part: days of the week, months, days of a month, dates, spans of hours, `off`, `24/7`. Public
/// holidays (`PH`) are refused: nothing here knows them.
///
/// # Source
/// OpenStreetMap, `Key:opening_hours/specification`; schema.org, `OpeningHoursSpecification`.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Date, calendar::OpeningHours};
/// let hours = OpeningHours::parse("Mo-Fr 10:00-18:00; Tu off; Dec 25 off")?;
/// let said = "du lundi au vendredi de 10\u{a0}h à 18\u{a0}h, fermé le mardi\u{a0}; fermé le 25 décembre";
/// assert_eq!(hours.summary("fr"), said);
/// let week = Date::new(2026, 12, 21).unwrap()..Date::new(2026, 12, 28).unwrap();
/// let open = hours.within(&week);
/// assert_eq!(open.len(), 3, "Monday, Wednesday, Thursday: Friday is the 25th");
/// assert_eq!(open[1].0.to_string(), "2026-12-23T10:00:00");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpeningHours {
    rules: Vec<HoursRule>,
}

/// A time the doors open and the time they close, the next day where it is not later.
pub(super) type Span = (TimeOfDay, TimeOfDay);

#[derive(Debug, Clone, PartialEq, Eq)]
struct HoursRule {
    season: Season,
    /// Days of the week, 1 for Monday.
    days: Vec<u8>,
    /// None where it is closed.
    spans: Vec<Span>,
    /// Beside others of the same season, not in their place.
    adds: bool,
}

/// When of the year a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Season {
    /// All year.
    Always,
    /// From a day of the year to another, month first, each year.
    Yearly((u8, u8), (u8, u8)),
    /// From a date to another; without an end where there is none.
    Dates(Date, Option<Date>),
}

impl Season {
    fn has(&self, date: Date) -> bool {
        let (_, month, day) = date.parts();
        match *self {
            Self::Always => true,
            Self::Yearly(first, last) if first <= last => (first..=last).contains(&(month, day)),
            Self::Yearly(first, last) => (month, day) >= first || (month, day) <= last,
            Self::Dates(first, last) => first <= date && last.is_none_or(|last| date <= last),
        }
    }
}

const WEEKDAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl OpeningHours {
    /// Reads hours as OpenStreetMap writes them.
    ///
    /// # Errors
    /// [`CalendarError::HoursUnreadable`] with the part that is not understood.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let rules = text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(rule);
        let rules: Vec<HoursRule> =
            rules.collect::<Result<_, String>>().map_err(|reason| unreadable(text, reason))?;
        if rules.is_empty() { Err(unreadable(text, "they are empty".to_owned())) } else { Ok(Self { rules }) }
    }

    /// Reads one or several `OpeningHoursSpecification` of schema.org; those without `opens` are closed, those
    /// with `validFrom` or `validThrough` take the place of the others then.
    ///
    /// # Errors
    /// [`CalendarError::HoursUnreadable`] with the value that is not understood.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::calendar::OpeningHours;
    /// let hours = serde_json::json!([
    ///     { "dayOfWeek": ["Saturday", "https://schema.org/Sunday"], "opens": "14:00", "closes": "18:30" },
    ///     { "validFrom": "2026-12-25", "validThrough": "2026-12-25" }
    /// ]);
    /// let hours = OpeningHours::from_schema_org(&hours)?;
    /// assert_eq!(hours.summary("en"), "Saturday and Sunday from 2\u{a0}pm to 6:30\u{a0}pm; closed 25 December 2026");
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn from_schema_org(value: &Value) -> Result<Self, CalendarError> {
        let one = std::slice::from_ref(value);
        let all = value.as_array().map_or(one, Vec::as_slice);
        let mut rules: Vec<HoursRule> = all
            .iter()
            .map(|one| specification(one).map_err(|reason| unreadable(&one.to_string(), reason)))
            .collect::<Result<_, _>>()?;
        // Those of a season come after those of the year, whose place they take.
        rules.sort_by_key(|rule| rule.season != Season::Always);
        Ok(Self { rules })
    }

    /// When the doors are open in a window of days, in local time and in order, each with its end.
    #[must_use]
    pub fn within(&self, window: &Range<Date>) -> Vec<(Moment, Moment)> {
        let (first, last) = (window.start.days(), window.end.days());
        let days = (first..last.min(first + MOST_DAYS)).map(Date::from_days);
        let open = days.flat_map(|date| {
            let spans = self.on(date);
            spans.into_iter().map(move |(opens, closes)| {
                let end = if closes > opens { date } else { date.plus_days(1) };
                (Moment::local(date, opens), Moment::local(end, closes))
            })
        });
        open.collect()
    }

    /// The hours of one day.
    fn on(&self, date: Date) -> Vec<Span> {
        let rules =
            self.rules.iter().filter(|rule| rule.season.has(date) && rule.days.contains(&date.weekday()));
        merged(rules)
    }

    /// The hours of a day of the week in a season, without those of others.
    fn of(&self, season: Season, day: u8) -> Vec<Span> {
        merged(self.rules.iter().filter(|rule| rule.season == season && rule.days.contains(&day)))
    }

    /// Says the hours in a line, in French (`fr`) or English (any other language).
    #[must_use]
    pub fn summary(&self, language: &str) -> String {
        let tongue = words::tongue(language);
        let mut seasons: Vec<Season> = Vec::new();
        for rule in &self.rules {
            if !seasons.contains(&rule.season) {
                seasons.push(rule.season);
            }
        }
        let said: Vec<String> = seasons.iter().map(|season| self.of_season(tongue, *season)).collect();
        said.join(tongue.between())
    }

    fn of_season(&self, tongue: &dyn Tongue, season: Season) -> String {
        let named = |day: &u8| self.rules.iter().any(|rule| rule.season == season && rule.days.contains(day));
        let days: Vec<u8> = (1..=7).filter(named).collect();
        let mut groups: Vec<(Vec<Span>, Vec<u8>)> = Vec::new();
        for day in &days {
            let spans = self.of(season, *day);
            match groups.iter_mut().find(|(known, _)| *known == spans) {
                Some((_, group)) => group.push(*day),
                None => groups.push((spans, vec![*day])),
            }
        }
        let mut closed: Vec<u8> = Vec::new();
        groups.retain(|(spans, group)| {
            if spans.is_empty() {
                closed.clone_from(group);
            }
            !spans.is_empty()
        });
        let when = tongue.season(season);
        if groups.is_empty() {
            let of_week = if days.len() == 7 { String::new() } else { tongue.on_weekdays(&closed) };
            return tongue.closed(
                &[of_week, when]
                    .iter()
                    .filter(|part| !part.is_empty())
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(tongue.comma()),
            );
        }
        let said = groups.iter_mut().map(|(spans, group)| {
            // A closed day between two open ones is told after them.
            let with: Vec<u8> = (1..=7).filter(|day| group.contains(day) || closed.contains(day)).collect();
            let outer = with.iter().copied().filter(|day| {
                group.first().is_some_and(|first| first <= day)
                    && group.last().is_some_and(|last| day <= last)
            });
            let outer: Vec<u8> = outer.collect();
            let gaps = outer.len() - group.len();
            if gaps == 1 && words::row(&outer).is_some() && outer.len() > 3 {
                *group = outer;
            }
            tongue.open_days(group) + &tongue.spans(spans)
        });
        let mut text = said.collect::<Vec<_>>().join(tongue.between());
        // What lies outside all that is open goes without saying, unless it is said in the hours.
        if !closed.is_empty() {
            text += tongue.comma();
            text += &tongue.closed(&tongue.on_weekdays(&closed));
        }
        if when.is_empty() { text } else { format!("{when}{}{text}", tongue.colon()) }
    }
}

fn unreadable(hours: &str, reason: String) -> CalendarError {
    CalendarError::HoursUnreadable { hours: hours.to_owned(), reason }
}

fn merged<'a>(rules: impl Iterator<Item = &'a HoursRule>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut season = None;
    for rule in rules {
        if !(rule.adds && season == Some(rule.season)) {
            spans.clear();
        }
        season = Some(rule.season);
        spans.extend(&rule.spans);
    }
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// `Mo-Fr 10:00-12:00,14:00-18:00`, `Dec 24-26 off`, `Jul-Aug Sa 10:00-20:00`.
fn rule(text: &str) -> Result<HoursRule, String> {
    let whole_day = (TimeOfDay::MIDNIGHT, TimeOfDay::MIDNIGHT);
    let mut rule = HoursRule { season: Season::Always, days: Vec::new(), spans: Vec::new(), adds: false };
    let mut said = false;
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let wrong = || format!("{word:?} is not understood");
        if word == "24/7" {
            (rule.spans, said) = (vec![whole_day], true);
        } else if word.eq_ignore_ascii_case("off") || word.eq_ignore_ascii_case("closed") {
            (rule.spans, said) = (Vec::new(), true);
        } else if let Some(spans) = spans(word) {
            rule.spans.extend(spans);
            said = true;
        } else if let Some(days) = weekdays(word) {
            rule.days.extend(days);
        } else if let Some((first, last)) = range(word, Date::parse) {
            rule.season = Season::Dates(first, Some(last));
        } else {
            let of_year = words.next_if(|next| next.split('-').all(|part| part.parse::<u8>().is_ok()));
            rule.season = yearly(word, of_year).ok_or_else(wrong)?;
        }
    }
    if !said {
        return Err(format!("{text:?} has no hours"));
    }
    if rule.days.is_empty() {
        rule.days = (1..=7).collect();
    }
    rule.days.sort_unstable();
    rule.days.dedup();
    Ok(rule)
}

fn range<T: Copy>(word: &str, read: impl Fn(&str) -> Option<T>) -> Option<(T, T)> {
    if let Some(one) = read(word) {
        return Some((one, one));
    }
    let mut at = word.match_indices('-').map(|(at, _)| at);
    at.find_map(|at| Some((read(word.get(..at)?)?, read(word.get(at + 1..)?)?)))
}

/// `Dec 25`, `Dec 24-26`, `Jul-Aug`.
fn yearly(word: &str, days: Option<&str>) -> Option<Season> {
    let month =
        |name: &str| MONTHS.iter().zip(1_u8..).find(|(known, _)| **known == name).map(|(_, month)| month);
    let (first, last) = range(word, month)?;
    // The 29th of February is a day of some years.
    let length = |month: u8| (28..=31).rev().find(|day| Date::new(2024, month, *day).is_some()).unwrap_or(28);
    let Some(days) = days else { return Some(Season::Yearly((first, 1), (last, length(last)))) };
    let (from, to) = range(days, |day| day.parse::<u8>().ok())?;
    let sound = first == last && from <= to && from > 0 && to <= length(first);
    sound.then_some(Season::Yearly((first, from), (first, to)))
}

fn weekdays(word: &str) -> Option<Vec<u8>> {
    let day = |name: &str| WEEKDAYS.iter().zip(1_u8..).find(|(known, _)| **known == name).map(|(_, day)| day);
    let mut days = Vec::new();
    for part in word.trim_end_matches(',').split(',') {
        let (first, last) = range(part, day)?;
        // `Sa-Mo` goes over the end of the week.
        let length = (7 + last - first) % 7;
        days.extend((0..=length).map(|step| (first + step - 1) % 7 + 1));
    }
    Some(days)
}

fn spans(word: &str) -> Option<Vec<Span>> {
    let parts = word.trim_end_matches(',').split(',');
    let span = |part: &str| {
        let (opens, closes) = part.split_once('-')?;
        let closes = if closes == "24:00" { "00:00" } else { closes };
        Some((TimeOfDay::parse(opens)?, TimeOfDay::parse(closes)?))
    };
    parts.map(span).collect()
}

fn specification(value: &Value) -> Result<HoursRule, String> {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let wrong = |name: &str| format!("{name} is not understood");
    let said = value.get("dayOfWeek");
    let one = said.map(std::slice::from_ref).unwrap_or_default();
    let mut days = Vec::new();
    for name in said.and_then(Value::as_array).map_or(one, Vec::as_slice) {
        let name =
            name.as_str().and_then(|name| name.rsplit('/').next()).ok_or_else(|| wrong("dayOfWeek"))?;
        let day = NAMES.iter().zip(1..).find(|(known, _)| **known == name).map(|(_, day)| day);
        days.push(day.ok_or_else(|| wrong("dayOfWeek"))?);
    }
    if days.is_empty() {
        days = (1..=7).collect();
    }
    let time = |name: &'static str| match text(name) {
        None => Ok(None),
        Some(time) => TimeOfDay::parse(time).map(Some).ok_or_else(|| wrong(name)),
    };
    let date = |name: &'static str| match text(name) {
        None => Ok(None),
        Some(date) => date.get(..10).and_then(Date::parse).map(Some).ok_or_else(|| wrong(name)),
    };
    let spans = match (time("opens")?, time("closes")?) {
        // From midnight to midnight is how schema.org says that it is closed.
        (Some(opens), Some(closes)) if opens == closes && opens == TimeOfDay::MIDNIGHT => Vec::new(),
        (Some(opens), Some(closes)) => vec![(opens, closes)],
        (None, None) => Vec::new(),
        _ => return Err("opens and closes go together".to_owned()),
    };
    let season = match (date("validFrom")?, date("validThrough")?) {
        (None, None) => Season::Always,
        (from, through) => Season::Dates(from.unwrap_or(Date::from_days(i64::MIN / 2)), through),
    };
    Ok(HoursRule { season, days, spans, adds: true })
}
