//! `c3ms new`, `edit`, `history`, `revert`, `merge`, `unmerge`, `clashes`: single entries, by hand, and side by side.

use std::path::Path;

use c3ms_core::{
    Code,
    base::{Date, Id, Timestamp},
    cooperative::{self, Act, ClashQuery, Edit, Edited, Fresh, Party},
    forms::{Document, Entry, Format, Kind},
    store::Store as _,
};
use serde_json::{Value, json};

use crate::{commands, failure::Failure, output::Output};

/// Reads an id of an entry.
pub(crate) fn id(text: &str, dir: &Path) -> Result<Id<Entry>, Failure> {
    Id::parse(text).ok_or_else(|| {
        Failure::new(
            Code::EntryMissing,
            dir,
            format!("{text:?} is no id of an entry; `c3ms search` finds them"),
        )
    })
}

/// What `--set` and `--unset` say, as changes.
pub(crate) fn edits(
    set: &[String],
    unset: &[String],
    format: Option<&Format>,
    dir: &Path,
) -> Result<Vec<Edit>, Failure> {
    let mut edits = Vec::new();
    for text in set {
        let (path, value) = text.split_once('=').ok_or_else(|| {
            Failure::new(
                Code::ValueUnreadable,
                dir,
                format!("--set {text}: write FIELD=VALUE, as name/fr=\"Le Bal\""),
            )
        })?;
        edits.push(Edit::set(format!("/{path}"), typed(path, value, format)));
    }
    edits.extend(unset.iter().map(|path| Edit::unset(format!("/{path}"))));
    Ok(edits)
}

pub(crate) fn edit(
    dir: &Path,
    entry: &str,
    (set, unset): (&[String], &[String]),
    seen: Option<u64>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let id = id(entry, dir)?;
    let known = store.entry(id)?;
    let formats = cooperative::formats(&store)?;
    let format = known.as_ref().and_then(|known| formats.get(&known.revision.cube));
    let mut edits = edits(set, unset, format, dir)?;
    if let Some(seen) = seen {
        edits = cooperative::seen_at(&store, id, seen, &edits)?;
    }
    match cooperative::edit(&mut store, id, &edits, act) {
        Ok(Edited::Written(entry)) => told(&entry, output),
        Ok(Edited::Waits(request)) => {
            output.json(&json!({ "waits": request }));
            output.say(
                &format!("La modification attend ceux qui tiennent la fiche : {}", request.id),
                &format!("The change waits for those who keep the entry: {}", request.id),
            );
        }
        Err(error) => {
            if error.code() == Code::EntryConflict {
                crate::cowriting::show(&cooperative::conflicts(&store, id, &edits)?, output);
            }
            return Err(error.into());
        }
    }
    Ok(())
}

pub(crate) fn new(
    dir: &Path,
    cube: &str,
    (set, file): (&[String], Option<&Path>),
    hand_in: bool,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let formats = cooperative::formats(&store)?;
    let mut document = match file {
        None => Document::new(),
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(Failure::io(file, false))?;
            serde_json::from_str(&text)
                .map_err(|error| Failure::new(Code::JsonBroken, file, error.to_string()))?
        }
    };
    document = cooperative::with_edits(&document, &edits(set, &[], formats.get(cube), dir)?)?;
    let alike = cooperative::alike(&store, cube, &document, 5)?;
    let fresh = Fresh { id: None, cube: cube.to_owned(), document, hand_in };
    let entry = cooperative::create(&mut store, &fresh, act)?;
    told_with(&entry, &json!({ "alike": alike }), output);
    for like in alike {
        output.say(
            &format!("Existe peut-être déjà : {}  {}  ({:.2})", like.name, like.entry, like.score),
            &format!("May be there already: {}  {}  ({:.2})", like.name, like.entry, like.score),
        );
    }
    Ok(())
}

/// The value as its field wants it: JSON for numbers, yes and no, lists and groups; else the text as it stands.
fn typed(path: &str, value: &str, format: Option<&Format>) -> Value {
    let names: Vec<&str> = path.split('/').filter(|step| step.parse::<usize>().is_err()).collect();
    let kind = format.and_then(|format| format.field_at(&names)).map(|field| &field.kind);
    let is_text = matches!(
        kind,
        Some(
            Kind::Text { languages: false, .. }
                | Kind::Code { .. }
                | Kind::Url
                | Kind::Email
                | Kind::Phone
                | Kind::Moment
                | Kind::Date
                | Kind::Time
                | Kind::Link { .. }
                | Kind::Language
        )
    ) && !value.starts_with('[');
    let text = || Value::String(value.to_owned());
    if is_text { text() } else { serde_json::from_str(value).unwrap_or_else(|_| text()) }
}

pub(crate) fn history(dir: &Path, entry: &str, output: &Output) -> Result<(), Failure> {
    let store = commands::open(dir)?;
    let steps = cooperative::history(&store, id(entry, dir)?)?;
    output.json(&json!({ "entry": entry, "history": steps }));
    let members = cooperative::members(&store)?;
    for step in steps {
        let known = members.iter().find(|member| member.id == step.actor);
        let actor = known.map_or_else(|| step.actor.to_string(), |member| member.name.clone());
        let source = step.source.as_deref().unwrap_or("-");
        output.plain(&format!(
            "{}  {}  {}  {source}  {}",
            step.position,
            step.at,
            actor,
            step.state.text(output.language)
        ));
        if let Some(reason) = step.reason {
            output.plain(&format!("    « {reason} »"));
        }
        if let Some(merged) = step.merged {
            output.say(&format!("    réunie à {merged}"), &format!("    merged into {merged}"));
        }
        for change in step.changes {
            let mark = if change.corrected { " *" } else { "" };
            output.plain(&format!("    {}{mark}: {} → {}", change.field, change.before, change.after));
        }
    }
    Ok(())
}

pub(crate) fn revert(
    dir: &Path,
    entry: &str,
    to: Option<u64>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let entry = cooperative::revert(&mut store, id(entry, dir)?, to, act)?;
    told(&entry, output);
    Ok(())
}

pub(crate) fn clashes(
    dir: &Path,
    (from, to): (Option<&str>, Option<&str>),
    within: f64,
    organizer: Option<&str>,
    now: Timestamp,
    output: &Output,
) -> Result<(), Failure> {
    let store = commands::open(dir)?;
    let day = |text: Option<&str>, none: Date| match text {
        None => Ok(none),
        Some(text) => Date::parse(text).ok_or_else(|| {
            Failure::new(Code::ValueUnreadable, dir, format!("{text:?} is no day, as 2027-03-01"))
        }),
    };
    let from = day(from, now.date())?;
    let days = from..day(to, from.plus_days(366))?;
    let organizer = organizer.map(|organizer| id(organizer, dir)).transpose()?;
    let query = ClashQuery { days, within, organizer, language: output.language.to_owned() };
    let found = cooperative::clashes(&store, &query)?;
    output.json(&json!({ "within": within, "clashes": found }));
    for clash in found {
        let told = |party: &Party| match party {
            Party::Public { title, start, organizer, venue, .. } => {
                let more = [organizer, venue].into_iter().flatten().map(|part| format!(", {part}"));
                format!("{title} ({start}{})", more.collect::<String>())
            }
            Party::Draft { .. } if output.language == "fr" => {
                "une date qui n’est pas encore publique".to_owned()
            }
            Party::Draft { .. } => "a date that is not public yet".to_owned(),
        };
        let distance = clash.kilometers.map(|km| format!("  {km} km")).unwrap_or_default();
        output.plain(&format!(
            "{}  {:.2}{distance}  {} | {}",
            clash.date,
            clash.score,
            told(&clash.a),
            told(&clash.b)
        ));
    }
    Ok(())
}

pub(crate) fn merge(
    dir: &Path,
    keep: &str,
    gone: &str,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let entry = cooperative::merge(&mut store, id(keep, dir)?, id(gone, dir)?, act)?;
    told(&entry, output);
    Ok(())
}

pub(crate) fn unmerge(dir: &Path, gone: &str, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let entry = cooperative::unmerge(&mut store, id(gone, dir)?, act)?;
    told(&entry, output);
    Ok(())
}

pub(crate) fn told(entry: &Entry, output: &Output) {
    told_with(entry, &json!({}), output);
}

/// Shows an entry; for programs with what else there is to say.
fn told_with(entry: &Entry, more: &Value, output: &Output) {
    let revision = &entry.revision;
    let mut told = json!({
        "entry": entry.id, "position": entry.position, "cube": revision.cube, "state": revision.state,
        "owner": revision.owner, "reason": revision.reason,
        "corrected": revision.corrections.keys().collect::<Vec<_>>(), "document": revision.document,
    });
    if let (Some(members), Some(more)) = (told.as_object_mut(), more.as_object()) {
        members.extend(more.clone());
    }
    output.json(&told);
    output.plain(&format!("{} {}  {}", revision.cube, entry.id, revision.state.text(output.language)));
    output.plain(&commands::pretty(&json!(revision.document)));
}
