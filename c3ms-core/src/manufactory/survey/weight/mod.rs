//! What an answer stands for: weights, and what is done to them so that they fit what is known.
//!
//! | step | what it does |
//! |---|---|
//! | [`Weights`] | design weights: how many people (or visits) a row stands for |
//! | [`response_classes`], [`response_propensity`] | those who answered also stand for those who did not |
//! | [`weight_share`], [`visitor_weights`] | from visits to visitors |
//! | [`post_stratify`], [`rake`], [`calibrate`] | sums of weights meet what is known of the whole public |
//! | [`trim`], [`design_effect`], [`effective_size`] | no row weighs too much, and what unequal weights cost |
//! | [`Adjustment`] | what a variance must know of it |
//! | [`Reweighting`] | the same again on each replicate weight |

mod adjustment;
mod calibrate;
mod columns;
mod margin;
mod newton;
mod normal;
mod post_stratify;
mod propensity;
mod rake;
mod replicate;
mod response;
mod share;
mod trim;
mod values;

pub use adjustment::Adjustment;
pub use calibrate::{Auxiliaries, Calibration, CalibrationOptions, Distance, calibrate};
pub use columns::Columns;
pub use margin::Margin;
pub use post_stratify::post_stratify;
pub use propensity::{Propensity, response_propensity};
pub use rake::{Rake, RakeOptions, rake};
pub use replicate::Reweighting;
pub(super) use response::class_factors;
pub use response::{Respondents, response_classes};
pub use share::{Link, shared_answers, visitor_weights, weight_share};
pub use trim::{Trimmed, Trimming, design_effect, effective_size, trim};
pub use values::{CalibratedWeights, Convergence, Reweighted, Weights};
