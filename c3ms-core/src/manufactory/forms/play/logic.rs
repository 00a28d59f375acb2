//! What the expressions of a format say of a document that is there.

use std::{collections::BTreeSet, sync::Arc};

use super::{Setting, engine::Engine, rules::Rules};
use crate::{
    Code,
    base::Pointer,
    manufactory::forms::{Document, Format, FormsError, Violation},
};

/// The conditions of a format, held against documents.
#[derive(Debug)]
pub(crate) struct Logic {
    rules: Arc<Rules>,
}

impl Logic {
    /// The conditions of a format; nothing where it has none.
    pub(crate) fn new(format: &Format) -> Result<Option<Self>, FormsError> {
        if !Rules::are_needed(format) {
            return Ok(None);
        }
        Ok(Some(Self { rules: Arc::new(Rules::new(format)?) }))
    }

    /// Adds what the conditions find, and takes out what lacks though it was not to be answered.
    ///
    /// What is unknown is no violation: what asks for the time of day neither.
    pub(crate) fn check(&self, document: &Document, found: &mut Vec<Violation>) {
        let engine = Engine::new(Arc::clone(&self.rules), Some(document), false, &Setting::default());
        let mut unasked = BTreeSet::new();
        for field in 1..self.rules.fields.len() {
            let Some(rule) = self.rules.rule(field) else { continue };
            for item in engine.items.of.get(field).map(Vec::as_slice).unwrap_or_default() {
                let Some(state) = engine.items.get(*item) else { continue };
                if !engine.items.is_relevant(*item) {
                    unasked.insert(engine.items.path(&self.rules, *item));
                    continue;
                }
                let mut add = |code: Code, expected: String| {
                    let path = engine.items.path(&self.rules, *item);
                    found.push(Violation { code, path, expected });
                };
                let inside = engine.items.get(state.parent).is_some_and(|group| {
                    group.field == 0 || group.is_list || is_there(document, &engine, state.parent)
                });
                if state.required && !rule.field.required && inside && engine.view().is_blank(*item) {
                    add(Code::Required, String::new());
                }
                if state.broken {
                    let constraint = rule.constraint.as_ref();
                    add(
                        Code::ConstraintUnmet,
                        constraint.map(|text| text.text().to_owned()).unwrap_or_default(),
                    );
                }
            }
        }
        found.retain(|violation| violation.code != Code::Required || !is_within(&violation.path, &unasked));
    }
}

/// The document has this group.
fn is_there(document: &Document, engine: &Engine, group: usize) -> bool {
    let path = engine.items.path(&engine.rules, group);
    let mut steps = path.as_str().split('/').skip(1);
    let first = steps.next().and_then(|name| document.get(name));
    steps
        .fold(first, |at, step| match at? {
            serde_json::Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            other => other.get(step),
        })
        .is_some()
}

/// A path, or one it lies in, is among these.
fn is_within(path: &Pointer, unasked: &BTreeSet<Pointer>) -> bool {
    let mut path = path.as_str();
    loop {
        if unasked.contains(&Pointer::new(path)) {
            return true;
        }
        match path.rsplit_once('/') {
            Some((outer, _)) => path = outer,
            None => return false,
        }
    }
}
