//! The catalog of a site: which datasets there are, in which files, under which license.

use serde_json::{Map, Value, json};

use super::{Context, Dataset, Datasets, DeliveryError, Encoding};
use crate::base::{Text, Timestamp};

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

/// Writes the catalog, `catalog.jsonld`: a `dcat:Dataset` per cube with its distributions.
///
/// # Errors
/// [`DeliveryError::EncodingFailed`] where it cannot be written as JSON.
///
/// # Source
/// W3C, Data Catalog Vocabulary (DCAT) Version 3, with what DCAT-AP 3.0.1 requires of catalogs, datasets and
/// distributions.
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
    let all: Vec<Value> = datasets.iter().map(|dataset| described(dataset, context, distributions)).collect();
    let mut catalog = json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#"
        },
        "@id": context.url("catalog.jsonld"),
        "@type": "dcat:Catalog",
        "dct:title": [
            { "@value": format!("Données ouvertes de {}", context.name), "@language": "fr" },
            { "@value": format!("Open data of {}", context.name), "@language": "en" }
        ],
        "dct:description": [
            { "@value": "Le programme culturel et ses fiches, publiés par la coopérative.", "@language": "fr" },
            { "@value": "The cultural programme and its records, published by the cooperative.", "@language": "en" }
        ],
        "dct:publisher": { "@type": "foaf:Agent", "foaf:name": context.name },
        "dcat:dataset": all
    });
    if let Value::Object(members) = &mut catalog {
        license(members, context);
        modified(members, datasets.iter().filter_map(Dataset::updated).max());
        if let Some(address) = &context.address {
            members.insert("foaf:homepage".to_owned(), json!({ "@id": address }));
        }
    }
    serde_json::to_vec_pretty(&catalog)
        .map_err(|error| DeliveryError::EncodingFailed { reason: error.to_string() })
}

fn described(dataset: &Dataset, context: &Context, distributions: &[Distribution]) -> Value {
    let cube = &dataset.format.cube;
    let mut members = Map::new();
    members.insert("@id".to_owned(), json!(format!("{}#{cube}", context.url("catalog.jsonld"))));
    members.insert("@type".to_owned(), json!("dcat:Dataset"));
    members.insert("dct:title".to_owned(), tagged(&dataset.format.label));
    let help = if dataset.format.help.is_empty() { &dataset.format.label } else { &dataset.format.help };
    members.insert("dct:description".to_owned(), tagged(help));
    members.insert("dct:identifier".to_owned(), json!(cube));
    let schema = context.url(&format!("schemas/{cube}.json"));
    members.insert("dct:conformsTo".to_owned(), json!({ "@id": schema, "@type": "dct:Standard" }));
    license(&mut members, context);
    modified(&mut members, dataset.updated());
    let own = distributions.iter().filter(|distribution| distribution.cube == *cube);
    let files: Vec<Value> = own.map(|distribution| file(distribution, context)).collect();
    members.insert("dcat:distribution".to_owned(), Value::Array(files));
    Value::Object(members)
}

fn file(distribution: &Distribution, context: &Context) -> Value {
    let url = context.url(&distribution.path);
    let media_type = distribution.encoding.media_type();
    let mut members = Map::new();
    members
        .insert("@id".to_owned(), json!(format!("{}#{}", context.url("catalog.jsonld"), distribution.path)));
    members.insert("@type".to_owned(), json!("dcat:Distribution"));
    members.insert("dct:title".to_owned(), json!(distribution.encoding.label()));
    members.insert("dcat:accessURL".to_owned(), json!({ "@id": url }));
    members.insert("dcat:downloadURL".to_owned(), json!({ "@id": url }));
    let iana = format!("https://www.iana.org/assignments/media-types/{media_type}");
    members.insert("dcat:mediaType".to_owned(), json!({ "@id": iana }));
    let size = json!({ "@value": distribution.bytes.to_string(), "@type": "xsd:nonNegativeInteger" });
    members.insert("dcat:byteSize".to_owned(), size);
    license(&mut members, context);
    Value::Object(members)
}

/// A license is an address; where only its name is known, that is said.
fn license(members: &mut Map<String, Value>, context: &Context) {
    let license = if context.license.starts_with("http") {
        json!({ "@id": context.license, "@type": "dct:LicenseDocument" })
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
