//! An expression as XPath, for the tools of XForms.
//!
//! What is written in the dialect of XForms stays as it is, but for its `${name}`s: a round trip changes nothing.
//!
//! What is written in the own dialect is guarded, so that blanks mean the same there as here. Each part that is
//! true or false becomes two conditions, when it is surely true and when it is surely false; a blank meets
//! neither. `not(a)` swaps the two; `a and b` is false as soon as one is.

use super::{
    Problem, Scope, Sort,
    check::{Checker, Gives},
    function::Function,
    lex::read_name,
    tree::{Call, Link, Operator, Path, Start, Term, Tree},
};
use crate::{Code, manufactory::forms::Dialect};

/// The place of a `${name}` in an expression, for whoever writes a path in its stead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The name.
    pub name: &'a str,
    /// It is of the entry before: `${last-saved#name}`.
    pub last_saved: bool,
    /// It stands in a filter of codes, `instance('list')/root/item[…]`, where a relative path is one of the code.
    pub in_filter: bool,
    /// It means the field in every item of its list: the fields and lists given to `indexed-repeat`.
    pub everywhere: bool,
}

/// What an expression is for: what a blank comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Something is done where it is surely true: a question asked, an answer required, a code offered.
    Condition,
    /// Something is wrong where it is surely false.
    Constraint,
    /// Its value is kept.
    Value,
}

/// Writes paths in the place of names, in a text of the dialect of XForms.
pub(super) fn rendered(text: &str, tree: &Tree, render: &mut dyn FnMut(Mention<'_>) -> String) -> String {
    let mut marks = Vec::new();
    marked(tree, false, false, &mut marks);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = 0;
    while let Some((plain, after)) = rest.split_once("${") {
        out.push_str(plain);
        let at = before + plain.chars().count();
        let Some((inside, left)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            before = at + 2;
            continue;
        };
        match read_name(inside) {
            Some((name, last_saved)) => {
                let mark = marks.iter().find(|mark| mark.0 == at);
                let (in_filter, everywhere) = mark.map_or((false, false), |mark| (mark.1, mark.2));
                out.push_str(&render(Mention { name, last_saved, in_filter, everywhere }));
            }
            None => out.extend(["${", inside, "}"]),
        }
        rest = left;
        before = at + 3 + inside.chars().count();
    }
    out.push_str(rest);
    out
}

/// Where names stand, whether in a filter of codes, whether given to `indexed-repeat`.
fn marked(tree: &Tree, in_filter: bool, everywhere: bool, marks: &mut Vec<(usize, bool, bool)>) {
    match &tree.term {
        Term::Number(..) | Term::Text(_) | Term::Quoted(_) => {}
        Term::Path(path) => {
            if matches!(path.start, Start::Named { .. }) {
                marks.push((tree.at.0, in_filter, everywhere));
            }
            let mut codes = in_filter;
            if let Start::Given(start) = &path.start {
                marked(start, in_filter, everywhere, marks);
                codes |= matches!(&start.term, Term::Call(Call { function: Some(Function::Instance), .. }));
            }
            let filters = path.filters.iter().chain(path.steps.iter().flat_map(|step| &step.filters));
            filters.for_each(|filter| marked(filter, codes, everywhere, marks));
        }
        Term::Call(call) => {
            for (index, argument) in call.arguments.iter().enumerate() {
                let all = match call.function {
                    Some(Function::IndexedRepeat) => index == 0 || index % 2 == 1,
                    _ => everywhere,
                };
                marked(argument, in_filter, all, marks);
            }
        }
        Term::Chain(first, links) => {
            marked(first, in_filter, everywhere, marks);
            for link in links {
                marked(&link.right, in_filter, everywhere, marks);
            }
        }
        Term::Negative(inner) => marked(inner, in_filter, everywhere, marks),
    }
}

/// Writes an expression of the own dialect as XPath.
pub(super) fn guarded(
    tree: &Tree,
    purpose: Purpose,
    scope: &dyn Scope,
    render: &mut dyn FnMut(Mention<'_>) -> String,
) -> Result<String, Problem> {
    let mut exporter = Exporter { scope, render, left: super::LONGEST };
    let whole = exporter.gives(tree);
    let boolean = whole.sort == Sort::Boolean;
    match purpose {
        Purpose::Condition => exporter.is_true(tree),
        Purpose::Constraint => Ok(not(&exporter.is_false(tree)?)),
        Purpose::Value if boolean => {
            let (yes, no) = (exporter.is_true(tree)?, exporter.is_false(tree)?);
            Ok(["if(", &yes, ", 'true', if(", &no, ", 'false', ''))"].concat())
        }
        Purpose::Value => {
            let value = exporter.value(tree)?;
            // A number that cannot be worked out is nothing to XForms already.
            match exporter.known(tree)? {
                known if known == ALWAYS || whole.sort == Sort::Number => Ok(value),
                known => Ok(["if(", &known, ", ", &value, ", '')"].concat()),
            }
        }
    }
}

const ALWAYS: &str = "true()";

struct Exporter<'a> {
    scope: &'a dyn Scope,
    render: &'a mut dyn FnMut(Mention<'_>) -> String,
    /// Bytes that may still be written: two conditions of two conditions of … could become endless.
    left: usize,
}

type Written = Result<String, Problem>;

impl Exporter<'_> {
    fn gives(&self, tree: &Tree) -> Gives {
        let mut checker = Checker { dialect: Dialect::Own, scope: self.scope, problems: Vec::new() };
        checker.tree(tree, self.scope.is_filter())
    }

    fn written(&mut self, parts: &[&str]) -> Written {
        let text = parts.concat();
        match self.left.checked_sub(text.len()) {
            Some(left) => {
                self.left = left;
                Ok(text)
            }
            None => Err(Problem {
                code: Code::ExpressionTooLong,
                position: 0,
                found: String::new(),
                hint: super::LONGEST.to_string(),
            }),
        }
    }

    /// When a part is surely true.
    fn is_true(&mut self, tree: &Tree) -> Written {
        self.truth(tree, true)
    }

    /// When a part is surely false.
    fn is_false(&mut self, tree: &Tree) -> Written {
        self.truth(tree, false)
    }

    fn truth(&mut self, tree: &Tree, wanted: bool) -> Written {
        match &tree.term {
            Term::Path(_) => {
                let value = self.value(tree)?;
                self.written(&[&value, if wanted { " = 'true'" } else { " = 'false'" }])
            }
            Term::Chain(first, links) => self.chain_truth(first, links, wanted),
            Term::Call(call) => self.call_truth(tree, call, wanted),
            Term::Number(..) | Term::Text(_) | Term::Quoted(_) | Term::Negative(_) => {
                Ok("false()".to_owned())
            }
        }
    }

    fn chain_truth(&mut self, first: &Tree, links: &[Link], wanted: bool) -> Written {
        let Some(operator) = links.first().map(|link| link.operator) else {
            return self.truth(first, wanted);
        };
        if matches!(operator, Operator::And | Operator::Or) {
            let sign = if (operator == Operator::And) == wanted { " and " } else { " or " };
            let mut text = parenthesized(&self.truth(first, wanted)?);
            for link in links {
                let right = parenthesized(&self.truth(&link.right, wanted)?);
                text = self.written(&[&text, sign, &right])?;
            }
            return Ok(text);
        }
        let Some((last, before)) = links.split_last() else { return self.truth(first, wanted) };
        let left = Tree {
            at: first.at,
            term: match before {
                [] => return self.compared(first, last.operator, &last.right, wanted),
                before => Term::Chain(Box::new(first.clone()), before.to_vec()),
            },
        };
        self.compared(&left, last.operator, &last.right, wanted)
    }

    fn compared(&mut self, left: &Tree, operator: Operator, right: &Tree, wanted: bool) -> Written {
        let operator = if wanted { operator } else { opposite(operator) };
        let sort = match self.gives(left).sort {
            Sort::Any => self.gives(right).sort,
            sort => sort,
        };
        if sort == Sort::Boolean {
            let (yes, no) = (self.is_true(left)?, self.is_false(left)?);
            let (right_yes, right_no) = (self.is_true(right)?, self.is_false(right)?);
            let (one, other) =
                if operator == Operator::Equal { (right_yes, right_no) } else { (right_no, right_yes) };
            return self.written(&["((", &yes, ") and (", &one, ") or (", &no, ") and (", &other, "))"]);
        }
        let cast = match sort {
            Sort::Time => "decimal-time(",
            Sort::Text | Sort::List => "string(",
            _ => "number(",
        };
        let plain = |tree: &Tree| matches!(tree.term, Term::Number(..) | Term::Text(_));
        let mut sides = Vec::new();
        for side in [left, right] {
            let value = self.value(side)?;
            sides.push(if plain(side) && sort != Sort::Time { value } else { [cast, &value, ")"].concat() });
        }
        // What is no number is neither less nor more than another: no guard is needed.
        if operator == Operator::NotEqual && !matches!(sort, Sort::Text | Sort::List | Sort::Any) {
            let (less, more) = (sides.join(" < "), sides.join(" > "));
            return self.written(&["(", &less, " or ", &more, ")"]);
        }
        let text = sides.join(&[" ", operator.as_str(), " "].concat());
        if !matches!(sort, Sort::Text | Sort::List | Sort::Any) {
            return self.written(&[&text]);
        }
        let (left, right) = (self.known(left)?, self.known(right)?);
        self.all(&[left, right, text])
    }

    /// All of these hold.
    fn all(&mut self, conditions: &[String]) -> Written {
        let mut needed: Vec<&str> =
            conditions.iter().map(String::as_str).filter(|one| *one != ALWAYS).collect();
        needed.dedup();
        match needed.as_slice() {
            [] => Ok(ALWAYS.to_owned()),
            needed => self.written(&[&needed.join(" and ")]),
        }
    }

    fn call_truth(&mut self, tree: &Tree, call: &Call, wanted: bool) -> Written {
        let argument = |index: usize| call.arguments.get(index);
        match (call.function, argument(0)) {
            (Some(Function::Not), Some(inner)) => self.truth(inner, !wanted),
            (Some(Function::Boolean), Some(inner)) => self.truth(inner, wanted),
            (Some(Function::Sure), Some(inner)) => {
                let sure = self.is_true(inner)?;
                Ok(if wanted { sure } else { not(&sure) })
            }
            (Some(Function::Known), Some(inner)) => {
                let known = self.known(inner)?;
                Ok(if wanted { known } else { not(&known) })
            }
            (Some(Function::True | Function::False), _) => {
                let holds = (call.function == Some(Function::True)) == wanted;
                Ok(if holds { ALWAYS } else { "false()" }.to_owned())
            }
            (Some(Function::If), Some(condition)) => {
                let (Some(then), Some(other)) = (argument(1), argument(2)) else {
                    return Ok("false()".to_owned());
                };
                let (yes, no) = (self.is_true(condition)?, self.is_false(condition)?);
                let (then, other) = (self.truth(then, wanted)?, self.truth(other, wanted)?);
                self.written(&["((", &yes, ") and (", &then, ") or (", &no, ") and (", &other, "))"])
            }
            (Some(Function::Coalesce), Some(first)) => {
                let mut text = self.truth(first, wanted)?;
                let mut unknown = not(&self.known(first)?);
                for other in call.arguments.iter().skip(1) {
                    let truth = self.truth(other, wanted)?;
                    text = self.written(&[&text, " or ", &unknown, " and (", &truth, ")"])?;
                    let known = not(&self.known(other)?);
                    unknown = self.written(&[&unknown, " and ", &known])?;
                }
                Ok(parenthesized(&text))
            }
            _ => {
                let known = self.arguments_known(call)?;
                let value = self.value(tree)?;
                self.all(&[known, if wanted { value } else { not(&value) }])
            }
        }
    }

    fn arguments_known(&mut self, call: &Call) -> Written {
        let mut known = Vec::new();
        for argument in &call.arguments {
            known.push(self.known(argument)?);
        }
        self.all(&known)
    }

    /// When the value of a part is known.
    fn known(&mut self, tree: &Tree) -> Written {
        match &tree.term {
            Term::Number(..) | Term::Text(_) | Term::Quoted(_) => Ok(ALWAYS.to_owned()),
            Term::Path(_) => {
                let gives = self.gives(tree);
                let path = self.value(tree)?;
                match (gives.sort, gives.many) {
                    (Sort::Group, _) => Ok(ALWAYS.to_owned()),
                    (_, true) => self.written(&["count(", &path, "[. = '']) = 0"]),
                    (_, false) => self.written(&[&path, " != ''"]),
                }
            }
            Term::Negative(_) => self.is_number(tree),
            Term::Chain(..) if self.gives(tree).sort == Sort::Number => self.is_number(tree),
            Term::Chain(first, links) => {
                let logical = links.iter().any(|link| link.operator.rank() <= Operator::And.rank());
                if logical {
                    let (yes, no) = (self.is_true(tree)?, self.is_false(tree)?);
                    return self.written(&["((", &yes, ") or (", &no, "))"]);
                }
                let mut known = vec![self.known(first)?];
                for link in links {
                    known.push(self.known(&link.right)?);
                }
                self.all(&known)
            }
            Term::Call(call) => match call.function {
                Some(
                    Function::Known
                    | Function::Sure
                    | Function::Text
                    | Function::Count
                    | Function::CountNonEmpty
                    | Function::Position
                    | Function::Join,
                ) => Ok(ALWAYS.to_owned()),
                Some(Function::Coalesce) => {
                    let mut known = Vec::new();
                    for argument in &call.arguments {
                        known.push(self.known(argument)?);
                    }
                    self.written(&["(", &known.join(" or "), ")"])
                }
                Some(Function::If) => {
                    let [condition, then, other] = call.arguments.as_slice() else {
                        return Ok(ALWAYS.to_owned());
                    };
                    let (yes, no) = (self.is_true(condition)?, self.is_false(condition)?);
                    let (then, other) = (self.known(then)?, self.known(other)?);
                    self.written(&["((", &yes, ") and (", &then, ") or (", &no, ") and (", &other, "))"])
                }
                Some(Function::Not) => {
                    let (yes, no) = (self.is_true(tree)?, self.is_false(tree)?);
                    self.written(&["((", &yes, ") or (", &no, "))"])
                }
                _ if self.gives(tree).sort == Sort::Number => self.is_number(tree),
                _ => self.arguments_known(call),
            },
        }
    }

    /// When a part is a number: what is none is not even equal to itself.
    fn is_number(&mut self, tree: &Tree) -> Written {
        let value = self.value(tree)?;
        self.written(&["number(", &value, ") = number(", &value, ")"])
    }

    /// The value of a part that is known.
    fn value(&mut self, tree: &Tree) -> Written {
        match &tree.term {
            Term::Number(written, _) => Ok(written.clone()),
            Term::Text(_) => Ok(tree.to_string()),
            Term::Path(path) => {
                let start = self.start(path);
                self.written(&[&start])
            }
            Term::Quoted(path) => {
                let start = self.start(path);
                self.written(&["'", &start, "'"])
            }
            Term::Negative(inner) => {
                let inner = self.operand(inner)?;
                self.written(&["-", &inner])
            }
            Term::Chain(first, links) => {
                if links.iter().any(|link| link.operator.rank() <= Operator::Less.rank()) {
                    return self.is_true(tree);
                }
                let dated = self.gives(tree).sort == Sort::Date;
                let mut text = self.operand(first)?;
                for link in links {
                    let mut right = self.operand(&link.right)?;
                    // Nothing can be divided by nothing; XPath has an infinity.
                    let sure = matches!(&link.right.term, Term::Number(_, number) if *number != 0.0);
                    if link.operator == Operator::Divided && !sure {
                        right = self.written(&["if(number(", &right, ") = 0, '', ", &right, ")"])?;
                    }
                    text = self.written(&[&text, " ", link.operator.as_str(), " ", &right])?;
                }
                if dated { self.written(&["date(", &text, ")"]) } else { Ok(text) }
            }
            Term::Call(call) => self.call_value(tree, call),
        }
    }

    fn operand(&mut self, tree: &Tree) -> Written {
        let value = self.value(tree)?;
        Ok(if matches!(tree.term, Term::Chain(..)) { parenthesized(&value) } else { value })
    }

    fn call_value(&mut self, tree: &Tree, call: &Call) -> Written {
        let name = match call.function {
            Some(Function::Known | Function::Sure | Function::Not) => return self.is_true(tree),
            Some(Function::Text) => "string",
            Some(Function::Time) => {
                let Some(inner) = call.arguments.first() else { return Ok("''".to_owned()) };
                return self.value(inner);
            }
            Some(Function::Coalesce) => {
                let Some((last, before)) = call.arguments.split_last() else { return Ok("''".to_owned()) };
                let mut text = self.value(last)?;
                for argument in before.iter().rev() {
                    let value = self.value(argument)?;
                    text = self.written(&["coalesce(", &value, ", ", &text, ")"])?;
                }
                return Ok(text);
            }
            Some(Function::If) => {
                let [condition, then, other] = call.arguments.as_slice() else { return Ok("''".to_owned()) };
                let (yes, no) = (self.is_true(condition)?, self.is_false(condition)?);
                let (then, other) = (self.value(then)?, self.value(other)?);
                return self.written(&["if(", &yes, ", ", &then, ", if(", &no, ", ", &other, ", ''))"]);
            }
            Some(Function::Join) => {
                let mut given = Vec::new();
                for argument in &call.arguments {
                    let value = self.value(argument)?;
                    let path = matches!(argument.term, Term::Path(_));
                    given.push(if path { [&value, "[. != '']"].concat() } else { value });
                }
                return self.written(&["join(", &given.join(", "), ")"]);
            }
            _ => call.name.as_str(),
        };
        let mut given = Vec::new();
        for argument in &call.arguments {
            let value = match self.gives(argument).sort {
                Sort::Boolean if matches!(argument.term, Term::Chain(..) | Term::Path(_)) => {
                    self.is_true(argument)
                }
                _ => self.value(argument),
            };
            given.push(value?);
        }
        self.written(&[name, "(", &given.join(", "), ")"])
    }

    fn start(&mut self, path: &Path) -> String {
        let text = path.to_string();
        let tree = Tree { at: super::tree::At(0), term: Term::Path(path.clone()) };
        rendered(&text, &tree, &mut *self.render)
    }
}

fn parenthesized(text: &str) -> String {
    let bound =
        text.contains(" and ") || text.contains(" or ") || text.contains(" + ") || text.contains(" - ");
    if bound { ["(", text, ")"].concat() } else { text.to_owned() }
}

fn not(condition: &str) -> String {
    ["not(", condition, ")"].concat()
}

const fn opposite(operator: Operator) -> Operator {
    match operator {
        Operator::Equal => Operator::NotEqual,
        Operator::NotEqual => Operator::Equal,
        Operator::Less => Operator::GreaterOrEqual,
        Operator::LessOrEqual => Operator::Greater,
        Operator::Greater => Operator::LessOrEqual,
        Operator::GreaterOrEqual => Operator::Less,
        other => other,
    }
}
