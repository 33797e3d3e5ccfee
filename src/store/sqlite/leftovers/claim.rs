//! One at a time: who may judge a leftover, in this process and among others.

use std::fs::{File, Metadata, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use crate::store::{Result, StoreError};

use super::super::settings::let_others_in;
use super::unreadable;

/// The number of attempts to get a claim, 2 ms apart: another program may be reading millions of journal entries.
const ASKS: u32 = 30_000;

static TURN: Mutex<()> = Mutex::new(());

/// Waits for the other threads of this process. It guards no data.
pub(super) fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A leftover that only this program judges until this is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) path: PathBuf,
    pub(super) file: File,
    pub(super) bytes: u64,
}

impl Claim {
    /// Claims the leftover at `leftover`, beside the store at `store`; `None` where there is none or an empty one.
    pub(super) fn take(store: &Path, leftover: PathBuf) -> Result<Option<Self>> {
        for _ in 0..ASKS {
            let Some((inode, bytes)) = look(store, &leftover)? else { return Ok(None) };
            if bytes == 0 {
                return Ok(None);
            }
            let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
            let file = match OpenOptions::new().read(true).custom_flags(flags as i32).open(&leftover) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(unreadable(&leftover, &error)),
            };
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Err(Errno::WOULDBLOCK) => let_others_in(),
                // Where there are no such locks, nobody takes turns.
                Ok(()) | Err(_) => {
                    if look(store, &leftover)? == Some((inode, bytes))
                        && file.metadata().is_ok_and(|now| now.ino() == inode)
                    {
                        return Ok(Some(Self { path: leftover, file, bytes }));
                    }
                }
            }
        }
        Err(StoreError::Busy)
    }

    /// Returns true if it still exists: whoever was using the store may have ended in order.
    pub(super) fn is_there(&self) -> bool {
        let identity = |file: std::io::Result<Metadata>| file.ok().map(|file| (file.dev(), file.ino()));
        identity(self.path.symlink_metadata()) == identity(self.file.metadata())
    }

    /// Returns the first `N` bytes, or as many as there are and zeros.
    pub(super) fn head<const N: usize>(&self) -> Result<[u8; N]> {
        let mut head = [0; N];
        let len = (self.bytes as usize).min(N);
        let read = head.get_mut(..len).map_or(Ok(()), |head| self.file.read_exact_at(head, 0));
        read.map_err(|error| unreadable(&self.path, &error))?;
        Ok(head)
    }
}

/// Returns the inode and the size of the leftover.
fn look(store: &Path, leftover: &Path) -> Result<Option<(u64, u64)>> {
    match leftover.symlink_metadata() {
        Ok(found) if found.is_file() => Ok(Some((found.ino(), found.len()))),
        Ok(_) => Err(StoreError::Leftover {
            file: store.to_owned(),
            leftover: leftover.to_owned(),
            why: "it is not a regular file",
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(leftover, &error)),
    }
}

/// Reads the big-endian number at `at`; 0 beyond the end.
pub(super) fn number_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes)
}
