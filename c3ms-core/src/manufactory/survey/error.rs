//! Why a sample could not be drawn, weighted or summed up.

use crate::Code;

/// Why a sample could not be drawn, weighted or summed up.
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
    #[error("{what}: {value} at {at} is not {expected}")]
    NumberUnfit {
        /// What it is.
        what: String,
        /// The number.
        value: f64,
        /// Its place, from 0.
        at: usize,
        /// What is expected.
        expected: &'static str,
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
}

impl SurveyError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::LengthsDiffer { .. } => Code::LengthsDiffer,
            Self::NumberUnfit { .. } => Code::NumberUnfit,
            Self::SampleTooLarge { .. } => Code::SampleTooLarge,
            Self::DesignUnfit { .. } => Code::DesignUnfit,
        }
    }
}
