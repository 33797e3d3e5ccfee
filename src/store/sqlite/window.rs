//! Windows of rows: the only place that converts between positions in a list and rows.
//!
//! A whole list is scanned along its index, and the [position index](super::position_index) has the positions. The
//! ids of a filtered list are found once, in order, and cached until the rows change.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::domain::page::{Anchor, RowRange, Window};
use crate::domain::time::Timestamp;
use crate::store::Result;

use super::cache::CachedReader;
use super::filter::Condition;
use super::found_rows::FoundRows;
use super::keyset::{About, Columns, KeysetPosition, Order, Reading, Restriction, ScanStart};
use super::statement::{ReadRow, all};
use super::values::number;
use super::{account_counts, active_hours, directory_counts, error, journal_filter};

/// Rows that are at most so far from an end of a list are counted one by one.
const NEAR: u64 = if cfg!(test) { 2 } else { 1_024 };

/// The tables whose rows are not counted where all are asked for, with the queries that tell their numbers.
const KEPT_TOTALS: [(&str, &str); 4] = [
    (account_counts::TABLE, account_counts::TOTAL),
    (active_hours::TABLE, active_hours::TOTAL),
    (directory_counts::TABLE, directory_counts::TOTAL),
    (journal_filter::TABLE, journal_filter::TOTAL),
];

/// A list: the source of its rows and their order. All texts are constant pieces of SQL.
#[derive(Debug, Clone)]
pub(super) struct List<'a> {
    /// The table whose rows these are: `de_torres_vincent_users u`.
    pub(super) table: &'static str,
    /// Tables and joins that filter and order need: `de_torres_vincent_users u LEFT JOIN …`.
    pub(super) from: &'a str,
    /// Tables and joins that find the ids of a filtered list.
    pub(super) find_from: &'a str,
    /// The row's id: `u.id`.
    pub(super) id: &'a str,
    /// The sort key before the id.
    pub(super) key: Option<&'static str>,
    /// True for largest first.
    pub(super) descending: bool,
    /// A scan in this order along indexes, if there are any.
    pub(super) scan: Option<KeysetScan>,
    pub(super) columns: &'a str,
    /// Values bound in the columns.
    pub(super) column_values: Vec<Value>,
    /// The condition of the filter.
    pub(super) condition: Condition,
    /// The list without its filter.
    pub(super) unfiltered: Condition,
    /// The name of the list in the cache, unique for as long as the rows stay the same.
    pub(super) name: String,
}

/// A list's order along indexes.
#[derive(Debug, Clone)]
pub(super) struct KeysetScan {
    pub(super) order: Order,
    /// The condition for rows of the list.
    pub(super) only: Condition,
    /// The tables that the condition refers to.
    pub(super) about: About,
    /// The time at which its rows are all active sessions, the number of which is kept.
    pub(super) active_at: Option<Timestamp>,
}

impl List<'_> {
    /// Returns a range of the list. With `After` it streams by id: `first`, `anchor` and the totals are not computed.
    pub(super) fn window<R>(
        &self,
        reader: CachedReader<'_>,
        span: RowRange,
        row: ReadRow<R>,
    ) -> Result<Window<R>> {
        self.window_of(reader, span, row, || self.ids_in_order(reader.connection))
    }

    /// Returns a range of the list; `find` finds the ids of a filtered list, in order.
    pub(super) fn window_of<R>(
        &self,
        reader: CachedReader<'_>,
        span: RowRange,
        row: ReadRow<R>,
        find: impl FnOnce() -> Result<Vec<i64>>,
    ) -> Result<Window<R>> {
        if let Anchor::After(id) = span.anchor {
            return Ok(Window {
                rows: self.after(reader.connection, id, span.len, row)?,
                ..Window::default()
            });
        }
        if let Some(scan) = &self.scan {
            return ActiveScan { list: self, reader, scan }.window(span, row);
        }
        let ids = reader.list(&self.name, find)?;
        self.window_in(reader, &*ids, span, row)
    }

    /// Returns the number of rows in the list.
    pub(super) fn total(&self, reader: CachedReader<'_>) -> Result<u64> {
        match &self.scan {
            Some(scan) => ActiveScan { list: self, reader, scan }.total(),
            None => Ok(reader.list(&self.name, || self.ids_in_order(reader.connection))?.len() as u64),
        }
    }

    /// Returns the position of a row, or `None` if it is not in the list.
    pub(super) fn position(&self, reader: CachedReader<'_>, id: i64) -> Result<Option<u64>> {
        if let Some(scan) = &self.scan {
            let active = ActiveScan { list: self, reader, scan };
            return Ok(active.find(id, active.total()?)?.map(|(_, at)| at));
        }
        let ids = reader.list(&self.name, || self.ids_in_order(reader.connection))?;
        Ok(ids.iter().position(|known| *known == id).map(|at| at as u64))
    }

    /// Returns a range of rows whose ids are known in order.
    pub(super) fn window_in<R>(
        &self,
        reader: CachedReader<'_>,
        found: &(impl FoundRows + ?Sized),
        span: RowRange,
        row: ReadRow<R>,
    ) -> Result<Window<R>> {
        let total = found.total() as u64;
        let position = |id: i64| found.position(id).map(|at| at as u64);
        let anchor = match span.anchor {
            Anchor::Row { id, last_seen_at } => position(id).unwrap_or(last_seen_at),
            Anchor::Position(at) => at,
            Anchor::After(_) => 0,
        }
        .min(total.saturating_sub(1));
        let first = anchor.saturating_sub(u64::from(span.before));
        let rows = self.rows(reader.connection, &found.range(first as usize, span.len as usize), row)?;
        let unfiltered = self.count_unfiltered(reader)?;
        Ok(Window { rows, first, anchor: (total > 0).then_some(anchor), total, unfiltered })
    }

    /// Returns the rows with these ids, in this order.
    pub(super) fn rows<R>(&self, connection: &Connection, ids: &[i64], row: ReadRow<R>) -> Result<Vec<R>> {
        let ids = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let ids = Value::Text(format!("[{ids}]"));
        all(connection, &self.rows_sql(), self.column_values.iter().chain([&ids]), row)
    }

    /// Returns the statement that reads rows by their ids, one after the other. SQLite evaluates once what does not
    /// depend on the row.
    pub(super) fn rows_sql(&self) -> String {
        format!(
            "SELECT {} FROM json_each(?) ids CROSS JOIN {} WHERE {} = ids.value",
            self.columns, self.from, self.id
        )
    }

    /// Counts the list without its filter.
    pub(super) fn unfiltered_sql(&self) -> String {
        let condition = &self.unfiltered;
        let kept = KEPT_TOTALS.iter().find(|(table, _)| condition.is_everything() && self.table == *table);
        if let Some((_, total)) = kept {
            return (*total).to_owned();
        }
        let asked =
            if condition.is_everything() { String::new() } else { format!(" WHERE {}", condition.sql) };
        format!("SELECT count(*) FROM {}{asked}", self.table)
    }

    /// Returns the name of that number in the cache.
    pub(super) fn unfiltered_name(&self) -> String {
        let (sql, values) = (self.unfiltered_sql(), &self.unfiltered.values);
        if values.is_empty() { sql } else { format!("{sql} {values:?}") }
    }

    /// Returns the number of rows without the filter.
    pub(super) fn count_unfiltered(&self, reader: CachedReader<'_>) -> Result<u64> {
        let (sql, values) = (self.unfiltered_sql(), &self.unfiltered.values);
        let count = || {
            let mut statement = reader.connection.prepare_cached(&sql).map_err(error::of)?;
            statement.query_row(params_from_iter(values), |row| number(row, 0)).map_err(error::of)
        };
        // A kept total is as quick to read as the revision that says if a remembered one holds.
        let has_to_count = self.table == active_hours::TABLE && !self.unfiltered.is_everything();
        let name = self.unfiltered_name();
        if has_to_count { reader.count_rows(&name, count) } else { reader.count(&name, count) }
    }

    fn sorting(&self) -> String {
        let way = if self.descending { " DESC" } else { "" };
        let key = self.key.map(|key| format!("{key}{way}, ")).unwrap_or_default();
        format!("{key}{}{way}", self.id)
    }

    fn after<R>(&self, connection: &Connection, id: i64, len: u32, row: ReadRow<R>) -> Result<Vec<R>> {
        let bounds = [Value::Integer(id), Value::Integer(i64::from(len))];
        let values = self.column_values.iter().chain(&self.condition.values).chain(&bounds);
        all(connection, &self.after_sql(), values, row)
    }

    pub(super) fn after_sql(&self) -> String {
        format!(
            "SELECT {} FROM {} WHERE {} AND {} > ? ORDER BY {} LIMIT ?",
            self.columns, self.from, self.condition.sql, self.id, self.id
        )
    }

    /// Returns the ids of all rows, in id order.
    pub(super) fn ids(&self, connection: &Connection) -> Result<Vec<i64>> {
        all(connection, &self.ids_sql(self.id), &self.condition.values, |row| row.get(0))
    }

    /// Returns the ids of all rows, in the list's order.
    pub(super) fn ids_in_order(&self, connection: &Connection) -> Result<Vec<i64>> {
        all(connection, &self.ids_sql(&self.sorting()), &self.condition.values, |row| row.get(0))
    }

    /// Returns the ids of all rows, in any order.
    pub(super) fn ids_unordered(&self, connection: &Connection) -> Result<Vec<i64>> {
        let sql = format!("SELECT {} FROM {} WHERE {}", self.id, self.find_from, self.condition.sql);
        all(connection, &sql, &self.condition.values, |row| row.get(0))
    }

    pub(super) fn ids_sql(&self, sorting: &str) -> String {
        format!("SELECT {} FROM {} WHERE {} ORDER BY {sorting}", self.id, self.find_from, self.condition.sql)
    }
}

/// A list that is read along its order.
struct ActiveScan<'l, 'c> {
    list: &'l List<'l>,
    reader: CachedReader<'c>,
    scan: &'l KeysetScan,
}

impl ActiveScan<'_, '_> {
    /// Returns a range of the list.
    fn window<R>(&self, span: RowRange, row: ReadRow<R>) -> Result<Window<R>> {
        let (list, reader) = (self.list, self.reader);
        let unfiltered = list.count_unfiltered(reader)?;
        let total = self.total()?;
        if self.is_whole() {
            reader.look_at(self.scan.order);
        }
        if total == 0 {
            return Ok(Window { unfiltered, ..Window::default() });
        }
        let before = u64::from(span.before);
        let (place, anchor) = match span.anchor {
            Anchor::Row { id, last_seen_at } => match self.find(id, total)? {
                Some((place, at)) => (Some(place), at),
                None => (None, last_seen_at),
            },
            Anchor::Position(at) => (None, at),
            // It has no place in this order: `List::window` reads on from it by id.
            Anchor::After(_) => (None, 0),
        };
        let anchor = anchor.min(total - 1);
        let first = anchor.saturating_sub(before);
        // Around a row the walk begins at that row, so that it is among the rows whatever the fences say.
        let (start, above) = match place {
            Some(place) => (Some(place), anchor - first),
            None if first == 0 => (None, 0),
            None => (self.place_at(first, total)?, 0),
        };
        if start.is_none() && first > 0 {
            return Ok(Window { total, unfiltered, ..Window::default() });
        }
        let beyond = start.as_ref().map_or(ScanStart::Beginning, ScanStart::Beyond);
        let mut rows = self.read(self.scan.order.reversed(), beyond, above, row)?;
        rows.reverse();
        let behind = u64::from(span.len).saturating_sub(rows.len() as u64);
        // At the top of the list the rows above tell the exact position.
        let first = if (rows.len() as u64) < above { 0 } else { first };
        let anchor = if above > 0 { first + rows.len() as u64 } else { anchor };
        let start = start.as_ref().map_or(ScanStart::Beginning, ScanStart::At);
        rows.extend(self.read(self.scan.order, start, behind, row)?);
        let (ids, rows): (_, Vec<R>) = rows.into_iter().unzip();
        if self.is_whole() {
            reader.remember_shown(self.scan.order, first, ids);
        }
        Ok(Window { first, anchor: (!rows.is_empty()).then_some(anchor), rows, total, unfiltered })
    }

    fn is_whole(&self) -> bool {
        self.scan.only.is_everything()
    }

    fn only(&self) -> Restriction<'_> {
        Restriction { sql: &self.scan.only.sql, about: self.scan.about, values: &self.scan.only.values }
    }

    /// Reads rows with their ids.
    fn read<R>(
        &self,
        order: Order,
        start: ScanStart<'_>,
        limit: u64,
        row: ReadRow<R>,
    ) -> Result<Vec<(i64, R)>> {
        let columns = Columns::Row(self.list.columns, &self.list.column_values);
        let mut rows = Vec::new();
        let reading = Reading { columns, only: self.only(), limit };
        order.scan(self.reader.connection, start, reading, &mut |_, next| {
            let id = next.get(next.as_ref().column_count() - 1);
            rows.push(id.and_then(|id| Ok((id, row(next)?))).map_err(error::of)?);
            Ok(true)
        })?;
        Ok(rows)
    }

    /// Returns the position of a row, or `None` if it is not in the list.
    fn find(&self, id: i64, total: u64) -> Result<Option<(KeysetPosition, u64)>> {
        let Some(place) = self.scan.order.place(self.reader.connection, id)? else { return Ok(None) };
        // The order's rows are not all in the list.
        if !self.is_whole() && self.read_one(&place)? != Some(id) {
            return Ok(None);
        }
        let at = self.position(&place, total)?;
        Ok(Some((place, at)))
    }

    /// Returns the id of the first row at or after a position.
    fn read_one(&self, place: &KeysetPosition) -> Result<Option<i64>> {
        let order = self.scan.order;
        let found = order.nth(self.reader.connection, ScanStart::At(place), self.places(1))?;
        Ok(found.map(|place| place.id))
    }

    /// Returns the scan that reads up to `limit` positions.
    fn places(&self, limit: u64) -> Reading<'_> {
        Reading { columns: Columns::KeysetPosition, only: self.only(), limit }
    }

    fn total(&self) -> Result<u64> {
        if self.list.condition == self.list.unfiltered {
            return self.list.count_unfiltered(self.reader);
        }
        let count = || match self.scan.active_at {
            Some(now) => active_hours::active(self.reader.connection, now),
            None => self.scan.order.count(self.reader.connection, self.only()),
        };
        self.reader.count(&self.list.name, count)
    }

    /// Returns the keyset position of the row at a position. A part of an order is scanned from its nearer end, and
    /// so are the ends of a whole one while its position index is out of date.
    fn place_at(&self, at: u64, total: u64) -> Result<Option<KeysetPosition>> {
        let (connection, order) = (self.reader.connection, self.scan.order);
        let from_index =
            || self.reader.with_position_index(order, total, |index| index.place_at(connection, order, at));
        if self.is_whole() && self.reader.has_position_index(order) {
            return from_index();
        }
        let below = total - 1 - at;
        let near = at.min(below) < NEAR || !self.is_whole();
        if near && at <= below {
            return order.nth(connection, ScanStart::Beginning, self.places(at + 1));
        }
        let last = |n| order.reversed().nth(connection, ScanStart::Beginning, self.places(n));
        if near {
            return last(below + 1);
        }
        // Fences of a shorter list reach as far as they go.
        let found = from_index()?;
        if found.is_some() { Ok(found) } else { last(1) }
    }

    /// Returns the position of a row.
    fn position(&self, place: &KeysetPosition, total: u64) -> Result<u64> {
        let (connection, order) = (self.reader.connection, self.scan.order);
        if !self.is_whole() {
            let name = format!("before {} in {}", place.id, self.list.name);
            return self.reader.count(&name, || order.count_before(connection, place, self.only(), None));
        }
        if let Some(at) = self.reader.shown_position(order, place.id) {
            return Ok(at);
        }
        if !self.reader.has_position_index(order) {
            if let Some(above) = self.near(order, place)? {
                return Ok(above);
            }
            if let Some(below) = self.near(order.reversed(), place)? {
                return Ok((total - 1).saturating_sub(below));
            }
        }
        self.reader.with_position_index(order, total, |index| index.position(connection, order, place))
    }

    /// Returns the number of rows before a position, if there are few.
    fn near(&self, order: Order, place: &KeysetPosition) -> Result<Option<u64>> {
        let above = order.count_before(self.reader.connection, place, self.only(), Some(NEAR))?;
        Ok((above < NEAR).then_some(above))
    }
}
