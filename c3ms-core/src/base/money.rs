//! Amounts of money: cents, never fractions.

use serde::{Deserialize, Serialize};

/// A currency by its three letters, as in ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// Reads three capital letters; `None` for anything else.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;
    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code).ok_or("a currency is three capital letters, as EUR")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount of money in hundredths of a currency.
///
/// # Examples
/// ```
/// use c3ms_core::base::Money;
/// let price = Money::parse("12,50 €").unwrap();
/// assert_eq!((price.cents, price.currency.code()), (1250, "EUR"));
/// assert_eq!(price.decimal(), "12.50");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Hundredths of the currency.
    pub cents: i64,
    /// Which currency.
    pub currency: Currency,
}

impl Money {
    /// Reads what people type: `12`, `12.5`, `12,50 €`, `EUR 12`; euros where no currency is said.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut currency = Currency::EUR;
        let mut number = text.trim();
        if let Some(rest) = number.strip_suffix('€').or_else(|| number.strip_prefix('€')) {
            number = rest.trim();
        } else if let Some((first, rest)) = number.split_once(char::is_whitespace) {
            if let Some(code) = Currency::parse(first) {
                (currency, number) = (code, rest.trim());
            } else if let Some(code) = Currency::parse(rest.trim()) {
                (currency, number) = (code, first);
            }
        }
        let (units, cents) = number.split_once(['.', ',']).unwrap_or((number, ""));
        let digits = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
        if units.is_empty() || cents.len() > 2 || !digits(units) || !digits(cents) {
            return None;
        }
        let units: i64 = units.parse().ok()?;
        let cents: i64 = if cents.is_empty() { 0 } else { format!("{cents:0<2}").parse().ok()? };
        Some(Self { cents: units.checked_mul(100)?.checked_add(cents)?, currency })
    }

    /// The amount with two decimals and a point, as schema.org's `price` wants it.
    #[must_use]
    pub fn decimal(&self) -> String {
        let sign = if self.cents < 0 { "-" } else { "" };
        let cents = self.cents.unsigned_abs();
        format!("{sign}{}.{:02}", cents / 100, cents % 100)
    }
}
