//! A set of formats that belong together, with what they share.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Format, FormsError, Vocabulary};
use crate::base::Text;

/// A set of formats for a trade: replaceable data, see `schemas/profiles/`.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its short name: `live-performance`.
    pub name: String,
    /// Its name for people.
    pub label: Text,
    /// Its formats, in the order they are filled in.
    pub formats: Vec<Format>,
}

/// `profile.json`: what the folder holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    profile: String,
    label: Text,
    cubes: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    vocabularies: Vec<String>,
}

impl Profile {
    /// Reads a profile from its files: `profile.json`, `cubes/*.json`, `groups/*.json`, `vocabularies/*.json`.
    ///
    /// In the files a group may be shared, `{"type": "group", "group": "offer"}`; it is written into each
    /// format that uses it, its field ids behind the id of the field that holds it (`offers.price`). The
    /// vocabularies a format uses are written into it.
    ///
    /// # Errors
    /// [`FormsError::ProfileIncomplete`] where a named file is missing, [`FormsError::FormatUnreadable`] and
    /// [`FormsError::FormatUnsound`] as [`Format::parse`].
    pub fn from_files(file: &dyn Fn(&str) -> Option<String>) -> Result<Self, FormsError> {
        let manifest: Manifest = from_json(&read(file, "profile.json")?, "profile.json")?;
        let mut groups = BTreeMap::new();
        for name in &manifest.groups {
            let path = format!("groups/{name}.json");
            let group: Value = from_json(&read(file, &path)?, &path)?;
            groups.insert(name.clone(), group);
        }
        let mut vocabularies = BTreeMap::new();
        for name in &manifest.vocabularies {
            let path = format!("vocabularies/{name}.json");
            let vocabulary: Vocabulary = from_json(&read(file, &path)?, &path)?;
            vocabularies.insert(name.clone(), vocabulary);
        }
        let mut formats = Vec::with_capacity(manifest.cubes.len());
        for name in &manifest.cubes {
            let path = format!("cubes/{name}.json");
            let mut cube: Value = from_json(&read(file, &path)?, &path)?;
            if let Some(fields) = cube.get_mut("fields") {
                write_groups(fields, "", &groups, 0)?;
            }
            let mut format: Format = serde_json::from_value(cube)
                .map_err(|error| FormsError::FormatUnreadable { reason: format!("{path}: {error}") })?;
            let mut used = Vec::new();
            used_vocabularies(&format.fields, &mut used);
            for name in used {
                if let Some(vocabulary) = vocabularies.get(&name) {
                    format.vocabularies.insert(name, vocabulary.clone());
                }
            }
            format.check()?;
            formats.push(format);
        }
        Ok(Self { name: manifest.profile, label: manifest.label, formats })
    }
}

fn read(file: &dyn Fn(&str) -> Option<String>, path: &str) -> Result<String, FormsError> {
    file(path).ok_or_else(|| FormsError::ProfileIncomplete { file: path.to_owned() })
}

fn from_json<T: serde::de::DeserializeOwned>(json: &str, path: &str) -> Result<T, FormsError> {
    serde_json::from_str(json)
        .map_err(|error| FormsError::FormatUnreadable { reason: format!("{path}: {error}") })
}

/// Writes shared groups into the fields that name them.
fn write_groups(
    fields: &mut Value,
    within: &str,
    groups: &BTreeMap<String, Value>,
    depth: usize,
) -> Result<(), FormsError> {
    let unreadable = |reason: String| FormsError::FormatUnreadable { reason };
    if depth > 8 {
        return Err(unreadable("a group holds itself".to_owned()));
    }
    for field in fields.as_array_mut().into_iter().flatten() {
        let own = field.get("id").and_then(Value::as_str).unwrap_or_default();
        let id = if within.is_empty() { own.to_owned() } else { format!("{within}.{own}") };
        let Some(members) = field.as_object_mut() else { continue };
        members.insert("id".to_owned(), Value::String(id.clone()));
        let Some(kind) = members.get_mut("kind").and_then(Value::as_object_mut) else { continue };
        if let Some(Value::String(name)) = kind.remove("group") {
            let group =
                groups.get(&name).ok_or_else(|| unreadable(format!("no group is called {name:?}")))?;
            let inner = group.get("fields").cloned().unwrap_or_default();
            kind.insert("fields".to_owned(), inner);
            if !members.contains_key("term")
                && let Some(term) = group.get("term")
            {
                members.insert("term".to_owned(), term.clone());
            }
        }
        if let Some(inner) = field.pointer_mut("/kind/fields") {
            write_groups(inner, &id, groups, depth + 1)?;
        }
    }
    Ok(())
}

fn used_vocabularies(fields: &[super::Field], used: &mut Vec<String>) {
    for field in fields {
        match &field.kind {
            super::Kind::Code { vocabulary, .. } => used.push(vocabulary.clone()),
            super::Kind::Group { fields } => used_vocabularies(fields, used),
            _ => {}
        }
    }
}

macro_rules! files {
    ($path:expr, $($file:literal),* $(,)?) => {
        match $path {
            $($file => Some(include_str!(concat!("../../../../schemas/profiles/live-performance/", $file)).to_owned()),)*
            _ => None,
        }
    };
}

/// The profile of live performance: event, performance, venue, organizer, company, festival, artist.
///
/// # Errors
/// None for the files this program was built with; [`FormsError`] where they were changed and are unsound.
///
/// # Examples
/// ```
/// let profile = c3ms_core::forms::live_performance()?;
/// assert_eq!(profile.formats.len(), 7);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn live_performance() -> Result<Profile, FormsError> {
    Profile::from_files(&|path| {
        files!(
            path,
            "profile.json",
            "cubes/artist.json",
            "cubes/company.json",
            "cubes/event.json",
            "cubes/festival.json",
            "cubes/organizer.json",
            "cubes/performance.json",
            "cubes/venue.json",
            "groups/accessibility.json",
            "groups/address.json",
            "groups/media.json",
            "groups/offer.json",
            "vocabularies/artist-kind.json",
            "vocabularies/attendance.json",
            "vocabularies/audience.json",
            "vocabularies/availability.json",
            "vocabularies/disability.json",
            "vocabularies/discipline.json",
            "vocabularies/event-status.json",
            "vocabularies/festival-period.json",
            "vocabularies/offer-category.json",
            "vocabularies/organizer-kind.json",
            "vocabularies/venue-kind.json",
        )
    })
}
