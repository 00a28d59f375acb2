//! Cases every language must pass, read from the documents beside this package; and documents to measure with.

pub mod agenda;
pub mod agreement;
pub mod chance;
pub mod delivery;
pub mod evolution;
pub mod fieldwork;
pub mod formats;
pub mod linkage;
pub mod search;
pub mod story;
pub mod survey;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

/// Reads every case of a folder (`forms`), with its file name, in the order of names.
///
/// # Errors
/// Where the folder or a file cannot be read.
pub fn cases(folder: &str) -> io::Result<Vec<(String, Value)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut cases = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let case = serde_json::from_str(&fs::read_to_string(&path)?)?;
            cases.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), case));
        }
    }
    cases.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(cases)
}

/// How many events [`crowded_calendar`] has.
pub const CROWDED_EVENTS: usize = 2816;

/// How many dates they have together.
pub const CROWDED_DATES: usize = 48_758;

/// The agenda of a region as one calendar: every other event by a rule, the others by a list of dates.
#[must_use]
pub fn crowded_calendar() -> String {
    let (each, rest) = (CROWDED_DATES / CROWDED_EVENTS, CROWDED_DATES % CROWDED_EVENTS);
    let events = (0..CROWDED_EVENTS).map(|number| crowded_event(number, each + usize::from(number < rest)));
    let events: String = events.collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//\r\n{events}END:VCALENDAR\r\n")
}

fn crowded_event(number: usize, count: usize) -> String {
    let first = c3ms_core::base::Date::from_days(20_454 + i64::try_from(number % 300).unwrap_or(0));
    let hour = 10 + number % 12;
    let told = |step: usize, minutes: u8| {
        let day = first.plus_days(i64::try_from(step).unwrap_or(0)).to_string().replace('-', "");
        format!("{day}T{hour:02}{minutes:02}00")
    };
    let dates = if number.is_multiple_of(2) {
        format!("RRULE:FREQ=WEEKLY;COUNT={count}")
    } else {
        let dates: Vec<String> = (1..count).map(|step| told(step * 3, 30)).collect();
        format!("RDATE;TZID=Europe/Paris:{}", dates.join(","))
    };
    let (start, end) = (told(0, 30), told(0, 55));
    format!(
        "BEGIN:VEVENT\r\nUID:{number}@agenda.example\r\nSUMMARY:Spectacle n° {number}\r\n\
         DTSTART;TZID=Europe/Paris:{start}\r\nDTEND;TZID=Europe/Paris:{end}\r\n{dates}\r\nEND:VEVENT\r\n"
    )
}

/// A performance as a theatre enters it, about 1.4 KB of JSON; each number gives another one.
#[must_use]
pub fn performance(number: usize) -> Value {
    const WORDS: [&str; 12] = [
        "conte",
        "lumière",
        "montagne",
        "musique",
        "silence",
        "voyage",
        "enfants",
        "mémoire",
        "rivière",
        "bal",
        "neige",
        "théâtre",
    ];
    let word = |step: usize| {
        WORDS.get((number * 7 + step * 5 + number / 12) % WORDS.len()).copied().unwrap_or_default()
    };
    let sentence = |from: usize| (from..from + 20).map(word).collect::<Vec<_>>().join(" ");
    let day = c3ms_core::base::Date::from_days(20_700 + i64::try_from(number % 365).unwrap_or(0));
    json!({
        "name": { "fr": format!("{} et {} n° {number}", word(1), word(2)), "en": format!("{} and {} no. {number}", word(3), word(4)) },
        "description": { "fr": sentence(1), "en": sentence(15) },
        "start": format!("{day}T20:30:00[Europe/Paris]"),
        "end": format!("{day}T22:00:00[Europe/Paris]"),
        "status": "scheduled",
        "attendance": "offline",
        "venue": "7nvt0ewrr116phdhrr922y4yc9",
        "organizer": "7nvt0ewrr116phdhrr922y4yc8",
        "performers": ["7nvt0ewrr116phdhrr922y4yc7", "7nvt0ewrr116phdhrr922y4yc6"],
        "genres": ["theatre", "storytelling"],
        "free": false,
        "offers": [
            { "name": { "fr": "Plein tarif" }, "price": { "cents": 1600, "currency": "EUR" }, "availability": "in-stock" },
            { "name": { "fr": "Tarif réduit" }, "price": { "cents": 900, "currency": "EUR" }, "conditions": { "fr": "Étudiants, demandeurs d’emploi" } }
        ],
        "accessibility": { "disabilities": ["mi", "hi"], "checked": "2026-09-01" },
        "languages": ["fr"],
        "url": format!("https://theatre.example/saison/{number}"),
        "media": [{ "url": format!("https://theatre.example/affiches/{number}.jpg"), "license": "CC-BY-4.0", "credit": "Le Théâtre", "width": 1200, "height": 800 }],
        "capacity": 180,
        "keywords": [word(5), word(6)],
        "identifier": format!("P{number:05}")
    })
}

/// A file or folder of the real data: in `C3MS_DATA`, else beside the repository. Where it is absent, the test says
/// that it was skipped.
///
/// # Panics
/// Where it is absent and `CI` is `true`.
#[must_use]
pub fn data(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("C3MS_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", file.display());
    println!("skipped: {} is missing", file.display());
    None
}

/// How often to repeat what is repeated `full` times with `C3MS_FULL=1`, as `cargo xtask bench` sets it: else a
/// twentieth.
#[must_use]
pub fn repetitions(full: usize) -> usize {
    if std::env::var("C3MS_FULL").as_deref() == Ok("1") { full } else { full.div_ceil(20) }
}
