//! Values of one kind read as values of another.

use serde_json::{Value, json};

use super::{super::Kind, operation::Division};
use crate::base::{Date, Language, Moment, Money, Position, TimeOfDay};

/// A value as one of another kind; as it was where it cannot be read so.
pub(super) fn converted(value: &Value, from: &Kind, to: &Kind, language: &str) -> Value {
    match (from, to) {
        (Kind::Text { languages: true, .. }, _) => match value.as_object() {
            Some(texts) => {
                let said = texts.get(language).or_else(|| texts.values().next());
                match said.and_then(Value::as_str) {
                    Some(text) => read(text, to, language).unwrap_or_else(|| value.clone()),
                    None => value.clone(),
                }
            }
            None => value.clone(),
        },
        (Kind::Decimal { .. }, Kind::Integer { .. }) => whole(value).unwrap_or_else(|| value.clone()),
        (Kind::Moment, Kind::Date) => {
            moment(value).map_or_else(|| value.clone(), |moment| json!(moment.date().to_string()))
        }
        (Kind::Moment, Kind::Time) => moment(value)
            .and_then(|moment| moment.time())
            .map_or_else(|| value.clone(), |time| json!(time.to_string())),
        (Kind::Money, Kind::Decimal { .. }) => money(value)
            .and_then(|money| money.decimal().parse::<f64>().ok())
            .map_or_else(|| value.clone(), |amount| json!(amount)),
        (Kind::Integer { .. }, Kind::Decimal { .. })
        | (Kind::Date, Kind::Moment)
        | (Kind::Path, Kind::Area)
        | (Kind::Area, Kind::Path)
        | (Kind::Group { .. }, _)
        | (_, Kind::Group { .. }) => value.clone(),
        _ => said(value, from).and_then(|text| read(&text, to, language)).unwrap_or_else(|| value.clone()),
    }
}

/// A value in words.
fn said(value: &Value, kind: &Kind) -> Option<String> {
    match (kind, value) {
        (Kind::Money, _) => {
            let money = money(value)?;
            Some(format!("{} {}", money.decimal(), money.currency.code()))
        }
        (Kind::Position, Value::Object(degrees)) => {
            Some(format!("{} {}", degrees.get("latitude")?, degrees.get("longitude")?))
        }
        (_, Value::String(text)) => Some(text.clone()),
        (_, Value::Bool(_) | Value::Number(_)) => Some(value.to_string()),
        (_, Value::Null | Value::Array(_) | Value::Object(_)) => None,
    }
}

/// Words as a value.
fn read(text: &str, kind: &Kind, language: &str) -> Option<Value> {
    match kind {
        Kind::Text { languages: true, .. } => Some(json!({ language: text })),
        Kind::Text { languages: false, .. }
        | Kind::Url
        | Kind::Email
        | Kind::Phone
        | Kind::Code { .. }
        | Kind::File { .. }
        | Kind::Link { .. } => Some(json!(text)),
        Kind::Language => Language::parse(text).map(|tag| json!(tag)),
        Kind::Integer { .. } => text.trim().parse::<i64>().ok().map(|number| json!(number)),
        Kind::Decimal { .. } => {
            text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| json!(number))
        }
        Kind::Boolean => text.trim().parse::<bool>().ok().map(|answer| json!(answer)),
        Kind::Moment => Moment::parse(text.trim()).map(|_| json!(text.trim())),
        Kind::Date => Date::parse(text.trim()).map(|date| json!(date.to_string())),
        Kind::Time => TimeOfDay::parse(text.trim()).map(|time| json!(time.to_string())),
        Kind::Money => Money::parse(text).map(|money| json!(money)),
        Kind::Position => {
            let (latitude, longitude) = text.trim().split_once([' ', ',', ';'])?;
            let degrees = |part: &str| part.trim().parse::<f64>().ok();
            Position::new(degrees(latitude)?, degrees(longitude)?).map(|position| json!(position))
        }
        Kind::Path | Kind::Area | Kind::Note | Kind::Group { .. } => None,
    }
}

fn whole(value: &Value) -> Option<Value> {
    if value.is_i64() {
        return Some(value.clone());
    }
    let number = value.as_f64()?;
    // Beyond 2^53 neighbours are more than one apart: what was meant cannot be known.
    #[expect(clippy::cast_possible_truncation, reason = "the bounds were checked")]
    (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then(|| json!(number as i64))
}

fn moment(value: &Value) -> Option<Moment> {
    value.as_str().and_then(Moment::parse)
}

fn money(value: &Value) -> Option<Money> {
    serde::Deserialize::deserialize(value).ok()
}

/// Divides a value among `parts` fields; `None` where it cannot be divided so.
pub(super) fn divided(value: &Value, by: &Division, parts: usize) -> Option<Vec<Option<Value>>> {
    let mut into = vec![None; parts];
    let mut give = |index: usize, part: Value| {
        if let Some(place) = into.get_mut(index) {
            *place = Some(part);
        }
    };
    match by {
        Division::First => give(0, value.clone()),
        Division::Separator { separator } => {
            for (index, part) in value.as_str()?.splitn(parts, separator.as_str()).enumerate() {
                give(index, json!(part));
            }
        }
        Division::Parts => {
            if let Some(moment) = moment(value) {
                give(0, json!(moment.date().to_string()));
                if let Some(time) = moment.time() {
                    give(1, json!(time.to_string()));
                }
            } else {
                let members = value.as_object()?;
                for (index, name) in ["cents", "latitude", "currency", "longitude"].into_iter().enumerate() {
                    if let Some(part) = members.get(name) {
                        give(index / 2, part.clone());
                    }
                }
            }
        }
    }
    Some(into)
}

/// One value made of those of several fields; `None` where none can be made.
pub(super) fn joined(parts: &[Option<Value>], by: &Division, kind: &Kind) -> Option<Value> {
    match by {
        Division::First => parts.iter().flatten().next().cloned(),
        Division::Separator { separator } => {
            let said: Option<Vec<&str>> = parts.iter().flatten().map(Value::as_str).collect();
            let said = said?;
            (!said.is_empty()).then(|| json!(said.join(separator)))
        }
        Division::Parts => {
            let first = parts.first()?.as_ref()?;
            let second = parts.get(1).and_then(Option::as_ref);
            match kind {
                Kind::Money => Some(json!({ "cents": first, "currency": second? })),
                Kind::Position => Some(json!({ "latitude": first, "longitude": second? })),
                _ => match (Date::parse(first.as_str()?)?, second) {
                    (date, None) => Some(json!(date.to_string())),
                    (date, Some(time)) => {
                        let time = TimeOfDay::parse(time.as_str()?)?;
                        Some(json!(Moment::local(date, time).to_string()))
                    }
                },
            }
        }
    }
}
