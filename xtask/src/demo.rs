//! `cargo xtask demo`: a cooperative from nothing to a page in the browser, step by step.

use crate::process::{self, Outcome, Stop, capture, failed, lasted, run_quietly, step, thousands};
use crate::{serve, setup, widgets};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The example, in an order where each file finds what it refers to.
pub(crate) const EXAMPLE: [&str; 7] = [
    "venues.csv",
    "organizers.csv",
    "companies.csv",
    "shows.csv",
    "programme.csv",
    "theatre-du-rempart.ics",
    "festival-des-cimes.jsonld",
];

/// Says that a folder was made by the demo, so that the demo may empty it.
const MARK: &str = ".c3ms-demo";

/// What a story was asked to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) check: bool,
    pub(crate) from: Vec<PathBuf>,
    pub(crate) port: u16,
    pub(crate) folder: PathBuf,
}

/// The numbers of the last line.
#[derive(Debug, Default)]
struct Summary {
    created: u64,
    refused: u64,
    values: u64,
    delivered: u64,
}

/// Runs the demo.
pub(crate) fn demo(arguments: &[String]) -> Outcome {
    let asked = read_arguments(arguments, "demo")?;
    let begun = Instant::now();
    let summary = prepare(&asked.folder, &asked.from)?;
    let site = asked.folder.join("site");
    if asked.check { check(&asked, &site, &summary, begun) } else { show(&asked, &site, &summary, begun) }
}

/// What `demo`, or another command that tells a story, was asked; it works in a folder of its name.
pub(crate) fn read_arguments(arguments: &[String], story: &str) -> Outcome<Asked> {
    let mut asked =
        Asked { check: false, from: Vec::new(), port: 8080, folder: process::target().join(story) };
    let mut rest = arguments.iter().peekable();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--check" => asked.check = true,
            "--from" => {
                while let Some(file) = rest.next_if(|word| !word.starts_with("--")) {
                    asked.from.push(absolute(file)?);
                }
                if asked.from.is_empty() {
                    return Err(Stop::Misuse("--from wants at least one file".into()));
                }
            }
            "--port" => {
                asked.port = rest
                    .next()
                    .and_then(|word| word.parse().ok())
                    .ok_or_else(|| Stop::Misuse("--port wants a number from 0 to 65535".into()))?;
            }
            "--dir" => {
                let named = rest.next().ok_or_else(|| Stop::Misuse("--dir wants a folder".into()))?;
                asked.folder = absolute(named)?;
            }
            other => return Err(Stop::Misuse(format!("{story} does not know {other:?}"))),
        }
    }
    Ok(asked)
}

fn absolute(path: &str) -> Outcome<PathBuf> {
    std::path::absolute(path)
        .map_err(|cause| Stop::Failed(format!("{path} is not a path of this system: {cause}")))
}

/// Builds all, makes a fresh cooperative in the folder, imports, checks and delivers; then sums a survey up.
fn prepare(folder: &Path, from: &[PathBuf]) -> Outcome<Summary> {
    step("build c3ms", build_command)?;
    widgets::build()?;
    let summary = cooperative(folder, from, Some(&widgets::folder()))?;
    survey()?;
    Ok(summary)
}

/// Sums a survey up that comes with the examples, and shows what it tells of its public.
fn survey() -> Outcome {
    let example = process::root().join("examples").join("surveys").join("evening.json");
    let mut command = Command::new(process::built("c3ms"));
    command.args(["survey", "estimate"]).arg(&example);
    let told = step("survey estimate evening.json", || capture(&mut command))?;
    told.lines().for_each(|line| println!("  {line}"));
    Ok(())
}

/// Builds the `c3ms` command.
pub(crate) fn build_command() -> Outcome {
    run_quietly(process::cargo().args(["build", "--package", "c3ms-cli"]))
}

/// Makes the site of the example in a folder, without widgets: what the validators read.
pub(crate) fn plain_site(folder: &Path) -> Outcome {
    build_command()?;
    cooperative(folder, &[], None).map(|_| ())
}

fn cooperative(folder: &Path, from: &[PathBuf], widgets: Option<&Path>) -> Outcome<Summary> {
    let example = process::root().join("examples").join("grand-brianconnais");
    let files =
        if from.is_empty() { EXAMPLE.iter().map(|name| example.join(name)).collect() } else { from.to_vec() };
    if let Some(missing) = files.iter().find(|file| !file.is_file()) {
        return failed(format!(
            "{} is not there; `cargo xtask codegen` writes the example",
            missing.display()
        ));
    }
    empty(folder, &["cooperative", "site", "accounts"])?;
    let home = folder.join("cooperative");
    let site = folder.join("site");
    let mut init = Command::new(process::built("c3ms"));
    init.arg("init").arg(&home);
    // The newcomer's own programme is called by its first file.
    let stem = from.first().and_then(|file| file.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    init.args(["--name", stem.as_deref().unwrap_or("Grand Briançonnais")]);
    step("init", || run_quietly(&mut init))?;
    let mut summary = Summary::default();
    for (place, file) in files.iter().enumerate() {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let account = folder.join("accounts").join(format!("{place:02}-{name}.json"));
        process::make_folder(&folder.join("accounts"))?;
        let said = step(&format!("import {name}"), || {
            c3ms(&home, &["import".as_ref(), file.as_os_str(), "--account".as_ref(), account.as_os_str()])
        })?;
        let counts = said.get("summary").unwrap_or(&Value::Null);
        summary.created += counts.get("records").map_or(0, |records| number(records, "created"));
        summary.refused += number(counts, "refused");
        summary.values += number(counts, "source_values");
    }
    step("validate", || c3ms(&home, &["validate".as_ref()]))?;
    step("verify", || c3ms(&home, &["verify".as_ref()]))?;
    let mut arguments = vec!["deliver".as_ref(), site.as_os_str()];
    if let Some(widgets) = widgets {
        arguments.extend(["--widgets".as_ref(), widgets.as_os_str()]);
    }
    let said = step("deliver", || c3ms(&home, &arguments))?;
    summary.delivered = said
        .get("delivered")
        .and_then(Value::as_object)
        .map(|cubes| cubes.values().filter_map(Value::as_u64).sum())
        .unwrap_or_default();
    Ok(summary)
}

/// Empties what an earlier demo left, and nothing else.
pub(crate) fn empty(folder: &Path, inside: &[&str]) -> Outcome {
    let mark = folder.join(MARK);
    let occupied = std::fs::read_dir(folder).is_ok_and(|mut own| own.next().is_some());
    if occupied && !mark.is_file() {
        return failed(format!(
            "{} holds something that no demo made; name an empty folder with --dir",
            folder.display()
        ));
    }
    for name in inside {
        process::remove_folder(&folder.join(name))?;
    }
    process::write(&mark, "Made by `cargo xtask demo`, which empties this folder when it runs again.\n")
}

/// Runs `c3ms … --dir HOME --json` and returns the last line it prints.
fn c3ms(home: &Path, arguments: &[&OsStr]) -> Outcome<Value> {
    let mut command = Command::new(process::built("c3ms"));
    command.args(arguments).arg("--dir").arg(home).arg("--json");
    let printed = capture(&mut command)?;
    let last = printed.lines().last().unwrap_or("null");
    serde_json::from_str(last)
        .map_err(|cause| Stop::Failed(format!("c3ms --json ended with {last:?}, which is not JSON: {cause}")))
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn show(asked: &Asked, site: &Path, summary: &Summary, begun: Instant) -> Outcome {
    let listening = serve::listen(asked.port)?;
    println!(
        "demo: {} records imported, {} delivered, {}",
        thousands(summary.created),
        thousands(summary.delivered),
        lasted(begun.elapsed())
    );
    println!("The page is at {} (Ctrl-C ends it).", listening.address);
    open(&listening.address);
    listening.answer(site);
    Ok(())
}

/// Opens the address in the person's browser, where there is one.
pub(crate) fn open(address: &str) {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" })
    };
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // No browser, no harm: the address is on the screen.
    drop(command.spawn());
}

/// Opens the page in a browser without a window and reads what it shows.
fn check(asked: &Asked, site: &Path, summary: &Summary, begun: Instant) -> Outcome {
    setup::one("chromium")?;
    let listening = serve::listen(0)?;
    let picture = asked.folder.join("screenshot.png");
    let script = process::root().join("widgets").join("test").join("check-page.mjs");
    let seen = step("open the page", || {
        let mut node = Command::new(process::node()?);
        node.current_dir(process::root().join("widgets")).arg(script).arg(&listening.address).arg(&picture);
        if let Some(chromium) = setup::find_chromium() {
            node.env("C3MS_CHROMIUM", chromium);
        }
        let output = listening.while_answering(site, || process::output(&mut node))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = printed.lines().last().unwrap_or_default();
        serde_json::from_str::<Value>(last).map_err(|_| {
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            Stop::Failed(format!("the page could not be read in the browser:\n{printed}{complaint}"))
        })
    })?;
    verdict(&seen)?;
    let weights = widgets::weigh()?;
    widgets::within_budget(&weights)?;
    let brotli = |name: &str| widgets::kib(weights.get(name).map_or(0, |weight| weight.brotli));
    println!(
        "demo: {} records imported, {} values refused of {}, {} delivered, wasm {} KiB, agenda {} KiB brotli, \
         first list {} ms, total {}",
        thousands(summary.created),
        thousands(summary.refused),
        thousands(summary.values),
        thousands(summary.delivered),
        brotli("c3ms_core_bg.wasm"),
        brotli("c3ms-agenda.js"),
        number(&seen, "first_list_ms"),
        lasted(begun.elapsed())
    );
    Ok(())
}

/// Whether what the browser saw is a working page.
fn verdict(seen: &Value) -> Outcome {
    let errors: Vec<String> = seen
        .get("errors")
        .and_then(Value::as_array)
        .map(|errors| {
            errors.iter().map(|error| error.as_str().map_or(error.to_string(), Into::into)).collect()
        })
        .unwrap_or_default();
    if !errors.is_empty() {
        return failed(format!("the page complains:\n{}", errors.join("\n")));
    }
    if number(seen, "items") == 0 {
        return failed("the page shows no performance");
    }
    if seen.get("ok") != Some(&Value::Bool(true)) {
        return failed(format!("the page is not right: {seen}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn arguments_are_read_in_any_order() {
        let asked = read_arguments(&words("--from a.csv b.csv --port 9000 --check"), "demo").unwrap();
        assert_eq!((asked.check, asked.port, asked.from.len()), (true, 9000, 2));
        assert!(asked.folder.ends_with("demo"));
    }

    #[test]
    fn misuse_is_told() {
        for line in ["--port much", "--from", "--dir", "--nothing"] {
            assert!(matches!(read_arguments(&words(line), "demo"), Err(Stop::Misuse(_))), "{line}");
        }
    }

    #[test]
    fn a_page_that_is_empty_or_complains_is_not_right() {
        assert_eq!(verdict(&json!({"ok": true, "items": 3, "errors": []})), Ok(()));
        assert!(verdict(&json!({"ok": true, "items": 0, "errors": []})).is_err());
        assert!(verdict(&json!({"ok": true, "items": 3, "errors": ["off-origin request"]})).is_err());
        assert!(verdict(&json!({"ok": false, "items": 3})).is_err());
    }

    #[test]
    fn a_folder_of_someone_else_is_not_emptied() {
        let folder = process::target().join("xtask").join("test-someone-else");
        process::write(&folder.join("site").join("mine.txt"), "mine").unwrap();
        assert!(empty(&folder, &["site"]).is_err());
        assert!(folder.join("site").join("mine.txt").is_file());
        process::write(&folder.join(MARK), "").unwrap();
        assert_eq!(empty(&folder, &["site"]), Ok(()));
        assert!(!folder.join("site").exists());
        process::remove_folder(&folder).unwrap();
    }
}
