//! Who acts: members, their roles and keys.

mod error;
mod member;

pub use error::GovernanceError;
pub use member::{Member, PublicKey, Role, SecretKey, Signature};
