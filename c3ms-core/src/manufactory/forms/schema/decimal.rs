//! Numbers of JSON as exact decimals: bounds and steps are compared without rounding.

use std::cmp::Ordering;

use serde_json::Number;

/// `digits` times ten to the power of `exponent`, without zeros at the end of `digits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decimal {
    digits: i128,
    exponent: i32,
}

impl Decimal {
    pub(super) const ONE: Self = Self { digits: 1, exponent: 0 };

    /// The number as it is written; [`None`] where it has more digits than fit.
    pub(super) fn of(number: &Number) -> Option<Self> {
        Self::parse(&number.to_string())
    }

    fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.trim_start_matches('+').parse().ok()?),
            None => (text, 0_i32),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{part}").parse().ok()?;
        let exponent = exponent.checked_sub(i32::try_from(part.len()).ok()?)?;
        Some(Self::plain(digits, exponent))
    }

    fn plain(mut digits: i128, mut exponent: i32) -> Self {
        if digits == 0 {
            return Self { digits: 0, exponent: 0 };
        }
        while digits % 10 == 0 {
            digits /= 10;
            exponent = exponent.saturating_add(1);
        }
        Self { digits, exponent }
    }

    pub(super) const fn is_integer(self) -> bool {
        self.exponent >= 0
    }

    pub(super) const fn is_positive(self) -> bool {
        self.digits > 0
    }

    /// Both as whole numbers of the same unit, where they fit.
    fn aligned(self, other: Self) -> Option<(i128, i128)> {
        let unit = self.exponent.min(other.exponent);
        let scaled = |number: Self| {
            let power = u32::try_from(number.exponent.checked_sub(unit)?).ok()?;
            number.digits.checked_mul(10_i128.checked_pow(power)?)
        };
        Some((scaled(self)?, scaled(other)?))
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        if let Some((one, another)) = self.aligned(other) {
            return one.cmp(&another);
        }
        // Only the one of the larger exponent can be too large, so it is the larger in size.
        let larger = if self.exponent > other.exponent { self } else { other };
        let sign = if larger.digits > 0 { Ordering::Greater } else { Ordering::Less };
        if self.exponent > other.exponent { sign } else { sign.reverse() }
    }

    /// Tells whether this is a whole number of steps; [`None`] where the figures are too large to tell.
    pub(super) fn is_multiple_of(self, step: Self) -> Option<bool> {
        if self.digits == 0 {
            return Some(true);
        }
        if step.digits == 0 {
            return Some(false);
        }
        self.aligned(step).map(|(number, step)| number % step == 0)
    }

    /// The least number that is a multiple of both.
    pub(super) fn common_multiple(self, other: Self) -> Option<Self> {
        let (one, other_digits) = self.aligned(other)?;
        let (mut divisor, mut rest) = (one, other_digits);
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        let multiple = one.checked_div(divisor)?.checked_mul(other_digits)?;
        Some(Self::plain(multiple, self.exponent.min(other.exponent)))
    }

    /// The multiples of `step` from `least` to `most`, both included, where there are at most `limit`.
    pub(super) fn multiples(step: Self, least: Self, most: Self, limit: i128) -> Option<Vec<Self>> {
        let unit = step.exponent.min(least.exponent).min(most.exponent);
        let scaled = |number: Self| {
            let power = u32::try_from(number.exponent.checked_sub(unit)?).ok()?;
            number.digits.checked_mul(10_i128.checked_pow(power)?)
        };
        let (step, least, most) = (scaled(step)?, scaled(least)?, scaled(most)?);
        if step <= 0 {
            return None;
        }
        let from = least.div_euclid(step).checked_add(i128::from(least.rem_euclid(step) != 0))?;
        let to = most.div_euclid(step);
        if to.checked_sub(from)? >= limit {
            return None;
        }
        Some((from..=to).map(|times| Self::plain(times * step, unit)).collect())
    }

    /// As a number of JSON.
    pub(super) fn number(self) -> Option<Number> {
        if self.exponent >= 0 {
            let power = u32::try_from(self.exponent).ok()?;
            let whole = self.digits.checked_mul(10_i128.checked_pow(power)?)?;
            return Number::from_i128(whole);
        }
        let number: f64 = format!("{}e{}", self.digits, self.exponent).parse().ok()?;
        let number = Number::from_f64(number)?;
        (Self::of(&number)? == self).then_some(number)
    }
}
