//! Entities: lists that live longer than one entry, and what a form adds to them or changes in them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    meta,
    tree::{Action, Bound, Element, Role, Tree},
};
use crate::manufactory::forms::{
    Format, FormsError,
    exchange::references::{is_name, references},
};

/// Groups and repeats from the form down to where something stands.
type Way = Vec<usize>;

/// Where something is wrong, and what.
type Fault = (String, String);

fn row_path(number: usize) -> String {
    format!("/extensions/xlsform:entities/{number}")
}

/// What a form does to one list of entities.
struct Declaration<'a> {
    /// Which row says so.
    row: usize,
    list: &'a str,
    id: Option<&'a str>,
    create: Option<&'a str>,
    update: Option<&'a str>,
    label: Option<&'a str>,
    /// Where its properties are asked for, and where the answers its conditions name.
    properties: Vec<Way>,
    answers: Vec<Way>,
}

/// Adds the entities of a form to its tree; gives the version of their specification, where there are any.
pub(super) fn add(tree: &mut Tree, format: &Format) -> Result<Option<&'static str>, FormsError> {
    let rows = format.extensions.get("xlsform:entities").and_then(Value::as_array);
    let rows: Vec<&Value> = rows.into_iter().flatten().collect();
    let unsound =
        |(path, reason): Fault| FormsError::FormatUnsound { cube: format.cube.clone(), path, reason };
    let mut declared = Vec::new();
    for (number, row) in rows.into_iter().enumerate() {
        let declaration =
            Declaration::read(row, number).map_err(|reason| unsound((row_path(number), reason)))?;
        if declared.iter().any(|known: &Declaration<'_>| known.list == declaration.list) {
            let reason = format!("the list {:?} stands twice", declaration.list);
            return Err(unsound((row_path(number), reason)));
        }
        declared.push(declaration);
    }
    find_answers(tree, &mut declared);
    find_properties(tree, &mut declared).map_err(unsound)?;
    if declared.is_empty() {
        return Ok(None);
    }
    let places = places(tree, &declared).map_err(unsound)?;
    let repeated = |way: &Way| way.iter().any(|index| is_repeat(tree, *index));
    let newer = declared.len() > 1 || places.iter().any(repeated);
    for (declaration, way) in declared.iter().zip(&places) {
        let repeated = way.iter().any(|index| is_repeat(tree, *index));
        let meta = tree.add(Some(way.last().copied().unwrap_or(0)), meta::group());
        declaration.add(tree, meta, repeated);
    }
    Ok(Some(if newer { "2025.1.0" } else { "2024.1.0" }))
}

fn is_repeat(tree: &Tree, index: usize) -> bool {
    tree.get(index).is_some_and(|element| element.role == Role::Repeat)
}

/// The way to what holds an element.
fn way(tree: &Tree, index: usize) -> Way {
    let mut way: Way = std::iter::successors(tree.parent(index), |above| tree.parent(*above)).collect();
    way.reverse();
    way
}

/// Up to the nearest repeat, or the form itself.
fn scope(tree: &Tree, way: &Way) -> Way {
    let last = way.iter().rposition(|index| is_repeat(tree, *index)).unwrap_or(0);
    way.iter().take(last + 1).copied().collect()
}

fn repeats(tree: &Tree, way: &Way) -> usize {
    way.iter().filter(|index| is_repeat(tree, **index)).count()
}

/// Where the questions stand that a list's conditions name.
fn find_answers(tree: &Tree, declared: &mut [Declaration<'_>]) {
    let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
    for index in tree.below(0) {
        if let Some(element) = tree.get(index) {
            by_name.entry(&element.name).or_insert(index);
        }
    }
    for declaration in declared {
        let texts = [declaration.id, declaration.create, declaration.update, declaration.label];
        let found = texts.into_iter().flatten().flat_map(references);
        let found: BTreeSet<usize> =
            found.filter_map(|reference| by_name.get(reference.name).copied()).collect();
        declaration.answers = found.into_iter().map(|index| way(tree, index)).collect();
    }
}

/// Where the questions stand whose answers become properties of a list.
fn find_properties(tree: &Tree, declared: &mut [Declaration<'_>]) -> Result<(), Fault> {
    let mut known = BTreeSet::new();
    let several = declared.len() > 1;
    for index in tree.below(0) {
        let Some(save) = tree.get(index).and_then(|element| element.save_to.clone()) else { continue };
        let (list, property) = match save.split_once('#') {
            Some((list, property)) => (Some(list), property),
            None => (None, save.as_str()),
        };
        let fault = |reason: String| Err((tree.path(index), reason));
        if list.is_none() && several {
            return fault(format!("{save:?} says not which list it is saved to: list#property"));
        }
        let wanted = |one: &&mut Declaration<'_>| list.is_none_or(|list| one.list == list);
        let Some(declaration) = declared.iter_mut().find(wanted) else {
            return fault(format!("{save:?} is saved to a list that the sheet entities has not"));
        };
        let reserved =
            property.starts_with("__") || matches!(property.to_lowercase().as_str(), "name" | "label");
        if !is_name(property) || reserved {
            return fault(format!("{property:?} is no name for a property"));
        }
        if !known.insert((declaration.list.to_owned(), property.to_owned())) {
            return fault(format!("the property {property:?} is saved twice"));
        }
        declaration.properties.push(way(tree, index));
    }
    Ok(())
}

/// Where each list's entry is written: as deep as its properties and answers ask, each place once.
fn places(tree: &Tree, declared: &[Declaration<'_>]) -> Result<Vec<Way>, Fault> {
    let mut wanted = Vec::new();
    for declaration in declared {
        wanted.push(declaration.wanted(tree).map_err(|reason| (row_path(declaration.row), reason))?);
    }
    // One list for the whole form stands with the form's own data.
    if let [(scope, _)] = wanted.as_slice()
        && scope.len() == 1
    {
        return Ok(vec![vec![0]]);
    }
    let mut taken: BTreeMap<Way, usize> = BTreeMap::new();
    let mut places = Vec::new();
    for (number, (declaration, (scope, deepest))) in declared.iter().zip(&wanted).enumerate() {
        let mut found = None;
        for depth in (scope.len()..=deepest.len()).rev() {
            let place: Way = deepest.iter().take(depth).copied().collect();
            let Some(other) = taken.get(&place) else {
                found = Some(place);
                break;
            };
            let conflict = declaration.properties.iter().any(|way| taken.get(way) == Some(other));
            if conflict {
                break;
            }
        }
        let place = found.ok_or_else(|| {
            let list = declaration.list;
            (
                row_path(declaration.row),
                format!("no place is left for the list {list:?}: another is written there"),
            )
        })?;
        taken.insert(place.clone(), number);
        for way in &declaration.properties {
            for depth in place.len()..=way.len() {
                taken.insert(way.iter().take(depth).copied().collect(), number);
            }
        }
        places.push(place);
    }
    Ok(places)
}

impl<'a> Declaration<'a> {
    fn read(row: &'a Value, number: usize) -> Result<Self, String> {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        let known = ["dataset", "entity_id", "create_if", "update_if", "repeat", "label"];
        let members = row.as_object().into_iter().flatten();
        if let Some((other, _)) = members.clone().find(|(name, _)| !known.contains(&name.as_str())) {
            return Err(format!("the sheet entities has no column {other:?}"));
        }
        let list = text("dataset").unwrap_or_default();
        if !is_name(list) || list.starts_with("__") || list.contains('.') {
            return Err(format!("{list:?} is no name for a list of entities"));
        }
        let (id, create, update) = (text("entity_id"), text("create_if"), text("update_if"));
        let label = text("label");
        match (id, create, update) {
            (None, _, Some(_)) => return Err(format!("{list}: an update wants an entity_id")),
            (Some(_), Some(_), None) => {
                return Err(format!("{list}: an entity_id goes with an update, not with a creation alone"));
            }
            (None, _, None) if label.is_none() => {
                return Err(format!("{list}: a creation wants a label"));
            }
            _ => {}
        }
        Ok(Self { row: number, list, id, create, update, label, properties: Vec::new(), answers: Vec::new() })
    }

    /// The scope all that belongs to the list lies in, and the deepest place in it.
    fn wanted(&self, tree: &Tree) -> Result<(Way, Way), String> {
        let all = || self.properties.iter().chain(&self.answers);
        let deepest_scope = all()
            .map(|way| scope(tree, way))
            .max_by_key(|scope| repeats(tree, scope))
            .unwrap_or_else(|| vec![0]);
        for way in all() {
            let own = scope(tree, way);
            if !deepest_scope.starts_with(&own) {
                return Err(format!("what the list {:?} asks for lies in different repeats", self.list));
            }
        }
        if let Some(first) = self.properties.first() {
            let mut common: &[usize] = first;
            for way in &self.properties {
                if scope(tree, way) != deepest_scope {
                    return Err(format!(
                        "the properties of the list {:?} lie in different repeats",
                        self.list
                    ));
                }
                let same = common.iter().zip(way).take_while(|(one, other)| one == other).count();
                common = common.get(..same).unwrap_or_default();
            }
            return Ok((deepest_scope, common.to_vec()));
        }
        let inside = all().filter(|way| scope(tree, way) == deepest_scope);
        let deepest = inside.max_by_key(|way| way.len()).cloned().unwrap_or_else(|| vec![0]);
        Ok((deepest_scope, deepest))
    }

    fn add(&self, tree: &mut Tree, meta: usize, repeated: bool) {
        let entity = tree.add(Some(meta), Element::new("entity", Role::Entity));
        let list = self.list;
        let fixed = |name: &str, value: &str| Element::new(name, Role::Attribute(value.to_owned()));
        let calculated = |role: Role, name: &str, formula: &str| {
            let mut element = Element::new(name, role);
            for (name, value) in [("calculate", formula), ("readonly", "true()"), ("type", "string")] {
                element.bind(name, Bound::Text(value.to_owned()));
            }
            element
        };
        let mut add = |element: Element| tree.add(Some(entity), element);
        add(fixed("dataset", list));
        let marked = |name: &str, condition: Option<&str>| match condition {
            Some(condition) => calculated(Role::Attribute("1".to_owned()), name, condition),
            None => fixed(name, "1"),
        };
        if self.id.is_none() || self.create.is_some() {
            add(marked("create", self.create));
        }
        let mut id = Element::new("id", Role::Attribute(String::new()));
        id.bind("readonly", Bound::Text("true()".to_owned()));
        id.bind("type", Bound::Text("string".to_owned()));
        if let Some(formula) = self.id {
            add(marked("update", self.update));
            id.bind("calculate", Bound::Text(formula.to_owned()));
            let found = format!("instance('{list}')/root/item[name={formula}]");
            for (name, column) in
                [("baseVersion", "__version"), ("trunkVersion", "__trunkVersion"), ("branchId", "__branchId")]
            {
                add(calculated(Role::Attribute(String::new()), name, &format!("{found}/{column}")));
            }
        } else {
            let events = ["odk-instance-first-load", "odk-new-repeat"];
            for event in events.into_iter().take(if repeated { 2 } else { 1 }) {
                let value = "uuid()".to_owned();
                id.actions.push(Action { tag: "setvalue", event, value, attributes: Vec::new() });
            }
        }
        add(id);
        if let Some(label) = self.label {
            add(calculated(Role::EntityLabel, "label", label));
        }
    }
}
