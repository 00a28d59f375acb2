//! What an expression gives, and how numbers, texts and truths are made of each other.

use crate::base::{Date, Moment, TimeOfDay, canonical};

/// What an expression gives, or a field holds.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Value {
    /// Nobody answered, or it rests on what nobody answered.
    #[default]
    Unknown,
    /// True or false.
    Boolean(bool),
    /// A number; whole numbers are exact up to 2^53.
    Number(f64),
    /// Words, or a code.
    Text(String),
    /// A day.
    Date(Date),
    /// A time of the day.
    Time(TimeOfDay),
    /// A day and a time.
    Moment(Moment),
    /// Several values in one answer.
    List(Vec<Value>),
}

impl Value {
    /// The value as a text, as XForms hold it: nothing where it is unknown, codes with spaces between.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Boolean(truth) => truth.to_string(),
            Self::Number(number) => number_text(*number),
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
            Self::Time(time) => time.to_string(),
            Self::Moment(moment) => moment.to_string(),
            Self::List(values) => values.iter().map(Self::to_text).collect::<Vec<String>>().join(" "),
        }
    }

    /// The value as JSON: `null` where it is unknown.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Unknown => serde_json::Value::Null,
            Self::Boolean(truth) => (*truth).into(),
            Self::Number(number) => match whole(*number) {
                Some(whole) => whole.into(),
                None => (*number).into(),
            },
            Self::List(values) => values.iter().map(Self::to_json).collect(),
            Self::Text(_) | Self::Date(_) | Self::Time(_) | Self::Moment(_) => self.to_text().into(),
        }
    }

    /// A number that is one; unknown otherwise.
    pub(super) fn number(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Unknown }
    }
}

/// The whole number that a number is, where it is one below 2^53.
#[expect(clippy::cast_possible_truncation, reason = "bounded, and compared afterwards")]
#[expect(clippy::float_cmp, reason = "a whole number is exact")]
pub(crate) fn whole(number: f64) -> Option<i64> {
    (number.abs() <= 9_007_199_254_740_992.0 && number.trunc() == number).then_some(number as i64)
}

/// The whole number nearest to zero from it; the greatest there is where it is larger.
#[expect(clippy::cast_possible_truncation, reason = "the language clamps what is too large")]
pub(crate) const fn truncated(number: f64) -> i64 {
    number as i64
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
pub(super) const fn counted(count: usize) -> f64 {
    count as f64
}

/// A whole number as a number.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
pub(super) const fn exact(number: i64) -> f64 {
    number as f64
}

/// A number as ECMAScript and XForms write it; nothing where it is none.
///
/// # Source
/// ECMA-262, `Number::toString`.
pub(crate) fn number_text(number: f64) -> String {
    if let Some(whole) = whole(number) {
        return whole.to_string();
    }
    if number.is_nan() {
        return String::new();
    }
    canonical(&number).unwrap_or_else(|_| if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned())
}

/// The number a text is, as ECMAScript's `Number` reads it, but for hexadecimal ones; NaN where it is none.
pub(crate) fn text_number(text: &str) -> f64 {
    let text = text.trim();
    let digits = text.trim_start_matches(['+', '-']);
    if text.len() > digits.len() + 1
        || !digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.')
    {
        return match text {
            "Infinity" | "+Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            _ => f64::NAN,
        };
    }
    text.parse().unwrap_or(f64::NAN)
}

/// The nearest whole number, a half upwards.
pub(super) fn rounded(number: f64) -> f64 {
    let floor = number.floor();
    if number - floor >= 0.5 { floor + 1.0 } else { floor }
}

/// The power of a number; whole powers by multiplying.
pub(super) fn power(base: f64, exponent: f64) -> f64 {
    match whole(exponent) {
        Some(times) if times.unsigned_abs() <= 1024 => {
            let mut power = 1.0;
            let (mut factor, mut left) = (base, times.unsigned_abs());
            while left > 0 {
                if left % 2 == 1 {
                    power *= factor;
                }
                factor *= factor;
                left /= 2;
            }
            if times < 0 { 1.0 / power } else { power }
        }
        _ => libm::pow(base, exponent),
    }
}

/// What XPath calls white space.
pub(super) const fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

/// The words of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}
