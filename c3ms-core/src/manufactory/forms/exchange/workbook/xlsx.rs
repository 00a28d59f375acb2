//! Workbooks of Office Open XML (`.xlsx`, `.xlsm`), by the crate `calamine`.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, SheetType, Xlsx, XlsxError};

use super::{
    Cells, ExchangeError, MOST_SHEETS, Meter, Workbook, damaged,
    number::{Format, dated, number},
};

/// A workbook that unpacks to more is a trap.
const MOST_UNPACKED: u64 = 64 << 20;
/// A workbook of more parts is a trap.
const MOST_PARTS: usize = 4096;

pub(super) fn read(bytes: &[u8]) -> Result<Workbook, ExchangeError> {
    measure(bytes)?;
    // The reader is another's: where it panics on a damaged file that is damage, not the end of the program.
    std::panic::catch_unwind(|| sheets(bytes))
        .unwrap_or_else(|_| Err(damaged("its parts do not fit together")))
}

/// Unpacks everything once, without keeping it: the sizes an archive declares may be lies.
fn measure(bytes: &[u8]) -> Result<(), ExchangeError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(ExchangeError::WorkbookTooLarge { what: "parts", most: MOST_PARTS });
    }
    let mut left = MOST_UNPACKED;
    let mut workbook = false;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => {
                ExchangeError::WorkbookLocked
            }
            other => damaged(other),
        })?;
        workbook |= part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("workbook.xml"));
        let size = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(damaged)?;
        left = left.checked_sub(size).ok_or(ExchangeError::WorkbookTooLarge {
            what: "bytes unpacked",
            most: usize::try_from(MOST_UNPACKED).unwrap_or(usize::MAX),
        })?;
    }
    if workbook { Ok(()) } else { Err(ExchangeError::WorkbookUnknown) }
}

fn sheets(bytes: &[u8]) -> Result<Workbook, ExchangeError> {
    let mut source: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
    let since_1904 = source.has_1904_epoch();
    let names: Vec<String> = source
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    if names.len() > MOST_SHEETS {
        return Err(ExchangeError::WorkbookTooLarge { what: "sheets", most: MOST_SHEETS });
    }
    let mut workbook = Workbook::default();
    let mut meter = Meter::default();
    for name in names {
        let mut cells = Cells::default();
        let mut reader = match source.worksheet_cells_reader(&name) {
            Ok(reader) => reader,
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(refused(error)),
        };
        while let Some(cell) = reader.next_cell().map_err(refused)? {
            let (row, column) = cell.get_position();
            let text = match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
                DataRef::SharedString(text) => (*text).to_owned(),
                DataRef::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
                DataRef::Int(value) => value.to_string(),
                DataRef::Float(value) => number(*value),
                DataRef::DateTime(when) => {
                    let format = if when.is_duration() { Format::Duration } else { Format::Date };
                    dated(when.as_f64(), format, since_1904)
                }
                DataRef::DateTimeIso(text) => text.replace('T', " "),
                DataRef::Error(error) => error.to_string(),
            };
            cells.put(index(row), index(column), &text, &mut meter)?;
        }
        workbook.sheets.push(cells.into_sheet(name));
    }
    Ok(workbook)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn refused(error: XlsxError) -> ExchangeError {
    match error {
        XlsxError::Password => ExchangeError::WorkbookLocked,
        other => damaged(other),
    }
}
