//! Which keywords stand against a verdict.

use std::collections::BTreeSet;

use super::{
    prove::Prover,
    rule::{NodeId, Rule, Test},
    state::{Fact, State},
};
use crate::{
    Code,
    manufactory::forms::{Direction, Reason},
};

/// More reasons are not told.
const MOST: usize = 100;
const DEEPEST: usize = 40;

/// Finds the keywords of `goal` that may refuse what `facts` say.
pub(super) fn explain<'a>(
    prover: &mut Prover<'a>,
    direction: Direction,
    facts: &[Fact<'a>],
    goal: NodeId,
) -> Vec<Reason> {
    let mut search = Search { prover, direction, found: Vec::new(), seen: BTreeSet::new() };
    search.node(facts, goal, 0);
    search.found
}

struct Search<'p, 'a> {
    prover: &'p mut Prover<'a>,
    direction: Direction,
    found: Vec<Reason>,
    seen: BTreeSet<(Vec<(usize, bool)>, usize)>,
}

impl<'a> Search<'_, 'a> {
    fn node(&mut self, facts: &[Fact<'a>], goal: NodeId, depth: usize) {
        let schemas = self.prover.schemas;
        let classes = facts.iter().filter_map(|fact| match fact {
            Fact::Is(id, holds) => Some((schemas.node(*id).class, *holds)),
            _ => None,
        });
        if !self.seen.insert((classes.collect(), schemas.node(goal).class)) || depth > DEEPEST {
            return;
        }
        for rule in &schemas.node(goal).rules {
            if self.found.len() >= MOST || self.holds(facts, Fact::Obeys(rule, false)) {
                continue;
            }
            let before = self.found.len();
            self.rule(facts, rule, depth);
            if self.found.len() == before {
                self.tell(goal, rule);
            }
        }
    }

    /// Nothing of what the facts say is as supposed beside.
    fn holds(&mut self, facts: &[Fact<'a>], supposed: Fact<'a>) -> bool {
        let mut facts = facts.to_vec();
        facts.push(supposed);
        self.prover.refute(State::new(&facts))
    }

    fn tell(&mut self, goal: NodeId, rule: &Rule) {
        let node = self.prover.schemas.node(goal);
        let reason = Reason {
            code: if self.prover.is_spent() { Code::SchemaTooIntricate } else { Code::SchemaMayRefuse },
            direction: self.direction,
            side: node.side,
            path: node.path.clone(),
            keyword: rule.keyword.to_owned(),
        };
        if !self.found.contains(&reason) {
            self.found.push(reason);
        }
    }

    /// Looks into what a rule speaks of.
    fn rule(&mut self, facts: &[Fact<'a>], rule: &'a Rule, depth: usize) {
        match &rule.test {
            Test::Ref(id) => self.node(facts, *id, depth + 1),
            Test::All(list) => list.iter().for_each(|id| self.node(facts, *id, depth + 1)),
            Test::Properties(map) => {
                let whole = self.whole(facts);
                for (name, id) in map {
                    let value = whole.objects.member(self.prover.schemas, name).unwrap_or_default();
                    let mut refused = value.clone();
                    refused.push(Fact::Is(*id, false));
                    // The part alone, then with all that is known of the whole.
                    if self.found.len() < MOST
                        && !self.prover.is_empty_part(&refused)
                        && !self.holds(facts, Fact::Member(name, *id, false))
                    {
                        self.part(&value, *id, depth);
                    }
                }
            }
            Test::Prefix(list) => {
                for (index, id) in list.iter().enumerate() {
                    if self.found.len() < MOST && !self.holds(facts, Fact::Item(index, *id)) {
                        let item = self.whole(facts).arrays.at(index);
                        self.part(&item, *id, depth);
                    }
                }
            }
            Test::Items(from, id) => {
                let item = self.whole(facts).arrays.at(*from);
                self.part(&item, *id, depth);
            }
            _ => {}
        }
    }

    fn part(&mut self, facts: &[Fact<'a>], goal: NodeId, depth: usize) {
        self.node(facts, goal, depth + 1);
    }

    /// What the facts say before any case is made.
    fn whole(&mut self, facts: &[Fact<'a>]) -> State<'a> {
        let mut state = State::new(facts);
        state.unfold(self.prover);
        state
    }
}
