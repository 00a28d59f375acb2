//! The survey sheet: its rows, one after another, into fields within groups.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    choices::Lists,
    fates::{Fate, Fates},
    faults,
    headers::Kind as SheetKind,
    languages::{Languages, Said},
    question::{Rows, object},
    settings::{Settings, yes_or_no},
    table::{Record, Table},
};
use crate::{
    base::Text,
    manufactory::forms::{
        Extensions, Field, Kind,
        exchange::{
            ExchangeError, Place, extension, parameters,
            references::{candidates, is_name, is_reference},
            types::{Asked, Section, Select, has_own_list, stem, text},
        },
        format::DEEPEST,
    },
};

/// What a survey sheet says.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) fields: Vec<Field>,
    /// What belongs to the whole form.
    pub(super) extensions: Extensions,
    /// How often each name stands among the rows.
    pub(super) names: BTreeMap<String, usize>,
    /// The row in which each name stands first.
    pub(super) lines: BTreeMap<String, usize>,
}

/// A group, repeat or loop that has begun.
struct Open<'a> {
    section: Section,
    /// The list a loop goes over.
    list: Option<&'a str>,
    field: Field,
    line: usize,
    children: Vec<Field>,
    /// The names of the children, with their rows.
    taken: BTreeMap<String, usize>,
}

/// Whether the choices of a group stand in a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TableList<'a> {
    No,
    /// They do; no question has told yet which list they share.
    Begun,
    Of(&'a str),
}

/// The walk through the rows.
struct Walk<'a> {
    rows: Rows<'a>,
    settings: &'a mut Settings,
    external: &'a BTreeSet<String>,
    open: Vec<Open<'a>>,
    survey: Survey,
    repeats: BTreeMap<String, usize>,
    questions: BTreeSet<String>,
    triggers: Vec<(String, Place)>,
    /// The data that questions on a map refer to, and the data there are.
    sources: Vec<(String, Place)>,
    data: BTreeSet<String>,
    table_list: TableList<'a>,
    /// With this setting a choice of several gets the choice of none.
    none_option: bool,
    with_none: BTreeSet<String>,
}

/// Adds the choice "other" to each list that a question offers with it.
pub(super) fn add_others(table: &Table, lists: &mut Lists) {
    for record in table.records.iter().filter(|record| !is_disabled(table, record)) {
        let kind = table.text(record, &["type"]).unwrap_or_default();
        if let Asked::Select(Select { list, other: true, .. }) = Asked::read(kind) {
            lists.add_other(list);
        }
    }
}

fn is_disabled(table: &Table, record: &Record) -> bool {
    table.text(record, &["disabled"]).and_then(yes_or_no) == Some(true)
}

/// Reads the survey sheet.
pub(super) fn read(
    table: &Table,
    settings: &mut Settings,
    lists: &Lists,
    external: &BTreeSet<String>,
    languages: &mut Languages,
    fates: &mut Fates,
) -> Result<Survey, ExchangeError> {
    let mut later: Vec<Said> = Vec::new();
    let none_option = settings.says("add_none_option");
    let mut walk = Walk {
        rows: Rows { table, lists, languages, fates, later: &mut later },
        settings,
        external,
        open: vec![Open::new(Section::Group, None, Field::new("data", Kind::Note), 0)],
        survey: Survey::default(),
        repeats: BTreeMap::new(),
        questions: BTreeSet::new(),
        triggers: Vec::new(),
        sources: Vec::new(),
        data: BTreeSet::new(),
        table_list: TableList::No,
        none_option,
        with_none: BTreeSet::new(),
    };
    for record in &table.records {
        walk.row(record)?;
    }
    let survey = walk.finish()?;
    for said in &later {
        languages.meet(said);
    }
    Ok(survey)
}

impl<'a> Open<'a> {
    fn new(section: Section, list: Option<&'a str>, field: Field, line: usize) -> Self {
        Self { section, list, field, line, children: Vec::new(), taken: BTreeMap::new() }
    }
}

impl<'a> Walk<'a> {
    fn row(&mut self, record: &'a Record) -> Result<(), ExchangeError> {
        let table = self.rows.table;
        if is_disabled(table, record) {
            self.lose(record, "the row is disabled");
            return Ok(());
        }
        let Some(kind) = table.text(record, &["type"]) else {
            let named = |path: &str| table.below(record, &[path]).next().is_some();
            if named("name") || named("label") {
                return Err(ExchangeError::TypeMissing { at: table.place_of(record, &["type"]) });
            }
            self.lose(record, "the row has no type, name or label: it is a comment");
            return Ok(());
        };
        match Asked::read(kind) {
            Asked::End(section) => self.end(record, section),
            Asked::Begin(section, list) => self.begin(record, section, list),
            Asked::Setting(name) => {
                let value = table.text(record, &["name"]).unwrap_or_default();
                self.settings.set(
                    if name == "form_title" {
                        "title"
                    } else if name == "form_id" {
                        "id_string"
                    } else {
                        name
                    },
                    value,
                );
                self.fate(record, Fate::Interpreted);
                Ok(())
            }
            Asked::Plain("audit") => self.audit(record),
            asked => self.question(record, &asked),
        }
    }

    fn question(&mut self, record: &'a Record, asked: &Asked<'a>) -> Result<(), ExchangeError> {
        let table = self.rows.table;
        let place = |path: &[&str]| table.place_of(record, path);
        let name = match table.text(record, &["name"]) {
            Some(name) => name.to_owned(),
            None if *asked == Asked::Plain("note") => format!("generated_note_name_{}", record.number),
            None => return Err(ExchangeError::NameMissing { at: place(&["name"]) }),
        };
        self.take_name(record, &name)?;
        self.questions.insert(name.clone());
        let has = |path: &[&str]| table.text(record, path).is_some();
        if let Asked::Select(select) = asked {
            self.select(record, select)?;
        }
        if let Asked::Osm(list) = asked
            && !self.external.contains(&format!("osm {list}"))
        {
            let list = (*list).to_owned();
            return Err(ExchangeError::ListMissing { at: place(&["type"]), list });
        }
        self.places(record, asked);
        let mut field = self.rows.field(record, asked, &name)?;
        self.trigger(record, asked)?;
        if *asked == Asked::Plain("calculate") && !has(&["bind", "calculate"]) && field.initial.is_none() {
            let at = place(&["bind", "calculate"]);
            return Err(ExchangeError::CalculationMissing { at: named(at, "calculation"), name });
        }
        self.rows.check_shown(&field, record, asked)?;
        if let Asked::Select(select) = asked {
            self.add_none(&mut field, select);
            if self.table_list != TableList::No {
                field.extensions.insert(extension("row"), json!(record.number));
            }
        }
        let other = matches!(asked, Asked::Select(Select { other: true, .. }));
        self.push(field);
        if other {
            self.push_other(record, &name)?;
        }
        Ok(())
    }

    /// "Other", said in words.
    fn push_other(&mut self, record: &Record, name: &str) -> Result<(), ExchangeError> {
        let other = format!("{name}_other");
        self.take_name(record, &other)?;
        let mut field = Field::new(other, text());
        field.relevant = Some(format!("selected(../{name}, 'other')"));
        field.label = self.rows.languages.text(&Said::Plain("Specify other.".to_owned())).0;
        self.push(field);
        Ok(())
    }

    fn select(&mut self, record: &Record, select: &Select<'a>) -> Result<(), ExchangeError> {
        let table = self.rows.table;
        let at = || table.place_of(record, &["type"]);
        if select.kind == "select one external" && !self.external.contains(select.list) {
            return Err(ExchangeError::ListMissing { at: at(), list: select.list.to_owned() });
        }
        if select.other && (self.rows.lists.is_empty() || !has_own_list(select)) {
            return Err(ExchangeError::ListMissing { at: at(), list: select.list.to_owned() });
        }
        let reason = match self.table_list {
            TableList::Begun if table.text(record, &["choice_filter"]).is_some() => {
                "a filter cannot go with the appearance table-list".to_owned()
            }
            TableList::Of(list) if list != select.list => {
                format!("a table-list has one list of choices, not {list:?} and {:?}", select.list)
            }
            TableList::Begun | TableList::Of(_) => {
                self.table_list = TableList::Of(select.list);
                return Ok(());
            }
            TableList::No => return Ok(()),
        };
        Err(ExchangeError::CombinationRefused { at: at(), reason })
    }

    /// Notes what a question on a map refers to, and what others may.
    fn places(&mut self, record: &Record, asked: &Asked<'_>) {
        let table = self.rows.table;
        match asked {
            Asked::Plain("geopoint" | "geotrace" | "geoshape") => {
                let text = table.text(record, &["parameters"]).unwrap_or_default();
                let parameters = parameters::read(text).unwrap_or_default();
                if let Some(source) = parameters::get(&parameters, "reference-geometry") {
                    self.sources.push((source.to_owned(), table.place_of(record, &["parameters"])));
                }
            }
            Asked::Attached(_) => {
                self.data.extend(table.text(record, &["name"]).map(|name| stem(name).to_owned()));
            }
            Asked::Select(select) if select.kind != "select one external" => {
                self.data.insert(stem(select.list).to_owned());
            }
            _ => {}
        }
    }

    /// Notes the questions that trigger this one.
    fn trigger(&mut self, record: &Record, asked: &Asked<'_>) -> Result<(), ExchangeError> {
        let table = self.rows.table;
        let at = || table.place_of(record, &["trigger"]);
        let trigger = table.text(record, &["trigger"]);
        if trigger.is_some_and(|trigger| candidates(trigger).next().is_none()) {
            let reference = trigger.unwrap_or_default().to_owned();
            return Err(ExchangeError::ReferenceBroken { at: at(), reference });
        }
        if *asked == Asked::Plain("background-geopoint") {
            let calculated = table.text(record, &["bind", "calculate"]).is_some();
            let reason = match (trigger, calculated) {
                (None, _) => "a background-geopoint wants a trigger",
                (Some(_), true) => "a background-geopoint calculates nothing",
                (Some(_), false) => "",
            };
            if !reason.is_empty() {
                return Err(ExchangeError::CombinationRefused { at: at(), reason: reason.to_owned() });
            }
        }
        for part in trigger.into_iter().flat_map(|trigger| trigger.split(',')) {
            let mut found = candidates(part);
            match (found.next(), found.next()) {
                (Some(Ok(reference)), None) => self.triggers.push((reference.name.to_owned(), at())),
                // A comma too many.
                (None, _) if part.trim().is_empty() => {}
                _ => return Err(ExchangeError::ReferenceBroken { at: at(), reference: part.to_owned() }),
            }
        }
        Ok(())
    }

    /// The first choice of several over a list gets the choice of none, where the form wants it.
    fn add_none(&mut self, field: &mut Field, select: &Select<'_>) {
        if !self.none_option
            || select.kind != "select all that apply"
            || !self.with_none.insert(select.list.to_owned())
        {
            return;
        }
        let none = "(.='none' or not(selected(., 'none')))";
        field.constraint = Some(match field.constraint.take() {
            Some(constraint) => format!("{constraint} and {none}"),
            None => none.to_owned(),
        });
    }

    /// Groups and repeats are no properties of entities.
    fn check_unsaved(&self, record: &Record) -> Result<(), ExchangeError> {
        let table = self.rows.table;
        if table.text(record, &["bind", "entities:saveto"]).is_none() {
            return Ok(());
        }
        let at = table.place_of(record, &["bind", "entities:saveto"]);
        let reason = "a group or repeat cannot be saved as a property".to_owned();
        Err(ExchangeError::EntityUnsound { at, reason })
    }

    fn begin(
        &mut self,
        record: &'a Record,
        section: Section,
        list: Option<&'a str>,
    ) -> Result<(), ExchangeError> {
        let table = self.rows.table;
        let at = || table.place_of(record, &["type"]);
        let Some(name) = table.text(record, &["name"]) else {
            return Err(ExchangeError::NameMissing { at: table.place_of(record, &["name"]) });
        };
        self.take_name(record, name)?;
        self.check_unsaved(record)?;
        let levels = self.open.iter().map(|open| open.section).chain([section]);
        let deep: usize = levels.map(|section| if section == Section::Loop { 2 } else { 1 }).sum();
        if deep > DEEPEST {
            return Err(ExchangeError::TooDeep { at: at(), most: DEEPEST - 1 });
        }
        if section == Section::Repeat {
            let root = self.settings.get("name").unwrap_or("data");
            let known = self.repeats.insert(name.to_owned(), record.line);
            if known.is_some() || name == root {
                let at = table.place_of(record, &["name"]);
                let other = known.unwrap_or(0);
                return Err(ExchangeError::NameTwice { at, name: name.to_owned(), other });
            }
        }
        if section == Section::Loop {
            match list {
                Some(list) if self.rows.lists.get(list).is_some() => {}
                other => {
                    let list = other.unwrap_or_default().to_owned();
                    return Err(ExchangeError::ListMissing { at: at(), list });
                }
            }
        }
        let mut field = self.rows.field(record, &Asked::Begin(section, list), name)?;
        let appearance = table.text(record, &["control", "appearance"]).unwrap_or_default();
        if appearance.split_whitespace().any(|word| word == "table-list") {
            self.table_list = TableList::Begun;
            field.extensions.insert(extension("row"), json!(record.number));
        }
        if field.count.as_deref().is_some_and(|count| !is_reference(count)) {
            // Its number is a question of its own in the form.
            self.survey.names.entry(format!("{name}_count")).or_insert(1);
        }
        self.open.push(Open::new(section, list, field, record.line));
        Ok(())
    }

    fn end(&mut self, record: &Record, section: Section) -> Result<(), ExchangeError> {
        let table = self.rows.table;
        let fits = self.open.len() > 1 && self.open.last().is_some_and(|open| open.section == section);
        let Some(mut open) = self.open.pop().filter(|_| fits) else {
            let at = table.place_of(record, &["type"]);
            return Err(ExchangeError::EndUnmatched { at, kind: section.name() });
        };
        self.check_unsaved(record)?;
        self.table_list = TableList::No;
        let mut said = object(table, record);
        said.remove("type");
        for cell in &record.cells {
            let typed = table.tokens(cell).is_some_and(|tokens| tokens == ["type"]);
            let fate = if typed { Fate::Interpreted } else { Fate::Kept };
            self.rows.fates.set(table.address(record, cell), fate);
        }
        if !said.is_empty() {
            open.field.extensions.insert(extension("end"), Value::Object(said));
        }
        let fields = match open.list {
            Some(list) => self.columns(list, &open.children),
            None => open.children,
        };
        open.field.kind = Kind::Group { fields };
        self.push(open.field);
        Ok(())
    }

    /// The questions of a loop, once for each choice of its list.
    fn columns(&mut self, list: &str, template: &[Field]) -> Vec<Field> {
        let Some(list) = self.rows.lists.get(list) else { return Vec::new() };
        let mut columns = Vec::new();
        for choice in list.choices.iter().filter(|choice| choice.name != "none") {
            let mut column = Field::new(choice.name.clone(), Kind::Note);
            if let Some(said) = &choice.label {
                let (label, alone) = self.rows.languages.text(said);
                column.label = label;
                if alone {
                    column.extensions.insert(extension("itext"), json!(["label"]));
                }
            }
            if !choice.media.is_empty() {
                let kept = super::words::kept_media(&choice.media, self.rows.languages);
                column.extensions.insert(extension("media"), kept);
            }
            let fill = Fill { name: &choice.name, label: &column.label, attributes: &choice.attributes };
            let fields = template.iter().map(|field| fill.field(field)).collect();
            column.kind = Kind::Group { fields };
            columns.push(column);
        }
        columns
    }

    fn audit(&mut self, record: &Record) -> Result<(), ExchangeError> {
        let table = self.rows.table;
        if let Some(name) = table.text(record, &["name"]).filter(|name| *name != "audit") {
            let at = table.place_of(record, &["name"]);
            return Err(ExchangeError::NameInvalid { at, name: name.to_owned() });
        }
        if let Some(text) = table.text(record, &["parameters"]) {
            let fault = match parameters::read(text) {
                Some(parameters) => faults::fault(&parameters, "audit", false),
                None => Some("parameters are written as name=value name=value".to_owned()),
            };
            if let Some(reason) = fault {
                let at = table.place_of(record, &["parameters"]);
                return Err(ExchangeError::ParametersUnsound { at, reason });
            }
        }
        self.fate(record, Fate::Kept);
        self.survey.extensions.insert(extension("audit"), Value::Object(object(table, record)));
        Ok(())
    }

    /// Names are sound and stand once in their group.
    fn take_name(&mut self, record: &Record, name: &str) -> Result<(), ExchangeError> {
        let at = || self.rows.table.place_of(record, &["name"]);
        if !is_name(name) || !crate::manufactory::forms::format::is_field_name(name) {
            return Err(ExchangeError::NameInvalid { at: at(), name: name.to_owned() });
        }
        let known = self.open.last_mut().and_then(|open| open.taken.insert(name.to_owned(), record.line));
        if known.is_some() || name == "meta" {
            let other = known.unwrap_or(0);
            return Err(ExchangeError::NameTwice { at: at(), name: name.to_owned(), other });
        }
        *self.survey.names.entry(name.to_owned()).or_default() += 1;
        self.survey.lines.entry(name.to_owned()).or_insert(record.line);
        Ok(())
    }

    fn push(&mut self, field: Field) {
        if let Some(open) = self.open.last_mut() {
            open.children.push(field);
        }
    }

    fn fate(&mut self, record: &Record, fate: Fate) {
        for cell in &record.cells {
            self.rows.fates.set(self.rows.table.address(record, cell), fate);
        }
    }

    fn lose(&mut self, record: &Record, reason: &'static str) {
        self.fate(record, Fate::Lost(reason));
    }

    fn finish(mut self) -> Result<Survey, ExchangeError> {
        let sheet = &self.rows.table.name;
        debug_assert!(self.rows.table.kind == SheetKind::Survey);
        if let Some(open) = self.open.get(1..).and_then(<[_]>::last) {
            return Err(ExchangeError::BeginUnmatched {
                at: Place::new(sheet, open.line, "type"),
                kind: open.section.name(),
                name: open.field.name.clone(),
            });
        }
        if let Some((name, at)) = self.triggers.iter().find(|(name, _)| !self.questions.contains(name)) {
            return Err(ExchangeError::ReferenceUnknown { at: at.clone(), name: name.clone() });
        }
        for (source, at) in &self.sources {
            let mut found = candidates(source);
            let repeats = match (found.next(), is_reference(source)) {
                (Some(Ok(reference)), true) => {
                    !reference.last_saved && self.repeats.contains_key(reference.name)
                }
                _ => {
                    self.rows.lists.get(source).is_some()
                        || self.data.contains(source)
                        || self.external.contains(&format!("entities {source}"))
                }
            };
            if !repeats {
                let reason = format!("{source:?} is neither a list, a file nor a repeat of the form");
                return Err(ExchangeError::ParametersUnsound { at: at.clone(), reason });
            }
        }
        self.survey.fields = self.open.pop().map(|root| root.children).unwrap_or_default();
        Ok(self.survey)
    }
}

/// A place under the usual name of its column, where the sheet has no such column.
fn named(mut at: Place, column: &str) -> Place {
    if at.column == "calculate" {
        column.clone_into(&mut at.column);
    }
    at
}

/// What a choice puts into the questions of a loop: `%(label)s`.
struct Fill<'a> {
    name: &'a str,
    label: &'a Text,
    attributes: &'a [(String, String)],
}

impl Fill<'_> {
    fn field(&self, template: &Field) -> Field {
        let mut field = template.clone();
        for text in [&mut field.label, &mut field.help, &mut field.constraint_help, &mut field.required_help]
        {
            *text = text.iter().map(|(tag, said)| (tag.clone(), self.text(said, tag.as_str()))).collect();
        }
        for text in [
            &mut field.relevant,
            &mut field.required_when,
            &mut field.constraint,
            &mut field.calculation,
            &mut field.initial,
            &mut field.count,
        ] {
            *text = text.as_deref().map(|said| self.text(said, ""));
        }
        for value in field.default.iter_mut().chain(field.extensions.values_mut()) {
            if let Value::String(said) = value {
                *said = self.text(said, "");
            }
        }
        if let Kind::Group { fields } = &mut field.kind {
            *fields = fields.iter().map(|inner| self.field(inner)).collect();
        }
        field
    }

    fn text(&self, text: &str, tag: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            let word = after.strip_prefix('(').and_then(|after| after.split_once(")s"));
            let value = word.and_then(|(name, _)| self.value(name, tag));
            (out, rest) = match (value, word) {
                (Some(value), Some((_, after))) => (out + value, after),
                _ => (out + "%", after.strip_prefix('%').unwrap_or(after)),
            };
        }
        out + rest
    }

    fn value(&self, name: &str, tag: &str) -> Option<&str> {
        match name {
            "name" => Some(self.name),
            "label" => self.label.exactly(tag).or_else(|| self.label.in_language(tag)),
            other => {
                self.attributes.iter().find(|(known, _)| known == other).map(|(_, value)| value.as_str())
            }
        }
    }
}
