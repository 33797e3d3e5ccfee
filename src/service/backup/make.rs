//! Making a backup: copied, verified, packed, synced, and only then called by its name.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::auth::checksum::sha256;
use crate::domain::backup::BackupContent;
use crate::domain::finding::Finding;
use crate::domain::integrity;
use crate::domain::journal::{Action, FieldValues};
use crate::domain::text::excerpt_path;
use crate::service::contract::{BackupReply, BackupReport, Failure, FailureKind, OnProgress};
use crate::store::hidden_folder::HiddenFolder;
use crate::store::new_file;
use crate::store::{BackupSource, Store, StoreError, verify_backup};

use super::super::instance::Service;
use super::super::journal_writer::{self, JournalWriter};
use super::super::new_file::unwritten;
use super::super::request_context::RequestContext;
use super::super::transaction::with_transaction;
use super::packing;
use super::phases::Phases;
use super::target::{BackupTarget, is_there};

/// The options of a backup.
pub(super) struct BackupOptions {
    pub(super) file: PathBuf,
    pub(super) keep: Option<u32>,
    pub(super) compress: bool,
    /// An older file may be overwritten.
    pub(super) overwrite: bool,
}

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    journal: JournalWriter,
    options: &BackupOptions,
) -> Result<BackupReply, Failure> {
    let target = BackupTarget::find(&options.file, options.keep, &*service.store)?;
    if context.dry_run {
        let (file, overwrites) = (target.path().to_owned(), target.overwrites());
        return Ok(BackupReply::Foreseen { file, overwrites });
    }
    if target.overwrites() && !options.overwrite {
        return Err(is_there(target.path()));
    }
    let report = write(&*service.store, &target, options.compress, &mut *context.progress)?;
    let entry = record(service, context, journal, &report).map_err(|failure| {
        let words = format!(
            "The backup {} is whole, but the journal could not record it: {}",
            excerpt_path(&report.file),
            failure.message
        );
        Failure { message: words, ..failure }
    })?;
    Ok(BackupReply::Made(BackupReport { entry, ..report }))
}

fn write(
    store: &dyn Store,
    target: &BackupTarget,
    compress: bool,
    progress: &mut OnProgress<'_>,
) -> Result<BackupReport, Failure> {
    let path = target.path();
    let mut phases = Phases::new(if compress { 3 } else { 2 }, progress);
    // A signal is noticed from here on, before there is anything to leave behind.
    if !phases.step(crate::store::Finished { done: 0, total: 1 }) {
        return Err(stopped());
    }
    HiddenFolder::remove_abandoned(target.folder());
    let folder = HiddenFolder::create(target.folder()).map_err(|error| unwritten(path, &error))?;
    let plain = new_file::create(&folder.store()).map_err(|error| unwritten(path, &error))?;
    let copied = store.back_up(&folder.store(), &mut |done| phases.step(done));
    let content = copied.map_err(|error| uncopied(path, error))?;
    let findings = verify(&folder.store(), path, &content, &mut phases)?;
    let (finished, file) = if compress {
        let packed = new_file::create(&folder.packed()).map_err(|error| unwritten(path, &error))?;
        packing::pack(&plain, &packed, &folder.packed(), content.bytes, &mut |done| phases.step(done))
            .map_err(|error| {
                if error.kind() == io::ErrorKind::Interrupted { stopped() } else { unwritten(path, &error) }
            })?;
        (folder.packed(), packed)
    } else {
        (folder.store(), plain)
    };
    file.sync_all().map_err(|error| unwritten(path, &error))?;
    let bytes = file.metadata().map_err(|error| unwritten(path, &error))?.len();
    let sum = File::open(&finished).and_then(sha256).map_err(|error| unwritten(path, &error))?;
    let set_aside = target.take(&finished)?;
    // One that cannot be read is there all the same.
    let key_file = !matches!(store.key(), Ok(None));
    let key_file = key_file.then(|| store.key_path());
    let file = path.to_owned();
    Ok(BackupReport { file, bytes, sha256: sum, content, findings, set_aside, key_file, entry: None })
}

/// Verifies a copy: it must hold what the store held, undamaged; `path` is its name to be. Returns the faults that the store has as well.
fn verify(
    copy: &Path,
    path: &Path,
    content: &BackupContent,
    phases: &mut Phases<'_, '_>,
) -> Result<Vec<Finding>, Failure> {
    let check = verify_backup(BackupSource::Own(copy), &mut |done| phases.step(done));
    let check = check.map_err(|error| uncopied(path, error))?;
    let is_damaged = check.findings.iter().find(|finding| finding.check == integrity::CHECK);
    if let Some(finding) = is_damaged.or(check.findings.first().filter(|_| check.content.is_none())) {
        let message = format!("The copy is damaged, so the backup was removed: {}", finding.message);
        let hint = "The store may be damaged too: `nexus doctor` says more. Older backups are as they were.";
        return Err(Failure::new(FailureKind::Unavailable, message).hint(hint));
    }
    if check.content.as_ref() != Some(content) {
        let message = "The copy differs from the store, so the backup was removed.";
        return Err(Failure::new(FailureKind::Unavailable, message).hint("Check the disk of its folder."));
    }
    Ok(check.findings)
}

/// Records the backup in the journal, if the store can be written.
fn record(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    journal: JournalWriter,
    report: &BackupReport,
) -> Result<Option<i64>, Failure> {
    if service.store.writable().is_err() {
        return Ok(None);
    }
    let backed_up = &report.content;
    let after = FieldValues::new()
        .with("sha256", report.sha256.as_str())
        .with("bytes", report.bytes)
        .with("users", backed_up.accounts)
        .with("sessions", backed_up.sessions)
        .with("directories", backed_up.directories)
        .with("head", backed_up.head.to_string());
    let file = journal_writer::store(&report.file.to_string_lossy());
    with_transaction(service, context, |tx| {
        tx.journal = journal;
        tx.note(Action::BackedUp, file, FieldValues::new(), after)?;
        Ok(tx.journal.first)
    })
}

fn stopped() -> Failure {
    Failure::new(FailureKind::Stopped, "Stopped; no backup was left.")
}

/// Returns the failure for a copy that was not made.
fn uncopied(path: &Path, error: StoreError) -> Failure {
    match error {
        StoreError::Stopped => stopped(),
        StoreError::Full => unwritten(path, &io::ErrorKind::StorageFull.into()),
        error => error.into(),
    }
}
