//! The log read again with what it says of entries, for who keeps a view of it.

use super::{SqliteStore, log_record};
use crate::store::{LogRecord, RecordKind, Store as _, StoreError, Told, chain::change_read};

/// As [`Store::replay`](crate::store::Store::replay).
pub(super) fn from(store: &SqliteStore, from: u64, each: &mut Told<'_>) -> Result<(), StoreError> {
    let mut statement = store.prepared(
        "SELECT position, at, actor, kind, log.subject, commitment, previous, hash, signature, salt, body
         FROM log LEFT JOIN body USING (position) WHERE position >= ?1 ORDER BY position",
    )?;
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let mut rows = statement.query([from]).map_err(|error| store.failed(&error))?;
    while let Some(row) = rows.next().map_err(|error| store.failed(&error))? {
        let record = log_record(row)?;
        let bytes = |column: usize| row.get_ref(column).ok().and_then(|value| value.as_bytes().ok());
        let is_told = matches!(record.kind, RecordKind::Revision | RecordKind::Erasure);
        let change = match (bytes(9), bytes(10)) {
            (Some(salt), Some(body)) if is_told => {
                record.check_body(salt, body)?;
                Some(change_read(&record, body, &store.lineage)?)
            }
            _ if is_told && !is_erased(store, &record)? => {
                let (position, reason) = (record.position, "is missing".to_owned());
                return Err(StoreError::BodyBroken { position, reason });
            }
            _ => None,
        };
        each(&record, change)?;
    }
    Ok(())
}

/// Whether a later tombstone names what a record is about.
fn is_erased(store: &SqliteStore, record: &LogRecord) -> Result<bool, StoreError> {
    Ok(store.erased(record.kind, &record.subject)?.is_some_and(|tombstone| tombstone > record.position))
}
