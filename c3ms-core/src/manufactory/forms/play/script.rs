//! A play as a document: steps in, what stands after each of them out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Play, Question, Setting};
use crate::{
    base::{Moment, Pointer, Seed},
    manufactory::forms::{Document, Form, FormsError},
};

/// The steps of a play, with what it takes from outside.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    #[serde(default)]
    now: Option<Moment>,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    properties: BTreeMap<String, String>,
    /// An entry to go on with.
    #[serde(default)]
    document: Option<Document>,
    #[serde(default)]
    steps: Vec<Move>,
}

/// One step: one of the four.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Move {
    set: Option<String>,
    value: Option<Json>,
    add: Option<String>,
    remove: Option<String>,
    language: Option<String>,
}

/// What stands after a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Which one; 0 is before the first.
    pub step: usize,
    /// Every question.
    pub questions: Vec<Question>,
    /// Every answer that follows from others.
    pub calculated: BTreeMap<Pointer, Json>,
}

/// What stood after each step, and what is left in the end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Played {
    /// After each step; the first is before any.
    pub steps: Vec<Step>,
    /// The entry as it would be kept.
    pub document: Document,
}

/// Plays a form: `answers` is a list of steps, or steps with what they take from outside.
///
/// ```json
/// {"now": "2026-11-23T20:30:00+01:00", "seed": 7, "language": "fr", "properties": {"deviceid": "tablet 3"}, "steps": [
///   {"set": "/name", "value": "Ada"}, {"add": "/children"}, {"set": "/children/0/age", "value": 4},
///   {"remove": "/children/0"}, {"language": "en"}]}
/// ```
///
/// # Errors
/// [`FormsError::AnswersUnreadable`] for what is no such document, [`FormsError::StepUnsound`] with the step
/// that cannot be taken.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Form, Format, play::{Setting, play}};
/// let format = Format::parse(r#"{"cube": "visit", "label": {"en": "Visit"}, "fields": [
///   {"id": "a", "name": "age", "kind": {"type": "integer"}},
///   {"id": "b", "name": "school", "kind": {"type": "text"}, "relevant": "${age} < 18"}]}"#)?;
/// let played = play(&Form::new(&format)?, r#"[{"set": "/age", "value": 12}]"#, &Setting::default())?;
/// assert_eq!(played.steps.len(), 2);
/// assert!(!played.steps[0].questions[1].relevant && played.steps[1].questions[1].relevant);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn play(form: &Form, answers: &str, setting: &Setting) -> Result<Played, FormsError> {
    let unreadable = |error: serde_json::Error| FormsError::AnswersUnreadable { reason: error.to_string() };
    let script: Script = if answers.trim_start().starts_with('[') {
        Script { steps: serde_json::from_str(answers).map_err(unreadable)?, ..Script::default() }
    } else {
        serde_json::from_str(answers).map_err(unreadable)?
    };
    let setting = Setting {
        now: script.now.or_else(|| setting.now.clone()),
        seed: script.seed.map(Seed::from_number).or(setting.seed),
        language: script.language.or_else(|| setting.language.clone()),
        properties: setting.properties.clone().into_iter().chain(script.properties).collect(),
    };
    let mut play = Play::of(form, script.document.as_ref(), &setting);
    let stand =
        |step: usize, play: &Play| Step { step, questions: play.questions(), calculated: play.calculated() };
    let mut steps = vec![stand(0, &play)];
    for (index, step) in script.steps.into_iter().enumerate() {
        let taken = match step {
            Move { set: Some(path), value, add: None, remove: None, language: None } => {
                play.set(&path, value.unwrap_or_default())
            }
            Move { add: Some(path), set: None, value: None, remove: None, language: None } => play.add(&path),
            Move { remove: Some(path), set: None, value: None, add: None, language: None } => {
                play.remove(&path)
            }
            Move { language: Some(language), set: None, value: None, add: None, remove: None } => {
                play.speak(&language);
                Ok(())
            }
            _ => {
                return Err(FormsError::AnswersUnreadable {
                    reason: format!("step {index} is none of set, add, remove, language"),
                });
            }
        };
        taken.map_err(|error| match error {
            FormsError::StepUnsound { path, reason } => FormsError::StepUnsound {
                path: format!("/steps/{index}"),
                reason: format!("{path}: {reason}"),
            },
            other => other,
        })?;
        steps.push(stand(index + 1, &play));
    }
    Ok(Played { steps, document: play.document() })
}
