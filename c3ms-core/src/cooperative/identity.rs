//! Entries of a cooperative that may be the same thing.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{formats, told_apart};
use crate::{
    Error,
    base::{Id, Moment, Position, Text},
    manufactory::forms::{
        Document, Entry, Field, Format, FormsError, Kind, State,
        identity::{Duplicate, DuplicateOptions, Index, Thing, Veto, clusters, duplicates},
    },
    store::{Filter, Store},
};

/// Two entries of a cube that may be the same thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SameEntry {
    /// Their cube.
    pub cube: String,
    /// One of them.
    pub a: Id<Entry>,
    /// The other.
    pub b: Id<Entry>,
    /// What they are called.
    pub names: [String; 2],
    /// Their score, with reasons and vetoes.
    #[serde(flatten)]
    pub found: Duplicate,
}

/// What was found among the entries.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SameEntries {
    /// The pairs, by cube, the most probable first; what a veto forbids last.
    pub pairs: Vec<SameEntry>,
    /// The groups that the pairs without a veto make.
    pub clusters: Vec<Vec<Id<Entry>>>,
}

/// Finds entries that are probably the same thing, in one cube or in each; nothing is merged, nothing written.
///
/// Withdrawn entries are left out. A performance is where its venue is.
///
/// # Errors
/// [`FormsError::FormatUnknown`] for a cube there is not; [`StoreError`](crate::store::StoreError) where an entry
/// cannot be read.
pub fn same_entries(
    store: &dyn Store,
    cube: Option<&str>,
    options: DuplicateOptions,
) -> Result<SameEntries, Error> {
    let (known, links) = things(store, cube)?;
    let by_id: BTreeMap<String, &Thing> =
        known.values().flatten().map(|(id, thing)| (id.to_string(), thing)).collect();
    let apart = told_apart(store)?;
    let mut found = SameEntries::default();
    for (cube, things) in known.iter().filter(|(name, _)| cube.is_none_or(|cube| cube == name.as_str())) {
        let ids: Vec<Id<Entry>> = things.keys().copied().collect();
        let placed: Vec<Thing> = things
            .iter()
            .map(|(id, thing)| located(thing, links.get(id).map(Vec::as_slice).unwrap_or_default(), &by_id))
            .collect();
        let mut pairs = duplicates(&placed, options);
        for pair in &mut pairs {
            let both = ids.get(pair.a).zip(ids.get(pair.b));
            if both.is_some_and(|(a, b)| apart.contains(&(*a, *b))) {
                (pair.veto, pair.score) = (Some(Veto::ToldApart), None);
            }
        }
        let same: Vec<(usize, usize)> =
            pairs.iter().filter(|pair| pair.veto.is_none()).map(|pair| (pair.a, pair.b)).collect();
        let entries = |places: Vec<usize>| places.into_iter().filter_map(|at| ids.get(at).copied()).collect();
        found.clusters.extend(clusters(&same).into_iter().map(entries));
        for pair in pairs {
            let Some((a, b)) = ids.get(pair.a).copied().zip(ids.get(pair.b).copied()) else { continue };
            let name = |at: usize| placed.get(at).map(|thing| thing.name.clone()).unwrap_or_default();
            let names = [name(pair.a), name(pair.b)];
            found.pairs.push(SameEntry { cube: cube.clone(), a, b, names, found: pair });
        }
    }
    Ok(found)
}

/// An entry that what is typed is like.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alike {
    /// Which.
    pub entry: Id<Entry>,
    /// What it is called.
    pub name: String,
    /// How much of what is typed it has, 0 to 1.
    pub score: f64,
}

/// The entries of a cube that what is typed is like, the likest first, at most `most`.
///
/// # Errors
/// As [`same_entries`].
pub fn alike(store: &dyn Store, cube: &str, document: &Document, most: usize) -> Result<Vec<Alike>, Error> {
    let (known, links) = things(store, Some(cube))?;
    let formats = formats(store)?;
    let Some((format, things)) = formats.get(cube).zip(known.get(cube)) else { return Ok(Vec::new()) };
    let by_id: BTreeMap<String, &Thing> =
        known.values().flatten().map(|(id, thing)| (id.to_string(), thing)).collect();
    let none = Vec::new();
    let placed: Vec<Thing> =
        things.iter().map(|(id, thing)| located(thing, links.get(id).unwrap_or(&none), &by_id)).collect();
    let (typed, linked) = thing(format, document);
    let hints = Index::new(&placed).like(&located(&typed, &linked, &by_id), most);
    let entries: Vec<(&Id<Entry>, &Thing)> = things.iter().collect();
    let told = hints.into_iter().filter_map(|hint| {
        let (entry, thing) = entries.get(hint.at)?;
        Some(Alike { entry: **entry, name: thing.name.clone(), score: hint.score })
    });
    Ok(told.collect())
}

/// The things that the entries are, by cube, and what they are linked to.
#[expect(clippy::type_complexity, reason = "read twice, right here")]
fn things(
    store: &dyn Store,
    cube: Option<&str>,
) -> Result<(BTreeMap<String, BTreeMap<Id<Entry>, Thing>>, BTreeMap<Id<Entry>, Vec<String>>), Error> {
    let formats = formats(store)?;
    if let Some(cube) = cube
        && !formats.contains_key(cube)
    {
        let known = formats.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(FormsError::FormatUnknown { cube: cube.to_owned(), known }.into());
    }
    let mut known: BTreeMap<String, BTreeMap<Id<Entry>, Thing>> = BTreeMap::new();
    let mut links: BTreeMap<Id<Entry>, Vec<String>> = BTreeMap::new();
    store.entries(&Filter::default(), &mut |entry| {
        let revision = &entry.revision;
        if let Some(format) = formats.get(&revision.cube).filter(|_| revision.state != State::Withdrawn) {
            let (thing, linked) = thing(format, &revision.document);
            links.insert(entry.id, linked);
            known.entry(revision.cube.clone()).or_default().insert(entry.id, thing);
        }
        Ok(())
    })?;
    Ok((known, links))
}

/// A thing where one of those it is linked to is, where it says no place itself.
fn located(thing: &Thing, links: &[String], known: &BTreeMap<String, &Thing>) -> Thing {
    let mut placed = thing.clone();
    let linked = links.iter().filter_map(|id| known.get(id)).collect::<Vec<_>>();
    if placed.locality.is_empty() && placed.position.is_none() {
        let place = linked.iter().find(|place| !place.locality.is_empty() || place.position.is_some());
        if let Some(place) = place.filter(|place| place.day.is_none()) {
            placed.locality.clone_from(&place.locality);
            placed.postal_code.clone_from(&place.postal_code);
            placed.municipality_code.clone_from(&place.municipality_code);
            placed.region.clone_from(&place.region);
            placed.position = place.position;
        }
    }
    placed.others = vec![linked.first().map(|other| other.name.clone()).unwrap_or_default()];
    placed
}

/// What an entry says, by the terms of its format; and the entries it is linked to, places first.
fn thing(format: &Format, document: &Document) -> (Thing, Vec<String>) {
    let mut thing = Thing::default();
    let mut links = Vec::new();
    if let Some(title) = document.get(&format.title) {
        thing.name = text(title);
    }
    walk(&format.fields, document, &mut thing, &mut links);
    links.sort_by_key(|(place, _)| !*place);
    (thing, links.into_iter().map(|(_, id)| id).collect())
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Object(_) => serde_json::from_value::<Text>(value.clone())
            .ok()
            .and_then(|texts| texts.in_language("fr").map(str::to_owned))
            .unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Array(_) => String::new(),
    }
}

fn walk(fields: &[Field], document: &Document, thing: &mut Thing, links: &mut Vec<(bool, String)>) {
    for field in fields {
        let Some(value) = document.get(&field.name) else { continue };
        let term = field.property().unwrap_or(&field.name);
        if let (Kind::Group { fields }, Value::Object(inner)) = (&field.kind, value) {
            walk(fields, inner, thing, links);
            continue;
        }
        if matches!(field.kind, Kind::Link { .. }) {
            let ids = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            links.extend(ids.iter().filter_map(Value::as_str).map(|id| (term == "location", id.to_owned())));
            continue;
        }
        let told = text(value);
        match term {
            "addressLocality" => thing.locality = told,
            "postalCode" => thing.postal_code = told,
            "streetAddress" => thing.street = told,
            "addressRegion" | "region" => thing.region = told,
            "department" => thing.department = told,
            "municipality-code" => thing.municipality_code = told,
            "url" => thing.url = told,
            "email" => thing.email = told,
            "telephone" => thing.phone = told,
            "geo" => thing.position = serde_json::from_value::<Position>(value.clone()).ok(),
            "startDate" => {
                if let Some(moment) = Moment::parse(&told) {
                    thing.day = Some(moment.date());
                    thing.time = moment.time();
                }
            }
            "birthDate" | "foundingDate" => thing.since = told,
            "eventStatus" => thing.cancelled = told == "cancelled",
            // A code of a register of its own; `identifier` is the source's, which may tell a thing twice.
            other if other.ends_with("-identifier") => thing.codes.push((other.to_owned(), told)),
            _ => {}
        }
    }
}
