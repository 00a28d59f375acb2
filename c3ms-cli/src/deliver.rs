//! Writes what is delivered into a folder.

use std::path::Path;

use c3ms_core::base::Timestamp;

use crate::{failure::Failure, output::Output};

pub(crate) fn deliver(_: &Path, _: &Path, _: Option<&Path>, _: Timestamp, _: &Output) -> Result<(), Failure> {
    Ok(())
}
