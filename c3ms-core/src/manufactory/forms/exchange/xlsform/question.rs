//! A row of the survey sheet as a field.

use serde_json::{Map, Value, json};

use super::{
    choices::Lists,
    defaults::is_calculated,
    fates::{Fate, Fates},
    faults,
    languages::{Languages, Said},
    settings::yes_or_no,
    table::{Record, Table},
    words::{kept_media, media, said},
};
use crate::{
    base::{Date, Moment, TimeOfDay},
    manufactory::forms::{
        Extensions, Field, Kind,
        exchange::{
            ExchangeError, extension,
            parameters::{self, Parameters},
            references::has_reference,
            types::{Asked, Section, Select, Shape, has_own_list, is_data_file, shape, text, usual},
        },
    },
};

/// No end was said for a list.
pub(super) const ENDLESS: u32 = u32::MAX;

/// What the reading of a row needs.
pub(super) struct Rows<'a> {
    pub(super) table: &'a Table,
    pub(super) lists: &'a Lists,
    pub(super) languages: &'a mut Languages,
    pub(super) fates: &'a mut Fates,
    /// The languages of media, which XForms list behind all others.
    pub(super) later: &'a mut Vec<Said>,
}

/// An answer that people are asked for must be asked for somehow.
struct Shown {
    label: Option<Said>,
    hint: Option<Said>,
    guidance: Option<Said>,
    media: Vec<(String, Said)>,
}

impl Rows<'_> {
    /// The field of a row; `name` is the one it has or gets.
    pub(super) fn field(
        &mut self,
        record: &Record,
        asked: &Asked<'_>,
        name: &str,
    ) -> Result<Field, ExchangeError> {
        let kind_text = self.table.text(record, &["type"]).unwrap_or_default();
        let parameters = self.parameters(record, asked)?;
        let shape = self.shape(record, asked)?;
        let mut field = Field::new(name, Kind::Note);
        self.kind(&mut field, record, asked, shape, &parameters)?;
        let kept = match asked {
            Asked::Begin(Section::Group | Section::Repeat, _) => None,
            _ => Some(kind_text).filter(|_| {
                let name = usual_name(asked);
                name.is_none() || name != usual(&field.kind, field.many.is_some())
            }),
        };
        if let Some(kept) = kept {
            field.extensions.insert(extension("type"), json!(kept));
        }
        self.texts(&mut field, record, shape);
        let triggered = self.table.text(record, &["trigger"]).is_some();
        for cell in &record.cells {
            let tokens = self.table.tokens(cell).unwrap_or_default();
            let at = self.table.address(record, cell);
            let fate = take(&mut field, tokens, &cell.text, triggered);
            self.fates.set(at, fate);
        }
        if let Some(shape) = shape {
            let constraint = shape.bound("constraint");
            if field.constraint.is_none() && !constraint.is_empty() {
                field.constraint = Some(constraint.to_owned());
            }
        }
        self.default(&mut field, record, asked);
        Ok(field)
    }

    fn parameters(&self, record: &Record, asked: &Asked<'_>) -> Result<Parameters, ExchangeError> {
        let Some(text) = self.table.text(record, &["parameters"]) else { return Ok(Parameters::new()) };
        let unsound = |reason| ExchangeError::ParametersUnsound {
            at: self.table.place_of(record, &["parameters"]),
            reason,
        };
        let parameters = parameters::read(text)
            .ok_or_else(|| unsound("parameters are written as name=value name=value".to_owned()))?;
        let fault = match asked {
            Asked::Select(select) => faults::fault(&parameters, select.kind, select.from_file),
            Asked::Plain(kind) => {
                let app = parameters::get(&parameters, "app").filter(|_| matches!(*kind, "image" | "photo"));
                let appearance = self.table.text(record, &["control", "appearance"]).unwrap_or_default();
                let app = app.filter(|app| matches!(appearance, "" | "annotate") && !faults::is_package(app));
                faults::fault(&parameters, kind, false)
                    .or_else(|| app.map(|app| format!("app={app}: a package as org.example.app is wanted")))
            }
            Asked::Begin(..) | Asked::End(_) | Asked::Osm(_) | Asked::Setting(_) | Asked::Attached(_) => None,
        };
        match fault {
            Some(fault) => Err(unsound(fault)),
            None => Ok(parameters),
        }
    }

    fn shape(&self, record: &Record, asked: &Asked<'_>) -> Result<Option<&'static Shape>, ExchangeError> {
        let unknown = |kind: &str| ExchangeError::TypeUnknown {
            at: self.table.place_of(record, &["type"]),
            kind: kind.to_owned(),
        };
        match asked {
            Asked::Select(select) => Ok(shape(select.kind)),
            Asked::Osm(_) => Ok(shape("osm")),
            // A select without a list is none.
            Asked::Plain("select one" | "select all that apply" | "rank" | "select one external") => {
                let at = self.table.place_of(record, &["type"]);
                Err(ExchangeError::ListMissing { at, list: String::new() })
            }
            Asked::Plain(kind) => shape(kind).map(Some).ok_or_else(|| unknown(kind)),
            Asked::Attached(_) | Asked::Begin(..) | Asked::End(_) | Asked::Setting(_) => Ok(None),
        }
    }

    /// What the field accepts.
    fn kind(
        &self,
        field: &mut Field,
        record: &Record,
        asked: &Asked<'_>,
        shape: Option<&Shape>,
        parameters: &Parameters,
    ) -> Result<(), ExchangeError> {
        field.kind = match asked {
            Asked::Begin(section, _) => {
                field.many = (*section == Section::Repeat).then_some(ENDLESS);
                Kind::Group { fields: Vec::new() }
            }
            Asked::Select(select) => self.choice(field, record, select)?,
            Asked::Plain("range") => self.range(record, parameters)?,
            Asked::Attached(_) => Kind::Note,
            Asked::Osm(_) | Asked::Plain(_) | Asked::End(_) | Asked::Setting(_) => {
                shape.map_or_else(text, Shape::kind)
            }
        };
        Ok(())
    }

    fn choice(&self, field: &mut Field, record: &Record, select: &Select<'_>) -> Result<Kind, ExchangeError> {
        let at = || self.table.place_of(record, &["type"]);
        let several = select.kind != "select one" && select.kind != "select one external";
        field.many = several.then_some(ENDLESS);
        if select.from_file && !(is_data_file(select.list) && select.list.matches('.').count() == 1) {
            let reason = format!("{:?} is no .xml, .csv or .geojson file", select.list);
            return Err(ExchangeError::CombinationRefused { at: at(), reason });
        }
        if !has_own_list(select) {
            return Ok(text());
        }
        let list = self
            .lists
            .get(select.list)
            .ok_or_else(|| ExchangeError::ListMissing { at: at(), list: select.list.to_owned() })?;
        if select.kind == "select all that apply"
            && let Some(spaced) = list.choices.iter().find(|choice| choice.name.contains(' '))
        {
            return Err(ExchangeError::ChoiceSpaced { at: at(), name: spaced.name.clone() });
        }
        let filter = self.table.text(record, &["choice_filter"]);
        if select.other && filter.is_some() {
            let reason = "a filter cannot go with \"or other\"".to_owned();
            return Err(ExchangeError::CombinationRefused {
                at: self.table.place_of(record, &["choice_filter"]),
                reason,
            });
        }
        Ok(Kind::Code {
            vocabulary: select.list.to_owned(),
            filter: filter.map(str::to_owned),
            ranked: select.kind == "rank",
        })
    }

    fn range(&self, record: &Record, parameters: &Parameters) -> Result<Kind, ExchangeError> {
        let at = || self.table.place_of(record, &["parameters"]);
        let unsound = |reason| ExchangeError::ParametersUnsound { at: at(), reason };
        let scale = parameters::scale(parameters).map_err(unsound)?;
        let appearance = self.table.text(record, &["control", "appearance"]).unwrap_or_default();
        let no_ticks = appearance.contains("no-ticks");
        let ticks = ["tick_interval", "placeholder", "tick_labelset"];
        if !appearance.is_empty()
            && !appearance.contains("vertical")
            && !no_ticks
            && ticks.iter().any(|name| parameters::get(parameters, name).is_some())
        {
            return Err(unsound(format!(
                "{} do not go with the appearance {appearance:?}",
                ticks.join(", ")
            )));
        }
        if let Some(list) = &scale.labels {
            let list = self.lists.get(list).ok_or_else(|| unsound(format!("there is no list {list:?}")))?;
            if let Some(fault) =
                faults::labels(&scale, list.choices.iter().map(|choice| choice.name.as_str()), no_ticks)
            {
                return Err(unsound(fault));
            }
        }
        let bounds = |low: &str, high: &str| (low.parse::<f64>().ok(), high.parse::<f64>().ok());
        let (mut low, mut high) = bounds(&scale.start, &scale.end);
        if low > high {
            std::mem::swap(&mut low, &mut high);
        }
        if scale.decimal {
            return Ok(Kind::Decimal { minimum: low, maximum: high });
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers of at most 15 digits")]
        let whole = |bound: Option<f64>| bound.map(|bound| bound as i64);
        Ok(Kind::Integer { minimum: whole(low), maximum: whole(high) })
    }

    /// Label, hint, messages, guidance and media, each in its languages.
    fn texts(&mut self, field: &mut Field, record: &Record, shape: Option<&Shape>) {
        let mut read = |path: &[&str]| said(self.table, record, path, self.languages, self.fates);
        let constraint = read(&["bind", "jr:constraintMsg"]);
        let required = read(&["bind", "jr:requiredMsg"]);
        let no_app = read(&["bind", "jr:noAppErrorString"]);
        let label = read(&["label"]);
        let mut hint = read(&["hint"]);
        let guidance = read(&["guidance_hint"]);
        let media = media(self.table, record, self.languages, self.fates);
        if let Some(shape) = shape.filter(|shape| hint.is_none() && !shape.hint.is_empty()) {
            hint = Some(Said::Plain(shape.hint.to_owned()));
        }
        let shown = Shown { label, hint, guidance, media };
        self.meet(&shown, [&constraint, &required], no_app.as_ref());
        let mut marked = Vec::new();
        for (name, said, text) in [
            ("label", &shown.label, &mut field.label),
            ("hint", &shown.hint, &mut field.help),
            ("constraint_message", &constraint, &mut field.constraint_help),
            ("required_message", &required, &mut field.required_help),
        ] {
            if let Some(said) = said {
                let (said, alone) = self.languages.text(said);
                *text = said;
                if alone {
                    marked.push(name);
                }
            }
        }
        let kept = &mut field.extensions;
        if !marked.is_empty() {
            kept.insert(extension("itext"), json!(marked));
        }
        for (name, said) in [("guidance_hint", &shown.guidance), ("bind::jr:noAppErrorString", &no_app)] {
            if let Some(said) = said {
                kept.insert(extension(name), self.languages.value(said));
            }
        }
        if !shown.media.is_empty() {
            kept.insert(extension("media"), kept_media(&shown.media, self.languages));
        }
    }

    /// Notes which languages the row brings, in the order an XForm lists them.
    fn meet(&mut self, shown: &Shown, messages: [&Option<Said>; 2], no_app: Option<&Said>) {
        let named = |said: &Said| matches!(said, Said::InLanguages(_));
        for said in messages.into_iter().flatten() {
            if named(said) || matches!(said, Said::Plain(text) if has_reference(text)) {
                self.languages.meet(said);
            }
        }
        for said in no_app.into_iter().filter(|said| named(said)) {
            self.languages.meet(said);
        }
        for said in shown.label.iter().filter(|said| named(said) || !shown.media.is_empty()) {
            self.languages.meet(said);
        }
        for said in shown.hint.iter().filter(|said| named(said) || shown.guidance.is_some()) {
            self.languages.meet(said);
        }
        if let Some(said) = &shown.guidance {
            self.languages.meet(said);
        }
        self.later.extend(shown.media.iter().map(|(_, said)| said.clone()));
    }

    /// The value a question has where nobody gave one: fixed, or calculated once.
    fn default(&mut self, field: &mut Field, record: &Record, asked: &Asked<'_>) {
        let Some(default) = self.table.text(record, &["default"]) else { return };
        let kind = match asked {
            Asked::Plain(kind) => kind,
            Asked::Select(select) => select.kind,
            Asked::Begin(..) | Asked::End(_) | Asked::Osm(_) | Asked::Setting(_) | Asked::Attached(_) => "",
        };
        if matches!(asked, Asked::Begin(..) | Asked::Attached(_)) {
            field.extensions.insert(extension("default"), json!(default));
            return;
        }
        let fate = if is_calculated(default, kind) {
            field.initial = Some(default.to_owned());
            Fate::Interpreted
        } else if let Some(value) = self.typed(field, default) {
            field.default = Some(value);
            Fate::Interpreted
        } else {
            field.extensions.insert(extension("default"), json!(default));
            Fate::Kept
        };
        let cells: Vec<_> = self.table.below(record, &["default"]).map(|(cell, _)| cell).collect();
        for cell in cells {
            self.fates.set(self.table.address(record, cell), fate);
        }
    }

    /// A default as a value of the field's kind, where it can be written again as it was.
    fn typed(&self, field: &Field, text: &str) -> Option<Value> {
        match &field.kind {
            Kind::Text { .. } if field.many.is_none() => Some(json!(text)),
            Kind::File { .. } => Some(json!(text)),
            Kind::Integer { .. } => {
                let value = text.parse::<i64>().ok()?;
                (value.to_string() == text).then(|| json!(value))
            }
            Kind::Decimal { .. } => {
                let number: serde_json::Number = serde_json::from_str(text).ok()?;
                (number.to_string() == text).then(|| number.into())
            }
            Kind::Date => Date::parse(text).map(|_| json!(text)),
            Kind::Time => TimeOfDay::parse(text).map(|_| json!(text)),
            Kind::Moment => Moment::parse(text).map(|_| json!(text)),
            Kind::Code { vocabulary, .. } => {
                let list = self.lists.get(vocabulary)?;
                let known = |name: &str| list.choices.iter().any(|choice| choice.name == name);
                if field.many.is_none() {
                    return known(text).then(|| json!(text));
                }
                let codes: Vec<&str> = text.split(' ').collect();
                codes.iter().all(|code| known(code)).then(|| json!(codes))
            }
            _ => None,
        }
    }

    /// Refuses a question that nobody could see.
    pub(super) fn check_shown(
        &self,
        field: &Field,
        record: &Record,
        asked: &Asked<'_>,
    ) -> Result<(), ExchangeError> {
        let at = || self.table.place_of(record, &["label"]);
        let control = match self.shape(record, asked)? {
            Some(shape) => shape.control,
            None => return Ok(()),
        };
        let has = |name: &str| field.extensions.contains_key(&extension(name));
        let seen = !field.label.is_empty() || !field.help.is_empty();
        let silent = matches!(control, "" | "action")
            || (!seen && (field.calculation.is_some() || has("trigger") || has("calculation")));
        let labels = field.extensions.get(&extension("appearance")).is_some_and(|value| value == "label");
        if !silent && !seen && !has("media") && !labels {
            return Err(ExchangeError::LabelMissing { at: at(), name: field.name.clone() });
        }
        let kinds: Vec<&str> = field
            .extensions
            .get(&extension("media"))
            .and_then(Value::as_array)
            .map(|media| media.iter().filter_map(|one| one.get(0)?.as_str()).collect())
            .unwrap_or_default();
        if kinds.contains(&"big-image") && !kinds.contains(&"image") {
            let reason = "a big-image goes with an image".to_owned();
            return Err(ExchangeError::CombinationRefused { at: at(), reason });
        }
        Ok(())
    }
}

/// The usual name of the type of a row.
fn usual_name<'a>(asked: &Asked<'a>) -> Option<&'a str> {
    match asked {
        // Lists that are no vocabularies must be kept by name.
        Asked::Select(select) if has_own_list(select) => Some(select.kind),
        Asked::Plain(kind) => Some(kind),
        Asked::Select(_)
        | Asked::Begin(..)
        | Asked::End(_)
        | Asked::Osm(_)
        | Asked::Setting(_)
        | Asked::Attached(_) => None,
    }
}

/// Takes what a cell says into a field, or keeps it beside; texts in languages were read before.
fn take(field: &mut Field, tokens: &[String], text: &str, triggered: bool) -> Fate {
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let repeat = matches!(field.kind, Kind::Group { .. }) && field.many.is_some();
    let kept = |extensions: &mut Extensions, name: &str| {
        extensions.insert(extension(name), json!(text));
        Fate::Kept
    };
    match tokens.as_slice() {
        ["type" | "name" | "disabled" | "label" | "hint"]
        | ["label" | "hint", _]
        | ["bind", "jr:constraintMsg" | "jr:requiredMsg"]
        | ["bind", "jr:constraintMsg" | "jr:requiredMsg", _] => Fate::Interpreted,
        // Read with their languages, or with their kind.
        ["guidance_hint" | "default"]
        | ["guidance_hint" | "media", _]
        | ["media", _, _]
        | ["bind", "jr:noAppErrorString"]
        | ["bind", "jr:noAppErrorString", _] => Fate::Kept,
        ["choice_filter"] if matches!(field.kind, Kind::Code { .. }) => Fate::Interpreted,
        ["bind", "relevant"] => {
            field.relevant = Some(truth(text).to_owned());
            Fate::Interpreted
        }
        ["bind", "constraint"] => {
            field.constraint = Some(truth(text).to_owned());
            Fate::Interpreted
        }
        ["bind", "calculate"] if triggered => kept(&mut field.extensions, "calculation"),
        ["bind", "calculate"] => {
            field.calculation = Some(truth(text).to_owned());
            Fate::Interpreted
        }
        ["bind", "required"] => match truth(text) {
            "true()" => {
                field.required = true;
                Fate::Interpreted
            }
            "false()" => {
                kept(&mut field.extensions, "required");
                Fate::Interpreted
            }
            when => {
                field.required_when = Some(when.to_owned());
                Fate::Interpreted
            }
        },
        ["bind", "readonly"] if truth(text) == "true()" => {
            field.read_only = true;
            Fate::Interpreted
        }
        ["bind", "readonly"] => kept(&mut field.extensions, "readonly"),
        ["bind", "entities:saveto"] => kept(&mut field.extensions, "save_to"),
        ["control", "jr:count"] if repeat => {
            field.count = Some(text.to_owned());
            Fate::Interpreted
        }
        ["control", "appearance"] => kept(&mut field.extensions, "appearance"),
        ["control", rest @ ..] => kept(&mut field.extensions, &format!("body::{}", rest.join("::"))),
        tokens => kept(&mut field.extensions, &tokens.join("::")),
    }
}

/// The words for yes and no that conditions may be, as XPath says them.
fn truth(text: &str) -> &str {
    match yes_or_no(text) {
        Some(true) => "true()",
        Some(false) => "false()",
        None => text,
    }
}

/// A row as an object, by its headers: to keep what no field says.
pub(super) fn object(table: &Table, record: &Record) -> Map<String, Value> {
    record.cells.iter().filter_map(|cell| Some((table.tokens(cell)?.join("::"), json!(cell.text)))).collect()
}
