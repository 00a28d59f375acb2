//! `c3ms expand`: every date of a calendar in a window.

use std::{collections::BTreeMap, fs, ops::Range, path::Path};

use c3ms_core::{
    Error,
    base::Date,
    calendar::{self, Expansion},
};
use serde_json::json;

use crate::{failure::Failure, output::Output};

pub(crate) fn expand(file: &Path, window: Range<Date>, output: &Output) -> Result<(), Failure> {
    let bytes = fs::read(file).map_err(Failure::io(file, false))?;
    let expansion = calendar::expand(&bytes, &window).map_err(Failure::about(file))?;
    output.json(&json!({ "instances": expansion.instances }));
    tell(&expansion, output);
    for note in expansion.notes {
        output.note(file, &Error::from(note).report(output.language));
    }
    Ok(())
}

/// The series in words, then every date with what it is.
fn tell(expansion: &Expansion, output: &Output) {
    let mut titles = BTreeMap::new();
    for series in &expansion.series {
        let title = series.title.as_deref().or(series.uid.as_deref()).unwrap_or("–");
        titles.insert(series.uid.as_deref(), title);
        let Some(schedule) = series.schedule.as_ref().filter(|_| series.instances > 0) else { continue };
        let (count, summary) = (series.instances, schedule.summary(output.language));
        output.say(&format!("{title}\u{a0}: {summary} ({count})"), &format!("{title}: {summary} ({count})"));
    }
    for instance in &expansion.instances {
        let title = titles.get(&instance.uid.as_deref()).copied().unwrap_or_default();
        output.plain(&format!("{}  {}  {title}", instance.start, instance.end));
    }
    let count = expansion.instances.len();
    output.say(&format!("{count} dates"), &format!("{count} dates"));
}
