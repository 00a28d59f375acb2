//! What is asked of surveys, each as one JSON document: the same for the command, the browser and notebooks.

mod allocate;
mod draw;
mod written;

use std::{collections::BTreeMap, ops::ControlFlow};

use serde::Serialize;

pub use allocate::{AllocationRule, AllocationSpec, PrecisionSpec, StrataTold, StratumColumns, StratumTold};
pub use draw::{
    DrawTold, InclusionTold, JointTold, PermanentSpec, SampleSpec, SlotColumns, StageSpec, UnitTold,
};
pub use written::Written;

#[cfg(feature = "disclosure")]
use super::disclosure::{AnonymitySpec, AnonymityTold, Disclosed, DisclosureSpec};
use super::{
    Analysis, AnalysisSpec, Imputation, SurveyError, Table, Watch, WeightsTold, error::read_document,
    table::Beside,
};

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
    /// Tables protected before they are published.
    #[cfg(feature = "disclosure")]
    Disclose,
    /// How many people share what identifies them.
    #[cfg(feature = "disclosure")]
    KAnonymity,
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
        #[cfg(feature = "disclosure")]
        Self::Disclose,
        #[cfg(feature = "disclosure")]
        Self::KAnonymity,
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
            #[cfg(feature = "disclosure")]
            Self::Disclose => "disclose",
            #[cfg(feature = "disclosure")]
            Self::KAnonymity => "kanonymity",
        }
    }
}

#[cfg(feature = "schema")]
impl Question {
    /// The JSON Schema of the document that is asked about, and its name: `analysis`, `draw`, `allocation`, `disclosure`, `anonymity`.
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
            #[cfg(feature = "disclosure")]
            Self::Disclose => ("disclosure", written(schemars::schema_for!(DisclosureSpec))),
            #[cfg(feature = "disclosure")]
            Self::KAnonymity => ("anonymity", written(schemars::schema_for!(AnonymitySpec))),
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
    #[cfg(feature = "disclosure")]
    Disclose(Box<DisclosureSpec>),
    #[cfg(feature = "disclosure")]
    KAnonymity(Box<AnonymitySpec>),
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
            #[cfg(feature = "disclosure")]
            Question::Disclose => Asked::Disclose(Box::new(read_document(json)?)),
            #[cfg(feature = "disclosure")]
            Question::KAnonymity => Asked::KAnonymity(Box::new(read_document(json)?)),
        }))
    }

    /// The file of the answers or of the frame, where the document names it.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        match &self.0 {
            Asked::Analysis(spec) | Asked::Weights(spec) | Asked::Impute(spec) => spec.data.as_deref(),
            Asked::Sample(spec) | Asked::Inclusion(spec) | Asked::Joint(spec) => spec.data.as_deref(),
            Asked::Allocate(spec) => spec.data.as_deref(),
            #[cfg(feature = "disclosure")]
            Asked::Disclose(spec) => spec.data.as_deref(),
            #[cfg(feature = "disclosure")]
            Asked::KAnonymity(spec) => spec.data.as_deref(),
        }
    }

    /// The files that it names besides that.
    #[must_use]
    pub fn besides(&self) -> Vec<&str> {
        match &self.0 {
            Asked::Analysis(spec) | Asked::Weights(spec) | Asked::Impute(spec) => spec.files(),
            Asked::Sample(_) | Asked::Inclusion(_) | Asked::Joint(_) | Asked::Allocate(_) => Vec::new(),
            #[cfg(feature = "disclosure")]
            Asked::Disclose(_) | Asked::KAnonymity(_) => Vec::new(),
        }
    }

    /// Whether it asks about a table; all but tables that stand in the document itself do.
    #[must_use]
    pub fn needs_table(&self) -> bool {
        match &self.0 {
            Asked::Analysis(_)
            | Asked::Weights(_)
            | Asked::Impute(_)
            | Asked::Sample(_)
            | Asked::Inclusion(_)
            | Asked::Joint(_)
            | Asked::Allocate(_) => true,
            #[cfg(feature = "disclosure")]
            Asked::Disclose(spec) => {
                spec.data.is_some() || spec.tables.iter().any(|table| table.cells.is_none())
            }
            #[cfg(feature = "disclosure")]
            Asked::KAnonymity(_) => true,
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
    /// As [`Task::find`].
    pub fn answer_with(&self, tables: &Beside, watch: &Watch<'_>) -> Result<serde_json::Value, SurveyError> {
        self.find(tables, watch)?.told()
    }

    /// Finds the answer, given the tables that it names by their names.
    ///
    /// # Errors
    /// [`SurveyError::FileUnknown`] for one that is not given; those of [`AnalysisSpec::carry_out_with`], of draws and
    /// allocations.
    ///
    /// # Examples
    /// ```
    /// use std::{collections::BTreeMap, ops::ControlFlow};
    /// use c3ms_core::survey::{Table, task::{Question, Task}};
    /// let frame = "venue,seats\nThéâtre,300\nBar,100\n";
    /// let spec = r#"{"data": "venues.csv", "size": 1, "where": "${seats} > 200"}"#;
    /// let tables = BTreeMap::from([("venues.csv".to_owned(), Table::parse(frame)?)]);
    /// let answer = Task::parse(Question::Sample, spec)?.find(&tables, &|_, _| ControlFlow::Continue(()))?;
    /// let drawn = answer.table(frame)?.map(|written| written.text);
    /// assert_eq!(drawn.as_deref(), Some("venue,seats,probability,weight\nThéâtre,300,1,1\n"));
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn find(&self, tables: &Beside, watch: &Watch<'_>) -> Result<Answer, SurveyError> {
        #[cfg(feature = "disclosure")]
        if let Asked::Disclose(spec) = &self.0
            && !self.needs_table()
        {
            return Ok(Answer(Found::Disclose(Box::new(spec.carry_out(None, watch)?))));
        }
        let name = self.data().unwrap_or(DATA);
        let table = tables.get(name).ok_or_else(|| SurveyError::FileUnknown { name: name.to_owned() })?;
        Ok(Answer(match &self.0 {
            Asked::Analysis(spec) => Found::Analysis(spec.carry_out_with(table, tables, watch)?),
            Asked::Weights(spec) => Found::Weights(spec.weights(table, tables)?),
            Asked::Impute(spec) => Found::Impute(spec.impute(table, tables)?),
            Asked::Sample(spec) => Found::Sample(spec.draw(table)?),
            Asked::Inclusion(spec) => Found::Inclusion(spec.inclusion(table)?),
            Asked::Joint(spec) => Found::Joint(spec.joint(table)?),
            Asked::Allocate(spec) => Found::Allocate(spec.carry_out(table)?),
            #[cfg(feature = "disclosure")]
            Asked::Disclose(spec) => Found::Disclose(Box::new(spec.carry_out(Some(table), watch)?)),
            #[cfg(feature = "disclosure")]
            Asked::KAnonymity(spec) => Found::KAnonymity(spec.carry_out(table)?),
        }))
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer(Found);

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum Found {
    Analysis(Analysis),
    Weights(WeightsTold),
    Impute(Vec<Imputation>),
    Sample(DrawTold),
    Inclusion(InclusionTold),
    Joint(JointTold),
    Allocate(StrataTold),
    #[cfg(feature = "disclosure")]
    Disclose(Box<Disclosed>),
    #[cfg(feature = "disclosure")]
    KAnonymity(AnonymityTold),
}

impl Answer {
    /// The answer as JSON.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] for what no JSON can say.
    pub fn told(&self) -> Result<serde_json::Value, SurveyError> {
        serde_json::to_value(&self.0)
            .map_err(|error| SurveyError::SpecUnreadable { reason: error.to_string() })
    }

    /// The table of the answers or of the frame with what was found, given the text it was read from; `None` for
    /// questions other than `weights`, `sample` and `impute`.
    ///
    /// Cells stand as they stood. Beside them stand:
    /// - of weights: `weight`; rows that stand for nobody are left out;
    /// - of a sample: its rows with `probability` and `weight`, in stages also `probability_1`, …; a row that was drawn
    ///   several times stands there as often, and `hits` says how often; a sheet of slots has `first`, `interval` and
    ///   `visit_probability`;
    /// - of imputations: `<name>_imputed`, and what was filled in the empty cells.
    ///
    /// A name that is taken gets a number: `weight_2`. Where cells are parted by semicolons, numbers have a decimal comma.
    ///
    /// # Errors
    /// [`SurveyError::TableUnreadable`] for another text.
    pub fn table(&self, text: &str) -> Result<Option<Written>, SurveyError> {
        let added = match &self.0 {
            Found::Weights(found) => written::of_weights(found),
            Found::Sample(found) => written::of_sample(found),
            Found::Impute(found) => written::of_imputations(found),
            Found::Analysis(_) | Found::Inclusion(_) | Found::Joint(_) | Found::Allocate(_) => {
                return Ok(None);
            }
            #[cfg(feature = "disclosure")]
            Found::Disclose(_) | Found::KAnonymity(_) => return Ok(None),
        };
        written::written(text, added).map(Some)
    }
}
