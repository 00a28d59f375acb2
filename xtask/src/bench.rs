//! `cargo xtask bench`: ours against the peers, in one table.

use crate::process::{self, Outcome, Stop, capture, step};
use crate::{setup, wasm, widgets};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One line `bench NAME ours=… peer=… ratio=… (unit)`; a side that was measured elsewhere is `-`.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    ours: Option<f64>,
    peer: Option<f64>,
    unit: String,
}

/// Runs the benches and prints what they measured.
pub(crate) fn bench(arguments: &[String]) -> Outcome {
    match arguments {
        [] => show(&all()?),
        [part] if part == "programme" => show(&programme()?),
        [part] if part == "surveys" => show(&surveys()?),
        [part] if part == "disclosure" => show(&disclosure()?),
        [part] if part == "delivery" => show(&delivery()?),
        [part] if part == "fieldwork" => show(&(fieldwork()? + &queues()?)),
        [other, ..] => {
            let takes = "bench takes nothing, or one of the parts `programme`, `surveys`, `disclosure`, `fieldwork`, `delivery`";
            return Err(Stop::Misuse(format!("{takes}, not {other:?}")));
        }
    }
    Ok(())
}

/// Surveys alone: natively, as a module, and the peers on the same tables.
fn surveys() -> Outcome<String> {
    let python = setup::python_for_benches()?;
    Ok(native(&python, &["survey"])? + &peers_of_surveys(&python)?)
}

/// Imports, what is the same thing, hints while typing; and the peer on the same records.
fn programme() -> Outcome<String> {
    let python = setup::python_for_benches()?;
    Ok(native(&python, &["programme", "linkage", "hint"])? + &splink(&python)?)
}

/// Tables that are published: how long their protection takes, all attacks on them, and classes as pycanon counts them.
fn disclosure() -> Outcome<String> {
    let python = setup::python_for_benches()?;
    let printed = step("native benches", || {
        capture(process::cargo().args([
            "bench",
            "--package",
            "conformance",
            "--bench",
            "numbers",
            "--",
            "disclosure",
        ]))
    })?;
    Ok(printed + &attacks(&python)?)
}

/// Encodings, ours and those of the peers, of the same records.
fn delivery() -> Outcome<String> {
    let python = setup::python_for_benches()?;
    let folder = process::target().join("delivery");
    let mut printed = step("native benches of delivery", || {
        let bench = ["bench", "--package", "conformance", "--bench", "delivery"];
        capture(process::cargo().args(bench).env("C3MS_DELIVERY", &folder))
    })?;
    printed.push_str(&step("icalendar, pandas, openpyxl, rdflib (Python)", || {
        capture(Command::new(&python).arg(script("python", "bench_delivery.py")).arg(&folder))
    })?);
    Ok(printed)
}

/// A survey of the example's territory, a thousand times over: how often its intervals hold what is true.
fn fieldwork() -> Outcome<String> {
    step("a survey in the field, a thousand times", || {
        capture(&mut whole(&[
            "test",
            "--release",
            "--package",
            "conformance",
            "territory",
            "--",
            "--nocapture",
        ]))
    })
}

/// Queues of phones that are lost, repeated and reordered, and waves that are planned anew, in full.
fn queues() -> Outcome<String> {
    step("queues and plans, all of them", || {
        let fieldwork = ["--package", "c3ms-core", "--features", OF_TESTS, "--test", "main", "fieldwork"];
        capture(&mut whole(&[&["test", "--release"][..], &fieldwork[..], &["--", "--nocapture"]].concat()))
    })
}

fn attacks(python: &Path) -> Outcome<String> {
    let mut printed = step("attacks on published tables, all of them", || {
        let attacks = ["--package", "c3ms-core", "--features", OF_TESTS, "--test", "main", "disclosure"];
        let mut cargo = process::cargo();
        cargo.args(["test", "--release"]).args(attacks).args(["--", "--nocapture"]);
        capture(cargo.env("C3MS_FULL", "1"))
    })?;
    crate::demo::build_command()?;
    printed.push_str(&step("pycanon (Python)", || {
        let script = script("python", "check_anonymity.py");
        capture(Command::new(python).arg(script).arg(process::built("c3ms")))
    })?);
    Ok(printed)
}

/// The features that the tests of the core need.
const OF_TESTS: &str = "sqlite,zones,templates,office,disclosure";

/// The native benches of these names; all, where none is named.
fn native(python: &Path, names: &[&str]) -> Outcome<String> {
    let mut cargo =
        whole(&[&["bench", "--package", "conformance", "--bench", "numbers", "--"][..], names].concat());
    cargo.env("C3MS_LINKAGE", pairs()).env("C3MS_SURVEY", tables());
    if names.is_empty() || names.contains(&"linkage") {
        let script = script("python", "bench_linkage.py");
        cargo.env("C3MS_FEBRL", capture(Command::new(python).arg(script).arg("--febrl"))?.trim());
    }
    step("native benches", || capture(&mut cargo))
}

/// Cargo, asked to repeat what is repeated as often as it can be, on the real data.
fn whole(arguments: &[&str]) -> Command {
    let mut cargo = process::cargo();
    cargo.args(arguments).env("C3MS_FULL", "1");
    if let Some(data) = crate::test::data() {
        cargo.env("C3MS_DATA", data);
    }
    cargo
}

/// Where the native bench of linkage writes the records that the peer reads.
fn pairs() -> PathBuf {
    process::target().join("linkage")
}

fn splink(python: &Path) -> Outcome<String> {
    let script = script("python", "bench_linkage.py");
    step("splink (Python)", || capture(Command::new(python).arg(script).arg(pairs())))
}

fn script(folder: &str, name: &str) -> PathBuf {
    process::root().join("conformance").join(folder).join(name)
}

/// Where the native bench of surveys writes the tables that the peers read.
fn tables() -> PathBuf {
    process::target().join("surveys")
}

fn peers_of_surveys(python: &Path) -> Outcome<String> {
    let tables = tables();
    wasm::wasm()?;
    let mut printed = step("surveys in WebAssembly (Node.js)", || {
        let script = script(".", "bench_survey.mjs");
        capture(Command::new("node").arg(script).arg(wasm::package("node")).arg(&tables))
    })?;
    printed.push_str(&step("svy (Python)", || {
        capture(Command::new(python).arg(script("python", "bench_survey.py")).arg(&tables))
    })?);
    if Command::new("Rscript")
        .args(["-e", "library(survey); library(sampling)"])
        .output()
        .is_ok_and(|ran| ran.status.success())
    {
        printed.push_str(&step("survey, sampling (R)", || {
            capture(Command::new("Rscript").arg(script("r", "bench_survey.R")).arg(&tables))
        })?);
    } else {
        println!("survey, sampling (R): skipped; on Debian they are r-cran-survey and r-cran-sampling");
    }
    Ok(printed)
}

/// All benches there are.
fn all() -> Outcome<String> {
    let mut printed = step("tests, as often as they can be asked to", || {
        capture(&mut whole(&["test", "--release", "--package", "conformance", "--", "--nocapture"]))
    })?;
    printed.push_str(&step("hostile sources, all of them", || {
        let hostile = ["--package", "c3ms-core", "--features", OF_TESTS, "--test", "main", "hostile"];
        capture(&mut whole(&[&["test", "--release"][..], &hostile[..]].concat()))
    })?);
    printed.push_str(&queues()?);
    let python = setup::python_for_benches()?;
    printed.push_str(&native(&python, &[])?);
    printed.push_str(&splink(&python)?);
    printed.push_str(&peers_of_surveys(&python)?);
    printed.push_str(&attacks(&python)?);
    printed.push_str(&delivery()?);
    crate::test::encodings_of("100000", &["--shaped".into(), "5000".into()])?;
    let crowded = process::target().join("crowded.ics");
    let script = script("python", "bench_expansion.py");
    setup::one("python")?;
    printed.push_str(&step("recurring-ical-events (Python)", || {
        capture(Command::new(setup::python_path()).arg(script).arg(&crowded))
    })?);
    let mut forms = crate::test::forms_as_odk()?;
    printed.push_str(&step("forms, all sequences (Chromium)", || capture(forms.env("C3MS_FULL", "1")))?);
    widgets::build()?;
    printed.push_str(&widgets::added_row(&widgets::weigh()?));
    Ok(printed)
}

/// The two sides of each figure, in one table.
fn show(printed: &str) {
    println!("{:<28} {:>14} {:>14} {:>8}", "", "ours", "peer", "ratio");
    for row in joined(printed.lines().filter_map(row)) {
        let shown = |rate: Option<f64>| rate.map_or("-".to_owned(), |rate| format!("{rate:.0}"));
        let ratio =
            row.ours.zip(row.peer).map_or("-".to_owned(), |(ours, peer)| format!("{:.2}", ours / peer));
        println!("{:<28} {:>14} {:>14} {ratio:>8}  {}", row.name, shown(row.ours), shown(row.peer), row.unit);
    }
}

fn row(line: &str) -> Option<Row> {
    let (name, rest) = line.strip_prefix("bench ")?.split_once(' ')?;
    let (numbers, unit) = rest.split_once('(').unwrap_or((rest, ""));
    let rate = |key: &str| {
        numbers
            .split_whitespace()
            .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
            .and_then(|number| number.parse().ok())
    };
    let unit = unit.trim_end_matches(')').to_owned();
    Some(Row { name: name.to_owned(), ours: rate("ours"), peer: rate("peer"), unit })
}

/// Puts the two sides of a name together, where they were measured by two programs.
fn joined(rows: impl Iterator<Item = Row>) -> Vec<Row> {
    let mut whole: Vec<Row> = Vec::new();
    for row in rows {
        match whole.iter_mut().find(|other| other.name == row.name) {
            Some(other) => {
                other.ours = other.ours.or(row.ours);
                other.peer = other.peer.or(row.peer);
            }
            None => whole.push(row),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_bench_is_read() {
        let read = row("bench ingest ours=1200 peer=900 ratio=1.33 (events/s)").unwrap();
        assert_eq!((read.name.as_str(), read.ours, read.peer), ("ingest", Some(1200.0), Some(900.0)));
        assert_eq!(read.unit, "events/s");
        assert_eq!(row("running 3 benches"), None);
    }

    #[test]
    fn two_halves_make_one_row() {
        let lines =
            ["bench icalendar ours=9 peer=- ratio=- (VEVENT/s)", "bench icalendar ours=- peer=3 ratio=-"];
        let rows = joined(lines.into_iter().filter_map(row));
        assert_eq!(rows.len(), 1);
        assert_eq!(rows.first().map(|row| (row.ours, row.peer)), Some((Some(9.0), Some(3.0))));
    }
}
