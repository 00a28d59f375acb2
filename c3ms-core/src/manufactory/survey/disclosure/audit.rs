//! What a reader can find out about each sensitive cell, computed as a reader would: by linear programs over what is out.

use std::collections::BTreeMap;

use super::{
    super::SurveyError,
    lattice::Lattice,
    linear::{Optimum, Program},
    pattern::{Made, cheapest, endless, hidden_cube},
    rules::Protection,
};

/// How far a cell that is hidden can be from its number, as far as a reader can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Reach {
    pub(super) below: f64,
    /// Infinite where nothing bounds it.
    pub(super) above: f64,
}

/// What an audit found, and what it took.
#[derive(Debug, Clone, Default)]
pub(super) struct Audited {
    /// Each sensitive cell with how far a reader is kept from it.
    pub(super) cells: Vec<(usize, Reach)>,
    pub(super) programs: usize,
    /// Whether no cell can be moved further than it was.
    pub(super) is_exact: bool,
    /// Cells that had to be protected further.
    pub(super) repaired: usize,
}

/// How often a pattern is repaired before it is given up.
const MOST_REPAIRS: usize = 10;

/// Audits a pattern, and hides more where a sensitive cell is not protected, until all are.
pub(super) fn prove(lattice: &mut Lattice) -> Result<Audited, SurveyError> {
    let (mut programs, mut repaired) = (0, 0);
    for _ in 0..MOST_REPAIRS {
        let mut audited = audit(lattice)?;
        programs += audited.programs;
        let mut short: Vec<(usize, f64)> = Vec::new();
        for (number, reach) in &audited.cells {
            let protection = protection(lattice, *number);
            if reach.above < enough(protection.above) {
                short.push((*number, protection.above));
            }
            if reach.below < enough(protection.below) {
                short.push((*number, -protection.below));
            }
        }
        if short.is_empty() {
            audited.programs = programs;
            audited.repaired = repaired;
            return Ok(audited);
        }
        for (number, amount) in short {
            repaired += 1;
            for cell in cheapest(lattice, number, amount, None)? {
                if let Some(cell) = lattice.cells.get_mut(cell) {
                    cell.is_hidden = true;
                }
            }
        }
        super::pattern::guard(lattice, &mut Made::default())?;
    }
    Err(endless(lattice, 0))
}

fn enough(level: f64) -> f64 {
    level - 1e-7 * level.max(1.0)
}

fn protection(lattice: &Lattice, number: usize) -> Protection {
    let cell = lattice.cells.get(number).and_then(|cell| cell.sensitive.as_ref());
    cell.map(|(_, protection)| *protection).unwrap_or_default()
}

/// How far a reader is kept from each sensitive cell: as far as it can be moved either way with others that are hidden, so
/// that every total is kept and no cell falls below 0.
///
/// Of few cells the furthest is found. Of many, it is enough that each moves as far as it must: by a hypercube where there is
/// one, else by a program that ends there.
fn audit(lattice: &Lattice) -> Result<Audited, SurveyError> {
    let mut program = Program::new(lattice.relations.len());
    let mut targets: Vec<(usize, usize)> = Vec::new();
    for (number, cell) in lattice.cells.iter().enumerate().filter(|(_, cell)| cell.is_hidden) {
        let terms = lattice.of_cell.get(number).cloned().unwrap_or_default();
        let own = program.add((-cell.facts.value, f64::INFINITY), terms);
        if cell.sensitive.is_some() {
            targets.push((number, own));
        }
    }
    let mut audited = Audited { is_exact: program.columns() <= MOST_EXACT, ..Audited::default() };
    let mut found: Vec<Reach> = vec![Reach::default(); targets.len()];
    let mut prices = vec![0.0; program.columns()];
    for (place, (number, column)) in targets.iter().enumerate() {
        let (most, least) = (at_most(lattice, *number), protection(lattice, *number));
        if let Some(reach) =
            found.get_mut(place).filter(|_| !audited.is_exact && moves(lattice, *number, least))
        {
            *reach = Reach { below: reach.below.max(least.below), above: reach.above.max(least.above) };
        }
        for way in [1.0, -1.0] {
            let Some(reach) = found.get(place) else { continue };
            let (now, most, least) = if way > 0.0 {
                (reach.above, most.above, least.above)
            } else {
                (reach.below, most.below, least.below)
            };
            let wanted = if audited.is_exact { most } else { most.min(least) };
            if now >= wanted - 1e-9 * wanted.max(1.0) {
                continue;
            }
            set(&mut prices, *column, way);
            let mut optimum = audited.is_exact.then(|| program.maximize(&prices)).flatten();
            audited.programs += usize::from(audited.is_exact);
            if !optimum.as_ref().is_some_and(|optimum| is_proved(&program, optimum)) {
                audited.is_exact = false;
                audited.programs += 1;
                let value = lattice.cells.get(*number).map_or(0.0, |cell| cell.facts.value);
                program.bound(*column, if way > 0.0 { (0.0, least) } else { (-least, 0.0) });
                optimum = program.maximize(&prices).filter(|optimum| is_kept(&program, optimum));
                program.bound(*column, (-value, f64::INFINITY));
            }
            set(&mut prices, *column, 0.0);
            let optimum = optimum.ok_or_else(|| endless(lattice, *number))?;
            // What moved is a table a reader cannot tell from the true one: it tells of all cells.
            for ((_, column), reach) in targets.iter().zip(&mut found) {
                let moved = optimum.moved.get(*column).copied().unwrap_or(0.0);
                reach.above = reach.above.max(moved);
                reach.below = reach.below.max(-moved);
            }
            if let Some(reach) = found.get_mut(place).filter(|_| optimum.value.is_infinite()) {
                reach.above = f64::INFINITY;
            }
        }
    }
    audited.cells = targets.iter().map(|(number, _)| *number).zip(found).collect();
    Ok(audited)
}

/// Whether a hypercube of hidden cells lets a cell move as far as it must: a solution of both programs, found without them
/// and checked as theirs are, against every sum its cells stand in and against 0.
fn moves(lattice: &Lattice, number: usize, least: Protection) -> bool {
    let Some(corners) = hidden_cube(lattice, number, least) else { return false };
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    let mut is_kept = corners.iter().any(|(corner, with)| *corner == number && *with);
    for (corner, with) in &corners {
        let way = if *with { 1.0 } else { -1.0 };
        for (relation, sign) in lattice.of_cell.get(*corner).into_iter().flatten() {
            *sums.entry(*relation).or_default() += way * sign;
        }
        let falls = if *with { least.below } else { least.above };
        is_kept &= lattice.cells.get(*corner).is_some_and(|cell| cell.is_hidden && cell.facts.value >= falls);
    }
    is_kept && sums.values().all(|sum| *sum == 0.0)
}

/// Up to how many hidden cells the furthest is found that each can move.
const MOST_EXACT: usize = 600;

/// Whether what moved keeps all sums and bounds.
fn is_kept(program: &Program, optimum: &Optimum) -> bool {
    program.residual(&optimum.moved) <= 1e-7 * scale(optimum)
}

/// Whether the prices of the sums prove that nothing moves further.
fn is_proved(program: &Program, optimum: &Optimum) -> bool {
    let is_tight = optimum.value.is_infinite()
        || (optimum.proved - optimum.value).abs() <= 1e-6 * optimum.value.abs().max(1.0);
    is_tight && is_kept(program, optimum)
}

fn set(prices: &mut [f64], column: usize, price: f64) {
    if let Some(own) = prices.get_mut(column) {
        *own = price;
    }
}

fn scale(optimum: &Optimum) -> f64 {
    optimum.moved.iter().fold(1.0, |most: f64, moved| most.max(moved.abs()))
}

/// What no reader can find a cell to exceed, by the relations it stands in alone.
fn at_most(lattice: &Lattice, number: usize) -> Reach {
    let cell = lattice.cells.get(number);
    let mut most = Reach { below: cell.map_or(0.0, |cell| cell.facts.value), above: f64::INFINITY };
    for (relation, sign) in lattice.of_cell.get(number).into_iter().flatten() {
        let Some(relation) = lattice.relations.get(*relation) else { continue };
        let mut room = 0.0;
        for (other, other_sign) in relation.terms().filter(|(other, _)| *other != number) {
            let Some(cell) = lattice.cells.get(other).filter(|cell| cell.is_hidden) else { continue };
            // A part falls as far as it can to let another rise; a total rises without end, as parts do for their total.
            room += if sign * other_sign > 0.0 { cell.facts.value } else { f64::INFINITY };
        }
        most.above = most.above.min(room);
        if room == 0.0 {
            most.below = 0.0;
        }
    }
    most
}
