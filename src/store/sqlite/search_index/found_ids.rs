//! The accounts that a search has found, in the order of their ids: a bit each instead of an id.

use std::sync::Arc;

use super::super::found_rows::FoundRows;
use super::super::place_set::Places;
use super::ids::Ids;
use super::{ACCOUNTS, Block};

/// Accounts in the order of their ids.
#[derive(Debug)]
pub(crate) struct FoundIds {
    blocks: Vec<FoundBlock>,
    /// Those that have changed since their blocks were written. They stand among the others.
    changed: Vec<i64>,
    total: usize,
    descending: bool,
}

/// Those of a block.
#[derive(Debug)]
struct FoundBlock {
    /// The number of accounts in the blocks before it.
    before: usize,
    ids: Arc<Ids>,
    places: Places,
}

impl FoundIds {
    /// Returns the accounts at these places of blocks. Stored blocks are in the order of ids, and so are the others.
    pub(super) fn new(blocks: &[Block], places: &Places, descending: bool) -> Self {
        let mut found = Self { blocks: Vec::new(), changed: Vec::new(), total: 0, descending };
        for (at, block) in blocks.iter().enumerate() {
            if block.first.is_none() {
                let ids = places.among(at * ACCOUNTS, ACCOUNTS).filter_map(|at| block.ids.get(at));
                found.changed.extend(ids);
                continue;
            }
            let places = places.part(at * ACCOUNTS, ACCOUNTS);
            let (before, count) = (found.total, places.count());
            if count > 0 {
                found.blocks.push(FoundBlock { before, ids: Arc::clone(&block.ids), places });
                found.total += count;
            }
        }
        found.total += found.changed.len();
        found
    }

    /// Returns the ids of the accounts at these positions, counted from the lowest id.
    fn ascending(&self, first: usize, len: usize) -> Vec<i64> {
        let mut ranks = 0..self.changed.len();
        while !ranks.is_empty() {
            let middle = ranks.start.midpoint(ranks.end);
            let id = self.changed.get(middle).copied().unwrap_or_default();
            if middle + self.stored_below(id) < first {
                ranks.start = middle + 1;
            } else {
                ranks.end = middle;
            }
        }
        let stored = first - ranks.start;
        let block = self.blocks.partition_point(|block| block.before <= stored).saturating_sub(1);
        let skipped = self.blocks.get(block).map_or(0, |block| stored - block.before);
        self.merged(self.ids_since_block(block).skip(skipped), ranks.start).take(len).collect()
    }

    /// Returns the stored block among whose ids one would be; `None` if it is below all of them.
    fn block_of(&self, id: i64) -> Option<usize> {
        let behind = self.blocks.partition_point(|block| block.ids.get(0).is_some_and(|first| first <= id));
        behind.checked_sub(1)
    }

    /// Returns the number of accounts of stored blocks with lower ids.
    fn stored_below(&self, id: i64) -> usize {
        let Some(block) = self.block_of(id).and_then(|block| self.blocks.get(block)) else { return 0 };
        let is_below = |at: &usize| block.ids.get(*at).is_some_and(|known| known < id);
        block.before + block.places.among(0, ACCOUNTS).take_while(is_below).count()
    }

    /// Returns stored ids together with those that have changed from this one on, in ascending order.
    fn merged(&self, stored: impl Iterator<Item = i64>, changed: usize) -> impl Iterator<Item = i64> {
        let mut stored = stored.peekable();
        let mut changed = self.changed.iter().skip(changed).copied().peekable();
        std::iter::from_fn(move || match (stored.peek(), changed.peek()) {
            (Some(one), Some(other)) if one > other => changed.next(),
            (Some(_), _) => stored.next(),
            (None, _) => changed.next(),
        })
    }

    /// Returns the ids of up to `len` accounts above one, in ascending order.
    pub(crate) fn above(&self, id: i64, len: usize) -> Vec<i64> {
        let stored = self.ids_since_block(self.block_of(id).unwrap_or_default()).filter(|found| *found > id);
        self.merged(stored, self.changed.partition_point(|found| *found <= id)).take(len).collect()
    }

    fn ids_since_block(&self, block: usize) -> impl Iterator<Item = i64> {
        let blocks = self.blocks.get(block..).unwrap_or_default().iter();
        blocks.flat_map(|block| block.places.among(0, ACCOUNTS).filter_map(|at| block.ids.get(at)))
    }
}

impl FoundRows for FoundIds {
    fn total(&self) -> usize {
        self.total
    }

    fn position(&self, id: i64) -> Option<usize> {
        let position = match self.changed.binary_search(&id) {
            Ok(changed) => changed + self.stored_below(id),
            Err(changed) => {
                let block = self.blocks.get(self.block_of(id)?)?;
                block.ids.place(id).filter(|at| block.places.has(*at))?;
                changed + self.stored_below(id)
            }
        };
        Some(if self.descending { self.total - 1 - position } else { position })
    }

    fn range(&self, first: usize, len: usize) -> Vec<i64> {
        let len = len.min(self.total.saturating_sub(first));
        if !self.descending {
            return self.ascending(first, len);
        }
        let mut ids = self.ascending(self.total.saturating_sub(first + len), len);
        ids.reverse();
        ids
    }
}
