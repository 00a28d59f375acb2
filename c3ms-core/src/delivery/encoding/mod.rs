//! The same records in many notations.

mod activity;
mod atom;
mod csv;
mod datatourisme;
mod geojson;
mod ical;
mod json;
pub(super) mod json_ld;
mod ndjson;
mod news;
mod open_agenda;
#[cfg(feature = "parquet")]
mod parquet;
mod rss;
mod run;
pub(super) mod table;
mod text_line;
pub(super) mod turtle;
#[cfg(feature = "office")]
mod xlsx;
pub(super) mod xml;

use std::borrow::Cow;

use super::{Dataset, Datasets, DeliveryError};
use crate::base::{Language, Timestamp, Zone, zone_exists};

/// A notation for a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// One JSON object with all records.
    Json,
    /// One JSON object per line and record.
    Ndjson,
    /// A table, one row per record (RFC 4180).
    Csv,
    /// JSON-LD in the words of schema.org.
    JsonLd,
    /// A calendar (RFC 5545 and 7986); for what takes place.
    ICalendar,
    /// Points on a map (RFC 7946).
    GeoJson,
    /// A workbook with the rows of the table (Office Open XML); with the feature `office`.
    Xlsx,
    /// The triples of the JSON-LD (RDF 1.1 Turtle).
    Turtle,
    /// The records that were changed last (RSS 2.0); of what takes place.
    Rss,
    /// The records that were changed last (RFC 4287); of what takes place.
    Atom,
    /// Events for the fediverse (ActivityStreams 2.0); of what takes place.
    ActivityStreams,
    /// What OpenAgenda exports, version 2; for what takes place.
    OpenAgenda,
    /// JSON-LD in the words of DATAtourisme; for what takes place.
    Datatourisme,
    /// A table by columns, each of one type (Apache Parquet); where the feature `parquet` is built in.
    Parquet,
    /// The same with points (`GeoParquet` 1.1); where the feature `parquet` is built in.
    GeoParquet,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 15] = [
        Self::Json,
        Self::Ndjson,
        Self::Csv,
        Self::Xlsx,
        Self::JsonLd,
        Self::Turtle,
        Self::ICalendar,
        Self::Rss,
        Self::Atom,
        Self::ActivityStreams,
        Self::GeoJson,
        Self::OpenAgenda,
        Self::Datatourisme,
        Self::Parquet,
        Self::GeoParquet,
    ];

    /// The media type, as in HTTP's `Content-Type`.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        match self {
            Self::Json | Self::OpenAgenda => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv",
            Self::JsonLd | Self::Datatourisme => "application/ld+json",
            Self::ICalendar => "text/calendar",
            Self::GeoJson => "application/geo+json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Turtle => "text/turtle",
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::ActivityStreams => "application/activity+json",
            Self::Parquet | Self::GeoParquet => "application/vnd.apache.parquet",
        }
    }

    /// The extension of a file, without its point.
    #[must_use]
    pub const fn extension(&self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::JsonLd => "jsonld",
            Self::ICalendar => "ics",
            Self::GeoJson => "geojson",
            Self::Xlsx => "xlsx",
            Self::Turtle => "ttl",
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::ActivityStreams => "activity.json",
            Self::OpenAgenda => "openagenda.json",
            Self::Datatourisme => "datatourisme.jsonld",
            Self::Parquet => "parquet",
            Self::GeoParquet => "geo.parquet",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Ndjson => "NDJSON",
            Self::Csv => "CSV",
            Self::JsonLd => "JSON-LD",
            Self::ICalendar => "iCalendar",
            Self::GeoJson => "GeoJSON",
            Self::Xlsx => "XLSX",
            Self::Turtle => "Turtle",
            Self::Rss => "RSS",
            Self::Atom => "Atom",
            Self::ActivityStreams => "ActivityStreams",
            Self::OpenAgenda => "OpenAgenda",
            Self::Datatourisme => "DATAtourisme",
            Self::Parquet => "Parquet",
            Self::GeoParquet => "GeoParquet",
        }
    }

    /// Tells whether a dataset has anything to say in this encoding: a calendar wants starts, a map positions; and
    /// whether that can hold it: no cell of a workbook holds a text of more than 32,767 letters.
    #[must_use]
    pub fn fits(&self, dataset: &Dataset, datasets: &Datasets) -> bool {
        match self {
            Self::Json | Self::Ndjson | Self::Csv | Self::JsonLd | Self::Turtle => true,
            Self::Xlsx => has_workbooks() && table::fits_cells(dataset, LONGEST_CELL),
            Self::ICalendar
            | Self::Rss
            | Self::Atom
            | Self::ActivityStreams
            | Self::OpenAgenda
            | Self::Datatourisme => dataset.start().is_some(),
            Self::Parquet => cfg!(feature = "parquet"),
            Self::GeoJson | Self::GeoParquet => {
                (*self == Self::GeoJson || cfg!(feature = "parquet"))
                    && dataset.records.iter().any(|record| datasets.position(dataset, record).is_some())
            }
        }
    }
}

/// What a delivery is told besides the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The name of the cooperative.
    pub name: String,
    /// The zone of its territory.
    pub zone: Option<Zone>,
    /// The language in which it speaks.
    pub language: Language,
    /// The license of its open data, an address.
    pub license: String,
    /// Where its site is served, if it is: `https://agenda.example.org`.
    pub address: Option<String>,
    /// When this is made.
    pub now: Timestamp,
}

impl Context {
    /// The address of a file of the site; its path where nobody knows where the site is served.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        match &self.address {
            Some(address) => format!("{}/{path}", address.trim_end_matches('/')),
            None => path.to_owned(),
        }
    }

    /// What is told of a dataset: a rule may give it another license.
    pub(super) fn of(&self, dataset: &Dataset) -> Cow<'_, Self> {
        match &dataset.license {
            Some(license) => Cow::Owned(Self { license: license.clone(), ..self.clone() }),
            None => Cow::Borrowed(self),
        }
    }

    /// Checks that there are rules for the zone.
    pub(super) fn check(&self) -> Result<(), DeliveryError> {
        match &self.zone {
            Some(zone) if !zone_exists(zone.as_str()) => {
                Err(DeliveryError::ZoneUnknown { zone: zone.as_str().to_owned() })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Writes a dataset in an encoding; `datasets` is where its links lead.
///
/// # Errors
/// [`DeliveryError::ZoneUnknown`] where the context names a zone there is none of,
/// [`DeliveryError::EncodingFailed`] for a calendar or a feed of what does not take place;
/// [`DeliveryError::CellTooLong`] and [`DeliveryError::TooManyColumns`] where a workbook cannot hold it.
///
/// # Examples
/// ```
/// # use c3ms_core::{
/// #     base::{Id, Language, Seed, Timestamp}, delivery::{Context, Encoding, Recipient, encode, gate},
/// #     forms::{Revision, State}, store::{Batch, Change, MemoryStore, Store},
/// # };
/// # let formats = c3ms_core::forms::live_performance()?.formats;
/// # let format = formats.iter().find(|format| format.cube == "venue").unwrap().digest();
/// let document = serde_json::json!({"name": {"fr": "=Le Cadran"}, "phone": "04 92 00 00 00", "capacity": 300});
/// # let document = document.as_object().unwrap().clone();
/// # let revision = Revision::new("venue", format, State::Published, document);
/// # let changes = [Change::Revision(Id::derived(&["1"]), revision)];
/// # let (at, actor, seed) = (Timestamp::from_millis(0), Id::derived(&["me"]), Seed::from_number(1));
/// # let mut store = MemoryStore::new();
/// # store.append(&Batch { at, actor, seed, signer: None, changes: &changes })?;
/// # let datasets = gate(&store, &formats, &Recipient::Public, at)?;
/// # let context = Context {
/// #     name: "Alpes".into(), zone: None, language: Language::french(), address: None, now: at,
/// #     license: "https://www.etalab.gouv.fr/licence-ouverte-open-licence".into(),
/// # };
/// // (into a store, through the gate)
/// let venues = datasets.dataset("venue").unwrap();
/// let table = String::from_utf8(encode(Encoding::Csv, venues, &datasets, &context)?).unwrap();
/// let (head, row) = table.trim_end().split_once("\r\n").unwrap();
/// assert_eq!(head, "id,updated,name.fr,capacity,phone");
/// assert!(row.ends_with(",1970-01-01T00:00:00.000Z,'=Le Cadran,300,04 92 00 00 00"), "no spreadsheet computes it");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn encode(
    encoding: Encoding,
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    context.check()?;
    let context = &*context.of(dataset);
    match encoding {
        Encoding::Json => json::write(dataset, context),
        Encoding::Ndjson => ndjson::write(dataset),
        Encoding::Csv => Ok(csv::write(dataset, datasets, context)),
        Encoding::JsonLd => json_ld::write(dataset, datasets, context),
        Encoding::ICalendar => ical::write(dataset, datasets, context),
        Encoding::GeoJson => geojson::write(dataset, datasets, context),
        #[cfg(feature = "office")]
        Encoding::Xlsx => xlsx::write(dataset, datasets, context),
        #[cfg(not(feature = "office"))]
        Encoding::Xlsx => Err(failed("this build has no workbooks")),
        Encoding::Turtle => Ok(turtle::write(dataset, datasets, context)),
        Encoding::Rss => feed(dataset, rss::write(dataset, datasets, context)),
        Encoding::Atom => feed(dataset, atom::write(dataset, datasets, context)),
        Encoding::ActivityStreams => activity::write(dataset, datasets, context),
        Encoding::OpenAgenda => open_agenda::write(dataset, datasets, context),
        Encoding::Datatourisme => datatourisme::write(dataset, datasets, context),
        #[cfg(feature = "parquet")]
        Encoding::Parquet => parquet::write(dataset, datasets, context),
        #[cfg(feature = "parquet")]
        Encoding::GeoParquet => parquet::write_with_points(dataset, datasets, context),
        #[cfg(not(feature = "parquet"))]
        Encoding::Parquet | Encoding::GeoParquet => Err(failed("Parquet is not built in")),
    }
}

/// A feed of what takes place; of anything else, what changes is no news.
fn feed(dataset: &Dataset, written: Vec<u8>) -> Result<Vec<u8>, DeliveryError> {
    match dataset.start() {
        Some(_) => Ok(written),
        None => Err(failed(format!("the cube {:?} has no start, so no feed", dataset.format.cube))),
    }
}

/// Whether this build writes workbooks.
const fn has_workbooks() -> bool {
    cfg!(feature = "office")
}

/// The most UTF-16 units in a cell of a workbook.
const LONGEST_CELL: usize = 32_767;

fn failed(error: impl std::fmt::Display) -> DeliveryError {
    DeliveryError::EncodingFailed { reason: error.to_string() }
}
