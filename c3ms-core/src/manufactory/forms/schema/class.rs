//! Which schemas and rules are the same, across both documents, circles included.

use std::collections::{BTreeMap, BTreeSet};

use super::rule::{Leftover, Node, NodeId, PatternId, Rest, Test};

/// In circles, nodes are looked at so often in all; then each is taken for different from all others.
const MOST_LOOKS: usize = 2_000_000;

/// Gives every node and rule its class, and `unevaluated…` rules what they are about.
///
/// Where no circle is reached, a class is known once those of the parts are. The rest is refined until nothing more
/// is told apart: two schemas share a class where no path of keywords leads to a difference.
pub(super) fn classify(nodes: &mut [Node]) {
    leave_over(nodes);
    let mut words = Names::default();
    let outlines: Vec<Vec<usize>> = nodes
        .iter()
        .map(|node| node.rules.iter().map(|rule| words.id(rule.test.outline())).collect())
        .collect();
    let (mut rules, mut schemas) = (Names::default(), Names::default());
    let circular = classify_trees(nodes, &outlines, &mut rules, &mut schemas);
    let (after_rules, after) = (rules.0.len(), schemas.0.len());
    for index in &circular {
        if let Some(node) = nodes.get_mut(*index) {
            node.class = after;
        }
    }
    let mut count = 0;
    for round in 1.. {
        let classes: Vec<usize> = nodes.iter().map(|node| node.class).collect();
        let (mut new_rules, mut new_schemas) = (Names::default(), Names::default());
        for index in &circular {
            let Some((node, outlines)) = nodes.get_mut(*index).zip(outlines.get(*index)) else { continue };
            let mut rule = |key: Vec<usize>| match rules.0.get(&key) {
                Some(known) => *known,
                None => after_rules + new_rules.id(key),
            };
            node.class =
                classify_node(node, outlines, &classes, &mut rule, &mut |key| after + new_schemas.id(key));
        }
        let distinct =
            circular.iter().filter_map(|index| Some(nodes.get(*index)?.class)).collect::<BTreeSet<_>>();
        if distinct.len() == count {
            return;
        }
        count = distinct.len();
        if round * circular.len() > MOST_LOOKS {
            break;
        }
    }
    for (number, index) in circular.iter().enumerate() {
        let Some(node) = nodes.get_mut(*index) else { continue };
        node.class = after + number;
        // A class of its own for each rule that may speak of a circle.
        for (place, rule) in node.rules.iter_mut().enumerate() {
            if rule.class >= after_rules {
                rule.class = usize::MAX / 2 + number * 64 + place;
            }
            if let Test::UnevaluatedItems(Leftover { beside, .. })
            | Test::UnevaluatedProperties(Leftover { beside, .. }) = &mut rule.test
            {
                *beside = usize::MAX / 2 + number;
            }
        }
    }
}

/// Classifies all nodes but those from which a circle is reached, and lists these.
fn classify_trees(
    nodes: &mut [Node],
    outlines: &[Vec<usize>],
    rules: &mut Names<Vec<usize>>,
    schemas: &mut Names<(bool, Vec<usize>)>,
) -> Vec<usize> {
    let mut waits: Vec<usize> = vec![0; nodes.len()];
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter_mut().enumerate() {
        let parts: BTreeSet<usize> =
            node.rules.iter_mut().flat_map(|rule| rule.test.schemas_mut()).map(|id| id.0).collect();
        for part in parts {
            if let Some((users, waits)) = users.get_mut(part).zip(waits.get_mut(index)) {
                users.push(index);
                *waits += 1;
            }
        }
    }
    let mut ready: Vec<usize> =
        waits.iter().enumerate().filter(|(_, waits)| **waits == 0).map(|(index, _)| index).collect();
    let mut classes = vec![usize::MAX; nodes.len()];
    while let Some(index) = ready.pop() {
        let Some((node, outlines)) = nodes.get_mut(index).zip(outlines.get(index)) else { continue };
        node.class =
            classify_node(node, outlines, &classes, &mut |key| rules.id(key), &mut |key| schemas.id(key));
        if let Some(class) = classes.get_mut(index) {
            *class = node.class;
        }
        for user in users.get(index).into_iter().flatten() {
            if let Some(waits) = waits.get_mut(*user) {
                *waits -= 1;
                if *waits == 0 {
                    ready.push(*user);
                }
            }
        }
    }
    waits.iter().enumerate().filter(|(_, waits)| **waits > 0).map(|(index, _)| index).collect()
}

/// Gives the rules of a node their classes and tells that of the node.
fn classify_node(
    node: &mut Node,
    outlines: &[usize],
    classes: &[usize],
    rule_id: &mut impl FnMut(Vec<usize>) -> usize,
    schema_id: &mut impl FnMut((bool, Vec<usize>)) -> usize,
) -> usize {
    let class = |id: &NodeId| classes.get(id.0).copied().unwrap_or(usize::MAX);
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
        if !is_unevaluated(&rule.test) {
            rule.class = rule_id(key);
            plain.insert(rule.class);
        }
    }
    let beside = schema_id((false, plain.iter().copied().collect::<Vec<_>>()));
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
        rule.class = rule_id(vec![usize::MAX, usize::from(items), beside, schema]);
        all.insert(rule.class);
    }
    schema_id((true, all.into_iter().collect()))
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
