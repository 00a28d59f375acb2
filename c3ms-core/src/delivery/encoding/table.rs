//! A dataset as a table: one row per record, one column per value.
//!
//! A column is called by the path of its value: `name.fr`, `address.locality`, `offers.1.price`; lists count
//! from 1. An amount has its decimals in `price` and its currency in `price.currency`, a link the id in
//! `venue` and what that is called in `venue.title`. Only columns that hold something are there, in the order
//! of the format.
//!
//! The records are gone through once, as they lie scattered in memory: what each cell says is written at once, one after
//! the other, and put into the order of the columns when all of these are known.

use std::borrow::Cow;

use serde::Deserialize as _;
use serde_json::{Number, Value};

use crate::{
    base::{Id, Money, Timestamp},
    delivery::{Dataset, Datasets},
    manufactory::forms::{Document, Entry, Field, Kind},
};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::delivery) enum Cell<'a> {
    Text(Cow<'a, str>),
    Number(&'a Number),
    Amount(Money),
    Truth(bool),
    Id(Id<Entry>),
    Instant(Timestamp),
}

/// What all cells of a column are, in the words of Table Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::delivery) enum ColumnKind {
    String,
    Integer,
    Number,
    Boolean,
    Date,
    Instant,
}

/// A column: the path of its values and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::delivery) struct Column {
    pub(in crate::delivery) name: String,
    pub(in crate::delivery) kind: ColumnKind,
}

/// A dataset as a table, its cells written.
pub(in crate::delivery) struct Table {
    /// The columns in order; the first two are the id of the record and when it was changed.
    pub(in crate::delivery) columns: Vec<Column>,
    /// Where each column stands, in the order in which they were found.
    places: Vec<usize>,
    written: Written,
}

/// Cells one after the other.
#[derive(Debug, Default)]
struct Written {
    text: Vec<u8>,
    /// The column of each cell, in the order in which they were found, and where it ends.
    cells: Vec<(u32, usize)>,
    /// Where the cells of each row end.
    rows: Vec<usize>,
}

/// What has a column of its own, and what lies below it.
#[derive(Debug, Default)]
struct Branch<'a> {
    name: Cow<'a, str>,
    /// The number of its column, in the order in which they are found.
    column: Option<u32>,
    kind: Option<ColumnKind>,
    inner: Vec<Self>,
    /// The fields of a group by name, as the members of a document are sorted.
    order: Vec<usize>,
}

#[derive(Clone, Copy)]
struct Walk<'a> {
    datasets: &'a Datasets,
    language: &'a str,
}

/// The columns every table has before those of its format.
const OWN: u32 = 2;

impl Table {
    /// Writes the cells of a dataset, each by `write`; one that is left out is empty.
    pub(in crate::delivery) fn of(
        dataset: &Dataset,
        datasets: &Datasets,
        language: &str,
        write: impl Fn(&mut Vec<u8>, &Cell<'_>),
    ) -> Self {
        let walk = Walk { datasets, language };
        let mut root = Branch::default();
        let mut found = 0;
        let mut written = Written::default();
        let own = [("id", ColumnKind::String), ("updated", ColumnKind::Instant)];
        for record in &dataset.records {
            let cells = [Cell::Id(record.id), Cell::Instant(record.updated)];
            for (column, cell) in (0..).zip(cells) {
                write(&mut written.text, &cell);
                written.cells.push((column, written.text.len()));
            }
            let mut sink = |known: &mut Option<u32>, cell: &Cell<'_>| {
                let column = *known.get_or_insert_with(|| {
                    found += 1;
                    found - 1
                });
                write(&mut written.text, cell);
                written.cells.push((column + OWN, written.text.len()));
            };
            walk.members(&mut root, &dataset.format.fields, &record.document, &mut sink);
            written.rows.push(written.cells.len());
        }
        let mut columns = own.map(|(name, kind)| Column { name: name.to_owned(), kind }).to_vec();
        let mut places = vec![0; columns.len() + usize::try_from(found).unwrap_or(0)];
        places.iter_mut().take(2).enumerate().for_each(|(place, own)| *own = place);
        root.number(&mut String::new(), &mut columns, &mut places);
        Self { columns, places, written }
    }

    /// How many rows there are.
    pub(in crate::delivery) const fn len(&self) -> usize {
        self.written.rows.len()
    }

    /// Gives each row in the order of the records: what was written of each column.
    pub(in crate::delivery) fn rows<E>(
        &self,
        mut row: impl FnMut(&[&[u8]]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Written { text, cells, rows } = &self.written;
        let nothing: &[u8] = &[];
        let mut line = vec![nothing; self.columns.len()];
        let (mut cell, mut from) = (0, 0);
        for end in rows {
            line.fill(nothing);
            for (column, to) in cells.get(cell..*end).unwrap_or_default() {
                let place = usize::try_from(*column).ok().and_then(|column| self.places.get(column));
                if let Some(slot) = place.and_then(|place| line.get_mut(*place)) {
                    *slot = text.get(from..*to).unwrap_or_default();
                }
                from = *to;
            }
            cell = *end;
            row(&line)?;
        }
        Ok(())
    }
}

impl<'a> Branch<'a> {
    /// Gives the columns their places and names.
    fn number(&self, path: &mut String, columns: &mut Vec<Column>, places: &mut [usize]) {
        let before = path.len();
        if !self.name.is_empty() {
            if before > 0 {
                path.push('.');
            }
            path.push_str(&self.name);
        }
        if let (Some(kind), Some(column)) = (self.kind, self.column) {
            let found = usize::try_from(column + OWN).ok();
            if let Some(place) = found.and_then(|found| places.get_mut(found)) {
                *place = columns.len();
            }
            columns.push(Column { name: path.clone(), kind });
        }
        for branch in &self.inner {
            branch.number(path, columns, places);
        }
        path.truncate(before);
    }

    /// The branch at a place, with those before it; they are named by their place, from 1.
    fn at(&mut self, place: usize) -> Option<&mut Self> {
        while self.inner.len() <= place {
            let name = Cow::Owned((self.inner.len() + 1).to_string());
            self.inner.push(Branch { name, ..Branch::default() });
        }
        self.inner.get_mut(place)
    }

    /// The branch of this name; those of a text stand by their tags.
    fn called(&mut self, name: &'a str) -> Option<&mut Self> {
        let place = self.inner.iter().position(|branch| branch.name == name).unwrap_or_else(|| {
            let place = self.inner.partition_point(|branch| *branch.name < *name);
            self.inner.insert(place, Branch { name: Cow::Borrowed(name), ..Branch::default() });
            place
        });
        self.inner.get_mut(place)
    }

    fn fill(
        &mut self,
        kind: ColumnKind,
        cell: &Cell<'_>,
        sink: &mut impl FnMut(&mut Option<u32>, &Cell<'_>),
    ) {
        // Where cells of one column are of two kinds, they are texts.
        self.kind = Some(if self.kind.is_none_or(|known| known == kind) { kind } else { ColumnKind::String });
        sink(&mut self.column, cell);
    }

    /// A branch for each field of a group.
    fn branch_out(&mut self, fields: &'a [Field]) {
        if self.order.len() == fields.len() {
            return;
        }
        self.order = (0..fields.len()).collect();
        self.order.sort_by_key(|place| fields.get(*place).map(|field| field.name.as_str()));
        let name = |field: &'a Field| Branch { name: Cow::Borrowed(&field.name), ..Branch::default() };
        self.inner = fields.iter().map(name).collect();
    }
}

impl<'a> Walk<'a> {
    /// Fields and members go side by side: both stand by their names.
    fn members(
        self,
        branch: &mut Branch<'a>,
        fields: &'a [Field],
        document: &'a Document,
        sink: &mut impl FnMut(&mut Option<u32>, &Cell<'_>),
    ) {
        branch.branch_out(fields);
        let mut order = branch.order.iter().copied();
        let mut next = order.next();
        for (name, value) in document {
            while let Some((place, field)) = next.and_then(|place| Some((place, fields.get(place)?))) {
                if field.name < *name {
                    next = order.next();
                    continue;
                }
                if field.name == *name
                    && let Some(inner) = branch.inner.get_mut(place)
                {
                    self.field(inner, field, value, sink);
                    next = order.next();
                }
                break;
            }
        }
    }

    fn field(
        self,
        branch: &mut Branch<'a>,
        field: &'a Field,
        value: &'a Value,
        sink: &mut impl FnMut(&mut Option<u32>, &Cell<'_>),
    ) {
        if let (Some(_), Value::Array(list)) = (field.many, value) {
            for (place, value) in list.iter().enumerate() {
                if let Some(inner) = branch.at(place) {
                    self.value(inner, &field.kind, value, sink);
                }
            }
        } else {
            self.value(branch, &field.kind, value, sink);
        }
    }

    fn value(
        self,
        branch: &mut Branch<'a>,
        kind: &'a Kind,
        value: &'a Value,
        sink: &mut impl FnMut(&mut Option<u32>, &Cell<'_>),
    ) {
        match (kind, value) {
            (Kind::Group { fields }, Value::Object(inner)) => self.members(branch, fields, inner, sink),
            (Kind::Text { .. }, Value::Object(texts)) => {
                for (tag, text) in texts {
                    if let Some(inner) = branch.called(tag) {
                        inner.fill(ColumnKind::String, &plain(text), sink);
                    }
                }
            }
            (Kind::Money, _) => {
                if let Ok(money) = Money::deserialize(value) {
                    branch.fill(ColumnKind::Number, &Cell::Amount(money), sink);
                    if let Some(currency) = value.get("currency")
                        && let Some(inner) = branch.called("currency")
                    {
                        inner.fill(ColumnKind::String, &plain(currency), sink);
                    }
                }
            }
            (Kind::Position, Value::Object(degrees)) => {
                for name in ["latitude", "longitude"] {
                    if let (Some(degrees), Some(inner)) = (degrees.get(name), branch.called(name)) {
                        inner.fill(ColumnKind::Number, &plain(degrees), sink);
                    }
                }
            }
            (Kind::Link { .. }, Value::String(link)) => {
                branch.fill(ColumnKind::String, &Cell::Text(Cow::Borrowed(link)), sink);
                if let Some(inner) = branch.called("title") {
                    inner.fill(ColumnKind::String, &self.title(link), sink);
                }
            }
            (kind, value) => branch.fill(column_kind(kind, value), &plain(value), sink),
        }
    }

    /// What the record a link leads to is called.
    fn title(self, link: &str) -> Cell<'a> {
        let Some((dataset, record)) = Id::parse(link).and_then(|id| self.datasets.record(id)) else {
            return Cell::Text(Cow::Borrowed(""));
        };
        let said = record.said(&dataset.format.title, self.language);
        said.map_or(Cell::Id(record.id), |(_, title)| Cell::Text(Cow::Borrowed(title)))
    }
}

fn plain(value: &Value) -> Cell<'_> {
    match value {
        Value::String(text) => Cell::Text(Cow::Borrowed(text)),
        Value::Number(number) => Cell::Number(number),
        Value::Bool(truth) => Cell::Truth(*truth),
        Value::Null | Value::Array(_) | Value::Object(_) => Cell::Text(Cow::Owned(value.to_string())),
    }
}

fn column_kind(kind: &Kind, value: &Value) -> ColumnKind {
    match (kind, value) {
        (Kind::Integer { .. }, Value::Number(number)) if !number.is_f64() => ColumnKind::Integer,
        (Kind::Integer { .. } | Kind::Decimal { .. }, Value::Number(_)) => ColumnKind::Number,
        (Kind::Boolean, Value::Bool(_)) => ColumnKind::Boolean,
        (Kind::Date, Value::String(_)) => ColumnKind::Date,
        _ => ColumnKind::String,
    }
}

/// Tells whether no text of a dataset has more UTF-16 units than this.
pub(in crate::delivery) fn fits_cells(dataset: &Dataset, most: usize) -> bool {
    fn fits(value: &Value, most: usize) -> bool {
        match value {
            // Bytes are at least as many.
            Value::String(text) => text.len() <= most || text.encode_utf16().count() <= most,
            Value::Array(list) => list.iter().all(|value| fits(value, most)),
            Value::Object(members) => members.values().all(|value| fits(value, most)),
            Value::Null | Value::Bool(_) | Value::Number(_) => true,
        }
    }
    dataset.records.iter().all(|record| record.document.values().all(|value| fits(value, most)))
}

/// Tells whether a spreadsheet would compute a text: what begins as a formula and is no number.
///
/// The full-width signs are there because East Asian spreadsheets take them for the plain ones.
pub(in crate::delivery) fn is_dangerous(text: &str) -> bool {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    begins && !is_number(text)
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|letter| letter.is_ascii_digit() || b".eE+-".contains(&letter))
        && digits.parse::<f64>().is_ok()
}
