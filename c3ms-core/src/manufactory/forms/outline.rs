//! The fields of a format numbered, and which of them a name means from where.

use std::collections::BTreeMap;

use super::{
    Dialect, Field, Format, Kind,
    expression::{Expression, Found, Problem, Scope, Sort},
};

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
#[derive(Debug, Clone)]
pub struct Outline {
    slots: Vec<Slot>,
    by_name: BTreeMap<String, Vec<usize>>,
    /// The codes of each vocabulary, and the names a filter may use.
    lists: BTreeMap<String, List>,
}

#[derive(Debug, Clone)]
struct Slot {
    name: String,
    /// Of the entry: itself.
    parent: usize,
    depth: usize,
    members: Vec<usize>,
    by_name: BTreeMap<String, usize>,
    sort: Sort,
    repeats: bool,
    list: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct List {
    codes: Vec<String>,
    attributes: Vec<String>,
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
            by_name: BTreeMap::new(),
            sort: Sort::Group,
            repeats: false,
            list: None,
        };
        let mut outline = Self { slots: vec![entry], by_name: BTreeMap::new(), lists: BTreeMap::new() };
        outline.add(&format.fields, 0, 1);
        for (name, vocabulary) in &format.vocabularies {
            let mut list =
                List { codes: Vec::new(), attributes: vec!["name".to_owned(), "label".to_owned()] };
            for code in &vocabulary.codes {
                list.codes.push(code.code.clone());
                let new = code.attributes.keys().filter(|key| !list.attributes.contains(key));
                let new: Vec<String> = new.cloned().collect();
                list.attributes.extend(new);
            }
            outline.lists.insert(name.clone(), list);
        }
        outline
    }

    fn add(&mut self, fields: &[Field], parent: usize, depth: usize) {
        for field in fields {
            let index = self.slots.len();
            let list = match &field.kind {
                Kind::Code { vocabulary, .. } => Some(vocabulary.clone()),
                _ => None,
            };
            let group = matches!(field.kind, Kind::Group { .. });
            self.slots.push(Slot {
                name: field.name.clone(),
                parent,
                depth,
                members: Vec::new(),
                by_name: BTreeMap::new(),
                sort: if field.many.is_some() && !group { Sort::List } else { sort_of(&field.kind) },
                repeats: field.many.is_some() && group,
                list,
            });
            if let Some(holder) = self.slots.get_mut(parent) {
                holder.members.push(index);
                holder.by_name.insert(field.name.clone(), index);
            }
            self.by_name.entry(field.name.clone()).or_default().push(index);
            if let Kind::Group { fields } = &field.kind {
                self.add(fields, index, depth + 1);
            }
        }
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
        self.slots.get(group)?.by_name.get(name).copied()
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
        let Some(candidates) = self.by_name.get(name) else { return Found::None };
        let near =
            |field: usize| (self.depth(self.shared(from, field)), std::cmp::Reverse(self.depth(field)));
        match candidates.as_slice() {
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

    fn list(&self, field: usize) -> Option<&List> {
        self.lists.get(self.slots.get(field)?.list.as_ref()?)
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
        self.outline.list(field).map(|list| list.codes.iter().map(String::as_str).collect())
    }

    fn attribute(&self, name: &str) -> bool {
        let known = |list: &List| list.attributes.iter().any(|attribute| attribute == name);
        self.filter && self.outline.list(self.here).is_some_and(known)
    }

    fn is_filter(&self) -> bool {
        self.filter
    }

    fn names(&self) -> Vec<&str> {
        let attributes = self.outline.list(self.here).filter(|_| self.filter);
        let attributes = attributes.iter().flat_map(|list| list.attributes.iter().map(String::as_str));
        attributes.chain(self.outline.by_name.keys().map(String::as_str)).collect()
    }
}
