//! The headers of XLSForm sheets: their other names, and what they are made of.

/// A sheet of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Survey,
    Choices,
    Settings,
    ExternalChoices,
    Entities,
    Osm,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Survey, Self::Choices, Self::Settings, Self::ExternalChoices, Self::Entities, Self::Osm];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Survey => "survey",
            Self::Choices => "choices",
            Self::Settings => "settings",
            Self::ExternalChoices => "external_choices",
            Self::Entities => "entities",
            Self::Osm => "osm",
        }
    }

    /// Other names of its columns, each with what it stands for.
    const fn aliases(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Survey => SURVEY_ALIASES,
            Self::Choices | Self::ExternalChoices | Self::Osm => LIST_ALIASES,
            Self::Settings => SETTINGS_ALIASES,
            Self::Entities => &[("list_name", &["dataset"])],
        }
    }

    /// The names its columns may have.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Survey => SURVEY_COLUMNS,
            Self::Choices | Self::ExternalChoices | Self::Osm => &["name", "label", "media", "sms_option"],
            Self::Settings => SETTINGS_COLUMNS,
            Self::Entities => &["dataset", "entity_id", "create_if", "update_if", "repeat", "label"],
        }
    }

    /// Tells whether forms have a column of this name here.
    pub(super) fn has(self, first: &str) -> bool {
        self.columns().contains(&first)
            || self.aliases().iter().any(|(_, tokens)| tokens.first() == Some(&first))
            || (matches!(self, Self::Settings) && SETTINGS_OTHER.contains(&first))
            || (matches!(self, Self::Survey) && first == "disabled")
    }
}

const SURVEY_ALIASES: &[(&str, &[&str])] = &[
    ("compact_tag", &["instance", "odk:tag"]),
    ("read_only", &["bind", "readonly"]),
    ("readonly", &["bind", "readonly"]),
    ("relevant", &["bind", "relevant"]),
    ("relevance", &["bind", "relevant"]),
    ("caption", &["label"]),
    ("appearance", &["control", "appearance"]),
    ("required", &["bind", "required"]),
    ("constraint", &["bind", "constraint"]),
    ("constraining_message", &["bind", "jr:constraintMsg"]),
    ("constraint_message", &["bind", "jr:constraintMsg"]),
    ("calculation", &["bind", "calculate"]),
    ("calculate", &["bind", "calculate"]),
    ("command", &["type"]),
    ("tag", &["name"]),
    ("value", &["name"]),
    ("image", &["media", "image"]),
    ("big-image", &["media", "big-image"]),
    ("audio", &["media", "audio"]),
    ("video", &["media", "video"]),
    ("count", &["control", "jr:count"]),
    ("repeat_count", &["control", "jr:count"]),
    ("jr:count", &["control", "jr:count"]),
    ("autoplay", &["control", "autoplay"]),
    ("rows", &["control", "rows"]),
    ("noapperrorstring", &["bind", "jr:noAppErrorString"]),
    ("no_app_error_string", &["bind", "jr:noAppErrorString"]),
    ("requiredmsg", &["bind", "jr:requiredMsg"]),
    ("required_message", &["bind", "jr:requiredMsg"]),
    ("body", &["control"]),
    ("save_to", &["bind", "entities:saveto"]),
];

const LIST_ALIASES: &[(&str, &[&str])] = &[
    ("caption", &["label"]),
    ("list_name", &["list name"]),
    ("value", &["name"]),
    ("image", &["media", "image"]),
    ("big-image", &["media", "big-image"]),
    ("audio", &["media", "audio"]),
    ("video", &["media", "video"]),
];

const SETTINGS_ALIASES: &[(&str, &[&str])] = &[
    ("form_title", &["title"]),
    ("set_form_title", &["title"]),
    ("form_id", &["id_string"]),
    ("set_form_id", &["id_string"]),
    ("prefix", &["prefix"]),
];

const SURVEY_COLUMNS: &[&str] = &[
    "name",
    "label",
    "default",
    "guidance_hint",
    "instance",
    "query",
    "sms_field",
    "trigger",
    "bind",
    "choice_filter",
    "control",
    "hint",
    "media",
    "parameters",
    "type",
    "choices",
    "itemset",
    "list_name",
];

const SETTINGS_COLUMNS: &[&str] = &[
    "add_none_option",
    "allow_choice_duplicates",
    "attribute",
    "auto_delete",
    "auto_send",
    "clean_text_values",
    "client_editable",
    "default_language",
    "delimiter",
    "id_string",
    "instance_name",
    "instance_xmlns",
    "name",
    "namespaces",
    "omit_instanceID",
    "public_key",
    "sms_allow_media",
    "sms_date_format",
    "sms_datetime_format",
    "sms_keyword",
    "sms_response",
    "sms_separator",
    "style",
    "submission_url",
    "title",
    "version",
    "flat",
    "entity_version",
    "file_name",
];

/// Settings that are read though no list of columns names them: only as they are written here.
const SETTINGS_OTHER: &[&str] = &["instance_id"];

/// A name as columns are named: words in small letters, joined by `_`.
fn snake(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

/// What a header says: the name of the column first, then what part of it, `["label", "French"]`; and what it
/// was taken for, which is the header itself where it needed no other name.
pub(super) fn tokens(header: &str, double: bool, sheet: Kind) -> (Vec<String>, bool) {
    let (columns, aliases) = (sheet.columns(), sheet.aliases());
    let alias = |name: &str| aliases.iter().find(|(known, _)| *known == name).map(|(_, tokens)| *tokens);
    if columns.contains(&header) && alias(header).is_none() {
        return (vec![header.to_owned()], true);
    }
    let normal = snake(header);
    if columns.contains(&normal.as_str()) && alias(&normal).is_none() {
        let same = normal == header;
        return (vec![normal], same);
    }
    let mut parts: Vec<String> = if double || header.contains("::") {
        header.split("::").map(|part| part.trim().to_owned()).collect()
    } else {
        let parts: Vec<&str> = header.split(':').map(str::trim).collect();
        join_namespace(&parts)
    };
    let Some(first) = parts.first().map(|first| snake(first)) else { return (vec![header.to_owned()], true) };
    let rest = parts.split_off(1);
    let (mut tokens, same) = if let Some(meant) = alias(&first) {
        let same = *meant == [header];
        (meant.iter().map(|token| (*token).to_owned()).collect(), same)
    } else if columns.contains(&first.as_str()) {
        let same = first == header;
        (vec![first], same)
    } else {
        // Unknown columns stay as they are written: a choice filter may name them.
        (parts, true)
    };
    tokens.extend(rest);
    (tokens, same)
}

/// `bind:jr:count` has a namespace in it: `jr:count`.
fn join_namespace(parts: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut rest = parts.iter();
    let mut done = false;
    while let Some(part) = rest.next() {
        if *part == "jr" && !done {
            done = true;
            joined.push(format!("jr:{}", rest.next().unwrap_or(&"")));
        } else {
            joined.push((*part).to_owned());
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str, double: bool) -> Vec<String> {
        tokens(header, double, Kind::Survey).0
    }

    #[test]
    fn headers_are_read_in_every_dialect() {
        assert_eq!(read("LABEL::EN", true), ["label", "EN"]);
        assert_eq!(read("label:English (en)", false), ["label", "English (en)"]);
        assert_eq!(read("Constraint Message::French", true), ["bind", "jr:constraintMsg", "French"]);
        assert_eq!(read("bind:jr:constraintMsg", false), ["bind", "jr:constraintMsg"]);
        assert_eq!(read("media::audio::chinese", true), ["media", "audio", "chinese"]);
        assert_eq!(read("body::bodyAttribute", true), ["control", "bodyAttribute"]);
        assert_eq!(read("My notes", true), ["My notes"]);
    }
}
