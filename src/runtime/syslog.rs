//! The local syslog. It records log-ins, and the journal's head when an operator logs out, out of reach of users who
//! can write the store but are not root.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::Local;
use rustix::process::getpid;

use crate::domain::journal::Head;
use crate::domain::text::visible;
use crate::domain::time::Timestamp;

/// The socket on which the syslog of a Unix system listens (syslog(3) of the GNU C library, `_PATH_LOG`).
const LOCAL: &str = "/dev/log";

/// Facility 10 (`authpriv`, which only admins read): RFC 3164, 4.1.1.
const FACILITY: u8 = 10;

/// The severity of a message: RFC 3164, 4.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SyslogSeverity {
    Notice = 5,
    Info = 6,
}

/// Maximum time for which an unresponsive syslog may hold up a log-in or log-out.
const PATIENCE: Duration = Duration::from_millis(200);

/// A syslog that is told about one store.
#[derive(Debug, Clone)]
pub(crate) struct Syslog {
    socket: PathBuf,
    /// The path of the store's file.
    pub(super) store: String,
}

impl Syslog {
    /// Returns this system's syslog for the store in this file.
    pub(crate) fn local(store: &Path) -> Self {
        Self::at(LOCAL.into(), store)
    }

    /// Returns a syslog that listens at `socket`.
    pub(crate) fn at(socket: PathBuf, store: &Path) -> Self {
        Self { socket, store: store.to_string_lossy().into_owned() }
    }

    /// Sends the journal's head as one message.
    ///
    /// # Errors
    /// Nobody listens there, or nothing is accepted for 200 ms.
    pub(crate) fn send_head(&self, now: Timestamp, head: &Head) -> io::Result<()> {
        self.send(now, SyslogSeverity::Notice, &format!("journal head {head} of {}", self.store))
    }

    /// Sends one message, in one line whatever it contains.
    ///
    /// # Errors
    /// As [`Syslog::send_head`].
    pub(super) fn send(&self, now: Timestamp, severity: SyslogSeverity, text: &str) -> io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        socket.set_write_timeout(Some(PATIENCE))?;
        socket.send_to(message(now, severity, text).as_bytes(), &self.socket).map(drop)
    }
}

/// Formats a message by RFC 3164, 4.1, with local time and, as syslog(3) sends it, without the host.
fn message(now: Timestamp, severity: SyslogSeverity, text: &str) -> String {
    let time = now.with_timezone(&Local).format("%b %e %H:%M:%S");
    let priority = FACILITY * 8 + severity as u8;
    format!("<{priority}>{time} nexus[{}]: {}", getpid(), visible(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_stored;

    fn sent(socket: &Path, store: &str) -> io::Result<()> {
        let head = Head { seq: 12, hash: "ab".repeat(32) };
        Syslog::at(socket.to_owned(), Path::new(store))
            .send_head(from_stored("2026-11-03 12:00:00").unwrap(), &head)
    }

    #[test]
    fn the_head_is_sent_as_one_message() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("log");
        let listener = UnixDatagram::bind(&socket).unwrap();
        sent(&socket, "/srv/nexus\n.db").unwrap();
        let mut bytes = [0; 1_024];
        let length = listener.recv(&mut bytes).unwrap();
        let text = std::str::from_utf8(&bytes[..length]).unwrap();
        assert!(text.starts_with("<85>Nov  3 ") || text.starts_with("<85>Nov  4 "), "{text}");
        let head = format!("nexus[{}]: journal head 12:{} of /srv/nexus␊.db", getpid(), "ab".repeat(32));
        assert!(text.ends_with(&head), "{text}");
    }

    #[test]
    fn where_nobody_listens_it_fails() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(sent(&folder.path().join("log"), "x").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn one_that_takes_nothing_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("log");
        let _deaf = UnixDatagram::bind(&socket).unwrap();
        let failed = (0..100_000).find_map(|_| sent(&socket, "x").err()).unwrap();
        assert_eq!(failed.kind(), io::ErrorKind::WouldBlock);
    }
}
