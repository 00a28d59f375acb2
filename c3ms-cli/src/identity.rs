//! `c3ms link`, `dedupe`, `communes`, `places`: what is the same thing, and where.

use std::path::Path;

use c3ms_core::{
    Code,
    cooperative::{self, Act, FoundPlace},
    forms::identity::{self, Commune, Communes, DuplicateOptions},
};
use serde_json::json;

use crate::{
    commands::{open, read_source},
    failure::Failure,
    output::Output,
};

pub(crate) fn link(first: &Path, second: &Path, output: &Output) -> Result<(), Failure> {
    let (ours, theirs) = (read_source(first)?, read_source(second)?);
    let links = identity::link(&ours, &theirs).map_err(Failure::about(second))?;
    for link in &links {
        output.plain(&format!("{} = {}  {:.3}", link.a, link.b, link.score));
    }
    output.json(&json!({ "pairs": links }));
    output.say(
        &format!("{} paires, entre {} lignes et {}", links.len(), ours.records.len(), theirs.records.len()),
        &format!("{} pairs, between {} rows and {}", links.len(), ours.records.len(), theirs.records.len()),
    );
    Ok(())
}

pub(crate) fn dedupe(dir: &Path, cube: Option<&str>, at_least: f64, output: &Output) -> Result<(), Failure> {
    let store = open(dir)?;
    let found = cooperative::same_entries(&store, cube, DuplicateOptions { at_least })?;
    let language = output.language;
    let mut told = Vec::new();
    for pair in &found.pairs {
        let reasons: Vec<&str> = pair.found.reasons.iter().map(|reason| reason.text(language)).collect();
        let veto = pair.found.veto.map(|veto| veto.text(language));
        let production = match (pair.found.production, language) {
            (true, "fr") => " ; même spectacle",
            (true, _) => "; the same show",
            (false, _) => "",
        };
        let probability = pair.found.score.map_or("-".to_owned(), |score| format!("{score:.3}"));
        output.plain(&format!(
            "{probability:<6}{} {} {}  {} = {}  ({}{}{production})",
            pair.cube,
            pair.a,
            pair.b,
            pair.names[0],
            pair.names[1],
            reasons.join(", "),
            veto.map(|veto| format!(" ; {veto}")).unwrap_or_default(),
        ));
        told.push(json!({
            "cube": pair.cube, "a": pair.a, "b": pair.b, "names": pair.names, "score": pair.found.score,
            "reasons": pair.found.reasons, "words": reasons, "veto": pair.found.veto, "veto-words": veto,
            "production": pair.found.production,
        }));
    }
    output.json(&json!({ "pairs": told, "clusters": found.clusters }));
    let same = found.pairs.iter().filter(|pair| pair.found.veto.is_none()).count();
    let (groups, vetoed) = (found.clusters.len(), found.pairs.len() - same);
    output.say(
        &format!(
            "{same} doublons probables en {groups} groupes ; {vetoed} paires semblables mais distinctes"
        ),
        &format!("{same} probable duplicates in {groups} groups; {vetoed} pairs alike but distinct"),
    );
    Ok(())
}

/// `c3ms communes`: keeps a register of communes and their territories.
pub(crate) fn communes(
    dir: &Path,
    file: &Path,
    territories: Option<(&Path, &Path)>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut communes = Communes::from_table(&read_source(file)?).map_err(Failure::about(file))?;
    if let Some((names, members)) = territories {
        let (names, members_of) = (read_source(names)?, read_source(members)?);
        communes = communes.with_territories(&names, &members_of).map_err(Failure::about(members))?;
    }
    cooperative::set_register(&mut open(dir)?, &communes, act)?;
    output.json(&json!({ "communes": communes.len() }));
    output.say(
        &format!("Communes gardées : {}", communes.len()),
        &format!("Communes kept: {}", communes.len()),
    );
    Ok(())
}

/// `c3ms places`: in which commune and territory each entry lies.
pub(crate) fn places(
    dir: &Path,
    territory: Option<&str>,
    write: bool,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = open(dir)?;
    let communes = cooperative::register(&store)?.ok_or_else(|| {
        Failure::new(Code::RegisterUnreadable, dir, "there is no register yet: `c3ms communes` keeps one")
    })?;
    let written = if write { cooperative::locate_all(&mut store, &communes, act)? } else { 0 };
    let mut placed = cooperative::places(&store, &communes)?;
    if let Some(wanted) = territory {
        let lies = |commune: &Commune| commune.territory.as_deref() == Some(wanted);
        placed.retain(|place| matches!(place.found, FoundPlace::By(_)) && place.communes.iter().any(lies));
    }
    output.json(&json!({ "places": placed, "written": written }));
    for place in &placed {
        let communes =
            place.communes.iter().take(4).map(|commune| format!("{} {}", commune.code, commune.name));
        let communes = communes.collect::<Vec<_>>().join(" | ");
        let territory = place.territory.as_deref().unwrap_or_default();
        let [postal_code, locality] = &place.said;
        let mark = if matches!(place.found, FoundPlace::By(_)) { "=" } else { "?" };
        output.plain(&format!(
            "{} {}  {}  {postal_code} {locality} {mark} {communes}  {territory}",
            place.cube, place.entry, place.title
        ));
    }
    let found = placed.iter().filter(|place| matches!(place.found, FoundPlace::By(_))).count();
    output.say(
        &format!("Lieux situés : {found} sur {} ; codes écrits : {written}", placed.len()),
        &format!("Places found: {found} of {}; codes written: {written}", placed.len()),
    );
    Ok(())
}
