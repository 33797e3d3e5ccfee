//! The actions that need nothing but the accounts, one line each.
//!
//! The facts about the request, its command line, the command and the key's message are derived from the line. A new one
//! is a line here, a row in the table of actions and its handler in `service::status`.

use crate::domain::journal::Action;

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
    Promote = (Promoted, "user promote", "Make accounts admins"),
    Demote = (Demoted, "user demote", "Make admins plain users"),
    Delete = (
        Deleted,
        "user delete",
        "Move accounts with their sessions and directories to the bin; `restore` brings them back"
    ),
}
