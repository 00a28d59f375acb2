//! The agenda of a page: the file a cooperative delivers, and the engine that answers questions over it.
//!
//! The same code runs where the site is made and, as WebAssembly, in the reader's browser. It has no clock:
//! the page says which day it is by [`AgendaQuery::from`].

use std::{collections::BTreeMap, ops::RangeInclusive, sync::OnceLock};

use serde::{Deserialize, Serialize};

use super::PublisherError;
use crate::base::{Date, Id, Language, Moment, Money, Position, Text, TimeOfDay, Zone, fold};

/// The agenda as one file, `agenda.json`: occurrences, and the places and genres they point to.
///
/// Unknown members are ignored, so that a page with an older widget can read a newer file.
///
/// # Examples
/// ```
/// use c3ms_core::publisher::AgendaBundle;
/// let bundle: AgendaBundle = serde_json::from_str(r#"{
///   "version": 1, "zone": "Europe/Paris", "languages": ["fr"],
///   "genres": [{"code": "theatre", "label": {"fr": "Théâtre"}}],
///   "places": [{"id": "00000000000000000000000001", "name": {"fr": "Le Cadran"}, "commune": "Briançon"}],
///   "occurrences": []
/// }"#)?;
/// assert_eq!((bundle.places.len(), bundle.occurrences.len()), (1, 0));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgendaBundle {
    /// The version of this shape: [`AgendaBundle::VERSION`].
    pub version: u32,
    /// The zone of the territory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// The languages the texts are written in, the first one first.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// The genres that occurrences point to.
    #[serde(default)]
    pub genres: Vec<Genre>,
    /// The places that occurrences point to.
    #[serde(default)]
    pub places: Vec<Place>,
    /// What takes place, by start, then by id.
    #[serde(default)]
    pub occurrences: Vec<Occurrence>,
}

impl AgendaBundle {
    /// The only version of the shape so far.
    pub const VERSION: u32 = 1;
}

/// A genre under which occurrences are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genre {
    /// The code of the vocabulary: `theatre`.
    pub code: String,
    /// The genre for people.
    pub label: Text,
}

/// A place where something is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Which place.
    pub id: Id<Place>,
    /// Its name.
    pub name: Text,
    /// The commune it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// Where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// One performance: something that takes place once, or over some days on end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// Which performance.
    pub id: Id<Occurrence>,
    /// What is shown.
    pub title: Text,
    /// When it begins.
    pub start: Moment,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Moment>,
    /// Where: an index into [`AgendaBundle::places`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// Of which genres: indexes into [`AgendaBundle::genres`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<usize>,
    /// Whether it takes place as announced.
    #[serde(default)]
    pub status: Status,
    /// Whether it costs nothing, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<bool>,
    /// The lowest price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest: Option<Money>,
    /// The highest price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest: Option<Money>,
    /// The page of the producer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it is about, in about 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Text>,
    /// Whom the house can receive: codes of the vocabulary (`mi`, `vi`, `pi`, `hi`, `ii`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accessibility: Vec<String>,
}

/// What ends before this hour still belongs to the evening before.
const SMALL_HOURS: u8 = 6;

impl Occurrence {
    /// The local days it covers, the first and the last included.
    ///
    /// What ends in the small hours (before six) ends on the day before: a ball from 21:00 to 02:00 is one
    /// evening. An end before the start counts for nothing.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::{base::Date, publisher::Occurrence};
    /// let ball: Occurrence = serde_json::from_str(r#"{
    ///   "id": "00000000000000000000000001", "title": {"fr": "Grand bal"},
    ///   "start": "2026-12-04T21:00:00", "end": "2026-12-06T02:00:00"
    /// }"#)?;
    /// assert_eq!(ball.days(), Date::new(2026, 12, 4).unwrap()..=Date::new(2026, 12, 5).unwrap());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn days(&self) -> RangeInclusive<Date> {
        let first = self.start.date();
        let last = self.end.as_ref().map_or(first, |end| match end.time().as_ref().map(TimeOfDay::parts) {
            Some((hour, ..)) if hour < SMALL_HOURS => end.date().plus_days(-1),
            Some(_) | None => end.date(),
        });
        first..=last.max(first)
    }
}

/// Whether an occurrence takes place as announced (the statuses of schema.org).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// As announced.
    #[default]
    Scheduled,
    /// It does not take place.
    Cancelled,
    /// It takes place later, the date is not known.
    Postponed,
    /// It takes place at another date than announced first: the date given.
    Rescheduled,
    /// It takes place on the network.
    MovedOnline,
}

/// What a reader asks: every condition that is set must hold.
///
/// # Examples
/// ```
/// use c3ms_core::publisher::AgendaQuery;
/// let query = AgendaQuery::parse(r#"{"text": "bal", "from": "2026-12-04"}"#)?;
/// assert_eq!((query.offset, query.limit), (0, 50));
/// # Ok::<(), c3ms_core::publisher::PublisherError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgendaQuery {
    /// Words: each must begin a word of the title, place, commune or summary, accents and case aside.
    pub text: String,
    /// Only what is shown here.
    pub place: Option<Id<Place>>,
    /// Only what has this genre, by its code.
    pub genre: Option<String>,
    /// Only what still takes place on this local day or later.
    #[serde(with = "written_day")]
    pub from: Option<Date>,
    /// Only what begins on this local day or before.
    #[serde(with = "written_day")]
    pub to: Option<Date>,
    /// Only what was over before this local day.
    #[serde(with = "written_day")]
    pub before: Option<Date>,
    /// Which end of the agenda comes first.
    pub order: Order,
    /// How many occurrences to pass over.
    pub offset: usize,
    /// How many occurrences to show at most.
    pub limit: usize,
}

impl Default for AgendaQuery {
    fn default() -> Self {
        Self {
            text: String::new(),
            place: None,
            genre: None,
            from: None,
            to: None,
            before: None,
            order: Order::default(),
            offset: 0,
            limit: 50,
        }
    }
}

impl AgendaQuery {
    /// Reads a query from JSON; members left out ask for nothing.
    ///
    /// # Errors
    /// [`PublisherError::QueryUnreadable`] where it is no such JSON.
    pub fn parse(json: &str) -> Result<Self, PublisherError> {
        serde_json::from_str(json)
            .map_err(|error| PublisherError::QueryUnreadable { reason: error.to_string() })
    }
}

/// Which end of the agenda comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// As time goes.
    #[default]
    Earliest,
    /// Against time: for what is past.
    Latest,
}

/// What a page must know before its first question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgendaHead<'a> {
    /// The zone of the territory.
    pub zone: Option<&'a Zone>,
    /// The languages the texts are written in.
    pub languages: &'a [Language],
    /// The genres occurrences point to.
    pub genres: &'a [Genre],
    /// The places occurrences point to.
    pub places: &'a [Place],
    /// How many occurrences there are.
    pub total: usize,
}

/// One page of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgendaPage<'a> {
    /// How many occurrences answer the query, on all pages.
    pub total: usize,
    /// The occurrences of this page, in order.
    pub occurrences: Vec<&'a Occurrence>,
    /// The local days each of them covers ([`Occurrence::days`]), written as `["2026-12-04", "2026-12-05"]`.
    #[serde(serialize_with = "written_day::spans")]
    pub days: Vec<RangeInclusive<Date>>,
    /// How many occurrences each choice would leave.
    pub facets: Facets,
    /// The first day of what answers the query, its dates aside.
    #[serde(with = "written_day")]
    pub first: Option<Date>,
    /// The last day of what answers the query, its dates aside.
    #[serde(with = "written_day")]
    pub last: Option<Date>,
}

/// How many occurrences each choice would leave, the other conditions being kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// One count for each of [`AgendaBundle::places`], in that order, under every condition but the place.
    pub places: Vec<usize>,
    /// One count for each of [`AgendaBundle::genres`], in that order, under every condition but the genre.
    pub genres: Vec<usize>,
}

/// An agenda made ready for questions.
///
/// # Examples
/// Two evenings of one show, and an exhibition that lasts over both.
/// ```
/// use c3ms_core::publisher::{Agenda, AgendaQuery};
/// let agenda = Agenda::parse(br#"{"version": 1,
///   "genres": [{"code": "theatre", "label": {"en": "Theatre"}}],
///   "places": [{"id": "00000000000000000000000001", "name": {"fr": "Le Cadran"}, "commune": "Brian\u00e7on"}],
///   "occurrences": [
///     {"id": "00000000000000000000000011", "title": {"fr": "Le Bal"}, "start": "2026-12-04T20:30:00", "place": 0, "genres": [0]},
///     {"id": "00000000000000000000000012", "title": {"fr": "Le Bal"}, "start": "2026-12-05T20:30:00", "place": 0, "genres": [0]},
///     {"id": "00000000000000000000000013", "title": {"fr": "Estampes"}, "start": "2026-12-01", "end": "2026-12-24"}
///   ]}"#)?;
/// let on_saturday = AgendaQuery::parse(r#"{"from": "2026-12-05", "to": "2026-12-05"}"#)?;
/// let page = agenda.query(&on_saturday);
/// assert_eq!((page.total, page.facets.places), (2, vec![1]));
/// let in_words = AgendaQuery { text: "BRIANCON bal".to_owned(), ..AgendaQuery::default() };
/// assert_eq!(agenda.query(&in_words).total, 2);
/// # Ok::<(), c3ms_core::publisher::PublisherError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Agenda {
    bundle: AgendaBundle,
    days: Vec<RangeInclusive<Date>>,
    words: OnceLock<Words>,
}

impl Agenda {
    /// Prepares a bundle: puts it in order and checks that it points nowhere outside itself.
    ///
    /// # Errors
    /// [`PublisherError::BundleUnreadable`] for a version other than [`AgendaBundle::VERSION`], a place or a
    /// genre that is not in the bundle.
    pub fn new(mut bundle: AgendaBundle) -> Result<Self, PublisherError> {
        if bundle.version != AgendaBundle::VERSION {
            let reason = format!("its version is {}, not {}", bundle.version, AgendaBundle::VERSION);
            return Err(PublisherError::BundleUnreadable { reason });
        }
        let (places, genres) = (bundle.places.len(), bundle.genres.len());
        for occurrence in &mut bundle.occurrences {
            let outside = |kind: &str, index: usize, known: usize| PublisherError::BundleUnreadable {
                reason: format!("occurrence {} points to {kind} {index}, there are {known}", occurrence.id),
            };
            if let Some(index) = occurrence.place.filter(|index| *index >= places) {
                return Err(outside("place", index, places));
            }
            if let Some(index) = occurrence.genres.iter().find(|index| **index >= genres) {
                return Err(outside("genre", *index, genres));
            }
            occurrence.genres.sort_unstable();
            occurrence.genres.dedup();
        }
        bundle.occurrences.sort_by_key(|occurrence| (occurrence.start.local_seconds(), occurrence.id));
        let days = bundle.occurrences.iter().map(Occurrence::days).collect();
        Ok(Self { bundle, days, words: OnceLock::new() })
    }

    /// Reads a bundle from JSON in UTF-8 and prepares it.
    ///
    /// # Errors
    /// [`PublisherError::BundleUnreadable`] where it is no such JSON, and as [`Agenda::new`].
    pub fn parse(json: &[u8]) -> Result<Self, PublisherError> {
        let unreadable = |reason: String| PublisherError::BundleUnreadable { reason };
        let text = std::str::from_utf8(json).map_err(|error| unreadable(error.to_string()))?;
        let bundle = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        Self::new(bundle)
    }

    /// The bundle, its occurrences in order.
    #[must_use]
    pub const fn bundle(&self) -> &AgendaBundle {
        &self.bundle
    }

    /// What a page must know before its first question.
    #[must_use]
    pub fn head(&self) -> AgendaHead<'_> {
        AgendaHead {
            zone: self.bundle.zone.as_ref(),
            languages: &self.bundle.languages,
            genres: &self.bundle.genres,
            places: &self.bundle.places,
            total: self.bundle.occurrences.len(),
        }
    }

    /// Answers a query with one page, and with what each further choice would leave.
    ///
    /// An occurrence over several days is found by every day it covers. A place or genre that the bundle does
    /// not hold leaves nothing. The words are indexed at the first query that has a text.
    #[must_use]
    pub fn query(&self, query: &AgendaQuery) -> AgendaPage<'_> {
        let with_text = self.with_text(&query.text);
        let place = query.place.map(|id| self.bundle.places.iter().position(|place| place.id == id));
        let genre =
            query.genre.as_ref().map(|code| self.bundle.genres.iter().position(|genre| genre.code == *code));
        let mut facets =
            Facets { places: vec![0; self.bundle.places.len()], genres: vec![0; self.bundle.genres.len()] };
        let (mut found, mut first, mut last) = (Vec::new(), None::<Date>, None::<Date>);
        for (index, (occurrence, days)) in self.bundle.occurrences.iter().zip(&self.days).enumerate() {
            if with_text.as_ref().is_some_and(|holds| !holds.get(index).is_some_and(|holds| *holds)) {
                continue;
            }
            let in_place = place.is_none_or(|wanted| wanted.is_some() && occurrence.place == wanted);
            let in_genre =
                genre.is_none_or(|wanted| wanted.is_some_and(|one| occurrence.genres.contains(&one)));
            let in_time = query.from.is_none_or(|from| *days.end() >= from)
                && query.to.is_none_or(|to| *days.start() <= to)
                && query.before.is_none_or(|before| *days.end() < before);
            if in_genre && in_time {
                count(&mut facets.places, occurrence.place.as_slice());
            }
            if in_place && in_time {
                count(&mut facets.genres, &occurrence.genres);
            }
            if in_place && in_genre {
                first = Some(first.map_or(*days.start(), |first| first.min(*days.start())));
                last = Some(last.map_or(*days.end(), |last| last.max(*days.end())));
            }
            if in_place && in_genre && in_time {
                found.push((occurrence, days.clone()));
            }
        }
        if query.order == Order::Latest {
            found.reverse();
        }
        let total = found.len();
        let (occurrences, days) = found.into_iter().skip(query.offset).take(query.limit).unzip();
        AgendaPage { total, occurrences, days, facets, first, last }
    }

    /// Tells of each occurrence whether it holds every word; `None` where no word is asked for.
    fn with_text(&self, text: &str) -> Option<Vec<bool>> {
        let folded = fold(text);
        words_of(&folded).fold(None, |before: Option<Vec<bool>>, prefix| {
            let mut holds = vec![false; self.bundle.occurrences.len()];
            let words = self.words.get_or_init(|| Words::of(&self.bundle));
            for index in words.beginning_with(prefix) {
                if let Some(slot) = holds.get_mut(index) {
                    *slot = before.as_ref().is_none_or(|before| before.get(index).is_some_and(|held| *held));
                }
            }
            Some(holds)
        })
    }
}

fn count(counts: &mut [usize], chosen: &[usize]) {
    for index in chosen {
        if let Some(slot) = counts.get_mut(*index) {
            *slot += 1;
        }
    }
}

/// Which occurrences hold which word.
#[derive(Debug, Clone)]
struct Words(Vec<(String, Vec<usize>)>);

impl Words {
    fn of(bundle: &AgendaBundle) -> Self {
        let places: Vec<String> = bundle
            .places
            .iter()
            .map(|place| {
                let name = place.name.iter().map(|(_, name)| name);
                let all: Vec<&str> = name.chain(place.commune.as_deref()).collect();
                fold(&all.join(" "))
            })
            .collect();
        let mut words = BTreeMap::<String, Vec<usize>>::new();
        for (index, occurrence) in bundle.occurrences.iter().enumerate() {
            let texts = occurrence.title.iter().chain(occurrence.summary.iter().flat_map(Text::iter));
            let own: Vec<String> = texts.map(|(_, text)| fold(text)).collect();
            let place = occurrence.place.and_then(|place| places.get(place));
            for word in own.iter().chain(place).flat_map(|text| words_of(text)) {
                match words.get_mut(word) {
                    Some(holders) if holders.last() == Some(&index) => {}
                    Some(holders) => holders.push(index),
                    None => {
                        words.insert(word.to_owned(), vec![index]);
                    }
                }
            }
        }
        Self(words.into_iter().collect())
    }

    fn beginning_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = usize> + 'a {
        let first = self.0.partition_point(|(word, _)| word.as_str() < prefix);
        let words = self.0.iter().skip(first).take_while(move |(word, _)| word.starts_with(prefix));
        words.flat_map(|(_, holders)| holders.iter().copied())
    }
}

/// The words of a folded text: letters and digits between anything else.
fn words_of(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// A day that may be missing, as `2026-11-23`, and spans of days.
mod written_day {
    use std::ops::RangeInclusive;

    use serde::{Deserialize as _, Deserializer, Serializer, de};

    use crate::base::Date;

    #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "the signature serde calls")]
    pub(super) fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => serializer.collect_str(day),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn spans<S: Serializer>(
        spans: &[RangeInclusive<Date>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(spans.iter().map(|days| [days.start().to_string(), days.end().to_string()]))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        Date::parse(&text).map(Some).ok_or_else(|| de::Error::custom("a day is written as 2026-11-23"))
    }
}
