//! References in the expressions and texts of a form, written as paths.

use super::{
    tree::{Named, Tree},
    xml::{Content, Node},
};
use crate::manufactory::forms::{
    FormsError,
    exchange::references::{Reference, lookups, references},
};

/// How a reference is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Manner {
    /// Relative paths begin at the question itself, not at what is filtered.
    pub(super) current: bool,
    /// Relative paths lead to the repeat itself from outside of it.
    pub(super) outside: bool,
}

/// Writes references as paths.
pub(super) struct Paths<'a> {
    pub(super) tree: &'a Tree,
    /// The name of the format, for messages.
    pub(super) cube: &'a str,
}

impl Paths<'_> {
    /// An expression with the references in it written as paths.
    pub(super) fn expression(
        &self,
        text: &str,
        context: Option<usize>,
        manner: Manner,
    ) -> Result<String, FormsError> {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for reference in references(text) {
            out.push_str(text.get(from..reference.at.start).unwrap_or_default());
            out.push_str(&self.path(text, &reference, context, manner)?);
            from = reference.at.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        Ok(out)
    }

    /// A text for people, references and look-ups in it as `output` elements.
    pub(super) fn text(&self, text: &str, context: Option<usize>) -> Result<Vec<Content>, FormsError> {
        let mut parts = Vec::new();
        let mut from = 0;
        let say = |parts: &mut Vec<Content>, from: usize, to: usize| {
            if let Some(words) = text.get(from..to).filter(|words| !words.is_empty()) {
                parts.push(Content::Text(words.to_owned()));
            }
        };
        let looked_up = if text == "-" { Vec::new() } else { lookups(text) };
        let mut spots: Vec<_> = looked_up.iter().map(|at| (at.clone(), None)).collect();
        for reference in references(text) {
            if !looked_up.iter().any(|at| at.contains(&reference.at.start)) {
                spots.push((reference.at.clone(), Some(reference)));
            }
        }
        spots.sort_by_key(|(at, _)| at.start);
        for (at, reference) in spots {
            let value = if let Some(reference) = reference {
                self.path(text, &reference, context, Manner::default())?
            } else {
                let lookup = text.get(at.clone()).unwrap_or_default();
                self.expression(lookup, context, Manner::default())?
            };
            say(&mut parts, from, at.start);
            parts.push(Content::Node(Node::new("output").with("value", value)));
            from = at.end;
        }
        say(&mut parts, from, text.len());
        Ok(parts)
    }

    fn path(
        &self,
        text: &str,
        reference: &Reference<'_>,
        context: Option<usize>,
        manner: Manner,
    ) -> Result<String, FormsError> {
        let unsound = |reason: String| FormsError::FormatUnsound {
            cube: self.cube.to_owned(),
            path: context.map_or_else(String::new, |context| self.tree.path(context)),
            reason,
        };
        let name = reference.name;
        let target = match self.tree.named(name) {
            Named::One(target) => target,
            Named::Several => return Err(unsound(format!("several questions are called {name:?}"))),
            Named::Nothing => return Err(unsound(format!("no question is called {name:?}"))),
        };
        if let Some(context) = context
            && !reference.last_saved
            && is_relative(text, reference)
            && let Some(path) = self.tree.relative(context, target, manner.outside)
        {
            let current = manner.current || in_filter(text, reference);
            return Ok(format!(" {}{path} ", if current { "current()/" } else { "" }));
        }
        let saved = if reference.last_saved { "instance('__last-saved')" } else { "" };
        Ok(format!(" {saved}{} ", self.tree.path(target)))
    }
}

/// Tells whether a reference stands in a filter of a look-up: there the way starts at the list.
fn in_filter(text: &str, reference: &Reference<'_>) -> bool {
    let looks_up = text.match_indices("instance(").any(|(at, call)| {
        let rest = text.get(at + call.len()..).unwrap_or_default();
        rest.chars().next().is_some_and(|first| first != ')') && rest.chars().nth(1).is_some()
    });
    let mut from = 0;
    while looks_up && let Some(open) = text.get(from..).and_then(|rest| rest.find('[')) {
        let start = from + open;
        let Some(length) = text.get(start + 1..).and_then(|rest| rest.find(']')).filter(|length| *length > 0)
        else {
            return false;
        };
        let end = start + 1 + length + 1;
        if reference.at.start >= start && reference.at.end <= end {
            return true;
        }
        from = end;
    }
    false
}

/// Of the arguments of `indexed-repeat` the repeats and the question it asks for are named by their full paths.
fn is_relative(text: &str, reference: &Reference<'_>) -> bool {
    const CALL: &str = "indexed-repeat(";
    let mut calls = text.match_indices(CALL).filter_map(|(start, _)| {
        let length = text.get(start + CALL.len()..)?.find(')')?;
        Some((start, start + CALL.len() + length + 1))
    });
    if !text.contains(CALL) {
        return true;
    }
    while let Some((start, end)) = calls.next() {
        if reference.at.end > end {
            // Looks at every second call from here on, as ODK's own converter does.
            match calls.next() {
                Some(_) => continue,
                None => return true,
            }
        }
        if reference.at.end < start || reference.at.start > end {
            return true;
        }
        let arguments = text.get(start + CALL.len()..end - 1).unwrap_or_default();
        let written = format!("${{{}}}", reference.name);
        let place =
            arguments.split(',').enumerate().filter(|(_, argument)| argument.contains(&written)).last();
        return place.is_some_and(|(place, _)| !matches!(place, 0 | 1 | 3 | 5));
    }
    false
}

/// Tells whether a word may stand before the colon of a name.
pub(super) fn is_prefix(text: &str) -> bool {
    crate::manufactory::forms::exchange::references::is_name(text)
}
