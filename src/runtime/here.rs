//! This process and its terminal, as sessions are labelled with them, and whether such a process still runs.

use std::fs;
use std::net::IpAddr;

use rustix::io::Errno;
use rustix::process::{Pid, getpid, test_kill_process};

use crate::service::Here;

/// This process; `ssh_connection` is the variable `SSH_CONNECTION`, which begins with the client's address, `sudo_user` the
/// variable `SUDO_USER`.
pub fn here(ssh_connection: Option<&str>, sudo_user: Option<String>) -> Here {
    Here {
        user: user(),
        sudo_user,
        terminal: address(ssh_connection).or_else(terminal).unwrap_or_else(|| "no terminal".into()),
        process: process(),
        is_alive,
    }
}

fn address(ssh_connection: Option<&str>) -> Option<String> {
    let first = ssh_connection?.split(' ').next()?;
    first.parse::<IpAddr>().ok().map(|address| address.to_string())
}

/// The OS user by name, where the local list of users has one (passwd(5)), else by number. Not by a variable: whoever
/// starts the process sets those.
fn user() -> String {
    let id = rustix::process::getuid().as_raw().to_string();
    let listed = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = listed.lines().find_map(|line| named(line, &id));
    named.map_or_else(|| format!("uid {id}"), str::to_owned)
}

/// The name in a line of passwd(5), if it is that of this id.
fn named<'l>(line: &'l str, id: &str) -> Option<&'l str> {
    let mut fields = line.split(':');
    let name = fields.next()?;
    (fields.nth(1)? == id).then_some(name)
}

fn terminal() -> Option<String> {
    let name = rustix::termios::ttyname(rustix::stdio::stdin(), Vec::new()).ok()?;
    let name = name.to_string_lossy();
    Some(name.strip_prefix("/dev/").unwrap_or(&name).to_owned())
}

/// `boot id:pid:start time` from /proc. Elsewhere the pid alone: one that was given out again keeps a dead session
/// alive until its time is over.
fn process() -> String {
    let pid = getpid();
    match (boot_id(), started(pid)) {
        (Some(boot), Some(start)) => format!("{boot}:{pid}:{start}"),
        _ => pid.to_string(),
    }
}

/// Whether the process that `text` names, in the form of [`process`], runs. In doubt it does: then its session lives
/// until its time is over.
fn is_alive(text: &str) -> bool {
    let mut parts = text.rsplitn(3, ':');
    let (pid, start) = match (parts.next(), parts.next(), parts.next()) {
        (Some(start), Some(pid), Some(boot)) => {
            if boot_id().is_some_and(|now| now != boot) {
                return false;
            }
            (pid, Some(start))
        }
        (Some(pid), ..) => (pid, None),
        (None, ..) => return true,
    };
    let pid = pid.parse::<u32>().ok().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    let Some(pid) = pid else { return true };
    // /proc may hide other users' processes, a signal's permission check does not.
    test_kill_process(pid) != Err(Errno::SRCH)
        && start.zip(started(pid)).is_none_or(|(then, now)| then == now)
}

fn boot_id() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned())
}

/// When a process started, in clock ticks since boot: field 22 of /proc/PID/stat (proc(5)). The second field is the
/// program's name in brackets and may hold anything, so it is counted from the last bracket.
fn started(pid: Pid) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(19).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_first_word_if_it_is_one() {
        assert_eq!(address(Some("10.0.4.7 52110 10.0.0.1 22")).as_deref(), Some("10.0.4.7"));
        assert_eq!(address(Some("fe80::1 1 ::1 22")).as_deref(), Some("fe80::1"));
        assert_eq!(address(Some("\x1b[2J x")), None);
        assert_eq!(address(None), None);
    }

    #[test]
    fn a_user_is_found_by_number() {
        assert_eq!(named("ada:x:1000:1000:Ada:/home/ada:/bin/sh", "1000"), Some("ada"));
        assert_eq!(named("ada:x:1000:1000:Ada:/home/ada:/bin/sh", "1"), None);
        assert_eq!(named("", "0"), None);
    }

    #[test]
    fn this_process_runs_and_its_namesakes_do_not() {
        let this = process();
        assert!(is_alive(&this));
        if let [boot, pid, start] = this.split(':').collect::<Vec<_>>()[..] {
            assert!(!is_alive(&format!("{boot}:{pid}:{start}0")), "the same pid, started later");
            assert!(!is_alive(&format!("another-boot:{pid}:{start}")));
            assert!(!is_alive(&format!("{boot}:4194305:{start}")), "above Linux's highest pid");
        }
    }

    #[test]
    fn what_cannot_be_told_lives() {
        for text in ["", "x", "a:b:c:d", "-1"] {
            assert!(is_alive(text) || text.contains(':'), "{text}");
        }
    }
}
