//! What agreement is worth: the model of Fellegi and Sunter, learnt without labels.

use std::collections::BTreeMap;

use super::{
    compare::{
        Agreement, CODE, DAY, EMAIL, EXPECTED, LEVELS, NAME, PHONE, PLACE, PROPERTIES, SINCE, STREET, URL,
        compare, host,
    },
    thing::Prepared,
    words::{Lexicon, real},
};

/// Pairs drawn to learn how often things that differ agree.
const DRAWN: usize = 60_000;
/// What is expected weighs as much as this many pairs.
const EXPECTED_PAIRS: f64 = 12.0;
/// Street, page, address and telephone are those of an organizer, who has several things: together no more bits.
const CONTACT: f64 = 13.0;
/// Turns of expectation and maximization; it settles long before.
const TURNS: usize = 15;

/// How often things agree by property and level: those that are the same (m) and those that are not (u).
#[derive(Debug, Clone)]
pub(super) struct Model {
    m: Vec<[f64; LEVELS]>,
    /// The m of each level, as log2.
    bits: Vec<[f64; LEVELS]>,
    u: Vec<[f64; LEVELS]>,
    /// The share of pairs that are the same, as log2 of the odds.
    pub(super) prior: f64,
    /// How often each value stands, by property.
    counts: Vec<BTreeMap<String, usize>>,
    things: usize,
}

/// What two sets of things are that are held against each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) left: &'a [Prepared],
    /// The same as `left` where a set is held against itself.
    pub(super) right: &'a [Prepared],
    /// A set held against itself.
    pub(super) same: bool,
}

impl Sides<'_> {
    pub(super) fn pair(&self, pair: (u32, u32)) -> Option<(&Prepared, &Prepared)> {
        self.left.get(pair.0 as usize).zip(self.right.get(pair.1 as usize))
    }

    fn pairs(&self) -> f64 {
        let all = real(self.left.len()) * real(self.right.len());
        if self.same { (all - real(self.left.len())) / 2.0 } else { all }
    }
}

impl Model {
    /// Learns from two sets of things: u from pairs drawn evenly, m by expectation and maximization over the
    /// candidates, beginning from what is expected.
    ///
    /// # Source
    /// Fellegi and Sunter (1969), JASA 64(328), 1183-1210; Winkler (1988), "Using the EM Algorithm for Weight
    /// Computation in the Fellegi-Sunter Model of Record Linkage".
    pub(super) fn learn(lexicon: &Lexicon, sides: Sides<'_>, candidates: &[((u32, u32), Agreement)]) -> Self {
        let others = sides.left.first().map_or(0, |thing| thing.others.len());
        let properties = PROPERTIES + others;
        let expected = |property: usize| {
            EXPECTED.get(property.min(PROPERTIES)).copied().unwrap_or([1.0 / real(LEVELS); LEVELS])
        };
        let mut model = Self {
            m: (0..properties).map(expected).collect(),
            bits: Vec::new(),
            u: drawn(lexicon, sides, properties),
            prior: 0.0,
            counts: counted(sides, properties),
            things: if sides.same { sides.left.len() } else { sides.left.len() + sides.right.len() },
        };
        let most = real(if sides.same { sides.left.len() } else { sides.left.len().min(sides.right.len()) });
        let pairs = sides.pairs().max(1.0);
        let mut share = (0.5 * most / pairs).clamp(1e-9, 0.5);
        let known: Vec<f64> = candidates
            .iter()
            .filter_map(|(pair, agreement)| {
                sides.pair(*pair).map(|(one, other)| model.chances(one, other, agreement))
            })
            .flatten()
            .collect();
        model.settle();
        for _ in 0..TURNS {
            model.prior = libm::log2(share / (1.0 - share));
            let mut sums: Vec<[f64; LEVELS]> = (0..properties)
                .map(|property| expected(property).map(|part| part * EXPECTED_PAIRS))
                .collect();
            let mut matches = 0.0;
            for ((_, agreement), chances) in candidates.iter().zip(known.chunks(properties.max(1))) {
                let probability = probability(model.summed(&agreement.levels, chances));
                matches += probability;
                for (sum, level) in sums.iter_mut().zip(&agreement.levels) {
                    if let Some(part) = sum.get_mut(usize::from(*level)).filter(|_| *level > 0) {
                        *part += probability;
                    }
                }
            }
            share = (matches.min(most) / pairs).clamp(1e-9, 0.5);
            for (m, sum) in model.m.iter_mut().zip(&sums) {
                let total: f64 = sum.iter().sum();
                for (part, sum) in m.iter_mut().zip(sum) {
                    *part = (sum / total.max(1e-9)).max(1e-4);
                }
            }
            model.settle();
        }
        model
    }

    /// Takes the logarithms of what was learnt once, not once a pair.
    fn settle(&mut self) {
        let log = |levels: &[f64; LEVELS]| levels.map(|m| libm::log2(m.max(1e-4)));
        self.bits = self.m.iter().map(log).collect();
    }

    /// The match weight of a pair with the prior in it: log2 of the odds that both are the same thing.
    pub(super) fn bits(&self, sides: Sides<'_>, pair: (u32, u32), agreement: &Agreement) -> f64 {
        let Some((one, other)) = sides.pair(pair) else { return f64::NEG_INFINITY };
        self.between(one, other, agreement)
    }

    /// As [`Model::bits`], for things that may be in no set.
    pub(super) fn between(&self, one: &Prepared, other: &Prepared, agreement: &Agreement) -> f64 {
        self.summed(&agreement.levels, &self.chances(one, other, agreement))
    }

    fn chances(&self, one: &Prepared, other: &Prepared, agreement: &Agreement) -> Vec<f64> {
        let levels = agreement.levels.iter().enumerate();
        let chance = |(property, level): (usize, &u8)| {
            if *level == 0 { 0.0 } else { self.by_chance(property, *level, one, other, agreement) }
        };
        levels.map(chance).collect()
    }

    /// What one property tells, in bits.
    pub(super) fn weight(
        &self,
        property: usize,
        level: u8,
        one: &Prepared,
        other: &Prepared,
        agreement: &Agreement,
    ) -> f64 {
        if level == 0 {
            return 0.0;
        }
        self.weighed(property, level, self.by_chance(property, level, one, other, agreement))
    }

    /// The bits of a level whose chance among strangers is known.
    fn weighed(&self, property: usize, level: u8, by_chance: f64) -> f64 {
        let told = self.bits.get(property).and_then(|levels| levels.get(usize::from(level)));
        let bits = told.copied().unwrap_or(0.0) - by_chance;
        if property >= PROPERTIES {
            bits.clamp(-3.0, 9.0)
        } else if property == NAME {
            bits.clamp(-12.0, 22.0)
        } else {
            bits.clamp(-9.0, 14.0)
        }
    }

    /// How often strangers agree like this, as log2; it does not change while m is learnt.
    fn by_chance(
        &self,
        property: usize,
        level: u8,
        one: &Prepared,
        other: &Prepared,
        agreement: &Agreement,
    ) -> f64 {
        let known = self.u.get(property).and_then(|levels| levels.get(usize::from(level))).copied();
        let mut u = known.unwrap_or(1.0);
        let chance = |text: &str| self.chance(property, text);
        // Term frequencies: to agree on what many have tells less (Winkler 1989).
        match (property, level) {
            (NAME, 1) => u = chance(&one.name.joined).min(by_words(agreement)),
            (NAME, 2..=4) => u = by_words(agreement),
            (PLACE, 2) if one.town == other.town && !one.town.is_empty() => u = chance(&one.town),
            (PLACE | DAY, _) => {}
            (_, 1) => {
                let told = value(property, one);
                if !told.is_empty() {
                    u = chance(told).max(if property >= PROPERTIES { u / 4.0 } else { 0.0 });
                }
            }
            _ => {}
        }
        libm::log2(u.clamp(1e-7, 1.0))
    }

    /// The match weight of levels whose chances are known.
    fn summed(&self, levels: &[u8], chances: &[f64]) -> f64 {
        let (mut sum, mut contact) = (self.prior, 0.0);
        for (property, (level, by_chance)) in levels.iter().zip(chances).enumerate() {
            if *level == 0 {
                continue;
            }
            let bits = self.weighed(property, *level, *by_chance);
            if matches!(property, STREET | URL | EMAIL | PHONE) && bits > 0.0 {
                contact += bits;
            } else {
                sum += bits;
            }
        }
        sum + f64::min(contact, CONTACT)
    }

    /// How often a thing has this value of a property.
    fn chance(&self, property: usize, text: &str) -> f64 {
        let count = self.counts.get(property).and_then(|counts| counts.get(text)).copied().unwrap_or(0);
        (real(count.max(1)) / real(self.things.max(50))).min(1.0)
    }
}

/// How often names share by chance what these two share: less often the more it tells. Words of a name come
/// together more often than by chance, hence the seven tenths.
fn by_words(agreement: &Agreement) -> f64 {
    libm::exp2(-0.7 * agreement.name.shared)
}

/// The odds as a probability.
pub(super) fn probability(bits: f64) -> f64 {
    if bits > 60.0 {
        return 1.0;
    }
    let odds = libm::exp2(bits.max(-60.0));
    odds / (1.0 + odds)
}

/// The value that term frequencies are counted of.
fn value(property: usize, thing: &Prepared) -> &str {
    match property {
        NAME => &thing.name.joined,
        PLACE => &thing.town,
        STREET => &thing.street,
        URL => host(&thing.url),
        EMAIL => &thing.email,
        PHONE => &thing.phone,
        CODE => thing.codes.first().map_or("", |(_, code)| code),
        SINCE => &thing.since,
        DAY => "",
        other => thing.others.get(other - PROPERTIES).map_or("", |(text, _)| text),
    }
}

fn counted(sides: Sides<'_>, properties: usize) -> Vec<BTreeMap<String, usize>> {
    let right: &[Prepared] = if sides.same { &[] } else { sides.right };
    (0..properties)
        .map(|property| {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for thing in sides.left.iter().chain(right) {
                let told = value(property, thing);
                if !told.is_empty() {
                    *counts.entry(told.to_owned()).or_insert(0) += 1;
                }
            }
            // A thing in both files is one thing.
            if !sides.same {
                for count in counts.values_mut() {
                    *count = count.div_ceil(2) * 2;
                }
            }
            counts
        })
        .collect()
}

/// How often pairs drawn evenly agree: nearly all of them are not the same thing.
fn drawn(lexicon: &Lexicon, sides: Sides<'_>, properties: usize) -> Vec<[f64; LEVELS]> {
    let (left, right) = (sides.left.len(), sides.right.len());
    // In a set of a few things the pairs drawn are no measure: as if two dozen of strangers had been drawn too.
    let mut sums: Vec<[f64; LEVELS]> = (0..properties)
        .map(|property| {
            let mut sum = [0.3; LEVELS];
            if let Some(last) = sum.get_mut(levels(property)) {
                *last = 24.0;
            }
            sum
        })
        .collect();
    let steps = (DRAWN / left.max(1)).clamp(1, right.max(1));
    let stride = (right / steps).max(1);
    for (at, one) in sides.left.iter().enumerate().take(DRAWN) {
        for step in 0..steps {
            let there = (at * 7919 + step * stride + 1) % right.max(1);
            if sides.same && there == at {
                continue;
            }
            let Some(other) = sides.right.get(there) else { continue };
            let agreement = compare(lexicon, one, other);
            for (sum, level) in sums.iter_mut().zip(&agreement.levels) {
                if let Some(part) = sum.get_mut(usize::from(*level)).filter(|_| *level > 0) {
                    *part += 1.0;
                }
            }
        }
    }
    for (property, sum) in sums.iter_mut().enumerate() {
        let total: f64 = sum.iter().skip(1).take(levels(property)).sum();
        for part in sum.iter_mut() {
            *part = (*part / total).max(1e-6);
        }
    }
    sums
}

/// How many levels a property has besides the first.
const fn levels(property: usize) -> usize {
    match property {
        PLACE => 6,
        NAME | DAY => 5,
        _ => 3,
    }
}
