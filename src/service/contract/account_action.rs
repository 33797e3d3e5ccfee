//! The actions on accounts, one row each: those on any number of accounts that need nothing else, and those on one account,
//! with what they need.
//!
//! The facts about the request and its command line are derived from the row, and for the former also the command and the
//! key's message. A new one is a row here, a row in the table of actions and its handler: in `service::status` for an
//! [`AccountAction`], in `service::accounts` for an [`AccountChange`], which has a variant in the command line too.

use crate::domain::journal::Action;
use crate::domain::secret::Secret;
use crate::domain::time::Duration;
use crate::domain::user::Fields;

use super::command_form::{Argument, CommandForm};

/// The life of an access code for which no other is named.
pub const CODE_LIFE: Duration = Duration::hours(24);

/// Defines [`AccountAction`] from one line for each action: its name, the action that is recorded, the command that
/// performs it, and the line that the help of the command shows.
macro_rules! account_actions {
    ($($name:ident = ($action:ident, $command:literal, $about:literal),)+) => {
        /// An action that needs nothing but the accounts → [`Reply::Done`](super::Reply::Done).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum AccountAction {
            $($name,)+
        }

        impl AccountAction {
            /// Every action, in the order of the enum.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the action that is recorded.
            pub const fn action(self) -> Action {
                match self {
                    $(Self::$name => Action::$action,)+
                }
            }

            /// Returns the words of the command that performs the action: `user confirm`.
            pub const fn command(self) -> &'static str {
                match self {
                    $(Self::$name => $command,)+
                }
            }

            /// Returns the line about the command.
            pub const fn about(self) -> &'static str {
                match self {
                    $(Self::$name => $about,)+
                }
            }
        }
    };
}

account_actions! {
    Confirm = (Confirmed, "user confirm", "Confirm pending accounts and lift suspensions"),
    Suspend = (Suspended, "user suspend", "Suspend accounts and revoke their sessions"),
    Reject = (
        Rejected,
        "user reject",
        "Reject pending accounts: move them to the bin, with the reason"
    ),
    Promote = (Promoted, "user promote", "Make accounts admins"),
    Demote = (Demoted, "user demote", "Make admins plain users"),
    Unlock = (Unlocked, "user unlock", "Lift the waits after failed log-ins"),
    Delete = (
        Deleted,
        "user delete",
        "Move accounts with their sessions and directories to the bin; `restore` brings them back"
    ),
}

/// Defines [`AccountChange`] from one row for each: its variant, the action that is recorded, its command, and how the
/// arguments of the command follow from the named fields.
macro_rules! account_changes {
    ($(
        $(#[$doc:meta])*
        $name:ident $({ $($(#[$about:meta])* $field:ident: $type:ty,)+ })? =
            ($action:ident, $command:literal, |$form:ident $(, $used:ident)*| $arguments:expr),
    )+) => {
        /// An action on one account.
        #[derive(Debug, Clone, PartialEq)]
        #[expect(clippy::large_enum_variant, reason = "a request is made one at a time, and moved seldom")]
        pub enum AccountChange {
            $($(#[$doc])* $name $({ $($(#[$about])* $field: $type,)+ })?,)+
        }

        impl AccountChange {
            /// Returns the action that is recorded.
            pub const fn action(&self) -> Action {
                match self {
                    $(Self::$name { .. } => Action::$action,)+
                }
            }

            /// Returns the command, without the account.
            pub(super) fn command(&self) -> CommandForm<'_> {
                match self {
                    $(Self::$name { $($used,)* .. } => {
                        let $form = CommandForm::new($command);
                        $arguments
                    })+
                }
            }
        }
    };
}

account_changes! {
    /// Changes fields → [`Reply::Done`](super::Reply::Done).
    Edit {
        /// The fields to set.
        fields: Fields,
        /// The fields as they were read. If the account differs from them now, nothing is changed.
        was: Option<Box<Fields>>,
    } = (Edited, "user edit", |form, fields| form.with(Argument::Fields(fields))),
    /// Sets a password and ends the account's other sessions → [`Reply::Done`](super::Reply::Done).
    SetPassword {
        password: Secret,
        /// True if another password must be chosen at the next log-in.
        must_change: bool,
    } = (PasswordSet, "user password", |form, must_change| form.flag_if(*must_change, "--must-change")),
    /// Makes a one-time access code and revokes an older one → [`Reply::Secret`](super::Reply::Secret).
    MakeCode {
        /// At most 24 hours.
        life: Duration,
    } = (CodeMade, "user access-code", |form, life| form.with(Argument::Life(*life))),
    /// Sets up a second factor that waits for its first code → [`Reply::FactorSet`](super::Reply::FactorSet).
    EnrolFactor = (FactorEnrolled, "user second-factor", |form| form.with(Argument::Flag("--enrol"))),
    /// Removes the second factor → [`Reply::Done`](super::Reply::Done).
    ResetFactor = (FactorReset, "user second-factor", |form| form.with(Argument::Flag("--reset"))),
    /// Lets the owner of the account back in as an admin, for the owner of the store's file alone →
    /// [`Reply::Secret`](super::Reply::Secret), or [`Reply::Done`](super::Reply::Done) with a password.
    Recover {
        /// Without one, an access code is made.
        password: Option<Secret>,
    } = (Recovered, "recover", |form, password| form.flag_if(password.is_some(), "--password-stdin")),
    /// Revokes the access code → [`Reply::Done`](super::Reply::Done).
    RevokeCode = (CodeRevoked, "user access-code", |form| form.with(Argument::Flag("--revoke"))),
}
