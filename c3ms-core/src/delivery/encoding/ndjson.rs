//! NDJSON: one record per line, to be read as it comes.

use super::failed;
use crate::delivery::{Dataset, DeliveryError};

pub(super) fn write(dataset: &Dataset) -> Result<Vec<u8>, DeliveryError> {
    let mut out = Vec::new();
    for record in &dataset.records {
        serde_json::to_writer(&mut out, record).map_err(failed)?;
        out.push(b'\n');
    }
    Ok(out)
}
