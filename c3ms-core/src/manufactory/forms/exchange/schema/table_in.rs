//! A Frictionless Table Schema read as a format.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    MOST_FIELDS, MOST_ITEMS, blank,
    foreign::{texts, undetermined},
    is_pattern, name,
    name::below,
    report::{Ledger, SchemaReport},
    unreadable,
};
use crate::{
    base::Text,
    manufactory::forms::{Field, Format, FormsError, Kind, Vocabulary, VocabularyCode},
};

/// Reads a Frictionless Table Schema as a format, and tells what became of each property.
///
/// A schema that [`table_schema`](super::table_schema) wrote gives back its format, but for notes, which are no
/// columns. How cells are written (`missingValues`, `decimalChar`, `trueValues`) is kept in the extensions;
/// `cube` names the format where the schema does not.
///
/// # Errors
/// [`FormsError::SchemaUnreadable`] where there is no list of fields or a field is none;
/// [`FormsError::FormatUnsound`] where the format it makes contradicts itself.
///
/// # Source
/// Frictionless Table Schema 1.0 and 2.0.
///
/// # Examples
/// ```
/// use c3ms_core::forms::exchange::from_table_schema;
/// let schema = serde_json::json!({ "fields": [
///   { "name": "first name", "type": "string", "constraints": { "required": true, "unique": true } }
/// ]});
/// let (format, report) = from_table_schema(&schema, "person")?;
/// assert_eq!(format.fields[0].name, "first_name");
/// assert_eq!(report.lost[0].keyword, "unique");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn from_table_schema(schema: &Value, cube: &str) -> Result<(Format, SchemaReport), FormsError> {
    let columns = schema.get("fields").and_then(Value::as_array);
    let (Some(members), Some(columns)) = (schema.as_object(), columns) else {
        return Err(unreadable("/fields", "a Table Schema has a list of fields"));
    };
    if columns.len() > MOST_FIELDS {
        return Err(unreadable("/fields", format!("it describes more than {MOST_FIELDS} fields")));
    }
    let mut ledger = Ledger::default();
    let mut format = header(members, cube, &mut ledger)?;
    let mut reader =
        Columns { ledger, taken: BTreeSet::new(), ids: BTreeSet::new(), vocabularies: BTreeMap::new() };
    reader.vocabularies.append(&mut format.vocabularies);
    for (index, column) in columns.iter().enumerate() {
        let at = format!("/fields/{index}");
        let column = column.as_object().ok_or_else(|| unreadable(&at, "a field is an object"))?;
        format.fields.extend(reader.column(column, &at)?);
    }
    format.vocabularies = reader.vocabularies;
    let mut ledger = reader.ledger;
    keys(members, &mut format, &mut ledger);
    format.check()?;
    Ok((format, ledger.report()))
}

fn header(members: &Map<String, Value>, cube: &str, ledger: &mut Ledger) -> Result<Format, FormsError> {
    let is_own = members.contains_key("c3ms:cube");
    let mut format = if is_own {
        let mut words: Map<String, Value> = members
            .iter()
            .filter_map(|(word, value)| Some((word.strip_prefix("c3ms:")?.to_owned(), value.clone())))
            .collect();
        words.entry("label").or_insert_with(|| json!({}));
        words.insert("fields".to_owned(), json!([]));
        serde_json::from_value(Value::Object(words)).map_err(|error| unreadable("", error.to_string()))?
    } else {
        Format { label: undetermined(cube), ..blank(cube)? }
    };
    for (word, value) in members {
        match (word.as_str(), value) {
            ("fields" | "primaryKey" | "foreignKeys", _) => ledger.interpreted("", word),
            (own, _) if own.starts_with("c3ms:") => ledger.interpreted("", word),
            ("title" | "description", _) if is_own => ledger.interpreted("", word),
            ("missingValues", value) if value == &json!([""]) => ledger.interpreted("", word),
            ("title", Value::String(text)) => {
                format.label = undetermined(text);
                ledger.interpreted("", word);
            }
            ("description", Value::String(text)) => {
                format.help = undetermined(text);
                ledger.interpreted("", word);
            }
            ("uniqueKeys", _) => ledger.lost("", word, "a format does not ask that values differ"),
            (_, value) => {
                format.extensions.insert(format!("table-schema:{word}"), value.clone());
                ledger.kept("", word);
            }
        }
    }
    Ok(format)
}

/// What binds several columns or tables.
fn keys(members: &Map<String, Value>, format: &mut Format, ledger: &mut Ledger) {
    let own_id =
        |name: &str| {
            name == "id"
                && members.get("fields").and_then(Value::as_array).into_iter().flatten().any(|column| {
                    column.get("name") == Some(&json!("id")) && column.get("c3ms:entry").is_some()
                })
        };
    for name in members.get("primaryKey").into_iter().flat_map(texts).filter(|name| !own_id(name)) {
        match format.fields.iter_mut().find(|field| is_called(field, name)) {
            Some(field) => field.required = true,
            None => ledger.lost("", "primaryKey", format!("no field is called {name:?}")),
        }
        ledger.lost("", "primaryKey", "its fields are required, but values may stand twice");
    }
    let links = members.get("foreignKeys").and_then(Value::as_array);
    for link in links.into_iter().flatten() {
        let names: Vec<&str> = link.get("fields").map(|names| texts(names).collect()).unwrap_or_default();
        let cube = link.pointer("/reference/resource").and_then(Value::as_str).unwrap_or_default();
        let field = match names[..] {
            [name] => format.fields.iter_mut().find(|field| is_called(field, name)),
            _ => None,
        };
        match field {
            Some(Field { kind: Kind::Link { .. }, .. }) => {}
            Some(field) => {
                field.extensions.insert("table-schema:foreignKey".to_owned(), link.clone());
                ledger.lost(
                    "",
                    "foreignKeys",
                    format!(
                        "{:?} holds a key of {cube:?}, not the id of an entry: the key is kept",
                        field.name
                    ),
                );
            }
            None => ledger.lost("", "foreignKeys", format!("a link has one field, not {}", names.len())),
        }
    }
}

fn is_called(field: &Field, name: &str) -> bool {
    field.name == name || field.extensions.get("table-schema:name").and_then(Value::as_str) == Some(name)
}

struct Columns {
    ledger: Ledger,
    taken: BTreeSet<String>,
    ids: BTreeSet<String>,
    vocabularies: BTreeMap<String, Vocabulary>,
}

impl Columns {
    fn column(&mut self, column: &Map<String, Value>, at: &str) -> Result<Option<Field>, FormsError> {
        if column.contains_key("c3ms:entry") {
            for word in column.keys() {
                self.ledger.interpreted(at, word);
            }
            return Ok(None);
        }
        let written = column.get("name").and_then(Value::as_str);
        let written = written.ok_or_else(|| unreadable(at, "a field has a name"))?;
        if column.contains_key("c3ms:kind") {
            return self.own(column, written, at).map(Some);
        }
        let fitting = if name::fits(written) { written.to_owned() } else { name::fitting(written) };
        let name = name::unique(fitting, &mut self.taken);
        let mut field = Field::new(name, Kind::Boolean);
        field.id = name::unique(field.name.clone(), &mut self.ids);
        let none = Map::new();
        let rules = column.get("constraints").and_then(Value::as_object).unwrap_or(&none);
        let mut rules = Rules { at: below(at, "constraints"), said: rules, used: BTreeSet::new() };
        let stated = column.get("type").and_then(Value::as_str);
        match self.kind(column, stated.unwrap_or("string"), &mut field, &mut rules, at) {
            Ok(kind) => field.kind = kind,
            Err(reason) => {
                for word in column.keys() {
                    self.ledger.lost(at, word, reason);
                }
                return Ok(None);
            }
        }
        if field.name != written {
            self.ledger.renamed(at.to_owned(), &field.name);
            field.extensions.insert("table-schema:name".to_owned(), json!(written));
        }
        field.required = rules.take("required").and_then(Value::as_bool).unwrap_or(false);
        for word in column.keys() {
            self.member(word, column, &mut field, at);
        }
        rules.finish(&mut self.ledger, &field.kind);
        Ok(Some(field))
    }

    fn member(&mut self, word: &str, column: &Map<String, Value>, field: &mut Field, at: &str) {
        match (word, column.get(word)) {
            ("name" | "type" | "constraints", _) => self.ledger.interpreted(at, word),
            ("title", Some(Value::String(text))) => {
                field.label = undetermined(text);
                self.ledger.interpreted(at, word);
            }
            ("description", Some(Value::String(text))) => {
                field.help = undetermined(text);
                self.ledger.interpreted(at, word);
            }
            ("rdfType", Some(Value::String(term))) => {
                field.term = Some(term.clone());
                self.ledger.interpreted(at, word);
            }
            ("arrayItem", _) if field.many.is_some() => self.ledger.interpreted(at, word),
            ("categories", _) if matches!(field.kind, Kind::Code { .. }) => self.ledger.interpreted(at, word),
            ("format", Some(Value::String(format)))
                if format == "default" || matches!(field.kind, Kind::Email | Kind::Url) =>
            {
                self.ledger.interpreted(at, word);
            }
            (_, Some(value)) => {
                // How cells are written, examples, words of others: without effect on what is accepted.
                field.extensions.insert(format!("table-schema:{word}"), value.clone());
                self.ledger.kept(at, word);
            }
            (_, None) => {}
        }
    }

    fn own(&mut self, column: &Map<String, Value>, name: &str, at: &str) -> Result<Field, FormsError> {
        let mut words = Map::new();
        for (word, value) in column {
            match word.strip_prefix("c3ms:") {
                Some(own) => drop(words.insert(own.to_owned(), value.clone())),
                None if matches!(
                    word.as_str(),
                    "name" | "type" | "format" | "title" | "description" | "rdfType" | "constraints"
                ) => {}
                None => {
                    self.ledger.lost(at, word, "it was added: what stands under c3ms: says all");
                    continue;
                }
            }
            self.ledger.interpreted(at, word);
        }
        let required = column.get("constraints").and_then(|rules| rules.get("required"));
        words.insert("required".to_owned(), json!(required == Some(&Value::Bool(true))));
        words.insert("name".to_owned(), json!(name));
        let field: Field = serde_json::from_value(Value::Object(words))
            .map_err(|error| unreadable(at, error.to_string()))?;
        self.taken.insert(field.name.clone());
        self.ids.insert(field.id.clone());
        Ok(field)
    }

    fn kind(
        &mut self,
        column: &Map<String, Value>,
        stated: &str,
        field: &mut Field,
        rules: &mut Rules<'_>,
        at: &str,
    ) -> Result<Kind, &'static str> {
        let format = column.get("format").and_then(Value::as_str).unwrap_or("default");
        Ok(match stated {
            "string" if column.contains_key("categories") => {
                self.vocabulary(column.get("categories"), field, at, "categories")
            }
            "string" if rules.said.contains_key("enum") => {
                let list = rules.take("enum");
                let place = rules.at.clone();
                self.vocabulary(list, field, &place, "enum")
            }
            "string" => match format {
                "email" => Kind::Email,
                "uri" => Kind::Url,
                _ => words(rules, &mut self.ledger),
            },
            "integer" | "year" => Kind::Integer {
                minimum: rules.take_as("minimum", &mut self.ledger, whole),
                maximum: rules.take_as("maximum", &mut self.ledger, whole),
            },
            "number" => Kind::Decimal {
                minimum: rules.take_as("minimum", &mut self.ledger, decimal),
                maximum: rules.take_as("maximum", &mut self.ledger, decimal),
            },
            "boolean" => Kind::Boolean,
            "date" => Kind::Date,
            "time" => Kind::Time,
            "datetime" => Kind::Moment,
            "yearmonth" => Kind::Text {
                languages: false,
                min_length: None,
                max_length: None,
                pattern: Some("^[0-9]{4}-(0[1-9]|1[0-2])$".to_owned()),
            },
            "any" | "duration" => {
                self.ledger.lost(at, "type", "it is read as a text: a format has no such kind");
                words(rules, &mut self.ledger)
            }
            "geopoint" => {
                self.ledger.lost(at, "type", "it is a position here, written as latitude and longitude");
                Kind::Position
            }
            "array" | "list" => {
                let item = column.get("arrayItem").and_then(Value::as_object);
                let named = column.get("itemType").and_then(Value::as_str);
                let stated = item.and_then(|item| item.get("type")).and_then(Value::as_str).or(named);
                let stated = stated.ok_or("it does not say what the list holds")?;
                if matches!(stated, "array" | "list" | "object") {
                    return Err("a list of lists or objects without fields is no field");
                }
                field.many = Some(rules.take_as("maxLength", &mut self.ledger, size).unwrap_or(MOST_ITEMS));
                if rules.said.get("required") == Some(&Value::Bool(true))
                    && rules.said.get("minLength") == Some(&json!(1))
                {
                    rules.take("minLength");
                }
                let none = Map::new();
                let inner = item.and_then(|item| item.get("constraints")).and_then(Value::as_object);
                let place = below(&below(at, "arrayItem"), "constraints");
                let mut inner = Rules { at: place, said: inner.unwrap_or(&none), used: BTreeSet::new() };
                let kind = self.kind(item.unwrap_or(&none), stated, field, &mut inner, at)?;
                inner.finish(&mut self.ledger, &kind);
                kind
            }
            "object" => return Err("an object without named fields is no group"),
            "geojson" => return Err("a shape of GeoJSON is no position, path or area"),
            _ => return Err("there is no such type"),
        })
    }

    fn vocabulary(&mut self, list: Option<&Value>, field: &Field, at: &str, word: &str) -> Kind {
        let mut codes: Vec<VocabularyCode> = Vec::new();
        let mut seen = BTreeSet::new();
        for item in list.and_then(Value::as_array).into_iter().flatten() {
            let code = item.as_str().or_else(|| item.get("value").and_then(Value::as_str));
            let Some(code) = code else {
                self.ledger.lost(at, word, "a vocabulary holds texts only");
                continue;
            };
            if !seen.insert(code) {
                self.ledger.lost(at, word, format!("{code:?} stands twice"));
                continue;
            }
            let label = item.get("label").and_then(Value::as_str);
            codes.push(VocabularyCode {
                code: code.to_owned(),
                label: label.map_or_else(Text::default, undetermined),
                term: None,
                attributes: BTreeMap::new(),
                extensions: BTreeMap::new(),
            });
        }
        let mut taken: BTreeSet<String> = BTreeSet::new();
        if self.vocabularies.contains_key(&field.name) {
            taken.extend(self.vocabularies.keys().cloned());
        }
        let name = name::unique(field.name.clone(), &mut taken);
        let vocabulary = Vocabulary { label: Text::default(), codes, extensions: BTreeMap::new() };
        self.vocabularies.insert(name.clone(), vocabulary);
        Kind::Code { vocabulary: name, filter: None, ranked: false }
    }
}

/// The constraints of a field, as far as they are not read yet.
struct Rules<'a> {
    at: String,
    said: &'a Map<String, Value>,
    used: BTreeSet<String>,
}

impl<'a> Rules<'a> {
    fn take(&mut self, word: &str) -> Option<&'a Value> {
        self.used.insert(word.to_owned());
        self.said.get(word)
    }

    fn take_as<T>(
        &mut self,
        word: &str,
        ledger: &mut Ledger,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(word)?;
        let read = read(value);
        if read.is_none() {
            ledger.lost(&self.at, word, "it is no bound of this kind");
        }
        read
    }

    fn finish(self, ledger: &mut Ledger, kind: &Kind) {
        for (word, value) in self.said {
            if self.used.contains(word) || (word == "unique" && value == &Value::Bool(false)) {
                ledger.interpreted(&self.at, word);
            } else if word == "unique" {
                ledger.lost(&self.at, word, "a format does not ask that values differ");
            } else {
                let reason = format!("a field of kind {} has no such rule", kind.name());
                ledger.lost(&self.at, word, reason);
            }
        }
    }
}

fn words(rules: &mut Rules<'_>, ledger: &mut Ledger) -> Kind {
    let min_length = rules.take_as("minLength", ledger, size);
    let mut max_length = rules.take_as("maxLength", ledger, size);
    if max_length.is_some() && max_length < min_length {
        ledger.lost(&rules.at, "maxLength", "it is less than minLength: nothing would fit");
        max_length = None;
    }
    // There the whole text has the pattern, here it stands somewhere in it.
    let pattern = rules.take("pattern").and_then(Value::as_str).and_then(|pattern| {
        let anchored = format!("^(?:{pattern})$");
        if is_pattern(&anchored) {
            return Some(anchored);
        }
        ledger.lost(&rules.at, "pattern", "no pattern of linear time: it looks around or back");
        None
    });
    Kind::Text { languages: false, min_length, max_length, pattern }
}

fn size(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|size| u32::try_from(size).ok())
}

/// Bounds are written as values are: as numbers or as texts.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

fn decimal(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    number.filter(|number| number.is_finite())
}
