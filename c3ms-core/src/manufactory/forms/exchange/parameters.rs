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

/// The parameters a type of question takes; nothing where it takes any.
fn taken(kind: &str, from_file: bool) -> Option<&'static [&'static str]> {
    Some(match kind {
        "select one" | "select all that apply" | "rank" | "select one external" => {
            if from_file {
                &["label", "randomize", "seed", "value"]
            } else {
                &["randomize", "seed"]
            }
        }
        "range" => &["end", "placeholder", "start", "step", "tick_interval", "tick_labelset"],
        "text" => &["rows"],
        "image" | "photo" => &["app", "max-pixels"],
        "audio" | "background-audio" => &["quality"],
        "geopoint" => &["allow-mock-accuracy", "capture-accuracy", "reference-geometry", "warning-accuracy"],
        "geotrace" | "geoshape" => &["allow-mock-accuracy", "incremental", "reference-geometry"],
        "audit" => &[
            "identify-user",
            "location-max-age",
            "location-min-interval",
            "location-priority",
            "track-changes",
            "track-changes-reasons",
        ],
        _ => return None,
    })
}

/// What is wrong with the parameters of a question, in words.
pub(super) fn fault(parameters: &Parameters, kind: &str, from_file: bool) -> Option<String> {
    let taken = taken(kind, from_file)?;
    if let Some((name, _)) = parameters.iter().find(|(name, _)| !taken.contains(&name.as_str())) {
        return Some(format!("{kind} takes no parameter {name:?}, but {}", taken.join(", ")));
    }
    if let Some(value) = get(parameters, "seed") {
        if get(parameters, "randomize").is_none() {
            return Some("a seed goes with randomize=true".to_owned());
        }
        if !super::references::is_reference(value) && value.parse::<f64>().is_err() {
            return Some(format!("seed={value} is neither a number nor a reference"));
        }
    }
    parameters.iter().find_map(|(name, value)| wrong(kind, name, value)).or_else(|| locations(parameters))
}

/// What is wrong with the value of a parameter.
fn wrong(kind: &str, name: &str, value: &str) -> Option<String> {
    let whole = || value.parse::<i64>().is_ok();
    let one_of = |known: &[&str]| known.contains(&value);
    let (right, wanted) = match name {
        "rows" | "max-pixels" => (whole(), "a whole number"),
        "location-min-interval" | "location-max-age" => {
            (value.parse::<u64>().is_ok(), "a whole number, zero or more")
        }
        "randomize" | "track-changes" | "identify-user" | "allow-mock-accuracy" => {
            (one_of(&["true", "false"]), "true or false")
        }
        "incremental" => (one_of(&["true", "yes", "true()"]), "true"),
        "track-changes-reasons" => (one_of(&["on-form-edit"]), "on-form-edit"),
        "capture-accuracy" | "warning-accuracy" => (value.parse::<f64>().is_ok(), "a number"),
        "quality" if kind == "audio" => {
            (one_of(&["voice-only", "low", "normal", "external"]), "voice-only, low, normal or external")
        }
        "quality" => (one_of(&["voice-only", "low", "normal"]), "voice-only, low or normal"),
        "location-priority" => (
            one_of(&["no-power", "low-power", "balanced", "high-accuracy"]),
            "no-power, low-power, balanced or high-accuracy",
        ),
        "label" | "value" => (super::references::is_name(value), "a name"),
        _ => return None,
    };
    (!right).then(|| format!("{name}={value}: {wanted} is wanted"))
}

/// Tells whether a program of Android may be called so: `org.example.app`.
pub(super) fn is_package(name: &str) -> bool {
    name.contains('.')
        && name.split('.').all(|part| {
            part.starts_with(|first: char| first.is_ascii_alphabetic())
                && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        })
}

/// Where an audit notes places, it must know how often and how exactly.
fn locations(parameters: &Parameters) -> Option<String> {
    let names = ["location-priority", "location-min-interval", "location-max-age"];
    let given = names.map(|name| get(parameters, name));
    if given.iter().all(Option::is_none) {
        return None;
    }
    let [Some(_), Some(least), Some(most)] = given else {
        return Some(format!("{} go together", names.join(", ")));
    };
    let crossed = least.parse::<u64>().ok() > most.parse::<u64>().ok();
    crossed.then(|| "location-max-age is less than location-min-interval".to_owned())
}

/// A number as it is written, with all its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Exact {
    digits: i128,
    /// How many of them lie behind the point.
    scale: u32,
}

/// Numbers with more digits are refused.
const MOST_DIGITS: usize = 15;

impl Exact {
    fn read(text: &str) -> Option<Self> {
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
    fn at(self, scale: u32) -> i128 {
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
    /// Start, end, step and the distance of its ticks.
    numbers: [Exact; 4],
}

impl Scale {
    /// What is wrong with labels at these numbers, in words; without ticks only the ends have labels.
    pub(super) fn fault<'a>(&self, labels: impl Iterator<Item = &'a str>, no_ticks: bool) -> Option<String> {
        let mut seen = Vec::new();
        for label in labels {
            let Some(number) = Exact::read(label) else { return Some(format!("{label:?} is no number")) };
            let digits = self.numbers.iter().map(|one| one.scale).max().unwrap_or(0).max(number.scale);
            let [from, to, _, by] = self.numbers.map(|one| one.at(digits));
            let value = number.at(digits);
            if !(from.min(to)..=from.max(to)).contains(&value) {
                return Some(format!("{label} lies outside the range"));
            }
            if (value - from) % by != 0 {
                return Some(format!("{label} lies between two ticks of the range"));
            }
            if no_ticks && value != from && value != to {
                return Some("without ticks only start and end have labels".to_owned());
            }
            seen.push(value);
        }
        seen.sort_unstable();
        seen.dedup();
        (no_ticks && seen.len() != 2).then(|| "without ticks start and end both have labels".to_owned())
    }
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
    let ticks = match &interval {
        Some(text) => exact("tick_interval", text)?,
        None => exact("step", &step)?,
    };
    let numbers = [from, to, exact("step", &step)?, ticks];
    let mut attributes = vec![("start", start.clone()), ("end", end.clone()), ("step", step)];
    attributes.extend(interval.map(|interval| ("odk:tick-interval", interval)));
    attributes.extend(placeholder.map(|placeholder| ("odk:placeholder", placeholder)));
    let decimal = !all.iter().all(|number| number.is_whole());
    Ok(Scale { start, end, decimal, attributes, labels: given("tick_labelset"), numbers })
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
