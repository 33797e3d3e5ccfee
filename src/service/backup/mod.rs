//! Backups: making, verifying and restoring them.
//!
//! The store copies its rows into a file and takes them from one; everything about files that the operator names is here.

mod file;
mod make;
mod older;
mod packing;
mod phases;
mod restore;
mod target;

use std::path::Path;

use crate::store::{BackupSource, verify_backup};

use super::contract::{Backup, BackupReply, Caller, Failure, OnProgress, Reply, VerifiedBackup};
use super::instance::Service;
use super::journal_writer::JournalWriter;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::transaction::with_snapshot;
use file::BackupFile;
use phases::Phases;

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Backup,
) -> Result<Reply, Failure> {
    let reply = match request {
        Backup::Make { file, keep, compress, overwrite } => {
            let journal = journal(service, context, "back up the store")?;
            make::perform(
                service,
                context,
                journal,
                &make::BackupOptions { file, keep, compress, overwrite },
            )?
        }
        Backup::Verify { file } => {
            journal(service, context, "verify a backup")?;
            let file = BackupFile::find(&file, |path| service.store.owns(path))?;
            BackupReply::Verified(verify(file, &mut *context.progress)?)
        }
        Backup::Restore { file, despite_findings } => {
            let journal = journal(service, context, "restore the store")?;
            restore::perform(service, context, journal, &file, despite_findings)?
        }
    };
    Ok(Reply::Backup(Box::new(reply)))
}

/// Verifies a backup. It needs no store.
///
/// # Errors
/// [`FailureKind::Invalid`](super::contract::FailureKind::Invalid) for a file that is no backup;
/// [`FailureKind::Unavailable`](super::contract::FailureKind::Unavailable) for one of a newer program, or one that cannot
/// be read.
pub fn verify_alone(file: &Path, progress: &mut OnProgress<'_>) -> Result<Reply, Failure> {
    let file = BackupFile::find(file, |_| false)?;
    Ok(Reply::Backup(Box::new(BackupReply::Verified(verify(file, progress)?))))
}

fn verify(file: BackupFile, progress: &mut OnProgress<'_>) -> Result<VerifiedBackup, Failure> {
    let mut phases = Phases::new(if file.is_packed() { 2 } else { 1 }, progress);
    let checked = if file.is_packed() {
        verify_backup(BackupSource::Stream(&mut file.content()?), &mut |done| phases.step(done))
    } else {
        verify_backup(BackupSource::File(file.path()), &mut |done| phases.step(done))
    };
    let check = checked.map_err(|error| file.failure(error))?;
    Ok(VerifiedBackup { file: file.into_path(), check })
}

/// Returns the journal writer of the caller, who must be an admin. For a command it is known without the store, which may be
/// too damaged to be read.
fn journal(service: &Service, context: &RequestContext<'_>, what: &str) -> Result<JournalWriter, Failure> {
    let journal = match context.caller {
        Caller::Owner => JournalWriter::of(&Principal::Owner, &service.host, context.now),
        Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } | Caller::Viewer { .. } => {
            with_snapshot(service, context, |snapshot| {
                snapshot.principal.admin_only(what)?;
                Ok(JournalWriter::of(snapshot.principal, &service.host, context.now))
            })?
        }
    };
    Ok(journal.because(context.reason.as_ref()))
}

#[cfg(test)]
mod tests;
