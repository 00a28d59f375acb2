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
    /// A weight that is not above 0: a row that stands for nobody.
    #[error("the weight at {at} is {value}, not above 0")]
    WeightNotPositive {
        /// Its place, from 0.
        at: usize,
        /// The weight.
        value: f64,
    },
    /// A category that cannot have its total.
    #[error("{margin}, category {category}: {reason}")]
    MarginUnmet {
        /// What the margin is called.
        margin: String,
        /// The code of the category.
        category: usize,
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
}

impl SurveyError {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::LengthsDiffer { .. } => Code::LengthsDiffer,
            Self::NumberUnfit { .. } => Code::NumberUnfit,
            Self::WeightNotPositive { .. } => Code::WeightNotPositive,
            Self::MarginUnmet { .. } => Code::MarginUnmet,
            Self::MarginsDisagree { .. } => Code::MarginsDisagree,
            Self::NoConvergence { .. } => Code::NoConvergence,
            Self::ReplicateUnfit { .. } => Code::ReplicateUnfit,
        }
    }
}
