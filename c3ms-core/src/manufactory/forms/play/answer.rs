//! Answers as JSON holds them, and as expressions see them.

use serde_json::{Map, Value as Json};

use crate::{
    base::{Date, Moment, Position, TimeOfDay},
    manufactory::forms::{
        Field, Kind,
        expression::{Value, number_text, text_number, whole},
    },
};

/// What an answer is to an expression; unknown where it is none. A text by language is the one of `language`.
pub(super) fn value(field: &Field, answer: &Json, language: &str) -> Value {
    match (field.many, answer) {
        (Some(_), Json::Array(items)) => {
            let values: Vec<Value> = items
                .iter()
                .map(|item| one(&field.kind, item, language))
                .filter(|value| *value != Value::Unknown)
                .collect();
            if values.is_empty() { Value::Unknown } else { Value::List(values) }
        }
        _ => one(&field.kind, answer, language),
    }
}

fn one(kind: &Kind, answer: &Json, language: &str) -> Value {
    let known = |value: Option<Value>| value.unwrap_or_default();
    match (kind, answer) {
        (_, Json::Bool(truth)) => Value::Boolean(*truth),
        (_, Json::Number(number)) => known(number.as_f64().map(Value::Number)),
        (_, Json::String(text)) if text.is_empty() => Value::Unknown,
        (Kind::Date, Json::String(text)) => known(Date::parse(text).map(Value::Date)),
        (Kind::Time, Json::String(text)) => known(TimeOfDay::parse(text).map(Value::Time)),
        (Kind::Moment, Json::String(text)) => known(Moment::parse(text).map(|moment| match moment.time() {
            Some(_) => Value::Moment(moment),
            None => Value::Date(moment.date()),
        })),
        (_, Json::String(text)) => Value::Text(text.clone()),
        (Kind::Money, Json::Object(money)) => {
            let cents = money.get("cents").and_then(Json::as_f64);
            known(cents.map(|cents| Value::Number(cents / 100.0)))
        }
        (Kind::Position, Json::Object(_)) => known(point(answer).map(Value::Text)),
        (Kind::Path | Kind::Area, Json::Array(points)) => {
            let mut texts: Vec<String> = points.iter().filter_map(point).collect();
            // A surface ends where it begins.
            if matches!(kind, Kind::Area)
                && let Some(first) = texts.first().cloned()
                && texts.last() != Some(&first)
            {
                texts.push(first);
            }
            if texts.is_empty() { Value::Unknown } else { Value::Text(texts.join(";")) }
        }
        (Kind::Text { .. }, Json::Object(texts)) => {
            let wider = language.split('-').next().unwrap_or(language);
            let text =
                [language, wider].iter().find_map(|tag| texts.get(*tag)).or_else(|| texts.values().next());
            match text.and_then(Json::as_str) {
                Some(text) if !text.is_empty() => Value::Text(text.to_owned()),
                _ => Value::Unknown,
            }
        }
        (_, Json::Null | Json::Array(_) | Json::Object(_)) => Value::Unknown,
    }
}

/// A point as XForms write it: latitude, longitude, altitude, accuracy.
fn point(answer: &Json) -> Option<String> {
    let degrees = |name: &str| answer.get(name).and_then(Json::as_f64);
    let (latitude, longitude) = degrees("latitude").zip(degrees("longitude"))?;
    Some([&number_text(latitude), " ", &number_text(longitude), " 0 0"].concat())
}

/// The answer that an expression has worked out, as the field keeps it; nothing where it is unknown or the
/// field cannot hold it. An amount of money is not worked out: nothing tells its currency.
pub(super) fn answer(field: &Field, value: &Value) -> Option<Json> {
    match (field.many, value) {
        (_, Value::Unknown) => None,
        (Some(_), Value::List(values)) => {
            Some(values.iter().filter_map(|value| made(&field.kind, value)).collect())
        }
        (Some(_), value) => {
            let text = value.to_text();
            let words = text.split_whitespace().map(|word| Value::Text(word.to_owned()));
            Some(words.filter_map(|word| made(&field.kind, &word)).collect())
        }
        (None, value) => made(&field.kind, value),
    }
}

fn made(kind: &Kind, value: &Value) -> Option<Json> {
    let number = || match value {
        Value::Number(number) => *number,
        other => text_number(&other.to_text()),
    };
    let text = || Some(value.to_text()).filter(|text| !text.is_empty());
    match kind {
        Kind::Integer { .. } => whole(number().trunc()).map(Json::from),
        Kind::Decimal { .. } => Some(number()).filter(|number| number.is_finite()).map(Json::from),
        Kind::Boolean => match text()?.as_str() {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        Kind::Date => {
            let text = text()?;
            let day = text.split_once('T').map_or(text.as_str(), |(day, _)| day);
            Date::parse(day).map(|date| date.to_string().into())
        }
        Kind::Time => TimeOfDay::parse(&text()?).map(|time| time.to_string().into()),
        Kind::Moment => {
            let text = text()?;
            Moment::parse(&text).map(|moment| moment.to_string().into())
        }
        Kind::Position => position(&text()?),
        Kind::Path | Kind::Area => {
            text()?.split(';').map(position).collect::<Option<Vec<Json>>>().map(Json::from)
        }
        Kind::Text { languages: true, .. } | Kind::Money | Kind::Note | Kind::Group { .. } => None,
        Kind::Text { .. }
        | Kind::Url
        | Kind::Email
        | Kind::Phone
        | Kind::Language
        | Kind::Code { .. }
        | Kind::File { .. }
        | Kind::Link { .. } => text().map(Json::from),
    }
}

fn position(text: &str) -> Option<Json> {
    let mut numbers = text.split_whitespace().map(text_number);
    let (latitude, longitude) = (numbers.next()?, numbers.next()?);
    Position::new(latitude, longitude)?;
    let mut point = Map::new();
    point.insert("latitude".to_owned(), latitude.into());
    point.insert("longitude".to_owned(), longitude.into());
    Some(Json::Object(point))
}

/// Nobody answered: nothing, an empty text, an empty list, an object of nothing.
pub(super) fn is_blank(answer: &Json) -> bool {
    match answer {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.iter().all(is_blank),
        Json::Object(members) => members.values().all(is_blank),
        Json::Bool(_) | Json::Number(_) => false,
    }
}
