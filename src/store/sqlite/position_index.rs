//! An index of positions: the keys of rows at intervals of an order, kept in memory with their positions, so that little is
//! counted to convert between positions and rows.
//!
//! It grows from both ends of the order, only as far as somebody asks; idle time completes it. When rows are added or removed
//! afterwards, a position is off by at most their number, until the index is rebuilt.

use rusqlite::Connection;

use crate::store::Result;

use super::keyset::{IndexRange, KeysetPosition, Order, ScanStart, places};
use super::shared_keys;
use super::version::Version;

/// The number of rows between two entries of the index.
const STRIDE: u64 = if cfg!(test) { 3 } else { 1_024 };
/// The number of entries that one step of building adds: a few milliseconds.
const STEP: usize = 64;
/// The number of rows beyond the known ones from which on all entries are found at once, where that is possible.
const FAR: u64 = if cfg!(test) { 10 } else { 64 * STRIDE };

/// The position index of an order.
#[derive(Debug)]
pub(super) struct PositionIndex {
    total: u64,
    /// The entries from the first row on, and those from the last one on.
    up: Entries,
    down: Entries,
    /// The state of the store that the index describes.
    pub(super) version: Version,
}

/// Entries from one end of an order on.
#[derive(Debug)]
struct Entries {
    order: Order,
    /// Rows with their distance from this end.
    places: Vec<(u64, KeysetPosition)>,
    /// True if the other end is reached.
    is_whole: bool,
}

impl Entries {
    const fn new(order: Order) -> Self {
        Self { order, places: Vec::new(), is_whole: false }
    }

    /// Adds an entry.
    fn extend(&mut self, connection: &Connection) -> Result<()> {
        if self.is_whole {
            return Ok(());
        }
        let next = match self.places.last() {
            None => self.order.nth(connection, ScanStart::Beginning, places(1))?.map(|place| (0, place)),
            Some((at, last)) => {
                let next = self.order.advance(connection, last, STRIDE)?;
                // A key that is not UTF-8 is not found again as it is: no entry may lead back.
                let next = next.filter(|(_, place)| self.order.compare(place, last).is_gt());
                next.map(|(rows, place)| (at + rows, place))
            }
        };
        self.is_whole = next.is_none();
        self.places.extend(next);
        Ok(())
    }

    /// Adds all entries there are, if they can be found at once.
    fn complete(&mut self, connection: &Connection) -> Result<()> {
        if let Some(found) = shared_keys::positions(connection, self.order, (STRIDE, 4 * STRIDE))? {
            self.places = found;
            self.is_whole = true;
        }
        Ok(())
    }

    /// Returns the number of rows whose positions are known without another entry.
    fn reach(&self) -> u64 {
        match self.places.last() {
            _ if self.is_whole => u64::MAX,
            Some((at, _)) => at + 1,
            None => 0,
        }
    }

    fn covers(&self, place: &KeysetPosition) -> bool {
        self.is_whole || self.places.last().is_some_and(|(_, last)| self.order.compare(last, place).is_ge())
    }

    fn place_at(&self, connection: &Connection, at: u64) -> Result<Option<KeysetPosition>> {
        let after = self.places.partition_point(|(known, _)| *known <= at);
        let Some((known, place)) = after.checked_sub(1).and_then(|entry| self.places.get(entry)) else {
            return Ok(None);
        };
        let far = at - known;
        match self.places.get(after) {
            Some((behind, next)) => self.order.nth_between(connection, (place, next), behind - known, far),
            None => self.order.nth(connection, ScanStart::At(place), places(far + 1)),
        }
    }

    /// Returns the distance of a row from this end.
    fn position(&self, connection: &Connection, place: &KeysetPosition) -> Result<u64> {
        let after = self.places.partition_point(|(_, known)| self.order.compare(known, place).is_le());
        let Some((known, entry)) = after.checked_sub(1).and_then(|entry| self.places.get(entry)) else {
            return Ok(0);
        };
        if let Some((behind, next)) = self.places.get(after)
            && self.order.has_all_ids(entry, next, behind - known)
        {
            return Ok(known + place.id.abs_diff(entry.id));
        }
        let (low, high) = if self.order.descending { (place, entry) } else { (entry, place) };
        Ok(known + self.order.count_between(connection, low, high)?)
    }
}

impl PositionIndex {
    /// Creates the index of an order with this number of rows.
    pub(super) const fn new(order: Order, version: Version, total: u64) -> Self {
        let ascending = Order { descending: false, ..order };
        let descending = Order { descending: true, ..order };
        Self { total, up: Entries::new(ascending), down: Entries::new(descending), version }
    }

    /// Returns true if the index is for this order, in either direction.
    pub(super) fn are_of(&self, order: Order) -> bool {
        self.are_in(order.ranges)
    }

    /// Returns true if the index is for the order of these ranges.
    pub(super) fn are_in(&self, ranges: &[IndexRange]) -> bool {
        self.up.order.ranges == ranges
    }

    /// Adds entries for a few milliseconds, and counts the rows at the end. Returns true if the index is complete.
    pub(super) fn step(&mut self, connection: &Connection) -> Result<bool> {
        for _ in 0..STEP {
            if self.is_complete() {
                break;
            }
            self.up.extend(connection)?;
        }
        if self.up.is_whole
            && let Some((at, last)) = self.up.places.last()
        {
            self.total = at + self.up.order.count_from(connection, last)?;
        }
        Ok(self.is_complete())
    }

    /// Returns true if nothing is left to add in idle time.
    pub(super) const fn is_complete(&self) -> bool {
        self.up.is_whole
    }

    /// Returns the keyset position of the row at a position of `order`, or `None` past the end.
    pub(super) fn place_at(
        &mut self,
        connection: &Connection,
        order: Order,
        at: u64,
    ) -> Result<Option<KeysetPosition>> {
        let Some(rest) = self.total.checked_sub(at.saturating_add(1)) else { return Ok(None) };
        let (above, below) = if order.descending { (rest, at) } else { (at, rest) };
        if above.saturating_sub(self.up.reach()).min(below.saturating_sub(self.down.reach())) > FAR {
            self.up.complete(connection)?;
        }
        loop {
            let missing = (above.saturating_sub(self.up.reach()), below.saturating_sub(self.down.reach()));
            if above < self.up.reach() {
                return self.up.place_at(connection, above);
            } else if below < self.down.reach() {
                return self.down.place_at(connection, below);
            } else if missing.0 <= missing.1 {
                self.up.extend(connection)?;
            } else {
                self.down.extend(connection)?;
            }
        }
    }

    /// Returns the position in `order` of an existing row, by its keyset position.
    pub(super) fn position(
        &mut self,
        connection: &Connection,
        order: Order,
        place: &KeysetPosition,
    ) -> Result<u64> {
        let mut rows = 0;
        while !self.up.covers(place) && !self.down.covers(place) {
            if (FAR..FAR + STRIDE).contains(&rows) {
                self.up.complete(connection)?;
            }
            self.up.extend(connection)?;
            self.down.extend(connection)?;
            rows += STRIDE;
        }
        let (at, is_from_end) = if self.up.covers(place) {
            (self.up.position(connection, place)?, false)
        } else {
            (self.down.position(connection, place)?, true)
        };
        let is_turned = is_from_end != order.descending;
        Ok(if is_turned { self.total.saturating_sub(at + 1) } else { at })
    }
}
