//! Names of tables.

/// A table's name with the name of its database.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct TableName {
    pub(super) database: Option<String>,
    pub(super) table: String,
}

impl TableName {
    pub(super) fn of(table: String) -> Self {
        Self { database: None, table }
    }

    /// Reports whether the two may be one table. A file that never says in which database its rows belong may mean the
    /// one that it names elsewhere, and letter case counts on some servers only.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        let database = |name: &Self| name.database.clone().unwrap_or_default();
        let (one, two) = (database(self), database(other));
        let is_one_database = one.is_empty() || two.is_empty() || one.eq_ignore_ascii_case(&two);
        is_one_database && self.table.eq_ignore_ascii_case(&other.table)
    }
}
