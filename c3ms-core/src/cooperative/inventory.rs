//! The state of a territory's data: what is entered twice, by whom, what each source alone knows, what is missing.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;
use serde_json::Value;

use super::{Act, Readiness, formats, observatory::grouped, readiness, same_entries, settings};
use crate::{
    Error,
    base::{Date, Id, Language, Moment, Timestamp},
    delivery::{DeliveryError, Words, format_escaped},
    manufactory::forms::{Document, Entry, Field, Format, State, design::Target, identity::DuplicateOptions},
    store::{Filter, Store},
};

/// How probable it must be that two entries are the same for them to count as entered twice.
const SURE: f64 = 0.9;

/// The state of a territory's data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inventory {
    /// The cooperative.
    pub name: String,
    /// The day it was made.
    pub date: String,
    /// Entries that are not withdrawn, and those that were merged.
    pub entries: usize,
    /// The things behind them: an entry and its doubles are one.
    pub things: usize,
    /// Each source, by its name; entries of no source under an empty one.
    pub sources: Vec<SourceState>,
    /// How often each two sources have the same thing, the most first.
    pub shared: Vec<Shared>,
    /// What there is in each commune, the most first; without one under an empty name.
    pub communes: Vec<Place>,
    /// How many performances and shows are of each genre, the most first.
    pub genres: Vec<Count>,
    /// How ready the cubes are for each target.
    pub readiness: Vec<Readiness>,
    /// What the cubes are called, in the language that was asked.
    pub called: BTreeMap<String, String>,
}

/// What one source gives.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SourceState {
    /// Its name.
    pub source: String,
    /// Its entries by cube.
    pub cubes: BTreeMap<String, usize>,
    /// All of them.
    pub entries: usize,
    /// Those that no other source has.
    pub alone: usize,
    /// Those that another source has too.
    pub shared: usize,
    /// Those that it has itself once more.
    pub repeated: usize,
    /// Performances from today on.
    pub upcoming: usize,
    /// When one of them was last changed.
    pub newest: Option<Timestamp>,
}

/// How many things two sources both have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// The one.
    pub a: String,
    /// The other.
    pub b: String,
    /// The cube.
    pub cube: String,
    /// How many.
    pub things: usize,
}

/// What there is in a commune.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Its name.
    pub commune: String,
    /// Its venues.
    pub venues: usize,
    /// Performances in them.
    pub performances: usize,
    /// Of these those from today on.
    pub upcoming: usize,
}

/// How many there are of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Of what.
    pub name: String,
    /// How many.
    pub count: usize,
}

/// One entry as the study sees it.
struct Seen {
    cube: String,
    source: String,
    commune: String,
    starts: Option<Date>,
    genres: Vec<String>,
    changed: Timestamp,
}

/// Studies the data of a cooperative: the first look at its territory.
///
/// Two entries count as the same thing where they were merged, or where that is at least nine tenths probable and
/// nothing forbids it.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where an entry cannot be read.
pub fn inventory(store: &dyn Store, act: &Act<'_>, language: &str) -> Result<Inventory, Error> {
    let formats = formats(store)?;
    let today = act.now.date();
    let (entries, merged) = read(store, &formats)?;
    let mut same = same_entries(store, None, DuplicateOptions { at_least: SURE })?.pairs;
    same.retain(|pair| pair.found.veto.is_none() && pair.found.score.is_some_and(|score| score >= SURE));
    let pairs = same.iter().map(|pair| (pair.a, pair.b)).chain(merged);
    let things = groups(entries.keys().copied(), pairs);

    let mut sources: BTreeMap<&str, SourceState> = BTreeMap::new();
    let mut shared: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for group in things.values() {
        let of: BTreeSet<(&str, &str)> = group
            .iter()
            .filter_map(|id| entries.get(id).map(|seen| (seen.source.as_str(), seen.cube.as_str())))
            .collect();
        for (index, (one, cube)) in of.iter().enumerate() {
            for (other, _) in of.iter().skip(index + 1).filter(|(other, _)| other != one) {
                *shared.entry((*one, *other, *cube)).or_default() += 1;
            }
        }
        let mut first: BTreeSet<(&str, &str)> = BTreeSet::new();
        let by: BTreeSet<&str> = of.iter().map(|(source, _)| *source).collect();
        for seen in group.iter().filter_map(|id| entries.get(id)) {
            let state = sources.entry(&seen.source).or_default();
            state.entries += 1;
            *state.cubes.entry(seen.cube.clone()).or_default() += 1;
            if by.len() > 1 {
                state.shared += 1;
            } else {
                state.alone += 1;
            }
            state.repeated += usize::from(!first.insert((&seen.source, &seen.cube)));
            state.upcoming += usize::from(seen.starts.is_some_and(|day| day >= today));
            state.newest = state.newest.max(Some(seen.changed));
        }
    }
    let sources =
        sources.into_iter().map(|(source, state)| SourceState { source: source.to_owned(), ..state });
    let mut shared: Vec<Shared> = shared
        .into_iter()
        .map(|((a, b, cube), things)| Shared {
            a: a.to_owned(),
            b: b.to_owned(),
            cube: cube.to_owned(),
            things,
        })
        .collect();
    shared.sort_by_key(|shared| std::cmp::Reverse(shared.things));
    let ready = Target::ALL.map(|target| readiness(store, target, today, &mut |_, _| {}));
    let mut readiness = Vec::new();
    for of_target in ready {
        readiness.extend(of_target?);
    }
    Ok(Inventory {
        name: settings(store)?.name,
        date: today.to_string(),
        entries: entries.len(),
        things: things.len(),
        sources: sources.collect(),
        shared,
        communes: communes(entries.values(), today),
        genres: genres(entries.values(), &formats, language),
        readiness,
        called: formats.iter().map(|(cube, format)| (cube.clone(), called(format, language))).collect(),
    })
}

fn called(format: &Format, language: &str) -> String {
    format.label.in_language(language).unwrap_or(&format.cube).to_owned()
}

type Merged = Vec<(Id<Entry>, Id<Entry>)>;

fn read(
    store: &dyn Store,
    formats: &BTreeMap<String, Format>,
) -> Result<(BTreeMap<Id<Entry>, Seen>, Merged), Error> {
    let (mut entries, mut places, mut merged) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let mut linked: Vec<(Id<Entry>, Id<Entry>)> = Vec::new();
    store.entries(&Filter::default(), &mut |entry| {
        let Entry { id, at, revision, .. } = entry;
        let Some(format) = formats.get(&revision.cube) else { return Ok(()) };
        merged.extend(revision.merged.map(|standing| (id, standing)));
        // What a source only names in passing is no entry of it.
        let source = revision.origin.as_ref().filter(|origin| !origin.mentioned);
        if revision.state == State::Withdrawn && revision.merged.is_none() {
            return Ok(());
        }
        let own = |term: &str| field(format, &revision.document, term);
        let commune = own("address")
            .or_else(|| own("location"))
            .and_then(|address| address.get("locality").and_then(Value::as_str).map(str::to_owned));
        if let Some(commune) = &commune {
            places.insert(id, commune.clone());
        }
        if let Some(venue) = own("location").and_then(Value::as_str).and_then(Id::parse) {
            linked.push((id, venue));
        }
        let list = own("genre").and_then(Value::as_array);
        let seen = Seen {
            cube: revision.cube.clone(),
            source: source.map(|origin| origin.source.clone()).unwrap_or_default(),
            commune: commune.unwrap_or_default(),
            starts: own("startDate")
                .and_then(Value::as_str)
                .and_then(Moment::parse)
                .map(|start| start.date()),
            genres: list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            changed: at,
        };
        entries.insert(id, seen);
        Ok(())
    })?;
    for (id, venue) in linked {
        if let Some((seen, commune)) = entries.get_mut(&id).zip(places.get(&venue)) {
            seen.commune.clone_from(commune);
        }
    }
    Ok((entries, merged))
}

/// The value of the field of a term of schema.org.
fn field<'a>(format: &Format, document: &'a Document, term: &str) -> Option<&'a Value> {
    let means =
        |field: &&Field| field.property() == Some(term) || (term == "address" && field.name == "address");
    let field = format.fields.iter().find(means)?;
    document.get(&field.name)
}

/// Entries that are the same, joined: each group under its first.
fn groups(
    all: impl Iterator<Item = Id<Entry>>,
    pairs: impl Iterator<Item = (Id<Entry>, Id<Entry>)>,
) -> BTreeMap<Id<Entry>, Vec<Id<Entry>>> {
    let mut parent: BTreeMap<Id<Entry>, Id<Entry>> = all.map(|id| (id, id)).collect();
    let top = |parent: &BTreeMap<Id<Entry>, Id<Entry>>, mut at: Id<Entry>| {
        while let Some(next) = parent.get(&at).copied().filter(|next| *next != at) {
            at = next;
        }
        at
    };
    for (one, other) in pairs {
        let (one, other) = (top(&parent, one), top(&parent, other));
        if parent.contains_key(&one) && parent.contains_key(&other) {
            parent.insert(one.max(other), one.min(other));
        }
    }
    let mut groups: BTreeMap<Id<Entry>, Vec<Id<Entry>>> = BTreeMap::new();
    for id in parent.keys() {
        groups.entry(top(&parent, *id)).or_default().push(*id);
    }
    groups
}

fn communes<'a>(entries: impl Iterator<Item = &'a Seen>, today: Date) -> Vec<Place> {
    let mut places: BTreeMap<&str, Place> = BTreeMap::new();
    for seen in entries {
        let is_venue = seen.cube == "venue";
        if !is_venue && seen.starts.is_none() {
            continue;
        }
        let place = places.entry(&seen.commune).or_default();
        place.venues += usize::from(is_venue);
        place.performances += usize::from(!is_venue);
        place.upcoming += usize::from(seen.starts.is_some_and(|day| day >= today));
    }
    let mut places: Vec<Place> =
        places.into_iter().map(|(commune, place)| Place { commune: commune.to_owned(), ..place }).collect();
    places.sort_by_key(|place| std::cmp::Reverse((place.performances, place.venues)));
    places
}

fn genres<'a>(
    entries: impl Iterator<Item = &'a Seen>,
    formats: &BTreeMap<String, Format>,
    language: &str,
) -> Vec<Count> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for genre in entries.flat_map(|seen| &seen.genres) {
        *counts.entry(genre).or_default() += 1;
    }
    let label = |code: &str| {
        let lists = formats.values().flat_map(|format| format.vocabularies.values());
        let known = lists.flat_map(|list| &list.codes).find(|known| known.code == code)?;
        known.label.in_language(language).map(str::to_owned)
    };
    let mut counts: Vec<Count> = counts
        .into_iter()
        .map(|(code, count)| Count { name: label(code).unwrap_or_else(|| code.to_owned()), count })
        .collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    counts
}

/// The study as a page that stands alone, in French (`fr`) or English.
///
/// # Errors
/// [`DeliveryError`] where the page cannot be made.
pub fn inventory_page(inventory: &Inventory, language: &str) -> Result<String, Error> {
    let broken = |error: minijinja::Error| DeliveryError::TemplateBroken { reason: error.to_string() };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(format_escaped);
    environment.add_template("inventory.html", include_str!("inventory.html")).map_err(broken)?;
    let style = include_str!("../delivery/templates/site.css");
    let most = inventory.communes.iter().map(|place| place.performances + place.venues).max().unwrap_or(1);
    let most_genre = inventory.genres.iter().map(|count| count.count).max().unwrap_or(1);
    let french = language.starts_with("fr");
    environment.add_filter("number", move |number: u32| grouped(number, french));
    let told = Language::parse(language).zip(Date::parse(&inventory.date));
    let date = told.map_or_else(|| inventory.date.clone(), |(own, date)| Words::of(&own).day(date));
    let readiness = inventory.readiness.iter().filter(|ready| ready.entries > 0).map(|ready| {
        let mut lacking: Vec<_> = ready.lacking.iter().collect();
        lacking.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let cube = inventory.called.get(&ready.cube).unwrap_or(&ready.cube);
        let missing: Vec<String> =
            lacking.iter().take(4).map(|(name, count)| format!("{name} ({count})")).collect();
        context! {
            target => ready.target.label(), cube, ready => ready.ready, entries => ready.entries,
            percent => ready.percent, missing => missing.join(", "),
        }
    });
    let readiness: minijinja::Value = readiness.collect();
    let page = context! {
        readiness, french, date, style => minijinja::Value::from_safe_string(style.to_owned()), most => most.max(1), most_genre => most_genre.max(1),
        inventory => minijinja::Value::from(minijinja::value::Serde(inventory)),
    };
    let page = environment.get_template("inventory.html").and_then(|template| template.render(page));
    Ok(page.map_err(broken)? + "\n")
}
