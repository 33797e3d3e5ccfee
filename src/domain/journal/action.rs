//! The actions that the journal knows, and the words that it stores for them.

/// Defines [`Action`] from one line for each action: its name in the code and its word in the journal.
macro_rules! actions {
    ($($action:ident = $word:literal,)+) => {
        /// An action that an operator or a command can perform. `service::contract` holds the table of all that is known
        /// about it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Action {
            $($action,)+
        }

        impl Action {
            /// Every action, in the order of the enum.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$action),+];

            /// Returns the word that the journal stores and that the filter key `verb:` takes. Stored words never change.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$action => $word,)+
                }
            }
        }
    };
}

actions! {
    SetUp = "set-up",
    LoggedIn = "log-in",
    LoggedOut = "log-out",
    Added = "add",
    Edited = "edit",
    Confirmed = "confirm",
    Suspended = "suspend",
    Promoted = "promote",
    Demoted = "demote",
    PasswordSet = "password",
    CodeMade = "access-code",
    CodeRevoked = "revoke-code",
    Deleted = "delete",
    Issued = "issue",
    Renewed = "renew",
    Revoked = "revoke",
    Swept = "sweep",
    Opened = "open",
    Renamed = "rename",
    Moved = "move",
    Trashed = "trash",
    Provisioned = "provision",
    Imported = "import",
    Restored = "restore",
    Purged = "purge",
    Undone = "undo",
    Redone = "redo",
    Repaired = "repair",
    ClockSet = "clock",
    BackedUp = "backup",
    StoreRestored = "restore-store",
    Exported = "export",
    Erased = "erase",
    Rechained = "rechain",
    TokenUsed = "use-token",
    Unlocked = "unlock",
    Recovered = "recover",
    Rejected = "reject",
    Registered = "register",
    Invited = "invite",
    InvitationRevoked = "revoke-invitation",
    FactorEnrolled = "second-factor",
    FactorReset = "reset-second-factor",
}

impl Action {
    /// Returns the action that `word` names, ignoring letter case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word().eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_what_they_stand_for() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.word()), Some(action));
        }
        assert_eq!(Action::parse("DELETE"), Some(Action::Deleted));
        assert_eq!(Action::parse(""), None);
    }

    #[test]
    fn stored_words_never_change() {
        let stored = "set-up log-in log-out add edit confirm suspend promote demote password access-code revoke-code delete \
                      issue renew revoke sweep open rename move trash provision import restore purge undo redo repair clock \
                      backup restore-store export erase rechain use-token unlock recover reject register invite \
                      revoke-invitation second-factor reset-second-factor";
        assert_eq!(Action::ALL.map(Action::word).to_vec(), stored.split(' ').collect::<Vec<_>>());
    }
}
