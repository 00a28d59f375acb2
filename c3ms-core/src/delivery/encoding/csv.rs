//! CSV: one row per record, one column per value (RFC 4180), see [`table`](super::table).
//!
//! Written by hand: each cell goes from its record into the text.

use std::{convert::Infallible, io::Write as _};

use super::{
    Context,
    table::{Cell, Table, is_dangerous},
};
use crate::delivery::{Dataset, Datasets};

pub(super) fn write(dataset: &Dataset, datasets: &Datasets, context: &Context) -> Vec<u8> {
    let table = Table::of(dataset, datasets, context.language.as_str(), write_cell);
    let mut out = Vec::with_capacity(table.len().saturating_mul(512));
    for (place, column) in table.columns.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        text(&mut out, &column.name);
    }
    out.extend_from_slice(b"\r\n");
    let Ok(()) = table.rows(|cells| {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend_from_slice(cell);
        }
        out.extend_from_slice(b"\r\n");
        Ok::<(), Infallible>(())
    });
    out
}

fn write_cell(out: &mut Vec<u8>, cell: &Cell<'_>) {
    // Nothing can go wrong where memory is written to.
    let _ = match cell {
        Cell::Text(value) => {
            text(out, value);
            Ok(())
        }
        Cell::Number(number) => write!(out, "{number}"),
        Cell::Amount(money) => out.write_all(money.decimal().as_bytes()),
        Cell::Truth(truth) => out.write_all(if *truth { b"true" } else { b"false" }),
        Cell::Id(id) => write!(out, "{id}"),
        Cell::Instant(instant) => write!(out, "{instant}"),
    };
}

/// A text: in quotes where it has a comma, a quote or a line end; control characters, which no spreadsheet reads, go.
fn text(out: &mut Vec<u8>, text: &str) {
    let guard: &[u8] = if is_dangerous(text) { b"'" } else { b"" };
    // Every byte is looked at, as that is faster than to stop at the first.
    let care = |letter: u8| u8::from(letter < b' ' || letter == 0x7f || letter == b',' || letter == b'"');
    if text.bytes().fold(0, |any, letter| any | care(letter)) == 0 {
        out.extend_from_slice(guard);
        return out.extend_from_slice(text.as_bytes());
    }
    let is_left_out = |letter: u8| (letter < b' ' && !b"\t\r\n".contains(&letter)) || letter == 0x7f;
    let quoted = text.bytes().any(|letter| b",\"\r\n".contains(&letter));
    if quoted {
        out.push(b'"');
    }
    out.extend_from_slice(guard);
    for letter in text.bytes().filter(|letter| !is_left_out(*letter)) {
        if letter == b'"' {
            out.push(b'"');
        }
        out.push(letter);
    }
    if quoted {
        out.push(b'"');
    }
}
