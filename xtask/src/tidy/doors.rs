//! The order of the doors of the core: arrows only go down.

use super::Fault;
use std::path::{Component, Path};

/// From the ground up. A door may use itself and those before it.
const DOORS: [&[&str]; 9] = [
    &["base"],
    &["manufactory", "forms"],
    &["manufactory", "survey"],
    &["calendar"],
    &["governance"],
    &["store"],
    &["delivery"],
    &["publisher"],
    &["cooperative"],
];

/// Finds the arrows that go up. `file` is relative to the folder of the core's sources.
pub(super) fn arrows(file: &Path, bare: &str) -> Vec<Fault> {
    let module = module(file);
    let Some(own) = door(&module) else { return Vec::new() };
    let tokens = tokens(bare);
    let mut faults = Vec::new();
    let mut at = 0;
    while let Some((line, token)) = tokens.get(at) {
        let starts = at == 0 || tokens.get(at - 1).is_none_or(|(_, before)| *before != Token::Path);
        at += 1;
        let Some(mut prefix) = (match token {
            Token::Word("crate") if starts => Some(Vec::new()),
            Token::Word("super") if starts => Some(up(&module)),
            _ => None,
        }) else {
            continue;
        };
        while let (Some((_, Token::Path)), Some((_, Token::Word("super")))) =
            (tokens.get(at), tokens.get(at + 1))
        {
            prefix = up(&prefix);
            at += 2;
        }
        let mut paths = Vec::new();
        collect(&tokens, &mut at, &prefix, &mut paths);
        for path in paths {
            if let Some(used) = door(&path).filter(|used| *used > own) {
                faults.push(Fault {
                    line: *line,
                    sentence: format!("`{}` uses `{}`, a door above it", name(own), name(used)),
                });
            }
        }
    }
    faults.dedup_by(|a, b| a == b);
    faults
}

fn name(rank: usize) -> String {
    DOORS.get(rank).map(|door| door.join("::")).unwrap_or_default()
}

/// `store/sqlite.rs` is the module `store::sqlite`; `store/mod.rs` is `store`.
fn module(file: &Path) -> Vec<&str> {
    let mut names: Vec<&str> = file
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    if let Some(last) = names.pop() {
        let stem = last.trim_end_matches(".rs");
        if !["mod", "lib"].contains(&stem) {
            names.push(stem);
        }
    }
    names
}

fn up<'a>(module: &[&'a str]) -> Vec<&'a str> {
    module.split_last().map(|(_, above)| above.to_vec()).unwrap_or_default()
}

/// The place of a path's door in the order; `None` for the root and what lies beside the doors.
fn door(path: &[&str]) -> Option<usize> {
    // The root has short names for the two halves of the manufactory.
    let short = path.first().filter(|first| ["forms", "survey"].contains(first));
    DOORS
        .iter()
        .position(|door| path.starts_with(door) || short.is_some_and(|first| door.ends_with(&[*first])))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Path,
    Open,
    Close,
    Comma,
    Other,
}

fn tokens(bare: &str) -> Vec<(usize, Token<'_>)> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = bare;
    while let Some(next) = rest.chars().next() {
        let word = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let (token, length) = match next {
            _ if word > 0 => (Some(Token::Word(rest.get(..word).unwrap_or_default())), word),
            ':' if rest.starts_with("::") => (Some(Token::Path), 2),
            '{' => (Some(Token::Open), 1),
            '}' => (Some(Token::Close), 1),
            ',' => (Some(Token::Comma), 1),
            _ if next.is_whitespace() => (None, next.len_utf8()),
            _ => (Some(Token::Other), next.len_utf8()),
        };
        if let Some(token) = token {
            found.push((line, token));
        }
        line += usize::from(next == '\n');
        rest = rest.get(length..).unwrap_or_default();
    }
    found
}

/// Collects the paths that follow a prefix, through the braces of a `use`.
fn collect<'a>(
    tokens: &[(usize, Token<'a>)],
    at: &mut usize,
    prefix: &[&'a str],
    paths: &mut Vec<Vec<&'a str>>,
) {
    let mut path = prefix.to_vec();
    while let Some((_, Token::Path)) = tokens.get(*at) {
        *at += 1;
        match tokens.get(*at) {
            Some((_, Token::Word(word))) => {
                path.push(word);
                *at += 1;
            }
            Some((_, Token::Open)) => {
                *at += 1;
                group(tokens, at, &path, paths);
                return;
            }
            _ => break,
        }
    }
    paths.push(path);
}

fn group<'a>(
    tokens: &[(usize, Token<'a>)],
    at: &mut usize,
    prefix: &[&'a str],
    paths: &mut Vec<Vec<&'a str>>,
) {
    while let Some((_, token)) = tokens.get(*at) {
        *at += 1;
        match token {
            Token::Close => return,
            Token::Word("self") => paths.push(prefix.to_vec()),
            Token::Word(word) => {
                let mut path = prefix.to_vec();
                path.push(word);
                collect(tokens, at, &path, paths);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(file: &str, source: &str) -> Vec<(usize, String)> {
        arrows(Path::new(file), &super::super::bare::bare(source))
            .into_iter()
            .map(|fault| (fault.line, fault.sentence))
            .collect()
    }

    #[test]
    fn an_arrow_up_is_found_however_it_is_written() {
        for source in [
            "use crate::store::Store;",
            "use crate::{Error, store::{Store, memory}};",
            "fn f(s: &crate::store::Memory) {}",
            "use super::super::store::Store;",
            "pub(in crate::store) fn f() {}",
        ] {
            let found = faults("manufactory/forms.rs", source);
            let found_deep = faults("governance/vote.rs", source);
            assert_eq!(found.len(), 1, "{source}");
            assert_eq!(
                found_deep,
                [(1, "`governance` uses `store`, a door above it".to_owned())],
                "{source}"
            );
        }
        assert_eq!(faults("base/mod.rs", "\nuse crate::forms::Format;").len(), 1);
        assert_eq!(
            faults("manufactory/forms/a.rs", "use crate::manufactory::{forms, survey::Frame};").len(),
            1
        );
        assert_eq!(faults("manufactory/forms/mod.rs", "use super::survey::Frame;").len(), 1);
    }

    #[test]
    fn an_arrow_down_or_beside_is_fine() {
        for source in [
            "use crate::base::{Id, Moment};",
            "use crate::forms::{self, Format};",
            "use crate::{Code, Error};",
            "use crate::store::memory::Memory;",
            "use super::memory;",
            "// crate::delivery\nlet a = \"crate::delivery\";",
            "use other::crate_like::delivery;",
        ] {
            assert_eq!(faults("store/sqlite.rs", source), [], "{source}");
        }
        assert_eq!(faults("lib.rs", "pub use crate::cooperative::import;"), []);
        assert_eq!(faults("error.rs", "use crate::cooperative::CooperativeError;"), []);
        assert_eq!(faults("cooperative/mod.rs", "use crate::{publisher, delivery};"), []);
    }
}
