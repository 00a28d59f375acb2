//! What a file lacks to be published: its author, its license, words for who does not see it, its time.

use serde_json::Value;

use super::{Document, Field};
use crate::base::Date;

/// Why a file does not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bar {
    /// Nobody said who made it.
    Uncredited,
    /// Nobody said under which license.
    Unlicensed,
    /// Nobody said in words what is to be seen.
    Undescribed,
    /// The last day on which it may be used is over.
    Expired,
}

/// The alternative text of an image, for which schema.org has no word.
///
/// # Source
/// IPTC Photo Metadata Standard 2021.1, "Alt Text (Accessibility)".
pub(crate) const ALTERNATIVE_TEXT: &str = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/AltTextAccessibility";

/// What keeps a file back on a day, each with the field that would say it.
///
/// A group is a file where it has an address (`contentUrl`) and could have a license; asked for is what its format
/// has fields for.
pub(crate) fn bars<'a>(fields: &'a [Field], group: &Document, today: Date) -> Vec<(Bar, &'a Field)> {
    let meaning = |word: &str| fields.iter().find(|field| field.property() == Some(word));
    if meaning("contentUrl").is_none() || meaning("license").is_none() {
        return Vec::new();
    }
    let described = fields.iter().find(|field| field.term.as_deref() == Some(ALTERNATIVE_TEXT));
    let asked = [
        (Bar::Uncredited, meaning("creditText")),
        (Bar::Unlicensed, meaning("license")),
        (Bar::Undescribed, described),
    ];
    let lacks = |field: &Field| group.get(&field.name).is_none_or(is_blank);
    let mut bars: Vec<(Bar, &Field)> = asked
        .into_iter()
        .filter_map(|(bar, field)| field.filter(|field| lacks(field)).map(|field| (bar, field)))
        .collect();
    if let Some(field) = meaning("expires")
        && let Some(last) = group.get(&field.name).and_then(Value::as_str).and_then(Date::parse)
        && last < today
    {
        bars.push((Bar::Expired, field));
    }
    bars
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Object(members) => members.values().all(is_blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
