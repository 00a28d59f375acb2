//! What partners are given, and whether we read back what we gave them.

use std::collections::BTreeSet;

use c3ms_core::{
    Code, Error,
    base::{Date, Moment},
    cooperative::{ImportOptions, import},
    delivery::{Datasets, Encoding, Recipient, encode, gate, occurrences},
    forms::intake::Source,
    store::MemoryStore,
};
use serde_json::{Value, json};

use crate::{
    delivery::{FORMATS, context, id, public},
    intake::{act, cooperative, data},
};

fn written(encoding: Encoding, datasets: &Datasets) -> Value {
    let dataset = datasets.dataset("performance").unwrap();
    serde_json::from_slice(&encode(encoding, dataset, datasets, &context()).unwrap()).unwrap()
}

/// Datasets of another cooperative that imports what is written.
fn taken_over(encoding: Encoding, datasets: &Datasets) -> Datasets {
    let mut store = cooperative();
    take(&mut store, written(encoding, datasets).to_string().as_bytes());
    gate(&store, &FORMATS, &Recipient::Public, context().now).unwrap()
}

fn take(store: &mut MemoryStore, bytes: &[u8]) {
    let options = ImportOptions { name: "partner".to_owned(), ..ImportOptions::default() };
    import(store, &Source::read(bytes).unwrap(), &options, &act(), &mut |_| {}).unwrap();
}

/// Every date with its end, its title, its status and its place, told the same way whoever keeps them.
fn programme(datasets: &Datasets) -> BTreeSet<[String; 6]> {
    let mut all = BTreeSet::new();
    for record in &datasets.dataset("performance").unwrap().records {
        let document = &record.document;
        let own = document.get("status").and_then(Value::as_str).unwrap_or("scheduled");
        let title = record.text("name").unwrap().in_language("fr").unwrap().to_owned();
        let place =
            record.links("venue").first().and_then(|venue| datasets.record(*venue)).map(|(_, venue)| venue);
        let name = place.map(|place| place.text("name").unwrap().in_language("fr").unwrap().to_owned());
        let town = place.and_then(|place| place.document.get("address")?.get("locality")?.as_str());
        let mut say = |date: &Value, status: &str| {
            let told = |name: &str| date.get(name).and_then(Value::as_str).and_then(Moment::parse);
            let start = told("start").unwrap();
            // An end that nobody said is told as the start, or as the day of the start; one before the start is none.
            let (begin, end) = (start.local_seconds(), told("end").map(|end| end.local_seconds()));
            let end = end.filter(|end| *end >= begin).unwrap_or(begin);
            all.insert([
                title.clone(),
                status.to_owned(),
                name.clone().unwrap_or_default(),
                town.unwrap_or_default().to_owned(),
                start.local_seconds().to_string(),
                end.to_string(),
            ]);
        };
        say(&json!(document), own);
        for date in document.get("timings").and_then(Value::as_array).into_iter().flatten() {
            say(date, date.get("status").and_then(Value::as_str).unwrap_or(own));
        }
    }
    all
}

/// Three evenings of a show in one place, one of them cancelled; one elsewhere; a concert without a production, with
/// further dates of which one was put off.
fn season() -> Datasets {
    let venue = |name: &str, town: &str, insee: &str, latitude: f64| {
        json!({
            "name": { "fr": name }, "position": { "latitude": latitude, "longitude": 6.6432 }, "phone": "+33 4 92 00 00 00",
            "url": "https://cadran.example.org/",
            "address": { "street": "45 avenue de la République", "postal-code": "05100", "locality": town,
                "municipality-code": insee, "country": "FR" },
        })
    };
    let work = json!({
        "name": { "fr": "Le Bal" }, "summary": { "fr": "Une nuit.", "en": "A night." },
        "description": { "fr": format!("Un bal & <b>des</b> gens.\n{}", "Encore un mot. ".repeat(40)) },
        "genres": ["dance", "theatre"], "minimum-age": 8,
        "media": [{ "url": "https://example.org/a/bal.jpg", "license": "CC BY 4.0", "credit": "A. Photo",
            "alternative": { "fr": "Un couple danse." }, "width": 800, "height": 600 }],
    });
    let evening = |start: &str, end: &str, venue: &str, status: &str| {
        json!({
            "name": { "fr": "Le Bal", "en": "The Ball" }, "start": format!("{start}[Europe/Paris]"),
            "end": format!("{end}[Europe/Paris]"), "event": id("work"), "venue": id(venue), "status": status,
            "attendance": "offline", "accessibility": { "disabilities": ["mi", "hi"] }, "keywords": ["bal", "nuit"],
            "offers": [
                { "name": { "fr": "Plein tarif" }, "category": "full", "price": { "cents": 1250, "currency": "EUR" },
                  "url": format!("https://tickets.example.org/{start}") },
                { "category": "child", "price": { "cents": 800, "currency": "EUR" }, "conditions": { "fr": "moins de 12 ans" } },
            ],
            "url": "https://example.org/bal",
        })
    };
    let concert = json!({
        "name": { "fr": "Concert" }, "start": "2026-12-05T18:00:00", "venue": id("refuge"), "genres": ["jazz"], "free": true,
        "timings": [
            { "start": "2026-12-06T18:00:00", "end": "2026-12-06T19:00:00" },
            { "start": "2026-12-07", "end": "2026-12-08", "status": "postponed" },
        ],
    });
    public(&[
        ("venue", "cadran", venue("Le Cadran", "Briançon", "05023", 44.9)),
        ("venue", "refuge", venue("Le Refuge", "Névache", "05093", 45.02)),
        ("event", "work", work),
        ("performance", "1", evening("2026-11-23T20:30:00", "2026-11-23T22:00:00", "cadran", "scheduled")),
        ("performance", "2", evening("2026-11-24T20:30:00", "2026-11-24T22:00:00", "cadran", "scheduled")),
        ("performance", "3", evening("2026-11-25T20:30:00", "2026-11-26T00:15:00", "cadran", "cancelled")),
        ("performance", "4", evening("2027-04-02T15:00:00", "2027-04-02T16:30:00", "refuge", "full")),
        ("performance", "5", concert),
    ])
}

#[test]
fn performances_of_a_production_in_a_place_are_one_event_of_openagenda() {
    let export = written(Encoding::OpenAgenda, &season());
    assert_eq!(export["total"], 5);
    let events = export["events"].as_array().unwrap();
    let told: Vec<(&str, u64, usize, &str)> = events
        .iter()
        .map(|event| {
            let title = event["title"]["fr"].as_str().unwrap();
            let place = event["location"]["name"].as_str().unwrap();
            (title, event["status"].as_u64().unwrap(), event["timings"].as_array().unwrap().len(), place)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Le Bal", 1, 2, "Le Cadran"),
            ("Le Bal", 6, 1, "Le Cadran"),
            ("Concert", 1, 2, "Le Refuge"),
            ("Concert", 4, 1, "Le Refuge"),
            ("Le Bal", 5, 1, "Le Refuge"),
        ]
    );
    let ball = &events[0];
    assert_eq!(
        ball["timings"],
        json!([
            { "begin": "2026-11-23T20:30:00+01:00", "end": "2026-11-23T22:00:00+01:00" },
            { "begin": "2026-11-24T20:30:00+01:00", "end": "2026-11-24T22:00:00+01:00" },
        ])
    );
    assert_eq!((&ball["firstTiming"], &ball["lastTiming"]), (&ball["timings"][0], &ball["timings"][1]));
    assert_eq!(ball["conditions"]["fr"], "Plein tarif\u{a0}: 12,50\u{a0}€ ; 8\u{a0}€ (moins de 12 ans)");
    assert_eq!(
        ball["accessibility"],
        json!({ "hi": true, "ii": false, "mi": true, "pi": false, "vi": false })
    );
    assert_eq!(ball["keywords"]["fr"], json!(["Danse", "Théâtre", "bal", "nuit"]));
    assert_eq!(ball["age"], json!({ "min": 8, "max": 99 }));
    assert_eq!(ball["registration"].as_array().unwrap().len(), 1, "that of the first evening");
    assert_eq!(
        (&ball["image"]["base"], &ball["image"]["filename"]),
        (&json!("https://example.org/a/"), &json!("bal.jpg"))
    );
    assert_eq!(ball["description"]["en"], "A night.");
    assert!(
        ball["longDescription"]["fr"].as_str().unwrap().contains("<b>des</b>"),
        "the text is what it was"
    );
    assert_eq!(ball["location"]["address"], "45 avenue de la République, 05100 Briançon");
    assert_eq!(events[2]["conditions"]["fr"], "Gratuit");
    assert_eq!(
        events[3]["timings"],
        json!([{ "begin": "2026-12-07T00:00:00+01:00", "end": "2026-12-08T23:59:00+01:00" }])
    );
    let numbers: BTreeSet<u64> = events.iter().map(|event| event["uid"].as_u64().unwrap()).collect();
    assert_eq!(numbers.len(), 5, "none has the number of another");
    assert!(numbers.iter().all(|number| *number < 1 << 53), "no reader rounds them");
}

#[test]
fn a_production_keeps_its_number_when_a_date_is_added() {
    let number = |evenings: &[(&str, &str, &str)]| {
        let mut entries = vec![("event", "work", json!({ "name": { "fr": "Le Bal" } }))];
        for (key, start, status) in evenings {
            let document =
                json!({ "name": { "fr": "Le Bal" }, "start": start, "event": id("work"), "status": status });
            entries.push(("performance", key, document));
        }
        let export = written(Encoding::OpenAgenda, &public(&entries));
        let events = export["events"].as_array().unwrap().iter();
        events.filter(|event| event["status"] == 1).map(|event| event["uid"].as_u64()).collect::<Vec<_>>()
    };
    let one = number(&[("b", "2026-12-02T20:00:00", "scheduled")]);
    let two = number(&[("a", "2026-12-01T20:00:00", "scheduled"), ("b", "2026-12-02T20:00:00", "scheduled")]);
    let off = number(&[
        ("a", "2026-12-01T20:00:00", "cancelled"),
        ("b", "2026-12-02T20:00:00", "scheduled"),
        ("c", "2026-12-03T20:00:00", "scheduled"),
    ]);
    assert_eq!((&one, &one), (&two, &off));
}

#[test]
fn our_importer_reads_back_what_partners_are_given() {
    let season = season();
    for encoding in [Encoding::OpenAgenda, Encoding::Datatourisme] {
        let mut told = programme(&season);
        if encoding == Encoding::OpenAgenda {
            // A whole day is told from midnight to a minute before the next.
            told = told
                .into_iter()
                .map(|mut date| {
                    lasting(&mut date);
                    date
                })
                .collect();
        }
        let taken = taken_over(encoding, &season);
        assert_eq!(programme(&taken), told, "{encoding:?}");
        let venue = taken.dataset("venue").unwrap();
        assert_eq!(venue.records.len(), 2, "{encoding:?}");
        for place in &venue.records {
            let address = &place.document["address"];
            assert_eq!(
                (&address["postal-code"], place.document["position"]["longitude"].as_f64()),
                (&json!("05100"), Some(6.6432))
            );
            assert!(["05023", "05093"].contains(&address["municipality-code"].as_str().unwrap()));
        }
        // Once more, and what comes out is what went in.
        assert_eq!(programme(&taken_over(encoding, &taken)), told, "{encoding:?}");
    }
}

fn lasting(date: &mut [String; 6]) {
    if date[1] == "postponed" {
        date[5] = (date[5].parse::<i64>().unwrap() + 86_340).to_string();
    }
}

#[test]
fn a_series_is_told_date_by_date() {
    let workshop = json!({
        "name": { "fr": "Atelier" }, "start": "2027-03-03T18:00:00[Europe/Paris]", "end": "2027-03-03T19:30:00[Europe/Paris]",
        "recurrence": { "rule": "FREQ=WEEKLY;COUNT=6", "excluded": ["2027-03-17T18:00:00[Europe/Paris]"] },
    });
    let datasets = public(&[("performance", "workshop", workshop)]);
    let window = Date::parse("2027-01-01").unwrap()..Date::parse("2028-01-01").unwrap();
    let starts = |datasets: &Datasets| {
        occurrences(datasets, &window).iter().map(|date| date.start.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(starts(&datasets).len(), 5);
    for encoding in [Encoding::OpenAgenda, Encoding::Datatourisme] {
        assert_eq!(starts(&taken_over(encoding, &datasets)), starts(&datasets), "{encoding:?}");
    }
}

#[test]
fn datatourisme_is_told_classes_periods_and_prices() {
    let export = written(Encoding::Datatourisme, &season());
    let ball = &export["@graph"][0];
    assert_eq!(
        ball["@type"],
        json!([
            "schema:Event",
            "EntertainmentAndEvent",
            "PointOfInterest",
            "DanceEvent",
            "schema:DanceEvent",
            "ShowEvent",
            "TheaterEvent",
            "schema:TheaterEvent",
            "CulturalEvent",
        ])
    );
    assert_eq!(
        ball["takesPlaceAt"][0],
        json!({ "@type": ["Period"], "startDate": "2026-11-23", "endDate": "2026-11-23", "startTime": "20:30:00", "endTime": "22:00:00" })
    );
    let prices = &ball["offers"][0]["schema:priceSpecification"];
    assert_eq!((&prices[0]["schema:price"], &prices[1]["schema:price"]), (&json!("12.50"), &json!("8")));
    assert_eq!(prices[1]["hasEligiblePolicy"]["@id"], "kb:ChildRate");
    assert_eq!(export["@graph"][1]["schema:eventStatus"], json!({ "@id": "schema:EventCancelled" }));
    assert_eq!(export["@graph"][3]["takesPlaceAt"][0]["endDate"], "2026-12-08");
    assert_eq!(ball["reducedMobilityAccess"], true);
}

/// Whatever a text can hold that some reader takes for something else.
fn hostile() -> Datasets {
    let nasty = "</script><script>alert(1)</script>]]>\u{0}\u{1b}[31m\u{202e}\"'\\=1+1 🎭";
    let performance = json!({
        "name": { "fr": nasty }, "start": "2026-11-23T20:30:00", "description": { "fr": nasty }, "keywords": [nasty],
        "venue": id("venue"), "offers": [{ "name": { "fr": nasty }, "price": { "cents": -1, "currency": "EUR" } }],
    });
    let venue = json!({ "name": { "fr": nasty }, "address": { "street": nasty, "locality": nasty } });
    public(&[("performance", "1", performance), ("venue", "venue", venue)])
}

#[test]
fn hostile_values_come_out_harmless() {
    let datasets = hostile();
    let performances = datasets.dataset("performance").unwrap();
    for encoding in [Encoding::OpenAgenda, Encoding::Datatourisme] {
        let bytes = encode(encoding, performances, &datasets, &context()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            !text.contains(['<', '>', '\u{0}', '\u{1b}'])
                && !text.contains("\\u0000")
                && !text.contains("\\u001b")
        );
        let parsed: Value = serde_json::from_str(&text).unwrap();
        assert!(
            parsed.to_string().contains("</script><script>alert(1)</script>]]>[31m\u{202e}"),
            "{encoding:?}"
        );
    }
}

#[test]
fn what_does_not_take_place_is_no_event() {
    let datasets = public(&[("venue", "venue", json!({ "name": { "fr": "Le Cadran" } }))]);
    let venues = datasets.dataset("venue").unwrap();
    for encoding in [Encoding::OpenAgenda, Encoding::Datatourisme] {
        assert!(!encoding.fits(venues, &datasets));
        let refused = encode(encoding, venues, &datasets, &context()).unwrap_err();
        assert_eq!(Error::from(refused).code(), Code::EncodingFailed);
    }
}

/// The public agenda of a town: 51 events, 974 dates.
#[test]
fn a_real_agenda_goes_round() {
    let Some(path) = data("openagenda-arles/events.json") else { return };
    let bytes = std::fs::read(path).unwrap();
    let mut store = cooperative();
    take(&mut store, &bytes);
    let agenda = gate(&store, &FORMATS, &Recipient::Public, context().now).unwrap();
    let told = programme(&agenda);
    assert_eq!(told.len(), 974);
    for encoding in [Encoding::OpenAgenda, Encoding::Datatourisme] {
        assert_eq!(programme(&taken_over(encoding, &agenda)), told, "{encoding:?}");
    }
}

/// The flux of a region: 472 events, 661 periods.
#[test]
fn a_real_flux_goes_round() {
    let Some(path) = data("datatourisme-centre/events.jsonl") else { return };
    let bytes = std::fs::read(path).unwrap();
    let mut store = cooperative();
    take(&mut store, &bytes);
    let flux = gate(&store, &FORMATS, &Recipient::Public, context().now).unwrap();
    let told = programme(&flux);
    assert!(told.len() > 600, "{}", told.len());
    let taken = programme(&taken_over(Encoding::Datatourisme, &flux));
    let (lost, made) = (told.difference(&taken), taken.difference(&told));
    assert_eq!((lost.collect::<Vec<_>>(), made.collect::<Vec<_>>()), (vec![], vec![]));
}

#[cfg(feature = "parquet")]
#[test]
fn columns_are_typed_and_points_have_bounds() {
    let season = season();
    let performances = season.dataset("performance").unwrap();
    for encoding in [Encoding::Parquet, Encoding::GeoParquet] {
        assert!(encoding.fits(performances, &season));
        let bytes = encode(encoding, performances, &season, &context()).unwrap();
        assert_eq!((&bytes[..4], &bytes[bytes.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
        assert_eq!(
            bytes,
            encode(encoding, performances, &season, &context()).unwrap(),
            "the same bytes again"
        );
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(text.contains(r#""primary_column":"geometry""#), encoding == Encoding::GeoParquet);
        assert_eq!(text.contains(r#""bbox":[6.6432,44.9,6.6432,45.02]"#), encoding == Encoding::GeoParquet);
    }
}
