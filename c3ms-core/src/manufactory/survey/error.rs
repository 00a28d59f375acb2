//! Why a sample could not be drawn, weighted or summed up.

use serde::de::DeserializeOwned;

use crate::Code;

/// Why a sample could not be drawn, weighted or summed up.
///
/// Rows are counted from 0. Messages tell the line of the file, as a spreadsheet does: line 1 names the columns, row 0 is line 2.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SurveyError {
    /// Two columns that go in pairs.
    #[error("{one} has {ones} values, {other} has {others}")]
    LengthsDiffer {
        /// What the one is.
        one: String,
        /// How many values it has.
        ones: usize,
        /// What the other is.
        other: String,
        /// How many values it has.
        others: usize,
    },
    /// A number that cannot be: not finite, negative, out of its range.
    #[error("{what}: {value} in line {} is not {expected}", line(*at))]
    NumberUnfit {
        /// What it is.
        what: String,
        /// The number.
        value: f64,
        /// Its row, from 0.
        at: usize,
        /// What is expected.
        expected: &'static str,
    },
    /// A number of a document that cannot be: out of its range.
    #[error("{what}: {value} is not {expected}")]
    SettingUnfit {
        /// What it is.
        what: String,
        /// The number.
        value: f64,
        /// What is expected.
        expected: &'static str,
    },
    /// A table that cannot be read.
    #[error("line {line}: {reason}")]
    TableUnreadable {
        /// The line.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A name that no variable has.
    #[error("there is no variable {name:?}; there are: {known}")]
    VariableUnknown {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A variable that holds words where numbers are needed.
    #[error("{name}: {value:?} in line {} is no number", line(*row))]
    NotNumeric {
        /// The variable.
        name: String,
        /// The row, from 0.
        row: usize,
        /// What stands there.
        value: String,
    },
    /// A respondent of whom the design does not tell all.
    #[error("{name} is missing in line {}: a design says of everybody how they were drawn", line(*row))]
    MissingInDesign {
        /// The variable.
        name: String,
        /// The row, from 0.
        row: usize,
    },
    /// Units of one id in two strata.
    #[error("{name}: the same id stands in two strata, as {example:?}: where they are two units, say nest")]
    UnitsCrossStrata {
        /// The variable of the units.
        name: String,
        /// One of them.
        example: String,
    },
    /// A population that cannot be.
    #[error("{name}: {value} in line {}: {reason}", line(*row))]
    PopulationUnfit {
        /// The variable.
        name: String,
        /// The row, from 0.
        row: usize,
        /// The population it names.
        value: f64,
        /// What is wrong.
        reason: &'static str,
    },
    /// A stratum with a single unit.
    #[error(
        "stratum {stratum:?} of stage {stage} has one unit alone: nothing tells how much its units differ"
    )]
    SinglePsu {
        /// The stage, from 1.
        stage: usize,
        /// The stratum.
        stratum: String,
    },
    /// A file that a document names and that is not given.
    #[error("the file {name:?} is named, and is not given")]
    FileUnknown {
        /// Its name.
        name: String,
    },
    /// A document that asks for nothing that is known here.
    #[error("this document cannot be read: {reason}")]
    SpecUnreadable {
        /// What is wrong, and where.
        reason: String,
    },
    /// A condition or computation that cannot be read.
    #[error("{expression:?}: {reason}")]
    ExpressionUnreadable {
        /// The expression.
        expression: String,
        /// What is wrong.
        reason: String,
    },
    /// Replicates that a design cannot have.
    #[error("these replicates cannot be made: {reason}")]
    ReplicatesUnfit {
        /// Why not.
        reason: String,
    },
    /// A figure that cannot be computed as it is asked for.
    #[error("the figure {figure:?}: {reason}")]
    FigureUnfit {
        /// The figure.
        figure: String,
        /// Why not.
        reason: String,
    },
    /// Whoever watches did not want to go on.
    #[error("stopped before the end")]
    Stopped,
    /// A model that cannot be fitted.
    #[error("the model {model:?} cannot be fitted: {reason}")]
    ModelUnfit {
        /// The model.
        model: String,
        /// Why not.
        reason: String,
    },
    /// A cloud of answers that has no axes, or not the classes that are asked for.
    #[error("the analysis {analysis:?} cannot be made: {reason}")]
    GeometryUnfit {
        /// The analysis.
        analysis: String,
        /// Why not.
        reason: String,
    },
    /// A level that a variable does not have.
    #[error("{variable} has no level {level:?}; it has: {known}")]
    LevelUnknown {
        /// The variable.
        variable: String,
        /// The level.
        level: String,
        /// The levels it has.
        known: String,
    },
    /// More points than a tree is made of.
    #[error("a tree of {points} points: {most} are the most; say of how many groups it is to be made")]
    PointsTooMany {
        /// How many there are.
        points: usize,
        /// How many there may be.
        most: usize,
    },
    /// An imputation that cannot be made as it is described.
    #[error("the imputation {imputation:?} cannot be made: {reason}")]
    ImputationUnfit {
        /// The imputation.
        imputation: String,
        /// Why not.
        reason: String,
    },
    /// Nobody gives an answer to those who lack it.
    #[error("{variable}: line {} of the class {class} has no donor: {reason}", line(*row))]
    DonorMissing {
        /// The variable.
        variable: String,
        /// The row, from 0.
        row: usize,
        /// The class of the row: its variables with their levels.
        class: String,
        /// Why not.
        reason: &'static str,
    },
    /// A domain in which nobody is.
    #[error("nobody is in the domain {domain}")]
    DomainEmpty {
        /// The domain.
        domain: String,
    },
    /// A weight that is not above 0: a row that stands for nobody.
    #[error("the weight in line {} is {value}, not above 0", line(*at))]
    WeightNotPositive {
        /// Its row, from 0.
        at: usize,
        /// The weight.
        value: f64,
    },
    /// A category that cannot have its total.
    #[error("{margin}, category {category}: {reason}")]
    MarginUnmet {
        /// What the margin is called.
        margin: String,
        /// Its level; its code where nobody names it.
        category: String,
        /// Why it cannot.
        reason: &'static str,
    },
    /// Two margins of the same public that do not count it alike.
    #[error("{one} adds up to {one_sum}, {other} to {other_sum}")]
    MarginsDisagree {
        /// The one margin.
        one: String,
        /// What its totals add up to.
        one_sum: f64,
        /// The other margin.
        other: String,
        /// What its totals add up to.
        other_sum: f64,
    },
    /// Rounds that do not lead to what is sought.
    #[error("{what}: after {iterations} rounds, {place} is still off by {deviation} of what it must be")]
    NoConvergence {
        /// What was done.
        what: &'static str,
        /// What is furthest off.
        place: String,
        /// By how much, as a share.
        deviation: f64,
        /// The rounds that were made.
        iterations: u32,
    },
    /// A replicate that cannot be weighted as the sample was.
    #[error("replicate {replicate}: {reason}")]
    ReplicateUnfit {
        /// Its place, from 0.
        replicate: usize,
        /// Why.
        reason: Box<SurveyError>,
    },
    /// More units are asked for than there are.
    #[error("{wanted} units are asked for, {units} can be drawn")]
    SampleTooLarge {
        /// How many are asked for.
        wanted: usize,
        /// How many can be drawn.
        units: usize,
    },
    /// A design that cannot be carried out as it is described.
    #[error("{design}: {reason}")]
    DesignUnfit {
        /// The design or the step.
        design: &'static str,
        /// What it lacks.
        reason: &'static str,
    },
    /// Tables that cannot be protected as it is asked.
    #[error("these tables cannot be protected: {reason}")]
    DisclosureUnfit {
        /// Why not.
        reason: String,
    },
    /// A dimension that a table does not have.
    #[error("there is no dimension {name:?}; the table has: {known}")]
    DimensionUnknown {
        /// The dimension.
        name: String,
        /// Those of the table.
        known: String,
    },
    /// A cell that cannot be.
    #[error("the cell {cell}: {reason}")]
    CellUnfit {
        /// The cell: its measure, and its member in each dimension.
        cell: String,
        /// What is wrong.
        reason: String,
    },
    /// More cells than are protected together.
    #[error("{cells} cells with their totals: {most} are the most")]
    TableTooLarge {
        /// How many there are.
        cells: usize,
        /// How many there may be.
        most: usize,
    },
    /// A number that is another than in an earlier publication.
    #[error("the cell {cell} is {now}, and was {earlier} when it was published")]
    LedgerContradicted {
        /// The cell.
        cell: String,
        /// What it was.
        earlier: f64,
        /// What it is.
        now: f64,
    },
    /// A sensitive cell that can be worked out, whatever is left out.
    #[error("the cell {cell} is sensitive, and nothing that is left out now can protect it: {reason}")]
    CellExposed {
        /// The cell.
        cell: String,
        /// Why.
        reason: &'static str,
    },
}

impl SurveyError {
    /// What happened, in French (`fr`) or English (any other tag); what other programs say of a broken file stays as they
    /// say it.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::survey::{SurveyError, Table};
    /// let refused = Table::parse("spent\n12\nmuch\n")?.numbers("spent").unwrap_err();
    /// assert_eq!(refused.message("fr"), "spent : « much », à la ligne 3, n’est pas un nombre");
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    #[must_use]
    pub fn message(&self, language: &str) -> String {
        if language == "fr" || language.starts_with("fr-") {
            return super::french::message(self);
        }
        self.to_string()
    }

    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::LengthsDiffer { .. } => Code::LengthsDiffer,
            Self::NumberUnfit { .. } | Self::SettingUnfit { .. } => Code::NumberUnfit,
            Self::TableUnreadable { .. } => Code::TableUnreadable,
            Self::VariableUnknown { .. } => Code::VariableUnknown,
            Self::NotNumeric { .. } => Code::NotNumeric,
            Self::MissingInDesign { .. } => Code::MissingInDesign,
            Self::UnitsCrossStrata { .. } => Code::UnitsCrossStrata,
            Self::PopulationUnfit { .. } => Code::PopulationUnfit,
            Self::SinglePsu { .. } => Code::SinglePsu,
            Self::FileUnknown { .. } => Code::SurveyFile,
            Self::SpecUnreadable { .. } => Code::SpecUnreadable,
            Self::ExpressionUnreadable { .. } => Code::SurveyExpression,
            Self::ReplicatesUnfit { .. } => Code::ReplicatesUnfit,
            Self::FigureUnfit { .. } => Code::FigureUnfit,
            Self::Stopped => Code::SurveyStopped,
            Self::ModelUnfit { .. } => Code::ModelUnfit,
            Self::GeometryUnfit { .. } => Code::GeometryUnfit,
            Self::LevelUnknown { .. } => Code::LevelUnknown,
            Self::PointsTooMany { .. } => Code::PointsTooMany,
            Self::ImputationUnfit { .. } => Code::ImputationUnfit,
            Self::DonorMissing { .. } => Code::DonorMissing,
            Self::DomainEmpty { .. } => Code::DomainEmpty,
            Self::WeightNotPositive { .. } => Code::WeightNotPositive,
            Self::MarginUnmet { .. } => Code::MarginUnmet,
            Self::MarginsDisagree { .. } => Code::MarginsDisagree,
            Self::NoConvergence { .. } => Code::NoConvergence,
            Self::ReplicateUnfit { .. } => Code::ReplicateUnfit,
            Self::SampleTooLarge { .. } => Code::SampleTooLarge,
            Self::DesignUnfit { .. } => Code::DesignUnfit,
            Self::DisclosureUnfit { .. } => Code::DisclosureUnfit,
            Self::DimensionUnknown { .. } => Code::DimensionUnknown,
            Self::CellUnfit { .. } => Code::CellUnfit,
            Self::TableTooLarge { .. } => Code::TableTooLarge,
            Self::LedgerContradicted { .. } => Code::LedgerContradicted,
            Self::CellExposed { .. } => Code::CellExposed,
        }
    }
}

impl SurveyError {
    /// The same of the rows that were looked at, where these are a part of a table.
    pub(super) fn of_rows(mut self, rows: &[usize]) -> Self {
        if let Self::NumberUnfit { at, .. } | Self::WeightNotPositive { at, .. } = &mut self {
            *at = rows.get(*at).copied().unwrap_or(*at);
        }
        self
    }

    /// The same of a number of this variable.
    pub(super) fn of_variable(mut self, name: &str) -> Self {
        if let Self::NumberUnfit { what, .. } = &mut self {
            name.clone_into(what);
        }
        self
    }
}

/// The line of a row, as a spreadsheet shows it: the first one names the columns.
pub(super) const fn line(row: usize) -> usize {
    row.saturating_add(2)
}

/// Refuses columns that go in pairs and are of different lengths.
pub(super) fn same_length(one: &str, ones: usize, other: &str, others: usize) -> Result<(), SurveyError> {
    if ones == others {
        return Ok(());
    }
    Err(SurveyError::LengthsDiffer { one: one.to_owned(), ones, other: other.to_owned(), others })
}

/// Reads a document.
pub(crate) fn read_document<T: DeserializeOwned>(json: &str) -> Result<T, SurveyError> {
    serde_json::from_str(json).map_err(|error| SurveyError::SpecUnreadable { reason: error.to_string() })
}
