//! JSON-LD by the words of schema.org: nodes, and every leaf with its path.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};

use super::fill::escaped;
use super::known::platform;
use super::source::{Items as Places, Scalar, Selectors, Source, SourceKind, SourceRecord, SourceValue};
use super::tree::{Name, Tree, sort};
use crate::{
    base::{of_each, processors},
    manufactory::forms::FormsError,
};

pub(super) fn read(text: &str) -> Result<Source, FormsError> {
    let nodes = match serde_json::from_str(text) {
        Ok(Listed(Some(nodes))) => nodes,
        Ok(Listed(None)) | Err(_) => walked(&parse(text)?),
    };
    Ok(Source {
        kind: platform(&nodes.selectors.names).unwrap_or(SourceKind::JsonLd),
        charset: "UTF-8",
        delimiter: None,
        selectors: nodes.selectors.names,
        records: nodes.records,
        outside: nodes.outside,
        zone: None,
    })
}

fn walked(roots: &[Tree<'_>]) -> Nodes {
    let mut nodes = Nodes::default();
    let several = roots.len() > 1;
    for (index, root) in roots.iter().enumerate() {
        nodes.walk(root, if several { format!("/{index}") } else { String::new() });
    }
    nodes
}

/// One document, or one a line.
fn parse(text: &str) -> Result<Vec<Tree<'_>>, FormsError> {
    let broken = |error: &serde_json::Error, lines: usize| FormsError::JsonBroken {
        line: error.line() + lines,
        column: error.column(),
        reason: error.to_string(),
    };
    match serde_json::from_str(text) {
        Ok(root) => Ok(vec![root]),
        Err(whole) => {
            let mut roots = Vec::new();
            for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                match serde_json::from_str(line) {
                    Ok(root) => roots.push(root),
                    // The first line alone is no document: then the file was meant as one.
                    Err(_) if roots.is_empty() => return Err(broken(&whole, 0)),
                    Err(error) => return Err(broken(&error, index)),
                }
            }
            Ok(roots)
        }
    }
}

/// The members of a document that may list its nodes: `@graph`, or the list of a platform's answer.
const LISTS: [&str; 6] = ["@graph", "events", "results", "items", "objects", "records"];

/// The member of a document that lists its nodes.
fn list(members: &[(Cow<'_, str>, Tree<'_>)]) -> Option<&'static str> {
    let has = |name: &str| members.iter().find(|(known, _)| known == name).map(|(_, member)| member);
    // A node that has such a member itself says what it is, or which.
    let is_node = || ["@type", "@id", "uid", "name", "title"].iter().any(|own| has(own).is_some());
    let lists = |name: &&str| {
        let is_list = |member: &Tree<'_>| {
            let Tree::List(items) = member else { return false };
            !items.is_empty() && items.iter().all(|item| matches!(item, Tree::Object(_)))
        };
        has(name).is_some_and(|member| *name == "@graph" || (is_list(member) && !is_node()))
    };
    LISTS.into_iter().find(lists)
}

/// The nodes of a document that is a list of them, or has one list of them: each is walked as soon as it is read, and
/// no tree of the whole is made. Nothing for any other document.
struct Listed(Option<Nodes>);

impl<'de> Deserialize<'de> for Listed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Listing)
    }
}

struct Listing;

impl<'de> Visitor<'de> for Listing {
    type Value = Listed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nodes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Listed, A::Error> {
        Ok(Listed(Some(Items(String::new()).visit_seq(items)?.0)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Listed, A::Error> {
        let mut listed = None;
        let mut others: Vec<(Cow<'de, str>, Tree<'de>)> = Vec::new();
        while let Some(Name(name)) = members.next_key()? {
            if listed.is_none() && LISTS.contains(&&*name) {
                let (nodes, objects) = members.next_value_seed(InList(Items(format!("/{name}"))))?;
                // It stands for what is walked already.
                let item = if objects { Tree::Object(Vec::new()) } else { Tree::Other(Scalar::Null) };
                others.push((name.clone(), Tree::List(vec![item])));
                listed = Some((name, nodes));
            } else {
                others.push((name, members.next_value()?));
            }
        }
        sort(&mut others);
        let Some((name, nodes)) = listed.filter(|(name, _)| list(&others).is_some_and(|list| list == name))
        else {
            return Ok(Listed(None));
        };
        let mut all = Nodes::default();
        let mut nodes = Some(nodes);
        for (other, member) in others {
            if other != name {
                all.outside(&other, &member);
            } else if let Some(nodes) = nodes.take() {
                all.append(nodes);
            } else {
                // Named twice: which of the two counts, the whole document says.
                return Ok(Listed(None));
            }
        }
        Ok(Listed(Some(all)))
    }
}

/// Reads a list and nothing else.
struct InList(Items);

impl<'de> DeserializeSeed<'de> for InList {
    type Value = (Nodes, bool);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self.0)
    }
}

/// Items that one processor walks, while others walk those after them.
const STRETCH: usize = 64;

/// Walks the items of the list at this place, stretches of it side by side; whether there are some, all of them objects.
struct Items(String);

impl<'de> Visitor<'de> for Items {
    type Value = (Nodes, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let (mut nodes, mut count, mut objects) = (Nodes::default(), 0, true);
        loop {
            let mut trees: Vec<Tree<'de>> = Vec::with_capacity(STRETCH * processors());
            while trees.len() < trees.capacity()
                && let Some(tree) = items.next_element()?
            {
                objects &= matches!(tree, Tree::Object(_));
                trees.push(tree);
            }
            let stretches: Vec<_> = trees.chunks(STRETCH).collect();
            for walked in of_each(stretches.len(), |number| {
                let mut walked = Nodes::default();
                let first = count + number * STRETCH;
                for (place, tree) in stretches.get(number).into_iter().copied().flatten().enumerate() {
                    walked.walk(tree, format!("{}/{}", self.0, first + place));
                }
                walked
            }) {
                nodes.append(walked);
            }
            count += trees.len();
            if trees.len() < trees.capacity() {
                return Ok((nodes, objects && count > 0));
            }
        }
    }
}

#[derive(Default)]
struct Nodes {
    selectors: Selectors,
    records: Vec<SourceRecord>,
    outside: Vec<SourceValue>,
    /// Room for the values of a node while it is walked: a record keeps no more than it needs.
    values: Vec<SourceValue>,
}

impl Nodes {
    /// Adds what was found further on.
    fn append(&mut self, mut further: Self) {
        let numbers: Vec<usize> =
            further.selectors.names.iter().map(|name| self.selectors.number(name)).collect();
        let values = further.records.iter_mut().flat_map(|record| &mut record.values);
        values.chain(&mut further.outside).for_each(|value| value.renumber(&numbers));
        let before = self.records.len();
        further.records.iter_mut().for_each(|record| record.number += before);
        self.records.append(&mut further.records);
        self.outside.append(&mut further.outside);
    }

    /// Takes what stands beside the nodes.
    fn outside(&mut self, name: &str, member: &Tree<'_>) {
        let mut values = std::mem::take(&mut self.outside);
        self.leaves(member, &mut format!("/{name}"), &mut Places::new(), &mut values);
        self.outside = values;
    }

    /// Finds the nodes: the objects of the outermost lists and of `@graph`.
    fn walk(&mut self, value: &Tree<'_>, at: String) {
        match value {
            Tree::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, format!("{at}/{index}"));
                }
            }
            Tree::Object(members) if list(members).is_some() => {
                let list = list(members).unwrap_or_default();
                for (name, member) in members {
                    if name == list {
                        self.walk(member, format!("{at}/{list}"));
                    } else {
                        self.outside(name, member);
                    }
                }
            }
            node => {
                let mut values = std::mem::take(&mut self.values);
                let is_object = matches!(node, Tree::Object(_));
                self.leaves(node, &mut String::new(), &mut Places::new(), &mut values);
                if is_object {
                    let number = self.records.len();
                    let mut own = Vec::with_capacity(values.len());
                    own.append(&mut values);
                    self.records.push(SourceRecord { at, number, values: own, private: false });
                } else {
                    self.outside.append(&mut values);
                }
                self.values = values;
            }
        }
    }

    fn leaves(
        &mut self,
        value: &Tree<'_>,
        selector: &mut String,
        items: &mut Places,
        values: &mut Vec<SourceValue>,
    ) {
        let scalar = match value {
            Tree::Object(members) => {
                for (name, member) in members {
                    let length = selector.len();
                    selector.push('/');
                    selector.push_str(&escaped(name));
                    self.leaves(member, selector, items, values);
                    selector.truncate(length);
                }
                return;
            }
            Tree::List(list) => {
                let length = selector.len();
                selector.push_str("/*");
                for (index, item) in list.iter().enumerate() {
                    items.push(index);
                    self.leaves(item, selector, items, values);
                    items.pop();
                }
                selector.truncate(length);
                return;
            }
            Tree::Text(text) => Scalar::Text(text.as_ref().into()),
            Tree::Other(scalar) => scalar.clone(),
        };
        let selector = self.selectors.number(selector);
        values.push(SourceValue::new(selector, items.clone(), 0, scalar));
    }
}
