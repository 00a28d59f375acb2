//! Bodies taken out of the file for good, down to its bytes.

use std::{collections::BTreeMap, path::Path};

use rusqlite::{Connection, params};

use super::{Failure, SqliteStore, body, failed, head, signed, tables::remove, unsigned};
use crate::{
    base::Id,
    store::{Erasure, LogRecord, RecordKind, Store as _, StoreError, chain::carried},
};

/// Deletes the bodies of what a tombstone names, all that stands before it.
pub(super) fn erase(connection: &Connection, erasure: &Erasure, position: u64) -> rusqlite::Result<()> {
    let mut bodies = connection.prepare_cached(
        "DELETE FROM body WHERE position IN
         (SELECT position FROM log WHERE subject = ?2 AND kind = ?1 AND position < ?3)",
    )?;
    for subject in &erasure.subjects {
        bodies.execute(params![erasure.kind.as_str(), subject, signed(position)])?;
    }
    remember(connection, erasure, position)
}

/// Writes a tombstone into the read tables.
pub(super) fn remember(connection: &Connection, erasure: &Erasure, position: u64) -> rusqlite::Result<()> {
    let mut erased = connection.prepare_cached(
        "INSERT INTO erased (kind, subject, position) VALUES (?1, ?2, ?3)
         ON CONFLICT (kind, subject) DO UPDATE SET position = max(position, excluded.position), swept = 0",
    )?;
    for subject in &erasure.subjects {
        erased.execute(params![erasure.kind.as_str(), subject, signed(position)])?;
        if let (RecordKind::Revision, Some(id)) = (erasure.kind, Id::parse(subject)) {
            remove(connection, id)?;
        }
        connection
            .prepare_cached("DELETE FROM document WHERE kind = ?1 AND subject = ?2")?
            .execute(params![erasure.kind.as_str(), subject])?;
    }
    if erasure.kind == RecordKind::Revision {
        // The index keeps the words of what was deleted until its segments are joined.
        connection.execute_batch("INSERT INTO search (search) VALUES ('optimize')")?;
    }
    Ok(())
}

/// Every tombstone of a log, with what it says.
pub(super) fn tombstones(connection: &Connection) -> Result<Vec<(LogRecord, Erasure)>, Failure> {
    let mut positions =
        connection.prepare_cached("SELECT position FROM log WHERE kind = 'erasure' ORDER BY position")?;
    let positions = positions.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
    positions.into_iter().map(|position| body::<Erasure>(connection, position)).collect()
}

/// The positions of all records but tombstones whose bodies are to be there.
pub(super) fn live(connection: &Connection) -> rusqlite::Result<Vec<u64>> {
    let mut live =
        connection.prepare("SELECT position FROM live WHERE kind <> 'erasure' ORDER BY position")?;
    live.query_map([], |row| row.get::<_, i64>(0).map(unsigned))?.collect()
}

impl SqliteStore {
    /// Writes the file anew where something was erased since, and empties its write-ahead log: no page keeps a copy of
    /// what is gone. After an erasure and at each opening this is tried by itself.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another program reads or writes at this time; then the bytes stay until the next one
    /// that opens the store alone.
    pub fn sweep(&mut self) -> Result<(), StoreError> {
        let unswept = self
            .connection
            .query_row("SELECT count(*) FROM erased WHERE swept = 0", [], |row| row.get::<_, i64>(0));
        if unswept.map_err(|error| self.failed(&error))? == 0 {
            return Ok(());
        }
        let swept = || -> rusqlite::Result<bool> {
            self.connection.execute_batch("UPDATE erased SET swept = 1 WHERE swept = 0; VACUUM")?;
            self.connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
                .map(|busy| busy == 0)
        };
        let done = swept();
        if matches!(done, Ok(true)) {
            return Ok(());
        }
        self.connection.execute_batch("UPDATE erased SET swept = 0").map_err(|error| self.failed(&error))?;
        match done {
            Ok(_) => Err(StoreError::Busy { path: self.path.display().to_string() }),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Checks that the read tables know each tombstone of the log, and no other.
    pub(super) fn verify_erased(&self) -> Result<(), StoreError> {
        let mut wanted = BTreeMap::new();
        for (record, erasure) in tombstones(&self.connection).map_err(|error| error.at(&self.path))? {
            for subject in erasure.subjects {
                wanted.insert((erasure.kind.as_str().to_owned(), subject), record.position);
            }
        }
        let mut statement = self.prepared("SELECT kind, subject, position FROM erased")?;
        let known = statement
            .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), unsigned(row.get(2)?))))
            .map_err(|error| self.failed(&error))?;
        let known: Result<BTreeMap<(String, String), u64>, _> = known.collect();
        if known.map_err(|error| self.failed(&error))? == wanted {
            return Ok(());
        }
        Err(StoreError::ProjectionBroken { reason: "what was erased".to_owned() })
    }

    /// Checks that the body of a record is what was written, or was erased; whether it is there.
    pub(super) fn verify_body(&self, record: &LogRecord) -> Result<bool, StoreError> {
        let position = signed(record.position);
        let mut statement = self.prepared(
            "SELECT EXISTS (SELECT 1 FROM body WHERE position = ?1), EXISTS (SELECT 1 FROM live WHERE position = ?1)",
        )?;
        let (there, live) = statement
            .query_row([position], |row| Ok((row.get::<_, bool>(0)?, row.get::<_, bool>(1)?)))
            .map_err(|error| self.failed(&error))?;
        match (there, live) {
            (false, false) => Ok(false),
            (true, false) => {
                let reason = "was erased, and is there".to_owned();
                Err(StoreError::BodyBroken { position: record.position, reason })
            }
            (_, true) => self.body::<serde::de::IgnoredAny>(position).map(|_| true),
        }
    }

    /// Takes over the tombstones that another store has and this one has not, with all they erase here.
    pub(super) fn take_over(&mut self, path: &Path) -> Result<(), StoreError> {
        let other = Self::open(path)?;
        other.verify_chain()?;
        let theirs = tombstones(&other.connection).map_err(|error| error.at(path))?;
        let ours = tombstones(&self.connection).map_err(|error| error.at(&self.path))?;
        let known = |record: &LogRecord| ours.iter().any(|(own, _)| own.commitment == record.commitment);
        let transaction =
            self.connection.unchecked_transaction().map_err(|error| failed(&self.path, &error))?;
        for (record, erasure) in theirs.iter().filter(|(record, _)| !known(record)) {
            self.carry_over(&other, record, erasure).map_err(|error| error.at(&self.path))?;
        }
        transaction.commit().map_err(|error| self.failed(&error))?;
        self.sweep()
    }

    fn carry_over(&self, other: &Self, tombstone: &LogRecord, erasure: &Erasure) -> Result<(), Failure> {
        let kept = other.connection.query_row(
            "SELECT salt, body FROM body WHERE position = ?1",
            [signed(tombstone.position)],
            |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)),
        );
        let (salt, text) = kept?;
        let record = carried(tombstone, head(&self.connection)?);
        super::insert(&self.connection, &record, &salt, &text)?;
        erase(&self.connection, erasure, record.position)?;
        Ok(())
    }
}
