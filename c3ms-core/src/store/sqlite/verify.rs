//! The tables that are read, held against the log.

use rusqlite::Row as SqlRow;

use super::{SqliteStore, unsigned};
use crate::{
    manufactory::forms::{Format, Revision},
    store::{StoreError, projection::Row},
};

impl SqliteStore {
    /// Checks the read tables against the log; gives the number of entries.
    pub(super) fn verify_read(&self) -> Result<u64, StoreError> {
        let broken = |reason: String| StoreError::ProjectionBroken { reason };
        let mut statement = self.prepared(
            "SELECT max(live.position), live.subject, entry.position, entry.cube, entry.state, entry.key, entry.title, entry.source
             FROM live LEFT JOIN entry ON entry.id = live.subject WHERE live.kind = 'revision' GROUP BY live.subject",
        )?;
        let mut rows = statement.query([]).map_err(|error| self.failed(&error))?;
        let mut entries = 0;
        while let Some(row) = rows.next().map_err(|error| self.failed(&error))? {
            let read = |row: &SqlRow<'_>| -> rusqlite::Result<_> {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, Option<i64>>(2)?,
                    [row.get::<_, Option<String>>(3)?, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?],
                ))
            };
            let (last, id, kept, said) = read(row).map_err(|error| self.failed(&error))?;
            let (_, revision) = self.body::<Revision>(last)?;
            let row = Row::of(&revision, &self.lineage);
            let wanted = [row.cube, row.state.to_owned(), row.key, row.title, row.source].map(Some);
            if kept != Some(last) || said != wanted {
                return Err(broken(format!("entry {id}")));
            }
            entries += 1;
        }
        let count = |sql: &str| -> Result<u64, StoreError> {
            let count = self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
            count.map(unsigned).map_err(|error| self.failed(&error))
        };
        if count("SELECT count(*) FROM entry")? != entries || count("SELECT count(*) FROM search")? != entries
        {
            return Err(broken("their number of entries".to_owned()));
        }
        let differ = count(
            "SELECT count(*) FROM (
                 SELECT * FROM (SELECT kind, subject, max(position) FROM live WHERE kind NOT IN ('revision', 'erasure') GROUP BY kind, subject
                                EXCEPT SELECT kind, subject, position FROM document)
                 UNION ALL
                 SELECT * FROM (SELECT kind, subject, position FROM document
                                EXCEPT SELECT kind, subject, max(position) FROM live WHERE kind NOT IN ('revision', 'erasure') GROUP BY kind, subject))",
        )?;
        if differ > 0 {
            return Err(broken("a document".to_owned()));
        }
        let mut versions = self.prepared("SELECT digest, position FROM format")?;
        let kept = versions
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
            .map_err(|error| self.failed(&error))?;
        for version in kept {
            let (digest, position) = version.map_err(|error| self.failed(&error))?;
            if self.body::<Format>(position)?.1.digest().to_string() != digest {
                return Err(broken(format!("the version {digest} of a format")));
            }
        }
        let index = self.connection.execute("INSERT INTO search (search) VALUES ('integrity-check')", []);
        index.map_err(|error| broken(format!("the search index: {error}")))?;
        Ok(entries)
    }
}
