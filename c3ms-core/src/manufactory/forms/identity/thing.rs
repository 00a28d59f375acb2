//! What is known of a thing, prepared for comparing.

use super::words::{Lexicon, Name, town, trigrams, words};
use crate::base::{Date, Position, TimeOfDay, fold};

/// What is known of a thing; an empty text is what nobody knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thing {
    /// What it is called.
    pub name: String,
    /// The town it is in.
    pub locality: String,
    /// The post code.
    pub postal_code: String,
    /// The code of the town in the register of towns (INSEE).
    pub municipality_code: String,
    /// The department, by name or code.
    pub department: String,
    /// The region, or a state.
    pub region: String,
    /// Number and street.
    pub street: String,
    /// Where on the Earth.
    pub position: Option<Position>,
    /// The day it begins.
    pub day: Option<Date>,
    /// The time of the day.
    pub time: Option<TimeOfDay>,
    /// The day since which it is, for ever: of birth, of foundation; any day as it is written, even one there is not.
    pub since: String,
    /// Its page.
    pub url: String,
    /// An e-mail address.
    pub email: String,
    /// A telephone number.
    pub phone: String,
    /// Codes that registers gave it: register, code.
    pub codes: Vec<(String, String)>,
    /// What else is known; the same place in the list is the same property of every thing.
    pub others: Vec<String>,
    /// It does not take place.
    pub cancelled: bool,
}

/// A thing, prepared.
#[derive(Debug, Clone, Default)]
pub(super) struct Prepared {
    pub(super) words: Vec<String>,
    /// Its words, run together as they stand.
    pub(super) run: String,
    pub(super) name: Name,
    pub(super) towns: Vec<String>,
    pub(super) town: String,
    pub(super) postal: String,
    pub(super) insee: String,
    pub(super) departments: Vec<String>,
    pub(super) region: String,
    pub(super) street: String,
    pub(super) street_runs: Vec<u64>,
    pub(super) position: Option<Position>,
    pub(super) day: Option<Date>,
    pub(super) time: Option<TimeOfDay>,
    pub(super) since: String,
    pub(super) url: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) codes: Vec<(String, String)>,
    pub(super) others: Vec<(String, Vec<u64>)>,
}

impl Prepared {
    /// Prepares a thing; its name is prepared by the lexicon afterwards.
    pub(super) fn new(thing: &Thing) -> Self {
        let postal = code(&thing.postal_code);
        let insee = code(&thing.municipality_code);
        let street = words(&thing.street).concat();
        let mut departments: Vec<String> =
            [department(&insee), department(&postal), plain(&thing.department)]
                .into_iter()
                .flatten()
                .collect();
        departments.dedup();
        let towns = town(&thing.locality);
        let words_of_name: Vec<String> = words(&thing.name).into_iter().take(24).collect();
        Self {
            run: words_of_name.concat(),
            words: words_of_name,
            name: Name::default(),
            town: towns.concat(),
            towns,
            postal,
            insee,
            departments,
            region: words(&thing.region).concat(),
            street_runs: trigrams(&street),
            street,
            position: thing.position,
            day: thing.day,
            time: thing.time,
            since: thing.since.chars().filter(char::is_ascii_digit).collect(),
            url: address(&thing.url),
            email: fold(thing.email.trim_matches(|letter: char| !letter.is_alphanumeric())),
            phone: phone(&thing.phone),
            codes: thing.codes.iter().map(|(register, given)| (register.clone(), code(given))).collect(),
            others: thing
                .others
                .iter()
                .map(|text| {
                    let joined = words(text.get(..200).unwrap_or(text)).concat();
                    let runs = trigrams(&joined);
                    (joined, runs)
                })
                .collect(),
        }
    }

    pub(super) fn enter(&mut self, lexicon: &mut Lexicon) {
        self.name = lexicon.name(&self.words);
    }

    /// The kilometres between two things, where both are placed.
    pub(super) fn distance(&self, other: &Self) -> Option<f64> {
        Some(self.position?.kilometers_to(other.position?))
    }
}

/// Letters and digits of a code, in capitals.
pub(super) fn code(text: &str) -> String {
    let kept: String =
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    // A spreadsheet took the zero of `05100` away.
    if kept.len() == 4 && kept.bytes().all(|letter| letter.is_ascii_digit()) {
        format!("0{kept}")
    } else {
        kept
    }
}

/// The department of a French code of a town, or of a post code.
fn department(code: &str) -> Option<String> {
    let french = code.len() == 5 && code.bytes().skip(2).all(|letter| letter.is_ascii_digit());
    let length = if code.starts_with("97") || code.starts_with("98") { 3 } else { 2 };
    let told = code.get(..length).filter(|_| french)?;
    Some(if matches!(told, "2A" | "2B") { "20".to_owned() } else { told.to_owned() })
}

fn plain(text: &str) -> Option<String> {
    let told = words(text).concat();
    (!told.is_empty()).then_some(told)
}

/// Host and path of an address, without what does not change where it leads.
fn address(text: &str) -> String {
    let text = fold(text.split([' ', ';', ',']).find(|part| part.contains('.')).unwrap_or_default());
    let bare = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    bare.split(['#', '?']).next().unwrap_or_default().trim_end_matches('/').to_owned()
}

/// The last nine digits of the first number.
fn phone(text: &str) -> String {
    let first = text.split(['/', ';', ',']).next().unwrap_or_default();
    let digits: Vec<char> = first.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 6 {
        return String::new();
    }
    digits.iter().skip(digits.len().saturating_sub(9)).collect()
}
