//! Columns of numbers and of categories beside each other, as one wide table that is never written out.

use std::sync::Arc;

use super::values::{finite, fit, paired, place};
use crate::survey::SurveyError;

/// Columns of numbers and of categories for the same rows.
///
/// A column of `c` categories stands for `c` columns of 0 and 1; it costs no more than one.
///
/// # Examples
/// ```
/// use c3ms_core::survey::weight::Columns;
/// let columns = Columns::new(3).number(&[20.0, 30.0, 70.0])?.categories(&[0, 1, 1], 2)?;
/// assert_eq!((columns.rows(), columns.width()), (3, 3));
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    rows: usize,
    width: usize,
    list: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq)]
enum Column {
    Number(Arc<[f64]>),
    Categories(Arc<[u32]>, usize),
}

impl Column {
    fn width(&self) -> usize {
        match self {
            Self::Number(_) => 1,
            Self::Categories(_, levels) => *levels,
        }
    }
}

impl Columns {
    /// No columns yet, for so many rows.
    #[must_use]
    pub const fn new(rows: usize) -> Self {
        Self { rows, width: 0, list: Vec::new() }
    }

    /// Columns of numbers from `matrix[rows * width]`, row after row.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] when the matrix has no whole rows of this width; [`SurveyError::NumberUnfit`] for
    /// a number that is not finite.
    pub fn from_matrix(matrix: &[f64], width: usize) -> Result<Self, SurveyError> {
        let rows = matrix.len() / width.max(1);
        paired("matrix", matrix.len(), "whole rows", rows * width)?;
        (0..width).try_fold(Self::new(rows), |columns, column| {
            let values: Vec<f64> = matrix.iter().skip(column).step_by(width.max(1)).copied().collect();
            columns.number(&values)
        })
    }

    /// One more column, of numbers.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] for another number of rows; [`SurveyError::NumberUnfit`] for a number that is not
    /// finite.
    pub fn number(self, values: &[f64]) -> Result<Self, SurveyError> {
        paired("column", values.len(), "rows", self.rows)?;
        finite("column", values)?;
        Ok(self.with(Column::Number(values.into())))
    }

    /// One more column, of codes below `levels`.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] for another number of rows; [`SurveyError::NumberUnfit`] for a code that is not
    /// below `levels`.
    pub fn categories(self, codes: &[u32], levels: usize) -> Result<Self, SurveyError> {
        paired("column", codes.len(), "rows", self.rows)?;
        if let Some((at, code)) = codes.iter().enumerate().find(|(_, code)| place(**code) >= levels) {
            let expected = "a code below the number of categories";
            return Err(SurveyError::NumberUnfit {
                what: "category".to_owned(),
                value: f64::from(*code),
                at,
                expected,
            });
        }
        Ok(self.shared_categories(codes.into(), levels))
    }

    /// One more column, of codes known to be below `levels`.
    pub(super) fn shared_categories(self, codes: Arc<[u32]>, levels: usize) -> Self {
        self.with(Column::Categories(codes, levels))
    }

    /// These columns, then others of as many rows.
    pub(super) fn and(mut self, others: &Self) -> Self {
        self.width += others.width;
        self.list.extend(others.list.iter().cloned());
        self
    }

    /// How many rows there are.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are, each category counted as one.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    fn with(mut self, column: Column) -> Self {
        self.width += column.width();
        self.list.push(column);
        self
    }

    /// Each column with the place of its first number in a vector of `width`.
    fn placed(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.list.iter().scan(0, |next, column| {
            let offset = *next;
            *next += column.width();
            Some((offset, column))
        })
    }

    /// `sum(weight * column)` for each column.
    pub(super) fn sums(&self, weights: &[f64]) -> Vec<f64> {
        self.list.iter().flat_map(|column| block(column, None, weights)).collect()
    }

    /// `sum(weight * |column|)` for each column.
    pub(super) fn sizes(&self, weights: &[f64]) -> Vec<f64> {
        let size = |column: &Column| match column {
            Column::Number(values) => {
                vec![values.iter().zip(weights).map(|(value, weight)| (value * weight).abs()).sum()]
            }
            Column::Categories(..) => block(column, None, weights),
        };
        self.list.iter().flat_map(size).collect()
    }

    /// `sum(weight * one column * another)`: the upper triangle of `[width * width]`, row after row.
    pub(super) fn cross_products(&self, weights: &[f64]) -> Vec<f64> {
        let mut matrix = vec![0.0; self.width * self.width];
        for (top, one) in self.placed() {
            for (left, other) in self.placed().filter(|(left, _)| *left >= top) {
                let block = block(one, Some(other), weights);
                for (row, values) in block.chunks_exact(other.width().max(1)).enumerate() {
                    let from = (top + row) * self.width + left;
                    if let Some(places) = matrix.get_mut(from..from + values.len()) {
                        places.copy_from_slice(values);
                    }
                }
            }
        }
        matrix
    }

    /// `sum(coefficient * column)` of each row.
    pub(super) fn combined(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut values = vec![0.0; self.rows];
        for (offset, column) in self.placed() {
            let coefficients = coefficients.get(offset..).unwrap_or(&[]);
            match column {
                Column::Number(numbers) => {
                    let coefficient = coefficients.first().copied().unwrap_or(0.0);
                    for (value, number) in values.iter_mut().zip(numbers.iter()) {
                        *value += coefficient * number;
                    }
                }
                Column::Categories(codes, _) => {
                    for (value, code) in values.iter_mut().zip(codes.iter()) {
                        *value += coefficients.get(place(*code)).copied().unwrap_or(0.0);
                    }
                }
            }
        }
        values
    }
}

/// Weighted products of a column with another, or with 1: one number for each pair of their columns.
fn block(one: &Column, other: Option<&Column>, weights: &[f64]) -> Vec<f64> {
    match (one, other) {
        (Column::Number(values), None) => {
            vec![values.iter().zip(weights).map(|(value, weight)| value * weight).sum()]
        }
        (Column::Categories(codes, levels), None) => {
            table(*levels, codes.iter().zip(weights).map(|(code, weight)| (place(*code), *weight)))
        }
        (Column::Number(values), Some(Column::Number(others))) => {
            let product = |((value, other), weight): ((&f64, &f64), &f64)| value * other * weight;
            vec![values.iter().zip(others.iter()).zip(weights).map(product).sum()]
        }
        (Column::Categories(codes, levels), Some(Column::Number(values)))
        | (Column::Number(values), Some(Column::Categories(codes, levels))) => {
            let products = codes.iter().zip(values.iter()).zip(weights);
            table(*levels, products.map(|((code, value), weight)| (place(*code), value * weight)))
        }
        (Column::Categories(codes, levels), Some(Column::Categories(others, other_levels))) => {
            let pairs = codes.iter().zip(others.iter()).zip(weights);
            let cell = |code: u32, other: u32| place(code) * other_levels + place(other);
            table(levels * other_levels, pairs.map(|((code, other), weight)| (cell(*code, *other), *weight)))
        }
    }
}

/// Sums by place.
fn table(size: usize, values: impl Iterator<Item = (usize, f64)>) -> Vec<f64> {
    let mut sums = vec![0.0; size];
    for (at, value) in values {
        if let Some(sum) = sums.get_mut(at) {
            *sum += value;
        }
    }
    sums
}

/// Refuses scales that are not above 0.
pub(super) fn check_scale(what: &str, scale: &[f64], rows: usize) -> Result<(), SurveyError> {
    paired(what, scale.len(), "rows", rows)?;
    fit(what, scale, "above 0", |value| value.is_finite() && value > 0.0)
}
