//! Works out again what an answer changes, and nothing else.

use std::{collections::VecDeque, sync::Arc};

use serde_json::Value as Json;

use super::{
    Setting, answer,
    rules::{Role, Rule, Rules},
    tree::{Items, View, node},
};
use crate::manufactory::forms::{
    Dialect, Document,
    exchange::Preload,
    expression::{Context as _, Expression, Value, shuffled, text_number, truncated, whole},
};

/// Items a list may have that other answers give its length.
const MOST_COUNTED: i64 = 10_000;

/// Rounds in which answers that were set by a change may set others.
const MOST_ROUNDS: usize = 100;

/// An entry being filled in, with all that follows from its answers.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    pub(super) rules: Arc<Rules>,
    pub(super) items: Items,
    pub(super) setting: Setting,
    /// Answers follow from others, lists have the length others give: not where a document is only checked.
    living: bool,
    waiting: Waiting,
    /// Items that were just made and whose first answer may follow from others.
    fresh: VecDeque<usize>,
}

/// Places of the sequence to be worked out again.
#[derive(Debug, Clone, Default)]
struct Waiting {
    places: Vec<bool>,
    /// None waits before this one.
    first: usize,
}

impl Waiting {
    fn insert(&mut self, place: usize) {
        if let Some(waits) = self.places.get_mut(place) {
            *waits = true;
            self.first = self.first.min(place);
        }
    }

    /// Takes the first.
    fn pop(&mut self) -> Option<usize> {
        while let Some(waits) = self.places.get_mut(self.first) {
            if std::mem::take(waits) {
                return Some(self.first);
            }
            self.first += 1;
        }
        None
    }
}

impl Engine {
    /// An entry that holds what a document says, all worked out. With `living`, answers follow from others; in
    /// the dialect of XForms a list without a length begins with one item where the document says nothing.
    pub(super) fn new(
        rules: Arc<Rules>,
        document: Option<&Document>,
        living: bool,
        setting: Setting,
    ) -> Self {
        let items = Items::new(rules.fields.len());
        let mut engine =
            Self { rules, items, setting, living, waiting: Waiting::default(), fresh: VecDeque::new() };
        let mut made = Vec::new();
        engine.items.group(&engine.rules, 0, 0, document, &mut made);
        engine.begin(made, document.is_some());
        if living && document.is_none() {
            engine.preload();
        }
        engine.all_again();
        engine.settle();
        engine
    }

    /// Gives new items their defaults, and lists in them their first item: those that the form itself has, for
    /// ODK's template of an item has empty lists.
    fn begin(&mut self, made: Vec<usize>, said: bool) {
        if !self.living {
            return;
        }
        let mut waiting = VecDeque::from(made);
        while let Some(index) = waiting.pop_front() {
            let Some(item) = self.items.get(index) else { continue };
            let lists = item.members.iter().copied();
            let lists: Vec<usize> =
                lists.filter(|member| self.items.get(*member).is_some_and(|member| member.is_list)).collect();
            let field = item.field;
            if !said {
                let default = self.rules.rule(field).and_then(Rule::answer);
                if let Some(item) = self.items.all.get_mut(index).filter(|item| item.answer.is_none()) {
                    item.answer = default.filter(|default| !answer::is_blank(default));
                }
            }
            if self.rules.rule(field).is_some_and(|rule| rule.initial.is_some()) {
                self.fresh.push_back(index);
            }
            for list in lists {
                let Some(list_of) = self.items.get(list).map(|item| item.field) else { continue };
                let Some(rule) = self.rules.rule(list_of) else { continue };
                if said || rule.count.is_some() {
                    continue;
                }
                let first = match rule.answer() {
                    Some(Json::Array(items)) => items,
                    _ if self.rules.dialect == Dialect::Xforms && self.items.is_given(index) => {
                        vec![Json::Null]
                    }
                    _ => Vec::new(),
                };
                for said in first {
                    waiting.extend(self.extend(list, said.as_object()));
                }
            }
        }
    }

    /// Answers what the beginning of an entry and the device answer.
    fn preload(&mut self) {
        for field in 1..self.rules.fields.len() {
            let Some(rule) = self.rules.rule(field) else { continue };
            let now = self.setting.now.clone();
            let value = match &rule.preload {
                None => continue,
                Some(Preload::Start) => now.map(Value::Moment),
                Some(Preload::Today) => now.map(|now| Value::Date(now.date())),
                Some(Preload::Property(name)) => self.setting.properties.get(name).cloned().map(Value::Text),
            };
            let Some(value) = value else { continue };
            let made = answer::answer(rule, &value);
            for index in self.items.of.get(field).cloned().unwrap_or_default() {
                if let Some(item) = self.items.all.get_mut(index) {
                    item.answer.clone_from(&made);
                }
            }
        }
    }

    /// Adds an item to a list; gives all that was made with it.
    fn extend(&mut self, list: usize, said: Option<&Document>) -> Vec<usize> {
        let mut made = Vec::new();
        let Some(field) = self.items.get(list).map(|list| list.field) else { return made };
        if let Some(item) = self.items.group(&self.rules, field, list, said, &mut made)
            && let Some(list) = self.items.all.get_mut(list)
        {
            list.members.push(item);
        }
        made
    }

    /// Adds an item at the end of a list.
    pub(super) fn add(&mut self, list: usize, said: Option<&Document>) {
        let made = self.extend(list, said);
        self.added(&made);
        self.begin(made, false);
        self.list_changed(list);
    }

    /// The first of what was made is an item that the form itself does not have.
    fn added(&mut self, made: &[usize]) {
        if let Some(item) = made.first().and_then(|item| self.items.all.get_mut(*item)) {
            item.given = false;
        }
    }

    /// Takes an item out of its list.
    pub(super) fn remove(&mut self, item: usize) {
        let Some(list) = self.items.get(item).map(|item| item.parent) else { return };
        self.items.remove(item);
        self.list_changed(list);
    }

    fn list_changed(&mut self, list: usize) {
        let Some(field) = self.items.get(list).map(|list| list.field) else { return };
        for within in self.rules.within(field) {
            for part in Role::ALL {
                if within != field || part != Role::Count {
                    self.waiting.insert(self.rules.rank(within, part));
                }
            }
        }
        self.wake(field, Role::Count);
    }

    /// Everything is worked out again.
    pub(super) fn all_again(&mut self) {
        self.waiting = Waiting { places: vec![true; self.rules.sequence.len()], first: 0 };
    }

    /// An answer was given.
    pub(super) fn answered(&mut self, field: usize) {
        self.waiting.insert(self.rules.rank(field, Role::Constraint));
        self.wake(field, Role::Value);
    }

    /// What rests on this is worked out again.
    fn wake(&mut self, field: usize, part: Role) {
        for reader in self.rules.readers(self.rules.rank(field, part)) {
            self.waiting.insert(*reader);
        }
    }

    /// Works out what waits, in order; then what a change of questions sets, as long as that changes others.
    pub(super) fn settle(&mut self) {
        for _ in 0..MOST_ROUNDS {
            self.follow();
            if !self.living || !self.hear() {
                return;
            }
        }
    }

    /// Sets what is set by the change of other questions; tells whether anything was set.
    fn hear(&mut self) -> bool {
        let rules = Arc::clone(&self.rules);
        let mut set = false;
        for field in rules.triggered() {
            let Some(rule) = rules.rule(field) else { continue };
            for index in self.items.of.get(field).cloned().unwrap_or_default() {
                let view = self.view();
                let says = |name: &String| {
                    let mut found = Vec::new();
                    view.named(node(index), name, false, &mut found);
                    Value::List(found.into_iter().map(|found| view.value(found)).collect()).to_text()
                };
                let said: Vec<String> = rule.triggers.iter().map(says).collect();
                let before = self.items.get(index).and_then(|item| item.heard.as_ref());
                let changed = before.is_some_and(|before| *before != said);
                let value = rule.triggered.as_ref().filter(|_| changed);
                let value = value.map(|triggered| triggered.value(&view, node(index)));
                let Some(item) = self.items.all.get_mut(index) else { continue };
                item.heard = Some(said);
                if changed {
                    item.answer = value.and_then(|value| answer::answer(rule, &value));
                    self.answered(field);
                    set = true;
                }
            }
        }
        set
    }

    /// Works out what waits, in order, then first answers of what is new.
    fn follow(&mut self) {
        loop {
            while let Some(rank) = self.waiting.pop() {
                let Some((field, part)) = self.rules.sequence.get(rank).copied() else { continue };
                if self.work_out(field, part) {
                    self.wake(field, part);
                }
            }
            let Some(item) = self.fresh.pop_front() else { return };
            self.first(item);
        }
    }

    pub(super) fn view(&self) -> View<'_> {
        View {
            rules: &self.rules,
            items: &self.items,
            now: self.setting.now.as_ref(),
            seed: self.setting.seed,
            language: self.setting.language.as_deref().unwrap_or("fr"),
        }
    }

    /// The first answer of an item, where it follows from others.
    fn first(&mut self, index: usize) {
        let Some(item) = self.items.get(index).filter(|item| !item.removed) else { return };
        let field = item.field;
        let Some(rule) = self.rules.rule(field) else { return };
        let Some(initial) = rule.initial.as_ref().filter(|_| self.items.is_relevant(index)) else { return };
        let value = initial.value(&self.view(), node(index));
        let made = answer::answer(rule, &value);
        if let Some(item) = self.items.all.get_mut(index) {
            item.answer = made;
        }
        self.answered(field);
    }

    /// Works out one thing for each item of a field; tells whether anything changed that others rest on.
    fn work_out(&mut self, field: usize, part: Role) -> bool {
        match part {
            Role::Count => self.count(field),
            Role::Relevant => self.each(field, part, |rule| rule.relevant.as_ref()),
            Role::Choices => self.choices(field),
            Role::Value if !self.living => true,
            Role::Value => match self.rules.rule(field).map(|rule| rule.calculation.is_some()) {
                Some(true) => self.each(field, part, |rule| rule.calculation.as_ref()),
                _ => true,
            },
            Role::Required => self.each(field, part, |rule| rule.required_when.as_ref()),
            Role::Constraint => self.each(field, part, |rule| rule.constraint.as_ref()),
        }
    }

    /// Works out which codes are offered, and in which order.
    fn choices(&mut self, field: usize) -> bool {
        let Some(rule) = self.rules.rule(field) else { return false };
        let list = self.rules.outline.list_of(field).filter(|_| rule.filter.is_some() || rule.shuffled);
        let Some(list) = list else { return false };
        let view = self.view();
        let codes = view.codes(list);
        let items = self.items.of.get(field).map(Vec::as_slice).unwrap_or_default();
        let offered = |item: usize| -> Vec<usize> {
            let all = 0..codes.len();
            let places = match &rule.filter {
                Some(filter) => {
                    let offered = filter.filter(&view, node(item), &codes);
                    offered.into_iter().filter_map(|code| codes.binary_search(&code).ok()).collect()
                }
                None => all.collect(),
            };
            match view.order(rule, item) {
                Some(seed) => shuffled(places, seed),
                None => places,
            }
        };
        let found: Vec<(usize, Vec<usize>)> = items.iter().map(|item| (*item, offered(*item))).collect();
        let mut changed = false;
        for (index, choices) in found {
            if let Some(item) = self.items.all.get_mut(index) {
                changed |= item.choices.as_ref() != Some(&choices);
                item.choices = Some(choices);
            }
        }
        changed
    }

    fn each(&mut self, field: usize, part: Role, of: impl Fn(&Rule) -> Option<&Expression>) -> bool {
        let Some(rule) = self.rules.rule(field) else { return false };
        let Some(expression) = of(rule) else { return false };
        let items = self.items.of.get(field).map(Vec::as_slice).unwrap_or_default();
        let view = self.view();
        let found: Vec<(usize, Outcome)> = items
            .iter()
            .filter_map(|item| Some((*item, outcome(&view, rule, expression, part, *item)?)))
            .collect();
        let mut changed = false;
        for (index, outcome) in found {
            let Some(item) = self.items.all.get_mut(index) else { continue };
            changed |= match outcome {
                Outcome::Relevant(relevant) => std::mem::replace(&mut item.relevant, relevant) != relevant,
                Outcome::Required(required) => std::mem::replace(&mut item.required, required) != required,
                Outcome::Broken(broken) => std::mem::replace(&mut item.broken, broken) != broken,
                Outcome::Value(answer) => std::mem::replace(&mut item.answer, answer.clone()) != answer,
            };
        }
        // An answer that is asked again, or no longer, is another to its readers though it is what it was.
        changed || part == Role::Value
    }

    fn count(&mut self, field: usize) -> bool {
        let Some(rule) = self.rules.rule(field) else { return false };
        let (Some(expression), true) = (&rule.count, self.living) else { return false };
        let most = rule.many.map_or(MOST_COUNTED, i64::from).min(MOST_COUNTED);
        let lists = self.items.lists.get(field).cloned().unwrap_or_default();
        let view = self.view();
        let counts: Vec<(usize, i64)> = lists
            .iter()
            .filter_map(|list| {
                let number = match expression.value(&view, node(*list)) {
                    Value::Number(number) => number,
                    Value::Unknown => f64::NAN,
                    other => text_number(&other.to_text()),
                };
                Some((*list, whole(number.trunc())?.clamp(0, most)))
            })
            .collect();
        let mut changed = false;
        for (list, count) in counts {
            let count = usize::try_from(count).unwrap_or(0);
            let members = |engine: &Self| engine.items.get(list).map_or(0, |list| list.members.len());
            let before = members(self);
            while members(self) < count {
                let made = self.extend(list, None);
                if made.is_empty() {
                    break;
                }
                if members(self) > 1 {
                    self.added(&made);
                }
                self.begin(made, false);
            }
            while members(self) > count {
                let last = self.items.get(list).and_then(|list| list.members.last().copied());
                if let Some(last) = last {
                    self.items.remove(last);
                }
            }
            changed |= before != members(self);
        }
        if changed {
            for within in self.rules.within(field) {
                for part in Role::ALL {
                    if within != field || part != Role::Count {
                        self.waiting.insert(self.rules.rank(within, part));
                    }
                }
            }
        }
        changed
    }
}

/// What an expression comes to for one item.
enum Outcome {
    Relevant(bool),
    Required(bool),
    Broken(bool),
    Value(Option<Json>),
}

fn outcome(
    view: &View<'_>,
    rule: &Rule,
    expression: &Expression,
    part: Role,
    item: usize,
) -> Option<Outcome> {
    match part {
        Role::Relevant => Some(Outcome::Relevant(expression.holds(view, node(item)) == Some(true))),
        Role::Required => Some(Outcome::Required(expression.holds(view, node(item)) == Some(true))),
        Role::Constraint => {
            let unmet = !view.is_blank(item) && expression.holds(view, node(item)) == Some(false);
            Some(Outcome::Broken(unmet))
        }
        Role::Value => {
            // What is not asked keeps what it was.
            if !view.items.is_relevant(item) {
                return None;
            }
            let value = expression.value(view, node(item));
            Some(Outcome::Value(answer::answer(rule, &value)))
        }
        Role::Count | Role::Choices => None,
    }
}

impl View<'_> {
    /// Where the chance of an order of codes comes from; nothing where they keep theirs.
    ///
    /// # Source
    /// ODK XForms, `randomize`: a seed is cut to a whole number, one that is no number counts as 0.
    fn order(&self, rule: &Rule, item: usize) -> Option<i64> {
        if !rule.shuffled {
            return None;
        }
        let Some(seed) = &rule.seed else {
            let place = u64::try_from(item).unwrap_or_default();
            let bytes = self.seed?.bytes(u64::MAX - place);
            return Some(bytes.iter().take(4).fold(0, |seed, byte| seed * 256 + i64::from(*byte)));
        };
        let number = match seed.value(self, node(item)) {
            Value::Number(number) => number,
            Value::Unknown => f64::NAN,
            other => text_number(&other.to_text()),
        };
        Some(if number.is_nan() { 0 } else { truncated(number) })
    }
}
