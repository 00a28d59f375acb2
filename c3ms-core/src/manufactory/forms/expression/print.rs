//! The text of a tree, written in one way.

use std::fmt::{self, Display, Write};

use super::tree::{Axis, Path, Start, Step, TIGHTEST, Term, Test, Tree};

impl Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.term {
            Term::Number(written, _) => f.write_str(written),
            Term::Text(text) => quoted(text, f),
            Term::Path(path) => path.fmt(f),
            Term::Quoted(path) => quoted(&path.to_string(), f),
            Term::Call(call) => {
                f.write_str(&call.name)?;
                f.write_char('(')?;
                for (index, argument) in call.arguments.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    argument.fmt(f)?;
                }
                f.write_char(')')
            }
            Term::Chain(first, links) => {
                let rank = self.rank() + 1;
                bound(first, rank, f)?;
                for link in links {
                    f.write_char(' ')?;
                    f.write_str(link.operator.as_str())?;
                    f.write_char(' ')?;
                    bound(&link.right, rank, f)?;
                }
                Ok(())
            }
            Term::Negative(inner) => {
                f.write_char('-')?;
                bound(inner, super::tree::NEGATIVE, f)
            }
        }
    }
}

/// Writes a part with parentheses where it binds less tightly than what stands around it.
fn bound(tree: &Tree, rank: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if tree.rank() >= rank {
        return tree.fmt(f);
    }
    f.write_char('(')?;
    tree.fmt(f)?;
    f.write_char(')')
}

/// Writes a text between the quotes it does not hold; a text cannot hold both.
fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let quote = if text.contains('\'') { '"' } else { '\'' };
    f.write_char(quote)?;
    f.write_str(text)?;
    f.write_char(quote)
}

impl Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut apart = true;
        match &self.start {
            Start::Named { name, last_saved } => {
                f.write_str(if *last_saved { "${last-saved#" } else { "${" })?;
                f.write_str(name)?;
                f.write_char('}')?;
            }
            Start::Root => {
                if !self.steps.first().is_some_and(|step| step.deep) {
                    f.write_char('/')?;
                }
                apart = false;
            }
            Start::Here => {
                let deep = self.steps.first().is_some_and(|step| step.deep);
                if self.steps.is_empty() || deep || !self.filters.is_empty() {
                    f.write_char('.')?;
                } else {
                    apart = false;
                }
            }
            Start::Given(tree) => {
                let called = matches!(tree.term, Term::Call(_));
                bound(tree, if called { TIGHTEST } else { TIGHTEST + 1 }, f)?;
            }
        }
        filters(&self.filters, f)?;
        for step in &self.steps {
            match (step.deep, apart) {
                (true, _) => f.write_str("//")?,
                (false, true) => f.write_char('/')?,
                (false, false) => {}
            }
            apart = true;
            step.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.axis, &self.test) {
            (Axis::Parent, Test::Any) => f.write_str("..")?,
            (axis, test) => {
                f.write_str(match axis {
                    Axis::Child => "",
                    Axis::Parent => "parent::",
                    Axis::Own => "self::",
                    Axis::Attribute => "@",
                })?;
                match test {
                    Test::Any => f.write_str("node()")?,
                    Test::Every => f.write_char('*')?,
                    Test::Name(name) => f.write_str(name)?,
                }
            }
        }
        filters(&self.filters, f)
    }
}

fn filters(filters: &[Tree], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for filter in filters {
        f.write_char('[')?;
        filter.fmt(f)?;
        f.write_char(']')?;
    }
    Ok(())
}
