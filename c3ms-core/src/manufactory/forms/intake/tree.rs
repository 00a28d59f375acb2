//! A JSON document as a source is read: its texts are those of the file where they stand there as they are, its objects
//! are lists.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::Scalar;

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree<'a> {
    Text(Cow<'a, str>),
    /// What is no text.
    Other(Scalar),
    List(Vec<Tree<'a>>),
    /// The members by name, sorted; of two with one name the last comes first, and is the one that is kept.
    Object(Vec<(Cow<'a, str>, Tree<'a>)>),
}

impl<'de> Deserialize<'de> for Tree<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Tree<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree<'de>, E> {
        Ok(Tree::Other(Scalar::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree<'de>, E> {
        Ok(Tree::Other(Scalar::Boolean(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree<'de>, E> {
        Ok(Tree::Other(Scalar::Number(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree<'de>, E> {
        Ok(Tree::Other(Scalar::Number(value.into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree<'de>, E> {
        Ok(Tree::Other(serde_json::Number::from_f64(value).map_or(Scalar::Null, Scalar::Number)))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Tree<'de>, E> {
        Ok(Tree::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree<'de>, E> {
        Ok(Tree::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree<'de>, A::Error> {
        let mut object: Vec<(Cow<'de, str>, Tree<'de>)> = Vec::new();
        while let Some((Name(name), member)) = members.next_entry()? {
            object.push((name, member));
        }
        sort(&mut object);
        Ok(Tree::Object(object))
    }
}

/// Sorts members by name. Of equals the last counts: turned round, a stable sort puts it first. The others are told as
/// refused.
pub(super) fn sort<T>(members: &mut [(Cow<'_, str>, T)]) {
    members.reverse();
    members.sort_by(|one, other| one.0.cmp(&other.0));
}

/// The name of a member, where it stands in the file.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name<'a>(pub(super) Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Naming)
    }
}

struct Naming;

impl<'de> Visitor<'de> for Naming {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(value.to_owned())))
    }
}
