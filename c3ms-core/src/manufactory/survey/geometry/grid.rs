//! Numbers by rows, all of one width.

/// Numbers by rows, all of one width.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Grid {
    width: usize,
    values: Vec<f64>,
}

impl Grid {
    pub(super) fn zeros(rows: usize, width: usize) -> Self {
        let width = width.max(1);
        Self { width, values: vec![0.0; rows * width] }
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) fn len(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    pub(super) fn row(&self, row: usize) -> &[f64] {
        self.values.get(row * self.width..(row + 1) * self.width).unwrap_or_default()
    }

    pub(super) fn row_mut(&mut self, row: usize) -> &mut [f64] {
        self.values.get_mut(row * self.width..(row + 1) * self.width).unwrap_or_default()
    }

    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.width.max(1))
    }

    pub(super) fn push(&mut self, row: &[f64]) {
        self.values.extend(row);
    }

    /// Takes a row out and puts the last one in its place.
    pub(super) fn swap_remove(&mut self, row: usize) {
        let start = self.values.len().saturating_sub(self.width);
        if row * self.width < start {
            self.values.copy_within(start.., row * self.width);
        }
        self.values.truncate(start);
    }

    /// The first columns.
    pub(super) fn narrowed(&self, width: usize) -> Self {
        let width = width.clamp(1, self.width.max(1));
        Self { width, values: self.rows().flat_map(|row| row.iter().take(width)).copied().collect() }
    }
}

/// Adds a row, so many times, to another.
pub(super) fn add_scaled(to: &mut [f64], row: &[f64], times: f64) {
    for (to, value) in to.iter_mut().zip(row) {
        *to += times * value;
    }
}

/// The squared distance of two rows.
pub(super) fn squared_distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum()
}

/// A number of a list; 0 beyond its end.
pub(super) fn at(values: &[f64], place: usize) -> f64 {
    values.get(place).copied().unwrap_or(0.0)
}

/// Adds to a number of a list.
pub(super) fn add(values: &mut [f64], place: usize, amount: f64) {
    if let Some(value) = values.get_mut(place) {
        *value += amount;
    }
}
