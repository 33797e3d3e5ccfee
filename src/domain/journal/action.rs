//! Names of actions.

/// The kind of action that an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the word it prints")]
pub enum Action {
    SetUp,
    LoggedIn,
    LoggedOut,
    Added,
    Edited,
    Confirmed,
    Suspended,
    Promoted,
    Demoted,
    PasswordSet,
    CodeMade,
    CodeRevoked,
    Deleted,
    Issued,
    Renewed,
    Revoked,
    Swept,
    Opened,
    Renamed,
    Moved,
    Trashed,
    Provisioned,
    Imported,
    Restored,
    Purged,
    Undone,
    Redone,
    Repaired,
    ClockSet,
}

impl Action {
    pub const ALL: [Self; 29] = [
        Self::SetUp,
        Self::LoggedIn,
        Self::LoggedOut,
        Self::Added,
        Self::Edited,
        Self::Confirmed,
        Self::Suspended,
        Self::Promoted,
        Self::Demoted,
        Self::PasswordSet,
        Self::CodeMade,
        Self::CodeRevoked,
        Self::Deleted,
        Self::Issued,
        Self::Renewed,
        Self::Revoked,
        Self::Swept,
        Self::Opened,
        Self::Renamed,
        Self::Moved,
        Self::Trashed,
        Self::Provisioned,
        Self::Imported,
        Self::Restored,
        Self::Purged,
        Self::Undone,
        Self::Redone,
        Self::Repaired,
        Self::ClockSet,
    ];

    /// Returns the name that the journal stores and that `verb:` takes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SetUp => "set-up",
            Self::LoggedIn => "log-in",
            Self::LoggedOut => "log-out",
            Self::Added => "add",
            Self::Edited => "edit",
            Self::Confirmed => "confirm",
            Self::Suspended => "suspend",
            Self::Promoted => "promote",
            Self::Demoted => "demote",
            Self::PasswordSet => "password",
            Self::CodeMade => "access-code",
            Self::CodeRevoked => "revoke-code",
            Self::Deleted => "delete",
            Self::Issued => "issue",
            Self::Renewed => "renew",
            Self::Revoked => "revoke",
            Self::Swept => "sweep",
            Self::Opened => "open",
            Self::Renamed => "rename",
            Self::Moved => "move",
            Self::Trashed => "trash",
            Self::Provisioned => "provision",
            Self::Imported => "import",
            Self::Restored => "restore",
            Self::Purged => "purge",
            Self::Undone => "undo",
            Self::Redone => "redo",
            Self::Repaired => "repair",
            Self::ClockSet => "clock",
        }
    }

    /// Returns the action with this name, letter case ignored.
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
}
