//! Surveys: what a sample tells of its public.

use std::{
    fs,
    path::{Path, PathBuf},
};

use c3ms_core::{
    Code,
    survey::{AnalysisSpec, NamedEstimate, Table},
};
use clap::Subcommand;

use crate::{failure::Failure, output::Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Survey {
    /// Compute what an analysis asks for: figures with their standard errors, intervals and design effects.
    #[command(after_help = ESTIMATE)]
    Estimate {
        /// The analysis, a JSON document.
        spec: PathBuf,
        /// The answers, a table; else the file that the analysis names, beside it.
        #[arg(long, value_name = "FILE")]
        data: Option<PathBuf>,
    },
}

const ESTIMATE: &str = r#"The analysis names the variables of the table:
  {"data": "answers.csv",
   "design": {"ids": ["evening"], "strata": ["season"], "weights": "weight", "fpc": ["evenings"]},
   "estimates": [{"id": "spent", "statistic": "mean", "variables": ["spent"], "by": ["genre"],
                  "where": "${age} >= 18"}]}

Example:
  c3ms survey estimate analysis.json --json"#;

pub(crate) fn run(survey: &Survey, output: &Output) -> Result<(), Failure> {
    match survey {
        Survey::Estimate { spec, data } => estimate(spec, data.as_deref(), output),
    }
}

fn estimate(file: &Path, data: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let json = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let spec = AnalysisSpec::parse(&json).map_err(Failure::about(file))?;
    let table = read_table(file, spec.data.as_deref(), data)?;
    let analysis = spec.carry_out(&table).map_err(Failure::about(file))?;
    output.json(&analysis);
    for estimate in &analysis.estimates {
        output.plain(&in_a_line(estimate));
    }
    Ok(())
}

/// Reads the answers: the file named on the command line, else the one the document names, beside it.
fn read_table(document: &Path, named: Option<&str>, given: Option<&Path>) -> Result<Table, Failure> {
    let beside = named.map(|name| document.parent().unwrap_or_else(|| Path::new("")).join(name));
    let Some(path) = given.map(Path::to_owned).or(beside) else {
        let message = "it names no file of answers (data), and none is given (--data)";
        return Err(Failure::new(Code::SpecUnreadable, document, message));
    };
    let text = fs::read_to_string(&path).map_err(Failure::io(&path, false))?;
    Table::parse(&text).map_err(Failure::about(&path))
}

/// `spent [genre dance] 41.5 ± 2.1 (37.1 to 45.9), n 212`
fn in_a_line(named: &NamedEstimate) -> String {
    let figure = &named.estimate;
    let level = named.level.iter().map(|level| format!(" = {level}"));
    let probability = named.probability.iter().map(|share| format!(" q{share}"));
    let by = named.by.iter().map(|(name, category)| format!(" [{name} {category}]"));
    let interval = figure.ci.iter().map(|[low, high]| format!("  [{low:.6}, {high:.6}]"));
    let figures = [format!("  {:.6} ± {:.6}", figure.value, figure.se)].into_iter().chain(interval);
    let parts = level.chain(probability).chain(by).chain(figures).chain([format!("  n {}", figure.n)]);
    std::iter::once(named.variable.clone()).chain(parts).collect()
}
