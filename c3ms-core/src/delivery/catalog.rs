//! The catalog of a site: which datasets there are, in which files, under which license.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Context, Dataset, Datasets, DeliveryError, Encoding,
    clock::iso,
    encoding::turtle::{Turtle, sound},
    recurrence::Dates,
};
use crate::base::{Language, Moment, Position, Text, Timestamp};

/// One file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// Of which cube.
    pub cube: String,
    /// In which encoding.
    pub encoding: Encoding,
    /// Its path in the site: `data/performance.csv`.
    pub path: String,
    /// Its size in bytes.
    pub bytes: usize,
}

/// The lists of the European Union by which catalogs speak of languages, licenses and kinds of files.
const AUTHORITY: &str = "http://publications.europa.eu/resource/authority";

const PREFIXES: [(&str, &str); 6] = [
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("geo", "http://www.opengis.net/ont/geosparql#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Writes the catalog, `catalog.jsonld`: a `dcat:Dataset` per cube with its distributions.
///
/// # Errors
/// [`DeliveryError::EncodingFailed`] where it cannot be written as JSON.
///
/// # Source
/// W3C, Data Catalog Vocabulary (DCAT) Version 3, with what DCAT-AP 3.0.1 requires of catalogs, datasets,
/// distributions and agents, and of what it recommends all that the cooperative knows. That there is a person to
/// write to it does not know.
///
/// # Examples
/// ```
/// use c3ms_core::{base::{Language, Timestamp}, delivery::{Context, Datasets, catalog}};
/// let context = Context {
///     name: "Alpes".into(), zone: None, language: Language::french(), address: Some("https://example.org/".into()),
///     license: "https://creativecommons.org/licenses/by/4.0/".into(), now: Timestamp::from_millis(0),
/// };
/// let catalog: serde_json::Value = serde_json::from_slice(&catalog(&Datasets::default(), &context, &[])?).unwrap();
/// assert_eq!(catalog["@type"], "dcat:Catalog");
/// assert_eq!(catalog["@id"], "https://example.org/catalog.jsonld");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn catalog(
    datasets: &Datasets,
    context: &Context,
    distributions: &[Distribution],
) -> Result<Vec<u8>, DeliveryError> {
    let mut whole = described(datasets, context, distributions);
    let prefixes: Map<String, Value> =
        PREFIXES.iter().map(|(name, address)| ((*name).to_owned(), json!(address))).collect();
    whole.insert("@context".to_owned(), json!(prefixes));
    serde_json::to_vec_pretty(&whole)
        .map_err(|error| DeliveryError::EncodingFailed { reason: error.to_string() })
}

/// Writes the same catalog as Turtle, `catalog.ttl`: for those who harvest it.
///
/// # Examples
/// ```
/// use c3ms_core::{base::{Language, Timestamp}, delivery::{Context, Datasets, catalog_turtle}};
/// let context = Context {
///     name: "Alpes".into(), zone: None, language: Language::french(), address: Some("https://example.org/".into()),
///     license: "https://creativecommons.org/licenses/by/4.0/".into(), now: Timestamp::from_millis(0),
/// };
/// let catalog = String::from_utf8(catalog_turtle(&Datasets::default(), &context, &[])).unwrap();
/// assert!(catalog.contains("<https://example.org/catalog.jsonld> a dcat:Catalog"));
/// ```
#[must_use]
pub fn catalog_turtle(datasets: &Datasets, context: &Context, distributions: &[Distribution]) -> Vec<u8> {
    let mut turtle = Turtle::new("", |_| false);
    for (name, address) in PREFIXES {
        turtle.prefix(name, address);
    }
    turtle.subject(&described(datasets, context, distributions));
    turtle.out.into_bytes()
}

fn described(datasets: &Datasets, context: &Context, distributions: &[Distribution]) -> Map<String, Value> {
    let all: Vec<Value> =
        datasets.iter().map(|dataset| one(dataset, datasets, context, distributions)).collect();
    let mut catalog = Map::new();
    let mut say = |name: &str, value: Value| catalog.insert(name.to_owned(), value);
    say("@id", json!(sound(&context.url("catalog.jsonld"))));
    say("@type", json!("dcat:Catalog"));
    say(
        "dct:title",
        json!([
            { "@value": format!("Données ouvertes de {}", context.name), "@language": "fr" },
            { "@value": format!("Open data of {}", context.name), "@language": "en" }
        ]),
    );
    say(
        "dct:description",
        json!([
            { "@value": "Le programme culturel et ses fiches, publiés par la coopérative.", "@language": "fr" },
            { "@value": "The cultural programme and its records, published by the cooperative.", "@language": "en" }
        ]),
    );
    let standard = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/";
    say("dct:conformsTo", json!({ "@id": standard, "@type": "dct:Standard" }));
    say(
        "dcat:themeTaxonomy",
        json!({
            "@id": format!("{AUTHORITY}/data-theme"), "@type": "skos:ConceptScheme",
            "dct:title": { "@value": "Data theme", "@language": "en" }
        }),
    );
    if let Some(address) = &context.address {
        say("foaf:homepage", json!({ "@id": sound(address), "@type": "foaf:Document" }));
    }
    say("dcat:dataset", Value::Array(all));
    common(&mut catalog, context, datasets.iter().filter_map(Dataset::updated).max());
    catalog
}

/// What a catalog and its datasets have in common.
fn common(members: &mut Map<String, Value>, context: &Context, updated: Option<Timestamp>) {
    let publisher = json!({
        "@id": format!("{}#publisher", sound(&context.url("catalog.jsonld"))), "@type": "foaf:Agent",
        "foaf:name": context.name
    });
    members.insert("dct:publisher".to_owned(), publisher);
    if let Some(language) = language_of(&context.language) {
        members.insert("dct:language".to_owned(), language);
    }
    license(members, context);
    modified(members, updated);
}

fn one(dataset: &Dataset, datasets: &Datasets, context: &Context, distributions: &[Distribution]) -> Value {
    let context = &*context.of(dataset);
    let cube = &dataset.format.cube;
    let mut members = Map::new();
    let mut say = |name: &str, value: Value| members.insert(name.to_owned(), value);
    say("@id", json!(sound(&format!("{}#{cube}", context.url("catalog.jsonld")))));
    say("@type", json!("dcat:Dataset"));
    say("dct:title", tagged(&dataset.format.label));
    let help = if dataset.format.help.is_empty() { &dataset.format.label } else { &dataset.format.help };
    say("dct:description", tagged(help));
    say("dct:identifier", json!(cube));
    let schema = context.url(&format!("schemas/{cube}.json"));
    say("dct:conformsTo", json!({ "@id": sound(&schema), "@type": "dct:Standard" }));
    say(
        "dct:accessRights",
        json!({ "@id": format!("{AUTHORITY}/access-right/PUBLIC"), "@type": "dct:RightsStatement" }),
    );
    // Records change when somebody changes them.
    say(
        "dct:accrualPeriodicity",
        json!({ "@id": format!("{AUTHORITY}/frequency/IRREG"), "@type": "dct:Frequency" }),
    );
    say(
        "dcat:theme",
        json!({
            "@id": format!("{AUTHORITY}/data-theme/EDUC"), "@type": "skos:Concept",
            "skos:prefLabel": [
                { "@value": "Éducation, culture et sport", "@language": "fr" },
                { "@value": "Education, culture and sport", "@language": "en" }
            ]
        }),
    );
    say("dcat:keyword", tagged(&dataset.format.label));
    if let Some(area) = area(dataset, datasets) {
        say("dct:spatial", area);
    }
    if let Some(period) = period(dataset) {
        say("dct:temporal", period);
    }
    common(&mut members, context, dataset.updated());
    let own = distributions.iter().filter(|distribution| distribution.cube == *cube);
    let files: Vec<Value> = own.map(|distribution| file(distribution, dataset, context)).collect();
    members.insert("dcat:distribution".to_owned(), Value::Array(files));
    Value::Object(members)
}

fn file(distribution: &Distribution, dataset: &Dataset, context: &Context) -> Value {
    let url = context.url(&distribution.path);
    let url = sound(&url);
    let encoding = distribution.encoding;
    let mut members = Map::new();
    let mut say = |name: &str, value: Value| members.insert(name.to_owned(), value);
    say("@id", json!(sound(&format!("{}#{}", context.url("catalog.jsonld"), distribution.path))));
    say("@type", json!("dcat:Distribution"));
    say("dct:title", json!(encoding.label()));
    say("dcat:accessURL", json!({ "@id": url }));
    say("dcat:downloadURL", json!({ "@id": url }));
    let iana = format!("https://www.iana.org/assignments/media-types/{}", encoding.media_type());
    say("dcat:mediaType", json!({ "@id": iana, "@type": "dct:MediaType" }));
    let kind = format!("{AUTHORITY}/file-type/{}", file_type(encoding));
    say("dct:format", json!({ "@id": kind, "@type": "dct:MediaTypeOrExtent" }));
    let size = json!({ "@value": distribution.bytes.to_string(), "@type": "xsd:nonNegativeInteger" });
    say("dcat:byteSize", size);
    if let Some(standard) = standard(encoding) {
        say("dct:conformsTo", json!({ "@id": standard, "@type": "dct:Standard" }));
    }
    license(&mut members, context);
    modified(&mut members, dataset.updated());
    Value::Object(members)
}

/// The name of the kind of file in the list of the European Union.
const fn file_type(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Json | Encoding::ActivityStreams | Encoding::OpenAgenda => "JSON",
        Encoding::Ndjson => "JSONL",
        Encoding::Csv => "CSV",
        Encoding::JsonLd | Encoding::Datatourisme => "JSON_LD",
        Encoding::ICalendar => "ICS",
        Encoding::GeoJson => "GEOJSON",
        Encoding::Xlsx => "XLSX",
        Encoding::Turtle => "RDF_TURTLE",
        Encoding::Rss => "RSS",
        Encoding::Atom => "ATOM",
        Encoding::Parquet | Encoding::GeoParquet => "PARQUET",
    }
}

/// What a file conforms to, besides the schema of its records.
const fn standard(encoding: Encoding) -> Option<&'static str> {
    match encoding {
        Encoding::JsonLd | Encoding::Turtle => Some("https://schema.org/"),
        Encoding::ICalendar => Some("https://www.rfc-editor.org/rfc/rfc5545"),
        Encoding::GeoJson => Some("https://www.rfc-editor.org/rfc/rfc7946"),
        Encoding::Rss => Some("https://www.rssboard.org/rss-specification"),
        Encoding::Atom => Some("https://www.rfc-editor.org/rfc/rfc4287"),
        Encoding::ActivityStreams => Some("https://www.w3.org/TR/activitystreams-core/"),
        Encoding::Csv => Some("https://www.rfc-editor.org/rfc/rfc4180"),
        Encoding::Datatourisme => Some("https://www.datatourisme.fr/ontology/core#"),
        Encoding::GeoParquet => Some("https://geoparquet.org/releases/v1.1.0/"),
        Encoding::Json | Encoding::Ndjson | Encoding::Xlsx | Encoding::OpenAgenda | Encoding::Parquet => None,
    }
}

/// The box around all positions.
fn area(dataset: &Dataset, datasets: &Datasets) -> Option<Value> {
    let positions = dataset.records.iter().filter_map(|record| datasets.position(dataset, record));
    let boxes = positions.map(|position: Position| {
        let (latitude, longitude) = (position.latitude(), position.longitude());
        [longitude, latitude, longitude, latitude]
    });
    let [west, south, east, north] =
        boxes.reduce(|[west, south, east, north], [longitude, latitude, ..]| {
            [west.min(longitude), south.min(latitude), east.max(longitude), north.max(latitude)]
        })?;
    let corners = [(west, south), (east, south), (east, north), (west, north), (west, south)];
    let corners = corners.map(|(longitude, latitude)| format!("{longitude} {latitude}")).join(", ");
    let polygon = json!({ "@value": format!("POLYGON(({corners}))"), "@type": "geo:wktLiteral" });
    Some(json!({ "@type": "dct:Location", "dcat:bbox": polygon }))
}

/// The days between which something takes place, as far as one knows them.
fn period(dataset: &Dataset) -> Option<Value> {
    let dates = Dates::of(dataset)?;
    let spans = dataset.records.iter().filter_map(|record| dates.span(record));
    let days = spans.map(|(start, end)| {
        let last = end.as_ref().map_or(start.date(), Moment::date);
        (start.date(), last)
    });
    let (first, last) = days.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
    let day = |day| json!({ "@value": iso(&Moment::day(day)), "@type": "xsd:date" });
    Some(json!({ "@type": "dct:PeriodOfTime", "dcat:startDate": day(first), "dcat:endDate": day(last) }))
}

/// The language by its name in the list of the European Union, which has three letters.
fn language_of(language: &Language) -> Option<Value> {
    let short = language.as_str().split('-').next()?;
    let names = BTreeMap::from([
        ("bg", "BUL"),
        ("br", "BRE"),
        ("ca", "CAT"),
        ("co", "COS"),
        ("cs", "CES"),
        ("da", "DAN"),
        ("de", "DEU"),
        ("el", "ELL"),
        ("en", "ENG"),
        ("es", "SPA"),
        ("et", "EST"),
        ("eu", "EUS"),
        ("fi", "FIN"),
        ("fr", "FRA"),
        ("ga", "GLE"),
        ("hr", "HRV"),
        ("hu", "HUN"),
        ("it", "ITA"),
        ("lb", "LTZ"),
        ("lt", "LIT"),
        ("lv", "LAV"),
        ("mt", "MLT"),
        ("nl", "NLD"),
        ("oc", "OCI"),
        ("pl", "POL"),
        ("pt", "POR"),
        ("ro", "RON"),
        ("sk", "SLK"),
        ("sl", "SLV"),
        ("sv", "SWE"),
    ]);
    let name = names.get(short)?;
    Some(json!({ "@id": format!("{AUTHORITY}/language/{name}"), "@type": "dct:LinguisticSystem" }))
}

/// A license is an address; where only its name is known, that is said.
fn license(members: &mut Map<String, Value>, context: &Context) {
    let license = if context.license.starts_with("http") {
        json!({ "@id": sound(&context.license), "@type": "dct:LicenseDocument" })
    } else {
        json!({ "@type": "dct:LicenseDocument", "dct:title": context.license })
    };
    members.insert("dct:license".to_owned(), license);
}

fn modified(members: &mut Map<String, Value>, updated: Option<Timestamp>) {
    if let Some(updated) = updated {
        members.insert("dct:modified".to_owned(), json!({ "@value": updated, "@type": "xsd:dateTime" }));
    }
}

fn tagged(text: &Text) -> Value {
    text.iter().map(|(language, text)| json!({ "@value": text, "@language": language })).collect()
}
