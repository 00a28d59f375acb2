//! Compound files (MS-CFB): the small file system in which old spreadsheets lie.
//!
//! Read by hand: the readers there are trust what the file says of its own lengths and chains, and a damaged
//! file has them loop or ask for all the memory there is.

use super::{ExchangeError, damaged};

/// How a compound file begins.
pub(super) const SIGNATURE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Ids of sectors from here on are no sectors.
const NO_SECTOR: u32 = 0xffff_fffa;
/// Shorter streams lie in the small sectors.
const SMALL_STREAM: usize = 4096;
const SMALL_SECTOR: usize = 64;

/// A compound file.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    next: Vec<u32>,
    next_small: Vec<u32>,
    small: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    first: u32,
    size: usize,
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|bytes| u16::from_le_bytes(*bytes))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word))
}

impl<'a> Compound<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ExchangeError> {
        let short = || damaged("the file ends in its own header");
        let shift = u16_at(bytes, 30).ok_or_else(short)?;
        if !bytes.starts_with(&SIGNATURE) || !matches!(shift, 9 | 12) {
            return Err(damaged("it does not begin as a compound file"));
        }
        let header = |at: usize| u32_at(bytes, at).ok_or_else(short);
        let mut file = Self {
            bytes,
            sector: 1 << shift,
            next: Vec::new(),
            next_small: Vec::new(),
            small: Vec::new(),
            entries: Vec::new(),
        };
        // The table of what follows what lies in sectors of its own: 109 are named in the header, others in
        // sectors that lead from one to the next.
        let mut table: Vec<u32> = words(bytes.get(76..512).ok_or_else(short)?).collect();
        let mut more = header(68)?;
        let mut left = bytes.len() / file.sector + 1;
        while more < NO_SECTOR && left > 0 {
            let mut ids: Vec<u32> = words(file.sector_at(more)?).collect();
            more = ids.pop().unwrap_or(NO_SECTOR);
            table.append(&mut ids);
            left -= 1;
        }
        table.retain(|id| *id < NO_SECTOR);
        table.truncate(bytes.len() / file.sector + 1);
        for id in table {
            let sector = file.sector_at(id)?;
            file.next.extend(words(sector));
        }
        let directory = file.chain(header(48)?, usize::MAX)?;
        file.entries = directory.as_chunks::<128>().0.iter().map(|entry| Entry::read(entry)).collect();
        let root = file.entries.first().ok_or_else(|| damaged("its directory is empty"))?;
        let (first, size) = (root.first, root.size);
        if first < NO_SECTOR {
            file.small = file.chain(first, size)?;
            file.next_small = words(&file.chain(header(60)?, usize::MAX)?).collect();
        }
        Ok(file)
    }

    /// The content of a stream, by the first of these names there is.
    pub(super) fn stream(&self, names: &[&str]) -> Result<Option<Vec<u8>>, ExchangeError> {
        let entry = |name: &&str| self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
        match names.iter().find_map(entry) {
            None => Ok(None),
            Some(entry) if entry.size < SMALL_STREAM => self.small_chain(entry.first, entry.size).map(Some),
            Some(entry) => self.chain(entry.first, entry.size).map(Some),
        }
    }

    fn sector_at(&self, id: u32) -> Result<&'a [u8], ExchangeError> {
        let start = usize::try_from(id).ok().and_then(|id| (id + 1).checked_mul(self.sector));
        let from = start.and_then(|start| self.bytes.get(start..)).filter(|from| !from.is_empty());
        let from = from.ok_or_else(|| damaged("a part of it lies behind its end"))?;
        Ok(from.get(..self.sector).unwrap_or(from))
    }

    /// The sectors from this one on; no chain is longer than the file.
    fn chain(&self, first: u32, size: usize) -> Result<Vec<u8>, ExchangeError> {
        let mut content = Vec::new();
        let mut id = first;
        while id < NO_SECTOR && content.len() < size {
            if content.len() > self.bytes.len() {
                return Err(damaged("its parts lead in a circle"));
            }
            content.extend_from_slice(self.sector_at(id)?);
            let next = usize::try_from(id).ok().and_then(|id| self.next.get(id));
            id = *next.ok_or_else(|| damaged("nothing follows where something should"))?;
        }
        content.truncate(size);
        Ok(content)
    }

    fn small_chain(&self, first: u32, size: usize) -> Result<Vec<u8>, ExchangeError> {
        let broken = || damaged("nothing follows where something should");
        let mut content = Vec::with_capacity(size);
        let mut id = first;
        while id < NO_SECTOR && content.len() < size {
            let index = usize::try_from(id).map_err(|_| broken())?;
            let start = index.checked_mul(SMALL_SECTOR).ok_or_else(broken)?;
            let from = self.small.get(start..).filter(|from| !from.is_empty()).ok_or_else(broken)?;
            content.extend_from_slice(from.get(..SMALL_SECTOR).unwrap_or(from));
            id = *self.next_small.get(index).ok_or_else(broken)?;
        }
        content.truncate(size);
        Ok(content)
    }
}

impl Entry {
    fn read(entry: &[u8]) -> Self {
        let letters = entry.get(..64).unwrap_or_default().as_chunks::<2>().0.iter();
        let letters = letters.map(|letter| u16::from_le_bytes(*letter)).take_while(|letter| *letter != 0);
        Self {
            name: char::decode_utf16(letters).map(|letter| letter.unwrap_or('\u{fffd}')).collect(),
            first: u32_at(entry, 116).unwrap_or(NO_SECTOR),
            size: u32_at(entry, 120).and_then(|size| usize::try_from(size).ok()).unwrap_or(0),
        }
    }
}
