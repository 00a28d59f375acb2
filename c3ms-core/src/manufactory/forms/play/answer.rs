//! Answers as JSON holds them, and as expressions see them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::rules::Rule;
use crate::{
    base::{Date, Moment, Position, TimeOfDay},
    manufactory::forms::{
        Kind,
        expression::{Value, joined, number_text, text_number, whole},
    },
};

/// How a field keeps its answer: what is left of its kind once it is not checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Shape {
    #[default]
    Text,
    /// One text per language.
    Texts,
    Integer,
    Decimal,
    Boolean,
    Moment,
    Date,
    Time,
    Money,
    Position,
    Path,
    Area,
    /// It keeps none: a note, a group.
    Nothing,
}

impl Shape {
    pub(super) const fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Text { languages: true, .. } => Self::Texts,
            Kind::Integer { .. } => Self::Integer,
            Kind::Decimal { .. } => Self::Decimal,
            Kind::Boolean => Self::Boolean,
            Kind::Moment => Self::Moment,
            Kind::Date => Self::Date,
            Kind::Time => Self::Time,
            Kind::Money => Self::Money,
            Kind::Position => Self::Position,
            Kind::Path => Self::Path,
            Kind::Area => Self::Area,
            Kind::Note | Kind::Group { .. } => Self::Nothing,
            Kind::Text { .. }
            | Kind::Url
            | Kind::Email
            | Kind::Phone
            | Kind::Language
            | Kind::Code { .. }
            | Kind::File { .. }
            | Kind::Link { .. } => Self::Text,
        }
    }
}

/// What an answer is to an expression; unknown where it is none. A text by language is the one of `language`.
pub(super) fn value(rule: &Rule, answer: &Json, language: &str) -> Value {
    match (rule.many, answer) {
        (Some(_), Json::Array(items)) => {
            let values: Vec<Value> = items
                .iter()
                .map(|item| one(rule.shape, item, language))
                .filter(|value| *value != Value::Unknown)
                .collect();
            if values.is_empty() { Value::Unknown } else { Value::List(values) }
        }
        _ => one(rule.shape, answer, language),
    }
}

fn one(shape: Shape, answer: &Json, language: &str) -> Value {
    let known = |value: Option<Value>| value.unwrap_or_default();
    match (shape, answer) {
        (_, Json::Bool(truth)) => Value::Boolean(*truth),
        (_, Json::Number(number)) => known(number.as_f64().map(Value::Number)),
        (_, Json::String(text)) if text.is_empty() => Value::Unknown,
        (Shape::Date, Json::String(text)) => known(Date::parse(text).map(Value::Date)),
        (Shape::Time, Json::String(text)) => known(TimeOfDay::parse(text).map(Value::Time)),
        (Shape::Moment, Json::String(text)) => known(Moment::parse(text).map(|moment| match moment.time() {
            Some(_) => Value::Moment(moment),
            None => Value::Date(moment.date()),
        })),
        (_, Json::String(text)) => Value::Text(text.clone()),
        (Shape::Money, Json::Object(money)) => {
            let cents = money.get("cents").and_then(Json::as_f64);
            known(cents.map(|cents| Value::Number(cents / 100.0)))
        }
        (Shape::Position, Json::Object(_)) => known(point(answer).map(Value::Text)),
        (Shape::Path | Shape::Area, Json::Array(points)) => {
            let mut texts: Vec<String> = points.iter().filter_map(point).collect();
            // A surface ends where it begins.
            if shape == Shape::Area
                && let Some(first) = texts.first().cloned()
                && texts.last() != Some(&first)
            {
                texts.push(first);
            }
            if texts.is_empty() { Value::Unknown } else { Value::Text(joined(&texts, ";")) }
        }
        (Shape::Text | Shape::Texts, Json::Object(texts)) => {
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
pub(super) fn answer(rule: &Rule, value: &Value) -> Option<Json> {
    match (rule.many, value) {
        (_, Value::Unknown) => None,
        (Some(_), Value::List(values)) => {
            Some(values.iter().filter_map(|value| made(rule.shape, value)).collect())
        }
        (Some(_), value) => {
            let text = value.to_text();
            let words = text.split_whitespace().map(|word| Value::Text(word.to_owned()));
            Some(words.filter_map(|word| made(rule.shape, &word)).collect())
        }
        (None, value) => made(rule.shape, value),
    }
}

fn made(shape: Shape, value: &Value) -> Option<Json> {
    let number = || match value {
        Value::Number(number) => *number,
        other => text_number(&other.to_text()),
    };
    let text = || Some(value.to_text()).filter(|text| !text.is_empty());
    match shape {
        Shape::Integer => whole(number().trunc()).map(Json::from),
        Shape::Decimal => Some(number()).filter(|number| number.is_finite()).map(Json::from),
        Shape::Boolean => match text()?.as_str() {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        Shape::Date => {
            let text = text()?;
            let day = text.split_once('T').map_or(text.as_str(), |(day, _)| day);
            Date::parse(day).map(|date| date.to_string().into())
        }
        Shape::Time => TimeOfDay::parse(&text()?).map(|time| time.to_string().into()),
        Shape::Moment => {
            let text = text()?;
            Moment::parse(&text).map(|moment| moment.to_string().into())
        }
        Shape::Position => position(&text()?),
        Shape::Path | Shape::Area => {
            text()?.split(';').map(position).collect::<Option<Vec<Json>>>().map(Json::from)
        }
        Shape::Texts | Shape::Money | Shape::Nothing => None,
        Shape::Text => text().map(Json::from),
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
