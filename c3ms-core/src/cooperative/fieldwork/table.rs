//! Answers as rows of a table.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Context, Disposition, DoorRefusal, Slot,
    answers::{Answer, at},
};
use crate::{
    base::{Id, Money},
    manufactory::forms::{Document, Field, Format, Kind},
};

/// What interviews and analyses share, and the context.
const SHARED: [&str; 23] = [
    "response",
    "slot",
    "respondent",
    "device",
    "disposition",
    "answered",
    "mode",
    "language",
    "begun",
    "ended",
    "observed_age",
    "observed_sex",
    "flags",
    "stratum",
    "kind",
    "venue",
    "locality",
    "title",
    "genre",
    "price",
    "date",
    "day",
    "band",
];

/// What a cell shows of an answer.
enum Shown {
    Value,
    /// The member of an object: degrees.
    Member(&'static str),
    /// Whether this code is among them.
    Code(String),
}

struct Column {
    name: String,
    path: Vec<String>,
    shown: Shown,
}

/// The columns of a table of answers.
pub(super) struct Sheet {
    columns: Vec<Column>,
    taken: BTreeSet<String>,
}

impl Sheet {
    /// The table of all answers to a questionnaire.
    pub(super) fn of(format: Option<&Format>) -> Self {
        Self::new(&SHARED, format, format.map_or(&[], |format| format.fields.as_slice()))
    }

    fn new(shared: &[&str], format: Option<&Format>, fields: &[Field]) -> Self {
        let taken = shared.iter().map(|name| (*name).to_owned()).collect();
        let mut sheet = Self { columns: Vec::new(), taken };
        if let Some(format) = format {
            sheet.add(format, fields, &[]);
        }
        sheet
    }

    fn add(&mut self, format: &Format, fields: &[Field], within: &[String]) {
        for field in fields {
            let path: Vec<String> = within.iter().cloned().chain([field.name.clone()]).collect();
            match &field.kind {
                Kind::Group { fields } if field.many.is_none() => self.add(format, fields, &path),
                Kind::Group { .. } | Kind::Note => {}
                Kind::Code { vocabulary, .. } if field.many.is_some() => {
                    let codes = format.vocabularies.get(vocabulary).into_iter().flat_map(|own| &own.codes);
                    for code in codes {
                        self.push(&path, Some(&code.code), Shown::Code(code.code.clone()));
                    }
                }
                Kind::Position => {
                    for member in ["latitude", "longitude"] {
                        self.push(&path, Some(member), Shown::Member(member));
                    }
                }
                Kind::Text { .. }
                | Kind::Integer { .. }
                | Kind::Decimal { .. }
                | Kind::Boolean
                | Kind::Moment
                | Kind::Date
                | Kind::Time
                | Kind::Money
                | Kind::Url
                | Kind::Email
                | Kind::Phone
                | Kind::Language
                | Kind::Code { .. }
                | Kind::Path
                | Kind::Area
                | Kind::File { .. }
                | Kind::Link { .. } => self.push(&path, None, Shown::Value),
            }
        }
    }

    /// A column; a name that is taken gets a number.
    fn push(&mut self, path: &[String], end: Option<&str>, shown: Shown) {
        let name: Vec<&str> = path.iter().map(String::as_str).chain(end).collect();
        let name = name.join("_");
        let mut free = name.clone();
        for number in 2.. {
            if self.taken.insert(free.clone()) {
                break;
            }
            free = format!("{name}_{number}");
        }
        self.columns.push(Column { name: free, path: path.to_vec(), shown });
    }

    /// One row for each answer.
    pub(super) fn rows(&self, answers: &[Answer]) -> String {
        self.write(&SHARED, answers.iter().map(|answer| (shared(answer), &answer.answers)))
    }

    fn write<'a>(&self, shared: &[&str], rows: impl Iterator<Item = (Vec<String>, &'a Document)>) -> String {
        let mut table = csv::Writer::from_writer(Vec::new());
        let names = self.columns.iter().map(|column| column.name.as_str());
        // Into memory: nothing can fail.
        let _header = table.write_record(shared.iter().copied().chain(names));
        for (mut row, answers) in rows {
            row.extend(self.columns.iter().map(|column| {
                let value = at(answers, &column.path);
                match &column.shown {
                    Shown::Value => value.map(text).unwrap_or_default(),
                    Shown::Member(member) => {
                        value.and_then(|own| own.get(*member)).map(text).unwrap_or_default()
                    }
                    Shown::Code(code) => value.map(|own| chosen(own, code)).unwrap_or_default(),
                }
            }));
            let _written = table.write_record(&row);
        }
        String::from_utf8(table.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// The tables of the lists of groups that are not within others.
    pub(super) fn lists(format: Option<&Format>, answers: &[Answer]) -> BTreeMap<String, String> {
        let mut lists = BTreeMap::new();
        if let Some(format) = format {
            gather(format, &format.fields, &[], answers, &mut lists);
        }
        lists
    }
}

fn gather(
    format: &Format,
    fields: &[Field],
    within: &[String],
    answers: &[Answer],
    lists: &mut BTreeMap<String, String>,
) {
    for field in fields {
        let Kind::Group { fields } = &field.kind else { continue };
        let path: Vec<String> = within.iter().cloned().chain([field.name.clone()]).collect();
        if field.many.is_none() {
            gather(format, fields, &path, answers, lists);
            continue;
        }
        let columns = ["response", "place"];
        let sheet = Sheet::new(&columns, Some(format), fields);
        let items = answers.iter().flat_map(|answer| {
            let list = at(&answer.answers, &path).and_then(Value::as_array).into_iter().flatten();
            let own = (1..).zip(list).filter_map(|(place, item)| Some((place, item.as_object()?)));
            own.map(|(place, item): (usize, _)| (vec![answer.id.to_string(), place.to_string()], item))
        });
        lists.insert(path.join("_"), sheet.write(&columns, items));
    }
}

fn shared(answer: &Answer) -> Vec<String> {
    let flags: BTreeSet<&str> = answer.flags.iter().map(|flag| flag.flag.as_str()).collect();
    let own = [
        answer.id.to_string(),
        answer.slot.to_string(),
        answer.respondent.as_ref().map(Id::to_string).unwrap_or_default(),
        answer.device.to_string(),
        answer.disposition.as_str().to_owned(),
        u8::from(answer.disposition.is_interview()).to_string(),
        answer.mode.as_str().to_owned(),
        answer.language.as_ref().map(ToString::to_string).unwrap_or_default(),
        answer.begun.to_string(),
        answer.ended.to_string(),
        answer.observed.age.clone().unwrap_or_default(),
        answer.observed.sex.clone().unwrap_or_default(),
        flags.into_iter().collect::<Vec<_>>().join(" "),
    ];
    own.into_iter().chain(said_of(&answer.context)).collect()
}

/// The row, of so many columns, of somebody who refused at a door, in the order of [`SHARED`].
pub(super) fn refused(slot: &Slot, refusal: &DoorRefusal, columns: usize) -> Vec<String> {
    let none = String::new;
    let own = [
        none(),
        slot.row.slot.to_string(),
        none(),
        none(),
        Disposition::Refusal.as_str().to_owned(),
        u8::from(Disposition::Refusal.is_interview()).to_string(),
        none(),
        none(),
        refusal.at.to_string(),
        none(),
        refusal.observed.age.clone().unwrap_or_default(),
        refusal.observed.sex.clone().unwrap_or_default(),
        none(),
    ];
    let mut row: Vec<String> = own.into_iter().chain(said_of(&Context::of(&slot.row))).collect();
    row.resize(columns, none());
    row
}

/// The cells of a context.
fn said_of(context: &Context) -> [String; 10] {
    [
        context.stratum.clone(),
        context.kind.as_str().to_owned(),
        context.venue.clone(),
        context.locality.clone(),
        context.title.clone(),
        context.genre.clone(),
        context.price.clone(),
        context.date.to_string(),
        context.day.as_str().to_owned(),
        context.band.as_str().to_owned(),
    ]
}

/// A value as a cell shows it: an amount as a decimal number, yes and no as 1 and 0, a list by its members.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => u8::from(*yes).to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" "),
        Value::Object(members) => match serde_json::from_value::<Money>(value.clone()) {
            Ok(amount) => amount.decimal(),
            Err(_) => members.values().map(text).next().unwrap_or_default(),
        },
    }
}

fn chosen(value: &Value, code: &str) -> String {
    let own = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    u8::from(own.iter().any(|own| own.as_str() == Some(code))).to_string()
}
