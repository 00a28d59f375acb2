//! CSV: one row per record, one column per value (RFC 4180).
//!
//! A column is called by the path of its value: `name.fr`, `address.locality`, `offers.1.price`; lists count
//! from 1. An amount has its decimals in `price` and its currency in `price.currency`, a link the id in
//! `venue` and what that is called in `venue.title`. Only columns that hold something are written, in the order
//! of the format.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value;

use super::{Context, failed};
use crate::{
    base::{Id, Money},
    delivery::{Dataset, Datasets, DeliveryError, Record},
    manufactory::forms::{Document, Field, Kind},
};

/// A step of a path: where it stands among its neighbours, then its name.
type Step<'a> = (usize, &'a str);

/// The cells of one row, by path.
struct Row<'a> {
    datasets: &'a Datasets,
    language: &'a str,
    path: Vec<Step<'a>>,
    cells: Vec<(Vec<Step<'a>>, String)>,
}

pub(super) fn write(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    let rows: Vec<_> = dataset.records.iter().map(|record| row(record, dataset, datasets, context)).collect();
    let mut columns = BTreeMap::new();
    for (path, _) in rows.iter().flatten() {
        if !columns.contains_key(path) {
            columns.insert(path.clone(), 0);
        }
    }
    columns.values_mut().enumerate().for_each(|(place, column)| *column = place);
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let names = columns.keys().map(|path| name(path));
    writer.write_record(["id".to_owned(), "updated".to_owned()].into_iter().chain(names)).map_err(failed)?;
    let mut line: Vec<String> = Vec::new();
    for (record, cells) in dataset.records.iter().zip(rows) {
        line.clear();
        line.resize(columns.len(), String::new());
        for (path, cell) in cells {
            if let Some(slot) = columns.get(&path).and_then(|column| line.get_mut(*column)) {
                *slot = guarded(cell);
            }
        }
        let first = [record.id.to_string(), record.updated.to_string()];
        writer.write_record(first.iter().chain(&line)).map_err(failed)?;
    }
    writer.into_inner().map_err(failed)
}

fn row<'a>(
    record: &'a Record,
    dataset: &'a Dataset,
    datasets: &'a Datasets,
    context: &'a Context,
) -> Vec<(Vec<Step<'a>>, String)> {
    let language = context.language.as_str();
    let mut row = Row { datasets, language, path: Vec::new(), cells: Vec::new() };
    row.members(&dataset.format.fields, &record.document);
    row.cells
}

fn name(path: &[Step<'_>]) -> String {
    let steps =
        path.iter().map(|(place, name)| if name.is_empty() { place.to_string() } else { (*name).to_owned() });
    steps.collect::<Vec<_>>().join(".")
}

impl<'a> Row<'a> {
    fn members(&mut self, fields: &'a [Field], document: &'a Document) {
        for (place, field) in fields.iter().enumerate() {
            let Some(value) = document.get(&field.name) else { continue };
            self.path.push((place, &field.name));
            if let (Some(_), Value::Array(list)) = (field.many, value) {
                for (index, value) in list.iter().enumerate() {
                    self.path.push((index + 1, ""));
                    self.value(&field.kind, value);
                    self.path.pop();
                }
            } else {
                self.value(&field.kind, value);
            }
            self.path.pop();
        }
    }

    fn value(&mut self, kind: &'a Kind, value: &'a Value) {
        match (kind, value) {
            (Kind::Group { fields }, Value::Object(inner)) => self.members(fields, inner),
            (Kind::Text { .. }, Value::Object(texts)) => {
                for (tag, text) in texts {
                    self.under(0, tag, plain(text));
                }
            }
            (Kind::Money, _) => {
                if let Ok(money) = Money::deserialize(value) {
                    self.cell(money.decimal());
                    self.under(0, "currency", money.currency.code().to_owned());
                }
            }
            (Kind::Position, Value::Object(degrees)) => {
                for (place, name) in ["latitude", "longitude"].into_iter().enumerate() {
                    self.under(place, name, degrees.get(name).map(plain).unwrap_or_default());
                }
            }
            (Kind::Link { .. }, Value::String(link)) => {
                self.cell(link.clone());
                if let Some((dataset, target)) = Id::parse(link).and_then(|id| self.datasets.record(id)) {
                    self.under(0, "title", dataset.title(target, self.language));
                }
            }
            (_, value) => self.cell(plain(value)),
        }
    }

    fn under(&mut self, place: usize, name: &'a str, text: String) {
        self.path.push((place, name));
        self.cell(text);
        self.path.pop();
    }

    fn cell(&mut self, text: String) {
        self.cells.push((self.path.clone(), text));
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Keeps a spreadsheet from computing a text: what begins as a formula and is no number gets an apostrophe.
///
/// The full-width signs are there because East Asian spreadsheets take them for the plain ones.
fn guarded(cell: String) -> String {
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if begins && !is_number(&cell) { format!("'{cell}") } else { cell }
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|letter| letter.is_ascii_digit() || b".eE+-".contains(&letter))
        && digits.parse::<f64>().is_ok()
}
