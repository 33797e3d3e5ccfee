//! The rows that belong to the imported accounts: sessions and directories.

use crate::domain::foreign::{Row, RowPlace};
use crate::domain::user::UserId;
use crate::service::contract::Failure;
use crate::store::{NewDirectory, NewSession, StoreError};

use super::part::SourcePart;
use super::progress_reporter::ProgressReporter;
use super::row_report::RowResult;
use super::rows::{BelongingRow, DirectoryRow, SessionRow};
use super::source::ImportSource;
use super::{DIRECTORIES, Importer, SESSIONS};

impl Importer<'_> {
    /// Imports the sessions and directories of a source whose accounts are imported.
    ///
    /// # Errors
    /// The source or the store fails.
    pub(super) fn take_the_rest(
        &mut self,
        source: &mut ImportSource<'_>,
        progress_reporter: &mut ProgressReporter<'_>,
    ) -> Result<(), Failure> {
        let (now, prefixes) = (self.now, &self.request.strip_prefixes);
        let mut noted = self.report.notes_out();
        let convert = |row: Row| {
            let place = row.place;
            let converted = if &*row.table == SESSIONS {
                BelongingRow::Session(SessionRow::of(row, &mut noted))
            } else {
                BelongingRow::Directory(DirectoryRow::of(row, now, prefixes, &mut noted))
            };
            (place, converted)
        };
        source.each(SourcePart::Belongings, progress_reporter, convert, |(place, row)| {
            match row {
                BelongingRow::Session(session) => {
                    self.report.read.sessions += 1;
                    match session {
                        Ok(session) => self.take_session(session, place)?,
                        Err(reason) => self.refuse(SESSIONS, place, reason),
                    }
                }
                BelongingRow::Directory(directory) => {
                    self.report.read.directories += 1;
                    match directory {
                        Ok(directory) => self.take_directory(directory, place)?,
                        Err(reason) => self.refuse(DIRECTORIES, place, reason),
                    }
                }
            }
            Ok(())
        })?;
        self.report.take_notes(noted);
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
        let session = NewSession {
            id: row.id,
            user_id,
            digest: row.digest,
            expiration: row.expiration,
            active,
            start: None,
        };
        match self.rows.insert_session(session) {
            Ok(id) => {
                self.rows_report.note(SESSIONS, place, RowResult::Imported(id));
                self.report.taken.sessions += 1;
                self.report.tokens_digested += u64::from(row.was_clear);
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
