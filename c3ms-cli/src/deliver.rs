//! Writes what is delivered into a folder: a file is changed only where its content is, each at once.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use c3ms_core::{base::Timestamp, cooperative};
use serde_json::json;

use crate::{failure::Failure, output::Output};

/// The folder of the built widgets in which the player of questionnaires lies.
pub(crate) const QUESTIONNAIRE: &str = "questionnaire";

pub(crate) fn deliver(
    dir: &Path,
    out: &Path,
    widgets: Option<&Path>,
    (older, to): (&[String], &str),
    now: Timestamp,
    output: &Output,
) -> Result<(), Failure> {
    let store = crate::commands::open(dir)?;
    let older = older
        .iter()
        .map(|named| {
            let (cube, version) = named.split_once('@').unwrap_or((named, ""));
            Ok(cooperative::version(&store, cube, version)?)
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let recipient = crate::dissemination::recipient(&store, to)?;
    let mut delivered = cooperative::deliver_as(&store, &older, &recipient, now)?;
    // A site asks nobody: what plays questionnaires stays out of it.
    let readers = |(inside, _): &(String, Vec<u8>)| !inside.starts_with(&format!("{QUESTIONNAIRE}/"));
    let contents = widgets.map(contents).transpose()?.unwrap_or_default();
    let contents = contents.into_iter().filter(readers);
    delivered.files.extend(contents.map(|(inside, content)| (format!("widgets/{inside}"), content)));
    let mut bytes = 0;
    for (path, content) in &delivered.files {
        bytes += content.len();
        write(&out.join(path), content)?;
    }
    let files = delivered.files.len();
    let records: usize = delivered.delivered.values().sum();
    output.json(&json!({
        "delivered": delivered.delivered, "occurrences": delivered.occurrences, "files": files, "bytes": bytes,
    }));
    output.say(
        &format!(
            "{} : {records} fiches, {} dates à l’agenda, {files} fichiers",
            out.display(),
            delivered.occurrences
        ),
        &format!(
            "{}: {records} records, {} dates in the agenda, {files} files",
            out.display(),
            delivered.occurrences
        ),
    );
    Ok(())
}

/// Writes a file whole or not at all; leaves one alone that holds the same.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    if fs::read(path).is_ok_and(|known| known == content) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).map_err(Failure::io(folder, true))?;
    let mut name = path.as_os_str().to_owned();
    name.push(".writing");
    let fresh = PathBuf::from(name);
    let written = fs::File::create(&fresh).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&fresh, path)).map_err(|error| {
        let _removed = fs::remove_file(&fresh);
        Failure::io(path, true)(error)
    })
}

/// What is in a folder and below: paths from it, and contents.
pub(crate) fn contents(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let read = |file: PathBuf| {
        let inside = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        Ok((inside, fs::read(&file).map_err(Failure::io(&file, false))?))
    };
    files_below(folder)?.into_iter().map(read).collect()
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(Failure::io(folder, false))? {
        let path = entry.map_err(Failure::io(folder, false))?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
