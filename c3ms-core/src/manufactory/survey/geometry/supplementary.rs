//! What did not make the axes, placed on them: categories and numbers.

use serde::Serialize;

use super::{
    answers::Question,
    correspondence::{Category, Cloud},
    grid::{Grid, add, add_scaled, at},
};

/// A supplementary variable of categories.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SupplementaryVariable {
    /// Its name.
    pub variable: String,
    /// Its correlation ratio, by axis: the share of the variance that lies between its categories.
    pub eta2: Vec<f64>,
    /// Its categories; missing answers are one.
    pub categories: Vec<Category>,
}

/// A supplementary variable of numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SupplementaryNumber {
    /// Its name.
    pub variable: String,
    /// Respondents of whom it is known.
    pub n: usize,
    /// Its correlation with each axis among them, weighted.
    pub correlations: Vec<f64>,
}

impl SupplementaryVariable {
    /// A category lies at the mean of those who chose it, over the root of the eigenvalue.
    pub(super) fn new(question: &Question, cloud: &Cloud) -> Self {
        let axes = cloud.coordinates.width();
        let mut means = Grid::zeros(question.choices.len(), axes);
        for ((code, profile), share) in
            question.codes.iter().zip(&cloud.profiles.of).zip(&cloud.studied.shares)
        {
            add_scaled(means.row_mut(*code as usize), cloud.coordinates.row(*profile as usize), *share);
        }
        let mut eta2 = vec![0.0; axes];
        let mut categories = Vec::with_capacity(question.choices.len());
        for (sums, choice) in means.rows().zip(&question.choices) {
            let share = choice.share;
            let coordinates: Vec<f64> =
                sums.iter().zip(&cloud.eigenvalues).map(|(sum, value)| sum / share / value.sqrt()).collect();
            for (eta2, own) in eta2.iter_mut().zip(&coordinates) {
                *eta2 += share * own * own;
            }
            categories.push(Category {
                variable: question.name.clone(),
                level: choice.level.clone(),
                n: choice.n,
                share,
                contributions: Vec::new(),
                cosines: coordinates.iter().map(|own| ratio(own * own, (1.0 - share) / share)).collect(),
                v_tests: coordinates.iter().map(|own| v_test(*own, share, cloud.studied.n())).collect(),
                coordinates,
            });
        }
        Self { variable: question.name.clone(), eta2, categories }
    }
}

impl SupplementaryNumber {
    pub(super) fn new(name: &str, values: &[f64], cloud: &Cloud) -> Self {
        let axes = cloud.coordinates.width();
        let studied = &cloud.studied;
        let known = || {
            let value = |row: &usize| values.get(*row).copied().unwrap_or(f64::NAN);
            let rows = studied.rows.iter().map(value).zip(&studied.shares).zip(&cloud.profiles.of);
            rows.filter(|((value, _), _)| value.is_finite())
                .map(|((value, share), profile)| (value, *share, cloud.coordinates.row(*profile as usize)))
        };
        let weight: f64 = known().map(|(_, share, _)| share).sum();
        let mean = known().map(|(value, share, _)| share * value).sum::<f64>() / weight;
        let mut centers = vec![0.0; axes];
        known().for_each(|(_, share, point)| add_scaled(&mut centers, point, share / weight));
        let (mut own, mut crossed, mut squares) = (0.0, vec![0.0; axes], vec![0.0; axes]);
        for (value, share, point) in known() {
            own += share * (value - mean) * (value - mean);
            for (axis, (point, center)) in point.iter().zip(&centers).enumerate() {
                add(&mut crossed, axis, share * (value - mean) * (point - center));
                add(&mut squares, axis, share * (point - center) * (point - center));
            }
        }
        let correlations =
            (0..axes).map(|axis| ratio(at(&crossed, axis), (own * at(&squares, axis)).sqrt())).collect();
        Self { variable: name.to_owned(), n: known().count(), correlations }
    }
}

/// How many standard deviations a category lies from the origin, had as many respondents been drawn by chance.
///
/// # Source
/// Lebart, Morineau and Piron (1995), "Statistique exploratoire multidimensionnelle", 1.4: the variance without
/// replacement. `n` is the number of respondents.
pub(super) fn v_test(coordinate: f64, share: f64, n: f64) -> f64 {
    ratio(coordinate * (share * (n - 1.0)).max(0.0).sqrt(), (1.0 - share).max(0.0).sqrt())
}

/// A quotient; 0 where there is nothing to divide by.
pub(super) fn ratio(above: f64, below: f64) -> f64 {
    if below > 1e-300 { above / below } else { 0.0 }
}
