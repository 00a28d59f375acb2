//! Forms of other tools: what they say is understood, kept or told as lost, and written again.

use std::path::PathBuf;

use c3ms_core::forms::{FormOptions, ImportedForm, format_from_xlsform};

/// The shared forms, where they are; a run that must have them fails without.
fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("C3MS_DATA")
        .map_or_else(
            || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")),
            PathBuf::from,
        )
        .join("xlsform");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there", folder.display());
    println!("skipped: {} is not there", folder.display());
    None
}

fn files(folder: PathBuf) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn import(path: &std::path::Path) -> Result<ImportedForm, c3ms_core::Error> {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let options = FormOptions { name, ..FormOptions::default() };
    Ok(format_from_xlsform(&std::fs::read(path).unwrap(), &options)?)
}

#[test]
fn all_shared_forms_are_read_and_every_cell_is_told() {
    let Some(folder) = shared() else { return };
    let mut count = 0;
    for path in files(folder.join("forms")) {
        let read = import(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let loss = &read.loss;
        println!(
            "{}: {} = {} + {} + {}",
            path.display(),
            loss.values,
            loss.interpreted,
            loss.kept,
            loss.lost.len()
        );
        for lost in &loss.lost {
            println!("   {lost:?}");
        }
        assert_eq!(loss.values, loss.interpreted + loss.kept + loss.lost.len());
        count += 1;
    }
    assert_eq!(count, 22);
}

#[test]
fn invalid_forms_are_refused_with_their_place() {
    let Some(folder) = shared() else { return };
    for path in files(folder.join("invalid")) {
        let refused = import(&path).unwrap_err();
        println!("{}: {}", path.display(), refused);
    }
}
