//! Shared words without a domain: ids, texts, times, places, money, paths, hashes, seeds.

mod hash;
mod id;
mod money;
mod parallel;
mod path;
mod place;
mod seed;
mod text;
mod time;
mod windows;
#[cfg(feature = "zones")]
mod zones;

pub use hash::{Digest, canonical, digest_of};
pub use id::{Actor, Id};
pub use money::{Currency, Money};
pub(crate) use parallel::{of_each, processors};
pub use path::Pointer;
pub use place::Position;
pub use seed::Seed;
pub(crate) use text::in_language;
pub use text::{Language, Text, fold};
pub use time::{Date, Moment, TimeOfDay, Timestamp, Zone};
pub(crate) use windows::windows_zone;
#[cfg(feature = "zones")]
pub use zones::{Resolved, in_fold, in_gap, offset_agrees, offset_of, resolve, zone_exists};
