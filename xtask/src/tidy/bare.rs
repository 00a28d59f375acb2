//! Rust source without its comments and the insides of its strings, line by line as before.

/// Replaces comments by spaces and what stands in strings by underscores; lines stay where they are.
pub(super) fn bare(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            blank(&mut out, head(rest, length), ' ');
            length
        } else if rest.starts_with("/*") {
            let length = block_comment(rest);
            blank(&mut out, head(rest, length), ' ');
            length
        } else if let Some(length) = string(rest, out.chars().next_back()) {
            blank(&mut out, head(rest, length), '_');
            length
        } else {
            out.push(next);
            next.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// The lines that hold code.
pub(super) fn code_lines(bare: &str) -> usize {
    bare.lines().filter(|line| !line.trim().is_empty()).count()
}

fn head(text: &str, length: usize) -> &str {
    text.get(..length).unwrap_or(text)
}

fn blank(out: &mut String, text: &str, filler: char) {
    out.extend(text.chars().map(|letter| if letter.is_whitespace() { letter } else { filler }));
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of the string or character that starts here, if one does.
fn string(text: &str, before: Option<char>) -> Option<usize> {
    let after_word = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let prefix = if after_word {
        ""
    } else {
        ["br", "cr", "b", "c", "r"].into_iter().find(|prefix| text.starts_with(prefix)).unwrap_or_default()
    };
    let rest = text.get(prefix.len()..)?;
    if prefix.ends_with('r') {
        let fences = rest.chars().take_while(|letter| *letter == '#').count();
        let inside = rest.get(fences..)?.strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(fences));
        let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
        return Some(prefix.len() + fences + 1 + length);
    }
    if rest.starts_with('"') {
        return Some(prefix.len() + quoted(rest, '"'));
    }
    // 'a' and '\n' are characters, 'a alone is a lifetime.
    let mut letters = rest.strip_prefix('\'')?.chars();
    match (letters.next()?, letters.next()) {
        ('\\', _) => Some(prefix.len() + quoted(rest, '\'')),
        (letter, Some('\'')) => Some(prefix.len() + 2 + letter.len_utf8()),
        _ => None,
    }
}

/// The length of a text between quotes, with its backslashes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if !escaped && letter == quote {
            return at + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_strings_lose_their_words() {
        let source = "//! Head.\n\nlet a = \"crate::x // no\"; // crate::y\n/* crate::z /* in */ */ b();\n";
        let bare = bare(source);
        assert!(!bare.contains("crate"), "{bare}");
        assert!(bare.contains("let a = ") && bare.contains("b();"), "{bare}");
        assert_eq!(code_lines(&bare), 2);
        assert_eq!(bare.lines().count(), source.lines().count());
    }

    #[test]
    fn every_kind_of_string_is_known() {
        let source = r##"r#"a"b"# + b"c\"d" + 'x' + '\'' + '"' + f::<'static>(var) + "é""##;
        let bare = bare(source);
        assert!(bare.contains("f::<'static>(var)"), "{bare}");
        assert!(!bare.contains('b') && !bare.contains('é'), "{bare}");
    }
}
