//! ODK XForms: a format written as a form that ODK Collect, Enketo and Kobo can ask.

mod body;
mod build;
mod dialect;
mod entities;
mod form;
mod itext;
mod kinds;
mod meta;
mod model;
mod references;
mod tree;
mod xml;

use self::{
    body::{Body, mark_searched},
    build::Builder,
    form::{Tongues, said},
    itext::Itext,
    references::Paths,
    xml::Node,
};
use crate::manufactory::forms::{Extensions, Format, FormsError};

/// The version of ODK XForms the forms comply with.
const VERSION: &str = "1.0.0";

/// The namespaces of every form.
const NAMESPACES: &[(&str, &str)] = &[
    ("xmlns", "http://www.w3.org/2002/xforms"),
    ("xmlns:h", "http://www.w3.org/1999/xhtml"),
    ("xmlns:ev", "http://www.w3.org/2001/xml-events"),
    ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
    ("xmlns:jr", "http://openrosa.org/javarosa"),
    ("xmlns:orx", "http://openrosa.org/xforms"),
    ("xmlns:odk", "http://www.opendatakit.org/xforms"),
];

/// Writes a format as an ODK XForm.
///
/// A format that came from XLSForm is written with all that was kept of it. Any other format is written by
/// its kinds: texts in several languages ask once for each, money asks for cents and currency, links ask for
/// an id, bounds and patterns become constraints, expressions say in XPath what they say of blanks here.
///
/// # Errors
/// [`FormsError::FormatUnsound`] where a reference names no question or several, a name cannot stand in XML,
/// or two sources of data share a name.
///
/// # Source
/// ODK XForms 1.0.0 (<https://getodk.github.io/xforms-spec/>). Checked against what pyxform 4.5.0 makes of the
/// same forms, as canonical XML.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, xform};
/// let format = Format::parse(r#"{"cube": "visit", "label": {"en": "Visit"}, "languages": ["en"],
///   "fields": [{"id": "age", "name": "age", "kind": {"type": "integer"}, "label": {"en": "How old are you?"}}]}"#)?;
/// let form = xform(&format)?;
/// assert!(form.contains(r#"<bind nodeset="/data/age" type="int"/>"#));
/// assert!(form.contains(r#"<input ref="/data/age"><label>How old are you?</label></input>"#));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn xform(format: &Format) -> Result<String, FormsError> {
    format.check()?;
    let format = &dialect::in_xforms(format)?;
    let tongues = Tongues::new(format);
    let mut builder = Builder::new(format, &tongues);
    builder.fields(&format.fields, 0)?;
    let (mut tree, mut lists) = (builder.tree, builder.lists);
    let mut extensions = format.extensions.clone();
    extensions.entry("xlsform:form_id".to_owned()).or_insert_with(|| format.cube.clone().into());
    if said(&extensions, "flat").is_some_and(|flat| !flat.is_empty()) {
        meta::flatten(&mut tree, 0, "");
    }
    let entities = entities::add(&mut tree, format)?;
    meta::add(&mut tree, &extensions);
    tree.name_all().map_err(|(path, reason)| FormsError::FormatUnsound {
        cube: format.cube.clone(),
        path,
        reason,
    })?;
    mark_searched(&mut tree, &mut lists, &format.cube)?;
    let paths = Paths { tree: &tree, cube: &format.cube };
    let mut model = Node::new("model").with("odk:xforms-version", VERSION);
    if let Some(version) = entities {
        model.set("entities:entities-version", version);
    }
    model.extend(submission(&extensions));
    let itext = Itext::new(&tree, &lists, &tongues);
    model.extend(itext.node(&paths, &tongues)?);
    model.push(Node::new("instance").holding(model::instance(&paths, &extensions)?));
    model.extend(model::data(&paths, &lists)?);
    model.extend(model::bindings(&paths)?);
    let title = tongues.tags.first().and_then(|tag| format.label.in_language(tag.as_str()));
    let title = title.or_else(|| format.label.iter().next().map(|(_, text)| text)).unwrap_or(&format.cube);
    let head = Node::new("h:head").holding(Node::new("h:title").saying(title)).holding(model);
    let mut body = Node::new("h:body");
    if let Some(style) = said(&extensions, "style") {
        body.set("class", style);
    }
    body.extend(Body::new(&paths, &lists).controls(0)?);
    let mut html = Node::new("h:html");
    for (name, address) in NAMESPACES {
        html.set(name, *address);
    }
    for (name, address) in namespaces(&extensions, entities.is_some()) {
        html.set(&name, address);
    }
    let html = html.holding(head).holding(body);
    if let Some(name) = html.undeclared() {
        return Err(FormsError::FormatUnsound {
            cube: format.cube.clone(),
            path: String::new(),
            reason: format!("the prefix of {name:?} is not among the namespaces of the form"),
        });
    }
    Ok(html.document())
}

/// Where and how entries are sent, if the form says so.
fn submission(extensions: &Extensions) -> Option<Node> {
    let mut node = Node::new("submission");
    let mut any = false;
    for (setting, name) in [
        ("submission_url", "action"),
        ("public_key", "base64RsaPublicKey"),
        ("auto_send", "orx:auto-send"),
        ("auto_delete", "orx:auto-delete"),
    ] {
        if let Some(value) = said(extensions, setting) {
            any = true;
            node.set(name, value);
            if name == "action" {
                node.set("method", "post");
            }
        }
    }
    if said(extensions, "client_editable")
        .is_some_and(|value| matches!(value, "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()"))
    {
        any = true;
        node.set("odk:client-editable", "true");
    }
    any.then_some(node)
}

/// The namespaces a form adds: `abc="https://example.org/abc"`.
fn namespaces(extensions: &Extensions, entities: bool) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for one in said(extensions, "namespaces").unwrap_or_default().split_whitespace() {
        let mut parts = one.split('=');
        if let (Some(name), Some(address), None) = (parts.next(), parts.next(), parts.next())
            && references::is_prefix(name)
        {
            all.push((format!("xmlns:{name}"), address.replace(['"', '\''], "")));
        }
    }
    if entities {
        all.push(("xmlns:entities".to_owned(), "http://www.opendatakit.org/xforms/entities".to_owned()));
    }
    all.retain(|(name, _)| !NAMESPACES.iter().any(|(known, _)| known == name));
    all
}
