//! How much a figure would differ from one sample to the next: Taylor linearization over all stages of a design.

use super::{
    Design, SinglePsu,
    design::{Stage, Stratum},
    phases::SecondPhase,
};

/// Sums by unit, of those units alone that have any: `width` columns, one row for each unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sums {
    pub(super) width: usize,
    /// Each unit once.
    pub(super) units: Vec<u32>,
    /// By rows, in the order of the units.
    pub(super) values: Vec<f64>,
}

impl Sums {
    /// The sums of all units, by rows.
    pub(super) fn of_all(units: usize, width: usize, values: Vec<f64>) -> Self {
        Self { width, units: (0_u32..).take(units).collect(), values }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (u32, &[f64])> {
        self.units.iter().copied().zip(self.values.chunks_exact(self.width.max(1)))
    }

    fn row(&self, place: usize) -> &[f64] {
        self.values.get(place * self.width..(place + 1) * self.width).unwrap_or_default()
    }

    /// All units, those that had no row with sums of nothing.
    pub(super) fn dense(&self, units: usize) -> Vec<f64> {
        let mut values = vec![0.0; units * self.width];
        for (unit, row) in self.rows() {
            let from = unit as usize * self.width;
            if let Some(slots) = values.get_mut(from..from + self.width) {
                slots.copy_from_slice(row);
            }
        }
        values
    }

    /// Some of the rows.
    fn part(&self, places: impl Iterator<Item = usize>) -> Self {
        let mut part = Self { width: self.width, units: Vec::new(), values: Vec::new() };
        for place in places {
            part.units.extend(self.units.get(place));
            part.values.extend_from_slice(self.row(place));
        }
        part
    }

    /// The places of the rows in the order of what their units belong to.
    fn grouped(&self, of: &[u32]) -> Vec<(u32, usize)> {
        let group = |unit: &u32| of.get(*unit as usize).copied().unwrap_or(0);
        let mut places: Vec<(u32, usize)> = self.units.iter().map(group).zip(0..).collect();
        if !places.is_sorted() {
            places.sort_unstable();
        }
        places
    }

    /// Adds the rows up to what their units belong to.
    pub(super) fn rolled_up(&self, of: &[u32]) -> Self {
        let mut up = Self { width: self.width, units: Vec::new(), values: Vec::new() };
        for group in self.grouped(of).chunk_by(|one, other| one.0 == other.0) {
            let Some((first, rest)) = group.split_first() else { continue };
            up.units.push(first.0);
            let from = up.values.len();
            up.values.extend_from_slice(self.row(first.1));
            for (_, place) in rest {
                add(up.values.get_mut(from..).unwrap_or_default(), self.row(*place), 1.0);
            }
        }
        up
    }
}

fn add(sums: &mut [f64], values: &[f64], times: f64) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += times * value);
}

/// Adds the products of all pairs of numbers.
fn add_products(sums: &mut [f64], values: &[f64], times: f64) {
    for (slots, one) in sums.chunks_exact_mut(values.len().max(1)).zip(values) {
        add(slots, values, times * one);
    }
}

/// The covariance of totals, of which each unit of the finest stage adds its sum: `width` × `width`, by rows.
///
/// At each stage units of a stratum are held against their mean; what a stage adds is multiplied with the shares drawn
/// at the stages before.
///
/// # Source
/// Särndal, Swensson and Wretman (1992), result 4.3.1 and its estimator; Binder (1983) for linearized figures.
pub(super) fn covariance(design: &Design, finest: Sums) -> Vec<f64> {
    match design.second() {
        None => of_phase(design, finest),
        Some(second) => of_two_phases(design, second, &finest),
    }
}

/// The covariance where each row adds its sum, and only those of the second phase have any.
///
/// To what the first phase adds, computed of the rows of the second, and to what the second adds given the first, comes
/// what they have in common: pairs are not together in the second phase as often as each by itself, so that the first
/// sum is off by that of each unit of the second, and of each stratum.
///
/// # Source
/// Särndal, Swensson and Wretman (1992), result 9.3.1 and its estimator, `ΣΣ (Δ₁ₖₗ/π₁ₖₗ (1 − Δ₂ₖₗ/π₂ₖₗ) + Δ₂ₖₗ/π₂ₖₗ) zₖzₗ`.
fn of_two_phases(design: &Design, second: &SecondPhase, rows: &Sums) -> Vec<f64> {
    let drawn = (0..rows.units.len()).zip(&rows.units).filter(|(_, row)| second.has(**row));
    let rows = rows.part(drawn.map(|(place, _)| place));
    let of_first = |rows: &Sums| of_phase(design, rows.rolled_up(second.of_first()));
    let mut all = of_first(&rows);
    let left = second.unexplained(&rows);
    add(&mut all, &of_phase(second.design(), left.rolled_up(second.design().finest())), 1.0);
    let Some(stage) = second.design().stages().first() else { return all };
    let units = rows.grouped(second.design().finest());
    let stratum_of = |unit: u32| stage.stratum_of.get(unit as usize).copied().unwrap_or(0);
    let mut places: Vec<(u32, u32, usize)> =
        units.into_iter().map(|(unit, place)| (stratum_of(unit), unit, place)).collect();
    places.sort_unstable();
    for group in places.chunk_by(|one, other| one.0 == other.0) {
        let Some(stratum) = group.first().and_then(|(stratum, ..)| stage.strata.get(*stratum as usize))
        else {
            continue;
        };
        let Some((factor, centered)) = spread(second.design(), stage, stratum) else { continue };
        let of_part =
            |part: &[(u32, u32, usize)]| of_first(&rows.part(part.iter().map(|(.., place)| *place)));
        for unit in group.chunk_by(|one, other| one.1 == other.1) {
            add(&mut all, &of_part(unit), -factor);
        }
        if centered {
            add(&mut all, &of_part(group), factor / real(stratum.units));
        }
    }
    all
}

/// The covariance under one phase, of which each unit of the finest stage adds its sum.
fn of_phase(design: &Design, finest: Sums) -> Vec<f64> {
    let mut all = vec![0.0; finest.width * finest.width];
    let mut sums = finest;
    let stages = design.stages();
    if let (Some(unequal), Some(first)) = (design.unequal(), stages.first()) {
        let units = first.stratum_of.len();
        let sums = Sums::of_all(units, sums.width, sums.dense(units));
        return unequal.covariance(&sums, &first.members());
    }
    for (number, stage) in stages.iter().enumerate().rev() {
        of_stage(design, stage, &sums, &mut all);
        if number > 0 {
            sums = sums.rolled_up(&stage.parent_of);
        }
    }
    all
}

fn of_stage(design: &Design, stage: &Stage, sums: &Sums, all: &mut [f64]) {
    let width = sums.width;
    let (mut mean, mut apart) = (vec![0.0; width], vec![0.0; width]);
    for group in sums.grouped(&stage.stratum_of).chunk_by(|one, other| one.0 == other.0) {
        let Some(stratum) = group.first().and_then(|(stratum, _)| stage.strata.get(*stratum as usize)) else {
            continue;
        };
        let Some((factor, centered)) = spread(design, stage, stratum) else { continue };
        mean.fill(0.0);
        if centered {
            for (_, place) in group {
                add(&mut mean, sums.row(*place), 1.0 / real(stratum.units));
            }
        }
        for (_, place) in group {
            let own = sums.row(*place).iter().zip(&mean);
            apart.iter_mut().zip(own).for_each(|(apart, (value, mean))| *apart = value - mean);
            add_products(all, &apart, factor);
        }
        add_products(all, &mean, factor * real(stratum.units.saturating_sub(group.len())));
    }
}

/// What the squares of a stratum are multiplied with, and whether its units are held against their mean.
fn spread(design: &Design, stage: &Stage, stratum: &Stratum) -> Option<(f64, bool)> {
    let is_lone = stratum.units < 2;
    if is_lone && design.single_psu() == SinglePsu::Average {
        return None;
    }
    let freed = if is_lone { 1.0 } else { real(stratum.units) / real(stratum.units - 1) };
    let factor = stage.raised * stratum.above * (1.0 - stratum.fraction) * freed;
    // A unit alone that is held against all strata: linearized sums have a mean of nothing.
    Some((factor, !is_lone || design.single_psu() != SinglePsu::Adjust))
}

/// A count as a number.
pub(super) fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
