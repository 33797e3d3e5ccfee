//! The record of damage, in a small file beside the store: a damaged store is not written any more. The record
//! contains the state of the store's file. When that has changed, the store is checked when it is opened, and the
//! record is removed if the store is sound.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::domain::integrity::Damage;
use crate::domain::sqlite::beside;
use crate::domain::text::visible;
use crate::domain::time::{Timestamp, from_stored, to_stored};
use crate::store::new_file;
use crate::store::{Result, StoreError};

use super::integrity::damaged_tables;
use super::location::unreachable;
use super::stamp::FileStamp;
use super::watch::Watch;

const SUFFIX: &str = "-damaged";

/// The most bytes that are read of it.
const MOST_BYTES: u64 = 4_096;

const INTRODUCTION: &str = "NEXUS found damage in the store beside this file and only reads it. Restore a backup: this file \
                            goes once the store is sound.";

/// The record of damage.
#[derive(Debug, PartialEq, Eq)]
struct DamageMark {
    damage: Damage,
    /// The state of the store's file at that time.
    state: String,
}

impl DamageMark {
    /// Returns what the file at `path` says; `None` where there is none. One that cannot be read or is cut short speaks
    /// of damage all the same, but of no state that the store could be in.
    fn read(path: &Path) -> Option<Self> {
        // Neither a link nor a pipe that somebody put there is followed or waited for.
        fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
        let mut words = String::new();
        let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut words));
        let line = |name: &str| {
            let found = words.lines().find_map(|line| line.strip_prefix(name));
            found.filter(|_| read.is_ok()).map(str::to_owned)
        };
        let found_at = line("found: ").as_deref().and_then(from_stored).unwrap_or(Timestamp::UNIX_EPOCH);
        let object = line("in: ").unwrap_or_else(|| "where is not known".into());
        let state = line("state: ").unwrap_or_default();
        Some(Self { damage: Damage { object, found_at, is_certain: !state.is_empty() }, state })
    }

    fn write(&self, path: &Path) -> Result<()> {
        remove_file(path)?;
        let Self { damage: Damage { object, found_at, .. }, state } = self;
        let words = format!(
            "{INTRODUCTION}\nfound: {}\nin: {}\nstate: {state}\n",
            to_stored(*found_at),
            visible(object)
        );
        let written = new_file::create(path).and_then(|mut file| {
            file.write_all(words.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| unreachable(path, &error))
    }
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unreachable(path, &error)),
        _ => Ok(()),
    }
}

/// Returns where the damage of the store at `path` is remembered.
fn place(store: &Path) -> PathBuf {
    beside(store, SUFFIX)
}

/// Returns what is remembered of the store at `path`, whatever became of it since.
pub(super) fn remembered(store: &Path) -> Option<Damage> {
    DamageMark::read(&place(store)).map(|mark| mark.damage)
}

/// Remembers damage of the store at `path` as it is now, or in no known state where it is not certain: then it is looked for
/// when the store is opened.
///
/// # Errors
/// The file cannot be written.
pub(super) fn remember(store: &Path, damage: &Damage) -> Result<()> {
    let state = if damage.is_certain { FileStamp::of(store).to_string() } else { String::new() };
    DamageMark { damage: damage.clone(), state }.write(&place(store))
}

/// Forgets the damage of the store at `path`.
///
/// # Errors
/// The file cannot be removed.
pub(super) fn forget(store: &Path) -> Result<()> {
    remove_file(&place(store))
}

/// Returns the damage that the store at `path` has. Where it changed since that was found, it is checked over a connection
/// that only reads, and what is found is remembered where `may_write` says so.
///
/// # Errors
/// The store cannot be opened or checked.
pub(super) fn standing(
    store: &Path,
    may_write: bool,
    connect: impl FnOnce() -> Result<Connection>,
) -> Result<Option<Damage>> {
    let Some(DamageMark { damage, state }) = DamageMark::read(&place(store)) else { return Ok(None) };
    if state == FileStamp::of(store).to_string() {
        return Ok(Some(damage));
    }
    let damaged = match connect().and_then(|connection| damaged_tables(&connection, &Watch::default())) {
        Ok(damaged) => damaged.first().map(|check| Damage::in_table(check, damage.found_at)),
        Err(StoreError::Damaged) => Some(damage),
        Err(error) => return Err(error),
    };
    if may_write {
        // What cannot be noted now is found out again the next time.
        let _ = damaged.as_ref().map_or_else(|| forget(store), |damage| remember(store, damage));
    }
    Ok(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> DamageMark {
        let found_at = from_stored("2026-11-26 07:00:00").unwrap();
        DamageMark {
            damage: Damage { object: "table a\n in: b".into(), found_at, is_certain: true },
            state: "1 2 3".into(),
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_a_line_end_in_a_name_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        assert_eq!(DamageMark::read(&path), None);
        for _ in 0..2 {
            mark().write(&path).unwrap();
        }
        let read = DamageMark::read(&path).unwrap();
        assert_eq!((read.damage.found_at, read.state), (mark().damage.found_at, mark().state));
        assert_eq!(read.damage.object, visible(&mark().damage.object));
    }

    #[test]
    fn one_that_is_cut_short_or_no_text_speaks_of_damage_in_no_known_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        for bytes in [Vec::new(), b"NEXUS".to_vec(), b"\xff\xfe".to_vec(), vec![b'x'; 100_000]] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(DamageMark::read(&path).unwrap().state, "");
        }
    }

    #[test]
    fn a_link_or_a_folder_in_its_place_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        assert_eq!(DamageMark::read(&path), None);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(DamageMark::read(&path), None);
    }
}
