//! The choice lists of a form.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    fates::{Fate, Fates},
    languages::{Languages, Said},
    table::{Record, Table},
    words::{media, said},
};
use crate::manufactory::forms::{
    Extensions, Vocabulary, VocabularyCode,
    exchange::{
        ExchangeError, extension,
        references::{has_reference, is_name},
    },
};

/// The lists of a form, in order.
#[derive(Debug, Default)]
pub(super) struct Lists {
    all: Vec<List>,
    by_name: BTreeMap<String, usize>,
    /// The columns that filters may ask for, in order.
    columns: Vec<String>,
}

/// A list.
#[derive(Debug)]
pub(super) struct List {
    pub(super) name: String,
    pub(super) choices: Vec<Choice>,
    names: BTreeSet<String>,
}

/// A choice.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) label: Option<Said>,
    pub(super) media: Vec<(String, Said)>,
    /// What else it says, by column.
    pub(super) attributes: Vec<(String, String)>,
    extensions: Extensions,
}

impl Lists {
    pub(super) fn read(
        table: Option<&Table>,
        duplicates: bool,
        languages: &mut Languages,
        fates: &mut Fates,
    ) -> Result<Self, ExchangeError> {
        let mut lists = Self::default();
        let Some(table) = table.filter(|table| !table.records.is_empty()) else { return Ok(lists) };
        table.require("name")?;
        for column in &table.columns {
            if let [name] = column.tokens.as_slice()
                && !is_own(name)
                && is_name(name)
            {
                fates.set(table.header_address(column), Fate::Interpreted);
                lists.columns.push(name.clone());
            }
        }
        for record in &table.records {
            let Some(list) = table.text(record, &["list name"]) else {
                for cell in &record.cells {
                    let reason = "the row names no list, so the choice is in none";
                    fates.set(table.address(record, cell), Fate::Lost(reason));
                }
                continue;
            };
            let choice = lists.choice(table, record, languages, fates)?;
            let index = lists.find_or_add(list);
            let Some(list) = lists.all.get_mut(index) else { continue };
            if !list.names.insert(choice.name.clone()) && !duplicates {
                let (name, list) = (choice.name, list.name.clone());
                return Err(ExchangeError::ChoiceTwice { at: table.place_of(record, &["name"]), name, list });
            }
            list.choices.push(choice);
        }
        Ok(lists)
    }

    fn find_or_add(&mut self, name: &str) -> usize {
        if let Some(index) = self.by_name.get(name) {
            return *index;
        }
        let index = self.all.len();
        self.all.push(List { name: name.to_owned(), choices: Vec::new(), names: BTreeSet::new() });
        self.by_name.insert(name.to_owned(), index);
        index
    }

    fn choice(
        &self,
        table: &Table,
        record: &Record,
        languages: &mut Languages,
        fates: &mut Fates,
    ) -> Result<Choice, ExchangeError> {
        let Some(name) = table.text(record, &["name"]) else {
            return Err(ExchangeError::ChoiceUnnamed { at: table.place_of(record, &["name"]) });
        };
        let mut choice = Choice {
            name: name.to_owned(),
            label: said(table, record, &["label"], languages, fates),
            media: media(table, record, languages, fates),
            ..Choice::default()
        };
        for cell in &record.cells {
            let at = table.address(record, cell);
            match table.tokens(cell).unwrap_or_default() {
                [name] if self.columns.contains(name) => {
                    fates.set(at, Fate::Interpreted);
                    choice.attributes.push((name.clone(), cell.text.clone()));
                }
                [first, ..] if matches!(first.as_str(), "list name" | "name") => {
                    fates.set(at, Fate::Interpreted);
                }
                [first, rest @ ..] if first == "label" && rest.len() <= 1 => {
                    fates.set(at, Fate::Interpreted);
                }
                [first, ..] if first == "media" => fates.set(at, Fate::Kept),
                tokens => {
                    fates.set(at, Fate::Kept);
                    choice.extensions.insert(extension(&tokens.join("::")), json!(cell.text));
                }
            }
        }
        Ok(choice)
    }

    pub(super) fn get(&self, name: &str) -> Option<&List> {
        self.by_name.get(name).and_then(|index| self.all.get(*index))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Adds the choice "other" to a list that lacks it, in each language of the list.
    pub(super) fn add_other(&mut self, name: &str) {
        let Some(list) = self.by_name.get(name).and_then(|index| self.all.get_mut(*index)) else { return };
        if !list.names.insert("other".to_owned()) {
            return;
        }
        let mut named: Vec<(String, String)> = Vec::new();
        for choice in &list.choices {
            if let Some(Said::InLanguages(texts)) = &choice.label {
                for (language, _) in texts {
                    if !named.iter().any(|(known, _)| known == language) {
                        named.push((language.clone(), "Other".to_owned()));
                    }
                }
            }
        }
        let label = if named.is_empty() { Said::Plain("Other".to_owned()) } else { Said::InLanguages(named) };
        let choice = Choice { name: "other".to_owned(), label: Some(label), ..Choice::default() };
        list.choices.push(choice);
    }

    /// Notes the languages of the lists whose labels are translated, in the order XForms do.
    pub(super) fn meet(&self, languages: &mut Languages) {
        for list in &self.all {
            let translated = list.choices.iter().any(|choice| {
                !choice.media.is_empty()
                    || match &choice.label {
                        Some(Said::InLanguages(_)) => true,
                        Some(Said::Plain(text)) => has_reference(text),
                        None => false,
                    }
            });
            for choice in list.choices.iter().filter(|_| translated) {
                let media = choice.media.iter().map(|(_, said)| said);
                for said in choice.label.iter().chain(media) {
                    languages.meet(said);
                }
            }
        }
    }

    /// The lists as vocabularies, and what else the format must keep of them.
    pub(super) fn vocabularies(
        self,
        languages: &mut Languages,
    ) -> (BTreeMap<String, Vocabulary>, Vec<(&'static str, Value)>) {
        let mut kept = Vec::new();
        if !self.all.is_empty() {
            let names: Vec<&str> = self.all.iter().map(|list| list.name.as_str()).collect();
            kept.push(("lists", json!(names)));
        }
        if !self.columns.is_empty() {
            kept.push(("choice-columns", json!(self.columns)));
        }
        let lists = self.all.into_iter();
        (lists.map(|list| (list.name.clone(), list.vocabulary(languages))).collect(), kept)
    }
}

/// The names of columns that are no attributes of choices.
fn is_own(name: &str) -> bool {
    matches!(name, "list name" | "name" | "label" | "media" | "sms_option")
}

impl List {
    fn vocabulary(self, languages: &mut Languages) -> Vocabulary {
        let mut codes: Vec<VocabularyCode> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut repeated = Vec::new();
        for (index, choice) in self.choices.into_iter().enumerate() {
            let code = choice.code(languages);
            if seen.insert((code.code.clone(), code.attributes.clone())) {
                codes.push(code);
            } else {
                repeated.push(json!({ "at": index, "code": code }));
            }
        }
        let mut extensions = Extensions::new();
        if !repeated.is_empty() {
            extensions.insert(extension("repeated"), Value::Array(repeated));
        }
        Vocabulary { label: crate::base::Text::default(), codes, extensions }
    }
}

impl Choice {
    fn code(self, languages: &mut Languages) -> VocabularyCode {
        let mut extensions = self.extensions;
        let mut label = crate::base::Text::default();
        if let Some(said) = &self.label {
            let (text, marked) = languages.text(said);
            label = text;
            if marked {
                extensions.insert(extension("itext"), json!(["label"]));
            }
        }
        if !self.media.is_empty() {
            extensions.insert(extension("media"), super::words::kept_media(&self.media, languages));
        }
        VocabularyCode {
            code: self.name,
            label,
            term: None,
            attributes: self.attributes.into_iter().collect(),
            extensions,
        }
    }
}
