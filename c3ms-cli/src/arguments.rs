//! What can be typed.

use std::path::PathBuf;

use c3ms_core::{
    base::{Date, Timestamp},
    forms::{State, design::Target},
    governance::Role,
};
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::format::FormatCommand;

/// A data cooperative of culture in a folder: describe, import, check, deliver.
#[derive(Debug, Parser)]
#[command(
    name = "c3ms",
    version,
    after_help = "Example:\n  c3ms init briancon --name \"Grand Briançonnais\"\n  c3ms --dir briancon import venues.csv --account account.json\n  c3ms --dir briancon deliver site"
)]
pub(crate) struct Arguments {
    /// The cooperative's folder.
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub(crate) dir: PathBuf,
    /// Answer in JSON, one document a line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Act as this member, by name or id; who made the cooperative where none is named.
    #[arg(long = "by", global = true, value_name = "MEMBER", id = "member")]
    pub(crate) member: Option<String>,
    /// The file of the member's key: what is written is signed with it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The time that counts as now, for runs that are to be repeated exactly.
    #[arg(long, global = true, hide = true, value_name = "INSTANT", value_parser = instant)]
    pub(crate) now: Option<Timestamp>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The command line. Surveys touch no cooperative: their help names no folder, member or key.
pub(crate) fn command() -> clap::Command {
    let command = Arguments::command();
    let of_cooperative =
        |argument: &&clap::Arg| matches!(argument.get_id().as_str(), "dir" | "member" | "key");
    let hidden: Vec<clap::Arg> =
        command.get_arguments().filter(of_cooperative).map(|argument| argument.clone().hide(true)).collect();
    command.mut_subcommand("survey", |survey| survey.args(hidden))
}

fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "an instant is written as 2026-11-23T20:30:00Z".to_owned())
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a date is written as 2026-11-23".to_owned())
}

fn probability(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "a probability is between 0 and 1, as 0.8".to_owned())
}

fn kilometers(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=20_040.0).contains(number));
    number.ok_or_else(|| "a distance on the Earth is a number of kilometers, as 30".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    let names = Role::ALL.map(|role| role.as_str()).join(", ");
    Role::parse(text).ok_or(names)
}

fn state(text: &str) -> Result<State, String> {
    let names = State::ALL.map(|state| state.as_str()).join(", ");
    State::parse(text).ok_or(names)
}

fn target(text: &str) -> Result<Target, String> {
    let names = Target::ALL.map(Target::as_str).join(", ");
    Target::ALL.into_iter().find(|target| target.as_str() == text).ok_or(names)
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a cooperative in a folder.
    #[command(
        after_help = "Example:\n  c3ms init briancon --name \"Grand Briançonnais\" --zone Europe/Paris"
    )]
    Init {
        /// The folder; made where there is none.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The formats it begins with: live-performance, or the folder of a profile.
        #[arg(long, default_value = "live-performance")]
        profile: String,
        /// Its name.
        #[arg(long)]
        name: Option<String>,
        /// The time zone of its territory.
        #[arg(long, default_value = "Europe/Paris")]
        zone: String,
        /// The language its members write in where they say none.
        #[arg(long, default_value = "fr")]
        language: String,
        /// The license of its open data.
        #[arg(long, default_value = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/")]
        license: String,
        /// The address its site will have.
        #[arg(long)]
        address: Option<String>,
    },
    /// List the formats, or show one; compare, change.
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "Example:\n  c3ms format venue --schema\n  c3ms format diff venue venue-2.json"
    )]
    Format {
        #[command(subcommand)]
        command: Option<FormatCommand>,
        /// The cube; all of them where none is named.
        cube: Option<String>,
        /// As JSON Schema 2020-12.
        #[arg(long)]
        schema: bool,
    },
    /// Read forms drawn up in other tools, write forms that other tools ask.
    #[command(
        after_help = "Example:\n  c3ms form import visit.xlsx --out visit.json --report loss.json\n  c3ms form xform visit.json"
    )]
    Form {
        #[command(subcommand)]
        form: crate::form::Form,
    },
    /// Compute what surveys tell of a public: figures with their precision.
    #[command(after_help = "Example:\n  c3ms survey estimate analysis.json --json")]
    Survey {
        #[command(subcommand)]
        survey: crate::survey::Survey,
    },
    /// Print the mapping an import of a file would use, to edit it.
    #[command(after_help = "Example:\n  c3ms mapping venues.csv > venues.mapping.json")]
    Mapping {
        /// The file: CSV, .xlsx or .xls, iCalendar, schema.org, DATAtourisme or OpenAgenda JSON, RSS or Atom; told by its content.
        file: PathBuf,
        /// The cube it fills.
        #[arg(long, value_name = "CUBE")]
        into: Option<String>,
        /// The name of the source; the file's name where none is given.
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
    },
    /// Correct an entry by hand; what its source says of these fields no longer counts.
    #[command(
        after_help = "Example:\n  c3ms edit 01JD… --set capacity=180 --set name/fr=\"Le Rempart\" --unset url"
    )]
    Edit {
        /// The entry's id.
        entry: String,
        /// A field and its value; may be repeated.
        #[arg(long, value_name = "FIELD=VALUE")]
        set: Vec<String>,
        /// A field to empty; may be repeated.
        #[arg(long, value_name = "FIELD")]
        unset: Vec<String>,
        /// The position of the log up to which you saw the entry: what others changed since is not written over.
        #[arg(long, value_name = "POSITION")]
        seen: Option<u64>,
    },
    /// Make an entry by hand; tells which ones it is like.
    #[command(
        after_help = "Example:\n  c3ms new venue --set name/fr=\"Le Rempart\" --set capacity=180 --hand-in"
    )]
    New {
        /// The cube.
        cube: String,
        /// A field and its value; may be repeated.
        #[arg(long, value_name = "FIELD=VALUE")]
        set: Vec<String>,
        /// What it says, as a JSON document.
        #[arg(long, value_name = "ENTRY.json")]
        file: Option<PathBuf>,
        /// Hand it in at once; it is a draft else.
        #[arg(long)]
        hand_in: bool,
    },
    /// Show how far an entry has come and what you may do with it, or bring it to another state.
    #[command(
        after_help = "Example:\n  c3ms state 01JD… rejected --reason \"Il manque l’adresse.\" --by Anne"
    )]
    State {
        /// The entry's id.
        entry: String,
        /// The state: draft, submitted, published, rejected, withdrawn.
        #[arg(value_parser = state)]
        to: Option<State>,
        /// Why, for those who keep the entry.
        #[arg(long, requires = "to")]
        reason: Option<String>,
    },
    /// Show what waits for an editor: entries handed in, changes and ownership asked for, duplicates.
    #[command(after_help = "Example:\n  c3ms queue --duplicates --json")]
    Queue {
        /// Only of this cube.
        #[arg(long)]
        cube: Option<String>,
        /// Duplicates too.
        #[arg(long)]
        duplicates: bool,
    },
    /// Do what a request wants.
    #[command(after_help = "Example:\n  c3ms accept 01JF… --by Anne")]
    Accept {
        /// The request's id, from `c3ms queue`.
        request: String,
    },
    /// Leave what a request wants undone.
    #[command(after_help = "Example:\n  c3ms refuse 01JF… --reason \"180 places, comptées.\"")]
    Refuse {
        /// The request's id, from `c3ms queue`.
        request: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Ask to own an entry.
    #[command(after_help = "Example:\n  c3ms claim 01JD… --reason \"C’est notre salle.\" --by Cadran")]
    Claim {
        /// The entry's id.
        entry: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Give an entry to another member, or to the editors.
    #[command(after_help = "Example:\n  c3ms transfer 01JD… Cadran")]
    Transfer {
        /// The entry's id.
        entry: String,
        /// The member, by name or id; the editors where none is named.
        to: Option<String>,
    },
    /// Make a link by which somebody without an account enters something, once.
    #[command(
        after_help = "Example:\n  c3ms invite venue --set address/locality=Briançon --until 2027-03-01"
    )]
    Invite {
        /// The cube of a new entry.
        #[arg(required_unless_present = "entry")]
        cube: Option<String>,
        /// Changes of this entry instead.
        #[arg(long, value_name = "ID", conflicts_with = "cube")]
        entry: Option<String>,
        /// What the form says already; may be repeated.
        #[arg(long, value_name = "FIELD=VALUE")]
        set: Vec<String>,
        /// The last day the link holds; two weeks from now where none is named.
        #[arg(long, value_name = "DATE", value_parser = date)]
        until: Option<Date>,
    },
    /// Enter something by a link; without fields, show what the link opens.
    #[command(after_help = "Example:\n  c3ms answer 01JG….7f3a… --set name/fr=\"La Grange\"")]
    Answer {
        /// The link.
        link: String,
        /// A field and its value; may be repeated.
        #[arg(long, value_name = "FIELD=VALUE")]
        set: Vec<String>,
    },
    /// Take over what was entered without connection; what two changed at once waits for a person.
    #[command(after_help = "Example:\n  c3ms sync phone.ndjson --by Cadran --json")]
    Sync {
        /// The queue of a device: one JSON document a line.
        file: PathBuf,
    },
    /// Tell two entries apart that are alike: they are proposed as duplicates no more.
    #[command(after_help = "Example:\n  c3ms distinct 01JD… 01JE… --reason \"La petite salle.\"")]
    Distinct {
        /// One entry.
        a: String,
        /// The other.
        b: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
        /// Take that back.
        #[arg(long)]
        undo: bool,
    },
    /// List the members, take one in, change a role, revoke.
    #[command(after_help = "Example:\n  c3ms member add Cadran --role contributor --key-out cadran.key")]
    Member {
        #[command(subcommand)]
        command: MemberCommand,
    },
    /// Show how the entries of a cube go from state to state, or write that down.
    #[command(
        after_help = "Example:\n  c3ms workflow venue > venue.workflow.json\n  c3ms workflow venue --set venue.workflow.json"
    )]
    Workflow {
        /// The cube.
        cube: String,
        /// A workflow, as this command shows it.
        #[arg(long, value_name = "W.json")]
        set: Option<PathBuf>,
    },
    /// Show the rules of dissemination, or write them down: to whom what goes, from when on, how precisely.
    #[command(after_help = "Example:\n  c3ms rules > rules.json\n  c3ms rules --set rules.json")]
    Rules {
        /// The rules, as this command shows them.
        #[arg(long, value_name = "RULES.json")]
        set: Option<PathBuf>,
    },
    /// List those who take data over under a name, take one in, end a key.
    #[command(
        after_help = "Example:\n  c3ms reuser add radio-alpes --label \"Radio Alpes\" --purpose press --key-out radio.key"
    )]
    Reuser {
        #[command(subcommand)]
        command: ReuserCommand,
    },
    /// Give what changed for a recipient, one line a record, and a token to go on from.
    #[command(
        after_help = "Example:\n  c3ms changes --json\n  c3ms changes --since 42-0f3a5c7be1d20486 --to members"
    )]
    Changes {
        /// The token that came with the changes known so far; everything where there is none.
        #[arg(long, value_name = "TOKEN")]
        since: Option<String>,
        /// Who gets it: public, members, or the name of a re-user.
        #[arg(long, default_value = "public", value_name = "WHO")]
        to: String,
    },
    /// Search in what a recipient may see: words, filters, facets, pages.
    #[command(
        after_help = "Example:\n  c3ms query \"q=bal masqué&from=2027-01-01&in=05023\"\n  c3ms query \"cube=venue&near=44.9,6.6,10\" --json"
    )]
    Query {
        /// What is asked, as the parameters of an address: q, cube, from, to, near, box, polygon, in, order, after, limit, FIELD=CODE.
        query: String,
        /// Who asks: public, members, or the name of a re-user.
        #[arg(long, default_value = "public", value_name = "WHO")]
        to: String,
    },
    /// Show who changed what of an entry, when, and from which source.
    #[command(after_help = "Example:\n  c3ms history 01JD…")]
    History {
        /// The entry's id.
        entry: String,
    },
    /// Bring an entry back to what it said before.
    #[command(after_help = "Example:\n  c3ms revert 01JD… --to 412")]
    Revert {
        /// The entry's id.
        entry: String,
        /// A position from `c3ms history`; the one before the last where none is named.
        #[arg(long, value_name = "POSITION")]
        to: Option<u64>,
    },
    /// Find dates of different organizers that stand in each other's way; drafts count without being shown.
    #[command(after_help = "Example:\n  c3ms clashes --from 2027-03-01 --to 2027-04-01 --within 30 --json")]
    Clashes {
        /// The first day; today where none is named.
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// The day after the last; a year later where none is named.
        #[arg(long, value_name = "DATE")]
        to: Option<String>,
        /// How near, in kilometers.
        #[arg(long, value_name = "KM", default_value_t = 30.0, value_parser = kilometers)]
        within: f64,
        /// Only clashes of this organizer, by its id.
        #[arg(long, value_name = "ID")]
        organizer: Option<String>,
    },
    /// Study the data of the territory: what is entered twice, by whom, what is missing; as a page and as data.
    #[command(after_help = "Example:\n  c3ms inventory --out inventory.html")]
    Inventory {
        /// The page; the data lie beside it, ending in .json.
        #[arg(long, value_name = "PAGE")]
        out: PathBuf,
    },
    /// Merge two entries of the same thing: the first stands for the second.
    #[command(after_help = "Example:\n  c3ms merge 01JD… 01JE…")]
    Merge {
        /// The entry that stays.
        keep: String,
        /// The entry it stands for from then on.
        gone: String,
    },
    /// Part again an entry that was merged into another.
    #[command(after_help = "Example:\n  c3ms unmerge 01JE…")]
    Unmerge {
        /// The entry that was merged.
        gone: String,
    },
    /// Import a file; the account says what became of every value.
    #[command(after_help = "Example:\n  c3ms import programme.csv --account account.json --dry-run")]
    Import {
        /// The file: CSV, .xlsx or .xls, iCalendar, schema.org, DATAtourisme or OpenAgenda JSON, RSS or Atom; told by its content.
        file: PathBuf,
        /// The cube it fills.
        #[arg(long, value_name = "CUBE")]
        into: Option<String>,
        /// The name of the source, its identity from one import to the next; the file's name where none is given.
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
        /// A mapping, from `c3ms mapping`; it is kept for the next import.
        #[arg(long, value_name = "M.json")]
        mapping: Option<PathBuf>,
        /// Write nothing into the cooperative.
        #[arg(long)]
        dry_run: bool,
        /// The source lost more than a third of its records, and that is meant.
        #[arg(long)]
        accept_shrink: bool,
        /// The file is only a part of the source: nothing is withdrawn.
        #[arg(long, conflicts_with = "accept_shrink")]
        partial: bool,
        /// Where the account is written.
        #[arg(long, value_name = "A.json")]
        account: Option<PathBuf>,
    },
    /// Check every entry against its format, or against what a target asks; or a document against a JSON Schema.
    #[command(
        after_help = "Example:\n  c3ms validate --for open-agenda\n  c3ms validate --json-schema event.schema.json events.json"
    )]
    Validate {
        /// A JSON Schema of any draft; nothing it refers to is fetched.
        #[arg(long, value_name = "SCHEMA", requires = "data")]
        json_schema: Option<PathBuf>,
        /// What the entries lack for this target, and how ready each cube is.
        #[arg(long = "for", value_name = "TARGET", conflicts_with = "json_schema", value_parser = target)]
        target: Option<Target>,
        /// A document the schema refers to; may be repeated.
        #[arg(long = "resource", value_name = "ADDRESS=FILE", requires = "json_schema")]
        resources: Vec<String>,
        /// `format` refuses values, as older drafts had it.
        #[arg(long, requires = "json_schema")]
        assert_formats: bool,
        /// The document to check: JSON, or one JSON a line.
        #[arg(requires = "json_schema")]
        data: Option<PathBuf>,
    },
    /// Find which rows of two tables are the same thing; rows are numbered from 0, the header not counted.
    #[command(after_help = "Example:\n  c3ms link museums.csv attendance.csv --json")]
    Link {
        /// The first table: CSV of any delimiter and encoding.
        first: PathBuf,
        /// The second; its columns may have other names.
        second: PathBuf,
    },
    /// Find entries that are probably the same thing, with what speaks for it; nothing is merged.
    #[command(after_help = "Example:\n  c3ms dedupe --cube venue --json")]
    Dedupe {
        /// Only in this cube; in each of them where none is named.
        #[arg(long)]
        cube: Option<String>,
        /// Only pairs at least this probable, 0 to 1.
        #[arg(long, default_value_t = 0.5, value_parser = probability)]
        at_least: f64,
    },
    /// Keep a register of communes: what is imported gets the codes of its communes, without any connection.
    #[command(
        after_help = "Example:\n  c3ms communes communes.csv --territories epci.csv --members epci-communes.csv"
    )]
    Communes {
        /// A table of communes: a code, a name, postal codes.
        file: PathBuf,
        /// A table of the territories that communes make: a code, a name.
        #[arg(long, value_name = "T.csv", requires = "members")]
        territories: Option<PathBuf>,
        /// A table of which commune belongs to which territory.
        #[arg(long, value_name = "M.csv", requires = "territories")]
        members: Option<PathBuf>,
    },
    /// Show in which commune and territory each entry lies; what fits several is not guessed.
    #[command(after_help = "Example:\n  c3ms places --territory 240500439 --write")]
    Places {
        /// Only in this territory, by its code.
        #[arg(long, value_name = "CODE")]
        territory: Option<String>,
        /// Write the code of its commune into each entry that says none, where there is no doubt.
        #[arg(long)]
        write: bool,
    },
    /// Find published entries by words.
    #[command(after_help = "Example:\n  c3ms search théâtre briançon")]
    Search {
        /// The words, or their beginnings.
        #[arg(required = true)]
        words: Vec<String>,
        /// At most this many.
        #[arg(long, default_value_t = 20)]
        most: usize,
    },
    /// Write the open data and their site into a folder.
    #[command(after_help = "Example:\n  c3ms deliver site --widgets widgets/dist")]
    Deliver {
        /// The folder; made where there is none.
        out: PathBuf,
        /// The folder of the built widgets, copied into the site.
        #[arg(long, value_name = "DIR")]
        widgets: Option<PathBuf>,
        /// A cube as an older version of its format has it, for those who still read that one; may be repeated.
        #[arg(long = "as", value_name = "CUBE@VERSION")]
        older: Vec<String>,
        /// Who gets it: public, members, or the name of a re-user.
        #[arg(long, default_value = "public", value_name = "WHO")]
        to: String,
    },
    /// Give every date of the events of a calendar in a window; needs no cooperative.
    #[command(after_help = "Example:\n  c3ms expand season.ics --from 2026-09-01 --to 2027-07-01 --json")]
    Expand {
        /// The file: iCalendar.
        file: PathBuf,
        /// The first day.
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: Date,
        /// The day after the last.
        #[arg(long, value_name = "DATE", value_parser = date)]
        to: Date,
    },
    /// Check the log, every content and the read tables.
    #[command(after_help = "Example:\n  c3ms verify --json")]
    Verify {
        /// Make the read tables anew from the log.
        #[arg(long)]
        rebuild: bool,
    },
    /// Copy the whole cooperative into one file while it is in use, and verify the copy.
    #[command(after_help = "Example:\n  c3ms backup 2026-11-23.c3ms")]
    Backup {
        /// The file; must not exist.
        file: PathBuf,
    },
    /// Put a backup in the place of the cooperative; what was there is kept beside it.
    #[command(after_help = "Example:\n  c3ms --dir briancon restore 2026-11-23.c3ms")]
    Restore {
        /// The file of a backup.
        file: PathBuf,
    },
    /// List every error code with what to do.
    #[command(hide = true)]
    Errors {
        /// As a table for the documentation.
        #[arg(long)]
        markdown: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReuserCommand {
    /// List them with their purposes.
    List,
    /// Take one in, or say anew what one is.
    Add {
        /// The name in rules: lower-case letters, digits and hyphens.
        name: String,
        /// Who that is, for people.
        #[arg(long)]
        label: Option<String>,
        /// What the data are used for; may be repeated.
        #[arg(long = "purpose", value_name = "PURPOSE")]
        purposes: Vec<String>,
        /// The last day on which the key opens anything.
        #[arg(long, value_name = "DATE", value_parser = date)]
        until: Option<Date>,
        /// Draw a key and write it into this new file; only its hash is kept.
        #[arg(long, value_name = "FILE")]
        key_out: PathBuf,
    },
    /// From today on the key of one opens nothing.
    End {
        /// The name.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    /// List the members with their roles.
    List,
    /// Take a member in.
    Add {
        /// The name.
        name: String,
        /// What the member may do: reader, contributor, editor, coordinator.
        #[arg(long, value_parser = role, default_value = "contributor")]
        role: Role,
        /// Draw a key for the member and write its secret half into this file; what the member does is signed then.
        #[arg(long, value_name = "FILE")]
        key_out: Option<PathBuf>,
    },
    /// Give a member another role.
    Role {
        /// The member, by name or id.
        name: String,
        /// The role: reader, contributor, editor, coordinator.
        #[arg(value_parser = role)]
        role: Role,
    },
    /// From now on a member may do nothing.
    Revoke {
        /// The member, by name or id.
        name: String,
    },
}
