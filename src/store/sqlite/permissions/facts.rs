//! The facts about a file in the file system, and the user of the store.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};

use crate::store::Result;
use crate::store::sqlite::location::unreachable;

/// Write permission for everyone and for the group (inode(7)).
pub(super) const EVERYONE_WRITES: u32 = 0o002;
pub(super) const GROUP_WRITES: u32 = 0o020;
pub(super) const EVERYONE_READS: u32 = 0o004;
/// Only the owner of a file may remove it from the folder (inode(7)).
pub(super) const STICKY: u32 = 0o1000;

/// The kind of file at a path itself; links are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    File,
    Folder,
    Link,
    Other,
}

/// The facts about a file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileFacts {
    pub(super) kind: FileKind,
    /// The permission bits.
    pub(super) mode: u32,
    pub(super) owner: u32,
    pub(super) group: u32,
    /// The number of its names (hard links).
    pub(super) links: u64,
    /// It is itself what is mounted.
    pub(super) mount_root: bool,
}

impl FileFacts {
    /// Returns what is known about the path, or `None` where nothing is.
    pub(super) fn of(path: &Path) -> Result<Option<Self>> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(Self::from_metadata(&metadata, is_mount_root(path)))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreachable(path, &error)),
        }
    }

    fn from_metadata(metadata: &Metadata, mount_root: bool) -> Self {
        let kind = match metadata.file_type() {
            kind if kind.is_file() => FileKind::File,
            kind if kind.is_dir() => FileKind::Folder,
            kind if kind.is_symlink() => FileKind::Link,
            _ => FileKind::Other,
        };
        Self {
            kind,
            mode: metadata.mode() & 0o7777,
            owner: metadata.uid(),
            group: metadata.gid(),
            links: metadata.nlink(),
            mount_root,
        }
    }
}

/// Returns true if a file is itself what is mounted. Where the kernel does not tell (before Linux 5.8), it is not.
fn is_mount_root(path: &Path) -> bool {
    statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty()).is_ok_and(|told| {
        let root = StatxAttributes::MOUNT_ROOT;
        told.stx_attributes_mask.contains(root) && told.stx_attributes.contains(root)
    })
}

/// The user of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StoreUser {
    /// The effective user id.
    pub(super) id: u32,
    /// The group that may write besides the owner.
    pub(super) group: Option<u32>,
}

impl StoreUser {
    /// Returns the user who runs this program.
    pub(super) fn current(group: Option<u32>) -> Self {
        Self { id: rustix::process::geteuid().as_raw(), group }
    }
}
