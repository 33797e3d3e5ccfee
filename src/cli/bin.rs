//! `nexus bin`: deleted accounts and directories, and the help about restoring that `user` and `directory`
//! share.

use clap::Subcommand;

use crate::domain::bin::{BinColumn, BinItem};
use crate::domain::journal::EntityKind;
use crate::domain::list_columns::bin;
use crate::domain::page::Window;
use crate::domain::time::Timestamp;
use crate::service::contract::{Bin, Failure, InBin, Reply, Request, TypedCommand};

use super::list::Row;
use super::options::ListOptions;
use super::output::{Cell, Column, Heading, Key, Record, Value};
use super::runner::{CommandError, CommandRunner};
use super::selection_args::{BinItemOptions, Input};
use super::store_command::{StoreCommand, typed_action};

/// The end of the help on restoring an account.
pub(super) const RESTORE_USER_HELP: &str = "\
Restores the account that was last deleted under that name or id, with its directories. Its sessions stay ended, unless \
--with-sessions restores them as they were. Rows that could not be restored are counted on standard error.
Exit 3 when it is not in the bin; 4 when another account has its id, username or email.";

/// The end of the help on restoring a directory.
pub(super) const RESTORE_DIRECTORY_HELP: &str = "\
Restores the directory that was last trashed from that path, with everything below it. Rows that could not be restored \
are counted on standard error.
Exit 3 when it is not in the bin; 4 when its path is taken, or its parent or its owner's account is gone.";

/// The end of the help on purging.
pub(super) const PURGE_HELP: &str = "\
A purge cannot be undone. On a terminal it asks for the name; --yes confirms in advance.
Exit 3 when it is not in the bin; 4 when several items have that name.";

const LIST_HELP: &str = "\
Keys of an item in JSON and CSV:
  id          its number in the bin; later items have higher ones
  kind        account or directory
  object_id   the id of the deleted row
  user_id     the deleted account, or the owner of the directory
  label       username or email, or a path
  username, email
              an account's; null for a directory
  parent      the directory that a directory was in; null if there was none
  sessions, directories
              the number of rows in it
  deleted_at, deleted_by
              when (RFC 3339) and by whom
  held_until  until when the account's names are reserved; null for a directory";

/// List, restore and purge what was deleted. `nexus user` and `nexus directory` restore and purge it by name.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum BinCommand {
    /// List the items in the bin
    #[command(after_help = LIST_HELP)]
    List(ListOptions<BinColumn>),
    /// Restore items by their ids in the bin
    Restore {
        #[command(flatten)]
        which: BinItemOptions,
        /// The new full path of a directory, instead of its old one
        #[arg(long, value_name = "PATH")]
        to: Option<String>,
        /// Restore the sessions of accounts as they were too; without it, they stay ended
        #[arg(long)]
        with_sessions: bool,
    },
    /// Delete items for good, by their ids in the bin
    #[command(after_help = PURGE_HELP)]
    Purge(BinItemOptions),
}

impl StoreCommand for BinCommand {
    fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::List(options) => options.check(),
            Self::Restore { .. } | Self::Purge(_) => Ok(()),
        }
    }

    fn expected(&self) -> Option<u64> {
        match self {
            Self::List(_) => None,
            Self::Restore { which, .. } | Self::Purge(which) => which.expected.expect,
        }
    }

    fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        let items = |which: &BinItemOptions| which.selection(input).map(InBin::Items);
        Ok(Some(Request::Bin(match self {
            Self::List(_) => return Ok(None),
            Self::Restore { which, to, with_sessions } => {
                Bin::Restore { which: items(which)?, to: to.clone(), with_sessions: *with_sessions }
            }
            Self::Purge(which) => Bin::Purge(items(which)?),
        })))
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let which = match self {
            Self::List(options) => {
                return runner.list::<BinItem>(options, |filter, sort, span| {
                    Request::Bin(Bin::List { filter, sort, span })
                });
            }
            Self::Restore { which, .. } | Self::Purge(which) => which,
        };
        let input = Input { ids: runner.ids(which.reads_ids())?, ..Input::default() };
        self.request(&input)?.map_or(Ok(()), |request| runner.execute(request))
    }

    fn typed(&self) -> Result<TypedCommand, Failure> {
        match self {
            Self::List(options) => options.typed(),
            Self::Restore { .. } | Self::Purge(_) => typed_action(self),
        }
    }
}

/// Returns the end of the reservation of an account's names; a directory has none.
fn held_until(item: &BinItem) -> Option<Timestamp> {
    item.held_until.filter(|_| item.kind == EntityKind::Account)
}

impl Row for BinItem {
    type Column = BinColumn;
    const NONE: &'static str = "The bin is empty.";

    fn id(&self) -> i64 {
        self.id
    }

    fn window(reply: Reply) -> Option<Window<Self>> {
        let Reply::Items(window) = reply else { return None };
        Some(window)
    }
}

impl Record for BinItem {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("id", |item: &Self, _| Value::Number(item.id)),
            Key::new("kind", |item: &Self, _| item.kind.word().into()),
            Key::new("object_id", |item: &Self, _| Value::Number(item.object_id)),
            Key::new("user_id", |item: &Self, _| Value::Number(item.user_id.0)),
            Key::new("label", |item: &Self, _| (&item.label).into()),
            Key::new("username", |item: &Self, _| Value::of(item.username.as_ref())),
            Key::new("email", |item: &Self, _| Value::of(item.email.as_ref())),
            Key::new("parent", |item: &Self, _| Value::of(item.parent.as_ref())),
            Key::new("sessions", |item: &Self, _| item.sessions.into()),
            Key::new("directories", |item: &Self, _| item.directories.into()),
            Key::new("deleted_at", |item: &Self, _| Value::of(item.deleted_at)),
            Key::new("deleted_by", |item: &Self, _| (&item.deleted_by).into()),
            Key::new("held_until", |item: &Self, _| Value::of(held_until(item))),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::numbers("Id", &["id"]), |item: &Self, _| Cell::id(item.id)),
            Column::new(bin::KIND, |item: &Self, _| Cell::text(item.kind.word())),
            Column::new(Heading::numbers("Row", &["object_id"]).rank(6), |item: &Self, _| {
                Cell::id(item.object_id)
            }),
            Column::new(bin::WHAT, |item: &Self, _| Cell::text(&item.label)),
            Column::new(bin::SESSIONS, |item: &Self, _| Cell::number(item.sessions)),
            Column::new(bin::DIRECTORIES, |item: &Self, _| Cell::number(item.directories)),
            Column::new(bin::DELETED, |item: &Self, _| Cell::time(item.deleted_at)),
            Column::new(bin::BY, |item: &Self, _| Cell::text(&item.deleted_by)),
            Column::new(Heading::of("Reserved until", &["held_until"]).rank(7), |item: &Self, _| {
                Cell::time(held_until(item))
            }),
        ]
    }
}
