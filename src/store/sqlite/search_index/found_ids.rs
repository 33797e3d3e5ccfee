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
    /// Returns the accounts at these places of blocks, which are in the order of ids.
    pub(super) fn new(blocks: &[Block], places: &Places, descending: bool) -> Self {
        let mut found = Self { blocks: Vec::new(), total: 0, descending };
        for (at, block) in blocks.iter().enumerate() {
            let places = places.part(at * ACCOUNTS, ACCOUNTS);
            let (before, count) = (found.total, places.count());
            if count > 0 {
                found.blocks.push(FoundBlock { before, ids: Arc::clone(&block.ids), places });
                found.total += count;
            }
        }
        found
    }

    /// Returns the ids of the accounts at these positions, counted from the lowest id.
    fn ascending(&self, first: usize, len: usize) -> Vec<i64> {
        let block = self.blocks.partition_point(|block| block.before <= first).saturating_sub(1);
        let skipped = self.blocks.get(block).map_or(0, |block| first - block.before);
        self.ids_since_block(block).skip(skipped).take(len).collect()
    }

    /// Returns the ids of up to `len` accounts above one, in ascending order.
    pub(crate) fn above(&self, id: i64, len: usize) -> Vec<i64> {
        let block = self.blocks.partition_point(|block| block.ids.get(0).is_some_and(|first| first <= id));
        self.ids_since_block(block.saturating_sub(1)).filter(|found| *found > id).take(len).collect()
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
        let block = self.blocks.partition_point(|block| block.ids.get(0).is_some_and(|first| first <= id));
        let block = self.blocks.get(block.checked_sub(1)?)?;
        let place = block.ids.place(id).filter(|at| block.places.has(*at))?;
        let position = block.before + block.places.among(0, ACCOUNTS).take_while(|at| *at < place).count();
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
