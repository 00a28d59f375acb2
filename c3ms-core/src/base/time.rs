//! Dates and times as people write them: local time and a zone, never guessed.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A day of the Gregorian calendar, years 0 to 9999.
///
/// # Examples
/// ```
/// use c3ms_core::base::Date;
/// let day = Date::parse("2024-02-29").unwrap();
/// assert_eq!(day.weekday(), 4, "a Thursday; Monday is 1");
/// assert_eq!(day.plus_days(1).to_string(), "2024-03-01");
/// assert!(Date::parse("2023-02-29").is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day that exists; `None` for the 30th of February.
    #[must_use]
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let exists = (0..=9999).contains(&year) && day >= 1 && day <= days_in(year, month);
        exists.then_some(Self { year, month, day })
    }

    /// Reads `2026-11-23`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut scan = Scan::new(text);
        let date = scan.date()?;
        scan.done().then_some(date)
    }

    /// Year, month (1 to 12) and day of the month (from 1).
    #[must_use]
    pub const fn parts(&self) -> (i16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Days since 1970-01-01, negative before.
    ///
    /// # Source
    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    #[must_use]
    pub fn days(&self) -> i64 {
        let month = i64::from(self.month);
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The day that lies this many days after 1970-01-01; the nearest day of years 0 to 9999.
    #[must_use]
    pub fn from_days(days: i64) -> Self {
        let shifted = days.clamp(-719_528, 2_932_896) + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        Self {
            year: i16::try_from(year + era * 400 + i64::from(month <= 2)).unwrap_or(9999),
            month: u8::try_from(month).unwrap_or(1),
            day: u8::try_from(day).unwrap_or(1),
        }
    }

    /// The day this many days later (earlier where negative).
    #[must_use]
    pub fn plus_days(&self, days: i64) -> Self {
        Self::from_days(self.days() + days)
    }

    /// 1 for Monday to 7 for Sunday (ISO 8601).
    #[must_use]
    pub fn weekday(&self) -> u8 {
        u8::try_from((self.days() + 3).rem_euclid(7) + 1).unwrap_or(1)
    }
}

fn days_in(year: i16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.year.unsigned_abs();
        let [century, year] = [year / 100, year % 100].map(|pair| two(u8::try_from(pair).unwrap_or(0)));
        let [month, day] = [self.month, self.day].map(two);
        write_digits(
            [century[0], century[1], year[0], year[1], b'-', month[0], month[1], b'-', day[0], day[1]],
            f,
        )
    }
}

/// Two digits: as `{:02}` writes them, in a fraction of its time.
const fn two(number: u8) -> [u8; 2] {
    [b'0' + number / 10 % 10, b'0' + number % 10]
}

/// Writes digits and what parts them at once.
fn write_digits<const LENGTH: usize>(digits: [u8; LENGTH], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
}

/// A time of the day to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
    second: u8,
}

impl TimeOfDay {
    /// The first moment of a day.
    pub const MIDNIGHT: Self = Self { hour: 0, minute: 0, second: 0 };

    /// A time from 00:00:00 to 23:59:59.
    #[must_use]
    pub fn new(hour: u8, minute: u8, second: u8) -> Option<Self> {
        (hour < 24 && minute < 60 && second < 60).then_some(Self { hour, minute, second })
    }

    /// Reads `20:30` or `20:30:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut scan = Scan::new(text);
        let time = scan.time()?;
        scan.done().then_some(time)
    }

    /// Hour, minute, second.
    #[must_use]
    pub const fn parts(&self) -> (u8, u8, u8) {
        (self.hour, self.minute, self.second)
    }

    /// Seconds since midnight.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [hour, minute, second] = [self.hour, self.minute, self.second].map(two);
        write_digits([hour[0], hour[1], b':', minute[0], minute[1], b':', second[0], second[1]], f)
    }
}

/// A time zone by its IANA name, `Europe/Paris`: made as a name, not looked up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(Arc<str>);

impl Zone {
    /// Reads a zone's name; `None` where it could be none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::is_name(name).then(|| Self(name.into()))
    }

    fn is_name(name: &str) -> bool {
        name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic())
            && name.split('/').all(|part| {
                !part.is_empty()
                    && part.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"_+-".contains(&letter))
            })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Date {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a day is written as 2027-03-28")
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for Zone {
    type Error = &'static str;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or("a zone is an IANA name, as Europe/Paris")
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0.as_ref().to_owned()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// When something happens, as far as the source knows it.
///
/// Written as in RFC 9557, the offset left out where the zone decides it:
///
/// | written | is |
/// |---|---|
/// | `2026-11-23` | a whole day |
/// | `2026-11-23T20:30:00` | a local time whose zone nobody said |
/// | `2026-11-23T20:30:00[Europe/Paris]` | a local time in a zone |
/// | `2026-11-23T20:30:00-03:30` | a time of which only the offset is known, kept as such |
///
/// # Examples
/// ```
/// use c3ms_core::base::Moment;
/// let evening = Moment::parse("2026-11-23T20:30[Europe/Paris]").unwrap();
/// assert_eq!(evening.to_string(), "2026-11-23T20:30:00[Europe/Paris]");
/// assert_eq!(evening.date().to_string(), "2026-11-23");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    date: Date,
    time: Option<TimeOfDay>,
    at: Where,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Where {
    Unsaid,
    Zone(Zone),
    Offset(i16),
}

impl Moment {
    /// A whole day.
    #[must_use]
    pub const fn day(date: Date) -> Self {
        Self { date, time: None, at: Where::Unsaid }
    }

    /// A local time whose zone nobody said.
    #[must_use]
    pub const fn local(date: Date, time: TimeOfDay) -> Self {
        Self { date, time: Some(time), at: Where::Unsaid }
    }

    /// A local time in a zone.
    #[must_use]
    pub const fn zoned(date: Date, time: TimeOfDay, zone: Zone) -> Self {
        Self { date, time: Some(time), at: Where::Zone(zone) }
    }

    /// A local time of which only the offset is known, in minutes east of UTC; `None` from a day on.
    #[must_use]
    pub fn with_offset(date: Date, time: TimeOfDay, minutes: i16) -> Option<Self> {
        (minutes.abs() < 1440).then_some(Self { date, time: Some(time), at: Where::Offset(minutes) })
    }

    /// Reads one of the four ways; `None` where it is none of them, or says both a zone and an offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut scan = Scan::new(text);
        let date = scan.date()?;
        if scan.done() {
            return Some(Self::day(date));
        }
        scan.one_of(b"Tt ")?;
        let time = scan.time()?;
        if scan.done() {
            return Some(Self::local(date, time));
        }
        if scan.rest().first() == Some(&b'[') {
            let zone = scan.zone()?;
            return scan.done().then_some(Self::zoned(date, time, zone));
        }
        let minutes = scan.offset()?;
        if scan.done() { Self::with_offset(date, time, minutes) } else { None }
    }

    /// Tells whether [`Moment::parse`] reads a text, without keeping anything of it.
    #[must_use]
    pub fn is_written(text: &str) -> bool {
        let mut scan = Scan::new(text);
        let mut is_moment = || {
            scan.date()?;
            if scan.done() {
                return Some(());
            }
            scan.one_of(b"Tt ")?;
            scan.time()?;
            match scan.rest().first() {
                None => {}
                Some(b'[') => drop(scan.zone_name().filter(|name| Zone::is_name(name))?),
                Some(_) => drop(scan.offset()?),
            }
            scan.done().then_some(())
        };
        is_moment().is_some()
    }

    /// The local day.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.date
    }

    /// The local time, `None` for a whole day.
    #[must_use]
    pub const fn time(&self) -> Option<TimeOfDay> {
        self.time
    }

    /// The zone, where it is known.
    #[must_use]
    pub const fn zone(&self) -> Option<&Zone> {
        match &self.at {
            Where::Zone(zone) => Some(zone),
            Where::Unsaid | Where::Offset(_) => None,
        }
    }

    /// The offset in minutes east of UTC, where only that is known.
    #[must_use]
    pub const fn offset(&self) -> Option<i16> {
        match &self.at {
            Where::Offset(minutes) => Some(*minutes),
            Where::Unsaid | Where::Zone(_) => None,
        }
    }

    /// The same local time in a zone; a whole day stays a day.
    #[must_use]
    pub fn in_zone(&self, zone: &Zone) -> Self {
        match self.time {
            Some(time) => Self::zoned(self.date, time, zone.clone()),
            None => self.clone(),
        }
    }

    /// Seconds since 1970-01-01 as if the local time were UTC: orders what happens on one territory.
    #[must_use]
    pub fn local_seconds(&self) -> i64 {
        self.date.days() * 86_400 + self.time.map_or(0, |time| time.seconds())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date.fmt(f)?;
        let Some(time) = self.time else { return Ok(()) };
        f.write_str("T")?;
        time.fmt(f)?;
        match &self.at {
            Where::Unsaid => Ok(()),
            Where::Zone(zone) => ["[", zone.as_str(), "]"].iter().try_for_each(|part| f.write_str(part)),
            Where::Offset(0) => f.write_str("Z"),
            Where::Offset(minutes) => {
                let sign = if *minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom("a moment is written as 2026-11-23T20:30:00[Europe/Paris]"))
    }
}

/// An instant of the log: milliseconds since 1970-01-01T00:00:00Z, written as RFC 3339.
///
/// # Examples
/// ```
/// use c3ms_core::base::Timestamp;
/// let then = Timestamp::from_millis(1_000_000_000_000);
/// assert_eq!(then.to_string(), "2001-09-09T01:46:40.000Z");
/// assert_eq!(Timestamp::parse("2001-09-09T01:46:40Z"), Some(then));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// An instant from milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn millis(&self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 instant with its offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut scan = Scan::new(text);
        let date = scan.date()?;
        scan.one_of(b"Tt ")?;
        let (time, millis) = scan.time_and_millis()?;
        let minutes = scan.offset()?;
        let seconds = date.days() * 86_400 + time.seconds() - i64::from(minutes) * 60;
        scan.done().then_some(Self(seconds * 1000 + i64::from(millis)))
    }

    /// The day in UTC.
    #[must_use]
    pub fn date(&self) -> Date {
        Date::from_days(self.0.div_euclid(86_400_000))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.0.rem_euclid(86_400_000);
        let (seconds, millis) = (of_day / 1000, of_day % 1000);
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        write!(f, "{}T{hours:02}:{minutes:02}:{:02}.{millis:03}Z", self.date(), seconds % 60)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom("an instant is written as 2026-11-23T20:30:00.000Z"))
    }
}

/// A text read from its beginning, byte by byte.
struct Scan<'a>(&'a [u8]);

impl<'a> Scan<'a> {
    const fn new(text: &'a str) -> Self {
        Self(text.as_bytes())
    }

    const fn done(&self) -> bool {
        self.0.is_empty()
    }

    const fn rest(&self) -> &'a [u8] {
        self.0
    }

    fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn number(&mut self, digits: usize) -> Option<u16> {
        let (head, rest) = self.0.split_at_checked(digits)?;
        let value = head.iter().try_fold(0_u16, |value, digit| {
            digit.is_ascii_digit().then(|| value * 10 + u16::from(*digit - b'0'))
        })?;
        self.0 = rest;
        Some(value)
    }

    fn two(&mut self) -> Option<u8> {
        self.number(2).and_then(|value| u8::try_from(value).ok())
    }

    fn date(&mut self) -> Option<Date> {
        let year = i16::try_from(self.number(4)?).ok()?;
        self.one_of(b"-")?;
        let month = self.two()?;
        self.one_of(b"-")?;
        Date::new(year, month, self.two()?)
    }

    fn time(&mut self) -> Option<TimeOfDay> {
        let (time, millis) = self.time_and_millis()?;
        (millis == 0).then_some(time)
    }

    fn time_and_millis(&mut self) -> Option<(TimeOfDay, u16)> {
        let hour = self.two()?;
        self.one_of(b":")?;
        let minute = self.two()?;
        if self.one_of(b":").is_none() {
            return Some((TimeOfDay::new(hour, minute, 0)?, 0));
        }
        let time = TimeOfDay::new(hour, minute, self.two()?)?;
        if self.one_of(b".").is_none() {
            return Some((time, 0));
        }
        let (mut millis, mut digits) = (0, 0);
        while let Some(digit) = self.number(1) {
            if digits < 3 {
                millis = millis * 10 + digit;
            }
            digits += 1;
        }
        (digits > 0).then(|| {
            (time, if digits < 3 { millis * [100, 100, 10].get(digits).unwrap_or(&1) } else { millis })
        })
    }

    fn offset(&mut self) -> Option<i16> {
        if self.one_of(b"Zz").is_some() {
            return Some(0);
        }
        let sign = if self.one_of(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.two()?;
        let _colon = self.one_of(b":");
        let minutes = if self.done() { 0 } else { self.two()? };
        (hours < 24 && minutes < 60).then(|| sign * (i16::from(hours) * 60 + i16::from(minutes)))
    }

    fn zone(&mut self) -> Option<Zone> {
        Zone::parse(self.zone_name()?)
    }

    fn zone_name(&mut self) -> Option<&'a str> {
        self.one_of(b"[")?;
        let end = self.0.iter().position(|byte| *byte == b']')?;
        let (name, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        self.one_of(b"]")?;
        std::str::from_utf8(name).ok()
    }
}
