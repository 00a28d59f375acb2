//! One change of a document by hand, beside what others did to it meanwhile.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::CooperativeError;
use crate::manufactory::forms::Document;

/// One change of an entry by hand.
///
/// # Examples
/// Somebody saw 180 seats and says 200; nothing is written where another said 190 meanwhile.
/// ```
/// use c3ms_core::cooperative::Edit;
/// use serde_json::json;
/// let edit = Edit::set("/capacity", json!(200)).seen(json!(180));
/// let written = serde_json::to_value(&edit)?;
/// assert_eq!(written, json!({"path": "/capacity", "value": 200, "was": 180}));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Where: `/capacity`, `/name/fr`, `/offers/0/price`.
    pub path: String,
    /// The value; nothing takes out what is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What stood there when the person began, null for nothing: of a path into a list, the whole list. Where it is
    /// not said, nothing is compared.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "said")]
    pub was: Option<Value>,
}

/// A member that is there, null too.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A change that stands against what another did meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Where.
    pub path: String,
    /// What both began with.
    pub was: Value,
    /// What is there now.
    pub now: Value,
    /// What is wanted.
    pub wanted: Value,
}

impl Edit {
    /// Writes a value.
    #[must_use]
    pub fn set(path: impl Into<String>, value: Value) -> Self {
        Self { path: path.into(), value: Some(value), was: None }
    }

    /// Takes out what is there.
    #[must_use]
    pub fn unset(path: impl Into<String>) -> Self {
        Self { path: path.into(), value: None, was: None }
    }

    /// The same change by somebody who saw this value there.
    #[must_use]
    pub fn seen(self, was: Value) -> Self {
        Self { was: Some(was), ..self }
    }

    /// The same change by somebody who saw this document.
    #[must_use]
    pub fn seen_in(self, document: &Document) -> Self {
        let was = self.compared_in(document).clone();
        self.seen(was)
    }

    /// The name of the field it goes into.
    #[must_use]
    pub fn field(&self) -> String {
        let first = self.path.split('/').nth(1).unwrap_or_default();
        first.replace("~1", "/").replace("~0", "~")
    }

    /// Where the value stands that is compared: the path, or the outermost list on it.
    pub(super) fn compared(&self) -> &str {
        let mut end = 0;
        for step in self.path.split('/').skip(1) {
            if !step.is_empty() && step.bytes().all(|letter| letter.is_ascii_digit()) {
                return self.path.get(..end).unwrap_or(&self.path);
            }
            end += 1 + step.len();
        }
        &self.path
    }

    /// What a document has there; null for nothing.
    fn compared_in<'a>(&self, document: &'a Document) -> &'a Value {
        let below = self.compared().get(1..).and_then(|path| path.find('/').and_then(|at| path.get(at..)));
        let value = document.get(&self.field());
        value.and_then(|value| value.pointer(below.unwrap_or_default())).unwrap_or(&Value::Null)
    }

    /// What stands against it in a document, if anything does.
    pub(super) fn conflict(&self, document: &Document) -> Option<Conflict> {
        let was = self.was.as_ref()?;
        let path = self.compared();
        let now = self.compared_in(document);
        let wanted = self.value.as_ref().unwrap_or(&Value::Null);
        if now == was || path == self.path && now == wanted {
            return None;
        }
        let (was, now, wanted) = (was.clone(), now.clone(), wanted.clone());
        Some(Conflict { path: path.to_owned(), was, now, wanted })
    }
}

/// A document with changes.
///
/// # Errors
/// [`CooperativeError::EditRefused`] with the first that cannot be made.
pub fn with_edits(document: &Document, edits: &[Edit]) -> Result<Document, CooperativeError> {
    changed(document, edits)
        .map_err(|(path, reason)| CooperativeError::EditRefused { path, reason: reason.to_owned() })
}

/// A document with changes, or the path of the first that cannot be made and why.
pub(super) fn changed(document: &Document, edits: &[Edit]) -> Result<Document, (String, &'static str)> {
    let mut changed = Value::Object(document.clone());
    for edit in edits {
        write(&mut changed, &edit.path, edit.value.clone()).map_err(|reason| (edit.path.clone(), reason))?;
    }
    match changed {
        Value::Object(document) => Ok(document),
        _ => Err((String::new(), "an entry is an object")),
    }
}

/// The changes, field by field, that make one document of another; each with what was seen.
pub(super) fn between(before: &Document, after: &Document) -> Vec<Edit> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let path = |name: &String| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let was = |name: &String| before.get(name).cloned().unwrap_or_default();
    let changed = after.iter().filter(|(name, value)| before.get(*name) != Some(*value));
    gone.map(|name| Edit::unset(path(name)).seen(was(name)))
        .chain(changed.map(|(name, value)| Edit::set(path(name), value.clone()).seen(was(name))))
        .collect()
}

/// Writes a value at a path, or takes out what is there.
fn write(document: &mut Value, path: &str, value: Option<Value>) -> Result<(), &'static str> {
    let mut steps = path.strip_prefix('/').ok_or("a path begins with a slash")?.split('/').peekable();
    let mut at = document;
    loop {
        let Some(step) = steps.next() else { return Err("a path names a field") };
        let step = step.replace("~1", "/").replace("~0", "~");
        let is_last = steps.peek().is_none();
        if at.is_null() {
            *at = if step.parse::<usize>().is_ok() {
                Value::Array(Vec::new())
            } else {
                Value::Object(Document::new())
            };
        }
        let next = match at {
            Value::Object(members) if is_last => {
                match value {
                    Some(value) => drop(members.insert(step, value)),
                    None => drop(members.remove(&step)),
                }
                return Ok(());
            }
            Value::Object(members) => members.entry(step).or_insert(Value::Null),
            Value::Array(items) => {
                let index: usize = step.parse().map_err(|_| "it is a list: name an item by its number")?;
                if index > items.len() {
                    return Err("the list is not so long");
                }
                if is_last {
                    match value {
                        Some(value) if index == items.len() => items.push(value),
                        Some(value) => {
                            if let Some(item) = items.get_mut(index) {
                                *item = value;
                            }
                        }
                        None if index < items.len() => drop(items.remove(index)),
                        None => {}
                    }
                    return Ok(());
                }
                if index == items.len() {
                    items.push(Value::Null);
                }
                items.get_mut(index).ok_or("the list is not so long")?
            }
            _ => return Err("what lies there has no parts"),
        };
        at = next;
    }
}
