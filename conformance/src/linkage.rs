//! Labelled sets of records that are told twice: real ones, damaged by a seed.

use std::{collections::BTreeMap, fmt::Write as _};

use c3ms_core::{
    base::{Moment, fold},
    forms::{identity::Thing, intake::Source},
};
use serde_json::Value;

use crate::chance::Chance;

/// A set: what is known of each record, and which thing it is.
#[derive(Debug, Default)]
pub struct Labelled {
    /// What it is called.
    pub name: &'static str,
    /// The records, in no order.
    pub things: Vec<Thing>,
    /// For each the number of the thing it tells.
    pub labels: Vec<usize>,
}

impl Labelled {
    /// The set as a table that every language reads.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = "id,label,name,town,postal,street,day,time,url,phone,other\n".to_owned();
        for (id, (thing, label)) in self.things.iter().zip(&self.labels).enumerate() {
            let day = thing.day.map_or_else(|| thing.since.clone(), |day| day.to_string());
            let time = thing.time.map(|time| time.to_string()).unwrap_or_default();
            let other = thing.others.first().cloned().unwrap_or_default();
            let number = thing.others.get(1).unwrap_or(&thing.phone);
            let cells = [
                &thing.name,
                &thing.locality,
                &thing.postal_code,
                &thing.street,
                &day,
                &time,
                &thing.url,
                number,
                &other,
            ];
            let cells: Vec<String> =
                cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            let _written = writeln!(text, "{id},{label},{}", cells.join(","));
        }
        text
    }

    /// F1, precision and recall of pairs, the most probable first, cut where F1 is best.
    #[must_use]
    pub fn judged(&self, pairs: &[(usize, usize)]) -> (f64, f64, f64) {
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        for label in &self.labels {
            *sizes.entry(*label).or_default() += 1;
        }
        let all = real(sizes.values().map(|size| size * (size - 1) / 2).sum());
        let (mut right, mut best) = (0.0, (0.0, 0.0, 0.0));
        for (count, (a, b)) in pairs.iter().enumerate() {
            right += if self.labels.get(*a) == self.labels.get(*b) { 1.0 } else { 0.0 };
            let count = real(count + 1);
            let f1 = 2.0 * right / (all + count);
            if f1 > best.0 {
                best = (f1, right / count, right / all.max(1.0));
            }
        }
        best
    }
}

fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The festivals of France and the performances of Scènes francophones, some of them told twice or three times; and
/// FEBRL's third set, where its file is given.
/// A file that cannot be read gives no records.
#[must_use]
pub fn sets(febrl: Option<&std::path::Path>) -> Vec<Labelled> {
    let mut sets = Vec::new();
    if let Some(file) = crate::data("festivals-fr/festivals-global.csv") {
        sets.push(damaged("festivals", festivals(&read(&file)), 1));
    }
    if let Some(file) = crate::data("scenes-francophones/events.jsonld") {
        sets.push(damaged("scenes", scenes(&read(&file)), 2));
    }
    if let Some(file) = febrl {
        sets.push(persons(&read(file)));
    }
    sets
}

fn read(file: &std::path::Path) -> Vec<u8> {
    std::fs::read(file).unwrap_or_default()
}

fn table(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let Ok(source) = Source::read(bytes) else { return Vec::new() };
    let row = |record: &c3ms_core::forms::intake::SourceRecord| {
        let cell = |value: &c3ms_core::forms::intake::SourceValue| {
            (source.selector(value).trim().to_owned(), value.scalar.text().trim().to_owned())
        };
        record.values.iter().map(cell).collect()
    };
    source.records.iter().map(row).collect()
}

fn festivals(bytes: &[u8]) -> Vec<Thing> {
    let rows = table(bytes);
    let of = |row: &BTreeMap<String, String>, name: &str| row.get(name).cloned().unwrap_or_default();
    let thing = |row: &BTreeMap<String, String>| Thing {
        name: of(row, "nom_du_festival"),
        locality: of(row, "commune_principale_de_deroulement"),
        postal_code: of(row, "code_postal_de_la_commune_principale_de_deroulement"),
        street: of(row, "adresse_postale"),
        url: of(row, "site_internet_du_festival"),
        others: vec![of(row, "discipline_dominante")],
        ..Thing::default()
    };
    rows.iter().map(thing).collect()
}

fn scenes(bytes: &[u8]) -> Vec<Thing> {
    let files: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let nodes = files.as_array().into_iter().flatten().filter_map(|file| file.pointer("/@graph/0"));
    let thing = |node: &Value| {
        let of = |pointer: &str| node.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let start = Moment::parse(&of("/startDate"));
        Thing {
            name: of("/name"),
            locality: of("/location/address/addressLocality"),
            postal_code: of("/location/address/postalCode"),
            street: of("/location/address/streetAddress"),
            day: start.as_ref().map(Moment::date),
            time: start.as_ref().and_then(Moment::time),
            others: vec![of("/location/name")],
            ..Thing::default()
        }
    };
    nodes.map(thing).collect()
}

/// FEBRL (Christen 2008): `rec-1496-org` and `rec-1496-dup-0` are one person.
fn persons(bytes: &[u8]) -> Labelled {
    let mut set = Labelled { name: "febrl", ..Labelled::default() };
    for row in table(bytes) {
        let of = |name: &str| row.get(name).cloned().unwrap_or_default();
        let number = of("rec_id").split('-').nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
        set.things.push(Thing {
            name: format!("{} {}", of("given_name"), of("surname")).trim().to_owned(),
            locality: of("suburb"),
            postal_code: of("postcode"),
            street: format!("{} {}", of("street_number"), of("address_1")).trim().to_owned(),
            since: of("date_of_birth"),
            others: vec![of("state"), of("soc_sec_id")],
            ..Thing::default()
        });
        set.labels.push(number);
    }
    set
}

/// A third of the records are told a second time, some of these a third: with slips of the pen, words in another
/// order, without accents, abbreviated, cells left out, dates moved.
fn damaged(name: &'static str, things: Vec<Thing>, seed: u64) -> Labelled {
    let mut chance = Chance::new(seed);
    let mut told: Vec<(Thing, usize)> = Vec::new();
    for (label, thing) in things.into_iter().filter(|thing| !thing.name.is_empty()).enumerate() {
        let times = usize::from(chance.happens(33)) + usize::from(chance.happens(7));
        for _ in 0..times {
            told.push((damage(&thing, &mut chance), label));
        }
        told.push((thing, label));
    }
    // In an order that tells nothing.
    for at in (1..told.len()).rev() {
        told.swap(at, chance.below(at + 1));
    }
    let (things, labels) = told.into_iter().unzip();
    Labelled { name, things, labels }
}

fn damage(thing: &Thing, chance: &mut Chance) -> Thing {
    let mut told = thing.clone();
    if chance.happens(25) {
        let mut words: Vec<&str> = told.name.split(' ').collect();
        let (one, other) = (chance.below(words.len()), chance.below(words.len()));
        words.swap(one, other);
        told.name = words.join(" ");
    }
    if chance.happens(15) {
        let mut words: Vec<String> = told.name.split(' ').map(str::to_owned).collect();
        let at = chance.below(words.len());
        if let Some(word) = words.get_mut(at).filter(|word| word.chars().count() > 5) {
            *word = word.chars().take(4).collect::<String>() + ".";
        }
        told.name = words.join(" ");
    }
    if chance.happens(12) && told.name.split(' ').count() > 2 {
        let mut words: Vec<&str> = told.name.split(' ').collect();
        words.remove(chance.below(words.len()));
        told.name = words.join(" ");
    }
    if chance.happens(60) {
        told.name = slip(&told.name, chance);
    }
    if chance.happens(25) {
        told.name = slip(&told.name, chance);
    }
    if chance.happens(30) {
        told.name = fold(&told.name);
        told.locality = fold(&told.locality);
    }
    if chance.happens(20) {
        told.locality = slip(&told.locality, chance);
    }
    if chance.happens(20) {
        told.street = slip(&told.street, chance);
    }
    for cell in [&mut told.locality, &mut told.postal_code, &mut told.street, &mut told.url] {
        if chance.happens(15) {
            cell.clear();
        }
    }
    if chance.happens(15) {
        told.others = vec![String::new()];
    }
    if chance.happens(10) {
        told.day = None;
        told.time = None;
    }
    if chance.happens(4) {
        // Day and month change places.
        told.day = told.day.and_then(|day| {
            let (year, month, day) = day.parts();
            c3ms_core::base::Date::new(year, day, month)
        });
    }
    if chance.happens(2) {
        told.day = told.day.map(|day| day.plus_days(1));
    }
    told
}

/// A letter too many, too few, another, or two in the wrong order.
fn slip(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 4 {
        return text.to_owned();
    }
    let at = 1 + chance.below(letters.len() - 2);
    let other = *chance.of(&['a', 'e', 'i', 'l', 'n', 'o', 'r', 's', 't', 'u']);
    match chance.below(4) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, other),
        _ => letters.splice(at..=at, [other]).for_each(drop),
    }
    letters.into_iter().collect()
}
