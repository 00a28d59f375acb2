//! A frame for a survey of audiences, taken from the programme: one row for each slot of time at a venue in which visitors
//! can be met.

use std::{cmp::Ordering, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{clashes::said, deliver::prices, formats};
use crate::{
    Error,
    base::{Date, Id, Moment, Money, Position, Text, Timestamp},
    calendar::OpeningHours,
    delivery::{Dataset, Datasets, Occurrence, Recipient, Record, gate, occurrences},
    manufactory::forms::Entry,
    store::Store,
    survey::{SurveyError, read_document},
};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
/// Until then it is the night of the day before.
const DAYBREAK: i64 = 5 * 60 * MINUTE;

/// Which slots a frame holds, as a document.
///
/// # Examples
/// ```
/// use c3ms_core::cooperative::FrameSpec;
/// let spec = FrameSpec::parse(r#"{"from": "2027-07-01", "to": "2027-08-01", "strata": ["genre", "day"]}"#)?;
/// assert_eq!((spec.before, spec.lasts, spec.expected.filling), (30, 120, 0.6));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FrameSpec {
    /// The first day.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub from: Date,
    /// The day after the last one.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub to: Date,
    /// How many minutes before a performance interviewers begin.
    #[serde(default = "half_an_hour")]
    pub before: u32,
    /// How many minutes a performance lasts that does not say when it ends.
    #[serde(default = "two_hours")]
    pub lasts: u32,
    /// Venues where visitors come and go within opening hours.
    #[serde(default)]
    pub opening: Option<OpeningSpec>,
    /// How many visitors are expected.
    #[serde(default)]
    pub expected: ExpectedSpec,
    /// What makes the strata, together: none where nothing is said.
    #[serde(default)]
    pub strata: Vec<StratifiedBy>,
}

const fn half_an_hour() -> u32 {
    30
}

const fn two_hours() -> u32 {
    120
}

/// Venues where visitors come and go within opening hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OpeningSpec {
    /// How many minutes a slot lasts: a day is cut into equal ones of about so many.
    #[serde(default = "two_hours")]
    pub minutes: u32,
    /// The venues by their name or id, with their hours as OpenStreetMap writes them (`Tu-Su 10:00-18:00`); without, those
    /// that their entry says.
    pub venues: BTreeMap<String, Option<String>>,
}

/// How many visitors are expected in a slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedSpec {
    /// The share of the seats that are taken.
    pub filling: f64,
    /// Where nobody says how many seats there are.
    pub unknown: f64,
    /// In an hour of opening.
    pub per_hour: f64,
}

impl Default for ExpectedSpec {
    fn default() -> Self {
        Self { filling: 0.6, unknown: 60.0, per_hour: 20.0 }
    }
}

/// What strata are made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StratifiedBy {
    /// Performances, opening hours.
    Kind,
    /// The first genre of what is shown.
    Genre,
    /// The venue.
    Venue,
    /// The town.
    Locality,
    /// Weekdays, weekends.
    Day,
    /// Morning, afternoon, evening.
    Band,
    /// The month.
    Month,
}

/// What a slot is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlotKind {
    /// A date of a performance.
    Performance,
    /// A stretch of the hours in which a venue is open.
    Opening,
}

/// A weekday, or a day of the weekend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayKind {
    /// Monday to Friday.
    Week,
    /// Saturday and Sunday.
    Weekend,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// From five to noon.
    Morning,
    /// Until six.
    Afternoon,
    /// Until five in the morning.
    Evening,
}

/// The names, as the table has them.
macro_rules! named {
    ($kind:ident: $($variant:ident $name:literal),+) => {
        impl $kind {
            /// As the table says it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
}

named!(SlotKind: Performance "performance", Opening "opening");
named!(DayKind: Week "week", Weekend "weekend");
named!(Band: Morning "morning", Afternoon "afternoon", Evening "evening");

/// A slot of time at a venue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrameRow {
    /// The name of the slot, for ever: from what takes place and when it begins.
    pub slot: Id<FrameRow>,
    /// Its stratum, the values of what makes strata joined by ` / `; `all` where nothing makes any.
    pub stratum: String,
    /// Whether something is performed or a venue is open.
    pub kind: SlotKind,
    /// The venue.
    pub venue: String,
    /// Its id.
    pub venue_id: Id<Entry>,
    /// Its town; empty where nobody says.
    pub locality: String,
    /// Degrees north; empty where nobody says.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// What is shown; the venue's name within opening hours.
    pub title: String,
    /// The entry: of the performance, else of the venue.
    pub entry: Id<Entry>,
    /// The first of its genres; empty where it has none.
    pub genre: String,
    /// The lowest price in the units of its currency, `0.00` where it is free; empty where nobody says.
    pub price: String,
    /// The day on which interviewers begin.
    pub date: Date,
    /// A night belongs to the day before it.
    pub day: DayKind,
    /// By the beginning of what takes place.
    pub band: Band,
    /// When interviewers begin, in local time: `2027-07-14 20:00`.
    pub begin: String,
    /// When they end.
    pub end: String,
    /// Seats, where somebody says how many.
    pub capacity: Option<u64>,
    /// How many visitors are expected.
    pub expected: f64,
}

/// What takes place in these days and gives no slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The entry.
    pub entry: Id<Entry>,
    /// What it is called.
    pub title: String,
    /// Its beginning, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Moment>,
    /// Why: `cancelled`, `postponed`, `online`, `no-venue`, `no-hour`, `several-days`, `hours-unreadable`.
    pub reason: &'static str,
}

/// A frame: a date of the programme is a row of it or is told as left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frame {
    /// The slots, by their beginning.
    pub rows: Vec<FrameRow>,
    /// What gives none.
    pub left_out: Vec<LeftOut>,
}

impl FrameSpec {
    /// Reads a document.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        let spec: Self = read_document(json)?;
        let wrong = |reason: &str| Err(SurveyError::SpecUnreadable { reason: reason.to_owned() });
        let ExpectedSpec { filling, unknown, per_hour } = spec.expected;
        if spec.to <= spec.from {
            return wrong("`to` is the day after the last one: later than `from`");
        }
        if !(filling > 0.0 && filling <= 1.0) {
            return wrong("`filling` is a share of the seats: above 0, 1 at most");
        }
        if ![unknown, per_hour].iter().all(|visitors| visitors.is_finite() && *visitors > 0.0) {
            return wrong("`unknown` and `per_hour` are numbers of visitors above 0");
        }
        if spec.lasts == 0 || spec.opening.as_ref().is_some_and(|opening| opening.minutes == 0) {
            return wrong("a slot lasts a minute at least");
        }
        Ok(spec)
    }

    /// The JSON Schema of the document.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> Value {
        schemars::schema_for!(Self).to_value()
    }
}

/// Takes a frame from the published programme, as members see it: a slot for each date of a performance, and for the opening hours of the
/// venues that the document names.
///
/// Nothing is dropped without a word: what takes place and gives no slot is in [`Frame::left_out`]; a date struck from a
/// series is none any more. A slot keeps its name
/// while its performance and its beginning stay, so that a frame taken later can be held against this one.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError) where an entry cannot be read; [`SurveyError::SpecUnreadable`] where the
/// document names a venue that nobody knows.
pub fn frame(store: &dyn Store, spec: &FrameSpec, now: Timestamp, language: &str) -> Result<Frame, Error> {
    let formats: Vec<_> = formats(store)?.into_values().collect();
    let datasets = gate(store, &formats, &Recipient::Member, now)?;
    let taking = Taking { spec, datasets: &datasets, language };
    let mut frame = Frame { rows: Vec::new(), left_out: Vec::new() };
    let days = spec.from..spec.to;
    for occurrence in occurrences(&datasets, &days) {
        // What began before these days belongs to the frame of those.
        if let Some((dataset, record)) = datasets.record(occurrence.performance)
            && days.contains(&occurrence.start.date())
        {
            match taking.performance((dataset, record), &occurrence) {
                Ok(row) => frame.rows.push(row),
                Err(reason) => frame.left_out.push(LeftOut {
                    entry: record.id,
                    title: dataset.title(record, language),
                    start: Some(occurrence.start),
                    reason,
                }),
            }
        }
    }
    for (venue, hours) in spec.opening.iter().flat_map(|opening| &opening.venues) {
        taking.opening(venue, hours.as_deref(), &mut frame)?;
    }
    frame.rows.sort_by(|one, other| {
        let by_time = (&one.begin, &one.venue).cmp(&(&other.begin, &other.venue));
        by_time.then_with(|| one.slot.cmp(&other.slot))
    });
    Ok(frame)
}

/// A frame being taken.
struct Taking<'a> {
    spec: &'a FrameSpec,
    datasets: &'a Datasets,
    language: &'a str,
}

/// What a slot is of.
struct Subject<'a> {
    kind: SlotKind,
    venue: (&'a Dataset, &'a Record),
    entry: Id<Entry>,
    title: String,
    genre: String,
    price: String,
    capacity: Option<u64>,
}

impl<'a> Taking<'a> {
    /// The slot of one date, or why it has none.
    fn performance(
        &self,
        (dataset, record): (&'a Dataset, &'a Record),
        occurrence: &Occurrence,
    ) -> Result<FrameRow, &'static str> {
        let says = |property: &str, code: &str| said(dataset, record, property).iter().any(|own| own == code);
        for status in ["cancelled", "postponed"] {
            if says("eventStatus", status) {
                return Err(status);
            }
        }
        if says("eventAttendanceMode", "online") {
            return Err("online");
        }
        let venue = self.datasets.linked(record, dataset.named("location")).ok_or("no-venue")?;
        if occurrence.start.time().is_none() {
            return Err("no-hour");
        }
        let start = occurrence.start.local_seconds();
        let end = occurrence
            .end
            .as_ref()
            .filter(|end| end.time().is_some())
            .map_or(start + i64::from(self.spec.lasts) * MINUTE, Moment::local_seconds);
        // An exhibition is met within its opening hours.
        if end - start >= DAY {
            return Err("several-days");
        }
        let work = self.datasets.linked(record, dataset.named("workPerformed"));
        let own = [Some((dataset, record)), work];
        let genre = own.iter().flatten().find_map(|(set, from)| said(set, from, "genre").into_iter().next());
        let capacity = [(dataset, record), venue].into_iter().find_map(|(set, from)| seats(set, from));
        let subject = Subject {
            kind: SlotKind::Performance,
            venue,
            entry: record.id,
            title: dataset.title(record, self.language),
            genre: genre.unwrap_or_default(),
            price: price((dataset, record)),
            capacity,
        };
        let ExpectedSpec { filling, unknown, .. } = self.spec.expected;
        #[expect(clippy::cast_precision_loss, reason = "no house has so many seats")]
        let expected = capacity.filter(|seats| *seats > 0).map_or(unknown, |seats| seats as f64 * filling);
        let name = occurrence.start.to_string();
        let begin = start - i64::from(self.spec.before) * MINUTE;
        Ok(self.row(subject, &name, (begin, start, end), expected))
    }

    /// The slots of the opening hours of a venue.
    fn opening(&self, name: &str, hours: Option<&str>, frame: &mut Frame) -> Result<(), SurveyError> {
        let is_it = |(dataset, record): &(&Dataset, &Record)| {
            record.id.to_string() == name || dataset.title(record, self.language) == name
        };
        let places = self.datasets.iter().filter(|dataset| dataset.meaning("startDate").is_none());
        let all = places.flat_map(|dataset| dataset.records.iter().map(move |record| (dataset, record)));
        let found: Vec<_> = all.filter(is_it).collect();
        let [(dataset, record)] = found.as_slice() else {
            let reason = match found.len().cmp(&1) {
                Ordering::Less => format!("no venue is called {name:?}"),
                Ordering::Equal | Ordering::Greater => {
                    format!("several entries are called {name:?}: give the id")
                }
            };
            return Err(SurveyError::SpecUnreadable { reason });
        };
        let own = record.text(dataset.named("openingHours").unwrap_or("opening"));
        let mut texts = hours.into_iter().chain(own.iter().flat_map(Text::iter).map(|(_, text)| text));
        let Some(open) = texts.find_map(|text| OpeningHours::parse(text).ok()) else {
            let title = dataset.title(record, self.language);
            frame.left_out.push(LeftOut { entry: record.id, title, start: None, reason: "hours-unreadable" });
            return Ok(());
        };
        let minutes = self.spec.opening.as_ref().map_or(120, |opening| i64::from(opening.minutes));
        for (begin, end) in open.within(&(self.spec.from..self.spec.to)) {
            let (begin, end) = (begin.local_seconds(), end.local_seconds());
            let length = (end - begin) / MINUTE;
            let parts = ((length + minutes / 2) / minutes).max(1);
            for part in 0..parts {
                let at = |part: i64| begin + length * part / parts * MINUTE;
                let (from, to) = (at(part), at(part + 1));
                let subject = Subject {
                    kind: SlotKind::Opening,
                    venue: (dataset, record),
                    entry: record.id,
                    title: dataset.title(record, self.language),
                    genre: String::new(),
                    price: String::new(),
                    capacity: None,
                };
                #[expect(clippy::cast_precision_loss, reason = "minutes of a day")]
                let expected = self.spec.expected.per_hour * ((to - from) / MINUTE) as f64 / 60.0;
                frame.rows.push(self.row(subject, &stamp(from), (from, from, to), expected));
            }
        }
        Ok(())
    }

    /// A row: interviewers begin, what takes place begins, all end, in seconds of local time.
    fn row(
        &self,
        subject: Subject<'_>,
        name: &str,
        (begin, start, end): (i64, i64, i64),
        expected: f64,
    ) -> FrameRow {
        let (places, place) = subject.venue;
        let address = place.document.get(places.named("address").unwrap_or("address"));
        let locality = address.and_then(|address| address.get("locality")).and_then(Value::as_str);
        let position = places.named("geo").and_then(|field| place.document.get(field));
        let position = position.and_then(|position| Position::deserialize(position).ok());
        let mut row = FrameRow {
            slot: Id::derived(&["slot", &subject.entry.to_string(), name]),
            stratum: String::new(),
            kind: subject.kind,
            venue: places.title(place, self.language),
            venue_id: place.id,
            locality: locality.unwrap_or_default().to_owned(),
            latitude: position.map(|position| position.latitude()),
            longitude: position.map(|position| position.longitude()),
            title: subject.title,
            entry: subject.entry,
            genre: subject.genre,
            price: subject.price,
            date: Date::from_days(begin.div_euclid(DAY)),
            day: if Date::from_days((start - DAYBREAK).div_euclid(DAY)).weekday() > 5 {
                DayKind::Weekend
            } else {
                DayKind::Week
            },
            band: match start.rem_euclid(DAY) / (60 * MINUTE) {
                5..12 => Band::Morning,
                12..18 => Band::Afternoon,
                ..5 | 18.. => Band::Evening,
            },
            begin: stamp(begin),
            end: stamp(end),
            capacity: subject.capacity,
            expected,
        };
        row.stratum = self.stratum(&row);
        row
    }

    fn stratum(&self, row: &FrameRow) -> String {
        if self.spec.strata.is_empty() {
            return "all".to_owned();
        }
        let or_none = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
        let value = |by: &StratifiedBy| match by {
            StratifiedBy::Kind => row.kind.as_str().to_owned(),
            StratifiedBy::Genre => or_none(&row.genre),
            StratifiedBy::Venue => row.venue.clone(),
            StratifiedBy::Locality => or_none(&row.locality),
            StratifiedBy::Day => row.day.as_str().to_owned(),
            StratifiedBy::Band => row.band.as_str().to_owned(),
            StratifiedBy::Month => row.begin.get(..7).unwrap_or_default().to_owned(),
        };
        self.spec.strata.iter().map(value).collect::<Vec<_>>().join(" / ")
    }
}

impl Frame {
    /// The rows as a table, CSV (RFC 4180): what draws are made from.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut table = csv::Writer::from_writer(Vec::new());
        // Into memory: nothing can fail.
        let _header = table.write_record([
            "slot",
            "stratum",
            "kind",
            "venue",
            "venue_id",
            "locality",
            "latitude",
            "longitude",
            "title",
            "entry",
            "genre",
            "price",
            "date",
            "day",
            "band",
            "begin",
            "end",
            "capacity",
            "expected",
        ]);
        let said = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        for row in &self.rows {
            let _written = table.write_record([
                &row.slot.to_string(),
                &row.stratum,
                row.kind.as_str(),
                &row.venue,
                &row.venue_id.to_string(),
                &row.locality,
                &said(row.latitude),
                &said(row.longitude),
                &row.title,
                &row.entry.to_string(),
                &row.genre,
                &row.price,
                &row.date.to_string(),
                row.day.as_str(),
                row.band.as_str(),
                &row.begin,
                &row.end,
                &row.capacity.map(|seats| seats.to_string()).unwrap_or_default(),
                &row.expected.to_string(),
            ]);
        }
        String::from_utf8(table.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

fn seats(dataset: &Dataset, record: &Record) -> Option<u64> {
    record.document.get(dataset.named("maximumAttendeeCapacity")?)?.as_u64()
}

/// The lowest price of a performance, `0.00` where it is free.
fn price((dataset, record): (&Dataset, &Record)) -> String {
    let free = dataset.named("isAccessibleForFree").and_then(|field| record.document.get(field)?.as_bool());
    if free == Some(true) {
        return "0.00".to_owned();
    }
    let lowest = prices((dataset, record)).into_iter().min_by_key(|price| price.cents);
    lowest.as_ref().map(Money::decimal).unwrap_or_default()
}

/// A local time as a sheet shows it.
fn stamp(seconds: i64) -> String {
    let (day, minutes) = (Date::from_days(seconds.div_euclid(DAY)), seconds.rem_euclid(DAY) / MINUTE);
    format!("{day} {:02}:{:02}", minutes / 60, minutes % 60)
}
