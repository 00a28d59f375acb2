//! What an entry still lacks for those it is delivered to.

use serde::Serialize;

use super::{
    super::{Document, Format},
    asking::Asking,
    finding::Record,
    voice::Tongue,
};
use crate::base::{Date, Pointer, Text};

/// Who takes entries over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Target {
    /// Search engines, by schema.org.
    SchemaOrg,
    /// OpenAgenda.
    OpenAgenda,
    /// DATAtourisme.
    DataTourisme,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SchemaOrg, Self::OpenAgenda, Self::DataTourisme];

    /// As it is written: `schema-org`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SchemaOrg => "schema-org",
            Self::OpenAgenda => "open-agenda",
            Self::DataTourisme => "data-tourisme",
        }
    }

    /// Whether records of this format go there by themselves: events and places, to search engines all.
    #[must_use]
    pub fn takes(self, format: &Format) -> bool {
        self == Self::SchemaOrg || !matches!(nature(format), Nature::Other)
    }

    /// As people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::SchemaOrg => "schema.org",
            Self::OpenAgenda => "OpenAgenda",
            Self::DataTourisme => "DATAtourisme",
        }
    }
}

/// How much a target asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Without it the entry is not taken, or not shown.
    Required,
    /// Without it the entry is found or understood less.
    Recommended,
}

/// Why something is lacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// The field for it says nothing.
    Empty,
    /// The format has no field for it.
    NoField,
    /// It is there, but not public.
    Hidden,
    /// The record linked to is not there.
    NotFound,
    /// The text is longer than the target takes.
    TooLong,
    /// A picture without a license does not leave.
    Unlicensed,
    /// Nor does one without its author.
    Uncredited,
    /// Nor one without words for who does not see it.
    Undescribed,
    /// Nor one that was to be used no longer.
    Expired,
}

/// Something a target asks for and does not get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lack {
    /// Who asks.
    pub target: Target,
    /// How much.
    pub need: Need,
    /// What it is called there: `location.address`.
    pub property: &'static str,
    /// Why it is lacking.
    pub cause: Cause,
    /// The cube of the record that lacks it: this one, or one it links to.
    pub cube: String,
    /// Where in that record it would be typed; nothing where the format has no field for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Pointer>,
    /// The link of this record that leads there, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<Pointer>,
    /// What the field is called.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub label: Text,
    /// What it is in words, French and English.
    #[serde(skip)]
    pub(super) what: [&'static str; 2],
}

impl Lack {
    /// What is lacking and what to do, French (`fr`) or English (any other tag).
    #[must_use]
    pub fn message(&self, language: &str) -> String {
        let tongue = Tongue::of(language);
        let who = self.target.label();
        let [french, english] = self.what;
        let asks = match self.need {
            Need::Required => {
                tongue.pick(format!("{who} exige {french}"), format!("{who} requires {english}"))
            }
            Need::Recommended => {
                tongue.pick(format!("{who} recommande {french}"), format!("{who} recommends {english}"))
            }
        };
        let label = self.label.in_language(language).map(|label| tongue.quoted(label));
        let field = label.unwrap_or_else(|| format!("`{}`", self.path.as_ref().map_or("", Pointer::as_str)));
        let place = match &self.through {
            None => String::new(),
            Some(_) => tongue.pick(
                format!(", dans la fiche liée ({})", self.cube),
                format!(", in the record linked to ({})", self.cube),
            ),
        };
        let todo = match self.cause {
            Cause::Empty => {
                tongue.pick(format!("remplissez {field}{place}"), format!("fill in {field}{place}"))
            }
            Cause::NoField => tongue.pick(
                format!("le format {} n’a pas de champ pour cela", self.cube),
                format!("the format {} has no field for it", self.cube),
            ),
            Cause::Hidden => tongue
                .pick(format!("{field} n’est pas public{place}"), format!("{field} is not public{place}")),
            Cause::NotFound => tongue.pick(
                format!("la fiche choisie dans {field} n’existe pas"),
                format!("the record chosen in {field} does not exist"),
            ),
            Cause::TooLong => tongue.pick(
                format!("écrivez un texte plus court dans {field}{place}"),
                format!("write a shorter text in {field}{place}"),
            ),
            Cause::Unlicensed => tongue.pick(
                format!("dites la licence de l’image : {field}{place}"),
                format!("say the license of the picture: {field}{place}"),
            ),
            Cause::Uncredited => tongue.pick(
                format!("dites qui a fait l’image : {field}{place}"),
                format!("say who made the picture: {field}{place}"),
            ),
            Cause::Undescribed => tongue.pick(
                format!("dites en mots ce que montre l’image : {field}{place}"),
                format!("say in words what the picture shows: {field}{place}"),
            ),
            Cause::Expired => tongue.pick(
                format!("les droits de l’image ont pris fin, remplacez-la ou prolongez-les : {field}{place}"),
                format!("the rights of the picture have ended, replace it or prolong them: {field}{place}"),
            ),
        };
        tongue.pick(format!("{asks} : {todo}."), format!("{asks}: {todo}."))
    }
}

/// Finds a record by its cube and id.
pub type Resolver<'r, 'a> = dyn Fn(&str, &str) -> Option<(&'a Format, &'a Document)> + 'r;

/// Lists what a target asks for and an entry lacks, the required first. Only what is public counts: nothing else goes
/// there.
///
/// A format is an event where its term is one or a field means `startDate`; else a place where its term is one or a
/// field means `geo`. Other records do not go alone to OpenAgenda or DATAtourisme, and lack nothing there. Fields are
/// found by their terms, a few that schema.org has no word for by their names (`municipality-code`,
/// `accessibility`); the place is looked for through the link to it, description, picture and genre also through that
/// to the work, as the encodings do. A picture counts where it may be published on that day.
///
/// # Source
/// schema.org: what Google's search asks of an `Event` (required name, startDate, location with its address). OpenAgenda:
/// its interface v2 (title of at most 140 characters, description of 200, timings with their end, a place with
/// coordinates or an address to connect to). DATAtourisme: what all 472 `EntertainmentAndEvent` of its feed for
/// Centre-Val de Loire have (2020). Neither of the last two can be asked without a network: unverified.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{design::{Target, lacks}, live_performance};
/// let profile = live_performance()?;
/// let performance = profile.formats.iter().find(|format| format.cube == "performance").unwrap();
/// let entry = serde_json::json!({ "name": { "fr": "Le Bal" }, "start": "2026-11-23T20:30" });
/// let today = c3ms_core::base::Date::parse("2026-11-01").unwrap();
/// let found = lacks(performance, entry.as_object().unwrap(), Target::SchemaOrg, today, &|_, _| None);
/// assert_eq!(found[0].property, "location");
/// assert_eq!(found[0].message("fr"), "schema.org exige un lieu : remplissez « Lieu ».");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[must_use]
pub fn lacks<'a>(
    format: &'a Format,
    document: &'a Document,
    target: Target,
    today: Date,
    resolve: &Resolver<'_, 'a>,
) -> Vec<Lack> {
    let record = Record::new(format, document, None);
    let mut asking = Asking { target, today, resolve, lacks: Vec::new() };
    match nature(format) {
        Nature::Event => asking.event(&record),
        Nature::Place => asking.place_alone(&record),
        Nature::Other => asking.other(&record),
    }
    asking.lacks.sort_by_key(|lack| lack.need);
    asking.lacks
}

enum Nature {
    Event,
    Place,
    Other,
}

fn nature(format: &Format) -> Nature {
    let term = format.type_of_thing().unwrap_or_default();
    let means = |property| format.fields.iter().any(|field| field.property() == Some(property));
    if term.ends_with("Event") || term == "Festival" || means("startDate") {
        Nature::Event
    } else if ["Place", "Venue", "Theater"].iter().any(|end| term.ends_with(end))
        || (term.is_empty() && means("geo"))
    {
        Nature::Place
    } else {
        Nature::Other
    }
}
