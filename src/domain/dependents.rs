//! Rows of other programs that refer to what is to be deleted.

use super::text::{count, excerpt};
use super::user::UserId;

/// A thing to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionTarget {
    /// An account with its sessions and directories.
    Account(UserId),
    /// A directory with all below it, by its row's id.
    Directory(i64),
    /// The bin item with this number.
    BinItem(i64),
}

/// Rows of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRows {
    /// The table (as stored: make it visible before showing it).
    pub table: String,
    /// The number of rows.
    pub rows: u64,
}

/// The rows that refer to a thing by foreign keys of other programs, by what becomes of them when that is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dependents {
    /// They keep it from being deleted.
    pub blocking: Vec<TableRows>,
    /// They are deleted with it.
    pub deleted: Vec<TableRows>,
    /// They lose their reference to it.
    pub cleared: Vec<TableRows>,
}

impl Dependents {
    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.blocking.is_empty() && self.deleted.is_empty() && self.cleared.is_empty()
    }

    /// Adds more of them.
    pub fn add(&mut self, more: &Self) {
        add(&mut self.blocking, &more.blocking);
        add(&mut self.deleted, &more.deleted);
        add(&mut self.cleared, &more.cleared);
    }
}

/// Adds rows to others, those of one table together.
pub fn add(rows: &mut Vec<TableRows>, more: &[TableRows]) {
    for TableRows { table, rows: number } in more {
        match rows.iter_mut().find(|one| one.table == *table) {
            Some(one) => one.rows += number,
            None => rows.push(TableRows { table: table.clone(), rows: *number }),
        }
    }
}

/// Returns the sum of all rows.
pub fn total(rows: &[TableRows]) -> u64 {
    rows.iter().map(|one| one.rows).sum()
}

/// Returns the rows by table: `3 rows of table ratings, 1 row of table plans`.
pub fn words(rows: &[TableRows]) -> String {
    let named =
        |one: &TableRows| format!("{} of table {}", count(one.rows, "row", "rows"), excerpt(&one.table));
    rows.iter().map(named).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &str, rows: u64) -> TableRows {
        TableRows { table: table.into(), rows }
    }

    #[test]
    fn rows_of_one_table_are_added_up_and_named_by_it() {
        let mut all = vec![rows("a", 1)];
        add(&mut all, &[rows("b", 1_000), rows("a", 2)]);
        assert_eq!(words(&all), "3 rows of table a, 1,000 rows of table b");
        assert_eq!(words(&[rows("a", 1)]), "1 row of table a");
        assert_eq!(total(&all), 1_003);
    }
}
