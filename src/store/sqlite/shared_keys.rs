//! The positions of rows in an order in which several rows share a key, all found at once: the rows are counted along one
//! index and the keys read along another one, both from end to end, instead of looking up the rows of each key.

use std::collections::HashMap;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::store::Result;

use super::error;
use super::keyset::{KeysetPosition, Order, ScanStart, SharedKeys, places};
use super::statement::first;
use super::values::value;

/// The widest range of ids with a count each: a byte an id.
const MOST_IDS: u64 = 1 << 24;

/// The number of rows that belong to each of several ids.
struct Counts {
    first: i64,
    /// The counts from the first id on; `u8::MAX` where it is among the large ones.
    small: Vec<u8>,
    large: HashMap<i64, u64>,
}

impl Counts {
    /// Counts the rows, or returns `None` if the ids are too far apart.
    fn of(connection: &Connection, shared: SharedKeys) -> Result<Option<Self>> {
        let bounds =
            first(connection, shared.bounds, [], |row| Ok((whole(row.get_ref(0)?), whole(row.get_ref(1)?))))?;
        let Some((Some(least), Some(most))) = bounds else { return Ok(None) };
        if least.abs_diff(most) >= MOST_IDS {
            return Ok(None);
        }
        let small = vec![0; least.abs_diff(most) as usize + 1];
        let mut counts = Self { first: least, small, large: HashMap::new() };
        let mut statement = connection.prepare_cached(shared.owners).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        while let Some(row) = rows.next().map_err(error::of)? {
            // What is no integer is no account's id.
            if let ValueRef::Integer(id) = row.get_ref(0).map_err(error::of)? {
                counts.add(id);
            }
        }
        Ok(Some(counts))
    }

    fn add(&mut self, id: i64) {
        if id < self.first {
            return;
        }
        let Some(count) = self.small.get_mut(id.abs_diff(self.first) as usize) else { return };
        if *count < u8::MAX - 1 {
            *count += 1;
        } else {
            *count = u8::MAX;
            *self.large.entry(id).or_insert(u64::from(u8::MAX - 1)) += 1;
        }
    }

    fn of_id(&self, id: i64) -> u64 {
        if id < self.first {
            return 0;
        }
        match self.small.get(id.abs_diff(self.first) as usize) {
            Some(&u8::MAX) => self.large.get(&id).copied().unwrap_or_default(),
            Some(count) => u64::from(*count),
            None => 0,
        }
    }
}

/// Returns a number without its fraction; `None` for what is no number.
fn whole(value: ValueRef<'_>) -> Option<i64> {
    match value {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Real(number) => Some(number as i64),
        ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => None,
    }
}

/// Returns rows of an ascending order with their positions, from the first one to the end, at least `stride` and about at most
/// `most` rows apart; `None` if they cannot be found at once.
pub(super) fn positions(
    connection: &Connection,
    order: Order,
    (stride, most): (u64, u64),
) -> Result<Option<Vec<(u64, KeysetPosition)>>> {
    let [range] = order.ranges else { return Ok(None) };
    let Some(shared) = range.counted.and_then(|counted| counted.shared) else { return Ok(None) };
    let Some(counts) = Counts::of(connection, shared)? else { return Ok(None) };
    let Some(top) = order.nth(connection, ScanStart::Beginning, places(1))? else { return Ok(None) };
    let mut found = vec![(0, top)];
    let (mut position, mut last) = (0, 0);
    let mut before = Vec::new();
    let mut statement = connection.prepare_cached(shared.keys).map_err(error::of)?;
    let mut rows = statement.query([]).map_err(error::of)?;
    while let Some(row) = rows.next().map_err(error::of)? {
        let label = match row.get_ref(1).map_err(error::of)? {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => &[],
        };
        // Accounts with one label have their sessions mixed: a position is known only where a label begins.
        if position - last >= stride && !label.eq_ignore_ascii_case(&before) {
            split(connection, order, position, (stride, most), &mut found)?;
            let start = KeysetPosition { range: 0, key: value(row, 1).map_err(error::of)?, id: i64::MIN };
            if let Some(place) = order.nth(connection, ScanStart::At(&start), places(1))? {
                found.push((position, place));
                last = position;
            }
        }
        before.clear();
        before.extend_from_slice(label);
        position += counts.of_id(row.get(0).map_err(error::of)?);
    }
    split(connection, order, position, (stride, most), &mut found)?;
    Ok(Some(found))
}

/// Adds rows between the last one and a position that is far behind it: few keys may have most of the rows.
fn split(
    connection: &Connection,
    order: Order,
    position: u64,
    (stride, most): (u64, u64),
    found: &mut Vec<(u64, KeysetPosition)>,
) -> Result<()> {
    while let Some((at, last)) = found.last().filter(|(at, _)| position - at > most) {
        let next = order.nth(connection, ScanStart::At(last), places(stride + 1))?;
        let Some(place) = next else { return Ok(()) };
        let at = at + stride;
        found.push((at, place));
    }
    Ok(())
}
