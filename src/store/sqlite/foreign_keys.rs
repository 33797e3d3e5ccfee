//! All foreign keys of a store, and the rows that they delete along with others.
//!
//! Rows are followed from key to key by one recursive query over all tables that can be reached. A row is told by its
//! table's number and its key: the rowid, or where a table has none the values of its primary key as SQL.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row};

use crate::domain::sqlite::quoted;
use crate::store::Result;

use super::added_columns::{DIRECTORIES, SESSIONS, USERS};
use super::error;
use super::statement::all;
use super::values::{optional, text};

/// A foreign key that is not NEXUS's own.
const ANY_FOREIGN: &str = r#"SELECT 1
  FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL
      AND name NOT LIKE 'nexus@_%' ESCAPE '@' AND name NOT LIKE 'sqlite@_%' ESCAPE '@') m, pragma_foreign_key_list(m.name) f
  WHERE NOT (f."from" = 'user_id' COLLATE NOCASE
    AND m.name IN ('de_torres_vincent_session_tokens', 'de_torres_vincent_user_directories'))"#;

/// The effect of a foreign key when rows that it refers to are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnDelete {
    /// It deletes those that refer to them.
    Delete,
    /// It forbids their deletion.
    Forbid,
    /// It takes the reference away.
    Clear,
}

/// A table that takes part in a foreign key.
#[derive(Debug)]
pub(super) struct KeyTable {
    pub(super) name: String,
    /// The columns that hold values of their own.
    pub(super) columns: Vec<String>,
    /// The columns that tell a row, or the one name for its rowid.
    key: Vec<String>,
    has_rowid: bool,
}

impl KeyTable {
    /// Returns true if it is NEXUS's own beside the three tables.
    pub(super) fn is_nexus(&self) -> bool {
        is_nexus(&self.name)
    }

    /// Returns the key of the row that goes by this name in a query.
    pub(super) fn key_of(&self, row: &str) -> String {
        let parts: Vec<_> = self.key.iter().map(|name| format!("{row}.{}", quoted(name))).collect();
        if self.has_rowid {
            return parts.concat();
        }
        parts.iter().map(|part| format!("quote({part})")).collect::<Vec<_>>().join(" || ',' || ")
    }
}

fn is_nexus(table: &str) -> bool {
    table.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("nexus_"))
}

/// Returns true for the three tables.
fn is_base(table: &str) -> bool {
    [&USERS, &SESSIONS, &DIRECTORIES].iter().any(|base| base.table.eq_ignore_ascii_case(table))
}

/// A foreign key. Tables are told by their place among all tables.
#[derive(Debug)]
pub(super) struct KeyReference {
    pub(super) child: usize,
    pub(super) parent: usize,
    /// The columns of the child and those of the parent that they refer to.
    pub(super) columns: Vec<(String, String)>,
    pub(super) effect: OnDelete,
    /// It is one that NEXUS made.
    is_own: bool,
}

/// The foreign keys of a store and the tables that have them.
#[derive(Debug)]
pub(super) struct ForeignKeys {
    pub(super) tables: Vec<KeyTable>,
    pub(super) keys: Vec<KeyReference>,
}

/// A foreign key as SQLite tells it, a row for each column.
struct KeyColumn {
    id: i64,
    child: String,
    parent: String,
    from: String,
    to: Option<String>,
    effect: OnDelete,
}

impl ForeignKeys {
    /// Reads all foreign keys; `None` where all are NEXUS's own.
    pub(super) fn read(connection: &Connection) -> Result<Option<Self>> {
        // Asked for each account of an act on very many: nearly every store has none.
        let mut statement = connection.prepare_cached(ANY_FOREIGN).map_err(error::of)?;
        if !statement.exists([]).map_err(error::of)? {
            return Ok(None);
        }
        let parts = parts(connection)?;
        let mut found = Self { tables: Vec::new(), keys: Vec::new() };
        let mut last = None;
        for part in parts {
            let (Some(child), Some(parent)) =
                (found.table(connection, &part.child)?, found.table(connection, &part.parent)?)
            else {
                // Nothing can refer to a table that is not there.
                continue;
            };
            let Some(to) = part.to.clone() else { continue };
            let is_same = last == Some((child, part.id));
            last = Some((child, part.id));
            match found.keys.last_mut().filter(|_| is_same) {
                Some(key) => {
                    key.columns.push((part.from.clone(), to));
                    if part.effect == OnDelete::Forbid {
                        key.effect = OnDelete::Forbid;
                    }
                }
                None => found.keys.push(KeyReference {
                    child,
                    parent,
                    is_own: is_own(&part),
                    columns: vec![(part.from.clone(), to)],
                    effect: part.effect,
                }),
            }
        }
        Ok(Some(found))
    }

    /// Returns the place of a table, which is read when it is first asked for; `None` where there is none.
    fn table(&mut self, connection: &Connection, name: &str) -> Result<Option<usize>> {
        let known = self.tables.iter().position(|table| table.name.eq_ignore_ascii_case(name));
        if known.is_some() {
            return Ok(known);
        }
        let read = read_table(connection, name)?;
        self.tables.extend(read);
        Ok(self.tables.iter().position(|table| table.name.eq_ignore_ascii_case(name)))
    }

    /// Returns the place of a table by its name.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.name.eq_ignore_ascii_case(name))
    }

    /// Returns the tables from which rows can be deleted along with those of one, that one among them.
    fn reached(&self, root: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([root]);
        loop {
            let before = reached.len();
            let deleting = self.keys.iter().filter(|key| key.effect == OnDelete::Delete);
            let more: Vec<_> =
                deleting.filter(|key| reached.contains(&key.parent)).map(|key| key.child).collect();
            reached.extend(more);
            if reached.len() == before {
                return reached;
            }
        }
    }

    /// Returns the keys of other programs that rows deleted along with those of a table can meet.
    pub(super) fn foreign(&self, root: usize) -> Vec<&KeyReference> {
        let reached = self.reached(root);
        self.keys.iter().filter(|key| !key.is_own && reached.contains(&key.parent)).collect()
    }

    /// Returns true if a column of another program in one of NEXUS's tables refers to rows that are deleted along with
    /// those of a table.
    pub(super) fn is_tied(&self, root: usize) -> bool {
        let child = |key: &&KeyReference| self.tables.get(key.child);
        self.foreign(root).iter().filter_map(child).any(|table| table.is_nexus() || is_base(&table.name))
    }

    /// Returns a number for each table that is higher than those of the tables that it refers to, unless these refer to it.
    pub(super) fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0_usize; self.tables.len()];
        for _ in &self.tables {
            for key in self.keys.iter().filter(|key| key.child != key.parent) {
                let above = depths.get(key.parent).copied().unwrap_or_default();
                if let Some(depth) = depths.get_mut(key.child) {
                    *depth = above.saturating_add(1).max(*depth);
                }
            }
        }
        depths
    }

    /// Returns a common table expression with the name `going`: each row that is deleted where those that `seeds` selects
    /// are, with its table's place `t` and its key `r`. With `own_only` those alone that NEXUS's own keys delete.
    pub(super) fn going(&self, name: &str, root: usize, seeds: &str, own_only: bool) -> String {
        let reached = self.reached(root);
        let mut parts = vec![seeds.to_owned()];
        for key in &self.keys {
            let follows = key.effect == OnDelete::Delete && reached.contains(&key.parent);
            if !follows || own_only && !key.is_own {
                continue;
            }
            let (child, join) = (key.child, self.join(name, key));
            parts.push(format!("SELECT {child}, {} FROM {join}", self.child_key(key)));
        }
        format!("{name} (t, r) AS ({})", parts.join(" UNION "))
    }

    /// Returns the key of a foreign key's child row `c`.
    pub(super) fn child_key(&self, key: &KeyReference) -> String {
        self.tables.get(key.child).map(|table| table.key_of("c")).unwrap_or_default()
    }

    /// Returns the FROM part that finds the rows `c` that refer by this key to rows of `going`.
    pub(super) fn join(&self, going: &str, key: &KeyReference) -> String {
        let (Some(child), Some(parent)) = (self.tables.get(key.child), self.tables.get(key.parent)) else {
            return String::new();
        };
        let same: Vec<_> =
            key.columns.iter().map(|(from, to)| format!("p.{} = c.{}", quoted(to), quoted(from))).collect();
        format!(
            "{going} g CROSS JOIN main.{} p ON g.t = {} AND {} = g.r CROSS JOIN main.{} c ON {}",
            quoted(&parent.name),
            key.parent,
            parent.key_of("p"),
            quoted(&child.name),
            same.join(" AND ")
        )
    }
}

fn is_own(part: &KeyColumn) -> bool {
    let is = |table: &str| part.child.eq_ignore_ascii_case(table);
    let is_base = is("de_torres_vincent_session_tokens") || is("de_torres_vincent_user_directories");
    is_nexus(&part.child) || is_base && part.from.eq_ignore_ascii_case("user_id")
}

fn parts(connection: &Connection) -> Result<Vec<KeyColumn>> {
    // A reference that may not be NULL cannot be taken away.
    let sql = r#"SELECT f.id, m.name, f."table", f."from",
                   ifnull(f."to", (SELECT x.name FROM pragma_table_info(f."table") x WHERE x.pk = f.seq + 1)),
                   CASE f.on_delete WHEN 'CASCADE' THEN 'delete' WHEN 'SET DEFAULT' THEN 'clear'
                     WHEN 'SET NULL' THEN CASE (SELECT x."notnull" FROM pragma_table_info(m.name) x
                       WHERE x.name = f."from" COLLATE NOCASE) WHEN 0 THEN 'clear' ELSE 'forbid' END
                     ELSE 'forbid' END
                 FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL
                     AND name NOT LIKE 'sqlite@_%' ESCAPE '@') m, pragma_foreign_key_list(m.name) f
                 ORDER BY m.name, f.id, f.seq"#;
    let read = |row: &Row<'_>| {
        let effect = match text(row, 5)?.as_str() {
            "delete" => OnDelete::Delete,
            "clear" => OnDelete::Clear,
            _ => OnDelete::Forbid,
        };
        let [child, parent, from] = [text(row, 1)?, text(row, 2)?, text(row, 3)?];
        Ok(KeyColumn { id: row.get(0)?, child, parent, from, to: optional(row, 4)?, effect })
    };
    all(connection, sql, [], read)
}

/// Reads what there is to know of a table; `None` where there is none.
pub(super) fn read_table(connection: &Connection, name: &str) -> Result<Option<KeyTable>> {
    let sql = "SELECT name, (SELECT wr FROM pragma_table_list(m.name) WHERE schema = 'main')
               FROM sqlite_schema m WHERE type = 'table' AND name = ?1 COLLATE NOCASE";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let mut rows = statement.query([name]).map_err(error::of)?;
    let Some(row) = rows.next().map_err(error::of)? else { return Ok(None) };
    let (name, has_rowid) =
        (text(row, 0).map_err(error::of)?, row.get::<_, Option<i64>>(1).map_err(error::of)? != Some(1));
    let sql = "SELECT name, hidden, pk FROM pragma_table_xinfo(?1)";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let read = |row: &Row<'_>| Ok((text(row, 0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
    let found = statement.query_map([&name], read).map_err(error::of)?;
    let found = found.collect::<rusqlite::Result<Vec<_>>>().map_err(error::of)?;
    let is_column = |alias: &str| found.iter().any(|(name, ..)| name.eq_ignore_ascii_case(alias));
    let key = if has_rowid {
        let alias = ["rowid", "_rowid_", "oid"].into_iter().find(|alias| !is_column(alias));
        vec![alias.unwrap_or("rowid").to_owned()]
    } else {
        found.iter().filter(|(_, _, pk)| *pk > 0).map(|(name, ..)| name.clone()).collect()
    };
    let columns = found.iter().filter(|(_, hidden, _)| *hidden == 0).map(|(name, ..)| name.clone()).collect();
    Ok(Some(KeyTable { name, columns, key, has_rowid }))
}
