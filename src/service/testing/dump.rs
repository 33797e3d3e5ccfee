//! Dumps of a store as text, to compare two states of it.

use crate::domain::filter::Filter;
use crate::domain::user::{User, Who};
use crate::service::contract::{Accounts, Caller, Reply, Sessions};

use super::{ALL, Bench, in_order};

impl Bench {
    /// Returns everything that the lists show, and all credentials, to compare two states.
    pub(crate) fn everything(&mut self) -> String {
        let accounts = Accounts::List { filter: Filter::default(), sort: in_order(), span: ALL };
        let sessions = Sessions::List { filter: Filter::default(), sort: in_order(), span: ALL };
        let accounts = self.ask(Caller::Owner, accounts.into()).unwrap();
        let sessions = self.ask(Caller::Owner, sessions.into()).unwrap();
        let Reply::Users(users) = &accounts else { panic!("{accounts:?}") };
        let hash = |user: &User| self.read(|rows| rows.credentials(self.now, &Who::Id(user.id)));
        let hashes: Vec<_> = users.rows.iter().map(hash).collect();
        format!("{accounts:?}\n{sessions:?}\n{hashes:?}\n{:?}", self.paths())
    }

    /// Returns all rows of the three tables, and of NEXUS's own tables about them, as they lie in the file.
    pub(crate) fn dump(&self) -> String {
        self.dump_of(&[
            "de_torres_vincent_users",
            "de_torres_vincent_session_tokens",
            "de_torres_vincent_user_directories",
            "nexus_accounts",
            "nexus_access_codes",
            "nexus_sessions",
            "nexus_names",
            "nexus_directories",
        ])
    }

    /// Returns all rows of these tables.
    pub(crate) fn dump_of(&self, tables: &[&str]) -> String {
        tables.iter().map(|table| self.dump_columns(table, "*")).collect()
    }

    /// Returns these columns of all rows of a table, one row a line.
    pub(crate) fn dump_columns(&self, table: &str, columns: &str) -> String {
        let connection = rusqlite::Connection::open(self.folder.path().join("nexus.db")).unwrap();
        let mut statement = connection.prepare(&format!("SELECT {columns} FROM {table} ORDER BY 1")).unwrap();
        let width = statement.column_count();
        let line = |row: &rusqlite::Row<'_>| {
            let values: Vec<_> = (0..width).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect();
            Ok(format!("{table} {}\n", values.join(" ")))
        };
        statement.query_map([], line).unwrap().collect::<Result<_, _>>().unwrap()
    }
}
