//! Forms in one delimited text: the first column names a sheet, its rows stand below behind an empty cell.

use super::{ExchangeError, Meter, Row, Sheet, Workbook};
use crate::manufactory::forms::{FormsError, intake::Source};

pub(super) fn read(bytes: &[u8]) -> Result<Workbook, FormsError> {
    if bytes.contains(&0) && !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ExchangeError::WorkbookUnknown.into());
    }
    let text = Source::text(bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.trim_start().starts_with('<') {
        return Err(ExchangeError::WorkbookUnknown.into());
    }
    // A form has a sheet, a row of headers and a question: two signs in two lines at least.
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|sign| {
            (
                text.lines().take(100).filter(|line| line.as_bytes().first() == Some(sign)).count(),
                *sign == b',',
            )
        })
        .filter(|sign| text.bytes().filter(|byte| byte == sign).take(4).count() == 4)
        .ok_or(ExchangeError::WorkbookUnknown)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut workbook = Workbook::default();
    let mut meter = Meter::default();
    let mut record = csv::StringRecord::new();
    loop {
        let line = |position: Option<&csv::Position>| {
            position.map_or(0, |position| usize::try_from(position.line()).unwrap_or(0))
        };
        let more = reader.read_record(&mut record).map_err(|error| FormsError::CsvBroken {
            line: line(error.position()),
            reason: error.to_string(),
        })?;
        if !more {
            return Ok(workbook);
        }
        let line = line(record.position());
        let name = record.get(0).unwrap_or_default().trim();
        if !name.is_empty() {
            if workbook.sheets.len() >= super::MOST_SHEETS {
                let most = super::MOST_SHEETS;
                return Err(ExchangeError::WorkbookTooLarge { what: "sheets", most }.into());
            }
            workbook.sheets.push(Sheet { name: name.to_owned(), rows: Vec::new() });
        }
        let mut cells = Vec::new();
        for (index, cell) in record.iter().skip(1).enumerate() {
            let cell = cell.trim();
            if !cell.is_empty() {
                meter.cell(cell)?;
                cells.push((index, cell.to_owned()));
            }
        }
        if cells.is_empty() {
            continue;
        }
        let Some(sheet) = workbook.sheets.last_mut() else {
            return Err(ExchangeError::WorkbookUnknown.into());
        };
        let number = sheet.rows.last().map_or(1, |last| last.number + 1);
        sheet.rows.push(Row { line, number, cells });
    }
}
