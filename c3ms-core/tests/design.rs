//! What people see of a format: in words, as a form, what weakens it, what entries lack.

use c3ms_core::{
    base::Id,
    cooperative::{Act, formats, found, readiness},
    forms::{
        Entry, Format, Revision, State,
        design::{Target, explain, languages, layout, lint, say_all, score},
        evolve::difference,
        live_performance,
    },
    store::{Batch, Change, MemoryStore, Store as _},
};
use serde_json::{Value, json};

use crate::hostile::bodies::{act, settings};

/// A format written half in two languages.
fn workshop() -> Format {
    Format::parse(
        r#"{"cube": "workshop", "label": {"fr": "Atelier", "en": "Workshop"}, "languages": ["fr", "en"], "title": "title",
        "vocabularies": {"level": {"codes": [{"code": "easy", "label": {"fr": "Facile", "en": "Easy"}},
                                             {"code": "hard", "label": {"fr": "Difficile"}}]}},
        "fields": [
        {"id": "t", "name": "title", "kind": {"type": "text", "max-length": 80}, "required": true,
         "label": {"fr": "Titre", "en": "Title"}, "help": {"fr": "Sans guillemets"}},
        {"id": "l", "name": "level", "kind": {"type": "code", "vocabulary": "level"}, "label": {"fr": "Niveau", "en": "Level"}},
        {"id": "k", "name": "children", "kind": {"type": "boolean"}, "label": {"fr": "Ouvert aux enfants", "en": "Open to children"}},
        {"id": "a", "name": "age", "kind": {"type": "integer", "minimum": 3}, "relevant": "${children}",
         "label": {"fr": "Dès", "en": "From age"}}]}"#,
    )
    .unwrap()
}

#[test]
fn a_format_is_said_in_both_languages() {
    let french = explain(&workshop(), "fr");
    for sentence in [
        "# Atelier (`workshop`)",
        "Ce format a 4 champs, dont 1 obligatoire.",
        "- Accepte : un texte de 80 caractères au plus.",
        "- Demandé seulement si « Ouvert aux enfants » est oui.",
        "- Accepte : un nombre entier, 3 au moins.",
    ] {
        assert!(french.contains(sentence), "{sentence} in {french}");
    }
    let english = explain(&workshop(), "en");
    for sentence in ["- Required.", "- Asked only where “Open to children” is yes.", "- Difficile (`hard`)"]
    {
        assert!(english.contains(sentence), "{sentence} in {english}");
    }
}

#[test]
fn what_lacks_in_a_language_is_counted_and_shown_in_the_next_one() {
    let reports = languages(&workshop());
    let told: Vec<(String, usize, usize)> =
        reports.iter().map(|report| (report.language.to_string(), report.present, report.wanted)).collect();
    // By hand: the format, four fields, a help, a list without a label, two codes; in English neither the help nor
    // the second code.
    assert_eq!(told, [("fr".to_owned(), 8, 9), ("en".to_owned(), 6, 9)]);
    assert_eq!(reports[1].missing[0].as_str(), "/fields/0/help");
    let form = json!(layout(&workshop(), &["en", "fr"]));
    assert_eq!(form["items"][0]["label"], json!({"text": "Title", "language": "en"}));
    assert_eq!(
        form["items"][0]["help"],
        json!({"text": "Sans guillemets", "language": "fr", "fallback": true})
    );
    assert!(form["items"][3].to_string().contains("${children}"), "the form says when it is asked");
    let codes: Vec<&str> = lint(&workshop()).iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes.iter().filter(|code| **code == "design.language-missing").count(), 2, "{codes:?}");
}

#[test]
fn what_changes_is_said_in_both_languages() {
    let old = workshop();
    let mut new = workshop();
    "grade".clone_into(&mut new.fields[1].name);
    new.fields.remove(3);
    let operations = difference(&old, &new);
    let french = say_all(&operations, &old, "fr").unwrap().join("\n");
    let english = say_all(&operations, &old, "en").unwrap().join("\n");
    assert!(
        french.contains("« Niveau »") && french.contains("`grade`") && french.contains("« Dès »"),
        "{french}"
    );
    assert!(english.contains("“Level”") && english.contains("“From age”"), "{english}");
}

/// A title (4), and of three others (1 each) one, as the age is not asked: 5 of 6; asked, 5 of 7.
#[test]
fn an_entry_is_scored_by_what_it_is_asked() {
    let percent = |entry: Value| score(&workshop(), entry.as_object().unwrap()).percent;
    assert_eq!(percent(json!({"title": "Danse", "level": "easy"})), 83);
    assert_eq!(percent(json!({"title": "Danse", "children": true})), 71);
}

/// Two performances, one without a place; a performance's place is looked for in the venue it links to.
#[test]
fn the_cooperative_knows_what_its_entries_lack_for_a_target() {
    let mut store = MemoryStore::new();
    found(&mut store, &settings(), &live_performance().unwrap(), &act()).unwrap();
    let known = formats(&store).unwrap();
    let entry = |cube: &str, document: Value| {
        Revision::new(cube, known[cube].digest(), State::Published, document.as_object().unwrap().clone())
    };
    let venue: Id<Entry> = Id::derived(&["venue"]);
    let place = json!({"name": {"fr": "Le Cube"}, "address": {"street": "1 rue Haute", "locality": "Gap"}});
    let show = json!({"name": {"fr": "Le Bal"}, "start": "2026-11-23T20:30:00+01:00"});
    let mut placed = show.clone();
    placed["venue"] = json!(venue.to_string());
    let changes = [
        Change::Revision(venue, entry("venue", place)),
        Change::Revision(Id::derived(&["placed"]), entry("performance", placed)),
        Change::Revision(Id::derived(&["nowhere"]), entry("performance", show)),
    ];
    let Act { now, actor, seed, signer } = act();
    store.append(&Batch { at: now, actor, seed, signer, changes: &changes }).unwrap();
    let cubes = readiness(&store, Target::SchemaOrg, now.date(), &mut |_, _| {}).unwrap();
    let performances = cubes.iter().find(|cube| cube.cube == "performance").unwrap();
    assert_eq!((performances.entries, performances.ready), (2, 1));
    assert_eq!(performances.lacking["location"], 1);
}
