//! OpenAgenda: the JSON that its interface exports, version 2.
//!
//! An event is a [`Run`]: a production in a place, with all its dates. What its readers count on and we do not say is
//! told in their way: a whole day lasts from 00:00 to 23:59, a date without an end ends when it begins, a summary is
//! cut after 200 characters and a title after 140. Genres, for which OpenAgenda has no field, come before the
//! keywords. A title or a summary that is missing in one language is not made up.
//!
//! # Source
//! OpenAgenda, developer documentation, "Event format", "Location format" (version 2). Its service cannot be asked
//! without a network: unverified beyond `schemas/delivery/openagenda.schema.json`.

use serde_json::{Map, Value, json};

use super::{
    Context,
    run::{Place, Price, Run, Span, Status, clean, harmless, runs},
};
use crate::{
    base::{Moment, TimeOfDay, Zone, fold},
    delivery::{Dataset, Datasets, DeliveryError, clock::iso},
};

/// The most characters of a title, of a summary and of a description.
const TITLE: usize = 140;
const SUMMARY: usize = 200;
const DESCRIPTION: usize = 10_000;

/// The most letters of the readable part of an address.
const SLUG: usize = 60;

/// OpenAgenda's way to say that there is no upper age.
const OLDEST: u64 = 99;

pub(super) fn write(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    let events: Vec<Value> =
        runs(dataset, datasets, context)?.iter().map(|run| event(run, context)).collect();
    Ok(harmless(&json!({ "total": events.len(), "events": events })))
}

fn event(run: &Run<'_>, context: &Context) -> Value {
    let own = context.language.as_str();
    let number = run.number();
    let title = shortened(run.title(), TITLE);
    let called = title.get(own).or_else(|| title.values().next()).and_then(Value::as_str).unwrap_or_default();
    let timings: Vec<Value> = run.dates.iter().map(|span| timing(span, context)).collect();
    let prices = run.prices();
    let long = run.texts("description");
    let mut event = Map::new();
    let mut say = |name: &str, value: Value| event.insert(name.to_owned(), value);
    say("uid", json!(number));
    say("slug", json!(format!("{}-{number}", slug(called))));
    let mut short = run.texts("disambiguatingDescription");
    for (tag, text) in &long {
        short.entry(tag.clone()).or_insert_with(|| text.clone());
    }
    say("description", json!(shortened(short, SUMMARY)));
    say("longDescription", json!(shortened(long, DESCRIPTION)));
    say("title", Value::Object(title));
    say("keywords", keywords(run, own));
    say("conditions", conditions(&prices, run, own));
    say("status", json!(status(run.status)));
    say("attendanceMode", json!(attendance(run)));
    say("accessibility", accessibility(&run.disabilities()));
    say("firstTiming", json!(timings.first()));
    say("lastTiming", json!(timings.last()));
    say("timings", json!(timings));
    let zone = run.first().and_then(|first| first.zone().cloned()).or_else(|| context.zone.clone());
    say("timezone", json!(zone.as_ref().map(Zone::as_str)));
    say("location", json!(run.place().map(|place| location(&place, zone.as_ref().map(Zone::as_str)))));
    let age = run.whole("minimum-age").filter(|least| *least <= OLDEST);
    say("age", json!(age.map(|least| json!({ "min": least, "max": OLDEST }))));
    say("registration", registration(&prices));
    say("links", links(run.values("sameAs")));
    if let Some(url) = run.values("url").find_map(Value::as_str) {
        say("canonicalUrl", json!(url));
    }
    let (image, credits) = image(run);
    say("image", image);
    say("imageCredits", credits);
    say("originAgenda", json!({ "title": context.name }));
    say("updatedAt", json!(run.updated()));
    Value::Object(event)
}

const fn status(status: Status) -> u8 {
    match status {
        Status::Scheduled => 1,
        Status::Rescheduled => 2,
        Status::MovedOnline => 3,
        Status::Postponed => 4,
        Status::Full => 5,
        Status::Cancelled => 6,
    }
}

fn attendance(run: &Run<'_>) -> u8 {
    match run.term("eventAttendanceMode") {
        Some("OnlineEventAttendanceMode") => 2,
        Some("MixedEventAttendanceMode") => 3,
        Some(_) | None => 1,
    }
}

/// `begin` and `end`, with the offset of that moment.
fn timing((start, end): &Span, context: &Context) -> Value {
    let at = |moment: &Moment, time: Option<TimeOfDay>| {
        let Some(time) = time.filter(|_| moment.time().is_none()) else { return moment.clone() };
        match &context.zone {
            Some(zone) => Moment::zoned(moment.date(), time, zone.clone()),
            None => Moment::local(moment.date(), time),
        }
    };
    let begin = at(start, Some(TimeOfDay::MIDNIGHT));
    let end = match end {
        Some(end) => at(end, TimeOfDay::new(23, 59, 0)),
        None if start.time().is_none() => at(start, TimeOfDay::new(23, 59, 0)),
        None => begin.clone(),
    };
    json!({ "begin": iso(&begin), "end": iso(&end) })
}

fn keywords(run: &Run<'_>, own: &str) -> Value {
    let mut all: Map<String, Value> = Map::new();
    let mut add = |tag: &str, word: &str| {
        let word = clean(word);
        if let Value::Array(list) = all.entry(tag).or_insert_with(|| json!([]))
            && !word.is_empty()
            && !list.iter().any(|known| known == word.as_str())
        {
            list.push(json!(word));
        }
    };
    for (_, label) in run.codes("genre") {
        for (tag, word) in &label {
            add(tag, word.as_str().unwrap_or_default());
        }
    }
    for word in run.values("keywords") {
        add(own, word.as_str().unwrap_or_default());
    }
    Value::Object(all)
}

/// Every price in one line: `Plein tarif : 12,50 € ; Réduit : 8 €`.
fn conditions(prices: &[Price<'_>], run: &Run<'_>, own: &str) -> Value {
    let mut all: Map<String, Value> = Map::new();
    let free = run.values("isAccessibleForFree").any(|free| *free == true);
    let mut tags: Vec<&str> = vec![own];
    let texts = prices.iter().flat_map(|price| price.name.keys().chain(price.conditions.keys()));
    tags.extend(texts.map(String::as_str));
    tags.sort_unstable();
    tags.dedup();
    for tag in tags {
        let said = prices.iter().map(|price| line(price, tag, own)).filter(|line| !line.is_empty());
        let mut lines: Vec<String> = said.collect();
        if lines.is_empty() && free {
            lines.push(if tag.starts_with("fr") { "Gratuit" } else { "Free" }.to_owned());
        }
        let text = lines.join(if tag.starts_with("fr") { " ; " } else { "; " });
        if !text.is_empty() {
            all.insert(tag.to_owned(), json!(text));
        }
    }
    Value::Object(all)
}

/// One price; amounts are told in every language in which anything is said, texts in their own.
fn line(price: &Price<'_>, tag: &str, own: &str) -> String {
    let text = |texts: &Map<String, Value>| texts.get(tag).and_then(Value::as_str).map(str::to_owned);
    let french = tag.starts_with("fr");
    let amount = |money: &crate::base::Money| {
        let decimal = money.decimal();
        let plain = decimal.strip_suffix(".00").unwrap_or(&decimal);
        let plain = if french { plain.replace('.', ",") } else { plain.to_owned() };
        let sign = if money.currency.code() == "EUR" { "€" } else { money.currency.code() };
        format!("{plain}\u{a0}{sign}")
    };
    let amounts = match (&price.least, &price.most) {
        (Some(least), Some(most)) if least != most => Some(format!("{} – {}", amount(least), amount(most))),
        (Some(one), _) | (None, Some(one)) => Some(amount(one)),
        (None, None) => None,
    };
    let name = text(&price.name).or_else(|| price.name.get(own).and_then(Value::as_str).map(str::to_owned));
    let head = match (name, amounts) {
        (Some(name), Some(amounts)) if french => format!("{name}\u{a0}: {amounts}"),
        (Some(name), Some(amounts)) => format!("{name}: {amounts}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => String::new(),
    };
    match text(&price.conditions) {
        Some(conditions) if head.is_empty() => conditions,
        Some(conditions) => format!("{head} ({conditions})"),
        None => head,
    }
}

/// All five kinds of disability, said yes or no; an empty object where nobody said any.
fn accessibility(codes: &[&str]) -> Value {
    let all = if codes.is_empty() { &[][..] } else { &["hi", "ii", "mi", "pi", "vi"][..] };
    Value::Object(all.iter().map(|code| ((*code).to_owned(), json!(codes.contains(code)))).collect())
}

fn location(place: &Place<'_>, zone: Option<&str>) -> Value {
    let part = |property: &str| json!(place.part(property));
    let street = [place.part("streetAddress"), place.part("complement")];
    let town = [place.part("postalCode"), place.part("addressLocality")];
    let joined = |parts: [Option<String>; 2], between: &str| {
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(between))
    };
    let address = joined([joined(street, ", "), joined(town, " ")], ", ");
    let name = place.name();
    json!({
        "uid": place.number(),
        "name": name,
        "slug": slug(&name),
        "address": address,
        "postalCode": part("postalCode"),
        "city": part("addressLocality"),
        "insee": part("municipality-code"),
        "region": part("addressRegion"),
        "countryCode": place.part("addressCountry").map(|country| country.to_lowercase()),
        "latitude": place.position.map(|position| position.latitude()),
        "longitude": place.position.map(|position| position.longitude()),
        "timezone": zone,
        "website": place.said("url"),
        "phone": place.said("telephone"),
        "description": place.texts("description"),
        "accessibility": accessibility(&place.disabilities()),
        "updatedAt": place.record.updated,
    })
}

fn registration(prices: &[Price<'_>]) -> Value {
    let mut seen: Vec<&str> = Vec::new();
    for url in prices.iter().filter_map(|price| price.url) {
        if !seen.contains(&url) {
            seen.push(url);
        }
    }
    seen.into_iter().map(|url| json!({ "type": "link", "value": url })).collect()
}

fn links<'a>(urls: impl Iterator<Item = &'a Value>) -> Value {
    urls.filter(|url| url.is_string()).map(|url| json!({ "link": url })).collect()
}

/// The first image, as the folder and the name of its file, and whose it is.
fn image(run: &Run<'_>) -> (Value, Value) {
    let found = run.groups("image").find_map(|(fields, group)| {
        let said = |property| super::run::inner(fields, group, property);
        let url = said("contentUrl")?.as_str()?;
        let (base, filename) =
            url.rsplit_once('/').filter(|(base, name)| base.len() > 7 && !name.is_empty())?;
        let size = said("width").zip(said("height"));
        let image = json!({
            "base": format!("{base}/"),
            "filename": filename,
            "size": size.map(|(width, height)| json!({ "width": width, "height": height })),
            "variants": [],
        });
        Some((
            image,
            said("creditText").and_then(Value::as_str).map_or(Value::Null, |credit| json!(clean(credit))),
        ))
    });
    found.unwrap_or_default()
}

/// Letters and digits, words parted by `-`.
fn slug(text: &str) -> String {
    let folded = fold(text);
    let plain = |letter: char| letter.is_ascii_alphanumeric();
    let words: Vec<&str> = folded.split(|letter| !plain(letter)).filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(SLUG).collect();
    if slug.is_empty() { "evenement".to_owned() } else { slug.trim_end_matches('-').to_owned() }
}

/// Cut at a space so that no text has more characters than that; `…` tells that something was cut.
fn shortened(texts: Map<String, Value>, most: usize) -> Map<String, Value> {
    let cut = texts.into_iter().map(|(tag, text)| {
        let said = text.as_str().unwrap_or_default();
        if said.chars().count() <= most {
            return (tag, text);
        }
        let begin: String = said.chars().take(most - 1).collect();
        let words = begin.rsplit_once(char::is_whitespace).map_or(begin.as_str(), |(words, _)| words);
        (tag, json!(format!("{}…", words.trim_end())))
    });
    cut.collect()
}
