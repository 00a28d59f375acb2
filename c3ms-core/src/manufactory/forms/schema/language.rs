//! Which texts have all these patterns and none of those: is there any?

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::{END, Letters, Machine, START, Step};

/// The states a machine can be in, sorted.
type Set = Vec<usize>;
/// The states of several machines side by side.
type Product = Vec<Set>;

/// More different letters, or states, are not looked into.
const MOST_LETTERS: usize = 400;
const MOST_PRODUCTS: usize = 4000;
/// More letters are not read.
const MOST_WORK: usize = 400_000;
const LONGEST: u64 = 300;

impl Machine {
    /// Tells whether the text has the pattern.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut states = self.begin();
        for letter in text.chars() {
            states = self.read_on(&states, u32::from(letter));
        }
        self.accepts(&states)
    }

    fn begin(&self) -> Set {
        self.read_on(&self.reach([self.start]), START)
    }

    /// The states that read, or accept, reachable without reading.
    fn reach(&self, from: impl IntoIterator<Item = usize>) -> Set {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<usize> = from.into_iter().collect();
        while let Some(state) = waiting.pop() {
            if !seen.insert(state) {
                continue;
            }
            if let Some(Step::Fork(one, other)) = self.steps.get(state) {
                waiting.extend([*one, *other]);
            }
        }
        seen.into_iter().filter(|state| !matches!(self.steps.get(*state), Some(Step::Fork(..)))).collect()
    }

    fn read_on(&self, states: &[usize], letter: u32) -> Set {
        self.reach(states.iter().filter_map(|state| match self.steps.get(*state)? {
            Step::Read(letters, next) => has(letters, letter).then_some(*next),
            Step::Fork(..) | Step::Look(..) | Step::Accept => None,
        }))
    }

    fn accepts(&self, states: &[usize]) -> bool {
        self.read_on(states, END).iter().any(|state| matches!(self.steps.get(*state), Some(Step::Accept)))
    }

    /// Tells whether every text has the pattern.
    pub(super) fn is_universal(&self) -> bool {
        is_empty(&[], &[self], 0, None).0
    }
}

fn has(letters: &Letters, letter: u32) -> bool {
    letters.iter().any(|(from, to)| (*from..=*to).contains(&letter))
}

/// Shows that no text of `least` to `most` characters has every pattern of `with` and none of `without`.
///
/// `false` says only that it was not shown. The figure is the work that was done.
pub(super) fn is_empty(
    with: &[&Machine],
    without: &[&Machine],
    least: u64,
    most: Option<u64>,
) -> (bool, usize) {
    let mut work = 0;
    let empty = search(with, without, least, most, &mut work).unwrap_or(false);
    (empty, work)
}

/// As [`is_empty`]; [`None`] where it is too much work.
fn search(
    with: &[&Machine],
    without: &[&Machine],
    least: u64,
    most: Option<u64>,
    work: &mut usize,
) -> Option<bool> {
    let letters = representatives(with.iter().chain(without))?;
    let machines: Vec<&Machine> = with.iter().chain(without).copied().collect();
    let accepted = |product: &Product| {
        let mut sets = machines.iter().zip(product).map(|(machine, set)| machine.accepts(set));
        sets.by_ref().take(with.len()).all(|accepts| accepts) && !sets.any(|accepts| accepts)
    };
    let mut successors = |product: &Product| -> Option<BTreeSet<Product>> {
        *work += letters.len() * product.iter().map(|set| set.len() + 1).sum::<usize>();
        let all = letters.iter().map(|letter| {
            machines.iter().zip(product).map(|(machine, set)| machine.read_on(set, *letter)).collect()
        });
        // Where a pattern that is wanted can no longer be had, nothing follows.
        let live = all.filter(|next: &Product| next.iter().take(with.len()).all(|set| !set.is_empty()));
        (*work <= MOST_WORK).then(|| live.collect())
    };
    // The texts of `least` characters, all at once.
    let mut front: BTreeSet<Product> = BTreeSet::from([machines.iter().map(|one| one.begin()).collect()]);
    if least > LONGEST {
        return None;
    }
    let mut known: BTreeMap<Product, BTreeSet<Product>> = BTreeMap::new();
    for _ in 0..least {
        let mut next = BTreeSet::new();
        for product in front {
            if known.len() > MOST_PRODUCTS {
                return None;
            }
            if !known.contains_key(&product) {
                known.insert(product.clone(), successors(&product)?);
            }
            next.extend(known.get(&product).into_iter().flatten().cloned());
        }
        front = next;
    }
    // From there on, the shortest way to a text that is accepted.
    let mut seen: BTreeSet<Product> = BTreeSet::new();
    let mut length = least;
    while !front.is_empty() && most.is_none_or(|most| length <= most) {
        if front.iter().any(accepted) {
            return Some(false);
        }
        seen.extend(front.iter().cloned());
        if seen.len() > MOST_PRODUCTS {
            return None;
        }
        let mut next = BTreeSet::new();
        for product in &front {
            let following = match known.get(product) {
                Some(following) => following.clone(),
                None => successors(product)?,
            };
            next.extend(following.into_iter().filter(|one| !seen.contains(one)));
        }
        front = next;
        length += 1;
    }
    Some(true)
}

/// One letter for each kind of letter that no machine tells apart.
fn representatives<'a, 'b: 'a>(machines: impl Iterator<Item = &'a &'b Machine>) -> Option<Vec<u32>> {
    let mut starts = BTreeSet::from([0]);
    for machine in machines {
        for step in &machine.steps {
            if let Step::Read(letters, _) = step {
                for (from, to) in letters {
                    starts.extend([*from, to.saturating_add(1)]);
                }
            }
        }
    }
    starts.retain(|start| *start < START);
    (starts.len() <= MOST_LETTERS).then(|| starts.into_iter().collect())
}
