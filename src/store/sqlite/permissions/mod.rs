//! The permissions of a store: modes, owners, links and mounts of its file, of its folder, and of the files that
//! SQLite keeps beside it.
//!
//! The rules are pure functions of facts from the file system; nothing here opens a file.

use std::fs::{self, DirEntry, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::domain::finding::Finding;
use crate::domain::sqlite::{COMPANIONS, beside};
use crate::store::{Result, StoreError};

use super::{key_file, location};

mod facts;
mod rules;

use facts::{FileFacts, FileKind, StoreUser};
use rules::{FaultEffect, FileFault};

/// The restrictions and warnings for a store that may be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heeded {
    /// The reason why it must not be written.
    pub(super) read_only: Option<StoreError>,
    pub(super) warnings: Vec<Finding>,
}

/// Checks a store's file, its folder and what lies beside it, by its resolved path.
///
/// # Errors
/// [`StoreError::Finding`] where it must not be opened.
pub(super) fn check(path: &Path, group: Option<u32>) -> Result<Heeded> {
    heed(faults(path, StoreUser::current(group))?)
}

/// Checks a folder in which a store is to be made.
///
/// # Errors
/// [`StoreError::Finding`] where no store must be made in it.
pub(super) fn check_folder(folder: &Path, group: Option<u32>) -> Result<()> {
    let facts = FileFacts::of(folder)?;
    let faults = facts.map(|facts| rules::of_folder(folder, facts, StoreUser::current(group)));
    heed(faults.unwrap_or_default()).map(|_| ())
}

/// Checks that a file is known by one name only.
///
/// # Errors
/// [`StoreError::Finding`] with what mends it.
pub(super) fn check_names(path: &Path) -> Result<()> {
    let facts = FileFacts::of(path)?;
    let fault = facts.into_iter().flat_map(|facts| rules::of_names(path, facts)).next();
    fault.map_or(Ok(()), |fault| Err(StoreError::Finding(Box::new(fault.finding))))
}

/// Returns true if an empty file is like one that NEXUS makes: it is the user's own, and nobody else may use it.
pub(super) fn is_private(path: &Path) -> Result<bool> {
    let facts = FileFacts::of(path)?;
    Ok(facts.is_some_and(|facts| rules::is_private(facts, StoreUser::current(None))))
}

fn heed(faults: Vec<FileFault>) -> Result<Heeded> {
    let mut heeded = Heeded { read_only: None, warnings: Vec::new() };
    for FileFault { effect, finding, .. } in faults {
        match effect {
            FaultEffect::Refuse => return Err(StoreError::Finding(Box::new(finding))),
            FaultEffect::ReadOnly => {
                heeded.read_only.get_or_insert_with(|| StoreError::Finding(Box::new(finding.clone())));
                heeded.warnings.push(finding);
            }
            FaultEffect::Warn => heeded.warnings.push(finding),
            FaultEffect::Report => {}
        }
    }
    Ok(heeded)
}

/// Returns all that is wrong with the store at a resolved path, the worst first.
fn faults(path: &Path, user: StoreUser) -> Result<Vec<FileFault>> {
    let mut faults = Vec::new();
    let Some(file) = FileFacts::of(path)? else { return Ok(faults) };
    if file.kind == FileKind::File {
        faults.extend(rules::of_file(path, file, user));
        for suffix in COMPANIONS {
            let path = beside(path, suffix);
            if let Some(facts) = FileFacts::of(&path)? {
                faults.extend(rules::of_companion(&path, facts, file, user));
            }
        }
        let key_file = key_file::path_of(path);
        if let Some(facts) = FileFacts::of(&key_file)? {
            faults.extend(rules::of_key_file(&key_file, facts, file, user));
        }
    }
    if let Some((folder, facts)) = folder(path)? {
        faults.extend(rules::of_folder(folder, facts, user));
        faults.extend(rules::of_owners(path, file, facts));
    }
    faults.sort_by_key(|fault| fault.effect);
    Ok(faults)
}

/// Returns the folder that holds a file, and what is known about it.
fn folder(path: &Path) -> Result<Option<(&Path, FileFacts)>> {
    let Some(folder) = path.parent() else { return Ok(None) };
    Ok(FileFacts::of(folder)?.map(|facts| (folder, facts)))
}

/// Returns what is wrong with the modes, owners, links and mounts of the store at `path`, without opening it. `group` is
/// the group that may write it besides its owner.
///
/// # Errors
/// There is no store at the path, or its folder cannot be read.
pub(super) fn findings(path: &Path, group: Option<u32>) -> Result<Vec<Finding>> {
    let path = existing(path)?;
    Ok(faults(&path, StoreUser::current(group))?.into_iter().map(|fault| fault.finding).collect())
}

/// Takes away the permissions that a finding complains about, where the file or folder belongs to the effective user.
///
/// # Errors
/// As [`findings`]; a mode that cannot be set.
pub(super) fn mend(path: &Path, group: Option<u32>, finding: &Finding) -> Result<()> {
    let path = existing(path)?;
    for fault in faults(&path, StoreUser::current(group))? {
        let (Some(mode), true) = (fault.mode, fault.finding == *finding) else { continue };
        let is_folder = path.parent() == Some(&fault.path);
        let mode = if is_folder && holds_only(&fault.path, &path) { mode & 0o7700 } else { mode };
        let set = fs::set_permissions(&fault.path, Permissions::from_mode(mode));
        set.map_err(|error| location::unreachable(&fault.path, &error))?;
        if fault.path == path {
            mend_companions(&path, mode)?;
        }
    }
    Ok(())
}

/// Gives what SQLite keeps beside a store's file the mode that this has now: it was made with the mode before.
fn mend_companions(path: &Path, mode: u32) -> Result<()> {
    let user = StoreUser::current(None);
    for suffix in COMPANIONS {
        let path = beside(path, suffix);
        let facts = FileFacts::of(&path)?;
        if facts.is_some_and(|facts| facts.kind == FileKind::File && facts.owner == user.id) {
            let set = fs::set_permissions(&path, Permissions::from_mode(mode));
            set.map_err(|error| location::unreachable(&path, &error))?;
        }
    }
    Ok(())
}

/// Returns true if nothing lies in a folder but the store and what is kept beside it.
fn holds_only(folder: &Path, store: &Path) -> bool {
    let Some(name) = store.file_name() else { return false };
    let mut entries = fs::read_dir(folder).into_iter().flatten();
    let belongs = |entry: DirEntry| entry.file_name().as_bytes().starts_with(name.as_bytes());
    entries.all(|entry| entry.is_ok_and(belongs))
}

fn existing(path: &Path) -> Result<PathBuf> {
    location::find(path)?.ok_or_else(|| StoreError::Missing(path.to_owned()))
}
