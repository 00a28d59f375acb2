//! A form as it is played: after each answer, what is asked, what must be answered, what is wrong, what follows.
//!
//! The meaning is that of ODK: a group that is not asked takes all in it along; an answer that is not asked
//! counts as blank, is kept, and comes back with its question; calculations follow their fields in the order of
//! their dependence; first answers are worked out once, when the entry or the item is begun; a constraint is
//! held against what is answered only.

mod answer;
mod engine;
mod logic;
mod rules;
mod script;
mod tree;

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use serde_json::{Map, Value as Json};

pub use self::script::{Played, Step, play};
use self::{engine::Engine, tree::node};
pub(super) use self::{logic::Logic, rules::Rules};
use super::{Document, Form, Format, FormsError, Validator, expression::Expression};
use crate::{
    Code,
    base::{Moment, Pointer, Seed, TimeOfDay, Timestamp},
};

/// What a play takes from outside: nothing of it is guessed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Setting {
    /// When it is; what asks for it is unknown where nobody says.
    pub now: Option<Moment>,
    /// Where chance comes from.
    pub seed: Option<Seed>,
    /// The language of labels; French where nobody says.
    pub language: Option<String>,
    /// What the device says of itself and of who holds it: `deviceid`, `username`, `email`, `phonenumber`.
    pub properties: BTreeMap<String, String>,
}

impl Setting {
    /// As of an instant, on a clock that shows UTC.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let seconds = now.millis().div_euclid(1000).rem_euclid(86_400);
        let part = |number: i64| u8::try_from(number).ok();
        let time = part(seconds / 3600).zip(part(seconds / 60 % 60)).zip(part(seconds % 60));
        let time = time.and_then(|((hour, minute), second)| TimeOfDay::new(hour, minute, second));
        Self { now: time.and_then(|time| Moment::with_offset(now.date(), time, 0)), ..Self::default() }
    }
}

/// One question as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the document that scripts read has these members")]
pub struct Question {
    /// Where its answer is: `/children/0/age`.
    pub path: Pointer,
    /// It is asked.
    pub relevant: bool,
    /// It is asked and must be answered.
    pub required: bool,
    /// Its answer is shown, not typed.
    pub read_only: bool,
    /// Nothing is wrong with its answer.
    pub valid: bool,
    /// What is wrong with it.
    pub violations: Vec<Code>,
    /// Its answer, kept though it be not asked.
    pub value: Json,
    /// The codes offered, where it is chosen from a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<String>>,
}

/// An entry being filled in by a format.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, play::{Play, Setting}};
/// let format = Format::parse(r#"{"cube": "visit", "label": {"en": "Visit"}, "fields": [
///   {"id": "a", "name": "came", "kind": {"type": "boolean"}},
///   {"id": "b", "name": "people", "kind": {"type": "integer"}, "relevant": "${came}", "constraint": ". > 0"},
///   {"id": "c", "name": "price", "kind": {"type": "integer"}, "calculation": "${people} * 12"}]}"#)?;
/// let mut visit = Play::new(&format, &Setting::default())?;
/// assert!(!visit.questions()[1].relevant);
/// visit.set("/came", true.into())?;
/// visit.set("/people", 3.into())?;
/// assert_eq!(serde_json::to_string(&visit.document())?, r#"{"came":true,"people":3,"price":36}"#);
/// visit.set("/came", false.into())?;
/// assert_eq!(serde_json::to_string(&visit.document())?, r#"{"came":false}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Play {
    engine: Engine,
    validator: Validator,
}

impl Play {
    /// Begins an entry of a format that was checked: defaults, first answers, calculations.
    ///
    /// # Errors
    /// As [`Form::new`].
    pub fn new(format: &Format, setting: &Setting) -> Result<Self, FormsError> {
        Ok(Self::of(&Form::new(format)?, None, setting))
    }

    /// Goes on with an entry that was begun: what it says stands, calculations follow.
    ///
    /// # Errors
    /// As [`Form::new`].
    pub fn resume(format: &Format, document: &Document, setting: &Setting) -> Result<Self, FormsError> {
        Ok(Self::of(&Form::new(format)?, Some(document), setting))
    }

    /// Begins an entry of a form, or goes on with one.
    #[must_use]
    pub fn of(form: &Form, document: Option<&Document>, setting: &Setting) -> Self {
        Self {
            engine: Engine::new(Arc::clone(&form.rules), document, true, setting.clone()),
            validator: form.kinds.clone(),
        }
    }

    /// Answers a question; `null` takes the answer back.
    ///
    /// # Errors
    /// [`FormsError::StepUnsound`] where there is no such question, or its answer is not typed.
    pub fn set(&mut self, path: &str, value: Json) -> Result<(), FormsError> {
        let unsound =
            |reason: &str| FormsError::StepUnsound { path: path.to_owned(), reason: reason.to_owned() };
        let item = self.item(path).ok_or_else(|| unsound("there is no such question"))?;
        let field = self.engine.items.get(item).map_or(0, |item| item.field);
        let Some(rule) = self.engine.rules.rule(field).filter(|rule| !rule.is_group) else {
            return Err(unsound("it is a group: answer the questions in it"));
        };
        if rule.read_only {
            return Err(unsound("its answer is not typed"));
        }
        if let Some(item) = self.engine.items.all.get_mut(item) {
            item.answer = Some(value).filter(|value| !value.is_null());
        }
        self.engine.answered(field);
        self.engine.settle();
        Ok(())
    }

    /// Adds an item at the end of a list: `/children`.
    ///
    /// # Errors
    /// [`FormsError::StepUnsound`] where there is no such list, it is full, or other answers give its length.
    pub fn add(&mut self, path: &str) -> Result<(), FormsError> {
        let unsound =
            |reason: &str| FormsError::StepUnsound { path: path.to_owned(), reason: reason.to_owned() };
        let list = self.item(path).and_then(|item| Some((item, self.engine.items.get(item)?)));
        let Some((item, list)) = list.filter(|(_, list)| list.is_list) else {
            return Err(unsound("there is no such list of groups"));
        };
        let rule = self.engine.rules.rule(list.field);
        if rule.is_some_and(|rule| rule.count.is_some()) {
            return Err(unsound("other answers give its length"));
        }
        let most =
            rule.and_then(|rule| rule.many).map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(0));
        if list.members.len() >= most {
            return Err(unsound("it is full"));
        }
        self.engine.add(item, None);
        self.engine.settle();
        Ok(())
    }

    /// Takes an item out of a list: `/children/1`.
    ///
    /// # Errors
    /// [`FormsError::StepUnsound`] where there is no such item, or other answers give the length of its list.
    pub fn remove(&mut self, path: &str) -> Result<(), FormsError> {
        let unsound =
            |reason: &str| FormsError::StepUnsound { path: path.to_owned(), reason: reason.to_owned() };
        let item = self.item(path).ok_or_else(|| unsound("there is no such item"))?;
        let list = self.engine.items.get(item).and_then(|item| self.engine.items.get(item.parent));
        let Some(list) = list.filter(|list| list.is_list) else {
            return Err(unsound("it is no item of a list of groups"));
        };
        if self.engine.rules.rule(list.field).is_some_and(|rule| rule.count.is_some()) {
            return Err(unsound("other answers give the length of its list"));
        }
        self.engine.remove(item);
        self.engine.settle();
        Ok(())
    }

    /// Goes on in another language: labels that expressions ask for are in it.
    pub fn speak(&mut self, language: &str) {
        self.engine.setting.language = Some(language.to_owned());
        self.engine.all_again();
        self.engine.settle();
    }

    /// The item at a path; nothing where there is none.
    fn item(&self, path: &str) -> Option<usize> {
        let mut steps = path.split('/');
        if steps.next() != Some("") {
            return None;
        }
        steps.try_fold(0, |at, step| {
            let item = self.engine.items.get(at)?;
            if item.is_list {
                return item.members.get(step.parse::<usize>().ok()?).copied();
            }
            let name = step.replace("~1", "/").replace("~0", "~");
            let member = self.engine.rules.outline.member(item.field, &name)?;
            let place = self.engine.rules.outline.members(item.field).binary_search(&member).ok()?;
            item.members.get(place).copied()
        })
    }

    /// Every question in order, those of lists once for each of their items.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        let mut wrong: BTreeMap<String, Vec<Code>> = BTreeMap::new();
        for violation in self.validator.validate_document(&self.document()) {
            wrong.entry(violation.path.as_str().to_owned()).or_default().push(violation.code);
        }
        let view = self.engine.view();
        let mut questions = Vec::new();
        self.walk(0, &mut |item| {
            let Some(state) = self.engine.items.get(item) else { return };
            let Some(rule) = self.engine.rules.rule(state.field) else { return };
            let path = self.engine.items.path(&self.engine.rules, item);
            let relevant = self.engine.items.is_relevant(item);
            let required = relevant && (rule.required || state.required);
            let mut violations = Vec::new();
            if relevant {
                if required && view.is_blank(item) {
                    violations.push(Code::Required);
                }
                if state.broken {
                    violations.push(Code::ConstraintUnmet);
                }
                let inner = [path.as_str(), "/"].concat();
                let of_it = wrong.range(path.as_str().to_owned()..);
                let of_it = of_it.take_while(|(at, _)| at.starts_with(path.as_str()));
                let of_it = of_it.filter(|(at, _)| *at == path.as_str() || at.starts_with(&inner));
                violations.extend(of_it.flat_map(|(_, codes)| codes).filter(|code| **code != Code::Required));
            }
            let outline = &self.engine.rules.outline;
            let choices = outline.list_of(state.field).map(|list| {
                let codes = outline.codes(list);
                match &state.choices {
                    Some(places) => {
                        let code = |place: &usize| codes.get(*place).map(|code| code.code.clone());
                        places.iter().filter_map(code).collect()
                    }
                    None => codes.iter().map(|code| code.code.clone()).collect(),
                }
            });
            questions.push(Question {
                path,
                relevant,
                required,
                read_only: rule.read_only,
                valid: violations.is_empty(),
                violations,
                value: state.answer.clone().unwrap_or_default(),
                choices,
            });
        });
        questions
    }

    /// The answers that follow from others, by their paths; `null` where they are unknown or not asked.
    #[must_use]
    pub fn calculated(&self) -> BTreeMap<Pointer, Json> {
        let mut found = BTreeMap::new();
        self.walk(0, &mut |item| {
            let Some(state) = self.engine.items.get(item) else { return };
            if self.engine.rules.rule(state.field).is_some_and(|rule| rule.calculation.is_some()) {
                let asked = self.engine.items.is_relevant(item);
                let value = state.answer.clone().filter(|_| asked).unwrap_or_default();
                found.insert(self.engine.items.path(&self.engine.rules, item), value);
            }
        });
        found
    }

    /// Calls `each` with every field that is no group, in order.
    fn walk(&self, from: usize, each: &mut dyn FnMut(usize)) {
        let Some(item) = self.engine.items.get(from) else { return };
        let group =
            from == 0 || item.is_list || self.engine.rules.rule(item.field).is_some_and(|rule| rule.is_group);
        if !group {
            return each(from);
        }
        item.members.iter().for_each(|member| self.walk(*member, each));
    }

    /// The entry as it would be kept: what is asked and answered.
    #[must_use]
    pub fn document(&self) -> Document {
        self.written(0)
    }

    fn written(&self, group: usize) -> Document {
        let mut document = Map::new();
        let members = self.engine.items.get(group).map(|item| item.members.as_slice()).unwrap_or_default();
        for member in members {
            let Some(item) = self.engine.items.get(*member).filter(|item| item.relevant) else { continue };
            let name = self.engine.rules.outline.name(item.field).to_owned();
            let is_group = self.engine.rules.rule(item.field).is_some_and(|rule| rule.is_group);
            let value = if item.is_list {
                let asked = |item: &&usize| self.engine.items.get(**item).is_some_and(|item| item.relevant);
                let items = item.members.iter().filter(asked);
                Json::Array(items.map(|item| Json::Object(self.written(*item))).collect())
            } else if is_group {
                Json::Object(self.written(*member))
            } else {
                item.answer.clone().unwrap_or_default()
            };
            let empty = match &value {
                Json::Array(items) => items.is_empty(),
                Json::Object(members) => members.is_empty(),
                other => answer::is_blank(other),
            };
            if !empty {
                document.insert(name, value);
            }
        }
        document
    }

    /// What an expression gives for a question, or for the entry where the path is empty: for whoever writes it.
    ///
    /// # Errors
    /// [`FormsError::StepUnsound`] where there is no such question, [`FormsError::ExpressionUnsound`] with what is
    /// wrong with the expression there.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::forms::{Format, play::{Play, Setting}};
    /// let format = Format::parse(r#"{"cube": "visit", "label": {"en": "Visit"}, "fields": [
    ///   {"id": "a", "name": "age", "kind": {"type": "integer"}}]}"#)?;
    /// let mut visit = Play::new(&format, &Setting::default())?;
    /// assert_eq!(visit.evaluate("", "${age} < 18")?.holds, None, "nobody answered");
    /// visit.set("/age", 12.into())?;
    /// assert_eq!(visit.evaluate("", "${age} < 18")?.holds, Some(true));
    /// assert_eq!(visit.evaluate("/age", "18 - .")?.value, serde_json::json!(6));
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn evaluate(&self, path: &str, expression: &str) -> Result<Evaluated, FormsError> {
        let item = self.item(path).ok_or_else(|| FormsError::StepUnsound {
            path: path.to_owned(),
            reason: "there is no such question".to_owned(),
        })?;
        let unsound = |problem| FormsError::ExpressionUnsound { path: path.to_owned(), problem };
        let rules = &self.engine.rules;
        let expression = Expression::parse(expression, rules.dialect).map_err(unsound)?;
        let field = self.engine.items.get(item).map_or(0, |item| item.field);
        let problems = expression.check(&rules.outline.scope(field));
        if let Some(problem) = problems.into_iter().find(|problem| !problem.is_harmless()) {
            return Err(unsound(problem));
        }
        let view = self.engine.view();
        let value = expression.value(&view, node(item));
        let holds = expression.holds(&view, node(item));
        Ok(Evaluated { value: value.to_json(), text: value.to_text(), holds })
    }
}

/// What an expression gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluated {
    /// Its value; `null` where it is unknown.
    pub value: Json,
    /// Its value as XForms write it.
    pub text: String,
    /// Whether it holds; `null` where that is unknown.
    pub holds: Option<bool>,
}
