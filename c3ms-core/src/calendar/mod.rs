//! When things happen: rules of recurrence, calendars expanded, opening hours, and how people say them.
//!
//! [`Rule`] gives dates in local time and knows no zone; [`expand`] takes a calendar file apart and gives every date
//! in a window. No clock is read: windows are arguments.

#[cfg(feature = "zones")]
mod clock;
pub(crate) mod english;
mod error;
#[cfg(feature = "zones")]
mod event;
#[cfg(feature = "zones")]
mod expand;
pub(crate) mod french;
mod hours;
mod rule;
mod schedule;
#[cfg(feature = "zones")]
mod series;
mod starts;
mod words;

#[cfg(feature = "zones")]
pub use clock::LocalTime;
pub use error::CalendarError;
#[cfg(feature = "zones")]
pub use expand::{Expansion, Instance, SeriesOf, expand};
pub use hours::OpeningHours;
pub use rule::{Frequency, Rule, Until, Weekday};
pub use schedule::Schedule;
