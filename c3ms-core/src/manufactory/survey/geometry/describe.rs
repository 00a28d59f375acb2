//! What sets the classes apart: categories, numbers, and who stands for each.

use serde::Serialize;

use super::{
    answers::Question,
    cluster::{ClusterSpec, Partition},
    correspondence::Cloud,
    grid::{Grid, add, squared_distance},
    supplementary::ratio,
};
use crate::manufactory::survey::{SurveyError, Table, normal_tail};

/// A class of respondents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Class {
    /// Its number, from 1.
    pub class: u32,
    /// Respondents in it.
    pub n: usize,
    /// People they stand for.
    pub weight: f64,
    /// Its share of the public, from 0 to 1.
    pub share: f64,
    /// Its center, by axis.
    pub center: Vec<f64>,
    /// Categories of active and supplementary variables that are more common in it than elsewhere, the surest first,
    /// then those that are rarer, the surest last.
    pub categories: Vec<CategoryContrast>,
    /// Supplementary variables of numbers that are larger in it than elsewhere, then those that are smaller.
    pub numbers: Vec<NumberContrast>,
    /// Who lies nearest to its center, one for all who answer alike.
    pub paragons: Vec<Paragon>,
}

/// A category in a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryContrast {
    /// Its variable.
    pub variable: String,
    /// Its level; `null` for a missing answer.
    pub level: Option<String>,
    /// The share of the class that chose it.
    pub in_class: f64,
    /// The share of the public that chose it.
    pub share: f64,
    /// The share of those who chose it that is in the class.
    pub of_category: f64,
    /// The quantile of the normal distribution that is as rare; above 0 where it is over-represented.
    pub v_test: f64,
    /// How often chance makes as much of a difference.
    pub p: f64,
}

/// A variable of numbers in a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NumberContrast {
    /// The variable.
    pub variable: String,
    /// Its mean in the class.
    pub in_class: f64,
    /// Its mean in the public.
    pub mean: f64,
    /// How many standard deviations the one lies from the other, had the class been drawn by chance.
    pub v_test: f64,
    /// How often chance makes as much of a difference.
    pub p: f64,
}

/// A respondent who stands for a class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Paragon {
    /// The row of the table, from 0.
    pub row: usize,
    /// The distance from the center.
    pub distance: f64,
}

/// Describes classes.
///
/// Respondents count by their weights, brought to a sum of the number of respondents and, for the law of draws without
/// replacement, to whole numbers. How they were drawn is not heeded: these tests rank what is told, they prove nothing.
///
/// # Source
/// Lebart, Morineau and Piron (1995), "Statistique exploratoire multidimensionnelle", 2.3; `FactoMineR::catdes` for the
/// two tails: the probability of what was found counts half.
pub(super) fn describe(
    spec: &ClusterSpec,
    table: &Table,
    cloud: &Cloud,
    points: &Grid,
    partition: &Partition,
) -> Result<Vec<Class>, SurveyError> {
    let of: Vec<usize> = cloud
        .profiles
        .of
        .iter()
        .map(|profile| partition.of.get(*profile as usize).map_or(0, |class| *class as usize))
        .collect();
    let mut nearest: Vec<Vec<(f64, usize)>> = vec![Vec::new(); partition.shares.len()];
    for ((point, class), first) in points.rows().zip(&partition.of).zip(&cloud.profiles.first) {
        let distance = squared_distance(point, partition.centers.row(*class as usize)).sqrt();
        if let (Some(own), Some(row)) = (nearest.get_mut(*class as usize), cloud.studied.rows.get(*first)) {
            own.push((distance, *row));
        }
    }
    let mut classes: Vec<Class> = (1_u32..)
        .zip(partition.shares.iter().zip(partition.centers.rows()).zip(nearest))
        .map(|(class, ((share, center), mut nearest))| {
            nearest.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            let paragons = nearest.into_iter().take(spec.paragons);
            Class {
                class,
                n: 0,
                weight: share * cloud.studied.weight,
                share: *share,
                center: center.to_vec(),
                categories: Vec::new(),
                numbers: Vec::new(),
                paragons: paragons.map(|(distance, row)| Paragon { row, distance }).collect(),
            }
        })
        .collect();
    for class in &of {
        if let Some(class) = classes.get_mut(*class) {
            class.n += 1;
        }
    }
    for question in &cloud.questions {
        contrast_categories(question, cloud, &of, &mut classes);
    }
    for name in &cloud.numbers {
        contrast_numbers(name, table.numbers(name)?, cloud, &of, &mut classes);
    }
    for class in &mut classes {
        class.categories.retain(|contrast| contrast.p <= spec.significance);
        class.categories.sort_by(|one, other| other.v_test.total_cmp(&one.v_test));
        class.numbers.retain(|contrast| contrast.p <= spec.significance);
        class.numbers.sort_by(|one, other| other.v_test.total_cmp(&one.v_test));
    }
    Ok(classes)
}

fn contrast_categories(question: &Question, cloud: &Cloud, of: &[usize], classes: &mut [Class]) {
    let mut joint = Grid::zeros(classes.len(), question.choices.len());
    for ((code, class), share) in question.codes.iter().zip(of).zip(&cloud.studied.shares) {
        add(joint.row_mut(*class), *code as usize, *share);
    }
    let n = cloud.studied.n();
    for (class, row) in classes.iter_mut().zip(joint.rows()) {
        for (choice, both) in question.choices.iter().zip(row) {
            let counts = Counts {
                both: (both * n).round(),
                class: (class.share * n).round(),
                category: (choice.share * n).round(),
                all: n,
            };
            let tail = counts.tail();
            let in_class = ratio(*both, class.share);
            let quantile = quantile_of_tail(tail - std::f64::consts::LN_2);
            class.categories.push(CategoryContrast {
                variable: question.name.clone(),
                level: choice.level.clone(),
                in_class,
                share: choice.share,
                of_category: ratio(*both, choice.share),
                v_test: if in_class > choice.share { quantile } else { -quantile },
                p: libm::exp(tail),
            });
        }
    }
}

fn contrast_numbers(name: &str, values: &[f64], cloud: &Cloud, of: &[usize], classes: &mut [Class]) {
    let known = || {
        let value = |row: &usize| values.get(*row).copied().unwrap_or(f64::NAN);
        let rows = cloud.studied.rows.iter().map(value).zip(&cloud.studied.shares).zip(of);
        rows.filter(|((value, _), _)| value.is_finite())
    };
    let (mut sums, mut weights) = (vec![0.0; classes.len()], vec![0.0; classes.len()]);
    for ((value, share), class) in known() {
        add(&mut sums, *class, share * value);
        add(&mut weights, *class, *share);
    }
    let whole: f64 = weights.iter().sum();
    let mean = ratio(sums.iter().sum(), whole);
    let variance =
        ratio(known().map(|((value, share), _)| share * (value - mean) * (value - mean)).sum(), whole);
    let n = cloud.studied.n();
    for ((class, sum), weight) in classes.iter_mut().zip(sums).zip(weights) {
        if weight <= 0.0 {
            continue;
        }
        let (own, size, all) = (sum / weight, weight * n, whole * n);
        let v_test =
            ratio(own - mean, (variance * (all - size).max(0.0) / ((all - 1.0) * size)).max(0.0).sqrt());
        class.numbers.push(NumberContrast {
            variable: name.to_owned(),
            in_class: own,
            mean,
            v_test,
            p: 2.0 * normal_tail(v_test.abs()),
        });
    }
}

/// Whole numbers of respondents.
#[derive(Debug, Clone, Copy)]
struct Counts {
    both: f64,
    class: f64,
    category: f64,
    all: f64,
}

impl Counts {
    /// The logarithm of the probability that a class drawn by chance holds as many of a category, or as few: twice the
    /// smaller tail, of which what was found counts half; at most 0.
    fn tail(self) -> f64 {
        let Self { class, category, all, .. } = self;
        // Rounding may make more of both than there are of one.
        let both = self.both.min(class).min(category).max(class + category - all).max(0.0);
        let ways = |of: f64, chosen: f64| {
            libm::lgamma(of + 1.0) - libm::lgamma(chosen + 1.0) - libm::lgamma(of - chosen + 1.0)
        };
        let found = ways(category, both) + ways(all - category, class - both) - ways(all, class);
        let neither = all - category - class;
        let (mut above, mut term, mut count) = (0.0, 1.0, both);
        while term > above * 1e-17 && count < class.min(category) {
            term *= (category - count) * (class - count) / ((count + 1.0) * (neither + count + 1.0));
            above += term;
            count += 1.0;
        }
        let (mut below, mut term, mut count) = (0.0, 1.0, both);
        while term > below * 1e-17 && count > (-neither).max(0.0) {
            term *= count * (neither + count) / ((category - count + 1.0) * (class - count + 1.0));
            below += term;
            count -= 1.0;
        }
        (found + libm::log1p(2.0 * above.min(below))).min(0.0)
    }
}

/// The value above which the tail of the normal distribution has this logarithm, up to that of one half.
fn quantile_of_tail(logarithm: f64) -> f64 {
    let mut value = (-2.0 * logarithm).max(0.0).sqrt();
    for _ in 0..50 {
        // The logarithm of the tail, and the density over the tail.
        let square = value * value;
        let density = -0.5 * square - 0.5 * libm::log(2.0 * std::f64::consts::PI);
        let tail = if value < 37.0 {
            libm::log(normal_tail(value))
        } else {
            density - libm::log(value) + libm::log1p((-1.0 + (3.0 - 15.0 / square) / square) / square)
        };
        let step = (tail - logarithm) / libm::exp(density - tail);
        value += step;
        if step.abs() <= 1e-14 * value.abs() {
            break;
        }
    }
    value.max(0.0)
}
