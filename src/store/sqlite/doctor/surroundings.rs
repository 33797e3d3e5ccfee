//! The file system that holds a store, the program that wrote it last, and its log.

use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{statfs, statvfs};

use crate::domain::finding::{Finding, Severity};
use crate::domain::sqlite::beside;
use crate::domain::text::{byte_count, excerpt_path};
use crate::store::sqlite::location::unreachable;
use crate::store::sqlite::settings::{self, LOG_LIMIT};
use crate::store::sqlite::{error, location};
use crate::store::{Result, StoreError};

use super::check_context::CheckContext;

/// The check of the SQLite that wrote the file last.
pub(crate) const WRITER: &str = "sqlite";

/// The least free space, below which an action on many rows may fail.
const LEAST_FREE: u64 = 16 << 20;

/// File systems that several machines may mount, by the numbers that statfs(2) tells.
const NETWORK: [(i128, &str); 15] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x0116_1970, "GFS2"),
    (0x7461_636f, "OCFS2"),
    (0x1983_0326, "BeeGFS"),
    (0x2003_0528, "OrangeFS"),
    (0x0102_1997, "9P"),
];

/// The number of every file system that a program serves; its name tells which.
const FUSE: i128 = 0x6573_5546;

/// Those of them that reach over a network, as `/proc/self/mountinfo` names them behind `fuse.`.
const FUSE_NETWORK: [&str; 12] = [
    "sshfs",
    "s3fs",
    "rclone",
    "glusterfs",
    "ceph",
    "ceph-fuse",
    "mfs",
    "juicefs",
    "davfs",
    "davfs2",
    "curlftpfs",
    "gcsfuse",
];

/// Finds a file system of a network: its locks and shared memory hold on one machine only (sqlite.org/wal.html, 1).
pub(super) fn of_file_system(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    let Some(path) = location::find(context.path)? else { return Ok(Vec::new()) };
    let told = statfs(&path).map_err(|error| unreachable(&path, &error.into()))?;
    // The type of the number differs between machines; this one holds each of them.
    let kind = network_kind(i128::from(told.f_type), || {
        let mounts = fs::read("/proc/self/mountinfo").unwrap_or_default();
        fuse_name(&mounts, &path)
    });
    Ok(kind.map(|kind| file_system_finding(&path, &kind)).into_iter().collect())
}

fn network_kind(number: i128, fuse_name: impl FnOnce() -> Option<String>) -> Option<String> {
    // The kernel tells 32 bits, with or without a sign.
    let number = number & 0xffff_ffff;
    if number == FUSE {
        return fuse_name().filter(|name| FUSE_NETWORK.contains(&name.as_str()));
    }
    NETWORK.iter().find(|(known, _)| *known == number).map(|(_, name)| (*name).to_owned())
}

/// Returns the name behind `fuse.` of the file system on which a path lies, from the lines of `/proc/self/mountinfo`
/// (`proc_pid_mountinfo(5)`).
fn fuse_name(mounts: &[u8], path: &Path) -> Option<String> {
    let mounted = mounts.split(|byte| *byte == b'\n').filter_map(|line| {
        let mut fields = line.split(|byte| *byte == b' ');
        let point = PathBuf::from(std::ffi::OsString::from_vec(unescaped(fields.nth(4)?)));
        let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
        path.starts_with(&point).then(|| (point.as_os_str().as_bytes().len(), kind))
    });
    // Of several at one place the last one is seen.
    let (_, kind) = mounted.max_by_key(|(length, _)| *length)?;
    String::from_utf8_lossy(kind).strip_prefix("fuse.").map(str::to_owned)
}

/// Replaces the octal escapes of blanks and line ends.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((byte, behind)) = rest.split_first() {
        let digits = behind.get(..3).filter(|_| *byte == b'\\');
        let code = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(code) = code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            bytes.push(code);
            rest = behind.get(3..).unwrap_or_default();
        } else {
            bytes.push(*byte);
            rest = behind;
        }
    }
    bytes
}

fn file_system_finding(path: &Path, kind: &str) -> Finding {
    Finding {
        check: "disk",
        severity: Severity::Error,
        object: path.display().to_string(),
        message: format!(
            "It lies on a network file system ({kind}). SQLite's write-ahead log works only if all programs run on \
             one machine; on several they damage the store."
        ),
        fix: "Move the store to a local disk: nexus backup FILE, then nexus restore FILE --store PATH."
            .into(),
        fixable: false,
    }
}

/// Finds a file system that is nearly full.
pub(super) fn of_free_space(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    let Some(path) = location::find(context.path)? else { return Ok(Vec::new()) };
    let told = statvfs(&path).map_err(|error| unreachable(&path, &error.into()))?;
    let size = |path: &Path| fs::metadata(path).map(|metadata| metadata.len()).unwrap_or_default();
    let space = Space {
        free: told.f_bavail.saturating_mul(told.f_frsize),
        no_more_files: told.f_files > 0 && told.f_favail == 0,
        store: size(&path) + size(&beside(&path, "-wal")),
    };
    let folder = path.parent().unwrap_or(&path);
    Ok(space
        .fault()
        .map(|(severity, message)| space_finding(folder, severity, message))
        .into_iter()
        .collect())
}

/// The space on a file system, in bytes.
struct Space {
    free: u64,
    /// No file can be created.
    no_more_files: bool,
    /// The size of the store.
    store: u64,
}

impl Space {
    fn fault(&self) -> Option<(Severity, String)> {
        let free = byte_count(self.free);
        if self.no_more_files {
            Some((Severity::Error, "No more files can be created on its file system.".into()))
        } else if self.free < LEAST_FREE {
            Some((Severity::Error, format!("Only {free} are free on its file system.")))
        } else if self.free < self.store {
            let store = byte_count(self.store);
            let message = format!(
                "{free} are free on its file system. A restore or a new version's migration needs {store}: it keeps \
                 a copy of the store."
            );
            Some((Severity::Warning, message))
        } else {
            None
        }
    }
}

fn space_finding(folder: &Path, severity: Severity, message: String) -> Finding {
    Finding {
        check: "disk",
        severity,
        object: excerpt_path(folder),
        message,
        fix: "Make room: delete what is not needed there, or move the store to another disk.".into(),
        fixable: false,
    }
}

/// Finds a file whose last writer was a SQLite with the fault that [`settings::LEAST_SQLITE`] describes.
#[expect(clippy::unnecessary_wraps, reason = "all checks have this form")]
pub(super) fn of_writer(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    let faulty = context.written_by.filter(|version| settings::can_lose_log(*version));
    let finding = |version: u32| {
        Finding {
        check: WRITER,
        severity: Severity::Warning,
        object: context.path.display().to_string(),
        message: format!(
            "It was last written by SQLite {}.{}.{}, which can damage it: before 3.51.3 two programs that write at \
             the same time may lose parts of the log.",
            version / 1_000_000,
            version / 1_000 % 1_000,
            version % 1_000
        ),
        fix: "Update SQLite in the program that writes the store; then nexus doctor --fix marks the file as NEXUS's."
            .into(),
        fixable: true,
    }
    };
    Ok(faulty.map(finding).into_iter().collect())
}

/// Writes the header anew, which then names the SQLite of this program, and copies it from the log into the file.
pub(super) fn write_header(context: &CheckContext<'_>, _finding: &Finding) -> Result<()> {
    let Some(connection) = context.connection else { return Err(StoreError::NotWritable) };
    let name = "user_version";
    let version: i64 = connection.pragma_query_value(None, name, |row| row.get(0)).map_err(error::of)?;
    connection.pragma_update(None, name, version).map_err(error::of)?;
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(error::of)
}

/// Finds a log that has grown beyond its limit.
pub(super) fn of_log(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    let Some(path) = location::find(context.path)? else { return Ok(Vec::new()) };
    let log = beside(&path, "-wal");
    let bytes = fs::symlink_metadata(&log).map(|metadata| metadata.len()).unwrap_or_default();
    let is_long = bytes > LOG_LIMIT.unsigned_abs() && context.connection.is_some();
    let finding = || Finding {
        check: "log",
        severity: Severity::Warning,
        object: log.display().to_string(),
        message: format!(
            "The log has grown to {}. It grows while a program reads for long, and every read looks into it.",
            byte_count(bytes)
        ),
        fix: "nexus doctor --fix copies it into the store's file; end programs that read for long before."
            .into(),
        fixable: true,
    };
    Ok(is_long.then(finding).into_iter().collect())
}

/// Copies the log into the file and empties it.
pub(super) fn empty_log(context: &CheckContext<'_>, _finding: &Finding) -> Result<()> {
    let Some(connection) = context.connection else { return Err(StoreError::NotWritable) };
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let is_busy: bool = connection.query_row(sql, [], |row| row.get(0)).map_err(error::of)?;
    if is_busy { Err(StoreError::Busy) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_of_a_network_are_told_from_local_ones() {
        let kind = |number| network_kind(number, || None);
        assert_eq!(kind(0x6969).as_deref(), Some("NFS"));
        assert_eq!(kind(i128::from(0xff53_4d42_u32 as i32)).as_deref(), Some("CIFS"), "with a sign");
        for local in [0xef53, 0x0102_1994, 0x9123_683e, 0x5846_5342, 0x794c_7630, 0x2fc1_2fc1, 0xf2f5_2010] {
            assert_eq!(kind(local), None, "{local:x}");
        }
        let fuse = |name: &str| network_kind(FUSE, || Some(name.to_owned()));
        assert_eq!(fuse("sshfs").as_deref(), Some("sshfs"));
        assert_eq!(fuse("bindfs"), None);
        assert_eq!(network_kind(FUSE, || None), None);
    }

    #[test]
    fn the_name_of_a_fuse_file_system_is_that_of_the_mount_around_the_path() {
        let mounts = br"27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:30 / /srv/a\040b rw,nosuid shared:5 master:1 - fuse.sshfs h:/x rw,user_id=0
31 27 0:31 / /srv/a\040b/in rw - fuse.first x rw
32 27 0:32 / /srv/a\040b/in rw - fuse.bindfs x rw
33 27 8:1 / /mnt rw - fuseblk /dev/sda1 rw
broken line
";
        let name = |path: &str| fuse_name(mounts, Path::new(path));
        assert_eq!(name("/srv/a b/nexus.db").as_deref(), Some("sshfs"));
        assert_eq!(name("/srv/a b/in/nexus.db").as_deref(), Some("bindfs"), "the last one mounted there");
        assert_eq!(name("/srv/a bc/nexus.db"), None);
        assert_eq!(name("/mnt/nexus.db"), None);
        assert_eq!(fuse_name(b"", Path::new("/")), None);
    }

    #[test]
    fn little_space_is_an_error_and_less_than_the_store_a_warning() {
        let fault = |free, store, no_more_files| {
            Space { free, no_more_files, store }.fault().map(|(severity, _)| severity)
        };
        assert_eq!(fault(LEAST_FREE, LEAST_FREE, false), None);
        assert_eq!(fault(LEAST_FREE, LEAST_FREE + 1, false), Some(Severity::Warning));
        assert_eq!(fault(LEAST_FREE - 1, 0, false), Some(Severity::Error));
        assert_eq!(fault(u64::MAX, 0, true), Some(Severity::Error));
    }
}
