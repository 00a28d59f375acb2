//! What is wrong with the parameters of a question, in words.

use crate::manufactory::forms::exchange::{
    parameters::{Exact, Parameters, Scale, get},
    references::{is_name, is_reference},
};

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
        if !is_reference(value) && value.parse::<f64>().is_err() {
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
        "label" | "value" => (is_name(value), "a name"),
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

/// What is wrong with the labels of a range at these numbers; without ticks only its ends have labels.
pub(super) fn labels<'a>(
    scale: &Scale,
    labels: impl Iterator<Item = &'a str>,
    no_ticks: bool,
) -> Option<String> {
    let given = |name: &str| scale.attributes.iter().find(|(known, _)| *known == name);
    let (_, ticks) = given("odk:tick-interval").or_else(|| given("step"))?;
    let numbers = [Exact::read(&scale.start)?, Exact::read(&scale.end)?, Exact::read(ticks)?];
    let mut seen = Vec::new();
    for label in labels {
        let Some(number) = Exact::read(label) else { return Some(format!("{label:?} is no number")) };
        let digits = numbers.iter().map(|one| one.scale).max().unwrap_or(0).max(number.scale);
        let [from, to, by] = numbers.map(|one| one.at(digits));
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
        seen.push(label);
    }
    seen.sort_unstable();
    seen.dedup();
    (no_ticks && seen.len() != 2).then(|| "without ticks start and end both have labels".to_owned())
}
