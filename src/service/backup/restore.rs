//! Restoring a backup.

use std::path::Path;

use crate::auth::password::is_usable;
use crate::domain::backup::BackupCheck;
use crate::domain::finding::Severity;
use crate::domain::journal::{Action, FieldValues};
use crate::domain::session::EndReason;
use crate::domain::text::excerpt_path;
use crate::domain::time::Timestamp;
use crate::service::contract::{BackupReply, Failure, FailureKind, NeededKey, RestoreReport, VerifiedBackup};
use crate::store::{self, AdminTerm, Finished, Read, Replaced, Restoration, StoreError, Write, read};

use super::super::instance::Service;
use super::super::journal_writer::{self, JournalWriter};
use super::super::request_context::RequestContext;
use super::file::BackupFile;
use super::phases::Phases;

/// The phases of a restore: unpacking, verifying, keeping the old rows, and writing the new ones.
const PHASES: u64 = 4;

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    journal: JournalWriter,
    file: &Path,
    despite_findings: bool,
) -> Result<BackupReply, Failure> {
    let file = BackupFile::find(file, |path| service.store.owns(path))?;
    // A damaged store may not even tell that.
    let figures = read(&*service.store, |rows| rows.tab_counts(context.now, None));
    let sessions = figures.map(|counts| counts.active_sessions).unwrap_or_default();
    let mut work = RestoreInProgress {
        journal: journal.without_ids(),
        file: &file,
        despite_findings,
        dry_run: context.dry_run,
        sessions,
        lacks_admin: false,
        now: context.now,
        refused: None,
        check: None,
        bytes: file.bytes(),
        phases: Phases::new(PHASES, &mut *context.progress),
    };
    let restored = service.store.restore(&mut file.content()?, &mut work);
    let RestoreInProgress { check, journal, refused, sessions: sessions_ended, .. } = work;
    if let Some(failure) = refused {
        return Err(failure);
    }
    let replaced = match restored {
        Ok(replaced) => replaced,
        Err(error) => return Err(failed(&file, check.is_some(), error)),
    };
    let check = check.unwrap_or(BackupCheck { content: None, findings: Vec::new() });
    let store = service.store.location();
    let factors = check.content.as_ref().map_or(0, |content| content.factors);
    let path = service.store.key_path();
    let key = (factors > 0).then(|| NeededKey { is_there: path.exists(), path });
    match replaced {
        Some(Replaced { kept, .. }) => {
            let backup = VerifiedBackup { file: file.into_path(), check };
            let entry = journal.first;
            Ok(BackupReply::Restored(RestoreReport { backup, store, kept, sessions_ended, key, entry }))
        }
        None if !is_accepted(&check, despite_findings) => Err(refusal(&file, &check)),
        None => {
            let backup = VerifiedBackup { file: file.into_path(), check };
            let store = Path::new(&store).exists().then_some(store);
            Ok(BackupReply::RestoreForeseen { backup, store, sessions: sessions_ended, key })
        }
    }
}

/// A restore in progress.
struct RestoreInProgress<'a, 'p> {
    journal: JournalWriter,
    file: &'a BackupFile,
    despite_findings: bool,
    dry_run: bool,
    /// The active sessions that end.
    sessions: u64,
    /// The backup has no account that can log in as admin.
    lacks_admin: bool,
    now: Timestamp,
    /// The reason why the backup must not be restored, once it is known.
    refused: Option<Failure>,
    /// The result of the verification.
    check: Option<BackupCheck>,
    bytes: u64,
    phases: Phases<'a, 'p>,
}

impl Restoration for RestoreInProgress<'_, '_> {
    fn step(&mut self, done: Finished) -> bool {
        // While it is read, only the size of the file tells how much is to come.
        let is_reading = self.check.is_none() && done.done == done.total;
        let total = if is_reading { self.bytes.max(done.done) } else { done.total };
        self.phases.step(Finished { total, ..done })
    }

    fn accepts(&mut self, check: &BackupCheck) -> bool {
        self.check = Some(check.clone());
        !self.dry_run && is_accepted(check, self.despite_findings)
    }

    fn prepare(&mut self, rows: &mut dyn Write) -> store::Result<()> {
        self.lacks_admin = !rows.has_usable_admin(self.now, AdminTerm::Now, &|_, hash| is_usable(hash))?;
        rows.end_all_sessions(&self.journal.ends(EndReason::StoreRestored))
    }

    fn judge(&mut self, replaced: store::Result<&dyn Read>) -> store::Result<()> {
        if let Ok(counts) = replaced.clone().and_then(|rows| rows.tab_counts(self.now, None)) {
            self.sessions = counts.active_sessions;
        }
        if !self.lacks_admin {
            return Ok(());
        }
        let usable =
            |rows: &dyn Read| rows.has_usable_admin(self.now, AdminTerm::Now, &|_, hash| is_usable(hash));
        match replaced.and_then(usable) {
            Ok(false) => Ok(()),
            Ok(true) => self.refuse(no_admin(self.file, "The store has one, and would have none.")),
            Err(StoreError::Damaged) => {
                let hint = "The store is too damaged to tell whether it has one. Use another backup.";
                self.refuse(no_admin(self.file, hint))
            }
            Err(error) => Err(error),
        }
    }

    fn record(&mut self, rows: &mut dyn Write, replaced: &Replaced) -> store::Result<()> {
        let before = replaced.head.as_ref().map(ToString::to_string);
        let before = before.into_iter().fold(FieldValues::new(), |values, head| values.with("head", head));
        let content = self.check.as_ref().and_then(|check| check.content.as_ref());
        let mut after = FieldValues::new().with_count("sessions_ended", self.sessions);
        if let Some(content) = content {
            after = after.with("head", content.head.to_string());
        }
        if let Some(kept) = &replaced.kept {
            after = after.with("kept", kept.to_string_lossy());
        }
        let path = std::path::absolute(self.file.path()).unwrap_or(self.file.path().to_owned());
        let label = journal_writer::store(&path.to_string_lossy());
        self.journal.note(rows, Action::StoreRestored, label, before, after)
    }
}

impl RestoreInProgress<'_, '_> {
    /// Stops the restore for this reason.
    fn refuse(&mut self, why: Failure) -> store::Result<()> {
        self.refused = Some(why);
        Err(StoreError::Stopped)
    }
}

/// Returns true if a backup may be restored: one that is damaged never, and one with other faults where that was agreed to.
fn is_accepted(check: &BackupCheck, despite_findings: bool) -> bool {
    check.is_fit() || despite_findings && check.content.is_some() && !check.is_damaged()
}

/// Returns the failure for a backup that would lock everybody out.
fn no_admin(file: &BackupFile, hint: &'static str) -> Failure {
    let message = format!("{} has no account that can log in as admin.", excerpt_path(file.path()));
    Failure::new(FailureKind::Refused, message).hint(hint)
}

fn refusal(file: &BackupFile, check: &BackupCheck) -> Failure {
    let worst = check.findings.iter().find(|finding| finding.severity == Severity::Error);
    let why = worst.map(|finding| format!(": {}", finding.message)).unwrap_or_default();
    let message = format!("{} was not restored{why}", excerpt_path(file.path()));
    let hint = if check.content.is_some() && !check.is_damaged() {
        "Use another backup. --despite-findings restores this one."
    } else {
        "Use another backup."
    };
    Failure::new(FailureKind::Unavailable, message).hint(hint)
}

/// Returns the failure for an error: of the backup before it was verified, of the store afterwards.
fn failed(file: &BackupFile, is_verified: bool, error: StoreError) -> Failure {
    match error {
        StoreError::Stopped => Failure::new(FailureKind::Stopped, "Stopped; the store is as it was."),
        StoreError::NotAStore(_)
        | StoreError::Newer { .. }
        | StoreError::Altered(_)
        | StoreError::Unreachable(_)
        | StoreError::Damaged
            if !is_verified =>
        {
            file.failure(error)
        }
        StoreError::Full => Failure::from(StoreError::Full)
            .hint("Free some space where the store is; the backup is as it was."),
        StoreError::Damaged => {
            let message = "The store is too damaged to be written.";
            Failure::new(FailureKind::Unavailable, message)
                .hint("Move its file away, and those beside it, and restore the backup again.")
        }
        error => error.into(),
    }
}
