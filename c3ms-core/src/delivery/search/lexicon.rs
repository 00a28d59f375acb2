//! The words of all records: who has them, and which words a word that is asked for stands for.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{Tongue, distance, mask, tolerance};

/// How much a word counts that stands for the one asked for, in sixteenths.
const EXACT: u32 = 16;
const STEM: u32 = 13;
const BEGINS: u32 = 10;
const TYPED: [u32; 2] = [7, 4];

/// The most words that one that is not complete, or badly typed, stands for; the most frequent ones.
const MOST_BEGUN: usize = 128;
const MOST_TYPED: usize = 32;

/// BM25's two parameters, and the length of a record that is neither short nor long: a constant rather than the mean,
/// so that what a record weighs does not depend on the others.
pub(super) const SATURATION: f64 = 1.2;
pub(super) const LENGTH: f64 = 0.75;
pub(super) const USUAL: f64 = 60.0;

/// A word in a title counts as often as this.
pub(super) const TITLE: f64 = 3.0;

/// A word: its letters, and who has it with what weight; both lists in the order of the slots.
#[derive(Debug, Default)]
struct Term {
    surface: Box<str>,
    slots: Vec<u32>,
    impacts: Vec<u8>,
}

/// The words of all records.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    by_surface: BTreeMap<Box<str>, u32>,
    by_stem: BTreeMap<Box<str>, BTreeSet<u32>>,
    /// By their number of letters: which letters they have, and which word it is.
    by_length: BTreeMap<usize, Vec<(u32, u32)>>,
    terms: Vec<Term>,
}

/// How often a word stands in a record.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Frequency {
    pub(super) title: u32,
    pub(super) body: u32,
}

/// What a word that stands in a record so often weighs there, out of 255.
pub(super) fn impact(frequency: Frequency, words: usize) -> u8 {
    let often = TITLE * f64::from(frequency.title) + f64::from(frequency.body);
    let length = f64::from(u32::try_from(words).unwrap_or(u32::MAX));
    let weight = often / (often + SATURATION * (1.0 - LENGTH + LENGTH * length / USUAL));
    let scaled = (weight * 255.0).round().clamp(1.0, 255.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 1 to 255")]
    let impact = scaled as u8;
    impact
}

impl Lexicon {
    /// The number of a word, which it gets where it has none.
    pub(super) fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.by_surface.get(word) {
            return *number;
        }
        let number = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
        self.terms.push(Term { surface: word.into(), ..Term::default() });
        self.by_surface.insert(word.into(), number);
        self.by_length.entry(word.chars().count()).or_default().push((mask(word), number));
        // In every language: which one a text is in is not always known, and never that of what is asked for.
        for tongue in Tongue::ALL {
            self.by_stem.entry(tongue.stem(word).into()).or_default().insert(number);
        }
        number
    }

    /// Says that a record has a word.
    pub(super) fn add(&mut self, term: u32, slot: u32, impact: u8) {
        let Some(term) = self.terms.get_mut(term as usize) else { return };
        let place = match term.slots.last() {
            Some(last) if *last >= slot => term.slots.partition_point(|known| *known < slot),
            Some(_) | None => term.slots.len(),
        };
        term.slots.insert(place, slot);
        term.impacts.insert(place, impact);
    }

    /// Says that a record has a word no more.
    pub(super) fn remove(&mut self, term: u32, slot: u32) {
        let Some(term) = self.terms.get_mut(term as usize) else { return };
        if let Ok(place) = term.slots.binary_search(&slot) {
            term.slots.remove(place);
            term.impacts.remove(place);
        }
    }

    /// Those who have a word, and what it weighs there.
    pub(super) fn postings(&self, term: u32) -> impl Iterator<Item = (u32, u8)> {
        let term = self.terms.get(term as usize);
        let lists = term.map(|term| (term.slots.as_slice(), term.impacts.as_slice())).unwrap_or_default();
        lists.0.iter().copied().zip(lists.1.iter().copied())
    }

    /// How many have a word.
    pub(super) fn count(&self, term: u32) -> usize {
        self.terms.get(term as usize).map_or(0, |term| term.slots.len())
    }

    /// The words that the one asked for stands for, each with how much it counts: itself, its other forms, those
    /// it begins where it is the last; where nobody has any of these, those it may have been meant for.
    pub(super) fn expand(&self, word: &str, is_last: bool) -> Vec<(u32, u32)> {
        let mut found: BTreeMap<u32, u32> = BTreeMap::new();
        let mut keep = |term: u32, factor: u32| {
            if self.count(term) > 0 {
                let known = found.entry(term).or_default();
                *known = factor.max(*known);
            }
        };
        if let Some(term) = self.by_surface.get(word) {
            keep(*term, EXACT);
        }
        for tongue in Tongue::ALL {
            let forms = self.by_stem.get(tongue.stem(word).as_str());
            forms.into_iter().flatten().for_each(|term| keep(*term, STEM));
        }
        if is_last && word.len() > 1 {
            let begun = self
                .by_surface
                .range::<str, _>((std::ops::Bound::Included(word), std::ops::Bound::Unbounded));
            let begun =
                begun.take_while(|(surface, _)| surface.starts_with(word)).map(|(_, term)| (0, *term));
            for (_, term) in self.most_frequent(begun.collect(), MOST_BEGUN) {
                keep(term, BEGINS);
            }
        }
        if found.is_empty() {
            for (errors, term) in self.most_frequent(self.typed(word), MOST_TYPED) {
                found.insert(term, TYPED.get(errors.saturating_sub(1)).copied().unwrap_or(1));
            }
        }
        found.into_iter().collect()
    }

    /// The words within the errors of typing a word may have, with how many.
    fn typed(&self, word: &str) -> Vec<(usize, u32)> {
        let letters: Vec<char> = word.chars().collect();
        let most = tolerance(letters.len());
        if most == 0 {
            return Vec::new();
        }
        let (own, bits) = (mask(word), u32::try_from(2 * most).unwrap_or(0));
        let near = self.by_length.range(letters.len() - most..=letters.len() + most);
        let near = near.flat_map(|(_, words)| words).filter(|(other, _)| (own ^ other).count_ones() <= bits);
        let near = near.filter_map(|(_, term)| {
            let other: Vec<char> = self.terms.get(*term as usize)?.surface.chars().collect();
            Some((distance(&letters, &other, most)?, *term))
        });
        near.collect()
    }

    /// Of words those with the fewest errors, then those that most records have; none that nobody has.
    fn most_frequent(&self, mut words: Vec<(usize, u32)>, most: usize) -> Vec<(usize, u32)> {
        words.retain(|(_, term)| self.count(*term) > 0);
        let surface = |term: u32| self.terms.get(term as usize).map(|term| &term.surface);
        words.sort_by(|(errors, one), (others, other)| {
            let count = |term: u32| std::cmp::Reverse(self.count(term));
            (errors, count(*one), surface(*one)).cmp(&(others, count(*other), surface(*other)))
        });
        words.truncate(most);
        words
    }

    /// Whether a factor is that of a word itself or one of its forms.
    pub(super) const fn is_form(factor: u32) -> bool {
        factor >= STEM
    }

    /// Bytes that all this takes, about.
    pub(super) fn bytes(&self) -> usize {
        let own = |term: &Term| {
            size_of::<Term>() + term.surface.len() * 2 + term.slots.capacity() * 4 + term.impacts.capacity()
        };
        // A word stands in three indexes besides.
        self.terms.iter().map(own).sum::<usize>() + self.terms.len() * 100
    }
}
