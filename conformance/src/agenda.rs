//! The agenda of a region as OpenAgenda exports it, made by a seed: to measure with.

use c3ms_core::base::Date;
use serde_json::{Value, json};

use crate::{CROWDED_DATES, CROWDED_EVENTS, chance::Chance};

/// Words of which texts are made.
const WORDS: [&str; 24] = [
    "atelier",
    "balade",
    "chant",
    "cirque",
    "concert",
    "conte",
    "cuivres",
    "danse",
    "enfants",
    "exposition",
    "fanfare",
    "forêt",
    "jardin",
    "lecture",
    "lumière",
    "marionnettes",
    "mémoire",
    "musée",
    "nuit",
    "parcours",
    "poésie",
    "rencontre",
    "théâtre",
    "voix",
];

/// How many places the events take place at.
pub const PLACES: usize = 300;

/// [`CROWDED_EVENTS`] events at [`PLACES`] places with [`CROWDED_DATES`] timings together, in the members of
/// OpenAgenda's export: an event is 5 KB without its dates, a few have hundreds of dates, most have some.
#[must_use]
pub fn crowded_agenda() -> String {
    let mut chance = Chance::new(11);
    let mut dates = vec![1; CROWDED_EVENTS];
    for _ in CROWDED_EVENTS..CROWDED_DATES {
        // The square of a chance: the first have many.
        let (one, other) = (chance.below(CROWDED_EVENTS), chance.below(CROWDED_EVENTS));
        if let Some(count) = dates.get_mut(one * other / CROWDED_EVENTS) {
            *count += 1;
        }
    }
    let places: Vec<Value> = (0..PLACES).map(|number| place(number, &mut chance)).collect();
    let events: Vec<Value> = dates
        .into_iter()
        .enumerate()
        .map(|(number, dates)| event(number, dates, chance.of(&places), &mut chance))
        .collect();
    json!({ "total": events.len(), "offset": 0, "limit": events.len(), "events": events }).to_string()
}

fn words(count: usize, chance: &mut Chance) -> String {
    (0..count).map(|_| *chance.of(&WORDS)).collect::<Vec<_>>().join(" ")
}

fn place(number: usize, chance: &mut Chance) -> Value {
    let town = format!("Commune {}", number % 60);
    json!({
        "uid": 40_000_000 + number,
        "name": format!("Salle {} {number}", chance.of(&WORDS)),
        "address": format!("{} rue du {}, {town}", 1 + chance.below(90), chance.of(&WORDS)),
        "postalCode": format!("05{:03}", number % 60 * 10),
        "city": town,
        "insee": format!("05{:03}", 1 + number % 60),
        "department": "Hautes-Alpes",
        "access": { "fr": words(12, chance) },
        "description": { "fr": words(20, chance) },
        "slug": format!("salle-{number}"),
        "imageCredits": null,
        "image": format!("https://images.example/lieu-{number}.jpg"),
        "links": [],
        "mergedIn": null,
        "extId": null,
        "createdAt": "2024-02-01T08:00:12.000Z",
        "updatedAt": "2025-06-12T14:11:30.000Z",
        "region": "Provence-Alpes-Côte d'Azur",
        "countryCode": "fr",
        "latitude": 44.5 + f64::from(u32::try_from(chance.below(900_000)).unwrap_or(0)) / 1e6,
        "longitude": 6.0 + f64::from(u32::try_from(chance.below(900_000)).unwrap_or(0)) / 1e6,
        "website": if number.is_multiple_of(3) { Value::Null } else { json!(format!("https://salle-{number}.example")) },
        "phone": if number.is_multiple_of(2) { Value::Null } else { json!(format!("04 92 {:02} {:02} 00", number % 100, number / 100)) },
        "timezone": "Europe/Paris",
    })
}

fn event(number: usize, dates: usize, location: &Value, chance: &mut Chance) -> Value {
    let title = format!("{} n° {number}", words(3, chance));
    let (first, hour) = (20_454 + chance.below(300), 9 + chance.below(11));
    let timings: Vec<Value> = (0..dates)
        .map(|step| {
            let day = Date::from_days(i64::try_from(first + step).unwrap_or(0));
            let told = |hour: usize| format!("{day}T{hour:02}:30:00.000Z");
            json!({ "begin": told(hour), "end": told(hour + 2) })
        })
        .collect();
    json!({
        "uid": 60_000_000 + number,
        "slug": format!("evenement-{number}"),
        "canonicalUrl": format!("https://openagenda.com/region/events/evenement-{number}"),
        "title": { "fr": title },
        "description": { "fr": words(12, chance) },
        "longDescription": { "fr": words(360, chance) },
        "keywords": { "fr": [words(1, chance), words(2, chance)] },
        "image": {
            "filename": format!("{number}.base.image.jpg"),
            "base": "https://images.example/main/",
            "size": { "width": 700, "height": 465 },
            "variants": [
                { "type": "thumbnail", "filename": format!("{number}.thumb.image.jpg"), "size": { "width": 200, "height": 200 } },
                { "type": "full", "filename": format!("{number}.full.image.jpg"), "size": { "width": 1920, "height": 1275 } },
            ],
        },
        "imageCredits": words(2, chance),
        "originAgenda": {
            "uid": 7_000_000 + number % 40,
            "title": format!("Agenda {}", number % 40),
            "url": null,
            "image": format!("https://images.example/agenda{}.jpg", number % 40),
        },
        "dateRange": { "fr": format!("{dates} dates"), "en": format!("{dates} dates") },
        "firstTiming": timings.first(),
        "nextTiming": timings.first(),
        "lastTiming": timings.last(),
        "featured": false,
        "private": 0,
        "draft": false,
        "state": 2,
        "links": [],
        "registration": [{ "type": "email", "value": format!("billets-{number}@salle.example") }],
        "age": { "min": chance.below(12), "max": 99 },
        "accessibility": { "mi": true, "hi": true },
        "attendanceMode": 1,
        "status": 1,
        "conditions": { "fr": format!("Plein tarif {} €", 5 + chance.below(20)) },
        "registrationUrl": if number.is_multiple_of(2) { Value::Null } else { json!(format!("https://billets.example/{number}")) },
        "onlineAccessLink": null,
        "location": location,
        "timings": timings,
        "createdAt": "2025-11-02T10:32:24.000Z",
        "updatedAt": "2026-01-24T09:39:03.000Z",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agenda_has_the_dates_it_says() {
        let agenda: Value = serde_json::from_str(&crowded_agenda()).unwrap_or_default();
        let events = agenda.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
        let dates = |event: &Value| event.get("timings").and_then(Value::as_array).map_or(0, Vec::len);
        assert_eq!((events.len(), events.iter().map(dates).sum()), (CROWDED_EVENTS, CROWDED_DATES));
    }
}
