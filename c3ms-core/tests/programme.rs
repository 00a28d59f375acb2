//! A season that comes again and again: from platforms, spreadsheets and feeds, corrected and merged by people.

use std::io::{Cursor, Write as _};

use c3ms_core::{
    Error,
    base::Date,
    cooperative::{
        ClashQuery, Edit, ImportOptions, Imported, clashes, edit, history, import, inventory, inventory_page,
        merge, revert, same_entries, standing_for, unmerge,
    },
    delivery::{Recipient, gate},
    forms::{
        Entry, State,
        identity::DuplicateOptions,
        intake::{Source, SourceKind},
    },
    store::{MemoryStore, Store as _},
};
use serde_json::{Value, json};

use crate::intake::{act, cooperative, entries};

fn options(name: &str) -> ImportOptions {
    ImportOptions { name: name.to_owned(), ..ImportOptions::default() }
}

fn try_take(store: &mut MemoryStore, options: &ImportOptions, bytes: &[u8]) -> Result<Imported, Error> {
    let source = Source::read(bytes).unwrap();
    let imported = import(store, &source, options, &act(), &mut |_| {})?;
    let counts = imported.account.summary;
    assert_eq!(counts.taken + counts.changed + counts.refused, source.value_count());
    Ok(imported)
}

/// Takes a source, and once more: the second time nothing changes.
fn take(store: &mut MemoryStore, name: &str, text: &str) -> Imported {
    let imported = try_take(store, &options(name), text.as_bytes()).unwrap();
    let again = try_take(store, &options(name), text.as_bytes()).unwrap().account.summary.records;
    assert_eq!((again.created, again.updated, again.withdrawn), (0, 0, 0));
    store.verify().unwrap();
    imported
}

fn named(store: &MemoryStore, cube: &str, name: &str) -> Entry {
    let called = |entry: &Entry| json!(entry.revision.document).pointer("/name/fr") == Some(&json!(name));
    entries(store, cube).into_iter().find(called).unwrap()
}

fn notes(imported: &Imported) -> Vec<&str> {
    imported.account.notes.iter().map(|note| note.note).collect()
}

const OPEN_AGENDA: &str = r#"{"total": 1, "offset": 0, "events": [{
  "uid": 60314132, "slug": "le-bal", "title": {"fr": "Le Bal", "en": "The Ball"}, "description": {"fr": "Court."},
  "longDescription": {"fr": "Plus long."}, "status": 6, "attendanceMode": 1, "accessibility": {"mi": true, "hi": false},
  "conditions": {"fr": "6 €"}, "keywords": {"fr": ["bal", "danse"]},
  "timings": [{"begin": "2027-03-29T18:30:00.000Z", "end": "2027-03-29T20:00:00.000Z"},
              {"begin": "2027-03-27T18:30:00.000Z", "end": "2027-03-27T21:00:00.000Z"}],
  "location": {"uid": 9, "name": "Le Rempart", "address": "1 rue Haute", "postalCode": "05100", "city": "Briançon",
    "insee": "05023", "countryCode": "fr", "latitude": 44.9, "longitude": 6.64, "timezone": "Europe/Paris"}}]}"#;

#[test]
fn events_of_openagenda_keep_each_of_their_dates() {
    let mut store = cooperative();
    let imported = take(&mut store, "agenda.json", OPEN_AGENDA);
    assert_eq!(imported.mapping.kind, SourceKind::OpenAgenda);
    let document = named(&store, "performance", "Le Bal").revision.document;
    // The earlier date is the record's own, though it comes second; the clocks change in the night between.
    assert_eq!(document["start"], "2027-03-27T19:30:00[Europe/Paris]");
    assert_eq!(document["end"], "2027-03-27T22:00:00[Europe/Paris]");
    assert_eq!(
        document["timings"],
        json!([{"start": "2027-03-29T20:30:00[Europe/Paris]", "end": "2027-03-29T22:00:00[Europe/Paris]"}])
    );
    assert_eq!((&document["status"], &document["attendance"]), (&json!("cancelled"), &json!("offline")));
    assert_eq!(document["accessibility"], json!({"disabilities": ["mi"]}));
    assert_eq!(
        (&document["summary"]["fr"], &document["description"]["fr"]),
        (&json!("Court."), &json!("Plus long."))
    );
    let venue = named(&store, "venue", "Le Rempart").revision;
    assert_eq!(venue.document["address"]["country"], "FR");
    assert_eq!(venue.state, State::Published);
    assert_eq!(
        imported
            .account
            .lines
            .iter()
            .filter(|line| line.fate == "refused")
            .map(|line| line.selector.as_str())
            .collect::<Vec<_>>(),
        ["/offset", "/total", "/slug"],
        "all else is taken"
    );
}

const DATATOURISME: &str = r#"{"@id": "https://data.datatourisme.gouv.fr/1", "@type": ["schema:Event", "EntertainmentAndEvent", "TheaterEvent"],
  "rdfs:label": {"fr": ["Le Bal"], "en": ["The Ball"]}, "reducedMobilityAccess": true,
  "takesPlaceAt": [{"@type": ["Period"], "endDate": "2027-03-27", "endTime": "22:00:00", "startDate": "2027-03-27", "startTime": "20:30:00"},
                   {"@type": ["Period"], "startTime": "15:00:00", "startDate": "2027-03-28"}],
  "offers": [{"schema:priceSpecification": [{"schema:price": 4, "schema:priceCurrency": "EUR"}, {"schema:price": 2.5, "schema:priceCurrency": "EUR"}]}],
  "isLocatedAt": [{"@id": "https://data.datatourisme.gouv.fr/2", "schema:address": [{"schema:addressLocality": "Loches", "schema:postalCode": "37600",
    "hasAddressCity": [{"insee": "37132"}]}], "schema:geo": {"schema:latitude": "47.118113", "schema:longitude": "0.984287"}}]}"#;

#[test]
fn objects_of_datatourisme_join_days_and_times() {
    let mut store = cooperative();
    take(&mut store, "flux.jsonl", DATATOURISME);
    let document = named(&store, "performance", "Le Bal").revision.document;
    assert_eq!(document["start"], "2027-03-27T20:30:00[Europe/Paris]");
    assert_eq!(
        document["timings"],
        json!([{"start": "2027-03-28T15:00:00[Europe/Paris]"}]),
        "whichever comes first"
    );
    let prices: Vec<&Value> =
        document["offers"].as_array().unwrap().iter().map(|offer| &offer["price"]["cents"]).collect();
    assert_eq!(prices, [400, 250], "each price specification is an offer");
    assert_eq!(document["genres"], json!(["theatre"]));
    assert_eq!(named(&store, "venue", "Loches").revision.document["address"]["municipality-code"], "37132");
}

const FEED: &str = "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:ev=\"http://purl.org/rss/1.0/modules/event/\"><channel><title>Saison</title>\n\
  <item><title>Le Bal &amp; la nuit</title><guid>n1</guid><link>https://example.org/bal</link>\n\
  <description><![CDATA[<p>Une <b>nuit</b>.</p>]]></description><ev:startdate>2027-03-27T20:30:00+01:00</ev:startdate>\n\
  <ev:location>Le Rempart</ev:location><enclosure url=\"https://example.org/bal.jpg\" length=\"9\"/></item></channel></rss>";

#[test]
fn items_of_feeds_are_performances() {
    let mut store = cooperative();
    take(&mut store, "flux.rss", FEED);
    let document = named(&store, "performance", "Le Bal & la nuit").revision.document;
    assert_eq!(document["start"], "2027-03-27T20:30:00[Europe/Paris]");
    assert_eq!(document["summary"]["fr"], "Une nuit.");
    assert!(Source::read(b"<html><body><p>Bonjour</p></body></html>").is_err());
    let Err(broken) = Source::read(b"<rss>\n<channel>\n<item></channel></rss>") else {
        panic!("it is broken")
    };
    assert_eq!(Error::from(broken).report("fr").path, "line 3");
    assert!(Source::read("<a>".repeat(100_000).as_bytes()).is_err());
}

const SEASON: &str = "id;titre;debut;lieu;code postal\n\
    007;Le Bal;27/03/2027 20h30;Le Rempart;05100\n008;La Nuit;28/03/2027 20h30;Le Rempart;05100\n009;L’Été;29/03/2027 20h30;La Grange;05120\n";

/// A workbook of two sheets, as a spreadsheet program packs it.
fn workbook() -> Vec<u8> {
    let cell = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let sheet = |rows: &str| {
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
        )
    };
    let season = [
        "<row r=\"1\">".to_owned() + &cell("A1", "Saison 2027") + "</row>",
        "<row r=\"3\">".to_owned()
            + &cell("A3", "id")
            + &cell("B3", "titre")
            + &cell("C3", "debut")
            + &cell("D3", "heure")
            + "</row>",
        "<row r=\"4\"><c r=\"A4\"><v>7</v></c>".to_owned()
            + &cell("B4", "Le Bal")
            + &cell("C4", "27/03/2027")
            + &cell("D4", "20h30")
            + "</row>",
    ];
    let parts = [
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned()),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_owned(),
        ),
        ("xl/workbook.xml", "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Notes\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"Saison\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>".to_owned()),
        ("xl/_rels/workbook.xml.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet2.xml\"/></Relationships>".to_owned()),
        ("xl/worksheets/sheet1.xml", sheet(&("<row r=\"1\">".to_owned() + &cell("B1", "à relire") + "</row>"))),
        ("xl/worksheets/sheet2.xml", sheet(&season.concat())),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn the_sheet_that_says_most_is_the_table() {
    let mut store = cooperative();
    let imported = try_take(&mut store, &options("saison.xlsx"), &workbook()).unwrap();
    let performance = named(&store, "performance", "Le Bal").revision;
    assert_eq!(performance.document["start"], "2027-03-27T20:30:00[Europe/Paris]");
    assert_eq!(performance.origin.unwrap().key, "7");
    let beside: Vec<_> = imported
        .account
        .lines
        .iter()
        .filter(|line| line.fate == "refused")
        .map(|line| (line.at.as_str(), line.selector.as_str(), line.value.as_str()))
        .collect();
    assert_eq!(beside, [("line 1", "Notes!B", "à relire"), ("line 1", "Saison!A", "Saison 2027")]);
}

#[test]
fn a_table_of_a_million_columns_is_refused() {
    let wide = "a;".repeat(1_000_000) + "b\n" + &"1;".repeat(1_000_000) + "2\n";
    assert!(Source::read(wide.as_bytes()).is_err());
    let wide = "a;".repeat(5000) + "b\n" + &"1;".repeat(5000) + "2\n";
    let refused = Error::from(Source::read(wide.as_bytes()).unwrap_err()).report("fr");
    assert_eq!(refused.code.as_str(), "import.too-many-columns");
}

#[test]
fn what_spreadsheets_damage_is_no_change() {
    let mut store = cooperative();
    take(&mut store, "programme.csv", SEASON);
    let ids: Vec<_> = entries(&store, "performance").iter().map(|entry| entry.id).collect();
    let damaged = SEASON.replace("\n00", "\n").replace("L’Été", "\u{feff}L'Été").replace("La Nuit", "#REF!");
    let imported = try_take(&mut store, &options("programme.csv"), damaged.as_bytes()).unwrap();
    let records = imported.account.summary.records;
    assert_eq!((records.created, records.updated, records.unchanged - 2, records.withdrawn), (0, 0, 3, 0));
    assert_eq!(entries(&store, "performance").iter().map(|entry| entry.id).collect::<Vec<_>>(), ids);
    named(&store, "performance", "La Nuit");
    assert!(imported.account.lines.iter().any(|line| line.why == Some(c3ms_core::Code::ValueFormulaFailed)));
    // A postal code that lost its first digit is mended, and told.
    let venues = "nom;commune;code postal\nLe Rempart;Briançon;5100\n";
    let imported = take(&mut store, "venues.csv", venues);
    assert!(notes(&imported).contains(&"leading-zero-restored"));
    let mended = entries(&store, "venue").into_iter().any(|venue| {
        venue.revision.document.get("address").is_some_and(|address| address["postal-code"] == "05100")
    });
    assert!(mended);
}

fn code(result: Result<Imported, Error>) -> &'static str {
    result.map_or_else(|error| error.report("fr").code.as_str(), |_| "")
}

#[test]
fn a_source_that_shrank_changes_nothing_unless_it_is_meant() {
    let mut store = cooperative();
    take(&mut store, "programme.csv", SEASON);
    let head = store.head().unwrap();
    let one = SEASON.lines().take(2).collect::<Vec<_>>().join("\n") + "\n";
    assert_eq!(code(try_take(&mut store, &options("programme.csv"), one.as_bytes())), "import.source-shrank");
    assert_eq!(store.head().unwrap(), head);
    let part = ImportOptions { partial: true, ..options("programme.csv") };
    assert_eq!(try_take(&mut store, &part, one.as_bytes()).unwrap().account.summary.records.withdrawn, 0);
    let meant = ImportOptions { accept_shrink: true, ..options("programme.csv") };
    assert_eq!(try_take(&mut store, &meant, one.as_bytes()).unwrap().account.summary.records.withdrawn, 2);
    assert_eq!(named(&store, "performance", "La Nuit").revision.state, State::Withdrawn);
    assert_eq!(named(&store, "venue", "La Grange").revision.state, State::Published, "only mentioned");
    // What comes back is there again.
    take(&mut store, "programme.csv", SEASON);
    assert_eq!(named(&store, "performance", "La Nuit").revision.state, State::Published);
}

#[test]
fn the_past_and_what_others_link_to_is_never_withdrawn() {
    let mut store = cooperative();
    let past = SEASON.replace("2027", "2026");
    take(&mut store, "programme.csv", &past);
    let next = "id;titre;debut;lieu;code postal\n101;A;27/03/2027;Le Rempart;05100\n102;B;27/03/2027;Le Rempart;05100\n";
    assert_eq!(take(&mut store, "programme.csv", next).account.summary.records.withdrawn, 0);
    take(
        &mut store,
        "lieux.csv",
        "identifiant;nom;commune\nV1;Le Moulin;Guillestre\nV2;La Forge;Guillestre\nV3;Le Four;Guillestre\nV4;Le Puits;Guillestre\n",
    );
    take(&mut store, "ete.csv", "id;titre;debut;lieu\n1;C;27/03/2027;Le Moulin\n");
    let fewer = "identifiant;nom;commune\nV2;La Forge;Guillestre\nV3;Le Four;Guillestre\n";
    let meant = ImportOptions { accept_shrink: true, ..options("lieux.csv") };
    assert_eq!(try_take(&mut store, &meant, fewer.as_bytes()).unwrap().account.summary.records.withdrawn, 1);
    assert_eq!(named(&store, "venue", "Le Moulin").revision.state, State::Published, "somebody plays there");
    assert_eq!(named(&store, "venue", "Le Puits").revision.state, State::Withdrawn);
}

#[test]
fn a_correction_survives_what_its_source_says_later() {
    let mut store = cooperative();
    take(&mut store, "programme.csv", SEASON);
    let id = named(&store, "performance", "Le Bal").id;
    let set = |path: &str, value: Value| Edit::set(path, value);
    edit(&mut store, id, &[set("/name/fr", json!("Le Grand Bal"))], &act()).unwrap();
    take(&mut store, "programme.csv", SEASON);
    assert_eq!(store.entry(id).unwrap().unwrap().revision.document["name"]["fr"], "Le Grand Bal");
    // The source changes another field: taken. It changes the corrected one: told, the correction stays.
    let later = SEASON.replace("Le Bal;27/03/2027 20h30", "Le Bal d’été;27/03/2027 21h");
    let imported = take(&mut store, "programme.csv", &later);
    let document = store.entry(id).unwrap().unwrap().revision.document;
    assert_eq!(
        (&document["name"]["fr"], &document["start"]),
        (&json!("Le Grand Bal"), &json!("2027-03-27T21:00:00[Europe/Paris]"))
    );
    let told: Vec<_> = imported
        .account
        .lines
        .iter()
        .filter(|line| line.why == Some(c3ms_core::Code::ValueCorrected))
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].value, "Le Bal d’été");
    let steps = history(&store, id).unwrap();
    assert_eq!(steps.len(), 3);
    assert!(steps[1].changes[0].corrected);
    assert_eq!(steps[1].changes[0].before, json!({"fr": "Le Bal"}));
    // Taken back, the field is the source's again.
    revert(&mut store, id, Some(steps[0].position), &act()).unwrap();
    take(&mut store, "programme.csv", SEASON);
    assert_eq!(store.entry(id).unwrap().unwrap().revision.document["name"]["fr"], "Le Bal");
    assert!(store.entry(id).unwrap().unwrap().revision.corrections.is_empty());
    // The source says what the correction says: there is none any more.
    edit(&mut store, id, &[set("/name/fr", json!("Le Grand Bal"))], &act()).unwrap();
    take(&mut store, "programme.csv", &SEASON.replace("Le Bal", "Le Grand Bal"));
    assert!(store.entry(id).unwrap().unwrap().revision.corrections.is_empty());
    let wrong = edit(&mut store, id, &[set("/start", json!("soon"))], &act()).unwrap_err();
    assert_eq!(wrong.report("en").code.as_str(), "cooperative.entry-refused");
}

#[test]
fn a_merge_survives_both_sources_and_can_be_undone() {
    let mut store = cooperative();
    let lieux = "identifiant;nom;commune;jauge\nV1;Le Rempart;Briançon;180\n";
    let salles = "identifiant;nom;commune;site\n12;Théâtre du Rempart;Briançon;https://rempart.example.org\n";
    take(&mut store, "lieux.csv", lieux);
    take(&mut store, "salles.csv", salles);
    take(&mut store, "programme.csv", "id;titre;debut;lieu\n1;Le Bal;27/03/2027 20h30;Théâtre du Rempart\n");
    let (keep, gone) =
        (named(&store, "venue", "Le Rempart").id, named(&store, "venue", "Théâtre du Rempart").id);
    let before = entries(&store, "venue");
    let venues = |store: &MemoryStore| {
        let formats = store.formats().unwrap();
        let datasets = gate(store, &formats, &Recipient::Public, act().now).unwrap();
        let venues: Vec<_> =
            datasets.dataset("venue").unwrap().records.iter().map(|record| record.id).collect();
        let link = datasets.dataset("performance").unwrap().records[0].document["venue"].clone();
        (venues, link)
    };
    for _ in 0..2 {
        merge(&mut store, keep, gone, &act()).unwrap();
        assert_eq!(
            store.entry(keep).unwrap().unwrap().revision.document["url"],
            "https://rempart.example.org"
        );
        assert_eq!(
            venues(&store),
            (vec![keep], json!(keep)),
            "the performance is now at the one that stands"
        );
        assert_eq!(standing_for(&store, gone).unwrap(), Some(keep));
        take(&mut store, "lieux.csv", lieux);
        take(&mut store, "salles.csv", salles);
        take(&mut store, "lieux.csv", &lieux.replace("180", "200"));
        let merged = store.entry(keep).unwrap().unwrap().revision.document;
        assert_eq!(
            (&merged["capacity"], &merged["url"]),
            (&json!(200), &json!("https://rempart.example.org"))
        );
        take(&mut store, "lieux.csv", lieux);
        assert_eq!(venues(&store).0, [keep]);
        let refused = merge(&mut store, gone, keep, &act()).unwrap_err();
        assert_eq!(refused.report("en").code.as_str(), "cooperative.entry-refused", "no circle");
        let refused = revert(&mut store, gone, None, &act()).unwrap_err();
        assert_eq!(
            refused.report("en").code.as_str(),
            "cooperative.entry-refused",
            "it would stand beside itself"
        );
        unmerge(&mut store, gone, &act()).unwrap();
        let now = entries(&store, "venue");
        assert_eq!(
            now.iter().map(|entry| &entry.revision).collect::<Vec<_>>(),
            before.iter().map(|entry| &entry.revision).collect::<Vec<_>>()
        );
    }
    assert_eq!(venues(&store).0.len(), 2);
    store.verify().unwrap();
}

/// On one processor and on three the stretches of a source end elsewhere; what comes of it is the same.
#[cfg(feature = "parallel")]
#[test]
fn records_filled_side_by_side_are_those_of_one_after_the_other() {
    let spellings = ["Le Rempart", " le rempart", "LE REMPART", "La Grange", "Salle n° 3", "Le Phare"];
    let line = |row: usize| {
        // Some keys come again, some days and prices cannot be read, some places are unknown.
        let (key, day) = (if row.is_multiple_of(97) { 5 } else { row }, row % 35);
        let place = spellings.get(row % 7).copied().unwrap_or("Salle des fêtes <b>bis</b>");
        let price = if row.is_multiple_of(11) { "à voir" } else { "12 €" };
        format!("P{key};Soir {row};2027-05-{day:02}T20:30:00;{place};{price}\n")
    };
    let text =
        "identifiant;titre;debut;lieu;tarif\n".to_owned() + &(0..1500).map(line).collect::<Vec<_>>().concat();
    let taken = |processors| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(processors).build().unwrap();
        pool.install(|| {
            let mut store = cooperative();
            // Two venues of one name, of which a link says which only where it is known already.
            take(&mut store, "lieux.csv", "identifiant;nom;commune\nV1;Le Phare;Gap\nV2;Le Phare;Arles\n");
            let imported = take(&mut store, "saison.csv", &text);
            (imported, entries(&store, "performance"), entries(&store, "venue"))
        })
    };
    let (imported, performances, venues) = taken(1);
    let counts = imported.account.summary;
    assert_eq!(counts.source_values, 7500);
    assert_eq!((performances.len(), counts.records.refused), (1500, 0));
    // Three of the names are one but for letters; the sixth is that of two.
    assert!(venues.len() >= 6, "{}", venues.len());
    assert_eq!(taken(3), (imported, performances, venues));
}

fn clashing(store: &MemoryStore) -> Value {
    let days = Date::parse("2027-03-01").unwrap()..Date::parse("2027-04-01").unwrap();
    let query = ClashQuery { days, within: 30.0, organizer: None, language: "fr".to_owned() };
    json!(clashes(store, &query).unwrap())
}

#[test]
fn dates_that_clash_are_told_and_drafts_are_counted_without_being_shown() {
    let mut store = cooperative();
    let venues = "identifiant;nom;commune;latitude;longitude\n\
        V1;Le Rempart;Briançon;44.8995;6.6432\nV2;La Grange;Névache;45.0190;6.6050\nV3;Le Quattro;Gap;44.5598;6.0792\n";
    take(&mut store, "lieux.csv", venues);
    let season = |name: &str, place: &str, more: &str| {
        format!(
            "id;titre;debut;lieu;organisateur;genre\n1;{name};27/03/2027 20h30;{place};Ass. {name};theatre\n{more}"
        )
    };
    take(
        &mut store,
        "a.csv",
        &season("Le Bal", "Le Rempart", "2;Le Bal;28/03/2027 20h30;Le Rempart;Ass. Le Bal;theatre\n"),
    );
    take(&mut store, "b.csv", &season("La Nuit", "La Grange", ""));
    take(&mut store, "far.csv", &season("Loin", "Le Quattro", ""));
    let found = clashing(&store);
    assert_eq!(
        found.as_array().unwrap().len(),
        1,
        "Gap is 58 km away, and an organizer does not clash with himself"
    );
    assert_eq!((&found[0]["date"], &found[0]["kilometers"]), (&json!("2027-03-27"), &json!(13)));
    assert_eq!(found[0]["reasons"], json!(["same-day", "same-hours", "near", "same-genre"]));
    // A third one who has published nothing yet.
    let secret = ImportOptions { name: "secret.ics".to_owned(), ..ImportOptions::default() };
    let calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:s\r\nCLASS:PRIVATE\r\nSUMMARY:Tenu secret\r\nDTSTART;TZID=Europe/Paris:20270328T203000\r\n\
        LOCATION:Le Rempart\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    try_take(&mut store, &secret, calendar.as_bytes()).unwrap();
    let found = clashing(&store);
    let hidden: Vec<&Value> =
        found.as_array().unwrap().iter().filter(|clash| clash["date"] == "2027-03-28").collect();
    assert_eq!(hidden.len(), 1);
    assert_eq!((&hidden[0]["b"], &hidden[0]["reasons"]), (&json!({"draft": true}), &json!(["same-day"])));
    assert!(!found.to_string().contains("secret") && hidden[0].get("kilometers").is_none());
}

/// Two organizations enter the same touring show: what the first study of the territory says of it.
#[test]
fn a_touring_show_is_suggested_merged_parted_and_counted() {
    let mut store = cooperative();
    let rows = |place: &str, town: &str, more: &str| {
        format!("id;titre;debut;lieu;commune\n1;Le Bal des vivants;27/03/2027 20h30;{place};{town}\n{more}")
    };
    take(
        &mut store,
        "lieux.csv",
        "identifiant;nom;commune;latitude;longitude\nV1;Théâtre du Rempart;Briançon;44.8995;6.6432\nV2;Le Quattro;Gap;44.5598;6.0792\n",
    );
    let theatre = rows(
        "Théâtre du Rempart",
        "Briançon",
        "2;Le Bal des vivants;27/03/2027 15h;Théâtre du Rempart;Briançon\n",
    );
    let company =
        rows("Théâtre du Rempart", "Briançon", "2;Le Bal des vivants;28/03/2027 20h30;Le Quattro;Gap\n");
    take(&mut store, "theatre.csv", &theatre);
    take(&mut store, "tournee.csv", &company);
    let found = same_entries(&store, Some("performance"), DuplicateOptions::default()).unwrap();
    let same: Vec<_> = found.pairs.iter().filter(|pair| pair.found.veto.is_none()).collect();
    assert_eq!(same.len(), 1, "neither the matinée nor the next town");
    let (a, b) = (same[0].a, same[0].b);
    let state = |store: &MemoryStore| {
        let study = json!(inventory(store, &act(), "fr").unwrap());
        let of = |name: &str| {
            study["sources"].as_array().unwrap().iter().find(|state| state["source"] == name).unwrap().clone()
        };
        (of("theatre.csv")["shared"].clone(), of("theatre.csv")["alone"].clone(), study["shared"].clone())
    };
    let twice = json!([{"a": "theatre.csv", "b": "tournee.csv", "cube": "performance", "things": 1}]);
    assert_eq!(state(&store), (json!(1), json!(1), twice.clone()));
    for _ in 0..2 {
        merge(&mut store, a, b, &act()).unwrap();
        take(&mut store, "theatre.csv", &theatre);
        take(&mut store, "tournee.csv", &company);
        assert_eq!(state(&store).2, twice, "merged, it still was entered twice");
        assert_eq!(
            same_entries(&store, Some("performance"), DuplicateOptions::default()).unwrap().clusters.len(),
            0
        );
        unmerge(&mut store, b, &act()).unwrap();
    }
    let page = inventory_page(&inventory(&store, &act(), "fr").unwrap(), "fr").unwrap();
    assert!(page.contains("<h2 id=\"twice\">Saisi deux fois</h2>") && page.contains("tournee.csv"));
    assert!(page.contains("<td>Représentation</td>"), "{page}");
}
