//! Files without a name: they go with the process, however that ends, unless one of them is given a name.

use std::fs::{File, Permissions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat};

/// Creates a file without a name, of mode 0600, in a folder (`O_TMPFILE`, open(2)). Not every file system supports
/// that.
pub(super) fn file_in(folder: &Path) -> io::Result<File> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR)?);
    // The umask may have taken the owner's bits.
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Gives the file a name, unless something has that name.
pub(super) fn link(file: &File, path: &Path) -> io::Result<()> {
    let open = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, open, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}
