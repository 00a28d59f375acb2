//! `c3ms link`: which rows of two tables are the same thing.

use std::path::Path;

use c3ms_core::forms::identity;
use serde_json::json;

use crate::{commands::read_source, failure::Failure, output::Output};

pub(crate) fn link(first: &Path, second: &Path, output: &Output) -> Result<(), Failure> {
    let (ours, theirs) = (read_source(first)?, read_source(second)?);
    let links = identity::link(&ours, &theirs).map_err(Failure::about(second))?;
    for link in &links {
        output.plain(&format!("{} = {}  {:.3}", link.a, link.b, link.score));
    }
    output.json(&json!({ "pairs": links }));
    output.say(
        &format!("{} paires, entre {} lignes et {}", links.len(), ours.records.len(), theirs.records.len()),
        &format!("{} pairs, between {} rows and {}", links.len(), ours.records.len(), theirs.records.len()),
    );
    Ok(())
}
