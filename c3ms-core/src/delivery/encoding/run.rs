//! What partners are told of what takes place: one event for a production in a place, with all its dates.
//!
//! OpenAgenda and DATAtourisme know events that have dates, where we know performances that have a production. The
//! performances of one production in one place are one [`Run`], as long as whatever partners say of an event
//! and not of a date is the same: title, status, attendance, accessibility, prices. An evening that is cancelled,
//! or the one with a sign language interpreter, is a run by itself; so is what has no production.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::{Context, failed};
use crate::{
    base::{Id, Moment, Money, Position, Timestamp, offset_of},
    delivery::{
        Dataset, Datasets, DeliveryError, Record,
        clock::{instant, today},
        dataset::values,
        occurrence::of_series,
        recurrence::Dates,
    },
    manufactory::forms::{Entry, Field, Format, Kind},
};

/// A series without an end is told this many days ahead: two years.
const AHEAD: i64 = 730;

/// A series is told with at most this many dates, as in [`occurrences`](crate::delivery::occurrences).
const MOST: usize = 2000;

/// Whether it takes place as announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Scheduled,
    Rescheduled,
    MovedOnline,
    Postponed,
    Full,
    Cancelled,
}

impl Status {
    /// What is not said, or said in a word nobody knows, takes place as announced.
    fn of(dataset: &Dataset, code: Option<&str>) -> Self {
        let code = code.unwrap_or_default();
        match term(dataset.meaning("eventStatus"), &dataset.format, code).unwrap_or(code) {
            "EventCancelled" | "cancelled" => Self::Cancelled,
            "EventPostponed" | "postponed" => Self::Postponed,
            "EventRescheduled" | "rescheduled" => Self::Rescheduled,
            "EventMovedOnline" | "moved-online" => Self::MovedOnline,
            "full" => Self::Full,
            _ => Self::Scheduled,
        }
    }

    /// The term of schema.org, where it has one.
    pub(super) const fn term(self) -> Option<&'static str> {
        match self {
            Self::Scheduled => Some("EventScheduled"),
            Self::Rescheduled => Some("EventRescheduled"),
            Self::MovedOnline => Some("EventMovedOnline"),
            Self::Postponed => Some("EventPostponed"),
            Self::Cancelled => Some("EventCancelled"),
            Self::Full => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Rescheduled => "rescheduled",
            Self::MovedOnline => "moved-online",
            Self::Postponed => "postponed",
            Self::Full => "full",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The term of schema.org of a code, without its address.
fn term<'a>(field: Option<&Field>, format: &'a Format, code: &str) -> Option<&'a str> {
    let Kind::Code { vocabulary, .. } = &field?.kind else { return None };
    let known = format.vocabularies.get(vocabulary)?.codes.iter().find(|known| known.code == code)?;
    known.term.as_deref()?.strip_prefix("https://schema.org/")
}

/// When one of its performances begins and ends.
pub(super) type Span = (Moment, Option<Moment>);

/// A production in a place, as partners know it: an event with all its dates.
pub(super) struct Run<'a> {
    context: &'a Context,
    datasets: &'a Datasets,
    dataset: &'a Dataset,
    records: Vec<&'a Record>,
    anchor: String,
    /// What it is known by: the same as long as there is this production in this place.
    pub(super) key: String,
    /// By when they begin; at least one.
    pub(super) dates: Vec<Span>,
    /// Whether its dates take place as announced.
    pub(super) status: Status,
}

/// The events of a dataset, by when they begin.
pub(super) fn runs<'a>(
    dataset: &'a Dataset,
    datasets: &'a Datasets,
    context: &'a Context,
) -> Result<Vec<Run<'a>>, DeliveryError> {
    let dates = Dates::of(dataset).ok_or_else(|| {
        failed(format!("the cube {:?} has no start, so no events of partners", dataset.format.cube))
    })?;
    let replaced = dates.replaced(datasets, dataset);
    let mut runs: Vec<Run<'a>> = Vec::new();
    let mut known: BTreeMap<(String, Status, String), usize> = BTreeMap::new();
    for record in &dataset.records {
        let Some((start, end)) = dates.span(record) else { continue };
        let code = dataset.named("eventStatus").and_then(|field| record.document.get(field)?.as_str());
        let own = Status::of(dataset, code);
        let mut told: BTreeMap<Status, Vec<Span>> = BTreeMap::new();
        for (start, end, status) in dates.every_further(record).take(MOST) {
            let status = if status.is_some() { Status::of(dataset, status) } else { own };
            told.entry(status).or_default().push((start, end));
        }
        match dates.recurrence(record) {
            None => told.entry(own).or_default().push((start, end)),
            Some(recurrence) => {
                let day = today(context.now, context.zone.as_ref()).max(start.date());
                let window = start.date()..day.plus_days(AHEAD);
                let series = of_series(record, &recurrence, &start, end.as_ref(), &window);
                let series = series.filter(|date| !replaced.contains_key(&(record.id, date.start.clone())));
                told.entry(own).or_default().extend(series.take(MOST).map(|date| (date.start, date.end)));
            }
        }
        let (anchor, alike) = (anchor(dataset, datasets, record), alike(dataset, record));
        for (status, spans) in told {
            let place = *known.entry((anchor.clone(), status, alike.clone())).or_insert(runs.len());
            if place == runs.len() {
                let (anchor, key) = (anchor.clone(), String::new());
                let (records, dates) = (Vec::new(), Vec::new());
                runs.push(Run { context, datasets, dataset, records, anchor, key, dates, status });
            }
            if let Some(run) = runs.get_mut(place) {
                run.records.push(record);
                let zoned = |moment| zoned(moment, context);
                run.dates.extend(spans.into_iter().map(|(start, end)| (zoned(start), end.map(zoned))));
            }
        }
    }
    runs.retain(|run| !run.dates.is_empty());
    for run in &mut runs {
        run.dates.sort_by_cached_key(|(start, end)| (instant(start), end.as_ref().map(instant)));
        run.dates.dedup();
    }
    name(&mut runs);
    runs.sort_by_cached_key(|run| (run.first().map(instant), run.key.clone()));
    Ok(runs)
}

/// In the zone of the territory, where a time says neither zone nor offset.
fn zoned(moment: Moment, context: &Context) -> Moment {
    match &context.zone {
        Some(zone) if moment.time().is_some() && offset_of(&moment).is_none() => moment.in_zone(zone),
        Some(_) | None => moment,
    }
}

/// The production in its place, else the record.
fn anchor(dataset: &Dataset, datasets: &Datasets, record: &Record) -> String {
    let work = datasets.linked(record, dataset.named("workPerformed"));
    let place = datasets.linked(record, dataset.named("location")).map(|(_, place)| place.id.to_string());
    match work {
        Some((_, work)) => format!("{}/{}", work.id, place.unwrap_or_default()),
        None => record.id.to_string(),
    }
}

/// What must be the same of performances that are told as one event.
fn alike(dataset: &Dataset, record: &Record) -> String {
    let said = dataset.format.fields.iter().filter_map(|field| {
        let value = record.document.get(&field.name)?;
        let property = field.property();
        let is_title = field.name == dataset.format.title;
        if property == Some("offers") {
            let Kind::Group { fields } = &field.kind else { return None };
            // Where one books, and whether anything is left, is of a date.
            let kept = ["name", "category", "price", "maxPrice", "description"];
            let offers: Vec<Vec<&Value>> = values(Some(value))
                .map(|offer| kept.iter().filter_map(|property| inner(fields, offer, property)).collect())
                .collect();
            return Some(json!(offers));
        }
        let is_told = is_title
            || is_accessibility(field)
            || ["eventAttendanceMode", "isAccessibleForFree"].map(Some).contains(&property);
        is_told.then(|| json!({ field.name.as_str(): value }))
    });
    Value::Array(said.collect()).to_string()
}

/// Of the runs of one production in one place that with most dates has its name, the others one more of their own.
fn name(runs: &mut [Run<'_>]) {
    let mut largest: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (place, run) in runs.iter().enumerate() {
        let known = largest.entry(run.anchor.clone()).or_insert((run.dates.len(), place));
        if known.0 < run.dates.len() {
            *known = (run.dates.len(), place);
        }
    }
    for (place, run) in runs.iter_mut().enumerate() {
        let is_largest = largest.get(&run.anchor).is_some_and(|(_, known)| *known == place);
        let record = run.records.first().map(|record| record.id.to_string()).unwrap_or_default();
        run.key = if is_largest {
            run.anchor.clone()
        } else {
            format!("{}/{record}/{}", run.anchor, run.status.word())
        };
    }
}

/// The value in a group that means this.
pub(super) fn inner<'v>(fields: &[Field], group: &'v Value, property: &str) -> Option<&'v Value> {
    let field = fields.iter().find(|field| field.property() == Some(property))?;
    group.get(&field.name)
}

fn is_accessibility(field: &Field) -> bool {
    matches!(&field.kind, Kind::Group { fields } if fields.iter().any(is_disability))
}

fn is_disability(field: &Field) -> bool {
    matches!(&field.kind, Kind::Code { vocabulary, .. } if vocabulary == "disability")
}

impl<'a> Run<'a> {
    /// When it begins.
    pub(super) fn first(&self) -> Option<&Moment> {
        self.dates.first().map(|(start, _)| start)
    }

    /// A number of its own for those who want one: 52 bits, so that no reader of JSON rounds it.
    pub(super) fn number(&self) -> u64 {
        number(&self.key)
    }

    /// When what it tells was last changed.
    pub(super) fn updated(&self) -> Timestamp {
        let all = self.records.iter().map(|record| record.updated);
        let work = self.work().map(|(_, work)| work.updated);
        let place = self.place().map(|place| place.record.updated);
        all.chain(work).chain(place).max().unwrap_or(self.context.now)
    }

    fn work(&self) -> Option<(&'a Dataset, &'a Record)> {
        let field = self.dataset.named("workPerformed");
        self.records.iter().find_map(|record| self.datasets.linked(record, field))
    }

    /// Whoever says this: the first of the performances, else the production.
    fn said(&self, property: &str) -> Option<(&'a Format, &'a Field, &'a Value)> {
        let own = self.dataset.meaning(property).and_then(|field| {
            let value = self.records.iter().find_map(|record| record.document.get(&field.name))?;
            Some((&self.dataset.format, field, value))
        });
        own.or_else(|| {
            let (works, work) = self.work()?;
            let field = works.meaning(property)?;
            Some((&works.format, field, work.document.get(&field.name)?))
        })
    }

    /// What is said in a property, one by one.
    pub(super) fn values(&self, property: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        values(self.said(property).map(|(.., value)| value))
    }

    /// What is said in a property, by language.
    pub(super) fn texts(&self, property: &str) -> Map<String, Value> {
        let value = self.said(property).map(|(.., value)| value);
        value.map(|value| texts(value, self.context)).unwrap_or_default()
    }

    /// What it is called.
    pub(super) fn title(&self) -> Map<String, Value> {
        let own = self.records.iter().find_map(|record| record.document.get(&self.dataset.format.title));
        own.map(|value| texts(value, self.context)).unwrap_or_default()
    }

    /// The codes of a property and their labels, by language.
    pub(super) fn codes(&self, property: &str) -> Vec<(&'a str, Map<String, Value>)> {
        let Some((format, field, value)) = self.said(property) else { return Vec::new() };
        let Kind::Code { vocabulary, .. } = &field.kind else { return Vec::new() };
        let list = format.vocabularies.get(vocabulary).map(|list| list.codes.as_slice()).unwrap_or_default();
        let codes = values(Some(value)).filter_map(Value::as_str).map(|code| {
            let known = list.iter().find(|known| known.code == code);
            (code, known.map(|known| texts(&json!(known.label), self.context)).unwrap_or_default())
        });
        codes.collect()
    }

    /// The terms of schema.org of a code: `OnlineEventAttendanceMode`.
    pub(super) fn term(&self, property: &str) -> Option<&'a str> {
        let (format, field, value) = self.said(property)?;
        term(Some(field), format, value.as_str()?)
    }

    /// The groups of a property, each with its fields.
    pub(super) fn groups(&self, property: &str) -> impl Iterator<Item = (&'a [Field], &'a Value)> + use<'a> {
        let said = self.said(property).and_then(|(_, field, value)| match &field.kind {
            Kind::Group { fields } => Some((fields.as_slice(), value)),
            _ => None,
        });
        said.into_iter().flat_map(|(fields, value)| values(Some(value)).map(move |group| (fields, group)))
    }

    /// For whom it is made accessible: `hi`, `vi`, `pi`, `mi`, `ii`.
    pub(super) fn disabilities(&self) -> Vec<&'a str> {
        self.records.first().map(|record| disabilities(&self.dataset.format, record)).unwrap_or_default()
    }

    /// A number that a field of this name says, of the production first.
    pub(super) fn whole(&self, name: &str) -> Option<u64> {
        let work = self.work().and_then(|(_, work)| work.document.get(name)?.as_u64());
        work.or_else(|| self.records.iter().find_map(|record| record.document.get(name)?.as_u64()))
    }

    /// Where it takes place.
    pub(super) fn place(&self) -> Option<Place<'a>> {
        let field = self.dataset.named("location");
        let (dataset, record) = self.records.iter().find_map(|record| self.datasets.linked(record, field))?;
        let position = self.datasets.position(dataset, record);
        Some(Place { context: self.context, dataset, record, position })
    }

    /// What it costs, in words that everybody understands: one line a price.
    pub(super) fn prices(&self) -> Vec<Price<'a>> {
        let offers = self.groups("offers");
        offers
            .map(|(fields, offer)| {
                let money = |property| {
                    inner(fields, offer, property).and_then(|value| Money::deserialize(value).ok())
                };
                let texts = |property| {
                    inner(fields, offer, property).map(|value| texts(value, self.context)).unwrap_or_default()
                };
                Price {
                    name: texts("name"),
                    category: inner(fields, offer, "category").and_then(Value::as_str),
                    least: money("price"),
                    most: money("maxPrice"),
                    conditions: texts("description"),
                    url: inner(fields, offer, "url").and_then(Value::as_str),
                }
            })
            .collect()
    }
}

/// What it costs for some.
pub(super) struct Price<'a> {
    pub(super) name: Map<String, Value>,
    pub(super) category: Option<&'a str>,
    pub(super) least: Option<Money>,
    pub(super) most: Option<Money>,
    pub(super) conditions: Map<String, Value>,
    pub(super) url: Option<&'a str>,
}

/// Where something takes place.
pub(super) struct Place<'a> {
    context: &'a Context,
    dataset: &'a Dataset,
    /// The record of the place.
    pub(super) record: &'a Record,
    /// Where it lies.
    pub(super) position: Option<Position>,
}

impl<'a> Place<'a> {
    /// The id of its record.
    pub(super) const fn id(&self) -> Id<Entry> {
        self.record.id
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        clean(&self.dataset.title(self.record, self.context.language.as_str()))
    }

    /// What it is called, by language.
    pub(super) fn names(&self) -> Map<String, Value> {
        let name = self.record.document.get(&self.dataset.format.title);
        name.map(|name| texts(name, self.context)).unwrap_or_default()
    }

    /// A part of its address: by what it means, else by its name.
    pub(super) fn part(&self, property: &str) -> Option<String> {
        let field = self.dataset.meaning("address")?;
        let Kind::Group { fields } = &field.kind else { return None };
        let group = self.record.document.get(&field.name)?;
        let value = inner(fields, group, property).or_else(|| group.get(property))?;
        value.as_str().map(clean).filter(|part| !part.is_empty())
    }

    /// What a field of it says that means this.
    pub(super) fn said(&self, property: &str) -> Option<&'a Value> {
        self.record.document.get(self.dataset.named(property)?)
    }

    /// What a field of it says, by language.
    pub(super) fn texts(&self, property: &str) -> Map<String, Value> {
        self.said(property).map(|value| texts(value, self.context)).unwrap_or_default()
    }

    /// For whom it is accessible.
    pub(super) fn disabilities(&self) -> Vec<&'a str> {
        disabilities(&self.dataset.format, self.record)
    }

    /// A number of its own.
    pub(super) fn number(&self) -> u64 {
        number(&self.record.id.to_string())
    }
}

fn disabilities<'a>(format: &Format, record: &'a Record) -> Vec<&'a str> {
    let groups = format.fields.iter().filter(|field| is_accessibility(field));
    let mut codes: Vec<&str> = groups
        .filter_map(|field| {
            let Kind::Group { fields } = &field.kind else { return None };
            let group = record.document.get(&field.name)?;
            let inner = fields.iter().find(|inner| is_disability(inner))?;
            Some(values(group.get(&inner.name)).filter_map(Value::as_str))
        })
        .flatten()
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn number(key: &str) -> u64 {
    let id: Id<Entry> = Id::derived(&["partner", key]);
    let bytes = id.as_bytes().iter().rev().take(7);
    let number = bytes.fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    (number & 0xf_ffff_ffff_ffff).max(1)
}

/// A text by language; one without a language is taken to be in that of the cooperative.
fn texts(value: &Value, context: &Context) -> Map<String, Value> {
    let own = context.language.as_str();
    match value {
        Value::String(text) => Map::from_iter([(own.to_owned(), json!(clean(text)))]),
        Value::Object(texts) => texts
            .iter()
            .filter_map(|(tag, text)| {
                let tag = if tag == "und" { own } else { tag };
                Some((tag.to_owned(), json!(clean(text.as_str()?))))
            })
            .filter(|(_, text)| text != "")
            .collect(),
        _ => Map::new(),
    }
}

/// Without the characters that steer a terminal or end a text early; lines and tabs stay.
pub(super) fn clean(text: &str) -> String {
    let stays = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    text.chars().filter(stays).collect::<String>().trim().to_owned()
}

/// The bytes of a document that cannot end a script it is put into: the brackets of HTML are written by number.
pub(super) fn harmless(document: &Value) -> Vec<u8> {
    document.to_string().replace('<', "\\u003c").replace('>', "\\u003e").into_bytes()
}
