//! `nexus user`: accounts.

use clap::{ArgGroup, Subcommand};

use crate::domain::list_columns::accounts;
use crate::domain::name;
use crate::domain::page::Window;
use crate::domain::time::{Duration, Timestamp, ago, date_time, to_stored};
use crate::domain::user::{FIELDS, Field, FieldSpec, Fields, User, UserColumn};
use crate::service::contract::{
    AccountChange, Accounts, Bin, FactorState, Failure, InBin, Reply, Request, TypedCommand, UserDetail,
};

use super::access_codes::{INVITE_HELP, list_codes, list_invitations};
use super::account_action::AccountActionCommand;
use super::bin::{PURGE_HELP, RESTORE_USER_HELP};
use super::command_def::{ActionCommand, CommandDef, CommandWork, acts, in_bin, one, reads, several};
use super::gates;
use super::history::HistoryOptions;
use super::list::Row;
use super::options::{ChangedFields, ListOptions, NewFields, PasswordOptions, parse_life, parse_who};
use super::output::{Cell, Column, Heading, Key, Record, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::secret::SecretSource;
use super::selection_args::{Expected, Input};
use super::status_cell::state_cell;
use super::store_command::{StoreCommand, typed_action};

/// Default life of an access code.
const CODE_LIFE: Duration = Duration::hours(24);

/// The end of the help on notes.
const NOTE_HELP: &str = "\
Only admins see notes, in the details of the account and with `user show`. `note:TEXT` filters by them; words without a key do \
not search them.";

/// The help below the options of `user second-factor`.
const SECOND_FACTOR_HELP: &str = "--enrol prints a line each: the otpauth URI for the app, its secret, and ten recovery codes, each of \
which is good once instead of a code. They are not shown again. The next log-in asks for a code, and from the first right one on \
the second factor counts. The secret is encrypted in the store with the key in the file NAME.key beside it, which no backup and \
no export contains.";

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
    /// Set an operator's note on an account; '' removes it
    #[command(after_help = NOTE_HELP)]
    Note {
        who: String,
        text: String,
        #[command(flatten)]
        expected: Expected,
    },
    #[command(flatten)]
    Act(AccountActionCommand),
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
    /// Create, revoke or list invitations to register at the log-in screen
    #[command(after_help = INVITE_HELP)]
    Invite {
        /// The number of an invitation to revoke
        #[arg(requires = "revoke")]
        id: Option<i64>,
        /// Life of the invitation, at most 7d [default: 24h]
        #[arg(long = "for", value_name = "SPAN")]
        life: Option<String>,
        /// Revoke the invitation
        #[arg(long, requires = "id", conflicts_with = "life")]
        revoke: bool,
        /// List the valid invitations (never their code)
        #[arg(long, conflicts_with_all = ["id", "life", "revoke", "expect"])]
        list: bool,
        #[command(flatten)]
        expected: Expected,
    },
    /// Set up a second factor for an account, or reset the one that it has
    #[command(after_help = SECOND_FACTOR_HELP, group = ArgGroup::new("work").required(true).args(["enrol", "reset"]))]
    SecondFactor {
        who: String,
        /// Print a secret for an app that shows one-time codes, and recovery codes
        #[arg(long)]
        enrol: bool,
        /// Remove the second factor, because the app or the key file is lost
        #[arg(long)]
        reset: bool,
        #[command(flatten)]
        expected: Expected,
    },
    /// Restore an account with its directories from the bin
    #[command(after_help = RESTORE_USER_HELP)]
    Restore {
        who: String,
        /// Restore its sessions as they were too; without it, they stay ended
        #[arg(long)]
        with_sessions: bool,
        #[command(flatten)]
        expected: Expected,
    },
    /// Delete an account in the bin for good
    #[command(after_help = PURGE_HELP)]
    Purge {
        who: String,
        /// Erase what the journal says of the person too, also of an account that is purged already
        #[arg(long)]
        erase: bool,
        #[command(flatten)]
        expected: Expected,
    },
    /// Say why an account can log in or cannot: each gate, open or shut, and how to open it
    Why { who: String },
    /// List the actions on an account, even a deleted one, or show it as it was
    History(HistoryOptions),
}

impl UserCommand {
    /// Returns all that is known about the command.
    fn def(&self) -> CommandDef<'_> {
        match self {
            Self::List(options) => reads(move |runner| {
                runner.list::<User>(options, |filter, sort, span| {
                    Request::Accounts(Accounts::List { filter, sort, span })
                })
            })
            .typed(|| options.typed()),
            Self::Show { who } => {
                reads(move |runner| show(who, runner)).typed(|| parse_who(who).map(TypedCommand::ShowAccount))
            }
            Self::Why { who } => reads(move |runner| gates::show(who, runner)),
            Self::History(history) => reads(move |runner| history.run(runner)).typed(|| history.typed()),
            Self::AccessCode { list: true, .. } | Self::AccessCode { who: None, .. } => reads(list_codes),
            Self::Add { fields, password, must_change, expected } => {
                let act = acts(expected, move |input| {
                    let password = input.password.clone();
                    Ok(Accounts::Add { fields: fields.0.clone(), password, must_change: *must_change })
                });
                if password.is_given() { act.with_password(password) } else { act }.into()
            }
            Self::Edit { who, fields, expected } => {
                one(who, expected, move |_| Ok(AccountChange::Edit { fields: fields.0.clone(), was: None }))
                    .into()
            }
            Self::Note { who, text, expected } => {
                let fields = Fields { note: Some(text.clone()), ..Fields::default() };
                one(who, expected, move |_| Ok(AccountChange::Edit { fields: fields.clone(), was: None }))
                    .into()
            }
            Self::Act(command) => several(command),
            Self::Password { who, password, must_change, expected } => {
                let act = one(who, expected, move |input| {
                    let password = input.password.clone().unwrap_or_default();
                    Ok(AccountChange::SetPassword { password, must_change: *must_change })
                });
                CommandDef::from(act.with_password(password))
                    .typed(|| parse_who(who).map(TypedCommand::SetPassword))
            }
            Self::AccessCode { who: Some(who), revoke: true, expected, .. } => {
                one(who, expected, |_| Ok(AccountChange::RevokeCode)).into()
            }
            Self::AccessCode { who: Some(who), life, expected, .. } => one(who, expected, move |_| {
                Ok(AccountChange::MakeCode { life: parse_life(life.as_deref(), CODE_LIFE)? })
            })
            .into(),
            Self::Invite { list: true, .. } => reads(list_invitations),
            Self::Invite { id: Some(id), expected, .. } => {
                acts(expected, |_| Ok(Accounts::RevokeInvitation(*id))).into()
            }
            Self::Invite { id: None, life, expected, .. } => acts(expected, move |_| {
                Ok(Accounts::Invite { life: parse_life(life.as_deref(), CODE_LIFE)? })
            })
            .into(),
            Self::SecondFactor { who, enrol: true, expected, .. } => {
                one(who, expected, |_| Ok(AccountChange::EnrolFactor)).into()
            }
            Self::SecondFactor { who, expected, .. } => {
                one(who, expected, |_| Ok(AccountChange::ResetFactor)).into()
            }
            Self::Restore { who, with_sessions, expected } => in_bin(who, expected, |who| Bin::Restore {
                which: InBin::Account(who),
                to: None,
                with_sessions: *with_sessions,
            }),
            Self::Purge { who, erase: false, expected } => {
                in_bin(who, expected, |who| Bin::Purge(InBin::Account(who)))
            }
            Self::Purge { who, erase: true, expected } => in_bin(who, expected, Bin::Erase),
        }
    }

    fn action(&self) -> Option<ActionCommand<'_>> {
        match self.def().work {
            CommandWork::Reads(_) => None,
            CommandWork::Acts(act) => Some(act),
        }
    }
}

impl StoreCommand for UserCommand {
    fn check(&self) -> Result<(), &'static str> {
        if let Self::List(options) = self {
            return options.check();
        }
        if let Self::Edit { fields, .. } = self
            && fields.0 == Fields::default()
        {
            return Err("Nothing to change: name at least one field.");
        }
        Ok(())
    }

    fn secret(&self) -> SecretSource {
        let password = self.action().and_then(|act| act.password);
        password.map_or(SecretSource::Nothing, SecretSource::password)
    }

    fn expected(&self) -> Option<u64> {
        self.action()?.expected
    }

    fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        self.action().map(|act| (act.request)(input)).transpose()
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        match self.def().work {
            CommandWork::Reads(read) => read(runner),
            CommandWork::Acts(act) => act.run(runner),
        }
    }

    fn typed(&self) -> Result<TypedCommand, Failure> {
        self.def().typed.map_or_else(|| typed_action(self), |typed| typed())
    }
}

fn show(who: &str, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let Reply::User(detail) = runner.read(Request::Accounts(Accounts::Show(parse_who(who)?)))? else {
        return Err(unexpected().into());
    };
    Ok(runner.print(&*detail)?)
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
        let Reply::Users(window) = reply else { return None };
        Some(window)
    }
}

impl Record for User {
    fn keys() -> Vec<Key<Self>> {
        let field =
            |spec: &'static FieldSpec| Key::new(spec.column, |user: &Self, _| Value::of(spec.of_user(user)));
        let mut keys = vec![Key::new("id", |user: &Self, _| Value::Number(user.id.0))];
        keys.extend(FIELDS.iter().map(field));
        keys.extend([
            Key::new("created_at", |user: &Self, _| Value::of(user.created_at)),
            Key::new("updated_at", |user: &Self, _| Value::of(user.updated_at)),
            Key::new("usable", |user: &Self, now| Value::Flag(user.shut(now).is_none())),
            Key::new("active_sessions", |user: &Self, _| user.active_sessions.into()),
            Key::new("last_seen", |user: &Self, _| Value::of(user.last_seen)),
        ]);
        keys
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::numbers("Id", &["id"]), |user: &Self, _| Cell::id(user.id.0)),
            Column::new(accounts::STATUS, |user: &Self, now| state_cell(user, now)),
            Column::new(accounts::USERNAME, |user: &Self, _| Cell::optional(user.username.as_deref())),
            Column::new(accounts::NAME, |user: &Self, _| Cell::text(&user.full_name())),
            Column::new(accounts::EMAIL, |user: &Self, _| Cell::text(&user.email)),
            Column::new(accounts::LEVEL, |user: &Self, _| Cell::text(user.level.word())),
            Column::new(accounts::SESSIONS, |user: &Self, _| Cell::number(user.active_sessions)),
            Column::new(accounts::LAST_SEEN, |user: &Self, now| seen(now, user.last_seen)),
        ]
    }
}

/// The fields in the columns of a list of accounts; the others are shown with one account.
const LISTED: [Field; 6] =
    [Field::FirstName, Field::LastName, Field::Username, Field::Email, Field::AccessLevel, Field::Status];

/// Returns the word for the state of a second factor.
const fn factor_word(state: FactorState) -> &'static str {
    match state {
        FactorState::None => "none",
        FactorState::Waiting => "waiting",
        FactorState::Since(_) => "on",
    }
}

/// Returns the time since which a second factor is asked for.
const fn since(state: FactorState) -> Option<Timestamp> {
    match state {
        FactorState::Since(since) => Some(since),
        FactorState::None | FactorState::Waiting => None,
    }
}

/// Returns a warning about look-alike letters in the account's names.
fn look_alikes(user: &User) -> Option<String> {
    name::warning(user.username.as_deref(), &user.email)
}

/// Returns the reason that was given for the account's status.
fn status_reason(detail: &UserDetail) -> Option<&String> {
    detail.status_set.as_ref()?.reason.as_ref()
}

/// Has [`User`]'s keys and columns and some more.
impl Record for UserDetail {
    fn keys() -> Vec<Key<Self>> {
        let mut keys: Vec<_> =
            User::keys().into_iter().map(|key| key.of(|detail: &Self| &detail.user)).collect();
        keys.extend([
            Key::new("home", |detail: &Self, _| Value::of(detail.home.as_ref())),
            Key::new("directories", |detail: &Self, _| detail.directories.into()),
            Key::new("status_since", |detail: &Self, _| {
                Value::of(detail.status_set.as_ref().and_then(|set| set.at))
            }),
            Key::new("status_by", |detail: &Self, _| {
                Value::of(detail.status_set.as_ref().map(|set| &set.by))
            }),
            Key::new("status_reason", |detail: &Self, _| Value::of(status_reason(detail))),
            Key::new("code_expires_at", |detail: &Self, _| {
                Value::of(detail.code.as_ref().map(|code| code.terms.expires_at))
            }),
            Key::new("must_change", |detail: &Self, _| Value::Flag(detail.must_change)),
            Key::new("second_factor", |detail: &Self, _| factor_word(detail.second_factor).into()),
            Key::new("second_factor_since", |detail: &Self, _| Value::of(since(detail.second_factor))),
            Key::new("next_try_at", |detail: &Self, _| {
                Value::of(detail.waits.iter().map(|wait| wait.until).max())
            }),
            Key::new("look_alikes", |detail: &Self, _| Value::of(look_alikes(&detail.user).as_ref())),
        ]);
        keys
    }

    fn columns() -> Vec<Column<Self>> {
        let unlisted = FIELDS.iter().filter(|spec| !LISTED.contains(&spec.field));
        let unlisted = unlisted.map(|spec| {
            Column::new(Heading::words(spec.heading), |user: &User, _| Cell::optional(spec.of_user(user)))
        });
        let of_user = User::columns().into_iter().chain(unlisted);
        let mut columns: Vec<_> = of_user.map(|column| column.of(|detail: &Self| &detail.user)).collect();
        columns.extend([
            Column::new(Heading::words("Created"), |detail: &Self, _| Cell::time(detail.user.created_at)),
            Column::new(Heading::words("Modified"), |detail: &Self, _| Cell::time(detail.user.updated_at)),
            Column::new(Heading::words("Home"), |detail: &Self, _| Cell::optional(detail.home.as_deref())),
            Column::new(Heading::words("Directories"), |detail: &Self, _| Cell::number(detail.directories)),
            Column::new(Heading::words("Status since"), |detail: &Self, _| {
                Cell::time(detail.status_set.as_ref().and_then(|set| set.at))
            }),
            Column::new(Heading::words("Status by"), |detail: &Self, _| {
                Cell::optional(detail.status_set.as_ref().map(|set| set.by.as_str()))
            }),
            Column::new(Heading::words("Status reason"), |detail: &Self, _| {
                Cell::optional(status_reason(detail).map(String::as_str))
            }),
            Column::new(Heading::words("Access code"), |detail: &Self, _| {
                Cell::time(detail.code.as_ref().map(|code| code.terms.expires_at))
            }),
            Column::new(Heading::words("Password"), |detail: &Self, _| {
                Cell::text(if detail.must_change { "to be changed at the next log-in" } else { "stays" })
            }),
            Column::new(Heading::words("Second factor"), |detail: &Self, _| match detail.second_factor {
                FactorState::None => Cell::optional(None),
                FactorState::Waiting => Cell::text("waits for its first code"),
                FactorState::Since(since) => Cell::text(&format!("since {} UTC", date_time(since))),
            }),
            Column::new(Heading::words("Next try"), |detail: &Self, _| {
                let waits: Vec<_> =
                    detail.waits.iter().map(|wait| wait.words(&to_stored(wait.until))).collect();
                Cell::optional((!waits.is_empty()).then(|| waits.join(", ")).as_deref())
            }),
            Column::new(Heading::words("Look-alikes"), |detail: &Self, _| {
                Cell::optional(look_alikes(&detail.user).as_deref())
            }),
        ]);
        columns
    }
}
