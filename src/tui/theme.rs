//! Colours and shapes. Five jobs for colour, all from the terminal's own sixteen; every state is also a word and a
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

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Colours are wanted (`NO_COLOR` is not set).
    pub colour: bool,
    /// The terminal takes UTF-8.
    pub unicode: bool,
}

/// The styles and shapes of this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    look: Look,
}

impl Theme {
    /// The theme for a terminal.
    pub const fn new(look: Look) -> Self {
        Self { look }
    }

    fn colour(self, colour: Color, without: Modifier) -> Style {
        if self.look.colour { Style::new().fg(colour) } else { Style::new().add_modifier(without) }
    }

    /// Like the terminal's own text.
    pub fn plain(self) -> Style {
        Style::new()
    }

    /// Where the eye is led: the current screen, the focus.
    pub fn accent(self) -> Style {
        self.colour(Color::Cyan, Modifier::BOLD)
    }

    /// In order.
    pub fn good(self) -> Style {
        self.colour(Color::Green, Modifier::empty())
    }

    /// Wants care: words. Yellow ones cannot be read on a light background, so they are bold.
    pub fn care(self) -> Style {
        self.strong()
    }

    /// Wants care: shapes.
    fn care_shape(self) -> Style {
        self.colour(Color::Yellow, Modifier::empty())
    }

    /// Refused, cut off, destructive.
    pub fn bad(self) -> Style {
        self.colour(Color::Red, Modifier::BOLD)
    }

    /// Hints, units, separators.
    pub fn quiet(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// What a thing is called.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The row under the cursor.
    pub fn cursor(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// `unicode` where the terminal takes it, else `ascii`.
    pub const fn shape(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.look.unicode { unicode } else { ascii }
    }

    /// The lines of a box.
    pub const fn border(self) -> border::Set<'static> {
        if self.look.unicode { border::PLAIN } else { ASCII_BORDER }
    }

    /// An account's state: shape, word, style.
    pub fn status(self, status: Status) -> Mark {
        match status {
            Status::Confirmed => Mark::new(self.shape("●", "*"), "confirmed", self.good()),
            Status::Pending => self.warning(self.shape("◌", "o"), "pending"),
            Status::Suspended => Mark::new(self.shape("■", "#"), "suspended", self.bad()),
        }
    }

    /// A session's state at `now`: shape, word, style.
    pub fn session(self, session: &Session, now: Timestamp) -> Mark {
        if session.ended(now).is_some() {
            Mark::new(self.shape("×", "x"), "expired", self.quiet())
        } else if session.left(now) <= ENDS_SOON {
            self.warning(self.shape("▲", "^"), "ends soon")
        } else {
            Mark::new(self.shape("●", "*"), "active", self.good())
        }
    }

    /// How an act ended: shape, word, style.
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

/// A state as it is shown: never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// One cell.
    pub shape: &'static str,
    /// One or two words.
    pub word: &'static str,
    /// The shape's style.
    pub shape_style: Style,
    /// The words' style.
    pub style: Style,
}

impl Mark {
    const fn new(shape: &'static str, word: &'static str, style: Style) -> Self {
        Self { shape, word, shape_style: style, style }
    }

    /// Shape and word.
    pub fn text(self) -> String {
        format!("{} {}", self.shape, self.word)
    }
}
