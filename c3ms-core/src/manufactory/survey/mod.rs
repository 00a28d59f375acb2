//! Audiences studied by samples: who is drawn, what an answer stands for, what the whole public does.

mod analysis;
mod design;
#[cfg(feature = "disclosure")]
pub mod disclosure;
mod distribution;
mod domain;
mod error;
mod estimate;
mod figures;
mod french;
pub mod geometry;
mod hypothesis;
mod imputation;
mod model;
mod moments;
#[cfg(feature = "disclosure")]
pub mod observatory;
mod phases;
mod proportion;
mod quantile;
mod random;
mod rates;
mod replicate;
pub mod sample;
mod table;
pub mod task;
mod unequal;
mod unique;
mod variance;
pub mod weight;
mod weighting;

pub use analysis::{Analysis, AnalysisSpec, Covariance, NamedEstimate, Watch, WeightsTold};
pub use design::{Design, DesignSpec, SinglePsu};
pub use distribution::{
    beta_quantile, chi_square_tail, fisher_tail, normal_quantile, normal_tail, student_quantile,
    student_tails,
};
pub use domain::{DomainSums, Domains};
pub use error::SurveyError;
#[cfg(all(feature = "zones", feature = "templates"))]
pub(crate) use error::read_document;
pub use estimate::{Estimate, Figures, Flag, Survey, check_domain};
pub use figures::{ContrastSpec, ContrastTerm, EstimateSpec, Statistic};
pub use hypothesis::{AssociationMethod, RankScore, TestName, TestResult, TestSpec};
pub use imputation::{Draw, Imputation, ImputationMethod, ImputationSpec, ImputedColumn, NearestDistance};
pub use model::{Coefficient, Family, Model, ModelSpec, TermTest};
pub use phases::SecondPhaseSpec;
pub use proportion::{ProportionInterval, proportion_interval};
pub use quantile::{QuantileInterval, QuantileRule};
pub use random::Stream;
pub use rates::{OutcomeRates, Outcomes, outcome_rates};
pub use replicate::{GivenReplicates, ReplicateMethod, Replicates};
pub use table::{Beside, Categories, Column, Table};
pub use unequal::{PpsMethod, PpsSpec};
pub use weighting::{CellTotal, DistanceName, MarginSpec, StepReport, WeightingStep};
