//! The data package of a site: what stands in each column of its tables.

use serde_json::{Map, Value, json};

use super::{
    Context, Datasets, DeliveryError, Distribution, Encoding,
    encoding::table::{ColumnKind, Table},
};

/// Writes `datapackage.json`: each CSV file of the site with a Table Schema.
///
/// # Errors
/// [`DeliveryError::EncodingFailed`] where it cannot be written as JSON.
///
/// # Source
/// Frictionless Data, Data Package and Table Schema, version 1.
///
/// # Examples
/// ```
/// use c3ms_core::{base::{Language, Timestamp}, delivery::{Context, Datasets, data_package}};
/// let context = Context {
///     name: "Scènes des Alpes".into(), zone: None, language: Language::french(), address: None,
///     license: "https://creativecommons.org/licenses/by/4.0/".into(), now: Timestamp::from_millis(0),
/// };
/// let package: serde_json::Value = serde_json::from_slice(&data_package(&Datasets::default(), &context, &[])?).unwrap();
/// assert_eq!(package["title"], "Scènes des Alpes");
/// assert_eq!(package["licenses"][0]["path"], "https://creativecommons.org/licenses/by/4.0/");
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn data_package(
    datasets: &Datasets,
    context: &Context,
    distributions: &[Distribution],
) -> Result<Vec<u8>, DeliveryError> {
    let tables = distributions.iter().filter(|distribution| distribution.encoding == Encoding::Csv);
    let resources: Vec<Value> = tables
        .filter_map(|distribution| {
            let dataset = datasets.dataset(&distribution.cube)?;
            let language = context.language.as_str();
            let table = Table::of(dataset, datasets, language, |_, _| {});
            let fields: Vec<Value> = table
                .columns
                .iter()
                .map(|column| {
                    let mut field = Map::new();
                    field.insert("name".to_owned(), json!(column.name));
                    field.insert("type".to_owned(), json!(kind(column.kind)));
                    let first = column.name.split('.').next().and_then(|name| dataset.format.field(name));
                    if let Some(label) = first.and_then(|field| field.label.in_language(language)) {
                        field.insert("title".to_owned(), json!(label));
                    }
                    if ["id", "updated"].contains(&column.name.as_str()) {
                        field.insert("constraints".to_owned(), json!({ "required": true }));
                    }
                    Value::Object(field)
                })
                .collect();
            Some(json!({
                "name": distribution.cube.to_lowercase(),
                "title": dataset.format.label.in_language(language).unwrap_or(&distribution.cube),
                "path": distribution.path,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": Encoding::Csv.media_type(),
                "encoding": "utf-8",
                "bytes": distribution.bytes,
                "licenses": [license(&context.of(dataset).license)],
                "schema": { "fields": fields, "primaryKey": ["id"], "missingValues": [""] }
            }))
        })
        .collect();
    let mut package = json!({
        "name": name(&context.name),
        "title": context.name,
        "profile": "data-package",
        "licenses": [license(&context.license)],
        "resources": resources,
    });
    if let (Value::Object(members), Some(address)) = (&mut package, &context.address) {
        members.insert("homepage".to_owned(), json!(address));
    }
    serde_json::to_vec_pretty(&package)
        .map_err(|error| DeliveryError::EncodingFailed { reason: error.to_string() })
}

fn license(license: &str) -> Value {
    if license.starts_with("http") {
        json!({ "path": license })
    } else {
        json!({ "name": name(license), "title": license })
    }
}

const fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::String => "string",
        ColumnKind::Integer => "integer",
        ColumnKind::Number => "number",
        ColumnKind::Boolean => "boolean",
        ColumnKind::Date => "date",
        ColumnKind::Instant => "datetime",
    }
}

/// Small letters, digits and hyphens, as a package may be called.
fn name(text: &str) -> String {
    let folded = crate::base::fold(text);
    let words = folded.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    if name.is_empty() { "data".to_owned() } else { name }
}
