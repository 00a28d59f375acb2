//! JSON-LD in the words of schema.org, by the terms of the fields.
//!
//! A field without a term of schema.org is left out; two fields of one term (performers and companies are both
//! `performer`) are joined. What nobody said of an event is said as readers expect it: it takes place.

use std::{borrow::Cow, cell::RefCell, collections::BTreeSet};

use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::{Context, failed, turtle::sound};
use crate::{
    base::{Id, Moment, Money, Position},
    delivery::{
        Dataset, Datasets, DeliveryError, Record,
        clock::{aligned, iso},
        dataset::{said, values},
        recurrence::{Dates, Recurrence, Rule, compact},
    },
    manufactory::forms::{ALTERNATIVE_TEXT, Document, Entry, Field, Format, Kind},
};

/// How texts in several languages are written.
#[derive(Debug, Clone, Copy)]
pub(in crate::delivery) enum Voice<'a> {
    /// Each with its language: `{"@value": "Le Bal", "@language": "fr"}`.
    Tagged,
    /// In one language, as a plain text: for a page in that language.
    One(&'a str),
}

/// The properties whose texts are addresses, where they are one; what schema.org's own context leaves open for some.
const ADDRESSES: [&str; 11] = [
    "additionalType",
    "availability",
    "byDay",
    "contentUrl",
    "eventAttendanceMode",
    "eventStatus",
    "image",
    "license",
    "logo",
    "sameAs",
    "url",
];

/// Whether the text of a property is an address.
pub(in crate::delivery) fn is_address_of(property: &str) -> bool {
    ADDRESSES.contains(&property)
}

/// What the words mean, said in the file itself: a reader of RDF has nothing to fetch.
fn meaning_of_words() -> Value {
    let mut words = Map::new();
    words.insert("@vocab".to_owned(), json!("https://schema.org/"));
    words.extend(ADDRESSES.map(|property| (property.to_owned(), json!({ "@type": "@id" }))));
    Value::Object(words)
}

/// Node by node, so that a large graph is never held as a tree.
pub(super) fn write(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    let graph = Graph::new(datasets, context, Voice::Tagged);
    let mut out = br#"{"@context":"#.to_vec();
    serde_json::to_writer(&mut out, &meaning_of_words()).map_err(failed)?;
    out.extend_from_slice(br#","@graph":["#);
    for (place, record) in dataset.records.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut out, &graph.node(dataset, record)).map_err(failed)?;
    }
    out.extend_from_slice(b"]}");
    Ok(out)
}

/// The records as one graph.
pub(in crate::delivery) fn graph<'a>(
    records: impl Iterator<Item = (&'a Dataset, &'a Record)>,
    datasets: &'a Datasets,
    context: &'a Context,
    voice: Voice<'a>,
) -> Value {
    let graph = Graph::new(datasets, context, voice);
    let nodes: Vec<Map<String, Value>> =
        records.map(|(dataset, record)| graph.node(dataset, record)).collect();
    json!({ "@context": "https://schema.org", "@graph": nodes })
}

/// Makes nodes of records.
pub(in crate::delivery) struct Graph<'a> {
    datasets: &'a Datasets,
    context: &'a Context,
    voice: Voice<'a>,
    /// What was told where it is linked to; `None` where it is told each time.
    told: Option<RefCell<BTreeSet<Id<Entry>>>>,
}

impl<'a> Graph<'a> {
    /// What is linked to is told once, then by its name.
    pub(in crate::delivery) const fn telling_once(
        datasets: &'a Datasets,
        context: &'a Context,
        voice: Voice<'a>,
    ) -> Self {
        Self { datasets, context, voice, told: Some(RefCell::new(BTreeSet::new())) }
    }

    pub(in crate::delivery) const fn new(
        datasets: &'a Datasets,
        context: &'a Context,
        voice: Voice<'a>,
    ) -> Self {
        Self { datasets, context, voice, told: None }
    }

    /// All that a record says.
    pub(in crate::delivery) fn node(&self, dataset: &Dataset, record: &Record) -> Map<String, Value> {
        let kind = type_of(&dataset.format);
        let mut node = self.named(dataset, record);
        let dates = Dates::of(dataset);
        let ends = dates.and_then(|dates| dates.span(record)).is_some_and(|(_, end)| end.is_some());
        for field in &dataset.format.fields {
            match field.property() {
                None | Some("name") => {}
                Some("endDate") if dates.is_some() && !ends => {}
                Some("eventSchedule") => {
                    if let Some(schedule) = dates.and_then(|dates| schedule(&dates, record)) {
                        add(&mut node, "eventSchedule", schedule);
                    }
                }
                Some(property) => {
                    self.field(&mut node, kind, property, field, &dataset.format, &record.document);
                }
            }
        }
        if let Some(dates) = dates {
            self.as_event(&mut node, dataset, record);
            self.parts(&mut node, dates, record);
        }
        self.access(&mut node, dataset, record);
        if let Some((works, work)) = self.datasets.linked(record, dataset.named("workPerformed")) {
            for property in ["description", "image", "genre"] {
                if !node.contains_key(property)
                    && let Some(field) = works.meaning(property)
                {
                    self.field(&mut node, kind, property, field, &works.format, &work.document);
                }
            }
        }
        settle(&mut node, self.voice);
        node
    }

    /// Each further date is an event of its own: it has a name, and what nobody said of it is as of the first.
    fn parts(&self, node: &mut Map<String, Value>, dates: Dates<'_>, record: &Record) {
        let Some(parts) = node.remove("subEvent") else { return };
        let place = node.get("location").map(|place| match (self.voice, place.get("@id")) {
            (Voice::Tagged, Some(id)) => json!({ "@id": id }),
            (Voice::Tagged | Voice::One(_), _) => place.clone(),
        });
        let given = [("name", node.get("name").cloned()), ("location", place)];
        let starts = dates.every_further(record).map(|(start, ..)| start);
        let named = match parts {
            Value::Array(parts) => parts,
            one => vec![one],
        };
        let with_dates = named.into_iter().filter(|part| part.get("startDate").is_some());
        let parts = with_dates.zip(starts).map(|(mut part, start)| {
            if let Value::Object(part) = &mut part {
                if let Some(Value::String(id)) = node.get("@id") {
                    part.insert("@id".to_owned(), json!(format!("{id}#{}", compact(start.local_seconds()))));
                }
                for (name, value) in &given {
                    if let Some(value) = value {
                        part.entry(*name).or_insert_with(|| value.clone());
                    }
                }
                part.entry("eventStatus").or_insert_with(|| json!("https://schema.org/EventScheduled"));
            }
            part
        });
        let parts: Vec<Value> = parts.collect();
        node.insert("subEvent".to_owned(), Value::Array(parts));
    }

    /// What readers of events count on: a status, a place that may be on the net, the series it belongs to.
    fn as_event(&self, node: &mut Map<String, Value>, dataset: &Dataset, record: &Record) {
        let is_term = |status: &Value| status.as_str().is_some_and(|status| status.starts_with("https://"));
        if !node.get("eventStatus").is_some_and(is_term) {
            node.insert("eventStatus".to_owned(), json!("https://schema.org/EventScheduled"));
        }
        let mode = node.get("eventAttendanceMode").and_then(Value::as_str).unwrap_or_default();
        if !node.contains_key("location") && mode.ends_with("OnlineEventAttendanceMode") {
            let url = node.get("url").cloned();
            let mut place = json!({ "@type": "VirtualLocation" });
            if let (Value::Object(place), Some(url)) = (&mut place, url) {
                place.insert("url".to_owned(), url);
                node.insert("location".to_owned(), json!(place));
            }
        }
        let series = record.document.get("recurrence-of").and_then(Value::as_str);
        if dataset.format.field("recurrence-of").is_some_and(|field| field.term.is_none())
            && let Some(series) = series.and_then(|series| self.reference(series))
        {
            add(node, "superEvent", series);
        }
    }

    /// For whom there is access, where a group says it: of an event as its features, of a place as its amenities.
    fn access(&self, node: &mut Map<String, Value>, dataset: &Dataset, record: &Record) {
        for field in dataset.format.fields.iter().filter(|field| field.term.is_none()) {
            let Kind::Group { fields } = &field.kind else { continue };
            let is_access = |inner: &&Field| matches!(&inner.kind, Kind::Code { vocabulary, .. } if vocabulary == "disability");
            let Some(whom) = fields.iter().find(is_access) else { continue };
            let is_place = is_place(type_of(&dataset.format));
            for group in values(record.document.get(&field.name)) {
                for code in values(group.get(&whom.name)) {
                    let mut said = Map::new();
                    let Kind::Code { vocabulary, .. } = &whom.kind else { continue };
                    self.code(&mut said, "", "label", vocabulary, &dataset.format, code);
                    let Some(label) = said.remove("label") else { continue };
                    if is_place {
                        let amenity =
                            json!({ "@type": "LocationFeatureSpecification", "name": label, "value": true });
                        add(node, "amenityFeature", amenity);
                    } else {
                        add(node, "accessibilityFeature", label);
                    }
                }
                let details =
                    fields.iter().find(|inner| matches!(inner.kind, Kind::Text { languages: true, .. }));
                if let Some(details) = details.and_then(|details| group.get(&details.name))
                    && let (false, Some(details)) = (is_place, self.words(details))
                {
                    add(node, "accessibilitySummary", details);
                }
            }
        }
    }

    fn id(&self, record: &Record) -> String {
        super::news::id_of(record, self.context)
    }

    /// What every record is known by.
    fn named(&self, dataset: &Dataset, record: &Record) -> Map<String, Value> {
        let mut node = Map::new();
        node.insert("@type".to_owned(), json!(type_of(&dataset.format)));
        node.insert("@id".to_owned(), json!(self.id(record)));
        if let Some(name) = record.document.get(&dataset.format.title).and_then(|name| self.words(name)) {
            node.insert("name".to_owned(), name);
        }
        node
    }

    /// What stands where another record is linked to: its name, and where it lies.
    fn reference(&self, link: &str) -> Option<Value> {
        let (dataset, record) = self.datasets.record(Id::parse(link)?)?;
        if let Some(told) = &self.told
            && !told.borrow_mut().insert(record.id)
        {
            return Some(json!({ "@id": self.id(record) }));
        }
        let mut node = self.named(dataset, record);
        for property in ["address", "geo", "url"] {
            let is_of_place = property != "url";
            if let Some(field) = dataset.meaning(property)
                && (!is_of_place || is_place(type_of(&dataset.format)))
            {
                let kind = type_of(&dataset.format);
                self.field(&mut node, kind, property, field, &dataset.format, &record.document);
            }
        }
        Some(Value::Object(node))
    }

    /// Adds what a field says to a node of some type.
    fn field(
        &self,
        node: &mut Map<String, Value>,
        kind: &str,
        property: &str,
        field: &Field,
        format: &Format,
        document: &Document,
    ) {
        for value in values(document.get(&field.name)) {
            match (&field.kind, property) {
                (Kind::Money, "maxPrice") => {
                    if let Ok(money) = Money::deserialize(value) {
                        let (inner, kind) = ("priceSpecification", "PriceSpecification");
                        set_within(node, inner, kind, property, json!(money.decimal()));
                        set_within(node, inner, kind, "priceCurrency", json!(money.currency.code()));
                    }
                }
                (Kind::Money, _) => {
                    if let Ok(money) = Money::deserialize(value) {
                        add(node, property, json!(money.decimal()));
                        add(node, "priceCurrency", json!(money.currency.code()));
                    }
                }
                (Kind::Code { vocabulary, .. }, _) => {
                    self.code(node, kind, property, vocabulary, format, value);
                }
                (Kind::Position, "geo") if !is_place(kind) => {
                    if let Some(geo) = coordinates(value) {
                        set_within(node, "location", "Place", "geo", geo);
                    }
                }
                (Kind::Group { fields }, "location") => {
                    let address = self.group("PostalAddress", fields, format, value);
                    set_within(node, "location", "Place", "address", address);
                }
                (other, _) => {
                    if let Some(mut value) = self.value(other, property, format, value) {
                        // A place is told by each event that takes place there: its address is one all the same.
                        if matches!(self.voice, Voice::Tagged)
                            && ["address", "geo"].contains(&property)
                            && is_place(kind)
                            && let (Some(Value::String(id)), Value::Object(inner)) =
                                (node.get("@id"), &mut value)
                        {
                            inner.insert("@id".to_owned(), json!(format!("{id}#{property}")));
                        }
                        add(node, property, value);
                    }
                }
            }
        }
    }

    fn value(&self, kind: &Kind, property: &str, format: &Format, value: &Value) -> Option<Value> {
        match kind {
            Kind::Text { .. } => self.words(value),
            Kind::Moment => value.as_str().and_then(Moment::parse).map(|moment| json!(self.instant(&moment))),
            Kind::Position => coordinates(value),
            Kind::Link { .. } => self.reference(value.as_str()?),
            Kind::Group { fields } => Some(self.group(group_type(property)?, fields, format, value)),
            Kind::Integer { .. }
            | Kind::Decimal { .. }
            | Kind::Boolean
            | Kind::Date
            | Kind::Time
            | Kind::Url
            | Kind::Email
            | Kind::Phone
            | Kind::File { .. }
            | Kind::Language => Some(value.clone()),
            // An amount and a code make more than one member: written where the node is at hand. For lines and
            // surfaces schema.org has a GeoShape, written as text: asked for by no reader we know.
            Kind::Money | Kind::Code { .. } | Kind::Path | Kind::Area | Kind::Note => None,
        }
    }

    /// With the offset of that moment; where nobody said the zone, it is that of the territory.
    fn instant(&self, moment: &Moment) -> String {
        let is_unsaid = moment.zone().is_none() && moment.offset().is_none();
        match self.context.zone.as_ref().filter(|_| is_unsaid && moment.time().is_some()) {
            Some(zone) => iso(&moment.in_zone(zone)),
            None => iso(moment),
        }
    }

    fn group(&self, kind: &str, fields: &[Field], format: &Format, value: &Value) -> Value {
        let mut node = Map::new();
        node.insert("@type".to_owned(), json!(kind));
        if let Value::Object(document) = value {
            for field in fields {
                // schema.org has no word for the alternative text of an image: it is what describes it.
                let alternative = (field.term.as_deref() == Some(ALTERNATIVE_TEXT)).then_some("description");
                if let Some(property) = field.property().or(alternative) {
                    self.field(&mut node, kind, property, field, format, document);
                }
            }
        }
        Value::Object(node)
    }

    /// The term of a code, or its label. The terms of genres are types of events: a genre is said by its label,
    /// and the event is said to be of that type besides.
    fn code(
        &self,
        node: &mut Map<String, Value>,
        kind: &str,
        property: &str,
        vocabulary: &str,
        format: &Format,
        value: &Value,
    ) {
        let codes = format.vocabularies.get(vocabulary).map(|list| list.codes.as_slice()).unwrap_or_default();
        let known = codes.iter().find(|known| Some(known.code.as_str()) == value.as_str());
        let label = known.and_then(|known| self.words(&json!(known.label))).unwrap_or_else(|| value.clone());
        match (property, known.and_then(|known| known.term.as_deref())) {
            ("genre", Some(term)) => {
                let term = json!(term);
                if kind == "Event" && !values(node.get("additionalType")).any(|known| *known == term) {
                    add(node, "additionalType", term);
                }
                add(node, property, label);
            }
            ("audience", _) => add(node, property, json!({ "@type": "Audience", "audienceType": label })),
            (_, Some(term)) => add(node, property, json!(term)),
            (_, None) => add(node, property, label),
        }
    }

    fn words(&self, value: &Value) -> Option<Value> {
        match (value, self.voice) {
            (Value::Object(_), Voice::One(language)) => said(value, language).map(|(_, text)| json!(text)),
            (Value::Object(texts), Voice::Tagged) => {
                let tagged = |(tag, text): (&String, &Value)| json!({ "@value": text, "@language": tag });
                let mut tagged: Vec<Value> = texts.iter().map(tagged).collect();
                if tagged.len() > 1 { Some(Value::Array(tagged)) } else { tagged.pop() }
            }
            (other, Voice::One(_) | Voice::Tagged) => Some(other.clone()),
        }
    }
}

/// Texts of properties that are addresses: sound ones; where a reader takes each for one, others are told to be texts.
/// Numbers without a fraction are whole, as JSON-LD has it.
fn settle(node: &mut Map<String, Value>, voice: Voice<'_>) {
    for (name, value) in node.iter_mut() {
        let is_address = is_address_of(name);
        let each = |value: &mut Value| match value {
            Value::Object(inner) => settle(inner, voice),
            Value::String(text) if is_address => {
                if ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme)) {
                    if let Cow::Owned(sound) = sound(text) {
                        *text = sound;
                    }
                } else if matches!(voice, Voice::Tagged) {
                    *value = json!({ "@value": text });
                }
            }
            Value::Number(number) => {
                let whole = number.as_f64().filter(|value| number.is_f64() && value.fract() == 0.0);
                if let Some(whole) = whole.and_then(|whole| format!("{whole:.0}").parse::<i64>().ok()) {
                    *value = json!(whole);
                }
            }
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => {}
        };
        match value {
            Value::Array(list) => list.iter_mut().for_each(each),
            one => each(one),
        }
    }
}

/// Adds a value to those a property has.
fn add(node: &mut Map<String, Value>, property: &str, value: Value) {
    match node.get_mut(property) {
        None => {
            node.insert(property.to_owned(), value);
        }
        Some(Value::Array(known)) => match value {
            Value::Array(more) => known.extend(more),
            one => known.push(one),
        },
        Some(known) => {
            let first = known.take();
            *known = match value {
                Value::Array(more) => Value::Array(std::iter::once(first).chain(more).collect()),
                one => Value::Array(vec![first, one]),
            };
        }
    }
}

/// Sets a member of the node within a node, which is made where it is missing.
fn set_within(node: &mut Map<String, Value>, property: &str, kind: &str, member: &str, value: Value) {
    let inner = node.entry(property).or_insert_with(|| json!({ "@type": kind }));
    if let Value::Object(members) = inner {
        members.insert(member.to_owned(), value);
    }
}

fn type_of(format: &Format) -> &str {
    format.type_of_thing().or(format.term.as_deref()).unwrap_or("Thing")
}

/// Only places have coordinates of their own.
fn is_place(kind: &str) -> bool {
    ["Place", "Venue", "Theater"].iter().any(|end| kind.ends_with(end))
}

/// What a group is, by the property that holds it; `None` for what schema.org has no type for.
fn group_type(property: &str) -> Option<&'static str> {
    match property {
        "address" => Some("PostalAddress"),
        "offers" => Some("Offer"),
        "image" | "logo" | "photo" => Some("ImageObject"),
        "video" => Some("VideoObject"),
        "contactPoint" => Some("ContactPoint"),
        "subEvent" => Some("Event"),
        _ => None,
    }
}

fn coordinates(value: &Value) -> Option<Value> {
    let position = Position::deserialize(value).ok()?;
    Some(
        json!({ "@type": "GeoCoordinates", "latitude": position.latitude(), "longitude": position.longitude() }),
    )
}

const DAYS: [(&str, &str); 7] = [
    ("MO", "https://schema.org/Monday"),
    ("TU", "https://schema.org/Tuesday"),
    ("WE", "https://schema.org/Wednesday"),
    ("TH", "https://schema.org/Thursday"),
    ("FR", "https://schema.org/Friday"),
    ("SA", "https://schema.org/Saturday"),
    ("SU", "https://schema.org/Sunday"),
];

/// A rule that schema.org can say, as its `Schedule`; `None` for any other.
fn schedule(dates: &Dates<'_>, record: &Record) -> Option<Value> {
    let (start, end) = dates.span(record)?;
    let Recurrence { rule: Some(rule), added, excluded } = dates.recurrence(record)? else { return None };
    let known = |name: &str| ["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY"].contains(&name);
    if !added.is_empty() || !rule.names().all(known) {
        return None;
    }
    let mut schedule = json!({
        "@type": "Schedule",
        "repeatFrequency": frequency(&rule)?,
        "startDate": start.date().to_string(),
    });
    let mut say = |name: &str, value: Value| {
        if let Value::Object(members) = &mut schedule {
            members.insert(name.to_owned(), value);
        }
    };
    if let Some(days) = rule.part("BYDAY") {
        let day = |day| DAYS.iter().find(|(short, _)| *short == day).map(|(_, term)| json!(term));
        say("byDay", Value::Array(days.split(',').map(day).collect::<Option<_>>()?));
    }
    if let Some(count) = rule.part("COUNT") {
        say("repeatCount", json!(count.parse::<u32>().ok()?));
    }
    if let Some(until) = rule.until(&start) {
        say("endDate", json!(until.date().to_string()));
    }
    if let Some(time) = start.time() {
        say("startTime", json!(time.to_string()));
    }
    let same_day = |end: &Moment| end.date() == start.date();
    if let Some(time) = end.filter(same_day).and_then(|end| end.time()) {
        say("endTime", json!(time.to_string()));
    }
    if let Some(zone) = start.zone() {
        say("scheduleTimezone", json!(zone));
    }
    if !excluded.is_empty() {
        let excluded: Vec<String> = excluded.iter().map(|excluded| iso(&aligned(&start, excluded))).collect();
        say("exceptDate", json!(excluded));
    }
    Some(schedule)
}

/// ISO 8601: `P1W`.
fn frequency(rule: &Rule) -> Option<String> {
    let times: u32 = rule.part("INTERVAL").unwrap_or("1").parse().ok()?;
    let by_day = rule.part("BYDAY").is_some();
    match rule.part("FREQ")? {
        "DAILY" => Some(format!("P{times}D")),
        "WEEKLY" => Some(format!("P{times}W")),
        "MONTHLY" if !by_day => Some(format!("P{times}M")),
        "YEARLY" if !by_day => Some(format!("P{times}Y")),
        _ => None,
    }
}
