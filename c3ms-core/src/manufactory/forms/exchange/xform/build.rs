//! The fields of a format as the elements of an XForm.

use serde_json::Value;

use super::{
    form::{Choice, List, Tongues, below, lists, marked, media, said},
    kinds::{constraint, money, plain_value},
    tree::{Action, Bound, Element, Order, Role, Source, Tree, Words},
};
use crate::manufactory::forms::{
    Extensions, Field, Format, FormsError, Kind,
    exchange::{
        parameters::{self, Parameters},
        references::is_name,
        types::{Asked, Select, Shape, has_own_list, is_data_file, shape, usual},
    },
};

/// The list of yes and no, for questions that C3MS asks as such.
const YES_NO: &str = "c3ms-yes-no";

/// Makes the tree of a form.
pub(super) struct Builder<'a> {
    pub(super) format: &'a Format,
    pub(super) tongues: &'a Tongues,
    pub(super) tree: Tree,
    pub(super) lists: Vec<List>,
    /// Inside a group whose choices stand in a table; its labels are written already.
    table: Option<bool>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(format: &'a Format, tongues: &'a Tongues) -> Self {
        let name = said(&format.extensions, "name").unwrap_or("data");
        let mut tree = Tree::default();
        tree.add(None, Element::new(name, Role::Survey));
        Self { format, tongues, tree, lists: lists(format, tongues), table: None }
    }

    pub(super) fn fields(&mut self, fields: &[Field], parent: usize) -> Result<(), FormsError> {
        for field in fields {
            self.field(field, parent)?;
        }
        Ok(())
    }

    fn unsound(&self, field: &Field, reason: String) -> FormsError {
        FormsError::FormatUnsound { cube: self.format.cube.clone(), path: field.id.clone(), reason }
    }

    fn field(&mut self, field: &Field, parent: usize) -> Result<(), FormsError> {
        if !is_name(&field.name) {
            return Err(self.unsound(field, format!("{:?} is no name in XML", field.name)));
        }
        let kept = said(&field.extensions, "type");
        match (&field.kind, kept) {
            (Kind::Group { fields }, _) => self.section(field, fields, parent),
            (Kind::Money, None) => self.parts(field, money(), parent),
            (Kind::Text { languages: true, .. }, None) => self.parts(field, self.by_language(field), parent),
            (Kind::Code { .. }, None) => self.question(field, parent),
            (_, None) if field.many.is_some() => {
                // A list of plain answers is asked one by one: what the whole list must fulfil is held against
                // it when it comes in.
                let mut one = Field { many: None, ..field.clone() };
                "value".clone_into(&mut one.name);
                (one.relevant, one.count, one.constraint) = (None, None, None);
                let list = Field { constraint: None, ..field.clone() };
                self.section(&list, &[one], parent)
            }
            _ => self.question(field, parent),
        }
    }

    /// What XForms ask in parts; where it must be answered, its first part must.
    fn parts(&mut self, field: &Field, mut parts: Vec<Field>, parent: usize) -> Result<(), FormsError> {
        let mut whole = field.clone();
        if let Some(first) = parts.first_mut() {
            first.required = std::mem::take(&mut whole.required);
            first.required_when = whole.required_when.take();
            first.required_help = std::mem::take(&mut whole.required_help);
        }
        self.section(&whole, &parts, parent)
    }

    /// A text in several languages is asked in each.
    fn by_language(&self, field: &Field) -> Vec<Field> {
        let Kind::Text { min_length, max_length, pattern, .. } = &field.kind else { return Vec::new() };
        let kind = Kind::Text {
            languages: false,
            min_length: *min_length,
            max_length: *max_length,
            pattern: pattern.clone(),
        };
        let one = |tag: &crate::base::Language| {
            let mut one = Field::new(tag.as_str(), kind.clone());
            one.label = crate::base::Text::new(tag.clone(), tag.as_str());
            one
        };
        self.tongues.tags.iter().map(one).collect()
    }

    fn section(&mut self, field: &Field, fields: &[Field], parent: usize) -> Result<(), FormsError> {
        let role = if field.many.is_some() { Role::Repeat } else { Role::Group };
        let mut element = Element::new(&field.name, role);
        self.words(&mut element, field);
        self.bind(&mut element, field, None, &Parameters::new());
        Self::attributes(&mut element, &field.extensions);
        if let Some(intent) = said(&field.extensions, "intent") {
            element.set_control("intent", intent);
        }
        if let Some(count) = field.count.as_deref() {
            let reference = self.count(&field.name, count, parent);
            element.set_control("jr:count", &reference);
        }
        let table = element.appearance().split_whitespace().any(|word| word == "table-list");
        let note = table.then(|| Self::table_list(&mut element, &field.extensions)).flatten();
        let index = self.tree.add(Some(parent), element);
        if table {
            self.table = Some(false);
        }
        if let Some(note) = note {
            self.tree.add(Some(index), note);
        }
        self.fields(fields, index)?;
        self.table = None;
        Ok(())
    }

    /// The number of a repeat, as a reference; where it is calculated a hidden question holds it.
    fn count(&mut self, name: &str, count: &str, parent: usize) -> String {
        if crate::manufactory::forms::exchange::references::is_reference(count) {
            return count.to_owned();
        }
        let name = format!("{name}_count");
        let mut element = hidden(&name);
        element.bind("readonly", Bound::Text("true()".to_owned()));
        element.bind("calculate", Bound::Text(count.to_owned()));
        self.tree.add(Some(parent), element);
        format!("${{{name}}}")
    }

    /// A group whose choices stand in a table: its label becomes a note, so that ODK shows it above.
    fn table_list(element: &mut Element, extensions: &Extensions) -> Option<Element> {
        let mut appearance = "field-list".to_owned();
        for word in element.appearance().split_whitespace().filter(|word| *word != "table-list") {
            appearance = format!("{appearance} {word}");
        }
        element.set_control("appearance", &appearance);
        if element.label.is_none() && element.hint.is_none() {
            return None;
        }
        let row = row(extensions, &element.name);
        let mut note = note(&format!("generated_table_list_label_{row}"));
        note.label = std::mem::take(&mut element.label);
        note.hint = std::mem::take(&mut element.hint);
        Some(note)
    }

    fn question(&mut self, field: &Field, parent: usize) -> Result<(), FormsError> {
        let kept = said(&field.extensions, "type").unwrap_or_default();
        let asked = Asked::read(kept);
        let parameters = said(&field.extensions, "parameters").and_then(parameters::read).unwrap_or_default();
        let select = match (&asked, &field.kind) {
            (Asked::Attached(suffix), _) => {
                self.tree.add(Some(parent), Element::new(&field.name, Role::Attached((*suffix).to_owned())));
                return Ok(());
            }
            (Asked::Select(select), _) if !has_own_list(select) => Some(*select),
            (_, Kind::Code { vocabulary, .. }) => Some(Select {
                kind: usual(&field.kind, field.many.is_some()).unwrap_or("select one"),
                list: vocabulary,
                other: false,
                from_file: false,
            }),
            (_, Kind::Boolean) => {
                self.yes_no();
                Some(Select { kind: "select one", list: YES_NO, other: false, from_file: false })
            }
            _ => None,
        };
        let name = match (&select, &asked) {
            (Some(select), _) => select.kind,
            (None, Asked::Osm(_)) => "osm",
            (None, _) if !kept.is_empty() => kept,
            (None, _) => usual(&field.kind, false).unwrap_or(match field.kind {
                Kind::File { .. } => "file",
                _ => "text",
            }),
        };
        let shape = *shape(name).ok_or_else(|| self.unsound(field, format!("there is no type {name:?}")))?;
        let mut element = Element::new(&field.name, Role::Question(shape));
        self.words(&mut element, field);
        self.bind(&mut element, field, Some(&shape), &parameters);
        Self::attributes(&mut element, &field.extensions);
        if !shape.media.is_empty() {
            let media = match &field.kind {
                Kind::File { accept: Some(accept) } if kept.is_empty() => accept,
                _ => shape.media,
            };
            element.control.insert(0, ("mediatype".to_owned(), media.to_owned()));
        }
        control_parameters(&mut element, name, &parameters);
        if let Some(select) = &select {
            element.source = Some(source(field, select, &parameters));
        }
        let on_map = matches!(name, "geopoint" | "geotrace" | "geoshape");
        if let Some(places) = parameters::get(&parameters, "reference-geometry").filter(|_| on_map) {
            let filter = said(&field.extensions, "choice_filter").map(str::to_owned);
            element.source = Some(Source { list: places.to_owned(), places: true, filter, ..plain_source() });
        }
        if name == "range" {
            self.range(&mut element, field, &parameters)?;
        }
        if let Asked::Osm(list) = asked {
            element.tags = self.tags(list);
        }
        self.values(&mut element, field, name, &parameters, parent);
        Self::triggers(&mut element, field);
        Self::show(&mut element, &shape);
        let offered = select.filter(has_own_list).map(|select| select.list);
        if let (Some(labeled), Some(list)) = (self.table, offered) {
            if !labeled {
                let row = row(&field.extensions, &field.name);
                self.tree.add(Some(parent), table_labels(&shape, list, &row));
                self.table = Some(true);
            }
            element.set_control("appearance", "list-nolabel");
        }
        self.tree.add(Some(parent), element);
        Ok(())
    }

    /// A question that is asked says something, if only its name.
    fn show(element: &mut Element, shape: &Shape) {
        let silent = matches!(shape.control, "" | "action");
        let calculated = element.bound("calculate").is_some() || !element.triggers.is_empty();
        let says = !element.label.is_none() || !element.hint.is_none();
        if element.label.is_none() && element.appearance() == "label" {
            element.label = Words::Plain(" ".to_owned());
        } else if !says && !silent && !calculated && element.media.is_empty() {
            element.label = Words::Plain(element.name.clone());
        }
    }

    /// Label, hint, guidance, media.
    fn words(&self, element: &mut Element, field: &Field) {
        let extensions = &field.extensions;
        element.label = self.tongues.words(&field.label, marked(extensions, "label"));
        element.hint = self.tongues.words(&field.help, marked(extensions, "hint"));
        for (_, guidance) in below(extensions, "guidance_hint").filter(|(rest, _)| rest.is_empty()) {
            element.guidance = self.tongues.kept(guidance);
        }
        element.media = media(extensions, self.tongues);
        element.save_to = said(extensions, "save_to").map(str::to_owned);
    }

    fn bind(&self, element: &mut Element, field: &Field, shape: Option<&Shape>, parameters: &Parameters) {
        for (name, value) in shape.map_or(&[][..], |shape| shape.bind) {
            if *name != "constraint" {
                element.bind(name, Bound::Text((*value).to_owned()));
            }
        }
        let extensions = &field.extensions;
        let truth = |name: &str| {
            let text = said(extensions, name)?;
            Some(match text {
                "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" => "true()",
                "no" | "No" | "NO" | "false" | "False" | "FALSE" => "false()",
                other => other,
            })
        };
        let required = if field.required {
            Some("true()")
        } else {
            field.required_when.as_deref().or(truth("required"))
        };
        let read_only = if field.read_only { Some("true()") } else { truth("readonly") };
        let calculated = field.calculation.as_deref();
        let constraint = constraint(field);
        for (name, value) in [
            ("required", required),
            ("readonly", read_only),
            ("relevant", field.relevant.as_deref()),
            ("constraint", constraint.as_deref()),
            ("calculate", calculated),
            (
                "entities:saveto",
                said(extensions, "save_to").map(|name| name.rsplit('#').next().unwrap_or(name)),
            ),
        ] {
            if let Some(value) = value {
                element.bind(name, Bound::Text(value.to_owned()));
            }
        }
        for (name, text, mark) in [
            ("jr:constraintMsg", &field.constraint_help, "constraint_message"),
            ("jr:requiredMsg", &field.required_help, "required_message"),
        ] {
            let words = self.tongues.words(text, marked(extensions, mark));
            if !words.is_none() {
                element.bind(name, Bound::Message(words));
            }
        }
        for (name, value) in below(extensions, "bind::") {
            let bound = match (name, value) {
                ("jr:noAppErrorString", value) => Bound::Message(self.tongues.kept(value)),
                (name, Value::String(text)) if !name.contains("::") => Bound::Text(text.clone()),
                _ => continue,
            };
            element.bind(name, bound);
        }
        // Each kind of file and place has its own.
        let kind =
            shape.map_or("", |shape| if shape.media.is_empty() { shape.bound("type") } else { shape.media });
        let asked = shape.is_some_and(|shape| shape.control != "action");
        for (wanted, parameter, name) in [
            ("image/*", "max-pixels", "orx:max-pixels"),
            ("audio/*", "quality", "odk:quality"),
            ("geopoint", "allow-mock-accuracy", "odk:allow-mock-accuracy"),
            ("geotrace", "allow-mock-accuracy", "odk:allow-mock-accuracy"),
            ("geoshape", "allow-mock-accuracy", "odk:allow-mock-accuracy"),
        ] {
            if let Some(value) = parameters::get(parameters, parameter).filter(|_| asked && kind == wanted) {
                element.bind(name, Bound::Text(value.to_owned()));
            }
        }
    }

    /// The attributes of control and node.
    fn attributes(element: &mut Element, extensions: &Extensions) {
        if let Some(appearance) = said(extensions, "appearance") {
            element.set_control("appearance", appearance);
        }
        for (name, value) in below(extensions, "body::") {
            // Deeper names are no attributes.
            if let Some(value) = value.as_str().filter(|_| !name.contains("::")) {
                element.set_control(name, value);
            }
        }
        for (name, value) in below(extensions, "instance::") {
            if let Some(value) = value.as_str().filter(|_| !name.contains("::")) {
                element.instance.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    fn range(&self, element: &mut Element, field: &Field, parameters: &Parameters) -> Result<(), FormsError> {
        let scale = parameters::scale(parameters).map_err(|reason| self.unsound(field, reason))?;
        for (name, value) in scale.attributes {
            element.set_control(name, &value);
        }
        if scale.decimal && said(&field.extensions, "bind::type").is_none() {
            element.bind("type", Bound::Text("decimal".to_owned()));
        }
        element.source = scale.labels.map(|list| Source { list, ..plain_source() });
        Ok(())
    }

    /// First values and what sets them.
    fn values(
        &self,
        element: &mut Element,
        field: &Field,
        name: &str,
        parameters: &Parameters,
        parent: usize,
    ) {
        let setter = |event, value: &str| Action {
            tag: "setvalue",
            event,
            value: value.to_owned(),
            attributes: Vec::new(),
        };
        if let Some(initial) = &field.initial {
            element.actions.push(setter("odk-instance-first-load", initial));
            let parent_repeats = self.tree.get(parent).is_some_and(|parent| parent.role == Role::Repeat)
                || self.tree.repeat_above(parent).is_some();
            if parent_repeats {
                element.actions.push(setter("odk-new-repeat", initial));
            }
        }
        let default = field.default.as_ref().and_then(plain_value);
        let default = default.or_else(|| said(&field.extensions, "default").map(str::to_owned));
        let picture = matches!(name, "image" | "photo");
        element.default = default.map(|default| {
            if picture && !default.contains("jr://images/") {
                format!("jr://images/{default}")
            } else {
                default
            }
        });
        let quality = parameters::get(parameters, "quality");
        match name {
            "start-geopoint" => {
                element
                    .actions
                    .push(Action { tag: "odk:setgeopoint", ..setter("odk-instance-first-load", "") });
            }
            "background-audio" => element.actions.push(Action {
                tag: "odk:recordaudio",
                attributes: quality.map(|quality| ("odk:quality", quality.to_owned())).into_iter().collect(),
                ..setter("odk-instance-load", "")
            }),
            _ => {}
        }
    }

    fn triggers(element: &mut Element, field: &Field) {
        let Some(trigger) = said(&field.extensions, "trigger") else { return };
        let found = crate::manufactory::forms::exchange::references::references(trigger);
        element.triggers = found.into_iter().map(|reference| reference.name.to_owned()).collect();
        said(&field.extensions, "calculation").unwrap_or_default().clone_into(&mut element.triggered);
    }

    /// Tags of OpenStreetMap, from the rows that are kept of them.
    fn tags(&self, list: &str) -> Vec<(String, Words)> {
        let rows = self.format.extensions.get("xlsform:osm").and_then(Value::as_array);
        let tag = |row: &Value| {
            let text = |name: &str| row.get(name).and_then(Value::as_str);
            if text("list name") != Some(list) {
                return None;
            }
            let label = text("label").map_or(Words::None, |label| Words::Plain(label.to_owned()));
            Some((text("name")?.to_owned(), label))
        };
        rows.into_iter().flatten().filter_map(tag).collect()
    }

    fn yes_no(&mut self) {
        if self.lists.iter().any(|list| list.name == YES_NO) {
            return;
        }
        let choice = |name: &str, french, english| Choice {
            name: name.to_owned(),
            label: self.tongues.own(french, english),
            media: Vec::new(),
            attributes: Vec::new(),
        };
        let choices = vec![choice("true", "Oui", "Yes"), choice("false", "Non", "No")];
        self.lists.push(List::new(YES_NO, choices));
    }
}

/// A question nobody is asked.
pub(super) fn hidden(name: &str) -> Element {
    let shape = Shape { control: "", media: "", bind: &[("type", "string")], hint: "" };
    let mut element = Element::new(name, Role::Question(shape));
    element.bind("type", Bound::Text("string".to_owned()));
    element
}

fn note(name: &str) -> Element {
    let bind: &[_] = &[("readonly", "true()"), ("type", "string")];
    let mut element =
        Element::new(name, Role::Question(Shape { control: "input", media: "", bind, hint: "" }));
    for (name, value) in bind {
        element.bind(name, Bound::Text((*value).to_owned()));
    }
    element
}

/// The row of labels above a table of choices.
fn table_labels(shape: &Shape, list: &str, row: &str) -> Element {
    let name = format!("reserved_name_for_field_list_labels_{row}");
    let mut element = Element::new(&name, Role::Question(*shape));
    element.bind("type", Bound::Text("string".to_owned()));
    element.set_control("appearance", "label");
    element.label = Words::Plain(" ".to_owned());
    element.source = Some(Source { list: list.to_owned(), ..plain_source() });
    element
}

/// The row a generated element is named after; where no row is kept, what it belongs to.
fn row(extensions: &Extensions, name: &str) -> String {
    extensions
        .get("xlsform:row")
        .and_then(Value::as_u64)
        .map_or_else(|| name.to_owned(), |row| row.to_string())
}

fn plain_source() -> Source {
    Source {
        list: String::new(),
        filter: None,
        query: false,
        columns: (None, None),
        order: Order::Kept,
        places: false,
        searched: false,
    }
}

fn source(field: &Field, select: &Select<'_>, parameters: &Parameters) -> Source {
    let filter = match &field.kind {
        Kind::Code { filter, .. } => filter.clone(),
        _ => said(&field.extensions, "choice_filter").map(str::to_owned),
    };
    let given = |name: &str| parameters::get(parameters, name).map(str::to_owned);
    let columns = if is_data_file(select.list) { (given("value"), given("label")) } else { (None, None) };
    Source {
        list: select.list.to_owned(),
        filter,
        query: select.kind == "select one external",
        columns,
        order: match (given("randomize").as_deref(), given("seed")) {
            (Some("true"), None) => Order::Random,
            (Some("true"), Some(seed)) => Order::Seeded(seed),
            _ => Order::Kept,
        },
        places: false,
        searched: false,
    }
}

/// What the parameters say of the control.
fn control_parameters(element: &mut Element, name: &str, parameters: &Parameters) {
    let given = |wanted: &str| parameters::get(parameters, wanted);
    if let Some(rows) = given("rows").filter(|_| name == "text") {
        element.set_control("rows", rows);
    }
    let picture = matches!(name, "image" | "photo") && matches!(element.appearance(), "" | "annotate");
    if let Some(app) = given("app").filter(|_| picture) {
        element.set_control("intent", app);
    }
    for (parameter, attribute) in
        [("capture-accuracy", "accuracyThreshold"), ("warning-accuracy", "unacceptableAccuracyThreshold")]
    {
        if let Some(value) = given(parameter).filter(|_| name == "geopoint") {
            element.set_control(attribute, value);
        }
    }
    if given("incremental").is_some() && matches!(name, "geotrace" | "geoshape") {
        element.set_control("incremental", "true");
    }
}
