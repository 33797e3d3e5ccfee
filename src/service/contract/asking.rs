//! The table "Asking" of the interface: the confirmation that each kind of action needs, in the console and on the command
//! line.

use super::ActionSummary;

/// The two front ends, the columns of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrontEnd {
    Console,
    Command,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// Never asks, for any number of rows.
    Never,
    /// Never asks unless the rows turn out to be the operator's own. A command has no operator.
    UnlessOwn,
    /// Asks for the name, or for the number of several rows.
    Purge,
    /// Asks even for one row.
    Always,
    /// For one row, undo brings back everything: the console acts at once.
    Undoable,
    /// Suspends accounts or changes their level. Asks always if a session ends or a level changes, otherwise as
    /// [`Self::Undoable`].
    CutsOff,
    /// Asks always if it replaces an access code, otherwise as [`Self::OneRow`].
    ReplacesCode,
    /// Sets the days of an account. Asks always if a session ends, as [`Self::Undoable`] if it cuts the account off, and
    /// otherwise as [`Self::OneRow`].
    MayCutOff,
    /// Adds accounts, of any number; asks if some of them are admins. A command asks about these by itself.
    MakesAdmins,
    /// Asks if it overwrites a file.
    ReplacesFile,
    /// Acts at once for one row.
    OneRow,
}

/// An answer that a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExpectedAnswer {
    /// There is no question.
    Nothing,
    Yes,
    /// The typed number of rows.
    Number,
    /// The typed name of the row.
    Name,
}

/// The number of rows above which their number must be typed.
const TYPED_ABOVE: u64 = 10;

impl Asking {
    /// Returns the answer that an action on this many rows needs.
    pub(super) const fn answer(self, rows: u64, front_end: FrontEnd) -> ExpectedAnswer {
        use ExpectedAnswer::{Name, Nothing, Number, Yes};
        // One row in the console and on the command line, several rows, more than ten rows.
        let (console, command, several, many) = match self {
            Self::Never | Self::UnlessOwn | Self::ReplacesFile => (Nothing, Nothing, Nothing, Nothing),
            Self::MakesAdmins => (Yes, Nothing, Yes, Yes),
            Self::Purge => (Name, Name, Number, Number),
            Self::Always => (Yes, Yes, Yes, Number),
            Self::Undoable | Self::CutsOff => (Nothing, Yes, Yes, Number),
            Self::ReplacesCode | Self::MayCutOff | Self::OneRow => (Nothing, Nothing, Yes, Number),
        };
        match front_end {
            FrontEnd::Console | FrontEnd::Command if rows > TYPED_ABOVE => many,
            FrontEnd::Console | FrontEnd::Command if rows > 1 => several,
            FrontEnd::Console => console,
            FrontEnd::Command => command,
        }
    }

    /// Returns the row of the table that holds after the action was counted.
    pub(super) const fn counted(self, summary: &ActionSummary) -> Self {
        match self {
            Self::CutsOff | Self::MayCutOff if summary.changes_level || summary.ended > 0 => Self::Always,
            Self::CutsOff | Self::MayCutOff if summary.cuts_off => Self::Undoable,
            Self::ReplacesCode if summary.replaces_code => Self::Always,
            Self::CutsOff | Self::MayCutOff | Self::ReplacesCode => Self::OneRow,
            Self::MakesAdmins if !summary.changes_level => Self::Never,
            // Rows of other programs go along or lose their references.
            Self::Undoable if summary.others.is_some() => Self::Always,
            Self::Never
            | Self::UnlessOwn
            | Self::MakesAdmins
            | Self::Purge
            | Self::Always
            | Self::Undoable
            | Self::ReplacesFile
            | Self::OneRow => self,
        }
    }
}
