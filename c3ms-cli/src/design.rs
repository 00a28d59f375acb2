//! Formats as people write and read them: YAML or JSON in, words out.

use std::{fs, io::Read as _, path::Path};

use c3ms_core::{
    Code,
    base::{Language, Text, fold},
    forms::{Field, Format, FormsError, Kind, Vocabulary, VocabularyCode, design},
};
use serde_json::json;

use crate::{failure::Failure, output::Output};

/// A format of 10,000 fields has some five million bytes; a file of more than this is no format.
const MOST_BYTES: usize = 64 << 20;

/// Reads a format from a file, YAML or JSON by what is in it.
///
/// What begins with `{` is JSON, all else YAML 1.2: `no` is a word there, not a false.
pub(crate) fn read_format(path: &Path) -> Result<Format, Failure> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    fs::File::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .map_err(Failure::io(path, false))?;
    if bytes.len() > MOST_BYTES {
        let reason = format!("it has more than {MOST_BYTES} bytes");
        return Err(Failure::about(path)(FormsError::FormatUnreadable { reason }));
    }
    parse(&bytes).map_err(Failure::about(path))
}

fn parse(bytes: &[u8]) -> Result<Format, FormsError> {
    let unreadable = |reason: String| FormsError::FormatUnreadable { reason };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        unreadable(format!("line {line} is not UTF-8: save the file so"))
    })?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return Format::parse(text);
    }
    let options = serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! {
            max_depth: 100,
            max_events: 8_000_000,
            max_nodes: 4_000_000,
            max_aliases: 10_000,
            max_recorded_anchor_events: 100_000,
        },
    };
    let format: Format = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        unreadable(error.without_snippet().render_with_formatter(&serde_saphyr::UserMessageFormatter))
    })?;
    format.check()?;
    Ok(format)
}

/// A format as a file: JSON, or YAML for those who edit it.
pub(crate) fn written(format: &Format, yaml: bool) -> String {
    let written = if yaml {
        let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
        serde_saphyr::to_string_with_options(format, options).ok()
    } else {
        serde_json::to_string_pretty(format).ok().map(|json| json + "\n")
    };
    // Both writers fail on keys that are no texts and on numbers that are not finite: a format has neither.
    written.unwrap_or_default()
}

/// Says a format in words.
pub(crate) fn explain(format: &Format, output: &Output) {
    let text = design::explain(format, output.language);
    output.json(&json!({ "cube": format.cube, "language": output.language, "text": text }));
    output.plain(text.trim_end());
}

/// Warns of what hurts later in a format; it never fails for that.
pub(crate) fn lint(format: &Format, output: &Output) {
    let warnings = design::lint(format);
    output.json(&json!({ "cube": format.cube, "warnings": warnings }));
    for warning in &warnings {
        output.plain(&format!("{} [{}]", warning.message(output.language), warning.code.as_str()));
    }
    let count = warnings.len();
    match count {
        0 => output.say("Aucun avertissement.", "No warnings."),
        1 => output.say("Un avertissement.", "One warning."),
        _ => output.say(&format!("{count} avertissements."), &format!("{count} warnings.")),
    }
}

/// Tells which texts of a format lack in which language.
pub(crate) fn languages(format: &Format, output: &Output) {
    for report in design::languages(format) {
        output.json(&json!(report));
        output.plain(&format!("{} {}/{}", report.language, report.present, report.wanted));
        for path in &report.missing {
            output.plain(&format!("  {path}"));
        }
    }
}

/// The form of a format, its texts in these languages: JSON for those who draw it.
pub(crate) fn layout(format: &Format, languages: &[String], output: &Output) -> String {
    let asked: Vec<&str> = match languages {
        [] => vec![output.language],
        some => some.iter().map(String::as_str).collect(),
    };
    serde_json::to_string_pretty(&design::layout(format, &asked)).unwrap_or_default()
}

/// A first version of a format, to be edited: YAML with remarks, or JSON.
///
/// A field is said by its label, marks and kind: `Titre!` (required), `Genres+:code:théâtre,danse` (a list of choices),
/// `Lieu:link:venue`. Without fields it begins with a name, a description and a web page.
pub(crate) fn new(
    cube: &str,
    label: &str,
    fields: &[String],
    language: &str,
    yaml: bool,
) -> Result<String, Failure> {
    let unreadable = |reason: String| Failure::from(FormsError::FormatUnreadable { reason });
    let french = language == "fr";
    let tag = Language::parse(language).ok_or_else(|| unreadable(format!("{language:?} is no language")))?;
    let said = |text: &str| Text::new(tag.clone(), text);
    let mut format = Format {
        cube: cube.to_owned(),
        label: said(label),
        languages: vec![tag.clone()],
        ..Format::parse(r#"{"cube": "a", "label": {}, "fields": []}"#)?
    };
    let usual = if french {
        ["Nom!", "Description:long", "Page web:url"]
    } else {
        ["Name!", "Description:long", "Web page:url"]
    };
    let usual: Vec<String> = usual.map(str::to_owned).to_vec();
    for word in if fields.is_empty() { &usual } else { fields } {
        let (head, kind) = word.split_once(':').unwrap_or((word, "text"));
        let bare = head.trim_end_matches(['!', '+']);
        let marks = head.strip_prefix(bare).unwrap_or_default();
        let name = slug(bare);
        let kind = kind_of(kind, &name, &said, &mut format)
            .ok_or_else(|| unreadable(format!("{kind:?} is no kind of field, as {KINDS}")))?;
        let mut field = Field::new(name, kind);
        field.required = marks.contains('!');
        field.many = marks.contains('+').then_some(20);
        field.label = said(bare.trim());
        format.fields.push(field);
    }
    let is_title = |field: &&Field| matches!(field.kind, Kind::Text { .. }) && field.many.is_none();
    format.title = format.fields.iter().find(is_title).map(|field| field.name.clone()).unwrap_or_default();
    for warning in design::lint(&format).into_iter().filter(|warning| warning.code == Code::TermMissing) {
        if let Some(field) = format.fields.iter_mut().find(|field| field.name == warning.field) {
            field.term = Some(warning.about);
        }
    }
    format.check()?;
    let text = written(&format, yaml);
    Ok(if yaml { remarked(&text, french) } else { text })
}

/// The kinds a new field may have, as they are typed.
const KINDS: &str = "text, long, texts, integer, decimal, boolean, moment, date, time, money, url, email, phone, language, position, file, code:A,B or link:CUBE";

fn kind_of(word: &str, name: &str, said: &dyn Fn(&str) -> Text, format: &mut Format) -> Option<Kind> {
    let text =
        |languages, most| Kind::Text { languages, min_length: None, max_length: Some(most), pattern: None };
    let (word, about) = word.split_once(':').map_or((word, None), |(word, about)| (word, Some(about)));
    Some(match (word, about) {
        ("text", None) => text(false, 200),
        ("long", None) => text(false, 20_000),
        ("texts", None) => text(true, 200),
        ("link", Some(cube)) => Kind::Link { cube: cube.to_owned() },
        ("code", Some(codes)) => {
            let code = |label: &str| VocabularyCode {
                code: slug(label),
                label: said(label.trim()),
                term: None,
                attributes: std::collections::BTreeMap::new(),
                extensions: std::collections::BTreeMap::new(),
            };
            let codes = codes.split(',').map(code).collect();
            let extensions = std::collections::BTreeMap::new();
            let list = Vocabulary { label: said(name), codes, extensions };
            format.vocabularies.insert(name.to_owned(), list);
            Kind::Code { vocabulary: name.to_owned(), filter: None, ranked: false }
        }
        ("code" | "group" | "note" | "path" | "area", _) | (_, Some(_)) => return None,
        (word, None) => serde_json::from_value(json!({ "type": word })).ok()?,
    })
}

/// A name from words: `Type de lieu` is `type-de-lieu`.
fn slug(words: &str) -> String {
    let folded = fold(words);
    let parts = folded.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// YAML with what its editor should know, each remark before the lines it is about.
fn remarked(yaml: &str, french: bool) -> String {
    let mut out = String::new();
    for line in yaml.lines() {
        for (key, in_french, in_english) in REMARKS {
            if line.starts_with(key) {
                for remark in (if french { in_french } else { in_english }).lines() {
                    out.extend(["# ", remark.trim(), "\n"]);
                }
            }
        }
        out.extend([line, "\n"]);
    }
    out
}

const REMARKS: [(&str, &str, &str); 5] = [
    (
        "cube:",
        "Un format : ce qu’est une fiche, et ce que chacun de ses champs demande.
         Modifiez ce fichier, puis relisez-le : c3ms format explain FICHIER ; c3ms format lint FICHIER",
        "A format: what a record is, and what each of its fields asks.
         Edit this file, then read it again: c3ms format explain FILE; c3ms format lint FILE",
    ),
    (
        "languages:",
        "Les langues du format : chaque libellé devrait exister dans chacune.",
        "The languages of the format: each label should be there in each of them.",
    ),
    (
        "title:",
        "Le champ par lequel une fiche se nomme dans les listes.",
        "The field by which a record is called in lists.",
    ),
    (
        "fields:",
        "Les champs, dans l’ordre du formulaire. `id` est pour toujours ; `name` et `label` peuvent changer.
         Natures (`type`) : text, integer, decimal, boolean, moment, date, time, money, url, email, phone,
         language, code (une liste plus bas), position, path, area, file, note, link, group.
         Au choix : required: true, many: 20, help: {fr: …}, visibility: members,
         relevant: ${autre} = 'oui' (demandé seulement alors), constraint: . > 0, calculation: ${a} * ${b}.",
        "The fields, in the order of the form. `id` is for ever; `name` and `label` may change.
         Kinds (`type`): text, integer, decimal, boolean, moment, date, time, money, url, email, phone,
         language, code (a list below), position, path, area, file, note, link, group.
         Besides: required: true, many: 20, help: {en: …}, visibility: members,
         relevant: ${other} = 'yes' (asked only then), constraint: . > 0, calculation: ${a} * ${b}.",
    ),
    (
        "vocabularies:",
        "Les listes de choix : un code court qui reste, et son libellé, qui peut changer.",
        "The lists of choices: a short code that stays, and its label, which may change.",
    ),
];

#[cfg(test)]
mod tests {
    use c3ms_core::{
        base::{Language, Text},
        forms::live_performance,
    };

    use super::*;

    fn refusal(text: &str) -> String {
        parse(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn yaml_and_json_are_the_same_format() {
        for format in live_performance().unwrap().formats {
            for yaml in [true, false] {
                assert_eq!(parse(written(&format, yaml).as_bytes()).unwrap(), format);
            }
        }
    }

    #[test]
    fn words_that_look_like_something_else_stay_words() {
        let nasty = [
            "no",
            "yes",
            "on",
            "null",
            "~",
            "12",
            "012",
            "1e3",
            "0x1F",
            "1_000",
            ".inf",
            "2026-11-23",
            "20:30",
            "- a",
            "a: b",
            "a #b",
            "# a",
            "&a",
            "*a",
            "!a",
            "%a",
            "@a",
            "`a",
            "{a}",
            "[a]",
            "|",
            ">",
            "?",
            "'",
            "\"",
            "",
            " a ",
            "a\nb\n\n",
            "\ta",
            "\u{85}",
            "\u{feff}",
            "\u{2028}",
            "é 🎭",
            "=",
            "<<",
            "---",
            "...",
        ];
        for word in nasty {
            let mut format = Format::parse(
                r#"{"cube": "a", "label": {"no": "a"}, "fields": [{"id": "a", "name": "a", "kind": {"type": "text"}}]}"#,
            )
            .unwrap();
            format.label = Text::new(Language::parse("no").unwrap(), word);
            let field = format.fields.first_mut().unwrap();
            field.id = word.to_owned();
            field.default = Some(serde_json::json!([word, { word: word }, 12, 1.5, null, false]));
            assert_eq!(parse(written(&format, true).as_bytes()), Ok(format), "{word:?}");
        }
    }

    #[test]
    fn yaml_by_hand_keeps_its_words() {
        let text = "cube: a\nlabel: {no: Ja}\nfields:\n  - id: 12\n    name: no\n    kind: { type: code, vocabulary: no }\nvocabularies: { no: { codes: [{ code: no }, { code: 12 }] } }\n";
        let format = parse(text.as_bytes()).unwrap();
        assert_eq!(format.label.exactly("no"), Some("Ja"));
        let codes = &format.vocabularies["no"].codes;
        assert_eq!(codes.iter().map(|code| code.code.as_str()).collect::<Vec<_>>(), ["no", "12"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let field = "cube: a\nlabel: {fr: a}\nfields:\n  - id: a\n    name: a\n";
        for (text, said) in [
            ("    kinds: {type: text}\n", "unknown field `kinds`"),
            ("    kind: {type: texte}\n", "there is no kind texte"),
            ("    kind: {type: text, max-length: beaucoup}\n", "invalid u32 at line 6, column 36"),
            ("    name: b\n", "duplicate mapping key `name`"),
        ] {
            let told = refusal(&format!("{field}{text}"));
            assert!(told.contains(said) && told.contains("line 6"), "{told}");
        }
        let told = parse(b"cube: a\nlabel: {fr: \xe9}\n").unwrap_err().to_string();
        assert!(told.contains("line 2"), "{told}");
        assert!(refusal(&format!("{field}    kind: {{type: code, vocabulary: b}}")).contains("/fields/0"));
    }

    #[test]
    fn a_new_format_is_sound_and_warns_of_nothing() {
        let words =
            ["Titre!", "Genres+:code:Théâtre,Danse", "Lieu:link:venue", "Début:moment", "Résumé:texts"];
        let words = words.map(str::to_owned);
        for (language, fields) in [("fr", &words[..]), ("fr", &[]), ("en", &[])] {
            for yaml in [true, false] {
                let text = new("show", "Spectacle", fields, language, yaml).unwrap();
                let format = parse(text.as_bytes()).unwrap();
                assert_eq!(design::lint(&format), [], "{text}");
                assert_eq!(text.contains("# "), yaml);
            }
        }
        let format = parse(new("show", "Spectacle", &words, "fr", true).unwrap().as_bytes()).unwrap();
        let names: Vec<&str> = format.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["titre", "genres", "lieu", "debut", "resume"]);
        assert_eq!(
            (format.title.as_str(), format.fields[0].required, format.fields[1].many),
            ("titre", true, Some(20))
        );
        assert_eq!(format.vocabularies["genres"].codes[0].code, "theatre");
        for wrong in ["a:nothing", "a:code", "a:group", "a:integer:3", ""] {
            assert!(new("show", "Show", &[wrong.to_owned()], "en", true).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hostile_yaml_is_refused() {
        let head = "cube: a\nlabel: {fr: a}\nfields: []\n";
        assert!(refusal(&format!("{head}extensions:\n  x: {}", "[".repeat(1_000_000))).contains("limit"));
        let mut bomb = format!("{head}extensions:\n  a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let inner = vec![format!("*a{}", level - 1); 10].join(",");
            bomb = format!("{bomb}  a{level}: &a{level} [{inner}]\n");
        }
        assert!(refusal(&bomb).contains("limit"), "{}", refusal(&bomb));
        assert!(parse(b"").is_err() && parse(b"- a").is_err() && parse(b"cube: a\n---\ncube: b\n").is_err());
    }
}
