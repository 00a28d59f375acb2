//! Formats as people write and read them: YAML or JSON in, words out.

use std::{fs, io::Read as _, path::Path};

use c3ms_core::forms::{Format, FormsError};

use crate::failure::Failure;

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
            ("    kind: {type: texte}\n", "unknown variant `texte`"),
            ("    kind: {type: text, max-length: beaucoup}\n", "expected u32"),
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
