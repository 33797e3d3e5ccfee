//! `nexus calendar`: what the coming days will change by themselves.

use clap::Args;

use crate::domain::calendar::{AHEAD, AheadChange, MOST_AHEAD};
use crate::domain::text::{count, grouped};
use crate::service::contract::{Accounts, Failure, Reply, Request};

use super::output::{Cell, Column, Heading, Key, Record, Sheet, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::selection_args::Input;
use super::store_command::StoreCommand;

/// Show what the next 30 days change by themselves: accounts that become valid, expire, or are suspended as idle
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct CalendarArguments;

impl StoreCommand for CalendarArguments {
    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        Ok(None)
    }

    fn expected(&self) -> Option<u64> {
        None
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let Reply::Calendar(calendar) = runner.read(Request::Accounts(Accounts::Calendar))? else {
            return Err(unexpected().into());
        };
        let mut sheet = Sheet::new(runner.style, runner.now);
        sheet.write(&calendar.changes, runner.io.out)?;
        let days = count(AHEAD.num_days().unsigned_abs(), "day", "days");
        runner.end_list(sheet, &format!("Nothing changes by itself in the next {days}."))?;
        if calendar.is_cut {
            runner.say(&format!("There is more: only the first {} are listed.", grouped(MOST_AHEAD as u64)));
        }
        Ok(())
    }
}

impl Record for AheadChange {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("at", |change: &Self, _| change.at.into()),
            Key::new("change", |change: &Self, _| change.kind.word().into()),
            Key::new("user_id", |change: &Self, _| Value::Number(change.user_id.0)),
            Key::new("user", |change: &Self, _| (&change.user).into()),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::of("When (UTC)", &["at"]), |change: &Self, _| Cell::time(Some(change.at))),
            Column::new(Heading::numbers("Account", &["user_id"]), |change: &Self, _| {
                Cell::id(change.user_id.0)
            }),
            Column::new(Heading::of("User", &["user"]), |change: &Self, _| Cell::text(&change.user)),
            Column::new(Heading::of("Change", &["change"]), |change: &Self, _| {
                Cell::text(change.kind.words())
            }),
        ]
    }
}
