//! The places of a cooperative and the communes they lie in.

use serde::Serialize;
use serde_json::Value;

use super::{Act, Acting, formats, identity::text, kept};
use crate::{
    Error,
    base::Id,
    governance::Role,
    manufactory::forms::{
        Document, Entry, Format, Kind, Revision, State,
        identity::{Commune, Communes, Ground, Reconciled, Said},
    },
    store::{Change, Filter, RecordKind, Store},
};

/// Under this name the log keeps the register.
const SUBJECT: &str = "communes";

/// What is found for the address of an entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Placed {
    /// Which entry.
    pub entry: Id<Entry>,
    /// Its cube.
    pub cube: String,
    /// What it is called.
    pub title: String,
    /// The postal code and town it says.
    pub said: [String; 2],
    /// What is found.
    pub found: FoundPlace,
    /// The communes: one where it is found, all that it may be else.
    pub communes: Vec<Commune>,
    /// The name of the territory of the one commune.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
}

/// What is found for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FoundPlace {
    /// One commune, by this.
    By(Ground),
    /// Several that it may be.
    Several,
    /// Its code says one commune, its town and postal code another.
    Contradicts,
    /// None.
    Unknown,
}

/// The register of communes, where the cooperative has one.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where it cannot be read.
pub fn register(store: &dyn Store) -> Result<Option<Communes>, Error> {
    kept::read(store, RecordKind::Register, SUBJECT)
}

/// Keeps a register of communes: from now on what is imported gets the codes of its communes.
///
/// # Errors
/// [`CooperativeError::NotPermitted`](super::CooperativeError::NotPermitted) below an editor.
pub fn set_register(store: &mut dyn Store, communes: &Communes, act: &Act<'_>) -> Result<(), Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Editor, "change the register of communes")?;
        Ok((kept::change_where_new(store, RecordKind::Register, SUBJECT, communes)?, ()))
    })
}

/// The places of a document: the name of the field, and what its address says.
fn address<'a>(format: &'a Format, document: &'a Document) -> Option<(&'a str, Addressed<'a>)> {
    format.fields.iter().find_map(|field| {
        let Kind::Group { fields } = &field.kind else { return None };
        let code = fields.iter().find(|field| field.name == CODE)?;
        let value = document.get(&field.name)?.as_object()?;
        let named = |property: &str| {
            let name = &fields.iter().find(|field| field.property() == Some(property))?.name;
            value.get(name)?.as_str()
        };
        let said = Said {
            code: value.get(&code.name).and_then(Value::as_str).unwrap_or_default(),
            postal_code: named("postalCode").unwrap_or_default(),
            locality: named("addressLocality").unwrap_or_default(),
            country: named("addressCountry").unwrap_or_default(),
        };
        Some((field.name.as_str(), Addressed { said, code: &code.name }))
    })
}

/// The field of an address that holds the code of its commune.
const CODE: &str = "municipality-code";

struct Addressed<'a> {
    said: Said<'a>,
    /// The name of the field for the code.
    code: &'a str,
}

/// Writes the code of its commune into a document that says none, where there is no doubt; tells whether it did.
pub(super) fn locate(communes: &Communes, format: &Format, document: &mut Document) -> bool {
    let Some((field, Addressed { said, code })) = address(format, document) else { return false };
    if !said.code.is_empty() {
        return false;
    }
    let Reconciled::Found(commune, _) = communes.find(said) else { return false };
    let (field, code, found) = (field.to_owned(), code.to_owned(), commune.code.clone());
    let Some(Value::Object(address)) = document.get_mut(&field) else { return false };
    address.insert(code, Value::String(found));
    true
}

/// Tells for each entry with an address which commune it lies in; one that is withdrawn is left out.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where an entry cannot be read.
pub fn places(store: &dyn Store, communes: &Communes) -> Result<Vec<Placed>, Error> {
    let formats = formats(store)?;
    let mut placed = Vec::new();
    store.entries(&Filter::default(), &mut |entry| {
        let Revision { cube, state, document, .. } = &entry.revision;
        if let Some(format) = formats.get(cube).filter(|_| *state != State::Withdrawn)
            && let Some((_, Addressed { said, .. })) = address(format, document)
        {
            let (found, fitting) = match communes.find(said) {
                Reconciled::Found(commune, by) => (FoundPlace::By(by), vec![commune.clone()]),
                Reconciled::Several(several) => (FoundPlace::Several, several.into_iter().cloned().collect()),
                Reconciled::Contradicts(commune) => (FoundPlace::Contradicts, vec![commune.clone()]),
                Reconciled::Unknown => (FoundPlace::Unknown, Vec::new()),
            };
            let territory = match (&found, fitting.first().and_then(|commune| commune.territory.as_ref())) {
                (FoundPlace::By(_), Some(code)) => Some(communes.territory(code).unwrap_or(code).to_owned()),
                (
                    FoundPlace::By(_) | FoundPlace::Several | FoundPlace::Contradicts | FoundPlace::Unknown,
                    _,
                ) => None,
            };
            placed.push(Placed {
                entry: entry.id,
                cube: cube.clone(),
                title: document.get(&format.title).map(text).unwrap_or_default(),
                said: [said.postal_code, said.locality].map(str::to_owned),
                found,
                communes: fitting,
                territory,
            });
        }
        Ok(())
    })?;
    Ok(placed)
}

/// Writes into each entry whose address says none the code of its commune, where there is no doubt; gives how many.
///
/// What sources say later is not written over: an import finds the same codes.
///
/// # Errors
/// As [`places`]; [`CooperativeError::NotPermitted`](super::CooperativeError::NotPermitted) below an editor.
pub fn locate_all(store: &mut dyn Store, communes: &Communes, act: &Act<'_>) -> Result<usize, Error> {
    act.carry_out(store, |store| {
        Acting::of(store, act)?.at_least(Role::Editor, "write into all entries")?;
        let formats = formats(store)?;
        let mut changes = Vec::new();
        store.entries(&Filter::default(), &mut |entry| {
            if let Some(format) = formats.get(&entry.revision.cube) {
                let mut document = entry.revision.document.clone();
                if locate(communes, format, &mut document) {
                    let revision = Revision { document, format: format.digest(), ..entry.revision };
                    changes.push(Change::Revision(entry.id, revision));
                }
            }
            Ok(())
        })?;
        let count = changes.len();
        Ok((changes, count))
    })
}
