//! Multiple correspondence analysis, standard and specific, weighted.

use std::collections::BTreeMap;

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use super::{
    answers::{Profiles, Question, Studied, active},
    grid::{Grid, add, add_scaled, at},
    supplementary::{SupplementaryNumber, SupplementaryVariable, ratio, v_test},
};
use crate::manufactory::survey::{SurveyError, Table, unique::unique, variance::real};

/// A multiple correspondence analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct McaSpec {
    /// The variables that make the axes, at least two.
    pub active: Vec<String>,
    /// Levels of active variables that make no axis, by variable: whoever chose one is a point all the same.
    #[serde(deserialize_with = "unique")]
    pub passive: BTreeMap<String, Vec<String>>,
    /// What a missing answer to an active variable is.
    pub missing: MissingAnswers,
    /// Categories chosen by less than this share of the public are passive too.
    pub minimum: f64,
    /// Variables of categories that are placed on the axes and do not make them.
    pub supplementary: Vec<String>,
    /// Variables of numbers that are held against the axes.
    pub numbers: Vec<String>,
    /// How many axes are told and clustered on.
    pub axes: usize,
    /// What is told of each respondent.
    pub individuals: IndividualDetail,
}

/// What a missing answer to an active variable is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MissingAnswers {
    /// A category that makes no axis.
    #[default]
    Passive,
    /// A category like the others.
    Active,
}

/// What is told of each respondent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum IndividualDetail {
    /// Nothing.
    #[default]
    None,
    /// Coordinates.
    Coordinates,
    /// Coordinates, contributions, squared cosines.
    All,
}

impl Default for McaSpec {
    fn default() -> Self {
        Self {
            active: Vec::new(),
            passive: BTreeMap::new(),
            missing: MissingAnswers::default(),
            minimum: 0.0,
            supplementary: Vec::new(),
            numbers: Vec::new(),
            axes: 5,
            individuals: IndividualDetail::default(),
        }
    }
}

/// What a multiple correspondence analysis found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mca {
    /// Respondents.
    pub n: usize,
    /// People they stand for.
    pub weight: f64,
    /// Respondents who differ in an active category.
    pub profiles: usize,
    /// The sum of all eigenvalues: the sum over active categories of (1 − share) / number of active variables.
    pub total_inertia: f64,
    /// The inertia of the pairs of different variables alone, which the adjusted rates share out.
    pub adjusted_inertia: f64,
    /// All axes that have an eigenvalue above 0, the largest first.
    pub axes: Vec<Axis>,
    /// The active categories.
    pub categories: Vec<Category>,
    /// Categories of active variables that make no axis.
    pub passive: Vec<PassiveCategory>,
    /// Of each active variable, on each axis that is told, the correlation ratio of its active categories.
    pub eta2: BTreeMap<String, Vec<f64>>,
    /// The supplementary variables of categories.
    pub supplementary: Vec<SupplementaryVariable>,
    /// The supplementary variables of numbers.
    pub numbers: Vec<SupplementaryNumber>,
    /// The respondents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub individuals: Option<Individuals>,
}

/// An axis.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Axis {
    /// The variance of the respondents along it.
    pub eigenvalue: f64,
    /// Its share of the inertia, from 0 to 1.
    pub rate: f64,
    /// The shares up to this axis.
    pub cumulated_rate: f64,
    /// Benzécri's modified rate: among axes whose eigenvalue is above that of a variable taken alone; else 0.
    pub modified_rate: f64,
    /// Greenacre's adjusted inertia; 0 where the eigenvalue is not above that of a variable taken alone.
    pub adjusted_inertia: f64,
    /// The adjusted inertia as a share of that of the pairs of different variables.
    pub adjusted_rate: f64,
}

/// A category, of an active or a supplementary variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Category {
    /// Its variable.
    pub variable: String,
    /// Its level; `null` for a missing answer.
    pub level: Option<String>,
    /// Respondents who chose it.
    pub n: usize,
    /// The share of the public that chose it, from 0 to 1.
    pub share: f64,
    /// Its principal coordinates, by axis.
    pub coordinates: Vec<f64>,
    /// Its contributions, by axis: 1 in all on each; none where it is supplementary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<f64>,
    /// Its squared cosines, by axis.
    pub cosines: Vec<f64>,
    /// The value of the test that it lies at the origin, by axis; normal, if its respondents were drawn by chance.
    pub v_tests: Vec<f64>,
}

/// A category of an active variable that makes no axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassiveCategory {
    /// Its variable.
    pub variable: String,
    /// Its level; `null` for a missing answer.
    pub level: Option<String>,
    /// Respondents who chose it.
    pub n: usize,
    /// The share of the public that chose it, from 0 to 1.
    pub share: f64,
}

/// The respondents: for each axis a number by row of the table; NaN (in JSON `null`) for rows that are not studied.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Individuals {
    /// Principal coordinates.
    pub coordinates: Vec<Vec<f64>>,
    /// Contributions: 1 in all on each axis.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<Vec<f64>>,
    /// Squared cosines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cosines: Vec<Vec<f64>>,
}

/// The cloud of respondents on the axes that are told.
#[derive(Debug, Clone)]
pub(super) struct Cloud {
    pub(super) studied: Studied,
    /// The active variables, then the supplementary ones.
    pub(super) questions: Vec<Question>,
    /// The supplementary variables of numbers.
    pub(super) numbers: Vec<String>,
    pub(super) profiles: Profiles,
    /// A row for each profile.
    pub(super) coordinates: Grid,
    pub(super) eigenvalues: Vec<f64>,
}

/// Analyzes answers.
///
/// The eigenvectors are those of the matrix of joint shares of active categories, centered: never of the table of
/// indicators. Shares and the number of variables are those of the whole, passive categories counted (specific
/// analysis). On each axis the category that contributes most has a positive coordinate; the first, where several do.
///
/// # Source
/// Le Roux and Rouanet (2004), "Geometric Data Analysis", chapter 5 (specific analysis: 5.4); Benzécri (1979), "Sur le
/// calcul des taux d'inertie dans l'analyse d'un questionnaire", Cahiers de l'analyse des données 4; Greenacre (1993),
/// "Correspondence Analysis in Practice", for the adjusted inertia. Checked against `FactoMineR` and `ca`.
pub(super) fn analyze(
    id: &str,
    spec: &McaSpec,
    table: &Table,
    weights: &[f64],
    mask: Option<&[bool]>,
) -> Result<(Mca, Cloud), SurveyError> {
    let unfit =
        |reason: &str| SurveyError::GeometryUnfit { analysis: id.to_owned(), reason: reason.to_owned() };
    if spec.axes == 0 {
        return Err(unfit("no axis is asked for"));
    }
    let studied = Studied::new(weights, table.rows(), mask)?;
    if studied.rows.is_empty() {
        return Err(unfit("nobody is studied"));
    }
    let (questions, width) = active(id, spec, table, &studied)?;
    let profiles = Profiles::new(&questions, &studied);
    let count = real(questions.len());
    let shares = shares(&questions, width);
    let centered = Centered::new(&questions, &profiles, &shares, studied.weight);
    let all = centered.axes();
    if all.is_empty() {
        return Err(unfit("everybody answers alike: there is no axis"));
    }
    let axes = rates(&all, count, centered.total, centered.between);
    let kept = spec.axes.min(all.len());
    let vectors: Vec<&[f64]> = all.iter().take(kept).map(|(_, vector)| vector.as_slice()).collect();
    let eigenvalues: Vec<f64> = all.iter().take(kept).map(|(value, _)| *value).collect();

    let mut points = Grid::zeros(width, kept);
    for (category, share) in shares.iter().enumerate() {
        let scale = (count / share).sqrt();
        let axes = vectors.iter().zip(&eigenvalues);
        for (point, (vector, value)) in points.row_mut(category).iter_mut().zip(axes) {
            *point = value.sqrt() * at(vector, category) * scale;
        }
    }
    let coordinates = individuals(&questions, &profiles, (&points, &shares, &eigenvalues));

    let mut categories = Vec::with_capacity(width);
    let mut passive = Vec::new();
    let mut eta2 = BTreeMap::new();
    for question in &questions {
        let mut own = vec![0.0; kept];
        for choice in &question.choices {
            let (variable, level) = (question.name.clone(), choice.level.clone());
            let (n, share) = (choice.n, choice.share);
            let Some(place) = choice.place else {
                passive.push(PassiveCategory { variable, level, n, share });
                continue;
            };
            let point = points.row(place).to_vec();
            let contributions: Vec<f64> =
                vectors.iter().map(|vector| at(vector, place) * at(vector, place)).collect();
            for ((own, contribution), value) in own.iter_mut().zip(&contributions).zip(&eigenvalues) {
                *own += count * value * contribution;
            }
            let squared = (1.0 - share) / share;
            categories.push(Category {
                cosines: point.iter().map(|own| ratio(own * own, squared)).collect(),
                v_tests: point.iter().map(|own| v_test(*own, share, studied.n())).collect(),
                variable,
                level,
                n,
                share,
                coordinates: point,
                contributions,
            });
        }
        eta2.insert(question.name.clone(), own);
    }
    let mut cloud =
        Cloud { studied, questions, numbers: spec.numbers.clone(), profiles, coordinates, eigenvalues };
    let told = told(spec.individuals, table.rows(), &cloud);
    let mut supplementary = Vec::new();
    for name in &spec.supplementary {
        let question = Question::new(name, table, &cloud.studied)?;
        supplementary.push(SupplementaryVariable::new(&question, &cloud));
        cloud.questions.push(question);
    }
    let numbers = spec
        .numbers
        .iter()
        .map(|name| Ok(SupplementaryNumber::new(name, table.numbers(name)?, &cloud)))
        .collect::<Result<Vec<_>, SurveyError>>()?;
    let mca = Mca {
        n: cloud.studied.rows.len(),
        weight: cloud.studied.weight,
        profiles: cloud.profiles.first.len(),
        total_inertia: centered.total,
        adjusted_inertia: centered.between,
        axes,
        categories,
        passive,
        eta2,
        supplementary,
        numbers,
        individuals: told,
    };
    Ok((mca, cloud))
}

/// The share of each active category.
fn shares(questions: &[Question], width: usize) -> Vec<f64> {
    let mut shares = vec![0.0; width];
    for choice in questions.iter().flat_map(|question| &question.choices) {
        if let Some(place) = choice.place {
            add(&mut shares, place, choice.share);
        }
    }
    shares
}

/// The joint shares of active categories, centered and brought to one scale: its trace is the inertia.
struct Centered {
    matrix: DMatrix<f64>,
    total: f64,
    /// The adjusted inertia of pairs of different variables.
    between: f64,
}

impl Centered {
    fn new(questions: &[Question], profiles: &Profiles, shares: &[f64], weight: f64) -> Self {
        let width = shares.len();
        let count = real(questions.len());
        // By columns as nalgebra keeps them; the lower half is filled.
        let mut joint = vec![0.0; width * width];
        let mut chosen: Vec<usize> = Vec::with_capacity(questions.len());
        for (first, own) in profiles.first.iter().zip(&profiles.weights) {
            chosen.clear();
            chosen.extend(questions.iter().filter_map(|question| question.choice(*first)?.place));
            for (at, one) in chosen.iter().enumerate() {
                for other in chosen.iter().skip(at) {
                    add(&mut joint, one * width + other, *own);
                }
            }
        }
        let mut variables = vec![0_usize; width];
        for (number, question) in questions.iter().enumerate() {
            for place in question.choices.iter().filter_map(|choice| choice.place) {
                if let Some(variable) = variables.get_mut(place) {
                    *variable = number;
                }
            }
        }
        let mut matrix = DMatrix::<f64>::zeros(width, width);
        let (mut total, mut between) = (0.0, 0.0);
        for (column, (one, own)) in shares.iter().zip(&variables).enumerate() {
            for (row, (other, others)) in shares.iter().zip(&variables).enumerate().skip(column) {
                let both = at(&joint, column * width + row) / weight;
                let value = (both - one * other) / (count * (one * other).sqrt());
                if row == column {
                    total += value;
                } else if own != others {
                    between += 2.0 * value * value;
                }
                for place in [(row, column), (column, row)] {
                    if let Some(entry) = matrix.get_mut(place) {
                        *entry = value;
                    }
                }
            }
        }
        Self { matrix, total, between: between * count / (count - 1.0) }
    }

    /// The eigenvalues above 0 with their vectors, the largest first.
    fn axes(&self) -> Vec<(f64, Vec<f64>)> {
        let found = self.matrix.clone().symmetric_eigen();
        let columns = found.eigenvectors.column_iter().map(|column| column.iter().copied().collect());
        let mut axes: Vec<(f64, Vec<f64>)> = found.eigenvalues.iter().copied().zip(columns).collect();
        axes.sort_by(|one, other| other.0.total_cmp(&one.0));
        let least = axes.first().map_or(0.0, |largest| largest.0 * 1e-11).max(1e-14);
        axes.retain(|(value, _)| *value > least);
        for (_, vector) in &mut axes {
            let mut largest = 0.0_f64;
            for value in vector.iter() {
                // Categories that contribute equally but for the last digits: the first decides.
                if value.abs() > largest.abs() * (1.0 + 1e-9) {
                    largest = *value;
                }
            }
            if largest < 0.0 {
                for value in vector.iter_mut() {
                    *value = -*value;
                }
            }
        }
        axes
    }
}

fn rates(all: &[(f64, Vec<f64>)], count: f64, total: f64, between: f64) -> Vec<Axis> {
    let adjusted = |value: f64| {
        let above = count / (count - 1.0) * (value - 1.0 / count).max(0.0);
        above * above
    };
    let sum: f64 = all.iter().map(|(value, _)| adjusted(*value)).sum();
    let mut cumulated = 0.0;
    all.iter()
        .map(|(value, _)| {
            cumulated += value / total;
            let adjusted_inertia = adjusted(*value);
            Axis {
                eigenvalue: *value,
                rate: value / total,
                cumulated_rate: cumulated,
                modified_rate: ratio(adjusted_inertia, sum),
                adjusted_inertia,
                adjusted_rate: ratio(adjusted_inertia, between),
            }
        })
        .collect()
}

/// The coordinates of each profile, from those of the categories it chose.
fn individuals(
    questions: &[Question],
    profiles: &Profiles,
    (points, shares, eigenvalues): (&Grid, &[f64], &[f64]),
) -> Grid {
    let mut center = vec![0.0; points.width()];
    for (point, share) in points.rows().zip(shares) {
        add_scaled(&mut center, point, *share);
    }
    let scales: Vec<f64> =
        eigenvalues.iter().map(|value| 1.0 / (real(questions.len()) * value.sqrt())).collect();
    let mut coordinates = Grid::zeros(profiles.first.len(), points.width());
    for (profile, first) in profiles.first.iter().enumerate() {
        let row = coordinates.row_mut(profile);
        add_scaled(row, &center, -1.0);
        for place in questions.iter().filter_map(|question| question.choice(*first)?.place) {
            add_scaled(row, points.row(place), 1.0);
        }
        for (value, scale) in row.iter_mut().zip(&scales) {
            *value *= scale;
        }
    }
    coordinates
}

/// The squared distance of a respondent from the origin, by active categories.
fn squared_norm(questions: &[Question], respondent: usize) -> f64 {
    let of_question = |question: &Question| -> f64 {
        let all: f64 =
            question.choices.iter().filter(|choice| choice.place.is_some()).map(|choice| choice.share).sum();
        let own = question.choice(respondent).filter(|choice| choice.place.is_some());
        all + own.map_or(0.0, |choice| 1.0 / choice.share - 2.0)
    };
    questions.iter().map(of_question).sum::<f64>() / real(questions.len())
}

fn told(detail: IndividualDetail, rows: usize, cloud: &Cloud) -> Option<Individuals> {
    let blank = || vec![vec![f64::NAN; rows]; cloud.coordinates.width()];
    let mut told = match detail {
        IndividualDetail::None => return None,
        IndividualDetail::Coordinates => {
            Individuals { coordinates: blank(), contributions: Vec::new(), cosines: Vec::new() }
        }
        IndividualDetail::All => {
            Individuals { coordinates: blank(), contributions: blank(), cosines: blank() }
        }
    };
    let distances: Vec<f64> = match detail {
        IndividualDetail::None | IndividualDetail::Coordinates => Vec::new(),
        IndividualDetail::All => {
            cloud.profiles.first.iter().map(|first| squared_norm(&cloud.questions, *first)).collect()
        }
    };
    let set = |column: Option<&mut Vec<f64>>, row: usize, value: f64| {
        if let Some(slot) = column.and_then(|column| column.get_mut(row)) {
            *slot = value;
        }
    };
    let studied = cloud.studied.rows.iter().zip(&cloud.studied.shares).zip(&cloud.profiles.of);
    for ((row, share), profile) in studied {
        let profile = *profile as usize;
        let axes = cloud.coordinates.row(profile).iter().zip(&cloud.eigenvalues);
        for (axis, (own, value)) in axes.enumerate() {
            set(told.coordinates.get_mut(axis), *row, *own);
            set(told.contributions.get_mut(axis), *row, share * own * own / value);
            set(told.cosines.get_mut(axis), *row, ratio(own * own, at(&distances, profile)));
        }
    }
    Some(told)
}
