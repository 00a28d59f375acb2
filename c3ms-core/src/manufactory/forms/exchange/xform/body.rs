//! The body of a form: the controls by which its questions are asked.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    form::List,
    model::action,
    references::{Manner, Paths},
    tree::{Element, Order, Role, Source, Tree, Words},
    xml::Node,
};
use crate::manufactory::forms::{
    FormsError,
    exchange::{
        references::has_reference,
        types::{Shape, is_data_file, stem},
    },
};

/// Writes controls.
pub(super) struct Body<'a> {
    pub(super) paths: &'a Paths<'a>,
    pub(super) lists: &'a [List],
    /// For the name of a question, those its change sets.
    pub(super) triggered: BTreeMap<String, Vec<usize>>,
}

impl<'a> Body<'a> {
    pub(super) fn new(paths: &'a Paths<'a>, lists: &'a [List]) -> Self {
        let mut triggered: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in paths.tree.below(0) {
            for name in paths.tree.get(index).into_iter().flat_map(|element| &element.triggers) {
                triggered.entry(name.clone()).or_default().push(index);
            }
        }
        Self { paths, lists, triggered }
    }

    /// The controls of what a section holds.
    pub(super) fn controls(&self, index: usize) -> Result<Vec<Node>, FormsError> {
        let mut nodes = Vec::new();
        for child in self.paths.tree.children(index) {
            let Some(element) = self.paths.tree.get(*child) else { continue };
            match &element.role {
                Role::Group if !element.bodyless => nodes.push(self.group(*child, element)?),
                Role::Repeat => nodes.push(self.repeat(*child, element)?),
                Role::Question(shape) => nodes.extend(self.question(*child, element, shape)?),
                Role::Survey
                | Role::Group
                | Role::Attached(_)
                | Role::Entity
                | Role::Attribute(_)
                | Role::EntityLabel => {}
            }
        }
        Ok(nodes)
    }

    fn attributes(&self, index: usize, element: &Element, mut node: Node) -> Result<Node, FormsError> {
        for (name, value) in &element.control {
            node.set(name, self.paths.expression(value, Some(index), Manner::default())?);
        }
        Ok(node)
    }

    fn group(&self, index: usize, element: &Element) -> Result<Node, FormsError> {
        let mut node = self.attributes(index, element, Node::new("group"))?;
        if !element.flat {
            node.set("ref", self.paths.tree.path(index));
        }
        if !element.label.is_none() {
            node.push(self.label(index, element)?);
        }
        node.extend(self.controls(index)?);
        Ok(node)
    }

    fn repeat(&self, index: usize, element: &Element) -> Result<Node, FormsError> {
        let path = self.paths.tree.path(index);
        let repeat = Node::new("repeat").with("nodeset", &path);
        let mut repeat = self.attributes(index, element, repeat)?;
        repeat.extend(self.controls(index)?);
        for inner in self.paths.tree.below(index) {
            let Some(element) = self.paths.tree.get(inner) else { continue };
            if inner == index || self.paths.tree.repeat_above(inner) != Some(index) {
                continue;
            }
            for one in element.actions.iter().filter(|action| action.event == "odk-new-repeat") {
                repeat.push(action(self.paths, inner, one)?);
            }
        }
        let label = self.label(index, element)?;
        Ok(Node::new("group").with("ref", &path).holding(label).holding(repeat))
    }

    fn label(&self, index: usize, element: &Element) -> Result<Node, FormsError> {
        let node = Node::new("label");
        if element.labeled_in_itext() {
            return Ok(node.with("ref", format!("jr:itext('{}:label')", self.paths.tree.path(index))));
        }
        match &element.label {
            Words::Plain(text) => Ok(node.mixing(self.paths.text(text, Some(index))?)),
            Words::None | Words::Translated(_) => Ok(node),
        }
    }

    fn hint(&self, index: usize, element: &Element) -> Result<Node, FormsError> {
        let node = Node::new("hint");
        match &element.hint {
            Words::Plain(text) if element.guidance.is_none() => {
                Ok(node.mixing(self.paths.text(text, Some(index))?))
            }
            _ => Ok(node.with("ref", format!("jr:itext('{}:hint')", self.paths.tree.path(index)))),
        }
    }

    fn question(&self, index: usize, element: &Element, shape: &Shape) -> Result<Option<Node>, FormsError> {
        let says = !element.label.is_none() || !element.hint.is_none();
        let calculated = element.bound("calculate").is_some() || !element.triggers.is_empty();
        if matches!(shape.control, "" | "action") || (calculated && !says) {
            // Nobody changes what nobody sees.
            return match self.triggered.get(&element.name).and_then(|targets| targets.first()) {
                Some(_) => Err(FormsError::FormatUnsound {
                    cube: self.paths.cube.to_owned(),
                    path: self.paths.tree.path(index),
                    reason: format!("{:?} is not shown, so it can trigger nothing", element.name),
                }),
                None => Ok(None),
            };
        }
        let node = Node::new(shape.control).with("ref", self.paths.tree.path(index));
        let mut node = self.attributes(index, element, node)?;
        let hinted = !element.hint.is_none() || !element.guidance.is_none();
        if !element.label.is_none() || !element.media.is_empty() || hinted {
            node.push(self.label(index, element)?);
        }
        if hinted {
            node.push(self.hint(index, element)?);
        }
        if let Some(source) = &element.source {
            self.choices(index, source, &mut node)?;
        }
        for (key, label) in &element.tags {
            let tag = Node::new("tag").with("key", key);
            let label = match label {
                Words::Plain(text) => Node::new("label").mixing(self.paths.text(text, None)?),
                Words::None | Words::Translated(_) => Node::new("label"),
            };
            node.push(tag.holding(label));
        }
        let targets = self.triggered.get(&element.name).into_iter().flatten();
        let (places, values): (Vec<usize>, Vec<usize>) =
            targets.copied().partition(|target| self.paths.tree.get(*target).is_some_and(is_place));
        for target in values.into_iter().chain(places) {
            node.push(self.setter(index, target)?);
        }
        Ok(Some(node))
    }

    /// What the change of a question sets.
    fn setter(&self, index: usize, target: usize) -> Result<Node, FormsError> {
        let Some(element) = self.paths.tree.get(target) else { return Ok(Node::new("setvalue")) };
        let place = is_place(element);
        let node = Node::new(if place { "odk:setgeopoint" } else { "setvalue" })
            .with("ref", self.paths.tree.path(target))
            .with("event", "xforms-value-changed");
        if element.triggered.is_empty() || place {
            return Ok(node);
        }
        let value = self.paths.expression(&element.triggered, Some(index), Manner::default())?;
        Ok(node.with("value", value))
    }

    fn choices(&self, index: usize, source: &Source, node: &mut Node) -> Result<(), FormsError> {
        let list = self.lists.iter().find(|list| list.name == source.list);
        if source.query {
            let mut query = format!("instance('{}')/root/item", source.list);
            if let Some(filter) = &source.filter {
                let manner = Manner { current: true, outside: false };
                let filter = self.paths.expression(filter, Some(index), manner)?;
                query = format!("{query}[{filter}]");
            }
            node.set("query", query);
            return Ok(());
        }
        if let Some(list) = list.filter(|_| source.searched) {
            for (place, choice) in list.choices.iter().enumerate() {
                let label = Node::new("label");
                let label = match &choice.label {
                    _ if list.in_itext => label.with("ref", format!("jr:itext('{}-{place}')", list.name)),
                    Words::Plain(text) => label.mixing(self.paths.text(text, None)?),
                    Words::None | Words::Translated(_) => label,
                };
                let value = Node::new("value").saying(&choice.name);
                node.push(Node::new("item").holding(label).holding(value));
            }
            return Ok(());
        }
        node.push(self.itemset(index, source, list)?);
        Ok(())
    }

    fn itemset(&self, index: usize, source: &Source, list: Option<&List>) -> Result<Node, FormsError> {
        let refers = has_reference(&source.list);
        let default =
            |given: &Option<String>, default: &str| given.clone().unwrap_or_else(|| default.to_owned());
        let mut filter = None;
        let (mut nodeset, value, label) = if is_data_file(&source.list) {
            let places = source.list.ends_with(".geojson");
            let (value, label) = if places { ("id", "title") } else { ("name", "label") };
            (
                format!("instance('{}')/root/item", stem(&source.list)),
                default(&source.columns.0, value),
                default(&source.columns.1, label),
            )
        } else if refers {
            let manner = Manner { current: false, outside: true };
            let path = self.paths.expression(&source.list, Some(index), manner)?;
            let path = path.trim();
            if source.places {
                filter = Some("./geometry != ''".to_owned());
                (path.to_owned(), "geometry".to_owned(), "geometry".to_owned())
            } else {
                let (nodeset, name) = path.rsplit_once('/').unwrap_or(("", path));
                filter = Some(format!("./{name} != ''"));
                (nodeset.to_owned(), name.to_owned(), name.to_owned())
            }
        } else {
            let in_itext = list.is_some_and(|list| list.in_itext);
            let label = if in_itext { "jr:itext(itextId)" } else { "label" };
            (format!("instance('{}')/root/item", source.list), "name".to_owned(), label.to_owned())
        };
        if let Some(text) = &source.filter {
            let manner = Manner { current: true, outside: refers };
            let mut text = self.paths.expression(text, Some(index), manner)?;
            if refers {
                text = text.replace(&format!("current()/{nodeset}"), ".").replace(&nodeset, ".");
            }
            filter = Some(text);
        }
        if let Some(filter) = filter {
            nodeset = format!("{nodeset}[{filter}]");
        }
        match &source.order {
            Order::Kept => {}
            Order::Random => nodeset = format!("randomize({nodeset})"),
            Order::Seeded(seed) => {
                let seed = self.paths.expression(seed, Some(index), Manner::default())?;
                nodeset = format!("randomize({nodeset}, {})", seed.trim());
            }
        }
        Ok(Node::new("itemset")
            .with("nodeset", nodeset)
            .holding(Node::new("value").with("ref", value))
            .holding(Node::new("label").with("ref", label)))
    }
}

/// A trigger notes the place where it is.
fn is_place(element: &Element) -> bool {
    matches!(&element.role, Role::Question(shape) if shape.bound("type") == "geopoint" && shape.control == "trigger")
}

/// Marks the choices that the form searches in a file; a list is searched by all that offer it or by none.
pub(super) fn mark_searched(tree: &mut Tree, lists: &mut [List], cube: &str) -> Result<(), FormsError> {
    let mut offered = Vec::new();
    for index in tree.below(0) {
        let Some(element) = tree.get_mut(index) else { continue };
        let appearance = element.appearance();
        let searches = appearance
            .split_once("search(")
            .is_some_and(|(_, rest)| rest.contains(')') && appearance.len() > 7);
        let Some(source) = element.source.as_mut().filter(|source| !source.query && !source.places) else {
            continue;
        };
        source.searched = searches;
        offered.push((source.list.clone(), searches, index));
    }
    let searched: BTreeSet<String> =
        offered.iter().filter(|(_, searches, _)| *searches).map(|(list, ..)| list.clone()).collect();
    if let Some((list, _, index)) =
        offered.iter().find(|(list, searches, _)| !searches && searched.contains(list))
    {
        return Err(FormsError::FormatUnsound {
            cube: cube.to_owned(),
            path: tree.path(*index),
            reason: format!("another question searches the choices of {list:?} in a file"),
        });
    }
    for list in lists.iter_mut().filter(|list| searched.contains(&list.name)) {
        list.inline = true;
    }
    Ok(())
}
