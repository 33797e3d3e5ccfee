//! Builds the whole tree of directories from its rows and draws it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use crate::domain::directory::{Directory, TreeRow, split};
use crate::domain::text::{clip, fold, to_ascii, visible_name};

use super::output::Style;

/// Returns the tree with every node open, in the order of the console's. The parent of a row is the row of the
/// same account that has the parent path, the oldest if there are several; a row without one is a root.
pub(super) fn build(mut directories: Vec<Directory>) -> Vec<TreeRow> {
    directories.sort_by_cached_key(|directory| (fold(&directory.path.replace('/', "\u{1}")), directory.id));
    let mut oldest = HashMap::new();
    for (at, directory) in directories.iter().enumerate() {
        oldest.entry((directory.user_id, directory.path.as_str())).or_insert(at);
    }
    let mut below: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (at, directory) in directories.iter().enumerate() {
        let above = split(&directory.path).0.and_then(|path| oldest.get(&(directory.user_id, path)));
        below.entry(above.copied()).or_default().push(at);
    }
    let mut rows = Vec::with_capacity(directories.len());
    let mut waiting: Vec<_> =
        below.remove(&None).unwrap_or_default().into_iter().map(|at| (0, at)).rev().collect();
    while let Some((depth, at)) = waiting.pop() {
        let children = below.remove(&Some(at)).unwrap_or_default();
        if let Some(directory) = directories.get(at) {
            let directory = directory.clone();
            rows.push(TreeRow { directory, depth, children: children.len() as u64, open: true });
        }
        waiting.extend(children.into_iter().map(|at| (depth + 1, at)).rev());
    }
    rows
}

/// Draws one line for each directory, joined to its parent; roots show their owner.
pub(super) fn draw(rows: &[TreeRow], style: Style, out: &mut dyn Write) -> io::Result<()> {
    // Going from the last row up, every depth knows if a sibling follows.
    let mut follows: Vec<bool> = Vec::new();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows.iter().rev() {
        follows.resize(row.depth as usize + 1, false);
        lines.push(line(row, &follows));
        if let Some(here) = follows.last_mut() {
            *here = true;
        }
    }
    let room = style.width.map_or(usize::MAX, usize::from);
    lines.iter().rev().try_for_each(|line| {
        let line = if style.ascii { to_ascii(line) } else { Cow::Borrowed(line.as_str()) };
        let line = clip(&line, room);
        // The mark of what is left out, too.
        if style.ascii { writeln!(out, "{}", to_ascii(&line)) } else { writeln!(out, "{line}") }
    })
}

fn line(row: &TreeRow, follows: &[bool]) -> String {
    let name = visible_name(&row.directory.name);
    let Some((last, above)) = follows.get(1..).and_then(<[bool]>::split_last) else {
        return format!("{name}  ({})", visible_name(&row.directory.owner));
    };
    let stems: String = above.iter().map(|follows| if *follows { "│  " } else { "   " }).collect();
    format!("{stems}{} {name}", if *last { "├─" } else { "└─" })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::directory;
    use super::*;
    use crate::domain::user::UserId;

    fn grown(paths: &[&str]) -> Vec<(u32, String)> {
        let rows = paths.iter().zip(1..).map(|(path, id)| directory(id, path)).collect();
        build(rows).into_iter().map(|row| (row.depth, row.directory.path)).collect()
    }

    #[test]
    fn children_follow_their_parent_whatever_its_siblings_are_called() {
        let paths = ["b", "a b/x", "a/x", "A", "a b", "a", "a/x/y"];
        let tree = grown(&paths);
        let tree: Vec<_> = tree.iter().map(|(depth, path)| (*depth, path.as_str())).collect();
        assert_eq!(tree, [(0, "A"), (0, "a"), (1, "a/x"), (2, "a/x/y"), (0, "a b"), (1, "a b/x"), (0, "b")]);
    }

    #[test]
    fn a_row_without_a_parent_is_a_root() {
        assert_eq!(grown(&["a/b/c", "x"]), [(0, "a/b/c".to_owned()), (0, "x".to_owned())]);
    }

    #[test]
    fn accounts_and_doubles_keep_apart() {
        let mut rows = vec![directory(1, "a"), directory(2, "a"), directory(3, "a/x"), directory(4, "a/x")];
        rows[1].user_id = UserId(9);
        rows[3].user_id = UserId(9);
        rows.push(directory(5, "a"));
        let ids: Vec<_> = build(rows).iter().map(|row| (row.directory.id, row.depth, row.children)).collect();
        assert_eq!(ids, [(1, 0, 1), (3, 1, 0), (2, 0, 1), (4, 1, 0), (5, 0, 0)]);
    }

    proptest! {
        #[test]
        fn every_row_is_there_once(paths in prop::collection::vec("[abÄ /]{1,6}", 0..12)) {
            let paths: Vec<_> = paths.iter().map(String::as_str).collect();
            prop_assert_eq!(grown(&paths).len(), paths.len());
        }
    }
}
