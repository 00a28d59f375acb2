//! What hurts later in a format: warnings, never refusals.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{
    super::{
        Field, Format, Kind, Outline, Validator, Visibility,
        expression::{Found, Scope as _},
    },
    chain::said,
    habit,
    voice::Tongue,
    walk::{inside, names, stops, texts},
};
use crate::{
    Code,
    base::{Language, Pointer, fold},
};

/// Something in a format that its makers may regret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Warning {
    /// The stable name of the cause.
    pub code: Code,
    /// Where, in the document of the format: `/fields/3`.
    pub path: Pointer,
    /// The names of the field from the root, `offers.price`; empty where it is about no field.
    pub field: String,
    /// The word or figure the cause is about; empty where there is none.
    pub about: String,
}

impl Warning {
    /// The warning in words, French (`fr`) or English (any other tag).
    #[must_use]
    pub fn message(&self, language: &str) -> String {
        let colon = Tongue::of(language).pick(" :", ":");
        let place = if self.field.is_empty() { self.path.as_str() } else { &self.field };
        let about = if self.about.is_empty() { String::new() } else { format!(" ({})", self.about) };
        format!("{place}{colon} {}{about}", self.code.advice(language))
    }
}

/// More groups in each other are hard to fill in.
const DEEPEST: usize = 4;
/// More fields on one level nobody finds his way in.
const MOST_FIELDS: usize = 200;
/// Expressions are looked at until so much is found wrong with them.
const MOST_UNUSABLE: usize = 100;
/// Languages that are looked for.
const MOST_LANGUAGES: usize = 20;

/// Warns of what hurts later in a format, in the order of its fields.
///
/// Nothing of it forbids the format: a warning may be wrong, as names only hint at what a field holds. Only an
/// expression that cannot be used will be refused when entries are checked; its code is that of
/// [`Problem`](crate::forms::expression::Problem).
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, design::lint};
/// let venue = Format::parse(r#"{"cube": "venue", "label": {"en": "Venue"}, "title": "name", "fields": [
///   {"id": "field_1", "name": "name", "kind": {"type": "text", "max-length": 200}, "label": {"en": "Name"},
///    "term": "https://schema.org/name"}]}"#)?;
/// let warnings = lint(&venue);
/// assert_eq!(warnings.len(), 1);
/// assert_eq!((warnings[0].code.as_str(), warnings[0].path.as_str()), ("design.id-unstable", "/fields/0"));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn lint(format: &Format) -> Vec<Warning> {
    let mut linting = Linting::new(format);
    if format.title.is_empty() {
        linting.warn(Code::TitleMissing, Pointer::root().child("title"), "", "");
    }
    linting.texts();
    linting.level(
        &format.fields,
        &Level { path: Pointer::root().child("fields"), names: "", depth: 0, seen_by: Visibility::Public },
    );
    linting.vocabularies();
    linting.warnings
}

struct Linting<'a> {
    format: &'a Format,
    warnings: Vec<Warning>,
    outline: Outline,
    /// What was found wrong with expressions.
    unusable: usize,
    /// How many fields were met.
    met: usize,
    /// The vocabularies by what a field of theirs might be called.
    called: BTreeMap<String, &'a str>,
    codes: BTreeMap<&'a str, BTreeSet<&'a str>>,
    used: BTreeSet<&'a str>,
}

/// Fields beside each other.
struct Level<'l> {
    path: Pointer,
    names: &'l str,
    depth: usize,
    seen_by: Visibility,
}

/// A field where it lies.
struct Place<'l> {
    path: &'l Pointer,
    names: &'l str,
    seen_by: Visibility,
    index: usize,
}

impl<'a> Linting<'a> {
    fn new(format: &'a Format) -> Self {
        let mut called = BTreeMap::new();
        for (name, vocabulary) in &format.vocabularies {
            let labels = said(&vocabulary.label).map(|(_, label)| label);
            for word in labels.chain([name.as_str()]) {
                called.insert(singular(word), name.as_str());
            }
        }
        let codes = |name, list: &'a super::super::Vocabulary| {
            (name, list.codes.iter().map(|code| code.code.as_str()).collect())
        };
        let codes = format.vocabularies.iter().map(|(name, list)| codes(name.as_str(), list)).collect();
        Self {
            format,
            warnings: Vec::new(),
            outline: Outline::new(format),
            unusable: 0,
            met: 0,
            called,
            codes,
            used: BTreeSet::new(),
        }
    }

    fn warn(&mut self, code: Code, path: Pointer, field: &str, about: &str) {
        self.warnings.push(Warning { code, path, field: field.to_owned(), about: about.to_owned() });
    }

    /// Texts that lack in a language of the format: those it declares, else those of its own label.
    fn texts(&mut self) {
        let declared: Vec<&Language> = match self.format.languages.as_slice() {
            [] => said(&self.format.label).map(|(language, _)| language).collect(),
            declared => declared.iter().collect(),
        };
        let by_path: BTreeMap<Pointer, String> =
            stops(self.format).into_iter().map(|stop| (stop.path, stop.names)).collect();
        for (path, text, is_label) in texts(self.format) {
            let above = path.as_str().rsplit_once('/').map_or("", |(above, _)| above);
            let field = by_path.get(&Pointer::new(above)).map_or("", String::as_str);
            if said(text).next().is_none() {
                if is_label {
                    self.warn(Code::LabelMissing, Pointer::new(above), field, "");
                }
                continue;
            }
            let lacks = |language: &&&Language| !said(text).any(|(known, _)| known == **language);
            let lacking: Vec<&str> = declared
                .iter()
                .take(MOST_LANGUAGES)
                .filter(lacks)
                .map(|language| language.as_str())
                .collect();
            if !lacking.is_empty() {
                self.warn(Code::LanguageMissing, path, field, &lacking.join(", "));
            }
        }
    }

    fn level(&mut self, fields: &'a [Field], level: &Level<'_>) {
        if fields.len() > MOST_FIELDS {
            self.warn(Code::FieldsMany, level.path.clone(), level.names, &fields.len().to_string());
        }
        let mut terms: BTreeMap<&str, &Field> = BTreeMap::new();
        let mut labels: BTreeMap<(&Language, String), &Field> = BTreeMap::new();
        for (index, field) in fields.iter().enumerate() {
            let path = level.path.item(index);
            let names = match level.names {
                "" => field.name.clone(),
                names => format!("{names}.{}", field.name),
            };
            let seen_by = level.seen_by.max(field.visibility);
            if let Some(term) = field.term.as_deref() {
                match terms.get(term) {
                    // Links to several cubes are joined where they are delivered: performers and companies.
                    Some(other) if !(is_link(other) && is_link(field)) => {
                        self.warn(Code::TermTwice, path.clone(), &names, &other.name);
                    }
                    Some(_) => {}
                    None => _ = terms.insert(term, field),
                }
            }
            let mut twice = None;
            for (language, label) in said(&field.label) {
                match labels.entry((language, fold(label))) {
                    std::collections::btree_map::Entry::Occupied(other) => twice = Some(*other.get()),
                    std::collections::btree_map::Entry::Vacant(free) => _ = free.insert(field),
                }
            }
            if let Some(other) = twice {
                self.warn(Code::LabelTwice, path.clone(), &names, &other.name);
            }
            self.field(field, &Place { path: &path, names: &names, seen_by, index: self.met });
            self.met += 1;
            if let Kind::Group { fields } = &field.kind {
                if fields.len() < 2 {
                    self.warn(Code::GroupOfOne, path.clone(), &names, "");
                }
                if level.depth == DEEPEST {
                    self.warn(Code::GroupsDeep, path.clone(), &names, &(level.depth + 1).to_string());
                }
                let path = path.child("kind").child("fields");
                self.level(fields, &Level { path, names: &names, depth: level.depth + 1, seen_by });
            }
        }
    }

    fn field(&mut self, field: &'a Field, place: &Place<'_>) {
        let mut warn = |code, about: &str| self.warn(code, place.path.clone(), place.names, about);
        if habit::is_unstable(&field.id) {
            warn(Code::IdUnstable, &field.id);
        }
        let is_plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
        if !field.name.bytes().all(is_plain) {
            warn(Code::NameStyle, &field.name);
        }
        if field.term.is_none()
            && let Some(property) = habit::property(&field.name)
        {
            warn(Code::TermMissing, &format!("https://schema.org/{property}"));
        }
        if let Some(most @ 0..=1) = field.many {
            warn(Code::ListOfOne, &most.to_string());
        }
        if field.required && field.relevant.is_some() {
            warn(Code::RequiredSometimes, "");
        }
        if field.constraint.is_some()
            && said(&field.help).next().is_none()
            && said(&field.constraint_help).next().is_none()
        {
            warn(Code::HelpMissing, "");
        }
        if let Some(value) = &field.default
            && !self.accepts(field, value)
        {
            self.warn(Code::DefaultInvalid, place.path.clone(), place.names, &value.to_string());
        }
        self.expressions(field, place);
        self.kind(field, place);
    }

    fn kind(&mut self, field: &'a Field, place: &Place<'_>) {
        let tokens = habit::tokens(&field.name);
        let is_public = place.seen_by == Visibility::Public;
        let mut found: Vec<(Code, String)> = Vec::new();
        match &field.kind {
            Kind::Text { max_length, pattern, .. } => {
                let anchored = pattern.as_deref().is_some_and(habit::is_anchored);
                if let (Some(pattern), false) = (pattern, anchored) {
                    found.push((Code::PatternOpen, pattern.clone()));
                }
                if is_public && max_length.is_none() && !anchored {
                    found.push((Code::LengthOpen, String::new()));
                }
                if is_public && habit::is_personal(&tokens) && !self.is_place() {
                    found.push((Code::PersonalPublic, String::new()));
                }
                if pattern.is_none() {
                    let labels = said(&field.label).map(|(_, label)| label);
                    let fits =
                        labels.chain([field.name.as_str()]).find_map(|word| self.called.get(&singular(word)));
                    if let Some(vocabulary) = fits {
                        found.push((Code::VocabularyFits, (*vocabulary).to_owned()));
                    } else if habit::is_closed(&tokens) {
                        found.push((Code::ClosedList, String::new()));
                    }
                    if habit::is_date(&tokens) {
                        found.push((Code::DateAsText, String::new()));
                    }
                }
            }
            Kind::Decimal { .. } | Kind::Integer { .. } if habit::is_amount(&tokens) => {
                found.push((Code::AmountAsNumber, String::new()));
            }
            Kind::Email | Kind::Phone if is_public && !self.is_place() => {
                found.push((Code::PersonalPublic, String::new()));
            }
            Kind::Code { vocabulary, .. } => _ = self.used.insert(vocabulary),
            Kind::Integer { .. }
            | Kind::Decimal { .. }
            | Kind::Boolean
            | Kind::Moment
            | Kind::Date
            | Kind::Time
            | Kind::Money
            | Kind::Url
            | Kind::Email
            | Kind::Phone
            | Kind::Language
            | Kind::Position
            | Kind::Path
            | Kind::Area
            | Kind::File { .. }
            | Kind::Note
            | Kind::Link { .. }
            | Kind::Group { .. } => {}
        }
        for (code, about) in found {
            self.warn(code, place.path.clone(), place.names, &about);
        }
    }

    /// The mail address and the telephone of a place are its box office's, of anything else perhaps a person's.
    fn is_place(&self) -> bool {
        let term = self.format.term.as_deref().unwrap_or_default();
        ["Place", "Venue", "Theater"].iter().any(|end| term.ends_with(end))
    }

    /// Expressions that cannot be used, and those that ask for what comes later; calculations may look ahead.
    fn expressions(&mut self, field: &'a Field, place: &Place<'_>) {
        let filter = match &field.kind {
            Kind::Code { filter, .. } => filter.as_ref(),
            _ => None,
        };
        let Field { required_when, count, relevant, constraint, initial, calculation, .. } = field;
        let asked =
            [required_when, count, relevant, constraint, initial].map(|one| (one.as_ref(), false, true));
        let all = asked.into_iter().chain([(calculation.as_ref(), false, false), (filter, true, true)]);
        let (number, dialect) = (place.index + 1, self.format.dialect);
        let mut ahead = None;
        for (expression, is_filter, looks_back) in all {
            let Some(expression) = expression.filter(|_| self.unusable < MOST_UNUSABLE) else { continue };
            let problems = self.outline.problems(number, expression, dialect, is_filter);
            self.unusable += problems.len();
            for problem in problems {
                let about = [problem.found.as_str(), &problem.hint].join(" ");
                self.warn(problem.code, place.path.clone(), place.names, about.trim());
            }
            let scope = self.outline.scope(number);
            let later = |name: &String| match scope.find(name) {
                Found::One(asked) | Found::Several(asked) => asked > number,
                Found::None => false,
            };
            if looks_back && ahead.is_none() {
                ahead = names(expression, dialect).into_iter().find(later);
            }
        }
        if let Some(name) = ahead {
            self.warn(Code::AsksAhead, place.path.clone(), place.names, &name);
        }
    }

    fn accepts(&self, field: &Field, value: &Value) -> bool {
        if let Kind::Code { vocabulary, .. } = &field.kind {
            let codes = self.codes.get(vocabulary.as_str());
            let known = |value: &Value| {
                value.as_str().is_some_and(|code| codes.is_some_and(|codes| codes.contains(code)))
            };
            return match (field.many, value) {
                (Some(most), Value::Array(items)) => {
                    items.len() <= usize::try_from(most).unwrap_or(usize::MAX) && items.iter().all(known)
                }
                (Some(_), _) => false,
                (None, one) => known(one),
            };
        }
        let mut used = BTreeSet::new();
        vocabularies_of(field, &mut used);
        let kept = self.format.vocabularies.iter().filter(|(name, _)| used.contains(name.as_str()));
        let alone = Format {
            cube: self.format.cube.clone(),
            previous: None,
            operations: Vec::new(),
            label: self.format.label.clone(),
            help: self.format.help.clone(),
            term: None,
            languages: Vec::new(),
            dialect: self.format.dialect,
            title: String::new(),
            fields: vec![Field {
                required_when: None,
                count: None,
                relevant: None,
                constraint: None,
                calculation: None,
                initial: None,
                ..field.clone()
            }],
            vocabularies: kept.map(|(name, list)| (name.clone(), list.clone())).collect(),
            extensions: super::super::Extensions::new(),
        };
        Validator::new(&alone)
            .is_ok_and(|validator| validator.is_valid(&serde_json::json!({ field.name.clone(): value })))
    }

    fn vocabularies(&mut self) {
        let root = Pointer::root().child("vocabularies");
        for (name, vocabulary) in &self.format.vocabularies {
            let path = root.child(name);
            if !self.used.contains(name.as_str()) {
                self.warn(Code::VocabularyUnused, path.clone(), "", name);
            }
            let is_label =
                |code: &str| code.chars().any(|letter| letter.is_whitespace() || !letter.is_ascii());
            for (index, code) in vocabulary.codes.iter().enumerate().filter(|(_, code)| is_label(&code.code))
            {
                self.warn(Code::CodeIsLabel, path.child("codes").item(index), "", &code.code);
            }
        }
    }
}

fn is_link(field: &Field) -> bool {
    matches!(field.kind, Kind::Link { .. })
}

fn vocabularies_of<'f>(field: &'f Field, used: &mut BTreeSet<&'f str>) {
    if let Kind::Code { vocabulary, .. } = &field.kind {
        used.insert(vocabulary);
    }
    for inner in inside(field) {
        vocabularies_of(inner, used);
    }
}

/// Words folded, without the letter of many: a field `genres` fits a list `genre`.
fn singular(word: &str) -> String {
    let words = habit::tokens(word);
    let without = |word: &String| word.strip_suffix(['s', 'x']).unwrap_or(word).to_owned();
    words.iter().map(without).collect::<Vec<_>>().join(" ")
}
