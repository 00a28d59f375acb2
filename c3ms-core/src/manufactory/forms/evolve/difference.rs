//! The operations that lead from one format to another.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{Field, Format, Kind},
    apply::{apply, expressions, same_type},
    operation::{FormatWording, Limits, Logic, Operation, Wording},
    tree::{all, field_mut, find, inner},
    verdict::loosens,
};

/// Finds operations that make the new format of the old one. Fields are the same where their ids are.
///
/// Splits, merges and which code replaces which cannot be seen in two formats: such fields are removed and added.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, evolve::{Operation, difference}};
/// let format = |name: &str| Format::parse(&format!(r#"{{"cube": "venue", "label": {{"en": "Venue"}},
///   "fields": [{{"id": "seats", "name": "{name}", "kind": {{"type": "integer"}}}}]}}"#));
/// let found = difference(&format("seats")?, &format("capacity")?);
/// assert_eq!(found, [Operation::Rename { field: "seats".into(), to: "capacity".into() }]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn difference(old: &Format, new: &Format) -> Vec<Operation> {
    if old.shape() == new.shape() {
        return Vec::new();
    }
    let taken = every(old).into_iter().chain(every(new)).map(|field| field.name.clone()).collect();
    let mut finding = Finding { now: old.clone(), new, taken, aside: 0, found: Vec::new() };
    finding.vocabularies();
    finding.title();
    finding.removals();
    finding.all_additions();
    finding.moves();
    finding.removals_of_what_is_left();
    finding.renames();
    for field in finding.differing(|now, new| !is_alike(now, new)) {
        finding.field(field);
    }
    finding.order(None, &new.fields);
    finding.words();
    finding.old_vocabularies();
    finding.found
}

fn every(format: &Format) -> Vec<&Field> {
    all(format).into_iter().map(|found| found.field).collect()
}

fn ids(fields: &[Field]) -> BTreeMap<&str, &Field> {
    let mut known = BTreeMap::new();
    for field in fields {
        known.insert(field.id.as_str(), field);
        known.extend(ids(inner(field)));
    }
    known
}

struct Finding<'a> {
    now: Format,
    new: &'a Format,
    /// The names of both formats.
    taken: BTreeSet<String>,
    aside: usize,
    found: Vec<Operation>,
}

impl<'a> Finding<'a> {
    /// The fields of the new format that are otherwise now: asked once, as finding one is a walk.
    fn differing(&self, is_otherwise: impl Fn(&Field, &Field) -> bool) -> Vec<&'a Field> {
        let now = ids(&self.now.fields);
        let otherwise =
            |field: &&Field| now.get(field.id.as_str()).is_some_and(|now| is_otherwise(now, field));
        every(self.new).into_iter().filter(otherwise).collect()
    }

    /// Carries an operation out; tells whether it could be.
    fn take(&mut self, operation: Operation) -> bool {
        // What refuses may have begun: only a move does so before it changes anything.
        let done = apply(&mut self.now, &operation).is_ok();
        if done {
            self.found.push(operation);
        }
        done
    }

    fn vocabularies(&mut self) {
        for (name, vocabulary) in &self.new.vocabularies {
            if self.now.vocabularies.get(name) != Some(vocabulary) {
                self.take(Operation::MapVocabulary {
                    vocabulary: name.clone(),
                    to: Some(vocabulary.clone()),
                    codes: BTreeMap::new(),
                });
            }
        }
    }

    fn old_vocabularies(&mut self) {
        let gone: Vec<String> = self
            .now
            .vocabularies
            .keys()
            .filter(|name| !self.new.vocabularies.contains_key(*name))
            .cloned()
            .collect();
        for vocabulary in gone {
            self.take(Operation::MapVocabulary { vocabulary, to: None, codes: BTreeMap::new() });
        }
    }

    /// A field that may go or move is not what records are called by.
    fn title(&mut self) {
        let id = |format: &Format| format.field(&format.title).map(|field| field.id.clone());
        if id(&self.now) != id(self.new) {
            let wording = FormatWording { title: None, ..wording_of(&self.now) };
            self.take(Operation::RelabelFormat { wording });
        }
    }

    /// Fields that are not in the new format, or are a group in one of the two only.
    fn removals(&mut self) {
        let new = ids(&self.new.fields);
        let stays = |field: &Field| {
            new.get(field.id.as_str()).is_some_and(|other| is_group(other) == is_group(field))
        };
        let holds_what_stays = |field: &Field| ids(inner(field)).values().any(|field| stays(field));
        let mut gone: Vec<(String, String)> = Vec::new();
        collect(&self.now.fields, &mut |field| {
            let goes = !stays(field) && !holds_what_stays(field);
            if goes {
                gone.push((field.id.clone(), field.name.clone()));
            }
            goes
        });
        // Expressions that ask for what goes are changed first.
        let names: BTreeSet<String> = gone.iter().map(|(_, name)| format!("${{{name}}}")).collect();
        if !names.is_empty() {
            let asks = |field: &Field| {
                expressions(field).any(|expression| names.iter().any(|name| expression.contains(name)))
            };
            let asking: Vec<String> = every(&self.now)
                .into_iter()
                .filter(|field| asks(field))
                .map(|field| field.id.clone())
                .collect();
            for id in asking {
                if let Some(field) = new.get(id.as_str()) {
                    self.limits(field);
                    self.logic(field);
                }
            }
        }
        // The last first: those that stay need not move up each time.
        for (field, _) in gone.into_iter().rev() {
            self.take(Operation::Remove { field });
        }
    }

    fn removals_of_what_is_left(&mut self) {
        let new = ids(&self.new.fields);
        let mut gone = Vec::new();
        collect(&self.now.fields, &mut |field| {
            let goes = !new.contains_key(field.id.as_str());
            if goes {
                gone.push(field.id.clone());
            }
            goes
        });
        for field in gone {
            self.take(Operation::Remove { field });
        }
        // What could not be moved was removed with its group and comes anew.
        self.all_additions();
    }

    fn all_additions(&mut self) {
        let mut known = ids(&self.now.fields).into_keys().map(str::to_owned).collect();
        self.additions(None, &self.new.fields, &mut known);
    }

    /// Fields that are not there yet; of a group without the fields that come from elsewhere.
    fn additions(&mut self, within: Option<&str>, fields: &[Field], known: &mut BTreeSet<String>) {
        for (at, field) in fields.iter().enumerate() {
            if !known.contains(&field.id) {
                let mut fresh = field.clone();
                strip(&mut fresh, known);
                known.insert(fresh.id.clone());
                known.extend(ids(inner(&fresh)).into_keys().map(str::to_owned));
                if let Some(occupant) = self.occupant(within, &fresh.name) {
                    self.set_aside(&occupant);
                }
                let within = within.map(str::to_owned);
                self.take(Operation::Add { field: Box::new(fresh), within, at });
            }
            if is_group(field) {
                self.additions(Some(&field.id), inner(field), known);
            }
        }
    }

    fn occupant(&self, within: Option<&str>, name: &str) -> Option<String> {
        let fields = match within {
            None => &self.now.fields,
            Some(id) => inner(find(&self.now.fields, id)?.field),
        };
        fields.iter().find(|field| field.name == name).map(|field| field.id.clone())
    }

    /// Gives a field a name that nothing else has, until it gets its own.
    fn set_aside(&mut self, id: &str) {
        let to = loop {
            self.aside += 1;
            let name = format!("aside-{}", self.aside);
            if !self.taken.contains(&name) {
                break name;
            }
        };
        self.take(Operation::Rename { field: id.to_owned(), to });
    }

    fn moves(&mut self) {
        let now = all(&self.now);
        let now: BTreeMap<&str, Option<&str>> =
            now.iter().map(|found| (found.field.id.as_str(), found.within())).collect();
        let wanted: Vec<(String, Option<String>, usize)> = all(self.new)
            .iter()
            .filter(|found| now.get(found.field.id.as_str()).is_none_or(|within| *within != found.within()))
            .map(|found| (found.field.id.clone(), found.within().map(str::to_owned), found.index))
            .collect();
        for (field, within, at) in wanted {
            let Some(found) = find(&self.now.fields, &field) else { continue };
            if found.within() == within.as_deref() {
                continue;
            }
            let name = found.field.name.clone();
            if let Some(occupant) = self.occupant(within.as_deref(), &name) {
                self.set_aside(&occupant);
            }
            let moved = self.take(Operation::Move { field: field.clone(), within: within.clone(), at });
            if !moved && self.take(Operation::Remove { field: field.clone() }) {
                // It lies in a list, or shall: what it held is kept, and it begins anew.
                self.all_additions();
            }
        }
    }

    /// Names that are free first, in both orders: a row of fields that take over each other's names needs no more.
    fn renames(&mut self) {
        let fields = self.differing(|now, new| now.name != new.name);
        for field in fields.iter().chain(fields.iter().rev()) {
            self.rename(field, false);
        }
        for field in fields {
            self.rename(field, true);
        }
    }

    fn rename(&mut self, field: &Field, sets_aside: bool) {
        let Some(found) = find(&self.now.fields, &field.id) else { return };
        if found.field.name == field.name {
            return;
        }
        let within = found.within().map(str::to_owned);
        if let Some(occupant) = self.occupant(within.as_deref(), &field.name) {
            if !sets_aside {
                return;
            }
            self.set_aside(&occupant);
        }
        self.take(Operation::Rename { field: field.id.clone(), to: field.name.clone() });
    }

    fn field(&mut self, field: &Field) {
        let Some(now) = find(&self.now.fields, &field.id).map(|found| found.field.clone()) else { return };
        let id = || field.id.clone();
        match (now.many, field.many) {
            (None, Some(most)) => drop(self.take(Operation::Wrap { field: id(), most })),
            (Some(_), None) => drop(self.take(Operation::Unwrap { field: id() })),
            (None, None) | (Some(_), Some(_)) => {}
        }
        if !same_type(&now.kind, &field.kind) {
            let language = self.new.languages.first().cloned();
            self.take(Operation::Retype { field: id(), kind: field.kind.clone(), language });
        }
        self.limits(field);
        self.logic(field);
        if now.default != field.default {
            let value = field.default.clone();
            self.take(Operation::SetDefault { field: id(), value, fill: false });
        }
        if Wording::of(&now) != Wording::of(field) {
            self.take(Operation::Relabel { field: id(), wording: Wording::of(field) });
        }
        if now.visibility != field.visibility {
            self.take(Operation::SetVisibility { field: id(), visibility: field.visibility });
        }
    }

    fn limits(&mut self, field: &Field) {
        let Some(now) = field_mut(&mut self.now.fields, &field.id).map(|now| now.clone()) else { return };
        let (before, mut limits) = (Limits::of(&now), Limits::of(field));
        if now.many.is_some() != field.many.is_some() || !same_type(&now.kind, &field.kind) {
            // Called for its expressions before it is wrapped or retyped.
            limits = Limits { many: before.many, kind: before.kind.clone(), ..limits };
        }
        if before != limits {
            let field = field.id.clone();
            let operation = if loosens(&before, &limits) {
                Operation::Loosen { field, limits }
            } else {
                Operation::Tighten { field, limits }
            };
            self.take(operation);
        }
    }

    fn logic(&mut self, field: &Field) {
        let now = find(&self.now.fields, &field.id).map(|found| Logic::of(found.field));
        if now.is_some_and(|now| now != Logic::of(field)) {
            self.take(Operation::SetLogic { field: field.id.clone(), logic: Logic::of(field) });
        }
    }

    fn order(&mut self, within: Option<&str>, fields: &[Field]) {
        let now = match within {
            None => Some(self.now.fields.as_slice()),
            Some(id) => find(&self.now.fields, id).map(|found| inner(found.field)),
        };
        let is_ordered =
            now.is_some_and(|now| now.iter().map(|field| &field.id).eq(fields.iter().map(|field| &field.id)));
        if is_ordered {
            return fields
                .iter()
                .filter(|field| is_group(field))
                .for_each(|field| self.order(Some(&field.id), inner(field)));
        }
        for (at, field) in fields.iter().enumerate() {
            let here = find(&self.now.fields, &field.id).map(|found| found.index);
            if here.is_some_and(|here| here != at) {
                let within = within.map(str::to_owned);
                self.take(Operation::Move { field: field.id.clone(), within, at });
            }
            if is_group(field) {
                self.order(Some(&field.id), inner(field));
            }
        }
    }

    fn words(&mut self) {
        let wording = wording_of(self.new);
        if wording_of(&self.now) != wording {
            self.take(Operation::RelabelFormat { wording });
        }
    }
}

fn wording_of(format: &Format) -> FormatWording {
    FormatWording {
        label: format.label.clone(),
        help: format.help.clone(),
        term: format.term.clone(),
        title: format.field(&format.title).map(|field| field.id.clone()),
        languages: format.languages.clone(),
        dialect: format.dialect,
        extensions: format.extensions.clone(),
    }
}

fn is_group(field: &Field) -> bool {
    matches!(field.kind, Kind::Group { .. })
}

/// Walks until `each` says that a field was taken with what is in it.
fn collect(fields: &[Field], each: &mut dyn FnMut(&Field) -> bool) {
    for field in fields {
        if !each(field) {
            collect(inner(field), each);
        }
    }
}

/// Two fields say the same, whatever lies in them.
fn is_alike(one: &Field, other: &Field) -> bool {
    if is_group(one) && is_group(other) {
        let bare = |field: &Field| Field { kind: Kind::Group { fields: Vec::new() }, ..field.clone() };
        return bare(one) == bare(other);
    }
    one == other
}

/// Takes the fields that are known out of a group.
fn strip(field: &mut Field, known: &BTreeSet<String>) {
    if let Kind::Group { fields } = &mut field.kind {
        fields.retain(|field| !known.contains(&field.id));
        for field in fields {
            strip(field, known);
        }
    }
}
