//! What goes out: everything the public may see, as the files of a site.

use std::collections::BTreeMap;

use serde::{Deserialize as _, Serialize};
use serde_json::Value;

use super::settings;
use crate::{
    Error,
    base::{Date, Id, Language, Money, Position, Text, Timestamp},
    delivery::{self, Context, Dataset, Datasets, Files, Recipient, Record, gate},
    manufactory::forms::{Field, Format, Kind},
    publisher::{AgendaBundle, Genre, Occurrence, Place, PublisherError, Status},
    store::Store,
};

/// What a delivery holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// The records that go out, by cube.
    pub delivered: BTreeMap<String, usize>,
    /// The occurrences in the agenda.
    pub occurrences: usize,
    /// The files of the site, by path.
    #[serde(skip)]
    pub files: Files,
}

/// The agenda holds what a browser holds with ease.
const MOST_OCCURRENCES: usize = 5000;

/// Prepares the open data of a cooperative and their site; writes nothing.
///
/// The agenda covers a year back and a year and a half ahead; where nothing lies in that window, all the past.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where the log was altered or an entry cannot be read;
/// [`DeliveryError`](crate::delivery::DeliveryError) where something cannot be written.
pub fn deliver(store: &dyn Store, now: Timestamp) -> Result<Delivered, Error> {
    deliver_as(store, &[], &Recipient::Public, now)
}

/// As [`deliver`], to any recipient, some cubes in an older version of their format: for those who still read that one.
///
/// # Errors
/// As [`deliver`].
pub fn deliver_as(
    store: &dyn Store,
    older: &[Format],
    recipient: &Recipient,
    now: Timestamp,
) -> Result<Delivered, Error> {
    store.verify_chain()?;
    let settings = settings(store)?;
    let mut formats = store.formats()?;
    for format in &mut formats {
        if let Some(older) = older.iter().find(|older| older.cube == format.cube) {
            format.clone_from(older);
        }
    }
    let datasets = gate(store, &formats, recipient, now)?;
    let context = Context {
        name: settings.name,
        zone: Some(settings.zone),
        language: settings.language,
        license: settings.license,
        address: settings.address,
        now,
    };
    let today = now.date();
    let mut occurrences = delivery::occurrences(&datasets, &(today.plus_days(-366)..today.plus_days(548)));
    if occurrences.is_empty() {
        occurrences = delivery::occurrences(&datasets, &(Date::from_days(i64::MIN)..today.plus_days(548)));
    }
    // Of too many, those that are nearest to come; then the latest past.
    let first_ahead = occurrences.partition_point(|occurrence| occurrence.start.date() < today);
    let ahead = occurrences.len() - first_ahead;
    let from = first_ahead.saturating_sub(MOST_OCCURRENCES.saturating_sub(ahead));
    occurrences.drain(..from);
    occurrences.truncate(MOST_OCCURRENCES);

    let bundle = bundle(&datasets, &context, &occurrences);
    let mut files = delivery::files(&datasets, &context, &occurrences)?;
    let json = serde_json::to_vec(&bundle)
        .map_err(|error| PublisherError::BundleUnreadable { reason: error.to_string() })?;
    files.push(("agenda.json".to_owned(), json));
    let delivered =
        datasets.iter().map(|dataset| (dataset.format.cube.clone(), dataset.records.len())).collect();
    Ok(Delivered { delivered, occurrences: bundle.occurrences.len(), files })
}

/// The agenda of a page, from what the gate let through.
fn bundle(datasets: &Datasets, context: &Context, occurrences: &[delivery::Occurrence]) -> AgendaBundle {
    let mut making = Making {
        datasets,
        places: Vec::new(),
        genres: Vec::new(),
        languages: vec![context.language.clone()],
    };
    let occurrences = occurrences.iter().filter_map(|occurrence| making.occurrence(occurrence)).collect();
    let Making { places, genres, languages, .. } = making;
    AgendaBundle {
        version: AgendaBundle::VERSION,
        zone: context.zone.clone(),
        languages,
        genres,
        places,
        occurrences,
    }
}

struct Making<'a> {
    datasets: &'a Datasets,
    places: Vec<Place>,
    genres: Vec<Genre>,
    languages: Vec<Language>,
}

impl Making<'_> {
    fn occurrence(&mut self, occurrence: &delivery::Occurrence) -> Option<Occurrence> {
        let (dataset, record) = self.datasets.record(occurrence.performance)?;
        let own = (dataset, record);
        let work = self.datasets.linked(record, dataset.named("workPerformed"));
        let place = self.datasets.linked(record, dataset.named("location"));
        let title = record.text(&dataset.format.title)?;
        for (language, _) in title.iter() {
            if !self.languages.contains(language) && language.as_str() != "und" {
                self.languages.push(language.clone());
            }
        }
        // What a date does not say of itself, the work or the house says.
        let genres = [Some(own), work]
            .into_iter()
            .flatten()
            .map(|from| self.genres(from))
            .find(|found| !found.is_empty());
        let accessibility =
            [Some(own), place].into_iter().flatten().map(disabilities).find(|found| !found.is_empty());
        let mut prices = prices(own);
        prices.sort_by_key(|price| price.cents);
        let value = |property: &str| dataset.named(property).and_then(|field| record.document.get(field));
        Some(Occurrence {
            id: Id::from_bytes(*record.id.as_bytes()),
            start: occurrence.start.clone(),
            end: occurrence.end.clone(),
            place: place.map(|place| self.place(place)),
            genres: genres.unwrap_or_default(),
            status: value("eventStatus")
                .and_then(|status| Status::deserialize(status).ok())
                .unwrap_or_default(),
            free: value("isAccessibleForFree").and_then(Value::as_bool),
            lowest: prices.first().copied(),
            highest: prices.last().copied(),
            url: value("url").and_then(Value::as_str).map(str::to_owned),
            summary: [Some(own), work].into_iter().flatten().find_map(summary),
            accessibility: accessibility.unwrap_or_default(),
            title,
        })
    }

    /// The number of a place in the agenda; a new one where it is not in it yet.
    fn place(&mut self, (dataset, record): (&Dataset, &Record)) -> usize {
        let id = Id::from_bytes(*record.id.as_bytes());
        if let Some(known) = self.places.iter().position(|place| place.id == id) {
            return known;
        }
        let address = dataset.named("address").and_then(|field| record.document.get(field));
        let position = dataset.named("geo").and_then(|field| record.document.get(field));
        self.places.push(Place {
            id,
            name: record.text(&dataset.format.title).unwrap_or_default(),
            commune: address
                .and_then(|address| address.get("locality"))
                .and_then(Value::as_str)
                .map(str::to_owned),
            position: position.and_then(|position| Position::deserialize(position).ok()),
        });
        self.places.len() - 1
    }

    /// The numbers of the genres of a record, in the order it names them.
    fn genres(&mut self, (dataset, record): (&Dataset, &Record)) -> Vec<usize> {
        let Some(Field { name, kind: Kind::Code { vocabulary, .. }, .. }) = dataset.meaning("genre") else {
            return Vec::new();
        };
        let vocabulary = dataset.format.vocabularies.get(vocabulary);
        let mut numbers = Vec::new();
        for code in each(record.document.get(name)).filter_map(Value::as_str) {
            let known = self.genres.iter().position(|genre| genre.code == code);
            numbers.push(known.unwrap_or_else(|| {
                let label = vocabulary
                    .and_then(|list| list.codes.iter().find(|one| one.code == code))
                    .map(|one| one.label.clone());
                self.genres.push(Genre { code: code.to_owned(), label: label.unwrap_or_default() });
                self.genres.len() - 1
            }));
        }
        numbers
    }
}

/// The items of a list, or the one value.
fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value
        .map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice))
        .into_iter()
        .flatten()
}

/// The fields of this kind within groups of a record, with their values.
fn within<'a>(
    (dataset, record): (&'a Dataset, &'a Record),
    wanted: impl Fn(&Field) -> bool,
) -> Vec<&'a Value> {
    let mut found = Vec::new();
    for field in &dataset.format.fields {
        let Kind::Group { fields } = &field.kind else { continue };
        for group in each(record.document.get(&field.name)) {
            for inner in fields.iter().filter(|inner| wanted(inner)) {
                found.extend(each(group.get(&inner.name)));
            }
        }
    }
    found
}

pub(super) fn prices(from: (&Dataset, &Record)) -> Vec<Money> {
    within(from, |field| field.kind == Kind::Money)
        .into_iter()
        .filter_map(|price| Money::deserialize(price).ok())
        .collect()
}

fn disabilities(from: (&Dataset, &Record)) -> Vec<String> {
    let is_disability =
        |field: &Field| matches!(&field.kind, Kind::Code { vocabulary, .. } if vocabulary == "disability");
    within(from, is_disability).into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The first words of a description, about 200 characters, in each language.
fn summary((dataset, record): (&Dataset, &Record)) -> Option<Text> {
    let description = dataset.named("description").and_then(|field| record.text(field))?;
    let texts = description.iter().map(|(language, text)| (language.clone(), Value::from(shortened(text))));
    Text::deserialize(Value::Object(texts.map(|(language, text)| (language.to_string(), text)).collect()))
        .ok()
}

fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    let single: Vec<&str> = text.split_whitespace().collect();
    let mut short = String::new();
    let mut length = 0;
    for word in single {
        length += word.chars().count() + 1;
        if length > MOST && !short.is_empty() {
            short.push('…');
            return short;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    // A text without a space is cut all the same.
    if short.chars().count() > MOST { short.chars().take(MOST).chain(['…']).collect() } else { short }
}
