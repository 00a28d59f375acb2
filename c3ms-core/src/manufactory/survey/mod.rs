//! Audiences studied by samples: who is drawn, what an answer stands for, what the whole public does.

mod analysis;
mod design;
mod distribution;
mod error;
mod estimate;
pub mod geometry;
mod hypothesis;
mod imputation;
mod model;
mod proportion;
mod quantile;
mod random;
mod replicate;
pub mod sample;
mod table;
mod variance;
pub mod weight;
mod weighting;

pub use analysis::{Analysis, AnalysisSpec, Covariance, EstimateSpec, NamedEstimate, Statistic};
pub use design::{Design, DesignSpec, SinglePsu};
pub use distribution::{
    beta_quantile, fisher_tail, normal_quantile, normal_tail, student_quantile, student_tails,
};
pub use error::SurveyError;
pub use estimate::{DomainSums, Domains, Estimate, Figures, Flag, Survey, check_domain};
pub use hypothesis::{AssociationMethod, RankScore, TestResult, TestSpec};
pub use imputation::{Draw, Imputation, ImputationMethod, ImputationSpec, ImputedColumn, NearestDistance};
pub use model::{Coefficient, Family, Model, ModelSpec, TermTest, fit};
pub use proportion::{ProportionInterval, proportion_interval};
pub use quantile::{QuantileInterval, QuantileRule, quantile};
pub use random::Stream;
pub use replicate::{ReplicateMethod, Replicates};
pub use table::{Categories, Column, Table};
pub use weighting::{DistanceName, MarginSpec, WeightingStep};
