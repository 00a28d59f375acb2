//! `cargo xtask tidy`: what the compiler does not check about how the repository is written.

mod bare;
mod doors;
mod prose;

use crate::process::{self, Outcome, failed};
use std::path::{Path, PathBuf};

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    /// Counted from 1; 0 when it is about the whole file.
    line: usize,
    sentence: String,
}

impl Fault {
    fn whole(sentence: impl Into<String>) -> Self {
        Self { line: 0, sentence: sentence.into() }
    }
}

/// The longest a file may be, in lines of code.
const LONGEST: usize = 600;

/// The longest a file of a binding may be.
const LONGEST_BINDING: usize = 400;

/// Words of things put off, written so that this file does not hold them.
const PUT_OFF: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

/// Hosts that a build may be set up to use, which is nobody else's business.
const REGISTRIES: [&str; 5] = [
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("pypi", ".org"),
    concat!("python", "hosted.org"),
];

/// Folders that hold nothing of ours.
const NOT_OURS: [&str; 5] = [".git", "target", "node_modules", "dist", "__pycache__"];

/// Checks every file and prints what is wrong.
pub(crate) fn tidy() -> Outcome {
    let root = process::root();
    let mut files = Vec::new();
    list(&root, &mut files);
    files.sort();
    let mut found = 0;
    for path in &files {
        let Ok(name) = path.strip_prefix(&root) else { continue };
        // What is not text has no words to check.
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        for fault in faults(&root, name, &text) {
            found += 1;
            let line = if fault.line == 0 { String::new() } else { format!(":{}", fault.line) };
            println!("{}{line}: {}", name.display(), fault.sentence);
        }
    }
    if found == 0 {
        println!("tidy: {} files", files.len());
        return Ok(());
    }
    failed(format!("{found} things are not tidy"))
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(inside) = std::fs::read_dir(folder) else { return };
    for entry in inside.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if NOT_OURS.iter().any(|other| name == *other) {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => list(&path, files),
            Ok(kind) if kind.is_file() => files.push(path),
            _ => {}
        }
    }
}

/// All that is wrong in one file; `name` is its path from the root.
fn faults(root: &Path, name: &Path, text: &str) -> Vec<Fault> {
    let mut faults = registries(name, text);
    let ending = name.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
    match ending {
        "rs" => faults.extend(rust(name, text)),
        "py" => faults.extend(length(text.lines().filter(|line| is_code(line, &["#"])).count(), LONGEST)),
        "ts" | "js" | "mjs" => {
            let lines = text.lines().filter(|line| is_code(line, &["//", "/*", "*"])).count();
            faults.extend(length(lines, LONGEST));
        }
        "md" => faults.extend(prose::links(root, name, text)),
        _ => {}
    }
    if ["rs", "py", "ts", "js", "mjs", "css", "html", "toml", "sql", "sh"].contains(&ending) {
        faults.extend(put_off(text));
    }
    if name == Path::new("GLOSSARY.md") {
        faults.extend(prose::glossary(text));
    }
    if name.starts_with("changelog.d") {
        faults.extend(prose::fragment(name));
    }
    faults
}

fn registries(name: &Path, text: &str) -> Vec<Fault> {
    // Cargo writes the name of its index into its lock file and cannot be told not to.
    if name.file_name().is_some_and(|file| file == "Cargo.lock") {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (line, words) in (1..).zip(text.lines()) {
        for host in REGISTRIES {
            if words.contains(host) {
                faults.push(Fault { line, sentence: format!("names {host}, a host of a package registry") });
            }
        }
    }
    if name.file_name().is_some_and(|file| file == "package-lock.json")
        && text.contains("\"resolved\": \"http")
    {
        faults.push(Fault::whole(
            "says where packages were fetched; write it with npm's omit-lockfile-registry-resolved",
        ));
    }
    faults
}

fn rust(name: &Path, text: &str) -> Vec<Fault> {
    let bare = bare::bare(text);
    let mut faults = Vec::new();
    if !text.starts_with("//!") {
        faults.push(Fault::whole("does not start with a `//!` line that says its subject"));
    }
    for (line, code) in (1..).zip(bare.lines()) {
        if code.contains("[allow(") {
            faults.push(Fault {
                line,
                sentence: "a bare `allow`; write `#[expect(…, reason = \"…\")]`".into(),
            });
        }
    }
    let binding = ["c3ms-wasm", "c3ms-py", "bindings"].iter().any(|folder| name.starts_with(folder));
    faults.extend(length(bare::code_lines(&bare), if binding { LONGEST_BINDING } else { LONGEST }));
    if let Ok(inside) = name.strip_prefix("c3ms-core/src") {
        faults.extend(doors::arrows(inside, &bare));
    }
    faults
}

fn is_code(line: &str, comments: &[&str]) -> bool {
    let line = line.trim();
    !line.is_empty() && !comments.iter().any(|start| line.starts_with(start))
}

fn length(lines: usize, longest: usize) -> Option<Fault> {
    (lines > longest).then(|| Fault::whole(format!("has {lines} lines of code, more than {longest}")))
}

fn put_off(text: &str) -> Vec<Fault> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut faults = Vec::new();
    for (line, words) in (1..).zip(text.lines()) {
        for word in words.split(|letter| !is_word(letter)).filter(|word| PUT_OFF.contains(word)) {
            faults.push(Fault {
                line,
                sentence: format!("holds {word}: do it, or write in the docs what is missing"),
            });
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(name: &str, text: &str) -> Vec<String> {
        faults(&process::root(), Path::new(name), text)
            .into_iter()
            .map(|fault| format!("{} {}", fault.line, fault.sentence))
            .collect()
    }

    #[track_caller]
    fn finds(name: &str, text: &str, part: &str) {
        let found = sentences(name, text);
        assert!(found.len() == 1 && found.iter().all(|sentence| sentence.contains(part)), "{found:?}");
    }

    #[test]
    fn a_good_file_has_no_fault() {
        let good = "//! A subject.\n\n#[expect(dead_code, reason = \"shown\")]\nfn f() {}\n";
        assert_eq!(sentences("c3ms-core/src/base/a.rs", good), [""; 0]);
    }

    #[test]
    fn each_planted_fault_is_found() {
        finds("a/b.rs", "fn f() {}\n", "0 does not start with");
        finds("a/b.rs", "//! A.\n#[allow(dead_code)]\nfn f() {}\n", "2 a bare `allow`");
        finds("a/b.rs", "//! A.\n#![allow(dead_code)]\n", "2 a bare `allow`");
        finds("a/b.rs", &format!("//! A.\n// {} later\n", PUT_OFF[0]), "2 holds");
        finds("a/b.py", &format!("# {}: later\n", PUT_OFF[1]), "1 holds");
        finds("a/b.rs", &format!("//! A.\n{}", "f();\n".repeat(601)), "0 has 601 lines");
        finds("c3ms-wasm/src/b.rs", &format!("//! A.\n{}", "f();\n".repeat(401)), "0 has 401 lines");
        finds("a/b.mjs", &format!("// A.\n{}", "f();\n".repeat(601)), "0 has 601 lines");
        finds("README.md", &format!("see {}\n", REGISTRIES[0]), "1 names");
        finds("c3ms-core/src/base/a.rs", "//! A.\nuse crate::store::Store;\n", "2 `base` uses `store`");
        finds("w/package-lock.json", "{\"resolved\": \"https://example.org/a.tgz\"}", "0 says where");
    }

    #[test]
    fn long_comments_are_free() {
        assert_eq!(sentences("a/b.rs", &format!("//! A.\n{}", "// words\n".repeat(700))), [""; 0]);
    }

    #[test]
    fn a_word_in_a_word_is_no_word() {
        let text = format!("//! A.\nlet a = {}S_OF_THE_DAY;\n", PUT_OFF[0]);
        assert_eq!(sentences("a/b.rs", &text), [""; 0]);
    }
}
