//! That two records are the same thing: laws, tables of many shapes, refusals.

use std::collections::BTreeSet;

use c3ms_core::{
    Code, Error,
    base::{Date, TimeOfDay},
    forms::{
        identity::{
            Duplicate, DuplicateOptions, Index, Likewise, Link, Thing, Veto, clusters, duplicates,
            jaro_winkler, link,
        },
        intake::Source,
    },
};
use proptest::{collection::vec, prelude::*};

fn linked(one: &str, other: &str) -> Vec<Link> {
    link(&Source::read(one.as_bytes()).unwrap(), &Source::read(other.as_bytes()).unwrap()).unwrap()
}

fn pairs(one: &str, other: &str) -> Vec<(usize, usize)> {
    linked(one, other).iter().map(|link| (link.a, link.b)).collect()
}

const FESTIVALS: &str = "nom_du_festival;commune;code_postal\n\
    Les Nuits de la Guitare;Patrimonio;20253\n\
    Festival du Vent;Calvi;20260\n\
    Jazz à Vienne;Vienne;38200\n\
    Rencontres de la photographie;Arles;13200\n\
    Les Suds;Arles;13200\n\
    Fête de la musique;Gap;05000\n\
    Fête de la musique;Briançon;05100\n";

#[test]
fn headers_may_be_in_another_language_order_and_delimiter() {
    let theirs = "Ort\tPLZ\tTitel\nARLES\t13200\tles suds\nVienne\t\tJazz a Viene\nBRIANCON\t05100\tFete de la musique\n";
    assert_eq!(pairs(FESTIVALS, theirs), [(2, 1), (4, 0), (6, 2)]);
}

#[test]
fn rows_in_which_nothing_stands_are_counted() {
    assert_eq!(pairs(FESTIVALS, "name,city\n,\n,\nFestival du vent,Calvi\n"), [(1, 2)]);
}

#[test]
fn several_rows_of_one_thing_are_all_linked_to_it() {
    let years = "festival;ville;annee;entrees\n\
        Les Suds;ARLES;2023;10\nLes Suds;ARLES;2024;11\nLes Suds;ARLES;2025;12\n\
        Festival du Vent;CALVI;2024;13\nFestival du Vent;CALVI;2025;14\nFête de la Musique;GAP;2025;15\n";
    assert_eq!(pairs(FESTIVALS, years), [(1, 3), (1, 4), (4, 0), (4, 1), (4, 2), (5, 5)]);
}

#[test]
fn the_same_show_in_another_town_is_not_the_same() {
    let theirs = "titre;ville\nFête de la musique;Marseille\n";
    assert_eq!(pairs(FESTIVALS, theirs), []);
}

#[test]
fn tables_with_nothing_in_common_are_refused_with_what_to_do() {
    let one = Source::read("annee;total\n2024;3\n2025;4\n".as_bytes()).unwrap();
    let other = Source::read("nom;ville\nLe Bal;Gap\n".as_bytes()).unwrap();
    let report = Error::from(link(&one, &other).unwrap_err()).report("fr");
    assert_eq!(report.code, Code::NothingToCompare);
    assert!(report.advice.contains("colonne commune"), "{}", report.advice);
}

/// A performance on a day of March.
fn on(name: &str, town: &str, day: u8, hour: u8) -> Thing {
    Thing {
        name: name.into(),
        locality: town.into(),
        day: Date::new(2026, 3, day),
        time: TimeOfDay::new(hour, 30, 0),
        ..Thing::default()
    }
}

fn found(things: &[Thing]) -> Vec<Duplicate> {
    duplicates(things, DuplicateOptions::default())
}

fn vetoes(things: &[Thing]) -> Vec<Option<Veto>> {
    found(things).iter().map(|pair| pair.veto).collect()
}

#[test]
fn one_event_typed_twice_is_found_with_its_reasons() {
    let twice =
        found(&[on("Le Petit Prince", "Briançon", 12, 20), on("LE PETIT  PRINSE", "Briancon", 12, 20)]);
    assert_eq!(twice.len(), 1);
    assert!(twice[0].score.unwrap() > 0.5);
    assert!(twice[0].reasons.contains(&Likewise::LikeName) && twice[0].reasons.contains(&Likewise::SameDay));
    assert!(!twice[0].reasons[0].text("fr").is_empty());
}

#[test]
fn a_matinee_is_not_the_soiree() {
    let day = [on("Le Petit Prince", "Gap", 12, 14), on("Le Petit Prince", "Gap", 12, 20)];
    assert_eq!(vetoes(&day), [Some(Veto::OtherTime)]);
    assert_eq!(found(&day)[0].score, None);
    assert!(found(&day)[0].production, "the same show");
}

#[test]
fn another_town_of_a_tour_is_the_same_production_and_another_performance() {
    let tour = [on("Le Petit Prince", "Gap", 12, 20), on("Le Petit Prince", "Marseille", 14, 20)];
    assert_eq!(vetoes(&tour), [Some(Veto::OtherTown)]);
    assert!(found(&tour)[0].production);
    let run = [on("Le Petit Prince", "Gap", 12, 20), on("Le Petit Prince", "Gap", 13, 20)];
    assert_eq!(vetoes(&run), [Some(Veto::OtherDay)]);
}

#[test]
fn another_edition_is_another_thing() {
    let named = |name: &str| Thing { name: name.into(), locality: "Gap".into(), ..Thing::default() };
    for (one, other) in [
        ("Tous Dehors 2024", "Tous Dehors 2025"),
        ("Tous Dehors, 11e édition", "Tous Dehors, 12e édition"),
        ("Tous Dehors XIe édition", "Tous Dehors - 12ème édition"),
    ] {
        assert_eq!(vetoes(&[named(one), named(other)]), [Some(Veto::OtherEdition)], "{one} {other}");
    }
    assert_eq!(vetoes(&[named("Tous Dehors, 12e édition"), named("Tous dehors XIIe édition")]), [None]);
}

#[test]
fn a_cancelled_twin_and_codes_that_differ_are_told_apart() {
    let mut cancelled = on("[ANNULÉ] Le Petit Prince", "Gap", 12, 20);
    assert_eq!(vetoes(&[cancelled.clone(), on("Le Petit Prince", "Gap", 12, 20)]), [Some(Veto::Cancelled)]);
    cancelled.name = "Le Petit Prince".into();
    cancelled.codes = vec![("cnm".into(), "A1".into())];
    let mut other = cancelled.clone();
    other.codes = vec![("cnm".into(), "B2".into())];
    assert_eq!(vetoes(&[cancelled.clone(), other.clone()]), [Some(Veto::OtherCode)]);
    other.codes = vec![("another".into(), "B2".into())];
    assert_eq!(vetoes(&[cancelled, other]), [None]);
}

#[test]
fn a_half_typed_name_finds_what_is_there() {
    let things = [
        on("Le Petit Prince", "Gap", 12, 20),
        on("La Princesse de Clèves", "Gap", 13, 20),
        on("Bal", "Gap", 1, 9),
    ];
    let index = Index::new(&things);
    let typed = |name: &str| Thing { name: name.into(), ..Thing::default() };
    assert_eq!(index.like(&typed("le petit pr"), 3)[0].at, 0);
    assert_eq!(index.like(&typed("princesse cl"), 3)[0].at, 1);
    assert_eq!(index.like(&typed("xylophone"), 3), []);
}

/// A name of two or three words of a few dozen, some of them with a slip.
fn any_name() -> impl Strategy<Value = String> {
    const WORDS: [&str; 24] = [
        "nuits",
        "vent",
        "jazz",
        "rencontres",
        "photo",
        "suds",
        "fête",
        "musique",
        "guitare",
        "cirque",
        "conte",
        "bal",
        "neige",
        "rivière",
        "voix",
        "danse",
        "arts",
        "rue",
        "livre",
        "mer",
        "lune",
        "pierre",
        "forêt",
        "pont",
    ];
    vec(prop::sample::select(WORDS.to_vec()), 2..4).prop_map(|words| words.join(" "))
}

fn any_row() -> impl Strategy<Value = (String, String)> {
    (
        any_name(),
        prop::sample::select(vec!["Arles", "Gap", "Calvi", "Vienne", "Briançon", ""]).prop_map(str::to_owned),
    )
}

fn written(rows: &[(String, String)]) -> String {
    rows.iter().fold("nom;ville\n".to_owned(), |text, (name, town)| text + name + ";" + town + "\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Winkler's measure says the same in both directions, from 0 to 1, and 1 of equal words.
    #[test]
    fn two_words_are_alike_in_both_directions(one in "[a-zé]{0,12}", other in "[a-zé]{0,12}") {
        let alike = jaro_winkler(&one, &other);
        prop_assert!((0.0..=1.0).contains(&alike));
        prop_assert_eq!(alike.to_bits(), jaro_winkler(&other, &one).to_bits());
        prop_assert_eq!(jaro_winkler(&one, &one).to_bits(), 1.0_f64.to_bits());
    }

    /// Each row is in at most one pair (no row stands twice), scores are probabilities.
    #[test]
    fn tables_are_linked_one_to_one(
        one in prop::collection::btree_set(any_row(), 1..30),
        other in prop::collection::btree_set(any_row(), 1..30),
    ) {
        let (one, other): (Vec<_>, Vec<_>) = (one.into_iter().collect(), other.into_iter().collect());
        let links = linked(&written(&one), &written(&other));
        for link in &links {
            prop_assert!((0.0..=1.0).contains(&link.score) && link.a < one.len() && link.b < other.len());
        }
        let right: BTreeSet<usize> = links.iter().map(|link| link.b).collect();
        prop_assert_eq!(right.len(), links.len());
    }

    /// The order of the rows changes nothing: the same things are linked with the same scores.
    #[test]
    fn the_order_of_rows_changes_nothing(
        one in prop::collection::btree_set(any_row(), 1..30),
        other in prop::collection::btree_set(any_row(), 1..30),
        turn in 0_usize..30,
    ) {
        let (one, mut other): (Vec<_>, Vec<_>) = (one.into_iter().collect(), other.into_iter().collect());
        let told = |other: &[(String, String)]| {
            let links = linked(&written(&one), &written(other));
            let told = links.iter().map(|link| {
                (one.get(link.a).cloned(), other.get(link.b).cloned(), link.score.to_bits())
            });
            told.collect::<BTreeSet<_>>()
        };
        let before = told(&other);
        let length = other.len();
        other.rotate_left(turn % length);
        prop_assert_eq!(before, told(&other));
    }

    /// What is found does not depend on the order of things; scores are probabilities; a veto has none.
    #[test]
    fn duplicates_are_the_same_in_any_order(
        rows in vec((any_row(), 1_u8..4), 1..25),
        turn in 0_usize..25,
    ) {
        let mut things: Vec<Thing> = rows.iter().map(|((name, town), day)| on(name, town, *day, 20)).collect();
        let told = |things: &[Thing]| {
            let mut told: Vec<_> = found(things)
                .into_iter()
                .map(|pair| {
                    let mut both = [format!("{:?}", things[pair.a]), format!("{:?}", things[pair.b])];
                    both.sort();
                    (both, pair.score.map(f64::to_bits), pair.veto)
                })
                .collect();
            told.sort();
            told
        };
        for pair in found(&things) {
            prop_assert!(pair.a < pair.b && pair.b < things.len());
            prop_assert!(pair.score.is_none_or(|score| (0.5..=1.0).contains(&score)));
            prop_assert_eq!(pair.veto.is_some(), pair.score.is_none());
        }
        let before = told(&things);
        let length = things.len();
        things.rotate_left(turn % length);
        prop_assert_eq!(before, told(&things));
    }

    /// Groups hold each member once, and both members of every pair together.
    #[test]
    fn groups_part_their_members(pairs in vec((0_usize..20, 0_usize..20), 0..30)) {
        let groups = clusters(&pairs);
        let mut seen: Vec<usize> = groups.iter().flatten().copied().collect();
        let length = seen.len();
        seen.sort_unstable();
        seen.dedup();
        prop_assert_eq!(seen.len(), length);
        for (a, b) in pairs {
            prop_assert!(groups.iter().any(|group| group.contains(&a) && group.contains(&b)));
        }
    }
}
