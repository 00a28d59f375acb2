//! Records carried from one version of a format to another and back, without loss.

use std::collections::{BTreeMap, btree_map};

use serde::{Deserialize, Serialize};

use super::{
    super::{Document, Format, FormsError, Revision},
    apply::apply,
    difference::difference,
    operation::Operation,
    step::{Direction, Memory, Step},
};
use crate::base::Digest;

/// What a version cannot hold of a record, kept beside it: by the step that could not carry it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Complement(BTreeMap<String, Memory>);

impl Complement {
    /// Nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What one version does to records: the steps of its operations.
#[derive(Debug, Clone, PartialEq)]
struct Stride {
    /// The name of the step for ever: the version, the operation, the step.
    key: String,
    /// The operation it belongs to.
    operation: &'static str,
    subject: String,
    step: Step,
    direction: Direction,
}

/// Carries records from one version of a format to another.
///
/// What the other version cannot hold goes into the [`Complement`]; carried back with it, a record is what it was,
/// and what was changed meanwhile elsewhere stays changed.
///
/// # Source
/// Symmetric lenses: Hofmann, Pierce and Wagner (2011), POPL, 371-384. The laws are tested in
/// `c3ms-core/tests/evolve.rs`.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, evolve::{Complement, Lineage}};
/// let older = Format::parse(r#"{"cube": "venue", "title": "name", "label": {"en": "Venue"}, "fields": [
///   {"id": "name", "name": "name", "kind": {"type": "text"}},
///   {"id": "seats", "name": "seats", "kind": {"type": "text"}}]}"#)?;
/// let newer = Format::parse(&format!(r#"{{"cube": "venue", "title": "name", "label": {{"en": "Venue"}},
///   "previous": "{}", "fields": [
///   {{"id": "name", "name": "name", "kind": {{"type": "text"}}}},
///   {{"id": "seats", "name": "capacity", "kind": {{"type": "integer"}}}}]}}"#, older.digest()))?;
/// let lineage = Lineage::of([older.clone(), newer.clone()]);
/// let lens = lineage.lens(older.digest(), newer.digest())?;
///
/// let mut record = serde_json::from_str(r#"{"name": "Le Rempart", "seats": "0180"}"#)?;
/// let mut complement = Complement::default();
/// lens.carry(&mut record, &mut complement);
/// assert_eq!(record["capacity"], 180);
/// lens.turned().carry(&mut record, &mut complement);
/// assert_eq!(record["seats"], "0180", "as it was typed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lens(Vec<Stride>);

/// What an operation did to a record on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried<'a> {
    /// The name of the operation.
    pub operation: &'static str,
    /// What it is done to.
    pub subject: &'a str,
    /// Something is kept beside the record.
    pub kept: bool,
}

impl Lens {
    /// Carries a record to the other version.
    pub fn carry(&self, document: &mut Document, complement: &mut Complement) {
        self.carry_telling(document, complement, &mut |_| ());
    }

    /// As [`Lens::carry`]; tells each operation that changed the record.
    pub fn carry_telling<'a>(
        &'a self,
        document: &mut Document,
        complement: &mut Complement,
        tell: &mut dyn FnMut(Carried<'a>),
    ) {
        let mut fresh = Memory::new();
        for stride in &self.0 {
            let kept_before = complement.0.get_mut(&stride.key);
            let had_memory = kept_before.is_some();
            let memory = kept_before.unwrap_or(&mut fresh);
            let outcome = stride.step.carry(document, stride.direction, memory);
            if outcome.touched || outcome.kept {
                tell(Carried { operation: stride.operation, subject: &stride.subject, kept: outcome.kept });
            }
            if had_memory {
                if memory.is_empty() {
                    complement.0.remove(&stride.key);
                }
            } else if !fresh.is_empty() {
                complement.0.insert(stride.key.clone(), std::mem::take(&mut fresh));
            }
        }
    }

    /// The lens that goes back.
    #[must_use]
    pub fn turned(&self) -> Self {
        let back = |stride: &Stride| Stride { direction: stride.direction.turned(), ..stride.clone() };
        Self(self.0.iter().rev().map(back).collect())
    }

    /// Tells whether records are the same in both versions.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes on with another lens; what is done and undone at once is left out.
    fn then(&mut self, next: impl IntoIterator<Item = Stride>) {
        for stride in next {
            match self.0.last() {
                Some(last) if last.key == stride.key && last.direction != stride.direction => {
                    self.0.pop();
                }
                _ => self.0.push(stride),
            }
        }
    }
}

/// All versions of formats, and how records go from one to another.
#[derive(Debug, Clone, Default)]
pub struct Lineage {
    formats: BTreeMap<Digest, Format>,
    /// The steps from the version before to this one.
    strides: BTreeMap<Digest, Lens>,
    /// The newest of each cube, in the order they came.
    newest: BTreeMap<String, Digest>,
    /// From each version to the newest of its cube.
    lifts: BTreeMap<Digest, Lens>,
}

impl PartialEq for Lineage {
    fn eq(&self, other: &Self) -> bool {
        self.formats == other.formats && self.newest == other.newest
    }
}

impl Lineage {
    /// The lineage of formats in the order they came.
    #[must_use]
    pub fn of(formats: impl IntoIterator<Item = Format>) -> Self {
        let mut lineage = Self::default();
        formats.into_iter().for_each(|format| lineage.insert(format));
        lineage
    }

    /// Adds a version; it is the newest of its cube now.
    pub fn insert(&mut self, format: Format) {
        let digest = format.digest();
        let cube = format.cube.clone();
        let strides = self.strides_of(digest, &format);
        self.strides.insert(digest, strides);
        self.formats.insert(digest, format);
        self.newest.insert(cube.clone(), digest);
        let of_cube = self.formats.iter().filter(|(_, format)| format.cube == cube);
        let versions: Vec<Digest> = of_cube.map(|(digest, _)| *digest).collect();
        for version in versions {
            let lift = self.lens(version, digest).unwrap_or_default();
            self.lifts.insert(version, lift);
        }
    }

    /// The version of this hash.
    #[must_use]
    pub fn get(&self, digest: Digest) -> Option<&Format> {
        self.formats.get(&digest)
    }

    /// The newest version of a cube.
    #[must_use]
    pub fn newest(&self, cube: &str) -> Option<&Format> {
        self.formats.get(self.newest.get(cube)?)
    }

    /// The newest version of each cube, by its name.
    pub fn every_newest(&self) -> impl Iterator<Item = &Format> {
        self.newest.values().filter_map(|digest| self.formats.get(digest))
    }

    /// The versions of a cube, the newest first, each before the one it was made from.
    #[must_use]
    pub fn versions(&self, cube: &str) -> Vec<&Format> {
        let newest = self.newest.get(cube).copied();
        self.ancestors(newest).into_iter().filter_map(|digest| self.formats.get(&digest)).collect()
    }

    fn ancestors(&self, from: Option<Digest>) -> Vec<Digest> {
        let mut chain = Vec::new();
        let mut next = from;
        while let Some(digest) = next.filter(|digest| !chain.contains(digest)) {
            let Some(format) = self.formats.get(&digest) else { break };
            chain.push(digest);
            next = format.previous;
        }
        chain
    }

    /// The way of records from one version to another, through the versions between them.
    ///
    /// # Errors
    /// [`FormsError::VersionUnknown`] where one of them is not known, or neither came from the other nor both
    /// from a third.
    pub fn lens(&self, from: Digest, to: Digest) -> Result<Lens, FormsError> {
        let unknown = |digest: Digest| FormsError::VersionUnknown { version: digest.to_string() };
        for digest in [from, to] {
            self.formats.get(&digest).ok_or_else(|| unknown(digest))?;
        }
        let (up, down) = (self.ancestors(Some(from)), self.ancestors(Some(to)));
        let shared = up.iter().find(|digest| down.contains(digest)).ok_or_else(|| unknown(from))?;
        let mut lens = Lens::default();
        let until = |chain: &[Digest]| -> Vec<Digest> {
            chain.iter().take_while(|digest| *digest != shared).copied().collect()
        };
        for digest in until(&up) {
            lens.then(self.strides.get(&digest).map(Lens::turned).unwrap_or_default().0);
        }
        for digest in until(&down).into_iter().rev() {
            lens.then(self.strides.get(&digest).cloned().unwrap_or_default().0);
        }
        Ok(lens)
    }

    /// Tells whether another lineage reads the records of a cube as this one does: the newest version has the
    /// same fields, and every record comes to it by the same way.
    #[must_use]
    pub fn reads_alike(&self, cube: &str, other: &Self) -> bool {
        let (Some(ours), Some(theirs)) = (self.newest.get(cube), other.newest.get(cube)) else {
            return false;
        };
        let (Some(newest), Some(before)) = (self.formats.get(ours), other.formats.get(theirs)) else {
            return false;
        };
        newest.fields == before.fields
            && newest.title == before.title
            && other.lifts.iter().all(|(version, lift)| self.lifts.get(version) == Some(lift))
    }

    /// Tells whether a revision was written under an older version that is known.
    #[must_use]
    pub fn is_older(&self, revision: &Revision) -> bool {
        self.newest.get(&revision.cube) != Some(&revision.format) && self.lifts.contains_key(&revision.format)
    }

    /// Brings a revision to the newest version of its cube.
    pub fn lift(&self, revision: &mut Revision) {
        if !self.is_older(revision) {
            return;
        }
        if let (Some(lens), Some(newest)) =
            (self.lifts.get(&revision.format), self.newest.get(&revision.cube))
        {
            lens.carry(&mut revision.document, &mut revision.complement);
            revision.format = *newest;
        }
    }

    /// The steps of a version, under its name.
    fn strides_of(&self, digest: Digest, format: &Format) -> Lens {
        let Some(previous) = format.previous.and_then(|previous| self.formats.get(&previous)) else {
            return Lens::default();
        };
        if let Some(Operation::Revert { to }) = format.operations.first() {
            let mut lens = Lens::default();
            for version in self.ancestors(format.previous).into_iter().take_while(|version| version != to) {
                lens.then(self.strides.get(&version).map(Lens::turned).unwrap_or_default().0);
            }
            return lens;
        }
        let derived = format.operations.is_empty().then(|| difference(previous, format));
        let operations = derived.as_ref().unwrap_or(&format.operations);
        let mut replayed = previous.clone();
        let mut lens = Lens::default();
        for (number, operation) in operations.iter().enumerate() {
            // A version whose operations cannot be carried out is never accepted; see `amended`.
            let steps = apply(&mut replayed, operation).unwrap_or_default();
            lens.0.extend(steps.into_iter().enumerate().map(|(index, step)| Stride {
                key: format!("{digest}/{number}/{index}"),
                operation: operation.name(),
                subject: operation.subject().to_owned(),
                step,
                direction: Direction::Forward,
            }));
        }
        lens
    }
}

/// The version of a format that operations make of another, bound to it by its hash.
///
/// # Errors
/// [`FormsError::OperationRefused`] where one cannot be carried out, [`FormsError::FormatUnsound`] where what
/// comes out contradicts itself.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Format, evolve::{Operation, amended}};
/// let venue = Format::parse(r#"{"cube": "venue", "title": "name", "label": {"en": "Venue"},
///   "fields": [{"id": "name", "name": "name", "kind": {"type": "text"}}]}"#)?;
/// let operations = vec![Operation::Rename { field: "name".into(), to: "called".into() }];
/// let newer = amended(&venue, operations)?;
/// assert_eq!((newer.title.as_str(), newer.previous), ("called", Some(venue.digest())));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn amended(format: &Format, operations: Vec<Operation>) -> Result<Format, FormsError> {
    let mut newer = format.clone();
    for operation in &operations {
        apply(&mut newer, operation)?;
    }
    newer.check()?;
    newer.previous = Some(format.digest());
    newer.operations = operations;
    Ok(newer)
}

/// The version that undoes what was done since an older one.
#[must_use]
pub fn reverted(newest: &Format, older: &Format) -> Format {
    Format {
        previous: Some(newest.digest()),
        operations: vec![Operation::Revert { to: older.digest() }],
        ..older.clone()
    }
}

/// Counts by operation what a lens did to records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally(BTreeMap<String, Count>);

/// How many records an operation met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Records it changed.
    pub changed: usize,
    /// Records of which it kept something beside.
    pub kept: usize,
}

impl Tally {
    /// Counts one.
    pub fn count(&mut self, carried: Carried<'_>) {
        let name = format!("{} {}", carried.operation, carried.subject);
        let count = match self.0.entry(name) {
            btree_map::Entry::Occupied(known) => known.into_mut(),
            btree_map::Entry::Vacant(new) => new.insert(Count::default()),
        };
        count.changed += 1;
        count.kept += usize::from(carried.kept);
    }

    /// The counts, by operation and what it is done to: `rename seats`.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Count)> {
        self.0.iter().map(|(name, count)| (name.as_str(), *count))
    }
}
