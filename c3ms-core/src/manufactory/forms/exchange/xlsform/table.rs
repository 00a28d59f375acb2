//! A sheet as a table: its columns by what they say, its rows by column.

use super::{
    fates::{Address, Fate, Fates},
    headers::{self, Kind},
};
use crate::manufactory::forms::exchange::{
    ExchangeError, Place,
    workbook::{Row, Sheet},
};

/// After so many empty columns nothing more is read: forms are followed by notes.
const EMPTY_COLUMNS: usize = 20;
/// After so many empty rows nothing more is read.
const EMPTY_ROWS: usize = 60;

/// A sheet as a table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) kind: Kind,
    /// The name of the sheet as it is written.
    pub(super) name: String,
    /// Which sheet of the workbook it is.
    pub(super) index: usize,
    /// The line of its headers.
    head: usize,
    pub(super) columns: Vec<Column>,
    pub(super) records: Vec<Record>,
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    /// Its place in the sheet, from 0.
    pub(super) index: usize,
    /// The header as it is written, spaces made single.
    pub(super) header: String,
    /// What the header says: `["label", "French"]`.
    pub(super) tokens: Vec<String>,
}

/// A row that holds something.
#[derive(Debug)]
pub(super) struct Record {
    /// Its number for people.
    pub(super) line: usize,
    /// Its number in its own sheet.
    pub(super) number: usize,
    pub(super) cells: Vec<Cell>,
}

/// A cell that holds something.
#[derive(Debug)]
pub(super) struct Cell {
    /// Which of the table's columns.
    pub(super) column: usize,
    pub(super) text: String,
}

impl Table {
    /// Reads a sheet; the fate of what lies outside its table is told at once, that of the rest is not yet.
    pub(super) fn read(
        sheet: &Sheet,
        index: usize,
        kind: Kind,
        fates: &mut Fates,
    ) -> Result<Self, ExchangeError> {
        for row in &sheet.rows {
            for (column, text) in &row.cells {
                fates.add((index, row.line, *column), text);
            }
        }
        let mut table =
            Self { kind, name: sheet.name.clone(), index, head: 1, columns: Vec::new(), records: Vec::new() };
        let (head, rows) = match sheet.rows.split_first() {
            Some((head, rows)) if head.number == 1 => (head, rows),
            Some(_) | None => {
                table.lose(sheet.rows.iter(), fates, "the first row of the sheet holds no headers");
                return Ok(table);
            }
        };
        table.read_headers(head, fates)?;
        let mut last = 1;
        for (at, row) in rows.iter().enumerate() {
            let cells = table.cells(row, fates);
            if row.number > last + EMPTY_ROWS + 1 {
                let rest = rows.iter().skip(at);
                table.lose(rest, fates, "sixty empty rows lie above: the form ends there");
                break;
            }
            if !cells.is_empty() {
                last = row.number;
                table.records.push(Record { line: row.line, number: row.number, cells });
            }
        }
        Ok(table)
    }

    fn read_headers(&mut self, head: &Row, fates: &mut Fates) -> Result<(), ExchangeError> {
        self.head = head.line;
        let double = head.cells.iter().any(|(_, header)| header.contains("::"));
        let mut next = 0;
        let mut ended = false;
        for (index, header) in &head.cells {
            let header = single_spaces(header);
            ended |= *index > next + EMPTY_COLUMNS;
            if ended {
                let reason = "twenty empty columns lie before: the form ends there";
                fates.set((self.index, head.line, *index), Fate::Lost(reason));
                continue;
            }
            next = index + 1;
            let (tokens, same) = headers::tokens(&header, double, self.kind);
            let twin = self.columns.iter().rev().find(|known| known.tokens == tokens);
            // Forms may have `form_id` beside its older name.
            let twin = twin.filter(|twin| {
                let old = |header: &str| header == "id_string";
                self.kind != Kind::Settings || !(old(&header) || old(&twin.header))
            });
            if let Some(twin) = twin.filter(|twin| !same || twin.header == header) {
                return Err(ExchangeError::HeaderTwice {
                    at: Place::new(&self.name, head.line, &letters(*index)),
                    header,
                    other: twin.header.clone(),
                });
            }
            let known = tokens.first().is_some_and(|first| self.kind.has(first));
            let fate = if known { Fate::Interpreted } else { Fate::Kept };
            fates.set((self.index, head.line, *index), fate);
            self.columns.push(Column { index: *index, header, tokens });
        }
        Ok(())
    }

    fn cells(&self, row: &Row, fates: &mut Fates) -> Vec<Cell> {
        let mut columns = self.columns.iter().enumerate().peekable();
        let mut cells = Vec::with_capacity(row.cells.len());
        for (index, text) in &row.cells {
            while columns.next_if(|(_, column)| column.index < *index).is_some() {}
            if let Some((column, _)) = columns.next_if(|(_, column)| column.index == *index) {
                cells.push(Cell { column, text: text.replace('\u{a0}', " ") });
            } else {
                let fate = Fate::Lost("no header stands above this cell");
                fates.set((self.index, row.line, *index), fate);
            }
        }
        cells
    }

    fn lose<'a>(&self, rows: impl Iterator<Item = &'a Row>, fates: &mut Fates, reason: &'static str) {
        for row in rows {
            let cells = row.cells.iter().map(|(column, _)| (self.index, row.line, *column));
            fates.rest(cells, Fate::Lost(reason));
        }
    }

    /// Writes quotes of typesetters as plain ones, and runs of spaces as one where `spaces` says so.
    pub(super) fn clean(&mut self, spaces: bool) {
        for cell in self.records.iter_mut().flat_map(|record| &mut record.cells) {
            if spaces {
                cell.text = single_spaces(&cell.text);
            }
            if cell.text.contains(['\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}']) {
                cell.text =
                    cell.text.replace(['\u{2018}', '\u{2019}'], "'").replace(['\u{201c}', '\u{201d}'], "\"");
            }
        }
    }

    /// Refuses a table without this column.
    pub(super) fn require(&self, name: &str) -> Result<(), ExchangeError> {
        if self.columns.iter().any(|column| column.tokens.first().is_some_and(|first| first == name)) {
            return Ok(());
        }
        Err(ExchangeError::HeaderMissing {
            at: Place::new(&self.name, self.head, ""),
            header: name.to_owned(),
        })
    }

    /// Where a cell stands, for fates.
    pub(super) fn address(&self, record: &Record, cell: &Cell) -> Address {
        let column = self.columns.get(cell.column).map_or(0, |column| column.index);
        (self.index, record.line, column)
    }

    /// Where the header of a column stands, for fates.
    pub(super) fn header_address(&self, column: &Column) -> Address {
        (self.index, self.head, column.index)
    }

    /// Where a cell stands, for people.
    pub(super) fn place(&self, record: &Record, column: usize) -> Place {
        let header = self.columns.get(column).map_or("", |column| &column.header);
        Place::new(&self.name, record.line, header)
    }

    /// Where the cell of this column stands in a row, for people.
    pub(super) fn place_of(&self, record: &Record, path: &[&str]) -> Place {
        let column = self.columns.iter().position(|column| starts(&column.tokens, path));
        match column {
            Some(column) => self.place(record, column),
            None => Place::new(&self.name, record.line, path.last().unwrap_or(&"")),
        }
    }

    /// The text of a column in a row.
    pub(super) fn text<'a>(&self, record: &'a Record, path: &[&str]) -> Option<&'a str> {
        let cells = record.cells.iter().rev();
        let mut found = cells.filter(|cell| self.tokens(cell).is_some_and(|tokens| same(tokens, path)));
        found.next().map(|cell| cell.text.as_str())
    }

    /// What the header above a cell says.
    pub(super) fn tokens(&self, cell: &Cell) -> Option<&[String]> {
        self.columns.get(cell.column).map(|column| column.tokens.as_slice())
    }

    /// The cells of a row under headers that begin so.
    pub(super) fn below<'a>(
        &'a self,
        record: &'a Record,
        path: &'a [&str],
    ) -> impl Iterator<Item = (&'a Cell, &'a [String])> {
        record.cells.iter().filter_map(move |cell| {
            let tokens = self.tokens(cell).filter(|tokens| starts(tokens, path))?;
            Some((cell, tokens.get(path.len()..).unwrap_or_default()))
        })
    }
}

fn starts(tokens: &[String], path: &[&str]) -> bool {
    tokens.len() >= path.len() && tokens.iter().zip(path).all(|(token, wanted)| token == wanted)
}

fn same(tokens: &[String], path: &[&str]) -> bool {
    tokens.len() == path.len() && starts(tokens, path)
}

/// Runs of spaces as one; other white space stays.
fn single_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.trim().chars() {
        if letter != ' ' || !out.ends_with(' ') {
            out.push(letter);
        }
    }
    out
}

/// A column as spreadsheets name it: `A`, `AB`.
pub(in crate::manufactory::forms::exchange) fn letters(index: usize) -> String {
    let mut name = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        name.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    name.iter().rev().collect()
}
