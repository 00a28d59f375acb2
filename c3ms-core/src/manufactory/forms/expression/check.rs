//! What is wrong with an expression before anybody answers: names, functions, kinds of values.

use super::{
    Problem, Sort,
    function::{self, Function, Signature},
    problem::nearest,
    tree::{Axis, Call, Link, Operator, Path, Start, Term, Test, Tree},
};
use crate::{
    Code,
    manufactory::forms::{Dialect, pattern::Pattern},
};

/// The fields among which an expression stands. Each field is a number; 0 is the entry itself.
pub trait Scope {
    /// The field the expression belongs to.
    fn here(&self) -> usize;
    /// The field that `${name}` means here.
    fn find(&self, name: &str) -> Found;
    /// What holds a field; nothing for the entry.
    fn parent(&self, field: usize) -> Option<usize>;
    /// The fields of a group, of this name where one is given.
    fn children(&self, field: usize, name: Option<&str>) -> Vec<usize>;
    /// What it holds.
    fn sort(&self, field: usize) -> Sort;
    /// It is a list of groups.
    fn repeats(&self, field: usize) -> bool;
    /// The codes it is chosen from, where it is.
    fn codes(&self, field: usize) -> Option<Vec<&str>>;
    /// The expression chooses among codes, and these have an attribute of this name.
    fn attribute(&self, name: &str) -> bool;
    /// The expression chooses among codes.
    fn is_filter(&self) -> bool;
    /// The names of fields, or of attributes, for suggestions.
    fn names(&self) -> Vec<&str>;
}

/// The fields of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// There is none.
    None,
    /// This one.
    One(usize),
    /// Several, and none is nearer than the others; the first of them.
    Several(usize),
}

/// What a part of an expression gives: which kind of value, and whether of several items of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gives {
    pub(super) sort: Sort,
    pub(super) many: bool,
}

impl From<Sort> for Gives {
    fn from(sort: Sort) -> Self {
        Self { sort, many: false }
    }
}

pub(super) struct Checker<'a> {
    pub(super) dialect: Dialect,
    pub(super) scope: &'a dyn Scope,
    pub(super) problems: Vec<Problem>,
}

impl Checker<'_> {
    fn problem(&mut self, code: Code, position: usize, found: &str, hint: impl Into<String>) {
        self.problems.push(Problem { code, position, found: found.to_owned(), hint: hint.into() });
    }

    fn is_own(&self) -> bool {
        self.dialect == Dialect::Own
    }

    /// Checks a part, says what it gives. `item`: it looks at what no field is, a code or any item.
    pub(super) fn tree(&mut self, tree: &Tree, item: bool) -> Gives {
        match &tree.term {
            Term::Number(..) => Sort::Number.into(),
            Term::Text(_) => Sort::Text.into(),
            Term::Path(path) | Term::Quoted(path) => self.path(path, tree.at.0, item),
            Term::Call(call) => self.call(call, tree.at.0, item),
            Term::Chain(first, links) => self.chain(first, links, item),
            Term::Negative(inner) => {
                let gives = self.tree(inner, item);
                self.expect(gives, Sort::Number, tree.at.0, "-");
                Sort::Number.into()
            }
        }
    }

    /// Where only one kind of value will do.
    fn expect(&mut self, gives: Gives, wanted: Sort, position: usize, found: &str) {
        let fits = gives.sort == Sort::Any || gives.sort == wanted || wanted == Sort::Any;
        if self.is_own() && (!fits || gives.many) {
            self.problem(Code::ExpressionKinds, position, found, words(gives, Some(wanted)));
        }
    }

    fn chain(&mut self, first: &Tree, links: &[Link], item: bool) -> Gives {
        let mut left = self.tree(first, item);
        let mut before = first;
        for link in links {
            let right = self.tree(&link.right, item);
            let sign = link.operator.as_str();
            let at = link.at.0;
            left = match link.operator {
                Operator::And | Operator::Or => {
                    for side in [left, right] {
                        self.expect(side, Sort::Boolean, at, sign);
                    }
                    Sort::Boolean.into()
                }
                Operator::Union => left,
                Operator::Equal | Operator::NotEqual => {
                    self.compared(left, right, at, sign);
                    self.code(before, &link.right);
                    self.code(&link.right, before);
                    Sort::Boolean.into()
                }
                Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                    self.compared(left, right, at, sign);
                    let unordered = matches!(left.sort, Sort::Text | Sort::List | Sort::Boolean)
                        && (left.sort == right.sort || right.sort == Sort::Any);
                    if self.is_own() && unordered {
                        self.problem(Code::ExpressionKinds, at, sign, words(left, None));
                    }
                    Sort::Boolean.into()
                }
                Operator::Plus | Operator::Minus => {
                    let dated = |gives: Gives| matches!(gives.sort, Sort::Date | Sort::Moment) && !gives.many;
                    match (dated(left), dated(right)) {
                        (true, true) if link.operator == Operator::Minus => Sort::Number.into(),
                        (true, false) if left.sort == Sort::Date => {
                            self.expect(right, Sort::Number, at, sign);
                            left
                        }
                        (false, true) if link.operator == Operator::Plus && right.sort == Sort::Date => {
                            self.expect(left, Sort::Number, at, sign);
                            right
                        }
                        _ => self.numbers(left, right, at, sign),
                    }
                }
                Operator::Times | Operator::Divided | Operator::Modulo => self.numbers(left, right, at, sign),
            };
            before = &link.right;
        }
        left
    }

    fn numbers(&mut self, left: Gives, right: Gives, at: usize, sign: &str) -> Gives {
        for side in [left, right] {
            self.expect(side, Sort::Number, at, sign);
        }
        Sort::Number.into()
    }

    fn compared(&mut self, left: Gives, right: Gives, at: usize, sign: &str) {
        let dated = |sort: Sort| matches!(sort, Sort::Date | Sort::Moment);
        let alike = left.sort == right.sort
            || left.sort == Sort::Any
            || right.sort == Sort::Any
            || (dated(left.sort) && dated(right.sort));
        if self.is_own() && (!alike || left.many || right.many) {
            let hint = [words(left, None), words(right, None)].join(" / ");
            self.problem(Code::ExpressionKinds, at, sign, hint);
        }
    }

    /// A text held against a field with codes should be one of them.
    fn code(&mut self, field: &Tree, text: &Tree) {
        let (Term::Path(path), Some(code)) = (&field.term, text.as_text()) else { return };
        let field = match path.as_named().map(|name| self.scope.find(name)) {
            Some(Found::One(field)) => field,
            _ if path.is_here() && !self.scope.is_filter() => self.scope.here(),
            _ => return,
        };
        let Some(codes) = self.scope.codes(field) else { return };
        if !code.is_empty() && !codes.contains(&code) {
            let hint = nearest(code, codes.iter().copied());
            self.problem(Code::ExpressionCodeUnknown, text.at.0, code, hint);
        }
    }

    fn call(&mut self, call: &Call, at: usize, item: bool) -> Gives {
        let known = call.function.filter(|function| function.is_of(self.dialect));
        let Some((function, signature)) = known.and_then(|function| Some((function, function.signature()?)))
        else {
            for argument in &call.arguments {
                self.tree(argument, item);
            }
            let hint = nearest(&call.name, function::names());
            self.problem(Code::ExpressionFunctionUnknown, at, &call.name, hint);
            return Sort::Any.into();
        };
        if function.is_unsupported() {
            self.problem(Code::ExpressionFunctionUnsupported, at, &call.name, "");
        }
        let count = call.arguments.len();
        if count < signature.least || count > signature.most {
            self.problem(Code::ExpressionArguments, at, &call.name, arguments(signature));
        }
        let mut arguments_give = Vec::with_capacity(count);
        for (index, argument) in call.arguments.iter().enumerate() {
            let gives = self.tree(argument, item);
            self.argument(gives, wanted(signature, index), argument.at.0, &call.name);
            arguments_give.push(gives);
        }
        match function {
            Function::Regex => {
                if let Some(pattern) = call.arguments.get(1) {
                    let text = pattern.as_text();
                    let made = text.ok_or("it is not between quotes".to_owned()).and_then(Pattern::new);
                    if let Err(reason) = made {
                        self.problem(Code::ExpressionPattern, pattern.at.0, text.unwrap_or_default(), reason);
                    }
                }
            }
            Function::Selected => {
                if let [list, code] = call.arguments.as_slice() {
                    self.code(list, code);
                }
            }
            _ => {}
        }
        self.gives(function, signature, &arguments_give, at, &call.name)
    }

    fn gives(
        &mut self,
        function: Function,
        signature: &Signature,
        given: &[Gives],
        at: usize,
        name: &str,
    ) -> Gives {
        let sort = |index: usize| given.get(index).map_or(Sort::Any, |gives| gives.sort);
        let common = |mut sorts: Vec<Sort>| {
            sorts.retain(|sort| *sort != Sort::Any);
            sorts.dedup();
            sorts
        };
        match function {
            Function::If | Function::Coalesce => {
                let first = usize::from(function == Function::If);
                let sorts = common((first..given.len()).map(sort).collect());
                if self.is_own() && sorts.len() > 1 {
                    let hint: Vec<String> = sorts.iter().map(|sort| words((*sort).into(), None)).collect();
                    self.problem(Code::ExpressionKinds, at, name, hint.join(" / "));
                }
                sorts.first().copied().unwrap_or(Sort::Any).into()
            }
            Function::Once | Function::Max | Function::Min | Function::IndexedRepeat => sort(0).into(),
            Function::Current => Gives::from(self.scope.sort(self.scope.here())),
            Function::Instance | Function::Randomize => Gives { sort: Sort::Any, many: false },
            _ => signature.gives.into(),
        }
    }

    fn argument(&mut self, gives: Gives, wanted: u8, at: usize, name: &str) {
        if !self.is_own() || gives.sort == Sort::Any {
            return;
        }
        let (fits, sort) = match wanted {
            b'b' => (gives.sort == Sort::Boolean, Some(Sort::Boolean)),
            b'n' => (gives.sort == Sort::Number, Some(Sort::Number)),
            b't' => (gives.sort != Sort::Group, Some(Sort::Text)),
            b'd' => (matches!(gives.sort, Sort::Date | Sort::Moment), Some(Sort::Date)),
            b'c' => (matches!(gives.sort, Sort::Time | Sort::Moment), Some(Sort::Time)),
            b'l' => (matches!(gives.sort, Sort::List | Sort::Text), Some(Sort::List)),
            b'g' => (gives.sort == Sort::Group, Some(Sort::Group)),
            _ => (true, None),
        };
        let one = matches!(wanted, b'b' | b'n' | b'd' | b'c' | b'l');
        if !fits || (one && gives.many) {
            self.problem(Code::ExpressionKinds, at, name, words(gives, sort));
        }
    }

    fn path(&mut self, path: &Path, at: usize, item: bool) -> Gives {
        let mut gives = Gives::from(Sort::Any);
        // In a filter of the path, what it looks at is no field that could be named here.
        match &path.start {
            Start::Named { name, last_saved } => {
                let written = ["${", name, "}"].concat();
                match self.scope.find(name) {
                    Found::One(field) if !last_saved => gives = self.field(field),
                    Found::One(field) => gives.sort = self.scope.sort(field),
                    Found::Several(_) => self.problem(Code::ExpressionNameAmbiguous, at, &written, ""),
                    Found::None => {
                        let near = nearest(name, self.scope.names());
                        let hint = if near.is_empty() { near } else { ["${", &near, "}"].concat() };
                        self.problem(Code::ExpressionNameUnknown, at, &written, hint);
                    }
                }
            }
            Start::Here if path.steps.is_empty() && !item => {
                gives.sort = self.scope.sort(self.scope.here());
            }
            Start::Given(tree) => gives = self.tree(tree, item),
            Start::Root | Start::Here => {}
        }
        for filter in &path.filters {
            self.tree(filter, true);
        }
        if let Some(name) = path.as_bare() {
            self.bare(name, at, item);
        }
        for step in &path.steps {
            for filter in &step.filters {
                self.tree(filter, true);
            }
        }
        if !path.steps.is_empty() {
            gives = Gives::from(Sort::Any);
            self.steps(path, at, item, &mut gives);
        }
        gives
    }

    /// A bare name: in a filter an attribute of the code; for XForms a member of the field, and there is none.
    fn bare(&mut self, name: &str, at: usize, item: bool) {
        if !item || self.scope.attribute(name) {
            if !item && self.is_own() {
                let known = self.scope.find(name) != Found::None;
                let near = nearest(name, self.scope.names());
                let hint = match (known, near.as_str()) {
                    (true, _) => ["${", name, "}"].concat(),
                    (false, "") => ["'", name, "'"].concat(),
                    (false, near) => ["${", near, "}"].concat(),
                };
                self.problem(Code::ExpressionNameUnknown, at, name, hint);
            }
            return;
        }
        if self.is_own() && self.scope.is_filter() {
            let hint = nearest(name, self.scope.names());
            self.problem(Code::ExpressionNameUnknown, at, name, hint);
        }
    }

    /// Steps among fields: what they lead to must be there.
    fn steps(&mut self, path: &Path, at: usize, item: bool, gives: &mut Gives) {
        let mut fields = match &path.start {
            Start::Root => vec![None],
            Start::Here if !item => vec![Some(self.scope.here())],
            Start::Named { name, .. } => match self.scope.find(name) {
                Found::One(field) => vec![Some(field)],
                Found::None | Found::Several(_) => return,
            },
            Start::Given(tree) => match &tree.term {
                Term::Call(Call { function: Some(Function::Current), .. }) => vec![Some(self.scope.here())],
                _ => return,
            },
            Start::Here => return,
        };
        for (index, step) in path.steps.iter().enumerate() {
            if step.deep || step.axis == Axis::Attribute {
                return;
            }
            let next: Vec<Option<usize>> = fields
                .iter()
                .flat_map(|field| self.stepped(*field, step.axis, &step.test, index == 0))
                .collect();
            if next.is_empty() {
                // The meta block and a bare name are answered with nothing, as XForms do.
                if let Test::Name(name) = &step.test
                    && self.is_own()
                    && path.as_bare().is_none()
                {
                    self.problem(Code::ExpressionNameUnknown, at, name, nearest(name, self.scope.names()));
                }
                return;
            }
            fields = next;
        }
        if let [Some(field)] = fields.as_slice() {
            gives.sort = self.scope.sort(*field);
        }
    }

    fn stepped(&self, field: Option<usize>, axis: Axis, test: &Test, first: bool) -> Vec<Option<usize>> {
        match (axis, field) {
            (Axis::Own, field) => vec![field],
            (Axis::Parent, Some(field)) => vec![self.scope.parent(field)],
            // Whatever the entry is called.
            (Axis::Child, None) if first => vec![Some(0)],
            (Axis::Child, Some(field)) => {
                let name = match test {
                    Test::Name(name) => Some(name.as_str()),
                    Test::Any | Test::Every => None,
                };
                self.scope.children(field, name).into_iter().map(Some).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What `${name}` gives for a field: several values where it lies in a list that holds this place not.
    fn field(&self, field: usize) -> Gives {
        let above = |from: usize| {
            std::iter::successors(Some(from), |field| self.scope.parent(*field)).take(64).collect::<Vec<_>>()
        };
        let shared = above(self.scope.here());
        let apart =
            |outer: &usize| self.scope.repeats(*outer) && (*outer == field || !shared.contains(outer));
        Gives { sort: self.scope.sort(field), many: above(field).iter().any(apart) }
    }
}

/// What an argument is wanted to be; the last letter stands for all further ones.
fn wanted(signature: &Signature, index: usize) -> u8 {
    let letters = signature.given.as_bytes();
    letters.get(index).or_else(|| letters.last()).copied().unwrap_or(b'a')
}

fn arguments(signature: &Signature) -> String {
    let least = signature.least.to_string();
    match signature.most {
        most if most == signature.least => least,
        99 => [&least, "…"].concat(),
        most => [least, most.to_string()].join("–"),
    }
}

/// What is there, and what was wanted: words that are the same in both languages or symbols.
fn words(gives: Gives, wanted: Option<Sort>) -> String {
    let mut words = String::from(if gives.many { "[" } else { "" });
    words.push_str(sort_word(gives.sort));
    if gives.many {
        words.push_str(", …]");
    }
    if let Some(wanted) = wanted.filter(|wanted| *wanted != gives.sort || gives.many) {
        words.extend([" → ", sort_word(wanted)]);
    }
    words
}

const fn sort_word(sort: Sort) -> &'static str {
    match sort {
        Sort::Any => "?",
        Sort::Boolean => "true/false",
        Sort::Number => "123",
        Sort::Text => "'abc'",
        Sort::Date => "2026-11-23",
        Sort::Time => "20:30",
        Sort::Moment => "2026-11-23T20:30",
        Sort::List => "'a b c'",
        Sort::Group => "{…}",
    }
}
