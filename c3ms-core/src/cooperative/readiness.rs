//! What the entries of a cooperative still lack for those they are delivered to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::formats;
use crate::{
    Error,
    base::Date,
    manufactory::forms::{
        Entry, State,
        design::{Lack, Need, Target, lacks, score},
    },
    store::{Filter, Store},
};

/// How ready the entries of a cube are for a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// The cube.
    pub cube: String,
    /// The target.
    pub target: Target,
    /// Entries looked at: all that are not withdrawn.
    pub entries: usize,
    /// Those that lack nothing the target requires.
    pub ready: usize,
    /// How complete they are by their own format, on average, in percent, rounded down.
    pub percent: u8,
    /// How often each property lacks.
    pub lacking: BTreeMap<&'static str, usize>,
}

/// Tells what each entry lacks for a target on a day, and how ready each cube is; cubes that do not go there are left out.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where an entry cannot be read.
pub fn readiness(
    store: &dyn Store,
    target: Target,
    today: Date,
    each: &mut dyn FnMut(&Entry, &[Lack]),
) -> Result<Vec<Readiness>, Error> {
    let formats = formats(store)?;
    let mut entries = BTreeMap::new();
    store.entries(&Filter::default(), &mut |entry| {
        entries.insert(entry.id.to_string(), entry);
        Ok(())
    })?;
    let resolve = |cube: &str, id: &str| {
        let entry: &Entry = entries.get(id).filter(|entry: &&Entry| entry.revision.cube == cube)?;
        Some((formats.get(cube)?, &entry.revision.document))
    };
    let mut found: BTreeMap<&str, Readiness> = BTreeMap::new();
    let mut percents: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries.values().filter(|entry| entry.revision.state != State::Withdrawn) {
        let Some(format) = formats.get(&entry.revision.cube).filter(|format| target.takes(format)) else {
            continue;
        };
        let lacking = lacks(format, &entry.revision.document, target, today, &resolve);
        let of_cube = found.entry(&format.cube).or_insert_with(|| Readiness {
            cube: format.cube.clone(),
            target,
            entries: 0,
            ready: 0,
            percent: 0,
            lacking: BTreeMap::new(),
        });
        of_cube.entries += 1;
        of_cube.ready += usize::from(lacking.iter().all(|lack| lack.need != Need::Required));
        for lack in &lacking {
            *of_cube.lacking.entry(lack.property).or_default() += 1;
        }
        *percents.entry(&format.cube).or_default() +=
            usize::from(score(format, &entry.revision.document).percent);
        each(entry, &lacking);
    }
    Ok(found
        .into_iter()
        .map(|(cube, readiness)| {
            let mean = percents.get(cube).copied().unwrap_or_default() / readiness.entries.max(1);
            Readiness { percent: u8::try_from(mean).unwrap_or(100), ..readiness }
        })
        .collect())
}
