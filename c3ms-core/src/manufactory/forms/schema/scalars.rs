//! Contradictions about values without parts.

use serde_json::Value;

use super::{
    decimal::Decimal,
    language,
    pattern::Machine,
    prove::Prover,
    state::{Oracle as _, State, Strings},
};

/// At most so many numbers are tried one by one.
const MOST_TRIED: i128 = 1000;
/// At most so many texts are told apart from the texts of a pattern.
const MOST_WORDS: usize = 40;

/// Formats that are part of another one: where the first is met, so is the second.
const WITHIN: [(&str, &str); 7] = [
    ("format email", "format idn-email"),
    ("format hostname", "format idn-hostname"),
    ("format uri", "format uri-reference"),
    ("format uri", "format iri"),
    ("format uri", "format iri-reference"),
    ("format uri-reference", "format iri-reference"),
    ("format iri", "format iri-reference"),
];

impl<'a> Prover<'a> {
    pub(super) fn no_null(&self, state: &State<'a>) -> bool {
        state.refuses(self.schemas, &Value::Null)
    }

    pub(super) fn no_boolean(&self, state: &State<'a>) -> bool {
        [true, false].into_iter().all(|value| state.refuses(self.schemas, &Value::Bool(value)))
    }

    /// Shows that there is no such whole number, or no such other one.
    pub(super) fn no_number(&mut self, state: &State<'a>, whole: bool) -> bool {
        let numbers = &state.numbers;
        if !whole && numbers.steps.iter().any(|step| step.is_integer()) {
            return true;
        }
        let mut steps = numbers.steps.clone();
        if whole {
            steps.push(Decimal::ONE);
        }
        // Who is a multiple of several is one of their least common multiple.
        if let Some((first, rest)) = steps.split_first()
            && let Some(common) = rest.iter().try_fold(*first, |known, step| known.common_multiple(*step))
        {
            steps.insert(0, common);
        }
        if numbers.no_steps.iter().any(|no| steps.iter().any(|step| step.is_multiple_of(*no) == Some(true))) {
            return true;
        }
        let (Some(least), Some(most)) = (numbers.least, numbers.most) else { return false };
        let order = least.at.compare(most.at);
        if order.is_gt() || (order.is_eq() && (least.exclusive || most.exclusive)) {
            return true;
        }
        // A single number has no other step than itself.
        if steps.is_empty() && !order.is_eq() {
            return false;
        }
        let candidates = if order.is_eq() {
            Some(vec![least.at])
        } else {
            steps.into_iter().find_map(|step| Decimal::multiples(step, least.at, most.at, MOST_TRIED))
        };
        candidates.is_some_and(|candidates| {
            candidates.into_iter().filter(|number| number.is_integer() == whole).all(|number| {
                self.step()
                    && number
                        .number()
                        .is_some_and(|number| state.refuses(self.schemas, &Value::Number(number)))
            })
        })
    }

    pub(super) fn no_string(&mut self, state: &State<'a>) -> bool {
        let strings = &state.strings;
        if strings.most.is_some_and(|most| most < strings.least) {
            return true;
        }
        if strings.most == Some(0) && state.refuses(self.schemas, &Value::String(String::new())) {
            return true;
        }
        let contrary = |name: &&str| strings.named.get(*name) == Some(&true);
        let refused = strings.named.iter().filter(|(_, has)| !**has).map(|(name, _)| *name);
        for name in refused {
            if WITHIN.iter().any(|(inner, outer)| *outer == name && contrary(inner)) {
                return true;
            }
        }
        self.no_text(strings)
    }

    /// Shows that no text has all the patterns wanted and none of the others.
    fn no_text(&mut self, strings: &Strings<'a>) -> bool {
        if strings.patterns.is_empty() {
            return false;
        }
        let machines = |wanted: bool| -> Vec<&Machine> {
            let patterns = strings.patterns.iter().filter(|(_, has)| **has == wanted);
            patterns.filter_map(|(pattern, _)| self.schemas.language(*pattern)).collect()
        };
        let (with, without) = (machines(true), machines(false));
        if with.is_empty() && without.is_empty() {
            return false;
        }
        let words: Vec<Machine> = if strings.not.len() <= MOST_WORDS {
            strings.not.iter().filter_map(|word| Machine::word(word)).collect()
        } else {
            Vec::new()
        };
        let without: Vec<&Machine> = without.into_iter().chain(&words).collect();
        let (empty, work) = language::is_empty(&with, &without, strings.least, strings.most);
        self.schemas.worked(work / 4);
        empty
    }
}
