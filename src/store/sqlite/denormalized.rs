//! Data that NEXUS derives from the three tables and stores beside them: folded names, and the parent of each
//! directory.
//!
//! Triggers keep it up to date, whoever writes. They must work in every program, so they fold ASCII only; the rest is
//! completed here. During a load of very many rows the triggers are dropped and everything is computed here.

use rusqlite::Connection;

use crate::domain::user::UserId;
use crate::store::Result;

use super::statement::execute;
use super::{error, names};

/// Does work that sees to the tree and to the number of directories itself, and replaces none. Meanwhile the triggers that
/// would do that for each row are switched off, for this transaction.
pub(super) fn without_triggers<T>(connection: &Connection, work: impl FnOnce() -> Result<T>) -> Result<T> {
    execute(connection, "INSERT INTO nexus_settings (name, value) VALUES ('moving', '')", [])?;
    let done = work();
    execute(connection, "DELETE FROM nexus_settings WHERE name = 'moving'", [])?;
    done
}

/// Completes the data derived from an account.
pub(super) fn finish(connection: &Connection, user: i64) -> Result<()> {
    let sql = "UPDATE nexus_names SET name = nexus_fold(name), words = nexus_fold(words), folded = 1
               WHERE user_id = ? AND folded = 0";
    execute(connection, sql, [user])?;
    names::finish(connection, user)
}

/// Completes the data derived from a directory.
pub(super) fn finish_directory(connection: &Connection, id: i64) -> Result<()> {
    let sql = "UPDATE nexus_directories SET name = nexus_fold(name), folded = 1 WHERE id = ? AND folded = 0";
    execute(connection, sql, [id]).map(drop)
}

/// Finishes those of an account's directories.
pub(super) fn finish_directories_of(connection: &Connection, user: UserId) -> Result<()> {
    let sql =
        "UPDATE nexus_directories SET name = nexus_fold(name), folded = 1 WHERE folded = 0 AND user_id = ?";
    execute(connection, sql, [user.0]).map(drop)
}

/// Finishes up to so many of each that another program left.
pub(super) fn finish_some(connection: &Connection, most: i64) -> Result<()> {
    let sql = "UPDATE nexus_names SET name = nexus_fold(name), words = nexus_fold(words), folded = 1
               WHERE user_id IN (SELECT user_id FROM nexus_names WHERE folded = 0 LIMIT ?)";
    execute(connection, sql, [most])?;
    names::finish_some(connection, most)?;
    let sql = "UPDATE nexus_directories SET name = nexus_fold(name), folded = 1
               WHERE id IN (SELECT id FROM nexus_directories WHERE folded = 0 LIMIT ?)";
    execute(connection, sql, [most]).map(drop)
}

/// Computes all names again, from the accounts that exist now.
pub(super) fn all_names(connection: &Connection) -> Result<()> {
    connection
        .execute_batch(
            "DELETE FROM nexus_names;
             INSERT INTO nexus_names (user_id, name, words, folded)
             SELECT id, nexus_fold(lastname || ' ' || firstname),
               nexus_fold(firstname || ' ' || lastname || char(10) || ifnull(username, '') || char(10) || email), 1
             FROM de_torres_vincent_users ORDER BY id;",
        )
        .map_err(error::of)?;
    leave_gap(connection)
}

/// Tells whoever follows the changes of accounts that some were missed: a gap says so.
pub(super) fn leave_gap(connection: &Connection) -> Result<()> {
    connection
        .execute_batch(
            "INSERT INTO nexus_changes (seq, user_id) SELECT ifnull(max(seq), 0) + 1000000, 0 FROM nexus_changes;
             DELETE FROM nexus_changes WHERE seq < (SELECT max(seq) FROM nexus_changes);",
        )
        .map_err(error::of)
}

/// True if any names are not those of their account. Until they are completed they are what the triggers made of them.
pub(super) const WRONG_NAMES: &str = "
  EXISTS (SELECT 1 FROM
    (SELECT id, lastname || ' ' || firstname AS name,
       firstname || ' ' || lastname || char(10) || ifnull(username, '') || char(10) || email AS words
     FROM de_torres_vincent_users) u
    LEFT JOIN nexus_names n ON n.user_id = u.id
    WHERE n.user_id IS NULL
      OR n.name IS NOT nexus_fold(u.name) AND n.name IS NOT nexus_fold(lower(u.name))
        AND (n.folded <> 0 OR n.name IS NOT lower(u.name))
      OR n.words IS NOT nexus_fold(u.words) AND n.words IS NOT nexus_fold(lower(u.words))
        AND (n.folded <> 0 OR n.words IS NOT lower(u.words)))
  OR EXISTS (SELECT 1 FROM nexus_names n
    WHERE NOT EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = n.user_id))";

/// True if the tree is not that of the directories. While very many are moved step by step, nobody can tell.
pub(super) const WRONG_DIRECTORIES: &str = "
  NOT EXISTS (SELECT 1 FROM nexus_operations)
  AND (EXISTS (SELECT 1 FROM de_torres_vincent_user_directories d LEFT JOIN nexus_directories n ON n.id = d.id
      WHERE n.id IS NULL OR n.user_id IS NOT d.user_id
        OR n.name IS NOT nexus_fold(d.directory_name) AND n.name IS NOT nexus_fold(lower(d.directory_name))
          AND (n.folded <> 0 OR n.name IS NOT lower(d.directory_name))
        OR n.parent IS NOT ifnull((SELECT min(p.id)
          FROM de_torres_vincent_user_directories p INDEXED BY nexus_directories_path
          WHERE p.user_id = d.user_id AND p.directory_path = nexus_above(d.directory_path)), 0))
    OR EXISTS (SELECT 1 FROM nexus_directories n
      WHERE NOT EXISTS (SELECT 1 FROM de_torres_vincent_user_directories d WHERE d.id = n.id)))";

/// Computes the whole tree again, from the directories that exist now, along the index of their paths.
pub(super) fn all_directories(connection: &Connection) -> Result<()> {
    connection
        .execute_batch(
            "DELETE FROM nexus_directories;
             INSERT INTO nexus_directories (id, user_id, parent, name, folded)
             SELECT d.id, d.user_id,
               ifnull((SELECT min(p.id) FROM de_torres_vincent_user_directories p INDEXED BY nexus_directories_path
                 WHERE p.user_id = d.user_id AND p.directory_path = nexus_above(d.directory_path)), 0),
               nexus_fold(d.directory_name), 1
             FROM de_torres_vincent_user_directories d ORDER BY d.id;",
        )
        .map_err(error::of)
}

/// Notes all names that accounts have had according to the journal again.
pub(super) fn all_journal_labels(connection: &Connection) -> Result<()> {
    connection
        .execute_batch(
            "DELETE FROM nexus_journal_labels;
             INSERT OR IGNORE INTO nexus_journal_labels (label, account_id)
             SELECT label, account_id FROM nexus_journal
             WHERE kind = 'account' AND account_id IS NOT NULL AND label <> ''
             ORDER BY label COLLATE NOCASE, account_id;",
        )
        .map_err(error::of)
}

/// The journal's entries by day, action and outcome, as a scan finds them.
pub(super) const JOURNAL_DAYS: &str =
    "SELECT substr(at, 1, 10), verb, outcome, count(*) FROM nexus_journal GROUP BY 1, 2, 3";

/// Counts all entries of the journal again, by day, action and outcome.
pub(super) fn all_journal_days(connection: &Connection) -> Result<()> {
    let sql = format!(
        "DELETE FROM nexus_journal_days;
         INSERT INTO nexus_journal_days (day, verb, outcome, entries) {JOURNAL_DAYS};"
    );
    connection.execute_batch(&sql).map_err(error::of)
}
