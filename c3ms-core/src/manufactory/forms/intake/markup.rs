//! What leaks out of web pages into texts: tags, styles, scripts, character references.

/// A text as people read it, without its markup and references; what was done to it.
pub(super) fn plain(text: &str) -> (String, Option<&'static str>) {
    let mut plain = text.trim().to_owned();
    if !plain.bytes().any(|sign| matches!(sign, b'<' | b'&')) {
        return (plain, None);
    }
    let mut how = None;
    // References may stand for markup, and for references: `&amp;lt;b&amp;gt;`.
    for _ in 0..MOST_LAYERS {
        let bare = without_markup(&plain);
        let decoded = decode_entities(bare.trim());
        if bare != plain {
            how = Some("markup-removed");
        } else if decoded != plain && how.is_none() {
            how = Some("entities-decoded");
        }
        if decoded == plain {
            break;
        }
        plain = decoded;
    }
    (plain, how)
}

/// Who encodes a text more often means it so.
const MOST_LAYERS: usize = 4;

/// Takes out the markup that leaks out of web pages: a break or a block becomes a new line, a link keeps its
/// address behind its words, styles and scripts go with what they hold. A `<` that begins no tag stays.
fn without_markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut address) = (text, None::<String>);
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, tail)| tail);
            continue;
        }
        let closing = after.starts_with('/');
        let name: String = after
            .strip_prefix('/')
            .unwrap_or(after)
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        let end = if MARKUP.contains(&name.as_str()) { end_of_tag(after) } else { None };
        let Some((tag, tail)) = end.and_then(|end| after.split_at_checked(end)) else {
            // A tag that never ends would take in what comes after the text.
            if MARKUP.contains(&name.as_str()) && (name.len() > 1 || has_attribute(after)) {
                rest = "";
                break;
            }
            out.push('<');
            rest = after;
            continue;
        };
        rest = tail.strip_prefix('>').unwrap_or(tail);
        match name.as_str() {
            unseen if !closing && UNSEEN.contains(&unseen) => {
                rest = after_end(rest, unseen);
            }
            "a" if closing => {
                if let Some(address) = address.take().filter(|address| !out.contains(address.as_str())) {
                    out.extend([" (", &address, ")"]);
                }
            }
            "a" => {
                let quoted = tag.split_once("href=").map(|(_, value)| value.trim_start_matches(['"', '\'']));
                address = quoted
                    .and_then(|value| value.split(['"', '\'', ' ']).next())
                    .filter(|address| !is_program(address))
                    .map(str::to_owned);
            }
            "br" | "p" | "div" | "li" | "ul" | "ol" | "tr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
            | "hr" | "section" | "article" | "blockquote" | "figure" | "header" | "footer"
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

/// Where a tag ends: at the first `>` outside quotes, else at the first.
fn end_of_tag(tag: &str) -> Option<usize> {
    let (mut quote, mut assigned) = (None, false);
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') if assigned => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
        assigned = letter == '=' || (assigned && letter.is_whitespace());
    }
    tag.find('>')
}

/// Whether what follows the name of a tag of one letter is an attribute, and no text: `a <b and c` is a text.
fn has_attribute(tag: &str) -> bool {
    let mut words = tag.split_whitespace().skip(1);
    words.next().is_some_and(|first| first.contains('='))
        || words.any(|word| word.to_ascii_lowercase().starts_with("on") && word.contains('='))
}

/// What follows the end of an element of which nothing is seen.
fn after_end<'a>(text: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("</")) {
        from += at + 2;
        let after = text.get(from..).unwrap_or_default();
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, tail)| tail);
        }
    }
    ""
}

/// An address that is a program.
fn is_program(address: &str) -> bool {
    let bare: String = address
        .chars()
        .filter(|letter| !letter.is_whitespace() && !letter.is_control())
        .take(11)
        .collect::<String>()
        .to_ascii_lowercase();
    ["javascript:", "vbscript:", "data:"].iter().any(|scheme| bare.starts_with(scheme))
}

/// Elements of which a reader sees nothing.
const UNSEEN: &[&str] = &["iframe", "math", "script", "style", "svg", "template"];

/// The tags that texts are written with; what else stands between angle brackets is text.
const MARKUP: &[&str] = &[
    "a",
    "abbr",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "center",
    "cite",
    "code",
    "col",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "li",
    "link",
    "main",
    "map",
    "marquee",
    "math",
    "meta",
    "nav",
    "noscript",
    "object",
    "ol",
    "option",
    "p",
    "param",
    "pre",
    "q",
    "s",
    "script",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "video",
    "wbr",
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
