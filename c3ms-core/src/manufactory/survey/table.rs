//! Answers as columns: numbers, categories, and what is missing in them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use super::SurveyError;
use crate::manufactory::forms::expression::{Context, Expression, Node, Value};

/// Tables that a document names besides the answers, by the name it gives them.
pub type Beside = BTreeMap<String, Table>;

/// What some programs write before a text to say that it is Unicode.
pub(super) const MARK: char = '\u{feff}';

/// A table of answers: one row per respondent, all columns equally long.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    rows: usize,
    columns: BTreeMap<String, Column>,
    /// The names in the order of the file.
    names: Vec<String>,
}

/// One variable.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers; one that is missing is NaN.
    Numbers(Vec<f64>),
    /// Words of a list.
    Categories(Categories),
}

/// A variable of categories: for each row which of the levels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Categories {
    /// The level of each row, from 0; [`Categories::MISSING`] where none is known.
    pub codes: Vec<u32>,
    /// The levels, in order.
    pub levels: Vec<String>,
}

impl Categories {
    /// The code of a row of which nothing is known.
    pub const MISSING: u32 = u32::MAX;

    /// From a text for each row; empty ones are missing. Levels are in the order of their numbers where all are
    /// numbers, else of their letters.
    #[must_use]
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        let mut codes = Vec::with_capacity(texts.size_hint().0);
        for text in texts {
            let next = u32::try_from(numbers.len()).unwrap_or(Self::MISSING);
            codes.push(if text.is_empty() { Self::MISSING } else { *numbers.entry(text).or_insert(next) });
        }
        let mut levels: Vec<(&str, u32)> = numbers.into_iter().collect();
        let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
        if levels.iter().all(|(text, _)| number(text).is_some()) {
            levels.sort_by(|one, other| {
                let (one, other) = (number(one.0).unwrap_or(0.0), number(other.0).unwrap_or(0.0));
                one.total_cmp(&other)
            });
        }
        let mut places = vec![Self::MISSING; levels.len()];
        for (place, (_, first)) in (0_u32..).zip(&levels) {
            if let Some(slot) = places.get_mut(*first as usize) {
                *slot = place;
            }
        }
        for code in &mut codes {
            *code = places.get(*code as usize).copied().unwrap_or(Self::MISSING);
        }
        Self { codes, levels: levels.into_iter().map(|(text, _)| text.to_owned()).collect() }
    }

    /// Each number as a category, in the order of the numbers; NaN is missing.
    #[must_use]
    pub fn of_numbers(numbers: &[f64]) -> Self {
        let mut first: HashMap<u64, u32> = HashMap::new();
        let mut found: Vec<f64> = Vec::new();
        let mut codes = Vec::with_capacity(numbers.len());
        for number in numbers {
            // Nothing is nothing, whatever its sign.
            let number = number + 0.0;
            codes.push(if number.is_nan() {
                Self::MISSING
            } else {
                *first.entry(number.to_bits()).or_insert_with(|| {
                    found.push(number);
                    u32::try_from(found.len() - 1).unwrap_or(Self::MISSING)
                })
            });
        }
        let mut order: Vec<(f64, u32)> = found.iter().copied().zip(0..).collect();
        order.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut places = vec![Self::MISSING; order.len()];
        for (place, (_, first)) in (0_u32..).zip(&order) {
            if let Some(slot) = places.get_mut(*first as usize) {
                *slot = place;
            }
        }
        for code in &mut codes {
            *code = places.get(*code as usize).copied().unwrap_or(Self::MISSING);
        }
        Self { codes, levels: order.into_iter().map(|(number, _)| number.to_string()).collect() }
    }

    /// Of each row 1 where it is of this level, else 0; NaN where it is missing.
    #[must_use]
    pub fn indicator(&self, code: u32) -> Vec<f64> {
        let holds = |own: &u32| match *own {
            Self::MISSING => f64::NAN,
            own => f64::from(u8::from(own == code)),
        };
        self.codes.iter().map(holds).collect()
    }

    /// The level of a row; `None` where it is missing.
    #[must_use]
    pub fn level(&self, row: usize) -> Option<&str> {
        self.levels.get(*self.codes.get(row)? as usize).map(String::as_str)
    }
}

impl Table {
    /// Reads a table of delimited cells, the first line naming the columns.
    ///
    /// A column of which every cell is a number, empty or `NA` is one of numbers, with a decimal comma where cells are parted
    /// by semicolons; every other holds categories. Empty cells and `NA` are missing.
    ///
    /// # Errors
    /// [`SurveyError::TableUnreadable`] with the line.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::survey::Table;
    /// let table = Table::parse("genre,spent\ndance,12\njazz,\n")?;
    /// assert_eq!((table.rows(), table.numbers("spent")?[0]), (2, 12.0));
    /// assert_eq!(table.categories("genre")?.levels, ["dance", "jazz"]);
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, SurveyError> {
        let (mut reader, delimiter) = reader(text);
        let names: Vec<String> =
            reader.headers().map_err(|error| broken(&error))?.iter().map(str::to_owned).collect();
        let mut cells: Vec<Vec<String>> = names.iter().map(|_| Vec::new()).collect();
        for record in reader.records() {
            let record = record.map_err(|error| broken(&error))?;
            for (column, cell) in cells.iter_mut().zip(&record) {
                column.push(if is_missing(cell) { String::new() } else { cell.trim().to_owned() });
            }
        }
        let mut table = Self::default();
        for (name, cells) in names.into_iter().zip(cells) {
            if table.columns.contains_key(&name) {
                return Err(SurveyError::TableUnreadable {
                    line: 1,
                    reason: format!("{name:?} stands twice"),
                });
            }
            // Where cells are parted by semicolons, numbers often have a decimal comma.
            let column = match Column::of(&cells) {
                Column::Categories(words) if delimiter == b';' => {
                    let pointed: Vec<String> = cells.iter().map(|cell| cell.replacen(',', ".", 1)).collect();
                    match Column::of(&pointed) {
                        Column::Numbers(numbers) => Column::Numbers(numbers),
                        Column::Categories(_) => Column::Categories(words),
                    }
                }
                column => column,
            };
            table.add(name, column)?;
        }
        Ok(table)
    }

    /// Adds a column, or puts it in the place of the one of its name.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] where it has another length than the others.
    pub fn add(&mut self, name: impl Into<String>, column: Column) -> Result<(), SurveyError> {
        let name = name.into();
        let others = self.columns.len() > usize::from(self.columns.contains_key(&name));
        if others && column.len() != self.rows {
            let other = self.names.first().cloned().unwrap_or_default();
            return Err(SurveyError::LengthsDiffer {
                one: name,
                ones: column.len(),
                other,
                others: self.rows,
            });
        }
        self.rows = column.len();
        if self.columns.insert(name.clone(), column).is_none() {
            self.names.push(name);
        }
        Ok(())
    }

    /// How many respondents.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The names of the variables, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A variable.
    ///
    /// # Errors
    /// [`SurveyError::VariableUnknown`].
    pub fn column(&self, name: &str) -> Result<&Column, SurveyError> {
        self.columns.get(name).ok_or_else(|| SurveyError::VariableUnknown {
            name: name.to_owned(),
            known: self.names.join(", "),
        })
    }

    /// A variable of numbers.
    ///
    /// # Errors
    /// [`SurveyError::VariableUnknown`]; [`SurveyError::NotNumeric`] with the first row that holds no number.
    pub fn numbers(&self, name: &str) -> Result<&[f64], SurveyError> {
        match self.column(name)? {
            Column::Numbers(numbers) => Ok(numbers),
            Column::Categories(categories) => {
                let is_word =
                    |row: &usize| categories.level(*row).is_some_and(|level| level.parse::<f64>().is_err());
                let row = (0..self.rows).find(is_word).unwrap_or(0);
                let value = categories.level(row).unwrap_or_default().to_owned();
                Err(SurveyError::NotNumeric { name: name.to_owned(), row, value })
            }
        }
    }

    /// A variable of conditions: numbers, or `true` and `false` as 1 and 0.
    ///
    /// # Errors
    /// As [`Table::numbers`].
    pub(super) fn conditions(&self, name: &str) -> Result<Cow<'_, [f64]>, SurveyError> {
        let truth = |level: &String| match level.to_ascii_lowercase().as_str() {
            "true" => Some(1.0),
            "false" => Some(0.0),
            _ => None,
        };
        if let Column::Categories(categories) = self.column(name)?
            && let Some(truths) = categories.levels.iter().map(truth).collect::<Option<Vec<f64>>>()
        {
            let of_row = |code: &u32| truths.get(*code as usize).copied().unwrap_or(f64::NAN);
            return Ok(Cow::Owned(categories.codes.iter().map(of_row).collect()));
        }
        Ok(Cow::Borrowed(self.numbers(name)?))
    }

    /// All columns as numbers, by rows.
    ///
    /// # Errors
    /// [`SurveyError::NotNumeric`]; [`SurveyError::NumberUnfit`] with the row where a number is missing.
    pub fn matrix(&self) -> Result<Vec<Vec<f64>>, SurveyError> {
        let mut rows = vec![Vec::with_capacity(self.names.len()); self.rows];
        for name in &self.names {
            for (at, (row, value)) in rows.iter_mut().zip(self.numbers(name)?).enumerate() {
                if value.is_nan() {
                    let (what, expected) = (name.clone(), "a number in each row");
                    return Err(SurveyError::NumberUnfit { what, value: *value, at, expected });
                }
                row.push(*value);
            }
        }
        Ok(rows)
    }

    /// A variable of categories; each number is one too.
    ///
    /// # Errors
    /// [`SurveyError::VariableUnknown`].
    pub fn categories(&self, name: &str) -> Result<Cow<'_, Categories>, SurveyError> {
        Ok(match self.column(name)? {
            Column::Categories(categories) => Cow::Borrowed(categories),
            Column::Numbers(numbers) => Cow::Owned(Categories::of_numbers(numbers)),
        })
    }

    /// Tells of each row whether a condition holds; where it cannot be told, it does not.
    ///
    /// # Errors
    /// [`SurveyError::VariableUnknown`] where the condition names no variable.
    pub fn rows_where(&self, condition: &Expression) -> Result<Vec<bool>, SurveyError> {
        for name in condition.names() {
            self.column(name)?;
        }
        Ok((0..self.rows)
            .map(|row| condition.holds(&Row { table: self, row }, Node(0)).unwrap_or(false))
            .collect())
    }

    /// Computes a variable from others, row by row: of numbers (a condition is 1 or 0) where all values are, else of
    /// categories; what cannot be computed is missing.
    ///
    /// # Errors
    /// [`SurveyError::VariableUnknown`] where the expression names no variable.
    pub fn computed(&self, expression: &Expression) -> Result<Column, SurveyError> {
        for name in expression.names() {
            self.column(name)?;
        }
        let text = |value: Value| match value {
            Value::Boolean(holds) => u8::from(holds).to_string(),
            Value::Number(number) if number.is_nan() => String::new(),
            Value::Number(number) => number.to_string(),
            other => other.to_text(),
        };
        let value = |row: usize| expression.value(&Row { table: self, row }, Node(0));
        let numbers = (0..self.rows).map(|row| match value(row) {
            Value::Number(number) => Some(number),
            Value::Boolean(holds) => Some(f64::from(u8::from(holds))),
            Value::Unknown => Some(f64::NAN),
            other => match other.to_text() {
                text if text.is_empty() => Some(f64::NAN),
                text => text.parse().ok(),
            },
        });
        if let Some(numbers) = numbers.collect::<Option<Vec<f64>>>() {
            return Ok(Column::Numbers(numbers));
        }
        let texts: Vec<String> = (0..self.rows).map(|row| text(value(row))).collect();
        Ok(Column::Categories(Categories::of(texts.iter().map(String::as_str))))
    }
}

/// Reads records, with what parts their cells.
pub(super) fn reader(text: &str) -> (csv::Reader<&[u8]>, u8) {
    let text = text.trim_start_matches(MARK);
    let head = text.lines().next().unwrap_or_default();
    let many = |sign: char| head.matches(sign).count();
    let delimiter = if many(';') > many(',') { b';' } else { b',' };
    (csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes()), delimiter)
}

/// Whether a cell says nothing.
pub(super) fn is_missing(cell: &str) -> bool {
    matches!(cell.trim(), "" | "NA")
}

/// A table that cannot be read, with its line.
pub(super) fn broken(error: &csv::Error) -> SurveyError {
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells, and {expected_len} in the first line")
        }
        _ => error.to_string(),
    };
    let record = error.position().map_or(0, csv::Position::record);
    SurveyError::TableUnreadable { line: usize::try_from(record).unwrap_or(0) + 1, reason }
}

impl Column {
    /// Numbers where every cell is one or empty, else categories.
    fn of(cells: &[String]) -> Self {
        let number = |cell: &String| {
            if cell.is_empty() {
                Some(f64::NAN)
            } else {
                cell.parse().ok().filter(|number: &f64| number.is_finite())
            }
        };
        cells
            .iter()
            .map(number)
            .collect::<Option<Vec<f64>>>()
            .map_or_else(|| Self::Categories(Categories::of(cells.iter().map(String::as_str))), Self::Numbers)
    }

    /// How many rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Categories(categories) => categories.codes.len(),
        }
    }

    /// Whether it has no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A respondent's answers, as expressions ask for them.
struct Row<'a> {
    table: &'a Table,
    row: usize,
}

impl Row<'_> {
    fn name(&self, node: Node) -> Option<&str> {
        let place = usize::try_from(node.0).ok()?.checked_sub(1)?;
        self.table.names.get(place).map(String::as_str)
    }
}

impl Context for Row<'_> {
    fn named(&self, _: Node, name: &str, _: bool, found: &mut Vec<Node>) {
        self.children(Node(0), Some(name), found);
    }

    fn root(&self) -> Node {
        Node(0)
    }

    fn parent(&self, node: Node) -> Option<Node> {
        (node.0 > 0).then_some(Node(0))
    }

    fn children(&self, node: Node, name: Option<&str>, found: &mut Vec<Node>) {
        if node.0 == 0 {
            let nodes = (1_u64..).zip(&self.table.names);
            found.extend(
                nodes.filter(|(_, own)| name.is_none_or(|name| name == *own)).map(|(node, _)| Node(node)),
            );
        }
    }

    fn is_named(&self, node: Node, name: &str) -> bool {
        self.name(node) == Some(name)
    }

    fn position(&self, _: Node) -> usize {
        1
    }

    fn value(&self, node: Node) -> Value {
        match self.name(node).and_then(|name| self.table.columns.get(name)) {
            Some(Column::Numbers(numbers)) => match numbers.get(self.row) {
                Some(number) if !number.is_nan() => Value::Number(*number),
                Some(_) | None => Value::Unknown,
            },
            Some(Column::Categories(categories)) => {
                categories.level(self.row).map_or(Value::Unknown, |level| Value::Text(level.to_owned()))
            }
            None => Value::Unknown,
        }
    }

    fn language(&self) -> &'static str {
        "en"
    }
}
