//! What each command does.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use c3ms_core::{
    Code,
    base::{Date, Id, Language, Seed, Timestamp, Zone, zone_exists},
    cooperative::{self, Act, ImportOptions, Listeners, Settings},
    forms::{
        Profile,
        design::Target,
        intake::{Line, Mapping, Source},
        live_performance,
    },
    governance::SecretKey,
    store::{SqliteStore, Store as _},
};
use serde_json::{Value, json};

use crate::{
    account::AccountFile,
    arguments::{Arguments, Command},
    failure::Failure,
    output::Output,
};

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    let dir = &arguments.dir;
    let key = arguments.key.as_deref().map(crate::members::read_key).transpose()?;
    let act = || act(arguments, key.as_ref());
    match &arguments.command {
        Command::Init { folder, profile, name, zone, language, license, address } => {
            let settings = settings(folder, name.as_deref(), zone, language, license, address.as_deref())?;
            init(folder, profile, &settings, &act()?, output)
        }
        Command::Format { command: Some(command), .. } => crate::format::run(dir, command, &act()?, output),
        Command::Format { command: None, cube, schema } => {
            crate::format::show(dir, cube.as_deref(), *schema, output)
        }
        Command::Survey { survey } => crate::survey::run(dir, survey, &act, output),
        Command::Form { form } => crate::form::run(form, &act()?, output),
        Command::Mapping { file, into, source } => mapping(dir, file, into.as_deref(), source.as_deref()),
        Command::Import { file, into, source, mapping, dry_run, accept_shrink, partial, account } => {
            let options = ImportOptions {
                name: source.clone().unwrap_or_else(|| name_of(file)),
                into: into.clone(),
                mapping: mapping.as_deref().map(read_mapping).transpose()?,
                dry_run: *dry_run,
                accept_shrink: *accept_shrink,
                partial: *partial,
            };
            import(dir, file, &options, account.as_deref(), &act()?, output)
        }
        Command::Edit { entry, set, unset, seen } => {
            crate::entry::edit(dir, entry, (set, unset), *seen, &act()?, output)
        }
        Command::New { cube, set, file, hand_in } => {
            crate::entry::new(dir, cube, (set, file.as_deref()), *hand_in, &act()?, output)
        }
        Command::State { entry, to, reason } => {
            crate::cowriting::state(dir, entry, *to, reason.as_deref(), &act()?, output)
        }
        Command::Queue { cube, duplicates } => {
            crate::cowriting::queue(dir, cube.as_deref(), *duplicates, act()?.now.date(), output)
        }
        Command::Accept { request } => crate::cowriting::accept(dir, request, &act()?, output),
        Command::Refuse { request, reason } => {
            crate::cowriting::refuse(dir, request, reason.as_deref(), &act()?, output)
        }
        Command::Claim { entry, reason } => {
            crate::cowriting::claim(dir, entry, reason.as_deref(), &act()?, output)
        }
        Command::Transfer { entry, to } => {
            crate::cowriting::transfer(dir, entry, to.as_deref(), &act()?, output)
        }
        Command::Sync { file } => crate::cowriting::sync(dir, file, &act()?, output),
        Command::Distinct { a, b, reason, undo } => {
            crate::cowriting::distinct(dir, (a, b), reason.as_deref(), *undo, &act()?, output)
        }
        Command::Invite { cube, entry, set, until } => {
            let about = (cube.as_deref(), entry.as_deref());
            crate::invitation::invite(dir, about, set, *until, &act()?, output)
        }
        Command::Answer { link, set } => crate::invitation::answer(dir, link, set, &act()?, output),
        Command::Member { command } => crate::members::run(dir, command, &act()?, output),
        Command::Workflow { cube, set } => {
            crate::members::workflow(dir, cube, set.as_deref(), &act()?, output)
        }
        Command::History { entry } => crate::entry::history(dir, entry, output),
        Command::Revert { entry, to } => crate::entry::revert(dir, entry, *to, &act()?, output),
        Command::Clashes { from, to, within, organizer } => {
            let days = (from.as_deref(), to.as_deref());
            crate::entry::clashes(dir, days, *within, organizer.as_deref(), act()?.now, output)
        }
        Command::Inventory { out } => inventory(dir, out, &act()?, output),
        Command::Merge { keep, gone } => crate::entry::merge(dir, keep, gone, &act()?, output),
        Command::Unmerge { gone } => crate::entry::unmerge(dir, gone, &act()?, output),
        Command::Validate { target: Some(target), .. } => readiness(dir, *target, act()?.now.date(), output),
        Command::Validate {
            json_schema: Some(schema), resources, assert_formats, data: Some(data), ..
        } => crate::foreign::validate(schema, resources, *assert_formats, data, output),
        Command::Validate { .. } => validate(dir, output),
        Command::Link { first, second } => crate::identity::link(first, second, output),
        Command::Dedupe { cube, at_least } => {
            crate::identity::dedupe(dir, cube.as_deref(), *at_least, output)
        }
        Command::Communes { file, territories, members } => {
            let territories = territories.as_deref().zip(members.as_deref());
            crate::identity::communes(dir, file, territories, &act()?, output)
        }
        Command::Places { territory, write } => {
            crate::identity::places(dir, territory.as_deref(), *write, &act()?, output)
        }
        Command::Search { words, most } => search(dir, &words.join(" "), *most, output),
        Command::Deliver { out, widgets, older, to } => {
            crate::deliver::deliver(dir, out, widgets.as_deref(), (older, to), act()?.now, output)
        }
        Command::Rules { set } => crate::dissemination::rules(dir, set.as_deref(), &act()?, output),
        Command::Reuser { command } => crate::dissemination::reuser(dir, command, &act()?, output),
        Command::Query { query, to } => crate::dissemination::query(dir, query, to, act()?.now, output),
        Command::Changes { since, to } => {
            crate::dissemination::changes(dir, since.as_deref(), to, act()?.now, output)
        }
        Command::Expand { file, from, to } => crate::expand::expand(file, *from..*to, output),
        Command::Verify { rebuild } => verify(dir, *rebuild, output),
        Command::Backup { file } => backup(dir, file, output),
        Command::Restore { file } => restore(dir, file, output),
        Command::Errors { markdown } => {
            errors(*markdown);
            Ok(())
        }
    }
}

/// The file of the cooperative in its folder.
pub(crate) fn file_in(dir: &Path) -> PathBuf {
    dir.join("cooperative.sqlite")
}

pub(crate) fn open(dir: &Path) -> Result<SqliteStore, Failure> {
    Ok(SqliteStore::open(&file_in(dir))?)
}

/// Who acts: the member who is named, else who made the cooperative.
fn act<'a>(arguments: &Arguments, signer: Option<&'a SecretKey>) -> Result<Act<'a>, Failure> {
    let now = arguments.now.unwrap_or_else(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    });
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        Failure::new(Code::StoreFailed, &arguments.dir, format!("no randomness can be had: {error}"))
    })?;
    let actor = match &arguments.member {
        Some(name) => cooperative::member(&open(&arguments.dir)?, name)?.id,
        None => Id::derived(&["member", "operator"]),
    };
    Ok(Act { now, actor, seed: Seed(seed), signer })
}

fn settings(
    folder: &Path,
    name: Option<&str>,
    zone: &str,
    language: &str,
    license: &str,
    address: Option<&str>,
) -> Result<Settings, Failure> {
    let unreadable = |what: &str| Failure::new(Code::ValueUnreadable, folder, what.to_owned());
    let zone = Zone::parse(zone).filter(|zone| zone_exists(zone.as_str()));
    let name = name.map_or_else(
        || name_of(&fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())),
        str::to_owned,
    );
    Ok(Settings {
        name,
        zone: zone.ok_or_else(|| unreadable("--zone is no IANA time zone, as Europe/Paris"))?,
        language: self::language(language, folder)?,
        license: license.to_owned(),
        address: address.map(|address| address.trim_end_matches('/').to_owned()),
    })
}

/// A language by its tag.
pub(crate) fn language(tag: &str, file: &Path) -> Result<Language, Failure> {
    Language::parse(tag)
        .ok_or_else(|| Failure::new(Code::ValueUnreadable, file, "--language is no tag, as fr"))
}

fn init(
    folder: &Path,
    profile: &str,
    settings: &Settings,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let profile = read_profile(profile)?;
    fs::create_dir_all(folder).map_err(Failure::io(folder, true))?;
    let path = file_in(folder);
    let mut store = SqliteStore::create(&path)?;
    if let Err(error) = cooperative::found(&mut store, settings, &profile, act) {
        drop(store);
        let _removed = fs::remove_file(&path);
        return Err(error.into());
    }
    let cubes: Vec<&str> = profile.formats.iter().map(|format| format.cube.as_str()).collect();
    output.json(&json!({ "dir": folder, "profile": profile.name, "cubes": cubes }));
    output.say(
        &format!("« {} » : {} formats, dans {}", settings.name, cubes.len(), folder.display()),
        &format!("{:?}: {} formats, in {}", settings.name, cubes.len(), folder.display()),
    );
    Ok(())
}

fn read_profile(name: &str) -> Result<Profile, Failure> {
    if name == "live-performance" {
        return Ok(live_performance()?);
    }
    let folder = Path::new(name);
    if !folder.is_dir() {
        return Err(Failure::new(
            Code::FileMissing,
            folder,
            "there is no profile of this name, and no such folder",
        ));
    }
    Profile::from_files(&|path| fs::read_to_string(folder.join(path)).ok()).map_err(Failure::about(folder))
}

pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn name_of(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

pub(crate) fn read_source(file: &Path) -> Result<Source, Failure> {
    let bytes = fs::read(file).map_err(Failure::io(file, false))?;
    Source::read(&bytes).map_err(Failure::about(file))
}

fn read_mapping(file: &Path) -> Result<Mapping, Failure> {
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    Mapping::parse(&json).map_err(Failure::about(file))
}

fn mapping(dir: &Path, file: &Path, into: Option<&str>, source: Option<&str>) -> Result<(), Failure> {
    let store = open(dir)?;
    let options = ImportOptions {
        name: source.map_or_else(|| name_of(file), str::to_owned),
        into: into.map(str::to_owned),
        ..ImportOptions::default()
    };
    let mapping =
        cooperative::proposed_mapping(&store, &read_source(file)?, &options).map_err(Failure::about(file))?;
    crate::output::line(&pretty(&json!(mapping)));
    Ok(())
}

fn import(
    dir: &Path,
    file: &Path,
    options: &ImportOptions,
    account: Option<&Path>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = open(dir)?;
    let source = read_source(file)?;
    // Where the account cannot be written nothing is imported.
    let mut written =
        account.map(|path| AccountFile::create(path).map_err(Failure::io(path, true))).transpose()?;
    let mut committed = |count| output.committed(count);
    let mut write = |line| written.iter_mut().for_each(|written| written.line(&line));
    let line: Option<&mut dyn FnMut(Line)> = if account.is_some() { Some(&mut write) } else { None };
    let listeners = Listeners { committed: &mut committed, line };
    let imported = cooperative::import_telling(&mut store, &source, options, act, listeners)
        .map_err(Failure::about(file))?;
    output.done();
    if let Some((path, written)) = account.zip(written) {
        written.finish(&imported.account).map_err(Failure::io(path, true))?;
    }
    let summary = imported.account.summary;
    let records = summary.records;
    output.json(&json!({ "source": imported.account.source, "summary": summary, "notes": imported.account.notes.len() }));
    output.say(
        &format!(
            "{} : {} créées, {} modifiées, {} inchangées, {} retirées, {} refusées ; {} valeurs : {} prises, {} changées, {} refusées",
            options.name, records.created, records.updated, records.unchanged, records.withdrawn, records.refused,
            summary.source_values, summary.taken, summary.changed, summary.refused
        ),
        &format!(
            "{}: {} created, {} updated, {} unchanged, {} withdrawn, {} refused; {} values: {} taken, {} changed, {} refused",
            options.name, records.created, records.updated, records.unchanged, records.withdrawn, records.refused,
            summary.source_values, summary.taken, summary.changed, summary.refused
        ),
    );
    Ok(())
}

fn validate(dir: &Path, output: &Output) -> Result<(), Failure> {
    let store = open(dir)?;
    let checked = cooperative::validate(&store, &mut |entry, violation| {
        let revision = &entry.revision;
        output.json(&json!({ "entry": entry.id, "cube": revision.cube, "violation": violation, "message": violation.message(output.language) }));
        output.plain(&format!("{} {}  {}", revision.cube, entry.id, violation.message(output.language)));
    })?;
    output.json(&json!(checked));
    output.say(
        &format!(
            "{} fiches : {} valides, {} incomplètes",
            checked.entries, checked.valid, checked.incomplete
        ),
        &format!("{} entries: {} valid, {} incomplete", checked.entries, checked.valid, checked.incomplete),
    );
    Ok(())
}

fn readiness(dir: &Path, target: Target, today: Date, output: &Output) -> Result<(), Failure> {
    let store = open(dir)?;
    let cubes = cooperative::readiness(&store, target, today, &mut |entry, lacks| {
        let cube = &entry.revision.cube;
        for lack in lacks {
            let message = lack.message(output.language);
            output.json(&json!({ "entry": entry.id, "cube": cube, "lack": lack, "message": message }));
            output.plain(&format!("{cube} {}  {message}", entry.id));
        }
    })?;
    for cube in cubes {
        output.json(&json!(cube));
        let (name, label) = (&cube.cube, target.label());
        output.say(
            &format!(
                "{name} : {} fiches sur {} prêtes pour {label}, remplies à {} %",
                cube.ready, cube.entries, cube.percent
            ),
            &format!(
                "{name}: {} entries of {} ready for {label}, {}% filled in",
                cube.ready, cube.entries, cube.percent
            ),
        );
    }
    Ok(())
}

fn inventory(dir: &Path, out: &Path, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    let store = open(dir)?;
    let found = cooperative::inventory(&store, act, output.language)?;
    let page = cooperative::inventory_page(&found, output.language)?;
    let data = out.with_extension("json");
    fs::write(out, page).map_err(Failure::io(out, true))?;
    fs::write(&data, pretty(&json!(found)) + "\n").map_err(Failure::io(&data, true))?;
    output.json(&json!({ "page": out, "data": data, "entries": found.entries, "things": found.things, "sources": found.sources.len() }));
    output.say(
        &format!(
            "{} fiches, {} choses, {} sources : {}",
            found.entries,
            found.things,
            found.sources.len(),
            out.display()
        ),
        &format!(
            "{} entries, {} things, {} sources: {}",
            found.entries,
            found.things,
            found.sources.len(),
            out.display()
        ),
    );
    Ok(())
}

fn search(dir: &Path, words: &str, most: usize, output: &Output) -> Result<(), Failure> {
    let store = open(dir)?;
    let formats = cooperative::formats(&store)?;
    for id in store.search(words, most)? {
        let Some(entry) = store.entry(id)? else { continue };
        let revision = &entry.revision;
        let title = formats.get(&revision.cube).and_then(|format| revision.document.get(&format.title));
        let title = title.cloned().unwrap_or_default();
        output.json(&json!({ "id": id, "cube": revision.cube, "title": title }));
        let shown =
            title.as_object().and_then(|texts| texts.get(output.language).or_else(|| texts.values().next()));
        output.plain(&format!(
            "{id}  {:<12} {}",
            revision.cube,
            shown.and_then(Value::as_str).unwrap_or_default()
        ));
    }
    Ok(())
}

fn verify(dir: &Path, rebuild: bool, output: &Output) -> Result<(), Failure> {
    let mut store = open(dir)?;
    if rebuild {
        store.rebuild()?;
    }
    let verified = store.verify()?;
    output.json(&json!(verified));
    output.say(
        &format!(
            "Journal intact : {} enregistrements, {} fiches ; empreinte {}",
            verified.records, verified.entries, verified.head.hash
        ),
        &format!(
            "The log is whole: {} records, {} entries; hash {}",
            verified.records, verified.entries, verified.head.hash
        ),
    );
    Ok(())
}

fn backup(dir: &Path, file: &Path, output: &Output) -> Result<(), Failure> {
    let verified = open(dir)?.backup(file)?;
    output.json(&json!({ "file": file, "verified": verified }));
    output.say(
        &format!("Sauvegarde vérifiée : {} ({} enregistrements)", file.display(), verified.records),
        &format!("Backup verified: {} ({} records)", file.display(), verified.records),
    );
    Ok(())
}

fn restore(dir: &Path, file: &Path, output: &Output) -> Result<(), Failure> {
    if !file.is_file() {
        return Err(Failure::new(Code::FileMissing, file, "there is no such backup"));
    }
    fs::create_dir_all(dir).map_err(Failure::io(dir, true))?;
    let verified = SqliteStore::restore(file, &file_in(dir))?;
    output.json(&json!({ "dir": dir, "verified": verified }));
    output.say(
        &format!("Restauré et vérifié : {} enregistrements", verified.records),
        &format!("Restored and verified: {} records", verified.records),
    );
    Ok(())
}

fn errors(markdown: bool) {
    if markdown {
        crate::output::line(
            "# Codes\n\nEvery error, violation and reason has one of these codes, the same in every language.\n",
        );
        crate::output::line("| code | in English | en français |\n|---|---|---|");
    }
    for code in Code::ALL {
        if markdown {
            crate::output::line(&format!(
                "| `{}` | {} | {} |",
                code.as_str(),
                code.advice("en"),
                code.advice("fr")
            ));
        } else {
            crate::output::line(&format!(
                "{}",
                json!({ "code": code.as_str(), "en": code.advice("en"), "fr": code.advice("fr") })
            ));
        }
    }
}
