//! Files without a name: they go with the process, however that ends, unless one of them is given a name.

use std::fs::{File, Permissions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat};

/// The open files of this process (proc(5)).
const OPEN_FILES: &str = "/proc/self/fd";

/// Creates a file without a name, of mode 0600, in a folder (`O_TMPFILE`, open(2)).
///
/// # Errors
/// It cannot be created: not every file system supports that. Without the files of the process in `/proc` it could not be
/// given a name, so that it is not created either.
pub(crate) fn file_in(folder: &Path) -> io::Result<File> {
    if !Path::new(OPEN_FILES).is_dir() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR)?);
    // The umask may have taken the owner's bits.
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Gives the file a name, unless something has that name.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`]; it cannot be named.
pub(crate) fn link(file: &File, path: &Path) -> io::Result<()> {
    Ok(linkat(CWD, open_path(file), CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

/// Opens the file once more, to be read from its beginning.
///
/// # Errors
/// It cannot be opened.
pub(crate) fn reopen(file: &File) -> io::Result<File> {
    File::open(open_path(file))
}

fn open_path(file: &File) -> PathBuf {
    Path::new(OPEN_FILES).join(file.as_raw_fd().to_string())
}
