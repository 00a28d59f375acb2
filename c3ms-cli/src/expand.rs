//! `c3ms expand`: every date of a calendar in a window.

use std::{fs, ops::Range, path::Path};

use c3ms_core::{Error, base::Date, calendar};
use serde_json::json;

use crate::{failure::Failure, output::Output};

pub(crate) fn expand(file: &Path, window: Range<Date>, output: &Output) -> Result<(), Failure> {
    let bytes = fs::read(file).map_err(Failure::io(file, false))?;
    let expansion = calendar::expand(&bytes, &window).map_err(Failure::about(file))?;
    output.json(&json!({ "instances": expansion.instances }));
    for instance in &expansion.instances {
        output.plain(&format!("{}  {}", instance.start, instance.uid.as_deref().unwrap_or_default()));
    }
    for note in expansion.notes {
        output.note(file, &Error::from(note).report(output.language));
    }
    Ok(())
}
