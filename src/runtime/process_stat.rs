//! The state of a process, from /proc.

use std::fs;

use rustix::process::Pid;

/// The state of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stat {
    /// It does nothing any more, but nobody has asked for its exit code yet (a zombie).
    pub(super) has_ended: bool,
    /// Its parent; `None` if that is outside of the namespace.
    pub(super) parent: Option<Pid>,
    /// The time of its start, in clock ticks since boot.
    pub(super) started: String,
}

/// Returns the state of a process, or `None` if it does not exist or cannot be seen.
pub(super) fn stat(pid: Pid) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Parses fields 3, 4 and 22 of /proc/PID/stat (proc(5)). The second field is the program's name in brackets and may hold
/// anything, so the fields are counted from the last bracket.
fn parse(text: &str) -> Option<Stat> {
    let (_, after_name) = text.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let has_ended = matches!(fields.next()?, "Z" | "X");
    let parent = fields.next()?.parse().ok().and_then(Pid::from_raw);
    Some(Stat { has_ended, parent, started: fields.nth(17)?.to_owned() })
}

#[cfg(test)]
mod tests {
    use rustix::process::{getpid, getppid};

    use super::*;

    #[test]
    fn a_program_s_name_can_hold_anything() {
        let rest = "7 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 100 99";
        let stat = parse(&format!("12 (a) Z 1 (b) S {rest}")).unwrap();
        assert_eq!((stat.has_ended, stat.parent, stat.started.as_str()), (false, Pid::from_raw(7), "100"));
        assert_eq!(parse("12 (a) S"), None);
        assert_eq!(parse(""), None);
        assert_eq!(super::stat(getpid()).unwrap().parent, getppid());
    }
}
