//! The steps of actions on very many rows. Each step handles a part of the remaining rows, in an order that leaves no
//! row in two places or below one that does not exist. An action on few rows is one step that does everything, by the
//! same statements.

use rusqlite::types::Value;
use rusqlite::{Connection, ToSql};

use crate::store::sqlite::added_columns::{self, BinTable};
use crate::store::sqlite::carried;
use crate::store::sqlite::denormalized::without_triggers;
use crate::store::sqlite::erased_entries::{self, ErasureStep};
use crate::store::sqlite::named::{self, Values};

use crate::domain::directory::split;
use crate::domain::operation::OperationKind;
use crate::store::Result;
use crate::store::sqlite::sessions;
use crate::store::sqlite::statement::execute;

use super::Job;

/// The result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) rows: u64,
    /// Nothing is left to do.
    pub(super) is_last: bool,
    /// Rows of other programs that could not be restored.
    pub(super) left_out: u64,
}

impl Step {
    pub(super) const fn new(rows: u64, is_last: bool) -> Self {
        Self { rows, is_last, left_out: 0 }
    }
}

pub(super) const SESSIONS: &str = "de_torres_vincent_session_tokens";
pub(super) const DIRECTORIES: &str = "de_torres_vincent_user_directories";

/// Paths below that of the topmost directory, up to `path0`, as `0` is the character after `/`. None for NULL.
const ABOVE_FIRST: &str = "user_id = :user AND directory_path > :from || '/'";
const BELOW_LAST: &str = "directory_path < :from || '0'";

/// The condition for the topmost directory of the operation.
const TOP: &str = "id = :top AND user_id = :user";

/// Handles up to about `most` of the remaining rows of an operation, or all of them.
pub(super) fn step(connection: &Connection, job: &Job, most: Option<u64>) -> Result<Step> {
    let work = StepContext { connection, job };
    match job.operation.kind {
        OperationKind::Move => work.relocate(most),
        OperationKind::Trash => work.trash(most),
        OperationKind::Delete => work.delete(most),
        OperationKind::Restore => work.restore(most),
        OperationKind::Purge => work.purge(most),
        OperationKind::EndSessions => work.end_sessions(most),
        OperationKind::Erase => work.erase(most),
    }
}

/// One step under way.
pub(super) struct StepContext<'a> {
    pub(super) connection: &'a Connection,
    pub(super) job: &'a Job,
}

/// The result of one part of a step.
pub(super) struct PartDone {
    pub(super) rows: u64,
    pub(super) is_through: bool,
}

impl PartDone {
    /// Returns how many rows the step has left after this part, or the end of the step.
    pub(super) fn left(&self, most: Option<u64>) -> std::result::Result<Option<u64>, Step> {
        let left = most.map(|most| most.saturating_sub(self.rows));
        if self.is_through && left != Some(0) {
            return Ok(left);
        }
        Err(Step::new(self.rows, false))
    }
}

impl StepContext<'_> {
    pub(super) fn run(&self, sql: &str, more: &Values<'_>) -> Result<u64> {
        self.with_values(more, |values| named::run(self.connection, sql, values))
    }

    /// Runs a statement that deletes rows to which other programs' may refer.
    pub(super) fn delete_rows(&self, sql: &str, more: &Values<'_>) -> Result<u64> {
        self.with_values(more, |values| named::delete(self.connection, sql, values))
    }

    fn with_values<T>(&self, more: &Values<'_>, work: impl FnOnce(&Values<'_>) -> Result<T>) -> Result<T> {
        let operation = &self.job.operation;
        let last_name = operation.to.as_deref().map(|to| split(to).1);
        let own: [(&'static str, &dyn ToSql); 8] = [
            (":user", &operation.account.0),
            (":bundle", &operation.item),
            (":top", &operation.directory),
            (":from", &operation.from),
            (":to", &operation.to),
            (":name", &last_name),
            (":last", &self.job.last_id),
            (":spared", &self.job.spared),
        ];
        let values: Vec<_> = own.into_iter().chain(more.iter().copied()).collect();
        work(&values)
    }

    /// Returns the key of the last row of a step of so many; `None` where all the rest is one step.
    pub(super) fn last_of(
        &self,
        key: &str,
        among: &str,
        way: &str,
        most: Option<u64>,
    ) -> Result<Option<Value>> {
        let Some(most) = most else { return Ok(None) };
        let before = i64::try_from(most.max(1) - 1).unwrap_or(i64::MAX);
        let operation = &self.job.operation;
        let values: [(&'static str, &dyn ToSql); 5] = [
            (":user", &operation.account.0),
            (":bundle", &operation.item),
            (":from", &operation.from),
            (":last", &self.job.last_id),
            (":before", &before),
        ];
        let sql = format!("SELECT {key} FROM {among} ORDER BY {key} {way} LIMIT 1 OFFSET :before");
        named::first(self.connection, &sql, &values)
    }

    /// Gives the rows below a directory their new paths. Their places in the tree stay the same.
    fn relocate(&self, most: Option<u64>) -> Result<Step> {
        let among = format!("{DIRECTORIES} WHERE {ABOVE_FIRST} AND {BELOW_LAST} AND +id <= :last");
        let bound = self.last_of("directory_path", &among, "ASC", most)?;
        let upper = if bound.is_some() { "directory_path <= :bound" } else { BELOW_LAST };
        let sql = format!(
            "UPDATE {DIRECTORIES} SET directory_path = :to || substr(directory_path, length(:from) + 1)
             WHERE {ABOVE_FIRST} AND {upper} AND +id <= :last"
        );
        let rows = without_triggers(self.connection, || self.run(&sql, &[(":bound", &bound)]))?;
        Ok(Step::new(rows, bound.is_none()))
    }

    /// Moves directories into the bin, from the end of the paths.
    fn trash(&self, most: Option<u64>) -> Result<Step> {
        let among = format!("{DIRECTORIES} WHERE {ABOVE_FIRST} AND {BELOW_LAST} AND +id <= :last");
        let bound = self.last_of("directory_path", &among, "DESC", most)?;
        let lower = match &bound {
            Some(_) => "user_id = :user AND directory_path >= :bound",
            None => ABOVE_FIRST,
        };
        let which = format!("{lower} AND {BELOW_LAST} AND +id <= :last");
        let mut rows = self.bin_directories(&which, bound.as_ref())?;
        if bound.is_none() {
            // Before the others go: a column of another program may refer to one of them.
            rows += self.bin_directories(TOP, None)?;
        }
        self.delete_directories(&which, bound.as_ref(), most)?;
        if bound.is_none() {
            self.delete_directories(TOP, None, most)?;
            self.note_counts(rows)?;
        }
        Ok(Step::new(rows, bound.is_none()))
    }

    /// Moves an account into the bin: its sessions, its directories, and last itself.
    fn delete(&self, most: Option<u64>) -> Result<Step> {
        let sessions = self.bin_sessions(most)?;
        let left = match sessions.left(most) {
            Ok(left) => left,
            Err(step) => return Ok(step),
        };
        let among = format!("{DIRECTORIES} WHERE user_id = :user");
        let bound = self.last_of("directory_path", &among, "DESC", left)?;
        let which = match &bound {
            Some(_) => "user_id = :user AND directory_path >= :bound",
            None => "user_id = :user",
        };
        let rows = sessions.rows + self.bin_directories(which, bound.as_ref())?;
        self.delete_directories(which, bound.as_ref(), most)?;
        if bound.is_none() {
            self.note_counts(rows)?;
            self.keep_others(&added_columns::USERS, "id = :user", &[], most)?;
            self.delete_rows("DELETE FROM de_torres_vincent_users WHERE id = :user", &[])?;
        }
        Ok(Step::new(rows, bound.is_none()))
    }

    /// Writes the final number of rows to a bin item: other programs may have added or removed some meanwhile.
    fn note_counts(&self, rows: u64) -> Result<()> {
        if self.job.operation.done + rows == self.job.operation.total {
            return Ok(());
        }
        let sql = "UPDATE nexus_bin SET sessions = (SELECT count(*) FROM nexus_bin_sessions WHERE bundle = :bundle),
                     directories = (SELECT count(*) FROM nexus_bin_directories WHERE bundle = :bundle)
                   WHERE id = :bundle";
        self.run(sql, &[]).map(drop)
    }

    fn bin_sessions(&self, most: Option<u64>) -> Result<PartDone> {
        let bound = self.last_of("id", &format!("{SESSIONS} WHERE user_id = :user"), "ASC", most)?;
        let which = match &bound {
            Some(_) => "user_id = :user AND id <= :bound",
            None => "user_id = :user",
        };
        let sql = format!(
            "INSERT INTO nexus_bin_sessions (bundle, id, user_id, session_token, expiration, status, origin, detail,
               started_at, last_seen, process, boot, epoch, ended_at, ended_by, end_reason, label)
             SELECT :bundle, s.id, s.user_id, s.session_token, s.expiration, s.status, n.origin, n.detail, n.started_at,
               n.last_seen, n.process, n.boot, n.epoch, e.ended_at, e.ended_by, e.reason, n.label
             FROM {SESSIONS} s LEFT JOIN nexus_sessions n ON n.session_id = s.id
               LEFT JOIN nexus_session_ends e ON e.session_id = s.id
             WHERE {which}"
        );
        let values: &Values<'_> = &[(":bound", &bound)];
        let rows = self.run(&sql, values)?;
        self.bin_added(&added_columns::SESSIONS, which, values)?;
        self.keep_others(&added_columns::SESSIONS, which, values, most)?;
        self.delete_rows(&format!("DELETE FROM {SESSIONS} WHERE {which}"), values)?;
        Ok(PartDone { rows, is_through: bound.is_none() })
    }

    /// Copies directories to the bin, under other paths where there is one to get.
    fn bin_directories(&self, which: &str, bound: Option<&Value>) -> Result<u64> {
        let sql = format!(
            "INSERT INTO nexus_bin_directories (bundle, id, directory_name, directory_path, {DIRECTORY})
             SELECT :bundle, id, CASE WHEN :to IS NOT NULL AND id = :top THEN :name ELSE directory_name END,
               CASE WHEN :to IS NULL THEN directory_path
                 WHEN id = :top THEN :to ELSE :to || substr(directory_path, length(:from) + 1) END, {DIRECTORY}
             FROM {DIRECTORIES} WHERE {which}"
        );
        let values: &Values<'_> = &[(":bound", &bound)];
        let rows = self.run(&sql, values)?;
        self.bin_added(&added_columns::DIRECTORIES, which, values)?;
        Ok(rows)
    }

    /// Deletes directories that are copied to the bin.
    fn delete_directories(&self, which: &str, bound: Option<&Value>, most: Option<u64>) -> Result<()> {
        let values: &Values<'_> = &[(":bound", &bound)];
        self.keep_others(&added_columns::DIRECTORIES, which, values, most)?;
        self.delete_rows(&format!("DELETE FROM {DIRECTORIES} WHERE {which}"), values).map(drop)
    }

    /// Moves the rows that other programs' keys delete with these into the bin. An action that is not divided did that
    /// with all of them at the beginning.
    fn keep_others(
        &self,
        source: &BinTable,
        which: &str,
        values: &Values<'_>,
        most: Option<u64>,
    ) -> Result<()> {
        let Some(item) = self.job.operation.item.filter(|_| most.is_some()) else { return Ok(()) };
        let sql = format!("SELECT json_group_array(id) FROM {} WHERE {which}", source.table);
        let ids = self.with_values(values, |values| named::first(self.connection, &sql, values))?;
        carried::keep_portion(self.connection, source, ids.unwrap_or(Value::Null), item)
    }

    fn bin_added(&self, source: &BinTable, which: &str, values: &Values<'_>) -> Result<()> {
        for sql in added_columns::to_bin(self.connection, source, which)? {
            self.run(&sql, values)?;
        }
        Ok(())
    }

    /// Removes rows from the bin for good, with what other programs' columns held of them.
    pub(super) fn remove_from_bin(&self, source: &BinTable, which: &str, values: &Values<'_>) -> Result<u64> {
        let bin = source.bin;
        let sql = format!(
            "DELETE FROM nexus_bin_columns WHERE bundle = :bundle AND source = '{}'
               AND row IN (SELECT b.id FROM {bin} b WHERE b.bundle = :bundle AND {which})",
            source.table
        );
        if added_columns::has_any(self.connection, self.job.operation.item)? {
            self.run(&sql, values)?;
        }
        self.run(&format!("DELETE FROM {bin} AS b WHERE b.bundle = :bundle AND {which}"), values)
    }

    /// Purges a bin item: its rows first, the item itself last.
    fn purge(&self, most: Option<u64>) -> Result<Step> {
        let mut rows = 0;
        let mut left = most;
        for source in [added_columns::SESSIONS, added_columns::DIRECTORIES] {
            let among = format!("{} WHERE bundle = :bundle", source.bin);
            let bound = self.last_of("id", &among, "ASC", left)?;
            let which = if bound.is_some() { "b.id <= :bound" } else { "1" };
            rows += self.remove_from_bin(&source, which, &[(":bound", &bound)])?;
            left = match (PartDone { rows, is_through: bound.is_none() }).left(most) {
                Ok(left) => left,
                Err(step) => return Ok(step),
            };
        }
        if let Some(item) = self.job.operation.item {
            let (values, is_through) = carried::remove(self.connection, item, left)?;
            rows += values;
            if let Err(step) = (PartDone { rows, is_through }).left(most) {
                return Ok(step);
            }
        }
        self.delete_rows("DELETE FROM nexus_bin WHERE id = :bundle", &[])?;
        Ok(Step::new(rows, true))
    }

    /// Marks sessions as over, and in the end which one is the account's newest.
    fn end_sessions(&self, most: Option<u64>) -> Result<Step> {
        let account = self.job.operation.account;
        let Some(end) = &self.job.end else { return Ok(Step::new(0, true)) };
        let rows =
            sessions::end_some(self.connection, account, (self.job.spared, self.job.last_id), end, most)?;
        let is_last = most.is_none_or(|most| rows < most);
        if is_last && (rows > 0 || most.is_some()) {
            sessions::note_newest(self.connection, account)?;
        }
        Ok(Step::new(rows, is_last))
    }

    /// Erases entries of the journal, from the newest to the oldest.
    fn erase(&self, most: Option<u64>) -> Result<Step> {
        let operation = &self.job.operation;
        let begun = (operation.entry, self.job.last_id);
        let ErasureStep { rows, next } =
            erased_entries::step(self.connection, operation.account, begun, most)?;
        if let Some(next) = next {
            let values = rusqlite::params![next, operation.id];
            execute(self.connection, "UPDATE nexus_operations SET last_id = ? WHERE id = ?", values)?;
        }
        Ok(Step::new(rows, next.is_none()))
    }
}

/// The columns that a directory's row and its bin item have in common, except the path and the name.
pub(super) const DIRECTORY: &str =
    "user_id, directory_id, date_added, last_modified, last_accessed, username";
