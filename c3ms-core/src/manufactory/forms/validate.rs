//! A format compiled into a validator: what is wrong in a document, as data.

use std::{cmp::Ordering, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Field, Format, FormsError, Kind,
    expression::number_text,
    form::shallow,
    pattern::Pattern,
    paying::Paying,
    play::{Logic, Rules},
};
use crate::{
    Code,
    base::{Currency, Date, Id, Language, Moment, Pointer, Position, TimeOfDay},
};

/// What is wrong at one place of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The stable name of the cause.
    pub code: ViolationCode,
    /// Where.
    pub path: Pointer,
    /// The figure or word the cause is about: the bound, the kind, the name.
    pub expected: String,
}

/// The causes of violations: those codes of the catalog that speak of values.
pub type ViolationCode = Code;

impl Violation {
    /// The violation in words, French (`fr`) or English (any other tag).
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::{base::Pointer, forms::{Violation, ViolationCode}};
    /// let long = Violation { code: ViolationCode::TooLong, path: Pointer::new("/name"), expected: "140".into() };
    /// assert_eq!(long.message("fr"), "/name : Le texte est trop long. (140)");
    /// assert_eq!(long.message("en"), "/name: The text is too long. (140)");
    /// ```
    #[must_use]
    pub fn message(&self, language: &str) -> String {
        let colon = if language == "fr" || language.starts_with("fr-") { " :" } else { ":" };
        let advice = self.code.advice(language);
        let place = if self.path.as_str().is_empty() { "/" } else { self.path.as_str() };
        if self.expected.is_empty() {
            format!("{place}{colon} {advice}")
        } else {
            format!("{place}{colon} {advice} ({})", self.expected)
        }
    }
}

/// A [`Format`] compiled for checking documents.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, Validator};
/// let format = Format::parse(r#"{
///   "cube": "venue", "label": {"en": "Venue"}, "title": "name",
///   "fields": [
///     {"id": "name", "name": "name", "kind": {"type": "text", "max-length": 9}, "required": true, "label": {"en": "Name"}},
///     {"id": "seats", "name": "seats", "kind": {"type": "integer", "minimum": 1}, "label": {"en": "Seats"}}
///   ]
/// }"#)?;
/// let validator = Validator::new(&format)?;
/// let found = validator.validate(&serde_json::json!({ "seats": 0, "tel": "1" }));
/// let codes: Vec<_> = found.iter().map(|v| (v.path.as_str(), v.code.as_str())).collect();
/// assert_eq!(codes, [("/name", "forms.required"), ("/seats", "forms.too-small"), ("/tel", "forms.unknown-field")]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Validator {
    root: Arc<Members>,
    logic: Option<Logic>,
    paying: Option<Arc<Paying>>,
}

/// The fields of an object, sorted by name as JSON objects are here: both are walked once, side by side.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Members(#[serde(deserialize_with = "shallow")] Vec<Slot>);

#[derive(Debug, Serialize, Deserialize)]
struct Slot {
    name: String,
    /// See [`start_of`].
    start: u64,
    required: bool,
    /// Sizes are the same on machines of all widths: what is compiled on one is read on another.
    many: Option<u32>,
    check: Check,
}

#[derive(Debug, Serialize, Deserialize)]
enum Check {
    Text {
        languages: bool,
        least: u32,
        most: u32,
        pattern: Option<Pattern>,
    },
    Integer {
        least: i64,
        most: i64,
    },
    Decimal {
        least: f64,
        most: f64,
    },
    Boolean,
    Moment,
    Date,
    Time,
    Money,
    Url,
    Email,
    Phone,
    Language,
    /// Each with its [`start_of`], in their order.
    Code(Vec<(u64, String)>),
    Position,
    Positions(usize),
    File,
    Nothing,
    Link,
    Group(Members),
}

impl Validator {
    /// Checks and compiles a format.
    ///
    /// # Errors
    /// As [`Format::check`].
    pub fn new(format: &Format) -> Result<Self, FormsError> {
        format.check()?;
        let kinds = Self { paying: Paying::of(format).map(Arc::new), ..Self::of_kinds(format) };
        if Rules::are_needed(format) { Ok(kinds.with(Arc::new(Rules::new(format)?))) } else { Ok(kinds) }
    }

    /// Compiles what a format says of kinds, without its expressions; it must have been checked.
    pub(super) fn of_kinds(format: &Format) -> Self {
        Self::of(Members::compile(&format.fields, format))
    }

    pub(super) fn of(members: Members) -> Self {
        Self { root: Arc::new(members), logic: None, paying: None }
    }

    pub(super) fn members(&self) -> &Members {
        &self.root
    }

    /// The same, with its expressions.
    pub(super) fn with(&self, rules: Arc<Rules>) -> Self {
        Self { logic: Some(Logic::new(rules)), ..self.clone() }
    }

    /// Finds what is wrong in a document, in the order of the paths' names, then what its expressions find in the
    /// order of the fields, last what is called free and has a price; empty where it is valid.
    ///
    /// What is not to be answered may hold a value and need not. A condition that is unknown is not broken.
    /// The document is closed: a member the format does not know is a violation.
    #[must_use]
    pub fn validate(&self, document: &Value) -> Vec<Violation> {
        match document.as_object() {
            Some(members) => self.validate_document(members),
            None => vec![Violation {
                code: Code::WrongKind,
                path: Pointer::root(),
                expected: "object".to_owned(),
            }],
        }
    }

    /// As [`Validator::validate`], for the members of a document.
    #[must_use]
    pub fn validate_document(&self, document: &Map<String, Value>) -> Vec<Violation> {
        // Most documents are valid: whether one is costs less than to say where it is not.
        if self.logic.is_none() && self.accepts(document) {
            return Vec::new();
        }
        let mut found = Found::default();
        self.root.check(document, &mut found);
        let mut violations = found.violations;
        if let Some(logic) = &self.logic {
            logic.check(document, &mut violations);
        }
        if let Some(paying) = &self.paying {
            paying.check(document, &mut violations);
        }
        violations
    }

    fn accepts(&self, document: &Map<String, Value>) -> bool {
        let mut answer = Answer { holds: true };
        self.root.check(document, &mut answer);
        answer.holds && !self.paying.as_ref().is_some_and(|paying| paying.contradicts(document))
    }

    /// Tells whether nothing is wrong.
    #[must_use]
    pub fn is_valid(&self, document: &Value) -> bool {
        document.as_object().is_some_and(|members| match self.logic {
            None => self.accepts(members),
            Some(_) => self.validate_document(members).is_empty(),
        })
    }
}

/// What a walk over a document is for.
trait Finding<'a> {
    /// Something is wrong here.
    fn add(&mut self, code: Code, expected: &dyn Fn() -> String);

    /// Goes a step down and back.
    fn within(&mut self, step: Step<'a>, inner: impl FnOnce(&mut Self));

    /// Nothing more needs to be known.
    fn is_done(&self) -> bool;
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Name(&'a str),
    Item(usize),
}

/// Whether nothing is wrong.
struct Answer {
    holds: bool,
}

impl<'a> Finding<'a> for Answer {
    fn add(&mut self, _: Code, _: &dyn Fn() -> String) {
        self.holds = false;
    }

    fn within(&mut self, _: Step<'a>, inner: impl FnOnce(&mut Self)) {
        inner(self);
    }

    fn is_done(&self) -> bool {
        !self.holds
    }
}

/// What is wrong, and where the walk stands.
#[derive(Default)]
struct Found<'a> {
    violations: Vec<Violation>,
    path: Vec<Step<'a>>,
}

impl<'a> Finding<'a> for Found<'a> {
    fn add(&mut self, code: Code, expected: &dyn Fn() -> String) {
        let path = self.path.iter().fold(Pointer::root(), |path, step| match step {
            Step::Name(name) => path.child(name),
            Step::Item(index) => path.item(*index),
        });
        self.violations.push(Violation { code, path, expected: expected() });
    }

    fn within(&mut self, step: Step<'a>, inner: impl FnOnce(&mut Self)) {
        self.path.push(step);
        inner(self);
        self.path.pop();
    }

    fn is_done(&self) -> bool {
        false
    }
}

impl Members {
    fn compile(fields: &[Field], format: &Format) -> Self {
        let mut slots: Vec<Slot> = fields
            .iter()
            .map(|field| Slot {
                name: field.name.clone(),
                start: start_of(&field.name),
                required: field.required,
                many: field.many,
                check: Check::compile(&field.kind, format),
            })
            .collect();
        slots.sort_by(|one, other| one.name.cmp(&other.name));
        Self(slots)
    }

    fn check<'a>(&'a self, members: &'a Map<String, Value>, found: &mut impl Finding<'a>) {
        let mut slots = self.0.iter();
        let mut next = slots.next();
        for (name, value) in members {
            if found.is_done() {
                return;
            }
            let start = start_of(name);
            let known = loop {
                match next.map(|slot| (slot, slot.compare(start, name))) {
                    Some((slot, Ordering::Less)) => {
                        slot.missing(found);
                        next = slots.next();
                    }
                    Some((slot, Ordering::Equal)) => {
                        next = slots.next();
                        break Some(slot);
                    }
                    Some((_, Ordering::Greater)) | None => break None,
                }
            };
            match known {
                Some(slot) => found.within(Step::Name(&slot.name), |found| slot.check(value, found)),
                None => found.within(Step::Name(name), |found| found.add(Code::UnknownField, &String::new)),
            }
        }
        for slot in next.into_iter().chain(slots) {
            slot.missing(found);
        }
    }
}

/// The first eight bytes of a name as a number, in the order of names: most names differ in them.
fn start_of(name: &str) -> u64 {
    let bytes = name.as_bytes();
    if let Some(start) = bytes.first_chunk() {
        return u64::from_be_bytes(*start);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        // Both halves hold the bytes between: they lie over each other.
        let last = u64::from(u32::from_be_bytes(*last)) << (8 * (8 - bytes.len()));
        return u64::from(u32::from_be_bytes(*first)) << 32 | last;
    }
    bytes.iter().zip([56, 48, 40]).fold(0, |start, (byte, place)| start | u64::from(*byte) << place)
}

impl Slot {
    fn compare(&self, start: u64, name: &str) -> Ordering {
        let rest = || match (self.name.len(), name.len()) {
            (mine, other) if mine <= 8 || other <= 8 => mine.cmp(&other),
            _ => self.name.as_str().cmp(name),
        };
        self.start.cmp(&start).then_with(rest)
    }

    fn missing<'a>(&'a self, found: &mut impl Finding<'a>) {
        if self.required {
            found.within(Step::Name(&self.name), |found| found.add(Code::Required, &String::new));
        }
    }

    fn check<'a>(&'a self, value: &'a Value, found: &mut impl Finding<'a>) {
        let Some(most) = self.many else { return self.check.check(value, found) };
        let Some(items) = value.as_array() else { return found.add(Code::WrongKind, &|| "array".to_owned()) };
        if size(items.len()) > most {
            found.add(Code::TooMany, &|| most.to_string());
        }
        if self.required && items.is_empty() {
            found.add(Code::Required, &String::new);
        }
        for (index, item) in items.iter().enumerate() {
            if found.is_done() {
                return;
            }
            found.within(Step::Item(index), |found| self.check.check(item, found));
        }
    }
}

impl Check {
    fn compile(kind: &Kind, format: &Format) -> Self {
        match kind {
            Kind::Text { languages, min_length, max_length, pattern } => Self::Text {
                languages: *languages,
                least: min_length.unwrap_or(0),
                most: max_length.unwrap_or(u32::MAX),
                // The format was checked: the pattern can be had.
                pattern: pattern.as_deref().and_then(|pattern| Pattern::new(pattern).ok()),
            },
            Kind::Integer { minimum, maximum } => {
                Self::Integer { least: minimum.unwrap_or(-MOST_WHOLE), most: maximum.unwrap_or(MOST_WHOLE) }
            }
            Kind::Decimal { minimum, maximum } => {
                Self::Decimal { least: minimum.unwrap_or(f64::MIN), most: maximum.unwrap_or(f64::MAX) }
            }
            Kind::Boolean => Self::Boolean,
            Kind::Moment => Self::Moment,
            Kind::Date => Self::Date,
            Kind::Time => Self::Time,
            Kind::Money => Self::Money,
            Kind::Url => Self::Url,
            Kind::Email => Self::Email,
            Kind::Phone => Self::Phone,
            Kind::Language => Self::Language,
            Kind::Code { vocabulary, .. } => {
                let list = format.vocabularies.get(vocabulary);
                let codes = list.into_iter().flat_map(|list| &list.codes);
                let mut codes: Vec<(u64, String)> =
                    codes.map(|code| (start_of(&code.code), code.code.clone())).collect();
                codes.sort();
                Self::Code(codes)
            }
            Kind::Position => Self::Position,
            Kind::Path => Self::Positions(2),
            Kind::Area => Self::Positions(3),
            Kind::File { .. } => Self::File,
            Kind::Note => Self::Nothing,
            Kind::Link { .. } => Self::Link,
            Kind::Group { fields } => Self::Group(Members::compile(fields, format)),
        }
    }

    fn check<'a>(&'a self, value: &'a Value, found: &mut impl Finding<'a>) {
        match self {
            Self::Text { languages: true, .. } => match value.as_object() {
                Some(texts) if texts.is_empty() => {
                    found.add(Code::WrongKind, &|| "text by language".to_owned());
                }
                Some(texts) => {
                    for (language, text) in texts {
                        found.within(Step::Name(language), |found| {
                            if Language::is_tag(language) {
                                self.check_text(text, found);
                            } else {
                                found.add(Code::WrongKind, &|| "language".to_owned());
                            }
                        });
                    }
                }
                None => found.add(Code::WrongKind, &|| "text by language".to_owned()),
            },
            Self::Text { .. } => self.check_text(value, found),
            Self::Integer { least, most } => match whole(value) {
                Some(number) if number < *least => found.add(Code::TooSmall, &|| least.to_string()),
                Some(number) if number > *most => found.add(Code::TooLarge, &|| most.to_string()),
                Some(_) => {}
                None => found.add(Code::WrongKind, &|| "integer".to_owned()),
            },
            Self::Decimal { least, most } => match value.as_f64() {
                Some(number) if number < *least => found.add(Code::TooSmall, &|| number_text(*least)),
                Some(number) if number > *most => found.add(Code::TooLarge, &|| number_text(*most)),
                Some(_) => {}
                None => found.add(Code::WrongKind, &|| "decimal".to_owned()),
            },
            Self::Boolean => expect(value.is_boolean(), "boolean", found),
            Self::Moment => expect(text_is(value, Moment::is_written), "moment", found),
            Self::Date => expect(text_is(value, |text| Date::parse(text).is_some()), "date", found),
            Self::Time => expect(text_is(value, |text| TimeOfDay::parse(text).is_some()), "time", found),
            Self::Money => expect(is_money(value), "money", found),
            Self::Url => expect(text_is(value, is_url), "url", found),
            Self::Email => expect(text_is(value, is_email), "email", found),
            Self::Phone => expect(text_is(value, is_phone), "phone", found),
            Self::Language => expect(text_is(value, Language::is_tag), "language", found),
            Self::Code(codes) => match value.as_str() {
                Some(code) if holds(codes, code) => {}
                Some(code) => found.add(Code::UnknownCode, &|| code.to_owned()),
                None => found.add(Code::WrongKind, &|| "code".to_owned()),
            },
            Self::Position => expect(is_position(value), "position", found),
            Self::Positions(least) => match value.as_array() {
                Some(points) if points.len() < *least => {
                    found.add(Code::WrongKind, &|| "positions".to_owned());
                }
                Some(points) => expect(points.iter().all(is_position), "positions", found),
                None => found.add(Code::WrongKind, &|| "positions".to_owned()),
            },
            Self::File => expect(text_is(value, |text| !text.is_empty()), "file", found),
            Self::Nothing => found.add(Code::WrongKind, &|| "nothing".to_owned()),
            Self::Link => {
                expect(text_is(value, |text| Id::<super::Entry>::parse(text).is_some()), "link", found);
            }
            Self::Group(members) => match value.as_object() {
                Some(values) => members.check(values, found),
                None => found.add(Code::WrongKind, &|| "group".to_owned()),
            },
        }
    }

    fn check_text<'a>(&self, value: &Value, found: &mut impl Finding<'a>) {
        let Self::Text { least, most, pattern, .. } = self else { return };
        let Some(text) = value.as_str() else { return found.add(Code::WrongKind, &|| "text".to_owned()) };
        // Bytes are at least as many as characters: most texts need no counting.
        if size(text.len()) > *most && size(text.chars().count()) > *most {
            found.add(Code::TooLong, &|| most.to_string());
        }
        if *least > 0 && size(text.chars().count()) < *least {
            found.add(Code::TooShort, &|| least.to_string());
        }
        if let Some(pattern) = pattern
            && !pattern.is_match(text)
        {
            found.add(Code::PatternMismatch, &|| pattern.as_str().to_owned());
        }
    }
}

fn size(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Whether a code is in a list.
fn holds(codes: &[(u64, String)], code: &str) -> bool {
    let start = start_of(code);
    codes.binary_search_by(|(known, text)| known.cmp(&start).then_with(|| text.as_str().cmp(code))).is_ok()
}

fn expect<'a>(holds: bool, kind: &str, found: &mut impl Finding<'a>) {
    if !holds {
        found.add(Code::WrongKind, &|| kind.to_owned());
    }
}

/// The greatest whole number that every reader of JSON keeps as it is: 2^53 - 1 (RFC 7493, 2.2).
pub(super) const MOST_WHOLE: i64 = 9_007_199_254_740_991;

/// A whole number, also where it is written `2.0`; `None` beyond what every reader of JSON keeps.
fn whole(value: &Value) -> Option<i64> {
    let of_decimal = || {
        let number = value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9.1e15)?;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^63")]
        Some(number as i64)
    };
    let number = value.as_i64().or_else(of_decimal)?;
    (-MOST_WHOLE..=MOST_WHOLE).contains(&number).then_some(number)
}

fn text_is(value: &Value, test: fn(&str) -> bool) -> bool {
    value.as_str().is_some_and(test)
}

/// The values of the two members an object has, by their names in order.
fn pair<'a>(value: &'a Value, first: &str, second: &str) -> Option<(&'a Value, &'a Value)> {
    let mut members = value.as_object()?.iter();
    match (members.next(), members.next(), members.next()) {
        (Some((one, value)), Some((other, beside)), None) if one == first && other == second => {
            Some((value, beside))
        }
        _ => None,
    }
}

fn is_money(value: &Value) -> bool {
    pair(value, "cents", "currency").is_some_and(|(cents, currency)| {
        whole(cents).is_some() && text_is(currency, |code| Currency::parse(code).is_some())
    })
}

fn is_position(value: &Value) -> bool {
    pair(value, "latitude", "longitude")
        .and_then(|(latitude, longitude)| Position::new(latitude.as_f64()?, longitude.as_f64()?))
        .is_some()
}

/// A web address: `http` or `https`, a host, neither spaces nor control characters nor quotes.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !rest.chars().any(is_unfit)
    })
}

/// Spaces, control characters and quotes, which no address has.
fn is_unfit(letter: char) -> bool {
    match letter {
        '\0'..=' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '\u{7f}'..='\u{a0}' => true,
        '\u{1680}'.. => letter.is_whitespace(),
        _ => false,
    }
}

/// A mail address as people have them: one `@`, a dotted or plain host, no spaces.
fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        let plain = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && !part.ends_with('.')
                && !part.contains("..")
                && part
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter))
        };
        plain(name)
            && plain(host)
            && host.chars().all(|letter| letter.is_alphanumeric() || "-.".contains(letter))
    })
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (3..=20).contains(&digits)
        && text.chars().all(|letter| {
            letter.is_ascii_digit() || letter == ' ' || letter == '\u{a0}' || "+-.()/".contains(letter)
        })
}
