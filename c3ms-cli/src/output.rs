//! What is shown: lines for people, JSON for programs, progress for the patient.

use std::{
    io::{IsTerminal as _, Write as _},
    path::Path,
};

use c3ms_core::Report;
use serde::Serialize;
use serde_json::json;

use crate::failure::Failure;

/// Where a command shows what it does.
pub(crate) struct Output {
    json: bool,
    pub(crate) language: &'static str,
    terminal: bool,
}

/// The language of the system: French where it says so, else English.
pub(crate) fn language() -> &'static str {
    let said = ["C3MS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"];
    let first = said.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    if first.is_some_and(|value| value.starts_with("fr")) { "fr" } else { "en" }
}

impl Output {
    pub(crate) fn new(json: bool, language: &'static str) -> Self {
        Self { json, language, terminal: std::io::stderr().is_terminal() }
    }

    /// Whether programs read it.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// A text in the language of the system.
    pub(crate) fn say(&self, french: &str, english: &str) {
        if !self.json {
            line(if self.language == "fr" { french } else { english });
        }
    }

    /// A line that is the same in every language.
    pub(crate) fn plain(&self, text: &str) {
        if !self.json {
            line(text);
        }
    }

    /// A line for programs.
    pub(crate) fn json(&self, value: &impl Serialize) {
        if self.json
            && let Ok(text) = serde_json::to_string(value)
        {
            line(&text);
        }
    }

    /// How far a long command is; a line per durable step for programs, one that moves for people.
    pub(crate) fn committed(&self, count: usize) {
        if self.json {
            line(&json!({ "committed": count }).to_string());
        } else if self.terminal {
            let mut error = std::io::stderr().lock();
            let _shown = write!(error, "\r{count} …");
            let _shown = error.flush();
        }
    }

    /// Ends the line that moves.
    pub(crate) fn done(&self) {
        if self.terminal && !self.json {
            eprint!("\r\u{1b}[K");
        }
    }

    /// What was left out without stopping the command, beside its answer.
    pub(crate) fn note(&self, file: &Path, report: &Report) {
        if self.json {
            eprintln!("{}", json!({ "note": report, "file": file }));
        } else {
            eprintln!(
                "c3ms: {}: {}\n{}: {}",
                file.display(),
                report.message,
                report.code.as_str(),
                report.advice
            );
        }
    }

    /// What went wrong, what it is called and what to do.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.done();
        let report = failure.report(self.language);
        if self.json {
            eprintln!("{}", json!({ "error": report, "file": failure.file }));
            return;
        }
        match &failure.file {
            Some(file) if !report.message.contains(file.as_str()) => {
                eprintln!("c3ms: {file}: {}", report.message);
            }
            _ => eprintln!("c3ms: {}", report.message),
        }
        eprintln!("{}: {}", report.code.as_str(), report.advice);
    }
}

/// Writes a line at once: who reads `committed` may count on it. A closed pipe is the reader's choice.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _shown = writeln!(out, "{text}");
    let _shown = out.flush();
}
