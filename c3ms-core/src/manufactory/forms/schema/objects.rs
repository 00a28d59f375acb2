//! Contradictions about objects.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    compile::Schemas,
    prove::Prover,
    rule::{NodeId, PatternId, Rest, Test, Types},
    state::{Fact, Objects, Oracle as _, Region, State},
};

/// So many patterns of names are told apart; where there are more, only what surely applies is used.
const MOST_PATTERNS: usize = 7;

impl<'a> Prover<'a> {
    pub(super) fn no_object(&mut self, state: &mut State<'a>) -> bool {
        let objects = &state.objects;
        if objects.lacking.iter().any(|name| objects.required.contains(name)) {
            return true;
        }
        let required = u64::try_from(objects.required.len()).unwrap_or(u64::MAX);
        if objects.most.is_some_and(|most| most < required.max(objects.least)) {
            return true;
        }
        if objects.most == Some(0) && state.refuses(self.schemas, &json!({})) {
            return true;
        }
        // All required members where rules came since the last look, else those that came since.
        let rules = objects.rules.len();
        let names: BTreeSet<&'a str> = if objects.looked == Some(rules) {
            objects.members.keys().chain(&objects.fresh).copied().collect()
        } else {
            objects.required.iter().copied().collect()
        };
        for name in names {
            if !self.step() {
                return false;
            }
            if self.no_member(objects, name, &[]) {
                return true;
            }
        }
        for region in &objects.some {
            if self.no_member_in(objects, *region) {
                return true;
            }
        }
        if objects.least > required && self.most_members(objects).is_some_and(|most| most < objects.least) {
            return true;
        }
        state.objects.looked = Some(rules);
        state.objects.fresh.clear();
        false
    }

    /// Shows that an object cannot have this member with a value that is also `extra`.
    fn no_member(&mut self, objects: &Objects<'a>, name: &'a str, extra: &[Fact<'a>]) -> bool {
        if objects.lacking.contains(name) {
            return true;
        }
        let Some(mut value) = objects.member(self.schemas, name) else { return true };
        value.extend_from_slice(extra);
        !value.is_empty() && self.is_empty_part(&value)
    }

    /// Shows that no member of the region can fail as supposed.
    fn no_member_in(&mut self, objects: &Objects<'a>, region: Region<'a>) -> bool {
        let schemas = self.schemas;
        let (value, kin) = match region {
            Region::Pattern(_, id) => (Some(Fact::Is(id, false)), None),
            Region::Rest(rest, beside) => (Some(Fact::Is(rest.schema, false)), beside),
            Region::Name(_) => (None, None),
        };
        let mut extra: Vec<Fact<'a>> = value.into_iter().collect();
        let left = objects.left.iter().filter(|(other, _)| Some(*other) == kin);
        extra.extend(left.map(|(_, id)| Fact::Is(*id, true)));
        let known = objects.names();
        for name in &known {
            let within = match region {
                Region::Pattern(pattern, _) => schemas.machine(pattern).map(|machine| machine.matches(name)),
                Region::Rest(rest, _) => schemas.is_rest(rest, name),
                Region::Name(id) => schemas.accepts(id, &Value::String((*name).to_owned())).map(|yes| !yes),
            };
            if within != Some(false) && (!self.step() || !self.no_member(objects, name, &extra)) {
                return false;
            }
        }
        // Names that nothing mentions.
        let mut text: Vec<Fact<'a>> = vec![Fact::Type(Types::STRING)];
        text.extend(known.iter().map(|name| Fact::IsNotText(name)));
        match region {
            Region::Pattern(pattern, _) => text.push(Fact::Matches(pattern, true)),
            Region::Rest(rest, _) => {
                text.extend(rest.names.iter().map(|name| Fact::IsNotText(name)));
                text.extend(rest.patterns.iter().map(|pattern| Fact::Matches(*pattern, false)));
            }
            Region::Name(id) => text.push(Fact::Is(id, false)),
        }
        self.no_other(objects, text, &extra)
    }

    /// Shows that no member, but of a name that is mentioned, can be as supposed.
    fn no_other(&mut self, objects: &Objects<'a>, mut name: Vec<Fact<'a>>, extra: &[Fact<'a>]) -> bool {
        name.extend(objects.name_rules().map(|id| Fact::Is(id, true)));
        let patterns: BTreeSet<PatternId> = objects.patterns();
        let open: Vec<PatternId> = if patterns.len() <= MOST_PATTERNS {
            patterns.into_iter().collect()
        } else {
            let told = |pattern: &PatternId| {
                name.iter().any(|fact| matches!(fact, Fact::Matches(known, _) if known == pattern))
            };
            patterns.into_iter().filter(told).collect()
        };
        self.no_other_with(objects, name, extra, &open)
    }

    fn no_other_with(
        &mut self,
        objects: &Objects<'a>,
        name: Vec<Fact<'a>>,
        extra: &[Fact<'a>],
        open: &[PatternId],
    ) -> bool {
        if !self.step() {
            return false;
        }
        if self.no_name(&name) {
            return true;
        }
        let mut value = objects.other(&name);
        value.extend_from_slice(extra);
        if !value.is_empty() && self.is_empty_part(&value) {
            return true;
        }
        let Some((pattern, open)) = open.split_first() else { return false };
        if name.iter().any(|fact| matches!(fact, Fact::Matches(known, _) if known == pattern)) {
            return self.no_other_with(objects, name, extra, open);
        }
        [true, false].into_iter().all(|has| {
            let mut name = name.clone();
            name.push(Fact::Matches(*pattern, has));
            self.no_other_with(objects, name, extra, open)
        })
    }

    fn no_name(&mut self, facts: &[Fact<'a>]) -> bool {
        self.part(|prover| prover.refute(State::new(facts)))
    }

    /// How many members there can be at most, where only some names can be.
    fn most_members(&mut self, objects: &Objects<'a>) -> Option<u64> {
        let known = objects.names();
        let mut text: Vec<Fact<'a>> = vec![Fact::Type(Types::STRING)];
        text.extend(known.iter().map(|name| Fact::IsNotText(name)));
        if !self.no_other(objects, text, &[]) {
            return None;
        }
        let mut count = 0;
        for name in known {
            if !self.step() {
                return None;
            }
            count += u64::from(!self.no_member(objects, name, &[]));
        }
        Some(count)
    }
}

impl<'a> Objects<'a> {
    /// Every name that is mentioned.
    fn names(&self) -> BTreeSet<&'a str> {
        let mut names: BTreeSet<&'a str> = self.required.iter().chain(&self.lacking).copied().collect();
        for rule in &self.rules {
            match rule {
                Test::Properties(map) => names.extend(map.keys().map(String::as_str)),
                Test::Additional(rest) => names.extend(rest.names.iter().map(String::as_str)),
                Test::UnevaluatedProperties(left) => {
                    names.extend(left.surely.iter().flat_map(|rest| &rest.names).map(String::as_str));
                }
                _ => {}
            }
        }
        names
    }

    fn rests(&self) -> impl Iterator<Item = &'a Rest> {
        self.rules.iter().filter_map(|rule| match rule {
            Test::Additional(rest) => Some(rest),
            Test::UnevaluatedProperties(left) => left.surely.as_ref(),
            _ => None,
        })
    }

    fn name_rules(&self) -> impl Iterator<Item = NodeId> {
        self.rules.iter().filter_map(|rule| match rule {
            Test::Names(id) => Some(*id),
            _ => None,
        })
    }

    /// Every pattern of names that a rule mentions.
    fn patterns(&self) -> BTreeSet<PatternId> {
        let mut patterns: BTreeSet<PatternId> = self.rests().flat_map(|rest| rest.patterns.clone()).collect();
        for rule in &self.rules {
            if let Test::PatternProperties(list) = rule {
                patterns.extend(list.iter().map(|(pattern, _)| *pattern));
            }
        }
        patterns
    }

    /// What is supposed of the value of a member; [`None`] where there can be no member of this name.
    pub(super) fn member(&self, schemas: &'a Schemas, name: &str) -> Option<Vec<Fact<'a>>> {
        let mut value = Vec::new();
        for rule in &self.rules {
            match rule {
                Test::Properties(map) => value.extend(map.get(name).map(|id| Fact::Is(*id, true))),
                Test::PatternProperties(list) => {
                    for (pattern, id) in list {
                        if schemas.machine(*pattern).is_some_and(|machine| machine.matches(name)) {
                            value.push(Fact::Is(*id, true));
                        }
                    }
                }
                Test::Names(id) if schemas.accepts(*id, &Value::String(name.to_owned())) == Some(false) => {
                    return None;
                }
                _ => {}
            }
        }
        for rest in self.rests() {
            if schemas.is_rest(rest, name) == Some(true) {
                value.push(Fact::Is(rest.schema, true));
            }
        }
        let supposed = self.members.get(name).into_iter().flatten();
        value.extend(supposed.map(|(id, holds)| Fact::Is(*id, *holds)));
        Some(value)
    }

    /// What is supposed of the value of a member whose name is not mentioned but is known to have patterns or not.
    fn other(&self, name: &[Fact<'a>]) -> Vec<Fact<'a>> {
        let has = |pattern: &PatternId, wanted: bool| {
            name.iter()
                .any(|fact| matches!(fact, Fact::Matches(known, has) if known == pattern && *has == wanted))
        };
        let mut value = Vec::new();
        for rule in &self.rules {
            if let Test::PatternProperties(list) = rule {
                let met = list.iter().filter(|(pattern, _)| has(pattern, true));
                value.extend(met.map(|(_, id)| Fact::Is(*id, true)));
            }
        }
        let rests = self.rests().filter(|rest| rest.patterns.iter().all(|pattern| has(pattern, false)));
        value.extend(rests.map(|rest| Fact::Is(rest.schema, true)));
        value
    }
}
