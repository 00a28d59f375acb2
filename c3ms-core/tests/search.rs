//! Search: the same records as a plain look at each of them, the same order as plain BM25, pages that survive changes.
#![expect(clippy::indexing_slicing, reason = "a test stops where its own material is wrong")]

use std::collections::BTreeSet;

use c3ms_core::{
    base::{Date, Id, Position, Timestamp, fold},
    delivery::search::{Card, Count, Found, Index, Near, Order, Query, Span},
};
use proptest::{collection::vec, prelude::*, sample::select};

const WORDS: &[&str] = &[
    "bal",
    "bals",
    "théâtre",
    "theatres",
    "danse",
    "danser",
    "dansons",
    "nuit",
    "nuits",
    "étoile",
    "montagne",
    "montagnes",
    "lecture",
    "lectures",
    "dancing",
    "dances",
    "orchestre",
    "extraordinaire",
    "extraordinaires",
    "a",
    "12",
    "contemporain",
    "contemporaine",
    "la",
];

const ASKED: &[&str] = &[
    "bal",
    "Théâtre",
    "dans",
    "danse",
    "nuit",
    "la",
    "etoiles",
    "montange",
    "extraordniaire",
    "extraodinare",
    "orchestra",
    "dance",
    "lec",
    "xyz",
    "12",
    "contemporaines",
];

/// A record as it is made up: number, title, text, genre, commune, first day, dates, longitude, latitude.
type Made = (u8, Vec<&'static str>, Vec<&'static str>, usize, usize, i64, usize, i32, i32);

fn made() -> impl Strategy<Value = Made> {
    (
        0_u8..60,
        vec(select(WORDS), 1..4),
        vec(select(WORDS), 0..8),
        0_usize..3,
        0_usize..3,
        0_i64..60,
        0_usize..3,
        -1_i32..=1,
        -80_i32..=80,
    )
}

const GENRES: [&str; 3] = ["dance", "music", "theatre"];
const COMMUNES: [&str; 3] = ["05023", "05046", "13004"];

fn id(number: u8) -> Id<c3ms_core::forms::Entry> {
    Id::derived(&["search", &number.to_string()])
}

fn day(number: i64) -> Date {
    Date::from_days(20_800 + number)
}

fn position(made: &Made) -> Position {
    // Around the antimeridian: 179, 180, -179.
    let longitude = [-179.0, 180.0, 179.0][usize::try_from(made.7 + 1).unwrap()];
    Position::new(f64::from(made.8), longitude).unwrap()
}

fn card(made: &Made) -> Card {
    let (number, title, text, genre, commune, first, dates, ..) = made;
    let mut card = Card::new(id(*number), if number % 2 == 0 { "performance" } else { "venue" })
        .titled(&title.join(" "))
        .saying(&text.join(", "))
        .tagged("genres", GENRES[*genre])
        .counted("genre", GENRES[*genre])
        .counted("commune", COMMUNES[*commune]);
    card.updated = Timestamp::from_millis(i64::from(*number) % 7);
    card.position = Some(position(made));
    card.spans = spans(*first, *dates);
    card
}

fn spans(first: i64, dates: usize) -> Vec<Span> {
    let spans = (0..dates).map(|date| {
        let day = 20_800 + first + 20 * i64::try_from(date).unwrap();
        Span { start: day * 86_400 + 72_000, last: i32::try_from(day + 1).unwrap() }
    });
    spans.collect()
}

fn index(all: &[Made]) -> Index {
    let mut index = Index::default();
    index.know("genres");
    for made in all {
        index.insert(card(made));
    }
    index
}

/// Only the last record of each number stands.
fn standing(all: &[Made]) -> Vec<&Made> {
    let mut seen = BTreeSet::new();
    all.iter().rev().filter(|made| seen.insert(made.0)).collect()
}

fn queries() -> impl Strategy<Value = Query> {
    let dates = prop_oneof![Just(None), (0_i64..60, 0_i64..30).prop_map(Some)];
    let places = 0_u8..5;
    (
        vec(select(ASKED), 0..4),
        dates,
        places,
        vec(select(&GENRES[..]), 0..2),
        vec(select(&COMMUNES[..]), 0..2),
        0_u8..4,
    )
        .prop_map(|(words, dates, place, genres, communes, order)| {
            let mut query = Query { q: Some(words.join(" ")).filter(|q| !q.is_empty()), ..Query::default() };
            query.from = dates.map(|(from, _)| day(from));
            query.to = dates.filter(|(_, long)| *long % 3 > 0).map(|(from, long)| day(from + long));
            match place {
                1 => query.within = Some([178.0, -40.0, -179.5, 40.0]),
                2 => query.near = Some(Near { latitude: 10.0, longitude: 179.5, kilometers: 4000.0 }),
                3 => query.polygon = vec![[179.4, -60.5], [-179.5, -60.5], [-177.9, 60.5], [178.3, 60.5]],
                _ => {}
            }
            if !genres.is_empty() {
                query.fields.insert("genres".to_owned(), genres.iter().map(ToString::to_string).collect());
            }
            query.communes = communes.iter().map(ToString::to_string).collect();
            query.order =
                [None, Some(Order::Start), Some(Order::Title), Some(Order::Change)][usize::from(order)];
            query.limit = Some(1000);
            query
        })
}

fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let parts = folded.split(|letter: char| !letter.is_alphanumeric());
    parts.filter(|word| word.len() > 1 || word.parse::<u8>().is_ok()).map(str::to_owned).collect()
}

fn stems(word: &str) -> Vec<String> {
    use rust_stemmers::{Algorithm, Stemmer};
    let stem = |algorithm, tag| format!("{tag} {}", Stemmer::create(algorithm).stem(word));
    vec![stem(Algorithm::French, "fr"), stem(Algorithm::English, "en")]
}

/// The distance of Damerau by its definition, for words of a few letters.
fn apart(one: &[char], other: &[char]) -> usize {
    let (rows, columns) = (one.len(), other.len());
    let mut table = vec![vec![0; columns + 1]; rows + 1];
    for row in 0..=rows {
        for column in 0..=columns {
            table[row][column] = if row == 0 || column == 0 {
                row + column
            } else {
                let changed = usize::from(one[row - 1] != other[column - 1]);
                let mut steps = table[row - 1][column - 1] + changed;
                steps = steps.min(table[row - 1][column] + 1).min(table[row][column - 1] + 1);
                if row > 1
                    && column > 1
                    && one[row - 1] == other[column - 2]
                    && one[row - 2] == other[column - 1]
                {
                    steps = steps.min(table[row - 2][column - 2] + 1);
                }
                steps
            };
        }
    }
    table[rows][columns]
}

/// Which records have a word, or what stands for it, by a look at each.
fn holders(word: &str, is_last: bool, all: &[&Made]) -> BTreeSet<u8> {
    let texts =
        |made: &Made| -> Vec<String> { made.1.iter().chain(&made.2).flat_map(|word| words(word)).collect() };
    let holds = |made: &Made| {
        texts(made).iter().any(|own| {
            let stems_of_word = stems(word);
            own == word
                || stems(own).iter().any(|stem| stems_of_word.contains(stem))
                || (is_last && word.len() > 1 && own.starts_with(word))
        })
    };
    let found: BTreeSet<u8> = all.iter().filter(|made| holds(made)).map(|made| made.0).collect();
    if !found.is_empty() {
        return found;
    }
    let letters: Vec<char> = word.chars().collect();
    let most = match letters.len() {
        0..=4 => return found,
        5..=8 => 1,
        _ => 2,
    };
    let typed =
        |made: &Made| texts(made).iter().any(|own| apart(&letters, &own.chars().collect::<Vec<_>>()) <= most);
    all.iter().filter(|made| typed(made)).map(|made| made.0).collect()
}

fn naive(query: &Query, all: &[&Made]) -> BTreeSet<u8> {
    let q = query.q.clone().unwrap_or_default();
    let mut asked = words(&q);
    let tells = |word: &String| !["la", "dans"].contains(&word.as_str());
    if asked.iter().any(tells) {
        asked.retain(tells);
    }
    let last = asked.last().cloned();
    let with_words: Option<BTreeSet<u8>> = (!q.trim().is_empty())
        .then(|| asked.iter().flat_map(|word| holders(word, Some(word) == last.as_ref(), all)).collect());
    let fits = |made: &&&Made| {
        let dates = spans(made.5, made.6);
        let is_within = |span: &Span| {
            query.from.is_none_or(|from| i64::from(span.last) >= from.days())
                && query.to.is_none_or(|to| span.start.div_euclid(86_400) <= to.days())
        };
        let at = position(made);
        let (longitude, latitude) = (at.longitude(), at.latitude());
        with_words.as_ref().is_none_or(|with| with.contains(&made.0))
            && (query.from.is_none() && query.to.is_none() || dates.iter().any(is_within))
            && query.fields.get("genres").is_none_or(|genres| genres.iter().any(|genre| genre == GENRES[made.3]))
            && (query.communes.is_empty() || query.communes.iter().any(|code| code == COMMUNES[made.4]))
            && query.within.is_none_or(|_| longitude.abs() >= 179.5_f64.min(if longitude > 0.0 { 178.0 } else { 179.5 }) && latitude.abs() <= 40.0)
            && query.near.is_none_or(|near| {
                Position::new(near.latitude, near.longitude).unwrap().kilometers_to(at) <= near.kilometers
            })
            // The sides of the ring lean from 179.4 to 178.3 and from 180.5 to 182.1 degrees.
            && (query.polygon.is_empty() || {
                let turned = if longitude < 0.0 { longitude + 360.0 } else { longitude };
                let share = (latitude + 60.5) / 121.0;
                latitude.abs() < 60.5 && turned > 179.4 - 1.1 * share && turned < 180.5 + 1.6 * share
            })
    };
    all.iter().filter(fits).map(|made| made.0).collect()
}

fn pages(
    index: &mut Index,
    query: &Query,
    between: &mut dyn FnMut(&mut Index),
) -> Vec<Id<c3ms_core::forms::Entry>> {
    let mut query = Query { limit: Some(3), ..query.clone() };
    let mut all = Vec::new();
    loop {
        let found = index.search(&query, day(30), 1).unwrap();
        all.extend(found.hits.iter().map(|hit| hit.id));
        let Some(next) = found.next else { return all };
        query.after = Some(next);
        between(index);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 256 } else { 4096 }))]

    /// What is found is what a plain look at each record finds.
    #[test]
    fn the_same_records_are_found(all in vec(made(), 0..40), query in queries()) {
        let found = index(&all).search(&query, day(30), 1).unwrap();
        let told: BTreeSet<_> = naive(&query, &standing(&all)).into_iter().map(id).collect();
        prop_assert_eq!(found.total, told.len());
        prop_assert_eq!(found.hits.iter().map(|hit| hit.id).collect::<BTreeSet<_>>(), told);
    }

    /// An index that was changed record by record answers as one that was made at once.
    #[test]
    fn it_does_not_matter_how_it_became_what_it_is(
        before in vec(made(), 0..30), gone in vec(0_u8..60, 0..20), after in vec(made(), 0..30), query in queries()
    ) {
        let mut changed = index(&before);
        for number in &gone {
            changed.remove(id(*number));
        }
        for made in &after {
            changed.insert(card(made));
        }
        let kept = before.iter().filter(|made| !gone.contains(&made.0)).chain(&after).cloned().collect::<Vec<_>>();
        let at_once = index(&standing(&kept).into_iter().cloned().collect::<Vec<_>>());
        prop_assert_eq!(changed.search(&query, day(30), 2).unwrap(), at_once.search(&query, day(30), 2).unwrap());
    }

    /// Pages put together are the whole; what is inserted or taken out meanwhile moves nothing else.
    #[test]
    fn pages_survive_changes(all in vec(made(), 0..40), further in vec(made(), 0..20), query in queries()) {
        let whole = index(&all).search(&query, day(30), 1).unwrap();
        let whole: Vec<_> = whole.hits.iter().map(|hit| hit.id).collect();
        prop_assert_eq!(&pages(&mut index(&all), &query, &mut |_| {}), &whole);

        let known: BTreeSet<u8> = all.iter().map(|made| made.0).collect();
        // Records nobody had, with words that were there before: no word becomes findable that was not.
        let vocabulary: BTreeSet<&str> = all.iter().flat_map(|made| made.1.iter().chain(&made.2)).copied().collect();
        let is_plain = |made: &&Made| made.1.iter().chain(&made.2).all(|word| vocabulary.contains(word));
        let further = standing(&further);
        let mut further = further.into_iter().filter(is_plain).filter(|made| !known.contains(&made.0));
        let mut mixed = index(&all);
        let told = pages(&mut mixed, &query, &mut |index| {
            further.next().into_iter().for_each(|made| index.insert(card(made)));
        });
        prop_assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "none comes twice");
        let old: Vec<_> = told.into_iter().filter(|id| whole.contains(id)).collect();
        prop_assert_eq!(old, whole, "none is skipped, none moves");
    }

    /// A query is the same whichever way it travels.
    #[test]
    fn queries_travel(query in queries()) {
        prop_assert_eq!(&Query::from_parameters(&query.parameters()).unwrap(), &query);
        prop_assert_eq!(&Query::from_json(&serde_json::to_string(&query).unwrap()).unwrap(), &query);
    }

    /// What a recipient hands in never makes a panic.
    #[test]
    fn any_parameters_are_read_or_refused(text in ".{0,60}", after in ".{0,40}") {
        let _ = Query::from_parameters(&text);
        let query = Query { after: Some(after), ..Query::default() };
        let _ = Index::default().search(&query, day(0), 1);
    }
}

/// Robertson's formula as it is written, in floating point: words as they stand, lengths as they are.
#[test]
fn the_order_is_that_of_plain_bm25() {
    let mut seed = 7_u64;
    let mut chance = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % most
    };
    let vocabulary = ["zaq", "wsx", "edc", "rfv", "tgb", "yhn", "ujm", "ikl", "olp", "qaz"];
    let mut texts: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for _ in 0..400 {
        let mut some =
            |most: usize| (0..=chance(most)).map(|_| vocabulary[chance(10).min(chance(10))]).collect();
        texts.push((some(3), some(80)));
    }
    let mut index = Index::default();
    for (number, (title, text)) in texts.iter().enumerate() {
        let id = Id::derived(&["plain", &number.to_string()]);
        index.insert(Card::new(id, "performance").titled(&title.join(" ")).saying(&text.join(" ")));
    }
    let count = |number: usize| f64::from(u32::try_from(number).unwrap());
    for asked in [&["zaq"][..], &["olp", "zaq"], &["edc", "qaz", "yhn"], &["wsx", "rfv", "ujm", "olp"]] {
        let plain = |(title, text): &(Vec<&str>, Vec<&str>)| -> f64 {
            let length = count(title.len() + text.len());
            asked
                .iter()
                .map(|word| {
                    let times = |list: &[&str]| count(list.iter().filter(|own| *own == word).count());
                    let often = 3.0 * times(title) + times(text);
                    let having =
                        texts.iter().filter(|(title, text)| title.contains(word) || text.contains(word));
                    let having = count(having.count());
                    let idf = libm::log(1.0 + (400.0 - having + 0.5) / (having + 0.5));
                    idf * often / (often + 1.2 * (0.25 + 0.75 * length / 60.0))
                })
                .sum()
        };
        let query = Query { q: Some(asked.join(" ")), limit: Some(1000), ..Query::default() };
        let found = index.search(&query, day(0), 1).unwrap();
        let scores: Vec<f64> = found
            .hits
            .iter()
            .map(|hit| {
                let number =
                    (0..400).find(|number: &usize| Id::derived(&["plain", &number.to_string()]) == hit.id);
                plain(&texts[number.unwrap()])
            })
            .collect();
        assert_eq!(scores.len(), texts.iter().filter(|text| plain(text) > 0.0).count());
        // Weights are rounded to 255ths, rarities to 64ths: two records may change places that are as close as that.
        let close = count(asked.len()) * 0.02;
        for pair in scores.windows(2) {
            assert!(pair[0] >= pair[1] - close, "{pair:?} for {asked:?}");
        }
    }
}

#[test]
fn titles_and_what_is_to_come_come_first() {
    let mut index = Index::default();
    let mut add = |key: &str, title: &str, text: &str, first: i64| {
        let mut card = Card::new(Id::derived(&[key]), "performance").titled(title).saying(text);
        card.spans = spans(first, 1);
        index.insert(card);
    };
    add("past", "Le Bal", "Une nuit", 1);
    add("later", "Le Bal", "Une nuit", 50);
    add("soon", "Le Bal", "Une nuit", 40);
    add("text", "Une nuit", "Le bal", 35);
    let query = Query { q: Some("bal".to_owned()), ..Query::default() };
    let found = index.search(&query, day(30), 1).unwrap();
    let told: Vec<_> = found.hits.iter().map(|hit| hit.id).collect();
    assert_eq!(told, ["soon", "later", "past", "text"].map(|key| Id::derived(&[key])));
}

#[test]
fn small_counts_are_not_told() {
    let all: Vec<Made> =
        (0..9).map(|number| (number, vec!["bal"], vec![], usize::from(number > 1), 0, 10, 2, 0, 0)).collect();
    let Found { facets, .. } = index(&all).search(&Query::default(), day(0), 5).unwrap();
    let of = |name: &str| facets.iter().find(|facet| facet.name == name).unwrap().values.clone();
    assert_eq!(
        of("genre"),
        [("music".to_owned(), Count::Exactly(7)), ("dance".to_owned(), Count::FewerThan(5))]
    );
    assert_eq!(of("commune"), [("05023".to_owned(), Count::Exactly(9))]);
    // 2026-12-22 and twenty days later.
    assert_eq!(
        of("month"),
        [("2026-12".to_owned(), Count::Exactly(9)), ("2027-01".to_owned(), Count::Exactly(9))]
    );
    let told = serde_json::to_string(&of("genre")).unwrap();
    assert_eq!(told, r#"[["music",{"exactly":7}],["dance",{"fewer-than":5}]]"#);
}

#[test]
fn what_is_asked_wrongly_is_told() {
    let index = index(&[(1, vec!["bal"], vec![], 0, 0, 1, 1, 0, 0)]);
    for (parameters, code, parameter) in [
        ("from=2027-02-30", "delivery.query-malformed", "from"),
        ("from=2027-02-03&to=2027-02-02", "delivery.query-malformed", "to"),
        ("near=44,6", "delivery.query-malformed", "near"),
        ("near=44,6,-1", "delivery.query-malformed", "near"),
        ("box=1,2,3", "delivery.query-malformed", "box"),
        ("box=1,80,3,-80", "delivery.query-malformed", "box"),
        ("box=NaN,1,2,3", "delivery.query-malformed", "box"),
        ("polygon=1,2,3,4", "delivery.query-malformed", "polygon"),
        ("order=random", "delivery.query-malformed", "order"),
        ("limit=1001", "delivery.query-malformed", "limit"),
        ("limit=-1", "delivery.query-malformed", "limit"),
        ("q=%FF", "delivery.query-malformed", "q"),
        ("gnere=dance", "delivery.query-malformed", "gnere"),
        ("q=a&q=b", "delivery.parameter-repeated", "q"),
        ("after=AAAA", "delivery.cursor-foreign", ""),
    ] {
        let refused =
            Query::from_parameters(parameters).and_then(|query| index.search(&query, day(0), 1)).unwrap_err();
        assert_eq!(refused.code().as_str(), code, "{parameters}");
        assert!(refused.to_string().contains(parameter), "{refused}");
    }
    assert!(Query::from_json(r#"{"q": "bal", "Limit": 3}"#).is_err(), "unknown members are refused");
    let query = Query::from_parameters("q=bal&limit=0").unwrap();
    assert_eq!(index.search(&query, day(0), 1).unwrap().total, 1, "counts alone");
}

#[test]
fn a_cursor_is_of_its_query_alone() {
    let all: Vec<Made> = (0..9).map(|number| (number, vec!["bal"], vec![], 0, 0, 1, 1, 0, 0)).collect();
    let index = index(&all);
    let query = Query { limit: Some(2), ..Query::default() };
    let after = index.search(&query, day(0), 1).unwrap().next;
    let longer = Query { after: after.clone(), limit: Some(5), ..Query::default() };
    assert_eq!(index.search(&longer, day(0), 1).unwrap().hits.len(), 5, "pages may change their length");
    let other = Query { after, q: Some("bal".to_owned()), ..Query::default() };
    assert_eq!(index.search(&other, day(0), 1).unwrap_err().code().as_str(), "delivery.cursor-foreign");
}

#[test]
fn what_a_recipient_may_see_is_found_by_what_it_links_to() {
    let address = serde_json::json!({ "locality": "Briançon", "municipality-code": "05023" });
    let datasets = crate::delivery::public(&[
        (
            "venue",
            "v",
            serde_json::json!({ "name": { "fr": "Le Cadran" }, "address": address, "phone": "0492000000",
            "position": { "latitude": 44.9, "longitude": 6.64 } }),
        ),
        ("event", "w", serde_json::json!({ "name": { "fr": "Nuit étoilée" }, "genres": ["dance"] })),
        (
            "performance",
            "p",
            serde_json::json!({ "name": { "fr": "Première" }, "start": "2026-11-23T20:30:00", "event": crate::delivery::id("w"),
            "venue": crate::delivery::id("v"), "accessibility": { "disabilities": ["hi"] } }),
        ),
        (
            "performance",
            "s",
            serde_json::json!({ "name": { "fr": "Atelier" }, "start": "2026-11-24T18:00:00",
            "recurrence": { "rule": "FREQ=WEEKLY" }, "attendance": "online" }),
        ),
    ]);
    let day = |text| Date::parse(text).unwrap();
    let window = day("2026-01-01")..day("2028-01-01");
    let mut index = Index::of(&datasets, &window);
    assert_eq!(index.len(), 4);
    let keys = |index: &Index, parameters: &str| {
        let found = index.search(&Query::from_parameters(parameters).unwrap(), day("2026-11-01"), 1).unwrap();
        let key = |id| ["v", "w", "p", "s"].into_iter().find(|key| crate::delivery::id(key) == id).unwrap();
        found.hits.iter().map(|hit| key(hit.id)).collect::<String>()
    };
    assert_eq!(keys(&index, "q=cadran"), "vp");
    assert_eq!(
        keys(&index, "q=danse&cube=performance"),
        "p",
        "by what the genre of the production is called"
    );
    assert_eq!(keys(&index, "q=briancon&cube=performance"), "p");
    assert_eq!(keys(&index, "in=05023&from=2026-11-01&to=2026-11-30"), "p");
    assert_eq!(keys(&index, "from=2027-11-23&to=2027-11-23"), "s", "a Tuesday a year later");
    assert_eq!(keys(&index, "from=2027-11-24&to=2027-11-24"), "", "no Tuesday");
    assert_eq!(keys(&index, "near=44.9,6.6,10"), "pv");
    assert_eq!(keys(&index, "attendance=online"), "s");
    assert_eq!(keys(&index, "accessibility.disabilities=hi"), "p");
    let facets = index.search(
        &Query { cube: vec!["performance".to_owned()], ..Query::default() },
        day("2026-11-01"),
        1,
    );
    let facets = facets.unwrap().facets;
    let genre = facets.iter().find(|facet| facet.name == "genre").unwrap();
    assert_eq!(genre.values, [("dance".to_owned(), Count::Exactly(1))]);

    // The performance is gone, the workshop has another name.
    let later = crate::delivery::public(&[(
        "performance",
        "s",
        serde_json::json!({ "name": { "fr": "Stage" }, "start": "2026-11-24T18:00:00" }),
    )]);
    for key in ["p", "s"] {
        index.renew(&later, crate::delivery::id(key), &window);
    }
    assert_eq!(
        (keys(&index, "q=premiere"), keys(&index, "q=atelier"), keys(&index, "q=stage")),
        (String::new(), String::new(), "s".to_owned())
    );
}
