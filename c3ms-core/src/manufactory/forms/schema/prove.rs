//! Shows that no value can be what is supposed, by trying all cases; where it cannot be shown, there may be one.
//!
//! Everything here errs to one side: a set of facts is called empty only where each case contradicts itself. What is
//! not understood, or would take too long, is left out of the facts, which only makes them harder to refute.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{
    compile::Schemas,
    rule::{NodeId, Test, Types},
    state::{Fact, Oracle, Origin, State},
};

/// Parts of parts and cases of cases are followed this far, together.
const DEEPEST: usize = 90;

/// Facts as a set of classes: what a part of a value is supposed to be.
type Key = Vec<(usize, bool)>;

/// Looks for contradictions in facts about values of two documents.
pub(super) struct Prover<'a> {
    pub(super) schemas: &'a Schemas,
    /// What may still be done.
    steps: usize,
    /// What is settled about sets of facts.
    settled: BTreeMap<Key, bool>,
    /// Settled as empty where what is being asked above proves empty too.
    provisional: Vec<(Key, usize)>,
    /// What is being asked, from the whole to the part; with the level of the part.
    asked: Vec<(Key, usize)>,
    level: usize,
    /// The first of what is asked that the present answer leans on.
    leans_on: usize,
    slips: BTreeMap<Key, bool>,
    case_depth: usize,
}

impl<'a> Oracle<'a> for Prover<'a> {
    fn schemas(&self) -> &'a Schemas {
        self.schemas
    }

    fn disjoint(&mut self, one: NodeId, other: NodeId) -> bool {
        self.is_empty(&[Fact::Is(one, true), Fact::Is(other, true)])
    }

    fn is_slip(&mut self, branches: &[NodeId]) -> bool {
        if !self.is_mixed(branches) {
            return false;
        }
        let mut key: Key = branches.iter().map(|id| (self.schemas.node(*id).class, false)).collect();
        key.sort_unstable();
        if let Some(known) = self.slips.get(&key) {
            return *known;
        }
        let facts: Vec<Fact<'a>> = branches.iter().map(|id| Fact::Is(*id, false)).collect();
        let slip = self.is_empty(&facts);
        self.slips.insert(key, slip);
        slip
    }

    fn is_mixed(&self, branches: &[NodeId]) -> bool {
        let typed = branches.iter().filter(|id| self.says_type(**id, 0)).count();
        typed > 0 && typed < branches.len()
    }

    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1 + self.schemas.work_done() / 4);
        self.steps > 0
    }
}

impl<'a> Prover<'a> {
    pub(super) fn new(schemas: &'a Schemas, steps: usize) -> Self {
        Self {
            schemas,
            steps,
            settled: BTreeMap::new(),
            provisional: Vec::new(),
            asked: Vec::new(),
            level: 0,
            leans_on: usize::MAX,
            slips: BTreeMap::new(),
            case_depth: 0,
        }
    }

    /// All that may be done was done.
    pub(super) fn is_spent(&self) -> bool {
        self.steps == 0
    }

    /// A copy to suppose more in; it costs more the more is supposed.
    fn copy(&mut self, state: &State<'a>) -> State<'a> {
        self.schemas.worked(8 + state.roots.len() + state.splits.len());
        state.clone()
    }

    fn is_too_deep(&self) -> bool {
        self.asked.len() + self.case_depth >= DEEPEST
    }

    /// Asks about a part of the value at hand.
    pub(super) fn part<T>(&mut self, ask: impl FnOnce(&mut Self) -> T) -> T {
        self.level += 1;
        let answer = ask(self);
        self.level -= 1;
        answer
    }

    /// Gives so many steps more.
    pub(super) fn refill(&mut self, steps: usize) {
        self.steps = self.steps.max(steps);
    }

    fn says_type(&self, id: NodeId, depth: usize) -> bool {
        let node = self.schemas.node(id);
        if node.rules.is_empty() || depth > 8 {
            return true;
        }
        node.rules.iter().any(|rule| match &rule.test {
            Test::Types(_) | Test::Values(_) | Test::Never | Test::Unknown(_) => true,
            Test::Ref(id) => self.says_type(*id, depth + 1),
            Test::All(list) => list.iter().any(|id| self.says_type(*id, depth + 1)),
            Test::Any(list) | Test::One(list) => list.iter().all(|id| self.says_type(*id, depth + 1)),
            _ => false,
        })
    }

    /// Shows that both schemas accept the same.
    fn equivalent(&mut self, one: NodeId, other: NodeId) -> bool {
        self.schemas.node(one).class == self.schemas.node(other).class
            || (self.is_empty(&[Fact::Is(one, true), Fact::Is(other, false)])
                && self.is_empty(&[Fact::Is(one, false), Fact::Is(other, true)]))
    }

    /// Shows that no part of the value at hand can be what the facts say.
    pub(super) fn is_empty_part(&mut self, facts: &[Fact<'a>]) -> bool {
        self.part(|prover| prover.is_empty(facts))
    }

    /// Shows that no value can be what the facts say.
    ///
    /// While it is asked about a whole, the same about a part of it may be taken as shown: if there were a value,
    /// there would be a smallest one, and its part would be smaller.
    pub(super) fn is_empty(&mut self, facts: &[Fact<'a>]) -> bool {
        let Some(key) = self.key(facts) else { return self.refute(State::new(facts)) };
        if key.windows(2).any(|pair| matches!(pair, [one, other] if one.0 == other.0)) {
            return true;
        }
        if let Some(settled) = self.settled.get(&key) {
            return *settled;
        }
        if let Some((_, leans_on)) = self.provisional.iter().rev().find(|(known, _)| *known == key) {
            self.leans_on = self.leans_on.min(*leans_on);
            return true;
        }
        if let Some(index) = self.asked.iter().position(|(asked, _)| *asked == key) {
            if self.asked.get(index).is_some_and(|(_, level)| *level < self.level) {
                self.leans_on = self.leans_on.min(index);
                return true;
            }
            return false;
        }
        if self.is_too_deep() || !self.step() {
            return false;
        }
        let (index, outer, from) = (self.asked.len(), self.leans_on, self.provisional.len());
        self.asked.push((key.clone(), self.level));
        self.leans_on = usize::MAX;
        let empty = self.refute(State::new(facts));
        self.asked.pop();
        if !empty {
            self.provisional.truncate(from);
            if !self.is_spent() {
                self.settled.insert(key, false);
            }
            self.leans_on = outer;
            return false;
        }
        if self.leans_on >= index {
            // It leans on itself at most: it is shown, and so is what leaned on it.
            let shown = self.provisional.split_off(from.min(self.provisional.len()));
            self.settled.extend(shown.into_iter().map(|(key, _)| (key, true)));
            self.settled.insert(key, true);
            self.leans_on = outer;
        } else {
            self.provisional.push((key, self.leans_on));
            self.leans_on = outer.min(self.leans_on);
        }
        true
    }

    /// Facts about schemas only, as classes.
    fn key(&self, facts: &[Fact<'a>]) -> Option<Key> {
        let class = |fact: &Fact<'a>| match fact {
            Fact::Is(id, holds) => Some((self.schemas.node(*id).class, *holds)),
            _ => None,
        };
        let classes: Option<BTreeSet<(usize, bool)>> = facts.iter().map(class).collect();
        classes.map(|classes| classes.into_iter().collect())
    }

    /// Shows that the facts contradict each other in every case.
    pub(super) fn refute(&mut self, mut state: State<'a>) -> bool {
        loop {
            if !state.unfold(self) {
                return true;
            }
            if let Some(values) = &mut state.values.take() {
                values.retain(|value| !state.refuses(self.schemas, value));
                if values.is_empty() {
                    return true;
                }
                state.types &= values.iter().fold(Types::NONE, |types, value| types | Types::of(value));
                state.values = Some(std::mem::take(values));
            }
            if self.is_impossible(&mut state) {
                return true;
            }
            if self.is_spent() || self.is_too_deep() {
                return false;
            }
            if state.splits.len() > 1 && self.one_split_suffices(&state) {
                return true;
            }
            let Some(split) = self.next_split(&mut state) else { return self.choose(&state) };
            let mut possible = Vec::new();
            for case in split.iter() {
                let mut next = self.copy(&state);
                next.suppose(case);
                if next.unfold(self) {
                    possible.push(next);
                }
            }
            self.case_depth += 1;
            if possible.len() == 1
                && let Some(only) = possible.pop()
            {
                self.case_depth -= 1;
                state = only;
                continue;
            }
            let refuted = possible.into_iter().all(|next| self.refute(next));
            self.case_depth -= 1;
            return refuted;
        }
    }

    /// Tries each split alone: often one of them is all that matters.
    fn one_split_suffices(&mut self, state: &State<'a>) -> bool {
        let mut bare = self.copy(state);
        bare.splits.clear();
        bare.choices.clear();
        state.splits.iter().any(|split| {
            if matches!(split.origin, Origin::Condition(_)) {
                return false;
            }
            split.cases.iter().all(|case| {
                let mut next = self.copy(&bare);
                next.suppose(case);
                !next.unfold(self) || self.is_impossible(&mut next)
            })
        })
    }

    /// Takes the split to make next; conditions come last, for by then it is known which of them matter.
    fn next_split(&mut self, state: &mut State<'a>) -> Option<Rc<Vec<Vec<Fact<'a>>>>> {
        loop {
            let refused = state.splits.iter().filter(|split| split.origin == Origin::Refused).count();
            let rank = |origin: Origin| match origin {
                Origin::Refused if refused == 1 => 0,
                Origin::Held => 1,
                Origin::Refused => 2,
                Origin::Condition(_) => 3,
            };
            let (index, _) = state
                .splits
                .iter()
                .enumerate()
                .min_by_key(|(_, split)| (rank(split.origin), split.cases.len()))?;
            let split = state.splits.swap_remove(index);
            let Origin::Condition(condition) = split.origin else { return Some(split.cases) };
            // Between two different conditions nothing is concluded: who changes one means another thing.
            let others = state.conditions.clone();
            if others.into_iter().all(|other| self.equivalent(condition, other)) {
                return Some(split.cases);
            }
        }
    }

    /// Branches that cover everything between them: one of them must do alone.
    fn choose(&mut self, state: &State<'a>) -> bool {
        let choices = state.choices.clone();
        choices.into_iter().any(|branches| {
            branches.iter().any(|id| {
                let mut next = self.copy(state);
                next.choices.clear();
                next.suppose(&[Fact::Is(*id, false)]);
                self.refute(next)
            })
        })
    }

    /// Shows that no type is left for a value.
    fn is_impossible(&mut self, state: &mut State<'a>) -> bool {
        let types = [
            Types::NULL,
            Types::BOOLEAN,
            Types::INTEGER,
            Types::FRACTION,
            Types::STRING,
            Types::ARRAY,
            Types::OBJECT,
        ];
        for one in types {
            if !state.types.meets(one) {
                continue;
            }
            let impossible = match one {
                Types::NULL => self.no_null(state),
                Types::BOOLEAN => self.no_boolean(state),
                Types::INTEGER => self.no_number(state, true),
                Types::FRACTION => self.no_number(state, false),
                Types::STRING => self.no_string(state),
                Types::ARRAY => self.no_array(state),
                _ => self.no_object(state),
            };
            if impossible {
                state.types &= !one;
            }
        }
        state.types == Types::NONE
    }
}
