//! The value of an expression in a place of an entry.

use std::cell::Cell;

use super::{
    Value,
    moment::{DAY, instant, millis, parts},
    tree::{Axis, Link, Operator, Path, Start, Step, Term, Test, Tree},
    value::{counted, exact, remainder, text_number, whole},
};
use crate::{
    base::{Moment, Seed},
    manufactory::forms::{Dialect, pattern::Pattern},
};

/// A place in an entry: a field with its value, a group, a code of a vocabulary. Handed out by a [`Context`],
/// it means nothing to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub u64);

/// What an expression is asked about: an entry as it is being filled in.
///
/// Names are those of fields and of the members of lists; `instance('list')/root/item` are codes.
pub trait Context {
    /// The fields that `${name}` means from a place: of those of this name the nearest, in the same item of a
    /// list where both lie in it. `everywhere`: in every item.
    fn named(&self, from: Node, name: &str, everywhere: bool, found: &mut Vec<Node>);

    /// What holds the entry as its only member.
    fn root(&self) -> Node;

    /// What holds a place; nothing for the root and the root of a list of codes.
    fn parent(&self, node: Node) -> Option<Node>;

    /// The members of a place in order, all or those of one name.
    fn children(&self, node: Node, name: Option<&str>, found: &mut Vec<Node>);

    /// Tells whether a place has this name.
    fn is_named(&self, node: Node, name: &str) -> bool;

    /// Which one it is among those of its name, from 1.
    fn position(&self, node: Node) -> usize;

    /// The value there; unknown for what holds members.
    fn value(&self, node: Node) -> Value;

    /// What holds `root`, which holds every `item` of the list of this name.
    fn instance(&self, _name: &str) -> Option<Node> {
        None
    }

    /// What a code of a field is called in the language of the moment.
    fn label(&self, _field: Node, _code: &str) -> Option<String> {
        None
    }

    /// The words of this name in the language of the moment.
    fn translation(&self, _name: &str) -> Option<String> {
        None
    }

    /// What is known of the entry besides its answers: `version`, `username`.
    fn property(&self, _name: &str) -> Option<String> {
        None
    }

    /// When it is; nothing where nobody says, and then what asks for it is unknown.
    fn now(&self) -> Option<Moment> {
        None
    }

    /// Where chance comes from.
    fn seed(&self) -> Option<Seed> {
        None
    }

    /// The language of the moment.
    fn language(&self) -> &str;
}

/// Steps an evaluation may take; beyond, its value is unknown.
const MOST_STEPS: u32 = 1 << 18;

/// Bytes a text may have; a longer one is unknown.
pub(super) const LONGEST_TEXT: usize = 1 << 16;

/// What a part of an expression is while it is worked out.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    Value(Value),
    Nodes(Vec<Node>),
    /// A day and a time of XForms: milliseconds since 1970; as a text a count of days, or a date.
    Instant {
        millis: f64,
        days: bool,
    },
}

impl From<Value> for Operand {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// Where a part of an expression is worked out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Focus {
    pub(super) node: Node,
    pub(super) position: usize,
    pub(super) size: usize,
}

pub(super) struct Evaluator<'a> {
    pub(super) dialect: Dialect,
    pub(super) context: &'a dyn Context,
    /// The field the expression belongs to.
    pub(super) own: Node,
    pub(super) patterns: &'a [Pattern],
    /// Minutes east of UTC.
    pub(super) offset: i16,
    steps: Cell<u32>,
    /// Something that was asked for is not to be had: the whole is unknown.
    lacking: Cell<bool>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        dialect: Dialect,
        context: &'a dyn Context,
        own: Node,
        patterns: &'a [Pattern],
    ) -> Self {
        let offset = context.now().and_then(|now| now.offset()).unwrap_or(0);
        Self {
            dialect,
            context,
            own,
            patterns,
            offset,
            steps: Cell::new(MOST_STEPS),
            lacking: Cell::new(false),
        }
    }

    /// The value of a whole expression.
    pub(super) fn result(&self, tree: &Tree, focus: Focus) -> Value {
        let operand = self.tree(tree, focus);
        let value = match (self.is_own(), operand) {
            (_, Operand::Value(Value::Number(number))) if number.is_nan() => Value::Unknown,
            (false, Operand::Value(Value::Text(text))) if text.is_empty() => Value::Unknown,
            (_, Operand::Value(value)) => value,
            (true, Operand::Nodes(nodes)) => match nodes.as_slice() {
                [] => Value::Unknown,
                [node] => self.context.value(*node),
                many => Value::List(many.iter().map(|node| self.context.value(*node)).collect()),
            },
            (_, operand) => match self.string(&operand) {
                text if text.is_empty() => Value::Unknown,
                text => Value::Text(text),
            },
        };
        if self.lacking.get() { Value::Unknown } else { value }
    }

    /// Whether a whole expression holds; nothing where that is unknown.
    pub(super) fn holds(&self, tree: &Tree, focus: Focus) -> Option<bool> {
        let truth = self.truth(&self.tree(tree, focus));
        if self.lacking.get() { None } else { truth }
    }

    pub(super) fn is_own(&self) -> bool {
        self.dialect == Dialect::Own
    }

    /// Makes the whole unknown.
    pub(super) fn lack<T>(&self) -> Option<T> {
        self.lacking.set(true);
        None
    }

    fn spend(&self) -> bool {
        let left = self.steps.get().saturating_sub(1);
        self.steps.set(left);
        if left == 0 {
            self.lacking.set(true);
        }
        left > 0
    }

    pub(super) fn tree(&self, tree: &Tree, focus: Focus) -> Operand {
        if !self.spend() {
            return Value::Unknown.into();
        }
        match &tree.term {
            Term::Number(_, number) => Value::Number(*number).into(),
            Term::Text(text) => Value::Text(text.clone()).into(),
            Term::Path(path) => Operand::Nodes(self.path(path, focus, false)),
            Term::Quoted(_) => Value::Unknown.into(),
            Term::Call(call) => self.call(call, tree.at, focus),
            Term::Chain(first, links) => self.chain(first, links, focus),
            Term::Negative(inner) => {
                let number = self.number(&self.tree(inner, focus));
                number.map_or(Value::Unknown, |number| self.numeric(-number)).into()
            }
        }
    }

    /// A number as a value: in the own dialect what is none is unknown.
    pub(super) fn numeric(&self, number: f64) -> Value {
        if self.is_own() { Value::number(number) } else { Value::Number(number) }
    }

    fn chain(&self, first: &Tree, links: &[Link], focus: Focus) -> Operand {
        let mut left = self.tree(first, focus);
        for link in links {
            left = match link.operator {
                Operator::And | Operator::Or => {
                    let decides = link.operator == Operator::Or;
                    let before = self.truth(&left);
                    let truth = if before == Some(decides) {
                        before
                    } else {
                        match self.truth(&self.tree(&link.right, focus)) {
                            Some(after) if after == decides => Some(decides),
                            after => before.and(after),
                        }
                    };
                    truth.map_or(Value::Unknown, Value::Boolean).into()
                }
                Operator::Union => {
                    let (Operand::Nodes(mut nodes), Operand::Nodes(more)) =
                        (left, self.tree(&link.right, focus))
                    else {
                        return Value::Unknown.into();
                    };
                    nodes.extend(more);
                    Operand::Nodes(unique(nodes))
                }
                Operator::Plus | Operator::Minus | Operator::Times | Operator::Divided | Operator::Modulo => {
                    let right = self.tree(&link.right, focus);
                    self.calculate(link.operator, &left, &right).into()
                }
                Operator::Equal
                | Operator::NotEqual
                | Operator::Less
                | Operator::LessOrEqual
                | Operator::Greater
                | Operator::GreaterOrEqual => {
                    let right = self.tree(&link.right, focus);
                    let truth = match self.dialect {
                        Dialect::Own => own_compare(link.operator, &self.single(&left), &self.single(&right)),
                        Dialect::Xforms => Some(self.xforms_compare(link.operator, &left, &right)),
                    };
                    truth.map_or(Value::Unknown, Value::Boolean).into()
                }
            };
        }
        left
    }

    fn calculate(&self, operator: Operator, left: &Operand, right: &Operand) -> Value {
        if self.is_own() {
            let (left, right) = (self.single(left), self.single(right));
            match (operator, &left, &right) {
                (Operator::Plus, Value::Date(date), Value::Number(days))
                | (Operator::Plus, Value::Number(days), Value::Date(date)) => {
                    return shifted(*date, *days);
                }
                (Operator::Minus, Value::Date(date), Value::Number(days)) => return shifted(*date, -days),
                (Operator::Minus, one, other) if is_time(one) && is_time(other) => {
                    return match (self.days(one), self.days(other)) {
                        (Some(one), Some(other)) => Value::number(one - other),
                        _ => Value::Unknown,
                    };
                }
                _ => {}
            }
        }
        let (Some(left), Some(right)) = (self.number(left), self.number(right)) else {
            return Value::Unknown;
        };
        self.numeric(match operator {
            Operator::Plus => left + right,
            Operator::Minus => left - right,
            Operator::Times => left * right,
            Operator::Divided => left / right,
            _ => remainder(left, right),
        })
    }

    /// The days since 1970 of a day, of a day and a time.
    pub(super) fn days(&self, value: &Value) -> Option<f64> {
        match value {
            Value::Date(date) => Some(exact(date.days())),
            Value::Moment(moment) => Some(millis(moment, self.offset) / DAY),
            _ => None,
        }
    }

    /// The one value an operand is; unknown where there are none or several.
    pub(super) fn single(&self, operand: &Operand) -> Value {
        match operand {
            Operand::Value(value) => value.clone(),
            Operand::Nodes(nodes) => match nodes.as_slice() {
                [node] => self.context.value(*node),
                _ => Value::Unknown,
            },
            Operand::Instant { .. } => Value::Unknown,
        }
    }

    /// The number an operand is; XForms make one of everything.
    pub(super) fn number(&self, operand: &Operand) -> Option<f64> {
        match self.dialect {
            Dialect::Own => match self.single(operand) {
                Value::Number(number) => Some(number),
                _ => None,
            },
            Dialect::Xforms => Some(self.cast(operand)),
        }
    }

    fn cast(&self, operand: &Operand) -> f64 {
        match operand {
            Operand::Value(Value::Number(number)) => *number,
            Operand::Value(Value::Boolean(truth)) => f64::from(u8::from(*truth)),
            Operand::Instant { millis, .. } => millis / DAY,
            Operand::Value(_) | Operand::Nodes(_) => self.text_number(&self.string(operand)),
        }
    }

    fn text_number(&self, text: &str) -> f64 {
        instant(text, self.offset).map_or_else(|| text_number(text), |millis| millis / DAY)
    }

    /// Whether an operand is true; XForms make a truth of everything.
    pub(super) fn truth(&self, operand: &Operand) -> Option<bool> {
        if self.is_own() {
            return match self.single(operand) {
                Value::Boolean(truth) => Some(truth),
                _ => None,
            };
        }
        Some(match operand {
            Operand::Value(Value::Boolean(truth)) => *truth,
            Operand::Value(Value::Number(number)) => *number != 0.0 && !number.is_nan(),
            Operand::Value(_) => !self.string(operand).is_empty(),
            Operand::Nodes(nodes) => !nodes.is_empty(),
            Operand::Instant { millis, days } => *days || (*millis != 0.0 && !millis.is_nan()),
        })
    }

    /// The text an operand is; in the own dialect nothing where that is unknown.
    pub(super) fn text(&self, operand: &Operand) -> Option<String> {
        match self.dialect {
            Dialect::Own => match self.single(operand) {
                Value::Unknown => None,
                value => Some(value.to_text()),
            },
            Dialect::Xforms => Some(self.string(operand)),
        }
    }

    /// The text an operand is for XForms.
    fn string(&self, operand: &Operand) -> String {
        match operand {
            Operand::Value(value) => value.to_text(),
            Operand::Nodes(nodes) => nodes.first().map(|node| self.content(*node)).unwrap_or_default(),
            Operand::Instant { millis, .. } if millis.is_nan() => "Invalid Date".to_owned(),
            Operand::Instant { millis, days: true } => {
                whole((millis / DAY).floor()).unwrap_or_default().to_string()
            }
            Operand::Instant { millis, days: false } => parts(*millis, self.offset).to_text(self.offset),
        }
    }

    /// The text at a place: its value, or those of all its members.
    pub(super) fn content(&self, node: Node) -> String {
        match self.context.value(node) {
            Value::Unknown if self.spend() => {
                let mut members = Vec::new();
                self.context.children(node, None, &mut members);
                let mut text = String::new();
                for member in members {
                    text.push_str(&self.content(member));
                    if text.len() > LONGEST_TEXT {
                        self.lacking.set(true);
                        break;
                    }
                }
                text
            }
            value => value.to_text(),
        }
    }

    /// The nodes a path leads to, in order.
    pub(super) fn path(&self, path: &Path, focus: Focus, everywhere: bool) -> Vec<Node> {
        let mut nodes = match &path.start {
            Start::Named { last_saved: true, .. } => Vec::new(),
            Start::Named { name, .. } => {
                let mut nodes = Vec::new();
                self.context.named(self.own, name, everywhere, &mut nodes);
                nodes
            }
            Start::Root => vec![self.context.root()],
            Start::Here => vec![focus.node],
            Start::Given(tree) => match self.tree(tree, focus) {
                Operand::Nodes(nodes) => nodes,
                Operand::Value(_) | Operand::Instant { .. } => Vec::new(),
            },
        };
        nodes = self.filtered(nodes, &path.filters);
        for step in &path.steps {
            let from = if step.deep { self.descendants(nodes) } else { nodes };
            let alone = from.len() == 1;
            nodes = Vec::new();
            for node in from {
                if !self.spend() {
                    return Vec::new();
                }
                nodes.extend(self.filtered(self.step(step, node), &step.filters));
            }
            if !alone {
                nodes = unique(nodes);
            }
        }
        nodes
    }

    fn step(&self, step: &Step, node: Node) -> Vec<Node> {
        let mut found = Vec::new();
        match (step.axis, &step.test) {
            (Axis::Child, Test::Any | Test::Every) => self.context.children(node, None, &mut found),
            (Axis::Child, Test::Name(name)) => {
                self.context.children(node, Some(local(name)), &mut found);
                if step.deep {
                    found.retain(|node| self.context.is_named(*node, local(name)));
                }
            }
            (Axis::Attribute, _) => {}
            (Axis::Parent | Axis::Own, test) => {
                let at = if step.axis == Axis::Own { Some(node) } else { self.context.parent(node) };
                found.extend(at.filter(|at| match test {
                    Test::Any | Test::Every => true,
                    Test::Name(name) => self.context.is_named(*at, local(name)),
                }));
            }
        }
        found
    }

    /// These and all that lies below them.
    fn descendants(&self, nodes: Vec<Node>) -> Vec<Node> {
        let mut found = Vec::new();
        let mut waiting: Vec<Node> = nodes.into_iter().rev().collect();
        while let Some(node) = waiting.pop() {
            if !self.spend() {
                return Vec::new();
            }
            found.push(node);
            let mut members = Vec::new();
            self.context.children(node, None, &mut members);
            waiting.extend(members.into_iter().rev());
        }
        unique(found)
    }

    /// Those that pass every filter; a filter that gives a number wants the one in that place.
    fn filtered(&self, mut nodes: Vec<Node>, filters: &[Tree]) -> Vec<Node> {
        for filter in filters {
            let size = nodes.len();
            let mut position = 0;
            nodes.retain(|node| {
                position += 1;
                self.passes(filter, Focus { node: *node, position, size })
            });
        }
        nodes
    }

    /// Whether a filter lets a node through.
    #[expect(clippy::float_cmp, reason = "positions are exact")]
    fn passes(&self, filter: &Tree, focus: Focus) -> bool {
        match self.tree(filter, focus) {
            Operand::Value(Value::Number(wanted)) => wanted == counted(focus.position),
            operand => self.truth(&operand) == Some(true),
        }
    }

    fn xforms_compare(&self, operator: Operator, left: &Operand, right: &Operand) -> bool {
        let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        let is_boolean = |operand: &Operand| matches!(operand, Operand::Value(Value::Boolean(_)));
        if equality && (is_boolean(left) || is_boolean(right)) {
            return (self.truth(left) == self.truth(right)) == (operator == Operator::Equal);
        }
        let (left, right) = (self.atoms(left), self.atoms(right));
        left.iter().any(|left| {
            right.iter().any(|right| {
                self.spend()
                    && match (left, right) {
                        (Atom::Text(left), Atom::Text(right)) if equality => {
                            (left == right) == (operator == Operator::Equal)
                        }
                        _ => ordered(operator, self.atom_number(left), self.atom_number(right)),
                    }
            })
        })
    }

    fn atoms(&self, operand: &Operand) -> Vec<Atom> {
        match operand {
            Operand::Nodes(nodes) => nodes.iter().map(|node| Atom::Text(self.content(*node))).collect(),
            Operand::Value(Value::Number(_) | Value::Boolean(_)) | Operand::Instant { .. } => {
                vec![Atom::Number(self.cast(operand))]
            }
            Operand::Value(_) => vec![Atom::Text(self.string(operand))],
        }
    }

    fn atom_number(&self, atom: &Atom) -> f64 {
        match atom {
            Atom::Number(number) => *number,
            Atom::Text(text) => self.text_number(text),
        }
    }
}

/// What XPath compares in the end.
enum Atom {
    Text(String),
    Number(f64),
}

#[expect(clippy::float_cmp, reason = "the operator asks for it")]
fn ordered(operator: Operator, left: f64, right: f64) -> bool {
    match operator {
        Operator::Equal => left == right,
        Operator::NotEqual => left != right,
        Operator::Less => left < right,
        Operator::LessOrEqual => left <= right,
        Operator::Greater => left > right,
        _ => left >= right,
    }
}

/// Compares in the own dialect: like with like; unknown where one is unknown or they are not alike.
fn own_compare(operator: Operator, left: &Value, right: &Value) -> Option<bool> {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => return Some(ordered(operator, *left, *right)),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        (Value::Moment(left), Value::Moment(right)) => compare_moments(left, right),
        (Value::Date(left), Value::Moment(right)) => left.cmp(&right.date()),
        (Value::Moment(left), Value::Date(right)) => left.date().cmp(right),
        (Value::Text(_), Value::Text(_))
        | (Value::Boolean(_), Value::Boolean(_))
        | (Value::List(_), Value::List(_)) => {
            return match operator {
                Operator::Equal => Some(left == right),
                Operator::NotEqual => Some(left != right),
                _ => None,
            };
        }
        _ => return None,
    };
    Some(match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// By their instants where both name an offset, else by their local times.
fn compare_moments(left: &Moment, right: &Moment) -> std::cmp::Ordering {
    match (left.offset(), right.offset()) {
        (Some(one), Some(other)) => {
            let instant = |moment: &Moment, offset: i16| moment.local_seconds() - i64::from(offset) * 60;
            instant(left, one).cmp(&instant(right, other))
        }
        _ => left.local_seconds().cmp(&right.local_seconds()),
    }
}

const fn is_time(value: &Value) -> bool {
    matches!(value, Value::Date(_) | Value::Moment(_))
}

fn shifted(date: crate::base::Date, days: f64) -> Value {
    match whole(days) {
        Some(days) if days.abs() < 4_000_000 => Value::Date(date.plus_days(days)),
        _ => Value::Unknown,
    }
}

/// The name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Each once, in the order of their first place.
fn unique(mut nodes: Vec<Node>) -> Vec<Node> {
    let mut known = nodes.clone();
    known.sort_unstable();
    known.dedup();
    let mut seen = vec![false; known.len()];
    nodes.retain(|node| {
        let seen = known.binary_search(node).ok().and_then(|place| seen.get_mut(place));
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    });
    nodes
}
