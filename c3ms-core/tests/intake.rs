//! Sources into records: every value has its fate, and a second time nothing changes.

use std::path::PathBuf;

use c3ms_core::{
    Code,
    cooperative::{ImportOptions, Imported, import},
    forms::{Entry, FormsError, State, intake::Source},
    store::{Filter, MemoryStore, Store as _},
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

pub(crate) use crate::hostile::bodies::{act, founded as cooperative};

fn take(store: &mut MemoryStore, name: &str, text: &[u8]) -> Imported {
    let source = Source::read(text).unwrap();
    let options = ImportOptions { name: name.to_owned(), ..ImportOptions::default() };
    let imported = import(store, &source, &options, &act(), &mut |_| {}).unwrap();
    let counts = imported.account.summary;
    assert_eq!(counts.taken + counts.changed + counts.refused, counts.source_values);
    assert_eq!(counts.source_values, source.value_count());
    assert_eq!(counts.changed + counts.refused, imported.account.lines.len());
    imported
}

pub(crate) fn entries(store: &MemoryStore, cube: &str) -> Vec<Entry> {
    let mut all = Vec::new();
    let filter = Filter { cube: Some(cube.to_owned()), state: None };
    store
        .entries(&filter, &mut |entry| {
            all.push(entry);
            Ok(())
        })
        .unwrap();
    all
}

fn lines(imported: &Imported) -> Vec<(&str, &str, String)> {
    imported
        .account
        .lines
        .iter()
        .map(|line| {
            let cause = line.how.or(line.why.as_ref().map(Code::as_str)).unwrap_or_default();
            (line.selector.as_str(), cause, line.value.clone())
        })
        .collect()
}

const VENUES: &str = "identifiant;nom;commune;code_postal;jauge;couleur\n\
    V1;Théâtre du Rempart;Briançon;05100;180;rouge\n\
    V2; La Grange ;Névache;05100;beaucoup;\n";

#[test]
fn a_table_is_taken_with_an_account_of_every_cell() {
    let mut store = cooperative();
    let imported = take(&mut store, "lieux.csv", VENUES.as_bytes());
    assert_eq!(imported.mapping.targets[0].cube, "venue");
    assert_eq!(imported.account.summary.source_values, 11, "an empty cell is none");
    assert_eq!(
        lines(&imported),
        [
            ("couleur", "import.unmapped", "rouge".to_owned()),
            ("nom", "trimmed", " La Grange ".to_owned()),
            ("jauge", "import.value-unreadable", "beaucoup".to_owned()),
        ]
    );
    let venues = entries(&store, "venue");
    assert_eq!(venues.len(), 2);
    let rempart =
        venues.iter().find(|venue| venue.revision.document.get("capacity") == Some(&json!(180))).unwrap();
    assert_eq!(
        rempart.revision.document["address"],
        json!({ "locality": "Briançon", "postal-code": "05100" })
    );
    assert_eq!(rempart.revision.state, State::Published);
}

#[test]
fn a_second_import_changes_only_what_changed() {
    let mut store = cooperative();
    take(&mut store, "lieux.csv", VENUES.as_bytes());
    let head = store.head().unwrap();
    let again = take(&mut store, "lieux.csv", VENUES.as_bytes()).account.summary.records;
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 2));
    assert_eq!(store.head().unwrap(), head, "nothing is written");
    let changed =
        take(&mut store, "lieux.csv", VENUES.replace("180", "200").as_bytes()).account.summary.records;
    assert_eq!((changed.created, changed.updated, changed.unchanged), (0, 1, 1));
    // Rows in another order are the same records.
    let turned = "identifiant;nom;commune;code_postal;jauge;couleur\nV2;La Grange;Névache;05100;;\nV1;Théâtre du Rempart;Briançon;05100;200;\n";
    let records = take(&mut store, "lieux.csv", turned.as_bytes()).account.summary.records;
    assert_eq!((records.created, records.updated, records.unchanged), (0, 0, 2));
}

#[test]
fn rows_that_share_a_key_stay_apart() {
    let mut store = cooperative();
    let text = "identifiant;nom;commune\nF1;Jazz;Arles\nF1;Danse;Nîmes\nF2;Conte;Gap\n";
    let imported = take(&mut store, "festivals.csv", text.as_bytes());
    assert_eq!(imported.account.summary.records.created, 3);
    assert_eq!(imported.account.notes.len(), 2);
    let turned = "identifiant;nom;commune\nF2;Conte;Gap\nF1;Danse;Nîmes\nF1;Jazz;Arles\n";
    assert_eq!(take(&mut store, "festivals.csv", turned.as_bytes()).account.summary.records.unchanged, 3);
}

#[test]
fn the_encoding_of_a_table_is_told_by_its_bytes() {
    for (bytes, charset) in [
        (b"nom;ville\nTh\xe9\xe2tre;Brian\xe7on\n".to_vec(), "windows-1252"),
        ("\u{feff}nom;ville\nThéâtre;Briançon\n".as_bytes().to_vec(), "UTF-8"),
        (
            std::iter::once(0xfeff_u16)
                .chain("nom;ville\nThéâtre;Briançon\n".encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect(),
            "UTF-16LE",
        ),
    ] {
        let source = Source::read(&bytes).unwrap();
        assert_eq!(
            (source.charset, source.selectors.as_slice()),
            (charset, &["nom".to_owned(), "ville".to_owned()][..])
        );
        assert_eq!(source.records[0].values[1].scalar.text(), "Briançon");
    }
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-TIMEZONE:Europe/Berlin\r\nBEGIN:VEVENT\r\nUID:a@x\r\n\
    DTSTART:20190228T190000Z\r\nSUMMARY:Un long titre \r\n qui continue\\, ici\r\nLOCATION:Atelier\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n\
    EXDATE;TZID=Europe/Berlin:20190307T200000,20190314T200000\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a@x\r\n\
    RECURRENCE-ID;TZID=Europe/Berlin:20190228T200000\r\nDTSTART;TZID=Europe/Berlin:20190228T210000\r\nSUMMARY:Plus tard\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:b@x\r\nDTSTART;VALUE=DATE:20190301\r\nDTEND;VALUE=DATE:20190303\r\nSUMMARY:Deux jours\r\nCLASS:PRIVATE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn a_calendar_keeps_its_series_zones_and_days() {
    let mut store = cooperative();
    let imported = take(&mut store, "atelier.ics", CALENDAR.as_bytes());
    // Properties: 2 of the calendar, 6, 4 and 5 of the events; parameters: 1, 2 and 2. Counted by hand.
    assert_eq!(imported.account.summary.source_values, 2 + 6 + 1 + 4 + 2 + 5 + 2);
    let events = entries(&store, "performance");
    let by = |title: &str| {
        &events
            .iter()
            .find(|event| event.revision.document["name"].to_string().contains(title))
            .unwrap()
            .revision
    };
    let series = by("qui continue, ici");
    assert_eq!(
        series.document["start"], "2019-02-28T20:00:00[Europe/Berlin]",
        "an instant of the calendar's zone"
    );
    assert_eq!(
        series.document["recurrence"]["excluded"],
        json!(["2019-03-07T20:00:00[Europe/Berlin]", "2019-03-14T20:00:00[Europe/Berlin]"])
    );
    let later = by("Plus tard");
    assert_eq!(
        later.document["recurrence-of"],
        json!(events.iter().find(|event| event.revision == *series).unwrap().id)
    );
    let days = by("Deux jours");
    assert_eq!(
        (&days.document["start"], &days.document["end"]),
        (&json!("2019-03-01"), &json!("2019-03-02"))
    );
    assert_eq!(days.state, State::Draft, "a private event is not for the public");
    assert_eq!(entries(&store, "venue").len(), 1);
    assert_eq!(take(&mut store, "atelier.ics", CALENDAR.as_bytes()).account.summary.records.unchanged, 4);
}

#[test]
fn an_offset_is_resolved_where_it_agrees_and_kept_where_not() {
    let node = |start: &str| json!({ "@type": "Event", "@id": format!("https://x.example/{start}"), "name": "Bal", "startDate": start });
    let mut store = cooperative();
    let paris: Vec<Value> = (10..25)
        .map(|day| node(&format!("2027-01-{day}T20:30:00+01:00")))
        .chain([node("2027-02-10T20:30:00+02:00")])
        .collect();
    let imported = take(&mut store, "paris.jsonld", json!(paris).to_string().as_bytes());
    assert_eq!(imported.account.notes.len(), 1, "one offset is not that of Paris in winter");
    let starts: Vec<String> = entries(&store, "performance")
        .iter()
        .map(|event| event.revision.document["start"].as_str().unwrap().to_owned())
        .collect();
    assert!(starts.contains(&"2027-01-10T20:30:00[Europe/Paris]".to_owned()));
    assert!(starts.contains(&"2027-02-10T20:30:00+02:00".to_owned()), "never guessed");
    let halifax =
        take(&mut store, "halifax.jsonld", json!([node("2027-01-10T19:00:00-04:00")]).to_string().as_bytes());
    assert!(halifax.account.lines.is_empty(), "{:?}", halifax.account.lines);
    assert!(
        entries(&store, "performance")
            .iter()
            .any(|event| event.revision.document["start"] == "2027-01-10T19:00:00-04:00")
    );
}

#[test]
fn a_record_is_kept_by_the_source_that_describes_it() {
    let place = json!({ "@type": "Place", "@id": "https://x.example/p1", "name": "Salle", "address": { "@type": "PostalAddress", "addressLocality": "Gap" } });
    let event = json!({ "@type": "Event", "@id": "https://x.example/e1", "name": "Bal", "startDate": "2027-01-10",
        "location": { "@type": "Place", "@id": "https://x.example/p1", "name": "La salle", "telephone": "04 92 00 00 00" } });
    let (events, places) = (json!([event]).to_string(), json!([place]).to_string());
    let mut store = cooperative();
    take(&mut store, "events.jsonld", events.as_bytes());
    let taken = take(&mut store, "places.jsonld", places.as_bytes()).account.summary.records;
    assert_eq!((taken.created, taken.updated), (0, 1), "the place that was mentioned is now described");
    let again = take(&mut store, "events.jsonld", events.as_bytes());
    assert_eq!(again.account.summary.records.unchanged, 2);
    assert!(
        again.account.lines.iter().any(|line| line.why == Some(Code::ValueOwnedElsewhere)),
        "and the mention's other name is told"
    );
    let venues = entries(&store, "venue");
    assert_eq!(venues[0].revision.document["name"], json!({ "fr": "Salle" }));
    assert_eq!(take(&mut store, "places.jsonld", places.as_bytes()).account.summary.records.unchanged, 1);
}

#[test]
fn what_is_required_and_missing_makes_a_draft_not_a_loss() {
    let mut store = cooperative();
    let node = json!([{ "@type": "Event", "@id": "https://x.example/1", "name": "Sans date" }]);
    assert_eq!(take(&mut store, "e.jsonld", node.to_string().as_bytes()).account.summary.records.created, 1);
    assert_eq!(entries(&store, "performance")[0].revision.state, State::Draft);
}

#[test]
fn markup_of_web_pages_becomes_plain_text() {
    let mut store = cooperative();
    let text = "Salut <b>à tous</b>,<br>voir <a href=\"https://x.example/?a=1&amp;b=2\">le site</a>.<style>p{}</style> 3 < 4 &amp; <3";
    let node = json!([{ "@type": "Event", "@id": "https://x.example/1", "name": "Bal", "startDate": "2027-01-01", "description": text }]);
    let imported = take(&mut store, "e.jsonld", node.to_string().as_bytes());
    assert_eq!(lines(&imported)[0].1, "markup-removed");
    let plain = "Salut à tous,\nvoir le site (https://x.example/?a=1&b=2). 3 < 4 & <3";
    assert_eq!(entries(&store, "performance")[0].revision.document["description"], json!({ "fr": plain }));
}

#[test]
fn damaged_sources_are_refused_with_their_line() {
    let refused = |bytes: &[u8]| Source::read(bytes).unwrap_err();
    assert_eq!(refused(b" \n"), FormsError::SourceEmpty);
    assert_eq!(refused(b"nom;ville\nA;\0B\n"), FormsError::SourceNul { line: 2 });
    assert!(matches!(refused(b"nom;ville\nA;B\nC;\"D\nE;F\n"), FormsError::CsvBroken { line: 3, .. }));
    assert!(matches!(refused(b"nom;ville\nA;B\nC\n"), FormsError::CsvBroken { line: 3, .. }));
    assert!(matches!(
        refused(b"[{\"@type\": \"Event\",\n \"name\": }]"),
        FormsError::JsonBroken { line: 2, .. }
    ));
    assert!(matches!(
        refused(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n"),
        FormsError::CalendarBroken { line: 2, .. }
    ));
    assert!(matches!(
        refused(b"BEGIN:VCALENDAR\nSUMMARY\nEND:VCALENDAR\n"),
        FormsError::CalendarBroken { line: 2, .. }
    ));
    assert!(matches!(
        refused(b"BEGIN:VCALENDAR\nX:\xff\nEND:VCALENDAR\n"),
        FormsError::SourceEncoding { line: 2, .. }
    ));
    assert!(matches!(refused("a".repeat(3 << 20).as_bytes()), FormsError::SourceTooLong { line: 1, .. }));
    let deep = "[".repeat(100_000);
    assert!(matches!(refused(deep.as_bytes()), FormsError::JsonBroken { .. }));
}

#[test]
fn a_zone_nobody_knows_stops_the_import_unless_the_mapping_says_what_it_means() {
    let text = CALENDAR.replace("Europe/Berlin", "Mars/Olympus");
    let source = Source::read(text.as_bytes()).unwrap();
    let mut store = cooperative();
    let options = ImportOptions { name: "x.ics".to_owned(), ..ImportOptions::default() };
    let error = import(&mut store, &source, &options, &act(), &mut |_| {}).unwrap_err().report("en");
    assert_eq!((error.code.as_str(), error.path.as_str()), ("import.zone-unknown", "line 11"));
    assert_eq!(store.head().unwrap().position, 9, "the store is as before");
    let outlook = CALENDAR.replace("Europe/Berlin", "Romance Standard Time");
    take(&mut store, "outlook.ics", outlook.as_bytes());
    assert!(
        entries(&store, "performance")
            .iter()
            .any(|event| event.revision.document["start"] == "2019-02-28T21:00:00[Europe/Paris]")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    /// Whatever the bytes: an answer or a coded refusal, never a panic; and every value has a fate.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200), head in prop::sample::select(vec!["", "BEGIN:VCALENDAR\n", "[{\"@type\":\"Event\",", "nom;debut\n"])) {
        let mut all = head.as_bytes().to_vec();
        all.extend(bytes);
        if let Ok(source) = Source::read(&all) {
            let mut store = cooperative();
            let options = ImportOptions { name: "x".to_owned(), into: Some("performance".to_owned()), ..ImportOptions::default() };
            if let Ok(imported) = import(&mut store, &source, &options, &act(), &mut |_| {}) {
                let counts = imported.account.summary;
                prop_assert_eq!(counts.taken + counts.changed + counts.refused, source.value_count());
            }
        }
    }

    /// Any cells under real columns: the account adds up and a second import changes nothing.
    #[test]
    fn any_cells_are_accounted_for(rows in vec(vec("[ a-zé0-9:;,/é@€\"'\\-]{0,14}", 8), 1..8)) {
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        writer.write_record(["identifiant", "titre", "debut", "lieu", "tarif", "gratuit", "genre", "lien"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let mut store = cooperative();
        let cells = rows.iter().flatten().filter(|cell| !cell.is_empty()).count();
        prop_assert_eq!(take(&mut store, "programme.csv", &text).account.summary.source_values, cells);
        let again = take(&mut store, "programme.csv", &text).account.summary.records;
        prop_assert_eq!((again.created, again.updated), (0, 0));
    }
}

/// The folder of the real data; absent it is a failure in CI, else the test says that it was skipped.
pub(crate) fn data(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("C3MS_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", file.display());
    println!("skipped: {} is missing", file.display());
    None
}

#[test]
fn real_calendars_and_nodes_come_in_whole_and_a_second_time_unchanged() {
    for path in [
        "icalendar-venues/machbar_16_feb_2019.ics",
        "icalendar-venues/Germany.ics",
        "scenes-francophones/places.jsonld",
        "scenes-francophones/presenters.jsonld",
    ] {
        let Some(file) = data(path) else { continue };
        let (name, bytes) =
            (file.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&file).unwrap());
        let mut store = cooperative();
        let first = take(&mut store, &name, &bytes).account.summary.records;
        assert!(first.created > 60 && first.refused == 0, "{path} {first:?}");
        let second = take(&mut store, &name, &bytes).account.summary.records;
        assert_eq!((second.created, second.updated, second.unchanged), (0, 0, first.created), "{path}");
    }
}
