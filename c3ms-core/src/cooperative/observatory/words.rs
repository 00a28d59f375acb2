//! Numbers and sentences of a report, as French and English readers expect them.

use crate::{
    base::Text,
    survey::{
        Statistic,
        observatory::{Comparison, Figure, Indicator, Observatory, Quality, Wave},
    },
};

/// Between a number and what belongs to it, so that no line ends there.
const NARROW: char = '\u{202f}';

/// The language of a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub(super) french: bool,
}

/// What a figure is, as far as its number is written.
#[derive(Debug, Clone)]
pub(super) enum Unit {
    Share,
    /// Of a difference of shares.
    Points,
    Named(String),
}

impl Words {
    pub(super) const fn tag(self) -> &'static str {
        if self.french { "fr" } else { "en" }
    }

    pub(super) const fn say(self, french: &'static str, english: &'static str) -> &'static str {
        if self.french { french } else { english }
    }

    /// A text in the language; another where there is none.
    pub(super) fn text(self, text: &Text, otherwise: &str) -> String {
        text.in_language(self.tag()).unwrap_or(otherwise).to_owned()
    }

    /// A number with thousands apart: `1 234,5`, `1,234.5`.
    pub(super) fn number(self, value: f64, decimals: usize) -> String {
        let plain = format!("{:.decimals$}", value.abs());
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
        let is_nothing = plain.bytes().all(|digit| matches!(digit, b'0' | b'.'));
        let mut told = String::new();
        if value < 0.0 && !is_nothing {
            told.push('−');
        }
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                told.push(if self.french { NARROW } else { ',' });
            }
            told.push(digit);
        }
        if !part.is_empty() {
            told.push(if self.french { ',' } else { '.' });
            told.push_str(part);
        }
        told
    }

    /// A number with its unit.
    pub(super) fn with_unit(self, value: f64, decimals: usize, unit: &Unit) -> String {
        // Money has cents or none.
        let is_money = matches!(unit, Unit::Named(unit) if matches!(unit.as_str(), "€" | "£" | "$"));
        let decimals = if is_money && decimals == 1 { 2 } else { decimals };
        match unit {
            Unit::Share => {
                let number = self.number(value * 100.0, decimals);
                if self.french { format!("{number}{NARROW}%") } else { format!("{number}%") }
            }
            Unit::Points => {
                let number = self.number(value * 100.0, decimals);
                // In French 1,9 is singular still.
                let one = if self.french { 2.0 } else { 1.0 + 1e-9 };
                let is_one = (value * 100.0).abs() < one && (self.french || number == "1");
                format!("{number}\u{a0}{}", if is_one { "point" } else { "points" })
            }
            Unit::Named(unit) if unit.is_empty() => self.number(value, decimals),
            Unit::Named(unit) if !self.french && is_money => {
                let number = self.number(value, decimals);
                number
                    .strip_prefix('−')
                    .map_or_else(|| format!("{unit}{number}"), |rest| format!("−{unit}{rest}"))
            }
            Unit::Named(unit) => format!("{}{NARROW}{unit}", self.number(value, decimals)),
        }
    }

    /// A wave as charts and tables call it: its label where that is short, else its name.
    pub(super) fn wave(self, observatory: &Observatory, name: &str) -> String {
        let wave = observatory.waves.iter().find(|wave| wave.name == name);
        let label = wave.map_or_else(String::new, |wave| self.text(&wave.label, ""));
        if (1..=8).contains(&label.chars().count()) { label } else { name.to_owned() }
    }

    /// A place in a wave: `en 2027`, or its label in brackets where its name is no year.
    pub(super) fn when(self, wave: &Wave) -> String {
        let is_year = wave.name.len() == 4 && wave.name.bytes().all(|digit| digit.is_ascii_digit());
        if is_year {
            format!("{} {}", self.say("en", "in"), wave.name)
        } else {
            format!("({})", self.text(&wave.label, &wave.name))
        }
    }

    fn since(self, observatory: &Observatory, name: &str) -> String {
        let wave = observatory.waves.iter().find(|wave| wave.name == name);
        let is_year = name.len() == 4 && name.bytes().all(|digit| digit.is_ascii_digit());
        let label = wave.map_or_else(|| name.to_owned(), |wave| self.text(&wave.label, name));
        match (self.french, is_year) {
            (_, true) => name.to_owned(),
            (true, false) => format!("«\u{a0}{label}\u{a0}»"),
            (false, false) => format!("“{label}”"),
        }
    }
}

impl Unit {
    /// A unit that is a word, `personnes`: it is said once, not beside each number.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Named(unit) if unit.chars().count() > 3 => Some(unit),
            Self::Named(_) | Self::Share | Self::Points => None,
        }
    }

    /// The unit beside numbers that stand together: none where it is a word.
    pub(super) fn beside(&self) -> Self {
        if self.word().is_some() { Self::Named(String::new()) } else { self.clone() }
    }
}

/// The unit of an indicator.
pub(super) fn unit(indicator: &Indicator, words: Words) -> Unit {
    match indicator.statistic {
        Statistic::Proportion => Unit::Share,
        Statistic::Mean | Statistic::Total
            if indicator.figures.iter().any(|figure| figure.level.is_some()) =>
        {
            if indicator.statistic == Statistic::Mean {
                Unit::Share
            } else {
                Unit::Named(words.text(&indicator.unit, ""))
            }
        }
        Statistic::Total
        | Statistic::Mean
        | Statistic::Ratio
        | Statistic::Quantile
        | Statistic::Variance
        | Statistic::Correlation
        | Statistic::Gini => Unit::Named(words.text(&indicator.unit, "")),
    }
}

/// How many decimals a number has of which half an interval is known.
pub(super) fn decimals(half: f64, unit: &Unit) -> usize {
    let half = match unit {
        Unit::Share | Unit::Points => half * 100.0,
        Unit::Named(_) => half,
    };
    let most = match unit {
        Unit::Share | Unit::Points => 1.0,
        Unit::Named(_) => 3.0,
    };
    if !half.is_finite() || half <= 0.0 {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 3")]
    let places = (-libm::floor(libm::log10(half))).clamp(0.0, most) as usize;
    places
}

/// A number as coarse as half its interval allows: no more digits of a large one than are known.
fn coarse(value: f64, half: f64, unit: &Unit) -> f64 {
    match unit {
        Unit::Named(_) if half >= 100.0 => {
            let step = libm::pow(10.0, libm::floor(libm::log10(half)) - 1.0);
            (value / step).round() * step
        }
        Unit::Named(_) | Unit::Share | Unit::Points => value,
    }
}

/// A published figure in numbers.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) value: String,
    pub(super) low: String,
    pub(super) high: String,
}

/// A figure as it is written; nothing where it is left out.
pub(super) fn said(figure: &Figure, unit: &Unit, words: Words) -> Option<Said> {
    let value = figure.value?;
    let half = figure.interval.map_or(0.0, |[low, high]| (high - low) / 2.0);
    let places = decimals(if half > 0.0 { half } else { value.abs() / 100.0 }, unit);
    let written = |number: f64, beside: &Unit| words.with_unit(coarse(number, half, unit), places, beside);
    let bound = |place: usize, unit: &Unit| {
        let bound = figure.interval.and_then(|own| own.get(place).copied());
        bound.map(|number| written(number, unit)).unwrap_or_default()
    };
    Some(Said { value: written(value, unit), low: bound(0, &unit.beside()), high: bound(1, unit) })
}

fn points(unit: &Unit) -> Unit {
    match unit {
        Unit::Share | Unit::Points => Unit::Points,
        Unit::Named(unit) => Unit::Named(unit.clone()),
    }
}

/// How far a figure can be relied on, in words.
pub(super) fn quality(figure: &Figure, words: Words) -> &'static str {
    match figure.quality {
        Some(Quality::Good) => words.say("bonne", "good"),
        Some(Quality::Care) => words.say("à utiliser avec prudence", "use with care"),
        Some(Quality::Imprecise) => words.say("trop imprécis", "too imprecise"),
        None => words.say("non publié", "not published"),
    }
}

/// What a figure is of: its level as readers call it.
pub(super) fn level(observatory: &Observatory, indicator: &Indicator, level: &str, words: Words) -> String {
    let variable = indicator.variables.first().map(String::as_str).unwrap_or_default();
    named(observatory, variable, level, words)
}

/// A level of a variable as readers call it.
pub(super) fn named(observatory: &Observatory, variable: &str, level: &str, words: Words) -> String {
    let label = observatory.labels.get(variable).and_then(|levels| levels.get(level));
    label.map_or_else(|| level.to_owned(), |label| words.text(label, level))
}

/// A change in words: a rise, a fall, or that nothing is established.
pub(super) fn change(
    comparison: &Comparison,
    observatory: &Observatory,
    unit: &Unit,
    words: Words,
) -> String {
    let since = words.since(observatory, &comparison.from);
    if !comparison.significant {
        return format!(
            "{} {since}",
            words.say("sans différence établie avec", "with no established difference from")
        );
    }
    let unit = points(unit);
    let half = (comparison.interval.last().copied().unwrap_or(0.0) - comparison.difference).abs();
    let places = decimals(half, &unit);
    let way = if comparison.difference > 0.0 {
        words.say("en hausse de", "up by")
    } else {
        words.say("en baisse de", "down by")
    };
    let difference = words.with_unit(coarse(comparison.difference.abs(), half, &unit), places, &unit);
    let margin = match &unit {
        Unit::Points | Unit::Share => words.number(half * 100.0, places),
        Unit::Named(_) => words.with_unit(coarse(half, half, &unit), places, &unit.beside()),
    };
    format!(
        "{way} {difference} (±\u{a0}{margin}) {} {since}, {}",
        words.say("par rapport à", "compared with"),
        words.say("différence significative", "a significant difference"),
    )
}

/// The main figures of an indicator in a sentence: of the whole, in the last wave that has one.
pub(super) fn sentence(observatory: &Observatory, indicator: &Indicator, words: Words) -> Option<String> {
    let of_whole = |wave: &Wave| -> Vec<&Figure> {
        indicator.figures.iter().filter(|figure| figure.by.is_none() && figure.wave == wave.name).collect()
    };
    let wave = observatory.waves.iter().rev().find(|wave| !of_whole(wave).is_empty())?;
    let (unit, figures) = (unit(indicator, words), of_whole(wave));
    let is_one = figures.len() == 1;
    let mut parts = Vec::new();
    for figure in figures {
        let own = figure.level.as_deref().filter(|_| !is_one);
        let own =
            own.map(|own| format!("{} ", level(observatory, indicator, own, words))).unwrap_or_default();
        let Some(said) = said(figure, &unit, words) else {
            parts.push(format!("{own}{}", quality(figure, words)));
            continue;
        };
        let between = if said.low.is_empty() {
            String::new()
        } else {
            format!(
                " ({} {} {} {})",
                words.say("entre", "between"),
                said.low,
                words.say("et", "and"),
                said.high
            )
        };
        let fits = |comparison: &&Comparison| {
            comparison.to == wave.name && comparison.by.is_none() && comparison.level == figure.level
        };
        let change = indicator.comparisons.iter().find(fits);
        let change = change.filter(|change| is_one || change.significant);
        let change = change
            .map(|own| format!(", {}", self::change(own, observatory, &unit, words)))
            .unwrap_or_default();
        parts.push(format!("{own}{}{between}{change}", said.value));
    }
    let (label, when) = (words.text(&indicator.label, &indicator.id), words.when(wave));
    let colon = words.say("\u{a0}: ", ": ");
    let parted = words.say("\u{202f}; ", "; ");
    Some(format!("{when}{colon}{}.", parts.join(parted))).map(|rest| format!("{label} {rest}"))
}
