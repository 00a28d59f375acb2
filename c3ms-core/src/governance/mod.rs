//! Who acts: members, their roles and keys; who brings an entry from state to state; to whom what goes.

mod error;
mod member;
mod rule;
mod workflow;

pub use error::GovernanceError;
pub use member::{Member, PublicKey, Role, SecretKey, Signature};
pub(crate) use rule::lies_in;
pub use rule::{Audience, Effect, Reuser, Rule, check_rules};
pub use workflow::{Review, Standing, Transition, Workflow};
