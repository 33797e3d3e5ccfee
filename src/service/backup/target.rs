//! The file that a backup is written to, and the older ones that are renamed.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::domain::text::excerpt_path;
use crate::service::contract::{Failure, FailureKind};
use crate::service::new_file::{refuse_of_store, unwritten};
use crate::store::hidden_folder::HiddenFolder;
use crate::store::new_file::{rename_to_new, sync_folder};
use crate::store::{Store, has_its_turn};

use super::older::{Older, set_aside};

/// The file that a backup is written to.
#[derive(Debug)]
pub(super) struct BackupTarget {
    /// Its path, from the root on.
    path: PathBuf,
    folder: PathBuf,
    /// The number of files to keep, with this one.
    keep: Option<u32>,
    is_there: bool,
}

impl BackupTarget {
    /// Checks that a backup may be written to `file`, and older ones be renamed and removed.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] for what is no regular file, and for the store itself; [`FailureKind::Conflict`] for a file
    /// that would be lost and is no backup; [`FailureKind::Other`] if the folder cannot be read.
    pub(super) fn find(file: &Path, keep: Option<u32>, store: &dyn Store) -> Result<Self, Failure> {
        let shown = excerpt_path(file);
        let refused = |why: &str| Failure::new(FailureKind::Invalid, format!("{shown} {why}."));
        let is_name =
            !file.as_os_str().as_bytes().ends_with(b"/") && !file.as_os_str().as_bytes().ends_with(b"/.");
        let Some(name) = file.file_name().filter(|_| is_name) else {
            return Err(refused("is not the name of a file"));
        };
        let path = std::path::absolute(file).map_err(|error| unwritten(file, &error))?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let folder = folder.canonicalize().map_err(|error| unwritten(file, &error))?;
        let path = folder.join(name);
        let target = Self { path, folder, keep, is_there: false };
        for number in 0.. {
            let older = target.numbered(number);
            let is_kept = number < target.count();
            let found = fs::symlink_metadata(&older);
            if !is_kept && found.is_err() {
                break;
            }
            let shown = excerpt_path(&older);
            let refused = |why: &str| Failure::new(FailureKind::Invalid, format!("{shown} {why}."));
            refuse_of_store(&older, store)?;
            match found {
                // Those beyond that are no backups are left alone.
                Ok(_) if !is_kept => {}
                Ok(found) if !found.is_file() => return Err(refused(what(&found))),
                // A damaged one must not keep a backup from being made every night.
                Ok(_) if keep.is_some() && Older::of(&older) == Older::Other => {
                    return Err(no_backup(&older));
                }
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(unwritten(&older, &error)),
            }
        }
        let is_there = fs::symlink_metadata(&target.path).is_ok();
        Ok(Self { is_there, ..target })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns true if an older file would be lost that nobody agreed to lose by a number of files to keep.
    pub(super) fn overwrites(&self) -> bool {
        self.is_there && self.keep.is_none()
    }

    /// Returns the number of files that are kept: `FILE`, `FILE.1`, ….
    fn count(&self) -> u32 {
        self.keep.unwrap_or(1).max(1)
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        if number > 0 {
            name.push(format!(".{number}"));
        }
        name.into()
    }

    /// Gives a finished file the name, and renames older ones. At every moment there is a backup of that name if there was
    /// one before. The finished one lies in a folder of its own. Returns the new names of damaged ones.
    ///
    /// # Errors
    /// [`FailureKind::Conflict`] for a file that has come meanwhile; [`FailureKind::Unavailable`] while another program has
    /// locked the folder; a file cannot be renamed.
    pub(super) fn take(&self, finished: &Path) -> Result<Vec<PathBuf>, Failure> {
        // Two programs that write the same backup take turns.
        let folder = File::open(&self.folder).map_err(|error| unwritten(&self.folder, &error))?;
        if !has_its_turn(&folder) {
            let words = format!("Another program has locked the folder {}.", excerpt_path(&self.folder));
            return Err(Failure::new(FailureKind::Unavailable, words)
                .hint("No backup was left. Try again when that program has ended."));
        }
        let aside = self.make_room(finished).map_err(|error| unwritten(&self.path, &error))?;
        let is_new = !self.is_there && self.keep.is_none();
        let named =
            if is_new { rename_to_new(finished, &self.path) } else { fs::rename(finished, &self.path) };
        named.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => is_there(&self.path),
            _ => unwritten(&self.path, &error),
        })?;
        sync_folder(&self.path).map_err(|error| unwritten(&self.folder, &error))?;
        Ok(aside)
    }

    /// Renames older files, and removes those of a time when more were kept. Damaged ones are set aside.
    fn make_room(&self, finished: &Path) -> io::Result<Vec<PathBuf>> {
        let Some(keep) = self.keep else { return Ok(Vec::new()) };
        let damaged = (0..keep).map(|number| self.numbered(number));
        let damaged = damaged.filter(|older| Older::of(older) == Older::Damaged);
        let aside = damaged.map(|older| set_aside(&older)).collect::<io::Result<Vec<_>>>()?;
        for number in (1..keep.saturating_sub(1)).rev() {
            renamed(&self.numbered(number), &self.numbered(number + 1))?;
        }
        if keep > 1 {
            let (newest, next) = (self.numbered(0), self.numbered(1));
            // A second name first, so that the newest one is always there.
            let second = finished.with_file_name(HiddenFolder::SECOND);
            if fs::hard_link(&newest, &second).is_ok() {
                fs::rename(&second, &next)?;
                // It stays where both are names of one file.
                let _ = fs::remove_file(&second);
            } else {
                renamed(&newest, &next)?;
            }
        }
        for number in keep.. {
            let older = self.numbered(number);
            if Older::of(&older) != Older::Backup {
                break;
            }
            fs::remove_file(&older)?;
        }
        Ok(aside)
    }
}

/// Renames a file, if it is there.
fn renamed(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn what(found: &Metadata) -> &'static str {
    let kind = found.file_type();
    if kind.is_dir() {
        "is a folder"
    } else if kind.is_symlink() {
        "is a symbolic link"
    } else {
        "is not a regular file"
    }
}

/// Returns the failure for a file that is there and may not be overwritten.
pub(super) fn is_there(path: &Path) -> Failure {
    let words = format!("{} already exists.", excerpt_path(path));
    Failure::new(FailureKind::Conflict, words).hint("--keep N renames older backups to FILE.1, FILE.2, …")
}

/// Returns the failure for a file that is no older backup.
fn no_backup(path: &Path) -> Failure {
    let words = format!("{} already exists and is not a NEXUS backup.", excerpt_path(path));
    Failure::new(FailureKind::Conflict, words).hint("Move it away, or name another file.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(folder: &Path, keep: Option<u32>) -> BackupTarget {
        BackupTarget { path: folder.join("b.db"), folder: folder.to_owned(), keep, is_there: false }
    }

    #[test]
    fn a_file_that_comes_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let finished = folder.path().join("finished");
        fs::write(&finished, "new").unwrap();
        let target = target(folder.path(), None);
        fs::write(&target.path, "somebody's").unwrap();
        assert_eq!(target.take(&finished).unwrap_err().kind, FailureKind::Conflict);
        assert_eq!(fs::read(&target.path).unwrap(), b"somebody's");
        fs::remove_file(&target.path).unwrap();
        target.take(&finished).unwrap();
        assert_eq!(fs::read(&target.path).unwrap(), b"new");
    }

    #[test]
    fn an_older_file_has_both_names_until_the_new_one_has_its() {
        let folder = tempfile::tempdir().unwrap();
        let hidden = folder.path().join("hidden");
        fs::create_dir(&hidden).unwrap();
        let target = target(folder.path(), Some(2));
        // Somebody's, so that they are not taken for damaged ones.
        fs::write(&target.path, "newest").unwrap();
        fs::write(target.numbered(1), "older").unwrap();
        // Also where an earlier attempt was cut short.
        for _ in 0..2 {
            target.make_room(&hidden.join("finished")).unwrap();
            assert_eq!(fs::read(&target.path).unwrap(), b"newest");
            assert_eq!(fs::read(target.numbered(1)).unwrap(), b"newest");
            assert_eq!(fs::read_dir(&hidden).unwrap().count(), 0);
        }
    }
}
