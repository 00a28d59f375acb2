//! The fields of a format numbered, and which of them a name means from where.

use serde::{Deserialize, Serialize};

use super::{
    Dialect, Field, Format, Kind, VocabularyCode,
    expression::{Expression, Found, Problem, Scope, Sort},
};
use crate::base::in_language;

/// The fields of a [`Format`] as a numbered tree: 0 is the entry, then every field in order, each before those
/// in it.
///
/// A name in `${…}` means the only field of this name; of several the nearest: the one that shares the deepest
/// group with the field where it is written, then the one least deep in it.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, Outline, expression::{Found, Scope}};
/// let format = Format::parse(r#"{"cube": "household", "label": {"en": "Household"}, "fields": [
///   {"id": "a", "name": "name", "kind": {"type": "text"}},
///   {"id": "b", "name": "children", "many": 20, "kind": {"type": "group", "fields": [
///     {"id": "c", "name": "name", "kind": {"type": "text"}},
///     {"id": "d", "name": "age", "kind": {"type": "integer"}}]}}]}"#)?;
/// let outline = Outline::new(&format);
/// assert_eq!(outline.path(3), "/children/name");
/// assert_eq!(outline.scope(4).find("name"), Found::One(3), "the child's, seen from its age");
/// assert_eq!(outline.scope(0).find("name"), Found::One(1), "the household's, seen from outside");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outline {
    slots: Vec<Slot>,
    /// Every field by its name, those of one name in order.
    by_name: Vec<usize>,
    /// The vocabularies by their names.
    lists: Vec<List>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Slot {
    name: String,
    /// Of the entry: itself.
    parent: usize,
    depth: usize,
    members: Vec<usize>,
    sort: Sort,
    repeats: bool,
    list: Option<usize>,
}

/// A vocabulary as expressions see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct List {
    name: String,
    pub(super) codes: Vec<Choice>,
}

/// A code as expressions see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Choice {
    pub(super) code: String,
    /// By language.
    labels: Vec<(String, String)>,
    attributes: Vec<(String, String)>,
}

impl Choice {
    fn new(code: &VocabularyCode) -> Self {
        let labels = code.label.iter();
        let attributes = code.attributes.iter();
        Self {
            code: code.code.clone(),
            labels: labels.map(|(language, text)| (language.as_str().to_owned(), text.to_owned())).collect(),
            attributes: attributes.map(|(name, value)| (name.clone(), value.clone())).collect(),
        }
    }

    /// What it says of itself, by name and by place: its name, its label, then its attributes.
    pub(super) fn details(&self) -> impl Iterator<Item = &str> {
        ["name", "label"].into_iter().chain(self.attributes.iter().map(|(name, _)| name.as_str()))
    }

    /// What it says of itself at a place.
    pub(super) fn detail(&self, place: usize, language: &str) -> Option<&str> {
        match place {
            0 => Some(&self.code),
            1 => self.label(language),
            other => self.attributes.get(other - 2).map(|(_, value)| value.as_str()),
        }
    }

    /// What it is called, as [`Text::in_language`](crate::base::Text::in_language) finds it.
    pub(super) fn label(&self, language: &str) -> Option<&str> {
        in_language(self.labels.iter().map(|(tag, text)| (tag.as_str(), text.as_str())), language)
    }
}

impl Outline {
    /// Numbers the fields of a format.
    #[must_use]
    pub fn new(format: &Format) -> Self {
        let entry = Slot {
            name: format.cube.clone(),
            parent: 0,
            depth: 0,
            members: Vec::new(),
            sort: Sort::Group,
            repeats: false,
            list: None,
        };
        let lists = format.vocabularies.iter().map(|(name, vocabulary)| List {
            name: name.clone(),
            codes: vocabulary.codes.iter().map(Choice::new).collect(),
        });
        let mut outline = Self { slots: vec![entry], by_name: Vec::new(), lists: lists.collect() };
        outline.add(&format.fields, 0, 1);
        let mut by_name: Vec<usize> = (1..outline.slots.len()).collect();
        by_name.sort_by(|one, other| outline.name(*one).cmp(outline.name(*other)));
        outline.by_name = by_name;
        outline
    }

    fn add(&mut self, fields: &[Field], parent: usize, depth: usize) {
        for field in fields {
            let index = self.slots.len();
            let list = match &field.kind {
                Kind::Code { vocabulary, .. } => self.list(vocabulary),
                _ => None,
            };
            let group = matches!(field.kind, Kind::Group { .. });
            self.slots.push(Slot {
                name: field.name.clone(),
                parent,
                depth,
                members: Vec::new(),
                sort: if field.many.is_some() && !group { Sort::List } else { sort_of(&field.kind) },
                repeats: field.many.is_some() && group,
                list,
            });
            if let Some(holder) = self.slots.get_mut(parent) {
                holder.members.push(index);
            }
            if let Kind::Group { fields } = &field.kind {
                self.add(fields, index, depth + 1);
            }
        }
    }

    /// Tells whether the numbers are those that [`Outline::new`] gives: an outline may have come from outside.
    pub(super) fn is_sound(&self) -> bool {
        let names = self.by_name.len() + 1 == self.slots.len();
        let mut next = 1;
        names
            && self.by_name.iter().all(|field| *field < self.slots.len())
            && self.slots.iter().enumerate().all(|(number, slot)| {
                let parent = self.slots.get(slot.parent);
                let (held, depth) = match parent {
                    _ if number == 0 => (slot.parent == 0, 0),
                    Some(parent) => (parent.members.binary_search(&number).is_ok(), parent.depth + 1),
                    None => return false,
                };
                next += slot.members.len();
                held && (number == 0 || slot.parent < number)
                    && slot.depth == depth
                    && slot.members.is_sorted()
                    && slot.members.iter().all(|member| *member > number)
                    && slot.list.is_none_or(|list| list < self.lists.len())
            })
            && next == self.slots.len()
    }

    /// The place of a vocabulary.
    pub(super) fn list(&self, name: &str) -> Option<usize> {
        self.lists.iter().position(|list| list.name == name)
    }

    /// The codes of a vocabulary.
    pub(super) fn codes(&self, list: usize) -> &[Choice] {
        self.lists.get(list).map(|list| list.codes.as_slice()).unwrap_or_default()
    }

    /// The place of the vocabulary whose codes a field holds.
    pub(super) fn list_of(&self, field: usize) -> Option<usize> {
        self.slots.get(field)?.list
    }

    /// The fields of a name, in order.
    fn named(&self, name: &str) -> &[usize] {
        let start = self.by_name.partition_point(|field| self.name(*field) < name);
        let rest = self.by_name.get(start..).unwrap_or_default();
        let end = rest.partition_point(|field| self.name(*field) == name);
        rest.get(..end).unwrap_or_default()
    }

    /// How many there are, the entry counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Never: the entry is always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The name of a field.
    #[must_use]
    pub fn name(&self, field: usize) -> &str {
        self.slots.get(field).map_or("", |slot| &slot.name)
    }

    /// The names from the entry to a field: `/children/age`.
    #[must_use]
    pub fn path(&self, field: usize) -> String {
        let mut names = Vec::new();
        let mut at = field;
        while at != 0 && names.len() < self.slots.len() {
            names.push(self.name(at));
            at = self.parent_of(at);
        }
        names.iter().rev().flat_map(|name| ["/", name]).collect()
    }

    /// What holds a field; the entry holds itself.
    pub(super) fn parent_of(&self, field: usize) -> usize {
        self.slots.get(field).map_or(0, |slot| slot.parent)
    }

    pub(super) fn depth(&self, field: usize) -> usize {
        self.slots.get(field).map_or(0, |slot| slot.depth)
    }

    /// The fields of a group, in order.
    #[must_use]
    pub fn members(&self, field: usize) -> &[usize] {
        self.slots.get(field).map(|slot| slot.members.as_slice()).unwrap_or_default()
    }

    /// The field of this name in a group.
    #[must_use]
    pub fn member(&self, group: usize, name: &str) -> Option<usize> {
        self.named(name).iter().copied().find(|field| self.parent_of(*field) == group)
    }

    /// It is a list of groups.
    #[must_use]
    pub fn repeats(&self, field: usize) -> bool {
        self.slots.get(field).is_some_and(|slot| slot.repeats)
    }

    /// The kind of value it holds.
    #[must_use]
    pub fn sort(&self, field: usize) -> Sort {
        self.slots.get(field).map_or(Sort::Any, |slot| slot.sort)
    }

    /// The deepest group that holds both a place and, inside it, a field.
    pub(super) fn shared(&self, from: usize, field: usize) -> usize {
        let (mut one, mut other) = (from, self.parent_of(field));
        while one != other {
            if self.depth(one) > self.depth(other) {
                one = self.parent_of(one);
            } else {
                other = self.parent_of(other);
            }
        }
        one
    }

    /// The field that a name means from a place.
    pub(super) fn find(&self, from: usize, name: &str) -> Found {
        let candidates = self.named(name);
        let near =
            |field: usize| (self.depth(self.shared(from, field)), std::cmp::Reverse(self.depth(field)));
        match candidates {
            [] => Found::None,
            [only] => Found::One(*only),
            [first, ..] => {
                let nearest = candidates.iter().copied().map(near).max();
                let mut best = candidates.iter().copied().filter(|field| Some(near(*field)) == nearest);
                match (best.next(), best.next()) {
                    (Some(field), None) => Found::One(field),
                    (field, _) => Found::Several(field.unwrap_or(*first)),
                }
            }
        }
    }

    /// The field at a path of names: `/children/age`; the entry where it is empty.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<usize> {
        path.split('/').skip(1).try_fold(0, |group, name| self.member(group, name))
    }

    /// Finds what is wrong with an expression of a field, or with the `filter` of its codes.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::forms::{Format, Outline};
    /// let format = Format::parse(r#"{"cube": "visit", "label": {"en": "Visit"}, "fields": [
    ///   {"id": "a", "name": "age", "kind": {"type": "integer"}}]}"#)?;
    /// let problems = Outline::new(&format).problems(1, "${agge} > 18", format.dialect, false);
    /// assert_eq!(problems[0].message("fr"), "Caractère 1, « ${agge} » : Aucun champ ne porte ce nom. Vouliez-vous dire « ${age} » ?");
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    #[must_use]
    pub fn problems(&self, field: usize, expression: &str, dialect: Dialect, filter: bool) -> Vec<Problem> {
        match Expression::parse(expression, dialect) {
            Ok(expression) => expression.check(&OutlineScope { outline: self, here: field, filter }),
            Err(problem) => vec![problem],
        }
    }

    /// The fields as an expression of this one sees them.
    #[must_use]
    pub fn scope(&self, field: usize) -> impl Scope {
        OutlineScope { outline: self, here: field, filter: false }
    }

    /// The fields, and the attributes of its codes, as the filter of this one sees them.
    #[must_use]
    pub fn filter_scope(&self, field: usize) -> impl Scope {
        OutlineScope { outline: self, here: field, filter: true }
    }

    fn choices(&self, field: usize) -> Option<&[Choice]> {
        self.list_of(field).map(|list| self.codes(list))
    }
}

/// The kind of value a field of this kind holds.
const fn sort_of(kind: &Kind) -> Sort {
    match kind {
        Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money => Sort::Number,
        Kind::Boolean => Sort::Boolean,
        Kind::Moment => Sort::Moment,
        Kind::Date => Sort::Date,
        Kind::Time => Sort::Time,
        Kind::Group { .. } => Sort::Group,
        Kind::Text { .. }
        | Kind::Url
        | Kind::Email
        | Kind::Phone
        | Kind::Language
        | Kind::Code { .. }
        | Kind::Position
        | Kind::Path
        | Kind::Area
        | Kind::File { .. }
        | Kind::Note
        | Kind::Link { .. } => Sort::Text,
    }
}

struct OutlineScope<'a> {
    outline: &'a Outline,
    here: usize,
    filter: bool,
}

impl Scope for OutlineScope<'_> {
    fn here(&self) -> usize {
        self.here
    }

    fn find(&self, name: &str) -> Found {
        self.outline.find(self.here, name)
    }

    fn parent(&self, field: usize) -> Option<usize> {
        (field != 0).then(|| self.outline.parent_of(field))
    }

    fn children(&self, field: usize, name: Option<&str>) -> Vec<usize> {
        match name {
            Some(name) => self.outline.member(field, name).into_iter().collect(),
            None => self.outline.members(field).to_vec(),
        }
    }

    fn sort(&self, field: usize) -> Sort {
        self.outline.sort(field)
    }

    fn repeats(&self, field: usize) -> bool {
        self.outline.repeats(field)
    }

    fn codes(&self, field: usize) -> Option<Vec<&str>> {
        let choices = self.outline.choices(field)?;
        Some(choices.iter().map(|choice| choice.code.as_str()).collect())
    }

    fn attribute(&self, name: &str) -> bool {
        let known = |choices: &[Choice]| {
            matches!(name, "name" | "label")
                || choices.iter().any(|choice| choice.details().any(|detail| detail == name))
        };
        self.filter && self.outline.choices(self.here).is_some_and(known)
    }

    fn is_filter(&self) -> bool {
        self.filter
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        if self.filter {
            for choice in self.outline.choices(self.here).unwrap_or_default() {
                names.extend(choice.details());
            }
        }
        names.sort_unstable();
        names.dedup();
        names.extend(self.outline.by_name.iter().map(|field| self.outline.name(*field)));
        names
    }
}
