//! The read tables, as a change of the log alters them.

use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params};

use super::{Failure, body, signed};
use crate::{
    base::Id,
    manufactory::forms::{Entry, Revision, evolve::Lineage},
    store::{Change, RecordKind, projection::Row},
};

/// What the search index is still to be told: how, the number of the entry, what it says.
pub(super) type Index = Vec<(&'static str, i64, Row)>;

/// Tells the search index. Apart from the other tables, since each statement that may be undone makes the index
/// write down what it holds in memory.
pub(super) fn tell(connection: &Connection, index: Index) -> rusqlite::Result<()> {
    for (sql, number, row) in index {
        connection.prepare_cached(sql)?.execute(params![number, row.title, row.text])?;
    }
    Ok(())
}

/// What the read tables say of an entry since a change of it.
pub(super) fn row(change: &Change, lineage: &Lineage) -> Option<Row> {
    match change {
        Change::Revision(_, revision) => Some(Row::of(revision, lineage)),
        Change::Written(_, revision) => Some(Row::of_written(revision, lineage)),
        Change::Format(_) | Change::Document { .. } | Change::Erasure(_) => None,
    }
}

/// Writes what a change says into the read tables, with the [`row`] of its entry; what the search index is to be told goes
/// into `index`.
pub(super) fn project(
    connection: &Connection,
    change: &Change,
    row: Option<Row>,
    position: u64,
    index: &mut Index,
) -> rusqlite::Result<()> {
    let position = signed(position);
    match change {
        Change::Revision(id, _) | Change::Written(id, _) => {
            if let Some(row) = row {
                entry(connection, *id, position, row, index)?;
            }
        }
        Change::Format(format) => {
            document(connection, RecordKind::Format, &format.cube, position)?;
            connection
                .prepare_cached("INSERT OR IGNORE INTO format (digest, position) VALUES (?1, ?2)")?
                .execute(params![format.digest().to_string(), position])?;
        }
        Change::Document { kind, subject, .. } => document(connection, *kind, subject, position)?,
        // What it erases and what it is to be remembered by go together: `erase`.
        Change::Erasure(_) => {}
    }
    Ok(())
}

/// Takes the row of an entry out.
pub(super) fn remove(connection: &Connection, id: Id<Entry>) -> rusqlite::Result<()> {
    let number = connection
        .prepare_cached("DELETE FROM entry WHERE id = ?1 RETURNING number")?
        .query_row([id.to_string()], |row| row.get::<_, i64>(0))
        .optional()?;
    if let Some(number) = number {
        connection.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([number])?;
    }
    Ok(())
}

/// Writes the row of an entry.
fn entry(
    connection: &Connection,
    id: Id<Entry>,
    position: i64,
    row: Row,
    index: &mut Index,
) -> rusqlite::Result<()> {
    let values = params![id.to_string(), position, row.cube, row.state, row.key, row.title, row.source];
    let number = |row: &SqlRow<'_>| row.get::<_, i64>(0);
    // What is new needs no deletion from the index, which costs as much as an insertion.
    let inserted = connection
        .prepare_cached(
            "INSERT INTO entry (id, position, cube, state, key, title, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO NOTHING RETURNING number",
        )?
        .query_row(values, number)
        .optional()?;
    let (number, sql) = if let Some(number) = inserted {
        (number, "INSERT INTO search (rowid, title, text) VALUES (?1, ?2, ?3)")
    } else {
        let mut update = connection.prepare_cached(
            "UPDATE entry SET position = ?2, cube = ?3, state = ?4, key = ?5, title = ?6, source = ?7
             WHERE id = ?1 RETURNING number",
        )?;
        let sql = "INSERT OR REPLACE INTO search (rowid, title, text) VALUES (?1, ?2, ?3)";
        (update.query_row(values, number)?, sql)
    };
    index.push((sql, number, row));
    Ok(())
}

fn document(connection: &Connection, kind: RecordKind, subject: &str, position: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO document (kind, subject, position) VALUES (?1, ?2, ?3)")?
        .execute(params![kind.as_str(), subject, position])?;
    Ok(())
}

/// Reads the entries of a cube anew where a new version of its format has other titles or texts for them.
pub(super) fn reread(
    connection: &Connection,
    cube: &str,
    before: &Lineage,
    now: &Lineage,
) -> Result<(), Failure> {
    if now.reads_alike(cube, before) {
        return Ok(());
    }
    let mut entries =
        connection.prepare("SELECT number, position FROM entry WHERE cube = ?1 ORDER BY number")?;
    let mut rows = entries.query([cube])?;
    while let Some(row) = rows.next()? {
        let (number, position): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (_, mut revision) = body::<Revision>(connection, position)?;
        let known = Row::of(&revision, before);
        now.lift(&mut revision);
        let row = Row::of(&revision, now);
        if row != known {
            connection
                .prepare_cached("UPDATE entry SET title = ?2 WHERE number = ?1")?
                .execute(params![number, row.title])?;
            let sql = "INSERT OR REPLACE INTO search (rowid, title, text) VALUES (?1, ?2, ?3)";
            tell(connection, vec![(sql, number, row)])?;
        }
    }
    Ok(())
}
