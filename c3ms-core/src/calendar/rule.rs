//! Rules of recurrence, taken apart: the parts of RFC 5545 and what each may say.

use std::fmt;

use super::{CalendarError, starts::Starts};
use crate::base::{Date, TimeOfDay};

/// How often a rule comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Frequency {
    /// By years.
    Yearly,
    /// By months.
    Monthly,
    /// By weeks.
    Weekly,
    /// By days.
    Daily,
    /// By hours.
    Hourly,
    /// By minutes.
    Minutely,
    /// By seconds.
    Secondly,
}

/// When a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// A day: its first moment, as the referee takes it.
    Day(Date),
    /// A local time.
    Local(Date, TimeOfDay),
    /// A time in UTC.
    Utc(Date, TimeOfDay),
}

/// A day of the week, of all weeks or the n-th of a month or year (`2TU`, `-1SU`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weekday {
    /// Which one, from the end where negative; 0 for every one.
    pub nth: i16,
    /// 1 for Monday to 7 for Sunday (ISO 8601).
    pub day: u8,
}

/// A rule of RFC 5545 (3.3.10).
///
/// # Source
/// RFC 5545, 3.3.10. Read as generously as `icalendar` 7.3.0 reads it: any case, parts in any order, a negative
/// `COUNT` is none.
///
/// # Examples
/// ```
/// use c3ms_core::{base::{Date, Moment}, calendar::Rule};
/// let rule = Rule::parse("FREQ=MONTHLY;BYDAY=1TH,3TH;COUNT=3")?;
/// let first = Moment::parse("2026-01-01T20:00").unwrap();
/// let dates: Vec<_> = rule.dates(&first, Date::new(2027, 1, 1).unwrap()).collect();
/// assert_eq!(dates.len(), 3);
/// assert_eq!(dates[1].to_string(), "2026-01-15T20:00:00");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// How often.
    pub frequency: Frequency,
    /// Every how many of them, from 1.
    pub interval: u32,
    /// How many dates it gives at most.
    pub count: Option<u32>,
    /// When it ends.
    pub until: Option<Until>,
    /// The first day of the week, 1 for Monday.
    pub week_start: u8,
    /// Seconds of the minute.
    pub by_second: Vec<u8>,
    /// Minutes of the hour.
    pub by_minute: Vec<u8>,
    /// Hours of the day.
    pub by_hour: Vec<u8>,
    /// Days of the week.
    pub by_day: Vec<Weekday>,
    /// Days of the month, from the end where negative.
    pub by_month_day: Vec<i16>,
    /// Days of the year, from the end where negative.
    pub by_year_day: Vec<i16>,
    /// Weeks of the year, from the end where negative.
    pub by_week: Vec<i16>,
    /// Months, from 1.
    pub by_month: Vec<u8>,
    /// Which of what a period gives, from the end where negative.
    pub by_position: Vec<i16>,
}

impl Rule {
    /// Reads the value of an `RRULE`; a leading `RRULE:` is left out.
    ///
    /// # Errors
    /// [`CalendarError::RuleUnreadable`] with what is wrong; its line is 0, since the rule stands in no file.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let upper = text.trim().to_ascii_uppercase();
        let parts = upper.strip_prefix("RRULE:").unwrap_or(&upper);
        Self::read(parts).map_err(|reason| CalendarError::RuleUnreadable {
            line: 0,
            rule: text.trim().to_owned(),
            reason,
        })
    }

    fn read(parts: &str) -> Result<Self, String> {
        let mut rule = Self::every(Frequency::Daily);
        let mut frequency = None;
        for part in parts.split(';') {
            // A semicolon too many is no part.
            let Some((name, value)) = part.split_once('=') else { continue };
            let (name, value) = (name.trim(), value.trim());
            match name {
                "FREQ" => frequency = Some(frequency_of(value)?),
                "INTERVAL" => rule.interval = interval(value)?,
                "COUNT" => rule.count = count(value)?,
                "UNTIL" => rule.until = Some(until(value)?),
                "WKST" => rule.week_start = day_of(value).ok_or_else(|| unknown(name, value))?,
                "BYSECOND" => rule.by_second = small(name, value, 0, 60)?,
                "BYMINUTE" => rule.by_minute = small(name, value, 0, 59)?,
                "BYHOUR" => rule.by_hour = small(name, value, 0, 23)?,
                "BYMONTH" => rule.by_month = small(name, value, 1, 12)?,
                "BYDAY" | "BYWEEKDAY" => rule.by_day = weekdays(name, value)?,
                "BYMONTHDAY" => rule.by_month_day = signed(name, value, 31)?,
                "BYYEARDAY" => rule.by_year_day = signed(name, value, 366)?,
                "BYWEEKNO" => rule.by_week = signed(name, value, 53)?,
                "BYSETPOS" => rule.by_position = signed(name, value, 366)?,
                "RSCALE" if value == "GREGORIAN" => {}
                "SKIP" if value == "OMIT" => {}
                _ => return Err(unknown(name, value)),
            }
        }
        rule.frequency = frequency.ok_or("FREQ is missing")?;
        Ok(rule)
    }

    /// A rule that says only how often.
    #[must_use]
    pub const fn every(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            count: None,
            until: None,
            week_start: 1,
            by_second: Vec::new(),
            by_minute: Vec::new(),
            by_hour: Vec::new(),
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_year_day: Vec::new(),
            by_week: Vec::new(),
            by_month: Vec::new(),
            by_position: Vec::new(),
        }
    }

    /// The starts it gives from a local time on, in seconds since 1970, in order; those of the periods before
    /// `from` may be left out, and those after `to`.
    ///
    /// `UNTIL` is not looked at: it takes a zone to compare with it.
    pub(crate) fn starts(&self, start: i64, from: i64, to: i64) -> Starts<'_> {
        Starts::new(self, start, from, to)
    }
}

fn unknown(name: &str, value: &str) -> String {
    format!("{name}={value} is not understood")
}

fn frequency_of(value: &str) -> Result<Frequency, String> {
    Ok(match value {
        "YEARLY" => Frequency::Yearly,
        "MONTHLY" => Frequency::Monthly,
        "WEEKLY" => Frequency::Weekly,
        "DAILY" => Frequency::Daily,
        "HOURLY" => Frequency::Hourly,
        "MINUTELY" => Frequency::Minutely,
        "SECONDLY" => Frequency::Secondly,
        _ => return Err(unknown("FREQ", value)),
    })
}

fn interval(value: &str) -> Result<u32, String> {
    match value.parse::<u32>() {
        Ok(0) => Err("an INTERVAL of 0 never comes to the next date".to_owned()),
        Ok(interval) => Ok(interval),
        Err(_) => Err(unknown("INTERVAL", value)),
    }
}

fn count(value: &str) -> Result<Option<u32>, String> {
    match value.parse::<i64>() {
        Ok(count) if count < 0 => Ok(None),
        Ok(count) => Ok(Some(u32::try_from(count).unwrap_or(u32::MAX))),
        Err(_) => Err(unknown("COUNT", value)),
    }
}

fn until(value: &str) -> Result<Until, String> {
    let wrong = || unknown("UNTIL", value);
    let (day, rest) = value.split_at_checked(8).ok_or_else(wrong)?;
    let date = date_of(day).ok_or_else(wrong)?;
    if rest.is_empty() {
        return Ok(Until::Day(date));
    }
    let time = rest.strip_prefix('T').ok_or_else(wrong)?;
    match time.strip_suffix('Z') {
        Some(time) => Ok(Until::Utc(date, time_of(time).ok_or_else(wrong)?)),
        None => Ok(Until::Local(date, time_of(time).ok_or_else(wrong)?)),
    }
}

fn numbers<'a>(name: &'a str, value: &'a str) -> impl Iterator<Item = Result<i16, String>> + 'a {
    value.split(',').map(move |item| item.trim().parse().map_err(|_| unknown(name, value)))
}

fn small(name: &str, value: &str, least: i16, most: i16) -> Result<Vec<u8>, String> {
    let mut found = numbers(name, value)
        .map(|number| {
            let number = number?;
            let fits = (least..=most).contains(&number).then(|| u8::try_from(number).ok()).flatten();
            fits.ok_or_else(|| unknown(name, value))
        })
        .collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn signed(name: &str, value: &str, most: i16) -> Result<Vec<i16>, String> {
    let mut found = numbers(name, value)
        .map(|number| {
            let number = number?;
            if number != 0 && number.abs() <= most { Ok(number) } else { Err(unknown(name, value)) }
        })
        .collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn weekdays(name: &str, value: &str) -> Result<Vec<Weekday>, String> {
    let mut found = value
        .split(',')
        .map(|item| {
            let item = item.trim();
            let at = item.len().checked_sub(2);
            let (nth, day) =
                at.and_then(|at| item.split_at_checked(at)).ok_or_else(|| unknown(name, value))?;
            let nth = match nth {
                "" => 0,
                nth => nth
                    .parse::<i16>()
                    .ok()
                    .filter(|nth| *nth != 0 && nth.abs() <= 53)
                    .ok_or_else(|| unknown(name, value))?,
            };
            Ok(Weekday { nth, day: day_of(day).ok_or_else(|| unknown(name, value))? })
        })
        .collect::<Result<Vec<_>, String>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

fn day_of(name: &str) -> Option<u8> {
    DAYS.iter().zip(1..).find(|(known, _)| **known == name).map(|(_, day)| day)
}

/// `20261123`.
pub(super) fn date_of(digits: &str) -> Option<Date> {
    if digits.len() != 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let [year, month, day] = [digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?];
    Date::new(year.parse().ok().filter(|year| *year > 0)?, month.parse().ok()?, day.parse().ok()?)
}

/// `203000`.
pub(super) fn time_of(digits: &str) -> Option<TimeOfDay> {
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let [hour, minute, second] = [digits.get(..2)?, digits.get(2..4)?, digits.get(4..)?];
    TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?, second.parse().ok()?)
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nth != 0 {
            write!(f, "{}", self.nth)?;
        }
        f.write_str(DAYS.get(usize::from(self.day).saturating_sub(1)).unwrap_or(&""))
    }
}
