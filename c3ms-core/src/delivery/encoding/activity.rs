//! ActivityStreams 2.0: events as Mobilizon and others of the fediverse read them.
//!
//! An `OrderedCollection` with an `Event` for each date: a series gives its dates from a year ago to a year and a half
//! ahead. ActivityStreams knows instants only: a day begins at midnight, and where nobody said the zone it is that of the
//! territory.

use serde_json::{Map, Value, json};

use super::{
    Context, failed,
    ical::{code_of, labels},
    news::id_of,
    turtle::sound,
    xml::as_html,
};
use crate::{
    base::{Moment, TimeOfDay, offset_of},
    delivery::{
        Dataset, Datasets, DeliveryError, Record,
        clock::{civil, iso, like},
        dataset::values,
        recurrence::{Dates, compact},
    },
    manufactory::forms::Kind,
};

/// From so many days ago.
const BEFORE: i64 = 366;
/// To so many days ahead.
const AHEAD: i64 = 548;

pub(super) fn write(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    let dates = Dates::of(dataset)
        .ok_or_else(|| failed(format!("the cube {:?} has no start, so no events", dataset.format.cube)))?;
    let replaced = dates.replaced(datasets, dataset);
    let making = Making { dataset, datasets, context, language: context.language.as_str() };
    let today = context.now.date();
    let mut items = Vec::new();
    for record in &dataset.records {
        let Some((start, end)) = dates.span(record) else { continue };
        let event = making.event(record);
        match dates.recurrence(record) {
            None => items.push(making.at(&event, None, &start, end.as_ref(), None)),
            Some(series) => {
                let lasts = end.as_ref().map(|end| end.local_seconds() - start.local_seconds());
                let found = series.starts(&start, today.plus_days(AHEAD));
                let found = found.into_iter().filter(|date| {
                    date.date() >= today.plus_days(-BEFORE)
                        && !replaced.contains_key(&(record.id, date.clone()))
                });
                items.extend(found.map(|start| {
                    let end = lasts.map(|lasts| {
                        let (date, time) = civil(start.local_seconds() + lasts);
                        if start.time().is_none() { Moment::day(date) } else { like(&start, date, time) }
                    });
                    making.at(&event, Some(&start), &start, end.as_ref(), None)
                }));
            }
        }
        for (start, end, status) in dates.every_further(record) {
            items.push(making.at(&event, Some(&start), &start, end.as_ref(), status));
        }
    }
    let id = match context.address {
        Some(_) => context.url(&format!("data/{}.activity.json", dataset.format.cube)),
        None => format!("urn:c3ms:collection:{}", dataset.format.cube),
    };
    let collection = json!({
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            {
                "ical": "http://www.w3.org/2002/12/cal/ical#",
                "schema": "http://schema.org#",
                "mz": "https://joinmobilizon.org/ns#",
                "PostalAddress": "schema:PostalAddress",
                "address": "schema:address",
                "streetAddress": "schema:streetAddress",
                "postalCode": "schema:postalCode",
                "addressLocality": "schema:addressLocality",
                "addressRegion": "schema:addressRegion",
                "addressCountry": "schema:addressCountry",
                "inLanguage": "schema:inLanguage",
                "timezone": "mz:timezone",
                "joinMode": "mz:joinMode",
                "externalParticipationUrl": { "@id": "mz:externalParticipationUrl", "@type": "schema:URL" }
            }
        ],
        "id": id,
        "type": "OrderedCollection",
        "totalItems": items.len(),
        "orderedItems": items,
    });
    serde_json::to_vec(&collection).map_err(failed)
}

struct Making<'a> {
    dataset: &'a Dataset,
    datasets: &'a Datasets,
    context: &'a Context,
    language: &'a str,
}

impl Making<'_> {
    /// What all dates of a record have in common.
    fn event(&self, record: &Record) -> Map<String, Value> {
        let (dataset, language) = (self.dataset, self.language);
        let mut event = Map::new();
        let mut say = |name: &str, value: Value| event.insert(name.to_owned(), value);
        say("type", json!("Event"));
        say("id", json!(id_of(record, self.context)));
        say("attributedTo", json!({ "type": "Organization", "name": self.context.name }));
        say("to", json!(["https://www.w3.org/ns/activitystreams#Public"]));
        say("updated", json!(record.updated));
        let (tag, name) = record.said(&dataset.format.title, language).unwrap_or_default();
        say("name", json!(name));
        say("inLanguage", json!(tag.unwrap_or(language)));
        if let Some(names) = record.document.get(&dataset.format.title).filter(|names| names.is_object()) {
            say("nameMap", names.clone());
        }
        let work = self.datasets.linked(record, dataset.named("workPerformed"));
        let own = dataset.named("description").and_then(|field| record.said(field, language));
        let of_work = || {
            let (works, work) = work?;
            work.said(works.named("description")?, language)
        };
        let content = own.or_else(of_work).map(|(_, text)| as_html(text)).unwrap_or_default();
        say("content", json!(content));
        say("mediaType", json!("text/html"));
        let url = dataset.named("url").and_then(|url| record.document.get(url)).and_then(Value::as_str);
        if let Some(url) = url {
            let url = sound(url);
            say("url", json!(url));
            say("joinMode", json!("external"));
            say("externalParticipationUrl", json!(url));
        }
        let genres = labels(&dataset.format, record, dataset.named("genre"), language);
        let tags: Vec<Value> = genres
            .iter()
            .map(|genre| {
                let letters: String = genre.chars().filter(|letter| letter.is_alphanumeric()).collect();
                json!({ "type": "Hashtag", "name": format!("#{letters}") })
            })
            .collect();
        if !tags.is_empty() {
            say("tag", Value::Array(tags));
        }
        let status = dataset.named("eventStatus").and_then(|field| record.document.get(field));
        say("ical:status", json!(self.status(status.and_then(Value::as_str))));
        if let Some(place) = self.place(record) {
            say("location", place);
        }
        event
    }

    /// The event at one date; one of several has a name of its own.
    fn at(
        &self,
        event: &Map<String, Value>,
        which: Option<&Moment>,
        start: &Moment,
        end: Option<&Moment>,
        status: Option<&str>,
    ) -> Value {
        let mut event = event.clone();
        let mut say = |name: &str, value: Value| event.insert(name.to_owned(), value);
        if let Some(which) = which
            && let Some(Value::String(id)) = say("id", Value::Null)
        {
            say("id", json!(format!("{id}#{}", compact(which.local_seconds()))));
        }
        say("startTime", json!(self.instant(start, false)));
        if let Some(end) = end {
            say("endTime", json!(self.instant(end, true)));
        }
        if let Some(zone) = start.zone().or(self.context.zone.as_ref()) {
            say("timezone", json!(zone));
        }
        if status.is_some() {
            say("ical:status", json!(self.status(status)));
        }
        Value::Object(event)
    }

    /// An instant with its offset; a day begins at midnight and ends at the next.
    fn instant(&self, moment: &Moment, is_end: bool) -> String {
        let whole = match moment.time() {
            Some(_) => moment.clone(),
            None => Moment::local(moment.date().plus_days(i64::from(is_end)), TimeOfDay::MIDNIGHT),
        };
        let zoned = match (&self.context.zone, offset_of(&whole)) {
            (Some(zone), None) => whole.in_zone(zone),
            (_, Some(_)) | (None, None) => whole,
        };
        match offset_of(&zoned) {
            Some(_) => iso(&zoned),
            None => iso(&zoned) + "Z",
        }
    }

    /// As iCalendar says it; Mobilizon knows no other.
    fn status(&self, code: Option<&str>) -> &'static str {
        let known = self.dataset.named("eventStatus").zip(code);
        let known = known.and_then(|(field, code)| code_of(&self.dataset.format, field, code));
        let term = known.and_then(|code| code.term.as_deref()).unwrap_or_default();
        match term {
            term if term.ends_with("EventCancelled") => "CANCELLED",
            term if term.ends_with("EventPostponed") => "TENTATIVE",
            _ => "CONFIRMED",
        }
    }

    fn place(&self, record: &Record) -> Option<Value> {
        let (places, place) = self.datasets.linked(record, self.dataset.named("location"))?;
        let mut members = Map::new();
        let mut say = |name: &str, value: Value| members.insert(name.to_owned(), value);
        say("type", json!("Place"));
        say("id", json!(id_of(place, self.context)));
        say("name", json!(places.title(place, self.language)));
        if let Some(position) = self.datasets.position(places, place) {
            say("latitude", json!(position.latitude()));
            say("longitude", json!(position.longitude()));
        }
        let address = places.meaning("address").and_then(|field| {
            let Kind::Group { fields } = &field.kind else { return None };
            let group = values(place.document.get(&field.name)).next()?;
            let mut address = Map::new();
            address.insert("type".to_owned(), json!("PostalAddress"));
            for inner in fields {
                if let (Some(property), Some(value)) = (inner.property(), group.get(&inner.name)) {
                    address.insert(property.to_owned(), value.clone());
                }
            }
            Some(Value::Object(address))
        });
        if let Some(address) = address {
            say("address", address);
        }
        Some(Value::Object(members))
    }
}
