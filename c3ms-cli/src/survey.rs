//! Surveys: who is drawn, what an answer stands for, what a sample tells of its public.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use c3ms_core::{
    Code,
    survey::{
        Beside, Table,
        task::{Answer, DATA, Question, Task},
    },
};
use clap::{Args, Subcommand};

use crate::{failure::Failure, output::Output, survey_text};

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

pub(crate) fn run(survey: &Survey, output: &Output) -> Result<(), Failure> {
    let (question, document, out) = match survey {
        Survey::Estimate(document) => (Question::Estimate, document, None),
        Survey::Weights(Written { document, out }) => (Question::Weights, document, out.as_deref()),
        Survey::Test(document) => (Question::Test, document, None),
        Survey::Model(document) => (Question::Model, document, None),
        Survey::Mca(document) => (Question::Mca, document, None),
        Survey::Impute(Written { document, out }) => (Question::Impute, document, out.as_deref()),
        Survey::Sample(Written { document, out }) => (Question::Sample, document, out.as_deref()),
        Survey::Inclusion(document) => (Question::Inclusion, document, None),
        Survey::Joint(document) => (Question::Joint, document, None),
        Survey::Allocate(document) => (Question::Allocate, document, None),
        Survey::Schema { question } => return schema(question, output),
    };
    let Document { spec: file, data } = document;
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
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

/// Writes the table of an answer, and says so in French and English.
fn write(out: &Path, answer: &Answer, text: &str) -> Result<(String, String), Failure> {
    let table = answer.table(text)?.unwrap_or_default();
    crate::deliver::write(out, table.text.as_bytes())?;
    let (out, rows, added) = (out.display(), table.rows, table.added.join(", "));
    let added = if added.is_empty() { "–" } else { &added };
    Ok((format!("{out} : {rows} lignes ; en plus : {added}"), format!("{out}: {rows} rows; added: {added}")))
}

fn schema(name: &str, output: &Output) -> Result<(), Failure> {
    let Some(question) = Question::named(name) else {
        let names: Vec<&str> = Question::ALL.iter().map(|question| question.name()).collect();
        let names = names.join(", ");
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
