//! The steps that restore what lies in the bin.

use crate::domain::session::{EndReason, SessionEnd};
use crate::domain::time::to_stored;
use crate::store::Result;
use crate::store::sqlite::added_columns::{self, BinTable};
use crate::store::sqlite::moments::moment;
use crate::store::sqlite::named::{self, Values};
use crate::store::sqlite::{carried, denormalized, error};

use super::portions::{DIRECTORIES, DIRECTORY, PartDone, SESSIONS, Step, StepContext};

impl StepContext<'_> {
    /// Restores rows as they were; a directory to another path if one is given. A row whose id was used again
    /// meanwhile gets the next free one, and one that exists already is not restored.
    pub(super) fn restore(&self, most: Option<u64>) -> Result<Step> {
        let account = self.connection.prepare_cached("SELECT 1 FROM de_torres_vincent_users WHERE id = ?");
        let is_there = account.and_then(|mut found| found.exists([self.job.operation.account.0]));
        if !is_there.map_err(error::of)? {
            // Another program removed the account: what is left stays in the bin.
            return Ok(Step::new(0, true));
        }
        // An item with ties is never divided.
        let is_tied = most.is_none() && self.is_tied()?;
        let sessions = self.restore_sessions(most, is_tied)?;
        let left = match sessions.left(most) {
            Ok(left) => left,
            Err(step) => return Ok(step),
        };
        let directories = self.restore_directories(left, is_tied)?;
        let part = PartDone { rows: sessions.rows + directories.rows, is_through: directories.is_through };
        let left = match part.left(most) {
            Ok(left) => left,
            Err(step) => return Ok(step),
        };
        let others = self.restore_others(left, is_tied)?;
        let rows = part.rows + others.rows;
        let Some(left_out) = others.left_out else { return Ok(Step::new(rows, false)) };
        self.run(
            &format!(
                "UPDATE de_torres_vincent_users AS u SET session_token = NULL
                 WHERE u.id = :user AND EXISTS (SELECT 1 FROM {SESSIONS} s
                   WHERE s.session_token = u.session_token AND s.user_id <> u.id)"
            ),
            &[],
        )?;
        self.delete_rows("DELETE FROM nexus_bin WHERE id = :bundle", &[])?;
        Ok(Step { left_out, ..Step::new(rows, true) })
    }

    fn is_tied(&self) -> Result<bool> {
        let source = if self.job.operation.directory.is_some() {
            &added_columns::DIRECTORIES
        } else {
            &added_columns::USERS
        };
        carried::is_tied(self.connection, source)
    }

    /// Brings back rows of other programs, and then what other programs' columns hold, if it may refer to them.
    fn restore_others(&self, most: Option<u64>, is_tied: bool) -> Result<carried::Restored> {
        let Some(item) = self.job.operation.item else {
            return Ok(carried::Restored { rows: 0, left_out: Some(0) });
        };
        let restored = carried::restore(self.connection, item, most)?;
        if is_tied {
            for source in [added_columns::USERS, added_columns::SESSIONS, added_columns::DIRECTORIES] {
                added_columns::restore(self.connection, item, &source, "1", &[])?;
            }
        }
        Ok(restored)
    }

    /// Gives rows that came back what other programs' columns held, and removes them from the bin. With ties the item
    /// stays whole until all is back that those columns may refer to. Returns the number of rows.
    fn finish_rows(&self, source: &BinTable, which: &str, values: &Values<'_>, is_tied: bool) -> Result<u64> {
        if let Some(item) = self.job.operation.item {
            carried::note_new_ids(self.connection, item, source, which, values)?;
        }
        if is_tied {
            let sql = format!("SELECT count(*) FROM {} b WHERE b.bundle = :bundle", source.bin);
            return named::count(self.connection, &sql, &[(":bundle", &self.job.operation.item)]);
        }
        if let Some(item) = self.job.operation.item {
            added_columns::restore(self.connection, item, source, which, values)?;
        }
        self.remove_from_bin(source, which, values)
    }

    fn restore_sessions(&self, most: Option<u64>, is_tied: bool) -> Result<PartDone> {
        let among = "nexus_bin_sessions WHERE bundle = :bundle";
        let bound = self.last_of("id", among, "ASC", most)?;
        let which = if bound.is_some() { "b.id <= :bound" } else { "1" };
        let end = self.job.end.as_ref();
        let (ended_at, reason) = (end.map(|end| to_stored(end.at)), end.map(SessionEnd::stored_reason));
        let ended_by = end.and_then(|end| end.by.as_deref());
        let values: &Values<'_> = &[(":bound", &bound)];
        let ending: &Values<'_> = &[
            (":bound", &bound),
            (":ended_at", &ended_at),
            (":ended_by", &ended_by),
            (":reason", &reason),
            (":over", &EndReason::TimeOver.word()),
        ];
        let sql = format!(
            "INSERT INTO {SESSIONS} (id, user_id, session_token, expiration, status)
             SELECT CASE WHEN EXISTS (SELECT 1 FROM {SESSIONS} s WHERE s.id = b.id) THEN NULL
               ELSE b.id END, b.user_id, b.session_token, b.expiration,
               CASE WHEN :ended_at IS NULL THEN b.status ELSE 'expired' END
             FROM {RESTORABLE_SESSIONS} AND {which} ORDER BY b.id"
        );
        self.run(&sql, &[(":bound", &bound), (":ended_at", &ended_at)])?;
        let sql = format!(
            "INSERT OR REPLACE INTO nexus_session_ends (session_id, ended_at, ended_by, reason)
             SELECT s.id, b.ended_at, b.ended_by, b.end_reason
             FROM nexus_bin_sessions b JOIN {SESSIONS} s
               ON s.session_token = b.session_token AND s.user_id = b.user_id
             WHERE b.bundle = :bundle AND b.ended_at IS NOT NULL AND b.end_reason IS NOT NULL AND {which}"
        );
        self.run(&sql, values)?;
        // One whose time was over already ended then, and nobody ended it.
        let sql = format!(
            "INSERT OR REPLACE INTO nexus_session_ends (session_id, ended_at, ended_by, reason)
             SELECT s.id, iif({OVER}, {BINNED_ENDS}, :ended_at), iif({OVER}, NULL, :ended_by), iif({OVER}, :over, :reason)
             FROM nexus_bin_sessions b JOIN {SESSIONS} s
               ON s.session_token = b.session_token AND s.user_id = b.user_id
             WHERE b.bundle = :bundle AND b.status = 'active' AND :ended_at IS NOT NULL AND {which}"
        );
        self.run(&sql, ending)?;
        let sql = format!(
            "INSERT OR IGNORE INTO nexus_sessions
               (session_id, origin, detail, started_at, last_seen, process, boot, epoch, label)
             SELECT s.id, b.origin, b.detail, b.started_at, b.last_seen, b.process, b.boot, b.epoch, b.label
             FROM nexus_bin_sessions b JOIN {SESSIONS} s
               ON s.session_token = b.session_token AND s.user_id = b.user_id
             WHERE b.bundle = :bundle AND b.origin IS NOT NULL AND {which}"
        );
        self.run(&sql, values)?;
        let rows = self.finish_rows(&added_columns::SESSIONS, which, values, is_tied)?;
        Ok(PartDone { rows, is_through: bound.is_none() })
    }

    /// Paths come in order, so that each finds what lies above it.
    fn restore_directories(&self, most: Option<u64>, is_tied: bool) -> Result<PartDone> {
        let among = "nexus_bin_directories WHERE bundle = :bundle";
        let bound = self.last_of("directory_path", among, "ASC", most)?;
        let which = if bound.is_some() { "b.directory_path <= :bound" } else { "1" };
        let values: &Values<'_> = &[(":bound", &bound)];
        let sql = format!(
            "INSERT INTO {DIRECTORIES} (id, {DIRECTORY}, directory_path, directory_name)
             SELECT CASE WHEN EXISTS (SELECT 1 FROM {DIRECTORIES} d WHERE d.id = b.id) THEN NULL
                 ELSE b.id END, {DIRECTORY},
               CASE WHEN :to IS NULL THEN directory_path
                 ELSE :to || substr(directory_path, length(:from) + 1) END,
               CASE WHEN :to IS NOT NULL AND b.id = :top THEN :name ELSE directory_name END
             FROM {RESTORABLE_DIRECTORIES} AND {which} ORDER BY directory_path, b.id"
        );
        self.run(&sql, values)?;
        denormalized::finish_directories_of(self.connection, self.job.operation.account)?;
        let rows = self.finish_rows(&added_columns::DIRECTORIES, which, values, is_tied)?;
        Ok(PartDone { rows, is_through: bound.is_none() })
    }
}

/// The time at which a session `b` in the bin ends.
pub(crate) const BINNED_ENDS: &str = moment!("b.expiration");

/// The condition that this time was over as the sessions of the item ended.
const OVER: &str = concat!("ifnull(", moment!("b.expiration"), " <= :ended_at, 0)");

/// The sessions of a bin item whose tokens do not exist already.
pub(crate) const RESTORABLE_SESSIONS: &str = "nexus_bin_sessions b WHERE b.bundle = :bundle AND NOT EXISTS
  (SELECT 1 FROM de_torres_vincent_session_tokens s WHERE s.session_token = b.session_token)";

/// The directories of a bin item whose `directory_id`s do not exist already.
pub(crate) const RESTORABLE_DIRECTORIES: &str =
    "nexus_bin_directories b WHERE b.bundle = :bundle AND NOT EXISTS
  (SELECT 1 FROM de_torres_vincent_user_directories d WHERE d.directory_id = b.directory_id)";
