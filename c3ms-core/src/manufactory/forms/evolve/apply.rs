//! Operations carried out on a format, and the steps they mean for its records.

use std::collections::BTreeSet;

use super::{
    super::{Field, Format, FormsError, Kind, Vocabulary},
    operation::{Division, Limits, Operation},
    step::{Change, Slot, Step},
    tree::{Found, all, field_mut, fields_of, find, inner, take},
};
use crate::base::Language;

/// Carries one operation out; gives what it means for records.
///
/// # Errors
/// [`FormsError::OperationRefused`] where it cannot be carried out; the format is as before then, or to be thrown
/// away.
pub(super) fn apply(format: &mut Format, operation: &Operation) -> Result<Vec<Step>, FormsError> {
    let refused = |reason: String| FormsError::OperationRefused {
        operation: operation.name().to_owned(),
        subject: operation.subject().to_owned(),
        reason,
    };
    Applying { format, operation, refused: &refused }.run()
}

struct Applying<'a> {
    format: &'a mut Format,
    operation: &'a Operation,
    refused: &'a dyn Fn(String) -> FormsError,
}

type Steps = Result<Vec<Step>, FormsError>;

impl Applying<'_> {
    fn run(self) -> Steps {
        let Self { format, operation, refused } = self;
        let site = |format: &Format, id: &str| {
            let found = find(&format.fields, id);
            found.as_ref().map(Site::of).ok_or_else(|| refused(format!("no field has the id {id:?}")))
        };
        match operation {
            Operation::Add { field, within, at } => {
                add(format, field, within.as_deref(), *at, refused)?;
                Ok(vec![site(format, &field.id)?.step(Change::Fill(field.default.clone()))])
            }
            Operation::Remove { field } => {
                let step = site(format, field)?.step(Change::Drop);
                let removed = take(&mut format.fields, field).map(|field| field.name);
                if let Some(user) = removed.and_then(|name| user_of(format, &name)) {
                    return Err(refused(format!("an expression of {user:?} asks for it: change that first")));
                }
                Ok(vec![step])
            }
            Operation::Rename { field, to } => {
                let old = site(format, field)?;
                let within = find(&format.fields, field).and_then(|found| found.within().map(str::to_owned));
                check_free(format, within.as_deref(), to, refused)?;
                let is_title = within.is_none() && format.title == old.name;
                if let Some(field) = field_mut(&mut format.fields, field) {
                    field.name.clone_from(to);
                }
                if is_title {
                    format.title.clone_from(to);
                }
                refer(&mut format.fields, &old.name, to);
                Ok(vec![old.beside(to)])
            }
            Operation::Move { field, within, at } => relocate(format, field, within.as_deref(), *at, refused),
            Operation::Retype { field, kind, language } => {
                let site = site(format, field)?;
                let language = language.as_ref().or(format.languages.first());
                let language = language.map_or_else(Language::french, Clone::clone).to_string();
                let Some(field) = field_mut(&mut format.fields, field) else { return Ok(Vec::new()) };
                let step = Change::Convert { from: field.kind.clone(), to: kind.clone(), language };
                field.kind = kind.clone();
                Ok(vec![site.step(step)])
            }
            Operation::Wrap { field, most } => {
                let site = site(format, field)?;
                match field_mut(&mut format.fields, field) {
                    Some(field) if field.many.is_none() => field.many = Some(*most),
                    _ => return Err(refused("it holds a list already".to_owned())),
                }
                Ok(vec![site.step(Change::Wrap)])
            }
            Operation::Unwrap { field } => {
                let site = site(format, field)?;
                match field_mut(&mut format.fields, field) {
                    Some(field) if field.many.is_some() => field.many = None,
                    _ => return Err(refused("it holds no list".to_owned())),
                }
                Ok(vec![site.step(Change::Unwrap)])
            }
            Operation::Split { field, into, by } => split(format, field, into, by, refused),
            Operation::Merge { fields, into, by } => merge(format, fields, into, by, refused),
            Operation::MapVocabulary { vocabulary, to, codes } => {
                let older = format.vocabularies.get(vocabulary).map(codes_of).unwrap_or_default();
                match to {
                    Some(to) => {
                        let newer = codes_of(to);
                        if let Some(unknown) = codes.values().find(|code| !newer.contains(*code)) {
                            return Err(refused(format!("the code {unknown:?} is not in the new list")));
                        }
                        format.vocabularies.insert(vocabulary.clone(), to.clone());
                    }
                    None => drop(format.vocabularies.remove(vocabulary)),
                }
                let uses = |found: &Found<'_>| matches!(&found.field.kind, Kind::Code { vocabulary: used, .. } if used == vocabulary);
                if codes.is_empty() {
                    return Ok(Vec::new());
                }
                let change = Change::Codes { codes: codes.clone(), older };
                Ok(all(format)
                    .iter()
                    .filter(|found| uses(found))
                    .map(|found| Site::of(found).step(change.clone()))
                    .collect())
            }
            Operation::SetDefault { field, value, fill } => {
                let site = site(format, field)?;
                if let Some(field) = field_mut(&mut format.fields, field) {
                    field.default.clone_from(value);
                }
                let filled = value.as_ref().filter(|_| *fill);
                Ok(filled.map(|value| site.step(Change::Default(value.clone()))).into_iter().collect())
            }
            Operation::Tighten { field, limits } | Operation::Loosen { field, limits } => {
                site(format, field)?;
                match field_mut(&mut format.fields, field) {
                    Some(field) => limit(field, limits, refused)?,
                    None => return Ok(Vec::new()),
                }
                Ok(Vec::new())
            }
            Operation::Relabel { field, wording } => {
                site(format, field)?;
                if let Some(field) = field_mut(&mut format.fields, field) {
                    field.label.clone_from(&wording.label);
                    field.help.clone_from(&wording.help);
                    field.required_help.clone_from(&wording.required_help);
                    field.constraint_help.clone_from(&wording.constraint_help);
                    field.term.clone_from(&wording.term);
                    field.extensions.clone_from(&wording.extensions);
                }
                Ok(Vec::new())
            }
            Operation::RelabelFormat { wording } => {
                let title = match &wording.title {
                    None => String::new(),
                    Some(id) => format
                        .fields
                        .iter()
                        .find(|field| field.id == *id)
                        .map(|field| field.name.clone())
                        .ok_or_else(|| refused(format!("no field has the id {id:?}")))?,
                };
                format.label.clone_from(&wording.label);
                format.help.clone_from(&wording.help);
                format.term.clone_from(&wording.term);
                format.title = title;
                format.languages.clone_from(&wording.languages);
                format.dialect = wording.dialect;
                format.extensions.clone_from(&wording.extensions);
                Ok(Vec::new())
            }
            Operation::SetLogic { field, logic } => {
                site(format, field)?;
                if let Some(field) = field_mut(&mut format.fields, field) {
                    field.relevant.clone_from(&logic.relevant);
                    field.calculation.clone_from(&logic.calculation);
                    field.initial.clone_from(&logic.initial);
                    field.read_only = logic.read_only;
                }
                Ok(Vec::new())
            }
            Operation::SetVisibility { field, visibility } => {
                site(format, field)?;
                if let Some(field) = field_mut(&mut format.fields, field) {
                    field.visibility = *visibility;
                }
                Ok(Vec::new())
            }
            Operation::Revert { .. } => {
                Err(refused("only a whole version goes back, never a part of one".to_owned()))
            }
        }
    }
}

/// Where the values of a field lie in a record.
struct Site {
    hops: Vec<String>,
    name: String,
}

impl Site {
    fn of(found: &Found<'_>) -> Self {
        let hops = found.groups.iter().map(|group| group.name.clone()).collect();
        Self { hops, name: found.field.name.clone() }
    }

    fn step(&self, change: Change) -> Step {
        Step { hops: self.hops.clone(), slots: vec![Slot::Value(vec![self.name.clone()])], change }
    }

    /// The value goes to another name in the same group.
    fn beside(&self, to: &str) -> Step {
        let slots = [self.name.as_str(), to].map(|name| Slot::Value(vec![name.to_owned()]));
        Step { hops: self.hops.clone(), slots: slots.into(), change: Change::Move { from: 0, into: 0 } }
    }
}

fn codes_of(vocabulary: &Vocabulary) -> BTreeSet<String> {
    vocabulary.codes.iter().map(|code| code.code.clone()).collect()
}

fn check_free(
    format: &mut Format,
    within: Option<&str>,
    name: &str,
    refused: &dyn Fn(String) -> FormsError,
) -> Result<(), FormsError> {
    let fields = fields_of(format, within);
    let fields =
        fields.ok_or_else(|| refused(format!("no group has the id {:?}", within.unwrap_or_default())))?;
    if fields.iter().any(|field| field.name == name) {
        return Err(refused(format!("the name {name:?} is taken")));
    }
    Ok(())
}

fn add(
    format: &mut Format,
    field: &Field,
    within: Option<&str>,
    at: usize,
    refused: &dyn Fn(String) -> FormsError,
) -> Result<(), FormsError> {
    fn ids<'a>(field: &'a Field, every: &mut Vec<&'a str>) {
        every.push(&field.id);
        for field in inner(field) {
            ids(field, every);
        }
    }
    let mut every = Vec::new();
    ids(field, &mut every);
    if let Some(taken) = every.into_iter().find(|id| find(&format.fields, id).is_some()) {
        return Err(refused(format!("the id {taken:?} is taken")));
    }
    check_free(format, within, &field.name, refused)?;
    if let Some(fields) = fields_of(format, within) {
        fields.insert(at.min(fields.len()), field.clone());
    }
    Ok(())
}

fn relocate(
    format: &mut Format,
    id: &str,
    within: Option<&str>,
    at: usize,
    refused: &dyn Fn(String) -> FormsError,
) -> Steps {
    let unknown = |id: &str| refused(format!("no field has the id {id:?}"));
    let found = find(&format.fields, id).ok_or_else(|| unknown(id))?;
    let mut into: Vec<&Field> = Vec::new();
    if let Some(within) = within {
        let group = find(&format.fields, within).ok_or_else(|| unknown(within))?;
        into.extend(&group.groups);
        into.push(group.field);
    }
    if into.iter().any(|group| group.id == id) {
        return Err(refused("a group does not go into itself".to_owned()));
    }
    let shared = found.groups.iter().zip(&into).take_while(|(from, into)| from.id == into.id).count();
    let own = |groups: &[&Field]| -> Result<Vec<String>, FormsError> {
        let below = groups.get(shared..).unwrap_or_default();
        if let Some(list) = below.iter().find(|group| group.many.is_some()) {
            return Err(refused(format!(
                "{:?} is a list: which of its items is meant cannot be known",
                list.name
            )));
        }
        Ok(below.iter().map(|group| group.name.clone()).collect())
    };
    let (from_way, into_way) = (own(&found.groups)?, own(&into)?);
    let hops = found.groups.iter().take(shared).map(|group| group.name.clone()).collect();
    let name = found.field.name.clone();
    let same_group = found.within() == within;
    if !same_group {
        check_free(format, within, &name, refused)?;
    }
    if !same_group
        && format.title == name
        && find(&format.fields, id).is_some_and(|found| found.groups.is_empty())
    {
        return Err(refused("records are called by it: choose another title first".to_owned()));
    }
    let Some(field) = take(&mut format.fields, id) else { return Err(unknown(id)) };
    if let Some(fields) = fields_of(format, within) {
        fields.insert(at.min(fields.len()), field);
    }
    if same_group {
        return Ok(Vec::new());
    }
    let value = |way: &[String]| Slot::Value(way.iter().chain([&name]).cloned().collect());
    let groups = |way: &[String]| -> Vec<Slot> {
        let next = way.iter().skip(1).chain([&name]);
        (1..=way.len())
            .zip(next)
            .map(|(depth, besides)| Slot::Group(way.iter().take(depth).cloned().collect(), besides.clone()))
            .collect()
    };
    let mut slots = vec![value(&from_way), value(&into_way)];
    slots.extend(groups(&from_way));
    slots.extend(groups(&into_way));
    let change = Change::Move { from: from_way.len(), into: into_way.len() };
    Ok(vec![Step { hops, slots, change }])
}

fn split(
    format: &mut Format,
    id: &str,
    into: &[Field],
    by: &Division,
    refused: &dyn Fn(String) -> FormsError,
) -> Steps {
    let found = find(&format.fields, id).ok_or_else(|| refused(format!("no field has the id {id:?}")))?;
    if found.field.many.is_some() || into.iter().any(|field| field.many.is_some()) || into.is_empty() {
        return Err(refused("one value is split into single values: unwrap the list first".to_owned()));
    }
    let site = Site::of(&found);
    let kind = found.field.kind.clone();
    let (at, within) = (found.index, found.within().map(str::to_owned));
    for (offset, field) in into.iter().enumerate() {
        add(format, field, within.as_deref(), at + offset, refused)?;
    }
    take(&mut format.fields, id);
    if let Some(user) = user_of(format, &site.name) {
        return Err(refused(format!("an expression of {user:?} asks for it: change that first")));
    }
    if within.is_none() && format.title == site.name {
        format.title = into.first().map(|field| field.name.clone()).unwrap_or_default();
    }
    let names = [&site.name].into_iter().chain(into.iter().map(|field| &field.name));
    let slots = names.map(|name| Slot::Value(vec![name.clone()])).collect();
    Ok(vec![Step { hops: site.hops, slots, change: Change::Split { by: by.clone(), kind } }])
}

fn merge(
    format: &mut Format,
    ids: &[String],
    into: &Field,
    by: &Division,
    refused: &dyn Fn(String) -> FormsError,
) -> Steps {
    let mut sites = Vec::new();
    let mut place = None;
    if let Some(twice) =
        ids.iter().enumerate().find(|(index, id)| ids.iter().take(*index).any(|other| other == *id))
    {
        return Err(refused(format!("the field {:?} is named twice", twice.1)));
    }
    for id in ids {
        let found = find(&format.fields, id).ok_or_else(|| refused(format!("no field has the id {id:?}")))?;
        if found.field.many.is_some() {
            return Err(refused("single values are merged into one: unwrap the list first".to_owned()));
        }
        sites.push(Site::of(&found));
        let here = (found.within().map(str::to_owned), found.index);
        let (within, _) = place.get_or_insert_with(|| here.clone());
        if *within != here.0 {
            return Err(refused("fields of one group are merged: move them first".to_owned()));
        }
    }
    let Some((within, at)) = place else { return Err(refused("no field is named".to_owned())) };
    if into.many.is_some() {
        return Err(refused("single values are merged into one: wrap it afterwards".to_owned()));
    }
    add(format, into, within.as_deref(), at, refused)?;
    for (id, site) in ids.iter().zip(&sites) {
        take(&mut format.fields, id);
        if let Some(user) = user_of(format, &site.name) {
            return Err(refused(format!(
                "an expression of {user:?} asks for {:?}: change that first",
                site.name
            )));
        }
        if within.is_none() && format.title == site.name {
            format.title.clone_from(&into.name);
        }
    }
    let names = [&into.name].into_iter().chain(sites.iter().map(|site| &site.name));
    let slots = names.map(|name| Slot::Value(vec![name.clone()])).collect();
    let hops = sites.first().map(|site| site.hops.clone()).unwrap_or_default();
    Ok(vec![Step { hops, slots, change: Change::Merge { by: by.clone(), kind: into.kind.clone() } }])
}

fn limit(
    field: &mut Field,
    limits: &Limits,
    refused: &dyn Fn(String) -> FormsError,
) -> Result<(), FormsError> {
    if field.many.is_some() != limits.many.is_some() {
        return Err(refused("a list stays one: wrap or unwrap it".to_owned()));
    }
    if let Some(kind) = &limits.kind {
        if !same_type(&field.kind, kind) {
            return Err(refused("it stays of its kind: retype it".to_owned()));
        }
        field.kind = kind.clone();
    }
    field.required = limits.required;
    field.required_when.clone_from(&limits.required_when);
    field.many = limits.many;
    field.constraint.clone_from(&limits.constraint);
    field.count.clone_from(&limits.count);
    Ok(())
}

/// Whether values of one kind are values of the other, but for bounds.
pub(super) fn same_type(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Text { languages: one, .. }, Kind::Text { languages: other, .. }) => one == other,
        (Kind::Code { vocabulary: one, .. }, Kind::Code { vocabulary: other, .. })
        | (Kind::Link { cube: one }, Kind::Link { cube: other }) => one == other,
        _ => one.name() == other.name(),
    }
}

/// The expressions of a field.
pub(super) fn expressions(field: &Field) -> impl Iterator<Item = &String> {
    let filter = match &field.kind {
        Kind::Code { filter, .. } => filter.as_ref(),
        _ => None,
    };
    let Field { required_when, count, relevant, constraint, calculation, initial, .. } = field;
    [required_when, count, relevant, constraint, calculation, initial]
        .into_iter()
        .filter_map(Option::as_ref)
        .chain(filter)
}

/// Writes a new name where expressions ask for an old one.
fn refer(fields: &mut [Field], old: &str, new: &str) {
    let (asked, answer) = (format!("${{{old}}}"), format!("${{{new}}}"));
    for field in fields {
        if expressions(field).any(|expression| expression.contains(&asked)) {
            let filter = match &mut field.kind {
                Kind::Code { filter, .. } => filter.as_mut(),
                _ => None,
            };
            let Field { required_when, count, relevant, constraint, calculation, initial, .. } = field;
            let every = [required_when, count, relevant, constraint, calculation, initial];
            for expression in every.into_iter().filter_map(Option::as_mut).chain(filter) {
                *expression = expression.replace(&asked, &answer);
            }
        }
        if let Kind::Group { fields } = &mut field.kind {
            refer(fields, old, new);
        }
    }
}

/// The name of a field whose expressions ask for a name that no field has any more.
fn user_of(format: &Format, name: &str) -> Option<String> {
    let asked = format!("${{{name}}}");
    let every = all(format);
    if every.iter().any(|found| found.field.name == name) {
        return None;
    }
    every
        .iter()
        .find(|found| expressions(found.field).any(|expression| expression.contains(&asked)))
        .map(|found| found.field.name.clone())
}
