//! An observatory: figures of a public wave after wave, each told with its precision or not at all.

mod compare;
mod csv;
mod map;
mod protect;
mod spec;
mod told;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

pub use compare::holm;
pub use spec::{DimensionSpec, IndicatorSpec, MapSpec, ObservatorySpec, QualitySpec, WaveSpec};
pub use told::{
    Comparison, Ellipse, Figure, Indicator, Map, Method, Observatory, Observed, Point, Profile, Quality,
    Trait, Wave,
};

use super::{
    Beside, Estimate, NamedEstimate, Statistic, Survey, SurveyError, Table, Watch, analysis::Ready,
    estimate::LEVEL, variance::real,
};
use crate::base::{Digest, digest_of};
use map::Drawn;
use protect::{Cells, Out};

/// How figures are protected, in words.
const PROTECTION: &str = "cells of respondents behind a figure, and the sums behind totals, means and ratios, by minimum, \
    dominance and p % rules, with secondary suppression proved by linear programs; a figure is told where all cells behind it are";
/// How waves are compared, in words.
const COMPARISON: &str = "difference of independent samples, Student's t with Satterthwaite's degrees of freedom, \
    Holm's adjustment over all comparisons that are told";

/// A wave at work.
struct Round {
    estimates: Vec<NamedEstimate>,
    out: Out,
    rows: usize,
    map: Option<Map>,
    levels: BTreeMap<String, Vec<String>>,
}

impl ObservatorySpec {
    /// Computes the figures of all waves and protects them: what is left out is left out everywhere.
    ///
    /// A figure is told where all cells behind it can be: the respondents of its dimension, those who answered, each level
    /// with them, and the sums of totals, means and ratios. Waves are publics by themselves; no sum over waves is told.
    /// `files` has the text of each file that [`ObservatorySpec::files`] names.
    ///
    /// # Errors
    /// [`SurveyError::FileUnknown`]; [`SurveyError::DisclosureUnfit`], [`SurveyError::FigureUnfit`] for a document that asks
    /// what cannot be told; those of [`AnalysisSpec::carry_out_with`](super::AnalysisSpec::carry_out_with) and of
    /// [`DisclosureSpec::carry_out`](super::disclosure::DisclosureSpec::carry_out).
    ///
    /// # Examples
    /// Ten of thirteen answers are from A. Three of B are few: B is not told, nor is A, as the whole would give B away.
    /// ```
    /// use c3ms_core::survey::observatory::ObservatorySpec;
    /// use std::collections::BTreeMap;
    /// let spec = ObservatorySpec::parse(r#"{"population": "visitors", "waves": [{"name": "2026", "data": "a.csv"}],
    ///     "indicators": [{"id": "spent", "statistic": "mean", "variables": ["spent"]}], "by": [{"variable": "venue"}]}"#)?;
    /// let answers = format!("venue,spent\n{}{}", "A,10\nA,14\n".repeat(5), "B,25\n".repeat(3));
    /// let found = spec.carry_out(&BTreeMap::from([("a.csv".to_owned(), answers)]))?;
    /// let figures = &found.observatory.indicators[0].figures;
    /// let told: Vec<Option<f64>> = figures.iter().map(|figure| figure.value).collect();
    /// assert_eq!(told, [Some(15.0), None, None]);
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn carry_out(&self, files: &BTreeMap<String, String>) -> Result<Observed, SurveyError> {
        self.carry_out_with(files, &|_, _| ControlFlow::Continue(()))
    }

    /// The same; `watch` is asked now and then whether to go on.
    ///
    /// # Errors
    /// As [`ObservatorySpec::carry_out`]; [`SurveyError::Stopped`].
    pub fn carry_out_with(
        &self,
        files: &BTreeMap<String, String>,
        watch: &Watch<'_>,
    ) -> Result<Observed, SurveyError> {
        self.check()?;
        let mut tables = Beside::new();
        let mut inputs = BTreeMap::new();
        for name in self.files() {
            let text = files.get(name).ok_or_else(|| SurveyError::FileUnknown { name: name.to_owned() })?;
            tables.insert(name.to_owned(), Table::parse(text)?);
            inputs.insert(name.to_owned(), Digest::of(&[text.as_bytes()]));
        }
        let mut ledger = self.ledger.clone().unwrap_or_default();
        let mut rounds = Vec::with_capacity(self.waves.len());
        for wave in &self.waves {
            rounds.push(self.round(wave, &tables, &mut ledger, watch)?);
        }
        let mut indicators: Vec<Indicator> = self
            .indicators
            .iter()
            .enumerate()
            .map(|(number, own)| self.indicator(number, own, &rounds))
            .collect();
        compare::compare(&mut indicators, &self.pairs());
        let waves = self.waves.iter().zip(&rounds).map(|(wave, round)| Wave {
            name: wave.name.clone(),
            label: wave.label.clone(),
            asked: wave.asked.unwrap_or(round.rows),
            answered: round.out.people(&[], false),
            data: wave.data.clone(),
            compute: wave.compute.clone(),
            design: wave.design.clone(),
            imputations: wave.imputations.clone(),
            weighting: wave.weighting.clone(),
            replicates: wave.replicates.clone(),
        });
        let waves = waves.collect();
        let observatory = Observatory {
            title: self.title.clone(),
            description: self.description.clone(),
            license: self.license.clone(),
            population: self.population.clone(),
            method: Method {
                software: "c3ms",
                version: env!("CARGO_PKG_VERSION"),
                spec: digest_of(&Self { ledger: None, ..self.clone() }).ok(),
                inputs,
                level: LEVEL,
                minimum: self.rules.minimum,
                quality: self.quality,
                protection: PROTECTION,
                comparison: COMPARISON,
            },
            waves,
            by: self.by.clone(),
            labels: self.labels.clone(),
            indicators,
            map: rounds.into_iter().find_map(|round| round.map),
        };
        Ok(Observed { observatory, ledger })
    }

    /// The figures of a wave, and what of them can be told.
    fn round(
        &self,
        wave: &WaveSpec,
        tables: &Beside,
        ledger: &mut super::disclosure::Ledger,
        watch: &Watch<'_>,
    ) -> Result<Round, SurveyError> {
        let mut estimates = Vec::new();
        for (number, indicator) in self.indicators.iter().enumerate() {
            estimates.push(indicator.estimate(number.to_string(), None));
            let by = indicator.dimensions(&self.by).into_iter();
            estimates.extend(by.map(|by| indicator.estimate(number.to_string(), Some(by))));
        }
        let analysis = wave.analysis(estimates);
        let table =
            tables.get(&wave.data).ok_or_else(|| SurveyError::FileUnknown { name: wave.data.clone() })?;
        let found = analysis.carry_out_with(table, tables, watch)?;
        let Ready { table: ready, design, weighted, .. } = analysis.ready(table, tables)?;
        let survey =
            Survey { design: &design, weights: &weighted.weights, adjustments: &weighted.adjustments };
        let mut cells = Cells::new(self, &ready, survey.weights)?;
        let asked = self.map.as_ref().filter(|map| map.wave == wave.name);
        let drawn = asked.map(|map| Drawn::new(map, &ready, survey)).transpose()?;
        if let Some(drawn) = &drawn {
            drawn.count(&mut cells, &ready)?;
        }
        let out = cells.protect(&self.public(&wave.name), ledger, watch)?;
        let mut levels = BTreeMap::new();
        for by in &self.by {
            levels.insert(by.variable.clone(), ready.categories(&by.variable)?.levels.clone());
        }
        Ok(Round {
            estimates: found.estimates,
            map: drawn.map(|drawn| drawn.told(&out)),
            out,
            rows: table.rows(),
            levels,
        })
    }

    /// The figures of an indicator: of the whole, then by each dimension; of each level, wave by wave.
    fn indicator(&self, number: usize, own: &IndicatorSpec, rounds: &[Round]) -> Indicator {
        let id = number.to_string();
        let of = |round: &Round| -> Vec<NamedEstimate> {
            round.estimates.iter().filter(|estimate| estimate.id == id).cloned().collect()
        };
        let estimates: Vec<Vec<NamedEstimate>> = rounds.iter().map(of).collect();
        let levels = ordered(estimates.iter().flatten().map(|estimate| estimate.level.clone()));
        let is_told = |level: &Option<String>| {
            own.levels.is_empty() || level.as_ref().is_none_or(|level| own.levels.contains(level))
        };
        let mut levels: Vec<Option<String>> = levels.into_iter().filter(is_told).collect();
        levels.sort_by_key(|level| {
            level.as_ref().and_then(|level| own.levels.iter().position(|asked| asked == level))
        });
        let mut places: Vec<Option<(&str, String)>> = vec![None];
        for by in own.dimensions(&self.by) {
            let members = rounds.iter().flat_map(|round| round.levels.get(by).into_iter().flatten().cloned());
            places.extend(ordered(members).into_iter().map(|member| Some((by, member))));
        }
        let mut figures = Vec::new();
        for place in &places {
            for level in &levels {
                for ((wave, round), estimates) in self.waves.iter().zip(rounds).zip(&estimates) {
                    let is_it = |estimate: &&NamedEstimate| {
                        let at = estimate.by.iter().next().map(|(by, member)| (by.as_str(), member.as_str()));
                        estimate.level == *level
                            && at == place.as_ref().map(|(by, member)| (*by, member.as_str()))
                    };
                    let Some(found) = estimates.iter().find(is_it) else { continue };
                    let at = place.as_ref().map(|(by, member)| (*by, member.as_str()));
                    let base = round.out.base(&own.id, at, level.as_deref());
                    figures.push(Figure {
                        wave: wave.name.clone(),
                        by: at.map(|(by, _)| by.to_owned()),
                        member: at.map(|(_, member)| member.to_owned()),
                        level: level.clone(),
                        ..self.figure(own, &found.estimate, base)
                    });
                }
            }
        }
        Indicator {
            id: own.id.clone(),
            label: own.label.clone(),
            statistic: own.statistic,
            variables: own.variables.clone(),
            probability: (own.statistic == Statistic::Quantile).then(|| own.probability.unwrap_or(0.5)),
            unit: own.unit.clone(),
            condition: own.condition.clone(),
            figures,
            comparisons: Vec::new(),
        }
    }

    /// A figure as it is told, given how many answered where that can be.
    fn figure(&self, own: &IndicatorSpec, found: &Estimate, base: Option<usize>) -> Figure {
        let suppressed = Figure { suppressed: true, ..Figure::default() };
        let Some(n) = base.filter(|_| found.value.is_finite()) else { return suppressed };
        let is_imprecise = |most: f64| found.cv.is_some_and(|cv| cv > most);
        let is_share = own.statistic == Statistic::Proportion;
        if own.statistic == Statistic::Quantile {
            // Few beyond it, and the quantile is an answer of one of them.
            let share = own.probability.unwrap_or(0.5);
            if real(n) * share.min(1.0 - share) < f64::from(self.rules.minimum) {
                return suppressed;
            }
        }
        if !is_share && is_imprecise(self.quality.most_cv) {
            return Figure { quality: Some(Quality::Imprecise), ..suppressed };
        }
        let needs_care = n < self.quality.answers || is_imprecise(self.quality.cv) || found.ci.is_none();
        let finite = |number: f64| Some(number).filter(|number| number.is_finite());
        Figure {
            suppressed: false,
            value: Some(found.value),
            se: finite(found.se),
            interval: found.ci,
            n: Some(n),
            n_effective: found.n_effective,
            df: finite(found.df),
            cv: found.cv,
            quality: Some(if needs_care { Quality::Care } else { Quality::Good }),
            rule: Some(found.rule),
            ..Figure::default()
        }
    }
}

/// Each once, in the order in which they first stand.
fn ordered<T: Ord + Clone>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    all.filter(|one| seen.insert(one.clone())).collect()
}
