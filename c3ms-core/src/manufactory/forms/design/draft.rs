//! Entries on their way: what is still asked, and what other records already know.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    super::{
        Document, Field, Format, Kind, Validator, Visibility,
        play::{Play, Rules, Setting},
    },
    walk::{inside, is_blank, nothing},
};
use crate::base::Pointer;

/// What is still asked of an entry before it is complete: the required fields that say nothing, each by its place
/// in the document. A draft may lack them, a published entry may not.
///
/// The fields of a group are asked once the group is begun or where it is required itself; those of a list, in each
/// of its items. What is not relevant is not asked; what asks for the time of day is unknown. Where an expression of
/// the format cannot be used, none counts.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, design::missing};
/// let event = Format::parse(r#"{"cube": "event", "label": {"en": "Event"}, "fields": [
///   {"id": "n", "name": "name", "kind": {"type": "text"}, "required": true},
///   {"id": "o", "name": "offers", "many": 20, "kind": {"type": "group", "fields": [
///     {"id": "p", "name": "price", "kind": {"type": "money"}, "required": true}]}}]}"#)?;
/// let draft = serde_json::json!({ "name": " ", "offers": [{}] });
/// let missing: Vec<_> = missing(&event, draft.as_object().unwrap()).iter().map(ToString::to_string).collect();
/// assert_eq!(missing, ["/name", "/offers/0/price"]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn missing(format: &Format, document: &Document) -> Vec<Pointer> {
    let mut found = Vec::new();
    members(&format.fields, document, &Pointer::root(), &Conditions::new(format, document), &mut found);
    found
}

fn members(
    fields: &[Field],
    document: &Document,
    at: &Pointer,
    conditions: &Conditions,
    found: &mut Vec<Pointer>,
) {
    for field in fields.iter().filter(|field| is_typed(field)) {
        let path = at.child(&field.name);
        if !conditions.asks(field, &path) {
            continue;
        }
        let value = document.get(&field.name).unwrap_or(&Value::Null);
        let is_required = conditions.requires(field, &path);
        let before = found.len();
        if let Kind::Group { fields } = &field.kind {
            match (value, field.many) {
                (Value::Object(inner), _) => members(fields, inner, &path, conditions, found),
                (Value::Array(items), _) => {
                    for (index, item) in items.iter().enumerate() {
                        let (item, path) = (item.as_object().unwrap_or(nothing()), path.item(index));
                        members(fields, item, &path, conditions, found);
                    }
                }
                (_, None) if is_required => members(fields, nothing(), &path, conditions, found),
                _ => {}
            }
        }
        if is_required && is_blank(value) && found.len() == before {
            found.push(path);
        }
    }
}

/// What the expressions of a format ask of a document.
pub(super) struct Conditions(Option<Play>);

impl Conditions {
    pub(super) fn new(format: &Format, document: &Document) -> Self {
        let play = || Play::resume(format, document, &Setting::default()).ok();
        Self(Rules::are_needed(format).then(play).flatten())
    }

    fn hold(&self, expression: &str, path: &Pointer) -> bool {
        let found = self.0.as_ref().and_then(|play| play.evaluate(path.as_str(), expression).ok());
        found.is_some_and(|found| found.holds == Some(true))
    }

    /// Whether a field is asked; where the expressions cannot be used, each is.
    pub(super) fn asks(&self, field: &Field, path: &Pointer) -> bool {
        self.0.is_none() || field.relevant.as_ref().is_none_or(|relevant| self.hold(relevant, path))
    }

    pub(super) fn requires(&self, field: &Field, path: &Pointer) -> bool {
        field.required || field.required_when.as_ref().is_some_and(|when| self.hold(when, path))
    }
}

/// Whether a person fills a field in.
pub(super) fn is_typed(field: &Field) -> bool {
    !matches!(field.kind, Kind::Note) && field.calculation.is_none() && !field.read_only
}

/// What a record that was just linked to already knows of this one: values to propose for fields that are empty, each
/// with its place. A performance gets the address and the telephone of its venue so, not its name.
///
/// Two fields mean the same where they have the same term, or neither has one and they have the same name. Only what
/// is valid in its new field is proposed, and never something hidden in a field that more may see. What says which
/// record the other one is (its name, description, pictures, identifiers) is its own, but for the name of the work
/// that is performed.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, design::prefill};
/// let stop = Format::parse(r#"{"cube": "stop", "label": {"en": "Stop"}, "fields": [
///   {"id": "v", "name": "venue", "kind": {"type": "link", "cube": "venue"}},
///   {"id": "t", "name": "desk", "kind": {"type": "phone"}, "term": "https://schema.org/telephone"}]}"#)?;
/// let venue = Format::parse(r#"{"cube": "venue", "label": {"en": "Venue"}, "fields": [
///   {"id": "p", "name": "phone", "kind": {"type": "phone"}, "term": "https://schema.org/telephone"}]}"#)?;
/// let (begun, known) = (serde_json::json!({}), serde_json::json!({ "phone": "04 92 21 00 00" }));
/// let proposed = prefill(&stop, begun.as_object().unwrap(), "venue", &venue, known.as_object().unwrap());
/// assert_eq!(proposed.len(), 1);
/// assert_eq!((proposed[0].0.as_str(), proposed[0].1.as_str()), ("/desk", Some("04 92 21 00 00")));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn prefill(
    format: &Format,
    document: &Document,
    link: &str,
    linked_format: &Format,
    linked: &Document,
) -> Vec<(Pointer, Value)> {
    let Some(Field { kind: Kind::Link { cube }, term, .. }) = format.field(link) else { return Vec::new() };
    let Ok(validator) = Validator::new(format) else { return Vec::new() };
    if *cube != linked_format.cube {
        return Vec::new();
    }
    let is_work = term.as_deref().is_some_and(|term| WORKS.contains(&term));
    let mut proposing = Proposing { link, is_work, found: Vec::new() };
    let known = Known::of(&linked_format.fields, linked);
    let filled = proposing.fields(&format.fields, document, &known, Visibility::Public, &Pointer::root());
    // A violation condemns what it stands in: all that lies above it.
    let mut broken = BTreeSet::new();
    for violation in validator.validate_document(&filled) {
        let mut path = violation.path.as_str().to_owned();
        while let Some((above, _)) = path.rsplit_once('/') {
            let above = above.to_owned();
            broken.insert(std::mem::replace(&mut path, above));
        }
    }
    proposing.found.retain(|(place, _)| !broken.contains(place.as_str()));
    proposing.found
}

/// Links that mean the work performed.
const WORKS: [&str; 2] = ["https://schema.org/workPerformed", "https://schema.org/workFeatured"];

/// What a record has for itself.
const OWN: [&str; 11] = [
    "https://schema.org/name",
    "https://schema.org/alternateName",
    "https://schema.org/description",
    "https://schema.org/disambiguatingDescription",
    "https://schema.org/identifier",
    "https://schema.org/sameAs",
    "https://schema.org/image",
    "https://schema.org/logo",
    "https://schema.org/photo",
    "https://schema.org/video",
    "https://schema.org/caption",
];

/// What the linked record knows in one of its groups.
struct Known<'a> {
    by_term: BTreeMap<&'a str, Source<'a>>,
    by_name: BTreeMap<&'a str, Source<'a>>,
}

#[derive(Clone, Copy)]
struct Source<'a> {
    field: &'a Field,
    value: &'a Value,
    /// Who may see it, the groups it lies in considered.
    seen_by: Visibility,
}

impl<'a> Known<'a> {
    fn of(fields: &'a [Field], document: &'a Document) -> Self {
        let mut known = Self { by_term: BTreeMap::new(), by_name: BTreeMap::new() };
        known.take(fields, document, Visibility::Public, true);
        known
    }

    /// Takes the fields of a group; those of the groups in it by their terms, where none outside has the same.
    fn take(&mut self, fields: &'a [Field], document: &'a Document, seen_by: Visibility, is_outside: bool) {
        let filled = || fields.iter().filter_map(|field| Some((field, document.get(&field.name)?)));
        for (field, value) in filled().filter(|(_, value)| !is_blank(value)) {
            let source = Source { field, value, seen_by: seen_by.max(field.visibility) };
            match &field.term {
                Some(term) => _ = self.by_term.entry(term).or_insert(source),
                None if is_outside => _ = self.by_name.insert(&field.name, source),
                None => {}
            }
        }
        for (field, value) in filled() {
            if let (Kind::Group { fields }, Value::Object(inner)) = (&field.kind, value) {
                self.take(fields, inner, seen_by.max(field.visibility), false);
            }
        }
    }
}

struct Proposing<'a> {
    link: &'a str,
    is_work: bool,
    found: Vec<(Pointer, Value)>,
}

impl Proposing<'_> {
    /// Proposes values for the fields of a group; gives the group as it would be with nothing but them.
    fn fields(
        &mut self,
        fields: &[Field],
        document: &Document,
        known: &Known<'_>,
        seen_by: Visibility,
        at: &Pointer,
    ) -> Document {
        let mut filled = Document::new();
        for field in fields.iter().filter(|field| is_typed(field)) {
            if at.as_str().is_empty() && field.name == self.link {
                continue;
            }
            let (path, seen_by) = (at.child(&field.name), seen_by.max(field.visibility));
            let source = match &field.term {
                Some(term) => known.by_term.get(term.as_str()),
                None => known.by_name.get(field.name.as_str()),
            };
            let source = source.filter(|source| !self.is_own(source.field));
            let existing = document.get(&field.name).unwrap_or(&Value::Null);
            if let (Kind::Group { fields }, None) = (&field.kind, field.many) {
                let existing = existing.as_object().unwrap_or(nothing());
                let inner = match source.map(|source| (&source.field.kind, source.value, source.seen_by)) {
                    Some((Kind::Group { fields: others }, Value::Object(inner), hidden))
                        if hidden <= seen_by =>
                    {
                        self.fields(fields, existing, &Known::of(others, inner), seen_by, &path)
                    }
                    None if field.term.is_some() => self.fields(fields, existing, known, seen_by, &path),
                    _ => continue,
                };
                if !inner.is_empty() {
                    filled.insert(field.name.clone(), Value::Object(inner));
                }
            } else if let Some(source) = source
                && is_blank(existing)
                && source.seen_by.max(most_hidden(source.field)) <= seen_by
                && let Some(value) = shaped(source, field.many.is_some())
            {
                filled.insert(field.name.clone(), value.clone());
                self.found.push((path, value));
            }
        }
        filled
    }

    fn is_own(&self, field: &Field) -> bool {
        let Some(term) = field.term.as_deref() else { return false };
        OWN.contains(&term) && !(self.is_work && OWN.first() == Some(&term))
    }
}

/// The most hidden of what a field holds.
fn most_hidden(field: &Field) -> Visibility {
    inside(field).iter().map(most_hidden).fold(field.visibility, Visibility::max)
}

/// A value as a field takes it that holds a list or one.
fn shaped(source: &Source<'_>, many: bool) -> Option<Value> {
    match (source.field.many.is_some(), many) {
        (true, false) => match source.value.as_array()?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
        (false, true) => Some(Value::Array(vec![source.value.clone()])),
        (true, true) | (false, false) => Some(source.value.clone()),
    }
}
