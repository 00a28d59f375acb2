//! The figures side by side with their peers, in one run: `cargo xtask bench`.
//!
//! Each line: `bench NAME ours=… peer=… ratio=… (unit)`, rates per second of processor time. Where the peer is not
//! a Rust crate, `cargo xtask bench` runs it and puts the two together.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that stops has failed")]

use std::{
    cell::RefCell, collections::BTreeMap, hint::black_box, ops::ControlFlow, process::Command, time::Duration,
};

use c3ms_core::{
    base::{Date, Id, Seed, Timestamp},
    calendar::expand,
    cooperative::{Act, ImportOptions, Settings, found, import},
    forms::{
        Revision, State, Validator,
        identity::{DuplicateOptions, Index, Thing, duplicates},
        intake::Source,
        json_schema, live_performance,
    },
    store::{Batch, Change, SqliteStore, Store as _},
    survey::{
        Beside, Stream,
        disclosure::DisclosureSpec,
        sample,
        task::{Question, Task},
    },
};
use cpu_time::ProcessTime;
use serde_json::{Value, json};

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return; // `cargo test --benches` only wants to know that it compiles.
    }
    // Names after `--` choose: `cargo bench --package conformance -- validation`.
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let parts: [(&str, fn()); 10] = [
        // First, while the process has needed little memory.
        ("expansion", expansion),
        ("validation", validation),
        ("agreement", agreement),
        ("ingest", ingest),
        ("programme", programme),
        ("versions", versions),
        ("linkage", linkage),
        ("hint", hint),
        ("survey", survey),
        ("disclosure", disclosure),
    ];
    for (_, part) in parts.iter().filter(|(name, _)| named.is_empty() || named.iter().any(|one| one == name))
    {
        part();
    }
}

/// 100,000 entries of 5,000 formats, valid and damaged, about which the referee must say what we say.
fn agreement() {
    let referee = |schema: &Value| jsonschema::validator_for(schema).unwrap();
    let mut valid = 0;
    for seed in 0..5000 {
        let counted = conformance::agreement::ask(seed, referee, |referee, entry| referee.is_valid(entry));
        valid += counted.unwrap();
    }
    let entries = 5000 * conformance::agreement::ENTRIES;
    println!("bench agreement ours={entries} peer={entries} (entries judged alike, {valid} of them valid)");
}

/// The laws of versions on 100,000 chains of operations; and a version brought into force over 100,000 entries.
fn versions() {
    let (mut operations, mut promises) = (0, 0);
    for seed in 0..100_000 {
        let held = conformance::evolution::hold(seed).unwrap();
        operations += held.operations;
        promises += held.promises;
    }
    println!(
        "bench laws-of-versions ours=100000 (chains without failure: {operations} operations, {promises} promises)"
    );
    let folder = tempfile::tempdir().unwrap();
    let told = conformance::story::tell(100_000, folder.path()).unwrap();
    let [migration, rollback] = [told.migration, told.rollback].map(|time| time.as_millis());
    println!("bench migration ours={migration} (CPU milliseconds for 100000 entries; back {rollback})");
}

/// How often per second of processor time: the best of five turns of `work`, which does `count` things.
fn rate(count: usize, mut work: impl FnMut()) -> f64 {
    let mut least = Duration::MAX;
    for _ in 0..5 {
        let start = ProcessTime::now();
        work();
        least = least.min(start.elapsed());
    }
    let count = u32::try_from(count).map_or(f64::MAX, f64::from);
    count / least.as_secs_f64()
}

fn tell(name: &str, ours: f64, peer: f64, unit: &str) {
    println!("bench {name} ours={ours:.0} peer={peer:.0} ratio={:.2} ({unit})", ours / peer);
}

/// 40 performances of 1.4 KB, one in twenty with something wrong, asked about fifty times over: they lie in the
/// cache, as an entry does that has just been read. With two thousand, both measure the memory.
fn validation() {
    let format =
        live_performance().unwrap().formats.into_iter().find(|format| format.cube == "performance").unwrap();
    let documents: Vec<Value> = (0..40)
        .map(|number| {
            let mut document = conformance::performance(number);
            if number % 20 == 0 {
                document["status"] = json!("peut-être");
            }
            document
        })
        .collect();
    let ours = Validator::new(&format).unwrap();
    let theirs = jsonschema::validator_for(&json_schema(&format)).unwrap();
    let often = |is_wrong: &dyn Fn(&Value) -> bool| {
        rate(50 * documents.len(), || {
            let wrong =
                (0..50).flat_map(|_| &documents).filter(|document| black_box(is_wrong(document))).count();
            assert_eq!(wrong, 100);
        })
    };
    // Both tell every violation with its place; then both say yes or no.
    let told = [
        often(&|document| !ours.validate(document).is_empty()),
        often(&|document| theirs.iter_errors(document).count() > 0),
    ];
    let answered =
        [often(&|document| !ours.is_valid(document)), often(&|document| !theirs.is_valid(document))];
    let unit = "documents per CPU-second, peer: crate jsonschema,";
    tell("validate-1.4KB-event", told[0], told[1], &format!("{unit} iter_errors"));
    tell("validate-1.4KB-event-yes-or-no", answered[0], answered[1], &format!("{unit} is_valid"));
}

/// 20,000 performances from JSON text into a file: parsed, validated, sealed, chained, indexed; commits of 500.
fn ingest() {
    let profile = live_performance().unwrap();
    let format = profile.formats.iter().find(|format| format.cube == "performance").unwrap();
    let (validator, digest) = (Validator::new(format).unwrap(), format.digest());
    let texts: Vec<String> = (0..20_000).map(|number| conformance::performance(number).to_string()).collect();
    let settings = settings();
    let act = Act {
        now: Timestamp::from_millis(0),
        actor: Id::derived(&["bench"]),
        seed: Seed::from_number(1),
        signer: None,
    };
    let folder = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::create(&folder.path().join("c.sqlite")).unwrap();
    found(&mut store, &settings, &profile, &act).unwrap();
    let start = ProcessTime::now();
    for (batch, texts) in texts.chunks(500).enumerate() {
        let changes: Vec<Change> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let document: serde_json::Map<String, Value> = serde_json::from_str(text).unwrap();
                assert!(validator.validate_document(&document).is_empty());
                let revision = Revision::new("performance", digest, State::Published, document);
                Change::Revision(Id::derived(&[&(batch * 500 + index).to_string()]), revision)
            })
            .collect();
        store
            .append(&Batch { at: act.now, actor: act.actor, seed: act.seed, signer: None, changes: &changes })
            .unwrap();
    }
    let count = u32::try_from(texts.len()).map_or(f64::MAX, f64::from);
    tell(
        "sqlite-ingest",
        count / start.elapsed().as_secs_f64(),
        10_000.0,
        "entries per CPU-second, peer: the target",
    );
}

/// The agenda of a region imported by the command, then a table of 100,000 events by the library.
fn programme() {
    agenda();
    table();
}

/// 2,816 events with 48,758 timings as OpenAgenda exports them: the `c3ms` command, without and with an account of
/// every value. The least time of five runs, as it passes and of the processors, and the most memory of any.
fn agenda() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let built = Command::new(env!("CARGO"))
        .current_dir(&root)
        .args(["build", "--release", "--quiet", "--package", "c3ms-cli", "--target-dir", "target"])
        .status();
    assert!(built.unwrap().success());
    let program = root.join("target/release/c3ms");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agenda.json");
    std::fs::write(&file, conformance::agenda::crowded_agenda()).unwrap();
    for (name, accounted) in [("agenda", false), ("agenda-account", true)] {
        let (mut passed, mut least, mut most) = (u128::MAX, u64::MAX, 0);
        for round in 0..5 {
            let home = folder.path().join(format!("{name}-{round}"));
            let begun =
                Command::new(&program).args(["init", "--name", "Banc"]).arg(&home).output().unwrap().status;
            assert!(begun.success());
            let mut import = Command::new(&program);
            import.arg("--json").arg("--dir").arg(&home).arg("import").arg(&file);
            if accounted {
                import.arg("--account").arg(home.join("account.json"));
            }
            let Some(used) = used(&mut import) else {
                println!("bench {name} ours=- peer=- (this system does not tell what a process used)");
                return;
            };
            let told: Value = serde_json::from_str(used.printed.lines().last().unwrap()).unwrap();
            let created = told["summary"]["records"]["created"].as_u64();
            assert_eq!(
                created,
                u64::try_from(conformance::CROWDED_EVENTS + conformance::agenda::PLACES).ok()
            );
            passed = passed.min(used.passed.as_millis());
            (least, most) = (least.min(used.milliseconds), most.max(used.memory));
        }
        println!(
            "bench {name}-passed ours={passed} peer=500 ratio=- (milliseconds that pass, peer: the most)"
        );
        println!("bench {name}-processors ours={least} peer=- ratio=- (milliseconds of the processors)");
        println!("bench {name}-memory ours={most} peer=80 ratio=- (MB at most, peer: the most)");
    }
}

/// What a command printed and used.
struct Used {
    printed: String,
    passed: Duration,
    /// Of processor time, its own and the system's for it.
    milliseconds: u64,
    /// The most it had, in megabytes.
    memory: u64,
}

/// Runs a command and asks the system what it uses until it ends; nothing where the system does not tell.
fn used(command: &mut Command) -> Option<Used> {
    let printed = tempfile::NamedTempFile::new().unwrap();
    let begun = std::time::Instant::now();
    let mut child = command.stdout(printed.reopen().unwrap()).spawn().unwrap();
    let of = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", child.id())).ok();
    let mut memory = 0;
    let ended = loop {
        // The state is the third; the times in hundredths of a second are the 14th and 15th, after a name in brackets.
        let Some(status) = of("stat") else { break None };
        let fields: Vec<&str> = status.rsplit(')').next().unwrap().split_whitespace().collect();
        if matches!(fields[0], "Z" | "X") {
            break Some((fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10);
        }
        memory = of("status").and_then(|status| high_water(&status)).unwrap_or(memory);
        std::thread::sleep(Duration::from_millis(1));
    };
    let passed = begun.elapsed();
    assert!(child.wait().unwrap().success());
    let printed = std::fs::read_to_string(printed.path()).unwrap();
    Some(Used { printed, passed, milliseconds: ended?, memory })
}

/// A table of 100,000 events, imported, and imported again unchanged.
fn table() {
    let act = Act {
        now: Timestamp::from_millis(0),
        actor: Id::derived(&["bench"]),
        seed: Seed::from_number(1),
        signer: None,
    };
    let row = |number: usize| {
        let (day, month, venue) = (1 + number % 28, 1 + number / 28 % 12, number % 500);
        format!(
            "{number};Spectacle {number};2027-{month:02}-{day:02} 20:30;Salle {venue};Une soirée avec la compagnie {number};theatre;12 €\n"
        )
    };
    let rows: String = (0..100_000).map(row).collect();
    let table = "id;titre;debut;lieu;description;genre;tarif\n".to_owned() + &rows;
    let source = || Source::read(table.as_bytes()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::create(&folder.path().join("c.sqlite")).unwrap();
    found(&mut store, &settings(), &live_performance().unwrap(), &act).unwrap();
    let options = ImportOptions { name: "programme.csv".to_owned(), ..ImportOptions::default() };
    for (name, most) in [("import", 10_000), ("import-again", 3000)] {
        let start = ProcessTime::now();
        let records =
            import(&mut store, &source(), &options, &act, &mut |_| {}).unwrap().account.summary.records;
        let took = start.elapsed().as_millis();
        let expected = if name == "import" { (100_500, 0) } else { (0, 100_500) };
        assert_eq!((records.created, records.unchanged), expected);
        println!("bench {name} ours={took} peer={most} (CPU milliseconds for 100000 events, peer: the most)");
    }
}

/// 2,816 events with 48,758 dates, as an agenda of a region has them, expanded from the bytes of a file: half by
/// rules, half by lists. The peer reads the same file (`python/bench_expansion.py`).
fn expansion() {
    let file = conformance::crowded_calendar();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/crowded.ics");
    std::fs::write(path, &file).unwrap();
    let window = Date::new(2026, 1, 1).unwrap()..Date::new(2028, 1, 1).unwrap();
    let dates = conformance::CROWDED_DATES;
    let before = most_memory();
    let ours = rate(dates, || {
        let expanded = expand(black_box(file.as_bytes()), &window).unwrap();
        assert_eq!((expanded.instances.len(), expanded.notes.len()), (dates, 0));
    });
    let seconds = f64::from(u32::try_from(dates).unwrap()) / ours;
    println!(
        "bench expansion ours={ours:.0} peer=- ratio=- (dates per CPU-second, peer: recurring-ical-events)"
    );
    println!(
        "bench expansion-milliseconds ours={:.0} peer=500 ratio=- (for all, peer: the target)",
        seconds * 1000.0
    );
    if let Some((before, after)) = before.zip(most_memory()) {
        println!(
            "bench expansion-memory ours={after} peer=80 ratio=- (MiB at most, {before} of them before; peer: the target)"
        );
    }
}

/// The most memory this process has had, in MiB, where the system tells it.
fn most_memory() -> Option<u64> {
    high_water(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// The most memory a process has had, in megabytes, by its status.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some((line.split_whitespace().next()?.parse::<u64>().ok()? * 1024).div_ceil(1_000_000))
}

/// Duplicates in labelled sets; the peer is asked about the same files (`python/bench_linkage.py`), which are left in
/// the folder that `C3MS_LINKAGE` names.
fn linkage() {
    let febrl = std::env::var_os("C3MS_FEBRL").map(std::path::PathBuf::from);
    for set in conformance::linkage::sets(febrl.as_deref()) {
        if let Some(folder) = std::env::var_os("C3MS_LINKAGE") {
            let folder = std::path::PathBuf::from(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(set.name).with_extension("csv"), set.to_csv()).unwrap();
        }
        let mut pairs = Vec::new();
        let records = rate(set.things.len(), || {
            pairs = duplicates(&set.things, DuplicateOptions { at_least: 0.05 })
                .iter()
                .filter(|pair| pair.veto.is_none())
                .map(|pair| (pair.a, pair.b))
                .collect();
        });
        let (f1, precision, recall) = set.judged(&pairs);
        let name = set.name;
        let thousandths = f1 * 1000.0;
        println!(
            "bench linkage-f1-{name} ours={thousandths:.0} peer=- ratio=- (F1 in thousandths, each cut where best, peer: splink; ours precision {precision:.3}, recall {recall:.3})"
        );
        println!(
            "bench linkage-{name} ours={records:.0} peer=- ratio=- (records per CPU-second, peer: splink)"
        );
    }
}

/// What a half-typed record is like, among 100,000 performances: the slowest of 500 questions.
fn hint() {
    let word = |number: usize| {
        const ENDS: [&str; 20] = [
            "a", "eau", "ette", "ier", "oire", "ance", "ure", "elle", "on", "age", "esse", "ain", "eur",
            "is", "ot", "ine", "ard", "oux", "el", "ie",
        ];
        const STARTS: [&str; 25] = [
            "b", "br", "c", "ch", "cl", "d", "f", "fl", "g", "gr", "j", "l", "m", "n", "p", "pl", "pr", "r",
            "s", "st", "t", "tr", "v", "vr", "z",
        ];
        let (start, middle, end) = (number % 25, number / 25 % 20, number / 500 % 20);
        format!("{}{}{}", STARTS[start], ENDS[middle], ENDS[end])
    };
    let mut chance = conformance::chance::Chance::new(4);
    let towns: Vec<String> = (0..800).map(|number| word(number * 7 + 3)).collect();
    let things: Vec<Thing> = (0..100_000)
        .map(|_| {
            // Some words are frequent, most are not, as in names.
            let length = 2 + chance.below(3);
            let mut next = || {
                let below = [40, 400, 10_000][chance.below(3)];
                word(chance.below(below))
            };
            let name = (0..length).map(|_| next()).collect::<Vec<_>>().join(" ");
            Thing {
                name,
                locality: chance.of(&towns).clone(),
                day: c3ms_core::base::Date::from_days(20_700 + i64::try_from(chance.below(365)).unwrap())
                    .into(),
                ..Thing::default()
            }
        })
        .collect();
    let index = Index::new(&things);
    let (mut slowest, mut found) = (Duration::ZERO, 0);
    for question in 0..500 {
        let at = question * 199;
        let whole = &things[at];
        let half: String = whole.name.chars().take(whole.name.chars().count() * 2 / 3).collect();
        let town = if question % 2 == 0 { whole.locality.clone() } else { String::new() };
        let typed = Thing { name: half, locality: town, ..Thing::default() };
        let start = std::time::Instant::now();
        let hints = black_box(index.like(&typed, 10));
        slowest = slowest.max(start.elapsed());
        found += usize::from(hints.iter().any(|hint| hint.at == at));
    }
    println!(
        "bench hint ours={} peer=10000 (microseconds at most, among 100000; peer: the target; {found} of 500 among the first ten)",
        slowest.as_micros()
    );
}

/// Estimates on a million rows, weights, replicates, balanced draws; the tables are written for the peers.
fn survey() {
    use conformance::survey::{analysis, answers, coverage, frame, margins, to_csv};
    let folder = std::env::var_os("C3MS_SURVEY").map(std::path::PathBuf::from);
    let keep = |name: &str, text: &dyn Fn() -> String| {
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(name), text()).unwrap();
        }
    };
    let told = |name: &str, rate: f64, unit: &str| {
        for (short, peer) in [("r", "R"), ("svy", "svy")] {
            if short == "r" || unit == "rows" {
                println!(
                    "bench {name}-{short} ours={rate:.4} peer=- ratio=- ({unit} per CPU-second, peer: {peer})"
                );
            }
        }
    };
    let memory = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0)
            / 1024.0
    };
    let million = answers(1_000_000);
    keep("million.csv", &|| to_csv(&million));
    // The most from here on: what writing the tables took counts no more (Linux, proc(5)).
    let _reset = std::fs::write("/proc/self/clear_refs", "5");
    let before = memory();
    let mean = json!({"estimates": [{"statistic": "mean", "variables": ["y"]}]});
    let mean = analysis(&mean);
    told("survey-mean", rate(1_000_000, || drop(black_box(mean.carry_out(&million).unwrap()))), "rows");
    let domains = json!({"estimates": [{"statistic": "mean", "variables": ["y"], "by": ["d"]}]});
    let domains = analysis(&domains);
    told("survey-domains", rate(1_000_000, || drop(black_box(domains.carry_out(&million).unwrap()))), "rows");
    let raking = json!({"weighting": [{"step": "rake", "tolerance": 1e-4, "margins": margins(1_000_000)}]});
    let raking = analysis(&raking);
    let beside = Beside::new();
    told(
        "survey-raking",
        rate(1_000_000, || drop(black_box(raking.weights(&million, &beside).unwrap()))),
        "rows",
    );
    // Ten columns of eight bytes.
    println!("survey: {before:.0} MB before estimates, of them 80 of answers");
    for peer in ["r", "svy"] {
        println!("bench survey-memory-{peer} ours={:.0} peer=- ratio=- (MB at most)", memory());
    }
    drop(million);
    let small = answers(100_000);
    keep("small.csv", &|| to_csv(&small));
    let replicates = json!({
        "replicates": {"method": "rao-wu", "replicates": 500, "seed": 1},
        "estimates": [{"statistic": "mean", "variables": ["y"]}],
    });
    let replicates = analysis(&replicates);
    told(
        "survey-bootstrap",
        rate(100_000, || drop(black_box(replicates.carry_out(&small).unwrap()))),
        "rows",
    );
    // The same question as a document and a text: the module for Node.js answers it too (`bench_survey.mjs`).
    let spec =
        json!({"data": "small.csv", "estimates": [{"statistic": "mean", "variables": ["y"], "by": ["d"]}]});
    let task = Task::parse(Question::Estimate, &spec.to_string()).unwrap();
    let files = BTreeMap::from([("small.csv".to_owned(), to_csv(&small))]);
    let native = rate(100_000, || drop(black_box(task.answer(&files).unwrap())));
    println!(
        "bench survey-wasm ours=- peer={native:.0} ratio=- (rows of text per CPU-second, peer: ours, natively)"
    );
    local_pivotal(1_000_000);
    for units in [10_000, 100_000] {
        let (probabilities, columns) = frame(units);
        keep(&format!("frame-{units}.csv"), &|| conformance::survey::columns_to_csv(&columns));
        let mut stream = Stream::new(&Seed::from_number(1));
        let draws = rate(units, || {
            let drawn = sample::cube(&probabilities, &columns, sample::Landing::default(), &mut stream);
            drop(black_box(drawn.unwrap()));
        });
        told(&format!("cube-{units}"), draws, "units");
    }
    for covered in coverage(10_000) {
        println!("coverage of 95 % intervals: {:28} {:.4}", covered.name, covered.share);
    }
}

/// A table of 50 by 50 by 5 cells with its totals, one cell in ten with fewer than five people: its pattern, then the proof.
fn disclosure() {
    let mut stream = Stream::new(&Seed::from_number(1));
    let (mut cells, mut few) = (Vec::new(), 0_u32);
    for (commune, practice, age) in (0..50 * 50 * 5).map(|cell| (cell / 250, cell / 5 % 50, cell % 5)) {
        let is_few = stream.below(10) == 0;
        few += u32::from(is_few);
        let people = if is_few { 1 + stream.below(4) } else { 5 + stream.below(100) * (1 + stream.below(4)) };
        let at =
            json!({"commune": commune.to_string(), "practice": practice.to_string(), "age": age.to_string()});
        cells.push(json!({"at": at, "value": people}));
    }
    let tables = json!([{"dimensions": ["commune", "practice", "age"], "cells": cells}]);
    let spec: DisclosureSpec =
        serde_json::from_value(json!({"population": "bench", "rules": {"minimum": 5}, "tables": tables}))
            .unwrap();
    let marks = RefCell::new(Vec::new());
    let told = spec
        .carry_out(None, &|_, _| {
            marks.borrow_mut().push(ProcessTime::now());
            ControlFlow::Continue(())
        })
        .unwrap();
    let marks = marks.into_inner();
    let took = |from: usize| marks[from + 1].duration_since(marks[from]).as_millis();
    let (report, cells) = (&told.report, told.report.cells);
    let hidden = format!("{few} of {cells} cells sensitive, {} left out", report.suppressed);
    println!(
        "bench disclosure-pattern ours={} peer=5000 ratio=- (CPU milliseconds, peer: the most; {hidden})",
        took(0)
    );
    let programs = report.work.audit_programs;
    println!(
        "bench disclosure-audit ours={} peer=120000 ratio=- (CPU milliseconds, peer: the most; {programs} linear programs, {} cells repaired)",
        took(1),
        report.work.repaired
    );
}

/// One unit in ten of a square, spread over it.
fn local_pivotal(units: usize) {
    let mut stream = Stream::new(&Seed::from_number(1));
    let places = [(); 2].map(|()| (0..units).map(|_| stream.unit()).collect::<Vec<f64>>());
    let probabilities = sample::equal_probabilities(units, units / 10).unwrap();
    let draws = rate(units, || {
        drop(black_box(sample::local_pivotal(&probabilities, &places, &mut stream).unwrap()));
    });
    println!("bench local-pivotal ours={draws:.0} peer=- ratio=- (units per CPU-second)");
}

fn settings() -> Settings {
    serde_json::from_value(
        json!({ "name": "Banc", "zone": "Europe/Paris", "language": "fr", "license": "https://example.org" }),
    )
    .unwrap()
}
