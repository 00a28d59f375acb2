//! What XLSForm says of a question beside its field, for whoever plays it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{extension, parameters, references::references, types};
use crate::manufactory::forms::Field;

/// What a form says of a question, where the format has no word for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::manufactory::forms) struct Beside {
    /// Nobody is asked: the device answers, or an expression.
    pub(in crate::manufactory::forms) unasked: bool,
    /// Where the answer of a new entry comes from.
    pub(in crate::manufactory::forms) preload: Option<Preload>,
    /// The questions of which a change sets the answer.
    pub(in crate::manufactory::forms) triggers: Vec<String>,
    /// What such a change sets it to; nothing where it takes the answer back.
    pub(in crate::manufactory::forms) triggered: Option<String>,
    /// Its codes are offered in an order of chance.
    pub(in crate::manufactory::forms) shuffled: bool,
    /// What that chance comes from.
    pub(in crate::manufactory::forms) seed: Option<String>,
}

/// Where the answer of a new entry comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::manufactory::forms) enum Preload {
    /// When it was begun.
    Start,
    /// The day.
    Today,
    /// What the device says of itself: `deviceid`, `username`.
    Property(String),
}

impl Beside {
    pub(in crate::manufactory::forms) fn new(field: &Field) -> Self {
        let said = |name: &str| field.extensions.get(&extension(name)).and_then(Value::as_str);
        let shape = said("type").and_then(types::shape);
        let bound = |name: &str| shape.map_or("", |shape| shape.bound(name));
        let trigger = references(said("trigger").unwrap_or_default());
        let parameters = said("parameters").and_then(parameters::read).unwrap_or_default();
        let shuffled = parameters::get(&parameters, "randomize") == Some("true");
        Self {
            unasked: shape.is_some_and(|shape| matches!(shape.control, "" | "action")),
            preload: match (bound("jr:preload"), bound("jr:preloadParams")) {
                ("timestamp", "start") => Some(Preload::Start),
                ("date", "today") => Some(Preload::Today),
                ("property", name) => Some(Preload::Property(name.to_owned())),
                // The end of an entry is not there while it is played.
                _ => None,
            },
            triggered: said("calculation").filter(|_| !trigger.is_empty()).map(str::to_owned),
            triggers: trigger.into_iter().map(|reference| reference.name.to_owned()).collect(),
            shuffled,
            seed: parameters::get(&parameters, "seed").filter(|_| shuffled).map(str::to_owned),
        }
    }
}
