//! The origin of a log-in, and the user before sudo. Environment variables only claim them, because whoever
//! starts the program sets those. Only a record of logind or utmp from the log-in confirms a claim.
//!
//! A record counts only for the processes of its own log-in: an old one must not be taken for the address of whoever
//! has the terminal now.

use std::fs::{self, Metadata};
use std::iter;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::os::unix::fs::MetadataExt as _;

use rustix::process::{Pid, getpid};

use crate::domain::journal::CLAIMED;

use super::process_stat::stat;

/// The folder in which logind keeps its sessions (sd-login(3)).
const SESSIONS: &str = "/run/systemd/sessions";
/// The file of current log-ins (utmp(5)).
const UTMP: &str = "/var/run/utmp";
/// Maximum size of a file that is read.
const LARGEST: u64 = 4 << 20;
/// Maximum number of processes between the log-in and this one.
const MOST_ANCESTORS: usize = 100;

/// A log-in as the system recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct LogIn {
    user: String,
    /// The address that the user came from.
    address: Option<IpAddr>,
}

/// Returns the system's records of the log-in that this process belongs to, the best first.
pub(super) fn recorded() -> Vec<LogIn> {
    let (audit, cgroup) = (read("/proc/self/sessionid"), read("/proc/self/cgroup"));
    let id = of_audit(&audit).or_else(|| of_cgroup(&cgroup));
    let logind = id.map(|id| trusted(&format!("{SESSIONS}/{id}"))).and_then(|bytes| of_logind(&bytes));
    let utmp = of_utmp(&trusted(UTMP), &ancestors());
    logind.into_iter().chain(utmp).collect()
}

/// Returns the address of the log-in, if it came from one.
pub(super) fn confirmed(recorded: &[LogIn]) -> Option<IpAddr> {
    recorded.iter().find_map(|log_in| log_in.address)
}

/// Returns this process and its ancestors, as far as they can be seen, the nearest first.
fn ancestors() -> Vec<Pid> {
    // A pid can be used again meanwhile, even by a descendant: the number of steps is limited.
    let line = iter::successors(Some(getpid()), |pid| stat(*pid)?.parent);
    line.take_while(|pid| !pid.is_init()).take(MOST_ANCESTORS).collect()
}

/// Returns the address of the log-in or, where none was recorded, the one at the start of an `SSH_CONNECTION`, marked as
/// claimed.
pub(super) fn address(ssh_connection: Option<&str>, recorded: &[LogIn]) -> Option<String> {
    if let Some(address) = confirmed(recorded) {
        return Some(address.to_string());
    }
    let claim: IpAddr = ssh_connection?.split(' ').next()?.parse().ok()?;
    Some(marked(&claim.to_string(), false))
}

/// Returns the origin of log-ins by an OS user: the name, and the address if the system recorded one. What the environment
/// claims does not count.
pub(super) fn of_log_ins(user: &str, recorded: &[LogIn]) -> String {
    confirmed(recorded).map_or_else(|| user.to_owned(), |address| format!("{user} at {address}"))
}

/// Returns a `SUDO_USER`, marked as claimed unless a log-in confirms it.
pub(super) fn sudo_user(name: &str, recorded: &[LogIn]) -> String {
    marked(name, recorded.iter().any(|log_in| log_in.user == name))
}

fn marked(claim: &str, is_recorded: bool) -> String {
    if is_recorded { claim.to_owned() } else { format!("{claim}{CLAIMED}") }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// Returns the content of a file that only root, or a service authorised by root, can have written; nothing for
/// any other file.
fn trusted(path: &str) -> Vec<u8> {
    let is_roots = |about: &Metadata| {
        about.is_file() && about.uid() == 0 && about.mode() & 0o002 == 0 && about.len() <= LARGEST
    };
    let file = fs::metadata(path).ok().filter(is_roots).and_then(|_| fs::read(path).ok());
    file.unwrap_or_default()
}

/// Returns the id of the audit session, which logind uses as its own id if there is one (proc(5)).
fn of_audit(text: &str) -> Option<&str> {
    let id = text.trim();
    // 4294967295 means that there is none.
    (is_id(id) && id != u32::MAX.to_string()).then_some(id)
}

/// Returns the id in the name of the session's scope, as in `0::/user.slice/user-1000.slice/session-3.scope`. Farther down, users
/// can make groups of any name themselves (`systemd-run --user --scope`).
fn of_cgroup(text: &str) -> Option<&str> {
    text.lines().find_map(|line| {
        let path = line.splitn(3, ':').nth(2)?.strip_prefix("/user.slice/user-")?;
        let (_, below) = path.split_once(".slice/").filter(|(user, _)| !user.contains('/'))?;
        let scope = below.split('/').next()?;
        scope.strip_prefix("session-")?.strip_suffix(".scope").filter(|id| is_id(id))
    })
}

/// Returns true for an id that is safe as a part of a path.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Parses a session file of logind: lines of `KEY=value`. Processes that outlive their log-in, as those of tmux do, may be
/// used from elsewhere: nothing is confirmed for them.
fn of_logind(bytes: &[u8]) -> Option<LogIn> {
    let text = std::str::from_utf8(bytes).ok()?;
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    if value("STATE") == Some("closing") {
        return None;
    }
    let user = value("USER").filter(|user| !user.is_empty())?.to_owned();
    let address = value("REMOTE_HOST").and_then(|host| host.parse::<IpAddr>().ok());
    Some(LogIn { user, address: address.map(|address| address.to_canonical()) })
}

/// Size of a record of utmp, and offsets of its fields, as on 64-bit Linux (utmp(5)).
const RECORD: usize = 384;
const KIND: Range<usize> = 0..2;
const PID: Range<usize> = 4..8;
const USER: Range<usize> = 44..76;
const ADDRESS: Range<usize> = 348..364;
/// The type of a user's log-in.
const USER_PROCESS: u16 = 7;

/// Returns the log-ins in utmp that are these processes, in their order. The name of the terminal does not count: sudo gives
/// the program another one, and that of a log-in which is over may be somebody else's by now.
///
/// Only the field for the address is read. The one for the host can be set by any user, with utempter(8).
fn of_utmp(bytes: &[u8], processes: &[Pid]) -> Vec<LogIn> {
    let log_in = |process: &Pid| {
        let is_it = |record: &&[u8]| {
            let kind = record.get(KIND).and_then(|kind| kind.try_into().ok()).map(u16::from_ne_bytes);
            let pid = record.get(PID).and_then(|pid| pid.try_into().ok()).map(i32::from_ne_bytes);
            kind == Some(USER_PROCESS) && pid == Some(process.as_raw_pid())
        };
        let record = bytes.chunks_exact(RECORD).rfind(is_it)?;
        let user = text(record, USER).filter(|user| !user.is_empty())?.to_owned();
        Some(LogIn { user, address: in_bytes(record) })
    };
    processes.iter().filter_map(log_in).collect()
}

/// Returns a field of a record, up to its first NUL.
fn text(record: &[u8], field: Range<usize>) -> Option<&str> {
    let bytes = record.get(field)?.split(|byte| *byte == 0).next()?;
    std::str::from_utf8(bytes).ok()
}

/// Returns the address of a record: four words in network order, of which only the first is set for IPv4.
fn in_bytes(record: &[u8]) -> Option<IpAddr> {
    let bytes: [u8; 16] = record.get(ADDRESS)?.try_into().ok()?;
    match bytes {
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] => None,
        [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] => Some(Ipv4Addr::new(a, b, c, d).into()),
        bytes => Some(IpAddr::from(Ipv6Addr::from(bytes)).to_canonical()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rustix::process::getppid;

    use super::*;

    fn processes(pids: &[i32]) -> Vec<Pid> {
        pids.iter().map(|pid| Pid::from_raw(*pid).unwrap()).collect()
    }

    fn log_in(user: &str, address: Option<&str>) -> LogIn {
        LogIn { user: user.into(), address: address.map(|address| address.parse().unwrap()) }
    }

    #[test]
    fn an_address_is_claimed_only_where_none_was_recorded() {
        let ssh = Some("10.0.4.7 52110 10.0.0.1 22");
        assert_eq!(address(ssh, &[]).as_deref(), Some("10.0.4.7 (claimed)"));
        assert_eq!(address(ssh, &[log_in("ada", None)]).as_deref(), Some("10.0.4.7 (claimed)"));
        assert_eq!(address(ssh, &[log_in("ada", Some("10.0.4.8"))]).as_deref(), Some("10.0.4.8"));
        // sudo removes the variable.
        assert_eq!(address(None, &[log_in("ada", Some("10.0.4.7"))]).as_deref(), Some("10.0.4.7"));
        assert_eq!(address(Some("fe80::1 1 ::1 22"), &[]).as_deref(), Some("fe80::1 (claimed)"));
        for claim in [None, Some("\x1b[2J x"), Some("")] {
            assert_eq!(address(claim, &[]), None);
        }
    }

    #[test]
    fn a_user_before_sudo_is_claimed_unless_that_one_logged_in() {
        assert_eq!(sudo_user("mallory", &[]), "mallory (claimed)");
        assert_eq!(sudo_user("mallory", &[log_in("ada", None)]), "mallory (claimed)");
        assert_eq!(sudo_user("ada", &[log_in("ada", None)]), "ada");
    }

    #[test]
    fn a_session_s_id_is_found_and_leads_to_no_other_path() {
        assert_eq!(of_audit("3\n"), Some("3"));
        assert_eq!(of_audit("4294967295"), None);
        assert_eq!(of_audit("../../tmp/x"), None);
        assert_eq!(of_cgroup("0::/user.slice/user-1000.slice/session-c3.scope\n"), Some("c3"));
        assert_eq!(of_cgroup("0::/user.slice/session-..scope/x"), None);
        assert_eq!(of_cgroup("0::/system.slice/sshd.service"), None);
    }

    #[test]
    fn a_group_that_a_user_has_made_is_no_session() {
        for folder in [
            "user.slice/user-1000.slice/user@1000.service/app.slice",
            "user.slice/user-1000.slice/user@1000.service/user.slice/user-0.slice",
            "user.slice/user-x/y.slice",
            "system.slice/delegated.service",
        ] {
            assert_eq!(of_cgroup(&format!("0::/{folder}/session-5.scope\n")), None, "{folder}");
        }
    }

    #[test]
    fn logind_tells_user_and_address() {
        let file = b"# This is private data. Do not parse.\nUID=1000\nUSER=ada\nREMOTE=1\nREMOTE_HOST=10.0.4.7\nTTY=pts/3\n";
        assert_eq!(of_logind(file), Some(log_in("ada", Some("10.0.4.7"))));
        assert_eq!(of_logind(b"USER=ada\nREMOTE=0\n"), Some(log_in("ada", None)));
        assert_eq!(of_logind(b"USER=ada\nREMOTE_HOST=host.example\n"), Some(log_in("ada", None)));
        assert_eq!(of_logind(b"USER=ada\nSTATE=active\n"), Some(log_in("ada", None)));
        assert_eq!(of_logind(b"USER=ada\nSTATE=closing\nREMOTE_HOST=10.0.4.7\n"), None);
        assert_eq!(of_logind(b""), None);
        assert_eq!(of_logind(b"USER=\xff\n"), None);
    }

    #[test]
    fn the_first_address_is_confirmed_and_ancestors_are_found() {
        assert_eq!(confirmed(&[]), None);
        let [local, remote] = [log_in("ada", None), log_in("ada", Some("10.0.4.7"))];
        assert_eq!(of_log_ins("eve", &[]), "eve");
        assert_eq!(of_log_ins("eve", std::slice::from_ref(&local)), "eve");
        assert_eq!(of_log_ins("eve", &[local.clone(), remote.clone()]), "eve at 10.0.4.7");
        assert_eq!(confirmed(&[local, remote]), "10.0.4.7".parse().ok());
        assert!(ancestors().contains(&getpid()));
        assert_eq!(ancestors().contains(&getppid().unwrap()), !getppid().unwrap().is_init());
    }

    fn record(kind: u16, pid: i32, user: &str, host: &str, address: &[u8]) -> Vec<u8> {
        let mut record = vec![0; RECORD];
        let mut put = |at: usize, bytes: &[u8]| record[at..at + bytes.len()].copy_from_slice(bytes);
        put(KIND.start, &kind.to_ne_bytes());
        put(PID.start, &pid.to_ne_bytes());
        put(USER.start, user.as_bytes());
        // The field for the host.
        put(76, host.as_bytes());
        put(ADDRESS.start, address);
        record
    }

    #[test]
    fn utmp_tells_the_log_ins_among_the_ancestors() {
        let utmp = [
            record(7, 30, "old", "", &[10, 0, 4, 6]),
            record(7, 30, "ada", "host.example", &[10, 0, 4, 7]),
            record(8, 30, "gone", "", &[10, 0, 4, 9]),
            record(7, 40, "eve", "10.0.4.9", &[]),
        ]
        .concat();
        let found = |pids: &[i32]| of_utmp(&utmp, &processes(pids));
        assert_eq!(found(&[50, 30, 1]), [log_in("ada", Some("10.0.4.7"))]);
        assert_eq!(found(&[50, 3]), []);
        // Any user can give the host a name: a record without an address hides none that is farther away.
        assert_eq!(found(&[40, 30]), [log_in("eve", None), log_in("ada", Some("10.0.4.7"))]);
        assert_eq!(confirmed(&found(&[40, 30])), "10.0.4.7".parse().ok());
        let v6: [u8; 16] = "2001:db8::1".parse::<Ipv6Addr>().unwrap().octets();
        let utmp = record(7, 30, "ada", "", &v6);
        assert_eq!(of_utmp(&utmp, &processes(&[30])), [log_in("ada", Some("2001:db8::1"))]);
        // A truncated record does not count.
        assert_eq!(of_utmp(utmp.split_last().unwrap().1, &processes(&[30])), []);
    }

    proptest! {
        #[test]
        fn whatever_stands_in_the_files_nothing_breaks(bytes in prop::collection::vec(any::<u8>(), 0..1_200), line in ".*") {
            let _ = (of_logind(&bytes), of_utmp(&bytes, &processes(&[7])), of_audit(&line), of_cgroup(&line));
        }
    }
}
