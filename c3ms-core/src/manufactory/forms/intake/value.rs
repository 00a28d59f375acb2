//! One value of a source, read as a field wants it.

use serde_json::{Map, Value, json};

use super::{
    Mapping, Rule, Scalar, damage, markup,
    moment::{loose_date, loose_time, moment},
};
use crate::{
    Code,
    base::{Date, Language, Money, Position, TimeOfDay, Zone, fold},
    manufactory::forms::{Format, Kind},
};

/// A value as it goes into a document, how it was changed on the way, and what a person should look at.
#[derive(Debug, PartialEq)]
pub(super) struct Read {
    pub(super) value: Value,
    pub(super) how: Option<&'static str>,
    pub(super) note: Option<(&'static str, String)>,
}

/// What stands beside a value and says how to read it.
#[derive(Debug, Default)]
pub(super) struct Beside<'a> {
    /// The zone a calendar names for this value.
    pub(super) zone: Option<&'a str>,
    /// The language its source names.
    pub(super) language: Option<Language>,
    /// The zone of the place, where its source names it.
    pub(super) place: Option<&'a Zone>,
    /// The day after the last: the end of a calendar's all-day event.
    pub(super) exclusive_end: bool,
}

pub(super) type Reading = Result<Read, (Code, String)>;

#[expect(clippy::unnecessary_wraps, reason = "one of the ends of a reading")]
fn same(value: Value) -> Reading {
    Ok(Read { value, how: None, note: None })
}

#[expect(clippy::unnecessary_wraps, reason = "one of the ends of a reading")]
pub(super) fn changed(value: Value, how: &'static str) -> Reading {
    Ok(Read { value, how: Some(how), note: None })
}

pub(super) fn unreadable<T>(kind: &Kind) -> Result<T, (Code, String)> {
    Err((Code::ValueUnreadable, kind.name().to_owned()))
}

/// Reads a value as a field of this kind wants it. Links and groups are not read here.
pub(super) fn read(
    scalar: &Scalar,
    kind: &Kind,
    format: &Format,
    rule: &Rule,
    mapping: &Mapping,
    beside: &Beside<'_>,
) -> Reading {
    let raw = scalar.text();
    let bare = damage::without_marks(&raw);
    let text = bare.trim();
    if text.is_empty() {
        return Err((Code::ValueEmpty, String::new()));
    }
    if damage::is_failed_formula(text) {
        return Err((Code::ValueFormulaFailed, kind.name().to_owned()));
    }
    let trimmed = match () {
        () if bare.len() != raw.len() => Some("marks-removed"),
        () if text.len() != raw.len() => Some("trimmed"),
        () => None,
    };
    let coded = rule.codes.get(text).or_else(|| {
        let said = if rule.codes.is_empty() { String::new() } else { fold(text) };
        rule.codes.iter().find(|(word, _)| fold(word) == said).map(|(_, code)| code)
    });
    let coded = coded.map(String::as_str);
    let read = match kind {
        Kind::Text { languages, .. } => {
            let language = beside.language.as_ref().or(rule.language.as_ref()).or(mapping.language.as_ref());
            if let Some(code) = coded {
                return changed(json!(code), "recoded");
            }
            if let Some(whole) = damage::restored(text, 5)
                && is_french(mapping)
                && is_code_of_a_town(format, rule)
            {
                let note = Some(("leading-zero-restored", whole.clone()));
                return Ok(Read { value: Value::String(whole), how: Some("leading-zero-restored"), note });
            }
            let (plain, how) = markup::plain(text);
            // Of markup alone nothing is to be read.
            if plain.is_empty() {
                return Err((Code::ValueEmpty, String::new()));
            }
            let value = if *languages {
                let language = language.map_or_else(|| Language::french().to_string(), ToString::to_string);
                Value::Object(Map::from_iter([(language, Value::String(plain))]))
            } else {
                Value::String(plain)
            };
            let note = damage::may_have_been_no_date(text).then(|| ("text-made-a-date", text.to_owned()));
            Ok(Read { value, how, note })
        }
        Kind::Integer { .. } => match (integer(text), loose_date(text)) {
            (Some(number), _) => same(number),
            // A year that a spreadsheet made into the first day of it.
            (None, Some((date, rest)))
                if date.to_string().ends_with("-01-01") && rest.trim_matches([' ', '0', ':']).is_empty() =>
            {
                changed(json!(date.parts().0), "year-of-date")
            }
            (None, _) => unreadable(kind),
        },
        Kind::Decimal { .. } => {
            decimal(text).map_or_else(|| unreadable(kind), |(value, how)| Ok(Read { value, how, note: None }))
        }
        Kind::Boolean => match (scalar, coded.unwrap_or(&fold(text))) {
            (Scalar::Boolean(value), _) => same(json!(value)),
            (_, "true" | "yes" | "oui" | "vrai" | "1" | "x" | "o" | "y") => {
                changed(json!(true), "read-as-yes-or-no")
            }
            (_, "false" | "no" | "non" | "faux" | "0" | "n") => changed(json!(false), "read-as-yes-or-no"),
            _ => unreadable(kind),
        },
        Kind::Moment => moment(text, kind, mapping, beside),
        Kind::Date => match (Date::parse(text), loose_date(text)) {
            (Some(date), _) => same(Value::String(date.to_string())),
            (None, Some((date, ""))) => changed(Value::String(date.to_string()), "date-rewritten"),
            _ => unreadable(kind),
        },
        Kind::Time => match (TimeOfDay::parse(text), loose_time(text)) {
            (Some(time), _) if time.to_string() == text => same(json!(text)),
            (Some(time), _) | (None, Some(time)) => {
                changed(Value::String(time.to_string()), "time-rewritten")
            }
            (None, None) => unreadable(kind),
        },
        Kind::Money => match Money::parse(text) {
            Some(amount) => changed(json!(amount), "read-as-amount"),
            None => unreadable(kind),
        },
        Kind::Url => url(text, kind),
        Kind::Email => {
            let bare = text.trim_matches(|letter: char| "<>;,\"' ".contains(letter));
            let bare = bare.strip_prefix("mailto:").unwrap_or(bare);
            if bare == text { same(json!(bare)) } else { changed(json!(bare), "address-cleaned") }
        }
        // Ten digits in France; nine where a cell took the first for nothing.
        Kind::Phone if text.len() == 9 && !text.starts_with('0') && is_french(mapping) => {
            match damage::restored(text, 10) {
                Some(whole) => {
                    let note = Some(("leading-zero-restored", whole.clone()));
                    Ok(Read { value: Value::String(whole), how: Some("leading-zero-restored"), note })
                }
                None => same(json!(text)),
            }
        }
        Kind::Phone | Kind::File { .. } => same(json!(text)),
        Kind::Language => language(text).map_or_else(
            || unreadable(kind),
            |tag| if tag == text { same(Value::String(tag)) } else { changed(Value::String(tag), "recoded") },
        ),
        Kind::Code { vocabulary, .. } => code(text, coded, vocabulary, format),
        Kind::Position => match text
            .split_once([',', ';', ' '])
            .and_then(|(north, east)| Position::new(north.trim().parse().ok()?, east.trim().parse().ok()?))
        {
            Some(position) => changed(json!(position), "split"),
            None => unreadable(kind),
        },
        Kind::Path | Kind::Area | Kind::Note | Kind::Link { .. } | Kind::Group { .. } => unreadable(kind),
    }?;
    Ok(Read { how: read.how.or(trimmed), ..read })
}

/// Whether numbers are those of France: a Swiss postal code of four digits lost none.
fn is_french(mapping: &Mapping) -> bool {
    mapping.zone.as_ref().is_none_or(|zone| zone.as_str() == "Europe/Paris")
}

/// Whether a field holds numbers that are none: the five digits of a postal code or of the INSEE's.
fn is_code_of_a_town(format: &Format, rule: &Rule) -> bool {
    let names: Vec<&str> = rule.to.split('/').collect();
    let field = format.field_at(&names);
    field.is_some_and(|field| field.property() == Some("postalCode") || field.name == "municipality-code")
}

fn integer(text: &str) -> Option<Value> {
    let number: i64 = text.strip_suffix(".0").unwrap_or(text).parse().ok()?;
    Some(json!(number))
}

fn decimal(text: &str) -> Option<(Value, Option<&'static str>)> {
    let finite = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    match finite(text) {
        Some(number) => Some((json!(number), None)),
        None => finite(&text.replacen(',', ".", 1)).map(|number| (json!(number), Some("decimal-comma"))),
    }
}

fn url(text: &str, kind: &Kind) -> Reading {
    let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|own| own.eq_ignore_ascii_case(scheme));
    if begins("http://") || begins("https://") {
        return if text.contains(' ') {
            changed(Value::String(text.replace(' ', "%20")), "address-cleaned")
        } else {
            same(json!(text))
        };
    }
    // `www.example.org/programme`: an address without its scheme; `voir le site` is none.
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let made_as_host = host.contains('.')
        && host.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
        })
        && host
            .rsplit('.')
            .next()
            .is_some_and(|top| top.len() >= 2 && top.bytes().all(|letter| letter.is_ascii_alphabetic()));
    if made_as_host && !text.contains(char::is_whitespace) && !text.contains('@') {
        return changed(Value::String(format!("http://{text}")), "scheme-added");
    }
    unreadable(kind)
}

fn code(text: &str, coded: Option<&str>, vocabulary: &str, format: &Format) -> Reading {
    if let Some(code) = coded {
        // A word that says nothing: no step-free access is no kind of access.
        return if code.is_empty() { same(Value::Null) } else { changed(json!(code), "recoded") };
    }
    let known = format.vocabularies.get(vocabulary).map_or(&[][..], |list| list.codes.as_slice());
    if known.iter().any(|code| code.code == text) {
        return same(json!(text));
    }
    let folded = fold(text);
    let last = text.rsplit(['/', '#']).next().unwrap_or(text);
    let meant = known.iter().find(|code| {
        code.code == folded
            || code.label.iter().any(|(_, label)| fold(label) == folded)
            || code.term.as_deref().is_some_and(|term| {
                term == text
                    || (term.rsplit('/').next() == Some(last)
                        && (text == last || text.contains("schema.org")))
            })
    });
    match meant {
        Some(code) => changed(json!(code.code), "recoded"),
        None => Err((Code::UnknownCode, vocabulary.to_owned())),
    }
}

fn language(text: &str) -> Option<String> {
    if (2..=3).contains(&text.len()) || text.contains('-') {
        return Language::is_tag(text).then(|| text.to_owned());
    }
    let known = [
        ("francais", "fr"),
        ("french", "fr"),
        ("anglais", "en"),
        ("english", "en"),
        ("italien", "it"),
        ("italian", "it"),
        ("occitan", "oc"),
        ("espagnol", "es"),
        ("spanish", "es"),
        ("allemand", "de"),
        ("german", "de"),
    ];
    let folded = fold(text);
    known.iter().find(|(name, _)| *name == folded).map(|(_, tag)| (*tag).to_owned())
}
