//! The account of an import as a file, written line by line: of large sources it is larger than the source.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use c3ms_core::forms::intake::{Account, Line};
use serde::Serialize;
use serde_json::ser::{Formatter as _, PrettyFormatter, Serializer};

/// An account that is being written, with two spaces a level.
pub(crate) struct AccountFile {
    out: BufWriter<File>,
    lines: usize,
    /// What went wrong first; nothing is written afterwards.
    failed: Option<io::Error>,
}

impl AccountFile {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { out: BufWriter::new(File::create(path)?), lines: 0, failed: None })
    }

    /// Writes one line.
    pub(crate) fn line(&mut self, line: &Line) {
        let begin = if self.lines == 0 { "{\n  \"lines\": [\n    " } else { ",\n    " };
        self.lines += 1;
        if self.failed.is_none() {
            self.failed = self.put(begin, 2, line).err();
        }
    }

    /// Writes what remains of an account whose lines were written.
    pub(crate) fn finish(mut self, account: &Account) -> io::Result<()> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let begin =
            if self.lines == 0 { "{\n  \"lines\": [],\n  \"notes\": " } else { "\n  ],\n  \"notes\": " };
        self.put(begin, 1, &account.notes)?;
        self.put(",\n  \"source\": ", 1, &account.source)?;
        self.put(",\n  \"summary\": ", 1, &account.summary)?;
        self.out.write_all(b"\n}\n")?;
        self.out.flush()
    }

    /// Writes a text as it is, then a value that stands so many levels deep.
    fn put(&mut self, text: &str, depth: usize, value: &impl Serialize) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        let mut formatter = PrettyFormatter::new();
        for _ in 0..depth {
            formatter.begin_object(&mut io::sink())?;
        }
        value.serialize(&mut Serializer::with_formatter(&mut self.out, formatter))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use c3ms_core::forms::intake::{Fate, Note};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_line_by_line_is_the_account() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("account.json");
        let mut account = Account { source: "a \"b\"".to_owned(), ..Account::default() };
        for number in 0..3 {
            let mut file = AccountFile::create(&path).unwrap();
            account.lines.iter().for_each(|line| file.line(line));
            file.finish(&account).unwrap();
            let whole = serde_json::to_string_pretty(&json!(account)).unwrap() + "\n";
            assert_eq!(std::fs::read_to_string(&path).unwrap(), whole);
            let fate = Fate::Refused(c3ms_core::Code::ValueEmpty, ["", "deux\nlignes"][number % 2].into());
            account.lines.extend(Line::of(|| format!("line {number}"), "nom", "Été", &fate));
            account.lines.extend(Line::of(String::new, "debut", "", &Fate::Changed("trimmed")));
            account.notes.push(Note { note: "key-not-unique", at: "3".to_owned(), detail: String::new() });
        }
    }
}
