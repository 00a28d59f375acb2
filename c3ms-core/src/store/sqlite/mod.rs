//! A store in one SQLite file: write-ahead log, every commit on the disk before it is told.

mod erase;
mod replay;
mod tables;
mod verify;

use std::{
    fs,
    path::{Path, PathBuf},
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row as SqlRow, backup::Backup,
    config::DbConfig, params,
};
use serde_json::Value;

use self::{
    erase::tombstones,
    tables::{Index, project, reread, row, tell},
};
use super::{
    Batch, Change, Described, Filter, Head, LogRecord, Lookup, RecordKind, Store, StoreError, Told, Verified,
    chain::{change_of, commitment, content, seal},
};
use crate::{
    base::{Digest, Id, Timestamp, fold, of_each},
    governance::Signature,
    manufactory::forms::{Entry, Format, Revision, State, evolve::Lineage},
};

/// Each step takes the file from the version of its index to the next.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_log.sql"),
    include_str!("../migrations/0002_read.sql"),
    include_str!("../migrations/0003_source.sql"),
    include_str!("../migrations/0004_erasure.sql"),
];

/// "C3MS" in the header of the file, so that no other SQLite file is taken for a cooperative.
const APPLICATION: i64 = 0x4333_4d53;

/// A store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    path: PathBuf,
    lineage: Lineage,
}

impl SqliteStore {
    /// The version of the file this program writes.
    pub const VERSION: i64 = 4;

    /// Makes a new file.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where there is one, [`StoreError::ReadOnly`] where none may be made.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        if path.exists() {
            return Err(StoreError::Exists { path: path.display().to_string() });
        }
        let connection = Connection::open(path).map_err(|error| failed(path, &error))?;
        Self::prepare(connection, path)
    }

    /// Opens a file, bringing one of an older version to this one.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Newer`], [`StoreError::Unreadable`] for a file that is no
    /// cooperative or is damaged.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Err(StoreError::Missing { path: path.display().to_string() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| failed(path, &error))?;
        let application: i64 = connection
            .pragma_query_value(None, "application_id", |row| row.get(0))
            .map_err(|error| failed(path, &error))?;
        if application != APPLICATION {
            let reason = "it is no cooperative of c3ms".to_owned();
            return Err(StoreError::Unreadable { path: path.display().to_string(), reason });
        }
        Self::prepare(connection, path)
    }

    fn prepare(connection: Connection, path: &Path) -> Result<Self, StoreError> {
        let mut store = Self { connection, path: path.to_owned(), lineage: Lineage::default() };
        store.migrate().map_err(|error| error.at(path))?;
        store.load_formats()?;
        match store.sweep() {
            // Whoever opens it alone will.
            Ok(()) | Err(StoreError::Busy { .. } | StoreError::ReadOnly { .. }) => Ok(store),
            Err(error) => Err(error),
        }
    }

    fn migrate(&mut self) -> Result<(), Failure> {
        self.connection.busy_timeout(std::time::Duration::from_secs(5))?;
        let version: i64 = self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version > Self::VERSION {
            let path = self.path.display().to_string();
            return Err(Failure::Store(StoreError::Newer { path, found: version, known: Self::VERSION }));
        }
        self.connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;",
        )?;
        // A statement is planned once: else each new value of a parameter has it planned again.
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // 4 MiB of pages, the system keeps the others; the write-ahead log is brought home at 32, not at every four.
        self.connection.execute_batch("PRAGMA cache_size = -4096; PRAGMA wal_autocheckpoint = 8192;")?;
        if version == Self::VERSION {
            return Ok(());
        }
        let transaction = self.connection.transaction()?;
        for (step, sql) in MIGRATIONS.iter().enumerate().skip(usize::try_from(version).unwrap_or(0)) {
            transaction.execute_batch(sql)?;
            transaction.pragma_update(
                None,
                "user_version",
                i64::try_from(step + 1).unwrap_or(Self::VERSION),
            )?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.commit()?;
        // Many small commits: segments of the index are joined sixteen at a time, not four.
        self.connection.execute_batch("INSERT INTO search (search, rank) VALUES ('automerge', 16)")?;
        if version > 0 {
            self.rebuild().map_err(Failure::Store)?;
        }
        Ok(())
    }

    /// Writes a copy of the whole store to a new file while others may write, and verifies it.
    ///
    /// # Errors
    /// As [`Store::verify`], of the copy; [`StoreError::Failed`] where it cannot be written. Nothing is left
    /// at `to` then.
    pub fn backup(&self, to: &Path) -> Result<Verified, StoreError> {
        if to.exists() {
            return Err(StoreError::Exists { path: to.display().to_string() });
        }
        copy(&self.connection, to).inspect_err(|_| drop(fs::remove_file(to)))?;
        Self::open(to).and_then(|copied| copied.verify()).inspect_err(|_| drop(fs::remove_file(to)))
    }

    /// Verifies a backup, then puts it in the place of the store at `path`, if there is one; that is kept
    /// beside it, named `….before-restore`. What that store knows to be erased is erased again; where it is damaged,
    /// nobody knows.
    ///
    /// # Errors
    /// As [`SqliteStore::open`] and [`Store::verify`] of the backup; then the store at `path` is as before.
    pub fn restore(from: &Path, path: &Path) -> Result<Verified, StoreError> {
        let backup = Self::open(from)?;
        backup.verify()?;
        let fresh = beside(path, "restoring");
        let _leftover = fs::remove_file(&fresh);
        let mut verified = backup.backup(&fresh)?;
        let mut restored = Self::open(&fresh)?;
        if path.is_file() && restored.take_over(path).is_ok() {
            verified = restored.verify()?;
        }
        restored.close()?;
        let moved = |error: &std::io::Error| io_failed(path, error);
        for suffix in ["", "-wal", "-shm"] {
            let file = beside_raw(path, suffix);
            if file.exists() {
                let kept = beside_raw(path, &format!(".before-restore{suffix}"));
                fs::rename(&file, kept).map_err(|error| moved(&error))?;
            }
        }
        fs::rename(&fresh, path).map_err(|error| moved(&error))?;
        Ok(verified)
    }

    /// Appends a batch, where the log still ends as it is said to, if it is said.
    fn append_where(&mut self, expected: Option<Head>, batch: &Batch<'_>) -> Result<Head, StoreError> {
        let path = self.path.clone();
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(|error| failed(&path, &error))?;
        let now = head(&transaction).map_err(|error| failed(&path, &error))?;
        if expected.is_some_and(|expected| expected != now) {
            return Err(StoreError::Moved { position: now.position });
        }
        let (head, lineage) = write(&transaction, batch, &self.lineage).map_err(|error| error.at(&path))?;
        transaction.commit().map_err(|error| failed(&path, &error))?;
        if let Some(lineage) = lineage {
            self.lineage = lineage;
        }
        if batch.changes.iter().any(|change| matches!(change, Change::Erasure(_))) {
            // What was erased is so, and told; where others read, its bytes go later.
            let _later = self.sweep();
        }
        Ok(head)
    }

    /// Closes the file, everything in it and nothing beside it.
    fn close(self) -> Result<(), StoreError> {
        let path = self.path;
        self.connection
            .pragma_update(None, "journal_mode", "DELETE")
            .and_then(|()| self.connection.close().map_err(|(_, error)| error))
            .map_err(|error| failed(&path, &error))
    }

    fn load_formats(&mut self) -> Result<(), StoreError> {
        let mut statement = self.prepared("SELECT position FROM format ORDER BY position")?;
        let positions =
            statement.query_map([], |row| row.get::<_, i64>(0)).map_err(|error| self.failed(&error))?;
        let formats = positions
            .map(|position| Ok(self.body::<Format>(position.map_err(|error| self.failed(&error))?)?.1))
            .collect::<Result<Vec<_>, StoreError>>()?;
        drop(statement);
        self.lineage = Lineage::of(formats);
        Ok(())
    }

    fn failed(&self, error: &rusqlite::Error) -> StoreError {
        failed(&self.path, error)
    }

    fn prepared(&self, sql: &str) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        self.connection.prepare_cached(sql).map_err(|error| self.failed(&error))
    }

    /// The record and body at a position, the body checked against its commitment.
    fn body<T: serde::de::DeserializeOwned>(&self, position: i64) -> Result<(LogRecord, T), StoreError> {
        body(&self.connection, position).map_err(|error| error.at(&self.path))
    }

    fn entry_at(&self, id: Id<Entry>, position: i64) -> Result<Entry, StoreError> {
        let (record, mut revision) = self.body::<Revision>(position)?;
        self.lineage.lift(&mut revision);
        if record.subject != id.to_string() {
            return Err(StoreError::ProjectionBroken {
                reason: format!("entry {id} points to another's record"),
            });
        }
        Ok(Entry { id, position: record.position, actor: record.actor, at: record.at, revision })
    }

    fn ids(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Id<Entry>>, StoreError> {
        let mut statement = self.prepared(sql)?;
        let found = statement
            .query_map(values, |row| row.get::<_, String>(0))
            .map_err(|error| self.failed(&error))?;
        found
            .map(|id| {
                let id = id.map_err(|error| self.failed(&error))?;
                Id::parse(&id)
                    .ok_or_else(|| StoreError::ProjectionBroken { reason: format!("{id:?} is no id") })
            })
            .collect()
    }
}

impl Store for SqliteStore {
    fn append(&mut self, batch: &Batch<'_>) -> Result<Head, StoreError> {
        self.append_where(None, batch)
    }

    fn append_after(&mut self, head: Head, batch: &Batch<'_>) -> Result<Head, StoreError> {
        self.append_where(Some(head), batch)
    }

    fn head(&self) -> Result<Head, StoreError> {
        head(&self.connection).map_err(|error| self.failed(&error))
    }

    fn entry(&self, id: Id<Entry>) -> Result<Option<Entry>, StoreError> {
        let mut statement = self.prepared("SELECT position FROM entry WHERE id = ?1")?;
        let position = statement.query_row([id.to_string()], |row| row.get::<_, i64>(0)).optional();
        position.map_err(|error| self.failed(&error))?.map(|position| self.entry_at(id, position)).transpose()
    }

    fn says(&self, id: Id<Entry>, body: &dyn Fn() -> String) -> Result<Option<bool>, StoreError> {
        let mut statement = self.prepared(
            "SELECT position, log.commitment, log.subject, body.salt, body.body
             FROM entry LEFT JOIN log USING (position) LEFT JOIN body USING (position) WHERE entry.id = ?1",
        )?;
        let id = id.to_string();
        let mut rows = statement.query([&id]).map_err(|error| self.failed(&error))?;
        let Some(row) = rows.next().map_err(|error| self.failed(&error))? else { return Ok(None) };
        let bytes = |column: usize| row.get_ref(column).ok().and_then(|value| value.as_bytes().ok());
        let body = body();
        // Where record or body is missing, or another's, it is not the same: who reads it then is told why.
        let same = bytes(4) == Some(body.as_bytes()) && bytes(2) == Some(id.as_bytes());
        if same && bytes(1) != Some(&commitment(bytes(3).unwrap_or_default(), body.as_bytes()).0) {
            let position = row.get::<_, i64>(0).map_err(|error| self.failed(&error))?;
            let reason = "was altered".to_owned();
            return Err(StoreError::BodyBroken { position: unsigned(position), reason });
        }
        Ok(Some(same))
    }

    fn entries(
        &self,
        wanted: &Filter,
        each: &mut dyn FnMut(Entry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.prepared(
            "SELECT id, position FROM entry WHERE (?1 IS NULL OR cube = ?1) AND (?2 IS NULL OR state = ?2) ORDER BY id",
        )?;
        let state = wanted.state.map(|state| state.as_str());
        let mut rows = statement.query(params![wanted.cube, state]).map_err(|error| self.failed(&error))?;
        while let Some(row) = rows.next().map_err(|error| self.failed(&error))? {
            let (id, position): (String, i64) =
                row.get(0).and_then(|id| Ok((id, row.get(1)?))).map_err(|error| self.failed(&error))?;
            let id = Id::parse(&id)
                .ok_or_else(|| StoreError::ProjectionBroken { reason: format!("{id:?} is no id") })?;
            each(self.entry_at(id, position)?)?;
        }
        Ok(())
    }

    fn find(&self, cube: &str, by: Lookup<'_>) -> Result<Vec<Id<Entry>>, StoreError> {
        match by {
            Lookup::Key(key) => {
                self.ids("SELECT id FROM entry WHERE cube = ?1 AND key = ?2 ORDER BY id", [cube, key])
            }
            Lookup::Title(title) => {
                self.ids("SELECT id FROM entry WHERE cube = ?1 AND title = ?2 ORDER BY id", [cube, title])
            }
        }
    }

    fn of_source(&self, source: &str) -> Result<Vec<Described>, StoreError> {
        let mut statement =
            self.prepared("SELECT id, cube, key FROM entry WHERE source = ?1 AND source <> '' ORDER BY id")?;
        let mut rows = statement.query([source]).map_err(|error| self.failed(&error))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(|error| self.failed(&error))? {
            let read = |row: &SqlRow<'_>| -> rusqlite::Result<(String, String, String)> {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            };
            let (id, cube, key) = read(row).map_err(|error| self.failed(&error))?;
            let id = Id::parse(&id)
                .ok_or_else(|| StoreError::ProjectionBroken { reason: format!("{id:?} is no id") })?;
            found.push(Described { id, cube, key });
        }
        Ok(found)
    }

    fn history(&self, id: Id<Entry>) -> Result<Vec<Entry>, StoreError> {
        let mut statement = self.prepared(
            "SELECT position FROM live WHERE subject = ?1 AND kind = 'revision' ORDER BY position",
        )?;
        let positions = statement
            .query_map([id.to_string()], |row| row.get::<_, i64>(0))
            .map_err(|error| self.failed(&error))?;
        positions.map(|position| self.entry_at(id, position.map_err(|error| self.failed(&error))?)).collect()
    }

    fn search(&self, words: &str, most: usize) -> Result<Vec<Id<Entry>>, StoreError> {
        let folded = fold(words);
        let words = folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        let query: Vec<String> = words.map(|word| format!("\"{word}\"*")).collect();
        if query.is_empty() {
            return Ok(Vec::new());
        }
        self.ids(
            "SELECT entry.id FROM search JOIN entry ON entry.number = search.rowid
             WHERE search MATCH ?1 AND entry.state = 'published' ORDER BY bm25(search, 4.0, 1.0), entry.id LIMIT ?2",
            params![query.join(" "), i64::try_from(most).unwrap_or(i64::MAX)],
        )
    }

    fn formats(&self) -> Result<Vec<Format>, StoreError> {
        let mut statement =
            self.prepared("SELECT position FROM document WHERE kind = 'format' ORDER BY subject")?;
        let positions =
            statement.query_map([], |row| row.get::<_, i64>(0)).map_err(|error| self.failed(&error))?;
        positions
            .map(|position| Ok(self.body::<Format>(position.map_err(|error| self.failed(&error))?)?.1))
            .collect()
    }

    fn versions(&self, cube: &str) -> Result<Vec<Format>, StoreError> {
        Ok(self.lineage.versions(cube).into_iter().cloned().collect())
    }

    fn document(&self, kind: RecordKind, subject: &str) -> Result<Option<Value>, StoreError> {
        let mut statement =
            self.prepared("SELECT position FROM document WHERE kind = ?1 AND subject = ?2")?;
        let position = statement.query_row([kind.as_str(), subject], |row| row.get::<_, i64>(0)).optional();
        let position = position.map_err(|error| self.failed(&error))?;
        position.map(|position| Ok(self.body::<Value>(position)?.1)).transpose()
    }

    fn documents(&self, kind: RecordKind) -> Result<Vec<(String, Value)>, StoreError> {
        let mut statement =
            self.prepared("SELECT subject, position FROM document WHERE kind = ?1 ORDER BY subject")?;
        let found = statement
            .query_map([kind.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
            .map_err(|error| self.failed(&error))?;
        found
            .map(|found| {
                let (subject, position) = found.map_err(|error| self.failed(&error))?;
                Ok((subject, self.body::<Value>(position)?.1))
            })
            .collect()
    }

    fn erased(&self, kind: RecordKind, subject: &str) -> Result<Option<u64>, StoreError> {
        let mut statement = self.prepared("SELECT position FROM erased WHERE kind = ?1 AND subject = ?2")?;
        let position = statement.query_row([kind.as_str(), subject], |row| row.get::<_, i64>(0)).optional();
        Ok(position.map_err(|error| self.failed(&error))?.map(unsigned))
    }

    fn log(
        &self,
        from: u64,
        each: &mut dyn FnMut(&LogRecord) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.prepared(
            "SELECT position, at, actor, kind, subject, commitment, previous, hash, signature
             FROM log WHERE position >= ?1 ORDER BY position",
        )?;
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let mut rows = statement.query([from]).map_err(|error| self.failed(&error))?;
        while let Some(row) = rows.next().map_err(|error| self.failed(&error))? {
            each(&log_record(row)?)?;
        }
        Ok(())
    }

    fn replay(&self, from: u64, each: &mut Told<'_>) -> Result<(), StoreError> {
        replay::from(self, from, each)
    }

    fn verify(&self) -> Result<Verified, StoreError> {
        let unreadable =
            |reason: String| StoreError::Unreadable { path: self.path.display().to_string(), reason };
        // The chain first: it names the record, where the database only names a page.
        let head = self.verify_chain()?;
        let mut bodies = 0;
        self.log(1, &mut |record| {
            bodies += u64::from(self.verify_body(record)?);
            Ok(())
        })?;
        self.verify_erased()?;
        let sound: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|error| self.failed(&error))?;
        if sound != "ok" {
            return Err(unreadable(sound));
        }
        let entries = self.verify_read()?;
        Ok(Verified { records: head.position, bodies, entries, head })
    }

    fn rebuild(&mut self) -> Result<(), StoreError> {
        self.verify_chain()?;
        let path = self.path.clone();
        let mut formats = Vec::new();
        self.log(1, &mut |record| {
            if record.kind == RecordKind::Format {
                formats.push(self.body::<Format>(signed(record.position))?.1);
            }
            Ok(())
        })?;
        let lineage = Lineage::of(formats);
        let transaction = self.connection.unchecked_transaction().map_err(|error| failed(&path, &error))?;
        let empty = "DELETE FROM entry; DELETE FROM document; DELETE FROM format; DELETE FROM erased;
                     INSERT INTO search (search) VALUES ('delete-all');";
        transaction.execute_batch(empty).map_err(|error| failed(&path, &error))?;
        let known = tombstones(&self.connection).map_err(|error| error.at(&path))?;
        for (record, erasure) in &known {
            erase::remember(&self.connection, erasure, record.position)
                .map_err(|error| failed(&path, &error))?;
        }
        let mut index = Index::new();
        for position in erase::live(&self.connection).map_err(|error| failed(&path, &error))? {
            let (record, body) = self.body::<Value>(signed(position))?;
            let change = change_of(&record, body)?;
            project(&self.connection, &change, row(&change, &lineage), position, &mut index)
                .map_err(|error| failed(&path, &error))?;
            if index.len() == 1000 {
                tell(&self.connection, std::mem::take(&mut index)).map_err(|error| failed(&path, &error))?;
            }
        }
        tell(&self.connection, index).map_err(|error| failed(&path, &error))?;
        transaction.commit().map_err(|error| failed(&path, &error))?;
        self.lineage = lineage;
        Ok(())
    }
}

/// What went wrong within a transaction.
enum Failure {
    Sql(rusqlite::Error),
    Store(StoreError),
}

impl Failure {
    fn at(self, path: &Path) -> StoreError {
        match self {
            Self::Sql(error) => failed(path, &error),
            Self::Store(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

fn write(
    connection: &Connection,
    batch: &Batch<'_>,
    known: &Lineage,
) -> Result<(Head, Option<Lineage>), Failure> {
    let mut head = head(connection)?;
    let mut fresh = None::<Lineage>;
    let mut index = Index::new();
    let is_format = |change: &Change| matches!(change, Change::Format(_));
    // A new version of a format is read by what comes after it: what lies between two is made ready side by side.
    for changes in batch.changes.chunk_by(|one, next| !is_format(one) && !is_format(next)) {
        if let [Change::Format(format)] = changes {
            let before = fresh.clone().unwrap_or_else(|| known.clone());
            let lineage = fresh.get_or_insert_with(|| known.clone());
            lineage.insert(format.clone());
            tell(connection, std::mem::take(&mut index))?;
            reread(connection, &format.cube, &before, lineage)?;
        }
        let lineage = fresh.as_ref().unwrap_or(known);
        let first = head.position + 1;
        let ready = of_each(changes.len(), |number| {
            let change = changes.get(number)?;
            let position = first + u64::try_from(number).unwrap_or(u64::MAX);
            Some((change, content(change, position, &batch.seed), row(change, lineage)))
        });
        for (change, content, row) in ready.into_iter().flatten() {
            let content = content.map_err(Failure::Store)?;
            let record = seal(&content, head.hash, batch);
            head = Head { position: record.position, hash: record.hash };
            insert(connection, &record, &content.salt, &content.body)?;
            if let Change::Erasure(erasure) = change {
                tell(connection, std::mem::take(&mut index))?;
                erase::erase(connection, erasure, record.position)?;
            }
            project(connection, change, row, head.position, &mut index)?;
        }
    }
    tell(connection, index)?;
    Ok((head, fresh))
}

/// Writes a record into the log, and beside it what it is a commitment to.
fn insert(connection: &Connection, record: &LogRecord, salt: &[u8], body: &str) -> rusqlite::Result<()> {
    let position = signed(record.position);
    connection
        .prepare_cached(
            "INSERT INTO log (position, at, actor, kind, subject, commitment, previous, hash, signature)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            position,
            record.at.millis(),
            record.actor.as_bytes(),
            record.kind.as_str(),
            record.subject,
            record.commitment.0,
            record.previous.0,
            record.hash.0,
            record.signature.as_ref().map(ToString::to_string),
        ])?;
    connection
        .prepare_cached("INSERT INTO body (position, salt, body) VALUES (?1, ?2, ?3)")?
        .execute(params![position, salt, body])?;
    Ok(())
}

/// The record and body at a position, the body checked against its commitment.
fn body<T: serde::de::DeserializeOwned>(
    connection: &Connection,
    position: i64,
) -> Result<(LogRecord, T), Failure> {
    let broken =
        |reason: &str| StoreError::BodyBroken { position: unsigned(position), reason: reason.to_owned() };
    let mut statement = connection.prepare_cached(
        "SELECT position, at, actor, kind, subject, commitment, previous, hash, signature, salt, body
         FROM log JOIN body USING (position) WHERE position = ?1",
    )?;
    let mut rows = statement.query([position])?;
    let row = rows.next()?.ok_or_else(|| Failure::Store(broken("is missing")))?;
    let record = log_record(row).map_err(Failure::Store)?;
    let read = || {
        let salt =
            row.get_ref(9).ok().and_then(|salt| salt.as_blob().ok()).ok_or_else(|| broken("has no salt"))?;
        let body =
            row.get_ref(10).ok().and_then(|body| body.as_bytes().ok()).ok_or_else(|| broken("is no text"))?;
        record.check_body(salt, body)?;
        serde_json::from_slice(body).map_err(|error| broken(&error.to_string()))
    };
    let value = read().map_err(Failure::Store)?;
    Ok((record, value))
}

fn head(connection: &Connection) -> rusqlite::Result<Head> {
    let last = connection
        .prepare_cached("SELECT position, hash FROM log ORDER BY position DESC LIMIT 1")?
        .query_row([], |row| Ok(Head { position: unsigned(row.get(0)?), hash: Digest(row.get(1)?) }))
        .optional()?;
    Ok(last.unwrap_or(Head { position: 0, hash: Digest::ZERO }))
}

/// Reads a record; what cannot be read was altered.
fn log_record(row: &SqlRow<'_>) -> Result<LogRecord, StoreError> {
    let position = row.get::<_, i64>(0).map_or(0, unsigned);
    let broken = |reason: &str| StoreError::LogBroken { position, reason: reason.to_owned() };
    let read = |row: &SqlRow<'_>| -> rusqlite::Result<_> {
        Ok((
            (
                row.get::<_, i64>(1)?,
                row.get::<_, [u8; 16]>(2)?,
                row.get::<_, String>(3)?,
                row.get::<_, String>(4)?,
            ),
            [Digest(row.get(5)?), Digest(row.get(6)?), Digest(row.get(7)?)],
            row.get::<_, Option<String>>(8)?,
        ))
    };
    let ((at, actor, kind, subject), [commitment, previous, hash], signature) =
        read(row).map_err(|error| broken(&format!("was altered: {error}")))?;
    let signature = signature.map(|text| Signature::parse(&text)).transpose();
    Ok(LogRecord {
        position,
        at: Timestamp::from_millis(at),
        actor: Id::from_bytes(actor),
        kind: RecordKind::parse(&kind).ok_or_else(|| broken("was altered: its kind"))?,
        subject,
        commitment,
        previous,
        hash,
        signature: signature.map_err(|_| broken("was altered: its signature"))?,
    })
}

fn copy(from: &Connection, to: &Path) -> Result<(), StoreError> {
    let mut target = Connection::open(to).map_err(|error| failed(to, &error))?;
    let backup = Backup::new(from, &mut target).map_err(|error| failed(to, &error))?;
    backup.run_to_completion(1024, std::time::Duration::ZERO, None).map_err(|error| failed(to, &error))?;
    drop(backup);
    // One file, not three: a backup is carried away.
    target.pragma_update(None, "journal_mode", "DELETE").map_err(|error| failed(to, &error))
}

fn beside(path: &Path, word: &str) -> PathBuf {
    beside_raw(path, &format!(".{word}"))
}

fn beside_raw(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn io_failed(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Failed { path: path.display().to_string(), reason: error.to_string() }
}

fn failed(path: &Path, error: &rusqlite::Error) -> StoreError {
    let path = path.display().to_string();
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Unreadable { path, reason },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            StoreError::ReadOnly { path }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        _ => StoreError::Failed { path, reason },
    }
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The states the SQL above names must be the states there are.
const _: () = assert!(matches!(State::Published.as_str().as_bytes(), b"published"));
