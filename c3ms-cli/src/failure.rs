//! What went wrong, with the file it went wrong with.

use std::path::Path;

use c3ms_core::{Code, Error, Report};

/// A failure of a command.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    /// What happened, with its figures, in English.
    message: String,
    /// The same in French, where it differs.
    french: String,
    /// Where in the file.
    path: String,
    /// Which file.
    pub(crate) file: Option<String>,
}

impl Failure {
    pub(crate) fn new(code: Code, file: &Path, message: impl Into<String>) -> Self {
        let file = Some(file.display().to_string());
        let message = message.into();
        Self { code, french: message.clone(), message, path: String::new(), file }
    }

    /// The same with what is said in French.
    pub(crate) fn in_french(self, message: impl Into<String>) -> Self {
        Self { french: message.into(), ..self }
    }

    /// Names the file that a core error is about.
    pub(crate) fn about<E: Into<Error>>(file: &Path) -> impl FnOnce(E) -> Self + '_ {
        move |error| Self { file: Some(file.display().to_string()), ..Self::from(error) }
    }

    /// Reads a failure of the file system.
    pub(crate) fn io(file: &Path, writing: bool) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |error| {
            let code = match error.kind() {
                std::io::ErrorKind::NotFound if !writing => Code::FileMissing,
                std::io::ErrorKind::StorageFull => Code::StoreFull,
                _ if writing => Code::FileUnwritable,
                _ => Code::FileUnreadable,
            };
            Self::new(code, file, error.to_string())
        }
    }

    /// The flat form, advice in the language.
    pub(crate) fn report(&self, language: &str) -> Report {
        let advice = self.code.advice(language);
        let message = if language == "fr" { &self.french } else { &self.message };
        Report { code: self.code, message: message.clone(), path: self.path.clone(), advice }
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        let (report, french) = (error.report("en"), error.report("fr").message);
        Self { code: report.code, message: report.message, french, path: report.path, file: None }
    }
}
