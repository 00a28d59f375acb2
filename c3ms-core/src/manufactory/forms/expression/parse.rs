//! From the text of an expression to its tree.
//!
//! ```text
//! or       and { "or" and }
//! and      equal { "and" equal }
//! equal    order { ("=" | "!=") order }
//! order    sum { ("<" | "<=" | ">" | ">=") sum }
//! sum      product { ("+" | "-") product }
//! product  signed { ("*" | "div" | "mod") signed }
//! signed   "-" signed | union
//! union    path { "|" path }
//! path     start { "[" or "]" } { ("/" | "//") step }
//! start    "${name}" | "/" | "." | step | number | text | name "(" … ")" | "(" or ")"
//! step     ".." | "@" name | [ axis "::" ] ( name | "*" | "node()" ) { "[" or "]" }
//! ```
//! Operands of one rank make one chain, so the tree is only as deep as parentheses, functions, filters and
//! minus signs lie in each other.

use super::{
    DEEPEST, LONGEST, Problem,
    function::{self, Function},
    lex::{Lexer, Placed, Token},
    problem::nearest,
    tree::{At, Axis, Call, Link, NEGATIVE, Operator, Path, Start, Step, Term, Test, Tree, UNION},
    value::text_number,
};
use crate::Code;

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Tree, Problem> {
    let too_much =
        |code, hint: usize| Problem { code, position: 0, found: String::new(), hint: hint.to_string() };
    if text.len() > LONGEST {
        return Err(too_much(Code::ExpressionTooLong, LONGEST));
    }
    let mut lexer = Lexer::new(text);
    let here = lexer.token()?;
    if here.token == Token::End {
        return Err(Problem {
            code: Code::ExpressionIncomplete,
            position: 0,
            found: String::new(),
            hint: String::new(),
        });
    }
    let mut parser = Parser { lexer, here, before: 0, depth: 0 };
    let tree = parser.chain(0)?;
    match parser.here.token {
        Token::End => Ok(tree),
        _ => Err(parser.unexpected()),
    }
}

/// The path that a text between quotes is, as `jr:choice-name` wants it; nothing where it is none.
fn parse_path(text: &str, depth: usize) -> Option<Path> {
    let mut lexer = Lexer::new(text);
    let here = lexer.token().ok()?;
    let mut parser = Parser { lexer, here, before: 0, depth };
    let tree = parser.path().ok()?;
    match (tree.term, parser.here.token) {
        (Term::Path(path), Token::End) => Some(path),
        _ => None,
    }
}

struct Parser {
    lexer: Lexer,
    here: Placed,
    /// Where the token before ended.
    before: usize,
    depth: usize,
}

impl Parser {
    fn advance(&mut self) -> Result<Token, Problem> {
        self.before = self.here.to;
        let next = self.lexer.token()?;
        Ok(std::mem::replace(&mut self.here, next).token)
    }

    fn take(&mut self, wanted: &Token) -> Result<bool, Problem> {
        let found = self.here.token == *wanted;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    const fn at(&self) -> At {
        At(self.here.from)
    }

    fn problem(&self, code: Code, from: usize, to: usize, hint: &str) -> Problem {
        Problem { code, position: from, found: self.lexer.excerpt(from, to), hint: hint.to_owned() }
    }

    fn unexpected(&self) -> Problem {
        let Placed { token, from, to } = &self.here;
        let hint = match token {
            Token::End => {
                return self.problem(Code::ExpressionIncomplete, self.before, self.before, "");
            }
            Token::Name(name) => match name.to_lowercase().as_str() {
                "and" | "et" => "and",
                "or" | "ou" => "or",
                "div" => "div",
                "mod" => "mod",
                "not" | "non" => "not(…)",
                "est" | "is" | "equals" | "égal" => "=",
                _ => "",
            },
            _ => "",
        };
        self.problem(Code::ExpressionUnexpected, *from, *to, hint)
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Problem>) -> Result<T, Problem> {
        if self.depth >= DEEPEST {
            let code = Code::ExpressionTooDeep;
            return Err(self.problem(code, self.here.from, self.here.to, &DEEPEST.to_string()));
        }
        self.depth += 1;
        let made = inner(self);
        self.depth -= 1;
        made
    }

    /// The operator that stands here.
    fn operator(&self) -> Option<Operator> {
        match &self.here.token {
            Token::Sign(operator) => Some(*operator),
            Token::Name(name) => match name.as_str() {
                "or" => Some(Operator::Or),
                "and" => Some(Operator::And),
                "div" => Some(Operator::Divided),
                "mod" => Some(Operator::Modulo),
                _ => None,
            },
            _ => None,
        }
    }

    fn chain(&mut self, rank: u8) -> Result<Tree, Problem> {
        let at = self.at();
        let first = self.operand(rank)?;
        let mut links = Vec::new();
        while let Some(operator) = self.operator().filter(|operator| operator.rank() == rank) {
            let at = self.at();
            self.advance()?;
            links.push(Link { at, operator, right: self.operand(rank)? });
        }
        if links.is_empty() {
            return Ok(first);
        }
        Ok(Tree { at, term: Term::Chain(Box::new(first), links) })
    }

    fn operand(&mut self, rank: u8) -> Result<Tree, Problem> {
        match rank + 1 {
            NEGATIVE => self.signed(),
            rank if rank > UNION => self.path(),
            rank => self.chain(rank),
        }
    }

    fn signed(&mut self) -> Result<Tree, Problem> {
        let at = self.at();
        if self.take(&Token::Sign(Operator::Minus))? {
            let inner = self.deeper(Self::signed)?;
            return Ok(Tree { at, term: Term::Negative(Box::new(inner)) });
        }
        self.chain(UNION)
    }

    fn path(&mut self) -> Result<Tree, Problem> {
        let at = self.at();
        let start = match self.here.token.clone() {
            Token::Number(written) => {
                self.advance()?;
                let value = text_number(&written);
                return Ok(Tree { at, term: Term::Number(written, value) });
            }
            Token::Text(text) => {
                self.advance()?;
                return Ok(Tree { at, term: Term::Text(text) });
            }
            Token::Named(name, last_saved) => {
                self.advance()?;
                Start::Named { name, last_saved }
            }
            Token::Slash => {
                self.advance()?;
                let mut path = Path { start: Start::Root, filters: Vec::new(), steps: Vec::new() };
                if self.begins_step() {
                    self.step(false, &mut path.steps)?;
                    self.steps(&mut path.steps)?;
                }
                return Ok(Tree { at, term: Term::Path(path) });
            }
            Token::SlashSlash => {
                let mut path = Path { start: Start::Root, filters: Vec::new(), steps: Vec::new() };
                self.steps(&mut path.steps)?;
                return Ok(Tree { at, term: Term::Path(path) });
            }
            Token::Open => {
                let inner = self.parenthesis()?;
                if !self.goes_on() {
                    return Ok(inner);
                }
                Start::Given(Box::new(inner))
            }
            Token::Name(name) => {
                self.advance()?;
                if self.here.token == Token::Open && !is_test(&name) {
                    let call = self.call(name, at)?;
                    if !self.goes_on() {
                        return Ok(call);
                    }
                    Start::Given(Box::new(call))
                } else {
                    let mut path = Path { start: Start::Here, filters: Vec::new(), steps: Vec::new() };
                    self.step_after_name(name, at, false, &mut path.steps)?;
                    self.steps(&mut path.steps)?;
                    return Ok(Tree { at, term: Term::Path(path) });
                }
            }
            Token::Dot => {
                self.advance()?;
                Start::Here
            }
            _ if self.begins_step() => {
                let mut path = Path { start: Start::Here, filters: Vec::new(), steps: Vec::new() };
                self.step(false, &mut path.steps)?;
                self.steps(&mut path.steps)?;
                return Ok(Tree { at, term: Term::Path(path) });
            }
            _ => return Err(self.unexpected()),
        };
        let mut path = Path { start, filters: self.filters()?, steps: Vec::new() };
        self.steps(&mut path.steps)?;
        Ok(Tree { at, term: Term::Path(path) })
    }

    fn goes_on(&self) -> bool {
        matches!(self.here.token, Token::OpenFilter | Token::Slash | Token::SlashSlash)
    }

    fn parenthesis(&mut self) -> Result<Tree, Problem> {
        let Placed { from, to, .. } = self.here;
        self.advance()?;
        let inner = self.deeper(|parser| parser.chain(0))?;
        self.close(&Token::Close, Code::ExpressionParenthesisOpen, from, to)?;
        Ok(inner)
    }

    /// Takes what closes; where the text ends before, says what was opened.
    fn close(&mut self, wanted: &Token, code: Code, from: usize, to: usize) -> Result<(), Problem> {
        if self.take(wanted)? {
            return Ok(());
        }
        match self.here.token {
            Token::End => Err(self.problem(code, from, to, "")),
            _ => Err(self.unexpected()),
        }
    }

    fn call(&mut self, name: String, at: At) -> Result<Tree, Problem> {
        let opened = self.here.to;
        self.advance()?;
        let mut arguments = Vec::new();
        if self.here.token != Token::Close {
            loop {
                if self.here.token == Token::End {
                    break;
                }
                arguments.push(self.deeper(|parser| parser.chain(0))?);
                if !self.take(&Token::Comma)? {
                    break;
                }
            }
        }
        self.close(&Token::Close, Code::ExpressionParenthesisOpen, at.0, opened)?;
        let function = function::find(&name);
        if function == Some(Function::ChoiceName)
            && let Some(second) = arguments.get_mut(1)
            && let Some(path) = second.as_text().and_then(|text| parse_path(text, self.depth + 1))
        {
            second.term = Term::Quoted(path);
        }
        Ok(Tree { at, term: Term::Call(Call { name, function, arguments }) })
    }

    fn filters(&mut self) -> Result<Vec<Tree>, Problem> {
        let mut filters = Vec::new();
        while self.here.token == Token::OpenFilter {
            let Placed { from, to, .. } = self.here;
            self.advance()?;
            filters.push(self.deeper(|parser| parser.chain(0))?);
            self.close(&Token::CloseFilter, Code::ExpressionBracketOpen, from, to)?;
        }
        Ok(filters)
    }

    fn steps(&mut self, steps: &mut Vec<Step>) -> Result<(), Problem> {
        loop {
            let deep = match self.here.token {
                Token::Slash => false,
                Token::SlashSlash => true,
                _ => return Ok(()),
            };
            self.advance()?;
            self.step(deep, steps)?;
        }
    }

    fn begins_step(&self) -> bool {
        matches!(
            self.here.token,
            Token::Name(_) | Token::Dot | Token::DotDot | Token::At | Token::Sign(Operator::Times)
        )
    }

    fn step(&mut self, deep: bool, steps: &mut Vec<Step>) -> Result<(), Problem> {
        let at = self.at();
        match self.here.token.clone() {
            Token::Dot => {
                self.advance()?;
                if deep {
                    steps.push(Step { deep, axis: Axis::Own, test: Test::Any, filters: Vec::new() });
                }
                Ok(())
            }
            Token::DotDot => {
                self.advance()?;
                steps.push(Step { deep, axis: Axis::Parent, test: Test::Any, filters: self.filters()? });
                Ok(())
            }
            Token::At => {
                self.advance()?;
                let test = self.test()?;
                steps.push(Step { deep, axis: Axis::Attribute, test, filters: self.filters()? });
                Ok(())
            }
            Token::Name(name) => {
                self.advance()?;
                self.step_after_name(name, at, deep, steps)
            }
            _ => {
                let test = self.test()?;
                steps.push(Step { deep, axis: Axis::Child, test, filters: self.filters()? });
                Ok(())
            }
        }
    }

    /// A step whose first word was taken: an axis, `node()`, or a name.
    fn step_after_name(
        &mut self,
        name: String,
        at: At,
        deep: bool,
        steps: &mut Vec<Step>,
    ) -> Result<(), Problem> {
        let (axis, test) = if self.here.token == Token::Axis {
            let axis = match name.as_str() {
                "child" => Axis::Child,
                "parent" => Axis::Parent,
                "self" => Axis::Own,
                "attribute" => Axis::Attribute,
                _ => {
                    let known = nearest(&name, ["child", "parent", "self", "attribute"]);
                    return Err(self.problem(Code::ExpressionUnexpected, at.0, self.here.to, &known));
                }
            };
            self.advance()?;
            (axis, self.test()?)
        } else if self.here.token == Token::Open {
            (Axis::Child, self.node_test(&name, at)?)
        } else {
            (Axis::Child, Test::Name(name))
        };
        steps.push(Step { deep, axis, test, filters: self.filters()? });
        Ok(())
    }

    fn test(&mut self) -> Result<Test, Problem> {
        let at = self.at();
        match self.here.token.clone() {
            Token::Sign(Operator::Times) => {
                self.advance()?;
                Ok(Test::Every)
            }
            Token::Name(name) => {
                self.advance()?;
                if self.here.token == Token::Open {
                    return self.node_test(&name, at);
                }
                Ok(Test::Name(name))
            }
            _ => Err(self.unexpected()),
        }
    }

    /// `node()`, of which the name was taken.
    fn node_test(&mut self, name: &str, at: At) -> Result<Test, Problem> {
        if name != "node" {
            return Err(self.problem(Code::ExpressionUnexpected, at.0, self.here.to, "node()"));
        }
        let Placed { from, to, .. } = self.here;
        self.advance()?;
        self.close(&Token::Close, Code::ExpressionParenthesisOpen, from, to)?;
        Ok(Test::Any)
    }
}

fn is_test(name: &str) -> bool {
    matches!(name, "node" | "comment" | "processing-instruction")
}
