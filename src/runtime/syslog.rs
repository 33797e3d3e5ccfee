//! The local syslog. It records the journal's head when an operator logs out, out of reach of users who can
//! write the store but are not root.

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

/// Facility 10 (`authpriv`, which only admins read) times 8, and severity 5 (notice): RFC 3164, 4.1.1.
const PRIORITY: u8 = 10 * 8 + 5;

/// Maximum time for which an unresponsive syslog may hold up a log-out.
const PATIENCE: Duration = Duration::from_millis(200);

/// A syslog that records the head of one store's journal.
#[derive(Debug, Clone)]
pub(crate) struct Syslog {
    socket: PathBuf,
    store: String,
}

impl Syslog {
    /// Returns this system's syslog for the store in this file.
    pub(crate) fn local(store: &Path) -> Self {
        Self::at(LOCAL.into(), store)
    }

    /// Returns a syslog that listens at `socket`.
    pub(crate) fn at(socket: PathBuf, store: &Path) -> Self {
        Self { socket, store: visible(&store.to_string_lossy()).into_owned() }
    }

    /// Sends the journal's head as one message.
    ///
    /// # Errors
    /// Nobody listens there, or nothing is accepted for 200 ms.
    pub(crate) fn send(&self, now: Timestamp, head: &Head) -> io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        socket.set_write_timeout(Some(PATIENCE))?;
        socket.send_to(self.message(now, head).as_bytes(), &self.socket).map(drop)
    }

    /// Formats the message by RFC 3164, 4.1, with local time and, as syslog(3) sends it, without the host.
    fn message(&self, now: Timestamp, head: &Head) -> String {
        let time = now.with_timezone(&Local).format("%b %e %H:%M:%S");
        let (process, store) = (getpid(), &self.store);
        format!("<{PRIORITY}>{time} nexus[{process}]: journal head {head} of {store}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_stored;

    fn sent(socket: &Path, store: &str) -> io::Result<()> {
        let head = Head { seq: 12, hash: "ab".repeat(32) };
        Syslog::at(socket.to_owned(), Path::new(store))
            .send(from_stored("2026-11-03 12:00:00").unwrap(), &head)
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
