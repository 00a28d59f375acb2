//! Which schemas and rules are the same, across both documents, circles included.

use std::collections::{BTreeMap, BTreeSet};

use super::rule::{Leftover, Node, NodeId, PatternId, Rest, Test};

/// Gives every node and rule its class, and `unevaluated…` rules what they are about.
///
/// Classes are refined until nothing more is told apart: two schemas share a class where no path of keywords leads
/// to a difference. The number of classes grows in every round but the last.
pub(super) fn classify(nodes: &mut [Node]) {
    leave_over(nodes);
    let outlines: Vec<Vec<String>> =
        nodes.iter().map(|node| node.rules.iter().map(|rule| rule.test.outline()).collect()).collect();
    let mut words = Names::default();
    let outlines: Vec<Vec<usize>> =
        outlines.into_iter().map(|row| row.into_iter().map(|text| words.id(text)).collect()).collect();
    let mut count = 0;
    loop {
        let classes: Vec<usize> = nodes.iter().map(|node| node.class).collect();
        let class = |id: &NodeId| classes.get(id.0).copied().unwrap_or(usize::MAX);
        let (mut rules, mut schemas) = (Names::default(), Names::default());
        for (node, outlines) in nodes.iter_mut().zip(&outlines) {
            let mut plain = BTreeSet::new();
            for (rule, outline) in node.rules.iter_mut().zip(outlines) {
                let mut key: Vec<usize> = rule.test.schemas_mut().into_iter().map(|id| class(id)).collect();
                if rule.test.commutes() {
                    key.sort_unstable();
                    // `oneOf` counts: there, the same twice is not the same once.
                    if !matches!(rule.test, Test::One(_)) {
                        key.dedup();
                    }
                }
                key.push(*outline);
                rule.class = rules.id(key);
                if !is_unevaluated(&rule.test) {
                    plain.insert(rule.class);
                }
            }
            let beside = schemas.id((false, plain.iter().copied().collect::<Vec<_>>()));
            let mut all = plain;
            for rule in &mut node.rules {
                let schema = match &mut rule.test {
                    Test::UnevaluatedItems(Leftover { beside: slot, schema, .. })
                    | Test::UnevaluatedProperties(Leftover { beside: slot, schema, .. }) => {
                        *slot = beside;
                        class(schema)
                    }
                    _ => continue,
                };
                let items = matches!(rule.test, Test::UnevaluatedItems(_));
                rule.class = rules.id(vec![usize::MAX, usize::from(items), beside, schema]);
                all.insert(rule.class);
            }
            node.class = schemas.id((true, all.into_iter().collect()));
        }
        let distinct = nodes.iter().map(|node| node.class).collect::<BTreeSet<_>>().len();
        if distinct == count {
            return;
        }
        count = distinct;
    }
}

/// Numbers for keys, in the order they come.
struct Names<T>(BTreeMap<T, usize>);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Ord> Names<T> {
    fn id(&mut self, key: T) -> usize {
        let next = self.0.len();
        *self.0.entry(key).or_insert(next)
    }
}

const fn is_unevaluated(test: &Test) -> bool {
    matches!(test, Test::UnevaluatedItems(_) | Test::UnevaluatedProperties(_))
}

/// What the schemas beside an `unevaluated…` rule speak of.
#[derive(Debug, Default)]
struct Spoken {
    names: BTreeSet<String>,
    patterns: BTreeSet<PatternId>,
    every_member: bool,
    items: usize,
    every_item: bool,
}

fn leave_over(nodes: &mut [Node]) {
    let mut found = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        if node.rules.iter().any(|rule| is_unevaluated(&rule.test)) {
            found.push((index, [false, true].map(|perhaps| spoken(nodes, node, perhaps))));
        }
    }
    for (index, [surely_spoken, perhaps_spoken]) in found {
        let Some(node) = nodes.get_mut(index) else { continue };
        for rule in &mut node.rules {
            match &mut rule.test {
                Test::UnevaluatedItems(left) => {
                    left.surely = (!perhaps_spoken.every_item).then_some(perhaps_spoken.items);
                    left.perhaps = (!surely_spoken.every_item).then_some(surely_spoken.items);
                }
                Test::UnevaluatedProperties(left) => {
                    let rest = |spoken: &Spoken| {
                        let (names, patterns) = (spoken.names.clone(), spoken.patterns.clone());
                        (!spoken.every_member).then_some(Rest { names, patterns, schema: left.schema })
                    };
                    (left.surely, left.perhaps) = (rest(&perhaps_spoken), rest(&surely_spoken));
                }
                _ => {}
            }
        }
    }
}

/// What the rules of a node speak of: surely, or `perhaps`, in some branch.
fn spoken(nodes: &[Node], node: &Node, perhaps: bool) -> Spoken {
    let mut spoken = Spoken::default();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![(node, true)];
    while let Some((node, outermost)) = waiting.pop() {
        for rule in &node.rules {
            match &rule.test {
                Test::Properties(map) => spoken.names.extend(map.keys().cloned()),
                Test::PatternProperties(list) => {
                    spoken.patterns.extend(list.iter().map(|(pattern, _)| *pattern));
                }
                Test::Additional(_) => spoken.every_member = true,
                Test::UnevaluatedProperties(_) => spoken.every_member |= !outermost,
                Test::Prefix(list) => spoken.items = spoken.items.max(list.len()),
                Test::Items(..) => spoken.every_item = true,
                Test::UnevaluatedItems(_) => spoken.every_item |= !outermost,
                Test::Contains { .. } => spoken.every_item |= perhaps,
                Test::Unknown(_) => {
                    spoken.every_member |= perhaps;
                    spoken.every_item |= perhaps;
                }
                _ => {}
            }
            let heard = match rule.test {
                Test::Ref(_) | Test::All(_) => true,
                // What is refused is not heard.
                Test::Not(_) => false,
                _ => perhaps,
            };
            if heard {
                let next = rule.test.in_place().into_iter().filter(|next| seen.insert(*next));
                waiting.extend(next.filter_map(|next| Some((nodes.get(next.0)?, false))));
            }
        }
    }
    spoken
}
