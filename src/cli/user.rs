//! `nexus user`: accounts.

use clap::Subcommand;

use crate::domain::name;
use crate::domain::page::Window;
use crate::domain::time::{Duration, Timestamp, ago};
use crate::domain::user::{AccessLevel, Fields, Status, User, UserColumn};
use crate::service::contract::{Accounts, Bin, Failure, InBin, Reply, Request, UserDetail};

use super::access_codes::list_codes;
use super::bin::{PURGE_HELP, RESTORE_USER_HELP};
use super::history::History;
use super::list::Row;
use super::options::{ChangedFields, ListOptions, NewFields, PasswordOptions, parse_life, parse_who};
use super::output::{Cell, Heading, Record, Tone, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::secret::SecretSource;
use super::selection_args::{AccountSelectionOptions, Expected, Input};

/// Default life of an access code.
const CODE_LIFE: Duration = Duration::hours(24);

/// WHO is an id, an email or a username.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum UserCommand {
    /// List accounts
    List(ListOptions<UserColumn>),
    /// Show one account
    Show { who: String },
    /// Add an account; without a password, print a one-time access code
    Add {
        #[command(flatten)]
        fields: NewFields,
        #[command(flatten)]
        password: PasswordOptions,
        /// Ask for a new password at the first log-in
        #[arg(long, requires = "password")]
        must_change: bool,
        #[command(flatten)]
        expected: Expected,
    },
    /// Change fields of an account; '' removes an optional one
    Edit {
        who: String,
        #[command(flatten)]
        fields: ChangedFields,
        #[command(flatten)]
        expected: Expected,
    },
    /// Confirm pending accounts and lift suspensions
    Confirm(AccountSelectionOptions),
    /// Suspend accounts and revoke their sessions
    Suspend(AccountSelectionOptions),
    /// Make accounts admins
    Promote(AccountSelectionOptions),
    /// Make admins plain users
    Demote(AccountSelectionOptions),
    /// Set a password
    Password {
        who: String,
        #[command(flatten)]
        password: PasswordOptions,
        /// Ask for a new password at the next log-in
        #[arg(long)]
        must_change: bool,
        #[command(flatten)]
        expected: Expected,
    },
    /// Create, revoke or list one-time access codes
    AccessCode {
        #[arg(required_unless_present = "list")]
        who: Option<String>,
        /// Life of the code [default: 24h]
        #[arg(long = "for", value_name = "SPAN")]
        life: Option<String>,
        /// Revoke the valid code
        #[arg(long, conflicts_with = "life")]
        revoke: bool,
        /// List the valid codes (never their text)
        #[arg(long, conflicts_with_all = ["who", "life", "revoke", "expect"])]
        list: bool,
        #[command(flatten)]
        expected: Expected,
    },
    /// Move accounts with their sessions and directories to the bin; `restore` brings them back
    Delete(AccountSelectionOptions),
    /// Restore an account with its sessions and directories from the bin
    #[command(after_help = RESTORE_USER_HELP)]
    Restore {
        who: String,
        #[command(flatten)]
        expected: Expected,
    },
    /// Delete an account in the bin for good
    #[command(after_help = PURGE_HELP)]
    Purge {
        who: String,
        #[command(flatten)]
        expected: Expected,
    },
    /// List the actions on an account, even a deleted one, or show it as it was
    History(History),
}

impl UserCommand {
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::List(options) => options.check(),
            Self::Edit { fields, .. } if fields.0 == Fields::default() => {
                Err("Nothing to change: name at least one field.")
            }
            _ => Ok(()),
        }
    }

    pub(super) fn secret(&self) -> SecretSource {
        match self {
            Self::Password { password, .. } => SecretSource::password(password),
            Self::Add { password, .. } if password.is_given() => SecretSource::password(password),
            _ => SecretSource::Nothing,
        }
    }

    /// Returns the accounts that a bulk action applies to.
    fn people(&self) -> Option<&AccountSelectionOptions> {
        match self {
            Self::Confirm(people)
            | Self::Suspend(people)
            | Self::Promote(people)
            | Self::Demote(people)
            | Self::Delete(people) => Some(people),
            Self::List(_)
            | Self::Show { .. }
            | Self::Add { .. }
            | Self::Edit { .. }
            | Self::Password { .. }
            | Self::AccessCode { .. }
            | Self::Restore { .. }
            | Self::Purge { .. }
            | Self::History(_) => None,
        }
    }

    pub(super) fn expected(&self) -> Option<u64> {
        match self {
            Self::Confirm(people)
            | Self::Suspend(people)
            | Self::Promote(people)
            | Self::Demote(people)
            | Self::Delete(people) => people.expected.expect,
            Self::Add { expected, .. }
            | Self::Edit { expected, .. }
            | Self::Password { expected, .. }
            | Self::AccessCode { expected, .. }
            | Self::Restore { expected, .. }
            | Self::Purge { expected, .. } => expected.expect,
            Self::List(_) | Self::Show { .. } | Self::History(_) => None,
        }
    }

    pub(super) fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        let act = match self {
            Self::List(_)
            | Self::Show { .. }
            | Self::History(_)
            | Self::AccessCode { list: true, .. }
            | Self::AccessCode { who: None, .. } => return Ok(None),
            Self::Restore { who, .. } => {
                let which = InBin::Account(parse_who(who)?);
                return Ok(Some(Request::Bin(Bin::Restore { which, to: None })));
            }
            Self::Purge { who, .. } => {
                return Ok(Some(Request::Bin(Bin::Purge(InBin::Account(parse_who(who)?)))));
            }
            Self::Add { fields, must_change, .. } => Accounts::Add {
                fields: fields.0.clone(),
                password: input.password.clone(),
                must_change: *must_change,
            },
            Self::Edit { who, fields, .. } => {
                Accounts::Edit { who: parse_who(who)?, fields: fields.0.clone(), was: None }
            }
            Self::Confirm(people) => Accounts::Confirm(people.people(input)?),
            Self::Suspend(people) => Accounts::Suspend(people.people(input)?),
            Self::Promote(people) => Accounts::SetLevel(people.people(input)?, AccessLevel::Admin),
            Self::Demote(people) => Accounts::SetLevel(people.people(input)?, AccessLevel::User),
            Self::Password { who, must_change, .. } => Accounts::SetPassword {
                who: parse_who(who)?,
                password: input.password.clone().unwrap_or_default(),
                must_change: *must_change,
            },
            Self::AccessCode { who: Some(who), revoke: true, .. } => Accounts::RevokeCode(parse_who(who)?),
            Self::AccessCode { who: Some(who), life, .. } => {
                Accounts::MakeCode { who: parse_who(who)?, life: parse_life(life.as_deref(), CODE_LIFE)? }
            }
            Self::Delete(people) => Accounts::Delete(people.people(input)?),
        };
        Ok(Some(Request::Accounts(act)))
    }

    pub(super) fn run(self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        match &self {
            Self::List(options) => {
                return runner.list::<User>(options, |filter, sort, span| {
                    Request::Accounts(Accounts::List { filter, sort, span })
                });
            }
            Self::Show { who } => return show(who, runner),
            Self::History(history) => return history.clone().run(runner),
            Self::AccessCode { list: true, .. } | Self::AccessCode { who: None, .. } => {
                return list_codes(runner);
            }
            _ => {}
        }
        // An argument that names no account is refused before a password is asked for.
        self.request(&Input::default())?;
        let ids = runner.ids(self.people().is_some_and(AccountSelectionOptions::reads_ids))?;
        let password = match &self {
            Self::Password { password, .. } => Some(runner.password(password)?),
            Self::Add { password, .. } => runner.given_password(password)?,
            _ => None,
        };
        let input = Input { password, ids, ..Input::default() };
        self.request(&input)?.map_or(Ok(()), |request| runner.execute(request))
    }
}

fn show(who: &str, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    match runner.read(Request::Accounts(Accounts::Show(parse_who(who)?)))? {
        Reply::User(detail) => Ok(runner.print(&*detail)?),
        _ => Err(unexpected().into()),
    }
}

/// Returns a status as word and shape.
pub(super) fn status_cell(status: Status) -> Cell {
    match status {
        Status::Confirmed => Cell::state("● confirmed", Tone::Good),
        Status::Pending => Cell::state("◌ pending", Tone::Confirmation),
        Status::Suspended => Cell::state("■ suspended", Tone::Bad),
    }
}

fn seen(now: Timestamp, time: Option<Timestamp>) -> Cell {
    Cell::optional(time.map(|time| ago(now, time)).as_deref())
}

impl Row for User {
    type Column = UserColumn;
    const NONE: &'static str = "No accounts.";

    fn id(&self) -> i64 {
        self.id.0
    }

    fn window(reply: Reply) -> Option<Window<Self>> {
        match reply {
            Reply::Users(window) => Some(window),
            _ => None,
        }
    }
}

impl Record for User {
    fn keys() -> Vec<&'static str> {
        vec![
            "id",
            "firstname",
            "lastname",
            "username",
            "email",
            "contact_number",
            "address",
            "access_level",
            "status",
            "created_at",
            "updated_at",
            "active_sessions",
            "last_seen",
        ]
    }

    fn headings() -> Vec<Heading> {
        vec![
            Heading::numbers("Id"),
            Heading::words("Status"),
            Heading::words("Username"),
            Heading::words("Name"),
            Heading::words("Email"),
            Heading::words("Level"),
            Heading::numbers("Sessions"),
            Heading::words("Last seen"),
        ]
    }

    fn values(&self, _: Timestamp) -> Vec<Value> {
        vec![
            Value::Number(self.id.0),
            (&self.first_name).into(),
            (&self.last_name).into(),
            Value::of(self.username.as_ref()),
            (&self.email).into(),
            Value::of(self.contact_number.as_ref()),
            Value::of(self.address.as_ref()),
            self.level.word().into(),
            self.status.word().into(),
            Value::of(self.created_at),
            Value::of(self.updated_at),
            self.active_sessions.into(),
            Value::of(self.last_seen),
        ]
    }

    fn cells(&self, now: Timestamp) -> Vec<Cell> {
        vec![
            Cell::id(self.id.0),
            status_cell(self.status),
            Cell::optional(self.username.as_deref()),
            Cell::text(&self.full_name()),
            Cell::text(&self.email),
            Cell::text(self.level.word()),
            Cell::number(self.active_sessions),
            seen(now, self.last_seen),
        ]
    }
}

/// Returns a warning about look-alike letters in the account's names.
fn look_alikes(user: &User) -> Option<String> {
    name::warning(user.username.as_deref(), &user.email)
}

/// Has [`User`]'s keys and headings and some more.
impl Record for UserDetail {
    fn keys() -> Vec<&'static str> {
        [&User::keys()[..], &["home", "directories", "code_expires_at", "must_change", "look_alikes"]]
            .concat()
    }

    fn headings() -> Vec<Heading> {
        let more = [
            "Phone",
            "Address",
            "Added",
            "Changed",
            "Home",
            "Directories",
            "Access code",
            "Password",
            "Look-alikes",
        ];
        User::headings().into_iter().chain(more.map(Heading::words)).collect()
    }

    fn values(&self, now: Timestamp) -> Vec<Value> {
        let mut values = self.user.values(now);
        values.extend([
            Value::of(self.home.as_ref()),
            self.directories.into(),
            Value::of(self.code_expires_at),
            Value::Flag(self.must_change),
            Value::of(look_alikes(&self.user).as_ref()),
        ]);
        values
    }

    fn cells(&self, now: Timestamp) -> Vec<Cell> {
        let mut cells = self.user.cells(now);
        let password = if self.must_change { "to be changed at the next log-in" } else { "stays" };
        cells.extend([
            Cell::optional(self.user.contact_number.as_deref()),
            Cell::optional(self.user.address.as_deref()),
            Cell::time(self.user.created_at),
            Cell::time(self.user.updated_at),
            Cell::optional(self.home.as_deref()),
            Cell::number(self.directories),
            Cell::time(self.code_expires_at),
            Cell::text(password),
            Cell::optional(look_alikes(&self.user).as_deref()),
        ]);
        cells
    }
}
