//! Two registers of museums, linked without their ids and held against them.

use std::collections::{BTreeMap, BTreeSet};

use c3ms_core::forms::{
    identity::{Link, link},
    intake::Source,
};

/// A table without some of its columns: the source, and for each row what was in a column.
struct Table {
    source: Source,
    rows: Vec<BTreeMap<String, String>>,
}

fn table(
    path: &std::path::Path,
    without: &[&str],
    keep: impl Fn(&BTreeMap<String, String>) -> bool,
) -> Table {
    let whole = Source::read(&std::fs::read(path).unwrap()).unwrap();
    let (mut text, mut rows) = (String::new(), Vec::new());
    let names: Vec<&String> =
        whole.selectors.iter().filter(|name| !without.contains(&name.as_str())).collect();
    let quoted = |cells: Vec<String>| {
        cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(";")
            + "\n"
    };
    text += &quoted(names.iter().map(ToString::to_string).collect());
    for record in &whole.records {
        let row: BTreeMap<String, String> = record
            .values
            .iter()
            .map(|value| (whole.selector(value).to_owned(), value.scalar.text().into_owned()))
            .collect();
        if keep(&row) {
            text += &quoted(names.iter().map(|name| row.get(*name).cloned().unwrap_or_default()).collect());
            rows.push(row);
        }
    }
    Table { source: Source::read(text.as_bytes()).unwrap(), rows }
}

fn of<'a>(row: &'a BTreeMap<String, String>, name: &str) -> &'a str {
    row.get(name).map_or("", String::as_str)
}

/// The truth is the id of Muséofile that Patrimostat carries; one pair per museum, name and town: 1,217.
fn judge(museums: &Table, attendance: &Table, links: &[Link], most: usize) {
    let key = |row: &BTreeMap<String, String>| {
        ["IDMuseofile", "nom_du_musee", "ville"].map(|name| of(row, name).to_owned())
    };
    let known: BTreeSet<&str> = museums.rows.iter().map(|row| of(row, "Identifiant")).collect();
    let linkable = attendance.rows.iter().filter(|row| known.contains(of(row, "IDMuseofile")));
    let truth: BTreeSet<_> = linkable.map(key).collect();
    assert_eq!(truth.len(), most);
    let (mut found, mut wrong) = (BTreeSet::new(), BTreeSet::new());
    for pair in links {
        let (museum, year) = (&museums.rows[pair.a], &attendance.rows[pair.b]);
        if of(museum, "Identifiant") == of(year, "IDMuseofile") {
            found.insert(key(year));
        } else {
            wrong.insert((of(museum, "Identifiant"), of(year, "IDMuseofile"), of(year, "ville")));
        }
    }
    println!("museums: {} of {} found, {} links the label denies", found.len(), truth.len(), wrong.len());
    if most == 1217 {
        assert!(found.len() > 1210, "{}", found.len());
    } else {
        assert!(found.len() >= most - 2, "{}", found.len());
    }
    // Muséofile has a record of its own for these two sites of the naval museum (same name, same town); Patrimostat
    // carries the id of its seat in Paris for them. The links are right, the label is coarse.
    let sites = BTreeSet::from([("M5074", "M5026", "PORT LOUIS"), ("M5076", "M5026", "TOULON")]);
    assert!(wrong.is_subset(&sites), "{wrong:?}");
}

#[test]
fn the_museums_of_two_registers_are_linked_without_their_ids() {
    let Some(museums) = conformance::data("musees-fr/museofile.csv") else { return };
    let Some(attendance) = conformance::data("musees-fr/entrees-patrimostat.csv") else { return };
    let museums = table(&museums, &["Identifiant"], |_| true);
    let ids = ["IDPatrimostat", "IDMuseofile"];
    // As the file is: a row a year.
    let years = table(&attendance, &ids, |_| true);
    let links = link(&museums.source, &years.source).unwrap();
    judge(&museums, &years, &links, 1217);
    // A row per museum, name and town, and a row per museum.
    for (columns, most) in
        [(&["IDMuseofile", "nom_du_musee", "ville"][..], 1217), (&["IDMuseofile"][..], 1209)]
    {
        let seen = std::cell::RefCell::new(BTreeSet::new());
        let once = table(&attendance, &ids, |row| {
            let key: Vec<String> = columns.iter().map(|name| of(row, name).to_owned()).collect();
            seen.borrow_mut().insert(key)
        });
        let links = link(&museums.source, &once.source).unwrap();
        let rows: BTreeSet<usize> = links.iter().map(|link| link.b).collect();
        assert_eq!(rows.len(), links.len(), "each row in at most one pair");
        judge(&museums, &once, &links, most);
    }
}
