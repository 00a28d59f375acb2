//! What feeds tell: the records that were changed last, newest first.

use std::borrow::Cow;

use serde_json::Value;

use super::{Context, ical::labels};
use crate::{
    base::Moment,
    delivery::{Dataset, Datasets, Record, recurrence::Dates, words::Words},
};

/// So many records are news.
const MOST: usize = 100;

/// A record as feeds tell it.
pub(super) struct News<'a> {
    pub(super) record: &'a Record,
    /// The same for ever: the address of the record, else a name.
    pub(super) id: String,
    pub(super) title: &'a str,
    /// The language of the title, where it is another than that of the feed.
    pub(super) language: Option<&'a str>,
    /// Its own page, where it has one.
    pub(super) url: Option<&'a str>,
    /// When, where, whether, and what: a text of several lines.
    pub(super) text: String,
    pub(super) categories: Vec<Cow<'a, str>>,
}

/// The newest records; what changed at the same time by its start.
pub(super) fn news<'a>(dataset: &'a Dataset, datasets: &'a Datasets, context: &'a Context) -> Vec<News<'a>> {
    let mut newest: Vec<&Record> = dataset.records.iter().collect();
    newest.sort_by_key(|record| std::cmp::Reverse(record.updated));
    newest.truncate(MOST);
    newest.into_iter().map(|record| told(record, dataset, datasets, context)).collect()
}

/// The name of a record for ever.
pub(super) fn id_of(record: &Record, context: &Context) -> String {
    match context.address {
        Some(_) => context.url(&format!("id/{}", record.id)),
        None => format!("urn:c3ms:{}", record.id),
    }
}

/// What a feed is called: the cooperative and what it tells of.
pub(super) fn title(dataset: &Dataset, context: &Context) -> String {
    let label = dataset.format.label.in_language(context.language.as_str()).unwrap_or(&dataset.format.cube);
    format!("{} – {label}", context.name)
}

fn told<'a>(
    record: &'a Record,
    dataset: &'a Dataset,
    datasets: &'a Datasets,
    context: &'a Context,
) -> News<'a> {
    let language = context.language.as_str();
    let words = Words::of(&context.language);
    let work = datasets.linked(record, dataset.named("workPerformed"));
    let (tag, title) = record.said(&dataset.format.title, language).unwrap_or_default();
    let mut lines = Vec::new();
    let mut first = Vec::new();
    if let Some((start, end)) = Dates::of(dataset).and_then(|dates| dates.span(record)) {
        first.push(when(&start, words));
        if let Some(end) = end.filter(|end| end.date() != start.date()) {
            first.push(format!("{} {}", words.until, words.day(end.date())));
        }
    }
    if let Some((places, place)) = datasets.linked(record, dataset.named("location")) {
        first.push(places.title(place, language));
    }
    if !first.is_empty() {
        lines.push(first.join(", "));
    }
    let status = labels(&dataset.format, record, dataset.named("eventStatus"), language);
    let is_scheduled = record
        .document
        .get(dataset.named("eventStatus").unwrap_or_default())
        .is_none_or(|status| status == "scheduled");
    if !is_scheduled {
        lines.extend(status.iter().map(ToString::to_string));
    }
    let own = dataset.named("description").and_then(|field| record.said(field, language));
    let of_work = || {
        let (of, work) = work?;
        work.said(of.named("description")?, language)
    };
    lines.extend(own.or_else(of_work).map(|(_, text)| text.to_owned()));
    let mut categories = labels(&dataset.format, record, dataset.named("genre"), language);
    if categories.is_empty()
        && let Some((works, work)) = work
    {
        categories = labels(&works.format, work, works.named("genre"), language);
    }
    News {
        record,
        id: id_of(record, context),
        title,
        language: tag.filter(|tag| *tag != language),
        url: dataset.named("url").and_then(|url| record.document.get(url)).and_then(Value::as_str),
        text: lines.join("\n"),
        categories,
    }
}

/// The day and the time as people say them; the time in digits where it stands for itself.
fn when(start: &Moment, words: &Words) -> String {
    let day = words.day(start.date());
    match start.time() {
        Some(time) => format!("{day}, {}", words.time(time)),
        None => day,
    }
}
