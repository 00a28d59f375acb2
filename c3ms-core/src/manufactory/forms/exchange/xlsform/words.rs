//! What the cells of a row say, in one language or several.

use serde_json::{Value, json};

use super::{
    fates::{Address, Fate, Fates},
    languages::{Languages, Said},
    table::{Record, Table},
};

/// What the columns under this path say: one text, or one for each language they name.
pub(super) fn said(
    table: &Table,
    record: &Record,
    path: &[&str],
    languages: &Languages,
    fates: &mut Fates,
) -> Option<Said> {
    let mut plain: Option<(String, Address)> = None;
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut named = false;
    for (cell, rest) in table.below(record, path) {
        let (language, at) = match rest {
            [] => (languages.default.as_str(), table.address(record, cell)),
            [language] => (language.as_str(), table.address(record, cell)),
            // Deeper headers say something else, and are kept by whoever reads the row.
            [..] => continue,
        };
        if rest.is_empty() {
            plain = Some((cell.text.clone(), at));
        }
        named |= !rest.is_empty();
        match texts.iter_mut().find(|(known, _)| known == language) {
            // The column that names the language counts over the one that names none.
            Some(_) if rest.is_empty() => {}
            Some((_, text)) => text.clone_from(&cell.text),
            None => texts.push((language.to_owned(), cell.text.clone())),
        }
    }
    if !named {
        return plain.map(|(text, _)| Said::Plain(text));
    }
    if let Some((text, at)) = plain
        && !texts.iter().any(|(language, known)| *language == languages.default && *known == text)
    {
        fates.set(at, Fate::Lost("a column that names the language says it otherwise"));
    }
    Some(Said::InLanguages(texts))
}

/// The pictures, sounds and films of a row, by their kind in the order of the columns.
pub(super) fn media(
    table: &Table,
    record: &Record,
    languages: &Languages,
    fates: &mut Fates,
) -> Vec<(String, Said)> {
    let mut kinds: Vec<String> = Vec::new();
    for (_, rest) in table.below(record, &["media"]) {
        if let Some(kind) = rest.first().filter(|kind| !kinds.contains(kind)) {
            kinds.push(kind.clone());
        }
    }
    let said = |kind: String| {
        let said = said(table, record, &["media", &kind], languages, fates)?;
        Some((kind, said))
    };
    kinds.into_iter().filter_map(said).collect()
}

/// Media as a value to keep: `[["image", "a.jpg"], ["audio", {"fr": "a.wav"}]]`.
pub(super) fn kept_media(media: &[(String, Said)], languages: &mut Languages) -> Value {
    media.iter().map(|(kind, said)| json!([kind, languages.value(said)])).collect()
}
