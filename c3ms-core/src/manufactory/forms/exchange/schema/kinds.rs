//! The kind that a JSON Schema describes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value};

use super::{
    foreign::{Place, Read, Reader, texts, undetermined},
    is_pattern, name,
    name::below,
    report::Ledger,
    view::{NULL, View},
};
use crate::{
    base::Text,
    manufactory::forms::{FormsError, Kind, Vocabulary, VocabularyCode},
};

impl<'a> Reader<'a> {
    /// The kind of one value.
    pub(super) fn kind(
        &mut self,
        view: &mut View<'a>,
        place: Place<'_>,
        at: &str,
    ) -> Result<Read, FormsError> {
        let kinds: BTreeSet<&str> = view.peek("type").map(|kind| texts(kind).collect()).unwrap_or_default();
        let named: BTreeSet<&str> = kinds.iter().copied().filter(|kind| *kind != "null").collect();
        let kind = match named.iter().copied().collect::<Vec<_>>()[..] {
            [] if kinds.is_empty() => match implied(view) {
                Some(kind) => kind,
                None => return Ok(Err("it does not say what it accepts".to_owned())),
            },
            [one] => one,
            ["integer", "number"] => "number",
            [] => return Ok(Err(NULL.to_owned())),
            _ => return Ok(Err("a field has one kind, not a choice of several".to_owned())),
        };
        if kind == "object" {
            return if view.has("properties") {
                self.group(view, place)
            } else if view.has("additionalProperties") || view.has("patternProperties") {
                Ok(Err("a map of any names is no group of fields".to_owned()))
            } else {
                Ok(Err("an object without named properties is no group".to_owned()))
            };
        }
        let read = match kind {
            "string" => Ok(self.string(view, place, at)),
            "integer" => Ok(self.integer(view)),
            "number" => Ok(self.decimal(view)),
            "boolean" => Ok(self.boolean(view)),
            "array" => Err("a list of lists is no field".to_owned()),
            other => Err(format!("there is no type {other:?}")),
        };
        if read.is_ok()
            && let Some((at, said)) = view.take("type", &mut self.ledger)
            && said.is_array()
            && kinds.contains("null")
        {
            self.ledger.lost(&at, "type", NULL);
        }
        Ok(read)
    }

    fn string(&mut self, view: &mut View<'a>, place: Place<'_>, at: &str) -> Kind {
        if let Some(kind) = self.codes(view, place, at) {
            return kind;
        }
        let (kind, known) = match view.peek("format").and_then(Value::as_str) {
            Some("date") => (Kind::Date, true),
            Some("date-time") => (Kind::Moment, true),
            Some("time") => (Kind::Time, true),
            Some("email" | "idn-email") => (Kind::Email, true),
            Some("uri" | "url" | "iri") => (Kind::Url, true),
            Some(_) | None => (self.words(view), false),
        };
        if known {
            view.take("format", &mut self.ledger);
        }
        kind
    }

    fn words(&mut self, view: &mut View<'a>) -> Kind {
        let min_length = self.most_of(view, "minLength");
        let bounds = view.places.first().cloned().unwrap_or_default();
        let mut max_length = self.least_of(view, "maxLength");
        if max_length < min_length && max_length.is_some() {
            self.ledger.lost(&bounds, "maxLength", "it is less than minLength: nothing would fit");
            max_length = None;
        }
        let mut pattern = None;
        for (at, value) in view.take_all("pattern", &mut self.ledger) {
            match value.as_str() {
                Some(text) if !is_pattern(text) => {
                    self.ledger.lost(&at, "pattern", "no pattern of linear time: it looks around or back");
                }
                Some(text) if pattern.as_deref().is_none_or(|known| known == text) => {
                    pattern = Some(text.to_owned());
                }
                Some(_) => self.ledger.lost(&at, "pattern", "a text has one pattern"),
                None => self.ledger.lost(&at, "pattern", "it is no text"),
            }
        }
        Kind::Text { languages: false, min_length, max_length, pattern }
    }

    /// A closed list: `enum` or `const` of texts, or alternatives of one `const` each.
    fn codes(&mut self, view: &mut View<'a>, place: Place<'_>, at: &str) -> Option<Kind> {
        let alternatives = ["oneOf", "anyOf"].into_iter().find(|word| labeled(view.peek(word)).is_some());
        let word = ["enum", "const"].into_iter().find(|word| view.has(word)).or(alternatives)?;
        let (from, value) = view.take(word, &mut self.ledger)?;
        let key = format!("{from}/{word}");
        if let Some(name) = self.vocabulary_at.get(&key) {
            return Some(Kind::Code { vocabulary: name.clone(), filter: None, ranked: false });
        }
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        let mut list: Vec<VocabularyCode> = Vec::new();
        let mut add = |code: &'a str, label: Text, ledger: &mut Ledger| {
            if codes.insert(code, list.len()).is_some() {
                ledger.lost(&from, word, format!("{code:?} stands twice"));
            } else {
                let attributes = BTreeMap::new();
                let extensions = BTreeMap::new();
                list.push(VocabularyCode {
                    code: code.to_owned(),
                    label,
                    term: None,
                    attributes,
                    extensions,
                });
            }
        };
        if let Some(all) = labeled(Some(value)).filter(|_| labeled_word(word)) {
            let inside = below(&from, word);
            for (index, one) in all.iter().enumerate() {
                let inside = format!("{inside}/{index}");
                let code = one.get("const").and_then(Value::as_str).unwrap_or_default();
                let title = one.get("title").and_then(Value::as_str);
                add(code, title.map(undetermined).unwrap_or_default(), &mut self.ledger);
                for word in one.as_object().into_iter().flat_map(|one| one.keys()) {
                    match word.as_str() {
                        "const" | "title" | "type" => self.ledger.interpreted(&inside, word),
                        _ => self.ledger.lost(&inside, word, "a code has a label and no more"),
                    }
                }
            }
        } else {
            let one = std::slice::from_ref(value);
            for value in value.as_array().map_or(one, Vec::as_slice) {
                match value {
                    Value::String(code) => add(code, Text::default(), &mut self.ledger),
                    Value::Null => self.ledger.lost(&from, word, NULL),
                    Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                        self.ledger.lost(&from, word, "a vocabulary holds texts only");
                    }
                }
            }
        }
        // A list defined apart is called by its definition, one within a field by the field.
        let own = place.within.rsplit('.').next().unwrap_or_default();
        let apart = from.rsplit('/').find(|step| *step != "items").unwrap_or(own);
        let wanted = name::fitting(if from.starts_with(at) { own } else { apart });
        let name = name::unique(wanted, &mut self.vocabulary_names);
        let vocabulary = Vocabulary { label: Text::default(), codes: list, extensions: BTreeMap::new() };
        self.vocabularies.insert(name.clone(), vocabulary);
        self.vocabulary_at.insert(key, name.clone());
        Some(Kind::Code { vocabulary: name, filter: None, ranked: false })
    }

    fn boolean(&mut self, view: &mut View<'a>) -> Kind {
        // Both values said one by one say nothing more.
        let both = view.peek("enum").and_then(Value::as_array).is_some_and(|all| {
            all.contains(&Value::Bool(true)) && all.contains(&Value::Bool(false)) && all.len() == 2
        });
        if both {
            view.take("enum", &mut self.ledger);
        }
        Kind::Boolean
    }

    fn integer(&mut self, view: &mut View<'a>) -> Kind {
        let mut minimum = self.whole(view, "minimum", 0).max(self.whole(view, "exclusiveMinimum", 1));
        let mut least_of = |view: &mut View<'a>, word, add| self.whole(view, word, add);
        let maximum = match (least_of(view, "maximum", 0), least_of(view, "exclusiveMaximum", -1)) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let mut maximum = maximum;
        if view.has("const")
            && let Some((at, value)) = view.take("const", &mut self.ledger)
        {
            match value.as_i64() {
                Some(one) => (minimum, maximum) = (Some(one), Some(one)),
                None => self.ledger.lost(&at, "const", "it is no whole number"),
            }
        }
        if minimum > maximum && maximum.is_some() {
            let at = view.places.first().cloned().unwrap_or_default();
            self.ledger.lost(&at, "maximum", "it is less than the minimum: nothing would fit");
            maximum = None;
        }
        if view
            .peek("multipleOf")
            .and_then(Value::as_f64)
            .is_some_and(|step| (step - 1.0).abs() < f64::EPSILON)
        {
            view.take("multipleOf", &mut self.ledger);
        }
        Kind::Integer { minimum, maximum }
    }

    /// The tightest bound under a word, moved by `add` where the bound itself is excluded.
    fn whole(&mut self, view: &mut View<'a>, word: &str, add: i64) -> Option<i64> {
        let is_least = word.ends_with("inimum");
        let mut bound: Option<i64> = None;
        for (at, value) in view.take_all(word, &mut self.ledger) {
            let Some(found) = value.as_number().and_then(|number| whole(number, is_least, add)) else {
                self.ledger.lost(&at, word, "it is no bound of whole numbers");
                continue;
            };
            bound = Some(match bound {
                Some(known) if is_least => known.max(found),
                Some(known) => known.min(found),
                None => found,
            });
        }
        bound
    }

    fn decimal(&mut self, view: &mut View<'a>) -> Kind {
        let mut bound = |view: &mut View<'a>, word: &str| {
            let mut bound: Option<f64> = None;
            for (at, value) in view.take_all(word, &mut self.ledger) {
                match value.as_f64().filter(|bound| bound.is_finite()) {
                    Some(found) if word == "minimum" => bound = Some(bound.unwrap_or(found).max(found)),
                    Some(found) => bound = Some(bound.unwrap_or(found).min(found)),
                    None => self.ledger.lost(&at, word, "it is no number"),
                }
            }
            bound
        };
        let (mut minimum, mut maximum) = (bound(view, "minimum"), bound(view, "maximum"));
        if view.has("const")
            && let Some((at, value)) = view.take("const", &mut self.ledger)
        {
            match value.as_f64() {
                Some(one) => (minimum, maximum) = (Some(one), Some(one)),
                None => self.ledger.lost(&at, "const", "it is no number"),
            }
        }
        if let (Some(least), Some(most)) = (minimum, maximum)
            && least > most
        {
            let at = view.places.first().cloned().unwrap_or_default();
            self.ledger.lost(&at, "maximum", "it is less than the minimum: nothing would fit");
            maximum = None;
        }
        for word in ["exclusiveMinimum", "exclusiveMaximum"] {
            for (at, _) in view.take_all(word, &mut self.ledger) {
                self.ledger.lost(&at, word, "a number may reach its bounds");
            }
        }
        Kind::Decimal { minimum, maximum }
    }
}

/// A bound as whole numbers have it: rounded inwards, moved by `add` where the bound itself is out.
fn whole(number: &Number, is_least: bool, add: i64) -> Option<i64> {
    if let Some(whole) = number.as_i64() {
        return whole.checked_add(add);
    }
    let number = number.as_f64().filter(|number| number.abs() < 9e15)?;
    let inwards = if is_least { number.ceil() } else { number.floor() };
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
    let whole = inwards as i64;
    if number.fract() == 0.0 { whole.checked_add(add) } else { Some(whole) }
}

const fn labeled_word(word: &str) -> bool {
    matches!(word.as_bytes(), b"oneOf" | b"anyOf")
}

/// Alternatives of which each is one text.
fn labeled(value: Option<&Value>) -> Option<&Vec<Value>> {
    let all = value?.as_array().filter(|all| !all.is_empty())?;
    all.iter().all(|one| one.get("const").is_some_and(Value::is_string)).then_some(all)
}

/// The type that keywords imply where none is named.
fn implied(view: &View<'_>) -> Option<&'static str> {
    let any = |words: &[&str]| words.iter().any(|word| view.has(word));
    let listed = view.peek("enum").and_then(Value::as_array).and_then(|all| all.first());
    let example = listed.or_else(|| view.peek("const"));
    if any(&["properties"]) {
        return Some("object");
    }
    if let Some(example) = example {
        return match example {
            Value::String(_) => Some("string"),
            Value::Bool(_) => Some("boolean"),
            Value::Number(number) if number.is_i64() || number.is_u64() => Some("integer"),
            Value::Number(_) => Some("number"),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
    }
    if any(&["minLength", "maxLength", "pattern", "format"])
        || ["oneOf", "anyOf"].into_iter().any(|word| labeled(view.peek(word)).is_some())
    {
        return Some("string");
    }
    any(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]).then_some("number")
}
