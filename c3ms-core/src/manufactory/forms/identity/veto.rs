//! What must not be taken for the same thing, however much it is alike.

use serde::Serialize;

use super::{
    compare::{Agreement, DAY, NAME, PLACE},
    thing::{Prepared, Thing},
};
use crate::base::fold;

/// Why two things that are much alike are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Veto {
    /// The same day at another time: matinée and soirée.
    OtherTime,
    /// Another day: each is a performance of its own.
    OtherDay,
    /// Another town of a tour.
    OtherTown,
    /// Another edition: its year or number is another.
    OtherEdition,
    /// One of them does not take place.
    Cancelled,
    /// One register gave them different codes.
    OtherCode,
    /// A person told them apart.
    ToldApart,
}

impl Veto {
    /// The veto in words, in French (`fr`) or English.
    #[must_use]
    pub fn text(&self, language: &str) -> &'static str {
        let french = language.starts_with("fr");
        match self {
            Self::OtherTime if french => "le même jour à une autre heure",
            Self::OtherTime => "the same day at another time",
            Self::OtherDay if french => "un autre jour",
            Self::OtherDay => "another day",
            Self::OtherTown if french => "dans une autre ville",
            Self::OtherTown => "in another town",
            Self::OtherEdition if french => "une autre édition",
            Self::OtherEdition => "another edition",
            Self::Cancelled if french => "l’un des deux est annulé",
            Self::Cancelled => "one of the two is cancelled",
            Self::OtherCode if french => "un même registre leur donne des codes différents",
            Self::OtherCode => "one register gives them different codes",
            Self::ToldApart if french => "une personne les a distingués",
            Self::ToldApart => "a person told them apart",
        }
    }
}

/// What a name says besides a name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Said {
    years: Vec<u16>,
    edition: Option<u16>,
    late: Option<bool>,
    cancelled: bool,
}

impl Said {
    pub(super) fn new(thing: &Thing) -> Self {
        let folded = fold(&thing.name);
        let words: Vec<&str> =
            folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut said = Self { cancelled: thing.cancelled, ..Self::default() };
        for (at, word) in words.iter().enumerate() {
            let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
            let number = digits.parse::<u16>().ok();
            let ending = word.get(digits.len()..).unwrap_or_default();
            let next = words.get(at + 1).copied().unwrap_or_default();
            let before = at.checked_sub(1).and_then(|at| words.get(at)).copied().unwrap_or_default();
            if let Some(year) = number.filter(|year| ending.is_empty() && (1990..2100).contains(year)) {
                said.years.push(year);
            } else if let Some(number) = number {
                let ordinal =
                    matches!(ending, "e" | "eme" | "er" | "ere" | "th" | "st" | "nd" | "rd" | "a" | "o");
                let edition = [next, before]
                    .iter()
                    .any(|word| matches!(*word, "edition" | "editions" | "ed" | "saison" | "season"));
                if edition && (ordinal || ending.is_empty()) || ordinal && next == "festival" {
                    said.edition = Some(number);
                }
            } else if matches!(next, "edition" | "editions") {
                said.edition = roman(word).or(said.edition);
            }
            match *word {
                "matinee" | "matin" | "early" | "morning" => said.late = Some(false),
                "soiree" | "soir" | "late" | "evening" => said.late = Some(true),
                "annule" | "annulee" | "annulation" | "cancelled" | "canceled" => said.cancelled = true,
                _ => {}
            }
        }
        said.years.sort_unstable();
        said.years.dedup();
        said
    }
}

fn roman(word: &str) -> Option<u16> {
    let value = |letter| match letter {
        'i' => Some(1_u16),
        'v' => Some(5),
        'x' => Some(10),
        'l' => Some(50),
        _ => None,
    };
    let digits: Vec<u16> =
        word.trim_end_matches("eme").trim_end_matches('e').chars().map(value).collect::<Option<_>>()?;
    let pairs = digits.iter().zip(digits.iter().skip(1).chain([&0]));
    let (sum, less) = pairs.fold((0_u16, 0_u16), |(sum, less), (one, next)| {
        if one < next { (sum, less.saturating_add(*one)) } else { (sum.saturating_add(*one), less) }
    });
    sum.checked_sub(less).filter(|number| *number > 0)
}

/// What forbids to take two things for the same; the first that holds.
pub(super) fn veto(
    (one, other): (&Prepared, &Prepared),
    (said, told): (&Said, &Said),
    agreement: &Agreement,
) -> Option<Veto> {
    let conflict = |register: &String, code: &String| {
        let theirs = || other.codes.iter().filter(|(theirs, _)| theirs == register);
        theirs().next().is_some() && theirs().all(|(_, theirs)| theirs != code)
    };
    if one.codes.iter().any(|(register, code)| conflict(register, code)) {
        return Some(Veto::OtherCode);
    }
    if said.cancelled != told.cancelled {
        return Some(Veto::Cancelled);
    }
    let years = !said.years.is_empty() && !told.years.is_empty() && said.years != told.years;
    let editions = said.edition.zip(told.edition).is_some_and(|(ours, theirs)| ours != theirs);
    if years || editions {
        return Some(Veto::OtherEdition);
    }
    let level = |property: usize| agreement.levels.get(property).copied().unwrap_or(0);
    let dated = one.day.is_some() && other.day.is_some();
    let towns = !one.town.is_empty() && !other.town.is_empty();
    if (one.day.is_some() || other.day.is_some())
        && towns
        && level(PLACE) >= 4
        && matches!(level(NAME), 1..=4)
    {
        return Some(Veto::OtherTown);
    }
    // Day and month in each other's place are one day, told wrongly.
    if dated && matches!(level(DAY), 4 | 5) {
        return Some(Veto::OtherDay);
    }
    let hours = one.time.zip(other.time).filter(|_| one.day == other.day);
    let apart = hours.is_some_and(|(ours, theirs)| (ours.seconds() - theirs.seconds()).abs() >= 2700);
    let spoken = said.late.zip(told.late).is_some_and(|(ours, theirs)| ours != theirs);
    (dated && (apart || spoken)).then_some(Veto::OtherTime)
}
