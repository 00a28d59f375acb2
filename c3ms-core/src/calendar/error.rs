//! What can be wrong with a calendar: what stops it from being read, and what is left out of it and told.

use crate::Code;

/// Why a calendar could not be expanded, or what of it could not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The file is no calendar, or its parts do not close.
    #[error("line {line}: {reason}")]
    Unreadable {
        /// Where.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A calendar of another scale than the Gregorian one.
    #[error("line {line}: the scale of this calendar is {scale:?}, not GREGORIAN")]
    ScaleUnknown {
        /// Where.
        line: usize,
        /// Its name.
        scale: String,
    },
    /// A window that ends before it begins.
    #[error("the window ends on {to}, before it begins on {from}")]
    WindowBackwards {
        /// Its first day.
        from: String,
        /// The day after its last.
        to: String,
    },
    /// A line that is no property.
    #[error("line {line}: {reason}; the line is left out")]
    LineUnreadable {
        /// Where.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A piece of a calendar without the calendar.
    #[error("line {line}: {name} begins outside a calendar; it is read as if it lay in one")]
    Outside {
        /// Where.
        line: usize,
        /// What begins there.
        name: String,
    },
    /// Bytes that are no UTF-8.
    #[error("line {line}: these bytes are no UTF-8; they are replaced")]
    BytesUnreadable {
        /// Where.
        line: usize,
    },
    /// An event without a start has no dates.
    #[error("line {line}: the event has no start that can be read; it is left out")]
    StartMissing {
        /// Where the event begins.
        line: usize,
    },
    /// A date, time, duration or period that is none.
    #[error("line {line}: {property} {value:?} cannot be read; it is left out")]
    ValueUnreadable {
        /// Where.
        line: usize,
        /// The name of the property.
        property: String,
        /// What it says.
        value: String,
    },
    /// A rule that cannot be followed: the start and added dates remain.
    #[error("line {line}: the rule {rule:?} cannot be followed: {reason}")]
    RuleUnreadable {
        /// Where; 0 where the rule stands in no file.
        line: usize,
        /// The rule.
        rule: String,
        /// What is wrong.
        reason: String,
    },
    /// A zone that is in no database and is not described: its times are read as local times without a zone.
    #[error("line {line}: there is no time zone called {zone:?}; its times are read without a zone")]
    ZoneUnknown {
        /// Where it is first named.
        line: usize,
        /// Its name.
        zone: String,
    },
    /// A description of a zone that cannot be followed.
    #[error("line {line}: this time zone cannot be followed: {reason}")]
    ZoneUnreadable {
        /// Where.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// Exception rules, which RFC 5545 has given up.
    #[error("line {line}: EXRULE is not followed: RFC 5545 has given it up; the dates it takes out remain")]
    ExceptionRule {
        /// Where.
        line: usize,
    },
    /// A series that never ends, or hardly.
    #[error("line {line}: the series gives more than {most} dates in the window; the rest is left out")]
    TooMany {
        /// Where the event begins.
        line: usize,
        /// The limit.
        most: usize,
    },
    /// A calendar whose series never end, or hardly.
    #[error("line {line}: the series of this calendar give more than {most} dates; here some are left out")]
    TooManyInAll {
        /// Where the event begins.
        line: usize,
        /// The limit.
        most: usize,
    },
    /// Opening hours that cannot be read.
    #[error("the opening hours {hours:?} cannot be read: {reason}")]
    HoursUnreadable {
        /// What they say.
        hours: String,
        /// What is wrong.
        reason: String,
    },
}

impl CalendarError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Unreadable { .. } => Code::CalendarUnreadable,
            Self::ScaleUnknown { .. } => Code::ScaleUnknown,
            Self::WindowBackwards { .. } => Code::WindowBackwards,
            Self::LineUnreadable { .. } => Code::LineUnreadable,
            Self::Outside { .. } => Code::OutsideCalendar,
            Self::BytesUnreadable { .. } => Code::BytesUnreadable,
            Self::StartMissing { .. } => Code::StartMissing,
            Self::ValueUnreadable { .. } => Code::TimeUnreadable,
            Self::RuleUnreadable { .. } => Code::RuleUnreadable,
            Self::ZoneUnknown { .. } => Code::CalendarZoneUnknown,
            Self::ZoneUnreadable { .. } => Code::CalendarZoneUnreadable,
            Self::ExceptionRule { .. } => Code::ExceptionRule,
            Self::TooMany { .. } | Self::TooManyInAll { .. } => Code::TooManyDates,
            Self::HoursUnreadable { .. } => Code::HoursUnreadable,
        }
    }

    /// The line it is about, from 1; 0 where it is about none.
    #[must_use]
    pub const fn line(&self) -> usize {
        match self {
            Self::Unreadable { line, .. }
            | Self::ScaleUnknown { line, .. }
            | Self::LineUnreadable { line, .. }
            | Self::Outside { line, .. }
            | Self::BytesUnreadable { line }
            | Self::StartMissing { line }
            | Self::ValueUnreadable { line, .. }
            | Self::RuleUnreadable { line, .. }
            | Self::ZoneUnknown { line, .. }
            | Self::ZoneUnreadable { line, .. }
            | Self::ExceptionRule { line }
            | Self::TooMany { line, .. }
            | Self::TooManyInAll { line, .. } => *line,
            Self::WindowBackwards { .. } | Self::HoursUnreadable { .. } => 0,
        }
    }

    /// Where it is, for a report.
    pub(crate) fn path(&self) -> String {
        match self.line() {
            0 => String::new(),
            line => format!("line {line}"),
        }
    }
}
