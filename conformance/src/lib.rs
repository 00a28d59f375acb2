//! Cases every language must pass.
