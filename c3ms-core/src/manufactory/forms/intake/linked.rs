//! JSON-LD by the words of schema.org: nodes, and every leaf with its path.

use std::borrow::Cow;

use super::fill::escaped;
use super::known::platform;
use super::source::{Items, Scalar, Selectors, Source, SourceKind, SourceRecord, SourceValue};
use super::tree::Tree;
use crate::manufactory::forms::FormsError;

pub(super) fn read(text: &str) -> Result<Source, FormsError> {
    let roots = parse(text)?;
    let mut nodes = Nodes::default();
    let several = roots.len() > 1;
    for (index, root) in roots.into_iter().enumerate() {
        nodes.walk(root, if several { format!("/{index}") } else { String::new() });
    }
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

/// The member of a document that lists its nodes: `@graph`, or the list of a platform's answer.
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
    ["@graph", "events", "results", "items", "objects", "records"].into_iter().find(lists)
}

#[derive(Default)]
struct Nodes {
    selectors: Selectors,
    records: Vec<SourceRecord>,
    outside: Vec<SourceValue>,
}

impl Nodes {
    /// Finds the nodes: the objects of the outermost lists and of `@graph`.
    fn walk(&mut self, value: Tree<'_>, at: String) {
        match value {
            Tree::List(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    self.walk(item, format!("{at}/{index}"));
                }
            }
            Tree::Object(members) if list(&members).is_some() => {
                let list = list(&members).unwrap_or_default();
                for (name, member) in members {
                    if name == list {
                        self.walk(member, format!("{at}/{list}"));
                    } else {
                        let mut values = std::mem::take(&mut self.outside);
                        self.leaves(member, &mut format!("/{name}"), &mut Items::new(), &mut values);
                        self.outside = values;
                    }
                }
            }
            node => {
                let mut values = Vec::new();
                let is_object = matches!(node, Tree::Object(_));
                self.leaves(node, &mut String::new(), &mut Items::new(), &mut values);
                values.shrink_to_fit();
                if is_object {
                    let number = self.records.len();
                    self.records.push(SourceRecord { at, number, values, private: false });
                } else {
                    self.outside.append(&mut values);
                }
            }
        }
    }

    fn leaves(
        &mut self,
        value: Tree<'_>,
        selector: &mut String,
        items: &mut Items,
        values: &mut Vec<SourceValue>,
    ) {
        let scalar = match value {
            Tree::Object(members) => {
                for (name, member) in members {
                    let length = selector.len();
                    selector.push('/');
                    selector.push_str(&escaped(&name));
                    self.leaves(member, selector, items, values);
                    selector.truncate(length);
                }
                return;
            }
            Tree::List(list) => {
                let length = selector.len();
                selector.push_str("/*");
                for (index, item) in list.into_iter().enumerate() {
                    items.push(index);
                    self.leaves(item, selector, items, values);
                    items.pop();
                }
                selector.truncate(length);
                return;
            }
            Tree::Text(text) => Scalar::Text(text.into()),
            Tree::Other(scalar) => scalar,
        };
        let selector = self.selectors.number(selector);
        values.push(SourceValue { selector, items: items.clone(), line: 0, scalar });
    }
}
