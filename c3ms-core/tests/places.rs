//! Addresses and the communes they lie in: by a small register, and by that of France on labelled festivals.

use std::path::Path;

use c3ms_core::{
    Error,
    cooperative::{FoundPlace, ImportOptions, import, locate_all, places, register, set_register},
    forms::{
        identity::{Communes, Ground, Reconciled, Said},
        intake::Source,
    },
    store::Store as _,
};

use crate::intake::{act, cooperative, data, entries};

fn read(text: &str) -> Source {
    Source::read(text.as_bytes()).unwrap()
}

/// Two communes of one name in two departments, two of one postal code, a town with districts, one in Corsica.
fn communes() -> Communes {
    let register = "code,nom,codesPostaux\n05023,Briançon,05100\n05079,Le Monêtier-les-Bains,05220\n\
        05006,L'Argentière-la-Bessée,05120\n05180,Les Vigneaux,05120\n75056,Paris,75001 75005 75020\n\
        2A004,Ajaccio,20000 20090\n2B033,Bastia,20200\n21554,Saint-Rémy,21500\n71475,Saint-Rémy,71100\n\
        38185,Grenoble,38000 38100\n";
    let territories = read("epci,nom\n240500439,CC du Briançonnais\n");
    let members = read("epci,commune\n240500439,5023\n240500439,05079\n");
    Communes::from_table(&read(register)).unwrap().with_territories(&territories, &members).unwrap()
}

#[test]
fn an_address_lies_in_one_commune_or_in_none_that_is_guessed() {
    let communes = communes();
    let found = |code: &str, postal_code: &str, locality: &str, country: &str| match communes.find(Said {
        code,
        postal_code,
        locality,
        country,
    }) {
        Reconciled::Found(commune, by) => (commune.code.clone(), Some(by)),
        Reconciled::Several(several) => (format!("{} of several", several.len()), None),
        Reconciled::Contradicts(_) => ("contradicts".to_owned(), None),
        Reconciled::Unknown => ("unknown".to_owned(), None),
    };
    let is = |code: &str, by| (code.to_owned(), Some(by));
    let not = |text: &str| (text.to_owned(), None);
    assert_eq!(found("05023", "", "", ""), is("05023", Ground::Code));
    assert_eq!(
        found("75105", "75005", "Paris 5e Arrondissement", ""),
        is("75056", Ground::Code),
        "a district"
    );
    assert_eq!(found("", "5100", "BRIANCON", ""), is("05023", Ground::NameAndPostalCode), "a lost zero");
    assert_eq!(found("", "38009", "Grenoble Cedex 1", ""), is("38185", Ground::NameInDepartment));
    assert_eq!(
        found("", "05100", "Grenoble", ""),
        not("1 of several"),
        "the town or the postal code is wrong"
    );
    assert_eq!(found("", "20090", "Ajaccio", ""), is("2A004", Ground::NameAndPostalCode));
    assert_eq!(found("", "20303", "Bastia cedex", ""), is("2B033", Ground::NameInDepartment));
    assert_eq!(found("", "05220", "Monetier les bains", ""), is("05079", Ground::NameAndPostalCode));
    assert_eq!(found("", "05100", "Briançon Sainte-Catherine", ""), is("05023", Ground::LikeName));
    assert_eq!(found("", "05120", "L’Argentiere", ""), is("05006", Ground::LikeName));
    assert_eq!(found("", "71100", "St Rémy", ""), is("71475", Ground::NameAndPostalCode));
    assert_eq!(found("", "05220", "", ""), is("05079", Ground::PostalCode));
    assert_eq!(found("", "", "Grenoble", "FR"), is("38185", Ground::Name));
    assert_eq!(
        found("", "", "Grenoble", ""),
        not("1 of several"),
        "there is one in Colombia, for all we know"
    );
    assert_eq!(found("", "", "Saint-Rémy", "FR"), not("2 of several"));
    assert_eq!(found("", "05120", "", ""), not("2 of several"));
    assert_eq!(found("", "38000", "Grenoble", "CH"), not("unknown"));
    assert_eq!(found("", "", "", ""), not("unknown"));
    assert_eq!(found("05023", "38000", "Grenoble", ""), not("contradicts"));
}

#[test]
fn what_is_imported_gets_the_code_of_its_commune() {
    let mut store = cooperative();
    let venues = "identifiant;nom;commune;code postal\n1;Le Rempart;Briançon;05100\n2;La Grange;Vigneaux;05120\n3;Ailleurs;Nulle-Part;05999\n";
    let options = ImportOptions { name: "lieux.csv".to_owned(), ..ImportOptions::default() };
    let take = |store: &mut c3ms_core::store::MemoryStore, text: &str| {
        import(store, &read(text), &options, &act(), &mut |_| {}).unwrap().account.summary.records
    };
    take(&mut store, venues);
    let communes = communes();
    set_register(&mut store, &communes, &act()).unwrap();
    assert_eq!(register(&store).unwrap().unwrap(), communes);
    assert_eq!(locate_all(&mut store, &communes, &act()).unwrap(), 2);
    assert_eq!(locate_all(&mut store, &communes, &act()).unwrap(), 0);
    let again = take(&mut store, venues);
    assert_eq!((again.created, again.updated), (0, 0), "an import finds the same codes");
    take(&mut store, &venues.replace("La Grange;Vigneaux;05120", "La Grange;Briançon;05100"));
    let codes: Vec<_> = entries(&store, "venue")
        .iter()
        .map(|venue| venue.revision.document["address"].get("municipality-code").cloned().unwrap_or_default())
        .filter(|code| !code.is_null())
        .collect();
    assert_eq!(codes, ["05023", "05023"], "a place that moved is elsewhere");
    let placed = places(&store, &communes).unwrap();
    let count = |found| placed.iter().filter(|place| place.found == found).count();
    assert_eq!((count(FoundPlace::By(Ground::Code)), count(FoundPlace::Unknown)), (2, 1));
    assert_eq!(
        placed.iter().filter(|place| place.territory.as_deref() == Some("CC du Briançonnais")).count(),
        2
    );
    store.verify().unwrap();
}

#[test]
fn a_table_without_codes_is_no_register() {
    for table in ["nom;region\nBriançon;PACA\n", "code;region\n05023;PACA\n"] {
        let refused = Error::from(Communes::from_table(&read(table)).unwrap_err());
        assert_eq!(refused.code().as_str(), "import.register-unreadable");
    }
}

/// The festivals of France say their commune by name, postal code and INSEE code: the label. What is found without
/// the code is the labelled commune, or nothing is. Labels that their own postal code contradicts (a column filled
/// by dragging: Lyon as 69123, 69124, 69125 …) are no labels.
#[test]
fn festivals_lie_where_their_label_says() {
    let (Some(festivals), Some(register)) =
        (data("festivals-fr/festivals-global.csv"), data("communes-fr/communes.csv"))
    else {
        return;
    };
    let table = |file: &Path| Source::read(&std::fs::read(file).unwrap()).unwrap();
    let communes = Communes::from_table(&table(&register)).unwrap();
    assert_eq!(communes.len(), 34_969, "as its README says");
    let festivals = table(&festivals);
    let column = |name: &str| festivals.selectors.iter().position(|selector| selector == name).unwrap();
    let columns = [
        "commune_principale_de_deroulement",
        "code_postal_de_la_commune_principale_de_deroulement",
        "code_insee_commune",
    ]
    .map(column);
    let (mut labelled, mut found, mut wrong) = (0, 0, Vec::new());
    for record in &festivals.records {
        let [locality, postal_code, label] = columns.map(|column| {
            let cell = record.values.iter().find(|value| value.selector() == column);
            cell.map(|cell| cell.scalar.text().trim().to_owned()).unwrap_or_default()
        });
        let label = communes.commune(&label).filter(|label| label.postal_codes.contains(&postal_code));
        let Some(label) = label else { continue };
        labelled += 1;
        let said = Said { postal_code: &postal_code, locality: &locality, ..Said::default() };
        if let Reconciled::Found(commune, by) = communes.find(said) {
            found += 1;
            if commune.code != label.code {
                wrong.push(format!(
                    "{postal_code} {locality}: {} {by:?}, label {} {}",
                    commune.code, label.code, label.name
                ));
            }
        }
    }
    println!("{labelled} labelled, {found} found, {} otherwise than the label: {wrong:#?}", wrong.len());
    assert!(labelled > 6000 && found * 1000 >= labelled * 985, "{found} of {labelled}");
    // Three whose label is a neighbor of the same postal code, while the name is another's.
    assert!(wrong.len() <= 3, "{wrong:#?}");
}
