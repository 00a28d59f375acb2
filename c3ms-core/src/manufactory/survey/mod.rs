//! Audiences studied by samples: who is drawn, what an answer stands for, what the whole public does.

mod error;
mod random;
pub mod sample;
pub mod weight;

pub use error::SurveyError;
pub use random::Stream;
