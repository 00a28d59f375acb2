//! Turtle: the triples of our JSON-LD, in the words of schema.org (RDF 1.1 Turtle).
//!
//! What is written is the node of [`json_ld`](super::json_ld) itself, so that both say the same. Written by hand: a
//! writer of RDF wants each triple as a term of its own first.

use std::{borrow::Cow, collections::BTreeSet, fmt::Write as _};

use serde_json::{Map, Number, Value};

use super::{
    Context,
    json_ld::{Graph, Voice, is_address_of},
};
use crate::delivery::{Dataset, Datasets, dataset::values};

pub(super) fn write(dataset: &Dataset, datasets: &Datasets, context: &Context) -> Vec<u8> {
    let graph = Graph::telling_once(datasets, context, Voice::Tagged);
    let mut turtle = Turtle::new("schema:", is_address_of);
    turtle.prefix("schema", "https://schema.org/");
    for record in &dataset.records {
        turtle.subject(&graph.node(dataset, record));
    }
    turtle.out.into_bytes()
}

/// Triples, written node by node.
pub(in crate::delivery) struct Turtle {
    pub(in crate::delivery) out: String,
    /// What stands before the name of a property.
    prefix: &'static str,
    /// Whether the text of a property is an address.
    is_address: fn(&str) -> bool,
    /// The nodes that were written where another linked to them.
    told: BTreeSet<String>,
    /// Those that are to be written.
    waiting: Vec<Map<String, Value>>,
}

impl Turtle {
    pub(in crate::delivery) const fn new(prefix: &'static str, is_address: fn(&str) -> bool) -> Self {
        Self { out: String::new(), prefix, is_address, told: BTreeSet::new(), waiting: Vec::new() }
    }

    pub(in crate::delivery) fn prefix(&mut self, name: &str, address: &str) {
        let _ = writeln!(self.out, "@prefix {name}: <{address}> .");
    }

    /// Writes a node and those within it that have a name of their own, these once.
    pub(in crate::delivery) fn subject(&mut self, node: &Map<String, Value>) {
        self.one(node);
        while let Some(node) = self.waiting.pop() {
            self.one(&node);
        }
    }

    fn one(&mut self, node: &Map<String, Value>) {
        if let Some(Value::String(id)) = node.get("@id") {
            self.out.push('\n');
            self.address(id);
            self.properties(node);
            self.out.push_str(" .\n");
        }
    }

    fn properties(&mut self, node: &Map<String, Value>) {
        let mut is_first = true;
        for (name, value) in node {
            if ["@id", "@context"].contains(&name.as_str()) {
                continue;
            }
            let mut objects = values(Some(value)).peekable();
            if objects.peek().is_none() {
                continue;
            }
            self.out.push_str(if is_first { " " } else { " ;\n  " });
            is_first = false;
            let is_kind = name == "@type";
            if is_kind {
                self.out.push('a');
            } else {
                self.out.push_str(self.prefix);
                self.out.push_str(name);
            }
            for (place, object) in objects.enumerate() {
                self.out.push_str(if place > 0 { " , " } else { " " });
                match object {
                    Value::String(kind) if is_kind => self.kind(kind),
                    Value::String(address) if (self.is_address)(name) => self.address(address),
                    object => self.object(object),
                }
            }
        }
    }

    fn kind(&mut self, kind: &str) {
        if kind.contains("://") {
            self.address(kind);
        } else {
            self.out.push_str(self.prefix);
            self.out.push_str(kind);
        }
    }

    fn object(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Value::Number(number) => self.number(number),
            Value::Object(node) => self.node(node),
            Value::Null | Value::Array(_) => self.out.push_str("[]"),
        }
    }

    /// As JSON-LD takes numbers (1.1, 8.6): those without a fraction are integers, all others doubles.
    fn number(&mut self, number: &Number) {
        let _ = match number.as_f64() {
            Some(value) if number.is_f64() && value.fract() != 0.0 => {
                let written = format!("{value:E}");
                match written.split_once('E') {
                    Some((digits, power)) if !digits.contains('.') => write!(self.out, "{digits}.0E{power}"),
                    Some(_) | None => write!(self.out, "{written}"),
                }
            }
            Some(value) if number.is_f64() => write!(self.out, "{:.0}", value + 0.0),
            Some(_) | None => write!(self.out, "{number}"),
        };
    }

    fn node(&mut self, node: &Map<String, Value>) {
        if let Some(Value::String(text)) = node.get("@value") {
            self.text(text);
            if let Some(Value::String(language)) = node.get("@language") {
                self.out.push('@');
                self.out.push_str(language);
            } else if let Some(Value::String(kind)) = node.get("@type") {
                self.out.push_str("^^");
                // It has its prefix.
                self.out.push_str(kind);
            }
        } else if let Some(Value::String(id)) = node.get("@id") {
            self.address(id);
            if node.len() > 1 && self.told.insert(id.clone()) {
                self.waiting.push(node.clone());
            }
        } else {
            self.out.push('[');
            self.properties(node);
            self.out.push_str(" ]");
        }
    }

    fn address(&mut self, address: &str) {
        self.out.push('<');
        self.out.push_str(&sound(address));
        self.out.push('>');
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        let is_plain = |letter: u8| letter >= b' ' && letter != b'"' && letter != b'\\' && letter != 0x7f;
        if text.bytes().fold(true, |plain, letter| plain & is_plain(letter)) {
            self.out.push_str(text);
        } else {
            for letter in text.chars() {
                match letter {
                    '"' => self.out.push_str("\\\""),
                    '\\' => self.out.push_str("\\\\"),
                    '\n' => self.out.push_str("\\n"),
                    '\r' => self.out.push_str("\\r"),
                    control if control.is_control() => {
                        let _ = write!(self.out, "\\u{:04X}", u32::from(control));
                    }
                    plain => self.out.push(plain),
                }
            }
        }
        self.out.push('"');
    }
}

/// An address without what none may hold (RFC 3987): such signs are written by their number.
pub(in crate::delivery) fn sound(address: &str) -> Cow<'_, str> {
    let is_bad = |letter: char| letter <= ' ' || "<>\"{}|^`\\\u{7f}".contains(letter);
    if !address.contains(is_bad) {
        return Cow::Borrowed(address);
    }
    let mut written = String::with_capacity(address.len() + 8);
    for letter in address.chars() {
        if is_bad(letter) {
            let _ = write!(written, "%{:02X}", u32::from(letter));
        } else {
            written.push(letter);
        }
    }
    Cow::Owned(written)
}
