//! One value of a source, read as a field wants it.

use serde_json::{Value, json};

use super::{Mapping, Offsets, Rule, Scalar, damage};
use crate::{
    Code,
    base::{Date, Language, Moment, Money, Position, TimeOfDay, Zone, fold},
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
    pub(super) place: Option<Zone>,
    /// The day after the last: the end of a calendar's all-day event.
    pub(super) exclusive_end: bool,
}

type Reading = Result<Read, (Code, String)>;

#[expect(clippy::unnecessary_wraps, reason = "one of the ends of a reading")]
fn same(value: Value) -> Reading {
    Ok(Read { value, how: None, note: None })
}

#[expect(clippy::unnecessary_wraps, reason = "one of the ends of a reading")]
fn changed(value: Value, how: &'static str) -> Reading {
    Ok(Read { value, how: Some(how), note: None })
}

fn unreadable<T>(kind: &Kind) -> Result<T, (Code, String)> {
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
    let coded =
        || rule.codes.iter().find(|(word, _)| fold(word) == fold(text)).map(|(_, code)| code.as_str());
    let coded = if rule.codes.is_empty() { None } else { coded() };
    let read = match kind {
        Kind::Text { languages, .. } => {
            let language = beside
                .language
                .clone()
                .or_else(|| rule.language.clone())
                .or_else(|| mapping.language.clone());
            if let Some(code) = coded {
                return changed(json!(code), "recoded");
            }
            if let Some(whole) = damage::restored(text, 5)
                && is_french(mapping)
                && is_code_of_a_town(format, rule)
            {
                let note = Some(("leading-zero-restored", whole.clone()));
                return Ok(Read { value: json!(whole), how: Some("leading-zero-restored"), note });
            }
            let bare = without_markup(text);
            let plain = decode_entities(bare.trim());
            let how = match () {
                () if plain == text => None,
                () if bare != text => Some("markup-removed"),
                () => Some("entities-decoded"),
            };
            let value = if *languages {
                json!({ language.unwrap_or_else(Language::french).as_str(): plain })
            } else {
                json!(plain)
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
            (Some(date), _) => same(json!(date.to_string())),
            (None, Some((date, ""))) => changed(json!(date.to_string()), "date-rewritten"),
            _ => unreadable(kind),
        },
        Kind::Time => match (TimeOfDay::parse(text), loose_time(text)) {
            (Some(time), _) if time.to_string() == text => same(json!(text)),
            (Some(time), _) | (None, Some(time)) => changed(json!(time.to_string()), "time-rewritten"),
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
                    Ok(Read { value: json!(whole), how: Some("leading-zero-restored"), note })
                }
                None => same(json!(text)),
            }
        }
        Kind::Phone | Kind::File { .. } => same(json!(text)),
        Kind::Language => language(text).map_or_else(
            || unreadable(kind),
            |tag| if tag == text { same(json!(tag)) } else { changed(json!(tag), "recoded") },
        ),
        Kind::Code { vocabulary, .. } => code(text, vocabulary, format, rule),
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
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        let clean = text.replace(' ', "%20");
        return if clean == text { same(json!(text)) } else { changed(json!(clean), "address-cleaned") };
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
        return changed(json!(format!("http://{text}")), "scheme-added");
    }
    unreadable(kind)
}

fn code(text: &str, vocabulary: &str, format: &Format, rule: &Rule) -> Reading {
    let folded = fold(text);
    if let Some(code) = rule.codes.iter().find(|(word, _)| fold(word) == folded).map(|(_, code)| code) {
        // A word that says nothing: no step-free access is no kind of access.
        return if code.is_empty() { same(Value::Null) } else { changed(json!(code), "recoded") };
    }
    let codes = format.vocabularies.get(vocabulary).map_or(&[][..], |list| list.codes.as_slice());
    if codes.iter().any(|code| code.code == text) {
        return same(json!(text));
    }
    let last = text.rsplit(['/', '#']).next().unwrap_or(text);
    let meant = codes.iter().find(|code| {
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

fn moment(text: &str, kind: &Kind, mapping: &Mapping, beside: &Beside<'_>) -> Reading {
    let (moment, mut how) = match Moment::parse(text) {
        Some(moment) => (moment, None),
        None => match basic(text).or_else(|| loose_moment(text)) {
            Some((moment, how)) => (moment, how),
            None => return unreadable(kind),
        },
    };
    if beside.exclusive_end && moment.time().is_none() {
        return changed(json!(moment.date().plus_days(-1).to_string()), "end-made-inclusive");
    }
    // A calendar names the zone beside the value; it was looked up when the source was opened.
    let named = beside.zone.and_then(|name| mapping.zones.get(name).cloned().or_else(|| Zone::parse(name)));
    if let (Some(zone), None, None) = (&named, moment.zone(), moment.offset()) {
        return Ok(Read { value: json!(moment.in_zone(zone).to_string()), how: None, note: None });
    }
    if moment.offset().is_some() {
        return offset(&moment, how, beside.place.as_ref(), mapping);
    }
    match (beside.place.as_ref().or(mapping.zone.as_ref()), moment.time(), moment.zone()) {
        (Some(zone), Some(_), None) => {
            how = Some("zone-added");
            Ok(Read { value: json!(moment.in_zone(zone).to_string()), how, note: gap(&moment.in_zone(zone)) })
        }
        _ => Ok(Read { value: json!(moment.to_string()), how, note: None }),
    }
}

/// A time with an offset alone: resolved by the mapping's zone where it agrees, kept and noted where not.
#[cfg(feature = "zones")]
fn offset(moment: &Moment, how: Option<&'static str>, place: Option<&Zone>, mapping: &Mapping) -> Reading {
    use crate::base::{Resolved, resolve};
    let kept = |note| Ok(Read { value: json!(moment.to_string()), how, note });
    let own = mapping.zone.as_ref().filter(|_| mapping.offsets == Offsets::Resolve);
    let Some(zone) = place.or(own) else { return kept(None) };
    match resolve(moment, zone) {
        Some(Resolved::Agrees(local) | Resolved::Converted(local)) => {
            changed(json!(local.to_string()), "zone-resolved")
        }
        Some(Resolved::Disagrees) => {
            kept(Some(("offset-disagrees", format!("{moment} is not a time of {zone}"))))
        }
        None => kept(None),
    }
}

#[cfg(not(feature = "zones"))]
fn offset(moment: &Moment, how: Option<&'static str>, _: Option<&Zone>, mapping: &Mapping) -> Reading {
    let note = matches!(mapping.offsets, Offsets::Resolve).then(|| ("zones-missing", moment.to_string()));
    Ok(Read { value: json!(moment.to_string()), how, note })
}

#[cfg(feature = "zones")]
fn gap(moment: &Moment) -> Option<(&'static str, String)> {
    crate::base::in_gap(moment).then(|| ("time-does-not-exist", moment.to_string()))
}

#[cfg(not(feature = "zones"))]
fn gap(_: &Moment) -> Option<(&'static str, String)> {
    None
}

/// The basic format of calendars: `20190228T190000Z`, `20190228`; decoding is no change.
fn basic(text: &str) -> Option<(Moment, Option<&'static str>)> {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    if date.len() != 8 || !date.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part =
        |text: &str, from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u8>().ok());
    let date = Date::new(date.get(..4)?.parse().ok()?, part(date, 4, 6)?, part(date, 6, 8)?)?;
    if time.is_empty() {
        return (!text.contains('T')).then(|| (Moment::day(date), None));
    }
    let (digits, utc) = time.strip_suffix('Z').map_or((time, false), |digits| (digits, true));
    if digits.len() != 6 {
        return None;
    }
    let time = TimeOfDay::new(part(digits, 0, 2)?, part(digits, 2, 4)?, part(digits, 4, 6)?)?;
    let moment = if utc { Moment::with_offset(date, time, 0)? } else { Moment::local(date, time) };
    Some((moment, None))
}

/// What people type: `04/12/2026 20h30`, `4.12.2026`, `2026-12-04 à 20:30`.
fn loose_moment(text: &str) -> Option<(Moment, Option<&'static str>)> {
    let (date, rest) = loose_date(text)?;
    let rest = rest
        .trim_start_matches(|letter: char| letter.is_whitespace() || ",-àaT".contains(letter))
        .trim_start();
    if rest.is_empty() {
        return Some((Moment::day(date), Some("date-rewritten")));
    }
    Some((Moment::local(date, loose_time(rest)?), Some("date-rewritten")))
}

/// A day at the beginning of a text, day first as Europe writes it, and what follows.
fn loose_date(text: &str) -> Option<(Date, &str)> {
    let end =
        text.find(|letter: char| !letter.is_ascii_digit() && !"/.-".contains(letter)).unwrap_or(text.len());
    let (day, rest) = text.split_at_checked(end)?;
    let parts: Vec<&str> = day.trim_end_matches('.').split(['/', '.', '-']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    if year.len() != 4 {
        return None;
    }
    Some((Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?, rest))
}

/// `20h30`, `20 h`, `20:30`, `20H`, `20h30min`.
fn loose_time(text: &str) -> Option<TimeOfDay> {
    let compact: String =
        text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase();
    let (hour, minute) = compact.split_once(['h', ':'])?;
    let minute = minute.trim_end_matches("min");
    let minute = if minute.is_empty() { "0" } else { minute };
    TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?, 0)
}

/// Takes out the markup that leaks out of web pages: a break or a block becomes a new line, a link keeps its
/// address behind its words, styles and scripts go with what they hold. A `<` that begins no tag stays.
fn without_markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut address) = (text, None::<String>);
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let name: String =
            after.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let known = MARKUP.contains(&name.to_ascii_lowercase().as_str());
        let Some((tag, tail)) = after.split_once('>').filter(|_| known) else {
            out.push('<');
            rest = after;
            continue;
        };
        rest = tail;
        let closing = tag.starts_with('/');
        match name.to_ascii_lowercase().as_str() {
            "style" | "script" if !closing => {
                let end = tail.split_once("</").and_then(|(_, end)| end.split_once('>'));
                rest = end.map_or("", |(_, end)| end);
            }
            "a" if closing => {
                if let Some(address) = address.take().filter(|address| !out.contains(address.as_str())) {
                    out.extend([" (", &address, ")"]);
                }
            }
            "a" => {
                let quoted = tag.split_once("href=").map(|(_, value)| value.trim_start_matches(['"', '\'']));
                address = quoted.and_then(|value| value.split(['"', '\'', ' ']).next()).map(str::to_owned);
            }
            "br" | "p" | "div" | "li" | "ul" | "ol" | "tr" | "h1" | "h2" | "h3" | "h4"
                if !out.is_empty() && !out.ends_with('\n') =>
            {
                out.push('\n');
            }
            _ => {}
        }
    }
    out.push_str(rest);
    out
}

/// The tags that texts are written with; what else stands between angle brackets is text.
const MARKUP: &[&str] = &[
    "a", "b", "br", "div", "em", "font", "h1", "h2", "h3", "h4", "i", "li", "ol", "p", "script", "small",
    "span", "strong", "style", "sub", "sup", "table", "tbody", "td", "tr", "u", "ul",
];

/// The character references that leak out of web pages: `&amp;`, `&#233;`, `&nbsp;`.
fn decode_entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let decoded = after.split_once(';').filter(|(name, _)| name.len() <= 8).and_then(|(name, tail)| {
            let letter = match name {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                "apos" => Some('\''),
                "nbsp" => Some('\u{a0}'),
                _ => name.strip_prefix('#').and_then(|number| {
                    let code = match number.strip_prefix(['x', 'X']) {
                        Some(digits) => u32::from_str_radix(digits, 16).ok(),
                        None => number.parse().ok(),
                    };
                    code.and_then(char::from_u32).filter(|letter| !letter.is_control())
                }),
            };
            letter.map(|letter| (letter, tail))
        });
        let (letter, tail) = decoded.unwrap_or(('&', after));
        out.push(letter);
        rest = tail;
    }
    out.push_str(rest);
    out
}
