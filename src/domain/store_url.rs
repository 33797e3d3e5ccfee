//! The location of a store, as `--store` and `NEXUS_STORE` name it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The location of a store. Only SQLite files are supported so far; the address of a server becomes a variant of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// The path of a SQLite file.
    File(PathBuf),
}

/// The reason why a text does not locate a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreUrlError {
    Empty,
    /// A name that SQLite takes for something other than a path.
    NotAPath,
    /// The URL of a database server.
    Server,
}

impl StoreUrl {
    /// Parses the location of a store. A path need not be UTF-8, and it need not exist.
    ///
    /// # Errors
    /// The text is empty, is a URI or a store in memory for SQLite, or is the URL of a server.
    pub fn parse(text: &OsStr) -> Result<Self, StoreUrlError> {
        if text.is_empty() {
            return Err(StoreUrlError::Empty);
        }
        if is_special_to_sqlite(text) {
            return Err(StoreUrlError::NotAPath);
        }
        if text.to_str().is_some_and(|text| text.contains("://")) {
            return Err(StoreUrlError::Server);
        }
        Ok(Self::File(text.into()))
    }

    /// Returns the location with an absolute path, so that it stays the same when the working directory changes.
    ///
    /// # Errors
    /// The working directory is unknown.
    pub fn absolute(self) -> std::io::Result<Self> {
        let Self::File(path) = self;
        std::path::absolute(path).map(Self::File)
    }

    /// Returns the path of the store's file.
    pub fn path(&self) -> &Path {
        let Self::File(path) = self;
        path
    }
}

/// A path that is known to be one, such as that of a temporary file.
impl From<&Path> for StoreUrl {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<PathBuf> for StoreUrl {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

/// Returns true if SQLite takes a name for something other than a path: a URI, or a store in memory
/// (sqlite.org/c3ref/open.html). Letter case does not matter: nobody means a file by it.
fn is_special_to_sqlite(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.eq_ignore_ascii_case(b":memory:")
        || name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"file:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_and_anything_else_is_refused_by_its_kind() {
        for path in ["nexus.db", "/srv/nexus.db", "./file:x", "/:memory:", "files:x", "a:/b"] {
            assert_eq!(StoreUrl::parse(path.as_ref()), Ok(StoreUrl::File(path.into())), "{path}");
        }
        for name in [":memory:", ":Memory:", "file:x", "FILE:///x"] {
            assert_eq!(StoreUrl::parse(name.as_ref()), Err(StoreUrlError::NotAPath), "{name}");
        }
        assert_eq!(StoreUrl::parse("".as_ref()), Err(StoreUrlError::Empty));
        assert_eq!(StoreUrl::parse("mysql://host/nexus".as_ref()), Err(StoreUrlError::Server));
    }
}
