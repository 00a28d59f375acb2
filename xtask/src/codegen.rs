//! `cargo xtask codegen`: the files that are committed but written by a program.

use crate::process::{self, Outcome, Stop, capture, failed, step};
use crate::{demo, season};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes the generated files, or with `--check` finds the first that differs.
pub(crate) fn codegen(arguments: &[String]) -> Outcome {
    let check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => return Err(Stop::Misuse("codegen takes nothing or --check".into())),
    };
    step("build c3ms", demo::build_command)?;
    let fresh = process::target().join("xtask").join("codegen");
    process::remove_folder(&fresh)?;
    step("generate", || generate(&fresh))?;
    let mut files = Vec::new();
    list(&fresh, Path::new(""), &mut files)?;
    files.sort();
    if check { compare(&fresh, &files) } else { copy(&fresh, &files) }
}

fn generate(fresh: &Path) -> Outcome {
    let example = fresh.join("examples").join("grand-brianconnais");
    season::write(&example)
        .map_err(|cause| Stop::Failed(format!("the example could not be written: {cause}")))?;
    let c3ms = |arguments: &[&str]| capture(Command::new(process::built("c3ms")).args(arguments));
    process::write(&fresh.join("docs").join("errors.md"), &c3ms(&["errors", "--markdown"])?)?;
    for cube in cubes()? {
        let schema = c3ms(&["format", &cube, "--schema"])?;
        process::write(&fresh.join("schemas").join("json-schema").join(format!("{cube}.json")), &schema)?;
    }
    let questions = [
        ("estimate", "analysis"),
        ("sample", "draw"),
        ("allocate", "allocation"),
        ("disclose", "disclosure"),
        ("kanonymity", "anonymity"),
        ("plan", "plan"),
        ("sheet", "sheet"),
        ("page", "page"),
        ("weigh", "weighing"),
        ("capture", "capture"),
        ("message", "message"),
        ("publish", "observatory"),
    ];
    for (question, name) in questions {
        let schema = c3ms(&["survey", "schema", question])?;
        process::write(
            &fresh.join("schemas").join("json-schema").join("survey").join(format!("{name}.json")),
            &schema,
        )?;
    }
    Ok(())
}

/// The names of the cubes of the shipped profile.
fn cubes() -> Outcome<Vec<String>> {
    let folder = process::root().join("schemas").join("profiles").join("live-performance").join("cubes");
    let listed = std::fs::read_dir(&folder)
        .map_err(|cause| Stop::Failed(format!("{} could not be listed: {cause}", folder.display())))?;
    let mut names: Vec<String> = listed
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

fn list(top: &Path, below: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    let folder = top.join(below);
    let listed = std::fs::read_dir(&folder)
        .map_err(|cause| Stop::Failed(format!("{} could not be listed: {cause}", folder.display())))?;
    for entry in listed.flatten() {
        let name = below.join(entry.file_name());
        if top.join(&name).is_dir() { list(top, &name, files)? } else { files.push(name) }
    }
    Ok(())
}

fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    std::fs::read(path)
        .map_err(|cause| Stop::Failed(format!("{} could not be read: {cause}", path.display())))
}

fn compare(fresh: &Path, files: &[PathBuf]) -> Outcome {
    for name in files {
        let committed = process::root().join(name);
        if !committed.is_file() || bytes(&committed)? != bytes(&fresh.join(name))? {
            return failed(format!(
                "{} is not what the code generates; run `cargo xtask codegen` and commit it",
                name.display()
            ));
        }
    }
    let schemas = Path::new("schemas").join("json-schema");
    let mut committed = Vec::new();
    list(&process::root(), &schemas, &mut committed)?;
    if let Some(left) = committed.iter().find(|name| !files.contains(name)) {
        return failed(format!("{} is not generated any more; remove it", left.display()));
    }
    println!("codegen: {} files as committed", files.len());
    Ok(())
}

fn copy(fresh: &Path, files: &[PathBuf]) -> Outcome {
    let mut changed = 0;
    for name in files {
        let new = bytes(&fresh.join(name))?;
        let committed = process::root().join(name);
        if committed.is_file() && bytes(&committed)? == new {
            continue;
        }
        if let Some(folder) = committed.parent() {
            process::make_folder(folder)?;
        }
        std::fs::write(&committed, new)
            .map_err(|cause| Stop::Failed(format!("{} could not be written: {cause}", name.display())))?;
        println!("wrote {}", name.display());
        changed += 1;
    }
    println!("codegen: {changed} of {} files changed", files.len());
    Ok(())
}
