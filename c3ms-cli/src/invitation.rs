//! `c3ms invite`, `answer`: entering something by a link, without an account.

use std::path::Path;

use c3ms_core::{
    base::{Date, Timestamp},
    cooperative::{self, Act, Answered, Invite},
    forms::Document,
    store::Store as _,
};
use serde_json::json;

use crate::{
    commands,
    entry::{edits, id, told},
    failure::Failure,
    output::Output,
};

/// As long a link holds where nothing else is said.
const DAYS: i64 = 14;
const DAY: i64 = 86_400_000;

pub(crate) fn invite(
    dir: &Path,
    (cube, entry): (Option<&str>, Option<&str>),
    set: &[String],
    until: Option<Date>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let entry = entry.map(|entry| id(entry, dir)).transpose()?;
    let known = entry.map(|entry| store.entry(entry)).transpose()?.flatten();
    let cube = known.map_or_else(|| cube.unwrap_or_default().to_owned(), |known| known.revision.cube);
    let formats = cooperative::formats(&store)?;
    let document = cooperative::with_edits(&Document::new(), &edits(set, &[], formats.get(&cube), dir)?)?;
    // A day holds to its end wherever the guest is.
    let until = until.map_or_else(
        || Timestamp::from_millis(act.now.millis() + DAYS * DAY),
        |day| Timestamp::from_millis((day.days() + 1) * DAY + DAY / 2),
    );
    let (invitation, link) = cooperative::invite(&mut store, &Invite { cube, entry, document, until }, act)?;
    let address = cooperative::settings(&store)?.address;
    let page = address.map(|address| format!("{address}/entry#{link}"));
    output
        .json(&json!({ "invitation": invitation.id, "until": invitation.until, "link": link, "page": page }));
    output.plain(page.as_ref().unwrap_or(&link));
    output.say(
        &format!(
            "Ce lien sert une fois, jusqu’au {} ; il n’est écrit nulle part ailleurs.",
            invitation.until
        ),
        &format!("This link is used once, until {}; it is written nowhere else.", invitation.until),
    );
    Ok(())
}

pub(crate) fn answer(
    dir: &Path,
    link: &str,
    set: &[String],
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let link = link.rsplit_once('#').map_or(link, |(_, link)| link);
    let offered = cooperative::offered(&store, link, act.now)?;
    if set.is_empty() {
        let fields: Vec<&str> = offered.format.fields.iter().map(|field| field.name.as_str()).collect();
        output.json(&json!({ "cube": offered.format.cube, "fields": fields, "document": offered.document }));
        output.plain(&format!("{}: {}", offered.format.cube, fields.join(", ")));
        output.plain(&commands::pretty(&json!(offered.document)));
        return Ok(());
    }
    let edits = edits(set, &[], Some(&offered.format), dir)?;
    let edits: Vec<_> = edits.into_iter().map(|edit| edit.seen_in(&offered.document)).collect();
    match cooperative::answer(&mut store, link, &edits, (act.now, act.seed))? {
        Answered::Entry(entry) => told(&entry, output),
        Answered::Request(request) => {
            output.json(&json!({ "waits": request }));
            output.say(
                "Merci : la modification attend une relecture.",
                "Thank you: the change waits for review.",
            );
        }
    }
    Ok(())
}
