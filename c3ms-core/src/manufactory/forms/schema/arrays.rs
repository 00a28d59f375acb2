//! Contradictions about arrays.

use super::{
    prove::Prover,
    rule::NodeId,
    state::{Arrays, Fact, Oracle as _, State},
};

/// Positions told apart one by one; those behind are alike.
const MOST_POSITIONS: usize = 2000;

impl<'a> Prover<'a> {
    pub(super) fn no_array(&mut self, state: &State<'a>) -> bool {
        let arrays = &state.arrays;
        if arrays.unique && arrays.repeated {
            return true;
        }
        let alike = arrays.alike_from();
        if alike > MOST_POSITIONS {
            return false;
        }
        let mut most = arrays.most;
        for position in 0..=alike {
            let at = u64::try_from(position).unwrap_or(u64::MAX);
            if most.is_some_and(|most| most <= at) {
                break;
            }
            if !self.step() {
                return false;
            }
            let facts = arrays.at(position);
            if !facts.is_empty() && self.is_empty_part(&facts) {
                most = Some(at);
            }
        }
        if most.is_some_and(|most| most < arrays.least) {
            return true;
        }
        if most == Some(0) && state.refuses(self.schemas, &serde_json::json!([])) {
            return true;
        }
        let positions = Positions { arrays, alike, most };
        for (from, id, beside) in &arrays.some {
            let kin = arrays.left.iter().filter(|(other, _)| Some(*other) == *beside);
            let mut extra: Vec<Fact<'a>> = kin.map(|(_, id)| Fact::Is(*id, true)).collect();
            extra.push(Fact::Is(*id, false));
            if positions.count(self, *from, &extra) == Some(0) {
                return true;
            }
        }
        self.miscounts(&positions)
    }

    /// More items must pass something than can.
    fn miscounts(&mut self, positions: &Positions<'_, 'a>) -> bool {
        let arrays = positions.arrays;
        let mut many: Vec<(Option<NodeId>, u64)> =
            arrays.many.iter().map(|(id, count)| (Some(*id), *count)).collect();
        if arrays.least > 0 && !arrays.few.is_empty() {
            many.push((None, arrays.least));
        }
        for (id, least) in many {
            let passing: Vec<Fact<'a>> = id.map(|id| Fact::Is(id, true)).into_iter().collect();
            if id.is_some() && positions.count(self, 0, &passing).is_some_and(|count| count < least) {
                return true;
            }
            for (other, most) in &arrays.few {
                if least > *most {
                    // Each item that passes the one would pass the other.
                    let mut facts = passing.clone();
                    facts.push(Fact::Is(*other, false));
                    if positions
                        .count(self, 0, &facts)
                        .is_some_and(|count| least.saturating_sub(count) > *most)
                    {
                        return true;
                    }
                }
            }
        }
        arrays.unique && self.too_few_different(positions)
    }

    /// All items must differ, and there are not enough different ones.
    fn too_few_different(&mut self, positions: &Positions<'_, 'a>) -> bool {
        let arrays = positions.arrays;
        if positions.alike > 0 || arrays.least < 2 {
            return false;
        }
        let mut state = State::new(&arrays.at(0));
        if !state.unfold(self) {
            return false;
        }
        let different = state.values.map(|values| {
            values
                .iter()
                .map(|value| super::rule::exact(value))
                .collect::<std::collections::BTreeSet<_>>()
                .len()
        });
        different.is_some_and(|different| u64::try_from(different).unwrap_or(u64::MAX) < arrays.least)
    }
}

/// The positions an array can have.
struct Positions<'s, 'a> {
    arrays: &'s Arrays<'a>,
    alike: usize,
    most: Option<u64>,
}

impl<'a> Positions<'_, 'a> {
    /// How many items, from a position on, can be what is supposed; [`None`] where any number.
    fn count(&self, prover: &mut Prover<'a>, from: usize, extra: &[Fact<'a>]) -> Option<u64> {
        let mut count = 0;
        for position in from..=self.alike.max(from) {
            let at = u64::try_from(position).unwrap_or(u64::MAX);
            if self.most.is_some_and(|most| most <= at) {
                break;
            }
            if !prover.step() {
                return None;
            }
            let mut facts = self.arrays.at(position);
            facts.extend_from_slice(extra);
            if !prover.is_empty_part(&facts) {
                let behind = self.most.map(|most| most - at);
                count += if position >= self.alike { behind? } else { 1 };
            }
        }
        Some(count)
    }
}

impl<'a> Arrays<'a> {
    /// The position from which all items are asked the same.
    fn alike_from(&self) -> usize {
        let prefixes = self.prefixes.iter().map(|list| list.len());
        let items = self.items.iter().map(|(from, _)| *from);
        let refused = self.not_items.keys().map(|index| index + 1);
        let some = self.some.iter().map(|(from, ..)| *from);
        prefixes.chain(items).chain(refused).chain(some).max().unwrap_or(0)
    }

    /// What is asked of the item at a position.
    pub(super) fn at(&self, position: usize) -> Vec<Fact<'a>> {
        let prefixes = self.prefixes.iter().filter_map(|list| list.get(position));
        let items = self.items.iter().filter(|(from, _)| *from <= position).map(|(_, id)| id);
        let mut facts: Vec<Fact<'a>> = prefixes.chain(items).map(|id| Fact::Is(*id, true)).collect();
        let refused = self.not_items.get(&position).into_iter().flatten();
        facts.extend(refused.map(|id| Fact::Is(*id, false)));
        facts
    }
}
