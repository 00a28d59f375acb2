//! Links, the glossary and the fragments of the changelog.

use super::Fault;
use std::path::Path;

/// What a fragment of the changelog may be about.
const KINDS: [&str; 5] = ["added", "changed", "fixed", "removed", "security"];

/// Finds the links to files that are not there. `name` is the path of the text from the root.
pub(super) fn links(root: &Path, name: &Path, text: &str) -> Vec<Fault> {
    let folder = root.join(name.parent().unwrap_or(Path::new("")));
    let mut faults = Vec::new();
    let mut fenced = false;
    for (line, words) in (1..).zip(text.lines()) {
        if words.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for target in targets(words) {
            let outside = target.contains("://") || target.starts_with("mailto:");
            let path = target.split(['#', '?']).next().unwrap_or_default();
            if outside || path.is_empty() {
                continue;
            }
            let path = path.replace("%20", " ");
            let there = match path.strip_prefix('/') {
                Some(from_root) => root.join(from_root),
                None => folder.join(&path),
            };
            if !there.exists() {
                faults.push(Fault { line, sentence: format!("links to {target}, which is not there") });
            }
        }
    }
    faults
}

/// What the links of a line point to, those in `code` left out.
fn targets(line: &str) -> Vec<String> {
    let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let mut found: Vec<String> = prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .filter_map(|(inside, _)| inside.split_whitespace().next())
        .map(|target| target.trim_matches(['<', '>']).to_owned())
        .collect();
    if let Some((_, target)) = prose.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
        found.extend(target.split_whitespace().next().map(str::to_owned));
    }
    found
}

/// Every row of the glossary has its English and its French.
pub(super) fn glossary(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut columns: Option<(usize, usize)> = None;
    let mut rows = 0;
    for (line, words) in (1..).zip(text.lines()) {
        let Some(cells) = cells(words) else {
            columns = None;
            continue;
        };
        let named = |languages: &[&str]| {
            cells.iter().position(|cell| languages.contains(&cell.to_lowercase().as_str()))
        };
        match columns {
            None => columns = named(&["english", "anglais", "en"]).zip(named(&["french", "français", "fr"])),
            Some(_) if cells.iter().all(|cell| cell.chars().all(|letter| "-: ".contains(letter))) => {}
            Some((english, french)) => {
                rows += 1;
                let empty = |place: usize| cells.get(place).is_none_or(|cell| cell.is_empty());
                if empty(english) || empty(french) {
                    faults.push(Fault { line, sentence: "lacks its English or its French".into() });
                }
            }
        }
    }
    if rows == 0 {
        faults.push(Fault::whole("has no table with a column `English` and a column `French`"));
    }
    faults
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.trim().strip_prefix('|')?;
    Some(inside.strip_suffix('|').unwrap_or(inside).split('|').map(str::trim).collect())
}

/// A fragment is called `12.added.md`.
pub(super) fn fragment(name: &Path) -> Option<Fault> {
    let file = name.file_name()?.to_str()?;
    if file == "README.md" || file.starts_with('.') {
        return None;
    }
    let mut parts = file.split('.');
    let number =
        parts.next().is_some_and(|part| !part.is_empty() && part.chars().all(|d| d.is_ascii_digit()));
    let kind = parts.next().is_some_and(|part| KINDS.contains(&part));
    let rest = parts.next() == Some("md") && parts.next().is_none();
    (!(number && kind && rest)).then(|| Fault::whole(format!("is not called NNN.{{{}}}.md", KINDS.join(","))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process;

    fn broken(text: &str) -> usize {
        links(&process::root(), Path::new("docs/a.md"), text).len()
    }

    #[test]
    fn a_link_to_nowhere_is_found() {
        assert_eq!(broken("see [it](nowhere.md) and ![pic](no.png \"title\")"), 2);
        assert_eq!(broken("[it]: nowhere.md"), 1);
    }

    #[test]
    fn links_that_hold_and_links_that_are_shown_are_fine() {
        assert_eq!(
            broken("[root](../Cargo.toml#x) [abs](/Cargo.toml) [web](https://example.org/x) [in](#here)"),
            0
        );
        assert_eq!(broken("write `[it](nowhere.md)`\n```\n[it](nowhere.md)\n```\n"), 0);
    }

    #[test]
    fn a_row_without_its_french_is_found() {
        let good = "| English | French |\n|---|---|\n| Entry | Fiche |\n";
        assert_eq!(glossary(good), []);
        assert_eq!(glossary(&format!("{good}| Format | |\n")).len(), 1);
        assert_eq!(glossary("no table").len(), 1);
    }

    #[test]
    fn fragments_have_a_number_and_a_kind() {
        assert_eq!(fragment(Path::new("changelog.d/12.added.md")), None);
        for name in ["added.md", "12.new.md", "12.added.txt", "12.added.md.orig", "x.fixed.md"] {
            assert!(fragment(&Path::new("changelog.d").join(name)).is_some(), "{name}");
        }
    }
}
