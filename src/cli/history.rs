//! `nexus user history`: the actions on one account, and the account at an earlier time.

use clap::Args;

use crate::domain::filter::{Filter, Test};
use crate::domain::journal::{EntityKind, Entry, JournalColumn};
use crate::domain::page::{Anchor, RowRange};
use crate::domain::text::{count, excerpt_bare};
use crate::domain::time::{Timestamp, date_time, from_stored, parse_moment};
use crate::domain::user::{FIELDS, Field, FieldSpec, Status, Who};
use crate::service::contract::{
    Accounts, AsItWas, Failure, FailureKind, Journal, Reply, Request, TypedCommand,
};

use super::list::Row as _;
use super::options::{ColumnOptions, ListOrder, parse_who};
use super::output::{Cell, Column, Heading, Key, Record, Sheet, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::sort_column::{OLDER, SortColumn as _};
use super::status_cell::status_cell;

const AFTER_HELP: &str = "\
Shows the entries of `nexus journal list --filter account:ID`, newest first: those about the account and its sessions, \
with who began and ended them. `nexus journal list --filter user:WHO` also shows actions on its directories.
With --at: the fields of `user show` that the journal records. Exit 3 when there was no such account then.";

/// Show the history of one account.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct HistoryOptions {
    /// An id, or an email or username that it has or once had
    who: String,
    /// Show the account as it was at this moment (UTC): YYYY-MM-DD, which is the end of that day, or
    /// 'YYYY-MM-DD HH:MM:SS'
    #[arg(long, value_name = "DATE", conflicts_with_all = ["limit", "after", "columns"])]
    at: Option<String>,
    /// Show at most this many entries
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    #[arg(long, value_name = JournalColumn::ID_NAME, help = OLDER)]
    after: Option<i64>,
    #[command(flatten)]
    columns: ColumnOptions<JournalColumn>,
}

impl HistoryOptions {
    /// Returns the meaning of the command in the console.
    ///
    /// # Errors
    /// It names no account.
    pub(super) fn typed(&self) -> Result<TypedCommand, Failure> {
        match self.at {
            Some(_) => Ok(TypedCommand::Print),
            None => parse_who(&self.who).map(TypedCommand::History),
        }
    }

    pub(super) fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let who = parse_who(&self.who)?;
        if let Some(date) = &self.at {
            return print_as_it_was(who, moment(date)?, runner);
        }
        let filter = about(who, runner)?;
        let sheet = Sheet::with_columns(runner.style, runner.now, &self.columns.names);
        runner.rows::<Entry>(sheet, ListOrder::by_id(self.after), self.limit, |sort, span| {
            Request::Journal(Journal::List { filter: filter.clone(), sort, span })
        })
    }
}

fn moment(date: &str) -> Result<Timestamp, Failure> {
    parse_moment(date).ok_or_else(|| {
        let rule = "a date as in 2026-11-23, 2026-11-23 07:40:57 or 2026-11-23T07:40:57Z";
        Failure::new(FailureKind::Invalid, format!("--at: “{}” is not {rule}.", excerpt_bare(date)))
    })
}

/// Returns the entries about an account: the one with this name, else the one that last had it.
fn about(who: Who, runner: &mut CommandRunner<'_, '_>) -> Result<Filter, CommandError> {
    let of = |id| Filter::default().and(Test::EntityRef(EntityKind::Account, id));
    let missing = match runner.read(Request::Accounts(Accounts::Show(who.clone()))) {
        Ok(Reply::User(detail)) => return Ok(of(detail.user.id.0)),
        Ok(_) => return Err(unexpected().into()),
        Err(failure) if failure.kind == FailureKind::NotFound => failure,
        Err(failure) => return Err(failure.into()),
    };
    let newest = Journal::List {
        filter: Filter::default().and(Test::User(who)),
        sort: JournalColumn::BY_ID,
        span: RowRange { anchor: Anchor::After(i64::MAX), before: 0, len: 1 },
    };
    let window = Entry::window(runner.read(Request::Journal(newest))?).ok_or_else(unexpected)?;
    let account = window.rows.first().and_then(|entry| entry.object.account);
    account.map(|id| of(id.0)).ok_or_else(|| missing.into())
}

fn print_as_it_was(who: Who, at: Timestamp, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let Reply::AsItWas(account) = runner.read(Request::Journal(Journal::AsItWas { who, at }))? else {
        return Err(unexpected().into());
    };
    runner.print(&*account)?;
    runner.say(&format!(
        "The account on {} UTC, without the {} recorded since. Changes by other programs are unknown.",
        date_time(at),
        count(account.entries, "entry", "entries")
    ));
    Ok(())
}

/// Has the keys of `user show` that the journal records.
impl Record for AsItWas {
    fn keys() -> Vec<Key<Self>> {
        let field = |spec: &'static FieldSpec| {
            Key::new(spec.column, |account: &Self, _| Value::of(account.text(spec.column)))
        };
        let mut keys = vec![Key::new("id", |account: &Self, _| Value::Number(account.id.0))];
        keys.extend(FIELDS.iter().map(field));
        keys.push(Key::new(CREATED_AT, |account: &Self, _| Value::of(account.time(CREATED_AT))));
        keys
    }

    fn columns() -> Vec<Column<Self>> {
        let field = |spec: &'static FieldSpec| {
            Column::new(Heading::words(spec.heading), |account: &Self, _| field_cell(account, spec))
        };
        let mut columns = vec![Column::new(Heading::words("Id"), |account: &Self, _| Cell::id(account.id.0))];
        columns.extend(FIELDS.iter().map(field));
        columns.push(Column::new(Heading::words("Added"), |account: &Self, _| {
            Cell::time(account.time(CREATED_AT))
        }));
        columns
    }
}

const CREATED_AT: &str = "created_at";

fn field_cell(account: &AsItWas, spec: &FieldSpec) -> Cell {
    let text = account.text(spec.column);
    if spec.field == Field::Status {
        return text.and_then(Status::parse).map_or_else(|| Cell::optional(None), status_cell);
    }
    Cell::optional(text)
}

impl AsItWas {
    fn text(&self, key: &str) -> Option<&str> {
        self.fields.get(key)?.as_str()
    }

    fn time(&self, key: &str) -> Option<Timestamp> {
        self.text(key).and_then(from_stored)
    }
}
