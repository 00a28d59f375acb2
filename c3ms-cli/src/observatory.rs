//! The observatory: figures protected and published wave after wave, and the page that tells them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use c3ms_core::{
    Code,
    cooperative::observatory_page,
    survey::observatory::{Observatory, ObservatorySpec, Observed},
};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::{deliver::write, failure::Failure, output::Output};

pub(crate) const PUBLISH: &str = r#"The document names the waves and what is told of them:
  {"population": "visitors",
   "waves": [{"name": "2026", "data": "wave-2026.csv", "design": {"ids": ["evening"], "weights": "weight"}},
             {"name": "2027", "data": "wave-2027.csv", "design": {"ids": ["evening"], "weights": "weight"}}],
   "indicators": [{"id": "spent", "label": {"en": "Mean spending"}, "statistic": "mean", "variables": ["spent"],
                   "unit": {"en": "€"}}],
   "by": [{"variable": "venue"}], "rules": {"minimum": 5}}

Example:
  c3ms survey publish observatory.json --ledger ledger.json --out figures.json --csv figures.csv"#;

pub(crate) const REPORT: &str = r"The same document as to publish.

Example:
  c3ms survey report observatory.json --ledger ledger.json --out report.html --language fr";

/// What is published.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// The document, in JSON; its files lie beside it.
    spec: PathBuf,
    /// What was published before: read where it exists, written anew with what is published here.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// The figures and their method, as JSON.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The figures as a table, as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

/// The page that is written.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The document, in JSON; its files lie beside it.
    spec: PathBuf,
    /// What was published before: read where it exists, written anew with what is published here.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// The page, as HTML.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The language of the page: fr or en; else that of the system.
    #[arg(long, value_name = "LANGUAGE", hide_possible_values = true)]
    language: Option<Language>,
}

/// A language of reports.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Language {
    Fr,
    En,
}

impl Publish {
    pub(crate) fn run(&self, output: &Output) -> Result<(), Failure> {
        let found = observed(&self.spec, self.ledger.as_deref())?;
        let told = json!(found.observatory);
        remember(self.ledger.as_deref(), &found)?;
        if let Some(out) = &self.out {
            write(out, format!("{told:#}\n").as_bytes())?;
        }
        if let Some(csv) = &self.csv {
            write(csv, found.observatory.to_csv().as_bytes())?;
        }
        output.json(&told);
        let (figures, suppressed) = counts(&found.observatory);
        for line in lines(&found.observatory, output.language) {
            output.plain(&line);
        }
        output.say(
            &format!("{figures} chiffres, dont {suppressed} non publiés"),
            &format!("{figures} figures, {suppressed} of them not published"),
        );
        Ok(())
    }
}

impl Report {
    pub(crate) fn run(&self, output: &Output) -> Result<(), Failure> {
        let found = observed(&self.spec, self.ledger.as_deref())?;
        let language = self.language.map_or(output.language, |language| match language {
            Language::Fr => "fr",
            Language::En => "en",
        });
        let page = observatory_page(&found.observatory, language)?;
        remember(self.ledger.as_deref(), &found)?;
        write(&self.out, page.as_bytes())?;
        let (figures, suppressed) = counts(&found.observatory);
        let out = self.out.display();
        output.json(
            &json!({ "page": self.out, "language": language, "figures": figures, "suppressed": suppressed }),
        );
        output.say(
            &format!("{out} : {figures} chiffres, dont {suppressed} non publiés"),
            &format!("{out}: {figures} figures, {suppressed} of them not published"),
        );
        Ok(())
    }
}

/// Carries an observatory out, with the files beside its document and what was published before.
fn observed(file: &Path, ledger: Option<&Path>) -> Result<Observed, Failure> {
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let mut spec = ObservatorySpec::parse(&json).map_err(Failure::about(file))?;
    if let Some(ledger) = ledger.filter(|ledger| ledger.exists()) {
        let text = fs::read_to_string(ledger).map_err(Failure::io(ledger, false))?;
        let unreadable =
            |error: serde_json::Error| Failure::new(Code::SpecUnreadable, ledger, error.to_string());
        let mut told: Value = serde_json::from_str(&text).map_err(unreadable)?;
        if let Some(own) = told.get_mut("ledger").map(Value::take) {
            told = own;
        }
        spec.ledger = Some(serde_json::from_value(told).map_err(unreadable)?);
    }
    let folder = file.parent().unwrap_or_else(|| Path::new(""));
    let mut files = BTreeMap::new();
    for name in spec.files() {
        let path = folder.join(name);
        files.insert(name.to_owned(), fs::read_to_string(&path).map_err(Failure::io(&path, false))?);
    }
    spec.carry_out(&files).map_err(Failure::about(file))
}

/// Writes the ledger before anything is published: what is out is never forgotten.
fn remember(ledger: Option<&Path>, found: &Observed) -> Result<(), Failure> {
    let Some(path) = ledger else { return Ok(()) };
    write(path, format!("{:#}\n", json!(found.ledger)).as_bytes())
}

/// How many figures there are, and how many of them are left out.
fn counts(observatory: &Observatory) -> (usize, usize) {
    let figures = || observatory.indicators.iter().flat_map(|indicator| &indicator.figures);
    (figures().count(), figures().filter(|figure| figure.suppressed).count())
}

/// The figures of the whole, line by line.
fn lines(observatory: &Observatory, language: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for indicator in &observatory.indicators {
        let label = indicator.label.in_language(language).unwrap_or(&indicator.id);
        for figure in indicator.figures.iter().filter(|figure| figure.by.is_none()) {
            let level = figure.level.as_deref().map(|level| format!(" = {level}")).unwrap_or_default();
            let told = match (figure.value, figure.se, figure.n) {
                (Some(value), Some(se), Some(n)) => format!("{value:.6} ± {se:.6}  n {n}"),
                (Some(value), _, Some(n)) => format!("{value:.6}  n {n}"),
                _ => "…".to_owned(),
            };
            lines.push(format!("{label}{level}  {}  {told}", figure.wave));
        }
    }
    lines
}
