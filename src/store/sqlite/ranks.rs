//! Counting the rows of an order, and skipping them: SQLite steps over a row in an index about ten times as fast as it hands
//! one out.

use rusqlite::{Connection, params, params_from_iter};

use crate::store::Result;

use super::error;
use super::keyset::{
    ALL, About, IndexRange, KeysetPosition, Order, RangeScan, Reading, Restriction, ScanStart, SmallIndex,
    compare_keys, place_of, places,
};
use super::statement::first;
use super::values::{Stored, number, parameter, value};

/// About the number of rows that share a key where several do.
const ROWS_OF_KEY: i64 = if cfg!(test) { 1 } else { 4 };

impl Order {
    /// Returns the position of the last row of such a scan, or `None` if there are fewer rows.
    pub(super) fn nth(
        self,
        connection: &Connection,
        start: ScanStart<'_>,
        places: Reading<'_>,
    ) -> Result<Option<KeysetPosition>> {
        let mut left = places.limit.saturating_sub(1);
        let mut scans = self.scans(start).into_iter().peekable();
        while let Some(scan) = scans.next() {
            let Some(range) = self.ranges.get(scan.range) else { continue };
            let sql = self.nth_sql(range, &scan, &places);
            let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
            let bounds = [1, i64::try_from(left).unwrap_or(i64::MAX)];
            let values = scan.parameters(places.only).chain(bounds.iter().map(parameter));
            let mut rows = statement.query(params_from_iter(values)).map_err(error::of)?;
            if let Some(row) = rows.next().map_err(error::of)? {
                return place_of(scan.range, row).map(Some);
            }
            if scans.peek().is_some() && left > 0 {
                left = left.saturating_sub(self.count_of(connection, &scan, places.only, None)?);
            }
        }
        Ok(None)
    }

    fn nth_sql(self, range: &IndexRange, scan: &RangeScan<'_>, places: &Reading<'_>) -> String {
        self.sql(range, scan, places) + " OFFSET ?"
    }

    /// Returns true if the rows from a position up to another one, which are so many, have all the ids there are between them.
    pub(super) fn has_all_ids(self, from: &KeysetPosition, to: &KeysetPosition, rows: u64) -> bool {
        self.is_by_id(from, to) && from.id.abs_diff(to.id) == rows
    }

    fn is_by_id(self, from: &KeysetPosition, to: &KeysetPosition) -> bool {
        from.range == to.range && self.ranges.get(from.range).is_some_and(|range| range.key.is_none())
    }

    /// Returns the position `far` rows behind the first of two, which are `rows` apart. Where rows are in the order of their
    /// ids, few of them are gone through: those between the row and where it would be if all gaps were alike.
    pub(super) fn nth_between(
        self,
        connection: &Connection,
        (from, to): (&KeysetPosition, &KeysetPosition),
        rows: u64,
        far: u64,
    ) -> Result<Option<KeysetPosition>> {
        let range = self.ranges.get(from.range).filter(|range| range.counted.is_some());
        let Some(range) = range.filter(|_| self.is_by_id(from, to)) else {
            return self.nth(connection, ScanStart::At(from), places(far + 1));
        };
        let ids = from.id.abs_diff(to.id);
        let share = u128::from(ids) * u128::from(far) / u128::from(rows.max(1));
        let share = u64::try_from(share).unwrap_or(u64::MAX);
        let id = if self.descending {
            from.id.saturating_sub_unsigned(share)
        } else {
            from.id.saturating_add_unsigned(share)
        };
        let skipped = if ids == rows {
            far
        } else if self.descending {
            range.count_ids(connection, id.saturating_add(1), from.id)?
        } else {
            range.count_ids(connection, from.id, id.saturating_sub(1))?
        };
        let near = KeysetPosition { id, ..from.clone() };
        match far.checked_sub(skipped) {
            Some(left) => self.nth(connection, ScanStart::At(&near), places(left + 1)),
            None => self.reversed().nth(connection, ScanStart::Beyond(&near), places(skipped - far)),
        }
    }

    /// Returns a position behind this one, `stride` rows if they need not be gone through, and the number of rows up to it;
    /// `None` if about as few are left.
    pub(super) fn advance(
        self,
        connection: &Connection,
        place: &KeysetPosition,
        stride: u64,
    ) -> Result<Option<(u64, KeysetPosition)>> {
        let Some(range) = self.ranges.get(place.range).filter(|range| range.counted.is_some()) else {
            let next = self.nth(connection, ScanStart::At(place), places(stride + 1))?;
            return Ok(next.map(|next| (stride, next)));
        };
        let stride = i64::try_from(stride).unwrap_or(i64::MAX);
        if range.key.is_some() {
            return self.advance_by_keys(connection, range, place, stride);
        }
        let far = if self.descending { place.id.checked_sub(stride) } else { place.id.checked_add(stride) };
        let next = match far {
            Some(far) => first(connection, &range.next_id_sql(self.descending), [far], |row| row.get(0))?,
            None => None,
        };
        if let Some(id) = next {
            let (low, high) = if self.descending { (id + 1, place.id) } else { (place.id, id - 1) };
            let rows = range.count_ids(connection, low, high)?;
            return Ok(Some((rows, KeysetPosition { id, ..place.clone() })));
        }
        let (low, high) = if self.descending { (i64::MIN, place.id) } else { (place.id, i64::MAX) };
        let rows = range.count_ids(connection, low, high)?;
        let next = self.nth(connection, ScanStart::At(place), places(rows + 1))?;
        Ok(next.map(|next| (rows, next)))
    }

    /// Returns the same where several rows share a key: keys are skipped, and the rows between counted, which sorts nothing.
    fn advance_by_keys(
        self,
        connection: &Connection,
        range: &IndexRange,
        place: &KeysetPosition,
        stride: i64,
    ) -> Result<Option<(u64, KeysetPosition)>> {
        let sql = range.next_key_sql(self.descending);
        let far = first(connection, &sql, params![place.key, stride / ROWS_OF_KEY], |row| value(row, 0))?;
        if let Some(key) = far {
            let id = if self.descending { i64::MAX } else { i64::MIN };
            let start = KeysetPosition { range: place.range, key, id };
            if let Some(next) = self.nth(connection, ScanStart::At(&start), places(1))? {
                let (low, high) = if self.descending { (&next, place) } else { (place, &next) };
                let rows = self.count_between(connection, low, high)?;
                // A few keys may have most of the rows.
                if rows <= ROWS_OF_KEY.unsigned_abs() * stride.unsigned_abs() {
                    return Ok(Some((rows, next)));
                }
            }
        }
        let stride = stride.unsigned_abs();
        let next = self.nth(connection, ScanStart::At(place), places(stride + 1))?;
        Ok(next.map(|next| (stride, next)))
    }

    /// Returns the number of rows of the order that match.
    pub(super) fn count(self, connection: &Connection, only: Restriction<'_>) -> Result<u64> {
        self.count_of_all(connection, ScanStart::Beginning, only, None)
    }

    /// Returns the number of rows from a position on.
    pub(super) fn count_from(self, connection: &Connection, place: &KeysetPosition) -> Result<u64> {
        self.count_of_all(connection, ScanStart::At(place), ALL, None)
    }

    /// Returns the number of matching rows before a position; at `most` so many are counted.
    pub(super) fn count_before(
        self,
        connection: &Connection,
        place: &KeysetPosition,
        only: Restriction<'_>,
        most: Option<u64>,
    ) -> Result<u64> {
        self.reversed().count_of_all(connection, ScanStart::Beyond(place), only, most)
    }

    fn count_of_all(
        self,
        connection: &Connection,
        start: ScanStart<'_>,
        only: Restriction<'_>,
        most: Option<u64>,
    ) -> Result<u64> {
        let mut total = 0;
        for scan in self.scans(start) {
            let left = most.map(|most| most.saturating_sub(total));
            if left != Some(0) {
                total += self.count_of(connection, &scan, only, left)?;
            }
        }
        Ok(total)
    }

    fn count_of(
        self,
        connection: &Connection,
        scan: &RangeScan<'_>,
        only: Restriction<'_>,
        most: Option<u64>,
    ) -> Result<u64> {
        let Some(range) = self.ranges.get(scan.range) else { return Ok(0) };
        let mut statement =
            connection.prepare_cached(&range.count_sql(scan, only, most.is_some())).map_err(error::of)?;
        let most = most.map(|most| i64::try_from(most).unwrap_or(i64::MAX));
        let values = scan.parameters(only).chain(most.iter().map(parameter));
        statement.query_row(params_from_iter(values), |row| number(row, 0)).map_err(error::of)
    }

    /// Returns the number of rows from `low` up to `high`, which is not counted; both are positions in ascending order.
    pub(super) fn count_between(
        self,
        connection: &Connection,
        low: &KeysetPosition,
        high: &KeysetPosition,
    ) -> Result<u64> {
        let up = Self { descending: false, ..self };
        if low.range != high.range {
            let mut total = 0;
            for scan in up.scans(ScanStart::At(low)).iter().filter(|scan| scan.range < high.range) {
                total += up.count_of(connection, scan, ALL, None)?;
            }
            let before = up.reversed().scans(ScanStart::Beyond(high));
            for scan in before.iter().filter(|scan| scan.range == high.range) {
                total += up.count_of(connection, scan, ALL, None)?;
            }
            return Ok(total);
        }
        let Some(range) = self.ranges.get(low.range) else { return Ok(0) };
        let Some(key) = range.key else {
            return range.count_ids(connection, low.id, high.id.saturating_sub(1));
        };
        let id = range.id;
        let count = |bounds: String, values: &[&Stored]| {
            let scan = RangeScan { range: low.range, bounds, values: values.to_vec(), id: None };
            up.count_of(connection, &scan, ALL, None)
        };
        let ids = (Stored::Integer(low.id), Stored::Integer(high.id));
        let ignores_case = key.ends_with("COLLATE NOCASE");
        if compare_keys(&low.key, &high.key, ignores_case).is_eq() {
            let bounds = format!(" AND {key} = ? AND {id} >= ? AND {id} < ?");
            return count(bounds, &[&low.key, &ids.0, &ids.1]);
        }
        Ok(count(format!(" AND {key} = ? AND {id} >= ?"), &[&low.key, &ids.0])?
            + count(format!(" AND {key} > ? AND {key} < ?"), &[&low.key, &high.key])?
            + count(format!(" AND {key} = ? AND {id} < ?"), &[&high.key, &ids.1])?)
    }

    /// Returns the statements that skip and count, so that tests can check their plans.
    #[cfg(test)]
    pub(super) fn rank_statements(self, start: ScanStart<'_>) -> Vec<String> {
        let mut found = Vec::new();
        for scan in self.scans(start) {
            let Some(range) = self.ranges.get(scan.range) else { continue };
            found.push(self.nth_sql(range, &scan, &places(1)));
            found.extend([true, false].map(|limited| range.count_sql(&scan, ALL, limited)));
            if range.key.is_none() {
                found.extend([range.next_id_sql(self.descending), range.count_ids_sql()]);
            } else if range.counted.is_some() {
                found.push(range.next_key_sql(self.descending));
            }
        }
        found
    }
}

impl IndexRange {
    fn count_sql(&self, scan: &RangeScan<'_>, only: Restriction<'_>, is_limited: bool) -> String {
        let Self { from, joins, only: own, .. } = self;
        let joins = if only.about == About::Joined { joins } else { "" };
        let rows = format!("FROM {from} {joins} WHERE {own} AND {}{}", only.sql, scan.bounds);
        if is_limited {
            format!("SELECT count(*) FROM (SELECT 1 {rows} LIMIT ?)")
        } else {
            format!("SELECT count(*) {rows}")
        }
    }

    /// Returns the number of rows of a range in id order whose ids lie between two, both counted.
    fn count_ids(&self, connection: &Connection, low: i64, high: i64) -> Result<u64> {
        let counted = first(connection, &self.count_ids_sql(), [low, high], |row| number(row, 0))?;
        Ok(counted.unwrap_or_default())
    }

    fn count_ids_sql(&self) -> String {
        let Self { from, only, id, .. } = self;
        let Some(SmallIndex { along, key, without, .. }) = self.counted else {
            return format!("SELECT count(*) FROM {from} WHERE {only} AND {id} >= ? AND {id} <= ?");
        };
        let less = without
            .map(|(rows, id)| format!(" - (SELECT count(*) FROM {rows} AND {id} >= ?1 AND {id} <= ?2)"));
        format!(
            "WITH RECURSIVE v (k) AS (SELECT (SELECT min({key}) FROM {along})
               UNION ALL SELECT (SELECT min({key}) FROM {along} WHERE {key} > k) FROM v WHERE k IS NOT NULL)
             SELECT ifnull(sum((SELECT count(*) FROM {along}
               WHERE {key} = v.k AND {id} >= ?1 AND {id} <= ?2)), 0){} FROM v WHERE k IS NOT NULL",
            less.unwrap_or_default()
        )
    }

    /// Returns the query for the key that lies so many keys behind another one.
    fn next_key_sql(&self, descending: bool) -> String {
        let own = (self.from, self.key.unwrap_or("NULL"));
        let (along, key) = self.counted.map_or(own, |counted| (counted.along, counted.key));
        let (compare, way) = if descending { ("<", "DESC") } else { (">", "ASC") };
        format!("SELECT {key} FROM {along} WHERE {key} {compare} ? ORDER BY {key} {way} LIMIT 1 OFFSET ?")
    }

    /// Returns the query for the id of the first row that is not before one.
    fn next_id_sql(&self, descending: bool) -> String {
        let Self { from, only, id, .. } = self;
        let (compare, way) = if descending { ("<=", "DESC") } else { (">=", "ASC") };
        format!("SELECT {id} FROM {from} WHERE {only} AND {id} {compare} ? ORDER BY {id} {way} LIMIT 1")
    }
}
