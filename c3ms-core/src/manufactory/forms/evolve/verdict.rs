//! What operations mean for records: whose are accepted under the other version, once carried there.

use serde_json::Value;

use super::{
    super::{
        Comparison, Compatibility, Direction, Field, Format, FormsError, Kind, Reason, Side, Validator,
        VocabularyCode,
    },
    apply::{apply, expressions, same_type},
    difference::difference,
    operation::{Division, Limits, Operation},
    tree::{all, find, inner},
};
use crate::{Code, base::Pointer};

/// Judges operations on a format: whether every valid record of one version is valid in the other when a
/// [`Lens`](super::Lens) has carried it there.
///
/// Full or backward: records that were valid stay so. What cannot be shown counts as broken. An expression that
/// must hold is never compared with another: its change counts as broken.
///
/// # Errors
/// [`FormsError::OperationRefused`] where an operation cannot be carried out.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Compatibility, Format, evolve::{Operation, judge}};
/// let venue = Format::parse(r#"{"cube": "venue", "label": {"en": "Venue"},
///   "fields": [{"id": "seats", "name": "seats", "kind": {"type": "integer"}, "required": true}]}"#)?;
/// let rename = Operation::Rename { field: "seats".into(), to: "capacity".into() };
/// assert_eq!(judge(&venue, &[rename])?.compatibility, Compatibility::Full);
/// let remove = Operation::Remove { field: "seats".into() };
/// assert_eq!(judge(&venue, &[remove])?.compatibility, Compatibility::Backward, "old consumers need it");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn judge(format: &Format, operations: &[Operation]) -> Result<Comparison, FormsError> {
    let mut now = format.clone();
    let mut reasons = Vec::new();
    for operation in operations {
        Judging { before: &now, operation, reasons: &mut reasons }.judge();
        apply(&mut now, operation)?;
    }
    let stands = |direction| !reasons.iter().any(|reason: &Reason| reason.direction == direction);
    let compatibility = Compatibility::of(stands(Direction::Backward), stands(Direction::Forward));
    Ok(Comparison { compatibility, reasons })
}

/// The operations between two formats and the verdict on them: those the new one names, where it was made from the
/// old one, else those found.
///
/// # Errors
/// As [`judge`].
pub fn compare_formats(old: &Format, new: &Format) -> Result<(Vec<Operation>, Comparison), FormsError> {
    let named = new.previous == Some(old.digest())
        && !new.operations.is_empty()
        && !matches!(new.operations.first(), Some(Operation::Revert { .. }));
    let operations = if named { new.operations.clone() } else { difference(old, new) };
    let comparison = judge(old, &operations)?;
    Ok((operations, comparison))
}

struct Judging<'a> {
    before: &'a Format,
    operation: &'a Operation,
    reasons: &'a mut Vec<Reason>,
}

impl Judging<'_> {
    fn breaks(&mut self, direction: Direction, code: Code, id: &str) {
        let (path, side) = match (path_of(self.before, id), self.operation) {
            (Some(path), _) => (path, Side::Old),
            (None, Operation::Add { field, within, .. }) => {
                let group = within.as_deref().and_then(|within| path_of(self.before, within));
                (group.unwrap_or_default().child(&field.name), Side::New)
            }
            (None, _) => (Pointer::root(), Side::New),
        };
        let keyword = self.operation.name().to_owned();
        self.reasons.push(Reason { code, direction, side, path, keyword });
    }

    /// An expression asks for the field: whether it still holds cannot be shown.
    fn is_asked_for(&self, field: &Field) -> bool {
        let asked = format!("${{{}}}", field.name);
        all(self.before)
            .iter()
            .any(|found| expressions(found.field).any(|expression| expression.contains(&asked)))
    }

    fn both(&mut self, code: Code, id: &str) {
        self.breaks(Direction::Backward, code, id);
        self.breaks(Direction::Forward, code, id);
    }

    fn judge(&mut self) {
        use Direction::{Backward, Forward};
        let operation = self.operation;
        match operation {
            Operation::Add { field, .. } => {
                if is_asked(field) && field.default.is_none() {
                    self.breaks(Backward, Code::RequiredAdded, &field.id);
                }
                self.default(field, field.default.as_ref());
            }
            Operation::Remove { field } => {
                if let Some(found) = find(&self.before.fields, field)
                    && is_asked(found.field)
                {
                    self.breaks(Forward, Code::RequiredRemoved, field);
                }
            }
            Operation::Move { field, within, .. } => self.moved(field, within.as_deref()),
            Operation::Retype { field, kind, .. } => {
                let Some(found) = find(&self.before.fields, field) else { return };
                if found.field.constraint.is_some() || self.is_asked_for(found.field) {
                    return self.both(Code::CannotBeShown, field);
                }
                if !converts(&found.field.kind, kind, self.before) {
                    self.breaks(Backward, Code::MayNotConvert, field);
                }
                if !converts(kind, &found.field.kind, self.before) {
                    self.breaks(Forward, Code::MayNotConvert, field);
                }
            }
            Operation::Wrap { field, most } => {
                let Some(found) = find(&self.before.fields, field) else { return };
                if found.field.constraint.is_some() || *most == 0 || self.is_asked_for(found.field) {
                    self.both(Code::CannotBeShown, field);
                }
            }
            Operation::Unwrap { field } => {
                let Some(found) = find(&self.before.fields, field) else { return };
                let is_empty = found.field.many == Some(0);
                if found.field.constraint.is_some() || is_empty || self.is_asked_for(found.field) {
                    self.both(Code::CannotBeShown, field);
                }
            }
            Operation::Split { field, into, by } => {
                if let Some(found) = find(&self.before.fields, field) {
                    self.divided(found.field, into, by, [Backward, Forward]);
                }
            }
            Operation::Merge { fields, into, by } => {
                let parts: Vec<Field> = fields
                    .iter()
                    .filter_map(|id| Some(find(&self.before.fields, id)?.field.clone()))
                    .collect();
                self.divided(into, &parts, by, [Forward, Backward]);
            }
            Operation::MapVocabulary { vocabulary, to, codes } => {
                let every = all(self.before);
                let mut users = every.iter().filter(|found| {
                    matches!(&found.field.kind, Kind::Code { vocabulary: used, .. } if used == vocabulary)
                });
                let Some(user) = users.next().map(|found| found.field.id.clone()) else { return };
                let has_expressions = every.iter().any(|found| expressions(found.field).next().is_some());
                if has_expressions && !codes.is_empty() {
                    return self.both(Code::CannotBeShown, &user);
                }
                let before = self.before.vocabularies.get(vocabulary);
                let older = before.map(|list| list.codes.as_slice()).unwrap_or_default();
                let newer = to.as_ref().map(|list| list.codes.as_slice()).unwrap_or_default();
                let holds = |list: &[VocabularyCode], code: &str| list.iter().any(|one| one.code == code);
                if older.iter().any(|old| !codes.contains_key(&old.code) && !holds(newer, &old.code)) {
                    self.breaks(Backward, Code::CodeRemoved, &user);
                }
                let goes_back = |code: &str| {
                    holds(older, code) || codes.iter().any(|(old, new)| new == code && holds(older, old))
                };
                if newer.iter().any(|new| !goes_back(&new.code)) {
                    self.breaks(Forward, Code::CodeAdded, &user);
                }
            }
            Operation::SetDefault { field, value, fill } => {
                if let Some(found) = find(&self.before.fields, field)
                    && *fill
                {
                    if self.is_asked_for(found.field) {
                        return self.both(Code::CannotBeShown, field);
                    }
                    self.default(found.field, value.as_ref());
                }
            }
            Operation::Tighten { field, limits } | Operation::Loosen { field, limits } => {
                let Some(found) = find(&self.before.fields, field) else { return };
                let before = Limits::of(found.field);
                if !loosens(&before, limits) {
                    self.breaks(Backward, Code::Narrowed, field);
                }
                if !loosens(limits, &before) {
                    self.breaks(Forward, Code::Widened, field);
                }
            }
            Operation::RelabelFormat { wording } => {
                let has_constraints = all(self.before).iter().any(|found| {
                    found.field.constraint.is_some()
                        || found.field.required_when.is_some()
                        || found.field.relevant.is_some()
                });
                if wording.dialect != self.before.dialect && has_constraints {
                    self.both(Code::CannotBeShown, "");
                }
            }
            Operation::SetLogic { field, logic } => {
                let Some(found) = find(&self.before.fields, field) else { return };
                if found.field.relevant != logic.relevant
                    && (asks(found.field) || self.is_asked_for(found.field))
                {
                    self.both(Code::CannotBeShown, field);
                }
            }
            Operation::Rename { .. }
            | Operation::Relabel { .. }
            | Operation::SetVisibility { .. }
            | Operation::Revert { .. } => {}
        }
    }

    /// A default that is filled in must be valid itself.
    fn default(&mut self, field: &Field, value: Option<&Value>) {
        let Some(value) = value else { return };
        if field.constraint.is_some() || !accepts(self.before, field, value) {
            self.breaks(Direction::Backward, Code::DefaultInvalid, &field.id);
        }
    }

    fn moved(&mut self, id: &str, within: Option<&str>) {
        let Some(from) = find(&self.before.fields, id) else { return };
        if from.within() == within {
            return;
        }
        let group = within.and_then(|within| find(&self.before.fields, within));
        let into: Vec<&Field> =
            group.into_iter().flat_map(|group| group.groups.into_iter().chain([group.field])).collect();
        let shared = from.groups.iter().zip(&into).take_while(|(one, other)| one.id == other.id).count();
        let below = |groups: &[&Field]| -> Vec<Field> {
            groups.iter().skip(shared).map(|group| (*group).clone()).collect()
        };
        let (left, entered, field) = (below(&from.groups), below(&into), from.field.clone());
        let depends = field.constraint.is_some() || asks_when(&field) || self.is_asked_for(&field);
        if depends || left.iter().chain(&entered).any(asks_when) {
            return self.both(Code::CannotBeShown, id);
        }
        if !may_move(&field, &left, &entered) {
            self.breaks(Direction::Backward, Code::Narrowed, id);
        }
        if !may_move(&field, &entered, &left) {
            self.breaks(Direction::Forward, Code::Widened, id);
        }
    }

    /// One field against its parts; `[there, back]` are the directions of dividing and joining.
    fn divided(&mut self, whole: &Field, parts: &[Field], by: &Division, [there, back]: [Direction; 2]) {
        let id =
            if self.operation.subject().is_empty() { &whole.id } else { self.operation.subject() }.to_owned();
        if whole.constraint.is_some()
            || parts.iter().any(|part| part.constraint.is_some())
            || asks_when(whole)
            || parts.iter().any(asks_when)
        {
            return self.both(Code::CannotBeShown, &id);
        }
        let first_is_there = parts.first().is_none_or(|first| !first.required || whole.required);
        let others_are_free = parts.iter().skip(1).all(|part| !part.required);
        let divides = match by {
            Division::First => parts.first().is_some_and(|first| fits(&first.kind, &whole.kind)),
            Division::Separator { .. } => {
                matches!(whole.kind, Kind::Text { .. })
                    && parts.iter().all(|part| is_free_text(&part.kind, &whole.kind))
            }
            Division::Parts => match (&whole.kind, parts) {
                (Kind::Moment, [date, time]) => date.kind == Kind::Date && time.kind == Kind::Time,
                (Kind::Position, [north, east]) => [north, east]
                    .iter()
                    .all(|part| part.kind == Kind::Decimal { minimum: None, maximum: None }),
                _ => false,
            },
        };
        if !(divides && first_is_there && others_are_free) {
            self.breaks(there, Code::MayNotConvert, &id);
        }
        let something_is_there = !whole.required || parts.iter().any(|part| part.required);
        let joins = match by {
            Division::First => parts.iter().all(|part| fits(&whole.kind, &part.kind)),
            Division::Separator { .. } => parts.iter().all(|part| matches!((&part.kind, &whole.kind), (Kind::Text { languages: one, .. }, Kind::Text { languages: other, .. }) if one == other) && is_free_text(&whole.kind, &part.kind)),
            Division::Parts => {
                whole.kind == Kind::Moment
                    && matches!(parts, [date, time] if date.kind == Kind::Date && date.required && time.kind == Kind::Time)
            }
        };
        if !(joins && something_is_there) {
            self.breaks(back, Code::MayNotConvert, &id);
        }
    }
}

fn path_of(format: &Format, id: &str) -> Option<Pointer> {
    let found = find(&format.fields, id)?;
    let way = found.groups.iter().map(|group| group.name.as_str()).chain([found.field.name.as_str()]);
    Some(way.fold(Pointer::root(), |path, name| path.child(name)))
}

/// An entry may be incomplete without it.
const fn is_asked(field: &Field) -> bool {
    field.required || field.required_when.is_some()
}

const fn asks_when(field: &Field) -> bool {
    field.required_when.is_some() || field.relevant.is_some()
}

/// The field or one in it must be there or fulfil something.
fn asks(field: &Field) -> bool {
    is_asked(field) || field.constraint.is_some() || inner(field).iter().any(asks)
}

/// Whether records whose field goes out of some groups and into others stay valid.
fn may_move(field: &Field, left: &[Field], entered: &[Field]) -> bool {
    let always = |groups: &[Field]| groups.iter().all(|group| group.required);
    // It was always there, or need not be.
    let is_there = !field.required || always(left);
    // A group that is made for it alone lacks what else it requires.
    let enters = always(entered)
        || entered.iter().enumerate().all(|(depth, group)| {
            let next = entered.get(depth + 1).unwrap_or(field);
            inner(group).iter().all(|other| other.id == next.id || !other.required)
        });
    // A group that is left empty goes, and would be missed.
    let leaves = left.iter().all(|group| !group.required);
    // A field that must be there in a group that was there without it.
    let is_missed = field.required && !always(left);
    is_there && enters && leaves && !is_missed
}

/// Whether limits accept all that others accept.
pub(super) fn loosens(before: &Limits, after: &Limits) -> bool {
    let holds = |before: &Option<String>, after: &Option<String>| after.is_none() || before == after;
    let is_needed_less = !after.required || before.required;
    let is_needed_less_often =
        after.required_when.is_none() || before.required || before.required_when == after.required_when;
    let holds_more = match (before.many, after.many) {
        (Some(before), Some(after)) => before <= after,
        (None, None) => true,
        _ => false,
    };
    is_needed_less
        && is_needed_less_often
        && holds_more
        && holds(&before.constraint, &after.constraint)
        && match (&before.kind, &after.kind) {
            (Some(before), Some(after)) => fits(after, before),
            (None, None) => true,
            _ => false,
        }
}

/// Whether a kind accepts all values of another of the same type.
fn fits(wide: &Kind, narrow: &Kind) -> bool {
    match (wide, narrow) {
        (
            Kind::Text { min_length, max_length, pattern, languages },
            Kind::Text { min_length: least, max_length: most, pattern: other, languages: others },
        ) => {
            languages == others
                && min_length.unwrap_or(0) <= least.unwrap_or(0)
                && most.unwrap_or(u32::MAX) <= max_length.unwrap_or(u32::MAX)
                && (pattern.is_none() || pattern == other)
        }
        (Kind::Integer { minimum, maximum }, Kind::Integer { minimum: least, maximum: most }) => {
            minimum.unwrap_or(i64::MIN) <= least.unwrap_or(i64::MIN)
                && most.unwrap_or(i64::MAX) <= maximum.unwrap_or(i64::MAX)
        }
        (Kind::Decimal { minimum, maximum }, Kind::Decimal { minimum: least, maximum: most }) => {
            minimum.unwrap_or(f64::NEG_INFINITY) <= least.unwrap_or(f64::NEG_INFINITY)
                && most.unwrap_or(f64::INFINITY) <= maximum.unwrap_or(f64::INFINITY)
        }
        _ => same_type(wide, narrow),
    }
}

/// Whether a text takes any piece of another, in the same languages.
fn is_free_text(kind: &Kind, whole: &Kind) -> bool {
    match (kind, whole) {
        (Kind::Text { languages, min_length, max_length, pattern }, Kind::Text { languages: others, .. }) => {
            languages == others && min_length.unwrap_or(0) == 0 && max_length.is_none() && pattern.is_none()
        }
        _ => false,
    }
}

/// Whether every valid value of a kind becomes a valid value of another.
fn converts(from: &Kind, to: &Kind, format: &Format) -> bool {
    let free = |kind: &Kind| matches!(kind, Kind::Text { min_length, max_length: None, pattern: None, .. } if min_length.unwrap_or(0) == 0);
    match (from, to) {
        (Kind::Text { min_length, max_length, pattern, .. }, Kind::Text { languages, .. }) => {
            let alike = Kind::Text {
                languages: *languages,
                min_length: *min_length,
                max_length: *max_length,
                pattern: pattern.clone(),
            };
            fits(to, &alike)
        }
        (Kind::Integer { minimum, maximum }, Kind::Decimal { minimum: least, maximum: most }) => {
            #[expect(clippy::cast_precision_loss, reason = "a bound beyond 2^53 is no bound people set")]
            let inside = |bound: Option<i64>| bound.map(|bound| bound as f64);
            (least.is_none() || inside(*minimum) >= *least)
                && (most.is_none() || inside(*maximum).is_some_and(|maximum| Some(maximum) <= *most))
        }
        (Kind::Code { vocabulary, .. }, Kind::Code { vocabulary: other, .. }) => {
            let codes = |name: &str| {
                format.vocabularies.get(name).map(|list| list.codes.as_slice()).unwrap_or_default()
            };
            codes(vocabulary).iter().all(|code| codes(other).iter().any(|one| one.code == code.code))
        }
        (Kind::Date, Kind::Moment)
        | (Kind::Moment, Kind::Date)
        | (Kind::Area, Kind::Path)
        | (Kind::Link { .. }, Kind::Link { .. }) => true,
        (Kind::Path | Kind::Area | Kind::Note | Kind::Group { .. }, _) => false,
        (_, kind) => free(kind),
    }
}

/// Whether a field takes a value.
fn accepts(format: &Format, field: &Field, value: &Value) -> bool {
    let alone = Format {
        fields: vec![field.clone()],
        title: String::new(),
        previous: None,
        operations: Vec::new(),
        ..format.clone()
    };
    Validator::new(&alone)
        .is_ok_and(|validator| validator.is_valid(&serde_json::json!({ field.name.clone(): value })))
}
