//! The index: records in slots, what each says, and who says what.

use std::collections::{BTreeMap, BTreeSet};

use smallvec::SmallVec;

use super::{
    Card, Span,
    lexicon::{Frequency, Lexicon, impact},
    words::words,
};
use crate::{
    base::{Id, Position},
    manufactory::forms::Entry,
};

/// What is kept of a record.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) id: Id<Entry>,
    pub(super) position: Option<Position>,
    /// When it takes place, by start.
    pub(super) spans: SmallVec<[Span; 1]>,
    pub(super) updated: i64,
    pub(super) title: Box<str>,
    pub(super) tags: Box<[u32]>,
    words: Box<[u32]>,
    /// The months it takes place in, where there are several.
    pub(super) months: Box<[u16]>,
}

/// What every query looks at, of a slot: small, and side by side with that of the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// When it begins first; the last of all numbers for what has no date.
    pub(super) start: i64,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    /// The last day on which it goes on.
    pub(super) last: i32,
    /// The month it takes place in, counted from the year 0; none where there are several, or none.
    pub(super) month: Option<u16>,
    /// Whether it takes place several times.
    pub(super) is_series: bool,
    pub(super) is_there: bool,
}

impl Column {
    const EMPTY: Self = Self {
        start: i64::MAX,
        latitude: f64::NAN,
        longitude: f64::NAN,
        last: i32::MIN,
        month: None,
        is_series: false,
        is_there: false,
    };

    fn of(slot: &Slot) -> Self {
        let months = |day: i64| month_of(crate::base::Date::from_days(day));
        let first = slot.spans.first();
        let last = slot.spans.iter().map(|span| span.last).max();
        let month = first.zip(last).and_then(|(first, last)| {
            let (from, to) = (months(first.first_day()), months(i64::from(last)));
            if from == to { from } else { None }
        });
        Self {
            start: first.map_or(i64::MAX, |span| span.start),
            latitude: slot.position.map_or(f64::NAN, |position| position.latitude()),
            longitude: slot.position.map_or(f64::NAN, |position| position.longitude()),
            last: last.unwrap_or(i32::MIN),
            month,
            is_series: slot.spans.len() > 1,
            is_there: true,
        }
    }

    /// Where it lies.
    pub(super) fn position(&self) -> Option<Position> {
        Position::new(self.latitude, self.longitude)
    }
}

/// The months in which something takes place between two days, each once.
pub(super) fn months(spans: &[Span], from: i64, to: i64) -> Vec<u16> {
    let mut months: Vec<u16> = Vec::new();
    for span in spans {
        let (first, last) = (span.first_day().max(from), span.last_day().min(to));
        if first <= last {
            let [first, last] =
                [first, last].map(|day| month_of(crate::base::Date::from_days(day)).unwrap_or_default());
            months.extend(first..=last);
        }
    }
    months.sort_unstable();
    months.dedup();
    months
}

/// A month, counted from the year 0.
pub(super) fn month_of(day: crate::base::Date) -> Option<u16> {
    let (year, month, _) = day.parts();
    u16::try_from(i32::from(year) * 12 + i32::from(month) - 1).ok()
}

/// Full text, filters and facets over records; see [`search`](Index::search).
///
/// # Examples
/// ```
/// use c3ms_core::{base::{Date, Id}, delivery::search::{Card, Index, Query}};
/// let mut index = Index::default();
/// for (key, title) in [("1", "Le Grand Bal"), ("2", "Théâtre d'ombres"), ("3", "Bals et théâtres")] {
///     index.insert(Card::new(Id::derived(&[key]), "performance").titled(title));
/// }
/// let today = Date::parse("2027-01-01").unwrap();
/// let asked = |q: &str| Query { q: Some(q.to_owned()), ..Query::default() };
/// let found = index.search(&asked("theatre"), today, 1)?;
/// assert_eq!((found.total, found.hits[0].id), (2, Id::derived(&["2"])));
/// assert_eq!(index.search(&asked("thaetre"), today, 1)?.total, 1, "letters were swapped");
/// assert!(index.remove(Id::derived(&["2"])));
/// assert_eq!(index.search(&asked("theatre"), today, 1)?.total, 1);
/// # Ok::<(), c3ms_core::delivery::DeliveryError>(())
/// ```
#[derive(Debug, Default)]
pub struct Index {
    slots: Vec<Option<Slot>>,
    pub(super) columns: Vec<Column>,
    free: BTreeSet<u32>,
    by_id: BTreeMap<Id<Entry>, u32>,
    pub(super) lexicon: Lexicon,
    pub(super) tags: Tags,
    fields: BTreeSet<String>,
}

/// What records are filtered and counted by: a name and a value, and who has it, in the order of the slots.
#[derive(Debug, Default)]
pub(super) struct Tags {
    by_name: BTreeMap<String, BTreeMap<String, u32>>,
    slots: Vec<Vec<u32>>,
}

impl Tags {
    fn number(&mut self, name: &str, value: &str) -> u32 {
        if let Some(number) = self.find(name, value) {
            return number;
        }
        let number = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Vec::new());
        self.by_name.entry(name.to_owned()).or_default().insert(value.to_owned(), number);
        number
    }

    pub(super) fn find(&self, name: &str, value: &str) -> Option<u32> {
        self.by_name.get(name)?.get(value).copied()
    }

    /// Those who have a tag.
    pub(super) fn slots(&self, tag: u32) -> &[u32] {
        self.slots.get(tag as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The values of a name.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = (&str, u32)> {
        self.by_name.get(name).into_iter().flatten().map(|(value, tag)| (value.as_str(), *tag))
    }

    fn add(&mut self, tag: u32, slot: u32) {
        if let Some(slots) = self.slots.get_mut(tag as usize)
            && let Err(place) = slots.binary_search(&slot)
        {
            slots.insert(place, slot);
        }
    }

    fn remove(&mut self, tag: u32, slot: u32) {
        if let Some(slots) = self.slots.get_mut(tag as usize)
            && let Ok(place) = slots.binary_search(&slot)
        {
            slots.remove(place);
        }
    }
}

impl Index {
    /// How many records it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Tells whether it has no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Says that records of a cube may have codes in this field: then a query may ask for it.
    pub fn know(&mut self, field: impl Into<String>) {
        self.fields.insert(field.into());
    }

    pub(super) fn knows(&self, field: &str) -> bool {
        self.fields.contains(field) || self.tags.by_name.contains_key(field)
    }

    pub(super) fn slot(&self, slot: u32) -> Option<&Slot> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// Tells whether it has this record.
    #[must_use]
    pub fn contains(&self, id: Id<Entry>) -> bool {
        self.by_id.contains_key(&id)
    }

    /// Takes a record in, in place of what was known by its id.
    pub fn insert(&mut self, card: Card) {
        self.remove(card.id);
        let number = self.free.pop_first().unwrap_or_else(|| {
            self.slots.push(None);
            self.columns.push(Column::EMPTY);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let mut often: BTreeMap<String, Frequency> = BTreeMap::new();
        let mut length = 0;
        for said in &card.texts {
            for word in words(&said.text) {
                length += 1;
                let frequency = often.entry(word).or_default();
                let counted = if said.is_title { &mut frequency.title } else { &mut frequency.body };
                *counted += 1;
            }
        }
        let mut own = Vec::with_capacity(often.len());
        for (word, frequency) in often {
            let term = self.lexicon.number(&word);
            self.lexicon.add(term, number, impact(frequency, length));
            own.push(term);
        }
        let mut tags: Vec<u32> =
            card.tags.iter().map(|(name, value)| self.tags.number(name, value)).collect();
        tags.push(self.tags.number(Card::CUBE, &card.cube));
        tags.sort_unstable();
        tags.dedup();
        for tag in &tags {
            self.tags.add(*tag, number);
        }
        let mut spans: SmallVec<[Span; 1]> = card.spans.into();
        spans.sort_unstable();
        spans.dedup();
        spans.shrink_to_fit();
        let mut slot = Slot {
            id: card.id,
            position: card.position,
            spans,
            updated: card.updated.millis(),
            title: crate::base::fold(&card.title).into(),
            tags: tags.into(),
            words: own.into(),
            months: [].into(),
        };
        self.by_id.insert(card.id, number);
        if let Some(column) = self.columns.get_mut(number as usize) {
            *column = Column::of(&slot);
            if column.month.is_none() {
                slot.months = months(&slot.spans, i64::MIN, i64::MAX).into();
            }
        }
        if let Some(place) = self.slots.get_mut(number as usize) {
            *place = Some(slot);
        }
    }

    /// Takes a record out; tells whether it was there.
    pub fn remove(&mut self, id: Id<Entry>) -> bool {
        let Some(number) = self.by_id.remove(&id) else { return false };
        if let Some(slot) = self.slots.get_mut(number as usize).and_then(Option::take) {
            slot.words.iter().for_each(|term| self.lexicon.remove(*term, number));
            slot.tags.iter().for_each(|tag| self.tags.remove(*tag, number));
        }
        if let Some(column) = self.columns.get_mut(number as usize) {
            *column = Column::EMPTY;
        }
        self.free.insert(number);
        true
    }

    /// How many bytes the index takes, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let of_slot = |slot: &Slot| {
            let spans = if slot.spans.spilled() { slot.spans.capacity() * size_of::<Span>() } else { 0 };
            slot.title.len() + slot.months.len() * 2 + slot.tags.len() * 4 + slot.words.len() * 4 + spans
        };
        let slots: usize = self.slots.iter().flatten().map(of_slot).sum();
        let tags: usize = self.tags.slots.iter().map(|slots| slots.capacity() * 4 + 80).sum();
        // A node of the map of ids is about two thirds full.
        slots
            + self.slots.capacity() * (size_of::<Option<Slot>>() + size_of::<Column>())
            + self.by_id.len() * 32
            + tags
            + self.lexicon.bytes()
    }
}
