//! Tables that are to be published, as a document: their dimensions, the rules, what is out already.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{super::unique::unique, ledger::Ledger};

/// Where a cell stands: the member of each dimension, `null` where it is the total over that dimension.
pub type Place = BTreeMap<String, Option<String>>;

/// Tables that are to be published without telling of anybody in particular.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct DisclosureSpec {
    /// The file of the answers, beside this document; none where all tables have their cells.
    pub data: Option<String>,
    /// Who was asked, and when: tables of the same population are held against each other.
    pub population: String,
    /// The tables; those that share dimensions are protected together.
    pub tables: Vec<TableSpec>,
    /// The variable of how many people an answer stands for; each stands for one where nothing is said.
    pub weights: Option<String>,
    /// The variable of who contributes: rows of the same contributor count as one; each row is one where nothing is said.
    pub unit: Option<String>,
    /// Which cells are sensitive.
    pub rules: RulesSpec,
    /// How tables are protected.
    pub method: Method,
    /// How numbers are rounded, where that is the method.
    pub rounding: RoundingSpec,
    /// What was published before, as the last answer gave it.
    pub ledger: Option<Ledger>,
}

/// A table with its totals along every dimension.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TableSpec {
    /// The variables that make its cells, one to five.
    pub dimensions: Vec<String>,
    /// The variable that is summed; people are counted where nothing is said.
    pub value: Option<String>,
    /// Its cells where they are counted already; those left out are 0, totals left out are computed.
    pub cells: Option<Vec<CellSpec>>,
}

/// A cell that is counted already.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CellSpec {
    /// The member of each dimension; of one that is `null` or left out it is the total.
    #[serde(deserialize_with = "unique", default)]
    pub at: Place,
    /// Its number.
    pub value: f64,
    /// How many answered; the number itself where people are counted.
    #[serde(default)]
    pub respondents: Option<u64>,
    /// The largest contributions, where rules ask for them; of a total those of its cells where nothing is said.
    #[serde(default)]
    pub largest: Vec<f64>,
}

/// Which cells are sensitive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RulesSpec {
    /// Cells with fewer respondents than this.
    pub minimum: u32,
    /// Cells of which few contributors make most.
    pub dominance: Option<DominanceSpec>,
    /// Cells in which one contributor can estimate another too well.
    pub prior_posterior: Option<PriorPosteriorSpec>,
    /// Whether cells in which nobody is are sensitive too: that nobody does a thing tells of everybody.
    pub zeros: bool,
}

impl Default for RulesSpec {
    fn default() -> Self {
        Self { minimum: 5, dominance: None, prior_posterior: None, zeros: false }
    }
}

/// The dominance rule: a cell is sensitive where its `n` largest contributors make more than `k` % of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DominanceSpec {
    /// How many contributors.
    pub n: u32,
    /// Which share, in %.
    pub k: f64,
}

/// The p % rule: a cell is sensitive where the second largest contributor can estimate the largest to within `p` %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriorPosteriorSpec {
    /// How near an estimate may come, in %.
    pub p: f64,
    /// To within how many % contributors knew each other before (q); 100 is the plain p % rule.
    #[serde(default = "hundred")]
    pub q: f64,
}

const fn hundred() -> f64 {
    100.0
}

/// How tables are protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Method {
    /// Cells are left out.
    #[default]
    Suppress,
    /// All numbers are rounded.
    Round,
}

/// How numbers are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RoundingSpec {
    /// To multiples of this.
    pub base: f64,
    /// By chance, up or down so that nothing changes on average: the same seed rounds the same cell alike, in any table.
    /// To the nearest multiple, halves up, where nothing is said.
    pub seed: Option<u64>,
}

impl Default for RoundingSpec {
    fn default() -> Self {
        Self { base: 5.0, seed: None }
    }
}
