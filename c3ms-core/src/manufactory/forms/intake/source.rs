//! A file taken apart into values.

use std::{borrow::Cow, collections::BTreeMap};

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{calendar, feed, linked, table};
use crate::manufactory::forms::FormsError;

/// Longer lines are refused in tables and calendars: such a file is damaged, or of another kind.
const LONGEST_LINE: usize = 1 << 20;

/// Files that call their values by more names are damaged, or meant for no person.
const MOST_SELECTORS: usize = 1 << 16;

/// A file of a source, taken apart into values.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its kind, told by its content.
    pub kind: SourceKind,
    /// The encoding of its characters: `UTF-8`, `windows-1252`.
    pub charset: &'static str,
    /// What parts the cells of a table.
    pub delimiter: Option<char>,
    /// The selectors of its values, in the order they first appear: a column, `DTSTART;TZID`, `/location/name`.
    pub selectors: Vec<String>,
    /// Its records, in order.
    pub records: Vec<SourceRecord>,
    /// Values that belong to no record: a calendar's own properties, a JSON-LD context.
    pub outside: Vec<SourceValue>,
    /// The zone that a calendar names as its own.
    pub zone: Option<String>,
}

/// The kinds of sources that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SourceKind {
    /// A table of delimited cells, the first line naming the columns.
    Csv,
    /// An RFC 5545 calendar.
    #[serde(rename = "icalendar")]
    ICalendar,
    /// JSON whose objects say what they are (`@type`), by the words of schema.org.
    JsonLd,
    /// OpenAgenda's JSON.
    OpenAgenda,
    /// DATAtourisme's JSON-LD.
    #[serde(rename = "datatourisme")]
    DataTourisme,
    /// A workbook: `.xlsx`, `.xls`.
    Spreadsheet,
    /// RSS or Atom.
    Feed,
}

/// One record of a source: a row, an event of a calendar, a node.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceRecord {
    /// Its place: `line 12`, `/3/@graph/0`.
    pub at: String,
    /// Its number in the file, from 0; rows of a table in which nothing stands are counted too.
    pub number: usize,
    /// Its values, in order.
    pub values: Vec<SourceValue>,
    /// The source says that it is not for the public.
    pub private: bool,
}

/// One value of a source: a cell, a property or parameter, a JSON leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceValue {
    selector: u32,
    line: u32,
    /// For each `*` of the selector, which item.
    pub items: Items,
    /// What it says.
    pub scalar: Scalar,
}

impl SourceValue {
    pub(super) fn new(selector: usize, items: Items, line: usize, scalar: Scalar) -> Self {
        let small = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Self { selector: small(selector), line: small(line), items, scalar }
    }

    /// A text outside of lists.
    pub(super) fn text(selector: usize, line: usize, text: impl Into<CompactString>) -> Self {
        Self::new(selector, Items::new(), line, Scalar::Text(text.into()))
    }

    /// Which selector, as an index into [`Source::selectors`].
    #[must_use]
    pub const fn selector(&self) -> usize {
        self.selector as usize
    }

    /// The line it stands on, from 1; 0 where the record's place tells it.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line as usize
    }

    pub(super) fn renumber(&mut self, numbers: &[usize]) {
        if let Some(number) = numbers.get(self.selector()) {
            self.selector = u32::try_from(*number).unwrap_or(u32::MAX);
        }
    }
}

/// The items of the lists in which a value stands, the outermost first; few stand in more than two.
pub type Items = SmallVec<[usize; 2]>;

/// What a value of a source says.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Text as it stands there, decoded.
    Text(CompactString),
    /// A number of a JSON source, as it is written.
    Number(serde_json::Number),
    /// A yes or no of a JSON source.
    Boolean(bool),
    /// Nothing, said outright.
    Null,
}

impl Scalar {
    /// The value as text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Null => Cow::Borrowed(""),
        }
    }
}

impl Source {
    /// Takes a file apart; its kind, encoding and delimiter are told by its content.
    ///
    /// # Errors
    /// The `Source…`, `…Broken` and `SourceEmpty` errors of [`FormsError`], with the line.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::forms::intake::{Source, SourceKind};
    /// let source = Source::read("nom;ville\nLe Bal;Briançon\nLe Cirque;\n".as_bytes())?;
    /// assert_eq!((source.kind, source.delimiter), (SourceKind::Csv, Some(';')));
    /// assert_eq!(source.value_count(), 3, "an empty cell is no value");
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn read(bytes: &[u8]) -> Result<Self, FormsError> {
        let source = Self::take_apart(bytes)?;
        let columns = source.selectors.len();
        if columns > MOST_SELECTORS {
            return Err(FormsError::TableTooWide { columns, most: MOST_SELECTORS });
        }
        Ok(source)
    }

    fn take_apart(bytes: &[u8]) -> Result<Self, FormsError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(FormsError::SourceEmpty);
        }
        #[cfg(feature = "office")]
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return super::spreadsheet::read(bytes);
        }
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        if !utf16 && bytes.contains(&0) {
            let at = bytes.iter().position(|byte| *byte == 0).unwrap_or_default();
            return Err(FormsError::SourceNul { line: line_at(bytes, at) });
        }
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        if start.get(..15).is_some_and(|head| head.eq_ignore_ascii_case(b"BEGIN:VCALENDAR")) {
            let text = utf8(bytes)?;
            check_lines(text)?;
            return calendar::read(text);
        }
        if matches!(start.first(), Some(b'{' | b'[')) {
            return linked::read(utf8(bytes)?);
        }
        let (text, charset) = decode(bytes)?;
        if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
            return feed::read(text.trim_start_matches('\u{feff}'));
        }
        if !text.contains(['\n', '\r']) && text.len() <= LONGEST_LINE {
            return Err(FormsError::SourceUnknown);
        }
        check_lines(&text)?;
        table::read(&text, charset)
    }

    /// Decodes a text as tables are decoded: by its byte-order mark, as UTF-8, else by the look of its bytes.
    #[cfg(feature = "office")]
    pub(in crate::manufactory::forms) fn text(bytes: &[u8]) -> Result<String, FormsError> {
        let (text, _) = decode(bytes)?;
        check_lines(&text)?;
        Ok(text)
    }

    /// How many values it has.
    #[must_use]
    pub fn value_count(&self) -> usize {
        self.outside.len() + self.records.iter().map(|record| record.values.len()).sum::<usize>()
    }

    /// The selector of a value.
    #[must_use]
    pub fn selector(&self, value: &SourceValue) -> &str {
        self.selectors.get(value.selector()).map_or("", String::as_str)
    }

    /// The place of a value, for people: `line 12, DTSTART`, `/3/@graph/0/location/name`.
    #[must_use]
    pub fn place(&self, record: &SourceRecord, value: &SourceValue) -> String {
        let selector = self.selector(value);
        match self.kind {
            SourceKind::JsonLd | SourceKind::OpenAgenda | SourceKind::DataTourisme => {
                let mut items = value.items.iter();
                let parts = selector.split('/').skip(1).map(|part| match part {
                    "*" => items.next().map_or_else(|| "*".to_owned(), ToString::to_string),
                    name => name.to_owned(),
                });
                parts.fold(record.at.clone(), |place, part| format!("{place}/{part}"))
            }
            SourceKind::Csv | SourceKind::ICalendar | SourceKind::Spreadsheet | SourceKind::Feed => {
                if value.line() > 0 {
                    format!("line {}, {selector}", value.line())
                } else {
                    format!("{}, {selector}", record.at)
                }
            }
        }
    }
}

/// Selectors by name, numbered in the order they appear.
#[derive(Debug, Default)]
pub(super) struct Selectors {
    numbers: BTreeMap<String, usize>,
    pub(super) names: Vec<String>,
    /// Of each the one that followed it last: records are alike, and most are found without a search.
    followers: Vec<usize>,
    last: usize,
}

impl Selectors {
    pub(super) fn has(&self, name: &str) -> bool {
        self.numbers.contains_key(name)
    }

    pub(super) fn number(&mut self, name: &str) -> usize {
        let follower = self.followers.get(self.last).copied().unwrap_or(0);
        if self.names.get(follower).is_some_and(|known| known == name) {
            self.last = follower;
            return follower;
        }
        let number = self.numbers.get(name).copied().unwrap_or_else(|| {
            let number = self.names.len();
            self.names.push(name.to_owned());
            self.followers.push(0);
            self.numbers.insert(name.to_owned(), number);
            number
        });
        if let Some(follower) = self.followers.get_mut(self.last) {
            *follower = number;
        }
        self.last = number;
        number
    }
}

fn line_at(bytes: &[u8], at: usize) -> usize {
    1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count()
}

fn utf8(bytes: &[u8]) -> Result<&str, FormsError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| FormsError::SourceEncoding {
        line: line_at(bytes, error.valid_up_to()),
        charset: "UTF-8".to_owned(),
    })
}

/// Decodes a table: by its byte-order mark, as UTF-8, else by the look of its bytes.
fn decode(bytes: &[u8]) -> Result<(String, &'static str), FormsError> {
    let guessed = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        None => {
            let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            detector.guess(None, chardetng::Utf8Detection::Deny)
        }
    };
    let (text, encoding, damaged) = guessed.decode(bytes);
    if damaged {
        let line = 1 + text.split('\u{fffd}').next().unwrap_or_default().matches('\n').count();
        return Err(FormsError::SourceEncoding { line, charset: encoding.name().to_owned() });
    }
    // Controls that no text has: bytes of a picture or an archive that some table maps to letters.
    if let Some(at) =
        text.find(|letter: char| letter.is_control() && !"\t\n\r\u{b}\u{c}\u{85}".contains(letter))
    {
        let line = 1 + text.get(..at).unwrap_or_default().matches('\n').count();
        return Err(FormsError::SourceEncoding { line, charset: encoding.name().to_owned() });
    }
    Ok((text.into_owned(), encoding.name()))
}

fn check_lines(text: &str) -> Result<(), FormsError> {
    match text.split('\n').position(|line| line.len() > LONGEST_LINE) {
        Some(index) => Err(FormsError::SourceTooLong { line: index + 1, most: LONGEST_LINE }),
        None => Ok(()),
    }
}
