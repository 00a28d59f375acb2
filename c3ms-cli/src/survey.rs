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
        task::{DATA, Question, Task},
    },
};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{failure::Failure, output::Output};

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
  c3ms survey weights analysis.json --json"#;

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
  c3ms survey impute analysis.json --json"#;

const SAMPLE: &str = r#"A frame has one row for each unit:
  {"data": "venues.csv", "seed": 7, "size": 12, "proportional_to": "seats", "selection": {"method": "pareto"}}
  {"data": "evenings.csv", "seed": 7,
   "stages": [{"unit": "venue", "size": 10, "proportional_to": "visitors", "selection": {"method": "sampford"}},
              {"size": 3, "selection": {"method": "simple-random"}}]}

Example:
  c3ms survey sample draw.json --json"#;

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
    output.json(&told);
    lines(&told).iter().for_each(|line| output.plain(line));
    let Some(out) = out else {
        listed(&told).iter().for_each(|line| output.plain(line));
        return Ok(());
    };
    if let Some(table) = answer.table(&text).map_err(Failure::about(file))? {
        crate::deliver::write(out, table.text.as_bytes())?;
        let (out, rows, added) = (out.display(), table.rows, table.added.join(", "));
        output.say(
            &format!("{out} : {rows} lignes, avec {added}"),
            &format!("{out}: {rows} rows, with {added}"),
        );
    }
    Ok(())
}

fn schema(name: &str, output: &Output) -> Result<(), Failure> {
    let Some(question) = Question::named(name) else {
        let names: Vec<&str> = Question::ALL.iter().map(|question| question.name()).collect();
        let message = format!("nothing is called {name:?}; there are: {}", names.join(", "));
        return Err(Failure::new(Code::SpecUnreadable, Path::new(name), message));
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
        return Err(Failure::new(Code::SpecUnreadable, document, message));
    };
    for (name, path) in std::iter::once(data).chain(task.besides().into_iter().map(beside)) {
        let text = fs::read_to_string(&path).map_err(Failure::io(&path, false))?;
        tables.insert(name.to_owned(), Table::parse(&text).map_err(Failure::about(&path))?);
        texts.push(text);
    }
    Ok((tables, texts.into_iter().next().unwrap_or_default()))
}

/// What people read of an answer: a line for each of what it lists.
fn lines(told: &Value) -> Vec<String> {
    let list = |name: &str| told.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut lines = Vec::new();
    lines.extend(list("weighting").iter().map(step));
    lines.extend(list("estimates").iter().map(estimate));
    for model in list("models") {
        lines.push(format!("model {}  n {}", text(model, "id"), text(model, "n")));
        let coefficients = model.get("coefficients").and_then(Value::as_array);
        lines.extend(coefficients.into_iter().flatten().map(coefficient));
    }
    lines.extend(list("tests").iter().map(test));
    for geometry in list("geometry") {
        lines.extend(axes(geometry));
    }
    for column in
        told.as_array().into_iter().flatten().filter_map(|one| one.get("columns")?.as_array()).flatten()
    {
        lines.push(format!("{}  {}", text(column, "variable"), text(column, "filled")));
    }
    lines.extend(list("strata").iter().map(|stratum| {
        format!("{}  {} / {}", text(stratum, "stratum"), text(stratum, "units"), text(stratum, "frame"))
    }));
    lines
}

/// What an answer tells of each row.
fn listed(told: &Value) -> Vec<String> {
    let list = |name: &str| told.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut lines = Vec::new();
    let sheet = list("sheet");
    lines.extend(sheet.iter().map(|row| {
        let parts = ["venue", "begin", "end", "first", "interval"].map(|name| text(row, name));
        parts.join("  ")
    }));
    if sheet.is_empty() {
        let units = list("units").iter();
        lines.extend(units.map(|unit| format!("{}  {}", text(unit, "row"), text(unit, "probability"))));
    }
    if told.get("estimates").is_none() {
        let numbers = if told.get("weights").is_some() { list("weights") } else { list("probabilities") };
        lines.extend(numbers.iter().enumerate().map(|(row, number)| format!("{row}  {number}")));
    }
    lines
}

fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn number(value: &Value, name: &str) -> f64 {
    value.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

/// `rake  4 rounds, off by 3e-13  n 182, sum 6194, 29.9 to 67.1`
fn step(step: &Value) -> String {
    let rounds = match step.get("iterations").and_then(Value::as_u64) {
        Some(rounds) => format!("  {rounds} ×, ±{:.1e}", number(step, "deviation")),
        None => String::new(),
    };
    format!(
        "{}{rounds}  n {}, Σ {:.6}  [{:.6}, {:.6}]",
        text(step, "step"),
        text(step, "n"),
        number(step, "sum"),
        number(step, "least"),
        number(step, "largest"),
    )
}

/// `spent [genre dance]  41.5 ± 2.1  [37.1, 45.9]  n 212`
fn estimate(named: &Value) -> String {
    let signed = [("level", " = "), ("probability", " q")].into_iter().filter_map(|(name, sign)| {
        let value = text(named, name);
        (!value.is_empty()).then(|| format!("{sign}{value}"))
    });
    let by = named.get("by").and_then(Value::as_object).into_iter().flatten();
    let by = by.map(|(name, category)| format!(" [{name} {}]", category.as_str().unwrap_or_default()));
    let figure = format!("  {:.6} ± {:.6}", number(named, "value"), number(named, "se"));
    let interval = match named.get("ci").and_then(Value::as_array).map(Vec::as_slice) {
        Some([low, high]) => {
            let bound = |bound: &Value| bound.as_f64().unwrap_or(f64::NAN);
            format!("  [{:.6}, {:.6}]", bound(low), bound(high))
        }
        Some(_) | None => String::new(),
    };
    let rest = [figure, interval, format!("  n {}", text(named, "n"))];
    std::iter::once(text(named, "variable")).chain(signed).chain(by).chain(rest).collect()
}

/// The axes with what each explains, and the coordinates of the categories.
fn axes(geometry: &Value) -> Vec<String> {
    let under = |one: &str, other: &str| -> &[Value] {
        let list = geometry.get(one).and_then(|one| one.get(other)).and_then(Value::as_array);
        list.map(Vec::as_slice).unwrap_or_default()
    };
    let mut lines = Vec::new();
    for (place, axis) in under("mca", "axes").iter().enumerate() {
        let shares =
            (number(axis, "eigenvalue"), number(axis, "rate") * 100.0, number(axis, "modified_rate") * 100.0);
        lines.push(format!(
            "axis {}  λ {:.6}  {:.2} %  Benzécri {:.2} %",
            place + 1,
            shares.0,
            shares.1,
            shares.2
        ));
    }
    for category in under("mca", "categories") {
        let own = category.get("coordinates").and_then(Value::as_array).into_iter().flatten();
        let coordinates: Vec<String> =
            own.map(|one| format!("{:8.4}", one.as_f64().unwrap_or(f64::NAN))).collect();
        lines.push(format!(
            "{} = {}  {}",
            text(category, "variable"),
            text(category, "level"),
            coordinates.join(" ")
        ));
    }
    for class in under("clusters", "classes") {
        lines.push(format!(
            "class {}  n {}  {:.2} %",
            text(class, "number"),
            text(class, "n"),
            number(class, "share") * 100.0
        ));
    }
    lines
}

fn coefficient(own: &Value) -> String {
    let level = text(own, "level");
    let name = if level.is_empty() { text(own, "term") } else { format!("{} = {level}", text(own, "term")) };
    format!("  {name}  {:.6} ± {:.6}  p {:.4}", number(own, "value"), number(own, "se"), number(own, "p"))
}

fn test(own: &Value) -> String {
    format!(
        "{}  {:.6}  df {}  p {:.6}",
        text(own, "test"),
        number(own, "statistic"),
        text(own, "df"),
        number(own, "p")
    )
}
