//! Answers from the field: taking over what devices hand in, reading it, erasing it.

use std::{
    collections::BTreeMap,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use c3ms_core::{
    cooperative::{
        self, Act, CaptureSpec, Captured, PageSpec, PlanSpec, Responses, SheetSpec, WaveRates, WeighSpec,
        read_queue,
    },
    store::ErasureReason,
    survey::{
        Table,
        task::{Question, Task},
    },
};
use clap::Subcommand;
use serde_json::json;

use crate::{
    commands,
    failure::Failure,
    output::Output,
    survey_text::{self, aligned, said},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Field {
    /// Launch a wave: draw slots from the programme; done again, plan it anew where the programme changed since.
    #[command(after_help = PLAN)]
    Plan {
        /// The document, in JSON.
        spec: PathBuf,
    },
    /// Write the interviewers' sheets of a wave as a page to be printed: whom to approach, counts, refusals.
    #[command(after_help = SHEET)]
    Sheet {
        /// The document, in JSON.
        spec: PathBuf,
        /// The page, HTML.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write the page on which a wave is asked on a phone, without a connection: questionnaire, refusals, log of the door.
    #[command(after_help = PAGE)]
    Page {
        /// The document, in JSON.
        spec: PathBuf,
        /// The folder of the page, to be served as it is.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The folder of the built widgets.
        #[arg(long, value_name = "DIR", default_value = "widgets/dist")]
        widgets: PathBuf,
    },
    /// Weigh the answers of a wave: what each stands for, and the analysis that reads them.
    #[command(after_help = WEIGH)]
    Weigh {
        /// The document, in JSON.
        spec: PathBuf,
        /// The answers, those who refused too, as CSV.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The analysis of that table, to be completed with figures and given to `survey estimate`.
        #[arg(long, value_name = "FILE")]
        analysis: Option<PathBuf>,
    },
    /// Take over the queues of devices in the field: each message counts once, whatever the order; what is refused is
    /// told and waits.
    #[command(after_help = CAPTURE)]
    Capture {
        /// The document, in JSON.
        spec: PathBuf,
    },
    /// Read the answers of a wave, all versions of its questionnaire as the newest.
    #[command(after_help = "Example:\n  c3ms survey responses summer-2027 --out answers.csv")]
    Responses {
        /// The wave.
        wave: String,
        /// The answers, one a row, as CSV; lists of groups go into files beside it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Compute the response, cooperation, refusal and contact rates of a wave (AAPOR).
    #[command(after_help = "Example:\n  c3ms survey rates summer-2027 --json")]
    Rates {
        /// The wave.
        wave: String,
    },
    /// Print all that is kept of a respondent, as JSON, for her.
    #[command(after_help = "Example:\n  c3ms survey export 01h455vb4pex5vsknk084sn02r > hers.json")]
    Export {
        /// Her id, or that of an answer of hers.
        respondent: String,
    },
    /// Erase all that is kept of a respondent, for good.
    #[command(after_help = "Example:\n  c3ms survey erase 01h455vb4pex5vsknk084sn02r --reason request")]
    Erase {
        /// Her id, or that of an answer of hers.
        respondent: String,
        /// Why: request, mistake, order.
        #[arg(long, default_value = "request", value_parser = reason)]
        reason: ErasureReason,
    },
    /// Erase the answers that were to be kept until today.
    #[command(after_help = "Example:\n  c3ms survey expire")]
    Expire,
}

const PLAN: &str = r#"The document names the questionnaire, the frame, how many slots and interviews:
  {"wave": "summer-2027", "questionnaire": "audience", "seed": 2027, "size": 12, "interviews": 15,
   "frame": {"from": "2027-07-01", "to": "2027-08-01", "strata": ["day"]},
   "purposes": {"study": {"text": {"en": "to study audiences"}, "keep_days": 365}},
   "quotas": [{"field": "residence", "value": "elsewhere", "most": 60}]}
Slots that have begun keep their probabilities; those to come have their chance again.

Example:
  c3ms survey plan plan.json"#;

const SHEET: &str = r#"The document names the wave, and days where not all are wanted:
  {"wave": "summer-2027", "from": "2027-07-12", "to": "2027-07-19"}

Example:
  c3ms survey sheet sheet.json --out sheets.html"#;

const PAGE: &str = r#"The document names the wave, who holds the device, and the languages, the first first:
  {"wave": "summer-2027", "mode": "face-to-face", "languages": ["fr", "en"], "title": "Your evening"}
Any web server serves the folder, by https; a browser that has opened it once needs none any more. What it exports
is a queue for c3ms survey capture.

Example:
  c3ms survey page page.json --out page --widgets widgets/dist"#;

const WEIGH: &str = r#"The document names the wave and the steps, as those of an analysis:
  {"wave": "summer-2027", "weighting": [
    {"step": "response-classes", "responded": "answered", "classes": ["observed_age"]},
    {"step": "post-stratify", "variable": "venue", "totals": {"Le Cadran": 1200, "Théâtre du Rempart": 2300}},
    {"step": "weight-share", "visits": "visits"},
    {"step": "trim", "upper": 400}]}

Example:
  c3ms survey weigh weigh.json --out answers.csv --analysis analysis.json"#;

const CAPTURE: &str = r#"The document names the queues, beside it: one message a line (c3ms survey schema message):
  {"wave": "summer-2027", "queues": ["phone-1.ndjson", "phone-2.ndjson"]}
The answer tells each device what it may forget and what it must send again.

Example:
  c3ms survey capture capture.json --json"#;

/// The reasons a person may give.
fn reason(text: &str) -> Result<ErasureReason, String> {
    let given = [ErasureReason::Request, ErasureReason::Mistake, ErasureReason::Order];
    let found = given.into_iter().find(|reason| reason.as_str() == text);
    found.ok_or_else(|| given.map(|reason| reason.as_str()).join(", "))
}

pub(crate) fn run(dir: &Path, field: &Field, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    match field {
        Field::Plan { spec } => plan(dir, spec, act, output),
        Field::Sheet { spec, out } => sheet(dir, spec, out.as_deref(), output),
        Field::Page { spec, out, widgets } => page(dir, spec, out, widgets, output),
        Field::Weigh { spec, out, analysis } => weigh(dir, spec, out, analysis.as_deref(), output),
        Field::Capture { spec } => capture(dir, spec, act, output),
        Field::Responses { wave, out } => responses(dir, wave, out.as_deref(), output),
        Field::Rates { wave } => {
            let rates = cooperative::responses(&commands::open(dir)?, wave)?.rates()?;
            output.json(&rates);
            for line in rates_told(&rates, output.language) {
                output.plain(&line);
            }
            Ok(())
        }
        Field::Export { respondent } => {
            let all = cooperative::export(&commands::open(dir)?, respondent)?;
            output.json(&all);
            output.plain(&format!("{all:#}"));
            Ok(())
        }
        Field::Erase { respondent, reason } => {
            let mut store = commands::open(dir)?;
            let gone = cooperative::erase(&mut store, respondent, *reason, act)?;
            store.sweep()?;
            output.json(&gone);
            let (answers, messages) = (gone.answers, gone.messages);
            output.say(
                &format!("{answers} réponses et {messages} messages en attente effacés pour de bon"),
                &format!("{answers} answers and {messages} waiting messages erased for good"),
            );
            Ok(())
        }
        Field::Expire => {
            let mut store = commands::open(dir)?;
            let gone = cooperative::expire(&mut store, act.now.date(), act)?;
            store.sweep()?;
            output.json(&gone);
            let (erased, dropped, messages) = (gone.erased, gone.dropped, gone.messages);
            output.say(
                &format!("{erased} réponses effacées, {dropped} gardées pour moins de finalités, {messages} messages en attente effacés"),
                &format!("{erased} answers erased, {dropped} kept for fewer purposes, {messages} waiting messages erased"),
            );
            Ok(())
        }
    }
}

fn plan(dir: &Path, file: &Path, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let spec = PlanSpec::parse(&json).map_err(Failure::about(file))?;
    let mut store = commands::open(dir)?;
    let planned = cooperative::plan(&mut store, &spec, act, output.language).map_err(Failure::about(file))?;
    output.json(&planned);
    for line in survey_text::planned(&planned, output.language) {
        output.plain(&line);
    }
    Ok(())
}

fn sheet(dir: &Path, file: &Path, out: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let spec = SheetSpec::parse(&json).map_err(Failure::about(file))?;
    let store = commands::open(dir)?;
    let sheets = cooperative::sheets(&store, &spec).map_err(Failure::about(file))?;
    if let Some(out) = out {
        let page = cooperative::sheets_page(&store, &spec, &sheets, output.language)?;
        crate::deliver::write(out, page.as_bytes())?;
    }
    output.json(&sheets);
    let rows = sheets.iter().map(|sheet| {
        let (first, interval) = (sheet.first.to_string(), sheet.interval.to_string());
        vec![
            sheet.date.to_string(),
            sheet.begin.clone(),
            sheet.end.clone(),
            first,
            interval,
            sheet.venue.clone(),
            sheet.title.clone(),
        ]
    });
    let names = [
        ("date", "date"),
        ("début", "begin"),
        ("fin", "end"),
        ("premier", "first"),
        ("un sur", "one in"),
        ("lieu", "venue"),
        ("titre", "title"),
    ];
    let names = names.map(|(french, english)| said(output.language, french, english).to_owned()).to_vec();
    for line in aligned(&std::iter::once(names).chain(rows).collect::<Vec<_>>(), &(3..5)) {
        output.plain(&line);
    }
    Ok(())
}

fn page(dir: &Path, file: &Path, out: &Path, widgets: &Path, output: &Output) -> Result<(), Failure> {
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let spec = PageSpec::parse(&json).map_err(Failure::about(file))?;
    let player = crate::deliver::contents(&widgets.join(crate::deliver::QUESTIONNAIRE))?;
    let page = cooperative::page(&commands::open(dir)?, &spec, &player).map_err(Failure::about(file))?;
    for (path, content) in &page.files {
        crate::deliver::write(&out.join(path), content)?;
    }
    let (files, slots) = (page.files.len(), page.slots);
    let bytes: usize = page.files.iter().map(|(_, content)| content.len()).sum();
    output.json(&json!({
        "wave": spec.wave, "version": page.version, "slots": slots, "digest": page.digest, "files": files, "bytes": bytes,
    }));
    let shown = out.display();
    output.say(
        &format!("{shown} : {slots} créneaux, {files} fichiers, {} Kio", bytes / 1024),
        &format!("{shown}: {slots} slots, {files} files, {} KiB", bytes / 1024),
    );
    Ok(())
}

fn weigh(
    dir: &Path,
    file: &Path,
    out: &Path,
    analysis: Option<&Path>,
    output: &Output,
) -> Result<(), Failure> {
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let spec = WeighSpec::parse(&json).map_err(Failure::about(file))?;
    let store = commands::open(dir)?;
    let data = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let weighed = cooperative::weigh(&store, &spec, &data).map_err(Failure::about(file))?;
    let table = Table::parse(&weighed.table).map_err(Failure::about(out))?;
    let document = json!(weighed.analysis);
    let task = Task::parse(Question::Weights, &document.to_string()).map_err(Failure::about(file))?;
    let tables = [(data, table)].into_iter().collect();
    let told = task.find(&tables, &|_, _| ControlFlow::Continue(())).map_err(Failure::about(file))?.told()?;
    crate::deliver::write(out, weighed.table.as_bytes())?;
    if let Some(analysis) = analysis {
        crate::deliver::write(analysis, format!("{}\n", commands::pretty(&document)).as_bytes())?;
    }
    output.json(&json!({ "weights": told, "slots": weighed.slots }));
    for line in survey_text::lines(&told, output.language) {
        output.plain(&line);
    }
    for slot in weighed.slots.iter().filter(|slot| slot.empty.is_some()) {
        let (begin, venue) = (&slot.begin, &slot.venue);
        let why = slot.empty.unwrap_or_default();
        output.say(
            &format!("aucune réponse : {begin}, {venue} ({why})"),
            &format!("no answers: {begin}, {venue} ({why})"),
        );
    }
    Ok(())
}

fn capture(dir: &Path, file: &Path, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let spec = CaptureSpec::parse(&json).map_err(Failure::about(file))?;
    let folder = file.parent().unwrap_or_else(|| Path::new(""));
    let mut lines = Vec::new();
    for name in &spec.queues {
        let path = folder.join(name);
        let bytes = fs::read(&path).map_err(Failure::io(&path, false))?;
        lines.extend(read_queue(name, &bytes));
    }
    let mut store = commands::open(dir)?;
    if let Some(wave) = &spec.wave {
        cooperative::responses(&store, wave).map_err(Failure::about(file))?;
    }
    let captured = cooperative::capture(&mut store, act, &lines)?;
    output.json(&captured);
    for line in captured_told(&captured, output.language) {
        output.plain(&line);
    }
    let Some(first) = captured.refused.first() else { return Ok(()) };
    let (count, line, reason) = (captured.refused.len(), first.line, &first.reason);
    Err(Failure::new(
        first.code,
        &folder.join(&first.queue),
        format!("{count} messages were refused; the first, line {line}: {reason}"),
    )
    .in_french(format!("{count} messages sont refusés ; le premier, ligne {line}")))
}

/// What became of messages.
fn captured_told(captured: &Captured, language: &str) -> Vec<String> {
    let counts = [
        (captured.taken, "réponses reçues", "answers taken"),
        (captured.revised, "corrigées", "revised"),
        (captured.older, "états plus anciens", "older states"),
        (captured.doors, "relevés de porte", "logs of doors"),
        (captured.duplicates, "déjà reçus", "received before"),
        (captured.erased, "de personnes effacées", "of people who were erased"),
        (captured.refused.len(), "refusés", "refused"),
        (captured.flagged.len(), "réponses signalées", "answers flagged"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .map(|(count, french, english)| format!("{count} {}", said(language, french, english)))
        .collect();
    let mut lines = vec![counts.join(", ")];
    for refused in &captured.refused {
        let kept = if refused.kept {
            said(language, "gardé", "kept")
        } else {
            said(language, "pas gardé", "not kept")
        };
        let (queue, line, code) = (&refused.queue, refused.line, refused.code.as_str());
        // What is wrong in detail exists in English; French tells what the code means.
        let why = if language == "fr" { refused.code.advice(language) } else { &refused.reason };
        lines.push(format!("{queue}:{line}  {code}  {why}  ({kept})"));
    }
    let head = [
        said(language, "appareil", "device"),
        said(language, "reçu jusqu’à", "through"),
        said(language, "le plus haut", "highest"),
        said(language, "manquent", "missing"),
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for device in &captured.devices {
        let missing: Vec<String> = device
            .missing
            .iter()
            .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") })
            .collect();
        let row = [device.device.to_string(), device.through.to_string(), device.highest.to_string()];
        rows.push(row.into_iter().chain([missing.join(", ")]).collect());
    }
    lines.extend(aligned(&rows, &(1..3)));
    for quota in &captured.quotas {
        let full = if quota.full { said(language, "  complet", "  full") } else { "" };
        let (wave, field, value) = (&quota.wave, &quota.field, &quota.value);
        lines.push(format!("{wave}  {field} = {value}  {}/{}{full}", quota.answers, quota.most));
    }
    lines
}

fn responses(dir: &Path, wave: &str, out: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let all = cooperative::responses(&commands::open(dir)?, wave)?;
    if let Some(out) = out {
        crate::deliver::write(out, all.to_csv().as_bytes())?;
        for (name, table) in all.lists() {
            crate::deliver::write(&beside(out, &name), table.as_bytes())?;
        }
    }
    output.json(&all);
    for line in responses_told(&all, output.language) {
        output.plain(&line);
    }
    Ok(())
}

/// The file of a list beside that of the answers: `answers.companions.csv`.
fn beside(out: &Path, name: &str) -> PathBuf {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!("{stem}.{name}.csv"))
}

/// What came of each slot, and how often what was odd.
fn responses_told(all: &Responses, language: &str) -> Vec<String> {
    let head = [
        ("créneau", "slot"),
        ("lieu", "venue"),
        ("comptés", "counted"),
        ("abordés", "approached"),
        ("réponses", "interviews"),
        ("à savoir", "to know"),
    ];
    let mut rows =
        vec![head.iter().map(|(french, english)| said(language, french, english).to_owned()).collect()];
    let or_none = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
    for slot in &all.slots {
        let flags: Vec<&str> = slot.flags.iter().map(|flag| flag.flag.as_str()).collect();
        rows.push(vec![
            slot.begin.clone(),
            slot.venue.clone(),
            or_none(slot.counted),
            or_none(slot.approached),
            slot.interviews().to_string(),
            flags.join(" "),
        ]);
    }
    let mut lines = aligned(&rows, &(2..5));
    let mut flags: BTreeMap<&str, usize> = BTreeMap::new();
    for flag in all.answers.iter().flat_map(|answer| &answer.flags) {
        *flags.entry(flag.flag.as_str()).or_default() += 1;
    }
    lines.extend(flags.iter().map(|(flag, count)| format!("{flag}  {count}")));
    lines
}

/// The rates, of people and of the visitors they stand for.
fn rates_told(rates: &WaveRates, language: &str) -> Vec<String> {
    let head = [
        said(language, "taux", "rate"),
        said(language, "des personnes", "of people"),
        said(language, "pondéré", "weighted"),
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let shown = |rate: Option<f64>| rate.map_or_else(|| "–".to_owned(), |rate| format!("{rate:.4}"));
    let mut add =
        |name: String, one: Option<f64>, other: Option<f64>| rows.push(vec![name, shown(one), shown(other)]);
    let (plain, weighted) = (&rates.rates, &rates.weighted_rates);
    let mut all = |name: &str, plain: &[Option<f64>], weighted: &[Option<f64>]| {
        for (number, (one, other)) in (1..).zip(plain.iter().zip(weighted)) {
            add(format!("{name}{number}"), *one, *other);
        }
    };
    all("RR", &plain.response, &weighted.response);
    all("COOP", &plain.cooperation, &weighted.cooperation);
    all("REF", &plain.refusal, &weighted.refusal);
    all("CON", &plain.contact, &weighted.contact);
    add("e".to_owned(), plain.eligible, weighted.eligible);
    aligned(&rows, &(1..3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_that_a_person_may_give() {
        assert_eq!(reason("order"), Ok(ErasureReason::Order));
        assert!(reason("because Anna asked").is_err() && reason("expired").is_err());
    }

    #[test]
    fn lists_lie_beside_the_answers() {
        assert_eq!(
            beside(Path::new("out/answers.csv"), "companions"),
            Path::new("out/answers.companions.csv")
        );
    }
}
