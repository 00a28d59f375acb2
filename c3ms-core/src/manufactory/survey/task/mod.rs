//! What is asked of surveys, each as one JSON document: the same for the command, the browser and notebooks.

mod allocate;
mod draw;

use std::{borrow::Cow, collections::BTreeMap, ops::ControlFlow};

use serde::{Serialize, de::DeserializeOwned};

pub use allocate::{AllocationRule, AllocationSpec, PrecisionSpec, StrataTold, StratumColumns, StratumTold};
pub use draw::{
    DrawTold, InclusionTold, JointTold, PermanentSpec, SampleSpec, SlotColumns, StageSpec, UnitTold,
};

use super::{AnalysisSpec, SurveyError, Table, Watch, table::Beside};

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
    Analysis(Question, Box<AnalysisSpec>),
    Draw(Question, Box<SampleSpec>),
    Allocation(Box<AllocationSpec>),
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
    /// assert_eq!(task.files(), ["venues.csv"]);
    /// let files = BTreeMap::from([("venues.csv".to_owned(), "seats\n300\n100\n100\n".to_owned())]);
    /// let told = task.answer(&files)?;
    /// assert_eq!(told["probabilities"], serde_json::json!([1.0, 0.5, 0.5]));
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn parse(question: Question, json: &str) -> Result<Self, SurveyError> {
        Ok(Self(match question {
            Question::Estimate
            | Question::Weights
            | Question::Test
            | Question::Model
            | Question::Mca
            | Question::Impute => Asked::Analysis(question, Box::new(read(json)?)),
            Question::Sample | Question::Inclusion | Question::Joint => {
                Asked::Draw(question, Box::new(read(json)?))
            }
            Question::Allocate => Asked::Allocation(Box::new(read(json)?)),
        }))
    }

    /// The files that it names, the answers or the frame first.
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        match &self.0 {
            Asked::Analysis(_, spec) => spec.data.as_deref().into_iter().chain(spec.files()).collect(),
            Asked::Draw(_, spec) => spec.data.as_deref().into_iter().collect(),
            Asked::Allocation(spec) => spec.data.as_deref().into_iter().collect(),
        }
    }

    /// Whether it names the file of the answers or of the frame.
    #[must_use]
    pub const fn names_data(&self) -> bool {
        match &self.0 {
            Asked::Analysis(_, spec) => spec.data.is_some(),
            Asked::Draw(_, spec) => spec.data.is_some(),
            Asked::Allocation(spec) => spec.data.is_some(),
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
        let table = |name: &Option<String>| {
            let name = name.as_deref().unwrap_or("data");
            tables.get(name).ok_or_else(|| SurveyError::FileUnknown { name: name.to_owned() })
        };
        match &self.0 {
            Asked::Analysis(Question::Weights, spec) => told(&spec.weights(table(&spec.data)?, tables)?),
            Asked::Analysis(Question::Impute, spec) => told(&spec.impute(table(&spec.data)?, tables)?),
            Asked::Analysis(question, spec) => {
                let own = spec.only(*question);
                told(&own.carry_out_with(table(&spec.data)?, tables, watch)?)
            }
            Asked::Draw(question, spec) => {
                let frame = table(&spec.data)?;
                match question {
                    Question::Inclusion => told(&spec.inclusion(frame)?),
                    Question::Joint => told(&spec.joint(frame)?),
                    Question::Sample
                    | Question::Estimate
                    | Question::Weights
                    | Question::Test
                    | Question::Model
                    | Question::Mca
                    | Question::Impute
                    | Question::Allocate => told(&spec.draw(frame)?),
                }
            }
            Asked::Allocation(spec) => told(&spec.carry_out(table(&spec.data)?)?),
        }
    }
}

impl AnalysisSpec {
    /// The part of an analysis that a question is about.
    fn only(&self, question: Question) -> Cow<'_, Self> {
        let without = Self {
            estimates: Vec::new(),
            models: Vec::new(),
            tests: Vec::new(),
            geometry: Vec::new(),
            ..self.clone()
        };
        match question {
            Question::Test => Cow::Owned(Self { tests: self.tests.clone(), ..without }),
            Question::Model => Cow::Owned(Self { models: self.models.clone(), ..without }),
            Question::Mca => Cow::Owned(Self { geometry: self.geometry.clone(), ..without }),
            Question::Estimate
            | Question::Weights
            | Question::Impute
            | Question::Sample
            | Question::Inclusion
            | Question::Joint
            | Question::Allocate => Cow::Borrowed(self),
        }
    }
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, SurveyError> {
    serde_json::from_str(json).map_err(|error| SurveyError::SpecUnreadable { reason: error.to_string() })
}

fn told<T: Serialize>(found: &T) -> Result<serde_json::Value, SurveyError> {
    serde_json::to_value(found).map_err(|error| SurveyError::SpecUnreadable { reason: error.to_string() })
}
