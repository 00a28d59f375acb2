//! Which further cells are left out, so that those that are sensitive cannot be worked out from the others.

use std::collections::BTreeSet;

use super::{
    super::SurveyError,
    lattice::{Grid, Lattice},
    linear::{Optimum, Program},
    rules::Protection,
};

/// What a pattern was made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Made {
    /// Cells protected by a hypercube.
    pub(super) cubes: usize,
    /// Cells protected by a linear program.
    pub(super) programs: usize,
    /// Cells protected against somebody who is alone in another.
    pub(super) guarded: usize,
    /// Cells, not sensitive themselves, that cannot be protected against somebody who is alone in another.
    pub(super) unguarded: usize,
}

/// Hides sensitive cells, and others until each can move as far as it must.
///
/// Cells are taken in order, those first that must move furthest. For each the cheapest hypercube is sought: cells at the
/// crossings of two members of each dimension, which can rise and fall in turn and keep every total (Giessing and Repsilber
/// 2002); where there is none, a linear program finds the cheapest cells that move with it (Kelly, Golden and Assad 1992).
/// Cells that are hidden already cost nothing.
pub(super) fn hide(lattice: &mut Lattice) -> Result<Made, SurveyError> {
    let mut made = Made::default();
    let mut sensitive: Vec<(usize, Protection)> = Vec::new();
    for (number, cell) in lattice.cells.iter_mut().enumerate() {
        if let Some((_, protection)) = &cell.sensitive {
            cell.is_hidden = true;
            sensitive.push((number, *protection));
        }
    }
    if let Some((number, _)) =
        sensitive.iter().find(|(number, _)| lattice.cells.get(*number).is_some_and(|cell| cell.is_out))
    {
        let reason = "it was published before";
        return Err(SurveyError::CellExposed { cell: lattice.called(*number), reason });
    }
    sensitive.sort_by(|(one, first), (other, second)| {
        second.above.total_cmp(&first.above).then(second.below.total_cmp(&first.below)).then(one.cmp(other))
    });
    for (number, protection) in sensitive {
        protect(lattice, number, protection, None, &mut made)?;
    }
    guard(lattice, &mut made)?;
    Ok(made)
}

/// Hides what a cell needs to move as far as it must, without what somebody who is alone in cells knows.
pub(super) fn protect(
    lattice: &mut Lattice,
    number: usize,
    protection: Protection,
    alone: Option<usize>,
    made: &mut Made,
) -> Result<(), SurveyError> {
    if let Some(corners) = cube(lattice, number, protection, alone) {
        made.cubes += 1;
        let corners: Vec<usize> = corners.into_iter().map(|(corner, _)| corner).collect();
        show_no_more(lattice, &corners);
        return Ok(());
    }
    made.programs += 1;
    for amount in [protection.above, -protection.below] {
        if amount != 0.0 {
            let moving = cheapest(lattice, number, amount, alone)?;
            show_no_more(lattice, &moving);
        }
    }
    Ok(())
}

fn show_no_more(lattice: &mut Lattice, cells: &[usize]) {
    for cell in cells {
        if let Some(cell) = lattice.cells.get_mut(*cell) {
            cell.is_hidden = true;
        }
    }
}

/// What it costs to let a cell move, given that; nothing where it cannot.
fn cost(lattice: &Lattice, number: usize, alone: Option<usize>) -> Option<f64> {
    let cell = lattice.cells.get(number)?;
    let is_known = cell.is_out || (alone.is_some() && cell.alone == alone);
    // A cell in which nobody is, everybody can tell to be empty.
    let is_empty = cell.facts.value <= 0.0 && cell.facts.respondents == 0;
    if is_known || (!cell.is_hidden && is_empty) {
        return None;
    }
    Some(if cell.is_hidden { 0.0 } else { cell.cost })
}

/// A search for the cheapest hypercube with a cell at one corner.
struct CubeSearch<'a> {
    lattice: &'a Lattice,
    grid: &'a Grid,
    at: Vec<usize>,
    /// How far corners must be able to fall: those that move as the cell does, and those that move against it.
    room: (f64, f64),
    alone: Option<usize>,
    /// Whether a hypercube is one whose far corner is a total in these dimensions.
    is_allowed: Vec<bool>,
    /// What it costs, and its corners with whether they move as the cell does.
    best: Option<(f64, Vec<(usize, bool)>)>,
}

fn cube(
    lattice: &Lattice,
    number: usize,
    protection: Protection,
    alone: Option<usize>,
) -> Option<Vec<(usize, bool)>> {
    let cell = lattice.cells.get(number)?;
    if cell.facts.value < protection.below {
        return None;
    }
    let mut best: Option<(f64, Vec<(usize, bool)>)> = None;
    for (place_of_grid, grid) in lattice.grids.iter().enumerate() {
        let place = if cell.home.0 == place_of_grid {
            Some(cell.home.1)
        } else {
            grid.cells.iter().position(|own| *own == number)
        };
        let Some(place) = place else { continue };
        let at = grid.coordinates(place);
        let is_allowed = (0..1_usize << at.len()).map(|mask| is_allowed(lattice, grid, &at, mask)).collect();
        let room = (protection.below, protection.above);
        let mut search = CubeSearch { lattice, grid, at, room, alone, is_allowed, best };
        search.extend(0, 0, 0.0, &[(place, true)]);
        best = search.best;
    }
    best.map(|(_, corners)| corners)
}

/// A hypercube of hidden cells with a cell at one corner, each with whether it moves as the cell does.
pub(super) fn hidden_cube(
    lattice: &Lattice,
    number: usize,
    protection: Protection,
) -> Option<Vec<(usize, bool)>> {
    let is_hidden =
        |(corner, _): &(usize, bool)| lattice.cells.get(*corner).is_some_and(|cell| cell.is_hidden);
    cube(lattice, number, protection, None).filter(|corners| corners.iter().all(is_hidden))
}

/// Whether corners that are totals in the dimensions of the mask, or not, are totals of nothing outside the grid.
fn is_allowed(lattice: &Lattice, grid: &Grid, at: &[usize], mask: usize) -> bool {
    (0..1_usize << at.len()).all(|corner| {
        let kept = (0..at.len()).filter(|axis| {
            let is_total = grid.sizes.get(*axis).is_some_and(|size| at.get(*axis) == Some(&(size - 1)));
            let is_far = corner >> axis & 1 == 1;
            // A cell's far corner is a total where the mask says so; a total's far corner never is one.
            if is_far { is_total || mask >> axis & 1 == 0 } else { !is_total }
        });
        let mut dimensions: Vec<usize> = kept.filter_map(|axis| grid.dimensions.get(axis).copied()).collect();
        dimensions.sort_unstable();
        lattice.is_closed(grid, dimensions)
    })
}

impl CubeSearch<'_> {
    /// Chooses the far member of the next dimension; `corners` are those so far, with whether they move as the cell does.
    fn extend(&mut self, axis: usize, mask: usize, cost_so_far: f64, corners: &[(usize, bool)]) {
        let (Some(own), Some(size), Some(step)) = (
            self.at.get(axis).copied(),
            self.grid.sizes.get(axis).copied(),
            self.grid.steps.get(axis).copied(),
        ) else {
            if self.is_allowed.get(mask).copied().unwrap_or(false) {
                let cells = corners.iter();
                let cells = cells.filter_map(|(place, with)| Some((*self.grid.cells.get(*place)?, *with)));
                self.best = Some((cost_so_far, cells.collect()));
            }
            return;
        };
        let mut all = corners.to_vec();
        for far in (0..size).filter(|far| *far != own) {
            all.truncate(corners.len());
            let is_total = far + 1 == size;
            // Beside each other two members move in turn; a total moves as its part does.
            let turns = !is_total && own + 1 != size;
            let mut sum = cost_so_far;
            let mut can = true;
            for (place, with) in corners {
                let place = place + far * step - own * step;
                let with = *with != turns;
                let Some(more) = self.cost(place, with) else {
                    can = false;
                    break;
                };
                sum += more;
                if self.best.as_ref().is_some_and(|(best, _)| sum >= *best) {
                    can = false;
                    break;
                }
                all.push((place, with));
            }
            if can {
                let mask = mask | usize::from(is_total) << axis;
                let corners = all.clone();
                self.extend(axis + 1, mask, sum, &corners);
            }
            if self.best.as_ref().is_some_and(|(best, _)| cost_so_far >= *best) {
                return;
            }
        }
    }

    /// What it costs that the cell at a place moves; nothing where it cannot move far enough.
    fn cost(&self, place: usize, with: bool) -> Option<f64> {
        let number = self.grid.cells.get(place).copied()?;
        let room = if with { self.room.0 } else { self.room.1 };
        let value = self.lattice.cells.get(number)?.facts.value;
        cost(self.lattice, number, self.alone).filter(|_| value >= room)
    }
}

/// The cheapest cells that move when a cell moves by an amount.
pub(super) fn cheapest(
    lattice: &Lattice,
    number: usize,
    amount: f64,
    alone: Option<usize>,
) -> Result<Vec<usize>, SurveyError> {
    let mut program = Program::new(lattice.relations.len());
    let (mut columns, mut prices): (Vec<usize>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut most: f64 = 1.0;
    for (own, cell) in lattice.cells.iter().enumerate() {
        let Some(cost) = cost(lattice, own, alone).filter(|_| own != number) else { continue };
        let terms = || lattice.of_cell.get(own).cloned().unwrap_or_default();
        // A little for what is hidden too: of ways that cost the same, the shortest.
        let cost = cost + 1e-3;
        most = most.max(cost);
        program.add((0.0, f64::INFINITY), terms());
        program.add((-cell.facts.value, 0.0), terms());
        prices.extend([-cost, cost]);
        columns.extend([own, own]);
    }
    let bounds = if amount > 0.0 { (0.0, amount) } else { (amount, 0.0) };
    let target = program.add(bounds, lattice.of_cell.get(number).cloned().unwrap_or_default());
    // Worth more than whatever moves with it.
    prices.push(amount.signum() * most * 1e4);
    columns.push(number);
    let target_price = prices.last().copied().unwrap_or_default();
    let mut optimum = program.maximize(&prices).ok_or_else(|| endless(lattice, number))?;
    let is_short = |optimum: &Optimum| {
        let moved = optimum.moved.get(target).copied().unwrap_or(0.0);
        (moved - amount).abs() > 1e-9 * amount.abs().max(1.0)
    };
    if is_short(&optimum) {
        // Whatever it costs.
        prices.fill(0.0);
        if let Some(price) = prices.last_mut() {
            *price = target_price;
        }
        optimum = program.maximize(&prices).ok_or_else(|| endless(lattice, number))?;
    }
    if is_short(&optimum) {
        let reason = "what was published before tells it too nearly";
        return Err(SurveyError::CellExposed { cell: lattice.called(number), reason });
    }
    let least = 1e-9 * amount.abs();
    let moving = columns.iter().zip(&optimum.moved).filter(|(_, moved)| moved.abs() > least);
    Ok(moving.map(|(cell, _)| *cell).collect())
}

/// A program that comes to no end.
pub(super) fn endless(lattice: &Lattice, number: usize) -> SurveyError {
    let (place, iterations) = (lattice.called(number), 20_000);
    SurveyError::NoConvergence { what: "disclosure control", place, deviation: 1.0, iterations }
}

/// Protects cells against those who are alone in another: who knows all but one of what adds up knows that one too.
pub(super) fn guard(lattice: &mut Lattice, made: &mut Made) -> Result<(), SurveyError> {
    let mut given_up = BTreeSet::new();
    while let Some((number, alone)) = unguarded(lattice, &given_up) {
        let Some(cell) = lattice.cells.get(number) else { return Ok(()) };
        // Of a cell that is not sensitive itself: that it cannot be told exactly.
        let little = if cell.facts.value > 0.0 { cell.facts.value.min(1.0) } else { 1.0 };
        let own = cell.sensitive.as_ref().map(|(_, protection)| *protection);
        let is_sensitive = own.is_some();
        let protection = own.filter(|own| own.above > 0.0);
        let protection = protection.unwrap_or(Protection { below: 0.0, above: little });
        match protect(lattice, number, protection, Some(alone), made) {
            Ok(()) => made.guarded += 1,
            Err(SurveyError::CellExposed { .. }) if !is_sensitive => {
                made.unguarded += 1;
                given_up.insert((number, alone));
            }
            Err(SurveyError::CellExposed { cell, .. }) => {
                let reason = "somebody who is alone in another cell can work it out";
                return Err(SurveyError::CellExposed { cell, reason });
            }
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// A hidden cell, with somebody in it, that somebody alone in the other hidden cells of a relation would know.
fn unguarded(lattice: &Lattice, given_up: &BTreeSet<(usize, usize)>) -> Option<(usize, usize)> {
    lattice.relations.iter().find_map(|relation| {
        let hidden: Vec<(usize, Option<usize>)> = relation
            .terms()
            .filter_map(|(number, _)| {
                let cell = lattice.cells.get(number).filter(|cell| cell.is_hidden)?;
                Some((number, cell.alone))
            })
            .collect();
        hidden.iter().filter_map(|(_, alone)| *alone).find_map(|alone| {
            let mut others = hidden.iter().filter(|(_, own)| *own != Some(alone));
            let first = others.next()?;
            let is_empty = lattice.cells.get(first.0).is_some_and(|cell| cell.facts.respondents == 0);
            let is_guarded = others.next().is_some() || is_empty || given_up.contains(&(first.0, alone));
            (!is_guarded).then_some((first.0, alone))
        })
    })
}
