//! Regular expressions read into state machines: the part of ECMA-262 whose languages can be compared.
//!
//! What is outside that part (look-around, references back, word borders, classes of Unicode) is not read: such a
//! pattern is compared by its text alone.

use crate::manufactory::forms::pattern::{Builder, Tree, inverse, merged};
pub(super) use crate::manufactory::forms::pattern::{Letters, Step};

/// Stands before the first character of a text, for `^`.
pub(super) const START: u32 = 0x11_0000;
/// Stands after the last character of a text, for `$`.
pub(super) const END: u32 = 0x11_0001;
const LAST: u32 = 0x10_FFFF;
/// Larger machines are not built.
const MOST_STATES: usize = 3000;
const DEEPEST: usize = 40;

/// A machine that reads `START`, the text, `END`, and accepts where the text has the pattern anywhere.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    pub(super) steps: Vec<Step>,
    pub(super) start: usize,
    /// The pattern names letters; `.*` does not.
    pub(super) names_letters: bool,
}

impl Machine {
    /// Reads a pattern; [`None`] where it is outside what is understood.
    pub(super) fn read(pattern: &str) -> Option<Self> {
        let letters: Vec<char> = pattern.chars().collect();
        let mut reader = Reader { letters: &letters, at: 0, depth: 0, names_letters: false };
        let tree = reader.alternatives(true, true)?;
        if reader.at != letters.len() {
            return None;
        }
        let names_letters = reader.names_letters;
        let mut builder = Builder::new(MOST_STATES);
        let everything = || Tree::Repeat(Box::new(Tree::One(vec![(0, END)])), 0, None);
        let after = builder.build(&everything(), 0)?;
        let body = builder.build(&tree, after)?;
        let start = builder.build(&everything(), body)?;
        Some(Self { steps: builder.steps, start, names_letters })
    }

    /// The machine of one word.
    pub(super) fn word(word: &str) -> Option<Self> {
        let mut builder = Builder::new(MOST_STATES);
        let mut next = builder.build(&Tree::One(vec![(END, END)]), 0)?;
        for letter in word.chars().rev() {
            next = builder.build(&Tree::One(vec![(u32::from(letter), u32::from(letter))]), next)?;
        }
        let start = builder.build(&Tree::One(vec![(START, START)]), next)?;
        Some(Self { steps: builder.steps, start, names_letters: true })
    }
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    depth: usize,
    names_letters: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += 1;
        Some(letter)
    }

    fn eat(&mut self, letter: char) -> bool {
        let found = self.peek() == Some(letter);
        if found {
            self.at += 1;
        }
        found
    }

    /// `first` and `last` tell whether nothing of the pattern comes before or after: where `^` and `$` may stand.
    fn alternatives(&mut self, first: bool, last: bool) -> Option<Tree> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut choices = vec![self.row(first, last)?];
        while self.eat('|') {
            choices.push(self.row(first, last)?);
        }
        self.depth -= 1;
        Some(if choices.len() == 1 { choices.pop()? } else { Tree::Choice(choices) })
    }

    fn row(&mut self, first: bool, last: bool) -> Option<Tree> {
        let mut row = Vec::new();
        while let Some(letter) = self.peek() {
            if letter == '|' || letter == ')' {
                break;
            }
            let begins = first && row.is_empty();
            let (atom, anchored) = self.atom(begins, last)?;
            let repeated = self.quantifier(atom)?;
            // An anchor that is repeated, or in a group that goes on behind it, is not understood.
            if anchored.repeatable_not && repeated.1 {
                return None;
            }
            let ends = self.peek().is_none_or(|next| next == '|' || next == ')');
            if anchored.ends && !ends {
                return None;
            }
            row.push(repeated.0);
        }
        Some(Tree::Row(row))
    }

    fn atom(&mut self, begins: bool, last: bool) -> Option<(Tree, Anchored)> {
        let plain = |letters| Some((Tree::One(letters), Anchored::default()));
        match self.take()? {
            '^' if begins => {
                Some((Tree::One(vec![(START, START)]), Anchored { repeatable_not: true, ends: false }))
            }
            '$' if last => Some((Tree::One(vec![(END, END)]), Anchored { repeatable_not: true, ends: true })),
            '^' | '$' | '*' | '+' | '?' | '{' | '}' | ']' => None,
            '.' => plain(inverse(vec![(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)])),
            '(' => {
                if self.eat('?') {
                    match self.take()? {
                        ':' => {}
                        '<' => {
                            if matches!(self.peek()?, '=' | '!') {
                                return None;
                            }
                            while self.take()? != '>' {}
                        }
                        _ => return None,
                    }
                }
                let from = self.at;
                // Whether the group ends the pattern is known behind it: with `$` in it, it must.
                let inner = self.alternatives(begins, last)?;
                let inside = self.letters.get(from..self.at)?;
                let (starts, ends) = (inside.contains(&'^'), inside.contains(&'$'));
                self.eat(')').then_some((inner, Anchored { repeatable_not: starts || ends, ends }))
            }
            '[' => {
                self.names_letters = true;
                plain(self.class()?)
            }
            '\\' => {
                self.names_letters = true;
                plain(self.escape()?)
            }
            letter => {
                self.names_letters = true;
                plain(vec![(u32::from(letter), u32::from(letter))])
            }
        }
    }

    fn quantifier(&mut self, atom: Tree) -> Option<(Tree, bool)> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.at += 1;
                let least = self.figure()?;
                let most = if self.eat(',') {
                    if self.peek() == Some('}') { None } else { Some(self.figure()?) }
                } else {
                    Some(least)
                };
                if self.peek() != Some('}') || most.is_some_and(|most| most < least) {
                    return None;
                }
                (least, most)
            }
            _ => return Some((atom, false)),
        };
        self.at += 1;
        // Lazy or not, the same texts are accepted.
        self.eat('?');
        if matches!(self.peek(), Some('*' | '+' | '?' | '{')) {
            return None;
        }
        Some((Tree::Repeat(Box::new(atom), least, most), true))
    }

    fn figure(&mut self) -> Option<u32> {
        let mut figure = None;
        while let Some(digit) = self.peek().and_then(|letter| letter.to_digit(10)) {
            self.at += 1;
            figure = Some(figure.unwrap_or(0_u32).checked_mul(10)?.checked_add(digit)?);
        }
        figure
    }

    fn class(&mut self) -> Option<Letters> {
        let inverted = self.eat('^');
        let mut ranges = Vec::new();
        loop {
            let letter = self.take()?;
            let first = match letter {
                ']' if ranges.is_empty() => return None,
                ']' => break,
                '[' | '&' | '~' => return None,
                '\\' => self.escape()?,
                '-' if !ranges.is_empty() && self.peek() != Some(']') => return None,
                letter => vec![(u32::from(letter), u32::from(letter))],
            };
            let single = match first.as_slice() {
                [(from, to)] if from == to => Some(*from),
                _ => None,
            };
            if self.peek() == Some('-') && self.letters.get(self.at + 1).is_some_and(|next| *next != ']') {
                self.at += 1;
                let until = match self.take()? {
                    '\\' => self.escape()?,
                    '[' | '-' => return None,
                    letter => vec![(u32::from(letter), u32::from(letter))],
                };
                match (single, until.as_slice()) {
                    (Some(from), [(to, also)]) if to == also && from <= *to => ranges.push((from, *to)),
                    _ => return None,
                }
            } else {
                ranges.extend(first);
            }
        }
        let ranges = merged(ranges);
        Some(if inverted { inverse(ranges) } else { ranges })
    }

    fn escape(&mut self) -> Option<Letters> {
        let one = |letter: u32| Some(vec![(letter, letter)]);
        let digits = || vec![(0x30, 0x39)];
        let words = || vec![(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
        let spaces = || {
            vec![
                (0x09, 0x0D),
                (0x20, 0x20),
                (0xA0, 0xA0),
                (0x1680, 0x1680),
                (0x2000, 0x200A),
                (0x2028, 0x2029),
                (0x202F, 0x202F),
                (0x205F, 0x205F),
                (0x3000, 0x3000),
                (0xFEFF, 0xFEFF),
            ]
        };
        match self.take()? {
            'd' => Some(digits()),
            'D' => Some(inverse(digits())),
            'w' => Some(words()),
            'W' => Some(inverse(words())),
            's' => Some(spaces()),
            'S' => Some(inverse(spaces())),
            't' => one(0x09),
            'n' => one(0x0A),
            'v' => one(0x0B),
            'f' => one(0x0C),
            'r' => one(0x0D),
            'x' => one(self.hexadecimal(2)?),
            'u' if self.eat('{') => {
                let mut code = 0_u32;
                while !self.eat('}') {
                    code = code.checked_mul(16)?.checked_add(self.take()?.to_digit(16)?)?;
                }
                (code <= LAST).then(|| vec![(code, code)])
            }
            'u' => one(self.hexadecimal(4)?),
            letter if letter.is_ascii_alphanumeric() => None,
            letter => one(u32::from(letter)),
        }
    }

    fn hexadecimal(&mut self, count: usize) -> Option<u32> {
        let mut code = 0;
        for _ in 0..count {
            code = code * 16 + self.take()?.to_digit(16)?;
        }
        Some(code)
    }
}

/// What an atom asks of its place.
#[derive(Default)]
struct Anchored {
    /// It holds an anchor and may not be repeated.
    repeatable_not: bool,
    /// It holds `$` and must be the last.
    ends: bool,
}
