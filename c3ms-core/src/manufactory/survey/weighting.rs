//! What is done to the weights of a sample, step by step, as an analysis says it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Categories, Domains, SurveyError, Table,
    unique::unique,
    variance::real,
    weight::{
        Adjustment, Auxiliaries, Calibration, CalibrationOptions, Columns, Convergence, Distance, Margin,
        Rake, RakeOptions, Reweighting, Trimming, Weights, class_factors, response_propensity, trim,
    },
};

/// One step of a weighting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum WeightingStep {
    /// Those who answered stand for all of their class; those who did not have a weight of 0 from here on.
    ResponseClasses {
        /// The variable that is 1 for those who answered, 0 for those who did not.
        responded: String,
        /// The variables whose crossing makes the classes.
        classes: Vec<String>,
    },
    /// Each who answered is divided by the probability of answering, by a logistic model of what is known of all.
    ResponsePropensity {
        /// The variable that is 1 for those who answered, 0 for those who did not.
        responded: String,
        /// The variables that the probability depends on.
        terms: Vec<String>,
        /// These hold categories though their values are numbers.
        #[serde(default)]
        categories: Vec<String>,
        /// The model is fitted with the weights.
        #[serde(default)]
        weighted: bool,
        /// As many classes of like probability, in which those who answered stand for all, in place of the
        /// probabilities themselves.
        #[serde(default)]
        classes: Option<u32>,
    },
    /// Who can be reached in several ways counts less each time (Lavallée 2007): each row is a link from what was drawn
    /// to whom it leads, or a visit.
    WeightShare {
        /// To whom a link leads: the weight is divided by all links that lead there.
        #[serde(default)]
        clusters: Option<String>,
        /// The variable that is 1 for links from units that were drawn, 0 for the others.
        #[serde(default)]
        selected: Option<String>,
        /// How strong a link is; 1 where nobody says.
        #[serde(default)]
        strength: Option<String>,
        /// In place of links: all visits of the visitor that could have been drawn, this one included.
        #[serde(default)]
        visits: Option<String>,
    },
    /// The categories of one variable, or of a crossing, are brought to known totals.
    PostStratify(MarginSpec),
    /// Within each group categories are brought to the shares they have in a standard population.
    Standardize {
        /// The variable whose shares are known.
        by: String,
        /// Its categories in the standard population, as counts or shares.
        #[serde(deserialize_with = "unique")]
        population: BTreeMap<String, f64>,
        /// The variables whose crossing makes the groups; all are one group where there are none.
        #[serde(default)]
        over: Vec<String>,
        /// Who lacks an answer to one of these is left out first.
        #[serde(default)]
        answered: Vec<String>,
    },
    /// The categories of several variables are brought to known totals, in turn.
    Rake {
        /// The variables.
        margins: Vec<MarginSpec>,
        /// How far, as a share, a total may stay off.
        #[serde(default)]
        tolerance: Option<f64>,
        /// The rounds that are made at most.
        #[serde(default)]
        iterations: Option<u32>,
    },
    /// Totals of variables are met while the weights change as little as they can.
    Calibrate {
        /// What is kept small.
        #[serde(default)]
        distance: DistanceName,
        /// The least ratio of new to old weight.
        #[serde(default)]
        lower: Option<f64>,
        /// The largest ratio of new to old weight.
        #[serde(default)]
        upper: Option<f64>,
        /// How many people there are.
        #[serde(default)]
        count: Option<f64>,
        /// Totals of variables of numbers.
        #[serde(default, deserialize_with = "unique")]
        totals: BTreeMap<String, f64>,
        /// Totals of categories.
        #[serde(default)]
        margins: Vec<MarginSpec>,
    },
    /// Weights beyond a bound are brought to it, the others make up for it.
    Trim {
        /// The least weight.
        #[serde(default)]
        lower: f64,
        /// The largest weight.
        #[serde(default)]
        upper: Option<f64>,
        /// Again until none is beyond.
        #[serde(default)]
        strict: bool,
    },
}

/// Known totals of the categories of a variable, or of the cells of a crossing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct MarginSpec {
    /// The variable.
    pub variable: String,
    /// How many people are in each category.
    #[serde(deserialize_with = "unique")]
    pub totals: BTreeMap<String, f64>,
    /// In place of these: how many are in each cell of a crossing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<CellTotal>,
}

/// How many people are in a cell of a crossing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CellTotal {
    /// Of each variable the category.
    #[serde(deserialize_with = "unique")]
    pub of: BTreeMap<String, String>,
    /// How many people.
    pub total: f64,
}

/// What a calibration keeps small.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DistanceName {
    /// Squares: the regression estimator.
    #[default]
    Linear,
    /// Exponential: raking.
    Raking,
    /// Between two bounds, by a curve.
    Logit,
    /// Linear between two bounds.
    Truncated,
}

/// What a step did to the weights.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StepReport {
    /// Which step.
    pub step: &'static str,
    /// Rounds that were made, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iterations: Option<u32>,
    /// The largest distance from a known total that is left, as a share of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviation: Option<f64>,
    /// Rows that stand for anybody after it.
    pub n: usize,
    /// How many people they stand for.
    pub sum: f64,
    /// The least weight.
    pub least: f64,
    /// The largest weight.
    pub largest: f64,
    /// Weights below 0.
    pub negatives: usize,
    /// Kish's design effect: by what unequal weights alone multiply a variance.
    pub kish: f64,
    /// By class what its weights were multiplied with; of a response model its coefficients; by cluster the weight.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<(String, f64)>,
}

/// Weights after all steps, and what a variance must know of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Weighted {
    pub(super) weights: Vec<f64>,
    pub(super) adjustments: Vec<Adjustment>,
    pub(super) reports: Vec<StepReport>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// Carried out anew on the weights of each replicate.
    Reweight(Box<Reweighting>),
    /// Carried out anew: of each respondent the class, and whether they answered.
    Respond { classes: Vec<u32>, names: Vec<String>, responded: Vec<bool> },
    /// What each weight was multiplied with, and is in each replicate.
    Multiply(Vec<f64>),
}

/// What a step found besides the weights.
#[derive(Default)]
struct Found {
    convergence: Option<Convergence>,
    parts: Vec<(String, f64)>,
}

impl Weighted {
    /// Carries the steps out, one after another.
    pub(super) fn new(weights: &[f64], steps: &[WeightingStep], table: &Table) -> Result<Self, SurveyError> {
        let mut weighted = Self { weights: weights.to_vec(), ..Self::default() };
        for step in steps {
            let mut found = Found::default();
            for carried in step.read(&weighted.weights, table, &mut found)? {
                weighted.carry_out(carried, &mut found)?;
            }
            weighted.reports.push(report(step.name(), &weighted.weights, found));
        }
        Ok(weighted)
    }

    fn carry_out(&mut self, step: Step, found: &mut Found) -> Result<(), SurveyError> {
        match &step {
            Step::Reweight(reweighting) => {
                let fitted = reweighting.apply(&self.weights)?;
                self.weights = fitted.weights.into_values();
                self.adjustments.push(fitted.adjustment);
                found.convergence = Some(fitted.convergence);
            }
            Step::Respond { .. } | Step::Multiply(_) => step.in_place(&mut self.weights)?,
        }
        self.steps.push(step);
        Ok(())
    }

    /// The same steps on the weights of a replicate.
    pub(super) fn again(&self, replicate: usize, mut weights: Vec<f64>) -> Result<Vec<f64>, SurveyError> {
        for step in &self.steps {
            step.in_place(&mut weights)
                .map_err(|reason| SurveyError::ReplicateUnfit { replicate, reason: Box::new(reason) })?;
        }
        Ok(weights)
    }

    pub(super) const fn is_adjusted(&self) -> bool {
        !self.steps.is_empty()
    }
}

impl Step {
    fn in_place(&self, weights: &mut [f64]) -> Result<(), SurveyError> {
        match self {
            Self::Reweight(reweighting) => reweighting.in_place(weights).map(|_| ()),
            Self::Multiply(factors) => {
                // Of who stands for nobody the factor may be unknown.
                let used = weights.iter_mut().zip(factors).filter(|(weight, _)| **weight != 0.0);
                used.for_each(|(weight, factor)| *weight *= factor);
                Ok(())
            }
            Self::Respond { classes, names, responded } => {
                let factors = factors(weights, responded, classes, names)?;
                for ((weight, class), responded) in weights.iter_mut().zip(classes).zip(responded) {
                    let factor = factors.get(*class as usize).copied().unwrap_or(1.0);
                    *weight *= if *responded { factor } else { 0.0 };
                }
                Ok(())
            }
        }
    }
}

/// By class of those who answered what their weights are multiplied with.
fn factors(
    weights: &[f64],
    responded: &[bool],
    classes: &[u32],
    names: &[String],
) -> Result<Vec<f64>, SurveyError> {
    let name = |class: usize| names.get(class).cloned().unwrap_or_default();
    class_factors(weights, responded, classes, names.len(), name)
}

fn report(step: &'static str, weights: &[f64], found: Found) -> StepReport {
    let used = || weights.iter().filter(|weight| **weight != 0.0);
    let n = used().count();
    let (sum, squares) = (used().sum::<f64>(), used().map(|weight| weight * weight).sum::<f64>());
    StepReport {
        step,
        iterations: found.convergence.map(|convergence| convergence.iterations),
        deviation: found.convergence.map(|convergence| convergence.deviation),
        n,
        sum,
        least: used().copied().fold(f64::INFINITY, f64::min),
        largest: used().copied().fold(f64::NEG_INFINITY, f64::max),
        negatives: used().filter(|weight| **weight < 0.0).count(),
        kish: real(n) * squares / (sum * sum),
        parts: found.parts,
    }
}

impl WeightingStep {
    const fn name(&self) -> &'static str {
        match self {
            Self::ResponseClasses { .. } => "response-classes",
            Self::ResponsePropensity { .. } => "response-propensity",
            Self::WeightShare { .. } => "weight-share",
            Self::PostStratify(_) => "post-stratify",
            Self::Standardize { .. } => "standardize",
            Self::Rake { .. } => "rake",
            Self::Calibrate { .. } => "calibrate",
            Self::Trim { .. } => "trim",
        }
    }

    /// Rows of weight 0 stand for nobody: what is missing in them does not matter.
    fn read(&self, weights: &[f64], table: &Table, found: &mut Found) -> Result<Vec<Step>, SurveyError> {
        let active: Vec<bool> = weights.iter().map(|weight| *weight != 0.0).collect();
        let one = |reweighting| Ok(vec![Step::Reweight(Box::new(reweighting))]);
        match self {
            Self::ResponseClasses { responded, classes } => {
                let responded = told(table, responded, &active)?;
                let (codes, names) = crossed(table, classes, &active)?;
                let factors = factors(weights, &responded, &codes, &names)?;
                found.parts = names.iter().cloned().zip(factors).collect();
                Ok(vec![Step::Respond { classes: codes, names, responded }])
            }
            Self::ResponsePropensity { responded, terms, categories, weighted, classes } => {
                let responded = told(table, responded, &active)?;
                propensity(
                    (terms, categories, *weighted, *classes),
                    (weights, &active, responded),
                    table,
                    found,
                )
            }
            Self::WeightShare { clusters, selected, strength, visits } => {
                let links = (clusters.as_deref(), selected.as_deref(), strength.as_deref());
                shared(links, visits.as_deref(), (weights, &active), table, found)
            }
            Self::PostStratify(margin) => one(Reweighting::PostStratify(margin.read(table, &active)?)),
            Self::Standardize { by, population, over, answered } => {
                standardized((by, population, over), answered, (weights, active), table)
            }
            Self::Rake { margins, tolerance, iterations } => {
                let margins =
                    margins.iter().map(|margin| margin.read(table, &active)).collect::<Result<_, _>>()?;
                let known = RakeOptions::default();
                let most = 100_000;
                if let Some(value) = iterations.filter(|rounds| !(1..=most).contains(rounds)) {
                    let (what, value) = ("iterations".to_owned(), f64::from(value));
                    return Err(SurveyError::SettingUnfit { what, value, expected: "from 1 to 100,000" });
                }
                one(Reweighting::Rake(Rake::new(
                    margins,
                    RakeOptions {
                        tolerance: tolerance.unwrap_or(1e-11),
                        iterations: iterations.unwrap_or(known.iterations),
                    },
                )?))
            }
            Self::Calibrate { distance, lower, upper, count, totals, margins } => {
                let mut auxiliaries = Auxiliaries::new(table.rows());
                if let Some(count) = count {
                    auxiliaries = auxiliaries.count(*count)?;
                }
                for (name, total) in totals {
                    let numbers = table.numbers(name)?.iter().zip(&active);
                    let used = |(number, active): (&f64, &bool)| if *active { *number } else { 0.0 };
                    auxiliaries = auxiliaries.number(name, &numbers.map(used).collect::<Vec<_>>(), *total)?;
                }
                for margin in margins {
                    auxiliaries = auxiliaries.margin(&margin.read(table, &active)?)?;
                }
                let bounded = matches!(distance, DistanceName::Logit | DistanceName::Truncated);
                if !bounded && (lower.is_some() || upper.is_some()) {
                    let reason = "bounds are of the distances logit and truncated";
                    return Err(SurveyError::DesignUnfit { design: "calibration", reason });
                }
                let (lower, upper) = (lower.unwrap_or(0.0), upper.unwrap_or(f64::INFINITY));
                let distance = match distance {
                    DistanceName::Linear => Distance::Linear,
                    DistanceName::Raking => Distance::Raking,
                    DistanceName::Logit => Distance::Logit { lower, upper },
                    DistanceName::Truncated => Distance::Truncated { lower, upper },
                };
                let options = CalibrationOptions { tolerance: 1e-12, ..CalibrationOptions::new(distance) };
                one(Reweighting::Calibrate(Calibration::new(auxiliaries, options)?))
            }
            Self::Trim { lower, upper, strict } => {
                let upper = upper.unwrap_or(f64::INFINITY);
                let stand = weights.iter().copied().enumerate().filter(|(_, weight)| *weight != 0.0);
                let (rows, used): (Vec<usize>, Vec<f64>) = stand.unzip();
                let used = Weights::new(used).map_err(|error| error.of_rows(&rows))?;
                let bounds = Trimming { lower: *lower, upper, strict: *strict };
                let trimmed = trim(&used, &bounds)?;
                let mut after = trimmed.weights.values().iter();
                let factor = |weight: &f64| {
                    if *weight == 0.0 { 1.0 } else { after.next().map_or(1.0, |after| after / weight) }
                };
                let factors = weights.iter().map(factor).collect();
                found.convergence = Some(Convergence { iterations: trimmed.rounds, deviation: 0.0 });
                Ok(vec![Step::Multiply(factors)])
            }
        }
    }
}

/// A variable that is 1 or 0, true or false, of all who stand for anybody.
pub(super) fn told(table: &Table, name: &str, active: &[bool]) -> Result<Vec<bool>, SurveyError> {
    let numbers = table.conditions(name)?;
    let is = |value: f64, wanted: f64| value.to_bits() == wanted.to_bits();
    for (at, (value, active)) in numbers.iter().zip(active).enumerate() {
        if *active && !is(*value, 0.0) && !is(*value, 1.0) {
            let what = name.to_owned();
            return Err(SurveyError::NumberUnfit { what, value: *value, at, expected: "1 or 0" });
        }
    }
    Ok(numbers.iter().map(|value| is(*value, 1.0)).collect())
}

/// The crossing of variables: the code of each row and the name of each cell; everybody where there are none.
fn crossed(
    table: &Table,
    variables: &[String],
    active: &[bool],
) -> Result<(Vec<u32>, Vec<String>), SurveyError> {
    let categories = variables.iter().map(|name| table.categories(name)).collect::<Result<Vec<_>, _>>()?;
    for (name, categories) in variables.iter().zip(&categories) {
        let lacks = |(code, active): (&u32, &bool)| *active && *code == Categories::MISSING;
        if let Some(row) = categories.codes.iter().zip(active).position(lacks) {
            return Err(SurveyError::MissingInDesign { name: name.clone(), row });
        }
    }
    if categories.is_empty() {
        return Ok((vec![0; table.rows()], vec!["all".to_owned()]));
    }
    let borrowed: Vec<&Categories> = categories.iter().map(|categories| &**categories).collect();
    let domains = Domains::crossed(&borrowed, Some(active));
    let mut codes = vec![0; table.rows()];
    let mut names = Vec::with_capacity(domains.count());
    for (domain, place) in (0..domains.count()).zip(0_u32..) {
        for row in domains.rows(domain) {
            if let Some(code) = codes.get_mut(*row as usize) {
                *code = place;
            }
        }
        let levels = borrowed.iter().zip(domains.codes(domain));
        let level = |(own, code): (&&Categories, &u32)| own.levels.get(*code as usize).cloned();
        names.push(levels.filter_map(level).collect::<Vec<_>>().join(", "));
    }
    Ok((codes, names))
}

/// The weights divided by the probability of answering, or classes of like probability.
fn propensity(
    (terms, categories, weighted, classes): (&[String], &[String], bool, Option<u32>),
    (weights, active, responded): (&[f64], &[bool], Vec<bool>),
    table: &Table,
    found: &mut Found,
) -> Result<Vec<Step>, SurveyError> {
    let asked: Vec<usize> =
        active.iter().enumerate().filter(|(_, active)| **active).map(|(row, _)| row).collect();
    let mut columns = Columns::new(asked.len());
    let mut names = vec!["(Intercept)".to_owned()];
    for regressor in super::model::regressors(table, terms, categories)?.into_iter().skip(1) {
        let values: Vec<f64> = asked.iter().filter_map(|row| regressor.values.get(*row)).copied().collect();
        if let Some(row) = values.iter().position(|value| value.is_nan()) {
            let row = asked.get(row).copied().unwrap_or(row);
            return Err(SurveyError::MissingInDesign { name: regressor.term, row });
        }
        columns =
            columns.number(&values).map_err(|error| error.of_rows(&asked).of_variable(&regressor.term))?;
        names.push(regressor.level.map_or(regressor.term.clone(), |level| regressor.term + "=" + &level));
    }
    let answered: Vec<bool> = asked.iter().filter_map(|row| responded.get(*row)).copied().collect();
    let own: Vec<f64> = asked.iter().filter_map(|row| weights.get(*row)).copied().collect();
    let own = weighted.then(|| Weights::new(own).map_err(|error| error.of_rows(&asked))).transpose()?;
    let model = response_propensity(&answered, &columns, own.as_ref())?;
    found.convergence = Some(model.convergence);
    found.parts = names.into_iter().zip(model.coefficients.iter().copied()).collect();
    if let Some(count) = classes {
        let mut codes = vec![0; weights.len()];
        for (row, class) in asked.iter().zip(model.classes(count)?) {
            if let Some(code) = codes.get_mut(*row) {
                *code = class;
            }
        }
        let names = (0..=codes.iter().max().copied().unwrap_or(0)).map(|class| class.to_string()).collect();
        return Ok(vec![Step::Respond { classes: codes, names, responded }]);
    }
    let mut factors = vec![0.0; weights.len()];
    for ((row, probability), answered) in asked.iter().zip(&model.probabilities).zip(answered) {
        if let Some(factor) = factors.get_mut(*row) {
            *factor = if answered { 1.0 / probability } else { 0.0 };
        }
    }
    Ok(vec![Step::Multiply(factors)])
}

/// Each link's share of the weight of what was drawn; or the weight of a visit over the visits.
fn shared(
    (clusters, selected, strength): (Option<&str>, Option<&str>, Option<&str>),
    visits: Option<&str>,
    (weights, active): (&[f64], &[bool]),
    table: &Table,
    found: &mut Found,
) -> Result<Vec<Step>, SurveyError> {
    let unfit = |reason| Err(SurveyError::DesignUnfit { design: "weight share", reason });
    let (clusters, visits) = match (clusters, visits) {
        (None, Some(visits)) => (None, table.numbers(visits)?),
        (Some(clusters), None) => (Some(clusters), &[][..]),
        (Some(_), Some(_)) | (None, None) => {
            return unfit("say to whom links lead (clusters), or how many visits each made (visits)");
        }
    };
    let Some(clusters) = clusters else {
        if selected.is_some() || strength.is_some() {
            return unfit("selected and strength are of links, not of visits");
        }
        let few = |(visits, active): (&f64, &bool)| *active && !(visits.is_finite() && *visits >= 1.0);
        if let Some(at) = visits.iter().zip(active).position(few) {
            let value = visits.get(at).copied().unwrap_or(f64::NAN);
            let what = "number of visits".to_owned();
            return Err(SurveyError::NumberUnfit { what, value, at, expected: "1 or more" });
        }
        return Ok(vec![Step::Multiply(visits.iter().map(|visits| 1.0 / visits).collect())]);
    };
    let (codes, names) = crossed(table, &[clusters.to_owned()], active)?;
    let selected = match selected {
        Some(name) => told(table, name, active)?,
        None => vec![true; weights.len()],
    };
    let strength = match strength {
        Some(name) => table.numbers(name)?.to_vec(),
        None => vec![1.0; weights.len()],
    };
    let mut all = vec![0.0; names.len()];
    for (at, ((code, strength), active)) in codes.iter().zip(&strength).zip(active).enumerate() {
        if *active && !(*strength >= 0.0 && strength.is_finite()) {
            let what = "strength of a link".to_owned();
            return Err(SurveyError::NumberUnfit { what, value: *strength, at, expected: "0 or more" });
        }
        if let Some(sum) = all.get_mut(*code as usize).filter(|_| *active) {
            *sum += strength;
        }
    }
    let share = |((code, strength), selected): ((&u32, &f64), &bool)| {
        let all = all.get(*code as usize).copied().unwrap_or(0.0);
        if *selected && all > 0.0 { strength / all } else { 0.0 }
    };
    let factors: Vec<f64> = codes.iter().zip(&strength).zip(&selected).map(share).collect();
    let mut of_clusters = vec![0.0; names.len()];
    for ((code, weight), factor) in codes.iter().zip(weights).zip(&factors) {
        if let Some(sum) = of_clusters.get_mut(*code as usize) {
            *sum += weight * factor;
        }
    }
    found.parts = names.into_iter().zip(of_clusters).collect();
    Ok(vec![Step::Multiply(factors)])
}

/// Within each group the categories at the shares of a standard population; the size of the groups stays.
///
/// # Source
/// Klein and Schoenborn (2001), "Age Adjustment Using the 2000 Projected U.S. Population", NCHS; R's `svystandardize`.
fn standardized(
    (by, population, over): (&str, &BTreeMap<String, f64>, &[String]),
    answered: &[String],
    (weights, mut active): (&[f64], Vec<bool>),
    table: &Table,
) -> Result<Vec<Step>, SurveyError> {
    for name in answered {
        let categories = table.categories(name)?;
        for (active, code) in active.iter_mut().zip(&categories.codes) {
            *active &= *code != Categories::MISSING;
        }
    }
    let whole: f64 = population.values().sum();
    let (groups, group_names) = crossed(table, over, &active)?;
    let (cells, names) = crossed(table, &[&[by.to_owned()], over].concat(), &active)?;
    let levels = table.categories(by)?;
    let mut sizes = vec![0.0; group_names.len()];
    let used = || groups.iter().zip(weights).zip(&active).filter(|(_, active)| **active);
    for ((group, weight), _) in used() {
        if let Some(size) = sizes.get_mut(*group as usize) {
            *size += weight;
        }
    }
    let count = cells.iter().max().map_or(0, |most| *most as usize + 1);
    let mut totals = vec![0.0; count];
    for (((cell, group), active), row) in cells.iter().zip(&groups).zip(&active).zip(0..) {
        if !active {
            continue;
        }
        let level = levels.level(row).unwrap_or_default();
        let Some(share) = population.get(level) else {
            return Err(SurveyError::MarginUnmet {
                margin: by.to_owned(),
                category: level.to_owned(),
                reason: "it has rows, and no share in the standard population",
            });
        };
        let size = sizes.get(*group as usize).copied().unwrap_or(0.0);
        if let Some(total) = totals.get_mut(*cell as usize) {
            *total = size * share / whole;
        }
    }
    let keep = active.iter().map(|active| f64::from(u8::from(*active))).collect();
    let margin = Margin::named(by, &names, &cells, &totals)?;
    Ok(vec![Step::Multiply(keep), Step::Reweight(Box::new(Reweighting::PostStratify(margin)))])
}

impl MarginSpec {
    fn read(&self, table: &Table, active: &[bool]) -> Result<Margin, SurveyError> {
        let variables: Vec<String> = match self.cells.first() {
            Some(cell) => cell.of.keys().cloned().collect(),
            None => vec![self.variable.clone()],
        };
        let name = variables.join(" × ");
        let unmet = |category: &str, reason: &'static str| SurveyError::MarginUnmet {
            margin: name.clone(),
            category: category.to_owned(),
            reason,
        };
        let mut known: BTreeMap<String, f64> = BTreeMap::new();
        if self.cells.is_empty() {
            known.clone_from(&self.totals);
        }
        for cell in &self.cells {
            let levels: Vec<String> = cell.of.values().cloned().collect();
            if cell.of.len() != variables.len() || variables.iter().any(|name| !cell.of.contains_key(name)) {
                return Err(unmet(
                    &levels.join(", "),
                    "it does not name the same variables as the first cell",
                ));
            }
            if known.insert(levels.join(", "), cell.total).is_some() {
                return Err(unmet(&levels.join(", "), "it stands twice"));
            }
        }
        let (codes, cells) = crossed(table, &variables, active)?;
        known.retain(|level, total| *total != 0.0 || cells.contains(level));
        if let Some(level) = known.keys().find(|level| !cells.contains(level)) {
            return Err(unmet(level, "it has a total and no rows"));
        }
        let total = |level: &String| {
            known.get(level).copied().ok_or_else(|| unmet(level, "it has rows and no total"))
        };
        let totals = cells.iter().map(total).collect::<Result<Vec<f64>, SurveyError>>()?;
        Margin::named(&name, &cells, &codes, &totals)
    }
}
