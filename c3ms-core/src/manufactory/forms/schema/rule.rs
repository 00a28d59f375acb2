//! A schema as a list of rules: what a value must hold, one keyword each.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not},
};

use serde_json::Value;

use super::decimal::Decimal;
use crate::{base::Pointer, manufactory::forms::Side};

/// A value as text, equal for equal values: `1.0` is `1`, the order of members is none.
pub(super) fn exact(value: &Value) -> String {
    match value {
        Value::Number(number) => {
            Decimal::of(number).map_or_else(|| number.to_string(), |number| format!("{number:?}"))
        }
        Value::Array(items) => {
            items.iter().fold("[".to_owned(), |text, item| format!("{text}{},", exact(item)))
        }
        Value::Object(members) => {
            // Sorted here, whatever keeps the members.
            let sorted: BTreeMap<&String, &Value> = members.iter().collect();
            sorted
                .iter()
                .fold("{".to_owned(), |text, (name, item)| format!("{text}{name:?}:{},", exact(item)))
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
    }
}

/// Which schema, of both documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(pub(super) usize);

/// Which pattern, of both documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PatternId(pub(super) usize);

/// A schema: all its rules hold. Without rules, it accepts everything.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) side: Side,
    pub(super) path: Pointer,
    pub(super) rules: Vec<Rule>,
    /// Schemas of the same class accept the same, whichever document they stand in.
    pub(super) class: usize,
}

/// What one keyword asks.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) keyword: &'static str,
    /// Rules of the same class ask the same.
    pub(super) class: usize,
    pub(super) test: Test,
}

/// Kinds of values; numbers are whole or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Types(pub(super) u8);

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const INTEGER: Self = Self(4);
    pub(super) const FRACTION: Self = Self(8);
    pub(super) const NUMBER: Self = Self(12);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);
    pub(super) const ALL: Self = Self(127);

    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            "any" => Self::ALL,
            _ => return None,
        })
    }

    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) => match Decimal::of(number) {
                Some(number) if number.is_integer() => Self::INTEGER,
                Some(_) => Self::FRACTION,
                None => Self::NUMBER,
            },
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self & other != Self::NONE
    }
}

impl BitAnd for Types {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitAndAssign for Types {
    fn bitand_assign(&mut self, other: Self) {
        self.0 &= other.0;
    }
}

impl BitOr for Types {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Types {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl Not for Types {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }
}

/// The end of a range of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) at: Decimal,
    pub(super) exclusive: bool,
}

/// The members of an object that neither these names nor these patterns speak of.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    pub(super) names: BTreeSet<String>,
    pub(super) patterns: BTreeSet<PatternId>,
    pub(super) schema: NodeId,
}

/// What is left over once the schemas beside it spoke.
#[derive(Debug, Clone)]
pub(super) struct Leftover<T> {
    /// What surely no schema speaks of; [`None`] where there may be nothing.
    pub(super) surely: Option<T>,
    /// What perhaps no schema speaks of; [`None`] where there is surely nothing.
    pub(super) perhaps: Option<T>,
    pub(super) schema: NodeId,
    /// The class of the rules beside it: where they are the same, the same is left over.
    pub(super) beside: usize,
}

/// The test of a rule. Where it speaks of one type, values of others pass.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Never,
    /// A schema that cannot be had, by its address.
    Unknown(String),
    Types(Types),
    Values(Vec<Value>),
    Least(Bound),
    Most(Bound),
    MultipleOf(Decimal),
    MinLength(u64),
    MaxLength(u64),
    Pattern(PatternId),
    /// A format or an encoding: a test on strings known only by its name.
    Named(String),
    Prefix(Vec<NodeId>),
    /// The items from this position on.
    Items(usize, NodeId),
    Contains {
        schema: NodeId,
        least: u64,
        most: Option<u64>,
    },
    MinItems(u64),
    MaxItems(u64),
    Unique,
    UnevaluatedItems(Leftover<usize>),
    Properties(BTreeMap<String, NodeId>),
    PatternProperties(Vec<(PatternId, NodeId)>),
    Additional(Rest),
    Names(NodeId),
    Required(BTreeSet<String>),
    DependentRequired(BTreeMap<String, BTreeSet<String>>),
    Dependent(BTreeMap<String, NodeId>),
    MinProperties(u64),
    MaxProperties(u64),
    UnevaluatedProperties(Leftover<Rest>),
    Ref(NodeId),
    All(Vec<NodeId>),
    Any(Vec<NodeId>),
    One(Vec<NodeId>),
    Not(NodeId),
    If {
        condition: NodeId,
        then: Option<NodeId>,
        otherwise: Option<NodeId>,
    },
}

impl Test {
    /// The schemas it speaks of.
    pub(super) fn schemas_mut(&mut self) -> Vec<&mut NodeId> {
        match self {
            Self::Items(_, schema)
            | Self::Contains { schema, .. }
            | Self::Names(schema)
            | Self::Ref(schema)
            | Self::Not(schema) => vec![schema],
            Self::Prefix(list) | Self::All(list) | Self::Any(list) | Self::One(list) => {
                list.iter_mut().collect()
            }
            Self::UnevaluatedItems(left) => vec![&mut left.schema],
            Self::UnevaluatedProperties(left) => {
                let mut schemas = vec![&mut left.schema];
                schemas.extend(left.surely.iter_mut().map(|rest| &mut rest.schema));
                schemas.extend(left.perhaps.iter_mut().map(|rest| &mut rest.schema));
                schemas
            }
            Self::Properties(map) | Self::Dependent(map) => map.values_mut().collect(),
            Self::PatternProperties(list) => list.iter_mut().map(|(_, schema)| schema).collect(),
            Self::Additional(rest) => vec![&mut rest.schema],
            Self::If { condition, then, otherwise } => {
                std::iter::once(condition).chain(then.as_mut()).chain(otherwise.as_mut()).collect()
            }
            Self::Never
            | Self::Unknown(_)
            | Self::Types(_)
            | Self::Values(_)
            | Self::Least(_)
            | Self::Most(_)
            | Self::MultipleOf(_)
            | Self::MinLength(_)
            | Self::MaxLength(_)
            | Self::Pattern(_)
            | Self::Named(_)
            | Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::Unique
            | Self::Required(_)
            | Self::DependentRequired(_)
            | Self::MinProperties(_)
            | Self::MaxProperties(_) => Vec::new(),
        }
    }

    /// The schemas that test the same value, not a part of it.
    pub(super) fn in_place(&self) -> Vec<NodeId> {
        match self {
            Self::Ref(schema) | Self::Not(schema) => vec![*schema],
            Self::All(list) | Self::Any(list) | Self::One(list) => list.clone(),
            Self::Dependent(map) => map.values().copied().collect(),
            Self::If { condition, then, otherwise } => {
                std::iter::once(*condition).chain(*then).chain(*otherwise).collect()
            }
            _ => Vec::new(),
        }
    }

    /// All that makes the test but the schemas it speaks of; equal for equal tests.
    pub(super) fn outline(&self) -> String {
        let listed = |names: &BTreeSet<String>| {
            names.iter().fold(String::new(), |text, name| format!("{text}{name:?}"))
        };
        match self {
            Self::Never => "never".to_owned(),
            Self::Unknown(address) => format!("unknown {address}"),
            Self::Types(types) => format!("types {}", types.0),
            Self::Values(values) => {
                let texts: BTreeSet<String> = values.iter().map(exact).collect();
                format!("values {}", listed(&texts))
            }
            Self::Least(bound) => format!("least {bound:?}"),
            Self::Most(bound) => format!("most {bound:?}"),
            Self::MultipleOf(step) => format!("multiple {step:?}"),
            Self::MinLength(bound) => format!("min-length {bound}"),
            Self::MaxLength(bound) => format!("max-length {bound}"),
            Self::Pattern(pattern) => format!("pattern {pattern:?}"),
            Self::Named(name) => format!("named {name}"),
            Self::Prefix(_) => "prefix".to_owned(),
            Self::Items(from, _) => format!("items {from}"),
            Self::Contains { least, most, .. } => format!("contains {least} {most:?}"),
            Self::MinItems(bound) => format!("min-items {bound}"),
            Self::MaxItems(bound) => format!("max-items {bound}"),
            Self::Unique => "unique".to_owned(),
            Self::UnevaluatedItems(left) => format!("unevaluated-items {}", left.beside),
            Self::Properties(map) => {
                map.keys().fold("properties".to_owned(), |text, name| format!("{text} {name:?}"))
            }
            Self::PatternProperties(list) => {
                list.iter().fold("patterns".to_owned(), |text, (pattern, _)| format!("{text} {pattern:?}"))
            }
            Self::Additional(rest) => format!("additional {} {:?}", listed(&rest.names), rest.patterns),
            Self::Names(_) => "names".to_owned(),
            Self::Required(names) => format!("required {}", listed(names)),
            Self::DependentRequired(map) => {
                map.iter().fold("needs".to_owned(), |mut text, (name, needed)| {
                    let _ = write!(text, " {name:?}:{}", listed(needed));
                    text
                })
            }
            Self::Dependent(map) => {
                map.keys().fold("dependent".to_owned(), |text, name| format!("{text} {name:?}"))
            }
            Self::MinProperties(bound) => format!("min-properties {bound}"),
            Self::MaxProperties(bound) => format!("max-properties {bound}"),
            Self::UnevaluatedProperties(left) => format!("unevaluated-properties {}", left.beside),
            Self::Ref(_) | Self::All(_) => "all".to_owned(),
            Self::Any(_) => "any".to_owned(),
            Self::One(_) => "one".to_owned(),
            Self::Not(_) => "not".to_owned(),
            Self::If { then, otherwise, .. } => format!("if {} {}", then.is_some(), otherwise.is_some()),
        }
    }

    /// The order of its schemas does not matter.
    pub(super) const fn commutes(&self) -> bool {
        matches!(self, Self::All(_) | Self::Any(_) | Self::One(_))
    }
}
