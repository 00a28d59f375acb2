//! The question types of XLSForm: which control asks them, how their answer is stored, which kind they are.

use super::references::has_reference;
use crate::manufactory::forms::Kind;

/// What a question type is made of in an XForm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// The element that asks it; empty where nobody is asked.
    pub(super) control: &'static str,
    /// Which files an upload takes.
    pub(super) media: &'static str,
    /// The attributes of its binding.
    pub(super) bind: &'static [(&'static str, &'static str)],
    /// The hint it has where the form gives none.
    pub(super) hint: &'static str,
}

const fn asked(control: &'static str, bind: &'static [(&'static str, &'static str)]) -> Shape {
    Shape { control, media: "", bind, hint: "" }
}

const fn upload(media: &'static str) -> Shape {
    Shape { control: "upload", media, bind: &[("type", "binary")], hint: "" }
}

macro_rules! known {
    ($preload:literal, $kind:literal, $parameter:literal) => {
        asked("", &[("jr:preload", $preload), ("type", $kind), ("jr:preloadParams", $parameter)])
    };
}

macro_rules! bounded {
    ($constraint:literal, $hint:literal) => {
        Shape {
            control: "input",
            media: "",
            bind: &[("type", "int"), ("constraint", $constraint)],
            hint: $hint,
        }
    };
}

/// Each type by all its names (XLSForm and its older dialects), the first the usual one.
const TYPES: &[(&[&str], Shape)] = &[
    (&["text", "string", "q string", "add text prompt"], asked("input", &[("type", "string")])),
    (&["integer", "int", "q int", "add integer prompt"], asked("input", &[("type", "int")])),
    (&["decimal", "q decimal", "add decimal prompt"], asked("input", &[("type", "decimal")])),
    (&["date", "q date", "add date prompt"], asked("input", &[("type", "date")])),
    (&["time"], asked("input", &[("type", "time")])),
    (
        &[
            "datetime",
            "dateTime",
            "date time",
            "q date time",
            "q dateTime",
            "add date time prompt",
            "add dateTime prompt",
        ],
        asked("input", &[("type", "dateTime")]),
    ),
    (&["note", "q note", "add note prompt"], asked("input", &[("readonly", "true()"), ("type", "string")])),
    (
        &["geopoint", "location", "gps", "q geopoint", "q location", "add location prompt"],
        asked("input", &[("type", "geopoint")]),
    ),
    (&["geotrace", "q geotrace"], asked("input", &[("type", "geotrace")])),
    (&["geoshape", "q geoshape"], asked("input", &[("type", "geoshape")])),
    (&["barcode", "q barcode", "add barcode prompt"], asked("input", &[("type", "barcode")])),
    (&["image", "photo", "q picture", "q image", "add image prompt", "add photo prompt"], upload("image/*")),
    (&["audio", "q audio", "add audio prompt"], upload("audio/*")),
    (&["video", "q video", "add video prompt"], upload("video/*")),
    (&["file", "add file prompt"], upload("application/*")),
    (&["osm"], upload("osm/*")),
    (&["select one"], asked("select1", &[("type", "string")])),
    (&["select all that apply"], asked("select", &[("type", "string")])),
    (&["rank"], asked("odk:rank", &[("type", "odk:rank")])),
    (&["select one external"], asked("input", &[("type", "string")])),
    (&["range"], asked("range", &[("type", "int")])),
    (&["acknowledge", "q acknowledge", "add acknowledge prompt"], asked("trigger", &[("type", "string")])),
    (&["trigger"], asked("trigger", &[])),
    (&["calculate", "q calculate", "add calculate prompt"], asked("", &[("type", "string")])),
    (&["hidden"], asked("", &[("type", "string")])),
    (&["start", "start time", "get start time"], known!("timestamp", "dateTime", "start")),
    (&["end", "end time", "get end time"], known!("timestamp", "dateTime", "end")),
    (&["today", "get today"], known!("date", "date", "today")),
    (&["deviceid", "imei", "device id", "get device id"], known!("property", "string", "deviceid")),
    (&["subscriberid", "subscriber id", "get subscriber id"], known!("property", "string", "subscriberid")),
    (&["simserial", "sim id", "get sim id"], known!("property", "string", "simserial")),
    (&["phonenumber", "get phone number"], known!("property", "string", "phonenumber")),
    (&["username"], known!("property", "string", "username")),
    (&["email"], known!("property", "string", "email")),
    (&["uri:deviceid"], known!("property", "string", "uri:deviceid")),
    (&["uri:subscriberid"], known!("property", "string", "uri:subscriberid")),
    (&["uri:simserial"], known!("property", "string", "uri:simserial")),
    (&["uri:phonenumber"], known!("property", "string", "uri:phonenumber")),
    (&["uri:username"], known!("property", "string", "uri:username")),
    (&["uri:email"], known!("property", "string", "uri:email")),
    (&["audit"], asked("", &[("type", "binary")])),
    (&["start-geopoint"], asked("action", &[("type", "geopoint")])),
    (&["background-audio"], asked("action", &[("type", "binary")])),
    (&["background-geopoint"], asked("trigger", &[("type", "geopoint")])),
    (
        &["phone number"],
        Shape {
            control: "input",
            media: "",
            bind: &[("type", "string"), ("constraint", "regex(., '^\\d*$')")],
            hint: "Enter numbers only.",
        },
    ),
    (&["percentage"], bounded!("0 <= . and . <= 100", "")),
    (&["number of days in last month"], bounded!("0 <= . and . <= 31", "Enter a number 0-31.")),
    (&["number of days in last six months"], bounded!("0 <= . and . <= 183", "Enter a number 0-183.")),
    (&["number of days in last year"], bounded!("0 <= . and . <= 365", "Enter a number 0-365.")),
];

/// The shape of a type, by any of its names.
pub(super) fn shape(name: &str) -> Option<&'static Shape> {
    TYPES.iter().find(|(names, _)| names.contains(&name)).map(|(_, shape)| shape)
}

impl Shape {
    /// An attribute of its binding.
    pub(super) fn bound(&self, name: &str) -> &'static str {
        self.bind.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The kind of its answers.
    #[cfg(feature = "office")]
    pub(super) fn kind(&self) -> Kind {
        match self.bound("type") {
            "string" if self.bound("readonly") == "true()" => Kind::Note,
            "int" => Kind::Integer { minimum: None, maximum: None },
            "decimal" => Kind::Decimal { minimum: None, maximum: None },
            "date" => Kind::Date,
            "time" => Kind::Time,
            "dateTime" => Kind::Moment,
            "geopoint" => Kind::Position,
            "geotrace" => Kind::Path,
            "geoshape" => Kind::Area,
            "binary" if self.media.is_empty() => Kind::File { accept: None },
            "binary" => Kind::File { accept: Some(self.media.to_owned()) },
            _ => text(),
        }
    }
}

/// Any words.
#[cfg(feature = "office")]
pub(super) const fn text() -> Kind {
    Kind::Text { languages: false, min_length: None, max_length: None, pattern: None }
}

/// The usual type of a kind; nothing for those that XLSForm does not have.
pub(super) fn usual(kind: &Kind, many: bool) -> Option<&'static str> {
    let name = match kind {
        Kind::Text { languages: false, .. } => "text",
        Kind::Integer { .. } => "integer",
        Kind::Decimal { .. } => "decimal",
        Kind::Moment => "datetime",
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::Position => "geopoint",
        Kind::Path => "geotrace",
        Kind::Area => "geoshape",
        Kind::Note => "note",
        Kind::File { accept } => match accept.as_deref() {
            Some("image/*") => "image",
            Some("audio/*") => "audio",
            Some("video/*") => "video",
            Some("application/*") => "file",
            Some(_) | None => return None,
        },
        Kind::Code { ranked: true, .. } => "rank",
        Kind::Code { .. } if many => "select all that apply",
        Kind::Code { .. } => "select one",
        Kind::Text { languages: true, .. }
        | Kind::Boolean
        | Kind::Money
        | Kind::Url
        | Kind::Email
        | Kind::Phone
        | Kind::Language
        | Kind::Link { .. }
        | Kind::Group { .. } => return None,
    };
    Some(name)
}

/// What a row of the survey sheet is, by its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    /// A group, repeat or loop begins; a loop goes over a list.
    Begin(Section, Option<&'a str>),
    /// A group, repeat or loop ends.
    End(Section),
    /// A choice from a list.
    Select(Select<'a>),
    /// Features of OpenStreetMap, with the tags of a list.
    Osm(&'a str),
    /// A setting that stands among the questions.
    Setting(&'static str),
    /// A file of data that comes with the form.
    Attached(&'static str),
    /// Any other type.
    Plain(&'a str),
}

/// What holds questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Group,
    Repeat,
    Loop,
}

#[cfg(feature = "office")]
impl Section {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Repeat => "repeat",
            Self::Loop => "loop",
        }
    }
}

/// A choice from a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Select<'a> {
    /// The usual name of its type: `select one`, `select all that apply`, `rank`, `select one external`.
    pub(super) kind: &'static str,
    /// The list, the file, or the reference.
    pub(super) list: &'a str,
    /// "Other" may be chosen and said in words.
    pub(super) other: bool,
    /// The list must be a file.
    pub(super) from_file: bool,
}

/// The choices come from a list of the form, not from a file or earlier answers.
pub(super) fn has_own_list(select: &Select<'_>) -> bool {
    select.kind != "select one external" && !is_data_file(select.list) && !has_reference(select.list)
}

const SECTIONS: &[(&str, Section)] = &[
    ("looped group", Section::Repeat),
    ("lgroup", Section::Repeat),
    ("repeat", Section::Repeat),
    ("group", Section::Group),
    ("loop", Section::Loop),
];

const SELECTS: &[(&str, &str)] = &[
    ("add select one prompt using", "select one"),
    ("add select multiple prompt using", "select all that apply"),
    ("select all that apply from", "select all that apply"),
    ("select one from", "select one"),
    ("select1", "select one"),
    ("select_one", "select one"),
    ("select one", "select one"),
    ("select_multiple", "select all that apply"),
    ("select all that apply", "select all that apply"),
    ("select_one_external", "select one external"),
    ("select_one_from_file", "select one"),
    ("select_multiple_from_file", "select all that apply"),
    ("select one from file", "select one"),
    ("select multiple from file", "select all that apply"),
    ("rank", "rank"),
];

/// The files whose content a form can offer as choices.
pub(super) fn is_data_file(list: &str) -> bool {
    [".xml", ".csv", ".geojson"].iter().any(|suffix| list.ends_with(suffix))
}

/// A file's name without its suffix.
pub(super) fn stem(list: &str) -> &str {
    list.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or(list, |(stem, _)| stem)
}

impl<'a> Asked<'a> {
    /// Reads a type.
    pub(super) fn read(text: &'a str) -> Self {
        if let Some(found) = Self::section(text).or_else(|| Self::select(text)) {
            return found;
        }
        if let Some(list) = text.strip_prefix("osm ").filter(|list| !list.contains(char::is_whitespace)) {
            return Self::Osm(list);
        }
        match text {
            "form_title" | "set_form_title" => Self::Setting("form_title"),
            "form_id" | "set_form_id" => Self::Setting("form_id"),
            "prefix" => Self::Setting("prefix"),
            "xml-external" => Self::Attached("xml"),
            "csv-external" => Self::Attached("csv"),
            other => Self::Plain(other),
        }
    }

    fn section(text: &'a str) -> Option<Self> {
        let parted =
            |rest: &'a str| rest.strip_prefix('_').or_else(|| rest.strip_prefix(char::is_whitespace));
        if let Some(rest) = text.strip_prefix("end").and_then(parted) {
            return SECTIONS.iter().find(|(name, _)| *name == rest).map(|(_, section)| Self::End(*section));
        }
        let rest = text.strip_prefix("begin").and_then(parted)?;
        SECTIONS.iter().find_map(|(name, section)| {
            let list = rest.strip_prefix(name)?;
            if list.is_empty() {
                return Some(Self::Begin(*section, None));
            }
            let list = list.strip_prefix(' ')?;
            let list = list.strip_prefix("over ").unwrap_or(list);
            is_one_word(list).then_some(Self::Begin(*section, Some(list)))
        })
    }

    fn select(text: &'a str) -> Option<Self> {
        SELECTS.iter().find_map(|(command, kind)| {
            let rest = text.strip_prefix(command)?.strip_prefix(' ')?;
            let cut = [" or specify other", " or_other", " or other"]
                .iter()
                .find_map(|other| rest.strip_suffix(other).filter(|list| is_one_word(list)));
            let list = cut.unwrap_or(rest);
            is_one_word(list).then_some(Self::Select(Select {
                kind,
                list,
                other: cut.is_some(),
                from_file: command.contains("file"),
            }))
        })
    }
}

fn is_one_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_in_every_dialect() {
        let select = |kind, list, other, from_file| Asked::Select(Select { kind, list, other, from_file });
        assert_eq!(Asked::read("begin_repeat"), Asked::Begin(Section::Repeat, None));
        assert_eq!(Asked::read("begin loop over towns"), Asked::Begin(Section::Loop, Some("towns")));
        assert_eq!(Asked::read("end looped group"), Asked::End(Section::Repeat));
        assert_eq!(Asked::read("end"), Asked::Plain("end"));
        assert_eq!(Asked::read("select_one a or_other"), select("select one", "a", true, false));
        assert_eq!(
            Asked::read("select one from file towns.csv"),
            select("select one", "towns.csv", false, true)
        );
        assert_eq!(
            Asked::read("select all that apply from a"),
            select("select all that apply", "a", false, false)
        );
        assert_eq!(Asked::read("select_one"), Asked::Plain("select_one"));
    }

    #[cfg(feature = "office")]
    #[test]
    fn every_usual_type_has_the_kind_it_is_usual_for() {
        for (names, shape) in TYPES {
            let kind = shape.kind();
            if let Some(usual) = usual(&kind, false) {
                assert_eq!(super::shape(usual).map(Shape::kind), Some(kind), "{names:?}");
            }
        }
    }
}
