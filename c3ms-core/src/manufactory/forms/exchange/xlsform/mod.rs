//! XLSForm: forms drawn up in a spreadsheet (<https://xlsform.org>), read into a format.

mod choices;
mod defaults;
mod fates;
mod faults;
mod headers;
mod languages;
mod question;
mod settings;
mod survey;
mod table;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use self::{
    choices::Lists,
    fates::{Address, Fate, Fates},
    headers::Kind as SheetKind,
    languages::{DEFAULT, Languages},
    settings::Settings,
    table::{Table, letters},
};
use super::{
    ExchangeError, LossReport, Place, Unread, extension,
    references::candidates,
    workbook::{self, Workbook},
    xform,
};
use crate::{
    base::{Language, Text, fold},
    manufactory::forms::{Dialect, Extensions, Field, Format, FormsError, Kind},
};

/// The column of the survey sheet in which each expression of a field stands.
const COLUMNS: [(&str, &str); 7] = [
    ("required-when", "required"),
    ("initial", "default"),
    ("count", "repeat_count"),
    ("kind/filter", "choice_filter"),
    ("extensions/xlsform:calculation", "calculation"),
    ("extensions/xlsform:parameters", "parameters"),
    ("calculation", "calculation"),
];

/// How an XLSForm is read.
#[derive(Debug, Clone, Default)]
pub struct FormOptions {
    /// What the form is called where it does not say: the name of its file without the suffix.
    pub name: String,
    /// The language of its texts that name none, where one knows it.
    pub language: Option<Language>,
}

/// A form of another tool as a format, and what became of all it says.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedForm {
    /// The format.
    pub format: Format,
    /// What is interpreted, kept and lost.
    pub loss: LossReport,
}

/// Reads an XLSForm: `.xlsx`, `.xls` or `.csv`, told by its content.
///
/// What C3MS understands becomes the format's own; what it does not interpret (appearances, parameters, media,
/// metadata, settings) is kept under `extensions`, by names that begin with `xlsform:`, so that
/// [`xform`](super::xform) can write the form again from the format alone.
///
/// # Errors
/// [`FormsError::SourceEmpty`] for an empty file, [`ExchangeError`] with sheet, row and column for all else.
///
/// # Source
/// The XLSForm specification; where it is silent, what pyxform 4.5.0 does. Checked against pyxform's forms.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{FormOptions, format_from_xlsform};
/// let form = "survey,,,\n,type,name,label\n,integer,age,How old are you?\n";
/// let read = format_from_xlsform(form.as_bytes(), &FormOptions::default())?;
/// assert_eq!(read.format.fields[0].name, "age");
/// assert_eq!((read.loss.values, read.loss.interpreted, read.loss.lost.len()), (6, 6, 0));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn format_from_xlsform(bytes: &[u8], options: &FormOptions) -> Result<ImportedForm, FormsError> {
    let workbook = workbook::read(bytes)?;
    let mut fates = Fates::default();
    let mut sheets = Sheets::read(&workbook, &mut fates)?;
    let format = sheets.form(options, &mut fates)?;
    let name = |(sheet, _, column): Address| {
        let table = sheets.tables.iter().find(|table| table.index == sheet);
        let header = table.and_then(|table| {
            table.columns.iter().find(|known| known.index == column).map(|known| known.header.clone())
        });
        let sheet = workbook.sheets.get(sheet).map(|sheet| sheet.name.clone()).unwrap_or_default();
        (sheet, header.unwrap_or_else(|| letters(column)))
    };
    let loss = fates.report(sheets.unread, &name);
    Ok(ImportedForm { format, loss })
}

/// The sheets of a form.
struct Sheets {
    tables: Vec<Table>,
    unread: Vec<Unread>,
}

impl Sheets {
    fn read(workbook: &Workbook, fates: &mut Fates) -> Result<Self, ExchangeError> {
        let mut sheets = Self { tables: Vec::new(), unread: Vec::new() };
        for (index, sheet) in workbook.sheets.iter().enumerate() {
            let name = sheet.name.to_lowercase();
            let kind = SheetKind::ALL.into_iter().find(|kind| kind.name() == name);
            // A workbook of one sheet is a form of nothing but questions.
            let kind = kind.or_else(|| (workbook.sheets.len() == 1).then_some(SheetKind::Survey));
            match kind.filter(|kind| sheets.find(*kind).is_none()) {
                Some(kind) => sheets.tables.push(Table::read(sheet, index, kind, fates)?),
                None => sheets.unread.push(Unread {
                    sheet: sheet.name.clone(),
                    values: sheet.rows.iter().map(|row| row.cells.len()).sum(),
                }),
            }
        }
        if sheets.find(SheetKind::Survey).is_none_or(|survey| survey.columns.is_empty()) {
            let found: Vec<String> =
                workbook.sheets.iter().map(|sheet| format!("{:?}", sheet.name)).collect();
            let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            return Err(ExchangeError::SheetMissing { sheet: "survey".to_owned(), found });
        }
        Ok(sheets)
    }

    fn find(&self, kind: SheetKind) -> Option<&Table> {
        self.tables.iter().find(|table| table.kind == kind)
    }

    fn form(&mut self, options: &FormOptions, fates: &mut Fates) -> Result<Format, FormsError> {
        let settings_clean = |kind| kind == SheetKind::Survey;
        let spaces = self
            .find(SheetKind::Settings)
            .and_then(|table| table.text(table.records.first()?, &["clean_text_values"]))
            .and_then(settings::yes_or_no)
            .unwrap_or(true);
        for table in &mut self.tables {
            table.clean(spaces && settings_clean(table.kind));
        }
        let mut settings = Settings::read(self.find(SheetKind::Settings), fates)?;
        let mut languages = Languages::new(settings.get("default_language"), options.language.clone());
        let duplicates = settings.says("allow_choice_duplicates");
        let mut lists = Lists::read(self.find(SheetKind::Choices), duplicates, &mut languages, fates)?;
        let Some(table) = self.find(SheetKind::Survey) else { return Err(FormsError::SourceEmpty) };
        table.require("type")?;
        survey::add_others(table, &mut lists);
        lists.meet(&mut languages);
        let external = self.external_lists();
        let mut survey = survey::read(table, &mut settings, &lists, &external, &mut languages, fates)?;
        *survey.names.entry("instanceID".to_owned()).or_default() += 1;
        self.check_references(&survey.names)?;
        let mut extensions = survey.extensions;
        for (name, value) in settings.iter().filter(|(name, _)| *name != "title") {
            let name = if name == "id_string" { "form_id" } else { name };
            extensions.insert(extension(name), json!(value));
        }
        for kind in [SheetKind::ExternalChoices, SheetKind::Entities, SheetKind::Osm] {
            self.keep(kind, &mut extensions, fates);
        }
        let id =
            settings.get("id_string").unwrap_or(if options.name.is_empty() { "data" } else { &options.name });
        extensions.insert(extension("form_id"), json!(id));
        let title = settings.get("title").unwrap_or(id);
        let default = languages.default.clone();
        let label = Text::new(languages.tag(&default), title);
        let (vocabularies, kept) = lists.vocabularies(&mut languages);
        extensions.extend(kept.into_iter().map(|(name, value)| (extension(name), value)));
        let all = languages.all();
        let named: Vec<Value> = all.iter().map(|(name, tag)| json!({ "name": name, "tag": tag })).collect();
        extensions.insert(extension("languages"), Value::Array(named));
        let mut format = Format {
            cube: cube_name(id),
            previous: None,
            operations: Vec::new(),
            label,
            help: Text::default(),
            term: None,
            languages: in_order(&all, settings.get("default_language")),
            dialect: Dialect::Xforms,
            title: String::new(),
            fields: survey.fields,
            vocabularies,
            extensions,
        };
        name_ids(&mut format.fields, "", &mut BTreeSet::new());
        format.check().map_err(|error| self.placed(error, &format, &survey.lines))?;
        // What cannot be written again is no form; the row tells where.
        match xform(&format) {
            Err(FormsError::FormatUnsound { path, reason, .. }) => {
                Err(self.blame(&path, &survey.lines, reason).into())
            }
            Err(error) => Err(error),
            Ok(_) => Ok(format),
        }
    }

    /// What is wrong with an expression, at its row and column.
    fn placed(&self, error: FormsError, format: &Format, lines: &BTreeMap<String, usize>) -> FormsError {
        let sheet = self.find(SheetKind::Survey).map_or("survey", |table| table.name.as_str());
        let line = |name: &str| lines.get(name).copied().unwrap_or(0);
        let (at, reason) = match &error {
            FormsError::ExpressionUnsound { path, problem } => {
                let mut fields = format.fields.as_slice();
                let (mut name, mut member) = ("", path.as_str());
                while let Some(rest) = member.strip_prefix("/fields/")
                    && let Some((index, rest)) = rest.split_once('/')
                    && let Some(field) = index.parse::<usize>().ok().and_then(|index| fields.get(index))
                {
                    name = &field.name;
                    member = rest;
                    if let (Kind::Group { fields: inner }, Some(inside)) =
                        (&field.kind, rest.strip_prefix("kind"))
                    {
                        fields = inner;
                        member = inside;
                    }
                }
                let column =
                    COLUMNS.iter().find(|(known, _)| *known == member).map_or(member, |(_, column)| column);
                (Place::new(sheet, line(name), column), problem.to_string())
            }
            FormsError::ExpressionCycle { fields } => {
                let first = fields.first().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
                (Place::new(sheet, line(first), "calculation"), error.to_string())
            }
            _ => return error,
        };
        ExchangeError::ExpressionRefused { at, cause: error.code(), reason }.into()
    }

    /// What is wrong with a form as a whole, at the row where it shows.
    fn blame(&self, path: &str, lines: &BTreeMap<String, usize>, reason: String) -> ExchangeError {
        let entity =
            path.strip_prefix("/extensions/xlsform:entities/").and_then(|row| row.parse::<usize>().ok());
        if let Some(row) = entity {
            let table = self.find(SheetKind::Entities);
            let record = table.and_then(|table| table.records.get(row));
            let line = record.map_or(0, |record| record.line);
            return ExchangeError::EntityUnsound { at: Place::new("entities", line, ""), reason };
        }
        let sheet = self.find(SheetKind::Survey).map_or("survey", |table| table.name.as_str());
        let mut steps = path.split('/').rev().filter(|step| !step.is_empty());
        let line = steps.find_map(|step| lines.get(step)).copied().unwrap_or(0);
        ExchangeError::CombinationRefused { at: Place::new(sheet, line, ""), reason }
    }

    /// The lists that lie outside the form, and those of map features.
    fn external_lists(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (kind, before) in [(SheetKind::ExternalChoices, ""), (SheetKind::Osm, "osm ")] {
            if let Some(table) = self.find(kind) {
                let lists = table.records.iter().filter_map(|record| table.text(record, &["list name"]));
                names.extend(lists.map(|list| format!("{before}{list}")));
            }
        }
        if let Some(table) = self.find(SheetKind::Entities) {
            let lists = table.records.iter().filter_map(|record| table.text(record, &["dataset"]));
            names.extend(lists.map(|list| format!("entities {list}")));
        }
        names
    }

    /// Keeps a sheet that C3MS does not interpret, row by row.
    fn keep(&self, kind: SheetKind, extensions: &mut Extensions, fates: &mut Fates) {
        let Some(table) = self.find(kind) else { return };
        let rows: Vec<Value> =
            table.records.iter().map(|record| Value::Object(question::object(table, record))).collect();
        for record in &table.records {
            for cell in &record.cells {
                fates.set(table.address(record, cell), Fate::Kept);
            }
        }
        if !rows.is_empty() {
            extensions.insert(extension(kind.name()), Value::Array(rows));
        }
    }

    /// Every reference names one question.
    fn check_references(&self, names: &BTreeMap<String, usize>) -> Result<(), ExchangeError> {
        for table in &self.tables {
            let checked = |tokens: &[String]| {
                let first = tokens.first().map_or("", String::as_str);
                match table.kind {
                    SheetKind::Settings => true,
                    SheetKind::Survey => !matches!(first, "type" | "name" | "trigger"),
                    SheetKind::Entities => !matches!(first, "dataset" | "repeat"),
                    SheetKind::Choices => matches!(first, "label" | "media"),
                    SheetKind::ExternalChoices | SheetKind::Osm => false,
                }
            };
            for record in &table.records {
                for cell in &record.cells {
                    if table.tokens(cell).is_some_and(checked) {
                        check_text(&cell.text, names, &|| table.place(record, cell.column))?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn check_text(
    text: &str,
    names: &BTreeMap<String, usize>,
    at: &dyn Fn() -> Place,
) -> Result<(), ExchangeError> {
    for reference in candidates(text) {
        let name = match reference {
            Ok(reference) => reference.name.to_owned(),
            Err(written) => {
                return Err(ExchangeError::ReferenceBroken { at: at(), reference: written.to_owned() });
            }
        };
        match names.get(&name) {
            Some(1) => {}
            Some(_) => return Err(ExchangeError::ReferenceAmbiguous { at: at(), name }),
            None => return Err(ExchangeError::ReferenceUnknown { at: at(), name }),
        }
    }
    Ok(())
}

/// The languages of a format: the form's own default first, those that nobody named last.
fn in_order(all: &[(&str, &Language)], default: Option<&str>) -> Vec<Language> {
    let mut sorted: Vec<&(&str, &Language)> = all.iter().collect();
    sorted.sort_by_key(|(name, _)| match (Some(*name) == default, *name == DEFAULT) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 2,
    });
    sorted.into_iter().map(|(_, tag)| (*tag).clone()).collect()
}

/// The name of a cube after the id of a form: small letters, digits and hyphens.
fn cube_name(id: &str) -> String {
    let mut name = String::new();
    for letter in fold(id).chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_start_matches(|first: char| !first.is_ascii_lowercase());
    let name: String = name.chars().take(64).collect();
    let name = name.trim_end_matches('-');
    if name.is_empty() { "form".to_owned() } else { name.to_owned() }
}

/// Gives each field an id for ever: its name where no other has it, else its path.
fn name_ids(fields: &mut [Field], within: &str, taken: &mut BTreeSet<String>) {
    for field in fields {
        let path = if within.is_empty() { field.name.clone() } else { format!("{within}.{}", field.name) };
        let numbered = (2..).map(|number| format!("{path}.{number}"));
        let mut ids = [field.name.clone(), path.clone()].into_iter().chain(numbered);
        if let Some(id) = ids.find(|id| !taken.contains(id)) {
            taken.insert(id.clone());
            field.id = id;
        }
        if let Kind::Group { fields } = &mut field.kind {
            name_ids(fields, &path, taken);
        }
    }
}
