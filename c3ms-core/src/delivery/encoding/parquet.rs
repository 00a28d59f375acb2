//! Parquet: one row per record, one column per value, each of one type; and `GeoParquet`, with a point.
//!
//! Columns are called as in CSV (`name.fr`, `offers.1.price`) and hold what their field is: texts, whole and other
//! numbers, yes or no, days, amounts with two decimals. A moment is told three times: `start` in local time, which
//! is always known (a whole day begins at midnight), `start.utc` where a zone or an offset makes it an instant, and
//! `start.text` as the entry says it. Only columns that hold something are written, in the order of the format.
//!
//! # Source
//! Apache Parquet, logical types; `GeoParquet` 1.1.0: points as WKB in `geometry` (longitude before latitude, WGS 84),
//! their bounds in the metadata `geo` and, row by row, in `bbox`. Checked by `conformance/python/validate_partners.py`.

use std::{collections::BTreeMap, sync::Arc};

use ::parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical},
    data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type},
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::Type,
};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{Context, failed};
use crate::{
    base::{Date, Id, Moment, Money, Position, offset_of},
    delivery::{Dataset, Datasets, DeliveryError, Record, clock::instant},
    manufactory::forms::{Document, Field, Kind},
};

/// A step of a path: where it stands among its neighbours, then its name.
type Step<'a> = (usize, &'a str);

/// One value, of the type of its column.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Text(String),
    Whole(i64),
    Number(f64),
    Truth(bool),
    /// Days since 1970.
    Day(i32),
    /// Cents.
    Amount(i64),
    /// Milliseconds since 1970, in local time.
    Local(i64),
    /// Milliseconds since 1970.
    Instant(i64),
    Bytes(Vec<u8>),
}

impl Cell {
    /// The physical and the logical type of a column of such cells.
    fn kind(&self) -> (Physical, Option<LogicalType>) {
        let time = |is_utc| Some(LogicalType::timestamp(is_utc, TimeUnit::MILLIS));
        match self {
            Self::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Self::Whole(_) => (Physical::INT64, None),
            Self::Number(_) => (Physical::DOUBLE, None),
            Self::Truth(_) => (Physical::BOOLEAN, None),
            Self::Day(_) => (Physical::INT32, Some(LogicalType::Date)),
            Self::Amount(_) => (Physical::INT64, Some(LogicalType::decimal(2, 18))),
            Self::Local(_) => (Physical::INT64, time(false)),
            Self::Instant(_) => (Physical::INT64, time(true)),
            Self::Bytes(_) => (Physical::BYTE_ARRAY, None),
        }
    }
}

/// A column: its name, a cell that shows its type, a cell or none for each record.
struct Column {
    name: String,
    cells: Vec<Option<Cell>>,
}

pub(super) fn write(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    file(&columns(dataset, datasets, context), &[], None)
}

pub(super) fn write_with_points(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    let positions: Vec<Option<Position>> =
        dataset.records.iter().map(|record| datasets.position(dataset, record)).collect();
    let points = positions.iter().map(|position| position.map(|position| Cell::Bytes(well_known(position))));
    let geometry = Column { name: "geometry".to_owned(), cells: points.collect() };
    let mut bounds: Option<[f64; 4]> = None;
    for position in positions.iter().flatten() {
        let (east, north) = (position.longitude(), position.latitude());
        let [w, s, e, n] = bounds.unwrap_or([east, north, east, north]);
        bounds = Some([w.min(east), s.min(north), e.max(east), n.max(north)]);
    }
    let mut column = json!({
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "covering": { "bbox": {
            "xmin": ["bbox", "xmin"], "ymin": ["bbox", "ymin"], "xmax": ["bbox", "xmax"], "ymax": ["bbox", "ymax"],
        } },
    });
    if let (Some(bounds), Value::Object(members)) = (bounds, &mut column) {
        members.insert("bbox".to_owned(), json!(bounds));
    }
    let geo = json!({ "version": "1.1.0", "primary_column": "geometry", "columns": { "geometry": column } });
    let mut columns = columns(dataset, datasets, context);
    columns.push(geometry);
    file(&columns, &positions, Some(geo.to_string()))
}

/// A point: byte order, type, longitude, latitude (OGC 06-103r4, 8.2).
fn well_known(position: Position) -> Vec<u8> {
    let mut bytes = vec![1];
    bytes.extend_from_slice(&1_u32.to_le_bytes());
    bytes.extend_from_slice(&position.longitude().to_le_bytes());
    bytes.extend_from_slice(&position.latitude().to_le_bytes());
    bytes
}

fn columns(dataset: &Dataset, datasets: &Datasets, context: &Context) -> Vec<Column> {
    let mut by_path: BTreeMap<Vec<Step<'_>>, Vec<Option<Cell>>> = BTreeMap::new();
    let count = dataset.records.len();
    for (place, record) in dataset.records.iter().enumerate() {
        let language = context.language.as_str();
        let mut row = Row { datasets, language, path: Vec::new(), cells: Vec::new() };
        row.members(&dataset.format.fields, &record.document);
        for (path, cell) in row.cells {
            let cells = by_path.entry(path).or_insert_with(|| vec![None; count]);
            // A column has one type: what the first of its cells is.
            let first = cells.iter().flatten().next();
            let fits =
                first.is_none_or(|first| std::mem::discriminant(first) == std::mem::discriminant(&cell));
            if let Some(slot) = cells.get_mut(place).filter(|_| fits) {
                *slot = Some(cell);
            }
        }
    }
    let all = |cell: fn(&Record) -> Cell| dataset.records.iter().map(|record| Some(cell(record))).collect();
    let mut columns = vec![
        Column { name: "id".to_owned(), cells: all(|record| Cell::Text(record.id.to_string())) },
        Column { name: "updated".to_owned(), cells: all(|record| Cell::Instant(record.updated.millis())) },
    ];
    columns.extend(by_path.into_iter().map(|(path, cells)| Column { name: name(&path), cells }));
    // No reader finds the second of two columns of one name, or a column beside those of the points.
    let mut taken = vec!["geometry".to_owned(), "bbox".to_owned()];
    for column in &mut columns {
        while taken.contains(&column.name) {
            column.name.push('_');
        }
        taken.push(column.name.clone());
    }
    columns
}

fn name(path: &[Step<'_>]) -> String {
    let steps =
        path.iter().map(|(place, name)| if name.is_empty() { place.to_string() } else { (*name).to_owned() });
    steps.collect::<Vec<_>>().join(".")
}

/// The cells of one row, by path.
struct Row<'a> {
    datasets: &'a Datasets,
    language: &'a str,
    path: Vec<Step<'a>>,
    cells: Vec<(Vec<Step<'a>>, Cell)>,
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
                    self.under(0, tag, Cell::Text(plain(text)));
                }
            }
            (Kind::Money, _) => {
                if let Ok(money) = Money::deserialize(value) {
                    self.cell(Cell::Amount(money.cents));
                    self.under(0, "currency", Cell::Text(money.currency.code().to_owned()));
                }
            }
            (Kind::Position, Value::Object(degrees)) => {
                for (place, name) in ["latitude", "longitude"].into_iter().enumerate() {
                    if let Some(degrees) = degrees.get(name).and_then(Value::as_f64) {
                        self.under(place, name, Cell::Number(degrees));
                    }
                }
            }
            (Kind::Link { .. }, Value::String(link)) => {
                self.cell(Cell::Text(link.clone()));
                if let Some((dataset, target)) = Id::parse(link).and_then(|id| self.datasets.record(id)) {
                    self.under(0, "title", Cell::Text(dataset.title(target, self.language)));
                }
            }
            (Kind::Moment, Value::String(text)) => {
                if let Some(moment) = Moment::parse(text) {
                    self.cell(Cell::Local(moment.local_seconds() * 1000));
                    if moment.time().is_some() && offset_of(&moment).is_some() {
                        self.under(0, "utc", Cell::Instant(instant(&moment) * 1000));
                    }
                    self.under(1, "text", Cell::Text(text.clone()));
                }
            }
            (Kind::Date, Value::String(text)) => {
                let days = Date::parse(text).and_then(|date| i32::try_from(date.days()).ok());
                if let Some(days) = days {
                    self.cell(Cell::Day(days));
                }
            }
            (Kind::Integer { .. }, value) => {
                if let Some(number) = value.as_i64() {
                    self.cell(Cell::Whole(number));
                }
            }
            (Kind::Decimal { .. }, value) => {
                if let Some(number) = value.as_f64() {
                    self.cell(Cell::Number(number));
                }
            }
            (Kind::Boolean, value) => {
                if let Some(truth) = value.as_bool() {
                    self.cell(Cell::Truth(truth));
                }
            }
            (_, value) => self.cell(Cell::Text(plain(value))),
        }
    }

    fn under(&mut self, place: usize, name: &'a str, cell: Cell) {
        self.path.push((place, name));
        self.cell(cell);
        self.path.pop();
    }

    fn cell(&mut self, cell: Cell) {
        self.cells.push((self.path.clone(), cell));
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A file of one group of rows; `points` adds their bounds, row by row, where there is `geo`.
fn file(
    columns: &[Column],
    points: &[Option<Position>],
    geo: Option<String>,
) -> Result<Vec<u8>, DeliveryError> {
    let shown: Vec<_> = columns
        .iter()
        .map(|column| {
            let no_cell = Cell::Text(String::new());
            let first = column.cells.iter().flatten().next().unwrap_or(&no_cell);
            let (physical, logical) = if column.name == "geometry" && geo.is_some() {
                (Physical::BYTE_ARRAY, None)
            } else {
                first.kind()
            };
            let decimals = if matches!(logical, Some(LogicalType::Decimal(_))) { (18, 2) } else { (-1, -1) };
            Type::primitive_type_builder(&column.name, physical)
                .with_precision(decimals.0)
                .with_scale(decimals.1)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .build()
                .map(Arc::new)
        })
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    let mut fields: Vec<Arc<Type>> = shown;
    if geo.is_some() {
        let sides = ["xmin", "ymin", "xmax", "ymax"].map(|side| {
            let side = Type::primitive_type_builder(side, Physical::DOUBLE);
            side.with_repetition(Repetition::REQUIRED).build().map(Arc::new)
        });
        let sides = sides.into_iter().collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let bounds =
            Type::group_type_builder("bbox").with_repetition(Repetition::OPTIONAL).with_fields(sides);
        fields.push(Arc::new(bounds.build().map_err(failed)?));
    }
    let schema = Type::group_type_builder("record").with_fields(fields).build().map_err(failed)?;
    let metadata = geo.map(|geo| vec![KeyValue::new("geo".to_owned(), geo)]);
    let with_bounds = metadata.is_some();
    let properties = WriterProperties::builder()
        .set_created_by("c3ms".to_owned())
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(metadata)
        .build();
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties)).map_err(failed)?;
    let mut rows = writer.next_row_group().map_err(failed)?;
    for column in columns {
        if let Some(mut column_writer) = rows.next_column().map_err(failed)? {
            write_column(&mut column_writer, column)?;
            column_writer.close().map_err(failed)?;
        }
    }
    if with_bounds {
        let levels: Vec<i16> = points.iter().map(|point| i16::from(point.is_some())).collect();
        let sides = [Position::longitude, Position::latitude, Position::longitude, Position::latitude];
        for side in sides {
            if let Some(mut column_writer) = rows.next_column().map_err(failed)? {
                let values: Vec<f64> = points.iter().flatten().map(side).collect();
                let typed = column_writer.typed::<DoubleType>();
                typed.write_batch(&values, Some(&levels), None).map_err(failed)?;
                column_writer.close().map_err(failed)?;
            }
        }
    }
    rows.close().map_err(failed)?;
    writer.close().map_err(failed)?;
    Ok(bytes)
}

fn write_column(writer: &mut SerializedColumnWriter<'_>, column: &Column) -> Result<(), DeliveryError> {
    let levels: Vec<i16> = column.cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let levels = Some(levels.as_slice());
    let cells = || column.cells.iter().flatten();
    let written = match cells().next() {
        Some(Cell::Whole(_) | Cell::Amount(_) | Cell::Local(_) | Cell::Instant(_)) => {
            let values: Vec<i64> = cells().filter_map(whole).collect();
            writer.typed::<Int64Type>().write_batch(&values, levels, None)
        }
        Some(Cell::Number(_)) => {
            let number = |cell: &Cell| if let Cell::Number(number) = cell { Some(*number) } else { None };
            let values: Vec<f64> = cells().filter_map(number).collect();
            writer.typed::<DoubleType>().write_batch(&values, levels, None)
        }
        Some(Cell::Truth(_)) => {
            let truth = |cell: &Cell| if let Cell::Truth(truth) = cell { Some(*truth) } else { None };
            let values: Vec<bool> = cells().filter_map(truth).collect();
            writer.typed::<BoolType>().write_batch(&values, levels, None)
        }
        Some(Cell::Day(_)) => {
            let day = |cell: &Cell| if let Cell::Day(day) = cell { Some(*day) } else { None };
            let values: Vec<i32> = cells().filter_map(day).collect();
            writer.typed::<Int32Type>().write_batch(&values, levels, None)
        }
        Some(Cell::Text(_) | Cell::Bytes(_)) | None => {
            let values: Vec<ByteArray> = cells().filter_map(bytes).collect();
            writer.typed::<ByteArrayType>().write_batch(&values, levels, None)
        }
    };
    written.map(|_| ()).map_err(failed)
}

const fn whole(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Whole(number) | Cell::Amount(number) | Cell::Local(number) | Cell::Instant(number) => {
            Some(*number)
        }
        Cell::Text(_) | Cell::Number(_) | Cell::Truth(_) | Cell::Day(_) | Cell::Bytes(_) => None,
    }
}

fn bytes(cell: &Cell) -> Option<ByteArray> {
    match cell {
        Cell::Text(text) => Some(ByteArray::from(text.as_str())),
        Cell::Bytes(bytes) => Some(ByteArray::from(bytes.clone())),
        Cell::Whole(_)
        | Cell::Amount(_)
        | Cell::Local(_)
        | Cell::Instant(_)
        | Cell::Number(_)
        | Cell::Truth(_)
        | Cell::Day(_) => None,
    }
}
