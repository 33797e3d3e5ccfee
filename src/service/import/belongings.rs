//! The rows that belong to the imported accounts: sessions and directories.

use crate::auth::token::{digest, is_digest};
use crate::domain::foreign::RowPlace;
use crate::domain::user::UserId;
use crate::service::contract::Failure;
use crate::store::{NewDirectory, NewSession, StoreError};

use super::part::SourcePart;
use super::progress_reporter::ProgressReporter;
use super::row_report::RowResult;
use super::rows::{DirectoryRow, SessionRow};
use super::source::ImportSource;
use super::{DIRECTORIES, Importer, SESSIONS};

impl Importer<'_> {
    /// Imports the sessions and directories of a source whose accounts are imported.
    ///
    /// # Errors
    /// The source or the store fails.
    pub(super) fn take_the_rest(
        &mut self,
        source: &ImportSource<'_>,
        progress_reporter: &mut ProgressReporter<'_>,
    ) -> Result<(), Failure> {
        source.each(SourcePart::Belongings, progress_reporter, |row| {
            let place = row.place;
            if &*row.table == SESSIONS {
                self.report.read.sessions += 1;
                match SessionRow::of(row, &mut self.report) {
                    Ok(session) => self.take_session(session, place)?,
                    Err(reason) => self.refuse(SESSIONS, place, reason),
                }
            } else {
                self.report.read.directories += 1;
                match DirectoryRow::of(row, self.now, &self.request.strip_prefixes, &mut self.report) {
                    Ok(directory) => self.take_directory(directory, place)?,
                    Err(reason) => self.refuse(DIRECTORIES, place, reason),
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Returns the account in the store that a row belongs to, or refuses the row.
    fn owner(&mut self, source: i64, table: &'static str, place: RowPlace) -> Option<UserId> {
        if self.conflicts.holds(source) {
            self.rows_report.note(table, place, RowResult::LeftOut);
            return None;
        }
        let found = self.id_map.account(source);
        if found.is_none() {
            self.refuse(table, place, format!("points to no imported account ({source})"));
        }
        found
    }

    fn take_session(&mut self, row: SessionRow, place: RowPlace) -> Result<(), Failure> {
        let Some(user_id) = self.owner(row.user, SESSIONS, place) else { return Ok(()) };
        let in_time = row.expiration.is_some_and(|end| end > self.now);
        let active = row.active && self.request.keep_sessions && in_time;
        let clear = !is_digest(&row.text);
        let session = NewSession {
            id: row.id,
            user_id,
            digest: if clear { digest(&row.text) } else { row.text },
            expiration: row.expiration,
            active,
            start: None,
        };
        match self.rows.insert_session(session) {
            Ok(id) => {
                self.rows_report.note(SESSIONS, place, RowResult::Imported(id));
                self.report.taken.sessions += 1;
                self.report.tokens_digested += u64::from(clear);
                self.report.sessions_expired += u64::from(row.active && !active);
            }
            Err(StoreError::Duplicate(_)) => self.refuse(SESSIONS, place, "repeats the token of another row"),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn take_directory(&mut self, row: DirectoryRow, place: RowPlace) -> Result<(), Failure> {
        let Some(user_id) = self.owner(row.user, DIRECTORIES, place) else { return Ok(()) };
        match self.rows.insert_directory(NewDirectory { user_id, ..row.new }) {
            Ok(id) => {
                self.rows_report.note(DIRECTORIES, place, RowResult::Imported(id));
                self.report.taken.directories += 1;
            }
            Err(StoreError::Duplicate(_)) => {
                self.refuse(DIRECTORIES, place, "repeats the directory_id of another row");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
