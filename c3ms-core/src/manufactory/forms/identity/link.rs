//! Two tables of the same kind of things: which row is which.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    block::{Blocks, Scratch},
    compare::{Agreement, DAY, NAME, PLACE, compare},
    model::{Model, Sides, probability},
    table::{Matched, Table, matched},
    thing::{Prepared, Thing},
    words::{Lexicon, real},
};
use crate::manufactory::forms::{FormsError, intake::Source};

/// A row of each of two tables that are the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Link {
    /// The row of the first table, from 0, the header not counted.
    pub a: usize,
    /// The row of the second.
    pub b: usize,
    /// The probability that both are the same thing.
    pub score: f64,
}

/// A pair is taken for the same thing from this probability on.
const LIKELY: f64 = 0.5;
/// A file in which so many rows say what another says holds several rows per thing.
const SEVERAL: f64 = 0.2;
/// Each row is compared with at most so many of the other table.
const COMPARED: usize = 40;
/// Another site of what is linked already must be this probable.
const SITE: f64 = 0.75;

/// Links the rows of two tables of the same kind of things.
///
/// Columns are matched by what their names mean and by what stands in them. Rows are compared where they share
/// something seldom, weighed by what agreement tells, and linked one to one, the most probable first. Where one
/// table plainly holds several rows per thing (a museum by year), all of them are linked to it.
///
/// # Shapes and units
/// Row numbers from 0 in the order of the files; scores are probabilities, 0 to 1. In the order of `a`, then `b`.
///
/// # Errors
/// [`FormsError::NothingToCompare`] where the tables have no column in common that names their things.
///
/// # Source
/// Fellegi and Sunter (1969), "A Theory for Record Linkage", JASA 64(328), 1183-1210.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{identity::link, intake::Source};
/// let ours = Source::read("nom;ville\nMusée de la Mine;St-Étienne\nMusée Rodin;Paris\n".as_bytes())?;
/// let theirs = Source::read("city,name\nPARIS,musee rodin\nSAINT ETIENNE,Musée de la mine\n".as_bytes())?;
/// let links = link(&ours, &theirs)?;
/// assert_eq!(links.iter().map(|link| (link.a, link.b)).collect::<Vec<_>>(), [(0, 1), (1, 0)]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn link(a: &Source, b: &Source) -> Result<Vec<Link>, FormsError> {
    let (left, right) = (Table::new(a), Table::new(b));
    let matched = matched(&left, &right)
        .ok_or(FormsError::NothingToCompare { left: a.selectors.len(), right: b.selectors.len() })?;
    let (left, right) = (Side::new(&left, true, &matched), Side::new(&right, false, &matched));
    Ok(linked(left, right))
}

/// The things of a table, those that are told alike put together.
struct Side {
    things: Vec<Prepared>,
    /// For each thing the rows that tell it.
    rows: Vec<Vec<usize>>,
    /// Several rows per thing.
    several: bool,
}

impl Side {
    fn new(table: &Table, left: bool, matched: &Matched) -> Self {
        // In the order of what they say, so that the order of rows changes nothing.
        let mut told: BTreeMap<String, (Thing, Vec<usize>)> = BTreeMap::new();
        for (thing, number) in table.things(left, matched).into_iter().zip(&table.numbers) {
            if thing == Thing::default() {
                continue;
            }
            told.entry(format!("{thing:?}")).or_insert_with(|| (thing, Vec::new())).1.push(*number);
        }
        let again = table.len() - told.len().min(table.len());
        let several = real(again) >= SEVERAL * real(table.len()) && again >= 3;
        let mut side = Self { things: Vec::new(), rows: Vec::new(), several };
        for (thing, rows) in told.into_values() {
            side.things.push(Prepared::new(&thing));
            side.rows.push(rows);
        }
        side
    }
}

fn linked(mut left: Side, mut right: Side) -> Vec<Link> {
    let mut lexicon = Lexicon::default();
    for thing in left.things.iter_mut().chain(&mut right.things) {
        thing.enter(&mut lexicon);
    }
    lexicon.weigh();
    let sides = Sides { left: &left.things, right: &right.things, same: false };
    let blocks = Blocks::new(&lexicon, sides.left);
    let mut scratch = Scratch::default();
    let mut candidates: Vec<((u32, u32), Agreement)> = Vec::new();
    for (there, thing) in (0_u32..).zip(sides.right) {
        for here in blocks.candidates(&lexicon, thing, |_| true, &mut scratch, COMPARED) {
            if let Some((one, other)) = sides.pair((here, there)) {
                candidates.push(((here, there), compare(&lexicon, one, other)));
            }
        }
    }
    let model = Model::learn(&lexicon, sides, &candidates);
    let mut pairs: Vec<Pair<'_>> = candidates
        .iter()
        .map(|(pair, agreement)| Pair {
            bits: model.bits(sides, *pair, agreement),
            numbers: *pair,
            agreement,
        })
        .collect();
    pairs.sort_by(|one, other| other.bits.total_cmp(&one.bits).then(one.numbers.cmp(&other.numbers)));
    let mut chosen = Chosen::new(&left, &right);
    for pair in &pairs {
        chosen.take(pair, 0.0);
    }
    for pair in &pairs {
        chosen.told_again(pair, sides, &lexicon);
    }
    // Among what is left the odds are others: few remain on either side.
    let (free_left, free_right) = chosen.free();
    let rest = real(free_left.min(free_right)) * 0.5 / (real(free_left) * real(free_right)).max(1.0);
    let shift = libm::log2((rest / (1.0 - rest).max(0.1)).max(1e-9)) - model.prior;
    for pair in pairs.iter().filter(|pair| matches!(pair.level(NAME), 1 | 2)) {
        chosen.take(pair, shift.max(0.0));
    }
    for pair in &pairs {
        chosen.another_site(pair, sides);
    }
    chosen.links(&left, &right)
}

/// Two things held against each other.
struct Pair<'a> {
    bits: f64,
    numbers: (u32, u32),
    agreement: &'a Agreement,
}

impl Pair<'_> {
    fn level(&self, property: usize) -> u8 {
        self.agreement.levels.get(property).copied().unwrap_or(0)
    }
}

/// Which things are linked.
struct Chosen {
    left_taken: Vec<bool>,
    many_right: bool,
    many_left: bool,
    right_taken: Vec<bool>,
    pairs: Vec<((u32, u32), f64)>,
}

impl Chosen {
    fn new(left: &Side, right: &Side) -> Self {
        Self {
            left_taken: vec![false; left.things.len()],
            right_taken: vec![false; right.things.len()],
            many_right: right.several && !left.several,
            many_left: left.several && !right.several,
            pairs: Vec::new(),
        }
    }

    fn free(&self) -> (usize, usize) {
        let free = |taken: &[bool]| taken.iter().filter(|taken| !**taken).count();
        (free(&self.left_taken), free(&self.right_taken))
    }

    /// Links a pair that is probable, where neither side is taken (or several may be).
    fn take(&mut self, pair: &Pair<'_>, shift: f64) {
        let score = probability(pair.bits + shift);
        let (here, there) = (pair.numbers.0 as usize, pair.numbers.1 as usize);
        let taken = |taken: &[bool], at: usize| taken.get(at).copied().unwrap_or(true);
        if score >= LIKELY && !taken(&self.left_taken, here) && !taken(&self.right_taken, there) {
            self.put(pair.numbers, score);
        }
    }

    /// Where a file holds several rows per thing: a row that tells a linked thing again, in other words.
    fn told_again(&mut self, pair: &Pair<'_>, sides: Sides<'_>, lexicon: &Lexicon) {
        let (here, there) = (pair.numbers.0 as usize, pair.numbers.1 as usize);
        let taken = |taken: &[bool], at: usize| taken.get(at).copied().unwrap_or(true);
        let left = taken(&self.left_taken, here);
        let right = taken(&self.right_taken, there);
        let score = probability(pair.bits);
        if score < LIKELY || !(self.many_right && left && !right || self.many_left && right && !left) {
            return;
        }
        let twins = |((mine, yours), _): &((u32, u32), f64)| {
            let (ours, theirs) = if self.many_right {
                (sides.right.get(*yours as usize), sides.right.get(there))
            } else {
                (sides.left.get(*mine as usize), sides.left.get(here))
            };
            let partner = if self.many_right { *mine == pair.numbers.0 } else { *yours == pair.numbers.1 };
            let Some((ours, theirs)) = ours.zip(theirs).filter(|_| partner) else { return false };
            let levels = compare(lexicon, ours, theirs).levels;
            let level = |property: usize| levels.get(property).copied().unwrap_or(0);
            level(NAME) <= 2 && level(PLACE) <= 4
        };
        if self.pairs.iter().any(twins) {
            self.put(pair.numbers, score);
        }
    }

    fn put(&mut self, pair: (u32, u32), score: f64) {
        let (here, there) = (pair.0 as usize, pair.1 as usize);
        if let Some(taken) = self.left_taken.get_mut(here) {
            *taken = true;
        }
        if let Some(taken) = self.right_taken.get_mut(there) {
            *taken = true;
        }
        self.pairs.push((pair, score));
    }

    /// Another site of a thing that is linked: nobody else's, of the very same name, in the same department, on no
    /// other day.
    fn another_site(&mut self, pair: &Pair<'_>, sides: Sides<'_>) {
        let (here, there) = (pair.numbers.0 as usize, pair.numbers.1 as usize);
        let free = |taken: &[bool], at: usize| !taken.get(at).copied().unwrap_or(true);
        let score = probability(pair.bits);
        let alike = pair.level(NAME) == 1 && matches!(pair.level(PLACE), 1..=4) && pair.level(DAY) == 0;
        if !alike || score < SITE || !free(&self.right_taken, there) || free(&self.left_taken, here) {
            return;
        }
        // What it is linked to has the very same name, and is elsewhere.
        let Some((one, other)) = sides.pair(pair.numbers) else { return };
        let twin = self.pairs.iter().any(|((mine, yours), _)| {
            *mine == pair.numbers.0
                && sides.right.get(*yours as usize).is_some_and(|twin| {
                    twin.name.joined == other.name.joined && twin.town != other.town && !other.town.is_empty()
                })
        });
        let namesakes = sides.left.iter().filter(|thing| thing.name.joined == one.name.joined).count();
        if twin && namesakes == 1 {
            self.put(pair.numbers, score);
        }
    }

    /// The links of the rows.
    fn links(self, left: &Side, right: &Side) -> Vec<Link> {
        let mut links = Vec::new();
        for ((here, there), score) in self.pairs {
            let Some((ours, theirs)) = left.rows.get(here as usize).zip(right.rows.get(there as usize))
            else {
                continue;
            };
            match (self.many_left, self.many_right) {
                (_, true) => {
                    let a = ours.first().copied();
                    links.extend(
                        a.into_iter().flat_map(|a| theirs.iter().map(move |b| Link { a, b: *b, score })),
                    );
                }
                (true, false) => {
                    let b = theirs.first().copied();
                    links.extend(
                        b.into_iter().flat_map(|b| ours.iter().map(move |a| Link { a: *a, b, score })),
                    );
                }
                (false, false) => {
                    links.extend(ours.iter().zip(theirs).map(|(a, b)| Link { a: *a, b: *b, score }));
                }
            }
        }
        links.sort_by_key(|link| (link.a, link.b));
        links
    }
}
