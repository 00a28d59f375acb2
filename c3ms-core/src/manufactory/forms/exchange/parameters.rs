//! The parameters of questions, `start=1 end=10`: read, and held against what the question takes.

/// Parameters by name, in the order they are written; a later one stands for an earlier of the same name.
pub(super) type Parameters = Vec<(String, String)>;

/// Reads parameters; names in small letters, values too but where they name columns of a file.
pub(super) fn read(text: &str) -> Option<Parameters> {
    let mut words = Vec::new();
    for part in text.split(|letter: char| letter.is_whitespace() || letter == ',' || letter == ';') {
        for (index, word) in part.split('=').enumerate() {
            if index > 0 {
                words.push("=");
            }
            if !word.is_empty() {
                words.push(word);
            }
        }
    }
    let mut parameters = Parameters::new();
    let (triples, []) = words.as_chunks::<3>() else { return None };
    for [name, sign, value] in triples {
        if *sign != "=" || *name == "=" || *value == "=" {
            return None;
        }
        let name = name.to_lowercase();
        let exact = matches!(name.as_str(), "label" | "value");
        let value = if exact { (*value).to_owned() } else { value.to_lowercase() };
        match parameters.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => parameters.push((name, value)),
        }
    }
    Some(parameters)
}

/// The value of a parameter.
pub(super) fn get<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A number as it is written, with all its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exact {
    digits: i128,
    /// How many of them lie behind the point.
    pub(super) scale: u32,
}

/// Numbers with more digits are refused.
const MOST_DIGITS: usize = 15;

impl Exact {
    pub(super) fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if whole.len() + fraction.len() > MOST_DIGITS
            || !fraction.bytes().all(|byte| byte.is_ascii_digit())
            || (fraction.is_empty() && whole.is_empty())
        {
            return None;
        }
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { digits, scale: u32::try_from(fraction.len()).ok()? })
    }

    /// Its digits with so many behind the point.
    pub(super) fn at(self, scale: u32) -> i128 {
        self.digits * 10_i128.pow(scale.saturating_sub(self.scale))
    }

    fn is_whole(self) -> bool {
        self.digits % 10_i128.pow(self.scale) == 0
    }
}

/// A range: a number between two others, in steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scale {
    pub(super) start: String,
    pub(super) end: String,
    /// One of its numbers is no whole number.
    pub(super) decimal: bool,
    /// The attributes of its control.
    pub(super) attributes: Vec<(&'static str, String)>,
    /// The list whose labels stand at its ticks.
    pub(super) labels: Option<String>,
}

/// Reads the parameters of a range.
pub(super) fn scale(parameters: &Parameters) -> Result<Scale, String> {
    let given = |name: &str| get(parameters, name).map(str::to_owned);
    let (start, end) = (given("start").unwrap_or("1".into()), given("end").unwrap_or("10".into()));
    let step = given("step").unwrap_or("1".into());
    let (interval, placeholder) = (given("tick_interval"), given("placeholder"));
    let exact = |name: &str, text: &str| {
        Exact::read(text).ok_or_else(|| format!("{name}={text} is no number of at most {MOST_DIGITS} digits"))
    };
    let (from, to, by) = (exact("start", &start)?, exact("end", &end)?, exact("step", &step)?);
    let mut all = vec![from, to, by];
    for (name, text) in [("tick_interval", &interval), ("placeholder", &placeholder)] {
        if let Some(text) = text {
            all.push(exact(name, text)?);
        }
    }
    let digits = all.iter().map(|number| number.scale).max().unwrap_or(0);
    let [low, high, by] = [from, to, by].map(|number| number.at(digits));
    let (low, high, width) = (low.min(high), low.max(high), (high - low).abs());
    let aligned = |name: &str, text: &Option<String>| -> Result<Option<i128>, String> {
        text.as_ref().map(|text| exact(name, text).map(|number| number.at(digits))).transpose()
    };
    for (name, value) in [("step", Some(by)), ("tick_interval", aligned("tick_interval", &interval)?)] {
        match value {
            Some(0) => return Err(format!("{name} is zero")),
            Some(value) if value > width => return Err(format!("{name} is more than the whole range")),
            Some(value) if value % by != 0 => return Err(format!("{name} is no multiple of the step")),
            Some(_) | None => {}
        }
    }
    if let Some(value) = aligned("placeholder", &placeholder)?
        && ((value - from.at(digits)) % by != 0 || !(low..=high).contains(&value))
    {
        return Err("the placeholder is no step of the range".to_owned());
    }
    let mut attributes = vec![("start", start.clone()), ("end", end.clone()), ("step", step)];
    attributes.extend(interval.map(|interval| ("odk:tick-interval", interval)));
    attributes.extend(placeholder.map(|placeholder| ("odk:placeholder", placeholder)));
    let decimal = !all.iter().all(|number| number.is_whole());
    Ok(Scale { start, end, decimal, attributes, labels: given("tick_labelset") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_however_they_are_parted() {
        let read = |text| {
            read(text).map(|all| all.into_iter().map(|(name, value)| format!("{name}:{value}")).collect())
        };
        assert_eq!(
            read("start=1, END = 10;step=1"),
            Some(vec!["start:1".into(), "end:10".into(), "step:1".into()])
        );
        assert_eq!(read("value=Town"), Some(vec!["value:Town".into()]));
        assert_eq!(read("start"), None);
        assert_eq!(read("a=b=c"), None);
        assert_eq!(read(""), Some(Vec::<String>::new()));
    }

    #[test]
    fn a_range_has_steps_that_fit_in_it() {
        let scale = |text: &str| scale(&read(text).unwrap());
        assert!(!scale("").unwrap().decimal);
        assert!(scale("start=0 end=1 step=0.1").unwrap().decimal);
        assert!(!scale("start=0.0 end=10.0 step=1").unwrap().decimal);
        for wrong in
            ["step=0", "step=20", "start=a", "start=0 end=1 step=0.3 tick_interval=0.4", "placeholder=11"]
        {
            assert!(scale(wrong).is_err(), "{wrong}");
        }
    }
}
