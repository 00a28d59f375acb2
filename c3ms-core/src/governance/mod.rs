//! Who acts: members, their roles and keys; who brings an entry from state to state.

mod error;
mod member;
mod workflow;

pub use error::GovernanceError;
pub use member::{Member, PublicKey, Role, SecretKey, Signature};
pub use workflow::{Review, Standing, Transition, Workflow};
