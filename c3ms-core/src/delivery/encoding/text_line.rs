//! Content lines of iCalendar: escaped, without control characters, folded.

/// A line is at most this many octets long, its end not counted (RFC 5545, 3.1).
const LONGEST: usize = 75;

/// Lines of a calendar, written one after the other.
///
/// Our own, as it folds while it copies: other writers need each event as a tree of its own types first.
#[derive(Debug, Default)]
pub(super) struct Lines {
    done: String,
    line: String,
}

impl Lines {
    /// A line of a name and a value that needs no care.
    pub(super) fn raw(&mut self, name: &str, value: &str) {
        self.line.push_str(name);
        self.line.push(':');
        self.line.push_str(value);
        self.end();
    }

    /// A line made of pieces that need no care.
    pub(super) fn pieces(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.line.push_str(piece);
        }
        self.end();
    }

    /// A line of a name, parameters included, and a text (RFC 5545, 3.3.11).
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.line.push_str(name);
        self.line.push(':');
        self.escaped(text);
        self.end();
    }

    /// A line of texts, one value each.
    pub(super) fn texts<'a>(&mut self, name: &str, texts: impl Iterator<Item = &'a str>) {
        for (place, text) in texts.enumerate() {
            if place == 0 {
                self.line.push_str(name);
            }
            self.line.push(if place == 0 { ':' } else { ',' });
            self.escaped(text);
        }
        if !self.line.is_empty() {
            self.end();
        }
    }

    /// A line with an address: what no address may hold is left out.
    pub(super) fn address(&mut self, name: &str, url: &str) {
        self.line.push_str(name);
        self.line.push(':');
        self.line.extend(url.chars().filter(|letter| !letter.is_control() && !letter.is_whitespace()));
        self.end();
    }

    /// A line with the language of its text where that is said.
    pub(super) fn said(&mut self, name: &str, (language, text): (Option<&str>, &str)) {
        self.line.push_str(name);
        if let Some(language) = language {
            self.line.push_str(";LANGUAGE=");
            self.line.push_str(language);
        }
        self.line.push(':');
        self.escaped(text);
        self.end();
    }

    /// How many octets are written.
    pub(super) fn len(&self) -> usize {
        self.done.len()
    }

    /// Puts other lines where these had this length.
    pub(super) fn insert(&mut self, place: usize, other: &Self) {
        if self.done.is_char_boundary(place) {
            self.done.insert_str(place, &other.done);
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.done.into_bytes()
    }

    fn escaped(&mut self, text: &str) {
        let is_plain = |letter: u8| (b' '..0x7f).contains(&letter) && !b"\\;,".contains(&letter);
        if text.bytes().all(is_plain) {
            return self.line.push_str(text);
        }
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' | ';' | ',' => {
                    self.line.push('\\');
                    self.line.push(letter);
                }
                '\r' => {
                    if letters.peek() != Some(&'\n') {
                        self.line.push_str("\\n");
                    }
                }
                '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' => self.line.push_str("\\n"),
                '\t' => self.line.push(' '),
                control if control.is_control() => {}
                plain => self.line.push(plain),
            }
        }
    }

    /// Folds the line between characters and closes it.
    fn end(&mut self) {
        let mut rest = self.line.as_str();
        let mut room = LONGEST;
        while rest.len() > room {
            let Some((head, tail)) = rest.split_at_checked(rest.floor_char_boundary(room)) else { break };
            self.done.push_str(head);
            self.done.push_str("\r\n ");
            rest = tail;
            room = LONGEST - 1;
        }
        self.done.push_str(rest);
        self.done.push_str("\r\n");
        self.line.clear();
    }
}
