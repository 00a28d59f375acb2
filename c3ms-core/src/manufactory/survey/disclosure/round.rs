//! Numbers rounded to multiples, cell by cell.

use super::{
    super::{SurveyError, random::Stream},
    lattice::Lattice,
    spec::RoundingSpec,
};
use crate::base::{Digest, Seed};

impl RoundingSpec {
    pub(super) fn check(&self) -> Result<(), SurveyError> {
        if self.base > 0.0 && self.base.is_finite() {
            return Ok(());
        }
        let what = "rounding.base".to_owned();
        Err(SurveyError::SettingUnfit { what, value: self.base, expected: "a number above 0" })
    }

    /// The multiple that a number of a cell becomes.
    ///
    /// By chance it goes up with the share of the base it is beyond the multiple below: on average nothing changes. Chance
    /// is that of the seed and the name of the cell, so that it cannot be averaged away by asking again.
    pub(super) fn rounded(&self, value: f64, name: &str) -> f64 {
        let below = libm::floor(value / self.base);
        let beyond = value / self.base - below;
        let is_up = match self.seed {
            None => beyond >= 0.5,
            Some(seed) => {
                let seed = Seed::from_number(seed);
                let own = Seed(Digest::of(&[b"c3ms rounding", &seed.0, name.as_bytes()]).0);
                Stream::new(&own).unit() < beyond
            }
        };
        (below + f64::from(u8::from(is_up))) * self.base
    }
}

/// All numbers rounded, and by how much the one that changed most did.
pub(super) fn rounded(lattice: &Lattice, spec: &RoundingSpec) -> (Vec<f64>, f64) {
    let values = lattice.cells.iter().enumerate();
    let values: Vec<f64> =
        values.map(|(number, cell)| spec.rounded(cell.facts.value, &lattice.key(number))).collect();
    let changes = values.iter().zip(&lattice.cells).map(|(value, cell)| (value - cell.facts.value).abs());
    let most = changes.fold(0.0, f64::max);
    (values, most)
}
