//! Surveys: who is drawn, what an answer stands for, what a sample tells of its public.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use c3ms_core::{
    Code,
    base::Timestamp,
    cooperative::{self, Act, CaptureSpec, FrameSpec, Message, PageSpec, PlanSpec, SheetSpec, WeighSpec},
    survey::{
        Beside, Table,
        observatory::ObservatorySpec,
        task::{Answer, DATA, Question, Task},
    },
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{failure::Failure, observatory, output::Output, survey_text};

#[derive(Debug, Subcommand)]
pub(crate) enum Survey {
    /// Compute what an analysis asks for: figures with their standard errors, intervals and design effects.
    #[command(after_help = ESTIMATE)]
    Estimate(Document),
    /// Compute the weights of an analysis: for those who did not answer, for what is known of the public.
    #[command(after_help = WEIGHTS)]
    Weights(Written),
    /// Compute the tests of an analysis alone.
    #[command(after_help = TEST)]
    Test(Document),
    /// Fit the models of an analysis alone.
    #[command(after_help = MODEL)]
    Model(Document),
    /// Find the axes along which a public differs, and the classes it falls into (multiple correspondence analysis).
    #[command(after_help = MCA)]
    Mca(Document),
    /// Fill in the answers that are missing from those of others, with a flag for each.
    #[command(after_help = IMPUTE)]
    Impute(Written),
    /// Take the frame of a survey from the programme: one row for each slot of time in which visitors can be met.
    #[command(after_help = FRAME)]
    Frame {
        /// The document, in JSON.
        spec: PathBuf,
        /// The slots, as CSV: a frame to draw from.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    #[command(flatten)]
    Field(crate::fieldwork::Field),
    /// Draw a sample from a frame; the same seed gives the same sample.
    #[command(after_help = SAMPLE)]
    Sample(Written),
    /// Tell with which probability each unit of a frame is drawn.
    #[command(after_help = INCLUSION)]
    Inclusion(Document),
    /// Tell with which probability each pair of units of a frame is drawn together.
    #[command(after_help = JOINT)]
    Joint(Document),
    /// Tell how many units to draw in each stratum of a frame.
    #[command(after_help = ALLOCATE)]
    Allocate(Document),
    /// Protect tables before they are published: leave out what could tell of somebody, and prove that it is enough.
    #[command(after_help = DISCLOSE)]
    Disclose {
        #[command(flatten)]
        document: Document,
        /// What was published before: the ledger of the last answer, or that answer.
        #[arg(long, value_name = "FILE")]
        ledger: Option<PathBuf>,
    },
    /// Tell how many people share what identifies them, and how much their sensitive answers differ.
    #[command(name = "kanonymity", after_help = KANONYMITY)]
    KAnonymity(Document),
    /// Compute the figures of an observatory wave after wave, and protect them before they are published.
    #[command(after_help = observatory::PUBLISH)]
    Publish(observatory::Publish),
    /// Write the report of an observatory: one page for everybody, with charts, tables and a map.
    #[command(after_help = observatory::REPORT)]
    Report(observatory::Report),
    /// Print the JSON Schema of a document: estimate, weights, test, model, mca and impute share one, and so do sample,
    /// inclusion and joint.
    #[command(after_help = "Example:\n  c3ms survey schema estimate")]
    Schema {
        /// What is asked: estimate, sample, allocate, ….
        question: String,
    },
}

/// A document and the table it is about.
#[derive(Debug, Args)]
pub(crate) struct Document {
    /// The document, in JSON.
    spec: PathBuf,
    /// The table, answers or frame; else the file that the document names (data), beside it.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
}

/// A document whose answer can be written as a table.
#[derive(Debug, Args)]
pub(crate) struct Written {
    #[command(flatten)]
    document: Document,
    /// The table with what was found beside its columns, as CSV.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const ESTIMATE: &str = r#"The analysis names the variables of the table:
  {"data": "answers.csv",
   "design": {"ids": ["evening"], "strata": ["season"], "weights": "weight", "fpc": ["evenings"]},
   "weighting": [{"step": "rake", "margins": [{"variable": "age", "totals": {"young": 400, "old": 600}}]}],
   "estimates": [{"id": "spent", "statistic": "mean", "variables": ["spent"], "by": ["genre"],
                  "where": "${age} >= 18"}]}

Example:
  c3ms survey estimate analysis.json --json"#;

const WEIGHTS: &str = r#"Of an analysis its design and its weighting:
  {"data": "answers.csv", "design": {"weights": "weight"},
   "weighting": [{"step": "response-classes", "responded": "answered", "classes": ["evening"]},
                 {"step": "weight-share", "visits": "visits"},
                 {"step": "calibrate", "distance": "logit", "lower": 0.4, "upper": 2.5, "count": 1000},
                 {"step": "trim", "upper": 30}]}

Example:
  c3ms survey weights analysis.json --out weighted.csv"#;

const TEST: &str = r#"Of an analysis its tests:
  {"data": "answers.csv", "design": {"ids": ["evening"], "weights": "weight"},
   "tests": [{"test": "association", "rows": "genre", "columns": "age", "method": "f"},
             {"test": "t", "variable": "spent", "group": "subscriber"}]}

Example:
  c3ms survey test analysis.json --json"#;

const MODEL: &str = r#"Of an analysis its models:
  {"data": "answers.csv", "design": {"ids": ["evening"], "weights": "weight"},
   "models": [{"response": "returns", "terms": ["age", "distance"], "family": "binomial"}]}

Example:
  c3ms survey model analysis.json --json"#;

const MCA: &str = r#"Of an analysis its geometry:
  {"data": "answers.csv", "design": {"weights": "weight"},
   "geometry": [{"mca": {"active": ["cinema", "reading", "sport"], "supplementary": ["diploma"], "axes": 3},
                 "clusters": {"axes": 3, "classes": 4}}]}

Example:
  c3ms survey mca analysis.json --json"#;

const IMPUTE: &str = r#"Of an analysis its imputations:
  {"data": "answers.csv", "design": {"weights": "weight"},
   "imputations": [{"variables": ["income"], "classes": ["diploma"], "method": {"kind": "hot-deck"}, "seed": 7}]}

Example:
  c3ms survey impute analysis.json --out completed.csv"#;

const FRAME: &str = r#"The document names the days, and what makes the strata:
  {"from": "2027-07-01", "to": "2027-08-01", "strata": ["genre", "day"],
   "opening": {"minutes": 120, "venues": {"Musée des Alpes": "Tu-Su 10:00-18:00"}},
   "expected": {"filling": 0.6, "unknown": 60, "per_hour": 20}}

Example:
  c3ms survey frame frame.json --out slots.csv"#;

const SAMPLE: &str = r#"A frame has one row for each unit:
  {"data": "venues.csv", "seed": 7, "size": 12, "proportional_to": "seats", "selection": {"method": "pareto"}}
  {"data": "evenings.csv", "seed": 7,
   "stages": [{"unit": "venue", "size": 10, "proportional_to": "visitors", "selection": {"method": "sampford"}},
              {"size": 3, "selection": {"method": "simple-random"}}]}

Example:
  c3ms survey sample draw.json --out drawn.csv"#;

const INCLUSION: &str = r#"The same document as for a sample:
  {"data": "venues.csv", "size": 12, "proportional_to": "seats"}

Example:
  c3ms survey inclusion draw.json --json"#;

const JOINT: &str = r#"The same document as for a sample:
  {"data": "venues.csv", "size": 12, "proportional_to": "seats", "selection": {"method": "sampford"}}

Example:
  c3ms survey joint draw.json --json"#;

const ALLOCATE: &str = r#"A frame has one row for each unit:
  {"data": "venues.csv", "strata": "kind", "size": 80, "rule": "neyman", "variable": "visitors"}
  {"data": "venues.csv", "strata": "kind", "rule": "precise", "precision": [{"variable": "visitors", "cv": 0.05}]}

Example:
  c3ms survey allocate plan.json --json"#;

const DISCLOSE: &str = r#"Tables of answers, or tables that are counted already:
  {"data": "answers.csv", "population": "visitors 2026", "weights": "weight", "rules": {"minimum": 5},
   "tables": [{"dimensions": ["venue", "age"]}, {"dimensions": ["venue", "genre"]}]}
  {"population": "venues 2026", "rules": {"prior_posterior": {"p": 15}},
   "tables": [{"dimensions": ["region"], "value": "turnover", "cells": [
     {"at": {"region": "north"}, "value": 100, "respondents": 8, "largest": [60, 30]}]}]}
The answer has tables (for the public), a report and a ledger (for those who publish alone).

Example:
  c3ms survey disclose tables.json --ledger earlier.json --json"#;

const KANONYMITY: &str = r#"Answers that might be handed on:
  {"data": "answers.csv", "identifiers": ["age", "commune"], "sensitive": ["income"], "k": 5}

Example:
  c3ms survey kanonymity answers.json --json"#;

pub(crate) fn run<'a>(
    dir: &Path,
    survey: &Survey,
    act: &dyn Fn() -> Result<Act<'a>, Failure>,
    output: &Output,
) -> Result<(), Failure> {
    let (mut out, mut earlier) = (None, None);
    let (question, document) = match survey {
        Survey::Estimate(document) => (Question::Estimate, document),
        Survey::Weights(written) => (Question::Weights, written.document(&mut out)),
        Survey::Test(document) => (Question::Test, document),
        Survey::Model(document) => (Question::Model, document),
        Survey::Mca(document) => (Question::Mca, document),
        Survey::Impute(written) => (Question::Impute, written.document(&mut out)),
        Survey::Sample(written) => (Question::Sample, written.document(&mut out)),
        Survey::Inclusion(document) => (Question::Inclusion, document),
        Survey::Joint(document) => (Question::Joint, document),
        Survey::Allocate(document) => (Question::Allocate, document),
        Survey::Disclose { document, ledger } => {
            earlier = ledger.as_deref();
            (Question::Disclose, document)
        }
        Survey::KAnonymity(document) => (Question::KAnonymity, document),
        Survey::Frame { spec, out } => return frame(dir, spec, out.as_deref(), act()?.now, output),
        Survey::Field(field) => return crate::fieldwork::run(dir, field, &act()?, output),
        Survey::Publish(publish) => return publish.run(output),
        Survey::Report(report) => return report.run(output),
        Survey::Schema { question } => return schema(question, output),
    };
    let Document { spec: file, data } = document;
    let mut json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    if let Some(earlier) = earlier {
        json = with_ledger(file, &json, earlier)?;
    }
    let task = Task::parse(question, &json).map_err(Failure::about(file))?;
    let (tables, text) = tables(file, &task, data.as_deref())?;
    let answer = task.find(&tables, &|_, _| ControlFlow::Continue(())).map_err(Failure::about(file))?;
    let told = answer.told()?;
    let written = out.map(|out| write(out, &answer, &text)).transpose()?;
    output.json(&told);
    if output.is_json() {
        return Ok(());
    }
    let mut lines = survey_text::lines(&told, output.language);
    if written.is_none() {
        lines.extend(survey_text::listed(&told, output.language));
    }
    for line in lines {
        output.plain(&line);
    }
    if let Some((french, english)) = written {
        output.say(&french, &english);
    }
    Ok(())
}

impl Written {
    /// The document; tells where the table goes.
    fn document<'a>(&'a self, out: &mut Option<&'a Path>) -> &'a Document {
        *out = self.out.as_deref();
        &self.document
    }
}

/// The document with what was published before, which another file tells: a ledger, or the answer that holds it.
fn with_ledger(file: &Path, json: &str, earlier: &Path) -> Result<String, Failure> {
    let read = |path: &Path, json: &str| {
        serde_json::from_str::<Value>(json)
            .map_err(|error| Failure::new(Code::SpecUnreadable, path, error.to_string()))
    };
    let mut spec = read(file, json)?;
    let mut told = read(earlier, &fs::read_to_string(earlier).map_err(Failure::io(earlier, false))?)?;
    if let Some(ledger) = told.get_mut("ledger").map(Value::take) {
        told = ledger;
    }
    if let Some(spec) = spec.as_object_mut() {
        spec.insert("ledger".to_owned(), told);
    }
    Ok(spec.to_string())
}

/// Writes the table of an answer, and says so in French and English.
fn write(out: &Path, answer: &Answer, text: &str) -> Result<(String, String), Failure> {
    let table = answer.table(text)?.unwrap_or_default();
    crate::deliver::write(out, table.text.as_bytes())?;
    let (out, rows, added) = (out.display(), table.rows, table.added.join(", "));
    let added = if added.is_empty() { "–" } else { &added };
    Ok((format!("{out} : {rows} lignes ; en plus : {added}"), format!("{out}: {rows} rows; added: {added}")))
}

/// Takes a frame from the programme.
fn frame(
    dir: &Path,
    file: &Path,
    out: Option<&Path>,
    now: Timestamp,
    output: &Output,
) -> Result<(), Failure> {
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let spec = FrameSpec::parse(&json).map_err(Failure::about(file))?;
    let store = crate::commands::open(dir)?;
    let frame = cooperative::frame(&store, &spec, now, output.language).map_err(Failure::about(file))?;
    if let Some(out) = out {
        crate::deliver::write(out, frame.to_csv().as_bytes())?;
    }
    output.json(&json!(frame));
    for line in survey_text::frame(&frame, output.language) {
        output.plain(&line);
    }
    Ok(())
}

fn schema(name: &str, output: &Output) -> Result<(), Failure> {
    let own = [
        ("frame", FrameSpec::schema as fn() -> Value),
        ("plan", PlanSpec::schema),
        ("sheet", SheetSpec::schema),
        ("page", PageSpec::schema),
        ("weigh", WeighSpec::schema),
        ("capture", CaptureSpec::schema),
        ("message", Message::schema),
    ];
    if let Some((_, schema)) = own.iter().find(|(own, _)| *own == name) {
        let schema = schema();
        output.json(&schema);
        output.plain(&format!("{schema:#}"));
        return Ok(());
    }
    if name == "publish" || name == "report" {
        let schema = ObservatorySpec::schema();
        output.json(&schema);
        output.plain(&format!("{schema:#}"));
        return Ok(());
    }
    let Some(question) = Question::named(name) else {
        let names = own
            .iter()
            .map(|(own, _)| *own)
            .chain(["publish"])
            .chain(Question::ALL.iter().map(|question| question.name()));
        let names = names.collect::<Vec<_>>().join(", ");
        let message = format!("nothing is called {name:?}; there are: {names}");
        return Err(Failure::new(Code::SpecUnreadable, Path::new(name), message)
            .in_french(format!("rien ne s’appelle « {name} » ; il y a : {names}")));
    };
    let (_, schema) = question.schema();
    output.json(&schema);
    output.plain(&format!("{schema:#}"));
    Ok(())
}

/// Reads the files that a document names, beside it; that of the command line stands for the answers or the frame, of
/// which the text is given too.
fn tables(document: &Path, task: &Task, given: Option<&Path>) -> Result<(Beside, String), Failure> {
    let folder = document.parent().unwrap_or_else(|| Path::new(""));
    let (mut tables, mut texts) = (Beside::new(), Vec::new());
    let beside = |name| (name, folder.join(name));
    let Some(data) =
        given.map(|given| (task.data().unwrap_or(DATA), given.to_owned())).or(task.data().map(beside))
    else {
        if !task.needs_table() {
            return Ok((tables, String::new()));
        }
        let message = "it names no table (data), and none is given (--data)";
        return Err(Failure::new(Code::SpecUnreadable, document, message)
            .in_french("il ne nomme aucun tableau (data), et aucun n’est donné (--data)"));
    };
    for (name, path) in std::iter::once(data).chain(task.besides().into_iter().map(beside)) {
        let text = fs::read_to_string(&path).map_err(Failure::io(&path, false))?;
        tables.insert(name.to_owned(), Table::parse(&text).map_err(Failure::about(&path))?);
        texts.push(text);
    }
    Ok((tables, texts.into_iter().next().unwrap_or_default()))
}
