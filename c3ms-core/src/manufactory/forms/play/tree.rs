//! An entry as it is being filled in: one item for each field of each group, and how expressions see them.

use serde_json::Value as Json;

use super::{answer, rules::Rules};
use crate::{
    base::{Moment, Seed},
    manufactory::forms::{
        Document,
        expression::{Context, Found, Node, Value},
        outline::Choice,
    },
};

/// Items one entry may have: a million fields or groups of lists.
const MOST_ITEMS: usize = 1 << 20;

/// One field, group, list or item of a list.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "what is worked out for an item, each by itself")]
pub(super) struct Item {
    pub(super) field: usize,
    pub(super) parent: usize,
    /// Of a group: its fields in order; of a list: its items.
    pub(super) members: Vec<usize>,
    /// A list of groups, not one of its items.
    pub(super) is_list: bool,
    pub(super) answer: Option<Json>,
    /// What its own expression says; groups around it may say otherwise.
    pub(super) relevant: bool,
    pub(super) required: bool,
    pub(super) broken: bool,
    /// What the questions said that set it when they change, when they were looked at last.
    pub(super) heard: Option<Vec<String>>,
    /// The codes offered, by their places, where a filter says which.
    pub(super) choices: Option<Vec<usize>>,
    pub(super) removed: bool,
    /// The form itself has it: it was not added to a list.
    pub(super) given: bool,
}

/// Every item of an entry; the first is the entry itself.
#[derive(Debug, Clone)]
pub(super) struct Items {
    pub(super) all: Vec<Item>,
    /// The items of each field; of a list of groups its groups.
    pub(super) of: Vec<Vec<usize>>,
    /// The lists themselves.
    pub(super) lists: Vec<Vec<usize>>,
}

impl Items {
    pub(super) fn new(fields: usize) -> Self {
        Self { all: Vec::new(), of: vec![Vec::new(); fields], lists: vec![Vec::new(); fields] }
    }

    pub(super) fn get(&self, item: usize) -> Option<&Item> {
        self.all.get(item)
    }

    /// Adds the fields of a group, the entry or one of a list, with what a document says of them.
    pub(super) fn group(
        &mut self,
        rules: &Rules,
        field: usize,
        parent: usize,
        document: Option<&Document>,
        made: &mut Vec<usize>,
    ) -> Option<usize> {
        if self.all.len() >= MOST_ITEMS {
            return None;
        }
        let group = self.push(field, parent, false, None);
        made.push(group);
        for member in rules.outline.members(field) {
            let Some(rule) = rules.rule(*member) else { continue };
            let said = document.and_then(|document| document.get(rules.outline.name(*member)));
            let item = if rules.outline.repeats(*member) {
                let list = self.push(*member, group, true, None);
                for said in said.and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default() {
                    if let Some(item) = self.group(rules, *member, list, said.as_object(), made)
                        && let Some(list) = self.all.get_mut(list)
                    {
                        list.members.push(item);
                    }
                }
                Some(list)
            } else if rule.is_group {
                self.group(rules, *member, group, said.and_then(Json::as_object), made)
            } else {
                let item = self.push(*member, group, false, said.filter(|said| !said.is_null()).cloned());
                made.push(item);
                Some(item)
            };
            if let (Some(item), Some(group)) = (item, self.all.get_mut(group)) {
                group.members.push(item);
            }
        }
        Some(group)
    }

    fn push(&mut self, field: usize, parent: usize, is_list: bool, answer: Option<Json>) -> usize {
        let index = self.all.len();
        self.all.push(Item {
            field,
            parent,
            members: Vec::new(),
            is_list,
            answer,
            relevant: true,
            required: false,
            broken: false,
            heard: None,
            choices: None,
            removed: false,
            given: true,
        });
        let of = if is_list { &mut self.lists } else { &mut self.of };
        if let Some(items) = of.get_mut(field) {
            items.push(index);
        }
        index
    }

    /// Takes an item of a list out, and all in it.
    pub(super) fn remove(&mut self, item: usize) {
        let Some(list) = self.get(item).map(|item| item.parent) else { return };
        if let Some(list) = self.all.get_mut(list) {
            list.members.retain(|member| *member != item);
        }
        let mut waiting = vec![item];
        while let Some(index) = waiting.pop() {
            let Some(item) = self.all.get_mut(index) else { continue };
            item.removed = true;
            item.answer = None;
            waiting.append(&mut item.members);
            let of = if item.is_list { &mut self.lists } else { &mut self.of };
            if let Some(items) = of.get_mut(item.field) {
                items.retain(|other| *other != index);
            }
        }
    }

    /// It is asked: it and every group around it.
    pub(super) fn is_relevant(&self, item: usize) -> bool {
        let mut at = item;
        loop {
            match self.get(at) {
                Some(item) if !item.relevant => return false,
                Some(item) if at != 0 => at = item.parent,
                _ => return true,
            }
        }
    }

    /// The form itself has it and every group around it.
    pub(super) fn is_given(&self, item: usize) -> bool {
        let mut at = item;
        while at != 0
            && let Some(item) = self.get(at)
        {
            if !item.given {
                return false;
            }
            at = item.parent;
        }
        true
    }

    /// The names and numbers from the entry to an item: `/children/0/age`.
    pub(super) fn path(&self, rules: &Rules, item: usize) -> crate::base::Pointer {
        let mut steps = Vec::new();
        let mut at = item;
        while at != 0
            && let Some(item) = self.get(at)
        {
            steps.push(at);
            at = item.parent;
        }
        steps.iter().rev().fold(crate::base::Pointer::root(), |path, step| {
            let Some(item) = self.get(*step) else { return path };
            match self.get(item.parent).filter(|parent| parent.is_list) {
                Some(list) => path.item(list.members.iter().position(|member| member == step).unwrap_or(0)),
                None => path.child(rules.outline.name(item.field)),
            }
        })
    }
}

/// An entry as the expressions of its format see it.
pub(super) struct View<'a> {
    pub(super) rules: &'a Rules,
    pub(super) items: &'a Items,
    pub(super) now: Option<&'a Moment>,
    pub(super) seed: Option<Seed>,
    pub(super) language: &'a str,
}

/// What a [`Node`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    Item(usize),
    /// A vocabulary by its place: what holds its root.
    List(usize),
    Root(usize),
    Code(usize, usize),
    /// What a code says of itself: its name, its label, an attribute.
    Detail(usize, usize, usize),
}

impl From<Place> for Node {
    fn from(place: Place) -> Self {
        let part = |number: usize, shift: u32, bits: u32| {
            (u64::try_from(number).unwrap_or_default() & ((1 << bits) - 1)) << shift
        };
        Self(match place {
            Place::Document => 0,
            Place::Item(item) => 1 << 60 | part(item, 0, 48),
            Place::List(list) => 2 << 60 | part(list, 40, 16),
            Place::Root(list) => 3 << 60 | part(list, 40, 16),
            Place::Code(list, code) => 4 << 60 | part(list, 40, 16) | part(code, 12, 28),
            Place::Detail(list, code, detail) => {
                5 << 60 | part(list, 40, 16) | part(code, 12, 28) | part(detail, 0, 12)
            }
        })
    }
}

impl From<Node> for Place {
    fn from(Node(node): Node) -> Self {
        let part =
            |shift: u32, bits: u32| usize::try_from(node >> shift & ((1 << bits) - 1)).unwrap_or_default();
        match node >> 60 {
            1 => Self::Item(part(0, 48)),
            2 => Self::List(part(40, 16)),
            3 => Self::Root(part(40, 16)),
            4 => Self::Code(part(40, 16), part(12, 28)),
            5 => Self::Detail(part(40, 16), part(12, 28), part(0, 12)),
            _ => Self::Document,
        }
    }
}

/// The node of an item.
pub(super) fn node(item: usize) -> Node {
    Place::Item(item).into()
}

impl View<'_> {
    /// The codes of a vocabulary, as a filter sees them.
    pub(super) fn codes(&self, list: usize) -> Vec<Node> {
        (0..self.rules.outline.codes(list).len()).map(|code| Place::Code(list, code).into()).collect()
    }

    fn code(&self, list: usize, code: usize) -> Option<&Choice> {
        self.rules.outline.codes(list).get(code)
    }

    /// Goes down from a group to the items of a field in it, over these fields.
    fn descend(&self, item: usize, over: &[usize], found: &mut Vec<Node>) {
        let Some(at) = self.items.get(item) else { return };
        if at.is_list {
            return at.members.iter().for_each(|member| self.descend(*member, over, found));
        }
        let Some((next, rest)) = over.split_last() else { return found.push(node(item)) };
        let place = self.rules.outline.members(at.field).binary_search(next).ok();
        if let Some(member) = place.and_then(|place| at.members.get(place)) {
            self.descend(*member, rest, found);
        }
    }
}

impl Context for View<'_> {
    fn named(&self, from: Node, name: &str, everywhere: bool, found: &mut Vec<Node>) {
        let item = match from.into() {
            Place::Item(item) => item,
            _ => 0,
        };
        let outline = &self.rules.outline;
        let field = self.items.get(item).map_or(0, |item| item.field);
        let (Found::One(target) | Found::Several(target)) = outline.find(field, name) else { return };
        let mut start = if everywhere { 0 } else { item };
        let top = if everywhere { 0 } else { outline.shared(field, target) };
        while start != 0
            && let Some(at) = self.items.get(start)
            && at.field != top
        {
            start = at.parent;
        }
        let mut over = Vec::new();
        let mut at = target;
        while at != top && at != 0 {
            over.push(at);
            at = outline.parent_of(at);
        }
        self.descend(start, &over, found);
    }

    fn root(&self) -> Node {
        Place::Document.into()
    }

    fn parent(&self, node: Node) -> Option<Node> {
        match node.into() {
            Place::Document | Place::List(_) => None,
            Place::Item(0) => Some(Place::Document.into()),
            Place::Item(item) => {
                let parent = self.items.get(item)?.parent;
                let list = self.items.get(parent).filter(|parent| parent.is_list);
                Some(Place::Item(list.map_or(parent, |list| list.parent)).into())
            }
            Place::Root(list) => Some(Place::List(list).into()),
            Place::Code(list, _) => Some(Place::Root(list).into()),
            Place::Detail(list, code, _) => Some(Place::Code(list, code).into()),
        }
    }

    fn children(&self, parent: Node, name: Option<&str>, found: &mut Vec<Node>) {
        let is = |wanted: &str| name.is_none_or(|name| name == wanted);
        match parent.into() {
            // Whatever the entry is called.
            Place::Document => found.push(node(0)),
            Place::Item(item) => {
                let Some(item) = self.items.get(item).filter(|item| !item.is_list) else { return };
                let mut member = |index: usize| match self.items.get(index) {
                    Some(list) if list.is_list => found.extend(list.members.iter().map(|item| node(*item))),
                    _ => found.push(node(index)),
                };
                match name {
                    None => item.members.iter().for_each(|index| member(*index)),
                    Some(name) => {
                        let outline = &self.rules.outline;
                        let wanted = outline.member(item.field, name);
                        let place = wanted.and_then(|wanted| {
                            let first = outline.members(item.field);
                            first.binary_search(&wanted).ok()
                        });
                        place.and_then(|place| item.members.get(place)).copied().into_iter().for_each(member);
                    }
                }
            }
            Place::List(list) if is("root") => found.push(Place::Root(list).into()),
            Place::Root(list) if is("item") => {
                found.extend(self.codes(list));
            }
            Place::Code(list, code) => {
                let Some(said) = self.code(list, code) else { return };
                let details = said.details().enumerate().filter(|(_, detail)| is(detail));
                found.extend(details.map(|(place, _)| Node::from(Place::Detail(list, code, place))));
            }
            Place::List(_) | Place::Root(_) | Place::Detail(..) => {}
        }
    }

    fn is_named(&self, node: Node, name: &str) -> bool {
        match node.into() {
            Place::Document | Place::List(_) => false,
            Place::Item(item) => {
                self.items.get(item).is_some_and(|item| self.rules.outline.name(item.field) == name)
            }
            Place::Root(_) => name == "root",
            Place::Code(..) => name == "item",
            Place::Detail(list, code, detail) => {
                self.code(list, code).is_some_and(|code| code.details().nth(detail) == Some(name))
            }
        }
    }

    fn position(&self, node: Node) -> usize {
        let before = match node.into() {
            Place::Item(item) => {
                let list = self.items.get(item).and_then(|found| self.items.get(found.parent));
                let list = list.filter(|list| list.is_list);
                list.and_then(|list| list.members.iter().position(|member| *member == item)).unwrap_or(0)
            }
            Place::Code(_, code) => code,
            Place::Document | Place::List(_) | Place::Root(_) | Place::Detail(..) => 0,
        };
        before + 1
    }

    fn value(&self, node: Node) -> Value {
        match node.into() {
            Place::Item(index) => {
                let Some(item) = self.items.get(index) else { return Value::Unknown };
                let Some(answer) = &item.answer else { return Value::Unknown };
                if !self.items.is_relevant(index) {
                    return Value::Unknown;
                }
                let Some(rule) = self.rules.rule(item.field) else { return Value::Unknown };
                let value = answer::value(rule, answer, self.language);
                match &item.choices {
                    Some(offered) => self.offered(item.field, offered, value),
                    None => value,
                }
            }
            Place::Detail(list, code, detail) => {
                let detail = self.code(list, code).and_then(|code| code.detail(detail, self.language));
                detail.map_or(Value::Unknown, |detail| Value::Text(detail.to_owned()))
            }
            Place::Document | Place::List(_) | Place::Root(_) | Place::Code(..) => Value::Unknown,
        }
    }

    fn instance(&self, name: &str) -> Option<Node> {
        self.rules.outline.list(name).map(|list| Place::List(list).into())
    }

    fn label(&self, field: Node, code: &str) -> Option<String> {
        let Place::Item(item) = field.into() else { return None };
        let outline = &self.rules.outline;
        let codes = outline.codes(outline.list_of(self.items.get(item)?.field)?);
        let found = codes.iter().find(|known| known.code == code)?;
        found.label(self.language).map(str::to_owned)
    }

    fn property(&self, name: &str) -> Option<String> {
        self.rules.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    fn now(&self) -> Option<Moment> {
        self.now.cloned()
    }

    fn seed(&self) -> Option<Seed> {
        self.seed
    }

    fn language(&self) -> &str {
        self.language
    }
}

impl View<'_> {
    /// Nobody answered, or with a code that is not offered.
    pub(super) fn is_blank(&self, item: usize) -> bool {
        let Some(found) = self.items.get(item) else { return true };
        found.answer.as_ref().is_none_or(answer::is_blank)
            || (found.choices.is_some() && self.value(node(item)) == Value::Unknown)
    }

    /// An answer without the codes that are not offered.
    fn offered(&self, field: usize, offered: &[usize], value: Value) -> Value {
        let outline = &self.rules.outline;
        let Some(codes) = outline.list_of(field).map(|list| outline.codes(list)) else { return value };
        let is_offered = |value: &Value| match value {
            Value::Text(code) => {
                offered.iter().any(|place| codes.get(*place).is_some_and(|known| known.code == *code))
            }
            _ => false,
        };
        match value {
            Value::List(mut values) => {
                values.retain(is_offered);
                if values.is_empty() { Value::Unknown } else { Value::List(values) }
            }
            value if is_offered(&value) => value,
            _ => Value::Unknown,
        }
    }
}
