//! `nexus directory`: directories, as rows.

use clap::{Args, Subcommand};

use crate::domain::directory::{Directory, DirectoryColumn, TreeRow};
use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::list_columns::directories;
use crate::domain::page::Window;
use crate::domain::text::{Cut, excerpt_bare};
use crate::domain::user::Who;
use crate::service::contract::{
    Bin, Directories, DirectorySelector, Failure, FailureKind, InBin, Reply, Request, TypedCommand,
};

use super::bin::{PURGE_HELP, RESTORE_DIRECTORY_HELP};
use super::list::Row;
use super::options::{ListOptions, ListOrder, parse_who};
use super::output::{Cell, Column, Format, Heading, Key, Record, Sheet, Value};
use super::runner::{CommandError, CommandRunner};
use super::selection_args::{AccountSelectionOptions, Expected, Input};
use super::store_command::{StoreCommand, typed_action};
use super::tree;

/// The column of the paths, of which the end tells most.
const PATH: Heading = Heading::of("Path", &["directory_path"]).cut(Cut::Beginning);

/// PATH is relative to the media root; WHO is an id, an email or a username.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum DirectoryCommand {
    /// Draw the tree
    Tree { who: Option<String> },
    /// List directories
    List {
        who: Option<String>,
        #[command(flatten)]
        options: ListOptions<DirectoryColumn>,
    },
    /// Add a directory
    Add {
        path: String,
        /// The owner of a directory without a parent; others take their parent's owner
        #[arg(long, value_name = "WHO")]
        owner: Option<String>,
        #[command(flatten)]
        expected: Expected,
    },
    /// Rename a directory
    Rename {
        path: String,
        name: String,
        #[command(flatten)]
        naming: Naming,
        #[command(flatten)]
        expected: Expected,
    },
    /// Move a directory and everything below it to another parent
    Move {
        path: String,
        new_parent: String,
        #[command(flatten)]
        naming: Naming,
        #[command(flatten)]
        expected: Expected,
    },
    /// Move directories and everything below them to the bin; `restore` brings them back
    Trash {
        /// Paths; with --id, ids, and - reads ids from standard input, one a line
        #[arg(required = true)]
        path: Vec<String>,
        #[command(flatten)]
        naming: Naming,
        #[command(flatten)]
        expected: Expected,
    },
    /// Restore a directory and everything below it from the bin
    #[command(after_help = RESTORE_DIRECTORY_HELP)]
    Restore {
        path: String,
        /// The new full path, instead of the old one
        #[arg(long, value_name = "PATH")]
        to: Option<String>,
        #[command(flatten)]
        expected: Expected,
    },
    /// Delete a trashed directory for good
    #[command(after_help = PURGE_HELP)]
    Purge {
        path: String,
        #[command(flatten)]
        expected: Expected,
    },
    /// Create missing homes and their libraries
    Provision(AccountSelectionOptions),
}

/// The form in which a directory is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub(super) struct Naming {
    /// PATH is the row's id, as `list` shows it
    #[arg(long)]
    id: bool,
}

impl Naming {
    fn reads_ids(self, paths: &[String]) -> bool {
        self.id && paths.iter().any(|path| path == "-")
    }

    fn places(self, paths: &[String], input: &Input) -> Result<Vec<DirectorySelector>, Failure> {
        let mut places = Vec::new();
        for path in paths {
            if self.id && path == "-" {
                places.extend(input.ids.iter().copied().map(DirectorySelector::Id));
            } else {
                places.push(self.place(path)?);
            }
        }
        Ok(places)
    }

    fn place(self, path: &str) -> Result<DirectorySelector, Failure> {
        if !self.id {
            return Ok(DirectorySelector::Path(path.to_owned()));
        }
        path.parse().map(DirectorySelector::Id).map_err(|_| {
            Failure::new(
                FailureKind::Invalid,
                format!("“{}” is not an id: --id takes a whole number.", excerpt_bare(path)),
            )
        })
    }
}

impl StoreCommand for DirectoryCommand {
    fn check(&self) -> Result<(), &'static str> {
        if let Self::List { options, .. } = self { options.check() } else { Ok(()) }
    }

    fn expected(&self) -> Option<u64> {
        match self {
            Self::Add { expected, .. }
            | Self::Rename { expected, .. }
            | Self::Move { expected, .. }
            | Self::Trash { expected, .. }
            | Self::Restore { expected, .. }
            | Self::Purge { expected, .. } => expected.expect,
            Self::Provision(people) => people.expected.expect,
            Self::Tree { .. } | Self::List { .. } => None,
        }
    }

    fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        let act = match self {
            Self::Tree { .. } | Self::List { .. } => return Ok(None),
            Self::Restore { path, to, .. } => {
                let which = InBin::Directory(path.clone());
                return Ok(Some(Request::Bin(Bin::Restore { which, to: to.clone(), with_sessions: false })));
            }
            Self::Purge { path, .. } => {
                return Ok(Some(Request::Bin(Bin::Purge(InBin::Directory(path.clone())))));
            }
            Self::Add { path, owner: who, .. } => {
                Directories::Add { path: path.clone(), owner: owner(who.as_deref())? }
            }
            Self::Rename { path, name, naming, .. } => {
                Directories::Rename { place: naming.place(path)?, name: name.clone() }
            }
            Self::Move { path, new_parent, naming, .. } => Directories::Move {
                place: naming.place(path)?,
                to: DirectorySelector::Path(new_parent.clone()),
            },
            Self::Trash { path, naming, .. } => Directories::Trash(naming.places(path, input)?),
            Self::Provision(people) => Directories::Provision(people.people(input)?),
        };
        Ok(Some(Request::Directories(act)))
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        match self {
            Self::Tree { who } => print_tree(owner(who.as_deref())?.as_ref(), runner),
            Self::List { who, options } => {
                let of = owner(who.as_deref())?;
                runner.list::<Directory>(options, |filter, sort, span| {
                    Request::Directories(Directories::List { of: of.clone(), filter, sort, span })
                })
            }
            Self::Add { .. }
            | Self::Rename { .. }
            | Self::Move { .. }
            | Self::Trash { .. }
            | Self::Restore { .. }
            | Self::Purge { .. }
            | Self::Provision(_) => {
                let input = Input { ids: runner.ids(self.reads_ids())?, ..Input::default() };
                self.request(&input)?.map_or(Ok(()), |request| runner.execute(request))
            }
        }
    }

    fn typed(&self) -> Result<TypedCommand, Failure> {
        let filter = match self {
            Self::Tree { who } => owned_by(who.as_deref())?,
            Self::List { who, options } => {
                let mut filter = owned_by(who.as_deref())?;
                filter.terms.extend(options.filter()?.terms);
                filter
            }
            Self::Add { .. }
            | Self::Rename { .. }
            | Self::Move { .. }
            | Self::Trash { .. }
            | Self::Restore { .. }
            | Self::Purge { .. }
            | Self::Provision(_) => return typed_action(self),
        };
        Ok(TypedCommand::List { list: ListKind::Directories, filter: filter.to_string() })
    }
}

impl DirectoryCommand {
    fn reads_ids(&self) -> bool {
        match self {
            Self::Trash { path, naming, .. } => naming.reads_ids(path),
            Self::Provision(people) => people.reads_ids(),
            Self::Tree { .. }
            | Self::List { .. }
            | Self::Add { .. }
            | Self::Rename { .. }
            | Self::Move { .. }
            | Self::Restore { .. }
            | Self::Purge { .. } => false,
        }
    }
}

fn owned_by(who: Option<&str>) -> Result<Filter, Failure> {
    let Some(who) = who else { return Ok(Filter::default()) };
    Ok(Filter::default().and(Test::User(parse_who(who)?)))
}

fn owner(who: Option<&str>) -> Result<Option<Who>, Failure> {
    who.map(parse_who).transpose()
}

/// Prints the whole tree. It is kept in memory: a line can be drawn only when the rows below it are known.
fn print_tree(of: Option<&Who>, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let mut directories = Vec::new();
    runner.windows::<Directory>(
        ListOrder::by_id(None),
        u64::MAX,
        |sort, span| {
            let filter = Filter::default();
            Request::Directories(Directories::List { of: of.cloned(), filter, sort, span })
        },
        |_, rows| {
            directories.extend(rows);
            Ok(())
        },
    )?;
    let rows = tree::build(directories);
    if runner.style.format != Format::Table {
        let mut sheet = Sheet::new(runner.style, runner.now);
        sheet.write(&rows, runner.io.out)?;
        sheet.finish(runner.io.out)?;
        return Ok(());
    }
    tree::draw(&rows, runner.style, runner.io.out)?;
    if rows.is_empty() {
        runner.say(Directory::NONE);
    }
    Ok(())
}

impl Row for Directory {
    type Column = DirectoryColumn;
    const NONE: &'static str = "No directories.";

    fn id(&self) -> i64 {
        self.id
    }

    fn window(reply: Reply) -> Option<Window<Self>> {
        let Reply::Directories(window) = reply else { return None };
        Some(window)
    }
}

impl Record for Directory {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("id", |directory: &Self, _| Value::Number(directory.id)),
            Key::new("user_id", |directory: &Self, _| Value::Number(directory.user_id.0)),
            Key::new("directory_id", |directory: &Self, _| (&directory.directory_id).into()),
            Key::new("directory_name", |directory: &Self, _| (&directory.name).into()),
            Key::new("date_added", |directory: &Self, _| Value::of(directory.date_added)),
            Key::new("last_modified", |directory: &Self, _| Value::of(directory.last_modified)),
            Key::new("last_accessed", |directory: &Self, _| Value::of(directory.last_accessed)),
            Key::new("directory_path", |directory: &Self, _| (&directory.path).into()),
            Key::new("username", |directory: &Self, _| Value::of(directory.username.as_ref())),
            Key::new("owner", |directory: &Self, _| (&directory.owner).into()),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::numbers("Id", &["id"]), |directory: &Self, _| Cell::id(directory.id)),
            Column::new(directories::OWNER, |directory: &Self, _| Cell::text(&directory.owner)),
            Column::new(directories::CREATED, |directory: &Self, _| Cell::time(directory.date_added)),
            Column::new(directories::MODIFIED, |directory: &Self, _| Cell::time(directory.last_modified)),
            Column::new(Heading::of("Accessed", &["last_accessed"]).rank(5), |directory: &Self, _| {
                Cell::time(directory.last_accessed)
            }),
            Column::new(PATH, |directory: &Self, _| Cell::text(&directory.path)),
        ]
    }
}

impl Row for TreeRow {
    type Column = DirectoryColumn;
    const NONE: &'static str = Directory::NONE;
    const IS_KEYED: bool = false;

    fn id(&self) -> i64 {
        self.directory.id
    }

    fn window(reply: Reply) -> Option<Window<Self>> {
        match reply {
            Reply::Tree(window) => Some(window),
            _ => None,
        }
    }
}

/// Has [`Directory`]'s keys and some more; the table format [draws](tree::draw) it instead.
impl Record for TreeRow {
    fn keys() -> Vec<Key<Self>> {
        let mut keys: Vec<_> =
            Directory::keys().into_iter().map(|key| key.of(|row: &Self| &row.directory)).collect();
        keys.extend([
            Key::new("depth", |row: &Self, _| u64::from(row.depth).into()),
            Key::new("children", |row: &Self, _| row.children.into()),
        ]);
        keys
    }

    fn columns() -> Vec<Column<Self>> {
        Directory::columns().into_iter().map(|column| column.of(|row: &Self| &row.directory)).collect()
    }
}
