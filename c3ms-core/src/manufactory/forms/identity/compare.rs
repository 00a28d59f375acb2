//! How far two things agree, property by property: the levels of comparison.

use super::{
    thing::Prepared,
    words::{Lexicon, Likeness, dice, is_alike},
};
use crate::base::Date;

/// How many properties are compared besides the others.
pub(super) const PROPERTIES: usize = 9;
pub(super) const NAME: usize = 0;
pub(super) const PLACE: usize = 1;
pub(super) const STREET: usize = 2;
pub(super) const DAY: usize = 3;
pub(super) const URL: usize = 4;
pub(super) const EMAIL: usize = 5;
pub(super) const PHONE: usize = 6;
pub(super) const CODE: usize = 7;
pub(super) const SINCE: usize = 8;

/// As many levels a property has at most, the first of which is: one of the two is not known.
pub(super) const LEVELS: usize = 7;

/// The probability of each level among pairs that are the same thing, where nothing is learnt yet.
pub(super) const EXPECTED: [[f64; LEVELS]; PROPERTIES + 1] = [
    [0.0, 0.6, 0.2, 0.1, 0.06, 0.04, 0.0],
    [0.0, 0.3, 0.4, 0.15, 0.08, 0.03, 0.04],
    [0.0, 0.55, 0.25, 0.2, 0.0, 0.0, 0.0],
    [0.0, 0.76, 0.05, 0.08, 0.05, 0.06, 0.0],
    [0.0, 0.6, 0.2, 0.2, 0.0, 0.0, 0.0],
    [0.0, 0.7, 0.1, 0.2, 0.0, 0.0, 0.0],
    [0.0, 0.7, 0.1, 0.2, 0.0, 0.0, 0.0],
    [0.0, 0.9, 0.06, 0.04, 0.0, 0.0, 0.0],
    [0.0, 0.85, 0.08, 0.07, 0.0, 0.0, 0.0],
    [0.0, 0.65, 0.15, 0.2, 0.0, 0.0, 0.0],
];

/// How far two things agree.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Agreement {
    /// The level of each property; 0 where one of the two is not known.
    pub(super) levels: Vec<u8>,
    /// How alike the names are.
    pub(super) name: Likeness,
}

/// Compares two things.
pub(super) fn compare(lexicon: &Lexicon, one: &Prepared, other: &Prepared) -> Agreement {
    let mut name = lexicon.likeness(&one.name, &other.name, (&one.words, &other.words));
    let mut place = place(one, other);
    // Name and town in each other's cells.
    if name.similarity < 0.5 && crossed(one, other) {
        name = Likeness {
            similarity: 0.95,
            shared: one.name.words.iter().map(|word| lexicon.bits(*word)).sum(),
        };
        place = 2;
    }
    let mut levels = Vec::with_capacity(PROPERTIES + one.others.len());
    levels.extend([
        if one.name.words.is_empty() || other.name.words.is_empty() {
            0
        } else {
            name_level(name.similarity)
        },
        place,
        text(&one.street, &other.street, || dice(&one.street_runs, &other.street_runs) >= 0.6),
        day(one, other),
        text(&one.url, &other.url, || host(&one.url) == host(&other.url)),
        text(&one.email, &other.email, || is_alike(&one.email, &other.email, 0.93)),
        text(&one.phone, &other.phone, || slip(&one.phone, &other.phone)),
        codes(one, other),
        text(&one.since, &other.since, || slip(&one.since, &other.since) || turned(&one.since, &other.since)),
    ]);
    let others = one.others.iter().zip(&other.others);
    levels.extend(others.map(|((ours, runs), (theirs, others))| {
        text(ours, theirs, || slip(ours, theirs) || dice(runs, others) >= 0.6)
    }));
    Agreement { levels, name }
}

fn name_level(similarity: f64) -> u8 {
    match similarity {
        alike if alike >= 1.0 => 1,
        alike if alike >= 0.88 => 2,
        alike if alike >= 0.72 => 3,
        alike if alike >= 0.5 => 4,
        _ => 5,
    }
}

fn crossed(one: &Prepared, other: &Prepared) -> bool {
    let alike =
        |name: &Prepared, town: &Prepared| !town.town.is_empty() && is_alike(&name.run, &town.town, 0.92);
    alike(one, other) && alike(other, one)
}

/// 1 equal, 2 nearly, 3 not.
fn text(one: &str, other: &str, nearly: impl FnOnce() -> bool) -> u8 {
    if one.is_empty() || other.is_empty() {
        0
    } else if one == other {
        1
    } else if nearly() {
        2
    } else {
        3
    }
}

pub(super) fn host(address: &str) -> &str {
    address.split('/').next().unwrap_or_default()
}

/// 1 within 300 m, 2 the same town, 3 nearly, 4 the same department, 5 the same region, 6 elsewhere.
fn place(one: &Prepared, other: &Prepared) -> u8 {
    let known = |one: &str, other: &str| !one.is_empty() && !other.is_empty();
    let distance = one.distance(other);
    if distance.is_some_and(|far| far <= 0.3) {
        return 1;
    }
    let towns = known(&one.town, &other.town);
    let same_town = towns && one.town == other.town;
    let same_insee = known(&one.insee, &other.insee) && one.insee == other.insee;
    let same_postal = known(&one.postal, &other.postal) && one.postal == other.postal;
    let both_departments = !one.departments.is_empty() && !other.departments.is_empty();
    let comparable = one
        .departments
        .iter()
        .any(|ours| other.departments.iter().any(|theirs| digits(ours) == digits(theirs)));
    let same_department = one.departments.iter().any(|ours| other.departments.contains(ours));
    let elsewhere = both_departments && comparable && !same_department;
    if same_insee || (same_postal && !towns) || (same_town && !elsewhere) {
        return 2;
    }
    if same_town
        || (towns && near_names(one, other) && !elsewhere)
        || same_postal
        || distance.is_some_and(|far| far <= 5.0)
    {
        return 3;
    }
    let regions = known(&one.region, &other.region);
    if same_department {
        4
    } else if regions && one.region == other.region {
        5
    } else if towns || regions || elsewhere || distance.is_some() || known(&one.postal, &other.postal) {
        6
    } else {
        0
    }
}

fn digits(department: &str) -> bool {
    department.bytes().all(|letter| letter.is_ascii_digit())
}

/// One town's words among the other's, or letters changed.
fn near_names(one: &Prepared, other: &Prepared) -> bool {
    let within = |few: &[String], many: &[String]| few.iter().all(|word| many.contains(word));
    within(&one.towns, &other.towns)
        || within(&other.towns, &one.towns)
        || is_alike(&one.town, &other.town, 0.9)
}

/// 1 the same day, 2 at another time of it, 3 with a slip of the pen, 4 within a week, 5 another.
fn day(one: &Prepared, other: &Prepared) -> u8 {
    let Some((ours, theirs)) = one.day.zip(other.day) else { return 0 };
    if ours == theirs {
        return 1 + u8::from(one.time.zip(other.time).is_some_and(|(ours, theirs)| ours != theirs));
    }
    if slipped(ours, theirs) {
        3
    } else if (ours.days() - theirs.days()).abs() <= 7 {
        4
    } else {
        5
    }
}

/// Day and month changed places, or one digit of the year is another.
fn slipped(one: Date, other: Date) -> bool {
    let ((year, month, day), (their_year, their_month, their_day)) = (one.parts(), other.parts());
    let crossed = year == their_year && month == their_day && day == their_month;
    let (ours, theirs) = (year.to_string(), their_year.to_string());
    let digits = ours.bytes().zip(theirs.bytes()).filter(|(ours, theirs)| ours != theirs).count();
    crossed || (digits == 1 && month == their_month && day == their_day)
}

/// Day and month changed places: `19600312`, `19601203`.
fn turned(one: &str, other: &str) -> bool {
    let parts = |text: &str| {
        Some((text.get(..4)?.to_owned(), text.get(4..6)?.to_owned(), text.get(6..8)?.to_owned()))
    };
    parts(one).zip(parts(other)).is_some_and(|((year, month, day), theirs)| (year, day, month) == theirs)
}

/// Whether a slip of the pen makes one text the other: a sign too many, too few, another, or two in each other's place.
///
/// # Source
/// Damerau (1964), Communications of the ACM 7(3), 171-176: four of five errors are one of these.
fn slip(one: &str, other: &str) -> bool {
    let (one, other) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if other.len() - one.len() > 1 || one.len() < 3 {
        return false;
    }
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let same = one.iter().zip(other).take_while(|(ours, theirs)| ours == theirs).count();
    let ends = one.iter().rev().zip(other.iter().rev()).take_while(|(ours, theirs)| ours == theirs).count();
    // What is left of both between what begins and what ends alike.
    let left = |text: &[u8]| text.len().saturating_sub(same + ends);
    match (left(one), left(other)) {
        (0 | 1, 0 | 1) => true,
        (2, 2) => one.get(same) == other.get(same + 1) && one.get(same + 1) == other.get(same),
        _ => false,
    }
}

/// 1 a register gave both the same code, 2 nearly, 3 another.
fn codes(one: &Prepared, other: &Prepared) -> u8 {
    let mut level = 0;
    for (register, ours) in &one.codes {
        for (_, theirs) in other.codes.iter().filter(|(theirs, _)| theirs == register) {
            let found = text(ours, theirs, || is_alike(ours, theirs, 0.93));
            level = if level == 0 { found } else { level.min(found.max(1)) };
        }
    }
    level
}
