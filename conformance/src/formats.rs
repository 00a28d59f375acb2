//! Formats and entries of every shape, by chance.

use std::collections::BTreeMap;

use c3ms_core::{
    base::{Date, Text},
    forms::{Field, Format, Kind, Vocabulary, VocabularyCode},
};
use serde_json::{Map, Value, json};

use crate::chance::Chance;

/// Patterns with texts that have them.
const PATTERNS: [(&str, [&str; 3]); 3] = [
    ("^[a-z]{2,5}$", ["bal", "nuit", "or"]),
    ("^[0-9]{5}$", ["05100", "38000", "73500"]),
    ("-", ["a-b", "-", "tout-petits"]),
];

const WORDS: [&str; 10] =
    ["", "conte", "l’été", "🎭 bal", "12", "2026-05-01", "true", "a, b, c", "Les Nuits, dehors", "a-b"];

/// A format with some fields; ids and names begin with `prefix`.
#[must_use]
pub fn format(chance: &mut Chance, prefix: &str) -> Format {
    let vocabularies: BTreeMap<String, Vocabulary> = ["genre", "status", "access"]
        .iter()
        .map(|name| {
            let codes = (0..2 + chance.below(4)).map(|number| code(&format!("{name}-{number}"))).collect();
            let vocabulary = Vocabulary { label: Text::default(), codes, extensions: BTreeMap::new() };
            ((*name).to_owned(), vocabulary)
        })
        .collect();
    let mut format = Format::parse(r#"{"cube": "thing", "label": {"en": "Thing"}, "fields": []}"#)
        .unwrap_or_else(|error| unreachable!("{error}"));
    format.vocabularies = vocabularies;
    let mut number = 0;
    format.fields = fields(chance, prefix, &mut number, 0);
    format
}

/// A code without a label.
#[must_use]
pub fn code(code: &str) -> VocabularyCode {
    VocabularyCode {
        code: code.to_owned(),
        label: Text::default(),
        term: None,
        attributes: BTreeMap::new(),
        extensions: BTreeMap::new(),
    }
}

fn fields(chance: &mut Chance, prefix: &str, number: &mut usize, depth: usize) -> Vec<Field> {
    (0..=chance.below(5)).map(|_| field(chance, prefix, number, depth)).collect()
}

/// A field of any kind; its id and name are `prefix` and the next `number`.
pub fn field(chance: &mut Chance, prefix: &str, number: &mut usize, depth: usize) -> Field {
    *number += 1;
    let name = format!("{prefix}{number}");
    let kind = if depth < 3 && chance.happens(25) {
        Kind::Group { fields: fields(chance, prefix, number, depth + 1) }
    } else {
        kind(chance)
    };
    let mut field = Field::new(name, kind);
    field.required = chance.happens(30);
    field.many = chance.happens(25).then(|| u32::try_from(1 + chance.below(4)).unwrap_or(1));
    if field.many.is_none() && chance.happens(15) {
        field.default = one(chance, &field.kind, &format_of_codes());
    }
    field
}

fn format_of_codes() -> BTreeMap<String, Vec<String>> {
    // The first two codes of each vocabulary are always there.
    ["genre", "status", "access"]
        .iter()
        .map(|name| ((*name).to_owned(), (0..2).map(|number| format!("{name}-{number}")).collect()))
        .collect()
}

/// A kind that holds no fields, with bounds of any sort.
pub fn kind(chance: &mut Chance) -> Kind {
    let bound = |chance: &mut Chance, from: usize, to: usize| {
        chance.happens(30).then(|| u32::try_from(from + chance.below(to)).unwrap_or(0))
    };
    match chance.below(18) {
        0..=3 => Kind::Text {
            languages: chance.happens(40),
            min_length: bound(chance, 0, 3),
            max_length: bound(chance, 3, 20),
            pattern: chance.happens(20).then(|| chance.of(&PATTERNS).0.to_owned()),
        },
        4 | 5 => Kind::Integer {
            minimum: chance.happens(30).then_some(-5),
            maximum: chance.happens(30).then_some(100),
        },
        6 => Kind::Decimal {
            minimum: chance.happens(30).then_some(-2.5),
            maximum: chance.happens(30).then_some(99.5),
        },
        7 => Kind::Boolean,
        8 => Kind::Moment,
        9 => Kind::Date,
        10 => Kind::Time,
        11 => Kind::Money,
        12 => chance.of(&[Kind::Url, Kind::Email, Kind::Phone, Kind::Language]).clone(),
        13 | 14 => Kind::Code {
            vocabulary: (*chance.of(&["genre", "status", "access"])).to_owned(),
            filter: None,
            ranked: false,
        },
        15 => Kind::Position,
        16 => chance.of(&[Kind::Path, Kind::Area, Kind::File { accept: None }]).clone(),
        _ => Kind::Link { cube: "venue".to_owned() },
    }
}

/// An entry that is valid in a format; `None` where chance found none.
pub fn entry(chance: &mut Chance, format: &Format) -> Option<Map<String, Value>> {
    members(chance, &format.fields, &codes(format))
}

/// Another valid value of a field; `None` where chance found none.
pub fn refilled(chance: &mut Chance, field: &Field, format: &Format) -> Option<Value> {
    value(chance, field, &codes(format))
}

fn codes(format: &Format) -> Codes {
    let all = |list: &Vocabulary| list.codes.iter().map(|code| code.code.clone()).collect();
    format.vocabularies.iter().map(|(name, list)| (name.clone(), all(list))).collect()
}

type Codes = BTreeMap<String, Vec<String>>;

fn members(chance: &mut Chance, fields: &[Field], codes: &Codes) -> Option<Map<String, Value>> {
    let mut members = Map::new();
    for field in fields {
        if field.required || chance.happens(60) {
            match value(chance, field, codes) {
                Some(value) => drop(members.insert(field.name.clone(), value)),
                None if field.required => return None,
                None => {}
            }
        }
    }
    Some(members)
}

fn value(chance: &mut Chance, field: &Field, codes: &Codes) -> Option<Value> {
    let Some(most) = field.many else { return one(chance, &field.kind, codes) };
    let most = usize::try_from(most).unwrap_or(usize::MAX).min(4);
    let least = usize::from(field.required);
    if most < least {
        return None;
    }
    let count = least + chance.below(most - least + 1);
    (0..count).map(|_| one(chance, &field.kind, codes)).collect::<Option<Vec<_>>>().map(Value::Array)
}

/// A valid value of a kind.
fn one(chance: &mut Chance, kind: &Kind, codes: &Codes) -> Option<Value> {
    let degrees = |chance: &mut Chance| {
        let part = |number: usize| f64::from(u32::try_from(number).unwrap_or(0)) / 8.0;
        json!({ "latitude": part(chance.below(700)), "longitude": -part(chance.below(1400)) })
    };
    let day = |chance: &mut Chance| {
        Date::from_days(20_000 + i64::try_from(chance.below(2000)).unwrap_or(0)).to_string()
    };
    Some(match kind {
        Kind::Text { languages: true, .. } => {
            let mut texts = Map::new();
            for _ in 0..=chance.below(2) {
                texts.insert((*chance.of(&["fr", "en", "oc"])).to_owned(), json!(text(chance, kind)?));
            }
            Value::Object(texts)
        }
        Kind::Text { .. } => json!(text(chance, kind)?),
        Kind::Integer { minimum, maximum } => {
            let number = i64::try_from(chance.below(120)).unwrap_or(0) - 10;
            json!(number.clamp(minimum.unwrap_or(i64::MIN), maximum.unwrap_or(i64::MAX)))
        }
        Kind::Decimal { minimum, maximum } => {
            let number = f64::from(i32::try_from(chance.below(400)).unwrap_or(0) - 40) / 4.0;
            json!(number.clamp(minimum.unwrap_or(f64::MIN), maximum.unwrap_or(f64::MAX)))
        }
        Kind::Boolean => json!(chance.happens(50)),
        Kind::Moment => match chance.below(3) {
            0 => json!(day(chance)),
            1 => json!(format!("{}T20:30:00[Europe/Paris]", day(chance))),
            _ => json!(format!("{}T08:00:00", day(chance))),
        },
        Kind::Date => json!(day(chance)),
        Kind::Time => json!(chance.of(&["20:30:00", "08:00:00", "23:59:59"])),
        Kind::Money => json!({ "cents": 100 * chance.below(60), "currency": chance.of(&["EUR", "CHF"]) }),
        Kind::Url => json!(chance.of(&["https://a.example/b", "http://x.example"])),
        Kind::Email => json!(chance.of(&["box@a.example", "a.b@c.example"])),
        Kind::Phone => json!(chance.of(&["04 92 00 00 00", "+33492000000"])),
        Kind::Language => json!(chance.of(&["fr", "pt-BR"])),
        Kind::Code { vocabulary, .. } => {
            let codes = codes.get(vocabulary).filter(|codes| !codes.is_empty())?;
            json!(chance.of(codes))
        }
        Kind::Position => degrees(chance),
        Kind::Path => json!((0..2 + chance.below(3)).map(|_| degrees(chance)).collect::<Vec<_>>()),
        Kind::Area => json!((0..3 + chance.below(3)).map(|_| degrees(chance)).collect::<Vec<_>>()),
        Kind::File { .. } => json!(chance.of(&["a.jpg", "affiche.png"])),
        Kind::Link { .. } => json!(chance.of(&["7nvt0ewrr116phdhrr922y4yc9", "0000000000000000000000000a"])),
        Kind::Group { fields } => Value::Object(members(chance, fields, codes)?),
        _ => return None,
    })
}

fn text(chance: &mut Chance, kind: &Kind) -> Option<String> {
    let Kind::Text { min_length, max_length, pattern, .. } = kind else { return None };
    let fits = |text: &str| {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        length >= min_length.unwrap_or(0) && length <= max_length.unwrap_or(u32::MAX)
    };
    let texts: Vec<&str> = match pattern {
        None => WORDS.into_iter().chain(["abcdefghijklmnopqrstuvwxyz"]).filter(|text| fits(text)).collect(),
        Some(pattern) => {
            let known = PATTERNS.iter().find(|(known, _)| known == pattern)?;
            known.1.into_iter().filter(|text| fits(text)).collect()
        }
    };
    (!texts.is_empty()).then(|| (*chance.of(&texts)).to_owned())
}
