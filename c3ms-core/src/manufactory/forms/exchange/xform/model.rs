//! The model of a form: the entry as it begins, the data it looks into, the bindings of its questions.

use super::{
    form::{List, said},
    itext::in_itext,
    references::{Manner, Paths},
    tree::{Action, Bound, Element, Role, Words},
    xml::Node,
};
use crate::manufactory::forms::{
    Extensions, FormsError,
    exchange::{
        references::candidates,
        types::{is_data_file, stem},
    },
};

/// What the entry looks like before anybody answered.
pub(super) fn instance(paths: &Paths<'_>, extensions: &Extensions) -> Result<Node, FormsError> {
    let mut root = section(paths, 0, false)?;
    for (name, value) in super::form::below(extensions, "attribute::") {
        root.set(name, value.as_str().unwrap_or_default());
    }
    for (setting, name) in [
        ("form_id", "id"),
        ("instance_xmlns", "xmlns"),
        ("version", "version"),
        ("prefix", "odk:prefix"),
        ("delimiter", "odk:delimiter"),
    ] {
        if let Some(value) = said(extensions, setting) {
            root.set(name, value);
        }
    }
    Ok(root)
}

fn attributes(
    paths: &Paths<'_>,
    index: usize,
    element: &Element,
    mut node: Node,
) -> Result<Node, FormsError> {
    for (name, value) in &element.instance {
        node.set(name, paths.expression(value, Some(index), Manner::default())?);
    }
    Ok(node)
}

/// A section with what it holds. Each repeat stands twice: once as the template of new ones, once as the first
/// one; inside such a first one there are no further templates.
fn section(paths: &Paths<'_>, index: usize, inside: bool) -> Result<Node, FormsError> {
    let Some(element) = paths.tree.get(index) else { return Ok(Node::new("data")) };
    let mut node = attributes(paths, index, element, Node::new(&element.name))?;
    let mut inside = inside;
    for child in paths.tree.children(index) {
        let Some(inner) = paths.tree.get(*child) else { continue };
        if inner.flat {
            for flat in flattened(paths, *child)? {
                node.push(flat);
            }
            continue;
        }
        let mut template = None;
        match &inner.role {
            Role::Attached(_) => continue,
            Role::Attribute(value) => {
                node.set(&inner.name, value);
                continue;
            }
            Role::Repeat if !inside => {
                inside = true;
                template = Some(self::template(paths, *child)?);
            }
            Role::Survey
            | Role::Group
            | Role::Repeat
            | Role::Question(_)
            | Role::Entity
            | Role::EntityLabel => {}
        }
        node.push(one(paths, *child, inside)?);
        if let Some(template) = template {
            inside = false;
            node.push_before_last(template);
        }
    }
    Ok(node)
}

fn one(paths: &Paths<'_>, index: usize, inside: bool) -> Result<Node, FormsError> {
    match paths.tree.get(index) {
        Some(element) if element.is_section() => section(paths, index, inside),
        Some(element) => {
            let node = Node::new(&element.name);
            let node = match &element.default {
                Some(default) => node.saying(default),
                None => node,
            };
            attributes(paths, index, element, node)
        }
        None => Ok(Node::new("data")),
    }
}

fn template(paths: &Paths<'_>, index: usize) -> Result<Node, FormsError> {
    let name = paths.tree.get(index).map_or("data", |element| &element.name);
    let mut node = Node::new(name).with("jr:template", "");
    for child in paths.tree.children(index) {
        let inner = paths.tree.get(*child).map(|inner| &inner.role);
        match inner {
            Some(Role::Repeat) => node.push(template(paths, *child)?),
            Some(Role::Attached(_)) | None => {}
            Some(_) => node.push(one(paths, *child, false)?),
        }
    }
    Ok(node)
}

fn flattened(paths: &Paths<'_>, index: usize) -> Result<Vec<Node>, FormsError> {
    let mut nodes = Vec::new();
    for child in paths.tree.children(index) {
        match paths.tree.get(*child) {
            Some(inner) if inner.flat => nodes.extend(flattened(paths, *child)?),
            Some(inner) if matches!(inner.role, Role::Attached(_)) => {}
            Some(_) => nodes.push(one(paths, *child, false)?),
            None => {}
        }
    }
    Ok(nodes)
}

/// The data a form looks into: files, the entry saved last, its own lists.
pub(super) fn data(paths: &Paths<'_>, lists: &[List]) -> Result<Vec<Node>, FormsError> {
    let mut found = Data { cube: paths.cube, path: String::new(), known: Vec::new(), nodes: Vec::new() };
    let mut last_saved = false;
    for index in paths.tree.below(0) {
        let Some(element) = paths.tree.get(index) else { continue };
        found.path = paths.tree.path(index);
        for text in formulas(element) {
            for name in pulled(&text) {
                found.file(&name, &format!("jr://file-csv/{name}.csv"), false)?;
            }
            last_saved |= candidates(&text).any(|one| one.is_ok_and(|reference| reference.last_saved));
        }
        if let Role::Attached(suffix) = &element.role {
            let kind = folder(suffix);
            found.file(&element.name, &format!("jr://{kind}/{}.{suffix}", element.name), true)?;
        }
        let source = element.source.as_ref().filter(|source| !source.query && !source.places);
        if let Some(list) = source.map(|source| source.list.as_str()).filter(|list| is_data_file(list)) {
            let suffix = list.rsplit('.').next().unwrap_or_default();
            found.file(stem(list), &format!("jr://{}/{list}", folder(suffix)), false)?;
        }
    }
    if last_saved {
        found.file("__last-saved", "jr://instance/last-saved", false)?;
    }
    for list in lists.iter().filter(|list| !list.inline) {
        found.list(list)?;
    }
    Ok(found.nodes)
}

/// Where a file of this suffix lies.
fn folder(suffix: &str) -> &'static str {
    if suffix == "csv" { "file-csv" } else { "file" }
}

/// The formulas of an element that may look into files.
fn formulas(element: &Element) -> Vec<String> {
    let names = ["calculate", "constraint", "readonly", "required", "relevant"];
    let bound = names.into_iter().filter_map(|name| element.bound(name));
    let filter = element.source.iter().filter_map(|source| source.filter.as_deref());
    let first = element.actions.iter().map(|action| action.value.as_str()).take(1);
    let triggered = std::iter::once(element.triggered.as_str());
    let default = element.default.as_deref();
    bound.chain(filter).chain(default).chain(first).chain(triggered).map(str::to_owned).collect()
}

/// The files a formula pulls from: `pulldata('towns', …)`.
fn pulled(text: &str) -> Vec<String> {
    let call = |(at, _): (usize, &str)| {
        let rest = text.get(at + "pulldata".len()..)?.trim_start().strip_prefix('(')?;
        let (name, _) = rest.split_once(',')?;
        Some(name.replace(['\'', '"'], "").trim().to_owned())
    };
    text.match_indices("pulldata").filter_map(call).collect()
}

/// Data by name; the same name for other data is an error.
struct Data<'a> {
    cube: &'a str,
    /// The question that wants it.
    path: String,
    known: Vec<(String, Option<String>, bool)>,
    nodes: Vec<Node>,
}

impl Data<'_> {
    fn add(&mut self, name: &str, source: Option<&str>, attached: bool) -> Result<bool, FormsError> {
        let Some((_, known, twin)) = self.known.iter().find(|(known, ..)| known == name) else {
            self.known.push((name.to_owned(), source.map(str::to_owned), attached));
            return Ok(true);
        };
        // A list gives way to the file of its name.
        if known.as_deref() == source && !(*twin && attached) {
            return Ok(false);
        }
        Err(FormsError::FormatUnsound {
            cube: self.cube.to_owned(),
            path: self.path.clone(),
            reason: format!("two sources of data are called {name:?}"),
        })
    }

    fn file(&mut self, name: &str, source: &str, attached: bool) -> Result<(), FormsError> {
        if self.add(name, Some(source), attached)? {
            self.nodes.push(Node::new("instance").with("id", name).with("src", source));
        }
        Ok(())
    }

    fn list(&mut self, list: &List) -> Result<(), FormsError> {
        if !self.add(&list.name, None, false)? {
            return Ok(());
        }
        let mut root = Node::new("root");
        for (index, choice) in list.choices.iter().enumerate() {
            let mut item = Node::new("item");
            if list.in_itext {
                item.push(Node::new("itextId").saying(&format!("{}-{index}", list.name)));
            }
            item.push(Node::new("name").saying(&choice.name));
            if let Words::Plain(label) = &choice.label
                && !list.in_itext
            {
                item.push(Node::new("label").saying(label));
            }
            item.extend(choice.attributes.iter().map(|(name, value)| Node::new(name).saying(value)));
            root.push(item);
        }
        self.nodes.push(Node::new("instance").with("id", &list.name).holding(root));
        Ok(())
    }
}

/// The bindings and first actions of all elements.
pub(super) fn bindings(paths: &Paths<'_>) -> Result<Vec<Node>, FormsError> {
    let mut nodes = Vec::new();
    for index in paths.tree.below(0) {
        let Some(element) = paths.tree.get(index) else { continue };
        if let Some(bind) = element.bind.as_ref().filter(|_| !element.flat) {
            nodes.push(binding(paths, index, element, bind)?);
        }
        for action in element.actions.iter().filter(|action| action.event != "odk-new-repeat") {
            nodes.push(self::action(paths, index, action)?);
        }
    }
    Ok(nodes)
}

fn binding(
    paths: &Paths<'_>,
    index: usize,
    element: &Element,
    bind: &[(String, Bound)],
) -> Result<Node, FormsError> {
    let path = paths.tree.path(index);
    let mut node = Node::new("bind").with("nodeset", &path);
    for (name, bound) in bind {
        let value = match bound {
            Bound::Message(words) if in_itext(name, words) => format!("jr:itext('{path}:{name}')"),
            Bound::Message(Words::Plain(text)) | Bound::Text(text) => {
                if name == "calculate" && !element.triggers.is_empty() {
                    continue;
                }
                paths.expression(text, Some(index), Manner::default())?
            }
            Bound::Message(_) => continue,
        };
        node.set(name, value);
    }
    Ok(node)
}

/// An action of an element, with its references written as paths.
pub(super) fn action(paths: &Paths<'_>, index: usize, action: &Action) -> Result<Node, FormsError> {
    let mut node = Node::new(action.tag).with("ref", paths.tree.path(index)).with("event", action.event);
    if !action.value.is_empty() {
        node.set("value", paths.expression(&action.value, Some(index), Manner::default())?);
    }
    for (name, value) in &action.attributes {
        node.set(name, value);
    }
    Ok(node)
}
