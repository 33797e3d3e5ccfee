//! `nexus journal`: the entries, the head, and the check of the hash chain.

use clap::Subcommand;
use serde_json::json;

use crate::domain::difference::told;
use crate::domain::journal::{Break, Entry, Head, JournalColumn, Outcome};
use crate::domain::list_columns::journal;
use crate::domain::page::Window;
use crate::domain::text::{clip, count, excerpt_bare};
use crate::service::contract::{Checked, Failure, FailureKind, Journal, Reply, Request, TypedCommand};

use super::follow::follow;
use super::list::Row;
use super::options::ListOptions;
use super::output::{Cell, Column, Heading, Key, Record, Tone, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::selection_args::Input;
use super::store_command::StoreCommand;
use super::{Exit, StoreUse};

/// Maximum width of the changes in a table, in cells.
const CHANGE_CELLS: usize = 60;

const LIST_HELP: &str = "\
Keys of an entry in JSON and CSV:
  seq         its number, from 1 without gaps
  at          when (RFC 3339)
  actor_id    the operator's account; null for a command
  actor       their name, for a command the OS user's
  sudo_user   the user who ran a command with sudo
  session_id  the console session; null for a command
  place       the SSH client's address, else the terminal
  verb        what was done, as in the filter verb:delete
  outcome     done, begun (it goes on in steps), or refused (a failed log-in too)
  kind        account, session, directory or store
  object_id, label, account_id
              the row, its name then, its account
  before, after
              the fields that changed: an object in JSON, its text in CSV; of a
              secret only that it changed: password_changed, access_code_changed
  act         the first entry of the same action
  undoes      the entry that this one undoes
  reason      why, as --reason said; null where nobody did (the hash has it in after)
  hash        SHA-256 over the hash before it and digests of all of the above
  erased      what was erased with a person: actor (the names and the place),
              object (label, before and after), both, or null";

const VERIFY_HELP: &str = "\
Standard output has the head, or the first bad entry and why. JSON: whole, seq and hash (the last good entry), broken \
(null, or an object of seq and what).
The chain alone cannot show that all of it was rewritten, or that its end was cut off: store heads elsewhere and pass \
one with --expect.
Exit 8 when an entry is bad or the expected head is not there.";

/// Show who did what, and check that the record is intact.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum JournalCommand {
    /// List entries, newest first
    #[command(after_help = LIST_HELP)]
    List {
        #[command(flatten)]
        options: ListOptions<JournalColumn>,
        /// Show the last 10 entries (or --limit), oldest first, and then new ones as they are written
        #[arg(long, conflicts_with_all = ["sort", "after"])]
        follow: bool,
    },
    /// Print the head: the newest entry's number and hash, SEQ:HASH, which stand for all entries up to it
    Head,
    /// Check that no entry was changed, and print the head
    #[command(after_help = VERIFY_HELP)]
    Verify {
        /// A head printed earlier: its entry must still exist unchanged
        #[arg(long, id = "head", value_name = "SEQ:HASH")]
        expect: Option<String>,
    },
}

impl StoreCommand for JournalCommand {
    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        Ok(None)
    }

    fn expected(&self) -> Option<u64> {
        None
    }

    fn store_use(&self, _: bool) -> StoreUse {
        match self {
            Self::Verify { .. } => StoreUse::EvenAltered,
            Self::List { .. } | Self::Head => StoreUse::Normal,
        }
    }

    fn goes_on(&self) -> bool {
        matches!(self, Self::List { follow: true, .. })
    }

    fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::List { options, .. } => options.check(),
            Self::Head | Self::Verify { .. } => Ok(()),
        }
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        match self {
            Self::List { options, follow: true } => follow(options, runner),
            Self::List { options, follow: false } => runner.list::<Entry>(options, |filter, sort, span| {
                Request::Journal(Journal::List { filter, sort, span })
            }),
            Self::Head => print_head(runner),
            Self::Verify { expect } => verify(expect.as_deref(), runner),
        }
    }

    fn typed(&self) -> Result<TypedCommand, Failure> {
        match self {
            Self::List { options, .. } => options.typed(),
            Self::Head | Self::Verify { .. } => Ok(TypedCommand::Print),
        }
    }
}

fn print_head(runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let Reply::Head(head) = runner.read(Request::Journal(Journal::Head))? else {
        return Err(unexpected().into());
    };
    let line = head.to_string();
    Ok(runner.line(&line, [("seq", Value::Number(head.seq)), ("hash", (&head.hash).into())])?)
}

fn verify(expect: Option<&str>, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let expect = expect.map(parse_head).transpose()?;
    let Reply::Checked(Checked { head, broken }) =
        runner.read(Request::Journal(Journal::Verify { expect }))?
    else {
        return Err(unexpected().into());
    };
    let is_chained = broken.as_ref().is_some_and(|broken| broken.seq == head.seq);
    let finding = broken.as_ref().map(|broken| format!("entry {}: {}", broken.seq, broken.what));
    let line = finding.clone().unwrap_or_else(|| head.to_string());
    let broken = broken.map(|Break { seq, what }| Value::Json(json!({ "seq": seq, "what": what })));
    runner.line(
        &line,
        [
            ("whole", Value::Flag(finding.is_none())),
            ("seq", Value::Number(head.seq)),
            ("hash", (&head.hash).into()),
            ("broken", Value::of(broken)),
        ],
    )?;
    if let Some(finding) = finding {
        let message = format!("The journal was altered. The first bad one is {finding}.");
        let whole = if is_chained { "the chain" } else { "it" };
        let hint = format!("{whole} is intact up to {head}; a backup of the store shows what was there");
        return Err(Exit::findings(&message, &hint).into());
    }
    runner.say(&match u64::try_from(head.seq).unwrap_or_default() {
        0 => "The journal has no entries yet.".to_owned(),
        1 => "1 entry, unchanged.".to_owned(),
        seq => format!("{}, all unchanged.", count(seq, "entry", "entries")),
    });
    Ok(())
}

fn parse_head(text: &str) -> Result<Head, Failure> {
    Head::parse(text).ok_or_else(|| {
        let rule = "SEQ:HASH, a number and 64 hex digits in lower case, as `nexus journal head` prints it";
        Failure::new(
            FailureKind::Invalid,
            format!("--expect: “{}” is not a head: {rule}.", excerpt_bare(text)),
        )
    })
}

impl Row for Entry {
    type Column = JournalColumn;
    const NONE: &'static str = "No entries.";

    fn id(&self) -> i64 {
        self.seq
    }

    fn window(reply: Reply) -> Option<Window<Self>> {
        let Reply::Entries(window) = reply else { return None };
        Some(window)
    }
}

impl Record for Entry {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("seq", |entry: &Self, _| Value::Number(entry.seq)),
            Key::new("at", |entry: &Self, _| Value::of(entry.at)),
            Key::new("actor_id", |entry: &Self, _| {
                Value::of(entry.actor.account.map(|id| Value::Number(id.0)))
            }),
            Key::new("actor", |entry: &Self, _| (&entry.actor.name).into()),
            Key::new("sudo_user", |entry: &Self, _| Value::of(entry.actor.sudo_user.as_ref())),
            Key::new("session_id", |entry: &Self, _| Value::of(entry.origin.session.map(Value::Number))),
            Key::new("place", |entry: &Self, _| (&entry.origin.place).into()),
            Key::new("verb", |entry: &Self, _| (&entry.action).into()),
            Key::new("outcome", |entry: &Self, _| entry.outcome.word().into()),
            Key::new("kind", |entry: &Self, _| entry.object.kind.word().into()),
            Key::new("object_id", |entry: &Self, _| Value::of(entry.object.id.map(Value::Number))),
            Key::new("label", |entry: &Self, _| (&entry.object.label).into()),
            Key::new("account_id", |entry: &Self, _| {
                Value::of(entry.object.account.map(|id| Value::Number(id.0)))
            }),
            Key::new("before", |entry: &Self, _| Value::Json(entry.before.clone().into_json())),
            Key::new("after", |entry: &Self, _| Value::Json(entry.after.clone().into_json())),
            Key::new("act", |entry: &Self, _| Value::Number(entry.act)),
            Key::new("undoes", |entry: &Self, _| Value::of(entry.undoes.map(Value::Number))),
            Key::new("reason", |entry: &Self, _| Value::of(entry.reason.as_ref())),
            Key::new("hash", |entry: &Self, _| (&entry.hash).into()),
            Key::new("erased", |entry: &Self, _| Value::of(entry.erased.word())),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::numbers("Seq", &["seq"]), |entry: &Self, _| Cell::id(entry.seq)),
            Column::new(journal::TIME, |entry: &Self, _| Cell::time(entry.at)),
            Column::new(journal::BY, |entry: &Self, _| Cell::text(&by(entry))),
            Column::new(Heading::of("From", &["place", "session_id"]).rank(4), |entry: &Self, _| {
                Cell::text(&from(entry))
            }),
            Column::new(Heading::of("Verb", &["verb"]).rank(1), |entry: &Self, _| action_cell(entry)),
            Column::new(Heading::of("Object", &["kind", "object_id", "label"]).rank(2), |entry: &Self, _| {
                Cell::text(&object(entry))
            }),
            Column::new(Heading::of("Change", &["before", "after", "reason"]).rank(3), |entry: &Self, _| {
                Cell::text(&clip(&told(entry, "→"), CHANGE_CELLS))
            }),
        ]
    }
}

fn action_cell(entry: &Entry) -> Cell {
    match entry.outcome {
        Outcome::Done => Cell::text(&entry.action),
        Outcome::Begun => Cell::state(&format!("◌ {} begun", entry.action), Tone::Confirmation),
        Outcome::Refused => Cell::state(&format!("× {} refused", entry.action), Tone::Bad),
    }
}

fn by(entry: &Entry) -> String {
    let name = &entry.actor.name;
    entry.actor.sudo_user.as_ref().map_or_else(|| name.clone(), |sudo| format!("{name} (sudo: {sudo})"))
}

fn from(entry: &Entry) -> String {
    let place = &entry.origin.place;
    let session = entry.origin.session.map(|id| format!("session {id}")).unwrap_or_default();
    format!("{place} {session}").trim().to_owned()
}

fn object(entry: &Entry) -> String {
    let kind = entry.object.kind.word();
    let id = entry.object.id.map(|id| format!(" {id}")).unwrap_or_default();
    if entry.erased.object {
        return format!("{kind}{id} (erased)");
    }
    format!("{kind}{id} {}", entry.object.label).trim_end().to_owned()
}
