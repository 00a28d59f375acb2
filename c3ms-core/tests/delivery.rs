//! Delivery: what the gate keeps back, and each encoding against its own standard.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its own material is wrong"
)]

use std::{collections::BTreeSet, sync::LazyLock};

use c3ms_core::{
    Code,
    base::{Date, Id, Language, Seed, Timestamp, Zone},
    delivery::{
        Context, Datasets, Encoding, Files, Occurrence, Recipient, encode, files, gate, index_html,
        occurrences,
    },
    forms::{Entry, Format, Revision, State, live_performance},
    store::{Batch, Change, MemoryStore, Store},
};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use serde_json::{Value, json};

pub(crate) static FORMATS: LazyLock<Vec<Format>> = LazyLock::new(|| live_performance().unwrap().formats);

pub(crate) fn id(key: &str) -> Id<Entry> {
    Id::derived(&["test", key])
}

/// A store with these entries: cube, key, state, document.
pub(crate) fn store(entries: &[(&str, &str, State, Value)]) -> MemoryStore {
    let mut changes = Vec::new();
    for (cube, key, state, document) in entries {
        let format = FORMATS.iter().find(|format| format.cube == *cube).unwrap().digest();
        let document = document.as_object().unwrap().clone();
        let revision = Revision::new(*cube, format, *state, document);
        changes.push(Change::Revision(id(key), revision));
    }
    let mut store = MemoryStore::new();
    let at = Timestamp::parse("2026-11-01T08:00:00Z").unwrap();
    let seed = Seed::from_number(1);
    store.append(&Batch { at, actor: Id::derived(&["me"]), seed, signer: None, changes: &changes }).unwrap();
    store
}

fn datasets(entries: &[(&str, &str, State, Value)], recipient: &Recipient) -> Datasets {
    let store = store(entries);
    let at = Timestamp::parse("2026-11-01T08:00:00Z").unwrap();
    gate(&store, &FORMATS, recipient, at).unwrap()
}

pub(crate) fn public(entries: &[(&str, &str, Value)]) -> Datasets {
    let entries: Vec<_> = entries
        .iter()
        .map(|(cube, key, document)| (*cube, *key, State::Published, document.clone()))
        .collect();
    datasets(&entries, &Recipient::Public)
}

pub(crate) fn context() -> Context {
    Context {
        name: "Scènes des Alpes".to_owned(),
        zone: Zone::parse("Europe/Paris"),
        language: Language::french(),
        license: "https://www.etalab.gouv.fr/licence-ouverte-open-licence".to_owned(),
        address: Some("https://agenda.example.org/".to_owned()),
        now: Timestamp::parse("2026-11-02T08:00:00Z").unwrap(),
    }
}

fn written(encoding: Encoding, cube: &str, datasets: &Datasets) -> String {
    let dataset = datasets.dataset(cube).unwrap();
    String::from_utf8(encode(encoding, dataset, datasets, &context()).unwrap()).unwrap()
}

pub(crate) fn graph(cube: &str, datasets: &Datasets) -> Vec<Value> {
    let whole: Value = serde_json::from_str(&written(Encoding::JsonLd, cube, datasets)).unwrap();
    whole["@graph"].as_array().unwrap().clone()
}

/// The content lines of the calendar of performances, unfolded (RFC 5545, 3.1).
fn calendar(datasets: &Datasets) -> Vec<String> {
    let calendar = written(Encoding::ICalendar, "performance", datasets);
    assert!(calendar.ends_with("END:VCALENDAR\r\n"));
    calendar.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
}

fn one(start: &str, more: &Value) -> Value {
    let mut document = json!({ "name": { "fr": "Le Bal" }, "start": start });
    let members = document.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    document
}

#[expect(clippy::needless_pass_by_value, reason = "it is called with documents written on the spot")]
fn evening(start: &str, more: Value) -> Datasets {
    public(&[("performance", "evening", one(start, &more))])
}

fn window(from: &str, to: &str) -> std::ops::Range<Date> {
    Date::parse(from).unwrap()..Date::parse(to).unwrap()
}

fn starts(found: &[Occurrence]) -> Vec<String> {
    found.iter().map(|occurrence| occurrence.start.to_string()).collect()
}

fn has(lines: &[String], wanted: &str) -> bool {
    lines.iter().any(|line| line == wanted)
}

/// A season in which everything that must stay in is marked by the word SECRET.
fn season() -> Vec<(&'static str, &'static str, State, Value)> {
    let work = json!({
        "name": { "fr": "Le Bal", "en": "The Ball" }, "description": { "fr": "Un bal." }, "genres": ["dance", "theatre"],
        "companies": [id("company"), id("draft company")],
        "media": [ { "url": "https://example.org/ball.jpg", "license": "CC BY 4.0", "credit": "A. Photo", "alternative": { "fr": "Un couple danse." }, "expires": "2026-11-01" }, { "url": "https://example.org/SECRET-without-license.jpg", "credit": "A. Photo", "alternative": { "fr": "Un couple danse." } }, { "url": "https://example.org/SECRET-without-author.jpg", "license": "CC BY 4.0", "alternative": { "fr": "Un couple danse." } }, { "url": "https://example.org/SECRET-without-words.jpg", "license": "CC BY 4.0", "credit": "A. Photo", "alternative": { "fr": " " } }, { "url": "https://example.org/SECRET-expired.jpg", "license": "CC BY 4.0", "credit": "A. Photo", "alternative": { "fr": "Un couple danse." }, "expires": "2026-10-31" }
        ]
    });
    let venue = json!({
        "name": { "fr": "Le Cadran" }, "position": { "latitude": 44.8995, "longitude": 6.6432 }, "capacity": 300,
        "address": { "street": "45 avenue de la République", "postal-code": "05100", "locality": "Briançon" }
    });
    let company = json!({
        "name": { "fr": "Compagnie, du; Pas\\sage" }, "email": "SECRET@example.org", "phone": "04 SECRET",
        "old": "SECRET field nobody knows", "url": "javascript:SECRET()"
    });
    let artist = json!({ "name": { "fr": "Ada" }, "address": { "street": "SECRET street" } });
    let performance = json!({
        "name": { "fr": "Le Bal", "en": "The Ball" }, "start": "2026-11-23T20:30:00[Europe/Paris]",
        "end": "2026-11-23T22:00:00[Europe/Paris]", "event": id("work"), "venue": id("venue"),
        "organizer": id("withdrawn organizer"), "performers": [id("artist"), id("draft artist")],
        "companies": [id("company")], "status": "cancelled", "attendance": "offline", "free": false,
        "offers": [
            { "name": { "fr": "Plein" }, "price": { "cents": 1250, "currency": "EUR" }, "availability": "sold-out" },
            { "name": { "fr": "Réduit" }, "price": { "cents": 800, "currency": "EUR" } }
        ],
        "languages": ["fr"], "url": "https://example.org/bal?a=1,2;b", "keywords": ["bal"], "capacity": 280
    });
    vec![
        ("event", "work", State::Published, work),
        ("venue", "venue", State::Published, venue),
        ("company", "company", State::Published, company),
        ("company", "draft company", State::Draft, json!({ "name": { "fr": "SECRET draft" } })),
        ("artist", "artist", State::Published, artist),
        ("artist", "draft artist", State::Draft, json!({ "name": { "fr": "SECRET artist" } })),
        (
            "organizer",
            "withdrawn organizer",
            State::Withdrawn,
            json!({ "name": { "fr": "SECRET organizer" } }),
        ),
        ("performance", "performance", State::Published, performance),
    ]
}

fn site(datasets: &Datasets) -> Files {
    let found = occurrences(datasets, &window("2026-11-01", "2027-11-01"));
    files(datasets, &context(), &found).unwrap()
}

#[test]
fn nothing_hidden_stands_in_any_byte_of_the_site() {
    let datasets = datasets(&season(), &Recipient::Public);
    let files = site(&datasets);
    let hidden = ["draft company", "draft artist", "withdrawn organizer"].map(|key| id(key).to_string());
    let hidden: Vec<&str> = hidden.iter().map(String::as_str).chain(["SECRET"]).collect();
    for (path, content) in &files {
        let text = super::encodings::readable(path, content);
        let found = hidden.iter().find(|hidden| text.contains(**hidden));
        assert_eq!(found, None, "{path}");
        assert!(!text.to_lowercase().contains("javascript:"), "{path}");
    }
    let kept = datasets.dataset("performance").unwrap().records[0].clone();
    assert!(!kept.document.contains_key("organizer"), "a link to nowhere goes");
    assert_eq!(kept.links("performers"), [id("artist")]);
    assert!(
        !datasets.dataset("artist").unwrap().records[0].document.contains_key("address"),
        "for members only"
    );
}

#[test]
fn members_see_what_is_for_members_and_no_draft() {
    let datasets = datasets(&season(), &Recipient::Member);
    let companies = &datasets.dataset("company").unwrap().records;
    assert_eq!(companies.len(), 1);
    assert_eq!(companies[0].document["email"], "SECRET@example.org");
    assert!(!companies[0].document.contains_key("old"), "the format does not know it");
}

#[test]
fn a_site_holds_each_cube_in_each_encoding_it_fits() {
    let files = site(&datasets(&season(), &Recipient::Public));
    let paths: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths.len(), files.len());
    // 7 cubes in 6 encodings; a calendar, two feeds, events and what two partners read of performances, maps of
    // performances and venues; 7 schemas; the catalog twice, the data package, the map of the site, the page and its
    // style; tables by columns where they are built in.
    let columns = if cfg!(feature = "parquet") { 7 + 2 } else { 0 };
    assert_eq!(files.len(), 7 * 6 + 4 + 2 + 2 + 7 + 6 + columns);
    for wanted in
        ["data/performance.ics", "data/venue.geojson", "schemas/artist.json", "catalog.jsonld", "index.html"]
    {
        assert!(paths.contains(wanted), "{wanted}");
    }
    let again = site(&datasets(&season(), &Recipient::Public));
    assert_eq!(files, again, "same inputs, same bytes");
}

#[test]
fn an_event_speaks_the_words_of_schema_org() {
    let datasets = datasets(&season(), &Recipient::Public);
    let events = graph("performance", &datasets);
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event["@type"], "Event");
    assert_eq!(event["@id"], format!("https://agenda.example.org/id/{}", id("performance")));
    assert_eq!(event["startDate"], "2026-11-23T20:30:00+01:00");
    assert_eq!(event["endDate"], "2026-11-23T22:00:00+01:00");
    assert_eq!(event["eventStatus"], "https://schema.org/EventCancelled");
    assert_eq!(event["eventAttendanceMode"], "https://schema.org/OfflineEventAttendanceMode");
    assert_eq!(event["isAccessibleForFree"], false);
    assert_eq!(event["name"][1], json!({ "@value": "Le Bal", "@language": "fr" }));
    assert_eq!(event["description"], json!({ "@value": "Un bal.", "@language": "fr" }), "that of the work");
    let performers: Vec<&str> =
        event["performer"].as_array().unwrap().iter().map(|who| who["@type"].as_str().unwrap()).collect();
    assert_eq!(performers, ["Person", "PerformingGroup"]);
    assert_eq!(event["offers"][0]["price"], "12.50");
    assert_eq!(event["offers"][1]["priceCurrency"], "EUR");
    assert_eq!(event["offers"][0]["availability"], "https://schema.org/SoldOut");
    assert_eq!(event["location"]["@type"], "Place");
    assert_eq!(event["location"]["address"]["addressLocality"], "Briançon");
    assert_eq!(event["location"]["geo"]["longitude"], 6.6432);
    assert_eq!(event["image"]["contentUrl"], "https://example.org/ball.jpg");
    assert_eq!(event["image"]["description"]["@value"], "Un couple danse.");
    assert_eq!(event["workPerformed"]["@type"], "CreativeWork");
    assert_eq!(
        event["additionalType"],
        json!(["https://schema.org/DanceEvent", "https://schema.org/TheaterEvent"]),
        "a genre is a type of event besides"
    );
}

#[test]
fn what_is_no_place_lies_in_one() {
    let festival = json!({
        "name": { "fr": "Rue" }, "position": { "latitude": 44.0, "longitude": 6.0 }, "address": { "locality": "Gap" }
    });
    let festivals = graph("festival", &public(&[("festival", "1", festival)]));
    assert_eq!(festivals[0]["location"]["address"]["addressLocality"], "Gap");
    assert_eq!(festivals[0]["location"]["geo"]["latitude"], 44.0);
    assert_eq!(festivals[0].get("geo"), None);
}

#[test]
fn an_evening_makes_a_whole_calendar_event() {
    let lines = calendar(&datasets(&season(), &Recipient::Public));
    for wanted in [
        "VERSION:2.0",
        "X-WR-CALNAME:Scènes des Alpes",
        "DTSTART;TZID=Europe/Paris:20261123T203000",
        "DTEND;TZID=Europe/Paris:20261123T220000",
        "DTSTAMP:20261101T080000Z",
        "SUMMARY;LANGUAGE=fr:Le Bal",
        "DESCRIPTION;LANGUAGE=fr:Un bal.",
        "LOCATION:Le Cadran\\, 45 avenue de la République\\, 05100 Briançon",
        "GEO:44.8995;6.6432",
        "URL;VALUE=URI:https://example.org/bal?a=1,2;b",
        "STATUS:CANCELLED",
        "CATEGORIES:Danse,Théâtre",
    ] {
        assert!(has(&lines, wanted), "{wanted} in {lines:#?}");
    }
    assert!(has(&lines, &format!("UID:{}@c3ms", id("performance"))));
    // Paris: summer time ended on 2026-10-25 at 03:00 and begins on 2027-03-28 at 02:00 (IANA database).
    assert!(has(&lines, "BEGIN:VTIMEZONE") && has(&lines, "TZID:Europe/Paris"));
    let text = lines.join("\n");
    let standard = text.split("BEGIN:STANDARD").nth(1).unwrap().split("END:STANDARD").next().unwrap();
    assert!(
        standard.contains("20261025T030000") && standard.contains("TZOFFSETFROM:+0200\nTZOFFSETTO:+0100")
    );
    let daylight = text.split("BEGIN:DAYLIGHT").nth(1).unwrap().split("END:DAYLIGHT").next().unwrap();
    assert!(
        daylight.contains("20270328T020000") && daylight.contains("TZOFFSETFROM:+0100\nTZOFFSETTO:+0200")
    );
}

#[test]
fn a_start_in_the_gap_takes_the_offset_before_it() {
    // 02:30 does not exist in Paris on 2027-03-28; RFC 5545 (3.3.5) reads it at the offset before, 01:30 UTC.
    let gap = evening("2027-03-28T02:30:00[Europe/Paris]", json!({}));
    assert!(has(&calendar(&gap), "DTSTART;TZID=Europe/Paris:20270328T023000"));
    assert_eq!(graph("performance", &gap)[0]["startDate"], "2027-03-28T02:30:00+01:00");
}

#[test]
fn days_end_on_the_day_after_and_offsets_become_utc() {
    let days = evening("2026-12-01", json!({ "end": "2026-12-24" }));
    let lines = calendar(&days);
    assert!(has(&lines, "DTSTART;VALUE=DATE:20261201") && has(&lines, "DTEND;VALUE=DATE:20261225"));
    assert_eq!(graph("performance", &days)[0]["endDate"], "2026-12-24");
    assert!(!has(&lines, "BEGIN:VTIMEZONE"), "a day has no zone");
    let away = evening("2026-12-01T20:30:00-03:30", json!({ "end": "2026-12-01" }));
    let lines = calendar(&away);
    assert!(has(&lines, "DTSTART:20261202T000000Z"), "{lines:#?}");
    assert!(has(&lines, "DTEND:20261202T033000Z"), "the end of the day there");
    let local = calendar(&evening("2026-12-01T20:30:00", json!({ "end": "2026-12-01T19:00:00" })));
    assert!(has(&local, "DTSTART:20261201T203000"), "nobody said the zone: none is guessed");
    assert!(!local.iter().any(|line| line.starts_with("DTEND")), "an end before the start is no end");
    let lost = calendar(&evening("2026-12-01T20:30:00[Europe/Nowhere]", json!({})));
    assert!(has(&lost, "DTSTART:20261201T203000"), "a zone without rules cannot be told");
}

#[test]
fn postponed_is_off_and_says_why() {
    let lines = calendar(&evening("2026-12-01", json!({ "status": "postponed" })));
    assert!(has(&lines, "STATUS:CANCELLED") && has(&lines, "COMMENT:Reporté sans date"));
    let lines = calendar(&evening("2026-12-01", json!({})));
    assert!(has(&lines, "STATUS:CONFIRMED") && !lines.iter().any(|line| line.starts_with("COMMENT")));
}

fn workshop(rule: &str) -> Datasets {
    let series = json!({
        "end": "2027-03-03T19:30:00[Europe/Paris]",
        "recurrence": {
            "rule": rule,
            "added": ["2027-03-20T10:00:00[Europe/Paris]"],
            "excluded": ["2027-03-17T17:00:00Z"]
        }
    });
    // 2027-03-24 at 17:00 UTC is the 18:00 of the series.
    let moved = json!({
        "recurrence-of": id("series"), "recurrence-id": "2027-03-24T17:00:00Z", "status": "rescheduled"
    });
    public(&[
        ("performance", "series", one("2027-03-03T18:00:00[Europe/Paris]", &series)),
        ("performance", "moved", one("2027-03-25T18:00:00[Europe/Paris]", &moved)),
    ])
}

#[test]
fn a_series_is_told_date_by_date() {
    let found =
        occurrences(&workshop("FREQ=WEEKLY;UNTIL=20270407T160000Z"), &window("2027-03-01", "2028-01-01"));
    // Wednesdays from 3 March to 7 April 2027 (18:00 in summer is 16:00 UTC), by the calendar on the wall.
    assert_eq!(
        starts(&found),
        [
            "2027-03-03T18:00:00[Europe/Paris]",
            "2027-03-10T18:00:00[Europe/Paris]",
            "2027-03-20T10:00:00[Europe/Paris]",
            "2027-03-25T18:00:00[Europe/Paris]",
            "2027-03-31T18:00:00[Europe/Paris]",
            "2027-04-07T18:00:00[Europe/Paris]",
        ]
    );
    assert_eq!(found[2].end.as_ref().unwrap().to_string(), "2027-03-20T11:30:00[Europe/Paris]");
    assert_eq!(found[3].performance, id("moved"));
    let in_window = occurrences(&workshop("FREQ=WEEKLY"), &window("2027-03-31", "2027-04-08"));
    assert_eq!(in_window.len(), 2);
}

#[test]
fn a_series_and_its_exception_are_one_in_the_calendar() {
    let lines = calendar(&workshop("FREQ=WEEKLY;UNTIL=20270407T180000"));
    let series = format!("UID:{}@c3ms", id("series"));
    assert_eq!(
        lines.iter().filter(|line| **line == series).count(),
        2,
        "the exception has the name of the series"
    );
    for wanted in [
        "RRULE:FREQ=WEEKLY;UNTIL=20270407T160000Z",
        "EXDATE;TZID=Europe/Paris:20270317T180000",
        "RDATE;TZID=Europe/Paris:20270320T100000",
        "RECURRENCE-ID;TZID=Europe/Paris:20270324T180000",
        "COMMENT:Déplacé à une autre date",
    ] {
        assert!(has(&lines, wanted), "{wanted} in {lines:#?}");
    }
}

#[test]
fn only_a_plain_rule_becomes_a_schedule() {
    let weekly = json!({ "recurrence": { "rule": "FREQ=WEEKLY;BYDAY=WE,SA;INTERVAL=2;COUNT=5" } });
    let event = &graph("performance", &evening("2027-03-03T18:00:00[Europe/Paris]", weekly))[0];
    assert_eq!(
        event["eventSchedule"],
        json!({
            "@type": "Schedule", "repeatFrequency": "P2W", "repeatCount": 5, "startDate": "2027-03-03",
            "startTime": "18:00:00", "scheduleTimezone": "Europe/Paris",
            "byDay": ["https://schema.org/Wednesday", "https://schema.org/Saturday"]
        })
    );
    let second_tuesday = json!({ "recurrence": { "rule": "FREQ=MONTHLY;BYDAY=2TU" } });
    let event = &graph("performance", &evening("2027-03-09T18:00:00[Europe/Paris]", second_tuesday))[0];
    assert_eq!(event.get("eventSchedule"), None);
}

#[test]
fn rules_give_the_dates_of_the_standard() {
    // RFC 5545, 3.8.5.3, examples; the start is local here.
    for (rule, start, expected) in [
        ("FREQ=DAILY;COUNT=10", "1997-09-02", vec!["1997-09-02", "1997-09-11"]),
        (
            "FREQ=WEEKLY;COUNT=8;WKST=SU;BYDAY=TU,TH;INTERVAL=2",
            "1997-09-02",
            vec!["1997-09-02", "1997-10-16"],
        ),
        ("FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "1997-09-05", vec!["1997-09-05", "1998-06-05"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=6", "1997-09-28", vec!["1997-09-28", "1998-02-26"]),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", vec!["1997-09-04", "1997-11-06"]),
        ("FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", "1997-03-10", vec!["1997-03-10", "2003-03-10"]),
        ("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15", vec!["2007-01-15", "2007-03-30"]),
    ] {
        let series = evening(
            &format!("{start}T09:00:00[America/New_York]"),
            json!({ "recurrence": { "rule": rule } }),
        );
        let found = occurrences(&series, &window("1990-01-01", "2030-01-01"));
        let days: Vec<String> = found.iter().map(|occurrence| occurrence.start.date().to_string()).collect();
        let ends = [days.first().unwrap().as_str(), days.last().unwrap().as_str()];
        assert_eq!(ends.as_slice(), expected, "{rule}: {days:?}");
        let count: usize = rule.split("COUNT=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
        assert_eq!(days.len(), count, "{rule}");
    }
}

#[test]
fn odd_rules_end_and_give_at_least_the_first_date() {
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=65535",
        "FREQ=DAILY;COUNT=4294967295",
        "FREQ=NEVER",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=19000101",
        "FREQ=DAILY\r\nX:1",
        "FREQ=DAILY;BYHOUR=99",
        "",
        "FREQ=MONTHLY;BYSETPOS=-1",
        "FREQ=YEARLY;BYWEEKNO=53",
    ] {
        let series = evening("2027-03-03T18:00:00[Europe/Paris]", json!({ "recurrence": { "rule": rule } }));
        let found = occurrences(&series, &window("2027-01-01", "2032-01-01"));
        assert!(found.len() <= 2000, "{rule}: {}", found.len());
        let lines = calendar(&series);
        assert!(lines.iter().all(|line| !line.starts_with("X:")), "{rule}");
    }
    let always =
        evening("1990-01-01T18:00:00[Europe/Paris]", json!({ "recurrence": { "rule": "FREQ=DAILY" } }));
    assert_eq!(occurrences(&always, &window("2027-01-01", "2028-01-01")).len(), 365);
}

#[test]
fn a_table_computes_nothing() {
    let lure = json!({
        "name": { "fr": "=HYPERLINK(\"http://evil\",\"a\")", "en": "+1+1" }, "start": "2026-12-01",
        "keywords": ["-2", "@SUM(A1)", "a\"b", "\tx"], "venue": id("venue"),
        "offers": [{ "price": { "cents": -150, "currency": "EUR" } }]
    });
    let venue = json!({ "name": { "fr": "Salle, \"A\"" } });
    let datasets = public(&[("performance", "lure", lure), ("venue", "venue", venue)]);
    let table = written(Encoding::Csv, "performance", &datasets);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        head,
        [
            "id",
            "updated",
            "name.en",
            "name.fr",
            "start",
            "venue",
            "venue.title",
            "offers.1.price",
            "offers.1.price.currency",
            "keywords.1",
            "keywords.2",
            "keywords.3",
            "keywords.4"
        ]
    );
    let row: Vec<String> = reader.records().next().unwrap().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(row[2], "'+1+1");
    assert_eq!(row[3], "'=HYPERLINK(\"http://evil\",\"a\")");
    assert_eq!(&row[6..9], ["Salle, \"A\"", "-1.50", "EUR"], "a number is a number");
    assert_eq!(&row[9..], ["-2", "'@SUM(A1)", "a\"b", "'\tx"]);
    assert!(table.ends_with("\r\n"));
}

#[test]
fn lines_of_json_are_the_records_of_json() {
    let datasets = datasets(&season(), &Recipient::Public);
    let whole: Value = serde_json::from_str(&written(Encoding::Json, "performance", &datasets)).unwrap();
    assert_eq!(whole["count"], 1);
    assert_eq!(whole["format"].as_str().unwrap().len(), 64);
    let lines = written(Encoding::Ndjson, "performance", &datasets);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(whole["records"], Value::Array(lines));
}

#[test]
fn a_map_has_longitude_first_and_counts_what_lies_nowhere() {
    let mut entries = season();
    entries.push(("performance", "nowhere", State::Published, one("2026-12-01", &json!({}))));
    let map = written(Encoding::GeoJson, "performance", &datasets(&entries, &Recipient::Public));
    let map: Value = serde_json::from_str(&map).unwrap();
    assert_eq!(map["features"].as_array().unwrap().len(), 1);
    assert_eq!(map["features"][0]["geometry"]["coordinates"], json!([6.6432, 44.8995]));
    assert_eq!(map["features"][0]["properties"]["place"], "Le Cadran");
    assert_eq!(map["unlocated"], 1);
}

#[test]
fn records_stand_in_the_order_of_their_starts_then_titles() {
    let datasets = public(&[
        ("performance", "b", one("2026-12-02", &json!({}))),
        ("performance", "a", one("2026-12-01T10:00:00", &json!({}))),
        ("venue", "z", json!({ "name": { "fr": "Zénith" } })),
        ("venue", "e", json!({ "name": { "fr": "Éden" } })),
        ("venue", "f", json!({ "name": { "fr": "Forum" } })),
    ]);
    let order = |cube: &str| -> Vec<Id<Entry>> {
        datasets.dataset(cube).unwrap().records.iter().map(|record| record.id).collect()
    };
    assert_eq!(order("performance"), [id("a"), id("b")]);
    assert_eq!(order("venue"), [id("e"), id("f"), id("z")]);
    assert_eq!(datasets.record(id("f")).unwrap().0.format.cube, "venue");
    assert!(datasets.record(id("nobody")).is_none());
}

#[test]
fn the_catalog_tells_each_file_its_size_and_license() {
    let files = site(&datasets(&season(), &Recipient::Public));
    let file = |path: &str| &files.iter().find(|(known, _)| known == path).unwrap().1;
    let catalog: Value = serde_json::from_slice(file("catalog.jsonld")).unwrap();
    assert_eq!(catalog["dct:license"]["@id"], context().license);
    assert_eq!(catalog["dct:modified"]["@value"], "2026-11-01T08:00:00.000Z");
    let sets = catalog["dcat:dataset"].as_array().unwrap();
    assert_eq!(sets.len(), 7);
    let performances = sets.iter().find(|set| set["dct:identifier"] == "performance").unwrap();
    assert_eq!(performances["dct:conformsTo"]["@id"], "https://agenda.example.org/schemas/performance.json");
    let files_of = performances["dcat:distribution"].as_array().unwrap();
    let calendar = files_of.iter().find(|file| file["dct:title"] == "iCalendar").unwrap();
    assert_eq!(calendar["dcat:downloadURL"]["@id"], "https://agenda.example.org/data/performance.ics");
    assert_eq!(calendar["dcat:byteSize"]["@value"], file("data/performance.ics").len().to_string());
    assert_eq!(
        calendar["dcat:mediaType"]["@id"],
        "https://www.iana.org/assignments/media-types/text/calendar"
    );
}

#[test]
fn the_page_shows_the_next_dates_and_lets_no_text_out_of_its_place() {
    let lure = json!({
        "name": { "fr": "</script><script>alert(1)</script>" }, "venue": id("venue"), "free": true,
        "url": "https://example.org/\"><b>"
    });
    let mut document = one("2026-11-23T20:30:00[Europe/Paris]", &lure);
    document["description"] = json!({ "fr": "<!-- & ]]>" });
    let venue = json!({ "name": { "fr": "Le Cadran" }, "address": { "locality": "Briançon" } });
    let past = one("2026-10-01", &json!({}));
    let ongoing = json!({ "end": "2026-11-05", "name": { "en": "Prints" } });
    let datasets = public(&[
        ("performance", "lure", document),
        ("performance", "past", past),
        ("performance", "ongoing", one("2026-10-20", &ongoing)),
        ("venue", "venue", venue),
    ]);
    let found = occurrences(&datasets, &window("2026-01-01", "2028-01-01"));
    let page = index_html(&datasets, &context(), &found, &[]).unwrap();
    assert_eq!(page.matches("</script>").count(), 2, "the two of the template");
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("<h3>lundi 23 novembre 2026</h3>"));
    assert!(page.contains("<time datetime=\"2026-11-23T20:30:00+01:00\">20\u{a0}h\u{a0}30</time>"));
    assert!(page.contains("Le Cadran, Briançon") && page.contains("gratuit"));
    assert!(page.contains("<h3>En ce moment</h3>") && page.contains("lang=\"en\">Prints</span>"));
    assert!(page.contains("jusqu’au jeudi 5 novembre 2026"));
    assert_eq!(
        page.matches("<time datetime").count(),
        3,
        "two dates and the day it was made: what is past is not shown"
    );
    let structured = page.split("application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let structured: Value = serde_json::from_str(structured).unwrap();
    assert_eq!(structured["@graph"].as_array().unwrap().len(), 2);
    assert_eq!(structured["@graph"][1]["name"], "</script><script>alert(1)</script>");
    for tag in ["<script", "<link", "<img"] {
        for element in page.split(tag).skip(1) {
            let element = element.split('>').next().unwrap();
            let away = element.contains("src=\"http") || element.contains("rel=\"stylesheet\" href=\"http");
            assert!(!away, "{tag}{element}: a request to another host");
        }
    }
}

#[test]
fn refusals_have_their_code() {
    let datasets = datasets(&season(), &Recipient::Public);
    let lost = Context { zone: Zone::parse("Europe/Nowhere"), ..context() };
    let venues = datasets.dataset("venue").unwrap();
    let refused = encode(Encoding::Json, venues, &datasets, &lost).unwrap_err();
    assert_eq!(refused.code(), Code::ZoneUnknown);
    let refused = encode(Encoding::ICalendar, venues, &datasets, &context()).unwrap_err();
    assert_eq!(refused.code(), Code::EncodingFailed);
}

/// A text as a reader of RFC 5545 (3.3.11) takes it.
fn unescaped(value: &str) -> String {
    let mut letters = value.chars();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next().unwrap() {
                'n' => '\n',
                escaped => escaped,
            },
            plain => plain,
        });
    }
    text
}

proptest! {
    /// Every line of a calendar has at most 75 octets, and unfolded says what was said.
    #[test]
    fn folding_keeps_lines_short_and_texts_whole(text in r"([ -~]|[à-ü]|[😀-😏]|\\|,|;|\n|\t|\p{Cc}){1,300}") {
        let datasets = evening("2026-12-01", json!({ "name": { "fr": "x" }, "description": { "fr": format!("a{text}") } }));
        let written = written(Encoding::ICalendar, "performance", &datasets);
        for line in written.split_terminator("\r\n") {
            prop_assert!(line.len() <= 75, "{line:?}");
            prop_assert!(!line.chars().any(char::is_control), "{line:?}");
        }
        let unfolded = written.replace("\r\n ", "");
        let value = unfolded.split("\r\nDESCRIPTION;LANGUAGE=fr:").nth(1).unwrap().split("\r\n").next().unwrap();
        let lines = text.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n").replace('\t', " ");
        let expected: String = lines.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
        prop_assert_eq!(unescaped(value), format!("a{expected}"));
    }

    /// No text makes a cell that a spreadsheet would compute.
    #[test]
    fn no_cell_begins_as_a_formula(text in r"[=+@\t-]?[a-z0-9=+@(),-]{1,20}") {
        let datasets = public(&[("venue", "1", json!({ "name": { "fr": text } }))]);
        let table = written(Encoding::Csv, "venue", &datasets);
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        let cell = record.get(2).unwrap();
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t']) || cell.parse::<f64>().is_ok(), "{cell:?}");
        prop_assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), text);
    }
}
