//! Which pairs are worth comparing: those that share something seldom.

use compact_str::ToCompactString;

use super::{thing::Prepared, words::Lexicon};

/// A key that more things have than this says too little to compare them all.
const CROWD: usize = 120;
/// Things by their keys.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Key and thing, in order.
    postings: Vec<(u64, u32)>,
    length: usize,
}

/// What is kept from one question to the next, so that nothing is made anew.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    weights: Vec<f32>,
    touched: Vec<u32>,
}

impl Blocks {
    pub(super) fn new(lexicon: &Lexicon, things: &[Prepared]) -> Self {
        let mut postings = Vec::new();
        for (number, thing) in things.iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            for (key, _) in keys(lexicon, thing) {
                postings.push((key, number));
            }
        }
        postings.sort_unstable();
        postings.dedup();
        Self { postings, length: things.len() }
    }

    /// The things that share most with this one, best first, the earlier first where equal.
    pub(super) fn candidates(
        &self,
        lexicon: &Lexicon,
        thing: &Prepared,
        keep: impl Fn(u32) -> bool,
        scratch: &mut Scratch,
        most: usize,
    ) -> Vec<u32> {
        self.best(&keys(lexicon, thing), keep, scratch, (CROWD, most))
    }

    pub(super) fn best(
        &self,
        keys: &[(u64, f32)],
        keep: impl Fn(u32) -> bool,
        scratch: &mut Scratch,
        (crowd, most): (usize, usize),
    ) -> Vec<u32> {
        scratch.weights.resize(self.length, 0.0);
        for (key, weight) in keys {
            let from = self.postings.partition_point(|(other, _)| other < key);
            let tail = self.postings.get(from..).unwrap_or_default();
            if tail.get(crowd).is_some_and(|(other, _)| other == key) {
                continue;
            }
            for (_, number) in tail.iter().take_while(|(other, _)| other == key) {
                if let Some(sum) = scratch.weights.get_mut(*number as usize).filter(|_| keep(*number)) {
                    if *sum == 0.0 {
                        scratch.touched.push(*number);
                    }
                    *sum += weight;
                }
            }
        }
        let weight = |number: &u32| scratch.weights.get(*number as usize).copied().unwrap_or(0.0);
        let mut found = scratch.touched.clone();
        let order = |one: &u32, other: &u32| weight(other).total_cmp(&weight(one)).then(one.cmp(other));
        if found.len() > most {
            found.select_nth_unstable_by(most - 1, order);
            found.truncate(most);
        }
        found.sort_unstable_by(order);
        for number in scratch.touched.drain(..) {
            if let Some(sum) = scratch.weights.get_mut(number as usize) {
                *sum = 0.0;
            }
        }
        found
    }
}

/// The keys of a thing, each with what sharing it tells.
pub(super) fn keys(lexicon: &Lexicon, thing: &Prepared) -> Vec<(u64, f32)> {
    let mut keys = Vec::with_capacity(32);
    let department = thing.departments.first().map_or("", String::as_str);
    let towns = thing.towns.iter().map(String::as_str);
    for (at, word) in thing.words.iter().map(String::as_str).chain(towns).enumerate() {
        let number = thing.name.words.get(at).copied();
        let bits = number.map_or(2.0, |number| lexicon.bits(number));
        keys.push((hash(1, &[word]), narrow(bits)));
        if number.is_some() {
            if !thing.town.is_empty() {
                keys.push((hash(2, &[word, &thing.town]), narrow(bits + 2.0)));
            }
            if !department.is_empty() {
                keys.push((hash(3, &[word, department]), narrow(bits + 1.0)));
            }
            if let Some(day) = thing.day {
                keys.push((hash(4, &[word, &day.to_compact_string()]), narrow(bits + 2.0)));
            }
        }
    }
    if !thing.name.joined.is_empty() {
        keys.push((hash(5, &[&thing.name.joined]), 6.0));
        keys.push((hash(6, &[&thing.name.joined, &thing.town]), 8.0));
    }
    let beginning: String = thing.run.chars().take(5).collect();
    for run in seldom(&thing.name.runs) {
        keys.push((hash(7, &[&run.to_compact_string()]), 1.5));
        keys.push((
            hash(
                8,
                &[&run.to_compact_string(), if department.is_empty() { &thing.town } else { department }],
            ),
            1.5,
        ));
    }
    if !thing.town.is_empty() {
        keys.push((hash(9, &[&thing.town]), 1.0));
        keys.push((hash(10, &[&thing.town, &beginning]), 2.0));
    }
    for (tag, text) in
        [(11, &thing.url), (12, &thing.email), (13, &thing.phone), (14, &thing.insee), (15, &thing.postal)]
    {
        if !text.is_empty() {
            keys.push((hash(tag, &[text]), if tag < 14 { 8.0 } else { 1.0 }));
        }
    }
    if !thing.street.is_empty() {
        keys.push((hash(16, &[&thing.street]), 4.0));
    }
    if !thing.since.is_empty() {
        keys.push((hash(22, &[&thing.since]), 4.0));
    }
    // Numbers, not kinds of things, which a crowd shares.
    for (at, (text, _)) in (0_u8..).zip(&thing.others) {
        if text.len() > 3 && text.bytes().any(|letter| letter.is_ascii_digit()) {
            keys.push((hash(23 + at.min(99), &[text]), 6.0));
        }
    }
    for (register, code) in &thing.codes {
        keys.push((hash(17, &[register, code]), 12.0));
    }
    if let Some(day) = thing.day {
        keys.push((hash(18, &[&day.to_compact_string()]), 1.0));
        keys.push((hash(19, &[&day.to_compact_string(), &thing.town]), 3.0));
    }
    if let Some(position) = thing.position {
        // Two grids, the second moved by half a cell: whoever is near shares a cell of one of them.
        for (tag, moved) in [(20, 0.0), (21, 0.5)] {
            let cell = |degrees: f64| libm::floor(degrees * 50.0 + moved).to_compact_string();
            keys.push((hash(tag, &[&cell(position.latitude()), &cell(position.longitude())]), 2.0));
        }
    }
    keys
}

/// A few of many trigrams: those with the smallest hash, so that two names that share most share some of them.
fn seldom(runs: &[u64]) -> Vec<u64> {
    let mut mixed: Vec<(u64, u64)> =
        runs.iter().map(|run| (hash(0, &[&run.to_compact_string()]), *run)).collect();
    mixed.sort_unstable();
    mixed.into_iter().take(6).map(|(_, run)| run).collect()
}

/// FNV-1a over a tag and texts.
pub(super) fn hash(tag: u8, parts: &[&str]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(tag);
    let mut mix = |byte: u8| {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    };
    mix(tag);
    for part in parts {
        part.bytes().for_each(&mut mix);
        mix(0xff);
    }
    sum
}

/// What a key tells needs no more digits.
#[expect(clippy::cast_possible_truncation, reason = "a weight of a few bits")]
fn narrow(bits: f64) -> f32 {
    bits as f32
}
