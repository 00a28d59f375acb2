//! The one choke point: nothing leaves the store but through here.

use std::collections::BTreeSet;

use serde::Deserialize as _;
use serde_json::Value;

use super::{
    Dataset, Datasets, Recipient, View,
    dataset::{said, values},
};
#[cfg(feature = "zones")]
use crate::manufactory::forms::State;
use crate::{
    base::{Date, Id, Language, Moment, Money, Position, TimeOfDay, Timestamp, fold},
    manufactory::forms::{
        Document, Entry, Field, Format, Kind, bars,
        evolve::{Lens, Lineage},
    },
    store::{Store, StoreError},
};

/// Reads what a recipient may see.
///
/// Only entries in state published, of the cubes given; of these only the fields the format has and the
/// recipient may see, and only values that are what their field says. Links to what the recipient cannot see
/// go, and so does what is then empty. A file (an image: a group with a `https://schema.org/license` beside its
/// `https://schema.org/contentUrl`) stays whose author, license or alternative text nobody said, or whose time is
/// over on that day, as the form promises. What has a price is never said to be free; who may not see the prices is not
/// told that there are none. Rules of dissemination ([`Rule`](crate::governance::Rule)) open and keep back besides.
///
/// The order is stable: what takes place by its start, everything else by its folded title, then by id.
///
/// # Errors
/// [`StoreError`] where an entry cannot be read.
///
/// # Examples
/// The mail address is for members, the draft for nobody.
/// ```
/// use c3ms_core::{
///     base::{Id, Seed, Timestamp}, delivery::{Recipient, gate}, forms::{Format, Revision, State},
///     store::{Batch, Change, MemoryStore, Store},
/// };
/// let format = Format::parse(r#"{"cube": "venue", "label": {"en": "Venue"}, "title": "name", "fields": [
///     {"id": "name", "name": "name", "kind": {"type": "text"}, "label": {"en": "Name"}},
///     {"id": "email", "name": "email", "kind": {"type": "email"}, "label": {"en": "Mail"}, "visibility": "members"}
/// ]}"#)?;
/// let venue = |key: &str, state| {
///     let document = [("name", key), ("email", "box@example.org")].map(|(name, text)| (name.into(), text.into()));
///     let document = document.into_iter().collect();
///     let revision = Revision::new("venue", format.digest(), state, document);
///     Change::Revision(Id::derived(&[key]), revision)
/// };
/// let changes = [Change::Format(format.clone()), venue("Le Cadran", State::Published), venue("Salle", State::Draft)];
/// let (at, actor, seed) = (Timestamp::from_millis(0), Id::derived(&["me"]), Seed::from_number(1));
/// let mut store = MemoryStore::new();
/// store.append(&Batch { at, actor, seed, signer: None, changes: &changes })?;
///
/// let datasets = gate(&store, &[format], &Recipient::Public, at)?;
/// let venues = datasets.dataset("venue").unwrap();
/// assert_eq!(venues.records.len(), 1);
/// assert_eq!(serde_json::to_string(&venues.records[0].document).unwrap(), r#"{"name":"Le Cadran"}"#);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn gate(
    store: &dyn Store,
    formats: &[Format],
    recipient: &Recipient,
    now: Timestamp,
) -> Result<Datasets, StoreError> {
    Ok(View::of(store, formats, recipient, now)?.datasets())
}

/// What is planned, for those who count it and show none of it: drafts too, told by their ids.
#[cfg(feature = "zones")]
pub(crate) fn planned(
    store: &dyn Store,
    formats: &[Format],
) -> Result<(Datasets, BTreeSet<Id<Entry>>), StoreError> {
    let (now, states) = (Timestamp::from_millis(0), [State::Published, State::Draft]);
    let view = View::in_states(store, formats, &Recipient::Member, now, &states)?;
    Ok((view.datasets(), view.drafts()))
}

/// The way of entries from the newest version of their format, by which a store reads them, to the one asked for.
pub(super) fn way(versions: Vec<Format>, format: &Format) -> Lens {
    let wanted = format.digest();
    let newest = versions.last().map(Format::digest).filter(|newest| *newest != wanted);
    // A version that the store does not know reads the entries as they are.
    let Some(newest) = newest.filter(|_| versions.iter().any(|version| version.digest() == wanted)) else {
        return Lens::default();
    };
    Lineage::of(versions).lens(newest, wanted).unwrap_or_default()
}

/// What of a document is what its fields say; without what nobody asked for.
pub(super) fn open_members(fields: &[Field], document: &Document, today: Date) -> Document {
    let members = fields.iter().filter_map(|field| {
        let value = document.get(&field.name)?;
        let value = match (field.many, value) {
            (Some(_), Value::Array(list)) => {
                list_of(list.iter().filter_map(|value| open(&field.kind, value, today)))
            }
            (Some(_), value) => list_of(open(&field.kind, value, today).into_iter()),
            (None, value) => open(&field.kind, value, today),
        };
        Some((field.name.clone(), value?))
    });
    members.collect()
}

fn list_of(values: impl Iterator<Item = Value>) -> Option<Value> {
    let list: Vec<Value> = values.collect();
    (!list.is_empty()).then_some(Value::Array(list))
}

/// The value, where it is what its field says; without what nobody asked for.
fn open(kind: &Kind, value: &Value, today: Date) -> Option<Value> {
    let text = || value.as_str().filter(|text| !text.trim().is_empty());
    let is_sound = match kind {
        Kind::Text { languages: true, .. } => {
            let texts = value.as_object()?.iter().filter(|(tag, text)| {
                Language::is_tag(tag) && text.as_str().is_some_and(|text| !text.trim().is_empty())
            });
            let texts: Document = texts.map(|(tag, text)| (tag.clone(), text.clone())).collect();
            return (!texts.is_empty()).then_some(Value::Object(texts));
        }
        Kind::Group { fields } => {
            let inner = open_members(fields, value.as_object()?, today);
            let may_leave = !inner.is_empty() && bars(fields, &inner, today).is_empty();
            return may_leave.then_some(Value::Object(inner));
        }
        Kind::Text { languages: false, .. }
        | Kind::Email
        | Kind::Phone
        | Kind::Code { .. }
        | Kind::File { .. } => text().is_some(),
        Kind::Integer { .. } => value.is_i64() || value.is_u64(),
        Kind::Decimal { .. } => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Moment => text().and_then(Moment::parse).is_some(),
        Kind::Date => text().and_then(Date::parse).is_some(),
        Kind::Time => text().and_then(TimeOfDay::parse).is_some(),
        Kind::Money => Money::deserialize(value).is_ok(),
        Kind::Url => text().is_some_and(|url| url.starts_with("http://") || url.starts_with("https://")),
        Kind::Language => text().is_some_and(Language::is_tag),
        Kind::Position => Position::deserialize(value).is_ok(),
        Kind::Path | Kind::Area => value
            .as_array()
            .is_some_and(|points| points.iter().all(|point| Position::deserialize(point).is_ok())),
        Kind::Note => false,
        Kind::Link { .. } => text().and_then(Id::<Entry>::parse).is_some(),
    };
    is_sound.then(|| value.clone())
}

/// Every entry that a document links to.
pub(super) fn visible_links(fields: &[Field], document: &Document) -> Vec<Id<Entry>> {
    let mut links = Vec::new();
    for field in fields {
        for value in values(document.get(&field.name)) {
            match (&field.kind, value) {
                (Kind::Link { .. }, Value::String(link)) => links.extend(Id::<Entry>::parse(link)),
                (Kind::Group { fields }, Value::Object(inner)) => links.extend(visible_links(fields, inner)),
                _ => {}
            }
        }
    }
    links
}

/// Leads links to what was merged to what stands for it, each once.
pub(super) fn redirect(
    fields: &[Field],
    document: &mut Document,
    standing: &dyn Fn(Id<Entry>) -> Option<Id<Entry>>,
) {
    for field in fields {
        let Some(value) = document.get_mut(&field.name) else { continue };
        let lead = |value: &mut Value| match (&field.kind, value) {
            (Kind::Link { .. }, value) => {
                if let Some(end) = value.as_str().and_then(Id::parse).and_then(standing) {
                    *value = Value::String(end.to_string());
                }
            }
            (Kind::Group { fields }, Value::Object(inner)) => redirect(fields, inner, standing),
            _ => {}
        };
        match value {
            Value::Array(items) => {
                items.iter_mut().for_each(lead);
                if matches!(field.kind, Kind::Link { .. }) {
                    let mut known = BTreeSet::new();
                    items.retain(|item| known.insert(item.to_string()));
                }
            }
            value => lead(value),
        }
    }
}

/// Takes out links to what is not there for the recipient, and what is then empty.
pub(super) fn unlink(fields: &[Field], document: &mut Document, is_seen: &dyn Fn(Id<Entry>, &str) -> bool) {
    for field in fields {
        let keeps = |value: &mut Value| match (&field.kind, value) {
            (Kind::Link { cube }, Value::String(link)) => Id::parse(link).is_some_and(|id| is_seen(id, cube)),
            (Kind::Group { fields }, Value::Object(inner)) => {
                unlink(fields, inner, is_seen);
                !inner.is_empty()
            }
            _ => true,
        };
        let stays = match document.get_mut(&field.name) {
            None => continue,
            Some(Value::Array(list)) => {
                list.retain_mut(keeps);
                !list.is_empty()
            }
            Some(value) => keeps(value),
        };
        if !stays {
            document.remove(&field.name);
        }
    }
}

pub(super) fn sort(dataset: &mut Dataset) {
    let start = dataset.start().map(str::to_owned);
    let title = dataset.format.title.clone();
    dataset.records.sort_by_cached_key(|record| {
        let begins = start.as_ref().and_then(|start| record.moment(start));
        let begins = begins.map_or(i64::MAX, |begins| begins.local_seconds());
        let called = record.document.get(&title).and_then(|title| said(title, "fr"));
        let called = if start.is_some() { String::new() } else { fold(called.unwrap_or_default().1) };
        (begins, called, record.id)
    });
}
