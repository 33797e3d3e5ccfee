//! A rollback journal (sqlite.org/fileformat.html, 3): whether SQLite would play it, and whether it belongs to the file.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};

use crate::domain::sqlite::beside;
use crate::store::{Result, StoreError};

use super::super::file::immutable;
use super::super::revision::{self, Follows, Revision};
use super::super::{error, migrations, private_copy};
use super::claim::{Claim, number_at};
use super::whole::CheckAnnouncement;
use super::{Misfit, log, unreadable, whole};

/// The first bytes of a journal. SQLite plays one whose first byte is not 0.
const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
const HEADER_BYTES: usize = 28;
/// The offset of the number of pages that the file had before the transaction.
const PAGES_BEFORE: usize = 16;

/// The part of a file's first page that matters here (the same, 1.3): its whole header, and offsets in it.
const FILE_HEADER_BYTES: usize = 100;
const PAGE_BYTES: usize = 16;
/// The offsets of the two numbers that say how the file is journalled, and their value for a write-ahead log.
const MODES: std::ops::Range<usize> = 18..20;
const BY_LOG: [u8; 2] = [2, 2];
const CHANGE_COUNTER: usize = 24;
const PAGES: usize = 28;
/// The offsets of all that a switch to or from a write-ahead log changes in a file.
const CHANGED_BY_SWITCH: [std::ops::Range<usize>; 3] = [MODES, CHANGE_COUNTER..PAGES, 92..100];

const NO_JOURNAL: Misfit = "it is not a rollback journal of SQLite";
const NO_FILE: Misfit = "the store that it belongs to does not exist";
const HOLDS_ROWS: Misfit = "it was begun when the store was empty, and playing it would empty the store";
const OTHER_STATE: Misfit = "it does not belong to the file";
const WITH_LOG: Misfit =
    "a write-ahead log lies beside the store, too, and only one of them can belong to it";
const OTHER_PROGRAM: Misfit = "it names a file that is not its own";

/// The kind of a journal according to its header.
enum JournalKind {
    /// SQLite does not look at it.
    Cold,
    /// The file is no journal.
    None,
    /// Of a transaction that began with so many pages.
    Hot { pages_before: u32 },
}

fn kind(journal: &Claim) -> Result<JournalKind> {
    let head = journal.head::<HEADER_BYTES>()?;
    Ok(if head.first() == Some(&0) {
        JournalKind::Cold
    } else if head.starts_with(&MAGIC) && journal.bytes >= HEADER_BYTES as u64 {
        JournalKind::Hot { pages_before: number_at(&head, PAGES_BEFORE) }
    } else {
        JournalKind::None
    })
}

/// Returns true if the journal began when the file was empty.
pub(super) fn is_of_empty_file(journal: &Claim) -> bool {
    matches!(kind(journal), Ok(JournalKind::Hot { pages_before: 0 }))
}

/// Returns the reason why the file at `path` cannot come from an interrupted first creation, which leaves no rows.
pub(super) fn first_making_misfit(path: &Path, base: Option<&File>) -> Result<Option<Misfit>> {
    let Ok(metadata) = path.metadata() else { return Ok(None) };
    if metadata.len() == 0 {
        return Ok(None);
    }
    // Pages may be written in any order, and no file of SQLite begins with zeros: this one never was whole.
    if let Some(base) = base
        && head(base, path)? == [0; FILE_HEADER_BYTES]
    {
        return Ok(None);
    }
    let file = immutable(path).map_err(error::of)?;
    let mut is_readable = true;
    for table in PRECIOUS {
        match has_rows(&file, table).map_err(error::of) {
            Ok(true) => return Ok(Some(HOLDS_ROWS)),
            Ok(false) => {}
            Err(StoreError::Damaged) => is_readable = false,
            Err(error) => return Err(error),
        }
    }
    // What cannot be read may be a part of what a making writes, but not more.
    let is_too_large = !is_readable && metadata.len() > bytes_of_a_making()?;
    Ok(is_too_large.then_some(HOLDS_ROWS))
}

/// The tables whose rows must not be lost.
const PRECIOUS: [&str; 2] = ["de_torres_vincent_users", "nexus_journal"];

fn has_rows(file: &Connection, table: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    if file.query_row(sql, [table], |_| Ok(())).optional()?.is_none() {
        return Ok(false);
    }
    // Not by an index: the rows count.
    file.query_row(&format!("SELECT EXISTS (SELECT 1 FROM {table} NOT INDEXED)"), [], |row| row.get(0))
}

/// Returns the size of a store that has just been created.
fn bytes_of_a_making() -> Result<u64> {
    let mut connection = Connection::open_in_memory().map_err(error::of)?;
    migrations::make(&mut connection, Path::new(""))?;
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let bytes = number("page_count").map_err(error::of)? * number("page_size").map_err(error::of)?;
    Ok(bytes as u64)
}

/// Returns the reason why a journal must not be beside a file that is empty or missing: SQLite would remove it.
pub(super) fn misfit_without_file(journal: &Claim) -> Result<Option<Misfit>> {
    Ok(match kind(journal)? {
        JournalKind::Cold | JournalKind::Hot { pages_before: 0 } => None,
        JournalKind::None => Some(NO_JOURNAL),
        JournalKind::Hot { .. } => Some(NO_FILE),
    })
}

/// Returns the reason why the journal does not belong to the store at `path`. To find out, it is rolled back in a
/// private copy.
pub(super) fn misfit(
    path: &Path,
    journal: &Claim,
    log: Option<&Claim>,
    uninterrupted: fn(&mut dyn FnMut()),
    announcement: CheckAnnouncement<'_>,
) -> Result<Option<Misfit>> {
    let pages_before = match kind(journal)? {
        JournalKind::Cold => return Ok(None),
        JournalKind::None => return Ok(Some(NO_JOURNAL)),
        JournalKind::Hot { pages_before } => pages_before,
    };
    if let Some(log) = log
        && log::misfit_without_store(log)?.is_some()
    {
        return Ok(Some(WITH_LOG));
    }
    let trailer = Trailer::of(journal)?;
    if let Some(trailer) = &trailer
        && !trailer.names_own_file(journal)
    {
        return Ok(Some(OTHER_PROGRAM));
    }
    let opened = private_copy::open_prepared(path, &["", "-journal"], uninterrupted, |copy| {
        if let Some(trailer) = &trailer {
            trailer.cut_off(&beside(copy, "-journal"))?;
        }
        // It stays the same file while the journal is rolled back.
        let file = File::open(copy).map_err(|error| unreadable(copy, &error))?;
        Ok((head(&file, copy)?, file))
    });
    let (copy, (before, file)) = match opened {
        Err(StoreError::Damaged) => return Ok(Some(whole::DAMAGED)),
        opened => opened?,
    };
    let mut connection = copy.connection;
    whole::overlook_rules(&connection, true)?;
    let after = head(&file, path)?;
    let counted_on = number_at(&after, CHANGE_COUNTER).wrapping_add(1) == number_at(&before, CHANGE_COUNTER);
    if before != after && !counted_on || number_at(&after, PAGES) != pages_before {
        return Ok(Some(OTHER_STATE));
    }
    let (mode_before, mode_after) = (before.get(MODES), after.get(MODES));
    // That is a transaction of its own, and the only one with a journal in a file that has a write-ahead log.
    let is_switch = mode_before != mode_after || mode_after == Some(&BY_LOG);
    if is_switch && !is_equal_but_for_switch(path, &file)? || !is_one_state(&connection, path, &file, &after)?
    {
        return Ok(Some(OTHER_STATE));
    }
    if let Some(why) = whole::ownership_misfit(&connection)? {
        return Ok(Some(why));
    }
    announcement.first_misfit(&mut connection, &[whole::full_misfit, whole::chain_misfit])
}

/// Returns true if the file at `path` and the copy differ by a switch to or from a write-ahead log alone.
fn is_equal_but_for_switch(path: &Path, copy: &File) -> Result<bool> {
    let failed = |error: std::io::Error| unreadable(path, &error);
    let file = File::open(path).map_err(failed)?;
    let (mut one, mut other) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    let mut at = 0;
    loop {
        let bytes = read_at_most(&file, &mut one, at).map_err(failed)?;
        if read_at_most(copy, &mut other, at).map_err(failed)? != bytes {
            return Ok(false);
        }
        if at == 0 {
            for range in CHANGED_BY_SWITCH {
                for head in [&mut one, &mut other] {
                    head.get_mut(range.clone()).unwrap_or_default().fill(0);
                }
            }
        }
        if one.get(..bytes) != other.get(..bytes) {
            return Ok(false);
        }
        if bytes < one.len() {
            return Ok(true);
        }
        at += bytes as u64;
    }
}

/// Fills the buffer from the file, and returns the number of bytes that there were.
fn read_at_most(file: &File, buffer: &mut [u8], at: u64) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, at + filled as u64) {
            Ok(0) => break,
            Ok(bytes) => filled += bytes,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Returns true if the file may be what the journal's transaction made of the file that is rolled back, as far as their
/// revisions tell. The first page is written last, so that a transaction that was cut short need not have changed it.
/// One of NEXUS is never rolled back by a journal: it is in the log, or nowhere.
fn is_one_state(rolled_back: &Connection, path: &Path, copy: &File, first_page: &[u8]) -> Result<bool> {
    let Some(page) = revision::page(rolled_back).map_err(error::of)? else { return Ok(true) };
    // 1 stands for 65,536 (sqlite.org/fileformat.html, 1.3.2).
    let bytes = match number_at(first_page, PAGE_BYTES) >> 16 {
        1 => 65_536,
        bytes => bytes as usize,
    };
    let read = |file: &File| -> Option<Revision> {
        let mut held = vec![0; bytes];
        let at = u64::from(page).saturating_sub(1) * bytes as u64;
        file.read_exact_at(&mut held, at).ok().and_then(|()| Revision::of_page(&held))
    };
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    Ok(match (read(&file), read(copy)) {
        (Some(held), Some(before)) => {
            held.is_same(&before) || !held.is_of_nexus() && held.follows(&before) != Follows::No
        }
        (None, _) | (_, None) => true,
    })
}

fn head(file: &File, path: &Path) -> Result<[u8; FILE_HEADER_BYTES]> {
    let mut head = [0; FILE_HEADER_BYTES];
    match file.read_exact_at(&mut head, 0) {
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => Err(unreadable(path, &error)),
        _ => Ok(head),
    }
}

/// The end of a journal of a transaction over several files: the name of the journal of journals. SQLite removes that
/// file after playing, so one that does not name this journal must not be named here.
#[derive(Debug)]
struct Trailer {
    starts_at: u64,
    name: PathBuf,
}

impl Trailer {
    /// Reads the name: its size, its checksum and the magic bytes follow it; a page number precedes it.
    fn of(journal: &Claim) -> Result<Option<Self>> {
        const AFTER: u64 = 16;
        /// The longest path that SQLite takes.
        const MOST: u64 = 4_096;
        let failed = |error: std::io::Error| unreadable(&journal.path, &error);
        let Some(name_end) = journal.bytes.checked_sub(AFTER) else { return Ok(None) };
        let mut end = [0; AFTER as usize];
        journal.file.read_exact_at(&mut end, name_end).map_err(failed)?;
        let len = u64::from(number_at(&end, 0));
        let Some(starts_at) = name_end.checked_sub(len + 4).filter(|_| len > 0 && len <= MOST) else {
            return Ok(None);
        };
        if !end.ends_with(&MAGIC) {
            return Ok(None);
        }
        let mut name = vec![0; len as usize];
        journal.file.read_exact_at(&mut name, starts_at + 4).map_err(failed)?;
        // SQLite stops at the first NUL.
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(Some(Self { starts_at, name: PathBuf::from(std::ffi::OsStr::from_bytes(name)) }))
    }

    /// Returns true if the file that it names is a list with this journal in it, or is missing as after a commit.
    fn names_own_file(&self, journal: &Claim) -> bool {
        let has_usual_name =
            self.name.file_name().is_some_and(|name| name.as_bytes().windows(3).any(|part| part == b"-mj"));
        match self.name.symlink_metadata() {
            Err(error) => error.kind() == ErrorKind::NotFound && has_usual_name,
            Ok(found) => {
                let own = journal.path.as_os_str().as_bytes();
                found.is_file()
                    && has_usual_name
                    && found.len() < 1 << 20
                    && fs::read(&self.name)
                        .is_ok_and(|list| list.split(|byte| *byte == 0).any(|name| name == own))
            }
        }
    }

    fn cut_off(&self, copy: &Path) -> Result<()> {
        let cut = OpenOptions::new().write(true).open(copy).and_then(|file| file.set_len(self.starts_at));
        cut.map_err(|error| unreadable(copy, &error))
    }
}
