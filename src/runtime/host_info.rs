//! This process and its terminal, as recorded with sessions, and the check that a recorded process still runs.

use std::fs;
use std::net::IpAddr;

use rustix::io::Errno;
use rustix::process::{Pid, getpid, test_kill_process};

use crate::domain::session::NO_TERMINAL;
use crate::service::{self, HostInfo};

use super::process_stat::{Stat, stat};
use super::{clock, origin};

/// Returns the facts about this process; `ssh_connection` is the variable `SSH_CONNECTION`, `sudo_user` the
/// variable `SUDO_USER`. The address in the first counts, as claimed, where the system recorded none at the log-in; the
/// name in the second is claimed unless it recorded the same.
pub fn host(ssh_connection: Option<&str>, sudo_user: Option<String>) -> HostInfo {
    let terminal = terminal();
    let recorded = origin::recorded();
    let address = origin::address(ssh_connection, &recorded);
    let user = user();
    HostInfo {
        name: machine_name(),
        origin: origin::of_log_ins(&user, &recorded),
        user,
        sudo_user: sudo_user.map(|name| origin::sudo_user(&name, &recorded)),
        terminal: address.or(terminal).unwrap_or_else(|| NO_TERMINAL.into()),
        process: process(),
        is_alive,
    }
}

/// The place of the log-in to which this process belongs, as far as the system itself confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LogInPlace {
    /// The address from which the user came.
    Address(IpAddr),
    /// The name of the terminal, without `/dev/`.
    Terminal(String),
    Nowhere,
}

/// Returns the place of the log-in. Variables are ignored.
pub(super) fn place() -> LogInPlace {
    let terminal = terminal();
    let address = origin::confirmed(&origin::recorded()).map(LogInPlace::Address);
    address.or(terminal.map(LogInPlace::Terminal)).unwrap_or(LogInPlace::Nowhere)
}

/// Returns the name of this machine.
pub(super) fn machine_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Returns the OS user's name if the local list of users has one (passwd(5)), else the number. Variables are
/// ignored: whoever starts the process sets them.
pub(super) fn user() -> String {
    let id = rustix::process::getuid().as_raw().to_string();
    let listed = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = listed.lines().find_map(|line| named(line, &id));
    named.map_or_else(|| format!("uid {id}"), str::to_owned)
}

/// Returns the name in a line of passwd(5) if the line has this id.
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

/// The scope in which a pid is unique: a machine, its boot, and a pid namespace in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ProcessHome {
    /// A hash of the machine's id; empty if it has none.
    machine: String,
    /// The pid namespace; empty if unknown.
    namespace: String,
    boot: String,
}

impl ProcessHome {
    /// Returns this process's own scope from /proc, or `None` if there is no /proc.
    fn own() -> Option<Self> {
        let id = fs::read_to_string("/etc/machine-id").unwrap_or_default();
        // `uninitialized` during the first boot (machine-id(5)).
        let id = Some(id.trim()).filter(|id| id.len() == 32);
        let namespace = fs::read_link("/proc/self/ns/pid").ok();
        let namespace = namespace.map(|link| link.to_string_lossy().into_owned()).unwrap_or_default();
        let digits = namespace.chars().filter(char::is_ascii_digit).collect();
        let machine = id.map(service::machine_hash).unwrap_or_default();
        Some(Self { machine, namespace: digits, boot: clock::boot_id()? })
    }
}

/// The prefix of a process text that includes machine and namespace. The older form was `boot id:pid:start
/// time`.
const FORM: &str = "v2";

/// Returns the text for this process: `v2:machine:namespace:boot:pid:start time`. Without /proc it is the pid
/// alone: then its sessions live until they expire.
fn process() -> String {
    let pid = getpid();
    match (ProcessHome::own(), stat(pid)) {
        (Some(ProcessHome { machine, namespace, boot }), Some(Stat { started, .. })) => {
            format!("{FORM}:{machine}:{namespace}:{boot}:{pid}:{started}")
        }
        _ => pid.to_string(),
    }
}

/// Returns true if the process named by `text`, in a form of [`process`], runs. It also returns true in doubt:
/// then the process's sessions live until they expire.
fn is_alive(text: &str) -> bool {
    ProcessHome::own().is_none_or(|own| check(text, &own, runs))
}

/// Judges a process text; `runs` returns true if a process with this pid and start time exists. Only processes
/// of this machine and namespace are judged, or, if the machine has no id, of this boot.
fn check(text: &str, own: &ProcessHome, runs: impl Fn(&str, &str) -> bool) -> bool {
    match text.split(':').collect::<Vec<_>>()[..] {
        [FORM, machine, namespace, boot, pid, start] => {
            let is_ours = if machine.is_empty() { boot == own.boot } else { machine == own.machine };
            let is_judged = is_ours && namespace == own.namespace && !namespace.is_empty();
            !is_judged || boot == own.boot && runs(pid, start)
        }
        [boot, pid, start] if boot == own.boot => runs(pid, start),
        _ => true,
    }
}

/// Returns true if a process with this pid and start time exists, and in doubt.
fn runs(pid: &str, start: &str) -> bool {
    let pid = pid.parse::<u32>().ok().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    let Some(pid) = pid else { return true };
    // /proc may hide other users' processes; a signal's permission check does not.
    test_kill_process(pid) != Err(Errno::SRCH)
        && stat(pid).is_none_or(|stat| !stat.has_ended && stat.started == start)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        if let [FORM, machine, namespace, boot, pid, start] = this.split(':').collect::<Vec<_>>()[..] {
            let of = |pid: &str, start: &str| format!("{FORM}:{machine}:{namespace}:{boot}:{pid}:{start}");
            assert!(is_alive(&of(pid, start)));
            assert!(!is_alive(&of(pid, &format!("{start}0"))), "the same pid, started later");
            assert!(!is_alive(&of("4194305", start)), "above Linux's highest pid");
        }
    }

    #[test]
    fn a_process_that_has_ended_does_not_run_though_nobody_has_waited_for_it() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = Pid::from_child(&child);
        let id = rustix::process::WaitId::Pid(pid);
        let (exited, kept) = (rustix::process::WaitIdOptions::EXITED, rustix::process::WaitIdOptions::NOWAIT);
        rustix::process::waitid(id, exited | kept).unwrap();
        let started = stat(pid).unwrap().started;
        assert!(!runs(&pid.to_string(), &started));
        child.wait().unwrap();
        assert!(!runs(&pid.to_string(), &started));
    }

    fn own() -> ProcessHome {
        ProcessHome { machine: "m1".into(), namespace: "4026531836".into(), boot: "b1".into() }
    }

    #[test]
    fn only_processes_of_this_machine_and_namespace_are_judged_dead() {
        let gone = |text: &str| !check(text, &own(), |_, _| false);
        assert!(gone("v2:m1:4026531836:b1:7:100"), "this boot, and it does not run");
        assert!(gone("v2:m1:4026531836:b0:7:100"), "an earlier boot of this machine");
        assert!(!gone("v2:m2:4026531836:b9:7:100"), "another machine, on a shared disk");
        assert!(!gone("v2:m1:4026532000:b1:7:100"), "a container beside this one");
        assert!(!gone("v2:m1::b1:7:100"), "a namespace that nobody knows");
        assert!(!gone("v2::4026531836:b9:7:100"), "a machine without an id");
        assert!(gone("v2::4026531836:b1:7:100"), "no id, but this very boot");
        // In the old form the boot stands for the machine; another boot is not judged.
        assert!(gone("b1:7:100"));
        assert!(!gone("b9:7:100"));
        assert!(check("v2:m1:4026531836:b1:7:100", &own(), |pid, start| (pid, start) == ("7", "100")));
    }

    #[test]
    fn what_cannot_be_told_lives() {
        for text in [
            "",
            "x",
            "7",
            "-1",
            "a:b",
            "a:b:c:d",
            "v2:",
            "v2:m1:4026531836:b1:7",
            "v3:m1:4026531836:b1:7:100",
        ] {
            assert!(check(text, &own(), |_, _| false), "{text}");
        }
        assert!(runs("-1", "x") && runs("", ""));
    }
}
