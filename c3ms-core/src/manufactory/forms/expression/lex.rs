//! The words and signs an expression is made of.

use super::{Problem, tree::Operator};
use crate::Code;

/// A word or a sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(String),
    Text(String),
    /// What stands in `${…}`: the name, and whether it is of the entry before.
    Named(String, bool),
    /// A name, perhaps with a prefix: `jr:itext`; also `and`, `or`, `div`, `mod`.
    Name(String),
    /// Any operator but the four that are names.
    Sign(Operator),
    Slash,
    SlashSlash,
    Open,
    Close,
    OpenFilter,
    CloseFilter,
    Comma,
    Dot,
    DotDot,
    At,
    Axis,
    End,
}

/// Reads words and signs one after the other.
pub(super) struct Lexer {
    letters: Vec<char>,
    next: usize,
}

/// A token, where it begins and where it ends.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Lexer {
    pub(super) fn new(text: &str) -> Self {
        Self { letters: text.chars().collect(), next: 0 }
    }

    /// The text between two places, shortened where it is long.
    pub(super) fn excerpt(&self, from: usize, to: usize) -> String {
        let letters = self.letters.get(from..to.min(self.letters.len())).unwrap_or_default();
        let mut excerpt: String = letters.iter().take(40).collect();
        if letters.len() > 40 {
            excerpt.push('…');
        }
        excerpt
    }

    fn peek(&self, ahead: usize) -> char {
        self.letters.get(self.next + ahead).copied().unwrap_or('\0')
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let from = self.next;
        while self.letters.get(self.next).copied().is_some_and(&wanted) {
            self.next += 1;
        }
        self.letters.get(from..self.next).unwrap_or_default().iter().collect()
    }

    fn problem(&self, code: Code, from: usize, to: usize, hint: &str) -> Problem {
        Problem { code, position: from, found: self.excerpt(from, to), hint: hint.to_owned() }
    }

    /// The next word or sign.
    pub(super) fn token(&mut self) -> Result<Placed, Problem> {
        self.take_while(char::is_whitespace);
        let from = self.next;
        let letter = self.peek(0);
        let token = if from >= self.letters.len() {
            Token::End
        } else if is_first(letter) {
            Token::Name(self.name())
        } else if letter.is_ascii_digit() || (letter == '.' && self.peek(1).is_ascii_digit()) {
            Token::Number(self.number())
        } else if letter == '\'' || letter == '"' {
            self.text(letter)?
        } else if letter == '$' && self.peek(1) == '{' {
            self.named()?
        } else {
            let (token, length) = self.sign()?;
            self.next += length;
            token
        };
        Ok(Placed { token, from, to: self.next })
    }

    fn sign(&self) -> Result<(Token, usize), Problem> {
        let one = |token| Ok((token, 1));
        let two = |token| Ok((token, 2));
        let unexpected =
            |length, hint| Err(self.problem(Code::ExpressionUnexpected, self.next, self.next + length, hint));
        match (self.peek(0), self.peek(1)) {
            ('.', '.') => two(Token::DotDot),
            ('.', _) => one(Token::Dot),
            ('/', '/') => two(Token::SlashSlash),
            ('/', _) => one(Token::Slash),
            (':', ':') => two(Token::Axis),
            ('=', '=') => unexpected(2, "="),
            ('!', '=') => two(Token::Sign(Operator::NotEqual)),
            ('<', '=') => two(Token::Sign(Operator::LessOrEqual)),
            ('>', '=') => two(Token::Sign(Operator::GreaterOrEqual)),
            ('<', '>') => unexpected(2, "!="),
            ('&', '&') => unexpected(2, "and"),
            ('|', '|') => unexpected(2, "or"),
            ('=', _) => one(Token::Sign(Operator::Equal)),
            ('<', _) => one(Token::Sign(Operator::Less)),
            ('>', _) => one(Token::Sign(Operator::Greater)),
            ('+', _) => one(Token::Sign(Operator::Plus)),
            ('-', _) => one(Token::Sign(Operator::Minus)),
            ('*', _) => one(Token::Sign(Operator::Times)),
            ('|', _) => one(Token::Sign(Operator::Union)),
            ('(', _) => one(Token::Open),
            (')', _) => one(Token::Close),
            ('[', _) => one(Token::OpenFilter),
            (']', _) => one(Token::CloseFilter),
            (',', _) => one(Token::Comma),
            ('@', _) => one(Token::At),
            // What word processors and other languages write.
            ('‘' | '’' | '“' | '”' | '«' | '»', _) => unexpected(1, "'"),
            ('≤', _) => unexpected(1, "<="),
            ('≥', _) => unexpected(1, ">="),
            ('≠', _) => unexpected(1, "!="),
            ('×', _) => unexpected(1, "*"),
            ('÷', _) => unexpected(1, "div"),
            ('−' | '–', _) => unexpected(1, "-"),
            (';', _) => unexpected(1, ","),
            ('&', _) => unexpected(1, "and"),
            ('!', _) => unexpected(1, "not(…)"),
            ('%', _) => unexpected(1, "mod"),
            ('$', _) => unexpected(1, "${…}"),
            _ => unexpected(1, ""),
        }
    }

    fn name(&mut self) -> String {
        let mut name = self.take_while(is_further);
        if self.peek(0) == ':' && is_first(self.peek(1)) {
            self.next += 1;
            name.push(':');
            name.push_str(&self.take_while(is_further));
        }
        name
    }

    fn number(&mut self) -> String {
        let mut number = self.take_while(|letter| letter.is_ascii_digit());
        if self.peek(0) == '.' && self.peek(1) != '.' {
            self.next += 1;
            number.push('.');
            number.push_str(&self.take_while(|letter| letter.is_ascii_digit()));
        }
        number
    }

    fn text(&mut self, quote: char) -> Result<Token, Problem> {
        let from = self.next;
        self.next += 1;
        let text = self.take_while(|letter| letter != quote);
        if self.peek(0) != quote {
            let code = Code::ExpressionQuoteOpen;
            return Err(self.problem(code, from, self.letters.len(), quote.encode_utf8(&mut [0; 4])));
        }
        self.next += 1;
        Ok(Token::Text(text))
    }

    fn named(&mut self) -> Result<Token, Problem> {
        let from = self.next;
        self.next += 2;
        let inside = self.take_while(|letter| letter != '}');
        if self.peek(0) != '}' {
            return Err(self.problem(Code::ExpressionBraceOpen, from, self.letters.len(), "}"));
        }
        self.next += 1;
        match read_name(&inside) {
            Some((name, last_saved)) => Ok(Token::Named(name.to_owned(), last_saved)),
            None => Err(self.problem(Code::ExpressionUnexpected, from, self.next, "${…}")),
        }
    }
}

/// The name in `${…}`, and whether it is of the entry before: `last-saved#name`.
pub(super) fn read_name(inside: &str) -> Option<(&str, bool)> {
    let inside = inside.trim();
    let (name, last_saved) = match inside.strip_prefix("last-saved#") {
        Some(name) => (name, true),
        None => (inside, false),
    };
    let mut letters = name.chars();
    (letters.next().is_some_and(is_first) && letters.all(is_further)).then_some((name, last_saved))
}

fn is_first(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

fn is_further(letter: char) -> bool {
    letter.is_alphanumeric()
        || matches!(letter, '_' | '-' | '.' | '·')
        || ('\u{300}'..='\u{36f}').contains(&letter)
}
