//! Days and times inside expressions: read from texts, counted, written in a form.

use super::value::{exact, truncated};
use crate::base::{Date, Moment, TimeOfDay};

/// The milliseconds of a day.
pub(super) const DAY: f64 = 86_400_000.0;

/// The milliseconds since 1970 of a day or a day and a time; where the text names no offset, `offset` minutes
/// east of UTC.
///
/// # Source
/// What `@getodk/xpath` takes for a date: `2026-11-23`, then perhaps `T20`, `T20:30`, `T20:30:00`,
/// `T20:30:00.000`, then perhaps `Z` or `+01:00`.
pub(super) fn instant(text: &str, offset: i16) -> Option<f64> {
    let (date, rest) = text.split_at_checked(10)?;
    let date = Date::parse(date)?;
    let Some(rest) = rest.strip_prefix('T') else {
        return rest.is_empty().then(|| exact(date.days()) * DAY - exact(i64::from(offset)) * 60_000.0);
    };
    let (time, offset) = clock(rest, offset)?;
    Some(exact(date.days()) * DAY + time - exact(i64::from(offset)) * 60_000.0)
}

/// The milliseconds since midnight of a time of the day, and its offset.
pub(super) fn clock(text: &str, offset: i16) -> Option<(f64, i16)> {
    let end = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at_checked(end)?;
    let (time, fraction) = time.split_once('.').map_or((time, ""), |(time, fraction)| (time, fraction));
    let mut parts = time.split(':');
    let mut part = |least: bool, most: i64| match parts.next() {
        Some(part) if part.len() == 2 && part.bytes().all(|digit| digit.is_ascii_digit()) => {
            part.parse::<i64>().ok().filter(|number| *number <= most)
        }
        Some(_) => None,
        None => (!least).then_some(0),
    };
    let (hour, minute, second) = (part(true, 23)?, part(false, 59)?, part(false, 59)?);
    let whole = parts.next().is_none();
    let millis = match fraction {
        "" => 0,
        digits if time.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            [digits, "00"].concat().get(..3)?.parse::<i64>().ok()?
        }
        _ => return None,
    };
    let offset = match zone {
        "" => offset,
        "Z" => 0,
        _ => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let time = TimeOfDay::parse(zone.get(1..)?)?;
            let (hour, minute, _) = time.parts();
            let written = hours.len() == 2 && minutes.len() == 2 && hour <= 14;
            written.then_some(sign * (i16::from(hour) * 60 + i16::from(minute)))?
        }
    };
    let seconds = hour * 3600 + minute * 60 + second;
    whole.then_some((exact(seconds * 1000 + millis), offset))
}

/// A date whose month and day may lack their zero: `2012-2-5`, made as it should be.
pub(super) fn padded(text: &str) -> Option<String> {
    let (date, time) = match text.find('T') {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &str| match part.as_bytes() {
        [digit] => (b'1'..=b'9').contains(digit),
        [tens, ones] => tens.is_ascii_digit() && ones.is_ascii_digit(),
        _ => false,
    };
    let whole = parts.next().is_none() && year.len() == 4 && year.bytes().all(|digit| digit.is_ascii_digit());
    let zero = |part: &str| if part.len() == 1 { "0" } else { "" };
    (whole && short(month) && short(day))
        .then(|| [year, "-", zero(month), month, "-", zero(day), day, time].concat())
}

/// A day and a time taken apart, to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    pub(super) date: Date,
    hour: i64,
    minute: i64,
    second: i64,
    millis: i64,
}

/// What milliseconds since 1970 are where clocks are `offset` minutes ahead of UTC.
pub(super) fn parts(instant: f64, offset: i16) -> Parts {
    let local = truncated(instant.floor()).saturating_add(i64::from(offset) * 60_000);
    let (days, of_day) = (local.div_euclid(86_400_000), local.rem_euclid(86_400_000));
    Parts {
        date: Date::from_days(days),
        hour: of_day / 3_600_000,
        minute: of_day / 60_000 % 60,
        second: of_day / 1000 % 60,
        millis: of_day % 1000,
    }
}

impl Parts {
    /// As XForms write it: a day alone where it is midnight, else with milliseconds and offset.
    pub(super) fn to_text(self, offset: i16) -> String {
        let mut text = self.date.to_string();
        if self.hour + self.minute + self.second + self.millis > 0 {
            text.push('T');
            for (part, after) in [(self.hour, ':'), (self.minute, ':'), (self.second, '.')] {
                digits(part, 2, &mut text);
                text.push(after);
            }
            digits(self.millis, 3, &mut text);
            text.push(if offset < 0 { '-' } else { '+' });
            let minutes = i64::from(offset.abs());
            digits(minutes / 60, 2, &mut text);
            text.push(':');
            digits(minutes % 60, 2, &mut text);
        }
        text
    }

    /// Written in a form: `%d/%m/%Y`, `%H:%M`. A sign that means nothing stays as it is.
    ///
    /// # Source
    /// ODK XForms, `format-date` and `format-date-time`.
    pub(super) fn written(self, form: &str, french: bool) -> String {
        let (year, month, day) = self.date.parts();
        let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
        let mut text = String::new();
        let mut letters = form.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                text.push(letter);
                continue;
            }
            let mut ahead = letters.clone();
            match ahead.next() {
                Some('Y') => digits(year, 4, &mut text),
                Some('y') => digits(year % 100, 2, &mut text),
                Some('m') => digits(month, 2, &mut text),
                Some('n') => digits(month, 1, &mut text),
                Some('b') => text.push_str(named(if french { MOIS } else { MONTHS }, month)),
                Some('d') => digits(day, 2, &mut text),
                Some('e') => digits(day, 1, &mut text),
                Some('a') => {
                    text.push_str(named(if french { JOURS } else { DAYS }, i64::from(self.date.weekday())));
                }
                Some('H') => digits(self.hour, 2, &mut text),
                Some('h') => digits(self.hour, 1, &mut text),
                Some('M') => digits(self.minute, 2, &mut text),
                Some('S') => digits(self.second, 2, &mut text),
                Some('3') => digits(self.millis, 3, &mut text),
                _ => {
                    text.push('%');
                    continue;
                }
            }
            letters = ahead;
        }
        text
    }
}

const MONTHS: &str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
const DAYS: &str = "Mon Tue Wed Thu Fri Sat Sun";
const MOIS: &str = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.";
const JOURS: &str = "lun. mar. mer. jeu. ven. sam. dim.";

fn named(names: &'static str, number: i64) -> &'static str {
    let before = usize::try_from(number - 1).unwrap_or(usize::MAX);
    names.split(' ').nth(before).unwrap_or_default()
}

fn digits(number: i64, least: usize, text: &mut String) {
    let number = number.to_string();
    text.extend(std::iter::repeat_n('0', least.saturating_sub(number.len())));
    text.push_str(&number);
}

/// The milliseconds since 1970 of a moment; where it names no offset, `offset` minutes east of UTC.
pub(super) fn millis(moment: &Moment, offset: i16) -> f64 {
    let minutes = moment.offset().unwrap_or(offset);
    exact(moment.local_seconds() * 1000 - i64::from(minutes) * 60_000)
}
