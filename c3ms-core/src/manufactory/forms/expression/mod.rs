//! What depends on other answers: when a question is asked, what an answer must fulfil, what follows from it.
//!
//! ```text
//! ${price} > 10 and selected(${days}, 'sat')
//! if(known(${birth}), int((today() - ${birth}) div 365.25), ${age})
//! ```
//! The language is that of XLSForm, which those who make forms know. It is typed and total: any expression has
//! a value for any entry, in a bounded number of steps, without a clock, without chance but from a seed.
//!
//! Two dialects share syntax, functions and evaluator; the dialect of a format says what a blank is.
//!
//! | | own | XForms |
//! |---|---|---|
//! | blank | unknown | an empty text |
//! | comparing with a blank | unknown | as XPath 1.0: false, but for `!=` and for what else is blank |
//! | calculating with a blank | unknown | no number |
//! | `and`, `or`, `not` | three-valued (Kleene): `false and unknown` is false | two-valued |
//! | kinds of values | kept apart: a text is no number | made of each other |
//! | a question whose condition is unknown | is not asked | – |
//! | a constraint that is unknown | is not broken | – |
//!
//! An expression of XForms is evaluated with the conversions of XPath instead of being rewritten: its text stays
//! what it was, so it goes out as it came in.
//!
//! # Source
//! ODK XForms specification, with XPath 1.0; checked against `@getodk/xpath` (`conformance/expressions`). Where
//! that library departs from XPath 1.0, we follow XPath: a sum of nothing is 0, `substring-after` takes off the
//! whole word, `and` gives a truth, a position in brackets counts below each parent, lengths are in characters.

mod call;
mod check;
mod clockwork;
mod depend;
mod evaluate;
mod export;
mod function;
mod geography;
mod lex;
mod moment;
mod parse;
mod print;
mod problem;
mod speak;
mod tree;
mod value;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use call::shuffled;
pub use check::{Found, Scope};
pub use depend::{Reads, order};
pub use evaluate::{Context, Node};
pub use export::{Mention, Purpose};
pub use function::Sort;
pub use problem::Problem;
pub use speak::Speaker;
pub use value::Value;
pub(crate) use value::{joined, number_text, text_number, truncated, whole};

use self::{
    check::Checker,
    depend::Reader,
    evaluate::{Evaluator, Focus},
    tree::{Start, Term, Tree},
};
use super::{Dialect, pattern::Pattern};

/// Bytes an expression may have.
pub const LONGEST: usize = 1 << 16;

/// How deep parentheses, functions, filters and minus signs may lie in each other.
pub const DEEPEST: usize = 64;

/// An expression that was read.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Dialect, expression::Expression};
/// let adult = Expression::parse("${age}>=18 and not(${consent} = 'no')", Dialect::Own)?;
/// assert_eq!(adult.to_string(), "${age} >= 18 and not(${consent} = 'no')");
/// assert_eq!(adult.names(), ["age", "consent"]);
/// # Ok::<(), c3ms_core::forms::expression::Problem>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Expression {
    text: String,
    dialect: Dialect,
    tree: Tree,
    patterns: Vec<Pattern>,
}

/// Two expressions are equal that say the same, whatever their spaces.
impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.dialect == other.dialect && self.tree == other.tree
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tree.fmt(f)
    }
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// The first [`Problem`] of its syntax: something is not closed, missing, in the wrong place, too long, too
    /// deep.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, Problem> {
        let tree = parse::parse(text)?;
        let mut patterns: Vec<Pattern> = Vec::new();
        tree.walk(&mut |part| {
            if let Term::Call(call) = &part.term
                && call.function == Some(function::Function::Regex)
                && let Some(pattern) = call.arguments.get(1).and_then(Tree::as_text)
                && patterns.iter().all(|known| known.as_str() != pattern)
                && let Ok(made) = Pattern::new(pattern)
            {
                patterns.push(made);
            }
        });
        Ok(Self { text: text.to_owned(), dialect, tree, patterns })
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it reads blanks.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The names in `${…}`, each once, in the order of the text.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        self.tree.walk(&mut |part| {
            if let Term::Path(path) | Term::Quoted(path) = &part.term
                && let Start::Named { name, .. } = &path.start
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        });
        names
    }

    /// Finds what is wrong with it among these fields: names and functions nobody knows, kinds of values that do
    /// not fit.
    #[must_use]
    pub fn check(&self, scope: &dyn Scope) -> Vec<Problem> {
        let mut checker = Checker { dialect: self.dialect, scope, problems: Vec::new() };
        checker.tree(&self.tree, scope.is_filter());
        checker.problems
    }

    /// The kind of value it gives among these fields.
    #[must_use]
    pub fn sort(&self, scope: &dyn Scope) -> Sort {
        let mut checker = Checker { dialect: self.dialect, scope, problems: Vec::new() };
        checker.tree(&self.tree, scope.is_filter()).sort
    }

    /// The fields it rests on.
    #[must_use]
    pub fn reads(&self, scope: &dyn Scope) -> Reads {
        let mut reader = Reader { scope, reads: Reads::default() };
        let here = [scope.here()];
        reader.tree(&self.tree, if scope.is_filter() { &[] } else { &here }, false);
        reader.reads
    }

    /// Its value for a field.
    #[must_use]
    pub fn value(&self, context: &dyn Context, own: Node) -> Value {
        self.evaluator(context, own).result(&self.tree, Focus { node: own, position: 1, size: 1 })
    }

    /// Whether it holds for a field; nothing where that is unknown.
    #[must_use]
    pub fn holds(&self, context: &dyn Context, own: Node) -> Option<bool> {
        self.evaluator(context, own).holds(&self.tree, Focus { node: own, position: 1, size: 1 })
    }

    /// Those of the codes that it lets through for a field, in their order; it looks at each in turn.
    #[must_use]
    pub fn filter(&self, context: &dyn Context, own: Node, codes: &[Node]) -> Vec<Node> {
        let evaluator = self.evaluator(context, own);
        let focus = |index: usize, node: Node| Focus { node, position: index + 1, size: codes.len() };
        let holds =
            |(index, node): &(usize, &Node)| evaluator.holds(&self.tree, focus(*index, **node)) == Some(true);
        codes.iter().enumerate().filter(holds).map(|(_, node)| *node).collect()
    }

    fn evaluator<'a>(&'a self, context: &'a dyn Context, own: Node) -> Evaluator<'a> {
        Evaluator::new(self.dialect, context, own, &self.patterns)
    }

    /// The expression as XPath; `render` writes the path of a field in the place of its name.
    ///
    /// # Errors
    /// [`Code::ExpressionTooLong`](crate::Code) where the guards of the own dialect would make it longer than
    /// [`LONGEST`].
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::forms::{Format, Outline, Dialect, expression::{Expression, Purpose}};
    /// let format = Format::parse(r#"{"cube": "visit", "label": {"en": "Visit"}, "fields": [
    ///   {"id": "a", "name": "age", "kind": {"type": "integer"}},
    ///   {"id": "p", "name": "place", "kind": {"type": "text"}}]}"#)?;
    /// let outline = Outline::new(&format);
    /// let asked = Expression::parse("${age} != 18 or ${place} = 'Gap'", Dialect::Own)?;
    /// let path = asked.to_xpath(Purpose::Condition, &outline.scope(1), &mut |field| format!("/visit/{}", field.name))?;
    /// assert_eq!(path, "((number(/visit/age) < 18 or number(/visit/age) > 18)) or (/visit/place != '' and string(/visit/place) = 'Gap')");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_xpath(
        &self,
        purpose: Purpose,
        scope: &dyn Scope,
        render: &mut dyn FnMut(Mention<'_>) -> String,
    ) -> Result<String, Problem> {
        match self.dialect {
            Dialect::Own => export::guarded(&self.tree, purpose, scope, render),
            Dialect::Xforms => Ok(export::rendered(&self.text, &self.tree, render)),
        }
    }
}
