//! The settings of a form, in the first row of their sheet.

use super::{
    fates::{Fate, Fates},
    headers::Kind,
    table::Table,
};
use crate::manufactory::forms::exchange::{ExchangeError, Place, references::is_name};

/// The settings by name, in the order of their columns.
#[derive(Debug, Default)]
pub(super) struct Settings {
    values: Vec<(String, String)>,
}

/// Whether a word says yes or no; other words say neither.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "false()" => Some(false),
        _ => None,
    }
}

impl Settings {
    pub(super) fn read(table: Option<&Table>, fates: &mut Fates) -> Result<Self, ExchangeError> {
        let mut settings = Self::default();
        let Some((table, (first, more))) =
            table.and_then(|table| table.records.split_first().map(|records| (table, records)))
        else {
            return Ok(settings);
        };
        for cell in &first.cells {
            let Some(tokens) = table.tokens(cell) else { continue };
            let name = tokens.join("::");
            let model = matches!(name.as_str(), "title" | "id_string" | "default_language");
            let known = tokens.first().is_some_and(|name| Kind::Settings.has(name));
            let fate = if model && known { Fate::Interpreted } else { Fate::Kept };
            let place = || table.place(first, cell.column);
            if name == "name" && !is_name(&cell.text) {
                return Err(ExchangeError::NameInvalid { at: place(), name: cell.text.clone() });
            }
            let older = |column: &super::table::Column| column.header == "id_string";
            let newer = first.cells.iter().any(|cell| {
                table
                    .columns
                    .get(cell.column)
                    .is_some_and(|column| column.tokens == ["id_string"] && !older(column))
            });
            if newer && table.columns.get(cell.column).is_some_and(older) {
                fates.set(table.address(first, cell), Fate::Lost("form_id says it"));
                continue;
            }
            fates.set(table.address(first, cell), fate);
            settings.values.push((name, cell.text.clone()));
        }
        for record in more {
            for cell in &record.cells {
                let reason = "only the first row of settings counts";
                fates.set(table.address(record, cell), Fate::Lost(reason));
            }
        }
        if settings.says("omit_instanceID") && settings.get("public_key").is_some() {
            let at = Place::new(&table.name, first.line, "omit_instanceID");
            let reason = "an encrypted form needs its instance id".to_owned();
            return Err(ExchangeError::SettingUnsound { at, reason });
        }
        Ok(settings)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A setting that stands among the questions counts over the sheet's.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value.to_owned()));
    }

    /// The setting says yes.
    pub(super) fn says(&self, name: &str) -> bool {
        self.get(name).and_then(yes_or_no) == Some(true)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
