//! What a record says of paying: that nobody does, and what it costs.

use serde_json::{Map, Value, json};

use super::{Document, Field, Format, Kind, Violation};
use crate::{Code, base::Pointer};

/// The fields that say whether one pays: the flag (`isAccessibleForFree`) and the amounts of the `offers`.
///
/// Found by their terms; a format that has not both says nothing that could contradict itself.
#[derive(Debug, Clone)]
pub(crate) struct Paying {
    free: String,
    offers: String,
    amounts: Vec<String>,
}

impl Paying {
    /// The fields of a format; `None` where it lacks the flag or the amounts.
    pub(crate) fn of(format: &Format) -> Option<Self> {
        let meaning = |word: &str| format.fields.iter().find(|field| field.property() == Some(word));
        let free = meaning("isAccessibleForFree").filter(|field| matches!(field.kind, Kind::Boolean))?;
        let offers = meaning("offers")?;
        let Kind::Group { fields } = &offers.kind else { return None };
        let is_amount = |field: &&Field| matches!(field.kind, Kind::Money);
        let amounts: Vec<String> = fields.iter().filter(is_amount).map(|field| field.name.clone()).collect();
        let has_amounts = !amounts.is_empty();
        has_amounts.then(|| Self { free: free.name.clone(), offers: offers.name.clone(), amounts })
    }

    /// The name of the flag.
    pub(crate) fn free(&self) -> &str {
        &self.free
    }

    /// Whether these fields say all that the format does of paying.
    pub(crate) fn is_whole(&self, fields: &[Field]) -> bool {
        let offers = fields.iter().find(|field| field.name == self.offers);
        let Some(Kind::Group { fields }) = offers.map(|field| &field.kind) else { return false };
        self.amounts.iter().all(|amount| fields.iter().any(|field| field.name == *amount))
    }

    /// Whether what lies at a path says what one pays.
    pub(crate) fn is_about(&self, path: &[String]) -> bool {
        match path {
            [first] => *first == self.offers,
            [first, second, ..] => *first == self.offers && self.amounts.contains(second),
            [] => false,
        }
    }

    /// Whether a record says that nobody pays, and asks an amount all the same.
    pub(crate) fn contradicts(&self, document: &Document) -> bool {
        self.is_free(document)
            && self.each(document).any(|offer| {
                self.amounts.iter().filter_map(|name| offer.get(name)?.get("cents")).any(is_above_nothing)
            })
    }

    /// The contradiction as what is wrong with the flag.
    pub(crate) fn check(&self, document: &Document, found: &mut Vec<Violation>) {
        if self.contradicts(document) {
            let path = Pointer::root().child(&self.free);
            found.push(Violation { code: Code::FreeButPriced, path, expected: self.offers.clone() });
        }
    }

    /// The contradiction as JSON Schema forbids it.
    pub(crate) fn schema(&self) -> Map<String, Value> {
        let nothing = json!({ "properties": { "cents": { "maximum": 0 } } });
        let amounts: Map<String, Value> =
            self.amounts.iter().map(|name| (name.clone(), nothing.clone())).collect();
        let offers = json!({ "properties": amounts, "items": { "properties": amounts } });
        let said = |name: &str, schema: Value| json!({ "properties": { name: schema } });
        let mut schema = Map::new();
        let mut free = said(&self.free, json!({ "const": true }));
        if let Some(members) = free.as_object_mut() {
            members.insert("required".to_owned(), json!([self.free]));
        }
        schema.insert("if".to_owned(), free);
        schema.insert("then".to_owned(), said(&self.offers, offers));
        schema
    }

    /// Whether a record says that nobody pays and sells tickets without saying for how much.
    pub(crate) fn is_doubtful(&self, document: &Document) -> bool {
        let mut offers = self.each(document).peekable();
        self.is_free(document)
            && offers.peek().is_some()
            && offers.all(|offer| self.amounts.iter().all(|name| offer.get(name).is_none()))
    }

    fn is_free(&self, document: &Document) -> bool {
        document.get(&self.free) == Some(&Value::Bool(true))
    }

    fn each<'a>(&self, document: &'a Document) -> impl Iterator<Item = &'a Value> + use<'a> {
        let value = document.get(&self.offers);
        value
            .map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice))
            .into_iter()
            .flatten()
    }
}

fn is_above_nothing(cents: &Value) -> bool {
    cents.as_f64().is_some_and(|cents| cents > 0.0)
}
