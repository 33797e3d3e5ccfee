//! The console in lines of text, for a front end without cursor movement (`--plain`): the text of a screen, the meaning
//! of a line, and the part of a page that is new.
//!
//! The same [`Model`](crate::tui::model::Model) runs behind it; only drawing and input are others.

pub mod line;
pub mod page;

/// The columns and rows of the page on which lists are laid out: twenty rows at a time.
pub const SIZE: (u16, u16) = (120, 25);

/// The text of a screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScreenText {
    /// The lines above the rows: filter, position, the reason for an empty list.
    pub head: Vec<String>,
    /// The rows, each behind its number; first their headings.
    pub rows: Vec<String>,
    /// The row under the cursor.
    pub cursor: Option<String>,
    /// The details of the row under the cursor, if they are open.
    pub details: Vec<String>,
    /// The error of the filter that is being typed, or the reason why a form cannot be sent yet.
    pub fault: Option<String>,
    /// The number of all rows, if it is a list.
    pub total: Option<u64>,
}

/// The words that ask for the next line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prompt {
    pub words: String,
    /// The line is a secret: a terminal must not show it.
    pub is_secret: bool,
}
