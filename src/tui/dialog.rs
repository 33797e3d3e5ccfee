//! Dialogs by name, each with the data that it is built from.

use crate::domain::user::{AccessLevel, Fields, User, UserId};
use crate::service::contract::Right;

/// A dialog to open.
#[derive(Debug, Clone, PartialEq)]
pub enum Dialog {
    Form(FormDialog),
    /// The columns of a list: as they are, and as they are for everybody.
    Columns {
        now: Vec<ColumnChoice>,
        usual: Vec<ColumnChoice>,
    },
    /// The actions on the password and the access code of an account.
    PasswordMenu {
        account: NamedAccount,
        /// The account is the operator's own.
        is_own: bool,
    },
}

/// A column of a list, and whether it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnChoice {
    pub title: &'static str,
    pub is_shown: bool,
}

/// A form to fill in.
#[derive(Debug, Clone, PartialEq)]
pub enum FormDialog {
    AddAccount,
    EditAccount {
        account: NamedAccount,
        /// The fields that the operator may change, as they are now.
        was: Box<Fields>,
        /// An admin may change every field, anybody else only those of a profile.
        by_admin: bool,
    },
    /// Changes the note on an account.
    EditNote {
        account: NamedAccount,
        /// The note as it is now.
        was: String,
    },
    /// Sets a password for somebody else, who must choose another at the next log-in.
    SetPassword(NamedAccount),
    ChangeOwnPassword,
    MakeCode(NamedAccount),
    IssueToken {
        /// The account to suggest; empty for none.
        account: String,
    },
    AddDirectory {
        /// `None` adds a root directory, whose owner must be named.
        parent: Option<String>,
    },
    RenameDirectory {
        id: i64,
        name: String,
    },
    MoveDirectory {
        id: i64,
        name: String,
        parent: String,
        /// The owner, with whom a directory stays.
        owner: UserId,
    },
}

/// An account by id, and its label for titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAccount {
    pub id: UserId,
    pub label: String,
}

impl From<&User> for NamedAccount {
    fn from(user: &User) -> Self {
        Self { id: user.id, label: user.label().to_owned() }
    }
}

impl FormDialog {
    /// Creates the form for the fields of an account that an operator of this level may change.
    pub fn edit_account(user: &User, level: AccessLevel) -> Self {
        let all = user.fields();
        let by_admin = level == AccessLevel::Admin;
        let was = all.filter(|spec, _| by_admin || spec.own);
        Self::EditAccount { account: user.into(), was: Box::new(was), by_admin }
    }

    /// Returns the right that the form's request needs, whatever is typed into it.
    pub fn right(&self) -> Right {
        match self {
            Self::AddAccount => Right::ADD_ACCOUNTS,
            Self::EditNote { .. } => Right::WRITE_NOTES,
            Self::SetPassword(_) => Right::SET_PASSWORDS,
            Self::MakeCode(_) => Right::MAKE_CODES,
            Self::IssueToken { .. } => Right::ISSUE_TOKENS,
            Self::EditAccount { .. }
            | Self::ChangeOwnPassword
            | Self::AddDirectory { .. }
            | Self::RenameDirectory { .. }
            | Self::MoveDirectory { .. } => Right::OwnRows,
        }
    }
}

impl From<FormDialog> for Dialog {
    fn from(form: FormDialog) -> Self {
        Self::Form(form)
    }
}
