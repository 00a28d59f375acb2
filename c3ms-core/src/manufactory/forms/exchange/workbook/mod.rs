//! A workbook taken apart into the texts of its cells; its kind is told by its content, not by its name.

mod compound;
mod delimited;
mod number;
mod xls;
mod xlsx;

use super::ExchangeError;
use crate::manufactory::forms::FormsError;

/// Larger files are refused.
const MOST_BYTES: usize = 64 << 20;
/// A workbook with more cells is no form.
const MOST_CELLS: usize = 1_000_000;
/// A workbook with more text is no form: one shared text may stand in many cells.
const MOST_TEXT: usize = 64 << 20;
/// A workbook with more sheets is no form.
const MOST_SHEETS: usize = 256;

/// A workbook: its sheets in order.
#[derive(Debug, Default)]
pub(in crate::manufactory::forms) struct Workbook {
    pub(in crate::manufactory::forms) sheets: Vec<Sheet>,
}

/// A sheet: those of its rows that hold something, in order.
#[derive(Debug, Default)]
pub(in crate::manufactory::forms) struct Sheet {
    pub(in crate::manufactory::forms) name: String,
    pub(in crate::manufactory::forms) rows: Vec<Row>,
}

/// A row: those of its cells that hold something, in order.
#[derive(Debug, Default)]
pub(in crate::manufactory::forms) struct Row {
    /// Its number for people: the row of a sheet or the line of a file, from 1.
    pub(in crate::manufactory::forms) line: usize,
    /// Its number in its own sheet, from 1; another than the line only where one file holds several sheets.
    pub(super) number: usize,
    /// The column of each cell, from 0, with its text.
    pub(in crate::manufactory::forms) cells: Vec<(usize, String)>,
}

/// Takes a workbook apart.
pub(in crate::manufactory::forms) fn read(bytes: &[u8]) -> Result<Workbook, FormsError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(FormsError::SourceEmpty);
    }
    if bytes.len() > MOST_BYTES {
        return Err(ExchangeError::WorkbookTooLarge { what: "bytes", most: MOST_BYTES }.into());
    }
    let workbook = if bytes.starts_with(b"PK") {
        xlsx::read(bytes)?
    } else if bytes.starts_with(&compound::SIGNATURE) {
        xls::read(bytes)?
    } else {
        delimited::read(bytes)?
    };
    Ok(workbook)
}

/// Counts what is read, and says when it is too much.
#[derive(Debug, Default)]
struct Meter {
    cells: usize,
    text: usize,
}

impl Meter {
    fn cell(&mut self, text: &str) -> Result<(), ExchangeError> {
        self.cells += 1;
        self.text += text.len();
        if self.cells > MOST_CELLS {
            return Err(ExchangeError::WorkbookTooLarge { what: "cells", most: MOST_CELLS });
        }
        if self.text > MOST_TEXT {
            return Err(ExchangeError::WorkbookTooLarge { what: "bytes of text", most: MOST_TEXT });
        }
        Ok(())
    }
}

/// Cells in any order, into the rows of a sheet.
#[derive(Debug, Default)]
struct Cells(std::collections::BTreeMap<(usize, usize), String>);

impl Cells {
    /// Keeps a cell at a row and a column, from 0, where it holds anything; the last one counts.
    fn put(&mut self, row: usize, column: usize, text: &str, meter: &mut Meter) -> Result<(), ExchangeError> {
        let text = text.trim();
        if text.is_empty() {
            self.0.remove(&(row, column));
            return Ok(());
        }
        meter.cell(text)?;
        self.0.insert((row, column), text.to_owned());
        Ok(())
    }

    fn into_sheet(self, name: String) -> Sheet {
        let mut rows: Vec<Row> = Vec::new();
        for ((row, column), text) in self.0 {
            let line = row + 1;
            match rows.last_mut().filter(|last| last.line == line) {
                Some(last) => last.cells.push((column, text)),
                None => rows.push(Row { line, number: line, cells: vec![(column, text)] }),
            }
        }
        Sheet { name, rows }
    }
}

fn damaged(reason: impl std::fmt::Display) -> ExchangeError {
    ExchangeError::WorkbookDamaged { reason: reason.to_string() }
}
