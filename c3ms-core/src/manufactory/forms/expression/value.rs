//! What an expression gives, and how numbers, texts and truths are made of each other.

use crate::base::{Date, Moment, TimeOfDay};

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
            Self::List(values) => joined(&values.iter().map(Self::to_text).collect::<Vec<_>>(), " "),
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
/// Its digits are those of `serde_json`: the shortest that give the number back. The standard library's own way
/// would weigh ten KiB more in a web page.
///
/// # Source
/// ECMA-262, `Number::toString`; held against RFC 8785's by proptest.
pub(crate) fn number_text(number: f64) -> String {
    if let Some(whole) = whole(number) {
        return whole.to_string();
    }
    if !number.is_finite() {
        let text = if number.is_nan() { "" } else { "Infinity" };
        return if number < 0.0 { ["-", text].concat() } else { text.to_owned() };
    }
    let written = serde_json::to_string(&number).unwrap_or_default();
    let (sign, written) = written.strip_prefix('-').map_or(("", written.as_str()), |rest| ("-", rest));
    let (mantissa, exponent) = written.split_once('e').unwrap_or((written, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [before, after].concat();
    let digits = all.trim_start_matches('0');
    let digits = digits.trim_end_matches('0');
    let zeros = all.len() - all.trim_start_matches('0').len();
    // The decimal point stands behind this many of the digits.
    let point = exponent.parse::<i64>().unwrap_or(0) + length(before) - counted_whole(zeros);
    let count = length(digits);
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    let at =
        |place: i64| digits.split_at_checked(usize::try_from(place).unwrap_or(0)).unwrap_or((digits, ""));
    match point {
        point if count <= point && point <= 21 => [sign, digits, &zeros(point - count)].concat(),
        1..=21 => [sign, at(point).0, ".", at(point).1].concat(),
        -5..=0 => [sign, "0.", &zeros(-point), digits].concat(),
        _ => {
            let (first, rest) = at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            let plus = if point > 0 { "+" } else { "" };
            [sign, first, dot, rest, "e", plus, &(point - 1).to_string()].concat()
        }
    }
}

fn length(text: &str) -> i64 {
    counted_whole(text.len())
}

fn counted_whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The number a text is, as ECMAScript's `Number` reads it, but for hexadecimal ones; NaN where it is none.
pub(crate) fn text_number(text: &str) -> f64 {
    let text = text.trim();
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if unsigned == "Infinity" {
        return sign * f64::INFINITY;
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|letter| letter.is_ascii_digit());
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if before.len() + after.len() == 0
        || power.is_empty()
        || ![before, after, power].map(is_digits).iter().all(|is| *is)
    {
        return f64::NAN;
    }
    // As JSON writes it: no zeros before, a digit on both sides of the point.
    let before = before.trim_start_matches('0');
    let whole = if before.is_empty() { "0" } else { before };
    let written = [whole, ".", after, "0e", exponent].concat();
    // What JSON cannot hold is too large: what is too small is zero to it.
    sign * serde_json::from_str::<f64>(&written).unwrap_or(f64::INFINITY)
}

/// The nearest whole number, a half upwards.
pub(super) fn rounded(number: f64) -> f64 {
    let floor = number.floor();
    if number - floor >= 0.5 { floor + 1.0 } else { floor }
}

/// What is left of a number after as many whole parts of another as it holds, as `%` of the language has it: to
/// the bit, in a fifth of the code.
pub(super) fn remainder(number: f64, divisor: f64) -> f64 {
    let (mut rest, least) = (number.abs(), divisor.abs());
    if !rest.is_finite() || least.is_nan() || least == 0.0 {
        return f64::NAN;
    }
    let mut part = least;
    while part * 2.0 <= rest {
        part *= 2.0;
    }
    // Doubling, halving back and taking away from what is less than twice as large lose no bit.
    while part >= least {
        if rest >= part {
            rest -= part;
        }
        part /= 2.0;
    }
    rest.copysign(number)
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

/// Texts with a glue between them. Of slices, which is the one joining that the page of an agenda has already.
pub(crate) fn joined(texts: &[String], glue: &str) -> String {
    texts.iter().map(String::as_str).collect::<Vec<_>>().join(glue)
}

/// What XPath calls white space.
pub(super) const fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

/// The words of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{number_text, remainder, text_number};
    use crate::base::canonical;
    use proptest::prelude::*;

    proptest! {
        /// RFC 8785 writes numbers as ECMAScript does: `serde_json_canonicalizer` is the referee.
        #[test]
        fn numbers_are_written_as_ecmascript_writes_them(bits in any::<u64>(), short in -1e9..1e9_f64) {
            for number in [f64::from_bits(bits), short, (short * 1e3).trunc() / 1e3, short * 1e-14, short * 1e14] {
                if number.is_finite() {
                    prop_assert_eq!(number_text(number), canonical(&number).unwrap());
                }
            }
        }

        /// The language is the referee; whole numbers of all sizes, and any bits.
        #[test]
        fn what_is_left_is_what_the_language_leaves(
            bits in any::<(u64, u64)>(), (whole, part) in (-1_000_000..1_000_000_i32, -1000..1000_i32), short in 0.001..1e3_f64,
        ) {
            let (one, other) = (f64::from_bits(bits.0), f64::from_bits(bits.1));
            let (whole, part) = (f64::from(whole), f64::from(part));
            for (number, divisor) in [(one, other), (whole, part), (whole, short), (one, short), (short, one), (whole, one)] {
                let (left, expected) = (remainder(number, divisor), number % divisor);
                prop_assert!(left.to_bits() == expected.to_bits() || (left.is_nan() && expected.is_nan()), "{} % {}: {}", number, divisor, left);
            }
        }

        /// The standard library reads what has digits, a point, an exponent as ECMAScript does.
        #[test]
        fn numbers_are_read_as_the_standard_library_reads_them(text in "[+-]?0{0,2}[0-9]{0,20}(\\.[0-9]{0,20})?([eE][+-]?[0-9]{1,3})?") {
            let expected = text.parse().unwrap_or(f64::NAN);
            let read = text_number(&text);
            prop_assert!(read.to_bits() == expected.to_bits() || (read.is_nan() && expected.is_nan()), "{} {} {}", text, read, expected);
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "e5", "1e", "--1", "+-1", "0x10", "1_0", "nan", "inf", "1.2.3", "1 2"] {
            assert!(text_number(text).is_nan(), "{text}");
        }
        for (text, number) in
            [(" -Infinity ", f64::NEG_INFINITY), ("1e400", f64::INFINITY), ("-1e-400", -0.0)]
        {
            assert_eq!(text_number(text).to_bits(), number.to_bits(), "{text}");
        }
    }
}
