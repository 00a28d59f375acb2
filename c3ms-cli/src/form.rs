//! Forms: drawn up in other tools, asked by other tools.

use std::{
    fs,
    path::{Path, PathBuf},
};

use c3ms_core::forms::{FormOptions, Format, LossReport, format_from_xlsform, xform};
use clap::Subcommand;
use serde_json::json;

use crate::{failure::Failure, output::Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Form {
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

pub(crate) fn run(form: &Form, output: &Output) -> Result<(), Failure> {
    match form {
        Form::Import { file, out, report, language } => {
            import(file, out.as_deref(), report.as_deref(), language.as_deref(), output)
        }
        Form::Xform { file, out } => write_xform(file, out.as_deref(), output),
    }
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

fn tell(format: &Format, loss: &LossReport, output: &Output) {
    let (values, interpreted, kept, gone) = (loss.values, loss.interpreted, loss.kept, loss.lost.len());
    output.json(&json!({
        "cube": format.cube, "fields": format.fields.len(), "values": values,
        "interpreted": interpreted, "kept": kept, "lost": gone, "unread": loss.unread.len(),
    }));
    output.say(
        &format!(
            "{} : {} champs ; {values} cellules : {interpreted} comprises, {kept} gardées sans effet, {gone} perdues",
            format.cube,
            format.fields.len()
        ),
        &format!(
            "{}: {} fields; {values} cells: {interpreted} understood, {kept} kept without effect, {gone} lost",
            format.cube,
            format.fields.len()
        ),
    );
    for one in &loss.lost {
        output.plain(&format!("  {}, {}, {}: {}", one.sheet, one.row, one.column, one.reason));
    }
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
    println!("{text}");
    Ok(())
}
