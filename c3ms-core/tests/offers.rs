//! Prices and images: told by sources, corrected by people, delivered to everybody.

use c3ms_core::{
    base::{Date, Id, Seed},
    cooperative::{Edit, ImportOptions, Imported, edit, formats, import, readiness, validate},
    delivery::{Recipient, gate},
    forms::{
        Revision, State, Visibility,
        design::{Cause, Target},
        intake::Source,
    },
    store::{Batch, Change, MemoryStore, Store as _},
};
use serde_json::{Value, json};

use crate::delivery::{FORMATS, context, graph, public, store};
use crate::intake::{act, cooperative, entries};

fn take(store: &mut MemoryStore, name: &str, text: &str) -> Imported {
    let source = Source::read(text.as_bytes()).unwrap();
    let options = ImportOptions { name: name.to_owned(), ..ImportOptions::default() };
    import(store, &source, &options, &act(), &mut |_| {}).unwrap()
}

/// The lines of an account: selector and cause.
fn told(imported: &Imported) -> Vec<(String, &str)> {
    let cause = |line: &c3ms_core::forms::intake::Line| line.how.or(line.why.map(|why| why.as_str()));
    let lines = imported.account.lines.iter();
    lines.map(|line| (line.selector.clone(), cause(line).unwrap_or_default())).collect()
}

#[test]
fn a_table_tells_categories_by_its_columns_and_words() {
    let mut store = cooperative();
    let text = "identifiant;titre;debut;gratuit;tarif;tarif reduit;tarif max\n\
        1;Bal;2027-01-01;oui;12 €;8;\n2;Nuit;2027-01-02;oui;prix libre;;\n3;Conte;2027-01-03;oui;;;\n4;Cirque;2027-01-04;;5;;9\n";
    let imported = take(&mut store, "programme.csv", text);
    let mut documents: Vec<Value> = entries(&store, "performance")
        .into_iter()
        .map(|entry| Value::Object(entry.revision.document))
        .collect();
    documents.sort_by_key(|document| document["start"].to_string());
    let [bal, nuit, conte, cirque] = documents.as_slice() else { panic!() };
    assert_eq!(bal.get("free"), None, "what costs 12 € is not free");
    assert_eq!(bal["offers"][0], json!({ "price": { "cents": 1200, "currency": "EUR" } }));
    assert_eq!(bal["offers"][1]["category"], "reduced");
    assert_eq!(nuit["offers"], json!([{ "category": "pay-what-you-want" }]));
    assert_eq!(conte["free"], true);
    assert_eq!(cirque["offers"][0]["maximum-price"]["cents"], 900);
    let lines = told(&imported);
    assert!(lines.contains(&("gratuit".to_owned(), "forms.free-but-priced")), "{lines:?}");
    assert!(lines.contains(&("tarif".to_owned(), "read-as-category")), "{lines:?}");
    assert_eq!(
        imported.account.notes.iter().map(|note| note.note).collect::<Vec<_>>(),
        ["free-but-ticketed"]
    );
}

/// A policy "free" beside a full price, as DATAtourisme has it in one event of three.
#[test]
fn a_policy_that_contradicts_a_price_is_refused() {
    let event = json!([{ "@id": "https://data.x.example/1", "@type": ["EntertainmentAndEvent"], "rdfs:label": { "fr": ["Bal"] },
        "takesPlaceAt": [{ "startDate": "2027-03-27" }], "isLocatedAt": [],
        "offers": [{ "schema:priceSpecification": [
            { "schema:price": "14", "schema:minPrice": ["14"], "schema:maxPrice": ["19"], "hasEligiblePolicy": { "@id": "kb:BaseRateFullRate" } },
            { "hasEligiblePolicy": { "@id": "kb:Free" } }] }] }]);
    let mut store = cooperative();
    take(&mut store, "flux.jsonl", &event.to_string());
    let document = &entries(&store, "performance")[0].revision.document;
    assert_eq!(document.get("free"), None);
    let price = |cents: i64| json!({ "cents": cents, "currency": "EUR" });
    assert_eq!(
        document["offers"],
        json!([{ "category": "full", "price": price(1400), "maximum-price": price(1900) }, { "category": "free" }])
    );
}

#[test]
fn an_address_in_two_parts_is_joined() {
    let event = |image: Value| {
        json!({ "events": [{ "uid": 1, "title": { "fr": "Bal" }, "timings": [{ "begin": "2027-03-27T20:30:00+01:00" }], "image": image }] }).to_string()
    };
    let mut store = cooperative();
    let image = json!({ "base": "https://cdn.x.example/main/", "filename": "bal.jpg", "credits": "Ada", "size": { "width": 700 } });
    let imported = take(&mut store, "agenda.json", &event(image));
    let media = entries(&store, "performance")[0].revision.document["media"].clone();
    assert_eq!(
        media,
        json!([{ "url": "https://cdn.x.example/main/bal.jpg", "credit": "Ada", "width": 700 }])
    );
    let lines = told(&imported);
    assert!(
        lines.contains(&("/image/base".to_owned(), "joined"))
            && lines.contains(&("/image/filename".to_owned(), "joined"))
    );
    // The end alone is no address, and never a guess.
    let mut store = cooperative();
    let imported = take(&mut store, "agenda.json", &event(json!({ "filename": "bal.jpg" })));
    assert_eq!(entries(&store, "performance")[0].revision.document.get("media"), None);
    assert!(told(&imported).contains(&("/image/filename".to_owned(), "import.value-unreadable")));
}

#[test]
fn a_correction_cannot_say_free_beside_a_price() {
    let mut store = cooperative();
    take(&mut store, "programme.csv", "identifiant;titre;debut;tarif\n1;Bal;2027-01-01;12\n");
    let bal = entries(&store, "performance")[0].id;
    let free = [Edit::set("/free", json!(true))];
    let refused = edit(&mut store, bal, &free, &act()).unwrap_err();
    assert!(refused.to_string().contains("free"), "{refused}");
    let mut wrong = 0;
    validate(&store, &mut |_, _| wrong += 1).unwrap();
    assert_eq!(wrong, 0);
}

/// What keeps an image back on a day is told before it is looked for on the page.
#[test]
fn what_keeps_an_image_back_is_told() {
    let causes = |media: Value, day: &str| {
        let mut store = cooperative();
        let known = formats(&store).unwrap();
        let document =
            json!({ "name": { "fr": "Le Cube" }, "address": { "locality": "Gap" }, "media": [media] });
        let revision = Revision::new(
            "venue",
            known["venue"].digest(),
            State::Published,
            document.as_object().unwrap().clone(),
        );
        let changes = [Change::Revision(Id::derived(&["venue"]), revision)];
        let act = act();
        store
            .append(&Batch { at: act.now, actor: act.actor, seed: act.seed, signer: None, changes: &changes })
            .unwrap();
        let mut causes = Vec::new();
        readiness(&store, Target::SchemaOrg, Date::parse(day).unwrap(), &mut |_, lacks| {
            causes.extend(lacks.iter().filter(|lack| lack.property == "image").map(|lack| lack.cause));
        })
        .unwrap();
        causes
    };
    let whole = json!({ "url": "https://x.example/a.jpg", "license": "CC BY 4.0", "credit": "Ada", "alternative": { "fr": "Une salle." }, "expires": "2026-11-01" });
    let without = |name: &str| {
        let mut media = whole.clone();
        media.as_object_mut().unwrap().remove(name);
        media
    };
    assert_eq!(causes(whole.clone(), "2026-11-01"), []);
    assert_eq!(causes(whole.clone(), "2026-11-02"), [Cause::Expired]);
    assert_eq!(causes(without("credit"), "2026-11-01"), [Cause::Uncredited]);
    assert_eq!(causes(without("license"), "2026-11-01"), [Cause::Unlicensed]);
    assert_eq!(causes(without("alternative"), "2026-11-01"), [Cause::Undescribed]);
}

/// What costs something is free for nobody, whoever said so and whoever may see the price.
#[test]
fn what_has_a_price_never_goes_out_as_free() {
    let dated = |free: Value, offers: Value| json!({ "name": { "fr": "Bal" }, "start": "2026-11-23", "free": free, "offers": offers });
    let said = |free: bool, offers: Value| {
        let datasets = public(&[("performance", "p", dated(json!(free), offers))]);
        datasets.dataset("performance").unwrap().records[0].document.get("free").cloned()
    };
    let price = |cents: i64| json!({ "price": { "cents": cents, "currency": "EUR" } });
    assert_eq!(said(true, json!([price(0), price(800)])), None);
    assert_eq!(said(true, json!([{ "maximum-price": { "cents": 100, "currency": "EUR" } }])), None);
    assert_eq!(said(true, json!([price(0), { "url": "https://example.org/" }])), Some(json!(true)));
    assert_eq!(said(false, json!([price(800)])), Some(json!(false)));

    // Prices that only members see, and a version that has none.
    let newest = FORMATS.iter().find(|format| format.cube == "performance").unwrap();
    let mut closed = newest.clone();
    for field in closed.fields.iter_mut().filter(|field| field.name == "offers") {
        field.visibility = Visibility::Members;
    }
    let mut older = newest.clone();
    older.fields.retain(|field| field.name != "offers");
    let document = dated(json!(true), json!([price(800)]));
    let mut store = store(&[("performance", "p", State::Published, document)]);
    let (at, actor, seed) = (context().now, Id::derived(&["me"]), Seed::from_number(2));
    let changes = [Change::Format(newest.clone())];
    store.append(&Batch { at, actor, seed, signer: None, changes: &changes }).unwrap();
    for format in [closed, older] {
        let datasets = gate(&store, &[format], &Recipient::Public, context().now).unwrap();
        assert_eq!(datasets.dataset("performance").unwrap().records[0].document.get("free"), None);
    }
}

#[test]
fn an_offer_tells_its_category_and_its_range() {
    let offers = json!([{ "category": "reduced", "price": { "cents": 1400, "currency": "CHF" }, "maximum-price": { "cents": 1900, "currency": "CHF" } }]);
    let dated = json!({ "name": { "fr": "Bal" }, "start": "2026-11-23", "offers": offers });
    let event = graph("performance", &public(&[("performance", "p", dated)])).remove(0);
    let offer = &event["offers"];
    assert_eq!((&offer["price"], &offer["priceCurrency"]), (&json!("14.00"), &json!("CHF")));
    assert_eq!(
        offer["priceSpecification"],
        json!({ "@type": "PriceSpecification", "maxPrice": "19.00", "priceCurrency": "CHF" })
    );
    assert_eq!(offer["category"][0]["@value"], "Reduced price");
}
