//! The rules: which owner, mode or link of which file is wrong, what follows from it, and what mends it.

use std::path::{Path, PathBuf};

use crate::domain::finding::{Finding, LINKS, MODE, MOUNT, OWNER, Severity};
use crate::domain::text::excerpt_path;

use super::facts::{EVERYONE_READS, EVERYONE_WRITES, FileFacts, FileKind, GROUP_WRITES, STICKY, StoreUser};

/// The mode of a store's file, and of one that a group shares.
const PRIVATE: u32 = 0o600;
const SHARED: u32 = 0o660;

/// The consequence of a fault, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FaultEffect {
    /// The store is not opened.
    Refuse,
    /// It is opened for reading only.
    ReadOnly,
    /// Whoever opens it is told.
    Warn,
    /// Whoever checks it is told.
    Report,
}

impl FaultEffect {
    const fn severity(self) -> Severity {
        match self {
            Self::Refuse | Self::ReadOnly => Severity::Error,
            Self::Warn | Self::Report => Severity::Warning,
        }
    }
}

/// Something that is wrong with a file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileFault {
    pub(super) effect: FaultEffect,
    pub(super) finding: Finding,
    pub(super) path: PathBuf,
    /// The mode that mends it.
    pub(super) mode: Option<u32>,
}

impl FileFault {
    fn new(effect: FaultEffect, check: &'static str, path: &Path, message: String, fix: String) -> Self {
        let object = path.display().to_string();
        let finding = Finding { check, severity: effect.severity(), object, message, fix, fixable: false };
        Self { effect, finding, path: path.to_owned(), mode: None }
    }

    /// Adds the mode that mends it; only the owner can set it.
    fn mended_by(mut self, mode: u32, facts: FileFacts, user: StoreUser) -> Self {
        self.finding.fixable = facts.owner == user.id;
        self.mode = Some(mode);
        self
    }
}

impl StoreUser {
    /// Returns true if this is one whose files may be used: the user's own and root's, for root anybody's.
    fn trusts(self, owner: u32) -> bool {
        owner == self.id || owner == 0 || self.id == 0
    }

    /// Returns true if only a group that is meant to may write besides the owner, or none.
    fn expects_group(self, facts: FileFacts) -> bool {
        facts.mode & GROUP_WRITES == 0 || self.group == Some(facts.group)
    }
}

/// Returns true if a file is as NEXUS makes one.
pub(super) fn is_private(facts: FileFacts, user: StoreUser) -> bool {
    facts.kind == FileKind::File
        && facts.owner == user.id
        && facts.mode & 0o7777 == PRIVATE
        && facts.links == 1
        && !facts.mount_root
}

/// Returns what is wrong with a store's file.
pub(super) fn of_file(path: &Path, facts: FileFacts, user: StoreUser) -> Vec<FileFault> {
    let mut faults = of_names(path, facts);
    faults.extend(of_owner("file", path, facts, user));
    faults.extend(of_mode("file", path, facts, user));
    faults.extend(of_readers(path, facts, user, "password hashes"));
    faults
}

/// Returns what is wrong with the key file of a store. What is no regular file is named where the key is read.
pub(super) fn of_key_file(
    path: &Path,
    facts: FileFacts,
    store: FileFacts,
    user: StoreUser,
) -> Vec<FileFault> {
    if facts.kind != FileKind::File {
        return Vec::new();
    }
    // Where a group shares the store, one of it makes the key file.
    let owner = of_owner("file", path, facts, user).filter(|_| store.mode & GROUP_WRITES == 0);
    let mut faults: Vec<_> = owner.into_iter().collect();
    faults.extend(of_mode("file", path, facts, user));
    faults.extend(of_readers(path, facts, user, "the key of the second factors"));
    faults
}

/// Returns a fault where everyone can read a file that holds `what`.
fn of_readers(path: &Path, facts: FileFacts, user: StoreUser, what: &str) -> Option<FileFault> {
    if facts.mode & EVERYONE_READS == 0 {
        return None;
    }
    let message = format!("the file {} can be read by everyone, and it holds {what}", name(path));
    let fix = format!("chmod o-r {}", word(path));
    let fault = FileFault::new(FaultEffect::Report, MODE, path, message, fix);
    Some(fault.mended_by(file_mode(facts, user), facts, user))
}

/// Returns what is wrong with what SQLite keeps beside a store's file.
pub(super) fn of_companion(
    path: &Path,
    facts: FileFacts,
    store: FileFacts,
    user: StoreUser,
) -> Vec<FileFault> {
    if facts.kind != FileKind::File {
        let what = match facts.kind {
            FileKind::Link => "a symbolic link",
            FileKind::Folder => "a folder",
            FileKind::File | FileKind::Other => "not a regular file",
        };
        let message = format!("{} is {what}, where SQLite keeps a regular file of the store's", name(path));
        let fix = format!("look at it, then move it away: mv {0} {0}.away", word(path));
        return vec![FileFault::new(FaultEffect::Refuse, LINKS, path, message, fix)];
    }
    let mut faults = of_names(path, facts);
    // Where a group shares the store, whoever writes first makes these.
    if store.mode & GROUP_WRITES == 0 {
        faults.extend(of_owner("file", path, facts, user));
        faults.extend(of_mode("file", path, facts, user));
    } else if facts.mode & EVERYONE_WRITES != 0 {
        faults.extend(of_mode("file", path, facts, StoreUser { group: Some(facts.group), ..user }));
    }
    faults
}

/// Returns what is wrong with the folder that holds a store: whoever may write it can replace the file.
pub(super) fn of_folder(path: &Path, facts: FileFacts, user: StoreUser) -> Vec<FileFault> {
    let mut faults: Vec<_> = of_owner("folder", path, facts, user).into_iter().collect();
    faults.extend(of_mode("folder", path, facts, user));
    faults
}

/// Returns a fault where a file has several names, or is itself a mount point: SQLite keeps a log beside each name, and
/// what is written by one name is lost to the other (sqlite.org/howtocorrupt.html, 2.5).
pub(super) fn of_names(path: &Path, facts: FileFacts) -> Vec<FileFault> {
    let (mut faults, word) = (Vec::new(), word(path));
    if facts.links > 1 {
        let message = format!(
            "the file {} has {} names (hard links), so it is opened for reading only",
            name(path),
            facts.links
        );
        let fix = format!(
            "end every program that uses it, then make this name a file of its own: \
             cp -p {word} {word}.single && mv {word}.single {word} (the names: find / -xdev -samefile {word})"
        );
        faults.push(FileFault::new(FaultEffect::ReadOnly, LINKS, path, message, fix));
    }
    if facts.mount_root {
        let message =
            format!("the file {} is itself a mount point, so it is opened for reading only", name(path));
        let fix = format!(
            "mount the folder that holds it instead of the file: umount {word} && mount --bind SOURCE_FOLDER FOLDER \
             (where it lies: findmnt {word})"
        );
        faults.push(FileFault::new(FaultEffect::ReadOnly, MOUNT, path, message, fix));
    }
    faults
}

fn of_owner(what: &str, path: &Path, facts: FileFacts, user: StoreUser) -> Option<FileFault> {
    if user.trusts(facts.owner) {
        return None;
    }
    let message =
        format!("the {what} {} belongs to user {}, who is neither you nor root", name(path), facts.owner);
    let fix = format!(
        "run NEXUS as that user, or check the {what} and take it over as root: chown {} {}",
        user.id,
        word(path)
    );
    Some(FileFault::new(FaultEffect::Refuse, OWNER, path, message, fix))
}

/// Returns a fault where a store and its folder belong to different users and no group shares them: whoever may write the file
/// cannot keep the log beside it, or the other way round. Root sees it for others.
pub(super) fn of_owners(path: &Path, facts: FileFacts, folder: FileFacts) -> Option<FileFault> {
    let is_shared = (facts.mode | folder.mode) & GROUP_WRITES != 0;
    if is_shared || facts.owner == folder.owner {
        return None;
    }
    let message = format!(
        "the file {} belongs to user {}, but its folder to user {}: only root can write both",
        name(path),
        facts.owner,
        folder.owner
    );
    let fix = format!(
        "give it to the user whose programs use it, and the folder as well: chown USER {}",
        word(path)
    );
    Some(FileFault::new(FaultEffect::Report, OWNER, path, message, fix))
}

fn of_mode(what: &str, path: &Path, facts: FileFacts, user: StoreUser) -> Option<FileFault> {
    let (mode, word) = (facts.mode, word(path));
    let is_folder = facts.kind == FileKind::Folder;
    let mended = if is_folder { mode & !writes_too(facts, user) } else { file_mode(facts, user) };
    if mode & EVERYONE_WRITES != 0 {
        let message = format!("the {what} {} can be written by everyone (mode {mode:04o})", name(path));
        if is_folder && mode & STICKY != 0 {
            // A folder for everyone, such as /tmp, is meant to be one.
            let fix = format!("keep the store in a folder of its own: mkdir -m 700 {word}/nexus");
            return Some(FileFault::new(FaultEffect::Refuse, MODE, path, message, fix));
        }
        let fix = format!("check it, then: chmod {mended:o} {word}");
        let fault = FileFault::new(FaultEffect::Refuse, MODE, path, message, fix);
        return Some(fault.mended_by(mended, facts, user));
    }
    if user.expects_group(facts) {
        return None;
    }
    let message =
        format!("the {what} {} can be written by the group {} (mode {mode:04o})", name(path), facts.group);
    let fix =
        format!("chmod g-w {word}, or name the group as store.group in the config file if it is meant to");
    let fault = FileFault::new(FaultEffect::Warn, MODE, path, message, fix);
    Some(fault.mended_by(mended, facts, user))
}

/// Returns the write permissions of a folder that nobody is meant to have.
fn writes_too(facts: FileFacts, user: StoreUser) -> u32 {
    if user.expects_group(facts) { EVERYONE_WRITES } else { EVERYONE_WRITES | GROUP_WRITES }
}

fn file_mode(facts: FileFacts, user: StoreUser) -> u32 {
    if facts.mode & GROUP_WRITES != 0 && user.expects_group(facts) { SHARED } else { PRIVATE }
}

fn name(path: &Path) -> String {
    excerpt_path(path)
}

/// Returns a path as one word of a shell's command.
fn word(path: &Path) -> String {
    let text = path.display().to_string();
    shlex::try_quote(&text).map_or_else(|_| text.clone(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests;
