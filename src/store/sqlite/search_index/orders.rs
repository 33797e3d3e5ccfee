//! Found accounts in the order of a list.

use std::sync::Arc;

use rusqlite::Connection;

use crate::domain::user::UserColumn;
use crate::store::Result;

use super::super::error;
use super::super::keyset::{Order, ScanStart, places};
use super::super::place_set::Places;
use super::SearchIndex;
use super::found_ids::FoundIds;

/// The maximum number of accounts to sort by their keys one by one; for more, the whole order is read.
const FEW: usize = 2_000;

/// The number of lists in the order of ids that are kept.
const LISTS: usize = 8;

impl SearchIndex {
    /// Returns what was found for a list in the order of ids.
    pub(crate) fn found(&self, name: &str) -> Option<Arc<FoundIds>> {
        self.found.iter().find(|(known, _)| known == name).map(|(_, found)| Arc::clone(found))
    }

    /// Returns true if accounts have changed since their blocks were written: then the places are not in the order of ids.
    fn has_changed(&self) -> bool {
        self.stored < self.blocks.len()
    }

    /// Keeps what was found for a list in the order of ids.
    pub(crate) fn keep_found(&mut self, name: &str, places: &Places, descending: bool) -> Arc<FoundIds> {
        let found = Arc::new(FoundIds::new(&self.blocks, places, descending));
        if self.found.len() == LISTS {
            self.found.remove(0);
        }
        self.found.push((name.to_owned(), Arc::clone(&found)));
        found
    }

    /// Returns the ids of these places in ascending order of a column.
    pub(crate) fn in_order(
        &mut self,
        connection: &Connection,
        places: &Places,
        column: UserColumn,
        order: Order,
    ) -> Result<Vec<i64>> {
        let count = places.count();
        let is_known = self.order.as_ref().is_some_and(|(known, _)| *known == column);
        if column == UserColumn::Id || (!is_known && count <= FEW) {
            let mut ids = self.ids(places);
            if self.has_changed() {
                // Two ascending runs, which a stable sort merges.
                ids.sort_by_key(|id| *id);
            }
            return if column == UserColumn::Id { Ok(ids) } else { sorted(connection, &ids, order) };
        }
        let all = match self.order.take().filter(|_| is_known) {
            Some((_, all)) => all,
            None => self.read_order(connection, order)?,
        };
        let mut ids = Vec::with_capacity(count);
        ids.extend(all.iter().filter(|at| places.has(**at as usize)).map(|at| self.id(*at as usize)));
        if all.len() * size_of::<u32>() <= self.limit / 2 {
            self.order = Some((column, all));
            self.shed();
        }
        Ok(ids)
    }

    /// Reads an order whole: the places of all accounts in it.
    fn read_order(&self, connection: &Connection, order: Order) -> Result<Vec<u32>> {
        let mut all = Vec::with_capacity(self.alive.count());
        order.scan(connection, ScanStart::Beginning, places(u64::MAX), &mut |_, row| {
            let id = row.get(1).map_err(error::of)?;
            all.extend(self.place(id).map(|at| at as u32));
            Ok(true)
        })?;
        Ok(all)
    }

    /// Forgets words until no more is kept than may be.
    fn shed(&mut self) {
        for at in (0..self.stored).rev() {
            if self.room() > 0 {
                return;
            }
            let words = self.blocks.get_mut(at).and_then(|block| block.words.take());
            self.held -= words.map_or(0, |words| words.size());
        }
    }
}

/// Sorts some ids by their keys.
fn sorted(connection: &Connection, ids: &[i64], order: Order) -> Result<Vec<i64>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(order.place(connection, *id)?);
    }
    found.sort_by(|a, b| order.compare(a, b));
    Ok(found.into_iter().map(|place| place.id).collect())
}
