//! Answers as a cloud of points: the axes along which a public differs most, and the classes it falls into.

mod answers;
mod cluster;
mod correspondence;
mod describe;
mod grid;
mod supplementary;
mod tree;

use serde::{Deserialize, Serialize};

pub use cluster::{ClusterSpec, Clustering, Level};
pub use correspondence::{
    Axis, Category, IndividualDetail, Individuals, Mca, McaSpec, MissingAnswers, PassiveCategory,
};
pub use describe::{CategoryContrast, Class, NumberContrast, Paragon};
pub use supplementary::{SupplementaryNumber, SupplementaryVariable};

use super::{SurveyError, Table, analysis::rows_where, error::read_document};

/// A geometric analysis of answers: axes, and classes on them.
///
/// # Examples
/// Two questions that everybody answers alike have one axis, on which all the inertia lies.
/// ```
/// use c3ms_core::survey::{Table, geometry::GeometrySpec};
/// let table = Table::parse("cinema,sport\nyes,yes\nyes,yes\nno,no\nno,no\n")?;
/// let spec = GeometrySpec::parse(r#"{"mca": {"active": ["cinema", "sport"]}}"#)?;
/// let found = spec.carry_out("practices", &table, &[1.0; 4])?;
/// assert_eq!((found.mca.axes.len(), found.mca.total_inertia), (1, 1.0));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct GeometrySpec {
    /// What it is called.
    pub id: Option<String>,
    /// The axes.
    pub mca: McaSpec,
    /// The classes; none where nobody asks.
    pub clusters: Option<ClusterSpec>,
    /// Of those for whom this holds, in the language of forms.
    #[serde(rename = "where")]
    pub condition: Option<String>,
}

/// What a geometric analysis found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Geometry {
    /// What it is called.
    pub id: String,
    /// The axes.
    pub mca: Mca,
    /// The classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clusters: Option<Clustering>,
}

impl GeometrySpec {
    /// Reads an analysis.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        read_document(json)
    }

    /// Carries an analysis out; `id` is what it is called where the document does not say.
    ///
    /// # Shapes and units
    /// `weights[rows]`: what each respondent stands for. Only their proportions count: figures that depend on a size
    /// take the number of respondents.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`], [`SurveyError::WeightNotPositive`]; [`SurveyError::VariableUnknown`],
    /// [`SurveyError::LevelUnknown`], [`SurveyError::NotNumeric`], [`SurveyError::ExpressionUnreadable`];
    /// [`SurveyError::GeometryUnfit`] where the answers have no axis or not as many classes as are asked for;
    /// [`SurveyError::PointsTooMany`].
    pub fn carry_out(&self, id: &str, table: &Table, weights: &[f64]) -> Result<Geometry, SurveyError> {
        let id = self.id.as_deref().unwrap_or(id);
        let mask = rows_where(self.condition.as_deref(), table)?;
        let (mca, cloud) = correspondence::analyze(id, &self.mca, table, weights, mask.as_deref())?;
        let clusters =
            self.clusters.as_ref().map(|spec| cluster::carry_out(id, spec, table, &cloud)).transpose()?;
        Ok(Geometry { id: id.to_owned(), mca, clusters })
    }
}
