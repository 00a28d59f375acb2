//! What can be wrong with a form that comes from, or goes to, another tool.

use std::fmt;

use crate::Code;

/// A place in a workbook: a sheet, a row and a column, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1 as spreadsheets count; 0 where the whole sheet is meant.
    pub row: usize,
    /// The column by its header; empty where the whole row is meant.
    pub column: String,
}

impl Place {
    /// A cell.
    #[must_use]
    pub fn new(sheet: &str, row: usize, column: &str) -> Self {
        Self { sheet: sheet.to_owned(), row, column: column.to_owned() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sheet)?;
        if self.row > 0 {
            write!(f, ", row {}", self.row)?;
        }
        if !self.column.is_empty() {
            write!(f, ", column {}", self.column)?;
        }
        Ok(())
    }
}

/// Why a form or a schema of another tool could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The file is of no kind that forms are drawn up in.
    #[error("the file is neither .xlsx, .xls nor .csv, whatever its name says")]
    WorkbookUnknown,
    /// The workbook is damaged.
    #[error("the workbook cannot be read: {reason}")]
    WorkbookDamaged {
        /// What the reader met.
        reason: String,
    },
    /// The workbook wants a password.
    #[error("the workbook is locked by a password")]
    WorkbookLocked,
    /// The workbook is larger than any form.
    #[error("the workbook has more than {most} {what}")]
    WorkbookTooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The most there may be.
        most: usize,
    },
    /// A sheet is missing.
    #[error("there is no sheet {sheet:?}; there are {found}")]
    SheetMissing {
        /// Which one.
        sheet: String,
        /// The sheets there are.
        found: String,
    },
    /// Two columns say the same.
    #[error("{at}: the header {header:?} means the same as {other:?}")]
    HeaderTwice {
        /// Where the second one stands.
        at: Place,
        /// The second one.
        header: String,
        /// The first one.
        other: String,
    },
    /// A column is missing.
    #[error("{at}: there is no column {header:?}")]
    HeaderMissing {
        /// Which sheet.
        at: Place,
        /// Which column.
        header: String,
    },
    /// A row has no type.
    #[error("{at}: the row has a name or a label but no type")]
    TypeMissing {
        /// Where.
        at: Place,
    },
    /// A type nobody knows.
    #[error("{at}: there is no question type {kind:?}")]
    TypeUnknown {
        /// Where.
        at: Place,
        /// The type.
        kind: String,
    },
    /// A row has no name.
    #[error("{at}: the question or group has no name")]
    NameMissing {
        /// Where.
        at: Place,
    },
    /// A name that no form can hold.
    #[error("{at}: {name:?} is no name: a letter or '_', then letters, digits, '-', '_', '.'")]
    NameInvalid {
        /// Where.
        at: Place,
        /// The name.
        name: String,
    },
    /// A name stands twice where it may stand once.
    #[error("{at}: the name {name:?} stands in row {other} already")]
    NameTwice {
        /// Where the second one stands.
        at: Place,
        /// The name.
        name: String,
        /// The row of the first one; 0 where the name is kept for other use.
        other: usize,
    },
    /// A question that nobody could ask.
    #[error("{at}: the question {name:?} has neither label nor hint")]
    LabelMissing {
        /// Where.
        at: Place,
        /// The question.
        name: String,
    },
    /// A group is never ended.
    #[error("{at}: begin {kind} of {name:?} has no end {kind}")]
    BeginUnmatched {
        /// Where it begins.
        at: Place,
        /// Group, repeat or loop.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// Something ends that was not begun.
    #[error("{at}: end {kind} without begin {kind}")]
    EndUnmatched {
        /// Where.
        at: Place,
        /// Group, repeat or loop.
        kind: &'static str,
    },
    /// Groups lie too deep.
    #[error("{at}: groups lie more than {most} deep")]
    TooDeep {
        /// Where.
        at: Place,
        /// The most.
        most: usize,
    },
    /// A choice list is missing.
    #[error("{at}: there is no choice list {list:?}")]
    ListMissing {
        /// Where it is asked for.
        at: Place,
        /// Its name.
        list: String,
    },
    /// A choice has no name.
    #[error("{at}: the choice has no name")]
    ChoiceUnnamed {
        /// Where.
        at: Place,
    },
    /// A choice stands twice in its list.
    #[error("{at}: the choice {name:?} stands twice in the list {list:?}")]
    ChoiceTwice {
        /// Where the second one stands.
        at: Place,
        /// Its name.
        name: String,
        /// The list.
        list: String,
    },
    /// A choice of several has a space in its name.
    #[error("{at}: the choice {name:?} of a question with several answers has a space in its name")]
    ChoiceSpaced {
        /// The question.
        at: Place,
        /// The choice.
        name: String,
    },
    /// A calculation is missing.
    #[error("{at}: {name:?} calculates nothing")]
    CalculationMissing {
        /// Where.
        at: Place,
        /// The question.
        name: String,
    },
    /// A reference is written wrongly.
    #[error("{at}: a reference is written ${{name}}, not {reference:?}")]
    ReferenceBroken {
        /// Where.
        at: Place,
        /// As it is written.
        reference: String,
    },
    /// A reference to nothing.
    #[error("{at}: no question is called {name:?}")]
    ReferenceUnknown {
        /// Where.
        at: Place,
        /// The name.
        name: String,
    },
    /// An expression that cannot be used.
    #[error("{at}: {reason}")]
    ExpressionRefused {
        /// Where.
        at: Place,
        /// What is wrong with it.
        cause: Code,
        /// The same in words.
        reason: String,
    },
    /// A reference that could mean several questions.
    #[error("{at}: several questions are called {name:?}")]
    ReferenceAmbiguous {
        /// Where.
        at: Place,
        /// The name.
        name: String,
    },
    /// The parameters of a question are wrong.
    #[error("{at}: {reason}")]
    ParametersUnsound {
        /// Where.
        at: Place,
        /// What is wrong.
        reason: String,
    },
    /// A setting is wrong.
    #[error("{at}: {reason}")]
    SettingUnsound {
        /// Where.
        at: Place,
        /// What is wrong.
        reason: String,
    },
    /// Two things that do not go together.
    #[error("{at}: {reason}")]
    CombinationRefused {
        /// Where.
        at: Place,
        /// Which ones.
        reason: String,
    },
    /// An entity list is wrong.
    #[error("{at}: {reason}")]
    EntityUnsound {
        /// Where.
        at: Place,
        /// What is wrong.
        reason: String,
    },
}

impl ExchangeError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::WorkbookUnknown => Code::WorkbookUnknown,
            Self::WorkbookDamaged { .. } => Code::WorkbookDamaged,
            Self::WorkbookLocked => Code::WorkbookLocked,
            Self::WorkbookTooLarge { .. } => Code::WorkbookTooLarge,
            Self::SheetMissing { .. } => Code::SheetMissing,
            Self::HeaderTwice { .. } => Code::HeaderTwice,
            Self::HeaderMissing { .. } => Code::HeaderMissing,
            Self::TypeMissing { .. } => Code::QuestionTypeMissing,
            Self::TypeUnknown { .. } => Code::QuestionTypeUnknown,
            Self::NameMissing { .. } => Code::QuestionUnnamed,
            Self::NameInvalid { .. } => Code::QuestionNameInvalid,
            Self::NameTwice { .. } => Code::QuestionNameTwice,
            Self::LabelMissing { .. } => Code::QuestionUnlabeled,
            Self::BeginUnmatched { .. } => Code::BeginUnmatched,
            Self::EndUnmatched { .. } => Code::EndUnmatched,
            Self::TooDeep { .. } => Code::GroupsTooDeep,
            Self::ListMissing { .. } => Code::ChoiceListMissing,
            Self::ChoiceUnnamed { .. } => Code::ChoiceUnnamed,
            Self::ChoiceTwice { .. } => Code::ChoiceTwice,
            Self::ChoiceSpaced { .. } => Code::ChoiceSpaced,
            Self::CalculationMissing { .. } => Code::CalculationMissing,
            Self::ReferenceBroken { .. } => Code::ReferenceBroken,
            Self::ReferenceUnknown { .. } => Code::ReferenceUnknown,
            Self::ExpressionRefused { cause, .. } => *cause,
            Self::ReferenceAmbiguous { .. } => Code::ReferenceAmbiguous,
            Self::ParametersUnsound { .. } => Code::ParametersUnsound,
            Self::SettingUnsound { .. } => Code::SettingUnsound,
            Self::CombinationRefused { .. } => Code::CombinationRefused,
            Self::EntityUnsound { .. } => Code::EntityUnsound,
        }
    }

    /// Where it is: a sheet, a row and a column; empty where the whole file is meant.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::WorkbookUnknown
            | Self::WorkbookDamaged { .. }
            | Self::WorkbookLocked
            | Self::WorkbookTooLarge { .. } => String::new(),
            Self::SheetMissing { sheet, .. } => sheet.clone(),
            Self::HeaderTwice { at, .. }
            | Self::HeaderMissing { at, .. }
            | Self::TypeMissing { at }
            | Self::TypeUnknown { at, .. }
            | Self::NameMissing { at }
            | Self::NameInvalid { at, .. }
            | Self::NameTwice { at, .. }
            | Self::LabelMissing { at, .. }
            | Self::BeginUnmatched { at, .. }
            | Self::EndUnmatched { at, .. }
            | Self::TooDeep { at, .. }
            | Self::ListMissing { at, .. }
            | Self::ChoiceUnnamed { at }
            | Self::ChoiceTwice { at, .. }
            | Self::ChoiceSpaced { at, .. }
            | Self::CalculationMissing { at, .. }
            | Self::ReferenceBroken { at, .. }
            | Self::ReferenceUnknown { at, .. }
            | Self::ExpressionRefused { at, .. }
            | Self::ReferenceAmbiguous { at, .. }
            | Self::ParametersUnsound { at, .. }
            | Self::SettingUnsound { at, .. }
            | Self::CombinationRefused { at, .. }
            | Self::EntityUnsound { at, .. } => at.to_string(),
        }
    }
}
