//! The agenda of a page: cases computed by hand, laws, refusals.
#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

use c3ms_core::{
    Code,
    base::{Date, Id},
    publisher::{Agenda, AgendaPage, AgendaQuery, Order, PublisherError},
};
use proptest::{
    collection::vec,
    option,
    prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest},
    sample::{select, subsequence},
};
use serde_json::{Value, json};

const TITLES: [&str; 5] = ["Le Bal", "L’Œuvre au noir", "Fête de l’été", "Estampes", "<b>Nuit</b>"];
const SEARCHES: [&str; 8] = ["", "b", "bal", "oeuvre NOIR", "ete", "cadran", "briancon nuit", "absent"];

fn id(number: usize) -> String {
    format!("{number:026}")
}

fn day(after: i64) -> String {
    Date::new(2026, 12, 1).unwrap().plus_days(after).to_string()
}

fn agenda(occurrences: &[Value]) -> Agenda {
    let bundle = json!({
        "version": 1, "zone": "Europe/Paris", "languages": ["fr"],
        "genres": [
            {"code": "theatre", "label": {"fr": "Théâtre"}},
            {"code": "music", "label": {"fr": "Musique"}},
        ],
        "places": [
            {"id": id(1), "name": {"fr": "Le Cadran"}, "commune": "Briançon"},
            {"id": id(2), "name": {"fr": "La Passerelle", "en": "The Footbridge"}, "commune": "Gap"},
        ],
        "occurrences": occurrences,
    });
    Agenda::parse(bundle.to_string().as_bytes()).unwrap()
}

fn ids(page: &AgendaPage<'_>) -> Vec<String> {
    page.occurrences.iter().map(|occurrence| occurrence.id.to_string()).collect()
}

fn asked(agenda: &Agenda, query: &Value) -> Vec<String> {
    ids(&agenda.query(&AgendaQuery::parse(&query.to_string()).unwrap()))
}

fn season() -> Agenda {
    agenda(&[
        json!({"id": id(13), "title": {"fr": "L’Œuvre au noir", "en": "The Abyss"}, "start": "2026-12-04T20:30:00[Europe/Paris]",
               "place": 0, "genres": [0]}),
        json!({"id": id(11), "title": {"fr": "Grand bal"}, "start": "2026-12-05T21:00:00", "end": "2026-12-06T02:00:00",
               "place": 1, "genres": [1, 1]}),
        json!({"id": id(12), "title": {"fr": "Estampes"}, "start": "2026-12-01", "end": "2026-12-24",
               "summary": {"fr": "Une exposition d’été"}}),
    ])
}

#[test]
fn occurrences_come_by_start_then_by_id() {
    assert_eq!(asked(&season(), &json!({})), [id(12), id(13), id(11)]);
    assert_eq!(asked(&season(), &json!({"order": "latest"})), [id(11), id(13), id(12)]);
    assert_eq!(asked(&season(), &json!({"offset": 1, "limit": 1})), [id(13)]);
}

#[test]
fn words_are_found_without_accents_by_their_beginning_in_any_language() {
    for (text, found) in [
        ("oeuv", vec![id(13)]),
        ("ŒUVRE noir", vec![id(13)]),
        ("abyss briancon", vec![id(13)]),
        ("footbr", vec![id(11)]),
        ("d'été", vec![id(12)]),
        ("uvre", vec![]),
        ("oeuvre gap", vec![]),
        (" , ", vec![id(12), id(13), id(11)]),
    ] {
        assert_eq!(asked(&season(), &json!({"text": text})), found, "{text:?}");
    }
}

#[test]
fn what_lasts_is_found_by_each_day_it_covers() {
    let on = |day: &str| asked(&season(), &json!({"from": day, "to": day}));
    assert_eq!(on("2026-11-30"), Vec::<String>::new());
    assert_eq!(on("2026-12-04"), [id(12), id(13)]);
    assert_eq!(on("2026-12-05"), [id(12), id(11)]);
    assert_eq!(on("2026-12-06"), [id(12)], "a ball that ends at two belongs to its evening");
    assert_eq!(on("2026-12-24"), [id(12)]);
    assert_eq!(on("2026-12-25"), Vec::<String>::new());
    let over = |day: &str| asked(&season(), &json!({"before": day, "order": "latest"}));
    assert_eq!(over("2026-12-05"), [id(13)], "the exhibition still lasts, the ball is to come");
    assert_eq!(over("2026-12-25"), [id(11), id(13), id(12)]);
}

#[test]
fn a_page_crosses_the_border_with_the_days_it_covers() {
    let season = season();
    let page = season.query(&AgendaQuery { offset: 2, ..AgendaQuery::default() });
    let written = serde_json::to_value(&page).unwrap();
    assert_eq!(written["days"], json!([["2026-12-05", "2026-12-05"]]));
    assert_eq!((&written["first"], &written["total"]), (&json!("2026-12-01"), &json!(3)));
}

#[test]
fn facets_leave_their_own_condition_aside() {
    let season = season();
    let page = season.query(&AgendaQuery { genre: Some("music".to_owned()), ..AgendaQuery::default() });
    assert_eq!((page.total, page.facets.places, page.facets.genres), (1, vec![0, 1], vec![1, 1]));
    let page = season.query(&AgendaQuery { place: Id::parse(&id(1)), ..AgendaQuery::default() });
    assert_eq!((page.total, page.facets.places, page.facets.genres), (1, vec![1, 1], vec![1, 0]));
    let page = season.query(&AgendaQuery { from: Date::new(2027, 1, 1), ..AgendaQuery::default() });
    assert_eq!((page.total, page.first, page.last), (0, Date::new(2026, 12, 1), Date::new(2026, 12, 24)));
}

#[test]
fn an_unknown_place_or_genre_leaves_nothing() {
    assert_eq!(asked(&season(), &json!({"place": id(9)})), Vec::<String>::new());
    assert_eq!(asked(&season(), &json!({"genre": "opera"})), Vec::<String>::new());
}

#[test]
fn a_bundle_is_written_as_it_was_read() {
    let season = season();
    let written = serde_json::to_vec(season.bundle()).unwrap();
    assert_eq!(Agenda::parse(&written).unwrap().bundle(), season.bundle());
}

#[test]
fn refusals_read_the_same_everywhere() {
    let refused = |json: &str| Agenda::parse(json.as_bytes()).unwrap_err();
    assert_eq!(refused("{").code(), Code::BundleUnreadable);
    assert_eq!(
        refused(r#"{"version": 2}"#).to_string(),
        "the agenda bundle cannot be read: its version is 2, not 1"
    );
    let lost =
        json!({"version": 1, "occurrences": [{"id": id(7), "title": {}, "start": "2026-12-01", "place": 3}]});
    assert_eq!(
        refused(&lost.to_string()).to_string(),
        format!("the agenda bundle cannot be read: occurrence {} points to place 3, there are 0", id(7))
    );
    let query = AgendaQuery::parse(r#"{"from": "tomorrow"}"#).unwrap_err();
    assert!(matches!(query, PublisherError::QueryUnreadable { .. }), "{query:?}");
    assert_eq!(query.code().as_str(), "publisher.query-unreadable");
    assert!(AgendaQuery::parse(r#"{"form": "2026-12-01"}"#).is_err(), "a misspelt condition is no condition");
}

fn occurrences() -> impl Strategy<Value = Vec<Value>> {
    let one = (
        select(TITLES.as_slice()),
        0_i64..40,
        option::of(-2_i64..20),
        option::of(0_usize..2),
        subsequence(vec![0_usize, 1], 0..=2),
    );
    vec(one, 0..40).prop_map(|drawn| {
        drawn
            .into_iter()
            .enumerate()
            .map(|(number, (title, start, lasts, place, genres))| {
                json!({"id": id(number), "title": {"fr": title}, "start": day(start),
                       "end": lasts.map(|lasts| day(start + lasts)), "place": place, "genres": genres})
            })
            .collect()
    })
}

fn queries() -> impl Strategy<Value = AgendaQuery> {
    let days = (option::of(0_i64..60), option::of(0_i64..60), option::of(0_i64..60));
    let choices = (option::of(1_usize..4), option::of(select(["theatre", "music", "opera"].as_slice())));
    (select(SEARCHES.as_slice()), choices, days, any::<bool>()).prop_map(
        |(text, (place, genre), (from, to, before), back)| AgendaQuery {
            text: text.to_owned(),
            place: place.and_then(|place| Id::parse(&id(place))),
            genre: genre.map(str::to_owned),
            from: from.and_then(|from| Date::parse(&day(from))),
            to: to.and_then(|to| Date::parse(&day(to))),
            before: before.and_then(|before| Date::parse(&day(before))),
            order: if back { Order::Latest } else { Order::Earliest },
            offset: 0,
            limit: usize::MAX,
        },
    )
}

proptest! {
    /// Without the place, what each place leaves and what has no place make up the whole.
    #[test]
    fn facets_add_up(drawn in occurrences(), query in queries()) {
        let agenda = agenda(&drawn);
        let page = agenda.query(&AgendaQuery { place: None, ..query.clone() });
        let nowhere = page.occurrences.iter().filter(|occurrence| occurrence.place.is_none()).count();
        prop_assert_eq!(page.facets.places.iter().sum::<usize>() + nowhere, page.total);
    }

    /// Each count is the total of the query that chooses it.
    #[test]
    fn facets_foretell(drawn in occurrences(), query in queries()) {
        let agenda = agenda(&drawn);
        let facets = agenda.query(&query).facets;
        for (place, count) in agenda.bundle().places.iter().zip(facets.places) {
            let chosen = AgendaQuery { place: Some(place.id), ..query.clone() };
            prop_assert_eq!(agenda.query(&chosen).total, count);
        }
        for (genre, count) in agenda.bundle().genres.iter().zip(facets.genres) {
            let chosen = AgendaQuery { genre: Some(genre.code.clone()), ..query.clone() };
            prop_assert_eq!(agenda.query(&chosen).total, count);
        }
    }

    /// The pages one after the other are the whole, in its order.
    #[test]
    fn pages_make_up_the_whole(drawn in occurrences(), query in queries(), limit in 1_usize..9) {
        let agenda = agenda(&drawn);
        let whole = ids(&agenda.query(&query));
        let mut joined = Vec::new();
        for offset in (0..=whole.len()).step_by(limit) {
            let page = agenda.query(&AgendaQuery { offset, limit, ..query.clone() });
            prop_assert_eq!(page.total, whole.len());
            joined.extend(ids(&page));
        }
        prop_assert_eq!(joined, whole);
    }

    /// A further condition never brings anything in, and what it leaves answers it alone too.
    #[test]
    fn conditions_only_take_away(drawn in occurrences(), query in queries()) {
        let agenda = agenda(&drawn);
        let left = ids(&agenda.query(&query));
        for wider in [
            AgendaQuery { text: String::new(), ..query.clone() },
            AgendaQuery { place: None, ..query.clone() },
            AgendaQuery { genre: None, ..query.clone() },
            AgendaQuery { from: None, ..query.clone() },
            AgendaQuery { to: None, ..query.clone() },
            AgendaQuery { before: None, ..query.clone() },
        ] {
            let more = ids(&agenda.query(&wider));
            prop_assert!(left.iter().all(|id| more.contains(id)));
        }
    }

    /// The order turns the answer around and changes nothing else.
    #[test]
    fn order_only_turns_around(drawn in occurrences(), query in queries()) {
        let agenda = agenda(&drawn);
        let mut there = ids(&agenda.query(&AgendaQuery { order: Order::Earliest, ..query.clone() }));
        there.reverse();
        prop_assert_eq!(there, ids(&agenda.query(&AgendaQuery { order: Order::Latest, ..query })));
    }
}
