//! What a half-typed record is like: the hint of a duplicate while somebody still types.

use serde::Serialize;

use super::{
    block::{Blocks, Scratch, hash, keys},
    compare::{DAY, PLACE, compare},
    thing::{Prepared, Thing},
    words::Lexicon,
};

/// A thing that what is typed is like.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Hint {
    /// Its place among those the index was made of.
    pub at: usize,
    /// How much of what is typed it has, 0 to 1; less where town or day are others.
    pub score: f64,
}

/// Hints are worth showing from here on.
const WORTH: f64 = 0.45;
/// A key that more things have is not looked up.
const CROWD: usize = 2000;
/// As many are compared.
const COMPARED: usize = 60;
/// As many words may end what is typed.
const ENDINGS: usize = 12;

/// Things, ready to be asked what a half-typed record is like.
///
/// # Examples
/// ```
/// use c3ms_core::forms::identity::{Index, Thing};
/// let named = |name: &str, town: &str| Thing { name: name.into(), locality: town.into(), ..Thing::default() };
/// let index = Index::new(&[named("Théâtre du Rempart", "Briançon"), named("Théâtre de la Mer", "Sète")]);
/// let hints = index.like(&named("theatre remp", ""), 5);
/// assert_eq!(hints[0].at, 0);
/// assert!(hints[0].score > 0.8);
/// ```
#[derive(Debug)]
pub struct Index {
    lexicon: Lexicon,
    blocks: Blocks,
    things: Vec<Prepared>,
}

impl Index {
    /// Prepares the things.
    #[must_use]
    pub fn new(things: &[Thing]) -> Self {
        let mut lexicon = Lexicon::default();
        let mut things: Vec<Prepared> = things.iter().map(Prepared::new).collect();
        for thing in &mut things {
            thing.enter(&mut lexicon);
        }
        lexicon.weigh();
        let blocks = Blocks::new(&lexicon, &things);
        Self { lexicon, blocks, things }
    }

    /// The things that what is typed is like, the likest first, at most `most`; the last word may be unfinished.
    ///
    /// # Shapes and units
    /// Asking costs what the things that share a seldom word cost, not the size of the index.
    #[must_use]
    pub fn like(&self, typed: &Thing, most: usize) -> Vec<Hint> {
        let mut asked = Prepared::new(typed);
        asked.name = self.lexicon.asked(&asked.words);
        let mut wanted = keys(&self.lexicon, &asked);
        if let Some(last) = asked.words.last() {
            let endings = self.lexicon.beginning(last, ENDINGS).into_iter().filter(|word| word != last);
            wanted.extend(endings.map(|word| (hash(1, &[word]), 3.0)));
        }
        let mut scratch = Scratch::default();
        let near = self.blocks.best(&wanted, |_| true, &mut scratch, (CROWD, COMPARED));
        let mut hints: Vec<Hint> = near
            .into_iter()
            .filter_map(|number| {
                let thing = self.things.get(number as usize)?;
                let covered = self.lexicon.covered(&asked.name, &asked.words, &thing.name, &thing.words);
                let levels = compare(&self.lexicon, &asked, thing).levels;
                let level = |property: usize| levels.get(property).copied().unwrap_or(0);
                let place = match level(PLACE) {
                    0 => 0.97,
                    1 | 2 => 1.0,
                    3 => 0.95,
                    _ => 0.6,
                };
                let day = match level(DAY) {
                    0 => 0.97,
                    1 => 1.0,
                    2 | 3 => 0.9,
                    _ => 0.6,
                };
                Some(Hint { at: number as usize, score: covered * place * day })
            })
            .filter(|hint| hint.score >= WORTH)
            .collect();
        hints.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.at.cmp(&other.at)));
        hints.truncate(most);
        hints
    }
}
