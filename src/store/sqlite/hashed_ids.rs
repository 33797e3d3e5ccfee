//! Ids by hashes, any number of them in the same memory.
//!
//! The newest stand in a map. When it is full they go to a file without a name, sorted, and a filter keeps those questions
//! from the file that are about new hashes: of a load nearly all.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{BuildHasherDefault, Hasher};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::store::{Result, nameless};

use super::location::unreachable;

/// The most ids in the map: seven eighths of a power of two, at which a map takes no more room yet.
const NEWEST: usize = 7 << 15;
/// The bytes of the filter at first, and the most. Until then it grows, so that it has sixteen bits a hash; with thirty million
/// hashes it lets one of a hundred questions through.
const LEAST_FILTER: usize = 3 << 20;
const MOST_FILTER: usize = 48 << 20;
/// The bytes of a hash with its id in the file.
const PAIR_BYTES: usize = 16;
/// The pairs that are read at once.
const PAGE: usize = 256;

/// The hasher of a number that is a hash already.
#[derive(Default)]
pub(super) struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Ids by hashes that nobody can foresee.
pub(super) struct HashedIds {
    newest: HashMap<u64, i64, BuildHasherDefault<IdentityHasher>>,
    /// The most of them.
    most: usize,
    /// The older ones, once there are any.
    older: Option<Older>,
    /// The folder of their file.
    folder: PathBuf,
}

impl HashedIds {
    /// Returns none yet. If there are many, they go to a file in the folder of the store.
    pub(super) fn beside(connection: &Connection) -> Self {
        let store = connection.path().map(Path::new).filter(|path| path.is_absolute());
        // A new store's file had a folder of its own, which is gone.
        let folder = store.and_then(|path| path.ancestors().skip(1).find(|folder| folder.is_dir()));
        Self::new(folder.map_or_else(tempfile::env::temp_dir, Path::to_owned), NEWEST)
    }

    fn new(folder: PathBuf, most: usize) -> Self {
        Self { newest: HashMap::default(), most, older: None, folder }
    }

    /// Returns the id that was added last with this hash.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn get(&self, hash: u64) -> Result<Option<i64>> {
        match (self.newest.get(&hash), &self.older) {
            (Some(id), _) => Ok(Some(*id)),
            (None, Some(older)) => older.get(hash).map_err(|error| unreachable(&self.folder, &error)),
            (None, None) => Ok(None),
        }
    }

    /// Adds an id.
    ///
    /// # Errors
    /// The file cannot be created or written.
    pub(super) fn insert(&mut self, hash: u64, id: i64) -> Result<()> {
        self.newest.insert(hash, id);
        if self.newest.len() < self.most {
            return Ok(());
        }
        self.put_away().map_err(|error| unreachable(&self.folder, &error))
    }

    /// Moves the newest ids to the file.
    fn put_away(&mut self) -> io::Result<()> {
        let older = match self.older.take() {
            Some(older) => older,
            None => Older::create(&self.folder)?,
        };
        self.older.insert(older).add(self.newest.drain().collect())
    }
}

/// Ids in a file.
struct Older {
    file: File,
    filter: Filter,
    runs: Vec<Run>,
}

/// Pairs in a file, by hash, each hash once.
struct Run {
    /// The first byte.
    start: u64,
    pairs: usize,
    /// The first hash of each page.
    firsts: Vec<u64>,
}

impl Older {
    fn create(folder: &Path) -> io::Result<Self> {
        let file = nameless::file_in(folder).or_else(|_| tempfile::tempfile())?;
        Ok(Self { file, filter: Filter::new(LEAST_FILTER), runs: Vec::new() })
    }

    fn add(&mut self, mut pairs: Vec<(u64, i64)>) -> io::Result<()> {
        pairs.sort_unstable();
        let start = self.runs.last().map_or(0, |run| run.start + (run.pairs * PAIR_BYTES) as u64);
        let mut file = BufWriter::new(&self.file);
        for (hash, id) in &pairs {
            self.filter.add(*hash);
            file.write_all(&hash.to_le_bytes())?;
            file.write_all(&id.to_le_bytes())?;
        }
        file.flush()?;
        drop(file);
        let firsts = pairs.iter().step_by(PAGE).map(|(hash, _)| *hash).collect();
        self.runs.push(Run { start, pairs: pairs.len(), firsts });
        let hashes = self.runs.iter().map(|run| run.pairs).sum::<usize>();
        let bytes = self.filter.bytes();
        if 2 * hashes > bytes && bytes < MOST_FILTER { self.filter_again(2 * bytes) } else { Ok(()) }
    }

    /// Makes a filter of this size.
    fn filter_again(&mut self, bytes: usize) -> io::Result<()> {
        self.filter = Filter::new(bytes);
        let mut page = [0; PAGE * PAIR_BYTES];
        for run in &self.runs {
            for number in 0..run.firsts.len() {
                run.read(&self.file, number, &mut page)?
                    .iter()
                    .for_each(|pair| self.filter.add(halves(pair).0));
            }
        }
        Ok(())
    }

    fn get(&self, hash: u64) -> io::Result<Option<i64>> {
        if self.filter.may_have(hash) {
            for run in self.runs.iter().rev() {
                if let Some(id) = run.get(&self.file, hash)? {
                    return Ok(Some(id));
                }
            }
        }
        Ok(None)
    }
}

impl Run {
    /// Reads a page into `bytes` and returns its pairs.
    fn read<'p>(
        &self,
        file: &File,
        page: usize,
        bytes: &'p mut [u8; PAGE * PAIR_BYTES],
    ) -> io::Result<&'p [[u8; PAIR_BYTES]]> {
        let before = page * PAGE;
        let length = PAGE.min(self.pairs - before) * PAIR_BYTES;
        let (bytes, _) = bytes.split_at_mut(length);
        file.read_exact_at(bytes, self.start + (before * PAIR_BYTES) as u64)?;
        Ok(bytes.as_chunks().0)
    }

    fn get(&self, file: &File, hash: u64) -> io::Result<Option<i64>> {
        let Some(page) = self.firsts.partition_point(|first| *first <= hash).checked_sub(1) else {
            return Ok(None);
        };
        let mut bytes = [0; PAGE * PAIR_BYTES];
        let pairs = self.read(file, page, &mut bytes)?;
        let found = pairs.binary_search_by_key(&hash, |pair| halves(pair).0);
        Ok(found.ok().and_then(|at| pairs.get(at)).map(|pair| halves(pair).1))
    }
}

/// Returns the hash and the id of a pair as it stands in the file.
const fn halves(pair: &[u8; PAIR_BYTES]) -> (u64, i64) {
    let pair = u128::from_le_bytes(*pair);
    (pair as u64, (pair >> 64) as i64)
}

/// A Bloom filter: it has every hash that was added, and few others. The bits of a hash stand together, so that a question
/// waits for memory once.
struct Filter {
    blocks: Vec<[u64; 8]>,
}

impl Filter {
    fn new(bytes: usize) -> Self {
        Self { blocks: vec![[0; 8]; (bytes / size_of::<[u64; 8]>()).max(1)] }
    }

    fn bytes(&self) -> usize {
        size_of_val(self.blocks.as_slice())
    }

    /// Returns the block of a hash, and the bits to set in each of its words.
    fn bits(&self, hash: u64) -> (usize, [u64; 8]) {
        let block = (u128::from(hash) * self.blocks.len() as u128) >> 64;
        // The block takes the high bits: those of the product depend on the low ones, too.
        let mixed = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut bits = [0; 8];
        for number in 0..6 {
            let bit = mixed >> (10 + 9 * number) & 511;
            if let Some(word) = bits.get_mut((bit / 64) as usize) {
                *word |= 1 << (bit % 64);
            }
        }
        (block as usize, bits)
    }

    fn add(&mut self, hash: u64) {
        let (block, bits) = self.bits(hash);
        if let Some(block) = self.blocks.get_mut(block) {
            block.iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits);
        }
    }

    fn may_have(&self, hash: u64) -> bool {
        let (block, bits) = self.bits(hash);
        self.blocks
            .get(block)
            .is_some_and(|block| block.iter().zip(bits).all(|(word, bits)| word & bits == bits))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_last_id_of_a_hash_is_found_wherever_it_stands(
            pairs in prop::collection::vec((0_u64..300, any::<i64>()), 0..600),
            most in 1_usize..70,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let spread = |hash: u64| hash.wrapping_mul(0x0123_4567_89AB_CDEF);
            let mut ids = HashedIds::new(folder.path().to_owned(), most);
            let mut plain = HashMap::new();
            for (hash, id) in pairs {
                ids.insert(spread(hash), id).unwrap();
                plain.insert(hash, id);
                prop_assert!(ids.newest.len() < most);
            }
            for hash in 0..310 {
                prop_assert_eq!(ids.get(spread(hash)).unwrap(), plain.get(&hash).copied());
            }
            prop_assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        }
    }

    #[test]
    fn runs_of_many_pages_are_read_where_a_hash_stands() {
        let folder = tempfile::tempdir().unwrap();
        let mut ids = HashedIds::new(folder.path().to_owned(), 1_000);
        let spread = |number: i64| (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17);
        for number in 0..4_000 {
            ids.insert(spread(number), number).unwrap();
        }
        for number in 0..5_000 {
            assert_eq!(ids.get(spread(number)).unwrap(), (number < 4_000).then_some(number), "{number}");
        }
        // A larger filter has them all, too.
        ids.older.as_mut().unwrap().filter_again(1 << 16).unwrap();
        for number in 0..4_000 {
            assert_eq!(ids.get(spread(number)).unwrap(), Some(number), "{number}");
        }
    }

    #[test]
    fn the_filter_lets_few_others_through() {
        let mut filter = Filter::new(10_000);
        let hash = |number: u64| number.wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(29) ^ number << 40;
        (0..8_000).for_each(|number| filter.add(hash(number)));
        assert!((0..8_000).all(|number| filter.may_have(hash(number))));
        let others = (8_000..108_000).filter(|number| filter.may_have(hash(*number))).count();
        assert!(others < 3_000, "{others} of 100,000");
    }
}
