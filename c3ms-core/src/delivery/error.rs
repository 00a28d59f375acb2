//! What can go wrong on the way out.

use crate::Code;

/// Why something could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// A record could not be written.
    #[error("a record could not be written: {reason}")]
    EncodingFailed {
        /// What is wrong.
        reason: String,
    },
    /// A cell of a workbook holds less than this text.
    #[error(
        "the text in column {column}, row {row} has {letters} letters, a cell of a workbook holds {most}"
    )]
    CellTooLong {
        /// The name of the column.
        column: String,
        /// The row of the sheet, from 1.
        row: usize,
        /// How many UTF-16 units the text has.
        letters: usize,
        /// How many a cell holds.
        most: usize,
    },
    /// A sheet of a workbook has fewer columns than this table.
    #[error("the table has {columns} columns, a sheet of a workbook holds {most}")]
    TooManyColumns {
        /// How many the table has.
        columns: usize,
        /// How many a sheet holds.
        most: usize,
    },
    /// The end of a page is none, or that of another query.
    #[error("what was given as the end of a page is none of this query")]
    CursorForeign,
    /// A parameter stands twice.
    #[error("the parameter {parameter:?} stands twice")]
    ParameterRepeated {
        /// Its name.
        parameter: String,
    },
    /// A query asks for something that does not exist, or in a way that cannot be read.
    #[error("{value:?} is no value for {parameter:?}: {expected} is expected")]
    QueryMalformed {
        /// What was asked by.
        parameter: String,
        /// What it said, or why it cannot be read.
        value: String,
        /// What it could say.
        expected: &'static str,
    },
    /// The template of a page could not be read or filled.
    #[error("the page template is damaged: {reason}")]
    TemplateBroken {
        /// What is wrong, and where.
        reason: String,
    },
    /// No change that led here has this token.
    #[error("the token {token:?} names no change that led here")]
    TokenUnknown {
        /// As it was given.
        token: String,
    },
    /// There are no rules for the zone of the territory.
    #[error("there is no time zone called {zone:?}")]
    ZoneUnknown {
        /// Its name.
        zone: String,
    },
}

impl DeliveryError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::EncodingFailed { .. } => Code::EncodingFailed,
            Self::CellTooLong { .. } => Code::CellTooLong,
            Self::TooManyColumns { .. } => Code::TooManyColumns,
            Self::CursorForeign => Code::CursorForeign,
            Self::ParameterRepeated { .. } => Code::ParameterRepeated,
            Self::QueryMalformed { .. } => Code::QueryMalformed,
            Self::TemplateBroken { .. } => Code::TemplateBroken,
            Self::TokenUnknown { .. } => Code::TokenUnknown,
            Self::ZoneUnknown { .. } => Code::ZoneUnknown,
        }
    }
}
