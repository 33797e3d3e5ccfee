//! Orders of lists, scanned from any position, forwards and backwards, without skipping rows.
//!
//! An order is one or more [`IndexRange`]s, each read along an index. From a row on, a range is read with two
//! statements: the rows with the same key and a larger id, then those with a larger key. (A single one with a row
//! value or an OR does not use both columns of the index.) One does where no two rows have the same key.

use std::cmp::Ordering;

use rusqlite::types::{ToSql, Value};
use rusqlite::{Connection, Row, params_from_iter};

use crate::store::Result;

use super::error;
use super::values::{Stored, parameter, value};

/// The rows of an order that are consecutive in one index. All fields are constant pieces of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IndexRange {
    /// The table, with the index to scan.
    pub(super) from: &'static str,
    /// Further tables, joined row by row.
    pub(super) joins: &'static str,
    /// The condition for the rows of the table.
    pub(super) only: &'static str,
    /// The sort key, which is never NULL; `None` to sort by id alone.
    pub(super) key: Option<&'static str>,
    pub(super) id: &'static str,
    /// True if no two rows have the same key.
    pub(super) is_unique: bool,
    /// For a range in id order: the way in which the rows between two ids are counted without reading the table. For one
    /// with a key that several rows share: the index along which keys are skipped.
    pub(super) counted: Option<SmallIndex>,
}

/// An index that is much smaller than its table, along which rows are counted and keys skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SmallIndex {
    /// The table with the index.
    pub(super) along: &'static str,
    /// The first column of the index. The rows of each value are in the order of their ids.
    pub(super) key: &'static str,
    /// A table with a condition for the rows that count as less, and their id.
    pub(super) without: Option<(&'static str, &'static str)>,
    /// The queries that count rows with shared keys all at once, where there are any.
    pub(super) shared: Option<SharedKeys>,
}

/// The statements that find the rows of each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SharedKeys {
    /// The smallest and the largest id of those that have rows; texts, which sort behind all numbers, are none.
    pub(super) bounds: &'static str,
    /// The id that each row belongs to.
    pub(super) owners: &'static str,
    /// The ids with their keys, in the order of the keys.
    pub(super) keys: &'static str,
}

impl IndexRange {
    /// Returns the query for the key of a row by its id.
    pub(super) fn place_sql(&self) -> String {
        let (key, from) = (self.key.unwrap_or("NULL"), unpinned(self.from));
        format!("SELECT {key} FROM {from} WHERE {} AND {} = ?", self.only, self.id)
    }
}

/// The position of a row in an order. The row itself may have been deleted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeysetPosition {
    /// The index of the range.
    pub(super) range: usize,
    /// The key; NULL in a range without one.
    pub(super) key: Stored,
    pub(super) id: i64,
}

/// The start of a scan.
#[derive(Debug, Clone, Copy)]
pub(super) enum ScanStart<'p> {
    /// At the order's first row.
    Beginning,
    /// At this position, inclusive.
    At(&'p KeysetPosition),
    /// At the row after this position.
    Beyond(&'p KeysetPosition),
}

/// An order and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    /// The ranges in ascending order.
    pub(super) ranges: &'static [IndexRange],
    /// True to read from the end.
    pub(super) descending: bool,
}

/// An extra WHERE condition and its parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Restriction<'a> {
    pub(super) sql: &'a str,
    /// The tables that it refers to. Joins are left out of scans for positions alone if it needs none.
    pub(super) about: About,
    pub(super) values: &'a [Value],
}

/// The tables that a restriction refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Only the tables that are scanned.
    Scanned,
    /// The joined tables as well.
    Joined,
}

/// The restriction that every row matches.
pub(super) const ALL: Restriction<'static> = Restriction { sql: "1", about: About::Scanned, values: &[] };

/// The columns that a scan reads.
#[derive(Debug, Clone, Copy)]
pub(super) enum Columns<'a> {
    /// Only the position.
    KeysetPosition,
    /// These columns, with their parameters, and the id last.
    Row(&'a str, &'a [Value]),
}

/// The parameters of a scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) columns: Columns<'a>,
    pub(super) only: Restriction<'a>,
    /// The maximum number of rows.
    pub(super) limit: u64,
}

/// Returns the scan that reads the positions of all rows.
pub(super) const fn places(limit: u64) -> Reading<'static> {
    Reading { columns: Columns::KeysetPosition, only: ALL, limit }
}

/// Part of a scan: one statement with the parameters of its bounds.
pub(super) struct RangeScan<'p> {
    pub(super) range: usize,
    pub(super) bounds: String,
    pub(super) values: Vec<&'p Stored>,
    pub(super) id: Option<i64>,
}

impl RangeScan<'_> {
    /// Returns the parameters of its condition, behind those of `only`.
    pub(super) fn parameters<'v>(&'v self, only: Restriction<'v>) -> impl Iterator<Item = &'v dyn ToSql> {
        let values = only.values.iter().map(parameter).chain(self.values.iter().copied().map(parameter));
        values.chain(self.id.iter().map(parameter))
    }
}

impl Order {
    /// Returns the order in the opposite direction.
    pub(super) fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }

    /// Passes the rows from `start` on to `take` until that returns false.
    pub(super) fn scan(
        self,
        connection: &Connection,
        start: ScanStart<'_>,
        reading: Reading<'_>,
        take: &mut dyn FnMut(usize, &Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let mut left = reading.limit;
        for scan in self.scans(start) {
            if left == 0 {
                return Ok(());
            }
            let Some(range) = self.ranges.get(scan.range) else { continue };
            let sql = self.sql(range, &scan, &reading);
            let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
            let limit = i64::try_from(left).unwrap_or(i64::MAX);
            let columns = if let Columns::Row(_, values) = reading.columns { values } else { &[] };
            let values = columns.iter().map(parameter).chain(scan.parameters(reading.only));
            let values = values.chain([parameter(&limit)]);
            let mut rows = statement.query(params_from_iter(values)).map_err(error::of)?;
            while let Some(row) = rows.next().map_err(error::of)? {
                if !take(scan.range, row)? {
                    return Ok(());
                }
                left -= 1;
            }
        }
        Ok(())
    }

    /// Returns the statements of such scans, so that tests can check their plans.
    #[cfg(test)]
    pub(super) fn statements(self, start: ScanStart<'_>, reading: Reading<'_>) -> Vec<String> {
        let sql = |scan: RangeScan<'_>| Some(self.sql(self.ranges.get(scan.range)?, &scan, &reading));
        self.scans(start).into_iter().filter_map(sql).collect()
    }

    pub(super) fn sql(self, range: &IndexRange, scan: &RangeScan<'_>, reading: &Reading<'_>) -> String {
        let IndexRange { from, joins, only, key, id, .. } = range;
        let way = if self.descending { " DESC" } else { "" };
        // Rows of one key are in the order of their ids.
        let sorted = key.filter(|_| scan.id.is_none());
        let order = sorted.map(|key| format!("{key}{way}, ")).unwrap_or_default();
        let place = || format!("{}, {id}", key.unwrap_or("NULL"));
        let (columns, joins) = match reading.columns {
            Columns::KeysetPosition if reading.only.about == About::Scanned => (place(), ""),
            Columns::KeysetPosition => (place(), *joins),
            Columns::Row(columns, _) => (format!("{columns}, {id}"), *joins),
        };
        format!(
            "SELECT {columns} FROM {from} {joins} WHERE {only} AND {}{} ORDER BY {order}{id}{way} LIMIT ?",
            reading.only.sql, scan.bounds
        )
    }

    pub(super) fn scans(self, start: ScanStart<'_>) -> Vec<RangeScan<'_>> {
        let mut scans = Vec::new();
        let beyond = if self.descending { '<' } else { '>' };
        let first = match start {
            ScanStart::Beginning => None,
            ScanStart::At(place) => Some((place, format!("{beyond}="))),
            ScanStart::Beyond(place) => Some((place, beyond.to_string())),
        };
        for range in self.indices() {
            let whole = RangeScan { range, bounds: String::new(), values: Vec::new(), id: None };
            let Some((place, compare)) = &first else {
                scans.push(whole);
                continue;
            };
            match self.compare_ranges(range, place.range) {
                Ordering::Less => {}
                Ordering::Greater => scans.push(whole),
                Ordering::Equal => scans.extend(self.scans_within(place, compare, beyond)),
            }
        }
        scans
    }

    /// Returns the scans from a position to the end of its range: two, where several rows may have its key.
    fn scans_within<'p>(self, place: &'p KeysetPosition, compare: &str, beyond: char) -> Vec<RangeScan<'p>> {
        let Some(IndexRange { key, id, is_unique, .. }) = self.ranges.get(place.range) else {
            return Vec::new();
        };
        let by_id = format!(" AND {id} {compare} ?");
        let Some(key) = key else {
            return vec![RangeScan {
                range: place.range,
                bounds: by_id,
                values: Vec::new(),
                id: Some(place.id),
            }];
        };
        if *is_unique {
            return vec![RangeScan {
                range: place.range,
                bounds: format!(" AND {key} {compare} ?"),
                values: vec![&place.key],
                id: None,
            }];
        }
        vec![
            RangeScan {
                range: place.range,
                bounds: format!(" AND {key} = ?{by_id}"),
                values: vec![&place.key],
                id: Some(place.id),
            },
            RangeScan {
                range: place.range,
                bounds: format!(" AND {key} {beyond} ?"),
                values: vec![&place.key],
                id: None,
            },
        ]
    }

    fn indices(self) -> impl Iterator<Item = usize> {
        let last = self.ranges.len();
        (0..last).map(move |at| if self.descending { last - 1 - at } else { at })
    }

    fn compare_ranges(self, a: usize, b: usize) -> Ordering {
        if self.descending { b.cmp(&a) } else { a.cmp(&b) }
    }

    /// Returns the position of the row with this id, or `None` if there is no such row.
    pub(super) fn place(self, connection: &Connection, id: i64) -> Result<Option<KeysetPosition>> {
        for (range, part) in self.ranges.iter().enumerate() {
            let mut statement = connection.prepare_cached(&part.place_sql()).map_err(error::of)?;
            let mut rows = statement.query([id]).map_err(error::of)?;
            if let Some(row) = rows.next().map_err(error::of)? {
                return Ok(Some(KeysetPosition { range, key: value(row, 0).map_err(error::of)?, id }));
            }
        }
        Ok(None)
    }

    /// Compares two positions in this order.
    pub(super) fn compare(self, a: &KeysetPosition, b: &KeysetPosition) -> Ordering {
        let ignores_case = self
            .ranges
            .get(a.range)
            .and_then(|range| range.key)
            .is_some_and(|key| key.ends_with("COLLATE NOCASE"));
        let by_key = || compare_keys(&a.key, &b.key, ignores_case);
        let ascending = a.range.cmp(&b.range).then_with(by_key).then_with(|| a.id.cmp(&b.id));
        if self.descending { ascending.reverse() } else { ascending }
    }
}

/// Returns the tables of a range without the index hint and the join order, so that a row is found by its id.
fn unpinned(from: &str) -> String {
    let mut words = from.split_whitespace();
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "INDEXED" => drop((words.next(), words.next())), // `BY` and the name
            "CROSS" => {}
            _ => kept.push(word),
        }
    }
    kept.join(" ")
}

/// Returns the position of a row that was read without columns.
pub(super) fn place_of(range: usize, row: &Row<'_>) -> Result<KeysetPosition> {
    let read = || Ok(KeysetPosition { range, key: value(row, 0)?, id: row.get(1)? });
    read().map_err(error::of)
}

/// Compares two keys as SQLite sorts values (sqlite.org/datatype3.html, 4.1): texts by bytes or, if letter case is
/// ignored, by their bytes with ASCII capitals converted to lower case.
pub(super) fn compare_keys(a: &Stored, b: &Stored, ignores_case: bool) -> Ordering {
    let class = |value: &Stored| match value {
        Stored::Null => 0,
        Stored::Integer(_) | Stored::Real(_) => 1,
        Stored::Text(_) => 2,
        Stored::Blob(_) => 3,
    };
    let number = |value: &Stored| match value {
        Stored::Integer(number) => *number as f64,
        Stored::Real(number) => *number,
        _ => 0.0,
    };
    match (a, b) {
        (Stored::Integer(a), Stored::Integer(b)) => a.cmp(b),
        (Stored::Text(a), Stored::Text(b)) if ignores_case => {
            a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase))
        }
        (Stored::Text(a), Stored::Text(b)) | (Stored::Blob(a), Stored::Blob(b)) => a.cmp(b),
        _ => class(a).cmp(&class(b)).then_with(|| number(a).total_cmp(&number(b))),
    }
}
