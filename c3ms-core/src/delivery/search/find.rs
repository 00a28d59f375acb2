//! A query answered: who fits, how well, in which order, and how many there are of each kind.

use std::collections::{BTreeMap, BinaryHeap};

use serde::Serialize;

use super::{
    Card, Index, Order, Query, Span,
    cursor::{Cursor, Key},
    index::{Column, months},
    lexicon::Lexicon,
    words::asked,
};
use crate::{
    base::{Date, Id},
    delivery::DeliveryError,
    manufactory::forms::Entry,
};

/// The most words of a query that are looked for.
const MOST_WORDS: usize = 32;

const DAY: i64 = 86_400;

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// How many records fit, on all pages.
    pub total: usize,
    /// Those of this page.
    pub hits: Vec<Hit>,
    /// What to ask for in `after` to get the next page; none where this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many of each kind there are on all pages; told with the first page alone.
    pub facets: Vec<Facet>,
}

/// A record that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// Its id.
    pub id: Id<Entry>,
    /// How well it fits; only to be compared with others of the same query.
    pub score: u32,
}

/// How many records there are of each value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// `genre`, `commune`, `month`, `venue` or `accessibility`.
    pub name: &'static str,
    /// The values some record has, with their number: the most frequent first, months in their order.
    pub values: Vec<(String, Count)>,
}

/// A number of records, or that it is too small to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Count {
    /// At least one, and fewer than this.
    FewerThan(usize),
    /// So many.
    Exactly(usize),
}

impl Count {
    const fn of(number: usize, least: usize) -> Self {
        if number < least { Self::FewerThan(least) } else { Self::Exactly(number) }
    }
}

impl Index {
    /// Answers a query. A facet that counts fewer than `least` says no more than that.
    ///
    /// What takes place on several days fits where one of them does. A page is found by where the one before ended and
    /// not by how many came before: it costs the same anywhere, and what is inserted meanwhile neither
    /// repeats a hit nor skips one.
    ///
    /// # Errors
    /// [`DeliveryError::QueryMalformed`] for values out of bounds and for fields that no cube has,
    /// [`DeliveryError::CursorForeign`] for the end of a page of another query.
    ///
    /// # Source
    /// Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and Beyond", 3.4 and 3.5.
    pub fn search(&self, query: &Query, today: Date, least: usize) -> Result<Found, DeliveryError> {
        query.check()?;
        let cursor = query.after.as_ref().map(|after| Cursor::read(after, query)).transpose()?;
        let today = cursor.as_ref().map_or(today, |cursor| cursor.today);
        let wanted = self.wanted(query)?;
        let mut words = asked(query.q.as_deref().unwrap_or_default());
        words.truncate(MOST_WORDS);
        let known = cursor.as_ref().map(|cursor| cursor.rarities.as_slice());
        let (scores, rarities) = self.scores(&words, known);
        let asks_words = query.q.as_ref().is_some_and(|q| !q.trim().is_empty());
        let fits = |number: u32, column: &Column| {
            column.is_there
                && (!asks_words || scores.get(number as usize).is_some_and(|score| *score > 0))
                && self.takes_place(number, column, query)
                && (!query.asks_where() || column.position().is_some_and(|position| query.reaches(position)))
        };
        let mut fitting: Vec<u32> = Vec::new();
        let rarest =
            wanted.iter().min_by_key(|any| any.iter().map(|tag| self.tags.slots(*tag).len()).sum::<usize>());
        match rarest {
            Some(any) => {
                let mut some: Vec<u32> = any.iter().flat_map(|tag| self.tags.slots(*tag)).copied().collect();
                some.sort_unstable();
                some.dedup();
                let has_all = |number: u32| {
                    wanted.len() == 1
                        || self.slot(number).is_some_and(|slot| {
                            wanted.iter().all(|any| any.iter().any(|tag| slot.tags.contains(tag)))
                        })
                };
                let some = some.into_iter().filter(|number| {
                    self.columns.get(*number as usize).is_some_and(|column| fits(*number, column))
                        && has_all(*number)
                });
                fitting.extend(some);
            }
            None => fitting.extend(
                (0..)
                    .zip(&self.columns)
                    .filter(|(number, column)| fits(*number, column))
                    .map(|(number, _)| number),
            ),
        }
        let order = query.ordered();
        let limit = query.page();
        let mut best: BinaryHeap<Keyed<'_>> = BinaryHeap::with_capacity(limit + 1);
        let mut further = 0_usize;
        for number in &fitting {
            let score = scores.get(*number as usize).copied().unwrap_or_default();
            let Some(numbers) = self.numbers(*number, score, order, query, today) else { continue };
            if cursor.as_ref().is_some_and(|cursor| numbers < cursor.key.numbers) {
                continue;
            }
            let is_full = best.len() >= limit;
            if cursor.as_ref().is_none_or(|cursor| numbers > cursor.key.numbers)
                && is_full
                && best.peek().is_none_or(|worst| numbers > worst.numbers)
            {
                further += 1;
                continue;
            }
            let Some(slot) = self.slot(*number) else { continue };
            let text = if order == Order::Title { &*slot.title } else { "" };
            let keyed = Keyed { numbers, text, id: slot.id, score };
            if cursor.as_ref().is_some_and(|cursor| !keyed.is_after(&cursor.key)) {
                continue;
            }
            further += 1;
            if !is_full {
                best.push(keyed);
            } else if best.peek().is_some_and(|worst| keyed < *worst) {
                best.pop();
                best.push(keyed);
            }
        }
        let page = best.into_sorted_vec();
        let next = page
            .last()
            .filter(|_| further > page.len())
            .map(|last| Cursor::new(query, today, rarities, last.key()).write());
        let hits = page.iter().map(|keyed| Hit { id: keyed.id, score: keyed.score }).collect();
        // Whoever turns the page has them.
        let facets = if cursor.is_some() { Vec::new() } else { self.facets(&fitting, query, least) };
        Ok(Found { total: fitting.len(), hits, next, facets })
    }

    /// The tags a record must have: of each list one.
    fn wanted(&self, query: &Query) -> Result<Vec<Vec<u32>>, DeliveryError> {
        let mut wanted = Vec::new();
        let mut want = |name: &str, values: &[String]| {
            if !values.is_empty() {
                wanted.push(values.iter().filter_map(|value| self.tags.find(name, value)).collect());
            }
        };
        want(Card::CUBE, &query.cube);
        want(Card::COMMUNE, &query.communes);
        for (field, values) in &query.fields {
            if !self.is_empty() && !self.knows(field) {
                return Err(DeliveryError::QueryMalformed {
                    parameter: field.clone(),
                    value: values.join(","),
                    expected: "a field with codes that a cube has",
                });
            }
            want(field, values);
        }
        Ok(wanted)
    }

    /// What each slot scores, and how rare each word is.
    fn scores(&self, words: &[String], known: Option<&[u32]>) -> (Vec<u32>, Vec<u32>) {
        let mut rarities = Vec::with_capacity(words.len());
        if words.is_empty() {
            return (Vec::new(), rarities);
        }
        let mut scores = vec![0_u32; self.columns.len()];
        // What the best of the words that one stands for gives: no record is told twice of the same word.
        let mut best = vec![0_u32; self.columns.len()];
        for (place, word) in words.iter().enumerate() {
            let terms = self.lexicon.expand(word, place + 1 == words.len());
            let forms = terms.iter().filter(|(_, factor)| Lexicon::is_form(*factor));
            let counted: usize = forms.map(|(term, _)| self.lexicon.count(*term)).sum();
            let all: usize = terms.iter().map(|(term, _)| self.lexicon.count(*term)).sum();
            let holders = if counted > 0 { counted } else { all };
            let told = known.and_then(|known| known.get(place).copied());
            let rarity = told.unwrap_or_else(|| rarity(self.len(), holders));
            rarities.push(rarity);
            if let [(term, factor)] = terms.as_slice() {
                for (slot, impact) in self.lexicon.postings(*term) {
                    if let Some(score) = scores.get_mut(slot as usize) {
                        *score += rarity * factor * u32::from(impact);
                    }
                }
                continue;
            }
            for (term, factor) in &terms {
                for (slot, impact) in self.lexicon.postings(*term) {
                    if let Some(best) = best.get_mut(slot as usize) {
                        *best = (*best).max(factor * u32::from(impact));
                    }
                }
            }
            for (score, best) in scores.iter_mut().zip(&mut best) {
                *score += rarity * std::mem::take(best);
            }
        }
        (scores, rarities)
    }

    fn facets(&self, fitting: &[u32], query: &Query, least: usize) -> Vec<Facet> {
        let mut facets = Vec::with_capacity(Card::FACETS.len() + 1);
        // Many are counted value by value, few record by record: the same numbers.
        let counts: BTreeMap<u32, usize> = if fitting.len() * 4 < self.columns.len() {
            let mut counts = BTreeMap::new();
            for tag in
                fitting.iter().filter_map(|number| self.slot(*number)).flat_map(|slot| slot.tags.iter())
            {
                *counts.entry(*tag).or_default() += 1;
            }
            counts
        } else {
            let mut fits = vec![0_u8; self.columns.len()];
            for number in fitting {
                if let Some(place) = fits.get_mut(*number as usize) {
                    *place = 1;
                }
            }
            let count = |tag: u32| {
                let ones = self
                    .tags
                    .slots(tag)
                    .iter()
                    .map(|number| fits.get(*number as usize).copied().unwrap_or_default());
                ones.map(usize::from).sum()
            };
            Card::FACETS
                .iter()
                .flat_map(|(_, tag)| self.tags.values(tag))
                .map(|(_, tag)| (tag, count(tag)))
                .collect()
        };
        for (name, tag) in Card::FACETS {
            let values = self.tags.values(tag).filter_map(|(value, tag)| Some((value, *counts.get(&tag)?)));
            let mut values: Vec<(&str, usize)> = values.filter(|(_, count)| *count > 0).collect();
            // Where the number is not told, nor is the order.
            values.sort_by_key(|(value, count)| {
                (std::cmp::Reverse(if *count < least { 0 } else { *count }), *value)
            });
            let values = values.into_iter().map(|(value, count)| (value.to_owned(), Count::of(count, least)));
            facets.push(Facet { name, values: values.collect() });
        }
        facets.push(self.months(fitting, query, least));
        facets
    }

    /// In each month what takes place in it, each record once.
    fn months(&self, fitting: &[u32], query: &Query, least: usize) -> Facet {
        let mut counts = vec![0_usize; 12 * 10_000];
        let mut add = |month: u16| {
            if let Some(count) = counts.get_mut(usize::from(month)) {
                *count += 1;
            }
        };
        let (from, to) =
            (query.from.map_or(i64::MIN, |from| from.days()), query.to.map_or(i64::MAX, |to| to.days()));
        let is_bound = query.from.is_some() || query.to.is_some();
        for number in fitting {
            if let Some(month) = self.columns.get(*number as usize).and_then(|column| column.month) {
                add(month);
            } else if let Some(slot) = self.slot(*number) {
                if is_bound {
                    months(&slot.spans, from, to).into_iter().for_each(&mut add);
                } else {
                    slot.months.iter().for_each(|month| add(*month));
                }
            }
        }
        let values = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
        let values = values.map(|(month, count)| {
            (format!("{:04}-{:02}", month / 12, month % 12 + 1), Count::of(count, least))
        });
        Facet { name: "month", values: values.collect() }
    }

    fn takes_place(&self, number: u32, column: &Column, query: &Query) -> bool {
        if query.from.is_none() && query.to.is_none() {
            return true;
        }
        let (from, to) =
            (query.from.map_or(i64::MIN, |from| from.days()), query.to.map_or(i64::MAX, |to| to.days()));
        if i64::from(column.last) < from || column.start == i64::MAX || column.start.div_euclid(DAY) > to {
            return false;
        }
        let is_within = |span: &Span| span.last_day() >= from && span.first_day() <= to;
        !column.is_series || self.slot(number).is_some_and(|slot| slot.spans.iter().any(is_within))
    }

    /// The numbers by which a record is ordered.
    fn numbers(&self, number: u32, score: u32, order: Order, query: &Query, today: Date) -> Option<[i64; 3]> {
        let column = self.columns.get(number as usize)?;
        let start = || {
            // When it begins for the first time within the days that are asked for; what has no date comes last.
            let Some(from) = query.from.filter(|_| column.is_series) else { return column.start };
            let spans = self.slot(number).map(|slot| slot.spans.as_slice()).unwrap_or_default();
            spans.iter().find(|span| span.last_day() >= from.days()).map_or(i64::MAX, |span| span.start)
        };
        Some(match order {
            Order::Relevance => {
                let is_past = column.start != i64::MAX && i64::from(column.last) < today.days();
                [-i64::from(score), i64::from(is_past), start()]
            }
            Order::Start => [start(), 0, 0],
            Order::Title => [0; 3],
            Order::Change => [self.slot(number).map_or(0, |slot| -slot.updated), 0, 0],
        })
    }
}

/// How much a word counts that so many of all have, in 64ths: BM25's `idf`.
fn rarity(all: usize, holders: usize) -> u32 {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let (all, holders) = (count(all), count(holders.min(all)));
    let rarity = libm::log(1.0 + (all - holders + 0.5) / (holders + 0.5)) * 64.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 1 to 1600")]
    let rarity = rarity.round().clamp(1.0, 1600.0) as u32;
    rarity
}

/// A record that fits, by what it is ordered.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Keyed<'a> {
    numbers: [i64; 3],
    text: &'a str,
    id: Id<Entry>,
    score: u32,
}

impl Keyed<'_> {
    fn is_after(&self, key: &Key) -> bool {
        (self.numbers, self.text, self.id) > (key.numbers, key.text.as_str(), key.id)
    }

    fn key(&self) -> Key {
        Key { numbers: self.numbers, text: self.text.to_owned(), id: self.id }
    }
}

impl Span {
    pub(super) const fn first_day(&self) -> i64 {
        self.start.div_euclid(DAY)
    }

    pub(super) fn last_day(&self) -> i64 {
        i64::from(self.last)
    }
}
