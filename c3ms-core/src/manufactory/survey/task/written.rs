//! An answer as a table: the rows of a file as they stand, and beside them what was found.

use std::collections::BTreeMap;

use super::{
    super::{
        Column, Imputation, SurveyError, WeightsTold,
        table::{MARK, broken, is_missing, reader},
        variance::real,
    },
    DrawTold,
};

/// A table with what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// As CSV.
    pub text: String,
    /// How many rows it has, besides the names.
    pub rows: usize,
    /// The names of the columns that the file did not have.
    pub added: Vec<String>,
}

/// What is put into a file.
pub(super) struct Added {
    /// The rows that are written, from 0, in order; all where nothing is said.
    rows: Option<Vec<usize>>,
    /// Columns, a value for each of these rows.
    columns: Vec<(String, Put, Column)>,
}

/// Where a column goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Put {
    /// Beside the others, under a name of its own.
    Beside,
    /// Over the one of its name, where there is one.
    Over,
    /// Into the empty cells of the one of its name, where there is one.
    Gaps,
}

pub(super) fn of_weights(found: &WeightsTold) -> Added {
    let stand = found.weights.iter().copied().enumerate().filter(|(_, weight)| *weight != 0.0);
    let (rows, weights) = stand.unzip();
    Added { rows: Some(rows), columns: vec![beside("weight", weights)] }
}

pub(super) fn of_sample(found: &DrawTold) -> Added {
    let units = &found.units;
    let mut columns = Vec::new();
    if found.by_chance {
        let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
        columns.push(beside("probability", units.iter().map(|unit| known(unit.probability)).collect()));
        columns.push(beside("weight", units.iter().map(|unit| known(unit.weight)).collect()));
    }
    for stage in 0..units.first().map_or(0, |unit| unit.stages.len()) {
        let share = units.iter().map(|unit| unit.stages.get(stage).copied().unwrap_or(f64::NAN));
        columns.push(beside(&format!("probability_{}", stage + 1), share.collect()));
    }
    let mut hits: BTreeMap<usize, u32> = BTreeMap::new();
    for unit in units {
        *hits.entry(unit.row).or_default() += 1;
    }
    if hits.values().any(|hits| *hits > 1) {
        let own = units.iter().map(|unit| f64::from(hits.get(&unit.row).copied().unwrap_or(1)));
        columns.push(beside("hits", own.collect()));
    }
    if !found.sheet.is_empty() {
        let sheet = || found.sheet.iter();
        columns.push(beside("first", sheet().map(|row| real(row.first)).collect()));
        let intervals = sheet().map(|row| real(row.interval)).collect();
        columns.push(beside("interval", intervals));
        columns.push(beside("visit_probability", sheet().map(|row| row.visit_probability).collect()));
    }
    let rows = Some(units.iter().map(|unit| unit.row).collect());
    Added { rows, columns }
}

pub(super) fn of_imputations(found: &[Imputation]) -> Added {
    let put = |(variable, flags): ((String, Column), (String, Column))| {
        [(variable.0, Put::Gaps, variable.1), (flags.0, Put::Over, flags.1)]
    };
    Added { rows: None, columns: found.iter().flat_map(Imputation::filled).flat_map(put).collect() }
}

fn beside(name: &str, values: Vec<f64>) -> (String, Put, Column) {
    (name.to_owned(), Put::Beside, Column::Numbers(values))
}

/// Writes rows of a file with what is put beside them.
pub(super) fn written(text: &str, added: Added) -> Result<Written, SurveyError> {
    let (mut reader, delimiter) = reader(text);
    let mut names: Vec<String> =
        reader.headers().map_err(|error| broken(&error))?.iter().map(str::to_owned).collect();
    let records = reader.records().collect::<Result<Vec<_>, _>>().map_err(|error| broken(&error))?;
    let own = names.len();
    let mut put: Vec<Option<(Put, Column)>> = vec![None; own];
    for (name, how, column) in added.columns {
        let known = names.iter().position(|known| *known == name).filter(|_| how != Put::Beside);
        if let Some(slot) = known.and_then(|place| put.get_mut(place)) {
            *slot = Some((how, column));
        } else {
            names.push(free(&name, &names));
            put.push(Some((how, column)));
        }
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(&names).map_err(|error| broken(&error))?;
    let rows = added.rows.unwrap_or_else(|| (0..records.len()).collect());
    for (place, row) in rows.iter().enumerate() {
        let record = records.get(*row);
        let cells = put.iter().enumerate().map(|(column, put)| {
            let known = record.and_then(|record| record.get(column)).unwrap_or_default();
            match put {
                Some((Put::Gaps, _)) if !is_missing(known) => known.to_owned(),
                Some((Put::Beside | Put::Over | Put::Gaps, column)) => cell(column, place, delimiter),
                None => known.to_owned(),
            }
        });
        writer.write_record(cells).map_err(|error| broken(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| broken(&error.into_error().into()))?;
    let mark = if text.starts_with(MARK) { "\u{feff}" } else { "" };
    let text = mark.to_owned() + &String::from_utf8_lossy(&bytes);
    Ok(Written { text, rows: rows.len(), added: names.split_off(own) })
}

/// A name, with the first number from 2 on that makes it one of its own.
fn free(name: &str, taken: &[String]) -> String {
    let is_free = |name: &String| !taken.contains(name);
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

fn cell(column: &Column, row: usize, delimiter: u8) -> String {
    match column {
        Column::Numbers(numbers) => match numbers.get(row).filter(|number| !number.is_nan()) {
            Some(number) if delimiter == b';' => number.to_string().replace('.', ","),
            Some(number) => number.to_string(),
            None => String::new(),
        },
        Column::Categories(categories) => categories.level(row).unwrap_or_default().to_owned(),
    }
}
