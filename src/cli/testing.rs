//! Test support for commands: streams in memory, a fixed time, and a scripted service.

use std::io::Cursor;

use crate::domain::bin::BinItem;
use crate::domain::directory::Directory;
use crate::domain::journal::EntityKind;
use crate::domain::session::{RowStatus, Session, SessionOrigin};
use crate::domain::time::{Duration, from_stored};
use crate::domain::user::{AccountState, Status, User, UserId};
use crate::service::contract::{
    Action, ActionSummary, CountedRows, Failure, FailureKind, Progress, Reply, Request,
};

use super::*;

/// Answers a request in a test.
type Answer<'a> = dyn FnMut(&Request, bool) -> Result<Reply, Failure> + 'a;

/// The surroundings of one command.
#[derive(Default)]
pub(super) struct World<'a> {
    pub(super) environment: Environment,
    pub(super) input: &'a str,
    /// The lines typed at prompts, in order.
    pub(super) typed: &'a [&'a str],
    /// The only password file.
    pub(super) file: Option<(&'a str, &'a str)>,
    /// Progress that the service reports.
    pub(super) progress: &'a [Progress],
    /// The number of moments that a command waits for, before nobody reads its output any more.
    pub(super) waits: std::ops::Range<u32>,
    /// True if Ctrl-C was pressed.
    pub(super) interrupted: bool,
}

/// The result of a command.
pub(super) struct Ran {
    pub(super) code: u8,
    pub(super) out: String,
    pub(super) err: String,
    pub(super) asked: Vec<(Request, bool)>,
}

impl World<'_> {
    /// Returns the surroundings with somebody at a terminal.
    pub(super) fn terminal() -> Self {
        let terminal = Terminal { input: true, output: true, error: true, columns: Some(100) };
        Self { environment: Environment { terminal, ..Environment::default() }, ..Self::default() }
    }

    /// Runs `nexus` with these arguments over a service that answers each request with `answer`.
    pub(super) fn run(mut self, args: &[&str], answer: &mut Answer<'_>) -> Ran {
        self.environment.home.get_or_insert("/home/op".into());
        let invocation = match parsed(args, &self.environment) {
            Ok(Invocation::ManualPage { page, .. }) => Err(manual_page(page, "")),
            other => other,
        };
        let command = match invocation {
            Ok(Invocation::Command(command)) => *command,
            Ok(other) => panic!("this is no command: {other:?}"),
            Err(exit) => {
                let (mut out, mut err) = (Vec::new(), Vec::new());
                let raw: Vec<_> = args.iter().map(OsString::from).collect();
                let code = exit.print(ErrorFormat::of(&raw), &mut out, &mut err);
                return Ran { code, out: text(out), err: text(err), asked: Vec::new() };
            }
        };
        let (mut out, mut err, mut asked) = (Vec::new(), Vec::new(), Vec::new());
        let mut typed = self.typed.iter();
        let mut service = |request: Request, dry_run: bool, on: &mut OnProgress<'_>| {
            asked.push((request.clone(), dry_run));
            for progress in self.progress {
                if on(*progress).is_break() {
                    return Err(Failure::new(
                        FailureKind::Stopped,
                        "Stopped; 500 of 1,000 accounts are confirmed.",
                    ));
                }
            }
            answer(&request, dry_run).map(|reply| as_dry_run(dry_run, reply))
        };
        let io = Io {
            out: &mut out,
            err: &mut err,
            input: &mut Cursor::new(self.input),
            ask_secret: &mut |_| Ok(Secret::from_given(typed.next().expect("a prompt too many").as_bytes())),
            interrupted: &mut || self.interrupted,
            wait: &mut || self.waits.next().is_some(),
            open_file: &mut |path| match self.file {
                Some((name, content)) if Path::new(name) == path => {
                    Ok(Box::new(Cursor::new(content.to_owned())))
                }
                _ => Err(io::ErrorKind::NotFound.into()),
            },
            output_file: &mut tempfile::tempfile,
        };
        let code = run_with(&command, &mut service, now(), io);
        Ran { code, out: text(out), err: text(err), asked }
    }

    /// Runs a command over a service that does everything and reports nothing.
    pub(super) fn act(self, args: &[&str]) -> Ran {
        self.run(args, &mut |_, _| Ok(done(1)))
    }
}

impl Ran {
    /// Returns the actions that were not dry runs.
    pub(super) fn executed(&self) -> Vec<&Request> {
        self.asked.iter().filter(|(_, dry_run)| !*dry_run).map(|(request, _)| request.uncounted()).collect()
    }
}

/// Marks a reply as that of a dry run.
fn as_dry_run(dry_run: bool, reply: Reply) -> Reply {
    match (dry_run, reply) {
        (true, Reply::Done(summary) | Reply::Secret { summary, .. }) => {
            Reply::Counted { rows: CountedRows::one(summary.id), summary }
        }
        (_, reply) => reply,
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// Parses `nexus` and these arguments.
pub(super) fn parsed(args: &[&str], environment: &Environment) -> Result<Invocation, Exit> {
    parse(std::iter::once("nexus").chain(args.iter().copied()).map(OsString::from), environment)
}

pub(super) fn now() -> Timestamp {
    from_stored("2026-11-23 12:00:00").unwrap()
}

/// Returns the reply to an action that touched this many sessions of one account.
pub(super) fn done(sessions: u64) -> Reply {
    let summary = ActionSummary {
        label: Some("alan".into()),
        id: Some(3),
        accounts: 1,
        ..ActionSummary::new(Action::Suspended)
    };
    Reply::Done(ActionSummary { sessions, ended: sessions, cuts_off: true, ..summary })
}

pub(super) fn user(id: i64, username: &str) -> User {
    User {
        first_name: "Alan".into(),
        last_name: "Turing".into(),
        contact_number: Some("+44 555 1912".into()),
        created_at: from_stored("2024-01-11 09:00:00"),
        last_seen: from_stored("2026-11-23 11:58:00"),
        active_sessions: 2,
        ..User::named(id, username)
    }
}

/// Returns a session of `alan`'s.
pub(super) fn session(id: i64, expiration: &str) -> Session {
    Session {
        id,
        user_id: UserId(3),
        user: "alan".into(),
        account: AccountState::of(Status::Confirmed),
        short_id: "3fa9c1e0".into(),
        row_status: RowStatus::Active,
        expiration: from_stored(expiration),
        unreadable_expiration: from_stored(expiration).is_none().then(|| expiration.to_owned()),
        origin: SessionOrigin::Console,
        origin_detail: "pts/3".into(),
        label: None,
        started_at: from_stored("2026-11-23 07:41:00"),
        last_seen: None,
        end: None,
        idle_limit: None,
    }
}

/// Returns a directory of `alan`'s.
pub(super) fn directory(id: i64, path: &str) -> Directory {
    Directory {
        id,
        user_id: UserId(3),
        owner: "alan".into(),
        directory_id: format!("{id:032x}"),
        name: path.rsplit('/').next().unwrap().into(),
        path: path.into(),
        date_added: from_stored("2024-01-11 09:00:00"),
        last_modified: Some(now()),
        last_accessed: None,
        username: Some("alan".into()),
    }
}

/// Returns an item in the bin.
pub(super) fn item(id: i64, kind: EntityKind) -> BinItem {
    BinItem {
        id,
        kind,
        object_id: 3,
        user_id: UserId(3),
        label: "al\x1ban".into(),
        parent: None,
        username: Some("al\x1ban".into()),
        email: Some("alan@nexus.example".into()),
        sessions: 5_000,
        directories: 8,
        deleted_at: Some(now()),
        deleted_by: "=root".into(),
        held_until: Some(now() + Duration::days(30)),
        is_rejected: false,
        reason: None,
    }
}
