//! A write-ahead log (sqlite.org/fileformat.html, 4): what of it SQLite would play, and whether it belongs to the file.

use std::fs::{File, Metadata};
use std::io::{BufReader, ErrorKind, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rusqlite::Connection;

use crate::store::sqlite::revision::{Follows, Revision};
use crate::store::{Result, StoreError};

use super::super::private_copy::{self, PrivateCopy};
use super::super::{damage, error, revision};
use super::claim::{Claim, number_at};
use super::whole::CheckAnnouncement;
use super::{Misfit, Trial, unreadable, whole};

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// The first number of a log; its last bit says in which byte order the checksums were made.
const MAGIC: u32 = 0x377f_0682;

const NO_LOG: Misfit = "it is not a log of SQLite";
const NO_FILE: Misfit = "the store that it belongs to does not exist";
const OTHER_STATE: Misfit = "it continues another state of the store than the file holds";

/// Returns the reason why a log must not be beside a file that is empty or missing: SQLite would remove it.
pub(super) fn misfit_without_store(log: &Claim) -> Result<Option<Misfit>> {
    let Some(header) = Header::of(log)? else { return Ok(Some(NO_LOG)) };
    Ok((header.played(log, None)?.transactions > 0).then_some(NO_FILE))
}

/// Returns the reason why the log does not belong to the store at `path`, which nobody has open; `base` is the file,
/// if it may be read. A copy in which the log was tried and fits is put into `kept`.
pub(super) fn misfit(
    path: &Path,
    log: &Claim,
    base: Option<&File>,
    trial: Trial,
    uninterrupted: fn(&mut dyn FnMut()),
    announcement: CheckAnnouncement<'_>,
    kept: &mut Option<PrivateCopy>,
) -> Result<Option<Misfit>> {
    let Some(header) = Header::of(log)? else { return Ok(Some(NO_LOG)) };
    if !header.is_whole {
        return Ok(None);
    }
    let pair = Pair { path, log, header: &header, base, announcement };
    let judged = match trial {
        Trial::InPlace => whole::open(path).and_then(|mut connection| pair.fit(&mut connection)),
        Trial::InCopy => private_copy::open(path, uninterrupted).and_then(|mut copy| {
            whole::overlook_rules(&copy.connection, true)?;
            let misfit = pair.fit(&mut copy.connection)?;
            if misfit.is_none() {
                whole::overlook_rules(&copy.connection, false)?;
                *kept = Some(copy);
            }
            Ok(misfit)
        }),
    };
    match judged {
        // Wherever SQLite comes upon it first.
        Err(StoreError::Damaged) => Ok(Some(whole::DAMAGED)),
        judged => judged,
    }
}

/// A log and the file that it lies beside.
struct Pair<'a> {
    path: &'a Path,
    log: &'a Claim,
    header: &'a Header,
    /// The file, if it may be read.
    base: Option<&'a File>,
    announcement: CheckAnnouncement<'a>,
}

impl Pair<'_> {
    /// Returns the reason why they do not belong together; `connection` sees the file with the log.
    fn fit(&self, connection: &mut Connection) -> Result<Option<Misfit>> {
        let Self { path, log, header, base, announcement } = *self;
        let page = match revision::page(connection).map_err(error::of) {
            Err(StoreError::Damaged) => return Ok(Some(whole::DAMAGED)),
            page => page?,
        };
        let played = header.played(log, page)?;
        if played.transactions == 0 {
            return Ok(None);
        }
        let evidence = match base {
            Some(base) => played.evidence(&Base { file: base, path, page }, header)?,
            None => LogEvidence::None,
        };
        // Something other than a checkpoint wrote the file last.
        let is_replaced = match base {
            Some(base) => {
                is_written_after(log, path) && !header.is_in_part_in(log, &Base { file: base, path, page })?
            }
            None => false,
        };
        match evidence {
            LogEvidence::OtherState => return Ok(Some(OTHER_STATE)),
            LogEvidence::Likely | LogEvidence::None if is_replaced || is_older(log, path) => {
                return Ok(Some(OTHER_STATE));
            }
            LogEvidence::SameState | LogEvidence::Likely | LogEvidence::None => {}
        }
        let continues = evidence == LogEvidence::SameState && !is_replaced;
        if let Some(why) = whole::ownership_misfit(connection)? {
            return Ok(Some(why));
        }
        if continues && damage::remembered(path).is_some() {
            // Not the log's fault: the store is only read until it is sound.
            return Ok(None);
        }
        // A mixture of two states can have sound pages, and indexes that lack rows.
        let pages = if continues { whole::structure_misfit } else { whole::full_misfit };
        match evidence {
            LogEvidence::None => announcement.first_misfit(connection, &[pages, whole::chain_misfit]),
            LogEvidence::SameState | LogEvidence::Likely | LogEvidence::OtherState => {
                announcement.first_misfit(connection, &[pages])
            }
        }
    }
}

/// Returns true if the file was written after the log. After a kill that is so only if a checkpoint was under way.
fn is_written_after(log: &Claim, path: &Path) -> bool {
    let written = |metadata: std::io::Result<Metadata>| metadata.and_then(|file| file.modified());
    match (written(log.file.metadata()), written(path.metadata())) {
        (Ok(log), Ok(file)) => log < file,
        _ => false,
    }
}

/// Returns true if the file was created after the log: then it has taken the place of the file that the log was begun
/// for.
fn is_older(log: &Claim, path: &Path) -> bool {
    let made = |metadata: std::io::Result<Metadata>| metadata.and_then(|file| file.created());
    match (made(log.file.metadata()), made(path.metadata())) {
        (Ok(log), Ok(file)) => log < file,
        _ => false,
    }
}

/// The evidence of the revisions in the log and in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LogEvidence {
    /// The log continues what the file holds.
    SameState,
    /// It may do so: rows that a transaction of another program changed are counted, but not told apart.
    Likely,
    /// It continues something else.
    OtherState,
    /// Nothing tells whether they belong together.
    None,
}

/// The file without its log.
struct Base<'a> {
    file: &'a File,
    path: &'a Path,
    /// The page of its revision.
    page: Option<u32>,
}

impl Base<'_> {
    fn read(&self, at: u64, bytes: usize) -> Result<Option<Vec<u8>>> {
        let mut read = vec![0; bytes];
        match self.file.read_exact_at(&mut read, at) {
            Ok(()) => Ok(Some(read)),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(unreadable(self.path, &error)),
        }
    }
}

/// The head of a log.
#[derive(Debug)]
struct Header {
    page_bytes: usize,
    salts: [u8; 8],
    checksum: Checksum,
    /// True if its checksum is right; SQLite plays nothing of a log whose header is damaged.
    is_whole: bool,
}

impl Header {
    /// Reads it; `None` where the file is no log. One of zeros is what a loss of power leaves.
    fn of(log: &Claim) -> Result<Option<Self>> {
        let head = log.head::<HEADER_BYTES>()?;
        let magic = number_at(&head, 0);
        if magic & !1 != MAGIC && head.iter().any(|byte| *byte != 0) {
            return Ok(None);
        }
        let mut checksum = Checksum { big_endian: magic & 1 == 1, sums: (0, 0) };
        checksum.add(head.get(..24).unwrap_or_default());
        let page_bytes = number_at(&head, 8) as usize;
        let is_whole = checksum.is(&head, 24)
            && page_bytes.is_power_of_two()
            && (512..=65_536).contains(&page_bytes)
            && log.bytes as usize >= HEADER_BYTES;
        let salts = head.get(16..24).and_then(|salts| salts.try_into().ok()).unwrap_or_default();
        Ok(Some(Self { page_bytes, salts, checksum, is_whole }))
    }

    /// Reads all that SQLite would play, as far as frames are whole and their transactions were committed.
    fn played(&self, log: &Claim, revision_page: Option<u32>) -> Result<Played> {
        let mut played = Played::default();
        // What the transaction that is being read has written.
        let (mut revision, mut first_page) = (None, None);
        self.frames(log, |number, page, is_commit| {
            if Some(number) == revision_page {
                revision = Some(Revision::of_page(page));
            }
            if number == 1 {
                first_page = Some(number_at(page, SCHEMA_COOKIE));
            }
            if is_commit {
                played.transactions += 1;
                played.revisions.extend(revision.take());
                played.cookies.extend(first_page.take());
            }
            Ok(())
        })?;
        Ok(played)
    }

    /// Returns true if a checkpoint has begun to copy the log: it goes by the numbers of the pages (`walIteratorNext` in
    /// `sqlite.org/src/file/src/wal.c`), so the first of them is in the file as the log holds it.
    fn is_in_part_in(&self, log: &Claim, base: &Base<'_>) -> Result<bool> {
        let (mut first, mut is_there) = (u32::MAX, false);
        self.frames(log, |number, page, _| {
            if number > first || number == first && is_there {
                return Ok(());
            }
            first = number;
            let at = u64::from(number - 1) * self.page_bytes as u64;
            is_there = base.read(at, self.page_bytes)?.is_some_and(|held| held == page);
            Ok(())
        })?;
        Ok(is_there)
    }

    /// Reads the whole frames of the log: the number of a page, the page, and true where a transaction ends.
    fn frames(&self, log: &Claim, mut frame_read: impl FnMut(u32, &[u8], bool) -> Result<()>) -> Result<()> {
        if !self.is_whole {
            return Ok(());
        }
        let failed = |error: std::io::Error| unreadable(&log.path, &error);
        let mut file = BufReader::with_capacity(1 << 20, &log.file);
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(HEADER_BYTES as u64)).map_err(failed)?;
        let (mut checksum, mut frame) = (self.checksum, vec![0; FRAME_HEADER_BYTES + self.page_bytes]);
        loop {
            match file.read_exact(&mut frame) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
                Err(error) => return Err(failed(error)),
            }
            let (head, page) = frame.split_at(FRAME_HEADER_BYTES);
            checksum.add(head.get(..8).unwrap_or_default());
            checksum.add(page);
            let number = number_at(head, 0);
            if number == 0 || head.get(8..16) != Some(&self.salts) || !checksum.is(head, 16) {
                return Ok(());
            }
            frame_read(number, page, number_at(head, 4) > 0)?;
        }
    }
}

/// The offset of the schema's number in the first page (the same, 1.3).
const SCHEMA_COOKIE: usize = 40;

/// The part of the log that SQLite would play.
#[derive(Debug, Default)]
struct Played {
    transactions: u64,
    /// The revision after each transaction that has one; `None` for what is no revision.
    revisions: Vec<Option<Revision>>,
    /// The schema's number after each transaction that wrote the first page.
    cookies: Vec<u32>,
}

impl Played {
    /// Compares the file with the log: it has either the state that the log began with or, if pages were copied from
    /// the log already, that of one of its transactions.
    fn evidence(&self, base: &Base<'_>, header: &Header) -> Result<LogEvidence> {
        let Some(page) = base.page else { return Ok(LogEvidence::None) };
        let Some(first) = self.revisions.first() else { return Ok(LogEvidence::None) };
        let at = u64::from(page).saturating_sub(1) * header.page_bytes as u64;
        let held = base.read(at, header.page_bytes)?.and_then(|page| Revision::of_page(&page));
        // The log may have created it, or a checkpoint that a loss of power cut short may have written half of the page.
        let Some(held) = held else { return Ok(LogEvidence::None) };
        if self.revisions.iter().flatten().any(|one| one.is_same(&held)) {
            return Ok(LogEvidence::SameState);
        }
        match first.as_ref().map(|first| first.follows(&held)) {
            Some(Follows::Surely) => return Ok(LogEvidence::SameState),
            Some(Follows::Perhaps) => return Ok(LogEvidence::Likely),
            Some(Follows::No) | None => {}
        }
        let cookie = base.read(SCHEMA_COOKIE as u64, 4)?.map_or(0, |bytes| number_at(&bytes, 0));
        let is_one_schema = self.cookies.iter().all(|one| *one == cookie);
        let is_told = self.revisions.iter().all(Option::is_some);
        Ok(if is_one_schema && is_told { LogEvidence::OtherState } else { LogEvidence::None })
    }
}

/// The checksum of a log, which goes on from frame to frame.
#[derive(Debug, Clone, Copy)]
struct Checksum {
    big_endian: bool,
    sums: (u32, u32),
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        let number = if self.big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
        let (numbers, _) = bytes.as_chunks::<4>();
        let (pairs, _) = numbers.as_chunks::<2>();
        let (mut one, mut two) = self.sums;
        for [first, second] in pairs {
            one = one.wrapping_add(number(*first)).wrapping_add(two);
            two = two.wrapping_add(number(*second)).wrapping_add(one);
        }
        self.sums = (one, two);
    }

    /// Returns true if it is at the offset `at`.
    fn is(&self, bytes: &[u8], at: usize) -> bool {
        self.sums == (number_at(bytes, at), number_at(bytes, at + 4))
    }
}
