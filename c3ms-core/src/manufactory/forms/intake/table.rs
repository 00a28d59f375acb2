//! Tables of delimited cells (RFC 4180 and what spreadsheets make of it).

use super::source::{Selectors, Source, SourceKind, SourceRecord, SourceValue};
use crate::manufactory::forms::FormsError;

pub(super) fn read(text: &str, charset: &'static str) -> Result<Source, FormsError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let delimiter = delimiter(text).ok_or(FormsError::SourceUnknown)?;
    if let Some(line) = open_quote(text, delimiter) {
        return Err(FormsError::CsvBroken { line, reason: "a quote opens here and never closes".to_owned() });
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut selectors = Selectors::default();
    let mut columns = Vec::new();
    let mut records = Vec::new();
    let mut row = csv::StringRecord::new();
    let mut number = 0;
    loop {
        let broken = |line: usize, reason: String| FormsError::CsvBroken { line, reason };
        let more = reader.read_record(&mut row).map_err(|error| {
            let line = error.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
            broken(line, error.to_string())
        })?;
        if !more {
            break;
        }
        let line = row.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
        if columns.is_empty() {
            check_width(row.len())?;
            columns = header(&row, &mut selectors);
            continue;
        }
        if row.len() != columns.len() {
            let reason = format!("{} cells under {} columns", row.len(), columns.len());
            return Err(broken(line, reason));
        }
        let cells = columns.iter().zip(&row).filter(|(_, cell)| !cell.is_empty());
        let values: Vec<SourceValue> =
            cells.map(|(selector, cell)| SourceValue::text(*selector, line, cell)).collect();
        if !values.is_empty() {
            records.push(SourceRecord { at: format!("line {line}"), number, values, private: false });
        }
        number += 1;
    }
    Ok(Source {
        kind: SourceKind::Csv,
        charset,
        delimiter: Some(char::from(delimiter)),
        selectors: selectors.names,
        records,
        outside: Vec::new(),
        zone: None,
    })
}

/// Names the columns; a name that stands twice gets its number, an empty one its position.
fn header(row: &csv::StringRecord, selectors: &mut Selectors) -> Vec<usize> {
    let mut columns = Vec::with_capacity(row.len());
    for (index, name) in row.iter().enumerate() {
        let name = name.trim();
        let name = if name.is_empty() { format!("column {}", index + 1) } else { name.to_owned() };
        let unique = unique(&name, selectors);
        columns.push(selectors.number(&unique));
    }
    columns
}

/// Tables with more columns are damaged, or meant for no person.
const MOST_COLUMNS: usize = 4096;

pub(super) fn check_width(columns: usize) -> Result<(), FormsError> {
    if columns > MOST_COLUMNS {
        return Err(FormsError::TableTooWide { columns, most: MOST_COLUMNS });
    }
    Ok(())
}

/// A name that no column has yet.
pub(super) fn unique(name: &str, selectors: &Selectors) -> String {
    let mut unique = name.to_owned();
    let mut again = 2;
    while selectors.has(&unique) {
        unique = format!("{name} ({again})");
        again += 1;
    }
    unique
}

/// What parts the cells: the sign that stands most often outside quotes in the first line.
fn delimiter(text: &str) -> Option<u8> {
    let mut quoted = false;
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0), (b'|', 0)];
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            other if !quoted => {
                for (sign, count) in &mut counts {
                    *count += usize::from(*sign == other);
                }
            }
            _ => {}
        }
    }
    let (sign, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    // One column is a table too, where it has a name and not a sentence.
    (count > 0 || text.lines().next().is_some_and(|line| line.len() <= 60)).then_some(if count > 0 {
        sign
    } else {
        b','
    })
}

/// The line on which a quote opens that the end of the file leaves open.
fn open_quote(text: &str, delimiter: u8) -> Option<usize> {
    let (mut line, mut opened, mut quoted, mut fresh) = (1, 1, false, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted => quoted = bytes.next_if_eq(&b'"').is_some(),
            b'"' if fresh => (quoted, opened) = (true, line),
            _ => {}
        }
        line += usize::from(byte == b'\n');
        fresh = !quoted && (byte == delimiter || byte == b'\n' || byte == b'\r');
    }
    quoted.then_some(opened)
}
