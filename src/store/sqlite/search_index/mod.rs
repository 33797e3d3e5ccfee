//! The search index: the words of all accounts, searched from one character on, faster than an index on disk.
//!
//! They are read in [blocks], as many of which stay in memory as the settings allow. Accounts that have changed
//! since their block was written are packed into further blocks in memory, and in their own block they are dead.

use std::sync::Arc;

use rusqlite::{Connection, Row};

use crate::domain::filter::Test;
use crate::domain::user::{AccessLevel, Status, UserColumn};
use crate::store::{Result, StoreError};

use super::error;
use super::place_set::Places;
use super::version::Version;
use blocks::{ACCOUNTS, NewBlock};
use ids::Ids;
use marks::Marks;
use packed_words::{PackedWords, SearchedText};

pub(super) use blocks::{MANY, catch_up, differ, forget, is_behind, rewrite};
pub(super) use fill::fill;
pub(super) use found_ids::FoundIds;

mod blocks;
mod fill;
mod found_ids;
mod ids;
mod marks;
mod orders;
mod packed_words;

/// A block in memory.
#[derive(Debug)]
struct Block {
    /// The key of its row; `None` for one of accounts that have changed.
    first: Option<i64>,
    stamp: i64,
    ids: Arc<Ids>,
    /// The words, while they are in memory.
    words: Option<PackedWords>,
}

/// The words, levels and statuses of all accounts, by place: the n-th account of a block has the n-th of its 4,096 places.
#[derive(Debug, Default)]
pub(super) struct SearchIndex {
    /// The maximum number of bytes to keep.
    limit: usize,
    /// The bytes of the words in memory, those of accounts that have changed left out.
    held: usize,
    /// The state of the store that it describes.
    version: Option<Version>,
    /// The change that is followed up to.
    seq: i64,
    /// The blocks of the store, then those of accounts that have changed.
    blocks: Vec<Block>,
    /// The number of blocks of the store.
    stored: usize,
    /// The accounts that are there.
    alive: Places,
    /// Statuses and levels, once a filter has needed them.
    marks: Option<Marks>,
    /// All places in an order, until something changes.
    order: Option<(UserColumn, Vec<u32>)>,
    /// Found accounts in the order of ids, with the names of their lists, until anything changes.
    found: Vec<(String, Arc<FoundIds>)>,
    /// A block that does not stay in memory.
    buffer: PackedWords,
}

impl SearchIndex {
    /// Returns an index that keeps up to `limit` bytes in memory. It has to [follow](Self::follow) the store first.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Follows the changes of the store.
    pub(super) fn follow(&mut self, connection: &Connection) -> Result<()> {
        let version = Version::of(connection)?;
        if self.version == Some(version) {
            return Ok(());
        }
        self.found.clear();
        let stored = stored_blocks(connection)?;
        let seq = newest_change(connection)?;
        let held = self.blocks.iter().take(self.stored).map(|block| (block.first, block.stamp));
        let is_same = stored.iter().map(|(first, stamp)| (Some(*first), *stamp)).eq(held);
        if self.version.is_none() || self.seq != seq || !is_same {
            self.version = None;
            self.read_blocks(connection, &stored)?;
            self.read_changed(connection)?;
            self.marks = None;
            self.order = None;
            self.seq = seq;
        }
        self.version = Some(version);
        Ok(())
    }

    /// Reads the blocks of the store that have changed, but for their words.
    fn read_blocks(&mut self, connection: &Connection, stored: &[(i64, i64)]) -> Result<()> {
        self.blocks.truncate(self.stored);
        let mut held = std::mem::take(&mut self.blocks).into_iter().peekable();
        let sql = "SELECT ids FROM nexus_search_blocks WHERE first = ?";
        let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
        let mut blocks = Vec::with_capacity(stored.len() + 1);
        for (first, stamp) in stored {
            while held.next_if(|block| block.first < Some(*first)).is_some() {}
            if let Some(block) = held.next_if(|block| (block.first, block.stamp) == (Some(*first), *stamp)) {
                blocks.push(block);
                continue;
            }
            let ids = |row: &Row<'_>| Ok(row.get_ref(0)?.as_blob().ok().and_then(Ids::from_bytes));
            let ids = statement.query_row([first], ids).map_err(error::of)?.ok_or_else(unreadable)?;
            blocks.push(Block { first: Some(*first), stamp: *stamp, ids: Arc::new(ids), words: None });
        }
        self.stored = blocks.len();
        self.held = blocks.iter().filter_map(|block| block.words.as_ref()).map(PackedWords::size).sum();
        self.blocks = blocks;
        Ok(())
    }

    /// Reads the accounts that have changed since their blocks were written.
    fn read_changed(&mut self, connection: &Connection) -> Result<()> {
        let mut statement = connection.prepare_cached(CHANGED).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        let mut dead = Vec::new();
        let mut changed = NewBlock::default();
        while let Some(row) = rows.next().map_err(error::of)? {
            dead.extend(self.stored_place(row.get(0).map_err(error::of)?));
            let Some(id) = row.get(1).map_err(error::of)? else { continue };
            blocks::with_words(row, 2, |words| changed.push(id, words)).map_err(error::of)?;
            if changed.is_full() {
                self.add(&mut changed);
            }
        }
        self.add(&mut changed);
        self.alive = self.nobody();
        for (at, block) in self.blocks.iter().enumerate() {
            self.alive.add_first(at * ACCOUNTS, block.ids.len());
        }
        for at in dead {
            self.alive.remove(at);
        }
        Ok(())
    }

    fn add(&mut self, changed: &mut NewBlock) {
        let NewBlock { ids, words, .. } = std::mem::take(changed);
        if !ids.is_empty() {
            self.blocks.push(Block {
                first: None,
                stamp: 0,
                ids: Arc::new(Ids::of(ids)),
                words: Some(words),
            });
        }
    }

    /// Returns the place of an account.
    fn place(&self, id: i64) -> Option<usize> {
        if let Some(at) = self.stored_place(id).filter(|at| self.alive.has(*at)) {
            return Some(at);
        }
        let (_, changed) = self.blocks.split_at_checked(self.stored)?;
        let block = changed.partition_point(|block| block.ids.get(0).is_some_and(|first| first <= id));
        let block = block.checked_sub(1)?;
        Some((self.stored + block) * ACCOUNTS + changed.get(block)?.ids.place(id)?)
    }

    /// Returns the place of an account in the blocks of the store; it may have changed since.
    fn stored_place(&self, id: i64) -> Option<usize> {
        let stored = self.blocks.get(..self.stored)?;
        // Ids mostly have no gaps: then this is the block.
        let first = stored.first().and_then(|block| block.ids.get(0)).unwrap_or_default();
        let near = id.checked_sub(first).and_then(|distance| usize::try_from(distance).ok());
        if let Some(near) = near.map(|distance| distance / ACCOUNTS)
            && let Some(at) = stored.get(near).and_then(|block| block.ids.place(id))
        {
            return Some(near * ACCOUNTS + at);
        }
        let block = stored.partition_point(|block| block.first <= Some(id)).checked_sub(1)?;
        Some(block * ACCOUNTS + stored.get(block)?.ids.place(id)?)
    }

    fn id(&self, place: usize) -> i64 {
        self.blocks
            .get(place / ACCOUNTS)
            .and_then(|block| block.ids.get(place % ACCOUNTS))
            .unwrap_or_default()
    }

    /// Returns the ids of these places, those of stored blocks and then the others, each in ascending order.
    fn ids(&self, places: &Places) -> Vec<i64> {
        let mut ids = Vec::with_capacity(places.count());
        for (at, block) in self.blocks.iter().enumerate() {
            ids.extend(places.among(at * ACCOUNTS, ACCOUNTS).filter_map(|at| block.ids.get(at)));
        }
        ids
    }

    fn nobody(&self) -> Places {
        Places::none(self.blocks.len() * ACCOUNTS)
    }

    /// Returns the places of all accounts.
    pub(super) const fn everybody(&self) -> &Places {
        &self.alive
    }

    /// Returns the accounts with these ids.
    pub(super) fn these(&self, ids: &[i64]) -> Places {
        let mut places = self.nobody();
        ids.iter().filter_map(|id| self.place(*id)).for_each(|at| places.add(at));
        places
    }

    /// Reads as many words as may stay in memory.
    pub(super) fn warm_up(&mut self, connection: &Connection) -> Result<()> {
        for at in 0..self.stored {
            if self.room() == 0 {
                break;
            }
            self.with_words(connection, at, |_| ())?;
        }
        Ok(())
    }

    /// Returns the number of bytes that may be kept besides those that are.
    fn room(&self) -> usize {
        let order = self.order.as_ref().map_or(0, |(_, places)| places.len() * size_of::<u32>());
        self.limit.saturating_sub(self.held + order)
    }

    /// Passes the words of a block to `work`. They stay in memory if there is room.
    fn with_words<T>(
        &mut self,
        connection: &Connection,
        at: usize,
        work: impl FnOnce(&PackedWords) -> T,
    ) -> Result<Option<T>> {
        let Some(block) = self.blocks.get(at) else { return Ok(None) };
        if let Some(words) = &block.words {
            return Ok(Some(work(words)));
        }
        let room = self.room();
        // What stays is read where it stays.
        let mut words =
            if room > self.buffer.size() { PackedWords::default() } else { std::mem::take(&mut self.buffer) };
        let mut statement = connection.prepare_cached(READ_WORDS).map_err(error::of)?;
        statement.query_row([block.first], |row| blocks::read(row, 0, &mut words)).map_err(error::of)?;
        if !words.is_of(block.ids.len()) {
            return Err(unreadable());
        }
        let done = work(&words);
        let size = words.size();
        match self.blocks.get_mut(at) {
            Some(block) if size <= room => {
                block.words = Some(words);
                self.held += size;
            }
            Some(_) | None => self.buffer = words,
        }
        Ok(Some(done))
    }

    /// Returns the accounts that pass a test, or `None` for a test that needs more than this index. Dead ones may be among
    /// them.
    pub(super) fn passing(&mut self, connection: &Connection, test: &Test) -> Result<Option<Places>> {
        match test {
            Test::Word(word) => self.containing(connection, &SearchedText::new(word, false)).map(Some),
            Test::Email(part) => self.containing(connection, &SearchedText::new(part, true)).map(Some),
            Test::Status(status) => {
                let marks = self.marks(connection)?;
                let mut places = marks.pending.clone();
                match status {
                    Status::Pending => {}
                    Status::Suspended => places = marks.suspended.clone(),
                    Status::Confirmed => {
                        places.include(&marks.suspended);
                        places.invert();
                    }
                }
                Ok(Some(places))
            }
            Test::Level(level) => {
                let mut places = self.marks(connection)?.admins.clone();
                if *level == AccessLevel::User {
                    places.invert();
                }
                Ok(Some(places))
            }
            Test::State(_)
            | Test::Id(_)
            | Test::User(_)
            | Test::Created(_)
            | Test::Expires(_)
            | Test::Seen(_)
            | Test::NeverSeen
            | Test::HasSessions
            | Test::HasCode
            | Test::HasHome
            | Test::HasFailures
            | Test::Note(_)
            | Test::Origin(_)
            | Test::Label(_)
            | Test::By(_)
            | Test::Action(_)
            | Test::Outcome(_)
            | Test::From(_)
            | Test::EntityRef(..)
            | Test::UnknownAccount
            | Test::Since(_) => Ok(None),
        }
    }

    fn marks(&mut self, connection: &Connection) -> Result<&Marks> {
        let marks = match self.marks.take() {
            Some(marks) => marks,
            None => Marks::read(connection, self)?,
        };
        Ok(self.marks.insert(marks))
    }

    /// Returns the accounts whose words contain a text.
    fn containing(&mut self, connection: &Connection, text: &SearchedText<'_>) -> Result<Places> {
        let mut places = self.nobody();
        let mut first = 0;
        if let Some(letter) = text.letter() {
            // Most accounts have most letters: so these are kept for each.
            self.add_with_letter(connection, letter, &mut places)?;
            first = self.stored;
        }
        for at in first..self.blocks.len() {
            let mut take = |place: usize| places.add(at * ACCOUNTS + place);
            self.with_words(connection, at, |words| words.find(text, &mut take))?;
        }
        Ok(places)
    }

    /// Adds the accounts of stored blocks whose words contain a letter.
    fn add_with_letter(&self, connection: &Connection, letter: usize, places: &mut Places) -> Result<()> {
        let mut statement = connection.prepare_cached(READ_LETTER).map_err(error::of)?;
        let mut rows = statement.query([letter as i64]).map_err(error::of)?;
        for (at, block) in self.blocks.iter().take(self.stored).enumerate() {
            let row = rows.next().map_err(error::of)?.ok_or_else(unreadable)?;
            if row.get::<_, Option<i64>>(0).map_err(error::of)? != block.first {
                return Err(unreadable());
            }
            let bits = row.get_ref(1).map_err(error::of)?.as_blob().unwrap_or_default();
            places.include_bytes(at * ACCOUNTS, bits);
        }
        Ok(())
    }
}

/// Returns the first ids and stamps of the blocks.
fn stored_blocks(connection: &Connection) -> Result<Vec<(i64, i64)>> {
    let sql = "SELECT first, stamp FROM nexus_search_blocks ORDER BY first";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(error::of)?;
    rows.collect::<rusqlite::Result<_>>().map_err(error::of)
}

fn unreadable() -> StoreError {
    StoreError::Unreachable("the search blocks cannot be read; nexus doctor --fix writes them again".into())
}

const CHANGED: &str = "SELECT c.user_id, k.user_id, k.words, k.folded
  FROM nexus_search_changes c LEFT JOIN nexus_names k ON k.user_id = c.user_id ORDER BY c.user_id";

const READ_WORDS: &str = "SELECT domains, numbers, lengths, words FROM nexus_search_blocks WHERE first = ?";

const READ_LETTER: &str = "SELECT first, bits FROM nexus_search_letters WHERE letter = ? ORDER BY first";

/// Returns the number of the newest change of an account.
pub(super) fn newest_change(connection: &Connection) -> Result<i64> {
    let sql = "SELECT ifnull(max(seq), 0) FROM nexus_changes";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    statement.query_row([], |row| row.get(0)).map_err(error::of)
}

#[cfg(test)]
mod tests;
