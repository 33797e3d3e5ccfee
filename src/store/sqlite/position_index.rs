//! An index of positions: every 256th row of an order, kept in memory, so that a scan over at most 256 keys converts
//! between positions and rows.
//!
//! When rows are added or removed afterwards, a position is off by at most their number, until the index is rebuilt.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::store::Result;

use super::keyset::{ALL, Columns, KeysetPosition, Order, Reading, ScanStart, place_of};
use super::version::Version;

/// The number of rows between two entries of the index.
const STRIDE: u64 = 256;
/// The number of rows that one step of building scans: a few milliseconds.
const STEP: u64 = 20_000;

/// Returns the scan that reads the positions of all rows.
pub(super) const fn places(limit: u64) -> Reading<'static> {
    Reading { columns: Columns::KeysetPosition, only: ALL, limit }
}

/// The position index of an order, ascending.
#[derive(Debug, Clone)]
pub(super) struct PositionIndex {
    order: Order,
    places: Vec<KeysetPosition>,
    total: u64,
    /// The state of the store that the index describes.
    pub(super) version: Version,
}

/// Fences that are being set.
#[derive(Debug)]
pub(super) struct Sampling {
    index: PositionIndex,
    last: Option<KeysetPosition>,
}

impl Sampling {
    pub(super) fn new(order: Order, version: Version) -> Self {
        let order = Order { descending: false, ..order };
        Self { index: PositionIndex { order, places: Vec::new(), total: 0, version }, last: None }
    }

    /// Returns the order that is being indexed.
    pub(super) fn order(&self) -> Order {
        self.index.order
    }

    /// Continues for a few milliseconds. Returns the index when it is complete.
    pub(super) fn step(&mut self, connection: &Connection) -> Result<Option<PositionIndex>> {
        self.scan(connection, STEP)
    }

    /// Continues to the end.
    pub(super) fn finish(mut self, connection: &Connection) -> Result<PositionIndex> {
        self.scan(connection, u64::MAX)?;
        Ok(self.index)
    }

    fn scan(&mut self, connection: &Connection, limit: u64) -> Result<Option<PositionIndex>> {
        let before = self.index.total;
        let index = &mut self.index;
        let mut last = None;
        let start = self.last.as_ref().map_or(ScanStart::Beginning, ScanStart::Beyond);
        index.order.scan(connection, start, places(limit), &mut |range, row| {
            if index.total.is_multiple_of(STRIDE) {
                index.places.push(place_of(range, row)?);
            }
            index.total += 1;
            if index.total - before == limit {
                last = Some(place_of(range, row)?);
            }
            Ok(true)
        })?;
        self.last = last;
        Ok(self.last.is_none().then(|| self.index.clone()))
    }
}

impl PositionIndex {
    /// Returns true if the index is for this order, in either direction.
    pub(super) fn are_of(&self, order: Order) -> bool {
        self.order.ranges == order.ranges
    }

    /// Returns the keyset position of the row at a position of `order`, or `None` past the end.
    pub(super) fn place_at(
        &self,
        connection: &Connection,
        order: Order,
        at: u64,
    ) -> Result<Option<KeysetPosition>> {
        let at = if order.descending { self.total.checked_sub(at + 1) } else { Some(at) };
        let Some(at) = at else { return Ok(None) };
        let Some(fence) = self.places.get((at / STRIDE) as usize) else { return Ok(None) };
        let reading = places(at % STRIDE + 1);
        self.order.nth(connection, ScanStart::At(fence), reading)
    }

    /// Returns the position in `order` of an existing row, by its keyset position.
    pub(super) fn position(
        &self,
        connection: &Connection,
        order: Order,
        place: &KeysetPosition,
    ) -> Result<u64> {
        let after = self.places.partition_point(|fence| self.order.compare(fence, place).is_le());
        let fence = after.saturating_sub(1);
        let Some(start) = self.places.get(fence) else { return Ok(0) };
        let mut at = fence as u64 * STRIDE;
        self.order.scan(connection, ScanStart::At(start), places(u64::MAX), &mut |range, row| {
            let is_it =
                range == place.range && row.get_ref(1).is_ok_and(|id| id == ValueRef::Integer(place.id));
            at += u64::from(!is_it);
            Ok(!is_it)
        })?;
        Ok(if order.descending { self.total.saturating_sub(at + 1) } else { at })
    }
}
