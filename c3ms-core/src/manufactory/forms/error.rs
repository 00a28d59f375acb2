//! What can be wrong with a format, a profile, a source or a mapping.

use super::{ExchangeError, expression::Problem};
use crate::Code;

/// Why a format, a profile, a source or a mapping could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormsError {
    /// A register of communes lacks something.
    #[error("the register lacks {lacks}")]
    RegisterUnreadable {
        /// What.
        lacks: String,
    },
    /// The document is no format.
    #[error("the format cannot be read: {reason}")]
    FormatUnreadable {
        /// What the reader met, with its line.
        reason: String,
    },
    /// The bytes are no form that this version has made.
    #[error("these bytes are no form of this version of C3MS")]
    FormUnreadable,
    /// The format contradicts itself.
    #[error("the format of {cube} is unsound at {path}: {reason}")]
    FormatUnsound {
        /// Which format.
        cube: String,
        /// Where in it.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The document is no schema of records.
    #[error("the schema cannot be read at {path:?}: {reason}")]
    SchemaUnreadable {
        /// Where in it, a JSON Pointer.
        path: String,
        /// What the reader met.
        reason: String,
    },
    /// An expression of the format cannot be used.
    #[error("the expression at {path} cannot be used: {problem}")]
    ExpressionUnsound {
        /// Where in the format.
        path: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// Fields rest on each other.
    #[error("these fields rest on each other in a circle: {}", fields.join(", "))]
    ExpressionCycle {
        /// Each rests on the next, the last on the first.
        fields: Vec<String>,
    },
    /// The document is no list of steps.
    #[error("the steps cannot be read: {reason}")]
    AnswersUnreadable {
        /// What the reader met, with its line.
        reason: String,
    },
    /// A step cannot be taken.
    #[error("{path}: {reason}")]
    StepUnsound {
        /// Which step, or of which question.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A table has more columns than any that people fill in.
    #[error("the table has {columns} columns, more than {most}")]
    TableTooWide {
        /// How many.
        columns: usize,
        /// The most there may be.
        most: usize,
    },
    /// The feed is damaged, or no feed.
    #[error("the feed is broken at line {line}: {reason}")]
    FeedBroken {
        /// Where.
        line: usize,
        /// What the reader met.
        reason: String,
    },
    /// There is no such format.
    #[error("there is no format {cube:?}; there are {known}")]
    FormatUnknown {
        /// The name asked for.
        cube: String,
        /// The names there are.
        known: String,
    },
    /// There is no such version of a format.
    #[error("no version {version} of the format is known here")]
    VersionUnknown {
        /// The hash or number asked for.
        version: String,
    },
    /// An operation cannot be carried out on the format.
    #[error("{operation} {subject}: {reason}")]
    OperationRefused {
        /// The name of the operation.
        operation: String,
        /// The field or vocabulary it is done to.
        subject: String,
        /// Why not.
        reason: String,
    },
    /// A file of the profile is missing.
    #[error("the profile lacks its file {file}")]
    ProfileIncomplete {
        /// Which file.
        file: String,
    },
    /// The source holds nothing.
    #[error("the source is empty")]
    SourceEmpty,
    /// The source is of no known kind.
    #[error("the source is neither CSV, iCalendar nor JSON-LD")]
    SourceUnknown,
    /// The source holds NUL bytes.
    #[error("line {line} holds a NUL byte")]
    SourceNul {
        /// Which line, from 1.
        line: usize,
    },
    /// The characters cannot be read.
    #[error("line {line} is not {charset}")]
    SourceEncoding {
        /// Which line, from 1.
        line: usize,
        /// What it was read as.
        charset: String,
    },
    /// A line is far too long.
    #[error("line {line} has more than {most} bytes")]
    SourceTooLong {
        /// Which line, from 1.
        line: usize,
        /// The most a line may have.
        most: usize,
    },
    /// The table is damaged.
    #[error("line {line}: {reason}")]
    CsvBroken {
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The calendar is damaged.
    #[error("line {line}: {reason}")]
    CalendarBroken {
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The JSON is damaged.
    #[error("line {line}, column {column}: {reason}")]
    JsonBroken {
        /// Which line, from 1.
        line: usize,
        /// Which column, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// The document is no mapping.
    #[error("the mapping cannot be read: {reason}")]
    MappingUnreadable {
        /// What the reader met.
        reason: String,
    },
    /// The mapping names what does not exist.
    #[error("the mapping is unsound at {path}: {reason}")]
    MappingUnsound {
        /// Where in it.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A calendar names a zone that nobody knows.
    #[error("line {line}: there is no time zone {zone:?}")]
    ZoneUnknown {
        /// Which line, from 1.
        line: usize,
        /// The name.
        zone: String,
    },
    /// A JSON Schema says what no schema says.
    #[error("the schema ({schema}) is unsound at {path:?}: {reason}")]
    SchemaUnsound {
        /// Which of the schemas: `old`, `new`, or its address.
        schema: String,
        /// Where in it.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A JSON Schema refers to what is not there.
    #[error("the schema ({schema}) refers at {path:?} to {reference}, which is not there")]
    SchemaReferenceMissing {
        /// Which of the schemas: `old`, `new`, or its address.
        schema: String,
        /// Where in it.
        path: String,
        /// To what.
        reference: String,
    },
    /// A JSON Schema is defined by itself alone.
    #[error("the schema ({schema}) leads in a circle at {path:?}")]
    SchemaCircular {
        /// Which of the schemas: `old`, `new`, or its address.
        schema: String,
        /// Where in it.
        path: String,
    },
    /// Nothing tells what the source describes.
    #[error("nothing tells which cube the source describes")]
    CubeNotInferred,
    /// Two tables have no column in common that names their things.
    #[error("no column of the first table ({left}) names what a column of the second ({right}) names")]
    NothingToCompare {
        /// Columns of the first table.
        left: usize,
        /// Columns of the second.
        right: usize,
    },
    /// A form or schema of another tool.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

impl FormsError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::RegisterUnreadable { .. } => Code::RegisterUnreadable,
            Self::FormatUnreadable { .. } => Code::FormatUnreadable,
            Self::FormUnreadable => Code::FormUnreadable,
            Self::FormatUnsound { .. } => Code::FormatUnsound,
            Self::SchemaUnreadable { .. } => Code::SchemaUnreadable,
            Self::ExpressionUnsound { problem, .. } => problem.code,
            Self::ExpressionCycle { .. } => Code::ExpressionCycle,
            Self::AnswersUnreadable { .. } => Code::AnswersUnreadable,
            Self::StepUnsound { .. } => Code::StepUnsound,
            Self::FormatUnknown { .. } => Code::FormatUnknown,
            Self::VersionUnknown { .. } => Code::VersionUnknown,
            Self::OperationRefused { .. } => Code::OperationRefused,
            Self::ProfileIncomplete { .. } => Code::ProfileIncomplete,
            Self::SourceEmpty => Code::SourceEmpty,
            Self::SourceUnknown => Code::SourceUnknown,
            Self::SourceNul { .. } => Code::SourceNul,
            Self::SourceEncoding { .. } => Code::SourceEncoding,
            Self::SourceTooLong { .. } => Code::SourceTooLong,
            Self::CsvBroken { .. } => Code::CsvBroken,
            Self::CalendarBroken { .. } => Code::CalendarBroken,
            Self::FeedBroken { .. } => Code::FeedBroken,
            Self::TableTooWide { .. } => Code::TableTooWide,
            Self::JsonBroken { .. } => Code::JsonBroken,
            Self::MappingUnreadable { .. } => Code::MappingUnreadable,
            Self::MappingUnsound { .. } => Code::MappingUnsound,
            Self::ZoneUnknown { .. } => Code::ImportZoneUnknown,
            Self::CubeNotInferred => Code::CubeNotInferred,
            Self::NothingToCompare { .. } => Code::NothingToCompare,
            Self::SchemaUnsound { .. } => Code::SchemaUnsound,
            Self::SchemaReferenceMissing { .. } => Code::SchemaReferenceMissing,
            Self::SchemaCircular { .. } => Code::SchemaCircular,
            Self::Exchange(error) => error.code(),
        }
    }

    /// Where it is: a path, or `line N`; empty where there is no place.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::FormatUnsound { path, .. }
            | Self::MappingUnsound { path, .. }
            | Self::SchemaUnsound { path, .. }
            | Self::SchemaReferenceMissing { path, .. }
            | Self::SchemaCircular { path, .. }
            | Self::SchemaUnreadable { path, .. }
            | Self::ExpressionUnsound { path, .. }
            | Self::StepUnsound { path, .. } => path.clone(),
            Self::ExpressionCycle { fields } => fields.first().cloned().unwrap_or_default(),
            Self::ProfileIncomplete { file } => file.clone(),
            Self::OperationRefused { subject, .. } => subject.clone(),
            Self::SourceNul { line }
            | Self::SourceEncoding { line, .. }
            | Self::SourceTooLong { line, .. }
            | Self::CsvBroken { line, .. }
            | Self::CalendarBroken { line, .. }
            | Self::FeedBroken { line, .. }
            | Self::ZoneUnknown { line, .. }
            | Self::JsonBroken { line, .. } => format!("line {line}"),
            Self::Exchange(error) => error.path(),
            Self::RegisterUnreadable { .. }
            | Self::FormatUnreadable { .. }
            | Self::FormUnreadable
            | Self::AnswersUnreadable { .. }
            | Self::FormatUnknown { .. }
            | Self::VersionUnknown { .. }
            | Self::SourceEmpty
            | Self::SourceUnknown
            | Self::TableTooWide { .. }
            | Self::MappingUnreadable { .. }
            | Self::CubeNotInferred
            | Self::NothingToCompare { .. } => String::new(),
        }
    }
}
