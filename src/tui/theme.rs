//! Colours and shapes. Five jobs for colour, all from the terminal's own sixteen; every state is also a word and a
//! shape.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::domain::session::Session;
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

    /// Wants care.
    pub fn care(self) -> Style {
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
            Status::Confirmed => {
                Mark { shape: self.shape("●", "*"), word: "confirmed", style: self.good() }
            }
            Status::Pending => Mark { shape: self.shape("◌", "o"), word: "pending", style: self.care() },
            Status::Suspended => Mark { shape: self.shape("■", "#"), word: "suspended", style: self.bad() },
        }
    }

    /// A session's state at `now`: shape, word, style.
    pub fn session(self, session: &Session, now: Timestamp) -> Mark {
        if session.ended(now).is_some() {
            Mark { shape: self.shape("×", "x"), word: "expired", style: self.quiet() }
        } else if session.left(now) <= crate::domain::session::ENDS_SOON {
            Mark { shape: self.shape("▲", "^"), word: "ends soon", style: self.care() }
        } else {
            Mark { shape: self.shape("●", "*"), word: "active", style: self.good() }
        }
    }
}

/// A state as it is shown: never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// One cell.
    pub shape: &'static str,
    /// One or two words.
    pub word: &'static str,
    /// Their style.
    pub style: Style,
}

impl Mark {
    /// Shape and word.
    pub fn text(self) -> String {
        format!("{} {}", self.shape, self.word)
    }
}
