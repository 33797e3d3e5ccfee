//! Colours and shapes. Colour has five roles, which a palette maps to colours; every state is also a word and a shape.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::domain::color::{Color as DomainColor, Rgb};
use crate::domain::journal::Outcome;
use crate::domain::palette::{ColorPair, Ground, Roles, ThemeColors};
use crate::domain::session::{ENDS_SOON, Session};
use crate::domain::time::Timestamp;
use crate::domain::user::{Shut, Status, User};

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
    /// States are told by their words alone, for somebody who listens.
    is_in_words: bool,
    roles: Roles,
    /// The ground of the theme's own, if it has one.
    ground: Option<ColorPair>,
}

impl Theme {
    /// Creates the theme of a terminal in the colour of its text.
    pub const fn new(features: TerminalFeatures) -> Self {
        Self { features, is_in_words: false, roles: Roles::PLAIN, ground: None }
    }

    /// Creates the theme of a terminal with the colours of a palette on this ground.
    pub fn with_palette(features: TerminalFeatures, palette: &ThemeColors, ground: Option<Ground>) -> Self {
        if !features.colour {
            return Self::new(features);
        }
        Self { roles: palette.roles(ground), ground: palette.ground, ..Self::new(features) }
    }

    /// Returns the same theme without the shapes that stand before words: a screen reader would read them out.
    #[must_use]
    pub const fn in_words(self) -> Self {
        Self { is_in_words: true, ..self }
    }

    /// Returns the style of a role; without a colour it has this modifier.
    fn role(role: Option<DomainColor>, without: Modifier) -> Style {
        match role {
            Some(color) => Style::new().fg(terminal_color(color)),
            None => Style::new().add_modifier(without),
        }
    }

    /// Returns the style of the terminal's own text.
    pub fn plain(self) -> Style {
        Style::new()
    }

    /// Returns the style of what the eye should find: the focus, and keys.
    pub fn accent(self) -> Style {
        Self::role(self.roles.accent, Modifier::BOLD)
    }

    /// Returns the style of the current screen's tab.
    pub fn focus(self) -> Style {
        match self.roles.focus {
            Some(pair) => pair_style(pair),
            None => self.accent().patch(self.strong()),
        }
    }

    /// Returns the style of states that are in order.
    pub fn good(self) -> Style {
        Self::role(self.roles.good, Modifier::empty())
    }

    /// Returns the style of states and words that ask for attention.
    pub fn care(self) -> Style {
        Self::role(self.roles.care, Modifier::BOLD)
    }

    /// Returns the style of errors and of destructive actions.
    pub fn bad(self) -> Style {
        Self::role(self.roles.bad, Modifier::BOLD)
    }

    /// Returns the style of hints, units and separators.
    pub fn quiet(self) -> Style {
        Self::role(self.roles.quiet, Modifier::DIM)
    }

    /// Returns the style of names.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Returns the style of the row under the cursor.
    pub fn cursor(self) -> Style {
        self.roles.selection.map_or(Style::new().add_modifier(Modifier::REVERSED), pair_style)
    }

    /// Returns the style of a store's name on a colour of its own; the text is black or white, whichever can be read.
    pub fn store_mark(self, back: DomainColor) -> Style {
        if !self.features.colour {
            return self.strong().add_modifier(Modifier::REVERSED);
        }
        let text = match Ground::of(back) {
            Ground::Dark => DomainColor::Ansi(15),
            Ground::Light => DomainColor::Ansi(0),
        };
        pair_style(ColorPair { text, back })
    }

    /// Returns the style of a picture in dark and light, and true if it draws the light parts: without colours, light text
    /// on a dark ground is taken for granted.
    pub fn picture(self) -> (Style, bool) {
        if self.features.colour {
            let pair = ColorPair { text: DomainColor::Ansi(0), back: DomainColor::Ansi(15) };
            (pair_style(pair), false)
        } else {
            (Style::new(), true)
        }
    }

    /// Returns true if the terminal can show pictures of blocks.
    pub const fn has_blocks(self) -> bool {
        self.features.unicode && !self.is_in_words
    }

    /// Puts the ground of the theme under everything that has no colours of its own.
    pub fn paint_ground(self, buffer: &mut Buffer) {
        let Some(ground) = self.ground else { return };
        let (text, back) = (terminal_color(ground.text), terminal_color(ground.back));
        for cell in &mut buffer.content {
            if cell.fg == Color::Reset {
                cell.fg = text;
            }
            if cell.bg == Color::Reset {
                cell.bg = back;
            }
        }
    }

    /// Returns `unicode` if the terminal takes UTF-8, or else `ascii`.
    pub const fn shape(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.features.unicode { unicode } else { ascii }
    }

    /// Returns the shape that leads words which say the same, and a blank.
    pub fn sign(self, unicode: &'static str, ascii: &'static str) -> String {
        if self.is_in_words { String::new() } else { format!("{} ", self.shape(unicode, ascii)) }
    }

    /// Returns the lines of a frame.
    pub const fn border(self) -> border::Set<'static> {
        if self.features.unicode { border::PLAIN } else { ASCII_BORDER }
    }

    /// Returns shape, word and style of an account's status.
    pub fn status(self, status: Status) -> Mark {
        match status {
            Status::Confirmed => self.mark("●", "*", "confirmed", self.good()),
            Status::Pending => self.mark("◌", "o", "pending", self.care()),
            Status::Suspended => self.mark("■", "#", "suspended", self.bad()),
        }
    }

    /// Returns shape, word and style of an account's state at `now`: its status, unless it is out of its days.
    pub fn account(self, user: &User, now: Timestamp) -> Mark {
        match user.shut(now) {
            Some(Shut::NotYet(_)) => self.mark("◇", "+", "not yet", self.care()),
            Some(Shut::Expired(_)) => self.mark("×", "x", "expired", self.bad()),
            Some(Shut::Idle(_)) => self.mark("×", "x", "idle", self.bad()),
            Some(Shut::Pending | Shut::Suspended) | None => self.status(user.status),
        }
    }

    /// Returns shape, word and style of a session's state at `now`.
    pub fn session(self, session: &Session, now: Timestamp) -> Mark {
        if session.ended(now).is_some() {
            self.mark("×", "x", session.ended_word(now), self.quiet())
        } else if session.left(now) <= ENDS_SOON {
            self.mark("▲", "^", "ends soon", self.care())
        } else {
            self.mark("●", "*", "active", self.good())
        }
    }

    /// Returns shape, word and style of an action's outcome.
    pub fn outcome(self, outcome: Outcome) -> Mark {
        match outcome {
            Outcome::Done => self.mark("●", "*", "done", self.good()),
            Outcome::Begun => self.mark("◌", "o", "begun", self.care()),
            Outcome::Refused => self.mark("×", "x", "refused", self.bad()),
        }
    }

    const fn mark(
        self,
        unicode: &'static str,
        ascii: &'static str,
        word: &'static str,
        style: Style,
    ) -> Mark {
        Mark { shape: if self.is_in_words { "" } else { self.shape(unicode, ascii) }, word, style }
    }
}

/// Returns a colour as the terminal is told it.
fn terminal_color(color: DomainColor) -> Color {
    const ANSI: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match color {
        DomainColor::Ansi(index) => ANSI.get(usize::from(index)).copied().unwrap_or_default(),
        DomainColor::Indexed(index) => Color::Indexed(index),
        DomainColor::Rgb(Rgb(red, green, blue)) => Color::Rgb(red, green, blue),
    }
}

fn pair_style(pair: ColorPair) -> Style {
    Style::new().fg(terminal_color(pair.text)).bg(terminal_color(pair.back))
}

/// A state as it is shown, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub shape: &'static str,
    /// One or two words.
    pub word: &'static str,
    pub style: Style,
}

impl Mark {
    /// Returns shape, if there is one, and word.
    pub fn text(self) -> String {
        if self.shape.is_empty() { self.word.into() } else { format!("{} {}", self.shape, self.word) }
    }
}
