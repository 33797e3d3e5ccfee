//! `nexus user`: accounts.

use clap::{ArgGroup, Subcommand};

use crate::domain::user::{Fields, User, UserColumn};
use crate::service::contract::{
    AccountChange, Accounts, Bin, CODE_LIFE, Failure, InBin, Reply, Request, TypedCommand,
};

use super::access_codes::{INVITE_HELP, list_codes, list_invitations};
use super::account_action::AccountActionCommand;
use super::bin::{PURGE_HELP, RESTORE_USER_HELP};
use super::command_def::{ActionCommand, CommandDef, CommandWork, acts, in_bin, one, reads, several};
use super::gates;
use super::history::HistoryOptions;
use super::options::{ChangedFields, ListOptions, NewFields, PasswordOptions, parse_life, parse_who};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::secret::SecretSource;
use super::selection_args::{Expected, Input};
use super::store_command::{StoreCommand, typed_action};

mod records;

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
