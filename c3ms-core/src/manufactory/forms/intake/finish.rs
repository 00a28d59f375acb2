//! A record that is filled: held against its format, what it does not take given back to the account.

use std::collections::BTreeMap;

use compact_str::{CompactString, ToCompactString};

use super::{
    Fate, Filled, Leaves, Note, SourceKind, Target,
    draft::{Draft, Placed, Steps, close_up},
    fill::{Making, Work, short},
    offer::categorize,
    series::first_date,
    written::Written,
};
use crate::{
    Code,
    base::{Digest, Id},
    manufactory::forms::{Entry, Paying},
};

impl Work<'_> {
    /// Checks a filled record; what its format does not take goes back to the account.
    pub(super) fn finish(
        &self,
        target: &Target,
        key: String,
        private: bool,
        mentioned: bool,
        mut draft: Draft,
        making: &mut Making,
    ) -> Filled {
        if let Some(format) = self.formats.get(&target.cube) {
            first_date(format, &mut draft);
        }
        let validator = self.validators.get(target.cube.as_str());
        let violations =
            validator.map(|validator| validator.validate_document(&draft.document)).unwrap_or_default();
        let mut incomplete = false;
        for violation in violations.iter().rev() {
            let path: Steps = violation.path.as_str().split('/').skip(1).map(CompactString::from).collect();
            let missing = violation.code == Code::Required;
            if missing && path.len() == 1 {
                incomplete = true;
                continue;
            }
            // What lacks a part that it must have goes as a whole.
            let depth = if missing { path.len() - 1 } else { path.len() };
            let wrong = path.get(..depth).unwrap_or_default();
            draft.remove(wrong);
            draft.leaves.retain(|leaf| {
                let hit = leaf.path.starts_with(wrong) || wrong.starts_with(&leaf.path);
                if hit && let Some(value) = leaf.value {
                    let fate = Fate::Refused(violation.code, violation.expected.as_str().into());
                    making.fates.set(value, fate);
                }
                !hit
            });
        }
        close_up(&mut draft.document, &mut draft.leaves);
        if let Some(format) = self.formats.get(&target.cube) {
            let called = |list: &str, place: usize| self.columns(&draft.leaves, list, place);
            categorize(format, &mut draft.document, &called);
            if Paying::of(format).is_some_and(|paying| paying.is_doubtful(&draft.document)) {
                let (note, at) = ("free-but-ticketed", key.clone());
                making.notes.push(Note { note, at, detail: target.cube.clone() });
            }
            incomplete |=
                format.fields.iter().any(|field| field.required && !draft.document.contains_key(&field.name));
        }
        let id = self.id(&target.cube, &key);
        Filled {
            id,
            cube: target.cube.clone(),
            key,
            mentioned,
            private,
            incomplete,
            document: Written::of(&draft.document),
            leaves: Leaves::of(&draft.leaves),
            damaged: draft.damaged,
        }
    }

    /// The columns of a table that fill an item of a list.
    fn columns(&self, leaves: &[Placed], list: &str, place: usize) -> Vec<String> {
        if !matches!(self.source.kind, SourceKind::Csv | SourceKind::Spreadsheet) {
            return Vec::new();
        }
        let place = place.to_compact_string();
        let within = leaves.iter().filter(|leaf| {
            leaf.path.first().is_some_and(|first| first == list) && leaf.path.get(1) == Some(&place)
        });
        let values = within.filter_map(|leaf| {
            let (index, number) = leaf.value?;
            self.source.records.get(index)?.values.get(number)
        });
        values.map(|value| self.source.selector(value).to_owned()).collect()
    }

    /// Tells records apart that have the same key in a source where a key is no address.
    pub(super) fn part_equal_keys(&self, described: &mut [Filled], notes: &mut Vec<Note>) {
        let mut counts: BTreeMap<Id<Entry>, usize> = BTreeMap::new();
        for filled in described.iter() {
            *counts.entry(filled.id).or_default() += 1;
        }
        let mut again: BTreeMap<String, usize> = BTreeMap::new();
        for filled in described.iter_mut() {
            let count = counts.get(&filled.id).copied().unwrap_or(0);
            if count < 2 || filled.id == Id::derived(&["entry", &filled.cube, &filled.key]) {
                continue;
            }
            notes.push(Note {
                note: "key-not-unique",
                at: filled.key.clone(),
                detail: format!("{count} records"),
            });
            let document = filled.document.read();
            let said: Vec<String> = ["name", "title", "start", "address"]
                .iter()
                .filter_map(|member| document.get(*member).map(ToString::to_string))
                .collect();
            let key = format!("{}#{}", filled.key, short(&Digest::of(&[said.join("\n").as_bytes()])));
            let nth = again.entry(key.clone()).or_default();
            *nth += 1;
            filled.key = if *nth == 1 { key } else { format!("{key}#{nth}") };
            filled.id = self.id(&filled.cube, &filled.key);
        }
    }
}
