//! Colours and shapes. Colour has five uses, all from the terminal's own sixteen; every state is also a word and a
//! shape.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::domain::journal::Outcome;
use crate::domain::session::{ENDS_SOON, Session};
use crate::domain::time::Timestamp;
use crate::domain::user::Status;

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// The features of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalFeatures {
    /// Use colours (`NO_COLOR` is not set).
    pub colour: bool,
    /// The terminal takes UTF-8.
    pub unicode: bool,
}

/// The styles and shapes of this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    features: TerminalFeatures,
}

impl Theme {
    /// Creates the theme for a terminal.
    pub const fn new(features: TerminalFeatures) -> Self {
        Self { features }
    }

    fn colour(self, colour: Color, without: Modifier) -> Style {
        if self.features.colour { Style::new().fg(colour) } else { Style::new().add_modifier(without) }
    }

    /// The style of the terminal's own text.
    pub fn plain(self) -> Style {
        Style::new()
    }

    /// The style of what the eye should find: the current screen, the focus.
    pub fn accent(self) -> Style {
        self.colour(Color::Cyan, Modifier::BOLD)
    }

    /// The style of states that are in order.
    pub fn good(self) -> Style {
        self.colour(Color::Green, Modifier::empty())
    }

    /// The style of words that ask for attention. Yellow cannot be read on a light background, so they are bold.
    pub fn care(self) -> Style {
        self.strong()
    }

    /// The style of shapes that ask for attention.
    fn care_shape(self) -> Style {
        self.colour(Color::Yellow, Modifier::empty())
    }

    /// The style of errors and of destructive actions.
    pub fn bad(self) -> Style {
        self.colour(Color::Red, Modifier::BOLD)
    }

    /// The style of hints, units and separators.
    pub fn quiet(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// The style of names.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The style of the row under the cursor.
    pub fn cursor(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// Returns `unicode` if the terminal takes UTF-8, or else `ascii`.
    pub const fn shape(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.features.unicode { unicode } else { ascii }
    }

    /// Returns the lines of a frame.
    pub const fn border(self) -> border::Set<'static> {
        if self.features.unicode { border::PLAIN } else { ASCII_BORDER }
    }

    /// Returns shape, word and style of an account's status.
    pub fn status(self, status: Status) -> Mark {
        match status {
            Status::Confirmed => Mark::new(self.shape("●", "*"), "confirmed", self.good()),
            Status::Pending => self.warning(self.shape("◌", "o"), "pending"),
            Status::Suspended => Mark::new(self.shape("■", "#"), "suspended", self.bad()),
        }
    }

    /// Returns shape, word and style of a session's state at `now`.
    pub fn session(self, session: &Session, now: Timestamp) -> Mark {
        if session.ended(now).is_some() {
            Mark::new(self.shape("×", "x"), "expired", self.quiet())
        } else if session.left(now) <= ENDS_SOON {
            self.warning(self.shape("▲", "^"), "ends soon")
        } else {
            Mark::new(self.shape("●", "*"), "active", self.good())
        }
    }

    /// Returns shape, word and style of an action's outcome.
    pub fn outcome(self, outcome: Outcome) -> Mark {
        match outcome {
            Outcome::Done => Mark::new(self.shape("●", "*"), "done", self.good()),
            Outcome::Begun => self.warning(self.shape("◌", "o"), "begun"),
            Outcome::Refused => Mark::new(self.shape("×", "x"), "refused", self.bad()),
        }
    }

    fn warning(self, shape: &'static str, word: &'static str) -> Mark {
        Mark { shape, word, shape_style: self.care_shape(), style: self.care() }
    }
}

/// A state as it is shown, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub shape: &'static str,
    /// One or two words.
    pub word: &'static str,
    pub shape_style: Style,
    pub style: Style,
}

impl Mark {
    const fn new(shape: &'static str, word: &'static str, style: Style) -> Self {
        Self { shape, word, shape_style: style, style }
    }

    /// Returns shape and word.
    pub fn text(self) -> String {
        format!("{} {}", self.shape, self.word)
    }
}
