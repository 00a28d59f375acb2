//! A store in memory: for tests, and where there is no disk.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Batch, Change, Described, Filter, Head, LogRecord, Lookup, RecordKind, Store, StoreError, Told, Verified,
    chain::{change_of, change_read, content, seal},
    projection::Row,
};
use crate::{
    base::{Digest, Id, fold},
    manufactory::forms::{Entry, Format, Revision, State, evolve::Lineage},
};

/// What lies beside a record, the salt and the body; nothing where it was erased.
type Kept = Option<([u8; 32], String)>;

/// A store in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    log: Vec<(LogRecord, Kept)>,
    read: Read,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Read {
    lineage: Lineage,
    entries: BTreeMap<Id<Entry>, (u64, Row)>,
    documents: BTreeMap<(RecordKind, String), u64>,
    erased: BTreeMap<(RecordKind, String), u64>,
}

impl Read {
    fn is_erased(&self, record: &LogRecord) -> bool {
        let key = (record.kind, record.subject.clone());
        self.erased.get(&key).is_some_and(|position| *position > record.position)
    }

    fn take(&mut self, change: &Change, position: u64) {
        match change {
            Change::Revision(id, revision) => {
                self.entries.insert(*id, (position, Row::of(revision, &self.lineage)));
            }
            Change::Written(id, revision) => {
                self.entries.insert(*id, (position, Row::of_written(revision, &self.lineage)));
            }
            Change::Format(format) => {
                self.lineage.insert(format.clone());
                self.documents.insert((RecordKind::Format, format.cube.clone()), position);
            }
            Change::Document { kind, subject, .. } => {
                self.documents.insert((*kind, subject.clone()), position);
            }
            Change::Erasure(erasure) => {
                for subject in &erasure.subjects {
                    let key = (erasure.kind, subject.clone());
                    self.documents.remove(&key);
                    if erasure.kind == RecordKind::Revision
                        && let Some(id) = Id::parse(subject)
                    {
                        self.entries.remove(&id);
                    }
                    self.erased.insert(key, position);
                }
            }
        }
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn body(&self, position: u64) -> Result<(&LogRecord, &str), StoreError> {
        let missing = || StoreError::LogBroken { position, reason: "is missing".to_owned() };
        let index = usize::try_from(position)
            .ok()
            .and_then(|position| position.checked_sub(1))
            .ok_or_else(missing)?;
        let (record, kept) = self.log.get(index).ok_or_else(missing)?;
        let (salt, body) = kept
            .as_ref()
            .ok_or_else(|| StoreError::BodyBroken { position, reason: "is missing".to_owned() })?;
        record.check_body(salt, body.as_bytes())?;
        Ok((record, body))
    }

    fn read_anew(&self) -> Result<Read, StoreError> {
        let mut anew = Read::default();
        // Tombstones and formats first: what is erased is not there, every entry is read by the newest format.
        let round = |record: &LogRecord| {
            let is = |kind| record.kind == kind;
            if is(RecordKind::Erasure) {
                0
            } else if is(RecordKind::Format) {
                1
            } else {
                2
            }
        };
        for wanted in 0..3 {
            for (record, kept) in self.log.iter().filter(|(record, _)| round(record) == wanted) {
                let erased = anew.is_erased(record);
                if erased && kept.is_none() {
                    continue;
                }
                let (position, broken) = (record.position, |reason: String| StoreError::BodyBroken {
                    position: record.position,
                    reason,
                });
                let (_, body) = self.body(position)?;
                if erased {
                    return Err(broken("was erased, and is there".to_owned()));
                }
                let body = serde_json::from_str(body).map_err(|error| broken(error.to_string()))?;
                anew.take(&change_of(record, body)?, position);
            }
        }
        Ok(anew)
    }

    fn entry_at(&self, id: Id<Entry>, position: u64) -> Result<Entry, StoreError> {
        let (record, body) = self.body(position)?;
        let mut revision: Revision = serde_json::from_str(body)
            .map_err(|error| StoreError::BodyBroken { position, reason: error.to_string() })?;
        self.read.lineage.lift(&mut revision);
        Ok(Entry { id, position, actor: record.actor, at: record.at, revision })
    }
}

impl Store for MemoryStore {
    fn append(&mut self, batch: &Batch<'_>) -> Result<Head, StoreError> {
        let mut head = self.head()?;
        let mut sealed = Vec::with_capacity(batch.changes.len());
        for change in batch.changes {
            let content = content(change, head.position + 1, &batch.seed)?;
            let record = seal(&content, head.hash, batch);
            head = Head { position: record.position, hash: record.hash };
            sealed.push((record, content.salt, content.body));
        }
        for ((record, salt, body), change) in sealed.into_iter().zip(batch.changes) {
            self.read.take(change, record.position);
            self.log.push((record, Some((salt, body))));
            if let Change::Erasure(erasure) = change {
                for (record, kept) in &mut self.log {
                    if record.kind == erasure.kind && erasure.subjects.contains(&record.subject) {
                        *kept = None;
                    }
                }
            }
        }
        if batch.changes.iter().any(|change| matches!(change, Change::Format(_))) {
            self.rebuild()?;
        }
        Ok(head)
    }

    fn append_after(&mut self, head: Head, batch: &Batch<'_>) -> Result<Head, StoreError> {
        let now = self.head()?;
        if now != head {
            return Err(StoreError::Moved { position: now.position });
        }
        self.append(batch)
    }

    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.log.last().map_or(Head { position: 0, hash: Digest::ZERO }, |(record, _)| Head {
            position: record.position,
            hash: record.hash,
        }))
    }

    fn entry(&self, id: Id<Entry>) -> Result<Option<Entry>, StoreError> {
        self.read.entries.get(&id).map(|(position, _)| self.entry_at(id, *position)).transpose()
    }

    fn says(&self, id: Id<Entry>, body: &dyn Fn() -> String) -> Result<Option<bool>, StoreError> {
        let Some((position, _)) = self.read.entries.get(&id) else { return Ok(None) };
        Ok(Some(self.body(*position)?.1 == body()))
    }

    fn entries(
        &self,
        wanted: &Filter,
        each: &mut dyn FnMut(Entry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for (id, (position, row)) in &self.read.entries {
            if wanted.cube.as_ref().is_none_or(|cube| *cube == row.cube)
                && wanted.state.is_none_or(|state| state.as_str() == row.state)
            {
                each(self.entry_at(*id, *position)?)?;
            }
        }
        Ok(())
    }

    fn find(&self, cube: &str, by: Lookup<'_>) -> Result<Vec<Id<Entry>>, StoreError> {
        let matches = |row: &Row| match by {
            Lookup::Key(key) => row.key == key,
            Lookup::Title(title) => row.title == title,
        };
        let found = self.read.entries.iter().filter(|(_, (_, row))| row.cube == cube && matches(row));
        Ok(found.map(|(id, _)| *id).collect())
    }

    fn of_source(&self, source: &str) -> Result<Vec<Described>, StoreError> {
        let of = self.read.entries.iter().filter(|(_, (_, row))| row.source == source && !source.is_empty());
        Ok(of
            .map(|(id, (_, row))| Described { id: *id, cube: row.cube.clone(), key: row.key.clone() })
            .collect())
    }

    fn history(&self, id: Id<Entry>) -> Result<Vec<Entry>, StoreError> {
        let subject = id.to_string();
        let of = self
            .log
            .iter()
            .map(|(record, _)| record)
            .filter(|record| record.kind == RecordKind::Revision && record.subject == subject)
            .filter(|record| !self.read.is_erased(record));
        of.map(|record| self.entry_at(id, record.position)).collect()
    }

    fn search(&self, words: &str, most: usize) -> Result<Vec<Id<Entry>>, StoreError> {
        let words: Vec<String> = fold(words).split(' ').map(str::to_owned).collect();
        let holds = |row: &Row| {
            let text = fold(&row.text);
            words.iter().all(|word| {
                [row.title.as_str(), text.as_str()]
                    .iter()
                    .flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()))
                    .any(|known| known.starts_with(word))
            })
        };
        let published = State::Published.as_str();
        let found = self.read.entries.iter().filter(|(_, (_, row))| row.state == published && holds(row));
        Ok(found.map(|(id, _)| *id).take(most).collect())
    }

    fn formats(&self) -> Result<Vec<Format>, StoreError> {
        let newest = self.read.documents.iter().filter(|((kind, _), _)| *kind == RecordKind::Format);
        newest
            .map(|(_, position)| {
                let (_, body) = self.body(*position)?;
                serde_json::from_str(body).map_err(|error| StoreError::BodyBroken {
                    position: *position,
                    reason: error.to_string(),
                })
            })
            .collect()
    }

    fn versions(&self, cube: &str) -> Result<Vec<Format>, StoreError> {
        Ok(self.read.lineage.versions(cube).into_iter().cloned().collect())
    }

    fn document(&self, kind: RecordKind, subject: &str) -> Result<Option<Value>, StoreError> {
        let Some(position) = self.read.documents.get(&(kind, subject.to_owned())) else { return Ok(None) };
        let (_, body) = self.body(*position)?;
        serde_json::from_str(body)
            .map(Some)
            .map_err(|error| StoreError::BodyBroken { position: *position, reason: error.to_string() })
    }

    fn documents(&self, kind: RecordKind) -> Result<Vec<(String, Value)>, StoreError> {
        let of = self.read.documents.keys().filter(|(known, _)| *known == kind);
        of.map(|(_, subject)| Ok((subject.clone(), self.document(kind, subject)?.unwrap_or_default())))
            .collect()
    }

    fn erased(&self, kind: RecordKind, subject: &str) -> Result<Option<u64>, StoreError> {
        Ok(self.read.erased.get(&(kind, subject.to_owned())).copied())
    }

    fn log(
        &self,
        from: u64,
        each: &mut dyn FnMut(&LogRecord) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.log.iter().map(|(record, _)| record).filter(|record| record.position >= from).try_for_each(each)
    }

    fn replay(&self, from: u64, each: &mut Told<'_>) -> Result<(), StoreError> {
        self.log(from, &mut |record| {
            let told = matches!(record.kind, RecordKind::Revision | RecordKind::Erasure)
                && !self.read.is_erased(record);
            let change = told
                .then(|| change_read(record, self.body(record.position)?.1.as_bytes(), &self.read.lineage));
            each(record, change.transpose()?)
        })
    }

    fn verify(&self) -> Result<Verified, StoreError> {
        let head = self.verify_chain()?;
        let anew = self.read_anew()?;
        if anew != self.read {
            return Err(StoreError::ProjectionBroken { reason: "an entry differs".to_owned() });
        }
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        Ok(Verified {
            records: head.position,
            bodies: count(self.log.iter().filter(|(_, kept)| kept.is_some()).count()),
            entries: count(anew.entries.len()),
            head,
        })
    }

    fn rebuild(&mut self) -> Result<(), StoreError> {
        self.read = self.read_anew()?;
        Ok(())
    }
}
