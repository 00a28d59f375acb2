//! What a zone's rules say of a time (the IANA data that jiff brings).

use std::cell::RefCell;

use jiff::{
    civil::DateTime,
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use super::{Date, Moment, TimeOfDay, Zone};

/// What a zone makes of a time that says only an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// The offset is the zone's at that time: the same local time, in the zone.
    Agrees(Moment),
    /// A time in UTC: the local time of that instant in the zone.
    Converted(Moment),
    /// The zone has another offset then.
    Disagrees,
}

/// Understands a time with an offset as a time of a zone; `None` where there is no such zone or no offset.
///
/// # Source
/// The IANA time zone database. Paris: +01:00 in winter.
///
/// # Examples
/// ```
/// use c3ms_core::base::{Moment, Resolved, Zone, resolve};
/// let paris = Zone::parse("Europe/Paris").unwrap();
/// let utc = Moment::parse("2027-02-10T19:30:00Z").unwrap();
/// let Some(Resolved::Converted(local)) = resolve(&utc, &paris) else { panic!() };
/// assert_eq!(local.to_string(), "2027-02-10T20:30:00[Europe/Paris]");
/// let wrong = Moment::parse("2027-02-10T20:30:00+02:00").unwrap();
/// assert_eq!(resolve(&wrong, &paris), Some(Resolved::Disagrees));
/// ```
#[must_use]
pub fn resolve(moment: &Moment, zone: &Zone) -> Option<Resolved> {
    let minutes = moment.offset()?;
    let rules = rules(zone.as_str())?;
    let offset = Offset::from_seconds(i32::from(minutes) * 60).ok()?;
    let instant = offset.to_timestamp(civil(moment)?).ok()?;
    if minutes == 0 {
        return Some(Resolved::Converted(from_civil(rules.to_datetime(instant), zone)?));
    }
    Some(if rules.to_offset(instant) == offset {
        Resolved::Agrees(moment.in_zone(zone))
    } else {
        Resolved::Disagrees
    })
}

/// Tells whether an offset is one the zone has at that time.
#[must_use]
pub fn offset_agrees(moment: &Moment, zone: &Zone) -> bool {
    // A time in UTC agrees with every zone there is: which local time it is there, nobody asks.
    if moment.offset() == Some(0) {
        return rules(zone.as_str()).is_some();
    }
    matches!(resolve(moment, zone), Some(Resolved::Agrees(_) | Resolved::Converted(_)))
}

/// Tells whether there are rules for a zone.
#[must_use]
pub fn zone_exists(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// Tells whether a local time is one that a change of clocks skips.
///
/// # Examples
/// ```
/// use c3ms_core::base::{Moment, in_gap};
/// assert!(in_gap(&Moment::parse("2027-03-28T02:30:00[Europe/Paris]").unwrap()));
/// ```
#[must_use]
pub fn in_gap(moment: &Moment) -> bool {
    ambiguity(moment).is_some_and(|offset| matches!(offset, AmbiguousOffset::Gap { .. }))
}

/// Tells whether a local time is one that a change of clocks makes twice.
///
/// # Examples
/// ```
/// use c3ms_core::base::{Moment, in_fold};
/// assert!(in_fold(&Moment::parse("2026-10-25T02:30:00[Europe/Paris]").unwrap()));
/// ```
#[must_use]
pub fn in_fold(moment: &Moment) -> bool {
    ambiguity(moment).is_some_and(|offset| matches!(offset, AmbiguousOffset::Fold { .. }))
}

/// The offset of a moment in minutes east of UTC: its own, or its zone's then. In a gap the offset before it,
/// in a fold the first one, as RFC 5545 (3.3.5) says.
///
/// # Examples
/// ```
/// use c3ms_core::base::{Moment, offset_of};
/// assert_eq!(offset_of(&Moment::parse("2026-10-25T02:30:00[Europe/Paris]").unwrap()), Some(120));
/// ```
#[must_use]
pub fn offset_of(moment: &Moment) -> Option<i16> {
    if let Some(minutes) = moment.offset() {
        return Some(minutes);
    }
    let offset = match ambiguity(moment)? {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
    };
    i16::try_from(offset.seconds() / 60).ok()
}

thread_local! {
    /// The zone that was asked for last: the times of a source are mostly in one.
    static LAST: RefCell<Option<(String, TimeZone)>> = const { RefCell::new(None) };
}

fn rules(zone: &str) -> Option<TimeZone> {
    LAST.with_borrow_mut(|last| {
        if let Some((name, rules)) = last
            && name == zone
        {
            return Some(rules.clone());
        }
        let found = TimeZone::get(zone).ok()?;
        *last = Some((zone.to_owned(), found.clone()));
        Some(found)
    })
}

fn ambiguity(moment: &Moment) -> Option<AmbiguousOffset> {
    let rules = rules(moment.zone()?.as_str())?;
    Some(rules.to_ambiguous_timestamp(civil(moment)?).offset())
}

fn civil(moment: &Moment) -> Option<DateTime> {
    let (year, month, day) = moment.date().parts();
    let (hour, minute, second) = moment.time().map_or((0, 0, 0), |time| time.parts());
    let signed = |number: u8| i8::try_from(number).ok();
    DateTime::new(year, signed(month)?, signed(day)?, signed(hour)?, signed(minute)?, signed(second)?, 0).ok()
}

fn from_civil(local: DateTime, zone: &Zone) -> Option<Moment> {
    let unsigned = |number: i8| u8::try_from(number).ok();
    let date = Date::new(local.year(), unsigned(local.month())?, unsigned(local.day())?)?;
    let time = TimeOfDay::new(unsigned(local.hour())?, unsigned(local.minute())?, unsigned(local.second())?)?;
    Some(Moment::zoned(date, time, zone.clone()))
}
