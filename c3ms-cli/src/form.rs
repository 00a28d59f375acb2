//! Forms: drawn up in other tools, asked by other tools.

use std::{
    fs,
    path::{Path, PathBuf},
};

use c3ms_core::{
    cooperative::Act,
    forms::{
        Form as Compiled, FormOptions, Format, FormsError, LossReport, format_from_xlsform,
        play::{Setting, play},
        xform,
    },
};
use clap::Subcommand;
use serde_json::json;

use crate::{failure::Failure, output::Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Form {
    /// Compile a format for the page or the app in which it is filled in; of the same version of C3MS.
    #[command(after_help = "Example:\n  c3ms form compile visit.json --out visit.form")]
    Compile {
        /// The format.
        file: PathBuf,
        /// Where the form is written.
        #[arg(long, value_name = "FORM")]
        out: PathBuf,
    },
    /// Read a form drawn up as XLSForm into a format; the report says what became of every cell.
    #[command(after_help = "Example:\n  c3ms form import visit.xlsx --out visit.json --report loss.json")]
    Import {
        /// The form: .xlsx, .xls or .csv, told by its content.
        file: PathBuf,
        /// Where the format is written; shown where no file is named.
        #[arg(long, value_name = "FORMAT.json")]
        out: Option<PathBuf>,
        /// Where the report is written.
        #[arg(long, value_name = "LOSS.json")]
        report: Option<PathBuf>,
        /// The language of the form's texts that name none.
        #[arg(long, value_name = "TAG")]
        language: Option<String>,
    },
    /// Lay a format out as a form, for those who draw it: sections, inputs, words, conditions.
    #[command(after_help = "Example:\n  c3ms form layout visit.json --language fr")]
    Layout {
        /// The format.
        file: PathBuf,
        /// The language of its texts, the next where one lacks; may be repeated.
        #[arg(long = "language", value_name = "TAG")]
        languages: Vec<String>,
    },
    /// Play a form: after each answer, what is asked, required, wrong, and what follows.
    #[command(after_help = PLAY)]
    Play {
        /// The format.
        file: PathBuf,
        /// The steps.
        answers: PathBuf,
    },
    /// Write a format as an ODK XForm.
    #[command(after_help = "Example:\n  c3ms form xform visit.json --out visit.xml")]
    Xform {
        /// The format, from `c3ms form import` or `c3ms format CUBE`.
        file: PathBuf,
        /// Where the form is written; shown where no file is named.
        #[arg(long, value_name = "FORM.xml")]
        out: Option<PathBuf>,
    },
}

const PLAY: &str = r#"The steps are JSON, a list or an object with what they take from outside:
  {"now": "2026-11-23T20:30:00+01:00", "seed": 7, "language": "fr", "properties": {"deviceid": "tablet 3"},
   "document": {},
   "steps": [{"set": "/name", "value": "Ada"}, {"add": "/children"},
             {"set": "/children/0/age", "value": 4}, {"remove": "/children/0"}, {"language": "en"}]}
Answered with {"steps": [{"step": 0, "questions": [{"path", "relevant", "required", "read_only", "valid",
"violations", "value", "choices"}], "calculated": {}}], "document": {}}; step 0 is before the first.

Example:
  c3ms form play visit.json answers.json --json"#;

pub(crate) fn run(form: &Form, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    match form {
        Form::Compile { file, out } => compile(file, out, output),
        Form::Layout { file, languages } => {
            let format = crate::design::read_format(file)?;
            crate::output::line(&crate::design::layout(&format, languages, output));
            Ok(())
        }
        Form::Play { file, answers } => played(file, answers, act, output),
        Form::Import { file, out, report, language } => {
            import(file, out.as_deref(), report.as_deref(), language.as_deref(), output)
        }
        Form::Xform { file, out } => write_xform(file, out.as_deref(), output),
    }
}

fn compile(file: &Path, out: &Path, output: &Output) -> Result<(), Failure> {
    let format = crate::design::read_format(file)?;
    let form = Compiled::new(&format).map_err(Failure::about(file))?.to_bytes();
    fs::write(out, &form).map_err(Failure::io(out, true))?;
    output.json(&json!({ "cube": format.cube, "file": out, "bytes": form.len() }));
    output.say(
        &format!("{} : {} ({} octets)", format.cube, out.display(), form.len()),
        &format!("{}: {} ({} bytes)", format.cube, out.display(), form.len()),
    );
    Ok(())
}

fn import(
    file: &Path,
    out: Option<&Path>,
    report: Option<&Path>,
    language: Option<&str>,
    output: &Output,
) -> Result<(), Failure> {
    let language = language.map(|tag| crate::commands::language(tag, file)).transpose()?;
    let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = fs::read(file).map_err(Failure::io(file, false))?;
    let read = format_from_xlsform(&bytes, &FormOptions { name, language }).map_err(Failure::about(file))?;
    write(out, &crate::commands::pretty(&json!(read.format)))?;
    if let Some(path) = report {
        write(Some(path), &crate::commands::pretty(&json!(read.loss)))?;
    }
    if out.is_some() {
        tell(&read.format, &read.loss, output);
    }
    Ok(())
}

fn tell(format: &Format, report: &LossReport, output: &Output) {
    let (cells, interpreted, kept, lost) =
        (report.values, report.interpreted, report.kept, report.lost.len());
    output.json(&json!({
        "cube": format.cube, "fields": format.fields.len(), "values": cells,
        "interpreted": interpreted, "kept": kept, "lost": lost, "unread": report.unread.len(),
    }));
    output.say(
        &format!(
            "{} : {} champs ; {cells} cellules : {interpreted} comprises, {kept} gardées sans effet, {lost} perdues",
            format.cube,
            format.fields.len()
        ),
        &format!(
            "{}: {} fields; {cells} cells: {interpreted} understood, {kept} kept without effect, {lost} lost",
            format.cube,
            format.fields.len()
        ),
    );
    for one in &report.lost {
        output.plain(&format!("  {}, {}, {}: {}", one.sheet, one.row, one.column, one.reason));
    }
}

fn played(file: &Path, answers: &Path, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    let text = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let format = Format::parse(&text).map_err(Failure::about(file))?;
    let steps = fs::read_to_string(answers).map_err(Failure::io(answers, false))?;
    let setting =
        Setting { seed: Some(act.seed), language: Some(output.language.to_owned()), ..Setting::at(act.now) };
    let form = Compiled::new(&format).map_err(Failure::about(file))?;
    let played = play(&form, &steps, &setting).map_err(|error| match error {
        FormsError::AnswersUnreadable { .. } | FormsError::StepUnsound { .. } => {
            Failure::about(answers)(error)
        }
        _ => Failure::about(file)(error),
    })?;
    output.json(&played);
    for step in &played.steps {
        output.plain(&format!("{}", step.step));
        for question in step.questions.iter().filter(|question| question.relevant) {
            let value = if question.value.is_null() { String::new() } else { question.value.to_string() };
            let codes: Vec<&str> = question.violations.iter().map(c3ms_core::Code::as_str).collect();
            let mark = if question.required { "*" } else { " " };
            output.plain(format!("  {mark} {}  {value}  {}", question.path, codes.join(", ")).trim_end());
        }
    }
    output.plain(&crate::commands::pretty(&json!(played.document)));
    Ok(())
}

fn write_xform(file: &Path, out: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let text = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let format = Format::parse(&text).map_err(Failure::about(file))?;
    let form = xform(&format).map_err(Failure::about(file))?;
    write(out, form.trim_end())?;
    if let Some(out) = out {
        output.json(&json!({ "cube": format.cube, "file": out, "bytes": form.len() }));
        output.plain(&format!("{}: {}", format.cube, out.display()));
    }
    Ok(())
}

/// Writes a text into a file, or shows it.
fn write(file: Option<&Path>, text: &str) -> Result<(), Failure> {
    if let Some(file) = file {
        return fs::write(file, format!("{text}\n")).map_err(Failure::io(file, true));
    }
    crate::output::line(text);
    Ok(())
}
