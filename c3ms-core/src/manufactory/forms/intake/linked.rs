//! JSON-LD by the words of schema.org: nodes, and every leaf with its path.

use serde_json::Value;

use super::source::{Scalar, Selectors, Source, SourceKind, SourceRecord, SourceValue};
use crate::manufactory::forms::FormsError;

pub(super) fn read(text: &str) -> Result<Source, FormsError> {
    let roots = parse(text)?;
    let mut nodes = Nodes::default();
    match roots.as_slice() {
        [one] => nodes.walk(one, String::new()),
        several => several.iter().enumerate().for_each(|(index, root)| nodes.walk(root, format!("/{index}"))),
    }
    Ok(Source {
        kind: SourceKind::JsonLd,
        charset: "UTF-8",
        delimiter: None,
        selectors: nodes.selectors.names,
        records: nodes.records,
        outside: nodes.outside,
        zone: None,
    })
}

/// One document, or one a line.
fn parse(text: &str) -> Result<Vec<Value>, FormsError> {
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

#[derive(Default)]
struct Nodes {
    selectors: Selectors,
    records: Vec<SourceRecord>,
    outside: Vec<SourceValue>,
}

impl Nodes {
    /// Finds the nodes: the objects of the outermost lists and of `@graph`.
    fn walk(&mut self, value: &Value, at: String) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, format!("{at}/{index}"));
                }
            }
            Value::Object(members) if members.contains_key("@graph") => {
                for (name, member) in members {
                    if name == "@graph" {
                        self.walk(member, format!("{at}/@graph"));
                    } else {
                        let mut values = std::mem::take(&mut self.outside);
                        self.leaves(member, &mut format!("/{name}"), &mut Vec::new(), &mut values);
                        self.outside = values;
                    }
                }
            }
            node => {
                let mut values = Vec::new();
                self.leaves(node, &mut String::new(), &mut Vec::new(), &mut values);
                if node.is_object() {
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
        value: &Value,
        selector: &mut String,
        items: &mut Vec<usize>,
        values: &mut Vec<SourceValue>,
    ) {
        let scalar = match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let length = selector.len();
                    selector.push('/');
                    selector.push_str(&name.replace('~', "~0").replace('/', "~1"));
                    self.leaves(member, selector, items, values);
                    selector.truncate(length);
                }
                return;
            }
            Value::Array(list) => {
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
            Value::String(text) => Scalar::Text(text.clone()),
            Value::Number(number) => Scalar::Number(number.clone()),
            Value::Bool(value) => Scalar::Boolean(*value),
            Value::Null => Scalar::Null,
        };
        let selector = self.selectors.number(selector);
        values.push(SourceValue { selector, items: items.clone(), line: 0, scalar });
    }
}
