//! Versions of formats: what changed, what that means for records, and the way there and back.

mod apply;
mod convert;
mod difference;
mod lens;
mod operation;
mod step;
mod tree;
mod verdict;

pub use difference::difference;
pub use lens::{Carried, Complement, Count, Lens, Lineage, Tally, amended, reverted};
pub use operation::{Division, FormatWording, Limits, Logic, Operation, Wording};
pub use verdict::{compare_formats, judge};
