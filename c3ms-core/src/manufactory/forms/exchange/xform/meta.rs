//! What every form holds besides its questions: its instance's id and name, its audit; and flat forms.

use serde_json::Value;

use super::{
    build::hidden,
    form::said,
    tree::{Bound, Element, Role, Tree},
};
use crate::manufactory::forms::{Extensions, exchange::parameters};

/// The group of what belongs to the form.
pub(super) fn group() -> Element {
    let mut group = Element::new("meta", Role::Group);
    group.bodyless = true;
    group
}

fn says_yes(extensions: &Extensions, name: &str) -> bool {
    said(extensions, name)
        .is_some_and(|value| matches!(value, "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()"))
}

/// Adds the form's own questions at its end.
pub(super) fn add(tree: &mut Tree, extensions: &Extensions) {
    let mut children = Vec::new();
    if let Some(audit) = extensions.get("xlsform:audit").and_then(Value::as_object) {
        let mut element = hidden("audit");
        element.bind("type", Bound::Text("binary".to_owned()));
        let text = audit.get("parameters").and_then(Value::as_str);
        for (name, value) in text.and_then(parameters::read).unwrap_or_default() {
            element.bind(&format!("odk:{name}"), Bound::Text(value));
        }
        for (name, value) in
            audit.iter().filter_map(|(name, value)| Some((name.strip_prefix("bind::")?, value)))
        {
            if let Some(value) = value.as_str() {
                element.bind(name, Bound::Text(value.to_owned()));
            }
        }
        children.push(element);
    }
    if !says_yes(extensions, "omit_instanceID") {
        let mut element = hidden("instanceID");
        element.bind("readonly", Bound::Text("true()".to_owned()));
        let preload = said(extensions, "instance_id").unwrap_or("uid");
        element.bind("jr:preload", Bound::Text(preload.to_owned()));
        children.push(element);
    }
    if let Some(name) = said(extensions, "instance_name") {
        let mut element = hidden("instanceName");
        element.bind("calculate", Bound::Text(name.to_owned()));
        children.push(element);
    }
    if children.is_empty() {
        return;
    }
    let known = tree
        .children(0)
        .iter()
        .copied()
        .find(|index| tree.get(*index).is_some_and(|element| element.name == "meta" && element.bodyless));
    let meta = known.unwrap_or_else(|| tree.add(Some(0), group()));
    for child in children {
        tree.add(Some(meta), child);
    }
}

/// Makes a form flat, as ODK Tables had it: groups leave the entry, their conditions go to their questions.
pub(super) fn flatten(tree: &mut Tree, index: usize, condition: &str) {
    for child in tree.children(index).to_vec() {
        let Some(element) = tree.get_mut(child) else { continue };
        let own = element.bound("relevant").unwrap_or_default().to_owned();
        let both = match (condition, own.as_str()) {
            ("", own) => own.to_owned(),
            (outer, "") => outer.to_owned(),
            (outer, own) => format!("{outer} and ({own})"),
        };
        if element.children.is_empty() {
            if !both.is_empty() {
                element.bind("relevant", Bound::Text(both));
            }
        } else {
            element.flat = true;
            flatten(tree, child, &both);
        }
    }
}
