//! The tree of directories: which rows show while some nodes are open, without reading the others.
//!
//! Only the open nodes are looked at one by one: where each stands among its siblings and how many lie below it give
//! every row's position. A node is the parent of what lies below its path; of several rows with one path the oldest
//! is, so that every row shows exactly once.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::directories::{COLUMN_COUNT, COLUMNS, FROM, directory, find, key, oldest_at};
use super::error;
use super::filter::Condition;
use super::values::number;
use super::window::List;
use crate::domain::directory::{Directory, DirectoryColumn, TreeRow};
use crate::domain::page::{Anchor, Span, Window};
use crate::store::{ListOf, Result};

/// The path above a row's, with its slash; empty for a path of one name. This is the indexed expression.
const PARENT: &str = "rtrim(d.directory_path, replace(d.directory_path, '/', ''))";

/// The node directly above a row, NULL for a root: the oldest row of the account whose path is the indexed expression
/// without its last byte, a slash. (Bytes: SQLite counts the characters of a text up to its first NUL only, and another
/// program may have stored one.)
pub(super) const ABOVE: &str = "(SELECT min(p.id) FROM de_torres_vincent_user_directories p
  WHERE p.user_id = d.user_id
    AND p.directory_path || '/' = rtrim(d.directory_path, replace(d.directory_path, '/', ''))
    AND p.directory_path =
      CAST(substr(CAST(rtrim(d.directory_path, replace(d.directory_path, '/', '')) AS BLOB), 1,
        length(CAST(rtrim(d.directory_path, replace(d.directory_path, '/', '')) AS BLOB)) - 1) AS TEXT))";

/// How many lie directly below a row; none below one that is not the oldest of its path.
pub(super) const CHILDREN: &str = "(SELECT count(*) FROM de_torres_vincent_user_directories c
    WHERE c.user_id = d.user_id
      AND rtrim(c.directory_path, replace(c.directory_path, '/', '')) = d.directory_path || '/')
  * NOT EXISTS (SELECT 1 FROM de_torres_vincent_user_directories o
    WHERE o.user_id = d.user_id AND o.directory_path = d.directory_path AND o.id < d.id)";

/// An open node that shows: its place among its siblings, how many lie directly below it, and those of them that are
/// open too.
struct Node {
    id: i64,
    rank: u64,
    level: Level,
}

/// The rows directly below a node, or the roots.
struct Level {
    /// Selects them.
    condition: Condition,
    /// How many there are.
    count: u64,
    /// Those that are open, in order.
    open: Vec<Node>,
}

impl Level {
    /// How many rows show here and below.
    fn visible(&self) -> u64 {
        self.count + self.open.iter().map(|node| node.level.visible()).sum::<u64>()
    }
}

/// What is needed to look at a tree.
struct Tree<'a> {
    connection: &'a Connection,
    list: &'a ListOf<DirectoryColumn>,
}

pub(super) fn window(
    connection: &Connection,
    list: &ListOf<DirectoryColumn>,
    open: &BTreeSet<i64>,
    span: Span,
) -> Result<Window<TreeRow>> {
    let tree = Tree { connection, list };
    let mut by_parent = tree.open_by_parent(open)?;
    let roots = tree.level(tree.roots(), None, &mut by_parent)?;
    let total = roots.visible();
    let anchor = match span.anchor {
        Anchor::Position(at) => at,
        Anchor::Row { id, last_seen_at } => tree.position(&roots, id)?.unwrap_or(last_seen_at),
        Anchor::After(_) => 0,
    }
    .min(total.saturating_sub(1));
    let first = anchor.saturating_sub(u64::from(span.before));
    let mut rows = Vec::new();
    tree.emit(&roots, 0, &mut Slice { skip: first, take: u64::from(span.len) }, &mut rows)?;
    Ok(Window { rows, first, anchor: (total > 0).then_some(anchor), total, unfiltered: total })
}

/// How many rows are still to be skipped, and then to be taken.
struct Slice {
    skip: u64,
    take: u64,
}

impl Tree<'_> {
    fn roots(&self) -> Condition {
        let scope = self.list.scope.map(|user| Value::Integer(user.0));
        let whose = if scope.is_some() { "d.user_id = ? AND " } else { "" };
        let sql = format!("{whose}{ABOVE} IS NULL");
        Condition { sql, values: scope.into_iter().collect() }
    }

    fn siblings<'c>(&self, condition: &Condition, columns: &'c str) -> List<'c> {
        List {
            from: FROM,
            id: "d.id",
            key: key(self.list.sort.column),
            descending: self.list.sort.descending,
            columns,
            column_values: Vec::new(),
            condition: condition.clone(),
            unfiltered: condition.clone(),
        }
    }

    /// The open nodes by the node directly above them; `None` holds the roots among them.
    fn open_by_parent(&self, open: &BTreeSet<i64>) -> Result<BTreeMap<Option<i64>, Vec<Directory>>> {
        let mut by_parent: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for id in open {
            if let Some(node) = find(self.connection, *id)?
                && self.list.scope.is_none_or(|user| user == node.user_id)
                && oldest_at(self.connection, node.user_id, &node.path)? == Some(node.id)
            {
                by_parent.entry(self.above(node.id)?).or_default().push(node);
            }
        }
        Ok(by_parent)
    }

    /// The node directly above.
    fn above(&self, id: i64) -> Result<Option<i64>> {
        let sql = format!("SELECT {ABOVE} FROM de_torres_vincent_user_directories d WHERE d.id = ?");
        let mut statement = self.connection.prepare_cached(&sql).map_err(error::of)?;
        let above = statement.query_row([id], |row| row.get(0)).optional().map_err(error::of)?;
        Ok(above.flatten())
    }

    fn level(
        &self,
        condition: Condition,
        parent: Option<i64>,
        by_parent: &mut BTreeMap<Option<i64>, Vec<Directory>>,
    ) -> Result<Level> {
        let mut open = Vec::new();
        for node in by_parent.remove(&parent).unwrap_or_default() {
            let Some(rank) = self.siblings(&condition, COLUMNS).position(self.connection, node.id)? else {
                continue;
            };
            let below = Condition {
                sql: format!("d.user_id = ? AND {PARENT} = ?"),
                values: vec![Value::Integer(node.user_id.0), Value::Text(format!("{}/", node.path))],
            };
            open.push(Node { id: node.id, rank, level: self.level(below, Some(node.id), by_parent)? });
        }
        open.sort_by_key(|node| node.rank);
        let count = self.siblings(&condition, COLUMNS).count(self.connection, &condition)?;
        Ok(Level { condition, count, open })
    }

    /// Where a row shows; `None` where one above it is closed.
    fn position(&self, roots: &Level, id: i64) -> Result<Option<u64>> {
        let mut above = vec![id];
        let mut next = id;
        // Paths get shorter upwards, so this ends.
        while let Some(parent) = self.above(next)? {
            above.push(parent);
            next = parent;
        }
        let mut level = roots;
        let mut position = 0;
        while let Some(id) = above.pop() {
            let Some(rank) = self.siblings(&level.condition, COLUMNS).position(self.connection, id)? else {
                return Ok(None);
            };
            let before: u64 =
                level.open.iter().filter(|node| node.rank < rank).map(|node| node.level.visible()).sum();
            position += rank + before;
            if above.is_empty() {
                return Ok(Some(position));
            }
            let Some(node) = level.open.iter().find(|node| node.id == id) else { return Ok(None) };
            position += 1;
            level = &node.level;
        }
        Ok(None)
    }

    /// Appends the rows of a level that the slice wants: siblings up to each open node, then what shows below it.
    fn emit(&self, level: &Level, depth: u32, slice: &mut Slice, rows: &mut Vec<TreeRow>) -> Result<()> {
        let mut next = 0;
        for node in &level.open {
            self.emit_siblings(level, next..node.rank + 1, depth, slice, rows)?;
            next = node.rank + 1;
            let below = node.level.visible();
            if slice.skip >= below {
                slice.skip -= below;
            } else if slice.take > 0 {
                self.emit(&node.level, depth + 1, slice, rows)?;
            }
        }
        self.emit_siblings(level, next..level.count, depth, slice, rows)
    }

    fn emit_siblings(
        &self,
        level: &Level,
        ranks: std::ops::Range<u64>,
        depth: u32,
        slice: &mut Slice,
        rows: &mut Vec<TreeRow>,
    ) -> Result<()> {
        let there = ranks.end - ranks.start;
        if slice.skip >= there {
            slice.skip -= there;
            return Ok(());
        }
        let wanted = (there - slice.skip).min(slice.take);
        let first = ranks.start + std::mem::take(&mut slice.skip);
        slice.take -= wanted;
        if wanted == 0 {
            return Ok(());
        }
        let columns = format!("{COLUMNS}, {CHILDREN}");
        let list = self.siblings(&level.condition, &columns);
        for (directory, children) in list.slice(self.connection, first, wanted as u32, with_children)? {
            let open = level.open.iter().any(|node| node.id == directory.id);
            rows.push(TreeRow { directory, depth, children, open });
        }
        Ok(())
    }
}

fn with_children(row: &Row<'_>) -> rusqlite::Result<(Directory, u64)> {
    Ok((directory(row)?, number(row, COLUMN_COUNT)?))
}
