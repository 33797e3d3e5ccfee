//! The orders of the journal by who acted and by what was done: along the indexes that have them, without sorting.

use std::cmp::Ordering;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::domain::journal::JournalColumn;
use crate::store::Result;

use super::error;
use super::keyset::compare_keys;
use super::statement::{all, first};
use super::values::{Stored, value};

/// The most entries that are sorted one by one; of more, all entries are looked at in their order.
const FEW: usize = if cfg!(test) { 4 } else { 20_000 };

/// An order of the journal along an index. All texts are constant pieces of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryOrder {
    /// The table with the index.
    from: &'static str,
    /// The columns of the index that it has in this order; the last is the number of the entry.
    columns: &'static [&'static str],
}

const BY_ACTOR: EntryOrder = EntryOrder {
    from: "nexus_journal j INDEXED BY nexus_journal_actor",
    columns: &["j.actor COLLATE NOCASE", "j.at", "j.seq"],
};

const BY_ACTION: EntryOrder = EntryOrder {
    from: "nexus_journal j INDEXED BY nexus_journal_verb",
    columns: &["j.verb", "j.actor COLLATE NOCASE", "j.at", "j.seq"],
};

/// The place of an entry in an order: its values in the columns of the order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EntryPlace {
    values: Vec<Stored>,
    pub(super) seq: i64,
}

impl EntryPlace {
    /// Returns the place that another entry of the same time would have.
    pub(super) fn with_seq(&self, seq: i64) -> Self {
        let mut values = self.values.clone();
        if let Some(last) = values.last_mut() {
            *last = Stored::Integer(seq);
        }
        Self { values, seq }
    }
}

/// The start of a walk along an order.
#[derive(Debug, Clone, Copy)]
pub(super) enum WalkStart<'p> {
    /// At the first entry in its direction.
    Beginning,
    At(&'p EntryPlace),
    /// At the entry after this place.
    Beyond(&'p EntryPlace),
}

/// The next step of a walk.
pub(super) enum WalkStep {
    Next,
    Stop,
    /// The walk goes on at this place.
    To(EntryPlace),
    /// The walk goes on after this place.
    Behind(EntryPlace),
}

impl EntryOrder {
    /// Returns the order by a column; `None` for the order of writing.
    pub(super) const fn of(column: JournalColumn) -> Option<Self> {
        match column {
            JournalColumn::Seq => None,
            JournalColumn::Actor => Some(BY_ACTOR),
            JournalColumn::Action => Some(BY_ACTION),
        }
    }

    /// Compares two places in ascending order.
    pub(super) fn compare(self, a: &EntryPlace, b: &EntryPlace) -> Ordering {
        let pairs = a.values.iter().zip(&b.values).zip(self.columns);
        let mut orders = pairs.map(|((a, b), column)| compare_keys(a, b, column.ends_with("COLLATE NOCASE")));
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Returns the place of an entry, or `None` if there is none with this number.
    pub(super) fn place(self, connection: &Connection, seq: i64) -> Result<Option<EntryPlace>> {
        let sql = format!("SELECT {} FROM nexus_journal j WHERE j.seq = ?", self.columns.join(", "));
        first(connection, &sql, [seq], |row| self.place_of(row))
    }

    fn place_of(self, row: &rusqlite::Row<'_>) -> rusqlite::Result<EntryPlace> {
        let values = (0..self.columns.len()).map(|at| value(row, at)).collect::<rusqlite::Result<_>>()?;
        Ok(EntryPlace { values, seq: row.get(self.columns.len() - 1)? })
    }

    fn sorting(self, descending: bool) -> String {
        let way = if descending { " DESC" } else { "" };
        self.columns.iter().map(|column| format!("{column}{way}")).collect::<Vec<_>>().join(", ")
    }

    /// Returns the statements that read on from a place, with their parameters: first the entries that agree with it in all
    /// columns but the last, then those that agree in fewer. One with a row value would not use all columns of the index.
    pub(super) fn statements(self, start: WalkStart<'_>, descending: bool) -> Vec<(String, Vec<Stored>)> {
        let (from, sorting) = (self.from, self.sorting(descending));
        let select = format!("SELECT {} FROM {from}", self.columns.join(", "));
        let (place, last) = match start {
            WalkStart::Beginning => return vec![(format!("{select} ORDER BY {sorting}"), Vec::new())],
            WalkStart::At(place) => (place, "="),
            WalkStart::Beyond(place) => (place, ""),
        };
        let beyond = if descending { "<" } else { ">" };
        let depths = (0..self.columns.len()).rev();
        let statement = |depth: usize| {
            let last = if depth + 1 == self.columns.len() { last } else { "" };
            let same = self.columns.iter().take(depth).map(|column| format!("{column} = ? AND "));
            let column = self.columns.get(depth).copied().unwrap_or_default();
            let bounds = format!("{}{column} {beyond}{last} ?", same.collect::<String>());
            let values = place.values.iter().take(depth + 1).cloned().collect();
            (format!("{select} WHERE {bounds} ORDER BY {sorting}"), values)
        };
        depths.map(statement).collect()
    }

    /// Passes the places of entries to `take`, which says how to go on.
    pub(super) fn walk(
        self,
        connection: &Connection,
        start: WalkStart<'_>,
        descending: bool,
        take: &mut dyn FnMut(EntryPlace) -> Result<WalkStep>,
    ) -> Result<()> {
        let mut statements = self.statements(start, descending);
        loop {
            let mut jump = None;
            'read: for (sql, values) in &statements {
                let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
                let mut rows = statement.query(params_from_iter(values)).map_err(error::of)?;
                while let Some(row) = rows.next().map_err(error::of)? {
                    let start = match take(self.place_of(row).map_err(error::of)?)? {
                        WalkStep::Next => continue,
                        WalkStep::Stop => return Ok(()),
                        WalkStep::To(place) => self.statements(WalkStart::At(&place), descending),
                        WalkStep::Behind(place) => self.statements(WalkStart::Beyond(&place), descending),
                    };
                    jump = Some(start);
                    break 'read;
                }
            }
            match jump {
                Some(next) => statements = next,
                None => return Ok(()),
            }
        }
    }

    /// Sorts the numbers of entries.
    pub(super) fn sort(self, connection: &Connection, seqs: &[i64], descending: bool) -> Result<Vec<i64>> {
        let sorting = self.sorting(descending);
        if seqs.len() <= FEW {
            let sql = format!(
                "SELECT j.seq FROM json_each(?) ids CROSS JOIN nexus_journal j ON j.seq = ids.value ORDER BY {sorting}"
            );
            let listed = seqs.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
            return all(connection, &sql, &[Value::Text(format!("[{listed}]"))], |row| row.get(0));
        }
        let mut wanted = seqs.to_vec();
        wanted.sort_unstable();
        let sql = format!("SELECT j.seq FROM {} ORDER BY {sorting}", self.from);
        let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        let mut sorted = Vec::with_capacity(seqs.len());
        while let Some(row) = rows.next().map_err(error::of)? {
            let seq = row.get(0).map_err(error::of)?;
            if wanted.binary_search(&seq).is_ok() {
                sorted.push(seq);
            }
        }
        Ok(sorted)
    }
}
