//! Where data are made: forms and surveys.

pub mod forms;
pub mod survey;
