//! The tree of directories: the rows that are visible while some nodes are open, without reading the others.
//!
//! Only the open nodes are examined one by one: the position of each among its siblings and the number of rows below
//! it give every row's position. The parent of a row is the row whose path lies directly above it; of several rows
//! with that path it is the oldest, so that every row is visible exactly once.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Row;
use rusqlite::types::Value;

use crate::domain::directory::{Directory, DirectoryColumn, TreeRow};
use crate::domain::page::{Anchor, RowRange, Window};
use crate::domain::user::UserId;
use crate::store::{ListOf, Result};

use super::cache::CachedReader;
use super::directories::{COLUMNS, directory, find, key, oldest_at};
use super::filter::Condition;
use super::keyset::{About, Order};
use super::sort_orders;
use super::statement::{all, first};
use super::values::number;
use super::window::{KeysetScan, List};

/// A directory with its owner and its node.
const FROM: &str = "nexus_directories t CROSS JOIN de_torres_vincent_user_directories d ON d.id = t.id
  CROSS JOIN de_torres_vincent_users u ON u.id = d.user_id";

const NODES: &str = "nexus_directories t";
const ALL_ROOTS: &str = "nexus_directories t WHERE t.parent = 0";

/// The number of rows directly below a node.
pub(super) const CHILDREN_OF_ONE: &str = "SELECT count(*) FROM nexus_directories c WHERE c.parent = ?";

/// The number of directories directly below each of several.
pub(super) const CHILDREN_OF_EACH: &str =
    "SELECT ids.value, (SELECT count(*) FROM nexus_directories c WHERE c.parent = ids.value)
  FROM json_each(?) ids";

/// The maximum depth of a tree: a path has no more parts.
const DEEPEST: usize = 100_000;

/// An open node that shows: its place among its siblings, how many lie directly below it, and those of them that are
/// open too.
struct Node {
    id: i64,
    rank: u64,
    level: Level,
}

/// Returns the list of the rows directly below a node, or of the roots.
struct Level {
    /// The id of the parent; 0 for the roots.
    parent: i64,
    /// The number of nodes.
    count: u64,
    /// The open nodes, in order.
    open: Vec<Node>,
}

impl Level {
    /// Returns the number of visible rows here and below.
    fn visible(&self) -> u64 {
        self.count + self.open.iter().map(|node| node.level.visible()).sum::<u64>()
    }
}

/// The parameters for reading a tree.
struct Tree<'a> {
    reader: CachedReader<'a>,
    list: &'a ListOf<DirectoryColumn>,
}

pub(super) fn window(
    reader: CachedReader<'_>,
    list: &ListOf<DirectoryColumn>,
    open: &BTreeSet<i64>,
    span: RowRange,
) -> Result<Window<TreeRow>> {
    let tree = Tree { reader, list };
    let mut by_parent = tree.open_by_parent(open)?;
    let roots = tree.level(0, &mut by_parent)?;
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

/// The numbers of rows still to skip and then to take.
struct Slice {
    skip: u64,
    take: u64,
}

impl Tree<'_> {
    /// Returns the list of the rows directly below a node, or of the roots.
    fn siblings(&self, parent: i64) -> List<'static> {
        let sort = self.list.sort;
        let scope = self.list.scope.filter(|_| parent == 0);
        let values = match scope {
            Some(user) => vec![Value::Integer(user.0)],
            None if parent != 0 => vec![Value::Integer(parent)],
            None => Vec::new(),
        };
        let (ranges, table, sql) = match scope {
            Some(_) => (sort_orders::ROOTS_OF_ONE, NODES, "t.parent = 0 AND t.user_id = ?"),
            None if parent == 0 => (sort_orders::ROOTS, ALL_ROOTS, "t.parent = 0"),
            None => (sort_orders::CHILDREN, NODES, "t.parent = ?"),
        };
        let condition = Condition { sql: sql.into(), values };
        let is_whole = ranges == sort_orders::ROOTS;
        let only = if is_whole { Condition::everything() } else { condition.clone() };
        // Of siblings the whole path tells no more than its last part.
        let by_name = matches!(sort.column, DirectoryColumn::Name | DirectoryColumn::LastPart);
        let order = Order { ranges, descending: sort.descending };
        List {
            table,
            from: FROM,
            find_from: FROM,
            id: "t.id",
            key: if by_name { Some("t.name") } else { key(sort.column) },
            descending: sort.descending,
            scan: by_name.then(|| KeysetScan {
                order,
                only: only.clone(),
                about: About::Scanned,
                active_at: None,
            }),
            columns: COLUMNS,
            column_values: Vec::new(),
            name: format!("tree {parent} {:?} {sort:?}", self.list.scope),
            unfiltered: if is_whole { only } else { condition.clone() },
            condition,
        }
    }

    /// Returns the open nodes by their parent; 0 has the roots among them.
    fn open_by_parent(&self, open: &BTreeSet<i64>) -> Result<BTreeMap<i64, Vec<i64>>> {
        let mut by_parent: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for id in open {
            if let Some((owner, parent)) = self.node(*id)?
                && self.list.scope.is_none_or(|user| user == owner)
            {
                by_parent.entry(parent).or_default().push(*id);
            }
        }
        Ok(by_parent)
    }

    /// Returns the account and the parent of a node.
    fn node(&self, id: i64) -> Result<Option<(UserId, i64)>> {
        let sql = "SELECT user_id, parent FROM nexus_directories WHERE id = ?";
        let read = |row: &Row<'_>| Ok((UserId(row.get(0)?), row.get(1)?));
        first(self.reader.connection, sql, [id], read)
    }

    /// Returns the number of rows directly below a node.
    fn children(&self, id: i64) -> Result<u64> {
        let count = || {
            let found = first(self.reader.connection, CHILDREN_OF_ONE, [id], |row| number(row, 0))?;
            Ok(found.unwrap_or_default())
        };
        self.reader.children(id, count)
    }

    /// Counts, with one statement, the rows directly below each of these of which that is not known.
    fn count_children(&self, rows: &[Directory]) -> Result<()> {
        let mut unknown = Vec::new();
        for row in rows {
            if !self.reader.has_children_of(row.id)? {
                unknown.push(row.id.to_string());
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let ids = Value::Text(format!("[{}]", unknown.join(",")));
        let read = |row: &Row<'_>| Ok((row.get(0)?, number(row, 1)?));
        for (id, count) in all(self.reader.connection, CHILDREN_OF_EACH, [&ids], read)? {
            self.reader.remember_children(id, count);
        }
        Ok(())
    }

    fn level(&self, parent: i64, by_parent: &mut BTreeMap<i64, Vec<i64>>) -> Result<Level> {
        let siblings = self.siblings(parent);
        let count = if parent == 0 {
            siblings.total(self.reader)?
        } else {
            let count = self.children(parent)?;
            self.reader.remember(siblings.unfiltered_name(), count);
            count
        };
        let mut open = Vec::new();
        for id in by_parent.remove(&parent).unwrap_or_default() {
            let Some(rank) = siblings.position(self.reader, id)? else { continue };
            let level = self.level(id, by_parent)?;
            // Below one that is not the oldest of its path nothing lies.
            if level.count > 0 || self.is_oldest(id)? {
                open.push(Node { id, rank, level });
            }
        }
        open.sort_by_key(|node| node.rank);
        Ok(Level { parent, count, open })
    }

    fn is_oldest(&self, id: i64) -> Result<bool> {
        let Some(row) = find(self.reader.connection, id)? else { return Ok(false) };
        Ok(oldest_at(self.reader.connection, row.user_id, &row.path)? == Some(id))
    }

    /// Returns the position of a row, or `None` if a node above it is closed.
    fn position(&self, roots: &Level, id: i64) -> Result<Option<u64>> {
        let mut above = vec![id];
        let mut next = id;
        // Another program could have made a ring; no path is that long.
        while let Some((_, parent)) =
            self.node(next)?.filter(|(_, parent)| *parent != 0 && above.len() < DEEPEST)
        {
            above.push(parent);
            next = parent;
        }
        let mut level = roots;
        let mut position = 0;
        while let Some(id) = above.pop() {
            let Some(rank) = self.siblings(level.parent).position(self.reader, id)? else {
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
        out: &mut Vec<TreeRow>,
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
        let span = RowRange { anchor: Anchor::Position(first), before: 0, len: wanted as u32 };
        let rows = self.siblings(level.parent).window(self.reader, span, directory)?.rows;
        self.count_children(&rows)?;
        for directory in rows {
            let open = level.open.iter().any(|node| node.id == directory.id);
            let children = self.children(directory.id)?;
            out.push(TreeRow { directory, depth, children, open });
        }
        Ok(())
    }
}
