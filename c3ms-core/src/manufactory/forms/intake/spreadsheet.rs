//! Workbooks: the sheet that holds the table, what stands on the others told beside.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Selectors, Source, SourceKind, SourceRecord, SourceValue};
use super::table::{check_width, unique};
use crate::manufactory::forms::{
    FormsError,
    exchange::workbook::{self, Row, Sheet},
};

pub(super) fn read(bytes: &[u8]) -> Result<Source, FormsError> {
    let workbook = workbook::read(bytes)?;
    let cells = |sheet: &Sheet| sheet.rows.iter().map(|row| row.cells.len()).sum::<usize>();
    // The table is on the sheet that says most; of equals on the first.
    let table = (0..workbook.sheets.len())
        .rev()
        .max_by_key(|index| workbook.sheets.get(*index).map_or(0, cells))
        .ok_or(FormsError::SourceEmpty)?;
    let mut selectors = Selectors::default();
    let mut records = Vec::new();
    let mut outside = Vec::new();
    for (index, sheet) in workbook.sheets.iter().enumerate() {
        let head = if index == table { header(sheet) } else { None };
        if let Some(row) = head.and_then(|head| sheet.rows.get(head)) {
            check_width(row.cells.len())?;
        }
        let columns = head.map(|head| columns(sheet, head, &mut selectors)).unwrap_or_default();
        for (place, row) in sheet.rows.iter().enumerate() {
            let stands_in_table = index == table && head.is_some_and(|head| place > head);
            if head == Some(place) {
                continue;
            }
            let mut values = Vec::with_capacity(row.cells.len());
            for (column, text) in &row.cells {
                let known = columns.get(column).copied();
                let value = |selector| SourceValue::text(selector, row.line, text.as_str());
                if let Some(selector) = known.filter(|_| stands_in_table) {
                    values.push(value(selector));
                } else {
                    outside.push(value(selectors.number(&format!("{}!{}", sheet.name, letters(*column)))));
                }
            }
            if !values.is_empty() {
                let named = head.and_then(|head| sheet.rows.get(head)).map_or(0, |head| head.line);
                let number = row.line.saturating_sub(named + 1);
                records.push(SourceRecord {
                    at: format!("line {}", row.line),
                    number,
                    values,
                    private: false,
                });
            }
        }
    }
    if records.is_empty() && outside.is_empty() {
        return Err(FormsError::SourceEmpty);
    }
    Ok(Source {
        kind: SourceKind::Spreadsheet,
        charset: "UTF-8",
        delimiter: None,
        selectors: selectors.names,
        records,
        outside,
        zone: None,
    })
}

/// The row that names the columns: the first that fills most of them; above it stand titles and remarks.
fn header(sheet: &Sheet) -> Option<usize> {
    let widest = sheet.rows.iter().take(20).map(|row| row.cells.len()).max()?;
    sheet.rows.iter().take(20).position(|row| row.cells.len() * 2 > widest)
}

/// The columns by their names; one without a name by its letter.
fn columns(sheet: &Sheet, head: usize, selectors: &mut Selectors) -> BTreeMap<usize, usize> {
    let used: BTreeSet<usize> =
        sheet.rows.iter().skip(head).flat_map(|row| row.cells.iter().map(|(column, _)| *column)).collect();
    let named: &[(usize, String)] = sheet.rows.get(head).map_or(&[], |row: &Row| &row.cells);
    let name = |column: usize| {
        let named = named.iter().find(|(known, _)| *known == column);
        named.map_or_else(|| format!("column {}", letters(column)), |(_, name)| name.trim().to_owned())
    };
    used.into_iter()
        .map(|column| {
            let name = unique(&name(column), selectors);
            (column, selectors.number(&name))
        })
        .collect()
}

/// The letters of a column: A, B, …, Z, AA.
fn letters(column: usize) -> String {
    let mut left = column + 1;
    let mut letters = Vec::new();
    while left > 0 {
        let digit = (left - 1) % 26;
        letters.push(u8::try_from(digit).map_or('?', |digit| char::from(b'A' + digit)));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}
