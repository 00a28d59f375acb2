//! Small well-formed sources of every kind, made so that each of their fields can be changed.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use serde_json::{Value, json};

/// A small source.
pub(crate) struct Seed {
    pub(crate) name: &'static str,
    kind: Kind,
}

enum Kind {
    Json(fn() -> Value),
    Csv,
    Xlsx,
    Calendar,
    Rss,
    Atom,
}

pub(crate) const SEEDS: &[Seed] = &[
    Seed { name: "schema.org", kind: Kind::Json(schema_org) },
    Seed { name: "openagenda 1", kind: Kind::Json(open_agenda_1) },
    Seed { name: "openagenda 2", kind: Kind::Json(open_agenda_2) },
    Seed { name: "datatourisme", kind: Kind::Json(datatourisme) },
    Seed { name: "csv", kind: Kind::Csv },
    Seed { name: "xlsx", kind: Kind::Xlsx },
    Seed { name: "icalendar", kind: Kind::Calendar },
    Seed { name: "rss", kind: Kind::Rss },
    Seed { name: "atom", kind: Kind::Atom },
];

/// Small random numbers that are the same everywhere (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from(((mixed ^ (mixed >> 31)) >> 1) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

/// The lines of a file.
pub(crate) struct Lines(Vec<Vec<u8>>);

impl Lines {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect())
    }

    pub(crate) fn shuffled(mut self, turn: u64) -> Vec<u8> {
        Dice(turn).shuffle(&mut self.0);
        self.0.join(&b'\n')
    }
}

const ROWS: &[&[&str]] = &[
    &[
        "identifiant",
        "titre",
        "titre_en",
        "debut",
        "heure",
        "fin",
        "lieu",
        "gratuit",
        "tarif",
        "tarif reduit",
        "genre",
        "accessibilite",
        "statut",
        "lien",
        "mots_cles",
        "jauge",
        "photo",
        "credit photo",
        "inconnu",
    ],
    &[
        "P1",
        "Le Bal",
        "The Ball",
        "2027-03-27",
        "20h30",
        "2027-03-27 22:00",
        "Le Rempart",
        "non",
        "12,50 €",
        "8",
        "Théâtre",
        "Handicap moteur",
        "prévu",
        "https://x.example/bal",
        "bal|danse",
        "180",
        "https://x.example/bal.jpg",
        "Ada",
        "x",
    ],
    &[
        "P2",
        "La Nuit",
        "",
        "28/03/2027",
        "21:00",
        "",
        "La Grange",
        "oui",
        "",
        "",
        "Danse",
        "",
        "annulé",
        "www.x.example/nuit",
        "",
        "",
        "",
        "",
        "",
    ],
];

/// The properties of two events: name with parameters, value.
const EVENTS: &[&[(&str, &str)]] = &[
    &[
        ("UID", "a@x.example"),
        ("DTSTAMP", "20260901T080000Z"),
        ("DTSTART;TZID=Europe/Paris", "20270327T203000"),
        ("DTEND;TZID=Europe/Paris", "20270327T220000"),
        ("SUMMARY;LANGUAGE=fr", "Le Bal"),
        ("DESCRIPTION", "Un bal\\, une nuit."),
        ("LOCATION", "Le Rempart"),
        ("URL", "https://x.example/bal"),
        ("RRULE", "FREQ=WEEKLY;COUNT=3"),
        ("EXDATE;TZID=Europe/Paris", "20270403T203000"),
        ("CATEGORIES", "bal,danse"),
        ("STATUS", "CONFIRMED"),
        ("ORGANIZER;CN=Le Rempart", "mailto:a@x.example"),
        ("X-OTHER", "x"),
    ],
    &[
        ("UID", "b@x.example"),
        ("DTSTART;VALUE=DATE", "20270401"),
        ("DTEND;VALUE=DATE", "20270403"),
        ("SUMMARY", "La Nuit"),
        ("CLASS", "PUBLIC"),
    ],
];

/// The elements and attributes of two items of a feed, for RSS and for Atom: `link@href` is an attribute.
const RSS: &[&[(&str, &str)]] = &[
    &[
        ("title", "Le Bal"),
        ("guid", "n1"),
        ("link", "https://x.example/bal"),
        ("description", "Une <b>nuit</b>."),
        ("content:encoded", "<p>Une nuit.</p>"),
        ("ev:startdate", "2027-03-27T20:30:00+01:00"),
        ("ev:enddate", "2027-03-27T22:00:00+01:00"),
        ("ev:location", "Le Rempart"),
        ("ev:organizer", "La Régie"),
        ("category", "bal"),
        ("enclosure@url", "https://x.example/bal.jpg"),
        ("media:credit", "Ada"),
        ("author", "x"),
    ],
    &[("title", "La Nuit"), ("guid", "n2"), ("ev:startdate", "2027-03-28")],
];
const ATOM: &[&[(&str, &str)]] = &[
    &[
        ("id", "urn:x:1"),
        ("title", "Le Bal"),
        ("link@href", "https://x.example/bal"),
        ("summary", "Une nuit."),
        ("content", "<p>Une nuit.</p>"),
        ("startDate", "2027-03-27T20:30:00+01:00"),
        ("category@term", "bal"),
        ("updated", "2026-09-01T08:00:00Z"),
    ],
    &[("id", "urn:x:2"), ("title", "La Nuit"), ("startDate", "2027-03-28T20:30:00+02:00")],
];

fn schema_org() -> Value {
    json!({ "@context": "https://schema.org", "@graph": [
        { "@type": "TheaterEvent", "@id": "https://x.example/bal", "identifier": "bal",
          "name": [{ "@value": "Le Bal", "@language": "fr" }, { "@value": "The Ball", "@language": "en" }],
          "description": "Un bal.", "startDate": "2027-03-27T20:30:00+01:00", "endDate": "2027-03-27T22:00:00+01:00",
          "eventStatus": "https://schema.org/EventScheduled", "isAccessibleForFree": false,
          "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
          "location": { "@type": "Place", "@id": "https://x.example/rempart", "name": "Le Rempart",
            "address": { "@type": "PostalAddress", "streetAddress": "1 rue Haute", "postalCode": "05100", "addressLocality": "Briançon", "addressCountry": "FR" },
            "geo": { "@type": "GeoCoordinates", "latitude": 44.9, "longitude": 6.64 } },
          "organizer": { "@id": "https://x.example/regie" },
          "performer": [{ "@type": "PerformingGroup", "name": "Compagnie X" }, { "@type": "Person", "name": "Ada" }],
          "superEvent": { "@id": "https://x.example/cimes" },
          "offers": [{ "@type": "Offer", "name": "Plein tarif", "price": "12.00", "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock", "url": "https://x.example/billets", "validFrom": "2026-12-01T10:00:00+01:00" },
            { "@type": "AggregateOffer", "lowPrice": 5, "highPrice": 8.5, "priceCurrency": "CHF" }],
          "image": { "@type": "ImageObject", "contentUrl": "https://x.example/bal.jpg", "license": "CC BY 4.0", "creditText": "Ada", "description": "Un couple danse.", "width": 800 },
          "inLanguage": "fr", "url": "https://x.example/bal", "keywords": ["bal"] },
        { "@type": "Festival", "@id": "https://x.example/cimes", "name": "Les Cimes", "startDate": "2027-03-01" },
        { "@type": "Organization", "@id": "https://x.example/regie", "name": "La Régie", "email": "a@x.example", "telephone": "04 92 00 00 00" }
    ] })
}

fn open_agenda_1() -> Value {
    json!({ "total": 1, "events": [{
        "uid": 60_314_132, "slug": "le-bal", "title": { "fr": "Le Bal" }, "description": { "fr": "Court." }, "longDescription": { "fr": "Long." },
        "keywords": { "fr": ["bal"] }, "conditions": { "fr": "6 €" }, "image": "https://x.example/bal.jpg", "imageCredits": "Ada",
        "accessibility": ["mi", "hi"], "status": 1, "attendanceMode": 1, "canonicalUrl": "https://x.example/bal", "registrationUrl": null,
        "timings": [{ "start": "2027-03-27T19:30:00.000Z", "end": "2027-03-27T21:00:00.000Z" }, { "start": "2027-03-28T18:30:00.000Z", "end": "2027-03-28T20:00:00.000Z" }],
        "location": { "uid": 9, "name": "Le Rempart", "address": "1 rue Haute", "postalCode": "05100", "city": "Briançon", "insee": "05023", "latitude": 44.9, "longitude": 6.64 }
    }] })
}

fn open_agenda_2() -> Value {
    json!({ "total": 1, "events": [{
        "uid": 60_314_132, "title": { "fr": "Le Bal", "en": "The Ball" }, "description": { "fr": "Court." },
        "image": { "base": "https://cdn.x.example/main/", "filename": "bal.base.image.jpg", "credits": "Ada", "size": { "width": 700, "height": 583 },
          "variants": [{ "type": "full", "filename": "bal.full.image.jpg", "size": { "width": 1024, "height": 700 } }] },
        "accessibility": { "mi": true, "hi": false }, "age": { "min": 6, "max": 99 },
        "registration": [{ "type": "link", "value": "https://x.example/billets" }],
        "timings": [{ "begin": "2027-03-27T20:30:00+01:00", "end": "2027-03-27T22:00:00+01:00" }],
        "location": { "uid": 9, "name": "Le Rempart", "countryCode": "FR", "timezone": "Europe/Paris", "latitude": 44.9, "longitude": 6.64, "image": null }
    }] })
}

fn datatourisme() -> Value {
    json!([{ "@id": "https://data.x.example/1", "dc:identifier": "F1", "@type": ["schema:Event", "EntertainmentAndEvent", "TheaterEvent"],
        "rdfs:label": { "fr": ["Le Bal"] }, "rdfs:comment": { "fr": ["Court."] }, "reducedMobilityAccess": true,
        "hasDescription": [{ "dc:description": { "fr": ["Long."] } }],
        "takesPlaceAt": [{ "@type": ["Period"], "startDate": "2027-03-27", "startTime": "20:30:00", "endDate": "2027-03-27", "endTime": "22:00:00" },
          { "@type": ["Period"], "startDate": "2027-03-28", "startTime": "15:00:00" }],
        "offers": [{ "schema:priceSpecification": [
            { "schema:price": "14", "schema:minPrice": ["14"], "schema:maxPrice": ["19"], "schema:priceCurrency": "EUR",
              "hasEligiblePolicy": { "@id": "kb:BaseRateFullRate", "rdfs:label": { "fr": ["Tarif de base - plein tarif"] } } },
            { "schema:priceCurrency": "EUR", "hasEligiblePolicy": { "@id": "kb:Free", "rdfs:label": { "fr": ["Gratuit"] } } }] }],
        "isLocatedAt": [{ "@id": "https://data.x.example/2", "schema:address": [{ "schema:streetAddress": ["1 rue Haute"], "schema:postalCode": "37600",
            "schema:addressLocality": "Loches", "hasAddressCity": [{ "insee": "37132" }] }], "schema:geo": { "schema:latitude": "47.1", "schema:longitude": "0.98" } }],
        "hasMainRepresentation": [{ "ebucore:hasRelatedResource": [{ "ebucore:locator": ["https://x.example/bal.jpg"] }],
            "ebucore:hasAnnotation": [{ "credits": ["Ada"], "ebucore:title": { "fr": ["Le bal"] } }] }] }])
}

impl Seed {
    /// The document, where it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        match self.kind {
            Kind::Json(document) => Some(document()),
            _ => None,
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self.kind {
            Kind::Json(document) => serde_json::to_vec_pretty(&document()).unwrap(),
            _ => self.with(usize::MAX, "").0,
        }
    }

    /// How many fields it has whose text can be changed.
    pub(crate) fn fields(&self) -> usize {
        match self.kind {
            Kind::Json(_) => 0,
            Kind::Csv | Kind::Xlsx => ROWS[1..].iter().map(|row| row.len()).sum(),
            Kind::Calendar => pairs(EVENTS).count(),
            Kind::Rss => pairs(RSS).count(),
            Kind::Atom => pairs(ATOM).count(),
        }
    }

    /// The file with another text in one field, and how many values it then has.
    pub(crate) fn with(&self, field: usize, text: &str) -> (Vec<u8>, usize) {
        match self.kind {
            Kind::Json(_) => (self.bytes(), 0),
            Kind::Csv | Kind::Xlsx => {
                let mut rows = rows();
                if let Some(cell) = rows.iter_mut().skip(1).flatten().nth(field) {
                    text.clone_into(cell);
                }
                let count = rows.iter().skip(1).flatten().filter(|cell| !cell.is_empty()).count();
                (self.table(&rows), count)
            }
            Kind::Calendar => {
                let events = changed(EVENTS, field, text);
                let count = events.iter().flatten().map(|(name, _)| 1 + name.matches(';').count()).sum();
                (calendar(&events), count)
            }
            Kind::Rss => {
                let items = changed(RSS, field, text);
                // Besides: the version of RSS, the title of the channel.
                (rss(&items), 2 + told(&items))
            }
            Kind::Atom => {
                let items = changed(ATOM, field, text);
                (atom(&items), 1 + told(&items))
            }
        }
    }

    /// The same records in another order, their members too where that means nothing.
    pub(crate) fn shuffled(&self, turn: u64) -> Vec<u8> {
        let mut dice = Dice(turn);
        let mut turned = |items: &[&[(&'static str, &'static str)]]| {
            let mut items = changed(items, usize::MAX, "");
            for item in &mut items {
                dice.shuffle(item);
            }
            dice.shuffle(&mut items);
            items
        };
        match self.kind {
            Kind::Json(document) => {
                let mut document = document();
                for list in ["/@graph", "/events", ""] {
                    if let Some(Value::Array(records)) = document.pointer_mut(list) {
                        Dice(turn).shuffle(records);
                    }
                }
                let mut out = String::new();
                write_json(&document, &mut Dice(turn), &mut out);
                out.into_bytes()
            }
            Kind::Csv | Kind::Xlsx => {
                let mut rows = rows();
                Dice(turn).shuffle(&mut rows[1..]);
                self.table(&rows)
            }
            Kind::Calendar => calendar(&turned(EVENTS)),
            Kind::Rss => rss(&turned(RSS)),
            Kind::Atom => atom(&turned(ATOM)),
        }
    }

    fn table(&self, rows: &[Vec<String>]) -> Vec<u8> {
        if matches!(self.kind, Kind::Xlsx) {
            return workbook(rows);
        }
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        for row in rows {
            writer.write_record(row).unwrap();
        }
        writer.into_inner().unwrap()
    }
}

type Items = Vec<Vec<(&'static str, String)>>;

fn pairs<'a>(
    items: &'a [&[(&'static str, &'static str)]],
) -> impl Iterator<Item = &'a (&'static str, &'static str)> {
    items.iter().flat_map(|item| item.iter())
}

fn changed(items: &[&[(&'static str, &'static str)]], field: usize, text: &str) -> Items {
    let mut number = 0..;
    let mut value = |value: &str| {
        if number.next() == Some(field) { text.to_owned() } else { value.to_owned() }
    };
    items.iter().map(|item| item.iter().map(|(name, kept)| (*name, value(kept))).collect()).collect()
}

/// Elements that say something, and attributes.
fn told(items: &Items) -> usize {
    items.iter().flatten().filter(|(name, value)| name.contains('@') || !value.trim().is_empty()).count()
}

fn rows() -> Vec<Vec<String>> {
    ROWS.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

fn calendar(events: &Items) -> Vec<u8> {
    let mut out = "BEGIN:VCALENDAR\r\n".to_owned();
    for event in events {
        out.push_str("BEGIN:VEVENT\r\n");
        for (name, value) in event {
            write!(out, "{name}:{value}\r\n").unwrap();
        }
        out.push_str("END:VEVENT\r\n");
    }
    (out + "END:VCALENDAR\r\n").into_bytes()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn elements(items: &Items, name: &str) -> String {
    let mut out = String::new();
    for item in items {
        writeln!(out, "<{name}>").unwrap();
        for (name, value) in item {
            match name.split_once('@') {
                Some((name, attribute)) => {
                    writeln!(out, "<{name} {attribute}=\"{}\"/>", escaped(value)).unwrap();
                }
                None => writeln!(out, "<{name}>{}</{name}>", escaped(value)).unwrap(),
            }
        }
        writeln!(out, "</{name}>").unwrap();
    }
    out
}

fn rss(items: &Items) -> Vec<u8> {
    let spaces = "xmlns:ev=\"http://purl.org/rss/1.0/modules/event/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:media=\"http://search.yahoo.com/mrss/\"";
    let items = elements(items, "item");
    format!("<?xml version=\"1.0\"?>\n<rss version=\"2.0\" {spaces}><channel><title>Saison</title>\n{items}</channel></rss>\n").into_bytes()
}

fn atom(items: &Items) -> Vec<u8> {
    let items = elements(items, "entry");
    format!("<?xml version=\"1.0\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Saison</title>\n{items}</feed>\n").into_bytes()
}

/// JSON whose members stand in any order.
fn write_json(value: &Value, dice: &mut Dice, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            dice.shuffle(&mut members);
            out.push('{');
            for (place, (name, member)) in members.into_iter().enumerate() {
                write!(out, "{}{}:", if place > 0 { "," } else { "" }, json!(name)).unwrap();
                write_json(member, dice, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                write_json(item, dice, out);
            }
            out.push(']');
        }
        leaf => out.push_str(&leaf.to_string()),
    }
}

/// A workbook of one sheet, as a spreadsheet program packs it.
fn workbook(rows: &[Vec<String>]) -> Vec<u8> {
    let mut sheet =
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>"
            .to_owned();
    for (row, cells) in rows.iter().enumerate() {
        write!(sheet, "<row r=\"{}\">", row + 1).unwrap();
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let at = char::from(b'A' + u8::try_from(column).unwrap());
            write!(sheet, "<c r=\"{at}{}\" t=\"inlineStr\"><is><t>{}</t></is></c>", row + 1, escaped(text))
                .unwrap();
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packed = "http://schemas.openxmlformats.org/package/2006/relationships";
    let parts = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{packed}\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{office}\"><sheets><sheet name=\"Saison\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{packed}\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
