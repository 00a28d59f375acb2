//! Calendars: the content lines of RFC 5545, every property and parameter with its line.

use super::source::{Selectors, Source, SourceKind, SourceRecord, SourceValue};
use crate::manufactory::forms::FormsError;

/// A content line: `name;parameter=value:value`.
pub(crate) struct ContentLine {
    pub(crate) line: usize,
    /// In capitals.
    pub(crate) name: String,
    parameters: Vec<(String, String)>,
    /// As it stands there: texts are still escaped.
    pub(crate) value: String,
}

impl ContentLine {
    /// The value of a parameter, by its name in capitals.
    #[cfg(feature = "zones")]
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Components in components; a deeper file is a trap.
const DEEPEST: usize = 64;

pub(super) fn read(text: &str) -> Result<Source, FormsError> {
    let mut selectors = Selectors::default();
    let mut records = Vec::new();
    let mut outside = Vec::new();
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut record = SourceRecord::default();
    let mut zone = None;
    for content in content_lines(text) {
        let ContentLine { line, name, parameters, value } =
            content.map_err(|(line, reason)| FormsError::CalendarBroken { line, reason })?;
        let broken = |reason: String| FormsError::CalendarBroken { line, reason };
        match name.as_str() {
            "BEGIN" => {
                if open.is_empty() && !value.eq_ignore_ascii_case("VCALENDAR") {
                    return Err(broken(format!("{value} begins outside a calendar")));
                }
                if value.eq_ignore_ascii_case("VEVENT") && open.len() == 1 {
                    record = SourceRecord {
                        at: format!("line {line}"),
                        number: records.len(),
                        ..SourceRecord::default()
                    };
                }
                if open.len() >= DEEPEST {
                    return Err(broken(format!("components lie more than {DEEPEST} deep")));
                }
                open.push((value.to_ascii_uppercase(), line));
                continue;
            }
            "END" => {
                let Some((begun, _)) = open.pop() else {
                    return Err(broken(format!("{value} ends, never begun")));
                };
                if !value.eq_ignore_ascii_case(&begun) {
                    return Err(broken(format!("{value} ends within {begun}")));
                }
                if begun == "VEVENT" && open.len() == 1 {
                    records.push(std::mem::take(&mut record));
                }
                continue;
            }
            _ => {}
        }
        let Some((_, _)) = open.last() else {
            return Err(broken(format!("{name} stands outside a calendar")));
        };
        let in_event = open.get(1).is_some_and(|(component, _)| component == "VEVENT");
        // Within an alarm or another part of an event, and within time zones, the component is said.
        let within: String = open
            .iter()
            .skip(if in_event { 2 } else { 1 })
            .fold(String::new(), |path, (component, _)| path + component + "/");
        if name == "X-WR-TIMEZONE" && !value.trim().is_empty() {
            zone = Some(value.trim().to_owned());
        }
        if in_event && name == "CLASS" && !value.eq_ignore_ascii_case("PUBLIC") {
            record.private = true;
        }
        let values = if in_event { &mut record.values } else { &mut outside };
        // Only text is escaped; a rule or a date keeps its signs as they are.
        let plain = unescape(&value);
        let selector = selectors.number(&format!("{within}{name}"));
        values.push(SourceValue::text(selector, line, plain));
        for (parameter, value) in parameters {
            let selector = selectors.number(&format!("{within}{name};{parameter}"));
            values.push(SourceValue::text(selector, line, value));
        }
    }
    if let Some((component, line)) = open.pop() {
        return Err(FormsError::CalendarBroken {
            line,
            reason: format!("{component} begins here and never ends"),
        });
    }
    Ok(Source {
        kind: SourceKind::ICalendar,
        charset: "UTF-8",
        delimiter: None,
        selectors: selectors.names,
        records,
        outside,
        zone,
    })
}

/// Unfolds the lines and takes each apart; one that is no content line gives its number and what is wrong.
pub(crate) fn content_lines(text: &str) -> impl Iterator<Item = Result<ContentLine, (usize, String)>> + '_ {
    let mut lines =
        text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).enumerate().peekable();
    std::iter::from_fn(move || {
        loop {
            let (index, first) = lines.next()?;
            let mut whole = first.to_owned();
            while let Some((_, folded)) = lines.next_if(|(_, next)| next.starts_with([' ', '\t'])) {
                whole.extend(folded.chars().skip(1));
            }
            if !whole.trim().is_empty() {
                return Some(take_apart(&whole, index + 1));
            }
        }
    })
}

fn take_apart(content: &str, line: usize) -> Result<ContentLine, (usize, String)> {
    let broken = |reason: &str| (line, reason.to_owned());
    // The value begins at the first colon outside quotes; parameters are parted by semicolons outside quotes.
    let mut quoted = false;
    let mut cuts = Vec::new();
    let mut value = None;
    for (at, letter) in content.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ';' if !quoted => cuts.push(at),
            ':' if !quoted => {
                value = Some(at);
                break;
            }
            _ => {}
        }
    }
    let end = value.ok_or_else(|| broken("there is no colon between name and value"))?;
    let piece = |from: usize, to: usize| content.get(from..to).unwrap_or_default();
    let bounds: Vec<usize> = cuts.iter().copied().chain([end]).collect();
    let name = piece(0, bounds.first().copied().unwrap_or(end)).trim();
    if name.is_empty()
        || !name.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_.".contains(&letter))
    {
        return Err(broken("the name is not made of letters, digits and hyphens"));
    }
    let parameters = bounds
        .windows(2)
        .map(|pair| {
            let (from, to) = (pair.first().copied().unwrap_or(0) + 1, pair.last().copied().unwrap_or(0));
            let (name, value) =
                piece(from, to).split_once('=').ok_or_else(|| broken("a parameter has no value"))?;
            Ok((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
        })
        .collect::<Result<_, _>>()?;
    let value = content.get(end + 1..).unwrap_or_default().to_owned();
    Ok(ContentLine { line, name: name.to_ascii_uppercase(), parameters, value })
}

/// RFC 5545, 3.3.11: `\n`, `\,`, `\;` and `\\` in texts.
pub(crate) fn unescape(value: &str) -> String {
    if !value.contains('\\') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match (letter, if letter == '\\' { letters.next() } else { None }) {
            ('\\', Some('n' | 'N')) => out.push('\n'),
            ('\\', Some(escaped @ (',' | ';' | '\\'))) => out.push(escaped),
            ('\\', Some(other)) => out.extend(['\\', other]),
            (plain, _) => out.push(plain),
        }
    }
    out
}
