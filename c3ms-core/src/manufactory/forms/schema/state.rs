//! What is supposed of one value while looking for a contradiction.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use serde_json::Value;

use super::{
    compile::Schemas,
    decimal::Decimal,
    evaluate::all,
    rule::{Bound, Leftover, NodeId, PatternId, Rest, Rule, Test, Types},
};

/// One supposition about a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fact<'a> {
    /// It passes a schema, or does not.
    Is(NodeId, bool),
    /// It passes a rule, or does not.
    Obeys(&'a Rule, bool),
    /// It is of one of these types.
    Type(Types),
    /// It is an object with this member.
    Has(&'a str),
    /// It is no object with this member.
    Lacks(&'a str),
    /// It is an object with this member, which passes a schema or does not.
    Member(&'a str, NodeId, bool),
    /// It is an array with this item, which does not pass a schema.
    Item(usize, NodeId),
    /// It is an array where at least so many items pass a schema.
    Many(NodeId, u64),
    /// It is an array where at most so many items pass a schema.
    Few(NodeId, u64),
    /// It is an object with a member of such a name, which does not pass a schema.
    SomeMember(PatternId, NodeId),
    /// It is a text that has a pattern, or has not.
    Matches(PatternId, bool),
    /// It is not this text.
    IsNotText(&'a str),
}

/// One of these sets of facts holds.
#[derive(Debug, Clone)]
pub(super) struct Split<'a> {
    pub(super) cases: Rc<Vec<Vec<Fact<'a>>>>,
    pub(super) origin: Origin,
}

/// Where a split comes from; it tells when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Something does not hold.
    Refused,
    /// Something holds.
    Held,
    /// A condition, of this schema, that holds.
    Condition(NodeId),
}

/// Members or items not all of which pass something.
#[derive(Debug, Clone, Copy)]
pub(super) enum Region<'a> {
    /// A member of such a name does not pass a schema.
    Pattern(PatternId, NodeId),
    /// A member that is left over does not pass the schema.
    Rest(&'a Rest, Option<usize>),
    /// A name does not pass a schema.
    Name(NodeId),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    pub(super) least: Option<Bound>,
    pub(super) most: Option<Bound>,
    pub(super) steps: Vec<Decimal>,
    pub(super) no_steps: Vec<Decimal>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Strings<'a> {
    pub(super) least: u64,
    pub(super) most: Option<u64>,
    pub(super) patterns: BTreeMap<PatternId, bool>,
    pub(super) named: BTreeMap<&'a str, bool>,
    pub(super) not: BTreeSet<&'a str>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Arrays<'a> {
    pub(super) least: u64,
    pub(super) most: Option<u64>,
    pub(super) prefixes: Vec<&'a [NodeId]>,
    pub(super) items: Vec<(usize, NodeId)>,
    pub(super) not_items: BTreeMap<usize, Vec<NodeId>>,
    /// From some position on, an item does not pass a schema; with the class it shares, see [`Leftover::beside`].
    pub(super) some: Vec<(usize, NodeId, Option<usize>)>,
    pub(super) left: Vec<(usize, NodeId)>,
    pub(super) many: Vec<(NodeId, u64)>,
    pub(super) few: Vec<(NodeId, u64)>,
    pub(super) unique: bool,
    pub(super) repeated: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Objects<'a> {
    pub(super) least: u64,
    pub(super) most: Option<u64>,
    /// Rules about members that hold.
    pub(super) rules: Vec<&'a Test>,
    /// Shared by the cases: there may be thousands.
    pub(super) required: Rc<BTreeSet<&'a str>>,
    pub(super) lacking: BTreeSet<&'a str>,
    pub(super) members: BTreeMap<&'a str, Vec<(NodeId, bool)>>,
    pub(super) some: Vec<Region<'a>>,
    pub(super) left: Vec<(usize, NodeId)>,
    /// How many rules there were when the required members were last looked at.
    pub(super) looked: Option<usize>,
    /// Members required since.
    pub(super) fresh: Vec<&'a str>,
}

/// All that is supposed of a value, sorted by what it is about.
#[derive(Debug, Clone)]
pub(super) struct State<'a> {
    pub(super) types: Types,
    /// What was supposed first, and in each case since: all else follows from it.
    pub(super) roots: Vec<Fact<'a>>,
    waiting: Vec<Fact<'a>>,
    seen: BTreeSet<(bool, usize, bool)>,
    pub(super) values: Option<Vec<&'a Value>>,
    pub(super) numbers: Numbers,
    pub(super) strings: Strings<'a>,
    pub(super) arrays: Arrays<'a>,
    pub(super) objects: Objects<'a>,
    pub(super) splits: Vec<Split<'a>>,
    /// Branches that would cover everything between them: one of them alone must do.
    pub(super) choices: Vec<&'a [NodeId]>,
    /// Conditions of rules that do not hold.
    pub(super) conditions: Vec<NodeId>,
}

/// What the prover answers while facts are unfolded.
pub(super) trait Oracle<'a> {
    fn schemas(&self) -> &'a Schemas;
    /// No value passes both.
    fn disjoint(&mut self, one: NodeId, other: NodeId) -> bool;
    /// The branches accept everything between them, though some say their type and others do not.
    fn is_slip(&mut self, branches: &[NodeId]) -> bool;
    /// Some branches say their type and others do not.
    fn is_mixed(&self, branches: &[NodeId]) -> bool;
    /// One more step was made; `false` where that was one too many.
    fn step(&mut self) -> bool;
}

impl<'a> State<'a> {
    pub(super) fn new(facts: &[Fact<'a>]) -> Self {
        Self {
            types: Types::ALL,
            roots: facts.to_vec(),
            waiting: facts.to_vec(),
            seen: BTreeSet::new(),
            values: None,
            numbers: Numbers::default(),
            strings: Strings::default(),
            arrays: Arrays::default(),
            objects: Objects::default(),
            splits: Vec::new(),
            choices: Vec::new(),
            conditions: Vec::new(),
        }
    }

    pub(super) fn suppose(&mut self, facts: &[Fact<'a>]) {
        self.roots.extend_from_slice(facts);
        self.waiting.extend_from_slice(facts);
    }

    /// Tells whether a value is surely not what is supposed.
    pub(super) fn refuses(&self, schemas: &Schemas, value: &Value) -> bool {
        all(self.roots.iter().map(|fact| fact.holds(schemas, value))) == Some(false)
    }

    /// Unfolds what waits; `false` where it contradicts itself.
    pub(super) fn unfold(&mut self, oracle: &mut impl Oracle<'a>) -> bool {
        while let Some(fact) = self.waiting.pop() {
            if !oracle.step() {
                // Nothing more is learned: that is never taken for a contradiction.
                self.waiting.clear();
                return true;
            }
            if !self.note(fact, oracle) || self.types == Types::NONE {
                return false;
            }
        }
        true
    }

    /// Notes that something was seen, `None` where it was before, `Some(false)` where its contrary was.
    fn see(&mut self, rule: bool, class: usize, holds: bool) -> Option<bool> {
        if class == usize::MAX {
            return Some(true);
        }
        if self.seen.contains(&(rule, class, !holds)) {
            return Some(false);
        }
        self.seen.insert((rule, class, holds)).then_some(true)
    }

    fn split(&mut self, origin: Origin, mut cases: Vec<Vec<Fact<'a>>>) -> bool {
        match cases.len() {
            0 => return false,
            1 if origin == Origin::Refused || origin == Origin::Held => {
                let facts = cases.pop().unwrap_or_default();
                self.waiting.extend(facts);
            }
            _ => self.splits.push(Split { cases: Rc::new(cases), origin }),
        }
        true
    }

    fn note(&mut self, fact: Fact<'a>, oracle: &mut impl Oracle<'a>) -> bool {
        let schemas = oracle.schemas();
        match fact {
            Fact::Is(id, holds) => {
                let node = schemas.node(id);
                match self.see(false, node.class, holds) {
                    None => return true,
                    Some(false) => return false,
                    Some(true) => {}
                }
                let facts = node.rules.iter().map(|rule| Fact::Obeys(rule, holds));
                if holds {
                    self.waiting.extend(facts);
                    return true;
                }
                self.split(Origin::Refused, facts.map(|fact| vec![fact]).collect())
            }
            Fact::Obeys(rule, holds) => match self.see(true, rule.class, holds) {
                None => true,
                Some(false) => false,
                Some(true) if holds => self.hold(&rule.test, oracle),
                Some(true) => self.refuse(&rule.test, oracle),
            },
            Fact::Type(types) => self.narrow(types),
            Fact::Has(name) => {
                self.objects.require(name);
                self.narrow(Types::OBJECT)
            }
            Fact::Lacks(name) => {
                self.objects.lacking.insert(name);
                true
            }
            Fact::Member(name, id, holds) => {
                self.objects.require(name);
                self.objects.members.entry(name).or_default().push((id, holds));
                self.narrow(Types::OBJECT)
            }
            Fact::Item(index, id) => {
                self.arrays.not_items.entry(index).or_default().push(id);
                let least = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1);
                self.arrays.least = self.arrays.least.max(least);
                self.narrow(Types::ARRAY)
            }
            Fact::Many(id, count) => {
                self.arrays.many.push((id, count));
                self.arrays.least = self.arrays.least.max(count);
                self.narrow(Types::ARRAY)
            }
            Fact::Few(id, count) => {
                self.arrays.few.push((id, count));
                self.narrow(Types::ARRAY)
            }
            Fact::SomeMember(pattern, id) => self.some_member(Region::Pattern(pattern, id)),
            Fact::Matches(pattern, has) => self.pattern(pattern, has) && self.narrow(Types::STRING),
            Fact::IsNotText(text) => {
                self.strings.not.insert(text);
                true
            }
        }
    }

    const fn narrow(&mut self, types: Types) -> bool {
        self.types = Types(self.types.0 & types.0);
        self.types.0 != 0
    }

    fn pattern(&mut self, pattern: PatternId, has: bool) -> bool {
        // A contrary matters to texts alone.
        if self.strings.patterns.insert(pattern, has) == Some(!has) {
            return self.narrow(!Types::STRING);
        }
        true
    }

    fn named(&mut self, name: &'a str, has: bool) -> bool {
        if self.strings.named.insert(name, has) == Some(!has) {
            return self.narrow(!Types::STRING);
        }
        true
    }

    fn some_member(&mut self, region: Region<'a>) -> bool {
        self.objects.some.push(region);
        self.objects.least = self.objects.least.max(1);
        self.narrow(Types::OBJECT)
    }

    fn hold(&mut self, test: &'a Test, oracle: &mut impl Oracle<'a>) -> bool {
        match test {
            Test::Never => return false,
            Test::Unknown(_) => {}
            Test::Types(types) => return self.narrow(*types),
            Test::Values(values) => {
                let known = self.values.take();
                self.values = Some(match known {
                    None => values.iter().collect(),
                    Some(known) => known
                        .into_iter()
                        .filter(|value| values.iter().any(|other| super::evaluate::equal(value, other)))
                        .collect(),
                });
                let types = values.iter().fold(Types::NONE, |types, value| types | Types::of(value));
                return self.narrow(types);
            }
            Test::Least(bound) => self.numbers.above(*bound),
            Test::Most(bound) => self.numbers.below(*bound),
            Test::MultipleOf(step) => self.numbers.steps.push(*step),
            Test::MinLength(least) => self.strings.least = self.strings.least.max(*least),
            Test::MaxLength(most) => self.strings.most = Some(lesser(self.strings.most, *most)),
            Test::Pattern(pattern) => return self.pattern(*pattern, true),
            Test::Named(name) => return self.named(name, true),
            Test::Prefix(list) => self.arrays.prefixes.push(list),
            Test::Items(from, id) => self.arrays.items.push((*from, *id)),
            Test::Contains { schema, least, most } => {
                if *least > 0 {
                    self.arrays.many.push((*schema, *least));
                    self.arrays.least = self.arrays.least.max(*least);
                }
                self.arrays.few.extend(most.map(|most| (*schema, most)));
            }
            Test::MinItems(least) => self.arrays.least = self.arrays.least.max(*least),
            Test::MaxItems(most) => self.arrays.most = Some(lesser(self.arrays.most, *most)),
            Test::Unique => self.arrays.unique = true,
            Test::UnevaluatedItems(Leftover { surely, schema, beside, .. }) => {
                self.arrays.left.push((*beside, *schema));
                self.arrays.items.extend(surely.map(|from| (from, *schema)));
            }
            Test::Required(names) => names.iter().for_each(|name| self.objects.require(name)),
            Test::Properties(_) | Test::PatternProperties(_) | Test::Additional(_) | Test::Names(_) => {
                self.objects.rules.push(test);
            }
            Test::UnevaluatedProperties(left) => {
                self.objects.left.push((left.beside, left.schema));
                self.objects.rules.push(test);
            }
            Test::DependentRequired(map) => {
                return map.iter().all(|(name, needed)| {
                    let needed = needed.iter().map(|name| Fact::Has(name)).collect();
                    self.split(Origin::Held, vec![vec![Fact::Lacks(name)], needed])
                });
            }
            Test::Dependent(map) => {
                return map.iter().all(|(name, id)| {
                    self.split(Origin::Held, vec![vec![Fact::Lacks(name)], vec![Fact::Is(*id, true)]])
                });
            }
            Test::MinProperties(least) => self.objects.least = self.objects.least.max(*least),
            Test::MaxProperties(most) => self.objects.most = Some(lesser(self.objects.most, *most)),
            Test::Ref(id) => self.waiting.push(Fact::Is(*id, true)),
            Test::All(list) => self.waiting.extend(list.iter().map(|id| Fact::Is(*id, true))),
            Test::Any(list) => {
                return self.split(Origin::Held, list.iter().map(|id| vec![Fact::Is(*id, true)]).collect());
            }
            Test::One(list) => {
                // What the others exclude is not counted on where it looks like a slip.
                let exact = !oracle.is_mixed(list);
                let case = |chosen: usize| {
                    let others = list.iter().enumerate();
                    let others = others.map(|(index, id)| Fact::Is(*id, index == chosen));
                    others.filter(|fact| exact || matches!(fact, Fact::Is(_, true))).collect()
                };
                return self.split(Origin::Held, (0..list.len()).map(case).collect());
            }
            Test::Not(id) => self.waiting.push(Fact::Is(*id, false)),
            Test::If { condition, then, otherwise } => {
                let case = |met: bool, branch: &Option<NodeId>| {
                    let mut facts = vec![Fact::Is(*condition, met)];
                    facts.extend(branch.map(|id| Fact::Is(id, true)));
                    facts
                };
                return self
                    .split(Origin::Condition(*condition), vec![case(true, then), case(false, otherwise)]);
            }
        }
        true
    }

    fn refuse(&mut self, test: &'a Test, oracle: &mut impl Oracle<'a>) -> bool {
        match test {
            Test::Never | Test::Unknown(_) => true,
            Test::Types(types) => self.narrow(!*types),
            // The values are looked at through the roots.
            Test::Values(values) => {
                self.strings.not.extend(values.iter().filter_map(Value::as_str));
                true
            }
            Test::Least(bound) => {
                self.numbers.below(Bound { at: bound.at, exclusive: !bound.exclusive });
                self.narrow(Types::NUMBER)
            }
            Test::Most(bound) => {
                self.numbers.above(Bound { at: bound.at, exclusive: !bound.exclusive });
                self.narrow(Types::NUMBER)
            }
            Test::MultipleOf(step) => {
                self.numbers.no_steps.push(*step);
                self.narrow(Types::NUMBER)
            }
            Test::MinLength(least) => {
                let Some(most) = least.checked_sub(1) else { return false };
                self.strings.most = Some(lesser(self.strings.most, most));
                self.narrow(Types::STRING)
            }
            Test::MaxLength(most) => {
                self.strings.least = self.strings.least.max(most.saturating_add(1));
                self.narrow(Types::STRING)
            }
            Test::Pattern(pattern) => self.pattern(*pattern, false) && self.narrow(Types::STRING),
            Test::Named(name) => self.named(name, false) && self.narrow(Types::STRING),
            Test::Prefix(list) => {
                let cases = list.iter().enumerate().map(|(index, id)| vec![Fact::Item(index, *id)]);
                self.split(Origin::Refused, cases.collect())
            }
            Test::Items(from, id) => self.some_item(*from, *id, None),
            Test::UnevaluatedItems(left) => match left.perhaps {
                None => false,
                Some(from) => self.some_item(from, left.schema, Some(left.beside)),
            },
            Test::Contains { schema, least, most } => {
                let few = least.checked_sub(1).map(|most| vec![Fact::Few(*schema, most)]);
                let many = most.map(|most| vec![Fact::Many(*schema, most.saturating_add(1))]);
                self.split(Origin::Refused, few.into_iter().chain(many).collect())
            }
            Test::MinItems(least) => {
                let Some(most) = least.checked_sub(1) else { return false };
                self.arrays.most = Some(lesser(self.arrays.most, most));
                self.narrow(Types::ARRAY)
            }
            Test::MaxItems(most) => {
                self.arrays.least = self.arrays.least.max(most.saturating_add(1));
                self.narrow(Types::ARRAY)
            }
            Test::Unique => {
                self.arrays.repeated = true;
                self.arrays.least = self.arrays.least.max(2);
                self.narrow(Types::ARRAY)
            }
            Test::Ref(id) => {
                self.waiting.push(Fact::Is(*id, false));
                true
            }
            Test::All(list) => {
                self.split(Origin::Refused, list.iter().map(|id| vec![Fact::Is(*id, false)]).collect())
            }
            Test::Any(list) => {
                if oracle.is_slip(list) {
                    self.choices.push(list);
                } else {
                    self.waiting.extend(list.iter().map(|id| Fact::Is(*id, false)));
                }
                true
            }
            Test::One(list) => {
                let mut cases = vec![list.iter().map(|id| Fact::Is(*id, false)).collect::<Vec<_>>()];
                for (index, one) in list.iter().enumerate() {
                    for other in list.iter().skip(index + 1) {
                        if !oracle.disjoint(*one, *other) {
                            cases.push(vec![Fact::Is(*one, true), Fact::Is(*other, true)]);
                        }
                    }
                }
                self.split(Origin::Refused, cases)
            }
            Test::Not(id) => {
                self.waiting.push(Fact::Is(*id, true));
                true
            }
            Test::If { condition, then, otherwise } => {
                self.conditions.push(*condition);
                let case =
                    |met: bool, branch: NodeId| vec![Fact::Is(*condition, met), Fact::Is(branch, false)];
                let cases = then.map(|id| case(true, id)).into_iter();
                self.split(Origin::Refused, cases.chain(otherwise.map(|id| case(false, id))).collect())
            }
            Test::Properties(_)
            | Test::PatternProperties(_)
            | Test::Additional(_)
            | Test::Names(_)
            | Test::Required(_)
            | Test::DependentRequired(_)
            | Test::Dependent(_)
            | Test::MinProperties(_)
            | Test::MaxProperties(_)
            | Test::UnevaluatedProperties(_) => self.refuse_members(test),
        }
    }

    fn refuse_members(&mut self, test: &'a Test) -> bool {
        match test {
            Test::Properties(map) => {
                let cases = map.iter().map(|(name, id)| vec![Fact::Member(name, *id, false)]);
                self.split(Origin::Refused, cases.collect())
            }
            Test::PatternProperties(list) => {
                let cases = list.iter().map(|(pattern, id)| vec![Fact::SomeMember(*pattern, *id)]);
                self.split(Origin::Refused, cases.collect())
            }
            Test::Additional(rest) => self.some_member(Region::Rest(rest, None)),
            Test::UnevaluatedProperties(left) => match &left.perhaps {
                None => false,
                Some(rest) => self.some_member(Region::Rest(rest, Some(left.beside))),
            },
            Test::Names(id) => self.some_member(Region::Name(*id)),
            Test::Required(names) => {
                let cases = names.iter().map(|name| vec![Fact::Type(Types::OBJECT), Fact::Lacks(name)]);
                self.split(Origin::Refused, cases.collect())
            }
            Test::DependentRequired(map) => {
                let cases = map.iter().flat_map(|(name, needed)| {
                    needed.iter().map(move |other| vec![Fact::Has(name), Fact::Lacks(other)])
                });
                self.split(Origin::Refused, cases.collect())
            }
            Test::Dependent(map) => {
                let cases = map.iter().map(|(name, id)| vec![Fact::Has(name), Fact::Is(*id, false)]);
                self.split(Origin::Refused, cases.collect())
            }
            Test::MinProperties(least) => {
                let Some(most) = least.checked_sub(1) else { return false };
                self.objects.most = Some(lesser(self.objects.most, most));
                self.narrow(Types::OBJECT)
            }
            Test::MaxProperties(most) => {
                self.objects.least = self.objects.least.max(most.saturating_add(1));
                self.narrow(Types::OBJECT)
            }
            _ => true,
        }
    }

    fn some_item(&mut self, from: usize, id: NodeId, beside: Option<usize>) -> bool {
        self.arrays.some.push((from, id, beside));
        let least = u64::try_from(from).unwrap_or(u64::MAX).saturating_add(1);
        self.arrays.least = self.arrays.least.max(least);
        self.narrow(Types::ARRAY)
    }
}

fn lesser(known: Option<u64>, new: u64) -> u64 {
    known.map_or(new, |known| known.min(new))
}

impl<'a> Objects<'a> {
    fn require(&mut self, name: &'a str) {
        if !self.required.contains(name) {
            Rc::make_mut(&mut self.required).insert(name);
            self.fresh.push(name);
        }
    }
}

impl Numbers {
    fn above(&mut self, bound: Bound) {
        let tighter = self.least.is_none_or(|known| {
            let order = bound.at.compare(known.at);
            order.is_gt() || (order.is_eq() && bound.exclusive)
        });
        if tighter {
            self.least = Some(bound);
        }
    }

    fn below(&mut self, bound: Bound) {
        let tighter = self.most.is_none_or(|known| {
            let order = bound.at.compare(known.at);
            order.is_lt() || (order.is_eq() && bound.exclusive)
        });
        if tighter {
            self.most = Some(bound);
        }
    }
}

impl Fact<'_> {
    /// Tells whether it is true of a value.
    fn holds(&self, schemas: &Schemas, value: &Value) -> Option<bool> {
        let is = |answer: Option<bool>, holds: bool| answer.map(|yes| yes == holds);
        match *self {
            Self::Is(id, holds) => is(schemas.accepts(id, value), holds),
            Self::Obeys(rule, holds) => is(schemas.passes(rule, value), holds),
            Self::Type(types) => {
                let of = Types::of(value);
                if of & types == of { Some(true) } else { (!of.meets(types)).then_some(false) }
            }
            Self::Has(name) => Some(value.as_object().is_some_and(|members| members.contains_key(name))),
            Self::Lacks(name) => Some(value.as_object().is_none_or(|members| !members.contains_key(name))),
            Self::Member(name, id, holds) => match value.as_object().and_then(|members| members.get(name)) {
                None => Some(false),
                Some(member) => is(schemas.accepts(id, member), holds),
            },
            Self::Item(index, id) => match value.as_array().and_then(|items| items.get(index)) {
                None => Some(false),
                Some(item) => is(schemas.accepts(id, item), false),
            },
            Self::Matches(pattern, has) => match value.as_str() {
                None => Some(false),
                Some(text) => schemas.machine(pattern).map(|machine| machine.matches(text) == has),
            },
            Self::IsNotText(text) => Some(value.as_str() != Some(text)),
            Self::Many(..) | Self::Few(..) | Self::SomeMember(..) => None,
        }
    }
}
