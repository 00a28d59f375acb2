//! The interviewers' sheets of a wave, to be printed: one page for each slot.

use minijinja::{Environment, UndefinedBehavior, context};
use serde::{Deserialize, Serialize};

use super::{super::settings, FrameRow, Slot, SlotState, wave};
use crate::{
    Error,
    base::{Date, Id, Language},
    delivery::{DeliveryError, Words, format_escaped},
    store::Store,
    survey::{SurveyError, read_document},
};

/// Which sheets are wanted, as a document.
///
/// # Examples
/// ```
/// use c3ms_core::cooperative::SheetSpec;
/// let spec = SheetSpec::parse(r#"{"wave": "summer-2027", "from": "2027-07-14"}"#)?;
/// assert_eq!(spec.rows, 24);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SheetSpec {
    /// The name of the wave.
    pub wave: String,
    /// From this day on; all where nothing is said.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub from: Option<Date>,
    /// Until the day before this one.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub to: Option<Date>,
    /// How many visitors who are approached have a line on a sheet, at most.
    #[serde(default = "two_dozen")]
    pub rows: u32,
}

const fn two_dozen() -> u32 {
    24
}

/// The sheet of a slot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    /// The slot.
    pub slot: Id<FrameRow>,
    /// The venue.
    pub venue: String,
    /// Its town.
    pub locality: String,
    /// What is shown.
    pub title: String,
    /// The day.
    pub date: Date,
    /// When interviewers begin: `20:00`.
    pub begin: String,
    /// When they end.
    pub end: String,
    /// How many visitors are expected.
    pub expected: f64,
    /// One visitor out of so many is approached.
    pub interval: u32,
    /// The first one, from 1.
    pub first: u32,
    /// The visitors who are approached, as they come through the door.
    pub visitors: Vec<u32>,
}

impl SheetSpec {
    /// Reads a document.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        let spec: Self = read_document(json)?;
        if spec.rows == 0 || spec.rows > 200 {
            let reason = "`rows` is from 1 to 200".to_owned();
            return Err(SurveyError::SpecUnreadable { reason });
        }
        Ok(spec)
    }

    /// The JSON Schema of the document.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}

/// The sheets of the slots that interviewers go to, by their beginning.
///
/// # Errors
/// [`SurveyError::SpecUnreadable`] where no wave has that name; [`StoreError`](crate::store::StoreError).
pub fn sheets(store: &dyn Store, spec: &SheetSpec) -> Result<Vec<Sheet>, Error> {
    let wave = wave(store, &spec.wave)?.ok_or_else(|| SurveyError::SpecUnreadable {
        reason: format!("no wave is called {:?}", spec.wave),
    })?;
    let wanted = wave.slots.into_iter().filter(|slot| {
        let within =
            spec.from.is_none_or(|from| from <= slot.row.date) && spec.to.is_none_or(|to| slot.row.date < to);
        slot.drawn && slot.state == SlotState::Planned && within
    });
    let clock = |stamp: &str| stamp.get(11..).unwrap_or_default().to_owned();
    let sheet = |slot: Slot| Sheet {
        begin: clock(&slot.row.begin),
        end: clock(&slot.row.end),
        visitors: (0..spec.rows).map(|count| slot.first + count * slot.interval).collect(),
        slot: slot.row.slot,
        venue: slot.row.venue,
        locality: slot.row.locality,
        title: slot.row.title,
        date: slot.row.date,
        expected: slot.row.expected,
        interval: slot.interval,
        first: slot.first,
    };
    Ok(wanted.map(sheet).collect())
}

/// Sheets as a page that stands alone, to be printed, in French (`fr`) or English.
///
/// # Errors
/// [`DeliveryError`] where the page cannot be made; [`StoreError`](crate::store::StoreError).
pub fn sheets_page(
    store: &dyn Store,
    spec: &SheetSpec,
    sheets: &[Sheet],
    language: &str,
) -> Result<String, Error> {
    let broken = |error: minijinja::Error| DeliveryError::TemplateBroken { reason: error.to_string() };
    let french = language.starts_with("fr");
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(format_escaped);
    environment.add_template("sheet.html", include_str!("sheet.html")).map_err(broken)?;
    let settings = settings(store)?;
    let words = Words::of(&Language::parse(language).unwrap_or_else(|| settings.language.clone()));
    let days: Vec<String> = sheets.iter().map(|sheet| words.day(sheet.date)).collect();
    let page = context! {
        french, wave => spec.wave.as_str(), name => settings.name.as_str(), days,
        sheets => minijinja::Value::from(minijinja::value::Serde(sheets)),
    };
    let page = environment.get_template("sheet.html").and_then(|template| template.render(page));
    Ok(page.map_err(broken)? + "\n")
}
