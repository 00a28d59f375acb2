//! Patterns of texts, in time linear in the text: read where a format is designed, held against texts anywhere.
//!
//! The syntax is that of the crate `regex`, without the classes of Unicode: letters and digits of `\w`, `\d`,
//! `\b` and of `(?i)` are those of ASCII. A page is sent steps instead of a pattern, and no reader of patterns.

use regex_syntax::ast::{
    self, AssertionKind, Ast, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, Flag, Flags, FlagsItemKind,
    GroupKind, RepetitionKind, RepetitionRange,
};
use serde::{Deserialize, Serialize};

/// Ranges of characters, sorted, none touching another.
pub(super) type Letters = Vec<(u32, u32)>;

/// The greatest character.
const LAST: u32 = 0x10_FFFF;

/// Larger patterns are refused: each letter of a text may cost as many steps.
const MOST_STEPS: usize = 10_000;

/// How deep groups may lie in each other.
const DEEPEST: u32 = 50;

/// A pattern made ready.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pattern {
    text: String,
    steps: Vec<Step>,
    start: usize,
}

/// One state of the machine of a pattern.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Step {
    /// One of these letters leads on.
    Read(Letters, usize),
    /// Both without reading.
    Fork(usize, usize),
    /// What stands here leads on without reading.
    Look(Look, usize),
    /// The text has the pattern.
    Accept,
}

/// What may stand between two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Look {
    Start,
    End,
    LineStart,
    LineEnd,
    Border,
    NoBorder,
    WordStart,
    WordEnd,
    HalfStart,
    HalfEnd,
}

impl Look {
    fn holds(self, before: Option<char>, after: Option<char>) -> bool {
        let is_word = |letter: Option<char>| {
            letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        };
        let (word_before, word_after) = (is_word(before), is_word(after));
        match self {
            Self::Start => before.is_none(),
            Self::End => after.is_none(),
            Self::LineStart => matches!(before, None | Some('\n')),
            Self::LineEnd => matches!(after, None | Some('\n')),
            Self::Border => word_before != word_after,
            Self::NoBorder => word_before == word_after,
            Self::WordStart => !word_before && word_after,
            Self::WordEnd => word_before && !word_after,
            Self::HalfStart => !word_before,
            Self::HalfEnd => !word_after,
        }
    }
}

impl Pattern {
    /// Reads a pattern, or says why it cannot be had.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        let tree = ast::parse::ParserBuilder::new().nest_limit(DEEPEST).build().parse(pattern);
        let tree = tree.map_err(|error| error.kind().to_string())?;
        let tree = Reader::default().tree(&tree)?;
        let mut builder = Builder::new(MOST_STEPS);
        let start = builder.build(&tree, 0).ok_or("it is too large")?;
        Ok(Self { text: pattern.to_owned(), steps: builder.steps, start })
    }

    /// The pattern as it was written.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Tells whether a text has the pattern somewhere.
    ///
    /// # Source
    /// Thompson, "Regular Expression Search Algorithm", 1968: all states at once.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let is_anchored = matches!(self.steps.get(self.start), Some(Step::Look(Look::Start, _)));
        let mut seen = vec![false; self.steps.len()];
        let (mut here, mut next) = (Vec::new(), Vec::new());
        let mut before = None;
        let mut letters = text.chars();
        loop {
            let after = letters.next();
            if before.is_none() || !is_anchored {
                here.push(self.start);
            }
            if here.is_empty() {
                return false;
            }
            seen.fill(false);
            while let Some(state) = here.pop() {
                match seen.get_mut(state) {
                    Some(seen) if !*seen => *seen = true,
                    _ => continue,
                }
                match self.steps.get(state) {
                    Some(Step::Accept) => return true,
                    Some(Step::Fork(one, other)) => here.extend([*one, *other]),
                    Some(Step::Look(look, then)) if look.holds(before, after) => here.push(*then),
                    Some(Step::Read(letters, then)) if after.is_some_and(|after| has(letters, after)) => {
                        next.push(*then);
                    }
                    _ => {}
                }
            }
            if after.is_none() {
                return false;
            }
            before = after;
            std::mem::swap(&mut here, &mut next);
        }
    }
}

fn has(letters: &Letters, letter: char) -> bool {
    let letter = u32::from(letter);
    letters.iter().any(|(from, to)| (*from..=*to).contains(&letter))
}

/// A pattern without its way of writing.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    One(Letters),
    Look(Look),
    Row(Vec<Self>),
    Choice(Vec<Self>),
    Repeat(Box<Self>, u32, Option<u32>),
}

/// Makes the states of a pattern, from its end to its beginning.
pub(super) struct Builder {
    pub(super) steps: Vec<Step>,
    most: usize,
}

impl Builder {
    /// With the state that accepts, which is number 0; of more states than `most` none are made.
    pub(super) fn new(most: usize) -> Self {
        Self { steps: vec![Step::Accept], most }
    }

    fn add(&mut self, step: Step) -> Option<usize> {
        let place = self.steps.len();
        self.steps.push(step);
        (place < self.most).then_some(place)
    }

    /// The state from which the tree is read before `next`; nothing where there would be too many.
    pub(super) fn build(&mut self, tree: &Tree, next: usize) -> Option<usize> {
        match tree {
            Tree::One(letters) => self.add(Step::Read(letters.clone(), next)),
            Tree::Look(look) => self.add(Step::Look(*look, next)),
            Tree::Row(row) => row.iter().rev().try_fold(next, |next, part| self.build(part, next)),
            Tree::Choice(choices) => {
                let (first, rest) = choices.split_first()?;
                rest.iter().try_fold(self.build(first, next)?, |before, choice| {
                    let start = self.build(choice, next)?;
                    self.add(Step::Fork(before, start))
                })
            }
            Tree::Repeat(inner, least, most) => {
                let mut entry = next;
                match most {
                    None => {
                        let fork = self.add(Step::Fork(next, next))?;
                        let body = self.build(inner, fork)?;
                        if let Some(step) = self.steps.get_mut(fork) {
                            *step = Step::Fork(body, next);
                        }
                        entry = fork;
                    }
                    Some(most) => {
                        for _ in *least..*most {
                            let body = self.build(inner, entry)?;
                            entry = self.add(Step::Fork(body, next))?;
                        }
                    }
                }
                for _ in 0..*least {
                    // What reads nothing adds nothing, however often.
                    let start = self.build(inner, entry)?;
                    if start == entry {
                        break;
                    }
                    entry = start;
                }
                Some(entry)
            }
        }
    }
}

/// Reads what was parsed, with the flags that stand where it is.
#[derive(Debug, Clone, Copy, Default)]
struct Reader {
    ignores_case: bool,
    dot_is_any: bool,
    many_lines: bool,
}

impl Reader {
    fn tree(&mut self, ast: &Ast) -> Result<Tree, String> {
        Ok(match ast {
            Ast::Empty(_) => Tree::Row(Vec::new()),
            Ast::Flags(set) => {
                self.set(&set.flags)?;
                Tree::Row(Vec::new())
            }
            Ast::Literal(literal) => Tree::One(self.range(literal.c, literal.c)),
            Ast::Dot(_) if self.dot_is_any => Tree::One(vec![(0, LAST)]),
            Ast::Dot(_) => Tree::One(inverse(vec![(0x0A, 0x0A)])),
            Ast::Assertion(assertion) => Tree::Look(match assertion.kind {
                AssertionKind::StartLine if self.many_lines => Look::LineStart,
                AssertionKind::EndLine if self.many_lines => Look::LineEnd,
                AssertionKind::StartLine | AssertionKind::StartText => Look::Start,
                AssertionKind::EndLine | AssertionKind::EndText => Look::End,
                AssertionKind::WordBoundary => Look::Border,
                AssertionKind::NotWordBoundary => Look::NoBorder,
                AssertionKind::WordBoundaryStart | AssertionKind::WordBoundaryStartAngle => Look::WordStart,
                AssertionKind::WordBoundaryEnd | AssertionKind::WordBoundaryEndAngle => Look::WordEnd,
                AssertionKind::WordBoundaryStartHalf => Look::HalfStart,
                AssertionKind::WordBoundaryEndHalf => Look::HalfEnd,
            }),
            Ast::ClassUnicode(_) => return Err(unsupported("classes of Unicode")),
            Ast::ClassPerl(class) => Tree::One(perl(class)),
            Ast::ClassBracketed(class) => {
                let mut letters = Letters::new();
                self.class(&class.kind, &mut letters)?;
                let letters = merged(letters);
                Tree::One(if class.negated { inverse(letters) } else { letters })
            }
            Ast::Repetition(repetition) => {
                let (least, most) = match &repetition.op.kind {
                    RepetitionKind::ZeroOrOne => (0, Some(1)),
                    RepetitionKind::ZeroOrMore => (0, None),
                    RepetitionKind::OneOrMore => (1, None),
                    RepetitionKind::Range(RepetitionRange::Exactly(times)) => (*times, Some(*times)),
                    RepetitionKind::Range(RepetitionRange::AtLeast(least)) => (*least, None),
                    RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => (*least, Some(*most)),
                };
                Tree::Repeat(Box::new(self.tree(&repetition.ast)?), least, most)
            }
            Ast::Group(group) => {
                // Flags set in a group end with it.
                let mut inner = *self;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    inner.set(flags)?;
                }
                inner.tree(&group.ast)?
            }
            Ast::Alternation(choices) => Tree::Choice(self.all(&choices.asts)?),
            Ast::Concat(row) => Tree::Row(self.all(&row.asts)?),
        })
    }

    fn all(&mut self, parts: &[Ast]) -> Result<Vec<Tree>, String> {
        parts.iter().map(|part| self.tree(part)).collect()
    }

    fn set(&mut self, flags: &Flags) -> Result<(), String> {
        let mut holds = true;
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Negation => holds = false,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.ignores_case = holds,
                FlagsItemKind::Flag(Flag::DotMatchesNewLine) => self.dot_is_any = holds,
                FlagsItemKind::Flag(Flag::MultiLine) => self.many_lines = holds,
                // Lazy or not, the same texts have the pattern; spaces are the parser's.
                FlagsItemKind::Flag(Flag::SwapGreed | Flag::IgnoreWhitespace) => {}
                FlagsItemKind::Flag(Flag::Unicode | Flag::CRLF) => {
                    return Err(unsupported("the flags u and R"));
                }
            }
        }
        Ok(())
    }

    fn class(self, class: &ClassSet, letters: &mut Letters) -> Result<(), String> {
        match class {
            ClassSet::Item(item) => self.item(item, letters),
            ClassSet::BinaryOp(_) => Err(unsupported("&&, -- and ~~ between classes")),
        }
    }

    fn item(self, item: &ClassSetItem, letters: &mut Letters) -> Result<(), String> {
        match item {
            ClassSetItem::Empty(_) => {}
            ClassSetItem::Literal(literal) => letters.extend(self.range(literal.c, literal.c)),
            ClassSetItem::Range(range) => letters.extend(self.range(range.start.c, range.end.c)),
            ClassSetItem::Ascii(class) => {
                let ranges = posix(&class.kind);
                let ranges = ranges.iter().flat_map(|(from, to)| self.range(*from, *to)).collect();
                let ranges = merged(ranges);
                letters.extend(if class.negated { inverse(ranges) } else { ranges });
            }
            ClassSetItem::Perl(class) => letters.extend(perl(class)),
            ClassSetItem::Unicode(_) => return Err(unsupported("classes of Unicode")),
            ClassSetItem::Bracketed(_) => return Err(unsupported("a class in a class")),
            ClassSetItem::Union(union) => {
                for item in &union.items {
                    self.item(item, letters)?;
                }
            }
        }
        Ok(())
    }

    /// The letters from one to another, in both cases where case is ignored.
    fn range(self, from: char, to: char) -> Letters {
        let (from, to) = (u32::from(from), u32::from(to));
        let mut letters = vec![(from, to)];
        if self.ignores_case {
            for (first, last, other) in [(0x41, 0x5A, 0x61), (0x61, 0x7A, 0x41)] {
                let (from, to) = (from.max(first), to.min(last));
                if from <= to {
                    letters.push((from - first + other, to - first + other));
                }
            }
        }
        merged(letters)
    }
}

fn unsupported(what: &str) -> String {
    [what, " are not supported"].concat()
}

fn perl(class: &ClassPerl) -> Letters {
    let ranges = match class.kind {
        ClassPerlKind::Digit => vec![(0x30, 0x39)],
        ClassPerlKind::Space => vec![(0x09, 0x0D), (0x20, 0x20)],
        ClassPerlKind::Word => vec![(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)],
    };
    if class.negated { inverse(ranges) } else { ranges }
}

const fn posix(class: &ast::ClassAsciiKind) -> &'static [(char, char)] {
    use ast::ClassAsciiKind as Kind;
    match class {
        Kind::Alnum => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        Kind::Alpha => &[('A', 'Z'), ('a', 'z')],
        Kind::Ascii => &[('\0', '\x7F')],
        Kind::Blank => &[('\t', '\t'), (' ', ' ')],
        Kind::Cntrl => &[('\0', '\x1F'), ('\x7F', '\x7F')],
        Kind::Digit => &[('0', '9')],
        Kind::Graph => &[('!', '~')],
        Kind::Lower => &[('a', 'z')],
        Kind::Print => &[(' ', '~')],
        Kind::Punct => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        Kind::Space => &[('\t', '\r'), (' ', ' ')],
        Kind::Upper => &[('A', 'Z')],
        Kind::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        Kind::Xdigit => &[('0', '9'), ('A', 'F'), ('a', 'f')],
    }
}

/// Ranges sorted, those that touch made one.
pub(super) fn merged(mut ranges: Letters) -> Letters {
    ranges.sort_unstable();
    let mut merged: Letters = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match merged.last_mut() {
            Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// Every character but these.
pub(super) fn inverse(ranges: Letters) -> Letters {
    let mut next = 0;
    let mut rest = Vec::with_capacity(ranges.len() + 1);
    for (from, to) in ranges {
        if from > next {
            rest.push((next, from - 1));
        }
        next = to + 1;
    }
    if next <= LAST {
        rest.push((next, LAST));
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use proptest::prelude::*;

    /// Patterns made of what people write, and of what they mistype.
    fn patterns() -> impl Strategy<Value = String> {
        let atom = prop::sample::select(vec![
            "a",
            "b",
            "é",
            "1",
            "_",
            " ",
            "\\n",
            "\\.",
            ".",
            "\\d",
            "\\D",
            "\\w",
            "\\W",
            "\\s",
            "\\S",
            "[ab]",
            "[^a]",
            "[a-f0-9_]",
            "[[:alpha:]]",
            "[[:^digit:]é-]",
            "[^\\w.]",
            "^",
            "$",
            "\\b",
            "\\B",
            "\\A",
            "\\z",
            "(?i)",
            "(?s)",
            "(?m)",
            "(?-i)",
            "",
            "K",
            "\\x41",
            "\\u{e9}",
            "\\b{start}",
            "\\b{end-half}",
            "[",
            "{2}",
            "\\p{L}",
            "(?R)",
        ]);
        let part = atom.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|row| row.concat()),
                prop::collection::vec(inner.clone(), 1..4)
                    .prop_map(|choices| format!("({})", choices.join("|"))),
                (
                    inner.clone(),
                    prop::sample::select(vec!["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{0}"])
                )
                    .prop_map(|(inner, times)| format!("(?:{inner}){times}")),
                inner.prop_map(|inner| format!("(?i:{inner})")),
            ]
        });
        prop::collection::vec(part, 0..4).prop_map(|row| row.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// The crate `regex-lite` is the referee: what it has made is made here, and found in the same texts.
        #[test]
        fn patterns_are_found_where_regex_lite_finds_them(
            pattern in patterns(),
            texts in prop::collection::vec("[abABéÉ1_ .\n-kK]{0,8}", 6),
        ) {
            let Ok(referee) = regex_lite::Regex::new(&pattern) else { return Ok(()) };
            let ours = match Pattern::new(&pattern) {
                Ok(ours) => ours,
                Err(reason) => {
                    // Flags that are repeated, `(?i){2}`, are nothing to the crate `regex` either.
                    let known = reason.contains("not supported") || reason.contains("missing expression");
                    prop_assert!(known, "{pattern:?}: {reason}");
                    return Ok(());
                }
            };
            for text in texts {
                prop_assert_eq!(ours.is_match(&text), referee.is_match(&text), "{:?} in {:?}", &pattern, text);
            }
        }
    }

    #[test]
    fn what_would_take_for_ever_is_refused_or_quick() {
        assert!(Pattern::new("((a{100}){100}){100}").is_err());
        assert!(Pattern::new(&"(".repeat(100)).is_err());
        assert!(
            !Pattern::new("^(a|a)*(a*)*$").unwrap().is_match(&["a".repeat(20_000), "b".to_owned()].concat())
        );
        assert!(Pattern::new("(?:){1000000000}").unwrap().is_match(""));
        assert!(Pattern::new("(?:a{0}){1000000000}").unwrap().is_match(""));
    }
}
