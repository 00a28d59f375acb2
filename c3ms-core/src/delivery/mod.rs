//! The one way out.

mod error;

pub use error::DeliveryError;
