//! Encodings: what no validator sees, as it is well formed and wrong all the same.
#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

use std::io::{Cursor, Read as _};

use c3ms_core::{
    Code,
    base::Timestamp,
    delivery::{Context, Datasets, Encoding, data_package, encode, sitemap},
};
use calamine::{Data, Reader as _, Xlsx};
use serde_json::{Value, json};

use super::delivery::{context, graph, id, public};

fn bytes(encoding: Encoding, cube: &str, datasets: &Datasets) -> Vec<u8> {
    encode(encoding, datasets.dataset(cube).unwrap(), datasets, &context()).unwrap()
}

fn text(encoding: Encoding, datasets: &Datasets) -> String {
    String::from_utf8(bytes(encoding, "performance", datasets)).unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "written where it is given")]
fn evening(more: Value) -> Datasets {
    let mut document = json!({ "name": { "fr": "Le Bal" }, "start": "2026-11-23T20:30:00[Europe/Paris]" });
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let place = json!({
        "name": { "fr": "Le Cadran" }, "position": { "latitude": 45.0, "longitude": 6.6432 },
        "address": { "locality": "Briançon" }, "accessibility": { "disabilities": ["mi"] }
    });
    public(&[("performance", "evening", document), ("venue", "venue", place)])
}

/// The text of a file; of a workbook that of its sheet, unpacked.
pub(crate) fn readable(path: &str, content: &[u8]) -> String {
    let mut text = String::new();
    if std::path::Path::new(path).extension().is_some_and(|extension| extension == "xlsx") {
        let mut archive = zip::ZipArchive::new(Cursor::new(content)).unwrap();
        archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut text).unwrap();
        return text;
    }
    // Tables by columns are no text; their short values stand in them as they are.
    if std::path::Path::new(path).extension().is_some_and(|extension| extension == "parquet") {
        return String::from_utf8_lossy(content).into_owned();
    }
    String::from_utf8(content.to_vec()).unwrap()
}

#[test]
fn a_workbook_has_texts_as_texts_and_numbers_as_numbers() {
    let datasets = evening(json!({
        "name": { "fr": "=1+1" }, "free": false, "capacity": 280, "keywords": ["007", "_x0041_", "a\u{1}\r\nb"],
        "offers": [{ "price": { "cents": -150, "currency": "EUR" } }], "venue": id("venue")
    }));
    let written = bytes(Encoding::Xlsx, "performance", &datasets);
    assert_eq!(written, bytes(Encoding::Xlsx, "performance", &datasets), "no clock is read");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written)).unwrap();
    assert_eq!(book.sheet_names(), ["performance"]);
    let formulas = book.worksheet_formula("performance").unwrap();
    assert!(formulas.used_cells().next().is_none());
    let sheet = book.worksheet_range("performance").unwrap();
    let head: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let table = text(Encoding::Csv, &datasets);
    assert_eq!(head.join(","), table.lines().next().unwrap());
    let row = sheet.rows().nth(1).unwrap();
    let cell = |name: &str| &row[head.iter().position(|known| known == name).unwrap()];
    assert_eq!(cell("name.fr"), &Data::String("=1+1".into()), "no apostrophe is needed");
    assert_eq!(cell("capacity"), &Data::Float(280.0));
    assert_eq!(cell("offers.1.price"), &Data::Float(-1.5));
    assert_eq!(cell("free"), &Data::Bool(false));
    assert_eq!(cell("keywords.1"), &Data::String("007".into()));
    assert_eq!(cell("keywords.3"), &Data::String("a\nb".into()));
    assert_eq!(cell("start"), &Data::String("2026-11-23T20:30:00[Europe/Paris]".into()));
    assert_eq!(cell("venue.title"), &Data::String("Le Cadran".into()));
}

#[test]
fn a_text_that_no_cell_holds_is_refused_and_left_out_of_the_site() {
    // Office Open XML: 32,767 UTF-16 units; an emoji has two.
    let most = evening(json!({ "description": { "fr": "😀".repeat(16_383) } }));
    assert!(Encoding::Xlsx.fits(most.dataset("performance").unwrap(), &most));
    bytes(Encoding::Xlsx, "performance", &most);
    let more = evening(json!({ "description": { "fr": "😀".repeat(16_384) } }));
    let dataset = more.dataset("performance").unwrap();
    assert!(!Encoding::Xlsx.fits(dataset, &more));
    let refused = encode(Encoding::Xlsx, dataset, &more, &context()).unwrap_err();
    assert_eq!(refused.code(), Code::CellTooLong);
    assert!(refused.to_string().contains("description.fr, row 2 has 32768 letters"), "{refused}");
}

#[test]
fn control_characters_are_no_part_of_a_table() {
    let table = text(Encoding::Csv, &evening(json!({ "name": { "fr": "a\u{0}b\u{7}\t\u{7f}c\nd" } })));
    assert!(table.contains(",\"ab\tc\nd\","), "{table:?}");
}

#[test]
fn triples_are_escaped_and_numbers_are_what_json_ld_makes_of_them() {
    let datasets = evening(json!({
        "name": { "fr": "a\"\\\n\u{1} <b> é\u{202e}" }, "url": "https://example.org/a b?\"><x>", "venue": id("venue")
    }));
    let turtle = text(Encoding::Turtle, &datasets);
    assert!(turtle.contains("schema:name \"a\\\"\\\\\\n\\u0001 <b> é\u{202e}\"@fr"), "{turtle}");
    assert!(turtle.contains("schema:url <https://example.org/a%20b?%22%3E%3Cx%3E>"), "{turtle}");
    let venue = format!("<https://agenda.example.org/id/{}", id("venue"));
    assert!(turtle.contains(&format!("{venue}> a schema:Place")), "{turtle}");
    assert!(
        turtle.contains(&format!(
            "{venue}#geo> a schema:GeoCoordinates ;\n  schema:latitude 45 ;\n  schema:longitude 6.6432E0"
        )),
        "{turtle}"
    );
    assert_eq!(turtle.matches("a schema:Place").count(), 1, "what many link to is told once");
}

#[test]
fn an_event_says_what_readers_count_on() {
    let series = json!({
        "name": { "fr": "Atelier" }, "start": "2026-12-02T18:00:00[Europe/Paris]", "recurrence": { "rule": "FREQ=WEEKLY;COUNT=3" }
    });
    let moved = json!({
        "name": { "fr": "Atelier" }, "start": "2026-12-10T18:00:00[Europe/Paris]", "recurrence-of": id("series"),
        "recurrence-id": "2026-12-09T18:00:00[Europe/Paris]", "festival": id("festival"), "status": "full",
        "accessibility": { "disabilities": ["hi", "vi"], "details": { "fr": "Boucle magnétique" } }
    });
    let online = json!({
        "name": { "fr": "Lecture" }, "start": "2026-12-11T18:00:00", "attendance": "online", "url": "https://example.org/live",
        "timings": [{ "start": "2026-12-12T18:00:00[Europe/Paris]", "status": "cancelled" }]
    });
    let datasets = public(&[
        ("performance", "series", series),
        ("performance", "moved", moved),
        ("performance", "online", online),
        ("festival", "festival", json!({ "name": { "fr": "Rue" } })),
    ]);
    let events = graph("performance", &datasets);
    let [series, moved, online] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(series["eventStatus"], "https://schema.org/EventScheduled", "nobody said otherwise");
    assert_eq!(moved["eventStatus"], "https://schema.org/EventScheduled", "sold out, it takes place");
    let above: Vec<&str> =
        moved["superEvent"].as_array().unwrap().iter().map(|one| one["@type"].as_str().unwrap()).collect();
    assert_eq!(above, ["Festival", "Event"]);
    assert_eq!(moved["accessibilityFeature"].as_array().unwrap().len(), 4, "two, in two languages");
    assert_eq!(moved["accessibilitySummary"]["@value"], "Boucle magnétique");
    assert_eq!(online["location"]["@type"], "VirtualLocation");
    assert_eq!(online["startDate"], "2026-12-11T18:00:00+01:00", "on the clocks of the territory");
    let part = &online["subEvent"][0];
    assert_eq!(part["eventStatus"], "https://schema.org/EventCancelled");
    assert_eq!(part["name"]["@value"], "Lecture");
    assert!(part["@id"].as_str().unwrap().ends_with("#20261212T180000"));
}

#[test]
fn news_are_the_newest_hundred_and_run_nowhere() {
    let entries: Vec<_> = (0..120)
        .map(|number| {
            let name = format!("<script>alert({number})</script> & cie");
            json!({
                "name": { "fr": name }, "start": "2026-12-01T20:30:00[Europe/Paris]", "description": { "fr": "<b>]]>\u{1}&" },
                "status": "cancelled", "genres": ["dance"]
            })
        })
        .collect();
    let keys: Vec<String> = (0..120).map(|number| number.to_string()).collect();
    let entries: Vec<_> =
        entries.into_iter().zip(&keys).map(|(entry, key)| ("performance", key.as_str(), entry)).collect();
    let datasets = public(&entries);
    let rss = text(Encoding::Rss, &datasets);
    assert_eq!(rss.matches("<item>").count(), 100);
    // Read as XML, then by who takes it for HTML: still the text.
    assert!(rss.contains("<title>&amp;lt;script&gt;alert("), "{rss}");
    assert!(rss.contains("mardi 1er décembre 2026, 20\u{a0}h\u{a0}30&lt;br&gt;\nAnnulé&lt;br&gt;\n&amp;lt;b&amp;gt;]]&amp;gt;&amp;amp;"), "{rss}");
    assert!(rss.contains("<pubDate>Sun, 01 Nov 2026 08:00:00 GMT</pubDate>"), "{rss}");
    assert!(rss.contains("<category>Danse</category>"));
    let atom = text(Encoding::Atom, &datasets);
    assert_eq!(atom.matches("<entry>").count(), 100);
    assert!(atom.contains("<title>&lt;script&gt;alert("));
    assert!(atom.contains("<updated>2026-11-01T08:00:00.000Z</updated>"));
    let nowhere = Context { address: None, ..context() };
    let dataset = datasets.dataset("performance").unwrap();
    let atom = String::from_utf8(encode(Encoding::Atom, dataset, &datasets, &nowhere).unwrap()).unwrap();
    assert!(atom.contains(&format!("<id>urn:c3ms:{}</id>", id("7"))) || atom.contains("<id>urn:c3ms:"));
    let places = datasets.dataset("venue").unwrap();
    let refused = encode(Encoding::Rss, places, &datasets, &context()).unwrap_err();
    assert_eq!(refused.code(), Code::EncodingFailed);
}

#[test]
fn the_fediverse_is_told_instants() {
    let day = evening(
        json!({ "start": "2026-12-24", "end": "2026-12-25", "status": "postponed", "venue": id("venue") }),
    );
    let whole: Value = serde_json::from_str(&text(Encoding::ActivityStreams, &day)).unwrap();
    assert_eq!((&whole["type"], &whole["totalItems"]), (&json!("OrderedCollection"), &json!(1)));
    let event = &whole["orderedItems"][0];
    assert_eq!(event["startTime"], "2026-12-24T00:00:00+01:00");
    assert_eq!(event["endTime"], "2026-12-26T00:00:00+01:00", "the midnight after the last day");
    assert_eq!(event["ical:status"], "TENTATIVE");
    assert_eq!(event["location"]["address"]["addressLocality"], "Briançon");
    assert_eq!(event["location"]["latitude"], 45.0);
    let series = evening(json!({
        "end": "2026-11-23T22:00:00[Europe/Paris]", "description": { "fr": "a<b>\n&" },
        "recurrence": { "rule": "FREQ=MONTHLY;COUNT=100", "excluded": ["2026-12-23T20:30:00[Europe/Paris]"] }
    }));
    let whole: Value = serde_json::from_str(&text(Encoding::ActivityStreams, &series)).unwrap();
    let items = whole["orderedItems"].as_array().unwrap();
    // From November 2026 to April 2028, 548 days after 2026-11-02 (2028-05-03), without December.
    assert_eq!(items.len(), 17);
    assert_eq!(items[1]["startTime"], "2027-01-23T20:30:00+01:00");
    assert_eq!(items[5]["endTime"], "2027-05-23T22:00:00+02:00");
    assert_eq!(items[0]["content"], "a&lt;b&gt;<br>\n&amp;");
    assert!(items[1]["id"].as_str().unwrap().ends_with("#20270123T203000"));
}

#[test]
fn the_data_package_names_the_columns_of_the_table() {
    let datasets = evening(
        json!({ "capacity": 12, "free": true, "offers": [{ "price": { "cents": 0, "currency": "EUR" } }] }),
    );
    let file = c3ms_core::delivery::Distribution {
        cube: "performance".to_owned(),
        encoding: Encoding::Csv,
        path: "data/performance.csv".to_owned(),
        bytes: 7,
    };
    let package: Value =
        serde_json::from_slice(&data_package(&datasets, &context(), std::slice::from_ref(&file)).unwrap())
            .unwrap();
    let fields = package["resources"][0]["schema"]["fields"].as_array().unwrap();
    let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
    let table = text(Encoding::Csv, &datasets);
    assert_eq!(names.join(","), table.lines().next().unwrap());
    let kind = |name: &str| &fields.iter().find(|field| field["name"] == name).unwrap()["type"];
    assert_eq!([kind("capacity"), kind("free"), kind("offers.1.price")], ["integer", "boolean", "number"]);
    assert_eq!([kind("updated"), kind("name.fr")], ["datetime", "string"]);
    assert_eq!(package["name"], "scenes-des-alpes");
    let map = sitemap(&datasets, &context(), &[file]).unwrap();
    assert!(map.contains("<loc>https://agenda.example.org/data/performance.csv</loc>\n<lastmod>2026-11-01T08:00:00.000Z</lastmod>"));
}

#[test]
fn a_date_that_is_now_moves_no_byte_but_where_it_stands() {
    let datasets = evening(json!({}));
    let later = Context { now: Timestamp::parse("2026-11-03T08:00:00Z").unwrap(), ..context() };
    let dataset = datasets.dataset("performance").unwrap();
    for encoding in Encoding::ALL.into_iter().filter(|encoding| encoding.fits(dataset, &datasets)) {
        let same = encode(encoding, dataset, &datasets, &later).unwrap();
        assert_eq!(same, bytes(encoding, "performance", &datasets), "{}", encoding.label());
    }
}
