//! An observatory as a document: its waves, its indicators, by what they are told apart, what protects them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::{
    AnalysisSpec, DesignSpec, EstimateSpec, ImputationSpec, ReplicateMethod, Statistic, SurveyError,
    WeightingStep,
    disclosure::{Ledger, RulesSpec},
    error::read_document,
    geometry::GeometrySpec,
    unique::unique,
};
use crate::base::Text;

/// Figures of a public that come out wave after wave, and what protects those who answered.
///
/// # Examples
/// ```
/// use c3ms_core::survey::observatory::ObservatorySpec;
/// let spec = ObservatorySpec::parse(r#"{"population": "visitors", "waves": [{"name": "2026", "data": "a.csv"}],
///     "indicators": [{"id": "spent", "statistic": "mean", "variables": ["spent"]}]}"#)?;
/// assert_eq!((spec.files(), spec.quality.answers, spec.rules.minimum), (vec!["a.csv"], 30, 5));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ObservatorySpec {
    /// What the report is called, by language.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub title: Text,
    /// What it is about, by language.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub description: Text,
    /// The license of the figures: `CC-BY-4.0`.
    #[serde(default)]
    pub license: Option<String>,
    /// Who was asked. Each wave is a public by itself, as its ledger is: `visitors / 2026`.
    pub population: String,
    /// The waves, the first one first.
    pub waves: Vec<WaveSpec>,
    /// What is told of them.
    pub indicators: Vec<IndicatorSpec>,
    /// By what each indicator is told apart, besides the wave: one after the other, never crossed.
    #[serde(default)]
    pub by: Vec<DimensionSpec>,
    /// What the levels of variables are called, by language.
    #[serde(default, deserialize_with = "unique")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>")
    )]
    pub labels: BTreeMap<String, BTreeMap<String, Text>>,
    /// The pairs of waves that are compared, the earlier one first; each with the one before where nothing is said.
    #[serde(default)]
    pub compare: Option<Vec<[String; 2]>>,
    /// A map of practices.
    #[serde(default)]
    pub map: Option<MapSpec>,
    /// Which cells are sensitive.
    #[serde(default)]
    pub rules: RulesSpec,
    /// How precise a figure must be.
    #[serde(default)]
    pub quality: QualitySpec,
    /// What was published before.
    #[serde(default)]
    pub ledger: Option<Ledger>,
}

/// One round of questions: who answered, drawn and weighted how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WaveSpec {
    /// Its short name, as charts show it: `2026`.
    pub name: String,
    /// What it is called, by language; its name where nothing is said.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub label: Text,
    /// The file of its answers, beside this document.
    pub data: String,
    /// How many people were asked; the rows of its file where nothing is said.
    #[serde(default)]
    pub asked: Option<usize>,
    /// Variables computed from others, in the language of forms.
    #[serde(default, deserialize_with = "unique", skip_serializing_if = "BTreeMap::is_empty")]
    pub compute: BTreeMap<String, String>,
    /// How the answers were drawn.
    #[serde(default)]
    pub design: DesignSpec,
    /// Answers that are missing, filled in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imputations: Vec<ImputationSpec>,
    /// What is done to the weights, step by step.
    #[serde(default)]
    pub weighting: Vec<WeightingStep>,
    /// The variance by replicates; else by Taylor linearization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicates: Option<ReplicateMethod>,
}

/// A figure that is told of each wave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IndicatorSpec {
    /// Its name for programs: never changed from one publication to the next.
    pub id: String,
    /// What it is called, by language; its name where nothing is said.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub label: Text,
    /// Which figure: total, mean, proportion, ratio or quantile.
    pub statistic: Statistic,
    /// Of which variable; a ratio is of two.
    pub variables: Vec<String>,
    /// The levels that are told, of a variable of categories; all where nothing is said.
    #[serde(default)]
    pub levels: Vec<String>,
    /// The share of which a quantile is the bound; one half where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Its unit, by language: `€`; of shares it is %.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub unit: Text,
    /// Of those for whom this holds, in the language of forms.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// By what indicators are told apart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DimensionSpec {
    /// The variable, of categories.
    pub variable: String,
    /// What it is called, by language: `by venue`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub label: Text,
}

/// A map of practices: which answers go together, in one wave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MapSpec {
    /// The wave.
    pub wave: String,
    /// Its axes and classes. Active variables are placed by their answers, supplementary ones are groups.
    pub geometry: GeometrySpec,
    /// What it is called, by language.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, String>"))]
    pub label: Text,
}

/// How precise a figure must be to be good, and to be published at all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct QualitySpec {
    /// With fewer answers it is to be used with care.
    pub answers: usize,
    /// Above this coefficient of variation it is to be used with care.
    pub cv: f64,
    /// Above this coefficient of variation it is not published. Shares are always: their CV grows as they fall.
    pub most_cv: f64,
}

impl Default for QualitySpec {
    fn default() -> Self {
        Self { answers: 30, cv: 0.3, most_cv: 0.6 }
    }
}

fn refused(figure: &str, reason: &str) -> SurveyError {
    SurveyError::FigureUnfit { figure: figure.to_owned(), reason: reason.to_owned() }
}

impl ObservatorySpec {
    /// Reads an observatory.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        read_document(json)
    }

    /// The JSON Schema of the document.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// The files that it names, each once.
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        let mut files = Vec::new();
        let mut add = |file| {
            if seen.insert(file) {
                files.push(file);
            }
        };
        for wave in &self.waves {
            add(wave.data.as_str());
            if let Some(joint) = wave.design.pps.as_ref().and_then(|pps| pps.joint.as_deref()) {
                add(joint);
            }
            if let Some(ReplicateMethod::Given(given)) = &wave.replicates
                && let Some(file) = given.file.as_deref()
            {
                add(file);
            }
        }
        files
    }

    /// Refuses what cannot be told, before anything is computed.
    pub(super) fn check(&self) -> Result<(), SurveyError> {
        if self.waves.is_empty() || self.indicators.is_empty() {
            return Err(SurveyError::DisclosureUnfit {
                reason: "an observatory has waves and indicators".to_owned(),
            });
        }
        once(self.waves.iter().map(|wave| wave.name.as_str()))?;
        once(self.indicators.iter().map(|indicator| indicator.id.as_str()))?;
        once(self.by.iter().map(|by| by.variable.as_str()))?;
        for indicator in &self.indicators {
            indicator.check()?;
        }
        for [from, to] in self.pairs() {
            self.wave(&from)?;
            self.wave(&to)?;
        }
        if let Some(map) = &self.map {
            self.wave(&map.wave)?;
        }
        for (what, value) in [("quality.cv", self.quality.cv), ("quality.most_cv", self.quality.most_cv)] {
            if value.is_nan() || value <= 0.0 {
                let what = what.to_owned();
                return Err(SurveyError::SettingUnfit { what, value, expected: "a number above 0" });
            }
        }
        Ok(())
    }

    fn wave(&self, name: &str) -> Result<&WaveSpec, SurveyError> {
        self.waves
            .iter()
            .find(|wave| wave.name == name)
            .ok_or_else(|| SurveyError::DisclosureUnfit { reason: format!("no wave is called {name:?}") })
    }

    /// The pairs of waves that are compared.
    pub(super) fn pairs(&self) -> Vec<[String; 2]> {
        if let Some(pairs) = &self.compare {
            return pairs.clone();
        }
        let names: Vec<&String> = self.waves.iter().map(|wave| &wave.name).collect();
        names
            .windows(2)
            .filter_map(|pair| Some([(*pair.first()?).clone(), (*pair.get(1)?).clone()]))
            .collect()
    }

    /// What a ledger calls the public of a wave.
    pub(super) fn public(&self, wave: &str) -> String {
        format!("{} / {wave}", self.population)
    }
}

/// Refuses a name that stands twice.
fn once<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), SurveyError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(SurveyError::SpecUnreadable { reason: format!("{name:?} stands twice") });
        }
    }
    Ok(())
}

impl IndicatorSpec {
    fn check(&self) -> Result<(), SurveyError> {
        match (self.statistic, self.variables.as_slice()) {
            (Statistic::Variance | Statistic::Correlation | Statistic::Gini, _) => Err(refused(
                &self.id,
                "an observatory tells totals, means, proportions, ratios and quantiles",
            )),
            (Statistic::Ratio, [_, _])
            | (Statistic::Total | Statistic::Mean | Statistic::Proportion | Statistic::Quantile, [_]) => {
                Ok(())
            }
            (Statistic::Ratio, _) => {
                Err(refused(&self.id, "a ratio is of two variables: what is above, what is below"))
            }
            (Statistic::Total | Statistic::Mean | Statistic::Proportion | Statistic::Quantile, _) => {
                Err(refused(&self.id, "an indicator is of one variable"))
            }
        }
    }

    /// What is estimated: of the whole, or by a dimension.
    pub(super) fn estimate(&self, id: String, by: Option<&str>) -> EstimateSpec {
        EstimateSpec {
            id: Some(id),
            statistic: self.statistic,
            variables: self.variables.clone(),
            by: by.into_iter().map(str::to_owned).collect(),
            condition: self.condition.clone(),
            probabilities: self.probability.into_iter().collect(),
            ..EstimateSpec::default()
        }
    }

    /// By which dimensions it is told: not by itself.
    pub(super) fn dimensions<'a>(&self, by: &'a [DimensionSpec]) -> Vec<&'a str> {
        let own = by.iter().map(|by| by.variable.as_str());
        own.filter(|by| !self.variables.iter().any(|variable| variable == by)).collect()
    }
}

impl WaveSpec {
    /// The analysis of its answers.
    pub(super) fn analysis(&self, estimates: Vec<EstimateSpec>) -> AnalysisSpec {
        AnalysisSpec {
            data: Some(self.data.clone()),
            compute: self.compute.clone(),
            design: self.design.clone(),
            imputations: self.imputations.clone(),
            weighting: self.weighting.clone(),
            replicates: self.replicates.clone(),
            estimates,
            ..AnalysisSpec::default()
        }
    }
}
