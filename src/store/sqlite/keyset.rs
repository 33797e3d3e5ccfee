//! Orders of lists: how SQLite walks through one from any place, forwards and backwards, without skipping rows.
//!
//! An order is one or more [`IndexRange`]es, each read along an index. From a row on, a stretch is read with two
//! statements: the rows with the same key and a larger id, then those with a larger key. (One with a row value or an
//! OR does not use both columns of the index.)

use std::cmp::Ordering;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::store::Result;

use super::error;
use super::values::{number, value};

/// Rows of an order that one index holds together. All texts are fixed pieces of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IndexRange {
    /// The table, with the index that is walked.
    pub(super) from: &'static str,
    /// What else a row is made of, joined to it one by one.
    pub(super) joins: &'static str,
    /// Which rows of the table.
    pub(super) only: &'static str,
    /// What they are sorted by, never NULL; without it by id alone.
    pub(super) key: Option<&'static str>,
    /// The row's id.
    pub(super) id: &'static str,
}

impl IndexRange {
    /// Finds a row by its id, wherever it stands.
    pub(super) fn place_sql(&self) -> String {
        let (key, from) = (self.key.unwrap_or("NULL"), unpinned(self.from));
        format!("SELECT {key} FROM {from} WHERE {} AND {} = ?", self.only, self.id)
    }
}

/// A place in an order: a row's, though the row itself may be gone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeysetPosition {
    /// Which stretch.
    pub(super) range: usize,
    /// The key there; NULL in a stretch without one.
    pub(super) key: Value,
    /// The row's id.
    pub(super) id: i64,
}

/// Where a walk begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum ScanStart<'p> {
    /// At the order's first row.
    Beginning,
    /// At this place.
    At(&'p KeysetPosition),
    /// At the row after this place.
    Beyond(&'p KeysetPosition),
}

/// An order, and which way it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    /// Ascending, in order.
    pub(super) ranges: &'static [IndexRange],
    /// Read from the end.
    pub(super) descending: bool,
}

/// What rows must be like beside belonging to the order, and what is bound in that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Restriction<'a> {
    /// A condition.
    pub(super) sql: &'a str,
    /// Which tables it looks at: only then are the others joined where just places are read.
    pub(super) about: About,
    /// Bound in it.
    pub(super) values: &'a [Value],
}

/// Which tables a restriction looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Those that the walk goes along.
    Scanned,
    /// Those joined to them, too.
    Joined,
}

/// Every row of the order.
pub(super) const ALL: Restriction<'static> = Restriction { sql: "1", about: About::Scanned, values: &[] };

/// What is read of each row on a walk.
#[derive(Debug, Clone, Copy)]
pub(super) enum Columns<'a> {
    /// Nothing but its place.
    KeysetPosition,
    /// These columns, and what is bound in them.
    Row(&'a str, &'a [Value]),
}

/// What is read on a walk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// Of each row.
    pub(super) columns: Columns<'a>,
    /// Which rows.
    pub(super) only: Restriction<'a>,
    /// How many rows at most.
    pub(super) limit: u64,
}

/// Part of a walk: one statement with what is bound in its bounds.
struct RangeScan<'p> {
    range: usize,
    bounds: String,
    values: Vec<&'p Value>,
    id: Option<i64>,
}

impl Order {
    /// The same rows the other way round.
    pub(super) fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }

    /// Hands the rows from `start` on to `take`, until that says `false`.
    pub(super) fn walk(
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
            let id = scan.id.map(Value::Integer);
            let limit = Value::Integer(i64::try_from(left).unwrap_or(i64::MAX));
            let columns = if let Columns::Row(_, values) = reading.columns { values } else { &[] };
            let values =
                columns.iter().chain(reading.only.values).chain(scan.values).chain(&id).chain([&limit]);
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

    /// The statements that such walks are made of, for a look at their plans.
    #[cfg(test)]
    pub(super) fn statements(self, start: ScanStart<'_>, reading: Reading<'_>) -> Vec<String> {
        let sql = |scan: RangeScan<'_>| Some(self.sql(self.ranges.get(scan.range)?, &scan, &reading));
        self.scans(start).into_iter().filter_map(sql).collect()
    }

    fn sql(self, range: &IndexRange, scan: &RangeScan<'_>, reading: &Reading<'_>) -> String {
        let IndexRange { from, joins, only, key, id } = range;
        let way = if self.descending { " DESC" } else { "" };
        // Rows of one key are in the order of their ids.
        let sorted = key.filter(|_| scan.id.is_none());
        let order = sorted.map(|key| format!("{key}{way}, ")).unwrap_or_default();
        let place = || format!("{}, {id}", key.unwrap_or("NULL"));
        let (columns, joins) = match reading.columns {
            Columns::KeysetPosition if reading.only.about == About::Scanned => (place(), ""),
            Columns::KeysetPosition => (place(), *joins),
            Columns::Row(columns, _) => (columns.to_owned(), *joins),
        };
        format!(
            "SELECT {columns} FROM {from} {joins} WHERE {only} AND {}{} ORDER BY {order}{id}{way} LIMIT ?",
            reading.only.sql, scan.bounds
        )
    }

    /// The place of the last row that such a walk comes to; `None` where there are fewer rows.
    pub(super) fn nth(
        self,
        connection: &Connection,
        start: ScanStart<'_>,
        places: Reading<'_>,
    ) -> Result<Option<KeysetPosition>> {
        let mut left = places.limit;
        let mut found = None;
        self.walk(connection, start, places, &mut |range, row| {
            left -= 1;
            if left == 0 {
                found = Some(place_of(range, row)?);
            }
            Ok(true)
        })?;
        Ok(found)
    }

    /// How many rows of the order are as asked.
    pub(super) fn count(self, connection: &Connection, only: Restriction<'_>) -> Result<u64> {
        let mut total = 0;
        for IndexRange { from, joins, only: own, .. } in self.ranges {
            let joins = if only.about == About::Joined { joins } else { "" };
            let sql = format!("SELECT count(*) FROM {from} {joins} WHERE {own} AND {}", only.sql);
            let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
            let values = params_from_iter(only.values);
            total += statement.query_row(values, |row| number(row, 0)).map_err(error::of)?;
        }
        Ok(total)
    }

    /// How many such rows come before a place.
    pub(super) fn count_before(
        self,
        connection: &Connection,
        place: &KeysetPosition,
        only: Restriction<'_>,
    ) -> Result<u64> {
        let mut total = 0;
        for scan in self.reversed().scans(ScanStart::Beyond(place)) {
            let Some(IndexRange { from, joins, only: own, .. }) = self.ranges.get(scan.range) else {
                continue;
            };
            let joins = if only.about == About::Joined { joins } else { "" };
            let sql =
                format!("SELECT count(*) FROM {from} {joins} WHERE {own} AND {}{}", only.sql, scan.bounds);
            let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
            let id = scan.id.map(Value::Integer);
            let values = params_from_iter(only.values.iter().chain(scan.values).chain(&id));
            total += statement.query_row(values, |row| number(row, 0)).map_err(error::of)?;
        }
        Ok(total)
    }

    fn scans(self, start: ScanStart<'_>) -> Vec<RangeScan<'_>> {
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

    /// The two statements from a place on, within its stretch.
    fn scans_within<'p>(self, place: &'p KeysetPosition, compare: &str, beyond: char) -> Vec<RangeScan<'p>> {
        let Some(IndexRange { key, id, .. }) = self.ranges.get(place.range) else { return Vec::new() };
        let by_id = format!(" AND {id} {compare} ?");
        let Some(key) = key else {
            return vec![RangeScan {
                range: place.range,
                bounds: by_id,
                values: Vec::new(),
                id: Some(place.id),
            }];
        };
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

    /// Where the row with this id stands in the order; `None` where there is no such row.
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

    /// Which of two places comes first in this order.
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

/// A stretch's tables without the index to walk along and without the order to join them in: a row is found by its id.
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

/// The place of a row that was read without columns.
pub(super) fn place_of(range: usize, row: &Row<'_>) -> Result<KeysetPosition> {
    let read = || Ok(KeysetPosition { range, key: value(row, 0)?, id: row.get(1)? });
    read().map_err(error::of)
}

/// As SQLite sorts values (sqlite.org/datatype3.html, 4.1), texts by bytes or, where letter case is ignored, by
/// their bytes with ASCII capitals made small.
fn compare_keys(a: &Value, b: &Value, ignores_case: bool) -> Ordering {
    let class = |value: &Value| match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(_) => 2,
        Value::Blob(_) => 3,
    };
    let number = |value: &Value| match value {
        Value::Integer(number) => *number as f64,
        Value::Real(number) => *number,
        _ => 0.0,
    };
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) if ignores_case => {
            let small =
                |text: &'_ String| text.bytes().map(|byte| byte.to_ascii_lowercase()).collect::<Vec<_>>();
            small(a).cmp(&small(b))
        }
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Blob(a), Value::Blob(b)) => a.cmp(b),
        _ => class(a).cmp(&class(b)).then_with(|| number(a).total_cmp(&number(b))),
    }
}
