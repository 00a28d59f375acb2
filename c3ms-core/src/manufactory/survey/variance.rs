//! How much a figure would differ from one sample to the next: Taylor linearization over all stages of a design.

use super::{Design, SinglePsu, design::Stage};

/// Sums by unit: `width` columns, one row per unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sums {
    pub(super) width: usize,
    pub(super) values: Vec<f64>,
}

impl Sums {
    pub(super) fn zero(units: usize, width: usize) -> Self {
        Self { width, values: vec![0.0; units * width] }
    }

    /// Adds to the sums of a unit.
    pub(super) fn add(&mut self, unit: u32, row: &[f64]) {
        let from = unit as usize * self.width;
        let slots = self.values.iter_mut().skip(from).take(self.width);
        slots.zip(row).for_each(|(sum, value)| *sum += value);
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// Adds the rows of one stage up to the units of the stage before.
    fn rolled_up(&self, stage: &Stage, units: usize) -> Self {
        let mut sums = Self::zero(units, self.width);
        for (row, parent) in self.rows().zip(&stage.parent_of) {
            sums.add(*parent, row);
        }
        sums
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
    let width = finest.width;
    let mut all = vec![0.0; width * width];
    let mut sums = finest;
    let stages = design.stages();
    for (number, stage) in stages.iter().enumerate().rev() {
        let above = number.checked_sub(1).and_then(|before| stages.get(before));
        let next = above.map(|above| sums.rolled_up(stage, above.stratum_of.len()));
        let of_stage = of_stage(design, stage, &sums);
        all.iter_mut().zip(of_stage).for_each(|(sum, part)| *sum += part);
        if let Some(next) = next {
            sums = next;
        }
    }
    all
}

fn of_stage(design: &Design, stage: &Stage, sums: &Sums) -> Vec<f64> {
    let width = sums.width;
    let mut means = Sums::zero(stage.strata.len(), width);
    for (row, stratum) in sums.rows().zip(&stage.stratum_of) {
        means.add(*stratum, row);
    }
    for (mean, stratum) in means.values.chunks_exact_mut(width.max(1)).zip(&stage.strata) {
        let units = real(stratum.units);
        // A unit alone that is held against all strata: linearized sums have a mean of nothing.
        let adjusted = stratum.units == 1 && design.single_psu() == SinglePsu::Adjust;
        for mean in mean.iter_mut() {
            *mean = if adjusted { 0.0 } else { *mean / units };
        }
    }
    let mut spread = Sums::zero(stage.strata.len(), width * width);
    let mut apart = vec![0.0; width];
    for (row, stratum) in sums.rows().zip(&stage.stratum_of) {
        let at = *stratum as usize;
        let Some(mean) = means.values.get(at * width..(at + 1) * width) else { continue };
        for ((apart, value), mean) in apart.iter_mut().zip(row).zip(mean) {
            *apart = value - mean;
        }
        let from = at * width * width;
        let Some(slots) = spread.values.get_mut(from..from + width * width) else { continue };
        for (slots, one) in slots.chunks_exact_mut(width.max(1)).zip(&apart) {
            slots.iter_mut().zip(&apart).for_each(|(sum, other)| *sum += one * other);
        }
    }
    let mut all = vec![0.0; width * width];
    let (mut known, mut lone) = (0_usize, 0_usize);
    for (stratum, part) in stage.strata.iter().zip(spread.rows()) {
        let is_lone = stratum.units < 2;
        let averaged = is_lone && design.single_psu() == SinglePsu::Average;
        lone += usize::from(averaged);
        known += usize::from(!averaged);
        if averaged {
            continue;
        }
        let freed = if is_lone { 1.0 } else { real(stratum.units) / real(stratum.units - 1) };
        let factor = stratum.above * (1.0 - stratum.fraction) * freed;
        all.iter_mut().zip(part).for_each(|(sum, part)| *sum += factor * part);
    }
    if lone > 0 && known > 0 {
        let raised = real(known + lone) / real(known);
        for sum in &mut all {
            *sum *= raised;
        }
    }
    all
}

/// A count as a number.
pub(super) fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
