//! `cargo xtask test`: everything there is to check, part by part, to the end.

use crate::process::{self, Outcome, Stop, failed, lasted, run, run_quietly};
use crate::{codegen, demo, observatory, setup, tidy, wasm, widgets};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How a part that did not fail ended.
enum Ended {
    Passed,
    /// Why it was left out.
    Skipped(String),
}

/// A part of the test: its name, whether it is one of the fast ones, what it does.
struct Part {
    name: &'static str,
    fast: bool,
    work: fn() -> Outcome<Ended>,
}

const PARTS: [Part; 24] = [
    Part { name: "format of the Rust code", fast: true, work: || passed(format_check()) },
    Part { name: "tidy", fast: true, work: || passed(tidy::tidy()) },
    Part { name: "lints", fast: true, work: || passed(lints()) },
    Part { name: "lints of the module's wrapper", fast: false, work: || passed(lints_of_wrapper()) },
    Part { name: "Rust tests and the examples of the docs", fast: true, work: || passed(rust_tests()) },
    Part { name: "documentation of the crates", fast: false, work: || passed(documentation()) },
    Part { name: "generated files", fast: true, work: || passed(codegen::codegen(&["--check".to_owned()])) },
    Part { name: "WebAssembly module", fast: false, work: || passed(wasm::wasm()) },
    Part { name: "widgets: build and weight", fast: false, work: || passed(widgets::widgets()) },
    Part { name: "widgets: types", fast: false, work: || passed(npm("check")) },
    Part { name: "widgets: unit tests", fast: false, work: || passed(npm("test")) },
    Part { name: "widgets: in the browser", fast: false, work: || passed(browser()) },
    Part { name: "forms: played as ODK plays them", fast: false, work: || passed(forms()) },
    Part { name: "demo", fast: false, work: || passed(demo::demo(&["--check".to_owned()])) },
    Part {
        name: "observatory",
        fast: false,
        work: || passed(observatory::observatory(&["--check".to_owned()])),
    },
    Part { name: "site, read by others' readers", fast: false, work: || passed(site()) },
    Part { name: "encodings of records that are hard to write", fast: false, work: || passed(encodings()) },
    Part { name: "bad input", fast: false, work: || passed(bad_input()) },
    Part {
        name: "the count of source values",
        fast: false,
        work: || passed(script("recount.py", &["--test".into()])),
    },
    Part { name: "accounts of real data", fast: false, work: || on_data("check_accounts.py") },
    Part { name: "calendars, expanded by two programs", fast: false, work: || on_data("check_calendars.py") },
    Part { name: "surveys, as R computes them", fast: false, work: surveyed },
    Part { name: "imports that are killed", fast: false, work: || on_data("kill_import.py") },
    Part { name: "licenses and sources", fast: false, work: deny },
];

fn passed(outcome: Outcome) -> Outcome<Ended> {
    outcome.map(|()| Ended::Passed)
}

/// Runs every part, or with `--fast` those that take no browser, no Python and no WebAssembly.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    let fast = match arguments {
        [] => false,
        [only] if only == "--fast" => true,
        _ => return Err(Stop::Misuse("test takes nothing or --fast".into())),
    };
    let mut ends: Vec<(&str, Duration, Outcome<Ended>)> = Vec::new();
    for part in PARTS.iter().filter(|part| part.fast || !fast) {
        println!("\n== {} ==", part.name);
        let begun = Instant::now();
        let ended = (part.work)();
        match &ended {
            Ok(Ended::Passed) => {}
            Ok(Ended::Skipped(reason)) => println!("skipped: {reason}"),
            Err(stop) => eprintln!("{stop}"),
        }
        println!("-- {}, {}", part.name, lasted(begun.elapsed()));
        ends.push((part.name, begun.elapsed(), ended));
    }
    println!();
    let (mut good, mut bad, mut left_out) = (0, 0, 0);
    for (name, time, ended) in &ends {
        let word = match ended {
            Ok(Ended::Passed) => {
                good += 1;
                "passed"
            }
            Ok(Ended::Skipped(_)) => {
                left_out += 1;
                "skipped"
            }
            Err(_) => {
                bad += 1;
                "FAILED"
            }
        };
        println!("{word:<8} {:>12}  {name}", lasted(*time));
    }
    if left_out > 0 {
        println!("{left_out} skipped");
    }
    println!("{good} passed, {bad} failed");
    if bad == 0 { Ok(()) } else { Err(Stop::Told) }
}

fn format_check() -> Outcome {
    run(process::cargo().args(["fmt", "--all", "--", "--check"]))
}

fn lints() -> Outcome {
    let mut cargo = process::cargo();
    cargo.args(["clippy", "--workspace", "--exclude", "wasm-package", "--all-targets"]);
    run(cargo.args(["--", "-D", "warnings"]))
}

/// Apart, because what the wrapper is made of takes a minute to check and seldom changes.
fn lints_of_wrapper() -> Outcome {
    run(process::cargo().args(["clippy", "--package", "wasm-package", "--", "-D", "warnings"]))
}

fn rust_tests() -> Outcome {
    // The wrapper of the module has no tests and takes minutes to build.
    let mut cargo = process::cargo();
    cargo.args(["test", "--workspace", "--exclude", "wasm-package"]);
    if let Some(data) = data() {
        cargo.env("C3MS_DATA", data);
    }
    run(&mut cargo)
}

fn documentation() -> Outcome {
    let mut cargo = process::cargo();
    cargo.env("RUSTDOCFLAGS", "-D warnings");
    run(cargo.args(["doc", "--workspace", "--no-deps", "--exclude", "wasm-package", "--quiet"]))
}

fn npm(script: &str) -> Outcome {
    setup::one("node")?;
    run(&mut process::npm(&["run", script])?)
}

/// The agenda, and the page of a survey as the command writes it.
fn browser() -> Outcome {
    demo::build_command()?;
    setup::one("node")?;
    setup::one("chromium")?;
    run(process::npm(&["run", "test:browser"])?.env("C3MS_COMMAND", process::built("c3ms")))
}

/// Says itself what it skips where the real data are not there.
fn forms() -> Outcome {
    run(&mut forms_as_odk()?)
}

/// The command that plays forms here and in ODK's engine; what it needs is built.
pub(crate) fn forms_as_odk() -> Outcome<Command> {
    demo::build_command()?;
    wasm::wasm()?;
    setup::one("chromium")?;
    let mut npm = process::npm(&["run", "--silent", "test:forms"])?;
    npm.env("C3MS_COMMAND", process::built("c3ms"));
    if let Some(data) = data() {
        npm.env("C3MS_DATA", data);
    }
    Ok(npm)
}

/// The real data: `C3MS_DATA`, or the folder beside the repository.
pub(crate) fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("C3MS_DATA").map_or_else(
        || process::root().parent().unwrap_or(&process::root()).join("shared").join("data"),
        PathBuf::from,
    );
    folder.is_dir().then_some(folder)
}

fn script(name: &str, arguments: &[PathBuf]) -> Outcome {
    setup::one("python")?;
    let path = process::root().join("conformance").join("python").join(name);
    run(Command::new(setup::python_path()).env("PYTHONUTF8", "1").arg(path).args(arguments))
}

fn site() -> Outcome {
    let folder = process::target().join("xtask").join("plain");
    demo::plain_site(&folder)?;
    setup::one("node")?;
    script("validate_encodings.py", &[folder.join("site")])?;
    let data = folder.join("site").join("data");
    script("validate_partners.py", std::slice::from_ref(&data))?;
    script("test_validate_partners.py", &[data])?;
    let exports = folder.join("exports");
    exported(&folder.join("cooperative"), &exports)?;
    script("validate_exchange.py", &[exports, folder.join("site")])
}

/// `cargo xtask encodings`: two thousand records that are hard to write, read by others' readers.
pub(crate) fn encodings() -> Outcome {
    encodings_of("2000", &[])
}

/// So many records that are hard to write, read by others' readers; of some thirty, each file is broken, and must be
/// refused.
pub(crate) fn encodings_of(count: &str, besides: &[PathBuf]) -> Outcome {
    setup::one("node")?;
    let folder = process::target().join("encodings");
    process::remove_folder(&folder)?;
    // With the features of the whole workspace, which are built for the tests anyway.
    run_quietly(process::cargo().args([
        "build",
        "--workspace",
        "--exclude",
        "wasm-package",
        "--bin",
        "adversarial",
    ]))?;
    for (name, count) in [("whole", count), ("broken", "32")] {
        run_quietly(Command::new(process::built("adversarial")).arg(folder.join(name)).arg(count))?;
    }
    let arguments = [folder.join("whole"), "--broken".into(), folder.join("broken")];
    script("validate_encodings.py", &[&arguments, besides].concat())?;
    // What only partners of culture read.
    script("validate_partners.py", &[folder.join("whole")])
}

/// Writes each format of a cooperative as all that other tools read.
fn exported(cooperative: &Path, exports: &Path) -> Outcome {
    std::fs::create_dir_all(exports)
        .map_err(|cause| Stop::Failed(format!("{} cannot be made: {cause}", exports.display())))?;
    for cube in ["artist", "company", "event", "festival", "organizer", "performance", "venue"] {
        for kind in ["json-schema", "table-schema", "json-forms", "json-ld-context"] {
            let mut command = Command::new(process::built("c3ms"));
            command.arg("--dir").arg(cooperative).args(["format", "export", cube, "--as", kind, "--out"]);
            run_quietly(command.arg(exports.join(format!("{cube}.{kind}.json"))))?;
        }
    }
    Ok(())
}

fn bad_input() -> Outcome {
    demo::build_command()?;
    script("test_bad_input.py", &[process::built("c3ms")])
}

fn on_data(name: &str) -> Outcome<Ended> {
    on_data_with(name, &[])
}

/// The reference cases of surveys, by the command and by the module for Node.js.
fn surveyed() -> Outcome<Ended> {
    if !wasm::package("node").is_file() {
        wasm::wasm()?;
    }
    on_data_with("check_survey.py", &[wasm::package("node")])
}

/// `cargo xtask surveys`.
pub(crate) fn surveys() -> Outcome {
    match surveyed()? {
        Ended::Passed => Ok(()),
        Ended::Skipped(reason) => failed(reason),
    }
}

fn on_data_with(name: &str, besides: &[PathBuf]) -> Outcome<Ended> {
    match data() {
        Some(data) => {
            demo::build_command()?;
            passed(script(name, &[&[process::built("c3ms"), data], besides].concat()))
        }
        None if std::env::var_os("CI").is_some_and(|value| value == "true") => {
            failed("the real data are not there; name their folder in C3MS_DATA")
        }
        None => Ok(Ended::Skipped("the real data are not there; name their folder in C3MS_DATA".into())),
    }
}

fn deny() -> Outcome<Ended> {
    if process::find(&["cargo-deny"]).is_none() {
        return Ok(Ended::Skipped("cargo-deny is not installed; `cargo install cargo-deny` gets it".into()));
    }
    passed(run(process::cargo().args(["deny", "--workspace", "check", "licenses", "bans", "sources"])))
}
