//! `c3ms link` and `c3ms dedupe`: what is the same thing.

use std::path::Path;

use c3ms_core::{
    cooperative,
    forms::identity::{self, DuplicateOptions},
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
