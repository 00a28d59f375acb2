//! XLSX: the rows and columns of [`table`](super::table) as a workbook (ECMA-376, Office Open XML).
//!
//! Written by hand: row by row into the archive, no cell is kept. Texts are texts, numbers are numbers; a moment
//! is a text in ISO 8601, as no spreadsheet knows zones. No cell is a formula, and a text that looks like one stays a
//! text when it is edited (`quotePrefix`).

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    Context, LONGEST_CELL, failed,
    table::{Cell, Table, is_dangerous},
    xml,
};
use crate::delivery::{Dataset, Datasets, DeliveryError};

/// The most rows of a sheet, its head not counted.
const MOST_ROWS: usize = 1_048_575;
/// The most columns of a sheet.
const MOST_COLUMNS: usize = 16_384;
/// So much is written before it is packed.
const CHUNK: usize = 1 << 16;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

/// Style 1 is that of a text which looks like a formula.
const STYLES: &str = r#"<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" quotePrefix="1"/></cellXfs>"#;

pub(super) fn write(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    let fits = std::cell::Cell::new(true);
    let table = Table::of(dataset, datasets, context.language.as_str(), |out, cell| {
        if let Cell::Text(value) = cell
            && value.len() > LONGEST_CELL
            && value.encode_utf16().count() > LONGEST_CELL
        {
            fits.set(false);
        }
        write_cell(out, cell);
    });
    if !fits.get() {
        return Err(too_long(dataset, datasets, context));
    }
    parted(&table, &dataset.format.cube, MOST_ROWS)
}

/// Which cell it is that is too long.
fn too_long(dataset: &Dataset, datasets: &Datasets, context: &Context) -> DeliveryError {
    // Of each cell its length.
    let table = Table::of(dataset, datasets, context.language.as_str(), |out, cell| {
        if let Cell::Text(value) = cell {
            out.extend_from_slice(&value.encode_utf16().count().to_le_bytes());
        }
    });
    let mut row = 1;
    let found = table.rows(|cells| {
        row += 1;
        let length = |cell: &&[u8]| cell.first_chunk().map_or(0, |bytes| usize::from_le_bytes(*bytes));
        match cells.iter().map(length).enumerate().find(|(_, letters)| *letters > LONGEST_CELL) {
            Some((place, letters)) => Err((place, letters)),
            None => Ok(()),
        }
    });
    let (place, letters) = found.err().unwrap_or_default();
    let column = table.columns.get(place).map(|column| column.name.clone()).unwrap_or_default();
    DeliveryError::CellTooLong { column, row, letters, most: LONGEST_CELL }
}

/// A table over as many sheets as its rows need, each with the head.
fn parted(table: &Table, name: &str, most: usize) -> Result<Vec<u8>, DeliveryError> {
    let columns = table.columns.len();
    if columns > MOST_COLUMNS {
        return Err(DeliveryError::TooManyColumns { columns, most: MOST_COLUMNS });
    }
    let sheets = table.len().div_ceil(most).max(1);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in parts(name, sheets) {
        start(&mut archive, &path)?;
        archive.write_all(content.as_bytes()).map_err(failed)?;
    }
    let names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let letters: Vec<String> = (0..columns).map(column_letters).collect();
    let mut sheet = Sheet { archive, letters: &letters, names: &names, text: Vec::new(), row: 0, count: 0 };
    sheet.begin()?;
    table.rows(|cells| {
        if sheet.row > most {
            sheet.end()?;
            sheet.begin()?;
        }
        sheet.row(cells)
    })?;
    sheet.end()?;
    Ok(sheet.archive.finish().map_err(failed)?.into_inner())
}

fn start(archive: &mut ZipWriter<Cursor<Vec<u8>>>, path: &str) -> Result<(), DeliveryError> {
    // The first level: a sheet repeats itself so much that it is small all the same. No time, no surprise.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .large_file(true);
    archive.start_file(path, options).map_err(failed)
}

/// The parts of the package that say where the sheets are.
fn parts(name: &str, sheets: usize) -> [(String, String); 5] {
    let of = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut types = format!(
        r#"{DECLARATION}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{of}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{of}.styles+xml"/>"#
    );
    let mut book = format!(r#"{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>"#);
    let mut relations = format!(
        r#"{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="styles" Type="{OFFICE}/styles" Target="styles.xml"/>"#
    );
    for number in 1..=sheets {
        let _ = write!(
            types,
            r#"<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{of}.worksheet+xml"/>"#
        );
        let _ = write!(
            relations,
            r#"<Relationship Id="sheet{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        );
        book.push_str("<sheet name=\"");
        xml::text(&mut book, &sheet_name(name, number));
        let _ = write!(book, r#"" sheetId="{number}" r:id="sheet{number}"/>"#);
    }
    types.push_str("</Types>");
    relations.push_str("</Relationships>");
    book.push_str("</sheets></workbook>");
    let root = format!(
        r#"{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="book" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let styles = format!(r#"{DECLARATION}<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>"#);
    [
        ("[Content_Types].xml", types),
        ("_rels/.rels", root),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/styles.xml", styles),
    ]
    .map(|(path, content)| (path.to_owned(), content))
}

/// At most 31 letters, without those no sheet may have.
fn sheet_name(name: &str, number: usize) -> String {
    let after = if number > 1 { format!(" ({number})") } else { String::new() };
    let plain = name.chars().map(|letter| if r"[]:*?/\'".contains(letter) { '_' } else { letter });
    plain.take(31 - after.len().min(31)).collect::<String>() + &after
}

/// `A` to `Z`, then `AA`.
fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

struct Sheet<'a> {
    archive: ZipWriter<Cursor<Vec<u8>>>,
    letters: &'a [String],
    names: &'a [String],
    text: Vec<u8>,
    /// How many rows this sheet has, its head counted.
    row: usize,
    count: usize,
}

impl Sheet<'_> {
    fn begin(&mut self) -> Result<(), DeliveryError> {
        self.count += 1;
        self.row = 0;
        start(&mut self.archive, &format!("xl/worksheets/sheet{}.xml", self.count))?;
        let _ = write!(
            self.text,
            r#"{DECLARATION}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"#
        );
        let mut head = Vec::with_capacity(self.names.len());
        for name in self.names {
            let mut cell = Vec::new();
            write_cell(&mut cell, &Cell::Text(Cow::Borrowed(name)));
            head.push(cell);
        }
        let head: Vec<&[u8]> = head.iter().map(Vec::as_slice).collect();
        self.row(&head)
    }

    fn row(&mut self, cells: &[&[u8]]) -> Result<(), DeliveryError> {
        self.row += 1;
        let number = self.row.to_string();
        for part in ["<row r=\"", &number, "\">"] {
            self.text.extend_from_slice(part.as_bytes());
        }
        for (cell, letters) in cells.iter().zip(self.letters).filter(|(cell, _)| !cell.is_empty()) {
            for part in ["<c r=\"", letters, &number] {
                self.text.extend_from_slice(part.as_bytes());
            }
            self.text.extend_from_slice(cell);
        }
        self.text.extend_from_slice(b"</row>");
        if self.text.len() > CHUNK { self.pack() } else { Ok(()) }
    }

    fn end(&mut self) -> Result<(), DeliveryError> {
        self.text.extend_from_slice(b"</sheetData></worksheet>");
        self.pack()
    }

    fn pack(&mut self) -> Result<(), DeliveryError> {
        self.archive.write_all(&self.text).map_err(failed)?;
        self.text.clear();
        Ok(())
    }
}

/// What stands in a cell, after its name.
fn write_cell(out: &mut Vec<u8>, cell: &Cell<'_>) {
    // Nothing can go wrong where memory is written to.
    let _ = match cell {
        Cell::Text(value) => {
            let mut escaped = String::new();
            let is_plain = xml::is_plain(value) && !value.contains("_x");
            if !is_plain {
                text(&mut escaped, value);
            }
            let escaped = if is_plain { value } else { escaped.as_str() };
            let style = if is_dangerous(value) { "\" s=\"1\"" } else { "\"" };
            write!(out, "{style} t=\"inlineStr\"><is><t xml:space=\"preserve\">{escaped}</t></is></c>")
        }
        Cell::Number(number) => write!(out, "\"><v>{number}</v></c>"),
        Cell::Amount(money) => write!(out, "\"><v>{}</v></c>", money.decimal()),
        Cell::Truth(truth) => write!(out, "\" t=\"b\"><v>{}</v></c>", u8::from(*truth)),
        Cell::Id(id) => write!(out, "\" t=\"inlineStr\"><is><t>{id}</t></is></c>"),
        Cell::Instant(instant) => write!(out, "\" t=\"inlineStr\"><is><t>{instant}</t></is></c>"),
    };
}

/// A text of a cell, where `_x0041_` would be read as `A` (ECMA-376, 22.9.2.19): its first sign is written so itself.
fn text(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        let code = from.as_bytes().get(2..7);
        let is_code = code
            .is_some_and(|code| code.last() == Some(&b'_') && code.iter().take(4).all(u8::is_ascii_hexdigit));
        xml::text(out, before);
        out.push_str(if is_code { "_x005F_x" } else { "_x" });
        rest = from.split_at(2).1;
    }
    xml::text(out, rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_as_in_a_spreadsheet() {
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn names_of_sheets_are_short_and_plain() {
        assert_eq!(sheet_name("a/b", 1), "a_b");
        assert_eq!(sheet_name(&"x".repeat(40), 2).len(), 31);
        assert!(sheet_name(&"x".repeat(40), 2).ends_with("x (2)"));
    }

    #[test]
    fn what_looks_like_a_code_is_kept_as_it_is() {
        let mut out = String::new();
        text(&mut out, "a_x0041_<_x_\u{1}_x00e9_");
        assert_eq!(out, "a_x005F_x0041_&lt;_x__x005F_x00e9_");
    }
}
