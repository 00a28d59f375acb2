//! What an observatory publishes, and what only those who publish keep.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    super::{DesignSpec, ImputationSpec, ReplicateMethod, Statistic, WeightingStep, disclosure::Ledger},
    spec::{DimensionSpec, QualitySpec},
};
use crate::base::{Digest, Text};

/// Figures that can be published, and what is out from now on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Observed {
    /// For the public.
    pub observatory: Observatory,
    /// For the next publication; for those who publish alone.
    pub ledger: Ledger,
}

/// An observatory as it can be published: each figure is either told whole or not at all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Observatory {
    /// What it is called, by language.
    pub title: Text,
    /// What it is about, by language.
    pub description: Text,
    /// The license of the figures.
    pub license: Option<String>,
    /// Who was asked.
    pub population: String,
    /// How it came to be.
    pub method: Method,
    /// The waves, the first one first.
    pub waves: Vec<Wave>,
    /// By what figures are told apart.
    pub by: Vec<DimensionSpec>,
    /// What levels are called.
    pub labels: BTreeMap<String, BTreeMap<String, Text>>,
    /// The figures.
    pub indicators: Vec<Indicator>,
    /// The map of practices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<Map>,
}

/// How figures came to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Method {
    /// What computed them.
    pub software: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The document, without its ledger: SHA-256 of its canonical JSON.
    pub spec: Option<Digest>,
    /// Each file by its name: SHA-256.
    pub inputs: BTreeMap<String, Digest>,
    /// How much of the true figures intervals hold.
    pub level: f64,
    /// From how many respondents on figures are told.
    pub minimum: u32,
    /// How precise figures must be.
    pub quality: QualitySpec,
    /// How figures are protected.
    pub protection: &'static str,
    /// How waves are compared.
    pub comparison: &'static str,
}

/// A wave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wave {
    /// Its short name.
    pub name: String,
    /// What it is called, by language.
    pub label: Text,
    /// How many were asked.
    pub asked: usize,
    /// How many answered; `null` where it is not told.
    pub answered: Option<usize>,
    /// The file of its answers.
    pub data: String,
    /// Variables that were computed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub compute: BTreeMap<String, String>,
    /// How the answers were drawn.
    pub design: DesignSpec,
    /// What was filled in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub imputations: Vec<ImputationSpec>,
    /// What was done to the weights.
    pub weighting: Vec<WeightingStep>,
    /// By which replicates the variance is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicates: Option<ReplicateMethod>,
}

/// An indicator with its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Indicator {
    /// Its name for programs.
    pub id: String,
    /// What it is called, by language.
    pub label: Text,
    /// Which figure.
    pub statistic: Statistic,
    /// Of which variables.
    pub variables: Vec<String>,
    /// Of which share a quantile is the bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Its unit, by language.
    pub unit: Text,
    /// Of whom.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Its figures: of the whole, then by each dimension; of each level, wave by wave.
    pub figures: Vec<Figure>,
    /// How waves differ.
    pub comparisons: Vec<Comparison>,
}

/// A figure; where it is suppressed, nothing is told of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figure {
    /// Its wave.
    pub wave: String,
    /// The dimension by which it is told; `null` of the whole.
    pub by: Option<String>,
    /// The member of that dimension.
    pub member: Option<String>,
    /// The level, of a variable of categories.
    pub level: Option<String>,
    /// Whether it is left out. Where its quality does not say why, nothing does, and nobody can work it out.
    pub suppressed: bool,
    /// The figure.
    pub value: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// How many answered.
    pub n: Option<usize>,
    /// How many of a simple random sample would tell as much.
    pub n_effective: Option<f64>,
    /// Degrees of freedom.
    pub df: Option<f64>,
    /// The standard error over the figure.
    pub cv: Option<f64>,
    /// How far it can be relied on.
    pub quality: Option<Quality>,
    /// How it was computed.
    pub rule: Option<&'static str>,
}

/// How far a figure can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Quality {
    /// It can be.
    Good,
    /// Few answers, or a wide interval: to be used with care.
    Care,
    /// Too imprecise to be told. That is no secret: others may add up to it.
    Imprecise,
}

/// How a figure differs from one wave to another; both are published.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The earlier wave.
    pub from: String,
    /// The later one.
    pub to: String,
    /// The dimension; `null` of the whole.
    pub by: Option<String>,
    /// Its member.
    pub member: Option<String>,
    /// The level, of a variable of categories.
    pub level: Option<String>,
    /// The later figure less the earlier one.
    pub difference: f64,
    /// Its standard error.
    pub se: f64,
    /// Its interval.
    pub interval: [f64; 2],
    /// Degrees of freedom, by Satterthwaite.
    pub df: f64,
    /// How often chance makes as much of a difference.
    pub p: f64,
    /// The same among all comparisons that are told (Holm).
    pub p_adjusted: f64,
    /// Whether that is at most 0.05.
    pub significant: bool,
}

/// A map of practices.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Map {
    /// What it is called, by language.
    pub label: Text,
    /// Its wave.
    pub wave: String,
    /// Of how many respondents; `null` where it is not told.
    pub n: Option<usize>,
    /// The share of the two axes of the inertia, by Benzécri's modified rates.
    pub axes: Vec<f64>,
    /// Its points.
    pub points: Vec<Point>,
    /// The classes.
    pub classes: Vec<Profile>,
}

/// A category on the map; where it is suppressed, nothing is told of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// Its variable.
    pub variable: String,
    /// Its level.
    pub level: String,
    /// Whether it makes the axes; else it is a group that is placed on them.
    pub active: bool,
    /// Whether it is left out.
    pub suppressed: bool,
    /// How many respondents chose it.
    pub n: Option<usize>,
    /// Where it lies, on the two axes.
    pub at: Option<[f64; 2]>,
    /// The region in which it lies in 95 of 100 samples, the axes being held.
    pub ellipse: Option<Ellipse>,
}

/// An ellipse around a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ellipse {
    /// Half its length.
    pub major: f64,
    /// Half its width.
    pub minor: f64,
    /// The angle of its length to the first axis, in degrees, counterclockwise.
    pub angle: f64,
}

/// A class of respondents by what it does more often than others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    /// Its number, from 1.
    pub class: u32,
    /// Whether it is left out.
    pub suppressed: bool,
    /// How many respondents are in it.
    pub n: Option<usize>,
    /// Its share of the public.
    pub share: Option<f64>,
    /// What is more common in it than elsewhere, the surest first.
    pub categories: Vec<Trait>,
}

/// What is more common in a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trait {
    /// Its variable.
    pub variable: String,
    /// Its level.
    pub level: String,
    /// The share of the class that chose it.
    pub in_class: f64,
    /// The share of the public that chose it.
    pub share: f64,
    /// The value of the test, above 1.96.
    pub v_test: f64,
}
