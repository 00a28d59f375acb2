//! What the expressions of a format say of a document that is there.

use std::sync::Arc;

use super::{Setting, engine::Engine, rules::Rules};
use crate::{
    Code,
    base::Pointer,
    manufactory::forms::{Document, Violation},
};

/// The conditions of a format, held against documents.
#[derive(Debug, Clone)]
pub(in crate::manufactory::forms) struct Logic {
    rules: Arc<Rules>,
}

impl Logic {
    pub(in crate::manufactory::forms) const fn new(rules: Arc<Rules>) -> Self {
        Self { rules }
    }

    /// Adds what the conditions find, and takes out what lacks though it was not to be answered.
    ///
    /// What is unknown is no violation: what asks for the time of day neither.
    pub(in crate::manufactory::forms) fn check(&self, document: &Document, found: &mut Vec<Violation>) {
        let engine = Engine::new(Arc::clone(&self.rules), Some(document), false, Setting::default());
        let mut unasked = Vec::new();
        for field in 1..self.rules.fields.len() {
            let Some(rule) = self.rules.rule(field) else { continue };
            for item in engine.items.of.get(field).map(Vec::as_slice).unwrap_or_default() {
                let Some(state) = engine.items.get(*item) else { continue };
                if !engine.items.is_relevant(*item) {
                    unasked.push(engine.items.path(&self.rules, *item));
                    continue;
                }
                let mut add = |code: Code, expected: String| {
                    let path = engine.items.path(&self.rules, *item);
                    found.push(Violation { code, path, expected });
                };
                let inside = engine.items.get(state.parent).is_some_and(|group| {
                    group.field == 0 || group.is_list || is_there(document, &engine, state.parent)
                });
                if state.required && !rule.required && inside && engine.view().is_blank(*item) {
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
        unasked.sort_unstable();
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
fn is_within(path: &Pointer, unasked: &[Pointer]) -> bool {
    let mut path = path.as_str();
    loop {
        if unasked.binary_search_by(|other| other.as_str().cmp(path)).is_ok() {
            return true;
        }
        match path.rsplit_once('/') {
            Some((outer, _)) => path = outer,
            None => return false,
        }
    }
}
