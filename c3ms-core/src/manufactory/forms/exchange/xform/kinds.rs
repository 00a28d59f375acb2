//! The kinds of C3MS that XForms do not have, in what XForms have.

use serde_json::Value;

use super::form::said;
use crate::{
    base::Language,
    manufactory::forms::{Field, Kind},
};

/// A value as ODK stores it.
pub(super) fn plain_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Array(items) => Some(items.iter().filter_map(plain_value).collect::<Vec<_>>().join(" ")),
        Value::Object(place) => {
            let (latitude, longitude) = (place.get("latitude")?, place.get("longitude")?);
            Some(format!("{latitude} {longitude} 0 0"))
        }
        Value::Null => None,
    }
}

/// An amount of money as it is asked: in cents, and in which currency.
pub(super) fn money() -> Vec<Field> {
    let mut cents = Field::new("cents", Kind::Integer { minimum: None, maximum: None });
    let mut currency = Field::new(
        "currency",
        Kind::Text {
            languages: false,
            min_length: None,
            max_length: None,
            pattern: Some("^[A-Z]{3}$".to_owned()),
        },
    );
    let french = Language::french();
    let english = Language::parse("en");
    let text = |said: [&str; 2]| {
        let tags = [Some(french.clone()), english.clone()];
        tags.into_iter().flatten().zip(said.map(str::to_owned)).collect()
    };
    cents.label = text(["Montant en centimes", "Amount in cents"]);
    currency.label = text(["Monnaie (EUR)", "Currency (EUR)"]);
    vec![cents, currency]
}

/// What a value must fulfil: what the field says, and the bounds of its kind.
pub(super) fn constraint(field: &Field) -> Option<String> {
    let mut all: Vec<String> = field.constraint.iter().cloned().collect();
    let mut at = |sign: &str, bound: Option<String>, what: &str| {
        all.extend(bound.map(|bound| format!("{what} {sign} {bound}")));
    };
    // A range keeps its bounds by itself.
    let range = said(&field.extensions, "type") == Some("range");
    match &field.kind {
        Kind::Integer { minimum, maximum } if !range => {
            at(">=", minimum.map(|bound| bound.to_string()), ".");
            at("<=", maximum.map(|bound| bound.to_string()), ".");
        }
        Kind::Decimal { minimum, maximum } if !range => {
            at(">=", minimum.map(|bound| bound.to_string()), ".");
            at("<=", maximum.map(|bound| bound.to_string()), ".");
        }
        Kind::Text { languages: false, min_length, max_length, pattern } => {
            at(">=", min_length.map(|bound| bound.to_string()), "string-length(.)");
            at("<=", max_length.map(|bound| bound.to_string()), "string-length(.)");
            all.extend(pattern.as_deref().and_then(matches));
        }
        Kind::Url => all.extend(matches("^https?://")),
        Kind::Email => all.extend(matches("^[^@ ]+@[^@ ]+$")),
        Kind::Phone => all.extend(matches("^[0-9 +.()/-]+$")),
        Kind::Language => all.extend(matches("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")),
        _ => {}
    }
    match all.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        _ => Some(all.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" and ")),
    }
}

/// Asks for a pattern somewhere in a text: ODK holds patterns against the whole text.
fn matches(pattern: &str) -> Option<String> {
    let quote = ['\'', '"'].into_iter().find(|quote| !pattern.contains(*quote))?;
    let (begin, end) = (pattern.starts_with('^'), pattern.ends_with('$') && !pattern.ends_with("\\$"));
    let whole = match (begin, end) {
        (true, true) => pattern.to_owned(),
        (true, false) => format!("{pattern}.*"),
        (false, true) => format!(".*{pattern}"),
        (false, false) => format!(".*({pattern}).*"),
    };
    Some(format!("regex(., {quote}{whole}{quote})"))
}
