//! iCalendar: a calendar of what takes place (RFC 5545 and 7986).

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::Value;

use super::{Context, failed, text_line::Lines};
use crate::{
    base::{Id, Moment, TimeOfDay, Timestamp, offset_of},
    delivery::{
        Dataset, Datasets, DeliveryError, Record,
        clock::{aligned, instant, is_after, like},
        dataset::{said, values},
        recurrence::{Dates, Recurrence, compact, compact_day},
    },
    manufactory::forms::{Entry, Format, Kind},
};

mod zone_rules;

use zone_rules::ZoneRules;

pub(super) fn write(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    let dates = Dates::of(dataset)
        .ok_or_else(|| failed(format!("the cube {:?} has no start, so no calendar", dataset.format.cube)))?;
    let mut calendar = Calendar {
        dataset,
        datasets,
        language: context.language.as_str(),
        dates,
        fields: Fields::of(dataset),
        replaced: dates.replaced(datasets, dataset),
        places: BTreeMap::new(),
        zones: ZoneRules::default(),
        lines: head(dataset, context),
    };
    let after_head = calendar.lines.len();
    for record in &dataset.records {
        calendar.event(record);
    }
    calendar.lines.raw("END", "VCALENDAR");
    // Only now is it known which zones are used; readers want them first.
    let mut zones = Lines::default();
    calendar.zones.write(&mut zones);
    calendar.lines.insert(after_head, &zones);
    Ok(calendar.lines.into_bytes())
}

fn head(dataset: &Dataset, context: &Context) -> Lines {
    let mut lines = Lines::default();
    lines.raw("BEGIN", "VCALENDAR");
    lines.raw("PRODID", "-//C3MS//Data cooperative of culture//EN");
    lines.raw("VERSION", "2.0");
    lines.raw("CALSCALE", "GREGORIAN");
    lines.text("NAME", &context.name);
    lines.text("X-WR-CALNAME", &context.name);
    if let Some(zone) = &context.zone {
        lines.raw("X-WR-TIMEZONE", zone.as_str());
    }
    if let Some(updated) = dataset.updated() {
        lines.raw("LAST-MODIFIED", &utc(updated));
    }
    if context.address.is_some() {
        lines.address("SOURCE;VALUE=URI", &context.url(&format!("data/{}.ics", dataset.format.cube)));
    }
    lines
}

/// The names of the fields an event is made of.
struct Fields<'a> {
    name: &'a str,
    description: Option<&'a str>,
    url: Option<&'a str>,
    status: Option<&'a str>,
    genre: Option<&'a str>,
    work: Option<&'a str>,
    location: Option<&'a str>,
}

impl<'a> Fields<'a> {
    fn of(dataset: &'a Dataset) -> Self {
        Self {
            name: &dataset.format.title,
            description: dataset.named("description"),
            url: dataset.named("url"),
            status: dataset.named("eventStatus"),
            genre: dataset.named("genre"),
            work: dataset.named("workPerformed"),
            location: dataset.named("location"),
        }
    }
}

struct Calendar<'a> {
    dataset: &'a Dataset,
    datasets: &'a Datasets,
    language: &'a str,
    dates: Dates<'a>,
    fields: Fields<'a>,
    replaced: BTreeMap<(Id<Entry>, Moment), Id<Entry>>,
    places: BTreeMap<Id<Entry>, (String, Option<String>)>,
    zones: ZoneRules,
    lines: Lines,
}

impl<'a> Calendar<'a> {
    fn event(&mut self, record: &'a Record) {
        let Some((start, end)) = self.dates.span(record) else { return };
        self.date(record, &start, end, None);
        for (start, end, status) in self.dates.every_further(record) {
            self.date(record, &start, end, Some(status.unwrap_or_default()));
        }
    }

    /// One date of a record: its own, or a further one with the status of that.
    fn date(&mut self, record: &'a Record, start: &Moment, end: Option<Moment>, further: Option<&str>) {
        let work = self.datasets.linked(record, self.fields.work);
        let replaces = self.replaces(record);
        let named = replaces.as_ref().map_or(record.id, |(series, _)| *series);
        self.lines.raw("BEGIN", "VEVENT");
        let which =
            if further.is_some() { format!("-{}", compact(start.local_seconds())) } else { String::new() };
        self.lines.pieces(&["UID:", &named.to_string(), &which, "@c3ms"]);
        let updated = utc(record.updated);
        self.lines.raw("DTSTAMP", &updated);
        self.lines.raw("LAST-MODIFIED", &updated);
        self.time("DTSTART", start);
        if let Some(end) = end.and_then(|end| exclusive_end(start, &end)) {
            self.time("DTEND", &end);
        }
        if further.is_some() {
            // It neither replaces a date nor comes back: it stands by itself.
        } else if let Some((_, date)) = replaces {
            self.time("RECURRENCE-ID", &date);
        } else if let Some(recurrence) = self.dates.recurrence(record) {
            self.recurrence(start, &recurrence);
        }
        let title = record.said(self.fields.name, self.language);
        self.lines.said("SUMMARY", title.unwrap_or_default());
        let description =
            self.fields.description.and_then(|field| record.said(field, self.language)).or_else(|| {
                let (works, work) = work?;
                work.said(works.named("description")?, self.language)
            });
        if let Some(description) = description {
            self.lines.said("DESCRIPTION", description);
        }
        self.place(record);
        if let Some(url) = self.fields.url.and_then(|url| record.document.get(url)).and_then(Value::as_str) {
            self.lines.address("URL;VALUE=URI", url);
        }
        self.status(record, further.filter(|status| !status.is_empty()));
        let own = labels(&self.dataset.format, record, self.fields.genre, self.language);
        let of_work = || {
            let (works, work) = work?;
            Some(labels(&works.format, work, works.named("genre"), self.language))
        };
        let genres = if own.is_empty() { of_work().unwrap_or_default() } else { own };
        self.lines.texts("CATEGORIES", genres.iter().map(Cow::as_ref));
        self.lines.raw("END", "VEVENT");
    }

    /// The series and the date of it that a record replaces.
    fn replaces(&self, record: &Record) -> Option<(Id<Entry>, Moment)> {
        let moment = record.moment("recurrence-id")?;
        let (_, series) = self.datasets.linked(record, Some("recurrence-of"))?;
        let date = aligned(&series.moment(self.dates.start)?, &moment);
        let key = (series.id, date);
        (self.replaced.get(&key) == Some(&record.id)).then_some(key)
    }

    fn recurrence(&mut self, start: &Moment, recurrence: &Recurrence) {
        if let Some(rule) = &recurrence.rule {
            self.lines.raw("RRULE", &rule.written(start));
            self.zones.goes_on(start, rule.until(start).as_ref());
        }
        for (name, moments) in [("RDATE", &recurrence.added), ("EXDATE", &recurrence.excluded)] {
            for moment in moments {
                self.time(name, &aligned(start, moment));
            }
        }
    }

    fn place(&mut self, record: &'a Record) {
        let Some((places, place)) = self.datasets.linked(record, self.fields.location) else { return };
        let (datasets, language) = (self.datasets, self.language);
        let (said, position) = self.places.entry(place.id).or_insert_with(|| {
            let position = datasets.position(places, place);
            let position =
                position.map(|position| format!("{};{}", position.latitude(), position.longitude()));
            (location(places, place, language), position)
        });
        self.lines.text("LOCATION", said);
        if let Some(position) = position {
            self.lines.raw("GEO", position);
        }
    }

    /// What is cancelled or postponed does not take place then; the words of any other change are a comment.
    fn status(&mut self, record: &Record, own: Option<&str>) {
        let code = self.fields.status.and_then(|field| record.document.get(field)).and_then(Value::as_str);
        let code = own.or(code).and_then(|code| code_of(&self.dataset.format, self.fields.status?, code));
        let event = code.and_then(|code| code.term.as_deref()).unwrap_or_default();
        let is_off = event.ends_with("EventCancelled") || event.ends_with("EventPostponed");
        self.lines.raw("STATUS", if is_off { "CANCELLED" } else { "CONFIRMED" });
        if let Some(label) = code.and_then(|code| code.label.in_language(self.language))
            && !event.ends_with("EventScheduled")
            && !event.ends_with("EventCancelled")
        {
            self.lines.text("COMMENT", label);
        }
    }

    /// A time as it is known: a day, local in a zone, UTC where only the offset is known, local without more.
    fn time(&mut self, name: &str, moment: &Moment) {
        if moment.time().is_none() {
            return self.lines.pieces(&[name, ";VALUE=DATE:", &compact_day(moment.date())]);
        }
        if moment.offset().is_some() {
            return self.lines.pieces(&[name, ":", &compact(instant(moment)), "Z"]);
        }
        let local = compact(moment.local_seconds());
        match moment.zone().filter(|_| self.zones.uses(moment)) {
            Some(zone) => self.lines.pieces(&[name, ";TZID=", zone.as_str(), ":", &local]),
            None => self.lines.raw(name, &local),
        }
    }
}

/// The end as iCalendar wants it: of the kind of the start, the first moment after; `None` for none.
fn exclusive_end(start: &Moment, end: &Moment) -> Option<Moment> {
    let end = match (start.time(), end.time()) {
        (None, Some(TimeOfDay::MIDNIGHT)) => Moment::day(end.date()),
        (None, Some(_) | None) => Moment::day(end.date().plus_days(1)),
        (Some(_), None) => like(start, end.date().plus_days(1), TimeOfDay::MIDNIGHT),
        (Some(_), Some(_)) if offset_of(start).is_some() && offset_of(end).is_none() => {
            like(start, end.date(), end.time()?)
        }
        (Some(_), Some(_)) => end.clone(),
    };
    is_after(&end, start).then_some(end)
}

fn utc(timestamp: Timestamp) -> String {
    compact(timestamp.millis().div_euclid(1000)) + "Z"
}

/// The name of a place and its address, in one line.
fn location(places: &Dataset, place: &Record, language: &str) -> String {
    let mut parts = vec![places.title(place, language)];
    let address = places.format.fields.iter().find_map(|field| match &field.kind {
        Kind::Group { fields } if fields.iter().any(|inner| is(inner, "addressLocality")) => {
            Some((fields, place.document.get(&field.name)?.as_object()?))
        }
        _ => None,
    });
    if let Some((fields, address)) = address {
        let part = |property: &str| {
            let field = fields.iter().find(|field| is(field, property))?;
            said(address.get(&field.name)?, language).map(|(_, text)| text)
        };
        parts.extend(part("streetAddress").map(str::to_owned));
        let town: Vec<&str> = [part("postalCode"), part("addressLocality")].into_iter().flatten().collect();
        if !town.is_empty() {
            parts.push(town.join(" "));
        }
    }
    parts.join(", ")
}

fn is(field: &crate::manufactory::forms::Field, property: &str) -> bool {
    field.property() == Some(property)
}

/// The labels of the codes in a field.
pub(super) fn labels<'a>(
    format: &'a Format,
    record: &'a Record,
    field: Option<&str>,
    language: &str,
) -> Vec<Cow<'a, str>> {
    let Some(field) = field else { return Vec::new() };
    let codes = values(record.document.get(field)).filter_map(Value::as_str);
    let labels = codes.map(|code| {
        let known = code_of(format, field, code).and_then(|known| known.label.in_language(language));
        Cow::Borrowed(known.unwrap_or(code))
    });
    labels.collect()
}

pub(super) fn code_of<'a>(
    format: &'a Format,
    field: &str,
    code: &str,
) -> Option<&'a crate::manufactory::forms::VocabularyCode> {
    let Kind::Code { vocabulary, .. } = &format.field(field)?.kind else { return None };
    format.vocabularies.get(vocabulary)?.codes.iter().find(|known| known.code == code)
}
