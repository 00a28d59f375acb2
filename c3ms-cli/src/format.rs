//! `c3ms format`: see formats, compare two, and bring a new version into force.

use std::{
    fs,
    path::{Path, PathBuf},
};

use c3ms_core::{
    Code,
    base::Digest,
    cooperative::{self, Act, Migration},
    forms::{
        Comparison, Format, FormsError, compare_schemas,
        design::say_all,
        evolve::{Operation, amended, compare_formats},
        json_schema, live_performance,
    },
};
use clap::Subcommand;
use serde_json::{Value, json};

use crate::{
    commands,
    exchange::{self, Target},
    failure::Failure,
    output::Output,
};

#[derive(Debug, Subcommand)]
pub(crate) enum FormatCommand {
    /// Find the operations between two formats, or two JSON Schemas, and what they mean for records.
    #[command(after_help = "Example:\n  c3ms format diff event.json event-2.json")]
    Diff {
        /// The older one: a file, or a cube of the cooperative, or CUBE@VERSION.
        old: String,
        /// The newer one.
        new: String,
    },
    /// Tell whether records of one format are accepted under another; as `diff`, the verdict first.
    #[command(after_help = "Example:\n  c3ms format compat event event-2.json --json")]
    Compat {
        /// The older one: a file, or a cube of the cooperative, or CUBE@VERSION.
        old: String,
        /// The newer one.
        new: String,
    },
    /// Say a format in plain words.
    #[command(after_help = "Example:\n  c3ms format explain event")]
    Explain {
        /// The format: a file (JSON or YAML), or a cube of the cooperative, or CUBE@VERSION.
        format: String,
    },
    /// Warn of what hurts later in a format: no label in a language, free text where a list exists, unstable keys.
    #[command(after_help = "Example:\n  c3ms format lint event.yaml")]
    Lint {
        /// The format: a file (JSON or YAML), or a cube of the cooperative, or CUBE@VERSION.
        format: String,
    },
    /// Write a first version of a format, to be edited.
    #[command(
        after_help = "Example:\n  c3ms format new workshop --label Atelier --field 'Titre!' --field 'Genre:code:danse,chant' --out workshop.yaml"
    )]
    New {
        /// The cube: small letters, digits, hyphens.
        cube: String,
        /// Its name for people; the cube's where none is given.
        #[arg(long)]
        label: Option<String>,
        /// A field: LABEL, `!` where it is required, `+` for a list, then `:KIND`; may be repeated.
        #[arg(long = "field", value_name = "FIELD")]
        fields: Vec<String>,
        /// JSON instead of YAML with remarks.
        #[arg(long = "as-json")]
        as_json: bool,
        /// The file to write; on the screen where none is named.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Change a format in your editor, or by operations from a file; says what changes, and what it means for records.
    #[command(
        after_help = "Example:\n  c3ms format edit event --out event-2.yaml\n  c3ms format edit event --operations changes.json --out event-2.json"
    )]
    Edit {
        /// The format: a file (JSON or YAML), or a cube of the cooperative, or CUBE@VERSION.
        format: String,
        /// A JSON list of operations: `[{\"do\": \"rename\", \"field\": \"seats\", \"to\": \"capacity\"}]`.
        /// Where none is given, the editor named in VISUAL or EDITOR opens.
        #[arg(long, value_name = "FILE")]
        operations: Option<PathBuf>,
        /// The file to write; YAML where it is called so. On the screen where none is named.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// List the versions of a format, the oldest first.
    #[command(after_help = "Example:\n  c3ms format versions event")]
    Versions {
        /// The cube.
        cube: String,
    },
    /// Write a format for other tools; what they have no word for is told where it goes to a file.
    #[command(after_help = "Example:\n  c3ms format export event --as table-schema --out event.schema.json")]
    Export {
        /// The format: a file, or a cube of the cooperative, or CUBE@VERSION.
        format: String,
        /// As what.
        #[arg(long = "as", value_name = "KIND")]
        target: Target,
        /// The file to write; on the screen where none is named.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Read a JSON Schema or a Table Schema as a format, and tell what becomes of each keyword.
    #[command(
        after_help = "Example:\n  c3ms format import venues.schema.json --out venue.json --report loss.json"
    )]
    Import {
        /// The file: JSON Schema (2020-12, draft 7) or Frictionless Table Schema.
        schema: PathBuf,
        /// The cube, where the schema does not name it; by default after the file.
        #[arg(long, value_name = "CUBE")]
        cube: Option<String>,
        /// The file to write the format to.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Where to write what was lost.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Take a format of a new cube into the cooperative: a questionnaire, a kind of record of its own.
    #[command(
        after_help = "Example:\n  c3ms form import audience.xlsx --out audience.json\n  c3ms format adopt audience.json"
    )]
    Adopt {
        /// The file of the format, JSON or YAML.
        format: PathBuf,
    },
    /// Make a format the next version of its cube; nothing is lost, and an older version can come back.
    #[command(
        after_help = "Example:\n  c3ms format migrate --to event-2.json --dry-run\n  c3ms format migrate --to 1 --cube event"
    )]
    Migrate {
        /// The file of the new version; or an older version, by its number or the beginning of its hash.
        #[arg(long, value_name = "VERSION")]
        to: String,
        /// The cube, for an older version where the cooperative has several.
        #[arg(long, value_name = "CUBE")]
        cube: Option<String>,
        /// Tell what would happen; write nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

pub(crate) fn run(
    dir: &Path,
    command: &FormatCommand,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    match command {
        FormatCommand::Diff { old, new } => diff(dir, old, new, false, output),
        FormatCommand::Compat { old, new } => diff(dir, old, new, true, output),
        FormatCommand::Explain { format } => {
            crate::design::explain(&format_named(dir, format)?, output);
            Ok(())
        }
        FormatCommand::Lint { format } => {
            let format = format_named(dir, format)?;
            crate::design::lint(&format, output);
            crate::design::languages(&format, output);
            Ok(())
        }
        FormatCommand::New { cube, label, fields, as_json, out } => {
            let label = label.as_deref().unwrap_or(cube);
            let text = crate::design::new(cube, label, fields, output.language, !as_json)?;
            write(out.as_deref(), &text)
        }
        FormatCommand::Edit { format, operations, out } => {
            let format = format_named(dir, format)?;
            let changed = match operations {
                Some(file) => amended(&format, operations_in(file)?)?,
                None => edited(&format, out.as_deref())?,
            };
            let (operations, comparison) = compare_formats(&format, &changed)?;
            if out.is_some() {
                output.json(&told(&operations, &comparison, output));
                for words in say_all(&operations, &format, output.language)? {
                    output.plain(&words);
                }
                say_verdict(&comparison, output);
            }
            let is_yaml = out.as_ref().is_some_and(|out| {
                out.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
            });
            write(out.as_deref(), &crate::design::written(&changed, is_yaml))
        }
        FormatCommand::Versions { cube } => versions(dir, cube, output),
        FormatCommand::Export { format, target, out } => {
            let Named::Format(format) = named(dir, format)? else {
                let reason = "this file is a schema, no format: import it first".to_owned();
                return Err(FormsError::FormatUnreadable { reason }.into());
            };
            exchange::export(&format, *target, out.as_deref(), output)
        }
        FormatCommand::Import { schema, cube, out, report } => {
            exchange::import(schema, cube.as_deref(), out, report.as_ref(), output)
        }
        FormatCommand::Adopt { format } => {
            let wanted = crate::design::read_format(format)?;
            cooperative::adopt(&mut commands::open(dir)?, &wanted, act).map_err(Failure::about(format))?;
            let (cube, digest) = (&wanted.cube, wanted.digest());
            output.json(&json!({ "cube": cube, "digest": digest }));
            output.say(
                &format!("{cube} : premier format de ce cube"),
                &format!("{cube}: first format of this cube"),
            );
            Ok(())
        }
        FormatCommand::Migrate { to, cube, dry_run } => {
            migrate(dir, to, cube.as_deref(), *dry_run, act, output)
        }
    }
}

/// Lists the formats, or shows one.
pub(crate) fn show(dir: &Path, cube: Option<&str>, schema: bool, output: &Output) -> Result<(), Failure> {
    let Some(cube) = cube else {
        for format in every(dir)? {
            let label = format.label.in_language(output.language).unwrap_or_default();
            output.json(&json!({ "cube": format.cube, "label": format.label, "fields": format.fields.len(), "digest": format.digest() }));
            output.plain(&format!("{:<12} {label} ({})", format.cube, format.fields.len()));
        }
        return Ok(());
    };
    let format = of_cube(dir, cube)?;
    if schema {
        crate::output::line(&commands::pretty(&json_schema(&format)));
    } else {
        crate::output::line(&json!(format).to_string());
    }
    Ok(())
}

/// The formats of the cooperative; outside one, those of the profile it would begin with.
fn every(dir: &Path) -> Result<Vec<Format>, Failure> {
    if commands::file_in(dir).exists() {
        return Ok(cooperative::formats(&commands::open(dir)?)?.into_values().collect());
    }
    let mut formats = live_performance()?.formats;
    formats.sort_by(|one, other| one.cube.cmp(&other.cube));
    Ok(formats)
}

fn of_cube(dir: &Path, cube: &str) -> Result<Format, Failure> {
    let mut formats = every(dir)?;
    if let Some(index) = formats.iter().position(|format| format.cube == cube) {
        return Ok(formats.swap_remove(index));
    }
    let known = formats.iter().map(|format| format.cube.as_str()).collect::<Vec<_>>().join(", ");
    Err(FormsError::FormatUnknown { cube: cube.to_owned(), known }.into())
}

/// What a word on the command line names: a file, a cube, a version of one.
fn named(dir: &Path, word: &str) -> Result<Named, Failure> {
    let path = PathBuf::from(word);
    if path.is_file() {
        let text = fs::read_to_string(&path).map_err(Failure::io(&path, false))?;
        if let Ok(value) = serde_json::from_str::<Value>(&text)
            && (value.get("cube").is_none() || value.get("fields").is_none())
        {
            return Ok(Named::Schema(value));
        }
        return crate::design::read_format(&path).map(|format| Named::Format(Box::new(format)));
    }
    let looks_like_a_file = path.extension().is_some() || word.contains(['/', '\\']);
    if looks_like_a_file {
        return Err(Failure::new(Code::FileMissing, &path, "there is no such file"));
    }
    let format = match word.split_once('@') {
        Some((cube, version)) => cooperative::version(&commands::open(dir)?, cube, version)?,
        None => of_cube(dir, word)?,
    };
    Ok(Named::Format(Box::new(format)))
}

enum Named {
    Format(Box<Format>),
    Schema(Value),
}

fn diff(dir: &Path, old: &str, new: &str, verdict_first: bool, output: &Output) -> Result<(), Failure> {
    let (operations, comparison) = match (named(dir, old)?, named(dir, new)?) {
        (Named::Format(old), Named::Format(new)) => compare_formats(&old, &new)?,
        (Named::Schema(old), Named::Schema(new)) => (Vec::new(), compare_schemas(&old, &new)?),
        (Named::Format(_), Named::Schema(_)) | (Named::Schema(_), Named::Format(_)) => {
            return Err(FormsError::FormatUnreadable {
                reason: "a format is compared with a format, a JSON Schema with a JSON Schema".to_owned(),
            }
            .into());
        }
    };
    output.json(&told(&operations, &comparison, output));
    if verdict_first {
        say_verdict(&comparison, output);
    }
    for operation in &operations {
        output.plain(&format!("{} {}", operation.name(), operation.subject()));
    }
    if !verdict_first {
        say_verdict(&comparison, output);
    }
    Ok(())
}

fn told(operations: &[Operation], comparison: &Comparison, output: &Output) -> Value {
    let reasons: Vec<Value> = comparison
        .reasons
        .iter()
        .map(|reason| {
            let mut told = json!(reason);
            if let Some(members) = told.as_object_mut() {
                members.insert("message".to_owned(), json!(reason.message(output.language)));
            }
            told
        })
        .collect();
    json!({ "compatibility": comparison.compatibility, "operations": operations, "reasons": reasons })
}

fn say_verdict(comparison: &Comparison, output: &Output) {
    use c3ms_core::forms::Compatibility;
    let (french, english) = match comparison.compatibility {
        Compatibility::Full => ("compatible dans les deux sens", "compatible both ways"),
        Compatibility::Backward => {
            ("compatible : les anciennes fiches restent valables", "compatible: older records stay valid")
        }
        Compatibility::Forward => (
            "les nouvelles fiches valent sous l’ancienne version, non l’inverse",
            "newer records are valid under the older version, not the other way",
        ),
        Compatibility::None => ("incompatible", "incompatible"),
    };
    output.say(french, english);
    for reason in &comparison.reasons {
        output.plain(&format!("  {}", reason.message(output.language)));
    }
}

fn versions(dir: &Path, cube: &str, output: &Output) -> Result<(), Failure> {
    let store = commands::open(dir)?;
    for (index, format) in cooperative::versions(&store, cube)?.iter().enumerate() {
        let digest = format.digest();
        output.json(
            &json!({ "cube": cube, "version": index + 1, "digest": digest, "operations": format.operations }),
        );
        let operations: Vec<String> = format
            .operations
            .iter()
            .map(|operation| format!("{} {}", operation.name(), operation.subject()).trim().to_owned())
            .collect();
        output.plain(&format!("{:>3}  {}  {}", index + 1, short(digest), operations.join(", ")));
    }
    Ok(())
}

fn short(digest: Digest) -> String {
    digest.to_string().chars().take(12).collect()
}

fn migrate(
    dir: &Path,
    to: &str,
    cube: Option<&str>,
    dry_run: bool,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let wanted = if Path::new(to).is_file() {
        crate::design::read_format(Path::new(to))?
    } else {
        match cube {
            Some(cube) => cooperative::version(&store, cube, to)?,
            None => only_version(&store, to)?,
        }
    };
    let migration = if dry_run {
        cooperative::migration(&store, &wanted)?
    } else {
        cooperative::migrate(&mut store, &wanted, act)?
    };
    let mut told = json!(migration);
    if let Some(members) = told.as_object_mut() {
        members.insert("dry-run".to_owned(), json!(dry_run));
    }
    output.json(&told);
    say_migration(&migration, dry_run, output);
    Ok(())
}

/// A version that is named without its cube: there must be one only.
fn only_version(store: &c3ms_core::store::SqliteStore, name: &str) -> Result<Format, Failure> {
    let cubes = cooperative::formats(store)?;
    let mut found = cubes.keys().filter_map(|cube| cooperative::version(store, cube, name).ok());
    match (found.next(), found.next()) {
        (Some(format), None) => Ok(format),
        (None, _) => Err(FormsError::VersionUnknown { version: name.to_owned() }.into()),
        (Some(_), Some(_)) => {
            Err(FormsError::VersionUnknown { version: format!("{name} of several cubes: add --cube") }.into())
        }
    }
}

fn say_migration(migration: &Migration, dry_run: bool, output: &Output) {
    for (operation, count) in migration.counts.iter() {
        let (changed, kept) = (count.changed, count.kept);
        output.say(
            &format!("  {operation} : {changed} fiches changées, {kept} dont une part est gardée à côté"),
            &format!("  {operation}: {changed} records changed, of {kept} a part is kept beside"),
        );
    }
    for failing in &migration.failing {
        let messages: Vec<String> =
            failing.violations.iter().map(|violation| violation.message(output.language)).collect();
        let key = failing.key.as_deref().unwrap_or_default();
        output.plain(&format!("  {} {key}  {}", failing.entry, messages.join(" ")));
    }
    let (entries, changed, failing) = (migration.entries, migration.changed, migration.failing.len());
    let (french, english) =
        if dry_run { ("Rien n’est écrit", "Nothing is written") } else { ("En vigueur", "In force") };
    output.say(
        &format!(
            "{french} : {} → {} ; {entries} fiches, {changed} se lisent autrement, {failing} ne sont plus valables (gardées telles quelles)",
            short(migration.from), short(migration.to)
        ),
        &format!(
            "{english}: {} → {}; {entries} records, {changed} read otherwise, {failing} no longer valid (kept as they are)",
            short(migration.from), short(migration.to)
        ),
    );
}

/// A format that a word on the command line names.
fn operations_in(file: &Path) -> Result<Vec<Operation>, Failure> {
    let text = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    serde_json::from_str(&text).map_err(|error| {
        let reason = error.to_string();
        Failure::about(file)(FormsError::FormatUnreadable { reason })
    })
}

/// A format after its editor was closed. What was typed stays in a file until it can be read.
fn edited(format: &Format, out: Option<&Path>) -> Result<Format, Failure> {
    let draft =
        out.and_then(Path::parent).unwrap_or(Path::new("")).join(format!("{}.draft.yaml", format.cube));
    if !draft.exists() {
        fs::write(&draft, crate::design::written(format, true)).map_err(Failure::io(&draft, true))?;
    }
    let named = |name| std::env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    let editor = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_default();
    let mut words = editor.split_whitespace();
    let opened =
        words.next().map(|program| std::process::Command::new(program).args(words).arg(&draft).status());
    if !matches!(opened, Some(Ok(status)) if status.success()) {
        let message = format!("{editor:?} did not open and close well; the draft is kept");
        return Err(Failure::new(Code::EditorMissing, &draft, message));
    }
    let changed = crate::design::read_format(&draft)?;
    fs::remove_file(&draft).map_err(Failure::io(&draft, true))?;
    Ok(changed)
}

fn format_named(dir: &Path, word: &str) -> Result<Format, Failure> {
    match named(dir, word)? {
        Named::Format(format) => Ok(*format),
        Named::Schema(_) => {
            let reason = "it has no cube and no fields: `c3ms format import` reads schemas".to_owned();
            Err(FormsError::FormatUnreadable { reason }.into())
        }
    }
}

/// Writes a text into a file, or shows it.
fn write(out: Option<&Path>, text: &str) -> Result<(), Failure> {
    if let Some(out) = out {
        return fs::write(out, text).map_err(Failure::io(out, true));
    }
    crate::output::line(text.trim_end());
    Ok(())
}
