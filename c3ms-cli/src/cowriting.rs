//! `c3ms state`, `queue`, `accept`, `refuse`, `claim`, `transfer`, `sync`, `distinct`: several people, one programme.

use std::{fs, path::Path};

use c3ms_core::{
    Code,
    base::{Date, Id},
    cooperative::{self, Act, Conflict, Distinct, Outcome, Queued, Request, Wanted},
    forms::{State, identity::DuplicateOptions},
    store::Store as _,
};
use serde_json::json;

use crate::{
    commands,
    entry::{id, told},
    failure::Failure,
    output::Output,
};

pub(crate) fn state(
    dir: &Path,
    entry: &str,
    to: Option<State>,
    reason: Option<&str>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let id = id(entry, dir)?;
    if let Some(to) = to {
        told(&cooperative::bring(&mut store, id, to, reason, act)?, output);
        return Ok(());
    }
    let steps = cooperative::steps(&store, id, act)?;
    let Some(entry) = store.entry(id)? else { return Ok(()) };
    let revision = entry.revision;
    output.json(&json!({
        "entry": id, "state": revision.state, "owner": revision.owner, "reason": revision.reason, "steps": steps,
    }));
    output.plain(revision.state.text(output.language));
    if let Some(reason) = revision.reason {
        output.plain(&format!("« {reason} »"));
    }
    for step in steps {
        let why = match (step.reason, output.language) {
            (true, "fr") => "  (avec une raison)",
            (true, _) => "  (with a reason)",
            (false, _) => "",
        };
        output.plain(&format!("→ {}: {}{why}", step.to.as_str(), step.to.text(output.language)));
    }
    Ok(())
}

pub(crate) fn queue(
    dir: &Path,
    cube: Option<&str>,
    duplicates: bool,
    today: Date,
    output: &Output,
) -> Result<(), Failure> {
    let store = commands::open(dir)?;
    let found =
        cooperative::queue(&store, cube, today, duplicates.then_some(DuplicateOptions { at_least: 0.5 }))?;
    output.json(&json!(found));
    let members = cooperative::members(&store)?;
    let named = |id| {
        let known = members.iter().find(|member| member.id == id);
        known.map_or_else(|| format!("{id}"), |member| member.name.clone())
    };
    for entry in &found.entries {
        output.plain(&format!(
            "{}  {}  {}  {}  {}",
            entry.since,
            entry.cube,
            entry.entry,
            entry.title,
            named(entry.by)
        ));
        for (target, lacks) in &entry.lacks {
            let lacks = lacks.join(", ");
            output.say(
                &format!("    manque pour {target} : {lacks}"),
                &format!("    lacks for {target}: {lacks}"),
            );
        }
    }
    for waiting in &found.requests {
        let Request { id, at, by, wanted, words, .. } = &waiting.request;
        output.plain(&format!("{at}  {id}  {}  {}", waiting.title, named(*by)));
        match wanted {
            Wanted::Changes(edits) => {
                for edit in edits {
                    let (was, value) =
                        (edit.was.clone().unwrap_or_default(), edit.value.clone().unwrap_or_default());
                    output.plain(&format!("    {}: {was} → {value}", edit.path));
                }
            }
            Wanted::Ownership => output.say("    veut tenir cette fiche", "    wants to own this entry"),
            _ => {}
        }
        if let Some(words) = words {
            output.plain(&format!("    « {words} »"));
        }
        show(&waiting.conflicts, output);
    }
    for pair in &found.duplicates {
        let likely = pair.found.score.unwrap_or_default();
        output.plain(&format!("{likely:.3}  {} {} = {} {}", pair.a, pair.names[0], pair.b, pair.names[1]));
    }
    output.say(
        &format!(
            "En attente : fiches {}, demandes {}, doublons {}",
            found.entries.len(),
            found.requests.len(),
            found.duplicates.len()
        ),
        &format!(
            "Waiting: entries {}, requests {}, duplicates {}",
            found.entries.len(),
            found.requests.len(),
            found.duplicates.len()
        ),
    );
    Ok(())
}

/// Shows what two people did to the same places.
pub(crate) fn show(conflicts: &[Conflict], output: &Output) {
    if !conflicts.is_empty() {
        output.json(&json!({ "conflicts": conflicts }));
    }
    for Conflict { path, was, now, wanted } in conflicts {
        output.say(
            &format!("    {path} : c’était {was} ; c’est maintenant {now} ; voulu {wanted}"),
            &format!("    {path}: was {was}; is now {now}; wanted {wanted}"),
        );
    }
}

fn request(text: &str, dir: &Path) -> Result<Id<Request>, Failure> {
    Id::parse(text)
        .ok_or_else(|| Failure::new(Code::RequestMissing, dir, format!("{text:?} is no id of a request")))
}

pub(crate) fn accept(dir: &Path, text: &str, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    let entry = cooperative::accept(&mut commands::open(dir)?, request(text, dir)?, act)?;
    told(&entry, output);
    Ok(())
}

pub(crate) fn refuse(
    dir: &Path,
    text: &str,
    reason: Option<&str>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let refused = cooperative::refuse(&mut commands::open(dir)?, request(text, dir)?, reason, act)?;
    output.json(&json!(refused));
    output.say("La demande est refusée.", "The request is refused.");
    Ok(())
}

pub(crate) fn claim(
    dir: &Path,
    entry: &str,
    reason: Option<&str>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let asked = cooperative::claim(&mut commands::open(dir)?, id(entry, dir)?, reason, act)?;
    output.json(&json!(asked));
    output.say(&format!("Demandé : {}", asked.id), &format!("Asked: {}", asked.id));
    Ok(())
}

pub(crate) fn transfer(
    dir: &Path,
    entry: &str,
    to: Option<&str>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let to = to.map(|name| cooperative::member(&store, name)).transpose()?.map(|member| member.id);
    told(&cooperative::transfer(&mut store, id(entry, dir)?, to, act)?, output);
    Ok(())
}

pub(crate) fn sync(dir: &Path, file: &Path, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    let text = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let queue = lines.map(|(number, line)| {
        serde_json::from_str::<Queued>(line)
            .map_err(|error| Failure::new(Code::JsonBroken, file, format!("line {}: {error}", number + 1)))
    });
    let queue = queue.collect::<Result<Vec<_>, _>>()?;
    let synced = cooperative::sync(&mut commands::open(dir)?, queue, act)?;
    output.json(&json!({ "synced": synced }));
    for done in &synced {
        if done.outcome == Outcome::Waits {
            let reason = done.reason.as_deref().unwrap_or_default();
            output.say(&format!("{} attend : {reason}", done.id), &format!("{} waits: {reason}", done.id));
            if !output.is_json() {
                show(&done.conflicts, output);
            }
        }
    }
    let count = |outcome| synced.iter().filter(|done| done.outcome == outcome).count();
    let (written, waits, known) = (count(Outcome::Written), count(Outcome::Waits), count(Outcome::Known));
    output.say(
        &format!("{written} faites, {waits} en attente, {known} déjà reçues"),
        &format!("{written} done, {waits} waiting, {known} received before"),
    );
    Ok(())
}

pub(crate) fn distinct(
    dir: &Path,
    (a, b): (&str, &str),
    reason: Option<&str>,
    undo: bool,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let decision = Distinct { distinct: !undo, reason: reason.map(str::to_owned) };
    let both = (id(a, dir)?, id(b, dir)?);
    cooperative::tell_apart(&mut commands::open(dir)?, both, &decision, act)?;
    output.json(&json!({ "a": both.0, "b": both.1, "distinct": decision.distinct }));
    if undo {
        output
            .say("Peuvent être proposées de nouveau comme doublons.", "May be proposed as duplicates again.");
    } else {
        output.say("Ce sont deux choses distinctes.", "They are two things.");
    }
    Ok(())
}
