//! Workbooks of Excel 97 to 2003 (`.xls`, BIFF8 of MS-XLS): the values of their cells, nothing else.

use super::{
    Cells, ExchangeError, MOST_SHEETS, MOST_TEXT, Meter, Workbook,
    compound::{Compound, u16_at, u32_at},
    damaged,
    number::{Format, built_in, dated, format_of},
};

/// The kinds of records that are read (MS-XLS 2.3.2).
mod record {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const END: u16 = 0x000a;
    pub(super) const DATE_MODE: u16 = 0x0022;
    pub(super) const FILE_PASS: u16 = 0x002f;
    pub(super) const CONTINUE: u16 = 0x003c;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MULTIPLE_RK: u16 = 0x00bd;
    pub(super) const RICH_LABEL: u16 = 0x00d6;
    pub(super) const XF: u16 = 0x00e0;
    pub(super) const SHARED_STRINGS: u16 = 0x00fc;
    pub(super) const SHARED_LABEL: u16 = 0x00fd;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const BOOLEAN: u16 = 0x0205;
    pub(super) const STRING: u16 = 0x0207;
    pub(super) const RK: u16 = 0x027e;
    pub(super) const FORMAT: u16 = 0x041e;
    pub(super) const BEGIN: u16 = 0x0809;
}

/// The version of the records that are read.
const BIFF8: u16 = 0x0600;

pub(super) fn read(bytes: &[u8]) -> Result<Workbook, ExchangeError> {
    let file = Compound::open(bytes)?;
    if file.stream(&["EncryptedPackage"])?.is_some() {
        return Err(ExchangeError::WorkbookLocked);
    }
    let stream = file.stream(&["Workbook", "Book"])?.ok_or(ExchangeError::WorkbookUnknown)?;
    let globals = Globals::read(&stream)?;
    let mut workbook = Workbook::default();
    let mut meter = Meter::default();
    for (name, start) in &globals.sheets {
        let cells = sheet(stream.get(*start..).unwrap_or_default(), &globals, &mut meter)?;
        workbook.sheets.push(cells.into_sheet(name.clone()));
    }
    Ok(workbook)
}

/// A record with those that continue it.
struct Record<'a> {
    kind: u16,
    parts: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    fn data(&self) -> &'a [u8] {
        self.parts.first().copied().unwrap_or_default()
    }
}

/// The records of a stream, one after another.
struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    fn part(&mut self) -> Option<(u16, &'a [u8])> {
        let (kind, size) = (u16_at(self.0, 0)?, usize::from(u16_at(self.0, 2)?));
        let rest = self.0.get(4..)?;
        let data = rest.get(..size)?;
        self.0 = rest.get(size..)?;
        Some((kind, data))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;
    fn next(&mut self) -> Option<Record<'a>> {
        let (kind, data) = self.part()?;
        let mut parts = vec![data];
        while u16_at(self.0, 0) == Some(record::CONTINUE) {
            parts.push(self.part()?.1);
        }
        Some(Record { kind, parts })
    }
}

/// What all sheets share.
#[derive(Default)]
struct Globals {
    strings: Vec<String>,
    /// For each cell format how its numbers are read.
    formats: Vec<Format>,
    sheets: Vec<(String, usize)>,
    since_1904: bool,
}

impl Globals {
    fn read(stream: &[u8]) -> Result<Self, ExchangeError> {
        let mut globals = Self::default();
        let mut named = std::collections::BTreeMap::new();
        let mut used = Vec::new();
        let mut ended = false;
        for (index, record) in Records(stream).enumerate() {
            let data = record.data();
            match record.kind {
                record::BEGIN if index == 0 && u16_at(data, 0) != Some(BIFF8) => {
                    return Err(damaged("it was written before Excel 97: save it as .xlsx"));
                }
                record::FILE_PASS => return Err(ExchangeError::WorkbookLocked),
                record::DATE_MODE => globals.since_1904 = u16_at(data, 0) == Some(1),
                record::FORMAT => {
                    let code = Letters::new(&record.parts, 2).text(2).unwrap_or_default();
                    named.insert(u16_at(data, 0).unwrap_or_default(), format_of(&code));
                }
                record::XF => used.push(u16_at(data, 2).unwrap_or_default()),
                record::BOUND_SHEET => globals.sheet(&record)?,
                record::SHARED_STRINGS => globals.strings = shared(&record)?,
                record::END => {
                    ended = true;
                    break;
                }
                _ => {}
            }
        }
        if !ended {
            return Err(damaged("it ends before its sheets begin"));
        }
        let format = |number: u16| named.get(&number).copied().unwrap_or_else(|| built_in(number));
        globals.formats = used.into_iter().map(format).collect();
        Ok(globals)
    }

    /// Notes where a sheet of cells begins; charts and macros have none.
    fn sheet(&mut self, record: &Record<'_>) -> Result<(), ExchangeError> {
        let data = record.data();
        if data.get(5) != Some(&0) {
            return Ok(());
        }
        if self.sheets.len() >= MOST_SHEETS {
            return Err(ExchangeError::WorkbookTooLarge { what: "sheets", most: MOST_SHEETS });
        }
        let start = u32_at(data, 0).and_then(|start| usize::try_from(start).ok());
        let name = Letters::new(&record.parts, 6).text(1);
        match (start, name) {
            (Some(start), Some(name)) => self.sheets.push((name, start)),
            _ => return Err(damaged("a sheet has no name or no beginning")),
        }
        Ok(())
    }

    fn number(&self, value: f64, format: Option<u16>) -> String {
        let format = format.and_then(|format| self.formats.get(usize::from(format)));
        dated(value, format.copied().unwrap_or(Format::Number), self.since_1904)
    }
}

/// Reads texts that may go on in the next part: behind each break the way of writing is told anew.
struct Letters<'a, 'b> {
    parts: &'b [&'a [u8]],
    at: usize,
}

impl<'a, 'b> Letters<'a, 'b> {
    const fn new(parts: &'b [&'a [u8]], at: usize) -> Self {
        Self { parts, at }
    }

    /// Goes on to the next part where this one is read to its end.
    fn turn(&mut self) -> bool {
        let mut turned = false;
        while self.parts.first().is_some_and(|part| self.at >= part.len()) {
            self.at -= self.parts.first().map_or(0, |part| part.len());
            self.parts = self.parts.get(1..).unwrap_or_default();
            turned = true;
        }
        turned
    }

    fn byte(&mut self) -> Option<u8> {
        self.turn();
        let byte = self.parts.first()?.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn double(&mut self) -> Option<u32> {
        Some(u32::from(self.word()?) | u32::from(self.word()?) << 16)
    }

    /// A text behind its length (of one byte or two) and its flags.
    fn text(&mut self, width: usize) -> Option<String> {
        let length = if width == 1 { u16::from(self.byte()?) } else { self.word()? };
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { usize::from(self.word()?) * 4 } else { 0 };
        let extra = if flags & 4 != 0 { usize::try_from(self.double()?).ok()? } else { 0 };
        let mut wide = flags & 1 != 0;
        let mut letters = Vec::with_capacity(usize::from(length));
        for _ in 0..length {
            if self.turn() {
                wide = self.byte()? & 1 != 0;
            }
            letters.push(if wide { self.word()? } else { u16::from(self.byte()?) });
        }
        self.at = self.at.checked_add(runs)?.checked_add(extra)?;
        Some(String::from_utf16_lossy(&letters))
    }
}

/// The texts that cells name by their number.
fn shared(record: &Record<'_>) -> Result<Vec<String>, ExchangeError> {
    let mut letters = Letters::new(&record.parts, 8);
    let mut strings = Vec::new();
    let mut size = 0;
    loop {
        letters.turn();
        if letters.parts.is_empty() {
            return Ok(strings);
        }
        let text = letters.text(2).ok_or_else(|| damaged("a shared text is cut off"))?;
        size += text.len();
        if size > MOST_TEXT {
            return Err(ExchangeError::WorkbookTooLarge { what: "bytes of text", most: MOST_TEXT });
        }
        strings.push(text);
    }
}

fn sheet(stream: &[u8], globals: &Globals, meter: &mut Meter) -> Result<Cells, ExchangeError> {
    let mut cells = Cells::default();
    let mut depth = 0_usize;
    let mut formula = None;
    for record in Records(stream) {
        let data = record.data();
        match record.kind {
            record::BEGIN => depth += 1,
            record::END if depth <= 1 => return Ok(cells),
            record::END => depth -= 1,
            // A chart within the sheet has records of its own.
            _ if depth > 1 => {}
            record::STRING => {
                if let (Some((row, column)), Some(text)) = (formula, Letters::new(&record.parts, 0).text(2)) {
                    cells.put(row, column, &text, meter)?;
                }
            }
            kind => {
                let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else { continue };
                let (row, column) = (usize::from(row), usize::from(column));
                if kind == record::MULTIPLE_RK {
                    let pairs = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
                    for (index, pair) in pairs.as_chunks::<6>().0.iter().enumerate() {
                        let value = u32_at(pair, 2).map_or(0.0, compact);
                        cells.put(row, column + index, &globals.number(value, u16_at(pair, 0)), meter)?;
                    }
                } else {
                    if kind == record::FORMULA {
                        formula = Some((row, column));
                    }
                    if let Some(text) = value(&record, globals) {
                        cells.put(row, column, &text, meter)?;
                    }
                }
            }
        }
    }
    // Some programs leave the last record out.
    Ok(cells)
}

/// The value of a record of one cell.
fn value(record: &Record<'_>, globals: &Globals) -> Option<String> {
    let data = record.data();
    let float = |at: usize| data.get(at..)?.first_chunk::<8>().map(|bytes| f64::from_le_bytes(*bytes));
    match record.kind {
        record::RK => Some(globals.number(compact(u32_at(data, 6)?), u16_at(data, 4))),
        record::LABEL | record::RICH_LABEL => Letters::new(&record.parts, 6).text(2),
        record::SHARED_LABEL => {
            let index = usize::try_from(u32_at(data, 6)?).ok()?;
            globals.strings.get(index).cloned()
        }
        record::BOOLEAN => Some(boolean(*data.get(6)?, *data.get(7)? != 0)),
        record::FORMULA if u16_at(data, 12) == Some(0xffff) => match data.get(6)? {
            1 => Some(boolean(*data.get(8)?, false)),
            2 => Some(boolean(*data.get(8)?, true)),
            // A text follows in a record of its own.
            _ => None,
        },
        record::NUMBER | record::FORMULA => Some(globals.number(float(6)?, u16_at(data, 4))),
        _ => None,
    }
}

fn boolean(value: u8, error: bool) -> String {
    let text = match (error, value) {
        (false, 0) => "FALSE",
        (false, _) => "TRUE",
        (true, 0x00) => "#NULL!",
        (true, 0x07) => "#DIV/0!",
        (true, 0x0f) => "#VALUE!",
        (true, 0x17) => "#REF!",
        (true, 0x1d) => "#NAME?",
        (true, 0x24) => "#NUM!",
        (true, _) => "#N/A",
    };
    text.to_owned()
}

/// A number in four bytes: the upper part of a float or a whole number, either in hundredths or not.
fn compact(bits: u32) -> f64 {
    let value = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}
