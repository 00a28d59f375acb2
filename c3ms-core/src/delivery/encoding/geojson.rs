//! `GeoJSON`: a point for each record that lies somewhere (RFC 7946).

use serde_json::{Map, Value, json};

use super::{Context, failed};
use crate::delivery::{Dataset, Datasets, DeliveryError, Record};

/// Longitude before latitude (RFC 7946, 3.1.1). Records without a position are counted in `unlocated`.
pub(super) fn write(
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Result<Vec<u8>, DeliveryError> {
    let mut features = Vec::with_capacity(dataset.records.len());
    for record in &dataset.records {
        if let Some(position) = datasets.position(dataset, record) {
            features.push(json!({
                "type": "Feature",
                "id": record.id,
                "geometry": { "type": "Point", "coordinates": [position.longitude(), position.latitude()] },
                "properties": properties(record, dataset, datasets, context),
            }));
        }
    }
    let unlocated = dataset.records.len() - features.len();
    let collection = json!({ "type": "FeatureCollection", "features": features, "unlocated": unlocated });
    serde_json::to_vec(&collection).map_err(failed)
}

fn properties(
    record: &Record,
    dataset: &Dataset,
    datasets: &Datasets,
    context: &Context,
) -> Map<String, Value> {
    let language = context.language.as_str();
    let mut properties = Map::new();
    let mut say = |name: &str, value: Value| properties.insert(name.to_owned(), value);
    say("id", json!(record.id));
    say("cube", json!(dataset.format.cube));
    say("title", json!(dataset.title(record, language)));
    say("updated", json!(record.updated));
    for (name, property) in [("start", "startDate"), ("end", "endDate"), ("url", "url")] {
        if let Some(value) = dataset.named(property).and_then(|field| record.document.get(field)) {
            say(name, value.clone());
        }
    }
    if let Some((places, place)) = datasets.linked(record, dataset.named("location")) {
        say("place", json!(places.title(place, language)));
    }
    properties
}
