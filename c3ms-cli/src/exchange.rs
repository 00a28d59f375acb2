//! `c3ms format export` and `import`: formats for and from other tools.

use std::{
    fs,
    path::{Path, PathBuf},
};

use c3ms_core::forms::{
    Format, FormsError,
    exchange::{
        SchemaReport, from_json_schema, from_table_schema, json_forms_ui, json_ld_context, table_schema,
    },
    json_schema,
};
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::{commands, failure::Failure, output::Output};

/// What a format is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// JSON Schema 2020-12, with the words of C3MS beside.
    JsonSchema,
    /// Frictionless Table Schema.
    TableSchema,
    /// UI schema of JSON Forms.
    JsonForms,
    /// JSON-LD context.
    JsonLdContext,
}

/// Writes a format for another tool.
pub(crate) fn export(
    format: &Format,
    target: Target,
    out: Option<&Path>,
    output: &Output,
) -> Result<(), Failure> {
    let (document, report) = match target {
        Target::JsonSchema => (json_schema(format), SchemaReport::default()),
        Target::TableSchema => table_schema(format),
        Target::JsonForms => json_forms_ui(format, output.language),
        Target::JsonLdContext => json_ld_context(format),
    };
    let Some(out) = out else {
        // The document alone, so that it can be piped.
        crate::output::line(&commands::pretty(&document));
        return Ok(());
    };
    write(out, &document)?;
    tell(&format.cube, &report, output);
    Ok(())
}

/// Reads a JSON Schema or a Table Schema, told by what it holds, as a format.
pub(crate) fn import(
    schema: &Path,
    cube: Option<&str>,
    out: &Path,
    report_file: Option<&PathBuf>,
    output: &Output,
) -> Result<(), Failure> {
    let text = fs::read_to_string(schema).map_err(Failure::io(schema, false))?;
    let document: Value = serde_json::from_str(&text).map_err(|error| {
        let reason = error.to_string();
        Failure::about(schema)(FormsError::SchemaUnreadable { path: String::new(), reason })
    })?;
    let cube = cube.map_or_else(|| named_after(schema), str::to_owned);
    let is_table = document.get("fields").is_some_and(Value::is_array);
    let read =
        if is_table { from_table_schema(&document, &cube) } else { from_json_schema(&document, &cube) };
    let (format, report) = read.map_err(Failure::about(schema))?;
    write(out, &json!(format))?;
    if let Some(file) = report_file {
        write(file, &json!(report))?;
    }
    tell(&format.cube, &report, output);
    Ok(())
}

fn write(path: &Path, document: &Value) -> Result<(), Failure> {
    fs::write(path, commands::pretty(document) + "\n").map_err(Failure::io(path, true))
}

/// The cube a file is named after: `Lieux 2.schema.json` is `lieux-2`.
fn named_after(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = c3ms_core::base::fold(name.split('.').next().unwrap_or_default());
    let letters = stem.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
    let name: String =
        letters.collect::<String>().trim_matches(|letter: char| !letter.is_ascii_alphabetic()).into();
    if name.is_empty() { "record".to_owned() } else { name }
}

fn tell(cube: &str, report: &SchemaReport, output: &Output) {
    output.json(&json!({ "cube": cube, "report": report }));
    let (interpreted, kept, lost) = (report.interpreted, report.kept.len(), report.lost.len());
    output.say(
        &format!("{cube} : {interpreted} mots repris, {kept} gardés sans effet, {lost} perdus"),
        &format!("{cube}: {interpreted} keywords taken over, {kept} kept without effect, {lost} lost"),
    );
    for lost in &report.lost {
        output.plain(&format!("  {} {}: {}", lost.path, lost.keyword, lost.reason));
    }
    for renamed in &report.renamed {
        output.plain(&format!("  {} → {}", renamed.path, renamed.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cube_is_named_after_its_file() {
        assert_eq!(named_after(Path::new("/a/Lieux d’été.schema.json")), "lieux-d-ete");
        assert_eq!(named_after(Path::new("2026.json")), "record");
    }
}
