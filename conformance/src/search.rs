//! An agenda of 100,000 events with words as frequent as in a language (Zipf), to search in: made by a seed.

use c3ms_core::{
    base::{Id, Position, Timestamp},
    delivery::search::{Card, Near, Query, Span},
};

use crate::chance::Chance;

/// How many different words there are, and the last rank of those that are called frequent.
const VOCABULARY: usize = 60_000;

/// A share, from 0 to below 1.
fn share(chance: &mut Chance) -> f64 {
    f64::from(u32::try_from(chance.below(1 << 30)).unwrap_or(0)) / f64::from(1_u32 << 30)
}

/// A rank by Zipf's law: that of rank n comes n times less often than the first.
fn rank(chance: &mut Chance) -> usize {
    let whole = f64::from(u32::try_from(VOCABULARY).unwrap_or(u32::MAX));
    let rank = libm::exp(share(chance) * libm::log(whole));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is from 1 to the vocabulary"
    )]
    let rank = rank as usize;
    rank.min(VOCABULARY) - 1
}

/// The word of a rank: syllables, the frequent ones short.
#[must_use]
pub fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 25] = [
        "ba", "con", "dre", "ti", "mon", "ra", "sel", "pi", "lu", "vor", "ne", "cha", "gri", "to", "fa",
        "len", "sou", "mi", "per", "da", "ko", "zu", "tal", "vi", "ron",
    ];
    let mut word = String::new();
    let mut rest = rank + 25;
    while rest > 0 {
        word.push_str(SYLLABLES.get(rest % 25).copied().unwrap_or_default());
        rest /= 25;
    }
    word
}

/// The number of communes and of venues.
const COMMUNES: usize = 600;
const VENUES: usize = 4000;

/// The event of this number: a title of 2 to 6 words, 20 to 100 more, a place, one date; of every twentieth a series.
#[must_use]
pub fn card(number: usize) -> Card {
    let mut chance = Chance::new(number as u64 ^ 0x5eed);
    let mut some = |least: usize, more: usize| {
        let count = least + chance.below(more);
        (0..count).map(|_| word(rank(&mut chance))).collect::<Vec<_>>().join(" ")
    };
    let (title, text) = (some(2, 5), some(20, 81));
    let mut card = Card::new(id(number), "performance").titled(&title).saying(&text);
    let venue = chance.below(VENUES);
    let genres = ["theatre", "dance", "music", "circus", "cinema", "exhibition"];
    let genre = genres.get(chance.below(6)).copied().unwrap_or_default();
    card = card
        .tagged("genres", genre)
        .counted("genre", genre)
        .counted("commune", &format!("{:05}", 5000 + venue % COMMUNES))
        .counted("venue", &venue.to_string());
    if chance.below(3) == 0 {
        card = card.counted("accessibility", "mi");
    }
    let north = 43.0 + f64::from(u32::try_from(venue % 60).unwrap_or(0)) / 20.0;
    let east = 2.0 + f64::from(u32::try_from(venue / 60).unwrap_or(0)) / 15.0;
    card.position = Position::new(north, east);
    let first = 20_500 + i64::try_from(chance.below(730)).unwrap_or(0);
    let dates = if number.is_multiple_of(20) { 30 } else { 1 };
    card.spans = (0..dates)
        .map(|date| Span {
            start: (first + 7 * date) * 86_400 + 72_000,
            last: i32::try_from(first + 7 * date).unwrap_or(0),
        })
        .collect();
    card.updated = Timestamp::from_millis(i64::try_from(number).unwrap_or(0) * 1000);
    card
}

/// The id of the event of this number.
#[must_use]
pub fn id(number: usize) -> Id<c3ms_core::forms::Entry> {
    Id::derived(&["bench", &number.to_string()])
}

/// Kinds of questions, each with many of its kind.
#[must_use]
pub fn questions() -> Vec<(&'static str, Vec<Query>)> {
    let mut chance = Chance::new(11);
    let mut many =
        |make: &mut dyn FnMut(&mut Chance) -> Query| (0..300).map(|_| make(&mut chance)).collect::<Vec<_>>();
    let asked = |words: Vec<String>| Query { q: Some(words.join(" ")), ..Query::default() };
    let day = |number: usize| c3ms_core::base::Date::from_days(20_500 + i64::try_from(number).unwrap_or(0));
    vec![
        (
            "words as they come",
            many(&mut |chance| {
                let count = 1 + chance.below(4);
                asked((0..count).map(|_| word(rank(chance))).collect())
            }),
        ),
        (
            "frequent words",
            many(&mut |chance| {
                let count = 1 + chance.below(4);
                asked((0..count).map(|_| word(chance.below(20))).collect())
            }),
        ),
        (
            "a word begun",
            many(&mut |chance| {
                let whole = word(rank(chance));
                asked(vec![word(rank(chance)), whole.get(..3).unwrap_or(&whole).to_owned()])
            }),
        ),
        (
            "errors of typing",
            many(&mut |chance| {
                let mut words: Vec<String> = (0..2).map(|_| word(500 + chance.below(50_000))).collect();
                for word in &mut words {
                    word.insert(3, 'x');
                }
                asked(words)
            }),
        ),
        (
            "commune and dates",
            many(&mut |chance| {
                let from = chance.below(700);
                Query {
                    communes: vec![format!("{:05}", 5000 + chance.below(COMMUNES))],
                    from: Some(day(from)),
                    to: Some(day(from + 30)),
                    ..Query::default()
                }
            }),
        ),
        (
            "box",
            many(&mut |chance| {
                let (west, south) = (2.0 + 4.0 * share(chance), 43.0 + 2.0 * share(chance));
                Query { within: Some([west, south, west + 0.5, south + 0.5]), ..Query::default() }
            }),
        ),
        (
            "circle",
            many(&mut |chance| {
                let (longitude, latitude) = (2.0 + 4.0 * share(chance), 43.0 + 2.0 * share(chance));
                Query { near: Some(Near { latitude, longitude, kilometers: 20.0 }), ..Query::default() }
            }),
        ),
        ("everything", many(&mut |_| Query::default())),
        (
            "words, genre, dates",
            many(&mut |chance| {
                let from = chance.below(700);
                let mut query = asked(vec![word(rank(chance)), word(chance.below(20))]);
                query.from = Some(day(from));
                query.fields.insert("genres".to_owned(), vec!["dance".to_owned()]);
                query
            }),
        ),
    ]
}
