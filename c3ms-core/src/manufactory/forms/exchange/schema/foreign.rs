//! A JSON Schema read as a format: our own exactly, any other as far as a format can say it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    DEEPEST, MOST_FIELDS, MOST_ITEMS, blank, name,
    name::below,
    report::{Ledger, SchemaReport},
    unreadable,
    view::{Library, NULL, Said, View, is_annotation},
};
use crate::{
    base::{Language, Text},
    manufactory::forms::{Extensions, Field, Format, FormsError, Kind, Vocabulary},
};

/// Reads a JSON Schema (2020-12, or draft 7) as a format, and tells what became of each keyword.
///
/// A schema that [`json_schema`](super::super::super::json_schema) wrote gives back its format, equal in all
/// parts. Of any other schema, `properties` become fields, objects groups, arrays lists, `enum` vocabularies;
/// `$ref` and `allOf` are followed. What asserts nothing is kept in the extensions (`json-schema:examples`);
/// what asserts something that a format cannot say is lost, with the reason. `cube` names the format where the
/// schema does not.
///
/// Where the schema speaks of a list of records, the format is that of one of them. A schema without language
/// gives labels in `und`.
///
/// # Errors
/// [`FormsError::SchemaUnreadable`] where it is no schema of an object, or so large that it is none;
/// [`FormsError::FormatUnsound`] where the format it makes contradicts itself.
///
/// # Source
/// JSON Schema 2020-12 and draft 7, core and validation.
///
/// # Examples
/// ```
/// use c3ms_core::forms::exchange::from_json_schema;
/// let schema = serde_json::json!({
///   "type": "object", "required": ["name"],
///   "properties": { "name": { "type": "string", "maxLength": 80 }, "age": { "type": "integer", "multipleOf": 2 } }
/// });
/// let (format, report) = from_json_schema(&schema, "person")?;
/// assert!(format.field("name").is_some_and(|name| name.required));
/// assert_eq!((report.interpreted, report.lost.len()), (6, 1));
/// assert_eq!(report.lost[0].keyword, "multipleOf");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn from_json_schema(schema: &Value, cube: &str) -> Result<(Format, SchemaReport), FormsError> {
    let members = schema.as_object().ok_or_else(|| unreadable("", "a schema of records is an object"))?;
    let mut reader = Reader::new(schema);
    let mut format = if members.contains_key("c3ms:cube") {
        reader.own_format(members)?
    } else {
        reader.foreign_format(schema, cube)?
    };
    format.vocabularies.append(&mut reader.vocabularies);
    reader.unused_definitions(members);
    reader.hold_own(schema, &format);
    format.check()?;
    Ok((format, reader.ledger.report()))
}

/// Reads one schema.
pub(super) struct Reader<'a> {
    pub(super) library: Library<'a>,
    pub(super) ledger: Ledger,
    /// The vocabularies made on the way, and at which place each.
    pub(super) vocabularies: BTreeMap<String, Vocabulary>,
    pub(super) vocabulary_at: BTreeMap<String, String>,
    pub(super) vocabulary_names: BTreeSet<String>,
    ids: BTreeSet<String>,
    /// The objects the walk is in, so that one that holds itself is seen.
    open: BTreeSet<String>,
    pub(super) count: usize,
    /// Where fields of our own writing stand, with their ids.
    pub(super) own: Vec<(String, String)>,
}

/// Where a field stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'b> {
    /// The id of the group around it; empty at the top.
    pub(super) within: &'b str,
    pub(super) depth: usize,
}

/// What became of a schema: a kind, or why none.
pub(super) type Read = Result<Kind, String>;

impl<'a> Reader<'a> {
    fn new(schema: &'a Value) -> Self {
        Self {
            library: Library::new(schema),
            ledger: Ledger::default(),
            vocabularies: BTreeMap::new(),
            vocabulary_at: BTreeMap::new(),
            vocabulary_names: BTreeSet::new(),
            ids: BTreeSet::new(),
            open: BTreeSet::new(),
            count: 0,
            own: Vec::new(),
        }
    }

    fn foreign_format(&mut self, schema: &'a Value, cube: &str) -> Result<Format, FormsError> {
        let mut format = blank(cube)?;
        let mut view = self.library.view("", schema, &mut self.ledger)?;
        if view.has("items") && !view.has("properties") {
            let Some((at, items)) = view.take("items", &mut self.ledger) else { return Ok(format) };
            view.take("type", &mut self.ledger);
            self.finish(view, &mut format.extensions, "a format is that of one record, not of the list");
            view = self.library.view(&below(&at, "items"), items, &mut self.ledger)?;
        }
        if !view.has("properties") {
            return Err(unreadable("", "it describes no object with named properties"));
        }
        format.label = self.text(&mut view, "title").unwrap_or_else(|| undetermined(cube));
        format.help = self.text(&mut view, "description").unwrap_or_default();
        self.open.extend(view.places.iter().cloned());
        format.fields = self.fields(&mut view, Place { within: "", depth: 0 })?;
        self.finish(view, &mut format.extensions, "a record has named fields and no other rules");
        Ok(format)
    }

    /// The fields of an object, and what it says of others.
    pub(super) fn fields(&mut self, view: &mut View<'a>, place: Place<'_>) -> Result<Vec<Field>, FormsError> {
        if let Some((at, kind)) = view.take("type", &mut self.ledger)
            && kind.is_array()
        {
            self.ledger.lost(&at, "type", NULL);
        }
        let required = view.take_all("required", &mut self.ledger);
        let names: BTreeSet<&str> =
            required.iter().flat_map(|(_, names)| texts(names)).collect::<BTreeSet<_>>();
        for (at, closed) in view.take_all("additionalProperties", &mut self.ledger) {
            if closed != &Value::Bool(false) {
                self.ledger.lost(&at, "additionalProperties", "a format names all its fields");
            }
        }
        let order = view.take("c3ms:order", &mut self.ledger).map(|(_, order)| texts(order).collect());
        let mut properties: BTreeMap<&str, (String, &'a Value)> = BTreeMap::new();
        for (at, all) in view.take_all("properties", &mut self.ledger) {
            let at = below(&at, "properties");
            for (name, schema) in all.as_object().into_iter().flatten() {
                let path = below(&at, name);
                if properties.contains_key(name.as_str()) {
                    self.lose(&path, schema, "the property is described in another place already");
                } else {
                    properties.insert(name, (path, schema));
                }
            }
        }
        for (at, _) in &required {
            for name in names.iter().filter(|name| !properties.contains_key(**name)) {
                self.ledger.lost(at, "required", format!("no property is called {name:?}"));
            }
        }
        let mut taken = BTreeSet::new();
        let mut fields = Vec::with_capacity(properties.len());
        for (name, at, schema) in ordered(properties, order.unwrap_or_default()) {
            let is_required = names.contains(name).then(|| required.first().map(|(at, _)| at.as_str()));
            if let Some(field) = self.field(name, &at, schema, is_required.flatten(), &mut taken, place)? {
                fields.push(field);
            }
        }
        Ok(fields)
    }

    fn field(
        &mut self,
        written: &str,
        at: &str,
        schema: &'a Value,
        required: Option<&str>,
        taken: &mut BTreeSet<String>,
        place: Place<'_>,
    ) -> Result<Option<Field>, FormsError> {
        self.count += 1;
        if self.count > MOST_FIELDS {
            return Err(unreadable(at, format!("it describes more than {MOST_FIELDS} fields")));
        }
        if let Some(members) = schema.as_object()
            && members.contains_key("c3ms:kind")
        {
            taken.insert(written.to_owned());
            return self.own_field(written, at, members, required.is_some(), place).map(Some);
        }
        let mut view = self.library.view(at, schema, &mut self.ledger)?;
        let fitting = if name::fits(written) { written.to_owned() } else { name::fitting(written) };
        let name = name::unique(fitting, taken);
        let wanted = if place.within.is_empty() { name.clone() } else { format!("{}.{name}", place.within) };
        let id = name::unique(wanted, &mut self.ids);
        let mut field = Field::new(name, Kind::Note);
        field.required = required.is_some();
        let inner = Place { within: &id, depth: place.depth };
        match self.shape(&mut view, &mut field, at, required, inner)? {
            Ok(kind) => field.kind = kind,
            Err(reason) => {
                self.lose(at, schema, &reason);
                if let Some(at) = required {
                    self.ledger.lost(at, "required", format!("{written:?} is no field"));
                }
                return Ok(None);
            }
        }
        if field.name != written {
            self.ledger.renamed(at.to_owned(), &field.name);
            field.extensions.insert("json-schema:name".to_owned(), Value::from(written));
        }
        field.id = id;
        if let Some(title) = self.text(&mut view, "title") {
            field.label = title;
        }
        if let Some(description) = self.text(&mut view, "description") {
            field.help = description;
        }
        field.default = view.take("default", &mut self.ledger).and_then(|(at, value)| {
            if value.is_null() {
                self.ledger.lost(&at, "default", NULL);
            }
            (!value.is_null()).then(|| value.clone())
        });
        if let Some((_, value)) = view.take("readOnly", &mut self.ledger) {
            field.read_only = value == &Value::Bool(true);
        }
        let reason = format!("a field of kind {} has no such rule", field.kind.name());
        self.finish(view, &mut field.extensions, &reason);
        Ok(Some(field))
    }

    /// What a field accepts, one of it or a list.
    fn shape(
        &mut self,
        view: &mut View<'a>,
        field: &mut Field,
        at: &str,
        required: Option<&str>,
        place: Place<'_>,
    ) -> Result<Read, FormsError> {
        if let Err(reason) = self.enter(view, place) {
            return Ok(Err(reason));
        }
        let is_list = match view.peek("type") {
            Some(kind) => texts(kind).filter(|kind| *kind != "null").eq(["array"]),
            None => view.has("items"),
        };
        if !is_list {
            return self.kind(view, place, at);
        }
        let Some((items_at, items)) = view.take("items", &mut self.ledger) else {
            return Ok(Err("a list says what it holds".to_owned()));
        };
        if items.is_array() {
            return Ok(Err("a list holds values of one kind, not of one kind each".to_owned()));
        }
        if let Some((at, kind)) = view.take("type", &mut self.ledger)
            && kind.is_array()
        {
            self.ledger.lost(&at, "type", NULL);
        }
        let items_at = below(&items_at, "items");
        let mut inner = self.library.view(&items_at, items, &mut self.ledger)?;
        if let Err(reason) = self.enter(&inner, place) {
            return Ok(Err(reason));
        }
        let read = self.kind(&mut inner, place, &items_at)?;
        if read.is_err() {
            return Ok(read);
        }
        for word in ["title", "description"] {
            if !view.has(word) && inner.has(word) {
                let text = self.text(&mut inner, word).unwrap_or_default();
                if word == "title" { field.label = text } else { field.help = text }
            }
        }
        self.finish(inner, &mut Extensions::new(), "a rule for each item of a list is that of its kind");
        let most = self.least_of(view, "maxItems");
        field.many = Some(most.unwrap_or(MOST_ITEMS));
        let least = view.take("minItems", &mut self.ledger);
        let wanted = least.as_ref().and_then(|(_, least)| least.as_u64()).unwrap_or(0);
        match (required, &least) {
            (Some(at), _) if wanted == 0 => {
                field.required = false;
                let name = field.name.clone();
                self.ledger.lost(
                    at,
                    "required",
                    format!("the list {name:?} may be empty here; a required list may not"),
                );
            }
            (Some(_), Some((at, _))) if wanted > 1 => {
                self.ledger.lost(at, "minItems", "a required list has one item or more");
            }
            (None, Some((at, _))) if wanted > 0 => {
                self.ledger.lost(at, "minItems", "a list that is not required may be empty");
            }
            (Some(_) | None, Some(_) | None) => {}
        }
        if view.peek("uniqueItems") == Some(&Value::Bool(false)) {
            view.take("uniqueItems", &mut self.ledger);
        }
        Ok(read)
    }

    /// Whether the walk may go on here.
    fn enter(&self, view: &View<'a>, place: Place<'_>) -> Result<(), String> {
        if view.places.iter().any(|place| self.open.contains(place)) {
            return Err("it holds itself: records lie in each other without end".to_owned());
        }
        match view.bare {
            _ if place.depth >= DEEPEST => Err(format!("groups lie {DEEPEST} deep: flatten them")),
            Some(false) => Err("nothing is accepted here".to_owned()),
            Some(true) if view.places.is_empty() => Err("anything is accepted here".to_owned()),
            Some(true) | None => Ok(()),
        }
    }

    /// A group of fields.
    pub(super) fn group(&mut self, view: &mut View<'a>, place: Place<'_>) -> Result<Read, FormsError> {
        if place.depth + 1 >= DEEPEST {
            return Ok(Err(format!("groups lie {DEEPEST} deep: flatten them")));
        }
        let places = view.places.clone();
        self.open.extend(places.iter().cloned());
        let fields = self.fields(view, Place { within: place.within, depth: place.depth + 1 });
        for place in &places {
            self.open.remove(place);
        }
        Ok(Ok(Kind::Group { fields: fields? }))
    }

    /// The smallest whole number under a word.
    pub(super) fn least_of(&mut self, view: &mut View<'a>, word: &str) -> Option<u32> {
        let all = view.take_all(word, &mut self.ledger);
        self.sizes(word, &all).min()
    }

    /// The greatest whole number under a word.
    pub(super) fn most_of(&mut self, view: &mut View<'a>, word: &str) -> Option<u32> {
        let all = view.take_all(word, &mut self.ledger);
        self.sizes(word, &all).max()
    }

    fn sizes(&mut self, word: &str, all: &[Said<'a>]) -> std::vec::IntoIter<u32> {
        let mut sizes = Vec::new();
        for (at, value) in all {
            let size = value.as_u64().or_else(|| {
                value
                    .as_f64()
                    .filter(|size| size.fract() == 0.0)
                    .and_then(|size| format!("{size}").parse().ok())
            });
            match size.and_then(|size| u32::try_from(size).ok()) {
                Some(size) => sizes.push(size),
                None => self.ledger.lost(at, word, "it is no size"),
            }
        }
        sizes.into_iter()
    }

    /// A text for people, in no language that is known.
    fn text(&mut self, view: &mut View<'a>, word: &str) -> Option<Text> {
        let (at, value) = view.take(word, &mut self.ledger)?;
        if value.is_string() {
            return value.as_str().map(undetermined);
        }
        self.ledger.lost(&at, word, "it is no text");
        None
    }

    /// What nobody read: kept where it asserts nothing, else lost.
    pub(super) fn finish(&mut self, view: View<'a>, extensions: &mut Extensions, reason: &str) {
        for (word, (at, value)) in view.rest() {
            if is_annotation(word) {
                match extensions.entry(format!("json-schema:{word}")) {
                    std::collections::btree_map::Entry::Vacant(free) => {
                        free.insert(value.clone());
                        self.ledger.kept(&at, word);
                    }
                    std::collections::btree_map::Entry::Occupied(known) if known.get() == value => {
                        self.ledger.kept(&at, word);
                    }
                    std::collections::btree_map::Entry::Occupied(_) => {
                        self.ledger.lost(&at, word, "another one that stands nearer is kept instead");
                    }
                }
            } else {
                self.ledger.lost(&at, word, why(word).unwrap_or(reason));
            }
        }
    }

    /// Everything a schema says is lost.
    pub(super) fn lose(&mut self, at: &str, schema: &Value, reason: &str) {
        match schema.as_object() {
            Some(members) => {
                for word in members.keys() {
                    self.ledger.lost(at, word, reason);
                }
            }
            None => self.ledger.lost(at, "", reason),
        }
    }

    /// What is defined and was never reached.
    fn unused_definitions(&mut self, root: &Map<String, Value>) {
        for word in ["$defs", "definitions"] {
            for (name, schema) in root.get(word).and_then(Value::as_object).into_iter().flatten() {
                let at = below(&below("", word), name);
                if !self.ledger.knows(&at) {
                    self.lose(&at, schema, "nothing that was read refers to it");
                }
            }
        }
    }
}

/// Why a format cannot say a keyword, whatever the kind.
fn why(word: &str) -> Option<&'static str> {
    Some(match word {
        "multipleOf" => "a format has no steps between numbers; a constraint can say it",
        "uniqueItems" => "a list of a format may say the same twice",
        "anyOf" | "oneOf" => "a format has one kind for each field, no alternatives",
        "not" | "if" | "then" | "else" => "a format has conditions as expressions, not as schemas",
        "dependentRequired" | "dependentSchemas" | "dependencies" => {
            "a format says what depends on other fields by required-when and relevant"
        }
        "patternProperties"
        | "propertyNames"
        | "unevaluatedProperties"
        | "minProperties"
        | "maxProperties" => "a format names all its fields",
        "contains" | "minContains" | "maxContains" | "prefixItems" | "additionalItems"
        | "unevaluatedItems" => "all items of a list are alike",
        "$dynamicRef" | "$recursiveRef" => "a reference that changes with the place leads to no one kind",
        _ => return None,
    })
}

/// The texts of a list, or the one that is there.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    value.as_str().into_iter().chain(list.iter().filter_map(Value::as_str))
}

/// A text in no language that is known.
pub(super) fn undetermined(text: &str) -> Text {
    Language::parse("und").map(|language| Text::new(language, text)).unwrap_or_default()
}

/// The properties in the order that is named, then the others.
fn ordered<'a>(
    mut properties: BTreeMap<&'a str, (String, &'a Value)>,
    order: Vec<&str>,
) -> Vec<(&'a str, String, &'a Value)> {
    let mut out = Vec::with_capacity(properties.len());
    for name in order {
        if let Some((name, (at, schema))) = properties.remove_entry(name) {
            out.push((name, at, schema));
        }
    }
    out.extend(properties.into_iter().map(|(name, (at, schema))| (name, at, schema)));
    out
}
