//! Texts in XML 1.0: what would end them is escaped, what no document may hold is left out.

/// Whether a document may hold this letter (XML 1.0, 2.2); of control characters the line end and the tabulator only.
const fn may_stand(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{1_0000}'..)
}

/// Whether a text may stand as it is.
pub(in crate::delivery) fn is_plain(text: &str) -> bool {
    let care = |letter: u8| {
        u8::from(!matches!(letter, b' '..0x7f) || matches!(letter, b'&' | b'<' | b'>' | b'"' | b'\''))
    };
    text.bytes().fold(0, |any, letter| any | care(letter)) == 0
}

/// Writes a text, as content or between quotes.
pub(in crate::delivery) fn text(out: &mut String, text: &str) {
    if is_plain(text) {
        return out.push_str(text);
    }
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' if letters.peek() != Some(&'\n') => out.push('\n'),
            letter if may_stand(letter) => out.push(letter),
            _ => {}
        }
    }
}

/// Writes an element that holds a text.
pub(in crate::delivery) fn element(out: &mut String, name: &str, content: &str) {
    for part in ["<", name, ">"] {
        out.push_str(part);
    }
    text(out, content);
    for part in ["</", name, ">\n"] {
        out.push_str(part);
    }
}

/// A text as HTML, so that a reader who takes it for HTML shows the text.
pub(in crate::delivery) fn as_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push_str("<br>\n"),
            plain => html.push(plain),
        }
    }
    html
}
