//! Feeds: the items of RSS 0.9 to 2.0 and the entries of Atom, every text and attribute with its line.

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

use super::source::{Selectors, Source, SourceKind, SourceRecord, SourceValue};
use crate::manufactory::forms::FormsError;

/// Elements in elements; a deeper file is a trap.
const DEEPEST: usize = 64;

pub(super) fn read(text: &str) -> Result<Source, FormsError> {
    let mut walk = Walk { text, line: 1, told: 0, open: Vec::new(), ..Walk::default() };
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    loop {
        let event = reader.read_event();
        walk.at(usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
        match event {
            Err(error) => return Err(walk.broken(&error.to_string())),
            Ok(Event::Eof) => break,
            Ok(Event::Start(start)) => walk.begin(&start)?,
            Ok(Event::Empty(start)) => {
                walk.begin(&start)?;
                walk.end();
            }
            Ok(Event::End(_)) => walk.end(),
            Ok(Event::Text(text)) => walk.words(&text.xml10_content()),
            Ok(Event::CData(text)) => walk.words(&text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => {
                let named = named(&reference);
                walk.words(&named);
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
        }
    }
    if let Some(element) = walk.open.last() {
        return Err(walk.broken(&format!("{} never ends", element.path)));
    }
    if !walk.is_feed {
        return Err(FormsError::SourceUnknown);
    }
    Ok(Source {
        kind: SourceKind::Feed,
        charset: "UTF-8",
        delimiter: None,
        selectors: walk.selectors.names,
        records: walk.records,
        outside: walk.outside,
        zone: None,
    })
}

/// What a reference in a text means: `&amp;`, `&#233;`; another name stays as it is written.
fn named(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return letter.to_string();
    }
    let name: &str = reference;
    match name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => format!("&{other};"),
    }
}

/// An element that is open.
struct Element {
    /// The names on the way to it within its record: `author/name`.
    path: String,
    words: String,
    line: usize,
}

#[derive(Default)]
struct Walk<'a> {
    text: &'a str,
    /// Where the reader stands, and how far lines were counted.
    line: usize,
    told: usize,
    open: Vec<Element>,
    /// At which depth the record is open.
    record: Option<usize>,
    is_feed: bool,
    selectors: Selectors,
    records: Vec<SourceRecord>,
    outside: Vec<SourceValue>,
}

impl Walk<'_> {
    fn at(&mut self, position: usize) {
        let passed = self.text.as_bytes().get(self.told..position).unwrap_or_default();
        self.line += passed.split(|byte| *byte == b'\n').count() - 1;
        self.told = position.max(self.told);
    }

    fn broken(&self, reason: &str) -> FormsError {
        FormsError::FeedBroken { line: self.line, reason: reason.to_owned() }
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), FormsError> {
        if self.open.len() >= DEEPEST {
            return Err(self.broken(&format!("elements lie more than {DEEPEST} deep")));
        }
        let name = start.name();
        let name: &str = name.as_ref();
        let local = name.rsplit(':').next().unwrap_or(name);
        self.is_feed |= self.open.is_empty() && matches!(local, "rss" | "feed" | "RDF");
        let is_record = self.record.is_none() && matches!(name, "item" | "entry") && !self.open.is_empty();
        if is_record {
            self.record = Some(self.open.len());
            let (at, number) = (format!("line {}", self.line), self.records.len());
            self.records.push(SourceRecord { at, number, ..SourceRecord::default() });
        }
        let path = match self.open.last() {
            Some(outer) if !is_record && !outer.path.is_empty() => format!("{}/{name}", outer.path),
            _ if is_record => String::new(),
            _ => name.to_owned(),
        };
        self.open.push(Element { path: path.clone(), words: String::new(), line: self.line });
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.broken(&error.to_string()))?;
            let key: &str = attribute.key.as_ref();
            if key == "xmlns" || key.starts_with("xmlns:") {
                continue;
            }
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| self.broken(&error.to_string()))?;
            let at = if path.is_empty() { format!("@{key}") } else { format!("{path}@{key}") };
            self.keep(&at, self.line, value.into_owned());
        }
        Ok(())
    }

    fn words(&mut self, words: &str) {
        if let Some(element) = self.open.last_mut() {
            element.words.push_str(words);
        }
    }

    fn end(&mut self) {
        let Some(element) = self.open.pop() else { return };
        let words = element.words.trim();
        if !words.is_empty() {
            let path = if element.path.is_empty() { "text" } else { &element.path };
            self.keep(path, element.line, words.to_owned());
        }
        if self.record == Some(self.open.len()) {
            self.record = None;
        }
    }

    fn keep(&mut self, selector: &str, line: usize, text: String) {
        let selector = self.selectors.number(selector);
        let value = SourceValue::text(selector, line, text);
        match self.records.last_mut().filter(|_| self.record.is_some()) {
            Some(record) => record.values.push(value),
            None => self.outside.push(value),
        }
    }
}
