//! DATAtourisme: JSON-LD in the words of its ontology, as its feeds write it.
//!
//! An event is a [`Run`]: a production in a place, with a period for each of its dates; a series is told date by
//! date, for the ontology has no rules. The ontology knows neither a status nor the name of the place of an event:
//! both are said in words that any reader of RDF knows, `schema:eventStatus` and `rdfs:label`.
//!
//! # Source
//! DATAtourisme, ontology 3.1 (`https://www.datatourisme.gouv.fr/ontology/core`), and its feed for Centre-Val de
//! Loire (2020). Its service cannot be asked without a network: unverified beyond
//! `schemas/delivery/datatourisme.schema.json`.

use serde_json::{Map, Value, json};

use super::{
    Context,
    run::{Place, Price, Run, Span, Status, clean, harmless, inner, runs},
};
use crate::{
    base::Moment,
    delivery::{Dataset, Datasets, DeliveryError},
};

/// A genre, and the classes of an event of that genre.
const CLASSES: &[(&[&str], &[&str])] = &[
    (
        &["theatre", "musical-theatre", "puppetry", "mime"],
        &["TheaterEvent", "schema:TheaterEvent", "ShowEvent"],
    ),
    (&["dance"], &["DanceEvent", "schema:DanceEvent", "ShowEvent"]),
    (
        &[
            "music",
            "chanson",
            "classical",
            "early-music",
            "contemporary-music",
            "choral",
            "jazz",
            "rock",
            "hip-hop",
            "electronic",
            "world",
            "traditional",
        ],
        &["Concert", "schema:MusicEvent", "ShowEvent"],
    ),
    (&["opera"], &["Opera", "schema:MusicEvent", "ShowEvent"]),
    (&["circus"], &["CircusEvent", "ShowEvent"]),
    (
        &["street-arts", "storytelling", "humor", "magic", "performing-arts", "multidisciplinary"],
        &["ShowEvent"],
    ),
    (&["young-audience"], &["ChildrensEvent", "schema:ChildrensEvent"]),
    (&["exhibition"], &["Exhibition", "schema:ExhibitionEvent"]),
    (&["visual-arts"], &["VisualArtsEvent", "schema:VisualArtsEvent"]),
    (&["cinema"], &["ScreeningEvent", "schema:ScreeningEvent"]),
    (&["literature", "poetry"], &["Reading"]),
    (&["conference"], &["Conference"]),
    (&["festival"], &["Festival", "schema:Festival"]),
    (&["ball"], &["Bal"]),
];

/// A category of price, the policy that it is, and what that is called in French and English.
const POLICIES: &[(&str, &str, &str, &str)] = &[
    ("full", "kb:BaseRateFullRate", "Tarif de base - plein tarif", "Base rate - full rate"),
    ("single", "kb:BaseRateFullRate", "Tarif de base - plein tarif", "Base rate - full rate"),
    ("child", "kb:ChildRate", "Tarif enfant", "Child rate"),
    ("group", "kb:Group", "Tarif Groupe", "Group rate"),
    ("free", "kb:Free", "Gratuit", "Free"),
];

pub(super) fn write(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    let nodes: Vec<Value> = runs(dataset, datasets, context)?.iter().map(|run| node(run, context)).collect();
    Ok(harmless(&json!({
        "@context": {
            "@vocab": "https://www.datatourisme.gouv.fr/ontology/core#",
            "schema": "http://schema.org/",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "dc": "http://purl.org/dc/elements/1.1/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "ebucore": "http://www.ebu.ch/metadata/ontologies/ebucore/ebucore#",
            "kb": "https://www.datatourisme.gouv.fr/resource/core#",
            "dc:description": { "@container": "@language" },
            "rdfs:label": { "@container": "@language" },
            "rdfs:comment": { "@container": "@language" },
            "shortDescription": { "@container": "@language" },
            "additionalInformation": { "@container": "@language" },
            "ebucore:title": { "@container": "@language" },
        },
        "@graph": nodes,
    })))
}

fn node(run: &Run<'_>, context: &Context) -> Value {
    let mut node = Map::new();
    let mut say = |name: &str, value: Value| node.insert(name.to_owned(), value);
    say("@id", json!(address(&run.key, context)));
    say("@type", types(run));
    say("dc:identifier", json!(run.number().to_string()));
    say("rdfs:label", listed(run.title()));
    let dates = |end: bool| {
        let days =
            run.dates.iter().map(|(start, last)| last.as_ref().filter(|_| end).unwrap_or(start).date());
        json!(days.map(|day| day.to_string()).collect::<Vec<_>>())
    };
    say("schema:startDate", dates(false));
    say("schema:endDate", dates(true));
    say("takesPlaceAt", run.dates.iter().map(period).collect());
    if let Some(term) = run.status.term().filter(|_| run.status != Status::Scheduled) {
        say("schema:eventStatus", json!({ "@id": format!("schema:{term}") }));
    } else if run.status == Status::Full {
        say("schema:eventStatus", json!("full"));
    }
    let (long, short) = (run.texts("description"), run.texts("disambiguatingDescription"));
    if !long.is_empty() || !short.is_empty() {
        let mut description = json!({ "@type": ["Description"] });
        if !long.is_empty() {
            set(&mut description, "dc:description", listed(long));
        }
        if !short.is_empty() {
            say("rdfs:comment", listed(short.clone()));
            set(&mut description, "shortDescription", listed(short));
        }
        say("hasDescription", json!([description]));
    }
    if let Some(place) = run.place() {
        say("isLocatedAt", json!([located(&place, context)]));
    }
    if run.disabilities().contains(&"mi") {
        say("reducedMobilityAccess", json!(true));
    }
    let prices = run.prices();
    let free = run.values("isAccessibleForFree").any(|free| *free == true);
    let specifications = specifications(&prices, free);
    if !specifications.is_empty() {
        let offer = json!({
            "@type": ["schema:Offer", "Offer"], "schema:priceSpecification": specifications,
        });
        say("offers", json!([offer]));
    }
    if let Some(url) = prices.iter().find_map(|price| price.url) {
        say("hasBookingContact", json!([{ "@type": ["foaf:Agent", "Agent"], "foaf:homepage": [url] }]));
    }
    if let Some(url) = run.values("url").find_map(Value::as_str) {
        say("hasContact", json!([{ "@type": ["foaf:Agent", "Agent"], "foaf:homepage": [url] }]));
    }
    if let Some(image) = image(run) {
        say("hasMainRepresentation", json!([image]));
    }
    let keywords: Vec<Value> = run
        .values("keywords")
        .filter_map(Value::as_str)
        .map(|word| json!({ "@type": ["Theme"], "rdfs:label": { context.language.as_str(): [clean(word)] } }))
        .collect();
    if !keywords.is_empty() {
        say("hasTheme", json!(keywords));
    }
    let languages: Vec<&Value> = run.values("inLanguage").collect();
    if !languages.is_empty() {
        say("availableLanguage", json!(languages));
    }
    let creator = json!({
        "@type": ["schema:Organization", "foaf:Agent", "Agent"], "schema:legalName": context.name,
    });
    say("hasBeenCreatedBy", creator.clone());
    say("hasBeenPublishedBy", json!([creator]));
    let updated = run.updated();
    say("lastUpdate", json!(updated.date().to_string()));
    say("lastUpdateDatatourisme", json!(updated));
    Value::Object(node)
}

/// The address of a production in a place: that of the production, and the place as a part of it.
fn address(key: &str, context: &Context) -> String {
    let (first, rest) = key.split_once('/').map_or((key, None), |(first, rest)| (first, Some(rest)));
    let rest = rest.map(|rest| format!("#{}", rest.replace('/', "-"))).unwrap_or_default();
    match context.address {
        Some(_) => format!("{}{rest}", context.url(&format!("id/{first}"))),
        None => format!("urn:c3ms:{first}{rest}"),
    }
}

fn types(run: &Run<'_>) -> Value {
    let mut types = vec!["schema:Event", "EntertainmentAndEvent", "PointOfInterest"];
    let genres = run.codes("genre");
    let classes =
        genres.iter().filter_map(|(code, _)| CLASSES.iter().find(|(codes, _)| codes.contains(code)));
    for class in classes.flat_map(|(_, classes)| *classes) {
        if !types.contains(class) {
            types.push(class);
        }
    }
    if genres.iter().any(|(code, _)| CLASSES.iter().any(|(codes, _)| codes.contains(code))) {
        types.push("CulturalEvent");
    }
    json!(types)
}

/// Day and time apart, both local.
fn period((start, end): &Span) -> Value {
    let last = end.as_ref().unwrap_or(start).date();
    let mut period = json!({
        "@type": ["Period"], "startDate": start.date().to_string(), "endDate": last.to_string(),
    });
    if let Some(time) = start.time() {
        set(&mut period, "startTime", json!(time.to_string()));
    }
    if let Some(time) = end.as_ref().and_then(Moment::time) {
        set(&mut period, "endTime", json!(time.to_string()));
    }
    period
}

fn located(place: &Place<'_>, context: &Context) -> Value {
    let id = match context.address {
        Some(_) => context.url(&format!("id/{}", place.id())),
        None => format!("urn:c3ms:{}", place.id()),
    };
    let mut address = json!({ "@type": ["schema:PostalAddress", "PostalAddress"] });
    if let Some(town) = place.part("addressLocality") {
        if let Some(code) = place.part("municipality-code") {
            let city = json!({
                "@id": format!("kb:{code}"), "@type": ["City"], "insee": code, "rdfs:label": { "fr": [town] },
            });
            set(&mut address, "hasAddressCity", json!([city]));
        }
        set(&mut address, "schema:addressLocality", json!(town));
    }
    if let Some(code) = place.part("postalCode") {
        set(&mut address, "schema:postalCode", json!(code));
    }
    let street: Vec<String> =
        [place.part("streetAddress"), place.part("complement")].into_iter().flatten().collect();
    if !street.is_empty() {
        set(&mut address, "schema:streetAddress", json!(street));
    }
    let mut located = json!({
        "@id": id, "@type": ["schema:Place", "Place"],
        "rdfs:label": listed(place.names()), "schema:address": [address],
    });
    if let Some(position) = place.position {
        let geo = json!({
            "@type": ["schema:GeoCoordinates"],
            "schema:latitude": position.latitude().to_string(),
            "schema:longitude": position.longitude().to_string(),
        });
        set(&mut located, "schema:geo", geo);
    }
    located
}

/// Each price with whom it is for; what is free has no amount, as in DATAtourisme's own feeds.
fn specifications(prices: &[Price<'_>], free: bool) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::with_capacity(prices.len());
    for price in prices {
        let mut one = json!({ "@type": ["schema:PriceSpecification", "PriceSpecification"] });
        if let Some(least) = &price.least {
            set(&mut one, "schema:price", json!(plain(&least.decimal())));
            set(&mut one, "schema:priceCurrency", json!(least.currency.code()));
            set(&mut one, "schema:minPrice", json!([plain(&least.decimal())]));
        }
        if let Some(most) = &price.most {
            set(&mut one, "schema:maxPrice", json!([plain(&most.decimal())]));
            set(&mut one, "schema:priceCurrency", json!(most.currency.code()));
        }
        let known = POLICIES.iter().find(|(code, ..)| Some(*code) == price.category);
        let policy = match known {
            Some((_, id, french, english)) => Some(policy(id, french, english)),
            None if price.name.is_empty() => None,
            None => Some(json!({ "@type": ["PricingPolicy"], "rdfs:label": listed(price.name.clone()) })),
        };
        if let Some(policy) = policy {
            set(&mut one, "hasEligiblePolicy", policy);
        }
        if !price.conditions.is_empty() {
            set(&mut one, "additionalInformation", listed(price.conditions.clone()));
        }
        if one.as_object().is_some_and(|members| members.len() > 1) {
            all.push(one);
        }
    }
    if free && all.is_empty() {
        all.push(json!({
            "@type": ["schema:PriceSpecification", "PriceSpecification"], "schema:priceCurrency": "EUR",
            "hasEligiblePolicy": policy("kb:Free", "Gratuit", "Free"),
        }));
    }
    all
}

fn policy(id: &str, french: &str, english: &str) -> Value {
    json!({ "@id": id, "@type": ["PricingPolicy"], "rdfs:label": { "fr": [french], "en": [english] } })
}

/// `14` rather than `14.00`, as the feeds have it.
fn plain(decimal: &str) -> &str {
    decimal.strip_suffix(".00").unwrap_or(decimal)
}

fn image(run: &Run<'_>) -> Option<Value> {
    let (fields, group) = run.groups("image").next()?;
    let url = inner(fields, group, "contentUrl")?.as_str()?;
    let mut annotation = json!({ "@type": ["ebucore:Annotation", "Annotation"] });
    if let Some(credit) = inner(fields, group, "creditText").and_then(Value::as_str) {
        set(&mut annotation, "credits", json!([clean(credit)]));
    }
    if let Some(Value::Object(caption)) = inner(fields, group, "caption") {
        set(&mut annotation, "ebucore:title", listed(caption.clone()));
    }
    if let Some(end) = inner(fields, group, "expires").and_then(Value::as_str) {
        set(&mut annotation, "rightsEndDate", json!(end));
    }
    Some(json!({
        "@type": ["ebucore:EditorialObject"],
        "ebucore:hasAnnotation": [annotation],
        "ebucore:hasRelatedResource": [{ "@type": ["ebucore:Resource"], "ebucore:locator": [url] }],
    }))
}

/// Texts by language, each in a list, as DATAtourisme writes them.
fn listed(texts: Map<String, Value>) -> Value {
    let clean = |text: &Value| json!([clean(text.as_str().unwrap_or_default())]);
    Value::Object(texts.into_iter().map(|(tag, text)| (tag, clean(&text))).collect())
}

fn set(node: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = node {
        members.insert(name.to_owned(), value);
    }
}
