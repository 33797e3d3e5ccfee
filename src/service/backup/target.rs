//! The file that a backup is written to, and those that it pushes on.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::domain::text::excerpt_path;
use crate::exchange::unpack::{Packing, Unpacked};
use crate::service::contract::{Failure, FailureKind};
use crate::service::new_file::refuse_of_store;
use crate::store::Store;

/// The first bytes of a SQLite file (sqlite.org/fileformat.html, 1.3.1).
const SQLITE: &[u8] = b"SQLite format 3\0";

/// The file that a backup is written to.
#[derive(Debug)]
pub(super) struct Target {
    /// Its path, from the root on.
    path: PathBuf,
    folder: PathBuf,
    /// The number of files to keep, with this one.
    keep: Option<u32>,
    is_there: bool,
}

impl Target {
    /// Checks that a backup may be written to `file`, and older ones be pushed on.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] for what is no regular file, and for the store itself; [`FailureKind::Other`] if the folder
    /// cannot be read.
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
        for older in target.kept() {
            let shown = excerpt_path(&older);
            let refused = |why: &str| Failure::new(FailureKind::Invalid, format!("{shown} {why}."));
            refuse_of_store(&older, store)?;
            match fs::symlink_metadata(&older) {
                Ok(found) if !found.is_file() => return Err(refused(what(&found))),
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

    /// Returns the paths of the files that are kept: `FILE`, `FILE.1`, ….
    fn kept(&self) -> impl Iterator<Item = PathBuf> {
        (0..self.keep.unwrap_or(1)).map(|number| self.numbered(number))
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        if number > 0 {
            name.push(format!(".{number}"));
        }
        name.into()
    }

    /// Gives a finished file the name, and pushes older ones on. At every moment there is a file of that name if there was
    /// one before.
    ///
    /// # Errors
    /// A file cannot be renamed.
    pub(super) fn take(&self, finished: &Path) -> Result<(), Failure> {
        // Two programs that write the same backup push on one after the other.
        let folder = File::open(&self.folder).map_err(|error| unwritten(&self.folder, &error))?;
        // Where there are no such locks, nobody takes turns.
        let _ = folder.lock();
        self.push_on().map_err(|error| unwritten(&self.path, &error))?;
        fs::rename(finished, &self.path).map_err(|error| unwritten(&self.path, &error))?;
        match folder.sync_all() {
            // Not every file system syncs folders.
            Err(error) if error.kind() != ErrorKind::InvalidInput => Err(unwritten(&self.folder, &error)),
            _ => Ok(()),
        }
    }

    fn push_on(&self) -> io::Result<()> {
        let Some(keep) = self.keep else { return Ok(()) };
        for number in (1..keep.saturating_sub(1)).rev() {
            renamed(&self.numbered(number), &self.numbered(number + 1))?;
        }
        if keep > 1 {
            let (newest, next) = (self.numbered(0), self.numbered(1));
            // A second name first, so that the newest one is always there.
            if fs::hard_link(&newest, &next).is_err() {
                renamed(&newest, &next)?;
            }
        }
        // Those of a time when more were kept.
        for number in keep.. {
            let older = self.numbered(number);
            if !is_backup(&older) {
                break;
            }
            fs::remove_file(&older)?;
        }
        Ok(())
    }
}

/// Renames a file, if it is there.
fn renamed(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Returns true for a regular file that begins like a backup.
fn is_backup(path: &Path) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return false;
    }
    let Ok(mut content) = File::open(path).and_then(Unpacked::new) else { return false };
    let mut start = [0; SQLITE.len()];
    content.packing() != Packing::Gzip && content.read_exact(&mut start).is_ok() && start == SQLITE
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

/// Returns the failure for a file that cannot be written.
pub(super) fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let shown = excerpt_path(path);
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Failure::new(FailureKind::Unavailable, format!("No space is left for the backup {shown}."))
                .hint("Nothing was left behind. Free some space, or name another folder.")
        }
        ErrorKind::NotFound => {
            Failure::new(FailureKind::Other, format!("The folder of {shown} does not exist."))
        }
        ErrorKind::PermissionDenied => {
            Failure::new(FailureKind::Other, format!("You may not write {shown}, or not in its folder."))
        }
        _ => Failure::new(FailureKind::Other, format!("Cannot write {shown}: {error}.")),
    }
}
