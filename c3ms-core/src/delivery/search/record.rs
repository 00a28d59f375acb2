//! What the index takes of the records that passed the gate.

use std::{collections::BTreeMap, ops::Range};

use serde_json::Value;

use super::{Card, Index, Said, Span};
use crate::{
    base::{Date, Id, Moment, Text},
    delivery::{Dataset, Datasets, Record, dataset::values, occurrence::of_record, recurrence::Dates},
    manufactory::forms::{Document, Entry, Field, Kind},
};

/// Which dates of series other records replace; by the series and the date, the record that does.
type Replaced = BTreeMap<(Id<Entry>, Moment), Id<Entry>>;

impl Index {
    /// The index of everything a recipient may see; series are told date by date within these days.
    ///
    /// # Examples
    /// ```
    /// # use c3ms_core::{
    /// #     base::{Date, Id, Seed, Timestamp}, delivery::{Recipient, gate, search::{Index, Query}},
    /// #     forms::{Revision, State}, store::{Batch, Change, MemoryStore, Store},
    /// # };
    /// # let formats = c3ms_core::forms::live_performance()?.formats;
    /// # let format = formats.iter().find(|format| format.cube == "performance").unwrap().digest();
    /// let document = serde_json::json!({
    ///     "name": {"fr": "Atelier"}, "start": "2027-03-03T18:00:00", "recurrence": {"rule": "FREQ=WEEKLY"}
    /// });
    /// # let document = document.as_object().unwrap().clone();
    /// # let revision = Revision::new("performance", format, State::Published, document);
    /// # let changes = [Change::Revision(Id::derived(&["1"]), revision)];
    /// # let (at, actor, seed) = (Timestamp::from_millis(0), Id::derived(&["me"]), Seed::from_number(1));
    /// # let mut store = MemoryStore::new();
    /// # store.append(&Batch { at, actor, seed, signer: None, changes: &changes })?;
    /// # let datasets = gate(&store, &formats, &Recipient::Public, at)?;
    /// // (into a store, through the gate)
    /// let day = |text| Date::parse(text).unwrap();
    /// let index = Index::of(&datasets, &(day("2027-01-01")..day("2028-01-01")));
    /// let found = index.search(&Query::from_parameters("q=ateliers&from=2027-12-01")?, day("2027-01-01"), 1)?;
    /// assert_eq!(found.total, 1);
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    #[must_use]
    pub fn of(datasets: &Datasets, window: &Range<Date>) -> Self {
        let mut index = Self::default();
        for dataset in datasets.iter() {
            let mut fields = Vec::new();
            coded(&dataset.format.fields, "", &mut fields);
            for field in fields {
                index.know(field);
            }
            let replaced =
                Dates::of(dataset).map(|dates| dates.replaced(datasets, dataset)).unwrap_or_default();
            for record in &dataset.records {
                index.insert(card(datasets, dataset, record, &replaced, window));
            }
        }
        index
    }

    /// Takes in what is now seen of a record, or takes it out where nothing is. What links to it keeps the words that it
    /// had of it until it is taken in again itself.
    pub fn renew(&mut self, datasets: &Datasets, id: Id<Entry>, window: &Range<Date>) {
        let Some((dataset, record)) = datasets.record(id) else {
            self.remove(id);
            return;
        };
        let replaced = Dates::of(dataset)
            .filter(|dates| dates.recurrence(record).is_some())
            .map(|dates| dates.replaced(datasets, dataset));
        self.insert(card(datasets, dataset, record, &replaced.unwrap_or_default(), window));
    }
}

/// The names of the fields that have codes; `group.field` within a group.
fn coded(fields: &[Field], within: &str, found: &mut Vec<String>) {
    for field in fields {
        let name = format!("{within}{}", field.name);
        match &field.kind {
            Kind::Code { .. } => found.push(name),
            Kind::Group { fields } => coded(fields, &format!("{name}."), found),
            _ => {}
        }
    }
}

fn card(
    datasets: &Datasets,
    dataset: &Dataset,
    record: &Record,
    replaced: &Replaced,
    window: &Range<Date>,
) -> Card {
    let mut card = Card::new(record.id, dataset.format.cube.as_str());
    card.title = dataset.title(record, "fr");
    card.updated = record.updated;
    card.position = datasets.position(dataset, record);
    say(&mut card, dataset, record, true);
    codes(&mut card, &dataset.format.fields, &record.document, "");
    let work = datasets.linked(record, dataset.named("workPerformed"));
    if let Some((works, work)) = work {
        say(&mut card, works, work, false);
    }
    for field in dataset.format.fields.iter().filter(|field| matches!(field.kind, Kind::Link { .. })) {
        for linked in
            record.links(&field.name).into_iter().filter(|id| work.is_none_or(|(_, work)| work.id != *id))
        {
            if let Some((others, other)) = datasets.record(linked) {
                named(&mut card, other.document.get(&others.format.title), false);
            }
        }
    }
    let own_genre = genres(&mut card, dataset, record);
    if let Some((works, work)) = work.filter(|_| !own_genre) {
        genres(&mut card, works, work);
    }
    let place = datasets.linked(record, dataset.named("location"));
    if let Some((_, place)) = place {
        card = card.counted("venue", &place.id.to_string());
    }
    for (places, place) in place.into_iter().chain([(dataset, record)]) {
        let address = places.meaning("address");
        let Some((Kind::Group { fields }, group)) =
            address.and_then(|field| Some((&field.kind, place.document.get(&field.name)?)))
        else {
            continue;
        };
        if let Some(code) = group.get("municipality-code").and_then(Value::as_str) {
            card = card.counted("commune", code);
        }
        let town = fields.iter().find(|field| field.property() == Some("addressLocality"));
        named(&mut card, town.and_then(|town| group.get(&town.name)), false);
    }
    if let Some(dates) = Dates::of(dataset) {
        let mut found = Vec::new();
        of_record(record, &dates, replaced, window, &mut found);
        card.spans = found
            .into_iter()
            .map(|date| {
                let last = date.end.as_ref().map_or(date.start.date(), Moment::date).max(date.start.date());
                Span {
                    start: date.start.local_seconds(),
                    last: i32::try_from(last.days()).unwrap_or(i32::MAX),
                }
            })
            .collect();
    }
    card
}

/// The texts of a record; what it is called counts as a title where the card is its own.
fn say(card: &mut Card, dataset: &Dataset, record: &Record, is_own: bool) {
    for field in dataset.format.fields.iter().filter(|field| matches!(field.kind, Kind::Text { .. })) {
        // A number by which others know it is no word.
        if field.property() != Some("identifier") {
            let is_title = is_own && field.name == dataset.format.title;
            named(card, record.document.get(&field.name), is_title);
        }
    }
}

fn named(card: &mut Card, value: Option<&Value>, is_title: bool) {
    let mut say = |text: &str| card.texts.push(Said { text: text.to_owned(), is_title });
    for value in values(value) {
        match value {
            Value::String(text) => say(text),
            Value::Object(texts) => texts.values().filter_map(Value::as_str).for_each(&mut say),
            _ => {}
        }
    }
}

/// The codes of a record, each under the name of its field.
fn codes(card: &mut Card, fields: &[Field], document: &Document, within: &str) {
    for field in fields {
        let name = || format!("{within}{}", field.name);
        match &field.kind {
            Kind::Code { vocabulary, .. } => {
                for code in values(document.get(&field.name)).filter_map(Value::as_str) {
                    card.tags.push((name(), code.to_owned()));
                    if vocabulary == "disability" {
                        card.tags.push((Card::ACCESSIBILITY.to_owned(), code.to_owned()));
                    }
                }
            }
            Kind::Group { fields } => {
                let groups = values(document.get(&field.name)).filter_map(Value::as_object);
                groups.for_each(|group| codes(card, fields, group, &format!("{}.", name())));
            }
            _ => {}
        }
    }
}

/// The genres of a record and what they are called; tells whether it has any.
fn genres(card: &mut Card, dataset: &Dataset, record: &Record) -> bool {
    let Some(field) = dataset.meaning("genre") else { return false };
    let Kind::Code { vocabulary, .. } = &field.kind else { return false };
    let list =
        dataset.format.vocabularies.get(vocabulary).map(|list| list.codes.as_slice()).unwrap_or_default();
    let mut has_any = false;
    for code in values(record.document.get(&field.name)).filter_map(Value::as_str) {
        has_any = true;
        card.tags.push((Card::GENRE.to_owned(), code.to_owned()));
        let label = list.iter().find(|known| known.code == code).map(|known| &known.label);
        let words = label.into_iter().flat_map(Text::iter).map(|(_, text)| text.to_owned());
        card.texts.extend(words.map(|text| Said { text, is_title: false }));
    }
    has_any
}
