//! What is asked of surveys, each as one JSON document: the same for the command, the browser and notebooks.

mod allocate;
mod draw;

use std::{collections::BTreeMap, ops::ControlFlow};

use serde::Serialize;

pub use allocate::{AllocationRule, AllocationSpec, PrecisionSpec, StrataTold, StratumColumns, StratumTold};
pub use draw::{
    DrawTold, InclusionTold, JointTold, PermanentSpec, SampleSpec, SlotColumns, StageSpec, UnitTold,
};

use super::{AnalysisSpec, SurveyError, Table, Watch, error::read_document, table::Beside};

/// What the table is called where the document gives it no name.
pub const DATA: &str = "data";

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// Figures, models and tests of an analysis.
    Estimate,
    /// The weights of an analysis.
    Weights,
    /// The tests of an analysis alone.
    Test,
    /// The models of an analysis alone.
    Model,
    /// The axes and classes of an analysis alone.
    Mca,
    /// The answers of an analysis with what is missing filled in.
    Impute,
    /// Who is drawn from a frame.
    Sample,
    /// With which probability each unit of a frame is drawn.
    Inclusion,
    /// With which probability each pair is drawn.
    Joint,
    /// How many units are drawn in each stratum.
    Allocate,
}

impl Question {
    /// All there are.
    pub const ALL: &[Self] = &[
        Self::Estimate,
        Self::Weights,
        Self::Test,
        Self::Model,
        Self::Mca,
        Self::Impute,
        Self::Sample,
        Self::Inclusion,
        Self::Joint,
        Self::Allocate,
    ];

    /// The question of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|question| question.name() == name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Estimate => "estimate",
            Self::Weights => "weights",
            Self::Test => "test",
            Self::Model => "model",
            Self::Mca => "mca",
            Self::Impute => "impute",
            Self::Sample => "sample",
            Self::Inclusion => "inclusion",
            Self::Joint => "joint",
            Self::Allocate => "allocate",
        }
    }
}

#[cfg(feature = "schema")]
impl Question {
    /// The JSON Schema of the document that is asked about, and its name: `analysis`, `draw`, `allocation`.
    #[must_use]
    pub fn schema(self) -> (&'static str, serde_json::Value) {
        let written = |schema: schemars::Schema| schema.to_value();
        match self {
            Self::Estimate | Self::Weights | Self::Test | Self::Model | Self::Mca | Self::Impute => {
                ("analysis", written(schemars::schema_for!(AnalysisSpec)))
            }
            Self::Sample | Self::Inclusion | Self::Joint => {
                ("draw", written(schemars::schema_for!(SampleSpec)))
            }
            Self::Allocate => ("allocation", written(schemars::schema_for!(AllocationSpec))),
        }
    }
}

/// A document with what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Task(Asked);

#[derive(Debug, Clone, PartialEq)]
enum Asked {
    Analysis(Box<AnalysisSpec>),
    Weights(Box<AnalysisSpec>),
    Impute(Box<AnalysisSpec>),
    Sample(Box<SampleSpec>),
    Inclusion(Box<SampleSpec>),
    Joint(Box<SampleSpec>),
    Allocate(Box<AllocationSpec>),
}

impl Task {
    /// Reads a document.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    ///
    /// # Examples
    /// ```
    /// use std::collections::BTreeMap;
    /// use c3ms_core::survey::task::{Question, Task};
    /// let spec = r#"{"data": "venues.csv", "size": 2, "proportional_to": "seats"}"#;
    /// let task = Task::parse(Question::Inclusion, spec)?;
    /// assert_eq!(task.data(), Some("venues.csv"));
    /// let files = BTreeMap::from([("venues.csv".to_owned(), "seats\n300\n100\n100\n".to_owned())]);
    /// let told = task.answer(&files)?;
    /// assert_eq!(told["probabilities"], serde_json::json!([1.0, 0.5, 0.5]));
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn parse(question: Question, json: &str) -> Result<Self, SurveyError> {
        let analysis = || read_document::<AnalysisSpec>(json).map(Box::new);
        let only = |keep: fn(AnalysisSpec) -> AnalysisSpec| analysis().map(|spec| Box::new(keep(*spec)));
        let draw = || read_document(json).map(Box::new);
        Ok(Self(match question {
            Question::Estimate => Asked::Analysis(analysis()?),
            Question::Test => {
                Asked::Analysis(only(|spec| AnalysisSpec { tests: spec.tests.clone(), ..spec.bare() })?)
            }
            Question::Model => {
                Asked::Analysis(only(|spec| AnalysisSpec { models: spec.models.clone(), ..spec.bare() })?)
            }
            Question::Mca => {
                Asked::Analysis(only(|spec| AnalysisSpec { geometry: spec.geometry.clone(), ..spec.bare() })?)
            }
            Question::Weights => Asked::Weights(analysis()?),
            Question::Impute => Asked::Impute(analysis()?),
            Question::Sample => Asked::Sample(draw()?),
            Question::Inclusion => Asked::Inclusion(draw()?),
            Question::Joint => Asked::Joint(draw()?),
            Question::Allocate => Asked::Allocate(Box::new(read_document(json)?)),
        }))
    }

    /// The file of the answers or of the frame, where the document names it.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        match &self.0 {
            Asked::Analysis(spec) | Asked::Weights(spec) | Asked::Impute(spec) => spec.data.as_deref(),
            Asked::Sample(spec) | Asked::Inclusion(spec) | Asked::Joint(spec) => spec.data.as_deref(),
            Asked::Allocate(spec) => spec.data.as_deref(),
        }
    }

    /// The files that it names besides that.
    #[must_use]
    pub fn besides(&self) -> Vec<&str> {
        match &self.0 {
            Asked::Analysis(spec) | Asked::Weights(spec) | Asked::Impute(spec) => spec.files(),
            Asked::Sample(_) | Asked::Inclusion(_) | Asked::Joint(_) | Asked::Allocate(_) => Vec::new(),
        }
    }

    /// Answers, given the text of each file that it names by that name.
    ///
    /// # Errors
    /// As [`Task::answer_with`].
    pub fn answer(&self, files: &BTreeMap<String, String>) -> Result<serde_json::Value, SurveyError> {
        let mut tables = Beside::new();
        for (name, text) in files {
            tables.insert(name.clone(), Table::parse(text)?);
        }
        self.answer_with(&tables, &|_, _| ControlFlow::Continue(()))
    }

    /// Answers, given the tables that it names by their names.
    ///
    /// # Errors
    /// [`SurveyError::FileUnknown`] for one that is not given; those of [`AnalysisSpec::carry_out_with`], of draws and
    /// allocations.
    pub fn answer_with(&self, tables: &Beside, watch: &Watch<'_>) -> Result<serde_json::Value, SurveyError> {
        let name = self.data().unwrap_or(DATA);
        let table = tables.get(name).ok_or_else(|| SurveyError::FileUnknown { name: name.to_owned() })?;
        match &self.0 {
            Asked::Analysis(spec) => told(&spec.carry_out_with(table, tables, watch)?),
            Asked::Weights(spec) => told(&spec.weights(table, tables)?),
            Asked::Impute(spec) => told(&spec.impute(table, tables)?),
            Asked::Sample(spec) => told(&spec.draw(table)?),
            Asked::Inclusion(spec) => told(&spec.inclusion(table)?),
            Asked::Joint(spec) => told(&spec.joint(table)?),
            Asked::Allocate(spec) => told(&spec.carry_out(table)?),
        }
    }
}

fn told<T: Serialize>(found: &T) -> Result<serde_json::Value, SurveyError> {
    serde_json::to_value(found).map_err(|error| SurveyError::SpecUnreadable { reason: error.to_string() })
}
