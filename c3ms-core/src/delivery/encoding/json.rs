//! JSON: all records of a cube as one object, as the cooperative keeps them.

use serde::Serialize;

use super::{Context, failed};
use crate::{
    base::Digest,
    delivery::{Dataset, DeliveryError, Record},
};

#[derive(Serialize)]
struct Whole<'a> {
    cube: &'a str,
    format: Digest,
    license: &'a str,
    count: usize,
    records: &'a [Record],
}

pub(super) fn write(dataset: &Dataset, context: &Context) -> Result<Vec<u8>, DeliveryError> {
    let whole = Whole {
        cube: &dataset.format.cube,
        format: dataset.version,
        license: &context.license,
        count: dataset.records.len(),
        records: &dataset.records,
    };
    serde_json::to_vec(&whole).map_err(failed)
}
