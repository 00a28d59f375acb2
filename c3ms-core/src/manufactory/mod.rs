//! Where data are made: forms today, surveys on the same ground later.

pub mod forms;
