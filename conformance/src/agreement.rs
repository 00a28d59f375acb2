//! Our validator and a referee, asked about the same entries of formats made by chance.
#![expect(clippy::indexing_slicing, reason = "a case that stops has failed")]

use c3ms_core::forms::{Format, Validator, json_schema};
use serde_json::{Map, Value, json};

use crate::{chance::Chance, formats};

/// Entries asked about with each format.
pub const ENTRIES: usize = 20;

/// Makes a format and entries, valid and damaged, and asks both; the referee is made of the JSON Schema.
///
/// Returns how many of the entries were valid.
///
/// # Errors
/// The entry about which they differ.
pub fn ask<R>(
    seed: u64,
    referee: impl Fn(&Value) -> R,
    accepts: impl Fn(&R, &Value) -> bool,
) -> Result<usize, String> {
    let mut chance = Chance::new(seed);
    let format = formats::format(&mut chance, "f");
    let schema = json_schema(&format);
    let ours = Validator::new(&format).map_err(|error| format!("{seed}: {error}"))?;
    let theirs = referee(&schema);
    let mut valid = 0;
    for number in 0..ENTRIES {
        let mut entry = Value::Object(formats::entry(&mut chance, &format).unwrap_or_default());
        for _ in 0..number % 3 {
            damage(&mut chance, &mut entry, &format);
        }
        let (mine, other) = (ours.is_valid(&entry), accepts(&theirs, &entry));
        let told = ours.validate(&entry);
        if mine != other || mine != told.is_empty() {
            return Err(format!(
                "seed {seed}: we say {mine} {told:?}, the referee {other}: {entry}\n{schema}"
            ));
        }
        valid += usize::from(mine);
    }
    Ok(valid)
}

/// Values that are nearly right, or nearly wrong.
fn odd(chance: &mut Chance) -> Value {
    const TEXTS: [&str; 60] = [
        "",
        " ",
        "a",
        "abc",
        "2024-02-29",
        "2026-02-29",
        "2026-02-30",
        "1900-02-29",
        "2000-02-29",
        "2026-13-01",
        "2026-1-1",
        "0000-01-01",
        "24:00:00",
        "23:59:60",
        "20:30",
        "20:30:00.000",
        "20:30:00.001",
        "20:30:00.0001",
        "20:3",
        "2026-05-01T20:30",
        "2026-05-01t20:30:00z",
        "2026-05-01 20:30:00+02",
        "2026-05-01T20:30:00+02:",
        "2026-05-01T20:30:00+24:00",
        "2026-05-01T20:30:00[Europe/Paris]",
        "2026-05-01T20:30:00[/Paris]",
        "2026-05-01T20:30:00+02:00[Europe/Paris]",
        "2026-04-31T20:30:00",
        "http://",
        "https://a",
        "https://é.fr/ü",
        "http://a b",
        "http://a\u{a0}b",
        "HTTP://a.example",
        "ftp://a.example",
        "http://?x",
        "http://a?<b>",
        "a@b",
        "@b",
        "a@",
        "a@@b",
        ".a@b",
        "a..b@c",
        "a@b.",
        "é@ü.fr",
        "a b@c",
        "04 92",
        "+33 (0)4.92/00-00",
        "1234567890123456789012",
        "12",
        "a12",
        "fr",
        "f",
        "français",
        "pt-BR",
        "fr-",
        "7nvt0ewrr116phdhrr922y4yc9",
        "8nvt0ewrr116phdhrr922y4yc9",
        "genre-0",
        "🎭",
    ];
    match chance.below(10) {
        0 => Value::Null,
        1 => json!(chance.happens(50)),
        2 => chance
            .of(&[
                json!(0),
                json!(-6),
                json!(101),
                json!(1.0),
                json!(-0.0),
                json!(1.5),
                json!(1e300),
                json!(9_007_199_254_740_992_i64),
                json!(u64::MAX),
                json!(i64::MIN),
            ])
            .clone(),
        3 => chance
            .of(&[
                json!([]),
                json!({}),
                json!([[]]),
                json!({ "fr": "x" }),
                json!({ "fr": 3 }),
                json!({ "français": "x" }),
            ])
            .clone(),
        4 => {
            json!({ "cents": chance.of(&[json!(5), json!(5.0), json!(5.5), json!("5")]), "currency": chance.of(&["EUR", "eur", "EURO"]) })
        }
        5 => json!({ "latitude": chance.of(&[90.0, 90.5, -91.0]), "longitude": chance.of(&[180, -181, 0]) }),
        _ => json!(chance.of(&TEXTS)),
    }
}

/// Changes one thing somewhere: takes out, adds, or puts something odd in its place.
fn damage(chance: &mut Chance, value: &mut Value, format: &Format) {
    match value {
        Value::Object(members) if !members.is_empty() && chance.happens(85) => {
            let names: Vec<String> = members.keys().cloned().collect();
            let name = chance.of(&names).clone();
            if chance.happens(15) {
                members.remove(&name);
            } else if chance.happens(10) {
                members.insert("unknown".to_owned(), odd(chance));
            } else if let Some(inner) = members.get_mut(&name) {
                damage(chance, inner, format);
            }
        }
        Value::Array(items) if !items.is_empty() && chance.happens(70) => {
            let index = chance.below(items.len());
            if chance.happens(30) {
                let item = items[index].clone();
                items.push(item);
            } else {
                damage(chance, &mut items[index], format);
            }
        }
        Value::Object(members) if chance.happens(50) => {
            let fields: Map<String, Value> = formats::entry(chance, format).unwrap_or_default();
            members.extend(fields);
        }
        other => *other = odd(chance),
    }
}
