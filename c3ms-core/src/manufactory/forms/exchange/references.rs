//! References to other questions in the texts and expressions of forms, `${name}`; and just enough of their
//! words to tell a fixed value from a calculated one.

use std::ops::Range;

/// A reference to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    /// Where it stands, with its sign and braces.
    pub(super) at: Range<usize>,
    pub(super) name: &'a str,
    /// It asks for the answer of the entry saved last: `${last-saved#name}`.
    pub(super) last_saved: bool,
}

/// The references in a text; what is only nearly one is passed over.
pub(super) fn references(text: &str) -> Vec<Reference<'_>> {
    candidates(text).filter_map(Result::ok).collect()
}

/// As [`references`], but gives back what is only nearly one.
pub(super) fn candidates(text: &str) -> impl Iterator<Item = Result<Reference<'_>, &str>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find("${")?;
            let inside = text.get(start + 2..)?;
            let Some(end) = inside.find('}') else {
                from = text.len();
                return Some(Err(text.get(start..)?));
            };
            from = start + 2 + end + 1;
            let inside = inside.get(..end)?;
            if inside.is_empty() {
                continue;
            }
            let name = inside.strip_prefix("last-saved#");
            let last_saved = name.is_some();
            let name = name.unwrap_or(inside);
            let reference = Reference { at: start..from, name, last_saved };
            return Some(if is_name(name) { Ok(reference) } else { Err(text.get(start..from)?) });
        }
    })
}

/// The text is one reference and nothing else.
pub(super) fn is_reference(text: &str) -> bool {
    candidates(text).next().is_some_and(|first| first.is_ok_and(|found| found.at == (0..text.len())))
}

/// The text is sound and has a reference in it.
pub(super) fn has_reference(text: &str) -> bool {
    candidates(text).next().is_some_and(|first| first.is_ok())
}

/// Tells whether XML can have a name begin so (W3C XML 1.0, `NameStartChar` without the colon).
fn begins_name(letter: char) -> bool {
    matches!(letter,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

fn continues_name(letter: char) -> bool {
    begins_name(letter)
        || matches!(letter, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Tells whether XML can have an element of this name, without a namespace.
pub(super) fn is_name(text: &str) -> bool {
    name_length(text) == text.len() && !text.is_empty()
}

/// How many bytes of the text's beginning are a name.
fn name_length(text: &str) -> usize {
    let mut letters = text.char_indices();
    match letters.next() {
        Some((_, first)) if begins_name(first) => {
            letters.find(|(_, letter)| !continues_name(*letter)).map_or(text.len(), |(at, _)| at)
        }
        _ => 0,
    }
}

/// How many bytes of the text's beginning are a name, perhaps with a namespace.
fn qualified_length(text: &str) -> usize {
    let first = name_length(text);
    let local = text.get(first..).and_then(|rest| rest.strip_prefix(':')).map_or(0, name_length);
    if first > 0 && local > 0 { first + 1 + local } else { first }
}

/// A word of an expression, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// `2012-12-12`, `10:30:00`, `-4.5`.
    Constant,
    /// `-`.
    Minus,
    /// `+`, `*`, ` div `, ` mod `.
    Arithmetic,
    /// `|`.
    Union,
    Close,
    Slash,
    /// A text in quotes.
    Quoted,
    Space,
    Reference,
    /// `name(`.
    Call,
    /// `name[`.
    Predicate,
    /// `]`.
    PredicateEnd,
    Name,
    Other,
}

/// The words of an expression, with where each stands.
pub(super) fn words(text: &str) -> Vec<(Word, Range<usize>)> {
    let mut words = Vec::new();
    let mut from = 0;
    while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
        let (word, length) = word(rest);
        words.push((word, from..from + length));
        from += length;
    }
    words
}

/// The first word of a text that is not empty; tried in this order, not the longest.
fn word(text: &str) -> (Word, usize) {
    let number = number_length(text);
    if let Some(length) = date_length(text).or_else(|| clock_length(text)).or(number) {
        return (Word::Constant, length);
    }
    let first = text.chars().next().unwrap_or_default();
    match first {
        '-' => return (Word::Minus, 1),
        '*' | '+' => return (Word::Arithmetic, 1),
        ' ' if text.starts_with(" mod ") || text.starts_with(" div ") => return (Word::Arithmetic, 5),
        ' ' if text.starts_with(" and ") => return (Word::Other, 5),
        ' ' if text.starts_with(" or ") => return (Word::Other, 4),
        '|' => return (Word::Union, 1),
        ')' => return (Word::Close, 1),
        '/' => return (Word::Slash, 1),
        ']' => return (Word::PredicateEnd, 1),
        '"' | '\'' => {
            if let Some(end) = text.get(1..).and_then(|rest| rest.find(first)) {
                return (Word::Quoted, end + 2);
            }
        }
        _ => {}
    }
    if first.is_whitespace() {
        let end = text.find(|letter: char| !letter.is_whitespace()).unwrap_or(text.len());
        return (Word::Space, end);
    }
    if let Some(Ok(reference)) = candidates(text).next().filter(|_| first == '$')
        && reference.at.start == 0
    {
        return (Word::Reference, reference.at.end);
    }
    let name = qualified_length(text);
    match text.get(name..).and_then(|rest| rest.chars().next()) {
        _ if name == 0 => (Word::Other, first.len_utf8()),
        Some('(') => (Word::Call, name + 1),
        Some('[') => (Word::Predicate, name + 1),
        Some(_) | None => (Word::Name, name),
    }
}

/// Tells whether a text is made as a pattern of digits (`0`) and signs begins.
fn made_as(text: &str, pattern: &str) -> bool {
    text.len() >= pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            sign => byte == sign,
        })
}

fn date_length(text: &str) -> Option<usize> {
    let sign = usize::from(text.starts_with('-'));
    let unsigned = text.get(sign..)?;
    made_as(unsigned, "0000-00-00").then(|| {
        let time = unsigned.get(10..).and_then(|rest| rest.strip_prefix('T')).and_then(clock_length);
        sign + 10 + time.map_or(0, |time| time + 1)
    })
}

fn clock_length(text: &str) -> Option<usize> {
    made_as(text, "00:00:00").then(|| {
        let rest = text.get(8..).unwrap_or_default();
        let offset = made_as(rest, "+00:00") || made_as(rest, "-00:00");
        8 + if offset { 6 } else { usize::from(rest.starts_with('Z')) }
    })
}

fn number_length(text: &str) -> Option<usize> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(text.starts_with('-'));
    let whole = digits(text.get(sign..)?);
    let rest = text.get(sign + whole..)?;
    match rest.strip_prefix('.') {
        Some(fraction) if whole > 0 || digits(fraction) > 0 => Some(sign + whole + 1 + digits(fraction)),
        _ => (whole > 0).then_some(sign + whole),
    }
}

/// Where a text looks into the form's lists or files: `instance('towns')/root/item[name = ${town}]/label`.
pub(super) fn lookups(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains("instance(") {
        return found;
    }
    // What came last of the look-up that is being read, where it is read to, and whether in its path or a predicate.
    let mut open: Option<(usize, usize, Word)> = None;
    let (mut in_path, mut in_predicate) = (false, false);
    for (word, at) in words(text) {
        let Some((start, end, last)) = open else {
            if word == Word::Call && text.get(at.clone()) == Some("instance(") {
                open = Some((at.start, at.end, word));
                (in_path, in_predicate) = (false, false);
            }
            continue;
        };
        let part = match (last, word) {
            (Word::Call, Word::Quoted) | (Word::Quoted, Word::Close) if !in_predicate && !in_path => true,
            (Word::Close | Word::PredicateEnd, Word::Slash) if !in_predicate => {
                in_path = true;
                true
            }
            (_, Word::Space) if in_path => {
                in_path = false;
                false
            }
            (_, Word::Predicate) if in_path => {
                (in_path, in_predicate) = (false, true);
                true
            }
            _ if in_path => true,
            (_, Word::PredicateEnd) if in_predicate => {
                in_predicate = false;
                true
            }
            _ => in_predicate,
        };
        if part {
            open = Some((start, at.end, word));
        } else {
            found.push(start..end);
            open = None;
        }
    }
    found.extend(open.map(|(start, end, _)| start..end));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_where_they_are_sound() {
        let found = references("${a} and ${last-saved#b-c} or ${ d }, ${}");
        let names: Vec<_> = found.iter().map(|found| (found.name, found.last_saved)).collect();
        assert_eq!(names, [("a", false), ("b-c", true)]);
        assert!(is_reference("${a}") && !is_reference("${a} ") && !is_reference("${a}${b}"));
        assert_eq!(candidates("x ${a").next(), Some(Err("${a")));
    }

    #[test]
    fn lookups_end_where_their_path_ends() {
        let text = "in instance('t')/root/item[name = ${a}]/label today";
        let found = lookups(text);
        assert_eq!(found.len(), 1);
        assert_eq!(text.get(found[0].clone()), Some("instance('t')/root/item[name = ${a}]/label"));
    }
}
