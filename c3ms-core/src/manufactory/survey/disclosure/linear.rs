//! Linear programs in which nothing moving is a solution: rows add up to 0, and the bounds of every column hold 0.
//!
//! What a reader cannot tell apart from the truth is the truth with some cells moved, and every total kept. So the programs
//! of this folder begin at a solution, and what moves lies near the cell that is asked about. The simplex method here keeps
//! the inverse of the basis of only those rows that anything moved in so far; the others are touched when the first column
//! that stands in them moves.
//!
//! # Source
//! Primal simplex with bounds on columns: Chvátal (1983), "Linear Programming", chapters 7 and 8; Bland's rule against
//! cycles.

/// How far from 0 is nothing, of coefficients of the basis.
const NOTHING: f64 = 1e-7;
/// After how many steps without progress the rule changes to the one that cannot go round in circles.
const PATIENCE: usize = 300;
/// The most steps.
const MOST_STEPS: usize = 20_000;

/// A program: columns with their bounds, in rows that add up to 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Program {
    rows: Vec<Vec<(usize, f64)>>,
    columns: Vec<Vec<(usize, f64)>>,
    bounds: Vec<(f64, f64)>,
}

/// What makes a sum largest.
#[derive(Debug, Clone, Default)]
pub(super) struct Optimum {
    /// The sum; infinite where it has no end.
    pub(super) value: f64,
    /// What no solution exceeds, by the prices of the rows: a proof of its own.
    pub(super) proved: f64,
    /// How far each column moved.
    pub(super) moved: Vec<f64>,
}

impl Program {
    /// A program of so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self { rows: vec![Vec::new(); rows], ..Self::default() }
    }

    /// Adds a column with its bounds, which hold 0, and where it stands; gives its number.
    pub(super) fn add(&mut self, bounds: (f64, f64), terms: Vec<(usize, f64)>) -> usize {
        let number = self.columns.len();
        for (row, factor) in &terms {
            if let Some(row) = self.rows.get_mut(*row) {
                row.push((number, *factor));
            }
        }
        self.columns.push(terms);
        self.bounds.push(bounds);
        number
    }

    /// Other bounds for a column.
    pub(super) fn bound(&mut self, column: usize, bounds: (f64, f64)) {
        if let Some(own) = self.bounds.get_mut(column) {
            *own = bounds;
        }
    }

    /// How many columns there are.
    pub(super) const fn columns(&self) -> usize {
        self.columns.len()
    }

    /// By how much columns that moved break a row or a bound.
    pub(super) fn residual(&self, moved: &[f64]) -> f64 {
        let of = |terms: &Vec<(usize, f64)>| -> f64 {
            terms.iter().map(|(column, factor)| moved.get(*column).copied().unwrap_or(0.0) * factor).sum()
        };
        let rows = self.rows.iter().map(|terms| of(terms).abs());
        let bounds = self.bounds.iter().zip(moved);
        let beyond = bounds.map(|((low, high), moved)| (low - moved).max(moved - high));
        rows.chain(beyond).fold(0.0, f64::max)
    }

    /// Makes `sum(prices * columns)` as large as can be; nothing where the search comes to no end.
    pub(super) fn maximize(&self, prices: &[f64]) -> Option<Optimum> {
        Search::new(self, prices).run()
    }
}

/// The state of a search.
struct Search<'a> {
    program: &'a Program,
    prices: &'a [f64],
    /// How much a column must be worth to move.
    worth: f64,
    moved: Vec<f64>,
    /// The place of each column in the basis.
    place: Vec<Option<usize>>,
    /// The columns of the basis.
    basis: Vec<usize>,
    /// The rows that anything moved in, and the place of each.
    active: Vec<usize>,
    row_place: Vec<Option<usize>>,
    /// The inverse of the basis in these rows, by columns of the basis.
    inverse: Vec<Vec<f64>>,
    values: Vec<f64>,
    effect: Vec<f64>,
    /// What a row that nothing moved in yet would be off by.
    off: Vec<f64>,
    touched: Vec<usize>,
}

impl<'a> Search<'a> {
    fn new(program: &'a Program, prices: &'a [f64]) -> Self {
        let (columns, rows) = (program.columns.len(), program.rows.len());
        let most = prices.iter().fold(0.0, |most: f64, price| most.max(price.abs()));
        Self {
            program,
            prices,
            worth: 1e-10 * most,
            moved: vec![0.0; columns],
            place: vec![None; columns],
            basis: Vec::new(),
            active: Vec::new(),
            row_place: vec![None; rows],
            inverse: Vec::new(),
            values: vec![0.0; columns],
            effect: Vec::new(),
            off: vec![0.0; rows],
            touched: Vec::new(),
        }
    }

    fn run(mut self) -> Option<Optimum> {
        let mut still = 0;
        for _ in 0..MOST_STEPS {
            self.price();
            let Some((column, up)) = self.entering(still > PATIENCE) else { return Some(self.end(false)) };
            self.spread(column);
            if let Some(row) = self.untouched() {
                self.extend(column, row);
                continue;
            }
            match self.step(column, up, still > PATIENCE) {
                None => return Some(self.end(true)),
                Some(length) if length > 0.0 => still = 0,
                Some(_) => still += 1,
            }
        }
        None
    }

    /// What each column is worth, given what moving it costs elsewhere.
    fn price(&mut self) {
        self.values.clear();
        self.values.extend_from_slice(self.prices);
        let mut dual = vec![0.0; self.active.len()];
        for (column, row) in self.basis.iter().zip(&self.inverse) {
            let price = self.prices.get(*column).copied().unwrap_or(0.0);
            if price != 0.0 {
                dual.iter_mut().zip(row).for_each(|(dual, own)| *dual += price * own);
            }
        }
        for (row, dual) in self.active.iter().zip(&dual).filter(|(_, dual)| **dual != 0.0) {
            for (column, factor) in self.program.rows.get(*row).into_iter().flatten() {
                if let Some(value) = self.values.get_mut(*column) {
                    *value -= dual * factor;
                }
            }
        }
    }

    /// The column that is worth most, and whether it moves up; the first that is worth anything where `is_first`.
    fn entering(&self, is_first: bool) -> Option<(usize, bool)> {
        let mut best: Option<(usize, f64)> = None;
        let all = self.values.iter().zip(&self.moved).zip(&self.program.bounds).zip(&self.place);
        for (column, (((value, moved), (low, high)), place)) in all.enumerate() {
            let can = if *value > 0.0 { moved < high } else { moved > low };
            if place.is_some() || value.abs() <= self.worth || !can {
                continue;
            }
            if best.is_none_or(|(_, most)| value.abs() > most.abs()) {
                best = Some((column, *value));
            }
            if is_first {
                break;
            }
        }
        best.map(|(column, value)| (column, value > 0.0))
    }

    /// What moving a column by one does: to the columns of the basis, and to rows that nothing moved in yet.
    fn spread(&mut self, column: usize) {
        for row in self.touched.drain(..) {
            if let Some(off) = self.off.get_mut(row) {
                *off = 0.0;
            }
        }
        let terms = self.program.columns.get(column).map_or(&[][..], Vec::as_slice);
        self.effect.clear();
        let mut own: Vec<(usize, f64)> = Vec::with_capacity(terms.len());
        for (row, factor) in terms {
            match self.row_place.get(*row).copied().flatten() {
                Some(place) => own.push((place, *factor)),
                None => add(&mut self.off, &mut self.touched, *row, *factor),
            }
        }
        for (column, inverse) in self.basis.iter().zip(&self.inverse) {
            let sum: f64 =
                own.iter().map(|(place, factor)| inverse.get(*place).unwrap_or(&0.0) * factor).sum();
            let effect = if sum.abs() > NOTHING { sum } else { 0.0 };
            self.effect.push(effect);
            if effect != 0.0 {
                for (row, factor) in self.program.columns.get(*column).into_iter().flatten() {
                    if self.row_place.get(*row).copied().flatten().is_none() {
                        add(&mut self.off, &mut self.touched, *row, -factor * effect);
                    }
                }
            }
        }
    }

    /// A row that nothing moved in yet and that would be off: the one that is off most, then the one of fewest columns.
    fn untouched(&self) -> Option<usize> {
        let off = |row: &usize| self.off.get(*row).map_or(0.0, |off| off.abs());
        let length = |row: &usize| self.program.rows.get(*row).map_or(0, Vec::len);
        let rows = self.touched.iter().copied().filter(|row| off(row) > NOTHING);
        rows.min_by(|one, other| {
            off(other).total_cmp(&off(one)).then(length(one).cmp(&length(other))).then(one.cmp(other))
        })
    }

    /// Takes a row among the active ones, with the column that keeps it.
    fn extend(&mut self, column: usize, row: usize) {
        let size = self.active.len();
        let pivot = self.off.get(row).copied().unwrap_or(1.0);
        let mut own = vec![0.0; size];
        for (other, factor) in self.program.rows.get(row).into_iter().flatten() {
            let inverse = self.place.get(*other).copied().flatten().and_then(|place| self.inverse.get(place));
            if let Some(inverse) = inverse {
                own.iter_mut().zip(inverse).for_each(|(own, inverse)| *own += factor * inverse);
            }
        }
        for (inverse, effect) in self.inverse.iter_mut().zip(&self.effect) {
            let share = effect / pivot;
            if share != 0.0 {
                inverse.iter_mut().zip(&own).for_each(|(inverse, own)| *inverse += share * own);
            }
            inverse.push(-share);
        }
        for own in &mut own {
            *own /= -pivot;
        }
        own.push(1.0 / pivot);
        self.inverse.push(own);
        self.active.push(row);
        if let Some(place) = self.row_place.get_mut(row) {
            *place = Some(size);
        }
        self.basis.push(column);
        if let Some(place) = self.place.get_mut(column) {
            *place = Some(size);
        }
    }

    /// Moves a column as far as it can; nothing where there is no end, else how far.
    fn step(&mut self, column: usize, up: bool, is_first: bool) -> Option<f64> {
        let way = if up { 1.0 } else { -1.0 };
        let (low, high) = self.program.bounds.get(column).copied()?;
        let own = self.moved.get(column).copied()?;
        let mut length = if up { high - own } else { own - low };
        let mut leaving: Option<(usize, f64)> = None;
        for (place, (other, effect)) in self.basis.iter().zip(&self.effect).enumerate() {
            if *effect == 0.0 {
                continue;
            }
            let (low, high) = self.program.bounds.get(*other).copied()?;
            let moved = self.moved.get(*other).copied()?;
            let speed = -effect * way;
            let room = if speed > 0.0 { high - moved } else { low - moved };
            let most = (room / speed).max(0.0);
            let slack = 1e-12 * (1.0 + length.min(most));
            let is_tie = most <= length + slack;
            let is_better = match leaving {
                Some((held, _)) if is_first => self.basis.get(held).is_none_or(|held| other < held),
                Some((_, held)) => effect.abs() > held.abs(),
                None => true,
            };
            if most < length - slack || (is_tie && is_better) {
                length = length.min(most);
                leaving = Some((place, *effect));
            }
        }
        if length.is_infinite() {
            return None;
        }
        let target = own + way * length;
        for (other, effect) in self.basis.iter().zip(&self.effect) {
            if let Some(moved) = self.moved.get_mut(*other) {
                *moved -= effect * way * length;
            }
        }
        if let Some(moved) = self.moved.get_mut(column) {
            *moved = target;
        }
        match leaving {
            Some((place, pivot)) => self.exchange(column, place, pivot, way),
            // From one of its bounds to the other.
            None => self.snap(column, if up { high } else { low }),
        }
        Some(length)
    }

    fn snap(&mut self, column: usize, bound: f64) {
        if let Some(moved) = self.moved.get_mut(column) {
            *moved = bound;
        }
    }

    /// Puts a column in the place of another in the basis.
    fn exchange(&mut self, column: usize, place: usize, pivot: f64, way: f64) {
        let Some(mut own) = self.inverse.get_mut(place).map(std::mem::take) else { return };
        for own in &mut own {
            *own /= pivot;
        }
        for (other, (inverse, effect)) in self.inverse.iter_mut().zip(&self.effect).enumerate() {
            if other != place && *effect != 0.0 {
                inverse.iter_mut().zip(&own).for_each(|(inverse, own)| *inverse -= effect * own);
            }
        }
        if let Some(inverse) = self.inverse.get_mut(place) {
            *inverse = own;
        }
        let Some(slot) = self.basis.get_mut(place) else { return };
        let left = std::mem::replace(slot, column);
        if let Some(slot) = self.place.get_mut(left) {
            *slot = None;
        }
        if let Some(slot) = self.place.get_mut(column) {
            *slot = Some(place);
        }
        let (low, high) = self.program.bounds.get(left).copied().unwrap_or_default();
        self.snap(left, if -pivot * way > 0.0 { high } else { low });
    }

    fn end(self, is_endless: bool) -> Optimum {
        if is_endless {
            return Optimum { value: f64::INFINITY, proved: f64::INFINITY, moved: self.moved };
        }
        let value = self.prices.iter().zip(&self.moved).map(|(price, moved)| price * moved).sum();
        let most = |(worth, (low, high)): (&f64, &(f64, f64))| {
            let bound = if *worth > 0.0 { *high } else { *low };
            if worth.abs() <= self.worth { 0.0 } else { worth * bound }
        };
        let proved = self.values.iter().zip(&self.program.bounds).map(most).sum();
        Optimum { value, proved, moved: self.moved }
    }
}

fn add(off: &mut [f64], touched: &mut Vec<usize>, row: usize, by: f64) {
    if let Some(off) = off.get_mut(row) {
        if *off == 0.0 {
            touched.push(row);
        }
        *off += by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of four cells with known totals, `[3 5; 7 2]`: the first can rise by 5, as the second falls to 0 (the third
    /// has 7 to lose), and fall by 2, as the fourth does.
    #[test]
    fn a_square_moves_as_far_as_its_smallest_corner() {
        let mut program = Program::new(4);
        for (place, value) in [3.0_f64, 5.0, 7.0, 2.0].into_iter().enumerate() {
            program.add((-value, f64::INFINITY), vec![(place / 2, 1.0), (2 + place % 2, 1.0)]);
        }
        let up = program.maximize(&[1.0, 0.0, 0.0, 0.0]).unwrap();
        assert_eq!((up.value, up.proved), (5.0, 5.0));
        assert_eq!(up.moved, [5.0, -5.0, -5.0, 5.0]);
        let down = program.maximize(&[-1.0, 0.0, 0.0, 0.0]).unwrap();
        assert_eq!((down.value, down.proved), (2.0, 2.0));
    }
}
