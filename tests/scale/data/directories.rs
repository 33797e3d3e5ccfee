//! Directories: about 4 of 10 accounts have a tree; one has a very large one.

use std::collections::HashSet;

use rusqlite::{Connection, Statement, params};

use super::names::{SUB, TOP, all};
use super::{DEEP, HEAVY_ID, HISTORY, History, Sizes, WIDE};
use crate::outcome::Outcome;
use crate::random::Random;

/// The greatest depth of a tree.
const MOST_SLASHES: usize = 7;
const SHARE_WITH_TREE: f64 = 0.4;
const SHARE_BELOW_HOME: f64 = 0.35;
const SHARE_OPENED: f64 = 0.8;

pub(super) fn fill(
    connection: &Connection,
    sizes: Sizes,
    history: &History,
    usernames: &[String],
    random: &mut Random,
) -> Outcome<()> {
    let insert = connection.prepare(
        "INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, date_added, last_modified,
           last_accessed, directory_path, username) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let mut rows = Rows { insert, history, random, top: all(TOP), sub: all(SUB) };
    let heavy = if sizes.users >= HEAVY_ID { sizes.heavy_directories() } else { 0 };
    let mut left = sizes.directories() - heavy;
    for (id, username) in (1..).zip(usernames) {
        if id == HEAVY_ID {
            rows.heavy(Tree::of(id, username), sizes)?;
            continue;
        }
        let share = left as f64 / (sizes.users + 1 - id) as f64;
        let last = id == sizes.users;
        if !last && rows.random.unit() > SHARE_WITH_TREE {
            continue;
        }
        // Exponential, with the mean that uses up what is left.
        let mean = (share / SHARE_WITH_TREE - 0.5).max(0.5);
        let size = if last { left } else { left.min(1 + (-mean * (1.0 - rows.random.unit()).ln()) as u64) };
        if size > 0 {
            rows.tree(Tree::of(id, username), size)?;
            left -= size;
        }
    }
    Ok(())
}

/// An account's tree as it grows.
struct Tree<'a> {
    owner: u64,
    username: &'a str,
    home: String,
    paths: Vec<String>,
    seen: HashSet<String>,
}

impl<'a> Tree<'a> {
    fn of(owner: u64, username: &'a str) -> Self {
        let home = format!("{owner:06}_{username}");
        Self { owner, username, home, paths: Vec::new(), seen: HashSet::new() }
    }
}

/// The statement that adds rows, and the times they are given.
struct Rows<'a> {
    insert: Statement<'a>,
    history: &'a History,
    random: &'a mut Random,
    /// Names right below a home, and further down.
    top: Vec<&'static str>,
    sub: Vec<&'static str>,
}

impl Rows<'_> {
    /// A home and what lies below it: `size` rows.
    fn tree(&mut self, mut tree: Tree<'_>, size: u64) -> Outcome<()> {
        let home = tree.home.clone();
        tree.paths = vec![self.add(&mut tree, None, &home)?];
        self.grow(&mut tree, size - 1)
    }

    /// The heavy account's: a node with many right below it, one with many anywhere below, and the rest.
    fn heavy(&mut self, mut tree: Tree<'_>, sizes: Sizes) -> Outcome<()> {
        let home = tree.home.clone();
        self.add(&mut tree, None, &home)?;
        let wide = self.add(&mut tree, Some(&home), WIDE)?;
        for n in 1..=sizes.crowd() {
            let name = format!("{}-{n}", self.random.of(&self.sub));
            self.add(&mut tree, Some(&wide), &name)?;
        }
        let deep = self.add(&mut tree, Some(&home), DEEP)?;
        tree.paths = vec![deep];
        self.grow(&mut tree, sizes.crowd())?;
        tree.paths = vec![home];
        let there = 3 + 2 * sizes.crowd();
        self.grow(&mut tree, sizes.heavy_directories().saturating_sub(there))
    }

    /// `count` more rows, each below one of `tree.paths`.
    fn grow(&mut self, tree: &mut Tree<'_>, count: u64) -> Outcome<()> {
        let Some(top) = tree.paths.first().cloned() else { return Ok(()) };
        for n in 0..count {
            let parent = tree.paths.get(self.random.below(tree.paths.len() as u64) as usize);
            let parent = match parent {
                Some(path)
                    if path.matches('/').count() <= MOST_SLASHES && self.random.unit() > SHARE_BELOW_HOME =>
                {
                    path.clone()
                }
                _ => top.clone(),
            };
            let name = self.random.of(if parent == tree.home { &self.top } else { &self.sub });
            let taken = tree.seen.contains(&format!("{parent}/{name}"));
            let name = if taken { format!("{name}-{n}") } else { name.into() };
            let path = self.add(tree, Some(&parent), &name)?;
            tree.paths.push(path);
        }
        Ok(())
    }

    /// One row; its path.
    fn add(&mut self, tree: &mut Tree<'_>, parent: Option<&str>, name: &str) -> Outcome<String> {
        let path = parent.map_or_else(|| name.to_owned(), |parent| format!("{parent}/{name}"));
        let added = self.random.below(HISTORY);
        let modified = added + self.random.below(HISTORY - added);
        let modified = self.history.at(modified);
        self.insert.execute(params![
            tree.owner as i64,
            format!("{:016x}", self.random.bits()),
            name,
            self.history.at(added),
            modified,
            (self.random.unit() < SHARE_OPENED).then_some(&modified),
            path,
            tree.username,
        ])?;
        tree.seen.insert(path.clone());
        Ok(path)
    }
}
