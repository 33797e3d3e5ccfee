//! SQLite's spelling of file names and identifiers, and the mark of its files.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The first bytes of every SQLite file (sqlite.org/fileformat.html, 1.3.1).
pub(crate) const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The suffixes of the files that SQLite may keep beside a database file (sqlite.org/tempfiles.html).
pub(crate) const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The suffix of the file beside a store that holds the key of what is sealed in it.
pub(crate) const KEY_FILE: &str = ".key";

/// Returns the path of a file that SQLite keeps beside a database file, such as its log with the suffix `-wal`.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Returns the URI of a file (sqlite.org/uri.html). Every byte is escaped, because a path need not be UTF-8.
pub(crate) fn uri(path: &Path, parameters: &str) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        // Writing to a String cannot fail.
        let _ = write!(uri, "%{byte:02X}");
    }
    uri + "?" + parameters
}

/// Returns an identifier in quotes, whatever characters it contains.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
