//! What spreadsheets and word processors do to values: recognised, told, and never taken for a change.

use std::borrow::Cow;

use serde_json::Value;

use crate::{base::fold, manufactory::forms::Document};

/// The results that formulas give where they fail, in English, French, German and Spanish programs.
const FAILED: [&str; 26] = [
    "#REF!",
    "#N/A",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#GETTING_DATA",
    "#UNKNOWN!",
    "#VALEUR!",
    "#NOM?",
    "#NUL!",
    "#NOMBRE!",
    "#PROPAGATION!",
    "#CHAMP!",
    "#BEZUG!",
    "#WERT!",
    "#ZAHL!",
    "#NV",
    "#¡REF!",
    "#¡VALOR!",
];

/// What stands in a cell whose formula failed, or that was too narrow for its number when it was copied.
pub(super) fn is_failed_formula(text: &str) -> bool {
    // Nearly every value ends here.
    if !text.starts_with('#') {
        return false;
    }
    FAILED.iter().any(|known| known.eq_ignore_ascii_case(text))
        || (text.len() >= 3 && text.bytes().all(|letter| letter == b'#'))
}

/// The text without marks that nobody sees: byte-order marks and joiners that copying leaves behind, controls that
/// no document may hold (XML 1.0, 2.2), noncharacters.
pub(super) fn without_marks(text: &str) -> Cow<'_, str> {
    let is_mark = |letter: char| match letter {
        '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{ad}' | '\u{fffe}' | '\u{ffff}' => true,
        '\t' | '\n' | '\r' => false,
        letter => letter.is_control(),
    };
    // The bytes with which a mark begins; most texts have none.
    let may_be = |byte: u8| {
        matches!(byte, 0x7f | 0xc2 | 0xe2 | 0xef) || (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
    };
    // A run at a time, which the machine looks through side by side.
    let run_may = |run: &[u8]| run.iter().fold(false, |found, byte| found | may_be(*byte));
    if text.as_bytes().chunks(64).any(run_may) && text.contains(is_mark) {
        Cow::Owned(text.chars().filter(|letter| !is_mark(*letter)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// A text that a spreadsheet may have made into a date: `3-5` into `03-mai`, `10/12` into `2026-12-10 00:00:00`.
pub(super) fn may_have_been_no_date(text: &str) -> bool {
    if text.len() > LONGEST_DATE {
        return false;
    }
    let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_digit())
    };
    if let Some((date, rest)) = text.split_at_checked(10)
        && matches!(rest, " 00:00:00" | "T00:00:00" | " 00:00:00.000")
    {
        let Some((year, (month, day))) =
            date.split_once('-').and_then(|(year, rest)| Some((year, rest.split_once('-')?)))
        else {
            return false;
        };
        return digits(year, 4..=4) && digits(month, 2..=2) && digits(day, 2..=2);
    }
    let is_month = |part: &str| MONTHS.contains(&fold(part.trim_end_matches('.')).as_str());
    text.split_once('-').is_some_and(|(first, second)| {
        (digits(first, 1..=2) && is_month(second)) || (digits(second, 2..=4) && is_month(first))
    })
}

/// The most bytes of a date as spreadsheets write it: `2026-12-10 00:00:00.000`.
const LONGEST_DATE: usize = 23;

/// How spreadsheets write months in short, folded.
const MONTHS: [&str; 22] = [
    "janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec", "jan", "feb",
    "mar", "apr", "may", "jun", "jul", "aug", "sep", "fev",
];

/// A number of digits that lost its leading zeros in a cell: the postal code `5100` of Briançon.
pub(super) fn restored(digits: &str, length: usize) -> Option<String> {
    let bare = digits.strip_suffix(".0").unwrap_or(digits);
    (bare.len() + 1 == length && bare.bytes().all(|letter| letter.is_ascii_digit()))
        .then(|| format!("{bare:0>length$}"))
}

/// Whether two values are the same but for what spreadsheets and word processors do to them: leading zeros, the
/// shape of quotes and dashes, spaces.
pub(super) fn same_but_for_damage(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => {
            let (one, other) = (plain(one), plain(other));
            one == other || same_digits(&one, &other)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same_but_for_damage(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|((name, one), (same, other))| name == same && same_but_for_damage(one, other))
        }
        (one, other) => one == other,
    }
}

/// Whether two keys differ in leading zeros alone.
pub(crate) fn same_digits(one: &str, other: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit());
    is_number(one) && is_number(other) && one.trim_start_matches('0') == other.trim_start_matches('0')
}

/// Keeps what an entry has where a source says the same, but damaged.
pub(crate) fn keep_undamaged(kept: &Document, said: &mut Document) {
    for (name, value) in said {
        let known = kept.get(name).filter(|known| *known != value);
        if let Some(known) = known.filter(|known| same_but_for_damage(known, value)) {
            *value = known.clone();
        }
    }
}

/// A text with the plainest form of each sign, one space between words.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in without_marks(text).chars() {
        match letter {
            '’' | '‘' | '‚' | '′' | '`' | '´' => plain.push('\''),
            '“' | '”' | '„' | '″' | '«' | '»' => plain.push('"'),
            '–' | '—' | '‑' | '−' => plain.push('-'),
            '…' => plain.push_str("..."),
            space if space.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            other => plain.push(other),
        }
    }
    // French quotes have a space within, others have none.
    plain.replace("\" ", "\"").replace(" \"", "\"").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_spreadsheets_do_is_seen() {
        for text in ["#REF!", "#n/a", "#VALEUR!", "########"] {
            assert!(is_failed_formula(text), "{text}");
        }
        for text in ["#balancetonporc", "# 1", "##", "N/A"] {
            assert!(!is_failed_formula(text), "{text}");
        }
        for text in ["03-mai", "12-oct.", "2026-12-10 00:00:00", "janv-24", "5-Mar"] {
            assert!(may_have_been_no_date(text), "{text}");
        }
        for text in ["3-5", "2026-12-10", "2026-12-10 20:30:00", "12-14 ans", "Mai 68", "avant-mars"] {
            assert!(!may_have_been_no_date(text), "{text}");
        }
        assert_eq!(restored("5100", 5).as_deref(), Some("05100"));
        assert_eq!(restored("75011", 5), None);
        assert_eq!(restored("12", 5), None);
    }

    #[test]
    fn damage_is_no_change() {
        let same = |one: &str, other: &str| same_but_for_damage(&json!({"fr": one}), &json!({"fr": other}));
        assert!(same("L’été « indien » – suite…", "L'été \"indien\" - suite..."));
        assert!(same("007", "7"));
        assert!(same("\u{feff}Le Bal", "Le  Bal"));
        assert!(!same("Le Bal", "Le bal"));
        assert!(!same("70", "7"));
    }
}
