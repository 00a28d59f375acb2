//! `cargo xtask bench`: ours against the peers, in one table.

use crate::process::{self, Outcome, Stop, capture, step};
use crate::setup;
use std::process::Command;

/// One line `bench NAME ours=… peer=… ratio=…`.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: String,
    ours: String,
    peer: String,
    ratio: String,
}

/// Runs the benches and prints what they measured.
pub(crate) fn bench(arguments: &[String]) -> Outcome {
    if let [first, ..] = arguments {
        return Err(Stop::Misuse(format!("bench takes no arguments, not {first:?}")));
    }
    let mut printed = step("native benches", || {
        let mut cargo = process::cargo();
        cargo.args(["bench", "--package", "conformance"]);
        if let Some(data) = crate::test::data() {
            cargo.env("C3MS_DATA", data);
        }
        capture(&mut cargo)
    })?;
    let events = process::target().join("demo").join("site").join("data").join("performance.json");
    if events.is_file() {
        setup::one("python")?;
        let script = process::root().join("conformance").join("python").join("bench_icalendar.py");
        printed.push_str(&step("icalendar (Python)", || {
            capture(Command::new(setup::python_path()).arg(script).arg(&events))
        })?);
    } else {
        println!("icalendar (Python): skipped, `cargo xtask demo` makes the events it writes");
    }
    println!("{:<36} {:>16} {:>16} {:>8}", "", "ours", "peer", "ratio");
    for row in printed.lines().filter_map(row) {
        println!("{:<36} {:>16} {:>16} {:>8}", row.name, row.ours, row.peer, row.ratio);
    }
    Ok(())
}

fn row(line: &str) -> Option<Row> {
    let rest = line.strip_prefix("bench ")?;
    let (name, numbers) = rest.split_once(' ')?;
    let value = |key: &str| {
        numbers
            .split_whitespace()
            .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
            .unwrap_or("-")
            .to_owned()
    };
    Some(Row { name: name.to_owned(), ours: value("ours"), peer: value("peer"), ratio: value("ratio") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_bench_is_read() {
        let read = row("bench ingest ours=1200/s peer=900/s ratio=1.33").unwrap();
        let expected =
            Row { name: "ingest".into(), ours: "1200/s".into(), peer: "900/s".into(), ratio: "1.33".into() };
        assert_eq!(read, expected);
        assert_eq!(row("bench alone peer=3").unwrap().ours, "-");
        assert_eq!(row("running 3 benches"), None);
    }
}
