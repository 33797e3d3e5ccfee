//! The files that a killed program leaves beside a store: a write-ahead log (`-wal`) or a rollback journal
//! (`-journal`).
//!
//! SQLite plays both into whatever file has the right name. If the file was replaced meanwhile (a backup copied over
//! it, an older file moved there), that mixes two files or empties one. So whoever opens a store examines them first,
//! while nobody else has the store open, and refuses those that do not belong to the file; nothing is changed then.
//!
//! Programs that examine them at the same moment take turns by `flock` on the leftover, which SQLite never locks
//! itself.

mod claim;
mod holders;
mod journal;
mod log;
mod whole;

use std::cell::RefCell;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::MutexGuard;

use crate::domain::finding::{Finding, Severity};
use crate::domain::sqlite::beside;
use crate::domain::text::{byte_count, excerpt_path};
use crate::store::{Access, Opening, Result, StoreError};

use super::file::FoundFile;
use super::private_copy::PrivateCopy;
use super::settings::let_others_in;
use super::{error, location};
use claim::Claim;
use holders::Holders;
use whole::CheckAnnouncement;

/// The short name of this check.
pub(super) const CHECK: &str = "leftover";

/// The maximum number of attempts to examine a leftover that changes meanwhile.
const TRIES: u32 = 200;

/// The place in which a log is tried on the store.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trial {
    /// Beside the store, where SQLite makes or renews its shared memory.
    InPlace,
    /// In a private copy, which leaves nothing beside the store.
    InCopy,
}

/// The reason why a leftover is refused; the text follows the leftover's name in a message.
type Misfit = &'static str;

/// The leftovers beside a store, claimed until this is dropped. Keep it until the store is open.
#[derive(Debug)]
pub(super) struct Leftovers {
    path: PathBuf,
    log: Option<Claim>,
    journal: Option<Claim>,
    trial: Trial,
    opening: Opening,
    /// A copy in which the log was played, and fitted.
    played: RefCell<Option<PrivateCopy>>,
    _turn: Option<MutexGuard<'static, ()>>,
}

impl Leftovers {
    /// Looks for leftovers beside the file at `path`, which is resolved already, and waits for others who judge them. Costs two calls of the system
    /// where there are none.
    ///
    /// # Errors
    /// [`StoreError::Leftover`] for one that is not a regular file; [`StoreError::Busy`].
    pub(super) fn find(path: &Path, trial: Trial, opening: Opening) -> Result<Self> {
        let path = path.to_owned();
        let (log_path, journal_path) = (beside(&path, "-wal"), beside(&path, "-journal"));
        if !is_there(&log_path) && !is_there(&journal_path) {
            let played = RefCell::default();
            return Ok(Self { path, log: None, journal: None, trial, opening, played, _turn: None });
        }
        let turn = claim::turn();
        let log = Claim::take(&path, log_path)?;
        let journal = Claim::take(&path, journal_path)?;
        let played = RefCell::default();
        Ok(Self { path, log, journal, trial, opening, played, _turn: Some(turn) })
    }

    /// Takes the copy in which the log was played, if it was tried there.
    pub(super) fn take_copy(&self) -> Option<PrivateCopy> {
        self.played.take()
    }

    /// Returns the path beside which they lie.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns true if the first creation of a store was interrupted here: then SQLite rolls the file back to an
    /// empty one.
    ///
    /// # Errors
    /// [`StoreError::Leftover`] if the file contains an account or a journal entry.
    pub(super) fn is_first_making(&self) -> Result<bool> {
        let Some(journal) = self.journal.as_ref().filter(|journal| journal::is_of_empty_file(journal)) else {
            return Ok(false);
        };
        // Also while some program is making it: then there is no row yet.
        let holders = |path: &Path| match holders::of_journal(path)? {
            Holders::Somebody => Ok(Holders::Nobody(None)),
            other => Ok(other),
        };
        self.judge(journal, holders, |base| journal::first_making_misfit(&self.path, base))?;
        Ok(true)
    }

    /// Refuses what does not belong to the file that was found.
    ///
    /// # Errors
    /// [`StoreError::Leftover`]; the file and the leftover were not touched.
    pub(super) fn refuse_misfits(&self, found: FoundFile) -> Result<()> {
        if let Some(journal) = &self.journal {
            self.announced("journal", journal, |announcement| {
                self.judge(journal, holders::of_journal, |_| match found {
                    FoundFile::Nothing => journal::misfit_without_file(journal),
                    // It was judged when it was found to be one.
                    FoundFile::HalfMade => Ok(None),
                    FoundFile::Store => {
                        let uninterrupted = self.opening.uninterrupted;
                        journal::misfit(&self.path, journal, self.log.as_ref(), uninterrupted, announcement)
                    }
                })
            })?;
        }
        if let Some(log) = &self.log {
            self.announced("log", log, |announcement| {
                self.judge(log, holders::of_log, |base| match found {
                    FoundFile::Nothing | FoundFile::HalfMade => log::misfit_without_store(log),
                    FoundFile::Store => {
                        let mut kept = self.played.borrow_mut();
                        let uninterrupted = self.opening.uninterrupted;
                        log::misfit(&self.path, log, base, self.trial, uninterrupted, announcement, &mut kept)
                    }
                })
            })?;
        }
        Ok(())
    }

    /// Examines a leftover and shows whoever waits for it what is happening: how far it has come as well, where all of the store
    /// is read.
    fn announced(
        &self,
        kind: &str,
        leftover: &Claim,
        judge: impl Fn(CheckAnnouncement<'_>) -> Result<()>,
    ) -> Result<()> {
        let name = Path::new(self.path.file_name().unwrap_or(self.path.as_os_str()));
        let size = byte_count(leftover.bytes);
        let words = format!("Checking the leftover {kind} of {} ({size})…", excerpt_path(name));
        let mut judged = Err(StoreError::Busy);
        let announcement = CheckAnnouncement { words: &words, reported: self.opening.reported };
        (self.opening.announced)(&words, &mut || judged = judge(announcement));
        judged
    }

    /// Judges a leftover that nobody is using. A refusal counts only where nothing changed meanwhile: programs that
    /// know nothing of claims may be opening the store at the same moment.
    fn judge(
        &self,
        leftover: &Claim,
        holders: fn(&Path) -> Result<Holders>,
        misfit: impl Fn(Option<&fs::File>) -> Result<Option<Misfit>>,
    ) -> Result<()> {
        for _ in 0..TRIES {
            let before = (stamp(&self.path), stamp(&leftover.path));
            if !leftover.is_there() {
                return Ok(());
            }
            let base = match holders(&self.path)? {
                Holders::Somebody => return Ok(()),
                Holders::OfAnotherFile => return Err(self.refusal(leftover, REPLACED)),
                Holders::Nobody(base) => base,
            };
            let Some(why) = misfit(base.as_ref())? else { return Ok(()) };
            let is_as_before = before == (stamp(&self.path), stamp(&leftover.path));
            // The file must not be opened twice here: closing one would let go of the locks taken by the other.
            drop(base);
            if is_as_before && matches!(holders(&self.path)?, Holders::Nobody(_)) {
                return Err(self.refusal(leftover, why));
            }
            let_others_in();
        }
        Err(StoreError::Busy)
    }

    fn refusal(&self, leftover: &Claim, why: Misfit) -> StoreError {
        StoreError::Leftover { file: self.path.clone(), leftover: leftover.path.clone(), why }
    }
}

/// The misfit of a log that programs are using for a file that is no longer at the path.
const REPLACED: Misfit = "a program still uses it for the file that was replaced; end that program first";

/// Reports the logs and journals that lie beside the file at `path` while nobody has it open. Nothing is changed.
///
/// # Errors
/// The file or what lies beside it cannot be read.
pub(crate) fn findings(path: &Path) -> Result<Vec<Finding>> {
    let refused = |error: StoreError| match &error {
        StoreError::Leftover { leftover, .. } => Ok(vec![Finding {
            check: CHECK,
            severity: Severity::Error,
            object: leftover.display().to_string(),
            message: error.to_string(),
            fix: error.leftover_hint().unwrap_or_default(),
            fixable: false,
        }]),
        _ => Err(error),
    };
    // What SQLite keeps beside a store lies beside the file itself, not beside a link to it.
    let resolved = location::find(path)?;
    let place = resolved.as_deref().unwrap_or(path);
    let leftovers = match Leftovers::find(place, Trial::InCopy, Access::ReadOnly.into()) {
        Ok(leftovers) => leftovers,
        Err(error) => return refused(error),
    };
    let judged = leftovers
        .is_first_making()
        .and_then(|half_made| super::file::inspect(leftovers.path(), half_made))
        .and_then(|found| leftovers.refuse_misfits(found));
    if let Err(error) = judged {
        return refused(error);
    }
    let mut findings = Vec::new();
    for (leftover, holders) in [
        (&leftovers.log, holders::of_log as fn(&Path) -> Result<Holders>),
        (&leftovers.journal, holders::of_journal),
    ] {
        if let Some(leftover) = leftover
            && matches!(holders(&leftovers.path)?, Holders::Nobody(_))
        {
            findings.push(Finding {
                check: CHECK,
                severity: Severity::Warning,
                object: leftover.path.display().to_string(),
                message: "A program was killed while it used the store; what it left belongs to the store."
                    .into(),
                fix: "Run any command on the store, for example nexus user list.".into(),
                fixable: true,
            });
        }
    }
    Ok(findings)
}

impl StoreError {
    /// Returns what to do about a leftover.
    pub fn leftover_hint(&self) -> Option<String> {
        let Self::Leftover { file, leftover, .. } = self else { return None };
        let is_alone = !is_there(file);
        let (file, leftover) = (file.display(), leftover.display());
        if is_alone {
            return Some(format!(
                "It was left as it is. To begin without it: mv {leftover} {leftover}.aside. To keep what it holds, put \
                 back the file that it was written for."
            ));
        }
        Some(format!(
            "Both were left as they are. To use {file} as it is: mv {leftover} {leftover}.aside. To keep what \
             {leftover} holds, put back the file that it was written for."
        ))
    }
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Returns the metadata of a file that differ after every change.
fn stamp(path: &Path) -> Option<(u64, u64, u64, i64, i64)> {
    let of = |file: Metadata| (file.dev(), file.ino(), file.len(), file.mtime(), file.mtime_nsec());
    path.metadata().ok().map(of)
}

/// Converts an error of the file system.
fn unreadable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unreachable(format!("{}: {error}", excerpt_path(path)))
}

/// Converts damage that SQLite finds in the combination of two files to a misfit; other errors remain errors.
fn damage(result: rusqlite::Result<Option<Misfit>>) -> Result<Option<Misfit>> {
    match result.map_err(error::of) {
        Err(StoreError::Damaged) => Ok(Some(whole::DAMAGED)),
        other => other,
    }
}

#[cfg(test)]
mod tests;
