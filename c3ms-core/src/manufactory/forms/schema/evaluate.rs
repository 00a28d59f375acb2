//! Whether one value passes a schema: yes, no, or not known.

use std::{cmp::Ordering, collections::BTreeSet};

use serde_json::{Map, Value};

use super::{
    compile::Schemas,
    decimal::Decimal,
    rule::{Bound, NodeId, Rest, Rule, Test, Types, exact},
};

/// Deeper chains of schemas are not followed, nor more of them than these.
const DEEPEST: usize = 100;
const MOST_STEPS: usize = 20_000;

/// All are yes; one no decides.
pub(super) fn all(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

fn any(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    all(answers.into_iter().map(|answer| answer.map(|yes| !yes))).map(|none| !none)
}

pub(super) fn equal(one: &Value, other: &Value) -> bool {
    one == other || exact(one) == exact(other)
}

impl Schemas {
    /// Tells whether a value passes a schema.
    pub(super) fn accepts(&self, id: NodeId, value: &Value) -> Option<bool> {
        Evaluation { schemas: self, depth: 0, steps: 0 }.node(id, value)
    }

    /// Tells whether a value passes a rule.
    pub(super) fn passes(&self, rule: &Rule, value: &Value) -> Option<bool> {
        Evaluation { schemas: self, depth: 0, steps: 0 }.test(&rule.test, value)
    }

    /// Tells whether a member of this name is left over.
    pub(super) fn is_rest(&self, rest: &Rest, name: &str) -> Option<bool> {
        if rest.names.contains(name) {
            return Some(false);
        }
        let patterns =
            rest.patterns.iter().map(|pattern| self.machine(*pattern).map(|one| !one.matches(name)));
        all(patterns)
    }
}

struct Evaluation<'a> {
    schemas: &'a Schemas,
    depth: usize,
    steps: usize,
}

impl Evaluation<'_> {
    fn node(&mut self, id: NodeId, value: &Value) -> Option<bool> {
        self.steps += 1;
        self.schemas.worked(1);
        if self.depth >= DEEPEST || self.steps > MOST_STEPS {
            return None;
        }
        self.depth += 1;
        let schemas = self.schemas;
        let answer = all(schemas.node(id).rules.iter().map(|rule| self.test(&rule.test, value)));
        self.depth -= 1;
        answer
    }

    fn each<'v>(&mut self, id: NodeId, values: impl IntoIterator<Item = &'v Value>) -> Option<bool> {
        all(values.into_iter().map(|value| self.node(id, value)))
    }

    fn test(&mut self, test: &Test, value: &Value) -> Option<bool> {
        match test {
            Test::Never => Some(false),
            Test::Unknown(_) => None,
            Test::Types(types) => {
                let is = Types::of(value);
                if is & *types == is { Some(true) } else { (!is.meets(*types)).then_some(false) }
            }
            Test::Values(values) => Some(values.iter().any(|one| equal(one, value))),
            Test::Ref(id) => self.node(*id, value),
            Test::All(list) => all(list.iter().map(|id| self.node(*id, value))),
            Test::Any(list) => any(list.iter().map(|id| self.node(*id, value))),
            Test::One(list) => {
                let answers: Vec<Option<bool>> = list.iter().map(|id| self.node(*id, value)).collect();
                let yes = answers.iter().filter(|answer| **answer == Some(true)).count();
                let unknown = answers.contains(&None);
                if yes > 1 { Some(false) } else { (!unknown).then_some(yes == 1) }
            }
            Test::Not(id) => self.node(*id, value).map(|yes| !yes),
            Test::If { condition, then, otherwise } => {
                let branch = if self.node(*condition, value)? { then } else { otherwise };
                branch.map_or(Some(true), |id| self.node(id, value))
            }
            _ => match value {
                Value::Number(number) => self.number(test, Decimal::of(number)),
                Value::String(words) => self.string(test, words),
                Value::Array(items) => self.array(test, items),
                Value::Object(members) => self.object(test, members),
                Value::Null | Value::Bool(_) => Some(true),
            },
        }
    }

    #[expect(clippy::unused_self, reason = "beside its sisters")]
    fn number(&self, test: &Test, number: Option<Decimal>) -> Option<bool> {
        let side = |bound: &Bound, outside| {
            let order = number?.compare(bound.at);
            Some(order != outside && !(bound.exclusive && order == Ordering::Equal))
        };
        match test {
            Test::Least(bound) => side(bound, Ordering::Less),
            Test::Most(bound) => side(bound, Ordering::Greater),
            Test::MultipleOf(step) => number?.is_multiple_of(*step),
            _ => Some(true),
        }
    }

    fn string(&self, test: &Test, words: &str) -> Option<bool> {
        let length = || words.chars().count();
        match test {
            Test::MinLength(least) => Some(at_least(length(), *least)),
            Test::MaxLength(most) => Some(at_most(length(), *most)),
            Test::Pattern(pattern) => {
                self.schemas.worked(words.len() / 8);
                self.schemas.machine(*pattern).map(|machine| machine.matches(words))
            }
            Test::Named(_) => None,
            _ => Some(true),
        }
    }

    fn array(&mut self, test: &Test, items: &[Value]) -> Option<bool> {
        match test {
            Test::Prefix(list) => all(list.iter().zip(items).map(|(id, item)| self.node(*id, item))),
            Test::Items(from, id) => self.each(*id, items.iter().skip(*from)),
            Test::Contains { schema, least, most } => {
                let answers: Vec<Option<bool>> = items.iter().map(|item| self.node(*schema, item)).collect();
                let surely = answers.iter().filter(|answer| **answer == Some(true)).count();
                let perhaps = answers.iter().filter(|answer| **answer != Some(false)).count();
                let too_many = most.is_some_and(|most| !at_most(surely, most));
                if !at_least(perhaps, *least) || too_many {
                    return Some(false);
                }
                (at_least(surely, *least) && most.is_none_or(|most| at_most(perhaps, most))).then_some(true)
            }
            Test::MinItems(least) => Some(at_least(items.len(), *least)),
            Test::MaxItems(most) => Some(at_most(items.len(), *most)),
            Test::Unique => Some(items.iter().map(exact).collect::<BTreeSet<_>>().len() == items.len()),
            Test::UnevaluatedItems(left) => {
                let refused = left.surely.is_some_and(|from| {
                    items.iter().skip(from).any(|item| self.node(left.schema, item) == Some(false))
                });
                if refused {
                    return Some(false);
                }
                left.perhaps.map_or(Some(true), |from| {
                    (self.each(left.schema, items.iter().skip(from)) == Some(true)).then_some(true)
                })
            }
            _ => Some(true),
        }
    }

    fn object(&mut self, test: &Test, members: &Map<String, Value>) -> Option<bool> {
        let schemas = self.schemas;
        match test {
            Test::Properties(map) => all(members
                .iter()
                .filter_map(|(name, value)| map.get(name).map(|id| (id, value)))
                .map(|(id, value)| self.node(*id, value))),
            Test::PatternProperties(list) => all(list.iter().flat_map(|(pattern, id)| {
                let machine = schemas.machine(*pattern);
                members
                    .iter()
                    .map(|(name, value)| match machine.map(|machine| machine.matches(name)) {
                        Some(false) => Some(true),
                        Some(true) => self.node(*id, value),
                        None => self.node(*id, value).filter(|yes| *yes),
                    })
                    .collect::<Vec<_>>()
            })),
            Test::Additional(rest) => all(members.iter().map(|(name, value)| self.left(rest, name, value))),
            Test::Names(id) => all(members.keys().map(|name| self.node(*id, &Value::String(name.clone())))),
            Test::Required(names) => Some(names.iter().all(|name| members.contains_key(name))),
            Test::DependentRequired(map) => Some(map.iter().all(|(name, needed)| {
                !members.contains_key(name) || needed.iter().all(|name| members.contains_key(name))
            })),
            Test::Dependent(map) => {
                let whole = Value::Object(members.clone());
                all(map
                    .iter()
                    .filter(|(name, _)| members.contains_key(*name))
                    .map(|(_, id)| self.node(*id, &whole)))
            }
            Test::MinProperties(least) => Some(at_least(members.len(), *least)),
            Test::MaxProperties(most) => Some(at_most(members.len(), *most)),
            Test::UnevaluatedProperties(left) => {
                let mut over = |rest: &Option<Rest>| {
                    rest.as_ref().map_or(Some(true), |rest| {
                        all(members.iter().map(|(name, value)| self.left(rest, name, value)))
                    })
                };
                if over(&left.surely) == Some(false) {
                    return Some(false);
                }
                over(&left.perhaps).filter(|yes| *yes)
            }
            _ => Some(true),
        }
    }

    /// Tells whether a member passes what is asked of those left over.
    fn left(&mut self, rest: &Rest, name: &str, value: &Value) -> Option<bool> {
        match self.schemas.is_rest(rest, name) {
            Some(false) => Some(true),
            Some(true) => self.node(rest.schema, value),
            None => self.node(rest.schema, value).filter(|yes| *yes),
        }
    }
}

fn at_least(size: usize, least: u64) -> bool {
    u64::try_from(size).unwrap_or(u64::MAX) >= least
}

fn at_most(size: usize, most: u64) -> bool {
    u64::try_from(size).unwrap_or(u64::MAX) <= most
}
