//! The one error, and its flat form for every language.

use serde::Serialize;

use crate::{
    Code,
    calendar::CalendarError,
    cooperative::CooperativeError,
    delivery::DeliveryError,
    governance::GovernanceError,
    manufactory::{forms::FormsError, survey::SurveyError},
    publisher::PublisherError,
    store::StoreError,
};

/// Anything that can go wrong in the core, by door.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Formats, entries, sources.
    #[error(transparent)]
    Forms(#[from] FormsError),
    /// Samples, weights, estimates.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// Calendars, rules, opening hours.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// Members and signatures.
    #[error(transparent)]
    Governance(#[from] GovernanceError),
    /// The log and what is read from it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What goes out.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// What a page shows.
    #[error(transparent)]
    Publisher(#[from] PublisherError),
    /// Commands that join the doors.
    #[error(transparent)]
    Cooperative(#[from] CooperativeError),
}

impl Error {
    /// The stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Forms(error) => error.code(),
            Self::Survey(error) => error.code(),
            Self::Calendar(error) => error.code(),
            Self::Governance(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Delivery(error) => error.code(),
            Self::Publisher(error) => error.code(),
            Self::Cooperative(error) => error.code(),
        }
    }

    /// The flat form for every other language.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::{Error, forms::Format};
    /// let refused = Error::from(Format::parse("{").unwrap_err()).report("fr");
    /// assert_eq!(refused.code.as_str(), "forms.format-unreadable");
    /// ```
    #[must_use]
    pub fn report(&self, language: &str) -> Report {
        let path = match self {
            Self::Forms(error) => error.path(),
            Self::Calendar(error) => error.path(),
            Self::Survey(_)
            | Self::Governance(_)
            | Self::Store(_)
            | Self::Delivery(_)
            | Self::Publisher(_)
            | Self::Cooperative(_) => String::new(),
        };
        let message = match self {
            Self::Survey(error) => error.message(language),
            Self::Forms(_)
            | Self::Calendar(_)
            | Self::Governance(_)
            | Self::Store(_)
            | Self::Delivery(_)
            | Self::Publisher(_)
            | Self::Cooperative(_) => self.to_string(),
        };
        Report { code: self.code(), message, path, advice: self.code().advice(language) }
    }
}

/// An error as plain data: what a face passes on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The stable name of the cause.
    pub code: Code,
    /// What happened, with its figures; no personal data. Of surveys in the language asked for, else in English.
    pub message: String,
    /// Where: a JSON Pointer or `line N`; empty where the message says it.
    pub path: String,
    /// What to do, in the language asked for.
    pub advice: &'static str,
}
