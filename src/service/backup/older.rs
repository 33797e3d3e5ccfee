//! The files that have the names of older backups.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::domain::sqlite::{SQLITE_MAGIC, beside};
use crate::exchange::unpack::{Packing, Unpacked};
use crate::store::new_file::rename_to_new;
use crate::store::{STORE_HEAD, is_store_head};

use super::file::leftover;

/// The bytes by which a text is recognised.
const TEXT_BYTES: u64 = 4_096;
/// The most damaged files of one name.
const MOST_DAMAGED: u32 = 9_999;

/// The content of a file that has the name of an older backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Older {
    /// A backup, as far as its beginning tells.
    Backup,
    /// Bytes that nothing can read: those of a backup, if it is damaged.
    Damaged,
    /// Something else, which is somebody's.
    Other,
}

impl Older {
    pub(super) fn of(path: &Path) -> Self {
        if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
            return Self::Other;
        }
        let Ok(file) = File::open(path) else { return Self::Other };
        let Ok(content) = Unpacked::new(file) else { return Self::Damaged };
        let packing = content.packing();
        let mut start = Vec::new();
        let read = content.take(TEXT_BYTES).read_to_end(&mut start);
        if let Some(head) = start.first_chunk::<STORE_HEAD>() {
            return match (packing, is_store_head(head)) {
                (Packing::Plain | Packing::Zstd, true) if leftover(path).is_none() => Self::Backup,
                (_, true) => Self::Other,
                (_, false) if head.starts_with(SQLITE_MAGIC) || packing != Packing::Plain => Self::Other,
                (_, false) => Self::of_bytes(&start),
            };
        }
        match packing {
            Packing::Plain => Self::of_bytes(&start),
            Packing::Zstd if read.is_err() => Self::Damaged,
            Packing::Zstd | Packing::Gzip => Self::Other,
        }
    }

    /// Judges the first bytes of a file that is neither packed nor of SQLite: those of a backup are never a text.
    fn of_bytes(start: &[u8]) -> Self {
        if SQLITE_MAGIC.starts_with(start) {
            return Self::Damaged;
        }
        let text = match str::from_utf8(start) {
            Ok(text) => text,
            // Only the end of what was read is in the middle of a character.
            Err(error) if error.error_len().is_none() => {
                str::from_utf8(start.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
            }
            Err(_) => return Self::Damaged,
        };
        let is_text = |c: char| !c.is_control() || c.is_whitespace() || c == '\u{1b}';
        if text.chars().all(is_text) { Self::Other } else { Self::Damaged }
    }
}

/// Renames a damaged file to `FILE.damaged-N`, and returns that name.
///
/// # Errors
/// It cannot be renamed.
pub(super) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    for number in 1..=MOST_DAMAGED {
        let aside = beside(path, &format!(".damaged-{number}"));
        match rename_to_new(path, &aside) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            renamed => return renamed.map(|()| aside),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_can_read_is_told_from_what_is_somebodys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.db");
        let other = [SQLITE_MAGIC.as_slice(), &[0; 84]].concat();
        let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 0).unwrap();
        for (bytes, found) in [
            (b"".to_vec(), Older::Damaged),
            (vec![0; 4_096], Older::Damaged),
            (SQLITE_MAGIC[..9].to_vec(), Older::Damaged),
            (SQLITE_MAGIC.to_vec(), Older::Damaged),
            (other[..60].to_vec(), Older::Damaged),
            (other.clone(), Older::Other),
            (vec![0xff; 5_000], Older::Damaged),
            ("somebody's notes, é\n".repeat(400).into_bytes(), Older::Other),
            (zstd(&other), Older::Other),
            (zstd(b"notes"), Older::Other),
            (zstd(&other)[..12].to_vec(), Older::Damaged),
            (b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), Older::Other),
        ] {
            fs::write(&path, &bytes).unwrap();
            assert_eq!(Older::of(&path), found, "{:?}", &bytes[..bytes.len().min(20)]);
        }
        assert_eq!(Older::of(folder.path()), Older::Other);
        assert_eq!(Older::of(&folder.path().join("none")), Older::Other);
    }

    #[test]
    fn a_damaged_file_gets_a_name_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.db");
        for number in 1..=2 {
            fs::write(&path, number.to_string()).unwrap();
            let aside = set_aside(&path).unwrap();
            assert_eq!(aside, folder.path().join(format!("b.db.damaged-{number}")));
            assert_eq!(fs::read_to_string(aside).unwrap(), number.to_string());
        }
        assert!(set_aside(&path).is_err());
    }
}
