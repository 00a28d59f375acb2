//! The tree of an expression: what was read from its text.

use serde::{Deserialize, Serialize};

use super::function::Function;
use crate::manufactory::forms::form::shallow;

/// How many characters come before: where to point when something is wrong. Two trees are equal wherever
/// they stood.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct At(pub(crate) usize);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// One part of an expression, with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tree {
    pub(crate) at: At,
    #[serde(deserialize_with = "shallow")]
    pub(crate) term: Term,
}

/// What a part of an expression is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Term {
    /// A number as it was written, and what it is.
    Number(#[serde(skip)] String, f64),
    /// Words between quotes.
    Text(String),
    /// Values of fields.
    Path(Path),
    /// The name of a field between quotes: the second argument of `jr:choice-name`.
    Quoted(Path),
    /// A function and what it is given.
    Call(Call),
    /// Operands joined by operators of one rank, taken from the left.
    Chain(Box<Tree>, Vec<Link>),
    /// The number below zero.
    Negative(Box<Tree>),
}

/// An operator and what stands right of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) at: At,
    pub(crate) operator: Operator,
    pub(crate) right: Tree,
}

/// A function and what it is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// The name as it was written.
    #[serde(skip)]
    pub(crate) name: String,
    /// The function, where there is one of this name.
    pub(crate) function: Option<Function>,
    pub(crate) arguments: Vec<Tree>,
}

/// From a place, over steps, to fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Path {
    pub(crate) start: Start,
    /// What those at the start must fulfil.
    pub(crate) filters: Vec<Tree>,
    pub(crate) steps: Vec<Step>,
}

/// Where a path begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Start {
    /// `${name}`: the nearest field of this name.
    Named {
        name: String,
        /// As the entry before this one had it.
        last_saved: bool,
    },
    /// `/`: the whole entry.
    Root,
    /// `.`: the field itself, or what a filter looks at.
    Here,
    /// What an expression gives: `instance('list')/root`, `(a | b)[1]`.
    Given(Box<Tree>),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// After `//`: however deep.
    pub(crate) deep: bool,
    pub(crate) axis: Axis,
    pub(crate) test: Test,
    pub(crate) filters: Vec<Tree>,
}

/// Which way a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Axis {
    Child,
    Parent,
    Own,
    Attribute,
}

/// Which nodes a step takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Test {
    Any,
    Every,
    Name(String),
}

/// What joins two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divided,
    Modulo,
    Union,
}

/// The rank of what binds tighter than every operator.
pub(crate) const TIGHTEST: u8 = 8;
/// The rank of a minus before its number.
pub(crate) const NEGATIVE: u8 = 6;
/// The rank of `|`, the tightest operator.
pub(crate) const UNION: u8 = 7;

impl Operator {
    /// As it is written.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divided => "div",
            Self::Modulo => "mod",
            Self::Union => "|",
        }
    }

    /// How tightly it binds: `or` loosest.
    pub(crate) const fn rank(self) -> u8 {
        match self {
            Self::Or => 0,
            Self::And => 1,
            Self::Equal | Self::NotEqual => 2,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 3,
            Self::Plus | Self::Minus => 4,
            Self::Times | Self::Divided | Self::Modulo => 5,
            Self::Union => UNION,
        }
    }
}

impl Tree {
    /// How tightly its parts are bound: where it needs parentheses.
    pub(crate) fn rank(&self) -> u8 {
        match &self.term {
            Term::Chain(_, links) => links.first().map_or(TIGHTEST, |link| link.operator.rank()),
            Term::Negative(_) => NEGATIVE,
            Term::Number(..) | Term::Text(_) | Term::Path(_) | Term::Quoted(_) | Term::Call(_) => TIGHTEST,
        }
    }

    /// Calls `each` with this part and every part of it, the outer first.
    pub(crate) fn walk<'a>(&'a self, each: &mut dyn FnMut(&'a Self)) {
        each(self);
        match &self.term {
            Term::Number(..) | Term::Text(_) => {}
            Term::Path(path) | Term::Quoted(path) => path.walk(each),
            Term::Call(call) => call.arguments.iter().for_each(|argument| argument.walk(each)),
            Term::Chain(first, links) => {
                first.walk(each);
                for link in links {
                    link.right.walk(each);
                }
            }
            Term::Negative(inner) => inner.walk(each),
        }
    }

    /// The text, where it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.term {
            Term::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Path {
    fn walk<'a>(&'a self, each: &mut dyn FnMut(&'a Tree)) {
        if let Start::Given(tree) = &self.start {
            tree.walk(each);
        }
        let filters = self.filters.iter().chain(self.steps.iter().flat_map(|step| &step.filters));
        filters.for_each(|filter| filter.walk(each));
    }

    /// `.` alone.
    pub(crate) fn is_here(&self) -> bool {
        self.start == Start::Here && self.filters.is_empty() && self.steps.is_empty()
    }

    /// A bare name alone: in a filter an attribute of the code.
    pub(crate) fn as_bare(&self) -> Option<&str> {
        match (&self.start, self.steps.as_slice()) {
            (Start::Here, [Step { deep: false, axis: Axis::Child, test: Test::Name(name), filters }])
                if filters.is_empty() && self.filters.is_empty() =>
            {
                Some(name)
            }
            _ => None,
        }
    }

    /// `${name}` alone.
    pub(crate) fn as_named(&self) -> Option<&str> {
        match &self.start {
            Start::Named { name, last_saved: false } if self.filters.is_empty() && self.steps.is_empty() => {
                Some(name)
            }
            _ => None,
        }
    }
}
